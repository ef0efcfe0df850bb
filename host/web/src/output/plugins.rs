//! Plugins on their way from upload to roll-back.

use domain::release::{Evidence, Reason, State};
use domain::rollout::Cohort;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use workflow::FieldProblem;
use workflow::shown::{Activation, Limits, PluginDetail, Rollback, ShownPlugin, SigningKey};

use crate::addresses::addressed;
use crate::output::{Output, views};

/// A component that was uploaded for a plan, and where it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PluginView {
    /// SHA-256 of the component.
    pub(crate) digest: String,
    /// The plan.
    pub(crate) plan: String,
    /// `checked`, `compiling`, `refused`, `compiled`, `conformed`, `shadowed`, `approved`, `scheduled`,
    /// `active`, `superseded`, `rolled-back` or `revoked`.
    pub(crate) state: String,
    /// The plugin's own version; null until it is compiled.
    pub(crate) version: Option<String>,
    /// Bytes.
    pub(crate) size_bytes: u64,
    /// The interfaces it exports; empty until it is compiled.
    pub(crate) exports: Vec<String>,
    /// How it runs: `compiled`, `interpreted`, or with what it imports, such as `interpreted, inert WASI`;
    /// null until it is compiled.
    pub(crate) tier: Option<String>,
    /// When it was uploaded.
    #[schema(format = DateTime)]
    pub(crate) uploaded_at: String,
    /// By which organization.
    pub(crate) uploaded_by: String,
    /// With which key; null for one that came before this was kept.
    pub(crate) uploaded_with: Option<String>,
    /// The file that it was, as its sender named it.
    pub(crate) file: Option<String>,
    /// What its sender said of it, such as a commit.
    pub(crate) note: Option<String>,
    /// How far compiling is; null when it is done.
    pub(crate) compiling: Option<CompilingView>,
    /// How long compiling it took, in milliseconds; null if the compiled form was at hand.
    pub(crate) compile_ms: Option<u64>,
    /// Why it cannot be a plugin, if it cannot; or, of one that may decide, why it does not load on this
    /// host, so that the plan's people work what it would have answered.
    pub(crate) reasons: Vec<ReasonView>,
    /// What its profile declares and this host does not carry out: it has no effect, and nobody is told of
    /// it. Empty until it is compiled.
    pub(crate) warnings: Vec<WarningView>,
    /// The signature over its digest.
    pub(crate) signature: Option<SignatureView>,
    /// What the conformance kit said last.
    pub(crate) receipt: Option<VerdictView>,
    /// The last report of a shadow run.
    pub(crate) shadow_report: Option<String>,
    /// Who answers for it.
    pub(crate) approval: Option<ApprovalView>,
    /// Whether the very same bytes had been uploaded before.
    pub(crate) already_known: bool,
}

/// Something that a profile declares and that has no effect on this host.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WarningView {
    /// Stable code, such as `wait-list`.
    pub(crate) code: String,
    /// Where: a JSON Pointer into the profile.
    pub(crate) at: String,
    /// What it means.
    pub(crate) text: String,
}

/// A component that is being compiled.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CompilingView {
    /// Since when.
    #[schema(format = DateTime)]
    pub(crate) since: String,
    /// Milliseconds so far.
    pub(crate) elapsed_ms: u64,
    /// Milliseconds that it takes in all, judged by the last one of this process; null before the first.
    pub(crate) expected_ms: Option<u64>,
    /// Counts the tries.
    pub(crate) attempt: u32,
}

/// One reason why a component cannot be a plugin.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReasonView {
    /// Which part of it.
    pub(crate) at: String,
    /// Stable code.
    pub(crate) code: String,
    /// What is wrong.
    pub(crate) problem: String,
    /// What to do about it.
    pub(crate) fix: String,
}

/// A verified signature over a component's digest.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SignatureView {
    /// With which of the plan's keys.
    pub(crate) key: String,
    /// The 64 bytes, in hexadecimal.
    pub(crate) signature: String,
    /// When it was verified.
    #[schema(format = DateTime)]
    pub(crate) at: String,
}

/// What the conformance kit said.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct VerdictView {
    /// Its id.
    pub(crate) id: String,
    /// `conforms` or `fails`.
    pub(crate) verdict: String,
    /// When it was given.
    #[schema(format = DateTime)]
    pub(crate) at: String,
}

/// Who answers for a release.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ApprovalView {
    /// With which key; null for what was active before this was kept.
    pub(crate) by: Option<String>,
    /// When.
    #[schema(format = DateTime)]
    pub(crate) at: String,
}

/// A component with everything that is known of where it comes from and what it may do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PluginDetailView {
    /// Where it stands.
    #[serde(flatten)]
    pub(crate) plugin: PluginView,
    /// The version of the contract that it is built against; null until it is compiled.
    pub(crate) contract_version: Option<String>,
    /// What one call of it may use on this host.
    pub(crate) limits: LimitsView,
    /// What the plan's policy demands and it has not, as codes; whoever uploaded it may lack a second person
    /// besides.
    pub(crate) lacking: Vec<String>,
    /// Its last hundred activations, newest first.
    pub(crate) activations: Vec<ActivationView>,
}

/// What one call of a plugin may use.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LimitsView {
    /// Milliseconds.
    pub(crate) deadline_ms: u64,
    /// Bytes of memory.
    pub(crate) memory_bytes: u64,
    /// Bytes of one answer.
    pub(crate) output_bytes: u64,
    /// Bytes of stack.
    pub(crate) stack_bytes: u64,
    /// Calls that it may have running at one moment.
    pub(crate) calls_at_once: u32,
}

/// A version going live.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ActivationView {
    /// Its id.
    pub(crate) id: String,
    /// The plan.
    pub(crate) plan: String,
    /// SHA-256 of the component.
    pub(crate) digest: String,
    /// From when.
    #[schema(format = DateTime)]
    pub(crate) from: String,
    /// For requests about this day and later ones, unless rules of a later day stand over it; null: about any
    /// day.
    #[schema(format = Date)]
    pub(crate) rules_from: Option<String>,
    /// Whose requests it is for, if not everybody's.
    pub(crate) canary: Option<CanaryView>,
    /// Counts the plan's activations.
    pub(crate) version: i64,
    /// When and why it ended, if it did.
    pub(crate) ended: Option<EndedView>,
}

/// Whose requests an activation is for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CanaryView {
    /// So many of a hundred providers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) share_percent: Option<u8>,
    /// Those about members of these counties.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) counties: Option<Vec<String>>,
}

/// That an activation answers nothing more.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EndedView {
    /// Since when.
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// `rolled-back` or `revoked`.
    pub(crate) why: String,
}

/// A release that was taken back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RollbackView {
    /// The plan.
    pub(crate) plan: String,
    /// What was taken back.
    pub(crate) digest: String,
    /// What answers everybody's requests about today instead.
    pub(crate) to: Option<String>,
    /// The activations that ended.
    pub(crate) activations: Vec<String>,
    /// When.
    #[schema(format = DateTime)]
    pub(crate) at: String,
}

/// The public half of a key that a plan signs its plugins with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SigningKeyView {
    /// Its id.
    pub(crate) id: String,
    /// The plan.
    pub(crate) plan: String,
    /// The 32 bytes, in hexadecimal.
    pub(crate) public_key: String,
    /// What it is for.
    pub(crate) label: String,
    /// Since when it counts.
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    /// Since when it no longer counts.
    #[schema(format = DateTime)]
    pub(crate) retired_at: Option<String>,
}

impl Output for ShownPlugin {
    type View = PluginView;

    fn view(&self) -> PluginView {
        let release = &self.release;
        let state = &release.state;
        let evidence = state.evidence();
        PluginView {
            digest: release.digest.to_string(),
            plan: release.plan.to_string(),
            state: state.name().to_owned(),
            version: release.plugin_version.clone(),
            size_bytes: release.size_bytes,
            exports: release.exports.clone(),
            tier: evidence.map(|evidence| evidence.tier.clone()),
            uploaded_at: release.uploaded_at.to_string(),
            uploaded_by: release.uploaded_by.to_string(),
            uploaded_with: release.uploaded_key.map(|key| key.to_string()),
            file: release.file.clone(),
            note: release.note.clone(),
            compiling: compiling(state, self.seen_at, self.expected_ms),
            compile_ms: evidence.and_then(|evidence| evidence.compile_ms),
            reasons: reasons(self),
            warnings: evidence.map(warnings).unwrap_or_default(),
            signature: evidence.and_then(signature),
            receipt: evidence.and_then(receipt),
            shadow_report: evidence
                .and_then(|evidence| evidence.shadow.as_ref())
                .map(|report| report.id.clone()),
            approval: state.approval().map(|approval| ApprovalView {
                by: approval.by.map(|key| key.to_string()),
                at: approval.at.to_string(),
            }),
            already_known: self.already_known,
        }
    }
}

fn compiling(state: &State, now: Timestamp, expected_ms: Option<u64>) -> Option<CompilingView> {
    let (since, attempt) = match state {
        State::Uploaded { at } | State::Checked { at } => (*at, 0),
        State::Compiling { since, attempt } => (*since, *attempt),
        _ => return None,
    };
    let elapsed = now.as_millisecond().saturating_sub(since.as_millisecond());
    Some(CompilingView {
        since: since.to_string(),
        elapsed_ms: u64::try_from(elapsed).unwrap_or(0),
        expected_ms,
        attempt,
    })
}

/// Why it cannot be a plugin, and why it does not load on this host.
fn reasons(plugin: &ShownPlugin) -> Vec<ReasonView> {
    let refused: &[Reason] = match &plugin.release.state {
        State::Refused { reasons, .. } => reasons,
        _ => &[],
    };
    refused.iter().map(reason).chain(plugin.does_not_load.iter().map(problem)).collect()
}

fn reason(reason: &Reason) -> ReasonView {
    ReasonView {
        at: reason.at.clone(),
        code: reason.code.clone(),
        problem: addressed(&reason.problem),
        fix: addressed(&reason.fix),
    }
}

fn problem(problem: &FieldProblem) -> ReasonView {
    ReasonView {
        at: problem.pointer.clone(),
        code: problem.code.to_string(),
        problem: addressed(&problem.detail),
        fix: addressed(&problem.fix),
    }
}

fn warnings(evidence: &Evidence) -> Vec<WarningView> {
    let view = |warning: &domain::release::Warning| WarningView {
        code: warning.code.clone(),
        at: warning.at.clone(),
        text: domain::floor::warning_text(&warning.code).unwrap_or_default().to_owned(),
    };
    evidence.warnings.iter().map(view).collect()
}

fn signature(evidence: &Evidence) -> Option<SignatureView> {
    evidence.signature.as_ref().map(|signature| SignatureView {
        key: signature.key.to_string(),
        signature: signature.value.clone(),
        at: signature.at.to_string(),
    })
}

fn receipt(evidence: &Evidence) -> Option<VerdictView> {
    evidence.receipt.as_ref().map(|receipt| VerdictView {
        id: receipt.id.clone(),
        verdict: receipt.verdict.name().to_owned(),
        at: receipt.at.to_string(),
    })
}

impl Output for PluginDetail {
    type View = PluginDetailView;

    fn view(&self) -> PluginDetailView {
        let evidence = self.plugin.release.state.evidence();
        PluginDetailView {
            plugin: self.plugin.view(),
            contract_version: evidence.map(|evidence| evidence.contract.clone()),
            limits: limits(&self.limits),
            lacking: self.lacking.iter().map(ToString::to_string).collect(),
            activations: views(&self.activations),
        }
    }
}

fn limits(limits: &Limits) -> LimitsView {
    LimitsView {
        deadline_ms: u64::try_from(limits.deadline.as_millis()).unwrap_or(u64::MAX),
        memory_bytes: limits.memory_bytes as u64,
        output_bytes: limits.output_bytes as u64,
        stack_bytes: limits.stack_bytes as u64,
        calls_at_once: limits.calls_per_plan,
    }
}

impl Output for Activation {
    type View = ActivationView;

    fn view(&self) -> ActivationView {
        let canary = |share_percent, counties| Some(CanaryView { share_percent, counties });
        ActivationView {
            id: self.id.to_string(),
            plan: self.plan.to_string(),
            digest: self.digest.to_string(),
            from: self.from.to_string(),
            rules_from: self.rules_from.map(|day| day.to_string()),
            canary: match &self.cohort {
                Cohort::Everyone => None,
                Cohort::Share(percent) => canary(Some(*percent), None),
                Cohort::Counties(counties) => {
                    canary(None, Some(counties.iter().map(ToString::to_string).collect()))
                }
            },
            version: self.version,
            ended: self.ended.map(|(at, why)| EndedView { at: at.to_string(), why: why.name().to_owned() }),
        }
    }
}

impl Output for Rollback {
    type View = RollbackView;

    fn view(&self) -> RollbackView {
        RollbackView {
            plan: self.plan.to_string(),
            digest: self.digest.to_string(),
            to: self.to.map(|digest| digest.to_string()),
            activations: self.activations.iter().map(ToString::to_string).collect(),
            at: self.at.to_string(),
        }
    }
}

impl Output for SigningKey {
    type View = SigningKeyView;

    fn view(&self) -> SigningKeyView {
        SigningKeyView {
            id: self.id.to_string(),
            plan: self.plan.to_string(),
            public_key: self.public_key.clone(),
            label: self.label.clone(),
            created_at: self.created_at.to_string(),
            retired_at: self.retired_at.map(|at| at.to_string()),
        }
    }
}

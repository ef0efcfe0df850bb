//! Plugins on their way from upload to roll-back.

use std::collections::BTreeMap;

use domain::release::{Evidence, Reason, State};
use domain::rollout::Cohort;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use workflow::FieldProblem;
use workflow::shown::{
    Activation, Answers, Limits, PluginDetail, Proposal, Rollback, ShownPlugin, SigningKey, Watch,
};

use crate::addresses::addressed;
use crate::output::plans::{FaultLimitView, fault_limit};
use crate::output::{Output, views};

/// A component that was uploaded for a plan, and where it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PluginView {
    /// SHA-256 of the component.
    pub(crate) digest: String,
    /// Id of the plan.
    pub(crate) plan: String,
    /// `checked`, `compiling`, `refused`, `compiled`, `conformed`, `shadowed`, `approved`, `scheduled`,
    /// `active`, `superseded`, `rolled-back` or `revoked`.
    pub(crate) state: String,
    /// The plugin's own version; null until it is compiled.
    pub(crate) version: Option<String>,
    /// Size of the component, in bytes.
    pub(crate) size_bytes: u64,
    /// The interfaces it exports; empty until it is compiled.
    pub(crate) exports: Vec<String>,
    /// Tier in which it runs: `compiled`, `interpreted`, or with what it imports, such as `interpreted, inert
    /// WASI`; null until it is compiled.
    pub(crate) tier: Option<String>,
    /// Instant of the upload (UTC).
    #[schema(format = DateTime)]
    pub(crate) uploaded_at: String,
    /// Id of the organization that uploaded it.
    pub(crate) uploaded_by: String,
    /// Id of the access key that uploaded it, or of the account of the person who did; null for one that came
    /// before this was kept.
    pub(crate) uploaded_with: Option<String>,
    /// The file that it was, as its sender named it.
    pub(crate) file: Option<String>,
    /// Note of its sender, such as a commit.
    pub(crate) note: Option<String>,
    /// Progress of compiling; null when it is done.
    pub(crate) compiling: Option<CompilingView>,
    /// Duration of compiling, in milliseconds; null if the compiled form was at hand.
    pub(crate) compile_ms: Option<u64>,
    /// Why it cannot be a plugin, if it cannot; or, of one that may decide, why it does not load on this
    /// host, so that the plan's people work what it would have answered.
    pub(crate) reasons: Vec<ReasonView>,
    /// Declarations of its profile that this host does not carry out: they have no effect, and nobody is told
    /// of them. Empty until it is compiled.
    pub(crate) warnings: Vec<WarningView>,
    /// The signature over its digest.
    pub(crate) signature: Option<SignatureView>,
    /// Verdict of the last conformance run.
    pub(crate) receipt: Option<VerdictView>,
    /// The last report of a shadow run.
    pub(crate) shadow_report: Option<String>,
    /// Approval of the release.
    pub(crate) approval: Option<ApprovalView>,
    /// True if the very same bytes had been uploaded before.
    pub(crate) already_known: bool,
}

/// Something that a profile declares and that has no effect on this host.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WarningView {
    /// Stable code, such as `wait-list`.
    pub(crate) code: String,
    /// Place of it: a JSON Pointer into the profile.
    pub(crate) at: String,
    /// Consequence of it, in a sentence.
    pub(crate) text: String,
}

/// A component that is being compiled.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CompilingView {
    /// Instant at which it began (UTC).
    #[schema(format = DateTime)]
    pub(crate) since: String,
    /// Time so far, in milliseconds.
    pub(crate) elapsed_ms: u64,
    /// Milliseconds that it takes in all, judged by the last one of this process; null before the first.
    pub(crate) expected_ms: Option<u64>,
    /// Number of the try, from 1.
    pub(crate) attempt: u32,
}

/// One reason why a component cannot be a plugin.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReasonView {
    /// Place in the component.
    pub(crate) at: String,
    /// Stable code, for software to branch on.
    pub(crate) code: String,
    /// Problem, in a sentence.
    pub(crate) problem: String,
    /// Step that fixes it, in a sentence.
    pub(crate) fix: String,
}

/// A verified signature over a component's digest.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SignatureView {
    /// Id of the plan's signing key.
    pub(crate) key: String,
    /// The 64 bytes, in hexadecimal.
    pub(crate) signature: String,
    /// Instant at which it was verified (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
}

/// Verdict of a conformance run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct VerdictView {
    /// Id of the receipt.
    pub(crate) id: String,
    /// Verdict: `conforms` or `fails`.
    pub(crate) verdict: String,
    /// Instant of the run (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
}

/// Approval of a release.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ApprovalView {
    /// Id of the access key that approved it, or of the account of the person who did; null for what was
    /// active before this was kept.
    pub(crate) by: Option<String>,
    /// Instant of the approval (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
}

/// A component with everything that is known of where it comes from and what it may do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PluginDetailView {
    /// State of the component, as lists show it.
    #[serde(flatten)]
    pub(crate) plugin: PluginView,
    /// The version of the contract that it is built against; null until it is compiled.
    pub(crate) contract_version: Option<String>,
    /// Bounds of one call of it on this host.
    pub(crate) limits: LimitsView,
    /// Codes of the evidence that the plan's policy demands and it lacks; whoever uploaded it may lack a
    /// second person besides.
    pub(crate) lacking: Vec<String>,
    /// Its last hundred activations, newest first.
    pub(crate) activations: Vec<ActivationView>,
}

/// Bounds of one call of a plugin.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LimitsView {
    /// Longest duration, in milliseconds.
    pub(crate) deadline_ms: u64,
    /// Most memory, in bytes.
    pub(crate) memory_bytes: u64,
    /// Bytes of one answer.
    pub(crate) output_bytes: u64,
    /// Most stack, in bytes.
    pub(crate) stack_bytes: u64,
    /// Calls that it may have running at one moment.
    pub(crate) calls_at_once: u32,
}

/// A version going live.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ActivationView {
    /// Id of the activation.
    pub(crate) id: String,
    /// Id of the plan.
    pub(crate) plan: String,
    /// SHA-256 of the component.
    pub(crate) digest: String,
    /// Instant from which it answers (UTC).
    #[schema(format = DateTime)]
    pub(crate) from: String,
    /// For requests about this day and later ones, unless rules of a later day stand over it; null: about any
    /// day.
    #[schema(format = Date)]
    pub(crate) rules_from: Option<String>,
    /// Part of the requests that it answers; null: all of them.
    pub(crate) canary: Option<CanaryView>,
    /// Counts the plan's activations.
    pub(crate) version: i64,
    /// End of the activation, with its cause; null while it stands.
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
    /// Instant of the end (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// Cause of the end: `rolled-back` or `revoked`.
    pub(crate) why: String,
}

/// An activation that waits for another person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ProposalView {
    /// Id of the proposal.
    pub(crate) id: String,
    /// Id of the plan.
    pub(crate) plan: String,
    /// SHA-256 of the component.
    pub(crate) digest: String,
    /// Instant from which it would answer (UTC); null: from its confirmation on.
    #[schema(format = DateTime)]
    pub(crate) from: Option<String>,
    /// First day that requests would have to be about; null: as of an activation without one.
    #[schema(format = Date)]
    pub(crate) rules_from: Option<String>,
    /// Part of the requests that it would answer; null: all of them.
    pub(crate) canary: Option<CanaryView>,
    /// Id of the access key or of the account of whoever proposed it; null for another organization's.
    pub(crate) by: Option<String>,
    /// Instant of the proposal (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
}

/// A plugin at work.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WatchView {
    /// Instant from which it answers something (UTC); null while it answers nothing.
    #[schema(format = DateTime)]
    pub(crate) since: Option<String>,
    /// Number of its last calls since then, as many as the plan's policy looks at.
    pub(crate) calls: u32,
    /// Number of those that ended in a fault.
    pub(crate) faults: u32,
    /// Limit of faults at which the host rolls it back by itself; null: it never does.
    pub(crate) roll_back: Option<FaultLimitView>,
    /// Its last answers, at most 500.
    pub(crate) answers: AnswersView,
    /// Last answers of the version that would answer in its place, at most 500; null: there is none.
    pub(crate) before: Option<AnswersView>,
    /// Forecast of its last shadow run; null: there was none.
    pub(crate) forecast: Option<ForecastView>,
}

/// Answers of a plugin, counted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AnswersView {
    /// SHA-256 of the component.
    pub(crate) digest: String,
    /// The plugin's own version.
    pub(crate) version: Option<String>,
    /// Number of all answers that are counted.
    pub(crate) all: u64,
    /// Number of approvals, acceptances and payable claims among them.
    pub(crate) giving: u64,
    /// Number of answers, by what they come to, such as `approved`.
    pub(crate) words: BTreeMap<String, u64>,
}

/// Forecast of a shadow run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ForecastView {
    /// Id of the shadow run.
    pub(crate) shadow_run: String,
    /// Number of past evaluations that were compared.
    pub(crate) compared: u64,
    /// Approvals, acceptances and payable claims that the plugin adds among them.
    pub(crate) approvals_gained: u64,
    /// The same that it takes away.
    pub(crate) approvals_lost: u64,
    /// Faults of the plugin among them.
    pub(crate) faults: u64,
}

/// A release that was taken back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RollbackView {
    /// Id of the plan.
    pub(crate) plan: String,
    /// SHA-256 of the component that was rolled back.
    pub(crate) digest: String,
    /// SHA-256 of the component that answers everybody's requests about today instead.
    pub(crate) to: Option<String>,
    /// The activations that ended.
    pub(crate) activations: Vec<String>,
    /// Instant of the roll-back (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
}

/// The public half of a key that a plan signs its plugins with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SigningKeyView {
    /// Id of the key.
    pub(crate) id: String,
    /// Id of the plan.
    pub(crate) plan: String,
    /// The 32 bytes, in hexadecimal.
    pub(crate) public_key: String,
    /// Purpose of the key, in its maker's words.
    pub(crate) label: String,
    /// Instant since which it counts (UTC).
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    /// Instant since which it no longer counts (UTC).
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
            uploaded_with: release.uploader.map(|who| who.to_string()),
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
                by: approval.by.map(|who| who.to_string()),
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
        code: reason.code.to_string(),
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
        code: warning.code.to_string(),
        at: warning.at.clone(),
        text: warning.code.text().to_owned(),
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
        ActivationView {
            id: self.id.to_string(),
            plan: self.plan.to_string(),
            digest: self.digest.to_string(),
            from: self.from.to_string(),
            rules_from: self.rules_from.map(|day| day.to_string()),
            canary: canary(&self.cohort),
            version: self.version,
            ended: self.ended.map(|(at, why)| EndedView { at: at.to_string(), why: why.name().to_owned() }),
        }
    }
}

impl Output for Watch {
    type View = WatchView;

    fn view(&self) -> WatchView {
        WatchView {
            since: self.since.map(|since| since.to_string()),
            calls: self.calls,
            faults: self.faults,
            roll_back: self.limit.as_ref().map(fault_limit),
            answers: answers(&self.answers),
            before: self.before.as_ref().map(answers),
            forecast: self.forecast.as_ref().map(|forecast| ForecastView {
                shadow_run: forecast.run.to_string(),
                compared: forecast.compared,
                approvals_gained: forecast.gained,
                approvals_lost: forecast.lost,
                faults: forecast.faults,
            }),
        }
    }
}

fn answers(answers: &Answers) -> AnswersView {
    AnswersView {
        digest: answers.digest.to_string(),
        version: answers.version.clone(),
        all: answers.all(),
        giving: answers.giving(),
        words: answers.words.clone(),
    }
}

fn canary(cohort: &Cohort) -> Option<CanaryView> {
    match cohort {
        Cohort::Everyone => None,
        Cohort::Share(percent) => Some(CanaryView { share_percent: Some(*percent), counties: None }),
        Cohort::Counties(counties) => Some(CanaryView {
            share_percent: None,
            counties: Some(counties.iter().map(ToString::to_string).collect()),
        }),
    }
}

impl Output for Proposal {
    type View = ProposalView;

    fn view(&self) -> ProposalView {
        ProposalView {
            id: self.id.to_string(),
            plan: self.plan.to_string(),
            digest: self.activation.digest.to_string(),
            from: self.activation.from.map(|from| from.to_string()),
            rules_from: self.activation.rules_from.map(|day| day.to_string()),
            canary: canary(&self.activation.cohort),
            by: self.by.map(|who| who.to_string()),
            at: self.at.to_string(),
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

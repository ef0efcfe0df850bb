//! Releases and activations as plans and the operator see them.

use domain::release::{Evidence, Lack, Policy, State};
use domain::rollout::Cohort;
use jiff::Timestamp;
use sandbox::Limits;
use store::activations::Activation;
use store::releases::{Event, Release};
use store::signing::SigningKey;

use crate::command::failure::{Failure, FieldProblem};
use crate::plugins::clearance::{lack, unfinished};
use crate::view::{
    ActivationView, ActorView, ApprovalView, CanaryView, CompilingView, EndedView, EventView, LimitsView,
    PluginDetailView, PluginView, ReasonView, SignatureView, VerdictView, WarningView,
};

/// Where a release stands.
pub(crate) fn plugin(
    release: &Release,
    now: Timestamp,
    expected_ms: Option<u64>,
    already_known: bool,
) -> PluginView {
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
        compiling: compiling(state, now, expected_ms),
        compile_ms: evidence.and_then(|evidence| evidence.compile_ms),
        reasons: reasons(state),
        warnings: evidence.map(warnings).unwrap_or_default(),
        signature: evidence.and_then(signature),
        receipt: evidence.and_then(receipt),
        shadow_report: evidence.and_then(|evidence| evidence.shadow.as_ref()).map(|report| report.id.clone()),
        approval: state.approval().map(|approval| ApprovalView {
            by: approval.by.map(|key| key.to_string()),
            at: approval.at.to_string(),
        }),
        already_known,
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

/// A release with everything around it.
pub(crate) fn plugin_detail(
    plugin: PluginView,
    release: &Release,
    activations: &[Activation],
    policy: &Policy,
    keys: &[SigningKey],
    limits: &Limits,
) -> PluginDetailView {
    let evidence = release.state.evidence();
    let trusted = |id| keys.iter().any(|key| key.id == id && key.retired_at.is_none());
    let lacks: Vec<Lack> = evidence
        .map(|evidence| policy.lacking(evidence, release.uploaded_key, None, trusted))
        .unwrap_or_default();
    let unfinished = unfinished(&release.state);
    let lacking = unfinished.into_iter().chain(lacks.into_iter().map(lack));
    PluginDetailView {
        plugin,
        contract_version: evidence.map(|evidence| evidence.contract.clone()),
        limits: LimitsView {
            deadline_ms: u64::try_from(limits.deadline.as_millis()).unwrap_or(u64::MAX),
            memory_bytes: limits.memory_bytes as u64,
            output_bytes: limits.output_bytes as u64,
            stack_bytes: limits.stack_bytes as u64,
            calls_at_once: limits.calls_per_plan,
        },
        lacking: lacking.map(|problem| problem.code.to_string()).collect(),
        activations: activations.iter().map(activation).collect(),
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

fn reasons(state: &State) -> Vec<ReasonView> {
    let State::Refused { reasons, .. } = state else { return Vec::new() };
    reasons
        .iter()
        .map(|reason| ReasonView {
            at: reason.at.clone(),
            code: reason.code.clone(),
            problem: reason.problem.clone(),
            fix: reason.fix.clone(),
        })
        .collect()
}

/// A reason why a component does not load on this host.
pub(crate) fn problem_reason(problem: &FieldProblem) -> ReasonView {
    ReasonView {
        at: problem.pointer.clone(),
        code: problem.code.to_string(),
        problem: problem.detail.clone(),
        fix: problem.fix.clone(),
    }
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

/// One activation.
pub(crate) fn activation(row: &Activation) -> ActivationView {
    let canary = |share_percent, counties| Some(CanaryView { share_percent, counties });
    ActivationView {
        id: row.id.to_string(),
        plan: row.plan.to_string(),
        digest: row.digest.to_string(),
        from: row.from.to_string(),
        rules_from: row.rules_from.map(|day| day.to_string()),
        canary: match &row.cohort {
            Cohort::Everyone => None,
            Cohort::Share(percent) => canary(Some(*percent), None),
            Cohort::Counties(counties) => {
                canary(None, Some(counties.iter().map(ToString::to_string).collect()))
            }
        },
        version: row.version,
        ended: row.ended.map(|(at, why)| EndedView { at: at.to_string(), why: why.name().to_owned() }),
    }
}

/// One step of a release.
pub(crate) fn release_event(event: &Event) -> Result<EventView, Failure> {
    Ok(EventView {
        at: event.at.to_string(),
        event: event.name.clone(),
        state: event.state.clone(),
        actor: ActorView {
            organization: event.actor_org.map(|id| id.to_string()),
            role: event.actor_role.clone(),
        },
        detail: serde_json::from_str(&event.detail).map_err(Failure::internal)?,
    })
}

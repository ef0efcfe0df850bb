//! Permission to release: what a plan's policy demands of a component before it may be approved or activated,
//! and what it lacks, in words for the plan.

use domain::actor::Actor;
use domain::problem::Code;
use domain::release::{Lack, Policy, State};
use store::releases::Release;

use crate::Crosswalk;
use crate::command::caller::Caller;
use crate::command::failure::{Failure, FieldProblem};

impl Crosswalk {
    /// The plan's policy, if `by` may approve or activate the release by it; if anybody may, where nobody is
    /// named.
    pub(crate) async fn is_cleared(
        &self,
        caller: &Caller,
        release: &Release,
        by: Option<Actor>,
    ) -> Result<Policy, Failure> {
        if let Some(problem) = unfinished(&release.state) {
            return Err(withheld([problem]));
        }
        let policy = store::policies::find(self.store(), &release.plan).await?;
        let keys = store::signing::list(self.store(), &caller.scope, &release.plan).await?;
        let trusted = |id| keys.iter().any(|key| key.id == id && key.retired_at.is_none());
        let lacking = release
            .state
            .evidence()
            .map(|evidence| policy.lacking(evidence, release.uploader, by, trusted))
            .unwrap_or_default();
        if lacking.is_empty() { Ok(policy) } else { Err(withheld(lacking.into_iter().map(lack))) }
    }
}

/// Why a release cannot be approved or activated at all yet, or any more.
pub(crate) fn unfinished(state: &State) -> Option<FieldProblem> {
    match state {
        State::Uploaded { .. } | State::Checked { .. } | State::Compiling { .. } => Some(FieldProblem::new(
            "/digest",
            Code::StillCompiling,
            "it is still being compiled",
            "read ⟦getPlugin⟧ until its state is compiled, then send this again",
        )),
        State::Refused { .. } => Some(FieldProblem::new(
            "/digest",
            Code::Refused,
            "it cannot be a plugin",
            "⟦getPlugin⟧ says why; mend it and upload what comes of that",
        )),
        State::Revoked { .. } => Some(revoked("/digest")),
        _ => None,
    }
}

pub(super) fn revoked(pointer: &str) -> FieldProblem {
    FieldProblem::new(
        pointer,
        Code::Revoked,
        "it was revoked and never decides again",
        "upload another version",
    )
}

/// Evidence that the policy demands and the release lacks, in words for the plan.
pub(crate) fn lack(lack: Lack) -> FieldProblem {
    let (code, detail, fix) = match lack {
        Lack::SecondPerson => (
            Code::SecondPersonNeeded,
            "the plan's policy wants two people, and you uploaded it",
            "let another person, or the holder of another key, approve and activate it; ⟦proposeActivation⟧ asks for it",
        ),
        Lack::Signature => (
            Code::SignatureMissing,
            "the plan's policy wants it signed with a key of the plan that counts",
            "sign its digest and send it with ⟦signPlugin⟧",
        ),
        Lack::Receipt => (
            Code::ReceiptMissing,
            "the plan's policy wants a receipt of the conformance kit that says that it conforms",
            "have it checked for conformance and mend what the report names",
        ),
        Lack::Shadow => (
            Code::ShadowReportMissing,
            "the plan's policy wants to see what it would have decided otherwise",
            "have it asked past cases first: ⟦startShadowRun⟧",
        ),
        Lack::Approver => (
            Code::ApproverNeeded,
            "its shadow run changes more approvals than the plan's policy leaves to its uploader",
            "let another person, or the holder of another key, read the report, approve and activate it",
        ),
    };
    FieldProblem::new("/digest", code, detail, fix)
}

pub(crate) fn withheld(problems: impl IntoIterator<Item = FieldProblem>) -> Failure {
    Failure::Withheld(problems.into_iter().collect())
}

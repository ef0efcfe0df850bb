//! Decision records, and the proof that each can be repeated: the same component and the same input give the
//! same bytes.

use domain::identifiers::{DecisionId, Digest};
use domain::plan::question::Question;
use domain::problem::Code;
use sandbox::Recorded;
use store::{Scope, Unit};

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::{Once, Outcome};
use crate::plugins::asking::NOT_ASKED;
use crate::plugins::tables;
use crate::view::{DecisionView, ReplayView};

impl Crosswalk {
    /// One plugin call. What went in and came out is for the plan itself: its notes, and recommendations that
    /// never became decisions, are nobody else's.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn decision(&self, caller: &Caller, id: DecisionId) -> Result<DecisionView, Failure> {
        let found = store::decisions::find(self.store(), &caller.scope, id).await?;
        let Some(row) = found else {
            self.look(caller, Look::Denied("decision")).await?;
            return Err(Failure::NotFound);
        };
        self.look(caller, Look::Cases(&[row.case])).await?;
        let own = matches!(caller.role, Role::PlanReviewer | Role::PlanAdmin)
            && caller.plan.as_ref() == Some(&row.plan);
        let asked = Question::from_canonical_bytes(&row.input);
        let body = |bytes: &[u8]| own.then(|| serde_json::from_slice(bytes).ok()).flatten();
        Ok(DecisionView {
            id: row.id.to_string(),
            case: row.case.to_string(),
            plan: row.plan.to_string(),
            digest: row.digest.to_string(),
            operation: row.operation.clone(),
            ending: row.ending.clone(),
            duration_us: i64::try_from(row.duration_us).unwrap_or(i64::MAX),
            memory_bytes: i64::try_from(row.memory_bytes).unwrap_or(i64::MAX),
            at: row.at.to_string(),
            history_complete: row.history_complete,
            tables: asked.as_ref().and_then(Question::context).map(tables::seen).unwrap_or_default(),
            input: body(&row.input),
            output: body(&row.output),
        })
    }

    /// Asks the same component the same thing again and compares the bytes. The operator may, without seeing
    /// them.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for providers.
    pub async fn replay(
        &self,
        caller: &Caller,
        id: DecisionId,
        once: Once<ReplayView>,
    ) -> Result<Outcome<ReplayView>, Failure> {
        caller.must_be(&[Role::PlanReviewer, Role::PlanAdmin, Role::Operator])?;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let scope = match caller.role {
                    Role::Operator => Scope::duty("replay"),
                    _ => caller.scope.clone(),
                };
                let found = store::decisions::find(crosswalk.store(), &scope, id).await?;
                let row = found.ok_or(Failure::NotFound)?;
                if row.ending == NOT_ASKED {
                    return Err(Failure::field(
                        "",
                        Code::NotAsked,
                        "the plugin was resting after too many faults, so there is no answer to repeat",
                        "replay a decision that was made",
                    ));
                }
                let question: Question = serde_json::from_slice(&row.input).map_err(Failure::internal)?;
                let plugin = crosswalk.loaded(&row.plan, &row.digest).await?;
                let call = plugin.ask(&question).await;
                let replayed = Recorded::from(&call.ending).canonical_bytes();
                let view = ReplayView {
                    same: replayed == row.output,
                    digest: row.digest.to_string(),
                    input_sha256: Digest::of(&row.input).to_string(),
                    output_sha256: Digest::of(&row.output).to_string(),
                    replayed_sha256: Digest::of(&replayed).to_string(),
                };
                let subject = id.to_string();
                let audit = crosswalk.audit(caller, "replay", "decision", &subject, Some(&row.plan));
                Ok((Unit::of([audit]), view))
            })
        })
        .await
    }
}

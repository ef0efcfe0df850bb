//! Evaluation records, and the proof that each can be repeated: the same component and the same input give
//! the same bytes.

use domain::audit::SubjectKind;
use domain::identifiers::{CaseId, Digest, EvaluationId, PlanId};
use domain::plan::question::Question;
use domain::problem::Code;
use jiff::Timestamp;
use sandbox::Recorded;
use serde_json::Value;
use store::{Scope, Unit};

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::{Once, Outcome};
use crate::plugins::asking::NOT_ASKED;
use crate::plugins::tables::{self, TableSeen};

/// A plugin call, as it was recorded. Has no `Debug`: its input is about a person.
#[derive(Clone)]
pub struct RecordedCall {
    /// Id of the evaluation.
    pub id: EvaluationId,
    /// Case that it was asked about.
    pub case: CaseId,
    /// Plan whose plugin was asked.
    pub plan: PlanId,
    /// SHA-256 of the plugin's component.
    pub digest: Digest,
    /// Operation of the contract.
    pub operation: String,
    /// Ending of the call: an answer's word, or a fault's.
    pub ending: String,
    /// Duration of the call, in microseconds.
    pub duration_us: u64,
    /// Most memory that the call held, in bytes.
    pub memory_bytes: u64,
    /// Instant of the call (UTC).
    pub at: Timestamp,
    /// True if all of the member's history was handed to it that could be.
    pub history_complete: bool,
    /// True if all of the member's open cases with the plan were handed to it.
    pub open_cases_complete: bool,
    /// Versions of the plan's reference tables that it saw rows of.
    pub tables: Vec<TableSeen>,
    /// Question that the plugin was handed; `None` for whom it is not.
    pub input: Option<Value>,
    /// Answer of the plugin; `None` for whom it is not.
    pub output: Option<Value>,
}

/// A recorded call, made again.
#[derive(Clone, Debug)]
pub struct Replay {
    /// True if the bytes are the same.
    pub same: bool,
    /// SHA-256 of the component.
    pub digest: Digest,
    /// SHA-256 of the input.
    pub input: Digest,
    /// SHA-256 of the recorded output.
    pub output: Digest,
    /// SHA-256 of the output now.
    pub replayed: Digest,
}

impl Crosswalk {
    /// One plugin call. What went in and came out is for the plan itself: its notes, and recommendations that
    /// never became decisions, are nobody else's.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn evaluation(&self, caller: &Caller, id: EvaluationId) -> Result<RecordedCall, Failure> {
        let found = store::evaluations::find(self.store(), &caller.scope, id).await?;
        let Some(row) = found else {
            self.look(caller, Look::Denied(SubjectKind::Evaluation)).await?;
            return Err(Failure::NotFound);
        };
        self.look(caller, Look::Cases(&[row.case])).await?;
        let own = matches!(caller.role, Role::PlanReviewer | Role::PlanAdmin)
            && caller.plan.as_ref() == Some(&row.plan);
        let asked = Question::from_canonical_bytes(&row.input);
        let body = |bytes: &[u8]| own.then(|| serde_json::from_slice(bytes).ok()).flatten();
        Ok(RecordedCall {
            tables: asked.as_ref().and_then(Question::context).map(tables::seen).unwrap_or_default(),
            input: body(&row.input),
            output: body(&row.output),
            id: row.id,
            case: row.case,
            plan: row.plan,
            digest: row.digest,
            operation: row.operation,
            ending: row.ending,
            duration_us: row.duration_us,
            memory_bytes: row.memory_bytes,
            at: row.at,
            history_complete: row.history_complete,
            open_cases_complete: row.open_cases_complete,
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
        id: EvaluationId,
        once: Once<Replay>,
    ) -> Result<Outcome<Replay>, Failure> {
        caller.must_be(&[Role::PlanReviewer, Role::PlanAdmin, Role::Operator])?;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let scope = match caller.role {
                    Role::Operator => Scope::duty("replay"),
                    _ => caller.scope.clone(),
                };
                let found = store::evaluations::find(crosswalk.store(), &scope, id).await?;
                let row = found.ok_or(Failure::NotFound)?;
                if row.ending == NOT_ASKED {
                    return Err(Failure::field(
                        "",
                        Code::NotAsked,
                        "the plugin was resting after too many faults, so there is no answer to repeat",
                        "replay an evaluation that has an answer",
                    ));
                }
                let question: Question = serde_json::from_slice(&row.input).map_err(Failure::internal)?;
                let plugin = crosswalk.loaded(&row.plan, &row.digest).await?;
                let call = plugin.ask(&question).await;
                let replayed = Recorded::from(&call.ending).canonical_bytes();
                let replay = Replay {
                    same: replayed == row.output,
                    digest: row.digest,
                    input: Digest::of(&row.input),
                    output: Digest::of(&row.output),
                    replayed: Digest::of(&replayed),
                };
                let subject = id.to_string();
                let audit =
                    crosswalk.audit(caller, "replay", SubjectKind::Evaluation, &subject, Some(&row.plan));
                Ok((Unit::of([audit]), replay))
            })
        })
        .await
    }
}

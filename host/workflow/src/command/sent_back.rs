//! A request that a plan's rules sent back to its sender. No case comes of it: what stays is an audit entry,
//! a row with the plugin, the fields and what the call cost, and a number that the plan's administrators see.

use domain::audit::SubjectKind;
use domain::identifiers::{Digest, PlanId};
use store::Unit;
use store::refused_inputs::RefusedInput;

use crate::Crosswalk;
use crate::command::caller::Caller;
use crate::command::failure::{Failure, FieldProblem};

/// A request that went back, for the record.
#[derive(Debug)]
pub struct SentBack {
    /// The fields, as the sender knows them.
    pub problems: Vec<FieldProblem>,
    pub(crate) plan: PlanId,
    pub(crate) digest: Digest,
    pub(crate) operation: &'static str,
    pub(crate) duration_us: i64,
    pub(crate) memory_bytes: i64,
    pub(crate) cpu_ticks: u64,
}

impl SentBack {
    /// The plan whose rules sent it back.
    pub fn plan(&self) -> &PlanId {
        &self.plan
    }
}

impl Crosswalk {
    /// Keeps that a request went back, and what it cost. Nothing else of the command is kept.
    pub(crate) async fn record_sent_back(&self, caller: &Caller, failure: &Failure) -> Result<(), Failure> {
        let Failure::SentBack(back) = failure else { return Ok(()) };
        let fields: Vec<String> = back.problems.iter().map(|problem| problem.pointer.clone()).collect();
        let labels = [("plan", back.plan.to_string()), ("operation", back.operation.to_owned())];
        metrics::counter!("crosswalk_refused_inputs", &labels).increment(1);
        let entry = self.audit_entry(caller, "send-back", SubjectKind::Plugin, &back.digest.to_string());
        let entry = store::audit::Entry {
            plan: Some(back.plan.clone()),
            outcome: "refused-input".to_owned(),
            ..entry
        };
        let row = RefusedInput {
            id: self.id(|uuid| uuid).to_string(),
            plan: back.plan.clone(),
            digest: back.digest,
            operation: back.operation.to_owned(),
            provider_org: *caller.organization()?,
            fields,
            duration_us: back.duration_us,
            memory_bytes: back.memory_bytes,
            cpu_ticks: i64::try_from(back.cpu_ticks).unwrap_or(i64::MAX),
            at: self.now(),
        };
        let unit = Unit::of([store::audit::insert(&entry), store::refused_inputs::insert(&row)]);
        Ok(self.store().commit(unit).await?)
    }
}

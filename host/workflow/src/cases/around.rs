//! The surroundings of a case, for the people of the plan that it is with: the services that the member had
//! under the plan, the member's other cases with it, and the facts that the host knows by itself.

use domain::case::CaseKind;
use domain::identifiers::{CaseId, MemberId, OrgId, PlanId};
use domain::plan::types::Fact;
use jiff::{Timestamp, ToSpan};
use store::usage::Usage;

use crate::Crosswalk;
use crate::cases::case::{Body, Case};
use crate::cases::facts;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;

/// Most lines of history, and most other cases, in one answer.
const MOST_HISTORY: usize = 200;
const MOST_CASES: u32 = 100;
/// Months of history that are shown, as many as rules are handed.
const MONTHS: i32 = 24;

/// Surroundings of a case. Has no `Debug`: it is about a person.
#[derive(Clone)]
pub struct Around {
    /// The member whom the case is about.
    pub member: MemberId,
    /// Services that the plan authorized and paid for the member lately, newest first.
    pub history: Vec<Usage>,
    /// True if that is all of it.
    pub history_whole: bool,
    /// The member's other cases with the plan, newest first.
    pub cases: Vec<RelatedCase>,
    /// True if those are all of them.
    pub cases_whole: bool,
    /// Facts that the host knows by itself: from the plan's member file, from claims and from its own record.
    pub host_facts: Vec<Fact>,
}

/// Another case of the same member with the same plan, in brief.
#[derive(Clone, Debug)]
pub struct RelatedCase {
    /// Id of the case.
    pub id: CaseId,
    /// Kind of the case.
    pub kind: CaseKind,
    /// Service that it is about.
    pub service: Option<String>,
    /// Word of its state.
    pub state: String,
    /// Provider that delivers, or sent it.
    pub provider: OrgId,
    /// Instant at which the host received it (UTC).
    pub received_at: Timestamp,
}

impl Crosswalk {
    /// Surroundings of the case. `None` for everybody but the people of the plan that it is with, and for a
    /// credentialing file, which is about no member.
    pub(crate) async fn around(&self, caller: &Caller, case: &Case) -> Result<Option<Around>, Failure> {
        let of_plan = matches!(caller.role, Role::PlanReviewer | Role::PlanAdmin);
        let (true, Some(member), Some(plan)) = (of_plan, case.member, &case.plan) else { return Ok(None) };
        if caller.plan.as_ref() != Some(plan) || matches!(case.body, Body::Application(_)) {
            return Ok(None);
        }
        let (history, history_whole) = self.had_under(caller, member, plan).await?;
        let rows = store::cases::history_for(self.store(), &caller.scope, member, None, MOST_CASES).await?;
        let cases_whole = rows.next.is_none();
        let others = rows.items.into_iter().filter(|other| other.id != case.id);
        Ok(Some(Around {
            member,
            history,
            history_whole,
            cases: others.map(RelatedCase::of).collect(),
            cases_whole,
            host_facts: facts::for_plan(self.host_facts_of(case).await?, plan),
        }))
    }

    /// Services authorized and paid under the plan, newest first, and true if that is all of them.
    async fn had_under(
        &self,
        caller: &Caller,
        member: MemberId,
        plan: &PlanId,
    ) -> Result<(Vec<Usage>, bool), Failure> {
        let since = self.today().saturating_sub(MONTHS.months());
        let used = store::usage::for_member(self.store(), &caller.scope, member, Some(plan), since).await?;
        let whole = used.len() <= MOST_HISTORY;
        Ok((used.into_iter().rev().take(MOST_HISTORY).collect(), whole))
    }
}

impl RelatedCase {
    fn of(row: store::cases::Case) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            service: row.service,
            state: row.state,
            provider: row.assigned_org.unwrap_or(row.provider_org),
            received_at: row.received_at,
        }
    }
}

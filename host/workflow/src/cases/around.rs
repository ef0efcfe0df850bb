//! The surroundings of a case, for the people of the plan that it is with: the services that the member had
//! under the plan, the member's other cases with it, and the facts that the host knows by itself.

use domain::identifiers::{MemberId, PlanId};
use domain::time::pacific_day;
use jiff::ToSpan;

use crate::Crosswalk;
use crate::cases::case::{Body, Case};
use crate::cases::show::{self, Shown};
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::view::{AroundView, RelatedCaseView, ServiceHadView};

/// Most lines of history, and most other cases, in one answer.
const MOST_HISTORY: usize = 200;
const MOST_CASES: u32 = 100;
/// Months of history that are shown, as many as rules are handed.
const MONTHS: i32 = 24;

impl Crosswalk {
    /// The surroundings of the case. `None` for everybody but the people of the plan that it is with, and for
    /// a credentialing file, which is about no member.
    pub(crate) async fn around(
        &self,
        caller: &Caller,
        case: &Case,
        shown: &Shown<'_>,
    ) -> Result<Option<AroundView>, Failure> {
        let of_plan = matches!(caller.role, Role::PlanReviewer | Role::PlanAdmin);
        let (true, Some(member), Some(plan)) = (of_plan, case.member, &case.plan) else { return Ok(None) };
        if caller.plan.as_ref() != Some(plan) || matches!(case.body, Body::Application(_)) {
            return Ok(None);
        }
        let (history, history_whole) = self.had_under(caller, member, plan, shown).await?;
        let rows = store::cases::history_for(self.store(), &caller.scope, member, None, MOST_CASES).await?;
        let cases_whole = rows.next.is_none();
        let others = rows.items.into_iter().filter(|other| other.id != case.id);
        Ok(Some(AroundView {
            history,
            history_whole,
            cases: others.map(|other| related(&other)).collect(),
            cases_whole,
            host_facts: show::known(&self.host_facts_of(case).await?, shown),
            limits: format!("/v1/members/{member}/limits"),
        }))
    }

    /// Services authorized and paid under the plan, newest first, and true if that is all of them.
    async fn had_under(
        &self,
        caller: &Caller,
        member: MemberId,
        plan: &PlanId,
        shown: &Shown<'_>,
    ) -> Result<(Vec<ServiceHadView>, bool), Failure> {
        let since = pacific_day(shown.now).saturating_sub(MONTHS.months());
        let used = store::usage::for_member(self.store(), &caller.scope, member, Some(plan), since).await?;
        let whole = used.len() <= MOST_HISTORY;
        let had = used.into_iter().rev().take(MOST_HISTORY).map(|used| ServiceHadView {
            case: used.case.to_string(),
            service: used.service,
            provider: used.provider_org.to_string(),
            kind: used.state.name().to_owned(),
            first: used.first_day.to_string(),
            last: used.last_day.to_string(),
            units: used.units,
        });
        Ok((had.collect(), whole))
    }
}

fn related(case: &store::cases::Case) -> RelatedCaseView {
    RelatedCaseView {
        id: case.id.to_string(),
        kind: case.kind.name().to_owned(),
        service: case.service.clone(),
        state: case.state.clone(),
        provider: case.assigned_org.unwrap_or(case.provider_org).to_string(),
        received_at: case.received_at.to_string(),
    }
}

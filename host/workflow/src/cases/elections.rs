//! Services that a plan does not offer in the member's county on the day: its people do not accept, permit or
//! pay them either.

use domain::authorization::State;
use domain::floor::{Ground, is_elected};
use domain::plan::types::Period;
use domain::problem::Code;
use domain::time::pacific_day;
use jiff::civil::Date;
use store::Scope;

use crate::Crosswalk;
use crate::cases::case::{Body, Case};
use crate::cases::contracts::spans_decided;
use crate::cases::step::Work;
use crate::command::PeopleDecision;
use crate::command::failure::{Failure, FieldProblem};
use crate::plugins::registry::Live;

impl Crosswalk {
    /// Holds a person's decision against the plan's elections. A plan without rules in force has said nothing
    /// of what it offers.
    ///
    /// # Errors
    /// `Withheld` with every line, or the referral, whose service the plan does not offer there and then.
    pub(crate) async fn must_be_offered(
        &self,
        work: &mut Work,
        decision: &PeopleDecision,
    ) -> Result<(), Failure> {
        let spans = self.spans_asked(work, decision);
        if spans.is_empty() {
            return Ok(());
        }
        let county = self.county_of(work).await?;
        let plans = self.plans_of(&work.case, work.now()).await?;
        let Some(live) = plans.first() else { return Ok(()) };
        let mut problems = Vec::new();
        for (at, service, span) in spans {
            let offered = |day: Date| is_elected(Ground::of(live.profile()), &service, county.as_str(), day);
            let permitted = match (&work.case.body, offered(span.first)) {
                (_, true) => true,
                (Body::Claim(_), false) => {
                    self.permitted_while_offered(&work.case, live, &service, county.as_str(), span.first)
                        .await?
                }
                (_, false) => false,
            };
            if !permitted {
                problems.push(not_offered(&at, &service, &span));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(Failure::Withheld(problems)) }
    }

    fn spans_asked(&self, work: &Work, decision: &PeopleDecision) -> Vec<(String, String, Period)> {
        match (&work.case.body, decision) {
            (Body::Referral(_), PeopleDecision::Accept) => {
                let today = pacific_day(work.now());
                let service = work.case.service.clone().unwrap_or_default();
                vec![(String::new(), service, Period { first: today, last: Some(today) })]
            }
            _ => spans_decided(&work.case, decision),
        }
    }

    /// True if the day is covered by a permission for days from one on which the service was offered: what
    /// was permitted then is paid after the offer has ended.
    async fn permitted_while_offered(
        &self,
        case: &Case,
        live: &Live,
        service: &str,
        county: &str,
        day: Date,
    ) -> Result<bool, Failure> {
        let (Some(member), Some(plan)) = (case.member, &case.plan) else { return Ok(false) };
        let duty = Scope::duty("elections");
        let rows = store::cases::authorizations_of(self.store(), &duty, member, plan, service).await?;
        for row in rows {
            let authorization = self.read(row)?;
            let Body::Authorization(body) = &authorization.body else { continue };
            let State::Approved { grant, .. } = &body.state else { continue };
            let covers = |days: &Period| {
                days.holds(day) && is_elected(Ground::of(live.profile()), service, county, days.first)
            };
            if grant.lines.iter().any(|line| covers(&line.days)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn not_offered(at: &str, service: &str, span: &Period) -> FieldProblem {
    FieldProblem::new(
        at,
        Code::NotOffered,
        format!("the plan does not offer {service} in the member's county on {}", span.first),
        "refuse or redirect it; or publish rules whose elections offer the service on that day",
    )
}

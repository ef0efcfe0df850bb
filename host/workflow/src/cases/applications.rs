//! A credentialing file's way: sent once, read by every plan that it is for.

use std::collections::BTreeMap;

use domain::application::{Event, State};
use domain::case::{Reason, WhyPeople};
use domain::identifiers::{CaseId, OrgId, PlanId};
use domain::plan::credentialing::Application as PlanApplication;
use domain::plan::profile::Mode;
use domain::plan::question::Question;
use domain::plan::types::Workflow;
use domain::problem::Code;
use domain::rollout::{self, About};
use domain::time::pacific_day;
use jiff::civil::Date;
use store::Unit;

use crate::Crosswalk;
use crate::cases::arriving::Arrival;
use crate::cases::case::{Answered, Application, Body, DecidedBy, Review};
use crate::cases::clocks::notice_to;
use crate::cases::facts;
use crate::cases::people::other_kind;
use crate::cases::sent_back::Sent;
use crate::cases::show::ShownCase;
use crate::cases::step::{Actor, CaseNotice, Work};
use crate::command::caller::Caller;
use crate::command::failure::{Failure, FieldProblem};
use crate::command::notice::Recipient;
use crate::command::{NewApplication, PeopleDecision};
use crate::plugins::asking::Ruling;
use crate::plugins::registry::Live;
use crate::words;

impl Crosswalk {
    /// The unit of a new file, which each named plan's rules read.
    pub(super) async fn submitted_application(
        &self,
        caller: &Caller,
        new: &NewApplication,
    ) -> Result<(Unit, ShownCase), Failure> {
        let now = self.now();
        self.known_plans(&new.plans).await?;
        let unread = || Review {
            state: State::Received { at: now },
            results: Vec::new(),
            answered: Answered::default(),
            version: 0,
        };
        let reviews: BTreeMap<PlanId, Review> =
            new.plans.iter().map(|plan| (plan.clone(), unread())).collect();
        let body = Body::Application(Application {
            legal_name: new.legal_name.clone(),
            services: new.services.clone(),
            counties: new.counties.iter().map(ToString::to_string).collect(),
            answers: new.answers.clone(),
            documents: new.documents.clone(),
            supplied: Vec::new(),
            reviews,
        });
        let sent = Sent::case(&new.answers, &new.documents);
        let arrival = Arrival::of(self.id(CaseId::from_uuid), now, body, sent);
        let mut work = self.arrived(caller, arrival).await?;
        self.review_all(caller, &mut work).await?;
        self.finish(caller, work, &Unit::default()).await
    }

    async fn known_plans(&self, plans: &[PlanId]) -> Result<(), Failure> {
        let mut problems = Vec::new();
        for (place, plan) in plans.iter().enumerate() {
            let at = format!("/plans/{place}");
            match store::organizations::find_plan(self.store(), plan).await? {
                Some(known) if known.state.takes_cases() => {}
                Some(_) => problems.push(FieldProblem::new(
                    at,
                    Code::PlanEnded,
                    "the plan has ended on this host",
                    "leave it out; ⟦listPlans⟧ tells where each plan stands",
                )),
                None => problems.push(FieldProblem::new(
                    at,
                    Code::UnknownPlan,
                    "no such plan on this host",
                    "use plan ids from ⟦listPlans⟧",
                )),
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(Failure::Invalid(problems)) }
    }

    /// Has every plan that has not settled its reading read the file as it is now.
    pub(crate) async fn review_all(&self, caller: &Caller, work: &mut Work) -> Result<(), Failure> {
        let waiting: Vec<PlanId> = work
            .application()?
            .reviews
            .iter()
            .filter(|(_, review)| matches!(review.state, State::Received { .. }))
            .map(|(plan, _)| plan.clone())
            .collect();
        for plan in waiting {
            self.review(caller, work, &plan).await?;
        }
        tell_applicant(work);
        Ok(())
    }

    async fn review(&self, caller: &Caller, work: &mut Work, plan: &PlanId) -> Result<(), Failure> {
        work.acts(Actor::Host);
        // It is about no member: a version that some counties try is not asked.
        let bucket = Some(rollout::bucket(plan, work.case.provider));
        let about = About { day: work.case.rule_day(), bucket, county: None };
        let live = self.live(plan, work.now(), about).await?;
        let Some(live) = live else {
            return work.step_review(plan, Event::HandOver(WhyPeople::NotAutomated));
        };
        if live.mode(Workflow::Credentialing) == Mode::People {
            return work.step_review(plan, Event::HandOver(live.why_people()));
        }
        let mode = live.mode(Workflow::Credentialing);
        let now = work.now();
        let today = pacific_day(now);
        let application = self.plan_application(work, &live).await?;
        let question = Question::Review { application, today };
        let reply = self.ask(&live, &question).await;
        let brief = reply.record.brief();
        work.evaluations.push(reply.record);
        let answer = match self.ruling(&live, &question, reply.answer) {
            Ok(Ruling::Application(review)) => Ok(review),
            none => Err(work.why_people(none)?),
        };
        let review = work.application()?.reviews.get_mut(plan).ok_or(Failure::NotFound)?;
        review.answered.evaluation = Some(brief);
        review.answered.mode = Some(mode);
        let (event, by) = match answer {
            Err(why) => (Event::HandOver(why), Actor::Host),
            Ok(answer) => {
                let event = Event::of(&answer, today);
                review.results = answer.requirements;
                match (mode, event) {
                    (Mode::Advises, Event::Approve { .. }) => {
                        (Event::HandOver(WhyPeople::AdviceGiven), Actor::Host)
                    }
                    (_, event) => (event, Actor::Rules(plan.clone())),
                }
            }
        };
        let approved = match event {
            Event::Approve { effective } => {
                review.answered.decide(DecidedBy::Plugin, now);
                Some(effective)
            }
            _ => None,
        };
        work.acts(by);
        work.step_review(plan, event)?;
        match approved {
            Some(effective) => self.contract_of_approval(caller, work, plan, effective, true).await,
            None => Ok(()),
        }
    }

    /// True if the provider has any contract with the plan that is in force today.
    async fn has_contract(&self, provider: OrgId, plan: &PlanId, today: Date) -> Result<bool, Failure> {
        let contracts = store::contracts::all_live(self.store(), provider, plan).await?;
        Ok(contracts.iter().any(|contract| contract.terms.is_in_force(today)))
    }

    /// Applies the decision of a plan's people to its reading: with an approval the contract begins, without
    /// it whatever rests on the approval ends.
    pub(crate) async fn decide_application(
        &self,
        caller: &Caller,
        work: &mut Work,
        decision: &PeopleDecision,
        plan: &PlanId,
    ) -> Result<(), Failure> {
        let today = pacific_day(work.now());
        let event = match decision.clone() {
            PeopleDecision::Credential(effective) => Event::Approve { effective: effective.unwrap_or(today) },
            PeopleDecision::Decline(reason) => Event::Decline(reason),
            PeopleDecision::Reopen(reason) => Event::Reopen(reason),
            PeopleDecision::EndApproval { last, reason } => {
                Event::End { last: last.unwrap_or(today), reason }
            }
            _ => return Err(other_kind()),
        };
        work.step_review(plan, event.clone())?;
        match &event {
            Event::Approve { effective } => {
                self.contract_of_approval(caller, work, plan, *effective, false).await?;
            }
            Event::Decline(reason) => self.withdraw_contract(caller, work, plan, today, reason).await?,
            Event::End { last, reason } => self.withdraw_contract(caller, work, plan, *last, reason).await?,
            _ => {}
        }
        let now = work.now();
        let review = work.application()?.reviews.get_mut(plan).ok_or(Failure::NotFound)?;
        review.answered.decide(DecidedBy::People, now);
        match decision {
            PeopleDecision::Reopen(reason) => tell_of_approval(work, plan, None, reason),
            PeopleDecision::EndApproval { last, reason } => {
                tell_of_approval(work, plan, Some(last.unwrap_or(today)), reason);
            }
            _ => tell_applicant(work),
        }
        Ok(())
    }

    async fn plan_application(&self, work: &mut Work, live: &Live) -> Result<PlanApplication, Failure> {
        let (id, sender) = (work.case.id, work.case.provider);
        let contracted = self.has_contract(sender, &live.plan, pacific_day(work.now())).await?;
        let body = work.application()?.clone();
        Ok(PlanApplication {
            id: id.to_string(),
            legal_name: body.legal_name,
            provider: self.provider(work.enrolled.as_deref(), "/provider", &sender, contracted).await?,
            services: body.services,
            counties: body.counties,
            answers: facts::for_plan(facts::conform("/answers", &body.answers, live)?, &live.plan),
            documents: facts::without_content(body.documents),
        })
    }
}

/// Whoever sent the file learns that a plan reads it again, or ends its approval, and why, as far as it is
/// written; and again when the rest is.
pub(crate) fn tell_of_approval(work: &mut Work, plan: &PlanId, last: Option<Date>, reason: &Reason) {
    work.notices.push(CaseNotice {
        to: Recipient::Organization(work.case.provider),
        kind: "application-step",
        text: words::approval_is(plan, last, &reason.told()),
        ends_clocks: &[],
    });
}

/// Whoever sent the file learns of each step.
pub(crate) fn tell_applicant(work: &mut Work) {
    let text = words::case_is(work.case.body.kind(), work.case.body.state());
    work.notices.push(CaseNotice {
        to: Recipient::Organization(work.case.provider),
        kind: "application-step",
        text,
        ends_clocks: notice_to::APPLICANT,
    });
}

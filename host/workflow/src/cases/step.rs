//! A case on its way through one command: the transitions it takes, and what goes into the record with them.

use std::sync::Arc;

use domain::authorization::{Cut, Extent};
use domain::case::{EventKind, Moved, Refusal};
use domain::identifiers::{County, DocumentId, MemberId, OrgId, PlanId};
use domain::limits::Needs;
use domain::plan::types::Bilingual;
use domain::statute::ClockId;
use domain::{Cents, Procedure, application, authorization, claim, referral};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};
use store::organizations::Organization;
use store::usage::UsageState;
use store::{Statement, Unit};

use crate::cases::case::{Application, Authorization, Body, Case, Claim, Referral};
use crate::cases::limits::Past;
use crate::cases::sent_back::Sent;
use crate::cases::sight::Sight;
use crate::command::caller::Caller;
use crate::command::failure::Failure;
use crate::command::notice::Recipient;
use crate::plugins::asking::{EvaluationRecord, EvaluationRef};
use crate::plugins::registry::Live;

/// A case, and everything one command does to it. Nothing is kept until [`crate::cases::recording`] commits
/// it.
pub(crate) struct Work {
    pub(crate) case: Case,
    pub(crate) steps: Vec<Step>,
    pub(crate) evaluations: Vec<EvaluationRecord>,
    pub(crate) usage: Vec<Used>,
    pub(crate) notices: Vec<CaseNotice>,
    /// Organizations that saw the member through the case before this command, and until when.
    pub(crate) saw: Sight,
    /// The member's history with the plan as the rules were told it; the unit holds only while it is still
    /// so.
    pub(crate) history: Option<String>,
    /// Uses that count towards the member's limits, as far as they were read.
    pub(crate) past: Option<Past>,
    /// Uses of the past that are read ahead, until they are read.
    pub(crate) foreseen: Option<Needs>,
    /// True if something was weighed against it, so that it must stay as it is.
    pub(crate) weighed: bool,
    /// True if the command that asked for it fences the history for several cases at once.
    pub(crate) guarded: bool,
    /// True if the rules were handed all of the member's history that they could be.
    pub(crate) history_complete: bool,
    /// True if the rules were handed all of the member's open cases with the plan.
    pub(crate) open_cases_complete: bool,
    /// Conditions of the unit on everything else that was counted.
    pub(crate) fences: Vec<Statement>,
    /// The member's county, once somebody has looked.
    pub(crate) county: Option<County>,
    /// The plans whose rules were at hand, if they were looked up already.
    pub(crate) plans: Option<Vec<Live>>,
    /// Organization that works on it, with its kind and places.
    pub(crate) enrolled: Option<Arc<Organization>>,
    /// Statements of the same unit beside the case: contracts that are made or ended, and conditions that
    /// must still hold.
    pub(crate) also: Unit,
    /// Documents whose bytes the case comes with from now on.
    pub(crate) attached: Vec<DocumentId>,
    /// Fields of the sender's own body, where it goes back if the plan's rules cannot accept it.
    pub(crate) sent: Option<Sent>,
    /// Clocks that this command keeps by what it does or says, if they end with it: the rule, and when that
    /// was.
    pub(crate) kept: Vec<(ClockId, Timestamp)>,
    /// Actor of the steps that are written down from now on.
    by: Actor,
    now: Timestamp,
}

/// Actor of a step that a command writes down. The sender of a case did not decide it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Actor {
    /// Whoever sent the command; the host itself for its own duties.
    Caller,
    /// The rules of this plan, by their answer.
    Rules(PlanId),
    /// The host, by what the state's rules and the plan's declarations leave it to do.
    Host,
}

/// One transition, for the timeline. The detail holds codes only, never words about a member.
pub(crate) struct Step {
    pub(crate) by: Actor,
    pub(crate) name: EventKind,
    pub(crate) state: &'static str,
    pub(crate) detail: Value,
    /// The plan whose part it is, in a case that several plans read; `None`: everybody's who sees the case.
    pub(crate) plan: Option<PlanId>,
}

/// Units to add to a member's history.
pub(crate) struct Used {
    pub(crate) plan: PlanId,
    pub(crate) service: String,
    pub(crate) procedure: Procedure,
    /// Provider that gives the units.
    pub(crate) provider: OrgId,
    /// The place of the line in its case, from 1.
    pub(crate) line: u16,
    pub(crate) first: Date,
    pub(crate) last: Date,
    pub(crate) units: u32,
    pub(crate) minutes: Option<u32>,
    /// Amount payable or paid for them, in cents.
    pub(crate) amount: Cents,
    pub(crate) state: UsageState,
}

/// Notice to an organization about a case, which `recording` puts into the outbox.
pub(crate) struct CaseNotice {
    pub(crate) to: Recipient,
    pub(crate) kind: &'static str,
    pub(crate) text: Bilingual,
    /// The clocks that its delivery ends.
    pub(crate) ends_clocks: &'static [ClockId],
}

impl Work {
    pub(crate) fn new(caller: &Caller, case: Case, now: Timestamp) -> Self {
        let saw = Sight::of(&case, now);
        Self {
            case,
            steps: Vec::new(),
            evaluations: Vec::new(),
            usage: Vec::new(),
            notices: Vec::new(),
            saw,
            history: None,
            past: None,
            foreseen: None,
            weighed: false,
            guarded: false,
            history_complete: true,
            open_cases_complete: true,
            fences: Vec::new(),
            county: None,
            plans: None,
            enrolled: caller.enrolled.clone(),
            also: Unit::default(),
            attached: Vec::new(),
            sent: None,
            kept: Vec::new(),
            by: Actor::Caller,
            now,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Says who does what is written down from now on, and gives who did until then.
    pub(crate) fn acts(&mut self, by: Actor) -> Actor {
        std::mem::replace(&mut self.by, by)
    }

    /// Does something in the name of the rules of the case's plan, whose answer it is.
    pub(crate) fn by_rules<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> T {
        let rules = self.case.plan.clone().map_or(Actor::Host, Actor::Rules);
        let before = self.acts(rules);
        let done = act(self);
        self.by = before;
        done
    }

    /// Keeps a call with the record, and gives it in brief.
    pub(crate) fn keep(&mut self, record: EvaluationRecord) -> EvaluationRef {
        let (history_complete, open_cases_complete) = (self.history_complete, self.open_cases_complete);
        let record = EvaluationRecord { history_complete, open_cases_complete, ..record };
        let brief = record.brief();
        self.evaluations.push(record);
        brief
    }

    /// Says something in the timeline without a transition.
    pub(crate) fn note(&mut self, name: EventKind, detail: Value) {
        let state = self.case.body.state();
        self.steps.push(Step { by: self.by.clone(), name, state, detail, plan: None });
    }

    /// Tells who sent the case, whose delivery ends the clocks in `ends_clocks`, and who delivers, if that is
    /// another.
    pub(crate) fn tell_parties(
        &mut self,
        kind: &'static str,
        text: Bilingual,
        to_deliverer: Bilingual,
        ends_clocks: &'static [ClockId],
    ) {
        let sender = self.case.provider;
        self.notices.push(CaseNotice { to: Recipient::Organization(sender), kind, text, ends_clocks });
        if let Some(assigned) = self.case.assigned.filter(|assigned| *assigned != sender) {
            let to = Recipient::Organization(assigned);
            self.notices.push(CaseNotice { to, kind, text: to_deliverer, ends_clocks: &[] });
        }
    }

    /// Says in the timeline that an organization sees the member from now on, and why; its part in the case
    /// is what lets it.
    pub(crate) fn note_sight(&mut self, organization: OrgId, reason: &'static str) {
        self.note(
            EventKind::SightGranted,
            json!({ "organization": organization.to_string(), "reason": reason }),
        );
    }

    /// The plan that it is with. Only a credentialing file is with several.
    pub(crate) fn plan(&self) -> Result<PlanId, Failure> {
        self.case.plan.clone().ok_or_else(mistaken_kind)
    }

    /// The member whom it is about. Only a credentialing file is about nobody.
    pub(crate) fn member(&self) -> Result<MemberId, Failure> {
        self.case.member.ok_or_else(mistaken_kind)
    }

    /// The service that it is about. Only a credentialing file is about several.
    pub(crate) fn service(&self) -> Result<String, Failure> {
        self.case.service.clone().ok_or_else(mistaken_kind)
    }

    /// The body, of a case that is known to be a referral; so the others below. Whether a request names one
    /// is asked where it is looked for (`Crosswalk::case_to_change`), and not again.
    pub(crate) fn referral(&mut self) -> Result<&mut Referral, Failure> {
        match &mut self.case.body {
            Body::Referral(body) => Ok(body),
            _ => Err(mistaken_kind()),
        }
    }

    pub(crate) fn authorization(&mut self) -> Result<&mut Authorization, Failure> {
        match &mut self.case.body {
            Body::Authorization(body) => Ok(body),
            _ => Err(mistaken_kind()),
        }
    }

    pub(crate) fn claim(&mut self) -> Result<&mut Claim, Failure> {
        match &mut self.case.body {
            Body::Claim(body) => Ok(body),
            _ => Err(mistaken_kind()),
        }
    }

    pub(crate) fn application(&mut self) -> Result<&mut Application, Failure> {
        match &mut self.case.body {
            Body::Application(body) => Ok(body),
            _ => Err(mistaken_kind()),
        }
    }

    pub(crate) fn step_referral(&mut self, event: referral::Event) -> Result<(), Failure> {
        let (now, name, detail) = (self.now, event.kind(), referral_detail(&event));
        let body = self.referral()?;
        body.state = body.state.clone().apply(event.clone(), now)?;
        referral::assignment::follow(&mut body.assignments, &event, now);
        self.note(name, detail);
        Ok(())
    }

    pub(crate) fn step_authorization(&mut self, event: authorization::Event) -> Result<(), Failure> {
        let (now, name, detail) = (self.now, event.kind(), authorization_detail(&event));
        let body = self.authorization()?;
        body.state = body.state.clone().apply(event, now)?;
        self.note(name, detail);
        Ok(())
    }

    pub(crate) fn step_claim(&mut self, event: claim::Event) -> Result<(), Failure> {
        let (now, name, detail) = (self.now, event.kind(), claim_detail(&event));
        let body = self.claim()?;
        body.state = body.state.clone().apply(event, now)?;
        self.note(name, detail);
        Ok(())
    }

    pub(crate) fn step_review(&mut self, plan: &PlanId, event: application::Event) -> Result<(), Failure> {
        let (now, name) = (self.now, event.kind());
        let review = self.application()?.reviews.get_mut(plan).ok_or(Failure::NotFound)?;
        review.state = review.state.clone().apply(event, now)?;
        let detail = json!({ "plan": plan.as_str() });
        self.note_review(plan, name, detail)
    }

    /// Says something in the timeline of one plan's reading without a transition.
    pub(crate) fn note_review(
        &mut self,
        plan: &PlanId,
        name: EventKind,
        detail: Value,
    ) -> Result<(), Failure> {
        let review = self.application()?.reviews.get(plan).ok_or(Failure::NotFound)?;
        let state = review.state.name();
        let (by, plan) = (self.by.clone(), Some(plan.clone()));
        self.steps.push(Step { by, name, state, detail, plan });
        Ok(())
    }
}

impl Work {
    /// The refusal of something that the case's state does not allow.
    pub(crate) fn not_allowed(&self, event: &'static str) -> Failure {
        let (kind, from) = (self.case.body.kind(), self.case.body.state());
        domain::case::NotAllowed { kind, from, event }.into()
    }
}

/// A case was taken for one of another kind.
pub(super) fn mistaken_kind() -> Failure {
    Failure::defect("a case was worked on as one of another kind")
}

fn moved(to: &Moved) -> Value {
    json!({ "to_plan": to.plan.as_str(), "to_case": to.case.to_string() })
}

fn referral_detail(event: &referral::Event) -> Value {
    use domain::plan::referral::Destination as D;
    match event {
        referral::Event::HandOver { why, .. } => json!({ "why": why.code() }),
        referral::Event::Redirect(redirection) => match &redirection.to {
            D::Plan(id) => json!({ "to_plan": id }),
            D::Delegate(id) => json!({ "to_delegate": id }),
            D::Service(id) => json!({ "to_service": id }),
        },
        referral::Event::LookFor(why) => json!({ "why": why.code() }),
        referral::Event::ProviderDecline(reason) => json!({ "reason": reason }),
        referral::Event::Close(reason) => json!({ "reason": reason }),
        referral::Event::Refuse(refusal) => refusal_detail(refusal),
        referral::Event::Ask(asks) => json!({ "asks": asks }),
        referral::Event::Move(to) => moved(to),
        _ => json!({}),
    }
}

fn authorization_detail(event: &authorization::Event) -> Value {
    match event {
        authorization::Event::HandOver { why, .. } => json!({ "why": why.code() }),
        authorization::Event::Approve { number, extent, .. } => approval_detail(number, extent),
        authorization::Event::Refuse(refusal) => refusal_detail(refusal),
        authorization::Event::Ask(asks) => json!({ "asks": asks }),
        authorization::Event::End { last } => json!({ "last": last.to_string() }),
        authorization::Event::Move(to) => moved(to),
        _ => json!({}),
    }
}

/// The kind of a no and the criteria that it rests on, as codes; with those that a person only asserts.
fn refusal_detail(refusal: &Refusal) -> Value {
    let mut detail = json!({ "kind": refusal.kind(), "criteria": refusal.criteria() });
    if !refusal.asserted().is_empty() {
        detail["asserted"] = json!(refusal.asserted());
    }
    detail
}

/// The number, and what it was cut to or for if it is less than was asked for.
fn approval_detail(number: &str, extent: &Extent) -> Value {
    match extent.cut() {
        None => json!({ "number": number }),
        Some(Cut::Declared(bounds)) => {
            let bounds: Vec<&str> = bounds.iter().map(|bound| bound.code()).collect();
            json!({ "number": number, "cut": { "kind": "declared", "bounds": bounds } })
        }
        Some(Cut::Refused(refusal)) => json!({ "number": number, "cut": refusal_detail(refusal) }),
    }
}

fn claim_detail(event: &claim::Event) -> Value {
    match event {
        claim::Event::HandOver { why, .. } => json!({ "why": why.code() }),
        claim::Event::Refuse(refusal) => refusal_detail(refusal),
        claim::Event::Ask(asks) => json!({ "asks": asks }),
        claim::Event::Pay(remittance) => json!({ "remittance": remittance.number }),
        claim::Event::Replace(by) => json!({ "by": by.to_string() }),
        claim::Event::Move(to) => moved(to),
        _ => json!({}),
    }
}

#[cfg(test)]
mod tests;

//! Claims that correct others: a replacement takes the place of a claim, a void takes it back. What had been
//! counted and paid for the earlier one is given back in the same unit of work.

use domain::Cents;
use domain::case::EventKind;
use domain::claim::{Event, Remittance, State};
use domain::identifiers::{CaseId, PaymentId};
use domain::plan::billing::{Adjustment, Frequency};
use domain::problem::Code;
use serde_json::json;
use store::Unit;
use store::remittances::{Cause, Entry};

use crate::Crosswalk;
use crate::cases::case::{Answered, Body, Case, Claim};
use crate::cases::intake::Placed;
use crate::cases::show::ShownCase;
use crate::cases::step::{CaseNotice, Work};
use crate::command::NewClaim;
use crate::command::caller::Caller;
use crate::command::failure::Failure;
use crate::command::notice::Recipient;
use crate::directory::looking::KnownMember;
use crate::words;

impl Crosswalk {
    /// The claim that the new one corrects: the caller's own, of the same member and plan, and in a state
    /// that can be corrected.
    pub(crate) async fn corrected(
        &self,
        caller: &Caller,
        id: CaseId,
        by: Event,
        placed: &Placed,
    ) -> Result<Work, Failure> {
        let work = self.own_claim(caller, id, by).await?;
        let same =
            work.case.member == Some(placed.member.id) && work.case.plan.as_ref() == Some(&placed.plan);
        if same { Ok(work) } else { Err(unknown_claim()) }
    }

    async fn own_claim(&self, caller: &Caller, id: CaseId, event: Event) -> Result<Work, Failure> {
        let case = self.readable_case(caller, id).await.map_err(|failure| match failure {
            Failure::NotFound => unknown_claim(),
            failure => failure,
        })?;
        if !matches!(case.body, Body::Claim(_)) || case.provider != *caller.organization()? {
            return Err(unknown_claim());
        }
        let mut work = Work::new(caller, case, self.now());
        work.step_claim(event)?;
        Ok(work)
    }

    /// The unit in which a claim that was corrected gives everything back.
    pub(crate) async fn give_back(
        &self,
        caller: &Caller,
        mut work: Work,
        cause: Cause,
    ) -> Result<Unit, Failure> {
        let id = work.case.id;
        let mut unit = Unit::of([store::usage::remove_for_case(id), store::service_days::free(id)]);
        let paid = match &work.claim()?.state {
            State::Replaced { paid, .. } | State::Voided { paid, .. } => paid.clone(),
            _ => None,
        };
        if let Some(paid) = paid {
            let entries = self.reversal(&work, &paid, cause)?;
            unit.extend(entries.iter().map(store::remittances::enter));
            tell_plan(&mut work);
        }
        let (changed, _) = self.finish(caller, work, &unit).await?;
        Ok(changed)
    }

    /// Payment that takes back a paid one: the same amount with the other sign, still to be carried by a
    /// remittance.
    pub(crate) fn reversal(
        &self,
        work: &Work,
        paid: &Remittance,
        cause: Cause,
    ) -> Result<Vec<Entry>, Failure> {
        let plan = work.plan()?;
        let lines = paid.lines.iter().filter(|line| line.amount != Cents::ZERO);
        Ok(lines
            .map(|line| Entry {
                id: self.id(PaymentId::from_uuid),
                plan: plan.clone(),
                provider_org: work.case.provider,
                case: work.case.id,
                line: line.number,
                cause,
                amount: negated(line.amount),
                adjustments: line
                    .adjustments
                    .iter()
                    .map(|one| Adjustment { amount: negated(one.amount), ..one.clone() })
                    .collect(),
                at: work.now(),
                remittance: None,
            })
            .collect())
    }

    /// Voids a claim. Nobody is asked: what was billed is the provider's to take back. A person shows first
    /// who it is, since no voided claim counts again.
    pub(crate) async fn void(
        &self,
        caller: &Caller,
        new: &NewClaim,
        voided: CaseId,
    ) -> Result<(Unit, ShownCase), Failure> {
        caller.must_be_sure()?;
        let id = self.id(CaseId::from_uuid);
        let KnownMember { member, fence } = self.known_member(caller, &new.member).await?;
        let old = self.own_claim(caller, voided, Event::Void(id)).await?;
        if old.case.member != Some(member.id) {
            return Err(unknown_claim());
        }
        let case = self.voiding(&old, id)?;
        let taken_back = self.give_back(caller, old, Cause::Voided).await?;
        let mut work = Work::new(caller, case, self.now());
        work.fences.extend(fence);
        work.note(EventKind::Received, json!({}));
        work.step_claim(Event::CarryOut(voided))?;
        self.finish(caller, work, &taken_back).await
    }

    /// The void as a claim of its own, with the lines that it takes back.
    fn voiding(&self, old: &Work, id: CaseId) -> Result<Case, Failure> {
        let Body::Claim(body) = &old.case.body else { return Err(unknown_claim()) };
        let now = self.now();
        Ok(Case {
            id,
            received_at: now,
            version: 0,
            follows: Some(old.case.id),
            body: Body::Claim(Claim {
                frequency: Frequency::Void,
                diagnoses: body.diagnoses.clone(),
                lines: body.lines.clone(),
                facts: Vec::new(),
                documents: Vec::new(),
                supplied: Vec::new(),
                results: Vec::new(),
                host_rules: Vec::new(),
                state: State::Received { at: now },
                answered: Answered::default(),
                completed_at: None,
                disputes: Vec::new(),
                exceptions: Vec::new(),
            }),
            ..old.case.clone()
        })
    }
}

/// Cents with the other sign; what cannot be negated is as far as cents go.
fn negated(amount: Cents) -> Cents {
    Cents(amount.0.saturating_neg())
}

fn unknown_claim() -> Failure {
    Failure::field(
        "/replaces",
        Code::UnknownClaim,
        "no such claim of yours for this member and plan",
        "name the claim that this one corrects",
    )
}

/// The plan's people learn that what was paid is to be taken back.
fn tell_plan(work: &mut Work) {
    let Some(plan) = work.case.plan.clone() else { return };
    let text = words::claim_taken_back();
    work.notices.push(CaseNotice {
        to: Recipient::Plan(plan),
        kind: "claim-taken-back",
        text,
        ends_clocks: &[],
    });
}

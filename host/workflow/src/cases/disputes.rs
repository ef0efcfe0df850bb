//! Provider disputes (PDR) about what a plan did with a claim (28 CCR 1300.71.38): 365 days to send it, 45
//! working days to answer it.

use domain::case::{CaseKind, NotAllowed, Reason};
use domain::claim::{Event, LastAction, State};
use domain::identifiers::CaseId;
use domain::problem::Code;
use domain::statute::{ClockId, Clocks};
use domain::time::pacific_day;
use jiff::Timestamp;
use store::Unit;

use crate::Crosswalk;
use crate::cases::case::{Case, Claim, Dispute, DisputeAnswer};
use crate::cases::claims::tell_biller;
use crate::cases::recording::calendar;
use crate::cases::show::ShownCase;
use crate::cases::step::Work;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::{Expected, Once, Outcome};

impl Crosswalk {
    /// Disputes the plan's last action on a claim. It goes to the plan's people.
    ///
    /// # Errors
    /// `NotFound`, `Stale`, `NotAllowed` unless the claim is denied or paid, or for an action that was
    /// disputed before; `Invalid` once the window is closed.
    pub async fn dispute_claim(
        &self,
        caller: &Caller,
        id: CaseId,
        reason: String,
        expected: Expected,
        once: Once<ShownCase>,
    ) -> Result<Outcome<ShownCase>, Failure> {
        caller.must_be(&[Role::Provider])?;
        let reason = &reason;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let case = crosswalk.case_to_change(caller, CaseKind::Claim, id, expected).await?;
                let mut work = Work::new(caller, case, crosswalk.now());
                let at = work.now();
                let plans = crosswalk.plans_of(&work.case, at).await?;
                work.step_claim(Event::Dispute)?;
                let acted = acted_at(work.claim()?);
                if work.claim()?.disputes.iter().any(|dispute| dispute.at >= acted) {
                    return Err(disputed_before());
                }
                let closes = window_closes(&work.case, acted, &calendar(plans.first()));
                if closes.is_some_and(|closes| closes < at) {
                    return Err(window_closed());
                }
                let dispute = Dispute { at, reason: reason.clone(), answer: None };
                work.claim()?.disputes.push(dispute);
                work.plans = Some(plans);
                crosswalk.finish(caller, work, &Unit::default()).await
            })
        })
        .await
    }
}

/// Instant of the denial or payment that is disputed (UTC).
fn acted_at(body: &Claim) -> Timestamp {
    match &body.state {
        State::Disputed { action: LastAction::Denied { at, .. } | LastAction::Paid { at, .. }, .. } => *at,
        _ => Timestamp::MIN,
    }
}

fn window_closes(
    case: &Case,
    acted: Timestamp,
    calendar: &domain::calendar::BusinessCalendar,
) -> Option<Timestamp> {
    let received = pacific_day(case.received_at);
    let rule = Clocks::state().rule_for(ClockId::ClaimDisputeWindow, received, pacific_day(acted))?;
    Some(rule.due(acted, calendar))
}

/// Notes what the plan's people say to the open dispute, if there is one.
pub(crate) fn answer(work: &mut Work, upheld: bool, reason: Option<Reason>) -> Result<(), Failure> {
    let at = work.now();
    if let Some(dispute) = work.claim()?.disputes.last_mut().filter(|dispute| dispute.answer.is_none()) {
        dispute.answer = Some(DisputeAnswer { at, upheld, reason });
    }
    Ok(())
}

/// The plan's people stand by what the plan did.
pub(crate) fn uphold(work: &mut Work, reason: Reason) -> Result<(), Failure> {
    work.step_claim(Event::Uphold)?;
    answer(work, true, Some(reason))?;
    tell_biller(work);
    Ok(())
}

fn disputed_before() -> Failure {
    NotAllowed { kind: CaseKind::Claim, from: "upheld after a dispute", event: Event::Dispute.name() }.into()
}

fn window_closed() -> Failure {
    Failure::field(
        "",
        Code::WindowClosed,
        "the time to dispute what the plan did is over (28 CCR 1300.71.38)",
        "write to the plan, which may still hear good cause for the delay",
    )
}

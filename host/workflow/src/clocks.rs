//! Which clocks run for a case in the state it is in.

use domain::calendar::BusinessCalendar;
use domain::plan::authorization::RequestKind;
use domain::plan::types::Urgency;
use domain::statute::Clocks;
use domain::time::{pacific_day, pacific_end_of_day};
use domain::{application, authorization, claim, referral};
use jiff::Timestamp;

use crate::case::{Authorization, Body, Case};

/// A clock that should be running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Running {
    /// The rule's id in the state's clocks.
    pub(crate) rule: &'static str,
    /// When it started.
    pub(crate) started: Timestamp,
    /// When it ends.
    pub(crate) due: Timestamp,
}

/// The clocks that run for `case`, each with its statute in the data. A clock that is not listed here has ended.
pub(crate) fn running(case: &Case, calendar: &BusinessCalendar) -> Vec<Running> {
    let mut clocks = Vec::new();
    let mut start = |rule: &'static str, started: Timestamp| {
        if let Some(clock) = Clocks::state().rule(rule, pacific_day(started)) {
            clocks.push(Running { rule, started, due: clock.due(started, calendar) });
        }
    };
    match &case.body {
        Body::Referral(body) => match &body.state {
            referral::State::WithPeople(with) => start("referral-triage", with.since),
            referral::State::Accepted { at } => start("referral-assignment", *at),
            _ => {}
        },
        Body::Authorization(body) => authorization_clocks(case, body, &mut start),
        Body::Claim(body) => match &body.state {
            claim::State::Pended { .. }
            | claim::State::WithPeople(_)
            | claim::State::Advised { .. }
            | claim::State::Payable { .. } => start("claim-decision", case.received_at),
            _ => {}
        },
        Body::Application(body) => {
            let with_people = body
                .reviews
                .values()
                .any(|review| matches!(review.state, application::State::WithPeople { .. }));
            if with_people {
                start("application-acknowledgement", case.received_at);
            }
        }
    }
    if let Body::Authorization(Authorization { window: Some(window), state, .. }) = &case.body
        && !state.is_final()
    {
        // The warning counts back from the window's last day.
        start("presumptive-window-alert", pacific_end_of_day(window.last));
    }
    clocks
}

/// Two clocks for one decision: the earlier binds, both are kept (H&S 1367.01 and 42 CFR 438.210(d)).
fn authorization_clocks(case: &Case, body: &Authorization, start: &mut impl FnMut(&'static str, Timestamp)) {
    let complete_since = match &body.state {
        authorization::State::Pended { .. } => None,
        authorization::State::WithPeople(with) => Some(with.since),
        _ => return,
    };
    match (body.kind, case.urgency) {
        (RequestKind::Retrospective, _) => {
            start("authorization-decision-retrospective", case.received_at);
        }
        (_, Urgency::Expedited) => start("authorization-decision-expedited", case.received_at),
        (_, Urgency::Standard) => {
            start("authorization-decision-calendar-days", case.received_at);
            if let Some(since) = complete_since {
                start("authorization-decision-business-days", since);
            }
        }
    }
}

//! Which clocks run for a case in the state it is in, and what it means that one stops.

use domain::calendar::BusinessCalendar;
use domain::case::MemberNotice;
use domain::plan::authorization::RequestKind;
use domain::plan::types::Urgency;
use domain::statute::{ClockNature, Clocks};
use domain::time::{pacific_day, pacific_end_of_day};
use domain::{authorization, claim, referral};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use store::deadlines::DeadlineState;

use crate::case::{Authorization, Body, Case, Claim, Referral};

/// Clocks that end when the host has delivered a notice.
pub(crate) mod told {
    pub(crate) const PROVIDER: &[&str] = &["authorization-provider-notice"];
    pub(crate) const REFERRER: &[&str] = &["referral-referrer-notice"];
    pub(crate) const BILLER: &[&str] = &["claim-acknowledgement"];
    pub(crate) const APPLICANT: &[&str] = &["application-acknowledgement"];
}

/// The clocks of a plan's written notice to the member.
pub(crate) const MEMBER_NOTICES: [&str; 2] = ["referral-member-notice", "authorization-member-notice"];

/// The right that begins with the notice of an adverse decision.
const APPEAL: &str = "authorization-appeal-window";

/// The clocks on the decision about an authorization.
const AUTHORIZATION_DECISION: [&str; 5] = [
    "authorization-decision-business-days",
    "authorization-decision-calendar-days",
    "authorization-decision-expedited",
    "authorization-decision-concurrent-urgent",
    EXTENDED,
];
const EXTENDED: &str = "authorization-extension";

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

/// Clocks as they are found to be running.
struct Found<'a> {
    received: Date,
    calendar: &'a BusinessCalendar,
    running: Vec<Running>,
}

impl Found<'_> {
    fn start(&mut self, rule: &'static str, started: Timestamp) {
        if let Some(clock) = Clocks::state().rule_for(rule, self.received, pacific_day(started)) {
            self.running.push(Running { rule, started, due: clock.due(started, self.calendar) });
        }
    }
}

/// The clocks that run for `case`, each with its statute in the data. A clock that is not listed here has ended; one
/// that waits for a notice stays listed, because whoever delivers the notice ends it.
pub(crate) fn running(case: &Case, calendar: &BusinessCalendar) -> Vec<Running> {
    let mut found = Found { received: pacific_day(case.received_at), calendar, running: Vec::new() };
    match &case.body {
        Body::Referral(body) => referral_clocks(body, &mut found),
        Body::Authorization(body) => authorization_clocks(case, body, &mut found),
        Body::Claim(body) => claim_clocks(case, body, &mut found),
        Body::Application(_) => found.start("application-acknowledgement", case.received_at),
    }
    found.running
}

/// How a clock stands that is no longer wanted by its case: kept or missed if what it waited for came, moot if it can
/// no longer come or another clock took its place.
pub(crate) fn ended(case: &Case, rule: &str, due: Timestamp, at: Timestamp) -> DeadlineState {
    let moot = match &case.body {
        Body::Referral(body) => matches!(body.state, referral::State::Closed { .. }),
        Body::Authorization(body) => {
            let withdrawn = matches!(body.state, authorization::State::Withdrawn { .. });
            let extended = body.extension.is_some() && rule != EXTENDED && !body.state.is_final();
            (withdrawn || extended) && AUTHORIZATION_DECISION.contains(&rule)
        }
        Body::Claim(body) => matches!(body.state, claim::State::Replaced { .. }),
        Body::Application(_) => false,
    };
    match moot {
        true => DeadlineState::Cancelled,
        false if at <= due => DeadlineState::Met,
        false => DeadlineState::Missed,
    }
}

/// How a clock stands that nobody stopped in time: a duty is late, a right has lapsed, a warning has been given.
pub(crate) fn ran_out(rule: &str) -> DeadlineState {
    match nature(rule) {
        ClockNature::Duty => DeadlineState::Missed,
        ClockNature::Right => DeadlineState::Lapsed,
        ClockNature::Warning => DeadlineState::Met,
    }
}

/// What it means that the clock runs out; the same in all of its versions.
pub(crate) fn nature(rule: &str) -> ClockNature {
    let versions = Clocks::state().rules();
    versions.iter().find(|version| version.id == rule).map(|version| version.nature).unwrap_or_default()
}

/// Whether the clock is on the decision about an authorization.
pub(crate) fn is_authorization_decision(rule: &str) -> bool {
    AUTHORIZATION_DECISION.contains(&rule)
}

fn referral_clocks(body: &Referral, found: &mut Found<'_>) {
    use referral::State as S;
    match &body.state {
        S::WithPeople(with) => found.start("referral-triage", with.since),
        S::Accepted { at } => found.start("referral-assignment", *at),
        S::ChangingProvider { since, .. } => found.start("referral-provider-change", *since),
        _ => {}
    }
    // Whoever closes the loop has spoken with everybody on it.
    let open = !matches!(body.state, S::Closed { .. });
    if let Some(at) = body.answered.decided_at.filter(|_| open) {
        found.start("referral-referrer-notice", at);
        if notice_since(&body.member_notices, at).is_none() {
            found.start("referral-member-notice", at);
        }
    }
}

fn authorization_clocks(case: &Case, body: &Authorization, found: &mut Found<'_>) {
    use authorization::State as S;
    match &body.state {
        S::Pended { .. } => decision_clocks(case, body, None, found),
        S::WithPeople(with) => decision_clocks(case, body, Some(with.since), found),
        S::Approved { at, extent, .. } => {
            decided_clocks(body, *at, extent.cut().is_some(), found);
        }
        S::Denied { at, .. } => decided_clocks(body, *at, true, found),
        S::Received { .. } | S::Withdrawn { .. } => {}
    }
    if let Some(window) = &body.window
        && !body.state.is_final()
    {
        // The warning counts back from the window's last day.
        found.start("presumptive-window-alert", pacific_end_of_day(window.last));
    }
}

/// Two clocks for one decision: the earlier binds, both are kept (H&S 1367.01 and 42 CFR 438.210(d)). An extension
/// takes the place of both.
fn decision_clocks(
    case: &Case,
    body: &Authorization,
    complete_since: Option<Timestamp>,
    found: &mut Found<'_>,
) {
    if let Some(extension) = &body.extension {
        return found.start(EXTENDED, extension.due_before);
    }
    match (body.kind, case.urgency) {
        (RequestKind::Retrospective, _) => {
            found.start("authorization-decision-retrospective", case.received_at);
        }
        (_, Urgency::Expedited) => {
            found.start("authorization-decision-expedited", case.received_at);
            if goes_on(case, body) {
                found.start("authorization-decision-concurrent-urgent", case.received_at);
            }
        }
        (_, Urgency::Standard) => {
            found.start("authorization-decision-calendar-days", case.received_at);
            if let Some(since) = complete_since {
                found.start("authorization-decision-business-days", since);
            }
        }
    }
}

/// Whether a running service is to go on, and this was asked at least 24 hours before it ends: what is asked for
/// begins when that ends.
fn goes_on(case: &Case, body: &Authorization) -> bool {
    let running = matches!(body.kind, RequestKind::Renewal | RequestKind::Extension);
    let begins = body.lines.iter().filter_map(|line| line.days.first.yesterday().ok()).min();
    running
        && begins.is_some_and(|day| {
            pacific_end_of_day(day).duration_since(case.received_at) >= SignedDuration::from_hours(24)
        })
}

/// After a decision provider and member are told; the member's right to appeal begins with the written notice of a
/// decision that gives less than was asked for (42 CFR 438.402(c)(2)(ii)).
fn decided_clocks(body: &Authorization, at: Timestamp, adverse: bool, found: &mut Found<'_>) {
    found.start("authorization-provider-notice", at);
    match notice_since(&body.member_notices, at) {
        None => found.start("authorization-member-notice", at),
        Some(notice) if adverse => found.start(APPEAL, pacific_end_of_day(notice.sent_on)),
        Some(_) => {}
    }
}

/// A plan that contests a claim has acted in time; what it then lacked starts a clock of its own when it arrives (H&S
/// 1371 as amended by AB 3275).
fn claim_clocks(case: &Case, body: &Claim, found: &mut Found<'_>) {
    use claim::State as S;
    found.start("claim-acknowledgement", case.received_at);
    match &body.state {
        S::WithPeople(_) | S::Advised { .. } | S::Payable { .. } => match body.completed_at {
            Some(at) => found.start("claim-decision-after-information", at),
            None => found.start("claim-decision", case.received_at),
        },
        S::Denied { at, .. } | S::Paid { at, .. } => found.start("claim-dispute-window", *at),
        S::Disputed { since, .. } => found.start("claim-dispute-decision", *since),
        S::Received { .. } | S::Rejected { .. } | S::Pended { .. } | S::Replaced { .. } => {}
    }
}

/// The first notice that was sent on the day of `decided` or later.
fn notice_since(notices: &[MemberNotice], decided: Timestamp) -> Option<&MemberNotice> {
    notices.iter().find(|notice| notice.sent_on >= pacific_day(decided))
}

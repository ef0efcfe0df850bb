//! Clocks that run for a case in its state, and their own state when they stop.

use domain::calendar::BusinessCalendar;
use domain::case::{MemberNotice, Refusal};
use domain::identifiers::PlanId;
use domain::plan::authorization::RequestKind;
use domain::plan::profile::TurnAround;
use domain::plan::types::{Bilingual, Urgency, Workflow};
use domain::statute::{ClockNature, Clocks, due_after};
use domain::time::{pacific_day, pacific_end_of_day};
use domain::{application, authorization, claim, referral};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use store::deadlines::DeadlineState;

use crate::cases::case::{Application, Authorization, Body, Case, Claim, Referral};
use crate::cases::placing::OFFER;
use crate::plugins::registry::Live;
use crate::words;

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

/// A plan's promise of a decision about an authorization.
const PROMISED_DECISION: &str = "plan-promise-authorization";

/// The clocks that a plan's promise stands beside, by the workflow that it is for; and the promise's own.
const PROMISES: [(Workflow, &str, &[&str]); 4] = [
    (Workflow::Referral, "plan-promise-referral", &["referral-triage"]),
    (Workflow::Authorization, PROMISED_DECISION, &AUTHORIZATION_DECISION),
    (Workflow::Billing, "plan-promise-claim", &["claim-decision", "claim-decision-after-information"]),
    (Workflow::Credentialing, "plan-promise-credentialing", &[]),
];

/// A clock that should be running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Running {
    /// The rule's id in the state's clocks.
    pub(crate) rule: &'static str,
    /// Instant at which it started (UTC).
    pub(crate) started: Timestamp,
    /// Instant at which it ends (UTC).
    pub(crate) due: Timestamp,
    /// Whose it is, where that is another plan than the case's.
    pub(crate) plan: Option<PlanId>,
}

/// A plan's calendar and the turn-around times that it promises.
#[derive(Clone)]
pub(crate) struct Paced {
    /// Id of the plan.
    pub(crate) plan: PlanId,
    /// The state's business days with the plan's own on top.
    pub(crate) calendar: BusinessCalendar,
    /// Turn-around times that it promises, each no longer than the state's clock.
    pub(crate) promises: Vec<TurnAround>,
}

impl Paced {
    /// Calendar and promises of a plan's rules in force.
    pub(crate) fn of(live: &Live) -> Self {
        let profile = live.profile();
        Self {
            plan: live.plan.clone(),
            calendar: BusinessCalendar::state().with_closures(&profile.calendar),
            promises: profile.turn_arounds.clone(),
        }
    }
}

/// Clocks as they are found to be running.
struct Found<'a> {
    received: Date,
    paced: &'a [Paced],
    running: Vec<Running>,
}

impl Found<'_> {
    fn start(&mut self, rule: &'static str, started: Timestamp) {
        if let Some(clock) = Clocks::state().rule_for(rule, self.received, pacific_day(started)) {
            let state = BusinessCalendar::state();
            let plan = self.paced.first().map_or(&state, |paced| &paced.calendar);
            self.running.push(Running { rule, started, due: clock.due(started, plan), plan: None });
        }
    }

    /// A warning that something ends: it runs from when there is something to warn of. Where that ends sooner
    /// than the warning would be given, it is given at once.
    fn warn(&mut self, rule: &'static str, begun: Timestamp, ends: Timestamp) {
        if let Some(clock) = Clocks::state().rule_for(rule, self.received, pacific_day(begun)) {
            let due = clock.due(ends, &BusinessCalendar::state()).max(begun);
            self.running.push(Running { rule, started: begun, due, plan: None });
        }
    }

    /// The plan's own promise of a decision, beside the state's clock on it and never later.
    fn promise(&mut self, workflow: Workflow, urgency: Urgency, started: Timestamp) {
        if let Some(paced) = self.paced.first() {
            self.promise_of(paced, workflow, urgency, started, None);
        }
    }

    fn promise_of(
        &mut self,
        paced: &Paced,
        workflow: Workflow,
        urgency: Urgency,
        started: Timestamp,
        plan: Option<PlanId>,
    ) {
        let said = |one: &&TurnAround| one.workflow == workflow && one.urgency == urgency;
        let known = PROMISES.iter().find(|(of, ..)| *of == workflow);
        let (Some(promise), Some((_, rule, beside))) = (paced.promises.iter().find(said), known) else {
            return;
        };
        let bound = self.running.iter().filter(|clock| beside.contains(&clock.rule)).map(|clock| clock.due);
        let own = due_after(promise.amount, promise.unit, started, &paced.calendar);
        let due = bound.min().map_or(own, |bound| bound.min(own));
        // The state's clock has run out before the plan had everything: there is nothing left to promise.
        if due < started {
            return;
        }
        self.running.push(Running { rule, started, due, plan });
    }
}

/// The clocks that run for `case`, each with its statute in the data. A clock that is not listed here has
/// ended; one that waits for a notice stays listed, because whoever delivers the notice ends it.
pub(crate) fn running(case: &Case, paced: &[Paced]) -> Vec<Running> {
    let mut found = Found { received: pacific_day(case.received_at), paced, running: Vec::new() };
    match &case.body {
        Body::Referral(body) => referral_clocks(case, body, &mut found),
        Body::Authorization(body) => authorization_clocks(case, body, &mut found),
        Body::Claim(body) => claim_clocks(case, body, &mut found),
        Body::Application(body) => {
            found.start("application-acknowledgement", case.received_at);
            application_promises(case, body, &mut found);
        }
    }
    found.running
}

/// Each plan whose people read a credentialing file keeps its own promise.
fn application_promises(case: &Case, body: &Application, found: &mut Found<'_>) {
    for paced in found.paced {
        let review = body.reviews.get(&paced.plan).map(|review| &review.state);
        if let Some(application::State::WithPeople { since, .. }) = review {
            let plan = Some(paced.plan.clone());
            found.promise_of(paced, Workflow::Credentialing, case.urgency, *since, plan);
        }
    }
}

/// The words of a plan's promise, which is in no law: what it is, and where it is said.
pub(crate) fn promise_words(rule: &str) -> Option<(Bilingual, &'static str)> {
    let (workflow, ..) = PROMISES.iter().find(|(_, promise, _)| *promise == rule)?;
    Some((words::promised(*workflow), "the plan's own promise, turn_arounds of its profile"))
}

/// State of a clock that its case no longer wants: kept or missed if what it waited for came, moot if that
/// can no longer come or another clock took its place.
pub(crate) fn ended(case: &Case, rule: &str, due: Timestamp, at: Timestamp) -> DeadlineState {
    let moot = case.body.moved().is_some()
        || match &case.body {
            Body::Referral(body) => matches!(body.state, referral::State::Closed { .. }),
            Body::Authorization(body) => {
                let withdrawn = matches!(body.state, authorization::State::Withdrawn { .. });
                let extended = body.extension.is_some() && rule != EXTENDED && !body.state.is_final();
                (withdrawn || extended) && (is_authorization_decision(rule) || rule == PROMISED_DECISION)
            }
            Body::Claim(body) => {
                matches!(body.state, claim::State::Replaced { .. } | claim::State::Voided { .. })
            }
            Body::Application(_) => false,
        };
    match moot {
        true => DeadlineState::Cancelled,
        false if at <= due => DeadlineState::Met,
        false if rule == OFFER => DeadlineState::Lapsed,
        false => DeadlineState::Missed,
    }
}

/// State of a clock that nobody stopped in time: a duty is late, a right has lapsed, a warning has been
/// given.
pub(crate) fn ran_out(rule: &str) -> DeadlineState {
    match nature(rule) {
        ClockNature::Duty => DeadlineState::Missed,
        ClockNature::Right => DeadlineState::Lapsed,
        ClockNature::Warning => DeadlineState::Met,
    }
}

/// Nature of the clock: duty, right or warning; the same in all of its versions.
pub(crate) fn nature(rule: &str) -> ClockNature {
    let versions = Clocks::state().rules();
    versions.iter().find(|version| version.id == rule).map(|version| version.nature).unwrap_or_default()
}

/// True for a clock on the decision about an authorization.
pub(crate) fn is_authorization_decision(rule: &str) -> bool {
    AUTHORIZATION_DECISION.contains(&rule)
}

fn referral_clocks(case: &Case, body: &Referral, found: &mut Found<'_>) {
    use referral::State as S;
    match &body.state {
        S::WithPeople(with) => {
            found.start("referral-triage", with.since);
            found.promise(Workflow::Referral, case.urgency, with.since);
        }
        S::Accepted { at, .. } => found.start("referral-assignment", *at),
        S::ChangingProvider { since, .. } => found.start("referral-provider-change", *since),
        _ => {}
    }
    if let Some((_, since)) = body.state.offered() {
        found.start(OFFER, since);
    }
    if body.state.refusal().and_then(Refusal::wanted).is_some()
        && let Some(at) = body.answered.decided_at
    {
        found.start("referral-translation", at);
    }
    // Whoever closes the loop has spoken with everybody on it.
    let open = !matches!(body.state, S::Closed { .. } | S::Moved { .. });
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
        S::Received { .. } | S::Withdrawn { .. } | S::Moved { .. } => {}
    }
    if let Some(window) = &body.window
        && !body.state.is_final()
    {
        // The warning counts back from the window's last day. A window may begin after the request came.
        found.warn("presumptive-window-alert", case.received_at, pacific_end_of_day(window.last));
    }
}

/// Two clocks for one decision: the earlier binds, both are kept (H&S 1367.01 and 42 CFR 438.210(d)). An
/// extension takes the place of both.
fn decision_clocks(
    case: &Case,
    body: &Authorization,
    complete_since: Option<Timestamp>,
    found: &mut Found<'_>,
) {
    if let Some(extension) = &body.extension {
        return found.start(EXTENDED, extension.due_before);
    }
    state_clocks(case, body, complete_since, found);
    // The plan's promise counts while the plan has everything, and is about service that is still to come.
    if let Some(since) = complete_since.filter(|_| body.kind != RequestKind::Retrospective) {
        found.promise(Workflow::Authorization, case.urgency, since);
    }
}

fn state_clocks(case: &Case, body: &Authorization, complete_since: Option<Timestamp>, found: &mut Found<'_>) {
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

/// True if a running service is to go on, and this was asked at least 24 hours before it ends: the lines that
/// are asked for begin when that ends.
fn goes_on(case: &Case, body: &Authorization) -> bool {
    let running = matches!(body.kind, RequestKind::Renewal | RequestKind::Extension);
    let begins = body.lines.iter().filter_map(|line| line.days.first.yesterday().ok()).min();
    running
        && begins.is_some_and(|day| {
            pacific_end_of_day(day).duration_since(case.received_at) >= SignedDuration::from_hours(24)
        })
}

/// After a decision provider and member are told; the member's right to appeal begins with the written notice
/// of a decision that gives less than was asked for (42 CFR 438.402(c)(2)(ii)).
fn decided_clocks(body: &Authorization, at: Timestamp, adverse: bool, found: &mut Found<'_>) {
    found.start("authorization-provider-notice", at);
    if body.state.refusal().and_then(Refusal::wanted).is_some() {
        found.start("authorization-translation", at);
    }
    match notice_since(&body.member_notices, at) {
        None => found.start("authorization-member-notice", at),
        Some(notice) if adverse => found.start(APPEAL, pacific_end_of_day(notice.sent_on)),
        Some(_) => {}
    }
}

/// A plan that contests a claim has acted in time; what it then lacked starts a clock of its own when it
/// arrives (H&S 1371 as amended by AB 3275).
fn claim_clocks(case: &Case, body: &Claim, found: &mut Found<'_>) {
    use claim::State as S;
    if matches!(body.state, S::Moved { .. }) {
        return;
    }
    found.start("claim-acknowledgement", case.received_at);
    if body.state.refusal().and_then(Refusal::wanted).is_some()
        && let Some(at) = body.answered.decided_at
    {
        found.start("claim-translation", at);
    }
    match &body.state {
        S::WithPeople(_) | S::Advised { .. } | S::Payable { .. } => match body.completed_at {
            Some(at) => {
                found.start("claim-decision-after-information", at);
                found.promise(Workflow::Billing, case.urgency, at);
            }
            None => {
                found.start("claim-decision", case.received_at);
                found.promise(Workflow::Billing, case.urgency, case.received_at);
            }
        },
        S::Denied { at, .. } | S::Paid { at, .. } => found.start("claim-dispute-window", *at),
        S::Disputed { since, .. } => found.start("claim-dispute-decision", *since),
        S::Received { .. }
        | S::Rejected { .. }
        | S::Pended { .. }
        | S::Replaced { .. }
        | S::Voided { .. }
        | S::Void { .. }
        | S::Moved { .. } => {}
    }
}

/// The first notice that was sent on the day of `decided` or later.
fn notice_since(notices: &[MemberNotice], decided: Timestamp) -> Option<&MemberNotice> {
    notices.iter().find(|notice| notice.sent_on >= pacific_day(decided))
}

#[cfg(test)]
mod tests;

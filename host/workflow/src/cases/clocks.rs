//! Clocks that run for a case in its state, and their own state when they stop.

use domain::calendar::BusinessCalendar;
use domain::case::{CaseKind, MemberNotice};
use domain::identifiers::PlanId;
use domain::plan::authorization::RequestKind;
use domain::plan::profile::TurnAround;
use domain::plan::types::{Bilingual, Urgency, Workflow};
use domain::statute::{ClockId, ClockNature, Clocks, due_after};
use domain::time::{pacific_day, pacific_end_of_day};
use domain::{application, authorization, claim, referral};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use store::deadlines::DeadlineState;

use crate::cases::case::{Application, Authorization, Body, Case, Claim, Referral};
use crate::plugins::registry::Live;
use crate::words;

/// Clocks that end when the host has delivered its notice to somebody.
pub(crate) mod notice_to {
    use domain::statute::ClockId;

    pub(crate) const PROVIDER: &[ClockId] = &[ClockId::AuthorizationProviderNotice];
    pub(crate) const REFERRER: &[ClockId] = &[ClockId::ReferralReferrerNotice];
    pub(crate) const BILLER: &[ClockId] = &[ClockId::ClaimAcknowledgement];
    pub(crate) const APPLICANT: &[ClockId] = &[ClockId::ApplicationAcknowledgement];
}

/// The clocks of a plan's written notice to the member.
pub(crate) const MEMBER_NOTICES: [ClockId; 2] =
    [ClockId::ReferralMemberNotice, ClockId::AuthorizationMemberNotice];

/// The right that begins with the notice of an adverse decision.
const APPEAL: ClockId = ClockId::AuthorizationAppealWindow;

/// The clocks on the decision about an authorization.
const AUTHORIZATION_DECISION: [ClockId; 5] = [
    ClockId::AuthorizationDecisionBusinessDays,
    ClockId::AuthorizationDecisionCalendarDays,
    ClockId::AuthorizationDecisionExpedited,
    ClockId::AuthorizationDecisionConcurrentUrgent,
    EXTENDED,
];
const EXTENDED: ClockId = ClockId::AuthorizationExtension;

/// The clocks of a plan's promises, each with those of the state that it stands beside.
const PROMISES: [(ClockId, &[ClockId]); 4] = [
    (ClockId::PlanPromiseReferral, &[ClockId::ReferralTriage]),
    (ClockId::PlanPromiseAuthorization, &AUTHORIZATION_DECISION),
    (ClockId::PlanPromiseClaim, &[ClockId::ClaimDecision, ClockId::ClaimDecisionAfterInformation]),
    (ClockId::PlanPromiseCredentialing, &[]),
];

/// A clock that should be running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Running {
    /// Id of its rule.
    pub(crate) rule: ClockId,
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
struct RunningClocks<'a> {
    received: Date,
    paced: &'a [Paced],
    running: Vec<Running>,
}

impl RunningClocks<'_> {
    fn start(&mut self, rule: ClockId, started: Timestamp) {
        self.begin(rule, started, self.paced.first(), None);
    }

    /// A clock of one of the plans that read a credentialing file.
    fn start_of(&mut self, rule: ClockId, started: Timestamp, plan: &PlanId) {
        let paced = self.paced.iter().find(|paced| paced.plan == *plan);
        self.begin(rule, started, paced, Some(plan.clone()));
    }

    fn begin(&mut self, rule: ClockId, started: Timestamp, paced: Option<&Paced>, plan: Option<PlanId>) {
        if let Some(clock) = Clocks::state().rule_for(rule, self.received, pacific_day(started)) {
            let due = clock.due(started, paced.map_or(&BusinessCalendar::state(), |paced| &paced.calendar));
            self.running.push(Running { rule, started, due, plan });
        }
    }

    /// A warning that something ends: it runs from when there is something to warn of. Where that ends sooner
    /// than the warning would be given, it is given at once.
    fn warn(&mut self, rule: ClockId, begun: Timestamp, ends: Timestamp) {
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
        let known = PROMISES.iter().find(|(promise, _)| promise.promised_for() == Some(workflow));
        let (Some(promise), Some((rule, beside))) = (paced.promises.iter().find(said), known) else {
            return;
        };
        let bound = self.running.iter().filter(|clock| beside.contains(&clock.rule)).map(|clock| clock.due);
        let own = due_after(promise.amount, promise.unit, started, &paced.calendar);
        let due = bound.min().map_or(own, |bound| bound.min(own));
        // The state's clock has run out before the plan had everything: there is nothing left to promise.
        if due < started {
            return;
        }
        self.running.push(Running { rule: *rule, started, due, plan });
    }
}

/// The clocks that run for `case`, each with its statute in the data. A clock that is not listed here has
/// ended; one that waits for a notice stays listed, because whoever delivers the notice ends it.
pub(crate) fn running(case: &Case, paced: &[Paced]) -> Vec<Running> {
    let mut found = RunningClocks { received: pacific_day(case.received_at), paced, running: Vec::new() };
    match &case.body {
        Body::Referral(body) => referral_clocks(case, body, &mut found),
        Body::Authorization(body) => authorization_clocks(case, body, &mut found),
        Body::Claim(body) => claim_clocks(case, body, &mut found),
        Body::Application(body) => {
            found.start(ClockId::ApplicationAcknowledgement, case.received_at);
            application_promises(case, body, &mut found);
            application_translations(body, &mut found);
        }
    }
    found.running
}

/// Each plan whose people read a credentialing file keeps its own promise.
fn application_promises(case: &Case, body: &Application, found: &mut RunningClocks<'_>) {
    for paced in found.paced {
        let review = body.reviews.get(&paced.plan).map(|review| &review.state);
        if let Some(application::State::WithPeople { since, .. }) = review {
            let plan = Some(paced.plan.clone());
            found.promise_of(paced, Workflow::Credentialing, case.urgency, *since, plan);
        }
    }
}

/// Instant until which the other language of a contract's reason, given at `since`, is to be written by the
/// plan (UTC). A contract is no case: it has no deadline of its own, and stands in the worklist until then
/// and after.
pub(crate) fn contract_translation(since: Timestamp, plan: Option<&Paced>) -> Option<Timestamp> {
    let day = pacific_day(since);
    let rule = Clocks::state().rule_for(ClockId::ContractTranslation, day, day)?;
    Some(rule.due(since, plan.map_or(&BusinessCalendar::state(), |paced| &paced.calendar)))
}

/// Each plan writes its own reason in the other language, by its own calendar.
fn application_translations(body: &Application, found: &mut RunningClocks<'_>) {
    for (plan, review) in &body.reviews {
        if let Some(wanted) = review.wanted() {
            found.start_of(ClockId::ApplicationTranslation, wanted.since, plan);
        }
    }
}

/// The words of a plan's promise, which is in no law: what it is, and where it is said.
pub(crate) fn promise_words(rule: ClockId) -> Option<(Bilingual, &'static str)> {
    Some((words::promised(rule.promised_for()?), "the plan's own promise, turn_arounds of its profile"))
}

/// State of a clock that its case no longer wants: kept or missed if what it waited for came, moot if that
/// can no longer come or another clock took its place. `kept` is when the command did, or said, what the
/// clock waits for; `None` where it did something else.
pub(crate) fn ended(
    case: &Case,
    rule: ClockId,
    due: Timestamp,
    kept: Option<Timestamp>,
    now: Timestamp,
) -> DeadlineState {
    // Without the words that it waited for, whatever they were wanted for is gone.
    let is_unsaid = kept.is_none() && rule == translation(case.body.kind());
    match kept.unwrap_or(now) {
        _ if is_unsaid || is_moot(case, rule) => DeadlineState::Cancelled,
        at if at <= due => DeadlineState::Met,
        _ if rule == ClockId::ReferralOffer => DeadlineState::Lapsed,
        _ => DeadlineState::Missed,
    }
}

/// True if what a clock waited for can no longer come, or another clock took its place.
fn is_moot(case: &Case, rule: ClockId) -> bool {
    case.body.moved().is_some()
        || match &case.body {
            Body::Referral(body) => matches!(body.state, referral::State::Closed { .. }),
            Body::Authorization(body) => {
                let withdrawn = matches!(body.state, authorization::State::Withdrawn { .. });
                let extended = body.extension.is_some() && rule != EXTENDED && !body.state.is_final();
                (withdrawn || extended)
                    && (is_authorization_decision(rule) || rule == ClockId::PlanPromiseAuthorization)
            }
            Body::Claim(body) => {
                matches!(body.state, claim::State::Replaced { .. } | claim::State::Voided { .. })
            }
            Body::Application(_) => false,
        }
}

/// The clock on a reason in its other language, of a case of this kind.
pub(crate) fn translation(kind: CaseKind) -> ClockId {
    match kind {
        CaseKind::Referral => ClockId::ReferralTranslation,
        CaseKind::Authorization => ClockId::AuthorizationTranslation,
        CaseKind::Claim => ClockId::ClaimTranslation,
        CaseKind::Application => ClockId::ApplicationTranslation,
    }
}

/// State of a clock that nobody stopped in time: a duty is late, a right has lapsed, a warning has been
/// given.
pub(crate) fn ran_out(rule: ClockId) -> DeadlineState {
    match nature(rule) {
        ClockNature::Duty => DeadlineState::Missed,
        ClockNature::Right => DeadlineState::Lapsed,
        ClockNature::Warning => DeadlineState::Met,
    }
}

/// Nature of the clock: duty, right or warning; the same in all of its versions.
pub(crate) fn nature(rule: ClockId) -> ClockNature {
    let versions = Clocks::state().rules();
    versions.iter().find(|version| version.id == rule).map(|version| version.nature).unwrap_or_default()
}

/// True for a clock on the decision about an authorization.
pub(crate) fn is_authorization_decision(rule: ClockId) -> bool {
    AUTHORIZATION_DECISION.contains(&rule)
}

fn referral_clocks(case: &Case, body: &Referral, found: &mut RunningClocks<'_>) {
    use referral::State as S;
    match &body.state {
        S::WithPeople(with) => {
            found.start(ClockId::ReferralTriage, with.since);
            found.promise(Workflow::Referral, case.urgency, with.since);
        }
        S::Accepted { at, .. } => found.start(ClockId::ReferralAssignment, *at),
        S::ChangingProvider { since, .. } => found.start(ClockId::ReferralProviderChange, *since),
        _ => {}
    }
    if let Some((_, since)) = body.state.offered() {
        found.start(ClockId::ReferralOffer, since);
    }
    if let Some(since) = wanted_since(case) {
        found.start(ClockId::ReferralTranslation, since);
    }
    // Whoever closes the loop has spoken with everybody on it.
    let open = !matches!(body.state, S::Closed { .. } | S::Moved { .. });
    if let Some(at) = body.answered.decided_at.filter(|_| open) {
        found.start(ClockId::ReferralReferrerNotice, at);
        if notice_since(&body.member_notices, at).is_none() {
            found.start(ClockId::ReferralMemberNotice, at);
        }
    }
}

fn authorization_clocks(case: &Case, body: &Authorization, found: &mut RunningClocks<'_>) {
    use authorization::State as S;
    if let Some(since) = wanted_since(case) {
        found.start(ClockId::AuthorizationTranslation, since);
    }
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
        found.warn(ClockId::PresumptiveWindowAlert, case.received_at, pacific_end_of_day(window.last));
    }
}

/// Two clocks for one decision: the earlier binds, both are kept (H&S 1367.01 and 42 CFR 438.210(d)). An
/// extension takes the place of both.
fn decision_clocks(
    case: &Case,
    body: &Authorization,
    complete_since: Option<Timestamp>,
    found: &mut RunningClocks<'_>,
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

fn state_clocks(
    case: &Case,
    body: &Authorization,
    complete_since: Option<Timestamp>,
    found: &mut RunningClocks<'_>,
) {
    match (body.kind, case.urgency) {
        (RequestKind::Retrospective, _) => {
            found.start(ClockId::AuthorizationDecisionRetrospective, case.received_at);
        }
        (_, Urgency::Expedited) => {
            found.start(ClockId::AuthorizationDecisionExpedited, case.received_at);
            if goes_on(case, body) {
                found.start(ClockId::AuthorizationDecisionConcurrentUrgent, case.received_at);
            }
        }
        (_, Urgency::Standard) => {
            found.start(ClockId::AuthorizationDecisionCalendarDays, case.received_at);
            if let Some(since) = complete_since {
                found.start(ClockId::AuthorizationDecisionBusinessDays, since);
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
fn decided_clocks(body: &Authorization, at: Timestamp, adverse: bool, found: &mut RunningClocks<'_>) {
    found.start(ClockId::AuthorizationProviderNotice, at);
    match notice_since(&body.member_notices, at) {
        None => found.start(ClockId::AuthorizationMemberNotice, at),
        Some(notice) if adverse => found.start(APPEAL, pacific_end_of_day(notice.sent_on)),
        Some(_) => {}
    }
}

/// A plan that contests a claim has acted in time; what it then lacked starts a clock of its own when it
/// arrives (H&S 1371 as amended by AB 3275).
fn claim_clocks(case: &Case, body: &Claim, found: &mut RunningClocks<'_>) {
    use claim::State as S;
    if matches!(body.state, S::Moved { .. }) {
        return;
    }
    found.start(ClockId::ClaimAcknowledgement, case.received_at);
    if let Some(since) = wanted_since(case) {
        found.start(ClockId::ClaimTranslation, since);
    }
    match &body.state {
        S::WithPeople(_) | S::Advised { .. } | S::Payable { .. } => match body.completed_at {
            Some(at) => {
                found.start(ClockId::ClaimDecisionAfterInformation, at);
                found.promise(Workflow::Billing, case.urgency, at);
            }
            None => {
                found.start(ClockId::ClaimDecision, case.received_at);
                found.promise(Workflow::Billing, case.urgency, case.received_at);
            }
        },
        S::Denied { at, .. } | S::Paid { at, .. } => found.start(ClockId::ClaimDisputeWindow, *at),
        S::Disputed { since, .. } => found.start(ClockId::ClaimDisputeDecision, *since),
        S::Received { .. }
        | S::Rejected { .. }
        | S::Pended { .. }
        | S::Replaced { .. }
        | S::Voided { .. }
        | S::Void { .. }
        | S::Moved { .. } => {}
    }
}

/// Since when a reason of the case is written in one language only; the earliest, if several are.
fn wanted_since(case: &Case) -> Option<Timestamp> {
    case.body.wanted_reasons().into_iter().map(|wanted| wanted.since).min()
}

/// The first notice that was sent on the day of `decided` or later.
fn notice_since(notices: &[MemberNotice], decided: Timestamp) -> Option<&MemberNotice> {
    notices.iter().find(|notice| notice.sent_on >= pacific_day(decided))
}

#[cfg(test)]
mod tests;

//! Each state of each kind of case with the clocks that run in it.
//!
//! The days are counted by hand from the sources that the rows name, on a calendar: 2 March 2026 is a Monday,
//! 31 March a holiday (Cesar Chavez Day), and daylight saving time begins on 8 March. Where a row names no
//! source, none gives a clock.

use std::collections::BTreeMap;

use domain::authorization::{Bound, Cut, ExtendedBy, Extension, Extent, Window};
use domain::case::{Language, NoticeRoute, Reason, Refusal, WhyPeople, WithPeople};
use domain::claim::{LastAction, Remittance};
use domain::plan::authorization::{Grant, RequestedLine};
use domain::plan::profile::{CalendarDay, ClockUnit};
use domain::plan::referral::{Destination, Redirection};
use domain::plan::types::Period;
use domain::referral::Placing;
use jiff::civil::date;

use super::*;
use crate::cases::case::{Answered, Review};
use crate::fixtures;
use crate::fixtures::{MONDAY, another_case, another_plan, assert_rows, at, case, refusal, sender, words};

/// Two days after Monday, at ten in California.
const WEDNESDAY: &str = "2026-03-04T18:00:00Z";
/// The Tuesday of the week after, at the same hour.
const TUESDAY: &str = "2026-03-10T18:00:00Z";
/// A Tuesday of the rating period before, with New Year's Day behind it.
const LAST_YEAR: &str = "2025-12-30T18:00:00Z";

/// A clock: its rule, when it starts, and when it is due; a day for the last millisecond of it.
type Clock = (ClockId, &'static str, &'static str);

struct Row {
    name: &'static str,
    source: &'static str,
    case: Case,
    clocks: Vec<Clock>,
}

fn row(name: &'static str, source: &'static str, case: Case, clocks: &[Clock]) -> Row {
    Row { name, source, case, clocks: clocks.to_vec() }
}

fn told(instant: Timestamp) -> String {
    let day = pacific_day(instant);
    if instant == pacific_end_of_day(day) { day.to_string() } else { instant.to_string() }
}

/// The clocks of the case, by rule; whose each is, where it is another plan's than the case's.
fn found(case: &Case, paced: &[Paced]) -> Vec<String> {
    let clocks = running(case, paced);
    let told = clocks.iter().map(|clock| {
        let plan = clock.plan.as_ref().map(|plan| format!(" of {plan}")).unwrap_or_default();
        format!("{}{plan}: {} to {}", clock.rule, told(clock.started), told(clock.due))
    });
    let mut told: Vec<String> = told.collect();
    told.sort();
    told
}

fn expected(clocks: &[Clock]) -> Vec<String> {
    let mut told: Vec<String> =
        clocks.iter().map(|(rule, from, to)| format!("{rule}: {from} to {to}")).collect();
    told.sort();
    told
}

fn assert_clocks(rows: impl IntoIterator<Item = Row>, paced: &[Paced]) {
    assert_rows(rows.into_iter().map(|row| {
        let name = format!("{} ({})", row.name, row.source);
        (name, found(&row.case, paced), expected(&row.clocks))
    }));
}

fn with_people(since: &str) -> WithPeople {
    WithPeople { since: at(since), why: WhyPeople::NotAutomated, recommendation: None }
}

/// A no whose reason is wanted in another language, or not.
fn refused(wanted: Option<Language>) -> Refusal {
    refusal(&[]).wanting(wanted)
}

fn notice(sent_on: Date) -> MemberNotice {
    MemberNotice {
        sent_on,
        route: NoticeRoute::Mail,
        language: "en".to_owned(),
        recorded_at: pacific_end_of_day(sent_on),
    }
}

fn referral(state: referral::State, decided: Option<&str>, notices: Vec<MemberNotice>) -> Case {
    let mut body = Referral { member_notices: notices, ..fixtures::referral(state) };
    body.answered.decided_at = decided.map(at);
    case(Body::Referral(body))
}

#[test]
fn referrals_before_an_answer() {
    use referral::State as S;
    let plans_own = "Central California Alliance for Health: 5 business days";
    let since = at(WEDNESDAY);
    assert_clocks(
        [
            row("received", "", referral(S::Received { at: at(MONDAY) }, None, vec![]), &[]),
            row(
                "more is asked for",
                "",
                referral(S::NeedsInformation { since, asks: vec![] }, None, vec![]),
                &[],
            ),
            row("goes with another", "", referral(S::Joined { at: since }, None, vec![]), &[]),
            row(
                "with the plan's people",
                plans_own,
                referral(S::WithPeople(with_people(WEDNESDAY)), None, vec![]),
                &[(ClockId::ReferralTriage, WEDNESDAY, "2026-03-11")],
            ),
        ],
        &[],
    );
}

/// The clocks of the notices of a decision on Wednesday.
const REFERRER: Clock = (ClockId::ReferralReferrerNotice, WEDNESDAY, "2026-03-13");
const MEMBER: Clock = (ClockId::ReferralMemberNotice, WEDNESDAY, "2026-03-06");

#[test]
fn referrals_that_a_plan_takes() {
    use referral::State as S;
    let source =
        "DHCS contract template: 10 business days; Closed-Loop Referral Guidance: 7 and 2 business days";
    let accepted = |placing| S::Accepted { at: at(WEDNESDAY), placing };
    let offered = Placing::Offered { to: sender(), since: at("2026-03-05T18:00:00Z") };
    let taken = |notices| referral(accepted(Placing::Open), Some(WEDNESDAY), notices);
    let assignment = (ClockId::ReferralAssignment, WEDNESDAY, "2026-03-18");
    assert_clocks(
        [
            row("accepted", source, taken(vec![]), &[assignment, REFERRER, MEMBER]),
            row(
                "offered on Thursday",
                "this host: 2 business days to take an offer",
                referral(accepted(offered), Some(WEDNESDAY), vec![]),
                &[
                    assignment,
                    REFERRER,
                    MEMBER,
                    (ClockId::ReferralOffer, "2026-03-05T18:00:00Z", "2026-03-09"),
                ],
            ),
            row(
                "the member was told on the day",
                source,
                taken(vec![notice(date(2026, 3, 4))]),
                &[assignment, REFERRER],
            ),
            row(
                "the member was told of something before it",
                source,
                taken(vec![notice(date(2026, 3, 3))]),
                &[assignment, REFERRER, MEMBER],
            ),
            row(
                "a provider has it",
                source,
                referral(
                    S::ProviderAccepted { at: at(TUESDAY), provider: sender() },
                    Some(WEDNESDAY),
                    vec![],
                ),
                &[REFERRER, MEMBER],
            ),
            row(
                "the member asks for another provider",
                "DHCS contract template: 30 calendar days",
                referral(
                    S::ChangingProvider { since: at(TUESDAY), from: sender(), placing: Placing::Open },
                    Some(WEDNESDAY),
                    vec![notice(date(2026, 3, 5))],
                ),
                &[REFERRER, (ClockId::ReferralProviderChange, TUESDAY, "2026-04-09")],
            ),
        ],
        &[],
    );
}

#[test]
fn referrals_that_end() {
    use referral::State as S;
    let source = "DHCS Closed-Loop Referral Guidance: 7 and 2 business days";
    let not_eligible = |wanted| S::NotEligible { at: at(WEDNESDAY), refusal: refused(wanted) };
    let closed = S::Closed { at: at(TUESDAY), reason: "services-received".to_owned() };
    let redirection = Redirection { to: Destination::Service("ecm".to_owned()), reason: words() };
    let elsewhere = S::Redirected { at: at(WEDNESDAY), redirection, wanted: Some(Language::Es) };
    assert_clocks(
        [
            row(
                "not eligible",
                source,
                referral(not_eligible(None), Some(WEDNESDAY), vec![]),
                &[REFERRER, MEMBER],
            ),
            row(
                "not eligible, told in one language",
                "DHCS APL 25-005: written notices in the member's language; the day before the notice is the host's",
                referral(not_eligible(Some(Language::Es)), Some(WEDNESDAY), vec![]),
                &[REFERRER, MEMBER, (ClockId::ReferralTranslation, WEDNESDAY, "2026-03-05")],
            ),
            row(
                "sent elsewhere, told in one language",
                "the same",
                referral(elsewhere, Some(WEDNESDAY), vec![]),
                &[REFERRER, MEMBER, (ClockId::ReferralTranslation, WEDNESDAY, "2026-03-05")],
            ),
            row("the loop is closed", "", referral(closed, Some(WEDNESDAY), vec![]), &[]),
            row(
                "another plan's",
                "",
                referral(S::Moved { at: at(TUESDAY), to: another_plan() }, Some(WEDNESDAY), vec![]),
                &[],
            ),
        ],
        &[],
    );
}

/// An authorization for days from Thursday on.
fn authorization(state: authorization::State, change: impl FnOnce(&mut Authorization)) -> Case {
    let line = RequestedLine {
        procedure: "G9012 U2".parse().unwrap(),
        units: 1,
        days: Period { first: date(2026, 3, 5), last: Some(date(2026, 5, 31)) },
    };
    let mut body = Authorization { lines: vec![line], ..fixtures::authorization(state) };
    change(&mut body);
    case(Body::Authorization(body))
}

fn pended() -> authorization::State {
    authorization::State::Pended { since: at(WEDNESDAY), asks: Vec::new() }
}

fn expedited(received_at: &str, change: impl FnOnce(&mut Authorization)) -> Case {
    let since = with_people(received_at);
    let case = authorization(authorization::State::WithPeople(since), change);
    Case { urgency: Urgency::Expedited, received_at: at(received_at), ..case }
}

#[test]
fn standard_authorizations_before_a_decision() {
    use authorization::State as S;
    let both =
        "42 CFR 438.210(d)(1): 7 calendar days; H&S 1367.01(h)(1): 5 business days of having everything";
    let calendar = (ClockId::AuthorizationDecisionCalendarDays, MONDAY, "2026-03-09");
    let old = authorization(S::WithPeople(with_people("2026-01-02T18:00:00Z")), |_| ());
    let due_before = pacific_end_of_day(date(2026, 3, 9));
    let extended = authorization(pended(), |body| {
        let (at, by) = (at(WEDNESDAY), ExtendedBy::Member);
        body.extension = Some(Extension { at, due_before, by, reason: words().into() });
    });
    let half_told = |state| {
        authorization(state, |body: &mut Authorization| {
            let reason = Reason::written(Some("A letter will come.".to_owned()), None).unwrap();
            body.extension = Some(Extension { at: at(WEDNESDAY), due_before, by: ExtendedBy::Plan, reason });
        })
    };
    let retrospective = authorization(S::WithPeople(with_people(WEDNESDAY)), |body| {
        body.kind = RequestKind::Retrospective;
    });
    assert_clocks(
        [
            row("received", "", authorization(S::Received { at: at(MONDAY) }, |_| ()), &[]),
            row("something is missing", both, authorization(pended(), |_| ()), &[calendar]),
            row(
                "everything is there on Wednesday",
                both,
                authorization(S::WithPeople(with_people(WEDNESDAY)), |_| ()),
                &[calendar, (ClockId::AuthorizationDecisionBusinessDays, WEDNESDAY, "2026-03-11")],
            ),
            row(
                "received in the rating period before",
                "42 CFR 438.210(d)(1) before 2026-01-01: 14 calendar days",
                Case { received_at: at(LAST_YEAR), ..old },
                &[
                    (ClockId::AuthorizationDecisionCalendarDays, LAST_YEAR, "2026-01-13"),
                    (ClockId::AuthorizationDecisionBusinessDays, "2026-01-02T18:00:00Z", "2026-01-09"),
                ],
            ),
            row(
                "extended",
                "42 CFR 438.210(d)(1)(ii): 14 calendar days more, in place of both",
                extended,
                &[(ClockId::AuthorizationExtension, "2026-03-09", "2026-03-23")],
            ),
            row(
                "extended, told in one language",
                "DHCS APL 25-005: written notices in the member's language",
                half_told(pended()),
                &[
                    (ClockId::AuthorizationExtension, "2026-03-09", "2026-03-23"),
                    (ClockId::AuthorizationTranslation, WEDNESDAY, "2026-03-05"),
                ],
            ),
            row("the same, taken back", "", half_told(S::Withdrawn { at: at(WEDNESDAY) }), &[]),
            row(
                "about service that was given",
                "H&S 1367.01(h)(1): 30 calendar days",
                retrospective,
                &[(ClockId::AuthorizationDecisionRetrospective, MONDAY, "2026-04-01")],
            ),
        ],
        &[],
    );
}

#[test]
fn urgent_authorizations_before_a_decision() {
    const FRIDAY: &str = "2026-03-06T18:00:00Z";
    let three_days = "42 CFR 438.210(d)(2): 72 hours, weekends included";
    let one_day = "Health Net: 24 hours, if asked at least 24 hours before the service ends";
    let asked = (ClockId::AuthorizationDecisionExpedited, MONDAY, "2026-03-05T18:00:00Z");
    let goes_on = (ClockId::AuthorizationDecisionConcurrentUrgent, MONDAY, "2026-03-03T18:00:00Z");
    let renewal_from = |first: Date| {
        move |body: &mut Authorization| {
            body.kind = RequestKind::Renewal;
            body.lines[0].days.first = first;
        }
    };
    assert_clocks(
        [
            row("asked on Monday", three_days, expedited(MONDAY, |_| ()), &[asked]),
            row(
                "asked on Friday",
                three_days,
                expedited(FRIDAY, |_| ()),
                &[(ClockId::AuthorizationDecisionExpedited, FRIDAY, "2026-03-09T18:00:00Z")],
            ),
            row(
                "a service that ends on Wednesday is to go on",
                one_day,
                expedited(MONDAY, renewal_from(date(2026, 3, 5))),
                &[asked, goes_on],
            ),
            row(
                "a service that ends on the day itself is to go on",
                one_day,
                expedited(MONDAY, renewal_from(date(2026, 3, 3))),
                &[asked],
            ),
            row(
                "inside one that runs, more is asked for",
                one_day,
                expedited(MONDAY, |body| body.kind = RequestKind::Extension),
                &[asked, goes_on],
            ),
        ],
        &[],
    );
}

/// The clocks of the notices of a decision on Wednesday.
const PROVIDER_TOLD: Clock = (ClockId::AuthorizationProviderNotice, WEDNESDAY, "2026-03-05T18:00:00Z");
const MEMBER_TOLD: Clock = (ClockId::AuthorizationMemberNotice, WEDNESDAY, "2026-03-06");

fn approved(extent: Extent) -> authorization::State {
    let grant = Grant { lines: Vec::new(), conditions: Vec::new() };
    authorization::State::Approved { at: at(WEDNESDAY), number: "A-1".to_owned(), grant, extent }
}

fn denied(wanted: Option<Language>) -> authorization::State {
    authorization::State::Denied { at: at(WEDNESDAY), refusal: refused(wanted) }
}

#[test]
fn authorizations_after_a_decision() {
    use authorization::State as S;
    let notices = "H&S 1367.01(h)(3): 24 hours and 2 business days";
    let right = "42 CFR 438.402(c)(2)(ii): 60 calendar days from the notice of less than was asked for";
    let part = Extent::Part(Cut::Declared(vec![Bound::Units { declared: 1, asked: 2 }]));
    let on_thursday = |body: &mut Authorization| body.member_notices = vec![notice(date(2026, 3, 5))];
    // 26 days of March, 30 of April and 4 of May.
    let appeal = (ClockId::AuthorizationAppealWindow, "2026-03-05", "2026-05-04");
    assert_clocks(
        [
            row(
                "approved",
                notices,
                authorization(approved(Extent::Whole), |_| ()),
                &[PROVIDER_TOLD, MEMBER_TOLD],
            ),
            row(
                "approved, and the member was told",
                notices,
                authorization(approved(Extent::Whole), on_thursday),
                &[PROVIDER_TOLD],
            ),
            row(
                "approved in part, and the member was told",
                right,
                authorization(approved(part), on_thursday),
                &[PROVIDER_TOLD, appeal],
            ),
            row("denied", notices, authorization(denied(None), |_| ()), &[PROVIDER_TOLD, MEMBER_TOLD]),
            row(
                "denied, and the member was told",
                right,
                authorization(denied(None), on_thursday),
                &[PROVIDER_TOLD, appeal],
            ),
            row(
                "denied in one language",
                "DHCS APL 25-005; the day before the member's notice is the host's",
                authorization(denied(Some(Language::Es)), |_| ()),
                &[PROVIDER_TOLD, MEMBER_TOLD, (ClockId::AuthorizationTranslation, WEDNESDAY, "2026-03-05")],
            ),
            row("taken back", "", authorization(S::Withdrawn { at: at(WEDNESDAY) }, |_| ()), &[]),
            row(
                "another plan's",
                "",
                authorization(S::Moved { at: at(WEDNESDAY), to: another_plan() }, |_| ()),
                &[],
            ),
        ],
        &[],
    );
}

#[test]
fn presumptive_windows() {
    let source = "DHCS ECM Policy Guide, presumptive authorization; 5 calendar days are the host's choice";
    let until = |last: Date| {
        let rule = "ecm-presumptive".to_owned();
        move |body: &mut Authorization| body.window = Some(Window { rule, first: date(2026, 3, 2), last })
    };
    let calendar = (ClockId::AuthorizationDecisionCalendarDays, MONDAY, "2026-03-09");
    assert_clocks(
        [
            row(
                "it ends with the month",
                source,
                authorization(pended(), until(date(2026, 3, 31))),
                &[calendar, (ClockId::PresumptiveWindowAlert, MONDAY, "2026-03-26")],
            ),
            row(
                "it ends sooner than the warning would be given",
                source,
                authorization(pended(), until(date(2026, 3, 4))),
                &[calendar, (ClockId::PresumptiveWindowAlert, MONDAY, MONDAY)],
            ),
            row(
                "it was decided",
                source,
                authorization(approved(Extent::Whole), until(date(2026, 3, 31))),
                &[PROVIDER_TOLD, MEMBER_TOLD],
            ),
        ],
        &[],
    );
}

fn claim(state: claim::State, completed: Option<&str>) -> Case {
    let mut body = Claim { completed_at: completed.map(at), ..fixtures::claim(state) };
    body.answered.decided_at = match &body.state {
        claim::State::Denied { at, .. } => Some(*at),
        _ => None,
    };
    case(Body::Claim(body))
}

/// 28 CCR 1300.71(c): an electronic claim is confirmed within 2 working days.
const CONFIRMED: Clock = (ClockId::ClaimAcknowledgement, MONDAY, "2026-03-04");

#[test]
fn claims_before_a_decision() {
    use claim::State as S;
    let source = "H&S 1371 (AB 3275): 30 calendar days";
    let decision = (ClockId::ClaimDecision, MONDAY, "2026-04-01");
    let payable = || S::Payable { at: at(MONDAY) };
    assert_clocks(
        [
            row("received", "", claim(S::Received { at: at(MONDAY) }, None), &[CONFIRMED]),
            row("payable", source, claim(payable(), None), &[CONFIRMED, decision]),
            row(
                "with the plan's people",
                source,
                claim(S::WithPeople(with_people(WEDNESDAY)), None),
                &[CONFIRMED, decision],
            ),
            row("priced", source, claim(S::Advised { since: at(MONDAY) }, None), &[CONFIRMED, decision]),
            row(
                "contested: the plan has acted",
                source,
                claim(S::Pended { since: at(WEDNESDAY), asks: Vec::new() }, None),
                &[CONFIRMED],
            ),
            row(
                "what was missing came on Tuesday",
                source,
                claim(payable(), Some(TUESDAY)),
                &[CONFIRMED, (ClockId::ClaimDecisionAfterInformation, TUESDAY, "2026-04-09")],
            ),
            row(
                "received before AB 3275",
                "H&S 1371 before: 45 working days, without New Year's, Martin Luther King Jr. and Presidents' Day",
                Case { received_at: at(LAST_YEAR), ..claim(payable(), None) },
                &[
                    (ClockId::ClaimAcknowledgement, LAST_YEAR, "2026-01-02"),
                    (ClockId::ClaimDecision, LAST_YEAR, "2026-03-06"),
                ],
            ),
        ],
        &[],
    );
}

#[test]
fn claims_after_a_decision() {
    use claim::State as S;
    let window = "28 CCR 1300.71.38(d)(1): 365 calendar days";
    let denied = |wanted| S::Denied { at: at(TUESDAY), refusal: refused(wanted) };
    let remittance = || Remittance { number: "1".to_owned(), lines: Vec::new(), reviewer: None };
    let paid = || LastAction::Paid { at: at(WEDNESDAY), remittance: remittance() };
    let dispute = (ClockId::ClaimDisputeWindow, TUESDAY, "2027-03-10");
    assert_clocks(
        [
            row("denied", window, claim(denied(None), None), &[CONFIRMED, dispute]),
            row(
                "denied in one language",
                "DHCS APL 25-005; 1 business day is the host's",
                claim(denied(Some(Language::En)), None),
                &[CONFIRMED, dispute, (ClockId::ClaimTranslation, TUESDAY, "2026-03-11")],
            ),
            row(
                "paid",
                window,
                claim(S::Paid { at: at(TUESDAY), remittance: remittance() }, None),
                &[CONFIRMED, dispute],
            ),
            row(
                "disputed on Tuesday",
                "28 CCR 1300.71.38(f): 45 working days, without Cesar Chavez Day",
                claim(S::Disputed { since: at(TUESDAY), action: paid() }, None),
                &[CONFIRMED, (ClockId::ClaimDisputeDecision, TUESDAY, "2026-05-13")],
            ),
        ],
        &[],
    );
}

#[test]
fn claims_that_another_took_the_place_of() {
    use claim::State as S;
    let instant = at(TUESDAY);
    let by = another_case();
    assert_clocks(
        [
            row("rejected", "", claim(S::Rejected { at: instant }, None), &[CONFIRMED]),
            row("replaced", "", claim(S::Replaced { at: instant, by, paid: None }, None), &[CONFIRMED]),
            row("voided", "", claim(S::Voided { at: instant, by, paid: None }, None), &[CONFIRMED]),
            row("a void", "", claim(S::Void { at: instant, of: by }, None), &[CONFIRMED]),
            row("another plan's", "", claim(S::Moved { at: instant, to: another_plan() }, None), &[]),
        ],
        &[],
    );
}

/// Valle Vista with these promises and closing days.
fn paced(promises: &[(Workflow, Urgency, u16)], closed: &[Date]) -> Paced {
    let closed: Vec<CalendarDay> =
        closed.iter().map(|day| CalendarDay { day: *day, works: false, name: "closed".to_owned() }).collect();
    let promises = promises.iter().map(|(workflow, urgency, amount)| TurnAround {
        workflow: *workflow,
        urgency: *urgency,
        amount: *amount,
        unit: ClockUnit::BusinessDays,
    });
    Paced {
        plan: "valle-vista".parse().unwrap(),
        calendar: BusinessCalendar::state().with_closures(&closed),
        promises: promises.collect(),
    }
}

/// A case of a plan with such promises and closing days, and its clocks.
type Promised = (&'static str, Paced, Case, Vec<Clock>);

fn assert_promised(rows: impl IntoIterator<Item = Promised>) {
    assert_rows(
        rows.into_iter()
            .map(|(name, paced, case, clocks)| (name.to_owned(), found(&case, &[paced]), expected(&clocks))),
    );
}

#[test]
fn a_promise_stands_beside_the_states_clock_and_never_behind_it() {
    use Workflow::{Authorization, Billing, Referral};
    let standard = Urgency::Standard;
    let referral = || referral(referral::State::WithPeople(with_people(WEDNESDAY)), None, vec![]);
    let triage = (ClockId::ReferralTriage, WEDNESDAY, "2026-03-11");
    let asked = |since: &str| authorization(authorization::State::WithPeople(with_people(since)), |_| ());
    let calendar = (ClockId::AuthorizationDecisionCalendarDays, MONDAY, "2026-03-09");
    let business = (ClockId::AuthorizationDecisionBusinessDays, WEDNESDAY, "2026-03-11");
    let payable = claim(claim::State::Payable { at: at(MONDAY) }, None);
    assert_promised([
        (
            "sooner than the state's",
            paced(&[(Referral, standard, 2)], &[]),
            referral(),
            vec![triage, (ClockId::PlanPromiseReferral, WEDNESDAY, "2026-03-06")],
        ),
        (
            "later than the state's",
            paced(&[(Referral, standard, 10)], &[]),
            referral(),
            vec![triage, (ClockId::PlanPromiseReferral, WEDNESDAY, "2026-03-11")],
        ),
        ("for what is urgent", paced(&[(Referral, Urgency::Expedited, 1)], &[]), referral(), vec![triage]),
        ("for something else", paced(&[(Authorization, standard, 1)], &[]), referral(), vec![triage]),
        (
            "of a decision, from when everything was there",
            paced(&[(Authorization, standard, 2)], &[]),
            asked(WEDNESDAY),
            vec![calendar, business, (ClockId::PlanPromiseAuthorization, WEDNESDAY, "2026-03-06")],
        ),
        (
            "of a decision, and everything was there too late for it",
            paced(&[(Authorization, standard, 2)], &[]),
            asked(TUESDAY),
            vec![calendar, (ClockId::AuthorizationDecisionBusinessDays, TUESDAY, "2026-03-17")],
        ),
        (
            "of a payment",
            paced(&[(Billing, standard, 10)], &[]),
            payable,
            vec![
                CONFIRMED,
                (ClockId::ClaimDecision, MONDAY, "2026-04-01"),
                (ClockId::PlanPromiseClaim, MONDAY, "2026-03-16"),
            ],
        ),
    ]);
}

#[test]
fn a_plans_closing_day_moves_its_own_clocks_and_not_the_states() {
    let friday = [date(2026, 3, 6)];
    let promises =
        [(Workflow::Referral, Urgency::Standard, 2), (Workflow::Authorization, Urgency::Standard, 2)];
    let asked = authorization(authorization::State::WithPeople(with_people(WEDNESDAY)), |_| ());
    assert_promised([
        (
            "a referral",
            paced(&promises, &friday),
            referral(referral::State::WithPeople(with_people(WEDNESDAY)), None, vec![]),
            vec![
                (ClockId::ReferralTriage, WEDNESDAY, "2026-03-12"),
                (ClockId::PlanPromiseReferral, WEDNESDAY, "2026-03-09"),
            ],
        ),
        (
            "an authorization",
            paced(&promises, &friday),
            asked,
            vec![
                (ClockId::AuthorizationDecisionCalendarDays, MONDAY, "2026-03-09"),
                (ClockId::AuthorizationDecisionBusinessDays, WEDNESDAY, "2026-03-11"),
                (ClockId::PlanPromiseAuthorization, WEDNESDAY, "2026-03-09"),
            ],
        ),
    ]);
}

#[test]
fn each_plan_that_reads_a_credentialing_file_keeps_its_own_promise() {
    let review = |state| Review { state, results: Vec::new(), answered: Answered::default(), version: 1 };
    let reads =
        application::State::WithPeople { since: at(WEDNESDAY), why: WhyPeople::NeedsJudgement, reason: None };
    let done = application::State::Approved { at: at(WEDNESDAY), effective: date(2026, 3, 4) };
    let reviews: BTreeMap<PlanId, Review> = [("valle-vista", reads), ("harbor-crest", done)]
        .into_iter()
        .map(|(plan, state)| (plan.parse().unwrap(), review(state)))
        .collect();
    let file = case(Body::Application(Application { reviews, ..fixtures::application() }));
    let vista = paced(&[(Workflow::Credentialing, Urgency::Standard, 10)], &[]);
    let crest = Paced { plan: "harbor-crest".parse().unwrap(), ..vista.clone() };
    // Health Net: 7 calendar days to confirm the file.
    let confirmed = (ClockId::ApplicationAcknowledgement, MONDAY, "2026-03-09");
    assert_clocks([row("no plan promises", "Health Net", file.clone(), &[confirmed])], &[]);
    let mut with_promise = expected(&[confirmed]);
    with_promise.push(format!("plan-promise-credentialing of valle-vista: {WEDNESDAY} to 2026-03-18"));
    assert_eq!(found(&file, &[vista, crest]), with_promise, "two plans promise");
}

#[test]
fn each_plan_writes_its_own_reason_of_a_file() {
    let half = || Reason::written(None, Some("Porque.".to_owned())).unwrap();
    let states = [
        ("costa-alta", application::State::Declined { at: at(MONDAY), reason: words().into() }),
        ("harbor-crest", application::State::Declined { at: at(WEDNESDAY), reason: half() }),
        (
            "valle-vista",
            application::State::WithPeople {
                since: at(MONDAY),
                why: WhyPeople::Reopened,
                reason: Some(half()),
            },
        ),
    ];
    let review = |state| Review { state, results: Vec::new(), answered: Answered::default(), version: 1 };
    let reviews = states.into_iter().map(|(plan, state)| (plan.parse().unwrap(), review(state))).collect();
    let file = case(Body::Application(Application { reviews, ..fixtures::application() }));
    let mut wanted = expected(&[(ClockId::ApplicationAcknowledgement, MONDAY, "2026-03-09")]);
    wanted.push(format!("application-translation of harbor-crest: {WEDNESDAY} to 2026-03-05"));
    wanted.push(format!("application-translation of valle-vista: {MONDAY} to 2026-03-03"));
    assert_eq!(found(&file, &[]), wanted);
}

/// A clock of the data that no state of a case starts would be a rule that nobody keeps.
#[test]
fn every_clock_is_started_somewhere() {
    let source = include_str!("../clocks.rs");
    for clock in ClockId::ALL {
        assert!(source.contains(&format!("ClockId::{clock:?}")), "{clock}");
    }
}

/// A case in which the clock of a rule is no longer wanted, when it was due and when it ended, and how it
/// then stands.
type Stopped = (&'static str, Case, ClockId, [&'static str; 2], DeadlineState);

#[test]
fn a_clock_that_is_not_wanted_any_more_was_kept_or_missed_or_is_moot() {
    use DeadlineState::{Cancelled, Lapsed, Met, Missed};
    const CALENDAR: ClockId = ClockId::AuthorizationDecisionCalendarDays;
    let (in_time, late) = ([WEDNESDAY, MONDAY], [MONDAY, WEDNESDAY]);
    let accepted = || {
        let state = referral::State::Accepted { at: at(MONDAY), placing: Placing::Open };
        referral(state, Some(MONDAY), vec![])
    };
    let closed = referral::State::Closed { at: at(WEDNESDAY), reason: "other".to_owned() };
    let withdrawn = || authorization(authorization::State::Withdrawn { at: at(MONDAY) }, |_| ());
    let extended = |state: authorization::State| {
        authorization(state, |body| {
            let (at, by) = (at(MONDAY), ExtendedBy::Plan);
            body.extension = Some(Extension { at, due_before: at, by, reason: words().into() });
        })
    };
    let half_told = |state: authorization::State| {
        authorization(state, |body| {
            let reason = Reason::written(Some("A letter will come.".to_owned()), None).unwrap();
            let by = ExtendedBy::Plan;
            body.extension = Some(Extension { at: at(MONDAY), due_before: at(MONDAY), by, reason });
        })
    };
    let file = || case(Body::Application(fixtures::application()));
    let replaced = claim::State::Replaced { at: at(WEDNESDAY), by: another_case(), paid: None };
    let moved = claim::State::Moved { at: at(WEDNESDAY), to: another_plan() };
    let rows: [Stopped; 15] = [
        ("in time", accepted(), ClockId::ReferralTriage, in_time, Met),
        ("at the very moment", accepted(), ClockId::ReferralTriage, [MONDAY, MONDAY], Met),
        ("late", accepted(), ClockId::ReferralTriage, late, Missed),
        ("an offer that nobody took in time", accepted(), ClockId::ReferralOffer, late, Lapsed),
        (
            "a loop that is closed",
            referral(closed, None, vec![]),
            ClockId::ReferralAssignment,
            late,
            Cancelled,
        ),
        ("a decision about what was taken back", withdrawn(), CALENDAR, late, Cancelled),
        (
            "a notice about what was taken back",
            withdrawn(),
            ClockId::AuthorizationProviderNotice,
            late,
            Missed,
        ),
        ("a decision that may wait longer", extended(pended()), CALENDAR, in_time, Cancelled),
        ("the longer time itself", extended(denied(None)), EXTENDED, in_time, Met),
        ("a claim that was replaced", claim(replaced, None), ClockId::ClaimDecision, late, Cancelled),
        ("a claim that another plan decides", claim(moved, None), ClockId::ClaimDecision, late, Cancelled),
        (
            "words about a request that was taken back",
            half_told(authorization::State::Withdrawn { at: at(WEDNESDAY) }),
            ClockId::AuthorizationTranslation,
            in_time,
            Cancelled,
        ),
        (
            "words about a denial that was overturned",
            claim(claim::State::Payable { at: at(TUESDAY) }, None),
            ClockId::ClaimTranslation,
            late,
            Cancelled,
        ),
        ("words about a file that is read anew", file(), ClockId::ApplicationTranslation, in_time, Cancelled),
        ("words about a referral", accepted(), ClockId::ReferralTranslation, in_time, Cancelled),
    ];
    assert_rows(rows.into_iter().map(|(name, case, rule, [due, ended_at], expected)| {
        (name.to_owned(), ended(&case, rule, at(due), None, at(ended_at)), expected)
    }));
}

/// Each row: the clock, the days on which it was due, kept and ended, and its state.
#[test]
fn a_clock_that_a_command_keeps_was_kept_when_it_says() {
    use DeadlineState::{Met, Missed};
    let denied = || claim(claim::State::Denied { at: at(MONDAY), refusal: refused(None) }, Some(MONDAY));
    let rows = [
        ("words in time", ClockId::ClaimTranslation, [TUESDAY, WEDNESDAY, WEDNESDAY], Met),
        ("words too late", ClockId::ClaimTranslation, [MONDAY, TUESDAY, TUESDAY], Missed),
        ("a notice of an earlier day", ClockId::AuthorizationMemberNotice, [WEDNESDAY, MONDAY, TUESDAY], Met),
    ];
    assert_rows(rows.into_iter().map(|(name, rule, [due, kept, now], expected)| {
        (name.to_owned(), ended(&denied(), rule, at(due), Some(at(kept)), at(now)), expected)
    }));
}

/// A clock of a reason's other language is kept by whoever writes it, and by nothing else.
#[test]
fn a_translation_is_kept_by_who_translates() {
    use DeadlineState::{Cancelled, Met, Missed};
    const RULE: ClockId = ClockId::AuthorizationTranslation;
    let rows = [
        ("written in time", MONDAY, Some(MONDAY), Met),
        ("written late", MONDAY, Some(WEDNESDAY), Missed),
        ("wanted no more in time", WEDNESDAY, None, Cancelled),
        ("wanted no more, late", MONDAY, None, Cancelled),
    ];
    let case = authorization(denied(None), |_| ());
    assert_rows(rows.into_iter().map(|(name, due, kept, expected)| {
        (name.to_owned(), ended(&case, RULE, at(due), kept.map(at), at(WEDNESDAY)), expected)
    }));
}

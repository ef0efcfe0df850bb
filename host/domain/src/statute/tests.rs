use std::collections::BTreeSet;

use super::*;

/// Clock, day that chooses the version, start, due.
const CASES: [(ClockId, &str, &str, &str); 36] = [
    // Monday 2026-03-02, 10:00 Pacific.
    (
        ClockId::AuthorizationDecisionBusinessDays,
        "2026-03-02",
        "2026-03-02T18:00:00Z",
        "2026-03-10T06:59:59.999Z",
    ),
    // Over Thanksgiving and the day after it.
    (
        ClockId::AuthorizationDecisionBusinessDays,
        "2026-11-23",
        "2026-11-23T18:00:00Z",
        "2026-12-03T07:59:59.999Z",
    ),
    // 23:30 on a Monday in California is Tuesday in UTC and still Monday here.
    (
        ClockId::AuthorizationDecisionBusinessDays,
        "2026-03-02",
        "2026-03-03T07:30:00Z",
        "2026-03-10T06:59:59.999Z",
    ),
    (
        ClockId::AuthorizationDecisionCalendarDays,
        "2025-12-31",
        "2025-12-31T20:00:00Z",
        "2026-01-15T07:59:59.999Z",
    ),
    (
        ClockId::AuthorizationDecisionCalendarDays,
        "2026-01-01",
        "2026-01-01T20:00:00Z",
        "2026-01-09T07:59:59.999Z",
    ),
    // Summer time begins on 2026-03-08 and ends on 2026-11-01.
    (
        ClockId::AuthorizationDecisionCalendarDays,
        "2026-03-04",
        "2026-03-04T20:00:00Z",
        "2026-03-12T06:59:59.999Z",
    ),
    (
        ClockId::AuthorizationDecisionCalendarDays,
        "2026-10-28",
        "2026-10-28T20:00:00Z",
        "2026-11-05T07:59:59.999Z",
    ),
    (ClockId::AuthorizationDecisionExpedited, "2026-03-06", "2026-03-06T18:30:00Z", "2026-03-09T18:30:00Z"),
    (ClockId::AuthorizationDecisionExpedited, "2026-10-30", "2026-10-30T18:30:00Z", "2026-11-02T18:30:00Z"),
    (
        ClockId::AuthorizationDecisionConcurrentUrgent,
        "2026-03-06",
        "2026-03-06T18:30:00Z",
        "2026-03-07T18:30:00Z",
    ),
    (
        ClockId::AuthorizationDecisionRetrospective,
        "2026-03-02",
        "2026-03-02T18:00:00Z",
        "2026-04-02T06:59:59.999Z",
    ),
    (ClockId::AuthorizationExtension, "2026-03-02", "2026-03-10T06:59:59.999Z", "2026-03-24T06:59:59.999Z"),
    (ClockId::AuthorizationProviderNotice, "2026-03-06", "2026-03-06T18:00:00Z", "2026-03-07T18:00:00Z"),
    (ClockId::AuthorizationMemberNotice, "2026-03-06", "2026-03-06T18:00:00Z", "2026-03-11T06:59:59.999Z"),
    // Cesar Chavez Day, 2026-03-31, does not count.
    (ClockId::AuthorizationMemberNotice, "2026-03-30", "2026-03-30T18:00:00Z", "2026-04-03T06:59:59.999Z"),
    (ClockId::AuthorizationTranslation, "2026-03-06", "2026-03-06T18:00:00Z", "2026-03-10T06:59:59.999Z"),
    (ClockId::ReferralTranslation, "2026-03-06", "2026-03-06T18:00:00Z", "2026-03-10T06:59:59.999Z"),
    (ClockId::ClaimTranslation, "2026-03-06", "2026-03-06T18:00:00Z", "2026-03-10T06:59:59.999Z"),
    (ClockId::ApplicationTranslation, "2026-03-06", "2026-03-06T18:00:00Z", "2026-03-10T06:59:59.999Z"),
    (ClockId::ContractTranslation, "2026-03-06", "2026-03-06T18:00:00Z", "2026-03-10T06:59:59.999Z"),
    (ClockId::AuthorizationAppealWindow, "2026-03-02", "2026-03-02T18:00:00Z", "2026-05-02T06:59:59.999Z"),
    (ClockId::PresumptiveWindowAlert, "2026-04-01", "2026-04-01T18:00:00Z", "2026-03-28T06:59:59.999Z"),
    (ClockId::ReferralTriage, "2026-03-02", "2026-03-02T18:00:00Z", "2026-03-10T06:59:59.999Z"),
    (ClockId::ReferralOffer, "2026-03-02", "2026-03-02T18:00:00Z", "2026-03-05T07:59:59.999Z"),
    (ClockId::ReferralAssignment, "2026-03-02", "2026-03-02T18:00:00Z", "2026-03-17T06:59:59.999Z"),
    (ClockId::ReferralMemberNotice, "2026-03-02", "2026-03-02T18:00:00Z", "2026-03-05T07:59:59.999Z"),
    (ClockId::ReferralReferrerNotice, "2026-03-02", "2026-03-02T18:00:00Z", "2026-03-12T06:59:59.999Z"),
    (ClockId::ReferralProviderChange, "2026-03-02", "2026-03-02T18:00:00Z", "2026-04-02T06:59:59.999Z"),
    (ClockId::ClaimAcknowledgement, "2026-12-31", "2026-12-31T18:00:00Z", "2027-01-06T07:59:59.999Z"),
    (ClockId::ClaimDecision, "2025-12-31", "2025-12-31T18:00:00Z", "2026-03-10T06:59:59.999Z"),
    (ClockId::ClaimDecision, "2026-01-01", "2026-01-01T18:00:00Z", "2026-02-01T07:59:59.999Z"),
    (
        ClockId::ClaimDecisionAfterInformation,
        "2026-01-05",
        "2026-01-20T18:00:00Z",
        "2026-02-20T07:59:59.999Z",
    ),
    (ClockId::ClaimDisputeWindow, "2026-03-02", "2026-03-02T18:00:00Z", "2027-03-03T07:59:59.999Z"),
    (ClockId::ClaimDisputeDecision, "2026-03-02", "2026-03-02T18:00:00Z", "2026-05-06T06:59:59.999Z"),
    (ClockId::ApplicationAcknowledgement, "2026-03-02", "2026-03-02T18:00:00Z", "2026-03-10T06:59:59.999Z"),
    // The end of representable time is no panic.
    (ClockId::ClaimDisputeWindow, "2026-03-02", "9999-12-30T00:00:00Z", "9999-12-30T22:00:00.999999999Z"),
];

#[test]
fn every_clock_runs_out_when_it_should() {
    let calendar = BusinessCalendar::state();
    for (id, on, started, due) in CASES {
        let rule = Clocks::state().rule(id, on.parse().unwrap()).unwrap_or_else(|| panic!("{id} on {on}"));
        let reached = rule.due(started.parse().unwrap(), &calendar);
        assert_eq!(reached.to_string(), due, "{id} from {started}");
    }
}

#[test]
fn every_version_of_every_clock_has_a_case() {
    let tested: BTreeSet<(ClockId, Date)> = CASES
        .iter()
        .filter_map(|(id, on, ..)| Clocks::state().rule(*id, on.parse().unwrap()))
        .map(|rule| (rule.id, rule.effective.from))
        .collect();
    let declared: BTreeSet<(ClockId, Date)> =
        Clocks::state().rules().iter().map(|rule| (rule.id, rule.effective.from)).collect();
    assert_eq!(tested, declared);
}

/// An id in the data that is no variant does not read at all.
#[test]
fn every_clock_is_in_the_data_or_promised_by_a_plan_and_never_both() {
    let of_the_state: BTreeSet<ClockId> = Clocks::state().rules().iter().map(|rule| rule.id).collect();
    for clock in ClockId::ALL {
        assert_ne!(of_the_state.contains(clock), clock.promised_for().is_some(), "{clock}");
    }
    let promised: Vec<Workflow> = ClockId::ALL.iter().filter_map(|clock| clock.promised_for()).collect();
    let automated = [Workflow::Referral, Workflow::Authorization, Workflow::Billing, Workflow::Credentialing];
    assert_eq!(promised, automated, "one for each workflow in which a plan decides");
}

#[test]
fn versions_of_a_clock_never_overlap_and_warnings_count_no_business_days() {
    let rules = Clocks::state().rules();
    for (index, rule) in rules.iter().enumerate() {
        let clash = rules[index + 1..]
            .iter()
            .find(|other| other.id == rule.id && other.effective.overlaps(&rule.effective));
        assert_eq!(clash, None, "{}", rule.id);
        assert!(
            rule.direction == ClockDirection::After || rule.unit != ClockUnit::BusinessDays,
            "{}",
            rule.id
        );
        assert!(!rule.source.is_empty() && rule.text.en != rule.text.es, "{}", rule.id);
    }
}

#[test]
fn a_clock_is_unknown_before_its_law() {
    let cases = [
        (ClockId::ReferralReferrerNotice, "2025-06-30"),
        (ClockId::ClaimDecision, "2021-12-31"),
        (ClockId::PlanPromiseClaim, "2026-01-01"),
    ];
    for (id, on) in cases {
        assert_eq!(Clocks::state().rule(id, on.parse().unwrap()), None, "{id}");
    }
}

#[test]
fn a_plan_s_closure_moves_business_days_only() {
    let closed = crate::plan::profile::CalendarDay {
        day: "2026-03-04".parse().unwrap(),
        works: false,
        name: "invented".to_owned(),
    };
    let calendar = BusinessCalendar::state().with_closures(&[closed]);
    let started: Timestamp = "2026-03-02T18:00:00Z".parse().unwrap();
    let cases = [
        (ClockUnit::BusinessDays, "2026-03-07T07:59:59.999Z"),
        (ClockUnit::CalendarDays, "2026-03-06T07:59:59.999Z"),
        (ClockUnit::Hours, "2026-03-02T21:00:00Z"),
    ];
    for (unit, due) in cases {
        assert_eq!(due_after(3, unit, started, &calendar).to_string(), due, "{unit:?}");
    }
}

/// Health and Safety Code 1367.01(h) and the others count the state's own days: a plan that is closed stops
/// none of them.
#[test]
fn the_states_clocks_count_the_states_days() {
    let started: Timestamp = "2026-03-02T18:00:00Z".parse().unwrap();
    let closed =
        |day: Date| crate::plan::profile::CalendarDay { day, works: false, name: "closed".to_owned() };
    let days: Vec<_> = (0..30).map(|day| closed(pacific_day(started).saturating_add(day.days()))).collect();
    let (state, plan) = (BusinessCalendar::state(), BusinessCalendar::state().with_closures(&days));
    let moved: BTreeSet<ClockId> = Clocks::state()
        .rules()
        .iter()
        .filter(|rule| rule.due(started, &plan) != rule.due(started, &state))
        .map(|rule| rule.id)
        .collect();
    let no_law_gives = [
        // One plan's published time.
        ClockId::ReferralTriage,
        // A provider's reason in its other language, for which no notice to a member waits.
        ClockId::ApplicationTranslation,
        ClockId::ContractTranslation,
    ];
    assert_eq!(moved, BTreeSet::from(no_law_gives));
}

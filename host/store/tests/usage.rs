//! Units, windows, places and days that count.

use domain::case::CaseKind;
use domain::identifiers::*;
use domain::limits::{Needs, Span, Stage};
use domain::time::Ids;
use domain::{Cents, Procedure};
use jiff::civil::{Date, date};
use store::service_days::Days;
use store::usage::{Deliveries, Usage, UsageState};
use store::*;

use crate::world::{World, on_each_database, valle_vista};

on_each_database!(
    units_are_taken_only_while_history_stands,
    units_are_counted,
    what_counts_is_read_whole,
    places_are_fenced,
    a_window_moves_the_stamp,
    a_day_is_taken_once,
);

async fn units_are_taken_only_while_history_stands(world: World) {
    let plan = valle_vista();
    let case = world.case(CaseKind::Claim);
    let stamp = usage::stamp(&world.store, world.member).await.unwrap();
    let take = |id: &str| {
        let mut unit = Unit::of(usage::unchanged(world.member, &stamp));
        unit.add(usage::insert(&usage::Usage {
            id: id.to_owned(),
            plan: plan.clone(),
            units: 9,
            ..world.usage(&case, 1, UsageState::Payable)
        }));
        unit
    };
    world.store.commit(Unit::of([cases::insert(&case)])).await.unwrap();
    assert_eq!(world.store.commit(take("one")).await, Ok(()));
    assert_eq!(world.store.commit(take("two")).await, Err(StoreError::Conflict));
}

async fn units_are_counted(world: World) {
    let case = world.case(CaseKind::Authorization);
    let rows = [
        world.usage(&case, 1, UsageState::Authorized),
        world.usage(&case, 2, UsageState::Payable),
        world.usage(&case, 3, UsageState::Payable),
    ];
    let unit = Unit::of([
        cases::insert(&case),
        usage::insert(&rows[0]),
        usage::insert(&rows[1]),
        usage::insert(&rows[2]),
    ]);
    world.store.commit(unit).await.unwrap();
    let plan = valle_vista();
    for (county, since, expected) in
        [("SRV", "2026-03-01", 1), ("SRV", "2026-03-02", 0), ("LDM", "2026-03-01", 0)]
    {
        let (county, since) = (county.parse().unwrap(), since.parse().unwrap());
        assert_eq!(
            usage::members_served(&world.store, &plan, "ecm", &county, since).await.unwrap(),
            expected
        );
    }
    let since = "2026-05-31".parse().unwrap();
    assert!(
        usage::for_member(&world.store, &world.clinic, world.member, Some(&plan), since).await.unwrap()
            == rows
    );
    let twice = Unit::of([usage::insert(&Usage { id: "other".to_owned(), ..rows[1].clone() })]);
    assert_eq!(world.store.commit(twice).await, Err(StoreError::Duplicate), "a line has its units once");
    let paid = Unit::of([usage::pay(case.id, 2, Cents(12_345)), usage::remove(case.id, 3)]);
    world.store.commit(paid).await.unwrap();
    let none = Unit::of([usage::pay(case.id, 1, Cents(1))]);
    assert_eq!(world.store.commit(none).await, Err(StoreError::Conflict), "what is authorized is not paid");
    let paid = Usage { amount: Cents(12_345), state: UsageState::Paid, ..rows[1].clone() };
    assert!(
        usage::for_case(&world.store, &world.clinic, case.id).await.unwrap()
            == [rows[0].clone(), paid.clone()]
    );
    let deliveries =
        Deliveries { member: world.member, plan: &plan, provider: case.provider_org, service: "ecm", since };
    assert!(usage::delivered(&world.store, &world.clinic, deliveries).await.unwrap() == [paid]);
    world.store.commit(Unit::of([usage::remove_for_case(case.id)])).await.unwrap();
    assert!(
        usage::for_member(&world.store, &world.clinic, world.member, Some(&plan), since)
            .await
            .unwrap()
            .is_empty()
    );
    let found =
        cases::authorizations_for(&world.store, &world.plan, world.member, case.provider_org, &plan, "ecm");
    assert!(found.await.unwrap() == [case]);
}

/// More rows than one query reads, of several plans and with a window between them, in the order of their
/// days.
async fn what_counts_is_read_whole(world: World) {
    let case = world.case(CaseKind::Claim);
    let opened = world.case(CaseKind::Authorization);
    let mut unit = Unit::of([cases::insert(&case), cases::insert(&opened)]);
    let row = |line: u16| Usage {
        id: format!("{line:05}"),
        first_day: date(2024, 1, 1).saturating_add(jiff::Span::new().days(line)),
        last_day: date(2024, 1, 1).saturating_add(jiff::Span::new().days(line)),
        ..world.usage(&case, line, UsageState::Paid)
    };
    unit.extend((1..=1_200).map(|line| usage::insert(&row(line))));
    unit.add(usage::insert(&Usage { service: "respite".to_owned(), ..row(1_201) }));
    let days = Span { first: date(2026, 1, 1), last: date(2026, 1, 14) };
    let plan = valle_vista();
    let window = limits::Window {
        case: opened.id,
        member: world.member,
        plan: &plan,
        service: "ecm",
        provider: opened.provider_org,
        days,
    };
    unit.add(limits::open(window));
    unit.add(limits::open(limits::Window { days: Span { last: date(2026, 1, 9), ..days }, ..window }));
    world.store.commit(unit).await.unwrap();
    let duty = Scope::duty("limits");
    let counted = |services: &[&str], since| {
        let needs = Needs { services: services.iter().map(|id| (*id).to_owned()).collect(), since };
        let (store, duty, member) = (&world.store, &duty, world.member);
        async move { limits::counted(store, duty, member, &needs).await.unwrap() }
    };
    let all = counted(&["ecm", "meals"], None).await;
    assert_eq!(all.len(), 1_201);
    assert!(all.is_sorted_by_key(|one| one.days.first));
    let presumed: Vec<_> =
        all.iter().filter(|one| one.stage == Stage::Presumed).map(|one| one.days.last).collect();
    assert_eq!(presumed, [date(2026, 1, 9)]);
    assert_eq!(counted(&["respite"], None).await.len(), 1);
    assert_eq!(counted(&["ecm"], Some(date(2026, 1, 9))).await.len(), 1_201 - 738);
    world.store.commit(Unit::of([limits::close(opened.id)])).await.unwrap();
    assert_eq!(counted(&["ecm"], None).await.len(), 1_200);
}

/// Of two that counted the same places, one is admitted; a member who has a place takes none.
async fn places_are_fenced(world: World) {
    let (plan, county) = (valle_vista(), "SRV".parse().unwrap());
    let case = world.case(CaseKind::Authorization);
    let places = limits::Places {
        plan: &plan,
        service: "ecm",
        county: &county,
        since: date(2026, 1, 1),
        member: MemberId::from_uuid(world.ids.next()),
        case: CaseId::from_uuid(world.ids.next()),
        until: date(2026, 2, 28),
    };
    let taken = limits::taken(&world.store, places).await.unwrap();
    assert_eq!((taken.others, taken.own), (0, false));
    let admit = || {
        Unit::of([
            limits::admit(places, taken),
            cases::insert(&case),
            usage::insert(&world.usage(&case, 1, UsageState::Authorized)),
        ])
    };
    world.store.commit(admit()).await.unwrap();
    assert_eq!(world.store.commit(admit()).await, Err(StoreError::Conflict));
    let now = limits::taken(&world.store, places).await.unwrap();
    assert_eq!((now.others, now.own), (1, false));
    world.store.commit(Unit::of([limits::admit(places, now)])).await.unwrap();
    let own = limits::Places { member: world.member, ..places };
    let own = limits::taken(&world.store, own).await.unwrap();
    assert_eq!((own.others, own.own), (0, true));
}

async fn a_window_moves_the_stamp(world: World) {
    let case = world.case(CaseKind::Authorization);
    let stamp = usage::stamp(&world.store, world.member).await.unwrap();
    let plan = valle_vista();
    let days = Span { first: date(2026, 1, 1), last: date(2026, 1, 14) };
    let (member, provider) = (world.member, case.provider_org);
    let window = limits::Window { case: case.id, member, plan: &plan, service: "ecm", provider, days };
    let mut unit = Unit::of(usage::unchanged(world.member, &stamp));
    unit.add(cases::insert(&case));
    unit.add(limits::open(window));
    world.store.commit(unit).await.unwrap();
    let stale = Unit::of(usage::unchanged(world.member, &stamp));
    assert_eq!(world.store.commit(stale).await, Err(StoreError::Conflict));
}

async fn a_day_is_taken_once(world: World) {
    let case = world.case(CaseKind::Claim);
    let procedure: Procedure = "T2033 U6".parse().unwrap();
    let days = |line, first: Date, last: Date| Days {
        member: world.member,
        provider: case.provider_org,
        procedure: &procedure,
        first,
        last,
        case: case.id,
        line,
    };
    let (first, last) = (date(2026, 2, 27), date(2026, 3, 2));
    let unit = Unit::of([cases::insert(&case), service_days::take(&days(1, first, last))]);
    world.store.commit(unit).await.unwrap();
    let taken = service_days::taken(
        &world.store,
        &world.clinic,
        world.member,
        case.provider_org,
        date(2026, 2, 28),
        date(2026, 3, 31),
    );
    let taken = taken.await.unwrap();
    let seen: Vec<String> = taken.iter().map(|taken| format!("{} {}", taken.procedure, taken.day)).collect();
    assert_eq!(seen, ["T2033 U6 2026-02-28", "T2033 U6 2026-03-01", "T2033 U6 2026-03-02"]);
    assert!(taken.iter().all(|taken| (taken.case, taken.line) == (case.id, 1)));
    let overlaps = Unit::of([service_days::take(&days(2, last, date(2026, 3, 9)))]);
    assert_eq!(world.store.commit(overlaps).await, Err(StoreError::Duplicate));
    let moved = Unit::of([service_days::free(case.id), service_days::take(&days(2, last, date(2026, 3, 9)))]);
    world.store.commit(moved).await.unwrap();
    let freed = Unit::of([service_days::free_line(case.id, 2), service_days::take(&days(1, first, last))]);
    assert_eq!(world.store.commit(freed).await, Ok(()));
}

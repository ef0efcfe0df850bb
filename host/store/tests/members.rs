//! Members: who sees one, who is looked at again, and how often somebody may be looked for.

use domain::case::CaseKind;
use domain::identifiers::*;
use domain::retention::Record;
use domain::time::{Clock, pacific_day};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use store::*;

use crate::world::{CIN, TODAY, World, on_each_database, valle_vista};

on_each_database!(
    another_orgs_member_is_not_there,
    whose_coverage_changed_is_looked_at_again,
    tries_are_counted_until_they_are_used_up,
);

async fn another_orgs_member_is_not_there(world: World) {
    let store = &world.store;
    let cin: Cin = CIN.parse().unwrap();
    let day = "2026-03-01".parse().unwrap();
    for covered in [false, true] {
        if covered {
            world.import(&[world.roster_row(CIN)]).await;
        }
        for (scope, sees) in [
            (&world.clinic, true),
            (&world.plan, covered),
            (&world.stranger, false),
            (&world.other_plan, false),
            (&world.operator, false),
        ] {
            let seen = [
                members::find(store, scope, world.member).await.unwrap().is_some(),
                members::find_by_cin(store, scope, &cin).await.unwrap().is_some(),
                !members::list(store, scope, None, 9).await.unwrap().items.is_empty(),
            ];
            assert_eq!(seen, [sees; 3], "{scope:?}");
            let coverages = [
                !coverages::for_member(store, scope, world.member).await.unwrap().is_empty(),
                !coverages::on_day(store, scope, world.member, day).await.unwrap().is_empty(),
            ];
            assert_eq!(coverages, [sees && covered; 2], "{scope:?}");
            let known =
                rosters::known(store, scope, &valle_vista(), std::slice::from_ref(&cin)).await.unwrap();
            assert_eq!(!known.is_empty(), *scope == world.plan, "{scope:?}");
        }
    }
}

async fn whose_coverage_changed_is_looked_at_again(world: World) {
    let today = pacific_day(world.clock.now());
    let due = |on: Date| {
        let store = world.store.clone();
        async move { member_moves::due(&store, on, 10).await.unwrap() }
    };
    let mut row = world.roster_row(CIN);
    world.import(std::slice::from_ref(&row)).await;
    assert!(due(date(2030, 1, 1)).await.is_empty(), "who has no case is not looked at");

    let mut case = world.case(CaseKind::Authorization);
    case.state = "approved".to_owned();
    world.store.commit(Unit::of([cases::insert(&case)])).await.unwrap();
    world.import(std::slice::from_ref(&row)).await;
    assert!(due(date(2030, 1, 1)).await.is_empty(), "the same file again moves nobody");
    row.last_day = Some(today.saturating_add(jiff::ToSpan::days(10)));
    world.import(std::slice::from_ref(&row)).await;
    let moves = due(date(2030, 1, 1)).await;
    let days: Vec<Date> = moves.iter().map(|moved| moved.due_on).collect();
    assert_eq!(days, [today, today.saturating_add(jiff::ToSpan::days(11))]);
    assert_eq!(due(today).await.len(), 1);
    world.store.commit(Unit::of([member_moves::done(&moves[0])])).await.unwrap();
    assert!(due(today).await.is_empty());
    let twice = world.store.commit(Unit::of([member_moves::done(&moves[0])])).await;
    assert!(matches!(twice, Err(StoreError::Conflict)));
}

async fn tries_are_counted_until_they_are_used_up(world: World) {
    let now = world.clock.now();
    let limit = |name: &str, misses| tries::Limit {
        subject: name.to_owned(),
        misses,
        over: now - SignedDuration::from_hours(1),
    };
    let limits = [limit("number", 2), limit("key", 3), limit("organization", 9)];
    // One count may be asked about with two limits, as the number's here.
    let standing = async |limits: &[tries::Limit; 3]| {
        let [number, key, whole] = limits.clone();
        let others =
            [tries::Limit { misses: 3, ..number.clone() }, tries::Limit { misses: 1, ..number.clone() }];
        let [more, once] = others;
        let asked = [number, key, whole, more, once];
        tries::counts(&world.store, &world.clinic, Some(world.member), &asked).await.unwrap()
    };
    let miss = async |at: Timestamp| {
        let counted = limits.iter().map(|limit| tries::count(limit, at));
        world.store.commit(Unit::of(std::iter::once(tries::alone(&limits[0])).chain(counted))).await
    };
    let hit = async || world.store.commit(Unit::of(limits.iter().map(tries::left))).await;
    assert!(standing(&limits).await.sees, "the clinic sees the member");
    for _ in 0..2 {
        assert_eq!(hit().await, Ok(()));
        assert_eq!(miss(now).await, Ok(()));
    }
    assert_eq!(standing(&limits).await.used_up_since, [Some(now), None, None, None, Some(now)]);
    assert_eq!((hit().await, miss(now).await), (Err(StoreError::Conflict), Err(StoreError::Conflict)));
    // What began long enough ago counts no more, and another number is free.
    let later = limits.clone().map(|limit| tries::Limit { over: now, ..limit });
    assert_eq!(standing(&later).await.used_up_since, [None; tries::ASKED]);
    let after = now + SignedDuration::from_hours(2);
    let counted = later.iter().map(|limit| tries::count(limit, after));
    assert_eq!(world.store.commit(Unit::of(counted)).await, Ok(()));
    assert_eq!(
        standing(&limits).await.used_up_since,
        [None, None, None, None, Some(after)],
        "it is counted anew"
    );
    let old = async |at: Timestamp| retention::old(&world.store, Record::Try, at, TODAY).await.unwrap();
    let past = after + SignedDuration::from_secs(1);
    assert_eq!((old(after).await, old(past).await), (0, 3), "what began at that moment stays");
    world.store.commit(Unit { statements: retention::forget(Record::Try, past, TODAY) }).await.unwrap();
    assert_eq!(old(past).await, 0);
}

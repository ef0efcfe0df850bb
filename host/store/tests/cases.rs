//! Cases: who sees one, how lists of them go on, and which may be open beside another.

use domain::case::CaseKind;
use domain::time::Clock;
use jiff::{SignedDuration, Timestamp};
use store::cases::{Case, CaseFilter, PlanPart};
use store::deadlines::DeadlineState;
use store::*;

use crate::world::{CIN, World, on_each_database, valle_vista};

on_each_database!(
    one_referral_for_a_member_and_a_service_is_open,
    another_orgs_case_is_not_there,
    lists_go_on_where_they_ended,
);

async fn one_referral_for_a_member_and_a_service_is_open(world: World) {
    let first = world.case(CaseKind::Referral);
    let second = world.case(CaseKind::Referral);
    let open = |case: &Case| world.store.commit(Unit::of([cases::insert(case)]));
    assert_eq!(open(&first).await, Ok(()));
    assert_eq!(open(&second).await, Err(StoreError::Duplicate));
    let closed = Case { state: "closed".to_owned(), ..first.clone() };
    world.store.commit(Unit::of([cases::update(&closed)])).await.unwrap();
    assert_eq!(open(&second).await, Ok(()));
}

async fn another_orgs_case_is_not_there(world: World) {
    world.import(&[world.roster_row(CIN)]).await;
    let (case, decision) = world.full_case().await;
    let store = &world.store;
    for (scope, sees) in [
        (&world.clinic, true),
        (&world.plan, true),
        (&world.stranger, false),
        (&world.other_plan, false),
        (&world.operator, false),
    ] {
        let seen = [
            cases::find(store, scope, case.id).await.unwrap().is_some(),
            !events::timeline(store, scope, case.id, None, 9).await.unwrap().items.is_empty(),
            decisions::find(store, scope, decision).await.unwrap().is_some(),
            !decisions::for_case(store, scope, case.id).await.unwrap().is_empty(),
            !deadlines::for_case(store, scope, case.id).await.unwrap().is_empty(),
            !deadlines::list(store, scope, DeadlineState::Open, None, 9).await.unwrap().items.is_empty(),
            !cases::list(store, scope, CaseKind::Referral, &CaseFilter::default(), None, 9)
                .await
                .unwrap()
                .items
                .is_empty(),
            !cases::list(store, scope, CaseKind::Referral, &in_state("with-people"), None, 9)
                .await
                .unwrap()
                .items
                .is_empty(),
            !cases::history_for(store, scope, world.member, None, 9).await.unwrap().items.is_empty(),
            !cases::open_duplicates(store, scope, world.member, "ecm", &valle_vista())
                .await
                .unwrap()
                .is_empty(),
            !usage::for_member(
                store,
                scope,
                world.member,
                Some(&valle_vista()),
                "2026-01-01".parse().unwrap(),
            )
            .await
            .unwrap()
            .is_empty(),
        ];
        assert_eq!(seen, [sees; 11], "{scope:?}");
        let notices =
            notices::list(store, scope, &notices::Filter::default(), None, 9).await.unwrap().items.len();
        assert_eq!(notices == 1, *scope == world.clinic, "{scope:?}");
        let work = worklist::list(store, scope, None, None, 9).await.unwrap().items;
        assert_eq!(work.len() == 1, *scope == world.plan, "{scope:?}");
        let about = audit::Filter { subject: Some(case.id.to_string()), ..audit::Filter::default() };
        let entries = audit::list(store, scope, &about, None, 9).await.unwrap().items.len();
        assert_eq!(entries == 1, *scope == world.clinic || *scope == world.operator, "{scope:?}");
    }

    // Who is assigned sees it too, and a plan that takes part.
    let assigned = Case { assigned_org: world.stranger.organization(), ..case.clone() };
    let part = PlanPart { plan: "harbor-crest".parse().unwrap(), state: "open".to_owned() };
    world.store.commit(Unit::of([cases::update(&assigned), cases::put_plan(&case, &part)])).await.unwrap();
    for scope in [&world.stranger, &world.other_plan] {
        assert!(cases::find(store, scope, case.id).await.unwrap().is_some());
        let page =
            cases::list(store, scope, CaseKind::Referral, &CaseFilter::default(), None, 9).await.unwrap();
        assert_eq!(page.items.len(), 1);
        assert_eq!(cases::plans(store, scope, case.id).await.unwrap(), std::slice::from_ref(&part));
    }
}

async fn lists_go_on_where_they_ended(world: World) {
    let mut made = Vec::new();
    for number in 0..7 {
        let mut case = world.case(CaseKind::Referral);
        case.service = Some(format!("service-{number}"));
        // Two at the same instant, so that the id has to tell them apart; some are only assigned, some
        // without a clock.
        case.received_at = world.clock.now() + SignedDuration::from_secs(number / 2);
        case.due_at = (number % 3 > 0).then(|| world.clock.now() - SignedDuration::from_secs(number));
        if number % 2 == 0 {
            case.provider_org = world.stranger.organization().unwrap();
            case.assigned_org = world.clinic.organization();
        }
        world
            .store
            .commit(Unit::of([cases::insert(&case), worklist::put(&world.item(&case))]))
            .await
            .unwrap();
        made.push(case);
    }
    made.sort_by_key(|case| std::cmp::Reverse(case.key()));
    for (scope, state) in [
        (&world.clinic, None),
        (&world.clinic, Some("with-people")),
        (&world.plan, None),
        (&world.plan, Some("with-people")),
    ] {
        let (mut read, mut next) = (Vec::new(), None);
        loop {
            let filter = state.map(in_state).unwrap_or_default();
            let page = cases::list(&world.store, scope, CaseKind::Referral, &filter, next, 3).await.unwrap();
            read.extend(page.items);
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        assert!(read == made, "{scope:?} {state:?}");
    }
    made.sort_by_key(|case| (case.due_at.unwrap_or(Timestamp::MAX), case.id));
    for kind in [None, Some(CaseKind::Referral)] {
        let (mut read, mut next) = (Vec::new(), None);
        loop {
            let page = worklist::list(&world.store, &world.plan, kind, next, 2).await.unwrap();
            read.extend(page.items.iter().map(|item| item.case));
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        assert_eq!(read, made.iter().map(|case| case.id).collect::<Vec<_>>());
    }
    world.store.commit(Unit::of([worklist::remove(made[0].id, &valle_vista())])).await.unwrap();
    assert_eq!(worklist::list(&world.store, &world.plan, None, None, 9).await.unwrap().items.len(), 6);
}

fn in_state(state: &str) -> CaseFilter {
    CaseFilter { state: Some(state.to_owned()), ..CaseFilter::default() }
}

//! Cases: who sees one, how lists of them go on, and which may be open beside another.

use domain::actor::Actor;
use domain::case::CaseKind;
use domain::identifiers::{AccountId, CaseId, KeyId, WorkStepId};
use domain::plan::types::Urgency;
use domain::time::{Clock, Ids};
use domain::work::State;
use jiff::{SignedDuration, Timestamp};
use store::cases::{Case, CaseFilter, PlanPart};
use store::deadlines::DeadlineState;
use store::worklist::{Done, Holder, Item, WorkStep};
use store::*;

use crate::world::{CIN, World, on_each_database, valle_vista};

on_each_database!(
    one_referral_for_a_member_and_a_service_is_open,
    another_orgs_case_is_not_there,
    lists_go_on_where_they_ended,
    an_item_changes_hands_once_for_each_version,
    a_worklist_narrows_by_whose_its_items_are,
    what_a_plans_people_did_is_theirs_to_read,
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
    let (case, evaluation) = world.full_case().await;
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
            evaluations::find(store, scope, evaluation).await.unwrap().is_some(),
            !evaluations::for_case(store, scope, case.id).await.unwrap().is_empty(),
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
        let work = worklist::list(store, scope, worklist::Filter::default(), None, 9).await.unwrap().items;
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
    let (kind, urgency) = (Some(CaseKind::Referral), Some(made[0].urgency));
    for (kind, urgency) in [(None, None), (kind, None), (None, urgency), (kind, urgency)] {
        let filter = worklist::Filter { kind, urgency, ..Default::default() };
        let (mut read, mut next) = (Vec::new(), None);
        loop {
            let page = worklist::list(&world.store, &world.plan, filter, next, 2).await.unwrap();
            read.extend(page.items.iter().map(|item| item.case));
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        assert_eq!(read, made.iter().map(|case| case.id).collect::<Vec<_>>());
    }
    world.store.commit(Unit::of([worklist::remove(made[0].id, &valle_vista())])).await.unwrap();
    for (kind, urgency, left) in
        [(None, None, 6), (Some(CaseKind::Claim), None, 0), (None, Some(Urgency::Expedited), 0)]
    {
        let filter = worklist::Filter { kind, urgency, ..Default::default() };
        let page = worklist::list(&world.store, &world.plan, filter, None, 9).await.unwrap();
        assert_eq!(page.items.len(), left, "{filter:?}");
    }
}

async fn an_item_changes_hands_once_for_each_version(world: World) {
    let (case, _) = world.full_case().await;
    let find = async |scope| worklist::find(&world.store, scope, case.id).await.unwrap();
    let free = find(&world.plan).await.expect("it waits");
    assert_eq!((free.state, free.version), (State::Free, 1));
    for scope in [&world.clinic, &world.stranger, &world.other_plan, &world.operator] {
        assert_eq!(find(scope).await, None, "{scope:?}");
    }
    let by = Actor::Account(AccountId::from_uuid(world.ids.next()));
    let held = Item { state: State::Held { by, since: world.clock.now() }, ..free.clone() };
    world.store.commit(Unit::of([worklist::hand(&held)])).await.unwrap();
    let late = Item { state: State::Free, ..free };
    assert_eq!(world.store.commit(Unit::of([worklist::hand(&late)])).await, Err(StoreError::Conflict));
    let now = find(&world.plan).await.expect("it waits");
    assert_eq!((now.state, now.version), (held.state, 2));

    // The case itself changes meanwhile: whoever has it keeps it.
    let again = Item { why: "other".to_owned(), ..world.item(&case) };
    world.store.commit(Unit::of([worklist::put(&again)])).await.unwrap();
    let now = find(&world.plan).await.expect("it waits");
    assert_eq!((now.state, now.version, now.why.as_str()), (held.state, 2, "other"));
    world.store.commit(Unit::of([worklist::hand(&Item { state: State::Free, ..now })])).await.unwrap();
    assert_eq!(find(&world.plan).await.expect("it waits").state, State::Free);

    // What was decided waits no more, for hands nor for notes; what comes back is nobody's.
    world.store.commit(Unit::of([worklist::remove(case.id, &valle_vista())])).await.unwrap();
    let gone = Item { version: 3, ..held };
    assert_eq!(world.store.commit(Unit::of([worklist::hand(&gone)])).await, Err(StoreError::Conflict));
    let waits = worklist::waits(case.id, &valle_vista());
    assert_eq!(world.store.commit(Unit::of([waits.clone()])).await, Err(StoreError::Conflict));
    world.store.commit(Unit::of([worklist::put(&again)])).await.unwrap();
    world.store.commit(Unit::of([waits])).await.unwrap();
    let back = find(&world.plan).await.expect("it waits again");
    assert_eq!((back.state, back.version), (State::Free, 1));
}

async fn a_worklist_narrows_by_whose_its_items_are(world: World) {
    let ana = Actor::Account(AccountId::from_uuid(world.ids.next()));
    let ben = Actor::Key(KeyId::from_uuid(world.ids.next()));
    let mut made = Vec::new();
    for (number, holder) in [None, Some(ana), Some(ben), Some(ana), None].into_iter().enumerate() {
        let mut case = world.case(CaseKind::Referral);
        case.service = Some(format!("service-{number}"));
        let put = [cases::insert(&case), worklist::put(&world.item(&case))];
        world.store.commit(Unit::of(put)).await.unwrap();
        if let Some(by) = holder {
            let state = State::Held { by, since: world.clock.now() };
            world
                .store
                .commit(Unit::of([worklist::hand(&Item { state, ..world.item(&case) })]))
                .await
                .unwrap();
        }
        made.push((case.id, holder));
    }
    let urgency = Some(Urgency::Standard);
    let kind = Some(CaseKind::Referral);
    for (holder, expected) in
        [(Holder::Is(ana), Some(ana)), (Holder::Is(ben), Some(ben)), (Holder::Nobody, None)]
    {
        let theirs: Vec<CaseId> =
            made.iter().filter(|(_, whose)| *whose == expected).map(|(id, _)| *id).collect();
        for (kind, urgency) in [(None, None), (kind, None), (None, urgency), (kind, urgency)] {
            let filter = worklist::Filter { kind, urgency, holder: Some(holder) };
            let (mut read, mut next) = (Vec::new(), None);
            loop {
                let page = worklist::list(&world.store, &world.plan, filter, next, 1).await.unwrap();
                read.extend(page.items.iter().map(|item| item.case));
                next = page.next;
                if next.is_none() {
                    break;
                }
            }
            assert_eq!(read, theirs, "{filter:?}");
            let other = worklist::list(&world.store, &world.other_plan, filter, None, 9).await.unwrap();
            assert!(other.items.is_empty(), "{filter:?}");
        }
        for (kind, urgency) in [(Some(CaseKind::Claim), None), (None, Some(Urgency::Expedited))] {
            let filter = worklist::Filter { kind, urgency, holder: Some(holder) };
            let page = worklist::list(&world.store, &world.plan, filter, None, 9).await.unwrap();
            assert!(page.items.is_empty(), "{filter:?}");
        }
    }
}

async fn what_a_plans_people_did_is_theirs_to_read(world: World) {
    let (case, _) = world.full_case().await;
    let ana = Actor::Account(AccountId::from_uuid(world.ids.next()));
    let ben = Actor::Key(KeyId::from_uuid(world.ids.next()));
    let note = Done::Noted("The hospital calls back on Friday.".parse().unwrap());
    let mut steps = Vec::new();
    for (second, (by, what)) in
        (0..).zip([(ana, Done::Took), (ana, Done::Passed(ben)), (ben, note), (ben, Done::PutBack)])
    {
        let id = WorkStepId::from_uuid(world.ids.next());
        let at = world.clock.now() + SignedDuration::from_secs(second / 2);
        steps.push(WorkStep { id, case: case.id, plan: valle_vista(), at, by, what });
    }
    world.store.commit(Unit::of(steps.iter().map(worklist::insert_step))).await.unwrap();
    // It stays when the case waits no more.
    world.store.commit(Unit::of([worklist::remove(case.id, &valle_vista())])).await.unwrap();
    steps.reverse();
    let (mut read, mut next) = (Vec::new(), None);
    loop {
        let page = worklist::steps(&world.store, &world.plan, case.id, next, 3).await.unwrap();
        read.extend(page.items);
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(read, steps);
    for scope in [&world.clinic, &world.stranger, &world.other_plan, &world.operator] {
        let page = worklist::steps(&world.store, scope, case.id, None, 9).await.unwrap();
        assert!(page.items.is_empty(), "{scope:?}");
    }
}

fn in_state(state: &str) -> CaseFilter {
    CaseFilter { state: Some(state.to_owned()), ..CaseFilter::default() }
}

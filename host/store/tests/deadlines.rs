//! Clocks of cases: which are due, and whom they are shown to.

use domain::case::CaseKind;
use domain::time::Clock;
use store::deadlines::DeadlineState;
use store::*;

use crate::world::{World, on_each_database};

on_each_database!(a_clock_is_settled_once,);

async fn a_clock_is_settled_once(world: World) {
    let case = world.case(CaseKind::Authorization);
    let clocks = [world.deadline(&case), world.deadline(&case)];
    let unit = Unit::of([cases::insert(&case), deadlines::insert(&clocks[0]), deadlines::insert(&clocks[1])]);
    world.store.commit(unit).await.unwrap();
    assert_eq!(deadlines::due(&world.store, world.clock.now(), 9).await.unwrap(), []);
    world.clock.set(clocks[0].due_at);
    assert_eq!(deadlines::due(&world.store, world.clock.now(), 9).await.unwrap(), clocks);
    let fire = || Unit::of([deadlines::settle(clocks[0].id, DeadlineState::Missed, world.clock.now())]);
    let (one, other) = tokio::join!(world.store.commit(fire()), world.store.commit(fire()));
    assert!(matches!(
        (&one, &other),
        (Ok(()), Err(StoreError::Conflict)) | (Err(StoreError::Conflict), Ok(()))
    ));
    world
        .store
        .commit(Unit::of([deadlines::settle_case(case.id, DeadlineState::Cancelled, world.clock.now())]))
        .await
        .unwrap();
    let states: Vec<DeadlineState> = deadlines::for_case(&world.store, &world.clinic, case.id)
        .await
        .unwrap()
        .into_iter()
        .map(|clock| clock.state)
        .collect();
    assert_eq!(states, [DeadlineState::Missed, DeadlineState::Cancelled]);
}

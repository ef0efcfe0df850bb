//! Records that are forgotten, and records that stay.

use domain::actor::Actor;
use domain::identifiers::{AccountId, WorkStepId};
use domain::retention::Record;
use domain::time::{Clock, Ids};
use jiff::SignedDuration;
use store::worklist::{Done, WorkStep};
use store::*;

use crate::world::{TODAY, World, on_each_database, valle_vista};

on_each_database!(
    what_is_old_goes_and_what_an_event_refers_to_stays,
    notes_go_once_they_are_old_and_their_case_waits_no_more,
    jobs_that_are_done_and_notices_go,
);

async fn what_is_old_goes_and_what_an_event_refers_to_stays(world: World) {
    let (case, _) = world.full_case().await;
    let at = world.clock.now();
    let look = audit::Entry { action: "look".to_owned(), ..world.entry(&case) };
    world.store.commit(Unit::of([audit::insert(&look)])).await.unwrap();
    let entries = async || {
        let filter = audit::Filter::default();
        let page = audit::list(&world.store, &Scope::duty("test"), &filter, None, 200).await.unwrap();
        page.items.into_iter().map(|entry| entry.id).collect::<Vec<_>>()
    };
    let before = entries().await;
    assert!(before.contains(&look.id));
    let forget = async |until| {
        world.store.commit(Unit::of(retention::forget(Record::Audit, until, TODAY))).await.unwrap();
    };
    // The first instant that is kept belongs to what stays.
    forget(at).await;
    assert!(entries().await.contains(&look.id));
    let later = at + SignedDuration::from_secs(60);
    assert!(retention::old(&world.store, Record::Audit, later, TODAY).await.unwrap() > 0);
    forget(later).await;
    let after = entries().await;
    assert!(!after.contains(&look.id) && after.len() < before.len());
    assert!(!after.is_empty(), "who changed the case is known as long as the case");
    assert_eq!(retention::old(&world.store, Record::Audit, later, TODAY).await.unwrap(), 0);
    let timeline = events::timeline(&world.store, &world.clinic, case.id, None, 50).await.unwrap();
    assert!(!timeline.items.is_empty());
    assert!(timeline.items.iter().all(|recorded| after.contains(&recorded.event.audit)));
}

async fn notes_go_once_they_are_old_and_their_case_waits_no_more(world: World) {
    let (case, _) = world.full_case().await;
    let at = world.clock.now();
    let by = Actor::Account(AccountId::from_uuid(world.ids.next()));
    let plan = valle_vista();
    let step = |what| {
        let id = WorkStepId::from_uuid(world.ids.next());
        WorkStep { id, case: case.id, plan: plan.clone(), at, by, what }
    };
    let note = Done::Noted("The member calls back on Friday.".parse().unwrap());
    let steps = [step(Done::Took), step(note)];
    world.store.commit(Unit::of(steps.iter().map(worklist::insert_step))).await.unwrap();
    let left = async || {
        let page = worklist::steps(&world.store, &world.plan, case.id, None, 9).await.unwrap();
        page.items.len()
    };
    let old = async |until| retention::old(&world.store, Record::WorkStep, until, TODAY).await.unwrap();
    let forget = async |until| {
        world.store.commit(Unit::of(retention::forget(Record::WorkStep, until, TODAY))).await.unwrap();
    };
    let later = at + SignedDuration::from_secs(60);
    // While the case waits, whoever takes it up reads all of them.
    assert_eq!(old(later).await, 0);
    forget(later).await;
    assert_eq!(left().await, 2);
    world.store.commit(Unit::of([worklist::remove(case.id, &plan)])).await.unwrap();
    // The first instant that is kept belongs to what stays.
    forget(at).await;
    assert_eq!((left().await, old(at).await, old(later).await), (2, 0, 2));
    forget(later).await;
    assert_eq!((left().await, old(later).await), (0, 0));
    assert!(world.find(case.id).await.is_some(), "the case itself stays");
}

/// Each row: the instant before which a record goes, and what is left of jobs and notices.
async fn jobs_that_are_done_and_notices_go(world: World) {
    world.full_case().await;
    let now = world.clock.now();
    let (done, waits) = (world.job("case-1"), world.job("case-2"));
    world.store.commit(Unit::of([outbox::insert(&done)])).await.unwrap();
    let lease = now + SignedDuration::from_secs(30);
    assert_eq!(outbox::claim(&world.store, "token-1", now, lease, 50).await.unwrap().len(), 1);
    world.store.commit(Unit::of([outbox::done(&done.id, "token-1"), outbox::insert(&waits)])).await.unwrap();
    let notices = async || {
        let filter = notices::Filter::default();
        notices::list(&world.store, &world.clinic, &filter, None, 9).await.unwrap().items.len()
    };
    let later = now + SignedDuration::from_secs(1);
    for (record, until, old, told) in [
        // The first instant that is kept belongs to what stays.
        (Record::Job, now, 0, 1),
        (Record::Job, later, 1, 1),
        (Record::Notice, now, 0, 1),
        (Record::Notice, later, 1, 0),
    ] {
        let count = async || retention::old(&world.store, record, until, TODAY).await.unwrap();
        assert_eq!(count().await, old, "{record:?} before {until}");
        world.store.commit(Unit::of(retention::forget(record, until, TODAY))).await.unwrap();
        assert_eq!((count().await, notices().await), (0, told), "{record:?} before {until}");
    }
    // What was not done yet is not forgotten, however old it is.
    assert_eq!(outbox::oldest_due(&world.store).await.unwrap(), Some(waits.due_at));
}

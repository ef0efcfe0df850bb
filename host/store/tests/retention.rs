//! What is forgotten, and what stays.

use domain::retention::Record;
use domain::time::Clock;
use jiff::SignedDuration;
use store::*;

use crate::world::{TODAY, World, on_each_database};

on_each_database!(what_is_old_goes_and_what_an_event_refers_to_stays,);

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

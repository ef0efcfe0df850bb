//! Jobs of the outbox: which worker claims one, in which order, and when.

use domain::time::Clock;
use jiff::SignedDuration;
use store::outbox::Job;
use store::*;

use crate::world::{World, on_each_database};

on_each_database!(
    a_slow_worker_settles_nothing,
    jobs_of_one_subject_keep_their_order,
    a_clock_that_was_ahead_delays_no_job,
    workers_do_not_get_the_same_job,
);

async fn a_slow_worker_settles_nothing(world: World) {
    let job = world.job("case-1");
    world.store.commit(Unit::of([outbox::insert(&job)])).await.unwrap();
    assert_eq!(outbox::oldest_due(&world.store).await.unwrap(), Some(job.due_at));
    let lease = SignedDuration::from_secs(30);
    let now = world.clock.now();
    let slow = outbox::claim(&world.store, "token-1", now, now + lease, 50).await.unwrap();
    assert!(slow.len() == 1 && slow[0].job == job && slow[0].attempts == 1);

    world.clock.advance(SignedDuration::from_secs(31));
    let now = world.clock.now();
    world.store.commit(Unit::of([outbox::free_expired(now)])).await.unwrap();
    let quick = outbox::claim(&world.store, "token-2", now, now + lease, 50).await.unwrap();
    assert!(quick.len() == 1 && quick[0].attempts == 2);

    for statement in [
        outbox::done(&job.id, "token-1"),
        outbox::retry(&job.id, "token-1", now),
        outbox::dead(&job.id, "token-1"),
    ] {
        assert_eq!(world.store.commit(Unit::of([statement])).await, Err(StoreError::Conflict));
    }
    world.store.commit(Unit::of([outbox::done(&job.id, "token-2")])).await.unwrap();
    assert_eq!(
        world.store.commit(Unit::of([outbox::done(&job.id, "token-2")])).await,
        Err(StoreError::Conflict)
    );
    assert_eq!(outbox::oldest_due(&world.store).await.unwrap(), None);
}

async fn jobs_of_one_subject_keep_their_order(world: World) {
    let jobs = [world.job("case-1"), world.job("case-1"), world.job("case-2")];
    world.store.commit(Unit::of(jobs.iter().map(outbox::insert))).await.unwrap();
    let now = world.clock.now();
    let until = now + SignedDuration::from_secs(30);
    let claim = async |token| {
        let claimed = outbox::claim(&world.store, token, now, until, 50).await.unwrap();
        claimed.into_iter().map(|claimed| claimed.job.id).collect::<Vec<_>>()
    };
    assert_eq!(claim("t-1").await, [jobs[0].id.clone(), jobs[2].id.clone()]);
    assert_eq!(claim("t-2").await, [""; 0]);
    // Tried again later, the first still goes before the second.
    world.store.commit(Unit::of([outbox::retry(&jobs[0].id, "t-1", until)])).await.unwrap();
    assert_eq!(claim("t-3").await, [""; 0]);
    let first = outbox::claim(&world.store, "t-4", until, until, 50).await.unwrap();
    assert!(first.len() == 1 && first[0].job.id == jobs[0].id);
    world.store.commit(Unit::of([outbox::dead(&jobs[0].id, "t-4")])).await.unwrap();
    assert_eq!(claim("t-5").await, [jobs[1].id.clone()]);
}

async fn a_clock_that_was_ahead_delays_no_job(world: World) {
    let now = world.clock.now();
    let ahead = now + SignedDuration::from_hours(2);
    let lease = outbox::LONGEST_LEASE;
    let [untried, mut tried, held] = ["case-1", "case-2", "case-3"].map(|subject| world.job(subject));
    // Inserted, put off and leased by a node whose clock is two hours ahead.
    let untried = Job { due_at: ahead, ..untried };
    tried.due_at = now;
    world.store.commit(Unit::of([outbox::insert(&tried)])).await.unwrap();
    assert_eq!(outbox::claim(&world.store, "t-1", now, now + lease, 9).await.unwrap().len(), 1);
    let later = outbox::retry(&tried.id, "t-1", ahead + SignedDuration::from_mins(1));
    world.store.commit(Unit::of([later, outbox::insert(&held)])).await.unwrap();
    let claimed = outbox::claim(&world.store, "t-2", ahead, ahead + lease, 9).await.unwrap();
    assert!(claimed.iter().any(|claimed| claimed.job.id == held.id));
    world.store.commit(Unit::of([outbox::insert(&untried)])).await.unwrap();

    world.store.commit(Unit::of([outbox::free_expired(now)])).await.unwrap();
    let claimed = outbox::claim(&world.store, "t-3", now, now + lease, 9).await.unwrap();
    let mut ids: Vec<_> = claimed.into_iter().map(|claimed| claimed.job.id).collect();
    ids.sort();
    let mut all = [untried.id, tried.id, held.id];
    all.sort();
    assert_eq!(ids, all, "all three are due now");
}

async fn workers_do_not_get_the_same_job(world: World) {
    let jobs: Vec<Job> = (0..40).map(|number| world.job(&format!("case-{number}"))).collect();
    world.store.commit(Unit::of(jobs.iter().map(outbox::insert))).await.unwrap();
    let now = world.clock.now();
    let mut workers = Vec::new();
    for number in 0..8 {
        let store = world.store.clone();
        workers.push(tokio::spawn(async move {
            let token = format!("token-{number}");
            outbox::claim(&store, &token, now, now + SignedDuration::from_secs(30), 10).await.unwrap()
        }));
    }
    let mut claimed = Vec::new();
    for worker in workers {
        claimed.extend(worker.await.unwrap().into_iter().map(|claimed| claimed.job.id));
    }
    let count = claimed.len();
    claimed.sort();
    claimed.dedup();
    assert_eq!(claimed.len(), count);
    assert!(!claimed.is_empty());
}

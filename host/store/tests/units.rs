//! Units of work: all or nothing, one writer of two, one effect of an attempt, whoever waits and whoever goes
//! away.

use domain::case::CaseKind;
use domain::identifiers::*;
use domain::retention::Record;
use domain::time::{Clock, Ids};
use jiff::SignedDuration;
use store::cases::{Case, CaseFilter};
use store::idempotency::Answer;
use store::members::Member;
use store::*;

use crate::world::{Held, TODAY, World, on_each_database, reopened};

on_each_database!(
    of_two_writers_one_loses,
    a_unit_is_all_or_nothing,
    a_failing_unit_does_not_hurt_its_neighbours,
    a_unit_of_a_shape_that_comes_often_means_the_same,
    a_server_that_makes_no_routine_is_written_to,
    long_values_are_compressed_quickly,
    the_same_key_acts_once,
    a_dropped_caller_loses_nothing,
    a_server_that_drops_everybody_is_found_again,
    readers_do_not_wait_for_a_writer,
);

async fn of_two_writers_one_loses(world: World) {
    let case = world.case(CaseKind::Referral);
    world.store.commit(Unit::of([cases::insert(&case)])).await.unwrap();
    assert_eq!(world.store.commit(Unit::of([cases::insert(&case)])).await, Err(StoreError::Duplicate));

    let mine = Case { state: "accepted".to_owned(), ..case.clone() };
    let theirs = Case { state: "closed".to_owned(), ..case.clone() };
    let both = tokio::join!(
        world.store.commit(Unit::of([cases::update(&mine)])),
        world.store.commit(Unit::of([cases::update(&theirs)])),
    );
    let (winner, outcomes) = match both {
        (Ok(()), lost) => (mine, lost),
        (lost, won) => {
            won.unwrap();
            (theirs, lost)
        }
    };
    assert_eq!(outcomes, Err(StoreError::Conflict));
    let saved = world.find(case.id).await.unwrap();
    assert!(saved == Case { version: 2, ..winner });

    let mut member = members::find(&world.store, &world.clinic, world.member).await.unwrap().unwrap();
    member.language = "en".to_owned();
    world.store.commit(Unit::of([members::update(&member)])).await.unwrap();
    assert_eq!(world.store.commit(Unit::of([members::update(&member)])).await, Err(StoreError::Conflict));
    let saved = members::find(&world.store, &world.clinic, world.member).await.unwrap().unwrap();
    assert!(saved == Member { version: 2, ..member });
}

async fn a_unit_is_all_or_nothing(world: World) {
    let (first, second) = (world.case(CaseKind::Claim), world.case(CaseKind::Claim));
    let stale = Case { version: 7, ..first.clone() };
    let orphan = events::insert(&world.event(&second, AuditId::from_uuid(world.ids.next())));
    for (last, expected) in [(cases::update(&stale), StoreError::Conflict), (orphan, StoreError::NotThere)] {
        let unit = Unit::of([cases::insert(&first), cases::insert(&second), last]);
        assert_eq!(world.store.commit(unit).await, Err(expected));
        assert!(world.find(first.id).await.is_none() && world.find(second.id).await.is_none());
    }
    world.store.commit(Unit::of([cases::insert(&first), cases::insert(&second)])).await.unwrap();
    assert!(world.find(first.id).await.is_some() && world.find(second.id).await.is_some());
}

async fn a_failing_unit_does_not_hurt_its_neighbours(world: World) {
    let taken = world.case(CaseKind::Claim);
    world.store.commit(Unit::of([cases::insert(&taken)])).await.unwrap();
    let cases: Vec<Case> = (0..60).map(|_| world.case(CaseKind::Claim)).collect();
    let mut tasks = Vec::new();
    for (place, case) in cases.iter().enumerate() {
        let mut unit = Unit::of([cases::insert(case)]);
        if place % 3 == 0 {
            unit.add(cases::insert(&taken));
        }
        let store = world.store.clone();
        tasks.push(tokio::spawn(async move { store.commit(unit).await }));
    }
    for (place, (task, case)) in tasks.into_iter().zip(&cases).enumerate() {
        let expected = if place % 3 == 0 { Err(StoreError::Duplicate) } else { Ok(()) };
        assert_eq!(task.await.unwrap(), expected);
        assert_eq!(world.find(case.id).await.is_some(), expected.is_ok());
    }
}

/// More rounds than a shape comes before PostgreSQL makes a routine of it.
const ROUNDS: usize = 8;

async fn a_unit_of_a_shape_that_comes_often_means_the_same(world: World) {
    let org = world.clinic.organization().unwrap();
    let answer = Answer {
        fingerprint: Digest::of(b"body"),
        status: 201,
        headers: "{}".to_owned(),
        body: vec![7],
        at: world.clock.now(),
    };
    let once = |key: &str| idempotency::insert(org, "referral.create", key, &answer);
    let taken = world.case(CaseKind::Claim);
    world.store.commit(Unit::of([once("taken"), cases::insert(&taken)])).await.unwrap();
    for round in 0..ROUNDS {
        let case = world.case(CaseKind::Claim);
        let accepted = Case { state: "accepted".to_owned(), ..case.clone() };
        let stale = Case { version: 7, ..case.clone() };
        let event = || events::insert(&world.event(&case, AuditId::from_uuid(world.ids.next())));
        // Each row: a unit whose last statement finds what it does not expect, and the error.
        let rows = [
            ("a key", vec![cases::insert(&case), once("taken")], StoreError::AlreadyDone),
            ("a row", vec![cases::insert(&case), cases::insert(&taken)], StoreError::Duplicate),
            ("a version", vec![cases::insert(&case), cases::update(&stale)], StoreError::Conflict),
            ("a case", vec![once(&format!("no-{round}")), event()], StoreError::NotThere),
        ];
        for (name, statements, expected) in rows {
            assert_eq!(world.store.commit(Unit::of(statements)).await, Err(expected), "{name}, {round}");
            assert!(world.find(case.id).await.is_none(), "{name}, {round}: nothing of it is kept");
        }
        // A statement sees what the one before it did.
        let unit = [once(&format!("yes-{round}")), cases::insert(&case), cases::update(&accepted)];
        world.store.commit(Unit::of(unit)).await.unwrap();
        let kept = world.find(case.id).await.unwrap();
        assert!(kept == Case { version: 2, ..accepted }, "{round}");
        let key = format!("no-{round}");
        let answered = idempotency::find(&world.store, &world.clinic, "referral.create", &key);
        assert!(answered.await.unwrap().is_none(), "{round}");
    }
}

/// A role may be allowed no routine of its own.
async fn a_server_that_makes_no_routine_is_written_to(world: World) {
    if world.config.database_url.is_some() {
        world
            .behind_its_back(
                "create function refuse() returns event_trigger language plpgsql as
                 'begin raise sqlstate ''42501''; end'",
            )
            .await;
        world
            .behind_its_back(
                "create event trigger no_routine on ddl_command_start when tag in ('CREATE FUNCTION')
                 execute function refuse()",
            )
            .await;
    }
    for round in 0..ROUNDS {
        let (first, second) = (world.case(CaseKind::Claim), world.case(CaseKind::Claim));
        world.store.commit(Unit::of([cases::insert(&first), cases::insert(&second)])).await.unwrap();
        assert!(world.find(first.id).await.is_some() && world.find(second.id).await.is_some(), "{round}");
    }
}

/// PostgreSQL compresses long values, by LZ4 where it was built with it.
async fn long_values_are_compressed_quickly(world: World) {
    let body = format!("{{\"words\":\"{}\"}}", "thirty nights of rest ".repeat(1_000));
    let case = Case { body: body.clone(), ..world.case(CaseKind::Referral) };
    world.store.commit(Unit::of([cases::insert(&case)])).await.unwrap();
    assert!(world.find(case.id).await.unwrap().body == body);
    let mut record = world.behind_its_back("select 1").await;
    let kept = record.texts("select 'none'", "select pg_column_compression(body) from cases").await;
    let offered = "select case when 'lz4' = any (enumvals) then 'lz4' else 'pglz' end
        from pg_settings where name = 'default_toast_compression'";
    assert_eq!(kept, record.texts("select 'none'", offered).await);
}

async fn the_same_key_acts_once(world: World) {
    let org = world.clinic.organization().unwrap();
    let mut tasks = Vec::new();
    for number in 0..8_u8 {
        let case = world.case(CaseKind::Referral);
        let answer = Answer {
            fingerprint: Digest::of(b"body"),
            status: 201,
            headers: "{}".to_owned(),
            body: vec![number],
            at: world.clock.now(),
        };
        let unit =
            Unit::of([idempotency::insert(org, "referral.create", "k-1", &answer), cases::insert(&case)]);
        let store = world.store.clone();
        tasks.push(tokio::spawn(async move { (store.commit(unit).await, answer) }));
    }
    let mut done = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            (Ok(()), answer) => done.push(answer),
            (Err(error), _) => assert_eq!(error, StoreError::AlreadyDone),
        }
    }
    assert_eq!(done.len(), 1);
    let kept = idempotency::find(&world.store, &world.clinic, "referral.create", "k-1").await.unwrap();
    assert!(kept == done.pop());
    let page = cases::list(&world.store, &world.clinic, CaseKind::Referral, &CaseFilter::default(), None, 50)
        .await
        .unwrap();
    assert_eq!(page.items.len(), 1);
    let foreign = idempotency::find(&world.store, &world.stranger, "referral.create", "k-1").await.unwrap();
    assert!(foreign.is_none());

    world.clock.advance(SignedDuration::from_hours(1));
    world.store.commit(Unit::of(retention::forget(Record::Answer, world.clock.now(), TODAY))).await.unwrap();
    assert!(
        idempotency::find(&world.store, &world.clinic, "referral.create", "k-1").await.unwrap().is_none()
    );
}

async fn a_dropped_caller_loses_nothing(world: World) {
    let mut left = Vec::new();
    for _ in 0..60 {
        let case = world.case(CaseKind::Authorization);
        let commit = world.store.commit(Unit::of([cases::insert(&case)]));
        // Asked once, and then no longer waited for.
        tokio::select! {
            biased;
            _ = commit => {}
            () = tokio::task::yield_now() => {}
        }
        left.push(case.id);
        let kept = world.case(CaseKind::Claim);
        world.store.commit(Unit::of([cases::insert(&kept)])).await.unwrap();
        // Another connection than the one that wrote it.
        assert!(world.find(kept.id).await.is_some());
    }
    let store = reopened(&world).await;
    for id in left {
        assert!(cases::find(&store, &Scope::duty("test"), id).await.unwrap().is_some());
    }
}

async fn a_server_that_drops_everybody_is_found_again(world: World) {
    let crowd: Vec<Case> = (0..40).map(|_| world.case(CaseKind::Claim)).collect();
    let mut tasks = tokio::task::JoinSet::new();
    for case in crowd.clone() {
        let store = world.store.clone();
        tasks.spawn(async move {
            store.commit(Unit::of([cases::insert(&case)])).await.unwrap();
            cases::find(&store, &Scope::duty("test"), case.id).await.unwrap().unwrap();
        });
    }
    tasks.join_all().await;
    let drop_everybody = "select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'crosswalk' and datname = current_database()";
    world
        .behind_its_back(if world.config.database_url.is_some() { drop_everybody } else { "select 1" })
        .await;
    let case = world.case(CaseKind::Referral);
    world.store.commit(Unit::of([cases::insert(&case)])).await.unwrap();
    assert!(world.find(case.id).await.is_some());
}

async fn readers_do_not_wait_for_a_writer(world: World) {
    let case = world.case(CaseKind::Referral);
    world.store.commit(Unit::of([cases::insert(&case)])).await.unwrap();
    let begin = if world.config.database_url.is_some() { "begin" } else { "begin immediate" };
    let held = world.behind_its_back(begin).await;
    let update = "update cases set state = 'closed'";
    let held = match held {
        Held::Sqlite(mut connection) => {
            sqlx::raw_sql(update).execute(&mut connection).await.unwrap();
            Held::Sqlite(connection)
        }
        Held::Postgres(mut connection) => {
            sqlx::raw_sql(update).execute(&mut connection).await.unwrap();
            Held::Postgres(connection)
        }
    };
    assert_eq!(world.find(case.id).await.unwrap().state, "with-people");
    drop(held);
}

//! Conditions for opening a record: the directory, its lock, and the file; and that everything is there
//! again.

use std::fs::File;
use std::future::poll_fn;
use std::path::Path;
use std::pin::pin;
use std::str::FromStr;
use std::task::Poll;

use domain::time::Clock;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use store::*;

use crate::world::{World, on_each_database, reopened};

on_each_database!(reopened_it_has_everything,);

async fn reopened_it_has_everything(world: World) {
    world.store.ready("node-1", world.clock.now()).await.unwrap();
    world.store.ready("node-1", world.clock.now()).await.unwrap();
    let (case, _) = world.full_case().await;
    let store = reopened(&world).await;
    assert!(cases::find(&store, &world.clinic, case.id).await.unwrap() == Some(case));
    let closed = world.store.ready("node-1", world.clock.now()).await;
    assert_eq!(closed, Err(StoreError::Away("the store is closed".to_owned())));
}

#[tokio::test]
async fn a_second_process_on_the_same_directory_is_refused() {
    let world = World::on_sqlite().await;
    let refused = Store::open(world.config.clone()).await.err().unwrap();
    assert_eq!(refused, OpenError::InUse(world.config.data_dir.clone()));
    drop(reopened(&world).await);
}

/// A process that was killed while it started a child leaves the lock with the child until that has become
/// its own program.
#[tokio::test]
async fn a_lock_that_is_given_back_in_a_moment_is_waited_for() {
    let world = World::on_sqlite().await;
    world.store.close().await;
    let left_behind = File::open(world.config.data_dir.join("crosswalk.lock")).unwrap();
    left_behind.lock().unwrap();
    let mut opening = pin!(Store::open(world.config.clone()));
    poll_fn(|context| {
        assert!(opening.as_mut().poll(context).is_pending(), "it is given up at once");
        Poll::Ready(())
    })
    .await;
    drop(left_behind);
    opening.await.unwrap();
}

async fn connection(file: &Path) -> SqliteConnection {
    let address = format!("sqlite://{}", file.display());
    let options = SqliteConnectOptions::from_str(&address).expect("an address");
    options.create_if_missing(true).connect().await.expect("it opens")
}

async fn opened(directory: &Path) -> Result<(), OpenError> {
    let config = StoreConfig::at(directory);
    let store = Store::open(config).await?;
    store.close().await;
    Ok(())
}

/// Table of damages done to the file behind the service's back: each with the kind of refusal, and words of
/// it.
#[tokio::test]
async fn what_is_no_record_of_this_release_is_refused() {
    let cases = [
        ("select 1", None, ""),
        (
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
            values (9001, 'of a later release, which only adds', 1, x'00', 1)",
            None,
            "",
        ),
        ("update schema_needs set needs = 9001", Some("newer"), "needs a program that knows schema 9001"),
        (
            "update _sqlx_migrations set checksum = x'00' where version = 1",
            Some("wrong"),
            "step 1 of its schema is not this program's",
        ),
        ("drop table _sqlx_migrations", Some("wrong"), "another program's database"),
    ];
    for (done, kind, words) in cases {
        let directory = tempfile::tempdir().expect("a temporary folder can be made");
        assert_eq!(opened(directory.path()).await, Ok(()));
        let mut held = connection(&directory.path().join("crosswalk.sqlite")).await;
        sqlx::raw_sql(done).execute(&mut held).await.expect("it is done");
        held.close().await.expect("it closes");
        let again = opened(directory.path()).await;
        let found = match &again {
            Ok(()) => None,
            Err(OpenError::Newer { .. }) => Some("newer"),
            Err(OpenError::WrongFile { .. }) => Some("wrong"),
            Err(_) => Some("other"),
        };
        assert_eq!(found, kind, "{done}: {again:?}");
        let said = again.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(said.contains(words), "{done}: {said}");
        assert!(kind.is_none() || said.contains("crosswalk.sqlite"), "it names the file: {said}");
    }
}

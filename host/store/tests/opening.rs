//! Files that are opened as a record, and the refusals of those that are none.

use std::path::Path;
use std::str::FromStr;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use store::{OpenError, Store, StoreConfig};

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
            "update _sqlx_migrations set checksum = x'00' where version = 2",
            Some("wrong"),
            "step 2 of its schema is not this program's",
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

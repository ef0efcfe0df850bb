//! The schema and the programs that can use it.
//!
//! A new release first only adds to the schema (expand), and an old node runs beside it; a later release
//! takes away what nobody uses any more (contract), and says in the record which programs can still read it.
//! So a program knows two numbers: the newest migration that it brings, which is the least that it needs, and
//! what the record asks of it. A record with newer migrations is served as long as they only added.

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;

use crate::migrations::{self, known};
use crate::{OpenError, Store, StoreError};

/// The oldest program that can use the record, by the newest migration it brings. A migration that takes
/// something away raises it.
pub(crate) const NEEDS: &str = "select needs from schema_needs where only_row = 1";

pub(crate) async fn migrate_sqlite(connection: &mut SqliteConnection) -> Result<(), MigrateError> {
    beside_newer(migrations::sqlite()).run(connection).await
}

pub(crate) async fn migrate_postgres(connection: &mut PgConnection) -> Result<(), MigrateError> {
    /// Half a minute and more: another node may be at it, or use what is to be changed.
    const TRIES: u32 = 15;
    let migrations = beside_newer(migrations::postgres());
    let mut tries = 1;
    loop {
        match migrations.run(&mut *connection).await {
            // The wait for the lock was its pause.
            Err(error) if tries < TRIES && waited_in_vain(&error) => tries += 1,
            done => return done,
        }
    }
}

/// A lock was not to be had in time. Nothing of the migration was done.
fn waited_in_vain(error: &MigrateError) -> bool {
    const NO_LOCK: &str = "55P03";
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            error.as_database_error().and_then(|cause| cause.code()).as_deref() == Some(NO_LOCK)
        }
        _ => false,
    }
}

/// Lets additions of a newer release stay; the record says if a program of this release may serve beside it.
fn beside_newer(mut migrations: Migrator) -> Migrator {
    migrations.set_ignore_missing(true);
    migrations
}

/// Refuses a record that needs a newer program; `what` names it.
pub(crate) async fn check(store: &Store, what: String) -> Result<(), OpenError> {
    match (needs(store).await?, known()) {
        (needs, known) if needs > known => Err(OpenError::Newer { what, needs, known }),
        _ => Ok(()),
    }
}

/// The same while it is open: a newer node may have changed the schema meanwhile.
pub(crate) async fn still_fits(store: &Store) -> Result<(), StoreError> {
    match (needs(store).await?, known()) {
        (needs, known) if needs > known => Err(StoreError::Outgrown { needs, known }),
        _ => Ok(()),
    }
}

async fn needs(store: &Store) -> Result<i64, StoreError> {
    Ok(store.one::<(i64,)>(NEEDS, Vec::new()).await?.map_or(0, |(needs,)| needs))
}

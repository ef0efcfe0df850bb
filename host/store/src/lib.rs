//! The record at rest: all the SQL, on SQLite and on PostgreSQL.
//!
//! Writing is data. Each aggregate's module makes [`Statement`]s, the caller puts them into one [`Unit`], and
//! [`Store::commit`] does all of it or nothing. Reading is an async function of the aggregate's module, and takes the
//! [`Scope`] of whoever asks: what a scope does not see is not there.
//!
//! The text of the SQL is the same for both databases; where it cannot be, [`Dialects`] shows it. Only integers, texts
//! and bytes are stored: instants as milliseconds UTC, days as `YYYY-MM-DD`, ids with their prefixes, lists as JSON.

pub mod activations;
pub mod audit;
pub mod auth;
pub mod care;
pub mod cases;
pub mod compile_leases;
pub mod contracts;
pub mod counties;
pub mod coverages;
pub mod deadlines;
pub mod decisions;
pub mod documents;
pub mod events;
pub mod fences;
pub mod idempotency;
pub mod installation;
pub mod limits;
pub mod member_moves;
pub mod member_values;
pub mod members;
pub mod notices;
pub mod offers;
pub mod organizations;
pub mod outbox;
pub mod plugins;
pub mod policies;
pub mod premises;
pub mod receipts;
pub mod refused_inputs;
pub mod releases;
pub mod remittances;
pub mod rosters;
pub mod service_days;
pub mod shadow_runs;
pub mod signing;
pub mod tables;
pub mod usage;
pub mod vault;
pub mod worklist;

mod error;
mod page;
mod postgres;
mod row;
mod scope;
mod sqlite;
mod unit;

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;

pub use error::{OpenError, StoreError};
pub use page::Page;
pub use scope::{Scope, Seat};
pub use unit::{Dialects, Expect, Miss, Statement, Unit, Value};

use postgres::Postgres;
use row::Row;
use sqlite::Sqlite;
use unit::{instant, text};

/// Where the record is kept.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// A directory on a local disk, for one process alone. SQLite lives in it.
    pub data_dir: PathBuf,
    /// The address of a PostgreSQL database, to use instead of SQLite.
    pub database_url: Option<String>,
}

/// The record. Cheap to clone; all clones are the same store.
#[derive(Clone)]
pub struct Store {
    database: Arc<Database>,
}

/// What the record is doing for somebody. Boxed, so that whoever waits for it need not be proven, by the compiler and anew in
/// each room above, to be able to move between threads with all of a database client inside: that took minutes.
pub type Doing<'s, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 's>>;

enum Database {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Store {
    /// Opens the record and brings its schema up to date.
    ///
    /// # Errors
    /// When another process holds the directory, the library is too old to be trusted with a write-ahead log, a
    /// setting that keeps acknowledged writes did not take, or the database cannot be reached or migrated.
    pub async fn open(config: StoreConfig) -> Result<Self, OpenError> {
        let database = match config.database_url {
            None => Database::Sqlite(Sqlite::open(config.data_dir).await?),
            Some(url) => Database::Postgres(Postgres::open(&url).await?),
        };
        Ok(Self { database: Arc::new(database) })
    }

    /// Does all of `unit`, durably, or nothing of it. Goes on to its end if the caller stops waiting.
    ///
    /// # Errors
    /// What the unit's own expectations say, [`StoreError::Busy`] when too many units wait already, and
    /// [`StoreError::Unknown`] when the connection was lost while the database was committing.
    pub fn commit(&self, unit: Unit) -> Doing<'_, ()> {
        Box::pin(async move {
            match &*self.database {
                Database::Sqlite(sqlite) => sqlite.commit(unit).await,
                Database::Postgres(postgres) => postgres.commit(unit).await,
            }
        })
    }

    /// Whether the record can be written, found out by writing to the row of node `node`.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub async fn ready(&self, node: &str, now: Timestamp) -> Result<(), StoreError> {
        const SEEN: &str = "
            insert into nodes (id, last_seen) values ($1, $2)
            on conflict (id) do update set last_seen = excluded.last_seen";
        self.commit(Unit::of([Statement::any(SEEN, vec![text(node), instant(now)])])).await
    }

    /// Refuses new units, waits for those under way, and closes the database.
    pub async fn close(&self) {
        match &*self.database {
            Database::Sqlite(sqlite) => sqlite.close().await,
            Database::Postgres(postgres) => postgres.close().await,
        }
    }

    /// Every row that a query finds.
    pub(crate) fn all<'s, T: Row + 's>(
        &'s self,
        sql: impl Into<Dialects>,
        values: Vec<Value>,
    ) -> Doing<'s, Vec<T>> {
        let sql = sql.into();
        Box::pin(async move {
            match &*self.database {
                Database::Sqlite(sqlite) => sqlite.all(sql.sqlite, values).await,
                Database::Postgres(postgres) => postgres.all(sql.postgres, values).await,
            }
        })
    }

    /// The one row that a query finds, if it finds any.
    pub(crate) fn one<'s, T: Row + 's>(
        &'s self,
        sql: impl Into<Dialects>,
        values: Vec<Value>,
    ) -> Doing<'s, Option<T>> {
        let all = self.all(sql, values);
        Box::pin(async move { Ok(all.await?.into_iter().next()) })
    }
}

//! The record at rest: all the SQL, on SQLite and on PostgreSQL.
//!
//! Writing is data. Each aggregate's module makes [`Statement`]s, the caller puts them into one [`Unit`], and
//! [`Store::commit`] does all of it or nothing. Reading is an async function of the aggregate's module, and
//! takes the [`Scope`] of whoever asks: what a scope does not see is not there.
//!
//! The text of the SQL is the same for both databases; where it cannot be, [`Dialects`] shows it. Only
//! integers, texts and bytes are stored: instants as milliseconds UTC, days as `YYYY-MM-DD`, ids with their
//! prefixes, lists as JSON.

pub mod accounts;
pub mod activations;
pub mod audit;
pub mod auth;
pub mod care;
pub mod cases;
pub mod compile_leases;
pub mod contracts;
pub mod counties;
pub mod coverages;
pub mod credentials;
pub mod deadlines;
pub mod documents;
pub mod evaluations;
pub mod events;
pub mod fences;
pub mod figures;
pub mod idempotency;
pub mod identity;
pub mod identity_links;
pub mod identity_providers;
pub mod installation;
pub mod invitations;
pub mod limits;
pub mod member_moves;
pub mod member_values;
pub mod members;
pub mod notices;
pub mod offers;
pub mod organizations;
pub mod outbox;
pub mod passkeys;
pub mod plugins;
pub mod policies;
pub mod premises;
pub mod receipts;
pub mod refused_inputs;
pub mod releases;
pub mod remittances;
pub mod retention;
pub mod rosters;
pub mod service_days;
pub mod sessions;
pub mod shadow_runs;
pub mod signing;
pub mod tables;
pub mod tries;
pub mod usage;
pub mod vault;
pub mod worklist;

mod ahead;
mod error;
mod migrations;
mod page;
mod postgres;
mod room;
mod row;
mod schema;
mod scope;
mod session;
mod sqlite;
mod unit;

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

pub use ahead::Read;
pub use error::{OpenError, StoreError};
pub use page::Page;
pub use scope::{Scope, Seat};
pub use unit::{Column, Dialects, Expect, Miss, Statement, Unit, Value};

use ahead::Foretold;
use postgres::Postgres;
use room::Room;
use row::Row;
use sqlite::Sqlite;

/// Location of the record.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// A directory on a local disk, for one process alone. SQLite lives in it.
    pub data_dir: PathBuf,
    /// The address of a PostgreSQL database, to use instead of SQLite. It may name several servers, of which
    /// one writes.
    pub database_url: Option<String>,
    /// Most connections to PostgreSQL. Half of them are for writing, and no reader takes their places.
    pub connections: u32,
    /// Only a PostgreSQL that keeps each commit on a standby too will do: a failover then loses nothing.
    pub require_standby: bool,
}

impl StoreConfig {
    /// Connections to PostgreSQL if nothing else is said.
    pub const CONNECTIONS: u32 = 24;

    /// SQLite in a directory.
    pub fn at(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            database_url: None,
            connections: Self::CONNECTIONS,
            require_standby: false,
        }
    }
}

/// Connections to the database that are for one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Use of the connections: `writers` or `readers`.
    pub purpose: &'static str,
    /// Those that are open.
    pub open: u32,
    /// Those of them that are in use.
    pub taken: u32,
}

/// The record. Cheap to clone; all clones are the same store.
#[derive(Clone)]
pub struct Store {
    database: Arc<Database>,
    room: Arc<Room>,
    commits: Arc<AtomicU64>,
}

/// Work of the record for somebody. Boxed, so that whoever waits for it need not be proven, by the compiler
/// and anew in each room above, to be able to move between threads with all of a database client inside: that
/// took minutes.
pub type Doing<'s, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 's>>;

enum Database {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Store {
    /// Opens the record and brings its schema up to date.
    ///
    /// # Errors
    /// When another process holds the directory, the library is too old to be trusted with a write-ahead log,
    /// a setting that keeps acknowledged writes did not take, or the database cannot be reached or migrated.
    pub async fn open(config: StoreConfig) -> Result<Self, OpenError> {
        let what = match config.database_url {
            None => premises::Premises::at(&config.data_dir).record().display().to_string(),
            Some(_) => "the database".to_owned(),
        };
        let database = match &config.database_url {
            None => Database::Sqlite(Sqlite::open(config.data_dir).await?),
            Some(url) => Database::Postgres(Postgres::open(url, &config).await?),
        };
        let store = Self { database: Arc::new(database), room: Arc::default(), commits: Arc::default() };
        schema::check(&store, what).await?;
        Ok(store)
    }

    /// Does all of `unit`, durably, or nothing of it. Goes on to its end if the caller stops waiting.
    ///
    /// # Errors
    /// What the unit's own expectations say; [`StoreError::Busy`], [`StoreError::Away`] and
    /// [`StoreError::NoRoom`] when nothing was done and a later try may do; [`StoreError::Unknown`] when the
    /// connection was lost while the database was committing, or nothing says that the commit is safe.
    pub fn commit(&self, unit: Unit) -> Doing<'_, ()> {
        Box::pin(async move {
            // Whoever waits for a write keeps no connection from who reads.
            session::let_go();
            session::forget();
            self.commits.fetch_add(1, Ordering::Relaxed);
            let size = unit.size_bytes();
            let outcome = match &*self.database {
                Database::Sqlite(sqlite) => sqlite.commit(unit).await,
                Database::Postgres(postgres) => postgres.commit(unit).await,
            };
            if matches!(outcome, Err(StoreError::NoRoom(_))) {
                self.room.lacks(size);
            }
            outcome
        })
    }

    /// Units that this process handed in, ever: who writes beside others sees if there were any.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// The record can be written by this program, found out by writing to the row of node `node`: as much as
    /// the last command that found no room.
    ///
    /// # Errors
    /// As [`Store::commit`], and [`StoreError::Outgrown`] when a newer release has changed the schema under
    /// this one.
    pub async fn ready(&self, node: &str, now: Timestamp) -> Result<(), StoreError> {
        const PATIENCE: Duration = Duration::from_secs(3);
        let looked = async {
            if let Some(lacking) = self.room.lacking() {
                self.room.still_lacks()?;
                self.commit(Unit::of([room::probe(node, now, lacking), room::seen(node, now)])).await?;
                self.room.found();
            }
            self.commit(Unit::of([room::seen(node, now)])).await?;
            schema::still_fits(self).await
        };
        tokio::time::timeout(PATIENCE, looked)
            .await
            .unwrap_or_else(|_| Err(StoreError::busy("no answer in time")))
    }

    /// Makes sure that everything that this process has read is as safe as what it acknowledges. A change can
    /// be read before the standby has it; a commit of ours that comes later waits for it too.
    ///
    /// # Errors
    /// As [`Store::commit`]: what was read may then be lost yet.
    pub fn stand_behind(&self) -> Doing<'_, ()> {
        const MARK: &str = "select pg_logical_emit_message(true, 'crosswalk', '')";
        Box::pin(async move {
            match &*self.database {
                // What is read here is on the disk.
                Database::Sqlite(_) => Ok(()),
                Database::Postgres(postgres) => {
                    let mark = Dialects { sqlite: "select 1", postgres: MARK };
                    postgres.commit(Unit::of([Statement::any(mark, Vec::new())])).await
                }
            }
        })
    }

    /// Does something whose reads, one after the other, take one connection and not each its own. It is held
    /// until `doing` ends or lets go of it.
    pub fn on_one_connection<'f, T>(
        &self,
        doing: impl Future<Output = T> + Send + 'f,
    ) -> Pin<Box<dyn Future<Output = T> + Send + 'f>> {
        Box::pin(session::hold(doing))
    }

    /// Gives back the connection of [`Store::on_one_connection`] before something that takes long. The next
    /// read takes another.
    pub fn let_go(&self) {
        session::let_go();
    }

    /// Asks everything of `reads` together, for the reads of this command that come. Where a read costs no
    /// round trip, or outside of [`Store::on_one_connection`], it does nothing.
    ///
    /// # Errors
    /// As those reads.
    pub fn look_ahead(&self, reads: Vec<Read>) -> Doing<'_, ()> {
        Box::pin(async move {
            match &*self.database {
                Database::Postgres(postgres) if session::holds() => {
                    let answers = postgres.together(&reads).await?;
                    session::foretell(reads.into_iter().zip(answers));
                }
                Database::Postgres(_) | Database::Sqlite(_) => {}
            }
            Ok(())
        })
    }

    /// The connections to a database server; none where there is no server.
    #[must_use]
    pub fn connections(&self) -> Vec<Connections> {
        match &*self.database {
            Database::Sqlite(_) => Vec::new(),
            Database::Postgres(postgres) => postgres.connections(),
        }
    }

    /// Refuses new units, waits for those under way, and closes the database.
    pub async fn close(&self) {
        match &*self.database {
            Database::Sqlite(sqlite) => sqlite.close().await,
            Database::Postgres(postgres) => postgres.close().await,
        }
    }

    /// Every row of a read: as it was read ahead, or as it is now.
    pub(crate) fn read<'s, T: Row + Foretold + 's>(&'s self, read: Read) -> Doing<'s, Vec<T>> {
        match session::foretold(&read) {
            Some(rows) => Box::pin(async move { rows }),
            None => self.all(read.sql, read.values),
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

//! The databases of the servers, and how one becomes the copy of another.

use std::fs;
use std::path::PathBuf;
use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgPool, SqlitePool};
use store::StoreConfig;

use bench::Outcome;

/// The file that the store keeps in its directory.
const FILE: &str = "crosswalk.sqlite";
/// As many as the store has.
const POSTGRES_CONNECTIONS: u32 = 16;

/// Kind of a database, and the place where new ones may be made.
#[derive(Clone)]
pub(crate) enum Kind {
    /// SQLite, below this folder.
    Sqlite { folder: PathBuf },
    /// PostgreSQL, on the server of this address.
    Postgres { admin: String },
}

impl Kind {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "SQLite",
            Self::Postgres { .. } => "PostgreSQL",
        }
    }
}

/// Database of one server, removed when it is dropped.
pub(crate) struct Database {
    kind: Kind,
    name: String,
}

/// Connections to it that are not the store's.
#[derive(Clone)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Database {
    /// The database of this server. It need not be there yet: the store makes it, or [`Database::copy_to`]
    /// does.
    pub(crate) fn named(kind: Kind, server: &str) -> Self {
        Self { kind, name: format!("crosswalk_bench_{}_{server}", std::process::id()) }
    }

    /// Makes it, where the store does not.
    pub(crate) async fn create(&self) -> Outcome<()> {
        match &self.kind {
            Kind::Sqlite { .. } => Ok(()),
            Kind::Postgres { admin } => run(admin, format!("create database {}", self.name)).await,
        }
    }

    /// Configuration with which the store opens it.
    pub(crate) fn config(&self) -> Outcome<StoreConfig> {
        let database_url = match &self.kind {
            Kind::Sqlite { .. } => None,
            Kind::Postgres { admin } => {
                Some(PgConnectOptions::from_str(admin)?.database(&self.name).to_url_lossy().to_string())
            }
        };
        Ok(StoreConfig { database_url, ..StoreConfig::at(self.directory()) })
    }

    /// Connections with the store's settings: nothing that is acknowledged may be lost.
    pub(crate) async fn pool(&self) -> Outcome<Pool> {
        match &self.kind {
            Kind::Sqlite { .. } => {
                let options = SqliteConnectOptions::new()
                    .filename(self.directory().join(FILE))
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .foreign_keys(true)
                    .pragma("trusted_schema", "OFF")
                    .pragma("cell_size_check", "ON")
                    .disable_statement_logging();
                Ok(Pool::Sqlite(SqlitePoolOptions::new().max_connections(1).connect_with(options).await?))
            }
            Kind::Postgres { admin } => {
                let options = PgConnectOptions::from_str(admin)?
                    .database(&self.name)
                    .options([("synchronous_commit", "on")])
                    .disable_statement_logging();
                let pool = PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS);
                Ok(Pool::Postgres(pool.connect_with(options).await?))
            }
        }
    }

    /// Makes `other` the same as this one. Nobody may be connected to it.
    pub(crate) async fn copy_to(&self, other: &Self) -> Outcome<()> {
        match &self.kind {
            Kind::Sqlite { .. } => {
                fs::create_dir_all(other.directory())?;
                fs::copy(self.directory().join(FILE), other.directory().join(FILE))?;
                Ok(())
            }
            Kind::Postgres { admin } => {
                run(admin, format!("create database {} template {}", other.name, self.name)).await
            }
        }
    }

    /// Removes it, where the folder's end does not.
    pub(crate) async fn remove(self) -> Outcome<()> {
        match &self.kind {
            Kind::Sqlite { .. } => Ok(()),
            Kind::Postgres { admin } => {
                run(admin, format!("drop database if exists {} with (force)", self.name)).await
            }
        }
    }

    fn directory(&self) -> PathBuf {
        match &self.kind {
            Kind::Sqlite { folder } => folder.join(&self.name),
            // The store keeps nothing there.
            Kind::Postgres { .. } => PathBuf::new(),
        }
    }
}

impl Pool {
    pub(crate) async fn close(self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

async fn run(admin: &str, sql: String) -> Outcome<()> {
    let mut connection = PgConnectOptions::from_str(admin)?.connect().await?;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

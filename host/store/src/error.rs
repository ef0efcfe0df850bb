//! What can go wrong with the record. No message quotes a value: values are people.

use std::path::PathBuf;

/// Why a unit was not done, or a query not answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Somebody changed it since it was read. Nothing was done.
    #[error("it was changed by somebody else meanwhile")]
    Conflict,
    /// The idempotency key is taken: the answer is in the record. Nothing was done.
    #[error("this request was answered before")]
    AlreadyDone,
    /// Something with the same key is there already. Nothing was done.
    #[error("it is there already")]
    Duplicate,
    /// What was to be changed, or is referred to, is not there. Nothing was done.
    #[error("it is not there")]
    NotThere,
    /// Too much is waiting, or a lock was not to be had in time. Nothing was done.
    #[error("the database is busy")]
    Busy,
    /// The connection was lost while committing: done or not done, nobody knows.
    #[error("it is not known whether the database committed")]
    Unknown,
    /// A row says what no row of ours may say.
    #[error("{table} {id} is corrupt: {problem}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The row's key.
        id: String,
        /// Which column, and that it does not read; never what it holds.
        problem: String,
    },
    /// The database failed or refused. Nothing was done.
    #[error("database failed: {0}")]
    Database(String),
}

/// Why the record was not opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// One directory, one process.
    #[error("data directory {0} is in use by another process")]
    InUse(PathBuf),
    /// The directory or its lock file cannot be made.
    #[error("data directory {directory} cannot be used: {problem}")]
    Directory {
        /// Which directory.
        directory: PathBuf,
        /// What the system said.
        problem: String,
    },
    /// Versions before 3.51.3 can corrupt a write-ahead log that several connections use ("The WAL Reset Bug", sqlite.org/wal.html).
    #[error("SQLite {0} is too old, 3.51.3 or newer is needed")]
    TooOld(String),
    /// A setting that keeps acknowledged writes did not take.
    #[error("SQLite setting {0} did not take")]
    Setting(&'static str),
    /// The schema could not be brought up to date.
    #[error("schema cannot be migrated: {0}")]
    Migration(String),
    /// The database cannot be reached.
    #[error(transparent)]
    Database(#[from] StoreError),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::Database(cause) => match cause.code().as_deref() {
                // PostgreSQL: no lock in time, statement cancelled. SQLite: busy, locked.
                Some("55P03" | "57014" | "5" | "6") => Self::Busy,
                // The code and nothing more: messages quote values.
                code => Self::Database(format!("code {}", code.unwrap_or("unknown"))),
            },
            sqlx::Error::Io(cause) => Self::Database(format!("connection lost: {}", cause.kind())),
            sqlx::Error::ColumnDecode { index, .. } => {
                Self::Database(format!("column {index} does not decode"))
            }
            sqlx::Error::ColumnNotFound(column) => Self::Database(format!("no column {column}")),
            sqlx::Error::PoolClosed => Self::Database("the store is closed".to_owned()),
            sqlx::Error::Tls(_) => Self::Database("no secure connection".to_owned()),
            sqlx::Error::Configuration(_) => {
                Self::Database("the address of the database does not read".to_owned())
            }
            _ => Self::Database("protocol failure".to_owned()),
        }
    }
}

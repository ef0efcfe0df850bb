//! Failures of the record. No message quotes a value: values are people.

use std::fmt::Display;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use sqlx::migrate::MigrateError;

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
    /// A row that was to be changed, or is referred to, is not there. Nothing was done.
    #[error("it is not there")]
    NotThere,
    /// Too much is waiting, or a lock was not to be had in time; its code, or what was waited for. Nothing
    /// was done.
    #[error("the database is busy: {0}")]
    Busy(String),
    /// The database cannot be reached, or is not one that takes writes; its code, or the kind of failure.
    /// Nothing was done.
    #[error("the database is away: {0}")]
    Away(String),
    /// The database has no room for it; its code. Nothing was done.
    #[error("the database has no room: {0}")]
    NoRoom(String),
    /// The connection was lost while committing, or nothing says that the commit is safe: done or not done,
    /// nobody knows.
    #[error("it is not known whether the database committed")]
    Unknown,
    /// A newer release has changed the schema so that this program would misread it. Nothing was done.
    #[error("the record needs a program that knows schema {needs}, and this one knows {known}")]
    Outgrown {
        /// Version that the record asks of a program.
        needs: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// A row says what no row of ours may say.
    #[error("{table} {id} is corrupt: {problem}")]
    Corrupt {
        /// Table of the row.
        table: &'static str,
        /// Key of the row.
        id: String,
        /// Column that does not read; never its content.
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
        /// Directory that could not be used.
        directory: PathBuf,
        /// Message of the operating system.
        problem: String,
    },
    /// The disk is full.
    #[error("there is no room for {0}: make room on its disk and start again; what was acknowledged is kept")]
    NoRoom(PathBuf),
    /// The database file does not hold together.
    #[error(
        "{file} is damaged ({problem}): copy its directory away, and put the last backup into an empty one with \
         `crosswalk restore`; `crosswalk doctor` says what else is wrong"
    )]
    Damaged {
        /// File that could not be used.
        file: PathBuf,
        /// Message of SQLite about the file.
        problem: String,
    },
    /// The database file is something else.
    #[error(
        "{file} is no record of Crosswalk's: {problem}; put the right file there, from a backup with `crosswalk restore` \
         into an empty directory, or say another directory with --data"
    )]
    WrongFile {
        /// File that could not be used.
        file: PathBuf,
        /// Reason, in a sentence.
        problem: String,
    },
    /// The database file of a record that was kept here has no content, or is not there.
    #[error(
        "{file} is empty or gone, and {directory} has held a record: nothing was begun in its place; put the last backup \
         into an empty directory with `crosswalk restore`, or say an empty directory with --data to begin a new record"
    )]
    Emptied {
        /// File that is missing.
        file: PathBuf,
        /// Directory that it belongs into.
        directory: PathBuf,
    },
    /// The directory holds no record, and something that is not the service's.
    #[error(
        "data directory {directory} holds no record, and {found} that is not Crosswalk's: nothing in it was changed; say an \
         empty directory with --data to begin a record, or the one that holds yours"
    )]
    NotOurs {
        /// Directory that was named.
        directory: PathBuf,
        /// Name of a file in it that is somebody else's.
        found: String,
    },
    /// The database holds no record, and the directory has held one.
    #[error(
        "the database holds no record, and {0} belongs to one: nothing was begun in its place; say the right address with \
         --database-url, restore the database, or say an empty directory with --data to begin a new record"
    )]
    OtherRecord(PathBuf),
    /// A backup was put back in part.
    #[error(
        "the restore into {0} did not come to its end: run `crosswalk restore` again with the same backup and directory"
    )]
    HalfRestored(PathBuf),
    /// A later release has changed the schema so that this one would misread it.
    #[error(
        "{what} needs a program that knows schema {needs}, and this one knows {known}: run the newer release, or restore a \
         backup that was made before the upgrade"
    )]
    Newer {
        /// Database that is meant.
        what: String,
        /// Version that the record asks of a program.
        needs: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// Versions before 3.51.3 can corrupt a write-ahead log that several connections use ("The WAL Reset
    /// Bug", sqlite.org/wal.html).
    #[error("SQLite {0} is too old, 3.51.3 or newer is needed")]
    TooOld(String),
    /// A setting that keeps acknowledged writes did not take.
    #[error("SQLite setting {0} did not take")]
    Setting(&'static str),
    /// The address of the database does not say where it is.
    #[error("the address of the database cannot be used: {0}")]
    Address(String),
    /// The server is set so that it may lose what was acknowledged.
    #[error("the database may lose what it acknowledged: {setting} is \"{held}\"; fix: {fix}")]
    Unsafe {
        /// Name of PostgreSQL's setting.
        setting: &'static str,
        /// Value that it has.
        held: String,
        /// Step that fixes it.
        fix: &'static str,
    },
    /// The schema could not be brought up to date.
    #[error("schema cannot be migrated: {0}")]
    Migration(String),
    /// The database cannot be reached.
    #[error(transparent)]
    Database(#[from] StoreError),
}

impl OpenError {
    /// The error that the system reported for a file or directory.
    pub(crate) fn of_file(file: &Path, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoRoom(file.to_owned()),
            kind => Self::Directory { directory: file.to_owned(), problem: kind.to_string() },
        }
    }

    /// The error for a result code of SQLite about a file; `None` for a code that does not concern the file.
    pub(crate) fn of_sqlite(file: &Path, code: i32) -> Option<Self> {
        const CANNOT: &str = "the database file in it cannot be opened or written";
        const FAILED: &str = "its disk failed while the database file was read or written";
        /// `SQLITE_IOERR_SHMSIZE`: the index of the log has no room to grow.
        const NO_ROOM_FOR_THE_INDEX: i32 = 4_874;
        // The low byte is the result, the rest says more of it (sqlite.org/rescode.html).
        Some(match code & 0xff {
            11 => Self::Damaged {
                file: file.to_owned(),
                problem: "a page of it does not hold together".to_owned(),
            },
            26 => {
                Self::WrongFile { file: file.to_owned(), problem: "it is not a SQLite database".to_owned() }
            }
            _ if code == NO_ROOM_FOR_THE_INDEX => Self::NoRoom(file.to_owned()),
            13 => Self::NoRoom(file.to_owned()),
            result @ (3 | 8 | 10 | 14) => {
                let directory = file.parent().unwrap_or(file).to_owned();
                let problem = if result == 10 { FAILED } else { CANNOT };
                Self::Directory { directory, problem: problem.to_owned() }
            }
            _ => return None,
        })
    }

    /// The same for what sqlx passes on.
    pub(crate) fn of_sqlx(file: &Path, error: sqlx::Error) -> Self {
        let code = match &error {
            sqlx::Error::Database(cause) => cause.code().and_then(|code| code.parse().ok()),
            _ => None,
        };
        code.and_then(|code| Self::of_sqlite(file, code)).unwrap_or_else(|| Self::Database(error.into()))
    }

    /// Why `what`, an embedded file or a server's database, has not this program's schema; `failed` reads
    /// what the database itself said.
    pub(crate) fn of_schema(what: &Path, error: MigrateError, failed: impl Fn(sqlx::Error) -> Self) -> Self {
        match error {
            MigrateError::VersionMissing(step) | MigrateError::VersionMismatch(step) => Self::WrongFile {
                file: what.to_owned(),
                problem: format!("step {step} of its schema is not this program's"),
            },
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => failed(error),
            other => Self::Migration(other.to_string()),
        }
    }
}

/// No connection over TLS, in the words of the library: they speak of certificates, and quote nothing that
/// was sent.
fn insecure(cause: &dyn Display) -> StoreError {
    StoreError::Away(format!(
        "no secure connection ({cause}); `sslmode` says what is demanded of the server, and `sslrootcert` whose certificates are \
         believed"
    ))
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut => Self::busy("no connection in time"),
            // The code and nothing more: messages quote values.
            sqlx::Error::Database(cause) => Self::of_code(cause.code().as_deref().unwrap_or("unknown")),
            // What rustls does not believe arrives as data that are invalid.
            sqlx::Error::Io(cause) if cause.kind() == ErrorKind::InvalidData => insecure(cause),
            sqlx::Error::Io(cause) => Self::Away(format!("connection lost, {}", cause.kind())),
            sqlx::Error::PoolClosed => Self::Away("the store is closed".to_owned()),
            sqlx::Error::Tls(cause) => insecure(cause),
            sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => {
                Self::Away("protocol failure".to_owned())
            }
            sqlx::Error::ColumnDecode { index, .. } => {
                Self::Database(format!("column {index} does not decode"))
            }
            sqlx::Error::ColumnNotFound(column) => Self::Database(format!("no column {column}")),
            sqlx::Error::Configuration(_) => {
                Self::Database("the address of the database does not read".to_owned())
            }
            _ => Self::Database("protocol failure".to_owned()),
        }
    }
}

impl StoreError {
    /// Busy for what no code says.
    pub(crate) fn busy(waited_for: &str) -> Self {
        Self::Busy(waited_for.to_owned())
    }

    /// The error for a code: an SQLSTATE of five characters, or a number of SQLite's.
    pub(crate) fn of_code(code: &str) -> Self {
        if code.len() == 5 { Self::of_state(code) } else { Self::of_number(code) }
    }

    /// The error for an SQLSTATE ("PostgreSQL Error Codes", appendix A of its manual).
    fn of_state(state: &str) -> Self {
        let named = format!("SQLSTATE {state}");
        match (&state[..2], state) {
            // Serialization, deadlock; no lock in time, statement cancelled; no memory, too many connections.
            ("40", _) | (_, "55P03" | "57014" | "53200" | "53300" | "53400") => Self::Busy(named),
            (_, "53100") => Self::NoRoom(named),
            // The connection; whoever asks may not come in; the database is not there; going down; input and
            // output; read-only, as a standby is.
            ("08" | "28" | "3D" | "57" | "58", _) | (_, "25006") => Self::Away(named),
            _ => Self::Database(named),
        }
    }

    /// The error for a result code of SQLite; the extended codes hold the primary one in their last byte.
    fn of_number(number: &str) -> Self {
        const PRIMARY: i32 = 0xff;
        let named = format!("SQLite code {number}");
        match number.parse::<i32>().map(|code| code & PRIMARY) {
            // Busy, locked.
            Ok(5 | 6) => Self::Busy(named),
            // Full.
            Ok(13) => Self::NoRoom(named),
            // Read-only, input and output, cannot open.
            Ok(8 | 10 | 14) => Self::Away(named),
            _ => Self::Database(named),
        }
    }

    /// Counts and logs a failure of the database by its code. `doing` is `commit`, `read` or `connect`.
    pub(crate) fn noted(self, doing: &'static str) -> Self {
        let code = match &self {
            Self::Busy(code) => code_of(code).unwrap_or("busy"),
            Self::Unknown => "unknown",
            Self::Away(code) | Self::NoRoom(code) | Self::Database(code) => {
                code.rsplit(' ').next().unwrap_or_default()
            }
            // What the caller expected of the record did not hold: no failure of the database.
            _ => return self,
        };
        metrics::counter!("crosswalk_database_errors_total", "code" => code.to_owned(), "doing" => doing)
            .increment(1);
        tracing::warn!(code, doing, error = %self, "the database did not do it");
        self
    }
}

/// The database's own code in what an error says of its cause.
fn code_of(cause: &str) -> Option<&str> {
    ["SQLSTATE ", "SQLite code "].into_iter().find_map(|before| cause.strip_prefix(before))
}

#[cfg(test)]
mod tests {
    use super::StoreError as E;

    #[test]
    fn codes_say_whether_it_is_worth_to_come_back() {
        let of = |state: &str| format!("SQLSTATE {state}");
        for state in ["40001", "40P01", "55P03", "57014", "53200", "53300", "53400"] {
            assert_eq!(E::of_code(state), E::Busy(of(state)), "{state}");
        }
        for state in ["08006", "08P01", "28P01", "3D000", "57P01", "57P02", "57P03", "58030", "25006"] {
            assert_eq!(E::of_code(state), E::Away(of(state)), "{state}");
        }
        assert_eq!(E::of_code("53100"), E::NoRoom(of("53100")));
        for state in ["42601", "22P02", "XX001", "23514"] {
            assert_eq!(E::of_code(state), E::Database(of(state)), "{state}");
        }
        // SQLITE_BUSY_SNAPSHOT, SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_CORRUPT.
        assert_eq!(E::of_code("517"), E::Busy("SQLite code 517".to_owned()));
        assert_eq!(E::of_code("13"), E::NoRoom("SQLite code 13".to_owned()));
        assert_eq!(E::of_code("778"), E::Away("SQLite code 778".to_owned()));
        assert_eq!(E::of_code("11"), E::Database("SQLite code 11".to_owned()));
    }
}

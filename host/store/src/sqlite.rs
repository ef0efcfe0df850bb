//! SQLite: one thread writes and commits in groups, whoever asks reads.
//!
//! A commit costs a wait for the disk. So the writer takes all units that are waiting, runs each in a
//! savepoint of its own, commits once, and only then answers all of them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, ToSql, ffi};
use sqlx::ConnectOptions;
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use tokio::sync::oneshot;

use crate::postgres::table;
use crate::premises::Premises;
use crate::row::Row;
use crate::schema;
use crate::unit::{Expect, Statement, Unit, Value, bulk_part_took};
use crate::{OpenError, StoreError};
use readers::Readers;

mod readers;

/// Most units that may wait. More are refused: a queue that only grows helps nobody.
const WAITING: usize = 1024;
/// Units that share one commit.
const GROUP: usize = 256;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
/// Longest wait for a directory's lock, and the pause between two looks at it.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);
const LOCK_PAUSE: Duration = Duration::from_millis(10);
/// Older versions can corrupt a write-ahead log that several connections use.
const OLDEST: (u32, u32, u32) = (3, 51, 3);

/// Most bytes of a file that is read through at every start; a larger one is `crosswalk doctor`'s.
const LOOKED_THROUGH: u64 = 256 << 20;

pub(crate) struct Sqlite {
    readers: Arc<Readers>,
    /// Queue of the writer; `None` once closed.
    jobs: Mutex<Option<SyncSender<Job>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// One unit and whoever waits for it.
struct Job {
    unit: Unit,
    answer: oneshot::Sender<Result<(), StoreError>>,
}

impl Sqlite {
    pub(crate) async fn open(directory: PathBuf) -> Result<Self, OpenError> {
        let premises = Premises::at(&directory);
        premises.take()?;
        let lock = lock(&directory).await?;
        premises.admit()?;
        let file = premises.record();
        migrate(&file).await?;
        let connection = connect_writer(&file)?;
        if std::fs::metadata(&file).is_ok_and(|about| about.len() <= LOOKED_THROUGH) {
            look_through(&connection, &file)?;
        }
        let (sender, jobs) = sync_channel(WAITING);
        let writer = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || {
                write(&connection, &jobs);
                // The last to go: who gets the lock finds the log folded into the file.
                drop(connection);
                drop(lock);
            })
            .map_err(|error| StoreError::Database(format!("the writer does not start: {}", error.kind())))?;
        Ok(Self {
            readers: Readers::of(file),
            jobs: Mutex::new(Some(sender)),
            writer: Mutex::new(Some(writer)),
        })
    }

    pub(crate) async fn commit(&self, unit: Unit) -> Result<(), StoreError> {
        let (answer, outcome) = oneshot::channel();
        match &*self.jobs.lock().unwrap_or_else(PoisonError::into_inner) {
            None => return Err(StoreError::Away("the store is closed".to_owned())),
            Some(jobs) => jobs.try_send(Job { unit, answer }).map_err(|refused| match refused {
                TrySendError::Full(_) => StoreError::busy("too many units wait"),
                TrySendError::Disconnected(_) => StoreError::Away("the writer has stopped".to_owned()),
            })?,
        }
        outcome.await.unwrap_or(Err(StoreError::Unknown)).map_err(|error| error.noted("commit"))
    }

    pub(crate) async fn all<T: Row>(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<T>, StoreError> {
        self.readers.all(sql, values).await
    }

    pub(crate) async fn close(&self) {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.readers.close().await;
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer
            && !matches!(tokio::task::spawn_blocking(|| writer.join()).await, Ok(Ok(())))
        {
            tracing::error!("the writer did not end well");
        }
    }
}

/// Takes the directory for this process. The lock goes with the file that is returned.
///
/// A process that was killed as it started another leaves the lock with that other one for as long as it
/// takes to run its own program. So a taken lock is tried again for a moment before it counts as somebody's.
async fn lock(directory: &Path) -> Result<File, OpenError> {
    let unusable = |error: std::io::Error| OpenError::of_file(directory, &error);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let file = options.open(directory.join("crosswalk.lock")).map_err(unusable)?;
    let end = Instant::now() + LOCK_PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
            Err(TryLockError::WouldBlock) if Instant::now() >= end => {
                return Err(OpenError::InUse(directory.to_owned()));
            }
            Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_PAUSE).await,
        }
    }
}

/// Tables of a file, and those of them by which a record of ours is known.
const TABLES: &str = "select count(*), count(*) filter (where name = '_sqlx_migrations') from sqlite_master";

async fn migrate(file: &Path) -> Result<(), OpenError> {
    let failed = |error| OpenError::of_sqlx(file, error);
    let mut connection = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging()
        .connect()
        .await
        .map_err(failed)?;
    let (all, ours): (i64, i64) = sqlx::query_as(TABLES).fetch_one(&mut connection).await.map_err(failed)?;
    if all > 0 && ours == 0 {
        let problem = "it is another program's database".to_owned();
        return Err(OpenError::WrongFile { file: file.to_owned(), problem });
    }
    let migrated = schema::migrate_sqlite(&mut connection).await;
    migrated.map_err(|error| OpenError::of_schema(file, error, failed))?;
    connection.close().await.map_err(failed)?;
    Ok(())
}

/// Reads every page of a file, and says what does not hold together.
fn look_through(connection: &Connection, file: &Path) -> Result<(), OpenError> {
    let said = connection.query_row("pragma quick_check(1)", [], |row| row.get::<_, String>(0));
    match said {
        Ok(said) if said == "ok" => Ok(()),
        // SQLite says it in lines; whoever starts the service reads one.
        Ok(said) => {
            let problem = said.lines().collect::<Vec<_>>().join("; ");
            Err(OpenError::Damaged { file: file.to_owned(), problem })
        }
        Err(error) => Err(unopened(file, &error)),
    }
}

/// The error for a file that SQLite failed on.
pub(crate) fn unopened(file: &Path, error: &rusqlite::Error) -> OpenError {
    let of_file = error.sqlite_error().and_then(|cause| OpenError::of_sqlite(file, cause.extended_code));
    of_file.unwrap_or_else(|| OpenError::Database(refusal(error, Expect::Any)))
}

/// Opens the one connection that writes, and reads back what keeps an acknowledged write: no power cut may
/// lose one.
fn connect_writer(file: &Path) -> Result<Connection, OpenError> {
    let failed = |error: rusqlite::Error| unopened(file, &error);
    let connection = Connection::open(file).map_err(failed)?;
    let version: String =
        connection.query_row("select sqlite_version()", [], |row| row.get(0)).map_err(failed)?;
    if !recent_enough(&version) {
        return Err(OpenError::TooOld(version));
    }
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    for (name, set, expected) in [
        ("journal_mode", "WAL", "wal"),
        ("synchronous", "FULL", "2"),
        ("foreign_keys", "ON", "1"),
        ("trusted_schema", "OFF", "0"),
        ("cell_size_check", "ON", "1"),
    ] {
        connection.pragma_update(None, name, set).map_err(failed)?;
        let held: String = connection
            .pragma_query_value(None, name, |row| {
                row.get::<_, rusqlite::types::Value>(0).map(|value| match value {
                    rusqlite::types::Value::Integer(number) => number.to_string(),
                    rusqlite::types::Value::Text(text) => text,
                    _ => String::new(),
                })
            })
            .map_err(failed)?;
        if held != expected {
            return Err(OpenError::Setting(name));
        }
    }
    Ok(connection)
}

fn recent_enough(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next()) >= OLDEST
}

/// The writer's life: until nobody can send any more, and everything sent is done.
fn write(connection: &Connection, jobs: &Receiver<Job>) {
    let mut prepared = Prepared { connection, statements: HashMap::new() };
    while let Ok(first) = jobs.recv() {
        let mut group = vec![first];
        // What is waiting now; waiting longer for more would make everybody wait.
        group.extend(jobs.try_iter().take(GROUP - 1));
        let outcomes = commit_group(&mut prepared, &group);
        for (job, outcome) in group.into_iter().zip(outcomes) {
            // Who asked may be gone. It is done all the same.
            let _ = job.answer.send(outcome);
        }
    }
}

/// One outcome for each of `group`, once they are durable.
fn commit_group(prepared: &mut Prepared<'_>, group: &[Job]) -> Vec<Result<(), StoreError>> {
    let all = |error: StoreError| vec![Err(error); group.len()];
    if let Err(error) = prepared.run("begin immediate") {
        return all(error);
    }
    let mut outcomes = Vec::with_capacity(group.len());
    for job in group {
        let outcome = in_savepoint(prepared, &job.unit);
        if prepared.connection.is_autocommit() {
            // A full disk or the like: SQLite has rolled everything back, the neighbours too.
            let error =
                outcome.err().unwrap_or_else(|| StoreError::Database("it was rolled back".to_owned()));
            tracing::error!(%error, units = group.len(), "a group of units was rolled back");
            return all(error);
        }
        outcomes.push(outcome);
    }
    let begun = Instant::now();
    let committed = prepared.run("commit");
    if group.iter().any(|job| job.unit.is_bulk()) {
        bulk_part_took("commit", begun.elapsed());
    }
    if let Err(error) = committed {
        tracing::error!(%error, units = group.len(), "a commit failed");
        let undone = if prepared.connection.is_autocommit() {
            // SQLite has rolled back. What found no room was not written to its end, and counts for nothing
            // in the log; what could not be synced may be there yet after a power cut.
            matches!(error, StoreError::NoRoom(_))
        } else {
            prepared.run("rollback").is_ok()
        };
        return all(if undone { error } else { StoreError::Unknown });
    }
    outcomes
}

/// Does a unit, or leaves everything as it was before it.
fn in_savepoint(prepared: &mut Prepared<'_>, unit: &Unit) -> Result<(), StoreError> {
    prepared.run("savepoint unit")?;
    let outcome = unit.statements.iter().try_for_each(|statement| prepared.execute(statement));
    if outcome.is_err() && !prepared.connection.is_autocommit() {
        prepared.run("rollback to unit")?;
    }
    if !prepared.connection.is_autocommit() {
        prepared.run("release unit")?;
    }
    outcome
}

/// Statements, compiled once. There are as many as are written in this crate.
struct Prepared<'c> {
    connection: &'c Connection,
    statements: HashMap<&'static str, rusqlite::Statement<'c>>,
}

impl Prepared<'_> {
    fn run(&mut self, sql: &'static str) -> Result<(), StoreError> {
        self.rows(sql, &[]).map(drop).map_err(|error| refusal(&error, Expect::Any))
    }

    fn execute(&mut self, statement: &Statement) -> Result<(), StoreError> {
        let begun = Instant::now();
        let rows = self
            .rows(statement.sql.sqlite, &statement.values)
            .map_err(|error| refusal(&error, statement.expect))?;
        if statement.is_bulk() {
            bulk_part_took(table(statement.sql.sqlite), begun.elapsed());
        }
        statement.expect.check(rows)
    }

    /// Number of rows that it changed, or found if it is a query: once, or once for each row of its columns.
    fn rows(&mut self, sql: &'static str, values: &[Value]) -> rusqlite::Result<u64> {
        let statement = match self.statements.entry(sql) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(self.connection.prepare(sql)?),
        };
        let mut columns = Vec::new();
        for (place, value) in (1..).zip(placed(statement, values)?) {
            match value {
                Value::Column(column) => columns.push((place, column)),
                // It stays bound from row to row.
                value => statement.raw_bind_parameter(place, value)?,
            }
        }
        let rows = columns.first().map_or(1, |(_, column)| column.rows());
        let mut touched = 0;
        for row in 0..rows {
            for (place, column) in &columns {
                statement.raw_bind_parameter(*place, column.cell(row))?;
            }
            touched += once(statement)?;
        }
        Ok(touched)
    }
}

/// The value of each parameter. SQLite numbers `$2` by where it first stands, not by its name.
fn placed<'v>(statement: &rusqlite::Statement<'_>, values: &'v [Value]) -> rusqlite::Result<Vec<&'v Value>> {
    let value = |index| {
        let name = statement.parameter_name(index)?.strip_prefix('$')?;
        values.get(name.parse::<usize>().ok()?.checked_sub(1)?)
    };
    let missing = |index| rusqlite::Error::InvalidParameterCount(values.len(), index);
    (1..=statement.parameter_count()).map(|index| value(index).ok_or_else(|| missing(index))).collect()
}

/// Number of rows that a statement changes or finds with the values that are bound.
fn once(statement: &mut rusqlite::Statement<'_>) -> rusqlite::Result<u64> {
    if statement.column_count() == 0 {
        return Ok(u64::try_from(statement.raw_execute()?).unwrap_or(u64::MAX));
    }
    let mut found = statement.raw_query();
    let mut count = 0;
    while found.next()?.is_some() {
        count += 1;
    }
    Ok(count)
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Int(number) => number.to_sql(),
            Self::Text(text) => text.to_sql(),
            Self::Bytes(bytes) => bytes.to_sql(),
            // Bound cell by cell.
            Self::Column(_) => Err(rusqlite::Error::InvalidQuery),
        }
    }
}

fn refusal(error: &rusqlite::Error, expect: Expect) -> StoreError {
    let rusqlite::Error::SqliteFailure(cause, _) = error else {
        // Its text names columns and counts, never values.
        return StoreError::Database(error.to_string());
    };
    match cause.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => expect.taken(),
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => StoreError::NotThere,
        code => StoreError::of_code(&code.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::recent_enough;

    #[test]
    fn versions_that_can_corrupt_the_log_are_refused() {
        for (version, accepted) in [
            ("3.51.2", false),
            ("3.51.3", true),
            ("3.52.0", true),
            ("4.0.0", true),
            ("3.9.9", false),
            ("", false),
        ] {
            assert_eq!(recent_enough(version), accepted, "{version}");
        }
    }
}

//! Reads of SQLite, made where they are asked.
//!
//! A read by an index takes some microseconds, and handing it to another thread and back takes longer than
//! that. So it is made on the thread of whoever asks. While it runs, that thread serves nobody else: a read
//! that is not done in a millisecond or so is given up there and asked anew on a thread that may wait, as a
//! plugin is in the slow lane. So is one that would have to wait for a lock. A statement that was slow is
//! asked apart from the first for the next eight reads, and then tried again.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{coop, spawn_blocking};

use super::{ACQUIRE_TIMEOUT, BUSY_TIMEOUT, placed, refusal};
use crate::StoreError;
use crate::row::{Cells, Row};
use crate::unit::{self, Expect, Value};

/// Steps of SQLite's machine between two looks at a read: some tens of microseconds.
const STEPS: i32 = 1_000;
/// Looks after which a read has kept the thread of whoever asks for long enough: about a millisecond of
/// work. Counted, not timed: on a busy machine a short read may be without the processor for longer.
const LOOKS: u32 = 16;
/// The same by the clock, for a disk that is slow.
const AT_ONCE: Duration = Duration::from_millis(5);
/// Reads that are made apart at one moment.
const APART: usize = 4;
/// Reads of a statement that are made apart after a slow one.
const PENALTY: u8 = 8;
/// Compiled statements that a connection keeps. There are fewer in this crate.
const STATEMENTS: usize = 512;

/// Connections that read. Each is open for as long as the store, and of one read at a time.
pub(super) struct Readers {
    file: PathBuf,
    idle: Mutex<Vec<Connection>>,
    /// Places of all reads: for each processor one, and for those that are made apart.
    places: Arc<Semaphore>,
    most: u32,
    /// Places of reads that are made apart.
    apart: Arc<Semaphore>,
    /// Statements that were slow, and how many more reads of each are made apart.
    slow: Mutex<HashMap<&'static str, u8>>,
}

/// Point at which a read is given up.
enum Until {
    /// It has taken as much as it may where it was asked.
    Spent { looks: u32, end: Instant },
    /// Nobody waits for it any more.
    GivenUp(Arc<AtomicBool>),
}

impl Until {
    /// Looks once more, and is true if the read is to be given up.
    fn is_over(&mut self) -> bool {
        match self {
            Self::Spent { looks, end } => {
                *looks = looks.saturating_sub(1);
                *looks == 0 || Instant::now() >= *end
            }
            Self::GivenUp(given_up) => given_up.load(Ordering::Relaxed),
        }
    }
}

impl Readers {
    pub(super) fn of(file: PathBuf) -> Arc<Self> {
        let most = available_parallelism().map_or(1, usize::from) + APART;
        Arc::new(Self {
            file,
            idle: Mutex::default(),
            places: Arc::new(Semaphore::new(most)),
            most: u32::try_from(most).unwrap_or(u32::MAX),
            apart: Arc::new(Semaphore::new(APART)),
            slow: Mutex::default(),
        })
    }

    /// Every row that a query finds.
    pub(super) async fn all<T: Row>(
        self: &Arc<Self>,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<T>, StoreError> {
        // A task of many reads never waits, and would keep its thread from all others.
        coop::consume_budget().await;
        let values: Vec<Value> = values.into_iter().map(of_one_read).collect();
        if !self.is_slow(sql) {
            let place = place(&self.places).await?;
            let end = Instant::now() + AT_ONCE;
            let read = self.read(sql, &values, Until::Spent { looks: LOOKS, end }, Duration::ZERO);
            drop(place);
            let is_given_up = read.as_ref().is_err_and(takes_longer);
            // A large value is read in one step, which nothing interrupts.
            if is_given_up || Instant::now() >= end {
                self.penalize(sql);
            }
            if !is_given_up {
                return read.map_err(failed);
            }
        }
        self.all_apart(sql, values).await
    }

    /// The same on a thread that may wait. Given up when the caller is gone.
    async fn all_apart<T: Row>(
        self: &Arc<Self>,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<T>, StoreError> {
        let places = (place(&self.apart).await?, place(&self.places).await?);
        let caller = Caller::default();
        let (readers, until) = (Arc::clone(self), Until::GivenUp(Arc::clone(&caller.gone)));
        let reading = spawn_blocking(move || {
            let read = readers.read(sql, &values, until, BUSY_TIMEOUT);
            drop(places);
            read
        });
        let broke_off = |_| StoreError::Away("a read broke off".to_owned());
        reading.await.map_err(broke_off)?.map_err(failed)
    }

    fn read<T: Row>(
        &self,
        sql: &'static str,
        values: &[Value],
        mut until: Until,
        patience: Duration,
    ) -> rusqlite::Result<Vec<T>> {
        let idle = guarded(&self.idle).pop();
        let connection = idle.map_or_else(|| self.connect(), Ok)?;
        connection.busy_timeout(patience)?;
        connection.progress_handler(STEPS, Some(move || until.is_over()))?;
        let read = connection.prepare_cached(sql).and_then(|statement| rows(statement, values));
        // After another failure it is not known of what use the connection is.
        if read.as_ref().map_or_else(takes_longer, |_| true) {
            guarded(&self.idle).push(connection);
        }
        read
    }

    fn connect(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.file, flags)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.pragma_update(None, "trusted_schema", "OFF")?;
        connection.pragma_update(None, "cell_size_check", "ON")?;
        Ok(connection)
    }

    /// True if a read of this statement is to be made apart, which is then counted.
    fn is_slow(&self, sql: &'static str) -> bool {
        let mut slow = guarded(&self.slow);
        let Some(left) = slow.get_mut(sql) else { return false };
        *left -= 1;
        if *left == 0 {
            slow.remove(sql);
        }
        true
    }

    fn penalize(&self, sql: &'static str) {
        guarded(&self.slow).insert(sql, PENALTY);
    }

    /// Waits for the reads under way, refuses more, and closes every connection.
    pub(super) async fn close(&self) {
        let all = self.places.acquire_many(self.most).await;
        self.places.close();
        drop(all);
        guarded(&self.idle).clear();
    }
}

/// Whoever waits for a read that is made apart.
#[derive(Default)]
struct Caller {
    gone: Arc<AtomicBool>,
}

impl Drop for Caller {
    fn drop(&mut self) {
        self.gone.store(true, Ordering::Relaxed);
    }
}

async fn place(places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, StoreError> {
    if let Ok(place) = Arc::clone(places).try_acquire_owned() {
        return Ok(place);
    }
    let waiting = tokio::time::timeout(ACQUIRE_TIMEOUT, Arc::clone(places).acquire_owned());
    let place = waiting.await.map_err(|_elapsed| StoreError::busy("no place in time").noted("read"))?;
    place.map_err(|_closed| StoreError::Away("the store is closed".to_owned()).noted("read"))
}

fn guarded<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A read is asked once: with a list.
fn of_one_read(value: Value) -> Value {
    match value {
        Value::Column(column) => unit::text(serde_json::json!(column.cells().collect::<Vec<_>>())),
        value => value,
    }
}

/// True if a read was given up, or a lock was not to be had at once.
fn takes_longer(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::OperationInterrupted | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

fn rows<T: Row>(mut statement: CachedStatement<'_>, values: &[Value]) -> rusqlite::Result<Vec<T>> {
    let places: Vec<usize> =
        T::COLUMNS.iter().map(|column| statement.column_index(column)).collect::<Result<_, _>>()?;
    for (place, value) in placed(&statement, values)?.into_iter().enumerate() {
        statement.raw_bind_parameter(place + 1, value)?;
    }
    let (mut found, mut read) = (statement.raw_query(), Vec::new());
    while let Some(row) = found.next()? {
        read.push(T::of_sqlite(&mut Cells::new(row, &places))?);
    }
    Ok(read)
}

fn failed(error: rusqlite::Error) -> StoreError {
    let error = match error {
        rusqlite::Error::InvalidColumnType(_, column, _) => {
            StoreError::Database(format!("column {column} does not decode"))
        }
        error => refusal(&error, Expect::Any),
    };
    error.noted("read")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use rusqlite::Connection;

    use super::{PENALTY, Readers, guarded};
    use crate::StoreError;
    use crate::unit::{self, Value};

    /// Counts far enough that it takes longer than a read may where it is asked.
    const LONG: &str = "with recursive n(i) as (select 1 union all select i + 1 from n where i < $1) \
                        select max(i) from n";
    const SHORT: &str =
        "select b, a from t where a = $1 or b in (select value from json_each($2)) order by a";

    struct World {
        _folder: tempfile::TempDir,
        readers: Arc<Readers>,
    }

    impl World {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("record");
            let connection = Connection::open(&file).unwrap();
            connection
                .execute_batch("create table t (a, b); insert into t values (1, 'x'), (2, 'y')")
                .unwrap();
            Self { _folder: folder, readers: Readers::of(file) }
        }

        fn penalty(&self, sql: &str) -> Option<u8> {
            guarded(&self.readers.slow).get(sql).copied()
        }
    }

    fn values(number: i64) -> Vec<Value> {
        vec![unit::int(number), unit::column(&["y"], Some)]
    }

    #[tokio::test]
    async fn a_short_read_is_made_at_once() {
        let world = World::new();
        let rows: Vec<(String, i64)> = world.readers.all(SHORT, values(1)).await.unwrap();
        assert_eq!(rows, [("x".to_owned(), 1), ("y".to_owned(), 2)]);
        assert_eq!((world.penalty(SHORT), guarded(&world.readers.idle).len()), (None, 1));
    }

    #[tokio::test]
    async fn a_long_read_is_made_apart_and_answers_the_same() {
        let world = World::new();
        let rows: Vec<(i64,)> = world.readers.all(LONG, vec![unit::int(2_000_000)]).await.unwrap();
        assert_eq!(rows, [(2_000_000,)]);
        // The next ones are made apart from the first, and then it is tried again.
        for left in (0..PENALTY).rev() {
            assert!(world.readers.is_slow(LONG));
            assert_eq!(world.penalty(LONG), (left > 0).then_some(left));
        }
        assert!(!world.readers.is_slow(LONG));
    }

    #[tokio::test]
    async fn a_long_read_ends_with_whoever_waits_for_it() {
        let world = World::new();
        let endless = world.readers.all::<(i64,)>(LONG, vec![unit::int(i64::MAX)]);
        assert!(tokio::time::timeout(Duration::from_millis(50), endless).await.is_err());
        // It would have kept a place: closing waits for all of them.
        tokio::time::timeout(Duration::from_secs(10), world.readers.close()).await.unwrap();
        let refused = world.readers.all::<(String, i64)>(SHORT, values(1)).await;
        assert_eq!(refused, Err(StoreError::Away("the store is closed".to_owned())));
    }

    #[tokio::test]
    async fn what_is_of_another_type_is_no_default() {
        let world = World::new();
        let read = world.readers.all::<(i64, i64)>(SHORT, values(1)).await;
        assert_eq!(read, Err(StoreError::Database("column b does not decode".to_owned())));
        let read = world.readers.all::<(String,)>("select null", Vec::new()).await;
        assert_eq!(read, Err(StoreError::Database("column null does not decode".to_owned())));
        let read = world.readers.all::<(Option<String>,)>("select null", Vec::new()).await;
        assert_eq!(read, Ok(vec![(None,)]));
        let read = world.readers.all::<(i64,)>("select a from t where a = $2", vec![unit::int(1)]).await;
        assert!(matches!(read, Err(StoreError::Database(_))), "{read:?}");
    }
}

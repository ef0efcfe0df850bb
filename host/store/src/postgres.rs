//! PostgreSQL: every unit runs to its end in a task of its own.
//!
//! sqlx loses count of a transaction whose `begin` is cancelled (sqlx issue 4385): the connection goes back
//! to the pool inside it, and the next borrower's acknowledged writes vanish. A browser that hangs up must
//! not be able to do that, so nobody can cancel a unit, and each unit begins by ending whatever its
//! connection was left in.

mod address;
mod finder;
mod lender;
mod message;
mod routine;
mod warned;

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::Connection as _;
use sqlx::postgres::{PgArguments, PgConnection, PgDatabaseError, PgRow, PgSeverity};
use sqlx::{AssertSqlSafe, Row as _, SqlSafeStr as _, SqlStr};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use crate::ahead::{self, Read, Rows};
use crate::row::Row;
use crate::schema;
use crate::session::{self, Kept};
use crate::unit::{Expect, Statement, Unit, Value, bulk_part_took};
use crate::{Connections, OpenError, StoreConfig, StoreError};

use address::hosts;
pub(crate) use finder::Pools;
use finder::{ACQUIRE_TIMEOUT, Finder, Wishes, WriterSearch, away, crowded, usual};
pub(crate) use lender::Lent;
use message::{Message, messages, taken};
pub(crate) use message::{in_order, renumbered, table};
use routine::{Missed, NotMade, Routine, Routines};
use warned::Committed;

/// Most units under way or waiting. More are refused.
const UNDER_WAY: u32 = 1024;
/// Longest time for one unit, and for finding a lost writer again.
const UNIT_LIMIT: Duration = Duration::from_secs(10);
/// A file of a million rows is one unit too. Each of its statements stays under the statement's own limit.
const LARGE_UNIT_LIMIT: Duration = Duration::from_secs(600);
const LARGE: usize = 64;
const READ_LIMIT: Duration = Duration::from_secs(6);
const TRIES: u32 = 3;
/// Connections of a pool that may turn out to be dead before one lives: after the server has restarted, all
/// of them.
const STALE: u32 = 1024;
/// In one round trip. The first `begin`, so that a clean connection is not warned about; in a transaction
/// that had failed it fails as well, and the connection is closed.
const BEGIN: &str = "begin; rollback; begin";

pub(crate) struct Postgres {
    finder: Arc<Finder>,
    under_way: Arc<Semaphore>,
    routines: Arc<Routines>,
}

/// Failure of one try.
enum Failure {
    /// The connection had died while nobody used it. Nothing was begun.
    Stale(StoreError),
    /// For a reason that another try may not meet: a deadlock. Nothing was done.
    Transient(StoreError),
    /// The server lets us make no routine. Nothing was done.
    NoRoutine(sqlx::Error),
    /// The server is lost, or is not the one that writes. Nothing was done.
    Lost(StoreError),
    /// A failure that another try would not change.
    Final(StoreError),
}

/// Loss that a query met, by how far it reaches.
enum Lost {
    /// The connection; another one may do.
    Connection(StoreError),
    /// The server; the writer may be elsewhere.
    Server(StoreError),
    /// The answer to the query alone.
    Query(StoreError),
}

/// Progress of one try.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Beginning,
    Working,
    Committing,
}

/// Connects to the first server of an address that lets us in.
pub(crate) async fn connect(url: &str) -> Result<PgConnection, OpenError> {
    let mut refusal = StoreError::Away("the address names no server".to_owned());
    for host in hosts(url)? {
        match host.options.disable_statement_logging().connect().await {
            Ok(connection) => return Ok(connection),
            Err(error) => refusal = away(error),
        }
    }
    Err(refusal.into())
}

impl Postgres {
    pub(crate) async fn open(url: &str, config: &StoreConfig) -> Result<Self, OpenError> {
        let mut hosts = hosts(url)?;
        for host in &mut hosts {
            host.options = usual(host.options.clone());
        }
        let wishes = Wishes { connections: config.connections.max(2), standby: config.require_standby };
        let finder = Finder::open(hosts, wishes).await?;
        // A migration may take longer than a request.
        let mut connection = finder.writer().connect().await.map_err(away)?;
        let failed = |error| OpenError::Database(away(error));
        let migrated = schema::migrate_postgres(&mut connection).await;
        migrated.map_err(|error| OpenError::of_schema(Path::new("the database"), error, failed))?;
        connection.close().await.map_err(StoreError::from)?;
        let opened = Self {
            finder: Arc::new(finder),
            under_way: Arc::new(Semaphore::new(UNDER_WAY as usize)),
            routines: Arc::default(),
        };
        // The first unit need not wait for a connection, and a writer has its place before any reader.
        drop(opened.finder.pools().writers.lend().await.map_err(StoreError::from)?);
        Ok(opened)
    }

    pub(crate) async fn commit(&self, unit: Unit) -> Result<(), StoreError> {
        if self.under_way.is_closed() {
            return Err(StoreError::Away("the store is closed".to_owned()));
        }
        let permit = Arc::clone(&self.under_way)
            .try_acquire_owned()
            .map_err(|_| StoreError::busy("too many units wait"))?;
        let (finder, routines) = (Arc::clone(&self.finder), Arc::clone(&self.routines));
        tokio::spawn(async move {
            let outcome = commit(&finder, &routines, &unit).await;
            drop(permit);
            outcome
        })
        .await
        // A panic inside: nobody knows.
        .unwrap_or(Err(StoreError::Unknown))
        .map_err(|error| error.noted("commit"))
    }

    pub(crate) async fn all<T: Row>(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.rows(SqlStr::from_static(sql), &values).await?;
        rows.iter()
            .map(T::from_row)
            .collect::<Result<_, _>>()
            .map_err(|error| StoreError::from(error).noted("read"))
    }

    /// The rows of several reads, asked in one message.
    pub(crate) async fn together(&self, reads: &[Read]) -> Result<Vec<Rows>, StoreError> {
        let values: Vec<Value> = reads.iter().flat_map(|read| read.values.iter().cloned()).collect();
        let found = self.rows(AssertSqlSafe(ahead::text(reads)).into_sql_str(), &values).await?;
        let row = found.first().ok_or_else(ahead::unread)?;
        let columns = (0..reads.len()).map(|place| ahead::rows(row.try_get::<&str, _>(place)?));
        columns.collect::<Result<_, StoreError>>().map_err(|error| error.noted("read"))
    }

    async fn rows(&self, sql: SqlStr, values: &[Value]) -> Result<Vec<PgRow>, StoreError> {
        let mut search = Search::within(READ_LIMIT);
        let mut stale = 0;
        loop {
            let pools = self.finder.pools();
            match read(&pools, sql.clone(), values).await {
                // The connection had died while nobody used it. Reading again does no harm.
                Err(Lost::Connection(_)) if stale < STALE => stale += 1,
                Err(Lost::Connection(error) | Lost::Server(error)) => {
                    search.go_on(&self.finder, &pools, error).await.map_err(|error| error.noted("read"))?;
                }
                Err(Lost::Query(error)) => return Err(error.noted("read")),
                Ok(rows) => return Ok(rows),
            }
        }
    }

    /// The connections to the server, open and in use.
    pub(crate) fn connections(&self) -> Vec<Connections> {
        let pools = self.finder.pools();
        [("writers", &pools.writers), ("readers", &pools.readers)]
            .map(|(purpose, pool)| {
                let (open, taken) = pool.count();
                Connections { purpose, open, taken }
            })
            .into()
    }

    pub(crate) async fn close(&self) {
        // All permits are free when no unit is under way.
        if let Ok(all) = self.under_way.acquire_many(UNDER_WAY).await {
            self.under_way.close();
            drop(all);
        }
        self.finder.close().await;
    }
}

async fn read(pools: &Arc<Pools>, sql: SqlStr, values: &[Value]) -> Result<Vec<PgRow>, Lost> {
    let query = values.iter().fold(sqlx::query(sql), bound);
    let mut connection = match session::take().and_then(|kept| kept.of(pools)) {
        Some(connection) => connection,
        None => pools.readers.lend().await.map_err(|error| Lost::Server(away(error)))?,
    };
    match timeout(READ_LIMIT, query.fetch_all(&mut *connection)).await {
        Ok(Ok(rows)) => {
            session::keep(Kept::new(Arc::clone(pools), connection));
            Ok(rows)
        }
        Ok(Err(error)) if is_lost(&error) => {
            Err(Lost::Connection(close_hard(connection, error.into()).await))
        }
        Ok(Err(error)) => Err(Lost::Query(error.into())),
        Err(_) => Err(Lost::Query(close_hard(connection, StoreError::busy("no answer in time")).await)),
    }
}

/// The search for a lost writer, with longer and longer pauses, until its time is over.
struct Search {
    end: Instant,
    pause: Duration,
}

impl Search {
    const LONGEST_PAUSE: Duration = Duration::from_secs(1);

    fn within(limit: Duration) -> Self {
        Self { end: Instant::now() + limit, pause: Duration::from_millis(20) }
    }

    /// Looks for the writer after `error` and pauses, or gives the error back where that is of no use.
    async fn go_on(
        &mut self,
        finder: &Finder,
        seen: &Arc<Pools>,
        error: StoreError,
    ) -> Result<(), StoreError> {
        let was_full = matches!(error, StoreError::Busy(_));
        let error = match finder.look(seen).await {
            Ok(WriterSearch::Another) => return Ok(()),
            // The server is well, and all connections to it are taken.
            Ok(WriterSearch::Same) if was_full => return Err(error),
            Ok(WriterSearch::Same | WriterSearch::NoPlace) => error,
            Err(error) => error,
        };
        if Instant::now() + self.pause >= self.end {
            return Err(error);
        }
        tokio::time::sleep(self.pause + jitter()).await;
        self.pause = (self.pause * 2).min(Self::LONGEST_PAUSE);
        Ok(())
    }
}

/// Does `unit`, again where the failure was the moment's and nothing was done.
async fn commit(finder: &Finder, routines: &Routines, unit: &Unit) -> Result<(), StoreError> {
    let mut search = Search::within(UNIT_LIMIT);
    let (mut tries, mut stale) = (1, 0);
    loop {
        let pools = finder.pools();
        match attempt(finder, &pools, unit, routines.of(unit)).await {
            Ok(()) => return Ok(()),
            Err(Failure::NoRoutine(error)) => routines.turn_off(&error),
            Err(Failure::Stale(_)) if stale < STALE => {
                stale += 1;
                finder.note_away();
            }
            Err(Failure::Transient(_)) if tries < TRIES => {
                tries += 1;
                tokio::time::sleep(jitter()).await;
            }
            Err(Failure::Stale(error) | Failure::Lost(error)) => {
                finder.note_away();
                search.go_on(finder, &pools, error).await?;
            }
            Err(Failure::Transient(error) | Failure::Final(error)) => return Err(error),
        }
    }
}

/// A connection to write with. Where the server has no place, a reader gives one up.
async fn writer(finder: &Finder, pools: &Arc<Pools>) -> Result<Lent, Failure> {
    match pools.writers.lend().await {
        Ok(connection) => Ok(connection),
        Err(sqlx::Error::PoolTimedOut) => match finder.look(pools).await {
            Ok(WriterSearch::NoPlace) => {
                finder.make_place(pools).await;
                pools.writers.lend().await.map_err(|error| Failure::Lost(crowded(error)))
            }
            Ok(WriterSearch::Another) => Err(Failure::Lost(StoreError::Away("the writer moved".to_owned()))),
            Ok(WriterSearch::Same) if finder.was_away() => {
                Err(Failure::Lost(StoreError::Away("the writer was lost".to_owned())))
            }
            Ok(WriterSearch::Same) => Err(Failure::Final(StoreError::busy("no connection in time"))),
            Err(error) => Err(Failure::Lost(error)),
        },
        Err(error) => Err(Failure::Lost(away(error))),
    }
}

async fn attempt(
    finder: &Finder,
    pools: &Arc<Pools>,
    unit: &Unit,
    routine: Option<Arc<Routine>>,
) -> Result<(), Failure> {
    let mut connection = writer(finder, pools).await?;
    let mut step = Step::Beginning;
    let limit = if unit.statements.len() > LARGE { LARGE_UNIT_LIMIT } else { UNIT_LIMIT };
    let outcome = timeout(limit, run(&mut connection, unit, routine.as_deref(), &mut step)).await;
    let error = match outcome {
        Ok(Ok(Committed::Safely)) => {
            pools.writers.give_back(connection);
            return Ok(());
        }
        Ok(Ok(Committed::WithAWarning)) => {
            tracing::error!(
                "a commit was cut short in its wait for the standby: it may be on one server only"
            );
            return Err(Failure::Final(StoreError::Unknown));
        }
        Ok(Err(Broken::Expectation(error))) => return roll_back(connection, Failure::Final(error)).await,
        Ok(Err(Broken::Routine(error))) => return roll_back(connection, Failure::NoRoutine(error)).await,
        Ok(Err(Broken::Database(error))) => Some(error),
        Err(_) => None,
    };
    match error {
        Some(error) if step == Step::Beginning => {
            Err(Failure::Stale(close_hard(connection, error.into()).await))
        }
        // Refused, at `commit` too: nothing of it was done.
        Some(error) if !is_lost(&error) => {
            let again = matches!(code(&error).as_deref(), Some("40001" | "40P01"));
            let failure = if again { Failure::Transient } else { Failure::Final }(error.into());
            roll_back(connection, failure).await
        }
        // The connection is gone or stuck; it must not go back to the pool.
        _ if step == Step::Committing => {
            tracing::error!("the outcome of a commit is not known");
            Err(Failure::Final(close_hard(connection, StoreError::Unknown).await))
        }
        Some(error) => Err(Failure::Lost(close_hard(connection, error.into()).await)),
        None => Err(Failure::Final(close_hard(connection, StoreError::busy("no answer in time")).await)),
    }
}

/// Why a unit was not done.
enum Broken {
    /// A statement did not do what was expected of it.
    Expectation(StoreError),
    /// The database refused, or is gone.
    Database(sqlx::Error),
    /// It makes no routines.
    Routine(sqlx::Error),
}

impl From<sqlx::Error> for Broken {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

async fn run(
    connection: &mut PgConnection,
    unit: &Unit,
    routine: Option<&Routine>,
    step: &mut Step,
) -> Result<Committed, Broken> {
    sqlx::raw_sql(BEGIN).execute(&mut *connection).await?;
    *step = Step::Working;
    match routine {
        Some(routine) => call(connection, unit, routine).await?,
        None => send_all(connection, unit).await?,
    }
    *step = Step::Committing;
    let begun = Instant::now();
    let committed = warned::commit(connection).await?;
    if unit.is_bulk() {
        bulk_part_took("commit", begun.elapsed());
    }
    Ok(committed)
}

/// Does all statements in one message. A connection that meets the routine for the first time makes it.
async fn call(connection: &mut PgConnection, unit: &Unit, routine: &Routine) -> Result<(), Broken> {
    let mut called = routine.call(&mut *connection, unit).await;
    if matches!(called, Err(Missed::NotMade)) {
        routine.make(&mut *connection).await.map_err(|failure| match failure {
            NotMade::Never(error) => Broken::Routine(error),
            NotMade::Now(error) => Broken::Database(error),
        })?;
        called = routine.call(&mut *connection, unit).await;
    }
    let expected = |place: usize| unit.statements.get(place).map_or(Expect::Any, |one| one.expect);
    called.map_err(|missed| match missed {
        Missed::NotMade => Broken::Expectation(StoreError::busy("the routine is not there")),
        Missed::Rows(place, rows) => {
            let missed = expected(place).check(rows).err();
            Broken::Expectation(missed.unwrap_or(StoreError::Conflict))
        }
        Missed::Taken(place) => Broken::Expectation(expected(place).taken()),
        // It says no line that is one of ours.
        Missed::Database(error) if code(&error).as_deref() == Some("23505") => {
            Broken::Expectation(taken(&unit.statements, refusing_table(&error)))
        }
        Missed::Database(error) => not_there(error),
    })
}

/// Sends all statements, those together that can.
async fn send_all(connection: &mut PgConnection, unit: &Unit) -> Result<(), Broken> {
    for message in messages(&unit.statements) {
        let begun = Instant::now();
        let touched = send(connection, &message).await.map_err(|error| match code(&error).as_deref() {
            Some("23505") => Broken::Expectation(message.taken(refusing_table(&error))),
            _ => not_there(error),
        })?;
        for (statement, rows) in message.statements().iter().zip(touched) {
            // It travels alone.
            if statement.is_bulk() {
                bulk_part_took(table(statement.sql.postgres), begun.elapsed());
            }
            statement.expect.check(rows).map_err(Broken::Expectation)?;
        }
    }
    Ok(())
}

/// A row that is named and is not there is what was asked; any other error is the database's.
fn not_there(error: sqlx::Error) -> Broken {
    match code(&error).as_deref() {
        Some("23503") => Broken::Expectation(StoreError::NotThere),
        _ => Broken::Database(error),
    }
}

/// Sends a message, and gives how many rows each of its statements touched.
async fn send(connection: &mut PgConnection, message: &Message<'_>) -> Result<Vec<u64>, sqlx::Error> {
    let Some(text) = message.text() else {
        let mut touched = Vec::with_capacity(1);
        for statement in message.statements() {
            touched.push(execute(connection, statement).await?);
        }
        return Ok(touched);
    };
    let values = message.statements().iter().flat_map(|statement| &statement.values);
    let row = values.fold(sqlx::query(AssertSqlSafe(text)), bound).fetch_one(connection).await?;
    let counts = (0..message.statements().len()).map(|place| row.try_get::<i64, _>(place));
    counts.map(|count| count.map(i64::unsigned_abs)).collect()
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Postgres, PgArguments>;

fn bound<'q>(query: Query<'q>, value: &'q Value) -> Query<'q> {
    match value {
        Value::Int(number) => query.bind(*number),
        Value::Text(text) => query.bind(text.as_deref()),
        Value::Bytes(bytes) => query.bind(bytes.as_deref()),
        Value::Column(column) => query.bind(column.cells().collect::<Vec<_>>()),
    }
}

/// The table whose constraint refused.
fn refusing_table(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(|cause| cause.table())
}

fn execute<'c>(
    connection: &'c mut PgConnection,
    statement: &'c Statement,
) -> impl Future<Output = Result<u64, sqlx::Error>> + Send + 'c {
    let query = statement.values.iter().fold(sqlx::query(statement.sql.postgres), bound);
    async move { Ok(query.execute(connection).await?.rows_affected()) }
}

async fn roll_back(mut connection: Lent, failure: Failure) -> Result<(), Failure> {
    let rolled_back = timeout(ACQUIRE_TIMEOUT, sqlx::raw_sql("rollback").execute(&mut *connection)).await;
    if !matches!(rolled_back, Ok(Ok(_))) {
        drop(close_hard(connection, StoreError::busy("no answer in time")).await);
    }
    Err(failure)
}

/// Closes a connection at once, without a word to a server that may not listen.
async fn close_hard(connection: Lent, error: StoreError) -> StoreError {
    if timeout(ACQUIRE_TIMEOUT, connection.detach().close_hard()).await.is_err() {
        tracing::warn!("a lost connection did not close in time");
    }
    error
}

fn code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error().and_then(|cause| cause.code()).map(|code| code.into_owned())
}

/// The connection is of no more use: it is cut, the server is going, or it is not the one that writes.
fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::Tls(_) | sqlx::Error::WorkerCrashed => {
            true
        }
        // After a fatal error the connection is gone, and after a panic the server: what it says is no answer
        // to `commit`.
        sqlx::Error::Database(cause) => {
            let ended = cause
                .try_downcast_ref::<PgDatabaseError>()
                .is_some_and(|cause| matches!(cause.severity(), PgSeverity::Fatal | PgSeverity::Panic));
            let code = cause.code().unwrap_or_default();
            ended || code == "25006" || code.starts_with("57P") || code.starts_with("08")
        }
        _ => false,
    }
}

/// 5 to 36 ms, so that two who met do not meet again.
fn jitter() -> Duration {
    Duration::from_millis(5 + RandomState::new().hash_one(()) % 32)
}

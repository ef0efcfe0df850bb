//! PostgreSQL: every unit runs to its end in a task of its own.
//!
//! sqlx loses count of a transaction whose `begin` is cancelled (sqlx issue 4385): the connection goes back to the pool
//! inside it, and the next borrower's acknowledged writes vanish. A browser that hangs up must not be able to do that,
//! so nobody can cancel a unit, and each unit begins by ending whatever its connection was left in.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{ConnectOptions, PgPool};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::row::Row;
use crate::unit::{Statement, Unit, Value};
use crate::{OpenError, StoreError};

/// How many units may be under way or waiting. More are refused.
const UNDER_WAY: u32 = 1024;
const WRITERS: u32 = 12;
const READERS: u32 = WRITERS;
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
const UNIT_LIMIT: Duration = Duration::from_secs(10);
/// A file of a million rows is one unit too. Each of its statements stays under the statement's own limit.
const LARGE_UNIT_LIMIT: Duration = Duration::from_secs(600);
const LARGE: usize = 64;
const READ_LIMIT: Duration = Duration::from_secs(6);
const TRIES: u32 = 3;
/// Connections of the pool that may turn out to be dead before one lives: after the server has restarted, all of them.
const STALE: u32 = WRITERS + 1;
/// In one round trip. The first `begin`, so that a clean connection is not warned about; in a transaction that had
/// failed it fails as well, and the connection is closed.
const BEGIN: &str = "begin; rollback; begin";

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations/postgres");

pub(crate) struct Postgres {
    /// For units. Whether a connection lives shows when the unit begins, before anything could be lost.
    pool: PgPool,
    /// For queries. A plain query leaves nothing behind that could hurt the next: it is one round trip.
    readers: PgPool,
    under_way: Arc<Semaphore>,
}

/// How a try ended, if not well.
enum Failure {
    /// The connection had died while nobody used it. Nothing was begun.
    Stale(StoreError),
    /// For a reason that another try may not meet: a deadlock, a lost connection. Nothing was done.
    Transient(StoreError),
    /// For good.
    Final(StoreError),
}

/// What a query lost.
enum Lost {
    /// The connection; another one may do.
    Connection(StoreError),
    /// The answer.
    Query(StoreError),
}

/// How far a try got.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Beginning,
    Working,
    Committing,
}

/// The last step of the schema that this program knows.
pub(crate) fn known_schema() -> i64 {
    MIGRATIONS.iter().map(|step| step.version).max().unwrap_or(0)
}

impl Postgres {
    pub(crate) async fn open(url: &str) -> Result<Self, OpenError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(StoreError::from)?
            .application_name("crosswalk")
            .options([
                ("synchronous_commit", "on"),
                ("lock_timeout", "2s"),
                ("idle_in_transaction_session_timeout", "10s"),
                ("client_connection_check_interval", "1s"),
            ])
            .disable_statement_logging();
        // A migration may take longer than a request.
        let mut connection = options.connect().await.map_err(StoreError::from)?;
        let failed = |error: sqlx::Error| OpenError::Database(error.into());
        let unmigrated =
            |error| OpenError::of_schema(Path::new("the database"), known_schema(), error, failed);
        MIGRATIONS.run(&mut connection).await.map_err(unmigrated)?;
        connection.close().await.map_err(StoreError::from)?;
        let pool = PgPoolOptions::new()
            .max_connections(WRITERS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .connect_with(options.clone().options([("statement_timeout", "5s")]))
            .await
            .map_err(StoreError::from)?;
        let readers = PgPoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .connect_with(
                options.options([("statement_timeout", "5s"), ("default_transaction_read_only", "on")]),
            )
            .await
            .map_err(StoreError::from)?;
        Ok(Self { pool, readers, under_way: Arc::new(Semaphore::new(UNDER_WAY as usize)) })
    }

    pub(crate) async fn commit(&self, unit: Unit) -> Result<(), StoreError> {
        if self.under_way.is_closed() {
            return Err(StoreError::Database("the store is closed".to_owned()));
        }
        let permit = Arc::clone(&self.under_way).try_acquire_owned().map_err(|_| StoreError::Busy)?;
        let pool = self.pool.clone();
        tokio::spawn(async move {
            let outcome = commit(&pool, &unit).await;
            drop(permit);
            outcome
        })
        .await
        // A panic inside: nobody knows.
        .unwrap_or(Err(StoreError::Unknown))
    }

    pub(crate) async fn all<T: Row>(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<T>, StoreError> {
        let mut stale = 0;
        loop {
            match self.read(sql, values.clone()).await {
                // The connection had died while nobody used it. Reading again does no harm.
                Err(Lost::Connection(_)) if stale < STALE => stale += 1,
                Err(Lost::Connection(error) | Lost::Query(error)) => return Err(error),
                Ok(rows) => return Ok(rows),
            }
        }
    }

    async fn read<T: Row>(&self, sql: &'static str, values: Vec<Value>) -> Result<Vec<T>, Lost> {
        let query = values.into_iter().fold(sqlx::query_as::<_, T>(sql), |query, value| match value {
            Value::Int(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
        });
        let mut connection = self.readers.acquire().await.map_err(|error| Lost::Query(error.into()))?;
        match timeout(READ_LIMIT, query.fetch_all(&mut *connection)).await {
            Ok(Ok(rows)) => Ok(rows),
            Ok(Err(error)) if is_lost(&error) => {
                Err(Lost::Connection(close_hard(connection, error.into()).await))
            }
            Ok(Err(error)) => Err(Lost::Query(error.into())),
            Err(_) => Err(Lost::Query(close_hard(connection, StoreError::Busy).await)),
        }
    }

    pub(crate) async fn close(&self) {
        // All permits are free when no unit is under way.
        if let Ok(all) = self.under_way.acquire_many(UNDER_WAY).await {
            self.under_way.close();
            drop(all);
        }
        self.pool.close().await;
        self.readers.close().await;
    }
}

/// Does `unit`, again where the failure was the moment's and nothing was done.
async fn commit(pool: &PgPool, unit: &Unit) -> Result<(), StoreError> {
    let (mut tries, mut stale) = (1, 0);
    loop {
        match attempt(pool, unit).await {
            Ok(()) => return Ok(()),
            Err(Failure::Stale(_)) if stale < STALE => stale += 1,
            Err(Failure::Transient(_)) if tries < TRIES => {
                tries += 1;
                tokio::time::sleep(jitter()).await;
            }
            Err(Failure::Stale(error) | Failure::Transient(error) | Failure::Final(error)) => {
                return Err(error);
            }
        }
    }
}

async fn attempt(pool: &PgPool, unit: &Unit) -> Result<(), Failure> {
    let mut connection = pool.acquire().await.map_err(|error| Failure::Final(error.into()))?;
    let mut step = Step::Beginning;
    let limit = if unit.statements.len() > LARGE { LARGE_UNIT_LIMIT } else { UNIT_LIMIT };
    let outcome = timeout(limit, run(&mut connection, unit, &mut step)).await;
    let error = match outcome {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(Broken::Expectation(error))) => return roll_back(connection, Failure::Final(error)).await,
        Ok(Err(Broken::Database(error))) => Some(error),
        Err(_) => None,
    };
    match error {
        Some(error) if step == Step::Beginning => {
            Err(Failure::Stale(close_hard(connection, error.into()).await))
        }
        Some(error) if !is_lost(&error) => {
            let again = matches!(code(&error).as_deref(), Some("40001" | "40P01"));
            let failure =
                if again { Failure::Transient(StoreError::Busy) } else { Failure::Final(error.into()) };
            roll_back(connection, failure).await
        }
        // The connection is gone or stuck; it must not go back to the pool.
        _ if step == Step::Committing => {
            tracing::error!("the outcome of a commit is not known");
            Err(Failure::Final(close_hard(connection, StoreError::Unknown).await))
        }
        Some(error) => Err(Failure::Transient(close_hard(connection, error.into()).await)),
        None => Err(Failure::Final(close_hard(connection, StoreError::Busy).await)),
    }
}

/// Why a unit was not done.
enum Broken {
    /// A statement did not do what was expected of it.
    Expectation(StoreError),
    /// The database refused, or is gone.
    Database(sqlx::Error),
}

impl From<sqlx::Error> for Broken {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

async fn run(connection: &mut PgConnection, unit: &Unit, step: &mut Step) -> Result<(), Broken> {
    sqlx::raw_sql(BEGIN).execute(&mut *connection).await?;
    *step = Step::Working;
    for statement in &unit.statements {
        let rows = execute(connection, statement).await.map_err(|error| match code(&error).as_deref() {
            Some("23505") => Broken::Expectation(statement.expect.taken()),
            Some("23503") => Broken::Expectation(StoreError::NotThere),
            _ => Broken::Database(error),
        })?;
        statement.expect.check(rows).map_err(Broken::Expectation)?;
    }
    *step = Step::Committing;
    sqlx::raw_sql("commit").execute(&mut *connection).await?;
    Ok(())
}

fn execute<'c>(
    connection: &'c mut PgConnection,
    statement: &'c Statement,
) -> impl Future<Output = Result<u64, sqlx::Error>> + Send + 'c {
    let query =
        statement.values.iter().fold(sqlx::query(statement.sql.postgres), |query, value| match value {
            Value::Int(number) => query.bind(*number),
            Value::Text(text) => query.bind(text.as_deref()),
            Value::Bytes(bytes) => query.bind(bytes.as_deref()),
        });
    async move { Ok(query.execute(connection).await?.rows_affected()) }
}

async fn roll_back(mut connection: PoolConnection<sqlx::Postgres>, failure: Failure) -> Result<(), Failure> {
    let rolled_back = timeout(ACQUIRE_TIMEOUT, sqlx::raw_sql("rollback").execute(&mut *connection)).await;
    if !matches!(rolled_back, Ok(Ok(_))) {
        drop(close_hard(connection, StoreError::Busy).await);
    }
    Err(failure)
}

/// Closes a connection at once, without a word to a server that may not listen.
async fn close_hard(connection: PoolConnection<sqlx::Postgres>, error: StoreError) -> StoreError {
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
        sqlx::Error::Database(_) => code(error)
            .is_some_and(|code| code == "25006" || code.starts_with("57P") || code.starts_with("08")),
        _ => false,
    }
}

/// 5 to 36 ms, so that two who met do not meet again.
fn jitter() -> Duration {
    Duration::from_millis(5 + RandomState::new().hash_one(()) % 32)
}

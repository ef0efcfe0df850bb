//! The floors: handlers that write what one real request wrote, and do nothing else.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::serve::ListenerExt;
use axum::{Json, Router, routing};
use bench::{Asked, County, FreshIds};
use domain::time::Ids;
use serde_json::Value as JsonValue;
use sqlx::{AssertSqlSafe, Column, Row, TypeInfo};
use store::{Dialects, Expect, Statement, Store, Unit, Value};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::database::{Database, Pool};
use super::{Outcome, Record, Server};

/// By what the rows of a referral are found.
#[derive(Clone, Copy)]
enum By {
    Case,
    IdempotencyKey,
}

/// Tables that a request writes to, in the order in which rows may refer to rows, and the columns by which
/// its rows are found.
const TABLES: [(&str, &str, By); 13] = [
    ("cases", "id", By::Case),
    ("case_plans", "case_id", By::Case),
    ("audit", "subject_id", By::Case),
    ("grants", "subject", By::Case),
    ("events", "case_id", By::Case),
    ("evaluations", "case_id", By::Case),
    ("deadlines", "case_id", By::Case),
    ("worklist", "case_id", By::Case),
    ("usage", "case_id", By::Case),
    ("windows", "case_id", By::Case),
    ("outbox", "subject", By::Case),
    ("notices", "case_id", By::Case),
    ("idempotency", "key", By::IdempotencyKey),
];

/// Rows that one request wrote, ready to be written again under other ids.
pub(crate) struct Floor(Arc<Learned>);

struct Learned {
    /// Path that the request is sent to.
    path: String,
    rows: Vec<Template>,
    /// The ids that must be fresh in every copy.
    ids: Vec<String>,
    /// Members by their numbers. In memory: a query would not be bare.
    members: HashMap<String, String>,
    answer: Bytes,
}

/// One row to be written, with places for ids.
struct Template {
    insert: &'static str,
    cells: Vec<Cell>,
}

/// Contents of a column.
enum Cell {
    /// The same every time.
    Same(Value),
    /// The fresh id of this place.
    Fresh(usize),
    /// Id of the member that the request is about.
    Member,
}

/// A row as it was read.
struct ReadRow {
    table: &'static str,
    columns: Vec<(String, Value)>,
}

impl Floor {
    /// Reads back what the county's first request of this kind wrote.
    pub(crate) async fn learn(database: &Database, county: &County, kind: Asked) -> Outcome<Self> {
        let pool = database.pool().await?;
        let learned = Learned::read(&pool, county, kind).await;
        pool.close().await;
        Ok(Self(Arc::new(learned?)))
    }

    /// Rows and bytes that a request writes; a number counts as 8 bytes.
    pub(crate) fn written(&self) -> (usize, usize) {
        let bytes = |value: &Value| match value {
            Value::Int(number) => number.map_or(0, |_| 8),
            Value::Text(text) => text.as_ref().map_or(0, String::len),
            Value::Bytes(bytes) => bytes.as_ref().map_or(0, Vec::len),
            Value::Column(column) => column.cells().flatten().map(str::len).sum(),
        };
        let statements = self.0.statements("");
        let written = statements.iter().flat_map(|statement| &statement.values).map(bytes).sum();
        (statements.len(), written)
    }

    /// Serves the handler that writes with sqlx.
    pub(crate) async fn serve_bare(&self, pool: Pool) -> Outcome<Server> {
        let router = Router::new()
            .route(&self.0.path, routing::post(bare))
            .with_state((Arc::clone(&self.0), pool.clone()));
        serve(router, Record::Pool(pool)).await
    }

    /// Serves the handler that writes with the host's store.
    pub(crate) async fn serve_grouped(&self, store: Store) -> Outcome<Server> {
        let router = Router::new()
            .route(&self.0.path, routing::post(grouped))
            .with_state((Arc::clone(&self.0), store.clone()));
        serve(router, Record::Store(store)).await
    }
}

/// Rows in all tables that a request writes to.
pub(crate) async fn count(database: &Database) -> Outcome<i64> {
    let pool = database.pool().await?;
    let mut rows = 0;
    for (table, ..) in TABLES {
        rows += count_of(&pool, format!("select count(*) from {table}")).await?;
    }
    pool.close().await;
    Ok(rows)
}

type Answered = (StatusCode, [(HeaderName, &'static str); 1], Bytes);

async fn bare(
    State((learned, pool)): State<(Arc<Learned>, Pool)>,
    Json(body): Json<JsonValue>,
) -> Result<Answered, StatusCode> {
    let statements = learned.statements(learned.member(&body)?);
    match pool {
        Pool::Sqlite(pool) => write_sqlite(&pool, statements).await,
        Pool::Postgres(pool) => write_postgres(&pool, statements).await,
    }
    .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(learned.answered())
}

async fn grouped(
    State((learned, store)): State<(Arc<Learned>, Store)>,
    Json(body): Json<JsonValue>,
) -> Result<Answered, StatusCode> {
    let unit = Unit::of(learned.statements(learned.member(&body)?));
    store.commit(unit).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(learned.answered())
}

async fn serve(router: Router, record: Record) -> Outcome<Server> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let (address, stop) = (listener.local_addr()?, CancellationToken::new());
    let serving = tokio::spawn({
        let stop = stop.clone();
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        async move { drop(axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await) }
    });
    Ok(Server { address, stop, serving, record })
}

impl Learned {
    async fn read(pool: &Pool, county: &County, kind: Asked) -> Outcome<Self> {
        let members = members(pool).await?;
        let (first, member) =
            members.get_key_value(&county.members[0]).ok_or("the first member is not there")?;
        let (key, case) = (kind.idempotency_key(first), county.first(kind)?);
        let mut read = Vec::new();
        for (table, column, by) in TABLES {
            let value = match by {
                By::Case => case,
                By::IdempotencyKey => key.as_str(),
            };
            read.extend(rows(pool, table, column, value).await?);
        }
        // What no two rows may share: a row's own id, and the number that a plan gives an authorization.
        let own = |(name, value): &(String, Value)| match value {
            Value::Text(id) if name == "id" || name == "number" => id.clone(),
            _ => None,
        };
        let ids: Vec<String> =
            read.iter().flat_map(|row| &row.columns).filter_map(own).chain([key]).collect();
        let answer = read
            .iter()
            .flat_map(|row| {
                row.columns.iter().filter(|(name, _)| row.table == "idempotency" && name == "body")
            })
            .find_map(
                |(_, value)| if let Value::Bytes(Some(body)) = value { Some(body.clone()) } else { None },
            )
            .ok_or("the first one's answer is not there")?;
        let rows = read.into_iter().map(|row| Template::of(row, &ids, member)).collect();
        Ok(Self { path: kind.path(), rows, ids, answer: answer.into(), members })
    }

    /// The id of the member that a request names.
    fn member(&self, body: &JsonValue) -> Result<&str, StatusCode> {
        let cin = body["member"]["cin"].as_str().ok_or(StatusCode::BAD_REQUEST)?;
        self.members.get(cin).map(String::as_str).ok_or(StatusCode::NOT_FOUND)
    }

    /// Statements that write a request for this member.
    fn statements(&self, member: &str) -> Vec<Statement> {
        let fresh: Vec<String> = self.ids.iter().map(|id| renewed(id)).collect();
        let value = |cell: &Cell| match cell {
            Cell::Same(value) => value.clone(),
            Cell::Fresh(place) => Value::Text(Some(fresh[*place].clone())),
            Cell::Member => Value::Text(Some(member.to_owned())),
        };
        let statement = |row: &Template| Statement {
            sql: Dialects::from(row.insert),
            values: row.cells.iter().map(value).collect(),
            expect: Expect::Any,
        };
        self.rows.iter().map(statement).collect()
    }

    fn answered(&self) -> Answered {
        (StatusCode::CREATED, [(header::CONTENT_TYPE, "application/json")], self.answer.clone())
    }
}

impl Template {
    fn of(row: ReadRow, ids: &[String], member: &str) -> Self {
        let names: Vec<&str> = row.columns.iter().map(|(name, _)| name.as_str()).collect();
        let places: Vec<String> = (1..=names.len()).map(|place| format!("${place}")).collect();
        let insert =
            format!("insert into {} ({}) values ({})", row.table, names.join(", "), places.join(", "));
        let cell = |value: Value| match &value {
            Value::Text(Some(text)) if text == member => Cell::Member,
            Value::Text(Some(text)) => match ids.iter().position(|id| id == text) {
                Some(place) => Cell::Fresh(place),
                None => Cell::Same(value),
            },
            _ => Cell::Same(value),
        };
        // A dozen texts, for as long as the bench runs: the store takes none that ends earlier.
        let insert = Box::leak(insert.into_boxed_str());
        Self { insert, cells: row.columns.into_iter().map(|(_, value)| cell(value)).collect() }
    }
}

/// Another id of the same form: a UUID, or a prefix and a UUID.
fn renewed(id: &str) -> String {
    let fresh = FreshIds.next();
    match id.rsplit_once('_') {
        Some((prefix, _)) => format!("{prefix}_{}", fresh.simple()),
        None if Uuid::try_parse(id).is_ok() => fresh.to_string(),
        None => format!("request-{}", fresh.simple()),
    }
}

/// The same functions for both databases; sqlx has a type of its own for everything of either.
macro_rules! on {
    ($pool:ty, $row:ty, $write:ident, $rows:ident) => {
        async fn $write(pool: &$pool, statements: Vec<Statement>) -> sqlx::Result<()> {
            let mut transaction = pool.begin().await?;
            for Statement { sql, values, .. } in statements {
                let query = values.into_iter().fold(sqlx::query(sql.sqlite), |query, value| match value {
                    Value::Int(number) => query.bind(number),
                    Value::Text(text) => query.bind(text),
                    Value::Bytes(bytes) => query.bind(bytes),
                    // A request writes rows one by one.
                    Value::Column(column) => {
                        query.bind(serde_json::json!(column.cells().collect::<Vec<_>>()).to_string())
                    }
                });
                query.execute(&mut *transaction).await?;
            }
            transaction.commit().await
        }

        async fn $rows(pool: &$pool, sql: String) -> sqlx::Result<Vec<Vec<(String, Value)>>> {
            let rows: Vec<$row> = sqlx::query(AssertSqlSafe(sql)).fetch_all(pool).await?;
            rows.iter()
                .map(|row| {
                    row.columns()
                        .iter()
                        .map(|column| {
                            let place = column.ordinal();
                            let value = match column.type_info().name() {
                                "TEXT" => Value::Text(row.try_get(place)?),
                                "BLOB" | "BYTEA" => Value::Bytes(row.try_get(place)?),
                                _ => Value::Int(row.try_get(place)?),
                            };
                            Ok((column.name().to_owned(), value))
                        })
                        .collect()
                })
                .collect()
        }
    };
}

on!(sqlx::SqlitePool, sqlx::sqlite::SqliteRow, write_sqlite, rows_of_sqlite);
on!(sqlx::PgPool, sqlx::postgres::PgRow, write_postgres, rows_of_postgres);

async fn read(pool: &Pool, sql: String) -> sqlx::Result<Vec<Vec<(String, Value)>>> {
    match pool {
        Pool::Sqlite(pool) => rows_of_sqlite(pool, sql).await,
        Pool::Postgres(pool) => rows_of_postgres(pool, sql).await,
    }
}

/// The rows of a table that have this value in this column. The value is an id of ours, so it needs no
/// quoting.
async fn rows(pool: &Pool, table: &'static str, column: &str, value: &str) -> Outcome<Vec<ReadRow>> {
    let found = read(pool, format!("select * from {table} where {column} = '{value}'")).await?;
    Ok(found.into_iter().map(|columns| ReadRow { table, columns }).collect())
}

async fn members(pool: &Pool) -> Outcome<HashMap<String, String>> {
    let found = read(pool, "select cin, id from members".to_owned()).await?;
    let pair = |row: Vec<(String, Value)>| match <[_; 2]>::try_from(row) {
        Ok([(_, Value::Text(Some(cin))), (_, Value::Text(Some(id)))]) => Some((cin, id)),
        _ => None,
    };
    Ok(found.into_iter().filter_map(pair).collect())
}

async fn count_of(pool: &Pool, sql: String) -> Outcome<i64> {
    let found = read(pool, sql).await?;
    match found.first().and_then(|row| row.first()) {
        Some((_, Value::Int(Some(count)))) => Ok(*count),
        _ => Err("a table could not be counted".into()),
    }
}

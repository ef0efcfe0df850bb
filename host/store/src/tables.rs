//! Versions of plans' reference tables, and their rows by key.
//!
//! A version never changes and never goes. Of the versions whose days hold a day, the latest upload is in
//! force on it.

use domain::identifiers::{Digest, OrgId, PlanId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::page::one_more;
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{instant, int, maybe_text, text};
use crate::{Dialects, Miss, Page, Scope, Statement, Store, StoreError};

/// Rows that one statement carries.
const CHUNK: usize = 1000;

macro_rules! columns {
    () => {
        "select v.plan, v.name, v.version, v.shape, v.first_day, v.last_day, v.row_count, v.sha256, v.uploaded_at,
            v.uploaded_by from table_versions v "
    };
}

const FIND: &str =
    concat!(columns!(), "where v.plan = $4 and v.name = $5 and v.version = $6 and (v.plan = $2 or $3 = 1)");

const LIST: &str = concat!(
    columns!(),
    "where v.plan = $4 and v.name = $5 and v.version < $6 and (v.plan = $2 or $3 = 1)
    order by v.version desc limit $7"
);

const ROWS: &str = "
    select r.number, r.cells from table_rows r
    where r.plan = $4 and r.name = $5 and r.version = $6 and r.number > $7 and (r.plan = $2 or $3 = 1)
    order by r.number limit $8";

const INSERT: &str = "
    insert into table_versions (plan, name, version, shape, first_day, last_day, row_count, sha256, uploaded_at,
        uploaded_by)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const INSERT_ROWS: Dialects = Dialects {
    sqlite: "
        insert into table_rows (plan, name, version, number, key, cells)
        select $2, $3, $4, r.value ->> 'number', r.value ->> 'key', r.value ->> 'cells' from json_each($1) r",
    postgres: "
        insert into table_rows (plan, name, version, number, key, cells)
        select $2, $3, $4, r.number, r.key, r.cells
        from json_to_recordset($1::json) as r (number bigint, key text, cells text)",
};

/// The version in force on a day of the table and shape that are wanted. From the newest on, the first that
/// holds the day ends the search.
macro_rules! in_force {
    ($name:literal, $shape:literal, $day:literal) => {
        concat!(
            "(select n.version from table_versions n
            where n.plan = $4 and n.name = ",
            $name,
            " and n.shape = ",
            $shape,
            " and n.first_day <= ",
            $day,
            " and (n.last_day is null or n.last_day >= ",
            $day,
            ") order by n.version desc limit 1)"
        )
    };
}

const LOOK_UP: Dialects = Dialects {
    sqlite: concat!(
        "select r.name, r.version, r.cells from json_each($5) w
        join table_rows r on r.plan = $4 and r.name = w.value ->> 'name' and r.key = w.value ->> 'key' and r.version = ",
        in_force!("w.value ->> 'name'", "w.value ->> 'shape'", "$6"),
        " where r.plan = $2 or $3 = 1 order by r.name, r.number"
    ),
    postgres: concat!(
        "select r.name, r.version, r.cells from json_to_recordset($5::json) as w (name text, shape text, key text)
        join table_rows r on r.plan = $4 and r.name = w.name and r.key = w.key and r.version = ",
        in_force!("w.name", "w.shape", "$6"),
        " where r.plan = $2 or $3 = 1 order by r.name, r.number"
    ),
};

const IN_FORCE: Dialects = Dialects {
    sqlite: concat!(
        "select w.value ->> 'name' as name, w.value ->> 'day' as day, v.version from json_each($5) w
        join table_versions v on v.plan = $4 and v.name = w.value ->> 'name' and v.version = ",
        in_force!("w.value ->> 'name'", "w.value ->> 'shape'", "w.value ->> 'day'"),
        " where v.plan = $2 or $3 = 1 order by 1, 2"
    ),
    postgres: concat!(
        "select w.name, w.day, v.version
        from json_to_recordset($5::json) as w (name text, shape text, day text)
        join table_versions v on v.plan = $4 and v.name = w.name and v.version = ",
        in_force!("w.name", "w.shape", "w.day"),
        " where v.plan = $2 or $3 = 1 order by 1, 2"
    ),
};

/// One upload of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableVersion {
    /// Whose table it is.
    pub plan: PlanId,
    /// The table's name in the profile.
    pub name: String,
    /// From 1, one more with each upload.
    pub version: i64,
    /// Its keys and columns, as the profile declared them: compared as a text.
    pub shape: String,
    /// First day on which it is in force.
    pub first_day: Date,
    /// Last day, if it has one.
    pub last_day: Option<Date>,
    /// Number of rows that it has.
    pub row_count: i64,
    /// SHA-256 of the rows.
    pub sha256: Digest,
    /// Instant of the upload (UTC).
    pub uploaded_at: Timestamp,
    /// Organization that uploaded it.
    pub uploaded_by: OrgId,
}

/// One row of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// Its number in the upload, from 1.
    pub number: i64,
    /// Key that it is looked up by.
    pub key: String,
    /// Its cells in the order of the columns.
    pub cells: Vec<String>,
}

/// Rows of tables that are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Name of the table.
    pub name: String,
    /// Its keys and columns as the plugin in force declares them.
    pub shape: String,
    /// Key that the row is looked up by.
    pub key: String,
}

/// A row that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundRow {
    /// Name of the table.
    pub name: String,
    /// The version it belongs to.
    pub version: i64,
    /// Its cells in the order of the columns.
    pub cells: Vec<String>,
}

/// Adds a version with its rows; [`StoreError::Conflict`] if another took its number.
pub fn insert(version: &TableVersion, rows: &[TableRow]) -> Vec<Statement> {
    let mut statements = vec![Statement::one(
        Miss::Conflict,
        INSERT,
        vec![
            text(&version.plan),
            text(&version.name),
            int(version.version),
            text(&version.shape),
            text(version.first_day),
            maybe_text(version.last_day),
            int(version.row_count),
            text(version.sha256),
            instant(version.uploaded_at),
            text(version.uploaded_by),
        ],
    )];
    statements.extend(rows.chunks(CHUNK).map(|chunk| {
        let chunk: Vec<_> = chunk
            .iter()
            .map(|row| json!({ "number": row.number, "key": row.key, "cells": json!(row.cells).to_string() }))
            .collect();
        Statement::any(
            INSERT_ROWS,
            vec![text(json!(chunk)), text(&version.plan), text(&version.name), int(version.version)],
        )
    }));
    statements
}

/// Version of a table, if the scope sees it.
pub async fn find(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    name: &str,
    version: i64,
) -> Result<Option<TableVersion>, StoreError> {
    let own = [text(plan), text(name), int(version)];
    let row = store.one::<Row>(FIND, values(scope.institutions(), own)).await?;
    row.map(TableVersion::try_from).transpose()
}

/// A table's versions below `before`, newest first.
pub async fn list(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    name: &str,
    before: Option<i64>,
    limit: u32,
) -> Result<Page<TableVersion, i64>, StoreError> {
    let own = [text(plan), text(name), int(before.unwrap_or(i64::MAX)), one_more(limit)];
    let rows = store.all::<Row>(LIST, values(scope.institutions(), own)).await?;
    Ok(Page::cut(read_all(rows)?, limit, |version: &TableVersion| version.version))
}

/// The rows of a version after the row `after`, in the order of the upload. Their keys are left out.
pub async fn rows(
    store: &Store,
    scope: &Scope,
    version: &TableVersion,
    after: Option<i64>,
    limit: u32,
) -> Result<Page<(i64, Vec<String>), i64>, StoreError> {
    let own = [
        text(&version.plan),
        text(&version.name),
        int(version.version),
        int(after.unwrap_or_default()),
        one_more(limit),
    ];
    let rows = store.all::<(i64, String)>(ROWS, values(scope.institutions(), own)).await?;
    let id = version.id();
    let columns = Columns { table: "table_rows", id: &id };
    let read = rows.into_iter().map(|(number, cells)| Ok((number, columns.json("cells", &cells)?)));
    Ok(Page::cut(read.collect::<Result<_, StoreError>>()?, limit, |row: &(i64, _)| row.0))
}

/// The rows that are in force on `day` under the wanted keys, table by table, in the order of their uploads.
/// One query, however many are wanted; none if nothing is.
pub async fn look_up(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    day: Date,
    wanted: &[Wanted],
) -> Result<Vec<FoundRow>, StoreError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let wanted: Vec<_> =
        wanted.iter().map(|one| json!({ "name": one.name, "shape": one.shape, "key": one.key })).collect();
    let own = [text(plan), text(json!(wanted)), text(day)];
    let rows = store.all::<(String, i64, String)>(LOOK_UP, values(scope.institutions(), own)).await?;
    let read = rows.into_iter().map(|(name, version, cells)| {
        let id = id(plan, &name, version);
        let columns = Columns { table: "table_rows", id: &id };
        Ok(FoundRow { cells: columns.json("cells", &cells)?, name, version })
    });
    read.collect()
}

/// Version of each table (name and shape) that is in force on each day: name, day, version. None where none
/// is.
pub async fn in_force(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    tables: &[(String, String)],
    days: &[Date],
) -> Result<Vec<(String, Date, i64)>, StoreError> {
    let wanted: Vec<_> = tables
        .iter()
        .flat_map(|(name, shape)| {
            days.iter().map(move |day| json!({ "name": name, "shape": shape, "day": day.to_string() }))
        })
        .collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let own = [text(plan), text(json!(wanted))];
    let rows = store.all::<(String, String, i64)>(IN_FORCE, values(scope.institutions(), own)).await?;
    let read = rows.into_iter().map(|(name, day, version)| {
        let id = id(plan, &name, version);
        let columns = Columns { table: "table_versions", id: &id };
        Ok((name, columns.parse("day", &day)?, version))
    });
    read.collect()
}

impl TableVersion {
    /// Name of the version in the audit log.
    pub fn id(&self) -> String {
        id(&self.plan, &self.name, self.version)
    }
}

fn id(plan: &PlanId, name: &str, version: i64) -> String {
    format!("{plan}/{name}/{version}")
}

row! {
    struct Row {
        plan: String,
        name: String,
        version: i64,
        shape: String,
        first_day: String,
        last_day: Option<String>,
        row_count: i64,
        sha256: String,
        uploaded_at: i64,
        uploaded_by: String,
    }
}

impl TryFrom<Row> for TableVersion {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = format!("{}/{}/{}", row.plan, row.name, row.version);
        let columns = Columns { table: "table_versions", id: &id };
        Ok(Self {
            plan: columns.parse("plan", &row.plan)?,
            first_day: columns.parse("first_day", &row.first_day)?,
            last_day: columns.parse_some("last_day", row.last_day.as_deref())?,
            sha256: columns.parse("sha256", &row.sha256)?,
            uploaded_at: columns.instant("uploaded_at", row.uploaded_at)?,
            uploaded_by: columns.parse("uploaded_by", &row.uploaded_by)?,
            name: row.name,
            version: row.version,
            shape: row.shape,
            row_count: row.row_count,
        })
    }
}

//! Plans of all statements: none reads a whole table that grows, and none sorts more than a page.
//!
//! Statements are found in the sources ([`crate::sources`]), so a new one is asked for its plan without being
//! named here. A statement that must do otherwise stands in [`ALLOWED`], with its reason.
//!
//! - On SQLite the plan is that of a record without statistics, since the service never runs `analyze`: what
//!   is seen here is what runs at every size.
//! - On PostgreSQL it is the plan for any values, which every connection of the service asks for, over a
//!   generated record with statistics. That record is small, and the planner would read what fits into a few
//!   pages whole; so scans and the joins that read all of one side are made dear, then sorts too. A statement
//!   passes if one of the two plans has neither a scan nor a sort: then indexes answer it, which the planner
//!   takes once the tables have grown.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row};

use crate::generated;
use crate::sources::{SourceStatement, statements};
use crate::world::{Empty as World, Held, on_each_database};

on_each_database!(no_statement_reads_or_sorts_what_grows,);

/// Tables that do not grow with a county's cases and members: with their rows, a scan stays what it is.
const SMALL: [(&str, &[&str]); 4] = [
    (
        "as many as organizations, their people and their keys",
        &[
            "installation",
            "organizations",
            "counties",
            "accounts",
            "api_keys",
            "credentials",
            "identity_links",
            "identity_provider_domains",
            "identity_providers",
            "invitations",
            "nodes",
            "schema_needs",
        ],
    ),
    (
        "as many as plans and versions of their rules",
        &[
            "activations",
            "compile_leases",
            "plan_policies",
            "plugins",
            "receipts",
            "release_events",
            "releases",
            "shadow_runs",
            "signing_keys",
            "table_versions",
            "uploads",
        ],
    ),
    (
        "as many as providers with their plans, services and counties",
        &["contract_days", "contract_events", "contracts"],
    ),
    ("only of member files that are under way; a file itself is one row", &["roster_slices", "rosters"]),
];

/// Columns of which one value has few rows, whatever the size of the county: one person's, one case's, one
/// file's.
const NARROW: [&str; 22] = [
    "account",
    "apart",
    "audit_id",
    "case_id",
    "cin",
    "contract",
    "document",
    "email",
    "id",
    "key",
    "member",
    "merged_into",
    "number",
    "other",
    "parent",
    "remittance",
    "secret_sha256",
    "sha256",
    "subject",
    "subject_id",
    "token",
    "told_cin",
];

/// Texts that are not asked for their plan, by the beginning of their name.
const ELSEWHERE: [(&str, &str); 6] = [
    ("care::", "looks at a whole record from beside the service, on request"),
    ("lib::", "marks a place in PostgreSQL's log"),
    ("postgres", "speaks with the server about itself"),
    ("sqlite::", "looks whether a file is a record"),
    ("events::ROWS", "half of a text that is put together when it runs: values of new events"),
    ("events::INSERT", "its other half, which finds a case's last event by its key"),
];

/// Fault of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    /// It reads the whole of a table that grows.
    Scan,
    /// It sorts or groups rows of which there may be more than a page.
    Sort,
}

/// Faults that a statement may have all the same, with the reason.
const ALLOWED: [(&str, Fault, &str); 15] = [
    ("cases::ANY", Fault::Scan, "reads one row"),
    ("members::ANY", Fault::Scan, "reads one row"),
    ("evaluations::COSTS", Fault::Sort, "adds up a plan's calls of the days that were asked for"),
    ("refused_inputs::COUNTS", Fault::Sort, "adds up a plan's calls of the days that were asked for"),
    ("figures::CLOCKS", Fault::Sort, "counts a quarter of each plan"),
    ("figures::DECISIONS", Fault::Sort, "counts a quarter of each plan"),
    ("figures::DECISION_DAYS", Fault::Sort, "counts a quarter of each plan"),
    ("figures::REFERRALS", Fault::Sort, "counts a quarter of each plan"),
    ("figures::REFUSALS", Fault::Sort, "counts a quarter of each plan"),
    ("figures::REFUSALS_BY_CAUSE", Fault::Sort, "counts a quarter of each plan"),
    ("limits::PLACES", Fault::Sort, "counts the members in the window of a service's places, each once"),
    (
        "usage::MEMBERS_SERVED",
        Fault::Sort,
        "counts the members in the window of a service's places, each once",
    ),
    ("offers::CANDIDATES", Fault::Sort, "orders the providers under contract by what each has open"),
    ("organizations::OPEN", Fault::Sort, "counts what an organization has open, when it is about to end"),
    (
        "remittances::OPEN_LIST",
        Fault::Sort,
        "orders what waits to be taken back, which the next transfer carries",
    ),
];

/// Faults that PostgreSQL's plans for a county of 3,000 cases have, and SQLite's have not, each with the
/// reason for which it is none of the statement's. None is added: a statement is mended, and taken out.
const ON_POSTGRES: [(&str, Fault, &str); 6] = [
    ("notices::NARROWED_NEWEST_FIRST", Fault::Sort, "orders what one organization was told since an instant"),
    ("notices::NARROWED_OLDEST_FIRST", Fault::Sort, "orders what one organization was told since an instant"),
    (
        "remittances::OPEN",
        Fault::Sort,
        "has few open payments to order; of 200,000 cases it takes payments_open",
    ),
    ("retention::FORGET_TRIES", Fault::Sort, "orders what is old, which each round leaves less of"),
    (
        "shadow_runs::BEGINNING",
        Fault::Sort,
        "orders few evaluations; of 200,000 cases its index has the order",
    ),
    (
        "tables::LOOK_UP",
        Fault::Sort,
        "orders one plan's few rows; of 200,000 cases it takes table_rows_by_key",
    ),
];

async fn no_statement_reads_or_sorts_what_grows(world: World) {
    let database = if world.config.database_url.is_some() { "postgres" } else { "sqlite" };
    let asked: Vec<SourceStatement> = statements()
        .into_iter()
        .filter(|found| found.database.is_none_or(|only| only == database))
        .filter(|found| !ELSEWHERE.iter().any(|(beginning, _)| found.name.starts_with(beginning)))
        .collect();
    assert!(asked.len() > 350, "only {} statements are asked for their plans", asked.len());
    let mut wrong = Vec::new();
    match world.connection().await {
        Held::Sqlite(mut connection) => {
            let schema = Schema::of_sqlite(&mut connection).await;
            for found in &asked {
                wrong.extend(told(found, &schema.sqlite_faults(&mut connection, found).await));
            }
        }
        Held::Postgres(mut connection) => {
            generated::fill(&world.store, 3_000, 1).await.unwrap();
            sqlx::raw_sql(SETTINGS).execute(&mut connection).await.unwrap();
            let schema = Schema::of_postgres(&mut connection).await;
            for found in &asked {
                let mut faults = schema.postgres_faults(&mut connection, found).await;
                let is_known = |fault: &Fault| {
                    ON_POSTGRES.iter().any(|(name, known, _)| *name == found.name && known == fault)
                };
                faults.retain(|fault, _| !is_known(fault));
                wrong.extend(told(found, &faults));
            }
        }
    }
    assert!(wrong.is_empty(), "of {} statements these are wrong:\n{}", asked.len(), wrong.join("\n"));
}

/// Statistics, the plan that the service's connections ask for, and indexes wherever there are any.
const SETTINGS: &str = "
    analyze;
    set plan_cache_mode = force_generic_plan;
    set enable_seqscan = off;
    set enable_hashjoin = off;
    set enable_mergejoin = off";

/// Every exception is about a statement that is there, and every table that is called small too.
#[test]
fn exceptions_are_about_what_there_is() {
    let names: BTreeSet<String> = statements().into_iter().map(|found| found.name).collect();
    for (name, _, reason) in ALLOWED.iter().chain(&ON_POSTGRES) {
        assert!(names.contains(*name), "{name}, which {reason}, is not there");
    }
    for (beginning, reason) in ELSEWHERE {
        assert!(
            names.iter().any(|name| name.starts_with(beginning)),
            "{beginning}, which {reason}, is not there"
        );
    }
    let schema = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schema.txt")).unwrap();
    for table in SMALL.iter().flat_map(|(_, tables)| *tables) {
        assert!(
            schema.lines().any(|line| line.starts_with(&format!("{table}."))),
            "there is no table {table}"
        );
    }
}

/// The faults of a statement that it is not allowed, a line for each.
fn told(found: &SourceStatement, faults: &BTreeMap<Fault, String>) -> Vec<String> {
    let is_allowed =
        |fault: Fault| ALLOWED.iter().any(|(name, allowed, _)| *name == found.name && *allowed == fault);
    let wrong = faults.iter().filter(|(fault, _)| !is_allowed(**fault));
    wrong.map(|(fault, step)| format!("{}: {fault:?}: {step}", found.name)).collect()
}

fn is_small(table: &str) -> bool {
    SMALL.iter().any(|(_, tables)| tables.contains(&table))
}

/// Names that the database has for what a plan tells of.
struct Schema {
    tables: BTreeSet<String>,
    /// Table of each index, and whether the index holds only the rows that something waits for.
    indexes: BTreeMap<String, (String, bool)>,
}

impl Schema {
    async fn of_sqlite(connection: &mut SqliteConnection) -> Self {
        const ASKED: &str = "
            select type, name, tbl_name, coalesce(sql, '') from sqlite_master where type in ('table', 'index')";
        let rows = sqlx::query(ASKED).fetch_all(connection).await.unwrap();
        let rows = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3)));
        Self::of(rows)
    }

    async fn of_postgres(connection: &mut PgConnection) -> Self {
        const ASKED: &str = "
            select 'index', indexname::text, tablename::text, indexdef from pg_indexes where schemaname = 'public'
            union all select 'table', tablename::text, tablename::text, '' from pg_tables where schemaname = 'public'";
        let rows = sqlx::query(ASKED).fetch_all(connection).await.unwrap();
        let rows = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3)));
        Self::of(rows)
    }

    fn of(rows: impl Iterator<Item = (String, String, String, String)>) -> Self {
        let mut schema = Self { tables: BTreeSet::new(), indexes: BTreeMap::new() };
        for (kind, name, table, sql) in rows {
            if kind == "table" {
                schema.tables.insert(name);
            } else {
                let is_partial = sql.to_lowercase().contains(" where ");
                schema.indexes.insert(name, (table, is_partial));
            }
        }
        schema
    }

    fn is_partial(&self, index: &str) -> bool {
        self.indexes.get(index).is_some_and(|(_, is_partial)| *is_partial)
    }

    /// The table that a name in a statement stands for, unless it is that of a subquery.
    fn table<'s>(&'s self, sql: &str, name: &'s str) -> Option<&'s str> {
        if self.tables.contains(name) {
            return Some(name);
        }
        let words: Vec<&str> = sql
            .split(|letter: char| !letter.is_alphanumeric() && !"_)(".contains(letter))
            .filter(|word| !word.is_empty())
            .collect();
        let named = words.windows(2).find(|pair| pair[1] == name && self.tables.contains(pair[0]));
        named.and_then(|pair| self.tables.get(pair[0])).map(String::as_str)
    }

    // ---- SQLite ----

    async fn sqlite_faults(
        &self,
        connection: &mut SqliteConnection,
        found: &SourceStatement,
    ) -> BTreeMap<Fault, String> {
        let asked = format!("explain query plan {}", found.sql);
        let rows = sqlx::query(AssertSqlSafe(asked)).fetch_all(connection).await;
        let rows = rows.unwrap_or_else(|error| panic!("{}: {error}", found.name));
        let steps: Vec<Step> =
            rows.iter().map(|row| Step { id: row.get(0), parent: row.get(1), text: row.get(3) }).collect();
        let sql = flat(&found.sql);
        let mut faults = BTreeMap::new();
        for step in &steps {
            if self.is_scan(&sql, &step.text) {
                faults.insert(Fault::Scan, step.text.clone());
            }
            if let Some(wide) = step.sorts().then(|| self.wide(&sql, &steps, step.parent)).flatten() {
                faults.insert(Fault::Sort, format!("{} over {wide}", step.text));
            }
        }
        faults
    }

    /// A step such as `SCAN c`, along an index that holds all rows, or by an index that is made on the spot.
    fn is_scan(&self, sql: &str, step: &str) -> bool {
        let scanned = step.strip_prefix("SCAN ").filter(|rest| !rest.contains("VIRTUAL TABLE"));
        let made = step.strip_prefix("SEARCH ").filter(|rest| rest.contains(" AUTOMATIC "));
        let Some(rest) = scanned.or(made) else { return false };
        let name = rest.split(' ').next().unwrap_or_default();
        let index =
            rest.split_once("INDEX ").map_or("", |(_, index)| index.split(' ').next().unwrap_or_default());
        self.table(sql, name).is_some_and(|table| !is_small(table)) && !self.is_partial(index)
    }

    /// A search below `parent` that may find more than a page: of a table that grows, by no narrow column.
    /// What a subquery with a limit finds is a page.
    fn wide(&self, sql: &str, steps: &[Step], parent: i64) -> Option<String> {
        steps.iter().filter(|step| step.parent == parent).find_map(|step| {
            let below = || self.wide(sql, steps, step.id);
            if let Some(rest) = step.text.strip_prefix("SEARCH ") {
                let name = rest.split(' ').next().unwrap_or_default();
                let grows = self.table(sql, name).is_some_and(|table| !is_small(table));
                let narrow = NARROW.iter().any(|column| {
                    [format!("({column}=?"), format!(" {column}=?")].iter().any(|equal| rest.contains(equal))
                });
                let is_key = rest.contains("(rowid=?)");
                return if grows && !narrow && !is_key { Some(step.text.clone()) } else { below() };
            }
            let named = ["CO-ROUTINE ", "MATERIALIZE "].iter().find_map(|word| step.text.strip_prefix(word));
            if named.is_some_and(|name| is_page(sql, name)) { None } else { below() }
        })
    }

    // ---- PostgreSQL ----

    async fn postgres_faults(
        &self,
        connection: &mut PgConnection,
        found: &SourceStatement,
    ) -> BTreeMap<Fault, String> {
        let parameters = prepare(connection, found).await;
        let nulls = vec!["null"; parameters].join(", ");
        let values = if parameters == 0 { String::new() } else { format!("({nulls})") };
        let mut best: Option<BTreeMap<Fault, String>> = None;
        for sorts in ["on", "off"] {
            run(connection, &format!("set enable_sort = {sorts}")).await.unwrap();
            let asked = format!("explain (format json) execute asked{values}");
            let row = sqlx::raw_sql(AssertSqlSafe(asked)).fetch_one(&mut *connection).await;
            let row = row.unwrap_or_else(|error| panic!("{}: {error}", found.name));
            let plan: Json = serde_json::from_str(&row.try_get_unchecked::<String, _>(0).unwrap()).unwrap();
            let mut faults = BTreeMap::new();
            self.look(&plan[0]["Plan"], &mut faults);
            if best.as_ref().is_none_or(|best| faults.len() < best.len()) {
                best = Some(faults);
            }
        }
        run(connection, "deallocate asked").await.unwrap();
        best.unwrap_or_default()
    }

    /// The faults of a node and of those below it.
    fn look(&self, node: &Json, faults: &mut BTreeMap<Fault, String>) {
        let kind = node["Node Type"].as_str().unwrap_or_default();
        if let Some(table) = self.of_node(node)
            && !is_small(table)
            && node["Index Cond"].is_null()
            // They fetch the rows that another node has found.
            && !["Bitmap Heap Scan", "Tid Scan"].contains(&kind)
            && !self.is_partial(node["Index Name"].as_str().unwrap_or_default())
        {
            faults.insert(Fault::Scan, format!("{kind} on {table}"));
        }
        if kind == "Sort"
            && let Some(wide) = below(node).find_map(|node| self.wide_node(node))
        {
            faults.insert(Fault::Sort, format!("Sort over {wide}"));
        }
        below(node).for_each(|node| self.look(node, faults));
    }

    /// The same as [`Self::wide`], of a node and those below it. A partial index holds only what something
    /// waits for.
    fn wide_node(&self, node: &Json) -> Option<String> {
        let kind = node["Node Type"].as_str().unwrap_or_default();
        if kind == "Limit" {
            return None;
        }
        let condition = node["Index Cond"].as_str().unwrap_or_default();
        let narrow = NARROW.iter().any(|column| {
            let equal = [format!("({column} = "), format!(".{column} = ")];
            equal.iter().any(|equal| condition.contains(equal))
        });
        let is_partial = self.is_partial(node["Index Name"].as_str().unwrap_or_default());
        match self.of_node(node) {
            Some(table) if !is_small(table) && !narrow && !is_partial && kind != "Bitmap Heap Scan" => {
                Some(format!("{kind} on {table} {condition}"))
            }
            _ => below(node).find_map(|node| self.wide_node(node)),
        }
    }

    /// The table that a node reads, if it reads one.
    fn of_node<'n>(&'n self, node: &'n Json) -> Option<&'n str> {
        let kind = node["Node Type"].as_str().filter(|kind| kind.ends_with("Scan"))?;
        if kind == "Bitmap Index Scan" {
            return self.indexes.get(node["Index Name"].as_str()?).map(|(table, _)| table.as_str());
        }
        node["Relation Name"].as_str()
    }
}

/// Step of a plan of SQLite.
struct Step {
    id: i64,
    parent: i64,
    text: String,
}

impl Step {
    /// True if it sorts or groups all rows. Of rows that come in the order of all columns but the last, only
    /// those with the same beginning are sorted.
    fn sorts(&self) -> bool {
        let is_partly = ["PART OF", "TERM OF", "TERMS OF"].iter().any(|words| self.text.contains(words));
        self.text.contains("USE TEMP B-TREE FOR") && !is_partly
    }
}

/// The statement on one line, with single spaces.
fn flat(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// True if the subquery of this name ends with a limit: `… limit $4) one`.
fn is_page(sql: &str, name: &str) -> bool {
    [format!(") {name}"), format!(") as {name}")].iter().any(|end| {
        sql.match_indices(end.as_str()).any(|(place, _)| {
            let mut before = sql[..place].rsplit(' ');
            let (limit, word) = (before.next().unwrap_or_default(), before.next());
            word == Some("limit") && limit.trim_start_matches('$').bytes().all(|byte| byte.is_ascii_digit())
        })
    })
}

fn below(node: &Json) -> impl Iterator<Item = &Json> {
    node["Plans"].as_array().into_iter().flatten()
}

async fn run(connection: &mut PgConnection, sql: &str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.map(drop)
}

/// Prepares a statement as `asked`, and gives how many parameters it has.
///
/// The service sends the type of each parameter; here it is found out. PostgreSQL infers most, and says which
/// it cannot: those are texts or numbers, and are tried as both.
async fn prepare(connection: &mut PgConnection, found: &SourceStatement) -> usize {
    let mut types = vec!["unknown"; parameters(&found.sql)];
    // The parameters that PostgreSQL cannot tell, in the order in which it said so.
    let mut untold: Vec<usize> = Vec::new();
    loop {
        let declared = if types.is_empty() { String::new() } else { format!("({})", types.join(", ")) };
        let Err(error) = run(connection, &format!("prepare asked {declared} as {}", found.sql)).await else {
            return types.len();
        };
        match undetermined(&error).filter(|place| types.get(*place) == Some(&"unknown")) {
            Some(place) => {
                types[place] = "text";
                untold.push(place);
            }
            // Counts up, with a text as 0 and a number as 1.
            None => match untold.iter().rposition(|place| types[*place] == "text") {
                Some(last) => {
                    types[untold[last]] = "bigint";
                    untold[last + 1..].iter().for_each(|place| types[*place] = "text");
                }
                None => {
                    let number = inferred_wrongly(connection, found, &types).await;
                    types[number.unwrap_or_else(|| panic!("{}: {error}", found.name))] = "bigint";
                }
            },
        }
    }
}

/// The parameter that stands in an expression, was inferred to be a text, and is a number: with it declared
/// as one the statement can be prepared.
async fn inferred_wrongly(
    connection: &mut PgConnection,
    found: &SourceStatement,
    types: &[&str],
) -> Option<usize> {
    for place in 0..types.len() {
        let mut tried = types.to_vec();
        if std::mem::replace(&mut tried[place], "bigint") != "unknown" {
            continue;
        }
        let prepared = format!("prepare tried ({}) as {}", tried.join(", "), found.sql);
        if run(connection, &prepared).await.is_ok() {
            run(connection, "deallocate tried").await.expect("it was prepared");
            return Some(place);
        }
    }
    None
}

/// The highest number of a parameter.
fn parameters(sql: &str) -> usize {
    let numbers = sql.split('$').skip(1).map(|rest| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(0)
    });
    numbers.max().unwrap_or(0)
}

/// The place of the parameter whose type PostgreSQL could not determine.
fn undetermined(error: &sqlx::Error) -> Option<usize> {
    let error = error.as_database_error()?;
    let number = error.message().split_once("data type of parameter $")?.1;
    number.trim().parse::<usize>().ok()?.checked_sub(1)
}

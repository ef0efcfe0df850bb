//! Reference tables: rows are pasted, compared with the last version, and published only as they were
//! compared.

use axum::Router;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::get;
use domain::case::Language;
use domain::identifiers::Digest;
use domain::plan::types::Period;
use domain::text::is_plain_line;
use jiff::civil::Date;
use portal::shadow::tables::{self, ADDRESS, OneTable, RowMistake, TableOutcome, Tables, Typed};
use workflow::command::{NewTable, SentTable, StoredAnswer};
use workflow::shown::{DeclaredTable, TableDifference, TableVersion};
use workflow::{Failure, FieldProblem, Paging};

use super::{After, is_for_later};
use crate::App;
use crate::portal::attempts::{self, leads_to};
use crate::portal::fields::{Posted, Sent, spoken, unreadable};
use crate::portal::reader::Reader;
use crate::portal::viewer::Viewer;
use crate::problem::{ApiError, FieldErrorView};
use crate::spanish;

/// Most bytes of rows that are pasted. Longer tables are sent by software.
const MOST_ROWS_BYTES: usize = 1 << 20;
/// Most bytes of the form, each byte of which may be sent as three.
pub(super) const LIMIT: usize = 4 << 20;
/// Tables on a page.
const TABLES: u32 = 50;
/// Versions on a page.
const VERSIONS: u32 = 20;
/// Rows on a page.
const ROWS: u32 = 25;
/// Tables among which one is looked for by its name; a profile declares far fewer.
const MOST_TABLES: u32 = 200;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(ADDRESS, get(list))
        .route("/portal/tables/{name}", get(read).post(write))
        .route("/portal/tables/{name}/{version}", get(rows))
}

/// Name of a table, and the version of its rows.
struct Address {
    name: String,
    version: i64,
}

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let path = path.map_err(|_| ApiError::NoSuchRoute)?;
        let of = |name: &str| path.iter().find(|(known, _)| known == name).map(|(_, text)| text.clone());
        let read = || {
            let version = of("version").map_or(Some(0), |text| text.parse().ok())?;
            Some(Self { name: of("name").filter(|name| is_plain_line(name))?, version })
        };
        read().ok_or_else(|| Failure::NotFound.into())
    }
}

async fn list(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(After { after }): Query<After>,
) -> Result<Response, ApiError> {
    let plan = viewer.caller.plan()?;
    let found = app.crosswalk.tables(&viewer.caller, plan, Paging { limit: TABLES, cursor: after }).await?;
    let page = Tables { tables: &found.items, next: found.next_cursor.as_deref() };
    Ok(reader.page(StatusCode::OK, tables::list(&reader.frame(Some(&viewer.who)), &page)))
}

/// The table of that name, if the rules in force declare it.
async fn declared(app: &App, viewer: &Viewer, name: &str) -> Result<DeclaredTable, ApiError> {
    let plan = viewer.caller.plan()?;
    let all = Paging { limit: MOST_TABLES, cursor: None };
    let found = app.crosswalk.tables(&viewer.caller, plan, all).await?;
    let table = found.items.into_iter().find(|table| table.table.name == name);
    table.ok_or_else(|| Failure::NotFound.into())
}

async fn read(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Address { name, .. }: Address,
    Query(After { after }): Query<After>,
) -> Result<Response, ApiError> {
    let table = declared(&app, &viewer, &name).await?;
    let typed = Typed { key: attempts::fresh(), ..Typed::default() };
    page(&app, &viewer, &reader, &table, after, &typed, TableOutcome::Nothing).await
}

async fn page(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    table: &DeclaredTable,
    after: Option<String>,
    typed: &Typed,
    outcome: TableOutcome<'_>,
) -> Result<Response, ApiError> {
    let (plan, name) = (viewer.caller.plan()?, &table.table.name);
    let paging = Paging { limit: VERSIONS, cursor: after };
    let versions = app.crosswalk.table_versions(&viewer.caller, plan, name, paging).await?;
    let one =
        OneTable { table, versions: &versions.items, next: versions.next_cursor.as_deref(), typed, outcome };
    let status = match outcome {
        TableOutcome::Nothing | TableOutcome::Compared(_) => StatusCode::OK,
        TableOutcome::Anew(_) => StatusCode::CONFLICT,
        TableOutcome::NotSaved(_) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok(reader.page(status, tables::page(&reader.frame(Some(&viewer.who)), &one)))
}

async fn write(
    State(app): State<App>,
    Address { name, .. }: Address,
    Posted { viewer, reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    let table = declared(&app, &viewer, &name).await?;
    let text = |name| sent.text(name).to_owned();
    let mut typed = Typed {
        rows: sent.get("rows").ok_or_else(unreadable)?.replace("\r\n", "\n"),
        from: text("from"),
        to: text("to"),
        key: attempts::kept(&sent),
        against: text("against"),
        compared: text("compared"),
    };
    if language.is_some() {
        let page = page(&app, &viewer, &reader, &table, None, &typed, TableOutcome::Nothing).await?;
        return Ok(spoken(page, language));
    }
    let days = match (typed.rows.len(), read_days(&typed)) {
        (length, _) if length > MOST_ROWS_BYTES => Err(TableOutcome::TooLong(MOST_ROWS_BYTES >> 10)),
        (_, days) => days,
    };
    let days = match days {
        Ok(days) => days,
        Err(outcome) => return page(&app, &viewer, &reader, &table, None, &typed, outcome).await,
    };
    let difference = match compare(&app, &viewer, &name, &days, &typed.rows).await {
        Ok(difference) => difference,
        Err(ApiError::Failure(failure)) => {
            let mistakes = mistakes(&failure, reader.words.language).ok_or(ApiError::Failure(failure))?;
            return page(&app, &viewer, &reader, &table, None, &typed, TableOutcome::BadRows(&mistakes))
                .await;
        }
        Err(error) => return Err(error),
    };
    let now = Seen::of(&typed, &difference);
    let publishes = sent.text("button") == "publish";
    if publishes && now.may_be_published(&typed, &difference) {
        return match publish(&app, &viewer, (name, days), &typed, &sent).await {
            Err(ApiError::Failure(failure)) if is_for_later(&failure) => {
                page(&app, &viewer, &reader, &table, None, &typed, TableOutcome::NotSaved(&difference)).await
            }
            published => published,
        };
    }
    now.keep(&mut typed, attempts::fresh());
    let outcome =
        if publishes { TableOutcome::Anew(&difference) } else { TableOutcome::Compared(&difference) };
    page(&app, &viewer, &reader, &table, None, &typed, outcome).await
}

/// Two sides of a difference that a person saw: the last version, and the rows with their days.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    against: String,
    compared: String,
}

impl Seen {
    fn of(typed: &Typed, difference: &TableDifference) -> Self {
        let against = difference.against.as_ref().map_or(0, |version| version.version);
        Self { against: against.to_string(), compared: fingerprint(typed) }
    }

    /// True if this is what the person saw. A version that has these very rows already may be what this form
    /// made a moment ago: to publish them once more changes nothing.
    fn may_be_published(&self, typed: &Typed, difference: &TableDifference) -> bool {
        let counts = [difference.added.count, difference.removed.count, difference.changed.count];
        let is_there = difference.against.is_some() && counts == [0; 3];
        self.compared == typed.compared && (self.against == typed.against || is_there)
    }

    /// Puts it into the form that is shown with the difference, which is an attempt of its own.
    fn keep(self, typed: &mut Typed, attempt: String) {
        typed.against = self.against;
        typed.compared = self.compared;
        typed.key = attempt;
    }
}

/// Name of rows and days: others have another.
fn fingerprint(typed: &Typed) -> String {
    let days = format!("{}\n{}\n", typed.from.trim(), typed.to.trim());
    Digest::of_parts(&[days.as_bytes(), typed.rows.as_bytes()]).to_string()
}

fn read_days(typed: &Typed) -> Result<Period, TableOutcome<'static>> {
    let first: Date = typed.from.trim().parse().map_err(|_| TableOutcome::NoFrom)?;
    let last: Option<Date> = match typed.to.trim() {
        "" => None,
        text => Some(text.parse().map_err(|_| TableOutcome::NoTo)?),
    };
    if last.is_some_and(|last| last < first) {
        return Err(TableOutcome::NoTo);
    }
    Ok(Period { first, last })
}

async fn compare(
    app: &App,
    viewer: &Viewer,
    name: &str,
    days: &Period,
    rows: &str,
) -> Result<TableDifference, ApiError> {
    let new = new_table(name.to_owned(), days.clone(), rows);
    Ok(app.crosswalk.compare_table(&viewer.caller, viewer.caller.plan()?, new).await?)
}

fn new_table(name: String, days: Period, rows: &str) -> NewTable {
    NewTable { name, days, sent: SentTable::Csv(rows.as_bytes().to_vec()) }
}

async fn publish(
    app: &App,
    viewer: &Viewer,
    (name, days): (String, Period),
    typed: &Typed,
    sent: &Sent,
) -> Result<Response, ApiError> {
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    let plan = caller.plan()?.clone();
    let once = sent.once("portalUploadTable", to_rows)?;
    let new = new_table(name, days, &typed.rows);
    app.carry_out(async move { crosswalk.upload_table(&caller, plan, new, once).await }).await
}

/// Sends the browser to the rows that were published.
fn to_rows(version: &TableVersion) -> StoredAnswer {
    leads_to(&tables::version_address(&version.name, version.version))
}

/// Mistakes of rows in the reader's language; `None` for a failure that is about something else.
fn mistakes(failure: &Failure, language: Language) -> Option<Vec<RowMistake>> {
    let problems = match failure {
        Failure::Invalid(problems) => problems.as_slice(),
        Failure::BadFile(problem) => std::slice::from_ref(&**problem),
        _ => return None,
    };
    let mistake = |problem: &FieldProblem| {
        let mut said = FieldErrorView::from(problem);
        if language == Language::Es {
            spanish::say_field(&mut said);
        }
        let (row, column) = place(&problem.pointer);
        RowMistake { row, column, problem: said.detail, fix: said.fix }
    };
    Some(problems.iter().map(mistake).collect())
}

/// Row and column of a place in a CSV file (RFC 7111).
fn place(pointer: &str) -> (Option<u32>, Option<u32>) {
    if let Some(row) = pointer.strip_prefix("#row=") {
        return (row.parse().ok(), None);
    }
    let cell = pointer.strip_prefix("#cell=").and_then(|cell| cell.split_once(','));
    cell.map_or((None, None), |(row, column)| (row.parse().ok(), column.parse().ok()))
}

async fn rows(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Address { name, version }: Address,
    Query(After { after }): Query<After>,
) -> Result<Response, ApiError> {
    let plan = viewer.caller.plan()?;
    let paging = Paging { limit: ROWS, cursor: after };
    let found = app.crosswalk.table_rows(&viewer.caller, plan, &name, version, paging).await?;
    Ok(reader.page(StatusCode::OK, tables::rows(&reader.frame(Some(&viewer.who)), &found)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(rows: &str, from: &str, to: &str) -> Typed {
        Typed { rows: rows.to_owned(), from: from.to_owned(), to: to.to_owned(), ..Typed::default() }
    }

    #[test]
    fn a_place_in_the_file_is_row_and_column() {
        assert_eq!(place("#cell=4,2"), (Some(4), Some(2)));
        assert_eq!(place("#row=7"), (Some(7), None));
        assert_eq!(place(""), (None, None));
    }

    #[test]
    fn days_are_in_order_and_the_last_may_be_open() {
        let read = |from, to| read_days(&typed("", from, to));
        let open = read("2026-07-01", " ").ok().unwrap();
        assert_eq!((open.first.to_string(), open.last), ("2026-07-01".to_owned(), None));
        assert!(matches!(read("", ""), Err(TableOutcome::NoFrom)));
        assert!(matches!(read("2026-07-01", "2026-06-30"), Err(TableOutcome::NoTo)));
        assert!(matches!(read("2026-07-01", "July"), Err(TableOutcome::NoTo)));
    }

    #[test]
    fn other_rows_or_days_are_another_thing_to_publish() {
        let rows = fingerprint(&typed("a,b\n", "2026-07-01", ""));
        assert_eq!(rows, fingerprint(&typed("a,b\n", " 2026-07-01 ", "")));
        assert_ne!(rows, fingerprint(&typed("a,c\n", "2026-07-01", "")));
        assert_ne!(rows, fingerprint(&typed("a,b\n", "2026-07-02", "")));
    }
}

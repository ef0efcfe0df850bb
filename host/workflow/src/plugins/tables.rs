//! Reference tables: data that changes oftener than a plan's code.
//!
//! A profile declares a table; the plan uploads rows for it with the days on which they are in force; a case
//! is handed the rows whose keys it has, and nothing else. Versions stay: an evaluation's recorded input
//! holds the rows it saw, and the next upload changes what comes after it only.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use domain::audit::SubjectKind;
use domain::case::WhyPeople;
use domain::identifiers::{Digest, PlanId};
use domain::plan::billing::ClaimLine;
use domain::plan::profile::Table;
use domain::plan::types::{Context, Period, TableRow, TableSlice};
use domain::problem::Code;
use domain::reference::{self, CaseValues};
use domain::rollout::About;
use domain::time::pacific_day;
use formats::table::{MOST_LISTED, Row, Sent, TableRefusal, TableRules};
use jiff::civil::Date;
use serde_json::json;
use store::tables::{TableVersion, Wanted};
use store::{Scope, Unit};

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::Caller;
use crate::command::failure::{Failure, FieldProblem};
use crate::command::paging::{Page, Paging, page};
use crate::command::{NewTable, Once, Outcome};
use crate::plugins::registry::Live;

/// A reference table that the plan's plugin in force declares.
#[derive(Clone, Debug)]
pub struct DeclaredTable {
    /// Declaration of the table.
    pub table: Table,
    /// Version in force today; `None` if none is, or none has these columns.
    pub in_force: Option<i64>,
    /// Version that was uploaded last.
    pub newest: Option<TableVersion>,
}

/// One version with a page of its rows.
#[derive(Clone, Debug)]
pub struct TableRows {
    /// Version of the rows.
    pub version: TableVersion,
    /// Names of the columns, in the order of the cells.
    pub columns: Vec<String>,
    /// Rows in the order of the upload.
    pub rows: Page<NumberedRow>,
}

/// One row of a reference table.
#[derive(Clone, Debug)]
pub struct NumberedRow {
    /// Its number in the upload, from 1.
    pub number: i64,
    /// Cells of the row.
    pub cells: Vec<String>,
}

/// Difference between a file of rows and the version that was uploaded last.
#[derive(Clone, Debug)]
pub struct TableDifference {
    /// Declaration of the table.
    pub table: Table,
    /// Version that was uploaded last; `None` if none was.
    pub against: Option<TableVersion>,
    /// True if that version has other keys or columns: its rows are then no rows of this table, and all rows
    /// of the file are new.
    pub other_columns: bool,
    /// Number of rows of the file.
    pub rows: usize,
    /// Rows that only the file has.
    pub added: RowsOf<Vec<String>>,
    /// Rows that only the version has.
    pub removed: RowsOf<Vec<String>>,
    /// Rows of one key that have other cells: before and after.
    pub changed: RowsOf<(Vec<String>, Vec<String>)>,
}

/// Rows of one kind: how many, and the first of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowsOf<R> {
    /// Number of all rows of this kind.
    pub count: usize,
    /// The first of them, at most 100.
    pub first: Vec<R>,
}

/// Most rows of one kind that a difference shows.
pub(crate) const MOST_SHOWN: usize = 100;
/// Rows of a version that are read at once for a difference.
const READ_AT_ONCE: u32 = 5_000;

impl<R> Default for RowsOf<R> {
    fn default() -> Self {
        Self { count: 0, first: Vec::new() }
    }
}

impl<R> RowsOf<R> {
    fn add(&mut self, row: R) {
        self.count += 1;
        if self.first.len() < MOST_SHOWN {
            self.first.push(row);
        }
    }
}

/// The rows of one version of a reference table that an evaluation saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSeen {
    /// Name of the table.
    pub table: String,
    /// Version of the table.
    pub version: String,
    /// Number of its rows.
    pub rows: u32,
}

impl Crosswalk {
    /// Loads a table's rows as its next version: all of them, or none and everything that is wrong. The same
    /// rows for the same days as the newest version change nothing and give that version.
    ///
    /// # Errors
    /// `Invalid` where the plan declares no such table, and for rows that cannot be used; `BadFile` for a
    /// file that cannot be told apart into the declared columns; `Forbidden` and `NotFound` for another
    /// plan's.
    pub async fn upload_table(
        &self,
        caller: &Caller,
        plan: PlanId,
        new: NewTable,
        once: Once<TableVersion>,
    ) -> Result<Outcome<TableVersion>, Failure> {
        self.may_run_plan(caller, &plan).await?;
        let NewTable { name, days, sent } = new;
        let live = self.live(&plan, self.now(), About::on(self.today())).await?.ok_or_else(no_plugin)?;
        let shape = shape(declared(&live, &name)?);
        let rows = self.read_table(live, &name, &days, sent).await?;
        let sha256 =
            Digest::of(json!(rows.iter().map(|row| &row.cells).collect::<Vec<_>>()).to_string().as_bytes());
        let rows = numbered(rows);
        let (plan, name, days, shape, rows) = (&plan, &name, &days, &shape, &rows);
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let newest =
                    store::tables::list(crosswalk.store(), &caller.scope, plan, name, None, 1).await?;
                let newest = newest.items.into_iter().next();
                let version = TableVersion {
                    plan: plan.clone(),
                    name: name.clone(),
                    version: newest.as_ref().map_or(1, |newest| newest.version + 1),
                    shape: shape.clone(),
                    first_day: days.first,
                    last_day: days.last,
                    row_count: i64::try_from(rows.len()).unwrap_or(i64::MAX),
                    sha256,
                    uploaded_at: crosswalk.now(),
                    uploaded_by: *caller.organization()?,
                };
                if let Some(newest) = newest.filter(|newest| says_the_same(newest, &version)) {
                    return Ok((Unit::default(), newest));
                }
                let mut unit = Unit::of(store::tables::insert(&version, rows));
                unit.add(crosswalk.audit(
                    caller,
                    "upload-table",
                    SubjectKind::Table,
                    &version.id(),
                    Some(plan),
                ));
                Ok((unit, version))
            })
        })
        .await
    }

    /// Compares rows, as if they were uploaded, with the version that was uploaded last. Nothing is
    /// kept.
    ///
    /// # Errors
    /// As [`Self::upload_table`].
    pub async fn compare_table(
        &self,
        caller: &Caller,
        plan: &PlanId,
        new: NewTable,
    ) -> Result<TableDifference, Failure> {
        self.may_run_plan(caller, plan).await?;
        let NewTable { name, days, sent } = new;
        let live = self.live(plan, self.now(), About::on(self.today())).await?.ok_or_else(no_plugin)?;
        let table = declared(&live, &name)?.clone();
        let rows = self.read_table(live, &name, &days, sent).await?;
        let newest = store::tables::list(self.store(), &caller.scope, plan, &name, None, 1).await?;
        let against = newest.items.into_iter().next();
        let other_columns = against.as_ref().is_some_and(|version| version.shape != shape(&table));
        let before = match against.as_ref().filter(|_| !other_columns) {
            Some(version) => self.all_rows(caller, version).await?,
            None => Vec::new(),
        };
        self.look(caller, Look::List(SubjectKind::Table)).await?;
        let keys: Vec<usize> =
            table.keys.iter().filter_map(|key| table.columns.iter().position(|one| one == key)).collect();
        let counted = rows.len();
        let work = move || differences(&keys, before, rows);
        let (added, removed, changed) = tokio::task::spawn_blocking(work).await.map_err(Failure::internal)?;
        Ok(TableDifference { table, against, other_columns, rows: counted, added, removed, changed })
    }

    /// Every row of a version, in the order of its upload.
    async fn all_rows(&self, caller: &Caller, version: &TableVersion) -> Result<Vec<Vec<String>>, Failure> {
        let mut rows = Vec::new();
        let mut after = None;
        loop {
            let page = store::tables::rows(self.store(), &caller.scope, version, after, READ_AT_ONCE).await?;
            rows.extend(page.items.into_iter().map(|(_, cells)| cells));
            after = page.next;
            if after.is_none() {
                return Ok(rows);
            }
        }
    }

    /// The rows, read where a long file keeps nobody waiting.
    async fn read_table(
        &self,
        live: Live,
        name: &str,
        days: &Period,
        sent: Sent,
    ) -> Result<Vec<Row>, Failure> {
        let (today, name, days) = (pacific_day(self.now()), name.to_owned(), days.clone());
        let read = tokio::task::spawn_blocking(move || {
            let table = declared(&live, &name)?;
            let rules = TableRules { table, profile: live.profile(), days: &days, today };
            formats::table::parse(&sent, rules).map_err(refused)
        });
        read.await.map_err(Failure::internal)?
    }

    /// The tables that a plan's plugin in force declares, each with its newest version and the one in force
    /// today.
    ///
    /// # Errors
    /// `Forbidden` and `NotFound` for another plan's; `Invalid` for a bad cursor.
    pub async fn tables(
        &self,
        caller: &Caller,
        plan: &PlanId,
        paging: Paging,
    ) -> Result<Page<DeclaredTable>, Failure> {
        self.may_run_plan(caller, plan).await?;
        let after: Option<String> = paging.after()?;
        let live = self.live(plan, self.now(), About::on(self.today())).await?;
        let declared = live.as_ref().map(|live| live.profile().tables.as_slice()).unwrap_or_default();
        let mut declared: Vec<&Table> =
            declared.iter().filter(|table| after.as_ref().is_none_or(|after| table.name > *after)).collect();
        declared.sort_by(|one, other| one.name.cmp(&other.name));
        let more = declared.len() > paging.limit as usize;
        declared.truncate(paging.limit as usize);
        let shapes: Vec<_> = declared.iter().map(|table| (table.name.clone(), shape(table))).collect();
        let today = [self.today()];
        let in_force = store::tables::in_force(self.store(), &caller.scope, plan, &shapes, &today).await?;
        let mut items = Vec::with_capacity(declared.len());
        for table in declared {
            let newest = store::tables::list(self.store(), &caller.scope, plan, &table.name, None, 1).await?;
            items.push(DeclaredTable {
                table: table.clone(),
                in_force: in_force
                    .iter()
                    .find(|(name, ..)| *name == table.name)
                    .map(|(.., version)| *version),
                newest: newest.items.into_iter().next(),
            });
        }
        self.look(caller, Look::List(SubjectKind::Table)).await?;
        let next_cursor = items.last().filter(|_| more).map(|last| last.table.name.clone());
        Ok(Page { items, next_cursor })
    }

    /// The versions of one table, newest first.
    ///
    /// # Errors
    /// `Forbidden` and `NotFound` for another plan's; `Invalid` for a bad cursor.
    pub async fn table_versions(
        &self,
        caller: &Caller,
        plan: &PlanId,
        name: &str,
        paging: Paging,
    ) -> Result<Page<TableVersion>, Failure> {
        self.may_run_plan(caller, plan).await?;
        let before = paging.after()?;
        let rows = store::tables::list(self.store(), &caller.scope, plan, name, before, paging.limit).await?;
        self.look(caller, Look::List(SubjectKind::Table)).await?;
        Ok(page(rows, std::convert::identity))
    }

    /// One version with its rows, in the order of the upload.
    ///
    /// # Errors
    /// `NotFound` for a version that is not there, and for another plan's; `Invalid` for a bad cursor.
    pub async fn table_rows(
        &self,
        caller: &Caller,
        plan: &PlanId,
        name: &str,
        version: i64,
        paging: Paging,
    ) -> Result<TableRows, Failure> {
        self.may_run_plan(caller, plan).await?;
        let after = paging.after()?;
        let store = self.store();
        let found = store::tables::find(store, &caller.scope, plan, name, version).await?;
        let version = found.ok_or(Failure::NotFound)?;
        let rows = store::tables::rows(store, &caller.scope, &version, after, paging.limit).await?;
        self.look(caller, Look::List(SubjectKind::Table)).await?;
        let rows = page(rows, |(number, cells)| NumberedRow { number, cells });
        Ok(TableRows { columns: columns(&version.shape)?, version, rows })
    }

    /// The rows that a case is handed: of each declared table those in force on the case's day whose keys it
    /// has. One query for all tables; none where nothing is declared, or the case has nothing to look up by.
    pub(crate) async fn table_slices(
        &self,
        live: &Live,
        on: Date,
        case: CaseValues<'_>,
    ) -> Result<Vec<TableSlice>, Failure> {
        let declared = &live.profile().tables;
        let wanted: Vec<Wanted> = declared
            .iter()
            .flat_map(|table| {
                let (name, shape) = (&table.name, shape(table));
                case.keys(table).into_iter().map(move |key| Wanted {
                    name: name.clone(),
                    shape: shape.clone(),
                    key,
                })
            })
            .collect();
        let found =
            store::tables::look_up(self.store(), &Scope::duty("context"), &live.plan, on, &wanted).await?;
        let mut rows: BTreeMap<String, Vec<TableRow>> = BTreeMap::new();
        for row in found {
            let handed = TableRow { version: row.version.to_string(), cells: row.cells };
            rows.entry(row.name).or_default().push(handed);
        }
        let slice = |table: &Table| TableSlice {
            name: table.name.clone(),
            rows: rows.remove(&table.name).unwrap_or_default(),
        };
        Ok(declared.iter().map(slice).collect())
    }

    /// Reason for which people must decide on a claim: a table of the plan changes between the days of its
    /// lines. Rules are handed the rows of one day, and would price the other lines by them. Nothing is asked
    /// about a claim of one day.
    pub(crate) async fn tables_change(
        &self,
        live: &Live,
        lines: &[ClaimLine],
    ) -> Result<Option<WhyPeople>, Failure> {
        let days: Vec<Date> =
            lines.iter().map(|line| line.days.first).collect::<BTreeSet<_>>().into_iter().collect();
        if days.len() < 2 {
            return Ok(None);
        }
        let shapes: Vec<_> =
            live.profile().tables.iter().map(|table| (table.name.clone(), shape(table))).collect();
        let duty = Scope::duty("context");
        let in_force = store::tables::in_force(self.store(), &duty, &live.plan, &shapes, &days).await?;
        let changes = shapes.iter().any(|(name, _)| {
            let mut versions = days.iter().map(|day| {
                in_force.iter().find(|(of, on, _)| of == name && on == day).map(|(.., version)| *version)
            });
            let first = versions.next();
            versions.any(|version| Some(version) != first)
        });
        Ok(changes.then_some(WhyPeople::TablesChange))
    }
}

/// The table of that name in the profile in force.
fn declared<'a>(live: &'a Live, name: &str) -> Result<&'a Table, Failure> {
    let tables = &live.profile().tables;
    tables.iter().find(|table| table.name == name).ok_or_else(|| {
        let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        let fix = match names.as_slice() {
            [] => "declare it in the profile of the plan's plugin first".to_owned(),
            names => {
                format!("use one of: {}; or declare it in the profile of the plan's plugin", names.join(", "))
            }
        };
        Failure::field("", Code::UnknownTable, "the plan's plugin in force declares no such table", fix)
    })
}

fn no_plugin() -> Failure {
    Failure::field(
        "",
        Code::NoPlugin,
        "the plan has no plugin in force, so nothing says which columns the table has",
        "activate one with ⟦activatePlugin⟧, then upload the table",
    )
}

/// Keys and columns of a table as one text. Rows of another shape are another plugin's: their cells would be
/// read as something else.
fn shape(table: &Table) -> String {
    json!({ "keys": table.keys, "columns": table.columns }).to_string()
}

fn columns(shape: &str) -> Result<Vec<String>, Failure> {
    let shape: serde_json::Value = serde_json::from_str(shape).map_err(Failure::internal)?;
    serde_json::from_value(shape["columns"].clone()).map_err(Failure::internal)
}

type Differences = (RowsOf<Vec<String>>, RowsOf<Vec<String>>, RowsOf<(Vec<String>, Vec<String>)>);

/// Rows that are added, removed and changed. A row is known by its key; of several with one key those that
/// stay are set aside first, and the others are changed one by one, in their order.
fn differences(keys: &[usize], before: Vec<Vec<String>>, after: Vec<Row>) -> Differences {
    let mut of_before: HashMap<String, VecDeque<Vec<String>>> = HashMap::new();
    let mut order = Vec::new();
    for cells in before {
        let key = reference::key(keys.iter().filter_map(|at| cells.get(*at)).map(String::as_str));
        let known = of_before.entry(key.clone()).or_default();
        if known.is_empty() {
            order.push(key);
        }
        known.push_back(cells);
    }
    let mut moved = Vec::new();
    for row in after {
        let stays = of_before.get_mut(&row.key).is_some_and(|known| {
            let same = known.iter().position(|cells| *cells == row.cells);
            same.and_then(|at| known.remove(at)).is_some()
        });
        if !stays {
            moved.push(row);
        }
    }
    let (mut added, mut removed, mut changed): Differences = Default::default();
    for row in moved {
        match of_before.get_mut(&row.key).and_then(VecDeque::pop_front) {
            Some(cells) => changed.add((cells, row.cells)),
            None => added.add(row.cells),
        }
    }
    for cells in order.iter().filter_map(|key| of_before.remove(key)).flatten() {
        removed.add(cells);
    }
    (added, removed, changed)
}

fn numbered(rows: Vec<Row>) -> Vec<store::tables::TableRow> {
    let row = |(number, row): (i64, Row)| store::tables::TableRow { number, key: row.key, cells: row.cells };
    (1..).zip(rows).map(row).collect()
}

/// True if `new` would change nothing. Only the newest version counts: an older one that said the same was
/// replaced since.
fn says_the_same(newest: &TableVersion, new: &TableVersion) -> bool {
    (newest.sha256, newest.first_day, newest.last_day, &newest.shape)
        == (new.sha256, new.first_day, new.last_day, &new.shape)
}

fn refused(refusal: TableRefusal) -> Failure {
    let (code, detail, fix) = (refusal.code(), refusal.to_string(), refusal.fix());
    let TableRefusal::Rows { issues, unlisted, .. } = refusal else {
        return Failure::BadFile(Box::new(FieldProblem::new("", code, detail, fix)));
    };
    let listed = match unlisted {
        0 => String::new(),
        more => format!("; the first {MOST_LISTED} problems are listed, {more} more are not"),
    };
    let first = FieldProblem::new(
        "",
        code,
        format!("{detail}, so none was loaded: a table of which a part is missing decides wrongly{listed}"),
        fix,
    );
    let rows = issues
        .into_iter()
        .map(|issue| FieldProblem::new(issue.pointer, issue.rule, issue.problem, issue.fix));
    Failure::Invalid(std::iter::once(first).chain(rows).collect())
}

/// Versions that an evaluation saw rows of.
pub(crate) fn seen(context: &Context) -> Vec<TableSeen> {
    let mut seen: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for slice in &context.tables {
        for row in &slice.rows {
            *seen.entry((&slice.name, &row.version)).or_default() += 1;
        }
    }
    seen.into_iter()
        .map(|((table, version), rows)| TableSeen {
            table: table.to_owned(),
            version: version.to_owned(),
            rows,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(row: [&str; 2]) -> Vec<String> {
        row.map(str::to_owned).to_vec()
    }

    fn difference(before: &[[&str; 2]], after: &[[&str; 2]]) -> Differences {
        let after = after.iter().map(|row| Row { key: reference::key([row[0]]), cells: cells(*row) });
        differences(&[0], before.iter().map(|row| cells(*row)).collect(), after.collect())
    }

    #[test]
    fn rows_are_told_apart_by_their_keys() {
        let (added, removed, changed) = difference(
            &[["G1", "10"], ["G2", "20"], ["G3", "30"]],
            &[["G3", "30"], ["G2", "25"], ["G4", "40"]],
        );
        assert_eq!(added, RowsOf { count: 1, first: vec![cells(["G4", "40"])] });
        assert_eq!(removed, RowsOf { count: 1, first: vec![cells(["G1", "10"])] });
        assert_eq!(changed, RowsOf { count: 1, first: vec![(cells(["G2", "20"]), cells(["G2", "25"]))] });
    }

    #[test]
    fn of_rows_with_one_key_those_that_stay_are_no_change() {
        let (added, removed, changed) =
            difference(&[["G1", "10"], ["G1", "11"]], &[["G1", "12"], ["G1", "10"], ["G1", "13"]]);
        assert_eq!(added.first, [cells(["G1", "13"])]);
        assert_eq!((removed.count, changed.first), (0, vec![(cells(["G1", "11"]), cells(["G1", "12"]))]));
    }

    #[test]
    fn a_long_difference_is_counted_whole_and_shown_in_part() {
        let numbers: Vec<String> = (0..MOST_SHOWN + 5).map(|number| number.to_string()).collect();
        let rows: Vec<[&str; 2]> = numbers.iter().map(|number| [number.as_str(), "1"]).collect();
        let (added, ..) = difference(&[], &rows);
        assert_eq!((added.count, added.first.len()), (MOST_SHOWN + 5, MOST_SHOWN));
    }
}

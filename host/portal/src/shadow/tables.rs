//! Reference tables of a plan: what it declares, the versions of each, the rows of one, and the difference
//! that new rows make before they are published.

use askama::Template;
use i18n_embed_fl::fl;
use workflow::shown::{DeclaredTable, RowsOf, TableDifference, TableRows, TableVersion};

use super::count;
use crate::parts::{Action, Area, Empty, Entry, Errors, Field, Message, Mistake, Row, Sheet, Summary, Tone};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

/// Address of the list of tables.
pub const ADDRESS: &str = "/portal/tables";
/// Name of the field that holds the rows.
pub const ROWS: &str = "rows";
/// Name of the field that holds the first day.
pub const FROM: &str = "from";
/// Name of the field that holds the last day.
pub const TO: &str = "to";
/// Rows of one kind that the page of a difference lists; more are counted.
const MOST_LISTED: usize = 25;
/// Mistakes in rows that a page lists.
const MOST_MISTAKES: usize = 50;

/// Address of one table.
#[must_use]
pub fn address(table: &str) -> String {
    format!("{ADDRESS}/{table}")
}

/// Address of one version of a table.
#[must_use]
pub fn version_address(table: &str, version: i64) -> String {
    format!("{ADDRESS}/{table}/{version}")
}

/// Reference tables of a plan.
pub struct Tables<'a> {
    /// Tables of this page, by name.
    pub tables: &'a [DeclaredTable],
    /// Cursor of the next page.
    pub next: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "shadow/tables.html")]
pub(crate) struct TablesPage {
    shell: Shell,
    heading: String,
    says: String,
    list: Option<Sheet>,
    empty: Option<Empty>,
    next: Option<Action>,
}

/// One table, in words.
pub(crate) struct TableLine {
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) text: String,
    pub(crate) in_force: String,
    pub(crate) newest: String,
}

/// Page of a plan's tables, as HTML.
#[must_use]
pub fn list(frame: &Frame<'_>, tables: &Tables<'_>) -> String {
    let lines = tables.tables.iter().map(|table| table_line(frame.words, table)).collect();
    list_view(frame, lines, tables.next).to_string()
}

fn table_line(words: Words, declared: &DeclaredTable) -> TableLine {
    let l = words.l;
    let number = |version: i64| fl!(l, "shadow-table-version", version = version);
    let newest = declared.newest.as_ref().map(|newest| {
        let at = words.instant(newest.uploaded_at);
        fl!(l, "shadow-table-newest-of", version = newest.version, at = at)
    });
    TableLine {
        name: declared.table.name.clone(),
        address: address(&declared.table.name),
        text: words.pick(&declared.table.text),
        in_force: declared.in_force.map_or_else(|| fl!(l, "shadow-table-none"), number),
        newest: newest.unwrap_or_else(|| fl!(l, "shadow-table-none")),
    }
}

pub(crate) fn list_view(frame: &Frame<'_>, lines: Vec<TableLine>, next: Option<&str>) -> TablesPage {
    let words = frame.words;
    let l = words.l;
    let heading = fl!(l, "shadow-tables");
    let heads = [
        fl!(l, "shadow-table"),
        fl!(l, "shadow-table-holds"),
        fl!(l, "shadow-table-in-force"),
        fl!(l, "shadow-table-newest"),
    ];
    let row = |line: TableLine| Row {
        name: line.name,
        address: Some(line.address),
        cells: heads[1..].iter().cloned().zip([line.text, line.in_force, line.newest]).collect(),
    };
    let rows: Vec<Row> = lines.into_iter().map(row).collect();
    let empty = rows.is_empty().then(|| Empty {
        title: fl!(l, "shadow-tables-empty"),
        text: fl!(l, "shadow-tables-empty-says"),
        action: Some(super::file::action(words)),
    });
    TablesPage {
        shell: Shell::of(frame, &heading, Some(Place::Tables)),
        heading,
        says: fl!(l, "shadow-tables-says"),
        list: (!rows.is_empty()).then(|| Sheet {
            caption: fl!(l, "shadow-tables-list"),
            heads: heads.to_vec(),
            rows,
        }),
        empty,
        next: next.map(|cursor| Action::other(fl!(l, "more"), format!("{ADDRESS}?after={cursor}"))),
    }
}

/// The form with the rows of a new version, as it was filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// Rows as CSV, with the names of the columns in the first.
    pub rows: String,
    /// First day, as it was typed.
    pub from: String,
    /// Last day; empty for none.
    pub to: String,
    /// Name of the attempt to publish.
    pub key: String,
    /// Number of the version that the rows were compared with; empty before they were.
    pub against: String,
    /// Name of what was compared: rows and days.
    pub compared: String,
}

/// A mistake in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowMistake {
    /// Number of the row in the file; the names of the columns are row 1.
    pub row: Option<u32>,
    /// Number of the column, from 1.
    pub column: Option<u32>,
    /// Problem and fix, in the reader's language.
    pub problem: String,
    /// Step that fixes it.
    pub fix: String,
}

/// Outcome of the form.
#[derive(Clone, Copy)]
pub enum TableOutcome<'a> {
    /// Nothing was asked yet.
    Nothing,
    /// The rows were compared; nothing is published.
    Compared(&'a TableDifference),
    /// They were compared anew, because somebody published a version meanwhile or the form was changed.
    Anew(&'a TableDifference),
    /// They were compared, and could not be published now; sending them again does not publish them twice.
    NotSaved(&'a TableDifference),
    /// The first day is no day.
    NoFrom,
    /// The last day is no day, or lies before the first.
    NoTo,
    /// The rows cannot be used: the whole file, or each mistake.
    BadRows(&'a [RowMistake]),
    /// The text is longer than the page takes, in KiB.
    TooLong(usize),
}

/// One table with its versions.
pub struct OneTable<'a> {
    /// The table, as the rules in force declare it.
    pub table: &'a DeclaredTable,
    /// Versions of this page, newest first.
    pub versions: &'a [TableVersion],
    /// Cursor of the next page of versions.
    pub next: Option<&'a str>,
    /// The form, as it was filled in.
    pub typed: &'a Typed,
    /// Outcome of the form.
    pub outcome: TableOutcome<'a>,
}

#[derive(Template)]
#[template(path = "shadow/table.html")]
pub(crate) struct TablePage {
    shell: Shell,
    errors: Errors,
    back: Action,
    heading: String,
    facts: Summary,
    message: Option<Message>,
    mistakes: Option<Sheet>,
    difference: Option<Difference>,
    action: String,
    typed: Typed,
    rows: Area,
    from: Field,
    to: Field,
    /// Text of the button that publishes; none before the rows were compared.
    publish: Option<String>,
    versions: Option<Sheet>,
    next: Option<Action>,
}

/// A difference, in words.
pub(crate) struct Difference {
    pub(crate) says: String,
    pub(crate) counts: Summary,
    pub(crate) sheets: Vec<Sheet>,
    pub(crate) more: Option<String>,
}

/// The table of a page, in words.
pub(crate) struct About {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) columns: Vec<String>,
    pub(crate) keys: Vec<String>,
    pub(crate) in_force: String,
}

/// Page of one table, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, one: &OneTable<'_>) -> String {
    let words = frame.words;
    let line = table_line(words, one.table);
    let about = About {
        name: line.name,
        text: line.text,
        columns: one.table.table.columns.clone(),
        keys: one.table.table.keys.clone(),
        in_force: line.in_force,
    };
    let versions = one.versions.iter().map(|version| version_line(words, version)).collect();
    let l = words.l;
    let say = |tone, text| Some(Message { tone, text });
    let (difference, message) = match one.outcome {
        TableOutcome::Compared(difference) => (Some(told(words, difference)), None),
        TableOutcome::Anew(difference) => {
            (Some(told(words, difference)), say(Tone::Soon, fl!(l, "shadow-table-compared-anew")))
        }
        TableOutcome::NotSaved(difference) => {
            (Some(told(words, difference)), say(Tone::Late, fl!(l, "shadow-not-saved")))
        }
        _ => (None, None),
    };
    let mistake = mistake(words, one.outcome);
    let rows = match one.outcome {
        TableOutcome::BadRows(rows) => rows,
        _ => &[],
    };
    let shown = Shown { mistake, rows, difference, message };
    page_view(frame, about, versions, one.next, one.typed, shown).to_string()
}

/// Parts of a table's page beside its form.
#[derive(Default)]
pub(crate) struct Shown<'a> {
    pub(crate) mistake: Option<(&'static str, String)>,
    pub(crate) rows: &'a [RowMistake],
    pub(crate) difference: Option<Difference>,
    pub(crate) message: Option<Message>,
}

fn mistake(words: Words, outcome: TableOutcome<'_>) -> Option<(&'static str, String)> {
    let l = words.l;
    match outcome {
        TableOutcome::NoFrom => Some((FROM, fl!(l, "day-wrong"))),
        TableOutcome::NoTo => Some((TO, fl!(l, "shadow-to-wrong"))),
        TableOutcome::BadRows(rows) => {
            // What is said of the whole table beside its rows is not one thing more.
            let placed = rows.iter().filter(|mistake| mistake.row.is_some()).count();
            let count = if placed == 0 { rows.len() } else { placed };
            Some((ROWS, fl!(l, "shadow-table-wrong", count = count)))
        }
        TableOutcome::TooLong(most) => Some((ROWS, fl!(l, "shadow-table-long", most = most))),
        TableOutcome::Nothing
        | TableOutcome::Compared(_)
        | TableOutcome::Anew(_)
        | TableOutcome::NotSaved(_) => None,
    }
}

/// One version, in words.
pub(crate) struct VersionLine {
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) days: String,
    pub(crate) rows: u64,
    pub(crate) uploaded: String,
}

fn version_line(words: Words, version: &TableVersion) -> VersionLine {
    VersionLine {
        name: fl!(words.l, "shadow-table-version", version = version.version),
        address: version_address(&version.name, version.version),
        days: days(words, version),
        rows: version.row_count.unsigned_abs(),
        uploaded: words.instant(version.uploaded_at),
    }
}

fn days(words: Words, version: &TableVersion) -> String {
    let l = words.l;
    let from = words.day(version.first_day);
    match version.last_day {
        Some(last) => fl!(l, "shadow-table-days", from = from, to = words.day(last)),
        None => fl!(l, "shadow-table-days-open", from = from),
    }
}

pub(crate) fn page_view(
    frame: &Frame<'_>,
    about: About,
    versions: Vec<VersionLine>,
    next: Option<&str>,
    typed: &Typed,
    shown: Shown<'_>,
) -> TablePage {
    let words = frame.words;
    let l = words.l;
    let heading = fl!(l, "shadow-table-heading", name = about.name.as_str());
    let rows = shown.mistake.iter().map(|(field, text)| Mistake::at(*field, text.clone())).collect();
    let errors = Errors { title: fl!(l, "errors"), rows };
    let error =
        |field| shown.mistake.as_ref().filter(|(wrong, _)| *wrong == field).map(|(_, text)| text.clone());
    let entry = |name: String, value: String| Entry { name, value, note: None };
    let day = |name, label, value: &str, hint| Field {
        value: value.to_owned(),
        kind: "date",
        width: "short",
        hint,
        error: error(name),
        ..Field::text(name, label)
    };
    let action = address(&about.name);
    TablePage {
        shell: Shell::of(frame, &heading, Some(Place::Tables)).around_form(&errors),
        errors,
        back: Action::other(fl!(l, "shadow-to-tables"), ADDRESS),
        heading,
        facts: Summary {
            rows: vec![
                entry(fl!(l, "shadow-table-holds"), about.text),
                entry(fl!(l, "shadow-table-columns"), about.columns.join(", ")),
                entry(fl!(l, "shadow-table-keys"), about.keys.join(", ")),
                entry(fl!(l, "shadow-table-in-force"), about.in_force),
            ],
        },
        message: shown.message,
        mistakes: mistakes(words, shown.rows),
        publish: shown.difference.is_some().then(|| fl!(l, "shadow-table-publish")),
        difference: shown.difference,
        rows: Area {
            hint: Some(fl!(l, "shadow-table-rows-hint", columns = about.columns.join(","))),
            error: error(ROWS),
            value: typed.rows.clone(),
            rows: 16,
            ..Area::code(ROWS, fl!(l, "shadow-table-rows"))
        },
        from: day(FROM, fl!(l, "ask-first"), &typed.from, None),
        to: day(TO, fl!(l, "ask-last"), &typed.to, Some(fl!(l, "shadow-table-to-hint"))),
        typed: typed.clone(),
        versions: versions_sheet(words, versions),
        next: next.map(|cursor| Action::other(fl!(l, "more"), format!("{action}?after={cursor}"))),
        action,
    }
}

fn versions_sheet(words: Words, versions: Vec<VersionLine>) -> Option<Sheet> {
    let l = words.l;
    let heads = [
        fl!(l, "desk-version"),
        fl!(l, "shadow-table-when"),
        fl!(l, "shadow-table-rows-number"),
        fl!(l, "shadow-table-uploaded"),
    ];
    let row = |line: VersionLine| Row {
        name: line.name,
        address: Some(line.address),
        cells: heads[1..].iter().cloned().zip([line.days, count(line.rows), line.uploaded]).collect(),
    };
    let rows: Vec<Row> = versions.into_iter().map(row).collect();
    (!rows.is_empty()).then(|| Sheet {
        caption: fl!(l, "shadow-table-versions"),
        heads: heads.to_vec(),
        rows,
    })
}

fn mistakes(words: Words, found: &[RowMistake]) -> Option<Sheet> {
    let l = words.l;
    let heads = [fl!(l, "shadow-table-place"), fl!(l, "shadow-table-problem"), fl!(l, "shadow-file-fix")];
    let place = |mistake: &RowMistake| match (mistake.row, mistake.column) {
        (Some(row), Some(column)) => fl!(l, "shadow-table-cell", row = row, column = column),
        (Some(row), None) => fl!(l, "shadow-table-row", row = row),
        _ => fl!(l, "shadow-table-whole"),
    };
    let row = |mistake: &RowMistake| Row {
        name: place(mistake),
        address: None,
        cells: vec![(heads[1].clone(), mistake.problem.clone()), (heads[2].clone(), mistake.fix.clone())],
    };
    let rows: Vec<Row> = found.iter().take(MOST_MISTAKES).map(row).collect();
    (!rows.is_empty()).then(|| Sheet {
        caption: fl!(l, "shadow-table-mistakes"),
        heads: heads.to_vec(),
        rows,
    })
}

fn told(words: Words, found: &TableDifference) -> Difference {
    let l = words.l;
    let says = match (&found.against, found.other_columns) {
        (None, _) => fl!(l, "shadow-table-first"),
        (Some(against), true) => fl!(l, "shadow-table-other-columns", version = against.version),
        (Some(against), false) => fl!(l, "shadow-table-against", version = against.version),
    };
    let rows =
        Rows { rows: found.rows, added: &found.added, removed: &found.removed, changed: &found.changed };
    difference(words, says, &found.table.columns, &rows)
}

/// Rows of a difference, by kind.
pub(crate) struct Rows<'a> {
    pub(crate) rows: usize,
    pub(crate) added: &'a RowsOf<Vec<String>>,
    pub(crate) removed: &'a RowsOf<Vec<String>>,
    pub(crate) changed: &'a RowsOf<(Vec<String>, Vec<String>)>,
}

pub(crate) fn difference(words: Words, says: String, columns: &[String], rows: &Rows<'_>) -> Difference {
    let l = words.l;
    let number = |name: String, number: usize| Entry { name, value: count(number as u64), note: None };
    let same = rows.rows.saturating_sub(rows.added.count + rows.changed.count);
    let counts = Summary {
        rows: vec![
            number(fl!(l, "shadow-table-added"), rows.added.count),
            number(fl!(l, "shadow-table-removed"), rows.removed.count),
            number(fl!(l, "shadow-table-changed"), rows.changed.count),
            number(fl!(l, "shadow-table-same"), same),
        ],
    };
    let changed: Vec<Vec<String>> =
        rows.changed.first.iter().map(|(before, after)| was_and_is(words, before, after)).collect();
    let sheets = [
        cells_sheet(fl!(l, "shadow-table-changed"), columns, &changed),
        cells_sheet(fl!(l, "shadow-table-added"), columns, &rows.added.first),
        cells_sheet(fl!(l, "shadow-table-removed"), columns, &rows.removed.first),
    ];
    let hidden: usize = [rows.added.count, rows.removed.count, rows.changed.count]
        .iter()
        .map(|count| count.saturating_sub(MOST_LISTED))
        .sum();
    Difference {
        says,
        counts,
        sheets: sheets.into_iter().flatten().collect(),
        more: (hidden > 0).then(|| fl!(l, "shadow-table-more", count = count(hidden as u64))),
    }
}

/// Cells of a changed row: both where they differ.
fn was_and_is(words: Words, before: &[String], after: &[String]) -> Vec<String> {
    let l = words.l;
    let cell = |(was, is): (&String, &String)| {
        if was == is {
            is.clone()
        } else {
            fl!(l, "shadow-table-was-is", was = was.as_str(), is = is.as_str())
        }
    };
    before.iter().zip(after).map(cell).collect()
}

/// Rows of cells under the names of their columns.
fn cells_sheet(caption: String, columns: &[String], rows: &[Vec<String>]) -> Option<Sheet> {
    let row = |cells: &Vec<String>| Row {
        name: cells.first().cloned().unwrap_or_default(),
        address: None,
        cells: columns.iter().cloned().zip(cells.iter().cloned()).skip(1).collect(),
    };
    let rows: Vec<Row> = rows.iter().take(MOST_LISTED).map(row).collect();
    (!rows.is_empty()).then(|| Sheet { caption, heads: columns.to_vec(), rows })
}

#[derive(Template)]
#[template(path = "shadow/rows.html")]
pub(crate) struct RowsPage {
    shell: Shell,
    back: Action,
    heading: String,
    facts: Summary,
    list: Option<Sheet>,
    next: Option<Action>,
}

/// Page of the rows of one version, as HTML.
#[must_use]
pub fn rows(frame: &Frame<'_>, rows: &TableRows) -> String {
    let words = frame.words;
    let version = version_line(words, &rows.version);
    let cells: Vec<Vec<String>> = rows.rows.items.iter().map(|row| row.cells.clone()).collect();
    let next = rows.rows.next_cursor.as_deref();
    rows_view(frame, &rows.version.name, version, &rows.columns, &cells, next).to_string()
}

pub(crate) fn rows_view(
    frame: &Frame<'_>,
    table: &str,
    version: VersionLine,
    columns: &[String],
    cells: &[Vec<String>],
    next: Option<&str>,
) -> RowsPage {
    let words = frame.words;
    let l = words.l;
    let heading = fl!(l, "shadow-table-rows-of", name = table, version = version.name.as_str());
    let entry = |name: String, value: String| Entry { name, value, note: None };
    RowsPage {
        shell: Shell::of(frame, &heading, Some(Place::Tables)),
        back: Action::other(fl!(l, "shadow-to-table"), address(table)),
        facts: Summary {
            rows: vec![
                entry(fl!(l, "shadow-table-when"), version.days),
                entry(fl!(l, "shadow-table-rows-number"), count(version.rows)),
                entry(fl!(l, "shadow-table-uploaded"), version.uploaded),
            ],
        },
        list: cells_sheet(heading.clone(), columns, cells),
        heading,
        next: next.map(|cursor| Action::other(fl!(l, "more"), format!("{}?after={cursor}", version.address))),
    }
}

//! Reference tables, their versions and their rows.

use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{DeclaredTable, NumberedRow, TableDifference, TableRows, TableSeen, TableVersion};

use crate::output::{Output, Text, views};

/// A reference table that the plan's plugin in force declares.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TableView {
    /// Name of the table.
    pub(crate) name: String,
    /// The columns that rows are looked up by.
    pub(crate) keys: Vec<String>,
    /// All columns in their order.
    pub(crate) columns: Vec<String>,
    /// Content of the table, in words for people.
    pub(crate) text: Text,
    /// The version in force today; null if none is, or none has these columns.
    pub(crate) in_force: Option<i64>,
    /// Version that was uploaded last; null if none was.
    pub(crate) newest: Option<TableVersionView>,
}

/// One upload of a reference table. It never changes, and later ones do not remove it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TableVersionView {
    /// Id of the plan.
    pub(crate) plan: String,
    /// Name of the table.
    pub(crate) table: String,
    /// From 1, one more with each upload.
    pub(crate) version: i64,
    /// First day on which it is in force, unless a later version holds the day too.
    #[schema(format = Date)]
    pub(crate) effective_from: String,
    /// Last day; null while it has none.
    pub(crate) effective_to: Option<String>,
    /// Number of its rows.
    pub(crate) rows: i64,
    /// SHA-256 of the rows, whichever way they were sent.
    pub(crate) sha256: String,
    /// Instant of the upload (UTC).
    #[schema(format = DateTime)]
    pub(crate) uploaded_at: String,
    /// The organization that uploaded it.
    pub(crate) uploaded_by: String,
}

/// One version with a page of its rows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TableRowsView {
    /// Version that the rows are of.
    pub(crate) version: TableVersionView,
    /// The columns, in the order of the cells.
    pub(crate) columns: Vec<String>,
    /// Rows, in the order of the upload.
    pub(crate) items: Vec<TableRowView>,
    /// Pass as `cursor` for the next page; null at the end.
    pub(crate) next_cursor: Option<String>,
}

/// One row of a reference table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TableRowView {
    /// Its number, from 1.
    pub(crate) row: i64,
    /// Cells of the row, in the order of the columns.
    pub(crate) cells: Vec<String>,
}

/// Difference between rows and the version that was uploaded last.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TableDifferenceView {
    /// Version that was uploaded last; null if none was.
    pub(crate) against: Option<TableVersionView>,
    /// True if that version has other keys or columns, so that all rows are new.
    pub(crate) other_columns: bool,
    /// The columns, in the order of the cells.
    pub(crate) columns: Vec<String>,
    /// Number of rows that were sent.
    pub(crate) rows: usize,
    /// Number of rows that only the sent ones have.
    pub(crate) added: usize,
    /// Number of rows that only the version has.
    pub(crate) removed: usize,
    /// Number of rows that have other cells under the same key.
    pub(crate) changed: usize,
    /// The first added rows, at most 100.
    pub(crate) added_rows: Vec<Vec<String>>,
    /// The first removed rows, at most 100.
    pub(crate) removed_rows: Vec<Vec<String>>,
    /// The first changed rows, at most 100.
    pub(crate) changed_rows: Vec<ChangedRowView>,
}

/// A row before and after.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ChangedRowView {
    /// Cells of the version.
    pub(crate) before: Vec<String>,
    /// Cells that were sent.
    pub(crate) after: Vec<String>,
}

impl Output for TableDifference {
    type View = TableDifferenceView;

    fn view(&self) -> TableDifferenceView {
        let changed = |(before, after): &(Vec<String>, Vec<String>)| ChangedRowView {
            before: before.clone(),
            after: after.clone(),
        };
        TableDifferenceView {
            against: self.against.as_ref().map(Output::view),
            other_columns: self.other_columns,
            columns: self.table.columns.clone(),
            rows: self.rows,
            added: self.added.count,
            removed: self.removed.count,
            changed: self.changed.count,
            added_rows: self.added.first.clone(),
            removed_rows: self.removed.first.clone(),
            changed_rows: self.changed.first.iter().map(changed).collect(),
        }
    }
}

/// The rows of one version of a reference table that an evaluation saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct TableSeenView {
    /// Name of the table.
    pub(crate) table: String,
    /// Number of the version.
    pub(crate) version: String,
    /// Number of its rows that were seen.
    pub(crate) rows: u32,
}

impl Output for DeclaredTable {
    type View = TableView;

    fn view(&self) -> TableView {
        let table = &self.table;
        TableView {
            name: table.name.clone(),
            keys: table.keys.clone(),
            columns: table.columns.clone(),
            text: table.text.view(),
            in_force: self.in_force,
            newest: self.newest.as_ref().map(Output::view),
        }
    }
}

impl Output for TableVersion {
    type View = TableVersionView;

    fn view(&self) -> TableVersionView {
        TableVersionView {
            plan: self.plan.to_string(),
            table: self.name.clone(),
            version: self.version,
            effective_from: self.first_day.to_string(),
            effective_to: self.last_day.map(|day| day.to_string()),
            rows: self.row_count,
            sha256: self.sha256.to_string(),
            uploaded_at: self.uploaded_at.to_string(),
            uploaded_by: self.uploaded_by.to_string(),
        }
    }
}

impl Output for TableRows {
    type View = TableRowsView;

    fn view(&self) -> TableRowsView {
        TableRowsView {
            version: self.version.view(),
            columns: self.columns.clone(),
            items: views(&self.rows.items),
            next_cursor: self.rows.next_cursor.clone(),
        }
    }
}

impl Output for NumberedRow {
    type View = TableRowView;

    fn view(&self) -> TableRowView {
        TableRowView { row: self.number, cells: self.cells.clone() }
    }
}

impl Output for TableSeen {
    type View = TableSeenView;

    fn view(&self) -> TableSeenView {
        TableSeenView { table: self.table.clone(), version: self.version.clone(), rows: self.rows }
    }
}

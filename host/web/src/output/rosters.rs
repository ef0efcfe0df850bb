//! Member files, and what became of their rows.

use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{FileForm, RowNote, ShownRoster};

use crate::addresses::addressed;
use crate::output::Output;

/// A member file, and how far its rows are taken up.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RosterView {
    /// Id of the file.
    pub(crate) id: String,
    /// Id of the plan.
    pub(crate) plan: String,
    /// `checking` while its rows are compared with the record, `loading` while they are loaded, `loaded` or
    /// `cancelled`.
    #[schema(example = "loaded")]
    pub(crate) state: String,
    /// True for a file of the state, which the operator sent: what it says stands.
    #[schema(required = false)]
    pub(crate) of_the_state: bool,
    /// Rows read, the header not counted.
    pub(crate) rows: u64,
    /// Rows that can be loaded, and change something or say again what is known.
    pub(crate) accepted: u64,
    /// About how many accepted rows were compared with the record.
    pub(crate) rows_checked: u64,
    /// About how many accepted rows are in the record; all once the file is `loaded`.
    pub(crate) rows_loaded: u64,
    /// Rows refused; the rest stand. The first 1,000 problems.
    pub(crate) refused: Vec<RowIssueView>,
    /// Rows accepted with something to look at. The first 1,000.
    pub(crate) warnings: Vec<RowIssueView>,
    /// Members that are new to the plan.
    pub(crate) members_new: u64,
    /// Members that the plan's files have told of before.
    pub(crate) members_known: u64,
    /// Number of coverage spans added.
    pub(crate) coverages_new: u64,
    /// Coverage spans changed, those whose first day was corrected among them.
    pub(crate) coverages_changed: u64,
    /// Form in which the file was read.
    pub(crate) read_as: FileFormView,
    /// Headers of columns that are none of the member file's. What stands in them is kept aside, and read
    /// with `GET /v1/members/{id}/columns`.
    pub(crate) columns_kept_aside: Vec<String>,
    /// Headers of columns that are not kept at all, such as those of Social Security numbers.
    pub(crate) columns_left_out: Vec<String>,
}

/// One row that was refused, or loaded with a warning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct RowIssueView {
    /// Row number, the header being 1.
    pub(crate) row: u64,
    /// Header of the column.
    pub(crate) column: String,
    /// Id of the rule that the row breaks.
    pub(crate) rule: String,
    /// Problem, in a sentence that never quotes the row.
    pub(crate) problem: String,
    /// Step that fixes it, in a sentence.
    pub(crate) fix: String,
}

/// Form in which a file was read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FileFormView {
    /// Kind of file: `text` or `workbook`.
    #[schema(example = "text")]
    pub(crate) kind: String,
    /// The encoding of a text, such as `UTF-8`, `UTF-16LE` or `windows-1252`.
    pub(crate) encoding: Option<String>,
    /// Separator of the cells of a text: `comma`, `tab`, `pipe` or `semicolon`.
    pub(crate) separator: Option<String>,
    /// The sheet of a workbook that was read, the first being 1.
    pub(crate) sheet: Option<u32>,
    /// The row that holds the headers, the first being 1.
    pub(crate) header_row: u32,
}

impl Output for ShownRoster {
    type View = RosterView;

    fn view(&self) -> RosterView {
        let (roster, report) = (&self.roster, &self.report);
        let (rows_checked, rows_loaded) = self.rows_done();
        RosterView {
            id: roster.id.to_string(),
            plan: roster.plan.to_string(),
            state: roster.state.name().to_owned(),
            of_the_state: roster.of_the_state,
            rows: report.rows,
            accepted: report.accepted,
            rows_checked,
            rows_loaded,
            refused: report.refused.iter().map(issue).collect(),
            warnings: report.warnings.iter().map(issue).collect(),
            members_new: u64::from(roster.counts.members_new),
            members_known: u64::from(roster.counts.members_known),
            coverages_new: u64::from(roster.counts.coverages_new),
            coverages_changed: u64::from(roster.counts.coverages_changed),
            read_as: form(&report.read_as),
            columns_kept_aside: report.columns_kept_aside.clone(),
            columns_left_out: report.columns_left_out.clone(),
        }
    }
}

fn issue(issue: &RowNote) -> RowIssueView {
    RowIssueView {
        row: issue.row,
        column: issue.column.clone(),
        rule: issue.rule.to_string(),
        problem: issue.problem.clone(),
        fix: addressed(&issue.fix),
    }
}

fn form(form: &FileForm) -> FileFormView {
    FileFormView {
        kind: form.kind.clone(),
        encoding: form.encoding.clone(),
        separator: form.separator.clone(),
        sheet: form.sheet,
        header_row: form.header_row,
    }
}

//! The pages of `docs/api`: for each operation the call that was sent, and what it was answered.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use ureq::http::StatusCode;

use super::client::Answer;
use super::county::text;
use super::curl::Call;
use super::examples::{Operation, example_of};

/// The folder of the pages.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/api");

/// The page with the words that people write, and between two marks the table of all operations.
const INDEX: &str = "README.md";
const MARKS: [&str; 2] = ["<!-- operations -->\n", "<!-- end of operations -->\n"];

/// First line of a page that is written here.
const WRITTEN: &str = "<!-- Written by tests/examples.rs from calls that were answered: UPDATE_EXPECT=1 cargo verify examples -->\n";

/// Lines of an answer that are shown; of a longer one the innermost parts are left out.
const LINES: usize = 40;

/// Mark for a part of an answer that is left out.
const LEFT_OUT: &str = "…";

/// Hint on how to bring the pages up to date.
const FIX: &str =
    "fix: where the calls or answers are meant to be others, UPDATE_EXPECT=1 cargo verify examples";

/// The calls of one walk, by operation.
#[derive(Default)]
pub(crate) struct Pages {
    calls: BTreeMap<String, String>,
}

impl Pages {
    /// True if the operation of this id has no call yet.
    pub(crate) fn lack(&self, operation: &str) -> bool {
        !self.calls.contains_key(operation)
    }

    /// Keeps the call of an operation, with its answer.
    pub(crate) fn keep(&mut self, operation: &str, call: &Call, answer: &Answer) {
        let shown = format!("```sh\n{}```\n\n{}", call.text, shown(answer));
        self.calls.insert(operation.to_owned(), shown);
    }

    /// The pages by file name. Each operation that is described must have its call.
    #[track_caller]
    fn written(&self, operations: &[Operation], description: &Value) -> BTreeMap<String, String> {
        let called = |operation: &&Operation| !self.lack(&operation.id);
        let missing: Vec<_> = operations.iter().filter(|one| !called(one)).map(name_of).collect();
        assert!(missing.is_empty(), "tests/examples.rs calls none of these: {missing:#?}");
        let mut pages = BTreeMap::new();
        for operation in operations {
            let page = pages.entry(file_of(operation)).or_insert_with(|| head(&operation.tag, description));
            let summary = sentence(&operation.summary);
            let _ =
                write!(page, "\n## `{}`\n\n{summary}\n\n{}", name_of(operation), self.calls[&operation.id]);
        }
        pages
    }

    /// Compares the pages with those that are kept, or keeps them.
    #[track_caller]
    pub(crate) fn compare(&self, operations: &[Operation], description: &Value, update: bool) {
        let mut pages = self.written(operations, description);
        let index = fs::read_to_string(path_of(INDEX)).expect("the index of the pages can be read");
        pages.insert(INDEX.to_owned(), with_table(&index, &table(operations)));
        let left_over = kept().into_iter().filter(|name| !pages.contains_key(name));
        if update {
            left_over.for_each(|name| fs::remove_file(path_of(&name)).expect("an old page can be removed"));
            for (name, page) in &pages {
                fs::write(path_of(name), page).expect("a page can be written");
            }
            return;
        }
        let mut wrong: Vec<String> = left_over.map(|name| format!("{name} is of no operation")).collect();
        wrong.extend(pages.iter().filter_map(|(name, page)| difference(name, page)));
        assert!(wrong.is_empty(), "docs/api: {wrong:#?}\n{FIX}");
    }
}

fn path_of(name: &str) -> PathBuf {
    Path::new(FOLDER).join(name)
}

/// Names of the pages that are kept.
fn kept() -> Vec<String> {
    let entries = fs::read_dir(FOLDER).expect("the folder of the pages can be read");
    let names = entries.map(|entry| entry.expect("the folder can be read").file_name());
    names.filter_map(|name| name.into_string().ok()).filter(|name| name.ends_with(".md")).collect()
}

/// The first line in which the page that is kept differs; `None` where none does.
fn difference(name: &str, page: &str) -> Option<String> {
    let kept = fs::read_to_string(path_of(name)).unwrap_or_default();
    if kept == page {
        return None;
    }
    let end = "the end of the page";
    let (mut left, mut right) = (kept.lines(), page.lines());
    let mut lines = (1..).map(|number| (number, left.next(), right.next()));
    // Pages may differ in their last line break only: then both end at once.
    let first = lines.find(|(_, kept, now)| kept != now || kept.is_none());
    let (number, kept, now) = first.unwrap_or((0, None, None));
    Some(format!("{name}:{number}: kept {:?}, now {:?}", kept.unwrap_or(end), now.unwrap_or(end)))
}

/// Method and path, such as `GET /v1/plans`.
fn name_of(operation: &Operation) -> String {
    format!("{} {}", operation.method, operation.path)
}

fn file_of(operation: &Operation) -> String {
    format!("{}.md", operation.tag)
}

/// A group's name as a title.
fn title(tag: &str) -> String {
    match tag {
        "fhir" => "FHIR".to_owned(),
        _ => tag[..1].to_uppercase() + &tag[1..],
    }
}

/// Head of a page, above its operations.
fn head(tag: &str, description: &Value) -> String {
    let mut groups = description["tags"].as_array().into_iter().flatten();
    let group = groups.find(|group| group["name"] == tag).map_or("", |group| text(group, "/description"));
    format!("{WRITTEN}\n# {}\n\n{group} The variables are explained [in the index]({INDEX}).\n", title(tag))
}

/// The text on one line, with its full stop.
fn sentence(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.ends_with('.') { line } else { line + "." }
}

/// Status and body of an answer.
fn shown(answer: &Answer) -> String {
    let status = StatusCode::from_u16(answer.status).expect("an answer has a status");
    let status = format!("`{status}`\n");
    if answer.bytes.is_empty() {
        return status;
    }
    match example_of(answer) {
        Value::String(content) => format!("{status}\n```text\n{content}\n```\n"),
        json => format!("{status}\n```json\n{}\n```\n", shortened(&json)),
    }
}

/// The answer, indented, with as much of it as a page has room for.
fn shortened(answer: &Value) -> String {
    const DEEPEST: usize = 12;
    let to_depth = |depth| format!("{:#}", cut(answer, depth));
    let fits = |text: &String| text.lines().count() <= LINES;
    (1..=DEEPEST).rev().map(to_depth).find(fits).unwrap_or_else(|| to_depth(1))
}

/// The value without the parts that lie deeper.
fn cut(value: &Value, depth: usize) -> Value {
    match value {
        Value::Array(entries) if !entries.is_empty() => match depth {
            0 => LEFT_OUT.into(),
            _ => entries.iter().map(|entry| cut(entry, depth - 1)).collect(),
        },
        Value::Object(fields) if !fields.is_empty() => match depth {
            0 => LEFT_OUT.into(),
            _ => {
                let fields = fields.iter().map(|(name, field)| (name.clone(), cut(field, depth - 1)));
                fields.collect::<Map<_, _>>().into()
            }
        },
        _ => value.clone(),
    }
}

/// Every operation with what it is for, and a link to its call.
fn table(operations: &[Operation]) -> String {
    let mut tags: Vec<&str> = operations.iter().map(|operation| &*operation.tag).collect();
    tags.sort_unstable();
    tags.dedup();
    let mut table = String::new();
    for tag in tags {
        let _ = write!(table, "\n### [{}]({tag}.md)\n\n| operation | |\n|---|---|\n", title(tag));
        for operation in operations.iter().filter(|operation| operation.tag == tag) {
            let (name, summary) = (name_of(operation), sentence(&operation.summary).replace('|', "\\|"));
            let _ = writeln!(table, "| [`{name}`]({tag}.md#{}) | {summary} |", anchor(&name));
        }
    }
    table + "\n"
}

/// The anchor that Markdown renderers give to a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.map(|letter| if letter == ' ' { '-' } else { letter.to_ascii_lowercase() }).collect()
}

/// The index with this table between its marks.
fn with_table(index: &str, table: &str) -> String {
    let [first, last] = MARKS;
    let (before, rest) = index.split_once(first).expect("the index has the mark of the table's begin");
    let (_, after) = rest.split_once(last).expect("the index has the mark of the table's end");
    format!("{before}{first}{table}{last}{after}")
}

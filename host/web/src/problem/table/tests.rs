use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;

use super::*;

/// Every text of the table, with the code that it belongs to.
fn texts() -> Vec<(Code, &'static Localized)> {
    let of_problems = TABLE.problem.iter().flat_map(|(code, problem)| {
        let always = [&problem.title, &problem.cause, &problem.fix];
        always.into_iter().chain(&problem.detail).map(|said| (*code, said))
    });
    let of_fields =
        TABLE.field.iter().flat_map(|(code, field)| [&field.cause, &field.fix].map(|said| (*code, said)));
    of_problems.chain(of_fields).collect()
}

#[test]
fn each_code_means_something_and_is_said_in_both_languages() {
    for code in Code::ALL {
        assert!(problem(*code).is_some() || field(*code).is_some(), "{code} is not in data/problems.toml");
    }
    for (code, said) in texts() {
        assert!(!said.en.trim().is_empty() && !said.es.trim().is_empty(), "{code}");
        assert_ne!(said.en, said.es, "{code}: one of the two is no translation");
    }
    for (code, problem) in &TABLE.problem {
        assert!(problem.status_code().as_u16() == problem.status && problem.status >= 400, "{code}");
    }
    for (code, field) in &TABLE.field {
        assert!(!field.fix.es.contains(": "), "{code}: what is listed comes behind a colon");
    }
}

#[test]
fn titles_and_mistakes_are_told_apart() {
    for language in Language::ALL {
        let titles: BTreeSet<_> =
            TABLE.problem.values().map(|problem| problem.title.in_language(language)).collect();
        assert_eq!(titles.len(), TABLE.problem.len());
        let mut causes = BTreeSet::new();
        for (code, field) in &TABLE.field {
            let cause = field.cause.in_language(language);
            assert!(causes.insert(cause), "{code}: {cause} has another code already");
        }
    }
}

/// The sources of the service, without its tests and without the list of codes itself.
fn sources() -> Vec<PathBuf> {
    let host = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let rooms = ["crosswalk", "domain", "formats", "sandbox", "web", "workflow"];
    let mut folders: Vec<PathBuf> = rooms.iter().map(|room| host.join(room).join("src")).collect();
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs")
                && !path.ends_with("tests.rs")
                && !path.ends_with("domain/src/problem.rs")
            {
                sources.push(path);
            }
        }
    }
    sources
}

/// The variants that a source names as `Code::Variant`.
fn named(source: &str) -> impl Iterator<Item = &str> {
    source.match_indices("Code::").filter_map(|(at, path)| {
        let is_part_of_a_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let follows = source[..at].chars().next_back().is_some_and(is_part_of_a_name);
        let rest = &source[at + path.len()..];
        let end = rest.find(|letter| !is_part_of_a_name(letter)).unwrap_or(rest.len());
        (!follows).then_some(&rest[..end])
    })
}

#[test]
fn each_code_is_one_that_something_is_refused_with() {
    let sources: Vec<String> =
        sources().iter().map(|path| fs::read_to_string(path).expect("a source")).collect();
    let used: BTreeSet<&str> = sources.iter().flat_map(|source| named(source)).collect();
    let unused: Vec<String> =
        Code::ALL.iter().map(|code| format!("{code:?}")).filter(|name| !used.contains(&**name)).collect();
    assert!(unused.is_empty(), "nothing is refused with these: {unused:?}");
}

/// A text as the cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// `docs/problems.md`, for who reads without a running service.
fn page() -> String {
    let mut page = String::from(
        "# Problems\n\n\
         What a request gets that is not accepted, by code. Each code has a page on every instance, in English and in \
         Spanish, at the address that is the problem's `type`: `/problems/CODE`. `/problems` lists all of them, as JSON \
         with `Accept: application/json`.\n\n\
         This page is written from `host/web/data/problems.toml` by a test: change the table, then run \
         `UPDATE_EXPECT=1 cargo xtask test web problem::table`.\n\n\
         ## Answers to a request\n\n\
         A problem document (RFC 9457): `type` ends in the code, `title` is the same each time, `detail` is about this \
         request, and `trace_id` is what the log has it under.\n\n\
         | code | status | title | cause | fix |\n|---|---|---|---|---|\n",
    );
    let in_english = |said: &'static Localized| cell(said.in_language(Language::En));
    for code in sorted() {
        let Some(problem) = problem(code) else { continue };
        let [title, cause, fix] = [&problem.title, &problem.cause, &problem.fix].map(in_english);
        let fix = with_example(&fix, problem.example.as_deref());
        writeln!(page, "| `{code}` | {} | {title} | {cause} | {fix} |", problem.status).unwrap();
    }
    page.push_str(
        "\n## Mistakes of a field\n\n\
         One entry of a problem's `errors` for each mistake, all at once: `pointer` says where, `code` what, and \
         `detail` and `fix` more about it than is said here. The rules that a component or its files break on upload \
         are among them.\n\n\
         | code | cause | fix |\n|---|---|---|\n",
    );
    for code in sorted() {
        let Some(field) = field(code) else { continue };
        let [cause, fix] = [&field.cause, &field.fix].map(in_english);
        let fix = with_example(&fix, field.example.as_deref());
        writeln!(page, "| `{code}` | {cause} | {fix} |").unwrap();
    }
    page
}

fn with_example(fix: &str, example: Option<&str>) -> String {
    example.map_or_else(|| fix.to_owned(), |example| format!("{fix}; such as `{}`", cell(example)))
}

#[test]
fn the_page_on_problems_is_the_table() {
    expect_file!["../../../../../docs/problems.md"].assert_eq(&page());
}

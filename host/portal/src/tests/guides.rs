//! Guides for a first day, in `docs/people`: they say the words of the pages, lead to what is there, and are
//! as easy to read as the pages.

use std::collections::BTreeSet;
use std::path::PathBuf;

use domain::case::Language;

use super::reading::{GIVEN, GRADE, NORMAL, grade, messages, perspicuity};
use super::{files, read};
use crate::words::{ENGLISH, SPANISH};

/// Folder of the guides, as it is seen from this crate.
const FOLDER: &str = "../../docs/people";
/// Fewest words of the pages that a guide names.
const FEWEST: usize = 15;

/// Guides in a language, each with its text.
fn guides(language: Language) -> Vec<(PathBuf, String)> {
    let found = files(FOLDER, &format!(".{}.md", language.tag()));
    found.into_iter().map(|path| (path.clone(), read(&path))).collect()
}

/// A text without marks around it.
fn bare(text: &str) -> &str {
    text.trim_matches(|letter: char| !letter.is_alphanumeric())
}

/// Texts and sentences of the pages; one with something given in it up to there, and from there on.
fn said(file: &'static str) -> BTreeSet<String> {
    let mut said = BTreeSet::new();
    for text in messages(file).into_iter().flat_map(|(_, texts)| texts) {
        for piece in text.split(GIVEN) {
            said.insert(bare(piece).to_owned());
            said.extend(piece.split(['.', '?', ':']).map(|sentence| bare(sentence).to_owned()));
        }
    }
    said
}

/// Texts in heavy letters, each on one line.
fn heavy(text: &str) -> Vec<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.split("**").skip(1).step_by(2).map(str::to_owned).collect()
}

/// Number of an entry of a numbered list, and the rest of its line.
fn numbered(line: &str) -> Option<&str> {
    let (number, rest) = line.split_once(". ")?;
    number.parse::<u8>().ok().map(|_| rest)
}

/// Paragraphs, entries of lists and cells of tables, without pictures.
fn paragraphs(text: &str) -> Vec<String> {
    let (mut found, mut open) = (Vec::new(), String::new());
    for line in text.lines().map(str::trim) {
        let entry = line.strip_prefix("- ").or_else(|| numbered(line));
        let is_apart = line.is_empty() || line.starts_with(['!', '#', '|']);
        if is_apart || entry.is_some() {
            found.push(std::mem::take(&mut open));
        }
        if is_apart {
            found.extend(line.split('|').filter(|cell| !cell.starts_with('!')).map(str::to_owned));
        } else {
            open = format!("{open} {}", entry.unwrap_or(line));
        }
    }
    found.push(open);
    found.iter().map(|paragraph| plain(paragraph)).collect()
}

/// A paragraph as it is read: words of the pages are another test's, and targets of links nobody reads.
fn plain(paragraph: &str) -> String {
    let parts = paragraph.split("**").enumerate();
    let text: String = parts.map(|(place, part)| if place % 2 == 1 { GIVEN } else { part }).collect();
    let behind_links = text.split("](").enumerate().map(|(place, part)| match part.split_once(')') {
        Some((_, rest)) if place > 0 => rest,
        _ => part,
    });
    behind_links.collect::<String>().replace(['[', '#', '`'], "")
}

#[test]
fn guides_say_the_words_of_the_pages() {
    for (language, file) in [(Language::En, ENGLISH), (Language::Es, SPANISH)] {
        let said = said(file);
        for (path, text) in guides(language) {
            let named = heavy(&text);
            assert!(named.len() >= FEWEST, "{}: {named:?}", path.display());
            let unknown: Vec<_> = named.iter().filter(|one| !said.contains(bare(one))).collect();
            assert!(unknown.is_empty(), "{}: on no page: {unknown:#?}", path.display());
        }
    }
}

/// Rows of the glossary for what the pages name, each by its message.
const NAMED: [(&str, &str); 7] = [
    ("referral", "referral"),
    ("authorization", "authorization"),
    ("claim, service line", "claim"),
    ("criterion", "place-criteria"),
    ("with people", "status-with-people"),
    ("population of focus", "work-population"),
    ("contract", "money-contracts"),
];

/// The first Spanish word of a row: without what is said beside it, and the mark of what is unsure.
fn of_row<'a>(glossary: &'a str, english: &str) -> &'a str {
    let begin = format!("| {english} | ");
    let row = glossary.lines().find_map(|line| line.strip_prefix(begin.as_str()));
    let cell = row.and_then(|row| row.split(" |").next()).unwrap_or_else(|| panic!("no row {english}"));
    cell.split([',', '(', '*']).next().unwrap_or_default().trim()
}

#[test]
fn the_glossary_says_the_words_of_the_pages() {
    let glossary = read(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/glossary.md"));
    let messages = messages(SPANISH);
    for (english, key) in NAMED {
        let page = messages.iter().find(|(known, _)| known == key).map(|(_, texts)| texts.concat());
        let page = page.unwrap_or_else(|| panic!("no message {key}")).to_lowercase();
        let row = of_row(&glossary, english);
        assert!(!row.is_empty() && page.starts_with(row), "{english}: glossary `{row}`, pages `{page}`");
    }
}

#[test]
fn each_guide_is_there_in_both_languages_and_leads_to_what_is_there() {
    let names = |language: Language| -> BTreeSet<String> {
        let ending = format!(".{}.md", language.tag());
        let name = |path: PathBuf| path.to_str().unwrap().trim_end_matches(&ending).to_owned();
        guides(language).into_iter().map(|(path, _)| name(path)).collect()
    };
    assert!(names(Language::En).len() >= 7, "{:?}", names(Language::En));
    assert_eq!(names(Language::En), names(Language::Es));
    for (path, text) in Language::ALL.into_iter().flat_map(guides) {
        let folder = path.parent().unwrap();
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let lost: Vec<_> = targets.filter(|target| !folder.join(target).exists()).collect();
        assert!(lost.is_empty(), "{}: {lost:?}", path.display());
    }
}

#[test]
fn guides_are_easy_to_read() {
    for language in Language::ALL {
        let is_hard = |text: &&String| match language {
            Language::En => grade(text).is_some_and(|grade| grade > GRADE),
            Language::Es => perspicuity(text).is_some_and(|perspicuity| perspicuity < NORMAL),
        };
        for (path, text) in guides(language) {
            let paragraphs = paragraphs(&text);
            let hard: Vec<_> = paragraphs.iter().filter(is_hard).collect();
            assert!(hard.is_empty(), "{}: too hard: {hard:#?}", path.display());
        }
    }
}

#[test]
fn a_guide_is_read_without_its_marks() {
    let text = "# One\n\n- Choose **Send it to\n  the plan**, then [go on](on.md).\n\n![Seen](a.png)\n| **a** | b |\n";
    assert_eq!(heavy(text), ["Send it to the plan", "a"]);
    let read: Vec<String> = paragraphs(text).iter().map(|one| one.trim().to_owned()).collect();
    let read: Vec<&str> = read.iter().map(String::as_str).filter(|one| !one.is_empty()).collect();
    assert_eq!(read.join("/"), format!("One/Choose {GIVEN}, then go on./{GIVEN}/b"));
}

/// Lines of a text that begin with this mark.
fn begun(text: &str, mark: &str) -> usize {
    text.lines().filter(|line| line.starts_with(mark)).count()
}

#[test]
fn the_word_on_accessibility_is_whole_in_both_languages() {
    let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let [english, spanish] = ["accessibility.md", "accessibility.es.md"].map(|name| read(&docs.join(name)));
    for mark in ["# ", "## ", "| ", "- "] {
        assert!(begun(&english, mark) > 0, "{mark}");
        assert_eq!(begun(&english, mark), begun(&spanish, mark), "lines that begin with `{mark}`");
    }
    for (text, other) in [(&english, "(accessibility.es.md)"), (&spanish, "(accessibility.md)")] {
        assert!(text.contains(other), "each leads to the other");
    }
    for guide in ["people/everybody.en.md", "people/everybody.es.md"] {
        assert!(read(&docs.join(guide)).contains("(../accessibility"), "{guide}");
    }
}

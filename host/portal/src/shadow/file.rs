//! A plan's rules file: written in the page, checked by line and column, tried, and uploaded. For a plan
//! without programmers.

use askama::Template;
use domain::plan::profile::PlanProfile;
use i18n_embed_fl::fl;
use workflow::shown::{CheckedRules, RulesProblem, ShadowOutcome, TriedOrigin, TriedRequest};

use super::{count, direction, outcome};
use crate::names::service;
use crate::parts::{Action, Area, Errors, Field, Message, Mistake, Row, Sheet, Tone};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

/// Address of the page, and that to which its form is posted.
pub const ADDRESS: &str = "/portal/rules/file";
/// Name of the parameter that holds the SHA-256 of the version whose file is shown.
pub const OF: &str = "of";
/// Name of the field that holds the file's text.
pub const RULES: &str = "rules";
/// Name of the field that holds the example cases.
pub const EXAMPLES: &str = "examples";
/// Name of the field that holds a note on the upload.
pub const NOTE: &str = "note";
/// Most characters of a line that a finding repeats.
const LONGEST_LINE: usize = 120;
/// Findings of one kind that the page lists; more are counted.
const MOST_FINDINGS: usize = 100;

/// Address of the page with the file of one version.
#[must_use]
pub fn of_version(digest: &str) -> String {
    format!("{ADDRESS}?{OF}={digest}")
}

/// The form, as it was filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// Text of the rules file.
    pub rules: String,
    /// Example cases, as JSON.
    pub examples: String,
    /// Note on the upload.
    pub note: String,
    /// Name of the attempt to upload.
    pub key: String,
}

/// Outcome of the form.
#[derive(Clone, Copy)]
pub enum FileOutcome<'a> {
    /// Nothing was asked yet.
    Nothing,
    /// Nothing was asked yet: the text is that of this version.
    OfVersion(&'a str),
    /// Nothing was asked yet: the plan has no rules file, and the text is one to begin with.
    Begun,
    /// The file was checked, and tried if that was asked for.
    Checked(&'a CheckedRules),
    /// The example cases cannot be read: why, and where.
    BadExamples(BadExamples),
    /// The file makes no plugin of this plan's: problem and fix of each reason.
    Refused(&'a [(String, String)]),
    /// The text is longer than a rules file may be, in KiB.
    TooLong(usize),
    /// Rules of the plan are being tried already, or took too long to be made ready.
    Busy,
    /// It could not be saved now; sending it again does not save it twice.
    NotSaved,
    /// The same page was sent before with something else in it.
    SentBefore,
    /// The note is longer than so many characters.
    LongNote(usize),
}

/// Why example cases cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadExamples {
    /// They are no JSON, from this line on.
    NoJson(usize),
    /// There is no list of cases.
    NoCases,
    /// This case, counted from 1, is not made as the page about rules files says.
    Case(usize),
    /// There are more than so many.
    TooMany(usize),
}

#[derive(Template)]
#[template(path = "shadow/file.html")]
pub(crate) struct FilePage {
    shell: Shell,
    errors: Errors,
    heading: String,
    says: String,
    message: Option<Message>,
    problems: Vec<Finding>,
    more_problems: Option<String>,
    warnings: Vec<Finding>,
    tried: Option<Sheet>,
    tried_says: Option<String>,
    /// Example cases that did not come out as they expect: name, and expectation and finding in English.
    unexpected: Vec<(String, String)>,
    rules: Area,
    examples: Area,
    examples_open: bool,
    note: Field,
    key: String,
}

/// One thing to be said of a file, with its place in it.
pub(crate) struct Finding {
    /// "Line 12, column 5"; none for what has no place.
    pub(crate) place: Option<String>,
    /// Text of that line.
    pub(crate) line: Option<String>,
    /// Problem and fix. The check writes English.
    pub(crate) problem: String,
    pub(crate) fix: String,
}

/// Page of a rules file, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, typed: &Typed, outcome: FileOutcome<'_>) -> String {
    let words = frame.words;
    let mut view = view(frame, typed, mistake(words, outcome));
    match outcome {
        FileOutcome::Checked(checked) => show(words, &mut view, typed, checked),
        FileOutcome::Refused(reasons) => view.problems = reasons.iter().map(placeless).collect(),
        FileOutcome::Busy => {
            view.message = Some(Message { tone: Tone::Soon, text: fl!(words.l, "shadow-file-busy") })
        }
        FileOutcome::SentBefore => {
            view.message = Some(Message { tone: Tone::Soon, text: fl!(words.l, "shadow-sent-before") });
        }
        FileOutcome::NotSaved => {
            view.message = Some(Message { tone: Tone::Late, text: fl!(words.l, "shadow-not-saved") });
        }
        FileOutcome::OfVersion(version) => {
            view.message = Some(plain(fl!(words.l, "shadow-file-of-version", version = version)));
        }
        FileOutcome::Begun => view.message = Some(plain(fl!(words.l, "shadow-file-begun"))),
        FileOutcome::Nothing
        | FileOutcome::BadExamples(_)
        | FileOutcome::TooLong(_)
        | FileOutcome::LongNote(_) => {}
    }
    view.to_string()
}

fn plain(text: String) -> Message {
    Message { tone: Tone::Plain, text }
}

/// The field that is wrong, and what to do.
fn mistake(words: Words, outcome: FileOutcome<'_>) -> Option<(&'static str, String)> {
    let l = words.l;
    match outcome {
        FileOutcome::Checked(checked) if !checked.problems.is_empty() => {
            Some((RULES, fl!(l, "shadow-file-wrong", count = checked.problems.len())))
        }
        FileOutcome::Refused(reasons) => Some((RULES, fl!(l, "shadow-file-wrong", count = reasons.len()))),
        FileOutcome::TooLong(most) => Some((RULES, fl!(l, "shadow-file-long", most = most))),
        FileOutcome::LongNote(most) => Some((NOTE, fl!(l, "shadow-file-note-long", most = most))),
        FileOutcome::BadExamples(bad) => Some((EXAMPLES, bad_examples(words, bad))),
        FileOutcome::Checked(_) | FileOutcome::Nothing | FileOutcome::OfVersion(_) | FileOutcome::Begun => {
            None
        }
        FileOutcome::Busy | FileOutcome::NotSaved | FileOutcome::SentBefore => None,
    }
}

fn bad_examples(words: Words, bad: BadExamples) -> String {
    let l = words.l;
    match bad {
        BadExamples::NoJson(line) => fl!(l, "shadow-file-no-json", line = line),
        BadExamples::NoCases => fl!(l, "shadow-file-no-cases"),
        BadExamples::Case(place) => fl!(l, "shadow-file-bad-case", place = place),
        BadExamples::TooMany(most) => fl!(l, "shadow-file-many-cases", most = most),
    }
}

/// The form with what was typed, and the mistake in one of its fields.
pub(crate) fn view(frame: &Frame<'_>, typed: &Typed, mistake: Option<(&'static str, String)>) -> FilePage {
    let words = frame.words;
    let l = words.l;
    let heading = fl!(l, "shadow-file");
    let error = |field| mistake.as_ref().filter(|(wrong, _)| *wrong == field).map(|(_, text)| text.clone());
    let rows = mistake.iter().map(|(field, text)| Mistake::at(*field, text.clone())).collect();
    let errors = Errors { title: fl!(l, "errors"), rows };
    FilePage {
        shell: Shell::of(frame, &heading, Some(Place::RulesFile)).around_form(&errors),
        heading,
        says: fl!(l, "shadow-file-says"),
        message: None,
        problems: Vec::new(),
        more_problems: None,
        warnings: Vec::new(),
        tried: None,
        tried_says: None,
        unexpected: Vec::new(),
        rules: Area {
            hint: Some(fl!(l, "shadow-file-rules-hint")),
            error: error(RULES),
            value: typed.rules.clone(),
            rows: 24,
            ..Area::code(RULES, fl!(l, "place-rules"))
        },
        examples_open: !typed.examples.trim().is_empty() || error(EXAMPLES).is_some(),
        examples: Area {
            hint: Some(fl!(l, "shadow-file-examples-hint")),
            error: error(EXAMPLES),
            value: typed.examples.clone(),
            rows: 8,
            ..Area::code(EXAMPLES, fl!(l, "shadow-file-examples"))
        },
        note: Field {
            error: error(NOTE),
            value: typed.note.clone(),
            ..Field::text(NOTE, fl!(l, "shadow-file-note"))
        },
        errors,
        key: typed.key.clone(),
    }
}

/// Adds what a check found.
fn show(words: Words, view: &mut FilePage, typed: &Typed, checked: &CheckedRules) {
    let l = words.l;
    view.problems = findings(words, &typed.rules, &checked.problems);
    let more = checked.problems.len().saturating_sub(MOST_FINDINGS);
    view.more_problems = (more > 0).then(|| fl!(l, "shadow-file-more", count = more));
    view.warnings = findings(words, &typed.rules, &checked.warnings);
    if let Some(profile) = &checked.profile {
        view.message = Some(Message { tone: Tone::Good, text: right(words, profile) });
    }
    view.tried = tried_sheet(words, checked.tried.iter().map(|one| tried(words, one)).collect());
    view.tried_says = view.tried.is_some().then(|| tried_says(words, &checked.tried));
    view.unexpected = checked.tried.iter().filter_map(|one| unexpected(&one.origin)).collect();
}

/// Sentence about a file with which nothing is wrong.
fn right(words: Words, profile: &PlanProfile) -> String {
    let mut services: Vec<&str> =
        profile.elections.iter().map(|election| election.service.as_str()).collect();
    services.sort_unstable();
    services.dedup();
    fl!(
        words.l,
        "shadow-file-right",
        version = profile.version.as_str(),
        criteria = profile.criteria.len(),
        services = services.len()
    )
}

/// Findings with the lines that they are about.
pub(crate) fn findings(words: Words, text: &str, found: &[RulesProblem]) -> Vec<Finding> {
    let lines: Vec<&str> = text.lines().collect();
    let finding = |problem: &RulesProblem| Finding {
        place: Some(fl!(words.l, "shadow-file-place", line = problem.line, column = problem.column)),
        line: lines.get(problem.line.saturating_sub(1)).map(|line| cut(line)).filter(|line| !line.is_empty()),
        problem: problem.problem.clone(),
        fix: problem.fix.clone(),
    };
    found.iter().take(MOST_FINDINGS).map(finding).collect()
}

fn placeless((problem, fix): &(String, String)) -> Finding {
    Finding { place: None, line: None, problem: problem.clone(), fix: fix.clone() }
}

/// A line, shortened where it is long.
fn cut(line: &str) -> String {
    let line = line.trim();
    match line.char_indices().nth(LONGEST_LINE) {
        None => line.to_owned(),
        Some((end, _)) => format!("{}…", &line[..end]),
    }
}

/// One request that was tried, in words.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) service: String,
    pub(crate) was: String,
    pub(crate) now: String,
    pub(crate) says: String,
}

fn tried(words: Words, one: &TriedRequest) -> Line {
    let l = words.l;
    let word = |told: &ShadowOutcome| outcome(words, &told.word);
    let (name, was, says) = match &one.origin {
        TriedOrigin::MadeUp => (fl!(l, "shadow-file-made-up"), "–".to_owned(), "–".to_owned()),
        TriedOrigin::Example { name, wrong: None } => {
            (name.clone(), "–".to_owned(), fl!(l, "shadow-file-as-expected"))
        }
        TriedOrigin::Example { name, wrong: Some(_) } => {
            (name.clone(), "–".to_owned(), fl!(l, "shadow-file-not-expected"))
        }
        TriedOrigin::Recorded { case, before, direction: how, .. } => {
            let says = how.map_or_else(|| fl!(l, "shadow-file-alike"), |how| direction(words, how));
            (case.to_string(), word(before), says)
        }
    };
    Line { name, service: service(words, &one.service), was, now: word(&one.after), says }
}

fn unexpected(origin: &TriedOrigin) -> Option<(String, String)> {
    match origin {
        TriedOrigin::Example { name, wrong: Some(wrong) } => Some((name.clone(), wrong.clone())),
        _ => None,
    }
}

/// Results of all tried requests, in one sentence.
fn tried_says(words: Words, tried: &[TriedRequest]) -> String {
    let l = words.l;
    let of = |is: fn(&TriedOrigin) -> bool| tried.iter().filter(|one| is(&one.origin)).count();
    let other = of(|origin| {
        matches!(
            origin,
            TriedOrigin::Example { wrong: Some(_), .. } | TriedOrigin::Recorded { direction: Some(_), .. }
        )
    });
    if of(|origin| matches!(origin, TriedOrigin::MadeUp)) > 0 {
        fl!(l, "shadow-file-tried-made-up")
    } else {
        fl!(l, "shadow-file-tried-says", all = count(tried.len() as u64), other = count(other as u64))
    }
}

pub(crate) fn tried_sheet(words: Words, lines: Vec<Line>) -> Option<Sheet> {
    let l = words.l;
    let heads = [
        fl!(l, "shadow-file-request"),
        fl!(l, "service"),
        fl!(l, "shadow-was"),
        fl!(l, "shadow-file-now"),
        fl!(l, "shadow-file-compared"),
    ];
    let row = |line: Line| Row {
        name: line.name,
        address: None,
        cells: heads[1..].iter().cloned().zip([line.service, line.was, line.now, line.says]).collect(),
    };
    let rows: Vec<Row> = lines.into_iter().map(row).collect();
    (!rows.is_empty()).then(|| Sheet { caption: fl!(l, "shadow-file-tried"), heads: heads.to_vec(), rows })
}

impl FilePage {
    /// The page with findings of a check that came out wrong.
    pub(crate) fn finding(mut self, problems: Vec<Finding>) -> Self {
        self.problems = problems;
        self
    }

    /// The page of a check and a try that came out well.
    pub(crate) fn trying(
        mut self,
        words: Words,
        right: String,
        warnings: Vec<Finding>,
        tried: Tried,
    ) -> Self {
        self.message = Some(Message { tone: Tone::Good, text: right });
        self.warnings = warnings;
        self.tried = tried_sheet(words, tried.lines);
        self.tried_says = Some(tried.says);
        self.unexpected = tried.unexpected;
        self
    }
}

/// Requests that were tried, in words.
pub(crate) struct Tried {
    pub(crate) lines: Vec<Line>,
    pub(crate) says: String,
    pub(crate) unexpected: Vec<(String, String)>,
}

/// The link by which pages lead here.
pub(crate) fn action(words: Words) -> Action {
    Action::other(fl!(words.l, "shadow-file-open"), ADDRESS)
}

#[cfg(test)]
mod tests {
    use domain::case::Language;

    use super::*;

    #[test]
    fn a_finding_names_its_line_and_shows_it() {
        let words = Words::of(Language::En);
        let problem = RulesProblem {
            line: 2,
            column: 3,
            length: 4,
            problem: "no such field".to_owned(),
            fix: "leave it out".to_owned(),
            instead: Vec::new(),
        };
        let found = findings(words, "format = 1\n  oops = 3\n", std::slice::from_ref(&problem));
        assert_eq!(found[0].place.as_deref(), Some("Line 2, column 3"));
        assert_eq!(found[0].line.as_deref(), Some("oops = 3"));
        let past = RulesProblem { line: 9, ..problem };
        assert_eq!(findings(words, "format = 1", &[past])[0].line, None, "past the end there is no line");
    }

    #[test]
    fn a_long_line_is_shortened_at_a_character() {
        let line = "ñ".repeat(LONGEST_LINE + 1);
        assert_eq!(cut(&line), format!("{}…", "ñ".repeat(LONGEST_LINE)));
        assert_eq!(cut("  short  "), "short");
    }
}

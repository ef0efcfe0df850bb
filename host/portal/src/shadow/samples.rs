//! Shadow runs, the rules file and reference tables in their states, with an invented plan.

use domain::plan::types::Bilingual;
use workflow::shown::{CauseCount, CauseKind, Direction, RowsOf, RunState, ShadowCause, ShadowReport};

use super::changes::{self, List, Sides};
use super::file::{self, Finding, Tried};
use super::report::Figures;
use super::runs::{self, Chosen, Typed, Wrong};
use super::tables::{self, About, RowMistake, Rows, Shown, TableLine, VersionLine};
use super::{Texts, report};
use crate::gallery::{Sample, said, sample};
use crate::parts::{Message, Tone};
use crate::shell::{Frame, Role, Who};
use crate::words::Words;

const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const RUN: &str = "/portal/rules/9f86/shadow/shr_0001";

/// Somebody of an invented plan.
fn analyst() -> Who {
    Who {
        name: "Ana Ruiz".to_owned(),
        organization: "Costa Verde".to_owned(),
        roles: vec![Role::PlanAnalyst],
        ..Who::default()
    }
}

pub(crate) fn samples(frame: &Frame<'_>) -> Vec<Sample> {
    let who = analyst();
    let frame = &Frame { who: Some(&who), ..*frame };
    let mut samples = of_runs(frame);
    samples.extend(of_reports(frame));
    samples.extend(of_changes(frame));
    samples.extend(of_files(frame));
    samples.extend(of_tables(frame));
    samples
}

fn of_runs(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let chosen = |next| Chosen { digest: DIGEST, version: "2.4.0", stands: false, next };
    let line = |state, changed| runs::Line {
        address: RUN.to_owned(),
        asked: words.instant(frame.now),
        state: runs::state(words, state),
        compared: 4_200,
        changed,
        worse: changed / 2,
    };
    let typed = Typed::new("attempt-1".to_owned());
    let wrong = |range: &str| Typed { range: range.to_owned(), last: "many".to_owned(), ..typed.clone() };
    let page = |lines, next, typed: &Typed, mistake| {
        runs::view(frame, &chosen(next), lines, typed, mistake).to_string()
    };
    let lines = vec![line(RunState::Running, 3), line(RunState::Done, 17), line(RunState::Cancelled, 0)];
    vec![
        sample("shadow-runs", page(lines, Some("shr_0001"), &typed, None)),
        sample("shadow-runs-empty", page(Vec::new(), None, &typed, None)),
        sample("shadow-runs-wrong", page(Vec::new(), None, &wrong("last"), Some(Wrong::Last))),
        sample("shadow-runs-nothing-wrong", page(Vec::new(), None, &wrong("days"), Some(Wrong::Nothing))),
    ]
}

fn texts() -> Texts {
    let text = |en: &str, es: &str| Bilingual { en: en.to_owned(), es: es.to_owned() };
    Texts::from([
        (
            "tb".to_owned(),
            text("TB result of the last 90 days", "Resultado de tuberculosis de los últimos 90 días"),
        ),
        ("plan".to_owned(), text("A discharge plan is there", "Hay un plan de alta")),
    ])
}

fn cause(direction: Direction, kind: CauseKind, criteria: &[&str], count: u64) -> CauseCount {
    let criteria = criteria.iter().map(|id| (*id).to_owned()).collect();
    CauseCount { cause: ShadowCause { direction, kind, criteria }, count }
}

/// A report whose sums are those of its parts.
pub(crate) fn whole() -> ShadowReport {
    let moves = [("approved > pended", 11), ("pended > approved", 5)];
    let causes = [
        ("0001", cause(Direction::Less, CauseKind::Criteria, &["tb"], 8)),
        ("0002", cause(Direction::Less, CauseKind::NoAnswer, &[], 3)),
        ("0003", cause(Direction::More, CauseKind::Criteria, &["plan", "tb"], 5)),
        ("0004", cause(Direction::Reasons, CauseKind::Extent, &[], 1)),
    ];
    let directions = [(Direction::Less, 11), (Direction::More, 5), (Direction::Reasons, 1)];
    ShadowReport {
        same: 4_183,
        changed: 17,
        faults: 3,
        approvals_gained: 5,
        approvals_lost: 11,
        clinical_reviews: -2,
        cents: -658_500,
        services: [("recuperative-care".to_owned(), directions.into())].into(),
        moves: moves.map(|(both, count)| (both.to_owned(), count)).into(),
        stays: [("approved".to_owned(), 1)].into(),
        criteria: [("tb".to_owned(), 13), ("plan".to_owned(), 5)].into(),
        causes: causes.map(|(id, counted)| (id.to_owned(), counted)).into(),
        unreadable: 0,
    }
}

fn of_reports(frame: &Frame<'_>) -> Vec<Sample> {
    let (report, texts) = (whole(), texts());
    let none = ShadowReport { same: 4_200, ..ShadowReport::default() };
    let some = ShadowReport { unreadable: 2, ..report.clone() };
    let page = |name: &str, state, report: &ShadowReport, wanted, share_percent, listed| {
        let figures = Figures {
            version: "2.4.0",
            address: RUN.to_owned(),
            runs: "/portal/rules/9f86/shadow".to_owned(),
            version_page: "/portal/rules/9f86".to_owned(),
            roll_back: super::roll_back(frame.words, DIGEST, state == RunState::Done),
            state,
            asked: frame.words.instant(frame.now),
            wanted,
            compared: report.same + report.changed,
            share_percent,
            listed,
            report,
            texts: &texts,
            key: "attempt-2",
        };
        sample(name, report::view(frame, &figures).to_string())
    };
    vec![
        page("shadow-report", RunState::Done, &report, Some(4_200), 100, 17),
        page("shadow-report-same", RunState::Done, &none, Some(4_200), 100, 0),
        page("shadow-report-running", RunState::Running, &some, Some(9_000), 100, 17),
        page("shadow-report-along", RunState::Running, &some, None, 10, 17),
        page("shadow-report-stopped", RunState::Cancelled, &some, Some(9_000), 100, 10),
    ]
}

fn of_changes(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let (report, texts) = (whole(), texts());
    let line = |number: u64| changes::Line {
        number,
        case: format!("cas_000{number}"),
        service: said(words, "Recuperative care", "Atención de recuperación"),
        before: super::outcome(words, "approved"),
        after: super::outcome(words, "pended"),
        direction: super::direction(words, Direction::Less),
        because: super::criterion(words, "tb", &texts),
    };
    let roll_back = || super::roll_back(words, DIGEST, true);
    let list = |cause: Option<&'static str>, next: Option<&'static str>| List {
        run: RUN.to_owned(),
        roll_back: roll_back(),
        cause: cause.map(|id| (id, report.causes.get(id))),
        texts: &texts,
        next,
    };
    let lines: Vec<changes::Line> = (1..=3).map(line).collect();
    let page =
        |name: &str, list: &List<'_>, lines| sample(name, changes::view(frame, list, lines).to_string());
    let sides = || {
        let finding =
            |id: &str, was: String, would_be: String| [super::criterion(words, id, &texts), was, would_be];
        let [met, not_met] = [said(words, "Met", "Cumplido"), said(words, "Not met", "No cumplido")];
        Sides {
            run: RUN.to_owned(),
            roll_back: roll_back(),
            number: 1,
            case: "cas_0001".to_owned(),
            case_page: Some("/portal/authorizations/cas_0001".to_owned()),
            service: said(words, "Recuperative care", "Atención de recuperación"),
            direction: Direction::Less,
            changed: vec![
                [
                    said(words, "Outcome", "Resultado"),
                    super::outcome(words, "approved"),
                    super::outcome(words, "pended"),
                ],
                finding("tb", met.clone(), not_met),
            ],
            same: vec![finding("plan", met.clone(), met)],
        }
    };
    let found = changes::WhatIf {
        says: said(words, "If all of a set is true.", "Si todo lo de un conjunto es verdad."),
        sets: vec![said(words, "Is there a TB result?", "¿Hay un resultado de tuberculosis?")],
    };
    let nothing =
        changes::WhatIf { says: said(words, "Nothing turns it.", "Nada la cambia."), sets: Vec::new() };
    let one = |name: &str, same: Option<bool>, found| {
        let replayed = same.map(|same| changes::replayed(words, same));
        let page = changes::difference_view(frame, sides(), replayed, found, ["attempt-3", "attempt-4"]);
        sample(name, page.to_string())
    };
    vec![
        page("shadow-cases", &list(None, Some("25")), lines),
        page("shadow-cases-of-cause", &list(Some("0001"), None), (1..=3).map(line).collect()),
        page("shadow-cases-empty", &list(Some("ffff"), None), Vec::new()),
        one("shadow-case", None, None),
        one("shadow-case-repeated", Some(true), Some(found)),
        one("shadow-case-not-repeated", Some(false), Some(nothing)),
    ]
}

fn of_files(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let typed = file::Typed {
        rules: said(words, "# Rules \"1\"\nformat = 1\n", "# Reglas \"1\"\nformat = 1\n"),
        key: "attempt-5".to_owned(),
        ..file::Typed::default()
    };
    let with_cases = file::Typed { examples: "{ [".to_owned(), ..typed.clone() };
    let finding = |line: usize, place: &str| Finding {
        place: Some(said(words, &format!("Line {line}, column 1"), place)),
        line: Some("id = \"costa-verde\"".to_owned()),
        problem: "these are the rules of another plan".to_owned(),
        fix: "write the id of your plan".to_owned(),
    };
    let line = |was: &str, now: &str, says: (&str, &str)| file::Line {
        name: "cas_0001".to_owned(),
        service: said(words, "Recuperative care", "Atención de recuperación"),
        was: super::outcome(words, was),
        now: super::outcome(words, now),
        says: said(words, says.0, says.1),
    };
    let tried = Tried {
        lines: vec![
            line("approved", "approved", ("as before", "como antes")),
            line("approved", "pended", ("worse for the member", "peor para el miembro")),
        ],
        says: said(words, "2 requests were tried.", "Se probaron 2 solicitudes."),
        unexpected: vec![("cas_0001".to_owned(), "expected approved, found pended".to_owned())],
    };
    let wrong = said(words, "Fix 1 thing in the rules", "Corrija 1 cosa en las reglas");
    let no_json = said(words, "Fix line 1 of the cases", "Corrija la línea 1 de los casos");
    let right = said(words, "Nothing is wrong.", "No hay ningún error.");
    vec![
        sample("shadow-file", file::page(frame, &typed, file::FileOutcome::OfVersion("2.3.1"))),
        sample("shadow-file-begun", file::page(frame, &typed, file::FileOutcome::Begun)),
        sample("shadow-file-sent-before", file::page(frame, &typed, file::FileOutcome::SentBefore)),
        sample("shadow-file-not-saved", file::page(frame, &typed, file::FileOutcome::NotSaved)),
        sample("shadow-file-busy", file::page(frame, &typed, file::FileOutcome::Busy)),
        sample(
            "shadow-file-wrong",
            file::view(frame, &typed, Some((file::RULES, wrong)))
                .finding(vec![finding(4, "Línea 4, columna 1")])
                .to_string(),
        ),
        sample(
            "shadow-file-cases-wrong",
            file::view(frame, &with_cases, Some((file::EXAMPLES, no_json))).to_string(),
        ),
        sample(
            "shadow-file-tried",
            file::view(frame, &typed, None)
                .trying(words, right, vec![finding(2, "Línea 2, columna 1")], tried)
                .to_string(),
        ),
    ]
}

fn cells(row: [&str; 2]) -> Vec<String> {
    row.map(str::to_owned).to_vec()
}

fn version(words: Words, number: i64) -> VersionLine {
    VersionLine {
        name: said(words, &format!("version {number}"), &format!("versión {number}")),
        address: tables::version_address("fee-schedule", number),
        days: said(words, "from July 1, 2026", "desde el 1 de julio de 2026"),
        rows: 1_204,
        uploaded: said(words, "June 3, 2026", "3 de junio de 2026"),
    }
}

fn of_tables(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let line = TableLine {
        name: "fee-schedule".to_owned(),
        address: tables::address("fee-schedule"),
        text: said(words, "What each procedure is paid", "Lo que se paga por cada procedimiento"),
        in_force: said(words, "version 2", "versión 2"),
        newest: said(words, "version 3, June 3, 2026", "versión 3, 3 de junio de 2026"),
    };
    let about = || About {
        name: "fee-schedule".to_owned(),
        text: said(words, "What each procedure is paid", "Lo que se paga por cada procedimiento"),
        columns: cells(["procedure", "amount"]),
        keys: vec!["procedure".to_owned()],
        in_force: said(words, "version 2", "versión 2"),
    };
    let typed = tables::Typed {
        rows: "procedure,amount\nG9008 U8,45.00\n".to_owned(),
        from: "2026-07-01".to_owned(),
        key: "attempt-6".to_owned(),
        ..tables::Typed::default()
    };
    let added = RowsOf { count: 1, first: vec![cells(["G9012 U2", "78.25"])] };
    let removed = RowsOf { count: 40, first: (0..40).map(|_| cells(["G9008 GQ", "20"])).collect() };
    let changed =
        RowsOf { count: 1, first: vec![(cells(["G9008 U8", "41.30"]), cells(["G9008 U8", "45.00"]))] };
    let rows = Rows { rows: 3, added: &added, removed: &removed, changed: &changed };
    let says = said(words, "Compared with version 2.", "Comparada con la versión 2.");
    let difference = || tables::difference(words, says.clone(), &cells(["procedure", "amount"]), &rows);
    let mistakes = [
        RowMistake {
            row: Some(2),
            column: Some(1),
            problem: said(words, "There is no such code.", "No existe ese código."),
            fix: said(words, "Write one of the catalog.", "Escriba uno del catálogo."),
        },
        RowMistake {
            row: None,
            column: None,
            problem: said(words, "There is no row.", "No hay ninguna fila."),
            fix: said(words, "Send one.", "Envíe una."),
        },
    ];
    let wrong = said(words, "Fix 2 things in the rows", "Corrija 2 cosas en las filas");
    let anew =
        Message { tone: Tone::Soon, text: said(words, "Nothing was published.", "No se publicó nada.") };
    let page = |name: &str, versions: Vec<VersionLine>, shown: Shown<'_>| {
        let html = tables::page_view(frame, about(), versions, None, &typed, shown).to_string();
        sample(name, html)
    };
    let versions = || vec![version(words, 3), version(words, 2)];
    vec![
        sample("shadow-tables", tables::list_view(frame, vec![line], Some("fee-schedule")).to_string()),
        sample("shadow-tables-empty", tables::list_view(frame, Vec::new(), None).to_string()),
        page("shadow-table", Vec::new(), Shown::default()),
        page(
            "shadow-table-compared",
            versions(),
            Shown { difference: Some(difference()), ..Shown::default() },
        ),
        page(
            "shadow-table-anew",
            versions(),
            Shown { difference: Some(difference()), message: Some(anew), ..Shown::default() },
        ),
        page(
            "shadow-table-rows-wrong",
            versions(),
            Shown { mistake: Some((tables::ROWS, wrong)), rows: &mistakes, ..Shown::default() },
        ),
        sample(
            "shadow-table-version",
            tables::rows_view(
                frame,
                "fee-schedule",
                version(words, 3),
                &cells(["procedure", "amount"]),
                &[cells(["G9008 U8", "45.00"])],
                Some("1"),
            )
            .to_string(),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use domain::case::Language;

    use super::*;
    use crate::gallery;

    fn shown(name: &str, language: Language) -> String {
        let words = Words::of(language);
        let found = gallery::samples(words).into_iter().find(|sample| sample.name == name);
        found.expect("the sample is there").html
    }

    #[test]
    fn a_report_says_the_direction_in_words_and_leads_to_each_cause() {
        let english = shown("shadow-report", Language::En);
        assert!(english.contains("worse for the member") && english.contains("better for the member"));
        for id in ["0001", "0002", "0003", "0004"] {
            assert!(english.contains(&format!("{RUN}/cases?cause={id}\"")), "{id}");
        }
        assert!(english.contains("TB result of the last 90 days"));
        assert!(shown("shadow-report", Language::Es).contains("peor para el miembro"));
    }

    #[test]
    fn what_was_not_compared_has_its_reason() {
        let stopped = shown("shadow-report-stopped", Language::En);
        assert!(stopped.contains("4,798 requests: it was stopped before them."), "9,000 but for 4,200 and 2");
        assert!(stopped.contains("2 requests: this program no longer reads how they were kept."));
        assert!(stopped.contains("7 changed requests are counted, and not listed: the first 10 are."));
        let along = shown("shadow-report-along", Language::En);
        assert!(along.contains("It compares 10 of 100 requests") && along.contains("/stop\""));
        let done = shown("shadow-report", Language::En);
        assert!(!done.contains("/stop\"") && done.contains("Decisions that people made without the rules"));
    }

    #[test]
    fn the_next_page_is_found_by_key_and_keeps_its_cause() {
        assert!(shown("shadow-cases", Language::En).contains(&format!("{RUN}/cases?after=25\"")));
        let of_cause = shown("shadow-cases-of-cause", Language::En);
        assert!(of_cause.contains("8 requests, worse for the member: TB result of the last 90 days"));
    }

    #[test]
    fn rows_are_published_only_after_their_difference_was_shown() {
        assert!(!shown("shadow-table", Language::En).contains("value=\"publish\""));
        let compared = shown("shadow-table-compared", Language::En);
        assert!(compared.contains("value=\"publish\"") && compared.contains("41.30 → 45.00"));
        assert!(compared.contains("15 more rows are counted"), "25 of 40 are listed");
    }

    #[test]
    fn a_text_area_gives_back_what_was_typed() {
        let html = shown("shadow-file", Language::En);
        assert!(html.contains(">\n# Rules &#34;1&#34;\nformat = 1\n</textarea>"), "{html}");
    }
}

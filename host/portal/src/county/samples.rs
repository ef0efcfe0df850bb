//! The county's pages in their states, with invented plans and organizations.

use domain::case::CaseKind;
use domain::figures::{Disclosed, Figures, Measure};
use domain::identifiers::{OrgId, PlanId};
use domain::plan::types::{Bilingual, DenialKind};
use i18n_embed_fl::fl;
use jiff::ToSpan as _;
use jiff::civil::date;
use workflow::shown::{CountyFigures, Figure, FigureRow, Health, PlacesTaken, Subject};

use super::audit::{self, Audit, AuditMistake, Typed};
use super::directory::{self, KeyMistake, NewKeyForm, Organizations};
use super::figures::{self, FiguresShown};
use super::health;
use crate::gallery::{Sample, said, sample};
use crate::names::Names;
use crate::parts::Row;
use crate::shell::{Frame, Role, Who};

fn of_county(role: Role) -> Who {
    Who {
        name: "Ana Ruiz".to_owned(),
        organization: "San Ravel".to_owned(),
        roles: vec![role],
        administers: role == Role::CountyOperator,
        ..Who::default()
    }
}

pub(crate) fn samples(frame: &Frame<'_>) -> Vec<Sample> {
    let (operator, analyst) = (of_county(Role::CountyOperator), of_county(Role::CountyAnalyst));
    let frame = Frame { who: Some(&operator), ..*frame };
    let read_only = Frame { who: Some(&analyst), ..frame };
    let mut samples = vec![
        sample("county", figures_page(&read_only, "2026-Q3", true)),
        sample("county-runs", figures_page(&frame, "2026-Q4", true)),
        sample("county-nothing", figures_page(&frame, "2026-Q2", false)),
        sample("county-health", health_page(&frame)),
    ];
    samples.extend(lists(&frame));
    samples.extend(key_pages(&frame));
    samples.extend(audits(&frame, &read_only));
    samples
}

fn plan(id: &str) -> Option<PlanId> {
    id.parse().ok()
}

/// A row of a measure: the plan, what of it is counted, how many of how many, and the days of the median.
type Counted = (&'static str, Option<Subject>, Disclosed, Disclosed, Option<u64>);

/// Numbers of one measure, some of which may not be told.
fn rows(measure: Measure, runs: bool) -> Vec<FigureRow> {
    let told = |number: u64| {
        if runs { Disclosed::AtLeast(number - number % 11) } else { Disclosed::Exactly(number) }
    };
    let cases = |kind| Some(Subject::Cases(kind));
    let (few, other) = (Disclosed::Withheld, Some(Subject::OtherCauses));
    let rows: Vec<Counted> = match measure {
        Measure::ClocksMissed => vec![
            ("costa-verde", cases(CaseKind::Referral), told(14), told(233), None),
            ("costa-verde", cases(CaseKind::Authorization), told(33), told(120), None),
            ("sierra-azul", cases(CaseKind::Referral), few, told(58), None),
            ("sierra-azul", cases(CaseKind::Authorization), told(22), told(44), None),
            ("valle", cases(CaseKind::Authorization), few, few, None),
        ],
        Measure::TurnAround => vec![
            ("costa-verde", None, told(87), told(120), Some(3)),
            ("sierra-azul", None, told(22), told(44), Some(6)),
            ("valle", None, few, few, None),
        ],
        Measure::LoopClosure => vec![
            ("costa-verde", None, told(141), told(233), None),
            ("sierra-azul", None, told(36), told(58), None),
            ("valle", None, few, told(19), None),
        ],
        Measure::Denials => vec![
            ("costa-verde", Some(cause("tb")), told(17), told(120), None),
            ("costa-verde", Some(cause("covered")), told(12), told(120), None),
            ("sierra-azul", other.clone(), told(15), told(44), None),
            ("valle", other, few, few, None),
        ],
    };
    let row = |(id, of, numerator, denominator, median_days): Counted| {
        Some(FigureRow { plan: plan(id)?, of, numerator, denominator, median_days })
    };
    rows.into_iter().filter_map(row).collect()
}

/// Cause of denials by the criterion that it is named after.
fn cause(criterion: &str) -> Subject {
    let (kind, en, es) = match criterion {
        "tb" => (DenialKind::Clinical, "A TB result.", "Un resultado de TB."),
        _ => (DenialKind::Administrative, "The plan covers the person.", "El plan cubre a la persona."),
    };
    let text = Bilingual { en: en.to_owned(), es: es.to_owned() };
    Subject::Cause { kind, criteria: vec![criterion.to_owned()], asserted: false, texts: vec![text] }
}

fn figures_page(frame: &Frame<'_>, quarter: &str, counted: bool) -> String {
    let Ok(quarter) = quarter.parse() else { return String::new() };
    let state = Figures::state();
    let runs = quarter == domain::figures::Quarter::of(date(2026, 11, 20));
    let figure = |id: &Measure| Figure {
        measure: state.measure(*id),
        rows: if counted { rows(*id, runs) } else { Vec::new() },
    };
    let figures = CountyFigures {
        quarter,
        runs,
        rule: state.small_numbers(date(2026, 11, 20)),
        measures: Measure::ALL.iter().map(figure).collect(),
    };
    let named = [("costa-verde", "Costa Verde"), ("sierra-azul", "Sierra Azul"), ("valle", "Valle")];
    let named = named.into_iter().filter_map(|(id, name)| Some((plan(id)?, name.to_owned())));
    let names = Names::of(named, None);
    figures::page(frame, &FiguresShown { figures: &figures, names: &names })
}

fn health_page(frame: &Frame<'_>) -> String {
    let words = frame.words;
    let l = words.l;
    let places = |tier, taken| PlacesTaken { tier, places: 8, taken };
    let state = Health {
        notices_late_seconds: 240,
        jobs_dead: 1,
        keys_ending: 2,
        compiling: 1,
        waiting: 0,
        places: vec![places("compiled", 3), places("interpreted", 0)],
    };
    let active = fl!(l, "county-active");
    let version = fl!(l, "county-version-since", version = "2.3.1", since = words.instant(frame.now));
    let rows = vec![
        health::line(
            words,
            "Costa Verde".to_owned(),
            [active.clone(), version.clone(), fl!(l, "county-answering")],
        ),
        health::line(
            words,
            "Sierra Azul".to_owned(),
            [active, version, fl!(l, "county-at-rest", operations = "triage")],
        ),
        health::line(
            words,
            "Valle".to_owned(),
            [fl!(l, "county-paused"), fl!(l, "county-no-rules"), fl!(l, "county-not-asked")],
        ),
    ];
    health::view(frame, &state, rows)
}

fn lists(frame: &Frame<'_>) -> Vec<Sample> {
    vec![
        sample("county-organizations", organization_page(frame, true)),
        sample("county-organizations-none", organization_page(frame, false)),
        sample("county-people", people_page(frame)),
        sample("county-keys", key_page(frame)),
    ]
}

fn organization_page(frame: &Frame<'_>, has_any: bool) -> String {
    let words = frame.words;
    let l = words.l;
    let list = directory::organization_list(words, Vec::new(), has_any.then(|| "cursor".to_owned()));
    let row = |name: &str, kind: String, state: String, plan: &str, day| {
        let cells = vec![kind, state, plan.to_owned(), "SRV".to_owned(), words.day(day)];
        directory::line(&list.heads, name.to_owned(), None, cells)
    };
    let (active, paused) = (fl!(l, "county-active"), fl!(l, "county-paused"));
    let rows = vec![
        row("San Ravel", fl!(l, "place-county"), active.clone(), directory::NONE, date(2025, 12, 1)),
        row("Costa Verde", fl!(l, "plan"), active.clone(), "costa-verde", date(2026, 1, 2)),
        row("Valle", fl!(l, "plan"), paused, "valle", date(2026, 1, 9)),
        row("Harbor House", fl!(l, "county-provider"), active, directory::NONE, date(2026, 2, 16)),
    ];
    let rows = if has_any { rows } else { Vec::new() };
    directory::view(frame, directory::List { rows, ..list })
}

fn people_page(frame: &Frame<'_>) -> String {
    let words = frame.words;
    let l = words.l;
    let list = directory::people_list(words, Vec::new(), None);
    let row = |name: String, organization: &str, role: String, looks_after: String, state: String, day| {
        let cells = vec![organization.to_owned(), role, looks_after, state, words.day(day)];
        directory::line(&list.heads, name, None, cells)
    };
    let (yes, no, active) = (fl!(l, "yes"), fl!(l, "no"), fl!(l, "county-active"));
    let (reviewer, clerk) = (fl!(l, "role-plan-reviewer"), fl!(l, "role-clerk"));
    let (invited, ended) = (fl!(l, "county-invited"), fl!(l, "county-ended"));
    let nameless = fl!(l, "county-no-name-yet");
    let coordinator = fl!(l, "role-coordinator");
    let rows = vec![
        row("Ana Ruiz".to_owned(), "Harbor House", coordinator, yes, active.clone(), date(2026, 2, 16)),
        row("R. Okafor".to_owned(), "Costa Verde", reviewer.clone(), no.clone(), active, date(2026, 3, 3)),
        row(nameless, "Harbor House", clerk, no.clone(), invited, date(2026, 11, 19)),
        row("L. Park".to_owned(), "Costa Verde", reviewer, no, ended, date(2026, 9, 30)),
    ];
    directory::view(frame, directory::List { rows, ..list })
}

fn key_page(frame: &Frame<'_>) -> String {
    let words = frame.words;
    let l = words.l;
    let list = directory::key_list(words, Vec::new(), None);
    let row = |label: String, organization: &str, may: String, made, used: String, state: String| {
        let cells = vec![organization.to_owned(), may, words.day(made), used, state];
        directory::line(&list.heads, label, Some(directory::key_address("key_1")), cells)
    };
    let (refer, publish) = (fl!(l, "county-key-provider"), fl!(l, "county-key-admin"));
    let nightly = said(words, "Nightly file", "Archivo nocturno");
    let (used, never) = (words.day(date(2026, 11, 20)), fl!(l, "county-never"));
    let ends = fl!(l, "county-ends-on", day = words.day(date(2027, 1, 31)));
    let rules = said(words, "Releases of rules", "Versiones de reglas");
    let rows = vec![
        row(nightly, "Harbor House", refer, date(2026, 2, 16), used, fl!(l, "county-works")),
        row(rules, "Costa Verde", publish, date(2026, 11, 2), never, ends),
    ];
    directory::view(frame, directory::List { rows, ..list })
}

fn organizations() -> Organizations {
    let id: Option<OrgId> = "org_0198f0c2a3b47c5d8e9f00112233aabb".parse().ok();
    id.map(|id| (id, "Harbor House".to_owned())).into_iter().collect()
}

fn key_pages(frame: &Frame<'_>) -> Vec<Sample> {
    let organizations = organizations();
    let form = |mistakes| {
        let form = NewKeyForm {
            organizations: &organizations,
            organization: "",
            role: "provider",
            label: "",
            license: "",
            mistakes,
            once: "a1",
        };
        directory::new_key(frame, &form)
    };
    let label = said(frame.words, "Nightly file", "Archivo nocturno");
    let all = [KeyMistake::Label, KeyMistake::Organization, KeyMistake::Role, KeyMistake::License];
    vec![
        sample("county-key-new", form(&[])),
        sample("county-key-new-wrong", form(&all)),
        sample("county-key-made", directory::made_key(frame, Some("cw_0000"))),
        sample("county-key-made-before", directory::made_key(frame, None)),
        sample("county-key-end", directory::end_key(frame, "key_1", &label, "Harbor House", false)),
        sample("county-key-last", directory::end_key(frame, "key_1", &label, "Harbor House", true)),
    ]
}

fn audits(frame: &Frame<'_>, read_only: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let organizations = organizations();
    let search = |typed, mistakes, next, asks_about_people| Audit {
        entries: &[],
        next,
        typed,
        mistakes,
        organizations: &organizations,
        asks_about_people,
    };
    let entries = [
        (0, ["Harbor House", "look", "member mem_0001", "care-coordination", "done"]),
        (2, ["Costa Verde", "decide", "authorization cas_0001", directory::NONE, "done"]),
        (26, ["Sierra Azul", "look", "member mem_0002", directory::NONE, "denied"]),
    ];
    let row = || {
        let entry = |(hours, cells): &(i64, [&str; 5])| {
            let at = frame.now.checked_sub(hours.hours()).unwrap_or(frame.now);
            audit::row_of(words, words.instant(at), cells.map(str::to_owned).to_vec())
        };
        entries.iter().map(entry).collect::<Vec<Row>>()
    };
    let wrong = Typed { from: "2026-02-30", subject: "a b", ..Typed::default() };
    let mistakes = [AuditMistake::From, AuditMistake::Subject];
    vec![
        sample("county-audit", audit::view(frame, &search(Typed::default(), &[], Some("1~a"), true), row())),
        sample(
            "county-audit-analyst",
            audit::view(read_only, &search(Typed::default(), &[], None, false), row()),
        ),
        sample(
            "county-audit-nothing",
            audit::view(frame, &search(Typed::default(), &[], None, true), Vec::new()),
        ),
        sample("county-audit-wrong", audit::view(frame, &search(wrong, &mistakes, None, true), Vec::new())),
    ]
}

//! The criteria grid in its states, one person who was checked, and two days that were compared, with
//! invented plans and people.

use i18n_embed_fl::fl;
use jiff::civil::date;

use super::changes::{self, DayMistake, Typed};
use super::person::{self, Answer};
use super::{Chosen, Kind, Line, Looked, view};
use crate::gallery::{Sample, said, sample};
use crate::parts::Entry;
use crate::shell::Frame;

pub(crate) fn samples(frame: &Frame<'_>) -> Vec<Sample> {
    let mut samples = grids(frame);
    samples.push(sample("criteria-person", checked(frame)));
    samples.push(sample("criteria-person-nothing", checked_nothing(frame)));
    samples.extend(compared(frame));
    samples
}

fn grids(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let l = words.l;
    let plans = ["Costa Verde".to_owned(), "Sierra Azul".to_owned()];
    let line = |kind, en: &str, es: &str, cells: [String; 2]| Line {
        kind,
        text: said(words, en, es),
        cells: cells.to_vec(),
    };
    let lines = || {
        let (state, added, none) =
            (fl!(l, "asked-by-state"), fl!(l, "asked-in-addition"), fl!(l, "not-asked"));
        vec![
            line(
                Kind::State,
                "No safe place to recover",
                "Sin un lugar seguro para recuperarse",
                [state.clone(), state],
            ),
            line(Kind::Added, "TB result", "Resultado de tuberculosis", [none, added]),
            line(
                Kind::Declared,
                "Start before the decision",
                "Empezar antes de la decisión",
                [fl!(l, "days", count = 26), fl!(l, "days", count = 14)],
            ),
        ]
    };
    let counties = [("SRV".to_owned(), "San Ravel".to_owned())];
    let chosen = Chosen {
        service: "recuperative-care",
        county: "SRV",
        counties: &counties,
        on: date(2026, 11, 20),
        typed: "",
        is_no_day: false,
        only_different: false,
        number: "",
        looked: Some(Looked::No),
    };
    let only = Chosen { only_different: true, looked: None, ..chosen };
    let no_day = Chosen { typed: "2026-02-30", is_no_day: true, ..chosen };
    let no_number = Chosen { number: "9123", looked: Some(Looked::NoNumber), ..chosen };
    vec![
        sample("criteria", view(frame, &chosen, &plans, lines()).to_string()),
        sample("criteria-only", view(frame, &only, &plans, lines()).to_string()),
        sample("criteria-empty", view(frame, &chosen, &[], Vec::new()).to_string()),
        sample("criteria-day-wrong", view(frame, &no_day, &[], Vec::new()).to_string()),
        sample("criteria-number-wrong", view(frame, &no_number, &plans, lines()).to_string()),
    ]
}

fn checked(frame: &Frame<'_>) -> String {
    let words = frame.words;
    let l = words.l;
    let parts = person::Parts {
        answers: vec![
            Answer {
                plan: "Costa Verde".to_owned(),
                answer: words.of_family("status", "pended"),
                needs: said(words, "Is there a discharge summary?", "¿Hay un resumen de alta?"),
            },
            Answer {
                plan: "Sierra Azul".to_owned(),
                answer: words.of_family("status", "approved"),
                needs: fl!(l, "criteria-needs-nothing"),
            },
        ],
        criteria: vec![(
            said(words, "Discharge summary", "Resumen de alta"),
            vec![fl!(l, "not-known"), fl!(l, "not-asked")],
        )],
        known: vec![Entry {
            name: said(words, "Where did the person sleep?", "¿Dónde durmió la persona?"),
            value: said(words, "In a hospital", "En un hospital"),
            note: Some(format!("{}, {}", fl!(l, "from-provider"), words.day(date(2026, 11, 12)))),
        }],
        ..nothing(frame)
    };
    person::view(frame, parts)
}

fn checked_nothing(frame: &Frame<'_>) -> String {
    person::view(frame, nothing(frame))
}

fn nothing(frame: &Frame<'_>) -> person::Parts {
    let words = frame.words;
    person::Parts {
        service: said(words, "Recuperative care", "Atención de recuperación"),
        person: ("Maria Alvarez".to_owned(), "/portal/people/mem_1".to_owned()),
        back: "/portal/criteria?service=recuperative-care&county=SRV".to_owned(),
        day: words.weekday(date(2026, 11, 20)),
        answers: Vec::new(),
        criteria: Vec::new(),
        known: Vec::new(),
    }
}

fn compared(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let l = words.l;
    let typed = Typed {
        from: "2026-10-01",
        to: "2026-11-20",
        service: "recuperative-care",
        county: "",
        counties: &[],
        mistakes: &[],
    };
    let change = changes::line(
        words,
        said(words, "Recuperative care", "Atención de recuperación"),
        [fl!(l, "criteria-change-added"), "–".to_owned(), said(words, "TB result", "Tuberculosis")],
    );
    let plan = changes::Plan {
        name: "Sierra Azul".to_owned(),
        says: fl!(l, "criteria-versions", before = "2.3.0", after = "2.3.1"),
        changes: Some(changes::table(words, "plan-sierra-azul".to_owned(), vec![change])),
    };
    let days = fl!(
        l,
        "criteria-changes-days",
        from = words.day(date(2026, 10, 1)),
        to = words.day(date(2026, 11, 20))
    );
    let out_of_order = Typed { from: "2026-11-21", mistakes: &[DayMistake::Order], ..typed };
    vec![
        sample("criteria-changes", changes::view(frame, &typed, Some(days.clone()), Some(vec![plan]))),
        sample("criteria-changes-none", changes::view(frame, &typed, Some(days), Some(Vec::new()))),
        sample("criteria-changes-wrong", changes::view(frame, &out_of_order, None, None)),
    ]
}

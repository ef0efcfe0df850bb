//! Cases in some of their states, with an invented person.

use domain::statute::ClockNature;
use i18n_embed_fl::fl;
use jiff::ToSpan as _;

use super::{Parts, WaySet, status_of, view};
use crate::clocks;
use crate::gallery::{self, Sample, said, sample};
use crate::money;
use crate::parts::{Action, Clock, DocumentRow, Documents, Entry, Message, Row, Sheet, Summary, Tone};
use crate::shell::Frame;
use crate::words::Words;

/// States of a case as the record words them: each has its own status and sentence.
pub(crate) const STATES: [&str; 28] = [
    "received",
    "pended",
    "needs-information",
    "with-people",
    "approved",
    "partly-approved",
    "modified",
    "denied",
    "withdrawn",
    "moved",
    "accepted",
    "provider-accepted",
    "in-service",
    "changing-provider",
    "joined",
    "redirected",
    "not-eligible",
    "closed",
    "rejected",
    "advised",
    "payable",
    "paid",
    "disputed",
    "replaced",
    "voided",
    "void",
    "open",
    "settled",
];

pub(crate) fn samples(frame: &Frame<'_>) -> Vec<Sample> {
    let of_state =
        |state: &&str| sample(&format!("case-{state}"), view(frame, bare(frame, state)).to_string());
    let mut samples: Vec<Sample> = STATES.iter().map(of_state).collect();
    samples.push(sample("case-full", view(frame, full(frame)).to_string()));
    samples.push(sample("case-hostile", view(frame, hostile(frame)).to_string()));
    samples
}

/// A case of which there is nothing to say but its state.
fn bare(frame: &Frame<'_>, state: &str) -> Parts {
    let words = frame.words;
    Parts {
        heading: said(words, "Recuperative care", "Atención de recuperación"),
        person: None,
        number: "cas_0001".to_owned(),
        status: status_of(words, state),
        messages: Vec::new(),
        clocks: Vec::new(),
        asks: Vec::new(),
        actions: Vec::new(),
        facts: Summary {
            rows: vec![Entry { name: fl!(words.l, "plan"), value: "Costa Verde".to_owned(), note: None }],
        },
        granted: None,
        bill: None,
        findings: None,
        reason: None,
        ways_say: None,
        ways: Vec::new(),
        thread: None,
        units: None,
        documents: None,
        timeline: gallery::timeline(words),
    }
}

/// A case with every part.
fn full(frame: &Frame<'_>) -> Parts {
    let words = frame.words;
    let l = words.l;
    let summary = said(words, "Attach: discharge summary", "Adjunte: resumen de alta");
    Parts {
        person: Some(("Maria Alvarez".to_owned(), "/portal/people/mem_0001".to_owned())),
        messages: vec![Message {
            tone: Tone::Good,
            text: fl!(l, "may-start", day = words.weekday(jiff::civil::date(2026, 12, 19))),
        }],
        clocks: CLOCKS.map(|one| clock(frame, one)).to_vec(),
        asks: vec![summary.clone()],
        actions: vec![Action::main(fl!(l, "ask-supply"), "/portal/authorizations/cas_0001/needed")],
        granted: Some(lines(
            words,
            fl!(l, "granted"),
            fl!(l, "to-day"),
            words.day(jiff::civil::date(2026, 12, 19)),
        )),
        bill: Some(money::samples::bill(words)),
        findings: Some(gallery::findings(words)),
        reason: Some(said(
            words,
            "The hospital stay was not confirmed.",
            "No se confirmó la estancia en el hospital.",
        )),
        ways_say: Some(said(words, "Each of these alone is enough.", "Cada una de estas cosas basta.")),
        ways: vec![WaySet {
            supply: vec![summary],
            becomes: fl!(l, "becomes", answer = words.of_family("status", "approved")),
        }],
        thread: Some(gallery::thread(words)),
        units: Some(gallery::units(words)),
        documents: Some(gallery::documents(words, super::DOCUMENTS)),
        ..bare(frame, "pended")
    }
}

fn clock(frame: &Frame<'_>, (hours, nature, en, es): (i64, ClockNature, &str, &str)) -> Clock {
    let due = frame.now.checked_add(hours.hours()).unwrap_or(frame.now);
    clocks::due(frame.words, &said(frame.words, en, es), due, nature, frame.now)
}

/// Clocks of a case: hours until the end of each, and its rule.
const CLOCKS: [(i64, ClockNature, &str, &str); 3] = [
    (
        -30,
        ClockNature::Duty,
        "The plan tells the person within 2 business days.",
        "El plan avisa a la persona dentro de 2 días hábiles.",
    ),
    (
        20,
        ClockNature::Right,
        "You send what the plan asks for within 14 days.",
        "Usted envía lo que pide el plan dentro de 14 días.",
    ),
    (
        70,
        ClockNature::Duty,
        "The plan decides within 5 business days.",
        "El plan decide dentro de 5 días hábiles.",
    ),
];

fn lines(words: Words, caption: String, head: String, cell: String) -> Sheet {
    let heads = vec![fl!(words.l, "procedure"), fl!(words.l, "units"), head];
    let cells = vec![(heads[1].clone(), "30".to_owned()), (heads[2].clone(), cell)];
    Sheet { caption, rows: vec![Row { name: "T2033 U6".to_owned(), address: None, cells }], heads }
}

/// A case whose every text tries to be more than text.
fn hostile(frame: &Frame<'_>) -> Parts {
    let evil = || "<script>alert(1)</script>\" onmouseover=\"alert(1)' {{ 7 }} &lt;".to_owned();
    Parts {
        heading: evil(),
        person: Some((evil(), evil())),
        number: evil(),
        messages: vec![Message { tone: Tone::Plain, text: evil() }],
        asks: vec![evil()],
        facts: Summary { rows: vec![Entry { name: evil(), value: evil(), note: Some(evil()) }] },
        granted: Some(lines(frame.words, evil(), evil(), evil())),
        reason: Some(evil()),
        ways_say: Some(evil()),
        ways: vec![WaySet { supply: vec![evil()], becomes: evil() }],
        documents: Some(Documents {
            rows: vec![DocumentRow { name: evil(), note: Some(evil()), address: Some(evil()) }],
        }),
        ..bare(frame, "denied")
    }
}

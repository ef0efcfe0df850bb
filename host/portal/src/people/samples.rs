//! People and one person in their states, with invented people.

use i18n_embed_fl::fl;
use jiff::civil::date;

use super::contact::{self, Contact, Wrong};
use super::correct::{self, Correction};
use super::{Search, line, person, view};
use crate::fields::Fields;
use crate::gallery::{self, Sample, said, sample};
use crate::parts::{Entry, Message, Summary, Titled, Tone};
use crate::shell::Frame;

pub(crate) fn samples(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let l = words.l;
    let maria = || {
        let cells = [words.day(date(1971, 4, 9)), "Costa Verde".to_owned(), fl!(l, "in-spanish")];
        line(words, "Maria Alvarez".to_owned(), person::address("mem_0001"), cells)
    };
    let okafor = || {
        let cells = [words.day(date(1958, 11, 30)), "Valle".to_owned(), fl!(l, "in-english")];
        line(words, "R. Okafor".to_owned(), person::address("mem_0002"), cells)
    };
    let people = |rows, next, typed: &str, search| view(words, frame, rows, next, typed, search).to_string();
    let nobody = |message| person::Parts {
        heading: "Maria Alvarez".to_owned(),
        message,
        ask: Some(person::ask_for(words, "mem_0001")),
        facts: gallery::summary(words),
        correct: Some(person::correct(words, "mem_0001")),
        threads: Vec::new(),
        is_whole: true,
        limits: None,
        coverage: None,
        documents: None,
        consents: None,
    };
    let thread = person::OpenThread {
        heading: said(words, "Recuperative care", "Atención de recuperación"),
        thread: gallery::thread(words),
        units: Some(gallery::units(words)),
    };
    let agrees = Entry {
        name: said(words, "Does the person agree to be referred?", "¿Acepta la persona la remisión?"),
        value: fl!(l, "yes"),
        note: Some(format!("{}, {}", fl!(l, "ask-source-member"), words.day(date(2026, 11, 12)))),
    };
    let whole = person::Parts {
        threads: vec![thread],
        is_whole: false,
        limits: Some(gallery::limits(words)),
        coverage: Some(Titled::of(person::COVERAGE, gallery::sheet(words))),
        documents: Some(gallery::documents(words, crate::case::DOCUMENTS)),
        consents: Some(Summary { rows: vec![agrees] }),
        ..nobody(None)
    };
    let none = Message { tone: Tone::Soon, text: fl!(l, "coverage-none") };
    let (empty, typed) = (Fields::default(), typed_contact());
    let counties = [("SRV".to_owned(), "San Ravel".to_owned())];
    let met = |typed: &Fields, wrong: &[Wrong], is_unknown| {
        let once = "0123456789abcdef";
        contact::page(frame, &Contact { typed, counties: &counties, wrong, is_unknown, once })
    };
    let all = [Wrong::Number, Wrong::Born, Wrong::Family, Wrong::Given, Wrong::County];
    vec![
        sample("people", people(vec![maria(), okafor()], Some("m~1"), "", Search::None)),
        sample("people-empty", people(Vec::new(), None, "", Search::None)),
        sample("people-number-wrong", people(vec![maria()], None, "12", Search::NoNumber)),
        sample("people-nobody-wrong", people(vec![maria()], None, "91234567A", Search::Nobody)),
        sample("people-many-wrong", people(Vec::new(), None, "91234567A", Search::TooMany)),
        sample("people-new", met(&empty, &[], false)),
        sample("people-new-wrong", met(&empty, &all, false)),
        sample("people-new-many-wrong", met(&typed, &[Wrong::TooMany], false)),
        sample("people-new-unknown", met(&typed, &[], true)),
        sample("person", person::view(frame, whole).to_string()),
        sample("person-empty", person::view(frame, nobody(Some(none))).to_string()),
    ]
    .into_iter()
    .chain(corrected(frame))
    .collect()
}

/// The form that puts right how to reach a person.
fn corrected(frame: &Frame<'_>) -> [Sample; 4] {
    let words = frame.words;
    let l = words.l;
    let told = |name, value: &str, source| Entry {
        name,
        value: value.to_owned(),
        note: Some(format!("{source}, {}", words.day(date(2026, 11, 12)))),
    };
    let known = [
        told(fl!(l, "telephone"), "+15305550142", fl!(l, "from-provider")),
        told(fl!(l, "home"), "12 Alder Street, San Ravel 95999", fl!(l, "from-plan-file")),
    ];
    let form = |known: &[Entry], typed: &[(&str, &str)], wrong: &[correct::Wrong], is_changed| {
        let typed = typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let (typed, once) = (Fields::of(typed), "0123456789abcdef");
        let form = Correction { id: "mem_0001", version: 3, typed: &typed, wrong, is_changed, once };
        correct::view(frame, &form, known.to_vec()).to_string()
    };
    let street = [
        (correct::STREET, "12 Alder Street"),
        (correct::TELEPHONE, "555"),
        (correct::HOME, correct::NO_HOME),
    ];
    let all = [
        correct::Wrong::Telephone,
        correct::Wrong::Street,
        correct::Wrong::City,
        correct::Wrong::Zip,
        correct::Wrong::Both,
    ];
    [
        sample("people-correct", form(&known, &[], &[], false)),
        sample("people-correct-wrong", form(&known, &street, &all, false)),
        sample("people-correct-nothing-wrong", form(&[], &[], &[correct::Wrong::Nothing], false)),
        sample("people-correct-changed", form(&known, &street, &[], true)),
    ]
}

/// The form of a first contact, filled in.
fn typed_contact() -> Fields {
    let typed = [
        ("number", "91234567A"),
        (contact::BORN, "1971-04-09"),
        (contact::FAMILY, "Alvarez"),
        (contact::GIVEN, "Maria"),
        (contact::COUNTY, "SRV"),
        (contact::LANGUAGE, "es"),
    ];
    Fields::of(typed.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec())
}

//! Telephone and home of a person, put right by who knows them. What no field says stays as it is.

use askama::Template;
use i18n_embed_fl::fl;
use workflow::shown::ShownContact;

use super::person;
use crate::fields::Fields;
use crate::parts::{Entry, Errors, Field, Message, Mistake, Summary, Tone};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;
use crate::work::fields::{Choice, Choices};

/// Name of the field with the telephone number.
pub const TELEPHONE: &str = "telephone";
/// Name of the field with house number and street.
pub const STREET: &str = "street";
/// Name of the field with the city.
pub const CITY: &str = "city";
/// Name of the field with the ZIP code.
pub const ZIP: &str = "zip";
/// Name of the choice that there is no fixed address.
pub const HOME: &str = "home";
/// The one value of that choice.
pub const NO_HOME: &str = "none";

/// A field that was refused, and why where there are several reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// No field says anything.
    Nothing,
    /// The telephone number is none.
    Telephone,
    /// The street is missing, or too long.
    Street,
    /// The same of the city.
    City,
    /// The ZIP code is none.
    Zip,
    /// There is an address, and it is said that there is none.
    Both,
}

/// The form as it was typed, and what became of it.
pub struct Correction<'a> {
    /// Id of the person.
    pub id: &'a str,
    /// Version of the person that the form changes.
    pub version: i64,
    /// Fields as they were typed.
    pub typed: &'a Fields,
    /// Fields that were refused.
    pub wrong: &'a [Wrong],
    /// True where somebody else changed the person meanwhile.
    pub is_changed: bool,
    /// Makes the form count once, however often it is sent.
    pub once: &'a str,
}

#[derive(Template)]
#[template(path = "people/correct.html")]
pub(crate) struct CorrectPage {
    shell: Shell,
    mistakes: Errors,
    changed: Option<Message>,
    address: String,
    known: Summary,
    version: i64,
    once: String,
    telephone: Field,
    home: Vec<Field>,
    none: Choices,
}

/// Address of the page.
#[must_use]
pub fn address(id: &str) -> String {
    format!("{}/contact", person::address(id))
}

/// The page, as HTML; `known` is how to reach the person as it stands.
#[must_use]
pub fn page(frame: &Frame<'_>, form: &Correction<'_>, known: &ShownContact) -> String {
    view(frame, form, person::contact_entries(frame.words, known)).to_string()
}

pub(crate) fn view(frame: &Frame<'_>, form: &Correction<'_>, known: Vec<Entry>) -> CorrectPage {
    let words = frame.words;
    let l = words.l;
    let rows: Vec<Mistake> = form.wrong.iter().map(|wrong| mistaken(words, *wrong)).collect();
    let mut shell = Shell::of(frame, &fl!(l, "correct"), Some(Place::People));
    shell.form = Some("entry");
    if !rows.is_empty() {
        shell.title = fl!(l, "title-error", title = shell.title.clone());
    }
    CorrectPage {
        shell,
        changed: form.is_changed.then(|| Message { tone: Tone::Soon, text: fl!(l, "correct-changed") }),
        address: address(form.id),
        known: Summary { rows: known },
        version: form.version,
        once: form.once.to_owned(),
        telephone: Field {
            hint: Some(fl!(l, "correct-telephone-hint")),
            digits: true,
            ..line(form, &rows, TELEPHONE, fl!(l, "telephone"))
        },
        home: vec![
            Field { width: "long", ..line(form, &rows, STREET, fl!(l, "correct-street")) },
            Field { width: "long", ..line(form, &rows, CITY, fl!(l, "correct-city")) },
            Field { digits: true, ..line(form, &rows, ZIP, fl!(l, "correct-zip")) },
        ],
        none: no_home(words, form, &rows),
        mistakes: Errors { title: fl!(l, "errors"), rows },
    }
}

fn mistaken(words: Words, wrong: Wrong) -> Mistake {
    let l = words.l;
    let (field, text) = match wrong {
        Wrong::Nothing => (TELEPHONE, fl!(l, "correct-nothing")),
        Wrong::Telephone => (TELEPHONE, fl!(l, "correct-telephone-wrong")),
        Wrong::Street => (STREET, fl!(l, "correct-street-wrong")),
        Wrong::City => (CITY, fl!(l, "correct-city-wrong")),
        Wrong::Zip => (ZIP, fl!(l, "correct-zip-wrong")),
        Wrong::Both => (HOME, fl!(l, "correct-both")),
    };
    Mistake::at(field, text)
}

fn error(rows: &[Mistake], field: &str) -> Option<String> {
    rows.iter().find(|row| row.field == field).map(|row| row.text.clone())
}

fn line(form: &Correction<'_>, rows: &[Mistake], name: &'static str, label: String) -> Field {
    Field { value: form.typed.text(name).to_owned(), error: error(rows, name), ..Field::short(name, label) }
}

fn no_home(words: Words, form: &Correction<'_>, rows: &[Mistake]) -> Choices {
    let row = Choice {
        value: NO_HOME.to_owned(),
        label: fl!(words.l, "no-fixed-address"),
        note: None,
        is_chosen: form.typed.text(HOME) == NO_HOME,
    };
    Choices {
        name: HOME.to_owned(),
        legend: fl!(words.l, "correct-or"),
        hint: None,
        error: error(rows, HOME),
        kind: "checkbox",
        rows: vec![row],
    }
}

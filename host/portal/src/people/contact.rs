//! First contact: somebody whom the viewer's organization meets, named by what stands on the card. Whom no
//! plan's file names, the organization may keep for its own eyes.

use askama::Template;
use i18n_embed_fl::fl;

use super::NUMBER;
use crate::fields::Fields;
use crate::parts::{Errors, Field, Message, Mistake, Tone};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;
use crate::work::fields::{Choice, Select};

/// Address of the page.
pub const CONTACT: &str = "/portal/people/new";
/// Name of the field with the day of birth.
pub const BORN: &str = "born";
/// Name of the field with the family name.
pub const FAMILY: &str = "family";
/// Name of the field with the given name.
pub const GIVEN: &str = "given";
/// Name of the field with the county in which the person lives.
pub const COUNTY: &str = "county";
/// Name of the field with the language of the person.
pub const LANGUAGE: &str = "language";
/// Name of the button by which a person is kept whom no plan's file names.
pub const KEEP: &str = "keep";

/// Languages that can be chosen; of another one the page does not ask which it is.
const LANGUAGES: [&str; 3] = ["en", "es", "und"];

/// A field that was refused, and why where there are several reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The number is none of a card.
    Number,
    /// The organization looked for people in vain too often.
    TooMany,
    /// The day of birth is no day, or cannot be one.
    Born,
    /// There is no family name, or a name that is too long.
    Family,
    /// The same of the given name.
    Given,
    /// No county is chosen.
    County,
}

/// The form as it was typed, and what became of it.
pub struct Contact<'a> {
    /// Fields as they were typed.
    pub typed: &'a Fields,
    /// Counties that can be chosen: code and name.
    pub counties: &'a [(String, String)],
    /// Fields that were refused.
    pub wrong: &'a [Wrong],
    /// True where no plan's file names somebody like this.
    pub is_unknown: bool,
    /// Makes the form count once, however often it is sent.
    pub once: &'a str,
}

#[derive(Template)]
#[template(path = "people/contact.html")]
pub(crate) struct ContactPage {
    shell: Shell,
    heading: String,
    mistakes: Errors,
    /// Said where nobody is named so, with what may be done then.
    unknown: Option<Message>,
    once: String,
    lines: Vec<Field>,
    county: Select,
    language: Select,
}

/// The page, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, contact: &Contact<'_>) -> String {
    let words = frame.words;
    let l = words.l;
    let heading = fl!(l, "people-new");
    let rows: Vec<Mistake> = contact.wrong.iter().map(|wrong| mistaken(words, *wrong)).collect();
    let mut shell = Shell::of(frame, &heading, Some(Place::People));
    shell.form = Some("entry");
    if !rows.is_empty() {
        shell.title = fl!(l, "title-error", title = shell.title.clone());
    }
    let page = ContactPage {
        shell,
        heading,
        unknown: contact.is_unknown.then(|| Message { tone: Tone::Soon, text: fl!(l, "contact-unknown") }),
        once: contact.once.to_owned(),
        lines: lines(words, contact, &rows),
        county: county(words, contact, &rows),
        language: language(words, contact),
        mistakes: Errors { title: fl!(l, "errors"), rows },
    };
    page.to_string()
}

fn mistaken(words: Words, wrong: Wrong) -> Mistake {
    let l = words.l;
    let (field, text) = match wrong {
        Wrong::Number => (NUMBER, fl!(l, "number-wrong")),
        Wrong::TooMany => (NUMBER, fl!(l, "number-too-many")),
        Wrong::Born => (BORN, fl!(l, "contact-born-wrong")),
        Wrong::Family => (FAMILY, fl!(l, "contact-family-wrong")),
        Wrong::Given => (GIVEN, fl!(l, "contact-given-wrong")),
        Wrong::County => (COUNTY, fl!(l, "contact-county-wrong")),
    };
    Mistake::at(field, text)
}

fn error(rows: &[Mistake], field: &str) -> Option<String> {
    rows.iter().find(|row| row.field == field).map(|row| row.text.clone())
}

fn lines(words: Words, contact: &Contact<'_>, rows: &[Mistake]) -> Vec<Field> {
    let l = words.l;
    let line = |name: &'static str, label: String| Field {
        value: contact.typed.get(name).unwrap_or_default().to_owned(),
        error: error(rows, name),
        ..Field::short(name, label)
    };
    vec![
        Field { hint: Some(fl!(l, "number-hint")), ..line(NUMBER, fl!(l, "number")) },
        Field { kind: "date", ..line(BORN, fl!(l, "contact-born")) },
        Field { width: "long", ..line(FAMILY, fl!(l, "contact-family")) },
        Field { width: "long", ..line(GIVEN, fl!(l, "contact-given")) },
    ]
}

fn county(words: Words, contact: &Contact<'_>, rows: &[Mistake]) -> Select {
    let chosen = contact.typed.get(COUNTY).unwrap_or_default();
    let choice = |(code, name): &(String, String)| Choice {
        value: code.clone(),
        label: name.clone(),
        note: None,
        is_chosen: code == chosen,
    };
    let none = Choice {
        value: String::new(),
        label: fl!(words.l, "work-choose"),
        note: None,
        is_chosen: chosen.is_empty(),
    };
    Select {
        name: COUNTY.to_owned(),
        label: fl!(words.l, "contact-county"),
        hint: None,
        error: error(rows, COUNTY),
        rows: std::iter::once(none).chain(contact.counties.iter().map(choice)).collect(),
    }
}

fn language(words: Words, contact: &Contact<'_>) -> Select {
    let chosen = contact.typed.get(LANGUAGE).unwrap_or_default();
    let choice = |tag: &str| Choice {
        value: tag.to_owned(),
        label: match tag {
            "en" => fl!(words.l, "in-english"),
            "es" => fl!(words.l, "in-spanish"),
            _ => fl!(words.l, "contact-language-other"),
        },
        note: None,
        is_chosen: tag == chosen,
    };
    Select {
        name: LANGUAGE.to_owned(),
        label: fl!(words.l, "spoken-language"),
        hint: None,
        error: None,
        rows: LANGUAGES.into_iter().map(choice).collect(),
    }
}

//! People: those whom the viewer's organization serves, the search for one by number, and one person.

use askama::Template;
use i18n_embed_fl::fl;
use workflow::shown::ShownMember;

use crate::names::Names;
use crate::parts::{Action, Empty, Errors, Field, Mistake, Row, Sheet};
use crate::shell::{Frame, Place, Shell, Who};
use crate::today::name;
use crate::words::Words;

pub mod contact;
pub mod correct;
pub mod person;
pub(crate) mod samples;

/// Name of the field that holds the number of a Medi-Cal card.
pub const NUMBER: &str = "number";

/// Outcome of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// Nobody was looked for.
    None,
    /// The text is no number of a card.
    NoNumber,
    /// None of the viewer's people has this number.
    Nobody,
    /// The organization looked for people in vain too often.
    TooMany,
}

/// A page of people, and the search above it.
pub struct People<'a> {
    /// People of this page.
    pub members: &'a [ShownMember],
    /// Cursor of the next page.
    pub next: Option<&'a str>,
    /// Text of the search field, as it was typed.
    pub typed: &'a str,
    /// Outcome of the search.
    pub search: Search,
    /// Names of plans, by their ids.
    pub names: &'a Names,
}

#[derive(Template)]
#[template(path = "people/people.html")]
pub(crate) struct PeoplePage {
    shell: Shell,
    heading: String,
    errors: Errors,
    number: Field,
    /// Leads a provider's staff to somebody whom they do not serve yet.
    new: Option<Action>,
    list: Option<Sheet>,
    empty: Option<Empty>,
    next: Option<Action>,
}

/// Page of people, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, people: &People<'_>) -> String {
    let words = frame.words;
    let rows = people.members.iter().map(|member| row(frame, member, people.names)).collect();
    view(words, frame, rows, people.next, people.typed, people.search).to_string()
}

/// Heads of the list.
pub(crate) fn heads(words: Words) -> [String; 4] {
    let l = words.l;
    [fl!(l, "person-name"), fl!(l, "born"), fl!(l, "plan-today"), fl!(l, "spoken-language")]
}

/// One line of the list: a name that leads to the person, and three cells.
pub(crate) fn line(words: Words, name: String, address: String, cells: [String; 3]) -> Row {
    let [_, born, plan, language] = heads(words);
    let cells = [born, plan, language].into_iter().zip(cells).collect();
    Row { name, address: Some(address), cells }
}

pub(crate) fn row(frame: &Frame<'_>, member: &ShownMember, names: &Names) -> Row {
    let words = frame.words;
    let today = domain::time::pacific_day(frame.now);
    let plans: Vec<String> = member
        .coverage
        .iter()
        .filter(|one| one.first_day <= today && one.last_day.is_none_or(|last| today <= last))
        .map(|one| names.plan(&one.plan))
        .collect();
    let plan = if plans.is_empty() { fl!(words.l, "not-known") } else { plans.join(", ") };
    let cells = [words.day(member.identity.birth_date), plan, language(words, &member.language)];
    line(words, name(member), person::address(&member.id.to_string()), cells)
}

/// Name of a language that has one here; its tag otherwise.
pub(crate) fn language(words: Words, tag: &str) -> String {
    match tag.split('-').next() {
        Some("en") => fl!(words.l, "in-english"),
        Some("es") => fl!(words.l, "in-spanish"),
        Some("und") | None => fl!(words.l, "not-known"),
        Some(_) => tag.to_owned(),
    }
}

pub(crate) fn view(
    words: Words,
    frame: &Frame<'_>,
    rows: Vec<Row>,
    next: Option<&str>,
    typed: &str,
    search: Search,
) -> PeoplePage {
    let l = words.l;
    let heading = fl!(l, "people");
    let (errors, number) = number_field(words, typed, search);
    let empty = rows.is_empty().then(|| Empty {
        title: fl!(l, "people-empty"),
        text: fl!(l, "people-empty-says"),
        action: None,
    });
    PeoplePage {
        shell: Shell::of(frame, &heading, Some(Place::People)).around_form(&errors),
        heading,
        errors,
        number,
        new: frame
            .who
            .is_some_and(Who::is_of_provider)
            .then(|| Action::other(fl!(l, "people-new"), contact::CONTACT)),
        list: (!rows.is_empty()).then(|| Sheet {
            caption: fl!(l, "people-list"),
            heads: heads(words).to_vec(),
            rows,
        }),
        empty,
        next: next.map(|cursor| Action::other(fl!(l, "more"), format!("/portal/people?after={cursor}"))),
    }
}

/// The field of the search by number, with what is wrong with it.
pub(crate) fn number_field(words: Words, typed: &str, search: Search) -> (Errors, Field) {
    let l = words.l;
    let error = match search {
        Search::None => None,
        Search::NoNumber => Some(fl!(l, "number-wrong")),
        Search::Nobody => Some(fl!(l, "number-nobody")),
        Search::TooMany => Some(fl!(l, "number-too-many")),
    };
    let mistakes = error.iter().map(|text| Mistake::at(NUMBER, text.clone())).collect();
    let field = Field {
        hint: Some(fl!(l, "number-hint")),
        error,
        value: typed.to_owned(),
        width: "short",
        ..Field::text(NUMBER, fl!(l, "number"))
    };
    (Errors { title: fl!(l, "errors"), rows: mistakes }, field)
}

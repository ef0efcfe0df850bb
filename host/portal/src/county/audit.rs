//! The audit trail: who did or looked at what. The search is posted, so that no id of a person stands in an
//! address.

use askama::Template;
use i18n_embed_fl::fl;
use workflow::shown::TrailEntry;

use super::directory::{Organizations, line};
use super::{Section, Sections};
use crate::criteria::Choice;
use crate::parts::{Empty, Errors, Field, Mistake, Row, Sheet};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

/// Field of the search in which something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditMistake {
    /// The first day is none.
    From,
    /// The last day is none, or before the first.
    To,
    /// The text cannot be an id.
    Subject,
    /// The text cannot be the code of an act.
    Action,
}

/// The search, as it was typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Typed<'a> {
    /// First day that is searched.
    pub from: &'a str,
    /// Last day that is searched.
    pub to: &'a str,
    /// Id of the organization that acted.
    pub actor: &'a str,
    /// Id of the thing that it was done to.
    pub subject: &'a str,
    /// Code of the act.
    pub action: &'a str,
}

/// Entries of the trail, and the search above them.
pub struct Audit<'a> {
    /// Entries of this page, newest first.
    pub entries: &'a [TrailEntry],
    /// Cursor of the next page.
    pub next: Option<&'a str>,
    /// Search as it was typed.
    pub typed: Typed<'a>,
    /// Mistakes of the search.
    pub mistakes: &'a [AuditMistake],
    /// Names of organizations, by their ids.
    pub organizations: &'a Organizations,
    /// True for a viewer who may ask about a person or a case.
    pub asks_about_people: bool,
}

#[derive(Template)]
#[template(path = "county/audit.html")]
struct AuditPage {
    shell: Shell,
    heading: String,
    sections: Sections,
    says: String,
    errors: Errors,
    fields: Vec<Field>,
    actors: Vec<Choice>,
    list: Option<Sheet>,
    empty: Option<Empty>,
    /// The search again, for the next page: each field with its value.
    again: Option<Vec<(&'static str, String)>>,
}

/// Page of the trail, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, audit: &Audit<'_>) -> String {
    let words = frame.words;
    let rows = audit.entries.iter().map(|entry| row(words, entry, audit.organizations)).collect();
    view(frame, audit, rows)
}

pub(crate) fn view(frame: &Frame<'_>, audit: &Audit<'_>, rows: Vec<Row>) -> String {
    let words = frame.words;
    let l = words.l;
    let fields = fields(words, audit);
    let mistakes =
        fields.iter().filter_map(|field| Some(Mistake::at(field.name.clone(), field.error.clone()?)));
    let errors = Errors { title: fl!(l, "errors"), rows: mistakes.collect() };
    let heading = fl!(l, "county-audit-heading");
    let empty = rows.is_empty().then(|| Empty {
        title: fl!(l, "county-audit-empty"),
        text: fl!(l, "county-audit-empty-says"),
        action: None,
    });
    let page = AuditPage {
        shell: Shell::of(frame, &heading, Some(Place::County)).around_form(&errors),
        heading,
        sections: Sections::of(frame, Section::Audit),
        says: if audit.asks_about_people {
            fl!(l, "county-audit-says")
        } else {
            fl!(l, "county-audit-says-analyst")
        },
        errors,
        fields,
        actors: actors(words, audit),
        list: (!rows.is_empty()).then(|| Sheet {
            caption: fl!(l, "county-audit"),
            heads: heads(words),
            rows,
        }),
        empty,
        again: audit.next.map(|cursor| again(audit.typed, cursor)),
    };
    page.to_string()
}

fn fields(words: Words, audit: &Audit<'_>) -> Vec<Field> {
    let l = words.l;
    let typed = audit.typed;
    let wrong = |mistake, text: String| audit.mistakes.contains(&mistake).then_some(text);
    let mut fields = vec![
        Field {
            value: typed.from.to_owned(),
            kind: "date",
            width: "short",
            error: wrong(AuditMistake::From, fl!(l, "day-wrong")),
            ..Field::text("from", fl!(l, "county-from"))
        },
        Field {
            value: typed.to.to_owned(),
            kind: "date",
            width: "short",
            error: wrong(AuditMistake::To, fl!(l, "county-to-wrong")),
            ..Field::text("to", fl!(l, "county-to"))
        },
        Field {
            value: typed.action.to_owned(),
            hint: Some(fl!(l, "county-action-hint")),
            width: "short",
            error: wrong(AuditMistake::Action, fl!(l, "county-action-wrong")),
            ..Field::text("action", fl!(l, "county-action"))
        },
    ];
    if audit.asks_about_people {
        fields.push(Field {
            value: typed.subject.to_owned(),
            hint: Some(fl!(l, "county-subject-hint")),
            error: wrong(AuditMistake::Subject, fl!(l, "county-subject-wrong")),
            ..Field::text("subject", fl!(l, "county-subject"))
        });
    }
    fields
}

fn actors(words: Words, audit: &Audit<'_>) -> Vec<Choice> {
    let everybody = Choice {
        id: String::new(),
        text: fl!(words.l, "county-everybody"),
        is_chosen: audit.typed.actor.is_empty(),
    };
    let known = audit.organizations.iter().map(|(id, name)| Choice {
        is_chosen: id.to_string() == audit.typed.actor,
        id: id.to_string(),
        text: name.clone(),
    });
    std::iter::once(everybody).chain(known).collect()
}

fn again(typed: Typed<'_>, cursor: &str) -> Vec<(&'static str, String)> {
    let fields = [
        ("from", typed.from),
        ("to", typed.to),
        ("actor", typed.actor),
        ("subject", typed.subject),
        ("action", typed.action),
        ("after", cursor),
    ];
    fields.into_iter().map(|(name, value)| (name, value.to_owned())).collect()
}

fn heads(words: Words) -> Vec<String> {
    let l = words.l;
    vec![
        fl!(l, "county-when"),
        fl!(l, "county-who"),
        fl!(l, "county-action"),
        fl!(l, "county-subject"),
        fl!(l, "county-purpose"),
        fl!(l, "shadow-outcome"),
    ]
}

/// A row of the trail: the instant, and its cells.
pub(crate) fn row_of(words: Words, when: String, cells: Vec<String>) -> Row {
    line(&heads(words), when, None, cells)
}

fn row(words: Words, entry: &TrailEntry, organizations: &Organizations) -> Row {
    let l = words.l;
    let who = match entry.actor {
        Some(id) => organizations.get(&id).cloned().unwrap_or_else(|| id.to_string()),
        None => fl!(l, "actor-host"),
    };
    let person = entry.account.map(|id| id.to_string()).or_else(|| entry.key.map(|id| id.to_string()));
    let who = person.map_or_else(|| who.clone(), |id| format!("{who} ({id})"));
    let subject = match &entry.subject {
        Some(subject) => format!("{} {subject}", entry.subject_kind),
        None => fl!(l, "county-subject-not-told", kind = entry.subject_kind.as_str()),
    };
    let cells = vec![
        who,
        entry.action.clone(),
        subject,
        entry.purpose.clone().unwrap_or_else(|| super::directory::NONE.to_owned()),
        entry.outcome.clone(),
    ];
    row_of(words, words.instant(entry.at), cells)
}

//! The colleague at the plan who has a case: beside the decision, and on a page on which it is passed on and
//! noted.

use askama::Template;
use domain::case::CaseKind;
use domain::identifiers::CaseId;
use domain::work::{Note, State};
use i18n_embed_fl::fl;
use workflow::shown::{Colleague, Done, ShownCase, WorkItem, WorkStep};

use super::decide::{CaseSince, Rights};
use super::fields::{Choice, Select, TextArea};
use super::form::Refused;
use super::{People, address};
use crate::case::service_of;
use crate::clocks;
use crate::fields::Fields;
use crate::parts::{Action, Entry, Errors, Message, Mistake, Step, Summary, Timeline, Tone};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

/// Name of the field that says which step is taken.
pub const STEP: &str = "step";
/// Name of the hidden field with the version of the item.
pub const TURN: &str = "turn";
/// Name of the field with the colleague.
pub const TO: &str = "to";
/// Name of the field with the note.
pub const NOTE: &str = "note";

/// Address of the page on which a case is passed on and noted.
#[must_use]
pub fn holder_address(kind: CaseKind, id: &str) -> String {
    format!("{}/holder", address(kind, id))
}

/// The colleague who has a case, and what was done with it.
pub struct Handled<'a> {
    /// State in which it waits; `None` where it waits for nobody.
    pub item: Option<&'a WorkItem>,
    /// Steps and notes, newest first.
    pub steps: &'a [WorkStep],
    /// Those who took them.
    pub people: People<'a>,
}

/// The same in words.
pub(crate) struct HandledShown {
    pub(crate) says: Option<String>,
    pub(crate) address: String,
    pub(crate) turn: i64,
    pub(crate) once: String,
    pub(crate) buttons: Vec<Button>,
    pub(crate) more: Option<Action>,
    pub(crate) history: Option<Timeline>,
}

/// A button of a form that has several.
pub(crate) struct Button {
    pub(crate) step: &'static str,
    pub(crate) text: String,
}

impl Handled<'_> {
    fn state(&self) -> Option<State> {
        self.item.map(|shown| shown.item.state)
    }

    /// Word for whoever decides what a colleague has.
    pub(super) fn warning(&self, words: Words) -> Option<Message> {
        let holder = self.state()?.holder().filter(|holder| self.people.viewer != Some(*holder))?;
        let text = fl!(words.l, "work-anothers", name = self.people.name(words, holder));
        Some(Message { tone: Tone::Soon, text })
    }

    pub(super) fn shown(
        &self,
        words: Words,
        kind: CaseKind,
        id: CaseId,
        rights: Rights,
        once: &str,
    ) -> Option<HandledShown> {
        if self.item.is_none() && self.steps.is_empty() {
            return None;
        }
        let address = holder_address(kind, &id.to_string());
        let works = self.item.is_some() && rights.decides;
        let buttons = self.state().filter(|_| works).map(|state| self.buttons(words, state));
        Some(HandledShown {
            says: self.state().map(|state| self.says(words, state)),
            turn: self.item.map_or(0, |shown| shown.item.version),
            once: once.to_owned(),
            buttons: buttons.unwrap_or_default(),
            more: works.then(|| Action::other(fl!(words.l, "work-hand-on"), address.clone())),
            address,
            history: self.history(words),
        })
    }

    fn says(&self, words: Words, state: State) -> String {
        let l = words.l;
        match state {
            State::Free => fl!(l, "work-nobody-has"),
            State::Held { by, since } if self.people.viewer == Some(by) => {
                fl!(l, "work-you-have", time = words.instant(since))
            }
            State::Held { by, since } => {
                let name = self.people.name(words, by);
                fl!(l, "work-has", name = name, time = words.instant(since))
            }
        }
    }

    /// Steps that need nothing to be filled in.
    fn buttons(&self, words: Words, state: State) -> Vec<Button> {
        let button = match state {
            State::Free => Button { step: "take", text: fl!(words.l, "work-take") },
            State::Held { .. } => Button { step: "put-back", text: fl!(words.l, "work-put-back") },
        };
        vec![button]
    }

    fn history(&self, words: Words) -> Option<Timeline> {
        let l = words.l;
        let step = |step: &WorkStep| Step {
            at: clocks::instant(words, step.at),
            text: match &step.what {
                Done::Took => fl!(l, "work-took"),
                Done::Passed(to) => fl!(l, "work-passed", name = self.people.name(words, *to)),
                Done::PutBack => fl!(l, "work-was-put-back"),
                Done::Noted(note) => fl!(l, "work-noted", text = note.expose()),
            },
            who: self.people.name(words, step.by),
        };
        (!self.steps.is_empty()).then(|| Timeline { steps: self.steps.iter().map(step).collect() })
    }
}

/// Everything that the page is made of.
pub struct HolderScreen<'a> {
    /// The case, as the viewer may see it.
    pub case: &'a ShownCase,
    /// Holder of the case, and what was done with it.
    pub desk: Handled<'a>,
    /// Those to whom it can be passed.
    pub colleagues: &'a [Colleague],
    /// Rights of the viewer over the case.
    pub rights: Rights,
    /// Fields as they were typed.
    pub typed: &'a Fields,
    /// Fields that were refused.
    pub refused: &'a [Refused],
    /// Circumstances in which the form comes back.
    pub since: CaseSince,
    /// Makes the form count once, however often it is sent.
    pub once: &'a str,
}

#[derive(Template)]
#[template(path = "work/holder.html")]
pub(crate) struct HolderPage {
    shell: Shell,
    parts: HolderParts,
}

/// The form of the page.
pub(crate) struct HolderForm {
    pub(crate) action: String,
    pub(crate) turn: i64,
    pub(crate) once: String,
    pub(crate) note: TextArea,
    /// Colleagues; none where a colleague has the case, who alone passes it on.
    pub(crate) to: Option<Select>,
    pub(crate) buttons: Vec<Button>,
}

/// Parts of the page, in words.
pub(crate) struct HolderParts {
    pub(crate) heading: String,
    pub(crate) number: String,
    pub(crate) message: Option<Message>,
    pub(crate) says: String,
    pub(crate) kept: Option<Summary>,
    pub(crate) form: Option<HolderForm>,
    pub(crate) history: Option<Timeline>,
    pub(crate) mistakes: Errors,
    pub(crate) back: Action,
}

/// The page, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, screen: &HolderScreen<'_>) -> String {
    view(frame, parts(frame.words, screen)).to_string()
}

pub(crate) fn view(frame: &Frame<'_>, parts: HolderParts) -> HolderPage {
    let l = frame.words.l;
    let mut shell = Shell::of(frame, &parts.heading, Some(Place::Work));
    if parts.form.is_some() {
        shell.form = Some("entry");
    }
    if !parts.mistakes.rows.is_empty() {
        shell.title = fl!(l, "title-error", title = shell.title.clone());
    }
    HolderPage { shell, parts }
}

fn parts(words: Words, screen: &HolderScreen<'_>) -> HolderParts {
    let l = words.l;
    let case = &screen.case.case;
    let (kind, id) = (case.body.kind(), case.id.to_string());
    let mistakes: Vec<Mistake> = screen.refused.iter().map(|refused| mistaken(words, refused)).collect();
    let item = screen.desk.item.filter(|_| screen.rights.decides);
    let form = item.map(|item| form(words, screen, item, &mistakes));
    let text = screen.typed.get(NOTE).map(str::trim).filter(|text| !text.is_empty() && form.is_none());
    let kept = text.map(|text| Entry { name: fl!(l, "work-note"), value: text.to_owned(), note: None });
    let says = screen.desk.state().map(|state| screen.desk.says(words, state));
    HolderParts {
        heading: heading(words, &service_of(words, case)),
        number: id.clone(),
        message: (screen.since == CaseSince::Changed)
            .then(|| Message { tone: Tone::Late, text: fl!(l, "work-hands-changed") }),
        says: says.unwrap_or_else(|| fl!(l, "work-waits-no-more")),
        kept: kept.map(|entry| Summary { rows: vec![entry] }),
        history: screen.desk.history(words),
        form,
        mistakes: Errors { title: fl!(l, "errors"), rows: mistakes },
        back: back(words, address(kind, &id)),
    }
}

pub(crate) fn heading(words: Words, service: &str) -> String {
    fl!(words.l, "work-hands-of", service = service)
}

pub(crate) fn back(words: Words, address: String) -> Action {
    Action::other(fl!(words.l, "work-back-to-case"), address)
}

fn mistaken(words: Words, refused: &Refused) -> Mistake {
    let l = words.l;
    let own = match refused.field.as_str() {
        TO => fl!(l, "work-choose-colleague"),
        _ => fl!(l, "work-write-note", most = Note::MOST.to_string()),
    };
    Mistake::at(refused.field.clone(), refused.text.clone().unwrap_or(own))
}

fn form(words: Words, screen: &HolderScreen<'_>, item: &WorkItem, mistakes: &[Mistake]) -> HolderForm {
    let case = &screen.case.case;
    let state = item.item.state;
    let passes = state.holder().is_none_or(|holder| screen.desk.people.viewer == Some(holder));
    let others = screen.colleagues.iter().filter(|one| !one.is_caller);
    let chosen = screen.typed.get(TO).unwrap_or_default();
    let rows: Vec<(String, String)> = others
        .map(|one| {
            let name = one.name.clone().unwrap_or_else(|| fl!(words.l, "work-colleague"));
            (one.id.to_string(), name)
        })
        .collect();
    HolderForm {
        action: holder_address(case.body.kind(), &case.id.to_string()),
        turn: item.item.version,
        once: screen.once.to_owned(),
        note: note(words, screen.typed.get(NOTE).unwrap_or_default(), mistakes),
        to: (passes && !rows.is_empty()).then(|| colleagues(words, rows, chosen, mistakes)),
        buttons: screen.desk.buttons(words, state),
    }
}

pub(crate) fn note(words: Words, text: &str, mistakes: &[Mistake]) -> TextArea {
    TextArea {
        name: NOTE.to_owned(),
        label: fl!(words.l, "work-note"),
        hint: Some(fl!(words.l, "work-note-hint")),
        error: error(mistakes, NOTE),
        value: text.to_owned(),
        lang: None,
    }
}

pub(crate) fn colleagues(
    words: Words,
    rows: Vec<(String, String)>,
    chosen: &str,
    mistakes: &[Mistake],
) -> Select {
    let row =
        |(value, label): (String, String)| Choice { is_chosen: value == chosen, value, label, note: None };
    let none = (String::new(), fl!(words.l, "work-choose"));
    Select {
        name: TO.to_owned(),
        label: fl!(words.l, "work-pass-to"),
        hint: None,
        error: error(mistakes, TO),
        rows: std::iter::once(none).chain(rows).map(row).collect(),
    }
}

fn error(mistakes: &[Mistake], field: &str) -> Option<String> {
    mistakes.iter().find(|one| one.field == field).map(|one| one.text.clone())
}

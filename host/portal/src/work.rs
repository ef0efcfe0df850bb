//! Cases that wait for a plan's people: the list by clock, and the screen on which one is decided.

use std::collections::BTreeMap;

use askama::Template;
use domain::actor::Actor;
use domain::case::{CaseKind, WhyPeople};
use domain::plan::types::Urgency;
use domain::statute::ClockNature;
use i18n_embed_fl::fl;
use jiff::Timestamp;
use workflow::command::{Holder, WorkFilter};
use workflow::shown::{ShownContract, Waiting, WorkItem};

use crate::clocks;
use crate::names;
use crate::parts::{Action, Empty, Row, Sheet};
use crate::shell::{Frame, Place, Shell};
use crate::today::kind_name;
use crate::words::Words;

pub mod decide;
mod decisions;
pub(crate) mod fields;
mod form;
pub mod holder;
pub(crate) mod samples;

pub use decisions::{PlanDecision, departs_from_advice};
pub use form::{Cause, Refused};

use fields::{Choice, Select};

/// Address of the worklist.
pub const WORK: &str = "/portal/work";
/// Address below which a plan's people read the documents of cases.
pub const DOCUMENTS: &str = "/portal/work/documents";
/// Name of the parameter that holds the kind of the cases.
pub const KIND: &str = "kind";
/// Name of the parameter that holds their urgency.
pub const URGENCY: &str = "urgency";
/// Name of the parameter that holds whose they are.
pub const HOLDER: &str = "holder";
/// Its word for what the viewer has.
pub const MINE: &str = "mine";
/// Its word for what nobody has.
pub const NOBODYS: &str = "nobody";
/// Name of the parameter that holds where the page before ended.
pub const AFTER: &str = "after";

/// Address of the screen on which a case is decided.
#[must_use]
pub fn address(kind: CaseKind, id: &str) -> String {
    format!("{WORK}/{}/{id}", kind.name())
}

/// The viewer among the plan's people, and the names of the others.
pub struct People<'a> {
    /// Person who looks at the page.
    pub viewer: Option<Actor>,
    /// Names of people, and labels of keys.
    pub names: &'a BTreeMap<Actor, String>,
}

impl People<'_> {
    /// Name of somebody; a colleague where no name is known.
    pub(crate) fn name(&self, words: Words, who: Actor) -> String {
        if self.viewer == Some(who) {
            return fl!(words.l, "work-you");
        }
        self.names.get(&who).cloned().unwrap_or_else(|| fl!(words.l, "work-colleague"))
    }
}

/// A page of the worklist, and what was chosen for it.
pub struct Worklist<'a> {
    /// Cases and contracts that wait, the nearest clock first.
    pub items: &'a [Waiting],
    /// Kind, urgency and holder that were chosen.
    pub filter: WorkFilter,
    /// Those who have the cases.
    pub people: People<'a>,
    /// Cursor of the next page.
    pub next: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "work/list.html")]
pub(crate) struct WorkPage {
    shell: Shell,
    heading: String,
    says: String,
    kind: Select,
    urgency: Select,
    holder: Select,
    list: Option<Sheet>,
    empty: Option<Empty>,
    next: Option<Action>,
}

/// Page of the worklist, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, worklist: &Worklist<'_>) -> String {
    let row = |waiting: &Waiting| match waiting {
        Waiting::Case(item) => row(frame, item, &worklist.people),
        Waiting::Contract(contract) => contract_row(frame, contract),
    };
    let rows = worklist.items.iter().map(row).collect();
    view(frame, rows, worklist.filter, worklist.next).to_string()
}

pub(crate) fn view(frame: &Frame<'_>, rows: Vec<Row>, filter: WorkFilter, next: Option<&str>) -> WorkPage {
    let words = frame.words;
    let l = words.l;
    let heading = fl!(l, "work");
    WorkPage {
        shell: Shell::of(frame, &heading, Some(Place::Work)),
        says: format!("{} {}", fl!(l, "work-says"), fl!(l, "as-of", time = words.instant(frame.now))),
        heading,
        kind: kinds(words, filter),
        urgency: urgencies(words, filter),
        holder: holders(words, filter),
        empty: rows.is_empty().then(|| empty(words, filter)),
        list: (!rows.is_empty()).then(|| Sheet {
            caption: fl!(l, "work-list"),
            heads: heads(words).to_vec(),
            rows,
        }),
        next: next.map(|cursor| Action::other(fl!(l, "more"), following(filter, cursor))),
    }
}

/// Address of the next page. It holds codes, an instant and an id.
fn following(filter: WorkFilter, cursor: &str) -> String {
    let mut address = format!("{WORK}?{AFTER}={cursor}");
    if let Some(kind) = filter.kind {
        address += &format!("&{KIND}={}", kind.name());
    }
    if let Some(urgency) = filter.urgency {
        address += &format!("&{URGENCY}={}", urgency.name());
    }
    if let Some(holder) = filter.holder {
        address += &format!("&{HOLDER}={}", holder_word(holder));
    }
    address
}

fn heads(words: Words) -> [String; 7] {
    let l = words.l;
    [
        fl!(l, "service"),
        fl!(l, "work-due"),
        fl!(l, "kind"),
        fl!(l, "work-urgency"),
        fl!(l, "work-why"),
        fl!(l, "work-holder"),
        fl!(l, "received"),
    ]
}

fn row(frame: &Frame<'_>, shown: &WorkItem, people: &People<'_>) -> Row {
    let words = frame.words;
    let item = &shown.item;
    let service = item.service.as_deref().map(|id| names::service(words, id));
    let why = shown.why.as_ref().map_or_else(|| item.why.clone(), |why| words.pick(&why.text()));
    let due = due(frame, item.due_at);
    line(
        words,
        service.unwrap_or_else(|| kind_name(words, item.kind)),
        address(item.kind, &item.case.to_string()),
        [
            due,
            kind_name(words, item.kind),
            urgency(words, item.urgency),
            why,
            item.state.holder().map_or_else(|| fl!(words.l, "work-nobody"), |who| people.name(words, who)),
            words.instant(item.received_at),
        ],
    )
}

/// A contract whose reason is to be written in its other language. It has no screen of its own.
fn contract_row(frame: &Frame<'_>, shown: &ShownContract) -> Row {
    let words = frame.words;
    let contract = fl!(words.l, "work-contract");
    let cells = [
        due(frame, shown.contract.translation_due),
        contract.clone(),
        urgency(words, Urgency::Standard),
        words.pick(&WhyPeople::TranslationWanted.text()),
        fl!(words.l, "work-nobody"),
        words.instant(shown.contract.updated_at),
    ];
    Row { address: None, ..line(words, contract, String::new(), cells) }
}

/// The nearest clock in words.
fn due(frame: &Frame<'_>, at: Option<Timestamp>) -> String {
    let words = frame.words;
    let Some(at) = at else { return fl!(words.l, "work-no-clock") };
    let clock = clocks::due(words, "", at, ClockNature::Duty, frame.now);
    let word = clock.word.unwrap_or_default();
    format!("{word} {} {}", clock.sentence.trim(), clock.due.text).trim().to_owned()
}

/// A row with its cells in the order of the heads.
pub(crate) fn line(words: Words, name: String, address: String, cells: [String; 6]) -> Row {
    let heads = heads(words).into_iter().skip(1);
    Row { name, address: Some(address), cells: heads.zip(cells).collect() }
}

/// Word for the urgency of a case.
pub(crate) fn urgency(words: Words, urgency: Urgency) -> String {
    match urgency {
        Urgency::Standard => fl!(words.l, "work-standard"),
        Urgency::Expedited => fl!(words.l, "work-expedited"),
    }
}

fn kinds(words: Words, filter: WorkFilter) -> Select {
    let kind = |kind: CaseKind| Choice {
        value: kind.name().to_owned(),
        label: kind_name(words, kind),
        note: None,
        is_chosen: filter.kind == Some(kind),
    };
    let rows = CaseKind::ALL.iter().copied().map(kind);
    select(words, KIND, fl!(words.l, "kind"), rows)
}

fn urgencies(words: Words, filter: WorkFilter) -> Select {
    let one = |one: Urgency| Choice {
        value: one.name().to_owned(),
        label: urgency(words, one),
        note: None,
        is_chosen: filter.urgency == Some(one),
    };
    let rows = [Urgency::Expedited, Urgency::Standard].into_iter().map(one);
    select(words, URGENCY, fl!(words.l, "work-urgency"), rows)
}

/// Word of a holder in an address. Only the viewer's own and nobody's cases can be asked for.
fn holder_word(holder: Holder) -> &'static str {
    match holder {
        Holder::Nobody => NOBODYS,
        Holder::Is(_) => MINE,
    }
}

fn holder_text(words: Words, word: &str) -> String {
    if word == MINE { fl!(words.l, "work-mine") } else { fl!(words.l, "work-nobodys") }
}

fn holders(words: Words, filter: WorkFilter) -> Select {
    let chosen = filter.holder.map(holder_word);
    let one = |word: &str| Choice {
        value: word.to_owned(),
        label: holder_text(words, word),
        note: None,
        is_chosen: chosen == Some(word),
    };
    let rows = [MINE, NOBODYS].into_iter().map(one);
    select(words, HOLDER, fl!(words.l, "work-holder"), rows)
}

/// A list of which nothing need be chosen.
fn select(words: Words, name: &str, label: String, rows: impl Iterator<Item = Choice>) -> Select {
    let all = Choice { value: String::new(), label: fl!(words.l, "work-all"), note: None, is_chosen: false };
    Select {
        name: name.to_owned(),
        label,
        hint: None,
        error: None,
        rows: std::iter::once(all).chain(rows).collect(),
    }
}

/// A list with nothing in it: nothing waits, or nothing that was chosen does.
fn empty(words: Words, filter: WorkFilter) -> Empty {
    let l = words.l;
    let chosen: Vec<String> = filter
        .kind
        .map(|kind| kind_name(words, kind))
        .into_iter()
        .chain(filter.urgency.map(|one| urgency(words, one)))
        .chain(filter.holder.map(|one| holder_text(words, holder_word(one))))
        .collect();
    if chosen.is_empty() {
        return Empty { title: fl!(l, "work-empty"), text: fl!(l, "work-empty-says"), action: None };
    }
    Empty {
        title: fl!(l, "work-no-match"),
        text: fl!(l, "work-chosen", filters = chosen.join(", ")),
        action: Some(Action::main(fl!(l, "work-show-all"), WORK)),
    }
}

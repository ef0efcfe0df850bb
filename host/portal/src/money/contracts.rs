//! Contracts with plans: for which services, in which counties, on which days, and in which standing.

use askama::Template;
use domain::contract::{State, Term};
use domain::counties::Counties;
use i18n_embed_fl::fl;
use workflow::shown::ShownContract;

use super::{CONTRACTS, SEND_FILE, span};
use crate::names::{self, Names};
use crate::parts::{Action, Empty, Row, Sheet, Status, Tone};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

/// Everything that the page is made of.
pub struct Contracts<'a> {
    /// Contracts of the page, newest first.
    pub contracts: &'a [ShownContract],
    /// Cursor of the next page.
    pub next: Option<&'a str>,
    /// Counties that there are.
    pub counties: &'a Counties,
    /// Names of plans, by their ids.
    pub names: &'a Names,
}

/// One contract, in the reader's words.
pub(crate) struct One {
    pub(crate) plan: String,
    pub(crate) status: Status,
    pub(crate) reason: Option<String>,
    pub(crate) terms: Sheet,
}

#[derive(Template)]
#[template(path = "money/contracts.html")]
pub(crate) struct ContractsPage {
    shell: Shell,
    heading: String,
    contracts: Vec<One>,
    empty: Option<Empty>,
    next: Option<Action>,
}

/// Page of the contracts, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, contracts: &Contracts<'_>) -> String {
    let shown = contracts.contracts.iter().map(|one| contract(frame.words, one, contracts)).collect();
    let next = contracts.next.map(|cursor| format!("{CONTRACTS}?after={cursor}"));
    view(frame, shown, next).to_string()
}

pub(crate) fn view(frame: &Frame<'_>, contracts: Vec<One>, next: Option<String>) -> ContractsPage {
    let l = frame.words.l;
    let heading = fl!(l, "money-contracts-ask");
    ContractsPage {
        shell: Shell::of(frame, &heading, Some(Place::Contracts)),
        heading,
        empty: contracts.is_empty().then(|| Empty {
            title: fl!(l, "money-no-contracts"),
            text: fl!(l, "money-no-contracts-says"),
            action: Some(Action::main(fl!(l, "money-send-file"), SEND_FILE)),
        }),
        contracts,
        next: next.map(|address| Action::other(fl!(l, "more"), address)),
    }
}

fn contract(words: Words, shown: &ShownContract, all: &Contracts<'_>) -> One {
    let l = words.l;
    let contract = &shown.contract;
    let plan = all.names.plan(&contract.plan);
    let reason = contract.terms.state.reason().map(|(_, reason)| words.pick(&reason.told()));
    One {
        plan: match &contract.delegate {
            Some(delegate) => fl!(l, "money-with-delegate", plan = plan, delegate = delegate.as_str()),
            None => plan,
        },
        status: standing(words, &contract.terms.state, shown.holds_today),
        reason,
        terms: terms(words, &contract.terms.terms, all.counties),
    }
}

/// Standing of a contract today, in a word and a sentence.
pub(crate) fn standing(words: Words, state: &State, holds_today: bool) -> Status {
    let l = words.l;
    let (tone, word) = match (state, holds_today) {
        (State::Active, true) => (Tone::Good, fl!(l, "money-holds")),
        (State::Active, false) => (Tone::Plain, fl!(l, "money-holds-not")),
        (State::Suspended { .. }, _) => (Tone::Late, fl!(l, "money-suspended")),
        (State::Ended { .. }, _) => (Tone::Plain, fl!(l, "money-ended")),
    };
    let says = match state {
        State::Active => String::new(),
        State::Suspended { from, .. } => fl!(l, "money-suspended-from", day = words.weekday(*from)),
        State::Ended { last, .. } => fl!(l, "money-held-until", day = words.weekday(*last)),
    };
    Status { tone, word, says }
}

/// Table of what a contract is for.
pub(crate) fn terms(words: Words, terms: &[Term], counties: &Counties) -> Sheet {
    let l = words.l;
    let heads = vec![fl!(l, "money-services"), fl!(l, "money-counties"), fl!(l, "money-days")];
    let row = |term: &Term| {
        let services: Vec<String> = term.services.iter().map(|id| names::service(words, id)).collect();
        let counties: Vec<String> =
            term.counties.iter().map(|code| county(words, code.as_str(), counties)).collect();
        Row {
            name: services.join(", "),
            address: None,
            cells: vec![(heads[1].clone(), counties.join(", ")), (heads[2].clone(), span(words, &term.days))],
        }
    };
    let rows = terms.iter().map(row).collect();
    Sheet { caption: fl!(l, "money-terms"), rows, heads }
}

/// Name of a county; its code where nobody knows it.
pub(crate) fn county(words: Words, code: &str, counties: &Counties) -> String {
    counties.get(code).map_or_else(|| code.to_owned(), |known| words.pick(&known.name))
}

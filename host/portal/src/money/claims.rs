//! Bills by state, each with the problem, the field and the fix of its lines; and what can be billed.

use askama::Template;
use domain::Cents;
use domain::plan::billing::{ClaimLine, LineOutcome, LineResult};
use i18n_embed_fl::fl;
use workflow::shown::{Body, Claim, ShownCase, ShownMember, UnitsLeft};

use super::bill::{self, Problem};
use super::{CLAIMS, TO_BILL, span};
use crate::case::{dollars, service_of, status_of};
use crate::names::Names;
use crate::parts::{Action, Choose, Empty, Pick, Status};
use crate::shell::{Frame, Place, Shell};
use crate::today::name;
use crate::words::Words;

/// Name of the parameter that holds the state.
pub const STATE: &str = "state";

/// A claim or an authorization, with the person whom it is about where the viewer may see the person.
pub struct Of {
    /// The case, as the viewer may see it.
    pub case: ShownCase,
    /// The person whom it is about.
    pub member: Option<ShownMember>,
}

/// Everything that the list of bills is made of.
pub struct Claims<'a> {
    /// Claims of the page, newest first.
    pub claims: &'a [Of],
    /// State that was chosen.
    pub state: Option<&'a str>,
    /// States that can be chosen.
    pub states: &'a [&'static str],
    /// Cursor of the next page.
    pub next: Option<&'a str>,
    /// True if this is not the first page.
    pub is_further: bool,
    /// Names of plans, by their ids.
    pub names: &'a Names,
}

/// One bill of the list.
pub(crate) struct Card {
    pub(crate) title: String,
    pub(crate) address: String,
    pub(crate) status: Status,
    pub(crate) facts: String,
    pub(crate) problems: Vec<(String, Problem)>,
    pub(crate) action: Option<Action>,
}

#[derive(Template)]
#[template(path = "money/claims.html")]
pub(crate) struct ClaimsPage {
    shell: Shell,
    heading: String,
    action: Action,
    state: Choose,
    cards: Vec<Card>,
    empty: Option<Empty>,
    next: Option<Action>,
}

/// Page of the bills, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, claims: &Claims<'_>) -> String {
    let words = frame.words;
    let cards = claims.claims.iter().filter_map(|of| card(words, of, claims.names)).collect();
    let next = claims.next.map(|cursor| after(claims.state, cursor));
    view(frame, claims.state, claims.states, cards, next, claims.is_further).to_string()
}

fn after(state: Option<&str>, cursor: &str) -> String {
    match state {
        Some(state) => format!("{CLAIMS}?{STATE}={state}&after={cursor}"),
        None => format!("{CLAIMS}?after={cursor}"),
    }
}

pub(crate) fn view(
    frame: &Frame<'_>,
    state: Option<&str>,
    states: &[&'static str],
    cards: Vec<Card>,
    next: Option<String>,
    is_further: bool,
) -> ClaimsPage {
    let words = frame.words;
    let l = words.l;
    let heading = fl!(l, "money-bills-ask");
    let empty = cards.is_empty().then(|| empty(words, state, is_further));
    ClaimsPage {
        shell: Shell::of(frame, &heading, Some(Place::Claims)),
        heading,
        action: Action::main(fl!(l, "money-bill-service"), TO_BILL),
        state: state_choice(words, state, states),
        cards,
        empty,
        next: next.map(|address| Action::other(fl!(l, "more"), address)),
    }
}

fn empty(words: Words, state: Option<&str>, is_further: bool) -> Empty {
    let l = words.l;
    match state {
        _ if is_further => Empty {
            title: fl!(l, "money-no-more"),
            text: fl!(l, "money-no-more-says"),
            action: Some(Action::other(fl!(l, "money-all-bills"), CLAIMS)),
        },
        Some(state) => Empty {
            title: fl!(l, "money-no-match"),
            text: fl!(l, "money-no-match-says", state = words.of_family("status", state)),
            action: Some(Action::other(fl!(l, "money-all-bills"), CLAIMS)),
        },
        None => Empty {
            title: fl!(l, "money-no-bills"),
            text: fl!(l, "money-no-bills-says"),
            action: Some(Action::main(fl!(l, "money-bill-service"), TO_BILL)),
        },
    }
}

fn state_choice(words: Words, state: Option<&str>, states: &[&'static str]) -> Choose {
    let every =
        Pick { value: String::new(), text: fl!(words.l, "money-every-state"), is_chosen: state.is_none() };
    let one = |known: &&'static str| Pick {
        value: (*known).to_owned(),
        text: words.of_family("status", known),
        is_chosen: state == Some(*known),
    };
    Choose {
        name: STATE,
        label: fl!(words.l, "money-state"),
        hint: None,
        error: None,
        picks: std::iter::once(every).chain(states.iter().map(one)).collect(),
    }
}

fn card(words: Words, of: &Of, names: &Names) -> Option<Card> {
    let Body::Claim(body) = &of.case.case.body else { return None };
    let l = words.l;
    let case = &of.case.case;
    let person = of.member.as_ref().map_or_else(|| fl!(l, "a-person"), name);
    let plan = case.plan.as_ref().map_or_else(String::new, |plan| names.plan(plan));
    let charges = Cents::sum(body.lines.iter().map(|line| line.charge));
    let charge = charges.map_or_else(String::new, |cents| dollars(cents.0));
    let received = words.instant(case.received_at);
    let id = case.id;
    let is_own = names.is_own(case.provider) && !of.case.for_plan;
    let is_rejected = |result: &LineResult| matches!(result.outcome, LineOutcome::Rejected(_));
    let needs_fix = is_own && body.state.can_be_corrected() && body.results.iter().any(is_rejected);
    Some(Card {
        title: fl!(l, "money-of", person = person, service = service_of(words, case)),
        address: format!("{CLAIMS}/{id}"),
        status: status_of(words, of.case.state),
        facts: fl!(l, "money-bill-facts", charge = charge, plan = plan, day = received),
        problems: problems(words, body, &of.case),
        action: needs_fix.then(|| Action::other(fl!(l, "money-correct"), format!("{CLAIMS}/{id}/correct"))),
    })
}

/// Problem of each line that has one, while the claim stands.
fn problems(words: Words, body: &Claim, shown: &ShownCase) -> Vec<(String, Problem)> {
    if matches!(shown.state, "replaced" | "voided" | "void" | "moved") {
        return Vec::new();
    }
    let of = |line: &ClaimLine| {
        bill::problem(words, body, line.number, shown).map(|problem| (bill::name(words, line), problem))
    };
    body.lines.iter().filter_map(of).collect()
}

/// An authorization under which service can be billed.
pub struct ToBill {
    /// The authorization, and the person whom it is about.
    pub of: Of,
    /// Units left of each of its lines.
    pub units: Vec<UnitsLeft>,
}

/// An authorization, as the page of what can be billed shows it.
pub(crate) struct Grant {
    pub(crate) title: String,
    pub(crate) facts: String,
    pub(crate) lines: Vec<String>,
    pub(crate) action: Option<Action>,
}

#[derive(Template)]
#[template(path = "money/to_bill.html")]
pub(crate) struct ToBillPage {
    shell: Shell,
    heading: String,
    grants: Vec<Grant>,
    empty: Option<Empty>,
    next: Option<Action>,
}

/// Page of the authorizations under which something can be billed, as HTML. `next` is the address of more.
#[must_use]
pub fn to_bill(frame: &Frame<'_>, found: &[ToBill], next: Option<String>, names: &Names) -> String {
    let grants = found.iter().map(|one| grant(frame.words, one, names)).collect();
    to_bill_view(frame, grants, next).to_string()
}

pub(crate) fn to_bill_view(frame: &Frame<'_>, grants: Vec<Grant>, next: Option<String>) -> ToBillPage {
    let l = frame.words.l;
    let heading = fl!(l, "money-to-bill");
    ToBillPage {
        shell: Shell::of(frame, &heading, Some(Place::Claims)),
        empty: (grants.is_empty() && next.is_none()).then(|| Empty {
            title: fl!(l, "money-nothing-to-bill"),
            text: fl!(l, "money-nothing-to-bill-says"),
            action: Some(Action::other(fl!(l, "money-all-bills"), CLAIMS)),
        }),
        heading,
        grants,
        next: next.map(|address| Action::other(fl!(l, "more"), address)),
    }
}

fn grant(words: Words, one: &ToBill, names: &Names) -> Grant {
    let l = words.l;
    let case = &one.of.case.case;
    let person = one.of.member.as_ref().map_or_else(|| fl!(l, "a-person"), name);
    let plan = case.plan.as_ref().map_or_else(String::new, |plan| names.plan(plan));
    let number = one.units.first().map_or_else(String::new, |units| units.number.clone());
    let has_units = one.units.iter().any(|units| units.left > 0);
    let address = format!("/portal/authorizations/{}/bill", case.id);
    Grant {
        title: fl!(l, "money-of", person = person, service = service_of(words, case)),
        facts: fl!(l, "money-grant-facts", plan = plan, number = number),
        lines: one.units.iter().map(|units| units_left(words, units)).collect(),
        action: has_units.then(|| Action::main(fl!(l, "money-bill-this"), address)),
    }
}

/// Units left of a granted line, in a sentence.
pub(crate) fn units_left(words: Words, units: &UnitsLeft) -> String {
    fl!(
        words.l,
        "money-units-left",
        procedure = units.line.procedure.to_string(),
        left = units.left,
        units = units.line.units,
        days = span(words, &units.line.days)
    )
}

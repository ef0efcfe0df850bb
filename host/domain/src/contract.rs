//! A contract: a plan's word that a provider serves its members, for which services, in which counties, on
//! which days and in which standing.
//!
//! It holds by day. A contract that is suspended in April held in March, and what was done in March stays
//! paid.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::{Language, Reason, ReasonOf};
use crate::identifiers::{CaseId, County};
use crate::plan::types::Period;

mod event;
#[cfg(test)]
mod tests;

pub use event::EventKind;

/// Most spans of services, counties and days in one contract.
const MOST_TERMS: usize = 100;

/// State of a contract.
///
/// ```text
///   Active ──suspend──▶ Suspended ──reinstate──▶ Active
///      │ extend, change     │ extend, change
///      └───────end──────────┴──▶ Ended
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The contract is in good standing.
    Active,
    /// It does not hold from a day on, until it is reinstated.
    Suspended {
        /// The first day on which it does not hold.
        from: Date,
        /// Reason that is given.
        reason: Reason,
    },
    /// It holds no longer. Another contract may follow.
    Ended {
        /// The last day on which it held.
        last: Date,
        /// Reason that is given.
        reason: Reason,
    },
}

/// Event that moves a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It does not hold from `from` on.
    Suspend {
        /// Day from which it counts: today or later.
        from: Date,
        /// Reason that is given.
        reason: Reason,
    },
    /// It holds again from `from` on.
    Reinstate {
        /// The day on which the suspension began, or later.
        from: Date,
    },
    /// It holds up to `last`.
    End {
        /// Last day on which it holds: today or later.
        last: Date,
        /// Reason that is given.
        reason: Reason,
    },
    /// More services, counties or days, besides those that it has.
    Extend(Term),
    /// From the term's first day on it is for this, and for nothing else.
    Change(Term),
    /// Ends with `last` what rests on the approval of a credentialing file; the contract ends if nothing else
    /// is left.
    Withdraw {
        /// Credentialing file that was approved.
        application: CaseId,
        /// Last day on which it holds: today or later.
        last: Date,
        /// Reason that is given.
        reason: Reason,
    },
}

/// Services in counties on days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Service ids of the catalog.
    pub services: BTreeSet<String>,
    /// Counties of the term.
    pub counties: BTreeSet<County>,
    /// Days on which it holds.
    pub days: Period,
    /// The credentialing file whose approval it rests on, if it does.
    pub application: Option<CaseId>,
}

/// A contract of one provider with one plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// State in which it is.
    pub state: State,
    /// Terms, in the order in which they were agreed.
    pub terms: Vec<Term>,
    /// The days on which it does not hold although its terms do.
    pub suspensions: Vec<Period>,
}

/// Days on which a contract holds for one service in one county.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held {
    /// Id of the service, as in the catalog.
    pub service: String,
    /// County that it is about.
    pub county: County,
    /// First day, which is included.
    pub first: Date,
    /// Last day; `None` while it has no known end.
    pub last: Option<Date>,
}

/// Why an event does not apply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The state has no such transition.
    #[error("cannot {event} a contract that is {from}")]
    NotAllowed {
        /// The state it was in.
        from: &'static str,
        /// Name of the event that was tried.
        event: &'static str,
    },
    /// The day is before the earliest that it may be.
    #[error("the day is before {earliest}")]
    TooEarly {
        /// Earliest day that is allowed.
        earliest: Date,
    },
    /// It would have more terms or suspensions than one contract may have.
    #[error("one contract has at most {MOST_TERMS} terms and as many suspensions")]
    TooMany,
}

impl State {
    /// The state's word in the record and the API.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended { .. } => "suspended",
            Self::Ended { .. } => "ended",
        }
    }

    /// The reason that is given for it, and what it is of.
    #[must_use]
    pub fn reason(&self) -> Option<(ReasonOf, &Reason)> {
        match self {
            Self::Active => None,
            Self::Suspended { reason, .. } => Some((ReasonOf::Suspend, reason)),
            Self::Ended { reason, .. } => Some((ReasonOf::End, reason)),
        }
    }

    /// Adds the words of its reason in the language that is wanted. Whether it was wanted.
    pub fn translate(&mut self, language: Language, words: &str) -> bool {
        match self {
            Self::Active => false,
            Self::Suspended { reason, .. } | Self::Ended { reason, .. } => reason.translate(language, words),
        }
    }
}

impl Event {
    /// The event's word in the timeline and in refusals.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.kind().name()
    }

    /// Kind of the event, as the timeline tells it.
    #[must_use]
    pub fn kind(&self) -> EventKind {
        match self {
            Self::Suspend { .. } => EventKind::Suspend,
            Self::Reinstate { .. } => EventKind::Reinstate,
            Self::End { .. } => EventKind::End,
            Self::Extend(_) => EventKind::Extend,
            Self::Change(_) => EventKind::Change,
            Self::Withdraw { .. } => EventKind::Withdraw,
        }
    }
}

impl Contract {
    /// A contract for `term`, in good standing.
    #[must_use]
    pub fn new(term: Term) -> Self {
        Self { state: State::Active, terms: vec![term], suspensions: Vec::new() }
    }

    /// Applies `event` on the day `today`, or says why it does not apply. Nothing takes away a day that has
    /// passed: whoever served on it could rely on the contract.
    ///
    /// # Errors
    /// `NotAllowed` where the table has no such transition, `TooEarly` for a day that has passed, `TooMany`.
    pub fn apply(mut self, event: Event, today: Date) -> Result<Self, Refused> {
        use {Event as E, State as S};
        let refused = Refused::NotAllowed { from: self.state.name(), event: event.name() };
        match (&self.state, event) {
            (S::Active, E::Suspend { from, reason }) => {
                not_before(today, from)?;
                self.suspensions.push(Period { first: from, last: None });
                self.state = S::Suspended { from, reason };
            }
            (S::Suspended { from: began, .. }, E::Reinstate { from }) => {
                not_before(*began, from)?;
                self.reinstate(from);
            }
            (S::Active | S::Suspended { .. }, E::End { last, reason }) => {
                not_before(today, last)?;
                self.terms = cut(self.terms, last, |_| true);
                self.state = S::Ended { last, reason };
            }
            (S::Active | S::Suspended { .. }, E::Extend(term)) => self.extend(term),
            (S::Active | S::Suspended { .. }, E::Change(term)) => {
                not_before(today, term.days.first)?;
                if let Ok(last) = term.days.first.yesterday() {
                    self.terms = cut(self.terms, last, |_| true);
                }
                self.extend(term);
            }
            (S::Active | S::Suspended { .. }, E::Withdraw { application, last, reason }) => {
                not_before(today, last)?;
                self.terms = cut(self.terms, last, |term| term.application == Some(application));
                let goes_on = |term: &Term| term.days.last.is_none_or(|end| end > last);
                if !self.terms.iter().any(goes_on) {
                    self.state = S::Ended { last, reason };
                }
            }
            (S::Ended { .. }, _)
            | (S::Active, E::Reinstate { .. })
            | (S::Suspended { .. }, E::Suspend { .. }) => {
                return Err(refused);
            }
        }
        if self.terms.len() > MOST_TERMS || self.suspensions.len() > MOST_TERMS {
            return Err(Refused::TooMany);
        }
        Ok(self)
    }

    fn reinstate(&mut self, from: Date) {
        let open = self.suspensions.pop();
        self.suspensions.extend(open.and_then(|open| {
            let last = from.yesterday().ok().filter(|last| *last >= open.first)?;
            Some(Period { first: open.first, last: Some(last) })
        }));
        self.state = State::Active;
    }

    /// Adds a term, or lengthens the one that says the same of days that touch.
    fn extend(&mut self, term: Term) {
        let same = |known: &&mut Term| {
            known.services == term.services
                && known.counties == term.counties
                && known.application == term.application
                && touch(&known.days, &term.days)
        };
        match self.terms.iter_mut().find(same) {
            Some(known) => known.days = joined(&known.days, &term.days),
            None => self.terms.push(term),
        }
    }

    /// The days on which it holds, each service and county apart, days that touch in one entry.
    #[must_use]
    pub fn held(&self) -> Vec<Held> {
        let mut held = Vec::new();
        for term in &self.terms {
            let mut spans = vec![term.days.clone()];
            for gap in &self.suspensions {
                spans = spans.iter().flat_map(|span| without(span, gap)).collect();
            }
            for service in &term.services {
                for county in &term.counties {
                    held.extend(spans.iter().map(|span| Held {
                        service: service.clone(),
                        county: county.clone(),
                        first: span.first,
                        last: span.last,
                    }));
                }
            }
        }
        merged(held)
    }

    /// True if it holds for a service in a county on a day.
    #[must_use]
    pub fn holds(&self, service: &str, county: &County, day: Date) -> bool {
        let suspended = self.suspensions.iter().any(|gap| gap.holds(day));
        let term = |term: &Term| {
            term.services.contains(service) && term.counties.contains(county) && term.days.holds(day)
        };
        !suspended && self.terms.iter().any(term)
    }

    /// True if it holds for anything on a day.
    #[must_use]
    pub fn is_in_force(&self, day: Date) -> bool {
        !self.suspensions.iter().any(|gap| gap.holds(day))
            && self.terms.iter().any(|term| term.days.holds(day))
    }
}

/// True if every day of `span` lies in one of `spans`.
#[must_use]
pub fn covers(spans: &[Period], span: &Period) -> bool {
    let mut spans: Vec<&Period> = spans.iter().collect();
    spans.sort_by_key(|one| one.first);
    let mut next = span.first;
    for one in spans {
        if one.first > next {
            return false;
        }
        match (one.last, span.last) {
            (None, _) => return true,
            (Some(last), Some(end)) if last >= end => return true,
            (Some(last), _) => match last.tomorrow() {
                Ok(after) => next = next.max(after),
                Err(_) => return true,
            },
        }
    }
    false
}

fn not_before(earliest: Date, day: Date) -> Result<(), Refused> {
    if day < earliest { Err(Refused::TooEarly { earliest }) } else { Ok(()) }
}

/// The terms, of which the chosen ones end with `last` at the latest. What would begin later goes.
fn cut(terms: Vec<Term>, last: Date, chosen: impl Fn(&Term) -> bool) -> Vec<Term> {
    let cut = |mut term: Term| {
        if chosen(&term) {
            if term.days.first > last {
                return None;
            }
            term.days.last = Some(term.days.last.map_or(last, |end| end.min(last)));
        }
        Some(term)
    };
    terms.into_iter().filter_map(cut).collect()
}

fn touch(one: &Period, other: &Period) -> bool {
    let reaches = |from: &Period, to: &Period| {
        from.last.is_none_or(|last| last.tomorrow().map_or(true, |after| to.first <= after))
    };
    reaches(one, other) && reaches(other, one)
}

fn joined(one: &Period, other: &Period) -> Period {
    let last = match (one.last, other.last) {
        (Some(one), Some(other)) => Some(one.max(other)),
        _ => None,
    };
    Period { first: one.first.min(other.first), last }
}

/// Parts of `span` without the days of `gap`.
fn without(span: &Period, gap: &Period) -> Vec<Period> {
    let mut left = Vec::new();
    let before = gap.first.yesterday().ok().filter(|day| *day >= span.first);
    if let Some(day) = before {
        let last = span.last.map_or(day, |last| last.min(day));
        left.push(Period { first: span.first, last: Some(last) });
    }
    let after = gap.last.and_then(|last| last.tomorrow().ok());
    if let Some(day) = after.filter(|day| span.last.is_none_or(|last| last >= *day)) {
        left.push(Period { first: span.first.max(day), last: span.last });
    }
    left
}

/// Entries for the same service and county whose days touch become one.
fn merged(mut held: Vec<Held>) -> Vec<Held> {
    held.sort();
    let mut merged: Vec<Held> = Vec::with_capacity(held.len());
    for one in held {
        let days = |held: &Held| Period { first: held.first, last: held.last };
        match merged.last_mut() {
            Some(known)
                if (&known.service, &known.county) == (&one.service, &one.county)
                    && touch(&days(known), &days(&one)) =>
            {
                known.last = joined(&days(known), &days(&one)).last;
            }
            _ => merged.push(one),
        }
    }
    merged
}

//! Replacements that come out like a test that cannot be asked.
//!
//! Each test is seen as the set of known values for which it holds ([`Values`]). Two forms of a condition can
//! be asked of a set: one that waits while nothing is known, and one that begins with `unless` and then
//! holds. Of a test that is neither, both forms of what it means are looked for; each comes out alike for
//! every known value, and [`Silence`] says whether also for none.

use domain::dictionary::parse_fact_value;
use domain::plan::profile::{FactDefinition, FactKind};
use domain::plan::types::FactValue;
use serde_json::Value;

use super::Condition;
use crate::problem::{Instead, Silence};

/// Position of a test in a condition.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Negation {
    Straight,
    Unless,
    /// Negated, which the language does not have.
    Not,
}

impl Negation {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Straight => "",
            Self::Unless => "unless",
            Self::Not => "not",
        }
    }
}

/// A number that a fact is compared with: a count, or thousandths of a measure.
pub(super) struct Number(pub(super) i64);

impl Number {
    /// Reads what the dictionary reads for facts of this kind.
    pub(super) fn read(fact: &FactDefinition, word: &str) -> Option<Self> {
        let value = match fact.kind {
            FactKind::Count => Value::from(word.parse::<i64>().ok()?),
            _ => Value::from(word),
        };
        match parse_fact_value(fact, &value).ok()? {
            FactValue::Count(number) | FactValue::Measure(number) => Some(Self(number)),
            _ => None,
        }
    }
}

/// The known values for which a test holds.
#[derive(Clone)]
pub(super) enum Values {
    Flag(bool),
    Codes(Vec<String>),
    From(i64),
    UpTo(i64),
    Only(i64),
    AllBut(i64),
}

impl Values {
    /// All values but these.
    pub(super) fn others(&self, fact: &FactDefinition) -> Self {
        match self {
            Self::Flag(flag) => Self::Flag(!flag),
            Self::Codes(codes) => {
                let others = fact.codes.iter().filter(|code| !codes.contains(code));
                Self::Codes(others.cloned().collect())
            }
            Self::From(number) => Self::UpTo(number - 1),
            Self::UpTo(number) => Self::From(number + 1),
            Self::Only(number) => Self::AllBut(*number),
            Self::AllBut(number) => Self::Only(*number),
        }
    }
}

/// A condition, and how it is written.
type Form = (Condition, String);

/// The condition that a test is, if it can be asked as it stands.
pub(super) fn condition(negation: Negation, fact: &FactDefinition, values: &Values) -> Option<Condition> {
    form(negation, fact, values).map(|(condition, _)| condition)
}

/// Spelling of a test that can be asked.
pub(super) fn written(negation: Negation, fact: &FactDefinition, values: &Values) -> Option<String> {
    form(negation, fact, values).map(|(_, written)| written)
}

fn form(negation: Negation, fact: &FactDefinition, values: &Values) -> Option<Form> {
    match negation {
        Negation::Straight => waiting(fact, values),
        Negation::Unless => unless(fact, values),
        Negation::Not => None,
    }
}

/// Test that may be written in its place: alike for all that is known.
pub(super) fn instead(negation: Negation, fact: &FactDefinition, values: &Values) -> Vec<Instead> {
    let others = values.others(fact);
    let (waiting, unless) = match negation {
        Negation::Straight => (waiting(fact, values), unless(fact, &others)),
        Negation::Unless | Negation::Not => (waiting(fact, &others), unless(fact, values)),
    };
    let (waits, holds) = match negation {
        // What was written holds while nothing is known; else it waits.
        Negation::Unless => (Silence::Waits, Silence::Alike),
        Negation::Straight | Negation::Not => (Silence::Alike, Silence::Holds),
    };
    let waiting = waiting.map(|(_, write)| Instead { write, silence: waits });
    let unless = unless.map(|(_, write)| Instead { write, silence: holds });
    let mut found: Vec<Instead> = waiting.into_iter().chain(unless).collect();
    found.sort_by_key(|instead| instead.silence);
    // Where something means just the same, nothing else is offered; but there is no `not`, and people mean
    // either by it.
    if negation != Negation::Not && found.first().is_some_and(|first| first.silence == Silence::Alike) {
        found.truncate(1);
    }
    found
}

/// The form that waits as long as nothing is known.
fn waiting(fact: &FactDefinition, values: &Values) -> Option<Form> {
    let code = fact.code.clone();
    let both = |one: Form, other: Form, joint: &str| {
        let tests = vec![one.0, other.0];
        let condition = if joint == "and" { Condition::All(tests) } else { Condition::Any(tests) };
        (condition, format!("({} {joint} {})", one.1, other.1))
    };
    Some(match (fact.kind, values) {
        (FactKind::Flag, Values::Flag(true)) => (Condition::Yes(code.clone()), format!("{code} is yes")),
        (FactKind::Flag, Values::Flag(false)) => (Condition::No(code.clone()), format!("{code} is no")),
        (FactKind::Coded, Values::Codes(codes)) if !codes.is_empty() => {
            let written = format!("{code} is {}", codes.join(", "));
            (Condition::OneOf(code, codes.clone()), written)
        }
        (FactKind::Count, Values::From(least)) => {
            (Condition::AtLeast(code.clone(), *least), format!("{code} >= {least}"))
        }
        (FactKind::Count, Values::UpTo(most)) => {
            (Condition::AtMost(code.clone(), *most), format!("{code} <= {most}"))
        }
        (FactKind::Count, Values::Only(number)) => {
            both(waiting(fact, &Values::From(*number))?, waiting(fact, &Values::UpTo(*number))?, "and")
        }
        (FactKind::Count, Values::AllBut(number)) => {
            both(waiting(fact, &Values::UpTo(number - 1))?, waiting(fact, &Values::From(number + 1))?, "or")
        }
        (FactKind::Measure, Values::From(least)) => {
            let written = format!("{code} >= {}", decimal(*least));
            (Condition::Measures(code, *least), written)
        }
        _ => return None,
    })
    .filter(|_| is_readable(fact, values))
}

/// The form that holds as long as nothing is said.
fn unless(fact: &FactDefinition, values: &Values) -> Option<Form> {
    let code = fact.code.clone();
    Some(match (fact.kind, values) {
        (FactKind::Flag, Values::Flag(true)) => {
            (Condition::NotSaid(code.clone()), format!("unless {code} is yes"))
        }
        (FactKind::Coded, Values::Codes(codes)) if !codes.is_empty() => {
            let written = format!("unless {code} is {}", codes.join(", "));
            (Condition::NotSaidOf(code, codes.clone()), written)
        }
        (FactKind::Count, Values::From(least)) => {
            (Condition::NotSaidAbove(code.clone(), least - 1), format!("unless {code} >= {least}"))
        }
        _ => return None,
    })
}

/// True if the numbers of a form can be read again: none is below zero.
fn is_readable(fact: &FactDefinition, values: &Values) -> bool {
    match (fact.kind, values) {
        (
            FactKind::Count | FactKind::Measure,
            Values::From(number) | Values::UpTo(number) | Values::Only(number),
        ) => *number >= 0,
        (FactKind::Count | FactKind::Measure, Values::AllBut(number)) => *number > 0,
        _ => true,
    }
}

/// An age, which is always known: turned round it is another age.
pub(super) fn age(negation: Negation, years: Values) -> Option<Form> {
    let years = match (negation, years) {
        (Negation::Straight, years) => years,
        (_, Values::From(least)) => Values::UpTo(least - 1),
        (_, Values::UpTo(most)) => Values::From(most + 1),
        (_, Values::Only(only)) => Values::AllBut(only),
        (_, Values::AllBut(only)) => Values::Only(only),
        (_, Values::Flag(_) | Values::Codes(_)) => return None,
    };
    let year = |number: i64| u16::try_from(number).ok();
    let from = |least: i64| Some((Condition::Aged(year(least)?), format!("age >= {least}")));
    let below = |least: i64| Some((Condition::Younger(year(least)?), format!("age < {least}")));
    match years {
        Values::From(least) => from(least),
        Values::UpTo(most) => below(most + 1),
        Values::Only(only) => {
            let ((from, one), (below, other)) = (from(only)?, below(only + 1)?);
            Some((Condition::All(vec![from, below]), format!("({one} and {other})")))
        }
        Values::AllBut(only) => {
            let ((below, one), (from, other)) = (below(only)?, from(only + 1)?);
            Some((Condition::Any(vec![below, from]), format!("({one} or {other})")))
        }
        Values::Flag(_) | Values::Codes(_) => None,
    }
}

/// Thousandths as they are written: `9.0`, `9.125`.
fn decimal(thousandths: i64) -> String {
    let text = format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000);
    let short = text.trim_end_matches('0');
    if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
}

//! Problems of a rules file, each with its place.

use std::fmt;
use std::ops::Range;

use serde::Serialize;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// Line of the file, from 1.
    pub line: usize,
    /// Character of the line, from 1.
    pub column: usize,
    /// Characters from there on that it is about.
    pub length: usize,
    /// Problem, in a sentence.
    pub problem: String,
    /// Step that fixes it, in a sentence.
    pub fix: String,
    /// Conditions that may be written in place of one that cannot, if any says the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instead: Vec<Instead>,
}

/// Test in place of one that cannot be asked. It comes out alike for everything that is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Instead {
    /// Words of the test.
    pub write: String,
    /// Outcome while nothing is known.
    pub silence: Silence,
}

/// Outcome of the replacement while nothing is known, beside what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Silence {
    /// Both come out alike.
    Alike,
    /// It waits for an answer; what was written would hold.
    Waits,
    /// It holds; what was written would wait for an answer.
    Holds,
}

impl Instead {
    pub(crate) fn alike(write: String) -> Self {
        Self { write, silence: Silence::Alike }
    }

    /// The fix that offers these, and says of each where it differs.
    pub(crate) fn fix(all: &[Self]) -> String {
        let words = all.iter().map(|Self { write, silence }| match silence {
            Silence::Alike => format!("`{write}`"),
            Silence::Waits => format!("`{write}`, which waits for an answer"),
            Silence::Holds => format!("`{write}`, which holds as long as nothing is said"),
        });
        format!("write {}", words.collect::<Vec<_>>().join(", or "))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}; fix: {}", self.line, self.column, self.problem, self.fix)
    }
}

impl Problem {
    /// A problem at a place of the text.
    pub(crate) fn at(text: &str, place: &Span, problem: String, fix: String) -> Self {
        let mut start = place.start.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &text[..start];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let length = text.get(start..place.end).map_or(0, |part| part.chars().count());
        Self { line, column, length, problem, fix, instead: Vec::new() }
    }
}

/// A place in the file, by the bytes it covers.
pub(crate) type Span = Range<usize>;

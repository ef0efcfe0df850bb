//! Changes that a version of a plan's rules would make, before it decides: shadow runs and their reports, the
//! plan's rules file with its check and its try, and reference tables with their differences.
//!
//! Directions are said in words, for the member: better, worse, the same. A new value is not good because it
//! is new.

use std::collections::BTreeMap;

use domain::plan::types::Bilingual;
use i18n_embed_fl::fl;
use workflow::shown::{CauseKind, Direction, ShadowCause};

use crate::parts::Action;
use crate::words::Words;

pub mod changes;
pub mod file;
pub mod report;
pub mod runs;
pub(crate) mod samples;
pub mod tables;

/// Address of the page of one version, by the SHA-256 of its component.
#[must_use]
pub fn version(digest: &str) -> String {
    format!("/portal/rules/{digest}")
}

/// Address of the shadow runs of a version.
#[must_use]
pub fn address(digest: &str) -> String {
    format!("/portal/rules/{digest}/shadow")
}

/// Link to rolling a version back, while it decides or is scheduled to.
pub(crate) fn roll_back(words: Words, digest: &str, stands: bool) -> Option<Action> {
    stands.then(|| Action::other(fl!(words.l, "desk-roll-back"), format!("{}/roll-back", version(digest))))
}

/// Criteria of which one line names the words; more are counted.
const MOST_NAMED: usize = 3;

/// Words of criteria, by id.
pub(crate) type Texts = BTreeMap<String, Bilingual>;

/// Outcome of an answer, as people say it.
pub(crate) fn outcome(words: Words, word: &str) -> String {
    let l = words.l;
    match word {
        "clinical-review" => fl!(l, "desk-word-clinical-review"),
        "needs-more" => fl!(l, "shadow-needs-more"),
        "needs-person" => fl!(l, "desk-word-needs-person"),
        "incomplete" => fl!(l, "shadow-incomplete"),
        "window" => fl!(l, "shadow-window"),
        "no-window" => fl!(l, "shadow-no-window"),
        "fault" => fl!(l, "desk-word-fault"),
        "declined" => fl!(l, "shadow-declined"),
        "invalid-request" => fl!(l, "desk-word-invalid-request"),
        "file" => fl!(l, "shadow-a-file"),
        known => words.of_family("status", known),
    }
}

/// Direction for the member, in a word or two.
pub(crate) fn direction(words: Words, direction: Direction) -> String {
    match direction {
        Direction::Less => fl!(words.l, "shadow-worse"),
        Direction::More => fl!(words.l, "shadow-better"),
        Direction::Reasons => fl!(words.l, "shadow-same-for-member"),
    }
}

/// Words of one criterion; its id where the rules have no words for it.
pub(crate) fn criterion(words: Words, id: &str, texts: &Texts) -> String {
    texts.get(id).map_or_else(|| id.to_owned(), |text| words.pick(text))
}

/// Criteria in one line: the words of the first, and how many more there are.
pub(crate) fn criteria(words: Words, ids: &[String], texts: &Texts) -> String {
    let named: Vec<String> = ids.iter().take(MOST_NAMED).map(|id| criterion(words, id, texts)).collect();
    let line = named.join(" · ");
    match ids.len().saturating_sub(MOST_NAMED) {
        0 => line,
        more => fl!(words.l, "shadow-and-more", line = line, more = more),
    }
}

/// Cause of a change, in a sentence.
pub(crate) fn cause(words: Words, cause: &ShadowCause, texts: &Texts) -> String {
    let l = words.l;
    match cause.kind {
        CauseKind::Criteria => criteria(words, &cause.criteria, texts),
        CauseKind::NoAnswer => fl!(l, "shadow-cause-no-answer"),
        CauseKind::Answers => fl!(l, "shadow-cause-answers"),
        CauseKind::Outcome => fl!(l, "shadow-cause-outcome"),
        CauseKind::Amount => fl!(l, "shadow-cause-amount"),
        CauseKind::Extent => fl!(l, "shadow-cause-extent"),
        CauseKind::Other => fl!(l, "shadow-cause-other"),
    }
}

/// A count with its thousands set apart.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A difference with its sign.
pub(crate) fn signed(number: i64) -> String {
    let size = count(number.unsigned_abs());
    match number {
        0 => size,
        ..0 => format!("−{size}"),
        _ => format!("+{size}"),
    }
}

/// Dollars of a difference with their sign.
pub(crate) fn dollars(cents: i64) -> String {
    let size = cents.unsigned_abs();
    let text = format!("${}.{:02}", count(size / 100), size % 100);
    match cents {
        ..0 => format!("−{text}"),
        0 => text,
        _ => format!("+{text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        let counts = [0, 999, 1_000, 4_200_000].map(count);
        assert_eq!(counts, ["0", "999", "1,000", "4,200,000"]);
        assert_eq!([-12, 0, 3_400].map(signed), ["−12", "0", "+3,400"]);
        assert_eq!([-658_500, 0, 5, 120_450].map(dollars), ["−$6,585.00", "$0.00", "+$0.05", "+$1,204.50"]);
    }

    #[test]
    fn many_criteria_are_counted_past_the_first() {
        let words = Words::of(domain::case::Language::En);
        let ids: Vec<String> = (1..=5).map(|number| format!("rule-{number}")).collect();
        assert_eq!(criteria(words, &ids[..2], &Texts::new()), "rule-1 · rule-2");
        assert_eq!(criteria(words, &ids, &Texts::new()), "rule-1 · rule-2 · rule-3, and 2 more");
    }
}

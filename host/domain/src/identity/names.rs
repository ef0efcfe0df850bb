//! Likeness of two names, whatever their accents, hyphens, suffixes and number of surnames.
//!
//! A name has at most 80 characters, so that the work is bounded.

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Likeness, Rules};
use crate::identifiers::PersonName;
use crate::provenance::Confidence;

/// Words that do not tell one name from another.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    suffixes: Vec<String>,
    particles: Vec<String>,
    #[expect(dead_code, reason = "it is for people, and the file must have it")]
    source: String,
    #[expect(dead_code, reason = "it is for people, and the file must have it")]
    tag: Confidence,
}

/// Part of a person's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The family name, which nobody shortens.
    Family,
    /// The given name: `A`, `Alex` and `Alexandra` may be one.
    Given,
}

/// A word of fewer letters has no slips: `Ann` and `Amy` are two people.
const SHORT: usize = 4;
/// A word of so many letters may have two.
const LONG: usize = 8;
/// Letters that a shortened name has at least, if it is no initial.
const SHORTENED: usize = 3;

/// A name taken apart.
struct Name {
    /// Its words in lower case without accents, but for those that do not tell names apart.
    words: Vec<String>,
    /// All of its words as one.
    whole: String,
}

/// Likeness of two names.
pub(super) fn likeness(part: Part, one: &PersonName, other: &PersonName) -> Likeness {
    let (one, other) = (Name::of(one.expose()), Name::of(other.expose()));
    if one.whole == other.whole {
        return Likeness::Agree;
    }
    if one.words.is_empty() || other.words.is_empty() {
        return Likeness::Differ;
    }
    // One of two surnames, or of two given names, is the same name.
    let same = |word: &str, known: &str| word == known;
    if one.is_within(&other, same) || other.is_within(&one, same) {
        return Likeness::Agree;
    }
    let near = |word: &str, known: &str| {
        word == known || is_slip(word, known) || (part == Part::Given && is_shortened(word, known))
    };
    if one.is_within(&other, near) || other.is_within(&one, near) || is_slip(&one.whole, &other.whole) {
        return Likeness::Near;
    }
    Likeness::Differ
}

impl Name {
    fn of(text: &str) -> Self {
        let plain = text.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase);
        // An apostrophe is inside a word: O'Brien and OBrien.
        let plain: String = plain.filter(|letter| !"'’`".contains(*letter)).collect();
        let all: Vec<&str> =
            plain.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let known = &Rules::state().names;
        let says_nothing =
            |word: &str| known.suffixes.iter().chain(&known.particles).any(|known| known == word);
        let telling: Vec<&str> = all.iter().copied().filter(|word| !says_nothing(word)).collect();
        // Whose whole name is `Van` has that name.
        let words = if telling.is_empty() { &all } else { &telling };
        Self { words: words.iter().map(|word| (*word).to_owned()).collect(), whole: all.concat() }
    }

    /// True if each of its words is one of the other's.
    fn is_within(&self, other: &Self, is_one: impl Fn(&str, &str) -> bool) -> bool {
        self.words.iter().all(|word| other.words.iter().any(|known| is_one(word, known)))
    }
}

/// True if one is the other's initial or its beginning.
fn is_shortened(one: &str, other: &str) -> bool {
    let (one_letters, other_letters) = (one.chars().count(), other.chars().count());
    let (short, long, letters) =
        if one_letters < other_letters { (one, other, one_letters) } else { (other, one, other_letters) };
    one_letters != other_letters && long.starts_with(short) && (letters == 1 || letters >= SHORTENED)
}

/// True if letters were left out, added, changed or swapped, as few as a slip has.
fn is_slip(one: &str, other: &str) -> bool {
    let most = match one.chars().count().min(other.chars().count()) {
        0..SHORT => return false,
        SHORT..LONG => 1,
        _ => 2,
    };
    strsim::osa_distance(one, other) <= most
}

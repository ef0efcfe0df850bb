//! The words of a condition, each with its place.

use super::{WORDS, Wrong};
use crate::problem::Instead;

/// A word, a parenthesis, a comma or a sign of comparison.
#[derive(Clone, Copy)]
pub(super) struct Word<'a> {
    pub(super) at: usize,
    pub(super) end: usize,
    pub(super) text: &'a str,
}

/// Keywords of the language of conditions.
const KEYWORDS: &[&str] = &[
    "and", "or", "not", "unless", "is", "yes", "no", "within", "months", "document", "age", "fewer", "than",
    "days", "of", "in",
];

/// Class of a character: neighbours of one class make one word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Word,
    /// Of a comparison, such as `<=`.
    Sign,
    /// A word by itself, whatever stands beside it: a parenthesis or a comma.
    Alone,
    Space,
}

impl Part {
    fn of(letter: char) -> Self {
        match letter {
            '(' | ')' | ',' => Self::Alone,
            '<' | '>' | '=' | '!' => Self::Sign,
            letter if letter.is_whitespace() => Self::Space,
            _ => Self::Word,
        }
    }
}

/// Splits a condition into its words. Keywords are understood in upper case too, and each that is not in
/// lower case is reported.
pub(super) fn words(text: &str) -> (Vec<Word<'_>>, Vec<Wrong>) {
    let mut words = Vec::new();
    let mut wrong = Vec::new();
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let part = Part::of(letter);
        let mut end = at + letter.len_utf8();
        while let Some((next, more)) = letters.peek().copied()
            && part != Part::Alone
            && Part::of(more) == part
        {
            end = next + more.len_utf8();
            letters.next();
        }
        if part != Part::Space {
            words.push(Word { at, end, text: &text[at..end] });
        }
    }
    for word in &mut words {
        let own = KEYWORDS.iter().copied().chain(WORDS.iter().map(|(own, _)| *own));
        let Some(own) = own.into_iter().find(|own| own.eq_ignore_ascii_case(word.text)) else { continue };
        if word.text != own {
            wrong.push(Wrong {
                at: word.at,
                end: word.end,
                problem: format!("`{}` is not in lower case", word.text),
                fix: format!("write `{own}`"),
                instead: vec![Instead::alike(own.to_owned())],
            });
            word.text = own;
        }
    }
    (words, wrong)
}

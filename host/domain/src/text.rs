//! Text that people read: which characters a name or a sentence may not hold.
//!
//! A control character breaks the line of whoever prints it. A bidirectional one shows text in another order
//! than it has (Unicode Technical Report 36, 2.6): a name that reads as somebody else's.

use crate::plan::types::Bilingual;

/// True if the text is one line whose characters stand in the order in which they are shown.
#[must_use]
pub fn is_plain_line(text: &str) -> bool {
    !text.chars().any(|letter| letter.is_control() || reorders(letter) || ends_line(letter))
}

/// A word of somebody else's as it may stand in a sentence: in backticks, of bounded length, and as it is
/// shown.
#[must_use]
pub fn quoted(word: &str) -> String {
    const MOST: usize = 80;
    let shown = |letter: char| if is_plain_line(letter.encode_utf8(&mut [0; 4])) { letter } else { '?' };
    let mut text: String = word.chars().take(MOST).map(shown).collect();
    if word.chars().nth(MOST).is_some() {
        text.push('…');
    }
    format!("`{text}`")
}

/// True if a sentence says the same words in both languages. A single word can be the same in both.
#[must_use]
pub fn is_one_language(text: &Bilingual) -> bool {
    let words = |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    let (en, es) = (words(&text.en), words(&text.es));
    en.len() > 1 && en == es
}

/// A formatting character that changes the direction of what stands beside it (Unicode Standard Annex 9, 2).
fn reorders(letter: char) -> bool {
    matches!(letter, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The separators of lines and paragraphs, which are no control characters.
fn ends_line(letter: char) -> bool {
    matches!(letter, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_short_and_plain() {
        assert_eq!(quoted("housing.status"), "`housing.status`");
        assert_eq!(quoted("a\u{202e}b\nc"), "`a?b?c`");
        assert_eq!(quoted(&"n".repeat(1_000)).chars().count(), 83);
    }

    #[test]
    fn a_sentence_in_one_language_is_told() {
        for (en, es, is_one) in [
            ("Has a refrigerator.", "Has a refrigerator.", true),
            ("Has a refrigerator.", " has a  Refrigerator. ", true),
            ("Has a refrigerator.", "Tiene un refrigerador.", false),
            ("Hospital", "Hospital", false),
            ("", "", false),
        ] {
            let text = Bilingual { en: en.to_owned(), es: es.to_owned() };
            assert_eq!(is_one_language(&text), is_one, "{en} {es}");
        }
    }

    #[test]
    fn a_plain_line_is_shown_as_it_is() {
        for (text, plain) in [
            ("", true),
            ("Zebulonia Quillfeather", true),
            ("N\u{fa}\u{f1}ez \u{5d0}\u{5d1} \u{645}\u{62d}\u{645}\u{62f}", true),
            ("zero\u{200d}width joiner", true),
            ("a\u{0}b", false),
            ("a\nb", false),
            ("a\tb", false),
            ("a\u{7f}b", false),
            ("a\u{85}b", false),
            ("a\u{2028}b", false),
            ("a\u{200f}b", false),
            ("a\u{202e}b", false),
            ("a\u{2066}b", false),
            ("a\u{61c}b", false),
        ] {
            assert_eq!(is_plain_line(text), plain, "{text:?}");
        }
    }
}

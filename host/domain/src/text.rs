//! Text that people read: which characters a name or a sentence may not hold.
//!
//! A control character breaks the line of whoever prints it. A bidirectional one shows text in another order than it has
//! (Unicode Technical Report 36, 2.6): a name that reads as somebody else's.

/// Whether the text is one line whose characters stand in the order in which they are shown.
#[must_use]
pub fn is_plain_line(text: &str) -> bool {
    !text.chars().any(|letter| letter.is_control() || reorders(letter) || ends_line(letter))
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

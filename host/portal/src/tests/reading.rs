//! Reading grade of each message, by formulas that count words, sentences and syllables.
//!
//! English: the Flesch-Kincaid grade (Kincaid, Fishburne, Rogers and Chissom, "Derivation of new readability
//! formulas for Navy enlisted personnel", Research Branch Report 8-75, 1975). Spanish: the perspicuity of
//! Szigriszt Pazos (1993) on the scale INFLESZ, which calls 55 and more normal for patients (Barrio-Cantalejo
//! and others, "Validación de la Escala INFLESZ", Anales del Sistema Sanitario de Navarra 31, 2008). They
//! find sentences that may be bad; they do not prove that one is good.

use std::collections::BTreeSet;

use domain::case::Language;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

use super::{files, read};
use crate::words::{ENGLISH, SPANISH};

/// Highest grade of school that an English message may take.
pub(super) const GRADE: f64 = 8.0;
/// Least perspicuity of a Spanish message.
pub(super) const NORMAL: f64 = 55.0;
/// Fewest words of a text that is judged: of a few words the formulas say nothing.
const FEWEST: usize = 6;
/// Word that stands for what a message is given.
pub(super) const GIVEN: &str = "Harbor";

/// Texts of a pattern: one for each choice of its variants.
fn texts(pattern: &Pattern<&str>) -> Vec<String> {
    let mut texts = vec![String::new()];
    for element in &pattern.elements {
        let pieces = match element {
            PatternElement::TextElement { value } => vec![(*value).to_owned()],
            PatternElement::Placeable { expression: Expression::Select { variants, .. } } => {
                variants.iter().flat_map(|variant| self::texts(&variant.value)).collect()
            }
            PatternElement::Placeable { expression: Expression::Inline(inline) } => vec![match inline {
                InlineExpression::StringLiteral { value } => (*value).to_owned(),
                _ => GIVEN.to_owned(),
            }],
        };
        texts =
            texts.iter().flat_map(|text| pieces.iter().map(move |piece| format!("{text}{piece}"))).collect();
    }
    texts
}

/// Texts of all messages of a file, each with its id, such as `locked` or `status-paid.says`.
pub(super) fn messages(file: &'static str) -> Vec<(String, Vec<String>)> {
    let resource = parser::parse(file).expect("another test reads it");
    let mut messages = Vec::new();
    for entry in resource.body {
        let Entry::Message(message) = entry else { continue };
        if let Some(value) = &message.value {
            messages.push((message.id.name.to_owned(), texts(value)));
        }
        for attribute in &message.attributes {
            messages.push((format!("{}.{}", message.id.name, attribute.id.name), texts(&attribute.value)));
        }
    }
    messages
}

/// Words of a text, in lower case and without marks around them.
fn words(text: &str) -> Vec<String> {
    let bare = |word: &str| word.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase();
    text.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect()
}

/// Sentences of a text that is not empty.
fn sentences(text: &str) -> usize {
    let ends = text.split_whitespace().filter(|word| word.ends_with(['.', '!', '?']));
    ends.count().max(1)
}

/// Syllables of an English word, as they are counted by its letters: groups of vowels, without a silent end.
fn english(word: &str) -> usize {
    let letters: Vec<char> = word.chars().collect();
    let is_vowel = |at: usize| letters.get(at).is_some_and(|letter| "aeiouy".contains(*letter));
    let begins = (0..letters.len()).filter(|at| is_vowel(*at) && (*at == 0 || !is_vowel(at - 1)));
    let groups = begins.count();
    let last = letters.len().saturating_sub(1);
    let is_before = |set: &str| last >= 2 && set.contains(letters[last - 2]);
    let silent = (word.ends_with('e') && !(word.ends_with("le") && last >= 2 && !is_vowel(last - 2)))
        || (word.ends_with("ed") && last >= 2 && !is_before("tdaeiouy"));
    groups.saturating_sub(usize::from(silent && groups > 1)).max(1)
}

/// Syllables of a Spanish word: each group of vowels has as many as it has strong ones, or one.
fn spanish(word: &str) -> usize {
    const STRONG: &str = "aeoáéóíú";
    let letters: Vec<char> = word.chars().collect();
    let is_plain = |at: usize| letters.get(at).is_some_and(|letter| "aeiouáéíóúü".contains(*letter));
    let is_vowel = |at: usize| is_plain(at) || (letters[at] == 'y' && !is_plain(at + 1));
    let (mut syllables, mut at) = (0, 0);
    while at < letters.len() {
        if !is_vowel(at) {
            at += 1;
            continue;
        }
        let mut strong = 0;
        while at < letters.len() && is_vowel(at) {
            strong += usize::from(STRONG.contains(letters[at]));
            at += 1;
        }
        syllables += strong.max(1);
    }
    syllables.max(1)
}

/// Words in a sentence and syllables in a word, on average; `None` for a text that is too short.
fn averages(text: &str, syllables: impl Fn(&str) -> usize) -> Option<(f64, f64)> {
    let words = words(text);
    if words.len() < FEWEST {
        return None;
    }
    let number = |count: usize| f64::from(u32::try_from(count).expect("messages are short"));
    // An address is read as one thing, and not spelled.
    let said: usize = words.iter().map(|word| if word.contains('@') { 1 } else { syllables(word) }).sum();
    Some((number(words.len()) / number(sentences(text)), number(said) / number(words.len())))
}

/// Grade of school that an English text takes.
pub(super) fn grade(text: &str) -> Option<f64> {
    averages(text, english).map(|(words, syllables)| 0.39 * words + 11.8 * syllables - 15.59)
}

/// Perspicuity of a Spanish text.
pub(super) fn perspicuity(text: &str) -> Option<f64> {
    averages(text, spanish).map(|(words, syllables)| 206.835 - 62.3 * syllables - words)
}

/// Messages that are too hard, such as `en locked`, and how many were judged.
fn hard(language: Language) -> (BTreeSet<String>, usize) {
    let file = match language {
        Language::En => ENGLISH,
        Language::Es => SPANISH,
    };
    let is_hard = |text: &String| match language {
        Language::En => grade(text).map(|grade| grade > GRADE),
        Language::Es => perspicuity(text).map(|perspicuity| perspicuity < NORMAL),
    };
    let mut judged = 0;
    let mut hard = BTreeSet::new();
    for (id, texts) in messages(file) {
        let judgements: Vec<bool> = texts.iter().filter_map(is_hard).collect();
        judged += usize::from(!judgements.is_empty());
        if judgements.contains(&true) {
            hard.insert(format!("{} {id}", language.tag()));
        }
    }
    (hard, judged)
}

/// Most messages that are too hard: whoever mends one lowers it, and nobody raises it.
const MOST_HARD: usize = 4;

/// The messages that are too hard are those of a list, which may only grow shorter.
#[test]
fn messages_are_easy_to_read() {
    let list = files("words", "hard.txt");
    let listed = read(&list[0]);
    let listed: BTreeSet<String> =
        listed.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
    let mut found = BTreeSet::new();
    for language in Language::ALL {
        let (hard, judged) = hard(language);
        assert!(judged > 80, "{judged} messages were judged");
        found.extend(hard);
    }
    let new: Vec<_> = found.difference(&listed).collect();
    assert!(new.is_empty(), "too hard: {new:#?}\nfix: shorter sentences, shorter words");
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(gone.is_empty(), "easy enough now, so take them out of words/hard.txt: {gone:#?}");
    assert_eq!(listed.len(), MOST_HARD, "the list grows shorter, and MOST_HARD with it");
}

#[test]
fn syllables_are_counted() {
    for (word, expected) in [
        ("plan", 1),
        ("the", 1),
        ("page", 1),
        ("table", 2),
        ("asked", 1),
        ("needed", 2),
        ("member", 2),
        ("coverage", 3),
        ("organization", 5),
        ("24", 1),
    ] {
        assert_eq!(english(word), expected, "{word}");
    }
    for (word, expected) in [
        ("plan", 1),
        ("que", 1),
        ("hoy", 1),
        ("muy", 1),
        ("ya", 1),
        ("día", 2),
        ("servicio", 3),
        ("autorización", 5),
        ("línea", 3),
        ("reunión", 2),
        ("todavía", 4),
    ] {
        assert_eq!(spanish(word), expected, "{word}");
    }
}

#[test]
fn a_hard_text_is_told_from_an_easy_one() {
    let (easy, hard) =
        ("Send it by Tuesday. We will tell you.", "Documentation substantiating eligibility is mandatory.");
    assert!(grade(easy).is_some_and(|grade| grade < 4.0), "{:?}", grade(easy));
    assert_eq!(grade(hard), None, "it has five words");
    let hard = "Documentation substantiating continued eligibility is mandatory.";
    assert!(grade(hard).is_some_and(|grade| grade > 20.0), "{:?}", grade(hard));
    let (easy, hard) = (
        "Envíelo hoy. Le diremos qué dice el plan.",
        "La documentación acreditativa de elegibilidad continuada es obligatoria.",
    );
    assert!(perspicuity(easy).is_some_and(|found| found > 80.0), "{:?}", perspicuity(easy));
    assert!(perspicuity(hard).is_some_and(|found| found < 10.0), "{:?}", perspicuity(hard));
}

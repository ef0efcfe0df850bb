use std::collections::{BTreeMap, BTreeSet};

use domain::case::{EventKind, Language};
use fluent_syntax::ast::{
    CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement, Resource,
};
use fluent_syntax::parser;
use jiff::civil::{date, time};

use super::{files, read};
use crate::words::{ENGLISH, SPANISH, Words};

/// A message: its id, and the variables of its text and of each attribute.
type Shape = (String, Vec<(String, BTreeSet<String>)>);

fn parsed(text: &'static str) -> Resource<&'static str> {
    parser::parse(text).unwrap_or_else(|(_, errors)| panic!("{errors:#?}"))
}

fn shapes(text: &'static str) -> Vec<Shape> {
    let mut shapes = Vec::new();
    for entry in parsed(text).body {
        let Entry::Message(message) = entry else {
            assert!(!matches!(entry, Entry::Junk { .. } | Entry::Term(_)), "{entry:?}");
            continue;
        };
        let mut parts = Vec::new();
        parts.push((String::new(), message.value.as_ref().map(variables).unwrap_or_default()));
        for attribute in &message.attributes {
            parts.push((attribute.id.name.to_owned(), variables(&attribute.value)));
        }
        shapes.push((message.id.name.to_owned(), parts));
    }
    shapes
}

fn variables(pattern: &Pattern<&str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            of_expression(expression, &mut found);
        }
    }
    found
}

fn of_expression(expression: &Expression<&str>, found: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => of_inline(inline, found),
        Expression::Select { selector, variants } => {
            of_inline(selector, found);
            for variant in variants {
                found.extend(variables(&variant.value));
            }
        }
    }
}

fn of_inline(inline: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.to_owned());
        }
        InlineExpression::FunctionReference { arguments: CallArguments { positional, .. }, .. } => {
            positional.iter().for_each(|one| of_inline(one, found));
        }
        InlineExpression::Placeable { expression } => of_expression(expression, found),
        _ => {}
    }
}

#[test]
fn both_languages_have_the_same_messages_with_the_same_variables() {
    let (english, spanish) = (shapes(ENGLISH), shapes(SPANISH));
    assert!(english.len() > 80, "{}", english.len());
    assert_eq!(english, spanish);
    let ids: BTreeSet<&str> = english.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids.len(), english.len(), "an id stands twice");
}

#[test]
fn both_files_have_the_same_parts() {
    let parts = |text: &'static str| -> Vec<String> {
        let body = parsed(text).body.into_iter();
        body.filter_map(|entry| match entry {
            Entry::GroupComment(comment) => Some(comment.content.join(" ")),
            _ => None,
        })
        .collect()
    };
    assert_eq!(parts(ENGLISH), parts(SPANISH));
}

/// Families whose members are named by the values of an enum, and not in the source.
fn families() -> BTreeMap<&'static str, BTreeSet<String>> {
    let events = EventKind::ALL.iter().map(|kind| kind.name().to_owned()).collect();
    let states = crate::case::samples::STATES.iter().map(|state| (*state).to_owned()).collect();
    [("event", events), ("status", states)].into()
}

#[test]
fn every_message_is_used() {
    let mut sources = String::new();
    for file in files("src", ".rs").iter().chain(&files("src", ".html")) {
        sources += &read(file);
    }
    let families = families();
    let mut unused = Vec::new();
    let mut members: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (id, _) in shapes(ENGLISH) {
        if let Some((family, member)) = id.split_once('-').filter(|(family, _)| families.contains_key(family))
        {
            let (family, _) = families.get_key_value(family).unwrap();
            members.entry(family).or_default().insert(member.to_owned());
        } else if !sources.contains(&format!("\"{id}\"")) {
            unused.push(id);
        }
    }
    assert!(unused.is_empty(), "{unused:?}");
    assert_eq!(members, families);
}

#[test]
fn nothing_stays_in_the_other_language() {
    let of = |text: &'static str| -> BTreeMap<String, String> {
        let body = parsed(text).body.into_iter();
        body.filter_map(|entry| match entry {
            Entry::Message(message) => Some((message.id.name.to_owned(), format!("{:?}", message.value?))),
            _ => None,
        })
        .collect()
    };
    let spanish = of(SPANISH);
    let same: Vec<String> =
        of(ENGLISH).into_iter().filter(|(id, text)| spanish[id] == *text).map(|(id, _)| id).collect();
    // A name, a word that both languages write alike, and marks around what is given.
    assert_eq!(same, SAME);
}

/// Messages that are the same in both languages.
const SAME: [&str; 5] = ["no", "question-answer", "shadow-table-was-is", "title", "title-error"];

#[test]
fn days_and_times_are_written_as_people_read_them() {
    let (english, spanish) = (Words::of(Language::En), Words::of(Language::Es));
    let day = date(2026, 11, 24);
    assert_eq!(english.weekday(day), "Tuesday, November 24, 2026");
    assert_eq!(spanish.weekday(day), "martes 24 de noviembre de 2026");
    assert_eq!(english.day(date(2027, 1, 1)), "January 1, 2027");
    assert_eq!(spanish.day(date(2027, 1, 1)), "1 de enero de 2027");
    let times =
        [(0, "12:05\u{a0}a.m."), (9, "9:05\u{a0}a.m."), (12, "12:05\u{a0}p.m."), (17, "5:05\u{a0}p.m.")];
    for (hour, written) in times {
        assert_eq!(english.time(time(hour, 5, 0, 0)), written);
    }
    assert_eq!(spanish.time(time(17, 5, 0, 0)), "5:05\u{a0}p.\u{a0}m.");
    let at = "2026-11-24T08:30:00Z".parse().unwrap();
    assert_eq!(english.instant(at), "November 24, 2026, 12:30\u{a0}a.m.", "Pacific time");
}

#[test]
fn a_word_that_no_message_knows_is_shown_as_it_is() {
    let words = Words::of(Language::Es);
    assert_eq!(words.of_family("event", "of-a-later-version"), "of-a-later-version");
    assert_eq!(words.says("event", "of-a-later-version"), "");
}

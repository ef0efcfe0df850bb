use expect_test::expect;
use uuid::Uuid;

use super::*;
use crate::identifiers::{AccountId, KeyId};

fn ana() -> Actor {
    Actor::Account(AccountId::from_uuid(Uuid::from_u128(1)))
}

fn ben() -> Actor {
    Actor::Account(AccountId::from_uuid(Uuid::from_u128(2)))
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn name(actor: Actor) -> &'static str {
    if actor == ana() { "ana" } else { "ben" }
}

/// Ana acts in each line.
#[test]
fn every_holder_meets_every_step() {
    let (before, now) = (at("2026-03-02T17:00:00Z"), at("2026-03-02T18:00:00Z"));
    let held = |by| State::Held { by, since: before };
    let states = [("nobody's", State::Free), ("her own", held(ana())), ("ben's", held(ben()))];
    let events = [
        ("take", Event::Take),
        ("pass to ben", Event::Pass { to: ben() }),
        ("pass to ana", Event::Pass { to: ana() }),
        ("put back", Event::PutBack),
    ];
    let mut table = String::new();
    for (whose, state) in states {
        for (what, event) in events {
            let after = match state.apply(event, ana(), now) {
                Ok(State::Free) => "nobody's".to_owned(),
                Ok(State::Held { by, since }) => {
                    assert_eq!(since, now, "{whose} {what}");
                    format!("{}'s", name(by))
                }
                Err(refused) => format!("- {refused:?}"),
            };
            table += &format!("{whose:<9}{what:<13}{after}\n");
        }
    }
    expect![[r"
        nobody's take         ana's
        nobody's pass to ben  ben's
        nobody's pass to ana  ana's
        nobody's put back     - Nobodys
        her own  take         - Had
        her own  pass to ben  ben's
        her own  pass to ana  - Had
        her own  put back     nobody's
        ben's    take         - Colleagues
        ben's    pass to ben  - Colleagues
        ben's    pass to ana  - Colleagues
        ben's    put back     nobody's
    "]]
    .assert_eq(&table);
}

#[test]
fn a_key_and_an_account_of_one_number_are_two_colleagues() {
    let key = Actor::Key(KeyId::from_uuid(Uuid::from_u128(1)));
    let held = State::Held { by: key, since: at("2026-03-02T17:00:00Z") };
    assert_eq!(held.apply(Event::Take, ana(), at("2026-03-02T18:00:00Z")), Err(Refused::Colleagues));
    assert_eq!((held.holder(), State::Free.holder()), (Some(key), None));
}

#[test]
fn each_step_leaves_an_entry_of_its_kind() {
    let kinds = [Event::Take, Event::Pass { to: ben() }, Event::PutBack].map(|event| event.kind().name());
    assert_eq!(kinds, ["take", "pass", "put-back"]);
}

#[test]
fn a_note_is_one_bounded_line_and_prints_nothing() {
    let note: Note = "  Called her; she answers on Friday. ".parse().unwrap();
    assert_eq!(note.expose(), "Called her; she answers on Friday.");
    assert_eq!(format!("{note:?}"), "Note(…)");
    assert!("ñ".repeat(Note::MOST).parse::<Note>().is_ok(), "characters count, not bytes");
    let long = "n".repeat(Note::MOST + 1);
    for refused in ["", "   ", "two\nlines", "a\u{202e}b", long.as_str()] {
        assert_eq!(refused.parse::<Note>(), Err(NoteError));
    }
    assert!(NoteError.to_string().contains(&Note::MOST.to_string()));
}

#[test]
fn a_refusal_speaks_both_languages() {
    for refused in [Refused::Colleagues, Refused::Had, Refused::Nobodys] {
        let text = refused.text();
        assert!(!text.en.is_empty() && text.en != text.es, "{refused:?}");
    }
}

use expect_test::expect;
use jiff::Timestamp;
use jiff::civil::date;

use super::{Event as E, State as S};
use crate::case::table::table;
use crate::case::{Language, Reason, ReasonOf, WhyPeople};
use crate::plan::credentialing::{RequirementResult, Review, Standing};
use crate::plan::types::Bilingual;

fn words() -> Bilingual {
    Bilingual { en: "Because.".to_owned(), es: "Porque.".to_owned() }
}

fn reason() -> Reason {
    words().into()
}

#[test]
fn every_state_meets_every_event() {
    let at = Timestamp::UNIX_EPOCH;
    let effective = date(2026, 3, 1);
    let states = [
        S::Received { at },
        S::Incomplete { since: at },
        S::WithPeople { since: at, why: WhyPeople::NeedsJudgement, reason: None },
        S::Approved { at, effective },
        S::Declined { at, reason: reason() },
        S::Ended { at, last: effective, reason: reason() },
    ];
    let events = [
        E::Approve { effective },
        E::FindIncomplete,
        E::HandOver(WhyPeople::NeedsJudgement),
        E::Supply,
        E::Decline(reason()),
        E::Reopen(reason()),
        E::End { last: effective, reason: reason() },
    ];
    expect![[r#"
                        approve         find-incomplete hand-over       supply          decline         reopen          end
        received        approved        incomplete      with-people     -               -               -               -
        incomplete      approved        -               -               received        declined        -               -
        with-people     approved        incomplete      -               received        declined        -               -
        approved        -               -               -               -               -               with-people     ended
        declined        -               -               -               -               -               with-people     -
        ended           -               -               -               -               -               with-people     -"#]]
    .assert_eq(&table(&states, &events, S::name, E::name, |state, event| state.apply(event, at)));
}

#[test]
fn a_reason_is_written_where_it_stands() {
    let (at, last) = (Timestamp::UNIX_EPOCH, date(2026, 3, 1));
    let half = || Reason::written(None, Some("Porque.".to_owned())).unwrap();
    let approved = || S::Approved { at, effective: last };
    let people = S::WithPeople { since: at, why: WhyPeople::NeedsJudgement, reason: None };
    let events = [
        (people.clone(), E::Decline(half()), ReasonOf::Decline),
        (approved(), E::Reopen(half()), ReasonOf::Reopen),
        (approved(), E::End { last, reason: half() }, ReasonOf::End),
    ];
    for (state, event, of) in events {
        let mut state = state.apply(event, at).unwrap();
        assert_eq!(state.reason(), Some((of, &half(), at)));
        assert!(!state.translate(Language::Es, "Otra cosa."), "{of:?} is written in this one");
        assert!(state.translate(Language::En, "Because."), "{of:?}");
        assert_eq!(state.reason(), Some((of, &reason(), at)));
    }
    for mut state in [people, approved(), S::Received { at }, S::Incomplete { since: at }] {
        assert_eq!(state.reason(), None);
        assert!(!state.translate(Language::En, "Because."));
    }
}

#[test]
fn what_is_missing_comes_before_what_needs_judgement() {
    let of = |standings: &[Standing]| {
        let result = |standing: &Standing| RequirementResult {
            requirement: "r".to_owned(),
            standing: standing.clone(),
            reason: words(),
        };
        let requirements = standings.iter().map(result).collect();
        E::of(&Review { requirements, notes: Vec::new() }, date(2026, 3, 1)).name()
    };
    let table = [
        ("nothing required", of(&[])),
        ("satisfied", of(&[Standing::Satisfied(None)])),
        ("satisfied, missing", of(&[Standing::Satisfied(None), Standing::Missing])),
        ("expired, needs a person", of(&[Standing::Expired(date(2026, 1, 1)), Standing::NeedsPerson])),
        ("satisfied, needs a person", of(&[Standing::Satisfied(None), Standing::NeedsPerson])),
    ];
    let lines: Vec<String> = table.iter().map(|(standings, event)| format!("{standings}: {event}")).collect();
    expect![[r#"
        nothing required: approve
        satisfied: approve
        satisfied, missing: find-incomplete
        expired, needs a person: find-incomplete
        satisfied, needs a person: hand-over"#]]
    .assert_eq(&lines.join("\n"));
}

use expect_test::expect;
use jiff::Timestamp;
use jiff::civil::date;

use super::{Event as E, State as S};
use crate::case::WhyPeople;
use crate::case::table::table;
use crate::plan::credentialing::{RequirementResult, Review, Standing};
use crate::plan::types::Bilingual;

fn words() -> Bilingual {
    Bilingual { en: "Because.".to_owned(), es: "Porque.".to_owned() }
}

#[test]
fn every_state_meets_every_event() {
    let at = Timestamp::UNIX_EPOCH;
    let effective = date(2026, 3, 1);
    let states = [
        S::Received { at },
        S::Incomplete { since: at },
        S::WithPeople { since: at, why: WhyPeople::NeedsJudgement },
        S::Approved { at, effective },
        S::Declined { at, reason: words() },
        S::Ended { at, last: effective, reason: words() },
    ];
    let events = [
        E::Approve { effective },
        E::FindIncomplete,
        E::HandOver(WhyPeople::NeedsJudgement),
        E::Supply,
        E::Decline(words()),
        E::Reopen,
        E::End { last: effective, reason: words() },
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

use std::collections::BTreeSet;

use expect_test::expect;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use uuid::Uuid;

use super::{Cohort, StandingActivation, answering, bucket};
use crate::identifiers::{Digest, OrgId, PlanId};

const NOW: i64 = 1_000;

fn standing(
    name: &str,
    from: i64,
    rules_from: Option<Date>,
    cohort: Cohort,
    version: i64,
) -> StandingActivation {
    let from = Timestamp::from_second(from).unwrap();
    StandingActivation { digest: Digest::of(name.as_bytes()), from, rules_from, cohort, version }
}

#[test]
fn what_answers_anything() {
    use Cohort::{Everyone, Share};
    let (march, january) = (Some(date(2026, 3, 2)), Some(date(2027, 1, 1)));
    let a = || standing("a", 1, None, Everyone, 1);
    let counties = || Cohort::Counties(BTreeSet::from(["SRV".parse().unwrap()]));
    let names = ["a", "b", "c"];
    let mut lines = String::new();
    for (what, standings) in [
        ("nothing", vec![]),
        ("the first", vec![a()]),
        ("a later one for later days", vec![a(), standing("b", 2, march, Everyone, 2)]),
        ("a later one for all days", vec![a(), standing("b", 2, None, Everyone, 2)]),
        ("one that is still to begin", vec![a(), standing("b", NOW + 1, None, Everyone, 2)]),
        ("a cohort's", vec![a(), standing("b", 2, None, Share(10), 2)]),
        (
            "a cohort's, then everybody's",
            vec![a(), standing("b", 2, None, Share(10), 2), standing("c", 3, None, Everyone, 3)],
        ),
        (
            "a cohort's, then the same cohort's",
            vec![a(), standing("b", 2, None, counties(), 2), standing("c", 3, None, counties(), 3)],
        ),
        (
            "January's, then March's mended",
            vec![a(), standing("b", 2, january, Everyone, 2), standing("c", 3, march, Everyone, 3)],
        ),
        (
            "March's, then March's mended",
            vec![a(), standing("b", 2, march, Everyone, 2), standing("c", 3, march, Everyone, 3)],
        ),
    ] {
        let answer = answering(&standings, Timestamp::from_second(NOW).unwrap());
        let answer: Vec<&str> =
            names.into_iter().filter(|name| answer.contains(&Digest::of(name.as_bytes()))).collect();
        lines += &format!("{what}: {}\n", answer.join(" "));
    }
    expect![[r#"
        nothing: 
        the first: a
        a later one for later days: a b
        a later one for all days: b
        one that is still to begin: a
        a cohort's: a b
        a cohort's, then everybody's: c
        a cohort's, then the same cohort's: a c
        January's, then March's mended: a b c
        March's, then March's mended: a c
    "#]]
    .assert_eq(&lines);
}

#[test]
fn providers_fall_evenly_and_always_the_same() {
    let plan: PlanId = "valle-vista".parse().unwrap();
    let of = |number: u128| bucket(&plan, OrgId::from_uuid(Uuid::from_u128(number)));
    let in_a_tenth = (0..10_000).filter(|number| of(*number) < 10).count();
    assert!((900..1_100).contains(&in_a_tenth), "{in_a_tenth}");
    assert_eq!([of(1), of(2), of(3)], [64, 13, 75], "the same in every release of the host");
}

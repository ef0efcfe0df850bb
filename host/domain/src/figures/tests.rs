use jiff::civil::date;

use super::*;

fn rule() -> &'static SmallNumbers {
    Figures::state().small_numbers(date(2026, 3, 2)).expect("a rule is in force")
}

fn counted(count: u64, people: u64) -> Counted {
    Counted { count, people }
}

#[test]
fn each_measure_is_described_once_in_both_languages() {
    let ids: Vec<Measure> = Figures::state().measures().iter().map(|one| one.id).collect();
    assert_eq!(ids, Measure::ALL);
    for one in Figures::state().measures() {
        for text in [&one.name, &one.definition, &one.numerator, &one.denominator] {
            assert!(!text.en.is_empty() && !text.es.is_empty() && text.en != text.es, "{}", one.id);
        }
        assert!(!one.source.is_empty(), "{}", one.id);
    }
    assert!(Figures::state().measure(Measure::TurnAround).definition.en.contains("180"));
    assert_eq!(Figures::state().measure(Measure::TurnAround).looks_back_days, 180);
}

#[test]
fn the_rule_on_small_numbers_has_a_source_and_one_version_a_day() {
    let rules = Figures::state().rules();
    for (at, rule) in rules.iter().enumerate() {
        assert!(rule.least > 1 && !rule.source.is_empty() && rule.text.en != rule.text.es);
        assert!(rules[at + 1..].iter().all(|other| !rule.effective.overlaps(&other.effective)));
    }
    assert_eq!(rule().least, 11);
    assert!(Figures::state().small_numbers(date(2021, 12, 31)).is_none(), "then nothing is shown");
}

#[test]
fn a_number_is_withheld_where_few_people_are_in_it_or_outside_it() {
    let tell = |part, whole, rest_people| rule().tell(&Share { part, whole, rest_people }, false);
    use Disclosed::{Exactly, Withheld};
    assert_eq!(tell(counted(12, 12), counted(40, 30), 18), (Exactly(12), Exactly(40)));
    assert_eq!(tell(counted(0, 0), counted(40, 30), 30), (Exactly(0), Exactly(40)), "nobody is nobody");
    assert_eq!(tell(counted(10, 10), counted(40, 30), 20), (Withheld, Exactly(40)));
    assert_eq!(tell(counted(30, 9), counted(40, 19), 11), (Withheld, Exactly(40)), "people, not things");
    assert_eq!(tell(counted(38, 28), counted(40, 30), 2), (Withheld, Exactly(40)), "2 are what is left");
    assert_eq!(tell(counted(12, 10), counted(12, 10), 0), (Withheld, Withheld));
    assert_eq!(tell(counted(11, 11), counted(11, 11), 0), (Exactly(11), Exactly(11)));
}

#[test]
fn in_a_quarter_that_runs_numbers_grow_by_steps_that_are_not_small() {
    let tell = |part| {
        let share = Share { part: counted(part, part), whole: counted(100, 100), rest_people: 100 - part };
        rule().tell(&share, true)
    };
    assert_eq!(tell(21), (Disclosed::AtLeast(11), Disclosed::AtLeast(99)));
    assert_eq!(tell(22), (Disclosed::AtLeast(22), Disclosed::AtLeast(99)));
    assert_eq!(tell(0), (Disclosed::Exactly(0), Disclosed::AtLeast(99)));
    assert_eq!(tell(10), (Disclosed::Withheld, Disclosed::AtLeast(99)));
}

#[test]
fn causes_are_added_up_until_none_is_small() {
    let together = |parts: &[(&str, u64)]| -> Vec<(Option<String>, u64)> {
        let parts = parts.iter().map(|(name, count)| ((*name).to_owned(), counted(*count, *count))).collect();
        rule().together(parts).into_iter().map(|(name, part)| (name, part.count)).collect()
    };
    let named = |name: &str| Some(name.to_owned());
    assert_eq!(together(&[("a", 20), ("b", 11)]), [(named("a"), 20), (named("b"), 11)]);
    // The next larger goes along, or the small one could be worked out.
    assert_eq!(together(&[("a", 20), ("b", 12), ("c", 3)]), [(named("a"), 20), (None, 15)]);
    assert_eq!(together(&[("a", 20), ("b", 4), ("c", 3)]), [(None, 27)]);
    assert_eq!(together(&[("a", 20), ("b", 3), ("c", 0)]), [(None, 23)]);
    assert_eq!(together(&[]), []);
}

#[test]
fn no_cause_is_ever_small_nor_lost() {
    for seed in 0_u64..500 {
        let size = |place: u64| (seed * 7_919 + place * 104_729) % 23;
        let parts: Vec<_> =
            (0..seed % 6).map(|place| (place.to_string(), counted(size(place), size(place)))).collect();
        let all: u64 = parts.iter().map(|(_, part)| part.count).sum();
        let told = rule().together(parts);
        assert_eq!(told.iter().map(|(_, part)| part.count).sum::<u64>(), all, "{seed}");
        let small = told.iter().filter(|(_, part)| rule().is_small(part.people)).count();
        // Only where all of it may be few: then the whole is withheld too.
        assert!(small == 0 || told.len() == 1, "{seed}: {told:?}");
    }
}

#[test]
fn quarters_are_read_and_follow_each_other_without_a_gap() {
    let quarter: Quarter = "2026-Q1".parse().unwrap();
    assert_eq!((quarter.first_day(), quarter.last_day()), (date(2026, 1, 1), date(2026, 3, 31)));
    assert_eq!(Quarter::of(date(2026, 3, 31)), quarter);
    assert_eq!(quarter.before().to_string(), "2025-Q4");
    assert_eq!(quarter.before().last_day(), date(2025, 12, 31));
    assert_eq!(quarter.before().instants().1, quarter.instants().0);
    assert_eq!(quarter.instants().1.to_string(), "2026-04-01T07:00:00Z", "Pacific time");
    assert!(quarter.runs(date(2026, 3, 31)) && !quarter.runs(date(2026, 4, 1)));
    for wrong in ["", "2026", "2026-Q0", "2026-Q5", "26-Q1", "2026-q1", "1999-Q4", "+999-Q1", "2026-Q1 "] {
        assert_eq!(wrong.parse::<Quarter>(), Err(NoQuarter), "{wrong:?}");
    }
}

#[test]
fn the_median_is_the_day_by_which_half_were_done() {
    let of = |taken: &[(u64, u64)]| median_days(&taken.iter().copied().collect());
    assert_eq!(of(&[]), None);
    assert_eq!(of(&[(0, 1)]), Some(1));
    assert_eq!(of(&[(0, 5), (3, 4), (40, 1)]), Some(1));
    assert_eq!(of(&[(0, 4), (3, 5), (40, 1)]), Some(4));
}

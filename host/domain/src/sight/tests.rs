use jiff::civil::date;

use super::*;

#[test]
fn sight_ends_on_the_day_that_the_data_says() {
    for (reason, from, last) in [
        (Reason::Contact, date(2026, 3, 2), date(2026, 4, 1)),
        (Reason::Case, date(2026, 3, 2), date(2027, 3, 2)),
        (Reason::Contact, date(2021, 12, 31), date(2021, 12, 31)),
    ] {
        assert_eq!(Sight::state().last_day(reason, from), last, "{reason:?} from {from}");
    }
}

#[test]
fn every_purpose_is_named_once_and_in_both_languages() {
    let purposes = Sight::state().purposes();
    for purpose in purposes {
        assert_eq!(purposes.iter().filter(|other| other.id == purpose.id).count(), 1, "{}", purpose.id);
        assert!(!purpose.text.en.is_empty() && !purpose.text.es.is_empty(), "{}", purpose.id);
        assert_eq!(Sight::state().purpose(&purpose.id), Some(purpose));
    }
    assert_eq!(Sight::state().purpose("curiosity"), None);
}

#[test]
fn a_purpose_gives_what_it_needs() {
    use Shown::{Contact, Coverage, Values};
    for (purpose, gives) in [
        ("treatment", [true, true, true]),
        ("care-coordination", [true, true, true]),
        ("operations", [true, true, true]),
        ("payment", [true, false, false]),
        ("curiosity", [false, false, false]),
    ] {
        let given = [Coverage, Contact, Values].map(|part| Sight::state().gives(purpose, part));
        assert_eq!(given, gives, "{purpose}");
    }
}

#[test]
fn plans_that_coordinate_see_each_others_days() {
    let day = date(2026, 3, 2);
    for (own, other, on, sees) in [
        ("d-snp", "medi-cal", day, true),
        ("medi-cal", "d-snp", day, true),
        ("medi-cal", "medi-cal", day, false),
        ("d-snp", "d-snp", day, false),
        ("d-snp", "medi-cal", date(2021, 12, 31), false),
    ] {
        assert_eq!(Sight::state().coordinates(own, other, on), sees, "{own} and {other} on {on}");
    }
}

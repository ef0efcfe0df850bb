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

use jiff::civil::date;

use super::*;

#[test]
fn records_go_on_the_day_that_the_data_says() {
    for (record, today, first_kept) in [
        (Record::Answer, date(2026, 3, 9), Some(date(2026, 3, 2))),
        (Record::Job, date(2026, 4, 1), Some(date(2026, 3, 2))),
        (Record::Notice, date(2036, 3, 2), Some(date(2026, 3, 2))),
        (Record::Audit, date(2036, 3, 2), Some(date(2026, 3, 2))),
        (Record::WorkStep, date(2036, 3, 2), Some(date(2026, 3, 2))),
        (Record::Try, date(2026, 3, 4), Some(date(2026, 3, 2))),
        (Record::ProvisionalPerson, date(2026, 5, 31), Some(date(2026, 3, 2))),
        // No rule is in force: nothing goes.
        (Record::Audit, date(2021, 12, 31), None),
    ] {
        assert_eq!(Retention::state().first_kept(record, today), first_kept, "{record:?} on {today}");
    }
}

#[test]
fn each_record_has_one_rule_at_a_time_in_both_languages() {
    let rules = Retention::state().rules();
    for &record in Record::ALL {
        let of_record: Vec<_> = rules.iter().filter(|rule| rule.record == record).collect();
        assert!(!of_record.is_empty(), "{record:?}");
        for (at, rule) in of_record.iter().enumerate() {
            assert!(!rule.text.en.is_empty() && !rule.text.es.is_empty() && !rule.source.is_empty());
            let later = of_record[at + 1..].iter();
            assert!(later.into_iter().all(|other| !rule.effective.overlaps(&other.effective)), "{record:?}");
        }
    }
}

use jiff::civil::date;

use super::*;
use crate::plan::authorization::GrantedLine;

fn granted(units: u32, first: Date, last: Date) -> GrantedLine {
    GrantedLine { procedure: "T2033 U6".parse().unwrap(), units, days: Period { first, last: Some(last) } }
}

#[test]
fn what_runs_on_goes_with_the_member_for_the_days_that_are_honored() {
    let moved = date(2026, 4, 1);
    let rule = ContinuityRule::on(moved).unwrap();
    assert_eq!((rule.days, rule.last_day(moved)), (90, date(2026, 6, 29)));
    let cases = [
        // units, first, last of the grant; units, first, last that go with the member
        ((30, date(2026, 3, 22), date(2026, 4, 20)), Some((20, moved, date(2026, 4, 20)))),
        ((12, date(2026, 1, 1), date(2026, 12, 31)), Some((3, moved, date(2026, 6, 29)))),
        ((10, date(2026, 4, 10), date(2026, 4, 19)), Some((10, date(2026, 4, 10), date(2026, 4, 19)))),
        ((30, date(2026, 3, 1), date(2026, 3, 31)), None),
        ((30, date(2026, 7, 1), date(2026, 7, 30)), None),
    ];
    for ((units, first, last), expected) in cases {
        let grant = Grant { lines: vec![granted(units, first, last)], conditions: Vec::new() };
        let lines = rule.lines(&grant, moved);
        let found = lines.first().map(|line| (line.units, line.days.first, line.days.last.unwrap()));
        assert_eq!(found, expected, "{units} units from {first} to {last}");
    }
}

#[test]
fn every_version_says_where_it_comes_from() {
    for rule in &STATE.rules {
        assert!(rule.days > 0 && !rule.source.is_empty() && !rule.text.es.is_empty());
    }
}

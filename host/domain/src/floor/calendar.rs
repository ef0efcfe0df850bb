//! A plan's calendar, held against the state's: it may work on more days, and close on a few.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::ProfileProblem;
use super::bounds::{BoundId, Bounds};
use crate::calendar::BusinessCalendar;
use crate::plan::profile::CalendarDay;

/// Problems of a plan's days. Each names the day with which it begins.
pub(super) fn problems(days: &[CalendarDay]) -> Vec<ProfileProblem> {
    let mut problems = twice(days);
    let state = BusinessCalendar::state();
    let plan = BusinessCalendar::state().with_closures(days);
    let mut closing: BTreeMap<Date, usize> = BTreeMap::new();
    for (place, day) in days.iter().enumerate() {
        if !day.works && state.is_business_day(day.day) {
            closing.entry(day.day).or_insert(place);
        }
    }
    problems.extend(in_a_year(&closing));
    problems.extend(in_a_row(&closing, &plan));
    problems
}

fn twice(days: &[CalendarDay]) -> Vec<ProfileProblem> {
    let mut seen = BTreeMap::new();
    let mut problems = Vec::new();
    for (place, day) in days.iter().enumerate() {
        if let Some(first) = seen.insert(day.day, place) {
            problems.push(ProfileProblem {
                at: format!("/calendar/{place}/day"),
                problem: format!("{} is named twice", day.day),
                fix: format!("leave it out; /calendar/{first} says what holds on it"),
            });
        }
    }
    problems
}

/// The first closing day of each year that is one too many.
fn in_a_year(closing: &BTreeMap<Date, usize>) -> Vec<ProfileProblem> {
    let mut counts: BTreeMap<i16, u16> = BTreeMap::new();
    let mut problems = Vec::new();
    for (day, place) in closing {
        let most = Bounds::state().amount(BoundId::ClosingDaysAYear, *day);
        let count = counts.entry(day.year()).or_default();
        *count += 1;
        if *count == most + 1 {
            problems.push(ProfileProblem {
                at: format!("/calendar/{place}/day"),
                problem: format!(
                    "{day} is closing day {count} of {} beyond the state's holidays",
                    day.year()
                ),
                fix: format!("close on {most} days of a year at most"),
            });
        }
    }
    problems
}

/// The first closing day of each run that makes it too long. Weekends and holidays between neither count nor
/// end a run.
fn in_a_row(closing: &BTreeMap<Date, usize>, plan: &BusinessCalendar) -> Vec<ProfileProblem> {
    let mut problems = Vec::new();
    let mut run: u16 = 0;
    let mut before: Option<Date> = None;
    for (day, place) in closing {
        let follows = before.is_some_and(|before| plan.add_business_days(before, 1) > *day);
        run = if follows { run + 1 } else { 1 };
        let most = Bounds::state().amount(BoundId::ClosingDaysInARow, *day);
        if run == most + 1 {
            problems.push(ProfileProblem {
                at: format!("/calendar/{place}/day"),
                problem: format!("{day} is closing day {run} in a row beyond the state's holidays"),
                fix: format!("close on {most} days in a row at most, and work on a day before the next"),
            });
        }
        before = Some(*day);
    }
    problems
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::*;

    fn closed(days: impl IntoIterator<Item = Date>) -> Vec<CalendarDay> {
        days.into_iter().map(|day| CalendarDay { day, works: false, name: "closed".to_owned() }).collect()
    }

    fn told(days: &[CalendarDay]) -> Vec<String> {
        problems(days).into_iter().map(|problem| format!("{}: {}", problem.at, problem.problem)).collect()
    }

    /// Mondays of 2026 from 5 January on that are no holiday.
    fn mondays(count: usize) -> Vec<CalendarDay> {
        let state = BusinessCalendar::state();
        let mondays = date(2026, 1, 5).series(7.days()).filter(|day| state.is_business_day(*day));
        closed(mondays.take(count))
    }

    #[test]
    fn a_plan_closes_on_a_few_days() {
        let none: Vec<String> = Vec::new();
        let work = |day| CalendarDay { day, works: true, name: "open".to_owned() };
        let christmas = (28..=31).map(|day| date(2026, 12, day));
        let too_long = christmas.clone().chain([date(2027, 1, 4)]);
        let cases: [(&str, Vec<CalendarDay>, Vec<String>); 8] = [
            ("no day", Vec::new(), none.clone()),
            ("ten days of a year", mondays(10), none.clone()),
            (
                "one more",
                mondays(11),
                vec![
                    "/calendar/10/day: 2026-03-30 is closing day 11 of 2026 beyond the state's holidays"
                        .to_owned(),
                ],
            ),
            (
                "works on a holiday and on every weekend",
                (0..60).map(|week| work(date(2026, 1, 3) + (7 * week).days())).collect(),
                none.clone(),
            ),
            (
                "closed on weekends and holidays, as the state is",
                closed([date(2026, 3, 7), date(2026, 12, 25)]),
                none.clone(),
            ),
            ("the week between two holidays", closed(christmas), none.clone()),
            (
                "the Monday after it too",
                closed(too_long),
                vec![
                    "/calendar/4/day: 2027-01-04 is closing day 5 in a row beyond the state's holidays"
                        .to_owned(),
                ],
            ),
            (
                "a day that is named twice",
                closed([date(2026, 6, 19), date(2026, 6, 19)]),
                vec!["/calendar/1/day: 2026-06-19 is named twice".to_owned()],
            ),
        ];
        for (what, days, expected) in cases {
            assert_eq!(told(&days), expected, "{what}");
        }
        let forever: Vec<Date> = date(2026, 1, 1).series(1.day()).take(399).collect();
        assert!(told(&closed(forever)).len() >= 2, "a plan that is closed for 399 days in a row");
    }
}

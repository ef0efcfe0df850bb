use domain::catalog::Catalog;
use domain::identifiers::{CoverageId, MemberId, RosterId};
use uuid::Uuid;

use super::*;

fn covered(plan: &str, line: &str, first: &str, last: Option<&str>) -> Coverage {
    let id = Uuid::from_u128(1);
    Coverage {
        id: CoverageId::from_uuid(id),
        member: MemberId::from_uuid(id),
        plan: plan.parse().unwrap(),
        plan_member_id: String::new(),
        line: line.to_owned(),
        group_code: None,
        dual_status: None,
        county: "SRV".parse().unwrap(),
        first_day: first.parse().unwrap(),
        last_day: last.map(|last| last.parse().unwrap()),
        roster: RosterId::from_uuid(id),
        plan_takes_cases: true,
        disputed_since: None,
    }
}

fn disputed(coverage: Coverage, since: i64) -> Coverage {
    Coverage { disputed_since: Some(jiff::Timestamp::from_second(since).unwrap()), ..coverage }
}

/// Newest first, as the record gives them.
fn newest_first(mut coverages: Vec<Coverage>) -> Vec<Coverage> {
    coverages.sort_by_key(|coverage| std::cmp::Reverse(coverage.first_day));
    coverages
}

#[test]
fn the_plan_of_the_day_answers_for_the_days_around_it() {
    let vista = |first, last| covered("valle-vista", "medi-cal", first, last);
    let harbor = |first, last| covered("harbor-crest", "medi-cal", first, last);
    let cases = [
        // what is known; the day; who answers, from when until when
        ("one span", vec![vista("2026-01-01", None)], "2026-03-02", Some("valle-vista 2026-01-01 ..")),
        ("nobody", vec![vista("2026-01-01", Some("2026-01-31"))], "2026-03-02", None),
        (
            "spans of one plan that follow one another are one",
            vec![vista("2026-01-01", Some("2026-03-31")), vista("2026-04-01", Some("2026-06-30"))],
            "2026-03-02",
            Some("valle-vista 2026-01-01 .. 2026-06-30"),
        ),
        (
            "a gap parts them",
            vec![vista("2026-01-01", Some("2026-03-31")), vista("2026-05-01", None)],
            "2026-03-02",
            Some("valle-vista 2026-01-01 .. 2026-03-31"),
        ),
        (
            "a plan ends where another begins, though its file has not said so",
            vec![vista("2026-01-01", None), harbor("2026-04-01", None)],
            "2026-03-02",
            Some("valle-vista 2026-01-01 .. 2026-03-31"),
        ),
        (
            "the day after is the other's",
            vec![vista("2026-01-01", Some("2026-03-31")), harbor("2026-04-01", None)],
            "2026-04-01",
            Some("harbor-crest 2026-04-01 .."),
        ),
        (
            "a newcomer's days are disputed until they are settled",
            vec![vista("2026-01-01", None), disputed(harbor("2026-03-01", None), 1)],
            "2026-03-02",
            Some("valle-vista 2026-01-01 .."),
        ),
        (
            "a newcomer has the days that are nobody else's",
            vec![vista("2026-01-01", Some("2026-03-31")), disputed(harbor("2026-03-01", None), 1)],
            "2026-04-01",
            Some("harbor-crest 2026-04-01 .."),
        ),
        (
            "of two whose days are disputed the first goes on",
            vec![disputed(harbor("2026-03-01", None), 2), disputed(vista("2026-01-01", None), 1)],
            "2026-03-03",
            Some("valle-vista 2026-01-01 .."),
        ),
    ];
    let ecm = Catalog::state().service("recuperative-care").unwrap();
    for (case, coverages, day, expected) in cases {
        let found = answering(ecm, &newest_first(coverages), day.parse().unwrap());
        let found = found.map(|coverage| {
            let last = coverage.last_day.map(|last| format!(" {last}")).unwrap_or_default();
            format!("{} {} ..{last}", coverage.plan, coverage.first_day)
        });
        assert_eq!(found.as_deref(), expected, "{case}");
    }
}

#[test]
fn another_plans_first_day_is_named() {
    let known = newest_first(vec![
        covered("valle-vista", "medi-cal", "2026-01-01", Some("2026-03-31")),
        covered("harbor-crest", "medi-cal", "2026-04-01", None),
        covered("silver-oak", "d-snp", "2026-05-01", None),
    ]);
    let vista: PlanId = "valle-vista".parse().unwrap();
    let from = |service: &str, first: &str, last: &str| {
        let days = Period { first: first.parse().unwrap(), last: Some(last.parse().unwrap()) };
        let service = Catalog::state().service(service).unwrap();
        other_plan_from(service, &known, &vista, &days).map(|day| day.to_string())
    };
    assert_eq!(from("recuperative-care", "2026-03-02", "2026-03-31"), None);
    assert_eq!(from("recuperative-care", "2026-03-02", "2026-04-10").as_deref(), Some("2026-04-01"));
    assert_eq!(from("recuperative-care", "2026-04-05", "2026-04-10").as_deref(), Some("2026-04-05"));
}

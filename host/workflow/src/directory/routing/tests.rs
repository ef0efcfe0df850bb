use domain::catalog::Catalog;
use domain::plan::profile::{Delegate, Responsibility};

use super::*;
use crate::fixtures::{assert_rows, covered, disputed};

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
    let service = Catalog::state().service("recuperative-care").unwrap();
    assert_rows(cases.into_iter().map(|(case, coverages, day, expected)| {
        let found = answering(service, &newest_first(coverages), day.parse().unwrap());
        let found = found.map(|coverage| {
            let last = coverage.last_day.map(|last| format!(" {last}")).unwrap_or_default();
            format!("{} {} ..{last}", coverage.plan, coverage.first_day)
        });
        (case.to_owned(), found, expected.map(str::to_owned))
    }));
}

#[test]
fn another_plans_first_day_is_named() {
    let known = newest_first(vec![
        covered("valle-vista", "medi-cal", "2026-01-01", Some("2026-03-31")),
        covered("harbor-crest", "medi-cal", "2026-04-01", None),
        covered("silver-oak", "d-snp", "2026-05-01", None),
    ]);
    let vista: PlanId = "valle-vista".parse().unwrap();
    let rows = [
        ("days before it", "recuperative-care", "2026-03-02", "2026-03-31", None),
        ("days up to it and on", "recuperative-care", "2026-03-02", "2026-04-10", Some("2026-04-01")),
        ("days behind it", "recuperative-care", "2026-04-05", "2026-04-10", Some("2026-04-05")),
        // A D-SNP is asked for ECM first.
        ("days of a plan of another line", "ecm", "2026-04-05", "2026-05-10", Some("2026-04-05")),
        ("days of the first line alone", "cicm", "2026-03-02", "2026-05-10", Some("2026-05-01")),
    ];
    assert_rows(rows.map(|(name, service, first, last, expected)| {
        let days = Period { first: first.parse().unwrap(), last: Some(last.parse().unwrap()) };
        let service = Catalog::state().service(service).unwrap();
        let found = other_plan_from(service, &known, &vista, &days);
        (name.to_owned(), found, expected.map(|day| day.parse().unwrap()))
    }));
}

/// DHCS D-SNP Policy Guide CY2026: a D-SNP is asked for ECM before the Medi-Cal plan, because integrated care
/// management takes its place; Community Supports stay with the Medi-Cal plan.
#[test]
fn the_line_that_a_service_asks_first_answers() {
    let medi_cal = || covered("valle-vista", "medi-cal", "2026-01-01", None);
    let d_snp = || covered("silver-oak", "d-snp", "2026-01-01", None);
    let gone = |coverage| Coverage { plan_takes_cases: false, ..coverage };
    let rows = [
        ("ECM", "ecm", vec![medi_cal(), d_snp()], Some("silver-oak")),
        ("ECM of who has Medi-Cal alone", "ecm", vec![medi_cal()], Some("valle-vista")),
        ("ECM, and the D-SNP has ended here", "ecm", vec![medi_cal(), gone(d_snp())], Some("valle-vista")),
        ("a Community Support", "recuperative-care", vec![medi_cal(), d_snp()], Some("valle-vista")),
        ("a Community Support of who has a D-SNP alone", "recuperative-care", vec![d_snp()], None),
        ("care management of a D-SNP", "cicm", vec![medi_cal(), d_snp()], Some("silver-oak")),
        ("the only plan has ended here", "recuperative-care", vec![gone(medi_cal())], None),
        ("nobody covers the member", "ecm", vec![], None),
    ];
    assert_rows(rows.into_iter().map(|(name, service, coverages, expected)| {
        let service = Catalog::state().service(service).unwrap();
        let found = responsible(service, &coverages).map(|coverage| coverage.plan.to_string());
        (name.to_owned(), found, expected.map(str::to_owned))
    }));
}

/// Of one line, the newest that nobody disputes; of those that are all disputed, the one that was there
/// first.
#[test]
fn of_two_plans_in_one_line_one_stands() {
    let vista = || covered("valle-vista", "medi-cal", "2026-01-01", None);
    let crest = || covered("harbor-crest", "medi-cal", "2026-03-01", None);
    let rows = [
        ("the newest", vec![crest(), vista()], Some("harbor-crest")),
        ("the newest is disputed", vec![disputed(crest(), 1), vista()], Some("valle-vista")),
        ("the older is disputed", vec![crest(), disputed(vista(), 1)], Some("harbor-crest")),
        ("both are, the newest later", vec![disputed(crest(), 2), disputed(vista(), 1)], Some("valle-vista")),
        (
            "both are, the newest earlier",
            vec![disputed(crest(), 1), disputed(vista(), 2)],
            Some("harbor-crest"),
        ),
        ("none of the line", vec![covered("silver-oak", "d-snp", "2026-01-01", None)], None),
    ];
    assert_rows(rows.into_iter().map(|(name, coverages, expected)| {
        let found = stands("medi-cal", &coverages).map(|coverage| coverage.plan.to_string());
        (name.to_owned(), found, expected.map(str::to_owned))
    }));
}

#[test]
fn why_nobody_answers_is_told() {
    let ended =
        Coverage { plan_takes_cases: false, ..covered("valle-vista", "medi-cal", "2026-01-01", None) };
    let rows = [
        ("no coverage", vec![], ("/member", "no-coverage")),
        ("the plan has ended here", vec![ended], ("/member", "plan-ended")),
        (
            "another line's alone",
            vec![covered("silver-oak", "d-snp", "2026-01-01", None)],
            ("/member", "no-coverage"),
        ),
    ];
    let service = Catalog::state().service("recuperative-care").unwrap();
    assert_rows(rows.into_iter().map(|(name, coverages, (pointer, code))| {
        let problem = nobody_answers(service, &coverages, "2026-03-02".parse().unwrap());
        let names_the_day = problem.detail.contains("2026-03-02");
        (
            name.to_owned(),
            (problem.pointer, problem.code.name(), names_the_day),
            (pointer.to_owned(), code, true),
        )
    }));
}

/// A plan whose delegate `north` has the group N1, and decides authorizations of everything and referrals to
/// ECM, of 2026.
fn with_a_delegate() -> PlanProfile {
    let year = Period { first: "2026-01-01".parse().unwrap(), last: Some("2026-12-31".parse().unwrap()) };
    let duty = |service: &str, workflows: &[Workflow]| Responsibility {
        service: service.to_owned(),
        workflows: workflows.to_vec(),
        effective: year.clone(),
    };
    let north = Delegate {
        id: "north".to_owned(),
        name: "North Valley Medical Group".to_owned(),
        groups: vec!["N1".to_owned()],
        responsibilities: vec![duty("*", &[Workflow::Authorization]), duty("ecm", &[Workflow::Referral])],
    };
    PlanProfile { delegates: vec![north], ..PlanProfile::undeclared() }
}

#[test]
fn a_delegate_decides_what_the_profile_gives_it_on_its_days() {
    use Delegated::{Decides, PlanDecides};
    use Workflow::{Authorization, Billing, Referral};
    let profile = with_a_delegate();
    let rows = [
        ("every service", Some("N1"), "respite", Authorization, "2026-03-02", Some(Decides)),
        ("the service that is named", Some("N1"), "ecm", Referral, "2026-03-02", Some(Decides)),
        ("another service", Some("N1"), "respite", Referral, "2026-03-02", Some(PlanDecides)),
        ("another workflow", Some("N1"), "ecm", Billing, "2026-03-02", Some(PlanDecides)),
        ("its last day", Some("N1"), "ecm", Referral, "2026-12-31", Some(Decides)),
        ("the day after", Some("N1"), "ecm", Referral, "2027-01-01", Some(PlanDecides)),
        ("another group", Some("S1"), "ecm", Referral, "2026-03-02", None),
        ("no group", None, "ecm", Referral, "2026-03-02", None),
    ];
    assert_rows(rows.map(|(name, group, service, workflow, on, expected)| {
        let found = delegate(&profile, group, service, workflow, on.parse().unwrap());
        (name.to_owned(), found, expected.map(|decides| ("north", decides)))
    }));
}

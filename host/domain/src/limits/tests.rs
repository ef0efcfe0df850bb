use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn span(first: &str, last: &str) -> Span {
    Span { first: day(first), last: day(last) }
}

const RECUPERATIVE: (&str, &str) = ("recuperative-care", "T2033 U6");
const POST_HOSPITAL: (&str, &str) = ("short-term-post-hospitalization-housing", "H0043 U3");
const RENT: (&str, &str) = ("transitional-rent", "H0043 U2");
const RENT_BY_MONTH: (&str, &str) = ("transitional-rent", "H0044 U6");
const RENT_ONCE: (&str, &str) = ("transitional-rent", "H0040 U1");
const DEPOSIT: (&str, &str) = ("housing-deposits", "H0044 U2");
const TENANCY: (&str, &str) = ("housing-tenancy-sustaining", "T2041 U6");
const RESPITE: (&str, &str) = ("respite", "S5151 U6");
const MEALS: (&str, &str) = ("medically-tailored-meals", "S5170 U6");
const GROCERIES: (&str, &str) = ("medically-tailored-meals", "S9977 U7");
const SOBERING: (&str, &str) = ("sobering-centers", "H0014 U6");
const CARE: (&str, &str) = ("ecm", "G9012 U2");

/// A use at house `house` under plan `plan`, of the case with this number.
fn one(
    case: u128,
    (plan, house): (&str, u128),
    what: (&str, &str),
    stage: Stage,
    days: Span,
    units: i64,
) -> Use {
    Use {
        case: CaseId::from_uuid(Uuid::from_u128(case)),
        plan: plan.parse().unwrap(),
        provider: OrgId::from_uuid(Uuid::from_u128(house)),
        service: what.0.to_owned(),
        procedure: (stage != Stage::Presumed).then(|| what.1.parse().unwrap()),
        days,
        units,
        minutes: None,
        amount: None,
        stage,
    }
}

fn granted(case: u128, at: (&str, u128), what: (&str, &str), first: &str, last: &str, units: i64) -> Use {
    one(case, at, what, Stage::Authorized, span(first, last), units)
}

fn delivered(case: u128, at: (&str, u128), what: (&str, &str), first: &str, last: &str, units: i64) -> Use {
    one(case, at, what, Stage::Delivered, span(first, last), units)
}

fn presumed(case: u128, at: (&str, u128), what: (&str, &str), first: &str, last: &str) -> Use {
    one(case, at, what, Stage::Presumed, span(first, last), 0)
}

fn dollars(mut one: Use, amount: i64) -> Use {
    one.amount = Some(Cents(amount * 100));
    one
}

fn minutes(mut one: Use, minutes: i64) -> Use {
    one.minutes = Some(minutes);
    one
}

const A: (&str, u128) = ("valle-vista", 1);
const B: (&str, u128) = ("harbor-crest", 2);

fn judged(kind: Proposed, uses: &[Use], history: &[Use]) -> Vec<String> {
    let passed = check(Catalog::state(), &Proposal { kind, uses }, history);
    passed
        .iter()
        .map(|one| {
            let how = if one.how == How::Overlap { " twice" } else { "" };
            format!("{}{how}: {} used, {} asked, {} left", one.limit, one.used, one.asked, one.left)
        })
        .collect()
}

/// Each case: what it shows, what is about to be done, what was done before, the limits that it would pass.
type Case = (&'static str, Proposed, Vec<Use>, Vec<Use>, &'static [&'static str]);

#[test]
fn nights_count_once_over_all_plans_and_houses_in_twelve_months() {
    use Proposed as P;
    let spring = || granted(1, A, RECUPERATIVE, "2026-01-01", "2026-03-31", 90);
    let cases: Vec<Case> = vec![
        (
            "nothing before",
            P::Grant,
            vec![granted(2, A, RECUPERATIVE, "2026-01-01", "2026-03-31", 90)],
            vec![],
            &[],
        ),
        (
            "182 nights are six months",
            P::Grant,
            vec![granted(2, A, RENT, "2026-01-01", "2026-07-01", 182)],
            vec![],
            &[],
        ),
        (
            "183 are more",
            P::Grant,
            vec![granted(2, A, RENT, "2026-01-01", "2026-07-02", 183)],
            vec![],
            &["housing-global-cap: 0 used, 183 asked, 182 left"],
        ),
        (
            "another service of the group, another plan",
            P::Grant,
            vec![granted(2, B, POST_HOSPITAL, "2026-04-01", "2026-07-02", 93)],
            vec![spring()],
            &["housing-global-cap: 90 used, 93 asked, 92 left"],
        ),
        (
            "what is left can be had",
            P::Grant,
            vec![granted(2, B, POST_HOSPITAL, "2026-04-01", "2026-07-01", 92)],
            vec![spring()],
            &[],
        ),
        (
            "nights that were paid beyond the authorization's days are not taken from it",
            P::Grant,
            vec![granted(2, B, POST_HOSPITAL, "2026-05-01", "2026-07-22", 83)],
            vec![spring(), delivered(3, A, RECUPERATIVE, "2026-03-31", "2026-04-10", 11)],
            &["housing-global-cap: 100 used, 83 asked, 82 left"],
        ),
        (
            "the same nights at another house",
            P::Grant,
            vec![granted(2, B, RECUPERATIVE, "2026-01-01", "2026-03-31", 90)],
            vec![spring()],
            &["housing-global-cap twice: 90 used, 90 asked, 0 left"],
        ),
        (
            "one night of them",
            P::Grant,
            vec![granted(2, B, RECUPERATIVE, "2026-03-31", "2026-04-29", 30)],
            vec![spring()],
            &["housing-global-cap twice: 1 used, 1 asked, 0 left"],
        ),
        (
            "the same house again: a renewal that begins a day early",
            P::Grant,
            vec![granted(2, A, RECUPERATIVE, "2026-03-31", "2026-04-29", 30)],
            vec![spring()],
            &[],
        ),
        (
            "delivered and authorized is one night",
            P::Grant,
            vec![granted(3, A, RENT, "2026-04-01", "2026-07-01", 92)],
            vec![spring(), delivered(2, A, RECUPERATIVE, "2026-01-01", "2026-01-30", 30)],
            &[],
        ),
        (
            "presumed and authorized too",
            P::Grant,
            vec![granted(1, A, RECUPERATIVE, "2026-01-08", "2026-07-01", 175)],
            vec![presumed(1, A, RECUPERATIVE, "2026-01-01", "2026-01-14")],
            &[],
        ),
        (
            "fewer units than days may fall anywhere",
            P::Grant,
            vec![granted(2, A, RECUPERATIVE, "2026-05-01", "2026-10-31", 93)],
            vec![granted(1, A, RECUPERATIVE, "2026-01-01", "2026-12-31", 90)],
            &["housing-global-cap: 90 used, 93 asked, 92 left"],
        ),
        (
            "a year later the nights are free again",
            P::Grant,
            vec![granted(2, A, RENT, "2027-04-01", "2027-09-29", 182)],
            vec![spring()],
            &[],
        ),
        (
            "nights that are authorized for later count for earlier ones",
            P::Grant,
            vec![granted(2, A, RECUPERATIVE, "2025-10-01", "2026-01-31", 123)],
            vec![granted(1, A, RECUPERATIVE, "2026-07-01", "2026-08-31", 62)],
            &["housing-global-cap: 62 used, 123 asked, 120 left"],
        ),
        (
            "a month is its days, and what is no time is none",
            P::Grant,
            vec![
                granted(2, A, RENT_BY_MONTH, "2026-01-01", "2026-06-30", 6),
                granted(2, A, RENT, "2026-01-01", "2026-06-30", 168),
                granted(2, A, RENT_ONCE, "2026-01-01", "2026-06-30", 1),
            ],
            vec![],
            &[],
        ),
        (
            "months that are granted with their days end with them: 182 days, where six months are 184",
            P::Grant,
            vec![granted(2, A, RENT_BY_MONTH, "2026-03-02", "2026-08-30", 6)],
            vec![],
            &[],
        ),
        (
            "a claim for granted nights adds nothing",
            P::Payment,
            vec![delivered(3, A, RECUPERATIVE, "2026-01-01", "2026-03-31", 90)],
            vec![spring(), granted(2, A, RENT, "2026-04-01", "2026-07-01", 92)],
            &[],
        ),
        (
            "a claim for others does",
            P::Payment,
            vec![delivered(3, A, RECUPERATIVE, "2026-07-02", "2026-07-02", 1)],
            vec![spring(), granted(2, A, RENT, "2026-04-01", "2026-07-01", 92)],
            &["housing-global-cap: 182 used, 1 asked, 0 left"],
        ),
        (
            "a night that was paid elsewhere",
            P::Payment,
            vec![delivered(3, B, RECUPERATIVE, "2026-01-05", "2026-01-05", 1)],
            vec![spring(), delivered(2, A, RECUPERATIVE, "2026-01-05", "2026-01-05", 1)],
            &["housing-global-cap twice: 1 used, 1 asked, 0 left"],
        ),
        (
            "before the limit was in force another was",
            P::Grant,
            vec![granted(2, A, RECUPERATIVE, "2024-01-01", "2024-04-15", 106)],
            vec![],
            &["recuperative-days: 0 used, 106 asked, 90 left"],
        ),
        (
            "which counted nights in a row",
            P::Grant,
            vec![granted(2, A, RECUPERATIVE, "2024-04-15", "2024-06-30", 77)],
            vec![granted(1, A, RECUPERATIVE, "2024-01-01", "2024-03-30", 90)],
            &[],
        ),
    ];
    hold(cases);
}

#[test]
fn money_approvals_hours_and_meals_count_each_in_their_way() {
    use Proposed as P;
    let deposit =
        |case, at, amount| dollars(delivered(case, at, DEPOSIT, "2024-05-01", "2024-05-01", 1), amount);
    let asked = |case| granted(case, A, DEPOSIT, "2026-03-02", "2026-06-30", 1);
    let cases: Vec<Case> = vec![
        ("a deposit within the sum", P::Payment, vec![deposit(3, A, 1_800)], vec![deposit(1, B, 3_200)], &[]),
        (
            "another plan's deposit counts for life",
            P::Payment,
            vec![deposit(3, A, 1_801)],
            vec![deposit(1, B, 3_200)],
            &["deposit-lifetime: 320000 used, 180100 asked, 180000 left"],
        ),
        (
            "a deposit that is authorized with its sum is spoken for",
            P::Payment,
            vec![deposit(3, A, 1_801)],
            vec![dollars(granted(1, B, DEPOSIT, "2026-01-01", "2026-06-30", 1), 3_200)],
            &["deposit-lifetime: 320000 used, 180100 asked, 180000 left"],
        ),
        (
            "without a sum something must be left",
            P::Grant,
            vec![asked(2)],
            vec![deposit(1, B, 5_000)],
            &["deposit-lifetime: 500000 used, 1 asked, 0 left"],
        ),
        (
            "a second approval",
            P::Grant,
            vec![asked(2)],
            vec![granted(1, B, DEPOSIT, "2024-01-01", "2024-06-30", 1)],
            &[],
        ),
        (
            "no third",
            P::Grant,
            vec![asked(3)],
            vec![
                granted(1, B, DEPOSIT, "2023-01-01", "2023-06-30", 1),
                granted(2, A, DEPOSIT, "2024-01-01", "2024-06-30", 1),
            ],
            &["deposit-approvals: 2 used, 1 asked, 0 left"],
        ),
        (
            "two lines are one approval",
            P::Grant,
            vec![granted(2, A, TENANCY, "2026-01-01", "2026-06-30", 40)],
            vec![
                granted(1, B, TENANCY, "2023-01-01", "2023-06-30", 40),
                granted(1, B, TENANCY, "2023-07-01", "2023-12-31", 40),
            ],
            &[],
        ),
        (
            "fourteen days of respite are a year's hours",
            P::Grant,
            vec![granted(2, B, RESPITE, "2026-11-01", "2026-11-30", 5)],
            vec![granted(1, A, RESPITE, "2026-01-01", "2026-06-30", 10)],
            &["respite-hours: 14400 used, 7200 asked, 5760 left"],
        ),
        (
            "the next year has its own",
            P::Grant,
            vec![granted(2, B, RESPITE, "2027-01-02", "2027-01-30", 14)],
            vec![granted(1, A, RESPITE, "2026-01-01", "2026-06-30", 14)],
            &[],
        ),
        (
            "recorded minutes are counted as they were",
            P::Grant,
            vec![granted(3, B, RESPITE, "2026-11-01", "2026-11-30", 13)],
            vec![minutes(delivered(1, A, RESPITE, "2026-02-01", "2026-02-01", 1), 8 * 60)],
            &[],
        ),
        (
            "two meals a day over all kitchens",
            P::Grant,
            vec![granted(2, B, MEALS, "2026-03-02", "2026-03-15", 14)],
            vec![granted(1, A, MEALS, "2026-03-09", "2026-05-31", 168)],
            &["meals-a-day: 2 used, 1 asked, 0 left"],
        ),
        (
            "twelve weeks",
            P::Grant,
            vec![granted(1, A, MEALS, "2026-03-02", "2026-05-25", 168)],
            vec![],
            &["meal-weeks: 0 used, 85 asked, 84 left"],
        ),
        (
            "groceries are no meals",
            P::Grant,
            vec![granted(1, A, GROCERIES, "2026-03-02", "2026-05-24", 400)],
            vec![],
            &[],
        ),
        (
            "a stay that is longer than a day",
            P::Payment,
            vec![minutes(delivered(1, A, SOBERING, "2026-03-02", "2026-03-03", 1), 25 * 60)],
            vec![],
            &["sobering-hours: 0 used, 1500 asked, 1440 left"],
        ),
        (
            "a year of care",
            P::FirstGrant,
            vec![granted(1, A, CARE, "2026-03-02", "2027-03-01", 12)],
            vec![],
            &[],
        ),
        (
            "a day more, the first time",
            P::FirstGrant,
            vec![granted(1, A, CARE, "2026-03-02", "2027-03-02", 12)],
            vec![],
            &["ecm-first-authorization: 0 used, 366 asked, 365 left"],
        ),
        (
            "a day more, later",
            P::Grant,
            vec![granted(1, A, CARE, "2026-03-02", "2027-03-02", 12)],
            vec![],
            &[],
        ),
        (
            "a presumptive window of care",
            P::Window,
            vec![presumed(1, A, CARE, "2026-03-02", "2026-04-01")],
            vec![],
            &["ecm-presumption: 0 used, 31 asked, 30 left"],
        ),
    ];
    hold(cases);
}

fn hold(cases: Vec<Case>) {
    for (case, kind, uses, history, expected) in cases {
        assert_eq!(judged(kind, &uses, &history), expected, "{case}");
    }
}

#[test]
fn a_limit_is_held_as_it_reads_on_the_first_day() {
    let text = include_str!("../../data/catalog.toml");
    let (before, after) = text.split_once("id = \"deposit-lifetime\"").unwrap();
    let old = "effective = { from = \"2022-01-01\" }";
    let ended = after.replacen(old, "effective = { from = \"2022-01-01\", to = \"2026-06-30\" }", 1);
    let raised = r#"
[[service.limit]]
id = "deposit-lifetime"
amount = 800000
measure = "cents"
window = "lifetime"
counts = "any-plan"
excess = "with-reason"
effective = { from = "2026-07-01" }
text = { en = "At most $8,000.", es = "Como máximo $8,000." }
source = "invented"
tag = "unsure"

[[service.limit]]
id = "deposit-approvals""#;
    let changed = format!("{before}id = \"deposit-lifetime\"{ended}").replacen(
        "\n[[service.limit]]\nid = \"deposit-approvals\"",
        raised,
        1,
    );
    let catalog: Catalog = toml::from_str(&changed).unwrap();
    let history = [dollars(delivered(1, B, DEPOSIT, "2024-05-01", "2024-05-01", 1), 4_000)];
    let asked = |on: &str| {
        let uses = [dollars(delivered(2, A, DEPOSIT, on, on, 1), 2_000)];
        let passed = check(&catalog, &Proposal { kind: Proposed::Payment, uses: &uses }, &history);
        passed.into_iter().map(|one| (one.allowed, one.excess)).collect::<Vec<_>>()
    };
    assert_eq!(asked("2026-06-30"), [(500_000, LimitExcess::Never)]);
    assert!(asked("2026-07-01").is_empty());
    let service = catalog.service("housing-deposits").unwrap();
    let stands = accumulators(&catalog, service, None, &history, day("2026-07-01"));
    assert_eq!(stands[0].left(), 400_000, "what was used under the old text counts under the new");
}

#[test]
fn a_window_is_cut_to_what_is_left() {
    let asked = presumed(9, A, RECUPERATIVE, "2026-07-01", "2026-07-14");
    let cases = [
        ("nothing before", vec![], Some(span("2026-07-01", "2026-07-14"))),
        (
            "ten nights are left",
            vec![granted(1, B, RENT, "2026-01-01", "2026-06-21", 172)],
            Some(span("2026-07-01", "2026-07-10")),
        ),
        (
            "none is",
            vec![granted(1, B, RENT, "2026-01-01", "2026-06-30", 182)],
            Some(span("2026-07-01", "2026-07-01")),
        ),
        ("none is", vec![granted(1, B, RENT, "2025-12-31", "2026-06-30", 182)], None),
        (
            "another house has the nights from the fourth on",
            vec![granted(1, B, RECUPERATIVE, "2026-07-04", "2026-07-31", 28)],
            Some(span("2026-07-01", "2026-07-03")),
        ),
    ];
    for (case, history, expected) in cases {
        assert_eq!(fitting_window(Catalog::state(), &asked, &history), expected, "{case}");
    }
}

/// DHCS ECM Policy Guide, continuity of care: what another plan goes on with stands in the place of what was
/// granted before, so that each hour and each approval counts once.
#[test]
fn what_another_plan_goes_on_with_counts_once() {
    let earlier = granted(3, A, TENANCY, "2025-01-01", "2025-06-30", 6);
    let cases = [
        (
            "336 hours of respite in a year",
            granted(1, A, RESPITE, "2026-03-01", "2026-03-10", 10),
            granted(2, B, RESPITE, "2026-03-03", "2026-03-10", 8),
            vec![],
            Some((span("2026-03-01", "2026-03-02"), 2)),
        ),
        (
            "tenancy is approved twice",
            granted(1, A, TENANCY, "2026-01-01", "2026-03-31", 9),
            granted(2, B, TENANCY, "2026-03-01", "2026-03-31", 4),
            vec![earlier.clone()],
            Some((span("2026-01-01", "2026-02-28"), 5)),
        ),
        (
            "all of it is the other plan's",
            granted(1, A, TENANCY, "2026-03-01", "2026-03-31", 3),
            granted(2, B, TENANCY, "2026-03-01", "2026-03-31", 3),
            vec![earlier],
            None,
        ),
    ];
    for (case, before, next, others, rest) in cases {
        let passed = |before: Option<Use>| {
            let history: Vec<Use> = others.iter().cloned().chain(before).collect();
            let proposal = Proposal { kind: Proposed::Grant, uses: std::slice::from_ref(&next) };
            check(Catalog::state(), &proposal, &history)
        };
        assert_eq!(passed(Some(before.clone())).len(), 1, "{case}: beside all of it");
        let left = before.continued_by(next.case, next.days.first);
        assert_eq!(left.as_ref().map(|left| (left.days, left.units)), rest, "{case}");
        assert_eq!(passed(left), [], "{case}: beside what is left of it");
    }
}

#[test]
fn what_is_left_is_said_with_its_numbers() {
    let history = [
        granted(1, A, RECUPERATIVE, "2026-03-01", "2026-04-29", 60),
        delivered(2, A, RECUPERATIVE, "2026-03-01", "2026-03-10", 10),
        granted(3, B, RENT, "2025-03-01", "2025-03-31", 31),
    ];
    let service = Catalog::state().service("transitional-rent").unwrap();
    let stands = accumulators(Catalog::state(), service, None, &history, day("2026-03-15"));
    let [cap] = stands.as_slice() else { panic!("one limit") };
    assert_eq!((cap.allowed, cap.authorized, cap.delivered, cap.left()), (182, 50, 10, 122));
    assert_eq!(cap.window, Some(span("2025-04-30", "2026-04-29")), "the fullest twelve months");
    let said = cap.say();
    assert_eq!(
        said.en,
        "122 days of 182 days left; 60 days authorized or delivered. Counted from 2025-04-30 to 2026-04-29."
    );
    let needs = needs_of(Catalog::state(), service, day("2026-03-15")).unwrap();
    assert_eq!(needs.since, Some(day("2025-02-16")));
    assert_eq!(needs.services.len(), 3);
}

#[test]
fn who_looks_back_says_how_far() {
    let far = |one: Use| needs(Catalog::state(), &[one]).map(|needs| (needs.services.len(), needs.since));
    let on = "2026-03-15";
    let cases = [
        ("care has no past", granted(1, A, CARE, on, on, 1), None),
        ("nights: twelve months", granted(1, A, RECUPERATIVE, on, on, 1), Some((3, Some(day("2025-02-16"))))),
        ("deposits: for life", granted(1, A, DEPOSIT, on, on, 1), Some((1, None))),
        ("respite: the year", granted(1, A, RESPITE, on, on, 1), Some((1, Some(day("2025-12-01"))))),
        ("meals: what runs beside", granted(1, A, MEALS, on, on, 1), Some((1, Some(day("2026-02-15"))))),
        ("a stay: itself", granted(1, A, SOBERING, on, on, 1), None),
    ];
    for (case, one, expected) in cases {
        assert_eq!(far(one), expected, "{case}");
    }
}

#[test]
fn a_limit_by_the_month_says_its_days() {
    for service in Catalog::state().services() {
        for limit in &service.limits {
            let counted_by_day =
                limit.measure == LimitMeasure::Months && limit.window != LimitWindow::Authorization;
            assert_eq!(limit.in_days.is_some(), counted_by_day, "{}", limit.id);
            assert_eq!(limit.hours_a_day.is_some(), limit.id == "respite-hours", "{}", limit.id);
        }
    }
}

/// Command of plans, people and time about a member's nights.
#[derive(Clone, Debug)]
enum Command {
    Grant { house: u128, first: i64, days: i64, units: i64 },
    Window { house: u128, first: i64, days: i64 },
    Pay { house: u128, first: i64, days: i64 },
    TakeBack { place: usize },
}

fn commands() -> impl Strategy<Value = Vec<Command>> {
    let (house, first) = (1..4_u128, 0..600_i64);
    let command = prop_oneof![
        (house.clone(), first.clone(), 1..200_i64, 1..200_i64)
            .prop_map(|(house, first, days, units)| Command::Grant { house, first, days, units }),
        (house.clone(), first.clone(), 1..31_i64).prop_map(|(house, first, days)| Command::Window {
            house,
            first,
            days
        }),
        (house, first, 1..20_i64).prop_map(|(house, first, days)| Command::Pay { house, first, days }),
        (0..40_usize).prop_map(|place| Command::TakeBack { place }),
    ];
    prop::collection::vec(command, 1..40)
}

fn after(days: i64) -> Date {
    day("2026-01-01").saturating_add(days.days())
}

/// Every use that a member's record comes to hold, if each command is done that passes no limit.
fn lived(commands: &[Command]) -> Vec<Use> {
    let mut record: Vec<Use> = Vec::new();
    for (number, command) in (1..).zip(commands) {
        let at = |house| ("valle-vista", house);
        let days = |first, days| Span { first: after(first), last: after(first + days - 1) };
        let (kind, next) = match *command {
            Command::Grant { house, first, days: long, units } => (
                Proposed::Grant,
                one(number, at(house), RECUPERATIVE, Stage::Authorized, days(first, long), units),
            ),
            Command::Window { house, first, days: long } => {
                let asked = one(number, at(house), RECUPERATIVE, Stage::Presumed, days(first, long), 0);
                let Some(days) = fitting_window(Catalog::state(), &asked, &record) else { continue };
                (Proposed::Window, Use { days, ..asked })
            }
            Command::Pay { house, first, days: long } => (
                Proposed::Payment,
                one(number, at(house), RECUPERATIVE, Stage::Delivered, days(first, long), long),
            ),
            Command::TakeBack { place } => {
                if place < record.len() {
                    record.remove(place);
                }
                continue;
            }
        };
        let uses = [next];
        if check(Catalog::state(), &Proposal { kind, uses: &uses }, &record).is_empty() {
            record.extend(uses);
        }
    }
    record
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    /// Counted day by day and not by the engine: no night is paid at two houses, and no twelve months hold
    /// more nights that were paid, or are sure to be, than the limit.
    #[test]
    fn no_order_of_commands_passes_the_cap(commands in commands()) {
        let record = lived(&commands);
        let mut paid: BTreeMap<Date, BTreeSet<OrgId>> = BTreeMap::new();
        let mut sure: BTreeSet<Date> = BTreeSet::new();
        for one in &record {
            let mut on = one.days.first;
            while on <= one.days.last {
                if one.stage == Stage::Delivered {
                    paid.entry(on).or_default().insert(one.provider);
                }
                if one.stage != Stage::Authorized || one.units >= one.days.days() {
                    sure.insert(on);
                }
                on = on.tomorrow().unwrap();
            }
        }
        for (on, houses) in &paid {
            prop_assert_eq!(houses.len(), 1, "{}", on);
        }
        for end in &sure {
            let first = end.tomorrow().unwrap().saturating_sub(12.months());
            let nights = sure.range(first..=*end).count();
            prop_assert!(nights <= 182, "{} nights to {}", nights, end);
        }
    }
}

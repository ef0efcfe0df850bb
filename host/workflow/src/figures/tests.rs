use domain::figures::Figures;
use jiff::civil::date;

use super::*;

fn telling(runs: bool) -> Telling {
    Telling { rule: Figures::state().small_numbers(date(2026, 3, 2)), runs }
}

fn plan() -> PlanId {
    "valle-vista".parse().unwrap()
}

fn tally(word: &str, whole: u64, part: u64) -> Tally {
    Tally {
        plan: plan(),
        word: word.to_owned(),
        whole,
        whole_people: whole,
        part,
        part_people: part,
        rest_people: whole - part,
    }
}

fn codes(criterion: &str) -> String {
    format!(r#"{{"kind":"clinical","criteria":["{criterion}"]}}"#)
}

#[test]
fn what_is_small_is_withheld_part_by_part() {
    let rows = telling(false).rows(vec![tally("referral", 40, 12), tally("claim", 40, 3), tally("", 7, 0)]);
    let told: Vec<_> = rows.iter().map(|row| (row.numerator, row.denominator)).collect();
    assert_eq!(
        told,
        [
            (Disclosed::Exactly(12), Disclosed::Exactly(40)),
            (Disclosed::Withheld, Disclosed::Exactly(40)),
            (Disclosed::Withheld, Disclosed::Withheld),
        ]
    );
    assert_eq!(rows[0].of, Some(Subject::Cases(CaseKind::Referral)));
    assert_eq!(rows[2].of, None);
}

#[test]
fn without_a_rule_nothing_is_told() {
    let rows = Telling { rule: None, runs: false }.rows(vec![tally("referral", 4_000, 1_200)]);
    assert_eq!((rows[0].numerator, rows[0].denominator), (Disclosed::Withheld, Disclosed::Withheld));
}

#[test]
fn causes_add_up_to_the_whole_and_none_is_small() {
    let causes = vec![tally(&codes("tb"), 30, 30), tally(&codes("home"), 12, 12), tally(&codes("age"), 2, 2)];
    let rows = telling(false).causes(vec![tally("", 44, 44)], causes).unwrap();
    let told: Vec<_> =
        rows.iter().map(|row| (row.of.as_ref().unwrap().word(), row.numerator, row.denominator)).collect();
    assert_eq!(
        told,
        [
            ("clinical: tb".to_owned(), Disclosed::Exactly(30), Disclosed::Exactly(44)),
            ("other".to_owned(), Disclosed::Exactly(14), Disclosed::Exactly(44)),
        ]
    );
    let few = telling(false).causes(vec![tally("", 4, 4)], vec![tally(&codes("tb"), 4, 4)]).unwrap();
    assert_eq!((few[0].numerator, few[0].denominator), (Disclosed::Withheld, Disclosed::Withheld));
    assert_eq!(few[0].of, Some(Subject::OtherCauses), "even the cause of few is theirs");
}

#[test]
fn codes_that_do_not_read_are_an_error_and_no_cause() {
    let refused = telling(false).causes(vec![tally("", 44, 44)], vec![tally("{}", 44, 44)]);
    assert!(refused.is_err());
}

#[test]
fn a_median_is_told_with_its_whole_only() {
    let taken = [(plan(), [(2, 30), (9, 1)].into())].into();
    let of = |whole| telling(false).with_medians(telling(false).rows(vec![tally("", whole, 0)]), &taken);
    assert_eq!(of(31)[0].median_days, Some(3));
    assert_eq!(of(5)[0].median_days, None);
}

#[test]
fn the_sheet_has_the_same_numbers() {
    let measure = Figures::state().measure(Measure::ClocksMissed);
    let rows = telling(true).rows(vec![tally("referral", 40, 12), tally("claim", 40, 3)]);
    let figures = CountyFigures {
        quarter: "2026-Q1".parse().unwrap(),
        runs: true,
        rule: telling(true).rule,
        measures: vec![Figure { measure, rows }],
    };
    let sheet = String::from_utf8(formats::sheet::csv(&lines(&figures))).unwrap();
    assert_eq!(
        sheet,
        "quarter,measure,plan,of,numerator,numerator_is,denominator,denominator_is,median_days\r\n\
         2026-Q1,clocks-missed,valle-vista,referral,11,at-least,33,at-least,\r\n\
         2026-Q1,clocks-missed,valle-vista,claim,,withheld,33,at-least,\r\n"
    );
}

use jiff::civil::date;

use super::*;

fn named(family: &str, given: &str) -> Identity {
    born(family, given, date(1971, 4, 9))
}

fn born(family: &str, given: &str, birth_date: Date) -> Identity {
    Identity { family_name: family.parse().unwrap(), given_name: given.parse().unwrap(), birth_date }
}

#[test]
fn names_are_alike_however_they_are_written() {
    use Likeness::{Agree, Differ, Near};
    let cases = [
        (("Núñez", "Ana"), ("NUNEZ", "ana"), Agree),
        (("García López", "Ana María"), ("Garcia", "Ana"), Agree),
        (("de la Cruz", "Juan"), ("Delacruz", "Juan"), Agree),
        (("de la Cruz", "Juan"), ("Cruz", "Juan"), Agree),
        (("O'Brien", "Pat"), ("OBrien", "Pat"), Agree),
        (("Smith-Jones", "Kim"), ("Jones", "Kim"), Agree),
        (("Baker Jr.", "Lee"), ("Baker", "Lee"), Agree),
        (("Van", "Thu"), ("Van", "Thu"), Agree),
        (("Quillfeather", "Zebulonia"), ("Quilfeather", "Zebulonia"), Near),
        (("Johnson", "Alex"), ("Johnson", "Alexandra"), Near),
        (("Johnson", "A"), ("Johnson", "Alexandra"), Near),
        (("J", "Alexandra"), ("Johnson", "Alexandra"), Differ),
        (("Delgado Ríos", "Ana"), ("Delgadp", "Ana"), Near),
        (("Johnson", "Kim"), ("Jonson", "Kim"), Near),
        // Family and given name swapped.
        (("Ana", "Núñez"), ("Nunez", "Ana"), Near),
        (("Li", "Wen"), ("Lu", "Wen"), Differ),
        (("Reyes", "Ann"), ("Reyes", "Amy"), Differ),
        (("Reyes", "Marisol"), ("Delgado", "Marisol"), Differ),
        (("Reyes", "Marisol"), ("Reyes", "Esteban"), Differ),
        (("李", "文"), ("李", "文"), Agree),
        (("李", "文"), ("王", "文"), Differ),
        (("-", "Ana"), ("-", "Ana"), Agree),
        (("-", "Ana"), ("Reyes", "Ana"), Differ),
    ];
    for ((family, given), (other_family, other_given), expected) in cases {
        let (one, other) = (named(family, given), named(other_family, other_given));
        let what = format!("{given} {family} and {other_given} {other_family}");
        assert_eq!(one.names(&other), expected, "{what}");
        assert_eq!(other.names(&one), expected, "{what}, the other way round");
    }
    let longest = "ab".repeat(40);
    assert_eq!(named(&longest, "Ana").names(&named(&"ba".repeat(40), "Ana")), Likeness::Near);
}

#[test]
fn birth_dates_are_near_by_one_slip() {
    let cases = [
        (date(1971, 4, 9), date(1971, 4, 9), Likeness::Agree),
        (date(1971, 4, 9), date(1971, 9, 4), Likeness::Near),
        (date(1971, 4, 9), date(1917, 4, 9), Likeness::Near),
        (date(1971, 4, 9), date(1971, 4, 19), Likeness::Near),
        (date(1971, 4, 9), date(1971, 5, 9), Likeness::Near),
        (date(1971, 4, 9), date(1971, 5, 10), Likeness::Differ),
        (date(1971, 4, 9), date(1972, 9, 4), Likeness::Differ),
    ];
    for (one, other, expected) in cases {
        let likeness = born("Reyes", "Ana", one).birth_dates(&born("Reyes", "Ana", other));
        assert_eq!(likeness, expected, "{one} and {other}");
    }
}

/// Descriptions of one person: is each accepted as the person's, and may a plan's file correct the record to
/// it?
#[test]
fn who_knows_a_person_says_birth_date_and_names() {
    let record = born("Delgado Ríos", "Marisol", date(1971, 4, 9));
    let cases = [
        ("all of it", born("Delgado Rios", "Marisol", date(1971, 4, 9)), true, true),
        ("a slip in a name", born("Delgadp", "Marisol", date(1971, 4, 9)), true, false),
        ("a slip in the day", born("Delgado", "Marisol", date(1971, 9, 4)), false, true),
        ("another day", born("Delgado", "Marisol", date(1980, 1, 2)), false, false),
        ("another name", born("Hollis", "Marisol", date(1971, 4, 9)), false, false),
        ("invented names", born("Doe", "Jane", date(1971, 4, 9)), false, false),
    ];
    for (case, told, knows, corrected) in cases {
        assert_eq!(record.is_known_as(&told), knows, "{case}");
        assert_eq!(record.corrects(&told), corrected, "{case}");
    }
}

#[test]
fn a_row_does_what_the_record_lets_it() {
    use RowEffect::{Begins, Goes, Nothing, StandsApart};
    let record = born("Delgado", "Marisol", date(1971, 4, 9));
    let same = record.clone();
    let married = born("Hollis", "Marisol", date(1971, 4, 9));
    let invented = born("Delgado", "Marisol", date(1980, 1, 2));
    let another = born("Doe", "Jane", date(1971, 4, 9));
    let nobody = KnownNumber { record: None, apart: None, covers: false, speaks: true };
    let known = KnownNumber { record: Some(&record), ..nobody };
    let (covered, yields) = (KnownNumber { covers: true, ..known }, KnownNumber { speaks: false, ..known });
    let apart = KnownNumber { apart: Some(&invented), ..known };
    let cases = [
        ("a new number", &same, nobody, Begins),
        ("a number that another plan knows", &same, known, Goes { shares: true }),
        ("where another plan speaks", &same, yields, Goes { shares: false }),
        ("one name changed", &married, covered, Goes { shares: true }),
        ("an invented birth date", &invented, known, StandsApart(Some(Kind::BirthDate))),
        ("the plan's own member with another birth date", &invented, covered, Nothing(Kind::BirthDate)),
        ("invented names", &another, known, StandsApart(Some(Kind::Name))),
        ("the plan's own member with other names", &another, covered, Nothing(Kind::Name)),
        ("the same again, apart", &invented, apart, StandsApart(None)),
        // Or else a plan would find the right birth date by trying.
        ("the right birth date after a wrong one", &same, apart, Nothing(Kind::BirthDate)),
    ];
    for (case, row, known, expected) in cases {
        assert_eq!(RowEffect::of_plan(row, &known), expected, "{case}");
    }
    assert_eq!(RowEffect::of_state(&nobody), Begins);
    assert_eq!(RowEffect::of_state(&apart), Goes { shares: true });
}

/// Each row: the lines of business in which a plan covers a person today, those of other plans, and whether
/// every organization is shown what this plan's file says of the person.
#[test]
fn one_plan_speaks_for_a_person() {
    let day = date(2026, 3, 2);
    for (case, own, others, speaks) in [
        ("nobody covers the person", &[][..], &[][..], true),
        ("the plan alone", &["medi-cal"], &[], true),
        ("another plan alone", &[], &["medi-cal"], false),
        ("another plan's D-SNP alone", &[], &["d-snp"], false),
        ("its Medi-Cal before another's D-SNP", &["medi-cal"], &["d-snp"], true),
        ("its D-SNP after another's Medi-Cal", &["d-snp"], &["medi-cal"], false),
        ("both lines before one of them", &["d-snp", "medi-cal"], &["d-snp"], true),
        ("one line of two plans", &["medi-cal"], &["medi-cal"], false),
        ("two lines that no rule names", &["dental"], &["vision"], false),
        ("a line that a rule names", &["d-snp"], &["vision"], true),
    ] {
        let found = Rules::state().speaks_for(day, own.iter().copied(), others.iter().copied());
        assert_eq!(found, speaks, "{case}");
    }
}

#[test]
fn every_conflict_meets_every_verdict() {
    for &kind in Kind::ALL {
        for &verdict in Verdict::ALL {
            let settled = State::Open.settle(kind, verdict);
            let by_people = match kind {
                Kind::BirthDate | Kind::Name => matches!(verdict, Verdict::Record | Verdict::File),
                Kind::TwoPlans => matches!(verdict, Verdict::FirstPlan | Verdict::LaterPlan),
            };
            let expected = if by_people { Ok(State::Settled(verdict)) } else { Err(NotSettled::OtherKind) };
            assert_eq!(settled, expected, "{kind:?} {verdict:?}");
            let again = State::Settled(verdict).settle(kind, kind.verdicts()[0]);
            assert_eq!(again, Err(NotSettled::Settled));
        }
    }
}

#[test]
fn each_rule_is_in_force_once_and_in_both_languages() {
    let rules = Rules::state();
    for day in [date(2022, 1, 1), date(2026, 3, 2)] {
        assert_eq!(rules.exclusive_on(day).collect::<Vec<_>>(), ["medi-cal", "d-snp"], "{day}");
        let mut counted: Vec<CountedFor> = rules.tries_on(day).map(|rule| rule.per).collect();
        counted.sort();
        let all = [CountedFor::Member, CountedFor::Number, CountedFor::Key, CountedFor::Organization];
        assert_eq!(counted, all, "{day}");
    }
    assert_eq!(rules.exclusive_on(date(2021, 12, 31)).count(), 0);
    for rule in &rules.tries {
        assert!(rule.misses > 0 && rule.hours > 0 && !rule.source.is_empty(), "{rule:?}");
        assert!(!rule.text.en.is_empty() && !rule.text.es.is_empty(), "{rule:?}");
    }
    for rule in &rules.exclusive {
        assert!(!rule.source.is_empty() && !rule.text.en.is_empty() && !rule.text.es.is_empty());
    }
}

use std::collections::BTreeSet;

use jiff::civil::date;
use serde_json::json;

use super::*;

/// Every fact that other rooms and plans rely on.
const FACTS: &str = "consent.member-agrees housing.status housing.homeless-by-plan-file \
    housing.loss-within-30-days housing.support-plan \
    housing.coordinated-entry-priority clinical.serious-health-condition clinical.needs-recovery-care \
    clinical.inpatient-level-needed clinical.hba1c clinical.malnutrition-score clinical.nutrition-sensitive-condition \
    clinical.complex-need clinical.smi-or-sud clinical.dementia clinical.asthma-control-score \
    clinical.adl-support-hours utilization.ed-visits-6m utilization.inpatient-stays-6m utilization.ed-visits-12m \
    discharge.facility-kind discharge.date stay.expected-days social.complex-factor justice.release-date \
    pregnancy.status ihss.status program.hospice program.waiver-1915c program.current-ecm-provider \
    nursing.days-in-facility respite.hours-used housing.rent-dollars deposit.used-before food.weeks-received \
    org.years-in-operation org.legal-structure org.hipaa-policies org.incident-plan org.mfa org.background-checks \
    org.fraud-history org.criminal-history org.liability-claims org.can-bill org.can-receive-referrals \
    org.similar-experience org.reporting-capability";

const DOCUMENTS: &str = "housing-support-plan discharge-summary homelessness-screening income-screening provider-order \
    home-assessment lease landlord-permission receipt care-plan assessment prior-coverage-letter w9 \
    liability-certificate professional-liability-certificate workers-compensation-certificate auto-certificate \
    business-license irs-determination-letter privacy-policy fwa-training site-visit fire-clearance food-permit \
    disclosure-of-ownership attestation bank-form org-chart";

const PROVIDER_KINDS: &str = "street-medicine fqhc primary-care county-behavioral-health behavioral-health hospital \
    recuperative-care housing-provider justice-involved ccs-paneled cct-lead child-welfare-wraparound \
    birth-equity-program meals community-based-organization clinic home-care";

fn set(words: &str) -> BTreeSet<&str> {
    words.split_whitespace().collect()
}

#[test]
fn the_dictionary_holds_exactly_the_published_words() {
    let dictionary = Dictionary::state();
    assert_eq!(
        dictionary.facts().map(|fact| fact.definition.code.as_str()).collect::<BTreeSet<_>>(),
        set(FACTS)
    );
    assert_eq!(
        dictionary.documents().iter().map(|kind| kind.kind.as_str()).collect::<BTreeSet<_>>(),
        set(DOCUMENTS)
    );
    let kinds: BTreeSet<&str> = dictionary.provider_kinds().iter().map(|kind| kind.code.as_str()).collect();
    assert_eq!(kinds, set(PROVIDER_KINDS));
}

#[test]
fn every_kind_of_criterion_of_the_contract_has_a_name() {
    use crate::plan::profile::CriterionKind as K;
    let kinds = [K::Inclusion, K::Exclusion, K::Documentation, K::Administrative];
    let words = kinds.map(|kind| serde_json::to_value(kind).unwrap());
    let listed: Vec<&str> =
        Dictionary::state().criterion_kinds().iter().map(|kind| kind.code.as_str()).collect();
    assert_eq!(words.each_ref().map(|word| word.as_str().unwrap()).as_slice(), listed);
}

#[test]
fn no_list_holds_a_code_twice() {
    let (codes, adjustments) = (&Dictionary::state().codes, &Dictionary::state().adjustments);
    let lists: [Vec<&str>; 9] = [
        adjustments.groups.iter().map(|entry| entry.code.as_str()).collect(),
        adjustments.reasons.iter().map(|entry| entry.code.as_str()).collect(),
        adjustments.clinical.iter().map(|entry| entry.code.as_str()).collect(),
        codes.provider_kind.iter().map(|entry| entry.code.as_str()).collect(),
        codes.place_of_service.iter().map(|entry| entry.code.as_str()).collect(),
        codes.exported_closure_reason.iter().map(|entry| entry.code.as_str()).collect(),
        codes.closure_reason.iter().map(|entry| entry.code.as_str()).collect(),
        codes.dual_status.iter().map(|entry| entry.code.as_str()).collect(),
        codes.line_of_business.iter().map(|entry| entry.code.as_str()).collect(),
    ];
    for list in lists {
        assert_eq!(list.iter().collect::<BTreeSet<_>>().len(), list.len(), "{list:?}");
    }
}

/// Source of the codes: CMS monthly dual status; a D-SNP's members are in Medicare.
#[test]
fn a_line_of_business_has_a_usual_dual_status() {
    let dictionary = Dictionary::state();
    let usual = |line| dictionary.dual_status(dictionary.usual_dual_status(line, date(2026, 3, 2))).unwrap();
    let benefits = ["medi-cal", "d-snp", "commercial"].map(|line| usual(line).benefit);
    assert_eq!(benefits, [DualBenefit::NotDual, DualBenefit::Full, DualBenefit::NotDual]);
    let lines: BTreeSet<&str> =
        dictionary.lines_of_business(date(2026, 3, 2)).map(|line| line.code.as_str()).collect();
    let asked: BTreeSet<&str> = crate::catalog::Catalog::state()
        .services()
        .iter()
        .flat_map(|service| service.lines.iter().map(String::as_str))
        .collect();
    assert_eq!(lines, asked, "those that are asked for a service");
}

/// A code that no remittance may carry on the day would guard nothing.
#[test]
fn every_clinical_reason_is_an_adjustment_reason_of_its_days() {
    let dictionary = Dictionary::state();
    for clinical in &dictionary.adjustments.clinical {
        let days = [Some(clinical.effective.from), clinical.effective.to];
        for day in days.into_iter().flatten() {
            assert!(dictionary.adjustment_reason(&clinical.code, day).is_some(), "{}", clinical.code);
        }
        assert!(clinical.source.contains("1367.01(e)"), "{}", clinical.code);
    }
}

/// A code that is left out of the judgements of need is left out by name, for the days on which it counts.
/// Source of the rule: H&S 1367.01(e).
#[test]
fn every_adjustment_reason_judges_need_or_speaks_of_something_else() {
    let adjustments = &Dictionary::state().adjustments;
    for reason in &adjustments.reasons {
        let days = [Some(reason.effective.from), reason.effective.to];
        for day in days.into_iter().flatten() {
            let judges = adjustments.clinical.iter().filter(|one| one.code == reason.code);
            let judges = judges.filter(|one| one.effective.covers(day)).count();
            let others = adjustments.others.iter().filter(|one| one.codes.contains(&reason.code));
            let others = others.filter(|one| one.effective.covers(day)).count();
            assert_eq!(judges + others, 1, "{} on {day}: in one of the two lists, once", reason.code);
        }
    }
    for others in &adjustments.others {
        let has_source = others.source.contains("X12") && others.tag == Confidence::Known;
        assert!(has_source, "{:?}", others.codes);
        let is_reason = |code: &String| adjustments.reasons.iter().any(|reason| reason.code == *code);
        assert!(others.codes.iter().all(is_reason), "{:?}", others.codes);
    }
}

/// A matter that the words of the list leave open takes a license: a readmission, coverage guidelines, a
/// diagnosis; and so does a code that neither list has.
#[test]
fn a_reason_that_may_judge_need_takes_a_license() {
    let judges = |code: &str| Dictionary::state().judges_need(code, date(2026, 3, 2));
    for code in ["50", "58", "186", "216", "249", "272", "273", "A6", "B8", "B22", "ZZ9"] {
        assert!(judges(code), "{code}");
    }
    for code in ["18", "29", "45", "96", "119", "197", "198"] {
        assert!(!judges(code), "{code}");
    }
    // That it speaks of something else is said of the days of the data, and of no earlier ones.
    assert!(Dictionary::state().judges_need("96", date(2021, 12, 31)));
}

/// Source of the codes: X12 external code lists 139 and 411; H&S 1367.01(e).
#[test]
fn a_denied_line_has_a_reason_that_a_remittance_may_carry() {
    let dictionary = Dictionary::state();
    let today = date(2026, 3, 2);
    let table = [
        (DeniedFor::TimelyFiling, "CO-29 250.00", false),
        (DeniedFor::Clinical, "CO-50 250.00", true),
        (DeniedFor::Administrative, "CO-96 250.00 N130", false),
    ];
    assert_eq!(dictionary.adjustments.denials.len(), table.len());
    for (of, expected, judges) in table {
        let Adjustment { group, reason, remark, amount } =
            dictionary.denial_reason(of, today).unwrap().of_charge(Cents(25_000));
        let remark = remark.map(|remark| format!(" {remark}")).unwrap_or_default();
        assert_eq!(format!("{group}-{reason} {amount}{remark}"), expected);
        assert!(dictionary.adjustment_group(&group).is_some(), "{group}");
        assert!(dictionary.adjustment_reason(&reason, today).is_some(), "{reason}");
        assert_eq!(dictionary.judges_need(&reason, today), judges, "{reason}: a license only for need");
        assert_eq!(dictionary.denial_reason(of, date(2021, 12, 31)), None, "{reason}: before the data begin");
    }
}

#[test]
fn every_fact_asks_a_question_and_names_what_exists() {
    for fact in Dictionary::state().facts() {
        let FactDefinition { code, kind, codes, question, proof, source } = &fact.definition;
        assert!(question.es.starts_with('¿') && question.en.ends_with('?'), "{code}");
        assert_eq!(codes.is_empty(), *kind != FactKind::Coded, "{code}");
        assert_eq!(fact.unit.is_some(), matches!(kind, FactKind::Count | FactKind::Measure), "{code}");
        assert!(proof.iter().all(|kind| Dictionary::state().document(kind).is_some()), "{code}");
        assert!(!source.is_empty(), "{code}");
    }
}

#[test]
fn closure_reasons_fold_into_what_the_state_is_told() {
    let cases = [
        ("services-received", "Services Received"),
        ("provider-declined", "Service Provider Declined"),
        ("provider-no-capacity", "Service Provider Declined"),
        ("unable-to-reach", "Unable to Reach Member"),
        ("member-declined", "Member No Longer Needs Services or Declines Services"),
        ("member-no-longer-needs", "Member No Longer Needs Services or Declines Services"),
        ("not-eligible", "Member No Longer Eligible for Services"),
        ("not-authorized", "Member No Longer Eligible for Services"),
        ("lost-coverage", "Member No Longer Eligible for Services"),
        ("changed-plan", "Member No Longer Eligible for Services"),
        ("moved", "Member No Longer Eligible for Services"),
        ("deceased", "Member No Longer Eligible for Services"),
        ("duplicate", "Other"),
        ("other", "Other"),
    ];
    let dictionary = Dictionary::state();
    assert_eq!(dictionary.closure_reasons().len(), cases.len());
    for (code, told) in cases {
        let reason = dictionary
            .closure_reason(code)
            .and_then(|reason| dictionary.exported_closure_reason(&reason.export));
        assert_eq!(reason.map(|reason| reason.name.en.as_str()), Some(told), "{code}");
    }
}

#[test]
fn dual_status_tells_full_from_partial() {
    let cases = [
        ("00", DualBenefit::NotDual),
        ("01", DualBenefit::Partial),
        ("02", DualBenefit::Full),
        ("03", DualBenefit::Partial),
        ("04", DualBenefit::Full),
        ("05", DualBenefit::Partial),
        ("06", DualBenefit::Partial),
        ("08", DualBenefit::Full),
        ("09", DualBenefit::Unknown),
        ("99", DualBenefit::Unknown),
        ("NA", DualBenefit::NotDual),
    ];
    assert_eq!(Dictionary::state().dual_statuses().len(), cases.len());
    for (code, benefit) in cases {
        assert_eq!(
            Dictionary::state().dual_status(code).map(|status| status.benefit),
            Some(benefit),
            "{code}"
        );
    }
}

#[test]
fn places_of_service_are_known_by_their_code() {
    for (code, known) in [("04", true), ("27", true), ("99", true), ("1", false), ("98", false)] {
        assert_eq!(Dictionary::state().place_of_service(code).is_some(), known, "{code}");
    }
}

fn definition(kind: FactKind, codes: &[&str]) -> FactDefinition {
    FactDefinition {
        code: "plan.invented.fact".to_owned(),
        kind,
        codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        question: Bilingual { en: String::new(), es: String::new() },
        proof: None,
        source: String::new(),
    }
}

#[test]
fn values_are_read_by_their_kind() {
    use FactKind::{Coded, Count, Day, Flag, Measure, Text};
    let wrong = |kind| Err(FactValueError::Kind { kind });
    let cases = [
        (Flag, json!(true), Ok(FactValue::Flag(true))),
        (Flag, json!("true"), wrong(Flag)),
        (Flag, json!(1), wrong(Flag)),
        (Count, json!(12), Ok(FactValue::Count(12))),
        (Count, json!(0), Ok(FactValue::Count(0))),
        (Count, json!(-1), Err(FactValueError::Range)),
        (Count, json!(1_000_000_001), Err(FactValueError::Range)),
        (Count, json!(u64::MAX), Err(FactValueError::Range)),
        (Count, json!(12.0), wrong(Count)),
        (Count, json!("12"), wrong(Count)),
        (Measure, json!("9.1"), Ok(FactValue::Measure(9_100))),
        (Measure, json!("9"), Ok(FactValue::Measure(9_000))),
        (Measure, json!("0.001"), Ok(FactValue::Measure(1))),
        (Measure, json!("9.1234"), wrong(Measure)),
        (Measure, json!("9."), wrong(Measure)),
        (Measure, json!("nine"), wrong(Measure)),
        (Measure, json!(9.1), wrong(Measure)),
        (Measure, json!("-9.1"), Err(FactValueError::Range)),
        (Measure, json!("99999999999999999999"), Err(FactValueError::Range)),
        (Day, json!("2026-01-05"), Ok(FactValue::Day(date(2026, 1, 5)))),
        (Day, json!("2026-02-30"), wrong(Day)),
        (Day, json!("2026-01-05T10:00:00"), wrong(Day)),
        (Day, json!("20260105"), wrong(Day)),
        (Coded, json!("snf"), Ok(FactValue::Coded("snf".to_owned()))),
        (
            Coded,
            json!("SNF"),
            Err(FactValueError::UnknownCode { known: vec!["hospital".to_owned(), "snf".to_owned()] }),
        ),
        (Coded, json!(null), wrong(Coded)),
        (Text, json!(" two words "), Ok(FactValue::Text("two words".to_owned()))),
        (Text, json!(""), Err(FactValueError::Range)),
        (Text, json!("x".repeat(501)), Err(FactValueError::Range)),
        (Text, json!("two\nlines"), wrong(Text)),
        (Text, json!(["words"]), wrong(Text)),
    ];
    for (index, (kind, value, expected)) in cases.into_iter().enumerate() {
        assert!(
            parse_fact_value(&definition(kind, &["hospital", "snf"]), &value) == expected,
            "case {index}: {value}"
        );
    }
}

#[test]
fn errors_and_debug_never_quote_a_value() {
    let error = parse_fact_value(&definition(FactKind::Coded, &["a", "b"]), &json!("91234567A")).unwrap_err();
    assert_eq!(error.to_string(), "value must be one of: a, b");
    let error = parse_fact_value(&definition(FactKind::Day, &[]), &json!("91234567A")).unwrap_err();
    assert_eq!(error.to_string(), "value must be a day as text, such as \"2026-01-05\"");
    assert_eq!(format!("{:?}", FactValue::Text("91234567A".to_owned())), "FactValue::Text(..)");
}

/// The SDKs of JavaScript and Python refuse a test that counts what is measured, by a list of their own.
#[test]
fn the_sdks_know_what_is_measured() {
    let declared = Dictionary::state().facts().map(|fact| &fact.definition);
    let measured = declared.filter(|fact| fact.kind == FactKind::Measure);
    let codes: Vec<&str> = measured.map(|fact| fact.code.as_str()).collect();
    let list = format!("MEASURES = {}", serde_json::to_string(&codes).unwrap());
    for (sdk, rules) in [
        ("js", include_str!("../../../../plugins/sdk/js/rules.js")),
        ("python", include_str!("../../../../plugins/sdk/python/crosswalk_plan/rules.py")),
    ] {
        assert!(rules.lines().any(|line| line.trim_end_matches(';').ends_with(&list)), "{sdk}: {list}");
    }
}

use expect_test::expect;
use serde_json::{Value, json};

use super::super::tests::{changed, changed_in, example, outcome, read};
use super::CATEGORIES;

const REQUEST: &str = "/entry/1/resource";

fn with(code: Value, categories: &[&str]) -> Value {
    let coding = |code: &&str| json!({ "coding": [{ "system": CATEGORIES.category_system, "code": code }] });
    let categories: Vec<Value> = categories.iter().map(coding).collect();
    let sent = changed_in(example(), &format!("{REQUEST}/category"), json!(categories));
    changed_in(sent, &format!("{REQUEST}/code"), code)
}

fn snomed(code: &str) -> Value {
    json!({ "system": "http://snomed.info/sct", "code": code })
}

fn hcpcs(code: &str) -> Value {
    json!({ "system": CATEGORIES.hcpcs_systems[0], "code": code })
}

/// The service that was asked for is opened, or nothing is: SNOMED CT 467751000124104 is help with an
/// application for a garden program, and meals would be another service.
#[test]
fn a_category_decides_only_where_the_code_bears_no_coding() {
    let food = &["food-insecurity"][..];
    let of = |codings: Vec<Value>| json!({ "coding": codings });
    let ours = |id: &str| json!({ "system": super::SERVICE_SYSTEM, "code": id });
    let cases = [
        ("garden program", with(of(vec![snomed("467751000124104")]), food)),
        ("food pantry", with(of(vec![snomed("467771000124109")]), food)),
        ("a coding without a code", with(of(vec![json!({ "display": "Garden" })]), food)),
        ("a coding without a system", with(of(vec![json!({ "code": "S5170 U6" })]), food)),
        ("meals", with(of(vec![hcpcs("S5170 U6")]), food)),
        ("meals, in two systems", with(of(vec![hcpcs("S5170 U6"), ours("medically-tailored-meals")]), food)),
        ("two services", with(of(vec![hcpcs("S5170 U6"), ours("ecm")]), food)),
        ("meals and a pantry", with(of(vec![hcpcs("S5170 U6"), snomed("467771000124109")]), food)),
        (
            "meals and a code that is not known",
            with(of(vec![hcpcs("S5170 U6"), snomed("467751000124104")]), food),
        ),
        ("no code", with(Value::Null, food)),
        ("an empty list of codings", with(json!({ "coding": [] }), food)),
        ("words alone", with(json!({ "text": "help with the garden" }), food)),
        (
            "no code and two categories of one service",
            with(Value::Null, &["homelessness", "housing-instability"]),
        ),
        (
            "no code and two categories of two services",
            with(Value::Null, &["homelessness", "food-insecurity"]),
        ),
        (
            "no code and a need without a service",
            with(Value::Null, &["food-insecurity", "transportation-insecurity"]),
        ),
        ("no code and no category", with(Value::Null, &[])),
    ];
    let lines: Vec<String> = cases.iter().map(|(name, sent)| format!("{name}: {}", outcome(sent))).collect();
    expect![[r#"
        garden program: refused: unknown-code Bundle.entry[1].resource.code.coding[0]
        food pantry: refused: no-service Bundle.entry[1].resource.code.coding[0]
        a coding without a code: refused: unknown-code Bundle.entry[1].resource.code.coding[0]
        a coding without a system: refused: unknown-code Bundle.entry[1].resource.code.coding[0]
        meals: mapped: medically-tailored-meals
        meals, in two systems: mapped: medically-tailored-meals
        two services: refused: contradiction Bundle.entry[1].resource.code
        meals and a pantry: refused: no-service Bundle.entry[1].resource.code.coding[1]
        meals and a code that is not known: mapped: medically-tailored-meals; unknown-code Bundle.entry[1].resource.code.coding[1]
        no code: mapped: medically-tailored-meals
        an empty list of codings: mapped: medically-tailored-meals
        words alone: mapped: medically-tailored-meals; not-read Bundle.entry[1].resource.code.text
        no code and two categories of one service: mapped: housing-transition-navigation
        no code and two categories of two services: refused: several-meanings Bundle.entry[1].resource.category
        no code and a need without a service: refused: no-service Bundle.entry[1].resource.category[1].coding[0]
        no code and no category: refused: missing Bundle.entry[1].resource.category"#]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn a_refusal_says_what_was_sent_where_it_can_be_nothing_but_a_code() {
    let said = |coding: Value| {
        let sent = changed(&format!("{REQUEST}/code"), json!({ "coding": [coding] }));
        read(&sent).expect_err("it leads to no service")[0].diagnostics.clone()
    };
    let lines = [
        said(snomed("467751000124104")),
        said(snomed("467771000124109")),
        said(json!({ "system": "http://loinc.org", "code": "71802-3" })),
        said(snomed("Elena Rivas")),
        said(json!({ "system": "https://x.example", "code": "467751000124104" })),
    ];
    expect![[r#"
        SNOMED CT 467751000124104 is not known here, so nothing was opened: a category decides only where `code` bears no coding; if one of our services is meant, send its HCPCS code and modifiers in `code`
        SNOMED CT 467771000124109 leads to no service: help with an application for a food pantry is no Community Support; medically tailored meals would be another service than the one asked for; if one of our services is meant, send its HCPCS code and modifiers in `code`
        LOINC 71802-3 is not known here, so nothing was opened: a category decides only where `code` bears no coding; if one of our services is meant, send its HCPCS code and modifiers in `code`
        this code is not known here, so nothing was opened: a category decides only where `code` bears no coding; if one of our services is meant, send its HCPCS code and modifiers in `code`
        this code is not known here, so nothing was opened: a category decides only where `code` bears no coding; if one of our services is meant, send its HCPCS code and modifiers in `code`"#]]
    .assert_eq(&lines.join("\n"));
}

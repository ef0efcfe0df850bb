//! A row's key and a case's values, side by side.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::{CaseValues, KeyKind, key};
use crate::plan::profile::{FactDefinition, FactKind, Table};
use crate::plan::types::{Bilingual, Fact};
use crate::procedure::Procedure;

fn text() -> Bilingual {
    Bilingual { en: "Yes.".to_owned(), es: "Sí.".to_owned() }
}

fn definition(kind: FactKind) -> FactDefinition {
    let codes = vec!["full".to_owned(), "none".to_owned()];
    let code = "plan.test-plan.kitchen".to_owned();
    FactDefinition { code, kind, codes, question: text(), proof: None, source: "a guide".to_owned() }
}

#[track_caller]
fn check(kind: KeyKind<'_>, cells: &[&str], expected: Expect) {
    let read = cells.iter().map(|cell| match kind.read(cell, &["SRV".to_owned()]) {
        Ok(value) => format!("{cell:?}: {value}\n"),
        Err(error) => format!("{cell:?}: [{}] {error}\n", error.rule()),
    });
    expected.assert_eq(&read.collect::<String>());
}

#[test]
fn a_key_cell_is_read_by_its_column() {
    check(
        KeyKind::Procedure,
        &["G9008 U1", " g9008  gq u1 ", "G9008", "G9008 U1 U1", "G9008-U1", ""],
        expect![[r#"
            "G9008 U1": G9008 U1
            " g9008  gq u1 ": G9008 GQ U1
            "G9008": G9008
            "G9008 U1 U1": [key-procedure] procedure repeats a modifier
            "G9008-U1": [key-procedure] procedure code must be a letter and four digits
            "": [key-empty] the key is empty
        "#]],
    );
    check(
        KeyKind::County,
        &["SRV", "srv", "San Ravel"],
        expect![[r#"
            "SRV": SRV
            "srv": [key-county] the plan serves no such county
            "San Ravel": [key-county] the plan serves no such county
        "#]],
    );
    check(
        KeyKind::ProviderNpi,
        &["1234567893", "1234567890", "123"],
        expect![[r#"
            "1234567893": 1234567893
            "1234567890": [key-npi] national provider identifier has a wrong check digit
            "123": [key-npi] national provider identifier must be ten digits that begin with 1 or 2
        "#]],
    );
}

#[test]
fn a_fact_is_read_by_its_kind() {
    let flag = definition(FactKind::Flag);
    check(
        KeyKind::Fact(&flag),
        &["true", "No", "Y", "perhaps"],
        expect![[r#"
            "true": true
            "No": false
            "Y": true
            "perhaps": [key-fact] value must be true or false
        "#]],
    );
    let count = definition(FactKind::Count);
    check(
        KeyKind::Fact(&count),
        &["12", "012", "1.5", "-1"],
        expect![[r#"
            "12": 12
            "012": 12
            "1.5": [key-fact] value must be a whole number
            "-1": [key-fact] value is out of range
        "#]],
    );
    let measure = definition(FactKind::Measure);
    check(
        KeyKind::Fact(&measure),
        &["9.1", "9.100", "9", "0.05", "10", "many"],
        expect![[r#"
            "9.1": 9.1
            "9.100": 9.1
            "9": 9
            "0.05": 0.05
            "10": 10
            "many": [key-fact] value must be a decimal number as text with at most three decimals, such as "9.1"
        "#]],
    );
    let coded = definition(FactKind::Coded);
    check(
        KeyKind::Fact(&coded),
        &["full", "half"],
        expect![[r#"
            "full": full
            "half": [key-fact] value must be one of: full, none
        "#]],
    );
}

fn table(keys: &[&str]) -> Table {
    let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    Table { name: "a-table".to_owned(), columns: keys.clone(), keys, text: text() }
}

fn fact(code: &str, value: Value, as_of: &str) -> Fact {
    serde_json::from_value(json!({ "code": code, "value": value, "source": "provider", "as_of": as_of }))
        .unwrap()
}

#[test]
fn a_case_is_looked_up_by_every_value_it_has() {
    let procedures: Vec<Procedure> =
        ["G9008 U8", "G9012 U2", "G9008 U8"].iter().map(|text| text.parse().unwrap()).collect();
    let facts = [
        fact("housing.status", json!({ "coded": "at-risk" }), "2026-03-01"),
        fact("housing.status", json!({ "coded": "homeless-sheltered" }), "2026-02-01"),
        fact("clinical.hba1c", json!({ "measure": 9100 }), "2026-02-01"),
    ];
    let case = CaseValues { procedures: &procedures, county: "SRV", provider_npi: None, facts: &facts };
    let keys = |names: &[&str]| case.keys(&table(names)).join("\n");
    expect![[r#"
        ["G9008 U8"]
        ["G9012 U2"]"#]]
    .assert_eq(&keys(&["procedure"]));
    expect![[r#"
        ["SRV","G9008 U8"]
        ["SRV","G9012 U2"]"#]]
    .assert_eq(&keys(&["county", "procedure"]));
    expect![[r#"["SRV","at-risk"]"#]].assert_eq(&keys(&["county", "housing.status"]));
    expect![[r#"["9.1"]"#]].assert_eq(&keys(&["clinical.hba1c"]));
    expect![""].assert_eq(&keys(&["county", "provider.npi"]));
    expect![""].assert_eq(&keys(&["clinical.smi-or-sud"]));
    assert_eq!(case.keys(&table(&["county", "housing.status"])), [key(["SRV", "at-risk"])]);
}

use expect_test::expect;
use serde_json::{Value, json};

use super::*;

/// Table of the JSON types, each with the reader's result and its issues.
fn table(read: impl Fn(&Element<'_>, &mut Issues) -> String) -> String {
    let values = [
        json!("x"),
        json!(""),
        json!(true),
        json!("true"),
        json!(1),
        json!([]),
        json!([1]),
        json!({}),
        Value::Null,
    ];
    let mut lines = Vec::new();
    for value in values {
        let sent = json!({ "it": value, "itBoolean": value, "itDateTime": value });
        let mut issues = Issues::default();
        let element = Element { value: &sent, at: "Thing".to_owned() };
        let read = read(&element, &mut issues);
        let told: Vec<String> = issues.0.iter().map(|issue| format!(" ! {issue}")).collect();
        lines.push(format!("{value}: {read}{}", told.concat()));
    }
    lines.join("\n")
}

#[test]
fn each_reader_takes_one_type_and_refuses_every_other() {
    expect![[r#"
        "x": Some("x")
        "": None ! invalid-value Thing.it: this is empty; leave the element out
        true: None ! wrong-type Thing.it: this element is a text in JSON, and true or false was sent
        "true": Some("true")
        1: None ! wrong-type Thing.it: this element is a text in JSON, and a number was sent
        []: None ! wrong-type Thing.it: this element is a text in JSON, and a list was sent
        [1]: None ! wrong-type Thing.it: this element is a text in JSON, and a list was sent
        {}: None ! wrong-type Thing.it: this element is a text in JSON, and an object was sent
        null: None ! wrong-type Thing.it: this element is a text in JSON, and null was sent"#]]
    .assert_eq(&table(|element, issues| format!("{:?}", element.text("it", issues))));
    expect![[r#"
        "x": None ! wrong-type Thing.it: this element is true or false, without quotes, in JSON, and a text was sent
        "": None ! wrong-type Thing.it: this element is true or false, without quotes, in JSON, and a text was sent
        true: Some(true)
        "true": None ! wrong-type Thing.it: this element is true or false, without quotes, in JSON, and a text was sent
        1: None ! wrong-type Thing.it: this element is true or false, without quotes, in JSON, and a number was sent
        []: None ! wrong-type Thing.it: this element is true or false, without quotes, in JSON, and a list was sent
        [1]: None ! wrong-type Thing.it: this element is true or false, without quotes, in JSON, and a list was sent
        {}: None ! wrong-type Thing.it: this element is true or false, without quotes, in JSON, and an object was sent
        null: None ! wrong-type Thing.it: this element is true or false, without quotes, in JSON, and null was sent"#]]
    .assert_eq(&table(|element, issues| format!("{:?}", element.boolean_of_choice("it", issues))));
    expect![[r#"
        "x": 0 ! wrong-type Thing.it: this element is a list in JSON, and a text was sent
        "": 0 ! wrong-type Thing.it: this element is a list in JSON, and a text was sent
        true: 0 ! wrong-type Thing.it: this element is a list in JSON, and true or false was sent
        "true": 0 ! wrong-type Thing.it: this element is a list in JSON, and a text was sent
        1: 0 ! wrong-type Thing.it: this element is a list in JSON, and a number was sent
        []: 0
        [1]: 0 ! wrong-type Thing.it[0]: this element is an object in JSON, and a number was sent
        {}: 0 ! wrong-type Thing.it: this element is a list in JSON, and an object was sent
        null: 0 ! wrong-type Thing.it: this element is a list in JSON, and null was sent"#]]
    .assert_eq(&table(|element, issues| element.list("it", issues).len().to_string()));
    expect![[r#"
        "x": 0 ! wrong-type Thing.it: this element is an object in JSON, and a text was sent
        "": 0 ! wrong-type Thing.it: this element is an object in JSON, and a text was sent
        true: 0 ! wrong-type Thing.it: this element is an object in JSON, and true or false was sent
        "true": 0 ! wrong-type Thing.it: this element is an object in JSON, and a text was sent
        1: 0 ! wrong-type Thing.it: this element is an object in JSON, and a number was sent
        []: 0 ! wrong-type Thing.it: this element is an object in JSON, and a list was sent
        [1]: 0 ! wrong-type Thing.it: this element is an object in JSON, and a list was sent
        {}: 0
        null: 0 ! wrong-type Thing.it: this element is an object in JSON, and null was sent"#]]
    .assert_eq(&table(|element, issues| element.codings("it", issues).len().to_string()));
}

#[test]
fn a_list_of_texts_may_hold_null_for_a_value_that_is_only_extended() {
    let sent = json!({ "given": ["Ana", null, 5, "Luz"] });
    let mut issues = Issues::default();
    let element = Element { value: &sent, at: "Patient.name[0]".to_owned() };
    assert_eq!(element.texts("given", &mut issues), ["Ana", "Luz"]);
    let told: Vec<String> = issues.0.iter().map(|issue| issue.expression.clone()).collect();
    assert_eq!(told, ["Patient.name[0].given[2]"]);
}

#[test]
fn a_coding_without_a_code_is_one_all_the_same() {
    let sent = json!({ "code": { "coding": [{ "display": "Garden" }, { "system": "s", "code": "c" }] } });
    let mut issues = Issues::default();
    let element = Element { value: &sent, at: "ServiceRequest".to_owned() };
    let codings = element.codings("code", &mut issues);
    let told: Vec<_> =
        codings.iter().map(|coding| (coding.system, coding.code, coding.at.as_str())).collect();
    assert_eq!(
        told,
        [("", None, "ServiceRequest.code.coding[0]"), ("s", Some("c"), "ServiceRequest.code.coding[1]"),]
    );
    assert!(codings[1].is("s", "c") && !codings[1].is("t", "c") && !codings[0].is("", ""));
    assert!(!issues.refused());
}

#[test]
fn of_a_value_of_the_wrong_type_nothing_else_is_said_and_nothing_twice() {
    let mut issues = Issues::default();
    issues.refuse::<()>(IssueKind::WrongType, "Task.status", "a list");
    issues.refuse::<()>(IssueKind::NoNewReferral, "Task.status", "must be `requested`");
    issues.warn::<()>(IssueKind::NotRead, "Task.code", "passed over");
    issues.warn::<()>(IssueKind::NotRead, "Task.code", "passed over");
    assert_eq!(issues.0.len(), 2);
    for place in 0..500 {
        issues.warn::<()>(IssueKind::NotRead, format!("Bundle.entry[{place}]"), "passed over");
    }
    assert_eq!(issues.0.len(), super::super::MOST_ISSUES);
    issues.refuse::<()>(IssueKind::Missing, "Task.focus", "it must be there");
    let last = issues.0.last().expect("it has some");
    assert_eq!((last.kind, last.severity), (IssueKind::MoreIssues, super::super::Severity::Error));
}

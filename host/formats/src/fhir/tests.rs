use domain::catalog::Catalog;
use domain::dictionary::{Dictionary, parse_fact_value};
use domain::identity::Identity;
use domain::plan::types::{Fact, FactSource, FactValue, Urgency};
use expect_test::expect;
use jiff::civil::date;
use serde_json::{Value, json};

use super::tables::{CATEGORIES, CONDITION_FACTS, TASK_STATUSES};
use super::{FhirIssue, FhirReferral, FhirRules, IssueKind, operation_outcome, read_referral};

pub(super) fn read(sent: &Value) -> Result<FhirReferral, Vec<FhirIssue>> {
    read_referral(sent, &FhirRules { today: date(2026, 3, 9), catalog: Catalog::state() })
}

pub(super) fn example() -> Value {
    serde_json::from_str(include_str!("../../examples/sdohcc-referral-bundle.json"))
        .expect("our own example is JSON")
}

/// The example with one element replaced; `null` takes it away.
pub(super) fn changed(pointer: &str, value: Value) -> Value {
    changed_in(example(), pointer, value)
}

/// The same of a bundle at hand.
pub(super) fn changed_in(mut sent: Value, pointer: &str, value: Value) -> Value {
    let (parent, element) = pointer.rsplit_once('/').expect("a pointer");
    let parent = sent.pointer_mut(parent).expect("the pointer leads somewhere");
    match (parent, value) {
        (Value::Object(object), Value::Null) => {
            object.remove(element);
        }
        (Value::Object(object), value) => {
            object.insert(element.to_owned(), value);
        }
        (Value::Array(list), value) if element == "-" => list.push(value),
        (Value::Array(list), value) => list[element.parse::<usize>().expect("an index")] = value,
        _ => panic!("{pointer} leads into a leaf"),
    }
    sent
}

/// `mapped` and what was noted, or the first reason against it, each as kind and place.
pub(super) fn outcome(sent: &Value) -> String {
    let place = |issue: &FhirIssue| format!("{} {}", issue.kind.name(), issue.expression);
    match read(sent) {
        Ok(referral) => {
            let notes: Vec<String> = referral.notes.iter().map(place).collect();
            [vec![format!("mapped: {}", referral.service)], notes].concat().join("; ")
        }
        Err(issues) => format!("refused: {}", place(&issues[0])),
    }
}

#[test]
fn our_example_becomes_a_referral() {
    let referral = read(&example()).expect("our own example");
    assert_eq!(referral.member.cin.expose(), "94710382A");
    let Identity { family_name, given_name, birth_date } = &referral.member.identity;
    assert_eq!((family_name.expose(), given_name.expose()), ("Rivas", "Elena"));
    assert_eq!(*birth_date, date(1987, 2, 20));
    assert_eq!(referral.service, "housing-transition-navigation");
    assert_eq!(referral.urgency, Urgency::Standard);
    let fact = |code: &str, value| Fact {
        code: code.to_owned(),
        value,
        source: FactSource::Referrer,
        as_of: date(2026, 3, 2),
    };
    let expected = [
        fact("housing.status", FactValue::Coded("homeless-unsheltered".to_owned())),
        fact("consent.member-agrees", FactValue::Flag(true)),
    ];
    assert_eq!(referral.facts, expected);
    assert_eq!(referral.notes, []);
    let places = [
        ("/member/birth_date", "Bundle.entry[2].resource"),
        ("/service", "Bundle.entry[1].resource.code"),
        ("/facts/0/value", "Bundle.entry[3].resource.code"),
        ("/facts/1", "Bundle.entry[4].resource"),
        ("/facts/2", "Bundle.entry[1].resource"),
        ("/facts", "Bundle.entry[1].resource"),
        ("/urgency", "Bundle.entry[1].resource"),
        ("", "Bundle.entry[1].resource"),
    ];
    for (pointer, place) in places {
        assert_eq!(referral.places.of(pointer), place, "{pointer}");
    }
}

#[test]
fn each_element_that_counts_is_checked() {
    const TASK: &str = "/entry/0/resource";
    const REQUEST: &str = "/entry/1/resource";
    const PATIENT: &str = "/entry/2/resource";
    let sdoh = |code: &str| json!([{ "coding": [{ "system": CATEGORIES.category_system, "code": code }] }]);
    let hcpcs = |code: &str| json!({ "coding": [{ "system": CATEGORIES.hcpcs_systems[0], "code": code }], "text": code });
    let cin = |value: &str| json!({ "type": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MA" }] }, "value": value });
    let cases = [
        ("", "/type", json!("history")),
        ("", "/type", json!("searchset")),
        ("", "/entry", json!([])),
        ("", "/entry/1/request/method", json!("DELETE")),
        ("", "/entry/1/resource", Value::Null),
        ("", "/entry/2/resource", Value::Null),
        ("", "/entry/3/resource", Value::Null),
        ("", "/entry/2/fullUrl", json!("https://clinic.example/fhir/ServiceRequest/request-2041")),
        (TASK, "/status", json!("received")),
        (TASK, "/status", json!("completed")),
        (TASK, "/status", json!("unheard-of")),
        (TASK, "/intent", json!("plan")),
        (TASK, "/code/coding/0/code", json!("make-contact")),
        (TASK, "/code/coding/0/system", json!("https://x.example")),
        (TASK, "/code", Value::Null),
        (TASK, "/focus/reference", json!("ServiceRequest/other")),
        (TASK, "/for/reference", json!("Patient/other")),
        (TASK, "/priority", json!("asap")),
        (TASK, "/priority", json!("whenever")),
        (REQUEST, "/status", json!("draft")),
        (REQUEST, "/intent", json!("proposal")),
        (REQUEST, "/doNotPerform", json!(true)),
        (REQUEST, "/modifierExtension", json!([{ "url": "https://x.example" }])),
        (REQUEST, "/implicitRules", json!("https://x.example")),
        (REQUEST, "/authoredOn", json!("2027-01-01")),
        (REQUEST, "/code", hcpcs("H0043-U3")),
        (REQUEST, "/code", hcpcs("H0043")),
        (REQUEST, "/code", hcpcs("H0043 U9")),
        (REQUEST, "/code", hcpcs("navigation")),
        (REQUEST, "/code", hcpcs("S5165")),
        (REQUEST, "/code", Value::Null),
        (
            REQUEST,
            "/code",
            json!({ "coding": [{ "system": super::SERVICE_SYSTEM, "code": "recuperative-care" }] }),
        ),
        (REQUEST, "/code", json!({ "coding": [{ "system": super::SERVICE_SYSTEM, "code": "rides" }] })),
        (REQUEST, "/code", json!({ "coding": [{ "system": "http://snomed.info/sct", "code": "1" }] })),
        (
            REQUEST,
            "/code",
            json!({ "coding": [{ "system": "http://snomed.info/sct", "code": "467771000124109" }] }),
        ),
        (PATIENT, "/deceasedDateTime", json!("2026-01-01")),
        (PATIENT, "/deceasedBoolean", json!(true)),
        (PATIENT, "/deceasedBoolean", json!(false)),
        (PATIENT, "/name/0/family", json!("Ri\tvas")),
        (PATIENT, "/birthDate", json!("1987")),
        (PATIENT, "/birthDate", Value::Null),
        (PATIENT, "/identifier/0/value", json!("123-45-6789")),
        (PATIENT, "/identifier/-", cin("94710383A")),
        (PATIENT, "/identifier/-", cin("94710382a")),
        (PATIENT, "/identifier", json!([])),
        ("", "/entry/3/resource/subject/reference", json!("Patient/other")),
        ("", "/entry/3/resource/code/coding/0/code", json!("Z59.00")),
        ("", "/entry/4/resource/status", json!("inactive")),
        ("", "/entry/4/resource/dateTime", json!("2030-01-01")),
        ("", "/entry/3/resource/clinicalStatus/coding/0/code", json!("resolved")),
        ("", "/entry/3/resource/modifierExtension", json!([{ "url": "https://x.example" }])),
        ("", "/entry/3/resource/resourceType", json!("Observation")),
        ("", "/entry/1/modifierExtension", json!([{ "url": "https://x.example" }])),
    ];
    let mut table = String::new();
    for (resource, element, value) in cases {
        let told = if value.is_null() { "absent".to_owned() } else { value.to_string() };
        let told: String = told.chars().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect();
        let sent = changed(&format!("{resource}{element}"), value);
        table += &format!("{resource}{element} = {told}\n    {}\n", outcome(&sent));
    }
    for category in ["food-insecurity", "inadequate-housing", "stress", "nonsense"] {
        let sent = changed("/entry/1/resource/category", sdoh(category));
        let sent = changed_in(sent, "/entry/1/resource/code", Value::Null);
        table += &format!("only category {category}\n    {}\n", outcome(&sent));
    }
    expect![[r#"
        /type = "history"
            refused: not-supported Bundle.type
        /type = "searchset"
            mapped: housing-transition-navigation
        /entry = []
            refused: missing Bundle
        /entry/1/request/method = "DELETE"
            refused: not-supported Bundle.entry[1].request.method
        /entry/1/resource = absent
            refused: not-sent Bundle.entry[0].resource.focus
        /entry/2/resource = absent
            refused: not-sent Bundle.entry[1].resource.subject
        /entry/3/resource = absent
            mapped: housing-transition-navigation; not-sent Bundle.entry[1].resource.reasonReference[0]
        /entry/2/fullUrl = "https://clinic.example/fhir/ServiceRequest/request-2041"
            refused: duplicate-resource Bundle.entry[2].resource
        /entry/0/resource/status = "received"
            mapped: housing-transition-navigation; understood-as Bundle.entry[0].resource.status
        /entry/0/resource/status = "completed"
            refused: no-new-referral Bundle.entry[0].resource.status
        /entry/0/resource/status = "unheard-of"
            refused: unknown-code Bundle.entry[0].resource.status
        /entry/0/resource/intent = "plan"
            refused: no-new-referral Bundle.entry[0].resource.intent
        /entry/0/resource/code/coding/0/code = "make-contact"
            refused: not-fulfill Bundle.entry[0].resource.code
        /entry/0/resource/code/coding/0/system = "https://x.example"
            refused: not-fulfill Bundle.entry[0].resource.code
        /entry/0/resource/code = absent
            refused: not-fulfill Bundle.entry[0].resource.code
        /entry/0/resource/focus/reference = "ServiceRequest/other"
            refused: not-sent Bundle.entry[0].resource.focus
        /entry/0/resource/for/reference = "Patient/other"
            refused: other-person Bundle.entry[0].resource.for
        /entry/0/resource/priority = "asap"
            mapped: housing-transition-navigation
        /entry/0/resource/priority = "whenever"
            refused: unknown-code Bundle.entry[0].resource.priority
        /entry/1/resource/status = "draft"
            refused: no-new-referral Bundle.entry[1].resource.status
        /entry/1/resource/intent = "proposal"
            refused: no-new-referral Bundle.entry[1].resource.intent
        /entry/1/resource/doNotPerform = true
            refused: no-new-referral Bundle.entry[1].resource.doNotPerform
        /entry/1/resource/modifierExtension = [{"url":"https://x.example"}]
            refused: unknown-modifier Bundle.entry[1].resource.modifierExtension
        /entry/1/resource/implicitRules = "https://x.example"
            refused: unknown-modifier Bundle.entry[1].resource.implicitRules
        /entry/1/resource/authoredOn = "2027-01-01"
            mapped: housing-transition-navigation; invalid-value Bundle.entry[1].resource.authoredOn
        /entry/1/resource/code = v/Medicare/Coding/HCPCSReleaseCodeSets"}],"text":"H0043-U3"}
            mapped: short-term-post-hospitalization-housing
        /entry/1/resource/code = .gov/Medicare/Coding/HCPCSReleaseCodeSets"}],"text":"H0043"}
            mapped: housing-transition-navigation
        /entry/1/resource/code = v/Medicare/Coding/HCPCSReleaseCodeSets"}],"text":"H0043 U9"}
            refused: unknown-code Bundle.entry[1].resource.code.coding[0]
        /entry/1/resource/code = Medicare/Coding/HCPCSReleaseCodeSets"}],"text":"navigation"}
            refused: invalid-value Bundle.entry[1].resource.code.coding[0]
        /entry/1/resource/code = .gov/Medicare/Coding/HCPCSReleaseCodeSets"}],"text":"S5165"}
            refused: several-meanings Bundle.entry[1].resource.code
        /entry/1/resource/code = absent
            mapped: housing-transition-navigation
        /entry/1/resource/code = stem":"https://crosswalk.example/fhir/CodeSystem/service"}]}
            mapped: recuperative-care
        /entry/1/resource/code = stem":"https://crosswalk.example/fhir/CodeSystem/service"}]}
            refused: unknown-code Bundle.entry[1].resource.code.coding[0]
        /entry/1/resource/code = {"coding":[{"code":"1","system":"http://snomed.info/sct"}]}
            refused: unknown-code Bundle.entry[1].resource.code.coding[0]
        /entry/1/resource/code = code":"467771000124109","system":"http://snomed.info/sct"}]}
            refused: no-service Bundle.entry[1].resource.code.coding[0]
        /entry/2/resource/deceasedDateTime = "2026-01-01"
            refused: deceased Bundle.entry[2].resource.deceased
        /entry/2/resource/deceasedBoolean = true
            refused: deceased Bundle.entry[2].resource.deceased
        /entry/2/resource/deceasedBoolean = false
            mapped: housing-transition-navigation
        /entry/2/resource/name/0/family = "Ri\tvas"
            refused: invalid-value Bundle.entry[2].resource.name[0].family
        /entry/2/resource/birthDate = "1987"
            refused: invalid-value Bundle.entry[2].resource.birthDate
        /entry/2/resource/birthDate = absent
            refused: missing Bundle.entry[2].resource.birthDate
        /entry/2/resource/identifier/0/value = "123-45-6789"
            refused: invalid-value Bundle.entry[2].resource.identifier[0].value
        /entry/2/resource/identifier/- = minology.hl7.org/CodeSystem/v2-0203"}]},"value":"94710383A"}
            refused: several-meanings Bundle.entry[2].resource.identifier
        /entry/2/resource/identifier/- = minology.hl7.org/CodeSystem/v2-0203"}]},"value":"94710382a"}
            mapped: housing-transition-navigation
        /entry/2/resource/identifier = []
            refused: missing Bundle.entry[2].resource.identifier
        /entry/3/resource/subject/reference = "Patient/other"
            mapped: housing-transition-navigation; other-person Bundle.entry[3].resource.subject
        /entry/3/resource/code/coding/0/code = "Z59.00"
            mapped: housing-transition-navigation; not-read Bundle.entry[3].resource.code
        /entry/4/resource/status = "inactive"
            mapped: housing-transition-navigation; not-in-force Bundle.entry[4].resource.status
        /entry/4/resource/dateTime = "2030-01-01"
            mapped: housing-transition-navigation; consent-not-understood Bundle.entry[4].resource.dateTime
        /entry/3/resource/clinicalStatus/coding/0/code = "resolved"
            mapped: housing-transition-navigation; not-in-force Bundle.entry[3].resource
        /entry/3/resource/modifierExtension = [{"url":"https://x.example"}]
            mapped: housing-transition-navigation; unknown-modifier Bundle.entry[3].resource.modifierExtension
        /entry/3/resource/resourceType = "Observation"
            mapped: housing-transition-navigation; not-sent Bundle.entry[1].resource.reasonReference[0]
        /entry/1/modifierExtension = [{"url":"https://x.example"}]
            refused: unknown-modifier Bundle.entry[1].modifierExtension
        only category food-insecurity
            mapped: medically-tailored-meals
        only category inadequate-housing
            refused: several-meanings Bundle.entry[1].resource.category
        only category stress
            refused: no-service Bundle.entry[1].resource.category[0].coding[0]
        only category nonsense
            refused: unknown-code Bundle.entry[1].resource.category[0].coding[0]
    "#]]
    .assert_eq(&table);
}

/// Each element that is read, in each resource, refuses every JSON type but its own by its FHIRPath.
#[test]
fn an_element_of_the_wrong_type_is_refused_where_it_stands() {
    const TEXT: &[&str] = &["b", "n", "l", "o", "z"];
    const FLAG: &[&str] = &["t", "n", "l", "o", "z"];
    const LIST: &[&str] = &["t", "b", "n", "o", "z"];
    const OBJECT: &[&str] = &["t", "b", "n", "l", "z"];
    // The element, what it may not be, and the FHIRPath to it where that is written otherwise.
    let elements: &[(&str, &[&str], &str)] = &[
        ("/type", TEXT, "Bundle.type"),
        ("/entry", LIST, "Bundle.entry"),
        ("/entry/0", OBJECT, "Bundle.entry[0]"),
        ("/entry/0/fullUrl", TEXT, ""),
        ("/entry/0/request", OBJECT, ""),
        ("/entry/0/request/method", TEXT, ""),
        ("/entry/0/modifierExtension", LIST, ""),
        ("/entry/0/resource", OBJECT, ""),
        ("/entry/0/resource/id", TEXT, ""),
        ("/entry/0/resource/contained", LIST, ""),
        ("/entry/0/resource/modifierExtension", LIST, ""),
        ("/entry/0/resource/status", TEXT, ""),
        ("/entry/0/resource/intent", TEXT, ""),
        ("/entry/0/resource/priority", TEXT, ""),
        ("/entry/0/resource/code", OBJECT, ""),
        ("/entry/0/resource/code/coding", LIST, ""),
        ("/entry/0/resource/code/coding/0", OBJECT, ""),
        ("/entry/0/resource/code/coding/0/system", TEXT, ""),
        ("/entry/0/resource/code/coding/0/code", TEXT, ""),
        ("/entry/0/resource/focus", OBJECT, ""),
        ("/entry/0/resource/focus/reference", TEXT, ""),
        ("/entry/0/resource/for", OBJECT, ""),
        ("/entry/0/resource/for/reference", TEXT, ""),
        ("/entry/0/resource/partOf", LIST, ""),
        ("/entry/1/resource/modifierExtension", LIST, ""),
        ("/entry/1/resource/status", TEXT, ""),
        ("/entry/1/resource/intent", TEXT, ""),
        ("/entry/1/resource/doNotPerform", FLAG, ""),
        ("/entry/1/resource/priority", TEXT, ""),
        ("/entry/1/resource/authoredOn", TEXT, ""),
        ("/entry/1/resource/category", LIST, ""),
        ("/entry/1/resource/category/1", OBJECT, ""),
        ("/entry/1/resource/category/1/coding", LIST, ""),
        ("/entry/1/resource/category/1/coding/0/code", TEXT, ""),
        ("/entry/1/resource/code", OBJECT, ""),
        ("/entry/1/resource/code/coding", LIST, ""),
        ("/entry/1/resource/code/coding/0", OBJECT, ""),
        ("/entry/1/resource/code/coding/0/system", TEXT, ""),
        ("/entry/1/resource/code/coding/0/code", TEXT, ""),
        ("/entry/1/resource/subject", OBJECT, ""),
        ("/entry/1/resource/subject/reference", TEXT, ""),
        ("/entry/1/resource/basedOn", LIST, ""),
        ("/entry/1/resource/reasonCode", LIST, ""),
        ("/entry/1/resource/reasonReference", LIST, ""),
        ("/entry/1/resource/reasonReference/0", OBJECT, ""),
        ("/entry/1/resource/reasonReference/0/reference", TEXT, ""),
        ("/entry/2/resource/modifierExtension", LIST, ""),
        ("/entry/2/resource/birthDate", TEXT, ""),
        ("/entry/2/resource/deceasedBoolean", FLAG, "Bundle.entry[2].resource.deceased"),
        ("/entry/2/resource/deceasedDateTime", TEXT, "Bundle.entry[2].resource.deceased"),
        ("/entry/2/resource/identifier", LIST, ""),
        ("/entry/2/resource/identifier/0", OBJECT, ""),
        ("/entry/2/resource/identifier/0/use", TEXT, ""),
        ("/entry/2/resource/identifier/0/system", TEXT, ""),
        ("/entry/2/resource/identifier/0/type", OBJECT, ""),
        ("/entry/2/resource/identifier/0/value", TEXT, ""),
        ("/entry/2/resource/name", LIST, ""),
        ("/entry/2/resource/name/0", OBJECT, ""),
        ("/entry/2/resource/name/0/use", TEXT, ""),
        ("/entry/2/resource/name/0/period", OBJECT, ""),
        ("/entry/2/resource/name/0/family", TEXT, ""),
        ("/entry/2/resource/name/0/given", LIST, ""),
        ("/entry/2/resource/name/0/given/0", &["b", "n", "l", "o"], ""),
        ("/entry/3/resource/modifierExtension", LIST, ""),
        ("/entry/3/resource/clinicalStatus", OBJECT, ""),
        ("/entry/3/resource/verificationStatus", OBJECT, ""),
        ("/entry/3/resource/subject", OBJECT, ""),
        ("/entry/3/resource/code", OBJECT, ""),
        ("/entry/3/resource/code/coding/0/code", TEXT, ""),
    ];
    let mut wrong = Vec::new();
    for (pointer, kinds, path) in elements {
        let path = if path.is_empty() { fhir_path(pointer) } else { (*path).to_owned() };
        for kind in *kinds {
            let sent = set(example(), pointer, of_kind(kind));
            let refused = read(&sent).err().unwrap_or_default();
            let said = |issue: &FhirIssue| issue.kind == IssueKind::WrongType && issue.expression == path;
            if !refused.iter().any(said) {
                wrong.push(format!("{pointer} as {kind}: {refused:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for kind in ["b", "n", "l", "o", "z"] {
        let issues =
            read(&set(example(), "/entry/0/resource/resourceType", of_kind(kind))).expect_err("none");
        assert_eq!(issues[0].kind, IssueKind::NotFhir);
        assert_eq!(issues[0].expression, "Bundle.entry[0].resource");
        let issues = read(&set(example(), "/resourceType", of_kind(kind))).expect_err("no resource");
        assert_eq!((issues[0].kind, issues[0].expression.as_str()), (IssueKind::NotFhir, "$this"));
    }
}

/// A value of a JSON type: text, boolean, number, list, object or null.
fn of_kind(kind: &str) -> Value {
    match kind {
        "t" => json!("x"),
        "b" => json!(true),
        "n" => json!(7),
        "l" => json!([true]),
        "o" => json!({ "it": "x" }),
        _ => Value::Null,
    }
}

/// Puts a value at a pointer whose parent is there.
fn set(mut sent: Value, pointer: &str, value: Value) -> Value {
    let (parent, element) = pointer.rsplit_once('/').expect("a pointer");
    match sent.pointer_mut(parent).expect("the pointer leads somewhere") {
        Value::Object(object) => {
            object.insert(element.to_owned(), value);
        }
        Value::Array(list) => list[element.parse::<usize>().expect("an index")] = value,
        _ => panic!("{pointer} leads into a leaf"),
    }
    sent
}

/// The FHIRPath to what a JSON Pointer into a bundle leads to.
fn fhir_path(pointer: &str) -> String {
    pointer.split('/').skip(1).fold("Bundle".to_owned(), |path, part| match part.parse::<usize>() {
        Ok(place) => format!("{path}[{place}]"),
        Err(_) => format!("{path}.{part}"),
    })
}

#[test]
fn a_service_request_may_contain_what_it_refers_to() {
    let bundle = example();
    let resource = |index: usize| bundle["entry"][index]["resource"].clone();
    let mut request = resource(1);
    request["contained"] = json!([resource(2), resource(3), resource(4)]);
    request["subject"] = json!({ "reference": "#member-77" });
    request["reasonReference"] = json!([{ "reference": "#condition-5" }]);
    for condition in [1, 2] {
        let element = ["subject", "patient"][condition - 1];
        request["contained"][condition][element] = json!({ "reference": "#member-77" });
    }
    let referral = read(&request).expect("it has all it needs");
    assert_eq!(referral.facts.len(), 2);
    assert_eq!(referral.places.of("/member"), "ServiceRequest.contained[0]");

    let mut task = resource(0);
    task["contained"] = json!([resource(1), resource(2)]);
    task["focus"] = json!({ "reference": "#request-2041" });
    task["for"] = json!({ "reference": "#member-77" });
    task["contained"][0]["subject"] = json!({ "reference": "#member-77" });
    assert_eq!(
        outcome(&task),
        "mapped: housing-transition-navigation; not-sent Task.contained[0].reasonReference[0]"
    );
}

#[test]
fn reasons_that_contradict_each_other_tell_nothing() {
    let icd = |code: &str| json!([{ "coding": [{ "system": CONDITION_FACTS.system, "code": code }] }]);
    let sent = changed("/entry/1/resource/reasonCode", icd("Z59.811"));
    let facts = read(&sent).expect("it maps").facts;
    assert_eq!(facts.iter().map(|fact| fact.code.as_str()).collect::<Vec<_>>(), ["consent.member-agrees"]);
    assert_eq!(
        outcome(&sent),
        "mapped: housing-transition-navigation; contradiction Bundle.entry[1].resource.reasonReference"
    );
    let sent = changed("/entry/1/resource/reasonCode", icd("Z59.02"));
    assert_eq!(outcome(&sent), "mapped: housing-transition-navigation", "two that agree are one");
}

#[test]
fn nothing_about_the_member_is_told() {
    let sent = changed("/entry/2/resource/birthDate", json!("2987-02-20"));
    let issues = read(&changed("/entry/1/resource/status", json!("Rivas"))).expect_err("no such status");
    let more = read(&sent).expect_err("a birth date in the future");
    let named =
        json!({ "coding": [{ "system": "http://snomed.info/sct", "code": "Rivas" }], "text": "for Elena" });
    let unknown = read(&changed("/entry/1/resource/code", named)).expect_err("no code");
    let odd = changed("/entry/4/resource/Rivas", json!("Elena"));
    let told = format!(
        "{} {} {} {} {:?}",
        operation_outcome(&issues),
        operation_outcome(&more),
        operation_outcome(&unknown),
        operation_outcome(&read(&odd).expect("a consent that is not understood").notes),
        read(&example()).expect("our own example")
    );
    for secret in ["94710382", "Rivas", "Elena", "1987", "2987", "member-77"] {
        assert!(!told.contains(secret), "{secret} is told in {told}");
    }
}

#[test]
fn every_issue_says_where_what_kind_and_how_bad() {
    let sent = changed("/entry/1/resource/status", json!("draft"));
    let outcome = operation_outcome(&read(&sent).expect_err("no new referral"));
    expect![[r#"
        {
          "code": "business-rule",
          "details": {
            "coding": [
              {
                "code": "no-new-referral",
                "system": "https://crosswalk.example/fhir/CodeSystem/issue"
              }
            ]
          },
          "diagnostics": "a referral is made by a ServiceRequest whose status is `active`",
          "expression": [
            "Bundle.entry[1].resource.status"
          ],
          "severity": "error"
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&outcome["issue"][0]).expect("a value is JSON"));
}

#[test]
fn no_shape_of_json_panics() {
    let shapes = [
        json!(null),
        json!(1),
        json!("x"),
        json!([]),
        json!({}),
        json!({ "resourceType": 5 }),
        json!({ "resourceType": "Patient" }),
    ];
    for shape in &shapes {
        assert!(read(shape).is_err());
    }
    // Every element of the example, replaced by every shape.
    fn pointers(value: &Value, at: String, found: &mut Vec<String>) {
        match value {
            Value::Object(object) => {
                object.iter().for_each(|(key, value)| pointers(value, format!("{at}/{key}"), found))
            }
            Value::Array(list) => list
                .iter()
                .enumerate()
                .for_each(|(index, value)| pointers(value, format!("{at}/{index}"), found)),
            _ => {}
        }
        found.push(at);
    }
    let mut found = Vec::new();
    pointers(&example(), String::new(), &mut found);
    for pointer in found.iter().filter(|pointer| !pointer.is_empty()) {
        for shape in &shapes {
            if let Err(issues) = read(&set(example(), pointer, shape.clone())) {
                assert!(!issues.is_empty(), "{pointer} is refused without a reason");
            }
        }
    }
}

#[test]
fn however_much_is_wrong_the_answer_is_bounded() {
    let mut sent = example();
    let reasons: Vec<Value> =
        (0..500).map(|place| json!({ "reference": format!("Condition/{place}") })).collect();
    sent["entry"][1]["resource"]["reasonReference"] = json!(reasons);
    assert_eq!(read(&sent).expect("nothing stands against it").notes.len(), 100);
    sent["entry"][1]["resource"]["reasonReference"] = json!(vec![5; 500]);
    assert_eq!(read(&sent).expect_err("they are of the wrong type").len(), 100);
}

#[test]
fn the_tables_hold_together() {
    for category in &CATEGORIES.categories {
        assert_eq!(category.services.is_empty(), category.why.is_some(), "{}", category.code);
        assert!(
            category.services.iter().all(|service| Catalog::state().service(service).is_some()),
            "{}",
            category.code
        );
    }
    for activity in &CATEGORIES.activities {
        assert_eq!(activity.services.is_empty(), activity.why.is_some(), "{}", activity.code);
    }
    for code in &CONDITION_FACTS.codes {
        let (Some(fact), Some(value)) = (&code.fact, &code.value) else {
            assert!(code.why.is_some() && code.fact.is_none() && code.value.is_none(), "{}", code.code);
            continue;
        };
        let definition = Dictionary::state().fact(fact).expect("the dictionary has the fact");
        assert_eq!(
            parse_fact_value(definition, &json!(value)),
            Ok(FactValue::Coded(value.clone())),
            "{}",
            code.code
        );
    }
    for reason in TASK_STATUSES.closed.keys() {
        assert!(Dictionary::state().closure_reason(reason).is_some(), "{reason}");
    }
    assert_eq!(super::sources().len(), 4);
}

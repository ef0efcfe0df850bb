use domain::catalog::Catalog;
use domain::dictionary::{Dictionary, parse_fact_value};
use domain::identifiers::CaseId;
use domain::plan::types::{Fact, FactSource, FactValue, Urgency};
use expect_test::expect;
use jiff::civil::date;
use serde_json::{Value, json};

use super::tables::{CATEGORIES, CONDITION_FACTS, TASK_STATUSES};
use super::{
    FhirIssue, FhirReferral, FhirRules, Party, Receipt, Start, TaskStatus, TaskView, allowed,
    operation_outcome, read_referral, task_for,
};

fn read(sent: &Value) -> Result<FhirReferral, Vec<FhirIssue>> {
    read_referral(sent, &FhirRules { today: date(2026, 3, 9), catalog: Catalog::state() })
}

fn example() -> Value {
    serde_json::from_str(include_str!("../../examples/sdohcc-referral-bundle.json"))
        .expect("our own example is JSON")
}

/// The example with one element replaced; `null` takes it away.
fn changed(pointer: &str, value: Value) -> Value {
    let mut sent = example();
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

/// `mapped` and what was noted, or the first reason against it, each as code and place.
fn outcome(sent: &Value) -> String {
    let place = |issue: &FhirIssue| format!("{} {}", issue.code.code(), issue.expression);
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
    assert_eq!(referral.member.family_name.as_ref().map(|name| name.expose()), Some("Rivas"));
    assert_eq!(referral.member.given_name.as_ref().map(|name| name.expose()), Some("Elena"));
    assert_eq!(referral.member.birth_date, date(1987, 2, 20));
    assert_eq!(referral.service, "housing-transition-navigation");
    assert_eq!((referral.urgency, referral.receipt), (Urgency::Standard, Receipt::Requested));
    assert_eq!(referral.authored_on, Some(date(2026, 3, 2)));
    let requester = referral.requester.expect("it names one");
    assert_eq!(requester.display.as_deref(), Some("Open Door Street Medicine"));
    assert_eq!(requester.npi.map(|npi| npi.to_string()).as_deref(), Some("1234567893"));
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
    let focus = "https://clinic.example/fhir/ServiceRequest/request-2041";
    assert_eq!(referral.references.service_request.as_deref(), Some(focus));
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
        ("", "/entry/5/resource/identifier/0/value", json!("1234567890")),
    ];
    let mut table = String::new();
    for (resource, element, value) in cases {
        let told = if value.is_null() { "absent".to_owned() } else { value.to_string() };
        let told: String = told.chars().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect();
        let sent = changed(&format!("{resource}{element}"), value);
        table += &format!("{resource}{element} = {told}\n    {}\n", outcome(&sent));
    }
    for category in ["food-insecurity", "inadequate-housing", "stress", "nonsense"] {
        let mut sent = changed("/entry/1/resource/category", sdoh(category));
        sent["entry"][1]["resource"]["code"] = Value::Null;
        table += &format!("only category {category}\n    {}\n", outcome(&sent));
    }
    expect![[r#"
        /type = "history"
            refused: not-supported Bundle.type
        /type = "searchset"
            mapped: housing-transition-navigation
        /entry = []
            refused: required Bundle
        /entry/1/request/method = "DELETE"
            refused: not-supported Bundle.entry[1].request.method
        /entry/1/resource = absent
            refused: not-found Bundle.entry[0].resource.focus
        /entry/2/resource = absent
            refused: not-found Bundle.entry[1].resource.subject
        /entry/3/resource = absent
            mapped: housing-transition-navigation; not-found Bundle.entry[1].resource.reasonReference[0]
        /entry/2/fullUrl = "https://clinic.example/fhir/ServiceRequest/request-2041"
            refused: duplicate Bundle.entry[2].resource
        /entry/0/resource/status = "received"
            mapped: housing-transition-navigation; informational Bundle.entry[0].resource.status
        /entry/0/resource/status = "completed"
            refused: business-rule Bundle.entry[0].resource.status
        /entry/0/resource/status = "unheard-of"
            refused: code-invalid Bundle.entry[0].resource.status
        /entry/0/resource/intent = "plan"
            refused: business-rule Bundle.entry[0].resource.intent
        /entry/0/resource/code/coding/0/code = "make-contact"
            mapped: housing-transition-navigation; informational Bundle.entry[0].resource.code
        /entry/0/resource/focus/reference = "ServiceRequest/other"
            refused: not-found Bundle.entry[0].resource.focus
        /entry/0/resource/for/reference = "Patient/other"
            refused: business-rule Bundle.entry[0].resource.for
        /entry/0/resource/priority = "asap"
            mapped: housing-transition-navigation
        /entry/0/resource/priority = "whenever"
            refused: code-invalid Bundle.entry[0].resource.priority
        /entry/1/resource/status = "draft"
            refused: business-rule Bundle.entry[1].resource.status
        /entry/1/resource/intent = "proposal"
            refused: business-rule Bundle.entry[1].resource.intent
        /entry/1/resource/doNotPerform = true
            refused: business-rule Bundle.entry[1].resource.doNotPerform
        /entry/1/resource/modifierExtension = [{"url":"https://x.example"}]
            refused: not-supported Bundle.entry[1].resource.modifierExtension
        /entry/1/resource/implicitRules = "https://x.example"
            refused: not-supported Bundle.entry[1].resource.implicitRules
        /entry/1/resource/authoredOn = "2027-01-01"
            mapped: housing-transition-navigation; value Bundle.entry[1].resource.authoredOn
        /entry/1/resource/code = v/Medicare/Coding/HCPCSReleaseCodeSets"}],"text":"H0043-U3"}
            mapped: short-term-post-hospitalization-housing
        /entry/1/resource/code = .gov/Medicare/Coding/HCPCSReleaseCodeSets"}],"text":"H0043"}
            mapped: housing-transition-navigation
        /entry/1/resource/code = v/Medicare/Coding/HCPCSReleaseCodeSets"}],"text":"H0043 U9"}
            refused: code-invalid Bundle.entry[1].resource.code
        /entry/1/resource/code = Medicare/Coding/HCPCSReleaseCodeSets"}],"text":"navigation"}
            refused: value Bundle.entry[1].resource.code
        /entry/1/resource/code = .gov/Medicare/Coding/HCPCSReleaseCodeSets"}],"text":"S5165"}
            refused: multiple-matches Bundle.entry[1].resource.code
        /entry/1/resource/code = absent
            mapped: housing-transition-navigation
        /entry/1/resource/code = stem":"https://crosswalk.example/fhir/CodeSystem/service"}]}
            mapped: recuperative-care
        /entry/1/resource/code = stem":"https://crosswalk.example/fhir/CodeSystem/service"}]}
            refused: code-invalid Bundle.entry[1].resource.code
        /entry/1/resource/code = {"coding":[{"code":"1","system":"http://snomed.info/sct"}]}
            mapped: housing-transition-navigation; code-invalid Bundle.entry[1].resource.code
        /entry/1/resource/code = code":"467771000124109","system":"http://snomed.info/sct"}]}
            refused: not-supported Bundle.entry[1].resource.code
        /entry/2/resource/deceasedDateTime = "2026-01-01"
            refused: business-rule Bundle.entry[2].resource
        /entry/2/resource/birthDate = "1987"
            refused: value Bundle.entry[2].resource.birthDate
        /entry/2/resource/birthDate = absent
            refused: required Bundle.entry[2].resource.birthDate
        /entry/2/resource/identifier/0/value = "123-45-6789"
            refused: value Bundle.entry[2].resource.identifier[0].value
        /entry/2/resource/identifier/- = minology.hl7.org/CodeSystem/v2-0203"}]},"value":"94710383A"}
            refused: multiple-matches Bundle.entry[2].resource.identifier
        /entry/2/resource/identifier/- = minology.hl7.org/CodeSystem/v2-0203"}]},"value":"94710382a"}
            mapped: housing-transition-navigation
        /entry/2/resource/identifier = []
            refused: required Bundle.entry[2].resource.identifier
        /entry/3/resource/subject/reference = "Patient/other"
            mapped: housing-transition-navigation; business-rule Bundle.entry[3].resource.subject
        /entry/3/resource/code/coding/0/code = "Z59.00"
            mapped: housing-transition-navigation; informational Bundle.entry[3].resource.code
        /entry/4/resource/status = "inactive"
            mapped: housing-transition-navigation; business-rule Bundle.entry[4].resource.status
        /entry/4/resource/dateTime = "2030-01-01"
            mapped: housing-transition-navigation; value Bundle.entry[4].resource.dateTime
        /entry/5/resource/identifier/0/value = "1234567890"
            mapped: housing-transition-navigation; value Bundle.entry[5].resource.identifier[0].value
        only category food-insecurity
            mapped: medically-tailored-meals
        only category inadequate-housing
            refused: multiple-matches Bundle.entry[1].resource.category
        only category stress
            refused: not-supported Bundle.entry[1].resource.category
        only category nonsense
            refused: code-invalid Bundle.entry[1].resource.category
    "#]]
    .assert_eq(&table);
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
    assert_eq!(referral.references.service_request.as_deref(), Some("ServiceRequest/request-2041"));
    assert_eq!(referral.references.patient, None, "nobody outside can refer to it");

    let mut task = resource(0);
    task["contained"] = json!([resource(1), resource(2)]);
    task["focus"] = json!({ "reference": "#request-2041" });
    task["for"] = json!({ "reference": "#member-77" });
    task["contained"][0]["subject"] = json!({ "reference": "#member-77" });
    assert_eq!(
        outcome(&task),
        "mapped: housing-transition-navigation; not-found Task.contained[0].reasonReference[0]"
    );
}

#[test]
fn reasons_that_contradict_each_other_and_a_recorded_no() {
    let icd = |code: &str| json!([{ "coding": [{ "system": CONDITION_FACTS.system, "code": code }] }]);
    let facts = |sent: &Value| {
        let referral = read(sent).expect("it maps");
        referral.facts.into_iter().map(|fact| (fact.code, fact.value)).collect::<Vec<_>>()
    };
    let consent = |agrees| ("consent.member-agrees".to_owned(), FactValue::Flag(agrees));
    let sent = changed("/entry/1/resource/reasonCode", icd("Z59.811"));
    assert_eq!(facts(&sent), [consent(true)]);
    assert_eq!(
        outcome(&sent),
        "mapped: housing-transition-navigation; business-rule Bundle.entry[1].resource.reasonReference"
    );
    let sent = changed("/entry/4/resource/status", json!("rejected"));
    assert_eq!(facts(&sent)[1], consent(false));
    let sent = changed("/entry/4/resource/provision", json!({ "type": "deny" }));
    assert_eq!(facts(&sent)[1], consent(false));
}

#[test]
fn nothing_about_the_member_is_told() {
    let sent = changed("/entry/2/resource/birthDate", json!("2987-02-20"));
    let issues = read(&changed("/entry/1/resource/status", json!("Rivas"))).expect_err("no such status");
    let more = read(&sent).expect_err("a birth date in the future");
    let told = format!(
        "{} {} {:?}",
        operation_outcome(&issues),
        operation_outcome(&more),
        read(&example()).expect("our own example")
    );
    for secret in ["94710382", "Rivas", "Elena", "1987", "2987", "member-77"] {
        assert!(!told.contains(secret), "{secret} is told in {told}");
    }
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
            if let Err(issues) = read(&changed(pointer, shape.clone())) {
                assert!(!issues.is_empty(), "{pointer} is refused without a reason");
            }
        }
    }
}

#[test]
fn a_task_may_change_as_the_guide_draws_it() {
    let mut table = String::new();
    let starts = std::iter::once(Start::New).chain(TaskStatus::ALL.map(Start::At));
    for start in starts {
        let name = match start {
            Start::New => "(new)",
            Start::At(status) => status.code(),
        };
        let to: Vec<String> = TaskStatus::ALL
            .into_iter()
            .filter_map(|to| {
                let who = match allowed(start, to)? {
                    Party::Requester => "requester",
                    Party::Target => "target",
                    Party::Either => "either",
                };
                Some(format!("{to} ({who})"))
            })
            .collect();
        table += &format!("{name}: {}\n", to.join(", "));
    }
    expect![[r#"
        (new): draft (requester), requested (requester)
        draft: requested (requester), cancelled (requester), entered-in-error (requester)
        requested: accepted (target), rejected (target), cancelled (either), entered-in-error (requester)
        accepted: cancelled (either), in-progress (target), on-hold (target), failed (target), completed (target), entered-in-error (requester)
        rejected: entered-in-error (requester)
        cancelled: entered-in-error (requester)
        in-progress: cancelled (either), on-hold (target), failed (target), completed (target), entered-in-error (requester)
        on-hold: cancelled (either), in-progress (target), failed (target), completed (target), entered-in-error (requester)
        failed: entered-in-error (requester)
        completed: entered-in-error (requester)
        entered-in-error: 
    "#]].assert_eq(&table);
}

#[test]
fn every_state_of_a_referral_is_told() {
    let cases = [
        ("received", None, Some("requested")),
        ("needs-information", None, Some("requested")),
        ("with-people", None, Some("requested")),
        ("accepted", None, Some("requested")),
        ("provider-accepted", None, Some("accepted")),
        ("in-service", None, Some("in-progress")),
        ("redirected", None, Some("rejected")),
        ("not-eligible", None, Some("rejected")),
        ("moved", None, Some("cancelled")),
        ("closed", Some("services-received"), Some("completed")),
        ("closed", Some("member-deceased"), Some("cancelled")),
        ("closed", None, Some("cancelled")),
        ("lost", None, None),
    ];
    for (state, reason, expected) in cases {
        assert_eq!(
            TaskStatus::of_referral(state, reason).map(TaskStatus::code),
            expected,
            "{state} {reason:?}"
        );
    }
    for (theirs, ours) in [
        ("received", Some("requested")),
        ("ready", Some("requested")),
        ("failed", Some("failed")),
        ("?", None),
    ] {
        assert_eq!(TaskStatus::from_partner(theirs).map(TaskStatus::code), ours, "{theirs}");
    }
}

#[test]
fn a_case_is_told_as_a_task() {
    let at = |text: &str| text.parse().expect("an instant");
    let case: CaseId = "case_0000000000000000000000000000002a".parse().expect("a case id");
    let view = TaskView {
        case,
        status: TaskStatus::Rejected,
        state: "redirected",
        reason: Some("This member's care management comes from the D-SNP."),
        urgency: Urgency::Expedited,
        service: "ecm",
        focus: "ServiceRequest/request-2041",
        patient: "Patient/member-77",
        requester: "Organization/clinic-1",
        owner: Some("Organization/silver-oak"),
        authored_at: at("2026-03-02T17:20:00Z"),
        changed_at: at("2026-03-02T17:21:00Z"),
    };
    expect![[r#"
        {
          "authoredOn": "2026-03-02T17:20:00Z",
          "businessStatus": {
            "text": "redirected"
          },
          "code": {
            "coding": [
              {
                "code": "fulfill",
                "system": "http://hl7.org/fhir/CodeSystem/task-code"
              }
            ]
          },
          "focus": {
            "reference": "ServiceRequest/request-2041"
          },
          "for": {
            "reference": "Patient/member-77"
          },
          "id": "case-0000000000000000000000000000002a",
          "identifier": [
            {
              "system": "https://crosswalk.example/fhir/sid/case",
              "value": "case_0000000000000000000000000000002a"
            }
          ],
          "intent": "order",
          "lastModified": "2026-03-02T17:21:00Z",
          "meta": {
            "profile": [
              "http://hl7.org/fhir/us/sdoh-clinicalcare/StructureDefinition/SDOHCC-TaskForReferralManagement"
            ]
          },
          "owner": {
            "reference": "Organization/silver-oak"
          },
          "priority": "urgent",
          "requester": {
            "reference": "Organization/clinic-1"
          },
          "resourceType": "Task",
          "status": "rejected",
          "statusReason": {
            "text": "This member's care management comes from the D-SNP."
          }
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&task_for(&view)).expect("a value is JSON"));

    let without_reason = task_for(&TaskView { reason: None, owner: None, ..view.clone() });
    assert_eq!(without_reason["statusReason"]["text"], "no reason was given");
    assert_eq!(without_reason.get("owner"), None);
    let completed = task_for(&TaskView { status: TaskStatus::Completed, ..view });
    assert_eq!(completed["output"][0]["valueCodeableConcept"]["coding"][0]["code"], "ecm");
    assert_eq!(completed.get("statusReason"), None);
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
    for reason in TASK_STATUSES.closed.keys().filter(|reason| *reason != "otherwise") {
        assert!(Dictionary::state().closure_reason(reason).is_some(), "{reason}");
    }
    assert!(TASK_STATUSES.closed.contains_key("otherwise"));
    assert_eq!(super::sources().len(), 3);
}

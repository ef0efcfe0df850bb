use expect_test::expect;
use serde_json::{Value, json};

use super::super::tests::{example, outcome, read};

/// The example as an intermediary sends it: the clinic's request and Task above its own, of another id.
fn intermediary() -> Value {
    let mut sent = example();
    let entries = sent["entry"].as_array_mut().expect("a list");
    let above = |entry: &Value, id: &str| {
        let mut above = entry.clone();
        let kind = above["resource"]["resourceType"].as_str().unwrap_or_default().to_owned();
        above["fullUrl"] = json!(format!("https://clinic.example/fhir/{kind}/{id}"));
        above["resource"]["id"] = json!(id);
        above
    };
    let (mut task, request) = (above(&entries[0], "task-1"), above(&entries[1], "request-1"));
    task["resource"]["status"] = json!("accepted");
    task["resource"]["focus"] = json!({ "reference": "ServiceRequest/request-1" });
    entries[0]["resource"]["partOf"] = json!([{ "reference": "Task/task-1" }]);
    entries[1]["resource"]["basedOn"] = json!([{ "reference": "ServiceRequest/request-1" }]);
    entries[1]["resource"]["intent"] = json!("filler-order");
    entries.extend([task, request]);
    sent
}

/// The position of the Task and the request that stand above the intermediary's own.
const TASK: usize = 6;
const REQUEST: usize = 7;

fn changed(place: usize, element: &str, value: Value) -> String {
    let mut sent = intermediary();
    sent["entry"][place]["resource"][element] = value;
    outcome(&sent)
}

fn without(places: &[usize]) -> Value {
    let mut sent = intermediary();
    let mut place = 0;
    sent["entry"].as_array_mut().expect("a list").retain(|_| {
        place += 1;
        !places.contains(&(place - 1))
    });
    sent
}

#[test]
fn of_an_intermediarys_line_the_last_is_the_referral() {
    let referral = read(&intermediary()).expect("it is read");
    assert_eq!(referral.places.of(""), "Bundle.entry[1].resource");
    assert_eq!(referral.notes, []);
    // The order of entries says nothing.
    let mut turned = intermediary();
    turned["entry"].as_array_mut().expect("a list").reverse();
    assert_eq!(read(&turned).expect("it is read").places.of(""), "Bundle.entry[6].resource");

    let cases = [
        ("without the Task above", outcome(&without(&[TASK]))),
        ("without the request above", outcome(&without(&[TASK, REQUEST]))),
        ("requests without Tasks", outcome(&without(&[0, TASK]))),
        (
            "both Tasks on one request",
            changed(TASK, "focus", json!({ "reference": "ServiceRequest/request-2041" })),
        ),
        ("the request above is done", changed(REQUEST, "status", json!("completed"))),
        ("the request above is taken back", changed(REQUEST, "status", json!("revoked"))),
        ("the Task above is called off", changed(TASK, "status", json!("cancelled"))),
        ("the request above is turned round", changed(REQUEST, "doNotPerform", json!(true))),
        ("the request above is modified", changed(REQUEST, "modifierExtension", json!([{ "url": "x" }]))),
        (
            "above is about somebody else",
            changed(REQUEST, "subject", json!({ "reference": "Organization/clinic-1" })),
        ),
        ("round in a circle", changed(TASK, "partOf", json!([{ "reference": "Task/task-2041" }]))),
        (
            "round in a circle, requests",
            changed(REQUEST, "basedOn", json!([{ "reference": "ServiceRequest/request-2041" }])),
        ),
        ("a line of its own", changed(0, "partOf", json!([{ "reference": "Task/elsewhere" }]))),
        ("based on something else", changed(1, "basedOn", json!([{ "reference": "CarePlan/elsewhere" }]))),
    ];
    let lines: Vec<String> = cases.iter().map(|(name, outcome)| format!("{name}: {outcome}")).collect();
    expect![[r#"
        without the Task above: mapped: housing-transition-navigation
        without the request above: mapped: housing-transition-navigation
        requests without Tasks: mapped: housing-transition-navigation
        both Tasks on one request: mapped: housing-transition-navigation
        the request above is done: mapped: housing-transition-navigation
        the request above is taken back: refused: no-new-referral Bundle.entry[7].resource.status
        the Task above is called off: refused: no-new-referral Bundle.entry[6].resource.status
        the request above is turned round: refused: no-new-referral Bundle.entry[7].resource.doNotPerform
        the request above is modified: refused: unknown-modifier Bundle.entry[7].resource.modifierExtension
        above is about somebody else: refused: other-person Bundle.entry[7].resource.subject
        round in a circle: refused: contradiction Bundle.entry[0].resource.partOf
        round in a circle, requests: refused: contradiction Bundle.entry[1].resource.basedOn
        a line of its own: refused: several-meanings Bundle.entry[6].resource
        based on something else: mapped: housing-transition-navigation; not-read Bundle.entry[7].resource"#]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn a_task_about_the_referral_that_does_not_fulfill_it_refuses_the_bundle() {
    let beside = |task: Value| {
        let mut sent = example();
        let mut resource =
            json!({ "resourceType": "Task", "id": "task-9", "status": "requested", "intent": "order" });
        for (element, value) in task.as_object().expect("an object") {
            resource[element] = value.clone();
        }
        sent["entry"].as_array_mut().expect("a list").push(json!({ "resource": resource }));
        outcome(&sent)
    };
    let code = |code: &str| json!({ "coding": [{ "system": super::TASK_CODES, "code": code }] });
    let request = json!({ "reference": "ServiceRequest/request-2041" });
    let cases = [
        ("abort", beside(json!({ "code": code("abort"), "focus": request }))),
        ("approve", beside(json!({ "code": code("approve"), "focus": request }))),
        (
            "abort the Task",
            beside(json!({ "code": code("abort"), "focus": { "reference": "Task/task-2041" } })),
        ),
        (
            "part of the Task",
            beside(json!({ "code": code("suspend"), "partOf": [{ "reference": "Task/task-2041" }] })),
        ),
        ("based on the request", beside(json!({ "code": code("change"), "basedOn": [request] }))),
        ("no code", beside(json!({ "focus": request }))),
        (
            "a code of another system",
            beside(json!({ "code": { "coding": [{ "system": "x", "code": "fulfill" }] }, "focus": request })),
        ),
        (
            "fulfill and abort",
            beside(json!({ "code": { "coding": [
                { "system": super::TASK_CODES, "code": "fulfill" }, { "system": super::TASK_CODES, "code": "abort" },
            ] }, "focus": request })),
        ),
        ("fulfill twice", beside(json!({ "code": code("fulfill"), "focus": request }))),
        (
            "about something else",
            beside(json!({ "code": code("abort"), "focus": { "reference": "Task/elsewhere" } })),
        ),
        (
            "for the patient",
            beside(json!({ "code": { "coding": [{ "system": "x", "code": "make-contact" }] } })),
        ),
    ];
    let lines: Vec<String> = cases.iter().map(|(name, outcome)| format!("{name}: {outcome}")).collect();
    expect![[r#"
        abort: refused: not-fulfill Bundle.entry[6].resource.code
        approve: refused: not-fulfill Bundle.entry[6].resource.code
        abort the Task: refused: not-fulfill Bundle.entry[6].resource.code
        part of the Task: refused: not-fulfill Bundle.entry[6].resource.code
        based on the request: refused: not-fulfill Bundle.entry[6].resource.code
        no code: refused: not-fulfill Bundle.entry[6].resource.code
        a code of another system: refused: not-fulfill Bundle.entry[6].resource.code
        fulfill and abort: refused: not-fulfill Bundle.entry[6].resource.code
        fulfill twice: refused: several-meanings Bundle.entry[6].resource
        about something else: mapped: housing-transition-navigation; not-read Bundle.entry[6].resource
        for the patient: mapped: housing-transition-navigation; not-read Bundle.entry[6].resource"#]]
    .assert_eq(&lines.join("\n"));
}

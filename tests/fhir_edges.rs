//! FHIR at its edges: what is sent means what it says, what is not understood is told, and no Task goes back.

use std::env;
use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::harness::{Answer, County, Database, Person, Request, on_both_databases, skip_anywhere, text};

on_both_databases! {
    a_refusal_of_consent_is_never_read_as_agreement
    a_code_that_is_not_known_opens_nothing
    a_wrong_type_is_refused_where_it_stands
    a_task_that_asks_for_something_else_refuses_the_bundle
    what_an_intermediary_passes_on_is_read
    the_published_bundles_of_an_intermediary_are_read
    what_was_left_out_is_told_and_on_the_timeline
    what_the_record_refuses_is_named_where_it_was_sent
    no_task_goes_back_from_one_provider_to_the_next
    a_providers_turn_is_seen_by_its_parties
}

const BUNDLE: &str = include_str!("../host/formats/examples/sdohcc-referral-bundle.json");
/// Places of the resources in the bundle.
const TASK: usize = 0;
const REQUEST: usize = 1;
const PATIENT: usize = 2;
const CONSENT: usize = 4;

const HCPCS: &str = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets";
const TASK_CODES: &str = "http://hl7.org/fhir/CodeSystem/task-code";

/// The example of this repository, about a member of this county.
fn about(person: &Person) -> Value {
    let mut bundle: Value = serde_json::from_str(BUNDLE).expect("the example is JSON");
    let patient = &mut bundle["entry"][PATIENT]["resource"];
    patient["birthDate"] = person.named()["birth_date"].clone();
    patient["name"] = json!([{ "family": "Quillfeather", "given": ["Zebulonia"] }]);
    patient["identifier"][0]["value"] = json!(person.cin);
    bundle
}

/// The same with an element of one of its resources replaced.
fn with(person: &Person, place: usize, element: &str, value: Value) -> Value {
    let mut bundle = about(person);
    bundle["entry"][place]["resource"][element] = value;
    bundle
}

fn send(county: &County, key: &str, bundle: &Value) -> Answer {
    let request = Request::bytes("/fhir/Bundle", "application/fhir+json", bundle.to_string());
    county.client().send(&request.by(key))
}

/// The referral that a Task is about, as the holder of `key` sees it.
fn referral_of(county: &County, key: &str, task: &Value) -> Value {
    county.client().read(key, &format!("/v1/referrals/{}", text(task, "/identifier/0/value")))
}

/// The issues of a refusal: each says how bad it is, of what kind by a code of a system, and where by
/// FHIRPath, if anywhere.
#[track_caller]
fn issues(answer: &Answer, status: u16) -> Vec<Value> {
    let content = String::from_utf8_lossy(&answer.bytes).into_owned();
    assert_eq!(answer.status, status, "{content}");
    assert_eq!(answer.json["resourceType"], "OperationOutcome", "{content}");
    assert!(!content.contains("Quillfeather"), "{content}");
    let issues = answer.json["issue"].as_array().expect("a list").clone();
    issues.iter().for_each(is_whole);
    issues
}

#[track_caller]
fn is_whole(issue: &Value) {
    let coding = &issue["details"]["coding"][0];
    assert!(text(coding, "/system").starts_with("https://crosswalk.example/fhir/CodeSystem/"), "{issue}");
    assert!(!text(coding, "/code").is_empty() && !text(coding, "/code").contains('/'), "{issue}");
    assert!(!text(issue, "/diagnostics").is_empty(), "{issue}");
    for expression in issue["expression"].as_array().into_iter().flatten() {
        let path = expression.as_str().expect("a text");
        let first = path.split(['.', '[']).next().unwrap_or_default();
        assert!(["Bundle", "Task", "ServiceRequest", "$this"].contains(&first), "{path} is no FHIRPath");
    }
}

/// The kind and place of the first issue.
fn first(issues: &[Value]) -> (&str, &str) {
    (text(&issues[0], "/details/coding/0/code"), text(&issues[0], "/expression/0"))
}

/// Issues that the answer says were left out.
fn notes(task: &Value) -> Vec<Value> {
    let contained = task["contained"].as_array().into_iter().flatten();
    let issues: Vec<Value> =
        contained.flat_map(|outcome| outcome["issue"].as_array().cloned().unwrap_or_default()).collect();
    issues.iter().for_each(is_whole);
    issues
}

fn a_refusal_of_consent_is_never_read_as_agreement(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("open-door");
    let rule = |code: &str| json!({ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": code }] });
    let scope = json!({ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "research" }] });
    let nested = |provision: Value| json!({ "provision": [provision] });
    // What of the consent is changed; what is taken; where the sender is told that it was not understood.
    let cases = [
        ("status", json!("active"), json!(true), ""),
        ("policyRule", rule("OPTIN"), json!(true), ""),
        ("policyRule", rule("OPTOUT"), json!(false), ""),
        ("provision", nested(json!({ "type": "deny" })), json!(false), ""),
        ("provision", nested(nested(json!({ "type": "deny" }))), json!(false), ""),
        ("status", json!("rejected"), json!(false), ""),
        ("scope", scope, Value::Null, "Bundle.entry[4].resource.scope"),
        ("policyRule", rule("OPTINR"), Value::Null, "Bundle.entry[4].resource.policyRule"),
        (
            "provision",
            nested(json!({ "type": "permit", "purpose": [{ "code": "TREAT" }] })),
            Value::Null,
            "Bundle.entry[4].resource.provision.provision[0].purpose",
        ),
        ("provision", json!([{ "type": "deny" }]), Value::Null, "Bundle.entry[4].resource.provision"),
        ("status", json!(["active"]), Value::Null, "Bundle.entry[4].resource.status"),
        ("dateTime", json!(20260302), Value::Null, "Bundle.entry[4].resource.dateTime"),
    ];
    for (element, value, agrees, told) in cases {
        let what = format!("{element} = {value}");
        let answer = send(county, key, &with(&county.person("valle-vista"), CONSENT, element, value));
        let task = answer.with(201);
        let case = referral_of(county, key, &task);
        let stated = case["request"]["facts"].as_array().expect("a list").iter();
        let fact = stated.clone().find(|fact| fact["code"] == "consent.member-agrees");
        assert_eq!(fact.map_or(Value::Null, |fact| fact["value"].clone()), agrees, "{what}");
        let places: Vec<String> =
            notes(&task).iter().map(|note| text(note, "/expression/0").to_owned()).collect();
        let expected: Vec<&str> = if told.is_empty() { Vec::new() } else { vec![told] };
        assert_eq!(places, expected, "{what}");
        // Without a word of the member's, the plan's rules ask for one.
        let asked = case["asks"].as_array().expect("a list").iter();
        let asked = asked.clone().any(|ask| ask["fact"] == "consent.member-agrees");
        assert_eq!(asked, agrees.is_null(), "{what}: {}", case["asks"]);
    }
}

fn a_code_that_is_not_known_opens_nothing(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("open-door");
    let person = county.person("valle-vista");
    let food = json!([{ "coding": [{
        "system": "http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes", "code": "food-insecurity",
    }] }]);
    let coded = |code: Value| {
        let mut bundle = with(&person, REQUEST, "category", food.clone());
        match code {
            Value::Null => {
                drop(bundle["entry"][REQUEST]["resource"].as_object_mut().map(|one| one.remove("code")))
            }
            code => bundle["entry"][REQUEST]["resource"]["code"] = code,
        }
        bundle
    };
    let garden = json!({ "system": "http://snomed.info/sct", "code": "467751000124104" });
    let refused = issues(&send(county, key, &coded(json!({ "coding": [garden] }))), 422);
    assert_eq!(first(&refused), ("unknown-code", "Bundle.entry[1].resource.code.coding[0]"));
    let said = text(&refused[0], "/diagnostics");
    assert!(said.contains("SNOMED CT 467751000124104"), "{said}");
    let meals = json!({ "system": HCPCS, "code": "S5170 U6" });
    let ours = json!({ "system": "https://crosswalk.example/fhir/CodeSystem/service", "code": "ecm" });
    let refused = issues(&send(county, key, &coded(json!({ "coding": [meals, ours] }))), 422);
    assert_eq!(first(&refused), ("contradiction", "Bundle.entry[1].resource.code"));

    // Nothing was opened, or this would be a second one.
    let task = send(county, key, &coded(Value::Null)).with(201);
    assert_eq!(referral_of(county, key, &task)["service"], "medically-tailored-meals");
}

fn a_wrong_type_is_refused_where_it_stands(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("open-door");
    let person = county.person("valle-vista");
    let cases = [
        (REQUEST, "doNotPerform", json!("true"), "Bundle.entry[1].resource.doNotPerform"),
        (REQUEST, "modifierExtension", json!({ "url": "x" }), "Bundle.entry[1].resource.modifierExtension"),
        (REQUEST, "status", json!(["active"]), "Bundle.entry[1].resource.status"),
        (REQUEST, "category", json!({ "coding": [] }), "Bundle.entry[1].resource.category"),
        (REQUEST, "code", json!("S5170"), "Bundle.entry[1].resource.code"),
        (REQUEST, "reasonReference", json!({ "reference": "x" }), "Bundle.entry[1].resource.reasonReference"),
        (PATIENT, "deceasedBoolean", json!("true"), "Bundle.entry[2].resource.deceased"),
        (PATIENT, "deceasedDateTime", json!(true), "Bundle.entry[2].resource.deceased"),
        (PATIENT, "birthDate", json!(19310719), "Bundle.entry[2].resource.birthDate"),
        (PATIENT, "identifier", json!({ "value": "x" }), "Bundle.entry[2].resource.identifier"),
        (PATIENT, "name", json!("x"), "Bundle.entry[2].resource.name"),
        (TASK, "modifierExtension", json!({}), "Bundle.entry[0].resource.modifierExtension"),
        (TASK, "intent", json!(null), "Bundle.entry[0].resource.intent"),
        (TASK, "partOf", json!({ "reference": "Task/1" }), "Bundle.entry[0].resource.partOf"),
    ];
    for (place, element, value, path) in cases {
        let what = format!("{element} = {value}");
        let refused = issues(&send(county, key, &with(&person, place, element, value)), 422);
        assert!(
            refused.iter().any(|issue| first(std::slice::from_ref(issue)) == ("wrong-type", path)),
            "{what}: {refused:?}"
        );
    }
    for body in ["[]", "7", "{}", r#"{"resourceType":["Bundle"]}"#] {
        let request = Request::bytes("/fhir/Bundle", "application/fhir+json", body).by(key);
        let refused = issues(&county.client().send(&request), 422);
        assert_eq!(first(&refused), ("not-fhir", "$this"), "{body}");
    }
    send(county, key, &about(&person)).with(201);
}

fn a_task_that_asks_for_something_else_refuses_the_bundle(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("open-door");
    let person = county.person("valle-vista");
    for code in ["abort", "approve"] {
        let mut bundle = about(&person);
        let task = json!({
            "resourceType": "Task", "id": "task-9", "status": "requested", "intent": "order",
            "code": { "coding": [{ "system": TASK_CODES, "code": code }] },
            "focus": { "reference": "ServiceRequest/request-2041" },
        });
        bundle["entry"].as_array_mut().expect("a list").push(json!({ "resource": task }));
        let refused = issues(&send(county, key, &bundle), 422);
        assert_eq!(first(&refused), ("not-fulfill", "Bundle.entry[6].resource.code"), "{code}");
    }
    send(county, key, &about(&person)).with(201);
}

/// The example as an intermediary sends it: with the request and the Task above its own.
fn passed_on(mut bundle: Value) -> Value {
    let entries = bundle["entry"].as_array_mut().expect("a list");
    let (mut task, mut request) = (entries[TASK].clone(), entries[REQUEST].clone());
    for (entry, id) in [(&mut task, "task-1"), (&mut request, "request-1")] {
        entry["fullUrl"] = json!(format!("https://clinic.example/fhir/{id}"));
        entry["resource"]["id"] = json!(id);
    }
    task["resource"]["status"] = json!("accepted");
    task["resource"]["focus"] = json!({ "reference": "ServiceRequest/request-1" });
    entries[TASK]["resource"]["partOf"] = json!([{ "reference": "Task/task-1" }]);
    entries[REQUEST]["resource"]["basedOn"] = json!([{ "reference": "ServiceRequest/request-1" }]);
    entries[REQUEST]["resource"]["intent"] = json!("filler-order");
    entries.extend([task, request]);
    bundle
}

fn what_an_intermediary_passes_on_is_read(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("open-door");
    let person = county.person("valle-vista");
    let mut revoked = passed_on(about(&person));
    revoked["entry"][7]["resource"]["status"] = json!("revoked");
    let refused = issues(&send(county, key, &revoked), 422);
    assert_eq!(first(&refused), ("no-new-referral", "Bundle.entry[7].resource.status"));
    let task = send(county, key, &passed_on(about(&person))).with(201);
    assert_eq!(notes(&task), Vec::<Value>::new());
    assert_eq!(referral_of(county, key, &task)["service"], "housing-transition-navigation");
}

/// A published example of SDOH Clinical Care 3.0.0; nothing where they are not.
fn published(name: &str) -> Option<Value> {
    let folder = PathBuf::from(env::var_os("CROSSWALK_FIXTURES")?).join("fhir/sdohcc-3.0.0/examples");
    let file = fs::read_to_string(folder.join(format!("{name}.json"))).ok()?;
    Some(serde_json::from_str(&file).expect("the examples are JSON"))
}

/// The guide's clinic and its coordination platform: each of the platform's four (two requests, two Tasks)
/// comes with what it rests on. Nothing is changed but who the member is, that meals are asked for, and that
/// it is new.
fn the_published_bundles_of_an_intermediary_are_read(database: Database) {
    const ORIGINAL: &str = "ServiceRequest-SDOHCC-ServiceRequestActiveFoodPantryApplicationAssistExample";
    let names = [
        ORIGINAL,
        "Task-SDOHCC-TaskReferralManagementOrderFulfillmentAcceptedExample",
        "Task-SDOHCC-TaskReferralManagementOrderFulfillmentCompletedExample",
        "Patient-pat-53234",
        "Consent-SDOHCC-ConsentInformationDisclosureExample",
        "Condition-SDOHCC-ConditionFoodInsecurityExample",
    ];
    let found: Vec<Value> = names.iter().filter_map(|name| published(name)).collect();
    let [request, accepted, completed, patient, consent, condition] = found.as_slice() else {
        let reason = "CROSSWALK_FIXTURES names no folder with fhir/sdohcc-3.0.0/examples";
        return skip_anywhere("fhir_edges::the_published_bundles_of_an_intermediary_are_read", reason);
    };
    let county = County::shared(database);
    let key = county.key_of("open-door");
    let meals = json!([{ "system": HCPCS, "code": "S5170 U6" }]);
    let passed_on = |above: &Value, element: &str| {
        let mut own = above.clone();
        let (kind, id) = (text(above, "/resourceType").to_owned(), text(above, "/id").to_owned());
        own["id"] = json!("passed-on");
        own[element] = json!([{ "reference": format!("{kind}/{id}") }]);
        own
    };
    for above in [None, Some(accepted), Some(completed)] {
        let mut resources = vec![patient.clone(), consent.clone(), condition.clone()];
        let mut own = passed_on(request, "basedOn");
        own["code"]["coding"] = meals.clone();
        resources.extend([request.clone(), own]);
        if let Some(above) = above {
            let mut task = passed_on(above, "partOf");
            task["status"] = json!("requested");
            task["focus"] = json!({ "reference": "ServiceRequest/passed-on" });
            resources.extend([above.clone(), task]);
        }
        let person = county.person("valle-vista");
        resources[0]["birthDate"] = person.named()["birth_date"].clone();
        resources[0]["name"] = json!([{ "family": "Quillfeather", "given": ["Zebulonia"] }]);
        let number =
            json!({ "system": "https://crosswalk.example/fhir/sid/medi-cal-cin", "value": person.cin });
        resources[0]["identifier"].as_array_mut().expect("a list").push(number);
        let entries: Vec<Value> =
            resources.into_iter().map(|resource| json!({ "resource": resource })).collect();
        let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": entries });
        let task = send(county, key, &bundle).with(201);
        assert_eq!(referral_of(county, key, &task)["service"], "medically-tailored-meals");
    }
}

fn what_was_left_out_is_told_and_on_the_timeline(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("open-door");
    let mut bundle = about(&county.person("valle-vista"));
    bundle["entry"][REQUEST]["resource"]["reasonReference"] = json!([{ "reference": "Condition/elsewhere" }]);
    bundle["entry"][REQUEST]["resource"]["authoredOn"] = json!("2027-01-01");
    bundle["entry"][TASK]["resource"]["status"] = json!("received");
    let request = Request::bytes("/fhir/Bundle", "application/fhir+json", bundle.to_string()).by(key);
    let answer = county.client().send(&request);
    let replayed = county.client().send(&request);
    assert_eq!((replayed.is_replayed(), &replayed.bytes), (true, &answer.bytes), "a retry is told the same");
    let task = answer.with(201);
    let told: Vec<(String, String)> = notes(&task)
        .iter()
        .map(|note| (text(note, "/severity").to_owned(), text(note, "/expression/0").to_owned()))
        .collect();
    let expected = [
        ("information", "Bundle.entry[0].resource.status"),
        ("warning", "Bundle.entry[1].resource.authoredOn"),
        ("warning", "Bundle.entry[1].resource.reasonReference[0]"),
    ]
    .map(|(severity, path)| (severity.to_owned(), path.to_owned()));
    assert_eq!(told, expected);
    assert_eq!(
        task["extension"][0]["valueReference"]["reference"], "#read",
        "what is contained is referred to"
    );
    assert_eq!(task["contained"][0]["id"], "read");

    let case = referral_of(county, key, &task);
    for reader in [key, &county.plan("valle-vista").reviewer] {
        let timeline = county.timeline(reader, &case);
        let step = timeline.iter().find(|step| step["event"] == "read-as").expect("it is on the timeline");
        let issues = step["detail"]["issues"].as_array().expect("a list");
        let paths: Vec<&str> = issues.iter().map(|issue| text(issue, "/expression")).collect();
        assert_eq!(paths, expected.each_ref().map(|(_, path)| path.as_str()));
        assert_eq!(issues[2]["code"], "not-sent");
    }
    // What was read whole has nothing to tell.
    let task = send(county, key, &about(&county.person("valle-vista"))).with(201);
    assert!(task.get("contained").is_none() && task.get("extension").is_none());
    let timeline = county.timeline(key, &referral_of(county, key, &task));
    assert!(timeline.iter().all(|step| step["event"] != "read-as"));
}

fn what_the_record_refuses_is_named_where_it_was_sent(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("open-door");
    let person = county.person("valle-vista");
    let stranger = with(&person, PATIENT, "birthDate", json!("1931-07-20"));
    let refused = issues(&send(county, key, &stranger), 422);
    assert_eq!(first(&refused), ("unknown-member", "Bundle.entry[2].resource"));
    let cicm = json!({ "coding": [{ "system": "https://crosswalk.example/fhir/CodeSystem/service", "code": "cicm" }] });
    let refused = issues(&send(county, key, &with(&person, REQUEST, "code", cicm)), 422);
    assert!(!text(&refused[0], "/expression/0").is_empty(), "{refused:?}");

    send(county, key, &about(&person)).with(201);
    let again = issues(&send(county, key, &about(&person)), 409);
    assert_eq!(text(&again[0], "/details/coding/0/code"), "duplicate");
    assert_eq!(text(&again[0], "/code"), "conflict");
    assert!(again[0].get("expression").is_none(), "nothing that was sent is wrong");
    let unsigned = Request::bytes("/fhir/Bundle", "application/fhir+json", about(&person).to_string());
    assert_eq!(
        text(&issues(&county.client().send(&unsigned), 401)[0], "/details/coding/0/code"),
        "not-signed-in"
    );
    for (query, code) in [
        ("", "missing-field"),
        ("?part-of=Patient/1", "invalid-value"),
        ("?status=requested", "unknown-parameter"),
    ] {
        let answer = county.client().send(&Request::get(format!("/fhir/Task{query}")).by(key));
        let refused = issues(&answer, 422);
        assert_eq!(text(&refused[0], "/details/coding/0/code"), code, "{query}");
        assert!(refused[0].get("expression").is_none(), "no resource was sent");
    }
}

/// A referral's own Task, and those of the providers' turns, as the holder of `key` sees them.
fn tasks(county: &County, key: &str, case: &Value) -> (Value, Vec<Value>) {
    let id = text(case, "/id").replace('_', "-");
    let platform = county.client().read(key, &format!("/fhir/Task/{id}"));
    let found = county.client().read(key, &format!("/fhir/Task?part-of=Task/{id}"));
    assert_eq!((text(&found, "/resourceType"), text(&found, "/type")), ("Bundle", "searchset"));
    let entries = found["entry"].as_array().cloned().unwrap_or_default();
    assert_eq!(found["total"], json!(entries.len()));
    let turns: Vec<Value> = entries.into_iter().map(|entry| entry["resource"].clone()).collect();
    for turn in &turns {
        assert_eq!(turn["partOf"], json!([{ "reference": format!("Task/{id}") }]));
        let own = county.client().send(&Request::get(format!("/fhir/Task/{}", text(turn, "/id"))).by(key));
        assert_eq!(own.header("etag"), format!("W/\"{}\"", text(turn, "/meta/versionId")));
        assert_eq!(own.with(200), *turn, "found and read are the same");
    }
    (platform, turns)
}

/// A referral to meals that the plan's people have accepted, sent in FHIR by who has no contract for them.
fn accepted_meals(county: &County) -> Value {
    let key = county.key_of("new-leaf");
    let code = json!({ "coding": [{ "system": HCPCS, "code": "S5170 U6" }] });
    let task = send(county, key, &with(&county.person("costa-alta"), REQUEST, "code", code)).with(201);
    let case = referral_of(county, key, &task);
    let accept = json!({ "decision": "accept" });
    county.change(&county.plan("costa-alta").reviewer, &case, "decisions", &accept).with(200)
}

fn assign(county: &County, case: &Value, provider: &str) -> Value {
    let reviewer = &county.plan("costa-alta").reviewer;
    let body = json!({ "decision": "assign", "provider": county.provider(provider).id });
    county.change(reviewer, &county.again(reviewer, case), "decisions", &body).with(200)
}

fn step(county: &County, provider: &str, case: &Value, body: &Value) {
    let key = county.key_of(provider);
    county.change(key, &county.again(key, case), "status", body).with(200);
}

/// Rank of a Task's status; no change leads to a smaller one.
fn rank(status: &str) -> usize {
    let order = ["requested", "accepted", "in-progress", "rejected", "cancelled", "completed"];
    order.iter().position(|known| *known == status).unwrap_or_else(|| panic!("{status} is never told"))
}

/// Instant of a task's last change. As text, a time with a fraction stands before the same one without.
fn modified(task: &Value) -> jiff::Timestamp {
    text(task, "/lastModified").parse().expect("an instant")
}

fn no_task_goes_back_from_one_provider_to_the_next(database: Database) {
    let county = County::shared(database);
    let reviewer = &county.plan("costa-alta").reviewer;
    let case = accepted_meals(county);
    let mut seen: Vec<Vec<Value>> = Vec::new();
    let mut look = |what: &str, platform: &str, turns: &[&str]| {
        let (own, parts) = tasks(county, reviewer, &case);
        assert_eq!(text(&own, "/status"), platform, "{what}");
        let told: Vec<&str> = parts.iter().map(|turn| text(turn, "/status")).collect();
        // Who is offered it first, the host chose.
        assert_eq!(told[told.len() - turns.len()..], *turns, "{what}: {told:?}");
        for task in std::iter::once(&own).chain(&parts) {
            let ended = ["rejected", "cancelled"].contains(&text(task, "/status"));
            let reason = &task["statusReason"];
            assert_eq!(reason.is_object(), ended, "{what}: {task}");
            assert!(!ended || !text(reason, "/coding/0/system").is_empty(), "{what}: {reason}");
            assert!(!ended || !text(reason, "/coding/0/code").is_empty(), "{what}: {reason}");
            assert!(!ended || text(reason, "/text").contains(' '), "{what}: {reason}");
            assert_eq!(task["meta"]["lastUpdated"], task["lastModified"], "{what}");
        }
        seen.push(std::iter::once(own).chain(parts).collect());
    };
    look("accepted by the plan", "requested", &["requested"]);
    assign(county, &case, "mesa-verde");
    look("assigned", "requested", &["cancelled", "requested"]);
    step(county, "mesa-verde", &case, &json!({ "status": "accepted" }));
    look("taken", "accepted", &["accepted"]);
    step(county, "mesa-verde", &case, &json!({ "status": "declined", "decline_reason": "no-capacity" }));
    look("given back", "accepted", &["cancelled", "requested"]);
    assign(county, &case, "casa-puente");
    step(county, "casa-puente", &case, &json!({ "status": "accepted" }));
    step(county, "casa-puente", &case, &json!({ "status": "outreach-initiated" }));
    look("begun", "in-progress", &["cancelled", "in-progress"]);
    step(county, "casa-puente", &case, &json!({ "status": "provider-change-requested" }));
    look("the member wants another", "in-progress", &["cancelled", "requested"]);
    assign(county, &case, "hospital");
    look("another is asked", "in-progress", &["cancelled", "requested"]);
    step(county, "hospital", &case, &json!({ "status": "accepted" }));
    look("another takes it", "in-progress", &["accepted"]);
    step(county, "hospital", &case, &json!({ "status": "closed", "closure_reason": "services-received" }));
    look("done", "completed", &["completed"]);

    for (before, after) in seen.iter().zip(&seen[1..]) {
        assert!(after.len() >= before.len(), "no turn goes away");
        for (before, after) in before.iter().zip(after) {
            assert_eq!(before["id"], after["id"]);
            assert!(rank(text(before, "/status")) <= rank(text(after, "/status")), "{before} became {after}");
            let newer = version_of(before) < version_of(after);
            assert!(before == after || newer, "{before} became {after}");
            assert!(modified(before) <= modified(after), "{before} became {after}");
        }
        assert!(version_of(&before[0]) < version_of(&after[0]), "every step changes the referral's own");
    }
    let last = seen.last().expect("it was looked at");
    for task in [&last[0], &last[last.len() - 1]] {
        let coding = &task["output"][0]["valueCodeableConcept"]["coding"];
        let systems = ["http://snomed.info/sct", HCPCS];
        let all = coding.as_array().expect("a list");
        assert!(all.iter().all(|one| systems.contains(&text(one, "/system"))), "{coding}");
        assert_eq!(task["output"][0]["type"]["coding"][0]["code"], "resulting-activity");
    }
    let owners: Vec<&str> = last[1..].iter().map(|turn| text(turn, "/owner/reference")).collect();
    for provider in ["mesa-verde", "casa-puente", "hospital"] {
        let own = format!("Organization/{}", county.provider(provider).id.replace('_', "-"));
        assert!(owners.contains(&own.as_str()), "{provider}");
    }
}

fn version_of(task: &Value) -> u64 {
    text(task, "/meta/versionId").parse().expect("a number")
}

/// 45 CFR 164.502(b): whoever made the referral learns who has taken it, and not who was merely asked; a
/// provider sees its own turn. What is another's is as what is not there.
fn a_providers_turn_is_seen_by_its_parties(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let (sender, reviewer) = (county.key_of("new-leaf"), &county.plan("costa-alta").reviewer);
    let case = accepted_meals(county);
    let id = text(&case, "/id").replace('_', "-");
    let search = |key: &str, id: &str| {
        client.send(&Request::get(format!("/fhir/Task?part-of={id}")).by(key)).with(200)
    };
    let (_, all) = tasks(county, reviewer, &case);
    assert_eq!(all.len(), 1, "the plan sees who is asked");
    assert_eq!(tasks(county, sender, &case).1.len(), 0, "its sender does not");
    let asked = format!("/fhir/Task/{}", text(&all[0], "/id"));
    assert_eq!(client.send(&Request::get(&asked).by(sender)).status, 404);

    assign(county, &case, "mesa-verde");
    let kitchen = county.key_of("mesa-verde");
    assert_eq!(tasks(county, sender, &case).1.len(), 1, "to whom the plan gave it, its sender may know");
    let (_, own) = tasks(county, kitchen, &case);
    assert_eq!(own.len(), 1, "and a provider its own turn");
    step(county, "mesa-verde", &case, &json!({ "status": "accepted" }));
    let turn = format!("/fhir/Task/{}", text(&own[0], "/id"));
    assert_eq!(text(&client.read(kitchen, &turn), "/status"), "accepted");
    assert_eq!(text(&client.read(sender, &turn), "/status"), "accepted");

    let absent = format!("{}00000000", &id[..id.len() - 8]);
    let strangers = [
        county.key_of("hospital"),
        &county.plan("valle-vista").reviewer,
        &county.plan("valle-vista").admin,
        &county.server.operator,
    ];
    for key in strangers {
        let (foreign, nothing) = (search(key, &id), search(key, &absent));
        assert_eq!((&foreign["total"], foreign.get("entry")), (&json!(0), None));
        assert_eq!(foreign["total"], nothing["total"]);
        assert_eq!(client.send(&Request::get(&turn).by(key)).status, 404);
        assert_eq!(client.send(&Request::get(format!("/fhir/Task/{absent}-2")).by(key)).status, 404);
    }
    for odd in [format!("{id}-0"), format!("{id}-99"), format!("{id}-02"), format!("{id}-x")] {
        assert_eq!(client.send(&Request::get(format!("/fhir/Task/{odd}")).by(reviewer)).status, 404, "{odd}");
    }
    assert_eq!(search(reviewer, &format!("Task/{id}"))["total"], json!(2));

    // What was given back is its provider's no more.
    step(county, "mesa-verde", &case, &json!({ "status": "declined", "decline_reason": "no-capacity" }));
    assert_eq!(client.send(&Request::get(&turn).by(kitchen)).status, 404);
    let given_back = client.read(sender, &turn);
    assert_eq!(text(&given_back, "/status"), "cancelled");
    assert_eq!(text(&given_back, "/statusReason/coding/0/code"), "given-back", "and why is not its sender's");
    let given_back = client.read(reviewer, &turn);
    assert_eq!(text(&given_back, "/statusReason/coding/0/code"), "no-capacity");
    assert_eq!(text(&given_back, "/statusReason/text"), "No capacity");
}

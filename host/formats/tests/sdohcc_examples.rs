//! The published examples of SDOH Clinical Care 3.0.0, each with what becomes of it.
//!
//! They are read in place, never copied. `CROSSWALK_FIXTURES` names the folder; without the folder there is
//! nothing to test, unless continuous integration says that it must be there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use domain::catalog::Catalog;
use expect_test::expect;
use formats::fhir::{FhirIssue, FhirReferral, FhirRules, operation_outcome, read_referral};
use jiff::civil::date;
use serde_json::{Value, json};

/// The resources of a folder of the guide by `Type/id`, with their files' names; nothing if they are not
/// there.
fn published(folder: &str) -> Option<BTreeMap<String, (String, Value)>> {
    let given = std::env::var_os("CROSSWALK_FIXTURES");
    let must_be_there = given.is_some() && std::env::var_os("CI").is_some();
    let beside =
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..").join("shared").join("fixtures");
    let path = given.map_or_else(beside, PathBuf::from).join("fhir/sdohcc-3.0.0").join(folder);
    let Ok(files) = std::fs::read_dir(&path) else {
        assert!(!must_be_there, "CROSSWALK_FIXTURES has no fhir/sdohcc-3.0.0/{folder}");
        println!("skipped: the published examples are not here; set CROSSWALK_FIXTURES");
        return None;
    };
    let mut examples = BTreeMap::new();
    for file in files {
        let path = file.expect("the folder can be listed").path();
        let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("the file can be read");
        let resource: Value = serde_json::from_str(&text).expect("the examples are JSON");
        let word = |element: &str| resource[element].as_str().unwrap_or_default().to_owned();
        examples.insert(format!("{}/{}", word("resourceType"), word("id")), (name, resource));
    }
    Some(examples)
}

/// A bundle of one example, everything that it refers to directly or not, and the consents.
fn bundle(key: &str, examples: &BTreeMap<String, (String, Value)>) -> Value {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(object) => {
                found.extend(object.get("reference").and_then(Value::as_str).map(str::to_owned));
                object.values().for_each(|value| references(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let mut open: Vec<String> = examples.keys().filter(|key| key.starts_with("Consent/")).cloned().collect();
    open.push(key.to_owned());
    let mut taken = BTreeSet::new();
    while let Some(key) = open.pop() {
        if let Some((_, resource)) = examples.get(&key)
            && taken.insert(key)
        {
            references(resource, &mut open);
        }
    }
    let entries: Vec<Value> = taken
        .iter()
        .map(|key| json!({ "fullUrl": format!("https://example.org/fhir/{key}"), "resource": examples[key].1 }))
        .collect();
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries })
}

fn each_of_kind<'a>(bundle: &'a mut Value, kind: &'a str) -> impl Iterator<Item = &'a mut Value> {
    let entries = bundle["entry"].as_array_mut().expect("a bundle has entries").iter_mut();
    entries.map(|entry| &mut entry["resource"]).filter(move |resource| resource["resourceType"] == kind)
}

fn read(sent: &Value) -> Result<FhirReferral, Vec<FhirIssue>> {
    read_referral(sent, &FhirRules { today: date(2026, 3, 9), catalog: Catalog::state() })
}

fn outcome(sent: &Value) -> String {
    let lines =
        |issues: &[FhirIssue]| issues.iter().map(|issue| format!("\n        {issue}")).collect::<String>();
    match read(sent) {
        Ok(referral) => {
            let facts: Vec<&str> = referral.facts.iter().map(|fact| fact.code.as_str()).collect();
            format!("mapped: {} [{}]{}", referral.service, facts.join(", "), lines(&referral.notes))
        }
        Err(issues) => {
            assert_eq!(operation_outcome(&issues)["issue"][0]["severity"], "error", "a refusal says why");
            format!("refused:{}", lines(&issues))
        }
    }
}

#[test]
fn every_published_referral_is_mapped_or_refused_with_a_reason() {
    let Some(examples) = published("examples") else { return };
    let mut table = String::new();
    for (key, (file, _)) in &examples {
        if !(key.starts_with("ServiceRequest/") || key.starts_with("Task/")) {
            continue;
        }
        let mut sent = bundle(key, &examples);
        table += &format!("{file}\n    alone: {}\n", outcome(&examples[key].1));
        table += &format!("    as published: {}\n", outcome(&sent));
        asking_for_meals(&mut sent);
        table += &format!("    new, of a member of Medi-Cal, asking for meals: {}\n", outcome(&sent));
    }
    expect![[r#"
        ServiceRequest-SDOHCC-ServiceRequestActiveFoodPantryApplicationAssistExample
            alone: refused:
                not-sent ServiceRequest.subject: refer to a Patient and send it in the same bundle, or contained in the ServiceRequest
                no-service ServiceRequest.code.coding[0]: SNOMED CT 467771000124109 leads to no service: help with an application for a food pantry is no Community Support; medically tailored meals would be another service than the one asked for; if one of our services is meant, send its HCPCS code and modifiers in `code`
                not-sent ServiceRequest.reasonReference[0]: what this refers to was not sent, so it was not read
            as published: refused:
                missing Bundle.entry[4].resource.identifier: the Medi-Cal client index number is missing; add an identifier of type MB (http://terminology.hl7.org/CodeSystem/v2-0203) or of system https://crosswalk.example/fhir/sid/medi-cal-cin
                no-service Bundle.entry[5].resource.code.coding[0]: SNOMED CT 467771000124109 leads to no service: help with an application for a food pantry is no Community Support; medically tailored meals would be another service than the one asked for; if one of our services is meant, send its HCPCS code and modifiers in `code`
            new, of a member of Medi-Cal, asking for meals: mapped: medically-tailored-meals [consent.member-agrees]
        Task-SDOHCC-TaskPatientMakeAppointmentCompletedExample
            alone: refused:
                not-fulfill Task.code: this Task asks nobody to fulfill a referral; a referral's Task has code `fulfill` (http://hl7.org/fhir/CodeSystem/task-code) and focuses on a ServiceRequest
            as published: refused:
                not-fulfill Bundle.entry[6].resource.code: this Task asks nobody to fulfill a referral; a referral's Task has code `fulfill` (http://hl7.org/fhir/CodeSystem/task-code) and focuses on a ServiceRequest
            new, of a member of Medi-Cal, asking for meals: refused:
                not-fulfill Bundle.entry[6].resource.code: this Task asks nobody to fulfill a referral; a referral's Task has code `fulfill` (http://hl7.org/fhir/CodeSystem/task-code) and focuses on a ServiceRequest
        Task-SDOHCC-TaskReferralManagementOrderFulfillmentAcceptedExample
            alone: refused:
                not-sent Task.focus: send the ServiceRequest that this Task focuses on in the same bundle, or contained in the Task
            as published: refused:
                no-new-referral Bundle.entry[10].resource.status: a new referral's Task has status `requested`, not `accepted`
                missing Bundle.entry[6].resource.identifier: the Medi-Cal client index number is missing; add an identifier of type MB (http://terminology.hl7.org/CodeSystem/v2-0203) or of system https://crosswalk.example/fhir/sid/medi-cal-cin
                no-service Bundle.entry[9].resource.code.coding[0]: SNOMED CT 467771000124109 leads to no service: help with an application for a food pantry is no Community Support; medically tailored meals would be another service than the one asked for; if one of our services is meant, send its HCPCS code and modifiers in `code`
            new, of a member of Medi-Cal, asking for meals: mapped: medically-tailored-meals [consent.member-agrees]
        Task-SDOHCC-TaskReferralManagementOrderFulfillmentCompletedExample
            alone: refused:
                not-sent Task.focus: send the ServiceRequest that this Task focuses on in the same bundle, or contained in the Task
            as published: refused:
                no-new-referral Bundle.entry[11].resource.status: a new referral's Task has status `requested`, not `completed`
                missing Bundle.entry[6].resource.identifier: the Medi-Cal client index number is missing; add an identifier of type MB (http://terminology.hl7.org/CodeSystem/v2-0203) or of system https://crosswalk.example/fhir/sid/medi-cal-cin
                no-service Bundle.entry[10].resource.code.coding[0]: SNOMED CT 467771000124109 leads to no service: help with an application for a food pantry is no Community Support; medically tailored meals would be another service than the one asked for; if one of our services is meant, send its HCPCS code and modifiers in `code`
            new, of a member of Medi-Cal, asking for meals: mapped: medically-tailored-meals [consent.member-agrees]
    "#]].assert_eq(&table);
}

/// As published, but for a member of Medi-Cal who needs meals, and new: what becomes of the referral alone is
/// to be seen.
fn asking_for_meals(sent: &mut Value) {
    for patient in each_of_kind(sent, "Patient") {
        let number = json!({
            "type": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MB" }] },
            "value": "94710382A",
        });
        patient["identifier"].as_array_mut().expect("it has one").push(number);
    }
    for request in each_of_kind(sent, "ServiceRequest") {
        request["status"] = json!("active");
        request["code"]["coding"] = json!([{ "system": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "code": "S5170 U6" }]);
    }
    for task in each_of_kind(sent, "Task") {
        task["status"] = json!("requested");
    }
}

/// The guide's intermediary (indirect referral) passes on what it got: a request that is `basedOn` the
/// clinic's, for the garden or the summer food program, and a Task that is `partOf` the clinic's. Where the
/// published folder lacks those four, they are made here of what it has, as the guide's sources word them.
fn passed_on(examples: &mut BTreeMap<String, (String, Value)>) -> Vec<String> {
    const ORIGINAL: &str = "SDOHCC-ServiceRequestActiveFoodPantryApplicationAssistExample";
    let programs = [("GardenProgram", "467751000124104"), ("SummerFoodProgram", "467681000124101")];
    let mut keys = Vec::new();
    for (program, code) in programs {
        let id = format!("SDOHCC-ServiceRequestSubreferral{program}Example");
        let mut request = examples[&format!("ServiceRequest/{ORIGINAL}")].1.clone();
        request["id"] = json!(id);
        request["basedOn"] = json!([{ "reference": format!("ServiceRequest/{ORIGINAL}") }]);
        request["status"] = json!("completed");
        request["intent"] = json!("original-order");
        request["code"]["coding"] = json!([{ "system": "http://snomed.info/sct", "code": code }]);
        keys.push(format!("ServiceRequest/{id}"));
        examples.entry(format!("ServiceRequest/{id}")).or_insert((id, request));
    }
    for stage in ["Accepted", "Completed"] {
        let above = format!("SDOHCC-TaskReferralManagementOrderFulfillment{stage}Example");
        let id = format!("SDOHCC-TaskReferralManagementOrderSubtask{stage}Example");
        let mut task = examples[&format!("Task/{above}")].1.clone();
        task["id"] = json!(id);
        task["partOf"] = json!([{ "reference": format!("Task/{above}") }]);
        task["focus"] =
            json!({ "reference": "ServiceRequest/SDOHCC-ServiceRequestSubreferralSummerFoodProgramExample" });
        task["requester"] =
            json!({ "reference": "Organization/SDOHCC-OrganizationCoordinationPlatformExample" });
        keys.push(format!("Task/{id}"));
        examples.entry(format!("Task/{id}")).or_insert((id, task));
    }
    keys
}

#[test]
fn the_bundles_of_an_intermediary_are_read() {
    let Some(mut examples) = published("examples") else { return };
    let keys = passed_on(&mut examples);
    let mut table = String::new();
    for key in &keys {
        let mut sent = bundle(key, &examples);
        let requests = each_of_kind(&mut sent, "ServiceRequest").count();
        assert_eq!(requests, 2, "{key} comes with the request that it rests on");
        table += &format!("{key}\n    as passed on: {}\n", outcome(&sent));
        asking_for_meals(&mut sent);
        table += &format!("    new, asking for meals: {}\n", outcome(&sent));
        let referral = read(&sent).expect("it is mapped");
        let place = sent.pointer(&pointer(referral.places.of(""))).expect("it stands there");
        assert_eq!(
            place["basedOn"][0]["reference"].as_str().map(|one| one.contains("FoodPantry")),
            Some(true)
        );
    }
    assert_eq!(keys.len(), 4);
    expect![[r#"
        ServiceRequest/SDOHCC-ServiceRequestSubreferralGardenProgramExample
            as passed on: refused:
                no-new-referral Bundle.entry[6].resource.status: a referral is made by a ServiceRequest whose status is `active`
                missing Bundle.entry[4].resource.identifier: the Medi-Cal client index number is missing; add an identifier of type MB (http://terminology.hl7.org/CodeSystem/v2-0203) or of system https://crosswalk.example/fhir/sid/medi-cal-cin
                unknown-code Bundle.entry[6].resource.code.coding[0]: SNOMED CT 467751000124104 is not known here, so nothing was opened: a category decides only where `code` bears no coding; if one of our services is meant, send its HCPCS code and modifiers in `code`
            new, asking for meals: mapped: medically-tailored-meals [consent.member-agrees]
        ServiceRequest/SDOHCC-ServiceRequestSubreferralSummerFoodProgramExample
            as passed on: refused:
                no-new-referral Bundle.entry[6].resource.status: a referral is made by a ServiceRequest whose status is `active`
                missing Bundle.entry[4].resource.identifier: the Medi-Cal client index number is missing; add an identifier of type MB (http://terminology.hl7.org/CodeSystem/v2-0203) or of system https://crosswalk.example/fhir/sid/medi-cal-cin
                unknown-code Bundle.entry[6].resource.code.coding[0]: SNOMED CT 467681000124101 is not known here, so nothing was opened: a category decides only where `code` bears no coding; if one of our services is meant, send its HCPCS code and modifiers in `code`
            new, asking for meals: mapped: medically-tailored-meals [consent.member-agrees]
        Task/SDOHCC-TaskReferralManagementOrderSubtaskAcceptedExample
            as passed on: refused:
                no-new-referral Bundle.entry[10].resource.status: a referral is made by a ServiceRequest whose status is `active`
                no-new-referral Bundle.entry[12].resource.status: a new referral's Task has status `requested`, not `accepted`
                missing Bundle.entry[6].resource.identifier: the Medi-Cal client index number is missing; add an identifier of type MB (http://terminology.hl7.org/CodeSystem/v2-0203) or of system https://crosswalk.example/fhir/sid/medi-cal-cin
                unknown-code Bundle.entry[10].resource.code.coding[0]: SNOMED CT 467681000124101 is not known here, so nothing was opened: a category decides only where `code` bears no coding; if one of our services is meant, send its HCPCS code and modifiers in `code`
            new, asking for meals: mapped: medically-tailored-meals [consent.member-agrees]
        Task/SDOHCC-TaskReferralManagementOrderSubtaskCompletedExample
            as passed on: refused:
                no-new-referral Bundle.entry[11].resource.status: a referral is made by a ServiceRequest whose status is `active`
                no-new-referral Bundle.entry[13].resource.status: a new referral's Task has status `requested`, not `completed`
                missing Bundle.entry[6].resource.identifier: the Medi-Cal client index number is missing; add an identifier of type MB (http://terminology.hl7.org/CodeSystem/v2-0203) or of system https://crosswalk.example/fhir/sid/medi-cal-cin
                unknown-code Bundle.entry[11].resource.code.coding[0]: SNOMED CT 467681000124101 is not known here, so nothing was opened: a category decides only where `code` bears no coding; if one of our services is meant, send its HCPCS code and modifiers in `code`
            new, asking for meals: mapped: medically-tailored-meals [consent.member-agrees]
    "#]].assert_eq(&table);
}

/// The JSON Pointer of a FHIRPath such as `Bundle.entry[2].resource`.
fn pointer(path: &str) -> String {
    let inside = path.split_once('.').map_or("", |(_, inside)| inside);
    inside.split(['.', '[']).map(|part| format!("/{}", part.trim_end_matches(']'))).collect()
}

#[test]
fn every_published_category_has_an_answer_of_its_own() {
    let Some(terminology) = published("terminology") else { return };
    let system = &terminology["CodeSystem/SDOHCC-CodeSystemTemporaryCodes"].1;
    let categories =
        &terminology["ValueSet/SDOHCC-ValueSetSDOHCategory"].1["compose"]["include"][0]["concept"];
    for category in categories.as_array().expect("the value set lists its codes") {
        let sent = json!({
            "resourceType": "ServiceRequest", "status": "active", "intent": "order",
            "category": [{ "coding": [{ "system": system["url"], "code": category["code"] }] }],
        });
        assert!(
            !outcome(&sent).contains("unknown-code ServiceRequest.category"),
            "{} is not known",
            category["code"]
        );
    }
}

//! The published examples of SDOH Clinical Care 3.0.0, each with what becomes of it.
//!
//! They are read in place, never copied. `CROSSWALK_FIXTURES` names the folder; without the folder there is nothing to
//! test, unless continuous integration says that it must be there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use domain::catalog::Catalog;
use expect_test::expect;
use formats::fhir::{FhirIssue, FhirRules, operation_outcome, read_referral};
use jiff::civil::date;
use serde_json::{Value, json};

/// The resources of a folder of the guide by `Type/id`, with their files' names; nothing if they are not there.
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

fn outcome(sent: &Value) -> String {
    let lines =
        |issues: &[FhirIssue]| issues.iter().map(|issue| format!("\n        {issue}")).collect::<String>();
    match read_referral(sent, &FhirRules { today: date(2026, 3, 9), catalog: Catalog::state() }) {
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
        // The examples' patient is in no Medi-Cal plan.
        for patient in each_of_kind(&mut sent, "Patient") {
            let number = json!({
                "type": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MB" }] },
                "value": "94710382A",
            });
            patient["identifier"].as_array_mut().expect("it has one").push(number);
        }
        table += &format!("    with a client index number: {}\n", outcome(&sent));
        for request in each_of_kind(&mut sent, "ServiceRequest") {
            request["code"]["coding"] = json!([{ "system": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "code": "S5170 U6" }]);
        }
        for task in each_of_kind(&mut sent, "Task") {
            task["status"] = json!("requested");
        }
        table += &format!("    and asking for meals, the Task new: {}\n", outcome(&sent));
    }
    expect![[r#"
        ServiceRequest-SDOHCC-ServiceRequestActiveFoodPantryApplicationAssistExample
            alone: refused:
                not-found ServiceRequest.subject: refer to a Patient and send it in the same bundle, or contained in the ServiceRequest
                not-supported ServiceRequest.code: this activity leads to no service: help with an application for a food pantry is no Community Support; medically tailored meals would be another service than the one asked for; if one of our services is meant, send its HCPCS code and modifiers in `code`
                not-found ServiceRequest.reasonReference[0]: what this refers to was not sent, so it was not read
            as published: refused:
                required Bundle.entry[4].resource.identifier: the Medi-Cal client index number is missing; add an identifier of type MB (http://terminology.hl7.org/CodeSystem/v2-0203) or of system https://crosswalk.example/fhir/sid/medi-cal-cin
                not-supported Bundle.entry[5].resource.code: this activity leads to no service: help with an application for a food pantry is no Community Support; medically tailored meals would be another service than the one asked for; if one of our services is meant, send its HCPCS code and modifiers in `code`
            with a client index number: refused:
                not-supported Bundle.entry[5].resource.code: this activity leads to no service: help with an application for a food pantry is no Community Support; medically tailored meals would be another service than the one asked for; if one of our services is meant, send its HCPCS code and modifiers in `code`
            and asking for meals, the Task new: mapped: medically-tailored-meals [consent.member-agrees]
        Task-SDOHCC-TaskPatientMakeAppointmentCompletedExample
            alone: refused:
                not-supported Task.code: this Task asks nobody to fulfil a referral; a referral's Task has code `fulfill` and focuses on a ServiceRequest
            as published: refused:
                not-supported Bundle.entry[6].resource.code: this Task asks nobody to fulfil a referral; a referral's Task has code `fulfill` and focuses on a ServiceRequest
            with a client index number: refused:
                not-supported Bundle.entry[6].resource.code: this Task asks nobody to fulfil a referral; a referral's Task has code `fulfill` and focuses on a ServiceRequest
            and asking for meals, the Task new: refused:
                not-supported Bundle.entry[6].resource.code: this Task asks nobody to fulfil a referral; a referral's Task has code `fulfill` and focuses on a ServiceRequest
        Task-SDOHCC-TaskReferralManagementOrderFulfillmentAcceptedExample
            alone: refused:
                not-found Task.focus: send the ServiceRequest that this Task focuses on in the same bundle, or contained in the Task
            as published: refused:
                business-rule Bundle.entry[10].resource.status: a new referral's Task has status `requested`, not `accepted`
                required Bundle.entry[6].resource.identifier: the Medi-Cal client index number is missing; add an identifier of type MB (http://terminology.hl7.org/CodeSystem/v2-0203) or of system https://crosswalk.example/fhir/sid/medi-cal-cin
                not-supported Bundle.entry[9].resource.code: this activity leads to no service: help with an application for a food pantry is no Community Support; medically tailored meals would be another service than the one asked for; if one of our services is meant, send its HCPCS code and modifiers in `code`
                value Bundle.entry[7].resource.identifier[0].value: national provider identifier must be ten digits that begin with 1 or 2; it was not read
            with a client index number: refused:
                business-rule Bundle.entry[10].resource.status: a new referral's Task has status `requested`, not `accepted`
                not-supported Bundle.entry[9].resource.code: this activity leads to no service: help with an application for a food pantry is no Community Support; medically tailored meals would be another service than the one asked for; if one of our services is meant, send its HCPCS code and modifiers in `code`
                value Bundle.entry[7].resource.identifier[0].value: national provider identifier must be ten digits that begin with 1 or 2; it was not read
            and asking for meals, the Task new: mapped: medically-tailored-meals [consent.member-agrees]
                value Bundle.entry[7].resource.identifier[0].value: national provider identifier must be ten digits that begin with 1 or 2; it was not read
        Task-SDOHCC-TaskReferralManagementOrderFulfillmentCompletedExample
            alone: refused:
                not-found Task.focus: send the ServiceRequest that this Task focuses on in the same bundle, or contained in the Task
            as published: refused:
                business-rule Bundle.entry[11].resource.status: a new referral's Task has status `requested`, not `completed`
                required Bundle.entry[6].resource.identifier: the Medi-Cal client index number is missing; add an identifier of type MB (http://terminology.hl7.org/CodeSystem/v2-0203) or of system https://crosswalk.example/fhir/sid/medi-cal-cin
                not-supported Bundle.entry[10].resource.code: this activity leads to no service: help with an application for a food pantry is no Community Support; medically tailored meals would be another service than the one asked for; if one of our services is meant, send its HCPCS code and modifiers in `code`
                value Bundle.entry[7].resource.identifier[0].value: national provider identifier must be ten digits that begin with 1 or 2; it was not read
            with a client index number: refused:
                business-rule Bundle.entry[11].resource.status: a new referral's Task has status `requested`, not `completed`
                not-supported Bundle.entry[10].resource.code: this activity leads to no service: help with an application for a food pantry is no Community Support; medically tailored meals would be another service than the one asked for; if one of our services is meant, send its HCPCS code and modifiers in `code`
                value Bundle.entry[7].resource.identifier[0].value: national provider identifier must be ten digits that begin with 1 or 2; it was not read
            and asking for meals, the Task new: mapped: medically-tailored-meals [consent.member-agrees]
                value Bundle.entry[7].resource.identifier[0].value: national provider identifier must be ten digits that begin with 1 or 2; it was not read
    "#]].assert_eq(&table);
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
            !outcome(&sent).contains("code-invalid ServiceRequest.category"),
            "{} is not known",
            category["code"]
        );
    }
}

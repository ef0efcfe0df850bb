use domain::catalog::Catalog;
use domain::referral::Stage;
use expect_test::expect;

use super::super::{IssueKind, Severity};
use super::*;

fn view(id: TaskId, reported: ReportedStatus) -> TaskView<'static> {
    let at = |text: &str| text.parse().expect("an instant");
    TaskView {
        id,
        version: 3,
        reported,
        state: "redirected",
        subject: TaskSubject {
            urgency: Urgency::Expedited,
            service: Catalog::state().service("ecm"),
            focus: "ServiceRequest/request-2041".to_owned(),
            patient: "Patient/member-77".to_owned(),
        },
        requester: Owner::Organization("Organization/clinic-1".to_owned()),
        owner: Some(Owner::Plan("silver-oak".to_owned())),
        authored_at: at("2026-03-02T17:20:00Z"),
        changed_at: at("2026-03-02T17:21:00Z"),
        notes: &[],
    }
}

fn id(assignment: Option<u32>) -> TaskId {
    TaskId { case: "case_0000000000000000000000000000002a".parse().expect("a case id"), assignment }
}

#[test]
fn a_referral_is_told_as_a_task() {
    let reason = Some("This member's care management comes from the D-SNP.");
    let view = view(id(None), ReportedStatus::of_referral(Stage::Redirected, None, reason, &[]));
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
            "lastUpdated": "2026-03-02T17:21:00Z",
            "profile": [
              "http://hl7.org/fhir/us/sdoh-clinicalcare/StructureDefinition/SDOHCC-TaskForReferralManagement"
            ],
            "versionId": "3"
          },
          "owner": {
            "identifier": {
              "system": "https://crosswalk.example/fhir/sid/plan",
              "value": "silver-oak"
            },
            "type": "Organization"
          },
          "priority": "urgent",
          "requester": {
            "reference": "Organization/clinic-1"
          },
          "resourceType": "Task",
          "status": "rejected",
          "statusReason": {
            "coding": [
              {
                "code": "redirected",
                "system": "https://crosswalk.example/fhir/CodeSystem/referral-status-reason"
              }
            ],
            "text": "This member's care management comes from the D-SNP."
          }
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&task_for(&view)).expect("a value is JSON"));
}

#[test]
fn a_providers_turn_is_part_of_the_referrals_task() {
    let task =
        task_for(&view(id(Some(2)), ReportedStatus::of_referral(Stage::ProviderAccepted, None, None, &[])));
    assert_eq!(task["id"], "case-0000000000000000000000000000002a-2");
    assert_eq!(task["partOf"], json!([{ "reference": "Task/case-0000000000000000000000000000002a" }]));
    assert_eq!(task["status"], "accepted");
    assert!(task.get("statusReason").is_none() && task.get("output").is_none());
}

/// US Core's procedure codes are those of CPT, SNOMED CT, HCPCS Level II, ICD-10-PCS and CDT.
#[test]
fn what_was_done_is_coded_in_the_value_set_that_the_guide_requires() {
    let done = || ReportedStatus::of_referral(Stage::Closed, Some("services-received"), None, &[]);
    let allowed = ["http://snomed.info/sct", "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"];
    let mut by_code = 0;
    for service in Catalog::state().services() {
        let mut view = view(id(None), done());
        view.subject.service = Some(service);
        let task = task_for(&view);
        let concept = &task["output"][0]["valueCodeableConcept"];
        let codings = concept["coding"].as_array().expect("a list");
        assert_eq!(codings.len(), 1, "{}", service.id);
        assert!(allowed.iter().any(|system| codings[0]["system"] == *system), "{}", service.id);
        by_code += usize::from(codings[0]["system"] == allowed[1]);
        assert_eq!(concept["text"], json!(service.name.en));
        assert_eq!(task["output"][0]["type"]["coding"][0]["code"], "resulting-activity");
    }
    assert!(by_code > 0, "some service has one code alone");
}

#[test]
fn what_was_noted_is_contained_and_referred_to() {
    let notes = [FhirIssue {
        severity: Severity::Warning,
        kind: IssueKind::NotRead,
        expression: "Bundle.entry[6].resource".to_owned(),
        diagnostics: "this Task is not the referral's and was not read".to_owned(),
    }];
    let view = TaskView {
        notes: &notes,
        ..view(id(None), ReportedStatus::of_referral(Stage::Accepted, None, None, &[]))
    };
    let task = task_for(&view);
    let outcome = &task["contained"][0];
    assert_eq!((&outcome["resourceType"], &outcome["id"]), (&json!("OperationOutcome"), &json!("read")));
    assert_eq!(outcome["issue"][0]["expression"], json!(["Bundle.entry[6].resource"]));
    assert_eq!(task["extension"][0]["valueReference"]["reference"], "#read");
}

#[test]
fn a_tasks_id_has_one_spelling() {
    let hex = "0198c3a0b2de7c41a5f0d6f1e2a3b4c5";
    for (text, read) in [
        (format!("case-{hex}"), true),
        (format!("case-{hex}-1"), true),
        (format!("case-{hex}-120"), true),
        (format!("case-{hex}-01"), false),
        (format!("case-{hex}-0x1"), false),
        (format!("case-{hex}-"), false),
        (format!("case-{hex}-1-2"), false),
        (format!("case-{hex}-99999999999"), false),
        (format!("case_{hex}"), false),
        (format!("org-{hex}"), false),
        (format!("case-{}", hex.to_uppercase()), false),
        (String::new(), false),
    ] {
        let parsed = text.parse::<TaskId>();
        assert_eq!(parsed.is_ok(), read, "{text}");
        if let Ok(id) = parsed {
            assert_eq!(id.to_string(), text);
        }
    }
}

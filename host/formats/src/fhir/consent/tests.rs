use domain::plan::types::FactValue;
use expect_test::expect;
use serde_json::{Value, json};

use super::super::tests::{changed, example, read};

const CONSENT: &str = "/entry/4/resource";

/// Reading of the example with this consent changed: yes, no or nothing, and the notes to the sender.
fn told(sent: &Value) -> String {
    let referral = read(sent).expect("a consent never stands against a referral");
    let agrees = referral.facts.iter().find(|fact| fact.code == super::AGREES).map(|fact| &fact.value);
    let fact = match agrees {
        Some(FactValue::Flag(true)) => "yes",
        Some(FactValue::Flag(false)) => "NO",
        _ => "-",
    };
    let notes: Vec<String> =
        referral.notes.iter().map(|note| format!("; {} {}", note.kind.name(), note.expression)).collect();
    format!("{fact}{}", notes.concat())
}

/// The example with these elements of its consent.
fn with(elements: &[(&str, Value)]) -> Value {
    let mut sent = example();
    for (element, value) in elements {
        sent = super::super::tests::changed_in(sent, &format!("{CONSENT}/{element}"), value.clone());
    }
    sent
}

fn rule(system: &str, code: &str) -> Value {
    json!({ "coding": [{ "system": format!("http://terminology.hl7.org/CodeSystem/{system}"), "code": code }] })
}

#[test]
fn a_refusal_is_a_no_wherever_it_stands() {
    let inside = |provision: Value| json!({ "provision": [provision] });
    let cases = [
        ("nothing said against it", vec![]),
        ("deny in the root, as R4 does not write it", vec![("provision", json!({ "type": "deny" }))]),
        ("deny inside", vec![("provision", inside(json!({ "type": "deny" })))]),
        (
            "deny second",
            vec![("provision", json!({ "provision": [{ "type": "permit" }, { "type": "deny" }] }))],
        ),
        (
            "deny for one purpose",
            vec![("provision", inside(json!({ "type": "deny", "purpose": [{ "code": "TREAT" }] })))],
        ),
        ("deny deep inside", vec![("provision", inside(inside(inside(json!({ "type": "deny" })))))]),
        (
            "deny inside a permit that has ended",
            vec![(
                "provision",
                json!({ "period": { "end": "2026-03-01" }, "provision": [{ "type": "deny" }] }),
            )],
        ),
        ("opt out", vec![("policyRule", rule("v3-ActCode", "OPTOUT"))]),
        ("opt out in another system", vec![("policyRule", rule("consentpolicycodes", "OPTOUT"))]),
        (
            "opt out beside an authorization",
            vec![(
                "policyRule",
                json!({ "coding": [
                    { "system": "http://terminology.hl7.org/CodeSystem/consentpolicycodes", "code": "hipaa-auth" },
                    { "code": "OPTOUT" },
                ] }),
            )],
        ),
        ("rejected", vec![("status", json!("rejected"))]),
        (
            "a no without a day is one of today",
            vec![("status", json!("rejected")), ("dateTime", Value::Null)],
        ),
        (
            "a no of another category",
            vec![("category", json!([rule("consentcategorycodes", "dnr")])), ("status", json!("rejected"))],
        ),
    ];
    let lines: Vec<String> =
        cases.iter().map(|(name, elements)| format!("{name}: {}", told(&with(elements)))).collect();
    expect![[r#"
        nothing said against it: yes
        deny in the root, as R4 does not write it: NO
        deny inside: NO
        deny second: NO
        deny for one purpose: NO
        deny deep inside: NO
        deny inside a permit that has ended: NO
        opt out: NO
        opt out in another system: NO
        opt out beside an authorization: NO
        rejected: NO
        a no without a day is one of today: NO; consent-not-understood Bundle.entry[4].resource.dateTime
        a no of another category: NO"#]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn only_what_is_wholly_understood_is_a_yes() {
    let inside = |provision: Value| json!({ "provision": [provision] });
    let cases = [
        ("hipaa authorization", vec![("policyRule", rule("consentpolicycodes", "hipaa-auth"))]),
        ("opt in", vec![("policyRule", rule("v3-ActCode", "OPTIN"))]),
        ("opt in with restrictions", vec![("policyRule", rule("v3-ActCode", "OPTINR"))]),
        ("opt in of another system", vec![("policyRule", rule("x", "OPTIN"))]),
        ("a rule in words", vec![("policyRule", json!({ "text": "as discussed" }))]),
        ("a policy beside", vec![("policy", json!([{ "uri": "https://x.example/policy" }]))]),
        ("permit", vec![("provision", json!({ "type": "permit" }))]),
        ("permit inside", vec![("provision", inside(json!({ "type": "permit" })))]),
        (
            "permit to one organization",
            vec![("provision", inside(json!({ "type": "permit", "actor": [{ "role": {} }] })))],
        ),
        ("no type inside", vec![("provision", inside(json!({})))]),
        ("an unknown type", vec![("provision", json!({ "type": "maybe" }))]),
        (
            "in its period",
            vec![("provision", json!({ "period": { "start": "2026-01-01", "end": "2026-03-09" } }))],
        ),
        ("after its period", vec![("provision", json!({ "period": { "end": "2026-03-08" } }))]),
        ("before its period", vec![("provision", json!({ "period": { "start": "2026-03-10" } }))]),
        ("a period in years", vec![("provision", json!({ "period": { "end": "2027" } }))]),
        ("modified", vec![("modifierExtension", json!([{ "url": "https://x.example" }]))]),
        ("a provision modified", vec![("provision", json!({ "modifierExtension": [{ "url": "x" }] }))]),
        ("an extended primitive", vec![("_status", json!({ "extension": [] }))]),
        ("verified", vec![("verification", json!([{ "verified": true }]))]),
        ("not verified", vec![("verification", json!([{ "verified": false }]))]),
        ("another scope", vec![("scope", rule("consentscope", "research"))]),
        ("no scope", vec![("scope", Value::Null)]),
        ("another category", vec![("category", json!([rule("consentcategorycodes", "hcd")]))]),
        ("no category", vec![("category", Value::Null)]),
        ("a draft", vec![("status", json!("draft"))]),
        ("an unknown status", vec![("status", json!("agreed"))]),
        ("somebody else's", vec![("patient", json!({ "reference": "Organization/clinic-1" }))]),
        ("nobody's", vec![("patient", json!({ "display": "the member" }))]),
        ("of the future", vec![("dateTime", json!("2026-03-10"))]),
        ("of a month", vec![("dateTime", json!("2026-03"))]),
    ];
    let lines: Vec<String> =
        cases.iter().map(|(name, elements)| format!("{name}: {}", told(&with(elements)))).collect();
    expect![[r#"
        hipaa authorization: yes
        opt in: yes
        opt in with restrictions: -; consent-not-understood Bundle.entry[4].resource.policyRule
        opt in of another system: -; consent-not-understood Bundle.entry[4].resource.policyRule
        a rule in words: -; consent-not-understood Bundle.entry[4].resource.policyRule
        a policy beside: -; consent-not-understood Bundle.entry[4].resource.policy
        permit: yes
        permit inside: yes
        permit to one organization: -; consent-not-understood Bundle.entry[4].resource.provision.provision[0].actor
        no type inside: -; consent-not-understood Bundle.entry[4].resource.provision.provision[0].type
        an unknown type: -; consent-not-understood Bundle.entry[4].resource.provision.type
        in its period: yes
        after its period: -; not-in-force Bundle.entry[4].resource.provision.period.end
        before its period: -; not-in-force Bundle.entry[4].resource.provision.period.start
        a period in years: -; consent-not-understood Bundle.entry[4].resource.provision.period.end
        modified: -; unknown-modifier Bundle.entry[4].resource.modifierExtension
        a provision modified: -; unknown-modifier Bundle.entry[4].resource.provision.modifierExtension
        an extended primitive: -; consent-not-understood Bundle.entry[4].resource
        verified: yes
        not verified: -; consent-not-understood Bundle.entry[4].resource.verification[0].verified
        another scope: -; consent-to-something-else Bundle.entry[4].resource.scope
        no scope: -; consent-not-understood Bundle.entry[4].resource.scope
        another category: -; consent-to-something-else Bundle.entry[4].resource.category
        no category: -; consent-not-understood Bundle.entry[4].resource.category
        a draft: -; not-in-force Bundle.entry[4].resource.status
        an unknown status: -; consent-not-understood Bundle.entry[4].resource.status
        somebody else's: -; other-person Bundle.entry[4].resource.patient
        nobody's: -; consent-not-understood Bundle.entry[4].resource.patient
        of the future: -; consent-not-understood Bundle.entry[4].resource.dateTime
        of a month: -; consent-not-understood Bundle.entry[4].resource.dateTime"#]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn an_element_of_the_wrong_type_tells_nothing_and_the_sender_is_told() {
    let elements = [
        "status",
        "scope",
        "category",
        "patient",
        "dateTime",
        "policyRule",
        "provision",
        "modifierExtension",
        "verification",
    ];
    for element in elements {
        for value in
            [json!(true), json!(7), json!("x"), json!([5]), json!({ "it": 5 }), json!([{ "coding": 5 }])]
        {
            let sent = with(&[(element, value.clone())]);
            let told = told(&sent);
            assert!(told.starts_with("-; "), "{element} as {value}: {told}");
            assert!(
                told.contains(&format!("Bundle.entry[4].resource.{element}")),
                "{element} as {value}: {told}"
            );
        }
    }
    for (pointer, value) in [
        ("/provision", json!({ "type": true })),
        ("/provision", json!({ "type": ["permit"] })),
        ("/provision", json!({ "period": "2026" })),
        ("/provision", json!({ "period": { "end": 2026 } })),
        ("/provision", json!({ "provision": { "type": "permit" } })),
        ("/provision", json!({ "provision": ["permit"] })),
        ("/verification", json!([{ "verified": "true" }])),
        ("/policyRule", json!({ "coding": { "code": "OPTIN" } })),
    ] {
        let told = told(&changed(&format!("{CONSENT}{pointer}"), value.clone()));
        assert!(told.starts_with("-; wrong-type Bundle.entry[4].resource"), "{pointer} {value}: {told}");
    }
}

#[test]
fn the_latest_word_counts_and_what_is_not_understood_takes_a_yes_away() {
    let second = |elements: &[(&str, Value)]| {
        let mut sent = example();
        let mut consent = sent["entry"][4].clone();
        consent["fullUrl"] = json!("https://clinic.example/fhir/Consent/consent-10");
        consent["resource"]["id"] = json!("consent-10");
        for (element, value) in elements {
            consent["resource"][*element] = value.clone();
        }
        sent["entry"].as_array_mut().expect("a list").push(consent);
        told(&sent)
    };
    let deny = ("provision", json!({ "provision": [{ "type": "deny" }] }));
    let lines = [
        second(&[("dateTime", json!("2026-03-05")), deny.clone()]),
        second(&[("dateTime", json!("2026-01-05")), deny.clone()]),
        second(&[deny]),
        second(&[("provision", json!({ "type": "maybe" }))]),
        second(&[("status", json!("inactive"))]),
        second(&[("scope", rule("consentscope", "treatment"))]),
    ];
    expect![[r#"
        NO
        yes
        NO
        -; consent-not-understood Bundle.entry[6].resource.provision.type; consent-not-understood Bundle.entry[6].resource
        yes; not-in-force Bundle.entry[6].resource.status
        yes; consent-to-something-else Bundle.entry[6].resource.scope"#]]
    .assert_eq(&lines.join("\n"));
}

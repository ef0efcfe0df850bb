use domain::counties::Counties;
use expect_test::{Expect, expect};
use jiff::civil::date;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::applications::NewApplicationBody;
use super::authorizations::NewAuthorizationBody;
use super::claims::NewClaimBody;
use super::decisions::{
    ApplicationDecisionBody, AuthorizationDecisionBody, ClaimDecisionBody, ReferralDecisionBody,
};
use super::evidence::InformationBody;
use super::members::{ContactBody, NewMemberBody};
use super::organizations::{NewKeyBody, NewOrganizationBody};
use super::plans::ActivationBody;
use super::referrals::{NewReferralBody, StepBody};
use super::*;

const CASE: &str = "case_00000000000000000000000000000001";

/// Reads as on 2026-03-20 and gives what is wrong as `pointer code`.
fn problems<I: Input + DeserializeOwned>(body: Value) -> Vec<String> {
    let input: I = crate::body::json(body.to_string().as_bytes()).unwrap_or_else(|error| panic!("{error:?}"));
    match read(date(2026, 3, 20), &Arc::new(Counties::state().clone()), input) {
        Ok(_) => Vec::new(),
        Err(ApiError::Failure(Failure::Invalid(problems))) => {
            let told = format!("{problems:?}");
            assert!(!told.contains("SECRET"), "what was sent is quoted: {told}");
            problems.iter().map(|problem| format!("{} {}", problem.pointer, problem.code)).collect()
        }
        Err(error) => panic!("{error:?}"),
    }
}

#[track_caller]
fn check<I: Input + DeserializeOwned>(body: Value, expected: &Expect) {
    expected.assert_eq(&problems::<I>(body).join("\n"));
}

/// `whole` with `change` laid over it.
fn with(mut whole: Value, change: Value) -> Value {
    for (name, value) in change.as_object().unwrap() {
        whole[name] = value.clone();
    }
    whole
}

fn member() -> Value {
    json!({"cin": "91234567A", "birth_date": "1971-04-09", "family_name": "Delgado", "given_name": "Marisol"})
}

fn referral() -> Value {
    json!({
        "member": member(), "service": "ecm", "populations": ["homelessness"],
        "facts": [
            {"code": "consent.member-agrees", "value": true, "source": "member"},
            {"code": "clinical.hba1c", "value": "9.1", "as_of": "2026-03-01"},
            {"code": "plan.harbor-crest.risk-tier", "value": "high"}
        ],
        "documents": [{"kind": "discharge-summary", "issued": "2026-03-01", "expires": "2026-09-01"}]
    })
}

fn authorization() -> Value {
    json!({
        "member": {"id": "mem_00000000000000000000000000000001"}, "service": "recuperative-care",
        "lines": [{"procedure": {"code": "T2033", "modifiers": ["U6"]}, "units": 14, "first": "2026-03-20", "last": "2026-04-02"}]
    })
}

fn claim() -> Value {
    json!({
        "member": member(), "diagnoses": ["Z59.02"],
        "lines": [{
            "procedure": {"code": "T2033", "modifiers": ["U6"]}, "place": "04",
            "first": "2026-03-02", "last": "2026-03-15", "units": 14, "charge": "3500.00"
        }]
    })
}

#[test]
fn good_bodies_become_commands() {
    let none = Vec::<String>::new();
    assert_eq!(problems::<NewReferralBody>(referral()), none);
    assert_eq!(problems::<NewAuthorizationBody>(authorization()), none);
    assert_eq!(problems::<NewClaimBody>(claim()), none);
    assert_eq!(
        problems::<NewApplicationBody>(json!({
            "legal_name": "Casa Puente Recuperative Care", "services": ["recuperative-care"], "counties": ["SAC"],
            "plans": ["valle-vista"], "answers": [{"code": "org.years-in-operation", "value": 6}],
            "documents": [{"kind": "liability-certificate", "issued": "2026-01-05", "amount": "1000000.00"}]
        })),
        none
    );
    assert_eq!(
        problems::<NewMemberBody>(json!({
            "purpose": "treatment", "cin": "91234567A", "family_name": "Delgado", "given_name": "Marisol", "birth_date": "1971-04-09",
            "county": "sac", "phone": "(530) 555-0142", "address": {"line": "12 Alder Street", "city": "San Ravel", "zip": "95999"}
        })),
        none
    );
    assert_eq!(
        problems::<NewOrganizationBody>(json!({
            "kind": "provider", "name": "Open Door Street Medicine", "npi": "1234567893",
            "provider_kinds": ["street-medicine"], "taxonomies": ["261QF0400X"], "counties": ["SAC"]
        })),
        none
    );
    assert_eq!(
        problems::<NewKeyBody>(json!({
            "organization": "org_00000000000000000000000000000001", "role": "plan-reviewer", "label": "Review", "license": "RN 555012"
        })),
        none
    );
}

#[test]
fn everything_wrong_is_told_at_once() {
    check::<NewReferralBody>(
        json!({
            "member": {"cin": "SECRET", "birth_date": "2026-02-30", "family_name": " ", "given_name": "a\tb"},
            "service": "SECRET", "populations": ["homelessness", "SECRET"], "urgency": "SECRET",
            "preferred_provider": "SECRET",
            "facts": [
                {"code": "SECRET", "value": true},
                {"code": "housing.status", "value": "SECRET", "source": "host", "as_of": "2026-03-21"},
                {"code": "consent.member-agrees", "value": "SECRET"},
                {"code": "consent.member-agrees", "value": true}
            ],
            "documents": [{"kind": "SECRET", "issued": "2027-01-01", "amount": "SECRET"}]
        }),
        &expect![[r#"
            /member/cin invalid-value
            /member/birth_date invalid-day
            /member/family_name invalid-value
            /member/given_name invalid-value
            /service unknown-code
            /populations/1 unknown-code
            /urgency unknown-code
            /preferred_provider invalid-value
            /facts/0/code unknown-fact
            /facts/1/value invalid-value
            /facts/1/as_of future-day
            /facts/1/source unknown-code
            /facts/2/value invalid-value
            /facts/3/code repeated
            /documents/0/kind unknown-code
            /documents/0/issued future-day
            /documents/0/amount invalid-value"#]],
    );
}

#[test]
fn a_member_is_named_one_way() {
    for (named, expected) in [
        (json!({}), vec!["/member one-of"]),
        (
            json!({"cin": "91234567A"}),
            vec![
                "/member/birth_date missing-field",
                "/member/family_name missing-field",
                "/member/given_name missing-field",
            ],
        ),
        (json!({"id": "mem_00000000000000000000000000000001", "cin": "91234567A"}), vec!["/member one-of"]),
        (json!({"id": CASE}), vec!["/member/id invalid-value"]),
        (
            json!({"cin": "91234567A", "birth_date": "2026-03-21", "family_name": "Delgado"}),
            vec!["/member/given_name missing-field", "/member/birth_date future-day"],
        ),
    ] {
        assert_eq!(problems::<NewReferralBody>(with(referral(), json!({"member": named}))), expected);
    }
}

#[test]
fn nobody_is_referred_to_an_encounter() {
    let found = problems::<NewReferralBody>(with(referral(), json!({"service": "housing-outreach"})));
    assert_eq!(found, ["/service unknown-code"]);
}

#[test]
fn lines_of_a_request_are_checked() {
    let line = |change: Value| {
        let lines = json!([with(authorization()["lines"][0].clone(), change)]);
        problems::<NewAuthorizationBody>(with(authorization(), json!({"lines": lines})))
    };
    assert_eq!(
        line(json!({"procedure": {"code": "T2033", "modifiers": ["U9"]}})),
        ["/lines/0/procedure/modifiers unknown-procedure"]
    );
    assert_eq!(
        line(json!({"procedure": {"code": "T2033"}})),
        ["/lines/0/procedure/modifiers unknown-procedure"]
    );
    assert_eq!(
        line(json!({"procedure": {"code": "Z9999", "modifiers": []}})),
        ["/lines/0/procedure/code unknown-procedure"]
    );
    assert_eq!(
        line(json!({"procedure": {"code": "SECRET", "modifiers": ["SECRET"]}})),
        ["/lines/0/procedure/code invalid-value", "/lines/0/procedure/modifiers/0 invalid-value"]
    );
    assert_eq!(
        line(json!({"procedure": {"code": "T2033", "modifiers": ["U6", "u6"]}})),
        ["/lines/0/procedure/modifiers invalid-value"]
    );
    assert_eq!(
        line(json!({"procedure": {"code": "H0043", "modifiers": ["U6"]}})),
        ["/lines/0/procedure other-service"]
    );
    assert_eq!(line(json!({"units": 0})), ["/lines/0/units out-of-range"]);
    assert_eq!(line(json!({"units": 10_001})), ["/lines/0/units out-of-range"]);
    assert_eq!(line(json!({"last": "2026-03-19"})), ["/lines/0/last days-out-of-order"]);
    assert_eq!(line(json!({"first": "2026-03-20T00:00:00"})), ["/lines/0/first invalid-day"]);
    let none = with(authorization(), json!({"lines": []}));
    assert_eq!(problems::<NewAuthorizationBody>(none), ["/lines missing-entry"]);
    let many = with(authorization(), json!({"lines": vec![authorization()["lines"][0].clone(); 51]}));
    assert_eq!(problems::<NewAuthorizationBody>(many), ["/lines too-many"]);
}

#[test]
fn an_unknown_set_of_modifiers_is_told_the_known_ones() {
    let body = with(
        authorization(),
        json!({"lines": [{
            "procedure": {"code": "T2033", "modifiers": []}, "units": 1, "first": "2026-03-20", "last": "2026-03-20"
        }]}),
    );
    let input: NewAuthorizationBody = crate::body::json(body.to_string().as_bytes()).unwrap();
    let Err(ApiError::Failure(Failure::Invalid(problems))) =
        read(date(2026, 3, 20), &Arc::new(Counties::state().clone()), input)
    else {
        panic!("taken")
    };
    assert_eq!(problems[0].fix, "send one of: T2033 U6");
}

#[test]
fn claims_are_checked() {
    let line = |change: Value| {
        let lines = json!([with(claim()["lines"][0].clone(), change)]);
        problems::<NewClaimBody>(with(claim(), json!({"lines": lines})))
    };
    assert_eq!(line(json!({"last": "2026-03-21"})), ["/lines/0/last future-day"]);
    assert_eq!(line(json!({"place": "SECRET"})), ["/lines/0/place unknown-code"]);
    assert_eq!(line(json!({"charge": "-1.00"})), ["/lines/0/charge out-of-range"]);
    assert_eq!(line(json!({"charge": "1.005"})), ["/lines/0/charge invalid-value"]);
    assert_eq!(line(json!({"charge": "0.00"})), Vec::<String>::new());
    assert_eq!(line(json!({"minutes": 0})), ["/lines/0/minutes out-of-range"]);
    let whole = |change: Value| problems::<NewClaimBody>(with(claim(), change));
    assert_eq!(whole(json!({"diagnoses": ["SECRET."]})), ["/diagnoses/0 invalid-value"]);
    assert_eq!(whole(json!({"diagnoses": vec!["Z59.02"; 13]})), ["/diagnoses too-many"]);
    assert_eq!(whole(json!({"frequency": "replacement"})), ["/replaces missing-field"]);
    assert_eq!(whole(json!({"replaces": CASE})), ["/replaces not-with-this"]);
    assert_eq!(
        whole(json!({"frequency": "void", "replaces": CASE})),
        ["/diagnoses not-with-this", "/lines not-with-this"]
    );
}

#[test]
fn evidence_is_limited_and_real() {
    let supply = problems::<InformationBody>;
    assert_eq!(supply(json!({})), [" missing-entry"]);
    let document = |document: Value| supply(json!({"documents": [document]}));
    assert_eq!(
        document(json!({"kind": "w9", "issued": "2026-02-01", "expires": "2026-01-01"})),
        ["/documents/0/expires days-out-of-order"]
    );
    assert_eq!(
        document(json!({"kind": "w9", "expires": "2030-01-01", "amount": "10"})),
        Vec::<String>::new()
    );
    assert_eq!(supply(json!({"documents": vec![json!({"kind": "w9"}); 101]})), ["/documents too-many"]);
    let fact = |code: &str, value: Value| supply(json!({"facts": [{"code": code, "value": value}]}));
    assert_eq!(fact("utilization.ed-visits-6m", json!(3)), Vec::<String>::new());
    assert_eq!(fact("utilization.ed-visits-6m", json!(3.5)), ["/facts/0/value invalid-value"]);
    assert_eq!(fact("utilization.ed-visits-6m", json!("3")), ["/facts/0/value invalid-value"]);
    assert_eq!(fact("discharge.date", json!("2026-04-01")), Vec::<String>::new());
    assert_eq!(fact("plan.harbor-crest.notes", json!(["SECRET"])), ["/facts/0/value invalid-value"]);
    assert_eq!(fact("plan.SECRET.x", json!(true)), ["/facts/0/code unknown-fact"]);
}

#[test]
fn members_and_organizations_are_checked() {
    check::<NewMemberBody>(
        json!({
            "purpose": "treatment", "cin": "SECRET", "family_name": " ", "given_name": "a\tb", "birth_date": "1871-04-09", "county": "SECRET",
            "language": "SECRET!", "phone": "SECRET", "address": {"line": "", "city": "x", "zip": "SECRET"}, "no_fixed_address": true
        }),
        &expect![[r#"
            /cin invalid-value
            /family_name invalid-value
            /given_name invalid-value
            /birth_date invalid-day
            /county unknown-code
            /language invalid-value
            /phone invalid-value
            /no_fixed_address not-with-this"#]],
    );
    check::<ContactBody>(
        json!({"address": {"line": "", "city": "x", "zip": "SECRET"}}),
        &expect![[r#"
            /address/line invalid-length
            /address/zip invalid-value"#]],
    );
    check::<NewOrganizationBody>(
        json!({"kind": "provider", "name": "x", "plan_id": "valle-vista", "provider_kinds": ["SECRET"], "taxonomies": ["SECRET"]}),
        &expect![[r#"
            /plan_id not-with-this
            /npi missing-field
            /provider_kinds/0 unknown-code
            /taxonomies/0 invalid-value"#]],
    );
    check::<NewKeyBody>(
        json!({"organization": "SECRET", "role": "provider", "label": "", "license": "RN 1"}),
        &expect![[r#"
            /organization invalid-value
            /license not-with-this
            /label invalid-length"#]],
    );
    check::<ActivationBody>(
        json!({"digest": "SECRET", "from": "SECRET"}),
        &expect![[r#"
            /digest invalid-value
            /from invalid-value"#]],
    );
}

#[test]
fn steps_and_decisions_take_what_belongs_to_them() {
    let sentence = json!({"en": "Not this plan's member.", "es": "No es miembro de este plan."});
    let none = Vec::<String>::new();
    let step = problems::<StepBody>;
    assert_eq!(step(json!({"status": "accepted"})), none);
    assert_eq!(step(json!({"status": "closed"})), ["/closure_reason missing-field"]);
    assert_eq!(
        step(json!({"status": "closed", "closure_reason": "SECRET"})),
        ["/closure_reason unknown-code"]
    );
    assert_eq!(step(json!({"status": "declined", "closure_reason": "x"})), ["/closure_reason not-with-this"]);

    let referral = problems::<ReferralDecisionBody>;
    assert_eq!(referral(json!({"decision": "accept"})), none);
    assert_eq!(
        referral(json!({"decision": "not-eligible"})),
        ["/kind missing-field", "/reason missing-field"]
    );
    assert_eq!(referral(json!({"decision": "not-eligible", "kind": "clinical", "reason": sentence})), none);
    assert_eq!(
        referral(json!({"decision": "redirect", "reason": sentence, "to": {"service": "cicm"}})),
        none
    );
    assert_eq!(
        referral(json!({"decision": "redirect", "reason": sentence, "to": {"plan": "a", "service": "cicm"}})),
        ["/to one-of"]
    );

    let authorization = problems::<AuthorizationDecisionBody>;
    assert_eq!(authorization(json!({"decision": "approve"})), none);
    assert_eq!(authorization(json!({"decision": "modify"})), ["/lines missing-field"]);
    assert_eq!(
        authorization(json!({"decision": "deny", "lines": []})),
        ["/lines not-with-this", "/kind missing-field", "/reason missing-field"]
    );
    assert_eq!(
        authorization(
            json!({"decision": "pend", "asks": [{"fact": "housing.status"}, {"document": "lease"}]})
        ),
        none
    );
    assert_eq!(
        authorization(json!({"decision": "pend", "asks": [{}, {"document": "SECRET"}]})),
        ["/asks/0 one-of", "/asks/1/document unknown-code"]
    );

    let claim = problems::<ClaimDecisionBody>;
    assert_eq!(
        claim(
            json!({"decision": "pay", "remittance": "EFT-1001", "lines": [{"number": 1, "amount": "10.00"}]})
        ),
        none
    );
    assert_eq!(claim(json!({"decision": "pay"})), ["/remittance missing-field", "/lines missing-field"]);
    let application = problems::<ApplicationDecisionBody>;
    assert_eq!(application(json!({"decision": "approve", "effective": "2026-04-01"})), none);
    assert_eq!(application(json!({"decision": "decline"})), ["/reason missing-field"]);
}

#[test]
fn telephone_numbers_become_e164() {
    let body = json!({"phone": "(530) 555-0142"});
    let input: ContactBody = serde_json::from_value(body).unwrap();
    let contact = read(date(2026, 3, 20), &Arc::new(Counties::state().clone()), input)
        .unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(contact.phone.as_deref(), Some("+15305550142"));
}

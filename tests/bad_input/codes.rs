//! Codes of a referral that nobody knows, facts that do not fit, and documents that are none.

use serde_json::{Value, json};

use super::{INVALID, Row, Sender, row};

/// Every service that a member can be referred to.
const SERVICES: &str = "send one of: ecm, cicm, housing-transition-navigation, housing-deposits, \
     housing-tenancy-sustaining, short-term-post-hospitalization-housing, recuperative-care, respite, \
     day-habilitation, assisted-living-transitions, community-home-transition, personal-care-homemaker, \
     home-modifications, medically-tailored-meals, sobering-centers, asthma-remediation, transitional-rent";
const NO_SERVICE: &str = "this is no service that a member can be referred to";
const POPULATIONS: &str = "send one of: homelessness, avoidable-utilization, serious-mental-health-sud, \
     incarceration-transition, ltc-risk, nursing-facility-transition, ccs, child-welfare, birth-equity, dementia";
const DOCUMENTS: &str = "send one of: housing-support-plan, discharge-summary, homelessness-screening, \
     income-screening, provider-order, home-assessment, lease, landlord-permission, receipt, care-plan, \
     assessment, prior-coverage-letter, w9, liability-certificate, professional-liability-certificate, \
     workers-compensation-certificate, auto-certificate, business-license, irs-determination-letter, \
     privacy-policy, fwa-training, site-visit, fire-clearance, food-permit, disclosure-of-ownership, \
     attestation, bank-form, org-chart";
const UNKNOWN_WORD: &str = "this is none of the known words";
const URGENCIES: &str = "send one of: standard, expedited";

#[test]
fn services_populations_and_providers() {
    let sender = &Sender::new();
    let with = |name, field: &str, value: Value| row(name, sender.refer(|body| body[field] = value), INVALID);
    let nobody = json!("org_00000000000000000000000000000000");
    sender.refused([
        with("a service that is none", "service", json!("massage")).at(
            "/service",
            "unknown-code",
            NO_SERVICE,
            SERVICES,
        ),
        with("a service without referrals", "service", json!("housing-outreach")).at(
            "/service",
            "unknown-code",
            NO_SERVICE,
            SERVICES,
        ),
        with("a population that is none", "populations", json!(["homelessness", "pirates"])).at(
            "/populations/1",
            "unknown-code",
            "this is no population of focus",
            POPULATIONS,
        ),
        with("an urgency that is none", "urgency", json!("yesterday")).at(
            "/urgency",
            "unknown-code",
            UNKNOWN_WORD,
            URGENCIES,
        ),
        with("a provider's name", "preferred_provider", json!("Casa Puente")).at(
            "/preferred_provider",
            "invalid-value",
            "id must be org_ and 32 lower-case hexadecimal digits",
            "send the organization's id, or leave it out",
        ),
        with("a provider that is nobody", "preferred_provider", nobody).at(
            "/preferred_provider",
            "unknown-provider",
            "no such organization",
            "use the id of a provider on this host",
        ),
    ]);
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let sender = &Sender::new();
    let request = sender.refer(|body| {
        body["service"] = json!("massage");
        body["urgency"] = json!("now");
        body["facts"][1]["value"] = json!(7);
    });
    let question = "Where does the member live now?";
    sender.refused([row("service, urgency and a fact", request, INVALID)
        .at("/service", "unknown-code", NO_SERVICE, SERVICES)
        .at("/urgency", "unknown-code", UNKNOWN_WORD, URGENCIES)
        .at("/facts/1/value", "invalid-value", "value must be a code as text", question)]);
}

/// A referral with one fact, whose value does not fit.
fn value(sender: &Sender, (code, value): (&str, Value), detail: &'static str, question: &'static str) -> Row {
    let request = sender.refer(|body| body["facts"] = json!([{ "code": code, "value": value }]));
    row(detail, request, INVALID).at("/facts/0/value", "invalid-value", detail, question)
}

#[test]
fn values_of_facts() {
    let sender = &Sender::new();
    sender.refused([
        value(
            sender,
            ("housing.status", json!("castle")),
            "value must be one of: housed, at-risk, homeless-sheltered, homeless-unsheltered, institution",
            "Where does the member live now?",
        ),
        value(
            sender,
            ("consent.member-agrees", json!("yes")),
            "value must be true or false",
            "Does the member, or the member's representative, agree to this referral?",
        ),
        value(
            sender,
            ("utilization.ed-visits-6m", json!(-1)),
            "value is out of range",
            "How many emergency department visits in the last 6 months?",
        ),
        value(
            sender,
            ("clinical.hba1c", json!("high")),
            "value must be a decimal number as text with at most three decimals, such as \"9.1\"",
            "What was the last HbA1c, in percent?",
        ),
        value(
            sender,
            ("discharge.date", json!("2026-02-30")),
            "value must be a day as text, such as \"2026-01-05\"",
            "On which day does, or did, the member leave the facility?",
        ),
    ]);
}

#[test]
fn facts_and_documents() {
    let sender = &Sender::new();
    let with = |name, field: &str, value: Value| row(name, sender.refer(|body| body[field] = value), INVALID);
    let agrees = json!({ "code": "consent.member-agrees", "value": true });
    let by_claims = json!({ "code": "consent.member-agrees", "value": true, "source": "claims" });
    let expired = json!({ "kind": "w9", "issued": "2026-01-05", "expires": "2026-01-04" });
    sender.refused([
        with("a fact that is none", "facts", json!([{ "code": "housing.colour", "value": "green" }])).at(
            "/facts/0/code",
            "unknown-fact",
            "there is no such fact",
            "GET /v1/dictionary/facts lists them, a plan's own stand in GET /v1/plans/{id}/profile",
        ),
        with("a fact twice", "facts", json!([agrees, agrees])).at(
            "/facts/1/code",
            "repeated",
            "the fact is there twice",
            "say it once",
        ),
        with("a source that is none", "facts", json!([by_claims])).at(
            "/facts/0/source",
            "unknown-code",
            UNKNOWN_WORD,
            "send one of: member, referrer, provider, document",
        ),
        with("a document that is none", "documents", json!([{ "kind": "poem" }])).at(
            "/documents/0/kind",
            "unknown-code",
            "this is no kind of document",
            DOCUMENTS,
        ),
        with("a document that expires first", "documents", json!([expired])).at(
            "/documents/0/expires",
            "days-out-of-order",
            "it expires before it was issued",
            "put the days in order",
        ),
    ]);
}

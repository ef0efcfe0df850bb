//! The ledger: what is used is used once, what is paid is paid once, and what is corrected is given back.

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::harness::{
    Answer, County, Database, Person, Request, Server, asked, billed, facts, on_both_databases, text,
};
use crate::idempotency::at_once;
use crate::journeys::{ecm, nights, take_fact};
use crate::orders::runner;

on_both_databases! {
    use_is_of_the_very_line
    the_last_service_of_a_claim_does_not_hide_the_first
    care_management_is_authorized_as_one_service
    a_window_opens_its_own_service_only
    no_night_of_a_window_is_lost_inside_the_grants_span
    what_nobody_authorized_is_paid_for_a_reason_in_words
    a_month_is_paid_once_over_every_claim
    an_authorization_pays_its_project_once
    the_same_service_twice_is_paid_once
    of_the_same_claim_at_once_one_is_payable
    people_pay_nothing_twice_and_nothing_beyond_the_authorization
    a_paid_claim_is_voided_and_taken_back
    a_paid_claim_is_replaced_and_the_difference_is_paid
    a_replacement_that_is_rejected_replaces_nothing
    every_state_at_rest_can_be_corrected
    a_denied_line_beside_a_rejected_one_keeps_its_dispute
    a_dispute_that_is_paid_keeps_the_sums
    a_remittance_balances
    a_denied_line_enters_the_remittance_at_nothing
    a_line_that_is_only_advised_to_be_rejected_is_named
    what_is_reported_at_nothing_is_reported_once
    no_order_of_commands_unbalances_the_ledger
}

/// The day on which the county's clock stands.
const TODAY: &str = "2026-03-02";

/// A claim of these lines.
pub(crate) fn claim(person: &Person, lines: &[Value]) -> Value {
    json!({ "member": person.named(), "diagnoses": ["Z59.02"], "lines": lines })
}

/// A line of a claim over days.
pub(crate) fn over(procedure: &str, units: u32, first: &str, last: &str, charge: &str) -> Value {
    let mut line = billed(procedure, units, first, charge);
    line["last"] = json!(last);
    line
}

/// Outcome of each line: `payable`, or the outcome with its reason code and the host's rule.
fn outcomes(claim: &Value) -> Vec<String> {
    let lines = claim["lines"].as_array().expect("lines").iter();
    lines
        .map(|line| {
            let words = ["/outcome", "/reason_code", "/host_rule"].map(|pointer| text(line, pointer));
            words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
        })
        .collect()
}

/// A number that no other remittance of any test has.
pub(crate) fn number() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("L-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

fn paid_line(number: u32, amount: &str) -> Value {
    json!({ "number": number, "amount": amount })
}

/// The payment with a reason for lines that no authorization on file covers.
pub(crate) fn unauthorized(mut payment: Value) -> Value {
    payment["without_authorization"] =
        json!({ "en": "Authorized by telephone.", "es": "Autorizado por teléfono." });
    payment
}

/// Pays the claim's first line with its whole price.
#[track_caller]
fn pay(county: &County, plan: &str, claim: &Value, amount: &str) -> Value {
    let decision = json!({ "decision": "pay", "remittance": number(), "lines": [paid_line(1, amount)] });
    county.change(&county.plan(plan).reviewer, claim, "decisions", &decision).with(200)
}

fn send(county: &County, key: &str, body: &Value) -> Answer {
    county.client().send(&Request::post("/v1/claims", body).by(key))
}

pub(crate) fn corrects(frequency: &str, claim: &Value, mut body: Value) -> Value {
    body["frequency"] = json!(frequency);
    body["replaces"] = claim["id"].clone();
    if frequency == "void" {
        let fields = body.as_object_mut().expect("an object");
        fields.retain(|name, _| ["member", "frequency", "replaces"].contains(&name.as_str()));
    }
    body
}

/// Amounts that are still to be taken back under a claim.
fn take_backs(county: &County, key: &str, claim: &Value) -> Vec<String> {
    let list = county.client().read(key, "/v1/take-backs?limit=200");
    let items = list["items"].as_array().expect("a list").iter();
    items.filter(|one| one["claim"] == claim["id"]).map(|one| text(one, "/amount").to_owned()).collect()
}

/// A claim that is payable without an authorization: attempts to reach somebody.
fn outreach(person: &Person, day: &str) -> Value {
    claim(person, &[billed("G9012 U8", 1, day, "31.00")])
}

/// Transitional rent as one approval gives it: six months, one payment, 168 days, six case months. (DHCS
/// Community Supports Policy Guide, Volume 2.)
fn use_is_of_the_very_line(database: Database) {
    let county = County::shared(database);
    let (key, person) = (county.key_of("casa-puente"), county.person("valle-vista"));
    let until = |procedure: &str, units: u32| asked(procedure, units, "2026-01-01", "2026-06-30");
    let request = json!({
        "member": person.named(), "service": "transitional-rent",
        "lines": [until("H0044 U6", 6), until("H0040 U1", 1), until("H0043 U2", 168), until("H0040 U2", 6)],
        "facts": facts(&[("consent.member-agrees", json!(true))]),
    });
    let case = county.submit(key, "authorizations", &request);
    let approved = county
        .change(&county.plan("valle-vista").reviewer, &case, "decisions", &json!({ "decision": "approve" }))
        .with(200);
    assert_eq!(approved["state"], "approved");

    let table = [
        ("twenty days", over("H0043 U2", 20, "2026-01-01", "2026-01-20", "1420.00"), "payable"),
        ("the first month, after twenty days", billed("H0044 U6", 1, "2026-01-01", "2140.00"), "payable"),
        ("the one payment, after twenty days", billed("H0040 U1", 1, "2026-01-01", "480.00"), "payable"),
        ("the one payment again", billed("H0040 U1", 1, "2026-01-02", "480.00"), "rejected 198"),
        ("three case months", billed("H0040 U2", 3, "2026-01-31", "585.00"), "payable"),
        ("three more", billed("H0040 U2", 3, "2026-02-28", "585.00"), "payable"),
        ("and a seventh", billed("H0040 U2", 1, "2026-03-01", "195.00"), "rejected 198"),
        ("149 days where 148 are left", billed("H0043 U2", 149, "2026-02-01", "10579.00"), "rejected 198"),
        ("148 days", billed("H0043 U2", 148, "2026-02-01", "10508.00"), "payable"),
    ];
    for (case, line, expected) in table {
        let claim = county.submit(key, "claims", &claim(&person, &[line]));
        assert_eq!(outcomes(&claim), [expected], "{case}");
    }
}

fn the_last_service_of_a_claim_does_not_hide_the_first(database: Database) {
    let county = County::shared(database);
    let (key, person) = (county.key_of("mesa-verde"), county.person("valle-vista"));
    meals(county, &person, 2);
    let meal = |units: u32, day: &str| billed("S9977 U7", units, day, "106.00");
    let first = county.submit(key, "claims", &claim(&person, &[meal(2, "2026-02-27")]));
    assert_eq!(outcomes(&first), ["payable"]);
    // The other service comes after meals, whose two units are used up.
    let mixed = claim(&person, &[meal(1, "2026-02-28"), billed("T2033 U6", 1, "2026-02-28", "204.00")]);
    assert_eq!(outcomes(&county.submit(key, "claims", &mixed)), ["rejected 198", "rejected 197"]);
}

/// Meals for the rest of the quarter, approved by the plan's rules.
pub(crate) fn meals(county: &County, person: &Person, units: u32) {
    let request = json!({
        "member": person.named(), "service": "medically-tailored-meals",
        "lines": [asked("S9977 U7", units, "2026-02-01", "2026-04-25")],
        "facts": facts(&[("clinical.nutrition-sensitive-condition", json!(true))]),
    });
    let granted = county.submit(county.key_of("mesa-verde"), "authorizations", &request);
    assert_eq!(granted["state"], "approved");
}

fn care_management_is_authorized_as_one_service(database: Database) {
    let county = County::shared(database);
    let (key, person) = (county.key_of("open-door"), county.person("valle-vista"));
    let mut request = ecm(&person);
    request["lines"] = json!([asked("G9012 U2", 2, TODAY, "2027-02-28")]);
    assert_eq!(county.submit(key, "authorizations", &request)["state"], "approved");
    let contact = |procedure: &str| billed(procedure, 1, TODAY, "425.00");
    let lines = [contact("G9012 U2"), contact("G9008 U1 GQ"), contact("G9012 U2 GQ")];
    let claim = county.submit(key, "claims", &claim(&person, &lines));
    assert_eq!(outcomes(&claim), ["payable", "payable", "rejected 198"], "two units of whatever kind");
}

fn a_window_opens_its_own_service_only(database: Database) {
    let county = County::shared(database);
    let (key, person) = (county.key_of("casa-puente"), county.person("valle-vista"));
    let mut request = nights(county, &person, 14, "2026-03-15");
    take_fact(&mut request, "clinical.inpatient-level-needed");
    let pended = county.submit(key, "authorizations", &request);
    assert_eq!((&pended["state"], &pended["presumption"]["active"]), (&json!("pended"), &json!(true)));
    let lines = [billed("T2033 U6", 1, TODAY, "204.00"), billed("G9012 U2", 1, TODAY, "425.00")];
    let mixed = county.submit(key, "claims", &claim(&person, &lines));
    assert_eq!(outcomes(&mixed), ["payable", "rejected 197"]);
    assert_eq!(mixed["total_payable"], "204.00", "nobody authorized care management");

    // The plan grants the nights from tomorrow on; tonight was begun under the presumption, and stays
    // payable.
    let reason = json!({ "en": "From tomorrow on.", "es": "Desde mañana." });
    let later = json!({
        "decision": "approve", "lines": [asked("T2033 U6", 13, "2026-03-03", "2026-03-15")],
        "kind": "clinical", "reason": reason,
    });
    let granted = county.change(&county.plan("valle-vista").reviewer, &pended, "decisions", &later).with(200);
    assert_eq!(granted["state"], "partly-approved");
    let night = claim(&person, &[billed("T2033 U6", 1, TODAY, "204.00")]);
    let again = county.submit(key, "claims", &corrects("replacement", &mixed, night));
    assert_eq!(outcomes(&again), ["payable"]);
}

/// DHCS ECM Policy Guide, presumptive authorization: what is begun under it is payable until the decision.
/// The plan decides on 4 March and leaves a hole, or grants fewer nights than the span has: whatever was
/// served by then is payable, and what follows is the grant's.
fn no_night_of_a_window_is_lost_inside_the_grants_span(database: Database) {
    let mut county = County::of(Server::start(database), &["valle-vista"]);
    let lines = [
        json!([
            asked("T2033 U6", 1, "2026-03-03", "2026-03-03"),
            asked("T2033 U6", 2, "2026-03-10", "2026-03-11")
        ]),
        json!([asked("T2033 U6", 2, "2026-03-02", "2026-03-15")]),
    ];
    let table = lines.map(|lines| {
        let person = county.person("valle-vista");
        let mut request = nights(&county, &person, 14, "2026-03-15");
        take_fact(&mut request, "clinical.inpatient-level-needed");
        let pended = county.submit(county.key_of("casa-puente"), "authorizations", &request);
        assert_eq!(
            (&pended["state"], &pended["presumption"]["last"]),
            (&json!("pended"), &json!("2026-03-15"))
        );
        (person, pended, lines)
    });
    county.server.start_again_at("2026-03-04T18:00:00Z");
    for (_, pended, lines) in &table {
        let less = json!({
            "decision": "approve", "lines": lines, "kind": "clinical",
            "reason": { "en": "These nights.", "es": "Estas noches." },
        });
        let (plan, now) = (county.plan("valle-vista"), county.again(county.key_of("casa-puente"), pended));
        let granted = county.change(&plan.reviewer, &now, "decisions", &less).with(200);
        assert_eq!(granted["state"], "partly-approved");
    }
    county.server.start_again_at("2026-03-06T18:00:00Z");
    let billed_nights = |person: &Person| {
        let lines = [2, 3, 4, 5].map(|day| billed("T2033 U6", 1, &format!("2026-03-0{day}"), "204.00"));
        outcomes(&county.submit(county.key_of("casa-puente"), "claims", &claim(person, &lines)))
    };
    let [(hole, ..), (fewer, ..)] = &table;
    assert_eq!(billed_nights(hole), ["payable", "payable", "payable", "rejected 197"]);
    assert_eq!(billed_nights(fewer), ["payable", "payable", "payable", "rejected 198"]);
}

/// X12 external code list 139, reason 197: the host refuses what no authorization on file covers, whoever
/// would pay it. People may know of one that it was never told of; then they say so, the line keeps it, and
/// its provider reads it. In a decision and in a remittance alike.
fn what_nobody_authorized_is_paid_for_a_reason_in_words(database: Database) {
    let county = County::shared(database);
    let plan = county.plan("valle-vista");
    let provider = county.new_provider(&["recuperative-care"]);
    county.record_contract("valle-vista", &provider, &["recuperative-care", "ecm"], ("2026-01-01", None));
    for (path, status, at) in [("decisions", 200, ""), ("/v1/remittances", 201, "/claims/0")] {
        let person = county.person("valle-vista");
        let mut request = nights(county, &person, 14, "2026-03-15");
        request.as_object_mut().expect("an object").remove("provider");
        take_fact(&mut request, "clinical.inpatient-level-needed");
        let pended = county.submit(&provider.key, "authorizations", &request);
        assert_eq!(pended["presumption"]["active"], true, "{pended}");
        let lines = [billed("T2033 U6", 1, TODAY, "204.00"), billed("G9012 U2", 1, TODAY, "425.00")];
        let mixed = county.submit(&provider.key, "claims", &claim(&person, &lines));
        assert_eq!(outcomes(&mixed), ["payable", "rejected 197"]);

        let pay = |reason: Option<&Value>| {
            let mut payment = json!({ "lines": [paid_line(1, "204.00"), paid_line(2, "425.00")] });
            if let Some(reason) = reason {
                payment["without_authorization"] = reason.clone();
            }
            if path == "decisions" {
                payment["decision"] = json!("pay");
                payment["remittance"] = json!(number());
                return county.change(&plan.clerk, &mixed, path, &payment);
            }
            payment["claim"] = mixed["id"].clone();
            let body = json!({ "number": number(), "total": "629.00", "claims": [payment] });
            county.client().send(&Request::post(path, &body).by(&plan.clerk))
        };
        let refused = pay(None);
        let error = &refused.json["errors"][0];
        assert_eq!((refused.status, text(error, "/code")), (422, "authorized-service"), "{}", refused.json);
        assert_eq!(text(error, "/pointer"), format!("{at}/without_authorization"));
        assert!(text(error, "/detail").starts_with("line 2 (CARC 197)"), "{error}");
        assert_eq!(county.again(&provider.key, &mixed)["state"], "payable", "nothing was paid");

        let answer = pay(Some(&json!({ "es": "Autorizado por teléfono." })));
        assert_eq!(answer.status, status, "{}", answer.json);
        let paid = county.again(&provider.key, &mixed);
        assert_eq!((&paid["state"], &paid["remittance"]["total"]), (&json!("paid"), &json!("629.00")));
        let lines = &paid["remittance"]["lines"];
        assert!(lines[0].get("without_authorization").is_none(), "the window covers the night: {lines}");
        let without = &lines[1]["without_authorization"];
        assert_eq!(text(without, "/reason/es"), "Autorizado por teléfono.");
        assert_eq!(without["translation"]["language"], "en");
        let words = json!({
            "of": "without-authorization", "language": "en", "text": "Authorized by telephone.",
        });
        let whole = county.change(&plan.clerk, &paid, "translations", &words).with(200);
        let without = &whole["remittance"]["lines"][1]["without_authorization"];
        assert_eq!(text(without, "/reason/en"), "Authorized by telephone.");
        assert!(without.get("translation").is_none(), "{without}");
    }
}

/// A monthly amount is so much a month for each enrolled member: the plan's people cannot pay it again, on
/// another day, under another claim, or in one remittance. (wit/profile.wit, payment-model)
fn a_month_is_paid_once_over_every_claim(database: Database) {
    let county = County::shared(database);
    let (key, person) = (county.key_of("open-door"), county.person("valle-vista"));
    let plan = county.plan("valle-vista");
    let mut request = ecm(&person);
    request["lines"] = json!([asked("G9012 U2", 12, "2026-01-01", "2026-12-31")]);
    let case = county.submit(key, "authorizations", &request);
    if case["state"] != "approved" {
        county.change(&plan.reviewer, &case, "decisions", &json!({ "decision": "approve" })).with(200);
    }
    let contact =
        |day: &str| county.submit(key, "claims", &claim(&person, &[billed("G9012 U2", 1, day, "425.00")]));
    let (first, second) = (contact("2026-02-03"), contact("2026-02-10"));
    let month_before = contact("2026-01-13");
    assert_eq!(first["total_payable"], "425.00");
    assert_eq!(second["total_payable"], "0.00", "the plan's rules report it at zero");
    let lines = |amount: &str| json!([paid_line(1, amount)]);
    let pay_by = |key: &str, claim: &Value, amount: &str| {
        let decision = json!({ "decision": "pay", "remittance": number(), "lines": lines(amount) });
        county.change(key, claim, "decisions", &decision)
    };
    let refused = |answer: &Answer, at: &str| {
        assert_eq!(answer.status, 422, "{}", answer.json);
        let problem = &answer.json["errors"][0];
        assert_eq!((text(problem, "/pointer"), text(problem, "/code")), (at, "monthly-amount-once-a-month"));
    };
    // While it is payable, and when it is paid.
    refused(&pay_by(&plan.clerk, &second, "425.00"), "/lines/0/amount");
    pay(county, "valle-vista", &first, "425.00");
    refused(&pay_by(&plan.reviewer, &second, "425.00"), "/lines/0/amount");
    assert_eq!(pay_by(&plan.clerk, &second, "0.00").with(200)["state"], "paid", "with the rules' own code");
    assert_eq!(pay_by(&plan.clerk, &month_before, "425.00").with(200)["state"], "paid");

    // One remittance does not give a month twice either.
    let (in_march, again) = (contact("2026-03-01"), contact("2026-03-02"));
    let claims = [&in_march, &again].map(|claim| json!({ "claim": claim["id"], "lines": lines("425.00") }));
    let body = json!({ "number": number(), "total": "850.00", "claims": claims });
    let request = Request::post("/v1/remittances", &body).by(&plan.clerk);
    refused(&county.client().send(&request), "/claims/1/lines/0/amount");
    assert_eq!(county.again(key, &in_march)["state"], "payable", "nothing of it was paid");
    pay(county, "valle-vista", &in_march, "425.00");
}

/// The cost of a project is paid up to the amount once for an authorization: rules are not told what earlier
/// claims under it were paid, so that a second claim is people's, who pay what is left. (wit/profile.wit,
/// payment-model)
fn an_authorization_pays_its_project_once(database: Database) {
    let county = County::of(Server::start(database), &["harbor-crest"]);
    let (key, plan, person) =
        (county.key_of("mesa-verde"), county.plan("harbor-crest"), county.person("harbor-crest"));
    let careless = crate::rules::made_of(
        include_str!("../plugins/plans/harbor-crest/plan.toml"),
        &[
            ("authorization = \"decides\"\n", ""),
            (
                "service = \"home-modifications\"\ndays = 90\nrenewal-days = 90\nunits = 1",
                "service = \"home-modifications\"\ndays = 90\nrenewal-days = 90\nunits = 3",
            ),
            ("billing = \"advises\"", "billing = \"decides\""),
            (
                "model = \"project-cost\", amount = \"7500.00\", from = 2026-01-01 },\n    { id = \"hc.s5170-u6\"",
                "model = \"project-cost\", amount = \"2000.00\", from = 2026-01-01 },\n    { id = \"hc.s5170-u6\"",
            ),
        ],
    );
    let digest = county.activate_bytes("harbor-crest", careless);
    // For the days of service below, too, which are before its first.
    let body = json!({ "digest": digest, "rules_from": "2026-01-01" });
    let activation = Request::post("/v1/plans/harbor-crest/activations", &body).by(&plan.admin);
    county.client().send(&activation).with(201);
    let request = json!({
        "member": person.named(), "service": "home-modifications",
        "lines": [asked("S5165 U6", 3, "2026-02-01", "2026-04-30")],
        "facts": facts(&[("consent.member-agrees", json!(true))]),
    });
    let case = county.submit(key, "authorizations", &request);
    let approve = json!({ "decision": "approve" });
    assert_eq!(county.change(&plan.clerk, &case, "decisions", &approve).with(200)["state"], "approved");
    let bill = |day: &str| {
        let mut body = claim(&person, &[billed("S5165 U6", 1, day, "1500.00")]);
        body["documents"] = json!([{ "kind": "receipt", "issued": day, "amount": "1500.00" }]);
        county.submit(key, "claims", &body)
    };
    let first = bill("2026-02-10");
    assert_eq!((&first["state"], &first["total_payable"]), (&json!("payable"), &json!("1500.00")));
    let second = bill("2026-02-20");
    assert_eq!(
        (&second["state"], text(&second, "/why_people/code")),
        (&json!("with-people"), "plugin-answer-refused"),
        "1500.00 and 1500.00 are more than 2000.00: {second}"
    );
    let pay_with = |amount: &str, rest: &str| {
        let cut = json!([{ "group": "CO", "reason": "45", "amount": rest }]);
        let lines = json!([{ "number": 1, "amount": amount, "adjustments": cut }]);
        let decision = json!({ "decision": "pay", "remittance": number(), "lines": lines });
        county.change(&plan.reviewer, &second, "decisions", &decision)
    };
    let refused = pay_with("500.01", "999.99");
    assert_eq!((refused.status, text(&refused.json, "/errors/0/pointer")), (422, "/lines/0/amount"));
    assert_eq!(text(&refused.json, "/errors/0/code"), "amount-once-an-authorization");
    assert_eq!(pay_with("500.00", "1000.00").with(200)["state"], "paid");
}

fn the_same_service_twice_is_paid_once(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("open-door");
    let person = county.person("valle-vista");
    let first = county.submit(
        key,
        "claims",
        &claim(&person, &[over("G9012 U8", 3, "2026-02-10", "2026-02-12", "93.00")]),
    );
    assert_eq!(outcomes(&first), ["payable"]);
    let repeats = "rejected 18 paid-once";
    let line = |procedure: &str, day: &str| billed(procedure, 1, day, "31.00");
    let table = [
        ("a day within", "open-door", vec![line("G9012 U8", "2026-02-11")], vec![repeats]),
        (
            "days that overlap",
            "open-door",
            vec![over("G9012 U8", 2, "2026-02-12", "2026-02-13", "62.00")],
            vec![repeats],
        ),
        ("another set of modifiers", "open-door", vec![line("G9012 U8 GQ", "2026-02-11")], vec!["payable"]),
        ("that again, as a set", "open-door", vec![line("G9012 GQ U8", "2026-02-11")], vec![repeats]),
        ("another provider", "hospital", vec![line("G9012 U8", "2026-02-11")], vec!["payable"]),
        ("another day", "open-door", vec![line("G9012 U8", "2026-02-14")], vec!["payable"]),
        (
            "twice in one claim, by days",
            "open-door",
            vec![over("G9012 U8", 2, "2026-02-20", "2026-02-21", "62.00"), line("G9012 U8", "2026-02-21")],
            vec!["payable", repeats],
        ),
    ];
    for (case, provider, lines, expected) in table {
        let claim = county.submit(county.key_of(provider), "claims", &claim(&person, &lines));
        assert_eq!(outcomes(&claim), expected, "{case}");
        if case == "a day within" {
            let (id, line) = (text(&first, "/id"), &claim["lines"][0]);
            for language in ["en", "es"] {
                assert!(
                    text(line, &format!("/reason/{language}")).contains(id),
                    "the claim that it repeats is named"
                );
                assert!(!text(line, &format!("/fix/{language}")).is_empty());
            }
        }
    }
    // What was taken back repeats nothing.
    let void = corrects("void", &first, claim(&person, &[]));
    assert_eq!(county.submit(key, "claims", &void)["state"], "void");
    let anew = county.submit(key, "claims", &outreach(&person, "2026-02-11"));
    assert_eq!(outcomes(&anew), ["payable"]);
}

fn of_the_same_claim_at_once_one_is_payable(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let (key, person) = (county.key_of("open-door"), county.person("valle-vista"));
    let body = outreach(&person, "2026-02-16");
    let answers = at_once((0..4).map(|_| Request::post("/v1/claims", &body).by(key)).collect(), &client);
    let mut states: Vec<&str> = answers.iter().map(|answer| text(&answer.json, "/state")).collect();
    states.sort_unstable();
    assert_eq!(states, ["payable", "rejected", "rejected", "rejected"]);
}

fn people_pay_nothing_twice_and_nothing_beyond_the_authorization(database: Database) {
    let county = County::shared(database);
    let (key, person) = (county.key_of("mesa-verde"), county.person("costa-alta"));
    let plan = county.plan("costa-alta");
    let request = json!({
        "member": person.named(), "service": "medically-tailored-meals",
        "lines": [asked("S9977 U7", 2, "2026-02-01", "2026-04-25")], "facts": [],
    });
    let case = county.submit(key, "authorizations", &request);
    county.change(&plan.reviewer, &case, "decisions", &json!({ "decision": "approve" })).with(200);
    let meal = |units: u32, day: &str| claim(&person, &[billed("S9977 U7", units, day, "40.00")]);
    let open: Vec<Value> = [(1, "2026-02-20"), (1, "2026-02-20"), (2, "2026-02-21"), (1, "2026-02-22")]
        .into_iter()
        .map(|(units, day)| county.submit(key, "claims", &meal(units, day)))
        .collect();
    assert!(open.iter().all(|claim| claim["state"] == "with-people"));
    pay(county, "costa-alta", &open[0], "40.00");
    let refused = |claim: &Value| {
        let decision = json!({ "decision": "pay", "remittance": number(), "lines": [paid_line(1, "40.00")] });
        let answer = county.change(&plan.reviewer, claim, "decisions", &decision);
        assert_eq!(answer.status, 422, "{}", answer.json);
        text(&answer.json, "/errors/0/code").to_owned()
    };
    assert_eq!(refused(&open[1]), "paid-once", "the day is paid");
    assert_eq!(refused(&open[2]), "authorized-units", "one unit is left of two");
    pay(county, "costa-alta", &open[3], "40.00");
    assert_eq!(county.again(key, &open[3])["state"], "paid");
}

fn a_paid_claim_is_voided_and_taken_back(database: Database) {
    let county = County::shared(database);
    let (provider, person) = (county.new_provider(&["clinic"]), county.person("valle-vista"));
    let key = &*provider.key;
    county.record_contract("valle-vista", &provider, &["ecm"], ("2026-01-01", None));
    let body = outreach(&person, "2026-02-17");
    let first = county.submit(key, "claims", &body);
    let paid = pay(county, "valle-vista", &first, "31.00");
    assert_eq!(paid["state"], "paid");

    let void = county.submit(key, "claims", &corrects("void", &first, body.clone()));
    assert_eq!((&void["state"], &void["follows"]), (&json!("void"), &first["id"]));
    assert!(void["evaluation"].is_null(), "nobody's rules are asked");
    assert_eq!(outcomes(&void), ["void"]);
    let old = county.again(key, &first);
    assert_eq!((&old["state"], &old["voided_by"]), (&json!("voided"), &void["id"]));
    assert_eq!(old["taken_back"]["total"], "31.00");
    assert_eq!(county.timeline(key, &first).last().expect("events")["event"], "void");
    let plan = &county.plan("valle-vista").reviewer;
    assert_eq!(take_backs(county, key, &first), ["-31.00"]);
    assert_eq!(take_backs(county, plan, &first), ["-31.00"]);
    assert!(take_backs(county, county.key_of("mesa-verde"), &first).is_empty(), "it is nobody else's");
    let twice = send(county, key, &corrects("void", &first, body.clone()));
    assert_eq!((twice.status, twice.code()), (409, "not-allowed-now"));

    // The next remittance carries it.
    let again = county.submit(key, "claims", &body);
    assert_eq!(again["state"], "payable", "the day is free again");
    pay(county, "valle-vista", &again, "31.00");
    assert!(take_backs(county, key, &first).is_empty());
    assert_eq!(ledger(county, key, &[&first, &again]), [0, 3100]);
}

/// 005010X221A1, reversal and correction: what was paid too much comes off the next payments, in part where a
/// payment is less than that, and what is left of it is shown.
fn a_paid_claim_is_replaced_and_the_difference_is_paid(database: Database) {
    let county = County::shared(database);
    // Nobody else's bills are taken back from this kitchen.
    let (provider, person) = (county.new_provider(&["meals"]), county.person("valle-vista"));
    let (key, plan) = (&*provider.key, county.plan("valle-vista"));
    county.record_contract("valle-vista", &provider, &["medically-tailored-meals"], ("2026-01-01", None));
    let request = json!({
        "member": person.named(), "service": "medically-tailored-meals",
        "lines": [asked("S9977 U7", 3, "2026-02-01", "2026-04-25")],
        "facts": facts(&[("clinical.nutrition-sensitive-condition", json!(true))]),
    });
    assert_eq!(county.submit(key, "authorizations", &request)["state"], "approved");
    let meal = |units: u32, charge: &str| claim(&person, &[billed("S9977 U7", units, "2026-02-27", charge)]);
    let first = county.submit(key, "claims", &meal(3, "159.00"));
    pay(county, "valle-vista", &first, "159.00");
    // Two were delivered, not three: judged as if the first claim were not there.
    let mended = county.submit(key, "claims", &corrects("replacement", &first, meal(2, "106.00")));
    assert_eq!(outcomes(&mended), ["payable"]);
    let old = county.again(key, &first);
    assert_eq!((&old["state"], &old["replaced_by"]), (&json!("replaced"), &mended["id"]));
    assert_eq!(take_backs(county, key, &first), ["-159.00"]);
    // The remittance pays 106.00 and bears so much of it.
    let paid = pay(county, "valle-vista", &mended, "106.00");
    let sums = |number: &Value| {
        let all = all_of(county, key, "/v1/remittances");
        let made = all.into_iter().find(|one| one["number"] == *number).expect("it is listed");
        ["paid", "taken_back", "total"].map(|sum| made[sum].clone())
    };
    assert_eq!(sums(&paid["remittance"]["number"]), ["106.00", "-106.00", "0.00"]);
    assert_eq!(take_backs(county, key, &first), ["-53.00"], "the rest is shown");
    assert_eq!(take_backs(county, &plan.reviewer, &first), ["-53.00"]);
    assert_eq!(ledger(county, key, &[&first, &mended]), [0, 10_600]);
    // And one unit is left, which bears the rest.
    let third = claim(&person, &[billed("S9977 U7", 1, "2026-02-28", "53.00")]);
    let third = county.submit(key, "claims", &third);
    assert_eq!(outcomes(&third), ["payable"]);
    let remit = |total: &str| {
        let claims = json!([{ "claim": third["id"], "lines": [paid_line(1, "53.00")] }]);
        let body = json!({ "number": number(), "total": total, "claims": claims });
        county.client().send(&Request::post("/v1/remittances", &body).by(&plan.reviewer))
    };
    let forgotten = remit("53.00");
    assert_eq!((forgotten.status, text(&forgotten.json, "/errors/0/code")), (422, "does-not-balance"));
    let made = remit("0.00").with(201);
    assert_eq!([&made["paid"], &made["taken_back"], &made["total"]], ["53.00", "-53.00", "0.00"]);
    assert!(take_backs(county, key, &first).is_empty(), "nothing is owed any more");
    assert_eq!(ledger(county, key, &[&first, &mended, &third]), [0, 10_600, 5_300]);
}

fn a_replacement_that_is_rejected_replaces_nothing(database: Database) {
    let county = County::shared(database);
    let (key, person) = (county.key_of("mesa-verde"), county.person("valle-vista"));
    meals(county, &person, 3);
    let first = claim(&person, &[billed("S9977 U7", 1, "2026-02-27", "53.00")]);
    let first = county.submit(key, "claims", &first);
    pay(county, "valle-vista", &first, "53.00");
    let wrong = claim(&person, &[billed("S9977 U6", 1, "2026-02-27", "53.00")]);
    let wrong = county.submit(key, "claims", &corrects("replacement", &first, wrong));
    assert_eq!(wrong["state"], "rejected");
    assert_eq!(county.again(key, &first)["state"], "paid");
    assert!(take_backs(county, key, &first).is_empty());
}

fn every_state_at_rest_can_be_corrected(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("mesa-verde");
    let plan = county.plan("costa-alta");
    let reason = json!({ "en": "Not billed as contracted.", "es": "No se facturó según el contrato." });
    let asks = json!({ "decision": "pend", "asks": [{ "document": "receipt" }] });
    let deny = json!({ "decision": "deny", "kind": "clinical", "reason": reason });
    let pay = || {
        unauthorized(json!({ "decision": "pay", "remittance": number(), "lines": [paid_line(1, "50.00")] }))
    };
    let table = [
        ("with-people", None),
        ("pended", Some(asks)),
        ("denied", Some(deny)),
        ("paid", Some(pay())),
        ("paid", Some(pay())),
    ];
    for (place, (state, decision)) in table.into_iter().enumerate() {
        let person = county.person("costa-alta");
        let body = claim(&person, &[billed("S9977 U7", 1, "2026-02-27", "50.00")]);
        let mut case = county.submit(key, "claims", &body);
        if let Some(decision) = decision {
            case = county.change(&plan.reviewer, &case, "decisions", &decision).with(200);
        }
        assert_eq!(case["state"], state);
        let (frequency, expected) =
            if place % 2 == 0 { ("void", "voided") } else { ("replacement", "replaced") };
        county.submit(key, "claims", &corrects(frequency, &case, body));
        assert_eq!(county.again(key, &case)["state"], expected, "{state}");
        assert!(county.work_item("costa-alta", &case).is_none(), "nobody decides it any more");
    }
    // What is disputed is answered first, and a stranger corrects nothing.
    let person = county.person("costa-alta");
    let body = claim(&person, &[billed("S9977 U7", 1, "2026-02-27", "50.00")]);
    let case = county.submit(key, "claims", &body);
    let stranger = send(county, county.key_of("hospital"), &corrects("replacement", &case, body.clone()));
    assert_eq!((stranger.status, text(&stranger.json, "/errors/0/code")), (422, "unknown-claim"));
    let denied = county.change(
        &plan.reviewer,
        &case,
        "decisions",
        &json!({
            "decision": "deny", "kind": "clinical", "reason": reason,
        }),
    );
    let disputed = json!({ "reason": "The meals were delivered." });
    county.change(key, &denied.with(200), "disputes", &disputed).with(200);
    let early = send(county, key, &corrects("void", &case, body));
    assert_eq!((early.status, early.code()), (409, "not-allowed-now"));
}

fn a_denied_line_beside_a_rejected_one_keeps_its_dispute(database: Database) {
    let county = County::shared(database);
    let (key, person) = (county.key_of("open-door"), county.person("valle-vista"));
    // The plan has offered sobering centers since July 2025, and prices no meals of this kind.
    let lines = [billed("H0014 U6", 1, "2025-06-02", "100.00"), billed("G9012 U2", 1, "2025-06-02", "75.00")];
    let case = county.submit(key, "claims", &claim(&person, &lines));
    assert_eq!(outcomes(&case)[0], "denied 96");
    assert!(outcomes(&case)[1].starts_with("rejected"), "{:?}", outcomes(&case));
    assert_eq!(case["state"], "denied", "what is denied can be disputed");
    let disputed = json!({ "reason": "The county had the service in June." });
    assert_eq!(county.change(key, &case, "disputes", &disputed).with(200)["state"], "disputed");
}

fn a_dispute_that_is_paid_keeps_the_sums(database: Database) {
    let county = County::shared(database);
    let (provider, person) = (county.new_provider(&["meals"]), county.person("costa-alta"));
    let (key, plan) = (&*provider.key, county.plan("costa-alta"));
    county.record_contract("costa-alta", &provider, &["medically-tailored-meals"], ("2026-01-01", None));
    let body = claim(&person, &[billed("S9977 U7", 2, "2026-02-27", "100.00")]);
    let case = county.submit(key, "claims", &body);
    let some = unauthorized(json!({
        "decision": "pay", "remittance": number(), "lines": [{
            "number": 1, "amount": "50.00",
            "adjustments": [{ "group": "CO", "reason": "45", "remark": "N130", "amount": "50.00" }],
        }],
    }));
    let paid = county.change(&plan.clerk, &case, "decisions", &some).with(200);
    assert_eq!(paid["remittance"]["lines"][0]["adjustments"][0]["remark"], "N130");
    let case = county.change(key, &paid, "disputes", &json!({ "reason": "Two were delivered." })).with(200);
    let less = unauthorized(json!({ "decision": "pay", "remittance": number(), "lines": [{
        "number": 1, "amount": "40.00", "adjustments": [{ "group": "CO", "reason": "45", "amount": "60.00" }],
    }] }));
    let refused = county.change(&plan.clerk, &case, "decisions", &less);
    assert_eq!(
        (refused.status, text(&refused.json, "/errors/0/code")),
        (422, "less-than-before"),
        "a dispute costs nobody what was paid"
    );
    let all =
        unauthorized(json!({ "decision": "pay", "remittance": number(), "lines": [paid_line(1, "100.00")] }));
    let more = county.change(&plan.clerk, &case, "decisions", &all).with(200);
    assert_eq!(more["state"], "paid");
    assert_eq!(ledger(county, key, &[&case]), [10_000], "50.00, less 50.00, and 100.00");
    let last = all_of(county, key, "/v1/remittances");
    let last = last.iter().find(|one| one["number"] == all["remittance"]).expect("it is listed");
    assert_eq!([&last["paid"], &last["taken_back"], &last["total"]], ["100.00", "-50.00", "50.00"]);
}

fn a_remittance_balances(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let (provider, person) = (county.new_provider(&["meals"]), county.person("costa-alta"));
    let (key, plan) = (&*provider.key, county.plan("costa-alta"));
    county.record_contract("costa-alta", &provider, &["medically-tailored-meals"], ("2026-01-01", None));
    let meal = |day: &str, charge: &str| {
        let lines = [billed("S9977 U7", 1, day, charge), billed("S9977 U6", 1, day, "10.00")];
        county.submit(key, "claims", &claim(&person, &lines))
    };
    let (one, two) = (meal("2026-02-23", "50.00"), meal("2026-02-24", "70.00"));
    let foreign = county.submit(county.key_of("hospital"), "claims", &outreach(&person, "2026-02-24"));
    let cut = |amount: &str| json!([{ "group": "CO", "reason": "45", "amount": amount }]);
    let unpaid =
        |number: u32, amount: &str| json!({ "number": number, "amount": "0.00", "adjustments": cut(amount) });
    let of = |claim: &Value, lines: Value| unauthorized(json!({ "claim": claim["id"], "lines": lines }));
    let good = [
        of(&one, json!([paid_line(1, "50.00"), unpaid(2, "10.00")])),
        of(
            &two,
            json!([{ "number": 1, "amount": "50.00", "adjustments": cut("20.00") }, paid_line(2, "10.00")]),
        ),
    ];
    let remit = |key: &str, number: &str, total: &str, claims: &[Value]| {
        let body = json!({ "number": number, "total": total, "claims": claims });
        client.send(&Request::post("/v1/remittances", &body).by(key))
    };
    let (first, second) = (&good[0], &good[1]);
    let table = [
        ("the total is another", "110.01", vec![first.clone(), second.clone()], "/total does-not-balance"),
        (
            "a line does not balance",
            "49.99",
            vec![of(&one, json!([paid_line(1, "49.99"), unpaid(2, "10.00")]))],
            "/claims/0/lines/0/amount charge-less-adjustments-is-the-amount",
        ),
        (
            "a line is missing",
            "110.00",
            vec![
                first.clone(),
                of(&two, json!([{ "number": 1, "amount": "50.00", "adjustments": cut("20.00") }])),
            ],
            "/claims/1/lines missing-line",
        ),
        (
            "a line is there twice",
            "120.00",
            vec![of(&one, json!([paid_line(1, "50.00"), paid_line(1, "50.00"), unpaid(2, "10.00")]))],
            "/claims/0/lines/1 unknown-line",
        ),
        ("a claim is there twice", "120.00", vec![first.clone(), first.clone()], "/claims/1/claim repeated"),
        (
            "a claim of another provider",
            "91.00",
            vec![first.clone(), of(&foreign, json!([paid_line(1, "31.00")]))],
            "/claims/1/claim another-provider",
        ),
        (
            "a claim that is not there",
            "0.00",
            vec![json!({
                "claim": "case_00000000000000000000000000000000", "lines": [paid_line(1, "0.00")],
            })],
            "/claims/0/claim unknown-claim",
        ),
    ];
    for (case, total, claims, expected) in table {
        let answer = remit(&plan.reviewer, &number(), total, &claims);
        assert_eq!(answer.status, 422, "{case}: {}", answer.json);
        let error = &answer.json["errors"][0];
        assert_eq!(format!("{} {}", text(error, "/pointer"), text(error, "/code")), expected, "{case}");
        if case == "a line does not balance" {
            assert!(
                text(error, "/detail").contains("line 1") && text(error, "/detail").contains("0.01"),
                "{error}"
            );
        }
    }
    assert!(
        [&one, &two].iter().all(|claim| county.again(key, claim)["state"] == "with-people"),
        "nothing was done"
    );
    assert_eq!(remit(&plan.admin, &number(), "110.00", &good).status, 403);
    assert_eq!(remit(&county.plan("valle-vista").reviewer, &number(), "110.00", &good).status, 422);

    let name = number();
    let made = remit(&plan.reviewer, &name, "110.00", &good).with(201);
    assert_eq!([&made["paid"], &made["taken_back"], &made["total"]], ["110.00", "0.00", "110.00"]);
    for claim in [&one, &two] {
        let paid = county.again(key, claim);
        assert_eq!((&paid["state"], &paid["remittance"]["number"]), (&json!("paid"), &json!(name)));
    }
    assert_eq!(county.again(key, &two)["remittance"]["lines"][0]["adjustments"][0]["reason"], "45");
    let again = remit(&plan.reviewer, &name, "110.00", &good);
    assert_eq!((again.status, text(&again.json, "/errors/0/code")), (422, "taken"));
    // Who is paid and who paid read it; nobody else does.
    let path = format!("/v1/remittances/{}", text(&made, "/id"));
    for reader in [key, &plan.reviewer] {
        assert_eq!(client.read(reader, &path)["entries"].as_array().expect("a list").len(), 4);
        assert!(all_of(county, reader, "/v1/remittances").iter().any(|one| one["id"] == made["id"]));
    }
    for stranger in [county.key_of("hospital"), &county.plan("valle-vista").reviewer] {
        assert_eq!(client.send(&Request::get(&path).by(stranger)).status, 404);
        assert!(!all_of(county, stranger, "/v1/remittances").iter().any(|one| one["id"] == made["id"]));
    }
}

/// Source of the codes: X12 external code list 139; 005010X221A1, in which a remittance says of each line
/// that was taken as billed what became of it. Valle Vista has offered sobering centers since July 2025;
/// Costa Alta gives 180 days to file.
fn a_denied_line_enters_the_remittance_at_nothing(database: Database) {
    let county = County::shared(database);
    let table = [
        ("valle-vista", billed("H0014 U6", 1, "2025-06-02", "100.00"), ["96", "N130"]),
        ("costa-alta", billed("G9012 U8", 1, "2025-08-20", "100.00"), ["29", ""]),
    ];
    for (plan, denied, [reason, remark]) in table {
        let (provider, clerk) = (county.new_provider(&["clinic"]), &county.plan(plan).clerk);
        county.record_contract(plan, &provider, &["sobering-centers", "ecm"], ("2025-01-01", None));
        let lines = [denied, billed("G9012 U8", 1, "2026-02-20", "30.00")];
        let case = county.submit(&provider.key, "claims", &claim(&county.person(plan), &lines));
        let line = &case["lines"][0];
        assert_eq!(
            ["/outcome", "/reason_code", "/remark"].map(|at| text(line, at)),
            ["denied", reason, remark],
            "{plan}"
        );
        // It need not be named: what became of it is known.
        let body = json!({
            "number": number(), "total": "30.00",
            "claims": [{ "claim": case["id"], "lines": [paid_line(2, "30.00")] }],
        });
        let request = Request::post("/v1/remittances", &body).by(clerk);
        let made = county.client().send(&request).with(201);
        let entries = made["entries"].as_array().expect("a list").iter();
        let amounts: Vec<(u64, &str)> = entries
            .map(|entry| (entry["line"].as_u64().expect("a number"), text(entry, "/amount")))
            .collect();
        assert!(amounts.contains(&(1, "0.00")) && amounts.contains(&(2, "30.00")), "{plan}: {amounts:?}");
        let remark = if remark.is_empty() { Value::Null } else { json!(remark) };
        let cut = json!([{ "group": "CO", "reason": reason, "remark": remark, "amount": "100.00" }]);
        let paid = county.again(&provider.key, &case);
        let lines = paid["remittance"]["lines"].as_array().expect("a list").iter();
        let unpaid = lines.clone().find(|line| line["number"] == 1).expect("the denied line is there");
        assert_eq!((&unpaid["amount"], &unpaid["adjustments"]), (&json!("0.00"), &cut), "{plan}");
        assert_eq!(
            county.change(&provider.key, &paid, "disputes", &json!({ "reason": "It was in time." })).status,
            200
        );
    }
}

/// Advice is nobody's decision (wit/profile.wit, mode): Harbor Crest's rules would reject a night that nobody
/// authorized, and the person who pays the line beside it says so.
fn a_line_that_is_only_advised_to_be_rejected_is_named(database: Database) {
    let county = County::shared(database);
    let reviewer = &county.plan("harbor-crest").reviewer;
    let lines = [billed("T2033 U6", 1, "2026-02-20", "200.00"), billed("G9012 U8", 1, "2026-02-20", "30.00")];
    let case =
        county.submit(county.key_of("open-door"), "claims", &claim(&county.person("harbor-crest"), &lines));
    assert_eq!((text(&case, "/state"), text(&case, "/lines/0/outcome")), ("advised", "rejected"));
    let pay = |lines: &[Value]| {
        let decision = json!({ "decision": "pay", "remittance": number(), "lines": lines });
        county.change(reviewer, &case, "decisions", &decision)
    };
    let refused = pay(&[paid_line(2, "30.00")]).with(422);
    assert_eq!(
        (text(&refused, "/errors/0/pointer"), text(&refused, "/errors/0/code")),
        ("/lines", "missing-line")
    );
    let cut = json!([{ "group": "CO", "reason": "197", "amount": "200.00" }]);
    let unpaid = json!({ "number": 1, "amount": "0.00", "adjustments": cut });
    assert_eq!(pay(&[unpaid, paid_line(2, "30.00")]).with(200)["state"], "paid");
}

/// An attempt that is reported without a charge takes its day like one that is paid: reported again, it is
/// refused in words. (X12 external code list 139, 18)
fn what_is_reported_at_nothing_is_reported_once(database: Database) {
    let county = County::shared(database);
    let (key, person) = (county.key_of("open-door"), county.person("harbor-crest"));
    let report = || {
        let line = billed("G9012 U8", 1, "2026-02-23", "0.00");
        let case = county.submit(key, "claims", &claim(&person, &[line]));
        assert_eq!((text(&case, "/state"), text(&case, "/lines/0/outcome")), ("advised", "payable"));
        case
    };
    let (first, again) = (report(), report());
    let pay = |case: &Value| {
        let decision = json!({ "decision": "pay", "remittance": number(), "lines": [paid_line(1, "0.00")] });
        county.change(&county.plan("harbor-crest").reviewer, case, "decisions", &decision)
    };
    assert_eq!(pay(&first).with(200)["state"], "paid");
    let refused = pay(&again).with(422);
    assert_eq!(
        (text(&refused, "/errors/0/pointer"), text(&refused, "/errors/0/code")),
        ("/lines/0", "paid-once")
    );
}

/// Everything of a list, page by page.
fn all_of(county: &County, key: &str, list: &str) -> Vec<Value> {
    let client = county.client();
    let mut all = Vec::new();
    let mut page = client.read(key, &format!("{list}?limit=200"));
    loop {
        all.extend(page["items"].as_array().expect("a list").iter().cloned());
        let Some(cursor) = page["next_cursor"].as_str() else { return all };
        page = client.read(key, &format!("{list}?limit=200&cursor={cursor}"));
    }
}

pub(crate) fn cents(amount: &Value) -> i64 {
    amount.as_str().expect("dollars").replace('.', "").parse().expect("dollars with two decimals")
}

/// The sum of the ledger for each of the claims, in cents, with what is still to be taken back.
fn ledger(county: &County, key: &str, claims: &[&Value]) -> Vec<i64> {
    let sums = ledger_sums(county, key);
    claims.iter().map(|claim| sums.get(text(claim, "/id")).copied().unwrap_or(0)).collect()
}

pub(crate) fn ledger_sums(county: &County, key: &str) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    let mut count = |entry: &Value| {
        *sums.entry(text(entry, "/claim").to_owned()).or_insert(0) += cents(&entry["amount"]);
    };
    for remittance in all_of(county, key, "/v1/remittances") {
        let entries = remittance["entries"].as_array().expect("a list");
        let total: i64 = entries.iter().map(|entry| cents(&entry["amount"])).sum();
        assert_eq!(total, cents(&remittance["total"]), "{remittance}");
        assert!(total >= 0, "{remittance}");
        entries.iter().for_each(&mut count);
    }
    all_of(county, key, "/v1/take-backs").iter().for_each(&mut count);
    sums
}

/// Orders that are tried, and commands of each.
const ORDERS: u32 = 2;
const COMMANDS: usize = 60;

/// Outreach to one of two members, on one or two of a few days.
#[derive(Clone, Debug)]
struct Visit {
    whom: usize,
    first: u32,
    days: u32,
    by_telephone: bool,
}

/// Command of a biller or a plan. An index picks one of the claims that there are by then.
#[derive(Clone, Debug)]
enum Command {
    Bill(Visit),
    Correct { claim: Index, void: bool, visit: Visit },
    Dispute { claim: Index },
    Pay { claim: Index, payable: bool },
}

fn visit() -> impl Strategy<Value = Visit> {
    (0..2_usize, 20..24_u32, 1..3_u32, any::<bool>()).prop_map(|(whom, first, days, by_telephone)| Visit {
        whom,
        first,
        days,
        by_telephone,
    })
}

fn command() -> impl Strategy<Value = Command> {
    let index = any::<Index>;
    prop_oneof![
        3 => visit().prop_map(Command::Bill),
        2 => (index(), any::<bool>(), visit())
            .prop_map(|(claim, void, visit)| Command::Correct { claim, void, visit }),
        1 => index().prop_map(|claim| Command::Dispute { claim }),
        2 => (index(), any::<bool>()).prop_map(|(claim, payable)| Command::Pay { claim, payable }),
    ]
}

impl Visit {
    fn billed(&self, people: &[Person; 2]) -> Value {
        let (procedure, price) = if self.by_telephone { ("G9012 U8 GQ", 15) } else { ("G9012 U8", 31) };
        let (first, last) = (self.first, self.first + self.days - 1);
        let [first, last] = [first, last].map(|day| format!("2026-02-{day}"));
        let charge = format!("{}.00", price * self.days);
        claim(&people[self.whom], &[over(procedure, self.days, &first, &last, &charge)])
    }
}

/// Two members, four days, two procedures, and whatever a biller and a plan may do to the claims, in an order
/// that chance picks.
fn no_order_of_commands_unbalances_the_ledger(database: Database) {
    let done = RefCell::new(BTreeMap::new());
    let commands = prop::collection::vec(command(), COMMANDS);
    let outcome = runner(ORDERS, 20).run(&commands, |commands| {
        let mut books = Books::open(County::shared(database), &done);
        commands.iter().for_each(|command| books.take(command));
        books.balance();
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    let done = done.borrow();
    assert_eq!(done.len(), 5, "each kind of command was carried out: {done:?}");
}

/// One order, about two members that no other test knows.
struct Books<'a> {
    county: &'a County,
    key: &'a str,
    people: [Person; 2],
    claims: Vec<Value>,
    /// Number of commands that were carried out, by name.
    done: &'a RefCell<BTreeMap<&'static str, u32>>,
}

impl<'a> Books<'a> {
    fn open(county: &'a County, done: &'a RefCell<BTreeMap<&'static str, u32>>) -> Self {
        let people = [county.person("valle-vista"), county.person("valle-vista")];
        Self { county, key: county.key_of("open-door"), people, claims: Vec::new(), done }
    }

    fn take(&mut self, command: &Command) {
        let Some((what, answer)) = self.send(command) else { return };
        assert!([200, 201, 409, 422].contains(&answer.status), "{what}: {}", answer.json);
        if answer.status < 300 {
            *self.done.borrow_mut().entry(what).or_default() += 1;
        }
        if answer.status == 201 {
            self.claims.push(answer.json);
        }
    }

    fn send(&self, command: &Command) -> Option<(&'static str, Answer)> {
        let (county, key) = (self.county, self.key);
        Some(match command {
            Command::Bill(visit) => ("bill", send(county, key, &visit.billed(&self.people))),
            Command::Correct { claim, void, visit } => {
                let old = self.one_of(&[], *claim)?;
                let (what, frequency) = if *void { ("void", "void") } else { ("replace", "replacement") };
                let body = owned(&old, visit.billed(&self.people));
                (what, send(county, key, &corrects(frequency, &old, body)))
            }
            Command::Dispute { claim } => {
                let old = self.one_of(&["paid"], *claim)?;
                let reason = json!({ "reason": "It was delivered." });
                ("dispute", county.change(key, &old, "disputes", &reason))
            }
            Command::Pay { claim, payable } => {
                let states: &[&str] = if *payable { &["payable", "disputed"] } else { &[] };
                let old = self.one_of(states, *claim)?;
                let lines = json!([{ "number": 1, "amount": old["lines"][0]["charge"] }]);
                let decision = json!({ "decision": "pay", "remittance": number(), "lines": lines });
                let reviewer = &county.plan("valle-vista").reviewer;
                ("pay", county.change(reviewer, &old, "decisions", &decision))
            }
        })
    }

    /// The next claim in one of these states; where there is none, one to which the command cannot happen.
    fn one_of(&self, states: &[&str], which: Index) -> Option<Value> {
        if self.claims.is_empty() {
            return None;
        }
        let (before, after) = self.claims.split_at(which.index(self.claims.len()));
        let mut turned = after.iter().chain(before).map(|claim| self.county.again(self.key, claim));
        let next = turned.next()?;
        let fits = |claim: &Value| states.is_empty() || states.contains(&text(claim, "/state"));
        if fits(&next) { Some(next) } else { turned.find(fits).or(Some(next)) }
    }

    /// Checks that the amounts paid under each claim and not yet taken back add up to the claim's, and that
    /// no day of a member is in two claims that are paid or will be.
    fn balance(&self) {
        let sums = ledger_sums(self.county, self.key);
        let mut days: BTreeMap<String, String> = BTreeMap::new();
        for claim in self.claims.iter().map(|claim| self.county.again(self.key, claim)) {
            let id = text(&claim, "/id").to_owned();
            let total = &claim["remittance"]["total"];
            let paid = if total.is_string() { cents(total) } else { 0 };
            assert_eq!(sums.get(&id).copied().unwrap_or(0), paid, "{claim}");
            if !["payable", "paid", "disputed"].contains(&text(&claim, "/state")) {
                continue;
            }
            let line = &claim["lines"][0];
            for day in [text(line, "/first"), text(line, "/last")] {
                let key = format!("{} {} {day}", claim["member_id"], line["procedure"]);
                let other = days.insert(key.clone(), id.clone());
                assert!(other.is_none_or(|other| other == id), "{key} is in two claims");
            }
        }
    }
}

/// The body for the member whose claim is corrected.
fn owned(old: &Value, mut body: Value) -> Value {
    body["member"] = json!({ "id": old["member_id"] });
    body
}

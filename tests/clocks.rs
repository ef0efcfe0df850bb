//! The state's clocks on real cases: which run in which state, what ends them, and what happens when nothing
//! does.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::harness::{
    COUNTY, County, Database, Request, Server, asked, billed, facts, on_both_databases, text, until,
};
use crate::journeys::{ecm, ecm_referral, nights, open_clocks};
use crate::ledger::unauthorized;

on_both_databases! {
    each_kind_of_request_has_its_clock
    told_in_time
    a_window_warns_and_a_file_is_confirmed
    more_time_is_given_once
    a_member_changes_providers
    a_plan_that_asks_has_acted
    a_dispute_is_answered
    what_nobody_ends_runs_out
}

fn each_kind_of_request_has_its_clock(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("open-door");
    let table = [
        ("initial", "standard", "2026-03-02"),
        ("initial", "expedited", "2026-03-02"),
        ("renewal", "expedited", "2026-03-10"),
        ("extension", "expedited", "2026-03-04"),
        // What ends tomorrow was asked for too late.
        ("extension", "expedited", "2026-03-03"),
        ("retrospective", "standard", "2026-02-20"),
    ];
    let mut seen = String::new();
    for (kind, urgency, first) in table {
        let mut request = ecm(&county.person("costa-alta"));
        request["kind"] = json!(kind);
        request["urgency"] = json!(urgency);
        request["lines"] = json!([asked("G9008 U1", 1, first, first)]);
        let case = county.submit(key, "authorizations", &request);
        assert_eq!(case["state"], "with-people", "{kind}");
        seen.push_str(&format!("{kind}, {urgency}, from {first}\n{}", clocks(&case)));
    }
    expect![[r#"
        initial, standard, from 2026-03-02
        authorization-decision-business-days: open, 2026-03-10T06:59:59.999Z
        authorization-decision-calendar-days: open, 2026-03-10T06:59:59.999Z
        plan-promise-authorization: open, 2026-03-10T06:59:59.999Z
        initial, expedited, from 2026-03-02
        authorization-decision-expedited: open, 2026-03-05T18
        plan-promise-authorization: open, 2026-03-05T18
        renewal, expedited, from 2026-03-10
        authorization-decision-concurrent-urgent: open, 2026-03-03T18
        authorization-decision-expedited: open, 2026-03-05T18
        plan-promise-authorization: open, 2026-03-03T18
        extension, expedited, from 2026-03-04
        authorization-decision-concurrent-urgent: open, 2026-03-03T18
        authorization-decision-expedited: open, 2026-03-05T18
        plan-promise-authorization: open, 2026-03-03T18
        extension, expedited, from 2026-03-03
        authorization-decision-expedited: open, 2026-03-05T18
        plan-promise-authorization: open, 2026-03-05T18
        retrospective, standard, from 2026-02-20
        authorization-decision-retrospective: open, 2026-04-02T06:59:59.999Z
    "#]]
    .assert_eq(&seen);
}

fn told_in_time(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("open-door");
    let plan = county.plan("valle-vista");

    let referral = county.submit(key, "referrals", &ecm_referral(&county.person("valle-vista")));
    let path = format!("/v1/referrals/{}", text(&referral, "/id"));
    let read = |tag: &str| county.client().send(&Request::get(&path).by(key).header("If-None-Match", tag));
    let before = read("");
    let case = when_told(county, key, &referral, "referral-referrer-notice");
    // Whoever has the case as it stood is told that it stands otherwise, though its version is the same.
    let after = read(before.header("etag"));
    assert_eq!(after.status == 304, before.json["deadlines"] == case["deadlines"]);
    assert_eq!(read(after.header("etag")).status, 304);
    check(
        &case,
        &expect![[r#"
              referral-assignment: open, 2026-03-17T06:59:59.999Z
              referral-member-notice: open, 2026-03-05T07:59:59.999Z
              referral-referrer-notice: met, 2026-03-12T06:59:59.999Z
        "#]],
    );
    let notice = json!({ "route": "mail", "language": "es" });
    let told = county.change(&plan.reviewer, &case, "member-notices", &notice).with(200);
    check(
        &told,
        &expect![[r#"
              referral-assignment: open, 2026-03-17T06:59:59.999Z
              referral-member-notice: met, 2026-03-05T07:59:59.999Z
              referral-referrer-notice: met, 2026-03-12T06:59:59.999Z
        "#]],
    );
    assert_eq!(
        told["member_notices"],
        json!([{ "sent_on": "2026-03-02", "route": "mail", "language": "es" }])
    );

    let approved = county.submit(key, "authorizations", &ecm(&county.person("valle-vista")));
    let case = when_told(county, key, &approved, "authorization-provider-notice");
    check(
        &case,
        &expect![[r#"
              authorization-member-notice: open, 2026-03-05T07:59:59.999Z
              authorization-provider-notice: met, 2026-03-03T18
        "#]],
    );

    let early = county.change(
        &plan.reviewer,
        &case,
        "member-notices",
        &json!({
            "sent_on": "2026-03-01", "route": "mail", "language": "en",
        }),
    );
    assert_eq!((early.status, early.json["errors"][0]["code"].as_str()), (422, Some("before-the-decision")));
    let foreign = county.change(&county.plan("harbor-crest").reviewer, &case, "member-notices", &notice);
    assert_eq!(foreign.status, 404);
    assert_eq!(county.change(key, &case, "member-notices", &notice).status, 403);
    let told = county.change(&plan.admin, &case, "member-notices", &notice).with(200);
    check(
        &told,
        &expect![[r#"
              authorization-member-notice: met, 2026-03-05T07:59:59.999Z
              authorization-provider-notice: met, 2026-03-03T18
        "#]],
    );
}

fn a_window_warns_and_a_file_is_confirmed(database: Database) {
    let county = County::shared(database);
    let hospital = county.key_of("hospital");
    let mut request = nights(county, &county.person("valle-vista"), 14, "2026-03-15");
    crate::journeys::take_fact(&mut request, "clinical.inpatient-level-needed");
    let case = county.submit(hospital, "authorizations", &request);
    assert_eq!((&case["state"], &case["presumption"]["last"]), (&json!("pended"), &json!("2026-03-15")));
    check(
        &case,
        &expect![[r#"
            authorization-decision-calendar-days: open, 2026-03-10T06:59:59.999Z
            presumptive-window-alert: open, 2026-03-11T06:59:59.999Z
        "#]],
    );
    let warning = open_clocks(&case).into_iter().find(|clock| clock["nature"] == "warning");
    assert!(text(warning.expect("it warns"), "/text/es").contains("5 días naturales antes"));

    let key = county.key_of("casa-puente");
    let file = json!({
        "legal_name": "Casa Puente", "services": ["recuperative-care"], "counties": [COUNTY],
        "plans": ["costa-alta"], "answers": [], "documents": [],
    });
    let case = county.submit(key, "applications", &file);
    check(
        &when_told(county, key, &case, "application-acknowledgement"),
        &expect![[r#"
            application-acknowledgement: met, 2026-03-10T06:59:59.999Z
        "#]],
    );
}

fn more_time_is_given_once(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("open-door");
    let plan = county.plan("costa-alta");
    let case = county.submit(key, "authorizations", &ecm(&county.person("costa-alta")));
    let wanted = json!({
        "requested_by": "member",
        "reason": { "en": "A letter will come.", "es": "Llegará una carta." },
    });
    assert_eq!(county.change(key, &case, "extensions", &wanted).status, 403);
    let longer = county.change(&plan.reviewer, &case, "extensions", &wanted).with(200);
    assert_eq!(longer["state"], "with-people");
    assert_eq!(longer["extension"]["requested_by"], "member");
    check(
        &longer,
        &expect![[r#"
              authorization-decision-business-days: cancelled, 2026-03-10T06:59:59.999Z
              authorization-decision-calendar-days: cancelled, 2026-03-10T06:59:59.999Z
              authorization-extension: open, 2026-03-24T06:59:59.999Z
              plan-promise-authorization: cancelled, 2026-03-10T06:59:59.999Z
        "#]],
    );
    let again = county.change(&plan.reviewer, &longer, "extensions", &wanted);
    assert_eq!((again.status, again.code()), (409, "not-allowed-now"));

    let reason = json!({ "en": "Not this plan's member.", "es": "No es miembro de este plan." });
    let denial = json!({ "decision": "deny", "kind": "administrative", "criteria": ["ca.coverage"], "reason": reason });
    let denied = county.change(&plan.clerk, &longer, "decisions", &denial).with(200);
    let late = county.change(&plan.reviewer, &denied, "extensions", &wanted);
    assert_eq!((late.status, late.code()), (409, "not-allowed-now"), "what is decided waits no longer");
    let notice = json!({ "sent_on": "2026-03-02", "route": "in-person", "language": "en" });
    let told = county.change(&plan.reviewer, &denied, "member-notices", &notice).with(200);
    let told = when_told(county, key, &told, "authorization-provider-notice");
    check(
        &told,
        &expect![[r#"
              authorization-appeal-window: open, 2026-05-02T06:59:59.999Z
              authorization-decision-business-days: cancelled, 2026-03-10T06:59:59.999Z
              authorization-decision-calendar-days: cancelled, 2026-03-10T06:59:59.999Z
              authorization-extension: met, 2026-03-24T06:59:59.999Z
              authorization-member-notice: met, 2026-03-05T07:59:59.999Z
              authorization-provider-notice: met, 2026-03-03T18
              plan-promise-authorization: cancelled, 2026-03-10T06:59:59.999Z
        "#]],
    );

    let mut past = ecm(&county.person("costa-alta"));
    past["kind"] = json!("retrospective");
    past["lines"] = json!([asked("G9008 U1", 1, "2026-02-20", "2026-02-20")]);
    let past = county.submit(key, "authorizations", &past);
    assert_eq!(county.change(&plan.reviewer, &past, "extensions", &wanted).code(), "not-allowed-now");
}

fn a_member_changes_providers(database: Database) {
    let county = County::shared(database);
    let (referrer, kitchen, house) =
        (county.key_of("open-door"), county.provider("mesa-verde"), county.provider("casa-puente"));
    let referral = json!({
        "member": county.person("costa-alta").named(), "service": "medically-tailored-meals",
        "preferred_provider": kitchen.id, "facts": facts(&[("consent.member-agrees", json!(true))]),
    });
    let mut case = county.submit(referrer, "referrals", &referral);
    let accept = json!({ "decision": "accept" });
    case = county.change(&county.plan("costa-alta").reviewer, &case, "decisions", &accept).with(200);
    case = county.change(&kitchen.key, &case, "status", &json!({ "status": "accepted" })).with(200);
    let change = json!({ "status": "provider-change-requested", "preferred_provider": house.id });
    assert_eq!(county.change(&house.key, &case, "status", &change).status, 404, "it is not theirs yet");
    case = county.change(referrer, &case, "status", &change).with(200);
    assert_eq!(case["state"], "changing-provider");
    check(
        &when_told(county, referrer, &case, "referral-referrer-notice"),
        &expect![[r#"
              referral-assignment: met, 2026-03-17T06:59:59.999Z
              referral-member-notice: open, 2026-03-05T07:59:59.999Z
              referral-offer: met, 2026-03-05T07:59:59.999Z
              referral-offer: open, 2026-03-05T07:59:59.999Z
              referral-provider-change: open, 2026-04-02T06:59:59.999Z
              referral-referrer-notice: met, 2026-03-12T06:59:59.999Z
              referral-triage: met, 2026-03-10T06:59:59.999Z
        "#]],
    );
    case = county.change(&house.key, &case, "status", &json!({ "status": "accepted" })).with(200);
    assert_eq!((&case["state"], &case["assigned_provider"]), (&json!("provider-accepted"), &json!(house.id)));
    let change = json!({ "status": "provider-change-requested", "preferred_provider": "nobody" });
    let unknown = county.change(referrer, &case, "status", &change);
    assert_eq!(unknown.json["errors"][0]["pointer"], "/preferred_provider");
    let closed = json!({ "status": "closed", "closure_reason": "services-received" });
    case = county.change(&house.key, &case, "status", &closed).with(200);
    check(
        &case,
        &expect![[r#"
              referral-assignment: met, 2026-03-17T06:59:59.999Z
              referral-member-notice: cancelled, 2026-03-05T07:59:59.999Z
              referral-offer: met, 2026-03-05T07:59:59.999Z
              referral-offer: met, 2026-03-05T07:59:59.999Z
              referral-provider-change: met, 2026-04-02T06:59:59.999Z
              referral-referrer-notice: met, 2026-03-12T06:59:59.999Z
              referral-triage: met, 2026-03-10T06:59:59.999Z
        "#]],
    );
}

fn a_plan_that_asks_has_acted(database: Database) {
    let county = County::shared(database);
    let (key, plan) = (county.key_of("mesa-verde"), county.plan("costa-alta"));
    let person = county.person("costa-alta");
    let request = json!({
        "member": person.named(), "diagnoses": ["Z59.02"],
        "lines": [billed("S9977 U7", 1, "2026-03-02", "60.00")],
    });
    let claim = county.submit(key, "claims", &request);
    assert_eq!(claim["state"], "with-people");
    let claim = when_told(county, key, &claim, "claim-acknowledgement");
    check(
        &claim,
        &expect![[r#"
              claim-acknowledgement: met, 2026-03-05T07:59:59.999Z
              claim-decision: open, 2026-04-02T06:59:59.999Z
        "#]],
    );
    let asks = json!({ "decision": "pend", "asks": [{ "document": "receipt" }] });
    let contested = county.change(&plan.reviewer, &claim, "decisions", &asks).with(200);
    check(
        &contested,
        &expect![[r#"
              claim-acknowledgement: met, 2026-03-05T07:59:59.999Z
              claim-decision: met, 2026-04-02T06:59:59.999Z
        "#]],
    );
    let receipt = json!({ "documents": [{ "kind": "receipt", "issued": "2026-03-01", "amount": "60.00" }] });
    let supplied = county.change(key, &contested, "information", &receipt).with(200);
    check(
        &supplied,
        &expect![[r#"
              claim-acknowledgement: met, 2026-03-05T07:59:59.999Z
              claim-decision-after-information: open, 2026-04-02T06:59:59.999Z
              claim-decision: met, 2026-04-02T06:59:59.999Z
        "#]],
    );
}

fn a_dispute_is_answered(database: Database) {
    let county = County::shared(database);
    let (key, plan) = (county.key_of("mesa-verde"), county.plan("costa-alta"));
    let request = json!({
        "member": county.person("costa-alta").named(), "diagnoses": ["Z59.02"],
        "lines": [billed("S9977 U7", 1, "2026-03-02", "60.00")],
    });
    let claim = county.submit(key, "claims", &request);
    let claim = when_told(county, key, &claim, "claim-acknowledgement");
    let disputed = json!({ "reason": "The meals were delivered." });
    let early = county.change(key, &claim, "disputes", &disputed);
    assert_eq!((early.status, early.code()), (409, "not-allowed-now"), "there is nothing to dispute yet");
    let reason = json!({ "en": "No authorization on file.", "es": "No hay autorización." });
    let denial = json!({
        "decision": "deny", "kind": "administrative", "criteria": ["ca.claim.authorization"], "reason": reason,
    });
    let denied = county.change(&plan.clerk, &claim, "decisions", &denial).with(200);
    check(
        &denied,
        &expect![[r#"
              claim-acknowledgement: met, 2026-03-05T07:59:59.999Z
              claim-decision: met, 2026-04-02T06:59:59.999Z
              claim-dispute-window: open, 2027-03-03T07:59:59.999Z
        "#]],
    );

    let case = county.change(key, &denied, "disputes", &disputed).with(200);
    assert_eq!(case["state"], "disputed");
    assert_eq!(county.work_item("costa-alta", &case).expect("it waits")["why"]["code"], "disputed");
    check(
        &case,
        &expect![[r#"
              claim-acknowledgement: met, 2026-03-05T07:59:59.999Z
              claim-decision: met, 2026-04-02T06:59:59.999Z
              claim-dispute-decision: open, 2026-05-06T06:59:59.999Z
              claim-dispute-window: met, 2027-03-03T07:59:59.999Z
        "#]],
    );
    let upheld = json!({ "decision": "uphold", "reason": reason });
    let upheld = county.change(&plan.clerk, &case, "decisions", &upheld).with(200);
    assert_eq!(
        (&upheld["state"], &upheld["disputes"][0]["answer"]["outcome"]),
        (&json!("denied"), &json!("upheld"))
    );
    assert!(county.work_item("costa-alta", &case).is_none());
    let again = county.change(key, &upheld, "disputes", &disputed);
    assert_eq!((again.status, again.code()), (409, "not-allowed-now"), "one action is disputed once");
    check(
        &upheld,
        &expect![[r#"
              claim-acknowledgement: met, 2026-03-05T07:59:59.999Z
              claim-decision: met, 2026-04-02T06:59:59.999Z
              claim-dispute-decision: met, 2026-05-06T06:59:59.999Z
              claim-dispute-window: met, 2027-03-03T07:59:59.999Z
        "#]],
    );

    let mut other = request.clone();
    other["lines"] = json!([billed("S9977 U7", 2, "2026-03-01", "120.00")]);
    let other = county.submit(key, "claims", &other);
    let pay = |number: &str, amount: &str, rest: &str| {
        let adjustments = json!([{ "group": "CO", "reason": "45", "amount": rest }]);
        let line = json!({ "number": 1, "amount": amount, "adjustments": adjustments });
        unauthorized(json!({ "decision": "pay", "remittance": number, "lines": [line] }))
    };
    let paid = county.change(&plan.clerk, &other, "decisions", &pay("CA-1", "52.50", "67.50")).with(200);
    let case =
        county.change(key, &paid, "disputes", &json!({ "reason": "Two units were billed." })).with(200);
    assert_eq!(case["remittance"]["total"], "52.50", "what is disputed stays in view");
    let more = county.change(&plan.clerk, &case, "decisions", &pay("CA-2", "105.00", "15.00")).with(200);
    assert_eq!((&more["state"], &more["remittance"]["total"]), (&json!("paid"), &json!("105.00")));
    assert_eq!(more["disputes"][0]["answer"]["outcome"], "paid");
}

fn what_nobody_ends_runs_out(database: Database) {
    let mut county = County::of(Server::start(database), &["costa-alta"]);
    let key = county.key_of("open-door").to_owned();
    let reviewer = county.plan("costa-alta").reviewer.clone();
    let waiting = county.submit(&key, "authorizations", &ecm(&county.person("costa-alta")));
    let case = county.submit(&key, "authorizations", &ecm(&county.person("costa-alta")));
    let reason = json!({ "en": "Not offered here.", "es": "No se ofrece aquí." });
    let denial =
        json!({ "decision": "deny", "kind": "administrative", "criteria": ["ca.elected"], "reason": reason });
    let denied = county.change(&reviewer, &case, "decisions", &denial).with(200);
    let notice = json!({ "route": "mail", "language": "en" });
    county.change(&reviewer, &denied, "member-notices", &notice).with(200);
    when_told(&county, &key, &denied, "authorization-provider-notice");
    let untold = county.submit(&key, "authorizations", &ecm(&county.person("costa-alta")));
    county.change(&reviewer, &untold, "decisions", &denial).with(200);
    when_told(&county, &key, &untold, "authorization-provider-notice");

    // Two months later, a Monday.
    county.server.start_again_at("2026-05-04T17:00:00Z");
    let (client, open) = (county.client(), "/v1/deadlines?state=open&limit=200");
    until("all clocks to run out", || {
        let clocks = client.read(&key, open);
        clocks["items"].as_array().expect("a list").is_empty().then_some(())
    });
    for (case, expected) in [
        (
            &waiting,
            expect![[r#"
        authorization-decision-business-days: missed, 2026-03-10T06:59:59.999Z
        authorization-decision-calendar-days: missed, 2026-03-10T06:59:59.999Z
        plan-promise-authorization: missed, 2026-03-10T06:59:59.999Z
        received, hand-over, deadline-missed, deadline-missed, deadline-missed
    "#]],
        ),
        (
            &denied,
            expect![[r#"
        authorization-appeal-window: lapsed, 2026-05-02T06:59:59.999Z
        authorization-decision-business-days: met, 2026-03-10T06:59:59.999Z
        authorization-decision-calendar-days: met, 2026-03-10T06:59:59.999Z
        authorization-member-notice: met, 2026-03-05T07:59:59.999Z
        authorization-provider-notice: met, 2026-03-03T18
        plan-promise-authorization: met, 2026-03-10T06:59:59.999Z
        received, hand-over, refuse, member-notice, right-lapsed
    "#]],
        ),
        (
            &untold,
            expect![[r#"
        authorization-decision-business-days: met, 2026-03-10T06:59:59.999Z
        authorization-decision-calendar-days: met, 2026-03-10T06:59:59.999Z
        authorization-member-notice: missed, 2026-03-05T07:59:59.999Z
        authorization-provider-notice: met, 2026-03-03T18
        plan-promise-authorization: met, 2026-03-10T06:59:59.999Z
        received, hand-over, refuse, deadline-missed
    "#]],
        ),
    ] {
        let events = county.timeline(&key, case);
        let events: Vec<&str> = events.iter().map(|event| text(event, "/event")).collect();
        let seen = format!("{}{}\n", clocks(&county.again(&key, case)), events.join(", "));
        expected.assert_eq(&seen);
    }
    let lapsed = county.client().read(&key, "/v1/deadlines?state=lapsed");
    assert_eq!(lapsed["items"].as_array().expect("a list").len(), 1);
    assert_eq!(lapsed["items"][0]["nature"], "right");
    assert_eq!(county.again(&key, &waiting)["state"], "with-people", "a late decision is still owed");
    let wanted = json!({ "requested_by": "plan", "reason": reason });
    let late = county.change(&reviewer, &waiting, "extensions", &wanted);
    assert_eq!(late.json["errors"][0]["code"], "clock-ran-out");
    let told = client.read(&key, "/v1/notices?limit=200");
    let told: Vec<&str> =
        told["items"].as_array().expect("a list").iter().map(|notice| text(notice, "/kind")).collect();
    assert!(told.contains(&"deadline-missed") && told.contains(&"right-lapsed"), "{told:?}");
}

/// The case once the host has delivered the notice that ends the clock.
pub(crate) fn when_told(county: &County, key: &str, case: &Value, rule: &str) -> Value {
    until("the notice to go out", || {
        let case = county.again(key, case);
        let clocks = case["deadlines"].as_array().expect("a list");
        let told = clocks.iter().any(|clock| clock["rule"] == rule && clock["state"] != "open");
        told.then_some(case)
    })
}

#[track_caller]
fn check(case: &Value, expected: &Expect) {
    expected.assert_eq(&clocks(case));
}

/// The clocks of a case: rule, state, and when it is due; equal lines for equal rules, whenever they were
/// started.
fn clocks(case: &Value) -> String {
    let clocks = case["deadlines"].as_array().expect("a list").iter();
    let mut lines: Vec<String> = clocks
        .map(|clock| {
            // Hours count from the second in which the case came.
            let due = text(clock, "/due_at");
            let due = if due.ends_with(":59.999Z") { due } else { &due[..13] };
            format!("{}: {}, {due}\n", text(clock, "/rule"), text(clock, "/state"))
        })
        .collect();
    lines.sort();
    lines.concat()
}

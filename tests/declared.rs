//! Declarations that hold: contracts by service, county and day; a profile's presumption, calendar, promises
//! and filing.

use serde_json::{Value, json};

use crate::harness::{
    Answer, COUNTY, County, Database, Person, ProviderSide, Request, Server, asked, billed, binary, facts,
    hostile, on_both_databases, problem, text, until,
};
use crate::journeys::{ecm, nights, take_fact};

on_both_databases! {
    a_contract_is_for_services_counties_and_days
    who_has_no_contract_is_not_permitted_by_people_either
    lines_are_paid_under_a_contract_only
    a_contract_is_suspended_reinstated_changed_and_ended
    an_approval_makes_the_contract_and_ends_it
    a_referral_is_offered_to_who_has_a_contract
    a_contract_with_a_delegate_is_for_its_members
    contracts_are_their_parties_own
    a_plans_closing_day_moves_no_clock_of_the_states
    a_calendar_that_would_stop_the_clocks_is_not_taken
    a_promise_runs_beside_the_states_clock
    a_window_opens_for_whom_it_is_declared
    one_window_is_for_one_episode
    what_is_not_offered_is_not_granted
    a_claim_that_comes_too_late_is_denied_and_may_be_disputed
    a_late_line_is_denied_beside_one_in_time_and_paid_after_a_dispute_only
    what_has_no_effect_is_named_to_the_author
    a_proof_without_effect_is_told_to_nobody
}

const PLAN: &str = "valle-vista";

/// A request for nights of recuperative care by the caller itself.
fn own_nights(county: &County, person: &Person) -> Value {
    let mut request = nights(county, person, 7, "2026-03-08");
    request.as_object_mut().expect("an object").remove("provider");
    request
}

fn state_and_why(case: &Value) -> (&str, &str) {
    (text(case, "/state"), text(case, "/why_people/code"))
}

fn codes(answer: &Answer) -> Vec<&str> {
    let errors = answer.json["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().map(|error| text(error, "/code")).collect()
}

fn step(county: &County, key: &str, contract: &Value, body: &Value) -> Answer {
    let path = format!("/v1/contracts/{}/steps", text(contract, "/id"));
    county.client().send(&Request::post(path, body).by(key).of_version(&contract["version"]))
}

fn because() -> Value {
    json!({ "en": "The insurance has lapsed.", "es": "El seguro venció." })
}

/// A contract: service, county, first day and last.
type Signed<'a> = (&'a str, &'a str, &'a str, Option<&'a str>);

/// DHCS ECM and Community Supports provider terms: a provider serves under its contract with the plan, for
/// the services and counties in it. Here: who asks on 2 March 2026 for nights from that day on.
fn a_contract_is_for_services_counties_and_days(database: Database) {
    let county = County::shared(database);
    let plan = county.plan(PLAN);
    let nights = "recuperative-care";
    let table: [(&str, Option<Signed<'_>>, &str); 8] = [
        ("no contract", None, "with-people"),
        (
            "for another service, from 2099",
            Some(("medically-tailored-meals", COUNTY, "2099-01-01", None)),
            "with-people",
        ),
        (
            "for another service",
            Some(("medically-tailored-meals", COUNTY, "2026-01-01", None)),
            "with-people",
        ),
        ("from 2099", Some((nights, COUNTY, "2099-01-01", None)), "with-people"),
        ("until the day before", Some((nights, COUNTY, "2025-01-01", Some("2026-03-01"))), "with-people"),
        ("in another county", Some((nights, "LDM", "2026-01-01", None)), "with-people"),
        ("from that day on", Some((nights, COUNTY, "2026-03-02", None)), "approved"),
        ("until that day", Some((nights, COUNTY, "2025-01-01", Some("2026-03-02"))), "approved"),
    ];
    for (what, contract, expected) in table {
        let provider = county.new_provider(&["recuperative-care"]);
        if let Some((service, place, first, last)) = contract {
            let mut body = json!({
                "provider": provider.id, "services": [service], "counties": [place], "first_day": first,
            });
            if let Some(last) = last {
                body["last_day"] = json!(last);
            }
            let request = Request::post("/v1/contracts", &body).by(&plan.reviewer);
            county.client().send(&request).with(201);
        }
        let case = county.submit(&provider.key, "authorizations", &own_nights(county, &county.person(PLAN)));
        let why = if expected == "approved" { "" } else { "not-contracted" };
        assert_eq!(state_and_why(&case), (expected, why), "{what}");
        assert_eq!(
            case["presumption"].is_null(),
            expected != "approved",
            "{what}: a window opens under a contract"
        );
        let evaluation = county
            .client()
            .read(&plan.reviewer, &format!("/v1/evaluations/{}", text(&case, "/evaluation/id")));
        let told = &evaluation["input"].to_string();
        let contracted = format!("\"contracted\":{}", expected == "approved");
        assert!(told.contains(&contracted), "{what}: what the rules are told is true");
    }
}

/// One floor for everybody: what software may not permit without a contract, people may not either.
fn who_has_no_contract_is_not_permitted_by_people_either(database: Database) {
    let county = County::shared(database);
    let (plan, provider) = (county.plan(PLAN), county.new_provider(&["recuperative-care"]));
    let case = county.submit(&provider.key, "authorizations", &own_nights(county, &county.person(PLAN)));
    let approve = json!({ "decision": "approve" });
    let refused = county.change(&plan.reviewer, &case, "decisions", &approve);
    assert_eq!(
        (refused.status, refused.code(), codes(&refused)),
        (409, "not-allowed-now", vec!["not-contracted"])
    );
    assert!(text(&refused.json, "/errors/0/fix").contains("POST /v1/contracts"), "{}", refused.json);

    county.record_contract(PLAN, &provider, &["recuperative-care"], ("2026-03-05", Some("2026-03-31")));
    let refused = county.change(&plan.reviewer, &case, "decisions", &approve);
    assert_eq!(codes(&refused), ["not-contracted"]);
    assert!(
        text(&refused.json, "/errors/0/fix").contains("from 2026-03-05 to 2026-03-31"),
        "{}",
        refused.json
    );
    let contracts = county.client().read(&provider.key, "/v1/contracts");
    let earlier = json!({
        "step": "extend", "services": ["recuperative-care"], "counties": [COUNTY], "first_day": "2026-03-02",
        "last_day": "2026-03-04",
    });
    step(county, &plan.reviewer, &contracts["items"][0], &earlier).with(200);
    assert_eq!(county.change(&plan.reviewer, &case, "decisions", &approve).with(200)["state"], "approved");
}

fn bill(person: &Person, lines: &[Value]) -> Value {
    json!({ "member": person.named(), "diagnoses": ["Z59.02"], "lines": lines })
}

/// A claim is paid for days on which a contract held; lines on both sides of it are for people, who may pay
/// the days that it held.
fn lines_are_paid_under_a_contract_only(database: Database) {
    let county = County::shared(database);
    let plan = county.plan(PLAN);
    let meal = |day: &str| billed("S9977 U7", 1, day, "60.00");
    let meals = "medically-tailored-meals";
    let provider = county.new_provider(&["meals"]);
    county.record_contract(PLAN, &provider, &[meals], ("2026-01-01", Some("2026-02-15")));
    let person = county.person(PLAN);
    let pay = |lines: &[u16]| {
        let lines: Vec<Value> =
            lines.iter().map(|number| json!({ "number": number, "amount": "30.00" })).collect();
        json!({ "decision": "pay", "remittance": "VV-1", "lines": lines })
    };

    let straddling = bill(&person, &[meal("2026-02-15"), meal("2026-02-16")]);
    let case = county.submit(&provider.key, "claims", &straddling);
    assert_eq!(state_and_why(&case), ("with-people", "not-contracted"));
    assert!(case["evaluation"].is_null(), "rules that hear one word about the provider are not asked");
    let refused = county.change(&plan.reviewer, &case, "decisions", &pay(&[1, 2]));
    assert_eq!((refused.status, codes(&refused)), (409, vec!["not-contracted"]));
    assert_eq!(refused.json["errors"][0]["pointer"], "/lines/1");

    // Permitted while the contract held, delivered after it.
    let outside = county.submit(&provider.key, "claims", &bill(&person, &[meal("2026-02-20")]));
    assert_ne!(outside["state"], "payable");
    let case = county.submit(
        county.key_of("mesa-verde"),
        "claims",
        &bill(&person, &[billed("S9977 U6", 1, "2025-11-01", "60.00")]),
    );
    assert_ne!(case["state"], "payable", "the contract of Mesa Verde begins the day after");
}

fn a_contract_is_suspended_reinstated_changed_and_ended(database: Database) {
    let county = County::shared(database);
    let (plan, provider) = (county.plan(PLAN), county.new_provider(&["recuperative-care"]));
    let mut contract = county.record_contract(PLAN, &provider, &["recuperative-care"], ("2026-01-01", None));
    assert_eq!((&contract["state"], &contract["holds_today"]), (&json!("active"), &json!(true)));
    let asks = || {
        let case = county.submit(&provider.key, "authorizations", &own_nights(county, &county.person(PLAN)));
        text(&case, "/state").to_owned()
    };
    assert_eq!(asks(), "approved");

    // Nothing takes away a day on which the provider could rely on it.
    let early = json!({ "step": "suspend", "from": "2026-03-01", "reason": because() });
    let refused = step(county, &plan.reviewer, &contract, &early);
    assert_eq!((refused.status, codes(&refused)), (422, vec!["day-has-passed"]));
    let suspend = json!({ "step": "suspend", "reason": because() });
    contract = step(county, &plan.reviewer, &contract, &suspend).with(200);
    assert_eq!((&contract["state"], &contract["holds_today"]), (&json!("suspended"), &json!(false)));
    assert_eq!(contract["standing"]["suspended_from"], "2026-03-02");
    assert_eq!(asks(), "with-people");
    let again = step(county, &plan.reviewer, &contract, &suspend);
    assert_eq!((again.status, again.code()), (409, "not-allowed-now"));

    contract = step(county, &plan.admin, &contract, &json!({ "step": "reinstate" })).with(200);
    assert_eq!(asks(), "approved");
    let change = json!({
        "step": "change", "services": ["medically-tailored-meals"], "counties": [COUNTY], "first_day": "2026-03-02",
    });
    contract = step(county, &plan.reviewer, &contract, &change).with(200);
    assert_eq!(asks(), "with-people");
    let extend = json!({
        "step": "extend", "services": ["recuperative-care"], "counties": [COUNTY], "first_day": "2026-03-02",
    });
    contract = step(county, &plan.reviewer, &contract, &extend).with(200);
    assert_eq!(asks(), "approved");
    let stale = step(county, &plan.reviewer, &json!({ "id": contract["id"], "version": 1 }), &suspend);
    assert_eq!(stale.status, 412);

    let end = json!({ "step": "end", "last_day": "2026-06-30", "reason": because() });
    contract = step(county, &plan.reviewer, &contract, &end).with(200);
    assert_eq!((&contract["state"], &contract["holds_today"]), (&json!("ended"), &json!(true)));
    assert_eq!(step(county, &plan.reviewer, &contract, &extend).status, 409);

    let path = format!("/v1/contracts/{}/timeline", text(&contract, "/id"));
    let timeline = county.client().read(&provider.key, &path);
    let steps: Vec<&str> =
        timeline["items"].as_array().expect("a list").iter().map(|one| text(one, "/event")).collect();
    assert_eq!(steps, ["record", "suspend", "reinstate", "change", "extend", "end"]);
    until("the provider to be told of each step", || {
        let inbox = county.client().read(&provider.key, "/v1/notices?limit=200");
        let told = inbox["items"].as_array().expect("a list").iter();
        let told: Vec<&Value> = told.filter(|notice| notice["kind"] == "contract-step").collect();
        let says_why = told.iter().any(|notice| text(notice, "/text/es").contains("El seguro venció."));
        (told.len() == steps.len() && says_why).then_some(())
    });
}

/// The contract begins with the approval of the credentialing file, and what rests on the approval ends with
/// it.
fn an_approval_makes_the_contract_and_ends_it(database: Database) {
    let county = County::shared(database);
    let (plan, provider) = (county.plan("costa-alta"), county.new_provider(&["meals"]));
    let file = json!({
        "legal_name": "Provider of Meals", "services": ["medically-tailored-meals"], "counties": [COUNTY],
        "plans": ["costa-alta"], "answers": [], "documents": [],
    });
    let mut file = county.submit(&provider.key, "applications", &file);
    let contracts = |state: &str| {
        let page = county.client().read(&provider.key, &format!("/v1/contracts?state={state}"));
        page["items"].as_array().expect("a list").clone()
    };
    assert!(contracts("active").is_empty());
    let decide = |file: &Value, body: &Value| county.change(&plan.reviewer, file, "decisions", body);
    file = decide(&file, &json!({ "decision": "approve", "effective": "2026-04-01" })).with(200);
    let made = contracts("active");
    assert_eq!(made.len(), 1);
    assert_eq!(made[0]["terms"][0]["application"], file["id"]);
    assert_eq!(
        (&made[0]["terms"][0]["first_day"], &made[0]["holds_today"]),
        (&json!("2026-04-01"), &json!(false))
    );

    let twice = decide(&file, &json!({ "decision": "approve" }));
    assert_eq!((twice.status, twice.code()), (409, "not-allowed-now"));
    file = decide(&file, &json!({ "decision": "reopen", "reason": because() })).with(200);
    assert_eq!(
        (text(&file, "/reviews/0/state"), text(&file, "/reviews/0/why_people/code")),
        ("with-people", "reopened")
    );
    assert_eq!(contracts("active").len(), 1, "the contract stands while the file is read again");
    file = decide(&file, &json!({ "decision": "approve", "effective": "2026-03-02" })).with(200);
    let renewed = &contracts("active")[0];
    assert_eq!(
        (&renewed["id"], &renewed["holds_today"]),
        (&made[0]["id"], &json!(true)),
        "it is the same contract"
    );

    let early = decide(&file, &json!({ "decision": "end", "last_day": "2026-03-01", "reason": because() }));
    assert_eq!((early.status, codes(&early)), (422, vec!["day-has-passed"]));
    file =
        decide(&file, &json!({ "decision": "end", "last_day": "2026-05-31", "reason": because() })).with(200);
    assert_eq!(
        (text(&file, "/reviews/0/state"), text(&file, "/reviews/0/last_day")),
        ("ended", "2026-05-31")
    );
    assert!(contracts("active").is_empty());
    assert_eq!(contracts("ended")[0]["standing"]["last_day"], "2026-05-31");
    file = decide(&file, &json!({ "decision": "reopen", "reason": because() })).with(200);
    file = decide(&file, &json!({ "decision": "approve", "effective": "2026-06-01" })).with(200);
    assert_eq!(contracts("active").len(), 1, "after an end another contract begins");
    file = decide(&file, &json!({ "decision": "reopen", "reason": because() })).with(200);
    decide(&file, &json!({ "decision": "decline", "reason": because() })).with(200);
    assert!(contracts("active").is_empty(), "what a plan no longer approves, ends");
    until("the provider to be told why", || {
        let inbox = county.client().read(&provider.key, "/v1/notices?limit=200");
        let told = inbox["items"].as_array().expect("a list").iter();
        let steps = told.filter(|notice| notice["kind"] == "application-step");
        (steps.filter(|notice| text(notice, "/text/en").contains("The insurance has lapsed.")).count() >= 4)
            .then_some(())
    });
}

fn a_referral_is_offered_to_who_has_a_contract(database: Database) {
    let county = County::shared(database);
    let (referrer, plan) = (county.key_of("open-door"), county.plan("costa-alta"));
    let (without, kitchen) = (county.new_provider(&["meals"]), county.provider("mesa-verde"));
    let refer = |preferred: &ProviderSide| {
        let referral = json!({
            "member": county.person("costa-alta").named(), "service": "medically-tailored-meals",
            "preferred_provider": preferred.id, "facts": facts(&[("consent.member-agrees", json!(true))]),
        });
        let case = county.submit(referrer, "referrals", &referral);
        county.change(&plan.reviewer, &case, "decisions", &json!({ "decision": "accept" })).with(200)
    };
    let is_offered = |key: &str, case: &Value| {
        let offers = county.client().read(key, "/v1/offers?limit=200");
        offers["items"].as_array().expect("a list").iter().any(|offer| offer["referral"] == case["id"])
    };
    let offered = refer(kitchen);
    assert!(is_offered(&kitchen.key, &offered));

    let case = refer(&without);
    assert_eq!(case["state"], "accepted", "the member is accepted, whoever serves");
    assert!(!is_offered(&without.key, &case), "it is offered nothing");
    assert_eq!(case["placing"]["state"], "sender", "whoever made it has a contract, and is asked next");
    assert!(county.timeline(referrer, &case).iter().any(|event| event["event"] == "not-contracted"));
    // Nor does whoever made the referral deliver without a contract, or send it to somebody without one.
    let newcomer = county.new_provider(&["meals"]);
    let own = json!({
        "member": county.person("costa-alta").named(), "service": "medically-tailored-meals",
        "facts": facts(&[("consent.member-agrees", json!(true))]),
    });
    let own = county.submit(&newcomer.key, "referrals", &own);
    let own = county.change(&plan.reviewer, &own, "decisions", &json!({ "decision": "accept" })).with(200);
    assert_ne!(own["placing"]["state"], "sender");
    assert_eq!(county.change(&newcomer.key, &own, "status", &json!({ "status": "accepted" })).status, 409);

    let taken = county.change(&kitchen.key, &offered, "status", &json!({ "status": "accepted" })).with(200);
    let change = json!({ "status": "provider-change-requested", "preferred_provider": without.id });
    let refused = county.change(referrer, &taken, "status", &change);
    assert_eq!((refused.status, codes(&refused)), (422, vec!["not-contracted"]));
}

/// A plan's delegate has a network of its own: its contracts are for the members of its groups.
fn a_contract_with_a_delegate_is_for_its_members(database: Database) {
    let county = County::shared(database);
    let (plan, provider) = (county.plan("harbor-crest"), county.new_provider(&["street-medicine"]));
    let record = |delegate: &str| {
        let body = json!({
            "provider": provider.id, "delegate": delegate, "services": ["ecm"], "counties": [COUNTY],
            "first_day": "2026-01-01",
        });
        county.client().send(&Request::post("/v1/contracts", &body).by(&plan.admin))
    };
    assert_eq!(codes(&record("nobody")), ["unknown-delegate"]);
    assert_eq!(record("sierra-ridge").with(201)["delegate"], "sierra-ridge");
    let approve = json!({ "decision": "approve" });
    for (person, permitted) in
        [(county.delegated_person("harbor-crest"), true), (county.person("harbor-crest"), false)]
    {
        let case = county.submit(&provider.key, "authorizations", &ecm(&person));
        assert_eq!(case["state"], "with-people");
        let decided = county.change(&plan.reviewer, &case, "decisions", &approve);
        assert_eq!(codes(&decided).contains(&"not-contracted"), !permitted, "{}", decided.json);
    }
}

fn contracts_are_their_parties_own(database: Database) {
    let county = County::shared(database);
    let provider = county.new_provider(&["meals"]);
    let services = ["medically-tailored-meals"];
    let contract = county.record_contract(PLAN, &provider, &services, ("2026-01-01", None));
    let path = format!("/v1/contracts/{}", text(&contract, "/id"));
    let status = |key: &str| county.client().send(&Request::get(&path).by(key)).status;
    let (plan, other) = (county.plan(PLAN), county.plan("silver-oak"));
    let callers = [
        (&provider.key, 200),
        (&plan.reviewer, 200),
        (&plan.clerk, 200),
        (&other.reviewer, 404),
        (&county.provider("mesa-verde").key, 404),
        (&county.server.operator, 200),
    ];
    for (key, expected) in callers {
        assert_eq!(status(key), expected);
        let list = format!("/v1/contracts?provider={}&plan={PLAN}&state=active", provider.id);
        let page = county.client().read(key, &list);
        assert_eq!(page["items"].as_array().expect("a list").len(), usize::from(expected == 200));
    }

    let body = |provider: &str| json!({ "provider": provider, "services": services, "counties": [COUNTY], "first_day": "2026-01-01" });
    let record = |key: &str, provider: &str| {
        county.client().send(&Request::post("/v1/contracts", &body(provider)).by(key))
    };
    let twice = record(&plan.reviewer, &provider.id);
    assert_eq!((twice.status, codes(&twice)), (409, vec!["has-contract"]));
    assert_eq!(record(&provider.key, &provider.id).status, 403, "a provider does not make its own contract");
    assert_eq!(record(&county.server.operator, &provider.id).status, 403);
    let absent = format!("{}00000000", &provider.id[..provider.id.len() - 8]);
    assert_eq!(codes(&record(&plan.reviewer, &absent)), ["unknown-provider"]);
    let suspend = json!({ "step": "suspend", "reason": because() });
    assert_eq!(step(county, &other.reviewer, &contract, &suspend).status, 404);
    assert_eq!(step(county, &provider.key, &contract, &suspend).status, 403);
    let muddled = json!({ "step": "reinstate", "reason": because(), "services": services });
    assert_eq!(codes(&step(county, &plan.reviewer, &contract, &muddled)), ["not-with-this", "not-with-this"]);
}

/// The clocks of a case that are not met: rule, state and due.
fn clock(case: &Value, rule: &str) -> String {
    let clocks = case["deadlines"].as_array().expect("a list").iter();
    let found = clocks.filter(|clock| clock["rule"] == rule);
    found
        .map(|clock| format!("{} {}", text(clock, "/state"), text(clock, "/due_at")))
        .collect::<Vec<_>>()
        .join("; ")
}

/// Health and Safety Code 1367.01(h)(1): 5 business days; the other clocks alike. Harbor Crest closes on
/// Juneteenth, on which the state works.
fn a_plans_closing_day_moves_no_clock_of_the_states(database: Database) {
    let mut county = County::of(Server::start(database), &["harbor-crest"]);
    county.server.start_again_at("2026-06-17T18:00:00Z");
    let person = county.delegated_person("harbor-crest");
    let mut request = ecm(&person);
    request["lines"] = json!([asked("G9008 U1", 1, "2026-06-17", "2026-06-17")]);
    let case = county.submit(county.key_of("open-door"), "authorizations", &request);
    assert_eq!(case["state"], "with-people");
    assert_eq!(clock(&case, "authorization-decision-business-days"), "open 2026-06-25T06:59:59.999Z");

    // Nor the shorter ones: 2 business days for a notice, and for a claim's receipt (H&S 1367.01(h)(3),
    // 28 CCR 1300.71(c)).
    let (key, plan) = (county.key_of("open-door"), county.plan("harbor-crest"));
    let person = county.person("harbor-crest");
    let mut request = ecm(&person);
    request["lines"] = json!([asked("G9012 U2", 1, "2026-06-17", "2026-07-16")]);
    let mut decided = county.submit(key, "authorizations", &request);
    if decided["state"] != "approved" {
        let approve = json!({ "decision": "approve" });
        decided = county.change(&plan.reviewer, &decided, "decisions", &approve).with(200);
    }
    let on_juneteenth = "open 2026-06-20T06:59:59.999Z";
    assert_eq!(clock(&decided, "authorization-member-notice"), on_juneteenth);
    let claim = bill(&person, &[billed("G9012 U8", 1, "2026-06-16", "31.00")]);
    let claim = county.submit(key, "claims", &claim);
    assert_eq!(clock(&claim, "claim-acknowledgement"), on_juneteenth);
}

/// Valle Vista promises 3 business days, and 48 hours for what is urgent; the state gives 5 and 72. Each
/// promise runs beside the state's clock, and is missed when it runs out.
fn a_promise_runs_beside_the_states_clock(database: Database) {
    let mut county = County::of(Server::start(database), &[PLAN]);
    let provider = county.new_provider(&["recuperative-care"]);
    let ask = |county: &County, urgency: &str| {
        let mut request = own_nights(county, &county.person(PLAN));
        request["urgency"] = json!(urgency);
        county.submit(&provider.key, "authorizations", &request)
    };
    let case = ask(&county, "standard");
    assert_eq!(clock(&case, "plan-promise-authorization"), "open 2026-03-06T07:59:59.999Z");
    assert_eq!(clock(&case, "authorization-decision-business-days"), "open 2026-03-10T06:59:59.999Z");
    let urgent = ask(&county, "expedited");
    assert!(clock(&urgent, "plan-promise-authorization").starts_with("open 2026-03-04T18"));
    let shown = case["deadlines"].as_array().expect("a list").iter();
    let shown =
        shown.clone().find(|clock| clock["rule"] == "plan-promise-authorization").expect("it is shown");
    assert_eq!((text(shown, "/nature"), text(shown, "/source").is_empty()), ("duty", false));
    assert!(text(shown, "/text/es").contains("El plan promete"), "{shown}");

    let reviewer = county.plan(PLAN).reviewer.clone();
    let denial = json!({ "decision": "deny", "kind": "clinical", "reason": because() });
    let denied = county.change(&reviewer, &urgent, "decisions", &denial).with(200);
    assert!(clock(&denied, "plan-promise-authorization").starts_with("met "));
    // Friday: the promise is broken, the state's time is not over.
    county.server.start_again_at("2026-03-06T18:00:00Z");
    let broken = until("the promise to run out", || {
        let case = county.again(&provider.key, &case);
        clock(&case, "plan-promise-authorization").starts_with("missed").then_some(case)
    });
    assert_eq!(clock(&broken, "authorization-decision-business-days"), "open 2026-03-10T06:59:59.999Z");
}

/// Source of the bounds: `floor.toml`, closing days. The gate of the host refuses what the author's desk
/// does, by the days that are too many, and the plan goes on with what it had.
fn a_calendar_that_would_stop_the_clocks_is_not_taken(database: Database) {
    // What shows only when it runs is refused in the answer if that waits for it.
    let server = Server::start_with(database, &[("CROSSWALK_COMPILE_WAIT_MS", "60000")]);
    let county = County::of(server, &["hostile-plan"]);
    let (client, plan) = (county.client(), county.plan("hostile-plan"));
    let upload = |bytes: Vec<u8>| {
        let request = Request::bytes("/v1/plans/hostile-plan/plugins", "application/wasm", bytes);
        client.send(&request.by(&plan.admin))
    };
    let refused = upload(hostile("profile-closed-too-long"));
    expect_test::expect![[r#"
        422 application/problem+json
        not-a-plugin: The component cannot be a plugin
        profile/calendar/15/day profile-invalid: 2027-02-16 is closing day 11 of 2027 beyond the state's holidays
          close on 10 days of a year at most
        profile/calendar/4/day profile-invalid: 2027-02-05 is closing day 5 in a row beyond the state's holidays
          close on 4 days in a row at most, and work on a day before the next
    "#]]
    .assert_eq(&problem(&refused));
    let plans = client.read(county.key_of("open-door"), "/v1/plans");
    assert_eq!(plans["items"][0]["active"]["digest"], plan.digest);
}

/// DHCS ECM Policy Guide, presumptive authorization: a right of the providers, members and facts that the
/// plan declares. The plugin asked here presumes whoever asks; the host believes it where the declared rule
/// holds.
fn a_window_opens_for_whom_it_is_declared(database: Database) {
    let county = County::of(Server::start(database), &["hostile-plan"]);
    let (known, stranger) = (county.key_of("casa-puente"), county.new_provider(&["recuperative-care"]));
    let table = [
        ("as it is declared", known, "initial", Some(true), true),
        ("without a contract", &*stranger.key, "initial", Some(true), false),
        ("to go on with a service", known, "renewal", Some(true), false),
        ("what must be attested is denied", known, "initial", Some(false), false),
        ("nothing is attested", known, "initial", None, false),
    ];
    for (what, key, kind, attested, expected) in table {
        let mut said = vec![("plan.hostile-plan.behavior", json!("presume-anyway"))];
        said.extend(attested.map(|word| ("clinical.needs-recovery-care", json!(word))));
        let request = json!({
            "member": county.person("hostile-plan").named(), "service": "recuperative-care", "kind": kind,
            "lines": [asked("T2033 U6", 7, "2026-03-02", "2026-03-08")], "facts": facts(&said),
        });
        let case = county.submit(key, "authorizations", &request);
        assert_eq!(!case["presumption"].is_null(), expected, "{what}: {case}");
    }
}

/// One window for an episode: the same need is not presumed anew by asking again, here or elsewhere.
fn one_window_is_for_one_episode(database: Database) {
    let mut county = County::of(Server::start(database), &[PLAN]);
    let (hospital, house) = ("hospital", "casa-puente");
    let person = county.person(PLAN);
    // Asked for and taken back at once, so that only its window is left of it.
    let ask = |county: &County, by: &str, first: &str| {
        let mut request = nights(county, &person, 1, first);
        request["lines"] = json!([asked("T2033 U6", 1, first, first)]);
        request["documents"] = json!([{ "kind": "discharge-summary", "issued": first }]);
        take_fact(&mut request, "clinical.inpatient-level-needed");
        take_fact(&mut request, "discharge.date");
        let discharged = json!({ "code": "discharge.date", "value": first });
        request["facts"].as_array_mut().expect("a list").push(discharged);
        let case = county.submit(county.key_of(by), "authorizations", &request);
        assert_eq!(case["state"], "pended", "{case}");
        county.change(county.key_of(by), &case, "withdrawal", &json!({})).with(200);
        case
    };
    let first = ask(&county, hospital, "2026-03-02");
    assert_eq!(first["presumption"]["last"], "2026-03-15");
    let elsewhere = ask(&county, house, "2026-03-02");
    assert!(elsewhere["presumption"].is_null(), "another provider, the same need");
    let again = ask(&county, hospital, "2026-03-02");
    assert!(again["presumption"].is_null(), "taken back and asked again");
    let events = county.timeline(county.key_of(hospital), &again);
    assert!(events.iter().any(|event| event["event"] == "window-had"), "the record says why");
    for (today, opens) in [("2026-03-16", false), ("2026-04-14", false), ("2026-04-15", true)] {
        county.server.start_again_at(&format!("{today}T18:00:00Z"));
        let case = ask(&county, hospital, today);
        assert_eq!(case["presumption"].is_null(), !opens, "{today}: 30 days after 15 March");
    }
}

/// A service that a plan does not offer in the county is neither accepted nor permitted, by people either.
fn what_is_not_offered_is_not_granted(database: Database) {
    let county = County::shared(database);
    let (key, plan) = (county.key_of("casa-puente"), county.plan("costa-alta"));
    let service = "short-term-post-hospitalization-housing";
    let person = county.person("costa-alta");
    let request = json!({
        "member": person.named(), "service": service,
        "lines": [asked("H0043 U3", 14, "2026-03-02", "2026-03-15")],
    });
    let case = county.submit(key, "authorizations", &request);
    assert_eq!(case["state"], "with-people");
    let refused = county.change(&plan.reviewer, &case, "decisions", &json!({ "decision": "approve" }));
    assert_eq!((refused.status, codes(&refused)), (409, vec!["not-offered"]));
    let referral = county.submit(key, "referrals", &json!({ "member": person.named(), "service": service }));
    let refused = county.change(&plan.reviewer, &referral, "decisions", &json!({ "decision": "accept" }));
    assert_eq!((refused.status, codes(&refused)), (409, vec!["not-offered"]));
}

/// 28 CCR 1300.71(b): what comes after the plan's filing days is denied by the host (CARC 29), at least 180
/// days without a contract; a provider with good cause disputes it, and people may pay. Valle Vista gives 365
/// days, Costa Alta 180.
fn a_claim_that_comes_too_late_is_denied_and_may_be_disputed(database: Database) {
    let county = County::shared(database);
    let meals = "medically-tailored-meals";
    let table = [
        (PLAN, "2025-03-02", false),
        (PLAN, "2025-03-01", true),
        ("costa-alta", "2025-09-03", false),
        ("costa-alta", "2025-09-02", true),
    ];
    for (plan, day, late) in table {
        let provider = county.new_provider(&["meals"]);
        county.record_contract(plan, &provider, &[meals], ("2025-01-01", None));
        let claim = bill(&county.person(plan), &[billed("S9977 U6", 1, day, "60.00")]);
        let case = county.submit(&provider.key, "claims", &claim);
        assert_eq!(case["decided_by"] == "host", late, "{plan}, {day}: {case}");
        if !late {
            continue;
        }
        assert_eq!((text(&case, "/state"), text(&case, "/denial/kind")), ("denied", "administrative"));
        assert!(text(&case, "/denial/reason/en").contains("CARC 29"), "{case}");
        assert_eq!(case["lines"][0]["outcome"], "denied");
        let dispute = json!({ "reason": "The member was retroactively enrolled." });
        let disputed = county.change(&provider.key, &case, "disputes", &dispute).with(200);
        assert_eq!(disputed["state"], "disputed");
        assert!(county.work_item(plan, &disputed).is_some(), "the plan's people decide");
    }
}

/// The same, of a claim of which one line comes too late and the other does not: the late one is denied
/// whoever has the claim, rules or people, and nobody pays it before its provider disputes that.
fn a_late_line_is_denied_beside_one_in_time_and_paid_after_a_dispute_only(database: Database) {
    let county = County::shared(database);
    let services = ["medically-tailored-meals", "ecm"];
    let table = [
        (PLAN, "G9012 U8", "2025-02-20", "payable"),
        ("costa-alta", "G9012 U8", "2025-08-20", "with-people"),
    ];
    for (plan, procedure, late, state) in table {
        let provider = county.new_provider(&["meals"]);
        county.record_contract(plan, &provider, &services, ("2025-01-01", None));
        let lines = [billed(procedure, 1, late, "30.00"), billed(procedure, 1, "2026-02-20", "30.00")];
        let case = county.submit(&provider.key, "claims", &bill(&county.person(plan), &lines));
        assert_eq!(case["state"], state, "{plan}: {case}");
        let line = &case["lines"][0];
        assert_eq!([&line["outcome"], &line["host_rule"]], ["denied", "timely-filing"], "{plan}");
        assert!(text(line, "/reason/en").contains("CARC 29"), "{plan}: {line}");
        assert_ne!(case["lines"][1]["outcome"], "denied", "{plan}: that one is in time");

        let clerk = &county.plan(plan).clerk;
        let pay = |number: &str, lines: &[u32]| {
            let lines: Vec<Value> =
                lines.iter().map(|number| json!({ "number": number, "amount": "30.00" })).collect();
            json!({ "decision": "pay", "remittance": format!("{number}-{plan}"), "lines": lines })
        };
        let refused = county.change(clerk, &case, "decisions", &pay("LATE", &[1, 2]));
        assert_eq!(
            (refused.status, codes(&refused)),
            (422, vec!["timely-filing"]),
            "{plan}: {}",
            refused.json
        );
        assert_eq!(refused.json["errors"][0]["pointer"], "/lines/0", "{plan}");
        let claims = json!([{ "claim": case["id"], "lines": pay("", &[1, 2])["lines"] }]);
        let body = json!({ "number": format!("LATE-{plan}"), "total": "60.00", "claims": claims });
        let refused = county.client().send(&Request::post("/v1/remittances", &body).by(clerk));
        assert_eq!(codes(&refused), ["timely-filing"], "{plan}: nor in a remittance");

        let paid = county.change(clerk, &case, "decisions", &pay("ONE", &[2])).with(200);
        assert_eq!(
            (&paid["state"], &paid["remittance"]["total"]),
            (&json!("paid"), &json!("30.00")),
            "{plan}"
        );
        let dispute = json!({ "reason": "The member was retroactively enrolled." });
        let disputed = county.change(&provider.key, &paid, "disputes", &dispute).with(200);
        let all = county.change(clerk, &disputed, "decisions", &pay("BOTH", &[1, 2])).with(200);
        assert_eq!((&all["state"], &all["remittance"]["total"]), (&json!("paid"), &json!("60.00")), "{plan}");
    }
}

/// Whatever a profile declares without effect is named to its author, and to nobody else.
fn what_has_no_effect_is_named_to_the_author(database: Database) {
    let county = County::shared(database);
    let plan = county.plan("harbor-crest");
    let plugin = county.client().read(&plan.admin, &format!("/v1/plugins/{}", plan.digest));
    let warnings = plugin["warnings"].as_array().expect("a list");
    let named: Vec<&str> = warnings.iter().map(|warning| text(warning, "/code")).collect();
    assert!(named.contains(&"layouts") && named.contains(&"languages"), "{named:?}");
    assert!(!named.contains(&"wait-list"), "Harbor Crest no longer says that there is one");
    for warning in warnings {
        assert!(text(warning, "/at").starts_with('/') && !text(warning, "/text").is_empty(), "{warning}");
    }
    let provider = county.key_of("open-door");
    let profile = |key: &str| county.client().read(key, "/v1/plans/harbor-crest/profile");
    let (own, others) = (profile(&plan.admin), profile(provider));
    for warning in warnings {
        let at = text(warning, "/at");
        assert!(own.pointer(at).is_some(), "{at} is declared: {warning}");
        assert!(others.pointer(at).is_none(), "{at}: providers would rely on what nobody does");
    }
    for withheld in ["/layouts", "/contacts", "/languages", "/claims/form", "/claims/payer_id"] {
        assert!(others.pointer(withheld).is_none(), "{withheld}");
    }
    assert!(others["claims"]["filing_days"].is_number(), "what holds is told: {}", others["claims"]);
    let days = "from=2026-03-01&to=2026-03-02";
    let shown = [
        others.to_string(),
        county.client().read(provider, &format!("/v1/criteria/diff?{days}&county=SRV")).to_string(),
        county.client().read(provider, "/v1/criteria?county=SRV").to_string(),
    ];
    for shown in shown {
        let shown = shown.to_lowercase();
        assert!(
            !shown.contains("wait_list")
                && !shown.contains("wait list")
                && !shown.contains("lista de espera")
        );
    }
}

/// A fact of the plan's own may name its proof. Nobody asks for it, so nobody is told that it would help:
/// neither in the profile nor where what would change an answer is told.
fn a_proof_without_effect_is_told_to_nobody(database: Database) {
    let patient = [("CROSSWALK_PLUGIN_DEADLINE_MS", "10000")];
    let county = County::of(Server::start_with(database, &patient), &["harbor-crest"]);
    let (key, admin) = (county.key_of("open-door"), &county.plan("harbor-crest").admin);
    let rules = crate::rules::made_of(
        include_str!("../plugins/plans/harbor-crest/plan.toml"),
        &[
            (
                "code = \"plan.harbor-crest.kitchen\"\n",
                "code = \"plan.harbor-crest.kitchen\"\nproof = \"lease\"\n",
            ),
            (
                "when = \"unless plan.harbor-crest.kitchen is none\"",
                "when = \"plan.harbor-crest.kitchen is full\"",
            ),
        ],
    );
    let digest = county.activate_bytes("harbor-crest", rules);
    let plugin = county.client().read(admin, &format!("/v1/plugins/{digest}"));
    let warnings = plugin["warnings"].as_array().expect("a list");
    let proof = warnings.iter().find(|one| one["code"] == "fact-proof").expect("its author is told");
    let (profile, at) = ("/v1/plans/harbor-crest/profile", text(proof, "/at"));
    assert_eq!(county.client().read(admin, profile).pointer(at), Some(&json!("lease")));
    assert!(county.client().read(key, profile).pointer(at).is_none());

    let request = json!({
        "member": county.person("harbor-crest").named(), "service": "medically-tailored-meals",
        "lines": [asked("S5170 U6", 168, "2026-03-02", "2026-05-24")],
        "facts": facts(&[
            ("clinical.nutrition-sensitive-condition", json!(true)), ("clinical.hba1c", json!("9.5")),
        ]),
    });
    let sent = county.submit(key, "authorizations", &request);
    assert_eq!(sent["state"], "pended", "{sent}");
    let what_if = county.again(key, &sent)["what_if"].clone();
    let supply = &what_if["sets"][0]["supply"][0];
    assert_eq!(
        (text(supply, "/fact"), &supply["values"]),
        ("plan.harbor-crest.kitchen", &json!(["full"])),
        "{what_if}"
    );
    assert!(supply["proof"].is_null(), "nobody asks for it: {supply}");
}

/// The author's desk says so before anything is uploaded; and a calendar that would stop the clocks is
/// refused there as at the upload, by the day that is one too many.
#[test]
fn the_desk_names_what_has_no_effect_and_what_goes_too_far() {
    let desk = |more: &str, wait_list: bool| {
        let page = include_str!("../docs/rules-file.md");
        let (_, rest) = page.split_once("```toml\n").expect("the page has an example");
        let mut rules = rest.split_once("```").expect("the example ends").0.to_owned();
        if wait_list {
            rules = rules.replacen("window-months = 6 }", "window-months = 6, wait-list = true }", 1);
        }
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        std::fs::write(folder.path().join("plan.toml"), rules + more).expect("it can be written");
        let mut command = std::process::Command::new(binary());
        command.current_dir(folder.path()).args(["plugin", "from-rules", "--check", "--json", "plan.toml"]);
        let output = command.output().expect("the program can be run");
        serde_json::from_slice::<Value>(&output.stdout).expect("it is JSON")
    };
    let warned = |report: &Value| {
        let warnings = report["warnings"].as_array().map(Vec::as_slice).unwrap_or_default();
        warnings.iter().any(|warning| warning["code"] == "wait-list")
    };
    let (quiet, listed) = (desk("", false), desk("", true));
    assert_eq!((quiet["ok"].clone(), warned(&quiet)), (json!(true), false), "{quiet}");
    assert_eq!((listed["ok"].clone(), warned(&listed)), (json!(true), true), "{listed}");

    let closed: String = (1..=28)
        .map(|day| format!("\n[[calendar]]\nday = 2027-02-{day:02}\nworks = false\nname = \"Closed\"\n"))
        .collect();
    let refused = desk(&closed, false);
    assert_eq!(refused["ok"], false);
    let problems = refused["problems"].to_string();
    assert!(problems.contains("2027-02-05 is closing day 5 in a row"), "{problems}");
    assert!(problems.contains("2027-02-16 is closing day 11 of 2027"), "{problems}");
}

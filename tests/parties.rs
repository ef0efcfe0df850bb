//! Parties of a case, and what each sees and may do: the sender, the provider that delivers, the plan that
//! decides.

use serde_json::{Value, json};

use crate::harness::{
    BORN, COUNTY, County, Database, FAMILY, GIVEN, Person, Request, Server, asked, billed, facts,
    on_both_databases, text, until,
};
use crate::journeys::{ecm, ecm_referral, nights, take_fact};

on_both_databases! {
    who_delivers_is_a_party_from_the_first_moment
    who_delivers_bills_and_its_sender_does_not
    who_is_to_deliver_is_a_provider
    who_decides_reads_what_was_asked
    a_plan_reads_of_a_file_what_is_its_own
    advice_is_kept_whole_for_the_plan
    advice_on_requests_is_the_plans
    a_declared_presumption_holds_where_a_delegate_decides
    a_declared_presumption_holds_where_people_decide
    a_declared_presumption_holds_where_the_rules_fail_or_rest
    what_claims_prove_stands_over_what_was_stated
    what_the_host_knows_is_of_the_days_that_are_asked_for
    what_was_paid_before_is_proven_by_claims
    open_cases_are_whole_and_name_who_delivers
    another_plans_d_snp_is_anothers
    an_accepted_referral_is_offered_until_somebody_takes_it
    when_nobody_takes_it_people_assign
    an_offer_that_lapses_goes_to_the_next
    a_second_referral_joins_the_first
    a_joined_referral_goes_on_when_the_first_is_taken_back
}

/// A hospital's request for nights at Casa Puente that waits for one answer, on the day it was sent.
fn waiting(county: &County, person: &Person) -> Value {
    let mut request = nights(county, person, 14, "2026-03-15");
    take_fact(&mut request, "clinical.inpatient-level-needed");
    county.submit(county.key_of("hospital"), "authorizations", &request)
}

fn answer() -> Value {
    json!({ "facts": facts(&[("clinical.inpatient-level-needed", json!(false))]) })
}

/// The kinds of the notices about a case, once there are so many.
fn told(county: &County, key: &str, case: &Value, least: usize) -> Vec<String> {
    until("the notices to be delivered", || {
        let inbox = county.client().read(key, "/v1/notices?limit=200");
        let inbox = inbox["items"].as_array().expect("a list").iter();
        let own = inbox.filter(|notice| notice["case"] == case["id"]);
        let kinds: Vec<String> = own.map(|notice| text(notice, "/kind").to_owned()).collect();
        (kinds.len() >= least).then_some(kinds)
    })
}

/// DHCS ECM Policy Guide and Community Supports Policy Guide: the provider that delivers is the plan's
/// partner, whoever asked; service may start before the decision.
fn who_delivers_is_a_party_from_the_first_moment(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let (hospital, house) = (county.key_of("hospital"), county.provider("casa-puente"));
    let (stranger, person) = (county.key_of("mesa-verde"), county.person("valle-vista"));
    let status = |key: &str, path: &str| client.send(&Request::get(path).by(key)).status;
    let case = waiting(county, &person);
    assert_eq!(case["state"], "pended");
    assert_eq!(case["assigned_provider"], json!(house.id));

    let id = text(&case, "/id");
    let member = format!("/v1/members/{}", text(&case, "/member_id"));
    let own = [
        format!("/v1/authorizations/{id}"),
        format!("/v1/authorizations/{id}/timeline"),
        format!("/v1/evaluations/{}", text(&case, "/evaluation/id")),
        format!("{member}?purpose=treatment"),
    ];
    for path in &own {
        let seen = [hospital, &house.key, stranger].map(|key| status(key, path));
        assert_eq!(seen, [200, 200, 404], "{path}: sender, deliverer, anybody else");
    }
    let lists = [("authorizations", id), ("deadlines", id), ("members", text(&case, "/member_id"))];
    for (list, thing) in lists {
        let holds = |key: &str| {
            let purpose = if list == "members" { "&purpose=treatment" } else { "" };
            let list = client.send(&Request::get(format!("/v1/{list}?limit=200{purpose}")).by(key));
            String::from_utf8_lossy(&list.bytes).contains(thing)
        };
        assert!(!holds(stranger), "{list}");
        if list != "members" {
            assert!(holds(&house.key), "{list}");
        }
    }
    let seen = county.again(&house.key, &case);
    for field in ["state", "presumption", "asks", "deadlines", "request", "version"] {
        assert_eq!(seen[field], county.again(hospital, &case)[field], "{field} is the same for both");
    }
    let granted = county.timeline(hospital, &case);
    let granted = granted.iter().find(|event| event["event"] == "sight-granted").expect("it is on record");
    assert_eq!(granted["detail"], json!({ "organization": house.id, "reason": "delivers" }));
    assert_eq!(told(county, &house.key, &case, 1), ["authorization-decision"]);

    // Taking it back is its sender's; an answer may come from whoever knows it.
    let refused = county.change(&house.key, &case, "withdrawal", &json!({}));
    assert_eq!((refused.status, refused.code()), (403, "forbidden"));
    let decided = county.change(&house.key, &case, "information", &answer()).with(200);
    assert_eq!(decided["state"], "approved");
    assert_eq!(told(county, &house.key, &case, 2).len(), 2, "it is told of each step");
    assert_eq!(told(county, hospital, &case, 2).len(), 2, "so is who asked");
    let supplied = county.again(hospital, &case)["request"]["supplied"].clone();
    assert_eq!(supplied[0]["by"], json!(house.id));

    // What is taken back, the other learns.
    let second = waiting(county, &county.person("valle-vista"));
    county.change(hospital, &second, "withdrawal", &json!({})).with(200);
    let kinds = told(county, &house.key, &second, 2);
    assert!(kinds.contains(&"authorization-withdrawn".to_owned()), "{kinds:?}");
}

/// 28 CCR 1300.71: whoever was authorized to give the service is paid for it. What one asks for another, one
/// cannot bill.
fn who_delivers_bills_and_its_sender_does_not(database: Database) {
    let county = County::shared(database);
    let (hospital, house) = (county.key_of("hospital"), county.key_of("casa-puente"));
    let cases = [
        ("approved, billed by who delivers", true, house, "payable", ""),
        ("approved, billed by who asked", true, hospital, "rejected", "197"),
        ("presumptive, billed by who delivers", false, house, "payable", ""),
        ("presumptive, billed by who asked", false, hospital, "rejected", "197"),
    ];
    for (what, decided, biller, outcome, reason) in cases {
        let person = county.person("valle-vista");
        let case = waiting(county, &person);
        if decided {
            let decided = county.change(hospital, &case, "information", &answer()).with(200);
            assert_eq!(decided["state"], "approved", "{what}");
        }
        let bill = json!({
            "member": person.named(), "diagnoses": ["Z59.02"],
            "lines": [billed("T2033 U6", 1, "2026-03-02", "425.00")],
        });
        let claim = county.submit(biller, "claims", &bill);
        assert_eq!(claim["lines"][0]["outcome"], outcome, "{what}: {claim}");
        assert_eq!(text(&claim, "/lines/0/reason_code"), reason, "{what}");
    }
}

/// Nobody is made a party by a mistake in an id, whether or not rules are asked.
fn who_is_to_deliver_is_a_provider(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let key = county.key_of("hospital");
    let organizations = client.read(&county.server.operator, "/v1/organizations?limit=200");
    let organizations = organizations["items"].as_array().expect("a list").clone();
    let plan = organizations.iter().find(|one| one["plan_id"] == "costa-alta").expect("it is there");
    let nobody = "org_00000000000000000000000000000009";
    for provider in [nobody, text(plan, "/id")] {
        for plan in ["valle-vista", "costa-alta"] {
            let mut request = nights(county, &county.person(plan), 14, "2026-03-15");
            request["provider"] = json!(provider);
            let refused = client.send(&Request::post("/v1/authorizations", &request).by(key));
            assert_eq!(refused.status, 422, "{plan}: {}", refused.json);
            assert_eq!(text(&refused.json, "/errors/0/code"), "unknown-provider", "{plan}");
            assert_eq!(text(&refused.json, "/errors/0/pointer"), "/provider", "{plan}");
        }
    }
}

/// A request is read back as it was sent by who sent it, who delivers and who decides; nobody else sees the
/// case.
fn who_decides_reads_what_was_asked(database: Database) {
    let county = County::shared(database);
    let (hospital, house) = (county.key_of("hospital"), county.key_of("casa-puente"));
    let plan = county.plan("costa-alta");
    let person = county.person("costa-alta");
    let mut request = nights(county, &person, 14, "2026-03-15");
    request["facts"][1]["source"] = json!("member");
    request["facts"][1]["as_of"] = json!("2026-02-27");
    let case = county.submit(hospital, "authorizations", &request);
    assert!(case["request"].is_null(), "who has just sent it need not be told");
    for (who, key) in
        [("sender", hospital), ("deliverer", house), ("reviewer", &*plan.reviewer), ("clerk", &*plan.clerk)]
    {
        let read = county.again(key, &case);
        let request = &read["request"];
        assert_eq!(request["kind"], "initial", "{who}");
        assert_eq!(
            request["lines"][0]["procedure"],
            json!({ "code": "T2033", "modifiers": ["U6"] }),
            "{who}"
        );
        assert_eq!(request["lines"][0]["units"], 14, "{who}");
        assert_eq!(request["lines"][0]["first"], "2026-03-02", "{who}");
        assert_eq!(request["lines"][0]["last"], "2026-03-15", "{who}");
        let stated = request["facts"].as_array().expect("a list");
        assert_eq!(stated.len(), 8, "{who}");
        let home = stated.iter().find(|fact| fact["code"] == "housing.status").expect("it was stated");
        assert_eq!(home["value"], "homeless-unsheltered", "{who}");
        assert_eq!(home["source"], "member", "{who}");
        assert_eq!(home["as_of"], "2026-02-27", "{who}");
        assert!(!text(home, "/question/es").is_empty(), "{who}");
        assert_eq!(request["documents"][0]["kind"], "discharge-summary", "{who}");
        assert_eq!(request["documents"][0]["issued"], "2026-03-02", "{who}");
        assert_eq!(read["around"].is_null(), ["sender", "deliverer"].contains(&who), "{who}");
    }

    // What is supplied later stands beside what it replaces.
    let pend = json!({ "decision": "pend", "asks": [{ "fact": "stay.expected-days" }] });
    let pended = county.change(&plan.clerk, &case, "decisions", &pend).with(200);
    let more = json!({ "facts": facts(&[("stay.expected-days", json!(20))]) });
    let supplied = county.change(hospital, &pended, "information", &more).with(200);
    let read = county.again(&plan.clerk, &supplied);
    let stay = |facts: &Value| {
        let facts = facts.as_array().expect("a list").iter();
        facts.filter(|fact| fact["code"] == "stay.expected-days").map(|fact| fact["value"].clone()).collect()
    };
    let now: Vec<Value> = stay(&read["request"]["facts"]);
    assert_eq!(now, [json!(20)]);
    let later: Vec<Value> = stay(&read["request"]["supplied"][0]["facts"]);
    assert_eq!(later, [json!(20)]);

    // A claim shows its diagnoses and charges; what was authorized and decided before is around it.
    county.change(&plan.clerk, &supplied, "decisions", &json!({ "decision": "approve" })).with(200);
    let bill = json!({
        "member": person.named(), "diagnoses": ["Z59.02", "Z59.1"],
        "lines": [billed("T2033 U6", 1, "2026-03-02", "425.00")],
    });
    let claim = county.submit(house, "claims", &bill);
    for (who, key) in [("biller", house), ("clerk", &*plan.clerk)] {
        let read = county.again(key, &claim);
        assert_eq!(read["request"]["diagnoses"], json!(["Z59.02", "Z59.1"]), "{who}");
        assert_eq!(read["request"]["lines"][0]["charge"], "425.00", "{who}");
        assert_eq!(read["request"]["lines"][0]["place"], "99", "{who}");
        assert_eq!(read["request"]["frequency"], "original", "{who}");
    }
    let around = county.again(&plan.clerk, &claim)["around"].clone();
    assert_eq!(around["history"][0]["case"], case["id"]);
    assert_eq!(around["history"][0]["units"], 14);
    assert_eq!(around["cases"][0]["id"], case["id"]);
    assert_eq!(around["cases"][0]["state"], "approved");
    assert_eq!((&around["history_whole"], &around["cases_whole"]), (&json!(true), &json!(true)));
    assert!(text(&around, "/limits").ends_with("/limits"));
}

/// Of a credentialing file a plan sees what all are asked, its own questions and its own reading.
fn a_plan_reads_of_a_file_what_is_its_own(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("new-leaf");
    let file = json!({
        "legal_name": "New Leaf Neighbors", "services": ["medically-tailored-meals"], "counties": [COUNTY],
        "plans": ["valle-vista", "costa-alta"],
        "answers": facts(&[("org.years-in-operation", json!(5)), ("org.mfa", json!(true))]),
        "documents": [],
    });
    let case = county.submit(key, "applications", &file);
    for (who, key) in [("sender", key), ("plan", &*county.plan("costa-alta").clerk)] {
        let read = county.again(key, &case);
        assert_eq!(read["request"]["services"], json!(["medically-tailored-meals"]), "{who}");
        assert_eq!(read["request"]["counties"], json!([COUNTY]), "{who}");
        let codes: Vec<&str> = read["request"]["facts"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| text(one, "/code"))
            .collect();
        assert_eq!(codes, ["org.years-in-operation", "org.mfa"], "{who}");
        assert!(read["around"].is_null(), "{who}: it is about no member");
    }
    let outside = Request::get(format!("/v1/applications/{}", text(&case, "/id")));
    let outside = county.client().send(&outside.by(&county.plan("silver-oak").clerk));
    assert_eq!(outside.status, 404, "a plan that takes no part sees none of it");
}

/// Harbor Crest's rules only advise about claims: the plan's people see all of what they said, the provider
/// the lines.
fn advice_is_kept_whole_for_the_plan(database: Database) {
    let county = County::shared(database);
    let (key, plan) = (county.key_of("open-door"), county.plan("harbor-crest"));
    let person = county.person("harbor-crest");
    let bill = json!({
        "member": person.named(), "diagnoses": ["Z59.02"],
        "lines": [billed("G9008 U8", 1, "2026-03-02", "60.00")],
    });
    let claim = county.submit(key, "claims", &bill);
    assert_eq!(claim["state"], "advised");
    assert!(claim["advice"].is_null(), "advice is the plan's");
    assert!(county.again(key, &claim)["advice"].is_null());
    let advice = county.again(&plan.reviewer, &claim)["advice"].clone();
    assert_eq!(advice["answer"], "adjudicated");
    let sees: Vec<&str> =
        advice["provider_sees"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    for field in ["lines", "total_payable", "findings"] {
        assert!(sees.contains(&field), "{sees:?}");
        assert!(!claim[field].is_null(), "{field}");
    }
}

/// A county of its own in which Harbor Crest's rules have these modes.
fn with_modes(database: Database, changes: &[(&str, &str)]) -> County {
    let county = County::of(Server::start(database), &["harbor-crest"]);
    let rules = include_str!("../plugins/plans/harbor-crest/plan.toml");
    county.activate_bytes("harbor-crest", crate::rules::made_of(rules, changes));
    county
}

/// Rules that only advise are answered to the plan's people, whole; the provider is told no more than that
/// people decide, and nothing of what adverse advice rests on.
fn advice_on_requests_is_the_plans(database: Database) {
    let county = with_modes(
        database,
        &[
            ("referral = \"decides\"", "referral = \"advises\""),
            ("authorization = \"decides\"", "authorization = \"advises\""),
            ("[[contact]]", &format!("{ELSEWHERE}\n[[contact]]")),
        ],
    );
    let (hospital, plan) = (county.key_of("hospital"), county.plan("harbor-crest"));
    let of_nights = |change: &dyn Fn(&mut Value)| {
        let mut request = nights(&county, &county.person("harbor-crest"), 14, "2026-03-15");
        change(&mut request);
        county.submit(hospital, "authorizations", &request)
    };
    let set = |request: &mut Value, code: &str, value: Value| {
        take_fact(request, code);
        let more = facts(&[(code, value)]).as_array().expect("a list").clone();
        request["facts"].as_array_mut().expect("a list").extend(more);
    };
    let granted = of_nights(&|_| ());
    let asked = of_nights(&|request| take_fact(request, "clinical.inpatient-level-needed"));
    let denied = of_nights(&|request| set(request, "clinical.inpatient-level-needed", json!(true)));
    let person = county.person("harbor-crest");
    let open_door = county.key_of("open-door");
    let referred = county.submit(open_door, "referrals", &ecm_referral(&person));
    let mut elsewhere = ecm_referral(&county.person("harbor-crest"));
    elsewhere["service"] = json!("home-modifications");
    let elsewhere = county.submit(open_door, "referrals", &elsewhere);
    let table = [
        ("a grant", hospital, &granted, "approved", true),
        ("more to know", hospital, &asked, "pended", true),
        ("a no", hospital, &denied, "denied", false),
        ("a referral", open_door, &referred, "accepted", true),
        ("another service", open_door, &elsewhere, "redirected", false),
    ];
    for (what, key, case, answer, tells) in table {
        assert_eq!(
            (text(case, "/state"), text(case, "/why_people/code")),
            ("with-people", "advice-given"),
            "{what}: {case:#}"
        );
        assert!(county.again(key, case)["advice"].is_null(), "{what}: advice is the plan's");
        let advice = county.again(&plan.clerk, case)["advice"].clone();
        assert_eq!(text(&advice, "/answer"), answer, "{what}: {advice:#}");
        let sees = advice["provider_sees"].as_array().expect("a list");
        assert_eq!(sees.contains(&json!("findings")), tells, "{what}: {advice:#}");
    }
    let advice = |case: &Value| county.again(&plan.clerk, case)["advice"].clone();
    assert_eq!(advice(&granted)["grant"]["lines"][0]["units"], 14);
    assert_eq!(advice(&asked)["asks"][0]["fact"], "clinical.inpatient-level-needed");
    assert!(!text(&advice(&denied), "/denial/reason/es").is_empty(), "{:#}", advice(&denied));
    let redirect = advice(&elsewhere)["redirect"].clone();
    assert_eq!((text(&redirect, "/kind"), text(&redirect, "/to")), ("service", "asthma-remediation"));
    assert!(!text(&redirect, "/reason/es").is_empty(), "{redirect}");
    assert!(granted["grant"].is_null() && denied["denial"].is_null(), "advice decides nothing");
    assert!(elsewhere["redirect"].is_null(), "advice sends nobody elsewhere");

    // What the profile declares is a right, whatever its rules are let do.
    let care = county.submit(open_door, "authorizations", &ecm(&county.person("harbor-crest")));
    assert_eq!((text(&care, "/state"), text(&care, "/why_people/code")), ("with-people", "advice-given"));
    let window = &care["presumption"];
    assert_eq!((text(window, "/rule"), &window["days"]), ("hc.presume.ecm.homelessness", &json!(30)));
}

/// Rules by which another service takes the place of one.
const ELSEWHERE: &str = r#"[[redirect]]
service = "home-modifications"
to-service = "asthma-remediation"
criterion = "hc.delegate"
reason.en = "Here another service takes its place."
reason.es = "Aquí otro servicio ocupa su lugar."
"#;

/// DHCS ECM Policy Guide, presumptive authorization: the right holds where the plan has automated nothing.
fn a_declared_presumption_holds_where_people_decide(database: Database) {
    let county = with_modes(database, &[("authorization = \"decides\"\n", "")]);
    let case = ecm(&county.person("harbor-crest"));
    let case = county.submit(county.key_of("open-door"), "authorizations", &case);
    assert_eq!((text(&case, "/state"), text(&case, "/why_people/code")), ("with-people", "not-automated"));
    assert!(case["evaluation"].is_null(), "no rules were asked");
    let window = &case["presumption"];
    assert_eq!((text(window, "/rule"), &window["days"]), ("hc.presume.ecm.homelessness", &json!(30)));
    let other = ecm(&county.person("harbor-crest"));
    let other = county.submit(county.key_of("casa-puente"), "authorizations", &other);
    assert!(other["presumption"].is_null(), "not of the rule's kinds of provider");
}

/// The same where the plan's software breaks: a release that forgot care management, and after so many faults
/// the host lets it rest. The window is the host's own step then.
fn a_declared_presumption_holds_where_the_rules_fail_or_rest(database: Database) {
    let settings = [("CROSSWALK_PLUGIN_FAULTS", "3"), ("CROSSWALK_PLUGIN_REST_SECONDS", "3600")];
    let county = County::of(Server::start_with(database, &settings), &["valle-vista"]);
    county.activate("valle-vista", "valle-vista-broken");
    let ask = |provider: &str| {
        let request = ecm(&county.person("valle-vista"));
        let case = county.submit(county.key_of(provider), "authorizations", &request);
        assert_eq!(case["state"], "with-people", "{case:#}");
        (text(&case, "/why_people/code").to_owned(), case)
    };
    for expected in ["plugin-fault", "plugin-fault", "plugin-fault", "plugin-resting"] {
        let (why, case) = ask("open-door");
        assert_eq!(why, expected);
        let window = &case["presumption"];
        assert_eq!(text(window, "/rule"), "vv.presume.ecm.homelessness", "{expected}: {case:#}");
        assert_eq!((text(window, "/first"), &window["days"]), ("2026-03-02", &json!(30)), "{expected}");
        let timeline = county.timeline(county.key_of("open-door"), &case);
        let opened = timeline.iter().find(|event| event["event"] == "presume").expect("it is told");
        assert_eq!(opened["actor"]["role"], "host", "{expected}: {opened}");
    }
    let (why, other) = ask("mesa-verde");
    assert_eq!(why, "plugin-resting");
    assert!(other["presumption"].is_null(), "not of the rule's kinds of provider");
    let mut unattested = ecm(&county.person("valle-vista"));
    take_fact(&mut unattested, "clinical.complex-need");
    let unattested = county.submit(county.key_of("open-door"), "authorizations", &unattested);
    assert!(unattested["presumption"].is_null(), "a fact is not attested");
}

/// DHCS ECM Policy Guide, presumptive authorization: a declared window is the provider's right, whoever
/// decides.
fn a_declared_presumption_holds_where_a_delegate_decides(database: Database) {
    let county = County::shared(database);
    let cases: [(&str, &str, &[&str], bool); 5] = [
        ("all that the rule wants", "open-door", &[], true),
        ("a fact is not attested", "open-door", &["clinical.complex-need"], false),
        ("another fact is missing, which the rule does not want", "open-door", &["program.hospice"], true),
        ("not of the rule's kinds of provider", "casa-puente", &[], false),
        ("not under contract", "new-leaf", &[], false),
    ];
    for (what, provider, missing, opens) in cases {
        let mut request = ecm(&county.delegated_person("harbor-crest"));
        for code in missing {
            take_fact(&mut request, code);
        }
        let case = county.submit(county.key_of(provider), "authorizations", &request);
        assert_eq!(case["state"], "with-people", "{what}");
        assert_eq!(case["why_people"]["code"], "delegated", "{what}");
        assert!(case["evaluation"].is_null(), "{what}: no rules were asked");
        if opens {
            assert_eq!(case["presumption"]["rule"], "hc.presume.ecm.homelessness", "{what}");
            assert_eq!(case["presumption"]["days"], 30, "{what}");
            assert_eq!(case["presumption"]["first"], "2026-03-02", "{what}");
        } else {
            assert!(case["presumption"].is_null(), "{what}: {}", case["presumption"]);
        }
    }
    let mut other = ecm(&county.delegated_person("harbor-crest"));
    other["populations"] = json!(["birth-equity"]);
    let other = county.submit(county.key_of("open-door"), "authorizations", &other);
    assert!(other["presumption"].is_null(), "another population has another rule");
}

/// WIT, `fact-source`: `host` is what the host computed from its own record.
fn what_claims_prove_stands_over_what_was_stated(database: Database) {
    let county = County::shared(database);
    let person = county.person("valle-vista");
    let first = county.submit(county.key_of("open-door"), "authorizations", &ecm(&person));
    assert_eq!(first["state"], "approved");
    // Another provider states that there is no other one.
    let second = county.submit(county.key_of("hospital"), "authorizations", &ecm(&person));
    let admin = &county.plan("valle-vista").admin;
    let asked = county.client().read(admin, &format!("/v1/evaluations/{}", text(&second, "/evaluation/id")));
    let handed = find(&asked["input"], "program.current-ecm-provider").expect("the rules read it");
    assert_eq!(handed["value"], json!({ "flag": true }), "{handed}");
    assert_eq!(handed["source"], "host");
    assert_ne!(second["state"], "approved");
    // The statement is in the case as it was made.
    let read = county.again(&county.plan("valle-vista").clerk, &second);
    let stated = find(&read["request"]["facts"], "program.current-ecm-provider").expect("it was stated");
    assert_eq!((&stated["value"], &stated["source"]), (&json!(false), &json!("provider")));
    let known = find(&read["around"]["host_facts"], "program.current-ecm-provider").expect("it is known");
    assert_eq!((&known["value"], &known["source"]), (&json!(true), &json!("host")));
    // One's own authorization is not another's.
    let again = county.submit(county.key_of("open-door"), "authorizations", &ecm(&person));
    let asked = county.client().read(admin, &format!("/v1/evaluations/{}", text(&again, "/evaluation/id")));
    let handed = find(&asked["input"], "program.current-ecm-provider").expect("it was stated");
    assert_eq!(handed["source"], "provider");
}

/// WIT, `context.as-of`: a request is judged by its service days. Each row: the days of another provider's
/// care management, the days that are asked for, and who says if there is another provider then.
fn what_the_host_knows_is_of_the_days_that_are_asked_for(database: Database) {
    let county = County::shared(database);
    let admin = &county.plan("valle-vista").admin;
    let (now, coming) = (("2026-03-02", "2026-08-31"), ("2026-04-01", "2026-09-30"));
    let rows = [
        ("days before it began", now, ("2026-02-10", "2026-02-27"), "provider", "2026-03-02"),
        ("days within it", now, ("2026-03-02", "2026-03-31"), "host", "2026-03-02"),
        ("days to come, within one to come", coming, ("2026-04-15", "2026-05-31"), "host", "2026-04-15"),
        ("days before one to come", coming, ("2026-03-02", "2026-03-31"), "provider", "2026-03-02"),
    ];
    for (case, (first, last), (from, to), source, as_of) in rows {
        let person = county.person("valle-vista");
        let ask = |house: &str, first: &str, last: &str| {
            let mut request = ecm(&person);
            request["lines"] = json!([asked("G9012 U2", 1, first, last)]);
            county.submit(county.key_of(house), "authorizations", &request)
        };
        assert_eq!(ask("open-door", first, last)["state"], "approved", "{case}");
        let second = ask("hospital", from, to);
        let path = format!("/v1/evaluations/{}", text(&second, "/evaluation/id"));
        let asked = county.client().read(admin, &path);
        let handed = find(&asked["input"], "program.current-ecm-provider").expect("it was stated, at least");
        assert_eq!((text(handed, "/source"), text(handed, "/as_of")), (source, as_of), "{case}: {handed}");
        let seen = county.again(&county.plan("valle-vista").clerk, &second);
        let known = find(&seen["around"]["host_facts"], "program.current-ecm-provider");
        assert_eq!(known.is_some(), source == "host", "{case}: the plan's people are told the same");
    }
}

/// WIT, `fact-source`: `claims` is what claims on record prove. A deposit is paid once (L.A. Care, Housing
/// Deposits page), whatever the next house states.
fn what_was_paid_before_is_proven_by_claims(database: Database) {
    let county = County::shared(database);
    let (person, plan) = (county.person("harbor-crest"), county.plan("harbor-crest"));
    let request = json!({
        "member": person.named(), "service": "housing-deposits",
        "lines": [asked("H0044 U2", 1, "2026-03-02", "2026-05-30")],
        "facts": facts(&[
            ("consent.member-agrees", json!(true)), ("housing.coordinated-entry-priority", json!(true)),
            ("deposit.used-before", json!(false)),
        ]),
        "documents": [
            { "kind": "housing-support-plan", "issued": "2026-03-02" }, { "kind": "lease", "issued": "2026-03-02" },
            { "kind": "income-screening", "issued": "2026-03-02" },
        ],
    });
    let ask = |house: &str| county.submit(county.key_of(house), "authorizations", &request);
    let read = |case: &Value| {
        let path = format!("/v1/evaluations/{}", text(case, "/evaluation/id"));
        let asked = county.client().read(&plan.admin, &path);
        let handed = find(&asked["input"], "deposit.used-before").expect("the rules read it").clone();
        (handed["value"].clone(), text(&handed, "/source").to_owned())
    };
    let first = ask("casa-puente");
    assert_eq!(first["state"], "approved", "{first:#}");
    assert_eq!(read(&first), (json!({ "flag": false }), "provider".to_owned()), "nothing proves more");
    let mut bill = json!({
        "member": person.named(), "diagnoses": ["Z59.02"],
        "lines": [billed("H0044 U2", 1, "2026-03-02", "900.00")],
    });
    bill["documents"] = json!([{ "kind": "receipt", "issued": "2026-03-02" }]);
    let claim = county.submit(county.key_of("casa-puente"), "claims", &bill);
    let paid = json!({
        "decision": "pay", "remittance": format!("PROOF-{}", text(&claim, "/id")),
        "lines": [{ "number": 1, "amount": "900.00" }],
    });
    county.change(&plan.reviewer, &claim, "decisions", &paid).with(200);
    let second = ask("open-door");
    assert_eq!(read(&second), (json!({ "flag": true }), "claims".to_owned()));
    assert_ne!(second["state"], "approved");
    let around = &county.again(&plan.clerk, &second)["around"]["host_facts"];
    let known = find(around, "deposit.used-before").expect("people see it too");
    assert_eq!((&known["value"], &known["source"]), (&json!(true), &json!("claims")));
}

/// The fact of a code, however deep it lies.
fn find<'a>(value: &'a Value, code: &str) -> Option<&'a Value> {
    match value {
        Value::Object(fields) if fields.get("code").is_some_and(|one| one == code) => Some(value),
        Value::Object(fields) => fields.values().find_map(|value| find(value, code)),
        Value::Array(items) => items.iter().find_map(|value| find(value, code)),
        _ => None,
    }
}

/// WIT, `open-cases`: the member's other open cases with this plan, however many cases came since. What was
/// rejected is not open; of more than fifty the newest are handed over, and the record says so.
fn open_cases_are_whole_and_name_who_delivers(database: Database) {
    let county = County::shared(database);
    let (key, plan) = (county.key_of("hospital"), county.plan("valle-vista"));
    let person = county.person("valle-vista");
    let open = waiting(county, &person);
    for _ in 0..60 {
        let bill = json!({
            "member": person.named(), "diagnoses": ["Z59.02"],
            "lines": [billed("S9977 U7", 1, "2026-03-02", "60.00")],
        });
        county.submit(county.key_of("mesa-verde"), "claims", &bill);
    }
    let mut request = ecm(&person);
    take_fact(&mut request, "clinical.complex-need");
    let last = county.submit(key, "authorizations", &request);
    let asked =
        county.client().read(&plan.admin, &format!("/v1/evaluations/{}", text(&last, "/evaluation/id")));
    let cases = asked["input"]
        .as_object()
        .expect("a question")
        .values()
        .find_map(|question| question.pointer("/context/open_cases").and_then(Value::as_array).cloned());
    let cases = cases.expect("the rules are handed them");
    let nights: Vec<&Value> = cases.iter().filter(|one| one["service"] == "recuperative-care").collect();
    assert_eq!(nights.len(), 1, "{} is among them", text(&open, "/id"));
    assert_eq!(nights[0]["workflow"], "authorization");
    let organizations = county.client().read(key, "/v1/organizations?limit=200");
    let organizations = organizations["items"].as_array().expect("a list").clone();
    let house = organizations.iter().find(|one| one["name"] == "casa-puente").expect("it is enrolled");
    assert_eq!(nights[0]["provider"], house["npi"]);
    assert_eq!(cases.len(), 1, "what was rejected is over: {cases:?}");
    assert_eq!(asked["open_cases_complete"], true);
    assert_eq!(last["evaluation"]["open_cases_complete"], true);

    // Attempts to reach somebody are payable and wait for payment, each under its own claim.
    let (open_door, person) = (county.key_of("open-door"), county.person("valle-vista"));
    let days = (1..=31)
        .map(|day| format!("2026-01-{day:02}"))
        .chain((1..=20).map(|day| format!("2026-02-{day:02}")));
    for day in days {
        let bill = json!({
            "member": person.named(), "diagnoses": ["Z59.02"], "lines": [billed("G9012 U8", 1, &day, "10.00")],
        });
        let claim = county.submit(open_door, "claims", &bill);
        assert_eq!(claim["state"], "payable", "{claim}");
    }
    let many = county.submit(open_door, "referrals", &ecm_referral(&person));
    let path = format!("/v1/evaluations/{}", text(&many, "/evaluation/id"));
    let asked = county.client().read(&plan.admin, &path);
    let handed = asked["input"]["triage"]["context"]["open_cases"].as_array().map(Vec::len);
    assert_eq!((handed, &asked["open_cases_complete"]), (Some(50), &json!(false)), "there are 51");
}

/// WIT, `other-d-snp`: whether another of the county's plans covers the member as a D-SNP.
fn another_plans_d_snp_is_anothers(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("hospital");
    let person = county.person("silver-oak");
    let case = county.submit(key, "authorizations", &nights(county, &person, 10, "2026-03-11"));
    assert_eq!(case["plan"]["id"], "silver-oak");
    let admin = &county.plan("silver-oak").admin;
    let asked = county.client().read(admin, &format!("/v1/evaluations/{}", text(&case, "/evaluation/id")));
    let coverage = asked["input"]
        .as_object()
        .expect("a question")
        .values()
        .find_map(|question| question.pointer("/context/coverage").cloned());
    let coverage = coverage.expect("the rules are handed it");
    assert_eq!(coverage["other_d_snp"], false, "{coverage}");

    // Of one plan for Medi-Cal, and of another's D-SNP.
    let person = county.person("valle-vista");
    let file = format!(
        "CIN,Last Name,First Name,Date of Birth,County,Coverage Start Date,Line of Business\n{},{FAMILY},{GIVEN},{BORN},{COUNTY},2026-01-01,d-snp\n",
        person.cin
    );
    let roster = Request::bytes("/v1/rosters", "text/csv", file).by(admin);
    assert_eq!(county.client().send(&roster).with(201)["refused"], json!([]));
    let case = county.submit(key, "authorizations", &nights(county, &person, 10, "2026-03-11"));
    assert_eq!(case["plan"]["id"], "valle-vista", "recuperative care is Medi-Cal's");
    let path = format!("/v1/evaluations/{}", text(&case, "/evaluation/id"));
    let asked = county.client().read(&county.plan("valle-vista").admin, &path);
    assert_eq!(asked["input"]["determine"]["context"]["coverage"]["other_d_snp"], true, "{asked:#}");
}

/// A referral to meals by somebody who has no contract for them, accepted by a plan without automation.
fn accepted_meals(county: &County, preferred: Option<&str>) -> Value {
    let mut referral = json!({
        "member": county.person("costa-alta").named(), "service": "medically-tailored-meals",
        "facts": facts(&[("consent.member-agrees", json!(true))]),
    });
    if let Some(preferred) = preferred {
        referral["preferred_provider"] = json!(county.provider(preferred).id);
    }
    let case = county.submit(county.key_of("new-leaf"), "referrals", &referral);
    let accept = json!({ "decision": "accept" });
    county.change(&county.plan("costa-alta").reviewer, &case, "decisions", &accept).with(200)
}

/// The providers under contract.
const UNDER_CONTRACT: [&str; 4] = ["open-door", "casa-puente", "mesa-verde", "hospital"];

/// To whom the referral is offered, as the plan sees it.
fn offered_to<'a>(county: &'a County, case: &Value) -> (&'static str, &'a str) {
    let seen = county.again(&county.plan("costa-alta").reviewer, case);
    let id = text(&seen, "/placing/provider");
    let name = UNDER_CONTRACT.into_iter().find(|name| county.provider(name).id == id);
    let name = name.unwrap_or_else(|| panic!("it is offered: {}", seen["placing"]));
    (name, county.key_of(name))
}

fn decline(reason: &str) -> Value {
    json!({ "status": "declined", "decline_reason": reason })
}

fn offers_of(county: &County, key: &str, case: &Value) -> Vec<Value> {
    let list = county.client().read(key, "/v1/offers?limit=200");
    let list = list["items"].as_array().expect("a list").iter();
    list.filter(|offer| offer["referral"] == case["id"]).cloned().collect()
}

/// DHCS Closed-Loop Referral Implementation Guidance: a provider may decline, and the plan refers on. 45 CFR
/// 164.502(b): whoever has not taken it sees the least that it must.
fn an_accepted_referral_is_offered_until_somebody_takes_it(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let kitchen = county.key_of("mesa-verde");
    let case = accepted_meals(county, Some("mesa-verde"));
    assert_eq!((text(&case, "/state"), text(&case, "/placing/state")), ("accepted", "offered"));
    assert_eq!(
        case["placing"]["provider"],
        json!(county.provider("mesa-verde").id),
        "the member's choice first"
    );
    let sender = county.again(county.key_of("new-leaf"), &case);
    assert_eq!(sender["placing"]["state"], "offered");
    assert!(sender["placing"]["provider"].is_null(), "who is asked is the plan's to know");

    let offer = offers_of(county, kitchen, &case).pop().expect("it is offered");
    let fields: Vec<&String> = offer.as_object().expect("an object").keys().collect();
    let least =
        ["county", "due_at", "language", "offered_at", "plan", "referral", "service", "urgency", "version"];
    assert_eq!(fields, least, "and nothing that names the member");
    assert_eq!((text(&offer, "/county"), text(&offer, "/language")), (COUNTY, "en"));
    assert_eq!(offer["due_at"], "2026-03-05T07:59:59.999Z", "two business days");
    let id = text(&case, "/id");
    let member = text(&case, "/member_id");
    let hidden = [
        format!("/v1/referrals/{id}"),
        format!("/v1/referrals/{id}/timeline"),
        format!("/v1/members/{member}?purpose=treatment"),
        format!("/fhir/Task/{}", id.replace('_', "-")),
    ];
    for path in &hidden {
        assert_eq!(client.send(&Request::get(path).by(kitchen)).status, 404, "{path}");
    }
    let foreign = county.change(county.key_of("hospital"), &case, "status", &json!({ "status": "accepted" }));
    assert_eq!(foreign.status, 404, "it is offered to one at a time");
    let close = json!({ "status": "closed", "closure_reason": "other" });
    assert_eq!(
        county.change(kitchen, &case, "status", &close).status,
        404,
        "an offer is to take or to decline"
    );

    for (body, code) in [
        (json!({ "status": "declined" }), "missing-field"),
        (decline("no-reason-of-the-dictionary"), "unknown-code"),
    ] {
        let refused = county.change(kitchen, &case, "status", &body);
        assert_eq!(refused.status, 422, "{body}");
        assert_eq!(text(&refused.json, "/errors/0/pointer"), "/decline_reason");
        assert_eq!(text(&refused.json, "/errors/0/code"), code, "{body}");
    }
    let declined = county.change(kitchen, &case, "status", &decline("no-capacity")).with(200);
    for field in ["member_id", "provider", "placing", "populations"] {
        assert!(declined[field].is_null(), "{field}: {declined}");
    }
    assert!(offers_of(county, kitchen, &case).is_empty());

    let (next, key) = offered_to(county, &case);
    assert_ne!(next, "mesa-verde", "it is offered on");
    let seen = county.again(&county.plan("costa-alta").reviewer, &case);
    assert_eq!(seen["placing"]["tried"][0]["reason"], "no-capacity");
    let taken = county.change(key, &seen, "status", &json!({ "status": "accepted" })).with(200);
    assert_eq!(taken["state"], "provider-accepted");
    assert!(offers_of(county, key, &case).is_empty());
    client.read(key, &format!("/v1/members/{member}?purpose=treatment"));
    let read = county.again(key, &case);
    assert!(!read["request"]["facts"].as_array().expect("a list").is_empty(), "now it sees all of it");
    assert_eq!(client.send(&Request::get(format!("/v1/referrals/{id}")).by(kitchen)).status, 404);
    let closed = json!({ "status": "closed", "closure_reason": "services-received" });
    county.change(key, &taken, "status", &closed).with(200);
    let seen = county.again(county.key_of("new-leaf"), &case);
    assert_eq!(seen["closure"]["reason"], "services-received", "the loop closes as before");
}

/// A referral that no provider takes is the plan's people's, with a reason; they may assign it, or have it
/// offered in their own order.
fn when_nobody_takes_it_people_assign(database: Database) {
    // A county of its own: in the shared one other tests' providers have contracts, too.
    let county = &County::of(Server::start(database), &["costa-alta"]);
    let plan = county.plan("costa-alta");
    let mut case = accepted_meals(county, None);
    let mut asked = Vec::new();
    while text(&case, "/placing/state") == "offered" {
        let (name, key) = offered_to(county, &case);
        assert!(!asked.contains(&name), "nobody is asked twice: {asked:?}");
        asked.push(name);
        county.change(key, &case, "status", &decline("not-suited")).with(200);
        case = county.again(&plan.reviewer, &case);
    }
    asked.sort_unstable();
    let mut all = UNDER_CONTRACT;
    all.sort_unstable();
    assert_eq!(asked, all, "everybody under contract, and not the newcomer");
    assert_eq!((text(&case, "/state"), text(&case, "/placing/state")), ("accepted", "with-people"));
    assert_eq!(case["placing"]["why"]["code"], "nobody-took");
    let item = county.work_item("costa-alta", &case).expect("it waits for the plan's people");
    assert_eq!(item["why"]["code"], "nobody-took");
    let sender = county.change(county.key_of("new-leaf"), &case, "status", &json!({ "status": "accepted" }));
    assert_eq!((sender.status, sender.code()), (409, "not-allowed-now"), "nor is it the sender's to take");

    let ids = ["hospital", "open-door"].map(|name| county.provider(name).id.clone());
    let offer = json!({ "decision": "offer", "providers": ids });
    let offered = county.change(&plan.clerk, &case, "decisions", &offer).with(200);
    assert_eq!(offered_to(county, &offered).0, "hospital", "in the plan's order");
    assert!(county.work_item("costa-alta", &case).is_none());
    county.change(county.key_of("hospital"), &offered, "status", &decline("no-capacity")).with(200);
    assert_eq!(offered_to(county, &offered).0, "open-door");

    let kitchen = county.provider("mesa-verde");
    let nobody = json!({ "decision": "assign", "provider": "org_00000000000000000000000000000009" });
    let again = county.again(&plan.clerk, &offered);
    assert_eq!(county.change(&plan.clerk, &again, "decisions", &nobody).status, 422);
    let assign = json!({ "decision": "assign", "provider": kitchen.id });
    let assigned = county.change(&plan.clerk, &again, "decisions", &assign).with(200);
    assert_eq!(assigned["placing"]["state"], "assigned");
    assert!(offers_of(county, county.key_of("open-door"), &case).is_empty(), "the offer is over");
    let seen = county.again(&kitchen.key, &assigned);
    assert!(!text(&seen, "/member_id").is_empty(), "whoever is assigned sees it");
    let taken = county.change(&kitchen.key, &seen, "status", &json!({ "status": "accepted" })).with(200);
    assert_eq!(taken["assigned_provider"], json!(kitchen.id));
    let late = county.change(&plan.clerk, &taken, "decisions", &assign);
    assert_eq!((late.status, late.code()), (409, "not-allowed-now"));
}

/// `referral-offer` in clocks.toml: two business days, then the next.
fn an_offer_that_lapses_goes_to_the_next(database: Database) {
    let mut county = County::of(Server::start(database), &["costa-alta"]);
    let case = accepted_meals(&county, Some("mesa-verde"));
    let kitchen = county.key_of("mesa-verde").to_owned();
    assert_eq!(offers_of(&county, &kitchen, &case).len(), 1);
    // A Thursday, two business days later.
    county.server.start_again_at("2026-03-05T18:00:00Z");
    until("the offer to lapse", || offers_of(&county, &kitchen, &case).is_empty().then_some(()));
    let (next, key) = offered_to(&county, &case);
    assert_ne!(next, "mesa-verde");
    let seen = county.again(&county.plan("costa-alta").reviewer, &case);
    assert!(seen["placing"]["tried"][0]["reason"].is_null(), "it said nothing");
    let clocks = seen["deadlines"].as_array().expect("a list").iter();
    let offers: Vec<&str> =
        clocks.filter(|clock| clock["rule"] == "referral-offer").map(|clock| text(clock, "/state")).collect();
    assert_eq!(offers, ["lapsed", "open"], "each offer has its own time");
    let late = county.change(&kitchen, &seen, "status", &json!({ "status": "accepted" }));
    assert_eq!(late.status, 404, "too late");
    assert!(told(&county, &kitchen, &case, 2).contains(&"offer-lapsed".to_owned()));
    county.change(key, &seen, "status", &json!({ "status": "accepted" })).with(200);
}

/// One referral is enough; whoever makes another is told how it goes, and not whose it is.
fn a_second_referral_joins_the_first(database: Database) {
    let county = County::shared(database);
    let plan = county.plan("costa-alta");
    for plan_id in ["costa-alta", "valle-vista"] {
        let person = county.person(plan_id);
        let referral = ecm_referral(&person);
        let first = county.submit(county.key_of("open-door"), "referrals", &referral);
        let second = county.submit(county.key_of("hospital"), "referrals", &referral);
        assert_eq!(second["state"], "joined", "{plan_id}");
        assert_eq!(second["joined"]["state"], first["state"], "{plan_id}");
        assert!(second["follows"].is_null(), "{plan_id}: whose it is stays private");
        let path = format!("/v1/referrals/{}", text(&first, "/id"));
        let foreign = county.client().send(&Request::get(path).by(county.key_of("hospital")));
        assert_eq!(foreign.status, 404, "{plan_id}");
        // One's own second is a mistake, and is told which it repeats.
        let own = Request::post("/v1/referrals", &referral).by(county.key_of("open-door"));
        let own = county.client().send(&own);
        assert_eq!((own.status, own.code()), (409, "duplicate"), "{plan_id}");
        assert_eq!(own.json["case"], first["id"], "{plan_id}");
    }

    let referral = ecm_referral(&county.person("costa-alta"));
    let (referrer, second_key) = (county.provider("open-door"), county.key_of("hospital"));
    let first = county.submit(&referrer.key, "referrals", &referral);
    let second = county.submit(second_key, "referrals", &referral);
    let seen = county.again(&plan.reviewer, &second);
    assert_eq!(seen["follows"], first["id"], "the plan sees both");
    assert!(county.work_item("costa-alta", &second).is_none(), "it is decided once");
    let accept = json!({ "decision": "accept" });
    let mut case = county.change(&plan.reviewer, &first, "decisions", &accept).with(200);
    assert_eq!(case["placing"]["state"], "sender", "it delivers the service itself");
    let steps = [
        json!({ "status": "accepted" }),
        json!({ "status": "outreach-initiated" }),
        json!({ "status": "closed", "closure_reason": "services-received" }),
    ];
    for step in steps {
        case = county.change(&referrer.key, &case, "status", &step).with(200);
        let standing = county.again(second_key, &second)["joined"].clone();
        assert_eq!(standing["state"], case["state"]);
    }
    let standing = county.again(second_key, &second)["joined"].clone();
    assert_eq!(standing["closure"]["reason"], "services-received");
    // Sight through what joined ends when the first does, as through any case that is over.
    let member = format!("/v1/members/{}?purpose=treatment", text(&second, "/member_id"));
    let sight = county.client().read(second_key, &member)["sight"].clone();
    assert_eq!(sight, json!([{ "reason": "case", "case": second["id"], "until": "2027-03-02" }]));
    // The joining, the plan's answer and the three steps.
    assert_eq!(told(county, second_key, &second, 5).len(), 5);
    let third = county.submit(second_key, "referrals", &referral);
    assert_ne!(third["state"], "joined", "what is over can be asked for again");
}

fn a_joined_referral_goes_on_when_the_first_is_taken_back(database: Database) {
    let county = County::shared(database);
    let plan = county.plan("costa-alta");
    let referral = ecm_referral(&county.person("costa-alta"));
    let first = county.submit(county.key_of("open-door"), "referrals", &referral);
    let second = county.submit(county.key_of("hospital"), "referrals", &referral);
    let third = county.submit(county.key_of("casa-puente"), "referrals", &referral);
    county.change(county.key_of("open-door"), &first, "withdrawal", &json!({})).with(200);
    let goes_on = county.again(county.key_of("hospital"), &second);
    assert_eq!(goes_on["state"], "with-people");
    assert_eq!(goes_on["why_people"]["code"], "first-taken-back");
    assert!(county.work_item("costa-alta", &second).is_some());
    let waits = county.again(county.key_of("casa-puente"), &third);
    assert_eq!((text(&waits, "/state"), text(&waits, "/joined/state")), ("joined", "with-people"));
    assert_eq!(county.again(&plan.reviewer, &third)["follows"], second["id"]);
    county.change(county.key_of("casa-puente"), &waits, "withdrawal", &json!({})).with(200);
    let accept = json!({ "decision": "accept" });
    county.change(&plan.reviewer, &goes_on, "decisions", &accept).with(200);
}

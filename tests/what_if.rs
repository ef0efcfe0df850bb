//! Changes that would turn an answer, every plan's answer to the same case, and changes of the county's
//! rules.

use std::fs;
use std::path::Path;

use expect_test::{Expect, expect};
use serde_json::{Map, Value, json};

use crate::harness::{
    Answer, BORN, COUNTY, Client, County, Database, FAMILY, GIVEN, Request, Server, asked, component, facts,
    on_both_databases, text,
};
use crate::journeys::{ecm, ecm_referral, take_fact};

on_both_databases! {
    what_would_turn_an_answer_is_told_and_does
    what_would_stand_in_the_way_is_told_too
    the_examples_of_plans_turn_as_promised
    a_recommendation_is_the_plans_alone
    a_search_ends
    plans_learn_of_nobody
    one_case_is_asked_of_every_plan
    who_may_ask_whom
    rules_differ_between_two_days
}

const FOUR: [&str; 4] = ["valle-vista", "harbor-crest", "silver-oak", "costa-alta"];

/// A county whose searches have time enough on a busy machine: they may take a fifth of a call's deadline.
fn patient(database: Database, plans: &[&str]) -> County {
    County::of(Server::start_with(database, &[("CROSSWALK_PLUGIN_DEADLINE_MS", "10000")]), plans)
}

/// The sets of a block, a line for each.
fn sets(what_if: &Value) -> String {
    let mut lines = String::new();
    for set in what_if["sets"].as_array().expect("a list") {
        let parts: Vec<String> = set["supply"].as_array().expect("a list").iter().map(part).collect();
        let asks = set["asks"].as_array().expect("a list").len();
        let still = if asks == 0 { String::new() } else { format!(", {asks} asked still") };
        lines += &format!("{} -> {}{still}\n", parts.join(" + "), text(set, "/becomes"));
    }
    format!("{lines}{}\n", text(what_if, "/search"))
}

fn part(supply: &Value) -> String {
    assert!(!text(supply, "/question/en").is_empty() && !text(supply, "/question/es").is_empty());
    let what = supply["fact"].as_str().or(supply["document"].as_str()).expect("one of the two");
    match (&supply["at_least"], &supply["at_most"]) {
        (Value::Null, Value::Null) => {
            let values = supply["values"].as_array().expect("a list").iter();
            let values: Vec<String> = values.map(Value::to_string).collect();
            if values.is_empty() { what.to_owned() } else { format!("{what} = {}", values.join(" | ")) }
        }
        (least, Value::Null) => format!("{what} >= {least}"),
        (Value::Null, most) => format!("{what} <= {most}"),
        (least, most) => format!("{what} in {least}..={most}"),
    }
}

/// Facts and documents of a set, as a request supplies them.
fn information(set: &Value) -> Value {
    let supplies = || set["supply"].as_array().expect("a list").iter();
    let facts: Vec<Value> = supplies()
        .filter(|supply| supply["fact"].is_string())
        .map(|supply| json!({ "code": supply["fact"], "value": supply["values"][0] }))
        .collect();
    let documents: Vec<Value> = supplies()
        .filter_map(|supply| supply["document"].as_str())
        .map(|kind| json!({ "kind": kind, "issued": "2026-03-02" }))
        .collect();
    json!({ "facts": facts, "documents": documents })
}

/// Supplies the first set through the front door; the case becomes what was promised.
#[track_caller]
fn assert_turns(county: &County, key: &str, case: &Value, what: &str) {
    let set = &case["what_if"]["sets"][0];
    let decided = county.change(key, case, "information", &information(set)).with(200);
    assert_eq!(decided["state"], set["becomes"], "{what}: {} {}", case["what_if"], decided["why_people"]);
}

fn recuperative(county: &County, plan: &str, nights: u32, last: &str, known: &[(&str, Value)]) -> Value {
    json!({
        "member": county.person(plan).named(), "service": "recuperative-care",
        "lines": [asked("T2033 U6", nights, "2026-03-02", last)], "facts": facts(known),
        "documents": [{ "kind": "discharge-summary", "issued": "2026-03-02" }],
    })
}

fn meals(county: &County, plan: &str, known: &[(&str, Value)]) -> Value {
    json!({
        "member": county.person(plan).named(), "service": "medically-tailored-meals",
        "lines": [asked("S5170 U6", 168, "2026-03-02", "2026-05-24")], "facts": facts(known),
    })
}

fn what_would_turn_an_answer_is_told_and_does(database: Database) {
    let county = patient(database, &FOUR);
    let key = county.key_of("open-door");
    let healing = [
        ("clinical.needs-recovery-care", json!(true)),
        ("clinical.inpatient-level-needed", json!(false)),
        ("housing.status", json!("homeless-unsheltered")),
    ];
    let mut no_complex_need = ecm(&county.person("valle-vista"));
    take_fact(&mut no_complex_need, "clinical.complex-need");
    let mut in_hospice = ecm_referral(&county.person("valle-vista"));
    take_fact(&mut in_hospice, "program.hospice");
    let hospice = json!({ "code": "program.hospice", "value": true });
    in_hospice["facts"].as_array_mut().expect("a list").push(hospice);
    let navigation = json!({
        "member": county.person("harbor-crest").named(), "service": "housing-transition-navigation",
        "lines": [asked("H0043 U6", 90, "2026-03-02", "2026-05-30")],
        "facts": facts(&[
            ("housing.status", json!("at-risk")), ("clinical.serious-health-condition", json!(true)),
        ]),
    });
    let nobody_knows = json!({
        "member": county.person("valle-vista").named(), "service": "ecm",
        "facts": facts(&[("consent.member-agrees", json!(true))]),
    });
    let utilization = json!({
        "member": county.person("valle-vista").named(), "service": "ecm", "populations": ["avoidable-utilization"],
        "facts": facts(&[("consent.member-agrees", json!(true))]),
    });
    let table: Vec<(&str, &str, Value, &str, Expect)> = vec![
        (
            "one fact missing",
            "authorizations",
            recuperative(&county, "valle-vista", 14, "2026-03-15", &healing[..2]),
            "pended",
            expect![[r#"
                one fact missing
                housing.status = "at-risk" | "homeless-sheltered" | "homeless-unsheltered" -> approved
                exhausted
            "#]],
        ),
        (
            "three facts missing",
            "authorizations",
            recuperative(&county, "valle-vista", 14, "2026-03-15", &[]),
            "pended",
            expect![[r#"
                three facts missing
                clinical.needs-recovery-care = true + clinical.inpatient-level-needed = false + housing.status = "at-risk" | "homeless-sheltered" | "homeless-unsheltered" -> approved
                exhausted
            "#]],
        ),
        (
            "one flag missing",
            "authorizations",
            no_complex_need,
            "pended",
            expect![[r#"
            one flag missing
            clinical.complex-need = true -> approved
            exhausted
        "#]],
        ),
        (
            "either of two thresholds",
            "authorizations",
            meals(&county, "harbor-crest", &[("clinical.nutrition-sensitive-condition", json!(true))]),
            "pended",
            expect![[r#"
                either of two thresholds
                clinical.hba1c >= "9" -> approved
                clinical.malnutrition-score >= 3 -> approved
                exhausted
            "#]],
        ),
        (
            "a fact and either of two thresholds",
            "authorizations",
            meals(&county, "harbor-crest", &[]),
            "pended",
            expect![[r#"
                a fact and either of two thresholds
                clinical.nutrition-sensitive-condition = true + clinical.hba1c >= "9" -> approved
                clinical.nutrition-sensitive-condition = true + clinical.malnutrition-score >= 3 -> approved
                exhausted
            "#]],
        ),
        (
            "a document missing",
            "authorizations",
            navigation,
            "pended",
            expect![[r#"
            a document missing
            housing-support-plan -> approved
            exhausted
        "#]],
        ),
        (
            "either of two counts",
            "referrals",
            utilization,
            "needs-information",
            expect![[r#"
            either of two counts
            utilization.ed-visits-6m >= 5 -> accepted
            utilization.inpatient-stays-6m >= 3 -> accepted
            exhausted
        "#]],
        ),
        (
            "no population marked",
            "referrals",
            nobody_knows,
            "needs-information",
            expect![[r#"
            no population marked
            utilization.ed-visits-6m >= 5 -> accepted
            utilization.inpatient-stays-6m >= 3 -> accepted
            pregnancy.status = "pregnant" | "postpartum" -> accepted
            nursing.days-in-facility >= 1 -> accepted
            housing.status = "homeless-sheltered" | "homeless-unsheltered" + clinical.complex-need = true -> accepted
            housing.loss-within-30-days = true + clinical.complex-need = true -> accepted
            clinical.smi-or-sud = true + justice.release-date >= "2025-03-02" -> accepted
            social.complex-factor = true + clinical.adl-support-hours >= 1 -> accepted
            justice.release-date >= "2025-03-02" + clinical.serious-health-condition = true -> accepted
            exhausted
        "#]],
        ),
        (
            "refused by software",
            "referrals",
            in_hospice,
            "not-eligible",
            expect![[r#"
            refused by software
            program.hospice = false -> accepted
            exhausted
        "#]],
        ),
        (
            "more asked than the plan grants",
            "authorizations",
            recuperative(&county, "valle-vista", 120, "2026-06-29", &healing),
            "partly-approved",
            expect![[r#"
                more asked than the plan grants
                exhausted
            "#]],
        ),
    ];
    for (name, list, request, state, expected) in table {
        let sent = county.submit(key, list, &request);
        assert_eq!(sent["state"], state, "{name}");
        assert!(sent["what_if"].is_null(), "{name}: whoever sends does not wait for it");
        let case = county.again(key, &sent);
        let what_if = &case["what_if"];
        assert!(text(what_if, "/text/en").contains("is true"), "{name}: nobody is coached to lie");
        assert_eq!(what_if["digest"], case["evaluation"]["digest"], "{name}");
        assert_eq!(&county.again(key, &sent)["what_if"], what_if, "{name}: the same, asked again");
        expected.assert_eq(&format!("{name}\n{}", sets(what_if)));
        if ["pended", "needs-information"].contains(&state) {
            assert_turns(&county, key, &case, name);
            assert!(county.again(key, &case)["what_if"].is_null(), "{name}: nothing is left to change");
        }
    }
    let list = county.client().read(key, "/v1/authorizations?limit=200");
    let items = list["items"].as_array().expect("a list");
    assert!(items.iter().all(|case| case["what_if"].is_null()), "a list is not searched through");
}

/// The plan's rules would grant it, and the host would hand it to people all the same: nights that are
/// another house's (Health Net provider manual, room and board), and nights at a house without a contract.
/// Each row: who asks after the first fortnight was granted, from which day, what is told, and the limit with
/// what is left of it.
fn what_would_stand_in_the_way_is_told_too(database: Database) {
    let county = patient(database, &["valle-vista"]);
    let without_contract = county.new_provider(&["recuperative-care"]);
    let known =
        [("clinical.needs-recovery-care", json!(true)), ("clinical.inpatient-level-needed", json!(false))];
    let housing = ("housing.status", json!("homeless-unsheltered"));
    let table = [
        ("the next nights", county.key_of("casa-puente"), "2026-03-16", Value::Null, Value::Null),
        (
            "another house's nights",
            county.key_of("open-door"),
            "2026-03-09",
            json!("benefit-limit"),
            json!(["housing-global-cap", "overlap", 0]),
        ),
        ("no contract", &*without_contract.key, "2026-03-16", json!("not-contracted"), Value::Null),
    ];
    for (name, key, first, but, left) in table {
        let person = county.person("valle-vista");
        let ask = |key: &str, first: &str, known: &[(&str, Value)]| {
            let last: jiff::civil::Date = first.parse().expect("a day");
            let last = last.saturating_add(jiff::Span::new().days(13)).to_string();
            let request = json!({
                "member": person.named(), "service": "recuperative-care",
                "lines": [asked("T2033 U6", 14, first, &last)], "facts": facts(known),
                "documents": [{ "kind": "discharge-summary", "issued": "2026-03-02" }],
            });
            county.submit(key, "authorizations", &request)
        };
        let all = [known.as_slice(), std::slice::from_ref(&housing)].concat();
        let before = ask(county.key_of("casa-puente"), "2026-03-02", &all);
        assert_eq!(before["state"], "approved", "{name}: {before}");
        let sent = ask(key, first, &known);
        assert_eq!(sent["state"], "pended", "{name}: {sent}");
        let case = county.again(key, &sent);
        let set = &case["what_if"]["sets"][0];
        assert_eq!(set["becomes"], "approved", "{name}: {}", case["what_if"]);
        assert_eq!(set["but"]["code"], but, "{name}: {set}");
        let limit = &set["limit"];
        let told = match limit {
            Value::Null => Value::Null,
            limit => json!([limit["limit"], limit["how"], limit["left"]]),
        };
        assert_eq!(told, left, "{name}: {set}");

        let decided = county.change(key, &case, "information", &information(set)).with(200);
        match &but {
            Value::Null => assert_eq!(decided["state"], "approved", "{name}"),
            but => {
                assert_eq!(decided["state"], "with-people", "{name}: as was told");
                assert_eq!(&decided["why_people"]["code"], but, "{name}");
                assert_eq!(&decided["limit"], limit, "{name}");
            }
        }
    }
}

/// For each example of the sample plans that pends, supplying the first set turns it.
fn the_examples_of_plans_turn_as_promised(database: Database) {
    let county = patient(database, &FOUR);
    let key = county.key_of("open-door");
    let mut turned = 0;
    for plan in ["valle-vista", "harbor-crest", "silver-oak"] {
        for (file, list, kind) in
            [("authorization", "authorizations", "pended"), ("referral", "referrals", "needs-more")]
        {
            let path = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join(format!("../plugins/plans/{plan}/cases/{file}.json"));
            let examples: Value =
                serde_json::from_slice(&fs::read(path).expect("it is there")).expect("JSON");
            for example in examples["cases"].as_array().expect("a list") {
                let odd = !example["context"].is_null() || !example["request"]["member"].is_null();
                if example["expect"]["kind"] != kind || odd {
                    continue;
                }
                let what = format!("{plan} {}", text(example, "/name"));
                let mut request = as_sent(&examples["base"]["request"], &example["request"], list);
                request["member"] = county.person(plan).named();
                let sent = county.submit(key, list, &request);
                let case = county.again(key, &sent);
                assert_eq!(case["what_if"]["search"], "exhausted", "{what}: {case:#}");
                assert_ne!(case["what_if"]["sets"], json!([]), "{what}");
                assert_turns(&county, key, &case, &what);
                turned += 1;
            }
        }
    }
    assert!(turned >= 10, "{turned} examples pend");
}

/// An example's request, as the API takes it.
fn as_sent(base: &Value, own: &Value, list: &str) -> Value {
    let mut all: Map<String, Value> = base.as_object().expect("an object").clone();
    all.extend(own.as_object().expect("an object").clone());
    let facts: Vec<Value> = all["facts"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|fact| json!({ "code": fact["code"], "value": plain(&fact["value"]) }))
        .collect();
    let mut request = json!({
        "service": all["service"], "populations": all["populations"], "facts": facts,
        "documents": all["documents"],
    });
    if list == "authorizations" {
        let line = |line: &Value| {
            let last = line["days"]["last"].as_str().unwrap_or("2026-05-24");
            json!({
                "procedure": line["procedure"], "units": line["units"], "first": line["days"]["first"], "last": last,
            })
        };
        request["lines"] = all["lines"].as_array().expect("a list").iter().map(line).collect();
    }
    request
}

/// The value of a fact without the name of its kind.
fn plain(value: &Value) -> Value {
    let (kind, value) = value.as_object().and_then(|one| one.iter().next()).expect("one kind");
    match kind.as_str() {
        "measure" => {
            let thousandths = value.as_i64().expect("a number");
            json!(format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000))
        }
        _ => value.clone(),
    }
}

fn what_if(client: &Client, key: &str, body: &Value) -> Answer {
    client.send(&Request::post("/v1/what-if", body).by(key))
}

fn a_recommendation_is_the_plans_alone(database: Database) {
    let county = patient(database, &["silver-oak", "valle-vista"]);
    let (key, client) = (county.key_of("open-door"), county.client());
    let known = [
        ("clinical.needs-recovery-care", json!(true)),
        ("clinical.inpatient-level-needed", json!(false)),
        ("housing.status", json!("homeless-unsheltered")),
        ("stay.expected-days", json!(60)),
    ];
    let request = recuperative(&county, "silver-oak", 60, "2026-04-30", &known);
    let sent = county.submit(key, "authorizations", &request);
    assert_eq!(sent["why_people"]["code"], "clinical-review");
    let evaluation = json!({ "evaluation": sent["evaluation"]["id"] });

    assert!(county.again(key, &sent)["what_if"].is_null());
    assert!(what_if(&client, key, &evaluation).with(200)["what_if"].is_null());
    let reviewer = &county.plan("silver-oak").reviewer;
    let seen = county.again(reviewer, &sent);
    expect![[r#"
        stay.expected-days <= 30 -> partly-approved
        exhausted
    "#]]
    .assert_eq(&sets(&seen["what_if"]));
    assert_eq!(what_if(&client, reviewer, &evaluation).with(200)["what_if"], seen["what_if"]);

    let unsent = json!({
        "plan": "silver-oak",
        "case": {
            "county": COUNTY, "services": ["recuperative-care"], "lines": request["lines"], "facts": request["facts"],
            "documents": request["documents"],
        },
    });
    let told = what_if(&client, key, &unsent).with(200);
    let answer = &told["answers"][0];
    assert_eq!(answer["answer"], "clinical-review");
    assert_eq!((&answer["findings"], &answer["denial"]), (&json!([]), &Value::Null));
    assert!(answer["what_if"].is_null());
    let own = what_if(&client, reviewer, &unsent).with(200);
    assert_eq!(own["answers"][0]["denial"]["kind"], "clinical");
    assert_eq!(sets(&own["answers"][0]["what_if"]), sets(&seen["what_if"]));

    let denial = json!({
        "decision": "deny", "kind": "clinical", "reason": { "en": "No need.", "es": "Sin necesidad." },
    });
    county.change(reviewer, &seen, "decisions", &denial).with(200);
    let denied = county.again(key, &sent);
    assert_eq!((&denied["state"], &denied["what_if"]), (&json!("denied"), &Value::Null), "a person decided");
}

fn a_search_ends(database: Database) {
    let county = County::of(Server::start(database), &["hostile-plan"]);
    let key = county.key_of("open-door");
    for (manner, calls) in [("asks-forever", 2..=400), ("stalls-when-told", 1..=1)] {
        let known = [("plan.hostile-plan.manner", json!(manner))];
        let mut referral = ecm_referral(&county.person("hostile-plan"));
        referral["facts"] = facts(&known);
        let sent = county.submit(key, "referrals", &referral);
        assert_eq!(sent["state"], "needs-information", "{manner}");
        let what_if = county.again(key, &sent)["what_if"].clone();
        assert_eq!((&what_if["search"], &what_if["sets"]), (&json!("cut-off"), &json!([])), "{manner}");
        let asked = what_if["calls"].as_i64().expect("a number");
        assert!(calls.contains(&asked), "{manner}: {asked} calls");
        assert_eq!(county.again(key, &sent)["what_if"], what_if, "{manner}: what was found is remembered");
    }
}

fn plans_learn_of_nobody(database: Database) {
    let county = County::of(Server::start(database), &["hostile-plan", "valle-vista"]);
    let (key, client) = (county.key_of("open-door"), county.client());
    let person = county.person("hostile-plan");
    let echoes = facts(&[("plan.hostile-plan.manner", json!("echoes"))]);
    for workflow in ["referral", "authorization"] {
        let mut own = json!({ "member": person.named(), "service": "recuperative-care", "facts": echoes });
        if workflow == "authorization" {
            own["lines"] = json!([asked("T2033 U6", 14, "2026-03-02", "2026-03-15")]);
        }
        let case = county.submit(key, &format!("{workflow}s"), &own);
        let heard = text(&case, "/findings/0/reason/en");
        assert!(heard.contains(&person.cin), "its own members' numbers it does hear: {heard}");

        let case = json!({
            "county": COUNTY, "services": ["recuperative-care"], "workflow": workflow, "age": 33, "facts": echoes,
        });
        let across = client.send(&Request::post("/v1/criteria/ask", &case).by(key)).with(200);
        let what_if = what_if(&client, key, &json!({ "plan": "hostile-plan", "case": case })).with(200);
        for answer in [&across["services"][0]["answers"][0], &what_if["answers"][0]] {
            assert_eq!(answer["plan"], "hostile-plan");
            let heard = text(answer, "/findings/0/reason/en");
            assert!(heard.starts_with("unsent "), "{heard}");
            assert!(heard.contains("identity: None"), "{heard}");
            assert!(heard.contains("npi: \"\""), "{heard}");
            assert!(heard.contains("year: 1993, month: 3, day: 2"), "an age, no birth date: {heard}");
            let provider = &county.provider("open-door").id;
            for secret in [&*person.cin, BORN, "1931", provider, "2005551", FAMILY, GIVEN] {
                assert!(!answer.to_string().contains(secret), "{secret}: {answer}");
            }
            assert!(answer.get("notes").is_none(), "notes are dropped");
            let words = text(answer, "/denial/reason/en");
            assert_eq!(words, heard, "nothing of the answer is elsewhere");
        }
    }

    let named = json!({ "county": COUNTY, "services": ["ecm"], "member": person.named() });
    let refused = client.send(&Request::post("/v1/criteria/ask", &named).by(key));
    assert_eq!((refused.status, text(&refused.json, "/errors/0/code")), (422, "unknown-field"));
    let words = facts(&[("plan.hostile-plan.behavior", json!(GIVEN))]);
    let words = json!({ "county": COUNTY, "services": ["ecm"], "facts": words });
    for (path, body, pointer) in [
        ("/v1/criteria/ask", words.clone(), "/facts/0/value"),
        ("/v1/what-if", json!({ "case": words }), "/case/facts/0/value"),
    ] {
        let refused = client.send(&Request::post(path, &body).by(key));
        let error = (text(&refused.json, "/errors/0/pointer"), text(&refused.json, "/errors/0/code"));
        assert_eq!((refused.status, error), (422, (pointer, "free-text")));
    }
}

/// Each plan's answer, a line for each.
fn answers(across: &Value) -> String {
    let mut lines = String::new();
    for service in across["services"].as_array().expect("a list") {
        for answer in service["answers"].as_array().expect("a list") {
            lines += &format!(
                "{} {}: {}",
                text(service, "/service"),
                text(answer, "/plan"),
                text(answer, "/answer")
            );
            if let Some(why) = answer["why_people"]["code"].as_str() {
                lines += &format!(", {why}");
            }
            for ask in answer["asks"].as_array().expect("a list") {
                lines += &format!(", asks {}", ask["fact"].as_str().unwrap_or(text(ask, "/document")));
            }
            if let Some(days) = answer["presumption"]["days"].as_u64() {
                lines += &format!(", may start for {days} days");
            }
            lines += "\n";
        }
    }
    lines
}

fn one_case_is_asked_of_every_plan(database: Database) {
    let plans = ["valle-vista", "harbor-crest", "silver-oak", "costa-alta", "hostile-plan"];
    let county = County::of(Server::start(database), &plans);
    let client = county.client();
    let case = json!({
        "county": COUNTY, "services": ["recuperative-care", "medically-tailored-meals"],
        "facts": facts(&[
            ("clinical.needs-recovery-care", json!(true)),
            ("clinical.inpatient-level-needed", json!(false)),
            ("housing.status", json!("homeless-unsheltered")),
            ("clinical.nutrition-sensitive-condition", json!(true)),
            ("plan.hostile-plan.manner", json!("stalls-when-told")),
        ]),
    });
    let across =
        client.send(&Request::post("/v1/criteria/ask", &case).by(county.key_of("casa-puente"))).with(200);
    assert_eq!((&across["county"], &across["on"]), (&json!(COUNTY), &json!("2026-03-02")));
    expect![[r#"
        recuperative-care costa-alta: with-people, not-automated
        recuperative-care harbor-crest: pended, asks discharge-summary
        recuperative-care hostile-plan: could-not-answer, plugin-fault
        recuperative-care silver-oak: approved
        recuperative-care valle-vista: approved, may start for 14 days
        medically-tailored-meals costa-alta: with-people, not-automated
        medically-tailored-meals harbor-crest: pended, asks clinical.hba1c, asks clinical.malnutrition-score
        medically-tailored-meals hostile-plan: could-not-answer, plugin-fault
        medically-tailored-meals silver-oak: approved
        medically-tailored-meals valle-vista: approved
    "#]]
    .assert_eq(&answers(&across));
    let finding = &across["services"][0]["answers"][4]["findings"][0];
    assert!(!text(finding, "/text/en").is_empty() && !text(finding, "/text/es").is_empty());

    let referral = json!({
        "county": COUNTY, "services": ["ecm"], "workflow": "referral", "populations": ["homelessness"],
        "facts": facts(&[("consent.member-agrees", json!(true)), ("housing.status", json!("housed")),
            ("housing.loss-within-30-days", json!(false))]),
    });
    let ask = Request::post("/v1/criteria/ask", &referral).by(&county.server.operator);
    let policies = client.send(&ask).with(200);
    expect![[r#"
        ecm costa-alta: with-people, not-automated
        ecm harbor-crest: clinical-review
        ecm hostile-plan: needs-information, asks clinical.complex-need
        ecm silver-oak: redirected
        ecm valle-vista: clinical-review
    "#]]
    .assert_eq(&answers(&policies));
    let strict = &policies["services"][0]["answers"][4];
    assert_eq!(
        strict["denial"]["kind"], "clinical",
        "the county compares policies; nobody stands behind them"
    );
}

fn who_may_ask_whom(database: Database) {
    let county = County::of(Server::start(database), &["valle-vista", "harbor-crest"]);
    let client = county.client();
    let mut request = ecm(&county.person("valle-vista"));
    take_fact(&mut request, "clinical.complex-need");
    let case = county.submit(county.key_of("open-door"), "authorizations", &request);
    let evaluation = json!({ "evaluation": case["evaluation"]["id"] });
    let (own, rival) = (county.plan("valle-vista"), county.plan("harbor-crest"));

    for key in [county.key_of("open-door"), &own.reviewer, &own.admin] {
        let told = what_if(&client, key, &evaluation).with(200);
        assert_eq!(told["evaluation"], evaluation["evaluation"]);
        assert_eq!(told["what_if"]["answer"], "pended");
    }
    for key in [county.key_of("hospital"), &rival.reviewer, &county.server.operator] {
        let refused = what_if(&client, key, &evaluation);
        assert_eq!((refused.status, text(&refused.json, "/errors/0/code")), (422, "unknown-evaluation"));
    }

    let unsent = json!({ "county": COUNTY, "services": ["ecm"] });
    let across = |key: &str| client.send(&Request::post("/v1/criteria/ask", &unsent).by(key)).status;
    let of_valle_vista = json!({ "plan": "valle-vista", "case": unsent });
    let sent = |key: &str| what_if(&client, key, &of_valle_vista).status;
    let table = [
        (county.key_of("open-door"), 200, 200),
        (county.server.operator.as_str(), 200, 200),
        (own.admin.as_str(), 403, 200),
        (own.reviewer.as_str(), 403, 200),
        (rival.admin.as_str(), 403, 403),
    ];
    for (place, (key, to_all, to_valle_vista)) in table.into_iter().enumerate() {
        assert_eq!((across(key), sent(key)), (to_all, to_valle_vista), "row {place}");
    }
    let unknown = json!({ "plan": "nobodys-plan", "case": unsent });
    let refused = what_if(&client, county.key_of("open-door"), &unknown);
    assert_eq!((refused.status, text(&refused.json, "/errors/0/code")), (422, "unknown-plan"));

    let once = Request::post("/v1/what-if", &of_valle_vista).by(county.key_of("open-door")).once("the-same");
    let (first, again) = (client.send(&once), client.send(&once));
    assert!(!first.is_replayed() && again.is_replayed());
    assert_eq!(first.bytes, again.bytes);
    let list = client.read(county.key_of("open-door"), "/v1/authorizations");
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "nothing that was asked is kept");
}

fn diff(county: &County, query: &str) -> Answer {
    county.client().send(&Request::get(format!("/v1/criteria/diff?{query}")).by(county.key_of("open-door")))
}

/// Changes of a diff, a line for each.
fn changed(diff: &Value) -> String {
    let mut lines = String::new();
    for plan in diff["plans"].as_array().expect("a list") {
        lines += &format!("{} {}\n", text(plan, "/plan"), text(plan, "/change"));
        for list in ["modes", "elections", "criteria", "presumptive", "rates", "turn_arounds"] {
            for change in plan[list].as_array().expect("a list") {
                let shown = |side: &str| {
                    let value = &change[side];
                    let short =
                        ["mode", "amount", "service", "id"].iter().find(|name| !value[**name].is_null());
                    short.map_or_else(String::new, |name| value[*name].to_string())
                };
                let (before, after) = (shown("before"), shown("after"));
                lines += &format!("  {list} {}: {before} -> {after}\n", text(change, "/change"));
            }
        }
    }
    lines
}

fn rules_differ_between_two_days(database: Database) {
    let county = County::of(Server::start(database), &["valle-vista", "harbor-crest"]);
    let client = county.client();
    let same = diff(&county, "from=2026-03-02&to=2026-03-02").with(200);
    assert_eq!((&same["plans"], &same["county"]), (&json!([]), &json!("*")));
    let came = diff(&county, "from=2026-03-01&to=2026-03-02").with(200);
    expect![[r#"
        harbor-crest added
        valle-vista added
    "#]]
    .assert_eq(&changed(&came));
    let query = "from=2026-03-02&to=2027-01-01&county=SRV&service=asthma-remediation";
    let ended = diff(&county, query).with(200);
    expect![[r#"
        harbor-crest changed
          elections removed: "asthma-remediation" -> 
    "#]]
    .assert_eq(&changed(&ended));
    assert_eq!(ended["plans"][0]["elections"][0]["before"]["last"], "2026-12-31");

    let admin = &county.plan("valle-vista").admin;
    let upload =
        Request::bytes("/v1/plans/valle-vista/plugins", "application/wasm", component("valle-vista-broken"));
    let digest = client.send(&upload.by(admin)).with(201)["digest"].clone();
    let activation = json!({ "digest": digest, "from": "2026-04-01T07:00:00Z" });
    client.send(&Request::post("/v1/plans/valle-vista/activations", &activation).by(admin)).with(201);
    let quiet = diff(&county, "from=2026-03-02&to=2026-03-31").with(200);
    assert_eq!(quiet["plans"], json!([]), "on its last day the old version is in force to the end");
    let released = diff(&county, "from=2026-03-31&to=2026-04-01&county=SRV").with(200);
    expect![[r#"
        valle-vista changed
          modes changed: "decides" -> "people"
          modes changed: "decides" -> "people"
          modes changed: "decides" -> "people"
          elections removed: "sobering-centers" -> 
          criteria changed: "vv.recuperative.needs-recovery" -> "vv.recuperative.needs-recovery"
          rates changed: "204.00" -> "214.00"
          turn_arounds changed: 3 -> 2
    "#]]
    .assert_eq(&changed(&released));
    let plan = &released["plans"][0];
    assert_eq!((&plan["before"]["version"], &plan["after"]["version"]), (&json!("1.0.0"), &json!("1.1.0")));
    assert_eq!(plan["after"]["digest"], digest);
    let criterion = &plan["criteria"][0];
    assert_eq!(criterion["service"], "recuperative-care");
    assert_ne!(criterion["before"]["text"]["es"], criterion["after"]["text"]["es"]);
    let elsewhere = diff(&county, "from=2026-03-31&to=2026-04-01&county=TRB").with(200);
    assert_eq!(elsewhere["plans"], json!([]), "the plan does not serve that county");

    for (query, pointer, code) in [
        ("from=2026-03-02", "?to", "missing-field"),
        ("to=2026-03-02", "?from", "missing-field"),
        ("from=2026-03-02&to=2026-03-01", "?to", "days-out-of-order"),
        ("from=2026-03-02&to=2026-02-30", "?to", "invalid-day"),
        ("from=2026-03-02&to=2026-03-02&county=XYZ", "?county", "unknown-code"),
        ("from=2026-03-02&to=2026-03-02&service=nothing", "?service", "unknown-code"),
    ] {
        let refused = diff(&county, query);
        let error = (text(&refused.json, "/errors/0/pointer"), text(&refused.json, "/errors/0/code"));
        assert_eq!((refused.status, error), (422, (pointer, code)), "{query}");
    }
}

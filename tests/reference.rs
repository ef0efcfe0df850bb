//! Counties as data, organizations that change, keys that their owners look after, and the dictionary.

use std::process::Command;

use expect_test::expect;
use serde_json::{Value, json};

use crate::harness::{
    Answer, COUNTY, Client, County, Database, FAMILY, GIVEN, Request, Server, add_counties, asked, billed,
    binary, component, facts, folder_of_plugins, on_both_databases, problem, text,
};
use crate::journeys::{ecm, ecm_referral};
use crate::ledger::{claim, over};

on_both_databases! {
    the_states_counties_are_known_and_invented_ones_are_added
    a_county_that_is_none_is_refused_wherever_it_is_named
    a_member_file_writes_a_county_in_many_ways
    a_profile_names_counties_that_its_host_knows
    an_organization_is_changed_by_version
    a_plan_has_another_name_and_other_counties
    an_organization_is_paused_goes_on_and_ends
    a_paused_plan_has_its_cases_and_an_ended_one_gets_none
    an_organization_looks_after_its_own_keys
    the_dictionary_is_read_by_everybody
    a_list_of_cases_is_narrowed
    a_members_cases_are_threads
    units_left_are_those_of_the_ledger
}

/// The `pointer code` of each field that was refused.
fn refused(answer: &Answer) -> String {
    let errors = answer.json["errors"].as_array().cloned().unwrap_or_default();
    let lines: Vec<String> =
        errors.iter().map(|error| format!("{} {}", text(error, "/pointer"), text(error, "/code"))).collect();
    format!("{} {} {}", answer.status, answer.code(), lines.join(", ")).trim_end().to_owned()
}

fn entries(client: &Client, key: &str, list: &str) -> Vec<Value> {
    client.read(key, &format!("/v1/dictionary/{list}"))["items"].as_array().expect("a list").clone()
}

fn the_states_counties_are_known_and_invented_ones_are_added(database: Database) {
    let county = County::shared(database);
    let (client, operator) = (county.client(), &county.server.operator);
    let known = entries(&client, operator, "counties");
    assert_eq!(known.iter().filter(|one| one["invented"] == false).count(), 58);
    let san_ravel = known.iter().find(|one| one["code"] == COUNTY).expect("it was added");
    assert_eq!((&san_ravel["invented"], &san_ravel["models"]), (&json!(true), &json!([])));
    let sacramento = known.iter().find(|one| one["code"] == "SAC").expect("it is one of the state's");
    // plans-and-counties: Sacramento is a GMC county from 2024 on.
    assert_eq!(
        (&sacramento["region"], &sacramento["models"][0]["code"], &sacramento["models"][0]["from"]),
        (&json!("greater-sacramento"), &json!("geographic-managed-care"), &json!("2024-01-01"))
    );

    let new = |code: &str, en: &str, es: &str, invented: bool| json!({ "code": code, "name": { "en": en, "es": es }, "region": "nowhere", "invented": invented });
    let add = |body: &Value, key: &str| client.send(&Request::post("/v1/counties", body).by(key));
    let table = [
        (
            "one of the state's codes",
            new("ALA", "Elsewhere", "Otra Parte", true),
            "422 invalid-request /code taken",
        ),
        (
            "one of the state's names",
            new("QAB", "Alameda County", "Otra", true),
            "422 invalid-request /name/en taken",
        ),
        ("a name in Spanish", new("QAB", "Other", "Los Ángeles", true), "422 invalid-request /name/es taken"),
        ("a code that was added", new(COUNTY, "Else", "Otra", true), "422 invalid-request /code taken"),
        ("no code", new("AB", "Other", "Otra", true), "422 invalid-request /code invalid-value"),
        (
            "a code that is a number",
            new("001", "Other", "Otra", true),
            "422 invalid-request /code invalid-value",
        ),
        ("not invented", new("QAB", "Other", "Otra", false), "422 invalid-request /invented not-invented"),
        ("without a name", new("QAB", " ", "Otra", true), "422 invalid-request /name/en invalid-length"),
    ];
    for (case, body, expected) in table {
        assert_eq!(refused(&add(&body, operator)), expected, "{case}");
    }
    let body = new("QAA", "Quiet Valley", "Valle Quieto", true);
    for key in [county.key_of("open-door"), &county.plan("valle-vista").admin] {
        assert_eq!(refused(&add(&body, key)), "403 forbidden");
    }
    let member = json!({
        "cin": "97000001A", "family_name": "Doe", "given_name": "Ana", "birth_date": "1980-01-02", "county": "qaa",
        "purpose": "treatment", "provisional": true,
    });
    let join = || client.send(&Request::post("/v1/members", &member).by(county.key_of("open-door")));
    assert_eq!(refused(&join()), "422 invalid-request /county unknown-code");
    assert_eq!(add(&body, operator).with(201)["code"], "QAA");
    assert_eq!(join().with(201)["county"], "QAA");
    assert_eq!(
        refused(&add(&body, operator)),
        "422 invalid-request /code taken, /name/en taken, /name/es taken"
    );
}

fn a_county_that_is_none_is_refused_wherever_it_is_named(database: Database) {
    let county = County::shared(database);
    let (client, operator) = (county.client(), &county.server.operator);
    let (open_door, admin) = (county.key_of("open-door"), &county.plan("valle-vista").admin);
    let digest = &county.plan("valle-vista").digest;
    let case = json!({ "county": "SRW", "services": ["ecm"] });
    let member = json!({
        "cin": "97000002A", "family_name": "Doe", "given_name": "Ana", "birth_date": "1980-01-02", "county": "SRW",
        "purpose": "treatment",
    });
    let application = json!({
        "legal_name": "Open Door", "services": ["ecm"], "counties": [COUNTY, "SRW"], "plans": ["valle-vista"],
    });
    let own = format!("/v1/organizations/{}", county.provider("mesa-verde").id);
    let table = [
        (Request::post("/v1/members", &member).by(open_door), "/county"),
        (Request::post("/v1/applications", &application).by(open_door), "/counties/1"),
        (Request::post("/v1/criteria/ask", &case).by(open_door), "/county"),
        (Request::post("/v1/what-if", &json!({ "case": case })).by(open_door), "/case/county"),
        (Request::get("/v1/criteria?county=SRW").by(open_door), "?county"),
        (Request::get("/v1/criteria/diff?from=2026-03-01&to=2026-03-02&county=SRW").by(open_door), "?county"),
        (
            Request::post(
                "/v1/plans/valle-vista/activations",
                &json!({ "digest": digest, "canary": { "counties": ["SRW"] } }),
            )
            .by(admin),
            "/canary/counties/0",
        ),
        (
            Request::post(
                "/v1/organizations",
                &json!({ "kind": "plan", "name": "Other", "plan_id": "other-plan", "counties": ["SRW"] }),
            )
            .by(operator),
            "/counties/0",
        ),
        (
            Request::post(own, &json!({ "counties": ["SRW"] }))
                .method("PATCH")
                .header("If-Match", "\"1\"")
                .by(operator),
            "/counties/0",
        ),
    ];
    for (request, pointer) in table {
        let answer = client.send(&request);
        assert_eq!(refused(&answer), format!("422 invalid-request {pointer} unknown-code"), "{request:?}");
        let fix = text(&answer.json, "/errors/0/fix");
        assert!(fix.contains("SRV (San Ravel)"), "what may have been meant is named: {fix}");
    }
    // What is far from everything gets no guess, and what was sent is never said again.
    let answer = client.send(&Request::get("/v1/criteria?county=Quixotic").by(open_door));
    expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        ?county unknown-code: there is no such county
          send a code of GET /v1/dictionary/counties; the operator adds invented ones
    "#]]
    .assert_eq(&problem(&answer));
}

fn a_member_file_writes_a_county_in_many_ways(database: Database) {
    let county = County::shared(database);
    let (client, admin) = (county.client(), &county.plan("costa-alta").admin);
    // Code of the host, names, federal code, number of the state.
    let ways = [
        ("SRV", Some("SRV")),
        ("San Ravel", Some("SRV")),
        ("san ravel county", Some("SRV")),
        ("SAC", Some("SAC")),
        ("Sacramento", Some("SAC")),
        ("067", Some("SAC")),
        ("34", Some("SAC")),
        ("Los Ángeles", Some("LAX")),
        ("Atlantis", None),
        ("7", None),
    ];
    let mut file = String::from(
        "CIN,Plan Member ID,Last Name,First Name,Date of Birth,Sex,Spoken Language,County,Residential Address,City,Zip,\
         Homelessness Indicator,Phone Number,Coverage Start Date,Coverage End Date,Line of Business,Group Code,\
         Dual Status Code,Renewal Month,PCP NPI\n",
    );
    for (number, (way, _)) in ways.iter().enumerate() {
        file += &format!(
            "9710{number:04}A,W{number},{FAMILY},{GIVEN},1980-01-02,U,en,{way},,Somewhere,96191,Y,209-555-0100,2026-01-01,,\
             medi-cal,,00,6,\n"
        );
    }
    let report = client.send(&Request::bytes("/v1/rosters", "text/csv", file).by(admin)).with(201);
    let rules: Vec<(u64, &str)> = report["refused"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|issue| (issue["row"].as_u64().unwrap_or_default(), text(issue, "/rule")))
        .collect();
    assert_eq!(rules, [(10, "county-unknown"), (11, "county-unknown")]);
    for (number, (way, code)) in ways.iter().enumerate() {
        let search = json!({ "cin": format!("9710{number:04}A"), "purpose": "treatment" });
        let found = client.send(&Request::post("/v1/members/search", &search).by(admin));
        match code {
            Some(code) => assert_eq!(found.with(200)["county"], *code, "{way}"),
            None => assert_eq!(found.status, 404, "{way}"),
        }
    }
}

fn a_profile_names_counties_that_its_host_knows(database: Database) {
    // However busy the machine is, the answer waits for the compiler.
    let server = Server::start_with(database, &[("CROSSWALK_COMPILE_WAIT_MS", "300000")]);
    let (client, operator) = (server.client(), server.operator.clone());
    let plan = json!({ "kind": "plan", "name": "Valle Vista", "plan_id": "valle-vista" });
    let plan = client.send(&Request::post("/v1/organizations", &plan).by(&operator)).with(201);
    let key = json!({ "organization": plan["id"], "role": "plan-admin", "label": "rules" });
    let key = client.send(&Request::post("/v1/keys", &key).by(&operator)).with(201);
    let upload = || {
        let bytes = component("valle-vista");
        let request = Request::bytes("/v1/plans/valle-vista/plugins", "application/wasm", bytes);
        client.send(&request.by(text(&key, "/key")))
    };
    // A host on which nobody added the invented counties does not know them: nothing of them is compiled in.
    let answer = upload();
    assert_eq!(
        refused(&answer),
        "422 not-a-plugin profile/counties/0 unknown-code, profile/counties/1 unknown-code"
    );
    add_counties(&client, &operator);
    assert!([201, 202].contains(&upload().status));
}

#[test]
fn an_author_is_warned_of_a_county_that_is_not_the_states() {
    let plugin = folder_of_plugins().join("harbor-crest.wasm");
    let check = |arguments: &[&str]| {
        let mut command = Command::new(binary());
        let output =
            command.args(["plugin", "check"]).args(arguments).arg(&plugin).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let warnings = |arguments: &[&str]| {
        let report: Value = serde_json::from_slice(&check(arguments)).expect("it is JSON");
        let all = report["warnings"].as_array().expect("a list").clone();
        all.iter()
            .filter(|one| one["code"] == "unknown-code")
            .map(|one| text(one, "/at").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(warnings(&["--json"]), ["profile/counties/0"]);
    assert_eq!(warnings(&["--json", "--county", COUNTY]), Vec::<String>::new());
    let said = String::from_utf8_lossy(&check(&[])).into_owned();
    assert!(said.contains("would be taken") && said.contains("profile/counties/0"), "{said}");
}

/// A new provider with a key.
fn provider(county: &County, name: &str, npi: &str) -> (Value, String) {
    let (client, operator) = (county.client(), &county.server.operator);
    let body = json!({ "kind": "provider", "name": name, "npi": npi, "counties": [COUNTY] });
    let made = client.send(&Request::post("/v1/organizations", &body).by(operator)).with(201);
    let key = json!({ "organization": made["id"], "role": "provider", "label": "desk" });
    let key = client.send(&Request::post("/v1/keys", &key).by(operator)).with(201);
    (made, text(&key, "/key").to_owned())
}

fn an_organization_is_changed_by_version(database: Database) {
    let county = County::shared(database);
    let (client, operator) = (county.client(), &county.server.operator);
    let (made, key) = provider(county, "Blue Door", "1234567893");
    assert_eq!((&made["state"], &made["version"]), (&json!("active"), &json!(1)));
    let path = format!("/v1/organizations/{}", text(&made, "/id"));
    let patch = |body: &Value| Request::post(&path, body).method("PATCH").by(operator);
    let rename = json!({ "name": "Green Door", "provider_kinds": ["clinic"], "counties": [COUNTY, "SAC"] });
    assert_eq!(refused(&client.send(&patch(&rename))), "428 precondition-required");
    assert_eq!(refused(&client.send(&patch(&rename).of_version(&json!(9)))), "412 stale");
    assert_eq!(
        refused(&client.send(&patch(&rename).of_version(&json!(1)).without("Authorization").by(&key))),
        "403 forbidden"
    );
    let changed = client.send(&patch(&rename).of_version(&json!(1))).with(200);
    let expected = json!(["Green Door", ["clinic"], [COUNTY, "SAC"], "1234567893", 2]);
    let found = |view: &Value| {
        json!([view["name"], view["provider_kinds"], view["counties"], view["npi"], view["version"]])
    };
    assert_eq!(found(&changed), expected);
    let read = client.send(&Request::get(&path).by(&key));
    assert!(read.header("etag").starts_with("\"2."), "{}", read.header("etag"));
    assert_eq!(found(&read.with(200)), expected);
    let table = [
        (json!({ "npi": "1234567890" }), "422 invalid-request /npi invalid-value"),
        (json!({ "provider_kinds": ["magic"] }), "422 invalid-request /provider_kinds/0 unknown-code"),
        (json!({ "name": "" }), "422 invalid-request /name invalid-length"),
        (json!({ "plan_id": "other" }), "422 invalid-request /plan_id unknown-field"),
    ];
    for (body, expected) in table {
        assert_eq!(refused(&client.send(&patch(&body).of_version(&json!(2)))), expected, "{body}");
    }
    let plans = client.read(operator, "/v1/organizations?limit=200");
    let plan =
        plans["items"].as_array().expect("a list").iter().find(|one| one["plan_id"] == "costa-alta").cloned();
    let plan = plan.expect("the plan is there");
    let request =
        Request::post(format!("/v1/organizations/{}", text(&plan, "/id")), &json!({ "npi": "1234567893" }));
    let answer = client.send(&request.method("PATCH").of_version(&plan["version"]).by(operator));
    assert_eq!(refused(&answer), "422 invalid-request /npi not-with-this");
}

/// A plan's new name is what everybody reads from then on; its organization says which counties it serves.
fn a_plan_has_another_name_and_other_counties(database: Database) {
    let county = County::shared(database);
    let (client, operator) = (county.client(), &county.server.operator);
    let plan =
        json!({ "kind": "plan", "name": "Tall Pine Plan", "plan_id": "tall-pine", "counties": [COUNTY] });
    let plan = client.send(&Request::post("/v1/organizations", &plan).by(operator)).with(201);
    let admin = json!({ "organization": plan["id"], "role": "plan-admin", "label": "first" });
    let admin = client.send(&Request::post("/v1/keys", &admin).by(operator)).with(201);
    let (admin, provider) = (text(&admin, "/key"), county.key_of("open-door"));
    let path = format!("/v1/organizations/{}", text(&plan, "/id"));
    let patch = |key: &str, body: &Value, version: u32| {
        let change = Request::post(&path, body).method("PATCH").by(key);
        client.send(&change.of_version(&json!(version)))
    };
    let name = || {
        let plans = client.read(provider, "/v1/plans?limit=200");
        let plans = plans["items"].as_array().expect("a list").iter();
        plans.filter(|one| one["id"] == "tall-pine").map(|one| text(one, "/name").to_owned()).next()
    };
    let found = |view: &Value| {
        json!([view["name"], view["counties"], view["plan_id"], view["state"], view["version"]])
    };
    assert_eq!(name().as_deref(), Some("Tall Pine Plan"));
    assert_eq!(refused(&patch(admin, &json!({ "name": "Short Pine" }), 1)), "403 forbidden");
    let renamed = patch(operator, &json!({ "name": "Old Pine Plan" }), 1).with(200);
    assert_eq!(found(&renamed), json!(["Old Pine Plan", [COUNTY], "tall-pine", "active", 2]));
    assert_eq!(name().as_deref(), Some("Old Pine Plan"), "at once, for everybody");
    let moved = patch(operator, &json!({ "counties": [COUNTY, "SAC"] }), 2).with(200);
    let expected = json!(["Old Pine Plan", [COUNTY, "SAC"], "tall-pine", "active", 3]);
    assert_eq!(found(&moved), expected, "the name stays as it is");
    assert_eq!(found(&client.read(admin, &path)), expected, "the plan reads the same");
    let nowhere = patch(operator, &json!({ "counties": ["ZZZ"] }), 3);
    assert_eq!(refused(&nowhere), "422 invalid-request /counties/0 unknown-code");
}

fn an_organization_is_paused_goes_on_and_ends(database: Database) {
    let county = County::shared(database);
    let (client, operator) = (county.client(), &county.server.operator);
    let (made, key) = provider(county, "Red Door", "1234567893");
    let path = format!("/v1/organizations/{}", text(&made, "/id"));
    let why = json!({ "reason": "The contract is being renegotiated." });
    let step = |step: &str, version: u32| {
        let body = if step == "resume" { json!({}) } else { why.clone() };
        client.send(&Request::post(format!("{path}/{step}"), &body).of_version(&json!(version)).by(operator))
    };
    let works = || refused(&client.send(&Request::get("/v1/organizations").by(&key)));
    // What is done, what comes of it, and what the organization's key is told then; see domain::organization.
    let table = [
        ("resume", 1, "409 not-allowed-now", "200"),
        ("pause", 1, "200", "403 organization-paused"),
        ("pause", 1, "412 stale", "403 organization-paused"),
        ("pause", 2, "409 not-allowed-now", "403 organization-paused"),
        ("resume", 2, "200", "200"),
        ("pause", 3, "200", "403 organization-paused"),
        ("end", 4, "200", "403 organization-ended"),
        ("resume", 5, "409 not-allowed-now", "403 organization-ended"),
        ("pause", 5, "409 not-allowed-now", "403 organization-ended"),
        ("end", 5, "409 not-allowed-now", "403 organization-ended"),
    ];
    // Who cannot answer is not named to deliver either.
    let mut named = crate::journeys::nights(county, &county.person("valle-vista"), 3, "2026-03-04");
    named["provider"] = made["id"].clone();
    let names =
        || refused(&client.send(&Request::post("/v1/authorizations", &named).by(county.key_of("hospital"))));
    for (event, version, expected, told) in table {
        assert_eq!(refused(&step(event, version)), expected, "{event} of version {version}");
        assert_eq!(works(), told, "after {event} of version {version}");
        if told != "200" {
            assert_eq!(names(), "422 invalid-request /provider provider-not-active", "after {event}");
        }
    }
    let ended = client.read(operator, &path);
    assert_eq!(
        (&ended["state"], &ended["state_reason"], &ended["open"]["keys"]),
        (&json!("ended"), &why["reason"], &json!(1))
    );
    assert!(text(&ended, "/state_since").starts_with("2026-"), "{ended}");
    let new = json!({ "organization": made["id"], "role": "provider", "label": "again" });
    let answer = client.send(&Request::post("/v1/keys", &new).by(operator));
    assert_eq!(refused(&answer), "422 invalid-request /organization organization-ended");
    // Nobody pauses or ends their own, and only the operator another's.
    let own = client.read(operator, "/v1/organizations?limit=200");
    let own = own["items"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|one| one["kind"] == "county")
        .cloned()
        .expect("it is there");
    let request = |key: &str| {
        let path = format!("/v1/organizations/{}/pause", text(&own, "/id"));
        client.send(&Request::post(path, &why).of_version(&own["version"]).by(key))
    };
    assert_eq!(refused(&request(operator)), "409 not-allowed-now  own-organization");
    assert_eq!(refused(&request(county.key_of("open-door"))), "403 forbidden");
}

fn a_paused_plan_has_its_cases_and_an_ended_one_gets_none(database: Database) {
    let county = County::of(Server::start(database), &["valle-vista", "harbor-crest"]);
    let (client, operator) = (county.client(), &county.server.operator);
    let key = county.key_of("open-door");
    let plan = || {
        let all = client.read(operator, "/v1/organizations?limit=200");
        all["items"]
            .as_array()
            .expect("a list")
            .iter()
            .find(|one| one["plan_id"] == "valle-vista")
            .cloned()
            .expect("it is there")
    };
    let step = |step: &str| {
        let plan = plan();
        let path = format!("/v1/organizations/{}/{step}", text(&plan, "/id"));
        let body = if step == "resume" { json!({}) } else { json!({ "reason": "For the test." }) };
        client.send(&Request::post(path, &body).of_version(&plan["version"]).by(operator)).with(200)
    };
    let decided = county.submit(key, "authorizations", &ecm(&county.person("valle-vista")));
    assert_eq!(decided["decided_by"], "plugin");

    // Paused: the case comes, no rule is asked, the state's clocks run; the plan's people cannot come in yet.
    step("pause");
    let waits = county.submit(key, "authorizations", &ecm(&county.person("valle-vista")));
    assert_eq!((text(&waits, "/state"), text(&waits, "/why_people/code")), ("with-people", "plan-paused"));
    assert_eq!(waits["evaluation"], Value::Null, "nothing was asked");
    assert!(waits["presumption"]["rule"].is_string(), "what the profile declares holds on: {waits}");
    assert!(
        waits["deadlines"].as_array().is_some_and(|clocks| clocks.iter().any(|one| one["state"] == "open"))
    );
    let reviewer = &county.plan("valle-vista").reviewer;
    assert_eq!(refused(&client.send(&Request::get("/v1/worklist").by(reviewer))), "403 organization-paused");
    let listed = client.read(key, "/v1/plans");
    let of_plan = |list: &Value| {
        list["items"].as_array().expect("a list").iter().find(|one| one["id"] == "valle-vista").cloned()
    };
    assert_eq!(of_plan(&listed).expect("it is listed")["state"], "paused");

    step("resume");
    let again = county.submit(key, "authorizations", &ecm(&county.person("valle-vista")));
    assert_eq!(again["decided_by"], "plugin");
    assert!(county.work_item("valle-vista", &waits).is_some(), "what came meanwhile waits for its people");

    // Ended: what is open is said and stays; nothing new comes.
    let ended = step("end");
    assert_eq!((&ended["state"], &ended["open"]["waiting"]), (&json!("ended"), &json!(1)));
    assert!(ended["open"]["clocks"].as_u64().is_some_and(|clocks| clocks > 0), "{ended}");
    let person = county.person("valle-vista");
    for (list, body) in [("authorizations", ecm(&person)), ("referrals", ecm_referral(&person))] {
        let answer = client.send(&Request::post(format!("/v1/{list}"), &body).by(key));
        assert_eq!(refused(&answer), "422 no-coverage /member plan-ended", "{list}");
    }
    let file = json!({
        "legal_name": "Open Door", "services": ["ecm"], "counties": [COUNTY], "plans": ["harbor-crest", "valle-vista"],
    });
    let answer = client.send(&Request::post("/v1/applications", &file).by(key));
    assert_eq!(refused(&answer), "422 invalid-request /plans/1 plan-ended");
    let question = json!({ "county": COUNTY, "services": ["ecm"], "facts": facts(&[("consent.member-agrees", json!(true))]) });
    let across = client.send(&Request::post("/v1/criteria/ask", &question).by(key)).with(200);
    assert!(!across.to_string().contains("valle-vista"), "its rules are asked nothing: {across}");
    let grid = client.read(key, "/v1/criteria");
    assert!(!grid.to_string().contains("valle-vista"), "{grid}");
    assert_eq!(county.again(key, &waits)["state"], "with-people", "the record stays");
}

fn an_organization_looks_after_its_own_keys(database: Database) {
    let county = County::shared(database);
    let (client, operator) = (county.client(), &county.server.operator);
    let make = |key: &str, body: &Value| client.send(&Request::post("/v1/keys", body).by(key));
    let plan =
        json!({ "kind": "plan", "name": "Lone Pine Plan", "plan_id": "lone-pine", "counties": [COUNTY] });
    let plan = client.send(&Request::post("/v1/organizations", &plan).by(operator)).with(201);
    let admin = json!({ "organization": plan["id"], "role": "plan-admin", "label": "first" });
    let first = make(operator, &admin).with(201);
    let admin = text(&first, "/key").to_owned();
    let (clinic, desk) = provider(county, "Yellow Door", "1234567893");
    let manager =
        json!({ "organization": clinic["id"], "role": "provider", "label": "office", "manages_keys": true });
    let office = text(&make(operator, &manager).with(201), "/key").to_owned();

    // Who makes which key.
    let table = [
        (
            "a plan's administrator, a reviewer with a license",
            &admin,
            json!({ "role": "plan-reviewer", "label": "r", "license": "RN 1" }),
            "201",
        ),
        ("another administrator", &admin, json!({ "role": "plan-admin", "label": "second" }), "201"),
        (
            "for itself, said",
            &admin,
            json!({ "organization": plan["id"], "role": "plan-reviewer", "label": "r" }),
            "201",
        ),
        (
            "for another",
            &admin,
            json!({ "organization": clinic["id"], "role": "provider", "label": "x" }),
            "403 forbidden",
        ),
        (
            "more than a plan may",
            &admin,
            json!({ "role": "operator", "label": "x" }),
            "422 invalid-request /role wrong-role",
        ),
        (
            "another kind's",
            &admin,
            json!({ "role": "provider", "label": "x" }),
            "422 invalid-request /role wrong-role",
        ),
        (
            "a reviewer that manages",
            &admin,
            json!({ "role": "plan-reviewer", "label": "x", "manages_keys": true }),
            "422 invalid-request /manages_keys not-with-this",
        ),
        ("a provider's office", &office, json!({ "role": "provider", "label": "night desk" }), "201"),
        (
            "a provider's reviewer",
            &office,
            json!({ "role": "plan-reviewer", "label": "x" }),
            "422 invalid-request /role wrong-role",
        ),
        ("a provider's desk", &desk, json!({ "role": "provider", "label": "x" }), "403 forbidden"),
    ];
    for (case, key, body, expected) in table {
        assert_eq!(refused(&make(key, &body)), expected, "{case}");
    }

    // Each sees its own, never a secret.
    let list = |key: &str| client.send(&Request::get("/v1/keys?limit=200").by(key));
    assert_eq!(refused(&list(&desk)), "403 forbidden");
    let own = list(&office);
    assert!(!String::from_utf8_lossy(&own.bytes).contains("cw_"), "no secret is listed");
    let own = own.with(200);
    let items = own["items"].as_array().expect("a list").clone();
    assert!(items.iter().all(|one| one["organization"] == clinic["id"]));
    let labels: Vec<&str> = items.iter().map(|one| text(one, "/label")).collect();
    assert_eq!(labels, ["desk", "office", "night desk"]);
    assert!(
        items.iter().all(|one| text(one, "/created_at").starts_with("2026-") && one["revoked_at"].is_null())
    );

    // Names and ends them, and nobody else's.
    let of = |label: &str| {
        items
            .iter()
            .find(|one| one["label"] == label)
            .map(|one| text(one, "/id").to_owned())
            .expect("it is there")
    };
    let (night, office_id) = (of("night desk"), of("office"));
    let rename = |key: &str, id: &str| {
        let request =
            Request::post(format!("/v1/keys/{id}"), &json!({ "label": "day desk" })).method("PATCH");
        client.send(&request.by(key))
    };
    let revoke =
        |key: &str, id: &str| client.send(&Request::get(format!("/v1/keys/{id}")).method("DELETE").by(key));
    assert_eq!(rename(&office, &night).with(200)["label"], "day desk");
    for (key, expected) in [(&admin, "404 not-found"), (&desk, "403 forbidden")] {
        assert_eq!(refused(&rename(key, &night)), expected);
        assert_eq!(refused(&revoke(key, &night)), expected);
    }
    assert_eq!(revoke(&office, &night).status, 204);
    assert_eq!(refused(&rename(&office, &night)), "404 not-found");
    assert_eq!(
        refused(&revoke(&office, &office_id)),
        "409 not-allowed-now  last-key",
        "nobody locks themselves out"
    );

    // What is ended here ends at once.
    assert_eq!(list(&admin).status, 200);
    assert_eq!(revoke(&admin, text(&first, "/id")).status, 204, "there is a second administrator");
    assert_eq!(list(&admin).status, 401);
    assert_eq!(revoke(operator, &office_id).status, 204, "the operator may");
    assert_eq!(list(&office).status, 401);
}

fn the_dictionary_is_read_by_everybody(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let key = county.key_of("new-leaf");
    let index = client.read(key, "/v1/dictionary");
    let lists = index["lists"].as_array().expect("a list");
    for list in lists {
        let name = text(list, "/name");
        let items = entries(&client, key, name);
        assert_eq!(list["entries"], json!(items.len()), "{name}");
        assert!(!items.is_empty(), "{name}");
        for item in items {
            assert!(!text(&item, "/code").is_empty(), "{name}: {item}");
            for words in ["/name", "/question", "/text"] {
                let Some(words) = item.pointer(words) else { continue };
                assert!(!text(words, "/en").is_empty() && !text(words, "/es").is_empty(), "{name}: {item}");
            }
            let tagged = item.pointer("/tag").or(item.pointer("/authority/tag"));
            let of_state = item["invented"] == false || item["invented"] == true;
            assert!(of_state || tagged.is_some_and(Value::is_string), "{name}: {item}");
        }
    }
    for wanted in [
        "facts",
        "documents",
        "services",
        "procedures",
        "criteria-kinds",
        "counties",
        "closure-reasons",
        "provider-kinds",
        "places-of-service",
        "populations",
        "clocks",
        "adjustment-reasons",
    ] {
        assert!(lists.iter().any(|list| list["name"] == wanted), "{wanted}");
    }

    // A service with everything that is asked and billed for it; on a day, with what is in force on it.
    let services = entries(&client, key, "services");
    let care = services.iter().find(|one| one["code"] == "recuperative-care").expect("it is a service");
    assert!(care["procedures"].as_array().is_some_and(|all| all.iter().any(|one| one["code"] == "T2033 U6")));
    assert!(care["limits"].as_array().is_some_and(|all| !all.is_empty()));
    let before = client.read(key, "/v1/dictionary/procedures?on=2021-12-31");
    assert_eq!(
        (&before["on"], &before["items"]),
        (&json!("2021-12-31"), &json!([])),
        "the first are of 2022"
    );
    let found = client.read(key, "/v1/dictionary/facts?q=sin%20techo");
    let all = entries(&client, key, "facts").len();
    assert!(found["items"].as_array().is_some_and(|some| some.len() < all), "{found}");
    let ready = client.read(key, "/v1/dictionary/counties?q=sacra");
    assert_eq!(ready["items"][0]["code"], "SAC");

    let table = [
        ("/v1/dictionary/spells", "404 not-found"),
        ("/v1/dictionary/facts?on=soon", "422 invalid-request ?on invalid-day"),
        ("/v1/dictionary/facts?q=", "422 invalid-request ?q invalid-length"),
        ("/v1/dictionary/facts?color=red", "422 invalid-request ? unknown-parameter"),
    ];
    for (path, expected) in table {
        assert_eq!(refused(&client.send(&Request::get(path).by(key))), expected, "{path}");
    }

    // It may be kept for a while, and is not sent twice.
    let first = client.send(&Request::get("/v1/dictionary/services").by(key));
    assert_eq!(first.header("cache-control"), "private, max-age=60");
    let tag = first.header("etag").to_owned();
    let again = client.send(&Request::get("/v1/dictionary/services").by(key).header("If-None-Match", &tag));
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    for key in [&county.server.operator, &county.plan("harbor-crest").clerk] {
        assert_eq!(client.send(&Request::get("/v1/dictionary/services").by(key)).bytes, first.bytes);
    }
    assert_eq!(client.send(&Request::get("/v1/organizations").by(key)).header("cache-control"), "no-store");
}

/// The ids of everything on all pages of a list.
fn listed(client: &Client, key: &str, path: &str) -> Vec<String> {
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.read(key, &format!("{path}&limit=2{cursor}"));
        ids.extend(page["items"].as_array().expect("a list").iter().map(|one| text(one, "/id").to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}

fn a_list_of_cases_is_narrowed(database: Database) {
    // Few cases, so that small pages of all of them are soon read.
    let county = County::of(Server::start(database), &["valle-vista", "harbor-crest"]);
    let client = county.client();
    let (door, hospital) = (county.key_of("open-door"), county.key_of("hospital"));
    let (one, two, other) =
        (county.person("valle-vista"), county.person("valle-vista"), county.person("harbor-crest"));
    let nights = json!({
        "member": one.named(), "service": "recuperative-care",
        "lines": [asked("T2033 U6", 2, "2026-03-02", "2026-03-03")],
        "facts": facts(&[("consent.member-agrees", json!(true))]),
    });
    let cases = [
        ("one", county.submit(door, "authorizations", &ecm(&one))),
        ("two", county.submit(door, "authorizations", &ecm(&two))),
        ("nights", county.submit(hospital, "authorizations", &nights)),
        ("other", county.submit(door, "authorizations", &ecm(&other))),
    ];
    let [first, _, bed, _] = &cases;
    let member = text(&first.1, "/member_id");
    let (door_id, hospital_id) = (&county.provider("open-door").id, &county.provider("hospital").id);
    let state = text(&bed.1, "/state");
    let (vista, crest): (&str, &str) =
        (&county.plan("valle-vista").reviewer, &county.plan("harbor-crest").reviewer);
    let operator: &str = &county.server.operator;
    let mesa = county.key_of("mesa-verde");
    // Who asks, for what, and which cases come, newest first.
    let table = [
        (door, String::new(), "other two one"),
        (door, format!("member={member}"), "one"),
        (door, "service=ecm".to_owned(), "other two one"),
        (door, "service=recuperative-care".to_owned(), ""),
        (door, "plan=valle-vista".to_owned(), "two one"),
        (door, "plan=harbor-crest".to_owned(), "other"),
        (door, "plan=nobody".to_owned(), ""),
        (door, format!("provider={door_id}"), "other two one"),
        (door, format!("provider={hospital_id}"), ""),
        (door, "received_from=2026-03-02".to_owned(), "other two one"),
        (door, "received_from=2026-03-03".to_owned(), ""),
        (door, "received_to=2026-03-02".to_owned(), "other two one"),
        (door, "received_to=2026-03-01".to_owned(), ""),
        (door, "received_from=2026-03-02&received_to=2026-03-02&service=ecm".to_owned(), "other two one"),
        (door, format!("member={member}&plan=harbor-crest"), ""),
        (door, format!("member={member}&plan=valle-vista&service=ecm&provider={door_id}"), "one"),
        (hospital, format!("member={member}"), "nights"),
        (hospital, format!("state={state}"), "nights"),
        (hospital, "state=withdrawn".to_owned(), ""),
        (vista, String::new(), "nights two one"),
        (vista, format!("member={member}"), "nights one"),
        (vista, format!("provider={door_id}"), "two one"),
        (vista, format!("provider={hospital_id}"), "nights"),
        (vista, format!("provider={hospital_id}&member={member}"), "nights"),
        (vista, format!("provider={door_id}&service=recuperative-care"), ""),
        (vista, "service=recuperative-care".to_owned(), "nights"),
        (vista, format!("state={state}&service=recuperative-care"), "nights"),
        (vista, "plan=harbor-crest".to_owned(), ""),
        // Another's stays another's, whatever is asked.
        (crest, format!("member={member}"), ""),
        (crest, "plan=valle-vista".to_owned(), ""),
        (crest, "plan=harbor-crest".to_owned(), "other"),
        (mesa, format!("member={member}"), ""),
        (mesa, format!("provider={door_id}"), ""),
        (operator, format!("member={member}"), ""),
    ];
    for (key, query, expected) in table {
        let found = listed(&client, key, &format!("/v1/authorizations?{query}"));
        let names: Vec<&str> = found
            .iter()
            .map(|id| {
                cases.iter().find(|(_, case)| case["id"] == **id).map_or("a stranger", |(name, _)| name)
            })
            .collect();
        assert_eq!(names.join(" "), expected, "{query}");
    }
    for list in ["referrals", "claims", "applications"] {
        let all = listed(&client, door, &format!("/v1/{list}?plan=valle-vista&received_from=2026-03-01"));
        // The contract's file is the only other case that there is.
        assert_eq!(all.len(), usize::from(list == "applications"), "{list}");
        let crests = listed(&client, crest, &format!("/v1/{list}?provider={door_id}"));
        assert_eq!(crests.len(), usize::from(list == "applications"), "{list}");
    }

    let wrong = [
        ("authorizations?state=x", "?state unknown-code"),
        ("authorizations?service=x", "?service unknown-code"),
        ("authorizations?member=x", "?member invalid-value"),
        ("authorizations?provider=x", "?provider invalid-value"),
        ("authorizations?plan=A%20B", "?plan invalid-value"),
        ("authorizations?received_from=soon", "?received_from invalid-day"),
        ("authorizations?received_from=2026-03-02&received_to=2026-03-01", "?received_to days-out-of-order"),
        (
            "authorizations?state=x&service=x&member=x",
            "?state unknown-code, ?service unknown-code, ?member invalid-value",
        ),
        ("applications?service=ecm", "?service not-with-this"),
        ("authorizations?color=red", "? unknown-parameter"),
    ];
    for (path, expected) in wrong {
        let answer = client.send(&Request::get(format!("/v1/{path}")).by(door));
        assert_eq!(refused(&answer), format!("422 invalid-request {expected}"), "{path}");
    }
}

fn a_members_cases_are_threads(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let (key, person) = (county.key_of("mesa-verde"), county.person("valle-vista"));
    let needs = facts(&[
        ("consent.member-agrees", json!(true)),
        ("clinical.nutrition-sensitive-condition", json!(true)),
    ]);
    let referral = json!({ "member": person.named(), "service": "medically-tailored-meals", "facts": needs });
    let referral = county.submit(key, "referrals", &referral);
    let weeks = json!({
        "member": person.named(), "service": "medically-tailored-meals", "referral": referral["id"], "facts": needs,
        "lines": [asked("S9977 U7", 12, "2026-03-02", "2026-05-24")],
    });
    let weeks = county.submit(key, "authorizations", &weeks);
    assert_eq!(weeks["state"], "approved", "{weeks}");
    let bill = |procedure: &str, day: &str| json!({ "member": person.named(), "diagnoses": ["Z59.02"], "lines": [billed(procedure, 1, day, "60.00")] });
    let rejected = county.submit(key, "claims", &bill("S9977 U6", "2026-03-02"));
    let mut mended = bill("S9977 U7", "2026-03-02");
    mended["frequency"] = json!("replacement");
    mended["replaces"] = rejected["id"].clone();
    let mended = county.submit(key, "claims", &mended);
    assert_eq!(mended["state"], "payable", "{mended}");
    let pay = json!({
        "decision": "pay", "remittance": "EFT-2001", "lines": [{ "number": 1, "amount": mended["total_payable"] }],
    });
    county.change(&county.plan("valle-vista").reviewer, &mended, "decisions", &pay).with(200);
    // Something else, later, is another thread.
    let member = text(&referral, "/member_id").to_owned();
    let care = county.submit(county.key_of("open-door"), "authorizations", &ecm(&person));

    let path = format!("/v1/members/{member}/cases?purpose=care-coordination");
    let ids = |list: &Value| -> Vec<Value> {
        list.as_array().expect("a list").iter().map(|one| one["id"].clone()).collect()
    };
    let own = client.read(key, &path);
    let threads = own["items"].as_array().expect("a list");
    assert_eq!((threads.len(), &own["whole"], &own["next_cursor"]), (1, &json!(true), &Value::Null));
    let thread = &threads[0];
    assert_eq!(ids(&thread["referrals"]), [referral["id"].clone()]);
    assert_eq!(ids(&thread["authorizations"]), [weeks["id"].clone()]);
    assert_eq!(ids(&thread["claims"]), [rejected["id"].clone(), mended["id"].clone()]);
    assert_eq!(thread["payments"][0]["number"], "EFT-2001");
    let units = &thread["units"][0];
    assert_eq!(
        json!([units["procedure"]["code"], units["authorized"], units["used"], units["left"]]),
        json!(["S9977", 12, 1, 11])
    );

    // The plan sees both threads, the last begun first, a page at a time.
    let reviewer = &county.plan("valle-vista").reviewer;
    let first = client.read(reviewer, &format!("{path}&limit=1"));
    assert_eq!(ids(&first["items"][0]["authorizations"]), [care["id"].clone()]);
    let next = first["next_cursor"].as_str().expect("there is more");
    let second = client.read(reviewer, &format!("{path}&limit=1&cursor={next}"));
    assert_eq!(ids(&second["items"][0]["claims"]).len(), 2);
    assert_eq!(second["next_cursor"], Value::Null);
    for stranger in
        [county.key_of("hospital"), &county.plan("harbor-crest").reviewer, &county.server.operator]
    {
        assert_eq!(client.send(&Request::get(&path).by(stranger)).status, 404);
    }
}

/// Units that are told as left are those that a claim would find: care management is one service by whichever
/// of its procedures, and each day is drawn from the line that holds it and ends first. (DHCS ECM Policy
/// Guide)
fn units_left_are_those_of_the_ledger(database: Database) {
    let county = County::shared(database);
    let (client, reviewer) = (county.client(), &county.plan("valle-vista").reviewer);
    let thread = |case: &Value| -> Value {
        let path = format!("/v1/members/{}/cases?purpose=care-coordination", text(case, "/member_id"));
        let list = client.read(reviewer, &path);
        assert_eq!(list["items"].as_array().expect("a list").len(), 1, "one thread: {list}");
        list["items"][0].clone()
    };
    let units = |thread: &Value| -> Value {
        let units = thread["units"].as_array().expect("a list").iter();
        units
            .map(|one| json!([one["procedure"]["code"], one["authorized"], one["used"], one["left"]]))
            .collect()
    };

    let (key, person) = (county.key_of("open-door"), county.person("valle-vista"));
    let care = county.submit(key, "authorizations", &ecm(&person));
    assert_eq!(care["state"], "approved", "{care}");
    assert_eq!(units(&thread(&care)), json!([["G9012", 12, 0, 12]]));
    let contact = claim(&person, &[billed("G9008 U1 GQ", 1, "2026-03-02", "425.00")]);
    let contact = county.submit(key, "claims", &contact);
    assert_eq!(contact["state"], "payable", "{contact}");
    let of_care = thread(&care);
    assert_eq!(units(&of_care), json!([["G9012", 12, 1, 11]]), "by another of the service's procedures");
    assert_eq!(of_care["claims"][0]["id"], contact["id"]);

    let (key, person) = (county.key_of("casa-puente"), county.person("valle-vista"));
    let rent = json!({
        "member": person.named(), "service": "transitional-rent",
        "lines": [
            asked("H0043 U2", 2, "2026-01-01", "2026-01-02"), asked("H0043 U2", 100, "2026-01-01", "2026-06-30"),
        ],
        "facts": facts(&[("consent.member-agrees", json!(true))]),
    });
    let rent = county.submit(key, "authorizations", &rent);
    let rent = county.change(reviewer, &rent, "decisions", &json!({ "decision": "approve" })).with(200);
    assert_eq!(rent["state"], "approved", "{rent}");
    let days = claim(&person, &[over("H0043 U2", 20, "2026-01-01", "2026-01-20", "1420.00")]);
    let days = county.submit(key, "claims", &days);
    assert_eq!(days["state"], "payable", "{days}");
    let both = json!([["H0043", 2, 2, 0], ["H0043", 100, 18, 82]]);
    assert_eq!(units(&thread(&rent)), both, "one claim, two lines");
}

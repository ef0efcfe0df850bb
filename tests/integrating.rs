//! Needs of software that is written against the API: the audit trail, an inbox that can be followed, clocks
//! that make sense, and problems with a fix.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{Answer, County, Database, Request, on_both_databases, skip, text, until};
use crate::journeys::{ecm, ecm_referral, nights, take_fact};

on_both_databases! {
    a_timeline_says_who_did_it
    an_inbox_can_be_followed
    no_clock_starts_after_it_is_due
}

/// The steps of a case, each with its actor: `event by role at organization`, where the organization is not
/// the host.
fn told(county: &County, key: &str, case: &Value, names: &[(&str, &str)]) -> Vec<String> {
    let steps = county.timeline(key, case);
    let line = |step: &Value| {
        let organization = step["actor"]["organization"].as_str();
        let name = organization.map(|id| {
            let known = names.iter().find(|(_, known)| *known == id);
            known.map_or("somebody", |(name, _)| *name)
        });
        let at = name.map(|name| format!(" at {name}")).unwrap_or_default();
        format!("{} by {}{at}", text(step, "/event"), text(step, "/actor/role"))
    };
    steps.iter().map(line).collect()
}

/// The id of the organization that is this plan.
fn organization_of(county: &County, plan: &str) -> String {
    let list = county.client().read(&county.server.operator, "/v1/organizations?limit=200");
    let organizations = list["items"].as_array().expect("a list");
    let own = organizations.iter().find(|one| one["plan_id"] == plan).expect("the plan is there");
    text(own, "/id").to_owned()
}

fn a_timeline_says_who_did_it(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("open-door");
    let (plan, people) = (organization_of(county, "valle-vista"), organization_of(county, "silver-oak"));
    let names = [
        ("open-door", county.provider("open-door").id.as_str()),
        ("valle-vista", plan.as_str()),
        ("silver-oak", people.as_str()),
    ];

    // The plan's rules accept what the provider sent; who takes it follows from contracts.
    let referral = county.submit(key, "referrals", &ecm_referral(&county.person("valle-vista")));
    assert_eq!(
        told(county, key, &referral, &names),
        ["received by provider at open-door", "accept by plan-rules at valle-vista", "keep by host"]
    );

    // Rules ask, the provider supplies, rules approve.
    let mut request = ecm(&county.person("valle-vista"));
    take_fact(&mut request, "clinical.complex-need");
    let case = county.submit(key, "authorizations", &request);
    let more = json!({ "facts": [{ "code": "clinical.complex-need", "value": true }] });
    county.change(key, &case, "information", &more).with(200);
    let steps = told(county, key, &case, &names);
    assert_eq!(
        steps[..3],
        [
            "received by provider at open-door",
            "ask by plan-rules at valle-vista",
            "supply by provider at open-door",
        ]
    );
    assert_eq!(steps.last().map(String::as_str), Some("approve by plan-rules at valle-vista"));

    // What software may not decide the host hands over, and a person decides.
    let hospital = county.key_of("hospital");
    let names = [names[2], ("hospital", county.provider("hospital").id.as_str())];
    let asked = nights(county, &county.person("silver-oak"), 60, "2026-04-30");
    let case = county.submit(hospital, "authorizations", &asked);
    assert_eq!(case["state"], "with-people");
    let reviewer = &county.plan("silver-oak").reviewer;
    let denial = json!({ "decision": "deny", "kind": "clinical", "reason": { "en": "No.", "es": "No." } });
    county.change(reviewer, &county.again(reviewer, &case), "decisions", &denial).with(200);
    let steps = told(county, reviewer, &case, &names);
    assert_eq!(steps.first().map(String::as_str), Some("received by provider at hospital"));
    assert_eq!(steps.last().map(String::as_str), Some("refuse by plan-reviewer at silver-oak"));
    assert!(
        !steps.iter().skip(1).any(|step| step.contains("hospital")),
        "the sender decided nothing: {steps:?}"
    );
}

fn an_inbox_can_be_followed(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let clinic = county.new_provider(&["street-medicine", "clinic"]);
    county.record_contract("valle-vista", &clinic, &["ecm"], ("2026-01-01", None));
    county.record_contract("costa-alta", &clinic, &["ecm"], ("2026-01-01", None));
    let cases: Vec<Value> = ["valle-vista", "costa-alta", "valle-vista"]
        .map(|plan| county.submit(&clinic.key, "referrals", &ecm_referral(&county.person(plan))))
        .into();
    // Costa Alta's rules advise: a person answers.
    let reviewer = &county.plan("costa-alta").reviewer;
    let accept = json!({ "decision": "accept" });
    county.change(reviewer, &county.again(reviewer, &cases[1]), "decisions", &accept).with(200);
    let read = |query: &str| client.read(&clinic.key, &format!("/v1/notices?{query}"))["items"].clone();
    let ids = |list: &Value| -> Vec<String> {
        list.as_array().expect("a list").iter().map(|one| text(one, "/id").to_owned()).collect()
    };
    let all = until("a notice about each referral", || {
        let all = read("order=oldest&limit=200");
        let told = |case: &Value| all.as_array().expect("a list").iter().any(|one| one["case"] == case["id"]);
        cases.iter().all(told).then(|| all.clone())
    });
    let items = all.as_array().expect("a list");
    // As texts, an instant with fewer digits would come after one with more.
    let at = |one: &Value| text(one, "/at").parse::<jiff::Timestamp>().expect("an instant");
    assert!(items.is_sorted_by_key(at), "the oldest first: {all}");
    let mut reversed = ids(&read("limit=200"));
    reversed.reverse();
    assert_eq!(ids(&all), reversed, "newest first, unless asked otherwise");

    // A page at a time, forward.
    let mut followed = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = client.read(&clinic.key, &format!("/v1/notices?order=oldest&limit=1{cursor}"));
        followed.extend(ids(&page["items"]));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(followed, ids(&all));

    // Each filter gives exactly what it names; each notice names its plan and its kind.
    let with = |name: &str, value: &Value| -> Vec<String> {
        items.iter().filter(|one| one[name] == *value).map(|one| text(one, "/id").to_owned()).collect()
    };
    let last = items.last().expect("there is one");
    for (query, expected) in [
        (format!("case={}", text(&cases[1], "/id")), with("case", &cases[1]["id"])),
        ("plan=costa-alta".to_owned(), with("plan", &json!("costa-alta"))),
        (format!("kind={}", text(last, "/kind")), with("kind", &last["kind"])),
        (format!("since={}", text(last, "/at")), with("at", &last["at"])),
        ("since=2026-03-02T17:59:59Z".to_owned(), ids(&all)),
        ("kind=no-such-kind".to_owned(), Vec::new()),
    ] {
        assert_eq!(ids(&read(&format!("order=oldest&limit=200&{query}"))), expected, "{query}");
        assert!(query.contains("no-such") || !expected.is_empty(), "{query}");
    }
    for (query, pointer) in
        [("since=yesterday", "?since"), ("case=42", "?case"), ("order=up", "?order"), ("plan=A%20B", "?plan")]
    {
        let answer = client.send(&Request::get(format!("/v1/notices?{query}")).by(&clinic.key));
        assert_eq!((answer.status, text(&answer.json, "/errors/0/pointer")), (422, pointer), "{query}");
    }
}

fn no_clock_starts_after_it_is_due(database: Database) {
    let county = County::shared(database);
    let hospital = county.key_of("hospital");
    // A window with its warning, and a request that waits for people with the plan's promise.
    let mut windowed = nights(county, &county.person("valle-vista"), 14, "2026-03-15");
    take_fact(&mut windowed, "clinical.inpatient-level-needed");
    county.submit(hospital, "authorizations", &windowed);
    let asked = nights(county, &county.person("silver-oak"), 60, "2026-04-30");
    county.submit(hospital, "authorizations", &asked);
    let mut rules = Vec::new();
    for state in ["open", "met", "missed", "lapsed", "cancelled"] {
        let list = county.client().read(hospital, &format!("/v1/deadlines?state={state}&limit=200"));
        for clock in list["items"].as_array().expect("a list") {
            let [started, due] = ["/started_at", "/due_at"].map(|at| {
                let instant: jiff::Timestamp = text(clock, at).parse().expect("an instant");
                instant
            });
            assert!(started <= due, "{clock:#}");
            rules.push(text(clock, "/rule").to_owned());
        }
    }
    assert!(rules.iter().any(|rule| rule == "presumptive-window-alert"), "{rules:?}");
}

#[test]
fn a_problem_says_what_to_do() {
    let county = County::shared(Database::Sqlite);
    let (client, key) = (county.client(), county.key_of("open-door"));
    let person = county.person("valle-vista");
    let case = county.submit(key, "referrals", &ecm_referral(&person));
    let post = |path: &str, body: Value| Request::post(path, &body).by(key);
    let mut unknown = ecm_referral(&person);
    unknown["facts"][0]["code"] = json!("consent.member-agree");
    let status = format!("/v1/referrals/{}/status", text(&case, "/id"));
    // What was done, where the words stand, and what they must say.
    let table = [
        (
            "a number of nobody's",
            post("/v1/members/search", json!({ "cin": "97654321A", "purpose": "treatment" })),
            "/detail",
            "none of your members has this number; add the member with POST /v1/members",
        ),
        (
            "a fact that there is not",
            post("/v1/referrals", unknown),
            "/errors/0/fix",
            "GET /v1/dictionary/facts",
        ),
        (
            "no key of the attempt",
            post("/v1/referrals", json!({})).without("Idempotency-Key"),
            "/detail",
            "send Idempotency-Key: any unique text, such as a UUID",
        ),
        (
            "a version that is old",
            post(&status, json!({ "status": "accepted" })).of_version(&json!(99)),
            "/detail",
            "its version is 1 now",
        ),
        (
            "an id for a case",
            post("/v1/what-if", json!({ "case": "case_1" })),
            "/errors/0/fix",
            "of a recorded one send `evaluation`",
        ),
    ];
    for (what, request, at, words) in table {
        let answer = client.send(&request);
        assert!(text(&answer.json, at).contains(words), "{what}: {}", answer.json);
    }
    // A search changes nothing, and names no attempt.
    let search = post("/v1/members/search", json!({ "cin": person.cin, "purpose": "treatment" }));
    assert_eq!(client.send(&search.without("Idempotency-Key")).status, 200);
}

#[test]
fn problems_are_said_in_spanish() {
    let county = County::shared(Database::Sqlite);
    let (client, key) = (county.client(), county.key_of("open-door"));
    let wrong = json!({ "member": { "cin": "9" }, "service": "gardening", "shoe_size": 44 });
    let get = |path: &str| Request::get(path).by(key);
    let table = [
        (get("/v1/nothing"), "Aquí no hay nada", ""),
        (Request::get("/v1/plans"), "Hace falta una clave válida", "envíe Authorization: Bearer y la clave"),
        (get("/v1/notices?order=up"), "Algunos campos no se pueden aceptar", ""),
        (Request::post("/v1/referrals", &wrong).by(key), "Algunos campos no se pueden aceptar", ""),
    ];
    for (request, title, detail) in table {
        let spanish = client.send(&request.clone().header("Accept-Language", "es-MX,es;q=0.9,en;q=0.5"));
        assert_eq!((text(&spanish.json, "/title"), text(&spanish.json, "/detail")), (title, detail));
        assert_eq!(spanish.header("content-language"), "es");
        assert!(spanish.header("vary").contains("accept-language"));
        let english = client.send(&request);
        assert_eq!(english.header("content-language"), "en");
        assert_ne!(english.json["title"], spanish.json["title"]);
        // Programs see the same in both.
        assert_eq!(
            (&english.json["type"], &english.json["status"]),
            (&spanish.json["type"], &spanish.json["status"])
        );
        let fields = |answer: &Answer| -> Vec<(Value, Value)> {
            let errors = answer.json["errors"].as_array().cloned().unwrap_or_default();
            errors.iter().map(|error| (error["pointer"].clone(), error["code"].clone())).collect()
        };
        assert_eq!(fields(&english), fields(&spanish));
    }
    let order = client.send(&get("/v1/notices?order=up").header("Accept-Language", "es"));
    assert_eq!(
        text(&order.json, "/errors/0/fix"),
        "envíe uno de los códigos: newest, oldest",
        "what is allowed stays"
    );
}

#[test]
fn the_front_door_says_where_to_go() {
    let client = County::shared(Database::Sqlite).client();
    let index = client.send(&Request::get("/")).with(200);
    let docs = client.send(&Request::get(text(&index, "/docs")));
    assert_eq!((docs.status, docs.header("location")), (303, "/docs/"));
    for (path, status) in [
        (docs.header("location"), 200),
        (text(&index, "/openapi"), 200),
        (text(&index, "/ready"), 200),
        (text(&index, "/dictionary"), 401),
    ] {
        assert_eq!(client.send(&Request::get(path)).status, status, "{path}: {index}");
    }
}

/// A caller in TypeScript: what it does right compiles, and what it does wrong does not.
const USES: &str = r#"import type { components, paths } from "./crosswalk.js";

type Coverage = components["schemas"]["CoverageView"];
const line: Coverage["line"] = "d-snp";
// @ts-expect-error: no word of the description
const none: Coverage["line"] = "dental";
// @ts-expect-error: a day is text
const day: Coverage["first"] = 20260302;
type Listed = paths["/v1/notices"]["get"]["responses"]["200"]["content"]["application/json"];
const at = (listed: Listed): string[] => listed.items.map((notice) => notice.at);
export { at, day, line, none };
"#;

/// The words of each field of an answer that has a few, as TypeScript writes a type of them.
fn unions(description: &Value) -> Vec<String> {
    let schemas = description["components"]["schemas"].as_object().expect("schemas").values();
    let fields = schemas.flat_map(|schema| schema["properties"].as_object().into_iter().flatten());
    let words = fields
        .filter_map(|(_, field)| field["enum"].as_array())
        .filter(|words| (2..=6).contains(&words.len()) && words.iter().all(Value::is_string));
    let unions: BTreeSet<String> =
        words.map(|words| words.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ")).collect();
    assert!(unions.len() > 10, "{unions:#?}");
    unions.into_iter().collect()
}

/// Runs a program that makes a client, if it is there; `None` if it is not.
fn generated(program: &str, arguments: &[&str], folder: &Path) -> Option<()> {
    let output = Command::new(program).args(arguments).current_dir(folder).output().ok()?;
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    assert!(output.status.success(), "{program}: {said:?}");
    Some(())
}

#[test]
fn generated_clients_are_typed() {
    const TEST: &str = "integrating::generated_clients_are_typed";
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let description = County::shared(Database::Sqlite).client().send(&Request::get("/openapi.json"));
    fs::write(folder.path().join("openapi.json"), &description.bytes).expect("it can be written");
    match generated("openapi-typescript", &["openapi.json", "--output", "crosswalk.d.ts"], folder.path()) {
        None => skip(TEST, "there is no openapi-typescript"),
        Some(()) => {
            let types = fs::read_to_string(folder.path().join("crosswalk.d.ts")).expect("it was written");
            assert!(
                types.contains("Format: date-time") && types.contains("Format: date\n"),
                "days and instants"
            );
            let missing: Vec<String> =
                unions(&description.json).into_iter().filter(|union| !types.contains(union)).collect();
            assert!(missing.is_empty(), "words are types of their own: {missing:#?}");
            fs::write(folder.path().join("uses.ts"), USES).expect("it can be written");
            let strict = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "uses.ts"];
            if generated("tsc", &strict, folder.path()).is_none() {
                skip(TEST, "there is no tsc to compile the client in TypeScript with");
            }
        }
    }
    let python = ["generate", "--path", "openapi.json", "--output-path", "client", "--meta", "none"];
    match generated("openapi-python-client", &python, folder.path()) {
        None => skip(TEST, "there is no openapi-python-client"),
        Some(()) => {
            let notice = folder.path().join("client/models/notice_view.py");
            let notice = fs::read_to_string(notice).expect("each shape is a class");
            assert!(notice.contains("at: datetime.datetime"), "{notice}");
            let line = folder.path().join("client/models/coverage_view_line.py");
            let line = fs::read_to_string(line).expect("words are a class of their own");
            assert!(line.contains("MEDI_CAL = \"medi-cal\"") && line.contains("D_SNP = \"d-snp\""), "{line}");
            generated("python3", &["-m", "compileall", "-q", "client"], folder.path())
                .expect("it made the client");
        }
    }
}

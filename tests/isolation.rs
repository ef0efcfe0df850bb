//! Isolation: every address for every caller. The addresses come from the served description, so a new one is
//! looked at from the day it is there.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::harness::{
    Answer, COUNTY, Client, County, Database, FAMILY, GIVEN, Person, Request, asked, billed, component,
    facts, on_both_databases, text,
};
use crate::journeys::{ecm, ecm_referral};
use crate::ledger::cents;

on_both_databases! {
    nobody_gets_in_without_a_key
    what_is_anothers_is_not_there
    inside_one_file_each_plan_sees_its_own
    each_reading_has_its_own_state
    lists_hold_what_is_the_callers
    a_plan_sees_the_members_it_covers
}

/// Paths that anybody may read.
const PUBLIC: [&str; 5] = ["/", "/healthz", "/problems", "/problems/{code}", "/readyz"];

/// One operation of the API.
struct Operation {
    method: String,
    path: String,
    media_type: String,
    example: Value,
    /// The query parameters without which it is refused, as the description shows them.
    query: String,
}

fn operations(client: &Client) -> Vec<Operation> {
    let description = client.send(&Request::get("/openapi.json")).with(200);
    let mut operations = Vec::new();
    for (path, item) in description["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            let content = operation["requestBody"]["content"].as_object();
            let (media_type, content) = content
                .and_then(|content| content.iter().next())
                .map(|(media_type, content)| (media_type.clone(), content.clone()))
                .unwrap_or_else(|| ("application/json".to_owned(), json!({ "example": {} })));
            let required = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|one| one["in"] == "query" && one["required"] == true);
            let query: Vec<String> =
                required.map(|one| format!("{}={}", text(one, "/name"), text(one, "/example"))).collect();
            operations.push(Operation {
                query: query.join("&"),
                method: method.to_uppercase(),
                path: path.clone(),
                media_type,
                example: content["example"].clone(),
            });
        }
    }
    assert!(operations.len() > 50, "the description is whole");
    operations
}

impl Operation {
    /// A request that would be accepted but for the id in its address.
    fn request(&self, id: &str) -> Request {
        let path = self.path.replace("{id}", id).replace("{digest}", &"0".repeat(64));
        let path = path.replace("{name}", "a-table").replace("{version}", "1").replace("{code}", "stale");
        let path = if self.query.is_empty() { path } else { format!("{path}?{}", self.query) };
        let request = match (&*self.method, &*self.media_type) {
            ("GET" | "DELETE", _) => Request::get(path).method(&self.method),
            (_, "application/wasm") => Request::bytes(path, &self.media_type, component("valle-vista")),
            (_, "text/csv") => Request::bytes(path, &self.media_type, text(&self.example, "")),
            _ => Request::bytes(path, &self.media_type, self.example.to_string()).method(&self.method),
        };
        request.header("If-Match", "\"1\"")
    }

    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

fn nobody_gets_in_without_a_key(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    for operation in operations(&client) {
        let request = operation.request("case_00000000000000000000000000000000");
        let name = operation.name();
        if PUBLIC.contains(&&*operation.path) {
            assert_eq!(client.send(&request).status, 200, "{name}");
            continue;
        }
        for request in [request.clone(), request.by("cw_0123456789abcdef0123456789abcdef")] {
            let answer = client.send(&request);
            assert_eq!(answer.status, 401, "{name}");
            assert_eq!(answer.header("www-authenticate"), "Bearer", "{name}");
            assert_eq!(answer.header("cache-control"), "no-store", "{name}");
        }
    }
    for path in ["/openapi.json", "/docs/"] {
        assert_eq!(client.send(&Request::get(path)).status, 200, "{path}");
    }
}

/// One of each kind of thing: Open Door's about a member of Valle Vista, or Valle Vista's own.
pub(crate) fn things(county: &County) -> BTreeMap<&'static str, String> {
    let key = county.key_of("open-door");
    let person = county.person("valle-vista");
    let id = |value: &Value, pointer: &str| text(value, pointer).to_owned();
    let referral = county.submit(key, "referrals", &ecm_referral(&person));
    let authorization = county.submit(key, "authorizations", &ecm(&person));
    let bill = json!({ "member": person.named(), "diagnoses": ["Z59.02"], "lines": [billed("G9012 U2", 1, "2026-03-02", "75.00")] });
    let claim = county.submit(key, "claims", &bill);
    let paid = outreach_paid(county, key, &person);
    let application = json!({
        "legal_name": "Open Door", "services": ["ecm"], "counties": [COUNTY], "plans": ["valle-vista"],
    });
    let application = county.submit(key, "applications", &application);
    let roster = "CIN,Plan Member ID,Last Name,First Name,Date of Birth,Sex,Spoken Language,County,Residential Address,City,\
        Zip,Homelessness Indicator,Phone Number,Coverage Start Date,Coverage End Date,Line of Business,Group Code,\
        Dual Status Code,Renewal Month,PCP NPI\n";
    let roster = Request::bytes("/v1/rosters", "text/csv", roster).by(&county.plan("valle-vista").admin);
    let roster = county.client().send(&roster).with(201);
    let keys = county.client().read(&county.server.operator, "/v1/keys");
    let accounts = county.client().read(&county.server.operator, "/v1/accounts?limit=1");
    let provider = identity_provider(county);
    let document = Request::bytes("/v1/documents?kind=w9", "text/plain", "Nobody else's.").by(key);
    let document = county.client().send(&document).with(201);
    let plan = county.plan("valle-vista");
    let run =
        Request::post("/v1/plans/valle-vista/shadow-runs", &json!({ "digest": plan.digest, "last": 1 }));
    let run = county.client().send(&run.by(&plan.admin)).with(201);
    let contracts = county.client().read(key, "/v1/contracts?plan=valle-vista&state=active");
    let conflict = conflict_about_a_member(county);
    BTreeMap::from([
        ("/v1/contracts", id(&contracts, "/items/0/id")),
        ("/v1/referrals", id(&referral, "/id")),
        ("/v1/authorizations", id(&authorization, "/id")),
        ("/v1/claims", id(&claim, "/id")),
        ("/v1/remittances", paid),
        ("/v1/applications", id(&application, "/id")),
        ("/v1/members", id(&referral, "/member_id")),
        ("/v1/evaluations", id(&authorization, "/evaluation/id")),
        ("/v1/rosters", id(&roster, "/id")),
        ("/v1/identity-conflicts", conflict),
        ("/v1/keys", id(&keys, "/items/0/id")),
        ("/v1/accounts", id(&accounts, "/items/0/id")),
        ("/v1/identity-providers", provider),
        // Sessions and passkeys are their person's alone: no key sees one.
        ("/v1/sessions", format!("ses_{}", "0".repeat(32))),
        ("/v1/passkeys", format!("crd_{}", "0".repeat(32))),
        ("/v1/shadow-runs", id(&run, "/id")),
        ("/v1/documents", id(&document, "/id")),
        ("/v1/plans", "valle-vista".to_owned()),
        // What waits for a plan's people goes by its case.
        ("/v1/worklist", id(&referral, "/id")),
        ("/v1/organizations", county.provider("open-door").id.clone()),
        ("/fhir/Task", id(&referral, "/id").replace('_', "-")),
    ])
}

/// The provider by which people of Open Door could sign in. Set again, it is the same.
fn identity_provider(county: &County) -> String {
    let provider = json!({
        "organization": county.provider("open-door").id, "short_name": "open-door", "client_id": "crosswalk",
        "issuer": "https://login.opendoor.example", "client_secret": "invented",
    });
    let request = Request::post("/v1/identity-providers", &provider).by(&county.server.operator);
    text(&county.client().send(&request).with(200), "/id").to_owned()
}

/// Another plan's file has another birth date for a member of Valle Vista.
fn conflict_about_a_member(county: &County) -> String {
    let person = county.person("valle-vista");
    let file = format!(
        "CIN,Last Name,First Name,Date of Birth,County,Coverage Start Date\n{},{FAMILY},{GIVEN},1980-01-02,{COUNTY},2026-03-01\n",
        person.cin
    );
    let file = Request::bytes("/v1/rosters", "text/csv", file).by(&county.plan("harbor-crest").admin);
    county.client().send(&file).with(201);
    let conflicts = county.client().read(&county.plan("valle-vista").admin, "/v1/identity-conflicts?limit=1");
    text(&conflicts, "/items/0/id").to_owned()
}

/// A remittance of Valle Vista to the provider.
fn outreach_paid(county: &County, key: &str, person: &Person) -> String {
    let bill = json!({ "member": person.named(), "diagnoses": ["Z59.02"], "lines": [billed("G9012 U8", 1, "2026-03-01", "31.00")] });
    let claim = county.submit(key, "claims", &bill);
    let mut answer = payment(county, key, &claim);
    // Other tests have payments of this provider taken back meanwhile: the total is then another.
    for _ in 0..100 {
        if answer.json["errors"][0]["pointer"] != "/total" {
            break;
        }
        answer = payment(county, key, &claim);
    }
    text(&answer.with(201), "/id").to_owned()
}

/// Answer to a remittance for one claim, which bears what is still to be taken back from the provider.
fn payment(county: &County, key: &str, claim: &Value) -> Answer {
    let backs = county.client().read(key, "/v1/take-backs?limit=200");
    let backs = backs["items"].as_array().expect("a list").iter();
    let backs = backs.filter(|back| back["plan"] == "valle-vista");
    let owed: i64 = backs.map(|back| cents(&back["amount"])).sum();
    let total = (3_100 + owed).max(0);
    let remittance = json!({
        "number": text(claim, "/id"), "total": format!("{}.{:02}", total / 100, total % 100),
        "claims": [{ "claim": claim["id"], "lines": [{ "number": 1, "amount": "31.00" }] }],
    });
    let request = Request::post("/v1/remittances", &remittance).by(&county.plan("valle-vista").reviewer);
    county.client().send(&request)
}

fn what_is_anothers_is_not_there(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let things = things(county);
    let other = county.plan("silver-oak");
    let callers = [
        ("another provider", county.key_of("mesa-verde")),
        ("another plan's reviewer", &other.reviewer),
        ("another plan's administrator", &other.admin),
    ];
    let mut seen = 0;
    for operation in operations(&client).iter().filter(|operation| operation.path.contains("{id}")) {
        let (collection, _) = operation.path.split_once("/{id}").expect("it has an id");
        let id = things.get(collection).unwrap_or_else(|| panic!("nothing stands for {collection}"));
        // What a plan publishes is for everybody who is signed in.
        if operation.path == "/v1/plans/{id}/profile" {
            continue;
        }
        // So is who is enrolled, and as what.
        if operation.name() == "GET /v1/organizations/{id}" {
            continue;
        }
        let absent = if id.contains("valle") {
            "no-such-plan".to_owned()
        } else {
            format!("{}00000000", &id[..id.len() - 8])
        };
        for (who, key) in callers {
            let send = |id: &str| client.send(&operation.request(id).by(key));
            let (foreign, absent) = (send(id), send(&absent));
            let name = format!("{} by {who}", operation.name());
            assert!([403, 404].contains(&foreign.status), "{name}: {}", foreign.status);
            assert_eq!(foreign.status, absent.status, "{name}");
            assert_eq!(without_trace(&foreign), without_trace(&absent), "{name}");
            assert_eq!(foreign.header("etag"), "", "{name}");
            seen += 1;
        }
    }
    assert!(seen > 80, "{seen}");

    // Whose they are sees them; an id of one kind is none of another.
    let key = county.key_of("open-door");
    for (collection, id) in &things {
        let plans = ["/v1/rosters", "/v1/plans", "/v1/shadow-runs", "/v1/identity-conflicts", "/v1/worklist"];
        let people = ["/v1/keys", "/v1/accounts", "/v1/identity-providers", "/v1/sessions", "/v1/passkeys"];
        if people.contains(collection) || plans.contains(collection) {
            continue;
        }
        let query = if *collection == "/v1/members" { "?purpose=treatment" } else { "" };
        assert_eq!(
            client.send(&Request::get(format!("{collection}/{id}{query}")).by(key)).status,
            200,
            "{collection}"
        );
    }
    let claim = &things["/v1/claims"];
    assert_eq!(client.send(&Request::get(format!("/v1/referrals/{claim}")).by(key)).status, 404);
    assert_eq!(
        client.send(&Request::get(format!("/v1/members/{claim}?purpose=treatment")).by(key)).status,
        404
    );

    // A search for the Tasks of a referral finds as little of another's as of none.
    let task = &things["/fhir/Task"];
    let find = |key: &str, id: &str| {
        let answer = client.send(&Request::get(format!("/fhir/Task?part-of=Task/{id}")).by(key));
        let mut found = answer.with(200);
        found["link"] = Value::Null;
        found
    };
    let absent = format!("{}00000000", &task[..task.len() - 8]);
    for (who, key) in callers {
        assert_eq!(find(key, task), find(key, &absent), "{who}");
        assert_eq!(find(key, task)["total"], json!(0), "{who}");
    }

    // By number, a stranger finds nobody, whether there is somebody or not.
    let person = county.person("valle-vista");
    county.submit(key, "referrals", &ecm_referral(&person));
    for (who, key) in callers {
        let search = |cin: &str| {
            client.send(
                &Request::post("/v1/members/search", &json!({ "cin": cin, "purpose": "treatment" })).by(key),
            )
        };
        let (foreign, absent) = (search(&person.cin), search("97654321A"));
        assert_eq!(foreign.status, absent.status, "{who}");
        assert_eq!(without_trace(&foreign), without_trace(&absent), "{who}");
    }
    // Nor may a stranger hang a claim or an authorization on another's case.
    let stranger = county.key_of("mesa-verde");
    let claim_on = |id: &str| {
        let body = json!({ "member": person.named(), "frequency": "void", "replaces": id });
        client.send(&Request::post("/v1/claims", &body).by(stranger))
    };
    let absent = format!("{}00000000", &claim[..claim.len() - 8]);
    let (foreign, absent) = (claim_on(claim), claim_on(&absent));
    assert!(foreign.status == 404 || foreign.status == 422, "{}", foreign.status);
    assert_eq!(without_trace(&foreign), without_trace(&absent));
    let authorization_on = |id: &str| {
        let mut body = ecm(&person);
        body["referral"] = json!(id);
        client.send(&Request::post("/v1/authorizations", &body).by(stranger))
    };
    let referral = &things["/v1/referrals"];
    let foreign = authorization_on(referral);
    assert!(foreign.status == 404 || foreign.status == 422, "{}", foreign.status);
    let absent = authorization_on(&format!("{}00000000", &referral[..referral.len() - 8]));
    assert_eq!(without_trace(&foreign), without_trace(&absent));
}

/// The plans that read one provider's file, and what its people said of it.
const READERS: [(&str, &str); 3] =
    [("valle-vista", "decline"), ("silver-oak", "approve"), ("costa-alta", "approve")];

/// One file, read by several plans: each has decided. The provider sees all of it.
fn read_by_all(county: &County) -> Value {
    let provider = county.new_provider(&["meals"]);
    let plans: Vec<&str> = READERS.iter().map(|(plan, _)| *plan).collect();
    let file = json!({
        "legal_name": "Meals for All", "services": ["medically-tailored-meals"], "counties": [COUNTY],
        "plans": plans, "answers": facts(&[("org.mfa", json!(true))]), "documents": [],
    });
    let file = county.submit(&provider.key, "applications", &file);
    for (plan, decision) in READERS {
        let mut body = json!({ "decision": decision });
        if decision == "decline" {
            body["reason"] = json!({ "en": "The insurance has lapsed.", "es": "El seguro venció." });
        }
        // The version with which the file came is each plan's own, whatever others did since.
        let decided = county.change(&county.plan(plan).reviewer, &file, "decisions", &body).with(200);
        holds_nothing_of_others(county, plan, "the answer to its own decision", &decided);
        assert_eq!(decided["version"], json!(2), "{plan} is told how often others acted");
    }
    county.again(&provider.key, &file)
}

/// Nothing that is another reader's is in what a plan was shown: no plan's name, no decision, no
/// organization.
#[track_caller]
fn holds_nothing_of_others(county: &County, plan: &str, what: &str, shown: &Value) {
    let shown = shown.to_string();
    for (other, _) in READERS.iter().filter(|(other, _)| *other != plan) {
        assert!(!shown.contains(&format!("\"{other}\"")), "{what}, shown to {plan}, names {other}: {shown}");
        let organization = county.organization_of(other);
        assert!(!shown.contains(&organization), "{what}, shown to {plan}, names {other}'s people: {shown}");
    }
}

/// Two tenants inside one case. Knox-Keene plans compete; a provider's file is one, each plan's reading of it
/// is its own.
fn inside_one_file_each_plan_sees_its_own(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let file = read_by_all(county);
    let id = text(&file, "/id");
    let evaluation_of = |plan: &str| {
        let reviews = file["reviews"].as_array().expect("the provider sees each");
        let own = reviews.iter().find(|review| review["plan"] == plan).expect("it reads it");
        text(own, "/evaluation/id").to_owned()
    };
    assert_eq!(file["reviews"].as_array().map(Vec::len), Some(READERS.len()));
    let asked: Vec<&str> =
        READERS.iter().map(|(plan, _)| *plan).filter(|plan| !evaluation_of(plan).is_empty()).collect();
    assert!(asked.len() > 1, "the rules of several plans read it: {asked:?}");
    let mut looked = 0;
    for (plan, _) in READERS {
        for key in [&county.plan(plan).reviewer, &county.plan(plan).admin] {
            for operation in operations(&client).iter().filter(|one| one.method == "GET") {
                let is_list = operation.path == "/v1/applications" || operation.path == "/v1/worklist";
                if !operation.path.starts_with("/v1/applications/{id}") && !is_list {
                    continue;
                }
                let shown = client.send(&operation.request(id).by(key)).with(200);
                looked += 1;
                let of_it = shown["items"].as_array().map(|items| {
                    Value::from_iter(items.iter().filter(|one| one["id"] == json!(id)).cloned())
                });
                let shown = if is_list { of_it.expect("a list") } else { shown };
                holds_nothing_of_others(county, plan, &operation.name(), &shown);
            }
            for other in &asked {
                let evaluation = evaluation_of(other);
                for operation in operations(&client) {
                    if !operation.path.starts_with("/v1/evaluations/{id}") || operation.path.contains("what")
                    {
                        continue;
                    }
                    let answer = client.send(&operation.request(&evaluation).by(key));
                    let name = format!("{} of {other} by {plan}", operation.name());
                    looked += 1;
                    assert_eq!(answer.status == 404, *other != plan, "{name}: {}", answer.json);
                }
            }
        }
    }
    assert!(looked > 20, "{looked}");
    // How far the file is, a plan learns of its own reading; and a list is not narrowed by what is another's.
    for (plan, narrowed, there) in [
        ("valle-vista", "state=settled", true),
        ("valle-vista", "state=open", false),
        ("valle-vista", "plan=valle-vista", true),
        ("valle-vista", "plan=costa-alta", false),
    ] {
        let path = format!("/v1/applications?limit=200&{narrowed}");
        let list = client.read(&county.plan(plan).reviewer, &path);
        let listed = list["items"].as_array().expect("a list").iter().any(|one| one["id"] == json!(id));
        assert_eq!(listed, there, "{plan} asks for {narrowed}");
    }
    lists_tell_of_no_other_reading(county, id);
    // What would turn an answer is asked of one's own.
    for (plan, other) in asked.iter().flat_map(|plan| asked.iter().map(move |other| (*plan, *other))) {
        let request = Request::post("/v1/what-if", &json!({ "evaluation": evaluation_of(other) }));
        let answer = client.send(&request.by(&county.plan(plan).reviewer));
        if plan == other {
            assert_eq!(answer.status, 200, "{plan} asks about its own answer: {}", answer.json);
        } else {
            let absent =
                Request::post("/v1/what-if", &json!({ "evaluation": format!("dec_{}", "0".repeat(32)) }));
            let absent = client.send(&absent.by(&county.plan(plan).reviewer));
            assert_eq!(without_trace(&answer), without_trace(&absent), "{plan} asks about {other}'s answer");
            assert_ne!(answer.status, 200, "{plan} asks about {other}'s answer");
        }
    }
}

/// Work, clocks and audit of the file's plans tell each plan of itself alone, and no list is narrowed
/// by what is another's: who could ask for a rival's part would learn whether the rival reads the file.
#[track_caller]
fn lists_tell_of_no_other_reading(county: &County, id: &str) {
    let client = county.client();
    for (plan, _) in READERS {
        for key in [&county.plan(plan).reviewer, &county.plan(plan).admin] {
            let about = |list: &str| -> Vec<Value> {
                let page = client.read(key, list);
                let items = page["items"].as_array().expect("a list").iter();
                items.filter(|one| one.to_string().contains(id)).cloned().collect()
            };
            let lists = [
                format!("/v1/notices?limit=200&case={id}"),
                format!("/v1/audit?limit=200&subject={id}"),
                "/v1/deadlines?limit=200".to_owned(),
            ];
            for list in lists {
                holds_nothing_of_others(county, plan, &list, &Value::from(about(&list)));
            }
            for (asked, _) in READERS {
                for narrowed in [format!("plan={asked}"), format!("plan={asked}&case={id}")] {
                    let found = about(&format!("/v1/notices?limit=200&{narrowed}"));
                    assert!(
                        asked == plan || found.is_empty(),
                        "{plan} asks for notices with {narrowed}: {found:?}"
                    );
                }
            }
        }
    }
}

/// While one plan's reading is done and another's is not, each is told of its own.
fn each_reading_has_its_own_state(database: Database) {
    let county = County::shared(database);
    let provider = county.new_provider(&["meals"]);
    let file = json!({
        "legal_name": "Meals for Some", "services": ["medically-tailored-meals"], "counties": [COUNTY],
        "plans": ["valle-vista", "costa-alta"], "answers": [], "documents": [],
    });
    let file = county.submit(&provider.key, "applications", &file);
    let approve = json!({ "decision": "approve" });
    let (waits, acts) = (&county.plan("valle-vista").reviewer, &county.plan("costa-alta").reviewer);
    let path = format!("/v1/applications/{}", text(&file, "/id"));
    // The tag's version and all that is shown, but for the clocks: one ends when a notice is delivered, and
    // notices are delivered meanwhile.
    let shown = |key: &str| {
        let mut answer = county.client().send(&Request::get(&*path).by(key));
        let version = answer.header("etag").split('.').next().map(str::to_owned);
        answer.json.as_object_mut().expect("a case").remove("deadlines").expect("it has clocks");
        (version, answer.json)
    };
    let (before, whole) = (shown(waits), shown(&provider.key));
    let decided = county.change(acts, &file, "decisions", &approve).with(200);
    assert_eq!(decided["state"], "settled");
    assert_eq!(shown(waits), before, "the other plan reads nothing new");
    assert_ne!(shown(&provider.key).0, whole.0, "the provider does");
    let late = county.change(acts, &file, "decisions", &approve);
    assert_eq!((late.status, late.code()), (412, "stale"));
    // What the provider adds is news for both.
    let more = json!({ "documents": [{ "kind": "w9", "issued": "2026-01-05" }] });
    let file =
        county.change(&provider.key, &county.again(&provider.key, &file), "information", &more).with(200);
    for (plan, version) in [("valle-vista", 2), ("costa-alta", 3)] {
        let seen = county.again(&county.plan(plan).reviewer, &file);
        assert_eq!(seen["version"], json!(version), "{plan}");
    }
    assert_eq!(county.again(&county.plan("valle-vista").reviewer, &file)["state"], "open");
    assert_eq!(county.again(&provider.key, &file)["state"], "open");
    let steps = |key: &str| -> Vec<String> {
        county.timeline(key, &file).iter().map(|step| text(step, "/event").to_owned()).collect()
    };
    let approvals = |key: &str| steps(key).iter().filter(|step| *step == "approve").count();
    assert_eq!(approvals(&county.plan("valle-vista").reviewer), 0);
    assert_eq!(approvals(&county.plan("costa-alta").reviewer), 1);
    assert_eq!(approvals(&provider.key), 1);
    assert!(steps(&county.plan("valle-vista").reviewer).contains(&"received".to_owned()));
}

fn lists_hold_what_is_the_callers(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let key = county.key_of("open-door");
    let person = county.person("valle-vista");
    let case = county.submit(key, "referrals", &ecm_referral(&person));
    let member = text(&case, "/member_id");
    let silver_oak = county.plan("silver-oak");
    for caller in [county.key_of("mesa-verde"), &silver_oak.reviewer, &silver_oak.admin] {
        for list in [
            "referrals",
            "authorizations",
            "claims",
            "applications",
            "members",
            "deadlines",
            "notices",
            "worklist",
        ] {
            let purpose = if list == "members" { "&purpose=treatment" } else { "" };
            let answer = client.send(&Request::get(format!("/v1/{list}?limit=200{purpose}")).by(caller));
            let content = String::from_utf8_lossy(&answer.bytes).into_owned();
            assert!([200, 403].contains(&answer.status), "{list}: {}", answer.status);
            assert!(!content.contains(text(&case, "/id")) && !content.contains(member), "{list}");
        }
    }
    for caller in [key, &county.plan("valle-vista").reviewer] {
        let list = client.read(caller, "/v1/referrals?limit=200");
        assert!(list["items"].as_array().expect("a list").iter().any(|one| one["id"] == case["id"]));
    }
    // Whoever runs the instance sees no member and no case.
    for list in ["referrals", "authorizations", "claims", "applications", "members"] {
        let purpose = if list == "members" { "?purpose=operations" } else { "" };
        let answer = client.send(&Request::get(format!("/v1/{list}{purpose}")).by(&county.server.operator));
        assert!(answer.status == 403 || answer.json["items"] == json!([]), "{list}");
    }
    let own = client
        .send(&Request::get(format!("/v1/members/{member}?purpose=treatment")).by(&county.server.operator));
    assert!([403, 404].contains(&own.status));
}

fn a_plan_sees_the_members_it_covers(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let person = county.person("valle-vista");
    let search = |key: &str| {
        client
            .send(
                &Request::post("/v1/members/search", &json!({ "cin": person.cin, "purpose": "treatment" }))
                    .by(key),
            )
            .status
    };
    assert_eq!(search(&county.plan("valle-vista").reviewer), 200);
    assert_eq!(search(&county.plan("harbor-crest").reviewer), 404);
    assert_eq!(search(county.key_of("hospital")), 404, "not before the hospital works with the member");
    let request = json!({
        "member": person.named(), "service": "recuperative-care",
        "lines": [asked("T2033 U6", 2, "2026-03-02", "2026-03-03")],
        "facts": facts(&[("consent.member-agrees", json!(true))]),
    });
    county.submit(county.key_of("hospital"), "authorizations", &request);
    assert_eq!(search(county.key_of("hospital")), 200);
    assert_eq!(search(county.key_of("mesa-verde")), 404);
}

fn without_trace(answer: &Answer) -> Value {
    let mut body = answer.json.clone();
    for pointer in ["/trace_id", "/issue/0/diagnostics"] {
        if let Some(value) = body.pointer_mut(pointer) {
            // FHIR's diagnostics end with the request's id.
            let kept =
                value.as_str().unwrap_or_default().split(" (request ").next().unwrap_or_default().to_owned();
            *value = if pointer == "/trace_id" { Value::Null } else { kept.into() };
        }
    }
    body
}

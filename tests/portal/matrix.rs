//! Every address of the portal for every role: what is another's looks as what nobody has, what a role may
//! not do is refused, and what other sites send does nothing. The addresses are the router's own table.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::{path_of, routes};
use crate::harness::{
    Answer, Client, County, Database, Request, SESSION, Seat, facts, on_both_databases, text,
};
use crate::isolation::things;
use crate::journeys::nights;
use crate::lifecycle::{hex, signing_key};
use crate::portal::passkeys::{added, passkeys};

on_both_databases! {
    what_is_anothers_looks_as_what_nobody_has
    what_a_query_names_looks_as_what_nobody_has
    what_a_field_names_looks_as_what_nobody_has
    a_number_of_anothers_member_finds_as_much_as_nobodys
    anothers_document_is_not_taken_into_a_file
    each_page_is_for_its_roles
    no_form_of_another_site_is_taken_however_it_is_sent
    every_kind_of_answer_has_the_headers
}

/// Routes behind which even their owner has nothing in the county that all share: a changed decision takes a
/// version that changes one, and rows of a table would be those of every test.
const EMPTY: [&str; 2] =
    ["/portal/rules/{id}/shadow/{run}/cases/{number}", "/portal/tables/{name}/{version}"];

/// The account and the session of who sits there.
fn own_ids(client: &Client, seat: &Seat) -> [String; 2] {
    let secret = seat.cookie(SESSION).expect("signed in");
    let session = client.read(&secret, "/v1/sessions/current");
    ["/account", "/id"].map(|part| text(&session, part).to_owned())
}

const PROVIDER: [&str; 3] = ["coordinator", "biller", "clerk"];
const PLAN: [&str; 3] = ["plan-operations", "analyst", "reviewer"];

/// One thing of each kind that an address can name, whose owners sit beside it.
struct Owned {
    /// Id by the beginning of the routes that take it.
    ids: BTreeMap<&'static str, String>,
    owners: Vec<Seat>,
    run: String,
}

impl Owned {
    fn of(county: &County) -> Self {
        let client = county.client();
        let things = things(county);
        let provider = Seat::administering(county, &county.provider("open-door").id, &PROVIDER);
        let plan = Seat::administering(county, &county.organization_of("valle-vista"), &PLAN);
        let tables = Seat::at(county, &county.organization_of("harbor-crest"), &["analyst"]);
        let kitchen = Seat::at(county, &county.provider("mesa-verde").id, &["coordinator"]);
        let office = Seat::administering(county, &county.server.office(), &["county-operator"]);
        let [account, session] = own_ids(&client, &provider);
        let admin = &county.plan("valle-vista").admin;
        let keys = client.read(admin, "/v1/keys?limit=200");
        let keys = keys["items"].as_array().expect("a list").iter();
        let key = keys.clone().find(|key| key["revoked_at"].is_null()).expect("its own key");
        let of = |kind: &str| things[kind].clone();
        // One of its plans asks how many years the organization has worked.
        let file = json!({
            "legal_name": "Open Door", "services": ["ecm"], "counties": ["SRV"],
            "plans": ["valle-vista", "harbor-crest"],
        });
        let file = county.submit(county.key_of("open-door"), "applications", &file);
        let file = text(&file, "/id").to_owned();
        let ids = BTreeMap::from([
            ("/portal/account/passkeys/", added(&client, &provider)),
            ("/portal/account/sessions/", session),
            ("/portal/accounts/", account),
            ("/portal/applications/", file.clone()),
            ("/portal/authorizations/", of("/v1/authorizations")),
            ("/portal/claims/", of("/v1/claims")),
            ("/portal/county/keys/", text(key, "/id").to_owned()),
            ("/portal/documents/", document_of_a_case(county)),
            ("/portal/file/", file),
            ("/portal/identity/", of("/v1/identity-providers")),
            ("/portal/offers/", offered(county)),
            ("/portal/payments/", of("/v1/remittances")),
            ("/portal/people/", of("/v1/members")),
            ("/portal/referrals/", of("/v1/referrals")),
            ("/portal/rules/", county.plan("valle-vista").digest.clone()),
            ("/portal/rules/keys/", text(key, "/id").to_owned()),
            ("/portal/rules/keys/signing/", signing(&client, admin)),
            ("/portal/tables/", "fee-schedule".to_owned()),
            ("/portal/work/", of("/v1/referrals")),
            ("/portal/work/documents/", document_of_a_case(county)),
        ]);
        let run = of("/v1/shadow-runs");
        Self { ids, owners: vec![provider, plan, tables, kitchen, office], run }
    }

    /// The id that stands in a route, and one that is nobody's.
    fn id_of(&self, route: &str) -> (String, String) {
        let (before, _) = route.split_once('{').expect("it names something");
        let id = self.ids.get(before).unwrap_or_else(|| panic!("nothing stands for {before}"));
        (id.clone(), nobodys(id))
    }

    /// Addresses of a route: of what is there, and of what nobody has. Where two things are named, each of
    /// them is once nobody's.
    fn addresses(&self, route: &str) -> Vec<(String, String)> {
        let (id, none) = self.id_of(route);
        let query = if route.ends_with("/answer") { "?fact=org.years-in-operation" } else { "" };
        let filled = |step: &str, id: &str, run: &str| {
            let path = route.replace("{kind}", "referral").replace("{step}", step).replace("{number}", "1");
            let path = path.replace("{id}", id).replace("{run}", run);
            format!("{}{query}", path.replace("{name}", id).replace("{version}", "1"))
        };
        let steps: &[&str] =
            if route.contains("{step}") { &["needed", "accept", "close", "end", "withdraw"] } else { &[""] };
        let mut pairs = Vec::new();
        for step in steps {
            let there = filled(step, &id, &self.run);
            pairs.push((there.clone(), filled(step, &none, &self.run)));
            if route.contains("{run}") {
                pairs.push((there, filled(step, &id, &nobodys(&self.run))));
            }
        }
        pairs
    }
}

/// The same id with its last digits changed, which no record has.
fn nobodys(id: &str) -> String {
    match id.len() {
        0..=20 => "no-such-thing".to_owned(),
        length => format!("{}00000000", &id[..length - 8]),
    }
}

/// A referral that waits for the answer of the kitchen.
fn offered(county: &County) -> String {
    let referral = json!({
        "member": county.person("costa-alta").named(), "service": "medically-tailored-meals",
        "preferred_provider": county.provider("mesa-verde").id,
        "facts": facts(&[("consent.member-agrees", json!(true))]),
    });
    let case = county.submit(county.key_of("open-door"), "referrals", &referral);
    let reviewer = &county.plan("costa-alta").reviewer;
    county.change(reviewer, &case, "decisions", &json!({ "decision": "accept" })).with(200);
    text(&case, "/id").to_owned()
}

fn signing(client: &Client, admin: &str) -> String {
    let listed = client.read(admin, "/v1/plans/valle-vista/signing-keys");
    // Two tests of a county may ask for one; it is registered once.
    let public = hex(&signing_key(77).pk[..]);
    let keys = listed["items"].as_array().expect("a list").iter();
    if let Some(known) = keys.clone().find(|key| text(key, "/public_key") == public) {
        return text(known, "/id").to_owned();
    }
    let body = json!({ "public_key": public, "label": "of the matrix" });
    let request = Request::post("/v1/plans/valle-vista/signing-keys", &body).by(admin);
    text(&client.send(&request).with(201), "/id").to_owned()
}

/// A document that came with a request to the plan.
fn document_of_a_case(county: &County) -> String {
    let key = county.key_of("open-door");
    let path = "/v1/documents?kind=discharge-summary";
    let document = Request::bytes(path, "text/plain", "Discharged on March 2.").by(key);
    let document = county.client().send(&document).with(201);
    let mut request = nights(county, &county.person("valle-vista"), 14, "2026-03-15");
    request["documents"] =
        json!([{ "kind": "discharge-summary", "issued": "2026-03-02", "document": document["id"] }]);
    county.submit(key, "authorizations", &request);
    text(&document, "/id").to_owned()
}

/// Entries with which a form would be taken, whichever it is.
const ENTRIES: [(&str, &str); 25] = [
    ("version", "1"),
    ("turn", "1"),
    ("reason", "services-received"),
    ("decision", "accept"),
    ("step", "take"),
    ("to", "accept"),
    ("button", "do"),
    ("when", "now"),
    ("range", "last"),
    ("last", "5"),
    ("fact", "org.years-in-operation"),
    ("value", "6"),
    ("kind", "w9"),
    ("rows", "procedure,amount\n"),
    ("from", "2026-03-02"),
    ("name", "Eve Matrix"),
    ("language", "en"),
    ("role", "clerk"),
    ("short-name", "matrix"),
    ("issuer", "https://login.matrix.example"),
    ("client-id", "crosswalk"),
    ("line-1-code", "S9977 U7"),
    ("line-1-first", "2026-02-27"),
    ("line-1-units", "1"),
    ("line-1-charge", "1.00"),
];

fn once() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("matrix{:010}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Everything of an answer but its id and its instant, with the ids taken out that the address had.
fn shape(answer: &Answer, ids: &[&str]) -> String {
    const HEADERS: [&str; 8] = [
        "content-type",
        "location",
        "set-cookie",
        "etag",
        "content-disposition",
        "content-language",
        "retry-after",
        "cache-control",
    ];
    let head = HEADERS.map(|name| format!("{name}: {}\n", answer.header_values(name).join(", "))).concat();
    let mut shape = format!("{}\n{head}{}", answer.status, String::from_utf8_lossy(&answer.bytes));
    for id in ids {
        shape = shape.replace(id, "ID");
    }
    shape
}

/// Asks about an address in every way of its method.
fn asked(seat: &Seat, method: &str, path: &str, ids: &[&str]) -> Vec<(u16, String)> {
    let attempt = once();
    let fields: Vec<(&str, &str)> = [("once", attempt.as_str())].into_iter().chain(ENTRIES).collect();
    let requests = match method {
        "GET" => vec![Request::get(path)],
        _ => vec![seat.form(path, &fields), seat.form_with_files(path, &fields, &[])],
    };
    let send = |request: Request| {
        // The number of a request stands on its page.
        let answer = seat.send(request.header("X-Request-Id", "the-same-request"));
        (answer.status, shape(&answer, ids))
    };
    requests.into_iter().map(send).collect()
}

/// Seats of people to whom nothing of it belongs: every role alone, and those who look after people and keys.
fn strangers(county: &County) -> Vec<(String, Seat)> {
    let (provider, plan) = (county.provider("hospital").id.clone(), county.organization_of("silver-oak"));
    let office = county.server.office();
    let mut seats = Vec::new();
    for (organization, roles) in [
        (&provider, &PROVIDER[..]),
        (&plan, &PLAN[..]),
        (&office, &["county-operator", "county-analyst"][..]),
    ] {
        for role in roles {
            seats.push(((*role).to_owned(), Seat::at(county, organization, &[*role])));
        }
    }
    seats.push(("administrating provider".to_owned(), Seat::administering(county, &provider, &PROVIDER)));
    seats.push(("administrating plan".to_owned(), Seat::administering(county, &plan, &PLAN)));
    seats
}

fn what_is_anothers_looks_as_what_nobody_has(database: Database) {
    let county = County::shared(database);
    let owned = Owned::of(county);
    let named: Vec<_> = routes().filter(|(side, _, path)| *side == "inside" && path.contains('{')).collect();
    assert!(named.len() > 60, "the table is whole: {}", named.len());

    // What stands for each route is really there: its owner is shown a page.
    for (_, _, route) in named.iter().filter(|(_, method, _)| *method == "GET") {
        let found = owned.addresses(route).iter().any(|(there, _)| {
            owned
                .owners
                .iter()
                .any(|owner| ![403, 404].contains(&owner.send(Request::get(there.as_str())).status))
        });
        assert!(found || EMPTY.contains(route), "nobody is shown {route}");
    }

    let before = standing(county, &owned);
    let mut seen = 0;
    for (who, seat) in strangers(county) {
        for (_, method, route) in &named {
            let (id, none) = owned.id_of(route);
            let (run, no_run) = (owned.run.clone(), nobodys(&owned.run));
            let ids = [&*id, &*none, &*run, &*no_run];
            for (there, nowhere) in owned.addresses(route) {
                let (theirs, nobodys) =
                    (asked(&seat, method, &there, &ids), asked(&seat, method, &nowhere, &ids));
                assert_eq!(theirs, nobodys, "{who}: {method} {there}");
                let refused = theirs.iter().all(|(status, _)| (400..500).contains(status));
                assert!(refused, "{who}: {method} {there}: {theirs:?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 600, "{seen}");
    assert_eq!(standing(county, &owned), before, "nothing was done by any of them");
}

/// Everything that a form of a stranger could have changed, as its owners see it.
fn standing(county: &County, owned: &Owned) -> Vec<Value> {
    let client = county.client();
    let (provider, plan) = (county.key_of("open-door"), county.plan("valle-vista"));
    let mut standing = Vec::new();
    for (list, before) in [
        ("referrals", "/portal/referrals/"),
        ("authorizations", "/portal/authorizations/"),
        ("claims", "/portal/claims/"),
        ("applications", "/portal/applications/"),
    ] {
        let case = client.read(provider, &format!("/v1/{list}/{}", owned.ids[before]));
        standing.push(json!([case["version"], case["state"]]));
    }
    let offer = client.read(provider, &format!("/v1/referrals/{}", owned.ids["/portal/offers/"]));
    standing.push(json!([offer["version"], offer["placing"]["state"]]));
    let keys = client.read(&plan.admin, "/v1/keys?limit=200");
    let keys = keys["items"].as_array().expect("a list").iter();
    let own = keys.clone().find(|key| text(key, "/id") == owned.ids["/portal/rules/keys/"]);
    standing.push(own.map_or(Value::Null, |key| key["revoked_at"].clone()));
    let version = client.read(&plan.admin, &format!("/v1/plugins/{}", plan.digest));
    standing.push(json!([version["state"], version["approval"]]));
    let providers = client.read(&county.server.operator, "/v1/identity-providers?limit=200");
    let providers = providers["items"].as_array().expect("a list").iter();
    let own = providers.clone().find(|one| text(one, "/id") == owned.ids["/portal/identity/"]);
    standing.push(own.map_or(Value::Null, |one| json!([one["ended_at"], one["short_name"]])));
    let account = format!("/v1/accounts/{}", owned.ids["/portal/accounts/"]);
    let account = client.read(&county.server.operator, &account);
    standing.push(json!([account["version"], account["state"], account["name"]]));
    standing.push(json!(passkeys(&client, &owned.owners[0]).len()));
    standing
}

/// Part of a page that is about its matter: neither who reads it nor until when.
#[track_caller]
fn matter(html: &str, ids: &[&str]) -> String {
    let (_, main) = html.split_once("<main").expect("a page");
    let main = main.split("</main>").next().unwrap_or_default();
    ids.iter().fold(main.to_owned(), |main, id| main.replace(id, "ID"))
}

fn what_a_query_names_looks_as_what_nobody_has(database: Database) {
    let county = County::shared(database);
    let things = things(county);
    let of = |kind: &str| things[kind].clone();
    let provider = Seat::administering(county, &county.provider("hospital").id, &PROVIDER);
    let plan = Seat::administering(county, &county.organization_of("silver-oak"), &PLAN);
    for (seat, before, id) in [
        (&provider, "/portal/ask?member=", of("/v1/members")),
        (&provider, "/portal/ask/sent?referral=", of("/v1/referrals")),
        (&provider, "/portal/ask/sent?authorization=", of("/v1/authorizations")),
        (&provider, "/portal/file/new?of=", of("/v1/applications")),
        (&provider, "/portal/accounts?organization=", of("/v1/organizations")),
        (&provider, "/portal/accounts/new?organization=", of("/v1/organizations")),
        (&plan, "/portal/accounts?organization=", of("/v1/organizations")),
        (&plan, "/portal/rules/file?of=", county.plan("valle-vista").digest.clone()),
    ] {
        let none = nobodys(&id);
        let look = |named: &str| asked(seat, "GET", &format!("{before}{named}"), &[&*id, &*none]);
        let theirs = look(&id);
        assert_eq!(theirs, look(&none), "{before}");
        assert_eq!(theirs[0].0, 404, "{before}");
    }
}

/// Whose case is asked for, whose file is sent on, whose colleague comes.
fn what_a_field_names_looks_as_what_nobody_has(database: Database) {
    let county = County::shared(database);
    let things = things(county);
    let provider = Seat::administering(county, &county.provider("hospital").id, &PROVIDER);
    for (path, field, kind) in [
        ("/portal/ask", "member", "/v1/members"),
        ("/portal/file/new", "of", "/v1/applications"),
        ("/portal/accounts/new", "organization", "/v1/organizations"),
    ] {
        let send = |id: &str| {
            let attempt = once();
            let fields: Vec<(&str, &str)> =
                [("once", attempt.as_str()), (field, id)].into_iter().chain(ENTRIES).collect();
            let request = provider.form(path, &fields).header("X-Request-Id", "the-same-request");
            let answer = provider.send(request);
            (answer.status, shape(&answer, &[id]))
        };
        let theirs = send(&things[kind]);
        assert_eq!(theirs, send(&nobodys(&things[kind])), "{path}: {field}");
        assert_eq!(theirs.0, 404, "{path}: {field}");
    }
}

fn a_number_of_anothers_member_finds_as_much_as_nobodys(database: Database) {
    let county = County::shared(database);
    let provider = Seat::at(county, &county.provider("hospital").id, &PROVIDER);
    let person = county.person("valle-vista");
    for path in ["/portal/people", "/portal/ask/person", "/portal/criteria/person"] {
        let find = |number: &str| {
            let fields = [("service", "ecm"), ("county", ""), ("on", ""), ("number", number)];
            let page = provider.post(path, &fields);
            (page.status, matter(&page.html, &[number]))
        };
        let theirs = find(&person.cin);
        assert_eq!(theirs, find("91234567Z"), "{path}");
        assert_eq!(theirs.0, 422, "{path}");
    }
}

fn anothers_document_is_not_taken_into_a_file(database: Database) {
    let county = County::shared(database);
    let own = county.new_provider(&["meals"]);
    let file = json!({
        "legal_name": "Own Kitchen", "services": ["medically-tailored-meals"], "counties": ["SRV"],
        "plans": ["valle-vista"], "answers": [], "documents": [],
    });
    let file = county.submit(&own.key, "applications", &file);
    let clerk = Seat::at(county, &own.id, &["clerk"]);
    let path = format!("/portal/file/{}/document", text(&file, "/id"));
    let form = clerk.get(&path).with(200);
    let (attempt, version) = (form.value("once"), form.value("version"));
    let hold = |held: &str| {
        let fields = [("once", &*attempt), ("version", &*version), ("kind", "w9"), ("held", held)];
        let page = clerk.post(&path, &fields);
        (page.status, matter(&page.html, &[held]))
    };
    let document = &things(county)["/v1/documents"];
    let theirs = hold(document);
    assert_eq!(theirs, hold(&nobodys(document)));
    assert!((400..500).contains(&theirs.0), "{theirs:?}");
    assert_eq!(county.again(&own.key, &file)["version"], file["version"]);
}

/// A page of the table, and the answer to each role: its provider's, the plan's people without and with its
/// rules, and the county's.
const PAGES: [(&str, [u16; 4]); 28] = [
    ("/portal/account", [200, 200, 200, 200]),
    ("/portal/account/passkeys", [200, 200, 200, 200]),
    ("/portal/account/passkeys/added", [200, 200, 200, 200]),
    ("/portal/accounts", [403, 403, 403, 403]),
    ("/portal/accounts/new", [403, 403, 403, 403]),
    ("/portal/ask", [200, 403, 403, 403]),
    ("/portal/claims/new", [200, 403, 403, 403]),
    ("/portal/county", [404, 404, 404, 200]),
    ("/portal/county/audit", [404, 404, 404, 200]),
    ("/portal/county/figures.csv", [404, 404, 404, 200]),
    ("/portal/county/health", [404, 404, 404, 200]),
    ("/portal/county/keys", [404, 404, 404, 403]),
    ("/portal/county/keys/new", [404, 404, 404, 403]),
    ("/portal/county/organizations", [404, 404, 404, 200]),
    ("/portal/county/people", [404, 404, 404, 403]),
    ("/portal/criteria", [200, 200, 200, 200]),
    ("/portal/file", [200, 403, 403, 403]),
    ("/portal/file/new", [200, 403, 403, 403]),
    ("/portal/identity", [403, 403, 403, 403]),
    ("/portal/identity/new", [403, 403, 403, 403]),
    ("/portal/news", [200, 403, 403, 403]),
    ("/portal/payments", [200, 200, 200, 403]),
    ("/portal/people/new", [200, 403, 403, 403]),
    ("/portal/rules", [404, 403, 200, 404]),
    ("/portal/rules/file", [403, 403, 200, 403]),
    ("/portal/rules/keys", [404, 403, 200, 404]),
    ("/portal/rules/upload", [404, 403, 200, 404]),
    ("/portal/work", [403, 200, 200, 403]),
];

/// Pages that show each role its own, or nothing: other tests look at what is on them.
const FOR_ALL: [&str; 7] = [
    "/portal",
    "/portal/ask/sent",
    "/portal/claims",
    "/portal/contracts",
    "/portal/criteria/changes",
    "/portal/people",
    "/portal/tables",
];

fn each_page_is_for_its_roles(database: Database) {
    let county = County::shared(database);
    let pages = routes().filter(|(side, method, path)| {
        *side == "inside" && *method == "GET" && !path.contains('{') && !FOR_ALL.contains(path)
    });
    let mut pages: Vec<&str> = pages.map(|(_, _, path)| path).collect();
    pages.sort_unstable();
    assert_eq!(pages, PAGES.map(|(path, _)| path), "a new page is added here with who may see it");
    let office = county.server.office();
    let (provider, plan) = (county.provider("open-door").id.clone(), county.organization_of("valle-vista"));
    let roles = [
        (0, &provider, "coordinator"),
        (0, &provider, "biller"),
        (0, &provider, "clerk"),
        (1, &plan, "plan-operations"),
        (1, &plan, "reviewer"),
        (2, &plan, "analyst"),
        (3, &office, "county-operator"),
        (3, &office, "county-analyst"),
    ];
    let mut wrong = Vec::new();
    for (place, organization, role) in roles {
        let seat = Seat::at(county, organization, &[role]);
        for (path, expected) in PAGES {
            let found = seat.get(path).status;
            if found != expected[place] {
                wrong.push(format!("{role}: {path}: {found}, not {}", expected[place]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn no_form_of_another_site_is_taken_however_it_is_sent(database: Database) {
    let county = County::shared(database);
    let seat = Seat::at(county, &county.provider("open-door").id, &PROVIDER);
    let secret = seat.cookie(SESSION);
    let own = county.client().origin().to_owned();
    // The same host by another port or name is another site; a frame that hides its origin is one too.
    let origins = [format!("{own}0"), own.replacen("127.0.0.1", "localhost", 1), "null".to_owned()];
    let posts: Vec<&str> =
        routes().filter(|(_, method, _)| *method == "POST").map(|(.., path)| path).collect();
    assert!(posts.len() > 40, "{posts:?}");
    for route in posts {
        let path = path_of(route, "x");
        let plain = || Request::bytes(&*path, "text/plain", "then=/portal").without("Idempotency-Key");
        let bare = |request: Request| request.without("Origin").without("Sec-Fetch-Site");
        let mut crossed = vec![
            bare(seat.form(&path, &[("then", "/portal")])).header("Sec-Fetch-Site", "cross-site"),
            bare(seat.form_with_files(&path, &[("then", "/portal")], &[]))
                .header("Sec-Fetch-Site", "same-site"),
            plain().header("Origin", "https://evil.example"),
        ];
        // A browser of old says only where a form comes from.
        crossed.extend(origins.iter().map(|origin| bare(seat.form(&path, &[])).header("Origin", origin)));
        for method in ["PUT", "PATCH", "DELETE"] {
            let form = bare(seat.form(&path, &[])).header("Sec-Fetch-Site", "cross-site");
            crossed.push(form.method(method));
        }
        for request in crossed {
            let told = format!("{request:?}");
            let answer = seat.send(request);
            let page = String::from_utf8_lossy(&answer.bytes).into_owned();
            assert_eq!(answer.status, 403, "{told}: {page}");
            assert!(page.contains("This came from another site"), "{told}: {page}");
            assert!(answer.header_values("set-cookie").is_empty(), "{told}");
        }
    }
    assert_eq!(seat.cookie(SESSION), secret);
    seat.get("/portal").with(200);
}

/// Checks what a browser is told about every answer; `kept` is how long it may keep it.
#[track_caller]
fn check_headers(answer: &Answer, status: u16, kept: &str, what: &str) {
    assert_eq!(answer.status, status, "{what}: {}", String::from_utf8_lossy(&answer.bytes));
    let policy = answer.header("content-security-policy");
    // A page sends its forms to us, and a file none at all.
    let parts = ["default-src 'none'", "frame-ancestors 'none'", "form-action '", "base-uri 'none'"];
    for part in parts {
        assert!(policy.contains(part), "{what}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{what}: {policy}");
    for (name, value) in [
        ("cache-control", kept),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ] {
        assert_eq!(answer.header_values(name), [value], "{what}: {name}");
    }
}

fn every_kind_of_answer_has_the_headers(database: Database) {
    const UNKEPT: &str = "no-store";
    let county = County::shared(database);
    let seat = Seat::at(county, &county.provider("open-door").id, &PROVIDER);
    let get = |path: &str| seat.send(Request::get(path));
    let people = get("/portal/people");
    check_headers(&people, 200, UNKEPT, "a page");
    check_headers(&get("/portal/nowhere"), 404, UNKEPT, "what is not here");
    check_headers(&get("/portal/work"), 403, UNKEPT, "what is refused");
    check_headers(&get("/portal/people?after=1&after=2"), 400, UNKEPT, "a query that is none");
    check_headers(&get("/portal/unlock"), 303, UNKEPT, "what leads elsewhere");
    let wrong = seat.form("/portal/people", &[("number", "12")]);
    check_headers(&seat.send(wrong), 422, UNKEPT, "a form with a mistake");
    // A little more than is taken, so that it is sent whole before it is refused.
    let long = "9".repeat(65 << 10);
    let long = seat.form("/portal/people", &[("number", &long)]);
    check_headers(&seat.send(long), 413, UNKEPT, "a form that is too long");
    let json =
        Request::post("/portal/people", &json!({ "number": "12" })).header("Sec-Fetch-Site", "same-origin");
    check_headers(&seat.send(json), 415, UNKEPT, "what is no form");
    let deleted = seat.form("/portal/account", &[]).method("DELETE");
    check_headers(&seat.send(deleted), 404, UNKEPT, "a method that the address lacks");
    check_headers(&seat.send(Request::get("/portal/people").method("HEAD")), 200, UNKEPT, "a head");

    // Style and script are the same for everybody for ever; what is not there is kept by nobody.
    let html = String::from_utf8_lossy(&people.bytes).into_owned();
    let mut assets: Vec<&str> = html.split('"').filter(|part| part.starts_with("/portal/assets/")).collect();
    assets.dedup();
    assert!(assets.len() >= 2, "{assets:?}");
    let forever = "public, max-age=31536000, immutable";
    for path in assets {
        let asset = get(path);
        check_headers(&asset, 200, forever, path);
        let again = seat.send(Request::get(path).header("If-None-Match", asset.header("etag")));
        check_headers(&again, 304, forever, path);
    }
    check_headers(&get("/portal/assets/app.css"), 404, UNKEPT, "a file that is not there");

    // Files: nothing of them is run in a page of ours.
    let document = document_of_a_case(county);
    let reviewer = Seat::at(county, &county.organization_of("valle-vista"), &["reviewer"]);
    let file = reviewer.send(Request::get(format!("/portal/work/documents/{document}")));
    check_headers(&file, 200, UNKEPT, "a document");
    assert!(file.header("content-disposition").starts_with("attachment; "), "it is saved and not shown");
    let analyst = Seat::at(county, &county.server.office(), &["county-analyst"]);
    let sheet = analyst.send(Request::get("/portal/county/figures.csv"));
    check_headers(&sheet, 200, UNKEPT, "a spreadsheet");
    assert!(sheet.header("content-disposition").starts_with("attachment; "));

    let nobody = Seat::empty(&county.client());
    check_headers(&nobody.send(Request::get("/portal/work")), 401, UNKEPT, "the sign-in page");
    check_headers(&nobody.send(Request::get("/portal/session")), 401, UNKEPT, "what is left of no session");
    let link = format!("/portal/invitation?link=cwi_{}", "0".repeat(64));
    check_headers(&nobody.send(Request::get(link)), 303, UNKEPT, "a link");
    let foreign = nobody.form("/portal/sign-in", &[]).without("Sec-Fetch-Site").without("Origin");
    let foreign = foreign.header("Sec-Fetch-Site", "cross-site");
    check_headers(&nobody.send(foreign), 403, UNKEPT, "a form of another site");
}

//! Markup in every field of every form, in every address and in everything that others tell stays text: on
//! the page that comes back at once, and on those that show later what was kept.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::{path_of, routes};
use crate::harness::{
    BORN, COUNTY, County, Database, Form, GIVEN, Page, Request, Seat, Server, billed, escaped, facts,
    foreign_markup, forms, on_both_databases, text,
};
use crate::journeys::{ecm, ecm_referral};

on_both_databases! {
    markup_in_a_form_or_an_address_stays_text
}

/// Ends a value, a tag and a text area, and then runs something.
const SCRIPT: &str = "\"'></textarea><script>alert(1)</script><img src=x onerror=alert(1)>";
/// The same for a name in a member file.
const NAME: &str = "<script>alert(2)</script>";

/// Parameters that pages read from their addresses.
const PARAMETERS: [&str; 18] = [
    "after",
    "on",
    "state",
    "kind",
    "urgency",
    "holder",
    "service",
    "county",
    "only",
    "from",
    "to",
    "quarter",
    "organization",
    "member",
    "of",
    "referral",
    "authorization",
    "link",
];

/// Plans of the county: one with a rules file and a table, and one whose people decide.
const RULES: &str = "harbor-crest";
const PEOPLE: &str = "costa-alta";

/// Fails if anything on the page is another's markup, or if the service failed.
#[track_caller]
fn check(page: &Page, what: &str) {
    assert!(page.status < 500, "{what}: {}: {}", page.status, page.text());
    if let Some(tag) = foreign_markup(&page.html) {
        panic!("{what}: {tag} stands in {}", page.html);
    }
}

fn fresh() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("script{:010}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Sends fields as the form is sent.
#[track_caller]
fn send(seat: &Seat, form: &Form, fields: &[(String, String)]) -> Page {
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    match form.has_files {
        true => seat.upload(&form.action, &fields, &[]),
        false => seat.post(&form.action, &fields),
    }
}

/// True if the page has the markup in a field or in its text, as its reader typed it.
fn shows(page: &Page) -> bool {
    let in_field = |form: &Form| form.fields.iter().any(|field| field.value.contains(SCRIPT));
    forms(&page.html).iter().any(in_field) || page.text().contains(SCRIPT)
}

/// Sends every form of a page with markup in the place of each value alone and of all of them, by each of its
/// buttons. Gives how many of the answers showed it again.
#[track_caller]
fn sweep(seat: &Seat, page: &Page) -> usize {
    let mut shown = 0;
    for form in forms(&page.html) {
        let guides = ["once", "version", "turn"];
        let others = form.fields.iter().filter(|field| !guides.contains(&&*field.name));
        let names: Vec<&str> = others.map(|field| field.name.as_str()).collect();
        let with = |is_meant: &dyn Fn(&str) -> bool| {
            form.with(|field| match &*field.name {
                "once" => Some(fresh()),
                name => is_meant(name).then(|| SCRIPT.to_owned()),
            })
        };
        let mut attempts: Vec<Vec<(String, String)>> =
            names.iter().map(|one| with(&|name: &str| name == *one)).collect();
        let all = || with(&|name: &str| names.contains(&name));
        attempts.push(all());
        attempts.extend(form.buttons.iter().map(|button| {
            let mut fields = all();
            fields.push(button.clone());
            fields
        }));
        for fields in attempts {
            let answer = send(seat, &form, &fields);
            check(&answer, &format!("{} with {fields:?}", form.action));
            shown += usize::from(shows(&answer));
        }
    }
    shown
}

/// Sweeps the page at an address.
#[track_caller]
fn sweep_at(seat: &Seat, address: &str) -> usize {
    let page = seat.get(address);
    check(&page, address);
    assert_eq!(page.status, 200, "{address}: {}", page.text());
    sweep(seat, &page)
}

/// An account of this name at an organization, which looks after its people and keys.
fn account(county: &County, organization: &str, name: &str, roles: &[&str]) -> Seat {
    let mut new = json!({
        "organization": organization, "name": name, "language": "en",
        "email": format!("{}@script.example", fresh()), "roles": roles, "administers": true,
    });
    if roles.contains(&"reviewer") {
        new["license"] = "MD 555903".into();
    }
    Seat::invited(&county.client(), &county.server.operator, &new)
}

/// A member whose name in the plan's file is markup, and the referral of that person.
fn person_of_markup(county: &County) -> Value {
    let (client, cin) = (county.client(), "97000001A");
    let file = format!(
        "CIN,Last Name,First Name,Date of Birth,County,Coverage Start Date\n{cin},{NAME},{GIVEN},{BORN},{COUNTY},2026-01-01\n"
    );
    let file = Request::bytes("/v1/rosters", "text/csv", file).by(&county.plan(RULES).admin);
    let loaded = client.send(&file).with(201);
    assert_eq!(loaded["refused"], json!([]), "a name is what it is: {loaded}");
    let mut referral = ecm_referral(&county.person(RULES));
    referral["member"] = json!({ "cin": cin, "birth_date": BORN, "family_name": NAME, "given_name": GIVEN });
    county.submit(county.key_of("open-door"), "referrals", &referral)
}

/// The page of the questions about a service for a person, with what was entered before.
#[track_caller]
fn questions(seat: &Seat, member: &str) -> Page {
    let page = seat.get(&format!("/portal/ask?member={member}")).with(200);
    let go_on = |page: &Page, more: &[(&str, &str)]| {
        let all = forms(&page.html);
        let form = all.iter().find(|form| form.action == "/portal/ask").expect("the form goes on");
        let mut fields = form.with(|_| None);
        fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        send(seat, form, &fields).with(200)
    };
    let chosen = [("service", "recuperative-care"), ("giver", "we"), ("to", "tasks")];
    let tasks = go_on(&page, &chosen);
    go_on(&tasks, &[("to", "questions")])
}

fn id(case: &Value) -> String {
    text(case, "/id").to_owned()
}

/// Cases of the county with markup wherever the API takes words: names of people, organizations and files,
/// and reasons.
struct Marked {
    /// Organization whose name is markup.
    called: Value,
    referral: Value,
    authorization: Value,
    claim: Value,
    file: Value,
    /// A referral that was refused for a reason of markup.
    refused: Value,
    /// One that its plan's people have still to decide.
    open: Value,
}

impl Marked {
    fn of(county: &County) -> Self {
        let (client, key) = (county.client(), county.key_of("open-door"));
        let body = json!({ "kind": "provider", "name": SCRIPT, "npi": "1234567893", "counties": [COUNTY] });
        let called = client.send(&Request::post("/v1/organizations", &body).by(&county.server.operator));
        let authorization = county.submit(key, "authorizations", &ecm(&county.person(RULES)));
        assert_eq!(authorization["state"], "approved");
        let bill = json!({
            "member": { "id": authorization["member_id"] }, "diagnoses": ["Z59.02"],
            "lines": [billed("G9012 U2", 1, "2026-03-02", "75.00")],
        });
        let file = json!({
            "legal_name": SCRIPT, "services": ["ecm"], "counties": [COUNTY], "plans": [RULES], "answers": [],
            "documents": [],
        });
        let meals = || {
            let request = json!({
                "member": county.person(PEOPLE).named(), "service": "medically-tailored-meals",
                "facts": facts(&[("consent.member-agrees", json!(true))]),
            });
            county.submit(key, "referrals", &request)
        };
        let (refused, open) = (meals(), meals());
        let no = json!({
            "decision": "not-eligible", "kind": "clinical", "reason": { "en": SCRIPT, "es": SCRIPT },
        });
        county.change(&county.plan(PEOPLE).reviewer, &refused, "decisions", &no).with(200);
        Self {
            called: called.with(201),
            referral: person_of_markup(county),
            claim: county.submit(key, "claims", &bill),
            file: county.submit(key, "applications", &file),
            authorization,
            refused,
            open,
        }
    }
}

/// People before whom it all stands. Their own names are plain: they stand above each page, and would hide
/// that nothing else is shown.
struct Readers {
    provider: Seat,
    analyst: Seat,
    reviewer: Seat,
    operator: Seat,
}

impl Readers {
    fn of(county: &County) -> Self {
        let seat = |organization: &str, roles: &[&str]| account(county, organization, "Ada Mark", roles);
        Self {
            provider: seat(&county.provider("open-door").id, &["coordinator", "biller", "clerk"]),
            analyst: seat(&county.organization_of(RULES), &["analyst"]),
            reviewer: seat(&county.organization_of(PEOPLE), &["plan-operations", "reviewer"]),
            operator: seat(&county.server.office(), &["county-operator"]),
        }
    }

    /// Whoever the pages at an address are for.
    fn of_path(&self, path: &str) -> &Seat {
        match path {
            _ if path.starts_with("/portal/county") => &self.operator,
            _ if path.starts_with("/portal/rules") || path.starts_with("/portal/tables") => &self.analyst,
            _ if path.starts_with("/portal/work") => &self.reviewer,
            _ => &self.provider,
        }
    }
}

/// Addresses of forms, each of which shows again what was typed there.
fn forms_of(marked: &Marked, digest: &str) -> Vec<String> {
    let Marked { claim, authorization, file, open, .. } = marked;
    let member = text(authorization, "/member_id");
    vec![
        "/portal/people".to_owned(),
        format!("/portal/people/{member}/contact"),
        "/portal/ask".to_owned(),
        "/portal/criteria?service=recuperative-care&county=SRV".to_owned(),
        format!("/portal/claims/{}/correct", id(claim)),
        format!("/portal/authorizations/{}/bill", id(authorization)),
        format!("/portal/authorizations/{}/end", id(authorization)),
        "/portal/file/new".to_owned(),
        format!("/portal/file/{}/document", id(file)),
        format!("/portal/file/{}/answer?fact=org.years-in-operation", id(file)),
        "/portal/accounts/new".to_owned(),
        "/portal/identity/new".to_owned(),
        "/portal/rules/upload".to_owned(),
        "/portal/rules/keys".to_owned(),
        format!("/portal/rules/{digest}/live"),
        format!("/portal/rules/{digest}/shadow"),
        "/portal/rules/file".to_owned(),
        "/portal/tables/fee-schedule".to_owned(),
        format!("/portal/work/referral/{}/holder", id(open)),
        format!("/portal/work/referral/{}", id(open)),
        "/portal/county/audit".to_owned(),
        "/portal/county/keys/new".to_owned(),
    ]
}

/// Number of these pages on which markup stands as the text that somebody wrote.
fn told(seat: &Seat, addresses: &[String]) -> usize {
    let is_told = |address: &String| {
        let page = seat.get(address);
        check(&page, address);
        let said = page.text();
        usize::from(said.contains("<script>alert(1)") || said.contains(NAME))
    };
    addresses.iter().map(is_told).sum()
}

fn markup_in_a_form_or_an_address_stays_text(database: Database) {
    let county = County::of(Server::start(database), &[RULES, PEOPLE]);
    let (marked, readers) = (Marked::of(&county), Readers::of(&county));
    let digest = county.plan(RULES).digest.clone();
    let of_cy = every_form_is_swept(&county, &marked, &readers, &digest);
    what_was_kept_is_text(&county, &marked, &readers, [&digest, &of_cy]);
    // In the addresses: each parameter of each page, and each name that a path can hold.
    let evil = escaped(SCRIPT);
    for (.., path) in routes().filter(|(_, method, _)| *method == "GET") {
        let addresses = match path.contains('{') {
            true => vec![path_of(path, &evil)],
            false => PARAMETERS.map(|parameter| format!("{path}?{parameter}={evil}")).to_vec(),
        };
        for address in addresses {
            check(&readers.of_path(path).get(&address), &address);
        }
    }
}

/// Every form, field by field; gives the address of an account that has gone for a reason of markup.
fn every_form_is_swept(county: &County, marked: &Marked, readers: &Readers, digest: &str) -> String {
    let mut silent = forms_of(marked, digest);
    silent.retain(|address| sweep_at(readers.of_path(address), address) == 0);
    let asked = questions(&readers.provider, text(&marked.authorization, "/member_id"));
    assert!(sweep(&readers.provider, &asked) > 0, "{}", asked.text());
    assert!(silent.is_empty(), "these forms show nothing of what was typed: {silent:?}");

    // What ends something comes last: an account that goes, and a version that is revoked.
    let new = json!({
        "organization": county.organization_of(RULES), "name": "Cy Low", "language": "en",
        "email": "cy@script.example", "roles": ["analyst"],
    });
    let cy = Request::post("/v1/accounts", &new).by(&county.server.operator);
    let of_cy = format!("/portal/accounts/{}", id(&county.client().send(&cy).with(201)));
    for address in
        [format!("{of_cy}/change"), format!("{of_cy}/end"), format!("/portal/rules/{digest}/revoke")]
    {
        sweep_at(&readers.analyst, &address);
    }
    of_cy
}

/// Whatever was kept of it, every page that shows it later shows text.
fn what_was_kept_is_text(county: &County, marked: &Marked, readers: &Readers, [digest, of_cy]: [&str; 2]) {
    let Marked { referral, refused, authorization, claim, file, open, .. } = marked;
    let lists = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>();
    let mut pages = lists(&["/portal", "/portal/people", "/portal/claims", "/portal/claims/new"]);
    pages.extend(lists(&["/portal/file", "/portal/contracts", "/portal/payments", "/portal/account"]));
    pages.extend([
        format!("/portal/people/{}", text(referral, "/member_id")),
        format!("/portal/referrals/{}", id(referral)),
        format!("/portal/referrals/{}", id(refused)),
        format!("/portal/authorizations/{}", id(authorization)),
        format!("/portal/claims/{}", id(claim)),
        format!("/portal/file/{}", id(file)),
        "/portal/accounts".to_owned(),
    ]);
    assert!(told(&readers.provider, &pages) >= 4, "a person, a reason and a file were kept");
    let pages = [of_cy.to_owned(), format!("/portal/rules/{digest}"), "/portal/rules".to_owned()];
    assert!(told(&readers.analyst, &pages) >= 2, "the reasons were kept");
    assert_eq!(told(&readers.analyst, &lists(&["/portal/rules/keys"])), 1, "the label of a key was kept");
    let screen = format!("/portal/work/referral/{}", id(open));
    assert_eq!(told(&readers.reviewer, &[format!("{screen}/holder"), screen]), 2, "the note was kept");
    let pages = ["", "/health", "/organizations", "/people", "/keys", "/audit"]
        .map(|path| format!("/portal/county{path}"));
    assert!(told(&readers.operator, &pages) >= 3, "an organization, people and keys were kept");
    let called = account(county, text(&marked.called, "/id"), SCRIPT, &["coordinator"]);
    let pages = lists(&["/portal", "/portal/account"]);
    assert_eq!(told(&called, &pages), 2, "its own name stands above each");
}

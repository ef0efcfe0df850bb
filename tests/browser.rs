//! The portal in a real browser: what it shows at every width and in every theme, by what it can be used, and
//! what it weighs. The scripts beside this file do the looking, `harness/browser.rs` runs them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use serde_json::{Value, json};

use crate::harness::{
    Authenticator, Browser, County, Database, FAMILY, GIVEN, Request, Server, on_both_databases, text,
};
use crate::journeys::ecm_referral;

on_both_databases! {
    a_coordinator_goes_through_the_pages
    a_known_person_is_referred_on_a_phone
    a_passkey_signs_in
    a_person_signs_in
}

/// Fewest samples that the gallery has.
const SAMPLES: u64 = 60;

/// Findings, one on a line, for whoever has to remove them.
fn listed(findings: &[Value]) -> String {
    let line = |finding: &Value| {
        let word = |name: &str| match &finding[name] {
            Value::String(text) => format!("{text} "),
            Value::Null => String::new(),
            other => format!("{other} "),
        };
        let place: String = ["page", "language", "width", "theme", "way"].map(word).concat();
        format!("{}: {}: {}\n", place.trim_end(), text(finding, "/check"), text(finding, "/what"))
    };
    findings.iter().map(line).collect()
}

#[test]
fn every_page_of_the_gallery_holds() {
    let Some(browser) = Browser::alone_for_test("browser::every_page_of_the_gallery_holds") else { return };
    let server = Server::start(Database::Sqlite);
    let looked = browser.run("gallery", &server.address, &json!({}));
    assert!(looked.done >= SAMPLES, "{} pages", looked.done);
    assert!(looked.lines.is_empty(), "{}", listed(&looked.lines));
}

/// Each check finds the page that is broken for it, and none finds anything on the page as it is.
#[test]
fn a_broken_page_is_found() {
    let Some(browser) = Browser::alone_for_test("browser::a_broken_page_is_found") else { return };
    let table = fs::read_to_string(folder().join("broken.json")).expect("the table is there");
    let pages: Vec<Value> = serde_json::from_str(&table).expect("it is JSON");
    let server = Server::start(Database::Sqlite);
    let looked = browser.run("broken", &server.address, &json!({}));
    assert_eq!(looked.done, pages.len() as u64);
    let of = |page: &str| -> Vec<Value> {
        looked.lines.iter().filter(|finding| finding["page"] == page).cloned().collect()
    };
    assert_eq!(listed(&of("whole")), "");
    for page in &pages {
        let (name, wanted) = (text(page, "/name"), &page["found"]);
        let found = of(name);
        let fits = |finding: &Value| {
            let is_so = |field: &str| wanted[field].is_null() || wanted[field] == finding[field];
            is_so("check")
                && is_so("theme")
                && is_so("width")
                && text(finding, "/what").contains(text(wanted, "/what"))
        };
        assert!(found.iter().any(fits), "{name}: {wanted} is not found, but\n{}", listed(&found));
    }
}

/// Pages whose accessibility trees are kept: what a screen reader is given.
const SNAPSHOTS: [&str; 5] = ["case-full", "criteria", "people-number-wrong", "person", "today"];

#[test]
fn what_a_screen_reader_is_given_is_as_it_was() {
    let Some(browser) = Browser::for_test("browser::what_a_screen_reader_is_given_is_as_it_was") else {
        return;
    };
    let server = Server::start(Database::Sqlite);
    let looked = browser.run("snapshots", &server.address, &json!({ "pages": SNAPSHOTS }));
    assert_eq!(looked.lines.len(), 2 * SNAPSHOTS.len());
    let trees = folder().join("snapshots");
    // Where there are none yet, they can be written.
    fs::create_dir_all(&trees).expect("the folder can be made");
    for snapshot in &looked.lines {
        let name = format!("{}.{}.yml", text(snapshot, "/page"), text(snapshot, "/language"));
        let tree = format!("{}\n", text(snapshot, "/tree"));
        expect_file![trees.join(name)].assert_eq(&tree);
    }
}

/// Pictures of the documentation: a page of the gallery, and the window in which it is shown. Organizations
/// work on phones; plans and the county at a desk.
const PICTURES: [(&str, u32, u32); 14] = [
    ("today", 320, 640),
    ("case-full", 390, 844),
    ("person", 390, 844),
    ("ask-check", 390, 844),
    ("invitation-codes", 390, 844),
    ("money-claims", 390, 844),
    ("money-payment", 390, 844),
    ("money-file", 390, 844),
    ("criteria", 1280, 640),
    ("work", 1280, 800),
    ("work-decide", 1280, 1000),
    ("desk", 1280, 900),
    ("shadow-report", 1280, 900),
    ("county", 1280, 1100),
];

/// Most bytes of a picture.
const PICTURE: u64 = 150 << 10;

/// Pictures are made where `UPDATE_PICTURES` is set. Two machines draw letters a little differently, so they
/// are not compared.
#[test]
fn pictures_are_there_and_small() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pictures");
    if env::var_os("UPDATE_PICTURES").is_some() {
        let Some(browser) = Browser::for_test("browser::pictures_are_there_and_small") else { return };
        let server = Server::start(Database::Sqlite);
        let one = |(page, width, height): (&str, u32, u32)| json!({ "page": page, "width": width, "height": height });
        let job = json!({ "folder": folder, "pictures": PICTURES.map(one) });
        assert_eq!(browser.run("pictures", &server.address, &job).lines.len(), 2 * PICTURES.len());
    }
    for (page, ..) in PICTURES {
        for language in ["en", "es"] {
            let file = folder.join(format!("{page}.{language}.png"));
            let bytes = fs::metadata(&file).map_or(0, |file| file.len());
            let fix = "fix: UPDATE_PICTURES=1 cargo xtask test tests browser::pictures";
            assert!(bytes > 0 && bytes <= PICTURE, "{}: {bytes} bytes; {fix}", file.display());
        }
    }
}

/// Ways of using a page, each with a language: every journey is made in all of them.
const WAYS: [(&str, &str); 6] = [
    ("script", "en"),
    ("script", "es"),
    ("plain", "en"),
    ("plain", "es"),
    ("keyboard", "en"),
    ("keyboard", "es"),
];

/// Makes a journey in every way. `facts` are what its script asks for by `hand.fact`, beside the e-mail
/// address and the codes of a colleague with these roles at this organization.
#[track_caller]
fn travel(
    browser: &Browser,
    county: &County,
    journey: &str,
    organization: &str,
    roles: &[&str],
    facts: impl Fn(&str) -> Value,
) {
    let mut found = Vec::new();
    for (way, language) in WAYS {
        let email = format!("{journey}.{way}.{language}@browser.example");
        let mut facts = facts(language);
        let all = facts.as_object_mut().expect("facts have names");
        let codes = codes_of_colleague(county, organization, roles, &email, language);
        all.insert("codes".to_owned(), codes.into());
        all.insert("email".to_owned(), email.into());
        let job = json!({ "journey": journey, "way": way, "language": language, "facts": facts });
        let looked = browser.run("journey", &county.server.address, &job);
        assert!(looked.done > 0, "{journey}: it did not begin");
        println!("{journey}, {way}, {language}: {}", looked.last["cost"]);
        found.extend(looked.lines);
    }
    assert!(found.is_empty(), "{journey}:\n{}", listed(&found));
}

/// Codes that a journey may need: a browser on a busy machine takes its time to get to the form.
const CODES: usize = 40;

/// Invites a colleague, takes the invitation up, and gives the next codes of the colleague's authenticator:
/// one for each half minute from now on.
#[track_caller]
fn codes_of_colleague(
    county: &County,
    organization: &str,
    roles: &[&str],
    email: &str,
    language: &str,
) -> Vec<String> {
    let client = county.client();
    let body = json!({
        "organization": organization, "name": "Ana Ruiz", "email": email, "language": language, "roles": roles,
    });
    let invited = client.send(&Request::post("/v1/accounts", &body).by(&county.server.operator)).with(201);
    let link = text(&invited, "/link/secret");
    let offer = Request::post("/v1/invitations/current/authenticator", &json!({})).by(link);
    let mut authenticator = Authenticator::of(&client.send(&offer).with(201), text(&invited, "/state_since"));
    let body = json!({ "code": authenticator.code() });
    client.send(&Request::post("/v1/invitations/current/acceptance", &body).by(link)).with(201);
    (0..CODES).map(|_| authenticator.code()).collect()
}

fn a_person_signs_in(database: Database) {
    let Some(browser) = Browser::for_test(&format!("browser::a_person_signs_in on {database:?}")) else {
        return;
    };
    let county = County::shared(database);
    let organization = &county.provider("casa-puente").id;
    travel(&browser, county, "sign_in", organization, &["coordinator"], |_| json!({}));
}

/// A passkey takes script, so there is one way less.
fn a_passkey_signs_in(database: Database) {
    let Some(browser) = Browser::for_test(&format!("browser::a_passkey_signs_in on {database:?}")) else {
        return;
    };
    let county = County::shared(database);
    let mut found = Vec::new();
    for (way, language) in WAYS.into_iter().filter(|(way, _)| *way != "plain") {
        let body = json!({
            "organization": county.provider("casa-puente").id, "name": "Ana Ruiz",
            "email": format!("passkey.{way}.{language}@browser.example"), "language": language,
            "roles": ["coordinator"],
        });
        let invite = Request::post("/v1/accounts", &body).by(&county.server.operator);
        let invited = county.client().send(&invite).with(201);
        let facts = json!({ "link": invited["link"]["secret"] });
        let job = json!({ "journey": "passkey", "way": way, "language": language, "facts": facts });
        let looked = browser.run("journey", &county.server.address, &job);
        assert!(looked.done > 0, "it did not begin");
        found.extend(looked.lines);
    }
    assert!(found.is_empty(), "{}", listed(&found));
}

fn a_coordinator_goes_through_the_pages(database: Database) {
    let test = format!("browser::a_coordinator_goes_through_the_pages on {database:?}");
    let Some(browser) = Browser::for_test(&test) else { return };
    let county = County::shared(database);
    let person = county.person("valle-vista");
    let referral = county.submit(county.key_of("open-door"), "referrals", &ecm_referral(&person));
    let facts = |language: &str| {
        json!({
            "organization": "open-door",
            "name": format!("{GIVEN} {FAMILY}"),
            "family": FAMILY,
            "cin": person.cin,
            "case": referral["id"],
            "plan": "Valle Vista Health Plan",
            "service": service_in(county, language),
        })
    };
    let organization = &county.provider("open-door").id;
    travel(&browser, county, "coordinator", organization, &["coordinator"], facts);
}

/// Facts that the earlier case of a person tells, which nobody is asked again.
const KNOWN: [&str; 2] = ["consent.member-agrees", "housing.status"];

/// A member with an earlier case is referred and the authorization asked for, in few screens, taps and
/// characters.
fn a_known_person_is_referred_on_a_phone(database: Database) {
    let test = format!("browser::a_known_person_is_referred_on_a_phone on {database:?}");
    let Some(browser) = Browser::for_test(&test) else { return };
    let county = County::shared(database);
    let facts = |language: &str| {
        // Each way has a person of its own: who was referred once is not referred again.
        let person = county.person("valle-vista");
        county.submit(county.key_of("casa-puente"), "referrals", &ecm_referral(&person));
        let question = |code: &str| question_in(county, code, language);
        json!({
            "cin": person.cin,
            "family": FAMILY,
            "plan": "Valle Vista Health Plan",
            "service": service_in(county, language),
            "known": KNOWN.map(question),
            "answers": [
                [question("clinical.needs-recovery-care"), "yes"],
                [question("clinical.inpatient-level-needed"), "no"],
            ],
            "last": "2026-03-15",
        })
    };
    let organization = &county.provider("casa-puente").id;
    travel(&browser, county, "ask", organization, &["coordinator"], facts);
}

/// Bars of a slow network, in milliseconds: first paint and end of loading of a first visit, and the page
/// after it.
const BARS: [(&str, &str, f64); 3] = [
    ("paint", "first visit, first paint", 2_000.0),
    ("loaded", "first visit, loaded", 3_000.0),
    ("next", "next page, loaded", 1_000.0),
];

/// Prints how long Today and the page after it take at 250 kbit/s, 300 ms away. Times depend on the machine,
/// so that it is run for who asks, and fails by no time.
#[test]
#[ignore = "prints figures that depend on the machine: cargo xtask bench figures --network"]
fn pages_on_a_slow_network() {
    let Some(browser) = Browser::alone_for_test("browser::pages_on_a_slow_network") else { return };
    let county = County::shared(Database::Sqlite);
    for _ in 0..CASES {
        let person = county.person("valle-vista");
        county.submit(county.key_of("open-door"), "referrals", &ecm_referral(&person));
    }
    let (organization, email) = (&county.provider("open-door").id, "slow@browser.example");
    let codes = codes_of_colleague(county, organization, &["coordinator"], email, "en");
    let job = json!({ "language": "en", "facts": { "codes": codes, "email": email } });
    let looked = browser.run("slow", &county.server.address, &job);
    assert_eq!(looked.lines.len() as u64, looked.done, "each round has its times");
    for (name, what, most) in BARS {
        let mut times: Vec<f64> = looked.lines.iter().filter_map(|round| round[name].as_f64()).collect();
        assert_eq!(times.len(), looked.lines.len(), "{name}: each round has it");
        times.sort_by(f64::total_cmp);
        let [least, median, longest] = [0, times.len() / 2, times.len() - 1].map(|place| times[place]);
        let verdict = if median <= most { "holds" } else { "EXCEEDED" };
        println!(
            "{what:<26} {median:>7.0} ms ({least:.0} to {longest:.0})   at most {most:.0} ms: {verdict}"
        );
    }
}

/// Cases on a first page: more are not listed on Today.
const CASES: usize = 12;

/// Name of recuperative care in a language, as the dictionary has it.
fn service_in(county: &County, language: &str) -> Value {
    entry(county, "services", "recuperative-care")["name"][language].clone()
}

/// Question about a fact in a language, as the dictionary has it.
fn question_in(county: &County, fact: &str, language: &str) -> Value {
    entry(county, "facts", fact)["question"][language].clone()
}

/// An entry of a list of the dictionary.
fn entry(county: &County, list: &str, code: &str) -> Value {
    let list = county.client().read(county.key_of("open-door"), &format!("/v1/dictionary/{list}"));
    let items = list["items"].as_array().expect("a list");
    items.iter().find(|entry| entry["code"] == code).expect("the dictionary has it").clone()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("browser")
}

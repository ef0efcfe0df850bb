//! The same number in page, sheet and API: what a version would change, what is left of limits and of what
//! was granted, and what was paid and is owed back. Sums are made anew from the single entries.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::harness::{
    County, Database, Page, Request, Seat, Server, asked, billed, facts, on_both_databases, text, until,
};
use crate::journeys::{ecm, nights};
use crate::ledger::{cents, corrects, number};
use crate::portal::money::{self, approved, kitchen};
use crate::rules::made_of;

on_both_databases! {
    a_report_adds_up_in_page_sheet_and_api
    limits_stand_alike_in_page_and_api
    what_is_left_to_bill_is_the_same_in_page_and_api
    payments_and_what_is_owed_back_add_up
}

const RULES: &str = include_str!("../../plugins/plans/harbor-crest/plan.toml");
const PLAN: &str = "valle-vista";

#[track_caller]
fn holds(page: &Page, expected: &str) {
    let shown = page.text();
    assert!(
        !expected.is_empty() && shown.contains(expected),
        "{}: {expected:?} is not in {shown}",
        page.address
    );
}

/// Cents as pages write them.
fn dollars(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let (whole, rest) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    money::dollars(&format!("{sign}{whole}.{rest:02}"))
}

/// Names of services by their codes, as the dictionary has them.
fn services(county: &County, key: &str) -> BTreeMap<String, String> {
    let list = county.client().read(key, "/v1/dictionary/services");
    let items = list["items"].as_array().expect("a list").iter();
    items.map(|one| (text(one, "/code").to_owned(), text(one, "/name/en").to_owned())).collect()
}

/// The fields of each line of a sheet by their column, without quotes: no field of these sheets has a comma.
fn lines(sheet: &str) -> Vec<Vec<String>> {
    let fields = |line: &str| -> Vec<String> {
        line.split(',').map(|field| field.trim_matches('"').to_owned()).collect()
    };
    sheet.lines().skip(1).map(fields).collect()
}

/// Counts how often each thing is there.
fn counted<T: Ord>(things: impl Iterator<Item = T>) -> BTreeMap<T, u64> {
    let mut counts = BTreeMap::new();
    for thing in things {
        *counts.entry(thing).or_insert(0) += 1;
    }
    counts
}

fn counts_of(object: &Value) -> BTreeMap<String, u64> {
    let entries = object.as_object().expect("an object").iter();
    entries.map(|(name, count)| (name.clone(), count.as_u64().expect("a count"))).collect()
}

/// Numbers of the changed requests that a page links to.
fn linked(page: &Page) -> BTreeSet<u64> {
    let links = page.html.split("/cases/").skip(1);
    links.filter_map(|rest| rest.split('"').next()?.parse().ok()).collect()
}

/// Change that makes the plan's rules stricter: other documents are asked for.
const STRICTER: [(&str, &str); 3] = [
    ("version = \"1.0.0\"", "version = \"1.0.1\""),
    ("when = \"document discharge-summary\"", "when = \"document home-assessment\""),
    ("when = \"document housing-support-plan\"", "when = \"document landlord-permission\""),
];

/// Six requests about Harbor Crest, five of which its stricter rules answer worse.
fn requests(county: &County) {
    let key = county.key_of("open-door");
    let person = || county.person("harbor-crest");
    county.submit(key, "authorizations", &ecm(&person()));
    for _ in 0..3 {
        county.submit(key, "authorizations", &nights(county, &person(), 14, "2026-03-15"));
    }
    for _ in 0..2 {
        let request = json!({
            "member": person().named(), "service": "housing-transition-navigation",
            "lines": [asked("H0043 U6", 90, "2026-03-02", "2026-05-30")],
            "facts": facts(&[
                ("consent.member-agrees", json!(true)),
                ("housing.status", json!("homeless-sheltered")),
                ("clinical.serious-health-condition", json!(true)),
            ]),
            "documents": [{ "kind": "housing-support-plan", "issued": "2026-03-02" }],
        });
        county.submit(key, "authorizations", &request);
    }
}

/// A shadow run that has ended, as page, API and sheet tell of it.
struct EndedRun {
    seat: Seat,
    page: Page,
    report: Value,
    /// Lines of the sheet, each a changed request.
    lines: Vec<Vec<String>>,
}

impl EndedRun {
    /// The stricter rules over every request so far.
    fn of_stricter(county: &County) -> Self {
        let (client, admin) = (county.client(), &county.plan("harbor-crest").admin);
        let digest = county.upload("harbor-crest", &made_of(RULES, &STRICTER));
        let seat = Seat::at(county, &county.organization_of("harbor-crest"), &["analyst"]);
        let form = seat.get(&format!("/portal/rules/{digest}/shadow")).with(200);
        let begun = seat.send_on(&form, &[("range", "last"), ("last", "1,000")]).with(200);
        let page = until("the run to end", || {
            let page = seat.get(&begun.address).with(200);
            (!page.text().contains("still running")).then_some(page)
        });
        let run = page.address.rsplit('/').next().expect("an address");
        let report = client.read(admin, &format!("/v1/shadow-runs/{run}"))["report"].clone();
        let sheet = seat.get(&format!("{}/changes.csv", page.address)).with(200);
        Self { seat, page, report, lines: lines(&sheet.html) }
    }

    /// By service and direction; `names` are those of services.
    fn services_add_up(&self, names: &BTreeMap<String, String>) {
        let by_service = counted(self.lines.iter().map(|line| (line[4].clone(), line[5].clone())));
        let mut of_api = BTreeMap::new();
        for (service, directions) in self.report["services"].as_object().expect("an object") {
            let counts = counts_of(directions);
            let of = |direction: &str| counts.get(direction).copied().unwrap_or_default();
            let (worse, better) = (of("less"), of("more"));
            let name = &names[service];
            let said = format!("{name} worse for the member {worse} better for the member {better}");
            holds(&self.page, &said);
            for direction in ["less", "more", "reasons"].into_iter().filter(|direction| of(direction) > 0) {
                of_api.insert((service.clone(), direction.to_owned()), of(direction));
            }
        }
        assert_eq!(by_service, of_api);
    }

    /// From one word to another, what of it stays in its word, and what it costs.
    fn words_and_dollars_add_up(&self) {
        let is_other = |line: &&Vec<String>| line[6] != line[7];
        let lines = || self.lines.iter();
        let moves = counted(lines().filter(is_other).map(|line| format!("{} > {}", line[6], line[7])));
        assert_eq!(moves, counts_of(&self.report["moves"]));
        let stays = counted(lines().filter(|line| !is_other(line)).map(|line| line[6].clone()));
        assert_eq!(stays, counts_of(&self.report["stays"]));
        let dollars: i64 = lines().map(|line| cents(&json!(line[9])) - cents(&json!(line[8]))).sum();
        assert_eq!(dollars, cents(&self.report["dollars"]));
    }

    /// Each cause has as many requests on its page as it counts, and together they are all of them.
    fn causes_add_up(&self) {
        let cases =
            |query: &str| linked(&self.seat.get(&format!("{}/cases{query}", self.page.address)).with(200));
        let mut all = BTreeSet::new();
        for cause in self.report["causes"].as_array().expect("a list") {
            let listed = cases(&format!("?cause={}", text(cause, "/id")));
            assert_eq!(json!(listed.len()), cause["count"], "{cause}");
            holds(&self.page, &format!("Requests {}", cause["count"]));
            assert!(all.is_disjoint(&listed), "a request has one cause");
            all.extend(listed);
        }
        let numbers = self.lines.iter().map(|line| line[0].parse().expect("a number"));
        let numbers: BTreeSet<u64> = numbers.collect();
        assert_eq!(all, numbers);
        assert_eq!(cases(""), numbers);
    }
}

fn a_report_adds_up_in_page_sheet_and_api(database: Database) {
    let county = County::of(Server::start(database), &["harbor-crest"]);
    requests(&county);
    let told = EndedRun::of_stricter(&county);
    let (changed, report) = (told.lines.len(), &told.report);
    assert_eq!((&report["changed"], &report["listed"]), (&json!(changed), &json!(changed)), "{report:#}");
    assert_eq!(changed, 5, "three stays and two housing plans");
    holds(&told.page, &format!("Different {changed} worse for the member"));
    told.services_add_up(&services(&county, county.key_of("open-door")));
    told.words_and_dollars_add_up();
    told.causes_add_up();
}

fn limits_stand_alike_in_page_and_api(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("casa-puente");
    let case = county.submit(key, "authorizations", &nights(county, &county.person(PLAN), 14, "2026-03-15"));
    assert_eq!(case["state"], "approved");
    let member = text(&case, "/member_id");
    let path = format!("/v1/members/{member}/limits?purpose=care-coordination");
    let limits = county.client().read(key, &path);
    let limits = limits["items"].as_array().expect("a list").clone();
    let seat = Seat::at(county, &county.provider("casa-puente").id, &["coordinator"]);
    let page = seat.get(&format!("/portal/people/{member}")).with(200);
    let names = services(county, key);
    let mut counted = 0;
    for limit in &limits {
        let of = |name: &str| limit[name].as_i64().expect("a number");
        let had = of("authorized") + of("delivered");
        let said = |number: i64| match text(limit, "/unit") {
            "cents" => dollars(number),
            _ => number.to_string(),
        };
        let services: Vec<&str> = limit["services"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|service| names[service.as_str().expect("a code")].as_str())
            .collect();
        holds(&page, &format!("{} Used {} of {}", services.join(", "), said(had), said(of("allowed"))));
        counted += usize::from(had > 0);
    }
    assert!(counted > 0, "the nights count: {limits:?}");
}

fn bill_of(person: &Value, units: u32, day: &str, charge: &str) -> Value {
    json!({
        "member": person, "diagnoses": ["Z59.02"], "lines": [billed("S9977 U7", units, day, charge)],
    })
}

fn what_is_left_to_bill_is_the_same_in_page_and_api(database: Database) {
    let county = County::shared(database);
    let kitchen = kitchen(county);
    let mut cases = Vec::new();
    // Of twelve five are billed, of nine none, of four all.
    for (granted, used) in [(12, 5), (9, 0), (4, 4)] {
        let (case, person) = approved(county, &kitchen, granted);
        if used > 0 {
            let bill = bill_of(&person, used, "2026-02-27", "400.00");
            assert_eq!(county.submit(&kitchen.key, "claims", &bill)["state"], "payable");
        }
        cases.push((case, granted, used));
    }
    let seat = Seat::at(county, &kitchen.id, &["biller"]);
    let page = seat.get("/portal/claims/new").with(200);
    for (case, granted, used) in cases {
        let path = format!("/v1/members/{}/cases?purpose=payment", text(&case, "/member_id"));
        let threads = county.client().read(&kitchen.key, &path);
        let units: Vec<Value> = threads["items"]
            .as_array()
            .expect("a list")
            .iter()
            .flat_map(|thread| thread["units"].as_array().cloned().unwrap_or_default())
            .filter(|units| units["authorization"] == case["id"])
            .collect();
        let [units] = units.as_slice() else { panic!("one line was granted: {units:?}") };
        let left = granted - used;
        let of_api = ["authorized", "used", "left"].map(|name| units[name].clone());
        assert_eq!(of_api, [json!(granted), json!(used), json!(left)], "{units}");
        holds(&page, &format!("S9977 U7: {left} of {granted} units are left"));
    }
}

fn payments_and_what_is_owed_back_add_up(database: Database) {
    let county = County::shared(database);
    let (client, kitchen) = (county.client(), kitchen(county));
    let mut claims = Vec::new();
    for units in [3, 12, 5] {
        let (_, person) = approved(county, &kitchen, units);
        let body = bill_of(&person, units, "2026-02-27", "1204.50");
        let claim = county.submit(&kitchen.key, "claims", &body);
        let amount = text(&claim, "/lines/0/amount").to_owned();
        let pay = json!({
            "number": number(), "total": amount,
            "claims": [{ "claim": claim["id"], "lines": [{ "number": 1, "amount": amount }] }],
        });
        let request = Request::post("/v1/remittances", &pay).by(&county.plan(PLAN).reviewer);
        client.send(&request).with(201);
        claims.push((claim, body));
    }
    // Two of the three bills are taken back.
    for (claim, body) in &claims[..2] {
        county.submit(&kitchen.key, "claims", &corrects("void", claim, body.clone()));
    }
    let seat = Seat::at(county, &kitchen.id, &["biller"]);
    let page = seat.get("/portal/payments").with(200);
    let paid = client.read(&kitchen.key, "/v1/remittances?limit=200");
    let paid = paid["items"].as_array().expect("a list");
    assert_eq!(paid.len(), 3);
    for payment in paid {
        let total = cents(&payment["total"]);
        let own = seat.get(&page.link(text(payment, "/number"))).with(200);
        holds(&page, &dollars(total));
        holds(&own, &dollars(total));
        let whole = client.read(&kitchen.key, &format!("/v1/remittances/{}", text(payment, "/id")));
        let entries = whole["entries"].as_array().expect("a list").iter();
        assert_eq!(entries.map(|entry| cents(&entry["amount"])).sum::<i64>(), total, "{whole}");
    }
    let owed = client.read(&kitchen.key, "/v1/take-backs?limit=200");
    let owed: Vec<i64> =
        owed["items"].as_array().expect("a list").iter().map(|one| cents(&one["amount"])).collect();
    assert_eq!(owed.len(), 2);
    let expected: i64 = claims[..2].iter().map(|(claim, _)| -cents(&claim["lines"][0]["amount"])).sum();
    let together: i64 = owed.iter().sum();
    assert_eq!(together, expected, "what was paid for them, and no more");
    holds(&page, &format!("Together: {}", dollars(together)));
    for amount in owed {
        holds(&page, &dollars(amount));
    }
}

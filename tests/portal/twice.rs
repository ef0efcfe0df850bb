//! Steps that are taken once, however they are sent: two taps at once, back and send again, reload, two tabs,
//! and two people on one thing.

use std::sync::Barrier;
use std::thread;

use serde_json::{Value, json};

use crate::clocks::when_told;
use crate::harness::{
    COUNTY, Client, County, Database, Form, Page, ProviderSide, Request, SESSION, Seat, Server, billed,
    facts, forms, on_both_databases, text,
};
use crate::journeys::ecm_referral;
use crate::ledger::number;
use crate::lifecycle::{hex, signing_key};
use crate::portal::money::{approved, kitchen};

on_both_databases! {
    two_taps_with_money_count_once
    two_taps_with_a_file_count_once
    two_taps_with_a_case_count_once
    two_taps_with_people_and_their_keys_count_once
    two_taps_with_keys_of_a_plan_count_once
    who_goes_back_and_sends_other_entries_is_told
    what_was_answered_is_loaded_again_and_does_nothing
    two_tabs_and_two_people_overwrite_nothing
    what_was_asked_otherwise_meanwhile_is_not_confirmed
}

const PLAN: &str = "valle-vista";

/// A bill of the kitchen for meals of one day, of as many as are given.
#[track_caller]
fn bill(county: &County, kitchen: &ProviderSide, granted: u32, billed_units: u32) -> Value {
    let (_, person) = approved(county, kitchen, granted);
    let body = json!({
        "member": person, "diagnoses": ["Z59.02"],
        "lines": [billed("S9977 U7", billed_units, "2026-02-27", "159.00")],
    });
    county.submit(&kitchen.key, "claims", &body)
}

/// The same paid by the plan.
#[track_caller]
fn paid(county: &County, kitchen: &ProviderSide) -> Value {
    let claim = bill(county, kitchen, 3, 3);
    let amount = text(&claim, "/lines/0/amount").to_owned();
    let pay = json!({
        "number": number(), "total": amount,
        "claims": [{ "claim": claim["id"], "lines": [{ "number": 1, "amount": amount }] }],
    });
    let request = Request::post("/v1/remittances", &pay).by(&county.plan(PLAN).reviewer);
    county.client().send(&request).with(201);
    county.again(&kitchen.key, &claim)
}

/// A referral that the people of Costa Alta decide.
fn waiting(county: &County) -> Value {
    let referral = json!({
        "member": county.person("costa-alta").named(), "service": "medically-tailored-meals",
        "facts": facts(&[("consent.member-agrees", json!(true))]),
    });
    county.submit(county.key_of("open-door"), "referrals", &referral)
}

/// Number of entries of a list.
fn listed(client: &Client, key: &str, path: &str) -> usize {
    client.read(key, path)["items"].as_array().expect("a list").len()
}

/// The form of a page that is posted to this address.
#[track_caller]
fn form_at(page: &Page, address: &str) -> Form {
    let all = forms(&page.html);
    let found = all.into_iter().find(|form| form.action == address);
    found.unwrap_or_else(|| panic!("{} has no form to {address}: {}", page.address, page.text()))
}

/// Fields of the form with these in the place of its own, or beside them.
fn filled(form: &Form, instead: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = form.with(|_| None);
    fields.retain(|(name, _)| !instead.iter().any(|(known, _)| known == name));
    fields.extend(instead.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

#[track_caller]
fn post(seat: &Seat, path: &str, fields: &[(String, String)]) -> Page {
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    seat.post(path, &fields)
}

/// A form, ready to be sent, and the count of what it does.
struct Tap<'a> {
    seat: &'a Seat,
    path: String,
    fields: Vec<(String, String)>,
    count: Box<dyn Fn() -> usize + 'a>,
}

impl<'a> Tap<'a> {
    /// The form to `path` that stands at `page`, filled in with these entries.
    #[track_caller]
    fn of(
        seat: &'a Seat,
        page: &str,
        path: &str,
        entries: &[(&str, &str)],
        count: impl Fn() -> usize + 'a,
    ) -> Self {
        let shown = seat.get(page).with(200);
        let fields = filled(&form_at(&shown, path), entries);
        Self { seat, path: path.to_owned(), fields, count: Box::new(count) }
    }

    /// Has it shown again, as whoever signed in anew does, which does nothing.
    fn shown(&self, before: usize) {
        let language = ("in-language".to_owned(), "en".to_owned());
        let fields: Vec<_> = self.fields.iter().cloned().chain([language]).collect();
        let page = post(self.seat, &self.path, &fields);
        assert!((200..300).contains(&page.status), "{}: {}: {}", self.path, page.status, page.text());
        assert_eq!((self.count)(), before, "{} is shown and not done", self.path);
    }

    /// Has it shown again, and then sends it from two threads at once, and once more; it must have happened
    /// once.
    fn twice(&self) {
        let before = (self.count)();
        self.shown(before);
        let together = Barrier::new(2);
        let (seat, path, fields) = (self.seat, self.path.as_str(), self.fields.as_slice());
        let send = || {
            together.wait();
            post(seat, path, fields)
        };
        let pages: Vec<Page> = thread::scope(|scope| {
            let both = [scope.spawn(send), scope.spawn(send)];
            both.into_iter().map(|one| one.join().expect("it was answered")).collect()
        });
        let later = post(seat, path, fields);
        for page in pages.iter().chain([&later]) {
            assert!((200..300).contains(&page.status), "{}: {}: {}", self.path, page.status, page.text());
        }
        assert_eq!((self.count)(), before + 1, "{}", self.path);
    }
}

/// Number of events of this kind that a case has had.
fn events(county: &County, key: &str, case: &Value, event: &str) -> usize {
    let steps = county.timeline(key, case);
    steps.iter().filter(|step| step["event"] == event).count()
}

/// Counts keys of this label, ended or not, of the organization that somebody looks after.
fn keys(client: &Client, seat: &Seat, label: &'static str, ended: bool) -> impl Fn() -> usize {
    let (client, secret) = (client.clone(), seat.cookie(SESSION).expect("signed in"));
    move || {
        let list = client.read(&secret, "/v1/keys?limit=200");
        let keys = list["items"].as_array().expect("a list").iter();
        keys.filter(|key| key["label"] == label && key["revoked_at"].is_string() == ended).count()
    }
}

fn two_taps_with_money_count_once(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let kitchen = kitchen(county);
    let (wrong, dear) = (bill(county, &kitchen, 2, 3), bill(county, &kitchen, 3, 3));
    let (disputed, (granted, _)) = (paid(county, &kitchen), approved(county, &kitchen, 5));
    assert_eq!(wrong["state"], "rejected");
    let biller = Seat::at(county, &kitchen.id, &["biller"]);
    let claims = || listed(&client, &kitchen.key, "/v1/claims?limit=200");
    let at = |case: &Value, step: &str| format!("/portal/claims/{}/{step}", text(case, "/id"));
    let tap = |page: &str, entries: &[(&str, &str)], count: &dyn Fn() -> usize| {
        Tap::of(&biller, page, page, entries, count).twice();
    };

    tap(&at(&wrong, "correct"), &[("line-1-units", "2"), ("line-1-charge", "106.00")], &claims);
    let meals = [
        ("diagnoses", "Z59.02"),
        ("line-1-place", "99"),
        ("line-1-first", "2026-02-28"),
        ("line-1-units", "1"),
        ("line-1-charge", "53.00"),
    ];
    tap(&format!("/portal/authorizations/{}/bill", text(&granted, "/id")), &meals, &claims);
    tap(&at(&dear, "void"), &[], &claims);
    let disputes = || {
        let claim = county.again(&kitchen.key, &disputed);
        claim["disputes"].as_array().map_or(0, Vec::len)
    };
    tap(&at(&disputed, "dispute"), &[("reason", "The rate is higher.")], &disputes);
}

fn two_taps_with_a_file_count_once(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let kitchen = kitchen(county);
    let clerk = Seat::at(county, &kitchen.id, &["clerk"]);
    let sent = [
        ("legal-name", "Twice Kitchen"),
        ("service", "medically-tailored-meals"),
        ("county", COUNTY),
        ("plan", "harbor-crest"),
    ];
    let files = || listed(&client, &kitchen.key, "/v1/applications?limit=200");
    Tap::of(&clerk, "/portal/file/new", "/portal/file/new", &sent, files).twice();
    let file = client.read(&kitchen.key, "/v1/applications")["items"][0].clone();
    let answer = format!("/portal/file/{}/answer", text(&file, "/id"));
    let asks = format!("{answer}?fact=org.years-in-operation");
    let answers = || events(county, &kitchen.key, &file, "supply");
    Tap::of(&clerk, &asks, &answer, &[("value", "6")], answers).twice();
}

/// Steps with a case: of who got it, and of who decides it.
fn two_taps_with_a_case_count_once(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let key = county.key_of("casa-puente");
    let referral = county.submit(key, "referrals", &ecm_referral(&county.person(PLAN)));
    let giver = Seat::at(county, &county.provider("casa-puente").id, &["coordinator"]);
    let accept = format!("/portal/referrals/{}/accept", text(&referral, "/id"));
    let taken = || events(county, key, &referral, "provider-accept");
    Tap::of(&giver, &accept, &accept, &[("to", "do")], taken).twice();

    let case = waiting(county);
    let id = text(&case, "/id");
    let clerk = Seat::at(county, &county.organization_of("costa-alta"), &["plan-operations"]);
    let screen = format!("/portal/work/referral/{id}");
    let reviewer = &county.plan("costa-alta").reviewer;
    let holder = format!("{screen}/holder");
    let notes = || listed(&client, reviewer, &format!("/v1/worklist/{id}/history"));
    Tap::of(&clerk, &holder, &holder, &[("step", "note"), ("note", "Asked the kitchen.")], notes).twice();
    let accepted = || events(county, reviewer, &case, "accept");
    Tap::of(&clerk, &screen, &screen, &[("decision", "accept")], accepted).twice();
}

fn two_taps_with_people_and_their_keys_count_once(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let kitchen = kitchen(county);
    let ada = Seat::administering(county, &kitchen.id, &["coordinator"]);
    let path = format!("/v1/accounts?limit=200&organization={}", kitchen.id);
    let people = || listed(&client, &county.server.operator, &path);
    let new = [("name", "Bo Twice"), ("email", "bo@twice.example"), ("language", "en"), ("role", "clerk")];
    Tap::of(&ada, "/portal/accounts/new", "/portal/accounts/new", &new, people).twice();

    let operator = Seat::administering(county, &county.server.office(), &["county-operator"]);
    let made = [("organization", &*kitchen.id), ("role", "provider"), ("label", "tapped twice")];
    let (at_new, at_keys) = ("/portal/county/keys/new", "/portal/county/keys");
    let tapped = |ended: bool| keys(&client, &ada, "tapped twice", ended);
    Tap::of(&operator, at_new, at_keys, &made, tapped(false)).twice();
    let list = client.read(&ada.cookie(SESSION).expect("signed in"), "/v1/keys?limit=200");
    let key = list["items"].as_array().expect("a list").iter().find(|key| key["label"] == "tapped twice");
    let page = format!("{at_keys}/{}", text(key.expect("it was made"), "/id"));
    Tap::of(&operator, &page, &format!("{page}/end"), &[], tapped(true)).twice();
}

/// Both kinds: keys by which programs ask, and keys by which plugins are signed.
fn two_taps_with_keys_of_a_plan_count_once(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let analyst = Seat::administering(county, &county.organization_of("silver-oak"), &["analyst"]);
    let desk = "/portal/rules/keys";
    let made = [("label", "tapped by a plan"), ("role", "plan-admin"), ("ends", "2099-12-31")];
    let tapped = |ended: bool| keys(&client, &analyst, "tapped by a plan", ended);
    Tap::of(&analyst, desk, desk, &made, tapped(false)).twice();
    let end = analyst.get(desk).with(200).link("tapped by a plan");
    Tap::of(&analyst, &end, &end, &[], tapped(true)).twice();

    let (admin, client) = (&county.plan("silver-oak").admin, &client);
    let signing = |retired: bool| {
        move || {
            let list = client.read(admin, "/v1/plans/silver-oak/signing-keys");
            let keys = list["items"].as_array().expect("a list").iter();
            keys.filter(|key| key["label"] == "tapped" && key["retired_at"].is_string() == retired).count()
        }
    };
    let public = hex(&signing_key(55).pk[..]);
    let add = format!("{desk}/signing");
    let new = [("purpose", "tapped"), ("public", public.as_str())];
    Tap::of(&analyst, desk, &add, &new, signing(false)).twice();
    let end = analyst.get(desk).with(200).link("tapped");
    Tap::of(&analyst, &end, &end, &[], signing(true)).twice();
}

fn who_goes_back_and_sends_other_entries_is_told(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let kitchen = kitchen(county);
    let host = county.server.operator.as_str();
    let ada = Seat::administering(county, &kitchen.id, &["coordinator"]);
    let people = || listed(&client, host, &format!("/v1/accounts?limit=200&organization={}", kitchen.id));
    let form = ada.get("/portal/accounts/new").with(200);
    let entries = |name: &'static str, email: &'static str| {
        [("name", name), ("email", email), ("language", "en"), ("role", "clerk")]
    };
    ada.send_on(&form, &entries("Cy Back", "cy@back.example")).with(200);
    let before = people();
    let other = ada.send_on(&form, &entries("Di Back", "di@back.example"));
    assert!((400..500).contains(&other.status), "{}", other.text());
    assert!(other.text().contains("Nothing was overwritten"), "what comes next is said: {}", other.text());
    assert_eq!(people(), before, "nobody else was invited");
    // The page opened anew takes them.
    let anew = ada.get("/portal/accounts/new").with(200);
    ada.send_on(&anew, &entries("Di Back", "di@back.example")).with(200);
    assert_eq!(people(), before + 1);

    // A decision is not another one because somebody went back.
    let case = waiting(county);
    let clerk = Seat::at(county, &county.organization_of("costa-alta"), &["plan-operations"]);
    let screen = format!("/portal/work/referral/{}", text(&case, "/id"));
    let page = clerk.get(&screen).with(200);
    let form = form_at(&page, &screen);
    post(&clerk, &screen, &filled(&form, &[("decision", "accept")])).with(200);
    let decided = county.again(&county.plan("costa-alta").reviewer, &case);
    let no = [
        ("decision", "not-eligible"),
        ("kind", "administrative"),
        ("reason-en", "Too late."),
        ("reason-es", "Demasiado tarde."),
        ("departs", "yes"),
        ("against", "I changed my mind."),
    ];
    let back = post(&clerk, &screen, &filled(&form, &no)).with(409);
    assert!(back.text().contains("Somebody was first"), "{}", back.text());
    assert!(back.html.contains("Too late."), "what was written is not lost: {}", back.text());
    let now = county.again(&county.plan("costa-alta").reviewer, &case);
    assert_eq!((&now["state"], &now["version"]), (&decided["state"], &decided["version"]));

    // Nor is a dispute another one, a bill taken back twice, or a key made for somebody else.
    let claim = paid(county, &kitchen);
    let biller = Seat::at(county, &kitchen.id, &["biller"]);
    let address = format!("/portal/claims/{}/dispute", text(&claim, "/id"));
    let form = form_at(&biller.get(&address).with(200), &address);
    post(&biller, &address, &filled(&form, &[("reason", "The rate is higher.")])).with(200);
    let again = post(&biller, &address, &filled(&form, &[("reason", "And the day is wrong.")]));
    assert!([409, 422].contains(&again.status), "{}", again.text());
    assert!(again.text().contains("And the day is wrong."), "{}", again.text());
    let disputes = county.again(&kitchen.key, &claim)["disputes"].clone();
    assert_eq!(disputes.as_array().map(Vec::len), Some(1), "{disputes}");
    assert_eq!(text(&disputes, "/0/reason"), "The rate is higher.");
    let operator = Seat::administering(county, &county.server.office(), &["county-operator"]);
    let form = form_at(&operator.get("/portal/county/keys/new").with(200), "/portal/county/keys");
    let key = |label| [("organization", kitchen.id.as_str()), ("role", "provider"), ("label", label)];
    post(&operator, &form.action, &filled(&form, &key("back, the first"))).with(201);
    let other = post(&operator, &form.action, &filled(&form, &key("back, the second")));
    assert!((400..500).contains(&other.status) && !other.html.contains("cw_"), "{}", other.text());
    let keys = client.read(&ada.cookie(SESSION).expect("signed in"), "/v1/keys?limit=200").to_string();
    assert!(keys.contains("back, the first") && !keys.contains("back, the second"));
}

fn what_was_answered_is_loaded_again_and_does_nothing(database: Database) {
    let county = County::shared(database);
    let kitchen = kitchen(county);
    let claim = bill(county, &kitchen, 2, 3);
    let biller = Seat::at(county, &kitchen.id, &["biller"]);
    let correct = format!("/portal/claims/{}/correct", text(&claim, "/id"));
    let form = form_at(&biller.get(&correct).with(200), &correct);
    let entries = filled(&form, &[("line-1-units", "2"), ("line-1-charge", "106.00")]);
    // The answer to the form leads to a page of its own, so that a reload sends nothing.
    let pairs: Vec<(&str, &str)> =
        entries.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = biller.send(biller.form(&correct, &pairs));
    assert_eq!(answer.status, 303, "{}", String::from_utf8_lossy(&answer.bytes));
    let address = answer.header("location").to_owned();
    let claims = || listed(&county.client(), &kitchen.key, "/v1/claims?limit=200");
    let before = claims();
    // Who reads it and until when stands around what it is about.
    let matter = |page: Page| {
        let (_, main) = page.html.split_once("<main").expect("a page");
        main.split("</main>").next().unwrap_or_default().to_owned()
    };
    // The plan confirms it behind the answer.
    let correction = address.rsplit('/').next().expect("an id");
    let correction = county.client().read(&kitchen.key, &format!("/v1/claims/{correction}"));
    when_told(county, &kitchen.key, &correction, "claim-acknowledgement");
    let shown = [(), ()].map(|()| matter(biller.get(&address).with(200)));
    assert_eq!(shown[0], shown[1]);
    // Going back shows the old bill, which is replaced: its form leads on to the bill instead.
    let back = biller.get(&correct).with(200);
    assert_eq!(back.address, format!("/portal/claims/{}", text(&claim, "/id")));
    assert!(back.text().contains("Replaced"), "{}", back.text());
    assert_eq!(claims(), before);
    assert_eq!(before, 2, "the bill and its correction");
    // To look does nothing, on any of its pages.
    let paid = paid(county, &kitchen);
    for step in ["void", "dispute", "correct"] {
        let page = format!("/portal/claims/{}/{step}", text(&paid, "/id"));
        for _ in 0..2 {
            biller.get(&page).with(200);
        }
    }
    assert_eq!(county.again(&kitchen.key, &paid)["version"], paid["version"]);
}

fn two_tabs_and_two_people_overwrite_nothing(database: Database) {
    let county = County::shared(database);
    let kitchen = kitchen(county);
    let client = county.client();
    // One bill: here it is being corrected, there a colleague takes it back first.
    let claim = bill(county, &kitchen, 3, 3);
    let (ana, ben) =
        (Seat::at(county, &kitchen.id, &["biller"]), Seat::at(county, &kitchen.id, &["biller", "clerk"]));
    let at = |step: &str| format!("/portal/claims/{}/{step}", text(&claim, "/id"));
    let (correct, void) = (at("correct"), at("void"));
    let hers = form_at(&ana.get(&correct).with(200), &correct);
    let his = form_at(&ben.get(&void).with(200), &void);
    post(&ben, &void, &filled(&his, &[])).with(200);
    let late = post(&ana, &correct, &filled(&hers, &[("line-1-units", "2"), ("line-1-charge", "106.00")]));
    let late = late.with(409);
    assert!(late.text().contains("This changed since you opened it"), "{}", late.text());
    assert_eq!(late.value("line-1-charge"), "106.00", "nothing that was typed is lost");
    assert_eq!(county.again(&kitchen.key, &claim)["state"], "voided");
    assert_eq!(listed(&client, &kitchen.key, "/v1/claims?limit=200"), 2, "the bill and its void");

    // One file in two tabs: the second answer is for a file that is another by now.
    let file = json!({
        "legal_name": "Two Tabs", "services": ["medically-tailored-meals"], "counties": [COUNTY],
        "plans": ["harbor-crest"], "answers": [], "documents": [],
    });
    let file = county.submit(&kitchen.key, "applications", &file);
    let answer = format!("/portal/file/{}/answer", text(&file, "/id"));
    let tab = || form_at(&ben.get(&format!("{answer}?fact=org.years-in-operation")).with(200), &answer);
    let (one, two) = (tab(), tab());
    let named = |form: &Form| form.fields.iter().find(|field| field.name == "once").cloned();
    assert_ne!(named(&one), named(&two), "each tab is an attempt of its own");
    post(&ben, &answer, &filled(&one, &[("value", "6")])).with(200);
    let late = post(&ben, &answer, &filled(&two, &[("value", "7")])).with(409);
    assert!(late.text().contains("This changed since you opened it"), "{}", late.text());
    assert_eq!(late.value("value"), "7");
    let known = || -> Vec<Value> {
        let facts = county.again(&kitchen.key, &file)["request"]["facts"].clone();
        let facts = facts.as_array().cloned().unwrap_or_default();
        let years = facts.iter().filter(|one| one["code"] == "org.years-in-operation");
        years.map(|one| one["value"].clone()).collect()
    };
    assert_eq!(known(), [json!(6)]);
    // Seen what is new, it is sent again and taken.
    let form = form_at(&late, &answer);
    post(&ben, &answer, &filled(&form, &[("value", "7")])).with(200);
    assert!(known().contains(&json!(7)), "{:?}", known());

    // Signing out in one tab is signing out in all; what the other had open is kept for who signs in.
    let open = ben.get("/portal/file/new").with(200);
    let other = Seat::empty(&client);
    other.set_cookie(SESSION, &ben.cookie(SESSION).expect("signed in"));
    other.post("/portal/sign-out", &[]).with(200);
    let kept = ben.send_on(&open, &[("legal-name", "Still Here")]).with(401);
    assert!(kept.text().contains("It is kept"), "{}", kept.text());
}

fn what_was_asked_otherwise_meanwhile_is_not_confirmed(database: Database) {
    let county = County::of(Server::start(database), &[PLAN]);
    let (client, admin) = (county.client(), &county.plan(PLAN).admin);
    let policy = json!({
        "requires": ["two-people"],
        "roll_back": { "most_faults_per_hundred": 20, "at_least": 20, "among": 100 },
    });
    let policy = Request::post(format!("/v1/plans/{PLAN}/policy"), &policy).method("PUT");
    client.send(&policy.by(&county.server.operator)).with(200);
    let digest = county.upload_variant(PLAN, "asked twice");
    let organization = county.organization_of(PLAN);
    let (ana, ben) =
        (Seat::at(&county, &organization, &["analyst"]), Seat::at(&county, &organization, &["analyst"]));
    let (page, live) = (format!("/portal/rules/{digest}"), format!("/portal/rules/{digest}/live"));
    let ask = |entries: &[(&str, &str)]| {
        let form = form_at(&ana.get(&live).with(200), &live);
        let entries: Vec<(&str, &str)> = entries.iter().copied().chain([("button", "ask")]).collect();
        post(&ana, &live, &filled(&form, &entries)).with(200)
    };
    ask(&[]);
    let confirm = format!("{page}/confirm");
    let seen = form_at(&ben.get(&page).with(200), &confirm);
    // She asks for something else while he reads the first sentence.
    ask(&[("whom", "share"), ("share", "10")]);
    let late = post(&ben, &confirm, &filled(&seen, &[]));
    assert!((400..500).contains(&late.status), "{}", late.text());
    assert!(late.text().contains("Somebody changed this meanwhile"), "{}", late.text());
    let state = || client.read(admin, &format!("/v1/plugins/{digest}"))["state"].clone();
    assert_eq!(state(), "compiled", "he confirmed another sentence than stands there now");
    let anew = form_at(&ben.get(&page).with(200), &confirm);
    post(&ben, &confirm, &filled(&anew, &[("in-language", "en")])).with(200);
    assert_eq!(state(), "compiled", "a form that is shown again confirms nothing");
    post(&ben, &confirm, &filled(&anew, &[])).with(200);
    assert_eq!(state(), "active");
    let shown = client.read(admin, &format!("/v1/plugins/{digest}"));
    assert_eq!(shown["activations"].as_array().map(Vec::len), Some(1), "{shown}");
}

//! Sessions in the pages: which steps ask for a fresh proof, whose a session is, and what ends it.

use serde_json::{Value, json};

use crate::harness::{
    Client, County, Database, Page, Request, SESSION, Seat, Server, billed, facts, on_both_databases, text,
    until,
};
use crate::lifecycle::{hex, signing_key};

on_both_databases! {
    every_step_that_cannot_be_undone_asks_who_it_is
    a_secret_that_another_knows_is_not_taken_over
    looking_at_the_clock_is_no_use_of_a_session
    a_lock_holds_at_every_door
    who_was_ended_or_changed_is_so_at_once
}

const PLAN: &str = "costa-alta";

/// A referral that the plan's people decide.
fn waiting(county: &County) -> Value {
    let referral = json!({
        "member": county.person(PLAN).named(), "service": "medically-tailored-meals",
        "facts": facts(&[("consent.member-agrees", json!(true))]),
    });
    county.submit(county.key_of("open-door"), "referrals", &referral)
}

/// A bill that waits for the plan's people.
fn billed_meals(county: &County) -> Value {
    let claim = json!({
        "member": county.person(PLAN).named(), "diagnoses": ["Z59.02"],
        "lines": [billed("S9977 U7", 2, "2026-03-01", "120.00")],
    });
    county.submit(county.key_of("mesa-verde"), "claims", &claim)
}

/// A key of an organization, with its id and its secret.
fn key(county: &County, organization: &str, role: &str, label: &str) -> (String, String) {
    let body = json!({ "organization": organization, "role": role, "label": label });
    let made = county.client().send(&Request::post("/v1/keys", &body).by(&county.server.operator)).with(201);
    (text(&made, "/id").to_owned(), text(&made, "/key").to_owned())
}

/// An account that was invited and did not come yet.
fn invited(county: &County, email: &str) -> Value {
    let new = json!({
        "organization": county.organization_of(PLAN), "name": "Cy Low", "language": "en", "email": email,
        "roles": ["plan-operations"],
    });
    county.client().send(&Request::post("/v1/accounts", &new).by(&county.server.operator)).with(201)
}

/// A step that cannot be undone: where its form is, what a person enters, and whether it is done.
struct Step<'a> {
    seat: &'a Seat,
    /// Page on which the form stands.
    page: String,
    /// Address that it is posted to.
    path: String,
    entered: Vec<(&'a str, &'a str)>,
    is_done: Box<dyn Fn(&Client) -> bool + 'a>,
}

impl<'a> Step<'a> {
    fn of(
        seat: &'a Seat,
        (page, path): (&str, &str),
        entered: &[(&'a str, &'a str)],
        is_done: impl Fn(&Client) -> bool + 'a,
    ) -> Self {
        let (page, path) = (page.to_owned(), path.to_owned());
        Self { seat, page, path, entered: entered.to_vec(), is_done: Box::new(is_done) }
    }

    /// Sends the form of the page with these fields beside it.
    #[track_caller]
    fn send(&self, form: &Page, more: &[(&str, &str)]) -> Page {
        let own = ["once", "version"].map(|name| (name, form.field(name)));
        let own = own.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?)));
        let fields: Vec<(&str, &str)> =
            own.chain(self.entered.iter().copied()).chain(more.iter().copied()).collect();
        self.seat.post(&self.path, &fields)
    }
}

/// Cases, versions, keys and people that the steps are taken with.
struct Fixture {
    /// The referral that waits for the plan, and a bill.
    cases: [Value; 2],
    /// Versions of rules: one to go live, one to be revoked.
    versions: [String; 2],
    /// Ids and secrets of keys: the plan's own, and the provider's.
    keys: [(String, String); 2],
    /// Id of the key by which the plan signs.
    signing: String,
    /// Identity provider by which the provider's people sign in.
    identity_provider: Value,
    /// Accounts: one to be changed, one to get another link, one to be ended.
    people: [Value; 3],
    /// Id of the provider's organization, which delivers meals.
    kitchen: String,
}

impl Fixture {
    fn of(county: &County) -> Self {
        let (plan, kitchen) = (county.organization_of(PLAN), county.provider("mesa-verde").id.clone());
        let body = json!({ "public_key": hex(&signing_key(33).pk[..]), "label": "release" });
        let path = format!("/v1/plans/{PLAN}/signing-keys");
        let signing = county.client().send(&Request::post(path, &body).by(&county.plan(PLAN).admin));
        let body = json!({
            "organization": kitchen, "short_name": "kitchen", "issuer": "https://login.kitchen.example",
            "client_id": "crosswalk", "client_secret": "invented",
        });
        let provider = Request::post("/v1/identity-providers", &body).by(&county.server.operator);
        let emails = ["change@proof.example", "link@proof.example", "end@proof.example"];
        Self {
            cases: [waiting(county), billed_meals(county)],
            versions: ["to go live", "to be revoked"].map(|mark| county.upload_variant(PLAN, mark)),
            keys: [
                key(county, &plan, "plan-admin", "to be ended by the plan"),
                key(county, &kitchen, "provider", "to be ended by the county"),
            ],
            signing: text(&signing.with(201), "/id").to_owned(),
            identity_provider: county.client().send(&provider).with(200),
            people: emails.map(|email| invited(county, email)),
            kitchen,
        }
    }

    /// Steps of whoever decides cases, and of whoever bills.
    fn steps_with_cases<'a>(
        &'a self,
        county: &'a County,
        clerk: &'a Seat,
        biller: &'a Seat,
    ) -> Vec<Step<'a>> {
        let [case, bill] = &self.cases;
        let screen = format!("/portal/work/referral/{}", text(case, "/id"));
        let void = format!("/portal/claims/{}/void", text(bill, "/id"));
        vec![
            Step::of(clerk, (&screen, &screen), &[("decision", "accept")], |_| {
                county.again(&county.plan(PLAN).reviewer, case)["version"] != case["version"]
            }),
            Step::of(biller, (&void, &void), &[], |_| {
                county.again(county.key_of("mesa-verde"), bill)["state"] == "voided"
            }),
        ]
    }

    /// Steps of a plan's analyst: with versions of rules, and with keys for access and for signing.
    fn steps_with_rules<'a>(&'a self, county: &'a County, analyst: &'a Seat) -> Vec<Step<'a>> {
        let admin = &county.plan(PLAN).admin;
        let is = |digest: &'a str, state: &'static str| {
            move |client: &Client| client.read(admin, &format!("/v1/plugins/{digest}"))["state"] == state
        };
        let ([live, revoked], [(own, secret), _]) = (&self.versions, &self.keys);
        let keys = "/portal/rules/keys";
        let [goes, ended] = [format!("{live}/live"), format!("{revoked}/revoke")];
        let [goes, ended] = [goes, ended].map(|step| format!("/portal/rules/{step}"));
        let (end, retire) = (format!("{keys}/{own}/end"), format!("{keys}/signing/{}/end", self.signing));
        let new = [("label", "made by the plan"), ("role", "plan-admin"), ("ends", "2099-12-31")];
        let live_now = [("when", "now"), ("button", "do")];
        vec![
            Step::of(analyst, (&goes, &goes), &live_now, is(live, "active")),
            Step::of(analyst, (&ended, &ended), &[("reason", "It pays twice.")], is(revoked, "revoked")),
            Step::of(analyst, (keys, keys), &new, has_key(county, "made by the plan")),
            Step::of(analyst, (&end, &end), &[], is_turned_away(secret)),
            Step::of(analyst, (&retire, &retire), &[], |client| {
                let keys = client.read(admin, &format!("/v1/plans/{PLAN}/signing-keys"));
                keys["items"][0]["retired_at"].is_string()
            }),
        ]
    }

    /// Steps of whoever administers the plan's accounts.
    fn steps_with_people<'a>(&'a self, county: &'a County, analyst: &'a Seat) -> Vec<Step<'a>> {
        let host = &county.server.operator;
        let another = |person: &'a Value, part: &'static str| {
            let path = format!("/v1/accounts/{}", text(person, "/id"));
            move |client: &Client| client.read(host, &path).pointer(part) != person.pointer(part)
        };
        let path = |person: &Value, step: &str| format!("/portal/accounts/{}/{step}", text(person, "/id"));
        let [one, two, three] = &self.people;
        let (change, link, end) = (path(one, "change"), path(two, "link"), path(three, "end"));
        let changed = [("name", "Cy Lowe"), ("language", "en"), ("role", "plan-operations")];
        vec![
            Step::of(analyst, (&change, &change), &changed, another(one, "/name")),
            Step::of(analyst, (&link, &link), &[], another(two, "/link/ends_at")),
            Step::of(analyst, (&end, &end), &[("reason", "Works elsewhere.")], another(three, "/state")),
        ]
    }

    /// Steps with the identity provider by which an organization's people sign in.
    fn steps_with_providers<'a>(
        &'a self,
        county: &'a County,
        analyst: &'a Seat,
        operator: &'a Seat,
    ) -> Vec<Step<'a>> {
        let providers = move |client: &Client| {
            client.read(&county.server.operator, "/v1/identity-providers?limit=200")["items"].clone()
        };
        let new = [
            ("short-name", "proof"),
            ("issuer", "https://login.proof.example"),
            ("client-id", "crosswalk"),
            ("client-secret", "invented"),
            ("domains", ""),
        ];
        let (made, id) = ("/portal/identity/new", text(&self.identity_provider, "/id"));
        let ends = format!("/portal/identity/{id}/end");
        vec![
            Step::of(analyst, (made, made), &new, move |client| {
                providers(client).to_string().contains("https://login.proof.example")
            }),
            Step::of(operator, (&ends, &ends), &[], move |client| {
                let listed = providers(client);
                let mut found = listed.as_array().expect("a list").iter().filter(|one| one["id"] == id);
                found.any(|one| one["ended_at"].is_string())
            }),
        ]
    }

    /// Steps of the county's own people with keys.
    fn steps_with_keys<'a>(&'a self, county: &'a County, operator: &'a Seat) -> Vec<Step<'a>> {
        let [_, (id, secret)] = &self.keys;
        let (asks, ends) = (format!("/portal/county/keys/{id}"), format!("/portal/county/keys/{id}/end"));
        let new = [
            ("organization", self.kitchen.as_str()),
            ("label", "made by the county"),
            ("role", "provider"),
            ("license", ""),
        ];
        let made = ("/portal/county/keys/new", "/portal/county/keys");
        vec![
            Step::of(operator, (&asks, &ends), &[], is_turned_away(secret)),
            Step::of(operator, made, &new, has_key(county, "made by the county")),
        ]
    }
}

/// True once the secret of a key opens nothing.
fn is_turned_away(secret: &str) -> impl Fn(&Client) -> bool {
    move |client| client.send(&Request::get("/v1/criteria").by(secret)).status == 401
}

/// True once there is a key of this label.
fn has_key(county: &County, label: &'static str) -> impl Fn(&Client) -> bool {
    let host = county.server.operator.as_str();
    move |client| client.read(host, "/v1/keys?limit=200").to_string().contains(label)
}

fn every_step_that_cannot_be_undone_asks_who_it_is(database: Database) {
    let mut county = County::of(Server::start(database), &[PLAN]);
    let (plan, fixture) = (county.organization_of(PLAN), Fixture::of(&county));
    let seats = [
        Seat::at(&county, &plan, &["plan-operations"]),
        Seat::at(&county, &fixture.kitchen, &["biller"]),
        Seat::administering(&county, &plan, &["analyst"]),
        Seat::administering(&county, &county.server.office(), &["county-operator"]),
    ];
    // Nobody's proof is good any more, and every session still is.
    county.server.start_again_at("2026-03-02T18:13:00Z");
    let [clerk, biller, analyst, operator] = seats.map(|seat| seat.moved_to(&county.client()));
    let mut steps = fixture.steps_with_cases(&county, &clerk, &biller);
    steps.extend(fixture.steps_with_rules(&county, &analyst));
    steps.extend(fixture.steps_with_people(&county, &analyst));
    steps.extend(fixture.steps_with_providers(&county, &analyst, &operator));
    steps.extend(fixture.steps_with_keys(&county, &operator));

    // Each asks, and does nothing; nobody has proved anything meanwhile.
    let client = county.client();
    let forms: Vec<Page> = steps.iter().map(|step| asks_first(&client, step)).collect();
    let wrong = steps[0].send(&forms[0], &[("proof-code", "not a code")]).with(422);
    assert!(wrong.text().contains("This code does not fit"), "{}", wrong.text());
    assert!(!(steps[0].is_done)(&client), "a code that does not fit is no proof");
    for (step, form) in steps.iter().zip(&forms) {
        is_done_with_a_code(&client, step, form);
    }
}

/// Sends a step without a proof, which is asked for; gives the page on which the step's form stands.
#[track_caller]
fn asks_first(client: &Client, step: &Step<'_>) -> Page {
    let form = step.seat.get(&step.page).with(200);
    let asked = step.send(&form, &[]).with(403);
    assert!(asked.text().contains("Show that it is you"), "{}: {}", step.path, asked.text());
    assert_eq!(asked.action(), step.path, "the same form goes on from there");
    assert!(!(step.is_done)(client), "{} was done without a proof", step.path);
    form
}

/// Sends a step with a code: it is done, and the session has another secret.
#[track_caller]
fn is_done_with_a_code(client: &Client, step: &Step<'_>, form: &Page) {
    let before = step.seat.cookie(SESSION).expect("signed in");
    let code = step.seat.recovery_code();
    let done = step.send(form, &[("proof-code", &code)]);
    assert!((200..300).contains(&done.status), "{}: {}", step.path, done.text());
    assert!((step.is_done)(client), "{} was not done: {}", step.path, done.text());
    assert_ne!(step.seat.cookie(SESSION).as_ref(), Some(&before), "{}: another secret", step.path);
    let thief = Seat::empty(client);
    thief.set_cookie(SESSION, &before);
    thief.get("/portal/account").with(401);
}

fn a_secret_that_another_knows_is_not_taken_over(database: Database) {
    let county = County::shared(database);
    let organization = &county.provider("open-door").id;
    let new = json!({
        "organization": organization, "name": "Vera Fix", "language": "en", "email": "victim@fixation.example",
        "roles": ["coordinator"],
    });
    let victim = Seat::invited(&county.client(), &county.server.operator, &new);
    let mallory = Seat::at(county, organization, &["clerk"]);
    let known = mallory.cookie(SESSION).expect("signed in");
    // Mallory's own session, which is good, is put into the browser in which the other signs in.
    let browser = Seat::empty(&county.client());
    browser.set_cookie(SESSION, &known);
    let page = browser.get("/portal/sign-in").with(200);
    browser.signs_in(&page, "victim@fixation.example", &victim.recovery_code()).with(200);
    let taken = browser.cookie(SESSION).expect("signed in");
    assert_ne!(taken, known, "whoever signs in has a secret of the own");
    let who = |seat: &Seat| seat.get("/portal/account").with(200).text();
    assert!(who(&browser).contains("Vera Fix"), "{}", who(&browser));
    assert!(!who(&mallory).contains("Vera Fix"), "the secret that was known is nobody else's");
    // A secret in another cookie is none, and of two cookies of the name neither counts.
    let cookies = [format!("cw={taken}"), format!("{SESSION}={taken}; {SESSION}={known}")];
    for cookie in cookies {
        let request = Request::get("/portal/account").header("Cookie", &cookie);
        assert_eq!(county.client().send(&request).status, 401, "{cookie}");
    }
    // Nor does her code open a session of another.
    let page = mallory.post("/portal/lock", &[("then", "/portal/account")]).with(401);
    browser.set_cookie(SESSION, &known);
    let refused = browser.send_on(&page, &[("code", &victim.recovery_code())]).with(422);
    assert!(refused.text().contains("This code does not fit"), "{}", refused.text());
    browser.get("/portal/account").with(401);
}

fn looking_at_the_clock_is_no_use_of_a_session(database: Database) {
    let mut server = Server::start(database);
    let office = server.office();
    let analyst = |email: &str| {
        let new = json!({
            "organization": office, "name": "Una Idle", "language": "en", "email": email,
            "roles": ["county-analyst"],
        });
        Seat::invited(&server.client(), &server.operator, &new)
    };
    let (idle, busy) = (analyst("idle@clock.example"), analyst("busy@clock.example"));
    server.start_again_at("2026-03-02T18:13:00Z");
    let (idle, busy) = (idle.moved_to(&server.client()), busy.moved_to(&server.client()));
    let seconds = |page: Page| -> u64 {
        page.html.trim().parse().unwrap_or_else(|_| panic!("no seconds: {}", page.html))
    };
    let left = |seat: &Seat| seconds(seat.get("/portal/session").with(200));
    let (of_idle, of_busy) = (left(&idle), left(&busy));
    assert!(of_idle < 5 * 60 && of_busy < 5 * 60, "{of_idle} {of_busy}");
    let stays = seconds(busy.post("/portal/session", &[]).with(200));
    assert!(stays > 14 * 60, "somebody has said to be there: {stays}");
    // It is noted behind the answer, and the service is about to be killed.
    until("the use to be noted", || (left(&busy) > 14 * 60).then_some(()));

    // More than fifteen minutes after the last use of the one, and seven after that of the other.
    server.start_again_at("2026-03-02T18:20:00Z");
    let (idle, busy) = (idle.moved_to(&server.client()), busy.moved_to(&server.client()));
    idle.get("/portal/session").with(401);
    let over = idle.get("/portal/account").with(401);
    assert!(over.text().contains("after some minutes without use"), "{}", over.text());
    busy.get("/portal/account").with(200);
    // No code brings back what is over: the whole way in is gone again.
    let unlocked = idle.post("/portal/unlock", &[("code", &idle.recovery_code()), ("then", "/portal")]);
    assert_eq!((unlocked.status, &*unlocked.action()), (401, "/portal/sign-in"), "{}", unlocked.text());
    idle.get("/portal/account").with(401);
}

fn a_lock_holds_at_every_door(database: Database) {
    let county = County::shared(database);
    let organization = &county.provider("open-door").id;
    let seat = Seat::administering(county, organization, &["coordinator"]);
    let secret = seat.cookie(SESSION).expect("signed in");
    let tab = Seat::empty(&county.client());
    tab.set_cookie(SESSION, &secret);
    let form = tab.get("/portal/accounts/new").with(200);
    seat.post("/portal/lock", &[("then", "/portal")]).with(401);
    // The other tab is locked too, also for what it had open; the API is by the same secret.
    assert_eq!(tab.get("/portal").with(401).action(), "/portal/unlock");
    let typed = [("name", "Eve Tab"), ("email", "eve@lock.example"), ("language", "en"), ("role", "clerk")];
    let kept = tab.send_on(&form, &typed).with(401);
    assert_eq!(kept.action(), "/portal/unlock");
    let api = county.client().send(&Request::get("/v1/organizations").by(&secret));
    assert_eq!((api.status, api.code()), (401, "session-locked"));
    // A code with the form, as where a step asks for one, is no way around the lock.
    let with_code: Vec<(&str, &str)> = typed.into_iter().chain([("proof-code", "000000")]).collect();
    let again = tab.send_on(&form, &with_code).with(401);
    assert_eq!(again.action(), "/portal/unlock");
    let list = county.client().read(&county.server.operator, "/v1/accounts?limit=200");
    assert!(!list.to_string().contains("eve@lock.example"), "nobody was invited");
    // Signing out of a locked session shows nobody who it was, and does not open it.
    tab.post("/portal/sign-out", &[]).with(200);
    let still = Seat::empty(&county.client());
    still.set_cookie(SESSION, &secret);
    assert_eq!(still.get("/portal").with(401).action(), "/portal/unlock");
}

fn who_was_ended_or_changed_is_so_at_once(database: Database) {
    let county = County::shared(database);
    let provider = county.new_provider(&["meals"]);
    let ada = Seat::administering(county, &provider.id, &["coordinator"]);
    let new = json!({
        "organization": provider.id, "name": "Ben Once", "language": "en", "email": "ben@at-once.example",
        "roles": ["coordinator"], "administers": true,
    });
    let ben = Seat::invited(&county.client(), &county.server.operator, &new);
    let list = ada.get("/portal/accounts").with(200);
    let of_ben = list.link("Ben Once");
    ben.get("/portal/accounts").with(200);
    // Other rights end the session that has the old ones; with the new ones he signs in again.
    let form = ada.get(&format!("{of_ben}/change")).with(200);
    let clerk = [("name", "Ben Once"), ("language", "en"), ("role", "clerk")];
    ada.send_on(&form, &clerk).with(200);
    let page = ben.get("/portal/accounts").with(401);
    ben.signs_in(&page, "ben@at-once.example", &ben.recovery_code()).with(403);
    // Ended, he is nobody, and what he had open does nothing.
    let open = ben.get("/portal/file/new").with(200);
    let form = ada.get(&format!("{of_ben}/end")).with(200);
    ada.send_on(&form, &[("reason", "Works elsewhere.")]).with(200);
    ben.get("/portal").with(401);
    let late = [("legal-name", "Ben's"), ("service", "medically-tailored-meals"), ("plan", "valle-vista")];
    ben.send_on(&open, &late).with(401);
    let files = county.client().read(&provider.key, "/v1/applications");
    assert_eq!(files["items"], json!([]), "{files}");
    let page = ben.get("/portal/sign-in").with(200);
    let refused = ben.signs_in(&page, "ben@at-once.example", &ben.recovery_code());
    assert_eq!(refused.status, 422, "{}", refused.text());
}

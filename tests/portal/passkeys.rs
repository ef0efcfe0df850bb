//! Passkeys at the front door: made when an invitation is taken up and on the account's page, used to sign
//! in, to unlock and before what cannot be undone, listed and removed; and everything that is no passkey.

use std::fs;

use serde_json::{Value, json};

use crate::harness::{
    Client, County, Database, Device, PRESENT, Page, Request, SESSION, Seat, Server, on_both_databases, text,
};

on_both_databases! {
    an_invitation_is_taken_up_with_a_passkey
    what_was_made_is_not_lost_to_a_mistake
    a_person_signs_in_without_an_address
    what_is_no_passkey_signs_nobody_in
    a_copy_of_a_passkey_is_found_out
    a_locked_session_opens_to_its_own_passkey
    passkeys_are_added_listed_and_removed
    the_last_way_in_stays
    a_passkey_proves_who_it_is_before_a_step
    a_challenge_is_good_for_five_minutes
    any_node_takes_the_answer
    without_a_public_address_nothing_speaks_of_passkeys
}

/// Origin of the pages, at whatever port.
const ORIGIN: &str = "http://localhost:4711";

/// Options by which the page's device makes a passkey.
#[track_caller]
fn options(page: &Page) -> Value {
    let options = page.attribute("data-make");
    let options = options.unwrap_or_else(|| panic!("{} makes none: {}", page.address, page.text()));
    serde_json::from_str(&options).expect("they are JSON")
}

/// Question that the page's script gets for a passkey.
#[track_caller]
fn question(seat: &Seat, page: &Page) -> Value {
    let address = page.attribute("data-sign");
    let address = address.unwrap_or_else(|| panic!("{} asks for none: {}", page.address, page.text()));
    seat.send(seat.form(&address, &[])).with(200)
}

/// Invites somebody to an organization; gives the secret of the link.
fn link(client: &Client, key: &str, new: &Value) -> String {
    let invited = client.send(&Request::post("/v1/accounts", new).by(key)).with(201);
    text(&invited, "/link/secret").to_owned()
}

/// Opens an invitation, and has the page ask the device.
#[track_caller]
fn opened(seat: &Seat, link: &str) -> Page {
    let page = seat.get(&format!("/portal/invitation?link={link}")).with(200);
    assert!(page.html.contains("formaction=\"/portal/invitation/passkey\""), "{}", page.html);
    seat.post("/portal/invitation/passkey", &[("link", link), ("step", "begin")]).with(200)
}

/// A person who has taken an invitation up with a passkey of this device, and is signed in.
#[track_caller]
fn joined(county: &County, email: &str, device: &mut Device) -> Seat {
    let new = json!({
        "organization": county.provider("open-door").id, "name": "Pia Keys", "email": email,
        "language": "en", "roles": ["coordinator"],
    });
    let seat = Seat::empty(&county.client());
    let page = opened(&seat, &link(&county.client(), &county.server.operator, &new));
    let made = device.makes(&options(&page));
    let codes = seat.send_on(&page, &[("name", "Pia Keys"), ("passkey", &made)]).with(200);
    assert_eq!(codes.codes().len(), 10, "{}", codes.text());
    seat
}

/// A browser in which the person of a device signs in.
#[track_caller]
fn signed_in(client: &Client, device: &mut Device) -> Page {
    let seat = Seat::empty(client);
    let page = seat.get("/portal/account").with(401);
    let signed = device.signs(&question(&seat, &page));
    seat.send_on(&page, &[("passkey", &signed)])
}

/// Adds a passkey to the account of who sits there; gives its id.
#[track_caller]
pub(crate) fn added(client: &Client, seat: &Seat) -> String {
    let page = seat.post("/portal/account/passkeys", &[]).with(200);
    let made = Device::at(ORIGIN).makes(&options(&page));
    seat.send_on(&page, &[("name", "Phone"), ("passkey", &made)]).with(200);
    text(passkeys(client, seat).last().expect("it was added"), "/id").to_owned()
}

pub(crate) fn passkeys(client: &Client, seat: &Seat) -> Vec<Value> {
    let secret = seat.cookie(SESSION).expect("signed in");
    client.read(&secret, "/v1/passkeys")["items"].as_array().expect("a list").clone()
}

fn an_invitation_is_taken_up_with_a_passkey(database: Database) {
    let county = County::shared(database);
    let (client, operator) = (county.client(), &county.server.operator);
    let new = json!({
        "organization": county.provider("open-door").id, "name": "Pia Link", "email": "pia@links.example",
        "language": "en", "roles": ["coordinator"],
    });
    let link = link(&client, operator, &new);
    let (seat, mut device) = (Seat::empty(&client), Device::at(ORIGIN));
    let page = opened(&seat, &link);
    assert!(page.text().contains("Your passkey"), "{}", page.text());
    assert_eq!(page.value("name"), "Pia Link");
    let asked = options(&page);
    assert_eq!(text(&asked, "/rp/id"), "localhost");
    let wanted = &asked["authenticatorSelection"];
    assert_eq!((text(wanted, "/residentKey"), text(wanted, "/userVerification")), ("required", "required"));
    assert_eq!((text(&asked, "/attestation"), &asked["timeout"]), ("none", &json!(300_000)));
    assert_eq!(text(&asked, "/user/id").len(), 22, "sixteen bytes, which say nothing");

    let made = device.makes(&asked);
    let fields = [("name", "Pia Link"), ("passkey", made.as_str())];
    let codes = seat.send_on(&page, &fields).with(200);
    assert_eq!(codes.codes().len(), 10, "{}", codes.text());
    assert!(codes.text().contains("If you lose your device"), "{}", codes.text());
    let account = seat.get("/portal/account").with(200);
    assert!(account.text().contains("Pia Link") && account.text().contains("Not used yet."));
    let listed = passkeys(&client, &seat);
    assert_eq!(listed.len(), 1);
    assert_eq!((text(&listed[0], "/name"), &listed[0]["used_at"]), ("Passkey", &Value::Null));
    // Sent twice, it was taken the first time, and the codes are not shown again.
    let again = seat.send_on(&page, &fields).with(200);
    assert!(again.text().contains("You have joined already"), "{}", again.text());
    let over = seat.post("/portal/invitation/passkey", &[("link", &link), ("step", "begin")]).with(410);
    assert!(over.text().contains("This invitation is over"));
    assert!(signed_in(&client, &mut device).with(200).text().contains("Pia Link"));
    // Whoever is invited again has lost the passkey too.
    let listed = client.read(operator, "/v1/accounts?limit=200");
    let accounts = listed["items"].as_array().expect("a list");
    let own = accounts.iter().find(|one| one["email"] == "pia@links.example").expect("it is there");
    let again = Request::post(format!("/v1/accounts/{}/invitations", text(own, "/id")), &json!({}));
    client.send(&again.by(operator).of_version(&own["version"])).with(201);
    signed_in(&client, &mut device).with(422);
}

fn what_was_made_is_not_lost_to_a_mistake(database: Database) {
    let county = County::shared(database);
    let new = json!({
        "organization": county.provider("open-door").id, "name": "Pia Late", "email": "pia@late.example",
        "language": "en", "roles": ["clerk"],
    });
    let link = link(&county.client(), &county.server.operator, &new);
    let (seat, mut device) = (Seat::empty(&county.client()), Device::at(ORIGIN));
    let page = opened(&seat, &link);
    let made = device.makes(&options(&page));
    let nameless = seat.send_on(&page, &[("name", " "), ("passkey", &made)]).with(422);
    assert!(nameless.text().starts_with("Error: "), "{}", nameless.text());
    assert_eq!((nameless.value("passkey"), nameless.attribute("data-make")), (made, None));
    let spanish = seat.send_on(&nameless, &[("name", "Pía"), ("in-language", "es")]).with(200);
    assert_eq!(spanish.value("name"), "Pía");
    assert_eq!(seat.cookie(SESSION), None);
    let codes = seat.send_on(&spanish, &[("name", "Pía Tarde")]).with(200);
    assert!(codes.text().contains("Guarde estos códigos"), "{}", codes.text());

    // What is no passkey, or one of another site, is asked for once more.
    let new = json!({ "email": "pia@other.example" });
    let new = merged(&new, county);
    let link = self::link(&county.client(), &county.server.operator, &new);
    let seat = Seat::empty(&county.client());
    let mut page = opened(&seat, &link);
    let mut elsewhere = Device::at("https://evil.example");
    let mut unasked = Device::at(ORIGIN).seeing(PRESENT);
    for wrong in ["AA.AA".to_owned(), "nonsense".to_owned()] {
        page = seat.send_on(&page, &[("name", "Pia"), ("passkey", &wrong)]).with(422);
        assert!(page.text().contains("Make it once more"), "{}", page.text());
    }
    for device in [&mut elsewhere, &mut unasked] {
        let made = device.makes(&options(&page));
        page = seat.send_on(&page, &[("name", "Pia"), ("passkey", &made)]).with(422);
        assert!(page.text().contains("Make it once more"), "{}", page.text());
    }
    let another = options(&opened(&Seat::empty(&county.client()), &link));
    let good = Device::at(ORIGIN).makes(&another);
    seat.send_on(&page, &[("name", "Pia"), ("passkey", &good)]).with(200);
}

/// A person to be invited, as most tests invite one.
fn merged(given: &Value, county: &County) -> Value {
    let mut new = json!({
        "organization": county.provider("open-door").id, "name": "Pia Keys", "language": "en", "roles": ["clerk"],
    });
    let fields = given.as_object().expect("fields");
    new.as_object_mut().expect("fields").extend(fields.clone());
    new
}

fn a_person_signs_in_without_an_address(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let mut device = Device::at(ORIGIN).counting(Some(0));
    let first = joined(county, "pia@signs.example", &mut device);
    let seat = Seat::empty(&client);
    // A secret that somebody else put into the browser is worth nothing, before and after.
    let planted = format!("cws_{}", "a".repeat(64));
    seat.set_cookie(SESSION, &planted);
    let asked = seat.get("/portal/account").with(401);
    assert!(asked.text().contains("Sign in with a passkey"), "{}", asked.text());
    // Without script the button is not there.
    let (_, button) = asked.html.split_once("data-passkey=").expect("the button is there");
    assert!(button.split('>').next().is_some_and(|tag| tag.ends_with(" hidden")), "{button}");
    let question = question(&seat, &asked);
    assert_eq!((text(&question, "/party"), &question["allowed"]), ("localhost", &json!([])));
    let signed = device.signs(&question);
    let request =
        seat.form(&asked.action(), &[("email", ""), ("passkey", &signed), ("then", "/portal/account")]);
    let answer = seat.send(request);
    assert_eq!((answer.status, answer.header("location")), (303, "/portal/account"));
    assert_ne!(seat.cookie(SESSION), Some(planted));
    assert!(seat.get("/portal/account").with(200).text().contains("Pia Keys"));
    let listed = passkeys(&client, &first);
    assert!(listed[0]["used_at"].is_string(), "{listed:?}");
    assert!(first.get("/portal/account").with(200).text().contains("Last used on"));
    // A form that came without a session comes back.
    let nobody = Seat::empty(&client);
    let kept = nobody.post("/portal/people", &[("number", "91234567A")]).with(401);
    let signed = device.signs(&self::question(&nobody, &kept));
    let back = nobody.send_on(&kept, &[("passkey", &signed)]).with(200);
    assert_eq!(back.hidden(), [("number".to_owned(), "91234567A".to_owned())]);
    // The language can be changed before, and nothing else is done then.
    let nobody = Seat::empty(&client);
    let page = nobody.get("/portal/sign-in").with(200);
    let signed = device.signs(&self::question(&nobody, &page));
    let spanish = nobody.send_on(&page, &[("passkey", &signed), ("in-language", "es")]).with(200);
    assert!(spanish.text().contains("Entrar con una llave de acceso"), "{}", spanish.text());
    assert_eq!(nobody.cookie(SESSION), None);
}

fn what_is_no_passkey_signs_nobody_in(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let mut device = Device::at(ORIGIN);
    let person = joined(county, "pia@refused.example", &mut device);
    let seat = Seat::empty(&client);
    let page = seat.get("/portal/sign-in").with(200);
    let refused = |signed: &str, why: &str| {
        let answer = seat.send_on(&page, &[("email", ""), ("passkey", signed)]).with(422);
        assert!(answer.text().contains("This passkey was not taken"), "{why}: {}", answer.text());
        assert_eq!(seat.cookie(SESSION), None, "{why}");
        answer.text()
    };
    let reference = refused("AA.AA.AA.AA.AA", "nonsense");
    let same = |signed: &str, why: &str| assert_eq!(refused(signed, why), reference, "{why}");
    same("nonsense", "what cannot be read");
    let ask = || question(&seat, &page);
    let mut elsewhere = device.clone().before("https://localhost.evil.example");
    same(&elsewhere.signs(&ask()), "another site");
    let mut unasked = device.clone().seeing(PRESENT);
    same(&unasked.signs(&ask()), "a device that asked nothing");
    // A passkey that the host has not kept.
    let mut unknown = Device::at(ORIGIN);
    let new = merged(&json!({ "email": "pia@unknown.example" }), county);
    unknown.makes(&options(&opened(&Seat::empty(&client), &link(&client, &county.server.operator, &new))));
    same(&unknown.signs(&ask()), "an unknown passkey");
    // A challenge of the host's, made for something else.
    let locked = person.post("/portal/lock", &[("then", "/portal")]).with(401);
    same(&device.signs(&question(&person, &locked)), "a challenge for a proof");
    let mut nobodys = ask();
    nobodys["challenge"] = "A".repeat(43).into();
    same(&device.signs(&nobodys), "a challenge of nobody's");
    // One that was answered badly is used up, and so is one that was answered well.
    let asked = ask();
    let mut broken: Vec<String> = device.signs(&asked).split('.').map(str::to_owned).collect();
    broken[3] = "AAAA".to_owned();
    same(&broken.join("."), "another signature");
    same(&device.signs(&asked), "a challenge that was answered");
    let signed = device.signs(&ask());
    let other = Seat::empty(&client);
    other.send_on(&page, &[("passkey", &signed)]).with(200);
    same(&signed, "the same answer again");
    let denied = client.read(&county.server.operator, "/v1/audit?action=sign-in&limit=200");
    let entries = denied["items"].as_array().expect("a list");
    assert!(entries.iter().any(|entry| entry["outcome"] == "denied"), "{denied}");
}

fn a_copy_of_a_passkey_is_found_out(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let mut device = Device::at(ORIGIN).counting(Some(7));
    joined(county, "pia@copies.example", &mut device);
    let mut copy = device.clone();
    signed_in(&client, &mut device).with(200);
    signed_in(&client, &mut device).with(200);
    // It has not heard of the two uses.
    signed_in(&client, &mut copy).with(422);
    signed_in(&client, &mut copy).with(422);
    // Whoever counts further is taken: which of the two is the person's, nobody can tell.
    signed_in(&client, &mut copy).with(200);
    signed_in(&client, &mut device).with(422);
    let mut reset = device.counting(None);
    signed_in(&client, &mut reset).with(422);
}

fn a_locked_session_opens_to_its_own_passkey(database: Database) {
    let county = County::shared(database);
    let mut device = Device::at(ORIGIN);
    let seat = joined(county, "pia@locks.example", &mut device);
    let before = seat.cookie(SESSION).expect("signed in");
    let locked = seat.post("/portal/lock", &[("then", "/portal/account")]).with(401);
    assert!(locked.text().contains("Use a passkey"), "{}", locked.text());
    let mut others = Device::at(ORIGIN);
    joined(county, "piet@locks.example", &mut others);
    let asked = question(&seat, &locked);
    assert_eq!(asked["allowed"].as_array().map(Vec::len), Some(1));
    let wrong = seat.send_on(&locked, &[("passkey", &others.signs_anyhow(&asked))]).with(422);
    assert!(wrong.text().contains("This passkey was not taken"), "{}", wrong.text());
    seat.get("/portal/account").with(401);
    // Somebody else's challenge is no use either.
    let nobody = Seat::empty(&county.client());
    let sign_in = nobody.get("/portal/sign-in").with(200);
    let foreign = device.signs(&question(&nobody, &sign_in));
    seat.send_on(&locked, &[("passkey", &foreign)]).with(422);
    let signed = device.signs(&question(&seat, &wrong));
    let page = seat.send_on(&wrong, &[("passkey", &signed)]).with(200);
    assert_eq!(page.address, "/portal/account");
    assert_ne!(seat.cookie(SESSION), Some(before), "another secret");
    // Without a session there is nobody to prove.
    assert_eq!(nobody.send(nobody.form("/portal/passkeys/proof", &[])).status, 401);
}

fn passkeys_are_added_listed_and_removed(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let seat = Seat::at(county, &county.provider("open-door").id, &["coordinator"]);
    assert!(passkeys(&client, &seat).is_empty());
    let page = seat.post("/portal/account/passkeys", &[]).with(200);
    assert!(page.text().contains("Add a passkey"), "{}", page.text());
    let (mut phone, mut laptop) = (Device::at(ORIGIN), Device::at(ORIGIN));
    let made = phone.makes(&options(&page));
    let long = "a".repeat(61);
    let refused = seat.send_on(&page, &[("name", &long), ("passkey", &made)]).with(422);
    assert_eq!((refused.value("name"), refused.value("passkey")), (long, made.clone()));
    let fields = [("name", "Office phone"), ("passkey", made.as_str())];
    let added = seat.send_on(&page, &fields).with(200);
    assert_eq!(added.address, "/portal/account");
    assert!(added.text().contains("Office phone Added: "), "{}", added.text());
    // Sent twice it is one.
    seat.send_on(&page, &fields).with(200);
    let page = seat.post("/portal/account/passkeys", &[("name", "Laptop")]).with(200);
    assert_eq!(page.value("name"), "Laptop");
    assert_eq!(options(&page)["excludeCredentials"].as_array().map(Vec::len), Some(1));
    let wrong = Device::at("https://evil.example").makes(&options(&page));
    let page = seat.send_on(&page, &[("name", "Laptop"), ("passkey", &wrong)]).with(422);
    assert!(page.text().contains("Make it once more"), "{}", page.text());
    let made = laptop.makes(&options(&page));
    seat.send_on(&page, &[("name", ""), ("passkey", &made)]).with(200);
    let listed = passkeys(&client, &seat);
    let names: Vec<&str> = listed.iter().map(|one| text(one, "/name")).collect();
    assert_eq!(names, ["Office phone", "Passkey"], "one that was given no name has one too");
    signed_in(&client, &mut phone).with(200);
    signed_in(&client, &mut laptop).with(200);

    // Somebody else's is not there: neither at the page nor at the API.
    let id = text(&listed[0], "/id");
    let other = Seat::at(county, &county.provider("open-door").id, &["clerk"]);
    let remove = format!("/portal/account/passkeys/{id}/remove");
    other.post(&remove, &[]).with(404);
    let by_api = Request::get(format!("/v1/passkeys/{id}")).method("DELETE");
    let others = other.cookie(SESSION).expect("signed in");
    assert_eq!(client.send(&by_api.clone().by(&others)).status, 404);
    assert_eq!(client.send(&by_api.by(county.key_of("open-door"))).status, 403, "a key has none");
    seat.post(&remove, &[("in-language", "en")]).with(200);
    assert_eq!(passkeys(&client, &seat).len(), 2, "a form that is shown again removes nothing");
    let left = seat.post(&remove, &[]).with(200);
    assert!(!left.text().contains("Office phone"), "{}", left.text());
    signed_in(&client, &mut phone).with(422);
    signed_in(&client, &mut laptop).with(200);
    seat.post(&remove, &[]).with(404);
    let last = Request::get(format!("/v1/passkeys/{}", text(&listed[1], "/id"))).method("DELETE");
    let own = seat.cookie(SESSION).expect("signed in");
    assert_eq!(client.send(&last.by(&own)).status, 204, "an authenticator is left");
    assert!(passkeys(&client, &seat).is_empty());
}

fn the_last_way_in_stays(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let mut device = Device::at(ORIGIN);
    let seat = joined(county, "pia@last.example", &mut device);
    let id = text(&passkeys(&client, &seat)[0], "/id").to_owned();
    let kept = seat.post(&format!("/portal/account/passkeys/{id}/remove"), &[]).with(409);
    assert!(kept.text().contains("Nothing was removed"), "{}", kept.text());
    let own = seat.cookie(SESSION).expect("signed in");
    let refused = client.send(&Request::get(format!("/v1/passkeys/{id}")).method("DELETE").by(&own));
    assert_eq!((refused.status, text(&refused.json, "/errors/0/code")), (409, "last-way-in"));
    signed_in(&client, &mut device).with(200);
    // There is an end to how many somebody may have.
    for _ in 1..10 {
        let page = seat.post("/portal/account/passkeys", &[]).with(200);
        let made = Device::at(ORIGIN).makes(&options(&page));
        seat.send_on(&page, &[("name", "one more"), ("passkey", &made)]).with(200);
    }
    let most = seat.post("/portal/account/passkeys", &[]).with(409);
    assert!(most.text().contains("You have 10 passkeys"), "{}", most.text());
    seat.post(&format!("/portal/account/passkeys/{id}/remove"), &[]).with(200);
    signed_in(&client, &mut device).with(422);
}

/// A service of its own, whose first operator has joined with a passkey of this device.
fn first_operator(database: Database, device: &mut Device) -> (Server, Seat) {
    let server = Server::start_with(database, &[("CROSSWALK_PUBLIC_ADDRESS", &device.origin)]);
    let link = fs::read_to_string(server.folder().join("operator.link")).expect("the first start made it");
    let seat = Seat::empty(&server.client());
    let page = opened(&seat, link.trim());
    let made = device.makes(&options(&page));
    let said = [("name", "Olga Per"), ("email", "olga@county.example"), ("passkey", made.as_str())];
    let codes = seat.send_on(&page, &said).with(200);
    assert_eq!(codes.codes().len(), 10, "{}", codes.text());
    (server, seat)
}

fn a_passkey_proves_who_it_is_before_a_step(database: Database) {
    let mut device = Device::at("https://crosswalk.county.example");
    let (mut server, seat) = first_operator(database, &mut device);
    server.start_again_at("2026-03-02T18:10:00Z");
    let seat = seat.moved_to(&server.client());
    let form = seat.get("/portal/accounts/new").with(200);
    let una = [
        ("name", "Una Bold"),
        ("email", "una@county.example"),
        ("language", "es"),
        ("role", "county-analyst"),
    ];
    let asks = seat.send_on(&form, &una).with(403);
    assert!(asks.text().contains("Use a passkey"), "{}", asks.text());
    let accounts =
        || server.client().read(&server.operator, "/v1/accounts")["items"].as_array().map(Vec::len);
    let mut elsewhere = device.clone().before("https://evil.example");
    let signed = elsewhere.signs(&question(&seat, &asks));
    let wrong = seat.send_on(&asks, &[("proof-code", ""), ("proof-passkey", &signed)]).with(422);
    assert!(wrong.text().contains("This passkey was not taken"), "{}", wrong.text());
    assert_eq!(accounts(), Some(1));
    let before = seat.cookie(SESSION);
    let signed = device.signs(&question(&seat, &wrong));
    let done = seat.send_on(&wrong, &[("proof-code", ""), ("proof-passkey", &signed)]).with(200);
    assert!(done.codes()[0].contains("/portal/invitation?link=cwi_"), "{}", done.text());
    assert_ne!(seat.cookie(SESSION), before, "another secret");
    assert_eq!(accounts(), Some(2));

    // Adding and removing a passkey ask for a proof too.
    server.start_again_at("2026-03-02T18:20:00Z");
    let seat = seat.moved_to(&server.client());
    let asks = seat.post("/portal/account/passkeys", &[("name", "Laptop")]).with(403);
    assert_eq!(asks.action(), "/portal/account/passkeys");
    let signed = device.signs(&question(&seat, &asks));
    let page = seat.send_on(&asks, &[("proof-passkey", &signed)]).with(200);
    assert_eq!(page.value("name"), "Laptop");
    let made = Device::at("https://crosswalk.county.example").makes(&options(&page));
    seat.send_on(&page, &[("name", "Laptop"), ("passkey", &made)]).with(200);
    let id = text(&passkeys(&server.client(), &seat)[1], "/id").to_owned();
    server.start_again_at("2026-03-02T18:30:00Z");
    let seat = seat.moved_to(&server.client());
    let own = seat.cookie(SESSION).expect("signed in");
    let refused = server.client().send(&Request::get(format!("/v1/passkeys/{id}")).method("DELETE").by(&own));
    assert_eq!((refused.status, refused.code()), (403, "proof-needed"));
    let asks = seat.post(&format!("/portal/account/passkeys/{id}/remove"), &[]).with(403);
    let signed = device.signs(&question(&seat, &asks));
    let left = seat.send_on(&asks, &[("proof-passkey", &signed)]).with(200);
    assert_eq!((left.address.as_str(), left.text().contains("Laptop")), ("/portal/account", false));
}

fn a_challenge_is_good_for_five_minutes(database: Database) {
    let mut device = Device::at("https://crosswalk.county.example");
    let (mut server, seat) = first_operator(database, &mut device);
    let nobody = Seat::empty(&server.client());
    let page = nobody.get("/portal/sign-in").with(200);
    let [early, late] = [question(&nobody, &page), question(&nobody, &page)];
    let to_add = seat.post("/portal/account/passkeys", &[]).with(200);
    server.start_again_at("2026-03-02T18:04:00Z");
    let nobody = nobody.moved_to(&server.client());
    nobody.send_on(&page, &[("passkey", &device.signs(&early))]).with(200);
    server.start_again_at("2026-03-02T18:06:00Z");
    let client = server.client();
    let nobody = Seat::empty(&client);
    nobody.send_on(&page, &[("passkey", &device.signs(&late))]).with(422);
    let seat = seat.moved_to(&client);
    let made = Device::at("https://crosswalk.county.example").makes(&options(&to_add));
    // Whoever is asked anew proves first who it is: that was more than five minutes ago, too.
    let asks = seat.send_on(&to_add, &[("name", ""), ("passkey", &made)]).with(403);
    let signed = device.signs(&question(&seat, &asks));
    let again = seat.send_on(&asks, &[("proof-passkey", &signed)]).with(422);
    assert!(again.text().contains("It took too long"), "{}", again.text());
    assert_eq!(passkeys(&client, &seat).len(), 1);
}

fn any_node_takes_the_answer(database: Database) {
    let county = County::shared(database);
    let mut device = Device::at(ORIGIN);
    joined(county, "pia@nodes.example", &mut device);
    // SQLite has one node, which takes its own answer.
    let beside = (database == Database::Postgres).then(|| county.server.beside());
    let other = beside.as_ref().map_or_else(|| county.client(), Server::client);
    let seat = Seat::empty(&county.client());
    let page = seat.get("/portal/account").with(401);
    let signed = device.signs(&question(&seat, &page));
    let seat = seat.moved_to(&other);
    let account = seat.send_on(&page, &[("passkey", &signed)]).with(200);
    assert!(account.text().contains("Pia Keys"), "{}", account.text());
    let again = Seat::empty(&county.client());
    again.send_on(&page, &[("passkey", &signed)]).with(422);
}

fn without_a_public_address_nothing_speaks_of_passkeys(database: Database) {
    let cases = [None, Some("http://crosswalk.county.example"), Some("https://192.0.2.7")];
    for address in cases {
        let settings: Vec<(&str, &str)> =
            address.iter().map(|address| ("CROSSWALK_PUBLIC_ADDRESS", *address)).collect();
        let server = Server::start_with(database, &settings);
        let link = fs::read_to_string(server.folder().join("operator.link")).expect("it was made");
        let seat = Seat::empty(&server.client());
        let link = link.trim();
        let invitation = seat.get(&format!("/portal/invitation?link={link}")).with(200);
        let sign_in = seat.get("/portal/sign-in").with(200);
        for page in [&invitation, &sign_in] {
            assert!(!page.html.contains("passkey"), "{address:?}: {}", page.html);
        }
        assert_eq!(seat.send(seat.form("/portal/passkeys/sign-in", &[])).status, 404);
        seat.post("/portal/invitation/passkey", &[("link", link), ("step", "begin")]).with(404);
        let refused = seat.send_on(&sign_in, &[("email", ""), ("passkey", "AA.AA.AA.AA.AA")]);
        assert_eq!(refused.status, 422, "{address:?}");
        if address.is_some() {
            assert!(server.log().contains("passkeys are not offered"), "{address:?}");
        }
    }
}

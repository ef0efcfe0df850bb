//! Accounts of people: who is invited by whom, by which link, and what becomes of both.

use std::fs;

use expect_test::expect;
use serde_json::{Value, json};

use crate::harness::{
    Answer, Authenticator, Client, County, Database, Request, Server, on_both_databases, problem, text,
};

on_both_databases! {
    a_person_is_invited_and_takes_the_invitation_up
    who_invites_whom_with_which_rights
    a_link_is_replaced_and_withdrawn
    a_link_ends_by_itself
    an_account_is_changed_by_version
    somebody_is_left_who_lets_people_in
    an_organizations_people_are_its_own
    the_first_operator_has_a_link
    a_person_signs_in_with_a_code_that_is_good_once
    refused_tries_are_counted_and_tell_nothing
    a_session_is_listed_locked_proved_and_ended
    a_session_ends_without_use
    a_person_has_the_rights_of_the_role
}

/// An organization of its own, with a key of its operator's making that looks after keys and accounts.
struct Office<'a> {
    county: &'a County,
    client: Client,
    id: String,
    key: String,
}

impl<'a> Office<'a> {
    fn open(county: &'a County) -> Self {
        let (client, provider) = (county.client(), county.new_provider(&["meals"]));
        let key = json!({
            "organization": provider.id, "role": "provider", "label": "office", "manages_keys": true,
            // One with an end does not count as somebody who is left.
            "expires_at": "2027-03-02T08:00:00Z",
        });
        let key = client.send(&Request::post("/v1/keys", &key).by(&county.server.operator)).with(201);
        Self { county, client, id: provider.id, key: text(&key, "/key").to_owned() }
    }

    fn invite(&self, body: &Value) -> Answer {
        self.client.send(&Request::post("/v1/accounts", body).by(&self.key))
    }

    /// An account whose link was taken up.
    fn person(&self, email: &str, administers: bool) -> Value {
        self.somebody(email, administers).account
    }

    /// A person who has just taken an invitation up.
    fn somebody(&self, email: &str, administers: bool) -> Somebody {
        let invited = self.invite(&coordinator(email, administers)).with(201);
        Somebody::welcomed(&self.client, &invited)
    }

    fn change(&self, account: &Value, step: &str, body: &Value) -> Answer {
        self.change_by(&self.key, account, step, body)
    }

    fn change_by(&self, key: &str, account: &Value, step: &str, body: &Value) -> Answer {
        let path = format!("/v1/accounts/{}{step}", text(account, "/id"));
        let method = if step.is_empty() { "PATCH" } else { "POST" };
        self.client.send(&Request::post(path, body).method(method).by(key).of_version(&account["version"]))
    }

    fn again(&self, account: &Value) -> Value {
        self.client.read(&self.key, &format!("/v1/accounts/{}", text(account, "/id")))
    }
}

/// A person with an account, a session, an authenticator and recovery codes.
struct Somebody {
    account: Value,
    session: Value,
    authenticator: Authenticator,
    recovery_codes: Vec<String>,
}

impl Somebody {
    fn welcomed(client: &Client, invited: &Value) -> Self {
        let link = text(invited, "/link/secret");
        let mut authenticator = offered(client, link, text(invited, "/state_since"));
        let body = json!({ "code": authenticator.code() });
        let welcome = accept(client, link, &body).with(201);
        let codes = welcome["recovery_codes"].as_array().expect("a list").iter();
        Self {
            account: welcome["account"].clone(),
            session: welcome["session"].clone(),
            authenticator,
            recovery_codes: codes.map(|code| code.as_str().expect("a text").to_owned()).collect(),
        }
    }

    /// The secret of the session.
    fn secret(&self) -> &str {
        text(&self.session, "/secret")
    }
}

fn offered(client: &Client, link: &str, now: &str) -> Authenticator {
    let offered = Request::post("/v1/invitations/current/authenticator", &json!({})).by(link);
    Authenticator::of(&client.send(&offered).with(201), now)
}

fn sign_in(client: &Client, email: &str, code: &str) -> Answer {
    client.send(&Request::post("/v1/sessions", &json!({ "email": email, "code": code })))
}

fn coordinator(email: &str, administers: bool) -> Value {
    json!({
        "name": "Ana Reyes", "email": email, "language": "es", "roles": ["coordinator", "biller"],
        "administers": administers,
    })
}

fn accept(client: &Client, secret: &str, body: &Value) -> Answer {
    client.send(&Request::post("/v1/invitations/current/acceptance", body).by(secret))
}

fn look(client: &Client, secret: &str) -> Answer {
    client.send(&Request::get("/v1/invitations/current").by(secret))
}

/// The status, and the `pointer code` of each field that was refused.
fn refused(answer: &Answer) -> String {
    let errors = answer.json["errors"].as_array().cloned().unwrap_or_default();
    let fields: Vec<String> =
        errors.iter().map(|error| format!("{} {}", text(error, "/pointer"), text(error, "/code"))).collect();
    format!("{} {} {}", answer.status, answer.code(), fields.join(", ")).trim_end().to_owned()
}

fn a_person_is_invited_and_takes_the_invitation_up(database: Database) {
    let office = Office::open(County::shared(database));
    let client = &office.client;
    let invite = Request::post("/v1/accounts", &coordinator("Ana@Yellow.example", true)).by(&office.key);
    let invited = client.send(&invite).with(201);
    let secret = text(&invited, "/link/secret");
    assert!(secret.starts_with("cwi_") && secret.len() == 68, "it says what it is");
    assert_eq!(
        (&invited["state"], &invited["email"], &invited["organization"]),
        (&json!("invited"), &json!("ana@yellow.example"), &json!(office.id))
    );
    // It is told once.
    let replayed = client.send(&invite);
    assert!(replayed.is_replayed() && replayed.json["link"]["secret"].is_null());
    assert!(office.again(&invited)["link"]["secret"].is_null());
    assert_eq!(office.again(&invited)["link"]["ends_at"], invited["link"]["ends_at"]);

    let seen = look(client, secret).with(200);
    assert_eq!(
        (&seen["organization"], &seen["name"], &seen["roles"], &seen["ends_at"]),
        (
            &invited["organization"],
            &json!("Ana Reyes"),
            &json!(["coordinator", "biller"]),
            &invited["link"]["ends_at"]
        )
    );
    let mut authenticator = offered(client, secret, text(&invited, "/state_since"));
    let said = json!({ "name": "Ana Reyes Luna", "code": authenticator.code() });
    let accept = Request::post("/v1/invitations/current/acceptance", &said).by(secret);
    let welcome = client.send(&accept).with(201);
    let account = &welcome["account"];
    assert_eq!(welcome["recovery_codes"].as_array().map(Vec::len), Some(10));
    assert!(text(&welcome, "/session/secret").starts_with("cws_"));
    assert_eq!(
        (&account["state"], &account["name"], &account["language"], &account["version"]),
        (&json!("active"), &json!("Ana Reyes Luna"), &json!("es"), &json!(2))
    );
    // A retry of the same attempt is answered; another attempt finds the link used.
    let retried = client.send(&accept);
    assert!(retried.is_replayed());
    assert_eq!(retried.json["account"], *account);
    assert!(retried.json["session"]["secret"].is_null(), "it is told once");
    assert_eq!(retried.json["recovery_codes"], json!([]));
    let used = client.send(&accept.clone().once("\"another attempt\""));
    expect![[r#"
        401 application/problem+json
        link-closed: The link of the invitation opens nothing any more
        (ask an administrator of your organization for another link)
    "#]]
    .assert_eq(&problem(&used));
    assert_eq!(look(client, secret).code(), "link-closed");

    // The trail names the person.
    let trail =
        client.read(&office.county.server.operator, &format!("/v1/audit?subject={}", text(account, "/id")));
    let entry = &trail["items"][0];
    assert_eq!(
        (&entry["action"], &entry["role"], &entry["account"], &entry["actor"], &entry["key"]),
        (&json!("accept-invitation"), &json!("invited"), &account["id"], &json!(office.id), &Value::Null)
    );
    assert_eq!(trail["items"][1]["action"], "invite-account");
    // A link is no key, and a key is no link.
    assert_eq!(client.send(&Request::get("/v1/organizations").by(secret)).status, 401);
    assert_eq!(look(client, &office.key).status, 401);
}

fn who_invites_whom_with_which_rights(database: Database) {
    let county = County::shared(database);
    let office = Office::open(county);
    let (client, operator) = (county.client(), &county.server.operator);
    let plan = county.plan("valle-vista");
    let body = |roles: &[&str], more: Value| {
        let mut body =
            json!({ "name": "Bo Lind", "email": "bo@rights.example", "language": "en", "roles": roles });
        body.as_object_mut().expect("it is one").extend(more.as_object().expect("it is one").clone());
        body
    };
    let none = json!({});
    let table = [
        (
            "a key that manages none",
            county.key_of("open-door"),
            body(&["clerk"], none.clone()),
            "403 forbidden",
        ),
        ("a reviewer's key", &plan.reviewer, body(&["analyst"], none.clone()), "403 forbidden"),
        (
            "for another organization",
            &office.key,
            body(&["clerk"], json!({ "organization": county.provider("open-door").id })),
            "403 forbidden",
        ),
        (
            "for an organization that is not there",
            operator,
            body(&["clerk"], json!({ "organization": format!("org_{}", "0".repeat(32)) })),
            "422 invalid-request /organization unknown-organization",
        ),
        (
            "a plan's role",
            &office.key,
            body(&["analyst"], none.clone()),
            "422 invalid-request /roles wrong-role",
        ),
        ("no role", &office.key, body(&[], none.clone()), "422 invalid-request /roles missing-entry"),
        (
            "a word that is no role",
            &office.key,
            body(&["boss"], none.clone()),
            "422 invalid-request /roles/0 unknown-code",
        ),
        (
            "a reviewer without a license",
            &plan.admin,
            body(&["reviewer"], none.clone()),
            "422 invalid-request /license missing-field",
        ),
        (
            "a license for nothing",
            &plan.admin,
            body(&["analyst"], json!({ "license": "RN 1" })),
            "422 invalid-request /license not-with-this",
        ),
        (
            "no address",
            &office.key,
            body(&["clerk"], json!({ "email": "bo at rights" })),
            "422 invalid-request /email invalid-value",
        ),
        (
            "a name that breaks lines",
            &office.key,
            body(&["clerk"], json!({ "name": "Bo\nLind", "language": "fr" })),
            "422 invalid-request /name invalid-value, /language unknown-code",
        ),
        ("a clerk", &office.key, body(&["clerk"], none.clone()), "201"),
        (
            "the same address again",
            &office.key,
            body(&["biller"], json!({ "email": "BO@rights.example" })),
            "422 invalid-request /email taken",
        ),
        (
            "the same person of another organization, by the operator",
            operator,
            body(&["clerk"], json!({ "organization": county.provider("mesa-verde").id })),
            "201",
        ),
        ("a reviewer", &plan.admin, body(&["reviewer"], json!({ "license": "RN 555012" })), "201"),
    ];
    for (who, key, body, expected) in table {
        let answer = client.send(&Request::post("/v1/accounts", &body).by(key));
        assert_eq!(refused(&answer), expected, "{who}");
        assert!(!String::from_utf8_lossy(&answer.bytes).contains("bo at rights"), "{who}: nothing is quoted");
    }
    // Nobody is invited to an organization that has ended.
    let path = format!("/v1/organizations/{}/end", office.id);
    let end = Request::post(path, &json!({ "reason": "It closed." })).by(operator).header("If-Match", "*");
    client.send(&end).with(200);
    let late = body(&["clerk"], json!({ "organization": office.id, "email": "late@rights.example" }));
    let answer = client.send(&Request::post("/v1/accounts", &late).by(operator));
    assert_eq!(refused(&answer), "422 invalid-request /organization organization-ended");
}

fn a_link_is_replaced_and_withdrawn(database: Database) {
    let office = Office::open(County::shared(database));
    let client = &office.client;
    let invited = office.invite(&coordinator("lost@links.example", false)).with(201);
    let first = text(&invited, "/link/secret");
    let again = office.change(&invited, "/invitations", &json!({})).with(201);
    let second = text(&again, "/link/secret");
    assert_eq!(look(client, first).code(), "link-closed");
    assert_eq!(accept(client, first, &json!({ "code": "123456" })).code(), "link-closed");
    let stale = office.change(&invited, "/invitations", &json!({}));
    assert_eq!((stale.status, stale.code()), (412, "stale"));
    let mut authenticator = offered(client, second, text(&again, "/state_since"));
    let said = json!({ "language": "en", "code": authenticator.code() });
    let welcome = accept(client, second, &said).with(201);
    let active = welcome["account"].clone();
    assert_eq!((&active["state"], &active["language"]), (&json!("active"), &json!("en")));

    // Who has lost every way in is let in anew, and only by the new link.
    let waits = office.change(&active, "/invitations", &json!({})).with(201);
    assert_eq!(waits["state"], "invited");
    let session = Request::get("/v1/sessions").by(text(&welcome, "/session/secret"));
    assert_eq!(client.send(&session).code(), "session-ended");
    assert_eq!(sign_in(client, "lost@links.example", &authenticator.code()).code(), "sign-in-refused");
    let third = text(&waits, "/link/secret").to_owned();
    let ended = office.change(&waits, "/end", &json!({ "reason": "He works elsewhere." })).with(200);
    assert_eq!((&ended["state"], &ended["state_reason"]), (&json!("ended"), &json!("He works elsewhere.")));
    assert_eq!(look(client, &third).code(), "link-closed");
    assert_eq!(accept(client, &third, &json!({ "code": "123456" })).code(), "link-closed");
    let after = office.change(&ended, "/invitations", &json!({}));
    expect![[r#"
        409 application/problem+json
        not-allowed-now: The state it is in does not allow this
        (an account that is ended cannot take the step invite)
    "#]]
    .assert_eq(&problem(&after));
    assert_eq!(office.change(&ended, "", &json!({ "language": "es" })).status, 409);
    // The address is free again.
    office.invite(&coordinator("lost@links.example", false)).with(201);
}

fn a_link_ends_by_itself(database: Database) {
    let mut server = Server::start(database);
    let county = json!({ "name": "Cy Ode", "email": "cy@county.example", "language": "en", "roles": ["county-analyst"] });
    let invite = Request::post("/v1/accounts", &county).by(&server.operator);
    let invited = server.client().send(&invite).with(201);
    let secret = text(&invited, "/link/secret").to_owned();
    server.start_again_at("2026-03-05T17:59:00Z");
    look(&server.client(), &secret).with(200);
    server.start_again_at("2026-03-05T18:30:00Z");
    assert_eq!(look(&server.client(), &secret).code(), "link-closed");
    assert_eq!(accept(&server.client(), &secret, &json!({ "code": "123456" })).code(), "link-closed");
    // An expired link is replaced like any other.
    let path = format!("/v1/accounts/{}/invitations", text(&invited, "/id"));
    let again = Request::post(path, &json!({})).by(&server.operator).of_version(&invited["version"]);
    let again = server.client().send(&again).with(201);
    Somebody::welcomed(&server.client(), &again);
}

fn an_account_is_changed_by_version(database: Database) {
    let county = County::shared(database);
    let plan = county.plan("costa-alta");
    let (client, admin) = (county.client(), &plan.admin);
    let new = json!({
        "name": "Rita Sol", "email": "rita@changed.example", "language": "en", "roles": ["reviewer", "analyst"],
        "license": "RN 555077",
    });
    let invited = client.send(&Request::post("/v1/accounts", &new).by(admin)).with(201);
    let path = format!("/v1/accounts/{}", text(&invited, "/id"));
    let change = |version: &Value, body: &Value| {
        client.send(&Request::post(&path, body).method("PATCH").by(admin).of_version(version))
    };
    let named = change(&json!(1), &json!({ "name": "Rita Sol Vega", "language": "es" })).with(200);
    assert_eq!(
        (&named["name"], &named["license"], &named["version"]),
        (&json!("Rita Sol Vega"), &json!("RN 555077"), &json!(2))
    );
    assert_eq!(change(&json!(1), &json!({ "language": "en" })).code(), "stale");
    assert_eq!(
        refused(&change(&json!(2), &json!({ "roles": ["coordinator"] }))),
        "422 invalid-request /roles wrong-role"
    );
    // A license goes with the role that it is for.
    let analyst = change(&json!(2), &json!({ "roles": ["analyst"] })).with(200);
    assert_eq!((&analyst["roles"], &analyst["license"]), (&json!(["analyst"]), &Value::Null));
    assert_eq!(
        refused(&change(&json!(3), &json!({ "roles": ["reviewer"] }))),
        "422 invalid-request /license missing-field"
    );
    let reviewer = change(&json!(3), &json!({ "roles": ["reviewer"], "license": "RN 555078" })).with(200);
    assert_eq!(reviewer["license"], "RN 555078");
    let read = client.send(&Request::get(&path).by(admin));
    let tag = read.header("etag").to_owned();
    let known = client.send(&Request::get(&path).by(admin).header("If-None-Match", &tag));
    assert_eq!(known.status, 304);
}

fn somebody_is_left_who_lets_people_in(database: Database) {
    let office = Office::open(County::shared(database));
    let first = office.person("first@left.example", true);
    let last = office.change(&first, "/end", &json!({ "reason": "She leaves." }));
    expect![[r#"
        409 application/problem+json
        not-allowed-now: The state it is in does not allow this
         last-administrator: nobody would be left who can let people of the organization in
          make somebody else an administrator first, or ask the operator
    "#]]
    .assert_eq(&problem(&last));
    for (step, body) in [("", json!({ "administers": false })), ("/invitations", json!({}))] {
        assert_eq!(refused(&office.change(&first, step, &body)), "409 not-allowed-now  last-administrator");
    }
    // An invitation is nobody yet.
    let invited = office.invite(&coordinator("second@left.example", true)).with(201);
    assert_eq!(office.change(&first, "/end", &json!({ "reason": "She leaves." })).status, 409);
    let second = Somebody::welcomed(&office.client, &invited).account;
    office.change(&first, "/end", &json!({ "reason": "She leaves." })).with(200);
    assert_eq!(office.change(&second, "/end", &json!({ "reason": "So does he." })).status, 409);
    let operator = &office.county.server.operator;
    office.change_by(operator, &second, "/end", &json!({ "reason": "So does he." })).with(200);
}

fn an_organizations_people_are_its_own(database: Database) {
    let county = County::shared(database);
    let (office, other) = (Office::open(county), Office::open(county));
    let person = office.person("own@people.example", false);
    let ids = |key: &str, query: &str| -> Vec<String> {
        let list = county.client().read(key, &format!("/v1/accounts{query}"));
        list["items"].as_array().expect("a list").iter().map(|one| text(one, "/id").to_owned()).collect()
    };
    let own = text(&person, "/id").to_owned();
    assert_eq!(ids(&office.key, ""), std::slice::from_ref(&own));
    assert_eq!(ids(&office.key, &format!("?organization={}", other.id)), [""; 0]);
    assert_eq!(ids(&other.key, &format!("?organization={}", office.id)), [""; 0]);
    assert_eq!(ids(&county.server.operator, &format!("?organization={}", office.id)), [own]);
    for (step, body) in [
        ("", json!({ "language": "en" })),
        ("/end", json!({ "reason": "Not theirs to say." })),
        ("/invitations", json!({})),
    ] {
        assert_eq!(office.change_by(&other.key, &person, step, &body).status, 404, "{step}");
        assert_eq!(office.change_by(county.key_of("open-door"), &person, step, &body).status, 403, "{step}");
    }
    // Its people's names are in no log.
    let log = county.server.log();
    assert!(!log.contains("people.example") && !log.contains("Ana Reyes"));
}

fn the_first_operator_has_a_link(database: Database) {
    let server = Server::start(database);
    let client = server.client();
    let secret = fs::read_to_string(server.folder().join("operator.link")).expect("the first start made it");
    let secret = secret.trim();
    let seen = look(&client, secret).with(200);
    assert_eq!(
        (&seen["name"], &seen["email"], &seen["roles"], &seen["administers"]),
        (&Value::Null, &Value::Null, &json!(["county-operator"]), &json!(true))
    );
    assert_eq!(
        refused(&accept(&client, secret, &json!({ "code": "123456" }))),
        "422 invalid-request /name missing-field, /email missing-field"
    );
    let said = |code: &str| json!({ "name": "Olga Per", "email": "olga@county.example", "language": "es", "code": code });
    assert_eq!(
        refused(&accept(&client, secret, &said("123456"))),
        "422 invalid-request /code no-authenticator"
    );
    let listed = client.read(&server.operator, "/v1/accounts");
    let mut authenticator = offered(&client, secret, text(&listed, "/items/0/state_since"));
    assert_eq!(refused(&accept(&client, secret, &said("12345"))), "422 invalid-request /code wrong-code");
    let welcome = accept(&client, secret, &said(&authenticator.code())).with(201);
    assert_eq!(
        (&welcome["account"]["state"], &welcome["account"]["email"]),
        (&json!("active"), &json!("olga@county.example"))
    );
    // She runs the host from here on, as the key does.
    let session = text(&welcome, "/session/secret");
    client.read(session, "/v1/organizations");
    client.read(session, "/v1/accounts");
    // Whoever was named by an invitation does not name another address.
    let named = json!({ "name": "Una", "email": "una@county.example", "language": "en", "roles": ["county-analyst"] });
    let named = client.send(&Request::post("/v1/accounts", &named).by(&server.operator)).with(201);
    let other = accept(
        &client,
        text(&named, "/link/secret"),
        &json!({ "email": "olga@county.example", "code": "123456" }),
    );
    assert_eq!(refused(&other), "422 invalid-request /email not-with-this");
}

fn a_person_signs_in_with_a_code_that_is_good_once(database: Database) {
    let office = Office::open(County::shared(database));
    let (client, email) = (&office.client, "Ana@Signs.example");
    let mut ana = office.somebody(email, false);
    let code = ana.authenticator.code();
    let session = sign_in(client, email, &code).with(201);
    assert_eq!(
        (&session["account"], &session["state"], &session["current"], &session["raised"]),
        (&ana.account["id"], &json!("open"), &json!(true), &json!(true))
    );
    client.read(text(&session, "/secret"), "/v1/referrals");
    assert_eq!(sign_in(client, email, &code).code(), "sign-in-refused", "it was used");
    let recovery = ana.recovery_codes[0].to_uppercase();
    sign_in(client, email, &recovery).with(201);
    assert_eq!(sign_in(client, email, &recovery).code(), "sign-in-refused", "it was used");
    sign_in(client, email, &ana.recovery_codes[1].replace('-', " ")).with(201);
    // Another person's code is none of hers.
    let ben = office.somebody("ben@signs.example", false);
    assert_eq!(sign_in(client, email, &ben.recovery_codes[0]).code(), "sign-in-refused");
    // The trail names the person, and no secret is in it.
    let trail = client.read(&office.key, "/v1/audit?action=sign-in");
    assert_eq!(trail["items"][0]["account"], ana.account["id"]);
}

fn refused_tries_are_counted_and_tell_nothing(database: Database) {
    let office = Office::open(County::shared(database));
    let client = &office.client;
    let ana = office.somebody("ana@tries.example", false);
    let of = |email: &str| -> Vec<String> {
        (0..7).map(|_| sign_in(client, email, "12 34").code().to_owned()).collect()
    };
    let (known, unknown) = (of("ana@tries.example"), of("nobody@tries.example"));
    assert_eq!(known, unknown);
    assert_eq!(known[4..], ["sign-in-refused", "too-many-sign-ins", "too-many-sign-ins"]);
    let right = sign_in(client, "ana@tries.example", &ana.recovery_codes[0]);
    assert_eq!((right.status, right.code()), (429, "too-many-sign-ins"), "a right code too");
    let wait: u32 = right.header("retry-after").parse().expect("seconds");
    assert!((1..=900).contains(&wait), "{wait}");
}

fn a_session_is_listed_locked_proved_and_ended(database: Database) {
    let office = Office::open(County::shared(database));
    let (client, email) = (&office.client, "ana@locks.example");
    let ana = office.somebody(email, false);
    let other = sign_in(client, email, &ana.recovery_codes[0]).with(201);
    let list = client.read(ana.secret(), "/v1/sessions");
    let ids: Vec<&Value> = list["items"].as_array().expect("a list").iter().map(|one| &one["id"]).collect();
    assert_eq!(ids.len(), 2);
    assert!(ids.contains(&&other["id"]) && ids.contains(&&ana.session["id"]));

    let step = |secret: &str, step: &str, body: &Value| {
        client.send(&Request::post(format!("/v1/sessions/current/{step}"), body).by(secret))
    };
    assert_eq!(step(ana.secret(), "lock", &json!({})).with(200)["state"], "locked");
    let look = |secret: &str| client.send(&Request::get("/v1/sessions").by(secret));
    assert_eq!((look(ana.secret()).status, look(ana.secret()).code()), (401, "session-locked"));
    assert_eq!(look(ana.secret()).header("www-authenticate"), "Bearer");
    assert_eq!(client.read(ana.secret(), "/v1/sessions/current")["state"], "locked");
    assert_eq!(step(ana.secret(), "proof", &json!({ "code": "1" })).code(), "sign-in-refused");
    let proved = step(ana.secret(), "proof", &json!({ "code": ana.recovery_codes[1] })).with(200);
    let secret = text(&proved, "/secret");
    assert_eq!((&proved["state"], &proved["id"]), (&json!("open"), &ana.session["id"]));
    // The session has another secret, and the one before is nobody's.
    assert_eq!(look(ana.secret()).code(), "not-signed-in");
    look(secret).with(200);

    let end = |path: &str, by: &str| client.send(&Request::get(path).method("DELETE").by(by)).status;
    let path = format!("/v1/sessions/{}", text(&other, "/id"));
    let stranger = office.somebody("ben@locks.example", false);
    assert_eq!(end(&path, stranger.secret()), 404);
    assert_eq!(end(&path, &office.key), 403, "a key has no sessions");
    assert_eq!(end(&path, secret), 204);
    assert_eq!(look(text(&other, "/secret")).code(), "session-ended");
    // What has ended is ended once more without harm, and a stranger still learns nothing of it.
    assert_eq!(end(&path, secret), 204);
    assert_eq!(end(&path, stranger.secret()), 404);
    assert_eq!(end(&format!("/v1/sessions/ses_{}", "0".repeat(32)), secret), 404);
    let trail = client.read(&office.key, "/v1/audit?action=end-session");
    assert_eq!(trail["items"].as_array().map(Vec::len), Some(1), "it ended once: {trail}");
    assert_eq!(end("/v1/sessions", secret), 204);
    assert_eq!(look(secret).code(), "session-ended");
    look(stranger.secret()).with(200);
}

fn a_session_ends_without_use(database: Database) {
    let mut server = Server::start(database);
    let link = fs::read_to_string(server.folder().join("operator.link")).expect("the first start made it");
    let listed = server.client().read(&server.operator, "/v1/accounts");
    let mut authenticator = offered(&server.client(), link.trim(), text(&listed, "/items/0/state_since"));
    let said = json!({ "name": "Olga Per", "email": "olga@county.example", "code": authenticator.code() });
    let welcome = accept(&server.client(), link.trim(), &said).with(201);
    let secret = text(&welcome, "/session/secret").to_owned();
    let invite = |server: &Server| {
        let new = json!({ "name": "Una", "email": "una@county.example", "language": "en", "roles": ["county-analyst"] });
        server.client().send(&Request::post("/v1/accounts", &new).by(&secret))
    };
    server.start_again_at("2026-03-02T18:10:00Z");
    // What cannot be undone asks for a fresh proof; what can goes on.
    server.client().read(&secret, "/v1/accounts");
    let late = invite(&server);
    assert_eq!((late.status, late.code()), (403, "proof-needed"));
    server.start_again_at("2026-03-02T18:40:00Z");
    let ended = server.client().send(&Request::get("/v1/accounts").by(&secret));
    assert_eq!((ended.status, ended.code()), (401, "session-ended"));
}

fn a_person_has_the_rights_of_the_role(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let person = |key: &str, email: &str, roles: &[&str], license: Option<&str>, administers: bool| {
        let mut new = json!({
            "name": "Pat Role", "email": email, "language": "en", "roles": roles, "administers": administers,
        });
        if let Some(license) = license {
            new["license"] = json!(license);
        }
        let invited = client.send(&Request::post("/v1/accounts", &new).by(key)).with(201);
        Somebody::welcomed(&client, &invited).secret().to_owned()
    };
    let plan = county.plan("silver-oak");
    let reviewer = person(&plan.admin, "rev@roles.example", &["reviewer"], Some("MD 555101"), false);
    let analyst = person(&plan.admin, "ana@roles.example", &["analyst"], None, false);
    let both = person(&plan.admin, "both@roles.example", &["analyst", "plan-operations"], None, true);
    let operator = &county.server.operator;
    let reader = person(operator, "reader@roles.example", &["county-analyst"], None, false);
    let runs = person(operator, "runs@roles.example", &["county-operator"], None, false);
    let status = |key: &str, path: &str| client.send(&Request::get(path).by(key)).status;
    for (who, key, costs, accounts) in [
        ("a reviewer", &reviewer, 403, 403),
        ("the reviewer's key", &plan.reviewer, 403, 403),
        ("an analyst", &analyst, 200, 403),
        ("both, and an administrator", &both, 200, 200),
        ("the administrator's key", &plan.admin, 200, 200),
    ] {
        let paths = ["/v1/worklist", "/v1/plans/silver-oak/costs", "/v1/accounts"];
        assert_eq!(paths.map(|path| status(key, path)), [200, costs, accounts], "{who}");
        assert!([403, 404].contains(&status(key, "/v1/plans/valle-vista/costs")), "{who}");
    }
    // A county's analyst reads what its operator reads, and changes nothing.
    let new =
        json!({ "kind": "provider", "name": "Roles and Rights", "npi": "1234567893", "counties": ["SRV"] });
    let add = |key: &str| client.send(&Request::post("/v1/organizations", &new).by(key));
    assert_eq!(status(&reader, "/v1/organizations"), 200);
    let conflicts = "/v1/identity-conflicts";
    assert_eq!((status(&reader, conflicts), status(&runs, conflicts)), (403, 200), "it names members");
    assert_eq!((add(&reader).status, add(&runs).status), (403, 201));
    // What is no retryable command is a change too.
    let key = "/v1/plans/silver-oak/signing-keys/sgn_00000000000000000000000000000000";
    let retire = |key_of: &str| client.send(&Request::get(key).method("DELETE").by(key_of)).status;
    assert_eq!(retire(&reader), 403, "the plan's signing keys");
}

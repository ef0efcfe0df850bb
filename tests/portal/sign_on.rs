//! Signing in by an organization's identity provider: out, back, and everything that is no word of it; and
//! the providers themselves, set by who looks after an organization's people.

use std::sync::OnceLock;
use std::thread;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::harness::{
    CLIENT, County, Database, Device, IdentityProvider, Mood, Page, Request, SECRET, SESSION, Said, Seat,
    Server, Signed, on_both_databases, problem, text, until,
};

on_both_databases! {
    a_person_signs_in_by_the_organization
    what_is_no_word_of_the_provider_lets_nobody_in
    an_answer_is_worth_something_once_and_in_one_browser
    an_answer_at_the_address_of_another_provider_is_none
    nobody_is_let_in_who_has_no_account
    an_address_that_somebody_else_has_now_opens_nothing
    an_invitation_is_taken_up_at_the_provider
    who_proves_something_signs_in_anew
    the_page_names_the_host_to_which_it_leads
    what_comes_too_late_opens_nothing
    what_was_typed_waits_on_the_other_page
    a_provider_that_does_not_answer_keeps_nobody_waiting
    a_provider_that_changes_its_key_is_asked_once_a_minute
    an_organization_sets_its_own_provider
    a_provider_ends_with_everybodys_sessions
    a_provider_that_ends_meanwhile_lets_nobody_in
    a_name_and_a_domain_lead_to_one_organization
    the_pages_set_change_and_end_a_provider
    without_a_public_address_nothing_speaks_of_organizations
}

const ORGANIZATION: &str = "/portal/sign-in/organization";
const PROVE: &str = "/portal/prove/organization";

/// Address to which the provider of an organization sends people back.
fn redirect(organization: &str) -> String {
    format!("http://localhost/portal/sign-in/returned/{organization}")
}

/// Settings under which a provider may be on this machine.
const SETTINGS: [(&str, &str); 3] = [
    ("CROSSWALK_PUBLIC_ADDRESS", "http://localhost"),
    ("CROSSWALK_PRIVATE_PROVIDERS", "true"),
    ("CROSSWALK_PROVIDER_WAIT_MS", "20000"),
];

/// The county that these tests share: each has an organization of its own in it.
fn shared(database: Database) -> &'static County {
    static ON_SQLITE: OnceLock<County> = OnceLock::new();
    static ON_POSTGRES: OnceLock<County> = OnceLock::new();
    let shared = match database {
        Database::Sqlite => &ON_SQLITE,
        Database::Postgres => &ON_POSTGRES,
    };
    shared.get_or_init(|| County::of(Server::start_with(database, &SETTINGS), &[]))
}

/// An organization whose people sign in by a provider.
struct Organization<'a> {
    county: &'a County,
    id: String,
    name: &'static str,
    provider: IdentityProvider,
    /// Id of the provider here.
    set: String,
}

impl<'a> Organization<'a> {
    fn new(county: &'a County, name: &'static str, domains: &[&str]) -> Self {
        let provider = IdentityProvider::start();
        let id = county.new_provider(&["meals"]).id;
        let mut settings = provider.settings(name, domains);
        settings["organization"] = json!(id);
        let request = Request::post("/v1/identity-providers", &settings).by(&county.server.operator);
        let set = text(&county.client().send(&request).with(200), "/id").to_owned();
        Self { county, id, name, provider, set }
    }

    /// Invites somebody; gives the account with the secret of its link.
    fn invites(&self, email: &str) -> Value {
        let new = json!({
            "organization": self.id, "name": "Ida Prov", "language": "en", "email": email,
            "roles": ["coordinator"],
        });
        let request = Request::post("/v1/accounts", &new).by(&self.county.server.operator);
        self.county.client().send(&request).with(201)
    }

    fn account(&self, account: &Value) -> Value {
        let path = format!("/v1/accounts/{}", text(account, "/id"));
        self.county.client().read(&self.county.server.operator, &path)
    }

    fn browser(&self) -> Seat {
        Seat::empty(&self.county.client())
    }

    /// Goes out to the provider; gives the address there.
    #[track_caller]
    fn goes(&self, seat: &Seat) -> String {
        let page = seat.post(ORGANIZATION, &[("organization", self.name), ("then", "/portal")]).with(200);
        address(&page)
    }

    /// Goes out, signs in there, and comes back.
    #[track_caller]
    fn signs_in(&self, seat: &Seat, said: &Said) -> Page {
        let address = self.goes(seat);
        seat.get(&self.provider.signs_in(&address, said, now(self.county)))
    }
}

/// Address at the provider to which a page leads.
#[track_caller]
fn address(page: &Page) -> String {
    page.link("Go to 127.0.0.1")
}

/// Now, by the clock of the service: the instant at which somebody read the trail.
fn now(county: &County) -> Timestamp {
    let read = || county.client().read(&county.server.operator, "/v1/audit?limit=1");
    read();
    text(&read(), "/items/0/at").parse().expect("an instant")
}

/// Fails unless the person of the page is not let in, for this reason.
#[track_caller]
fn turned(seat: &Seat, page: Page, status: u16, reason: &str) {
    let page = page.with(status);
    assert!(page.text().contains(reason), "{reason}: {}", page.text());
    assert_eq!(seat.cookie(SESSION), None, "{reason}");
}

fn session(county: &County, seat: &Seat) -> Value {
    county.client().read(&seat.cookie(SESSION).expect("signed in"), "/v1/sessions/current")
}

fn a_person_signs_in_by_the_organization(database: Database) {
    let county = shared(database);
    let organization = Organization::new(county, "signs-in", &["signs.example"]);
    let ida = organization.invites("ida@signs.example");
    let seat = organization.browser();
    let page = seat.get("/portal/sign-in").with(200);
    assert!(page.html.contains(&format!("formaction=\"{ORGANIZATION}\"")), "{}", page.html);

    // The address that was typed says which organization, and nothing about an account.
    let page = seat.post(ORGANIZATION, &[("email", "nobody@signs.example"), ("then", "/portal/account")]);
    let page = page.with(200);
    assert!(page.text().contains("You go to 127.0.0.1 now."), "{}", page.text());
    let out = address(&page);
    let redirect = redirect(&organization.id);
    for (name, value) in
        [("redirect_uri", redirect.as_str()), ("client_id", CLIENT), ("scope", "openid email")]
    {
        assert_eq!(IdentityProvider::parameter(&out, name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(IdentityProvider::parameter(&out, "prompt"), None);
    let secret = seat.cookie("__Host-cw-provider").expect("the browser holds a secret");
    assert!(!out.contains(&secret) && !page.html.contains(&secret), "which nobody else sees");
    let now = now(county);
    let said = Said::of("ida", "Ida@Signs.example").with("auth_time", json!(now.as_second() - 3_600));
    let page = seat.get(&organization.provider.signs_in(&out, &said, now)).with(200);
    assert_eq!(page.address, "/portal/account");
    assert!(page.text().contains("Ida Prov"), "{}", page.text());
    assert_eq!(seat.cookie("__Host-cw-provider"), None, "the way out is over");

    // The account is taken up, and its link opens nothing any more.
    assert_eq!(organization.account(&ida)["state"], "active");
    let link = text(&ida, "/link/secret");
    organization.browser().get(&format!("/portal/invitation?link={link}")).with(410);
    // She signed in there an hour ago: for what cannot be undone that is too long.
    assert_eq!(session(county, &seat)["raised"], false);
    let fresh = organization.browser();
    let said = Said::of("ida", "other@elsewhere.example").with("auth_time", json!(now.as_second()));
    organization.signs_in(&fresh, &said).with(200);
    assert_eq!(session(county, &fresh)["raised"], true, "her name there opens the account from now on");
    let untold = organization.browser();
    organization.signs_in(&untold, &Said::of("ida", "ida@signs.example")).with(200);
    assert_eq!(session(county, &untold)["raised"], false);

    // Whoever is known here already keeps the other ways in, and is linked at the first sign-in.
    let new = json!({
        "organization": organization.id, "name": "Olga Old", "language": "en", "email": "olga@signs.example",
        "roles": ["coordinator"],
    });
    let olga = Seat::invited(&county.client(), &county.server.operator, &new);
    let browser = organization.browser();
    organization.signs_in(&browser, &Said::of("olga", "olga@signs.example")).with(200);
    let code = olga.recovery_code();
    let seat = organization.browser();
    let page = seat.get("/portal/account").with(401);
    assert!(seat.signs_in(&page, "olga@signs.example", &code).with(200).text().contains("Olga Old"));

    // All of it is on the record, and no word of the provider is.
    let trail_of = |subject: &str| {
        let path = format!("/v1/audit?limit=200&subject={subject}");
        county.client().read(&county.server.operator, &path).to_string()
    };
    let trail = trail_of(text(&ida, "/id"));
    for action in ["link-identity", "accept-invitation", "sign-in"] {
        assert!(trail.contains(&format!("\"{action}\"")), "{action}: {trail}");
    }
    assert!(trail_of(&organization.set).contains("\"set-identity-provider\""));
    let log = county.server.log();
    for word in ["ida@signs.example", &secret, "a secret of the client"] {
        assert!(!log.contains(word) && !trail.contains(word), "{word}");
    }
}

/// A case of what is no word of the provider: what it says, and the reason that its person is told.
fn no_words(now: Timestamp) -> Vec<(&'static str, Said, u16, &'static str)> {
    let said = || Said::of("ida", "ida@words.example");
    let at = |seconds: i64| json!(now.as_second() + seconds);
    let (unusable, clock) = ("Your sign-in at work is not set up right", "clock and ours do not agree");
    let mut cases = vec![
        ("nonce of another", said().with("nonce", json!("of another attempt")), 502, unusable),
        ("no nonce", said().with("nonce", Value::Null), 502, unusable),
        ("audience of another", said().with("aud", json!("another client")), 502, unusable),
        ("audience beside", said().with("aud", json!([CLIENT, "another client"])), 502, unusable),
        ("issuer of another", said().with("iss", json!("https://evil.example")), 502, unusable),
        ("expired", said().with("exp", at(-3_600)), 502, clock),
        ("of the future", said().with("iat", at(3_600)), 502, clock),
        ("no subject", said().with("sub", Value::Null), 502, unusable),
    ];
    let signed = [
        ("algorithm none", Signed::Not),
        ("HS256 with the public key", Signed::ByThePublicKey),
        ("unknown key", Signed::ByAnUnknownKey),
        ("another key under the name", Signed::ByAnother),
        ("tampered", Signed::Tampered),
    ];
    cases.extend(signed.map(|(name, signed)| (name, said().signed(signed), 502, unusable)));
    cases
}

fn what_is_no_word_of_the_provider_lets_nobody_in(database: Database) {
    let county = shared(database);
    let organization = Organization::new(county, "no-words", &[]);
    organization.invites("ida@words.example");
    for (name, said, status, reason) in no_words(now(county)) {
        let seat = organization.browser();
        let page = organization.signs_in(&seat, &said);
        assert!(page.text().contains("Nothing was changed"), "{name}: {}", page.text());
        turned(&seat, page, status, reason);
    }
    // The provider may say no, and an answer may say to come from somebody else.
    let seat = organization.browser();
    let out = organization.goes(&seat);
    turned(
        &seat,
        seat.get(&organization.provider.refuses(&out)),
        422,
        "Your organization did not sign you in",
    );
    let out = organization.goes(&seat);
    let back = organization.provider.signs_in(&out, &Said::of("ida", "ida@words.example"), now(county));
    let mixed = format!("{back}&iss=https%3A%2F%2Fevil.example");
    turned(&seat, seat.get(&mixed), 502, "Your sign-in at work is not set up right");
    assert!(county.server.log().contains("a token of an identity provider was refused"));
    // After all of that a good one is good.
    organization.signs_in(&seat, &Said::of("ida", "ida@words.example")).with(200);
}

fn an_answer_is_worth_something_once_and_in_one_browser(database: Database) {
    const OVER: &str = "This sign-in is over";
    let county = shared(database);
    let organization = Organization::new(county, "once-only", &[]);
    organization.invites("ida@once.example");
    organization.invites("mallory@once.example");
    let (ida, mallory) = (Said::of("ida", "ida@once.example"), Said::of("mallory", "mallory@once.example"));
    let said = |seat: &Seat, said: &Said| {
        organization.provider.signs_in(&organization.goes(seat), said, now(county))
    };
    // Mallory's own answer does not sign the victim in as Mallory, with or without a way out of the own.
    let (victim, attacker) = (organization.browser(), organization.browser());
    let answer = said(&attacker, &mallory);
    turned(&victim, victim.get(&answer), 422, OVER);
    organization.goes(&victim);
    turned(&victim, victim.get(&answer), 422, OVER);
    // Nor does the victim's answer sign Mallory in, in whose browser it is of no use.
    let hers = said(&victim, &ida);
    // Whoever leads her browser here with another answer takes nothing of hers away.
    turned(&victim, victim.get(&answer), 422, OVER);
    let (seat, stolen) = (organization.browser(), hers.clone());
    turned(&seat, seat.get(&stolen), 422, OVER);
    organization.goes(&seat);
    turned(&seat, seat.get(&stolen), 422, OVER);

    // It is good in hers, once; and a secret that Mallory knew before is nobody's session.
    let known = "cws_0000000000000000000000000000000000000000000000000000000000000000";
    victim.set_cookie(SESSION, known);
    victim.get(&hers).with(200);
    let own = victim.cookie(SESSION).expect("signed in");
    assert_ne!(own, known);
    let again = victim.get(&hers).with(422);
    assert!(again.text().contains(OVER), "{}", again.text());
    assert_eq!(victim.cookie(SESSION), Some(own), "she stays who she is");

    // Neither is an answer without its parts, or with one of them twice.
    for change in ["state=", "code=", "nothing"] {
        let seat = organization.browser();
        let answer = said(&seat, &ida);
        let broken = match change {
            "nothing" => format!("/portal/sign-in/returned/{}", organization.id),
            name => answer.replacen(name, &format!("not-{name}"), 1),
        };
        assert!(seat.get(&broken).status >= 400, "{change}");
        assert_eq!(seat.cookie(SESSION), None, "{change}");
    }
    let seat = organization.browser();
    let twice = format!("{}&code=another", said(&seat, &ida));
    turned(&seat, seat.get(&twice), 422, OVER);
    // A code that the provider gave for another attempt is not exchanged.
    let (seat, other) = (organization.browser(), organization.browser());
    let (mine, theirs) = (said(&seat, &ida), said(&other, &mallory));
    let (_, state) = mine.split_once("&state=").expect("a state");
    let (code, _) = theirs.split_once("&state=").expect("a code");
    turned(&seat, seat.get(&format!("{code}&state={state}")), 422, OVER);
}

/// A mix-up: the provider that somebody chose sends the browser on to an honest one, which signs the person
/// in and sends the code here. Whoever took it for the first one's would hand it to that one.
fn an_answer_at_the_address_of_another_provider_is_none(database: Database) {
    let county = shared(database);
    let [evil, honest] = ["mixed-evil", "mixed-honest"].map(|name| Organization::new(county, name, &[]));
    honest.invites("ida@mixed.example");
    let seat = evil.browser();
    let own = format!("/{}?", evil.id);
    let back = evil.provider.signs_in(&evil.goes(&seat), &Said::of("ida", "ida@mixed.example"), now(county));
    assert!(back.contains(&own), "each has its own address: {back}");
    let mixed = back.replace(&own, &format!("/{}?", honest.id));
    turned(&seat, seat.get(&mixed), 502, "Your sign-in at work is not set up right");
    assert_eq!(evil.provider.was_asked("/token"), 0, "the code is handed to nobody");
    turned(&seat, seat.get(&back), 422, "This sign-in is over");
    assert_eq!(seat.get(&back.replace(&own, "/nobody?")).status, 404);
}

fn nobody_is_let_in_who_has_no_account(database: Database) {
    let county = shared(database);
    let organization = Organization::new(county, "no-account", &["work.example"]);
    let other = Organization::new(county, "no-account-either", &[]);
    let (client, operator) = (county.client(), &county.server.operator);
    organization.invites("ida@work.example");
    organization.invites("ida@elsewhere.example");
    other.invites("theirs@work.example");
    let ended = organization.invites("ended@work.example");
    let end = Request::post(
        format!("/v1/accounts/{}/end", text(&ended, "/id")),
        &json!({ "reason": "Works elsewhere." }),
    );
    client.send(&end.by(operator).of_version(&ended["version"])).with(200);
    let unverified = "Your e-mail address was not confirmed at work";
    let none = "You have no account here yet";
    let said = |email: &str| Said::of("somebody", email);
    let cases = [
        ("not verified", said("ida@work.example").with("email_verified", json!(false)), unverified),
        ("verified or not", said("ida@work.example").with("email_verified", Value::Null), unverified),
        ("no address", said("").with("email", Value::Null), unverified),
        ("nobody's address", said("nobody@work.example"), none),
        ("another organization's account", said("theirs@work.example"), none),
        ("an address of no domain of theirs", said("ida@elsewhere.example"), none),
        ("an account that ended", said("ended@work.example"), "Your account here has ended"),
    ];
    for (name, said, reason) in cases {
        let seat = organization.browser();
        let page = organization.signs_in(&seat, &said);
        assert!(page.text().contains(reason), "{name}: {}", page.text());
        turned(&seat, page, 422, reason);
    }
    assert_eq!(
        client.read(operator, &format!("/v1/accounts?organization={}", organization.id))["items"]
            .as_array()
            .map(Vec::len),
        Some(3),
        "no account was made"
    );
    // A person who was let in is out with the account, and with the organization.
    let seat = organization.browser();
    organization.signs_in(&seat, &said("ida@work.example")).with(200);
    let list = client.read(operator, &format!("/v1/accounts?organization={}", organization.id));
    let ida = list["items"].as_array().expect("a list").iter().find(|one| one["email"] == "ida@work.example");
    let ida = ida.expect("she has one");
    let end = Request::post(format!("/v1/accounts/{}/end", text(ida, "/id")), &json!({ "reason": "Gone." }));
    client.send(&end.by(operator).of_version(&ida["version"])).with(200);
    seat.get("/portal/account").with(401);
    let seat = organization.browser();
    turned(
        &seat,
        organization.signs_in(&seat, &said("ida@work.example")),
        422,
        "Your account here has ended",
    );

    organization.invites("una@work.example");
    organization.signs_in(&seat, &Said::of("una", "una@work.example")).with(200);
    let path = format!("/v1/organizations/{}", organization.id);
    let version = client.read(operator, &path)["version"].clone();
    let pause = Request::post(format!("{path}/pause"), &json!({ "reason": "A pause." }));
    client.send(&pause.by(operator).of_version(&version)).with(200);
    // Somebody who is signed in for it signs in for another one all the same.
    seat.get("/portal/account").with(403);
    other.signs_in(&seat, &Said::of("theirs", "theirs@work.example")).with(200);
    let page = organization.browser().post(ORGANIZATION, &[("organization", "no-account")]).with(422);
    assert!(page.text().contains("Nobody signs in here with this name"), "{}", page.text());
}

fn an_address_that_somebody_else_has_now_opens_nothing(database: Database) {
    let county = shared(database);
    let organization = Organization::new(county, "same-address", &[]);
    let account = organization.invites("desk@same.example");
    organization.signs_in(&organization.browser(), &Said::of("first", "desk@same.example")).with(200);
    let seat = organization.browser();
    let second = Said::of("second", "desk@same.example");
    turned(&seat, organization.signs_in(&seat, &second), 422, "This account is not yours to open");
    // An administrator says so: whoever is invited again is linked anew.
    let version = organization.account(&account)["version"].clone();
    let path = format!("/v1/accounts/{}/invitations", text(&account, "/id"));
    let again = Request::post(path, &json!({})).by(&county.server.operator).of_version(&version);
    county.client().send(&again).with(201);
    organization.signs_in(&seat, &second).with(200);
    let first = organization.browser();
    let page = organization.signs_in(&first, &Said::of("first", "desk@same.example"));
    turned(&first, page, 422, "This account is not yours to open");
}

fn an_invitation_is_taken_up_at_the_provider(database: Database) {
    let county = shared(database);
    let organization = Organization::new(county, "takes-up", &[]);
    let account = organization.invites("private@home.example");
    let link = text(&account, "/link/secret").to_owned();
    let seat = organization.browser();
    let page = seat.get(&format!("/portal/invitation?link={link}")).with(200);
    assert!(page.html.contains("formaction=\"/portal/invitation/organization\""), "{}", page.html);
    let left = seat.post("/portal/invitation/organization", &[("link", &link)]).with(200);
    // The address there is another one, and nobody made sure of it: the link says who was invited.
    let said = Said::of("ida", "ida@work.example").with("email_verified", json!(false));
    let back = organization.provider.signs_in(&address(&left), &said, now(county));
    let page = seat.get(&back).with(200);
    assert_eq!(page.address, "/portal");
    assert_eq!(organization.account(&account)["state"], "active");
    organization.browser().get(&format!("/portal/invitation?link={link}")).with(410);
    organization.signs_in(&organization.browser(), &said).with(200);

    // Whoever left with a link that was replaced meanwhile has not got the new one.
    let lost = organization.invites("lost@home.example");
    let seat = organization.browser();
    let link = [("link", text(&lost, "/link/secret"))];
    let left = seat.post("/portal/invitation/organization", &link).with(200);
    let path = format!("/v1/accounts/{}/invitations", text(&lost, "/id"));
    let again = Request::post(path, &json!({})).by(&county.server.operator).of_version(&lost["version"]);
    let again = county.client().send(&again).with(201);
    let finder = Said::of("finder", "finder@work.example");
    seat.get(&organization.provider.signs_in(&address(&left), &finder, now(county))).with(410);
    assert_eq!(organization.account(&lost)["state"], "invited");
    let seat = organization.browser();
    let link = [("link", text(&again, "/link/secret"))];
    let left = seat.post("/portal/invitation/organization", &link).with(200);
    let owner = Said::of("owner", "lost@work.example");
    seat.get(&organization.provider.signs_in(&address(&left), &owner, now(county))).with(200);
    assert_eq!(organization.account(&lost)["state"], "active");

    // One person opens one account; and a link that is over leads nowhere.
    let link = text(&account, "/link/secret").to_owned();
    let other = organization.invites("other@home.example");
    let other = text(&other, "/link/secret");
    let seat = organization.browser();
    let left = seat.post("/portal/invitation/organization", &[("link", other)]).with(200);
    let back = organization.provider.signs_in(&address(&left), &said, now(county));
    turned(&seat, seat.get(&back), 422, "This account is not yours to open");
    for link in [link.as_str(), "cwi_0", ""] {
        organization.browser().post("/portal/invitation/organization", &[("link", link)]).with(410);
    }
    // Where an organization has no provider, its invitations do not speak of one.
    let plain = county.new_provider(&["meals"]);
    let new = json!({
        "organization": plain.id, "name": "Pat Plain", "language": "en", "email": "pat@plain.example",
        "roles": ["clerk"],
    });
    let invited = Request::post("/v1/accounts", &new).by(&county.server.operator);
    let invited = county.client().send(&invited).with(201);
    let link = text(&invited, "/link/secret");
    let page = organization.browser().get(&format!("/portal/invitation?link={link}")).with(200);
    assert!(!page.html.contains("/portal/invitation/organization"), "{}", page.html);
}

fn who_proves_something_signs_in_anew(database: Database) {
    let county = shared(database);
    let organization = Organization::new(county, "proves", &[]);
    organization.invites("ida@proves.example");
    organization.invites("ben@proves.example");
    organization.signs_in(&organization.browser(), &Said::of("ben", "ben@proves.example")).with(200);
    let seat = organization.browser();
    let ida = || Said::of("ida", "ida@proves.example");
    organization.signs_in(&seat, &ida()).with(200);
    let asked = seat.post("/portal/account/passkeys", &[("name", "Phone")]).with(403);
    assert!(asked.text().contains("Show that it is you"), "{}", asked.text());
    assert!(asked.html.contains(&format!("action=\"{PROVE}\" target=\"_blank\"")), "{}", asked.html);
    let go_on = [("proof-organization", "shown")];
    let still = seat.send_on(&asked, &go_on).with(403);
    assert!(still.text().contains("Show that it is you"), "nothing was shown yet");

    // She signs in there anew, on another page; nobody else does it for her, and an old sign-in does not
    // count.
    let before = seat.cookie(SESSION).expect("signed in");
    let proves = |said: Said| {
        let out = address(&seat.post(PROVE, &[]).with(200));
        let parameter = |name: &str| IdentityProvider::parameter(&out, name);
        assert_eq!(
            (parameter("prompt").as_deref(), parameter("max_age").as_deref()),
            (Some("login"), Some("0"))
        );
        seat.get(&organization.provider.signs_in(&out, &said, now(county)))
    };
    let at = |minutes: i64| json!((now(county) - SignedDuration::from_mins(minutes)).as_second());
    for (said, reason) in [
        (ida(), "You were not asked there who you are"),
        (ida().with("auth_time", at(10)), "You were not asked there who you are"),
        (Said::of("ben", "ben@proves.example").with("auth_time", at(0)), "This account is not yours to open"),
        (Said::of("eve", "ida@proves.example").with("auth_time", at(0)), "This account is not yours to open"),
    ] {
        let page = proves(said).with(422);
        assert!(page.text().contains(reason), "{reason}: {}", page.text());
        assert_eq!(seat.cookie(SESSION).as_ref(), Some(&before));
    }
    seat.send_on(&asked, &go_on).with(403);
    let done = proves(ida().with("auth_time", at(0))).with(200);
    assert!(done.text().contains("You have shown who you are"), "{}", done.text());
    assert_ne!(seat.cookie(SESSION).as_ref(), Some(&before), "the session has another secret");
    let making = seat.send_on(&asked, &go_on).with(200);
    let options = making.attribute("data-make").expect("the form went on");
    let made = Device::at("http://localhost:4711").makes(&serde_json::from_str(&options).expect("JSON"));
    seat.send_on(&making, &[("name", "Phone"), ("passkey", &made)]).with(200);

    // Whoever finds the browser locked does not open it by signing in: the provider asks who it is.
    seat.post("/portal/lock", &[("then", "/portal/account")]);
    let out = organization.goes(&seat);
    assert_eq!(IdentityProvider::parameter(&out, "prompt").as_deref(), Some("login"));
    for said in [ida(), ida().with("auth_time", at(10))] {
        let out = organization.goes(&seat);
        let page = seat.get(&organization.provider.signs_in(&out, &said, now(county))).with(422);
        assert!(page.text().contains("You were not asked there who you are"), "{}", page.text());
        seat.get("/portal/account").with(401);
    }
    organization.signs_in(&seat, &ida().with("auth_time", at(0))).with(200);
    seat.get("/portal/account").with(200);

    // A lock opens so too, and leads to where she was.
    seat.post("/portal/lock", &[("then", "/portal/account")]);
    let locked = seat.get("/portal/account").with(401);
    assert!(locked.html.contains(&format!("action=\"{PROVE}\"")), "{}", locked.html);
    let out = address(&seat.post(PROVE, &[("then", "/portal/account")]).with(200));
    let said = ida().with("auth_time", at(0));
    let page = seat.get(&organization.provider.signs_in(&out, &said, now(county))).with(200);
    assert_eq!(page.address, "/portal/account");
    // Whoever is signed in by codes is not linked to anybody there.
    let codes = Seat::at(county, &organization.id, &["clerk"]);
    let page = codes.post(PROVE, &[]).with(422);
    assert!(page.text().contains("Your account does not use this sign-in"), "{}", page.text());
    assert_eq!(organization.browser().post(PROVE, &[]).status, 401);
}

fn the_page_names_the_host_to_which_it_leads(database: Database) {
    let county = shared(database);
    let organization = Organization::new(county, "elsewhere", &[]);
    organization.provider.signs_people_in_at("http://localhost:4711/authorize");
    let page = organization.browser().post(ORGANIZATION, &[("organization", "elsewhere")]).with(200);
    assert!(page.text().contains("You go to localhost now."), "{}", page.text());
    assert!(page.link("Go to localhost").starts_with("http://localhost:4711/authorize?"), "{}", page.html);
}

/// The way out and back may take ten minutes; a proof is good for five, and an invitation for 72 hours.
fn what_comes_too_late_opens_nothing(database: Database) {
    let mut county = County::of(Server::start_with(database, &SETTINGS), &[]);
    let organization = Organization::new(&county, "late", &[]);
    organization.invites("ida@late.example");
    let new = organization.invites("new@late.example");
    let provider = organization.provider.clone();
    let ida = Said::of("ida", "ida@late.example");
    let seat = organization.browser();
    organization.signs_in(&seat, &ida).with(200);
    let out = address(&seat.post(PROVE, &[]).with(200));
    let signed_in = json!(now(&county).as_second());
    county.server.start_again_at("2026-03-02T18:06:00Z");
    let seat = seat.moved_to(&county.client());
    let before = seat.cookie(SESSION);
    let old = ida.clone().with("auth_time", signed_in);
    let page = seat.get(&provider.signs_in(&out, &old, now(&county))).with(422);
    assert!(page.text().contains("You were not asked there who you are"), "{}", page.text());
    assert_eq!((seat.cookie(SESSION), session(&county, &seat)["raised"].clone()), (before, json!(false)));
    let out = address(&seat.post(PROVE, &[]).with(200));
    let fresh = ida.with("auth_time", json!(now(&county).as_second()));
    seat.get(&provider.signs_in(&out, &fresh, now(&county))).with(200);
    assert_eq!(session(&county, &seat)["raised"], true);

    county.server.start_again_at("2026-03-05T18:06:00Z");
    let seat = Seat::empty(&county.client());
    let out = address(&seat.post(ORGANIZATION, &[("organization", "late")]).with(200));
    let said = Said::of("new", "new@late.example");
    seat.get(&provider.signs_in(&out, &said, now(&county))).with(410);
    let trail = county.client().read(&county.server.operator, "/v1/audit?limit=20");
    let is_refusal = |one: &Value| one["action"] == "sign-in" && one["outcome"] == "denied";
    assert!(trail["items"].as_array().expect("a list").iter().any(is_refusal), "{trail}");
    let path = format!("/v1/accounts/{}", text(&new, "/id"));
    assert_eq!(county.client().read(&county.server.operator, &path)["state"], "invited");
}

fn what_was_typed_waits_on_the_other_page(database: Database) {
    let county = shared(database);
    let organization = Organization::new(county, "waits", &[]);
    organization.invites("ida@waits.example");
    let seat = organization.browser();
    let page = seat.post("/portal/people", &[("number", "91234567Z")]).with(401);
    assert!(
        page.html.contains(&format!("formaction=\"{ORGANIZATION}\" formtarget=\"_blank\"")),
        "{}",
        page.html
    );
    let (kept, then) = (page.value("kept"), page.value("then"));
    let fields = [("kept", kept.as_str()), ("then", then.as_str())];
    // Before she has signed in, the page keeps what it has.
    let early = seat.post("/portal/sign-in/back", &fields).with(401);
    assert_eq!((early.value("kept"), early.value("then")), (kept.clone(), then.clone()));
    let beside = [&fields[..], &[("organization", "waits")]].concat();
    let out = address(&seat.post(ORGANIZATION, &beside).with(200));
    assert!(!out.contains("91234567Z"), "nothing of the form goes along: {out}");
    let said = Said::of("ida", "ida@waits.example");
    let done = seat.get(&organization.provider.signs_in(&out, &said, now(county))).with(200);
    assert!(done.text().contains("What you typed waits on the other page"), "{}", done.text());
    let back = seat.post("/portal/sign-in/back", &fields).with(200);
    assert!(back.text().contains("Nothing was sent"), "{}", back.text());
    assert_eq!((back.value("number"), back.action()), ("91234567Z".to_owned(), "/portal/people".to_owned()));

    // What cannot be an organization comes back as it was typed, in the language that is asked for.
    let seat = organization.browser();
    for (typed, said) in [
        ("Not a name!", "Enter a short name such as valle-vista"),
        ("nobody-at-all", "Nobody signs in here with this name"),
        ("ida@unknown.example", "Nobody signs in here with this name"),
    ] {
        let page = seat.post(ORGANIZATION, &[("organization", typed), ("then", "/portal/account")]).with(422);
        assert!(page.text().contains(said), "{typed}: {}", page.text());
        assert_eq!(
            (page.value("organization"), page.value("then")),
            (typed.into(), "/portal/account".into())
        );
    }
    let spanish = [("organization", "waits"), ("in-language", "es")];
    let page = seat.post(ORGANIZATION, &spanish).with(200);
    assert!(page.text().contains("Entrar con su organización"), "{}", page.text());
    assert_eq!(page.value("organization"), "waits");
    // From the first page it is asked for, whatever stands in the field of the address.
    let page = seat.post(ORGANIZATION, &[("email", "not an address")]).with(200);
    assert!(page.text().contains("Nombre corto de su organización"), "{}", page.text());
    // Nobody is led to another site afterwards.
    let out =
        address_in_spanish(&seat, &[("organization", "waits"), ("then", "https://evil.example/portal")]);
    let page = seat.get(&organization.provider.signs_in(&out, &said_of_ida(), now(county))).with(200);
    assert_eq!(page.address, "/portal");
}

fn said_of_ida() -> Said {
    Said::of("ida", "ida@waits.example")
}

fn address_in_spanish(seat: &Seat, fields: &[(&str, &str)]) -> String {
    seat.post(ORGANIZATION, fields).with(200).link("Ir a 127.0.0.1")
}

fn a_provider_that_does_not_answer_keeps_nobody_waiting(database: Database) {
    const AWAY: &str = "Your sign-in at work does not answer";
    let settings = [SETTINGS[0], SETTINGS[1], ("CROSSWALK_PROVIDER_WAIT_MS", "2000")];
    let county = &County::of(Server::start_with(database, &settings), &[]);
    let organization = Organization::new(county, "away", &[]);
    organization.invites("ida@away.example");
    let seat = organization.browser();
    let asks = || seat.post(ORGANIZATION, &[("organization", "away")]);
    // Before its description was read, on the way out.
    for (mood, status, reason) in [
        (Mood::Away, 503, AWAY),
        (Mood::Hanging, 503, AWAY),
        (Mood::Endless, 503, AWAY),
        (Mood::Leading, 502, "Your sign-in at work is not set up right"),
        (Mood::Impostor, 502, "Your sign-in at work is not set up right"),
    ] {
        organization.provider.is(mood);
        turned(&seat, asks(), status, reason);
    }
    assert_eq!(organization.provider.was_asked("/token"), 0);
    // On the way back: what somebody began is over, and can begin again.
    let said = Said::of("ida", "ida@away.example");
    for (mood, status) in
        [(Mood::Away, 503), (Mood::Hanging, 503), (Mood::Endless, 503), (Mood::Leading, 502)]
    {
        organization.provider.is(Mood::Well);
        let out = organization.goes(&seat);
        let back = organization.provider.signs_in(&out, &said, now(county));
        organization.provider.is(mood);
        let page = seat.get(&back);
        assert_eq!(page.status, status, "{mood:?}: {}", page.text());
        assert_eq!(seat.cookie(SESSION), None);
    }
    organization.provider.is(Mood::Well);
    organization.signs_in(&seat, &said).with(200);
    // Its description was read once for all of that, and is read again by a service that starts.
    assert_eq!(organization.provider.was_asked("/.well-known/openid-configuration"), 6);
}

fn a_provider_that_changes_its_key_is_asked_once_a_minute(database: Database) {
    let mut county = County::of(Server::start_with(database, &SETTINGS), &[]);
    let (provider, said) = {
        let organization = Organization::new(&county, "new-key", &[]);
        organization.invites("ida@keys.example");
        let said = Said::of("ida", "ida@keys.example");
        for _ in 0..3 {
            organization.signs_in(&organization.browser(), &said).with(200);
        }
        assert_eq!(organization.provider.was_asked("/keys"), 1, "they are kept");
        organization.provider.takes_another_key();
        for _ in 0..3 {
            let seat = organization.browser();
            turned(&seat, organization.signs_in(&seat, &said), 502, "is not set up right");
        }
        assert_eq!(organization.provider.was_asked("/keys"), 1, "whoever sends tokens has nobody asked");
        (organization.provider, said)
    };
    county.server.start_again();
    let seat = Seat::empty(&county.client());
    let page = seat.post(ORGANIZATION, &[("organization", "new-key")]).with(200);
    seat.get(&provider.signs_in(&address(&page), &said, now(&county))).with(200);
    assert_eq!(provider.was_asked("/keys"), 2);
}

fn an_organization_sets_its_own_provider(database: Database) {
    let county = shared(database);
    let client = county.client();
    let own = county.new_provider(&["meals"]);
    let operator = &county.server.operator;
    let body = json!({ "organization": own.id, "role": "provider", "label": "office", "manages_keys": true });
    let office = client.send(&Request::post("/v1/keys", &body).by(operator)).with(201);
    let office = text(&office, "/key").to_owned();
    let provider = IdentityProvider::start();
    let send = |key: &str, body: &Value| client.send(&Request::post("/v1/identity-providers", body).by(key));
    let set = send(&office, &provider.settings("own-office", &["own.example"])).with(200);
    assert_eq!(
        (text(&set, "/organization"), text(&set, "/redirect_uri")),
        (own.id.as_str(), &*redirect(&own.id))
    );
    assert!(!set.to_string().contains("secret"), "{set}");
    let listed = client.read(&office, "/v1/identity-providers");
    assert_eq!(listed["items"], json!([set]));
    // Without a secret the one on record stays; with another issuer or client it would be another provider.
    let mut changed = provider.settings("own-office-2", &[]);
    changed.as_object_mut().expect("fields").remove("client_secret");
    let again = send(&office, &changed).with(200);
    assert_eq!((&again["id"], text(&again, "/short_name")), (&set["id"], "own-office-2"));
    let mut other = provider.settings("own-office", &[]);
    other["issuer"] = json!("https://login.other.example");
    other["client_id"] = json!("another client");
    let refused = send(&office, &other);
    assert_eq!(refused.status, 409);
    expect_test::expect![[r#"
        has-provider /issuer
        has-provider /client_id"#]]
    .assert_eq(&told(&refused.json));

    // Others do not: a key that manages none, another organization, and for another organization.
    for (key, body) in [
        (&own.key, provider.settings("x-own", &[])),
        (&county.new_provider(&["meals"]).key, provider.settings("x-own", &[])),
    ] {
        assert_eq!(send(key, &body).status, 403);
        assert_eq!(client.send(&Request::get("/v1/identity-providers").by(key)).status, 403);
    }
    let mut foreign = provider.settings("x-own", &[]);
    foreign["organization"] = json!(county.new_provider(&["meals"]).id);
    assert_eq!(send(&office, &foreign).status, 403);
    // Everything that is wrong is said at once, and in Spanish.
    let wrong = json!({
        "short_name": "x", "issuer": "http://login.example", "client_id": "", "email_domains": ["no domain"],
    });
    let request = Request::post("/v1/identity-providers", &wrong).by(&office).header("Accept-Language", "es");
    let refused = client.send(&request);
    assert_eq!(refused.status, 422);
    expect_test::expect![[r#"
        invalid-value /short_name
        invalid-value /issuer
        invalid-value /client_id
        invalid-value /email_domains/0"#]]
    .assert_eq(&told(&refused.json));
    let nothing = county.new_provider(&["meals"]);
    let mut first = provider.settings("x-first", &[]);
    first.as_object_mut().expect("fields").remove("client_secret");
    first["organization"] = json!(nothing.id);
    let refused = send(operator, &first);
    assert_eq!((refused.status, told(&refused.json).as_str()), (422, "missing-field /client_secret"));
    assert!(!problem(&refused).is_empty());

    let path = format!("/v1/identity-providers/{}", text(&set, "/id"));
    let end = |key: &str| client.send(&Request::get(&path).method("DELETE").by(key)).status;
    assert_eq!((end(&own.key), end(&office), end(&office)), (403, 204, 404));
    let listed = client.read(&office, "/v1/identity-providers");
    assert!(listed["items"][0]["ended_at"].is_string(), "{listed}");
    assert!(client.read(operator, "/v1/identity-providers?limit=200").to_string().contains("own-office-2"));

    // On a service that does not allow it, nobody is asked in a private network.
    let guarded = Server::start_with(database, &SETTINGS[..1]);
    let body = provider.settings("guarded", &[]);
    let request = Request::post("/v1/identity-providers", &body).by(&guarded.operator);
    let refused = guarded.client().send(&request);
    assert_eq!((refused.status, told(&refused.json).as_str()), (422, "invalid-value /issuer"));
}

/// Codes and places of a problem's fields, a line each.
fn told(problem: &Value) -> String {
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    let line = |error: &Value| format!("{} {}", text(error, "/code"), text(error, "/pointer"));
    errors.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn a_provider_ends_with_everybodys_sessions(database: Database) {
    let county = shared(database);
    let (client, operator) = (county.client(), &county.server.operator);
    let organization = Organization::new(county, "ends", &[]);
    let account = organization.invites("ida@ends.example");
    let seat = organization.browser();
    let said = Said::of("ida", "ida@ends.example");
    organization.signs_in(&seat, &said).with(200);
    let out = organization.goes(&organization.browser());
    let path = format!("/v1/identity-providers/{}", organization.set);
    assert_eq!(
        client.read(operator, "/v1/identity-providers?limit=200")["items"]
            .as_array()
            .and_then(|all| all.iter().find(|one| one["id"] == json!(organization.set)))
            .map(|one| one["people"].clone()),
        Some(json!(1))
    );
    client.send(&Request::get(&path).method("DELETE").by(operator)).with(204);
    seat.get("/portal/account").with(401);
    assert!(
        organization.browser().get(&organization.provider.signs_in(&out, &said, now(county))).status >= 400
    );
    let page = organization.browser().post(ORGANIZATION, &[("organization", "ends")]).with(422);
    assert!(page.text().contains("Nobody signs in here with this name"), "{}", page.text());
    // The account is there; its person is invited again.
    assert_eq!(organization.account(&account)["state"], "active");

    // Whoever would be locked out does not end it: not the own only way in.
    let new = json!({
        "organization": organization.id, "name": "Ada Only", "language": "en", "email": "ada@ends.example",
        "roles": ["coordinator"], "administers": true,
    });
    client.send(&Request::post("/v1/accounts", &new).by(operator)).with(201);
    let mut settings = organization.provider.settings("ends", &[]);
    settings["organization"] = json!(organization.id);
    let set = client.send(&Request::post("/v1/identity-providers", &settings).by(operator)).with(200);
    assert_ne!(set["id"], json!(organization.set), "it is another one");
    let ada = organization.browser();
    let said = Said::of("ada", "ada@ends.example").with("auth_time", json!(now(county).as_second()));
    organization.signs_in(&ada, &said).with(200);
    let page = ada.post(&format!("/portal/identity/{}/end", text(&set, "/id")), &[]).with(409);
    assert!(page.text().contains("you could not sign in any more"), "{}", page.text());
    ada.get("/portal/account").with(200);
}

fn a_provider_that_ends_meanwhile_lets_nobody_in(database: Database) {
    let county = shared(database);
    let (client, operator) = (county.client(), &county.server.operator);
    let organization = Organization::new(county, "ends-meanwhile", &[]);
    let [ida, ben] = ["ida", "ben"].map(|who| Said::of(who, &format!("{who}@meanwhile.example")));
    organization.invites("ida@meanwhile.example");
    let new = organization.invites("ben@meanwhile.example");
    let proving = organization.browser();
    organization.signs_in(&proving, &ida).with(200);
    let before = proving.cookie(SESSION);
    let out = address(&proving.post(PROVE, &[]).with(200));
    let fresh = ida.clone().with("auth_time", json!(now(county).as_second()));
    let proof = organization.provider.signs_in(&out, &fresh, now(county));
    let [known, unknown] = [organization.browser(), organization.browser()];
    let comes_back = |seat: &Seat, said: &Said| {
        organization.provider.signs_in(&organization.goes(seat), said, now(county))
    };
    let answers =
        [(&known, comes_back(&known, &ida)), (&unknown, comes_back(&unknown, &ben)), (&proving, proof)];
    let asked = organization.provider.was_asked("/token");
    organization.provider.is(Mood::Waiting);
    thread::scope(|scope| {
        let coming = answers.map(|(seat, answer)| scope.spawn(move || (seat, seat.get(&answer))));
        let all = asked + coming.len();
        until("three codes that wait", || (organization.provider.was_asked("/token") == all).then_some(()));
        let path = format!("/v1/identity-providers/{}", organization.set);
        client.send(&Request::get(&path).method("DELETE").by(operator)).with(204);
        organization.provider.is(Mood::Well);
        for coming in coming {
            let (seat, page) = coming.join().expect("it was answered");
            let page = page.with(422);
            assert!(page.text().contains("This sign-in is over"), "{}", page.text());
            assert_eq!(seat.cookie(SESSION), before.clone().filter(|_| std::ptr::eq(seat, &proving)));
        }
    });
    proving.get("/portal/account").with(401);
    assert_eq!(organization.account(&new)["state"], "invited");
}

fn a_name_and_a_domain_lead_to_one_organization(database: Database) {
    let county = shared(database);
    let (client, operator) = (county.client(), &county.server.operator);
    let organization = Organization::new(county, "leads", &["leads.example"]);
    organization.invites("ida@people.example");
    let own = county.new_provider(&["meals"]);
    let body = json!({ "organization": own.id, "role": "provider", "label": "office", "manages_keys": true });
    let office = client.send(&Request::post("/v1/keys", &body).by(operator)).with(201);
    let office = text(&office, "/key").to_owned();
    let provider = IdentityProvider::start();
    let domains = ["free.example", "leads.example", "people.example"];
    let request = |key: &str, body: &Value| Request::post("/v1/identity-providers", body).by(key);
    let refused = client.send(&request(&office, &provider.settings("leads", &domains)));
    assert_eq!(refused.status, 422);
    expect_test::expect![[r#"
        taken /short_name
        taken /email_domains/1
        taken /email_domains/2"#]]
    .assert_eq(&told(&refused.json));
    // The operator knows whose people are whose, and takes nobody's domain away all the same.
    let mut settings = provider.settings("leads-too", &domains);
    settings["organization"] = json!(own.id);
    let refused = client.send(&request(operator, &settings));
    assert_eq!((refused.status, told(&refused.json).as_str()), (422, "taken /email_domains/1"));
    let mut settings = provider.settings("leads-too", &["free.example", "people.example"]);
    settings["organization"] = json!(own.id);
    client.send(&request(operator, &settings)).with(200);
    // What one has let go of another one takes.
    client.send(&request(&office, &provider.settings("leads-three", &["free.example"]))).with(200);
    let third = Organization::new(county, "leads-too", &["people.example"]);
    let seat = third.browser();
    let page = seat.post(ORGANIZATION, &[("email", "somebody@people.example")]).with(200);
    assert!(address(&page).starts_with(&third.provider.issuer), "{}", page.text());
}

fn the_pages_set_change_and_end_a_provider(database: Database) {
    let county = shared(database);
    let own = county.new_provider(&["meals"]);
    let new = json!({
        "organization": own.id, "name": "Ada Pages", "language": "en", "email": "ada@pages.example",
        "roles": ["coordinator"], "administers": true,
    });
    let ada = Seat::invited(&county.client(), &county.server.operator, &new);
    let list = ada.get("/portal/identity").with(200);
    assert!(list.text().contains("There is none yet"), "{}", list.text());
    let form = ada.get("/portal/identity/new").with(200);
    let redirect = redirect(&own.id);
    assert_eq!(form.codes(), [redirect.as_str()]);
    let provider = IdentityProvider::start();
    let fields = |secret: &str| {
        [
            ("short-name", "pages"),
            ("issuer", provider.issuer.as_str()),
            ("client-id", CLIENT),
            ("client-secret", secret),
            ("domains", "pages.example, more.example"),
        ]
        .map(|(name, value)| (name, value.to_owned()))
    };
    let send = |page: &Page, fields: &[(&str, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        ada.send_on(page, &fields)
    };
    let wrong = send(&form, &fields("")).with(422);
    assert!(wrong.text().contains("Copy the client secret from the provider"), "{}", wrong.text());
    assert_eq!((wrong.value("short-name"), wrong.value("client-secret")), ("pages".into(), String::new()));
    // A session that has ended keeps what was typed in the page, but for the secret.
    let sent = fields(SECRET);
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let kept = Seat::empty(&county.client()).post("/portal/identity/new", &sent).with(401);
    let form = kept.value("kept");
    assert!(form.contains("short-name=pages") && !form.contains("client-secret"), "{form}");
    assert!(!kept.html.contains("secret+of") && !kept.html.contains(SECRET), "{}", kept.html);
    let one = send(&wrong, &fields(SECRET)).with(200);
    for said in ["pages", provider.issuer.as_str(), "pages.example, more.example", &redirect, "in use since"]
    {
        assert!(one.text().contains(said), "{said}: {}", one.text());
    }
    assert!(!one.html.contains(SECRET));
    // It works; and is changed without the secret, which is never shown.
    let invited = json!({
        "organization": own.id, "name": "Ida Pages", "language": "en", "email": "ida@more.example",
        "roles": ["clerk"],
    });
    let request = Request::post("/v1/accounts", &invited).by(&county.server.operator);
    county.client().send(&request).with(201);
    let signs_in = |name: &str| {
        let seat = Seat::empty(&county.client());
        let page = seat.post(ORGANIZATION, &[("organization", name)]).with(200);
        let said = Said::of("ida", "ida@more.example");
        seat.get(&provider.signs_in(&address(&page), &said, now(county))).with(200);
    };
    signs_in("pages");
    let form = ada.get(&format!("{}/change", one.address)).with(200);
    assert_eq!((form.value("client-secret"), form.value("issuer")), (String::new(), provider.issuer.clone()));
    let mut changed = fields("");
    changed[0].1 = "pages-too".to_owned();
    changed[4].1 = String::new();
    let one = send(&form, &changed).with(200);
    assert!(one.text().contains("pages-too") && one.text().contains("E-mail domains all"), "{}", one.text());
    signs_in("pages-too");
    changed[2].1 = "another client".to_owned();
    let refused = send(&ada.get(&format!("{}/change", one.address)).with(200), &changed).with(422);
    assert!(refused.text().contains("People are linked by another client ID"), "{}", refused.text());
    let list = ada.get("/portal/identity").with(200);
    assert!(
        list.text().contains("pages-too") && !list.html.contains("/portal/identity/new"),
        "{}",
        list.text()
    );

    let end = ada.get(&format!("{}/end", one.address)).with(200);
    assert!(end.text().contains("The 1 person who does is signed out"), "{}", end.text());
    let ended = ada.post(&format!("{}/end", one.address), &[]).with(200);
    assert!(ended.text().contains("ended on"), "{}", ended.text());
    ada.post(&format!("{}/end", one.address), &[]).with(200);
    ada.get(&format!("{}/change", one.address)).with(404);
    // The county's operator sets anybody's.
    let new = json!({
        "organization": county.server.office(), "name": "Otto Office", "language": "en", "email": "otto@pages.example",
        "roles": ["county-operator"], "administers": true,
    });
    let otto = Seat::invited(&county.client(), &county.server.operator, &new);
    let form = otto.get("/portal/identity/new").with(200);
    assert!(form.text().contains("You see the address when you have saved"), "{}", form.text());
    let mut all: Vec<(&str, String)> = fields(SECRET).into();
    all.push(("organization", own.id.clone()));
    let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let one = otto.send_on(&form, &all).with(200);
    assert!(
        one.text().contains("pages") && one.address.starts_with("/portal/identity/idp_"),
        "{}",
        one.text()
    );
}

fn without_a_public_address_nothing_speaks_of_organizations(database: Database) {
    let server = Server::start(database);
    let seat = Seat::empty(&server.client());
    let page = seat.get("/portal/sign-in").with(200);
    assert!(!page.html.contains(ORGANIZATION), "{}", page.html);
    seat.get(ORGANIZATION).with(404);
    seat.post(ORGANIZATION, &[("organization", "valle-vista")]).with(404);
    // A provider can be set before; its page says what is missing.
    let body = json!({
        "short_name": "early", "issuer": "https://login.early.example", "client_id": "crosswalk",
        "client_secret": "secret",
    });
    let request = Request::post("/v1/identity-providers", &body).by(&server.operator);
    assert_eq!(server.client().send(&request).with(200)["redirect_uri"], Value::Null);
}

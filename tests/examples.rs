//! One walk through the whole API. Its answers stand in the description, as the example of each operation;
//! its calls stand in `docs/api`, and are sent from there: the text of a page is run as it stands.
//!
//! An operation that is new gets its call here. After that, or where an answer is meant to change, examples
//! and pages are kept anew: `UPDATE_EXPECT=1 cargo verify examples`, and once more without, for a service
//! that was built with them.

use std::collections::BTreeSet;
use std::{env, fs};

use serde_json::{Value, json};

use crate::harness::{
    Authenticator, COUNTY, Call, Client, County, Database, Device, Examples, Kept, Pages, Person, Request,
    SESSION, Seat, Server, asked, billed, component, curl_is_there, facts, skip, text, until, variant,
};
use crate::journeys::{ecm, ecm_referral, nights, open_clocks, take_fact};
use crate::lifecycle::{bytes_of, hex, signing_key};
use crate::member_files::many;

/// The examples that the service is built with.
const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../host/web/data/examples.json");

/// The member of the walk, as a plan's file names her. She is nobody.
const CIN: &str = "91234567A";
const BORN: &str = "1971-04-09";

/// Address by which browsers know the service of the walk.
const ORIGIN: &str = "https://crosswalk.county.example";

/// The clocks that end when the host has told somebody, which it does behind its answers.
const ENDED_BY_THE_HOST: [&str; 4] = [
    "application-acknowledgement",
    "authorization-provider-notice",
    "claim-acknowledgement",
    "referral-referrer-notice",
];

#[test]
fn each_operation_answers_as_its_example_shows() {
    // An upload is answered before it is compiled, and a search for what would turn an answer has the time
    // that it takes.
    let settings = [
        ("CROSSWALK_COMPILE_WAIT_MS", "0"),
        ("CROSSWALK_PLUGIN_DEADLINE_MS", "10000"),
        ("CROSSWALK_PUBLIC_ADDRESS", ORIGIN),
    ];
    let server = Server::start_with(Database::Sqlite, &settings);
    let county = County::of(server, &["valle-vista", "harbor-crest", "silver-oak", "costa-alta"]);
    let client = county.client();
    let description = client.send(&Request::get("/openapi.json")).with(200);
    let examples = Examples::of(&description);
    let has_curl = curl_is_there();
    let mut walk = Walk { county: &county, client, examples, pages: Pages::default(), has_curl };
    walk.instance();
    walk.organizations();
    walk.members();
    walk.documents();
    walk.referrals();
    walk.fhir();
    walk.authorizations();
    walk.claims();
    walk.remittances();
    walk.applications();
    walk.contracts();
    walk.questions();
    walk.tables();
    walk.rules_file();
    walk.plugins();
    walk.shadow_runs();
    walk.releases();
    walk.identities();
    walk.figures();
    walk.reasons();
    let Walk { examples, pages, .. } = walk;
    pages.compare(examples.operations(), &description, updates());
    compare(&examples.into_kept());
    if !has_curl {
        skip(
            "examples::each_operation_answers_as_its_example_shows",
            "there is no curl: the calls of docs/api were sent by another client",
        );
    }
}

/// True if what was found is to be kept in place of what was expected.
fn updates() -> bool {
    env::var_os("UPDATE_EXPECT").is_some()
}

/// Whoever walks through a county, and what came back.
struct Walk<'a> {
    county: &'a County,
    client: Client,
    examples: Examples,
    pages: Pages,
    has_curl: bool,
}

impl Walk<'_> {
    /// Sends a request, which must be done, and keeps the answer.
    #[track_caller]
    fn send(&mut self, request: &Request) -> Value {
        let operation = self.examples.operation_of(request).id.clone();
        // The first call of an operation is the one that its page shows.
        let call = self.pages.lack(&operation).then(|| Call::of(request, |key| self.variable_of(key)));
        let answer = match call.as_ref().filter(|_| self.has_curl) {
            Some(call) => call.send(&self.county.server.address),
            None => self.client.send(request),
        };
        let (method, path) = request.line();
        let content = String::from_utf8_lossy(&answer.bytes);
        assert!((200..300).contains(&answer.status), "{method} {path}: {} {content}", answer.status);
        if let Some(call) = call {
            self.pages.keep(&operation, &call, &answer);
        }
        self.examples.keep(request, &answer);
        answer.json
    }

    /// Name of the shell variable that holds a key on the pages: it says whose key a call takes.
    fn variable_of(&self, key: &str) -> &'static str {
        let plans =
            ["valle-vista", "harbor-crest", "silver-oak", "costa-alta"].map(|id| self.county.plan(id));
        if key.starts_with("cwi_") {
            "LINK"
        } else if key.starts_with("cws_") {
            "SESSION"
        } else if key == self.county.server.operator {
            "OPERATOR_KEY"
        } else if plans.iter().any(|plan| plan.admin == key) {
            "ADMIN_KEY"
        } else if plans.iter().any(|plan| plan.reviewer == key || plan.clerk == key) {
            "REVIEWER_KEY"
        } else {
            "KEY"
        }
    }

    #[track_caller]
    fn read(&mut self, key: &str, path: &str) -> Value {
        self.send(&Request::get(path).by(key))
    }

    #[track_caller]
    fn post(&mut self, key: &str, path: &str, body: &Value) -> Value {
        self.send(&Request::post(path, body).by(key))
    }

    /// Sends a new case.
    #[track_caller]
    fn submit(&mut self, key: &str, list: &str, body: &Value) -> Value {
        let case = self.post(key, &format!("/v1/{list}"), body);
        self.settled(key, &case)
    }

    /// Does something to the version of the case that was read.
    #[track_caller]
    fn change(&mut self, key: &str, case: &Value, step: &str, body: &Value) -> Value {
        let path = format!("/v1/{}s/{}/{step}", text(case, "/kind"), text(case, "/id"));
        let changed = self.send(&Request::post(path, body).by(key).of_version(&case["version"]));
        self.settled(key, &changed)
    }

    /// The case, its timeline, and the list that it is in.
    #[track_caller]
    fn look_at(&mut self, key: &str, case: &Value) {
        let list = format!("/v1/{}s", text(case, "/kind"));
        let path = format!("{list}/{}", text(case, "/id"));
        for path in [format!("{path}/timeline"), path, list] {
            self.read(key, &path);
        }
    }

    /// The case when everybody has been told who is to be told of it by the host.
    #[track_caller]
    fn settled(&self, key: &str, case: &Value) -> Value {
        until("the notices to go out", || {
            let case = self.county.again(key, case);
            let waits =
                open_clocks(&case).iter().any(|clock| ENDED_BY_THE_HOST.contains(&text(clock, "/rule")));
            (!waits).then_some(case)
        })
    }

    fn instance(&mut self) {
        let (operator, key) = (&self.county.server.operator, self.county.key_of("open-door"));
        for path in ["/", "/healthz", "/readyz", "/problems", "/problems/stale"] {
            self.send(&Request::get(path).header("Accept", "application/json"));
        }
        for path in
            ["/v1/dictionary", "/v1/dictionary/services", "/v1/plans", "/v1/plans/valle-vista/profile"]
        {
            self.read(key, path);
        }
        self.read(operator, "/metrics");
        // The costliest come first. Nothing was asked yet but to read credentialing files: that is one line.
        self.read(&self.county.plan("valle-vista").admin, "/v1/plans/valle-vista/costs");
    }

    fn organizations(&mut self) {
        let operator = &self.county.server.operator;
        let county = json!({
            "code": "ALD", "name": { "en": "Aldea", "es": "Aldea" }, "region": "invented", "invented": true,
        });
        self.post(operator, "/v1/counties", &county);
        let kitchen = json!({
            "kind": "provider", "name": "Blue Heron Meals", "npi": "1234567893", "provider_kinds": ["meals"],
            "counties": [COUNTY],
        });
        let made = self.post(operator, "/v1/organizations", &kitchen);
        self.read(operator, "/v1/organizations");
        self.keys(&made);
        self.identity_providers(&made);
        self.accounts(&made);
        let path = format!("/v1/organizations/{}", text(&made, "/id"));
        self.read(operator, &path);
        let change = json!({ "name": "Blue Heron Kitchen", "counties": [COUNTY, "ALD"] });
        let change = Request::post(&path, &change).method("PATCH").by(operator);
        let mut version = self.send(&change.of_version(&made["version"]))["version"].clone();
        for (step, body) in [
            ("pause", json!({ "reason": "The contract is being renegotiated." })),
            ("resume", json!({})),
            ("end", json!({ "reason": "The kitchen has closed." })),
        ] {
            let step = Request::post(format!("{path}/{step}"), &body).by(operator).of_version(&version);
            version = self.send(&step)["version"].clone();
        }
    }

    /// The keys of an organization: one that looks after the others.
    fn keys(&mut self, organization: &Value) {
        let operator = &self.county.server.operator;
        let office = json!({
            "organization": organization["id"], "role": "provider", "label": "office", "manages_keys": true,
        });
        let office = self.post(operator, "/v1/keys", &office);
        let office = text(&office, "/key");
        let desk = json!({ "role": "provider", "label": "desk", "expires_at": "2026-09-01T07:00:00Z" });
        let desk = self.post(office, "/v1/keys", &desk);
        let path = format!("/v1/keys/{}", text(&desk, "/id"));
        self.send(&Request::post(&path, &json!({ "label": "night desk" })).method("PATCH").by(office));
        self.post(office, &format!("{path}/rotations"), &json!({ "overlap_hours": 24 }));
        // That a key was used is noted behind the answer.
        until("the use of the key to be noted", || {
            let keys = self.client.read(office, "/v1/keys");
            keys["items"][0]["last_used_at"].is_string().then_some(())
        });
        self.read(office, "/v1/keys");
        self.send(&Request::get(&path).method("DELETE").by(office));
    }

    /// The identity provider of an organization, which is set and ended.
    fn identity_providers(&mut self, organization: &Value) {
        let operator = &self.county.server.operator;
        let provider = json!({
            "organization": organization["id"], "short_name": "blue-heron", "issuer": "https://login.blueheron.example",
            "client_id": "crosswalk", "client_secret": "as the provider shows it",
            "email_domains": ["blueheron.example"],
        });
        let set = self.post(operator, "/v1/identity-providers", &provider);
        self.read(operator, "/v1/identity-providers");
        let path = format!("/v1/identity-providers/{}", text(&set, "/id"));
        self.send(&Request::get(path).method("DELETE").by(operator));
    }

    /// The people of an organization: one who takes an invitation up, and one whose link is lost.
    fn accounts(&mut self, organization: &Value) {
        let operator = &self.county.server.operator;
        let ana = json!({
            "organization": organization["id"], "name": "Ana Reyes", "email": "ana.reyes@blueheron.example",
            "language": "es", "roles": ["coordinator", "biller"], "administers": true,
        });
        let ana = self.post(operator, "/v1/accounts", &ana);
        let link = text(&ana, "/link/secret");
        self.read(link, "/v1/invitations/current");
        let offered = self.post(link, "/v1/invitations/current/authenticator", &json!({}));
        let mut authenticator = Authenticator::of(&offered, text(&ana, "/state_since"));
        let said = json!({ "name": "Ana Reyes Luna", "code": authenticator.code() });
        let welcome = self.post(link, "/v1/invitations/current/acceptance", &said);
        self.sessions(&authenticator.code(), text(&welcome, "/recovery_codes/0"));
        let ana = welcome["account"].clone();
        let path = format!("/v1/accounts/{}", text(&ana, "/id"));
        self.read(operator, &path);
        let change = Request::post(&path, &json!({ "roles": ["coordinator"] })).method("PATCH").by(operator);
        let ana = self.send(&change.of_version(&ana["version"]));
        let again = Request::post(format!("{path}/invitations"), &json!({})).by(operator);
        let ana = self.send(&again.of_version(&ana["version"]));
        self.read(operator, &format!("/v1/accounts?organization={}", text(organization, "/id")));
        let end =
            Request::post(format!("{path}/end"), &json!({ "reason": "She works elsewhere from March on." }));
        self.send(&end.by(operator).of_version(&ana["version"]));
    }

    /// The sessions of a person, who locks one and ends it.
    fn sessions(&mut self, shown: &str, recovery: &str) {
        let shown = json!({ "email": "ana.reyes@blueheron.example", "code": shown });
        let session = self.send(&Request::post("/v1/sessions", &shown).without("Idempotency-Key"));
        let secret = text(&session, "/secret");
        self.read(secret, "/v1/sessions/current");
        self.read(secret, "/v1/sessions");
        let step = |step: &str, body: &Value| {
            let path = format!("/v1/sessions/current/{step}");
            Request::post(path, body).without("Idempotency-Key").by(secret)
        };
        self.send(&step("lock", &json!({})));
        let proved = self.send(&step("proof", &json!({ "code": recovery })));
        let secret = text(&proved, "/secret");
        self.passkeys(secret);
        let listed = self.client.read(secret, "/v1/sessions");
        let ids = listed["items"].as_array().expect("a list").iter().map(|one| text(one, "/id"));
        let mut ids = ids;
        let other = ids.find(|id| *id != text(&proved, "/id")).expect("that of the invitation");
        self.send(&Request::get(format!("/v1/sessions/{other}")).method("DELETE").by(secret));
        self.send(&Request::get("/v1/sessions").method("DELETE").by(secret));
    }

    /// The passkey of a person with this session, who adds it by the pages.
    fn passkeys(&mut self, secret: &str) {
        let seat = Seat::empty(&self.client);
        seat.set_cookie(SESSION, secret);
        let page = seat.post("/portal/account/passkeys", &[("name", "Office phone")]).with(200);
        let options = page.attribute("data-make").expect("the page asks a device");
        let made = Device::at(ORIGIN).makes(&serde_json::from_str(&options).expect("options are JSON"));
        seat.send_on(&page, &[("name", "Office phone"), ("passkey", &made)]).with(200);
        let listed = self.read(secret, "/v1/passkeys");
        let path = format!("/v1/passkeys/{}", text(&listed, "/items/0/id"));
        self.send(&Request::get(path).method("DELETE").by(secret));
    }

    fn members(&mut self) {
        let (key, admin) = (self.county.key_of("open-door"), &self.county.plan("valle-vista").admin);
        let file = format!(
            "CIN,Last Name,First Name,Date of Birth,County,Coverage Start Date,Spoken Language,Sex,Zip,Phone Number,\
             Referring Organization\n\
             {CIN},Delgado,Marisol,{BORN},{COUNTY},2026-01-01,es,F,96191,209-555-0142,Harbor Clinic\n\
             91234568A,Okafor,Chidi,in spring,{COUNTY},2026-01-01,en,M,96191,209-555-0143,Harbor Clinic\n"
        );
        let roster = self.send(&Request::bytes("/v1/rosters", "text/csv", file).by(admin));
        self.read(admin, &format!("/v1/rosters/{}", text(&roster, "/id")));
        self.long_member_files();

        let new = json!({
            "cin": "97654321A", "family_name": "Ibarra", "given_name": "Noel", "birth_date": "1968-11-23",
            "county": COUNTY, "language": "en", "no_fixed_address": true, "purpose": "treatment",
            "provisional": true,
        });
        self.post(key, "/v1/members", &new);
        let known = json!({
            "cin": CIN, "family_name": "Delgado", "given_name": "Marisol", "birth_date": BORN,
            "county": COUNTY, "language": "es", "purpose": "care-coordination",
        });
        let member = self.post(key, "/v1/members", &known);
        self.post(key, "/v1/members/search", &json!({ "cin": CIN, "purpose": "care-coordination" }));
        let path = format!("/v1/members/{}", text(&member, "/id"));
        let contact = json!({
            "phone": "+12095550142",
            "address": { "line": "12 Alder Street", "city": "San Ravel", "zip": "96191" },
        });
        let contact = Request::post(&path, &contact).method("PATCH").by(key);
        self.send(&contact.of_version(&member["version"]));
        for path in [
            "/v1/members?purpose=care-coordination".to_owned(),
            format!("{path}?purpose=care-coordination"),
            format!("{path}/coverage?purpose=payment"),
            format!("{path}/limits?service=recuperative-care&on=2026-03-02&purpose=care-coordination"),
            format!("{path}/values?purpose=care-coordination"),
        ] {
            self.read(key, &path);
        }
        self.read(admin, &format!("{path}/columns?purpose=operations"));
    }

    /// A file that is loaded behind its answer, and one that is called off while it waits behind the first.
    fn long_member_files(&mut self) {
        let admin = &self.county.plan("costa-alta").admin;
        let [_, waiting] = [("96", 6_000), ("97", 1_001)].map(|(series, rows)| {
            self.send(&Request::bytes("/v1/rosters", "text/csv", many(series, rows)).by(admin))
        });
        self.post(admin, &format!("/v1/rosters/{}/cancellation", text(&waiting, "/id")), &json!({}));
    }

    /// A plan's file says otherwise who a member is; then the operator corrects the member, takes a person
    /// off, and puts it back.
    fn identities(&mut self) {
        let operator = self.county.server.operator.clone();
        let other = &self.county.plan("harbor-crest").admin;
        let file = format!(
            "CIN,Last Name,First Name,Date of Birth,County,Coverage Start Date\n\
             {CIN},Delgado,Marisol,1974-01-09,{COUNTY},2026-02-01\n"
        );
        self.client.send(&Request::bytes("/v1/rosters", "text/csv", file).by(other)).with(201);
        let conflicts = self.read(&operator, "/v1/identity-conflicts");
        let conflict =
            self.read(&operator, &format!("/v1/identity-conflicts/{}", text(&conflicts, "/items/0/id")));
        let verdict = json!({ "verdict": "record", "reason": "The state's eligibility file has it so." });
        let path = format!("/v1/identity-conflicts/{}/settlement", text(&conflict, "/id"));
        self.send(&Request::post(path, &verdict).by(&operator).of_version(&conflict["version"]));

        let id = text(&conflict, "/member_id").to_owned();
        let member = self.read(&operator, &format!("/v1/members/{id}/identity?purpose=operations"));
        let correction = json!({ "birth_date": "1971-04-10", "reason": "The state corrected it." });
        let correction = Request::post(format!("/v1/members/{id}/corrections"), &correction);
        let member = self.send(&correction.by(&operator).of_version(&member["version"]));
        let off = json!({
            "cin": "91234569A", "family_name": "Delgado", "given_name": "Mariana", "birth_date": BORN,
            "county": COUNTY, "plans": ["valle-vista"], "reason": "Twins whose files were under one number.",
        });
        let off = Request::post(format!("/v1/members/{id}/splits"), &off);
        let twin = self.send(&off.by(&operator).of_version(&member["version"]));
        let merger = json!({ "into": id, "reason": "It was one person after all." });
        let merger = Request::post(format!("/v1/members/{}/mergers", text(&twin, "/id")), &merger);
        self.send(&merger.by(&operator).of_version(&twin["version"]));
    }

    fn documents(&mut self) {
        let key = self.county.key_of("hospital");
        let send = Request::bytes(
            "/v1/documents?kind=discharge-summary&title=Discharge",
            "text/plain",
            "The member was discharged on March 1.",
        );
        let document = self.send(&send.by(key));
        let path = format!("/v1/documents/{}", text(&document, "/id"));
        for path in ["/v1/documents".to_owned(), format!("{path}/content"), path] {
            self.read(key, &path);
        }
    }

    fn referrals(&mut self) {
        let (county, key) = (self.county, self.county.key_of("open-door"));
        let case = self.submit(key, "referrals", &of_the_member(ecm_referral(&nobody())));
        self.look_at(key, &case);
        let notice = json!({ "sent_on": "2026-03-02", "route": "mail", "language": "es" });
        self.change(&county.plan("valle-vista").reviewer, &case, "member-notices", &notice);
        let path = format!("/v1/members/{}/cases?purpose=care-coordination", text(&case, "/member_id"));
        self.read(key, &path);

        let taken_back = self.submit(key, "referrals", &ecm_referral(&county.person("valle-vista")));
        self.change(key, &taken_back, "withdrawal", &json!({}));

        // Costa Alta's people decide, and a kitchen is asked whether it takes what they accept.
        let (kitchen, reviewer) = (county.provider("mesa-verde"), &county.plan("costa-alta").reviewer);
        let meals = || {
            json!({
                "member": county.person("costa-alta").named(), "service": "medically-tailored-meals",
                "preferred_provider": kitchen.id, "facts": facts(&[("consent.member-agrees", json!(true))]),
            })
        };
        let case = self.submit(key, "referrals", &meals());
        self.read(reviewer, "/v1/worklist");
        let item = format!("/v1/worklist/{}", text(&case, "/id"));
        let waiting = self.read(reviewer, &item);
        let take = Request::post(format!("{item}/steps"), &json!({ "step": "take" }));
        self.send(&take.by(reviewer).of_version(&waiting["version"]));
        let note = json!({ "note": "The kitchen calls back on Friday." });
        self.post(reviewer, &format!("{item}/notes"), &note);
        self.read(reviewer, &format!("{item}/history"));
        self.read(reviewer, "/v1/colleagues");
        self.change(reviewer, &case, "decisions", &json!({ "decision": "accept" }));
        self.read(&kitchen.key, "/v1/offers");

        let case = self.submit(key, "referrals", &meals());
        let no = json!({
            "decision": "not-eligible", "kind": "clinical", "reason": { "es": "Otro servicio le conviene más." },
        });
        let case = self.change(reviewer, &case, "decisions", &no);
        let translation = json!({ "language": "en", "text": "Another service suits the member better." });
        self.change(reviewer, &case, "translations", &translation);
    }

    fn fhir(&mut self) {
        let (county, key) = (self.county, self.county.key_of("open-door"));
        let bundle = crate::fhir::about(&county.person("valle-vista")).to_string();
        let task = self.send(&Request::bytes("/fhir/Bundle", "application/fhir+json", bundle).by(key));
        self.read(key, &format!("/fhir/Task/{}", text(&task, "/id")));
        self.read(key, &format!("/fhir/Task?part-of={}", text(&task, "/id")));
        let id = text(&task, "/id").replace('-', "_");
        let case = self.client.read(key, &format!("/v1/referrals/{id}"));
        let more = json!({ "facts": facts(&[("clinical.serious-health-condition", json!(true))]) });
        let case = self.change(key, &case, "information", &more);
        self.change(key, &case, "status", &json!({ "status": "accepted" }));
    }

    fn authorizations(&mut self) {
        let (county, key, hospital) =
            (self.county, self.county.key_of("open-door"), self.county.key_of("hospital"));
        let plan = county.plan("valle-vista");
        let mut stay = of_the_member(nights(county, &nobody(), 14, "2026-03-15"));
        take_fact(&mut stay, "clinical.inpatient-level-needed");
        let case = self.submit(hospital, "authorizations", &stay);
        let more = json!({ "facts": facts(&[("clinical.inpatient-level-needed", json!(false))]) });
        let case = self.change(hospital, &case, "information", &more);
        self.look_at(hospital, &case);
        self.evaluation(text(&case, "/evaluation/id"));
        let notice = json!({ "sent_on": "2026-03-02", "route": "mail", "language": "es" });
        let case = self.change(&plan.reviewer, &case, "member-notices", &notice);
        let ending = json!({ "last": "2026-03-11", "reason": "Moved in with family." });
        let case = self.change(hospital, &case, "ending", &ending);
        self.around(hospital, text(&case, "/id"));

        let mut pended = ecm(&county.person("valle-vista"));
        take_fact(&mut pended, "clinical.complex-need");
        let taken_back = self.submit(key, "authorizations", &pended);
        self.change(key, &taken_back, "withdrawal", &json!({}));

        let later = self.submit(key, "authorizations", &ecm(&county.person("costa-alta")));
        let extension = json!({
            "requested_by": "member",
            "reason": {
                "en": "The member's doctor will send a letter.",
                "es": "El médico de la persona enviará una carta.",
            },
        });
        self.change(&county.plan("costa-alta").reviewer, &later, "extensions", &extension);

        // A clinical no, by a person with a license: in both languages, and in one that is translated.
        let plan = county.plan("silver-oak");
        for reason in [
            json!({ "en": "The member can heal at home.", "es": "La persona puede sanar en casa." }),
            json!({ "es": "La persona puede sanar en casa." }),
        ] {
            let stay = nights(county, &county.person("silver-oak"), 60, "2026-04-30");
            let case = self.submit(hospital, "authorizations", &stay);
            let no = json!({ "decision": "deny", "kind": "clinical", "reason": reason });
            let case = self.change(&plan.reviewer, &case, "decisions", &no);
            if reason["en"].is_null() {
                let translation = json!({ "language": "en", "text": "The member can heal at home." });
                self.change(&plan.clerk, &case, "translations", &translation);
            }
        }
    }

    /// A recorded evaluation, as the plan's people see it.
    fn evaluation(&mut self, id: &str) {
        let plan = self.county.plan("valle-vista");
        let path = format!("/v1/evaluations/{id}");
        self.read(&plan.reviewer, &path);
        self.post(&plan.admin, &format!("{path}/replay"), &json!({}));
    }

    /// Reads a case's clocks, notices and audit entries.
    fn around(&mut self, key: &str, case: &str) {
        for path in [
            "/v1/deadlines".to_owned(),
            format!("/v1/notices?case={case}&order=oldest"),
            format!("/v1/audit?subject={case}&action=change"),
        ] {
            self.read(key, &path);
        }
    }

    /// Figures of the county, by the operator's key.
    fn figures(&mut self) {
        let operator = &self.county.server.operator;
        self.read(operator, "/v1/figures?quarter=2026-Q1");
        self.read(operator, "/v1/figures.csv?quarter=2026-Q1");
    }

    fn claims(&mut self) {
        let (county, key) = (self.county, self.county.key_of("mesa-verde"));
        let meals = json!({
            "service": "medically-tailored-meals", "lines": [asked("S9977 U7", 12, "2026-03-02", "2026-05-24")],
            "facts": facts(&[("clinical.nutrition-sensitive-condition", json!(true))]),
        });
        self.submit(key, "authorizations", &of_the_member(meals));
        let week =
            |day: &str| json!({ "diagnoses": ["Z59.41"], "lines": [billed("S9977 U7", 1, day, "60.00")] });
        let case = self.submit(key, "claims", &of_the_member(week("2026-03-02")));
        self.look_at(key, &case);
        let pay = json!({
            "decision": "pay", "remittance": "EFT-2001",
            "lines": [{ "number": 1, "amount": case["total_payable"] }],
        });
        self.change(&county.plan("valle-vista").reviewer, &case, "decisions", &pay);

        // Costa Alta's people decide: what they ask for is sent, and their no is translated and disputed.
        let plan = county.plan("costa-alta");
        let of_somebody = |mut claim: Value| {
            claim["member"] = county.person("costa-alta").named();
            claim
        };
        let case = self.submit(key, "claims", &of_somebody(week("2026-03-02")));
        let asks = json!({ "decision": "pend", "asks": [{ "document": "receipt" }] });
        let case = self.change(&plan.reviewer, &case, "decisions", &asks);
        let receipt =
            json!({ "documents": [{ "kind": "receipt", "issued": "2026-03-01", "amount": "60.00" }] });
        self.change(key, &case, "information", &receipt);

        let case = self.submit(key, "claims", &of_somebody(week("2026-03-01")));
        let no = json!({
            "decision": "deny", "kind": "administrative", "criteria": ["ca.claim.authorization"],
            "reason": { "es": "No hay autorización para ese día." },
        });
        let case = self.change(&plan.clerk, &case, "decisions", &no);
        let translation = json!({ "language": "en", "text": "There is no authorization for that day." });
        let case = self.change(&plan.clerk, &case, "translations", &translation);
        let dispute = json!({ "reason": "The day is within the authorization that the plan gave." });
        self.change(key, &case, "disputes", &dispute);
    }

    /// A claim that a remittance pays, and that is voided after that: the amount is to be taken back.
    fn remittances(&mut self) {
        let (key, reviewer) = (self.county.key_of("open-door"), &self.county.plan("valle-vista").reviewer);
        let outreach =
            json!({ "diagnoses": ["Z59.02"], "lines": [billed("G9012 U8", 1, "2026-03-01", "31.00")] });
        let claim = self.submit(key, "claims", &of_the_member(outreach));
        let remittance = json!({
            "number": "EFT-2002", "total": "31.00",
            "claims": [{ "claim": claim["id"], "lines": [{ "number": 1, "amount": "31.00" }] }],
        });
        let remittance = self.post(reviewer, "/v1/remittances", &remittance);
        self.read(key, &format!("/v1/remittances/{}", text(&remittance, "/id")));
        self.read(key, "/v1/remittances");
        let void = json!({ "frequency": "void", "replaces": claim["id"] });
        self.post(key, "/v1/claims", &of_the_member(void));
        self.read(key, "/v1/take-backs");
    }

    fn applications(&mut self) {
        let (county, key) = (self.county, self.county.key_of("new-leaf"));
        let file = json!({
            "legal_name": "New Leaf Neighbors", "services": ["medically-tailored-meals"], "counties": [COUNTY],
            "plans": ["valle-vista", "costa-alta"],
            "answers": facts(&[("org.years-in-operation", json!(6)), ("org.mfa", json!(true))]),
            "documents": [{
                "kind": "liability-certificate", "issued": "2026-01-05", "expires": "2027-01-04", "amount": "1000000.00",
            }],
        });
        let case = self.submit(key, "applications", &file);
        let more = json!({ "documents": [{ "kind": "w9", "issued": "2026-01-05" }] });
        let case = self.change(key, &case, "information", &more);
        let approval = json!({ "decision": "approve", "effective": "2026-04-01" });
        self.change(&county.plan("costa-alta").reviewer, &case, "decisions", &approval);
        self.look_at(key, &case);
    }

    /// Reasons in one language, of a file that is declined and of a contract that ends; then in the other.
    fn reasons(&mut self) {
        let (county, provider) = (self.county, self.county.provider("new-leaf"));
        let plan = county.plan("costa-alta");
        let file = json!({
            "legal_name": "New Leaf Neighbors", "services": ["housing-transition-navigation"],
            "counties": [COUNTY], "plans": ["costa-alta"], "answers": [], "documents": [],
        });
        let case = self.submit(&provider.key, "applications", &file);
        let no = json!({ "decision": "decline", "reason": { "en": "The business license is missing." } });
        let case = self.change(&plan.reviewer, &case, "decisions", &no);
        let words = json!({ "language": "es", "text": "Falta la licencia comercial." });
        self.change(&plan.clerk, &case, "translations", &words);

        let reviewer = &county.plan("valle-vista").reviewer;
        let listed = self.client.read(reviewer, &format!("/v1/contracts?provider={}", provider.id));
        let contract = listed["items"][0].clone();
        let path = format!("/v1/contracts/{}", text(&contract, "/id"));
        let end = json!({
            "step": "end", "last_day": "2026-12-31", "reason": { "en": "The kitchen closes at the year's end." },
        });
        let end = Request::post(format!("{path}/steps"), &end).by(reviewer).of_version(&contract["version"]);
        let contract = self.send(&end);
        let words = json!({ "language": "es", "text": "La cocina cierra a fin de año." });
        let words = Request::post(format!("{path}/translations"), &words).by(reviewer);
        self.send(&words.of_version(&contract["version"]));
    }

    fn contracts(&mut self) {
        let (provider, reviewer) =
            (self.county.provider("new-leaf"), &self.county.plan("valle-vista").reviewer);
        let contract = json!({
            "provider": provider.id, "services": ["medically-tailored-meals"], "counties": [COUNTY],
            "first_day": "2026-01-01", "last_day": "2026-12-31",
        });
        let contract = self.post(reviewer, "/v1/contracts", &contract);
        let path = format!("/v1/contracts/{}", text(&contract, "/id"));
        let suspension = json!({
            "step": "suspend", "reason": { "en": "The insurance has lapsed.", "es": "El seguro venció." },
        });
        let step = Request::post(format!("{path}/steps"), &suspension).by(reviewer);
        self.send(&step.of_version(&contract["version"]));
        for path in ["/v1/contracts".to_owned(), format!("{path}/timeline"), path] {
            self.read(&provider.key, &path);
        }
    }

    fn questions(&mut self) {
        let key = self.county.key_of("open-door");
        self.read(key, &format!("/v1/criteria?county={COUNTY}&service=recuperative-care&on=2026-03-02"));
        let days = "from=2026-03-02&to=2027-01-01";
        self.read(key, &format!("/v1/criteria/diff?{days}&county={COUNTY}&service=asthma-remediation"));
        let known = facts(&[
            ("consent.member-agrees", json!(true)),
            ("housing.status", json!("homeless-unsheltered")),
        ]);
        let unsent = json!({
            "county": COUNTY, "services": ["ecm"], "workflow": "referral", "populations": ["homelessness"],
            "facts": known,
        });
        self.post(key, "/v1/criteria/ask", &unsent);
        let stay = json!({
            "county": COUNTY, "services": ["recuperative-care"], "facts": known,
            "lines": [asked("T2033 U6", 14, "2026-03-02", "2026-03-15")],
        });
        self.post(key, "/v1/what-if", &json!({ "plan": "valle-vista", "case": stay }));
    }

    fn tables(&mut self) {
        const TABLE: &str = "/v1/plans/harbor-crest/tables/fee-schedule";
        let admin = &self.county.plan("harbor-crest").admin;
        let rates = "procedure,amount\nG9008 U8,45.00\nG9012 U2,78.25\n";
        let upload = Request::bytes(format!("{TABLE}?effective_from=2026-02-01"), "text/csv", rates);
        self.send(&upload.by(admin));
        for path in ["/v1/plans/harbor-crest/tables", TABLE, &format!("{TABLE}/versions/1")] {
            self.read(admin, path);
        }
        let other = "procedure,amount\nG9008 U8,47.00\nG9012 U2,78.25\n";
        let other =
            Request::bytes(format!("{TABLE}/differences?effective_from=2026-03-01"), "text/csv", other);
        self.send(&other.by(admin));
    }

    /// The file that authors begin with, as Valle Vista's.
    fn rules_file(&mut self) {
        const FILE: &str = "/v1/plans/valle-vista/rules-file";
        let admin = &self.county.plan("valle-vista").admin;
        let begun = json!({ "rules": "format = 1\n[plan]\nid = \"valle-vista\"\nname = \"Valle Vista\"\n" });
        self.post(admin, &format!("{FILE}/checks"), &begun);
        let rules = include_str!("../plugins/templates/rules/plan.toml");
        let rules = [("{{name}}", "valle-vista"), ("{{title}}", "Valle Vista"), ("{{payer}}", "VALLEVISTA")]
            .iter()
            .fold(rules.to_owned(), |rules, (word, own)| rules.replace(word, own));
        let whole = json!({ "rules": rules, "note": "second thoughts about meals" });
        let uploaded = self.post(admin, FILE, &whole);
        until("the rules to be compiled", || {
            let path = format!("/v1/plugins/{}", text(&uploaded, "/digest"));
            (self.client.read(admin, &path)["state"] == "compiled").then_some(())
        });
        self.post(admin, FILE, &whole);
        self.read(admin, &format!("/v1/plugins/{}/rules-file", text(&uploaded, "/digest")));
    }

    /// Uploads a component for Valle Vista, and waits until it is compiled.
    fn upload(&mut self, bytes: &[u8]) -> String {
        let admin = &self.county.plan("valle-vista").admin;
        let path = "/v1/plans/valle-vista/plugins?file=valle-vista.wasm&note=commit%204f1c2a9";
        let uploaded = self.send(&Request::bytes(path, "application/wasm", bytes).by(admin));
        let digest = text(&uploaded, "/digest").to_owned();
        until("the component to be compiled", || {
            let plugin = self.client.read(admin, &format!("/v1/plugins/{digest}"));
            (plugin["state"] == "compiled").then_some(())
        });
        digest
    }

    fn plugins(&mut self) {
        let admin = &self.county.plan("valle-vista").admin;
        let bytes = variant("valle-vista", "example");
        let digest = self.upload(&bytes);
        // The same bytes again are known, and compiled.
        self.upload(&bytes);
        let plan = "/v1/plans/valle-vista";
        let plugin = format!("{plan}/plugins/{digest}");
        let pair = signing_key(7);
        let public = json!({ "public_key": hex(&pair.pk[..]), "label": "release process" });
        let key = self.post(admin, &format!("{plan}/signing-keys"), &public);
        let signature = hex(&pair.sk.sign(bytes_of(&digest), None)[..]);
        let signature = json!({ "key": key["id"], "signature": signature });
        self.post(admin, &format!("{plugin}/signatures"), &signature);
        self.post(admin, &format!("{plugin}/receipts"), &json!({ "examples": [] }));
        self.post(admin, &format!("{plugin}/approvals"), &json!({}));
        self.post(admin, &format!("{plan}/proposals"), &json!({ "digest": digest }));
        self.read(admin, &format!("{plan}/proposals"));
        self.post(admin, &format!("{plan}/activations"), &json!({ "digest": digest }));
        for path in [
            format!("{plugin}/profile"),
            format!("{plugin}/watch"),
            format!("{plan}/signing-keys"),
            format!("{plan}/plugins"),
            format!("/v1/plugins/{digest}"),
            format!("{plugin}/receipts"),
            format!("{plugin}/timeline"),
            format!("{plan}/activations"),
            format!("{plan}/breakers"),
        ] {
            self.read(admin, &path);
        }
        self.post(admin, &format!("{plan}/rollbacks"), &json!({}));
        let key = format!("{plan}/signing-keys/{}", text(&key, "/id"));
        self.send(&Request::get(key).method("DELETE").by(admin));
    }

    /// A candidate that would decide otherwise: it is compared, and never decides.
    fn shadow_runs(&mut self) {
        let admin = &self.county.plan("valle-vista").admin;
        let digest = self.upload(&component("valle-vista-broken"));
        let runs = "/v1/plans/valle-vista/shadow-runs";
        let run = self.post(admin, runs, &json!({ "digest": digest, "last": 20 }));
        let path = format!("/v1/shadow-runs/{}", text(&run, "/id"));
        until("the run to end", || (self.client.read(admin, &path)["state"] == "done").then_some(()));
        for path in [path.as_str(), runs, &format!("{path}/changes"), &format!("{path}/changes.csv")] {
            self.read(admin, path);
        }
        let live = self.post(admin, runs, &json!({ "digest": digest, "live_minutes": 60 }));
        self.post(admin, &format!("/v1/shadow-runs/{}/cancellation", text(&live, "/id")), &json!({}));
        let revocation = json!({ "reason": "pays a code twice" });
        self.post(admin, &format!("/v1/plans/valle-vista/plugins/{digest}/revocations"), &revocation);
    }

    fn releases(&mut self) {
        let path = "/v1/plans/valle-vista/policy";
        let policy = json!({
            "requires": ["two-people", "signature"],
            "roll_back": { "most_faults_per_hundred": 20, "at_least": 20, "among": 100 },
        });
        self.send(&Request::post(path, &policy).method("PUT").by(&self.county.server.operator));
        self.read(&self.county.plan("valle-vista").admin, path);
    }
}

/// For requests that are made about the member of the walk.
fn nobody() -> Person {
    Person { cin: CIN.to_owned() }
}

fn of_the_member(mut request: Value) -> Value {
    request["member"] =
        json!({ "cin": CIN, "birth_date": BORN, "family_name": "Delgado", "given_name": "Marisol" });
    request
}

/// Holds the answers against the examples that are kept, or keeps them.
#[track_caller]
fn compare(answered: &Kept) {
    if updates() {
        let whole = serde_json::to_string_pretty(answered).expect("it is JSON");
        return fs::write(KEPT, whole + "\n").expect("the examples can be written");
    }
    let kept = fs::read_to_string(KEPT).expect("the examples can be read");
    let kept: Value = serde_json::from_str(&kept).expect("the examples are JSON");
    let mut found = Vec::new();
    differences("", Some(&kept), Some(&json!(answered)), &mut found);
    found.truncate(40);
    assert!(
        found.is_empty(),
        "{found:#?}\nfix: where the answers are meant to be others, UPDATE_EXPECT=1 cargo verify examples"
    );
}

/// Differences between an answer and its example: a JSON Pointer, and both values.
fn differences(at: &str, kept: Option<&Value>, answered: Option<&Value>, found: &mut Vec<String>) {
    match (kept, answered) {
        (Some(Value::Object(kept)), Some(Value::Object(answered))) => {
            let names: BTreeSet<&String> = kept.keys().chain(answered.keys()).collect();
            for name in names {
                differences(&format!("{at}/{name}"), kept.get(name), answered.get(name), found);
            }
        }
        (Some(Value::Array(kept)), Some(Value::Array(answered))) => {
            for place in 0..kept.len().max(answered.len()) {
                differences(&format!("{at}/{place}"), kept.get(place), answered.get(place), found);
            }
        }
        _ if kept == answered => {}
        _ => {
            let [kept, answered] =
                [kept, answered].map(|side| side.map_or("nothing".to_owned(), Value::to_string));
            found.push(format!("{at}: kept {kept}, answered {answered}"));
        }
    }
}

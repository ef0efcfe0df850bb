//! Plugins from their upload to the decisions they make, and back: what a plan's policy demands, rules of a
//! day, signatures, canaries, roll-backs by people and by the host, and swaps that nobody notices.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::thread;

use ed25519_compact::{KeyPair, Seed};
use expect_test::expect;
use serde_json::{Value, json};

use crate::harness::{
    Answer, County, Database, Person, Request, Server, billed, component, on_both_databases, problem, text,
    until, variant,
};
use crate::journeys::{ecm, ecm_referral};

on_both_databases! {
    a_policy_says_what_comes_first
    the_rules_of_the_day_answer
    a_signature_is_by_a_key_of_the_plan_over_this_digest
    a_revoked_plugin_never_decides_again
    a_roll_back_is_one_call
    a_provider_stays_on_its_side_of_a_canary
    what_fails_too_often_is_taken_back
    a_slow_component_is_compiled_behind_the_answer
    what_is_scheduled_begins_and_can_be_called_off
    a_swap_under_load_fails_nobody
}

/// A service that waits for a component to be compiled, so that the way of a release is the same on a busy
/// machine.
fn patient(database: Database) -> Server {
    Server::start_with(database, &[("CROSSWALK_COMPILE_WAIT_MS", "300000")])
}

const PLAN: &str = "valle-vista";

fn upload(county: &County, key: &str, bytes: Vec<u8>) -> Answer {
    let path = format!("/v1/plans/{PLAN}/plugins?file={PLAN}.wasm&note=commit%204f1c2a9");
    county.client().send(&Request::bytes(path, "application/wasm", bytes).by(key))
}

/// Uploads such a variant as the plan's administrator, and waits until it is compiled.
#[track_caller]
fn uploaded(county: &County, mark: &str) -> String {
    let admin = &county.plan(PLAN).admin;
    let bytes = variant(PLAN, mark);
    county.lend_machine_code(&bytes);
    let digest = text(&upload(county, admin, bytes).json, "/digest").to_owned();
    compiled(county, &digest);
    digest
}

#[track_caller]
fn compiled(county: &County, digest: &str) {
    until("the component to be compiled", || {
        let plugin = plugin(county, digest);
        assert_ne!(plugin["state"], "refused", "{plugin}");
        (plugin["state"] == "compiled").then_some(())
    });
}

fn plugin(county: &County, digest: &str) -> Value {
    county.client().read(&county.plan(PLAN).admin, &format!("/v1/plugins/{digest}"))
}

fn command(county: &County, key: &str, path: &str, body: &Value) -> Answer {
    county.client().send(&Request::post(format!("/v1/plans/{PLAN}/{path}"), body).by(key))
}

#[track_caller]
fn activated(county: &County, body: &Value) -> Value {
    command(county, &county.plan(PLAN).admin, "activations", body).with(201)
}

/// The digest that a new authorization is decided with.
#[track_caller]
fn decides(county: &County, provider: &str, person: &Person) -> String {
    let case = county.submit(county.key_of(provider), "authorizations", &ecm(person));
    text(&case, "/evaluation/digest").to_owned()
}

/// The digest that a claim for one day is decided with.
#[track_caller]
fn pays(county: &County, person: &Person, day: &str) -> String {
    let claim = json!({
        "member": person.named(), "diagnoses": ["Z59.02"], "lines": [billed("G9012 U2", 1, day, "75.00")],
    });
    text(&county.submit(county.key_of("open-door"), "claims", &claim), "/evaluation/digest").to_owned()
}

/// Events of a plugin: the event, the state it led to, and its actor.
fn steps(county: &County, digest: &str) -> String {
    let path = format!("/v1/plans/{PLAN}/plugins/{digest}/timeline");
    let page = county.client().read(&county.plan(PLAN).admin, &path);
    let items = page["items"].as_array().expect("a list");
    items.iter().fold(String::new(), |mut lines, item| {
        let word = |pointer| text(item, pointer);
        let _ = writeln!(lines, "{}: {} by {}", word("/event"), word("/state"), word("/actor/role"));
        lines
    })
}

fn set_policy(county: &County, requires: &[&str]) {
    let body = json!({ "requires": requires });
    let request = Request::post(format!("/v1/plans/{PLAN}/policy"), &body).method("PUT");
    let set = county.client().send(&request.by(&county.server.operator)).with(200);
    assert_eq!(set["requires"], json!(requires));
}

pub(crate) fn signing_key(seed: u8) -> KeyPair {
    KeyPair::from_seed(Seed::new([seed; 32]))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn bytes_of(hex: &str) -> Vec<u8> {
    let pairs = (0..hex.len()).step_by(2);
    pairs.map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal")).collect()
}

/// Registers a key's public half for a plan and gives its id.
#[track_caller]
fn registered(county: &County, plan: &str, key: &KeyPair) -> String {
    let body = json!({ "public_key": hex(&key.pk[..]), "label": "release process" });
    let request = Request::post(format!("/v1/plans/{plan}/signing-keys"), &body).by(&county.plan(plan).admin);
    text(&county.client().send(&request).with(201), "/id").to_owned()
}

fn sign(county: &County, digest: &str, key: &str, signature: &[u8]) -> Answer {
    let body = json!({ "key": key, "signature": hex(signature) });
    command(county, &county.plan(PLAN).admin, &format!("plugins/{digest}/signatures"), &body)
}

fn a_policy_says_what_comes_first(database: Database) {
    let county = County::of(patient(database), &[PLAN]);
    let uploader = county.plan(PLAN).admin.clone();
    let other = county.another_admin(PLAN);
    let key = signing_key(7);
    let key_id = registered(&county, PLAN, &key);
    let policies: [&[&str]; 6] = [
        &[],
        &["two-people"],
        &["signature"],
        &["receipt"],
        &["shadow"],
        &["two-people", "signature", "receipt", "shadow"],
    ];
    let mut table = String::new();
    for (place, policy) in policies.into_iter().enumerate() {
        set_policy(&county, policy);
        let _ = writeln!(table, "{policy:?}");
        for (number, actions) in [
            &["activate"][..],
            &["approve", "activate"],
            &["other activates"],
            &["other approves", "activate", "other activates"],
            &["sign", "other activates"],
        ]
        .into_iter()
        .enumerate()
        {
            let digest = uploaded(&county, &format!("policy {place} {number}"));
            let outcomes = actions.iter().map(|action| {
                let by = if action.starts_with("other") { &other } else { &uploader };
                let answer = match action.split(' ').next_back().unwrap_or_default() {
                    "sign" => {
                        let signature = key.sk.sign(bytes_of(&digest), None);
                        sign(&county, &digest, &key_id, &signature[..])
                    }
                    "approve" | "approves" => {
                        command(&county, by, &format!("plugins/{digest}/approvals"), &json!({}))
                    }
                    _ => command(&county, by, "activations", &json!({ "digest": digest })),
                };
                let errors = answer.json["errors"].as_array().cloned().unwrap_or_default();
                let codes: Vec<&str> = errors.iter().map(|error| text(error, "/code")).collect();
                format!("{action}: {} {}", answer.status, codes.join(" ")).trim_end().to_owned()
            });
            let _ = writeln!(table, "  {}", outcomes.collect::<Vec<_>>().join(", "));
        }
    }
    expect![[r#"
        []
          activate: 201
          approve: 201, activate: 201
          other activates: 201
          other approves: 201, activate: 201, other activates: 201
          sign: 201, other activates: 201
        ["two-people"]
          activate: 409 second-person-needed
          approve: 409 second-person-needed, activate: 409 second-person-needed
          other activates: 201
          other approves: 201, activate: 409 second-person-needed, other activates: 201
          sign: 201, other activates: 201
        ["signature"]
          activate: 409 signature-missing
          approve: 409 signature-missing, activate: 409 signature-missing
          other activates: 409 signature-missing
          other approves: 409 signature-missing, activate: 409 signature-missing, other activates: 409 signature-missing
          sign: 201, other activates: 201
        ["receipt"]
          activate: 409 receipt-missing
          approve: 409 receipt-missing, activate: 409 receipt-missing
          other activates: 409 receipt-missing
          other approves: 409 receipt-missing, activate: 409 receipt-missing, other activates: 409 receipt-missing
          sign: 201, other activates: 409 receipt-missing
        ["shadow"]
          activate: 409 shadow-report-missing
          approve: 409 shadow-report-missing, activate: 409 shadow-report-missing
          other activates: 409 shadow-report-missing
          other approves: 409 shadow-report-missing, activate: 409 shadow-report-missing, other activates: 409 shadow-report-missing
          sign: 201, other activates: 409 shadow-report-missing
        ["two-people", "signature", "receipt", "shadow"]
          activate: 409 second-person-needed signature-missing receipt-missing shadow-report-missing
          approve: 409 second-person-needed signature-missing receipt-missing shadow-report-missing, activate: 409 second-person-needed signature-missing receipt-missing shadow-report-missing
          other activates: 409 signature-missing receipt-missing shadow-report-missing
          other approves: 409 signature-missing receipt-missing shadow-report-missing, activate: 409 second-person-needed signature-missing receipt-missing shadow-report-missing, other activates: 409 signature-missing receipt-missing shadow-report-missing
          sign: 201, other activates: 409 receipt-missing shadow-report-missing
    "#]]
    .assert_eq(&table);

    // Only the operator says what is demanded; the plan reads it.
    let path = format!("/v1/plans/{PLAN}/policy");
    let put = |body: &Value, by: &str| county.client().send(&Request::post(&path, body).method("PUT").by(by));
    assert_eq!(put(&json!({ "requires": [] }), &uploader).status, 403);
    assert_eq!(
        county.client().read(&uploader, &path),
        json!({
            "requires": ["two-people", "signature", "receipt", "shadow"], "roll_back": null,
            "most_changed_approvals": null,
        })
    );
    let limit = json!({ "most_faults_per_hundred": 100, "at_least": 9, "among": 3 });
    let refused = put(&json!({ "requires": ["luck"], "roll_back": limit }), &county.server.operator);
    expect![[r#"
        422 application/problem+json
        invalid-request: Some fields cannot be accepted
        /requires/0 unknown-code: this is none of the known words
          send one of: two-people, signature, receipt, shadow
        /roll_back out-of-range: these numbers do not make a fault limit
          send `most_faults_per_hundred` from 0 to 99, `among` from 1 to 1000, and `at_least` from 1 to `among`
    "#]]
    .assert_eq(&problem(&refused));
}

fn the_rules_of_the_day_answer(database: Database) {
    let mut county = County::of(patient(database), &[PLAN]);
    let first = county.plan(PLAN).digest.clone();
    county.server.start_again_at("2026-12-10T18:00:00Z");
    let person = county.person(PLAN);

    // Published in December for 1 January.
    let january = uploaded(&county, "January's");
    let published = activated(&county, &json!({ "digest": january, "rules_from": "2027-01-01" }));
    assert_eq!(published["rules_from"], "2027-01-01");
    assert_eq!(decides(&county, "open-door", &person), first);
    assert_eq!(pays(&county, &person, "2026-12-08"), first);
    // December's own rules are mended, and January's stay in their place.
    let mended = uploaded(&county, "December's, mended");
    assert_eq!(activated(&county, &json!({ "digest": mended }))["rules_from"], "2026-12-10");
    assert_eq!(decides(&county, "open-door", &person), mended);
    assert_eq!(pays(&county, &person, "2026-12-08"), first);
    for (digest, state) in [(&first, "active"), (&january, "active"), (&mended, "active")] {
        assert_eq!(plugin(&county, digest)["state"], state);
    }

    county.server.start_again_at("2027-01-04T18:00:00Z");
    assert_eq!(decides(&county, "open-door", &person), january);
    for (day, digest) in [
        ("2026-11-02", &first),
        ("2026-12-09", &first),
        ("2026-12-10", &mended),
        ("2026-12-31", &mended),
        ("2027-01-01", &january),
        ("2027-01-03", &january),
    ] {
        assert_eq!(&pays(&county, &person, day), digest, "{day}");
    }
    let plans = county.client().read(county.key_of("open-door"), "/v1/plans");
    assert_eq!(text(&plans, "/items/0/active/digest"), january);
    let provider = county.key_of("open-door");
    for path in ["/v1/plans/valle-vista/profile?on=2026-11-02", "/v1/criteria?on=2026-11-02"] {
        county.client().read(provider, path);
    }
}

fn a_signature_is_by_a_key_of_the_plan_over_this_digest(database: Database) {
    let county = County::of(patient(database), &[PLAN, "harbor-crest"]);
    let admin = &county.plan(PLAN).admin;
    let (own, foreign, retired) = (signing_key(1), signing_key(2), signing_key(3));
    let own_id = registered(&county, PLAN, &own);
    let foreign_id = registered(&county, "harbor-crest", &foreign);
    let retired_id = registered(&county, PLAN, &retired);
    let retire = |id: &str| {
        let path = format!("/v1/plans/{PLAN}/signing-keys/{id}");
        county.client().send(&Request::get(path).method("DELETE").by(admin)).status
    };
    assert_eq!([retire(&retired_id), retire(&retired_id), retire(&foreign_id)], [204, 404, 404]);

    let digest = uploaded(&county, "signed");
    let (bytes, other) = (bytes_of(&digest), bytes_of(&uploaded(&county, "another")));
    let mut table = String::new();
    for (what, key, signature) in [
        ("another plan's key", &foreign_id, foreign.sk.sign(&bytes, None)),
        ("a retired key", &retired_id, retired.sk.sign(&bytes, None)),
        ("somebody else's signature", &own_id, foreign.sk.sign(&bytes, None)),
        ("over another component", &own_id, own.sk.sign(&other, None)),
        ("over the digits", &own_id, own.sk.sign(&digest, None)),
        ("good", &own_id, own.sk.sign(&bytes, None)),
    ] {
        let answer = sign(&county, &digest, key, &signature[..]);
        let line = format!("{what}: {} {}", answer.status, text(&answer.json, "/errors/0/code"));
        let _ = writeln!(table, "{}", line.trim_end());
    }
    expect![[r#"
        another plan's key: 422 unknown-key
        a retired key: 422 unknown-key
        somebody else's signature: 422 bad-signature
        over another component: 422 bad-signature
        over the digits: 422 bad-signature
        good: 201
    "#]]
    .assert_eq(&table);
    let signed = plugin(&county, &digest);
    assert_eq!(signed["signature"]["key"], own_id);
    assert_eq!(signed["signature"]["signature"], hex(&own.sk.sign(&bytes, None)[..]));

    // What a retired key signed is unsigned for whatever comes after.
    set_policy(&county, &["signature"]);
    assert_eq!(plugin(&county, &digest)["lacking"], json!([]));
    activated(&county, &json!({ "digest": digest }));
    assert_eq!(retire(&own_id), 204);
    assert_eq!(plugin(&county, &digest)["lacking"], json!(["signature-missing"]));
    let again = command(&county, admin, "activations", &json!({ "digest": digest }));
    assert_eq!((again.status, text(&again.json, "/errors/0/code")), (409, "signature-missing"));
    assert_eq!(decides(&county, "open-door", &county.person(PLAN)), digest, "it goes on deciding");

    for (public_key, code) in [
        ("01".to_owned() + &"00".repeat(31), "invalid-key"),
        ("ff".repeat(31), "invalid-value"),
        ("zz".repeat(32), "invalid-value"),
    ] {
        let body = json!({ "public_key": public_key, "label": "release process" });
        let refused = command(&county, admin, "signing-keys", &body);
        assert_eq!((refused.status, text(&refused.json, "/errors/0/code")), (422, code), "{public_key}");
    }
    let keys = county.client().read(admin, &format!("/v1/plans/{PLAN}/signing-keys"));
    assert_eq!(keys["items"].as_array().map(Vec::len), Some(2));
    let theirs =
        Request::get(format!("/v1/plans/{PLAN}/signing-keys")).by(&county.plan("harbor-crest").admin);
    assert_eq!(county.client().send(&theirs).status, 404);
}

fn a_revoked_plugin_never_decides_again(database: Database) {
    let county = County::of(patient(database), &[PLAN]);
    let admin = &county.plan(PLAN).admin;
    let (first, person) = (&county.plan(PLAN).digest, county.person(PLAN));
    let second = uploaded(&county, "second");
    activated(&county, &json!({ "digest": second }));
    let case = county.submit(county.key_of("open-door"), "authorizations", &ecm(&person));
    assert_eq!(case["evaluation"]["digest"], second);

    let revoke = |digest: &str| {
        let body = json!({ "reason": "pays a code twice" });
        command(&county, admin, &format!("plugins/{digest}/revocations"), &body)
    };
    assert_eq!(revoke(&second).with(201)["state"], "revoked");
    assert_eq!(&decides(&county, "open-door", &person), first, "what stood before it answers");
    for refused in [
        revoke(&second),
        upload(&county, admin, variant(PLAN, "second")),
        command(&county, admin, "activations", &json!({ "digest": second })),
        command(&county, admin, &format!("plugins/{second}/approvals"), &json!({})),
    ] {
        assert_eq!((refused.status, refused.code()), (409, "not-allowed-now"), "{}", refused.json);
    }
    let replay = format!("/v1/evaluations/{}/replay", text(&case, "/evaluation/id"));
    let replayed = county.client().send(&Request::post(replay, &json!({})).by(admin)).with(200);
    assert_eq!(replayed["same"], true, "what it decided can still be repeated");

    assert_eq!(revoke(first).with(201)["state"], "revoked");
    let case = county.submit(county.key_of("open-door"), "authorizations", &ecm(&person));
    assert_eq!((text(&case, "/state"), text(&case, "/why_people/code")), ("with-people", "not-automated"));
    let third = uploaded(&county, "third");
    assert_eq!(activated(&county, &json!({ "digest": third }))["rules_from"], Value::Null);
    assert_eq!(pays(&county, &person, "2026-02-02"), third, "nothing else answers for older days");
    expect![[r#"
        upload: uploaded by plan-admin
        check: checked by plan-admin
        start-compiling: compiling by plan-admin
        finish-compiling: compiled by plan-admin
        approve: approved by plan-admin
        activate: active by plan-admin
        revoke: revoked by plan-admin
    "#]]
    .assert_eq(&steps(&county, &second));
}

fn a_roll_back_is_one_call(database: Database) {
    let county = County::of(patient(database), &[PLAN, "harbor-crest"]);
    let admin = &county.plan(PLAN).admin;
    let (first, person) = (&county.plan(PLAN).digest, county.person(PLAN));
    let second = uploaded(&county, "second");
    activated(&county, &json!({ "digest": second, "canary": { "counties": ["SRV"] } }));
    activated(&county, &json!({ "digest": second }));
    let third = uploaded(&county, "third");
    activated(&county, &json!({ "digest": third }));
    assert_eq!(decides(&county, "open-door", &person), third);
    assert_eq!(plugin(&county, &second)["state"], "superseded");

    let roll_back = |by: &str| command(&county, by, "rollbacks", &json!({}));
    assert_eq!(roll_back(&county.plan("harbor-crest").admin).status, 404);
    assert_eq!(roll_back(county.key_of("open-door")).status, 403);
    assert_eq!(roll_back(&county.plan(PLAN).reviewer).status, 403);
    let back = roll_back(admin).with(201);
    assert_eq!((text(&back, "/digest"), text(&back, "/to")), (&*third, &*second));
    assert_eq!(decides(&county, "open-door", &person), second);
    let back = roll_back(admin).with(201);
    assert_eq!((text(&back, "/digest"), text(&back, "/to")), (&*second, &**first));
    assert_eq!(back["activations"].as_array().map(Vec::len), Some(2), "the canary with it");
    assert_eq!(&decides(&county, "open-door", &person), first);
    expect![[r#"
        409 application/problem+json
        not-allowed-now: The state it is in does not allow this
         nothing-before: no other version stands behind it
          activate another version; or revoke this one, and the plan's people decide
    "#]]
    .assert_eq(&problem(&roll_back(admin)));

    // And forward again.
    activated(&county, &json!({ "digest": second }));
    assert_eq!(decides(&county, "open-door", &person), second);
    expect![[r#"
        upload: uploaded by plan-admin
        check: checked by plan-admin
        start-compiling: compiling by plan-admin
        finish-compiling: compiled by plan-admin
        approve: approved by plan-admin
        activate: active by plan-admin
        activate: active by plan-admin
        supersede: superseded by plan-admin
        resume: active by plan-admin
        roll-back: rolled-back by plan-admin
        activate: active by plan-admin
    "#]]
    .assert_eq(&steps(&county, &second));
    let shown = plugin(&county, &second);
    assert_eq!(shown["contract_version"], "1.0.0");
    assert_eq!((text(&shown, "/file"), text(&shown, "/note")), ("valle-vista.wasm", "commit 4f1c2a9"));
    assert!(
        text(&shown, "/uploaded_by").starts_with("org_")
            && text(&shown, "/uploaded_with").starts_with("key_")
    );
    assert_eq!(shown["approval"]["by"], shown["uploaded_with"]);
    assert_eq!(shown["exports"], plugin(&county, first)["exports"]);
    assert_eq!(shown["limits"]["deadline_ms"], 250);
    let activations = shown["activations"].as_array().expect("a list").iter();
    let ended: Vec<&str> = activations.map(|one| text(one, "/ended/why")).collect();
    assert_eq!(ended, ["", "rolled-back", "rolled-back"], "newest first");
}

fn a_provider_stays_on_its_side_of_a_canary(database: Database) {
    let county = County::of(patient(database), &[PLAN]);
    let first = &county.plan(PLAN).digest;
    let providers = ["open-door", "casa-puente", "mesa-verde", "hospital", "new-leaf"];
    let tried = uploaded(&county, "tried out");
    let sees_it = |share: u8| -> BTreeSet<&str> {
        activated(&county, &json!({ "digest": tried, "canary": { "share_percent": share } }));
        let on_it = |provider: &&str| {
            let digests: BTreeSet<String> =
                (0..3).map(|_| decides(&county, provider, &county.person(PLAN))).collect();
            assert_eq!(digests.len(), 1, "{provider} always meets the same version");
            digests.contains(&tried)
        };
        providers.into_iter().filter(on_it).collect()
    };
    let (few, more) = (sees_it(30), sees_it(80));
    assert!(few.is_subset(&more), "who is in stays in: {few:?} {more:?}");
    command(&county, &county.plan(PLAN).admin, "rollbacks", &json!({})).with(201);

    for (counties, expected) in [(["LDM"], first), (["SRV"], &tried)] {
        activated(&county, &json!({ "digest": tried, "canary": { "counties": counties } }));
        assert_eq!(&decides(&county, "open-door", &county.person(PLAN)), expected, "{counties:?}");
    }
    let plans = county.client().read(county.key_of("open-door"), "/v1/plans");
    assert_eq!(text(&plans, "/items/0/active/digest"), first, "what everybody is told is not the canary's");
    for (canary, code) in [
        (json!({}), "one-of"),
        (json!({ "share_percent": 5, "counties": ["SRV"] }), "one-of"),
        (json!({ "share_percent": 0 }), "out-of-range"),
        (json!({ "share_percent": 100 }), "out-of-range"),
        (json!({ "counties": [] }), "missing-entry"),
        (json!({ "counties": ["ZZZ"] }), "unknown-code"),
    ] {
        let body = json!({ "digest": tried, "canary": canary });
        let refused = command(&county, &county.plan(PLAN).admin, "activations", &body);
        assert_eq!((refused.status, text(&refused.json, "/errors/0/code")), (422, code), "{canary}");
    }
}

fn what_fails_too_often_is_taken_back(database: Database) {
    let county = County::of(patient(database), &[PLAN]);
    let (admin, first) = (&county.plan(PLAN).admin, &county.plan(PLAN).digest);
    let broken = county.activate(PLAN, "valle-vista-broken");
    // Two calls each, and none ends well; twenty must have been made.
    for _ in 0..10 {
        let case = county.submit(county.key_of("open-door"), "authorizations", &ecm(&county.person(PLAN)));
        assert_eq!((text(&case, "/state"), text(&case, "/evaluation/digest")), ("with-people", &*broken));
    }
    until("the broken version to be taken back", || {
        (plugin(&county, &broken)["state"] == "rolled-back").then_some(())
    });
    let case = county.submit(county.key_of("open-door"), "authorizations", &ecm(&county.person(PLAN)));
    assert_eq!((text(&case, "/state"), text(&case, "/evaluation/digest")), ("approved", &**first));
    let notice = until("the plan to be told", || {
        let list = county.client().read(admin, "/v1/notices");
        let items = list["items"].as_array().expect("a list").clone();
        items.into_iter().find(|notice| notice["kind"] == "plugin-rolled-back")
    });
    assert_eq!(notice["case"], Value::Null);
    let path = format!("/v1/plans/{PLAN}/plugins/{broken}/timeline");
    let timeline = county.client().read(admin, &path);
    let last = timeline["items"].as_array().and_then(|items| items.last().cloned()).expect("it has steps");
    assert_eq!((text(&last, "/event"), text(&last, "/actor/role")), ("roll-back", "host"));
    assert_eq!(last["detail"]["why"], json!({ "faults": { "faults": 20, "calls": 20 } }));
}

fn a_slow_component_is_compiled_behind_the_answer(database: Database) {
    let server = Server::start_with(database, &[("CROSSWALK_COMPILE_WAIT_MS", "0")]);
    let mut county = County::of(server, &[PLAN]);
    let admin = county.plan(PLAN).admin.clone();
    let body = |digest: &str| json!({ "digest": digest });

    // What the gate sees at once is refused at once; what only shows when it runs, is refused when it does.
    let refused = upload(&county, &admin, component("imports-clock"));
    assert_eq!((refused.status, refused.code()), (422, "not-a-plugin"));
    let theirs = upload(&county, &admin, component("harbor-crest")).with(202);
    let digest = text(&theirs, "/digest").to_owned();
    until("the component to be refused", || (plugin(&county, &digest)["state"] == "refused").then_some(()));
    assert_eq!(plugin(&county, &digest)["reasons"][0]["code"], "profile-invalid");
    let activation = command(&county, &admin, "activations", &body(&digest));
    assert_eq!((activation.status, text(&activation.json, "/errors/0/code")), (409, "refused"));
    // It may be tried again. Where the cores have nothing else to do, that it is refused again is seen at
    // once.
    let again = upload(&county, &admin, component("harbor-crest"));
    let is_tried = again.status == 202 || again.json.to_string().contains("profile-invalid");
    assert!(is_tried, "{} {}", again.status, again.json);

    // Killed in between, the next start takes it up.
    let request =
        Request::bytes(format!("/v1/plans/{PLAN}/plugins"), "application/wasm", variant(PLAN, "slow"));
    let request = request.by(&admin);
    let answer = county.client().send(&request);
    assert_eq!(answer.status, 202);
    assert_eq!((text(&answer.json, "/state"), answer.json["version"].is_null()), ("compiling", true));
    let slow = text(&answer.json, "/digest").to_owned();
    county.server.start_again();
    let retried = county.client().send(&request);
    assert_eq!((retried.status, retried.is_replayed()), (202, true));
    compiled(&county, &slow);
    activated(&county, &body(&slow));
    assert_eq!(decides(&county, "open-door", &county.person(PLAN)), slow);
    assert!(steps(&county, &slow).contains("finish-compiling: compiled"));
}

fn what_is_scheduled_begins_and_can_be_called_off(database: Database) {
    let mut county = County::of(patient(database), &[PLAN]);
    let first = county.plan(PLAN).digest.clone();
    let (next, never) = (uploaded(&county, "next"), uploaded(&county, "never"));
    activated(&county, &json!({ "digest": next, "from": "2026-07-01T07:00:00Z" }));
    activated(&county, &json!({ "digest": never, "from": "2026-07-01T07:00:00Z" }));
    let admin = county.plan(PLAN).admin.clone();
    assert_eq!(plugin(&county, &next)["state"], "scheduled");
    let called_off = command(&county, &admin, "rollbacks", &json!({ "digest": never })).with(201);
    assert_eq!((text(&called_off, "/digest"), text(&called_off, "/to")), (&*never, &*first));
    assert_eq!(decides(&county, "open-door", &county.person(PLAN)), first);

    county.server.start_again_at("2026-07-01T07:00:00Z");
    until("it to begin", || (plugin(&county, &next)["state"] == "active").then_some(()));
    assert_eq!(decides(&county, "open-door", &county.person(PLAN)), next);
    assert_eq!(pays(&county, &county.person(PLAN), "2026-06-30"), first, "old days stay with old rules");
    expect![[r#"
        upload: uploaded by plan-admin
        check: checked by plan-admin
        start-compiling: compiling by plan-admin
        finish-compiling: compiled by plan-admin
        approve: approved by plan-admin
        schedule: scheduled by plan-admin
        begin: active by host
    "#]]
    .assert_eq(&steps(&county, &next));
    assert_eq!(plugin(&county, &never)["state"], "rolled-back");
}

fn a_swap_under_load_fails_nobody(database: Database) {
    const CLIENTS: usize = 4;
    const EACH: usize = 25;
    let county = County::of(patient(database), &[PLAN]);
    let first = &county.plan(PLAN).digest;
    let second = &uploaded(&county, "second");
    let swaps = thread::scope(|scope| {
        let county = &county;
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                scope.spawn(move || {
                    for _ in 0..EACH {
                        let request = Request::post("/v1/referrals", &ecm_referral(&county.person(PLAN)));
                        let answer = county.client().send(&request.by(county.key_of("open-door")));
                        let decided = text(&answer.json, "/evaluation/digest");
                        assert_eq!(answer.status, 201, "{}", answer.json);
                        assert!(decided == *first || decided == *second, "{}", answer.json);
                    }
                })
            })
            .collect();
        let mut swaps = 0;
        while clients.iter().any(|client| !client.is_finished()) {
            activated(county, &json!({ "digest": if swaps % 2 == 0 { second } else { first } }));
            swaps += 1;
        }
        swaps
    });
    assert!(swaps >= 2, "there was something to swap under");
    let list = county.client().read(county.key_of("open-door"), "/v1/referrals?limit=200");
    assert_eq!(list["items"].as_array().map(Vec::len), Some(CLIENTS * EACH));
}

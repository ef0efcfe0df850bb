//! A command happens once, however often it is sent.

use std::thread;

use serde_json::{Value, json};

use crate::harness::{
    Answer, COUNTY, Client, County, Database, Request, asked, billed, facts, on_both_databases, text,
};
use crate::journeys::{ecm, ecm_referral};

on_both_databases! {
    five_times_is_once
    three_at_once_are_once
    a_key_belongs_to_one_request
    a_key_belongs_to_one_organization
    of_many_referrals_at_once_one_is_opened
    of_many_additions_of_a_member_one_is_made
    of_many_replacements_of_a_claim_one_is_made
    of_many_claims_at_once_no_unit_is_priced_twice
    of_two_changes_to_a_version_one_is_made
    a_secret_is_shown_once
    a_refused_command_uses_up_no_key
    the_same_member_file_again_changes_nothing
}

fn five_times_is_once(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let key = county.key_of("open-door");
    let person = county.person("valle-vista");
    let request = Request::post("/v1/authorizations", &ecm(&person)).by(key).once("\"five times\"");
    let first = client.send(&request);
    assert_eq!(first.status, 201);
    assert!(!first.is_replayed());
    for _ in 0..4 {
        assert_repeats(&client.send(&request), &first);
    }
    // Unquoted, the key is the same.
    assert_repeats(&client.send(&request.clone().once("five times")), &first);
    assert_eq!(cases_of(&client, key, "authorizations", &first.json["member_id"]).len(), 1);

    // A change and its retry: the version that the retry names is old by then, and still it gets its answer.
    let case = county.submit(key, "referrals", &ecm_referral(&person));
    let path = format!("/v1/referrals/{}/withdrawal", text(&case, "/id"));
    let withdrawal = Request::post(path, &json!({})).by(key).of_version(&case["version"]);
    let done = client.send(&withdrawal);
    assert_eq!(done.status, 200);
    assert_repeats(&client.send(&withdrawal), &done);
    let closed = county.timeline(key, &case).iter().filter(|event| event["state"] == "closed").count();
    assert_eq!(closed, 1);
}

fn three_at_once_are_once(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let key = county.key_of("open-door");
    for round in 0..5 {
        let referral = ecm_referral(&county.person("valle-vista"));
        let request = Request::post("/v1/referrals", &referral).by(key).once(&format!("\"at once {round}\""));
        let answers = at_once(vec![request; 3], &client);
        for answer in &answers {
            assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.bytes));
            assert_eq!(answer.bytes, answers[0].bytes);
        }
        assert_eq!(answers.iter().filter(|answer| !answer.is_replayed()).count(), 1);
        assert_eq!(cases_of(&client, key, "referrals", &answers[0].json["member_id"]).len(), 1);
        let timeline = county.timeline(key, &answers[0].json);
        assert_eq!(timeline.iter().filter(|event| event["event"] == "received").count(), 1);
    }
}

fn a_key_belongs_to_one_request(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let key = county.key_of("open-door");
    let mut referral = ecm_referral(&county.person("valle-vista"));
    let first = client.send(&Request::post("/v1/referrals", &referral).by(key).once("one request"));
    assert_eq!(first.status, 201);
    referral["urgency"] = json!("expedited");
    let other = client.send(&Request::post("/v1/referrals", &referral).by(key).once("one request"));
    assert_eq!((other.status, other.code()), (422, "idempotency-key-reused"));
    assert_eq!(cases_of(&client, key, "referrals", &first.json["member_id"]).len(), 1);

    // The same body to another address is another request too.
    let other = ecm_referral(&county.person("valle-vista"));
    let second = county.submit(key, "referrals", &other);
    let withdraw = |case: &Value| {
        let path = format!("/v1/referrals/{}/withdrawal", text(case, "/id"));
        Request::post(path, &json!({})).by(key).of_version(&case["version"]).once("two withdrawals")
    };
    assert_eq!(client.send(&withdraw(&first.json)).status, 200);
    let answer = client.send(&withdraw(&second));
    assert_eq!((answer.status, answer.code()), (422, "idempotency-key-reused"));
    assert_ne!(county.again(key, &second)["state"], "closed");
}

fn a_key_belongs_to_one_organization(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let send = |provider: &str| {
        let referral = ecm_referral(&county.person("valle-vista"));
        client.send(&Request::post("/v1/referrals", &referral).by(county.key_of(provider)).once("same words"))
    };
    let (one, other) = (send("open-door"), send("casa-puente"));
    assert_eq!((one.status, other.status), (201, 201));
    assert_ne!(one.json["id"], other.json["id"]);
    assert!(!other.is_replayed());
}

fn of_many_referrals_at_once_one_is_opened(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let key = county.key_of("open-door");
    for _ in 0..5 {
        let referral = ecm_referral(&county.person("valle-vista"));
        let requests = (0..4).map(|_| Request::post("/v1/referrals", &referral).by(key)).collect();
        let answers = at_once(requests, &client);
        let (opened, refused): (Vec<&Answer>, Vec<&Answer>) =
            answers.iter().partition(|answer| answer.status == 201);
        assert_eq!(opened.len(), 1, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
        for answer in refused {
            assert_eq!((answer.status, answer.code()), (409, "duplicate"));
            assert_eq!(answer.json["case"], opened[0].json["id"]);
        }
    }
}

fn of_many_additions_of_a_member_one_is_made(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    for number in 0..5 {
        let member = json!({
            "cin": format!("9612345{number}A"), "family_name": "Oakes", "given_name": "Ida",
            "birth_date": "1990-05-05", "county": COUNTY, "purpose": "treatment", "provisional": true,
        });
        let key = county.key_of("open-door");
        let requests = (0..4).map(|_| Request::post("/v1/members", &member).by(key)).collect();
        let answers = at_once(requests, &client);
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
        for answer in &answers {
            assert!([200, 201].contains(&answer.status), "{}", String::from_utf8_lossy(&answer.bytes));
            assert_eq!(answer.json["id"], answers[0].json["id"]);
        }
        client.read(key, &format!("/v1/members/{}?purpose=treatment", text(&answers[0].json, "/id")));
    }
}

fn of_many_replacements_of_a_claim_one_is_made(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let (key, person) = (county.key_of("open-door"), county.person("valle-vista"));
    let line = billed("G9012 U8", 1, "2026-03-02", "31.00");
    let mut claim = json!({ "member": person.named(), "diagnoses": ["Z59.02"], "lines": [line] });
    let first = county.submit(key, "claims", &claim);
    assert_eq!(first["state"], "payable");
    claim["frequency"] = json!("replacement");
    claim["replaces"] = first["id"].clone();
    let answers = at_once((0..4).map(|_| Request::post("/v1/claims", &claim).by(key)).collect(), &client);
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert!([409, 412].contains(&answer.status), "{}", String::from_utf8_lossy(&answer.bytes));
    }
    assert_eq!(cases_of(&client, key, "claims", &first["member_id"]).len(), 2);
    assert_eq!(county.again(key, &first)["state"], "replaced");
}

fn of_many_claims_at_once_no_unit_is_priced_twice(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let (key, person) = (county.key_of("mesa-verde"), county.person("valle-vista"));
    let request = json!({
        "member": person.named(), "service": "medically-tailored-meals",
        "lines": [asked("S9977 U7", 12, "2026-02-01", "2026-04-25")],
        "facts": facts(&[("clinical.nutrition-sensitive-condition", json!(true))]),
    });
    let granted = county.submit(key, "authorizations", &request);
    assert_eq!(granted["state"], "approved");
    let first = text(&granted, "/grant/lines/0/first").to_owned();
    let claim = |units: u32| {
        let line = billed("S9977 U7", units, "2026-03-02", "600.00");
        json!({ "member": person.named(), "diagnoses": ["Z59.02"], "lines": [line] })
    };
    let requests = (0..4).map(|_| Request::post("/v1/claims", &claim(9)).by(key)).collect();
    let answers = at_once(requests, &client);
    let states: Vec<&str> = answers.iter().map(|answer| text(&answer.json, "/state")).collect();
    let payable = states.iter().filter(|state| **state == "payable").count();
    assert!(payable <= 1, "12 units from {first} on, 9 in each claim: {states:?}");
    // And one after the other, the second is too much too.
    let after = county.submit(key, "claims", &claim(9));
    assert_ne!(after["state"], "payable", "{:?}", after["lines"]);
}

fn of_two_changes_to_a_version_one_is_made(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let key = county.key_of("open-door");
    let referral = county.submit(key, "referrals", &ecm_referral(&county.person("costa-alta")));
    let reviewer = &county.plan("costa-alta").reviewer;
    let path = format!("/v1/referrals/{}/decisions", text(&referral, "/id"));
    let accept = || {
        Request::post(&path, &json!({ "decision": "accept" })).by(reviewer).of_version(&referral["version"])
    };
    let answers = at_once((0..4).map(|_| accept()).collect(), &client);
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!((answer.status, answer.code()), (412, "stale"));
    }
    let accepted = county.timeline(key, &referral);
    assert_eq!(accepted.iter().filter(|event| event["event"] == "accept").count(), 1);
}

fn a_secret_is_shown_once(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let body =
        json!({ "organization": county.provider("mesa-verde").id, "role": "provider", "label": "second" });
    let request = Request::post("/v1/keys", &body).by(&county.server.operator).once("a new key");
    let first = client.send(&request);
    let secret = text(&first.json, "/key").to_owned();
    assert!(secret.starts_with("cw_"));
    client.read(&secret, "/v1/members?purpose=treatment");
    let again = client.send(&request);
    assert_eq!((again.status, again.is_replayed()), (201, true));
    assert!(again.json["key"].is_null());
    assert_eq!(again.json["id"], first.json["id"]);

    let revoke = Request::get(format!("/v1/keys/{}", text(&first.json, "/id"))).method("DELETE");
    assert_eq!(client.send(&revoke.by(&county.server.operator)).status, 204);
    assert_eq!(client.send(&Request::get("/v1/members?purpose=treatment").by(&secret)).status, 401);
}

fn a_refused_command_uses_up_no_key(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let key = county.key_of("open-door");
    let good = ecm_referral(&county.person("valle-vista"));
    let mut bad = good.clone();
    bad["service"] = json!("no-such-service");
    let send = |body: &Value| client.send(&Request::post("/v1/referrals", body).by(key).once("mended"));
    assert_eq!(send(&bad).status, 422);
    assert_eq!(send(&good).status, 201);
}

fn the_same_member_file_again_changes_nothing(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let admin = &county.plan("costa-alta").admin;
    let file = format!(
        "CIN,Plan Member ID,Last Name,First Name,Date of Birth,Sex,Spoken Language,County,Residential Address,City,Zip,\
         Homelessness Indicator,Phone Number,Coverage Start Date,Coverage End Date,Line of Business,Group Code,\
         Dual Status Code,Renewal Month,PCP NPI\n\
         99123456A,X1,Twice,Told,1980-01-02,U,en,{COUNTY},,San Ravel,96191,Y,,2026-01-01,,medi-cal,,00,6,\n"
    );
    let send = || client.send(&Request::bytes("/v1/rosters", "text/csv", file.clone()).by(admin)).with(201);
    let (first, again) = (send(), send());
    assert_eq!(first["members_new"], 1);
    assert_eq!(first, again);
    let member = Request::post("/v1/members/search", &json!({ "cin": "99123456A", "purpose": "operations" }))
        .by(admin);
    assert_eq!(client.send(&member).with(200)["coverage"].as_array().map(Vec::len), Some(1));
}

/// Sends all at one moment.
pub(crate) fn at_once(requests: Vec<Request>, client: &Client) -> Vec<Answer> {
    thread::scope(|scope| {
        let senders: Vec<_> = requests.iter().map(|request| scope.spawn(|| client.send(request))).collect();
        senders.into_iter().map(|sender| sender.join().expect("it gets an answer")).collect()
    })
}

#[track_caller]
fn assert_repeats(answer: &Answer, first: &Answer) {
    assert!(answer.is_replayed());
    assert_eq!(answer.status, first.status);
    assert_eq!(answer.bytes, first.bytes, "byte by byte");
    for header in ["etag", "location", "content-type"] {
        assert_eq!(answer.header(header), first.header(header));
    }
}

/// The caller's cases about the member, through every page.
pub(crate) fn cases_of(client: &Client, key: &str, list: &str, member: &Value) -> Vec<Value> {
    let mut cases = all_cases(client, key, list);
    cases.retain(|case| case["member_id"] == *member);
    cases
}

/// All of the caller's cases of a kind.
pub(crate) fn all_cases(client: &Client, key: &str, list: &str) -> Vec<Value> {
    let (mut cases, mut query) = (Vec::new(), String::new());
    loop {
        let page = client.read(key, &format!("/v1/{list}?limit=100{query}"));
        cases.extend(page["items"].as_array().expect("a list").iter().cloned());
        match page["next_cursor"].as_str() {
            Some(cursor) => query = format!("&cursor={cursor}"),
            None => return cases,
        }
    }
}

//! The desk: requests that go back to their sender, sight of members and its trail, documents, reasons in two
//! languages.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};

use crate::harness::{
    Answer, BORN, COUNTY, Client, County, Database, FAMILY, GIVEN, Person, Request, Server, asked, billed,
    facts, on_both_databases, text, until,
};
use crate::journeys::{ecm, ecm_referral, nights};

on_both_databases! {
    a_contradiction_is_the_senders
    sight_has_a_purpose_and_an_end
    the_trail_is_read_by_those_whom_it_concerns
    a_document_is_its_bytes
    a_reason_in_one_language_waits_for_the_other
    every_reason_is_taken_in_one_language
    a_reason_that_nobody_needs_any_more_was_not_translated
    of_several_reasons_the_one_that_is_named_is_written
    a_files_reason_goes_on_into_the_contract
    a_contracts_reason_is_taken_in_one_language
    a_contracts_reason_waits_for_the_plans_own_days
}

/// A request with one number in it, and what its plan's rules make of it.
struct Contradiction {
    list: &'static str,
    number: i64,
    /// Status, and the pointer of each field for 422; the reason why people have it for 201.
    expected: (u16, &'static [&'static str]),
    source: &'static str,
}

const fn contradiction(
    list: &'static str,
    number: i64,
    status: u16,
    fields: &'static [&'static str],
    source: &'static str,
) -> Contradiction {
    Contradiction { list, number, expected: (status, fields), source }
}

const FACT: &str = "/facts/1/value";
const CONTRADICTIONS: [Contradiction; 10] = [
    contradiction(
        "referrals",
        13,
        422,
        &[FACT],
        "wit/types.wit, plan-error.invalid: where, and what is wrong",
    ),
    contradiction("authorizations", 13, 422, &["/lines/0/units"], "the same"),
    contradiction(
        "claims",
        13,
        422,
        &["/lines/0/first"],
        "the same; the API has a line's days beside its units",
    ),
    contradiction("applications", 13, 422, &["/answers/1/value"], "the same"),
    contradiction(
        "authorizations",
        14,
        201,
        &["plugin-answer-refused"],
        "it names no field: nobody could mend it",
    ),
    contradiction(
        "authorizations",
        15,
        201,
        &["plugin-answer-refused"],
        "it names fields that are not there",
    ),
    contradiction(
        "authorizations",
        18,
        201,
        &["plugin-answer-refused"],
        "it names fields that the host fills",
    ),
    contradiction(
        "referrals",
        17,
        422,
        &[FACT, ""],
        "one field of two is there: the other is the whole request",
    ),
    contradiction("referrals", 16, 422, &[FACT; 50], "no more fields than people read"),
    contradiction("authorizations", 12, 201, &[""], "no contradiction"),
];

fn a_contradiction_is_the_senders(database: Database) {
    let county = County::of(Server::start(database), &["valle-vista"]);
    let client = county.client();
    let digest = county.activate("valle-vista", "valle-vista-strict");
    let key = county.key_of("open-door");
    for Contradiction { list, number, expected: (status, fields), source } in &CONTRADICTIONS {
        let before = count_of(&client, key, list);
        let body = with_number(&county, list, *number);
        let request = Request::post(format!("/v1/{list}"), &body).by(key);
        let name = format!("{list} with {number}: {source}");
        let answer = client.send(&request);
        assert_eq!(answer.status, *status, "{name}: {}", answer.json);
        if *status == 201 {
            assert_eq!(text(&answer.json, "/why_people/code"), fields[0], "{name}");
            continue;
        }
        assert_eq!(answer.code(), "refused-by-plan", "{name}");
        let errors = answer.json["errors"].as_array().expect("fields");
        let pointers: Vec<&str> = errors.iter().map(|error| text(error, "/pointer")).collect();
        assert_eq!(pointers, *fields, "{name}");
        for error in errors {
            assert_eq!(error["code"], "refused-by-plan", "{name}");
            for words in [text(error, "/detail"), text(error, "/text/en"), text(error, "/text/es")] {
                let length = words.chars().count();
                assert!((1..=500).contains(&length) && !words.contains('\u{7}'), "{name}: {length}");
            }
        }
        assert_eq!(count_of(&client, key, list), before, "{name}: no case came of it");
        // Nothing was kept of it: the same key asks again, and another body may use it.
        assert_eq!(client.send(&request).status, 422, "{name}");
        let mended = with_number(&county, list, 12);
        let once =
            Request::post(format!("/v1/{list}"), &mended).by(key).once(&format!("mended {list} {number}"));
        assert_eq!(client.send(&once).status, 201, "{name}");
    }

    // More information goes back in the same way, by what this body says, and leaves the case as it was.
    let mut request = ecm(&county.person("valle-vista"));
    request["facts"] = facts(&[("consent.member-agrees", json!(true))]);
    let pended = county.submit(key, "authorizations", &request);
    assert_eq!(pended["state"], "pended", "{pended}");
    let more = json!({ "facts": [
        { "code": "clinical.complex-need", "value": true }, { "code": "utilization.ed-visits-6m", "value": 13 },
    ] });
    let refused = county.change(key, &pended, "information", &more);
    assert_eq!((refused.status, refused.code()), (422, "refused-by-plan"));
    assert_eq!(text(&refused.json, "/errors/0/pointer"), FACT);
    assert_eq!(county.again(key, &pended)["version"], pended["version"]);

    // A case that nobody sent has an answer of its own.
    let unsent = json!({ "county": COUNTY, "services": ["ecm"], "age": 40, "facts": [
        { "code": "consent.member-agrees", "value": true }, { "code": "utilization.ed-visits-6m", "value": 13 },
    ] });
    let across = client.send(&Request::post("/v1/criteria/ask", &unsent).by(key)).with(200);
    let one = &across["services"][0]["answers"][0];
    assert_eq!((&one["answer"], text(one, "/problems/0/pointer")), (&json!("invalid-request"), FACT));

    // The plan's administrators see how many went back, and nobody can be turned away silently.
    let admin = &county.plan("valle-vista").admin;
    let costs = client.read(admin, "/v1/plans/valle-vista/costs");
    let sent_back = |operation: &str| -> i64 {
        let lines = costs["items"].as_array().expect("a list").iter();
        let own = lines
            .filter(|line| line["digest"] == json!(digest) && text(line, "/operation").contains(operation));
        own.map(|line| line["refused_inputs"].as_i64().expect("a number")).sum()
    };
    assert_eq!(sent_back("triage"), 6, "three of them twice");
    assert_eq!(sent_back("determine"), 3, "one twice, and the information");
    assert_eq!((sent_back("adjudicate"), sent_back("review")), (2, 2));
    let breakers = client.read(admin, "/v1/plans/valle-vista/breakers");
    let breakers = breakers["items"].as_array().expect("a list");
    assert!(
        breakers.iter().any(|one| text(one, "/operation").contains("triage") && one["refused_inputs"] != 0)
    );
    let trail = client.read(admin, "/v1/audit?action=send-back");
    let entries = trail["items"].as_array().expect("a list");
    assert_eq!(entries.len(), 13);
    assert!(entries.iter().all(|one| one["outcome"] == "refused-input" && one["subject"] == json!(digest)));
    assert!(
        String::from_utf8_lossy(&client.send(&Request::get("/metrics").by(&county.server.operator)).bytes)
            .contains("crosswalk_refused_inputs")
    );
}

fn count_of(client: &Client, key: &str, list: &str) -> usize {
    client.read(key, &format!("/v1/{list}?limit=200"))["items"].as_array().expect("a list").len()
}

fn with_number(county: &County, list: &str, number: i64) -> Value {
    let person = county.person("valle-vista");
    let fact = |code: &str| json!({ "code": code, "value": number });
    match list {
        "referrals" => {
            let mut body = ecm_referral(&person);
            body["facts"] =
                json!([{ "code": "consent.member-agrees", "value": true }, fact("utilization.ed-visits-6m")]);
            body
        }
        "authorizations" => {
            let mut body = ecm(&person);
            body["lines"][0]["units"] = json!(number);
            body
        }
        "claims" => json!({
            "member": person.named(), "diagnoses": ["Z59.02"],
            "lines": [billed("G9012 U2", u32::try_from(number).expect("small"), "2026-03-02", "75.00")],
        }),
        _ => json!({
            "legal_name": "Open Door", "services": ["ecm"], "counties": [COUNTY], "plans": ["valle-vista"],
            "answers": [{ "code": "org.hipaa-policies", "value": true }, fact("org.years-in-operation")],
        }),
    }
}

fn sight_has_a_purpose_and_an_end(database: Database) {
    let mut county = County::of(Server::start(database), &["valle-vista", "silver-oak"]);
    let client = county.client();
    let (key, other) = (county.key_of("mesa-verde").to_owned(), county.key_of("open-door").to_owned());
    let person = county.person("silver-oak");
    let add = |purpose: Value| {
        let body = json!({
            "cin": person.cin, "family_name": FAMILY, "given_name": GIVEN, "birth_date": BORN, "county": COUNTY,
            "purpose": purpose,
        });
        client.send(&Request::post("/v1/members", &body).by(&key))
    };
    for (purpose, code) in [(json!("curiosity"), "unknown-code"), (Value::Null, "wrong-type")] {
        let refused = add(purpose);
        assert_eq!((refused.status, text(&refused.json, "/errors/0/code")), (422, code));
        assert_eq!(text(&refused.json, "/errors/0/pointer"), "/purpose");
    }
    // The first answer has the coverage, and says until when the member is seen.
    let member = add(json!("care-coordination")).with(200);
    let lines: Vec<&str> =
        member["coverage"].as_array().expect("a list").iter().map(|one| text(one, "/line")).collect();
    assert!(lines.contains(&"d-snp") && lines.contains(&"medi-cal"), "{member}");
    let path = format!("/v1/members/{}", text(&member, "/id"));
    let seen = client.read(&key, &format!("{path}?purpose=treatment"));
    assert_eq!(seen["sight"], json!([{ "reason": "contact", "case": null, "until": "2026-04-01" }]));
    for path in ["/v1/members".to_owned(), path.clone(), format!("{path}/coverage")] {
        let refused = client.send(&Request::get(&path).by(&key));
        assert_eq!((refused.status, text(&refused.json, "/errors/0/pointer")), (422, "?purpose"), "{path}");
    }
    // Every look is on the record with its purpose.
    let looks = client.read(&key, &format!("/v1/audit?subject={}", text(&member, "/id")));
    let purposes: Vec<&str> =
        looks["items"].as_array().expect("a list").iter().map(|one| text(one, "/purpose")).collect();
    assert_eq!(purposes, ["treatment", "care-coordination"]);

    // A case keeps the sight while it is open, and its time begins when it ends.
    let held = county.person("valle-vista");
    let open = county.submit(&other, "referrals", &ecm_referral(&held));
    let closed_for = county.person("valle-vista");
    let closed = county.submit(&other, "referrals", &ecm_referral(&closed_for));
    county.change(&other, &closed, "withdrawal", &json!({})).with(200);
    let (open, closed) = (text(&open, "/member_id").to_owned(), text(&closed, "/member_id").to_owned());
    let until_of = |member: &str| {
        client.read(&other, &format!("/v1/members/{member}?purpose=treatment"))["sight"][0]["until"].clone()
    };
    assert_eq!((until_of(&open), until_of(&closed)), (Value::Null, json!("2027-03-02")));

    // (day, caller, member, whether the member is there)
    let contact = text(&member, "/id").to_owned();
    for (day, caller, member, there) in [
        ("2026-04-01T18:00:00Z", &key, &contact, true),
        ("2026-04-02T18:00:00Z", &key, &contact, false),
        ("2027-03-02T18:00:00Z", &other, &closed, true),
        ("2027-03-03T18:00:00Z", &other, &closed, false),
        ("2027-03-04T18:00:00Z", &other, &open, true),
    ] {
        county.server.start_again_at(day);
        let client = county.client();
        let read = client.send(&Request::get(format!("/v1/members/{member}?purpose=treatment")).by(caller));
        assert_eq!(read.status == 200, there, "{day}: {}", read.json);
        let list = client.read(caller, "/v1/members?limit=200&purpose=treatment");
        let listed = list["items"].as_array().expect("a list").iter().any(|one| one["id"] == json!(member));
        assert_eq!(listed, there, "{day}");
        if !there {
            let coverage = client
                .send(&Request::get(format!("/v1/members/{member}/coverage?purpose=payment")).by(caller));
            assert_eq!(coverage.status, 404, "{day}");
        }
    }
    // Who meets the member again sees the member again.
    let client = county.client();
    let again = json!({
        "cin": person.cin, "family_name": FAMILY, "given_name": GIVEN, "birth_date": BORN, "county": COUNTY,
        "purpose": "treatment",
    });
    assert_eq!(client.send(&Request::post("/v1/members", &again).by(&key)).status, 200);
    assert_eq!(client.send(&Request::get(format!("{path}?purpose=treatment")).by(&key)).status, 200);
}

fn the_trail_is_read_by_those_whom_it_concerns(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let provider = county.key_of("open-door");
    let person = county.person("silver-oak");
    let mut referral = ecm_referral(&person);
    referral["service"] = json!("cicm");
    let case = county.submit(provider, "referrals", &referral);
    let (case_id, member) = (text(&case, "/id").to_owned(), text(&case, "/member_id").to_owned());
    county.again(provider, &case);
    client.read(provider, &format!("/v1/members/{member}?purpose=care-coordination"));
    let trail = |key: &str, filter: &str| -> Vec<Value> {
        let page = client.read(key, &format!("/v1/audit?limit=200&{filter}"));
        page["items"].as_array().expect("a list").clone()
    };
    let plan = county.plan("silver-oak");
    // (who, what it asks for, whether the provider's look is there, whether it sees the key)
    for (who, key, sees, sees_key) in [
        ("the provider itself", provider, true, true),
        ("the plan that covers the member", plan.admin.as_str(), true, false),
        ("the operator", county.server.operator.as_str(), true, true),
        ("another provider", county.key_of("mesa-verde"), false, false),
        ("another plan", county.plan("costa-alta").admin.as_str(), false, false),
    ] {
        for subject in [&case_id, &member] {
            let looks: Vec<Value> = trail(key, &format!("subject={subject}&action=look"));
            assert_eq!(!looks.is_empty(), sees, "{who}: {looks:?}");
            for look in &looks {
                assert_eq!(look["key"].is_string(), sees_key, "{who}");
                assert_eq!(text(look, "/actor"), county.provider("open-door").id, "{who}");
            }
            if subject == &member && sees {
                assert_eq!(text(&looks[0], "/purpose"), "care-coordination", "{who}");
            }
        }
    }
    // Reading the trail is on it.
    let readings = trail(&plan.admin, "action=look").into_iter().filter(|one| one["subject_kind"] == "audit");
    assert!(readings.count() > 0);
    // By day, by actor, a page at a time, and nobody's words in it.
    assert!(trail(provider, "from=2026-03-01&to=2026-03-01").is_empty());
    assert!(!trail(provider, "from=2026-03-02&to=2026-03-02").is_empty());
    let actor = &county.provider("open-door").id;
    let by = trail(&county.server.operator, &format!("actor={actor}"));
    assert!(!by.is_empty() && by.iter().all(|one| text(one, "/actor") == actor));
    let mut pages = 0;
    let mut cursor = String::new();
    let mut ids = Vec::new();
    loop {
        let page = client.read(provider, &format!("/v1/audit?limit=3&subject={member}{cursor}"));
        ids.extend(page["items"].as_array().expect("a list").iter().map(|one| text(one, "/id").to_owned()));
        pages += 1;
        match page["next_cursor"].as_str() {
            Some(next) if pages < 50 => cursor = format!("&cursor={next}"),
            _ => break,
        }
    }
    let mut unique = ids.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), ids.len());
    let whole = client.send(&Request::get("/v1/audit?limit=200").by(&county.server.operator));
    let whole = String::from_utf8_lossy(&whole.bytes).into_owned();
    assert!(!whole.contains(FAMILY) && !whole.contains(&person.cin) && !whole.contains(BORN));
    for (query, pointer) in
        [("from=yesterday", "?from"), ("actor=me", "?actor"), ("from=2026-03-02&to=2026-03-01", "?to")]
    {
        let refused = client.send(&Request::get(format!("/v1/audit?{query}")).by(provider));
        assert_eq!((refused.status, text(&refused.json, "/errors/0/pointer")), (422, pointer));
    }
}

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n\x00\xffthe discharge of a member";

fn sent(county: &County, key: &str, query: &str, media_type: &str, bytes: &[u8]) -> Answer {
    county.client().send(&Request::bytes(format!("/v1/documents?{query}"), media_type, bytes).by(key))
}

fn a_document_is_its_bytes(database: Database) {
    let mut county = County::of(
        Server::start_with(database, &[("CROSSWALK_DOCUMENT_MIB", "1")]),
        &["valle-vista", "harbor-crest"],
    );
    let hospital = county.key_of("hospital").to_owned();
    let page = "<!doctype html><script>alert(1)</script>";
    let large = [PDF, &vec![b'x'; 1 << 20]].concat();
    // (query, content-type, bytes, status, code of the problem or of its first field)
    let cases: [(&str, &str, &[u8], u16, &str); 15] = [
        ("kind=discharge-summary&title=Discharge", "application/pdf", PDF, 201, ""),
        ("kind=discharge-summary", "application/pdf", b"no PDF at all", 422, "type-mismatch"),
        ("kind=discharge-summary", "image/png", PDF, 422, "type-mismatch"),
        ("kind=discharge-summary", "text/plain", b"MZ\x90\x00\x03\x00", 422, "refused-type"),
        ("kind=discharge-summary", "application/pdf", b"\x7fELF\x02\x01", 422, "refused-type"),
        ("kind=discharge-summary", "text/plain", page.as_bytes(), 422, "refused-type"),
        ("kind=discharge-summary", "application/pdf", b"PK\x03\x04", 422, "unknown-type"),
        ("kind=discharge-summary", "image/jpeg", b"\0\0\0\x18ftypheic\0\0", 422, "cannot-be-cleaned"),
        ("kind=discharge-summary", "image/heic", b"\0\0\0\x18ftypheic\0\0", 415, "unsupported-media-type"),
        ("kind=discharge-summary", "image/png", b"\x89PNG\r\n\x1a\n\0\0\0", 422, "damaged-picture"),
        ("kind=discharge-summary", "application/pdf", b"", 422, "empty"),
        ("kind=discharge-summary", "text/html", page.as_bytes(), 415, "unsupported-media-type"),
        ("kind=love-letter", "application/pdf", PDF, 422, "unknown-code"),
        ("title=Discharge", "application/pdf", PDF, 422, "missing-field"),
        ("kind=discharge-summary", "application/pdf", &large, 413, "body-too-large"),
    ];
    for (query, media_type, bytes, status, code) in cases {
        let answer = sent(&county, &hospital, query, media_type, bytes);
        let name = format!("{query} as {media_type}: {}", answer.json);
        assert_eq!(answer.status, status, "{name}");
        let field = text(&answer.json, "/errors/0/code");
        assert!(status == 201 || field == code || answer.code() == code, "{name}");
    }
    assert_eq!(sent(&county, &county.server.operator, "kind=w9", "application/pdf", PDF).status, 403);

    // Kept under its hash, for its owner's eyes; the same bytes lie there once.
    let query = "kind=discharge-summary&title=Discharge";
    let request =
        Request::bytes(format!("/v1/documents?{query}"), "application/pdf", PDF).by(&hospital).once("d1");
    let client = county.client();
    let document = client.send(&request).with(201);
    let again = client.send(&request);
    assert_eq!((again.is_replayed(), &again.json), (true, &document));
    let other =
        Request::bytes(format!("/v1/documents?{query}"), "text/plain", "other").by(&hospital).once("d1");
    assert_eq!(client.send(&other).code(), "idempotency-key-reused");
    let hash = text(&document, "/sha256").to_owned();
    let folder = county.server.folder().join("documents");
    let file = folder.join(&hash[..2]).join(&hash[2..]);
    assert_eq!(fs::read(&file).expect("the file is there"), PDF);
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(&folder), mode(file.parent().expect("a folder"))), (0o600, 0o700, 0o700));
    let passing = folder.join("passing");
    until("what was refused to go", || {
        (fs::read_dir(&passing).expect("a folder").count() == 0).then_some(())
    });
    assert_eq!(document["size_bytes"], PDF.len());

    // A case names it; of a document that nobody sent the case says so.
    let person = county.person("valle-vista");
    let id = text(&document, "/id").to_owned();
    let mut request = recuperative(&person);
    request["documents"] = json!([
        { "kind": "discharge-summary", "issued": "2026-03-01", "document": id }, { "kind": "provider-order" },
    ]);
    let wrong = |key: &str, change: &dyn Fn(&mut Value)| {
        let mut request = request.clone();
        change(&mut request);
        let answer = client.send(&Request::post("/v1/authorizations", &request).by(key));
        (
            answer.status,
            text(&answer.json, "/errors/0/pointer").to_owned(),
            text(&answer.json, "/errors/0/code").to_owned(),
        )
    };
    let at = "/documents/0/document".to_owned();
    for (key, kind, code) in [
        (county.key_of("mesa-verde"), "discharge-summary", "unknown-document"),
        (&hospital, "w9", "other-kind"),
    ] {
        let seen = wrong(key, &|request| request["documents"][0]["kind"] = json!(kind));
        assert_eq!(seen, (422, at.clone(), code.to_owned()));
    }
    let case = county.submit(&hospital, "authorizations", &request);
    let shown = county.again(&county.plan("valle-vista").reviewer, &case);
    let contents: Vec<&Value> =
        shown["request"]["documents"].as_array().expect("a list").iter().map(|one| &one["content"]).collect();
    assert_eq!(contents, [&json!(id), &Value::Null], "what was sent, and what is only said to exist");

    // (who, whether the document is there before and after the case)
    let path = format!("/v1/documents/{id}");
    let plan = county.plan("valle-vista");
    for (who, key, sees) in [
        ("who sent it", hospital.as_str(), true),
        ("the plan that decides", plan.reviewer.as_str(), true),
        ("another plan", county.plan("harbor-crest").reviewer.as_str(), false),
        ("another provider", county.key_of("mesa-verde"), false),
        ("the operator", county.server.operator.as_str(), false),
    ] {
        for path in [path.clone(), format!("{path}/content")] {
            let answer = client.send(&Request::get(&path).by(key));
            assert_eq!(answer.status == 200, sees, "{who} {path}: {}", answer.status);
            assert!(sees || !answer.bytes.windows(9).any(|part| part == b"discharge"), "{who}");
        }
    }
    let content = client.send(&Request::get(format!("{path}/content")).by(&plan.reviewer));
    assert_eq!(content.bytes, PDF);
    for (name, value) in [
        ("content-type", "application/pdf"),
        ("x-content-type-options", "nosniff"),
        ("content-disposition", &format!("attachment; filename=\"{id}.pdf\"")),
        ("content-length", &PDF.len().to_string()),
        (
            "content-security-policy",
            "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
    ] {
        assert_eq!(content.header(name), value, "{name}");
    }
    let looks = client.read(&plan.admin, &format!("/v1/audit?subject={id}&action=look"));
    assert_eq!(looks["items"].as_array().map(Vec::len), Some(3), "each look is on the record: {looks}");
    assert!(!county.server.log().contains("Discharge"));

    // What the disk changed is not handed out.
    fs::write(&file, b"%PDF-1.7 another").expect("it can be written");
    assert_eq!(client.send(&Request::get(format!("{path}/content")).by(&hospital)).status, 500);
    fs::write(&file, PDF).expect("it can be written");

    // What no case came with is swept after its days; what a case came with stays.
    let lonely = sent(&county, &hospital, "kind=w9", "text/plain", "Nobody names this.".as_bytes()).with(201);
    let twin = sent(&county, &hospital, "kind=w9", "application/pdf", PDF).with(201);
    for (day, there) in [("2026-04-01T18:00:00Z", true), ("2026-04-02T18:00:00Z", false)] {
        county.server.start_again_at(day);
        let client = county.client();
        until("the sweep", || {
            let status =
                |id: &str| client.send(&Request::get(format!("/v1/documents/{id}")).by(&hospital)).status;
            let statuses = (status(text(&lonely, "/id")), status(text(&twin, "/id")));
            (statuses == if there { (200, 200) } else { (404, 404) }).then_some(())
        });
        let hash = text(&lonely, "/sha256");
        let lies = folder.join(&hash[..2]).join(&hash[2..]);
        if there {
            assert!(lies.exists(), "{day}");
        } else {
            until("the bytes to go", || (!lies.exists()).then_some(()));
        }
        assert_eq!(client.send(&Request::get(format!("{path}/content")).by(&hospital)).bytes, PDF, "{day}");
    }
    assert_eq!(text(&case, "/kind"), "authorization");
}

fn recuperative(person: &Person) -> Value {
    json!({
        "member": person.named(), "service": "recuperative-care",
        "lines": [asked("T2033 U6", 2, "2026-03-02", "2026-03-03")],
        "facts": facts(&[("consent.member-agrees", json!(true))]),
    })
}

fn a_reason_in_one_language_waits_for_the_other(database: Database) {
    let county = County::shared(database);
    let (hospital, plan) = (county.key_of("hospital"), county.plan("silver-oak"));
    let with_people = || {
        let request = nights(county, &county.person("silver-oak"), 60, "2026-04-30");
        let case = county.submit(hospital, "authorizations", &request);
        assert_eq!(case["why_people"]["code"], "clinical-review");
        county.again(&plan.reviewer, &case)
    };
    let clock = |case: &Value| {
        let clocks = county.again(hospital, case)["deadlines"].as_array().expect("a list").clone();
        let own = clocks.iter().find(|clock| clock["rule"] == "authorization-translation");
        own.map(|clock| text(clock, "/state").to_owned()).unwrap_or_default()
    };
    let notice = |case: &Value, language: &str| {
        let body = json!({ "sent_on": "2026-03-02", "route": "mail", "language": language });
        county.change(&plan.reviewer, case, "member-notices", &body)
    };

    // A criterion brings its words in both languages; nothing more need be written.
    let case = with_people();
    let criterion =
        case["findings"].as_array().expect("a list").iter().find(|one| one["outcome"] == "not-met");
    let criterion = text(criterion.expect("something is not met"), "/criterion").to_owned();
    let denial = json!({ "decision": "deny", "kind": "clinical", "criteria": [criterion] });
    let denied = county.change(&plan.reviewer, &case, "decisions", &denial).with(200);
    let (en, es) = (text(&denied, "/denial/reason/en"), text(&denied, "/denial/reason/es"));
    assert!(!en.is_empty() && !es.is_empty() && en != es, "{denied}");
    assert!(denied["denial"]["translation"].is_null());
    assert_eq!(clock(&denied), "");
    assert!(county.work_item("silver-oak", &denied).is_none());
    let criterion_words = en.to_owned();

    // Free text is taken in the language that the reviewer writes, and the other is a task with a clock.
    let case = with_people();
    let denial = json!({
        "decision": "deny", "kind": "clinical", "criteria": [criterion], "reason": { "es": "Puede sanar en casa." },
    });
    let denied = county.change(&plan.reviewer, &case, "decisions", &denial).with(200);
    assert_eq!(denied["state"], "denied");
    assert_eq!(denied["denial"]["translation"], json!({ "language": "en", "state": "wanted" }));
    assert!(text(&denied, "/denial/reason/es").ends_with(" Puede sanar en casa."), "{denied}");
    assert!(text(&denied, "/denial/reason/en").starts_with(&criterion_words), "{denied}");
    assert_eq!(clock(&denied), "open");
    let item = county.work_item("silver-oak", &denied).expect("a task");
    assert_eq!(item["why"]["code"], "translation-wanted");

    // The member is not told in a language in which the reason is missing.
    let refused = notice(&denied, "en-US");
    assert_eq!((refused.status, text(&refused.json, "/errors/0/code")), (422, "translation-wanted"));
    let told = notice(&denied, "es").with(200);
    // (language, whose key, status)
    let english = "The member can heal at home.";
    let translate = |key: &str, case: &Value, language: &str| {
        let body = json!({ "language": language, "text": english });
        county.change(key, case, "translations", &body).status
    };
    for (language, key, status) in [
        ("es", plan.clerk.as_str(), 422),
        ("fr", plan.clerk.as_str(), 422),
        ("en", hospital, 403),
        ("en", plan.clerk.as_str(), 200),
    ] {
        assert_eq!(translate(key, &told, language), status, "{language}");
    }
    let whole = county.again(hospital, &denied);
    assert_eq!(whole["state"], "denied");
    assert_eq!(whole["denial"]["reviewer"], plan.license, "who translates decides nothing");
    assert!(whole["denial"]["translation"].is_null());
    assert_eq!(text(&whole, "/denial/reason/en"), format!("{criterion_words} {english}"));
    assert_eq!(clock(&denied), "met");
    assert!(county.work_item("silver-oak", &denied).is_none());
    assert_eq!(notice(&whole, "en").status, 200);
    assert_eq!(translate(&plan.clerk, &county.again(&plan.clerk, &denied), "en"), 422, "it was wanted once");

    // Neither words nor criteria are no reason.
    let case = with_people();
    let silent = json!({ "decision": "deny", "kind": "clinical", "reason": {} });
    let refused = county.change(&plan.reviewer, &case, "decisions", &silent);
    assert_eq!((refused.status, text(&refused.json, "/errors/0/pointer")), (422, "/reason"));
}

/// A case with a reason that one language was written of.
struct HalfTranslated {
    /// Step that the reason is of, as a translation names it.
    of: &'static str,
    plan: &'static str,
    /// Key of whoever sent the case.
    key: String,
    case: Value,
    /// Place of the reason in the case.
    at: &'static str,
    /// The clock of its other language.
    clock: &'static str,
}

const ES: &str = "Se explica por carta.";
const EN: &str = "A letter explains it.";

/// A referral that is sent elsewhere, more time, a dispute in which the plan stands by what it did, more than
/// a limit gives, and a credentialing file that is declined, ended or read again: each with its reason in
/// Spanish only.
fn half_translated(county: &County) -> Vec<HalfTranslated> {
    let words = || json!({ "es": ES });
    let decide = |plan: &str, case: &Value, decision: &Value| {
        let key = &county.plan(plan).reviewer;
        county.change(key, &county.again(key, case), "decisions", decision).with(200)
    };

    let request = json!({
        "member": county.person("costa-alta").named(), "service": "medically-tailored-meals", "facts": [],
    });
    let referral = county.submit(county.key_of("mesa-verde"), "referrals", &request);
    let redirect =
        json!({ "decision": "redirect", "to": { "service": "housing-deposits" }, "reason": words() });
    let redirected = decide("costa-alta", &referral, &redirect);

    let request = nights(county, &county.person("silver-oak"), 60, "2026-04-30");
    let waiting = county.submit(county.key_of("hospital"), "authorizations", &request);
    let more = json!({ "requested_by": "plan", "reason": words() });
    let extended =
        county.change(&county.plan("silver-oak").reviewer, &waiting, "extensions", &more).with(200);

    let lines = [billed("S9977 U7", 1, "2026-02-20", "40.00")];
    let bill = json!({
        "member": county.person("costa-alta").named(), "diagnoses": ["Z59.02"], "lines": lines,
    });
    let claim = county.submit(county.key_of("mesa-verde"), "claims", &bill);
    let denial = json!({
        "decision": "deny", "kind": "administrative", "criteria": ["ca.coverage"],
        "reason": { "en": "Not covered.", "es": "Sin cobertura." },
    });
    let denied = decide("costa-alta", &claim, &denial);
    let dispute = json!({ "reason": "It was covered." });
    let mesa_verde = county.key_of("mesa-verde");
    let disputed =
        county.change(mesa_verde, &county.again(mesa_verde, &denied), "disputes", &dispute).with(200);
    let upheld = decide("costa-alta", &disputed, &json!({ "decision": "uphold", "reason": words() }));

    let request = json!({
        "member": county.person("valle-vista").named(), "service": "medically-tailored-meals",
        "lines": [asked("S5170 U6", 168, "2026-03-02", "2026-05-31")], "facts": [],
    });
    let beyond = county.submit(mesa_verde, "authorizations", &request);
    let granted = decide("valle-vista", &beyond, &json!({ "decision": "approve", "exception": words() }));

    let half = |of, (plan, sender), case, at, clock| HalfTranslated {
        of,
        plan,
        key: county.key_of(sender).to_owned(),
        case,
        at,
        clock,
    };
    let mut all = vec![
        half("redirect", ("costa-alta", "mesa-verde"), redirected, "/redirect", "referral-translation"),
        half("extension", ("silver-oak", "hospital"), extended, "/extension", "authorization-translation"),
        half("dispute", ("costa-alta", "mesa-verde"), upheld, "/disputes/0/answer", "claim-translation"),
        half(
            "exception",
            ("valle-vista", "mesa-verde"),
            granted,
            "/exceptions/0",
            "authorization-translation",
        ),
    ];
    for (of, before) in [("decline", None), ("end", Some("approve")), ("reopen", Some("approve"))] {
        let provider = county.new_provider(&["meals"]);
        let mut case = file_of_meals(county, &provider.key);
        if let Some(before) = before {
            case = decide("costa-alta", &case, &json!({ "decision": before }));
        }
        let case = decide("costa-alta", &case, &json!({ "decision": of, "reason": words() }));
        let (at, clock) = ("/reviews/0", "application-translation");
        all.push(HalfTranslated { of, plan: "costa-alta", key: provider.key, case, at, clock });
    }
    all
}

/// A provider's credentialing file, which Costa Alta's people read.
fn file_of_meals(county: &County, key: &str) -> Value {
    let file = json!({
        "legal_name": "Provider of Meals", "services": ["medically-tailored-meals"], "counties": [COUNTY],
        "plans": ["costa-alta"], "answers": [], "documents": [],
    });
    county.submit(key, "applications", &file)
}

/// DHCS APL 25-005 and 42 CFR 438.10(d): what is told is there in the reader's language; nobody's decision
/// waits for it.
fn every_reason_is_taken_in_one_language(database: Database) {
    let county = County::shared(database);
    for HalfTranslated { of, plan, key, case, at, clock } in half_translated(county) {
        let (key, clerk) = (&*key, &county.plan(plan).clerk);
        let state = |wanted: &str| {
            let seen = county.again(key, &case);
            let clocks = seen["deadlines"].as_array().expect("a list").clone();
            let own = clocks.iter().find(|one| one["rule"] == clock);
            assert_eq!(own.map(|one| text(one, "/state")), Some(wanted), "{of}: {seen:#}");
            seen.pointer(at).unwrap_or_else(|| panic!("{of}: {at} of {seen:#}")).clone()
        };
        let half = state("open");
        assert_eq!(half["translation"], json!({ "language": "en", "state": "wanted" }), "{of}");
        assert_eq!(text(&half, "/reason/es"), ES, "{of}");
        let coming = text(&half, "/reason/en").to_owned();
        assert!(!coming.is_empty() && coming != EN, "{of}: who reads English is told that it is on its way");
        let item = county.work_item(plan, &case).unwrap_or_else(|| panic!("{of}: it is a task"));
        let decided = !["extension", "reopen"].contains(&of);
        assert_eq!(item["why"]["code"] == "translation-wanted", decided, "{of}: {item}");

        let translate = |of: Value, language: &str| {
            let body = json!({ "of": of, "language": language, "text": EN });
            county.change(clerk, &county.again(clerk, &case), "translations", &body)
        };
        assert_eq!(translate(Value::Null, "es").status, 422, "{of}: it is written in Spanish");
        assert_eq!(translate(json!("refusal"), "en").status, 422, "{of}: it is of something else");
        assert_eq!(translate(json!("nothing"), "en").status, 422, "{of}");
        let before = translate(json!(of), "en").with(200);
        assert_eq!(before["state"], case["state"], "{of}: who translates decides nothing");
        let whole = state("met");
        assert!(whole["translation"].is_null(), "{of}");
        assert_eq!((text(&whole, "/reason/en"), text(&whole, "/reason/es")), (EN, ES), "{of}");
        let step = county.timeline(clerk, &case).into_iter().rfind(|step| step["event"] == "translate");
        let step = step.expect("it is on the timeline");
        assert_eq!(step["detail"], json!({ "language": "en", "of": of }), "{of}");
        if ["extension", "end", "reopen"].contains(&of) {
            told_in_words(county, key, &case);
        }
        if decided {
            assert!(county.work_item(plan, &case).is_none(), "{of}: the task is done");
        }
    }
}

/// Whoever writes a reason keeps its clock. What ends it otherwise keeps nothing, whatever else was said of
/// the case: it is cancelled, neither met nor missed. (DHCS APL 25-005)
fn a_reason_that_nobody_needs_any_more_was_not_translated(database: Database) {
    let county = County::shared(database);
    let half = || json!({ "es": ES });
    let whole = || json!({ "en": EN, "es": ES });
    let decide = |plan: &str, case: &Value, decision: Value| {
        let key = &county.plan(plan).reviewer;
        county.change(key, &county.again(key, case), "decisions", &decision).with(200)
    };
    let clock = |key: &str, case: &Value, rule: &str| {
        let seen = county.again(key, case);
        let clocks = seen["deadlines"].as_array().expect("a list").clone();
        let own = clocks.iter().find(|one| one["rule"] == rule);
        own.map(|clock| text(clock, "/state").to_owned()).unwrap_or_default()
    };

    let (hospital, silver_oak) = (county.key_of("hospital"), county.plan("silver-oak"));
    let request = nights(county, &county.person("silver-oak"), 60, "2026-04-30");
    let waiting = county.submit(hospital, "authorizations", &request);
    let more = json!({ "requested_by": "plan", "reason": half() });
    let longer = county.change(&silver_oak.reviewer, &waiting, "extensions", &more).with(200);
    assert_eq!(clock(hospital, &longer, "authorization-translation"), "open");
    county.change(hospital, &longer, "withdrawal", &json!({})).with(200);
    assert_eq!(clock(hospital, &longer, "authorization-translation"), "cancelled", "it was taken back");

    const FILES: &str = "application-translation";
    let provider = county.new_provider(&["meals"]);
    let file = file_of_meals(county, &provider.key);
    let declined = decide("costa-alta", &file, json!({ "decision": "decline", "reason": half() }));
    assert_eq!(clock(&provider.key, &declined, FILES), "open");
    decide("costa-alta", &declined, json!({ "decision": "reopen", "reason": whole() }));
    assert_eq!(clock(&provider.key, &declined, FILES), "cancelled", "another reason took its place");

    let provider = county.new_provider(&["meals"]);
    let file = json!({
        "legal_name": "Provider of Meals", "services": ["medically-tailored-meals"], "counties": [COUNTY],
        "plans": ["costa-alta", "valle-vista"], "answers": [], "documents": [],
    });
    let file = county.submit(&provider.key, "applications", &file);
    decide("valle-vista", &file, json!({ "decision": "decline", "reason": whole() }));
    decide("costa-alta", &file, json!({ "decision": "approve" }));
    decide("costa-alta", &file, json!({ "decision": "reopen", "reason": half() }));
    assert_eq!(clock(&provider.key, &file, FILES), "open");
    decide("costa-alta", &file, json!({ "decision": "approve" }));
    assert_eq!(clock(&provider.key, &file, FILES), "cancelled", "another plan's reason is no translation");
}

/// The notice about more time names the reason, so that it is sent again when the reason is whole; so do
/// those about a file that is read again, and about an approval that ends.
fn told_in_words(county: &County, key: &str, case: &Value) {
    until("the reason in both languages", || {
        let page = county.client().read(key, "/v1/notices?limit=200");
        let items = page["items"].as_array().expect("a list");
        let says = |notice: &&Value| {
            let (en, es) = (text(notice, "/text/en"), text(notice, "/text/es"));
            notice["case"] == case["id"] && en.ends_with(EN) && es.ends_with(ES)
        };
        items.iter().find(says).map(|_| ())
    });
}

fn of_several_reasons_the_one_that_is_named_is_written(database: Database) {
    let county = County::shared(database);
    let (hospital, plan) = (county.key_of("hospital"), county.plan("silver-oak"));
    let request = nights(county, &county.person("silver-oak"), 60, "2026-04-30");
    let case = county.submit(hospital, "authorizations", &request);
    let more = json!({ "requested_by": "plan", "reason": { "en": "A paper is on its way." } });
    let case = county.change(&plan.reviewer, &case, "extensions", &more).with(200);
    let denial =
        json!({ "decision": "deny", "kind": "clinical", "reason": { "en": "It can heal at home." } });
    let denied = county.change(&plan.reviewer, &case, "decisions", &denial).with(200);
    let translate = |more: Value| {
        let mut body = json!({ "language": "es", "text": "Por escrito." });
        if !more.is_null() {
            body["of"] = more;
        }
        county.change(&plan.clerk, &county.again(&plan.clerk, &denied), "translations", &body)
    };
    let unclear = translate(Value::Null);
    assert_eq!((unclear.status, text(&unclear.json, "/errors/0/pointer")), (422, "/of"));
    assert!(text(&unclear.json, "/errors/0/fix").contains("refusal, extension"), "{}", unclear.json);
    let one = translate(json!("extension")).with(200);
    assert!(one["extension"]["translation"].is_null());
    assert_eq!(one["denial"]["translation"]["language"], "es", "the other one waits");
    // The member's notice waits for the decision's reason alone.
    let notice = json!({ "sent_on": "2026-03-02", "route": "mail", "language": "es" });
    assert_eq!(county.change(&plan.reviewer, &one, "member-notices", &notice).status, 422);
    let both = translate(Value::Null).with(200);
    assert!(both["denial"]["translation"].is_null(), "one is left, and need not be named");
    county.change(&plan.reviewer, &both, "member-notices", &notice).with(200);
}

/// Does something with a contract of the version that was read.
fn with_contract(county: &County, key: &str, contract: &Value, step: &str, body: &Value) -> Answer {
    let path = format!("/v1/contracts/{}/{step}", text(contract, "/id"));
    county.client().send(&Request::post(path, body).by(key).of_version(&contract["version"]))
}

/// Waits until as many notices about contracts have told the whole reason.
fn told_of_contract(county: &County, key: &str, times: usize) {
    until("the contract's reason in both languages", || {
        let page = county.client().read(key, "/v1/notices?limit=200");
        let items = page["items"].as_array().expect("a list");
        let says = |notice: &&Value| {
            let (en, es) = (text(notice, "/text/en"), text(notice, "/text/es"));
            let is_whole = en.contains("both languages") && en.ends_with(EN) && es.ends_with(ES);
            notice["kind"] == "contract-step" && is_whole
        };
        (items.iter().filter(says).count() >= times).then_some(())
    });
}

/// The plan's worklist entry for a contract, found a page at a time.
fn contracts_work(county: &County, plan: &str, contract: &Value) -> Option<Value> {
    let mut path = "/v1/worklist?limit=5".to_owned();
    loop {
        let page = county.client().read(&county.plan(plan).reviewer, &path);
        let items = page["items"].as_array().expect("a list");
        if let Some(item) = items.iter().find(|item| item["contract"] == contract["id"]) {
            return Some(item.clone());
        }
        path = format!("/v1/worklist?limit=5&cursor={}", page["next_cursor"].as_str()?);
    }
}

/// A contract that ends for a credentialing file has the reason that the plan's people gave there: in the
/// language in which it was written, and in the other with the same step.
fn a_files_reason_goes_on_into_the_contract(database: Database) {
    let county = County::shared(database);
    let plan = county.plan("costa-alta");
    for (decision, effective) in [("end", "2026-03-02"), ("decline", "2026-03-02"), ("decline", "2026-04-01")]
    {
        let what = format!("{decision} of what began on {effective}");
        let provider = county.new_provider(&["meals"]);
        let decide =
            |case: &Value, body: Value| county.change(&plan.reviewer, case, "decisions", &body).with(200);
        let mut file = file_of_meals(county, &provider.key);
        file = decide(&file, json!({ "decision": "approve", "effective": effective }));
        if decision == "decline" {
            let both = json!({ "en": "A paper is missing.", "es": "Falta un documento." });
            file = decide(&file, json!({ "decision": "reopen", "reason": both }));
            assert!(file["reviews"][0]["translation"].is_null(), "{what}: nothing is wanted of it");
            assert_eq!(text(&file, "/reviews/0/reason/es"), "Falta un documento.", "{what}");
        }
        file = decide(&file, json!({ "decision": decision, "reason": { "es": ES } }));
        let contract = || {
            let page = county.client().read(&provider.key, "/v1/contracts?state=ended");
            page["items"].as_array().filter(|items| items.len() == 1).expect("one contract")[0].clone()
        };
        let half = contract();
        let wanted = json!({ "language": "en", "state": "wanted" });
        assert_eq!(half["standing"]["translation"], wanted, "{what}: {half:#}");
        assert_eq!(text(&half, "/standing/reason/es"), ES, "{what}");
        let body = json!({ "language": "en", "text": EN });
        let foreign = county.change(&county.plan("valle-vista").clerk, &file, "translations", &body);
        assert_eq!(foreign.status, 404, "{what}: it is not read by every plan");
        county.change(&plan.clerk, &file, "translations", &body).with(200);
        let whole = contract();
        assert!(whole["standing"]["translation"].is_null(), "{what}: {whole:#}");
        assert_eq!(whole["standing"]["reason"], json!({ "en": EN, "es": ES }), "{what}");
        assert_eq!((&whole["state"], &whole["terms"]), (&half["state"], &half["terms"]), "{what}");
        told_of_contract(county, &provider.key, 1);
    }
}

/// A contract that is suspended or ends: the reason is the provider's to read, and no step waits for a
/// language.
fn a_contracts_reason_is_taken_in_one_language(database: Database) {
    let county = County::shared(database);
    let (plan, provider) = (county.plan("valle-vista"), county.new_provider(&["meals"]));
    let meals = ["medically-tailored-meals"];
    let mut contract = county.record_contract("valle-vista", &provider, &meals, ("2026-01-01", None));
    let silent = json!({ "step": "suspend", "reason": {} });
    let refused = with_contract(county, &plan.clerk, &contract, "steps", &silent);
    assert_eq!((refused.status, text(&refused.json, "/errors/0/pointer")), (422, "/reason"));
    let translation = |of: &str, language: &str| json!({ "of": of, "language": language, "text": EN });
    let nothing =
        with_contract(county, &plan.clerk, &contract, "translations", &translation("suspend", "en"));
    assert_eq!((nothing.status, text(&nothing.json, "/errors/0/code")), (422, "not-wanted"));
    for (times, (step, other)) in (1..).zip([("suspend", "end"), ("end", "suspend")]) {
        let body = json!({ "step": step, "reason": { "es": ES } });
        contract = with_contract(county, &plan.reviewer, &contract, "steps", &body).with(200);
        let standing = contract["standing"].clone();
        assert_eq!(standing["translation"], json!({ "language": "en", "state": "wanted" }), "{step}");
        assert_eq!(text(&standing, "/reason/es"), ES, "{step}");
        let coming = text(&standing, "/reason/en");
        assert!(!coming.is_empty() && coming != EN, "{step}: who reads English is told that it is coming");
        let read = county.client().read(&provider.key, &format!("/v1/contracts/{}", text(&contract, "/id")));
        assert_eq!(read["standing"], standing, "{step}: the provider is told as much");
        // It is a task with a clock: one business day, as for the reason of a decision.
        let due = "2026-03-04T07:59:59.999Z";
        assert_eq!(text(&standing, "/translation_due_at"), due, "{step}");
        let item =
            contracts_work(county, "valle-vista", &contract).unwrap_or_else(|| panic!("{step}: a task"));
        assert_eq!((text(&item, "/why/code"), text(&item, "/due_at")), ("translation-wanted", due), "{step}");
        assert_eq!((text(&item, "/kind"), &item["version"]), ("contract", &contract["version"]), "{step}");
        assert!(
            contracts_work(county, "harbor-crest", &contract).is_none(),
            "{step}: it is the plan's alone"
        );

        let translate = |key: &str, of: &str, language: &str| {
            with_contract(county, key, &contract, "translations", &translation(of, language))
        };
        assert_eq!(translate(&plan.clerk, step, "es").status, 422, "{step}: it is written in Spanish");
        assert_eq!(translate(&plan.clerk, other, "en").status, 422, "{step}: it is of something else");
        assert_eq!(translate(&provider.key, step, "en").status, 403, "{step}: it is the plan's to say");
        let foreign = &county.plan("harbor-crest").clerk;
        assert_eq!(translate(foreign, step, "en").status, 404, "{step}: another plan has no part in it");
        let before = contract.clone();
        contract = translate(&plan.clerk, step, "en").with(200);
        assert_eq!(contract["standing"]["reason"], json!({ "en": EN, "es": ES }), "{step}");
        assert!(contract["standing"]["translation"].is_null(), "{step}");
        assert!(contracts_work(county, "valle-vista", &contract).is_none(), "{step}: the task is done");
        assert!(contract["standing"]["translation_due_at"].is_null(), "{step}");
        assert_eq!((&contract["state"], &contract["terms"]), (&before["state"], &before["terms"]), "{step}");
        let stale = with_contract(county, &plan.clerk, &before, "translations", &translation(step, "en"));
        assert_eq!(stale.status, 412, "{step}");
        let path = format!("/v1/contracts/{}/timeline", text(&contract, "/id"));
        let timeline = county.client().read(&provider.key, &path);
        let last = timeline["items"].as_array().and_then(|items| items.last()).expect("a step");
        assert_eq!(last["event"], "translate", "{step}");
        assert_eq!(last["detail"], json!({ "language": "en", "of": step }), "{step}");
        told_of_contract(county, &provider.key, times);
    }
}

/// Harbor Crest closes on Juneteenth, a Friday on which the state works: its people write on Monday.
fn a_contracts_reason_waits_for_the_plans_own_days(database: Database) {
    let mut county = County::of(Server::start(database), &["harbor-crest"]);
    county.server.start_again_at("2026-06-18T18:00:00Z");
    let provider = county.new_provider(&["meals"]);
    let meals = ["medically-tailored-meals"];
    let contract = county.record_contract("harbor-crest", &provider, &meals, ("2026-01-01", None));
    let suspend = json!({ "step": "suspend", "reason": { "es": ES } });
    let reviewer = &county.plan("harbor-crest").reviewer;
    let suspended = with_contract(&county, reviewer, &contract, "steps", &suspend).with(200);
    assert_eq!(text(&suspended, "/standing/translation_due_at"), "2026-06-23T06:59:59.999Z");
}

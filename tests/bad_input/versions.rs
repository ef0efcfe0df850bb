//! Attempts that are not named, cases that are there already, and changes of another version than the one
//! that is there.

use serde_json::{Value, json};

use super::{INVALID, Kind, Row, Sender, row};
use crate::harness::{Request, text};
use crate::journeys::ecm_referral;

const NO_ATTEMPT: Kind =
    Kind(400, "missing-idempotency-key", "Say which attempt this is: send an Idempotency-Key");
const BAD_ATTEMPT: Kind = Kind(400, "malformed-idempotency-key", "The Idempotency-Key cannot be used");
const DUPLICATE: Kind = Kind(409, "duplicate", "The member already has an open case for this");
const NOT_NOW: Kind = Kind(409, "not-allowed-now", "The state it is in does not allow this");
const STALE: Kind = Kind(412, "stale", "It changed since it was read; read it again");
const NO_VERSION: Kind =
    Kind(428, "precondition-required", "Say which version is to be changed: send If-Match");

const SEND_IF_MATCH: &str = "send If-Match with the ETag of the version that was read";
const VERSION_1: &str = "its version is 1 now: if the change still fits, send it with If-Match: \"1\"";
const VERSION_2: &str = "its version is 2 now: if the change still fits, send it with If-Match: \"2\"";

#[test]
fn attempts() {
    let sender = &Sender::new();
    let post = || sender.refer(|_| ());
    let bad = |name, request| {
        let form = "it must be sent once, with 1 to 200 visible ASCII characters, quoted or not";
        row(name, request, BAD_ATTEMPT).saying(form)
    };
    sender.refused([
        row("none", post().without("Idempotency-Key"), NO_ATTEMPT).saying(
            "send Idempotency-Key: any unique text, such as a UUID; keep it, to send the same request again",
        ),
        bad("an empty one", post().once("")),
        bad("half a quotation", post().once("\"half quoted")),
        bad("one of 201 characters", post().once(&"x".repeat(201))),
        bad("two at once", post().once("one").header("Idempotency-Key", "two")),
    ]);
}

/// A case of a member of its own, which is there in each of these tests.
fn with_a_case() -> (Sender, Value, Value) {
    let sender = Sender::new();
    let body = ecm_referral(&sender.county.person("valle-vista"));
    let case = sender.client.send(&sender.post("/v1/referrals", &body)).with(201);
    (sender, body, case)
}

#[test]
fn a_case_that_is_there_already() {
    let (sender, body, case) = with_a_case();
    let again = || sender.post("/v1/referrals", &body);
    sender.refused([row("the same referral", again(), DUPLICATE)]);
    assert_eq!(sender.client.send(&again()).json["case"], case["id"]);
    // Another organization's goes with it. Which case that is, is not for the other organization to know.
    let other = Request::post("/v1/referrals", &body).by(sender.county.key_of("casa-puente"));
    let other = sender.client.send(&other).with(201);
    assert_eq!(text(&other, "/state"), "joined");
    assert!(other["follows"].is_null() && other["id"] != case["id"]);
}

/// A step of the case.
fn step(sender: &Sender, case: &Value, body: &Value) -> Request {
    sender.post(&format!("/v1/referrals/{}/status", text(case, "/id")), body)
}

#[test]
fn versions_of_a_case() {
    let (sender, _, case) = with_a_case();
    let accept = || step(&sender, &case, &json!({ "status": "accepted" }));
    let matching = |tags: &str| accept().header("If-Match", tags);
    let stale = |name, request, now| row(name, request, STALE).saying(now);
    sender.refused([
        row("none", accept(), NO_VERSION).saying(SEND_IF_MATCH),
        stale("before the first", accept().of_version(&json!(0)), VERSION_1),
        stale("one to come", accept().of_version(&json!(99)), VERSION_1),
        stale("two of nobody's", matching("\"77\", \"99.0123456789abcdef\""), VERSION_1),
        row("weak ones", matching("W/\"1\", W/\"2\", W/\"3\""), STALE),
    ]);
    let done = sender.client.send(&matching(&format!("\"99\", \"{}\"", case["version"])));
    assert_eq!(done.status, 200, "one of the versions is the one that is there");
    assert!(done.header("etag").starts_with(&format!("\"{}.", done.json["version"])));
    let version = &done.json["version"];
    sender.refused([stale("the one before", accept().of_version(&case["version"]), VERSION_2)]);
    sender.refused(steps_that_do_not_fit(&sender, &case, version));
}

/// Steps of a case that a provider has accepted.
fn steps_that_do_not_fit(sender: &Sender, case: &Value, version: &Value) -> [Row; 3] {
    let step = |name, body: Value, kind| row(name, step(sender, case, &body).of_version(version), kind);
    [
        step("accepted again", json!({ "status": "accepted" }), NOT_NOW)
            .saying("cannot provider-accept a referral that is provider-accepted"),
        step("closed without a reason", json!({ "status": "closed" }), INVALID).at(
            "/closure_reason",
            "missing-field",
            "closed needs this",
            "send it",
        ),
        step(
            "closed for a reason that is none",
            json!({ "status": "closed", "closure_reason": "boredom" }),
            INVALID,
        )
        .at(
            "/closure_reason",
            "unknown-code",
            "this is no closure reason",
            "send one of: services-received, provider-declined, provider-no-capacity, unable-to-reach, \
             member-declined, member-no-longer-needs, not-eligible, not-authorized, lost-coverage, changed-plan, \
             moved, deceased, duplicate, other",
        ),
    ]
}

#[test]
fn versions_of_a_member() {
    let (sender, _, case) = with_a_case();
    let member = format!("/v1/members/{}", text(&case, "/member_id"));
    let patch = || sender.post(&member, &json!({ "phone": "530-555-0143" })).method("PATCH");
    let get = || sender.get(&format!("{member}?purpose=treatment"));
    sender.refused([
        row("none", patch(), NO_VERSION).saying(SEND_IF_MATCH),
        row("one to come", patch().of_version(&json!(77)), STALE).saying(VERSION_1),
    ]);
    let tag = sender.client.send(&get()).header("etag").to_owned();
    assert_eq!(sender.client.send(&get().header("If-None-Match", &tag)).status, 304);
    let any = sender.client.send(&patch().header("If-Match", "*"));
    assert_eq!(any.status, 200, "whichever version is there");
    let tag = sender.client.send(&get()).header("etag").to_owned();
    let patched = sender.client.send(&patch().header("If-Match", &tag));
    assert_eq!((patched.status, text(&patched.json, "/contact/phone/source")), (200, "provider"));
}

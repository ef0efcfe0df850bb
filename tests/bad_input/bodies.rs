//! Bodies that are no JSON, of the wrong shape, too large, or of another media type.

use serde_json::{Value, json};

use super::{INVALID, Kind, Row, Sender, referral, row};
use crate::harness::{County, Database, Request, every, raw};

const MALFORMED: Kind = Kind(400, "malformed-json", "The body is not JSON");
const TOO_LARGE: Kind = Kind(413, "body-too-large", "The body is too large");
const MEDIA_TYPE: Kind = Kind(415, "unsupported-media-type", "This operation does not read that media type");

/// Fix of an unknown field of a referral, which lists the known ones.
const FIELDS: &str = "leave it out; known here: member, service, populations, urgency, preferred_provider, \
     facts, documents";

fn post(sender: &Sender, body: impl Into<Vec<u8>>) -> Request {
    Request::bytes("/v1/referrals", "application/json", body).by(sender.key)
}

#[test]
fn what_is_no_json() {
    let sender = &Sender::new();
    let good = referral(sender.person, |_| ()).to_string();
    sender.refused([
        row("an object that does not end", post(sender, "{\"member\": "), MALFORMED)
            .saying("the JSON cannot be read from line 1, column 11 on"),
        row("nothing", post(sender, ""), MALFORMED)
            .saying("the JSON cannot be read from line 1, column 0 on"),
        row("words", post(sender, "not json"), MALFORMED)
            .saying("the JSON cannot be read from line 1, column 2 on"),
        row("two bodies", post(sender, format!("{good} {good}")), MALFORMED)
            .saying("the JSON cannot be read from line 1, column 460 on"),
        row("no UTF-8", post(sender, [b'{', b'"', 0xff, b'"']), MALFORMED)
            .saying("the JSON cannot be read from line 1, column 3 on"),
    ]);
}

fn wrong_type(name: &'static str, request: Request, pointer: &'static str, fix: &'static str) -> Row {
    row(name, request, INVALID).at(pointer, "wrong-type", "the value is of the wrong type", fix)
}

#[test]
fn what_has_the_wrong_type() {
    let sender = &Sender::new();
    let deep = "[".repeat(100_000);
    let half = json!({
        "member": sender.person.named(), "service": "ecm",
        "lines": [{
            "procedure": { "code": "G9012", "modifiers": ["U2"] },
            "units": 1.5, "first": "2026-03-02", "last": "2026-03-02",
        }],
    });
    sender.refused([
        wrong_type("a list", post(sender, "[]"), "", "send an object"),
        wrong_type("null", post(sender, "null"), "", "send an object"),
        wrong_type(
            "lists in lists without end",
            post(sender, format!("{{\"facts\": {deep}")),
            "/facts/0/0",
            "send text",
        ),
        wrong_type(
            "a number for a code",
            sender.refer(|body| body["service"] = json!(7)),
            "/service",
            "send text",
        ),
        wrong_type(
            "an object for a list",
            sender.refer(|body| body["facts"] = json!({ "code": "housing.status" })),
            "/facts",
            "send a list",
        ),
        wrong_type(
            "half a unit",
            sender.post("/v1/authorizations", &half),
            "/lines/0/units",
            "send a whole number that is not negative",
        ),
    ]);
}

#[test]
fn fields_that_are_missing_repeated_or_unknown() {
    let sender = &Sender::new();
    let good = referral(sender.person, |_| ()).to_string();
    let twice = good.replacen('{', "{\"service\": \"ecm\", ", 1);
    let unknown = "there is no such field";
    let of_member = "leave it out; known here: id, cin, birth_date, family_name, given_name";
    let with = |change: fn(&mut Value)| sender.refer(change);
    sender.refused([
        row("none at all", post(sender, "{}"), INVALID).at(
            "/member",
            "missing-field",
            "the field is missing",
            "send it",
        ),
        row("one twice", post(sender, twice), INVALID).at(
            "/service",
            "duplicate-field",
            "the field is there twice",
            "send it once",
        ),
        row("a slip", with(|body| body["servcie"] = json!("ecm")), INVALID).at(
            "/servcie",
            "unknown-field",
            unknown,
            FIELDS,
        ),
        row("one of another object", with(|body| body["member"]["name"] = json!("Quillfeather")), INVALID)
            .at("/member/name", "unknown-field", unknown, of_member),
        // A name in the place of a field is data, and is not repeated.
        row("a member's name for a field's", with(|body| body["member"]["Quillfeather"] = json!(1)), INVALID)
            .at("/member", "unknown-field", unknown, of_member),
    ]);
}

#[test]
fn what_is_too_large_or_of_another_media_type() {
    let sender = &Sender::new();
    let good = referral(sender.person, |_| ()).to_string();
    let form = Request::bytes("/v1/referrals", "application/x-www-form-urlencoded", "service=ecm");
    let expected = "send content-type: application/json";
    sender.refused([
        row("256 KiB of blanks", post(sender, format!("{good}{}", " ".repeat(256 << 10))), TOO_LARGE)
            .saying("at most 262144 bytes are read"),
        row("a form", form.by(sender.key), MEDIA_TYPE).saying(expected),
        row("no media type", post(sender, good.clone()).without("Content-Type"), MEDIA_TYPE).saying(expected),
    ]);
}

/// A body that is sent without regard to what comes back.
struct Flood {
    name: &'static str,
    path: &'static str,
    media_type: &'static str,
    key: &'static str,
    /// The header that says how long it is, or that it does not say.
    length: String,
    bytes: Vec<u8>,
}

impl Flood {
    fn check(&self, county: &County) -> Result<(), String> {
        let Self { name, path, media_type, key, length, bytes } = self;
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: crosswalk\r\nAuthorization: Bearer {key}\r\nIdempotency-Key: of-{}\r\n\
             Content-Type: {media_type}\r\n{length}\r\nConnection: close\r\n\r\n",
            bytes.len()
        );
        let answer = raw(&county.server.address, &head, bytes);
        let is_told = answer.contains("/problems/body-too-large");
        match answer.starts_with("HTTP/1.1 413 ") && is_told {
            true => Ok(()),
            false => Err(format!("{name}: {} {is_told}", answer.lines().next().unwrap_or_default())),
        }
    }
}

#[test]
fn a_body_far_too_large_is_refused_before_it_is_read() {
    let county = County::shared(Database::Sqlite);
    let (provider, plan) = (county.key_of("open-door"), &*county.plan("valle-vista").admin);
    let sized = |name, path, media_type, key, size: usize| {
        let length = format!("Content-Length: {size}");
        Flood { name, path, media_type, key, length, bytes: vec![b'x'; size] }
    };
    let chunk = format!("{:x}\r\n{}\r\n", 1 << 20, "x".repeat(1 << 20));
    let chunked = Flood {
        length: "Transfer-Encoding: chunked".to_owned(),
        bytes: chunk.repeat(16).into_bytes(),
        ..sized("one that does not say how long it is", "/v1/referrals", "application/json", provider, 0)
    };
    let floods = [
        sized("a referral", "/v1/referrals", "application/json", provider, 100 << 20),
        sized("a member file", "/v1/rosters", "text/csv", plan, 200 << 20),
        chunked,
    ];
    every(&floods, |flood| flood.check(county));
}

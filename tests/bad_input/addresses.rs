//! Addresses that are none, methods that they do not know, and queries that cannot be read.

use serde_json::{Value, json};

use super::{INVALID, Kind, Row, Sender, row};
use crate::harness::Request;

const NOT_FOUND: Kind = Kind(404, "not-found", "There is nothing here");
const METHOD: Kind = Kind(405, "method-not-allowed", "This cannot be done to this address");

#[test]
fn addresses() {
    let sender = &Sender::new();
    let nothing = |name, path: &str| row(name, sender.get(path), NOT_FOUND);
    sender.refused([
        nothing("a slip", "/v1/referals"),
        row("a method that is not known", sender.get("/v1/referrals").method("DELETE"), METHOD),
        nothing("an id that is none", "/v1/referrals/42"),
        nothing("an id of nothing", "/v1/referrals/case_00000000000000000000000000000000"),
        nothing("a way up", "/v1/referrals/%2e%2e%2fmembers"),
    ]);
}

#[test]
fn limits_and_cursors() {
    let sender = &Sender::new();
    let limit = |name, value: &str| {
        row(name, sender.get(&format!("/v1/referrals?limit={value}")), INVALID).at(
            "?limit",
            "invalid-value",
            "the limit is not a number from 1 to 200",
            "send one, or none for 50",
        )
    };
    sender.refused([
        limit("none", "0"),
        limit("too many", "201"),
        limit("a word", "many"),
        row("two limits", sender.get("/v1/referrals?limit=1&limit=2"), INVALID).at(
            "?",
            "invalid-query",
            "the query cannot be read",
            "send each parameter once, percent-encoded",
        ),
        row("a parameter's slip", sender.get("/v1/referrals?stat=closed"), INVALID).at(
            "?",
            "unknown-parameter",
            "there is no such query parameter",
            "leave it out; known here: state, member, service, plan, provider, received_from, received_to, \
             limit, cursor",
        ),
        row("a cursor of nobody's", sender.get("/v1/referrals?cursor=Quillfeather"), INVALID).at(
            "?cursor",
            "bad-cursor",
            "this cursor was not given by this list",
            "pass next_cursor of the page before, or leave it out",
        ),
    ]);
}

#[test]
fn words_of_queries() {
    let sender = &Sender::new();
    let reviewer = &sender.county.plan("valle-vista").reviewer;
    sender.refused([
        row("a state", sender.get("/v1/referrals?state=lost"), INVALID).at(
            "?state",
            "unknown-code",
            "there is no such state",
            "send one of: needs-information, with-people, accepted, provider-accepted, in-service, \
             changing-provider, redirected, not-eligible, closed, joined, moved",
        ),
        row("a state of a deadline", sender.get("/v1/deadlines?state=late"), INVALID).at(
            "?state",
            "unknown-code",
            "no such state of a deadline",
            "use open, met, missed, cancelled or lapsed",
        ),
        row("a county", sender.get("/v1/criteria?county=ZZZ"), INVALID).at(
            "?county",
            "unknown-code",
            "there is no such county",
            "send a code of GET /v1/dictionary/counties; the operator adds invented ones",
        ),
        row("a service", sender.get("/v1/criteria?service=massage"), INVALID).at(
            "?service",
            "unknown-code",
            "there is no such service",
            "send a service id of the catalog, or none for all",
        ),
        row("a kind of case", Request::get("/v1/worklist?kind=letter").by(reviewer), INVALID).at(
            "?kind",
            "unknown-code",
            "there is no such kind of case",
            "send one of: referral, authorization, claim, application",
        ),
    ]);
}

#[test]
fn activations() {
    let sender = &Sender::new();
    let plan = sender.county.plan("valle-vista");
    let activate = |name, body: Value| -> Row {
        row(name, Request::post("/v1/plans/valle-vista/activations", &body).by(&plan.admin), INVALID)
    };
    sender.refused([
        activate("a word for a digest", json!({ "digest": "latest" })).at(
            "/digest",
            "invalid-value",
            "digest must be 64 hexadecimal digits",
            "send the digest of POST /v1/plans/{id}/plugins",
        ),
        activate("a digest of nothing", json!({ "digest": "0".repeat(64) })).at(
            "/digest",
            "unknown-plugin",
            "no such plugin was uploaded for this plan",
            "upload it with POST /v1/plans/{id}/plugins",
        ),
        activate("from yesterday on", json!({ "digest": plan.digest, "from": "2026-03-01T00:00:00Z" })).at(
            "/from",
            "in-the-past",
            "a decision that was made stays as it was made",
            "give an instant that is still to come, or leave it out for now",
        ),
        activate("from some time on", json!({ "digest": plan.digest, "from": "soon" })).at(
            "/from",
            "invalid-value",
            "this is no instant",
            "send RFC 3339, such as 2026-03-01T08:00:00Z",
        ),
    ]);
}

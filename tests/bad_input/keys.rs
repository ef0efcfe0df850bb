//! Keys that are none, roles that may not, and keys and organizations that cannot be made.

use serde_json::{Value, json};

use super::{INVALID, Kind, Row, Sender, referral, row};
use crate::harness::Request;

const NOT_SIGNED_IN: Kind = Kind(401, "not-signed-in", "A valid key is needed");
const FORBIDDEN: Kind = Kind(403, "forbidden", "The key's role may not do this");
const EXISTS: Kind = Kind(409, "exists", "It names something that is taken already");

#[test]
fn keys() {
    let sender = &Sender::new();
    let list = || Request::get("/v1/referrals");
    let unknown =
        |name, request| row(name, request, NOT_SIGNED_IN).saying("send Authorization: Bearer and the key");
    sender.refused([
        unknown("none", list()),
        unknown("nobody's", list().by("cw_00000000000000000000000000000000")),
        unknown("an empty one", list().by("")),
        unknown("one of 5000 characters", list().by(&"x".repeat(5000))),
        unknown("a user's name and password", list().header("Authorization", "Basic b3Blbjpkb29y")),
        unknown("two at once", list().by(sender.key).by(sender.county.key_of("casa-puente"))),
    ]);
}

#[test]
fn roles_that_refer_nobody() {
    let sender = &Sender::new();
    let plan = sender.county.plan("valle-vista");
    let body = referral(sender.person, |_| ());
    let by = |name, key: &str| row(name, Request::post("/v1/referrals", &body).by(key), FORBIDDEN);
    sender.refused([
        by("a plan's admin", &plan.admin),
        by("a plan's reviewer", &plan.reviewer),
        by("the operator", &sender.county.server.operator),
    ]);
}

#[test]
fn what_a_provider_may_not() {
    let sender = &Sender::new();
    let digest = &sender.county.plan("valle-vista").digest;
    let organization = &sender.county.provider("open-door").id;
    let operators_key = json!({ "organization": organization, "role": "operator", "label": "x" });
    let may_not = |name, request: Request| row(name, request.by(sender.key), FORBIDDEN);
    let bytes = |path: &str, media_type, body: &str| Request::bytes(path, media_type, body);
    sender.refused([
        may_not("load a member file", bytes("/v1/rosters?plan=valle-vista", "text/csv", "CIN\n")),
        may_not(
            "add an organization",
            Request::post("/v1/organizations", &json!({ "kind": "county", "name": "Ours" })),
        ),
        may_not("make an operator's key", Request::post("/v1/keys", &operators_key)),
        may_not("list keys", Request::get("/v1/keys")),
        may_not("see a worklist", Request::get("/v1/worklist")),
        may_not("upload a plugin", bytes("/v1/plans/valle-vista/plugins", "application/wasm", "x")),
        may_not(
            "activate a plugin",
            Request::post("/v1/plans/valle-vista/activations", &json!({ "digest": digest })),
        ),
    ]);
}

#[test]
fn keys_that_cannot_be_made() {
    let sender = &Sender::new();
    let operator = &sender.county.server.operator;
    let open_door = &sender.county.provider("open-door").id;
    let of = |name, body: Value| -> Row { row(name, Request::post("/v1/keys", &body).by(operator), INVALID) };
    let nobody = "org_00000000000000000000000000000000";
    let licensed = json!({ "organization": open_door, "role": "provider", "label": "x", "license": "RN 1" });
    sender.refused([
        of("a role that is none", json!({ "organization": open_door, "role": "king", "label": "x" })).at(
            "/role",
            "unknown-code",
            "this is none of the known words",
            "send one of: provider, plan-reviewer, plan-admin, operator",
        ),
        of("a plan's role", json!({ "organization": open_door, "role": "plan-admin", "label": "x" })).at(
            "/role",
            "wrong-role",
            "this role does not fit this kind of organization",
            "providers get provider, plans get plan-reviewer or plan-admin, the county gets operator",
        ),
        of("a license", licensed).at(
            "/license",
            "not-with-this",
            "this does not go with provider",
            "leave it out",
        ),
        of("nobody's", json!({ "organization": nobody, "role": "provider", "label": "x" })).at(
            "/organization",
            "unknown-organization",
            "no such organization",
            "add it with POST /v1/organizations",
        ),
    ]);
}

#[test]
fn organizations_that_cannot_be_added() {
    let sender = &Sender::new();
    let operator = &sender.county.server.operator;
    let add =
        |name, kind, body: Value| row(name, Request::post("/v1/organizations", &body).by(operator), kind);
    sender.refused([
        add("a provider without a number", INVALID, json!({ "kind": "provider", "name": "No number" })).at(
            "/npi",
            "missing-field",
            "a provider needs this",
            "send it",
        ),
        add(
            "a number with a wrong check digit",
            INVALID,
            json!({ "kind": "provider", "name": "Wrong", "npi": "1234567890" }),
        )
        .at(
            "/npi",
            "invalid-value",
            "national provider identifier has a wrong check digit",
            "look it up in the NPI registry",
        ),
        add(
            "a plan's id that is taken",
            EXISTS,
            json!({ "kind": "plan", "name": "Second", "plan_id": "valle-vista" }),
        ),
        add(
            "a plan's id in capitals",
            INVALID,
            json!({ "kind": "plan", "name": "Shouting", "plan_id": "VALLE VISTA" }),
        )
        .at(
            "/plan_id",
            "invalid-value",
            "plan id must be 1 to 40 lower-case letters, digits and inner hyphens",
            "send a slug, such as valle-vista",
        ),
    ]);
}

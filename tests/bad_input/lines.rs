//! Lines of authorizations and claims: procedures, charges, units and places, and what else a claim carries.

use serde_json::{Value, json};

use super::{INVALID, Row, Sender, merged, row};
use crate::harness::{Request, asked, billed};
use crate::journeys::ecm;

const NO_CODE: &str = "procedure code must be a letter and four digits";
const SEND_A_CODE: &str = "send a HCPCS Level II code, such as T2033";
const NO_SERVICE: &str = "the code with these modifiers bills no service on the line's first day";
const PAIRS: &str = "send one of: G9012 GQ U2, G9012 GQ U8, G9012 U2, G9012 U8";
const MODIFIERS: &str = "send each modifier once, at most four";

#[test]
fn procedures() {
    let sender = &Sender::new();
    let procedure = |procedure: &'static str| {
        let mut body = ecm(sender.person);
        body["lines"] = json!([asked(procedure, 1, "2026-03-02", "2026-03-31")]);
        row(procedure, sender.post("/v1/authorizations", &body), INVALID)
    };
    let (code, modifiers) = ("/lines/0/procedure/code", "/lines/0/procedure/modifiers");
    sender.refused([
        procedure("ZZZZZ U2").at(code, "invalid-value", NO_CODE, SEND_A_CODE),
        procedure("99999 U2").at(code, "invalid-value", NO_CODE, SEND_A_CODE),
        procedure("G9012 U9").at(modifiers, "unknown-procedure", NO_SERVICE, PAIRS),
        procedure("G9012").at(modifiers, "unknown-procedure", NO_SERVICE, PAIRS),
        procedure("G9012 U2 U2").at(modifiers, "invalid-value", "procedure repeats a modifier", MODIFIERS),
        procedure("G9012 U2 GQ HQ KX XE").at(
            modifiers,
            "invalid-value",
            "procedure has more than four modifiers",
            MODIFIERS,
        ),
        procedure("T2033 U6").at(
            "/lines/0/procedure",
            "other-service",
            "the procedure bills another service",
            "send a procedure of the service asked for; this one bills recuperative-care",
        ),
    ]);
}

fn charged(charge: &str) -> Value {
    billed("G9012 U2", 1, "2026-03-02", charge)
}

fn claim(sender: &Sender, change: &Value) -> Request {
    let body = json!({ "member": sender.person.named(), "lines": [charged("1.00")] });
    sender.post("/v1/claims", &merged(body, change))
}

#[test]
fn charges_units_and_places() {
    let sender = &Sender::new();
    let line = |name, change: Value| -> Row {
        let lines = json!([merged(charged("1.00"), &change)]);
        let body = json!({ "diagnoses": ["Z59.02"], "lines": lines });
        row(name, claim(sender, &body), INVALID)
    };
    let (charge, dollars) = ("/lines/0/charge", "send dollars as text, such as \"1250.50\"");
    let units = "/lines/0/units";
    sender.refused([
        line("less than nothing", json!({ "charge": "-1.00" })).at(
            charge,
            "out-of-range",
            "the amount is negative or too large",
            "send the amount itself",
        ),
        line("half a cent", json!({ "charge": "1.005" })).at(
            charge,
            "invalid-value",
            "amount must be dollars with at most two decimals, such as 1250.50",
            dollars,
        ),
        line("more than there is", json!({ "charge": "99999999999999999999" })).at(
            charge,
            "invalid-value",
            "amount is out of range",
            dollars,
        ),
        line("a place that is none", json!({ "place": "ZZ" })).at(
            "/lines/0/place",
            "unknown-code",
            "this is no place of service",
            "send one of: 02, 03, 04, 09, 10, 11, 12, 13, 14, 15, 16, 21, 23, 27, 31, 50, 99",
        ),
        line("no units", json!({ "units": 0 })).at(
            units,
            "out-of-range",
            "the number is not from 1 to 10000",
            "send the number that was asked for or delivered",
        ),
        line("2^32 units", json!({ "units": 4_294_967_296_u64 })).at(
            units,
            "wrong-type",
            "the value is of the wrong type",
            "send a whole number that is not negative",
        ),
    ]);
}

#[test]
fn what_else_a_claim_carries() {
    let sender = &Sender::new();
    let with = |name, change: Value| row(name, claim(sender, &change), INVALID);
    sender.refused([
        with("a diagnosis that is none", json!({ "diagnoses": ["sad"] })).at(
            "/diagnoses/0",
            "invalid-value",
            "diagnosis code must be a letter, a digit and a letter or digit, then a dot and up to four more",
            "send an ICD-10-CM code, such as Z59.02",
        ),
        with("no lines", json!({ "lines": [] })).at(
            "/lines",
            "missing-entry",
            "the list is empty",
            "send at least one entry",
        ),
        with("51 lines", json!({ "lines": vec![charged("1.00"); 51] })).at(
            "/lines",
            "too-many",
            "there are more than 50 entries",
            "send fewer",
        ),
        with("a void of nothing, with lines", json!({ "frequency": "void" }))
            .at("/replaces", "missing-field", "a replacement or void needs this", "send it")
            .at("/lines", "not-with-this", "this does not go with a void", "leave it out"),
    ]);
}

//! Days that are none, that are to come, that are out of order, or on which nobody covers the member.

use serde_json::json;

use super::files::member_file;
use super::{INVALID, NO_COVERAGE, Row, Sender, merged, row};
use crate::harness::{COUNTY, Request, asked, billed};
use crate::journeys::ecm;

const NO_DAY: &str = "this is no day of the calendar";
const ISO: &str = "send YYYY-MM-DD";
const CHECK_COVERAGE: &str =
    "check the member's coverage with GET /v1/members/{id}/coverage and the date of the request";

/// A claim for these days.
fn claim(sender: &Sender, name: &'static str, first: &str, last: &str) -> Row {
    let line = merged(billed("G9012 U2", 1, first, "75.00"), &json!({ "last": last }));
    let body = json!({ "member": sender.person.named(), "lines": [line] });
    row(name, sender.post("/v1/claims", &body), INVALID)
}

#[test]
fn what_is_no_day() {
    let sender = &Sender::new();
    let first = |name, day: &str| {
        claim(sender, name, day, "2026-03-01").at("/lines/0/first", "invalid-day", NO_DAY, ISO)
    };
    let criteria = sender.get(&format!("/v1/criteria?on=tomorrow&county={COUNTY}"));
    sender.refused([
        first("30 February", "2026-02-30"),
        first("month, day and year", "03/01/2026"),
        first("a day with a time", "2026-03-01T10:00"),
        first("a year of two digits", "0026-03-01"),
        row("a word in a query", criteria, INVALID).at("?on", "invalid-day", NO_DAY, ISO),
    ]);
}

#[test]
fn days_to_come_and_out_of_order() {
    let sender = &Sender::new();
    let to_come = |name, first, last| {
        let (problem, fix) = ("the service is not delivered yet", "bill it after the day");
        claim(sender, name, first, last).at("/lines/0/last", "future-day", problem, fix)
    };
    let in_order = |row: Row| {
        let (problem, fix) = ("the last day is before the first", "put the days in order");
        row.at("/lines/0/last", "days-out-of-order", problem, fix)
    };
    let mut request = ecm(sender.person);
    request["lines"] = json!([asked("G9012 U2", 1, "2026-05-01", "2026-04-01")]);
    let request = sender.post("/v1/authorizations", &request);
    let fact = json!({ "code": "consent.member-agrees", "value": true, "as_of": "2026-03-03" });
    let referral = sender.refer(|body| body["facts"] = json!([fact]));
    sender.refused([
        to_come("billed for tomorrow", "2026-03-03", "2026-03-03"),
        to_come("billed for the whole month", "2026-03-01", "2026-03-31"),
        in_order(claim(sender, "billed backwards", "2026-03-02", "2026-03-01")),
        in_order(row("asked for backwards", request, INVALID)),
        row("a fact of tomorrow", referral, INVALID).at(
            "/facts/0/as_of",
            "future-day",
            "the day is in the future",
            "send the day on which it happened",
        ),
    ]);
}

#[test]
fn days_without_coverage() {
    let sender = &Sender::new();
    // A member whose coverage has ended, on the day after.
    let left = member_file(&[
        "98123450A,L1,Left,Long,1980-01-02,U,en,SRV,,San Ravel,96191,Y,,2024-01-01,2026-02-28,medi-cal,,00,6,",
    ]);
    let admin = &sender.county.plan("costa-alta").admin;
    sender.client.send(&Request::bytes("/v1/rosters", "text/csv", left).by(admin)).with(201);
    let left = json!({
        "member": { "cin": "98123450A", "birth_date": "1980-01-02", "family_name": "Left", "given_name": "Long" },
        "service": "ecm", "facts": [],
    });
    // Coverage of everybody else began on 2024-01-01.
    let before = claim(sender, "the day before the first", "2023-12-31", "2023-12-31");
    sender.refused([
        Row { kind: NO_COVERAGE, ..before }.at(
            "/member",
            "no-coverage",
            "no plan of this county covers the member for this service on 2023-12-31",
            CHECK_COVERAGE,
        ),
        row("days after the last", sender.post("/v1/referrals", &left), NO_COVERAGE).at(
            "/member",
            "no-coverage",
            "no plan of this county covers the member for this service on 2026-03-02",
            CHECK_COVERAGE,
        ),
    ]);
}

use expect_test::expect;
use jiff::civil::{Date, date};

use super::{Books, Delivered, Needs, Stop, TakenDay, Under, needs, window_lines};
use crate::Cents;
use crate::plan::billing::{AuthorizedLine, ClaimLine};
use crate::plan::types::Period;
use crate::problem::Code;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn granted(number: &str, procedure: &str, units: u32, first: &str, last: &str) -> AuthorizedLine {
    AuthorizedLine {
        number: number.to_owned(),
        presumptive: false,
        procedure: Some(procedure.parse().unwrap()),
        days: Period { first: day(first), last: Some(day(last)) },
        units: Some(units),
        used: 0,
    }
}

/// A presumptive window: any number of units on its days.
fn window(procedure: &str, first: &str, last: &str) -> AuthorizedLine {
    AuthorizedLine { presumptive: true, units: None, ..granted("window", procedure, 0, first, last) }
}

fn given(procedure: &str, units: u32, first: &str, last: &str) -> Delivered {
    Delivered { procedure: procedure.parse().unwrap(), first: day(first), last: day(last), units }
}

fn billed(number: u16, procedure: &str, units: u32, first: &str, last: &str) -> ClaimLine {
    let days = Period { first: day(first), last: Some(day(last)) };
    let procedure = procedure.parse().unwrap();
    let (service, place) = ("transitional-rent".to_owned(), "99".to_owned());
    ClaimLine { number, service, procedure, place, days, units, charge: Cents(100), minutes: None }
}

/// Used units of each line, as `number: used`.
fn used(books: &Books) -> String {
    let used: Vec<String> =
        books.authorized().iter().map(|line| format!("{}: {}", line.number, line.used)).collect();
    used.join(", ")
}

/// Months, a one-time payment, days and months again, as one approval of transitional rent gives them.
fn rent() -> Vec<AuthorizedLine> {
    vec![
        granted("months", "H0044 U6", 6, "2026-01-01", "2026-06-30"),
        granted("once", "H0040 U1", 1, "2026-01-01", "2026-06-30"),
        granted("days", "H0043 U2", 168, "2026-01-01", "2026-06-30"),
        granted("case", "H0040 U2", 6, "2026-01-01", "2026-06-30"),
    ]
}

#[test]
fn a_unit_uses_up_the_line_of_its_own_procedure_once() {
    let of = |lines: Vec<AuthorizedLine>, delivered: &[Delivered]| {
        used(&Books::open(lines, delivered, Vec::new()))
    };
    let night = |first, last, units| given("T2033 U6", units, first, last);
    let table = [
        ("twenty days of rent", of(rent(), &[given("H0043 U2", 20, "2026-01-01", "2026-01-20")])),
        (
            "two grants overlap: the one that ends first",
            of(
                vec![
                    granted("late", "T2033 U6", 10, "2026-03-01", "2026-03-20"),
                    granted("early", "T2033 U6", 3, "2026-03-01", "2026-03-10"),
                ],
                &[night("2026-03-01", "2026-03-05", 5)],
            ),
        ),
        (
            "nights on both sides of a border",
            of(
                vec![
                    granted("march", "T2033 U6", 7, "2026-03-25", "2026-03-31"),
                    granted("april", "T2033 U6", 7, "2026-04-01", "2026-04-07"),
                ],
                &[night("2026-03-29", "2026-04-02", 5)],
            ),
        ),
        (
            "outside of its days nothing is used",
            of(
                vec![granted("g", "T2033 U6", 7, "2026-03-01", "2026-03-07")],
                &[night("2026-03-08", "2026-03-08", 1)],
            ),
        ),
        (
            "care management is authorized as one service",
            of(
                vec![granted("ecm", "G9012 U2", 12, "2026-01-01", "2026-12-31")],
                &[given("G9008 GQ U1", 1, "2026-02-02", "2026-02-02")],
            ),
        ),
        (
            "a grant before a window",
            of(
                vec![
                    window("T2033 U6", "2026-03-01", "2026-03-14"),
                    granted("grant", "T2033 U6", 1, "2026-03-01", "2026-03-14"),
                ],
                &[night("2026-03-01", "2026-03-02", 2)],
            ),
        ),
        (
            "the grant of the service before a window of the procedure",
            of(
                vec![
                    window("G9008 U1", "2026-01-01", "2026-01-31"),
                    granted("ecm", "G9012 U2", 12, "2026-01-01", "2026-12-31"),
                ],
                &[given("G9008 U1", 1, "2026-01-02", "2026-01-02")],
            ),
        ),
    ];
    let table: String = table.iter().map(|(case, used)| format!("{case}: {used}\n")).collect();
    expect![[r#"
        twenty days of rent: months: 0, once: 0, days: 20, case: 0
        two grants overlap: the one that ends first: late: 2, early: 3
        nights on both sides of a border: march: 3, april: 2
        outside of its days nothing is used: g: 0
        care management is authorized as one service: ecm: 1
        a grant before a window: window: 1, grant: 1
        the grant of the service before a window of the procedure: window: 0, ecm: 1
    "#]]
    .assert_eq(&table);
}

#[test]
fn what_stops_a_line() {
    let taken = vec![TakenDay {
        procedure: "H0043 U2".parse().unwrap(),
        day: day("2026-01-05"),
        claim: Some("case_1".to_owned()),
        line: 2,
    }];
    let delivered = [given("H0043 U2", 160, "2026-01-01", "2026-01-01")];
    let open = || Books::open(rent(), &delivered, taken.clone());
    let said = |entered: Result<Under, Stop>, books: &Books| match entered {
        Ok(Under::WhatIsOnFile) => "entered".to_owned(),
        Ok(Under::TheirWord) => "entered on their word".to_owned(),
        Err(stop) => {
            let said = stop.rejection();
            assert_eq!(*books, open(), "nothing is entered");
            format!("{} {}: {}", stop.code(), said.reason_code, said.reason.en)
        }
    };
    let enter = |line: &ClaimLine, needs: Needs| {
        let mut books = open();
        said(books.enter(line, needs).map(|()| Under::WhatIsOnFile), &books)
    };
    let by_people = |line: &ClaimLine| {
        let mut books = open();
        said(books.enter_by_people(line, Needs::Permission, None), &books)
    };
    use Needs::{Nothing, Permission};
    let table = [
        ("eight days are left", enter(&billed(1, "H0043 U2", 8, "2026-02-01", "2026-02-08"), Permission)),
        ("nine are not", enter(&billed(1, "H0043 U2", 9, "2026-02-01", "2026-02-09"), Permission)),
        ("nor for people", by_people(&billed(1, "H0043 U2", 9, "2026-02-01", "2026-02-09"))),
        ("the month is its own", enter(&billed(1, "H0044 U6", 1, "2026-01-01", "2026-01-31"), Permission)),
        (
            "a day of the line is taken",
            enter(&billed(1, "H0043 U2", 3, "2026-01-03", "2026-01-05"), Permission),
        ),
        (
            "another set of modifiers is no repeat",
            enter(&billed(1, "H0040 U2", 1, "2026-01-05", "2026-01-05"), Permission),
        ),
        ("beyond the days", enter(&billed(1, "H0043 U2", 2, "2026-06-30", "2026-07-01"), Permission)),
        ("beyond the days, by people", by_people(&billed(1, "H0043 U2", 1, "2026-07-01", "2026-07-01"))),
        ("in part, by people", by_people(&billed(1, "H0043 U2", 2, "2026-06-30", "2026-07-01"))),
        (
            "on a day that is taken, by people",
            by_people(&billed(1, "H0043 U2", 1, "2026-01-05", "2026-01-05")),
        ),
        ("what needs nothing", enter(&billed(1, "H0043 U2", 1, "2026-07-01", "2026-07-01"), Nothing)),
        (
            "what needs nothing is paid once too",
            enter(&billed(1, "H0043 U2", 1, "2026-01-05", "2026-01-05"), Nothing),
        ),
    ];
    let table: String = table.iter().map(|(case, what)| format!("{case}: {what}\n")).collect();
    expect![[r#"
        eight days are left: entered
        nine are not: authorized-units 198: The units are more than the authorization has left: 8.
        nor for people: authorized-units 198: The units are more than the authorization has left: 8.
        the month is its own: entered
        a day of the line is taken: paid-once 18: H0043 U2 on 2026-01-05 is payable or paid already: line 2 of claim case_1.
        another set of modifiers is no repeat: entered
        beyond the days: authorized-service 197: No authorization covers this procedure on these days.
        beyond the days, by people: entered on their word
        in part, by people: entered on their word
        on a day that is taken, by people: paid-once 18: H0043 U2 on 2026-01-05 is payable or paid already: line 2 of claim case_1.
        what needs nothing: entered
        what needs nothing is paid once too: paid-once 18: H0043 U2 on 2026-01-05 is payable or paid already: line 2 of claim case_1.
    "#]]
    .assert_eq(&table);
}

/// A window bounds no units, so it bears what is given on its own days only. Units that lie on all days of
/// their line are the grant's where one day of the line is outside of the window.
#[test]
fn a_window_bears_what_lies_on_its_days_altogether() {
    let enter = |units: u32, first: &str, last: &str| {
        let lines = vec![
            window("H0043 U2", "2026-03-01", "2026-03-05"),
            granted("grant", "H0043 U2", 20, "2026-03-01", "2026-03-31"),
        ];
        let mut books = Books::open(lines, &[], Vec::new());
        let entered = books.enter(&billed(1, "H0043 U2", units, first, last), Needs::Permission);
        entered.map_or_else(|stop| stop.to_string(), |()| used(&books))
    };
    let table = [
        ("within the window", enter(24, "2026-03-01", "2026-03-05")),
        ("across its end", enter(20, "2026-03-04", "2026-03-07")),
        ("across its end, more than the grant", enter(24, "2026-03-04", "2026-03-07")),
        ("a unit a day, across its end", enter(4, "2026-03-04", "2026-03-07")),
        ("after it", enter(20, "2026-03-06", "2026-03-07")),
    ];
    let table: String = table.iter().map(|(case, what)| format!("{case}: {what}\n")).collect();
    expect![[r#"
        within the window: window: 4, grant: 20
        across its end: window: 0, grant: 20
        across its end, more than the grant: The units are more than the authorization has left: 20.
        a unit a day, across its end: window: 0, grant: 4
        after it: window: 0, grant: 20
    "#]]
    .assert_eq(&table);
}

#[test]
fn lines_of_one_claim_count_against_each_other() {
    let mut books = Books::open(rent(), &[], Vec::new());
    assert_eq!(books.enter(&billed(1, "H0040 U1", 1, "2026-01-05", "2026-01-05"), Needs::Permission), Ok(()));
    let again = books.enter(&billed(2, "H0040 U1", 1, "2026-01-06", "2026-01-06"), Needs::Permission);
    assert_eq!(again.unwrap_err().code(), Code::AuthorizedUnits);
    let repeated = books.enter(&billed(3, "H0040 U1", 1, "2026-01-05", "2026-01-05"), Needs::Permission);
    assert_eq!(
        repeated.unwrap_err().rejection().reason.en,
        "H0040 U1 on 2026-01-05 is on line 1 of this claim already."
    );
}

#[test]
fn a_window_opens_every_procedure_of_its_service_and_no_other() {
    let (first, last) = (date(2026, 3, 2), date(2026, 3, 15));
    let opened: Vec<String> = window_lines("rule", "recuperative-care", first, last)
        .map(|line| {
            assert!(line.presumptive && line.units.is_none() && line.number == "rule");
            format!("{} {}..{}", line.procedure.unwrap(), line.days.first, line.days.last.unwrap())
        })
        .collect();
    assert_eq!(opened, ["T2033 U6 2026-03-02..2026-03-15"]);
    assert!(
        window_lines("rule", "ecm", first, last).all(|line| line
            .procedure
            .unwrap()
            .code
            .to_string()
            .starts_with("G90"))
    );
    assert_eq!(window_lines("rule", "no-such-service", first, last).count(), 0);
}

#[test]
fn what_needs_a_permission_is_told_by_the_catalog_where_no_rate_is() {
    let on = date(2026, 3, 2);
    let of = |service: &str, procedure: &str| needs(None, service, &procedure.parse().unwrap(), on);
    assert_eq!(of("ecm", "G9012 U2"), Needs::Permission);
    assert_eq!(of("ecm", "G9012 U8"), Needs::Nothing);
    assert_eq!(of("recuperative-care", "T2033 U6"), Needs::Permission);
}

/// An amount that is owed comes off the next payments, the oldest first, in part where a payment is less
/// (005010X221A1, forwarding balance); no payment is below zero.
#[test]
fn a_payment_carries_what_it_can_take_back() {
    let carried = |paid: i64, open: &[i64]| {
        let open: Vec<Cents> = open.iter().copied().map(Cents).collect();
        let carried = super::carried(Cents(paid), &open);
        let parts: Vec<String> =
            carried.iter().map(|one| format!("{}: {} and {}", one.place, one.amount, one.rest)).collect();
        parts.join("; ")
    };
    let table = [
        ("to the last cent", carried(10_000, &[-4_000, -6_000])),
        ("less than is paid", carried(10_000, &[-4_000])),
        ("more than is paid", carried(10_600, &[-15_900])),
        ("the oldest whole, the next in part, the last not yet", carried(10_000, &[-4_000, -9_000, -1])),
        ("nothing is paid", carried(0, &[-1])),
        ("nothing is owed", carried(10_000, &[])),
        ("as much as cents hold", carried(i64::MAX, &[i64::MIN])),
    ];
    let table: String = table.iter().map(|(case, parts)| format!("{case}: {parts}\n")).collect();
    expect![[r#"
        to the last cent: 0: -40.00 and 0.00; 1: -60.00 and 0.00
        less than is paid: 0: -40.00 and 0.00
        more than is paid: 0: -106.00 and -53.00
        the oldest whole, the next in part, the last not yet: 0: -40.00 and 0.00; 1: -60.00 and -30.00
        nothing is paid: 
        nothing is owed: 
        as much as cents hold: 0: -92233720368547758.07 and -0.01
    "#]]
    .assert_eq(&table);
}

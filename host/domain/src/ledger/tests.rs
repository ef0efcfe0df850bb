use expect_test::expect;
use jiff::civil::{Date, date};

use super::{Books, Delivered, Needs, TakenDay, needs, window_lines};
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
                    AuthorizedLine {
                        presumptive: true,
                        units: None,
                        ..granted("window", "T2033 U6", 0, "2026-03-01", "2026-03-14")
                    },
                    granted("grant", "T2033 U6", 1, "2026-03-01", "2026-03-14"),
                ],
                &[night("2026-03-01", "2026-03-02", 2)],
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
    let enter = |line: &ClaimLine, needs: Needs| {
        let mut books = Books::open(rent(), &delivered, taken.clone());
        match books.enter(line, needs, None) {
            Ok(()) => "entered".to_owned(),
            Err(stop) => {
                let said = stop.rejection();
                assert_eq!(books, Books::open(rent(), &delivered, taken.clone()), "nothing is entered");
                format!("{} {}: {}", stop.code(), said.reason_code, said.reason.en)
            }
        }
    };
    use Needs::{Nothing, Permission, RoomIfPermitted};
    let table = [
        ("eight days are left", enter(&billed(1, "H0043 U2", 8, "2026-02-01", "2026-02-08"), Permission)),
        ("nine are not", enter(&billed(1, "H0043 U2", 9, "2026-02-01", "2026-02-09"), Permission)),
        ("nor for people", enter(&billed(1, "H0043 U2", 9, "2026-02-01", "2026-02-09"), RoomIfPermitted)),
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
        (
            "beyond the days, by people",
            enter(&billed(1, "H0043 U2", 1, "2026-07-01", "2026-07-01"), RoomIfPermitted),
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
        beyond the days, by people: entered
        what needs nothing: entered
        what needs nothing is paid once too: paid-once 18: H0043 U2 on 2026-01-05 is payable or paid already: line 2 of claim case_1.
    "#]]
    .assert_eq(&table);
}

#[test]
fn lines_of_one_claim_count_against_each_other() {
    let mut books = Books::open(rent(), &[], Vec::new());
    assert_eq!(
        books.enter(&billed(1, "H0040 U1", 1, "2026-01-05", "2026-01-05"), Needs::Permission, None),
        Ok(())
    );
    let again = books.enter(&billed(2, "H0040 U1", 1, "2026-01-06", "2026-01-06"), Needs::Permission, None);
    assert_eq!(again.unwrap_err().code(), Code::AuthorizedUnits);
    let repeated =
        books.enter(&billed(3, "H0040 U1", 1, "2026-01-05", "2026-01-05"), Needs::Permission, None);
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

#[test]
fn a_payment_carries_what_it_can_take_back() {
    let carried = |paid: i64, open: &[i64]| {
        let open: Vec<Cents> = open.iter().copied().map(Cents).collect();
        super::carried(Cents(paid), &open)
    };
    assert_eq!(carried(100, &[-40, -60]), [0, 1], "to the last cent");
    assert_eq!(carried(100, &[-140, -60]), [1], "what is too large waits, what is smaller need not");
    assert_eq!(carried(0, &[-1]), [] as [usize; 0]);
    assert_eq!(carried(i64::MAX, &[i64::MIN]), [] as [usize; 0]);
}

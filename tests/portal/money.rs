//! Bills, payments, the credentialing file and contracts, in the pages of who bills and who keeps the file.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::harness::{
    COUNTY, County, Database, Page, ProviderSide, Request, Seat, asked, billed, facts, on_both_databases,
    text,
};
use crate::ledger::{claim, meals, number};

on_both_databases! {
    a_rejected_bill_is_corrected_in_the_page_and_paid
    a_bill_is_made_of_what_an_authorization_has_left
    a_bill_is_taken_back_in_two_steps
    what_was_paid_is_the_same_in_page_and_api
    a_line_is_disputed_once
    a_file_that_lacks_something_is_mended_for_every_plan_at_once
    where_nothing_is_the_page_says_what_would_be
    a_language_keeps_what_was_typed
    contracts_are_shown_by_service_county_and_days
    what_is_anothers_looks_as_if_it_were_not_there
    each_role_is_led_to_its_own_places
}

const PLAN: &str = "valle-vista";

/// Dollars of the API as pages write them.
pub(super) fn dollars(api: &str) -> String {
    let (sign, amount) = api.strip_prefix('-').map_or(("", api), |amount| ("-", amount));
    let (whole, cents) = amount.split_once('.').expect("two decimals");
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}${grouped}.{cents}")
}

/// A kitchen that no other test knows, which has a contract with the plan.
pub(super) fn kitchen(county: &County) -> ProviderSide {
    let provider = county.new_provider(&["meals"]);
    county.record_contract(PLAN, &provider, &["medically-tailored-meals"], ("2025-11-02", None));
    provider
}

/// An approved request of the kitchen for so many meals, and the person.
#[track_caller]
pub(super) fn approved(county: &County, kitchen: &ProviderSide, units: u32) -> (Value, Value) {
    let person = county.person(PLAN).named();
    let request = json!({
        "member": person, "service": "medically-tailored-meals",
        "lines": [asked("S9977 U7", units, "2026-02-01", "2026-04-25")],
        "facts": facts(&[("clinical.nutrition-sensitive-condition", json!(true))]),
    });
    let granted = county.submit(&kitchen.key, "authorizations", &request);
    assert_eq!(granted["state"], "approved");
    (granted, person)
}

/// A bill of the kitchen for meals of one day.
#[track_caller]
fn bill(county: &County, kitchen: &ProviderSide, person: &Value, units: u32, charge: &str) -> Value {
    let body = json!({
        "member": person, "diagnoses": ["Z59.02"],
        "lines": [billed("S9977 U7", units, "2026-02-27", charge)],
    });
    county.submit(&kitchen.key, "claims", &body)
}

/// Pays what the plan's rules found payable for the first line of each claim.
#[track_caller]
fn remit(county: &County, claims: &[&Value]) -> Value {
    let amount = |claim: &Value| text(claim, "/lines/0/amount").to_owned();
    let cents = |amount: &str| amount.replace('.', "").parse::<u64>().expect("cents");
    let total: u64 = claims.iter().map(|claim| cents(&amount(claim))).sum();
    let paid: Vec<Value> = claims
        .iter()
        .map(|claim| json!({ "claim": claim["id"], "lines": [{ "number": 1, "amount": amount(claim) }] }))
        .collect();
    let body = json!({
        "number": number(), "total": format!("{}.{:02}", total / 100, total % 100), "claims": paid,
    });
    let request = Request::post("/v1/remittances", &body).by(&county.plan(PLAN).reviewer);
    county.client().send(&request).with(201)
}

fn page_of(case: &Value) -> String {
    format!("/portal/claims/{}", text(case, "/id"))
}

/// The entries of a bill's form, with these in place of what it has.
fn entries(form: &Page, instead: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut entries = Vec::new();
    for name in ["once", "version", "diagnoses"] {
        entries.extend(form.field(name).map(|value| (name.to_owned(), value)));
    }
    for line in 1..=3 {
        for field in ["code", "place", "first", "last", "units", "minutes", "charge"] {
            let name = format!("line-{line}-{field}");
            entries.extend(form.field(&name).map(|value| (name, value)));
        }
    }
    for (name, value) in instead {
        entries.retain(|(known, _)| known != name);
        entries.push(((*name).to_owned(), (*value).to_owned()));
    }
    entries
}

#[track_caller]
fn post(seat: &Seat, path: &str, entries: &[(String, String)]) -> Page {
    let entries: Vec<(&str, &str)> =
        entries.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    seat.post(path, &entries)
}

#[track_caller]
fn holds(page: &Page, expected: &[&str]) {
    let shown = page.text();
    for one in expected {
        assert!(!one.is_empty() && shown.contains(one), "{}: {one:?} is not in {shown}", page.address);
    }
}

/// The claim behind a page's address, as the API has it.
#[track_caller]
fn behind(county: &County, key: &str, page: &Page) -> Value {
    let id = page.address.strip_prefix("/portal/claims/").expect("the page of a claim");
    county.client().read(key, &format!("/v1/claims/{id}"))
}

fn a_rejected_bill_is_corrected_in_the_page_and_paid(database: Database) {
    let county = County::shared(database);
    let (key, person) = (county.key_of("mesa-verde"), county.person(PLAN));
    meals(county, &person, 2);
    // Three were billed where two are authorized.
    let wrong = claim(&person, &[billed("S9977 U7", 3, "2026-02-27", "159.00")]);
    let wrong = county.submit(key, "claims", &wrong);
    assert_eq!((text(&wrong, "/state"), text(&wrong, "/lines/0/field")), ("rejected", "/units"));
    let (reason, fix) = (text(&wrong, "/lines/0/reason/en"), text(&wrong, "/lines/0/fix/en"));

    let seat = Seat::at(county, &county.provider("mesa-verde").id, &["biller"]);
    let list = seat.get("/portal/claims?state=rejected").with(200);
    holds(&list, &["Line 1: S9977 U7", "Units", reason, fix]);
    let shown = seat.get(&page_of(&wrong)).with(200);
    holds(&shown, &["Line 1: S9977 U7", "To be fixed", "Units", reason, fix, "$159.00"]);
    let form = seat.get(&shown.link("Correct and send again")).with(200);
    holds(&form, &[reason, fix]);
    let filled = ["line-1-code", "line-1-place", "line-1-first", "line-1-units", "line-1-charge"];
    let expected = ["S9977 U7", "99", "2026-02-27", "3", "159.00"];
    assert_eq!(filled.map(|name| form.value(name)), expected);

    // What is no number is said at its line, and everything typed is kept.
    let typo = entries(&form, &[("line-1-units", "two"), ("line-1-charge", "$106.00")]);
    let refused = post(&seat, &form.action(), &typo).with(422);
    assert!(refused.html.contains("<title>Error: "), "{}", refused.html);
    holds(&refused, &["Line 1: Enter the units as a whole number"]);
    assert_eq!(
        (refused.value("line-1-units"), refused.value("line-1-charge")),
        ("two".into(), "$106.00".into())
    );
    assert_eq!(county.again(key, &wrong)["state"], "rejected", "nothing was sent");

    let mended = entries(&refused, &[("line-1-units", "2")]);
    let sent = post(&seat, &form.action(), &mended).with(200);
    let correction = behind(county, key, &sent);
    assert_eq!(correction["state"], "payable");
    assert_eq!(correction["lines"][0]["charge"], "106.00");
    let old = county.again(key, &wrong);
    assert_eq!((&old["state"], &old["replaced_by"]), (&json!("replaced"), &correction["id"]));
    let twice = post(&seat, &form.action(), &mended).with(200);
    assert_eq!(twice.address, sent.address, "a second tap sends nothing");
    let edited = entries(&refused, &[("line-1-units", "1")]);
    holds(&post(&seat, &form.action(), &edited).with(422), &["was sent before with other entries"]);

    let amount = text(&correction, "/lines/0/amount").to_owned();
    let pay =
        json!({ "decision": "pay", "remittance": number(), "lines": [{ "number": 1, "amount": amount }] });
    county.change(&county.plan(PLAN).reviewer, &correction, "decisions", &pay).with(200);
    let paid = seat.get(&sent.address).with(200);
    holds(&paid, &["Paid", &dollars(&amount), &format!("The plan paid {}.", dollars(&amount))]);
    assert_eq!(text(&county.again(key, &correction), "/remittance/total"), amount);

    // The way from referral to payment ends with what was paid.
    let person = seat.get(&format!("/portal/people/{}", text(&correction, "/member_id"))).with(200);
    let end = format!("Payment The plan paid {}.", dollars(&amount));
    holds(&person, &["Service Service started", &end]);
    assert_eq!(person.link("Payment"), page_of(&correction));
}

fn a_bill_is_made_of_what_an_authorization_has_left(database: Database) {
    let county = County::shared(database);
    let kitchen = kitchen(county);
    let (granted, person) = approved(county, &kitchen, 5);
    bill(county, &kitchen, &person, 2, "106.00");
    let seat = Seat::at(county, &kitchen.id, &["biller"]);
    let to_bill = seat.get("/portal/claims/new").with(200);
    holds(&to_bill, &["S9977 U7: 3 of 5 units are left", text(&granted, "/grant/number")]);
    let form = seat.get(&to_bill.link("Bill this service")).with(200);
    holds(&form, &["S9977 U7: 3 of 5 units are left"]);
    let known = ["line-1-code", "line-1-place", "diagnoses"].map(|name| form.value(name));
    assert_eq!(known, ["S9977 U7", "99", "Z59.02"], "of the bill before");

    // One more line begins as the last one, and nothing is sent for it.
    let more = entries(&form, &[("another", "1")]);
    let longer = post(&seat, &form.action(), &more).with(200);
    assert_eq!(
        (longer.value("line-2-code"), longer.value("line-2-units")),
        ("S9977 U7".into(), String::new())
    );
    let typed = [
        ("line-1-first", "2026-02-28"),
        ("line-1-units", "2"),
        ("line-1-charge", "106.00"),
        ("line-2-first", "2030-01-01"),
        ("line-2-units", "1"),
        ("line-2-charge", "about 53"),
    ];
    let early = post(&seat, &form.action(), &entries(&longer, &typed)).with(422);
    holds(&early, &["Line 2: Service is billed after it was given", "Line 2: Enter dollars"]);
    let mended = [("line-2-first", "2026-03-01"), ("line-2-charge", "53.00")];
    let sent = post(&seat, &form.action(), &entries(&early, &mended)).with(200);
    let claim = behind(county, &kitchen.key, &sent);
    assert_eq!(claim["state"], "payable");
    assert_eq!(claim["lines"].as_array().map(Vec::len), Some(2));
    assert_eq!(text(&claim, "/total_payable"), "159.00");
    holds(&sent, &["$159.00", "Line 2: S9977 U7"]);
    holds(&seat.get("/portal/claims/new").with(200), &["S9977 U7: 0 of 5 units are left"]);
    let nothing = seat.get(&format!("/portal/authorizations/{}/bill", text(&granted, "/id"))).with(200);
    assert_eq!(nothing.address, "/portal/claims/new", "there is nothing to bill");
}

fn a_bill_is_taken_back_in_two_steps(database: Database) {
    let county = County::shared(database);
    let kitchen = kitchen(county);
    let (_, person) = approved(county, &kitchen, 3);
    let claim = bill(county, &kitchen, &person, 3, "1204.50");
    let seat = Seat::at(county, &kitchen.id, &["biller"]);
    let ask = seat.get(&seat.get(&page_of(&claim)).with(200).link("Take this bill back")).with(200);
    holds(&ask, &["$1,204.50", "This cannot be undone"]);
    assert_eq!(county.again(&kitchen.key, &claim)["state"], "payable", "to ask does nothing");

    // It is paid while the question stands there: then that is said first.
    remit(county, &[&claim]);
    let fields = |page: &Page| [("once", page.value("once")), ("version", page.value("version"))];
    let send = |page: &Page| {
        let fields = fields(page).map(|(name, value)| (name.to_owned(), value));
        post(&seat, &page.action(), &fields)
    };
    let changed = send(&ask).with(409);
    holds(&changed, &["This changed since you opened it. Nothing was sent."]);
    assert_eq!(county.again(&kitchen.key, &claim)["state"], "paid");
    let done = send(&changed).with(200);
    assert_eq!(done.address, page_of(&claim));
    let voided = county.again(&kitchen.key, &claim);
    assert_eq!(voided["state"], "voided");
    holds(&done, &["Voided"]);
    assert_eq!(send(&changed).with(200).address, done.address, "a second tap voids nothing more");

    let back = county.client().read(&kitchen.key, "/v1/take-backs");
    let amounts: Vec<&str> =
        back["items"].as_array().expect("a list").iter().map(|one| text(one, "/amount")).collect();
    let [amount] = amounts[..] else { panic!("{amounts:?}") };
    assert!(amount.starts_with('-'), "{amount}");
    let together = format!("Together: {}", dollars(amount));
    holds(&seat.get("/portal/payments").with(200), &["the bill was taken back", &dollars(amount), &together]);
}

fn what_was_paid_is_the_same_in_page_and_api(database: Database) {
    let county = County::shared(database);
    let kitchen = kitchen(county);
    let claims: Vec<Value> = ["1204.50", "159.00"]
        .into_iter()
        .map(|charge| {
            let (_, person) = approved(county, &kitchen, 3);
            bill(county, &kitchen, &person, 3, charge)
        })
        .collect();
    let made = remit(county, &claims.iter().collect::<Vec<_>>());
    let api = county.client().read(&kitchen.key, &format!("/v1/remittances/{}", text(&made, "/id")));
    let seat = Seat::at(county, &kitchen.id, &["biller"]);
    let list = seat.get("/portal/payments").with(200);
    let total = dollars(text(&api, "/total"));
    holds(&list, &[text(&api, "/number"), &total]);
    let page = seat.get(&list.link(text(&api, "/number"))).with(200);
    let sums = ["/paid", "/taken_back", "/total"].map(|pointer| dollars(text(&api, pointer)));
    holds(&page, &["This payment balances", &sums[0], &sums[1], &sums[2]]);
    let lines = api["entries"].as_array().expect("a list");
    assert_eq!(lines.len(), 2);
    let mut reasons = 0;
    for (claim, line) in claims.iter().map(|claim| {
        let is_of = |line: &&Value| line["claim"] == claim["id"];
        (claim, lines.iter().find(is_of).expect("a line for each claim"))
    }) {
        let (amount, charge) = (dollars(text(line, "/amount")), dollars(text(claim, "/lines/0/charge")));
        holds(&page, &[&format!("{amount} was paid of {charge}.")]);
        for less in line["adjustments"].as_array().expect("a list") {
            let code = format!("(code {} {}", text(less, "/group"), text(less, "/reason"));
            holds(&page, &[&format!("{} less: ", dollars(text(less, "/amount"))), &code]);
            reasons += 1;
        }
        let own = seat.get(&page_of(claim)).with(200);
        holds(&own, &[&amount, &charge, text(&api, "/number")]);
    }
    assert!(reasons > 0, "the first bill is above the rate");
    // Every dollar of the page is one of the API's: lines, reasons, sums and charges.
    let known: Vec<String> = sums
        .into_iter()
        .chain(claims.iter().map(|claim| dollars(text(claim, "/lines/0/charge"))))
        .chain(lines.iter().map(|line| dollars(text(line, "/amount"))))
        .chain(
            lines
                .iter()
                .flat_map(|line| line["adjustments"].as_array().into_iter().flatten())
                .map(|less| dollars(text(less, "/amount"))),
        )
        .collect();
    let shown = page.text();
    let written = shown
        .split_whitespace()
        .map(|word| word.trim_end_matches(['.', ',']))
        .filter(|word| word.trim_start_matches('-').starts_with('$'));
    for amount in written {
        assert!(known.iter().any(|one| one == amount), "{amount} is none of {known:?}");
    }
}

fn a_line_is_disputed_once(database: Database) {
    let county = County::shared(database);
    let kitchen = kitchen(county);
    let (_, person) = approved(county, &kitchen, 3);
    let claim = bill(county, &kitchen, &person, 3, "1204.50");
    let made = remit(county, &[&claim]);
    let seat = Seat::at(county, &kitchen.id, &["biller"]);
    let payment = seat.get(&format!("/portal/payments/{}", text(&made, "/id"))).with(200);
    let form = seat.get(&payment.link("Dispute line 1")).with(200);
    assert_eq!(form.value("reason").trim(), "Line 1: S9977 U7:", "the line is named");
    let with = |page: &Page, reason: &str| {
        let mut fields = [("once", page.value("once")), ("version", page.value("version"))].to_vec();
        fields.push(("reason", reason.to_owned()));
        let fields: Vec<(String, String)> =
            fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        post(&seat, &form.action(), &fields)
    };
    let empty = with(&form, " ").with(422);
    assert!(empty.html.contains("<title>Error: "));
    holds(&empty, &["Enter your reason"]);
    let reason = "Line 1: S9977 U7: the contract's rate is higher. We sent it in May.";
    let sent = with(&form, &reason.replace(". We", ".\r\nWe")).with(200);
    let disputed = county.again(&kitchen.key, &claim);
    assert_eq!((text(&disputed, "/state"), text(&disputed, "/disputes/0/reason")), ("disputed", reason));
    holds(&sent, &["Disputed", "We sent it in May."]);
    let again = seat.get(&format!("{}/dispute", page_of(&claim))).with(200);
    assert_eq!(again.address, page_of(&claim), "it is disputed once");
}

/// Number of requirements of a plan's reading that stand so.
fn standing(review: &Value, word: &str) -> usize {
    let results = review["requirements"].as_array().expect("a list").iter();
    results.filter(|one| one["standing"] == word).count()
}

fn a_file_that_lacks_something_is_mended_for_every_plan_at_once(database: Database) {
    let county = County::shared(database);
    let provider = county.new_provider(&["meals"]);
    let seat = Seat::at(county, &provider.id, &["clerk"]);
    let none = seat.get("/portal/file").with(200);
    holds(&none, &["You have not sent a file yet"]);
    let form = seat.get(&none.link("Send the file to plans")).with(200);
    let key = form.value("once");
    let chosen = |plans: &[&str]| {
        let mut fields = vec![
            ("once", key.as_str()),
            ("legal-name", "New Kitchen"),
            ("service", "medically-tailored-meals"),
            ("county", COUNTY),
        ];
        fields.extend(plans.iter().map(|plan| ("plan", *plan)));
        seat.post(&form.action(), &fields)
    };
    let refused = chosen(&[]).with(422);
    holds(&refused, &["Choose at least one plan"]);
    assert_eq!(refused.value("legal-name"), "New Kitchen");
    let file = chosen(&[PLAN, "harbor-crest"]).with(200);
    let id = file.address.strip_prefix("/portal/file/").expect("the page of the file").to_owned();
    let read = || county.client().read(&provider.key, &format!("/v1/applications/{id}"));

    // For each plan the page counts what the API lists.
    let counted = |page: &Page| {
        for review in read()["reviews"].as_array().expect("a list") {
            let counts = ["satisfied", "missing", "expired", "insufficient", "needs-person"];
            let [satisfied, missing, expired, insufficient, theirs] =
                counts.map(|word| standing(review, word));
            holds(
                page,
                &[&format!(
                    "Satisfied: {satisfied}. Missing: {missing}. Expired: {expired}. Not enough: {insufficient}. \
                 Theirs to answer: {theirs}."
                )],
            );
        }
    };
    counted(&file);
    let lacking = read();
    let [one, other] = lacking["reviews"].as_array().expect("a list").as_slice() else { panic!("{lacking}") };
    assert!(standing(one, "missing") > 0 && standing(other, "missing") > 0, "both lack something");
    holds(&file, &["Wanted by Harbor Crest Health, Valle Vista Health Plan"]);

    // One certificate, sent once, satisfies both.
    let path = format!("/portal/file/{id}/document?kind=liability-certificate");
    let form = seat.get(&path).with(200);
    assert_eq!(form.value("kind"), "liability-certificate");
    let certificate = |page: &Page, expires: &str| {
        let fields = [
            ("once", page.value("once")),
            ("version", page.value("version")),
            ("kind", "liability-certificate".to_owned()),
            ("issued", "2026-01-31".to_owned()),
            ("expires", expires.to_owned()),
            ("amount", "$3,000,000.00".to_owned()),
        ];
        post(&seat, &form.action(), &fields.map(|(name, value)| (name.to_owned(), value)))
    };
    let backwards = certificate(&form, "2026-01-01").with(422);
    holds(&backwards, &["It cannot end before it was issued"]);
    assert_eq!(backwards.value("amount"), "$3,000,000.00");
    let before = read();
    let added = certificate(&form, "2027-01-31").with(200);
    holds(&added, &["January 31, 2027", "$3,000,000.00"]);
    counted(&added);
    let after = read();
    assert_eq!(text(&after, "/request/documents/0/expires"), "2027-01-31");
    for plan in 0..2 {
        let of = |file: &Value| standing(&file["reviews"][plan], "missing");
        assert!(of(&after) < of(&before), "{}", after["reviews"][plan]);
    }

    // Who comes from a page that is older is told so.
    let stale = certificate(&form, "2027-02-28").with(422);
    holds(&stale, &["was sent before with other entries"]);

    // An answer, once for all plans.
    let form = seat.get(&format!("/portal/file/{id}/answer?fact=org.years-in-operation")).with(200);
    let answer = |value: &str| {
        let fields = [
            ("once", form.value("once")),
            ("version", form.value("version")),
            ("fact", form.value("fact")),
            ("value", value.to_owned()),
        ];
        post(&seat, &form.action(), &fields.map(|(name, value)| (name.to_owned(), value)))
    };
    holds(&answer("six").with(422), &["Enter a whole number"]);
    counted(&answer("6").with(200));
    let known = read();
    let years = |one: &&Value| one["code"] == "org.years-in-operation";
    let answers = known["request"]["facts"].as_array().expect("a list");
    assert_eq!(answers.iter().find(years).map(|one| &one["value"]), Some(&json!(6)));
}

fn where_nothing_is_the_page_says_what_would_be(database: Database) {
    let county = County::shared(database);
    let provider = county.new_provider(&["meals"]);
    let seat = Seat::at(county, &provider.id, &["biller", "clerk"]);
    let pages = [
        ("/portal/claims", "You have not billed anything yet", "Todavía no ha cobrado nada"),
        ("/portal/claims?state=paid", "No bill is like this", "Ningún cobro está así"),
        ("/portal/claims/new", "Nothing can be billed now", "Ahora no hay nada que cobrar"),
        ("/portal/payments", "No plan has paid you yet", "Ningún plan le ha pagado todavía"),
        ("/portal/file", "You have not sent a file yet", "Todavía no ha enviado un expediente"),
        (
            "/portal/contracts",
            "You have no contract with a plan yet",
            "Todavía no tiene contrato con ningún plan",
        ),
    ];
    for (path, english, _) in pages {
        holds(&seat.get(path).with(200), &[english]);
    }
    for (path, english, spanish) in pages {
        let page = seat.post("/portal/language", &[("in-language", "es"), ("back", path)]).with(200);
        assert_eq!(page.address, path);
        holds(&page, &[spanish]);
        assert!(page.html.contains("<html lang=\"es\">") && !page.text().contains(english), "{path}");
    }
    seat.get("/portal/claims?state=lost").with(404);
}

fn a_language_keeps_what_was_typed(database: Database) {
    let county = County::shared(database);
    let kitchen = kitchen(county);
    let (_, person) = approved(county, &kitchen, 2);
    let claim = bill(county, &kitchen, &person, 3, "159.00");
    assert_eq!(claim["state"], "rejected");
    let seat = Seat::at(county, &kitchen.id, &["biller"]);
    let form = seat.get(&format!("{}/correct", page_of(&claim))).with(200);
    let half = entries(&form, &[("line-1-units", "2"), ("line-1-charge", "1,06"), ("in-language", "es")]);
    let spanish = post(&seat, &form.action(), &half).with(200);
    holds(&spanish, &["Unidades", text(&claim, "/lines/0/reason/es"), text(&claim, "/lines/0/fix/es")]);
    assert_eq!((spanish.value("line-1-units"), spanish.value("line-1-charge")), ("2".into(), "1,06".into()));
    assert_eq!(spanish.value("once"), form.value("once"), "it is still the same form");
    assert_eq!(county.again(&kitchen.key, &claim)["state"], "rejected", "nothing was sent");
    // The language stays, and mistakes are said in it.
    let wrong = entries(&spanish, &[("line-1-units", "dos")]);
    holds(
        &post(&seat, &form.action(), &wrong).with(422),
        &["Línea 1: Escriba las unidades", "Hay un problema"],
    );
}

fn contracts_are_shown_by_service_county_and_days(database: Database) {
    let county = County::shared(database);
    let provider = county.new_provider(&["meals"]);
    let services = ["medically-tailored-meals", "recuperative-care"];
    let made = county.record_contract(PLAN, &provider, &services, ("2026-01-01", Some("2026-12-31")));
    let seat = Seat::at(county, &provider.id, &["clerk"]);
    let page = seat.get("/portal/contracts").with(200);
    let names = county.client().read(&provider.key, "/v1/dictionary/services");
    let name = |id: &str| {
        let mut all = names["items"].as_array().expect("a list").iter();
        let service = all.find(|one| one["id"] == id || one["code"] == id).expect("a service");
        text(service, "/name/en").to_owned()
    };
    let services = services.map(name);
    holds(&page, &["Valle Vista Health Plan", &services[0], &services[1], "San Ravel", "It holds today"]);
    holds(&page, &["January 1, 2026 to December 31, 2026"]);
    let reason = json!({ "en": "The insurance has lapsed.", "es": "El seguro venció." });
    let path = format!("/v1/contracts/{}/steps", text(&made, "/id"));
    let step = Request::post(path, &json!({ "step": "suspend", "reason": reason }));
    let step = step.by(&county.plan(PLAN).reviewer).of_version(&made["version"]);
    county.client().send(&step).with(200);
    holds(&seat.get("/portal/contracts").with(200), &["Suspended", "The insurance has lapsed."]);
}

fn what_is_anothers_looks_as_if_it_were_not_there(database: Database) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let county = County::shared(database);
    let (ours, theirs) = (kitchen(county), kitchen(county));
    let (granted, person) = approved(county, &theirs, 3);
    let claim = bill(county, &theirs, &person, 3, "159.00");
    let made = remit(county, &[&claim]);
    let seat = Seat::at(county, &ours.id, &["biller", "clerk"]);
    // The same id with its last digits changed is nobody's.
    let nobodys = |id: &str| format!("{}{:03}", &id[..id.len() - 3], NEXT.fetch_add(1, Ordering::Relaxed));
    let paths = [
        ("/portal/claims/", text(&claim, "/id"), ""),
        ("/portal/claims/", text(&claim, "/id"), "/correct"),
        ("/portal/claims/", text(&claim, "/id"), "/void"),
        ("/portal/claims/", text(&claim, "/id"), "/dispute"),
        ("/portal/authorizations/", text(&granted, "/id"), "/bill"),
        ("/portal/payments/", text(&made, "/id"), ""),
        ("/portal/file/", text(&claim, "/id"), ""),
        ("/portal/file/", text(&claim, "/id"), "/document"),
    ];
    let heading = |page: &Page| page.text().split("Number for your question").next().map(str::to_owned);
    for (before, id, behind) in paths {
        let there = seat.get(&format!("{before}{id}{behind}")).with(404);
        let nowhere = seat.get(&format!("{before}{}{behind}", nobodys(id))).with(404);
        assert_eq!(heading(&there), heading(&nowhere), "{before}{behind}");
    }
    let key = [("once", "0".repeat(32)), ("version", "1".to_owned()), ("reason", "Ours.".to_owned())];
    for step in ["correct", "void", "dispute"] {
        let fields = key.clone().map(|(name, value)| (name.to_owned(), value));
        post(&seat, &format!("{}/{step}", page_of(&claim)), &fields).with(404);
    }
    assert_eq!(county.again(&theirs.key, &claim)["state"], "paid", "nothing was done");
}

fn each_role_is_led_to_its_own_places(database: Database) {
    let county = County::shared(database);
    let provider = county.new_provider(&["meals"]);
    let own = ["Bills", "Payments", "Your file", "Contracts"];
    let table: [(&str, &[&str]); 3] = [
        ("biller", &["Bills", "Payments", "Contracts"]),
        ("clerk", &["Your file", "Contracts"]),
        ("coordinator", &[]),
    ];
    for (role, expected) in table {
        let page = Seat::at(county, &provider.id, &[role]).get("/portal/criteria").with(200);
        let (_, places) = page.html.split_once("<nav class=\"places\"").expect("the page has places");
        let places = places.split("</nav>").next().unwrap_or_default();
        for place in own {
            let is_there = places.contains(&format!(">{place}</a>"));
            assert_eq!(is_there, expected.contains(&place), "{role}: {place}");
        }
    }
}

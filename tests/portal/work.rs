//! A plan's people at their work: the list by clock, and one screen on which a case is decided.

use serde_json::{Value, json};

use crate::harness::{
    County, Database, FAMILY, GIVEN, Page, Request, Seat, Server, billed, facts, on_both_databases, text,
};
use crate::journeys::nights;

on_both_databases! {
    the_list_goes_by_clock_and_narrows_by_codes
    a_long_list_goes_on_where_it_ended
    an_empty_list_says_what_would_be_here
    a_clerk_does_not_deny_clinically_and_a_reviewer_does
    what_the_floor_refuses_stands_at_its_field
    who_decides_otherwise_than_the_rules_says_why
    two_people_on_one_case_overwrite_nothing
    a_form_that_is_sent_twice_counts_once
    nobody_gets_a_step_without_the_right
    a_claim_is_paid_disputed_and_upheld
    a_referral_is_redirected_and_placed
    a_file_is_read_again_and_approved
    a_reason_is_written_in_the_other_language
    a_redirect_is_written_in_the_other_language
    a_document_opens_beside_the_case
    the_screen_speaks_spanish_and_keeps_what_was_typed
    a_case_is_taken_passed_on_noted_and_put_back
    who_comes_second_changes_no_hands
    what_a_colleague_has_is_decided_and_says_so
    only_those_who_decide_take_a_case
    one_opening_of_a_screen_is_one_look
    a_note_is_bounded_and_kept_in_both_languages
    more_time_is_taken_once_and_the_person_is_told
}

const CLERK: [&str; 1] = ["plan-operations"];
const REVIEWER: [&str; 1] = ["reviewer"];

fn seat(county: &County, plan: &str, roles: &[&str]) -> Seat {
    Seat::at(county, &county.organization_of(plan), roles)
}

/// Address of the screen on which a case is decided.
fn screen(case: &Value) -> String {
    format!("/portal/work/{}/{}", text(case, "/kind"), text(case, "/id"))
}

/// Sends the form of a page, with these fields beside its own.
fn send(seat: &Seat, page: &Page, fields: &[(&str, &str)]) -> Page {
    let (version, once) = (page.value("version"), page.value("once"));
    let own = [("version", version.as_str()), ("once", once.as_str())];
    let all: Vec<(&str, &str)> = own.into_iter().chain(fields.iter().copied()).collect();
    seat.post(&page.action(), &all)
}

/// Address of the page on which a case is passed on.
fn hands(case: &Value) -> String {
    format!("{}/holder", screen(case))
}

/// Takes a step with a case, as a page shows it.
fn step(seat: &Seat, case: &Value, page: &Page, fields: &[(&str, &str)]) -> Page {
    let (turn, once) = (page.value("turn"), page.value("once"));
    let own = [("turn", turn.as_str()), ("once", once.as_str())];
    let all: Vec<(&str, &str)> = own.into_iter().chain(fields.iter().copied()).collect();
    seat.post(&hands(case), &all)
}

/// The case as it waits for the people of Costa Alta.
fn waiting(county: &County, case: &Value) -> Value {
    county.work_item("costa-alta", case).expect("it waits")
}

/// Text of the mistake at a field.
fn mistake<'a>(page: &'a Page, field: &str) -> &'a str {
    let begin = format!("id=\"{field}-error\">");
    let (_, behind) =
        page.html.split_once(&begin).unwrap_or_else(|| panic!("{field} has no mistake: {}", page.text()));
    let said = behind.split('<').next().unwrap_or_default();
    // The same words stand above the form, as a link to the field.
    assert!(page.html.contains(&format!("<a href=\"#{field}\">{said}</a>")), "{}", page.text());
    said
}

/// Sixty nights of a plan whose rules recommend a clinical denial.
fn sixty_nights(county: &County) -> Value {
    let request = nights(county, &county.person("silver-oak"), 60, "2026-04-30");
    let case = county.submit(county.key_of("hospital"), "authorizations", &request);
    assert_eq!(case["why_people"]["code"], "clinical-review");
    case
}

/// A referral that the plan's people decide by themselves.
fn meals(county: &County, urgency: &str) -> Value {
    let referral = json!({
        "member": county.person("costa-alta").named(), "service": "medically-tailored-meals",
        "urgency": urgency, "facts": facts(&[("consent.member-agrees", json!(true))]),
    });
    county.submit(county.key_of("open-door"), "referrals", &referral)
}

fn claim(county: &County) -> Value {
    let claim = json!({
        "member": county.person("costa-alta").named(), "diagnoses": ["Z59.02"],
        "lines": [billed("S9977 U7", 2, "2026-03-01", "120.00")],
    });
    county.submit(county.key_of("mesa-verde"), "claims", &claim)
}

/// Place of the link to a case on a page.
fn place(page: &Page, case: &Value) -> Option<usize> {
    page.html.find(&format!("href=\"{}\"", screen(case)))
}

/// The case as one of the plan's people sees it.
fn seen(county: &County, plan: &str, case: &Value) -> Value {
    county.again(&county.plan(plan).reviewer, case)
}

fn the_list_goes_by_clock_and_narrows_by_codes(database: Database) {
    let county = County::of(Server::start(database), &["costa-alta"]);
    let (usual, claim) = (meals(&county, "standard"), claim(&county));
    let urgent = meals(&county, "expedited");
    let seat = seat(&county, "costa-alta", &CLERK);
    let all = seat.get("/portal").with(200);
    assert_eq!(all.address, "/portal/work", "the day of a plan's people begins here");
    let list = county.client().read(&county.plan("costa-alta").reviewer, "/v1/worklist");
    let items = list["items"].as_array().expect("a list");
    assert!(items.iter().map(|item| text(item, "/due_at")).is_sorted(), "nearest clock first: {list}");
    let order: Vec<usize> = items
        .iter()
        .map(|item| json!({ "kind": item["kind"], "id": item["case"] }))
        .map(|case| place(&all, &case).expect("each case of the API is on the page"))
        .collect();
    assert_eq!(order.len(), 3);
    assert!(order.is_sorted(), "as the API has it");
    // (filter, the cases that are there of: usual, claim, urgent)
    for (filter, expected) in [
        ("urgency=expedited", [false, false, true]),
        ("kind=claim", [false, true, false]),
        ("kind=referral&urgency=", [true, false, true]),
        ("kind=referral&urgency=standard", [true, false, false]),
    ] {
        let page = seat.get(&format!("/portal/work?{filter}")).with(200);
        let there = [&usual, &claim, &urgent].map(|case| place(&page, case).is_some());
        assert_eq!(there, expected, "{filter}");
    }
    let none = seat.get("/portal/work?kind=application&urgency=expedited").with(200);
    assert!(none.text().contains("You chose: Credentialing file, Expedited."), "{}", none.text());
    assert_eq!(none.link("Show all that wait"), "/portal/work");
    for unknown in ["kind=letter", "urgency=asap", "kind=referral&urgency=asap"] {
        seat.get(&format!("/portal/work?{unknown}")).with(404);
    }
    for name in [FAMILY, GIVEN] {
        assert!(!all.html.contains(name), "a list needs nobody's name");
    }
    assert!(all.text().contains("Expedited") && all.text().contains("days left, until:"), "{}", all.text());
}

fn a_long_list_goes_on_where_it_ended(database: Database) {
    let county = County::of(Server::start(database), &["costa-alta"]);
    let cases: Vec<Value> = (0..52).map(|_| meals(&county, "standard")).collect();
    let claim = claim(&county);
    let seat = seat(&county, "costa-alta", &CLERK);
    let first = seat.get("/portal/work?kind=referral").with(200);
    let next = first.link("Next page");
    assert!(next.contains("kind=referral") && next.contains("after="), "{next}");
    let second = seat.get(&next).with(200);
    let on = |page: &Page| cases.iter().filter(|case| place(page, case).is_some()).count();
    assert_eq!((on(&first), on(&second)), (50, 2));
    let both = cases.iter().filter(|case| place(&first, case).is_some() && place(&second, case).is_some());
    assert_eq!(both.count(), 0);
    assert!(place(&first, &claim).is_none() && place(&second, &claim).is_none());
    assert!(!second.text().contains("Next page"), "this is the end");
}

fn an_empty_list_says_what_would_be_here(database: Database) {
    let county = County::of(Server::start(database), &["costa-alta"]);
    let page = seat(&county, "costa-alta", &REVIEWER).get("/portal/work").with(200);
    assert!(page.text().contains("Nobody waits for your people"), "{}", page.text());
    assert!(page.text().contains("What your rules do not decide by themselves"), "{}", page.text());
    assert!(!page.html.contains("<table"), "no table with nothing in it");
}

fn a_clerk_does_not_deny_clinically_and_a_reviewer_does(database: Database) {
    let county = County::shared(database);
    let case = sixty_nights(county);
    let clerk = seat(county, "silver-oak", &CLERK);
    let page = clerk.get(&screen(&case)).with(200);
    assert!(!page.html.contains("value=\"clinical\""), "what a clerk may not say is not offered");
    let says = page.text();
    assert!(says.contains("A clinical no takes a reviewer with a license."), "{says}");
    assert!(says.contains("Your rules advise to deny it."), "{says}");
    assert!(says.contains(FAMILY) && says.contains("July 19, 1931"), "{says}");
    let denial = [
        ("decision", "deny"),
        ("kind", "clinical"),
        ("reason-en", "There is no need."),
        ("reason-es", "No hace falta."),
    ];
    let refused = send(&clerk, &page, &denial).with(403);
    assert!(mistake(&refused, "kind").starts_with("A clinical no takes a license"), "{}", refused.text());
    assert_eq!(refused.value("reason-es"), "No hace falta.");
    assert_eq!(refused.value("decision"), "deny");
    assert_eq!(seen(county, "silver-oak", &case)["state"], "with-people");

    let reviewer = seat(county, "silver-oak", &REVIEWER);
    let page = reviewer.get(&screen(&case)).with(200);
    assert!(page.html.contains("value=\"clinical\""), "{}", page.text());
    // A denial is what the rules advise: nothing stands between.
    let denied = send(&reviewer, &page, &denial).with(200);
    assert_eq!(denied.address, screen(&case), "the answer to a form is a page that can be loaded again");
    assert!(denied.text().contains("The plan said no."), "{}", denied.text());
    assert!(denied.text().contains("There is nothing to decide about this case now."), "{}", denied.text());
    let heard = county.again(county.key_of("hospital"), &case);
    assert_eq!(heard["denial"]["kind"], "clinical");
    assert_eq!(heard["denial"]["reason"]["es"], "No hace falta.");
    assert!(text(&heard, "/denial/reviewer").starts_with("MD 5559"), "the account's own license: {heard}");
    assert!(county.work_item("silver-oak", &case).is_none());
}

fn what_the_floor_refuses_stands_at_its_field(database: Database) {
    let county = County::shared(database);
    let case = sixty_nights(county);
    let reviewer = seat(county, "silver-oak", &REVIEWER);
    let page = reviewer.get(&screen(&case)).with(200);
    assert_eq!(page.value("line-1-units"), "60", "what was asked for stands in the form");
    assert_eq!(page.value("line-1-procedure"), "T2033 U6");
    let base = [
        ("decision", "part"),
        ("departs", "yes"),
        ("against", "Thirty nights are enough."),
        ("line-1-procedure", "T2033 U6"),
        ("line-1-first", "2026-03-02"),
    ];
    // (units, last day, kind of the reason, field, its mistake)
    for (units, last, kind, field, said) in [
        ("9", "2026-03-04", "clinical", "line-1-units", "There are more units than the days can hold. Lower"),
        ("61", "2026-05-01", "clinical", "line-1-last", "These days were not asked for."),
        ("some", "2026-03-04", "clinical", "line-1-units", "The number is not from 1 to 10000."),
        ("", "2026-03-04", "clinical", "line-1-units", "Enter the units of at least one line"),
        ("3", "2026-03-04", "", "kind", "Choose the kind of reason"),
        ("3", "soon", "clinical", "line-1-last", "Enter a day of the calendar"),
    ] {
        let reason = ("reason-en", "Three will do.");
        let fields = [("line-1-units", units), ("line-1-last", last), ("kind", kind), reason];
        let fields: Vec<_> = base.into_iter().chain(fields).collect();
        let refused = send(&reviewer, &page, &fields).with(422);
        let told = mistake(&refused, field);
        assert!(told.starts_with(said), "{units} to {last}: {told}");
        assert!(refused.html.contains("<title>Error: "), "the title says so");
        assert_eq!(refused.value("line-1-units"), units, "what was typed stays");
        assert_eq!(refused.value("reason-en"), "Three will do.");
        assert_eq!(refused.value("against"), "Thirty nights are enough.", "unseen, and kept");
    }
    // The administrative criterion of nobody's finding: the words of the API's refusal, at the criteria.
    let wrong = [
        ("decision", "deny"),
        ("kind", "administrative"),
        ("reason-en", "No."),
        ("criteria", "so.recuperative.long-stay"),
    ];
    let refused = send(&reviewer, &page, &wrong).with(422);
    let told = mistake(&refused, "criteria");
    assert!(told.starts_with("A criterion that is named is not an administrative one."), "{told}");
    assert!(refused.html.contains("value=\"so.recuperative.long-stay\" checked"), "{}", refused.text());
    // Nothing chosen at all.
    assert_eq!(mistake(&send(&reviewer, &page, &[]).with(422), "decision"), "Choose what you decide");
    assert_eq!(seen(county, "silver-oak", &case)["state"], "with-people");

    // Thirty nights are what the plan declares: that takes no reason.
    let fields = [("line-1-units", "30"), ("line-1-last", "2026-03-31")];
    let fields: Vec<_> = base.into_iter().chain(fields).collect();
    let granted = send(&reviewer, &page, &fields).with(200);
    assert!(granted.text().contains("The plan approved less than was asked for."), "{}", granted.text());
    let case = seen(county, "silver-oak", &case);
    assert_eq!((&case["state"], &case["cut"]["kind"]), (&json!("partly-approved"), &json!("declared")));
}

fn who_decides_otherwise_than_the_rules_says_why(database: Database) {
    let county = County::shared(database);
    let case = sixty_nights(county);
    let clerk = seat(county, "silver-oak", &CLERK);
    let page = clerk.get(&screen(&case)).with(200);
    let between = send(&clerk, &page, &[("decision", "approve")]).with(200);
    let says = between.text();
    assert!(says.contains("You decide otherwise than your rules advise"), "{says}");
    assert!(says.contains("Your rules advise to deny it.") && says.contains("Approve all of it"), "{says}");
    assert_eq!(between.value("decision"), "approve", "the form goes along");
    assert_eq!(seen(county, "silver-oak", &case)["state"], "with-people", "nothing was done");

    let silent = send(&clerk, &between, &[("decision", "approve"), ("departs", "yes"), ("against", " ")]);
    assert_eq!(mistake(&silent.with(422), "against"), "Write why you decide otherwise");
    let back = [("decision", "approve"), ("departs", "yes"), ("against", "The doctor"), ("back", "yes")];
    let form = send(&clerk, &between, &back).with(200);
    assert_eq!((form.value("decision"), form.value("against")), ("approve".into(), "The doctor".into()));

    let why = "The doctor wrote that the wound has not healed.";
    let fields = [("decision", "approve"), ("departs", "yes"), ("against", why)];
    let approved = send(&clerk, &between, &fields).with(200);
    assert!(approved.text().contains("The plan approved all that was asked for."), "{}", approved.text());
    let of_plan = seen(county, "silver-oak", &case);
    assert_eq!((&of_plan["state"], &of_plan["against_advice"]), (&json!("approved"), &json!(why)));
    let of_provider = county.again(county.key_of("hospital"), &case);
    assert_eq!(of_provider["state"], "approved");
    assert!(!of_provider.to_string().contains("wound"), "why is between the plan and its people");
    let steps = county.timeline(county.key_of("hospital"), &case);
    assert!(!json!(steps).to_string().contains("wound"));
}

fn two_people_on_one_case_overwrite_nothing(database: Database) {
    let county = County::shared(database);
    let case = sixty_nights(county);
    let (first, second) = (seat(county, "silver-oak", &CLERK), seat(county, "silver-oak", &REVIEWER));
    let (hers, his) = (first.get(&screen(&case)).with(200), second.get(&screen(&case)).with(200));
    let refused = send(&first, &hers, &[("decision", "pend")]).with(422);
    assert!(refused.text().contains("Choose at least one thing that is missing"), "{}", refused.text());
    let asks = [("decision", "pend"), ("asks", "document:care-plan")];
    let pended = send(&first, &hers, &asks).with(200);
    assert!(pended.text().contains("The plan needs more before it can decide."), "{}", pended.text());

    let denial = [
        ("decision", "deny"),
        ("kind", "clinical"),
        ("reason-en", "Too long."),
        ("reason-es", "Demasiado."),
        ("departs", "yes"),
        ("against", "The stay is over."),
    ];
    let late = send(&second, &his, &denial).with(409);
    let says = late.text();
    assert!(says.contains("Somebody was first.") && says.contains("The plan asked for more."), "{says}");
    assert_eq!((late.value("reason-en"), late.value("decision")), ("Too long.".into(), "deny".into()));
    assert_eq!(seen(county, "silver-oak", &case)["state"], "pended", "nothing was overwritten");
    assert_ne!(late.value("version"), his.value("version"), "the form is of the case as it is now");
    let denied = send(&second, &late, &denial).with(200);
    assert!(denied.text().contains("The plan said no."), "{}", denied.text());

    // Where nothing can be decided any more, what was written is still there to be read.
    let over =
        send(&first, &hers, &[("decision", "deny"), ("kind", "administrative"), ("reason-en", "Mine.")]);
    let over = over.with(409).text();
    assert!(over.contains("What you had written") && over.contains("Mine."), "{over}");
}

fn a_form_that_is_sent_twice_counts_once(database: Database) {
    let county = County::shared(database);
    let case = sixty_nights(county);
    let clerk = seat(county, "silver-oak", &CLERK);
    let page = clerk.get(&screen(&case)).with(200);
    let fields = [("decision", "approve"), ("departs", "yes"), ("against", "It is needed.")];
    let (one, two) = (send(&clerk, &page, &fields).with(200), send(&clerk, &page, &fields).with(200));
    assert_eq!((one.address, two.address), (screen(&case), screen(&case)));
    let steps = county.timeline(county.key_of("hospital"), &case);
    assert_eq!(steps.iter().filter(|step| step["event"] == "approve").count(), 1);
}

fn nobody_gets_a_step_without_the_right(database: Database) {
    let county = County::shared(database);
    let case = sixty_nights(county);
    let missing = format!("/portal/work/authorization/case_{}", "0".repeat(32));
    let version = case["version"].to_string();
    let denial = [
        ("version", version.as_str()),
        ("once", "0123456789abcdef"),
        ("decision", "deny"),
        ("kind", "administrative"),
        ("reason-en", "No."),
    ];
    // Who works for no plan learns the same of every address.
    let provider = Seat::at(county, &county.provider("hospital").id, &["coordinator"]);
    let other = seat(county, "harbor-crest", &REVIEWER);
    for path in ["/portal/work", &screen(&case), &missing] {
        let page = provider.get(path).with(403);
        assert!(page.text().contains("Your role does not do this"), "{path}: {}", page.text());
    }
    provider.post(&screen(&case), &denial).with(403);
    // Another plan's case is as if it were not there.
    let (theirs, nothing) = (other.get(&screen(&case)).with(404), other.get(&missing).with(404));
    let told = |page: &Page| page.text().split("Number for your question").next().map(str::to_owned);
    assert_eq!(told(&theirs), told(&nothing));
    other.post(&screen(&case), &denial).with(404);
    other.get(&screen(&case).replace("authorization", "referral")).with(404);
    other.get(&screen(&case).replace("authorization", "letter")).with(404);
    // Who keeps the rules reads, and decides nothing.
    let analyst = seat(county, "silver-oak", &["analyst"]);
    let page = analyst.get(&screen(&case)).with(200);
    assert!(page.text().contains("Your role reads this case."), "{}", page.text());
    assert!(!page.html.contains("id=\"entry\""), "there is no form");
    analyst.post(&screen(&case), &denial).with(403);
    assert_eq!(seen(county, "silver-oak", &case)["state"], "with-people");
    assert!(!analyst.get("/portal/work").with(200).html.contains(">Work</a>"), "it is not their place");
}

fn a_claim_is_paid_disputed_and_upheld(database: Database) {
    let county = County::shared(database);
    let case = claim(county);
    let clerk = seat(county, "costa-alta", &CLERK);
    let page = clerk.get(&screen(&case)).with(200);
    assert!(page.text().contains("Charged: $120.00"), "{}", page.text());
    let pay = |amount, adjustments| {
        [
            ("decision", "pay"),
            ("departs", "yes"),
            ("against", "By contract."),
            ("remittance", "CA-9001"),
            ("paid-1-amount", amount),
            ("paid-1-adjustments", adjustments),
            ("unauthorized-en", "Authorized by telephone."),
            ("unauthorized-es", "Autorizado por teléfono."),
        ]
    };
    let wrong = send(&clerk, &page, &pay("52.50", "CO45")).with(422);
    assert!(mistake(&wrong, "paid-1-adjustments").starts_with("Write each adjustment as group"));
    let short = send(&clerk, &page, &pay("52.50", "CO-45 60.00")).with(422);
    assert!(
        short.text().contains("Send adjustments that add up to the charge less the amount"),
        "{}",
        short.text()
    );
    assert_eq!(short.value("paid-1-adjustments"), "CO-45 60.00");
    let none = send(&clerk, &page, &[("decision", "pay"), ("departs", "yes"), ("against", "So.")]).with(422);
    assert_eq!(mistake(&none, "remittance"), "Enter the number of the check or transfer");
    let silent = send(&clerk, &page, &pay("$52.50", "CO-45 67.50")[..6]).with(422);
    let said = mistake(&silent, "unauthorized-en");
    assert!(said.starts_with("Line 1 (CARC 197): No authorization covers"), "{said}");
    let paid = send(&clerk, &page, &pay("$52.50", "CO-45 67.50")).with(200);
    assert!(paid.text().contains("The plan paid."), "{}", paid.text());
    let case = seen(county, "costa-alta", &case);
    assert_eq!((&case["state"], &case["remittance"]["total"]), (&json!("paid"), &json!("52.50")));

    let body = json!({ "reason": "Two meals were billed." });
    let disputed = county.change(county.key_of("mesa-verde"), &case, "disputes", &body).with(200);
    let page = clerk.get(&screen(&disputed)).with(200);
    assert!(page.text().contains("Two meals were billed."), "{}", page.text());
    let upheld = [
        ("decision", "uphold"),
        ("reason-en", "The rate is right."),
        ("reason-es", "La tarifa es correcta."),
    ];
    send(&clerk, &page, &upheld).with(200);
    let upheld = seen(county, "costa-alta", &disputed);
    assert_eq!(
        (&upheld["state"], &upheld["disputes"][0]["answer"]["outcome"]),
        (&json!("paid"), &json!("upheld"))
    );
}

fn a_referral_is_redirected_and_placed(database: Database) {
    let county = County::shared(database);
    let clerk = seat(county, "costa-alta", &CLERK);
    let case = meals(county, "standard");
    let page = clerk.get(&screen(&case)).with(200);
    let redirect = [("decision", "redirect"), ("reason-en", "It is rent."), ("reason-es", "Es alquiler.")];
    let refused = send(&clerk, &page, &redirect).with(422);
    assert_eq!(mistake(&refused, "to"), "Choose where it belongs");
    let fields: Vec<_> = redirect.into_iter().chain([("to", "service:transitional-rent")]).collect();
    let sent = send(&clerk, &refused, &fields).with(200);
    assert!(sent.text().contains("It belongs to another plan or program."), "{}", sent.text());
    let redirected = seen(county, "costa-alta", &case);
    assert_eq!(redirected["state"], "redirected");

    let case = meals(county, "standard");
    let page = clerk.get(&screen(&case)).with(200);
    let accepted = send(&clerk, &page, &[("decision", "accept")]).with(200);
    assert!(accepted.text().contains("A provider comes next."), "{}", accepted.text());
    let refused = send(&clerk, &accepted, &[("decision", "assign")]).with(422);
    assert_eq!(mistake(&refused, "provider"), "Choose a provider");
    let kitchen = county.provider("mesa-verde").id.clone();
    assert!(refused.html.contains(&format!("<option value=\"{kitchen}\">mesa-verde</option>")));
    send(&clerk, &refused, &[("decision", "assign"), ("provider", &kitchen)]).with(200);
    let placed = seen(county, "costa-alta", &case);
    assert_eq!(
        (text(&placed, "/placing/state"), text(&placed, "/placing/provider")),
        ("assigned", &*kitchen)
    );
}

fn a_file_is_read_again_and_approved(database: Database) {
    let county = County::of(Server::start(database), &["costa-alta"]);
    let provider = county.new_provider(&["meals"]);
    let file = json!({
        "legal_name": "Green Kitchen", "services": ["medically-tailored-meals"], "counties": ["SRV"],
        "plans": ["costa-alta"], "answers": [], "documents": [],
    });
    let file = county.submit(&provider.key, "applications", &file);
    let clerk = seat(&county, "costa-alta", &CLERK);
    let page = clerk.get(&screen(&file)).with(200);
    assert!(page.text().contains("Green Kitchen"), "{}", page.text());
    let declined = send(&clerk, &page, &[("decision", "decline")]).with(422);
    assert_eq!(mistake(&declined, "reason-en"), "Write it in English");
    let wrong = send(&clerk, &page, &[("decision", "credential"), ("effective", "2026-02-30")]).with(422);
    assert!(mistake(&wrong, "effective").starts_with("Enter a day of the calendar"));
    let approved = [("decision", "credential"), ("effective", "2026-03-02")];
    send(&clerk, &page, &approved).with(200);
    let seen = county.again(&county.plan("costa-alta").reviewer, &file);
    assert_eq!(text(&seen, "/reviews/0/state"), "approved", "{seen}");
    let again = clerk.get(&screen(&file)).with(200);
    let words = [("reason-en", "A document ended."), ("reason-es", "Venció un documento.")];
    let reopen: Vec<_> = [("decision", "reopen")].into_iter().chain(words).collect();
    send(&clerk, &again, &reopen).with(200);
    let seen = county.again(&county.plan("costa-alta").reviewer, &file);
    assert_eq!(text(&seen, "/reviews/0/state"), "with-people", "{seen}");

    // One language is enough, and the other is the next thing to do.
    let page = clerk.get(&screen(&file)).with(200);
    let half = [("decision", "decline"), ("reason-es", "Falta la licencia comercial.")];
    let sent = send(&clerk, &page, &half).with(200);
    for words in
        ["Why your plan declines the file", "Falta la licencia comercial.", "The same reason in English"]
    {
        assert!(sent.text().contains(words), "{words}: {}", sent.text());
    }
    let page = clerk.get(&screen(&file)).with(200);
    assert_eq!(page.value("translation-of"), "decline");
    assert_eq!(page.value("translation-language"), "en");
    let words = [
        ("decision", "translate"),
        ("translation-of", "decline"),
        ("translation-language", "en"),
        ("translation", "The business license is missing."),
    ];
    send(&clerk, &page, &words).with(200);
    let seen = county.again(&county.plan("costa-alta").reviewer, &file);
    assert_eq!(text(&seen, "/reviews/0/reason/en"), "The business license is missing.", "{seen}");
    assert!(seen["reviews"][0]["translation"].is_null());
}

fn a_reason_is_written_in_the_other_language(database: Database) {
    let county = County::shared(database);
    let case = sixty_nights(county);
    let reviewer = seat(county, "silver-oak", &REVIEWER);
    let page = reviewer.get(&screen(&case)).with(200);
    let denial = [("decision", "deny"), ("kind", "clinical"), ("reason-es", "Puede sanar en casa.")];
    let denied = send(&reviewer, &page, &denial).with(200);
    assert!(denied.text().contains("The same reason in English"), "{}", denied.text());
    // Who writes it decides nothing, and needs no license; an analyst may.
    let analyst = seat(county, "silver-oak", &["analyst"]);
    let page = analyst.get(&screen(&case)).with(200);
    let empty = [("decision", "translate"), ("translation-language", "en"), ("translation", "")];
    assert_eq!(mistake(&send(&analyst, &page, &empty).with(422), "translation"), "Fill in this field");
    assert_eq!(page.value("translation-language"), "en");
    let words =
        [("decision", "translate"), ("translation-language", "en"), ("translation", "It can heal at home.")];
    send(&analyst, &page, &words).with(200);
    let seen = seen(county, "silver-oak", &case);
    assert!(text(&seen, "/denial/reason/en").ends_with("It can heal at home."), "{seen}");
    assert!(seen["denial"]["translation"].is_null());
}

fn a_redirect_is_written_in_the_other_language(database: Database) {
    let county = County::shared(database);
    let request = json!({
        "member": county.person("costa-alta").named(), "service": "medically-tailored-meals", "facts": [],
    });
    let case = county.submit(county.key_of("mesa-verde"), "referrals", &request);
    let clerk = seat(county, "costa-alta", &CLERK);
    let page = clerk.get(&screen(&case)).with(200);
    let redirect =
        [("decision", "redirect"), ("to", "service:housing-deposits"), ("reason-en", "The need is rent.")];
    let sent = send(&clerk, &page, &redirect).with(200);
    for words in ["Why it goes elsewhere", "The need is rent.", "The same reason in Spanish"] {
        assert!(sent.text().contains(words), "{words}: {}", sent.text());
    }
    let page = clerk.get(&screen(&case)).with(200);
    assert_eq!(page.value("translation-of"), "redirect");
    assert_eq!(page.value("translation-language"), "es");
    let words = [
        ("decision", "translate"),
        ("translation-of", "redirect"),
        ("translation-language", "es"),
        ("translation", "Lo que hace falta es alquiler."),
    ];
    send(&clerk, &page, &words).with(200);
    let seen = seen(county, "costa-alta", &case);
    assert_eq!(text(&seen, "/redirect/reason/es"), "Lo que hace falta es alquiler.");
    assert!(seen["redirect"]["translation"].is_null());
}

fn a_document_opens_beside_the_case(database: Database) {
    let county = County::shared(database);
    let hospital = county.key_of("hospital");
    let words = "The member was discharged on March 2.";
    let document = Request::bytes("/v1/documents?kind=discharge-summary", "text/plain", words);
    let document = county.client().send(&document.by(hospital)).with(201);
    let mut request = nights(county, &county.person("silver-oak"), 60, "2026-04-30");
    request["documents"] =
        json!([{ "kind": "discharge-summary", "issued": "2026-03-02", "document": document["id"] }]);
    let case = county.submit(hospital, "authorizations", &request);
    let clerk = seat(county, "silver-oak", &CLERK);
    let page = clerk.get(&screen(&case)).with(200);
    let address = page.link("Discharge summary");
    assert_eq!(address, format!("/portal/work/documents/{}", text(&document, "/id")));
    assert_eq!(clerk.get(&address).with(200).html, words);
    for cell in ["the provider", "March 2, 2026"] {
        let cell = format!("<span>{cell}</span>");
        assert!(page.html.contains(&cell), "facts with their source and day: {}", page.text());
    }
    let other = seat(county, "harbor-crest", &REVIEWER);
    other.get(&address).with(404);
    Seat::at(county, &county.provider("open-door").id, &["coordinator"]).get(&address).with(403);
}

fn the_screen_speaks_spanish_and_keeps_what_was_typed(database: Database) {
    let county = County::shared(database);
    let case = sixty_nights(county);
    let clerk = seat(county, "silver-oak", &CLERK);
    let page = clerk.get(&screen(&case)).with(200);
    let typed = [
        ("decision", "part"),
        ("kind", "administrative"),
        ("line-1-procedure", "T2033 U6"),
        ("line-1-units", "9"),
        ("line-1-first", "2026-03-02"),
        ("line-1-last", "2026-03-04"),
        ("reason-en", "Half of it <b>will</b> do."),
    ];
    let switched: Vec<_> = typed.into_iter().chain([("in-language", "es")]).collect();
    let spanish = send(&clerk, &page, &switched).with(200);
    assert!(spanish.html.contains("<html lang=\"es\">"));
    let says = spanish.text();
    assert!(says.contains("Decidir: ") && says.contains("¿Qué decide usted?"), "{says}");
    assert!(says.contains("Sus reglas aconsejan denegarlo."), "{says}");
    assert_eq!((spanish.value("decision"), spanish.value("line-1-units")), ("part".into(), "9".into()));
    assert!(spanish.html.contains("Half of it &#60;b&#62;will&#60;/b&#62; do."), "kept, and only text");
    // The page between speaks it too, with everything that was typed.
    let between = send(&clerk, &spanish, &typed).with(200);
    assert!(between.text().contains("Usted decide otra cosa que la que aconsejan sus reglas"));
    let english = [("departs", "yes"), ("against", "Basta."), ("in-language", "en")];
    let english: Vec<_> = typed.into_iter().chain(english).collect();
    let between = send(&clerk, &between, &english).with(200);
    assert!(between.text().contains("You decide otherwise than your rules advise"), "{}", between.text());
    assert_eq!((between.value("against"), between.value("line-1-units")), ("Basta.".into(), "9".into()));
    clerk.post("/portal/language", &[("in-language", "es"), ("back", "/portal/work")]).with(200);
    let sent = [("departs", "yes"), ("against", "Basta.")];
    let sent: Vec<_> = typed.into_iter().chain(sent).collect();
    let refused = send(&clerk, &between, &sent).with(422);
    let told = mistake(&refused, "line-1-units");
    assert!(told.starts_with("Hay más unidades de las que caben en los días."), "{told}");
    let list = clerk.get("/portal/work").with(200);
    assert!(list.text().contains("¿Qué casos esperan una decisión?"), "{}", list.text());
    assert!(list.text().contains("Autorización"), "{}", list.text());
}

fn a_case_is_taken_passed_on_noted_and_put_back(database: Database) {
    let county = County::of(Server::start(database), &["costa-alta"]);
    let (client, case, other) = (county.client(), meals(&county, "standard"), claim(&county));
    let (ana, ben) = (seat(&county, "costa-alta", &CLERK), seat(&county, "costa-alta", &REVIEWER));
    let page = ana.get(&screen(&case)).with(200);
    assert!(page.text().contains("Nobody has this case yet."), "{}", page.text());
    let taken = step(&ana, &case, &page, &[("step", "take")]).with(200);
    assert_eq!(taken.address, screen(&case));
    assert!(taken.text().contains("You have it since"), "{}", taken.text());
    let item = waiting(&county, &case);
    let own = text(&item, "/holder").to_owned();
    assert!(own.starts_with("acc_") && item["held_since"].is_string(), "{item}");
    assert_eq!(item["version"], 2);

    // (who, filter, the cases that are there of: the one that was taken, the other)
    for (who, filter, expected) in [
        (&ana, "holder=mine", [true, false]),
        (&ana, "holder=nobody&kind=claim", [false, true]),
        (&ana, "holder=", [true, true]),
        (&ben, "holder=mine", [false, false]),
        (&ben, "holder=nobody", [false, true]),
        (&ben, "holder=mine&urgency=standard&kind=referral", [false, false]),
    ] {
        let page = who.get(&format!("/portal/work?{filter}")).with(200);
        assert_eq!([&case, &other].map(|case| place(&page, case).is_some()), expected, "{filter}");
        assert!(!page.address.contains("acc_"), "an address names nobody");
    }
    ana.get(&format!("/portal/work?holder={own}")).with(404);

    // The colleague is chosen by name, and gets the note with the case.
    let page = ana.get(&hands(&case)).with(200);
    let people = client.read(&county.plan("costa-alta").reviewer, "/v1/colleagues");
    let people = people["items"].as_array().expect("a list");
    let is_colleague = |id: &&str| id.starts_with("acc_") && *id != own;
    let colleague = people.iter().map(|one| text(one, "/id")).find(is_colleague).expect("another person");
    // The API names them as the page does.
    let name = people.iter().find(|one| one["id"] == colleague).map(|one| text(one, "/name").to_owned());
    let name = name.expect("the colleague is there");
    assert!(name.starts_with("Pat Seat "), "{name}");
    let option = format!("<option value=\"{colleague}\">{name}</option>");
    assert!(page.html.contains(&option), "{}", page.html);
    assert!(!page.html.contains(&format!("<option value=\"{own}\"")), "to herself she passes nothing");
    let passed = [("step", "pass"), ("to", colleague), ("note", "The hospital\r\ncalls back on Friday.")];
    let passed = step(&ana, &case, &page, &passed).with(200);
    assert!(passed.text().contains("Passed it to Pat Seat "), "{}", passed.text());
    let page = ben.get(&screen(&case)).with(200);
    assert!(page.text().contains("You have it since"), "{}", page.text());
    assert!(page.text().contains("Note: The hospital calls back on Friday."), "{}", page.text());
    let item = waiting(&county, &case);
    assert_eq!((&item["holder"], text(&item, "/holder_name")), (&Value::from(colleague), name.as_str()));

    let back = step(&ben, &case, &page, &[("step", "put-back")]).with(200);
    assert!(back.text().contains("Nobody has this case yet."), "{}", back.text());
    let item = waiting(&county, &case);
    assert_eq!(
        [&item["holder"], &item["holder_name"], &item["held_since"]],
        [&Value::Null; 3],
        "what nobody has names nobody"
    );

    let path = format!("/v1/worklist/{}/history", text(&case, "/id"));
    let history = client.read(&county.plan("costa-alta").reviewer, &path);
    let history = history["items"].as_array().expect("a list");
    let mut steps: Vec<&str> = history.iter().map(|one| text(one, "/step")).collect();
    assert_eq!(steps[0], "put-back", "newest first: {history:?}");
    steps.sort_unstable();
    assert_eq!(steps, ["note", "pass", "put-back", "take"]);

    // Who sent it reads none of it; who acted is on the audit trail.
    let sender = county.key_of("open-door");
    let told = [county.again(sender, &case), Value::from(county.timeline(sender, &case))];
    for told in told.map(|told| told.to_string()) {
        assert!(
            !told.contains("calls back") && !told.contains("acc_") && !told.contains("put-back"),
            "{told}"
        );
    }
    client.send(&Request::get(&*path).by(sender)).with(403);
    for action in ["take-work", "pass-work", "put-back-work"] {
        let path = format!("/v1/audit?subject={}&action={action}", text(&case, "/id"));
        let trail = client.read(&county.plan("costa-alta").reviewer, &path);
        assert_eq!(trail["items"].as_array().map(Vec::len), Some(1), "{action}: {trail}");
        assert!(text(&trail, "/items/0/account").starts_with("acc_"), "{trail}");
    }
}

fn who_comes_second_changes_no_hands(database: Database) {
    let county = County::of(Server::start(database), &["costa-alta"]);
    let (client, case) = (county.client(), meals(&county, "standard"));
    let (ana, ben) = (seat(&county, "costa-alta", &CLERK), seat(&county, "costa-alta", &CLERK));
    let (hers, his) = (ana.get(&screen(&case)).with(200), ben.get(&hands(&case)).with(200));
    let take = [("step", "take")];
    step(&ana, &case, &hers, &take).with(200);
    // The same form once more is the same step.
    step(&ana, &case, &hers, &take).with(200);
    let item = waiting(&county, &case);
    assert_eq!(item["version"], 2);
    let late = [("step", "take"), ("note", "Ask about the discharge.")];
    let late = step(&ben, &case, &his, &late).with(409);
    assert!(late.text().contains("Somebody was first"), "{}", late.text());
    assert!(late.text().contains(" has it since "), "{}", late.text());
    assert_eq!(late.value("note"), "Ask about the discharge.");
    assert_eq!(late.field("to"), None, "who has a case passes it on");
    assert_eq!(waiting(&county, &case), item);

    // The new form of the late page is good.
    let noted = step(&ben, &case, &late, &[("step", "note"), ("note", "Ask about the discharge.")]).with(200);
    assert!(noted.text().contains("Note: Ask about the discharge."), "{}", noted.text());

    // A key is refused by the same rules, and may put back what a colleague has.
    let clerk = &county.plan("costa-alta").clerk;
    let path = format!("/v1/worklist/{}/steps", text(&case, "/id"));
    let ask = |body: &Value, version: &Value| {
        client.send(&Request::post(&*path, body).by(clerk).of_version(version))
    };
    let stale = ask(&json!({ "step": "take" }), &json!(1));
    assert_eq!((stale.status, stale.code()), (412, "stale"));
    let refused = ask(&json!({ "step": "take" }), &item["version"]);
    assert_eq!((refused.status, refused.code()), (409, "not-allowed-now"));
    assert_eq!(refused.json["detail"], "a colleague has it: put it back first, or decide it as it is");
    let spanish = Request::post(&*path, &json!({ "step": "take" })).by(clerk).of_version(&item["version"]);
    let spanish = client.send(&spanish.header("Accept-Language", "es"));
    assert!(text(&spanish.json, "/detail").starts_with("un colega lo tiene"), "{}", spanish.json);
    let back = ask(&json!({ "step": "put-back" }), &item["version"]).with(200);
    assert_eq!(back["holder"], Value::Null);
    let nobody = ask(&json!({ "step": "put-back" }), &back["version"]);
    assert_eq!((nobody.status, nobody.code()), (409, "not-allowed-now"));
    let stranger = json!({ "step": "pass", "to": format!("acc_{}", "0".repeat(32)) });
    let stranger = ask(&stranger, &back["version"]);
    assert_eq!((stranger.status, text(&stranger.json, "/errors/0/pointer")), (422, "/to"));
    let taken = ask(&json!({ "step": "take" }), &back["version"]).with(200);
    assert!(text(&taken, "/holder").starts_with("key_"), "{taken}");
    let people = client.read(clerk, "/v1/colleagues");
    let own = people["items"].as_array().and_then(|all| all.iter().find(|one| one["you"] == true));
    let own = own.expect("a key is a colleague too");
    assert_eq!((&taken["holder"], &taken["holder_name"]), (&own["id"], &own["name"]), "by the key's label");
    let mine = client.read(clerk, "/v1/worklist?holder=mine");
    assert_eq!(mine["items"].as_array().map(Vec::len), Some(1), "{mine}");
    assert_eq!(mine["items"][0]["holder_name"], own["name"], "{mine}");
    assert_eq!(client.read(clerk, &path.replace("/steps", ""))["holder_name"], own["name"]);
    assert_eq!(client.read(clerk, "/v1/worklist?holder=nobody")["items"], json!([]));
    let unknown = client.send(&Request::get("/v1/worklist?holder=ana").by(clerk));
    assert_eq!((unknown.status, text(&unknown.json, "/errors/0/code")), (422, "unknown-code"));
}

fn what_a_colleague_has_is_decided_and_says_so(database: Database) {
    let county = County::of(Server::start(database), &["costa-alta"]);
    let case = meals(&county, "standard");
    let (ana, ben) = (seat(&county, "costa-alta", &CLERK), seat(&county, "costa-alta", &REVIEWER));
    let page = ana.get(&screen(&case)).with(200);
    step(&ana, &case, &page, &[("step", "take")]).with(200);
    let form = ana.get(&hands(&case)).with(200);
    assert!(!ana.get(&screen(&case)).text().contains("You may decide it all the same."), "it is her own");
    let page = ben.get(&screen(&case)).with(200);
    assert!(page.text().contains(" has this case. You may decide it all the same."), "{}", page.text());
    let no = [
        ("decision", "not-eligible"),
        ("kind", "clinical"),
        ("reason-en", "Another service suits the member better."),
        ("reason-es", "Otro servicio le conviene más."),
    ];
    send(&ben, &page, &no).with(200);
    assert!(county.work_item("costa-alta", &case).is_none(), "it is decided");
    // She comes too late for a note, and keeps what she wrote.
    let late = step(&ana, &case, &form, &[("step", "note"), ("note", "I asked the kitchen.")]).with(409);
    assert!(late.text().contains("This case waits for nobody now."), "{}", late.text());
    assert!(late.text().contains("I asked the kitchen."), "{}", late.text());
    assert_eq!(late.field("turn"), None, "there is nothing to do with it");
    let seen = ana.get(&screen(&case)).with(200);
    assert!(seen.text().contains("Took it"), "its history stays: {}", seen.text());
}

fn only_those_who_decide_take_a_case(database: Database) {
    let county = County::shared(database);
    let case = meals(county, "standard");
    let clerk = seat(county, "costa-alta", &CLERK);
    let page = clerk.get(&screen(&case)).with(200);
    let analyst = seat(county, "costa-alta", &["analyst"]);
    let read = analyst.get(&screen(&case)).with(200);
    assert!(read.text().contains("Nobody has this case yet."), "{}", read.text());
    assert_eq!(read.field("turn"), None, "who only reads is offered no step");
    step(&analyst, &case, &page, &[("step", "take")]).with(403);
    let other = seat(county, "silver-oak", &REVIEWER);
    let provider = Seat::at(county, &county.provider("open-door").id, &["coordinator"]);
    for (who, status) in [(&other, 404), (&provider, 403)] {
        who.get(&hands(&case)).with(status);
        step(who, &case, &page, &[("step", "take")]).with(status);
        step(who, &case, &page, &[("step", "note"), ("note", "Mine.")]).with(status);
    }
    assert_eq!(waiting(county, &case)["holder"], Value::Null);
    // A case of one kind is none of another.
    clerk.get(&hands(&case).replace("/referral/", "/claim/")).with(404);
    let client = county.client();
    let plan = county.plan("costa-alta");
    let path = format!("/v1/worklist/{}", text(&case, "/id"));
    let take = Request::post(format!("{path}/steps"), &json!({ "step": "take" })).of_version(&json!(1));
    client.send(&take.clone().by(&plan.admin)).with(403);
    client.send(&take.by(county.key_of("open-door"))).with(403);
    client.send(&Request::get("/v1/colleagues").by(county.key_of("open-door"))).with(403);
    client.send(&Request::get(&*path).by(&county.plan("silver-oak").reviewer)).with(404);
    client.send(&Request::get(&*path).by(&plan.admin)).with(200);
}

fn one_opening_of_a_screen_is_one_look(database: Database) {
    let county = County::of(Server::start(database), &["costa-alta"]);
    let (client, case) = (county.client(), meals(&county, "standard"));
    let clerk = seat(&county, "costa-alta", &CLERK);
    let page = clerk.get(&screen(&case)).with(200);
    step(&clerk, &case, &page, &[("step", "take")]).with(200);
    let member =
        seen(&county, "costa-alta", &case)["member_id"].as_str().expect("it has a member").to_owned();
    let looks = |subject: &str| {
        let path = format!("/v1/audit?subject={subject}&action=look&limit=200");
        let trail = client.read(&county.server.operator, &path);
        trail["items"].as_array().expect("a list").len()
    };
    // (page, looks at the case, looks at the person)
    for (address, of_case, of_member) in [(screen(&case), 1, 1), (hands(&case), 1, 0)] {
        let before = (looks(text(&case, "/id")), looks(&member));
        let page = clerk.get(&address).with(200);
        assert!(page.text().contains("You have it since"), "{}", page.text());
        let after = (looks(text(&case, "/id")), looks(&member));
        let new = (after.0 - before.0, after.1 - before.1);
        assert_eq!(new, (of_case, of_member), "{address}");
    }
}

fn a_note_is_bounded_and_kept_in_both_languages(database: Database) {
    let county = County::shared(database);
    let case = meals(county, "standard");
    let clerk = seat(county, "costa-alta", &CLERK);
    let page = clerk.get(&hands(&case)).with(200);
    let empty = step(&clerk, &case, &page, &[("step", "note"), ("note", "  ")]).with(422);
    assert_eq!(mistake(&empty, "note"), "Write a note of at most 500 letters");
    let long = "n".repeat(501);
    let refused = step(&clerk, &case, &empty, &[("step", "take"), ("note", &long)]).with(422);
    assert_eq!(refused.value("note"), long, "nothing that was typed is lost");
    assert_eq!(waiting(county, &case)["holder"], Value::Null, "nor is half of it done");
    let nobody = step(&clerk, &case, &refused, &[("step", "pass"), ("to", ""), ("note", "For you.")]);
    assert_eq!(mistake(&nobody.with(422), "to"), "Choose a colleague from the list");
    let typed = [("note", "Half <b>done</b>."), ("in-language", "es")];
    let spanish = step(&clerk, &case, &refused, &typed).with(200);
    assert!(spanish.html.contains("<html lang=\"es\">"));
    assert!(spanish.text().contains("Nadie tiene este caso todavía."), "{}", spanish.text());
    assert!(spanish.html.contains("Half &#60;b&#62;done&#60;/b&#62;."), "kept, and only text");
    let noted = [("step", "note"), ("note", "Half <b>done</b>.")];
    let noted = step(&clerk, &case, &spanish, &noted).with(200);
    assert!(noted.text().contains("Nota: "), "{}", noted.text());
    assert!(noted.html.contains("Half &#60;b&#62;done&#60;/b&#62;."), "{}", noted.html);
}

fn more_time_is_taken_once_and_the_person_is_told(database: Database) {
    let county = County::shared(database);
    let case = sixty_nights(county);
    let reviewer = seat(county, "silver-oak", &REVIEWER);
    let page = reviewer.get(&screen(&case)).with(200);
    let silent = send(&reviewer, &page, &[("decision", "extend")]).with(422);
    assert_eq!(mistake(&silent, "requested-by"), "Choose who asks for more time");
    assert_eq!(mistake(&silent, "reason-en"), "Write it in English");
    let why = [
        ("decision", "extend"),
        ("requested-by", "member"),
        ("reason-en", "The doctor will write."),
        ("reason-es", "El médico escribirá."),
    ];
    let waits = send(&reviewer, &page, &why).with(200);
    assert!(waits.text().contains("The plan took more time."), "{}", waits.text());
    assert!(!waits.html.contains("value=\"extend\""), "nobody gets the time twice");
    let extended = seen(county, "silver-oak", &case);
    assert_eq!(extended["extension"]["requested_by"], "member", "{extended}");
    assert_eq!(extended["state"], "with-people");

    let denial = [
        ("decision", "deny"),
        ("kind", "clinical"),
        ("reason-en", "It can heal at home."),
        ("reason-es", "Puede sanar en casa."),
    ];
    let denied = send(&reviewer, &waits, &denial).with(200);
    assert!(denied.text().contains("There is nothing to decide about this case now."), "{}", denied.text());
    // That the person is told is no decision: who keeps the rules may record it too.
    let analyst = seat(county, "silver-oak", &["analyst"]);
    let page = analyst.get(&screen(&case)).with(200);
    assert!(page.text().contains("Record that the person was told"), "{}", page.text());
    let letter = |day: &str, route: &str| {
        let fields = [("decision", "tell"), ("sent-on", day), ("route", route), ("notice-language", "es")];
        send(&analyst, &page, &fields)
    };
    assert_eq!(mistake(&letter("", "").with(422), "route"), "Choose how the person was told");
    let early = letter("2026-02-01", "mail").with(422);
    assert!(mistake(&early, "sent-on").starts_with("The day is before the decision."), "{}", early.text());
    assert_eq!(early.value("notice-language"), "es", "what was chosen stays");
    let told = letter("2026-03-02", "mail").with(200);
    assert!(told.text().contains("The plan wrote to the person."), "{}", told.text());
    assert!(!told.html.contains("value=\"tell\""), "the clock has ended");
    let told = seen(county, "silver-oak", &case);
    let letters = told["member_notices"].as_array().expect("a list");
    assert_eq!(
        (letters.len(), &letters[0]["route"], &letters[0]["language"]),
        (1, &json!("mail"), &json!("es"))
    );
}

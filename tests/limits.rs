//! Benefit limits and places: how much of a service a member may have, whoever grants, presumes or pays.
//!
//! The limits are those of the catalog, with their sources: six months of room and board in any twelve
//! (Health Net provider manual, Transitional Rent), $5,000 of deposits in a lifetime under any plan (L.A.
//! Care), twelve weeks of meals unless medically needed and two approvals of tenancy services (DHCS Community
//! Supports Policy Guide). Months are counted as 182 days, which is unsure.

use std::thread;

use serde_json::{Value, json};

use crate::harness::{
    BORN, COUNTY, County, Database, FAMILY, GIVEN, Person, Request, Server, asked, billed, facts,
    on_both_databases, text,
};
use crate::journeys::nights;

on_both_databases! {
    a_night_is_granted_to_one_house
    six_months_in_twelve_bind_software_and_people
    limits_count_over_plans_and_say_so_to_everyone_concerned
    a_window_is_cut_to_what_is_left
    two_at_once_do_not_share_the_last_nights
    deposits_count_for_life
    a_limit_with_reason_takes_a_reason
    what_is_taken_back_counts_no_more
    places_are_not_given_twice
    who_may_be_served_before_the_decision_has_a_place
    hours_of_a_year_approvals_of_a_life_and_stays_bind_people
    a_limit_binds_the_days_on_which_it_was_in_force
    a_first_year_and_a_window_of_care_have_their_length
    sums_of_a_life_take_a_reason
    a_long_history_is_said_to_be_cut
}

/// Nights of recuperative care at a house.
pub(crate) fn stay(
    county: &County,
    person: &Person,
    house: &str,
    kind: &str,
    units: u32,
    first: &str,
    last: &str,
) -> Value {
    let mut request = nights(county, person, units, last);
    request["provider"] = json!(county.provider(house).id);
    request["lines"] = json!([asked("T2033 U6", units, first, last)]);
    request["kind"] = json!(kind);
    request
}

/// One limit on a day, as the caller is told it.
fn standing(county: &County, key: &str, member: &str, service: &str, on: &str, limit: &str) -> Value {
    let path = format!("/v1/members/{member}/limits?service={service}&on={on}&purpose=care-coordination");
    let page = county.client().read(key, &path);
    let items = page["items"].as_array().expect("a list");
    items.iter().find(|item| item["id"] == limit).unwrap_or_else(|| panic!("{limit} is in {page:#}")).clone()
}

fn numbers(standing: &Value) -> [i64; 4] {
    ["allowed", "authorized", "delivered", "left"].map(|name| standing[name].as_i64().expect("a number"))
}

/// The reason for people, with the limit's numbers: id, used, asked, left.
fn passed(case: &Value) -> (&str, &str, i64, i64, i64) {
    let number = |name: &str| case["limit"][name].as_i64().unwrap_or(-1);
    (
        text(case, "/why_people/code"),
        text(case, "/limit/limit"),
        number("used"),
        number("asked"),
        number("left"),
    )
}

/// A plan's member file says on which days it covers the person.
pub(crate) fn cover(county: &County, plan: &str, person: &Person, first: &str, last: &str) {
    let file = format!(
        "CIN,Plan Member ID,Last Name,First Name,Date of Birth,Sex,Spoken Language,County,Residential Address,City,Zip,\
         Homelessness Indicator,Phone Number,Coverage Start Date,Coverage End Date,Line of Business,Group Code,\
         Dual Status Code,Renewal Month,PCP NPI\r\n\
         {},M1,{FAMILY},{GIVEN},{BORN},U,en,{COUNTY},,San Ravel,96191,Y,209-555-0100,{first},{last},medi-cal,,00,6,\r\n",
        person.cin
    );
    let roster = Request::bytes("/v1/rosters", "text/csv", file).by(&county.plan(plan).admin);
    assert_eq!(county.client().send(&roster).with(201)["refused"], json!([]));
}

fn claim(person: &Person, lines: &[Value]) -> Value {
    json!({ "member": person.named(), "diagnoses": ["Z59.02"], "lines": lines })
}

/// Two houses were granted the same ninety nights.
fn a_night_is_granted_to_one_house(database: Database) {
    let county = County::shared(database);
    let (hospital, reviewer) = (county.key_of("hospital"), &county.plan("valle-vista").reviewer);
    let person = county.person("valle-vista");
    let ask = |house: &str, first: &str, last: &str, units| {
        county.submit(
            hospital,
            "authorizations",
            &stay(county, &person, house, "initial", units, first, last),
        )
    };
    let first = ask("casa-puente", "2026-03-02", "2026-05-30", 90);
    assert_eq!(first["state"], "approved");

    let second = ask("open-door", "2026-03-02", "2026-05-30", 90);
    assert_eq!(second["state"], "with-people", "the plan's rules would have granted it");
    assert_eq!(passed(&second), ("benefit-limit", "housing-global-cap", 90, 90, 0));
    assert_eq!(second["limit"]["how"], "overlap");
    assert_eq!(second["limit"]["first"], "2026-03-02");
    assert!(text(&second, "/why_people/text/es").contains("90 días"), "{second:#}");
    assert!(second["presumption"].is_null(), "nor may service start there");
    let item = county.work_item("valle-vista", &second).expect("it waits");
    assert_eq!(item["why"]["code"], "benefit-limit");

    let refused = county.change(reviewer, &second, "decisions", &json!({ "decision": "approve" }));
    assert_eq!((refused.status, refused.code()), (422, "invalid-request"));
    assert_eq!(refused.json["errors"][0]["code"], "benefit-limit");
    assert_eq!(county.again(reviewer, &second)["state"], "with-people");
    // While it is open, the plan's rules take another request for the service as a duplicate.
    county.change(hospital, &second, "withdrawal", &json!({})).with(200);

    let one_night = ask("open-door", "2026-05-30", "2026-06-28", 30);
    assert_eq!(passed(&one_night), ("benefit-limit", "housing-global-cap", 1, 1, 0));
    county.change(hospital, &one_night, "withdrawal", &json!({})).with(200);
    let after = ask("open-door", "2026-05-31", "2026-06-29", 30);
    assert_eq!(after["state"], "approved", "the member moves from house to house");
    let same = ask("open-door", "2026-06-29", "2026-07-08", 10);
    assert_eq!(
        same["state"], "approved",
        "a house may be asked for again a day early: the night counts once"
    );
    let member = text(&first, "/member_id");
    let cap = standing(county, hospital, member, "recuperative-care", "2026-03-02", "housing-global-cap");
    assert_eq!(numbers(&cap), [182, 129, 0, 53]);
}

fn six_months_in_twelve_bind_software_and_people(database: Database) {
    let county = County::shared(database);
    let (hospital, reviewer) = (county.key_of("hospital"), &county.plan("valle-vista").reviewer);
    let person = county.person("valle-vista");
    let ask = |kind: &str, first: &str, last: &str, units| {
        county.submit(
            hospital,
            "authorizations",
            &stay(county, &person, "casa-puente", kind, units, first, last),
        )
    };
    assert_eq!(ask("initial", "2026-03-02", "2026-05-30", 90)["state"], "approved");
    assert_eq!(ask("renewal", "2026-05-31", "2026-07-29", 60)["state"], "approved");
    let third = ask("renewal", "2026-07-30", "2026-09-27", 60);
    assert_eq!(third["state"], "with-people");
    assert_eq!(passed(&third), ("benefit-limit", "housing-global-cap", 150, 60, 32));
    assert_eq!(third["limit"]["excess"], "never");
    assert_eq!(
        (&third["limit"]["first"], &third["limit"]["last"]),
        (&json!("2025-09-28"), &json!("2026-09-27"))
    );

    let grant = |units: u32, last: &str| {
        json!({
            "decision": "approve", "lines": [asked("T2033 U6", units, "2026-07-30", last)],
            "kind": "clinical", "reason": { "en": "The rest of the six months.", "es": "El resto de los seis meses." },
        })
    };
    let seen = county.again(reviewer, &third);
    assert_eq!(text(&seen, "/recommendation/grant/lines/0/procedure/code"), "T2033", "{seen:#}");
    let refused = county.change(reviewer, &third, "decisions", &grant(33, "2026-08-31"));
    assert_eq!((refused.status, refused.code()), (422, "invalid-request"));
    let detail = text(&refused.json, "/errors/0/detail");
    assert!(detail.contains("Used: 150 days. Left: 32 days. Asked: 33 days."), "{detail}");
    let granted = county.change(reviewer, &third, "decisions", &grant(32, "2026-08-30")).with(200);
    assert_eq!(granted["state"], "partly-approved");

    let member = text(&third, "/member_id");
    let stands = |service, on| standing(county, hospital, member, service, on, "housing-global-cap");
    for service in ["recuperative-care", "transitional-rent", "short-term-post-hospitalization-housing"] {
        assert_eq!(numbers(&stands(service, "2026-09-01")), [182, 182, 0, 0], "{service}");
    }
    assert_eq!(numbers(&stands("recuperative-care", "2027-08-31")), [182, 0, 0, 182], "a year later");
    let more = ask("renewal", "2026-08-31", "2026-08-31", 1);
    assert_eq!(passed(&more), ("benefit-limit", "housing-global-cap", 182, 1, 0));
}

fn limits_count_over_plans_and_say_so_to_everyone_concerned(database: Database) {
    let county = County::shared(database);
    let (hospital, house) = (county.key_of("hospital"), county.key_of("casa-puente"));
    let person = county.person("harbor-crest");
    cover(county, "harbor-crest", &person, "2024-01-01", "2026-03-31");
    let earlier = stay(county, &person, "casa-puente", "initial", 30, "2026-03-02", "2026-03-31");
    assert_eq!(county.submit(hospital, "authorizations", &earlier)["state"], "approved");
    cover(county, "valle-vista", &person, "2026-04-01", "");
    let ask = |kind: &str, first: &str, last: &str, units| {
        county.submit(
            hospital,
            "authorizations",
            &stay(county, &person, "casa-puente", kind, units, first, last),
        )
    };
    let later = ask("initial", "2026-04-01", "2026-06-29", 90);
    assert_eq!((&later["state"], &later["plan"]["id"]), (&json!("approved"), &json!("valle-vista")));
    assert_eq!(ask("renewal", "2026-06-30", "2026-08-28", 60)["state"], "approved");
    let more = ask("renewal", "2026-08-29", "2026-09-27", 30);
    assert_eq!(passed(&more), ("benefit-limit", "housing-global-cap", 180, 30, 2));

    let member = text(&later, "/member_id");
    let path = format!("/v1/members/{member}/limits?on=2026-09-01&purpose=payment");
    let client = county.client();
    for (who, key) in [
        ("the sender", hospital),
        ("who delivers", house),
        ("the plan now", &county.plan("valle-vista").clerk),
    ] {
        let page = client.send(&Request::get(&path).by(key));
        let words = String::from_utf8_lossy(&page.bytes).into_owned();
        let page = page.with(200);
        let items = page["items"].as_array().expect("a list");
        let cap = items.iter().find(|item| item["id"] == "housing-global-cap").expect("it is there");
        assert_eq!(numbers(cap), [182, 180, 0, 2], "{who}");
        assert_eq!(cap["services"].as_array().map(Vec::len), Some(3), "{who}");
        assert_eq!((&cap["measure"], &cap["amount"]), (&json!("months"), &json!(6)), "{who}");
        assert_eq!((&cap["tag"], &cap["readings"][0]["tag"]), (&json!("found"), &json!("unsure")), "{who}");
        assert!(!text(cap, "/text/es").is_empty() && !text(cap, "/source").is_empty(), "{who}");
        let deposits = items.iter().find(|item| item["id"] == "deposit-lifetime").expect("it is there");
        assert_eq!(deposits["left_dollars"], "5000.00", "{who}");
        for plan in ["harbor-crest", "valle-vista", &county.provider("casa-puente").id] {
            assert!(!words.contains(plan), "{who} is told sums, not whose: {plan}");
        }
    }
    let before = &county.plan("harbor-crest").admin;
    let late = client.send(&Request::get(&path).by(before));
    assert_eq!((late.status, text(&late.json, "/errors/0/code")), (422, "no-coverage"));
    let own_days = format!("/v1/members/{member}/limits?on=2026-03-31&purpose=payment");
    client.read(before, &own_days);
    for key in [&county.plan("silver-oak").reviewer, county.key_of("mesa-verde"), &county.server.operator] {
        assert!([403, 404].contains(&client.send(&Request::get(&path).by(key)).status));
    }
    // Who looked the member up, and sent nothing yet, knows before asking.
    let mesa_verde = county.key_of("mesa-verde");
    let contact = json!({
        "cin": person.cin, "family_name": FAMILY, "given_name": GIVEN, "birth_date": BORN, "county": COUNTY,
        "purpose": "care-coordination",
    });
    client.send(&Request::post("/v1/members", &contact).by(mesa_verde)).with(200);
    let cap = standing(county, mesa_verde, member, "recuperative-care", "2026-09-01", "housing-global-cap");
    assert_eq!(numbers(&cap), [182, 180, 0, 2], "who looked the member up");
    let unknown = client.send(&Request::get(format!("{path}&service=nothing")).by(hospital));
    assert_eq!(unknown.status, 422);
    assert_eq!(unknown.json["errors"][0]["pointer"], "?service");
}

fn a_window_is_cut_to_what_is_left(database: Database) {
    let county = County::shared(database);
    let hospital = county.key_of("hospital");
    let person = county.person("valle-vista");
    let ask = |kind: &str, first: &str, last: &str, units| {
        county.submit(
            hospital,
            "authorizations",
            &stay(county, &person, "casa-puente", kind, units, first, last),
        )
    };
    // Of the twelve months that end with the spring, 172 nights are spoken for.
    // Renewals open no window, which an episode has once.
    assert_eq!(ask("renewal", "2026-04-01", "2026-05-30", 60)["state"], "approved");
    assert_eq!(ask("renewal", "2026-05-31", "2026-07-29", 60)["state"], "approved");
    assert_eq!(ask("renewal", "2026-07-30", "2026-09-19", 52)["state"], "approved");
    let now = ask("initial", "2026-03-02", "2026-03-15", 14);
    assert_eq!(passed(&now), ("benefit-limit", "housing-global-cap", 172, 14, 10));
    assert_eq!(now["presumption"]["first"], "2026-03-02");
    assert_eq!(
        now["presumption"]["last"], "2026-03-11",
        "ten nights are left, and fourteen is the rule's length"
    );
    let timeline = county.timeline(hospital, &now);
    assert!(timeline.iter().any(|event| event["event"] == "presumption-cut"), "{timeline:#?}");
    let member = text(&now, "/member_id");
    let cap = standing(county, hospital, member, "recuperative-care", "2026-03-02", "housing-global-cap");
    assert_eq!(numbers(&cap), [182, 182, 0, 0], "a window is spoken for too");
    let again = stay(county, &person, "open-door", "initial", 14, "2026-03-12", "2026-03-25");
    let again = county.submit(hospital, "authorizations", &again);
    assert!(again["presumption"].is_null(), "none is left");
}

fn two_at_once_do_not_share_the_last_nights(database: Database) {
    let county = County::shared(database);
    let hospital = county.key_of("hospital");
    for round in 0..3 {
        let person = county.person("valle-vista");
        let first = stay(county, &person, "casa-puente", "initial", 90, "2026-03-02", "2026-05-30");
        assert_eq!(county.submit(hospital, "authorizations", &first)["state"], "approved");
        // 92 nights are left: one more stay of 60 is, and not two.
        let both = [("2026-06-01", "2026-07-30"), ("2026-08-01", "2026-09-29")];
        let answers: Vec<Value> = thread::scope(|scope| {
            let asking: Vec<_> = both
                .map(|(first, last)| {
                    let request = stay(county, &person, "casa-puente", "renewal", 60, first, last);
                    scope.spawn(move || county.submit(hospital, "authorizations", &request))
                })
                .into_iter()
                .collect();
            asking.into_iter().map(|one| one.join().expect("it was answered")).collect()
        });
        let mut states: Vec<&str> = answers.iter().map(|answer| text(answer, "/state")).collect();
        states.sort_unstable();
        assert_eq!(states, ["approved", "with-people"], "round {round}");
    }
}

fn deposits_count_for_life(database: Database) {
    let county = County::shared(database);
    let person = county.person("harbor-crest");
    let reviewer = &county.plan("harbor-crest").reviewer;
    let deposit = json!({
        "member": person.named(), "service": "housing-deposits",
        "lines": [asked("H0044 U2", 1, "2026-03-02", "2026-05-30")],
        "facts": facts(&[
            ("consent.member-agrees", json!(true)), ("housing.coordinated-entry-priority", json!(true)),
        ]),
        "documents": [
            { "kind": "housing-support-plan", "issued": "2026-03-02" }, { "kind": "lease", "issued": "2026-03-02" },
            { "kind": "income-screening", "issued": "2026-03-02" },
        ],
    });
    let keys = ["casa-puente", "open-door"].map(|house| county.key_of(house));
    let approved = keys.map(|key| county.submit(key, "authorizations", &deposit));
    assert_eq!(approved[0]["state"], "approved", "{:#}", approved[0]);
    assert_eq!(approved[1]["state"], "approved", "{:#}", approved[1]);
    let with_receipt = |charge: &str| {
        let mut body = claim(&person, &[billed("H0044 U2", 1, "2026-03-02", charge)]);
        body["documents"] = json!([{ "kind": "receipt", "issued": "2026-03-02" }]);
        body
    };
    let bill = |key: &str, charge: &str| county.submit(key, "claims", &with_receipt(charge));
    let pay = |number: &str, line: Value| json!({ "decision": "pay", "remittance": number, "lines": [line] });
    let whole = pay("HC-D1", json!({ "number": 1, "amount": "3200.00" }));
    let first = bill(keys[0], "3200.00");
    county.change(reviewer, &first, "decisions", &whole).with(200);
    let member = text(&approved[0], "/member_id");
    let stands = || standing(county, keys[0], member, "housing-deposits", "2026-03-02", "deposit-lifetime");
    assert_eq!(numbers(&stands()), [500_000, 0, 320_000, 180_000]);
    assert_eq!(stands()["left_dollars"], "1800.00");

    let other = bill(keys[1], "1900.00");
    assert_eq!(other["lines"][0]["outcome"], "rejected", "the plan's rules would have paid it: {other:#}");
    assert_eq!(other["lines"][0]["reason_code"], "119");
    assert!(text(&other, "/lines/0/reason/en").contains("Left: $1800.00"), "{other:#}");
    let mut rest = with_receipt("1800.00");
    rest["frequency"] = json!("replacement");
    rest["replaces"] = other["id"].clone();
    let rest = county.submit(keys[1], "claims", &rest);
    assert_eq!(rest["lines"][0]["outcome"], "payable", "{rest:#}");
    let paid = pay("HC-D2", json!({ "number": 1, "amount": "1800.00" }));
    county.change(reviewer, &rest, "decisions", &paid).with(200);
    assert_eq!(numbers(&stands()), [500_000, 0, 500_000, 0]);
}

fn a_limit_with_reason_takes_a_reason(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("mesa-verde");
    let plan = county.plan("valle-vista");
    let person = county.person("valle-vista");
    let request = json!({
        "member": person.named(), "service": "medically-tailored-meals",
        "lines": [asked("S5170 U6", 168, "2026-03-02", "2026-05-31")], "facts": [],
    });
    let case = county.submit(key, "authorizations", &request);
    assert_eq!(case["state"], "pended", "{case:#}");
    let refused = county.change(&plan.reviewer, &case, "decisions", &json!({ "decision": "approve" }));
    assert_eq!((refused.status, refused.json["errors"][0]["pointer"].as_str()), (422, Some("/exception")));
    assert_eq!(refused.json["errors"][0]["code"], "benefit-limit");
    let reason =
        json!({ "en": "Chemotherapy lasts a week longer.", "es": "La quimioterapia dura una semana más." });
    let granted = json!({ "decision": "approve", "exception": reason });
    let granted = county.change(&plan.reviewer, &case, "decisions", &granted).with(200);
    assert_eq!(granted["state"], "approved");
    let kept = &granted["exceptions"][0];
    assert_eq!((&kept["passed"]["limit"], &kept["reason"]), (&json!("meal-weeks"), &reason));
    assert_eq!((&kept["passed"]["allowed"], &kept["passed"]["asked"]), (&json!(84), &json!(91)));

    let kitchen = json!({
        "member": person.named(), "service": "medically-tailored-meals",
        "lines": [asked("S5170 U6", 14, "2026-03-02", "2026-03-15")],
        "facts": facts(&[("clinical.nutrition-sensitive-condition", json!(true))]),
        "provider": county.provider("open-door").id,
    });
    let beside = county.submit(key, "authorizations", &kitchen);
    assert_eq!(text(&beside, "/limit/limit"), "meals-a-day", "two meals a day over all kitchens: {beside:#}");
}

/// A window is free again when its request is withdrawn, and nights when their authorization ends.
fn what_is_taken_back_counts_no_more(database: Database) {
    let county = County::shared(database);
    let hospital = county.key_of("hospital");
    let person = county.person("valle-vista");
    let mut open = stay(county, &person, "casa-puente", "initial", 14, "2026-03-02", "2026-03-15");
    crate::journeys::take_fact(&mut open, "clinical.inpatient-level-needed");
    let open = county.submit(hospital, "authorizations", &open);
    assert_eq!((&open["state"], &open["presumption"]["days"]), (&json!("pended"), &json!(14)));
    let member = text(&open, "/member_id");
    let cap = || {
        numbers(&standing(county, hospital, member, "recuperative-care", "2026-03-02", "housing-global-cap"))
    };
    assert_eq!(cap(), [182, 14, 0, 168]);
    county.change(hospital, &open, "withdrawal", &json!({})).with(200);
    assert_eq!(cap(), [182, 0, 0, 182]);

    let ask = |house: &str, units, first: &str| {
        county.submit(
            hospital,
            "authorizations",
            &stay(county, &person, house, "renewal", units, first, "2026-03-15"),
        )
    };
    let granted = ask("casa-puente", 14, "2026-03-02");
    assert_eq!(granted["state"], "approved");
    let elsewhere = ask("open-door", 9, "2026-03-07");
    assert_eq!(passed(&elsewhere), ("benefit-limit", "housing-global-cap", 9, 9, 0));

    // The member leaves after five nights, and the other house has the rest.
    let end = |last: &str| json!({ "last": last, "reason": "Left for another house." });
    let late = county.change(hospital, &granted, "ending", &end("2026-03-15"));
    assert_eq!((late.status, late.json["errors"][0]["code"].as_str()), (422, Some("outside-the-grant")));
    let foreign = county.change(county.key_of("mesa-verde"), &granted, "ending", &end("2026-03-06"));
    assert_eq!(foreign.status, 404);
    let ended = county.change(hospital, &granted, "ending", &end("2026-03-06")).with(200);
    assert_eq!((&ended["state"], &ended["ended"]["last"]), (&json!("approved"), &json!("2026-03-06")));
    assert_eq!(ended["grant"]["lines"][0]["units"], 5);
    assert_eq!(cap(), [182, 5, 0, 177]);
    let reviewer = &county.plan("valle-vista").reviewer;
    let moved = county.change(reviewer, &elsewhere, "decisions", &json!({ "decision": "approve" })).with(200);
    assert_eq!(moved["state"], "approved");
    assert_eq!(cap(), [182, 14, 0, 168]);
}

/// Fifteen in six months, seen as seventeen. The plan's own rule looks, too, but two that look at once see
/// the same place.
fn places_are_not_given_twice(database: Database) {
    let county = County::of(Server::start(database), &["harbor-crest"]);
    let key = county.key_of("casa-puente");
    let ask = |person: &Person, first: &str, last: &str, kind: &str| {
        json!({
            "member": person.named(), "service": "short-term-post-hospitalization-housing", "kind": kind,
            "lines": [asked("H0043 U3", 14, first, last)],
            "facts": facts(&[
                ("consent.member-agrees", json!(true)), ("housing.status", json!("homeless-unsheltered")),
                ("clinical.serious-health-condition", json!(true)), ("clinical.smi-or-sud", json!(true)),
                ("discharge.facility-kind", json!("hospital")), ("housing.support-plan", json!(true)),
            ]),
            "documents": [
                { "kind": "discharge-summary", "issued": "2026-03-02" },
                { "kind": "housing-support-plan", "issued": "2026-03-02" },
            ],
        })
    };
    let (first, last) = ("2026-03-02", "2026-03-15");
    // Waits for what is not known while there is room: the plan's people may grant it later.
    let mut waiting = ask(&county.person("harbor-crest"), first, last, "initial");
    waiting["facts"] = facts(&[("consent.member-agrees", json!(true))]);
    let waiting = county.submit(key, "authorizations", &waiting);
    assert!(["pended", "with-people"].contains(&text(&waiting, "/state")), "{waiting:#}");
    let people: Vec<Person> = (0..17).map(|_| county.person("harbor-crest")).collect();
    for person in &people[..12] {
        assert_eq!(
            county.submit(key, "authorizations", &ask(person, first, last, "initial"))["state"],
            "approved"
        );
    }
    let (asking, county_ref) = (&ask, &county);
    let states: Vec<String> = thread::scope(|scope| {
        let at_once: Vec<_> = people[12..]
            .iter()
            .map(|person| {
                let request = asking(person, first, last, "initial");
                scope.spawn(move || county_ref.submit(key, "authorizations", &request))
            })
            .collect();
        at_once
            .into_iter()
            .map(|one| text(&one.join().expect("it was answered"), "/state").to_owned())
            .collect()
    });
    assert_eq!(states.iter().filter(|state| *state == "approved").count(), 3, "{states:?}");

    let reviewer = &county.plan("harbor-crest").reviewer;
    let waiting = county.again(reviewer, &waiting);
    let refused = county.change(reviewer, &waiting, "decisions", &json!({ "decision": "approve" }));
    assert_eq!((refused.status, refused.code()), (409, "capacity-full"));
    let detail = text(&refused.json, "/detail");
    assert!(detail.contains("15 members in 6 months") && detail.contains(COUNTY), "{detail}");
    let renewed =
        county.submit(key, "authorizations", &ask(&people[0], "2026-03-16", "2026-03-29", "renewal"));
    assert_ne!(text(&renewed, "/why_people/code"), "capacity-full", "who has a place keeps it: {renewed:#}");
}

/// A presumptive window is a place too: with one place, the second member's service does not start, and is
/// not granted.
fn who_may_be_served_before_the_decision_has_a_place(database: Database) {
    let county = County::of(Server::start(database), &["harbor-crest"]);
    let (service, key) = ("short-term-post-hospitalization-housing", county.key_of("casa-puente"));
    let one_place = crate::rules::made_of(
        include_str!("../plugins/plans/harbor-crest/plan.toml"),
        &[
            ("capacity = { members = 15,", "capacity = { members = 1,"),
            (
                "[[approval]]",
                "[[presumptive]]\nid = \"hc.presume.bed\"\nservice = \"short-term-post-hospitalization-housing\"\n\
                 days = 10\nattest = [\"housing.status\"]\nfrom = 2025-01-01\n\n[[approval]]",
            ),
        ],
    );
    county.activate_bytes("harbor-crest", one_place);
    let ask = |person: &Person, known: &[(&str, Value)]| {
        let mut said = facts(&[
            ("consent.member-agrees", json!(true)),
            ("housing.status", json!("homeless-unsheltered")),
        ]);
        said.as_array_mut().expect("a list").extend(facts(known).as_array().expect("a list").clone());
        json!({
            "member": person.named(), "service": service, "kind": "initial",
            "lines": [asked("H0043 U3", 14, "2026-03-02", "2026-03-15")], "facts": said,
            "documents": [
                { "kind": "discharge-summary", "issued": "2026-03-02" },
                { "kind": "housing-support-plan", "issued": "2026-03-02" },
            ],
        })
    };
    let rest = [
        ("clinical.serious-health-condition", json!(true)),
        ("clinical.smi-or-sud", json!(true)),
        ("discharge.facility-kind", json!("hospital")),
        ("housing.support-plan", json!(true)),
    ];
    let [first, second, third] = [(); 3].map(|()| county.person("harbor-crest"));
    let waits = county.submit(key, "authorizations", &ask(&first, &[]));
    assert_eq!(text(&waits, "/presumption/rule"), "hc.presume.bed", "{waits:#}");
    let other = county.submit(key, "authorizations", &ask(&second, &[]));
    assert!(other["presumption"].is_null(), "{other:#}");
    let events = county.timeline(key, &other);
    assert!(events.iter().any(|event| event["event"] == "presumption-full"), "{events:#?}");

    let whole = county.submit(key, "authorizations", &ask(&third, &rest));
    assert_eq!(text(&whole, "/why_people/code"), "capacity-full", "{whole:#}");
    // Whose window it is keeps the place.
    let supplied = county.change(key, &waits, "information", &json!({ "facts": facts(&rest) })).with(200);
    assert_eq!(supplied["state"], "approved", "{supplied:#}");
}

/// At most 90 days of recuperative care in a row (DHCS Community Supports Policy Guide, 2022), until the
/// limit went into the common one of six months at the end of 2024.
fn a_limit_binds_the_days_on_which_it_was_in_force(database: Database) {
    let county = decided_by_people(database);
    let provider = county.new_provider(&["recuperative-care"]);
    county.record_contract("harbor-crest", &provider, &["recuperative-care"], ("2024-01-01", None));
    let nights = Asking { county: &county, key: provider.key, service: "recuperative-care" };
    let person = county.person("harbor-crest");
    let ask = |units, first: &str, last: &str| {
        nights.request(&person, "retrospective", &asked("T2033 U6", units, first, last))
    };
    done(&nights.granted(&ask(60, "2024-03-01", "2024-04-29"), None), "approved");
    let in_a_row = ask(31, "2024-04-30", "2024-05-30");
    let numbers = "Used: 60 days. Left: 30 days. Asked: 31 days.";
    refused_by(&nights.granted(&in_a_row, None), "/exception", "recuperative-days", numbers);
    done(&nights.granted(&in_a_row, Some("He waited for a home.")), "approved");
    // A hundred in a row of the year after are within six months.
    done(&nights.granted(&ask(100, "2025-03-01", "2025-06-08"), None), "approved");
    let member = text(&in_a_row, "/member_id");
    let on = |day: &str| {
        let path = format!(
            "/v1/members/{member}/limits?service=recuperative-care&on={day}&purpose=care-coordination"
        );
        let page = county.client().read(&nights.key, &path);
        let items = page["items"].as_array().expect("a list").iter();
        items.map(|item| text(item, "/id").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(on("2024-05-30"), ["recuperative-days"]);
    assert_eq!(on("2025-06-08"), ["housing-global-cap"]);
}

/// A county in which Harbor Crest's people decide and pay, and which offers two services more.
fn decided_by_people(database: Database) -> County {
    let county = County::of(Server::start(database), &["harbor-crest"]);
    let rules = crate::rules::made_of(
        include_str!("../plugins/plans/harbor-crest/plan.toml"),
        &[
            ("authorization = \"decides\"\n", ""),
            ("billing = \"advises\"", "billing = \"people\""),
            (
                "services = [\"transitional-rent\"]",
                "services = [\"transitional-rent\", \"respite\", \"sobering-centers\"]",
            ),
            (
                "id = \"hc.presume.ecm.homelessness\"\nservice = \"ecm\"\npopulation = \"homelessness\"\ndays = 30",
                "id = \"hc.presume.ecm.homelessness\"\nservice = \"ecm\"\npopulation = \"homelessness\"\ndays = 45",
            ),
        ],
    );
    let digest = county.activate_bytes("harbor-crest", rules);
    // For days of service before its first, too.
    let body = json!({ "digest": digest, "rules_from": "2026-01-01" });
    let activation = Request::post("/v1/plans/harbor-crest/activations", &body);
    county.client().send(&activation.by(&county.plan("harbor-crest").admin)).with(201);
    county
}

/// A provider that asks for one service, under a contract for it.
struct Asking<'a> {
    county: &'a County,
    key: String,
    service: &'a str,
}

impl<'a> Asking<'a> {
    fn new(county: &'a County, service: &'a str) -> Self {
        let provider = county.new_provider(&["community-based-organization"]);
        county.record_contract("harbor-crest", &provider, &[service], ("2026-01-01", None));
        Self { county, key: provider.key, service }
    }

    fn request(&self, person: &Person, kind: &str, line: &Value) -> Value {
        let request = json!({
            "member": person.named(), "service": self.service, "kind": kind, "lines": [line], "facts": [],
        });
        let case = self.county.submit(&self.key, "authorizations", &request);
        assert_eq!(case["state"], "with-people", "{}: {case:#}", self.service);
        case
    }

    /// Answer to the plan's people when they grant all of it: the state, or the field and the sentence.
    fn granted(&self, case: &Value, reason: Option<&str>) -> (u16, String, String) {
        let mut decision = json!({ "decision": "approve" });
        if let Some(reason) = reason {
            decision["exception"] = json!({ "en": reason, "es": "Se explica." });
        }
        self.decided(case, &decision)
    }

    fn decided(&self, case: &Value, decision: &Value) -> (u16, String, String) {
        let reviewer = &self.county.plan("harbor-crest").reviewer;
        let case = self.county.again(reviewer, case);
        let answer = self.county.change(reviewer, &case, "decisions", decision);
        let field = |name: &str| text(&answer.json, &format!("/errors/0/{name}")).to_owned();
        if answer.status == 422 {
            assert_eq!(field("code"), "benefit-limit", "{}: {}", self.service, answer.json);
        }
        let said =
            if answer.status == 200 { text(&answer.json, "/state").to_owned() } else { field("detail") };
        (answer.status, field("pointer"), said)
    }
}

/// A refusal at a field, by a limit, with these numbers in its sentence.
#[track_caller]
fn refused_by((status, pointer, detail): &(u16, String, String), at: &str, limit: &str, numbers: &str) {
    assert_eq!((*status, pointer.as_str()), (422, at), "{detail}");
    assert!(detail.starts_with(limit) && detail.contains(numbers), "{limit}, {numbers}: {detail}");
}

#[track_caller]
fn done(answer: &(u16, String, String), state: &str) {
    assert_eq!((answer.0, answer.2.as_str()), (200, state), "{answer:?}");
}

fn hours_of_a_year_approvals_of_a_life_and_stays_bind_people(database: Database) {
    let county = decided_by_people(database);
    hours_of_respite_are_of_a_year(&county);
    tenancy_is_approved_twice_and_more_with_a_reason(&county);
    deposits_are_approved_twice(&county);
    a_stay_in_a_sobering_center_is_shorter_than_a_day(&county);
}

/// 336 hours of respite in a calendar year (Kaiser Permanente, referral packet; DHCS Community Supports
/// Policy Guide).
fn hours_of_respite_are_of_a_year(county: &County) {
    let (respite, member) = (Asking::new(county, "respite"), county.person("harbor-crest"));
    let days = |units, first: &str, last: &str| {
        respite.request(&member, "initial", &asked("S5151 U6", units, first, last))
    };
    done(&respite.granted(&days(10, "2026-03-02", "2026-06-30"), None), "approved");
    let more = days(5, "2026-11-01", "2026-11-30");
    let numbers = "Used: 240 hours. Left: 96 hours. Asked: 120 hours.";
    refused_by(&respite.granted(&more, None), "/exception", "respite-hours", numbers);
    let next_year = days(14, "2027-01-02", "2027-01-30");
    done(&respite.granted(&next_year, None), "approved");
    done(&respite.granted(&more, Some("The caregiver is in hospital.")), "approved");
    let seen = county.again(&county.plan("harbor-crest").clerk, &more);
    assert_eq!(text(&seen, "/exceptions/0/passed/limit"), "respite-hours", "{seen:#}");
}

/// Days of three requests for one service, one after the other.
const SPANS: [(&str, &str); 3] =
    [("2026-03-02", "2026-08-28"), ("2026-08-29", "2027-02-24"), ("2027-02-25", "2027-08-23")];
/// Sentence about the third of them, where two may be approved.
const THIRD: &str = "Used: 2 approvals. Left: 0 approvals. Asked: 1 approval.";

/// Three requests of one member for a service, of which the first two are approved; gives the third.
fn third(asking: &Asking<'_>, procedure: &str, units: u32) -> Value {
    let member = asking.county.person("harbor-crest");
    let [first, second, third] =
        SPANS.map(|(first, last)| asking.request(&member, "initial", &asked(procedure, units, first, last)));
    for case in [first, second] {
        done(&asking.granted(&case, None), "approved");
    }
    third
}

/// Two approvals of tenancy services, more with a reason (DHCS Policy Guide, 2022).
fn tenancy_is_approved_twice_and_more_with_a_reason(county: &County) {
    let tenancy = Asking::new(county, "housing-tenancy-sustaining");
    let third = third(&tenancy, "T2041 U6", 40);
    refused_by(&tenancy.granted(&third, None), "/exception", "tenancy-approvals", THIRD);
    done(&tenancy.granted(&third, Some("She lost the first home to a fire.")), "approved");
}

/// Two approvals of deposits in a lifetime (Molina Healthcare of California).
fn deposits_are_approved_twice(county: &County) {
    let deposits = Asking::new(county, "housing-deposits");
    let third = third(&deposits, "H0044 U2", 1);
    for reason in [None, Some("A third home.")] {
        refused_by(&deposits.granted(&third, reason), "/lines", "deposit-approvals", THIRD);
    }
}

/// A stay in a sobering center is shorter than 24 hours (DHCS Closed Loop Referral Frequently Asked
/// Questions).
fn a_stay_in_a_sobering_center_is_shorter_than_a_day(county: &County) {
    let (sobering, member) = (Asking::new(county, "sobering-centers"), county.person("harbor-crest"));
    let stay = sobering.request(&member, "initial", &asked("H0014 U6", 2, "2026-03-02", "2026-03-15"));
    done(&sobering.granted(&stay, None), "approved");
    let bill = |minutes: u32, replaces: Option<&Value>| {
        let mut line = billed("H0014 U6", 1, "2026-03-02", "150.00");
        line["minutes"] = json!(minutes);
        let mut body = claim(&member, &[line]);
        if let Some(replaced) = replaces {
            body["frequency"] = json!("replacement");
            body["replaces"] = replaced["id"].clone();
        }
        county.submit(&sobering.key, "claims", &body)
    };
    let pay = |reason: bool| {
        let mut decision = json!({
            "decision": "pay", "remittance": "HC-S1", "lines": [{ "number": 1, "amount": "150.00" }],
        });
        if reason {
            decision["exception"] = json!({ "en": "A long night.", "es": "Una noche larga." });
        }
        decision
    };
    let long = bill(1_500, None);
    let numbers = "Used: 0 hours. Left: 24 hours. Asked: 25 hours.";
    for reason in [false, true] {
        refused_by(&sobering.decided(&long, &pay(reason)), "/lines", "sobering-hours", numbers);
    }
    let corrected = bill(1_440, Some(&long));
    done(&sobering.decided(&corrected, &pay(false)), "paid");
}

/// DHCS ECM Policy Guide: a first authorization lasts 12 months, and service before the decision 30 days,
/// even if a plan declares more.
fn a_first_year_and_a_window_of_care_have_their_length(database: Database) {
    let county = decided_by_people(database);
    let (care, member) = (Asking::new(&county, "ecm"), county.person("harbor-crest"));
    let ask = |kind: &str, first: &str, last: &str| {
        care.request(&member, kind, &asked("G9012 U2", 12, first, last))
    };
    let long = ask("initial", "2026-03-02", "2027-03-02");
    let numbers = "Used: 0 days. Left: 365 days. Asked: 366 days.";
    refused_by(&care.granted(&long, None), "/lines", "ecm-first-authorization", numbers);
    county.change(&care.key, &county.again(&care.key, &long), "withdrawal", &json!({})).with(200);
    done(&care.granted(&ask("initial", "2026-03-02", "2027-03-01"), None), "approved");
    done(&care.granted(&ask("renewal", "2027-03-02", "2028-03-02"), None), "approved");

    let window = crate::journeys::ecm(&county.person("harbor-crest"));
    let window = county.submit(county.key_of("open-door"), "authorizations", &window);
    assert_eq!(text(&window, "/presumption/rule"), "hc.presume.ecm.homelessness", "{window:#}");
    assert_eq!(
        (&window["presumption"]["days"], text(&window, "/presumption/last")),
        (&json!(30), "2026-03-31")
    );
    let timeline = county.timeline(county.key_of("open-door"), &window);
    let cut = timeline.iter().find(|event| event["event"] == "presumption-cut").expect("it was cut");
    assert_eq!(text(cut, "/detail/limit"), "ecm-presumption", "{cut}");
    assert_eq!(text(cut, "/detail/asked_last"), "2026-04-15", "{cut}");
}

/// $7,500 in a lifetime of home modifications, of asthma remediation and of a home's set-up, more with a
/// reason (DHCS Community Supports Policy Guide, 2022 and Volume 1, 2025).
fn sums_of_a_life_take_a_reason(database: Database) {
    let county = decided_by_people(database);
    let services = [
        ("home-modifications", "S5165 U6", "modifications-lifetime"),
        ("asthma-remediation", "S5165 U5", "asthma-lifetime"),
        ("community-home-transition", "H0044 U5", "transition-set-up"),
    ];
    for (service, procedure, limit) in services {
        let (asking, member) = (Asking::new(&county, service), county.person("harbor-crest"));
        let spans = [("2026-02-01", "2026-02-14"), ("2026-02-15", "2026-04-30")];
        for (first, last) in spans {
            let case = asking.request(&member, "initial", &asked(procedure, 1, first, last));
            done(&asking.granted(&case, None), "approved");
        }
        let bill = |day: &str, charge: &str| {
            county.submit(&asking.key, "claims", &claim(&member, &[billed(procedure, 1, day, charge)]))
        };
        let pay = |number: u8, amount: &str| {
            let number = format!("{limit}-{number}");
            json!({
                "decision": "pay", "remittance": number, "lines": [{ "number": 1, "amount": amount }],
            })
        };
        done(&asking.decided(&bill("2026-02-10", "5000.00"), &pay(1, "5000.00")), "paid");
        let member_id = text(&bill("2026-02-20", "2500.01"), "/member_id").to_owned();
        let stands = || standing(&county, &asking.key, &member_id, service, "2026-03-02", limit);
        assert_eq!(numbers(&stands()), [750_000, 0, 500_000, 250_000], "{limit}");
        let beyond = bill("2026-02-21", "2500.01");
        let said = "Used: $5000.00. Left: $2500.00. Asked: $2500.01.";
        refused_by(&asking.decided(&beyond, &pay(2, "2500.01")), "/exception", limit, said);
        let mut excepted = pay(2, "2500.01");
        excepted["exception"] = json!({ "en": "The member moved.", "es": "El miembro se mudó." });
        done(&asking.decided(&beyond, &excepted), "paid");
        assert_eq!(numbers(&stands()), [750_000, 0, 750_001, 0], "{limit}");
    }
}

/// WIT, `context.history`: at most 200 entries, the newest; whoever reads the record is told that there were
/// more.
fn a_long_history_is_said_to_be_cut(database: Database) {
    let county = County::shared(database);
    let (key, plan, person) =
        (county.key_of("open-door"), county.plan("valle-vista"), county.person("valle-vista"));
    let procedures = ["G9012 U8", "G9012 U8 GQ", "G9008 U8", "G9008 U8 GQ"];
    let days = (1..=31)
        .map(|day| format!("2026-01-{day:02}"))
        .chain((1..=20).map(|day| format!("2026-02-{day:02}")));
    let lines: Vec<Value> = days
        .flat_map(|day| procedures.map(|procedure| billed(procedure, 1, &day, "10.00")))
        .take(201)
        .collect();
    let bill = |lines: &[Value]| {
        let case = county.submit(key, "claims", &claim(&person, lines));
        let outcomes = case["lines"].as_array().expect("lines").iter();
        let odd: Vec<&Value> = outcomes.filter(|line| line["outcome"] != "payable").collect();
        assert!(odd.is_empty(), "{odd:#?}");
    };
    let look = |service: &str| {
        let request = json!({
            "member": person.named(), "service": service,
            "facts": facts(&[("consent.member-agrees", json!(true))]),
        });
        let case = county.submit(key, "referrals", &request);
        let evaluation = format!("/v1/evaluations/{}", text(&case, "/evaluation/id"));
        let evaluation = county.client().read(&plan.admin, &evaluation);
        let seen = county.again(&plan.clerk, &case);
        let handed = evaluation["input"]["triage"]["context"]["history"].as_array().map(Vec::len);
        let around = seen["around"]["history"].as_array().map(Vec::len);
        assert_eq!(seen["evaluation"]["history_complete"], evaluation["history_complete"], "{service}");
        (evaluation["history_complete"].clone(), handed, seen["around"]["history_whole"].clone(), around)
    };
    for chunk in lines[..200].chunks(50) {
        bill(chunk);
    }
    assert_eq!(look("ecm"), (json!(true), Some(200), json!(true), Some(200)));
    bill(&lines[200..]);
    assert_eq!(look("recuperative-care"), (json!(false), Some(200), json!(false), Some(200)));
}

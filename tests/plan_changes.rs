//! Days, plans and what plans' files say: who answers for which day, what goes with a member to another plan,
//! and whose word about a member stands.

use serde_json::{Value, json};

use crate::harness::{
    BORN, COUNTY, County, Database, FAMILY, GIVEN, Person, Request, asked, billed, on_both_databases, text,
    until,
};
use crate::journeys::{ecm, ecm_referral, nights, take_fact};

on_both_databases! {
    a_request_is_for_the_plan_of_its_service_days
    a_pended_case_is_handed_over_openly
    an_open_referral_goes_with_the_member
    a_claim_that_waits_goes_with_the_member
    what_was_authorized_goes_with_the_member
    what_another_plan_refuses_is_another_houses
    what_goes_on_nowhere_holds
    ninety_days_of_it_are_honored
    the_newer_day_stands_and_a_verified_value_longest
    what_a_file_says_is_kept_with_source_and_day
}

/// One row of a plan's member file; what is not said is empty.
#[derive(Clone, Default)]
struct Row<'a> {
    first: &'a str,
    last: &'a str,
    address: &'a str,
    address_as_of: &'a str,
    phone: &'a str,
    language: &'a str,
    file_date: &'a str,
    tier: &'a str,
    pcp: &'a str,
}

/// Loads a row about the member into a plan's member file.
#[track_caller]
fn load(county: &County, plan: &str, person: &Person, row: &Row<'_>) {
    let Row { first, last, address, address_as_of, phone, language, file_date, tier, pcp } = row;
    let file = format!(
        "CIN,Plan Member ID,Last Name,First Name,Date of Birth,Sex,Spoken Language,County,Residential Address,City,Zip,\
         Homelessness Indicator,Phone Number,Coverage Start Date,Coverage End Date,Line of Business,Group Code,\
         Dual Status Code,Renewal Month,PCP NPI,Address As Of,File Date,Risk Tier\r\n\
         {},M-{plan},{FAMILY},{GIVEN},{BORN},F,{language},{COUNTY},{address},San Ravel,96191,Y,{phone},{first},{last},\
         medi-cal,,00,6,{pcp},{address_as_of},{file_date},{tier}\r\n",
        person.cin,
    );
    let request = Request::bytes("/v1/rosters", "text/csv", file).by(&county.plan(plan).admin);
    let report = county.client().send(&request).with(201);
    assert_eq!(report["refused"], json!([]), "{plan}");
}

/// A member of Valle Vista until the day before `day`, and of Harbor Crest from then on, as both files say.
#[track_caller]
fn moves_on(county: &County, person: &Person, last: &str, first: &str) {
    load(county, "valle-vista", person, &Row { first: "2024-01-01", last, ..Row::default() });
    load(county, "harbor-crest", person, &Row { first, ..Row::default() });
}

/// A member of Valle Vista until the end of February, and of Harbor Crest since 2026-03-01: yesterday.
fn moved_yesterday(county: &County) -> Person {
    let person = county.person("valle-vista");
    moves_on(county, &person, "2026-02-28", "2026-03-01");
    person
}

fn send(county: &County, list: &str, body: &Value) -> (u16, Value) {
    let request = Request::post(format!("/v1/{list}"), body).by(county.key_of("hospital"));
    let answer = county.client().send(&request);
    (answer.status, answer.json)
}

/// Each row: what is asked for, by days; the plan that answers, or the field and the code of the problem.
/// H&S 1367.01(h)(1) for what is retrospective; coverage by day of service as in 28 CCR 1300.71(a).
fn a_request_is_for_the_plan_of_its_service_days(database: Database) {
    let county = County::shared(database);
    let person = moved_yesterday(county);
    let cases = [
        ("past days", "retrospective", "2026-02-20", "2026-02-22", Ok("valle-vista")),
        ("past days by another name", "initial", "2026-02-10", "2026-02-12", Ok("valle-vista")),
        ("yesterday", "retrospective", "2026-03-01", "2026-03-01", Ok("harbor-crest")),
        ("days to come", "initial", "2026-03-05", "2026-03-06", Ok("harbor-crest")),
        ("days of two plans", "initial", "2026-02-27", "2026-03-03", Err(("/lines/0", "two-plans"))),
        (
            "a past that is to come",
            "retrospective",
            "2026-03-01",
            "2026-03-05",
            Err(("/lines/0/last", "not-past")),
        ),
    ];
    for (case, kind, first, last, expected) in cases {
        let mut request = nights(county, &person, 3, "2026-03-04");
        request["kind"] = json!(kind);
        request["lines"] = json!([asked("T2033 U6", 3, first, last)]);
        let (status, answer) = send(county, "authorizations", &request);
        match expected {
            Ok(plan) => {
                assert_eq!((status, text(&answer, "/plan/id")), (201, plan), "{case}: {answer}");
                asked_about(county, plan, &answer, case, first);
                let said = county.timeline(county.key_of("hospital"), &answer);
                let retrospective = last < "2026-03-02";
                if kind == "initial" && retrospective {
                    assert_eq!(said[0]["detail"]["kind"], "retrospective", "{case}");
                }
                assert!(
                    !retrospective || answer["presumption"].is_null(),
                    "{case}: nothing begins in the past"
                );
            }
            Err((field, code)) => {
                assert_eq!(status, 422, "{case}: {answer}");
                assert_eq!(text(&answer, "/errors/0/pointer"), field, "{case}: {answer}");
                assert_eq!(text(&answer, "/errors/0/code"), code, "{case}");
            }
        }
    }
    let bill = json!({ "member": person.named(), "diagnoses": ["Z59.02"], "lines": [
        billed("T2033 U6", 1, "2026-02-20", "250.00"), billed("T2033 U6", 1, "2026-03-02", "250.00"),
    ]});
    let (status, answer) = send(county, "claims", &bill);
    assert_eq!((status, text(&answer, "/errors/0/pointer")), (422, "/lines/1"), "{answer}");
    assert!(text(&answer, "/errors/0/detail").contains("2026-03-02"), "the day is named: {answer}");
}

/// Checks the context that the rules were handed: the contract's `as-of` is the service day, and the coverage
/// is of it.
fn asked_about(county: &County, plan: &str, answer: &Value, case: &str, service_day: &str) {
    let evaluation = text(answer, "/evaluation/id");
    assert!(!evaluation.is_empty(), "{case}: the plan's rules were asked");
    let record = county.client().read(&county.plan(plan).reviewer, &format!("/v1/evaluations/{evaluation}"));
    let context = &record["input"]["determine"]["context"];
    assert_eq!(text(context, "/as_of"), service_day, "{case}: {context}");
    assert_eq!(text(context, "/today"), "2026-03-02", "{case}");
    assert!(text(context, "/coverage/days/first") <= service_day, "{case}");
    let last = text(context, "/coverage/days/last");
    assert!(last.is_empty() || last >= service_day, "{case}");
}

/// The case at another plan that follows from this one, as its sender finds it.
fn followed(county: &County, key: &str, list: &str, case: &Value) -> Value {
    until("the case at the other plan", || {
        let page = county.client().read(key, &format!("/v1/{list}?limit=200"));
        let items = page["items"].as_array().expect("a list");
        items.iter().find(|item| item["follows"] == case["id"]).cloned()
    })
}

fn told(county: &County, key: &str, case: &Value, kind: &str) {
    until(kind, || {
        let page = county.client().read(key, "/v1/notices?limit=200");
        let items = page["items"].as_array().expect("a list");
        items.iter().any(|notice| notice["case"] == case["id"] && notice["kind"] == kind).then_some(())
    });
}

fn a_pended_case_is_handed_over_openly(database: Database) {
    let county = County::shared(database);
    let hospital = county.key_of("hospital");
    let (before, after) = (county.plan("valle-vista"), county.plan("harbor-crest"));
    let person = county.person("valle-vista");
    let mut request = nights(county, &person, 14, "2026-03-15");
    take_fact(&mut request, "clinical.inpatient-level-needed");
    let pended = county.submit(hospital, "authorizations", &request);
    assert_eq!((&pended["state"], text(&pended, "/plan/id")), (&json!("pended"), "valle-vista"));
    moves_on(county, &person, "2026-02-28", "2026-03-01");

    // Whether the host looks first or the hospital supplies first: the case is not Harbor Crest's under its
    // name.
    let more = json!({ "facts": [{ "code": "clinical.inpatient-level-needed", "value": false }] });
    let answer = county.change(hospital, &pended, "information", &more);
    assert!([200, 409, 412].contains(&answer.status), "{}", answer.json);
    let old = until("the case to be handed over", || {
        let old = county.again(hospital, &pended);
        (old["state"] == "moved").then_some(old)
    });
    assert_eq!(text(&old, "/plan/id"), "valle-vista", "it ends where it was");
    assert!(old["grant"].is_null() && old["decided_by"].is_null(), "nobody decided it there");
    assert_eq!(text(&old, "/moved/plan"), "harbor-crest");
    let open = old["deadlines"].as_array().expect("a list").iter().filter(|clock| clock["state"] == "open");
    assert_eq!(open.count(), 0, "its clocks go on there: {old}");

    let new = followed(county, hospital, "authorizations", &pended);
    assert_eq!(new["id"], old["moved"]["case"]);
    assert_eq!(text(&new, "/plan/id"), "harbor-crest");
    assert_eq!(new["received_at"], pended["received_at"], "its clocks have been running");
    assert_ne!(new["state"], "moved");
    let number = text(&new, "/grant/number");
    assert!(number.is_empty() || number.starts_with("HC-"), "{number}");
    let clocks = new["deadlines"].as_array().expect("a list").iter();
    for clock in clocks.filter(|clock| text(clock, "/rule").contains("-decision-calendar")) {
        assert_eq!(clock["started_at"], pended["received_at"]);
    }

    // Both are in the record, each for its plan, and everybody is told.
    let names = |key: &str, case: &Value| -> Vec<String> {
        county.timeline(key, case).iter().map(|step| text(step, "/event").to_owned()).collect()
    };
    assert_eq!(names(&before.reviewer, &old).last().map(String::as_str), Some("move"));
    let first = &county.timeline(&after.reviewer, &new)[0];
    assert_eq!(
        (&first["detail"]["from_plan"], &first["detail"]["from_case"]),
        (&json!("valle-vista"), &old["id"])
    );
    for (key, case) in [(&before.reviewer, &new), (&after.reviewer, &old)] {
        let path = format!("/v1/authorizations/{}", text(case, "/id"));
        assert_eq!(county.client().send(&Request::get(path).by(key)).status, 404, "each plan sees its own");
    }
    told(county, hospital, &old, "case-moved");
    told(county, &before.reviewer, &old, "case-moved");
    told(county, &after.reviewer, &new, "case-moved-here");
    let late = county.change(
        &before.reviewer,
        &county.again(&before.reviewer, &old),
        "decisions",
        &json!({ "decision": "approve" }),
    );
    assert_eq!((late.status, late.code()), (409, "not-allowed-now"));
}

fn an_open_referral_goes_with_the_member(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("open-door");
    let person = county.person("valle-vista");
    let accepted = county.submit(key, "referrals", &ecm_referral(&person));
    assert_eq!((&accepted["state"], text(&accepted, "/plan/id")), (&json!("accepted"), "valle-vista"));
    moves_on(county, &person, "2026-03-01", "2026-03-02");
    let new = followed(county, key, "referrals", &accepted);
    let old = county.again(key, &accepted);
    assert_eq!((&old["state"], &old["moved"]["case"]), (&json!("moved"), &new["id"]));
    assert_eq!(text(&new, "/plan/id"), "harbor-crest");
    assert_eq!(new["received_at"], accepted["received_at"]);
    told(county, key, &old, "case-moved");
    // A second one may not stand beside the one that moved.
    let (status, twin) = {
        let request = Request::post("/v1/referrals", &ecm_referral(&person)).by(key);
        let answer = county.client().send(&request);
        (answer.status, answer.json)
    };
    let open = !["redirected", "not-eligible"].contains(&text(&new, "/state"));
    assert!(!open || status == 409 || twin["state"] == "joined", "{twin}");
}

/// A claim is for the plan of its service days (28 CCR 1300.71(a)), also where a file says so while it waits:
/// it goes without anybody's step, and the plan before does not pay it.
fn a_claim_that_waits_goes_with_the_member(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("open-door");
    let (before, after) = (county.plan("harbor-crest"), county.plan("valle-vista"));
    let person = county.person("harbor-crest");
    let bill = |day: &str| {
        let body = json!({
            "member": person.named(), "diagnoses": ["Z59.02"], "lines": [billed("G9012 U8", 1, day, "31.00")],
        });
        county.submit(key, "claims", &body)
    };
    let (stays, goes) = (bill("2026-02-09"), bill("2026-02-20"));
    for waiting in [&stays, &goes] {
        assert_eq!((text(waiting, "/plan/id"), text(waiting, "/state")), ("harbor-crest", "advised"));
    }
    load(county, "harbor-crest", &person, &Row { first: "2024-01-01", last: "2026-02-10", ..Row::default() });
    load(county, "valle-vista", &person, &Row { first: "2026-02-11", ..Row::default() });

    // Whether the host looked first or the plan pays first.
    let number = format!("MOVED-{}", text(&goes, "/id"));
    let paid = json!({ "number": 1, "amount": "31.00", "adjustments": [] });
    let remittance = json!({
        "number": number, "total": "31.00", "claims": [{ "claim": goes["id"], "lines": [paid] }],
    });
    let late = county.client().send(&Request::post("/v1/remittances", &remittance).by(&before.clerk));
    assert_eq!(
        (late.status, text(&late.json, "/errors/0/pointer")),
        (422, "/claims/0/claim"),
        "{}",
        late.json
    );
    let code = text(&late.json, "/errors/0/code");
    assert!(["no-coverage", "not-allowed-now"].contains(&code), "{code}");

    let new = followed(county, key, "claims", &goes);
    let old = county.again(key, &goes);
    assert_eq!((&old["state"], &old["moved"]["case"]), (&json!("moved"), &new["id"]));
    assert_eq!((text(&old, "/plan/id"), text(&new, "/plan/id")), ("harbor-crest", "valle-vista"));
    assert_eq!(new["received_at"], goes["received_at"], "its clocks have been running");
    assert_eq!((&new["state"], &new["total_payable"]), (&json!("payable"), &json!("31.00")), "{new}");
    told(county, key, &old, "case-moved");
    told(county, &before.reviewer, &old, "case-moved");
    told(county, &after.reviewer, &new, "case-moved-here");
    assert_eq!(county.again(key, &stays)["state"], "advised", "its day is the first plan's");
}

fn what_was_authorized_goes_with_the_member(database: Database) {
    let county = County::shared(database);
    let hospital = county.key_of("hospital");
    let (before, after) = (county.plan("valle-vista"), county.plan("harbor-crest"));
    let person = county.person("valle-vista");
    let approved = county.submit(hospital, "authorizations", &nights(county, &person, 14, "2026-03-15"));
    assert_eq!((&approved["state"], text(&approved, "/plan/id")), (&json!("approved"), "valle-vista"));
    moves_on(county, &person, "2026-03-08", "2026-03-09");

    let asked = followed(county, hospital, "authorizations", &approved);
    assert_eq!(text(&asked, "/plan/id"), "harbor-crest");
    assert_eq!(text(&asked, "/continues/plan"), "valle-vista");
    assert_eq!(asked["continues"]["number"], approved["grant"]["number"]);
    assert_eq!(text(&asked, "/continues/since"), "2026-03-09");
    let window = &asked["presumption"];
    assert_eq!(
        (text(window, "/rule"), text(window, "/first"), text(window, "/last")),
        ("continuity-of-care", "2026-03-09", "2026-03-15"),
        "its days are honored until the plan answers"
    );
    assert!(["approved", "with-people"].contains(&text(&asked, "/state")), "no rule says less: {asked}");
    assert_eq!(county.again(hospital, &approved)["state"], "approved", "its own days stay");
    let steps = county.timeline(&before.reviewer, &approved);
    let step = steps.last().expect("it has steps");
    assert_eq!((&step["event"], &step["detail"]["to_case"]), (&json!("continue"), &asked["id"]));
    told(county, hospital, &approved, "authorization-continues");
    told(county, &after.reviewer, &asked, "continuity-asked");

    // The plan must answer: a clock runs while its people have it.
    if asked["state"] == "with-people" {
        assert_eq!(text(&asked, "/why_people/code"), "continuity-of-care");
        assert!(county.work_item("harbor-crest", &asked).is_some());
        let clocks = asked["deadlines"].as_array().expect("a list");
        assert!(
            clocks.iter().any(|clock| text(clock, "/rule").starts_with("authorization-decision")),
            "{asked}"
        );
    }

    // The same files again ask for nothing more, and what began before the change does not move.
    moves_on(county, &person, "2026-03-08", "2026-03-09");
    let page = county.client().read(hospital, "/v1/authorizations?limit=200");
    let all = page["items"].as_array().expect("a list");
    assert_eq!(all.iter().filter(|item| item["follows"] == approved["id"]).count(), 1);
}

/// An authorization of before ends where the new plan's answer begins: nobody pays those nights, so another
/// house may be granted them. (One house at a time: Health Net provider manual, room and board.)
fn what_another_plan_refuses_is_another_houses(database: Database) {
    let county = County::shared(database);
    let hospital = county.key_of("hospital");
    let after = county.plan("harbor-crest");
    let no = json!({
        "decision": "deny", "kind": "clinical", "reason": { "en": "It can heal at home.", "es": "Puede sanar en casa." },
    });
    for (case, who, step, body) in [
        ("refused there", &*after.reviewer, "decisions", no),
        ("taken back there", hospital, "withdrawal", json!({})),
    ] {
        let person = county.person("valle-vista");
        let mut request = nights(county, &person, 14, "2026-03-15");
        request["documents"] = json!([]);
        let approved = county.submit(hospital, "authorizations", &request);
        assert_eq!(approved["state"], "approved", "{case}: {approved}");
        moves_on(county, &person, "2026-03-08", "2026-03-09");
        let goes_on = county.again(who, &followed(county, hospital, "authorizations", &approved));
        assert_eq!(text(&goes_on, "/why_people/code"), "continuity-of-care", "{case}: {goes_on}");
        let standing = county.again(hospital, &approved);
        assert_eq!(standing["grant"]["lines"][0]["last"], "2026-03-15", "{case}: until it is answered");

        county.change(who, &goes_on, step, &body).with(200);
        let ended = county.again(hospital, &approved);
        assert_eq!((&ended["state"], &ended["plan"]["id"]), (&json!("approved"), &json!("valle-vista")));
        assert_eq!(ended["grant"]["lines"][0]["last"], "2026-03-08", "{case}: its own days stay");
        assert_eq!(
            (&ended["ended"]["last"], &ended["ended"]["reason"]),
            (&json!("2026-03-08"), &Value::Null)
        );
        let steps = county.timeline(hospital, &approved);
        let step = steps.last().expect("it has steps");
        assert_eq!((text(step, "/event"), text(step, "/actor/role")), ("end", "host"), "{case}");
        told(county, hospital, &approved, "authorization-ended");
        told(county, &county.plan("valle-vista").reviewer, &approved, "authorization-ended");

        let mut elsewhere = nights(county, &person, 6, "2026-03-15");
        elsewhere["provider"] = json!(county.provider("open-door").id);
        elsewhere["lines"] = json!([asked("T2033 U6", 6, "2026-03-10", "2026-03-15")]);
        let elsewhere = county.submit(hospital, "authorizations", &elsewhere);
        assert_eq!(elsewhere["plan"]["id"], "harbor-crest", "{case}");
        assert_ne!(text(&elsewhere, "/why_people/code"), "benefit-limit", "{case}: {elsewhere}");
        let granted = match text(&elsewhere, "/state") {
            "approved" => elsewhere,
            _ => {
                let approve = json!({ "decision": "approve" });
                county.change(&after.reviewer, &elsewhere, "decisions", &approve).with(200)
            }
        };
        assert_eq!(granted["state"], "approved", "{case}");
    }
}

/// A member who is back before the new plan has answered is that of the plan before on all days: whoever
/// takes the request back, what was authorized holds.
fn what_goes_on_nowhere_holds(database: Database) {
    let county = County::shared(database);
    let hospital = county.key_of("hospital");
    let person = county.person("valle-vista");
    let mut request = nights(county, &person, 14, "2026-03-15");
    request["documents"] = json!([]);
    let approved = county.submit(hospital, "authorizations", &request);
    moves_on(county, &person, "2026-03-08", "2026-03-09");
    let goes_on = followed(county, hospital, "authorizations", &approved);
    assert_eq!(text(&goes_on, "/why_people/code"), "continuity-of-care", "{goes_on}");
    load(county, "harbor-crest", &person, &Row { first: "2026-03-20", ..Row::default() });
    load(county, "valle-vista", &person, &Row { first: "2024-01-01", last: "2026-03-19", ..Row::default() });

    // Whether the host looks first or the hospital takes it back first.
    let answer = county.change(hospital, &goes_on, "withdrawal", &json!({}));
    assert!([200, 409, 412].contains(&answer.status), "{}", answer.json);
    until("the request to be taken back", || {
        (county.again(hospital, &goes_on)["state"] == "withdrawn").then_some(())
    });
    let holds = county.again(hospital, &approved);
    assert_eq!(
        (&holds["grant"]["lines"][0]["last"], &holds["ended"]),
        (&json!("2026-03-15"), &Value::Null),
        "{holds}"
    );
}

/// DHCS ECM Policy Guide, continuity of care: of a year that was authorized, the first 90 days with the new
/// plan; with the facts that were known.
fn ninety_days_of_it_are_honored(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("open-door");
    let person = county.person("valle-vista");
    let approved = county.submit(key, "authorizations", &ecm(&person));
    assert_eq!((&approved["state"], text(&approved, "/plan/id")), (&json!("approved"), "valle-vista"));
    moves_on(county, &person, "2026-03-08", "2026-03-09");
    let asked = followed(county, key, "authorizations", &approved);
    let window = &asked["presumption"];
    assert_eq!(
        (text(window, "/first"), text(window, "/last"), &window["days"]),
        ("2026-03-09", "2026-06-06", &json!(90))
    );
    let read = county.again(&county.plan("harbor-crest").clerk, &asked);
    let before = county.again(key, &approved);
    let known = |case: &Value| -> Vec<(String, Value)> {
        let facts = case["request"]["facts"].as_array().expect("a list").iter();
        facts.map(|fact| (text(fact, "/code").to_owned(), fact["value"].clone())).collect()
    };
    assert!(!known(&before).is_empty());
    assert_eq!(known(&read), known(&before), "nobody is asked again what is known");
}

/// Each row: what a plan's file says, and what stands after it.
fn the_newer_day_stands_and_a_verified_value_longest(database: Database) {
    let county = County::shared(database);
    let (client, key) = (county.client(), county.key_of("open-door"));
    let person = county.person("valle-vista");
    let member = county.submit(key, "referrals", &ecm_referral(&person));
    let id = text(&member, "/member_id");
    let path = format!("/v1/members/{id}?purpose=care-coordination");
    let values = format!("/v1/members/{id}/values?purpose=care-coordination");
    let base = Row { first: "2024-01-01", language: "es", ..Row::default() };
    let uploads = [
        (
            "ten days ago",
            Row {
                address: "12 Alder St",
                address_as_of: "2026-02-20",
                phone: "209-555-0111",
                ..base.clone()
            },
            ("12 Alder St", "2026-02-20", "+12095550111", "es"),
        ),
        (
            "an address of 2019 that is uploaded later",
            Row { address: "9 Gone St", address_as_of: "2019-03-01", ..base.clone() },
            ("12 Alder St", "2026-02-20", "+12095550111", "es"),
        ),
        (
            "a file that was drawn last year",
            Row {
                file_date: "2025-06-01",
                phone: "209-555-0122",
                language: "vi",
                address: "7 Past St",
                ..base.clone()
            },
            ("12 Alder St", "2026-02-20", "+12095550111", "es"),
        ),
        (
            "a file without a language or a phone says nothing of them",
            Row { language: "", address: "", ..base.clone() },
            ("12 Alder St", "2026-02-20", "+12095550111", "es"),
        ),
        (
            "a newer address",
            Row { address: "3 New St", address_as_of: "2026-02-28", phone: "209-555-0133", ..base.clone() },
            ("3 New St", "2026-02-28", "+12095550133", "es"),
        ),
    ];
    for (case, row, (address, as_of, phone, language)) in uploads {
        load(county, "valle-vista", &person, &row);
        let seen = client.read(key, &path);
        assert!(text(&seen, "/contact/address/value").starts_with(address), "{case}: {seen}");
        assert_eq!(text(&seen, "/contact/address/as_of"), as_of, "{case}");
        assert_eq!(text(&seen, "/contact/phone/value"), phone, "{case}");
        assert_eq!(text(&seen, "/language"), language, "{case}");
        assert_eq!(value(&seen, "phone")["value"], phone, "{case}: the dictionary says the same");
    }

    let seen = client.read(key, &path);
    let mine = json!({ "phone": "+12095550199" });
    let patch =
        Request::bytes(format!("/v1/members/{id}"), "application/json", mine.to_string()).method("PATCH");
    let corrected = client.send(&patch.by(key).of_version(&seen["version"])).with(200);
    assert_eq!(value(&corrected, "phone")["source"], "provider");
    let newest = base.clone();
    load(county, "valle-vista", &person, &Row { phone: "209-555-0144", file_date: "2026-03-02", ..base });
    let seen = client.read(key, &path);
    assert_eq!(text(&seen, "/contact/phone/value"), "+12095550199", "a verified value stands");
    assert_eq!(value(&seen, "phone")["value"], "+12095550199");
    let said = client.read(key, &values);
    let phones: Vec<(&str, bool)> = said["items"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|one| one["name"] == "phone")
        .map(|one| (text(one, "/value"), one["stands"] == json!(true)))
        .collect();
    assert!(phones.contains(&("+12095550144", false)), "what the file said is kept: {phones:?}");
    assert!(phones.contains(&("+12095550199", true)), "{phones:?}");

    // What another provider verifies later stands over what the first verified, and over later files too.
    let hospital = county.key_of("hospital");
    county.submit(hospital, "authorizations", &nights(county, &person, 14, "2026-03-15"));
    let theirs = json!({ "phone": "+12095550177" });
    let seen = client.read(hospital, &path);
    let patch =
        Request::bytes(format!("/v1/members/{id}"), "application/json", theirs.to_string()).method("PATCH");
    client.send(&patch.by(hospital).of_version(&seen["version"])).with(200);
    load(county, "valle-vista", &person, &Row { phone: "209-555-0166", file_date: "2026-03-02", ..newest });
    let seen = client.read(key, &path);
    assert_eq!(text(&seen, "/contact/phone/value"), "+12095550177", "the newer verified value stands");
    assert_eq!(value(&seen, "phone")["source"], "provider");
    let said = client.read(key, &values);
    let stands: Vec<&str> = said["items"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|one| one["name"] == "phone" && one["stands"] == json!(true))
        .map(|one| text(one, "/value"))
        .collect();
    assert_eq!(stands, ["+12095550177"], "one value stands");
}

/// Value that stands for a name.
fn value<'a>(member: &'a Value, name: &str) -> &'a Value {
    let values = member["values"].as_array().expect("a list");
    values.iter().find(|value| value["name"] == name).unwrap_or(&Value::Null)
}

fn what_a_file_says_is_kept_with_source_and_day(database: Database) {
    let county = County::shared(database);
    let (client, key) = (county.client(), county.key_of("open-door"));
    let person = county.person("valle-vista");
    let case = county.submit(key, "authorizations", &ecm(&person));
    let id = text(&case, "/member_id");
    let path = format!("/v1/members/{id}?purpose=care-coordination");
    let values = format!("/v1/members/{id}/values?purpose=care-coordination");
    let row = Row {
        first: "2024-01-01",
        last: "2026-03-08",
        pcp: "1234567893",
        tier: "rising",
        file_date: "2026-03-02",
        phone: "209-555-0155",
        ..Row::default()
    };
    load(county, "valle-vista", &person, &row);
    let seen = client.read(key, &path);
    let expected = [
        ("pcp-npi", "1234567893"),
        ("risk-tier", "rising"),
        ("homelessness", "yes"),
        ("sex", "F"),
        ("renewal-month", "6"),
        ("plan-member-id", "M-valle-vista"),
    ];
    for (name, kept) in expected {
        let said = value(&seen, name);
        assert_eq!((text(said, "/value"), text(said, "/by")), (kept, "valle-vista"), "{name}: {seen}");
        assert_eq!(text(said, "/source"), "plan-file", "{name}");
        assert!(!text(said, "/text/es").is_empty(), "{name}");
    }
    assert_eq!(text(value(&seen, "pcp-npi"), "/as_of"), "2026-03-02");

    // What the plan's own file says is a fact with that source, for its people and for rules that read it.
    let read = county.again(&county.plan("valle-vista").clerk, &case);
    let known = read["around"]["host_facts"].as_array().expect("a list");
    let of_file = known.iter().find(|fact| fact["source"] == "plan-file").expect("the file said so");
    assert_eq!(text(of_file, "/code"), "housing.homeless-by-plan-file");
    assert_eq!((&of_file["value"], text(of_file, "/as_of")), (&json!(true), "2026-03-02"), "{of_file}");
    assert!(text(value(&seen, "pcp-npi"), "/roster").starts_with("ros"), "{seen}");

    // A plan sees its own file, never another's; a provider of the member sees both.
    let rival = Row { first: "2026-03-09", tier: "low", phone: "209-555-0166", ..Row::default() };
    load(county, "harbor-crest", &person, &rival);
    let tiers = |key: &str| -> Vec<String> {
        let page = client.read(key, &values);
        let items = page["items"].as_array().expect("a list").iter();
        items.filter(|one| one["name"] == "risk-tier").map(|one| text(one, "/value").to_owned()).collect()
    };
    assert_eq!(tiers(&county.plan("harbor-crest").admin), ["low"]);
    assert_eq!(tiers(&county.plan("valle-vista").admin), ["rising"]);
    assert_eq!(tiers(key), ["low", "rising"]);
    // The rival's newer file speaks for the person once the rival covers them: from next week on.
    for reader in [county.plan("valle-vista").admin.as_str(), key] {
        assert_eq!(text(&client.read(reader, &path), "/contact/phone/value"), "+12095550155");
    }
    let stranger = Request::get(values.clone()).by(&county.plan("costa-alta").admin);
    assert_eq!(client.send(&stranger).status, 404);
}

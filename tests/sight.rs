//! Identity of people and who may learn it: changes by a row of a file, looking members up, people of whom a
//! provider alone tells, and settlements.

use serde_json::{Value, json};

use crate::clocks::when_told;
use crate::harness::{
    Answer, BORN, COUNTY, Client, County, Database, FAMILY, GIVEN, Person, Request, Server,
    on_both_databases, text, until,
};
use crate::journeys::{ecm, ecm_referral};

on_both_databases! {
    a_row_takes_nobody_over
    one_plans_file_speaks_for_a_person
    a_number_is_guessed_once
    who_guessed_a_number_is_told_of_no_settlement
    a_plans_own_member_keeps_the_birth_date_until_people_settle_it
    two_plans_on_one_day_route_nothing_to_the_newcomer
    what_the_state_says_stands
    a_plan_sees_what_its_own_days_give
    looking_a_member_up_is_no_oracle
    every_miss_is_on_the_record
    tries_are_counted_for_a_key
    tries_are_counted_for_a_number
    tries_are_counted_across_nodes
    a_purpose_gives_what_it_needs
    whom_a_provider_tells_of_a_file_confirms_or_corrects
    whom_nobody_confirms_is_forgotten
    two_turn_out_to_be_one_and_one_to_be_two
    only_the_operator_settles_who_people_are
}

/// A row of a member file.
#[derive(Clone, Copy)]
struct Row<'a> {
    cin: &'a str,
    family: &'a str,
    given: &'a str,
    born: &'a str,
    first: &'a str,
    last: &'a str,
    phone: &'a str,
    language: &'a str,
}

impl<'a> Row<'a> {
    /// The person as the plan's own file has it.
    fn of(person: &'a Person) -> Self {
        Self { cin: &person.cin, ..Self::named(FAMILY, GIVEN, BORN) }
    }

    fn named(family: &'a str, given: &'a str, born: &'a str) -> Self {
        Self { cin: "", family, given, born, first: "2024-01-01", last: "", phone: "", language: "" }
    }
}

fn file(rows: &[Row<'_>]) -> String {
    let mut file = String::from(
        "CIN,Last Name,First Name,Date of Birth,County,Coverage Start Date,Coverage End Date,Phone Number,Spoken Language\n",
    );
    for Row { cin, family, given, born, first, last, phone, language } in rows {
        file += &format!("{cin},{family},{given},{born},{COUNTY},{first},{last},{phone},{language}\n");
    }
    file
}

#[track_caller]
fn load(county: &County, plan: &str, rows: &[Row<'_>]) -> Value {
    let request = Request::bytes("/v1/rosters", "text/csv", file(rows)).by(&county.plan(plan).admin);
    county.client().send(&request).with(201)
}

/// The operator says what the state says of a plan's members.
#[track_caller]
fn load_from_the_state(county: &County, plan: &str, rows: &[Row<'_>]) -> Value {
    let path = format!("/v1/rosters?plan={plan}&of_the_state=true");
    let request = Request::bytes(path, "text/csv", file(rows)).by(&county.server.operator);
    county.client().send(&request).with(201)
}

fn search(county: &County, key: &str, cin: &str) -> Answer {
    let body = json!({ "cin": cin, "purpose": "operations" });
    county.client().send(&Request::post("/v1/members/search", &body).by(key))
}

/// The member as the plan sees it.
#[track_caller]
fn seen_by(county: &County, plan: &str, cin: &str) -> Value {
    search(county, &county.plan(plan).admin, cin).with(200)
}

fn look_up(cin: &str, family: &str, given: &str, born: &str) -> Value {
    json!({
        "cin": cin, "family_name": family, "given_name": given, "birth_date": born, "county": COUNTY,
        "purpose": "care-coordination",
    })
}

#[track_caller]
fn look(county: &County, key: &str, body: &Value) -> Answer {
    county.client().send(&Request::post("/v1/members", body).by(key))
}

/// Open conflicts about the person as the holder of the key sees them.
fn conflicts(county: &County, key: &str, member: &str) -> Vec<Value> {
    let page = county.client().read(key, "/v1/identity-conflicts?limit=200");
    let items = page["items"].as_array().expect("a list").iter();
    items.filter(|one| one["member_id"] == member && one["state"] == "open").cloned().collect()
}

/// The one open conflict about the person, as the operator sees it.
#[track_caller]
fn conflict(county: &County, member: &str) -> Value {
    let mut all = conflicts(county, &county.server.operator, member);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn settle(county: &County, conflict: &Value, verdict: &str) -> Answer {
    let path = format!("/v1/identity-conflicts/{}/settlement", text(conflict, "/id"));
    let body = json!({ "verdict": verdict, "reason": "As the state's eligibility has it." });
    let request = Request::post(path, &body).by(&county.server.operator).of_version(&conflict["version"]);
    county.client().send(&request)
}

/// Waits for a notice of a kind about a member.
fn told(county: &County, key: &str, kind: &str, member: &str) -> Value {
    until(kind, || notices(county, key, kind, member).into_iter().next())
}

fn notices(county: &County, key: &str, kind: &str, member: &str) -> Vec<Value> {
    let page = county.client().read(key, &format!("/v1/notices?limit=200&kind={kind}"));
    let items = page["items"].as_array().expect("a list").iter();
    items.filter(|one| one["member"] == member).cloned().collect()
}

/// Identity of a member, by the operator's eyes.
#[track_caller]
fn identity(county: &County, member: &str) -> Value {
    let path = format!("/v1/members/{member}/identity?purpose=operations");
    county.client().read(&county.server.operator, &path)
}

fn plans_of(member: &Value) -> Vec<&str> {
    member["coverage"].as_array().expect("a list").iter().map(|span| text(span, "/plan")).collect()
}

/// A report without what is the file's own.
fn report_of(report: &Value) -> Value {
    let mut report = report.clone();
    report["id"] = Value::Null;
    report
}

/// A phone that a rival must not learn, verified by a provider that has the member.
const VERIFIED: &str = "+12095550123";

/// A member of Valle Vista with a provider, a case, and a verified phone.
fn with_history(county: &County) -> (Person, Value) {
    let key = county.key_of("open-door");
    let person = county.person("valle-vista");
    let case = county.submit(key, "referrals", &ecm_referral(&person));
    let id = text(&case, "/member_id");
    let member = county.client().read(key, &format!("/v1/members/{id}?purpose=treatment"));
    let patch = json!({ "phone": VERIFIED }).to_string();
    let patch = Request::bytes(format!("/v1/members/{id}"), "application/json", patch).method("PATCH");
    let member = county.client().send(&patch.by(key).of_version(&member["version"])).with(200);
    (person, member)
}

/// Each row: what a rival's file says of another plan's member. None of it is the person's; the report is
/// that of a number that nobody has, and the rival sees what it said itself.
fn a_row_takes_nobody_over(database: Database) {
    let county = County::shared(database);
    let rival = &county.plan("harbor-crest").admin;
    let cases = [
        ("an invented birth date", FAMILY, GIVEN, "1980-01-02", "birth-date", "99510001A"),
        ("a birth date a day off", FAMILY, GIVEN, "1931-07-20", "birth-date", "99510002A"),
        ("invented names", "Doe", "Jane", BORN, "name", "99510003A"),
        ("nothing right", "Doe", "Jane", "1980-01-02", "birth-date", "99510004A"),
    ];
    for (case, family, given, born, kind, unknown) in cases {
        let (person, before) = with_history(county);
        let (provider, id) = (county.key_of("open-door"), text(&before, "/id"));
        let row = Row { phone: "209-555-0166", language: "vi", ..Row::named(family, given, born) };
        let guessed = load(county, "harbor-crest", &[Row { cin: &person.cin, ..row }]);
        let nobodys = load(county, "harbor-crest", &[Row { cin: unknown, ..row }]);
        assert_eq!(report_of(&guessed), report_of(&nobodys), "{case}: the report tells nothing");

        // The rival sees its own file, of the number that somebody has as of the one that nobody has.
        let [claimed, new] = [&person.cin, unknown].map(|cin| seen_by(county, "harbor-crest", cin));
        for (seen, cin) in [(&claimed, &*person.cin), (&new, unknown)] {
            assert_eq!((text(seen, "/cin"), text(seen, "/family_name")), (cin, family), "{case}");
            assert_eq!((text(seen, "/birth_date"), text(seen, "/language")), (born, "vi"), "{case}");
            assert_eq!(text(seen, "/contact/phone/value"), "+12095550166", "{case}");
            assert_eq!(plans_of(seen), ["harbor-crest"], "{case}");
            assert_eq!((&seen["coverage"][0]["disputed"], &seen["standing"]), (&json!(false), &Value::Null));
            assert_ne!(seen["id"], before["id"], "{case}");
        }
        let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&claimed), keys(&new), "{case}");
        assert!(!claimed.to_string().contains(VERIFIED) && !claimed.to_string().contains("valle-vista"));
        let path = format!("/v1/members/{id}?purpose=operations");
        assert_eq!(county.client().send(&Request::get(path).by(rival)).status, 404, "{case}");
        let again = load(county, "harbor-crest", &[Row { cin: &person.cin, phone: "209-555-0167", ..row }]);
        assert_eq!((&again["members_known"], &again["coverages_new"]), (&json!(1), &json!(0)), "{case}");

        // Nobody else notices anything.
        let after = county.client().read(provider, &format!("/v1/members/{id}?purpose=treatment"));
        assert_eq!(after, before, "{case}: nothing of the person changed");
        let asked = county.submit(provider, "authorizations", &ecm(&person));
        assert_eq!(text(&asked, "/plan/id"), "valle-vista", "{case}");
        let mut wrong = person.named();
        wrong["birth_date"] = json!("1980-01-02");
        let mut referral = ecm_referral(&person);
        referral["member"] = wrong;
        let refused = county.client().send(&Request::post("/v1/referrals", &referral).by(provider));
        assert_eq!(text(&refused.json, "/errors/0/code"), "unknown-member", "{case}");

        // It is people's to settle: the operator sees both, the member's plan that there is something, the
        // rival nothing.
        let open = conflict(county, id);
        assert_eq!((text(&open, "/kind"), text(&open, "/plan")), (kind, "harbor-crest"), "{case}");
        assert_eq!(open["provisional_id"], claimed["id"], "{case}");
        assert_eq!(
            (text(&open, "/file_says/birth_date"), text(&open, "/record_says/birth_date")),
            (born, BORN)
        );
        let own = conflicts(county, &county.plan("valle-vista").admin, id);
        assert_eq!(own.len(), 1, "{case}");
        for hidden in ["plan", "roster", "row", "file_says", "record_says", "reason", "other_plan"] {
            assert_eq!(own[0][hidden], Value::Null, "{case}: {hidden}");
        }
        told(county, &county.plan("valle-vista").admin, "identity-conflict", id);
        assert!(conflicts(county, rival, text(&claimed, "/id")).is_empty(), "{case}");
        assert!(notices(county, rival, "identity-conflict", text(&claimed, "/id")).is_empty(), "{case}");

        // What the record says stands: the member's plan is told so, the rival goes on seeing what it said
        // itself.
        let settled = settle(county, &open, "record").with(200);
        assert_eq!((text(&settled, "/state"), text(&settled, "/verdict")), ("settled", "record"), "{case}");
        told(county, &county.plan("valle-vista").admin, "identity-settled", id);
        load(county, "harbor-crest", &[Row { cin: &person.cin, phone: "209-555-0168", ..row }]);
        assert!(conflicts(county, &county.server.operator, id).is_empty(), "{case}: it is not asked again");
        assert_eq!(text(&seen_by(county, "harbor-crest", &person.cin), "/birth_date"), born, "{case}");
    }
}

/// Each row: days and line of a rival's row that names the person rightly, with one name and the home
/// changed, and whether its words become everybody's. Of the person's own plan they do.
fn one_plans_file_speaks_for_a_person(database: Database) {
    const WORDS: [&str; 5] =
        ["/given_name", "/county", "/language", "/contact/phone/value", "/contact/address/value"];
    let county = County::shared(database);
    let key = county.key_of("open-door");
    let row = |plan: &str, cin: &str, said: [&str; 4], days: [&str; 3]| {
        let ([given, language, phone, address], [first, last, line]) = (said, days);
        let file = format!(
            "CIN,Last Name,First Name,Date of Birth,County,Spoken Language,Phone Number,Residential Address,City,Zip,\
             Coverage Start Date,Coverage End Date,Line of Business\n\
             {cin},{FAMILY},{given},{BORN},{COUNTY},{language},{phone},{address},San Ravel,96191,{first},{last},{line}\n"
        );
        let request = Request::bytes("/v1/rosters", "text/csv", file).by(&county.plan(plan).admin);
        let report = county.client().send(&request).with(201);
        assert_eq!(report["accepted"], json!(1), "{report}");
    };
    let ours = [GIVEN, "es", "209-555-0141", "12 Alder Street"];
    let theirs = ["Wilhelmina", "vi", "209-555-0166", "99 Rival Road"];
    let (since, open) = ("2024-01-01", "");
    for (case, plan, days, speaks) in [
        ("days long past", "harbor-crest", ["2019-01-01", "2019-12-31", "medi-cal"], false),
        ("another line", "silver-oak", ["2026-01-01", open, "d-snp"], false),
        ("days to come", "harbor-crest", ["2027-01-01", open, "medi-cal"], false),
        ("the plan itself", "valle-vista", [since, open, "medi-cal"], true),
        ("the plan itself, of a year before", "valle-vista", ["2022-01-01", "2022-12-31", "medi-cal"], true),
    ] {
        let person = county.person("valle-vista");
        // Days that end, so that days to come are nobody's.
        row("valle-vista", &person.cin, ours, [since, "2026-12-31", "medi-cal"]);
        let case_file = county.submit(key, "referrals", &ecm_referral(&person));
        let path = format!("/v1/members/{}?purpose=treatment", text(&case_file, "/member_id"));
        let words = |member: &Value| WORDS.map(|at| text(member, at).to_owned());
        let before = words(&county.client().read(key, &path));
        assert_eq!(before[2], "es", "{case}: {before:?}");
        // Twice: a plan must not make itself the person's by a row before.
        row(plan, &person.cin, theirs, days);
        row(plan, &person.cin, [theirs[0], "zh", theirs[2], theirs[3]], days);
        let after = words(&county.client().read(key, &path));
        assert_eq!(after == before, !speaks, "{case}: {before:?}, {after:?}");
        if speaks {
            assert_eq!((&*after[0], &*after[2], &*after[3]), ("Wilhelmina", "zh", "+12095550166"), "{case}");
        }
        // What it said itself a plan goes on seeing.
        let own = seen_by(county, plan, &person.cin);
        assert_eq!(text(&own, "/contact/phone/value"), "+12095550166", "{case}");
    }
}

/// A plan that could say another birth date with each row would find out which one is right.
fn a_number_is_guessed_once(database: Database) {
    let county = County::shared(database);
    let (person, before) = with_history(county);
    let guess = |born: &'static str| Row { born, ..Row::of(&person) };
    let guesses =
        [Row { last: "2024-12-31", ..guess("1980-01-02") }, Row { first: "2025-01-01", ..guess(BORN) }];
    let report = load(county, "harbor-crest", &guesses);
    assert_eq!(report["accepted"], json!(1), "{report}");
    assert_eq!(text(&report, "/refused/0/rule"), "identity-differs");
    for (case, born) in [("the right one", BORN), ("a third", "1975-05-05")] {
        let report = load(county, "harbor-crest", &[guess(born)]);
        assert_eq!(text(&report, "/refused/0/rule"), "identity-differs", "{case}");
        assert_eq!((&report["accepted"], &report["members_new"]), (&json!(0), &json!(0)), "{case}");
    }
    // A number that nobody has behaves alike.
    let nobodys = |born: &'static str| Row { cin: "99510010A", ..guess(born) };
    load(county, "harbor-crest", &[nobodys("1980-01-02")]);
    let report = load(county, "harbor-crest", &[nobodys(BORN)]);
    assert_eq!(text(&report, "/refused/0/rule"), "identity-differs");
    assert_eq!(text(&seen_by(county, "harbor-crest", &person.cin), "/birth_date"), "1980-01-02");
    let rival = &county.plan("harbor-crest").admin;
    let claimed = seen_by(county, "harbor-crest", &person.cin);
    assert!(notices(county, rival, "identity-conflict", text(&claimed, "/id")).is_empty());
    assert_eq!(county.again(county.key_of("open-door"), &json!({
        "kind": "referral", "id": county.client().read(
            county.key_of("open-door"), &format!("/v1/referrals?member={}", text(&before, "/id")))["items"][0]["id"],
    }))["plan"]["id"], "valle-vista");
}

/// Each row: how the operator settles what a rival's file says. Only a file that was right is about the
/// person; of any other a word would say that the number is somebody's.
fn who_guessed_a_number_is_told_of_no_settlement(database: Database) {
    let county = County::shared(database);
    let (own, rival) = (&county.plan("valle-vista").admin, &county.plan("harbor-crest").admin);
    for (verdict, is_right) in [("record", false), ("file", true)] {
        let (person, before) = with_history(county);
        let id = text(&before, "/id");
        load(county, "harbor-crest", &[Row { born: "1980-01-02", ..Row::of(&person) }]);
        let claimed = text(&seen_by(county, "harbor-crest", &person.cin), "/id").to_owned();
        let open = conflict(county, id);
        settle(county, &open, verdict).with(200);
        // All notices of a settlement leave together.
        told(county, own, "identity-settled", id);
        let of_either = |key: &str| {
            [&*claimed, id].iter().flat_map(|of| notices(county, key, "identity-settled", of)).count()
        };
        assert_eq!(of_either(rival) > 0, is_right, "{verdict}: the notice");
        let path = format!("/v1/identity-conflicts/{}", text(&open, "/id"));
        let seen = county.client().send(&Request::get(path).by(rival)).status;
        assert_eq!(seen, if is_right { 200 } else { 404 }, "{verdict}: the conflict");
        let listed = county.client().read(rival, "/v1/identity-conflicts?limit=200").to_string();
        assert_eq!(listed.contains(text(&open, "/id")), is_right, "{verdict}: the list");
    }
}

/// Each row: how the operator settles it, and the birth date afterwards.
fn a_plans_own_member_keeps_the_birth_date_until_people_settle_it(database: Database) {
    const OTHER: &str = "1931-09-17";
    let county = County::shared(database);
    let admin = &county.plan("valle-vista").admin;
    for (verdict, stands) in [("record", BORN), ("file", OTHER)] {
        let (person, member) = with_history(county);
        let (provider, id) = (county.key_of("open-door"), text(&member, "/id"));
        let corrected = [Row { born: OTHER, phone: "209-555-0199", ..Row::of(&person) }];
        let report = load(county, "valle-vista", &corrected);
        assert_eq!((&report["accepted"], &report["rows"]), (&json!(0), &json!(1)), "{verdict}");
        assert_eq!(text(&report, "/refused/0/rule"), "identity-differs", "{verdict}");
        assert_eq!(text(&seen_by(county, "valle-vista", &person.cin), "/birth_date"), BORN, "{verdict}");
        let own = conflicts(county, admin, id);
        assert_eq!(
            (own.len(), text(&own[0], "/file_says/birth_date")),
            (1, OTHER),
            "the plan sees its own file"
        );
        assert_eq!(own[0]["record_says"], Value::Null, "{verdict}");
        told(county, admin, "identity-conflict", id);

        let open = conflict(county, id);
        // The same file once more is the same conflict; a verdict of another kind, and a version that is old,
        // settle nothing.
        let later = [Row { phone: "209-555-0198", ..corrected[0] }];
        load(county, "valle-vista", &later);
        assert_eq!(conflict(county, id)["id"], open["id"], "{verdict}");
        let refused = settle(county, &open, "later-plan");
        assert_eq!((refused.status, text(&refused.json, "/errors/0/pointer")), (422, "/verdict"));
        let stale = json!({ "id": open["id"], "version": 99 });
        assert_eq!(settle(county, &stale, verdict).code(), "stale");
        let settled = settle(county, &open, verdict).with(200);
        assert_eq!(text(&settled, "/verdict"), verdict);
        let again = settle(county, &settled, verdict);
        assert_eq!((again.status, text(&again.json, "/errors/0/code")), (409, "settled"));

        let seen = county.client().read(provider, &format!("/v1/members/{id}?purpose=treatment"));
        assert_eq!(text(&seen, "/birth_date"), stands, "{verdict}");
        told(county, admin, "identity-settled", id);
        if verdict == "file" {
            told(county, provider, "member-corrected", id);
            let history = identity(county, id)["history"].clone();
            assert_eq!(text(&history, "/0/event"), "corrected");
            assert_eq!(text(&history, "/0/reason"), "As the state's eligibility has it.");
            let mut named = person.named();
            named["birth_date"] = json!(OTHER);
            let mut request = ecm(&person);
            request["member"] = named;
            assert_eq!(text(&county.submit(provider, "authorizations", &request), "/plan/id"), "valle-vista");
        }
        // Whoever was right, the file is not asked about the same again.
        let report = load(county, "valle-vista", &[Row { phone: "209-555-0197", ..corrected[0] }]);
        assert_eq!(report["accepted"], json!(u8::from(verdict == "file")), "{verdict}");
        assert!(conflicts(county, &county.server.operator, id).is_empty(), "{verdict}");
    }
}

/// Each row: what settles it, and the plan that a new request goes to afterwards.
fn two_plans_on_one_day_route_nothing_to_the_newcomer(database: Database) {
    let county = County::shared(database);
    let (first, later) = (&county.plan("valle-vista").admin, &county.plan("harbor-crest").admin);
    // With the newcomer's first day: whoever comes later yields, whether its days begin earlier or later.
    let cases = [
        ("nothing", "2023-05-01", "valle-vista", false),
        ("nothing", "2026-03-01", "valle-vista", false),
        ("first-plan", "2026-03-01", "valle-vista", true),
        ("later-plan", "2026-03-01", "harbor-crest", true),
        ("the first plan's own file", "2026-03-01", "harbor-crest", true),
        ("the later plan's own file", "2023-05-01", "valle-vista", true),
        ("the state's file", "2023-05-01", "harbor-crest", true),
    ];
    for (case, first_day, answers, is_settled) in cases {
        let (person, member) = with_history(county);
        let (provider, id) = (county.key_of("open-door"), text(&member, "/id"));
        let newcomer = Row { first: first_day, phone: "209-555-0166", language: "vi", ..Row::of(&person) };
        let report = load(county, "harbor-crest", &[newcomer]);
        assert_eq!((&report["accepted"], &report["members_new"]), (&json!(1), &json!(1)), "{case}");
        let seen = seen_by(county, "harbor-crest", &person.cin);
        assert_eq!(seen["id"], member["id"], "{case}: it is the person");
        assert_eq!((plans_of(&seen), &seen["coverage"][0]["disputed"]), (vec!["harbor-crest"], &json!(true)));
        assert_eq!(text(&seen, "/contact/phone/value"), "+12095550166", "{case}: what its own file says");
        assert_eq!(text(&seen, "/language"), "vi", "{case}");
        assert!(!seen.to_string().contains(VERIFIED) && !seen.to_string().contains("valle-vista"), "{case}");
        assert_eq!(plans_of(&seen_by(county, "valle-vista", &person.cin)), ["valle-vista"], "{case}");
        let limits = format!("/v1/members/{id}/limits?purpose=operations");
        let sums = county.client().send(&Request::get(limits).by(later));
        assert_eq!(text(&sums.json, "/errors/0/code"), "no-coverage", "{case}: sums are over every plan");
        let shared = county.client().read(provider, &format!("/v1/members/{id}?purpose=treatment"));
        assert_eq!(shared["language"], member["language"], "{case}: the newcomer changes nobody's words");

        // Both are told, each without the other's data.
        for (key, plan, other) in
            [(first, "valle-vista", "harbor-crest"), (later, "harbor-crest", "valle-vista")]
        {
            let notice = told(county, key, "identity-conflict", id);
            let own = conflicts(county, key, id);
            assert_eq!(own.len(), 1, "{case}: {plan}");
            for shown in [&notice, &own[0]] {
                assert!(!shown.to_string().contains(other), "{case}: {plan} is shown {shown}");
                assert!(!shown.to_string().contains(&county.organization_of(other)), "{case}: {plan}");
            }
        }
        let looks = county.client().read(later, &format!("/v1/audit?subject={id}&action=look&limit=200"));
        let actors = looks["items"].as_array().expect("a list").iter().map(|one| text(one, "/actor"));
        let own = county.organization_of("harbor-crest");
        assert!(actors.into_iter().all(|actor| actor == own), "{case}: not who works with the member");
        assert_eq!(
            text(&county.submit(provider, "authorizations", &ecm(&person)), "/plan/id"),
            "valle-vista"
        );

        let open = conflict(county, id);
        assert_eq!(text(&open, "/kind"), "two-plans", "{case}");
        assert_eq!(
            (text(&open, "/plan"), text(&open, "/other_plan")),
            ("harbor-crest", "valle-vista"),
            "{case}"
        );
        match case {
            "nothing" => {}
            "the first plan's own file" => {
                load(county, "valle-vista", &[Row { last: "2026-02-28", ..Row::of(&person) }]);
            }
            "the later plan's own file" => {
                load(county, "harbor-crest", &[Row { last: "2023-12-31", ..newcomer }]);
            }
            "the state's file" => {
                load_from_the_state(county, "harbor-crest", &[Row { first: "2026-03-01", ..newcomer }]);
            }
            verdict => {
                settle(county, &open, verdict).with(200);
            }
        }
        assert_eq!(conflicts(county, &county.server.operator, id).is_empty(), is_settled, "{case}");
        if is_settled {
            told(county, first, "identity-settled", id);
            told(county, later, "identity-settled", id);
        }
        // A referral of the day goes to whoever answers, and an open one goes along.
        let stays = until("the open cases to be where they belong", || {
            let page = county.client().read(provider, &format!("/v1/referrals?member={id}&limit=50"));
            let plans: Vec<String> = page["items"]
                .as_array()
                .expect("a list")
                .iter()
                .filter(|one| one["state"] != "moved")
                .map(|one| text(one, "/plan/id").to_owned())
                .collect();
            plans.contains(&answers.to_owned()).then_some(plans)
        });
        assert_eq!(stays, [answers], "{case}");
    }
}

/// Each row: what the state's file says of a number that a plan's file had otherwise, and what came of the
/// conflict.
fn what_the_state_says_stands(database: Database) {
    const TRUE: &str = "1947-02-11";
    let county = County::shared(database);
    for (case, rival_says) in [("the newcomer was right", TRUE), ("both were wrong", "1980-01-02")] {
        let (person, member) = with_history(county);
        let (provider, id) = (county.key_of("open-door"), text(&member, "/id"));
        load(county, "harbor-crest", &[Row { born: rival_says, ..Row::of(&person) }]);
        let claimed = seen_by(county, "harbor-crest", &person.cin);
        let open = conflict(county, id);
        load_from_the_state(county, "valle-vista", &[Row { born: TRUE, ..Row::of(&person) }]);
        let seen = county.client().read(provider, &format!("/v1/members/{id}?purpose=treatment"));
        assert_eq!(text(&seen, "/birth_date"), TRUE, "{case}");
        told(county, provider, "member-corrected", id);
        told(county, &county.plan("valle-vista").admin, "member-corrected", id);
        let path = format!("/v1/identity-conflicts/{}", text(&open, "/id"));
        let settled = county.client().read(&county.server.operator, &path);
        assert_eq!((text(&settled, "/state"), text(&settled, "/verdict")), ("settled", "state"), "{case}");
        let now = seen_by(county, "harbor-crest", &person.cin);
        if rival_says == TRUE {
            assert_eq!(
                (&now["id"], &now["coverage"][0]["disputed"]),
                (&member["id"], &json!(true)),
                "{case}"
            );
            // The id under which the plan knew the person leads on.
            let path = format!("/v1/members/{}?purpose=operations", text(&claimed, "/id"));
            let led = county.client().read(&county.plan("harbor-crest").admin, &path);
            assert_eq!((&led["id"], &led["merged_into"]), (&member["id"], &member["id"]), "{case}");
        } else {
            assert_eq!((&now["id"], text(&now, "/birth_date")), (&claimed["id"], rival_says), "{case}");
        }
    }
    // A plan does not say what the state says.
    let request = Request::bytes("/v1/rosters?of_the_state=true", "text/csv", file(&[]));
    let refused = county.client().send(&request.by(&county.plan("valle-vista").admin));
    assert_eq!((refused.status, refused.code()), (403, "forbidden"));
}

/// Each row: a plan, and what it sees of a member who left Valle Vista for Harbor Crest yesterday.
fn a_plan_sees_what_its_own_days_give(database: Database) {
    let county = County::shared(database);
    let (person, member) = with_history(county);
    let id = text(&member, "/id");
    load(county, "valle-vista", &[Row { last: "2026-02-28", phone: "209-555-0111", ..Row::of(&person) }]);
    load(county, "harbor-crest", &[Row { first: "2026-03-01", phone: "209-555-0122", ..Row::of(&person) }]);
    for (plan, phone, days) in [
        ("valle-vista", "+12095550111", vec!["valle-vista"]),
        ("harbor-crest", VERIFIED, vec!["harbor-crest"]),
    ] {
        let seen = seen_by(county, plan, &person.cin);
        assert_eq!((text(&seen, "/contact/phone/value"), plans_of(&seen)), (phone, days.clone()), "{plan}");
        let admin = &county.plan(plan).admin;
        let values = county.client().read(admin, &format!("/v1/members/{id}/values?purpose=operations"));
        let by: Vec<&str> =
            values["items"].as_array().expect("a list").iter().map(|one| text(one, "/by")).collect();
        let provider = county.provider("open-door").id.as_str();
        assert!(
            by.iter().all(|by| *by == plan || (plan == "harbor-crest" && *by == provider)),
            "{plan}: {by:?}"
        );
        for on in ["", "&on=2026-02-01", "&on=2026-03-02"] {
            let path = format!("/v1/members/{id}/coverage?purpose=operations{on}");
            let page = county.client().read(admin, &path);
            let shown = page["items"].as_array().expect("a list").iter();
            assert!(shown.into_iter().all(|span| text(span, "/plan") == plan), "{plan} {on}");
        }
    }
    let provider =
        county.client().read(county.key_of("open-door"), &format!("/v1/members/{id}?purpose=treatment"));
    assert_eq!(plans_of(&provider), ["harbor-crest", "valle-vista"], "a provider must ask the right plan");

    // A D-SNP and the Medi-Cal plan of the same days coordinate the member's care.
    let dual = county.person("harbor-crest");
    let d_snp = format!(
        "CIN,Last Name,First Name,Date of Birth,County,Coverage Start Date,Line of Business\n{},{FAMILY},{GIVEN},{BORN},{COUNTY},2026-01-01,d-snp\n",
        dual.cin
    );
    let request = Request::bytes("/v1/rosters", "text/csv", d_snp).by(&county.plan("silver-oak").admin);
    county.client().send(&request).with(201);
    for plan in ["silver-oak", "harbor-crest"] {
        let seen = seen_by(county, plan, &dual.cin);
        assert_eq!(plans_of(&seen), ["silver-oak", "harbor-crest"], "{plan}");
        assert!(seen["coverage"].as_array().expect("a list").iter().all(|span| span["disputed"] == false));
    }
}

/// Each row: what is said of a member's number, and whether that is the member.
fn looking_a_member_up_is_no_oracle(database: Database) {
    let mut county = County::of(Server::start(database), &["valle-vista", "silver-oak"]);
    let key = county.key_of("mesa-verde").to_owned();
    let person = county.person("valle-vista");
    let cases = [
        ("a wrong birth date", FAMILY, GIVEN, "1931-07-20", false),
        ("a wrong family name", "Doe", GIVEN, BORN, false),
        ("a wrong given name", FAMILY, "Jane", BORN, false),
        ("invented names", "Doe", "Jane", BORN, false),
        ("a family name's beginning", "Q", GIVEN, BORN, false),
    ];
    let unknown = look(&county, &key, &look_up("97654321A", FAMILY, GIVEN, BORN));
    assert_eq!((unknown.status, text(&unknown.json, "/errors/0/code")), (422, "unknown-member"));
    let without_trace = |answer: &Answer| {
        let mut json = answer.json.clone();
        json["trace_id"] = Value::Null;
        json
    };
    let misses = |county: &County| {
        let trail = county.client().read(&key, "/v1/audit?action=look-up&limit=200");
        trail["items"].as_array().expect("a list").clone()
    };
    let mut counted = misses(&county).len();
    assert_eq!(counted, 1);
    for (case, family, given, born, knows) in cases {
        let answer = look(&county, &key, &look_up(&person.cin, family, given, born));
        assert_eq!(answer.status == 200, knows, "{case}: {}", answer.json);
        assert_eq!(without_trace(&answer), without_trace(&unknown), "{case}: one answer for all");
        counted += 1;
        let trail = misses(&county);
        assert_eq!(trail.len(), counted, "{case}: every miss is on the record");
        assert_eq!(
            (text(&trail[0], "/outcome"), text(&trail[0], "/subject")),
            ("denied", "unseen"),
            "{case}"
        );
        assert_eq!(text(&trail[0], "/purpose"), "care-coordination", "{case}");
    }
    // Five misses by name; with cases that name the number and a birth date they are ten.
    for day in 20..25 {
        let mut referral = ecm_referral(&person);
        referral["member"]["birth_date"] = json!(format!("1931-07-{day}"));
        let answer = county.client().send(&Request::post("/v1/referrals", &referral).by(&key));
        assert_eq!((answer.status, text(&answer.json, "/errors/0/code")), (422, "unknown-member"), "{day}");
    }
    assert_eq!(misses(&county).len(), 11);
    // Now nobody of the organization is told of the number, right or wrong, by whatever way.
    let right = look_up(&person.cin, "Quilfeather", "Z", BORN);
    let referral = ecm_referral(&person);
    for (way, path, body) in [
        ("the right one", "/v1/members", &right),
        ("a wrong one", "/v1/members", &look_up(&person.cin, FAMILY, GIVEN, "1931-07-20")),
        ("a case", "/v1/referrals", &referral),
    ] {
        let answer = county.client().send(&Request::post(path, body).by(&key));
        assert_eq!((answer.status, answer.code()), (429, "too-many-tries"), "{way}: {}", answer.json);
        let wait: i64 = answer.header("retry-after").parse().expect("seconds");
        assert!((1..=86_400).contains(&wait), "{way}: {wait}");
        assert!(text(&answer.json, "/detail").contains("named by id"), "{way}");
        let spanish = Request::post(path, body).by(&key).header("Accept-Language", "es");
        assert!(text(&county.client().send(&spanish).json, "/title").starts_with("Se buscaron"), "{way}");
    }
    assert_eq!(misses(&county).len(), 11, "what is not looked up is not counted");
    // Other numbers, and other organizations, are free; who sees the member is not counted.
    let other = county.person("valle-vista");
    assert_eq!(look(&county, &key, &look_up(&other.cin, FAMILY, GIVEN, BORN)).status, 200);
    let open_door = county.key_of("open-door").to_owned();
    let found = look(&county, &open_door, &right).with(200);
    assert_eq!(text(&found, "/family_name"), FAMILY, "a slip in a name is none of another person");
    assert_eq!(plans_of(&found), ["valle-vista"]);
    for _ in 0..12 {
        let wrong = look_up(&other.cin, FAMILY, GIVEN, "1931-07-20");
        let answer = look(&county, &open_door, &wrong);
        assert!([422, 429].contains(&answer.status));
    }
    county.submit(&open_door, "referrals", &ecm_referral(&person));

    // A plan finds whom it covers, and of others what it finds of nobody.
    let (own, rival) = (county.plan("valle-vista").admin.clone(), county.plan("silver-oak").admin.clone());
    let third = county.person("valle-vista");
    let body = look_up(&third.cin, FAMILY, GIVEN, BORN);
    assert_eq!(text(&look(&county, &own, &body).with(200), "/cin"), third.cin);
    let foreign = look(&county, &rival, &body);
    assert_eq!(without_trace(&foreign), without_trace(&unknown));

    // A day later whoever guessed may look again.
    county.server.start_again_at("2026-03-03T20:00:00Z");
    assert_eq!(look(&county, &key, &right).status, 200);
}

/// Each row: a request about a member who is not the caller's, or is nobody. The record says that the caller
/// looked, and not for whom.
fn every_miss_is_on_the_record(database: Database) {
    let county = County::shared(database);
    let provider = county.new_provider(&["meals"]);
    let (person, member) = with_history(county);
    let (id, nobody) = (text(&member, "/id"), format!("mem_{}", "0".repeat(32)));
    assert_eq!(id.split('_').next(), nobody.split('_').next(), "it is an id of a member");
    let search = |cin: &str| {
        let body = json!({ "cin": cin, "purpose": "treatment" });
        Request::post("/v1/members/search", &body)
    };
    let mut cases = vec![("a search", search(&person.cin)), ("a search for nobody", search("97654321A"))];
    for id in [id, &*nobody] {
        let get = |part: &str| Request::get(format!("/v1/members/{id}{part}?purpose=treatment"));
        let patch = Request::bytes(
            format!("/v1/members/{id}"),
            "application/json",
            json!({ "phone": VERIFIED }).to_string(),
        );
        cases.extend([
            ("the member", get("")),
            ("the coverage", get("/coverage")),
            ("the values", get("/values")),
            ("the columns", get("/columns")),
            ("the cases", get("/cases")),
            ("the limits", get("/limits")),
            ("a correction", patch.method("PATCH").of_version(&json!(1))),
        ]);
    }
    let trail = || {
        let page = county.client().read(&provider.key, "/v1/audit?action=look&limit=200");
        let mut entries = page["items"].as_array().expect("a list").clone();
        entries.retain(|one| one["outcome"] == "denied");
        entries
    };
    let mut entries = trail().len();
    for (case, request) in cases {
        assert_eq!(county.client().send(&request.by(&provider.key)).status, 404, "{case}");
        let now = trail();
        assert_eq!(now.len(), entries + 1, "{case} leaves an entry");
        assert_eq!(
            (text(&now[0], "/subject_kind"), text(&now[0], "/subject")),
            ("member", "unseen"),
            "{case}"
        );
        entries = now.len();
    }
}

/// One key may look in vain for 60 numbers in an hour, whichever they are; another key, also of the same
/// organization, goes on.
fn tries_are_counted_for_a_key(database: Database) {
    let mut county = County::of(Server::start(database), &["valle-vista"]);
    let provider = county.provider("mesa-verde").id.clone();
    let first = county.key_of("mesa-verde").to_owned();
    let body = json!({ "organization": provider, "role": "provider", "label": "a second desk" });
    let made = Request::post("/v1/keys", &body).by(&county.server.operator);
    let second = text(&county.client().send(&made).with(201), "/key").to_owned();
    let guess = |county: &County, key: &str, number: usize| {
        look(county, key, &look_up(&format!("96{number:06}A"), FAMILY, GIVEN, BORN))
    };
    for number in 0..60 {
        let answer = guess(&county, &first, number);
        assert_eq!(
            (answer.status, text(&answer.json, "/errors/0/code")),
            (422, "unknown-member"),
            "{number}"
        );
    }
    let person = county.person("valle-vista");
    let right = look_up(&person.cin, FAMILY, GIVEN, BORN);
    for (case, body) in [("a guess more", &look_up("96900000A", FAMILY, GIVEN, BORN)), ("a hit", &right)] {
        let answer = look(&county, &first, body);
        assert_eq!((answer.status, answer.code()), (429, "too-many-tries"), "{case}");
        let wait: i64 = answer.header("retry-after").parse().expect("seconds");
        assert!((1..=3_600).contains(&wait), "{case}: {wait}");
    }
    assert_eq!(guess(&county, &second, 901).status, 422, "another key of the organization is free");
    assert_eq!(guess(&county, county.key_of("open-door"), 902).status, 422, "and another organization");

    // Of all its keys together an organization has 300 a day: 61 are used.
    let key = |label: usize| {
        let body = json!({ "organization": provider, "role": "provider", "label": format!("desk {label}") });
        let made = Request::post("/v1/keys", &body).by(&county.server.operator);
        text(&county.client().send(&made).with(201), "/key").to_owned()
    };
    let keys: Vec<String> = (0..5).map(key).collect();
    for number in 61..300 {
        let key = &keys[(number - 61) / 50];
        assert_eq!(guess(&county, key, number).status, 422, "{number}");
    }
    for key in [&second, &keys[4]] {
        assert_eq!(guess(&county, key, 903).code(), "too-many-tries", "the organization has no more");
    }
    assert_eq!(guess(&county, county.key_of("open-door"), 904).status, 422);
    // Two hours later the first key's hour is over, and the organization's day is not.
    county.server.start_again_at("2026-03-02T20:00:00Z");
    assert_eq!(look(&county, &first, &right).code(), "too-many-tries");
    county.server.start_again_at("2026-03-03T20:00:00Z");
    assert_eq!(look(&county, &first, &right).status, 200);
}

/// Guesses at one number that organizations share out among them come to an end, and shut it to nobody who
/// has not guessed.
fn tries_are_counted_for_a_number(database: Database) {
    let mut county = County::of(Server::start(database), &["valle-vista"]);
    let person = county.person("valle-vista");
    let right = look_up(&person.cin, FAMILY, GIVEN, BORN);
    let guess = |county: &County, key: &str| {
        let answer = look(county, key, &look_up(&person.cin, FAMILY, GIVEN, "1931-07-20"));
        if answer.status == 422 {
            text(&answer.json, "/errors/0/code").to_owned()
        } else {
            answer.code().to_owned()
        }
    };
    let keys: Vec<String> = (0..6).map(|_| county.new_provider(&["meals"]).key).collect();
    for key in &keys[..4] {
        for place in 0..10 {
            assert_eq!(guess(&county, key), "unknown-member", "{place}");
        }
    }
    let cases = [
        ("one that guessed before", &keys[0], vec!["too-many-tries"]),
        ("one that had not guessed", &keys[4], vec!["unknown-member", "too-many-tries"]),
    ];
    for (case, key, expected) in cases {
        let answers: Vec<String> = expected.iter().map(|_| guess(&county, key)).collect();
        assert_eq!(answers, expected, "{case}");
        assert_eq!(look(&county, key, &right).code(), "too-many-tries", "{case}: right or wrong");
    }
    let other = county.person("valle-vista");
    let body = look_up(&other.cin, FAMILY, GIVEN, BORN);
    assert_eq!(look(&county, &keys[4], &body).status, 200, "another number is free");
    assert_eq!(look(&county, &keys[5], &right).status, 200, "who knows the person is not shut out");
    county.server.start_again_at("2026-03-03T20:00:00Z");
    for key in &keys[..5] {
        assert_eq!(look(&county, key, &right).status, 200, "a day later");
    }
}

/// Tries counted by one node are known to another, and many looks at one moment are no more than one after
/// the other.
fn tries_are_counted_across_nodes(database: Database) {
    let county = County::of(Server::start(database), &["valle-vista"]);
    let key = county.key_of("mesa-verde").to_owned();
    let person = county.person("valle-vista");
    let beside = (database == Database::Postgres).then(|| county.server.beside());
    let clients: Vec<Client> = beside.iter().map(Server::client).chain([county.client()]).collect();
    let guesses: Vec<Value> =
        (1..=28).map(|day| look_up(&person.cin, FAMILY, GIVEN, &format!("1931-06-{day:02}"))).collect();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let guess = |(place, body): (usize, &Value)| {
            let client = &clients[place % clients.len()];
            let request = Request::post("/v1/members", body).by(&key);
            scope.spawn(move || client.send(&request).status)
        };
        let senders: Vec<_> = guesses.iter().enumerate().map(guess).collect();
        senders.into_iter().map(|sender| sender.join().expect("it gets an answer")).collect()
    });
    let of = |status: u16| statuses.iter().filter(|one| **one == status).count();
    assert_eq!((of(422), of(429)), (10, 18), "{statuses:?}");
    for client in &clients {
        let right = Request::post("/v1/members", &look_up(&person.cin, FAMILY, GIVEN, BORN)).by(&key);
        assert_eq!(client.send(&right).code(), "too-many-tries");
    }
}

/// Each row: why somebody looks, and whether phone and values are shown.
fn a_purpose_gives_what_it_needs(database: Database) {
    let county = County::shared(database);
    let (person, member) = with_history(county);
    let (key, id) = (county.key_of("open-door"), text(&member, "/id"));
    for (purpose, contact) in
        [("treatment", true), ("care-coordination", true), ("operations", true), ("payment", false)]
    {
        let read = county.client().read(key, &format!("/v1/members/{id}?purpose={purpose}"));
        let body = json!({ "cin": person.cin, "purpose": purpose });
        let found = county.client().send(&Request::post("/v1/members/search", &body).by(key)).with(200);
        let mut added = look_up(&person.cin, FAMILY, GIVEN, BORN);
        added["purpose"] = json!(purpose);
        let added = look(county, key, &added).with(200);
        let list = county.client().read(key, &format!("/v1/members?purpose={purpose}&limit=200"));
        let listed = list["items"].as_array().expect("a list").iter().find(|one| one["id"] == member["id"]);
        for shown in [Some(&read), Some(&found), Some(&added), listed].into_iter().flatten() {
            assert_eq!(text(shown, "/contact/phone/value") == VERIFIED, contact, "{purpose}: {shown}");
            assert_eq!(shown["values"] != json!([]), contact, "{purpose}");
            assert_eq!(plans_of(shown), ["valle-vista"], "{purpose}: who pays is always shown");
            assert_eq!(text(shown, "/standing"), "confirmed", "{purpose}");
        }
        let values = county.client().read(key, &format!("/v1/members/{id}/values?purpose={purpose}"));
        assert_eq!(values["items"] != json!([]), contact, "{purpose}");
    }
}

/// Each row: what a provider said of a number that nobody had, what a plan's file says later, and whether
/// they are one.
fn whom_a_provider_tells_of_a_file_confirms_or_corrects(database: Database) {
    let county = County::shared(database);
    let cases = [
        ("the same", "99520001A", (FAMILY, GIVEN, BORN), Some("member-confirmed")),
        ("a slip in the birth date", "99520002A", (FAMILY, GIVEN, "1931-07-09"), Some("member-corrected")),
        (
            "month and day changed places",
            "99520003A",
            (FAMILY, GIVEN, "1931-10-07"),
            Some("member-corrected"),
        ),
        ("a slip in a name", "99520004A", ("Quilfeather", GIVEN, BORN), Some("member-confirmed")),
        ("another birth date", "99520005A", (FAMILY, GIVEN, "1980-01-02"), None),
        ("another name", "99520006A", ("Doe", "Jane", BORN), None),
    ];
    for (case, cin, (family, given, born), becomes) in cases {
        let said = if case.starts_with("month") { "1931-07-10" } else { BORN };
        let (first, other) = (county.key_of("mesa-verde"), county.key_of("casa-puente"));
        let mut body = look_up(cin, family, given, born);
        let unknown = look(county, first, &body);
        assert_eq!(
            (unknown.status, text(&unknown.json, "/errors/0/code")),
            (422, "unknown-member"),
            "{case}"
        );
        assert_eq!(search(county, first, cin).status, 404, "{case}: no ghost");
        body["provisional"] = json!(true);
        body["phone"] = json!(VERIFIED);
        let kept = look(county, first, &body).with(201);
        assert_eq!((text(&kept, "/standing"), plans_of(&kept)), ("provisional", vec![]), "{case}");
        let id = text(&kept, "/id").to_owned();
        let path = format!("/v1/members/{id}?purpose=treatment");
        assert_eq!(look(county, first, &body).with(200)["id"], kept["id"], "{case}: the same again");
        assert_eq!(county.client().send(&Request::get(&path).by(other)).status, 404, "{case}: nobody else's");
        // Another provider, who reads the card right, is not shut out by who did not.
        let mut honest = look_up(cin, FAMILY, GIVEN, said);
        honest["provisional"] = json!(true);
        let honest = look(county, other, &honest).with(201);
        assert_ne!(honest["id"], kept["id"], "{case}");

        let report = load(county, "costa-alta", &[Row { cin, ..Row::named(FAMILY, GIVEN, said) }]);
        assert_eq!((&report["members_new"], &report["accepted"]), (&json!(1), &json!(1)), "{case}");
        let member = seen_by(county, "costa-alta", cin);
        let right =
            county.client().read(other, &format!("/v1/members/{}?purpose=treatment", text(&honest, "/id")));
        assert_eq!((&right["id"], &right["merged_into"]), (&member["id"], &member["id"]), "{case}");
        assert_eq!(
            (plans_of(&right), text(&right, "/standing")),
            (vec!["costa-alta"], "confirmed"),
            "{case}"
        );
        told(county, other, "member-confirmed", text(&member, "/id"));
        let now = county.client().read(first, &path);
        match becomes {
            Some(kind) => {
                assert_eq!((&now["id"], text(&now, "/birth_date")), (&member["id"], said), "{case}");
                assert_eq!(plans_of(&now), ["costa-alta"], "{case}");
                assert_eq!(
                    text(&now, "/contact/phone/value"),
                    VERIFIED,
                    "{case}: what was verified goes along"
                );
                assert!(now["sight"].as_array().is_some_and(|sight| !sight.is_empty()), "{case}");
                told(county, first, kind, text(&member, "/id"));
            }
            None => {
                assert_eq!((text(&now, "/id"), text(&now, "/standing")), (&*id, "provisional"), "{case}");
                assert_eq!(plans_of(&now), Vec::<&str>::new(), "{case}: a guess finds nothing out");
                // Who then reads the card right has the person.
                let mut right = look_up(cin, FAMILY, GIVEN, said);
                right["provisional"] = json!(true);
                let found = look(county, first, &right).with(200);
                assert_eq!((&found["id"], plans_of(&found)), (&member["id"], vec!["costa-alta"]), "{case}");
                assert_eq!(county.client().read(first, &path)["merged_into"], member["id"], "{case}");
            }
        }
    }
    // A number that was known already corrects nobody: a near guess is a guess.
    let person = county.person("costa-alta");
    let mut near = look_up(&person.cin, FAMILY, GIVEN, "1931-07-09");
    near["provisional"] = json!(true);
    let kept = look(county, county.key_of("mesa-verde"), &near).with(201);
    load(county, "costa-alta", &[Row { phone: "209-555-0191", ..Row::of(&person) }]);
    let path = format!("/v1/members/{}?purpose=treatment", text(&kept, "/id"));
    let now = county.client().read(county.key_of("mesa-verde"), &path);
    assert_eq!((&now["id"], text(&now, "/birth_date")), (&kept["id"], "1931-07-09"));
    // The provider corrects its own word.
    let mut other = look_up("99520020A", FAMILY, GIVEN, "1980-01-02");
    other["provisional"] = json!(true);
    let kept = look(county, county.key_of("mesa-verde"), &other).with(201);
    other["birth_date"] = json!("1980-02-01");
    let corrected = look(county, county.key_of("mesa-verde"), &other).with(200);
    assert_eq!((&corrected["id"], text(&corrected, "/birth_date")), (&kept["id"], "1980-02-01"));
}

/// Each row: a day, and whether who was kept provisionally is still there; the provider sees the person for
/// thirty days.
fn whom_nobody_confirms_is_forgotten(database: Database) {
    let mut county = County::of(Server::start(database), &["valle-vista"]);
    let key = county.key_of("mesa-verde").to_owned();
    let mut body = look_up("99530001A", FAMILY, GIVEN, BORN);
    body["provisional"] = json!(true);
    let member = text(&look(&county, &key, &body).with(201), "/id").to_owned();
    for (day, sees, is_there) in [
        ("2026-04-01T18:00:00Z", true, true),
        ("2026-04-02T18:00:00Z", false, true),
        ("2026-05-31T18:00:00Z", false, true),
        ("2026-06-02T18:00:00Z", false, false),
    ] {
        county.server.start_again_at(day);
        let client = county.client();
        let read = client.send(&Request::get(format!("/v1/members/{member}?purpose=treatment")).by(&key));
        assert_eq!(read.status == 200, sees, "{day}: {}", read.json);
        let path = format!("/v1/members/{member}/identity?purpose=operations");
        until("what is old to go", || {
            let status = client.send(&Request::get(&path).by(&county.server.operator)).status;
            ((status == 200) == is_there).then_some(())
        });
    }
}

/// Two numbers of one person: everything comes together, and apart again.
fn two_turn_out_to_be_one_and_one_to_be_two(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let (operator, key) = (&county.server.operator, county.key_of("open-door"));
    let (old, new) = (county.person("valle-vista"), county.person("valle-vista"));
    let referral = county.submit(key, "referrals", &ecm_referral(&old));
    let asked = county.submit(
        county.key_of("hospital"),
        "authorizations",
        &crate::journeys::nights(county, &old, 14, "2026-03-15"),
    );
    let kept = county.submit(key, "authorizations", &ecm(&new));
    let (old_id, new_id) = (text(&referral, "/member_id").to_owned(), text(&kept, "/member_id").to_owned());
    let post = |path: String, body: Value, version: &Value| {
        client.send(&Request::post(path, &body).by(operator).of_version(version))
    };
    let merge = |from: &str, into: &str| {
        let version = identity(county, from)["version"].clone();
        let body = json!({ "into": into, "reason": "The state merged the two numbers." });
        post(format!("/v1/members/{from}/mergers"), body, &version)
    };
    // Each row: what cannot be merged, and the problem.
    let twin = county.submit(key, "referrals", &ecm_referral(&new));
    let refused = merge(&old_id, &new_id);
    assert_eq!((refused.status, text(&refused.json, "/errors/0/code")), (409, "twin-referrals"));
    county.change(key, &twin, "withdrawal", &json!({})).with(200);
    for into in [&*old_id, "mem_00000000000000000000000000000000"] {
        let refused = merge(&old_id, into);
        assert_eq!(text(&refused.json, "/errors/0/code"), "no-other-person", "{into}");
    }
    let used = |id: &str| {
        let path = format!("/v1/members/{id}/limits?service=recuperative-care&purpose=treatment");
        let page = client.read(county.key_of("hospital"), &path);
        page["items"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["authorized"].clone())
            .collect::<Vec<_>>()
    };
    let before = used(&old_id);
    assert_eq!(asked["state"], "approved");
    // The provider is told behind the answer, which ends a clock of what is compared below.
    when_told(county, key, &kept, "authorization-provider-notice");

    let stays = merge(&old_id, &new_id).with(200);
    assert_eq!(text(&stays, "/id"), new_id);
    let gone = identity(county, &old_id);
    assert_eq!((text(&gone, "/standing"), text(&gone, "/merged_into")), ("merged", &*new_id));
    assert_eq!(text(&gone, "/history/0/reason"), "The state merged the two numbers.");
    // The old id leads to the person, in every way in which a member is asked for.
    let read = client.read(key, &format!("/v1/members/{old_id}?purpose=treatment"));
    assert_eq!((text(&read, "/id"), text(&read, "/merged_into")), (&*new_id, &*new_id));
    assert_eq!(text(&read, "/cin"), new.cin);
    assert_eq!(search(county, key, &old.cin).with(200)["id"], json!(new_id));
    let found = look(county, key, &look_up(&old.cin, FAMILY, GIVEN, BORN)).with(200);
    assert_eq!(text(&found, "/id"), new_id);
    for way in ["coverage", "values", "cases", "columns"] {
        let of = |id: &str| client.read(key, &format!("/v1/members/{id}/{way}?purpose=treatment"));
        assert_eq!(of(&old_id), of(&new_id), "{way}");
    }
    // So does the trail, as it was written.
    let trail = client.read(operator, &format!("/v1/audit?subject={new_id}&limit=200"));
    for id in [&old_id, &new_id] {
        let is_there =
            trail["items"].as_array().expect("a list").iter().any(|one| one["subject"] == json!(id));
        assert!(is_there, "{id}: {trail}");
    }
    // Cases, what was used, and sight went along; so does what a file says of the old number.
    assert_eq!(text(&county.again(key, &referral), "/member_id"), new_id);
    let of_member = client.read(key, &format!("/v1/referrals?member={old_id}"));
    assert!(of_member["items"].as_array().expect("a list").iter().any(|one| one["id"] == referral["id"]));
    assert_eq!(used(&new_id), before, "what was granted counts on");
    for who in [key, county.key_of("hospital"), &county.plan("valle-vista").admin] {
        told(county, who, "member-merged", &new_id);
    }
    load(county, "valle-vista", &[Row { phone: "209-555-0177", language: "es", ..Row::of(&old) }]);
    assert_eq!(text(&seen_by(county, "valle-vista", &new.cin), "/language"), "es");
    let by_id = json!({ "id": old_id });
    let mut request = ecm_referral(&old);
    request["member"] = by_id;
    let again = client.send(&Request::post("/v1/referrals", &request).by(key));
    assert_eq!(
        (again.status, &again.json["case"]),
        (409, &referral["id"]),
        "it is the person's open referral"
    );
    assert_eq!(merge(&old_id, &new_id).json["errors"][0]["code"], "merged");

    // It was a mistake: the old number's cases are another person's again.
    let split = |body: Value| {
        let version = identity(county, &new_id)["version"].clone();
        post(format!("/v1/members/{new_id}/splits"), body, &version)
    };
    let body = |cin: &str, cases: Value, plans: Value| {
        json!({
            "cin": cin, "family_name": FAMILY, "given_name": GIVEN, "birth_date": BORN, "county": COUNTY,
            "cases": cases, "plans": plans, "reason": "They are twins.",
        })
    };
    let stranger = county.person("valle-vista");
    for (case, sent, pointer) in [
        ("another's number", body(&stranger.cin, json!([referral["id"]]), json!([])), "/cin"),
        (
            "another's case",
            body(&old.cin, json!(["case_00000000000000000000000000000000"]), json!([])),
            "/cases/0",
        ),
        ("another's plan", body(&old.cin, json!([]), json!(["costa-alta"])), "/plans/0"),
        ("nothing", body(&old.cin, json!([]), json!([])), "/plans"),
    ] {
        let refused = split(sent);
        assert_eq!((refused.status, text(&refused.json, "/errors/0/pointer")), (422, pointer), "{case}");
    }
    let other = split(body(&old.cin, json!([referral["id"], asked["id"]]), json!([])));
    let other = other.with(201);
    assert_eq!(text(&other, "/id"), old_id, "who was merged comes back under its own id");
    assert_eq!(text(&county.again(key, &referral), "/member_id"), old_id);
    assert_eq!(text(&county.again(key, &kept), "/member_id"), new_id);
    assert_eq!(used(&old_id), before);
    let read = client.read(key, &format!("/v1/members/{old_id}?purpose=treatment"));
    assert_eq!((text(&read, "/id"), &read["merged_into"]), (&*old_id, &Value::Null));
    // A number of nobody's makes a new person, whom the plan's next file knows.
    let fresh = split(body("99540001A", json!([kept["id"]]), json!(["valle-vista"]))).with(201);
    assert_eq!(text(&county.again(key, &kept), "/member_id"), text(&fresh, "/id"));
    assert_eq!(text(&seen_by(county, "valle-vista", "99540001A"), "/id"), text(&fresh, "/id"));
    assert_eq!(
        search(county, &county.plan("valle-vista").admin, &new.cin).status,
        404,
        "its coverage went along"
    );
}

/// Each row: what is done, and that nobody but the operator does it, and not over a version that is old.
fn only_the_operator_settles_who_people_are(database: Database) {
    let county = County::shared(database);
    let (_, member) = with_history(county);
    let id = text(&member, "/id");
    let corrected = json!({ "birth_date": "1931-07-18", "reason": "A slip of the pen." });
    let path = format!("/v1/members/{id}/corrections");
    for key in
        [county.key_of("open-door"), &county.plan("valle-vista").admin, &county.plan("valle-vista").reviewer]
    {
        let answer = county.client().send(&Request::post(&path, &corrected).by(key).of_version(&json!(1)));
        assert_eq!((answer.status, answer.code()), (403, "forbidden"));
        let read = Request::get(format!("/v1/members/{id}/identity?purpose=operations")).by(key);
        assert_eq!(county.client().send(&read).status, 403);
    }
    let operator = &county.server.operator;
    let send = |body: &Value, version: &Value| {
        county.client().send(&Request::post(&path, body).by(operator).of_version(version))
    };
    let version = identity(county, id)["version"].clone();
    assert_eq!(send(&corrected, &json!(99)).code(), "stale");
    for (case, body, pointer) in [
        ("nothing", json!({ "reason": "No reason." }), "/birth_date"),
        ("no reason", json!({ "birth_date": "1931-07-18", "reason": " " }), "/reason"),
        ("a day to come", json!({ "birth_date": "2027-01-01", "reason": "Why." }), "/birth_date"),
    ] {
        let answer = send(&body, &version);
        assert_eq!((answer.status, text(&answer.json, "/errors/0/pointer")), (422, pointer), "{case}");
    }
    let answer = send(&corrected, &version).with(200);
    assert_eq!((text(&answer, "/birth_date"), text(&answer, "/cin")), ("1931-07-18", text(&member, "/cin")));
    assert_eq!(send(&corrected, &version).code(), "stale", "of two corrections one is made");
    for key in [county.key_of("open-door"), &county.plan("valle-vista").admin] {
        told(county, key, "member-corrected", id);
    }
    // The trail tells the member's plan.
    let trail = county
        .client()
        .read(&county.plan("valle-vista").admin, &format!("/v1/audit?subject={id}&action=correct-identity"));
    assert_eq!(trail["items"].as_array().map(Vec::len), Some(1));
    // The operator sees who somebody is, and nothing of how the person is.
    let shown = identity(county, id);
    assert!(!shown.to_string().contains(VERIFIED), "{shown}");
    assert_eq!(text(&shown, "/history/0/event"), "corrected");
    let own =
        county.client().send(&Request::get(format!("/v1/members/{id}?purpose=operations")).by(operator));
    assert!([403, 404].contains(&own.status));
}

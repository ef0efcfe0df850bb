//! The county's pages: the same numbers in page, spreadsheet and API; nothing small, nobody named; keys that
//! are told once; and an analyst who changes nothing.

use serde_json::{Value, json};

use crate::harness::{
    BORN, County, Database, FAMILY, GIVEN, Page, Request, SESSION, Seat, Server, on_both_databases, text,
    until,
};
use crate::journeys::ecm;

on_both_databases! {
    figures_are_the_same_in_page_sheet_and_api
    figures_are_for_the_county_and_for_a_plan_itself
    an_analyst_changes_nothing_and_sees_no_names
    a_key_is_told_once_and_ended_for_good
    the_trail_is_searched_by_what_is_posted
    the_countys_pages_are_the_countys
    the_county_reads_spanish
}

fn analyst(county: &County) -> Seat {
    Seat::at(county, &county.server.office(), &["county-analyst"])
}

/// Whoever runs the host and looks after who comes in.
fn operator(county: &County, email: &str) -> Seat {
    let new = json!({
        "organization": county.server.office(), "name": "Olga Per", "language": "en", "email": email,
        "roles": ["county-operator"], "administers": true,
    });
    Seat::invited(&county.client(), &county.server.operator, &new)
}

/// Rows of a measure of the figures.
fn rows<'a>(figures: &'a Value, measure: &str) -> &'a [Value] {
    let measures = figures["measures"].as_array().expect("a list");
    let found = measures.iter().find(|one| one["measure"] == measure).expect("the measure is there");
    found["rows"].as_array().expect("a list")
}

/// The row of a plan, and of what.
fn row<'a>(figures: &'a Value, measure: &str, plan: &str, of: &Value) -> Option<&'a Value> {
    rows(figures, measure).iter().find(|row| row["plan"] == plan && row["of"] == *of)
}

fn read(county: &County, key: &str, quarter: &str) -> Value {
    county.client().read(key, &format!("/v1/figures?quarter={quarter}"))
}

/// A line of the spreadsheet as the API's row has its numbers.
fn line(quarter: &str, measure: &str, row: &Value) -> String {
    let number = |at: &str| match &row[at]["number"] {
        Value::Null => String::new(),
        number => number.to_string(),
    };
    let days = match &row["median_days"] {
        Value::Null => String::new(),
        days => days.to_string(),
    };
    format!(
        "{quarter},{measure},{},{},{},{},{},{},{days}",
        text(row, "/plan"),
        text(row, "/of"),
        number("numerator"),
        text(row, "/numerator/is"),
        number("denominator"),
        text(row, "/denominator/is"),
    )
}

/// A number as the page says it.
fn said(told: &Value) -> String {
    match (text(told, "/is"), &told["number"]) {
        ("exact", number) => number.to_string(),
        ("at-least", number) => format!("at least {number}"),
        _ => "not shown".to_owned(),
    }
}

/// Every row of the API stands in the spreadsheet and on the page, with the same numbers, and no other does.
#[track_caller]
fn compare(figures: &Value, sheet: &str, page: &Page, names: &[(&str, &str)]) {
    let quarter = text(figures, "/quarter");
    let shown = page.text();
    let mut lines = Vec::new();
    for measure in figures["measures"].as_array().expect("a list") {
        let id = text(measure, "/measure");
        assert!(shown.contains(text(measure, "/definition/en")), "{id} is defined: {shown}");
        for row in rows(figures, id) {
            lines.push(line(quarter, id, row));
            let (_, name) =
                names.iter().find(|(plan, _)| row["plan"] == *plan).expect("a plan of the county");
            let counts = format!("Counted {} Out of {}", said(&row["numerator"]), said(&row["denominator"]));
            let stands = shown.split(&format!("{name} Of ")).skip(1).any(|rest| {
                // Up to the next row: what is counted stands in between.
                rest.find("Counted ").is_some_and(|at| rest[at..].starts_with(&counts))
            });
            assert!(stands, "{id}: {name}, {counts}: {shown}");
        }
    }
    let found: Vec<&str> = sheet.lines().skip(1).collect();
    assert_eq!(found, lines);
}

const NAMES: [(&str, &str); 2] =
    [("valle-vista", "Valle Vista Health Plan"), ("costa-alta", "Costa Alta Community Plan")];

fn figures_are_the_same_in_page_sheet_and_api(database: Database) {
    let mut county = County::of(Server::start(database), &["valle-vista", "costa-alta"]);
    let key = county.key_of("open-door").to_owned();
    for _ in 0..13 {
        let case = county.submit(&key, "authorizations", &ecm(&county.person("valle-vista")));
        assert_eq!(case["state"], "approved");
    }
    for _ in 0..3 {
        let case = county.submit(&key, "authorizations", &ecm(&county.person("costa-alta")));
        assert_eq!(case["state"], "with-people");
    }
    let operator_key = county.server.operator.clone();

    // While the quarter runs, numbers grow by elevens.
    let running = read(&county, &operator_key, "2026-Q1");
    assert_eq!(running["runs"], true);
    let decided = row(&running, "turn-around", "valle-vista", &Value::Null).expect("13 were decided");
    assert_eq!(decided["denominator"], json!({ "number": 11, "is": "at-least" }));
    assert_eq!(decided["numerator"], json!({ "number": 11, "is": "at-least" }));
    let seat = analyst(&county);
    let sheet = seat.get("/portal/county/figures.csv?quarter=2026-Q1").with(200);
    compare(&running, &sheet.html, &seat.get("/portal/county?quarter=2026-Q1").with(200), &NAMES);

    county.server.start_again_at("2026-04-02T18:00:00Z");
    // Nobody told the 13 members, and nobody decided about the 3.
    let figures = until("the clocks to have run out", || {
        let figures = read(&county, &operator_key, "2026-Q1");
        let of = json!("authorization");
        let missed = row(&figures, "clocks-missed", "valle-vista", &of)?["numerator"]["number"].as_u64();
        (missed >= Some(13) && row(&figures, "clocks-missed", "costa-alta", &of).is_some()).then_some(figures)
    });
    assert_eq!(figures["runs"], false);
    let decided = row(&figures, "turn-around", "valle-vista", &Value::Null).expect("13 were decided");
    assert_eq!(decided["numerator"], json!({ "number": 13, "is": "exact" }));
    assert_eq!(decided["denominator"], json!({ "number": 13, "is": "exact" }));
    assert_eq!(decided["median_days"], 1);
    let few = row(&figures, "clocks-missed", "costa-alta", &json!("authorization")).expect("a row");
    let withheld = json!({ "number": null, "is": "withheld" });
    assert_eq!((&few["numerator"], &few["denominator"]), (&withheld, &withheld), "3 people are few");
    assert!(row(&figures, "turn-around", "costa-alta", &Value::Null).is_none(), "nothing was decided");

    let seat = analyst(&county);
    let page = seat.get("/portal/county?quarter=2026-Q1").with(200);
    let sheet = seat.get("/portal/county/figures.csv?quarter=2026-Q1").with(200);
    compare(&figures, &sheet.html, &page, &NAMES);
    assert!(page.html.contains("<svg class=\"mark\""), "a share has its mark");
    assert_eq!(page.link("Download these numbers (CSV)"), "/portal/county/figures.csv?quarter=2026-Q1");
    let path = "/v1/figures.csv?quarter=2026-Q1";
    let export = county.client().send(&Request::get(path).by(&operator_key));
    assert_eq!(export.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(String::from_utf8_lossy(&export.bytes), sheet.html, "the very same bytes");

    // The quarter that has just begun counts none of it.
    let next = seat.get("/portal/county").with(200);
    assert_eq!(next.value("quarter"), "2026-Q2");
    assert!(next.text().contains("Nothing was counted in this quarter"), "{}", next.text());
}

fn figures_are_for_the_county_and_for_a_plan_itself(database: Database) {
    let county = County::shared(database);
    county.submit(county.key_of("open-door"), "authorizations", &ecm(&county.person("valle-vista")));
    let client = county.client();
    let send = |key: &str, query: &str| client.send(&Request::get(format!("/v1/figures{query}")).by(key));
    assert_eq!(send(county.key_of("open-door"), "").status, 403, "no provider's");
    let all = send(&county.server.operator, "").with(200);
    assert!(rows(&all, "turn-around").iter().any(|row| row["plan"] == "valle-vista"), "{all}");
    let own = send(&county.plan("costa-alta").admin, "").with(200);
    for measure in own["measures"].as_array().expect("a list") {
        let rows = measure["rows"].as_array().expect("a list");
        assert!(rows.iter().all(|row| row["plan"] == "costa-alta"), "{own}");
    }
    for wrong in ["?quarter=2026", "?quarter=2026-Q5", "?quarter=2026-Q1%27", "?from=2026-01-01"] {
        assert_eq!(send(&county.server.operator, wrong).status, 422, "{wrong}");
    }
    assert_eq!(analyst(county).get("/portal/county?quarter=2026-Q5").status, 400);
}

fn an_analyst_changes_nothing_and_sees_no_names(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let person = county.person("valle-vista");
    let case = county.submit(county.key_of("open-door"), "authorizations", &ecm(&person));
    let member = text(&case, "/member_id");
    assert!(member.starts_with("mem_"), "{case}");
    let seat = analyst(county);
    let secret = seat.cookie(SESSION).expect("a session");

    for path in ["", "/health", "/organizations", "/audit"] {
        let page = seat.get(&format!("/portal/county{path}")).with(200);
        for told in [FAMILY, GIVEN, BORN, &person.cin, text(&case, "/id")] {
            assert!(!page.html.contains(told), "{path} tells {told}");
        }
        assert!(!page.html.contains("/portal/county/keys"), "{path} leads to what is not an analyst's");
    }
    for path in ["people", "keys", "keys/new"] {
        seat.get(&format!("/portal/county/{path}")).with(403);
    }
    let keys = || client.read(&county.server.operator, "/v1/keys?limit=200")["items"].clone();
    let before = keys();
    let first = text(&before, "/0/id").to_owned();
    let organization = text(&before, "/0/organization").to_owned();
    let fields = [
        ("once", "analysts1"),
        ("organization", &organization),
        ("role", "provider"),
        ("label", "Made by an analyst"),
        ("license", ""),
    ];
    seat.post("/portal/county/keys", &fields).with(403);
    seat.post(&format!("/portal/county/keys/{first}/end"), &[]).with(403);
    let ids = |keys: &Value| -> Vec<(Value, Value)> {
        let keys = keys.as_array().expect("a list").iter();
        keys.map(|key| (key["id"].clone(), key["revoked_at"].clone())).collect()
    };
    // Tests beside this one make keys: none of those that were there has ended, and none is new by this.
    let after = keys();
    assert!(ids(&before).iter().all(|key| ids(&after).contains(key)));
    assert!(!after.to_string().contains("Made by an analyst"));

    // The same session at the API, beside a key that runs the host.
    let status = |key: &str, path: &str| client.send(&Request::get(path).by(key)).status;
    let operator = &county.server.operator;
    for path in
        ["/v1/plans/valle-vista/shadow-runs", "/v1/plans/valle-vista/costs", "/v1/notices", "/metrics"]
    {
        assert_eq!((status(&secret, path), status(operator, path)), (403, 200), "{path}");
    }
    let own = format!("/v1/organizations/{}", county.server.office());
    assert_eq!(client.read(&secret, &own)["open"], Value::Null, "few cases may be open");
    assert!(client.read(operator, &own)["open"].is_object());
    // The trail tells that somebody looked, and not at whom.
    let looks = |key: &str| client.read(key, "/v1/audit?action=look&limit=200")["items"].clone();
    let kinds = ["member", "case"];
    let about = |entries: &Value| -> Vec<Value> {
        let entries = entries.as_array().expect("a list").iter();
        let about = entries.filter(|entry| kinds.iter().any(|kind| entry["subject_kind"] == *kind));
        about.map(|entry| entry["subject"].clone()).collect()
    };
    county.again(county.key_of("open-door"), &case);
    assert!(about(&looks(operator)).iter().all(Value::is_string));
    let told = about(&looks(&secret));
    assert!(!told.is_empty(), "looks at people are on the trail");
    assert!(told.iter().all(|subject| subject.is_null() || *subject == "unseen"), "{told:?}");
    for subject in [text(&case, "/id"), member] {
        assert_eq!(status(&secret, &format!("/v1/audit?subject={subject}")), 403);
    }
    assert_eq!(seat.post("/portal/county/audit", &[("subject", text(&case, "/id"))]).status, 403);
}

fn a_key_is_told_once_and_ended_for_good(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let seat = operator(county, "keys@county.example");
    let whose = &county.provider("hospital").id;
    let form = seat.get("/portal/county/keys").with(200).link("Make a key");
    let form = seat.get(&form).with(200);
    let once = form.value("once");
    let fields = |label: &'static str, role: &'static str| {
        [
            ("once", once.as_str()),
            ("organization", whose.as_str()),
            ("role", role),
            ("label", label),
            ("license", ""),
        ]
    };
    // What is wrong is said, and what was typed stays.
    let wrong = seat.post(&form.action(), &fields("", "plan-reviewer")).with(422);
    assert!(wrong.text().contains("Enter what the key is for"), "{}", wrong.text());
    assert_eq!(wrong.value("organization"), *whose);
    assert_eq!(wrong.value("role"), "plan-reviewer");
    let wrong = seat.post(&form.action(), &fields("Nightly file", "plan-reviewer")).with(422);
    assert!(wrong.text().contains("Select what this kind of organization may do"), "{}", wrong.text());
    assert_eq!(wrong.value("label"), "Nightly file");

    let made = seat.post(&form.action(), &fields("Nightly file", "provider")).with(201).text();
    let secret = made.split(' ').find(|word| word.starts_with("cw_")).expect("the key is shown");
    client.read(secret, "/v1/criteria");
    let again = seat.post(&form.action(), &fields("Nightly file", "provider")).with(200);
    assert!(!again.html.contains("cw_"), "{}", again.text());
    let listed = client.read(&county.server.operator, "/v1/keys?limit=200");
    let listed = listed["items"].as_array().expect("a list");
    assert_eq!(listed.iter().filter(|key| key["label"] == "Nightly file").count(), 1, "it was made once");

    let id = listed.iter().find(|key| key["label"] == "Nightly file").map(|key| text(key, "/id").to_owned());
    let end = format!("/portal/county/keys/{}", id.expect("it is listed"));
    let page = seat.get(&end).with(200);
    assert!(page.text().contains("“Nightly file” of hospital will stop working"), "{}", page.text());
    let after = seat.post(&format!("{end}/end"), &[]).with(200);
    assert_eq!(after.address, "/portal/county/keys");
    assert_eq!(client.send(&Request::get("/v1/criteria").by(secret)).status, 401);
    seat.get(&end).with(404);
}

fn the_trail_is_searched_by_what_is_posted(database: Database) {
    let county = County::shared(database);
    let seat = operator(county, "trail@county.example");
    let case =
        county.submit(county.key_of("open-door"), "authorizations", &ecm(&county.person("valle-vista")));
    let id = text(&case, "/id");
    let whole = seat.get("/portal/county/audit").with(200);
    let found = seat.post(&whole.action(), &[("subject", id), ("actor", &county.provider("open-door").id)]);
    let found = found.with(200);
    assert_eq!(found.address, "/portal/county/audit", "no id stands in an address");
    assert_eq!(found.value("subject"), id);
    let trail = county.client().read(&county.server.operator, &format!("/v1/audit?subject={id}&limit=50"));
    let entries = trail["items"].as_array().expect("a list");
    assert!(!entries.is_empty());
    for entry in entries.iter().filter(|entry| entry["actor"] == county.provider("open-door").id.as_str()) {
        assert!(found.text().contains(text(entry, "/action")), "{entry}: {}", found.text());
    }
    let nothing = seat.post(&whole.action(), &[("subject", id), ("to", "2026-03-01")]).with(200);
    assert!(nothing.text().contains("No entry matches"), "{}", nothing.text());
    let wrong = seat.post(&whole.action(), &[("from", "2026-02-30"), ("action", "a b")]).with(422);
    assert!(wrong.text().contains("Enter a day of the calendar"), "{}", wrong.text());
    assert_eq!((wrong.value("from").as_str(), wrong.value("action").as_str()), ("2026-02-30", "a b"));
    // There is more than one page of it, and the search goes along.
    for _ in 0..51 {
        county.client().read(&county.server.operator, "/v1/plans");
    }
    let more = seat.post(&whole.action(), &[("action", "look")]).with(200);
    let after = more.value("after");
    let next = seat.post(&whole.action(), &[("action", "look"), ("after", &after)]).with(200);
    assert_eq!(next.value("action"), "look");
    assert!(!next.text().contains("No entry matches"), "{}", next.text());
    assert_ne!(next.field("after"), Some(after));
}

fn the_countys_pages_are_the_countys(database: Database) {
    let county = County::shared(database);
    let provider = Seat::at(county, &county.provider("open-door").id, &["coordinator"]);
    let plan = Seat::at(county, &county.organization_of("valle-vista"), &["analyst"]);
    let paths = ["", "/figures.csv", "/health", "/organizations", "/people", "/keys", "/keys/new", "/audit"];
    for path in paths {
        let address = format!("/portal/county{path}");
        let nowhere = provider.get("/portal/nowhere").with(404);
        for seat in [&provider, &plan] {
            let page = seat.get(&address).with(404);
            assert_eq!(title(&page), title(&nowhere), "{address}");
        }
        Seat::empty(&county.client()).get(&address).with(401);
    }
    let seat = operator(county, "pages@county.example");
    let first = seat.get("/portal").with(200);
    assert_eq!(first.address, "/portal/county");
    for (text, address) in [
        ("Health", "/portal/county/health"),
        ("Organizations", "/portal/county/organizations"),
        ("People", "/portal/county/people"),
        ("Keys", "/portal/county/keys"),
        ("Audit", "/portal/county/audit"),
    ] {
        assert_eq!(first.link(text), address);
        seat.get(address).with(200);
    }
    let health = seat.get("/portal/county/health").with(200).text();
    let plans = county.client().read(&county.server.operator, "/v1/plans");
    for plan in plans["items"].as_array().expect("a list") {
        assert!(health.contains(text(plan, "/name")), "{plan}: {health}");
        assert!(health.contains(&format!("version {}", text(plan, "/active/version"))), "{plan}: {health}");
    }
}

fn title(page: &Page) -> String {
    let rest = page.html.split("<title>").nth(1).unwrap_or_default();
    rest.split("</title>").next().unwrap_or_default().to_owned()
}

fn the_county_reads_spanish(database: Database) {
    let county = County::shared(database);
    county.submit(county.key_of("open-door"), "authorizations", &ecm(&county.person("valle-vista")));
    let seat = operator(county, "lee@county.example");
    seat.set_cookie("__Host-cw-language", "es");
    let figures = read(county, &county.server.operator, "2026-Q1");
    let page = seat.get("/portal/county?quarter=2026-Q1").with(200);
    assert!(page.html.contains("<html lang=\"es\">"));
    for measure in figures["measures"].as_array().expect("a list") {
        for said in ["/name", "/definition", "/numerator"] {
            let (english, spanish) =
                (text(measure, &format!("{said}/en")), text(measure, &format!("{said}/es")));
            assert!(page.text().contains(spanish), "{spanish}: {}", page.text());
            assert!(!page.text().contains(english), "{english}: {}", page.text());
        }
    }
    for (path, says) in [
        ("health", "¿Funcionan bien las reglas de los planes y este sistema?"),
        ("organizations", "Organizaciones"),
        ("people", "Personas que pueden iniciar sesión"),
        ("keys", "Claves"),
        ("audit", "¿Quién hizo o consultó qué?"),
    ] {
        let page = seat.get(&format!("/portal/county/{path}")).with(200);
        assert!(page.text().contains(says), "{path}: {}", page.text());
    }
    // What was typed stays when the language changes.
    let form = seat.get("/portal/county/keys/new").with(200);
    let fields =
        [("in-language", "en"), ("label", "Nightly file of Lee"), ("organization", ""), ("role", "operator")];
    let english = seat.post(&form.action(), &fields).with(200);
    assert!(english.text().contains("Make a key"), "{}", english.text());
    assert_eq!(
        (english.value("label").as_str(), english.value("role").as_str()),
        ("Nightly file of Lee", "operator")
    );
}

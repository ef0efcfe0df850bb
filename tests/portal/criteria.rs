//! Criteria of each plan, one person held against every plan's rules, and what plans changed between two
//! days: the same as the API says.

use serde_json::Value;

use crate::harness::{
    BORN, COUNTY, County, Database, FAMILY, Request, Seat, Server, on_both_databases, text,
};
use crate::journeys::ecm;

on_both_databases! {
    the_states_words_and_additions_stand_apart
    only_differences_leave_out_what_is_the_same
    a_person_is_held_against_every_plan
    who_is_not_found_is_not_told
    two_days_are_compared
    the_grid_reads_spanish
}

fn coordinator(county: &County) -> Seat {
    Seat::at(county, &county.provider("open-door").id, &["coordinator"])
}

const GRID: &str = "/portal/criteria?service=recuperative-care&county=SRV";

/// Criteria of the grid by their origin, each once, in English.
fn criteria(county: &County, origin: &str) -> Vec<String> {
    let path = format!("/v1/criteria?service=recuperative-care&county={COUNTY}");
    let grid = county.client().read(county.key_of("open-door"), &path);
    let mut texts: Vec<String> = Vec::new();
    for cell in grid["services"][0]["cells"].as_array().expect("a cell for each plan") {
        for criterion in cell["criteria"].as_array().expect("a list") {
            let said = text(criterion, "/text/en").to_owned();
            if criterion["origin"] == origin && !texts.contains(&said) {
                texts.push(said);
            }
        }
    }
    texts
}

fn the_states_words_and_additions_stand_apart(database: Database) {
    let county = County::shared(database);
    let page = coordinator(county).get(GRID).with(200);
    assert_eq!((page.value("service").as_str(), page.value("county").as_str()), ("recuperative-care", "SRV"));
    let shown = page.text();
    let states = criteria(county, "state");
    let added = criteria(county, "overlay");
    assert!(!states.is_empty(), "the state says something about the service");
    for said in states.iter().chain(&added) {
        assert!(shown.contains(said.as_str()), "{said}: {shown}");
    }
    // An addition stands below the heading of additions, and never among the state's words.
    let headings = ["In the state’s own words", "Added by plans"];
    for said in added.iter().filter(|said| !states.contains(said)) {
        let before = &shown[..shown.find(said.as_str()).expect("it is shown")];
        let last = headings.iter().max_by_key(|heading| before.rfind(**heading).map_or(0, |at| at + 1));
        assert_eq!(last, Some(&headings[1]), "{said}: {shown}");
    }
    let no_day = coordinator(county).get(&format!("{GRID}&on=2026-02-30")).with(422);
    assert!(no_day.text().contains("Enter a day of the calendar"), "{}", no_day.text());
    assert_eq!(no_day.value("on"), "2026-02-30");
    coordinator(county).get("/portal/criteria?service=no-such-service").with(404);
    let nowhere = coordinator(county).get("/portal/criteria?service=ecm&county=TRB").with(200);
    assert!(nowhere.text().contains("No plan says anything about this"), "{}", nowhere.text());
}

fn only_differences_leave_out_what_is_the_same(database: Database) {
    let county = County::shared(database);
    let seat = coordinator(county);
    let (all, only) = (seat.get(GRID).with(200), seat.get(&format!("{GRID}&only=different")).with(200));
    assert_eq!((all.value("only").as_str(), only.value("only").as_str()), ("", "different"));
    let count = |page: &crate::harness::Page| page.html.matches("<th role=\"rowheader\"").count();
    let told = all.text();
    let same = told.split("Same at all plans (").nth(1).and_then(|rest| rest.split(')').next());
    let same: usize = same.map_or(0, |number| number.parse().expect("a number"));
    assert_eq!(count(&all), count(&only) + same, "{told}");
    assert_eq!(only.text().contains("left out"), same > 0, "{}", only.text());
    assert!(!only.text().contains("Same at all plans ("), "{}", only.text());
}

fn a_person_is_held_against_every_plan(database: Database) {
    let county = County::shared(database);
    let person = county.person("valle-vista");
    let key = county.key_of("open-door");
    let case = county.submit(key, "authorizations", &ecm(&person));
    let seat = coordinator(county);
    let grid = seat.get("/portal/criteria?service=ecm&county=SRV").with(200);
    assert!(grid.text().contains("Check one person against all plans"), "{}", grid.text());
    let fields = [("service", "ecm"), ("county", "SRV"), ("on", ""), ("number", person.cin.as_str())];
    let page = seat.post("/portal/criteria/person", &fields).with(200);
    assert_eq!(page.address, "/portal/criteria/person", "no number stands in an address");
    assert!(page.text().contains(FAMILY), "whose it is: {}", page.text());
    let title = page.html.split("</title>").next().unwrap_or_default();
    assert!(!title.contains(FAMILY), "a browser keeps titles: {title}");
    let plans = county.client().read(key, "/v1/plans");
    let mut seen = 0;
    for plan in plans["items"].as_array().expect("a list").iter().filter(|plan| serves(plan)) {
        assert!(page.text().contains(text(plan, "/name")), "{plan}: {}", page.text());
        seen += 1;
    }
    assert!(seen > 1, "several plans answer");
    // What the case said is not asked again, and stands with its day.
    let known = county.client().read(key, "/v1/dictionary/facts");
    let housing =
        known["items"].as_array().expect("a list").iter().find(|fact| fact["code"] == "housing.status");
    let question = text(housing.expect("the dictionary has it"), "/question/en");
    let shown = page.text();
    let known = shown.split("What was known already").nth(1).unwrap_or_default();
    assert!(!question.is_empty() && known.contains(question), "{question}: {shown}");
    assert!(known.contains("March 2, 2026"), "{shown}");
    // The look at the person is kept, with what it was for.
    let looks = |subject: &str| {
        let path = format!("/v1/audit?subject={subject}&action=look&limit=50");
        county.client().read(key, &path)["items"].as_array().expect("a list").clone()
    };
    assert!(!looks(text(&case, "/id")).is_empty(), "the case was looked at");
    let at_member = looks(text(&case, "/member_id"));
    assert!(at_member.iter().any(|look| look["purpose"] == "care-coordination"), "{at_member:?}");
}

fn serves(plan: &Value) -> bool {
    plan["counties"].as_array().is_some_and(|counties| counties.iter().any(|county| *county == COUNTY))
}

fn who_is_not_found_is_not_told(database: Database) {
    let county = County::shared(database);
    let seat = coordinator(county);
    let find = |seat: &Seat, number: &str| {
        seat.post(
            "/portal/criteria/person",
            &[("service", "ecm"), ("county", ""), ("on", ""), ("number", number)],
        )
    };
    let wrong = find(&seat, "12").with(422);
    assert!(wrong.text().contains("Enter the number from the Medi-Cal card"), "{}", wrong.text());
    assert_eq!((wrong.value("number").as_str(), wrong.value("service").as_str()), ("12", "ecm"));
    // One of a plan whom nobody here helps is as one who is not.
    let stranger = county.person("valle-vista");
    let (stranger, nobody) = (find(&seat, &stranger.cin).with(422), find(&seat, "91234567Z").with(422));
    for page in [&stranger, &nobody] {
        assert!(page.text().contains("We did not find this person among yours"), "{}", page.text());
        assert!(!page.text().contains(FAMILY) && !page.text().contains(BORN));
    }
    let plan = Seat::at(county, &county.organization_of("valle-vista"), &["analyst"]);
    assert!(!plan.get(GRID).with(200).text().contains("Check one person"), "a plan helps nobody");
    find(&plan, "91234567Z").with(403);
}

fn two_days_are_compared(database: Database) {
    let county = County::of(Server::start(database), &["valle-vista", "costa-alta"]);
    let seat = coordinator(&county);
    let empty = seat.get("/portal/criteria/changes").with(200);
    assert_eq!(empty.value("from"), "");
    let query = "from=2026-02-01&to=2026-03-02";
    let page = seat.get(&format!("/portal/criteria/changes?{query}")).with(200);
    let diff = county.client().read(county.key_of("open-door"), &format!("/v1/criteria/diff?{query}"));
    assert_eq!(diff["plans"].as_array().map(Vec::len), Some(2), "both got their rules today: {diff}");
    for name in ["Valle Vista Health Plan", "Costa Alta Community Plan"] {
        assert!(page.text().contains(name), "{}", page.text());
    }
    assert!(page.text().contains("It had no rules on the first day"), "{}", page.text());
    let same = seat.get("/portal/criteria/changes?from=2026-03-02&to=2026-03-02").with(200);
    assert!(same.text().contains("Nothing changed"), "{}", same.text());
    for (wrong, says) in [
        ("from=2026-02-30&to=2026-03-02", "Enter a day of the calendar"),
        ("from=2026-03-02&to=", "Enter a day of the calendar"),
        ("from=2026-03-02&to=2026-03-01", "not before the first"),
    ] {
        let page = seat.get(&format!("/portal/criteria/changes?{wrong}")).with(422);
        assert!(page.text().contains(says), "{wrong}: {}", page.text());
        assert!(wrong.contains(&format!("from={}", page.value("from"))), "what was typed stays");
    }
    let answer = county.client().send(
        &Request::get("/v1/criteria/diff?from=2026-03-02&to=2026-03-01").by(county.key_of("open-door")),
    );
    assert_eq!(answer.status, 422, "as the API has it");
}

fn the_grid_reads_spanish(database: Database) {
    let county = County::shared(database);
    let seat = coordinator(county);
    seat.set_cookie("__Host-cw-language", "es");
    for (path, says) in [
        (GRID, "Con las palabras del estado"),
        (GRID, "Revisar a una persona con todos los planes"),
        ("/portal/criteria/changes", "Qué cambiaron los planes entre dos días"),
    ] {
        let page = seat.get(path).with(200);
        assert!(page.html.contains("<html lang=\"es\">") && page.text().contains(says), "{}", page.text());
    }
}

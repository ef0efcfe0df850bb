//! The rules desk as a plan's analyst uses it without script: what a new version would change, the rules file
//! in the page, and reference tables.

use serde_json::{Value, json};

use crate::harness::{
    County, Database, Page, Request, Seat, Server, asked, facts, on_both_databases, text, until,
};
use crate::journeys::{ecm, nights};
use crate::rules::made_of;

on_both_databases! {
    a_new_version_shows_what_it_would_change_under_its_causes
    a_rules_file_is_checked_tried_and_uploaded_in_the_page
    a_table_shows_its_difference_before_it_is_published
    the_rules_desk_of_another_plan_is_not_here
}

const PLAN: &str = "harbor-crest";
const RULES: &str = include_str!("../../plugins/plans/harbor-crest/plan.toml");
const FILE: &str = "/portal/rules/file";
const TABLE: &str = "/portal/tables/fee-schedule";

/// Changes by which two kinds of requests come out otherwise: 2 requests for recuperative care, 1 for
/// navigation.
const STRICTER: [(&str, &str); 3] = [
    ("version = \"1.0.0\"", "version = \"1.0.1\""),
    ("when = \"document discharge-summary\"", "when = \"document home-assessment\""),
    ("when = \"document housing-support-plan\"", "when = \"document landlord-permission\""),
];

fn analyst(county: &County, plan: &str) -> Seat {
    Seat::at(county, &county.organization_of(plan), &["analyst"])
}

fn navigation(county: &County) -> Value {
    json!({
        "member": county.person(PLAN).named(), "service": "housing-transition-navigation",
        "lines": [asked("H0043 U6", 90, "2026-03-02", "2026-05-30")],
        "facts": facts(&[
            ("consent.member-agrees", json!(true)),
            ("housing.status", json!("homeless-sheltered")),
            ("clinical.serious-health-condition", json!(true)),
        ]),
        "documents": [{ "kind": "housing-support-plan", "issued": "2026-03-02" }],
    })
}

/// Two requests for recuperative care, one for navigation, and one that no change touches.
fn decided(county: &County) -> [Value; 3] {
    let key = county.key_of("open-door");
    county.submit(key, "authorizations", &ecm(&county.person(PLAN)));
    let stay =
        || county.submit(key, "authorizations", &nights(county, &county.person(PLAN), 14, "2026-03-15"));
    [stay(), stay(), county.submit(key, "authorizations", &navigation(county))]
}

/// A version of the plan's rules, uploaded by its key.
fn uploaded(county: &County, changes: &[(&str, &str)]) -> String {
    county.upload(PLAN, &made_of(RULES, changes))
}

/// The page once its run has come to its end.
fn finished(seat: &Seat, run: &str) -> Page {
    until("the run to end", || {
        let page = seat.get(run).with(200);
        (!page.text().contains("still running")).then_some(page)
    })
}

/// The text between the tags of a text area, as a browser has it.
fn kept(page: &Page, name: &str) -> String {
    let (_, rest) =
        page.html.split_once(&format!("<textarea class=\"code\" id=\"{name}\"")).expect("it is there");
    let (_, rest) = rest.split_once(">\n").expect("the tag ends");
    let (text, _) = rest.split_once("</textarea>").expect("the area ends");
    [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (escaped, letter)| text.replace(escaped, letter))
}

fn a_new_version_shows_what_it_would_change_under_its_causes(database: Database) {
    let county = County::of(Server::start(database), &[PLAN, "valle-vista"]);
    let [first, second, third] = decided(&county);
    let digest = uploaded(&county, &STRICTER);
    let seat = analyst(&county, PLAN);

    let runs = format!("/portal/rules/{digest}/shadow");
    let form = seat.get(&runs).with(200);
    assert!(form.text().contains("version 1.0.1"), "{}", form.text());
    let (key, action) = (form.value("once"), form.action());
    let none =
        [("once", &*key), ("range", "days"), ("from", "2025-01-01"), ("to", "2025-01-31"), ("last", "77")];
    let none = seat.post(&action, &none).with(422);
    assert!(none.text().contains("Your rules decided nothing in this time"), "{}", none.text());
    assert_eq!((&*none.value("from"), &*none.value("last")), ("2025-01-01", "77"), "what was typed stays");
    let wrong = seat.post(&action, &[("once", &*key), ("range", "last"), ("last", "many")]).with(422);
    assert!(wrong.text().contains("Enter a number from 1 to 1,000,000"), "{}", wrong.text());

    let fields = [("once", &*key), ("range", "last"), ("last", "1,000")];
    let begun = seat.post(&action, &fields).with(200);
    assert_eq!(seat.post(&action, &fields).address, begun.address, "sent twice, it is one run");
    let other = [("once", &*key), ("range", "last"), ("last", "2")];
    let other = seat.post(&action, &other).with(422);
    assert!(other.text().contains("This page was sent before"), "{}", other.text());
    assert_ne!(other.value("once"), key, "sent again, it is another attempt");
    let report = finished(&seat, &begun.address);
    let run = begun.address.rsplit('/').next().expect("an address");

    // The page, the API and the sheet say the same.
    let admin = &county.plan(PLAN).admin;
    let api = county.client().read(admin, &format!("/v1/shadow-runs/{run}"));
    assert_eq!(api["report"]["changed"], 3, "{api:#}");
    let said = report.text();
    assert!(said.contains("Different 3 worse for the member 3 better for the member 0"), "{said}");
    for (cause, requests) in
        [("A discharge summary is attached.", 2), ("A housing support plan is attached.", 1)]
    {
        let row = format!("{cause} For the member worse for the member Requests {requests}");
        assert!(said.contains(&row), "{row}: {said}");
    }
    assert!(said.contains("Decisions that people made without the rules"), "{said}");
    let causes = api["report"]["causes"].as_array().expect("a list");
    let counted: Vec<(&str, u64)> = causes
        .iter()
        .map(|cause| (text(cause, "/direction"), cause["count"].as_u64().unwrap_or(0)))
        .collect();
    assert_eq!(counted, [("less", 2), ("less", 1)]);

    let sheet = seat.get(&report.link("Download them as a spreadsheet")).with(200);
    let path = format!("/v1/shadow-runs/{run}/changes.csv");
    assert_eq!(sheet.html.as_bytes(), county.client().send(&Request::get(path).by(admin)).bytes);

    // Exactly the cases of a cause stand under it.
    let stays = seat.get(&report.link("A discharge summary is attached.")).with(200);
    for (case, is_there) in [(&first, true), (&second, true), (&third, false)] {
        assert_eq!(stays.html.contains(text(case, "/id")), is_there, "{}", stays.text());
    }
    let paths = seat.get(&report.link("A housing support plan is attached.")).with(200);
    assert!(paths.html.contains(text(&third, "/id")) && !paths.html.contains(text(&first, "/id")));
    let all = seat.get(&report.link("Read the changed requests side by side")).with(200);
    assert!([&first, &second, &third].iter().all(|case| all.html.contains(text(case, "/id"))));
    let beyond = seat.get(&format!("{}?after=3", all.address)).with(200);
    assert!(beyond.text().contains("No request is listed here"), "{}", beyond.text());

    // One of them, side by side; the decision on record repeats.
    let one = seat.get(&all.link(text(&first, "/id"))).with(200);
    assert!(one.text().contains("A discharge summary is attached. Was Met Would be "), "{}", one.text());
    for step in ["replay", "what-if"] {
        let path = format!("{}/{step}", one.address);
        let shown = seat.post(&path, &[("once", "attemptToShow"), ("in-language", "en")]).with(200);
        assert_eq!(
            (&shown.address, shown.text()),
            (&one.address, one.text()),
            "{step} is shown and not done"
        );
    }
    let button = format!("{}/replay", one.address);
    let repeated = seat.post(&button, &[("once", "attemptOfReplay")]).with(200);
    assert!(repeated.text().contains("the answer is the same, byte by byte"), "{}", repeated.text());
    let button = format!("{}/what-if", one.address);
    let turned = seat.post(&button, &[("once", "attemptOfWhatIf")]).with(200);
    assert!(turned.text().contains("What would change the answer"), "{}", turned.text());

    // In Spanish the same, and nothing of it decided anything.
    seat.post("/portal/language", &[("in-language", "es"), ("back", &*report.address)]).with(200);
    let spanish = seat.get(&report.address).with(200).text();
    assert!(spanish.contains("peor para el miembro") && spanish.contains("Se adjunta un resumen de alta."));
    let other = analyst(&county, "valle-vista");
    for path in [&*runs, &*report.address, &*all.address, &*one.address] {
        assert!(other.get(path).with(404).text().contains("This page is not here"), "{path}");
    }
    let still = county.again(county.key_of("open-door"), &first);
    assert_eq!(still["version"], first["version"], "nothing was decided anew");

    // Once the version decides, each of its pages leads to taking it back.
    let back = format!("/portal/rules/{digest}/roll-back");
    let pages = [&*runs, &*report.address, &*all.address, &*one.address];
    for path in pages {
        assert!(!seat.get(path).with(200).addresses().contains(&back), "{path}: it decides nothing yet");
    }
    let live = Request::post(format!("/v1/plans/{PLAN}/activations"), &json!({ "digest": digest }));
    county.client().send(&live.by(admin)).with(201);
    let own = format!("/portal/rules/{digest}");
    let [live, watch] = ["live", "watch"].map(|page| format!("{own}/{page}"));
    for path in pages.into_iter().chain([&*own, &*live, &*watch]) {
        assert!(seat.get(path).with(200).addresses().contains(&back), "{path}");
    }
}

fn a_rules_file_is_checked_tried_and_uploaded_in_the_page(database: Database) {
    let county = County::of(Server::start(database), &[PLAN]);
    let [first, ..] = decided(&county);
    let seat = analyst(&county, PLAN);
    let form = seat.get(FILE).with(200);
    assert_eq!(kept(&form, "rules"), RULES, "the plan goes on with the file of its version");
    assert!(form.text().contains("This is the file of version 1.0.0."), "{}", form.text());
    let key = form.value("once");

    let broken = RULES.replacen("document discharge-summary", "document discharge-sumary", 1);
    let line =
        1 + RULES.lines().position(|line| line.contains("document discharge-summary")).expect("it is there");
    let send = |rules: &str, button: &str| {
        seat.post(FILE, &[("once", &*key), ("rules", rules), ("note", "tb rule"), ("button", button)])
    };
    for button in ["check", "try", "upload"] {
        let wrong = send(&broken, button).with(422);
        assert!(wrong.text().contains(&format!("Line {line}, column ")), "{button}: {}", wrong.text());
        assert!(wrong.text().contains("discharge-sumary"), "{button}: the line is shown");
        assert_eq!(kept(&wrong, "rules"), broken, "{button}: the text stays");
        assert_eq!(wrong.value("note"), "tb rule", "{button}");
    }
    let no_toml = send("format = = 1", "check").with(422);
    assert!(no_toml.text().contains("Line 1, column "), "{}", no_toml.text());
    let foreign = RULES.replacen("id = \"harbor-crest\"", "id = \"valle-vista\"", 1);
    assert!(send(&foreign, "check").with(422).text().contains("the rules of another plan"));
    let hostile = "<script>alert(1)</script>";
    let shown = send(hostile, "check").with(422);
    assert!(!shown.html.contains(hostile) && kept(&shown, "rules") == hostile, "it stays a text");
    let long = send(&"#".repeat(300 << 10), "check").with(422);
    assert!(long.text().contains("Shorten the rules to 200 KB"), "{}", long.text());

    // Another language keeps the text and does nothing else.
    let spanish = [("once", &*key), ("rules", &*broken), ("in-language", "es"), ("button", "upload")];
    let spanish = seat.post(FILE, &spanish).with(200);
    assert_eq!(kept(&spanish, "rules"), broken);
    assert!(spanish.text().contains("Revisar las reglas"), "{}", spanish.text());
    let wrong = send(&broken, "check").with(422).text();
    assert!(wrong.contains(&format!("Línea {line}, columna ")), "{wrong}");
    seat.post("/portal/language", &[("in-language", "en"), ("back", FILE)]).with(200);

    // Corrected, it is tried against what the plan was asked, and nothing is kept of that.
    let right = STRICTER.iter().fold(RULES.to_owned(), |rules, (from, to)| rules.replacen(from, to, 1));
    let checked = send(&right, "check").with(200);
    assert!(checked.text().contains("Nothing is wrong. This is version 1.0.1"), "{}", checked.text());
    let tried = send(&right, "try").with(200);
    assert!(tried.text().contains("3 did not come out as before, or as expected"), "{}", tried.text());
    assert!(tried.html.contains(text(&first, "/id")), "the case is named");
    let versions = || {
        let list = county.client().read(&county.plan(PLAN).admin, &format!("/v1/plans/{PLAN}/plugins"));
        list["items"].as_array().expect("a list").clone()
    };
    assert_eq!(versions().len(), 1, "nothing was uploaded yet");
    let cases =
        [("once", &*key), ("rules", &*right), ("examples", "{ \"cases\": [\n {} ] }"), ("button", "try")];
    let bad = seat.post(FILE, &cases).with(422);
    assert!(bad.text().contains("Fix example case 1"), "{}", bad.text());
    assert_eq!(kept(&bad, "examples"), "{ \"cases\": [\n {} ] }");
    let examples = include_str!("../../plugins/plans/harbor-crest/cases/referral.json");
    let cases = [("once", &*key), ("rules", &*right), ("examples", examples), ("button", "try")];
    let held = seat.post(FILE, &cases).with(200);
    assert!(held.text().contains("homeless with a complex need: accepted"), "{}", held.text());
    assert!(held.text().contains("as expected"), "{}", held.text());

    // Uploaded twice with one key, it is one version; the browser is sent to its page.
    let uploaded = send(&right, "upload");
    let digest = uploaded.address.strip_prefix("/portal/rules/").expect("a version's page").to_owned();
    assert_eq!(send(&right, "upload").address, uploaded.address);
    let list = versions();
    assert_eq!(list.len(), 2, "{list:#?}");
    let new = list.iter().find(|plugin| text(plugin, "/digest") == digest).expect("the version is there");
    assert_eq!((text(new, "/file"), text(new, "/note")), ("harbor-crest.toml", "tb rule"));
    assert_eq!(kept(&seat.get(FILE).with(200), "rules"), right, "who comes back goes on from there");
    let old = seat.get(&format!("{FILE}?of={}", county.plan(PLAN).digest)).with(200);
    assert_eq!(kept(&old, "rules"), RULES);
    let api = county.client().read(&county.plan(PLAN).admin, &format!("/v1/plugins/{digest}/rules-file"));
    assert_eq!((&api["rules"], &api["version"]), (&json!(right), &json!("1.0.1")));
}

fn a_table_shows_its_difference_before_it_is_published(database: Database) {
    let county = County::of(Server::start(database), &[PLAN]);
    let seat = analyst(&county, PLAN);
    let list = seat.get("/portal/tables").with(200);
    assert_eq!(list.link("fee-schedule"), TABLE);
    let versions = || {
        let page =
            county.client().read(&county.plan(PLAN).admin, "/v1/plans/harbor-crest/tables/fee-schedule");
        page["items"].as_array().expect("a list").len()
    };
    let send = |page: &Page, rows: &str, from: &str, button: &str| {
        let (key, against, compared) = (page.value("once"), page.value("against"), page.value("compared"));
        let fields = [
            ("once", &*key),
            ("against", &*against),
            ("compared", &*compared),
            ("rows", rows),
            ("from", from),
            ("to", ""),
            ("button", button),
        ];
        seat.post(TABLE, &fields)
    };
    let old = "procedure,amount\nG9008 U8,45.00\nG9012 U2,78.25\n";
    let new = "procedure,amount\nG9008 U8,47.50\nG9008 U1,104.00\n";
    let day = "2026-03-02";

    let empty = seat.get(TABLE).with(200);
    let bad = send(&empty, "procedure,amount\nnothing,45.00\n", day, "compare").with(422);
    assert!(bad.text().contains("Row 2, column 1"), "{}", bad.text());
    assert_eq!(kept(&bad, "rows"), "procedure,amount\nnothing,45.00\n");
    let no_day = send(&empty, old, "2026-02-30", "compare").with(422);
    assert!(no_day.text().contains("Enter a day of the calendar"), "{}", no_day.text());
    assert_eq!((no_day.value("from"), kept(&no_day, "rows")), ("2026-02-30".to_owned(), old.to_owned()));

    let first = send(&empty, old, day, "compare").with(200);
    assert!(first.text().contains("Rows added 2 Rows removed 0 Rows changed 0"), "{}", first.text());
    assert_eq!(versions(), 0, "nothing is published yet");
    let published = send(&first, old, day, "publish").with(200);
    assert_eq!(published.address, format!("{TABLE}/1"));
    assert!(published.text().contains("G9012 U2"), "{}", published.text());

    let compared = send(&seat.get(TABLE).with(200), new, day, "compare").with(200);
    let said = compared.text();
    assert!(said.contains("Rows added 1 Rows removed 1 Rows changed 1 Rows that stay 0"), "{said}");
    assert!(said.contains("45.00 → 47.50"), "{said}");
    assert_eq!(versions(), 1);
    let body = json!({ "effective_from": day, "rows": [
        { "procedure": "G9008 U8", "amount": "47.50" }, { "procedure": "G9008 U1", "amount": "104.00" },
    ] });
    let api = Request::post("/v1/plans/harbor-crest/tables/fee-schedule/differences", &body);
    let api = county.client().send(&api.by(&county.plan(PLAN).admin)).with(200);
    assert_eq!((&api["added"], &api["removed"], &api["changed"]), (&json!(1), &json!(1), &json!(1)));

    // Rows that were changed after the difference was shown are compared anew, and not published.
    let later = format!("{new}G9012 U8,33.00\n");
    let anew = send(&compared, &later, day, "publish").with(409);
    assert!(anew.text().contains("Nothing was published") && kept(&anew, "rows") == later, "{}", anew.text());
    // So they are if somebody published meanwhile.
    let meanwhile = Request::bytes(
        "/v1/plans/harbor-crest/tables/fee-schedule?effective_from=2026-03-02",
        "text/csv",
        "procedure,amount\nG9008 U8,46.00\n",
    );
    county.client().send(&meanwhile.by(&county.plan(PLAN).admin)).with(201);
    let anew = send(&compared, new, day, "publish").with(409);
    assert!(anew.text().contains("46.00 → 47.50"), "{}", anew.text());
    assert_eq!(versions(), 2);
    let published = send(&anew, new, day, "publish").with(200);
    assert_eq!(published.address, format!("{TABLE}/3"));
    assert_eq!(send(&anew, new, day, "publish").address, published.address, "sent twice, it is one version");
    assert_eq!(versions(), 3);

    seat.post("/portal/language", &[("in-language", "es"), ("back", TABLE)]).with(200);
    let spanish = send(&seat.get(TABLE).with(200), "procedure,amount\nnothing,1\n", day, "compare").with(422);
    assert!(spanish.text().contains("Fila 2, columna 1"), "{}", spanish.text());
}

fn the_rules_desk_of_another_plan_is_not_here(database: Database) {
    let county = County::shared(database);
    let other = analyst(county, "valle-vista");
    let digest = &county.plan(PLAN).digest;
    let nowhere = format!("{}/{}", other_run(digest), "shr_018f3c0000007000800000000000000a");
    let paths = [
        other_run(digest),
        nowhere.clone(),
        format!("{nowhere}/cases"),
        format!("{nowhere}/cases/1"),
        // Its own rules declare no such table.
        TABLE.to_owned(),
        format!("{TABLE}/1"),
        "/portal/rules/no-digest/shadow".to_owned(),
        format!("{FILE}?of={digest}"),
    ];
    for path in &paths {
        assert!(other.get(path).with(404).text().contains("This page is not here"), "{path}");
    }
    for button in ["stop", "cases/1/replay", "cases/1/what-if"] {
        assert_eq!(
            other.post(&format!("{nowhere}/{button}"), &[("once", "attempt1")]).status,
            404,
            "{button}"
        );
    }
    let begin = [("once", "attempt1"), ("range", "last"), ("last", "5")];
    assert_eq!(other.post(&other_run(digest), &begin).status, 404);
    // Nobody of a provider has a rules desk.
    let coordinator = Seat::at(county, &county.provider("open-door").id, &["coordinator"]);
    for path in [FILE, "/portal/tables"] {
        assert_eq!(coordinator.get(path).status, 403, "{path}");
    }
}

fn other_run(digest: &str) -> String {
    format!("/portal/rules/{digest}/shadow")
}

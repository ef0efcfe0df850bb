//! The demonstration: every journey that is promised is lived and ends as it is told, and six people sign in
//! to a day's work.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use serde_json::Value;

use crate::harness::{Client, Page, SESSION, Seat, every, folder_of_plugins, program, same, text, until};

/// Roles of the people who can sign in when the story is over.
const ROLES: [&str; 6] = ["coordinator", "biller", "clerk", "reviewer", "analyst", "county-operator"];
/// Codes that each of them has.
const CODES: usize = 10;

/// The demonstration on a record and a port of its own, told as one JSON object.
fn told(more: &[&str]) -> Command {
    let mut demo = program();
    demo.args(["demo", "--json", "--listen", "127.0.0.1:0", "--plugins"]).arg(folder_of_plugins()).args(more);
    demo
}

/// The same to its end, with the invitations left open.
fn demonstration() -> Output {
    told(&["--exit", "--links"]).output().expect("the program can be run")
}

/// Number of journeys that README.md promises.
fn promised() -> usize {
    let words: Vec<&str> = include_str!("../README.md").split_whitespace().collect();
    let counts = words.windows(2).filter(|pair| pair[1] == "journeys");
    let counts = counts.filter_map(|pair| pair[0].parse().ok());
    counts.max().expect("README.md says how many journeys there are")
}

/// Checks that a journey has its number and ended as told; if not, says what was expected there and what
/// came.
fn ended_as_told(number: usize, journey: &Value) -> Result<(), String> {
    let is_told = journey["told"] == true && journey["problem"].is_null() && journey["number"] == number;
    match is_told {
        true => Ok(()),
        false => Err(format!("{number} {}: {journey:#}", text(journey, "/title"))),
    }
}

/// Entries of a list of the report.
fn list<'a>(report: &'a Value, name: &str) -> &'a [Value] {
    report[name].as_array().expect("a list")
}

#[test]
fn every_journey_ends_as_told() {
    let output = demonstration();
    let said = String::from_utf8_lossy(&output.stderr);
    let report: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("no report ({error}): {said}"));
    let journeys = list(&report, "journeys");
    every((1..).zip(journeys), |(number, journey)| ended_as_told(number, journey));
    assert!(journeys.len() >= promised(), "{} journeys, and {} are promised", journeys.len(), promised());
    // With `--exit` too it is told who there was, and that nobody can sign in any more.
    assert_eq!(report["serves_on"], false);
    let invitation = format!("{}/portal/invitation?link=cwi_", text(&report, "/address"));
    every(ROLES.iter().zip(list(&report, "people")), |(role, person)| {
        has_a_part(role, person)?;
        same(&format!("{role}, codes"), list(person, "codes").len(), 0)?;
        same(&format!("{role}, link"), text(person, "/link").starts_with(&invitation), true)
    });
    assert!(output.status.success(), "{}: {said}", output.status);
}

/// Checks that one of the six has the role, ways in, and work.
fn has_a_part(role: &str, person: &Value) -> Result<(), String> {
    same(&format!("{role}, problem"), &person["problem"], &Value::Null)?;
    same("role", text(person, "/role"), role)?;
    let is_whole = ["/name", "/organization", "/email", "/leads_to"];
    for field in is_whole {
        same(&format!("{role}, {field} is empty"), text(person, field).is_empty(), false)?;
    }
    same(&format!("{role}, nothing waits"), list(person, "waits").is_empty(), false)
}

/// The demonstration, which serves on when the story is over.
struct Serving {
    child: Child,
    report: Value,
}

impl Serving {
    fn start() -> Self {
        let mut demo = told(&[]);
        demo.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let child = demo.spawn().expect("the program can be run");
        let mut serving = Self { child, report: Value::Null };
        let out = serving.child.stdout.take().expect("it is piped");
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).expect("its output is text");
        serving.report = serde_json::from_str(&line).unwrap_or_else(|error| panic!("no report: {error}"));
        serving
    }

    fn client(&self) -> Client {
        Client::of(text(&self.report, "/address"))
    }

    /// Asks it to end, and waits until it has.
    fn stopped(&mut self) -> ExitStatus {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill runs").success());
        until("the demonstration to end", || self.child.try_wait().expect("it is our child"))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn each_of_the_six_signs_in_to_a_days_work() {
    let mut serving = Serving::start();
    assert_eq!(serving.report["serves_on"], true);
    let client = serving.client();
    let people = list(&serving.report, "people");
    let roles: Vec<&str> = people.iter().map(|person| text(person, "/role")).collect();
    assert_eq!(roles, ROLES);
    every(ROLES.iter().zip(people), |(role, person)| {
        has_a_part(role, person)?;
        same(&format!("{role}, codes"), list(person, "codes").len(), CODES)?;
        same(&format!("{role}, link"), &person["link"], &Value::Null)
    });
    every(people, |person| works(&client, person).map_err(|why| format!("{}: {why}", text(person, "/name"))));
    let status = serving.stopped();
    assert!(status.success(), "{status}");
}

/// Signs a person in by the pages, and goes to everything that waits.
fn works(client: &Client, person: &Value) -> Result<(), String> {
    let seat = signed_in(client, person)?;
    for waiting in list(person, "waits") {
        let listed = page(&seat, text(waiting, "/listed"))?;
        let opens = text(waiting, "/opens");
        leads(&listed, opens)?;
        page(&seat, opens)?;
        let secret = seat.cookie(SESSION).expect("signed in");
        let record = &waiting["record"];
        let answer = client.read(&secret, text(record, "/read"));
        let (field, is) = (text(record, "/field"), text(record, "/is"));
        same(&format!("{}: {field} is {is}", text(record, "/read")), holds(&answer, field, is), true)?;
    }
    if text(person, "/role") == "county-operator" {
        missed_clocks_are_shown(client, &seat, person)?;
    }
    Ok(())
}

/// A browser in which the person has signed in with the first code, which is good once.
fn signed_in(client: &Client, person: &Value) -> Result<Seat, String> {
    let (email, code) = (text(person, "/email"), text(person, "/codes/0"));
    let address = text(person, "/sign_in");
    let path = address.strip_prefix(client.origin());
    let path = path.ok_or_else(|| format!("{address} is not at {}", client.origin()))?;
    let seat = Seat::empty(client);
    let asked = page(&seat, path)?;
    let first = seat.signs_in(&asked, email, code);
    same("first page", (first.status, first.address.as_str()), (200, text(person, "/first_page")))?;
    leads(&first, text(person, "/leads_to"))?;
    let another = Seat::empty(client);
    let again = another.signs_in(&page(&another, path)?, email, code);
    same("the same code again", (again.status, another.cookie(SESSION)), (422, None))?;
    Ok(seat)
}

fn page(seat: &Seat, path: &str) -> Result<Page, String> {
    let page = seat.get(path);
    match page.status {
        200 => Ok(page),
        status => Err(format!("{path}: {status}: {}", page.text())),
    }
}

/// The page has a link to this address, or is it.
fn leads(page: &Page, to: &str) -> Result<(), String> {
    match page.address == to || page.addresses().iter().any(|address| address == to) {
        true => Ok(()),
        false => Err(format!("{} does not lead to {to}: {}", page.address, page.text())),
    }
}

/// True if a field with this name has this value, wherever in the answer.
fn holds(answer: &Value, field: &str, is: &str) -> bool {
    match answer {
        Value::Object(fields) => {
            fields.iter().any(|(name, value)| (name == field && value == is) || holds(value, field, is))
        }
        Value::Array(items) => items.iter().any(|item| holds(item, field, is)),
        _ => false,
    }
}

/// The page of the county's figures shows the missed clocks of the plan without automation as the API tells
/// them.
fn missed_clocks_are_shown(client: &Client, seat: &Seat, person: &Value) -> Result<(), String> {
    let secret = seat.cookie(SESSION).expect("signed in");
    let figures = client.read(&secret, text(person, "/waits/0/record/read"));
    let measure = list(&figures, "measures").iter().find(|measure| measure["measure"] == "clocks-missed");
    let rows = list(measure.expect("a measure of the county"), "rows");
    let row = rows.iter().find(|row| row["plan"] == "costa-alta" && row["of"] == "referral");
    let missed = row.and_then(|row| row["numerator"]["number"].as_u64());
    let missed =
        missed.filter(|missed| *missed >= 11).ok_or_else(|| format!("no clock was missed: {rows:#?}"))?;
    let shown = page(seat, text(person, "/waits/0/opens"))?.text();
    let counted = shown.split("Costa Alta Community Plan Of ").skip(1);
    let is_shown = counted.map(|rest| rest.split(" Out of ").next().unwrap_or_default());
    let told = [format!("Counted {missed}"), format!("Counted at least {missed}")];
    let mut is_shown = is_shown.filter(|rest| told.iter().any(|told| rest.ends_with(told.as_str())));
    same(&format!("{missed} missed clocks on the page: {shown}"), is_shown.next().is_some(), true)
}

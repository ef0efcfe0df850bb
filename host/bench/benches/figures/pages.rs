//! Pages of every day, and the requests by which software would get the same data of the API.

use bench::{Connection, Outcome};
use serde_json::Value;

use super::people::{Peopled, Person};
use crate::growth::served::{Question, Side};

/// Pages that are measured, by the names under which they are printed.
pub(super) const PAGES: [&str; 4] = ["today", "worklist", "case", "grid"];

/// Entries of each part of Today, of the worklist, of a person's threads, and plans whose names a page knows:
/// as `host/web/src/portal` asks for them.
const OF_TODAY: u32 = 10;
const OF_WORKLIST: u32 = 50;
const THREADS: u32 = 20;
const PLANS: u32 = 200;
/// Looks of a page that are compared with the API, spread over all: each is taken apart before.
const MOST_COMPARED: usize = 60;

/// Filters of the worklist, and services of the grid.
const FILTERS: [&str; 3] = ["", "kind=claim", "holder=nobody"];
const SERVICES: [&str; 4] = ["ecm", "recuperative-care", "medically-tailored-meals", "housing-deposits"];

/// One look at a page by one person.
struct Look<'a> {
    person: &'a Person,
    path: String,
}

/// Looks at a page by the people whose page it is.
fn looks<'a>(page: &str, county: &'a Peopled) -> Vec<Look<'a>> {
    let each = |people: &'a [Person], paths: &[String]| {
        let one = |person: &'a Person| paths.iter().map(move |path| Look { person, path: path.clone() });
        people.iter().flat_map(|person| one(person).collect::<Vec<_>>()).collect()
    };
    match page {
        "today" => each(&county.coordinators, &["/portal".to_owned()]),
        "worklist" => each(&county.of_plans, &FILTERS.map(|filter| with("/portal/work", filter))),
        "case" => {
            let paths: Vec<String> = county.cases.iter().map(|case| format!("/portal/{case}")).collect();
            each(&county.coordinators[..1], &paths)
        }
        _ => each(&county.coordinators, &SERVICES.map(|id| format!("/portal/criteria?service={id}"))),
    }
}

fn with(path: &str, filter: &str) -> String {
    if filter.is_empty() { path.to_owned() } else { format!("{path}?{filter}") }
}

/// A page, asked of a county.
pub(super) fn side(page: &str, county: &Peopled) -> Side {
    let questions =
        looks(page, county).iter().map(|look| Question::of(&[look.person.page(&look.path)])).collect();
    Side { address: county.served.address, questions }
}

/// A page, and against it the API: each question of one side has its counterpart on the other.
pub(super) fn against_api(page: &str, county: &Peopled) -> Outcome<[Side; 2]> {
    let mut connection = county.connection()?;
    let (mut pages, mut gets) = (Vec::new(), Vec::new());
    let looks = looks(page, county);
    let step = looks.len().div_ceil(MOST_COMPARED).max(1);
    for look in looks.into_iter().step_by(step) {
        let paths = same_data(page, &look, &mut connection)?;
        let requests: Vec<Vec<u8>> = paths.iter().map(|path| look.person.api(path)).collect();
        pages.push(Question::of(&[look.person.page(&look.path)]));
        gets.push(Question::of(&requests));
    }
    Ok([pages, gets].map(|questions| Side { address: county.served.address, questions }))
}

/// Paths of the API that give what stands on a page.
fn same_data(page: &str, look: &Look<'_>, connection: &mut Connection) -> Outcome<Vec<String>> {
    let plans = format!("/v1/plans?limit={PLANS}");
    match page {
        "today" => of_today(look.person, connection, plans),
        // Nobody has any of the cases, so no colleague is named.
        "worklist" => {
            let filter = look.path.split_once('?').map_or("", |(_, filter)| filter);
            Ok(vec![format!("/v1/worklist?limit={OF_WORKLIST}{}", and(filter))])
        }
        "case" => of_case(look, connection, plans),
        _ => Ok(vec![look.path.replacen("/portal/", "/v1/", 1), plans]),
    }
}

fn and(filter: &str) -> String {
    if filter.is_empty() { String::new() } else { format!("&{filter}") }
}

/// Criteria of plans with the people whom it is about, offers, clocks and news.
fn of_today(person: &Person, connection: &mut Connection, plans: String) -> Outcome<Vec<String>> {
    let asked = [("referrals", "needs-information"), ("authorizations", "pended"), ("claims", "pended")];
    let mut paths = Vec::new();
    for (list, state) in asked {
        let path = format!("/v1/{list}?state={state}&limit={OF_TODAY}");
        let found = person.read(connection, &path)?.ok_or("a list is there")?;
        paths.push(path);
        for case in found["items"].as_array().into_iter().flatten() {
            paths.extend(member(person, connection, case)?);
        }
    }
    paths.extend(["offers", "deadlines", "notices"].map(|list| format!("/v1/{list}?limit={OF_TODAY}")));
    paths.push(plans);
    Ok(paths)
}

/// A case with its history, the person whom it is about, and the person's threads.
fn of_case(look: &Look<'_>, connection: &mut Connection, plans: String) -> Outcome<Vec<String>> {
    let path = look.path.replacen("/portal/", "/v1/", 1);
    let case = look.person.read(connection, &path)?.ok_or("the case is there")?;
    let mut paths = vec![path.clone(), format!("{path}/timeline")];
    if let Some(member) = member(look.person, connection, &case)? {
        let threads = member.replacen('?', "/cases?", 1);
        paths.extend([member, format!("{threads}&limit={THREADS}")]);
    }
    paths.push(plans);
    Ok(paths)
}

/// Path of the member whom a case is about, if the person sees the member.
fn member(person: &Person, connection: &mut Connection, case: &Value) -> Outcome<Option<String>> {
    let Some(id) = case["member_id"].as_str() else { return Ok(None) };
    let path = format!("/v1/members/{id}?purpose=care-coordination");
    Ok(person.read(connection, &path)?.map(|_| path))
}

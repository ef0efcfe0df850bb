//! Bytes of pages on their way to a browser: packed, with their heads.

use std::collections::BTreeSet;

use bench::{Connection, Outcome, get};

use super::people::{Peopled, Person};

/// Header of a browser that takes packed pages.
const PACKED: [(&str, &str); 1] = [("Accept-Encoding", "gzip")];

/// A page and what came for it.
pub(super) struct Weighed {
    /// Address without the ids in it.
    pub(super) page: String,
    /// Bytes of the page alone: style and script are kept from the first one on.
    pub(super) alone: usize,
    /// Bytes with all that it loads.
    pub(super) whole: usize,
}

/// Weighs one page of each kind that people of this county see.
pub(super) fn of(county: &Peopled, runs: &[String]) -> Outcome<Vec<Weighed>> {
    let mut connection = county.connection()?;
    let sign_in = "/portal/sign-in";
    let mut weighed = vec![weigh(&mut connection, sign_in, [get(sign_in, &[]), get(sign_in, &PACKED)])?];
    for (person, path) in pages(county, runs, &mut connection)? {
        weighed.push(weigh(&mut connection, &path, [person.plain_page(&path), person.page(&path)])?);
    }
    weighed.sort_by_key(|weighed| std::cmp::Reverse(weighed.alone));
    Ok(weighed)
}

/// Addresses of pages, each with somebody who may see it.
fn pages<'a>(
    county: &'a Peopled,
    runs: &[String],
    connection: &mut Connection,
) -> Outcome<Vec<(&'a Person, String)>> {
    let coordinator = county.coordinators.first().ok_or("there is a coordinator")?;
    let analyst = &county.analyst;
    let own = ["", "/people", "/ask", "/criteria", "/claims", "/payments", "/account"];
    let mut pages: Vec<(&Person, String)> =
        own.iter().map(|path| (coordinator, format!("/portal{path}"))).collect();
    for list in ["referrals/", "authorizations/", "claims/"] {
        let case = county.cases.iter().find(|case| case.starts_with(list)).ok_or("there is a case")?;
        let shown = coordinator.read(connection, &format!("/v1/{case}"))?.ok_or("the case is there")?;
        pages.push((coordinator, format!("/portal/{case}")));
        if let Some(member) = shown["member_id"].as_str() {
            pages.push((coordinator, format!("/portal/people/{member}")));
        }
    }
    let waits = analyst.read(connection, "/v1/worklist?limit=1")?.ok_or("there is a worklist")?;
    let first = &waits["items"][0];
    if let (Some(kind), Some(case)) = (first["kind"].as_str(), first["case"].as_str()) {
        pages.push((analyst, format!("/portal/work/{kind}/{case}")));
    }
    let version = format!("/portal/rules/{}", county.digest);
    let desk = ["/portal/work".to_owned(), "/portal/rules".to_owned(), version];
    pages.extend(desk.into_iter().chain(runs.iter().cloned()).map(|path| (analyst, path)));
    Ok(pages)
}

/// Weighs a page, by requests for it as it is and packed: what it loads stands in it unpacked.
fn weigh(connection: &mut Connection, path: &str, [plain, packed]: [Vec<u8>; 2]) -> Outcome<Weighed> {
    let mut bytes = |request: &[u8]| {
        let answer = connection.exchange(request)?;
        match answer.status {
            200 => Outcome::Ok(answer),
            status => Err(format!("{path} was answered {status}").into()),
        }
    };
    let html = String::from_utf8(bytes(&plain)?.body)?;
    let alone = bytes(&packed)?.bytes;
    let mut whole = alone;
    for asset in assets(&html) {
        whole += bytes(&get(asset, &PACKED))?.bytes;
    }
    Ok(Weighed { page: without_ids(path), alone, whole })
}

/// Files that a page loads.
fn assets(html: &str) -> BTreeSet<&str> {
    html.split('"').filter(|value| value.starts_with("/portal/assets/")).collect()
}

/// An address with `{id}` in the place of what names a row or a version.
fn without_ids(path: &str) -> String {
    let is_id = |part: &str| part.len() > 30 && part.bytes().any(|byte| byte.is_ascii_digit());
    let parts = path.split('/').map(|part| if is_id(part) { "{id}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

//! Requests that cannot be accepted: each row is a request and the whole problem that it gets. Nothing is
//! kept of any of them, no answer quotes what was sent, and the service goes on.
//!
//! Every row of a table is sent, and all that are answered otherwise are told together.

use std::sync::OnceLock;

use serde_json::Value;

use crate::harness::{Answer, Client, County, Database, Person, Request, every, problem, text};
use crate::journeys::ecm_referral;

mod addresses; // addresses and queries
mod bodies; // what is no JSON, of the wrong shape, too large, or of another media type
mod characters; // characters that nobody sees
mod codes; // codes, facts and documents of referrals
mod days; // days that are none, to come, out of order or without coverage
mod files; // member files
mod kept; // that nothing is kept
mod keys; // keys, roles and organizations
mod lines; // lines of authorizations and claims
mod members; // whom a request is about
mod versions; // attempts, and versions of what is changed

/// A kind of problem: status, code and title.
#[derive(Clone, Copy)]
struct Kind(u16, &'static str, &'static str);

const INVALID: Kind = Kind(422, "invalid-request", "Some fields cannot be accepted");
const NO_COVERAGE: Kind = Kind(422, "no-coverage", "No plan covers the member on that day");

/// A request, and everything that its sender is told.
struct Row {
    name: &'static str,
    request: Request,
    kind: Kind,
    detail: Option<&'static str>,
    fields: Vec<Field>,
}

/// Problem of one field.
struct Field {
    /// A JSON pointer into the body, or `?` and a query parameter.
    pointer: &'static str,
    code: &'static str,
    detail: &'static str,
    fix: &'static str,
}

/// A request that gets a problem of this kind.
fn row(name: &'static str, request: Request, kind: Kind) -> Row {
    Row { name, request, kind, detail: None, fields: Vec::new() }
}

impl Row {
    /// With this detail of the whole.
    fn saying(self, detail: &'static str) -> Self {
        Self { detail: Some(detail), ..self }
    }

    /// With this about one more field.
    fn at(
        mut self,
        pointer: &'static str,
        code: &'static str,
        detail: &'static str,
        fix: &'static str,
    ) -> Self {
        self.fields.push(Field { pointer, code, detail, fix });
        self
    }

    /// The whole problem, written as [`problem`] writes what came.
    fn expected(&self) -> String {
        let Kind(status, code, title) = self.kind;
        let detail = self.detail.map(|detail| format!("({detail})\n")).unwrap_or_default();
        let fields = self
            .fields
            .iter()
            .map(|field| format!("{} {}: {}\n  {}\n", field.pointer, field.code, field.detail, field.fix));
        format!("{status} application/problem+json\n{code}: {title}\n{detail}{}", fields.collect::<String>())
    }

    /// Sends the request, and says how the answer differs from what is expected.
    fn check(&self, client: &Client) -> Result<(), String> {
        let name = self.name;
        let answer = client.try_send(&self.request).map_err(|error| format!("{name}: {error}\n"))?;
        let (found, expected) = (problem(&answer), self.expected());
        if answer.status < 400 {
            return Err(format!("{name}: it was accepted: {}\n", answer.status));
        }
        if found != expected {
            return Err(format!("{name}:\n--- found\n{found}--- expected\n{expected}"));
        }
        let errors = answer.json["errors"].as_array().into_iter().flatten();
        let mut helps = errors.flat_map(|error| [text(error, "/detail"), text(error, "/fix")]);
        match text(&answer.json, "/trace_id").is_empty() || helps.any(str::is_empty) {
            true => Err(format!("{name}: there is no trace id, or a field is told no detail or no fix\n")),
            false => Ok(()),
        }
    }
}

/// Somebody of the shared county who sends what cannot be accepted: a provider, about a member of Valle
/// Vista.
struct Sender {
    county: &'static County,
    client: Client,
    key: &'static str,
    person: &'static Person,
}

impl Sender {
    fn new() -> Self {
        // One member does for all tables, because nothing is kept of any row.
        static PERSON: OnceLock<Person> = OnceLock::new();
        let county = County::shared(Database::Sqlite);
        let person = PERSON.get_or_init(|| county.person("valle-vista"));
        Self { county, client: county.client(), key: county.key_of("open-door"), person }
    }

    /// Sends every row, and compares the whole problem.
    #[track_caller]
    fn refused(&self, rows: impl IntoIterator<Item = Row>) {
        every(rows, |row| row.check(&self.client));
    }

    fn get(&self, path: &str) -> Request {
        Request::get(path).by(self.key)
    }

    fn post(&self, path: &str, body: &Value) -> Request {
        Request::post(path, body).by(self.key)
    }

    /// A referral to ECM after `change`.
    fn refer(&self, change: impl FnOnce(&mut Value)) -> Request {
        self.post("/v1/referrals", &referral(self.person, change))
    }
}

/// The body of a referral to ECM after `change`.
fn referral(person: &Person, change: impl FnOnce(&mut Value)) -> Value {
    let mut body = ecm_referral(person);
    change(&mut body);
    body
}

/// An object with some of its fields replaced.
fn merged(mut object: Value, change: &Value) -> Value {
    for (name, value) in change.as_object().expect("an object") {
        object[name] = value.clone();
    }
    object
}

/// Sends a request whose answer must have one of these statuses, and this code where one is named.
fn coded(client: &Client, request: &Request, statuses: &[u16], code: Option<&str>) -> Result<Answer, String> {
    let (method, path) = request.line();
    let answer = client.try_send(request).map_err(|error| format!("{method} {path}: {error}"))?;
    let is_expected = statuses.contains(&answer.status) && code.is_none_or(|code| answer.code() == code);
    match is_expected {
        true => Ok(answer),
        false => {
            let found = (answer.status, answer.code());
            Err(format!("{method} {path}: found {found:?}, expected one of {statuses:?}, {code:?}"))
        }
    }
}

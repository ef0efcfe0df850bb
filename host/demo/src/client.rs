//! A small client of the HTTP API, as an organization's own software would have one.

use std::cell::Cell;
use std::fmt;
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::Response;

use super::case::Case;

/// Time that one request may take: compiling a plugin and loading a member file are the slow ones.
const PATIENCE: Duration = Duration::from_secs(120);
/// Largest answer that is read.
const MOST_ANSWER_BYTES: u64 = 64 << 20;

/// Why something did not go as it was told: what was expected and what came, in words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble(pub(super) String);

impl fmt::Display for Trouble {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Says what was expected and what came.
pub(super) fn unlike(what: &str, expected: impl fmt::Display, came: impl fmt::Display) -> Trouble {
    Trouble(format!("{what}: expected {expected}, got {came}"))
}

/// Holds what came against what was told.
pub(super) fn told(what: &str, came: &str, expected: &str) -> Result<(), Trouble> {
    if came == expected { Ok(()) } else { Err(unlike(what, expected, came)) }
}

/// Holds a condition against what was told.
pub(super) fn told_that(holds: bool, what: &str) -> Result<(), Trouble> {
    if holds { Ok(()) } else { Err(Trouble(format!("expected that {what}"))) }
}

/// The credential of one organization's software.
#[derive(Clone)]
pub(super) struct Key {
    /// Purpose of the key, in a word or two.
    pub(super) label: String,
    /// The secret, as it is sent in `Authorization`.
    pub(super) secret: String,
}

/// A response, read whole.
pub(super) struct Answer {
    /// Status code of HTTP, such as 200.
    pub(super) status: u16,
    /// Body, byte by byte.
    pub(super) bytes: Vec<u8>,
    /// Body as JSON; null if it is none.
    pub(super) body: Value,
    /// True if the answer is that of an earlier request with the same idempotency key.
    pub(super) replayed: bool,
}

/// Talks to one instance. Its idempotency keys are counted, so that two runs send the same requests.
pub(super) struct Client {
    agent: Agent,
    base: String,
    sent: Cell<u32>,
}

impl Client {
    pub(super) fn new(base_url: &str) -> Self {
        let config =
            Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build();
        Self { agent: config.into(), base: base_url.trim_end_matches('/').to_owned(), sent: Cell::new(0) }
    }

    /// The next idempotency key, such as `demo-0001`.
    pub(super) fn next_once(&self) -> String {
        self.sent.set(self.sent.get() + 1);
        format!("demo-{:04}", self.sent.get())
    }

    pub(super) fn get(&self, key: &Key, path: &str) -> Result<Answer, Trouble> {
        let request = self.agent.get(self.url(path)).header("Authorization", bearer(key));
        read(path, request.call())
    }

    pub(super) fn delete(&self, key: &Key, path: &str) -> Result<Answer, Trouble> {
        let request = self.agent.delete(self.url(path)).header("Authorization", bearer(key));
        read(path, request.call())
    }

    pub(super) fn post(&self, key: &Key, path: &str, body: &Value) -> Result<Answer, Trouble> {
        self.post_once(key, &self.next_once(), path, body)
    }

    /// Posts under an idempotency key of the caller's choice.
    pub(super) fn post_once(
        &self,
        key: &Key,
        once: &str,
        path: &str,
        body: &Value,
    ) -> Result<Answer, Trouble> {
        self.send(key, once, path, None, "application/json", body.to_string().as_bytes())
    }

    /// Posts a file's bytes under a media type.
    pub(super) fn post_file(
        &self,
        key: &Key,
        path: &str,
        media: &str,
        bytes: &[u8],
    ) -> Result<Answer, Trouble> {
        self.send(key, &self.next_once(), path, None, media, bytes)
    }

    /// Posts a change to a case, as of the version that was read.
    pub(super) fn change(&self, key: &Key, case: &Case, step: &str, body: &Value) -> Result<Answer, Trouble> {
        let path = format!("{}/{step}", case.path());
        let version = format!("\"{}\"", case.version());
        self.send(
            key,
            &self.next_once(),
            &path,
            Some(&version),
            "application/json",
            body.to_string().as_bytes(),
        )
    }

    fn send(
        &self,
        key: &Key,
        once: &str,
        path: &str,
        version: Option<&str>,
        media: &str,
        bytes: &[u8],
    ) -> Result<Answer, Trouble> {
        let mut request = self
            .agent
            .post(self.url(path))
            .header("Authorization", bearer(key))
            .header("Idempotency-Key", format!("\"{once}\""))
            .header("Content-Type", media);
        if let Some(version) = version {
            request = request.header("If-Match", version);
        }
        read(path, request.send(bytes))
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

fn bearer(key: &Key) -> String {
    format!("Bearer {}", key.secret)
}

fn read(path: &str, answer: Result<Response<ureq::Body>, ureq::Error>) -> Result<Answer, Trouble> {
    let mut response = answer.map_err(|error| Trouble(format!("{path}: no answer: {error}")))?;
    let status = response.status().as_u16();
    let replayed = response.headers().get("Idempotency-Replayed").is_some_and(|value| value == "true");
    let bytes = response
        .body_mut()
        .with_config()
        .limit(MOST_ANSWER_BYTES)
        .read_to_vec()
        .map_err(|error| Trouble(format!("{path}: the answer broke off: {error}")))?;
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Ok(Answer { status, bytes, body, replayed })
}

impl Answer {
    /// The body of an answer with this status.
    pub(super) fn with(self, status: u16) -> Result<Value, Trouble> {
        if self.status == status { Ok(self.body) } else { Err(unlike("status", status, self.summary())) }
    }

    /// The body of an answer that something was done.
    pub(super) fn done(self) -> Result<Value, Trouble> {
        if (200..300).contains(&self.status) {
            Ok(self.body)
        } else {
            Err(unlike("status", "success", self.summary()))
        }
    }

    /// The case that something was done to.
    pub(super) fn case(self) -> Result<Case, Trouble> {
        self.done().map(Case)
    }

    /// The code of the problem, such as `no-coverage`.
    pub(super) fn problem(&self) -> &str {
        let kind = self.body["type"].as_str().unwrap_or_default();
        kind.rsplit('/').next().unwrap_or_default()
    }

    /// The first field that could not be accepted, with what to do about it.
    pub(super) fn first_error(&self) -> FieldError<'_> {
        let error = &self.body["errors"][0];
        let word = |name: &str| error[name].as_str().unwrap_or_default();
        FieldError { pointer: word("pointer"), code: word("code"), detail: word("detail"), fix: word("fix") }
    }

    /// Status, problem code and first error: enough to know what happened, and nothing of a member.
    pub(super) fn summary(&self) -> String {
        if self.status < 300 {
            return self.status.to_string();
        }
        let error = self.first_error();
        let mut summary = format!("{} {}", self.status, self.problem());
        if error.code.is_empty() {
            summary += self.body["detail"]
                .as_str()
                .map(|detail| format!(" ({detail})"))
                .unwrap_or_default()
                .as_str();
        } else {
            summary += &format!(" ({} {}: {})", error.pointer, error.code, error.detail);
        }
        summary
    }
}

/// One entry of a problem's `errors`.
pub(super) struct FieldError<'a> {
    pub(super) pointer: &'a str,
    pub(super) code: &'a str,
    pub(super) detail: &'a str,
    pub(super) fix: &'a str,
}

//! A client of the HTTP API that says every header out loud.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http;

/// Talks to one service.
#[derive(Clone)]
pub(crate) struct Client {
    agent: Agent,
    base: String,
}

/// One request. A command gets a fresh idempotency key unless it is given one.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

/// Response of the service, read whole.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// Status code of HTTP, such as 200.
    pub(crate) status: u16,
    headers: http::HeaderMap,
    /// The body as it came.
    pub(crate) bytes: Vec<u8>,
    /// The body as JSON; null if it is none.
    pub(crate) json: Value,
}

impl Client {
    pub(crate) fn of(address: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // Where an answer leads is for the test to see.
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(120)))
            // A kept connection may be to a service that was killed since.
            .max_idle_connections(0)
            .build();
        Self { agent: config.into(), base: address.to_owned() }
    }

    /// Sends a request and reads the answer.
    #[track_caller]
    pub(crate) fn send(&self, request: &Request) -> Answer {
        let name = format!("{} {}", request.method, request.path);
        self.try_send(request).unwrap_or_else(|error| panic!("{name}: no answer: {error}"))
    }

    /// Address of the service, as a browser names where a form comes from.
    pub(crate) fn origin(&self) -> &str {
        &self.base
    }

    /// The same to a service that may be dying.
    pub(crate) fn try_send(&self, request: &Request) -> Result<Answer, ureq::Error> {
        let mut builder = http::Request::builder();
        builder = builder.method(request.method.as_str()).uri(format!("{}{}", self.base, request.path));
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let mut response = match &request.body {
            Some(body) => self.agent.run(builder.body(&body[..])?)?,
            None => self.agent.run(builder.body(())?)?,
        };
        let bytes = response.body_mut().with_config().limit(256 << 20).read_to_vec()?;
        Ok(Answer::of(response.status().as_u16(), response.headers().clone(), bytes))
    }

    /// Reads an address as the holder of `key`; it must be there.
    #[track_caller]
    pub(crate) fn read(&self, key: &str, path: &str) -> Value {
        self.send(&Request::get(path).by(key)).with(200)
    }
}

impl Request {
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self { method: "GET".to_owned(), path: path.into(), headers: Vec::new(), body: None }
    }

    /// A command with a JSON body.
    pub(crate) fn post(path: impl Into<String>, body: &Value) -> Self {
        Self::bytes(path, "application/json", body.to_string())
    }

    /// A command with any body.
    pub(crate) fn bytes(path: impl Into<String>, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let once = fresh_once();
        let request = Self { body: Some(body.into()), ..Self::get(path) }.method("POST");
        request.header("Content-Type", media_type).header("Idempotency-Key", &once)
    }

    pub(crate) fn method(mut self, method: &str) -> Self {
        self.method = method.to_owned();
        self
    }

    /// With the key of its sender.
    pub(crate) fn by(self, key: &str) -> Self {
        self.header("Authorization", &format!("Bearer {key}"))
    }

    /// With this idempotency key.
    pub(crate) fn once(self, key: &str) -> Self {
        self.without("Idempotency-Key").header("Idempotency-Key", key)
    }

    /// Of this version of what it changes.
    pub(crate) fn of_version(self, version: &Value) -> Self {
        self.without("If-Match").header("If-Match", &format!("\"{version}\""))
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Its method and its address.
    pub(crate) fn line(&self) -> (&str, &str) {
        (&self.method, &self.path)
    }

    /// Its headers, in the order in which they were given.
    pub(super) fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// Media type of its body; empty without one.
    pub(super) fn media_type(&self) -> &str {
        let named = self.headers.iter().find(|(name, _)| name == "Content-Type");
        named.map_or("", |(_, value)| value)
    }

    /// Body, if it has one.
    pub(super) fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }

    /// The request as bytes, for a client that does not wait for the answer.
    pub(crate) fn written(&self, host: &str) -> Vec<u8> {
        let body = self.body.as_deref().unwrap_or_default();
        let mut head = format!("{} {} HTTP/1.1\r\nHost: {host}\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("Content-Length: {}\r\n\r\n", body.len());
        [head.as_bytes(), body].concat()
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }
}

/// An idempotency key that nobody used before.
fn fresh_once() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("\"it-{}\"", COUNT.fetch_add(1, Ordering::Relaxed))
}

impl Answer {
    /// An answer with this status, these headers and this body.
    pub(super) fn of(status: u16, headers: http::HeaderMap, bytes: Vec<u8>) -> Self {
        Self { status, headers, json: serde_json::from_slice(&bytes).unwrap_or(Value::Null), bytes }
    }

    /// A header's value; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Every value of a header, in the order in which they came.
    pub(crate) fn header_values(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect()
    }

    /// The body of an answer with this status.
    #[track_caller]
    pub(crate) fn with(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self.json
    }

    /// True for the answer of an earlier request with the same idempotency key.
    pub(crate) fn is_replayed(&self) -> bool {
        self.header("Idempotency-Replayed") == "true"
    }

    /// The code of the problem, such as `no-coverage`.
    pub(crate) fn code(&self) -> &str {
        let kind = self.json["type"].as_str().unwrap_or_default();
        kind.strip_prefix("/problems/").unwrap_or_default()
    }
}

/// Sends bytes as they are and gives what comes back, even if the service does not read all of them.
pub(crate) fn raw(address: &str, head: &str, body: &[u8]) -> String {
    let authority = address.strip_prefix("http://").expect("an address of ours");
    let mut stream = TcpStream::connect(authority).expect("the service listens");
    let mut sender = stream.try_clone().expect("a connection has two ends");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a time-out of more than nothing");
    let mut answer = Vec::new();
    thread::scope(|scope| {
        scope.spawn(move || {
            // Whoever refuses early stops reading; that shows in the answer.
            let _ = sender.write_all(head.as_bytes()).and_then(|()| sender.write_all(body));
        });
        let mut part = [0; 4096];
        // A connection that breaks has nothing more to say.
        while let Ok(count @ 1..) = stream.read(&mut part) {
            answer.extend_from_slice(&part[..count]);
        }
    });
    String::from_utf8_lossy(&answer).into_owned()
}

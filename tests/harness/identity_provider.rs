//! An identity provider (OpenID Connect) of an organization, with keys made when it starts, and the browser
//! of a person who signs in at it. What it does wrong, a test tells it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use super::device::letters;
use super::escaped::escaped;

/// This host as a client of the provider.
pub(crate) const CLIENT: &str = "crosswalk";
pub(crate) const SECRET: &str = "a secret of the client/1+1";

/// State of the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// It answers as it should.
    Well,
    /// It fails.
    Away,
    /// It takes requests and says nothing.
    Hanging,
    /// It sends whoever asks elsewhere.
    Leading,
    /// It never stops talking.
    Endless,
    /// It describes another issuer.
    Impostor,
    /// It exchanges no code until its mood is another one.
    Waiting,
}

/// Way in which a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signed {
    /// By the provider's key.
    Well,
    /// By nobody: algorithm `none`.
    Not,
    /// By HMAC, with the public key as the secret.
    ByThePublicKey,
    /// By a key that the provider does not publish, under a name of its own.
    ByAnUnknownKey,
    /// By another key under the name of the provider's.
    ByAnother,
    /// Well, and changed behind the signature.
    Tampered,
}

/// A person who signs in at the provider, and what the provider says of that.
#[derive(Clone)]
pub(crate) struct Said {
    subject: String,
    /// Claims beside or in the place of the usual ones; those that are null are left out.
    claims: Vec<(&'static str, Value)>,
    signed: Signed,
}

impl Said {
    /// A person whom the provider calls so, and whose address it has made sure of.
    pub(crate) fn of(subject: &str, email: &str) -> Self {
        let claims = vec![("email", json!(email)), ("email_verified", json!(true))];
        Self { subject: subject.to_owned(), claims, signed: Signed::Well }
    }

    /// The same with another claim.
    pub(crate) fn with(mut self, name: &'static str, value: Value) -> Self {
        self.claims.push((name, value));
        self
    }

    /// The same in a token that is signed so.
    pub(crate) fn signed(self, signed: Signed) -> Self {
        Self { signed, ..self }
    }
}

/// A provider that listens until the test program ends.
#[derive(Clone)]
pub(crate) struct IdentityProvider {
    /// Its issuer, such as `http://127.0.0.1:40123`.
    pub(crate) issuer: String,
    known: Arc<Shared>,
}

/// State that the threads of the provider share.
struct Shared {
    known: Mutex<Known>,
    moved: Condvar,
}

impl Shared {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Known {
    mood: Mood,
    issuer: String,
    /// Address to which browsers are sent.
    authorization: String,
    key: Vec<u8>,
    /// Number of the key, which is its name.
    number: usize,
    /// Tokens that are given for codes, each once.
    codes: BTreeMap<String, Code>,
    codes_made: usize,
    /// Paths that were asked for.
    asked: Vec<String>,
}

struct Code {
    token: String,
    challenge: String,
    redirect: String,
}

/// Query of the address to which a browser was sent.
struct Query(BTreeMap<String, String>);

impl Query {
    fn of(address: &str) -> Self {
        let query = address.split_once('?').map(|(_, query)| query).unwrap_or_default();
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        Self(pairs.map(|(name, value)| (name.to_owned(), unescaped(value))).collect())
    }

    #[track_caller]
    fn get(&self, name: &str) -> &str {
        self.0.get(name).unwrap_or_else(|| panic!("the address has no {name}"))
    }
}

impl IdentityProvider {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let issuer = format!("http://{}", listener.local_addr().expect("it is bound"));
        let known = Known {
            mood: Mood::Well,
            issuer: issuer.clone(),
            authorization: format!("{issuer}/authorize"),
            key: new_key(),
            number: 1,
            codes: BTreeMap::new(),
            codes_made: 0,
            asked: Vec::new(),
        };
        let known = Arc::new(Shared { known: Mutex::new(known), moved: Condvar::new() });
        let shared = Arc::clone(&known);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let known = Arc::clone(&shared);
                thread::spawn(move || answer(stream, &known));
            }
        });
        Self { issuer, known }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.known()
    }

    /// Body by which an organization sets it as its provider.
    pub(crate) fn settings(&self, short_name: &str, domains: &[&str]) -> Value {
        json!({
            "short_name": short_name, "issuer": self.issuer, "client_id": CLIENT, "client_secret": SECRET,
            "email_domains": domains,
        })
    }

    /// It is so from now on.
    pub(crate) fn is(&self, mood: Mood) {
        self.known().mood = mood;
        self.known.moved.notify_all();
    }

    /// Its people sign in at another host from now on.
    pub(crate) fn signs_people_in_at(&self, address: &str) {
        self.known().authorization = address.to_owned();
    }

    /// It signs by another key from now on, and publishes only that one.
    pub(crate) fn takes_another_key(&self) {
        let mut known = self.known();
        known.key = new_key();
        known.number += 1;
    }

    /// Number of times that something was asked for.
    pub(crate) fn was_asked(&self, path: &str) -> usize {
        self.known().asked.iter().filter(|asked| *asked == path).count()
    }

    /// Signs a person in who was sent to this address; gives the path and query with which the browser is
    /// sent back.
    #[track_caller]
    pub(crate) fn signs_in(&self, address: &str, person: &Said, now: Timestamp) -> String {
        let mut known = self.known();
        assert!(address.starts_with(&format!("{}?", known.authorization)), "{address}");
        let query = Query::of(address);
        let fixed = [("response_type", "code"), ("client_id", CLIENT), ("code_challenge_method", "S256")];
        for (name, value) in fixed {
            assert_eq!(query.get(name), value, "{name}");
        }
        assert!(query.get("scope").split(' ').any(|scope| scope == "openid"), "{address}");
        known.codes_made += 1;
        let code = format!("code-{}/&=", known.codes_made);
        let token = known.token(person, query.get("nonce"), now);
        let (challenge, redirect) = (query.get("code_challenge"), query.get("redirect_uri"));
        let kept = Code { token, challenge: challenge.to_owned(), redirect: redirect.to_owned() };
        known.codes.insert(code.clone(), kept);
        format!("{}?code={}&state={}", path_of(redirect), escaped(&code), escaped(query.get("state")))
    }

    /// The browser that was sent to this address is sent back with a refusal.
    pub(crate) fn refuses(&self, address: &str) -> String {
        let query = Query::of(address);
        let state = escaped(query.get("state"));
        let path = path_of(query.get("redirect_uri"));
        format!("{path}?error=access_denied&error_description=No&state={state}")
    }

    /// A parameter of the address to which a browser was sent.
    pub(crate) fn parameter(address: &str, name: &str) -> Option<String> {
        Query::of(address).0.get(name).cloned()
    }
}

impl Known {
    fn pair(&self) -> EcdsaKeyPair {
        pair(&self.key)
    }

    fn published(&self) -> Value {
        let pair = self.pair();
        let point = pair.public_key().as_ref();
        json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.number.to_string(),
            "x": letters(&point[1..33]), "y": letters(&point[33..]),
        }] })
    }

    fn description(&self) -> Value {
        let issuer = match self.mood {
            Mood::Impostor => "https://evil.example",
            _ => self.issuer.as_str(),
        };
        let at = |path: &str| format!("{}{path}", self.issuer);
        json!({
            "issuer": issuer, "authorization_endpoint": self.authorization, "token_endpoint": at("/token"),
            "jwks_uri": at("/keys"), "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["ES256"], "code_challenge_methods_supported": ["S256"],
        })
    }

    fn token(&self, person: &Said, nonce: &str, now: Timestamp) -> String {
        let mut claims = json!({
            "iss": self.issuer, "sub": person.subject, "aud": CLIENT, "nonce": nonce,
            "iat": now.as_second(), "exp": now.as_second() + 3_600,
        });
        let fields = claims.as_object_mut().expect("fields");
        for (name, value) in &person.claims {
            match value {
                Value::Null => drop(fields.remove(*name)),
                value => drop(fields.insert((*name).to_owned(), value.clone())),
            }
        }
        let key = self.number.to_string();
        let (algorithm, key) = match person.signed {
            Signed::Not => ("none", key),
            Signed::ByThePublicKey => ("HS256", key),
            Signed::ByAnUnknownKey => ("ES256", "of nobody".to_owned()),
            Signed::Well | Signed::ByAnother | Signed::Tampered => ("ES256", key),
        };
        let part = |json: &Value| letters(json.to_string().as_bytes());
        let message = format!("{}.{}", part(&json!({ "alg": algorithm, "kid": key })), part(&claims));
        let by = |pair: EcdsaKeyPair| {
            let signature = pair.sign(&SystemRandom::new(), message.as_bytes()).expect("it can be signed");
            format!("{message}.{}", letters(signature.as_ref()))
        };
        match person.signed {
            Signed::Well => by(self.pair()),
            Signed::Not => format!("{message}."),
            Signed::ByThePublicKey => {
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, self.pair().public_key().as_ref());
                format!("{message}.{}", letters(ring::hmac::sign(&key, message.as_bytes()).as_ref()))
            }
            Signed::ByAnUnknownKey | Signed::ByAnother => by(pair(&new_key())),
            Signed::Tampered => {
                claims["sub"] = json!("somebody else");
                let token = by(self.pair());
                let (head, signature) =
                    (part(&json!({ "alg": algorithm, "kid": key })), token.rsplit('.').next());
                format!("{head}.{}.{}", part(&claims), signature.expect("it is signed"))
            }
        }
    }

    /// The answer to whoever exchanges a code (RFC 6749, 4.1.3; RFC 7636, 4.6).
    fn exchange(&mut self, authorization: &str, form: &Query) -> (u16, Value) {
        // "crosswalk:a%20secret%20of%20the%20client%2F1%2B1", as RFC 6749, 2.3.1, has it.
        if authorization != "Basic Y3Jvc3N3YWxrOmElMjBzZWNyZXQlMjBvZiUyMHRoZSUyMGNsaWVudCUyRjElMkIx" {
            return (401, json!({ "error": "invalid_client" }));
        }
        let code = self.codes.remove(form.get("code"));
        let fits = |code: &Code| {
            let challenge = letters(digest(&SHA256, form.get("code_verifier").as_bytes()).as_ref());
            form.get("grant_type") == "authorization_code"
                && form.get("redirect_uri") == code.redirect
                && challenge == code.challenge
        };
        match code.filter(fits) {
            Some(code) => {
                (200, json!({ "token_type": "Bearer", "access_token": "x", "id_token": code.token }))
            }
            None => (400, json!({ "error": "invalid_grant" })),
        }
    }
}

/// Path of an address, as a browser asks for it.
#[track_caller]
fn path_of(address: &str) -> String {
    let behind = address.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
    format!("/{}", behind.expect("a path").1)
}

fn new_key() -> Vec<u8> {
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    made.expect("a key can be made").as_ref().to_vec()
}

fn pair(key: &[u8]) -> EcdsaKeyPair {
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key, &SystemRandom::new());
    pair.expect("it was made so")
}

/// Answers one request, and closes the connection.
fn answer(mut stream: TcpStream, shared: &Shared) {
    let Some((line, authorization, body)) = request(&stream) else { return };
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut known = shared.known();
    known.asked.push(path.clone());
    if path == "/token" {
        let waits = |known: &mut Known| known.mood == Mood::Waiting;
        known = shared.moved.wait_while(known, waits).unwrap_or_else(PoisonError::into_inner);
    }
    let (status, json) = match (known.mood, &*path) {
        (Mood::Away, _) => (503, json!({ "error": "temporarily_unavailable" })),
        (Mood::Hanging, _) => {
            drop(known);
            // Until whoever asks gives up and closes.
            let _ = stream.read(&mut [0; 1]);
            return;
        }
        (Mood::Leading, _) => (302, Value::Null),
        (Mood::Endless, _) => {
            drop(known);
            let _ =
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"issuer\":\"");
            while stream.write_all(&[b'x'; 64 << 10]).is_ok() {}
            return;
        }
        (_, "/.well-known/openid-configuration") => (200, known.description()),
        (_, "/keys") => (200, known.published()),
        (_, "/token") => known.exchange(&authorization, &Query::of(&format!("?{body}"))),
        _ => (404, json!({ "error": "not_found" })),
    };
    drop(known);
    let body = json.to_string();
    let head = format!(
        "HTTP/1.1 {status} Answer\r\ncontent-type: application/json\r\nlocation: http://127.0.0.1:1/\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all((head + &body).as_bytes());
}

/// First line, authorization and body of a request.
fn request(stream: &TcpStream) -> Option<(String, String, String)> {
    let mut reader = BufReader::new(stream);
    let (mut first, mut authorization, mut length) = (String::new(), String::new(), 0);
    reader.read_line(&mut first).ok()?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        match &*name.to_ascii_lowercase() {
            "authorization" => authorization = value.trim().to_owned(),
            "content-length" => length = value.trim().parse().ok()?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((first, authorization, String::from_utf8(body).ok()?))
}

fn unescaped(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digits: String = rest.by_ref().take(2).map(char::from).collect();
                bytes.push(u8::from_str_radix(&digits, 16).expect("two digits"));
            }
            b'+' => bytes.push(b' '),
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).expect("it is UTF-8")
}

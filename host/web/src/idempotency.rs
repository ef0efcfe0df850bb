//! A command with the key that makes it happen once (draft-ietf-httpapi-idempotency-key-header).

use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use domain::identifiers::Digest;
use serde::de::DeserializeOwned;
use workflow::command::{Once, StoredAnswer};
use workflow::{Caller, Role};

use crate::App;
use crate::body::{self, Readable};
use crate::problem::ApiError;
use crate::traffic::Room;

#[cfg(test)]
mod tests;

/// Name of the header field by which a client names its attempt.
pub(crate) const HEADER: &str = "idempotency-key";

/// An attempt: the caller's key, and a fingerprint of what was asked with it.
pub(crate) struct Attempt {
    key: String,
    fingerprint: String,
}

impl Attempt {
    /// The attempt with this key to send to an address what `asked` says: the same bytes whenever it is sent.
    pub(crate) fn of(key: String, address: &str, asked: &[u8]) -> Self {
        Self { key, fingerprint: fingerprint("POST", address, asked) }
    }

    /// The attempt to send a document, whose bytes were hashed as they came.
    pub(crate) fn of_document(key: String, address: &str, media_type: &str, content: &Digest) -> Self {
        Self::of(key, address, format!("{media_type}\n{content}").as_bytes())
    }

    /// Makes `operation` happen once; `render` makes the answer that is kept for retries.
    pub(crate) fn once<V>(self, operation: &'static str, render: fn(&V) -> StoredAnswer) -> Once<V> {
        Once { operation, key: self.key, fingerprint: self.fingerprint, render }
    }
}

/// A command with a JSON body.
pub(crate) struct Command<T> {
    /// Attempt that the request is.
    pub(crate) attempt: Attempt,
    /// Body of the request, read as JSON.
    pub(crate) body: T,
}

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Command<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let (attempt, bytes) = receive(request, body::JSON).await?;
        Ok(Self { attempt, body: body::json(&bytes)? })
    }
}

/// A question that is asked with a body. It changes nothing, so that it matters not how often it is asked.
pub(crate) struct Question<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Question<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let (parts, content) = request.into_parts();
        let bytes = body::read(&parts.headers, content, body::JSON).await?;
        Ok(Self(body::json(&bytes)?))
    }
}

/// A command that says everything by its address. Its body is empty or `{}`.
pub(crate) struct BareCommand(pub(crate) Attempt);

impl<S: Sync> FromRequest<S> for BareCommand {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Nothing {}

        let (attempt, bytes) = receive(request, body::JSON).await?;
        if !bytes.is_empty() {
            let Nothing {} = body::json(&bytes)?;
        }
        Ok(Self(attempt))
    }
}

/// A file with the key of its attempt, and the room that it takes until the command is done with it.
pub(crate) struct Upload {
    /// Attempt that the request is.
    pub(crate) attempt: Attempt,
    /// Bytes of the file, as they were sent.
    pub(crate) bytes: Vec<u8>,
    /// To be dropped with the bytes.
    pub(crate) room: Room,
}

impl App {
    /// Reads a file that nothing is kept of, under the same conditions. Its bytes and the room that they take
    /// are to be dropped together.
    pub(crate) async fn receive_to_look_at(
        &self,
        caller: &Caller,
        request: Request,
        readable: Readable,
    ) -> Result<(Vec<u8>, Room), ApiError> {
        let (parts, content) = request.into_parts();
        if let Err(refused) = caller.must_be(&[Role::PlanAdmin, Role::Operator]) {
            body::discard(content).await;
            return Err(refused.into());
        }
        let room = self.uploads.enter(*caller.organization()?).await?;
        Ok((body::read(&parts.headers, room.fair(content), readable).await?, room))
    }

    /// Reads a file, if the caller is one who may send files and there is room for one more.
    pub(crate) async fn receive_file(
        &self,
        caller: &Caller,
        request: Request,
        readable: Readable,
    ) -> Result<Upload, ApiError> {
        if let Err(refused) = caller.must_be(&[Role::PlanAdmin, Role::Operator]) {
            body::discard(request.into_body()).await;
            return Err(refused.into());
        }
        let room = self.uploads.enter(*caller.organization()?).await?;
        let (attempt, bytes) = receive(request.map(|body| room.fair(body)), readable).await?;
        Ok(Upload { attempt, bytes, room })
    }
}

/// Reads a command's key and body.
pub(crate) async fn receive(request: Request, readable: Readable) -> Result<(Attempt, Vec<u8>), ApiError> {
    let (parts, content) = request.into_parts();
    let key = match key(&parts.headers) {
        Ok(key) => key,
        Err(refused) => {
            body::discard(content).await;
            return Err(refused);
        }
    };
    let bytes = body::read(&parts.headers, content, readable).await?;
    let address = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let fingerprint = fingerprint(parts.method.as_str(), &address, &bytes);
    Ok((Attempt { key, fingerprint }, bytes))
}

/// SHA-256 over method, address and body. A line break ends each of the first two, and neither can hold one.
fn fingerprint(method: &str, address: &str, bytes: &[u8]) -> String {
    Digest::of_parts(&[format!("{method}\n{address}\n").as_bytes(), bytes]).to_string()
}

/// The key: a structured-field string, or leniently the same without quotes.
pub(crate) fn key(headers: &HeaderMap) -> Result<String, ApiError> {
    let mut values = headers.get_all(HEADER).iter();
    let value = values.next().ok_or(ApiError::NoIdempotencyKey)?;
    if values.next().is_some() {
        return Err(ApiError::MalformedIdempotencyKey);
    }
    let text = value.to_str().map_err(|_| ApiError::MalformedIdempotencyKey)?.trim();
    let key = if text.starts_with('"') { unquoted(text) } else { Some(text.to_owned()) };
    key.filter(|key| (1..=200).contains(&key.len()) && key.bytes().all(|byte| (b' '..=b'~').contains(&byte)))
        .ok_or(ApiError::MalformedIdempotencyKey)
}

/// Text between the quotes of a string; a backslash stands before a quote or a backslash only (RFC 8941,
/// 3.3.3).
fn unquoted(text: &str) -> Option<String> {
    let inside = text.strip_prefix('"')?.strip_suffix('"')?;
    let mut key = String::new();
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return None,
            '\\' => key.push(characters.next().filter(|next| matches!(next, '"' | '\\'))?),
            other => key.push(other),
        }
    }
    Some(key)
}

//! Reading a body: how many bytes, how fast, of which media type, and from JSON to a type without ever
//! quoting it.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, header};
use domain::problem::Code;
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use workflow::{Failure, FieldProblem};

use crate::problem::ApiError;

#[cfg(test)]
mod tests;

/// Media type, size and time of the bodies that an operation reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Readable {
    /// Its media type, as problems name it.
    pub(crate) media_type: &'static str,
    /// Most bytes of a body; more is refused with 413.
    pub(crate) limit_bytes: usize,
    /// By when all of them must be here.
    pub(crate) within: Duration,
}

/// Bodies of most operations.
pub(crate) const JSON: Readable =
    Readable { media_type: "application/json", limit_bytes: 256 << 10, within: Duration::from_secs(20) };
/// Media type of rows as text (RFC 4180).
pub(crate) const CSV: &str = "text/csv";
/// Member files. What the bytes are is told by the bytes; the media type says only that a file was meant.
pub(crate) const MEMBER_FILE: Readable = Readable {
    media_type: "text/csv, text/plain, text/tab-separated-values or \
        application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    limit_bytes: 64 << 20,
    within: Duration::from_secs(300),
};
/// The media types of member files.
pub(crate) const MEMBER_FILE_FORMS: [&str; 4] = [
    CSV,
    "text/plain",
    "text/tab-separated-values",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
];
/// Bodies that are plugins, as WebAssembly components.
pub(crate) const WASM: Readable =
    Readable { media_type: "application/wasm", limit_bytes: 40 << 20, within: Duration::from_secs(300) };
/// Reference tables, as a file or as JSON.
pub(crate) const TABLE: Readable = Readable {
    media_type: "text/csv or application/json",
    limit_bytes: 8 << 20,
    within: Duration::from_secs(120),
};
/// Bodies that are FHIR resources in JSON.
pub(crate) const FHIR: Readable = Readable { media_type: "application/fhir+json", ..JSON };

/// Bytes past the limit that are still read and thrown away, so that the client gets to read the refusal: an
/// answer sent into a connection that still holds unread bytes is lost.
const DISCARDED_BYTES: usize = 1 << 20;

/// Reads the whole body as bytes.
pub(crate) async fn read(headers: &HeaderMap, body: Body, readable: Readable) -> Result<Vec<u8>, ApiError> {
    let (refusal, limit) = if is_encoded(headers) {
        (ApiError::UnsupportedEncoding, 0)
    } else if body.is_end_stream() || is_readable(headers, readable.media_type) {
        (ApiError::BodyTooLarge { limit_bytes: readable.limit_bytes }, readable.limit_bytes)
    } else {
        (ApiError::UnsupportedMediaType(readable.media_type), 0)
    };
    let announced = body.size_hint().lower();
    if announced > (limit + DISCARDED_BYTES) as u64 {
        return Err(refusal);
    }
    match tokio::time::timeout(readable.within, collect(body, limit)).await {
        Ok(Ok(Some(bytes))) => Ok(bytes),
        Ok(Ok(None)) => Err(refusal),
        Ok(Err(broken)) => Err(broke_off(&broken)),
        Err(_) => Err(ApiError::BodyTooSlow),
    }
}

/// Why a body ended before its end: its client stood still, or went away.
pub(crate) fn broke_off(error: &axum::Error) -> ApiError {
    let mut causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    let stood_still = causes.any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|cause| cause.kind() == io::ErrorKind::TimedOut)
    });
    if stood_still { ApiError::BodyTooSlow } else { ApiError::BodyBrokeOff }
}

/// Reads what little there may be of a body that nobody wants, so that the client gets to read the refusal.
pub(crate) async fn discard(body: Body) {
    const PATIENCE: Duration = Duration::from_secs(5);
    if body.size_hint().lower() <= DISCARDED_BYTES as u64 {
        // Whatever comes of it, the refusal is sent.
        let _ = tokio::time::timeout(PATIENCE, collect(body, 0)).await;
    }
}

/// The bytes, or `None` if there are more than `limit`.
async fn collect(mut body: Body, limit: usize) -> Result<Option<Vec<u8>>, axum::Error> {
    let mut bytes = Vec::new();
    let mut seen = 0;
    while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(data) = frame?.into_data() else { continue };
        seen += data.len();
        if seen <= limit {
            bytes.extend_from_slice(&data);
        } else if seen > limit + DISCARDED_BYTES {
            return Ok(None);
        }
    }
    Ok((seen <= limit).then_some(bytes))
}

impl Readable {
    /// The same, in the first of `forms` that the body says it has. Of another form it stays unreadable.
    pub(crate) fn in_form_of(self, headers: &HeaderMap, forms: &[&'static str]) -> Self {
        let form = forms.iter().find(|form| is_readable(headers, form));
        Self { media_type: form.copied().unwrap_or(self.media_type), ..self }
    }
}

/// True if the body is compressed or otherwise other than its media type says.
pub(crate) fn is_encoded(headers: &HeaderMap) -> bool {
    let encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    encodings
        .map(|value| value.to_str().unwrap_or("?").trim())
        .any(|value| !value.eq_ignore_ascii_case("identity"))
}

/// True if the body's media type is the one that is wanted. Where JSON is read, so are its dialects.
fn is_readable(headers: &HeaderMap, wanted: &str) -> bool {
    let Some(sent) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let sent = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_json = |media: &str| media == "application/json" || media.ends_with("+json");
    sent == wanted || (is_json(wanted) && is_json(&sent))
}

/// Reads JSON.
///
/// # Errors
/// `malformed-json` where it is none; else the first thing that does not fit, by its pointer and in our own
/// words.
pub(crate) fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    if holds_nul(bytes) {
        let detail = "a text holds the character NUL, which no name, code or sentence has";
        return Err(
            Failure::field("", Code::ControlCharacter, detail, "send the texts without \\u0000").into()
        );
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let inner = error.inner();
        if inner.is_data() {
            Failure::Invalid(vec![misfit(error.path(), &inner.to_string())]).into()
        } else {
            malformed(inner)
        }
    })?;
    deserializer.end().map_err(|error| malformed(&error))?;
    Ok(parsed)
}

/// True if a text of the JSON holds a NUL. It can only be written as an escape: six characters, of which the
/// backslash is not itself escaped.
fn holds_nul(json: &[u8]) -> bool {
    let mut escaped = false;
    json.iter().enumerate().any(|(place, byte)| {
        let begins = *byte == b'\\' && !escaped;
        escaped = begins;
        begins && json[place..].starts_with(b"\\u0000")
    })
}

fn malformed(error: &serde_json::Error) -> ApiError {
    ApiError::MalformedJson { line: error.line(), column: error.column() }
}

/// Problem of a value of the wrong shape, in our own words. Serde's message quotes what was sent, which may
/// be a member's data; of it only what comes from our own types is used.
pub(crate) fn misfit(path: &serde_path_to_error::Path, message: &str) -> FieldProblem {
    let here = pointer(path);
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    let expected = message.rsplit_once(", expected ").map(|(_, expected)| expected);
    if let Some(name) = quoted(message, "missing field `") {
        let pointer = format!("{here}/{name}");
        return FieldProblem::new(pointer, Code::MissingField, "the field is missing", "send it");
    }
    if let Some(name) = quoted(message, "duplicate field `") {
        let pointer = format!("{}/{name}", here.strip_suffix(&format!("/{name}")).unwrap_or(&here));
        return FieldProblem::new(pointer, Code::DuplicateField, "the field is there twice", "send it once");
    }
    if message.starts_with("unknown field `") {
        let fix = match expected {
            Some(names) if names != "there are no fields" => {
                format!("leave it out; known here: {}", listed(names))
            }
            _ => "leave it out; nothing is read here".to_owned(),
        };
        return FieldProblem::new(here, Code::UnknownField, "there is no such field", fix);
    }
    let wanted = expected.map_or("another shape", in_words);
    FieldProblem::new(here, Code::WrongType, "the value is of the wrong type", format!("send {wanted}"))
}

/// The name in a message that begins with `before` and ends with it.
fn quoted<'a>(message: &'a str, before: &str) -> Option<&'a str> {
    message.strip_prefix(before)?.strip_suffix('`')
}

/// "one of `a`, `b`" or "`a` or `b`" as a plain list.
fn listed(names: &str) -> String {
    names.trim_start_matches("one of ").replace('`', "").replace(" or ", ", ")
}

/// Serde's name for a type, in words for people.
fn in_words(expected: &str) -> &'static str {
    match expected {
        "a string" => "text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number that is not negative",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        // Whoever sends an id there means a case that was decided.
        "struct UnsentCaseBody" => {
            "an object that tells of the case; of a recorded one send `evaluation` instead, with its id"
        }
        _ if expected.starts_with("struct ") || expected == "a map" => "an object",
        _ => "another shape; the API's description shows which",
    }
}

/// The JSON Pointer of a path. An unknown name is repeated only if it looks like a field's, not like a
/// person's data.
fn pointer(path: &serde_path_to_error::Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } if looks_like_a_field(key) => pointer.push_str(&format!("/{key}")),
            Segment::Map { .. } | Segment::Enum { .. } | Segment::Unknown => break,
        }
    }
    pointer
}

fn looks_like_a_field(key: &str) -> bool {
    (1..=40).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

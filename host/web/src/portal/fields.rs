//! Forms of pages as they come in: read within a bound, in the language that they ask for, and carried out
//! once. Every family reads its forms here; what a field means is the family's to say.

use std::ops::{Deref, DerefMut};

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::case::Language;
use portal::{Fields, IN_LANGUAGE, ONCE, Words};
use workflow::command::{Once, StoredAnswer};

use super::attempts;
use super::reader::{Reader, named, remembered};
use super::shadow;
use super::viewer::Viewer;
use crate::App;
use crate::body::{self, Readable};
use crate::idempotency::Attempt;
use crate::problem::ApiError;

/// Bodies that are forms of pages.
pub(super) const FORM: Readable =
    Readable { media_type: "application/x-www-form-urlencoded", limit_bytes: 64 << 10, ..body::JSON };
/// Bodies that carry a kept form in one of their fields, in which each escape is escaped once more.
pub(super) const CARRYING: Readable = Readable { limit_bytes: 256 << 10, ..FORM };

/// Bounds of the form that is sent to this address by who is signed in: those that hold a file's text are
/// larger than the others.
pub(super) fn readable(address: &str) -> Readable {
    Readable { limit_bytes: shadow::text_bytes(address).unwrap_or(FORM.limit_bytes), ..FORM }
}

/// True for a request whose body is a form without files.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    is_of(headers, FORM.media_type)
}

/// True for a request whose body has this media type, whatever its parameters.
pub(super) fn is_of(headers: &HeaderMap, media_type: &str) -> bool {
    let sent = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    sent.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(media_type)
}

/// The answer to a form that no page of ours could have sent.
pub(super) fn unreadable() -> ApiError {
    ApiError::Bare(StatusCode::BAD_REQUEST)
}

/// The fields of a form as a browser wrote it; `None` for bytes that are none.
pub(super) fn read(bytes: &[u8]) -> Option<Fields> {
    serde_urlencoded::from_bytes(bytes).ok().map(Fields::of)
}

/// The same as a browser writes them: other fields have another text.
pub(super) fn written(fields: &Fields) -> String {
    serde_urlencoded::to_string(fields.pairs()).unwrap_or_default()
}

/// Language in which a form is to be shown again, and nothing else done. From now on the reader's words are
/// of it.
pub(super) fn language(fields: &Fields, reader: &mut Reader) -> Option<Language> {
    let language = named(fields.get(IN_LANGUAGE)?)?;
    reader.words = Words::of(language);
    Some(language)
}

/// The page with the language kept that was asked for on it, if one was.
pub(super) fn spoken(mut response: Response, language: Option<Language>) -> Response {
    if let Some(language) = language {
        response.headers_mut().append(SET_COOKIE, remembered(language));
    }
    response
}

/// A form that was sent: its fields, and the head of the request that brought them.
pub(super) struct Sent {
    /// Head of the request.
    pub(super) head: Parts,
    fields: Fields,
}

impl Deref for Sent {
    type Target = Fields;

    fn deref(&self) -> &Fields {
        &self.fields
    }
}

impl DerefMut for Sent {
    fn deref_mut(&mut self) -> &mut Fields {
        &mut self.fields
    }
}

impl Sent {
    /// The form of these fields.
    pub(super) fn of(head: Parts, fields: Fields) -> Self {
        Self { head, fields }
    }

    /// Reads the form of a page.
    ///
    /// # Errors
    /// As [`body::read`]; and for bytes that are no form.
    pub(super) async fn read(request: Request) -> Result<Self, ApiError> {
        let readable = readable(request.uri().path());
        Self::within(request, readable).await
    }

    /// The same within other bounds.
    ///
    /// # Errors
    /// As for [`Self::read`].
    pub(super) async fn within(request: Request, readable: Readable) -> Result<Self, ApiError> {
        let (head, body) = request.into_parts();
        let bytes = body::read(&head.headers, body, readable).await?;
        let fields = read(&bytes).ok_or_else(unreadable)?;
        Ok(Self { head, fields })
    }

    /// The fields without the head of their request.
    pub(super) fn into_fields(self) -> Fields {
        self.fields
    }

    /// Language in which the form is to be shown again, as [`language`] reads it.
    pub(super) fn language(&self, reader: &mut Reader) -> Option<Language> {
        language(&self.fields, reader)
    }

    /// The attempt to send these very fields to this very address.
    ///
    /// # Errors
    /// For a key that no form of ours had.
    pub(super) fn attempt(&self) -> Result<Attempt, ApiError> {
        attempts::of(self.text(ONCE), self.head.uri.path(), &written(&self.fields))
    }

    /// Makes `operation` happen once for this form.
    ///
    /// # Errors
    /// As for [`Self::attempt`].
    pub(super) fn once<V>(
        &self,
        operation: &'static str,
        render: fn(&V) -> StoredAnswer,
    ) -> Result<Once<V>, ApiError> {
        Ok(self.attempt()?.once(operation, render))
    }
}

/// A form that somebody sent who is signed in.
pub(crate) struct Posted {
    pub(super) viewer: Viewer,
    /// Reads in the language that the form asks for, if it asks for one.
    pub(super) reader: Reader,
    pub(super) sent: Sent,
    /// Language in which the form is to be shown again, and nothing else done.
    pub(super) language: Option<Language>,
}

impl FromRequest<App> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut head, body) = request.into_parts();
        let viewer = Viewer::from_request_parts(&mut head, app).await?;
        let mut reader = Reader::at(&head, app);
        let sent = Sent::read(Request::from_parts(head, body)).await.map_err(IntoResponse::into_response)?;
        let language = sent.language(&mut reader);
        Ok(Self { viewer, reader, sent, language })
    }
}

/// A form of these fields that was sent to an address.
#[cfg(test)]
pub(super) fn sample(address: &str, pairs: &[(&str, &str)]) -> Sent {
    let (mut head, ()) = axum::http::Request::new(()).into_parts();
    head.uri = address.parse().expect("an address");
    let fields = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Sent::of(head, Fields::of(fields.collect()))
}

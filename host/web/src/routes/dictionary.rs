//! The state's words and rules: lists that every key may read. Nothing of them is about a member.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::problem::Code;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use workflow::Failure;

use super::Named;
use crate::App;
use crate::auth::SignedIn;
use crate::output::dictionary::{self, DictionaryView, ListView};
use crate::paging::{Parameters, day};
use crate::preconditions::{IfNoneMatch, etag};
use crate::problem::ApiError;

/// Most characters that are looked for.
const MOST_WORDS: usize = 100;

/// Caching of the dictionary. Only counties may change while a program runs, and seldom do.
const CACHED: &str = "private, max-age=60";

/// Filters of a list of the dictionary.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EntryParameters {
    /// Only what is in force on this day; on all days if not said.
    #[param(format = Date)]
    on: Option<String>,
    /// Only entries whose code or name, in either language, holds this; 1 to 100 characters.
    #[param(example = "housing")]
    q: Option<String>,
}

/// The lists of the dictionary.
#[utoipa::path(
    get, path = "/v1/dictionary", operation_id = "listDictionary", tag = "dictionary",
    params(("If-None-Match" = Option<String>, Header, description = "ETags of the versions that the client has.")),
    responses(
        (status = 200, description = "Names and titles of the lists.", body = DictionaryView, headers(("ETag" = String, description = "ETag of its version."))),
        (status = 304, description = "Not changed since the version that the client has.")
    )
)]
pub(crate) async fn index(
    State(app): State<App>,
    SignedIn(_caller): SignedIn,
    seen: IfNoneMatch,
) -> Response {
    cached(&dictionary::index(&app.crosswalk.counties()), &seen)
}

/// The entries of one list, with the words for people in both languages, the days on which they hold, their
/// sources, and how sure this host is of them.
#[utoipa::path(
    get, path = "/v1/dictionary/{name}", operation_id = "getDictionaryList", tag = "dictionary",
    params(
        ("name" = String, Path, description = "The list's name, as `GET /v1/dictionary` has it.", example = "services"),
        EntryParameters,
        ("If-None-Match" = Option<String>, Header, description = "ETags of the versions that the client has.")
    ),
    responses(
        (status = 200, description = "The entries of the list.", body = ListView, headers(("ETag" = String, description = "ETag of its version."))),
        (status = 304, description = "Not changed since the version that the client has.")
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(_caller): SignedIn,
    Named(name): Named<String>,
    Parameters(parameters): Parameters<EntryParameters>,
    seen: IfNoneMatch,
) -> Result<Response, ApiError> {
    let on = day("?on", parameters.on.as_deref())?;
    let words = parameters.q.as_deref().map(words).transpose()?;
    let found = dictionary::list_of(&app.crosswalk.counties(), &name, on, words);
    Ok(cached(&found.ok_or(Failure::NotFound)?, &seen))
}

fn words(text: &str) -> Result<&str, Failure> {
    let words = text.trim();
    if words.is_empty() || words.chars().count() > MOST_WORDS {
        return Err(Failure::field(
            "?q",
            Code::InvalidLength,
            format!("the text is not of 1 to {MOST_WORDS} characters"),
            "send a few letters of a code or a name, or leave it out",
        ));
    }
    Ok(words)
}

/// The view, to be kept for a while; or 304 if the client has it.
fn cached<V: Serialize>(view: &V, seen: &IfNoneMatch) -> Response {
    let body = serde_json::to_vec(view).expect("views have text keys and no failing parts");
    let tag = etag(0, &body);
    let cache = (header::CACHE_CONTROL, HeaderValue::from_static(CACHED));
    let Ok(value) = HeaderValue::try_from(tag.as_str()) else {
        return ([cache], body).into_response();
    };
    if seen.holds(&tag) {
        return (StatusCode::NOT_MODIFIED, [cache, (header::ETAG, value)]).into_response();
    }
    let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    ([cache, json, (header::ETAG, value)], body).into_response()
}

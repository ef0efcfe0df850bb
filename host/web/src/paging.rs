//! Query parameters, and the two that every list has.

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use domain::problem::Code;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use workflow::{Failure, FieldProblem, Paging};

use crate::problem::ApiError;

#[cfg(test)]
mod tests;

/// The query's parameters. All are read as text; an unknown one is refused, because ignoring a misspelt
/// filter would answer another question.
pub(crate) struct Parameters<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Parameters<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        if parts.uri.query().is_some_and(holds_nul) {
            let detail = "a parameter holds the character NUL, which is in nothing that could be found";
            return Err(Failure::field("?", Code::InvalidQuery, detail, "leave %00 out").into());
        }
        let Query(parameters) = Query::try_from_uri(&parts.uri).map_err(|rejection| refused(&rejection))?;
        Ok(Self(parameters))
    }
}

/// A list without filters.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListParameters {
    /// Entries on the page: 1 to 200, 50 if not said.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    pub(crate) limit: Option<String>,
    /// The `next_cursor` of the page before.
    pub(crate) cursor: Option<String>,
}

impl ListParameters {
    /// The page that is wanted.
    pub(crate) fn paging(self) -> Result<Paging, ApiError> {
        paging(self.limit.as_deref(), self.cursor)
    }
}

/// The page that is wanted.
pub(crate) fn paging(limit: Option<&str>, cursor: Option<String>) -> Result<Paging, ApiError> {
    let limit = match limit {
        None => 50,
        Some(text) => text.parse().ok().filter(|limit| (1..=200).contains(limit)).ok_or_else(|| {
            Failure::field(
                "?limit",
                Code::InvalidValue,
                "the limit is not a number from 1 to 200",
                "send one, or none for 50",
            )
        })?,
    };
    Ok(Paging { limit, cursor })
}

/// A day in a query.
pub(crate) fn day(at: &str, text: Option<&str>) -> Result<Option<Date>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let day = text.parse().ok().filter(|day: &Date| day.to_string() == text);
    let refused =
        || Failure::field(at, Code::InvalidDay, "this is no day of the calendar", "send YYYY-MM-DD");
    Ok(Some(day.ok_or_else(refused)?))
}

/// True if a query holds a NUL, as it is written there.
fn holds_nul(query: &str) -> bool {
    query.contains("%00")
}

/// Problem of a query that cannot be read. The rejection's own words quote it.
fn refused(rejection: &QueryRejection) -> ApiError {
    let text = rejection.body_text();
    let known = text.rsplit_once(", expected ").filter(|_| text.contains("unknown field"));
    let (code, detail, fix) = match known {
        Some((_, names)) => (
            Code::UnknownParameter,
            "there is no such query parameter",
            format!("leave it out; known here: {}", names.trim_start_matches("one of ").replace('`', "")),
        ),
        None => (
            Code::InvalidQuery,
            "the query cannot be read",
            "send each parameter once, percent-encoded".to_owned(),
        ),
    };
    Failure::Invalid(vec![FieldProblem::new("?", code, detail, fix)]).into()
}

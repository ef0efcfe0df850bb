//! Pages on problems: the one that a problem's `type` leads to, and the list of all codes. They are about
//! nobody, and need no key.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use domain::case::Language;
use domain::problem::Code;
use serde::Serialize;
use utoipa::ToSchema;

use super::Named;
use crate::negotiation::weight;
use crate::problem::{address, table};
use crate::spanish;

mod page;

/// The words change with the program alone.
const CACHED: &str = "public, max-age=3600";

/// All codes of problems.
#[derive(Serialize, ToSchema)]
#[schema(as = ProblemCodes)]
pub(crate) struct CodesView {
    /// The codes in the order of their words.
    items: Vec<CodeView>,
}

/// A code, and what it means.
#[derive(Serialize, ToSchema)]
#[schema(as = ProblemCode)]
pub(crate) struct CodeView {
    /// Code, as it stands in `type` and in `errors`.
    #[schema(example = "stale", value_type = String)]
    code: Code,
    /// Its address on this host. For the answer to a request it is the problem's `type`.
    #[schema(example = "/problems/stale")]
    address: String,
    /// Meaning as the answer to a request; absent if the code is only one of fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemMeaningView>,
    /// Meaning for one field; absent if the code is only one of whole requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<FieldMeaningView>,
}

/// Meaning of a code as the answer to a request.
#[derive(Serialize, ToSchema)]
#[schema(as = ProblemMeaning)]
pub(crate) struct ProblemMeaningView {
    /// The status of the answer.
    status: u16,
    /// The problem's `title`, which is the same each time.
    title: &'static str,
    /// Cause in one sentence.
    cause: &'static str,
    /// Fix in one sentence.
    fix: &'static str,
    /// Example of what is right, where that helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<&'static str>,
}

/// Meaning of a code for one field.
#[derive(Serialize, ToSchema)]
#[schema(as = FieldMeaning)]
pub(crate) struct FieldMeaningView {
    /// Cause in one sentence.
    cause: &'static str,
    /// Fix in one sentence.
    fix: &'static str,
    /// Example of what is right, where that helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<&'static str>,
}

impl CodeView {
    fn of(code: Code, language: Language) -> Self {
        Self {
            code,
            address: address(code),
            problem: table::problem(code).map(|problem| ProblemMeaningView {
                status: problem.status_code().as_u16(),
                title: problem.title.in_language(language),
                cause: problem.cause.in_language(language),
                fix: problem.fix.in_language(language),
                example: problem.example.as_deref(),
            }),
            field: table::field(code).map(|field| FieldMeaningView {
                cause: field.cause.in_language(language),
                fix: field.fix.in_language(language),
                example: field.example.as_deref(),
            }),
        }
    }
}

/// The codes of all problems and of all mistakes of fields, with cause and fix of each. In Spanish where
/// `Accept-Language` asks for it; a page, or JSON where `Accept` asks for that.
#[utoipa::path(
    get, path = "/problems", operation_id = "listProblems", tag = "operations", security(()),
    responses((status = 200, description = "All codes with cause and fix.", content(
        (CodesView = "application/json"),
        (String = "text/html", example = json!(page::EXAMPLE_OF_LIST))
    )))
)]
pub(crate) async fn list(headers: HeaderMap) -> Response {
    let language = spanish::wanted(&headers);
    let codes = table::sorted().into_iter().map(|code| CodeView::of(code, language));
    let codes = CodesView { items: codes.collect() };
    if wants_json(&headers) {
        answer(language, Json(codes))
    } else {
        answer(language, Html(page::list(&codes, language)))
    }
}

/// The meaning of one code: its cause, its fix, and an example where that helps. The `type` of every problem
/// is an address of this kind. In Spanish where `Accept-Language` asks for it; a page, or JSON where `Accept`
/// asks for that.
#[utoipa::path(
    get, path = "/problems/{code}", operation_id = "getProblem", tag = "operations", security(()),
    params(("code" = String, Path, description = "The end of a problem's `type`, or the `code` of a field's error.", example = "stale")),
    responses((status = 200, description = "Cause and fix of the code.", content(
        (CodeView = "application/json"),
        (String = "text/html", example = json!(page::EXAMPLE))
    )))
)]
pub(crate) async fn read(Named(code): Named<Code>, headers: HeaderMap) -> Response {
    let language = spanish::wanted(&headers);
    let code = CodeView::of(code, language);
    if wants_json(&headers) {
        answer(language, Json(code))
    } else {
        answer(language, Html(page::of(&code, language)))
    }
}

/// True if JSON is wanted rather than a page. A page, if neither is named.
fn wants_json(headers: &HeaderMap) -> bool {
    let of =
        |media_type: &str| weight(headers, &header::ACCEPT, |range| range.eq_ignore_ascii_case(media_type));
    of("application/json") > of("text/html")
}

fn answer(language: Language, body: impl IntoResponse) -> Response {
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static(CACHED)),
        (header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag())),
        (header::VARY, HeaderValue::from_static("accept, accept-language")),
    ];
    (headers, body).into_response()
}

//! Every way to say no: RFC 9457 problems, or FHIR `OperationOutcome`s under `/fhir`.

use crate::output::{Output, Text};
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::case::Language;
use domain::problem::Code;
use formats::fhir::FhirIssue;
use serde::Serialize;
use utoipa::ToSchema;
use workflow::{Failure, FieldProblem};

use crate::addresses::addressed;
use crate::spanish;

pub(crate) mod table;

#[cfg(test)]
mod tests;

/// Everything an operation may answer with other than success.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    /// No key, or none that is known.
    #[error("no valid key")]
    NotSignedIn,
    /// No operation has this address.
    #[error("no such route")]
    NoSuchRoute,
    /// None of the caller's members has the number that was looked for.
    #[error("no such member")]
    NoSuchMember,
    /// The route exists, the method does not.
    #[error("no such method")]
    NoSuchMethod,
    /// A command without an idempotency key.
    #[error("no idempotency key")]
    NoIdempotencyKey,
    /// An idempotency key that is empty, too long or repeated.
    #[error("malformed idempotency key")]
    MalformedIdempotencyKey,
    /// A change without `If-Match`.
    #[error("no precondition")]
    NoPrecondition,
    /// Not what this operation reads; names what it does read.
    #[error("unsupported media type")]
    UnsupportedMediaType(&'static str),
    /// More bytes than this operation reads.
    #[error("body too large")]
    BodyTooLarge {
        /// The most it reads.
        limit_bytes: usize,
    },
    /// The body is compressed.
    #[error("unsupported content encoding")]
    UnsupportedEncoding,
    /// No `Host`, two, or one that names none.
    #[error("bad host")]
    BadHost,
    /// For another host than this one.
    #[error("not this host")]
    NotThisHost,
    /// An address longer than is read.
    #[error("address too long")]
    AddressTooLong {
        /// The most bytes that are read.
        limit_bytes: usize,
    },
    /// Header fields larger than are read.
    #[error("headers too large")]
    HeadersTooLarge {
        /// The most bytes that are read.
        limit_bytes: usize,
    },
    /// One request too many of a key or an address.
    #[error("too many requests")]
    TooManyRequests {
        /// Seconds after which the next one is let in.
        after_seconds: u64,
    },
    /// Every place for a connection is taken.
    #[error("too many connections")]
    Crowded,
    /// The body came too slowly.
    #[error("body too slow")]
    BodyTooSlow,
    /// The connection broke inside the body.
    #[error("body broke off")]
    BodyBrokeOff,
    /// The body is not JSON.
    #[error("malformed JSON")]
    MalformedJson {
        /// Line of the first character that cannot be read, from 1.
        line: usize,
        /// Its column, from 1.
        column: usize,
    },
    /// An error that a vendored part answered with, without our words.
    #[error("status {0}")]
    Bare(StatusCode),
    /// A command that ended in a panic.
    #[error("a command did not finish")]
    Lost(#[source] tokio::task::JoinError),
    /// The instance is stopping, or its record takes no writes.
    #[error("not ready")]
    NotReady,
    /// A FHIR resource that cannot become a referral, with everything that stands against it.
    #[error("not a referral")]
    Fhir(Vec<FhirIssue>),
    /// The failure of a use case.
    #[error(transparent)]
    Failure(#[from] Failure),
}

/// A problem as it is sent (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemView {
    /// `/problems/` and a stable code, by which clients branch. The address answers with a page on cause and
    /// fix.
    #[serde(rename = "type")]
    #[schema(example = "/problems/invalid-request")]
    pub(crate) kind: String,
    /// The same, for people: in Spanish where `Accept-Language` asks for it, else in English.
    pub(crate) title: &'static str,
    /// HTTP status code of the answer.
    pub(crate) status: u16,
    /// Detail of this request. Never quotes what was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
    /// With status 503: `not-done`, nothing was done; or `unknown`, it may have been done, and the same
    /// request with the same key will tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "not-done")]
    pub(crate) outcome: Option<&'static str>,
    /// The case that is in the way, for `duplicate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) case: Option<String>,
    /// Everything that is wrong with the fields, at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<FieldErrorView>,
    /// The id under which this request is logged.
    pub(crate) trace_id: String,
}

/// One field that cannot be accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FieldError)]
pub(crate) struct FieldErrorView {
    /// Place of the mistake: a JSON Pointer into the body, `?name` for a query parameter, or `#cell=4,2` for
    /// the second cell of the fourth row of a CSV body (RFC 7111).
    #[schema(example = "/lines/0/procedure/modifiers")]
    pub(crate) pointer: String,
    /// Stable code. `/problems/` and the code is the address of a page on its cause and its fix.
    #[schema(example = "unknown-procedure", value_type = String)]
    pub(crate) code: Code,
    /// Cause in one sentence. Never quotes what was sent.
    pub(crate) detail: String,
    /// Fix in one sentence, with the allowed values where there are few.
    pub(crate) fix: String,
    /// The plan's own words in both languages, where a plan's rules refuse the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<Text>,
}

impl ApiError {
    /// The code that clients branch on. What else is the same each time is in the [`table`].
    pub(crate) fn code(&self) -> Code {
        use Failure as F;
        match self {
            Self::NotSignedIn => Code::NotSignedIn,
            Self::NoSuchRoute | Self::NoSuchMember | Self::Bare(StatusCode::NOT_FOUND) => Code::NotFound,
            Self::NoSuchMethod => Code::MethodNotAllowed,
            Self::NoIdempotencyKey => Code::MissingIdempotencyKey,
            Self::MalformedIdempotencyKey => Code::MalformedIdempotencyKey,
            Self::NoPrecondition => Code::PreconditionRequired,
            Self::UnsupportedMediaType(_) => Code::UnsupportedMediaType,
            Self::BodyTooLarge { .. } => Code::BodyTooLarge,
            Self::UnsupportedEncoding => Code::UnsupportedContentEncoding,
            Self::BadHost => Code::BadHost,
            Self::NotThisHost => Code::Misdirected,
            Self::AddressTooLong { .. } | Self::Bare(StatusCode::URI_TOO_LONG) => Code::AddressTooLong,
            Self::HeadersTooLarge { .. } | Self::Bare(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE) => {
                Code::HeadersTooLarge
            }
            Self::TooManyRequests { .. } => Code::TooManyRequests,
            Self::Crowded => Code::TooManyConnections,
            Self::BodyTooSlow => Code::BodyTooSlow,
            Self::BodyBrokeOff => Code::BodyBrokeOff,
            Self::MalformedJson { .. } => Code::MalformedJson,
            Self::Bare(status) if status.is_client_error() => Code::BadRequest,
            Self::Bare(_) | Self::Lost(_) => Code::Internal,
            Self::NotReady => Code::NotReady,
            Self::Fhir(_) => Code::InvalidRequest,
            Self::Failure(failure) => match failure {
                F::NotFound => Code::NotFound,
                F::Forbidden => Code::Forbidden,
                F::NotLicensed => Code::NotLicensed,
                F::KeyExpired => Code::KeyExpired,
                F::NotActive(state) if state.takes_cases() => Code::OrganizationPaused,
                F::NotActive(_) => Code::OrganizationEnded,
                F::Stale | F::Newer(_) => Code::Stale,
                F::KeyReused => Code::IdempotencyKeyReused,
                F::NotAllowed(_)
                | F::Release(_)
                | F::Contract(_)
                | F::Withheld(_)
                | F::Account(_)
                | F::Work(_)
                | F::Organization(_) => Code::NotAllowedNow,
                F::LinkClosed(_) => Code::LinkClosed,
                F::SignInRefused => Code::SignInRefused,
                F::TooManySignIns(_) => Code::TooManySignIns,
                F::Session(domain::session::Closed::Over) => Code::SessionEnded,
                F::Session(domain::session::Closed::Locked) => Code::SessionLocked,
                F::ProofNeeded => Code::ProofNeeded,
                F::Duplicate(_) => Code::Duplicate,
                F::Full(_) => Code::CapacityFull,
                F::Exists => Code::Exists,
                F::Invalid(_) => Code::InvalidRequest,
                F::SentBack(_) => Code::RefusedByPlan,
                F::NoCoverage(_) => Code::NoCoverage,
                F::BadFile(_) => Code::BadFile,
                F::NotAPlugin(_) => Code::NotAPlugin,
                F::TooManyTries(_) => Code::TooManyTries,
                F::Busy => Code::Busy,
                F::Away(_) => Code::DatabaseAway,
                F::NoRoom(_) => Code::NoRoom,
                F::Unknown => Code::OutcomeUnknown,
                F::Internal(_) => Code::Internal,
            },
        }
    }

    /// The status of the code, but for an answer of a part that is not ours, which has one already.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Bare(status) => *status,
            _ => table::problem(self.code())
                .map_or(StatusCode::INTERNAL_SERVER_ERROR, table::Problem::status_code),
        }
    }

    /// The problem of the request with this id, in this language.
    pub(crate) fn problem(&self, trace_id: &str, language: Language) -> ProblemView {
        let code = self.code();
        ProblemView {
            kind: address(code),
            title: table::problem(code).map_or(code.name(), |problem| problem.title.in_language(language)),
            status: self.status().as_u16(),
            detail: self.detail(language),
            outcome: self.outcome(),
            case: match self {
                Self::Failure(Failure::Duplicate(case)) => case.as_ref().map(ToString::to_string),
                _ => None,
            },
            errors: self.field_errors(language),
            trace_id: trace_id.to_owned(),
        }
    }

    /// Detail of this request. Only words of our own types are used: a database's or a parser's message may
    /// quote a member's data.
    fn detail(&self, language: Language) -> Option<String> {
        let own = match language {
            Language::En => self.detail_in_english(),
            Language::Es => self.detail_in_spanish(),
        };
        own.or_else(|| {
            let detail = table::problem(self.code())?.detail.as_ref()?.in_language(language);
            Some(self.filled(detail))
        })
    }

    /// Detail of this request in English, where the words of the code alone would say less.
    fn detail_in_english(&self) -> Option<String> {
        match self {
            Self::NoSuchMember => Some(
                "none of your members has this number; add the member with POST /v1/members, by number and birth date"
                    .to_owned(),
            ),
            Self::Failure(Failure::Newer(version)) => Some(format!(
                "its version is {version} now: if the change still fits, send it with If-Match: \"{version}\""
            )),
            Self::Failure(Failure::NotAllowed(reason)) => Some(reason.to_string()),
            Self::Failure(Failure::Release(reason)) => Some(reason.to_string()),
            Self::Failure(Failure::Contract(reason)) => Some(reason.to_string()),
            Self::Failure(Failure::Organization(reason)) => Some(reason.to_string()),
            Self::Failure(Failure::Account(reason)) => Some(reason.to_string()),
            Self::Failure(Failure::Work(reason)) => Some(reason.text().en),
            Self::Failure(Failure::Full(full)) => Some(full.in_numbers().en),
            _ => None,
        }
    }

    /// The same in Spanish.
    fn detail_in_spanish(&self) -> Option<String> {
        match self {
            Self::NoSuchMember => Some(
                "ninguno de sus miembros tiene este número; agréguelo con POST /v1/members, con número y fecha de nacimiento"
                    .to_owned(),
            ),
            Self::Failure(Failure::Newer(version)) => Some(format!(
                "ahora su versión es {version}: si el cambio todavía sirve, envíelo con If-Match: \"{version}\""
            )),
            Self::Failure(Failure::Full(full)) => Some(full.in_numbers().es),
            Self::Failure(Failure::Work(reason)) => Some(reason.text().es),
            Self::Failure(Failure::NotAllowed(reason)) => {
                Some(format!("en el estado `{}` no se admite `{}`", reason.from, reason.event))
            }
            Self::Failure(Failure::Account(reason)) => {
                Some(format!("en el estado `{}` no se admite `{}`", reason.from, reason.event))
            }
            _ => None,
        }
    }

    /// The words of a code with the numbers and names of this time in their places.
    fn filled(&self, detail: &str) -> String {
        match self {
            Self::UnsupportedMediaType(readable) => detail.replace("{readable}", readable),
            Self::BodyTooLarge { limit_bytes }
            | Self::AddressTooLong { limit_bytes }
            | Self::HeadersTooLarge { limit_bytes } => detail.replace("{bytes}", &limit_bytes.to_string()),
            Self::TooManyRequests { after_seconds } => {
                detail.replace("{seconds}", &after_seconds.to_string())
            }
            Self::Failure(Failure::TooManyTries(after) | Failure::TooManySignIns(after)) => {
                detail.replace("{seconds}", &after.as_secs().to_string())
            }
            Self::MalformedJson { line, column } => {
                detail.replace("{line}", &line.to_string()).replace("{column}", &column.to_string())
            }
            Self::Failure(Failure::SentBack(back)) => detail.replace("{plan}", &back.plan().to_string()),
            _ => detail.to_owned(),
        }
    }

    fn field_errors(&self, language: Language) -> Vec<FieldErrorView> {
        let problems = match self {
            Self::Failure(
                Failure::Invalid(problems) | Failure::NotAPlugin(problems) | Failure::Withheld(problems),
            ) => problems.as_slice(),
            Self::Failure(Failure::SentBack(back)) => back.problems.as_slice(),
            Self::Failure(Failure::NoCoverage(problem) | Failure::BadFile(problem)) => {
                std::slice::from_ref(&**problem)
            }
            _ => &[],
        };
        let mut errors: Vec<FieldErrorView> = problems.iter().map(FieldErrorView::from).collect();
        // A component's engineers need the sizes and names that only the gate's own words hold.
        let is_of_gate = matches!(self, Self::Failure(Failure::NotAPlugin(_)));
        if language == Language::Es && !is_of_gate {
            errors.iter_mut().for_each(spanish::say_field);
        }
        errors
    }

    /// Outcome of a request that the service could not say yes or no to: `unknown` or `not-done`.
    fn outcome(&self) -> Option<&'static str> {
        let is_unavailable = self.status() == StatusCode::SERVICE_UNAVAILABLE;
        is_unavailable.then_some(if matches!(self, Self::Failure(Failure::Unknown)) {
            "unknown"
        } else {
            "not-done"
        })
    }

    /// Seconds after which a retry is worth it.
    fn retry_after(&self) -> Option<HeaderValue> {
        let seconds = match self {
            Self::Failure(Failure::Busy | Failure::Unknown) | Self::Crowded => "1",
            Self::NotReady | Self::Failure(Failure::Away(_)) => "2",
            // Somebody has to do something first.
            Self::Failure(Failure::NoRoom(_)) => "10",
            Self::TooManyRequests { after_seconds } => return Some(HeaderValue::from(*after_seconds)),
            Self::Failure(Failure::TooManyTries(after) | Failure::TooManySignIns(after)) => {
                return Some(HeaderValue::from(after.as_secs()));
            }
            _ => return None,
        };
        Some(HeaderValue::from_static(seconds))
    }
}

impl From<&FieldProblem> for FieldErrorView {
    fn from(problem: &FieldProblem) -> Self {
        Self {
            pointer: problem.pointer.clone(),
            code: problem.code,
            detail: addressed(&problem.detail),
            fix: addressed(&problem.fix),
            text: problem.text.as_ref().map(|text| text.view()),
        }
    }
}

/// The address of the page on a code, which is the `type` of its problems.
pub(crate) fn address(code: Code) -> String {
    format!("/problems/{code}")
}

/// An answer without a body yet: [`crate::envelope`] knows the request's id and writes it.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after() {
            headers.insert(header::RETRY_AFTER, seconds);
        }
        if self.status() == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(std::sync::Arc::new(self));
        response
    }
}

/// Answers for every address that does not exist.
pub(crate) async fn no_such_route() -> ApiError {
    ApiError::NoSuchRoute
}

/// Answers on a connection for which there is no usual place.
pub(crate) async fn crowded() -> ApiError {
    ApiError::Crowded
}

/// Answers for every method that an address does not know.
pub(crate) async fn no_such_method(_: Request<Body>) -> ApiError {
    ApiError::NoSuchMethod
}

/// The error and everything that caused it, on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

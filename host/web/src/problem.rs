//! Every way to say no: RFC 9457 problems, or FHIR `OperationOutcome`s under `/fhir`.

use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use formats::fhir::FhirIssue;
use serde::Serialize;
use utoipa::ToSchema;
use workflow::view::Text;
use workflow::{Failure, FieldProblem};

#[cfg(test)]
mod tests;

/// Everything an operation may answer with other than success.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    /// No key, or none that is known.
    #[error("no valid key")]
    NotSignedIn,
    /// No such route.
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
    /// Not JSON.
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
    /// What the use case said.
    #[error(transparent)]
    Failure(#[from] Failure),
}

/// A problem as it is sent (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemView {
    /// What clients branch on: `/problems/` and a stable code.
    #[serde(rename = "type")]
    #[schema(example = "/problems/invalid-request")]
    pub(crate) kind: String,
    /// The same, for people: in Spanish where `Accept-Language` asks for it, else in English.
    pub(crate) title: &'static str,
    /// The status code.
    pub(crate) status: u16,
    /// What happened this time. Never quotes what was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
    /// With status 503: `not-done`, nothing was done; or `unknown`, it may have been done, and the same request with the
    /// same key will tell.
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
    /// Where: a JSON Pointer into the body, `?name` for a query parameter, or `#cell=4,2` for the second cell of the
    /// fourth row of a CSV body (RFC 7111).
    #[schema(example = "/lines/0/procedure/modifiers")]
    pub(crate) pointer: String,
    /// Stable code.
    #[schema(example = "unknown-procedure")]
    pub(crate) code: String,
    /// What is wrong. Never quotes what was sent.
    pub(crate) detail: String,
    /// What to do about it.
    pub(crate) fix: String,
    /// The plan's own words in both languages, where a plan's rules refuse the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<Text>,
}

impl ApiError {
    /// The contract: status, the code that clients branch on, and the title that people read.
    pub(crate) fn row(&self) -> (StatusCode, &'static str, &'static str) {
        use Failure as F;
        use StatusCode as S;
        match self {
            Self::NotSignedIn => (S::UNAUTHORIZED, "not-signed-in", "A valid key is needed"),
            Self::NoSuchRoute | Self::NoSuchMember => (S::NOT_FOUND, "not-found", "There is nothing here"),
            Self::NoSuchMethod => {
                (S::METHOD_NOT_ALLOWED, "method-not-allowed", "This cannot be done to this address")
            }
            Self::NoIdempotencyKey => (
                S::BAD_REQUEST,
                "missing-idempotency-key",
                "Say which attempt this is: send an Idempotency-Key",
            ),
            Self::MalformedIdempotencyKey => {
                (S::BAD_REQUEST, "malformed-idempotency-key", "The Idempotency-Key cannot be used")
            }
            Self::NoPrecondition => (
                S::PRECONDITION_REQUIRED,
                "precondition-required",
                "Say which version is to be changed: send If-Match",
            ),
            Self::UnsupportedMediaType(_) => (
                S::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "This operation does not read that media type",
            ),
            Self::BodyTooLarge { .. } => (S::PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large"),
            Self::UnsupportedEncoding => (
                S::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-content-encoding",
                "Bodies are read as they are, not compressed",
            ),
            Self::BadHost => (S::BAD_REQUEST, "bad-host", "Say which host is asked: send one Host"),
            Self::NotThisHost => (S::MISDIRECTED_REQUEST, "misdirected", "This is not that host"),
            Self::AddressTooLong { .. } | Self::Bare(S::URI_TOO_LONG) => {
                (S::URI_TOO_LONG, "address-too-long", "The address is too long")
            }
            Self::HeadersTooLarge { .. } | Self::Bare(S::REQUEST_HEADER_FIELDS_TOO_LARGE) => (
                S::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "headers-too-large",
                "The header fields are too many or too large",
            ),
            Self::TooManyRequests { .. } => (
                S::TOO_MANY_REQUESTS,
                "too-many-requests",
                "Too many requests; nothing was done, try again later",
            ),
            Self::Crowded => (
                S::SERVICE_UNAVAILABLE,
                "too-many-connections",
                "Too many connections are open; nothing was done, try again",
            ),
            Self::BodyTooSlow => (S::REQUEST_TIMEOUT, "body-too-slow", "The body did not arrive in time"),
            Self::BodyBrokeOff => (S::BAD_REQUEST, "body-broke-off", "The body broke off"),
            Self::MalformedJson { .. } => (S::BAD_REQUEST, "malformed-json", "The body is not JSON"),
            Self::Bare(S::NOT_FOUND) => (S::NOT_FOUND, "not-found", "There is nothing here"),
            Self::Bare(status) if status.is_client_error() => {
                (*status, "bad-request", "The request cannot be read")
            }
            Self::Bare(status) => (*status, "internal", "Something failed on our side"),
            Self::Lost(_) => (S::INTERNAL_SERVER_ERROR, "internal", "Something failed on our side"),
            Self::NotReady => (S::SERVICE_UNAVAILABLE, "not-ready", "The instance is not ready"),
            Self::Fhir(_) => (S::UNPROCESSABLE_ENTITY, "invalid-request", "The resource cannot be accepted"),
            Self::Failure(failure) => match failure {
                F::NotFound => (S::NOT_FOUND, "not-found", "There is nothing here"),
                F::Forbidden => (S::FORBIDDEN, "forbidden", "The key's role may not do this"),
                F::NotLicensed => (
                    S::FORBIDDEN,
                    "not-licensed",
                    "Only a key with a clinical license on record may refuse for medical necessity",
                ),
                F::KeyExpired => (S::UNAUTHORIZED, "key-expired", "The key has expired"),
                F::NotActive(state) if state.takes_cases() => (
                    S::FORBIDDEN,
                    "organization-paused",
                    "The key's organization is paused, and its keys do not work",
                ),
                F::NotActive(_) => (
                    S::FORBIDDEN,
                    "organization-ended",
                    "The key's organization has ended, and its keys do not work",
                ),
                F::Stale | F::Newer(_) => {
                    (S::PRECONDITION_FAILED, "stale", "It changed since it was read; read it again")
                }
                F::KeyReused => (
                    S::UNPROCESSABLE_ENTITY,
                    "idempotency-key-reused",
                    "This Idempotency-Key was used with another request",
                ),
                F::NotAllowed(_) | F::Release(_) | F::Contract(_) | F::Withheld(_) | F::Standing(_) => {
                    (S::CONFLICT, "not-allowed-now", "The state it is in does not allow this")
                }
                F::Duplicate(_) => (S::CONFLICT, "duplicate", "The member already has an open case for this"),
                F::Full(_) => (S::CONFLICT, "capacity-full", "Every place that the state approved is taken"),
                F::Exists => (S::CONFLICT, "exists", "It names something that is taken already"),
                F::Invalid(_) => {
                    (S::UNPROCESSABLE_ENTITY, "invalid-request", "Some fields cannot be accepted")
                }
                F::SentBack(_) => (
                    S::UNPROCESSABLE_ENTITY,
                    "refused-by-plan",
                    "The plan's rules say that the request contradicts itself",
                ),
                F::NoCoverage(_) => {
                    (S::UNPROCESSABLE_ENTITY, "no-coverage", "No plan covers the member on that day")
                }
                F::BadFile(_) => (S::UNPROCESSABLE_ENTITY, "bad-file", "The file cannot be read at all"),
                F::NotAPlugin(_) => {
                    (S::UNPROCESSABLE_ENTITY, "not-a-plugin", "The component cannot be a plugin")
                }
                F::TooManyTries(_) => (
                    S::TOO_MANY_REQUESTS,
                    "too-many-tries",
                    "Members were looked for in vain too often; nobody is told of anybody for a while",
                ),
                F::Busy => {
                    (S::SERVICE_UNAVAILABLE, "busy", "Too much is waiting; nothing was done, try again")
                }
                F::Away(_) => (
                    S::SERVICE_UNAVAILABLE,
                    "database-away",
                    "The record cannot be reached; nothing was done, try again",
                ),
                F::NoRoom(_) => (
                    S::SERVICE_UNAVAILABLE,
                    "no-room",
                    "The record has no room left; nothing was done, the operator must make room",
                ),
                F::Unknown => (
                    S::SERVICE_UNAVAILABLE,
                    "outcome-unknown",
                    "It is not known whether it was done; the same request with the same key will tell",
                ),
                F::Internal(_) => (S::INTERNAL_SERVER_ERROR, "internal", "Something failed on our side"),
            },
        }
    }

    /// The problem of the request with this id.
    pub(crate) fn problem(&self, trace_id: &str) -> ProblemView {
        let (status, code, title) = self.row();
        ProblemView {
            kind: format!("/problems/{code}"),
            title,
            status: status.as_u16(),
            detail: self.detail(),
            outcome: self.outcome(),
            case: match self {
                Self::Failure(Failure::Duplicate(case)) => case.as_ref().map(ToString::to_string),
                _ => None,
            },
            errors: self.field_errors(),
            trace_id: trace_id.to_owned(),
        }
    }

    /// Only what our own types say. A database's or a parser's message may quote a member's data.
    fn detail(&self) -> Option<String> {
        match self {
            Self::NotSignedIn => Some("send Authorization: Bearer and the key".to_owned()),
            Self::NoIdempotencyKey => Some(
                "send Idempotency-Key: any unique text, such as a UUID; keep it, to send the same request again"
                    .to_owned(),
            ),
            Self::NoSuchMember => Some(
                "none of your members has this number; add the member with POST /v1/members, by number and birth date"
                    .to_owned(),
            ),
            Self::Failure(Failure::Newer(version)) => Some(format!(
                "its version is {version} now: if the change still fits, send it with If-Match: \"{version}\""
            )),
            Self::MalformedIdempotencyKey => {
                Some("it must be sent once, with 1 to 200 visible ASCII characters, quoted or not".to_owned())
            }
            Self::NoPrecondition => {
                Some("send If-Match with the ETag of the version that was read".to_owned())
            }
            Self::UnsupportedMediaType(readable) => Some(format!("send content-type: {readable}")),
            Self::UnsupportedEncoding => Some("send the body without Content-Encoding".to_owned()),
            Self::NotThisHost => Some("ask the operator by which name this host is called".to_owned()),
            Self::BodyTooLarge { limit_bytes }
            | Self::AddressTooLong { limit_bytes }
            | Self::HeadersTooLarge { limit_bytes } => Some(format!("at most {limit_bytes} bytes are read")),
            Self::BodyTooSlow => Some("send it faster, or in one go".to_owned()),
            Self::TooManyRequests { after_seconds } => Some(format!("wait {after_seconds} s")),
            Self::Failure(Failure::TooManyTries(after)) => Some(format!(
                "wait {} s, and check number, birth date and names against the member's card; a member that you see already                  can be named by id",
                after.as_secs()
            )),
            Self::MalformedJson { line, column } => {
                Some(format!("the JSON cannot be read from line {line}, column {column} on"))
            }
            Self::Failure(Failure::NotAllowed(reason)) => Some(reason.to_string()),
            Self::Failure(Failure::Release(reason)) => Some(reason.to_string()),
            Self::Failure(Failure::Contract(reason)) => Some(reason.to_string()),
            Self::Failure(Failure::SentBack(back)) => Some(format!(
                "nothing was kept; the rules of {} name the fields that they cannot accept",
                back.plan()
            )),
            Self::Failure(Failure::Standing(reason)) => Some(reason.to_string()),
            Self::Failure(Failure::KeyExpired) => Some(
                "ask whoever manages your organization's keys for another; before it expires, POST \
                 /v1/keys/{id}/rotations makes one in its place"
                    .to_owned(),
            ),
            Self::Failure(Failure::NotActive(_)) => Some("ask the operator of this host".to_owned()),
            Self::Failure(Failure::Full(full)) => Some(full.in_numbers().en),
            _ => None,
        }
    }

    /// What is said of this time in Spanish, where the words of the code alone would say less.
    pub(crate) fn detail_in_spanish(&self) -> Option<String> {
        match self {
            Self::NoSuchMember => Some(
                "ninguno de sus miembros tiene este número; agréguelo con POST /v1/members, con número y fecha de nacimiento"
                    .to_owned(),
            ),
            Self::Failure(Failure::Newer(version)) => Some(format!(
                "ahora su versión es {version}: si el cambio todavía sirve, envíelo con If-Match: \"{version}\""
            )),
            Self::Failure(Failure::Full(full)) => Some(full.in_numbers().es),
            Self::Failure(Failure::NotAllowed(reason)) => {
                Some(format!("en el estado `{}` no se admite `{}`", reason.from, reason.event))
            }
            _ => None,
        }
    }

    fn field_errors(&self) -> Vec<FieldErrorView> {
        match self {
            Self::Failure(
                Failure::Invalid(problems) | Failure::NotAPlugin(problems) | Failure::Withheld(problems),
            ) => problems.iter().map(FieldErrorView::from).collect(),
            Self::Failure(Failure::SentBack(back)) => {
                back.problems.iter().map(FieldErrorView::from).collect()
            }
            Self::Failure(Failure::NoCoverage(problem) | Failure::BadFile(problem)) => {
                vec![FieldErrorView::from(&**problem)]
            }
            _ => Vec::new(),
        }
    }

    /// What became of the request, where the service could not say yes or no to it.
    fn outcome(&self) -> Option<&'static str> {
        let is_unavailable = self.row().0 == StatusCode::SERVICE_UNAVAILABLE;
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
            Self::Failure(Failure::TooManyTries(after)) => return Some(HeaderValue::from(after.as_secs())),
            _ => return None,
        };
        Some(HeaderValue::from_static(seconds))
    }
}

impl From<&FieldProblem> for FieldErrorView {
    fn from(problem: &FieldProblem) -> Self {
        Self {
            pointer: problem.pointer.clone(),
            code: problem.code.to_owned(),
            detail: problem.detail.clone(),
            fix: problem.fix.clone(),
            text: problem.text.as_ref().map(|text| Text { en: text.en.clone(), es: text.es.clone() }),
        }
    }
}

/// An answer without a body yet: [`crate::envelope`] knows the request's id and writes it.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.row().0.into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after() {
            headers.insert(header::RETRY_AFTER, seconds);
        }
        if matches!(self, Self::NotSignedIn | Self::Failure(Failure::KeyExpired)) {
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

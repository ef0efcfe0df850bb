use std::collections::BTreeMap;

use domain::organization::State;
use expect_test::expect;

use super::*;

fn field() -> FieldProblem {
    FieldProblem::new("/lines/0/units", Code::OutOfRange, "the number is not from 1 to 10000", "send it")
}

fn all() -> Vec<ApiError> {
    use ApiError as A;
    use Failure as F;
    let not_allowed =
        domain::case::NotAllowed { kind: domain::case::CaseKind::Referral, from: "closed", event: "accept" };
    vec![
        A::NotSignedIn,
        A::NoSuchRoute,
        A::NoSuchMethod,
        A::NoSuchMember,
        A::NoIdempotencyKey,
        A::MalformedIdempotencyKey,
        A::NoPrecondition,
        A::UnsupportedMediaType("text/csv"),
        A::UnsupportedEncoding,
        A::BadHost,
        A::NotThisHost,
        A::AddressTooLong { limit_bytes: 5 },
        A::HeadersTooLarge { limit_bytes: 5 },
        A::TooManyRequests { after_seconds: 1 },
        A::Crowded,
        A::BodyTooLarge { limit_bytes: 5 },
        A::BodyTooSlow,
        A::BodyBrokeOff,
        A::MalformedJson { line: 1, column: 2 },
        A::Bare(StatusCode::NOT_FOUND),
        A::Bare(StatusCode::IM_A_TEAPOT),
        A::NotReady,
        A::Fhir(Vec::new()),
        F::NotFound.into(),
        F::Forbidden.into(),
        F::NotLicensed.into(),
        F::NotActive(State::Paused { since: jiff::Timestamp::UNIX_EPOCH, reason: "x".to_owned() }).into(),
        F::NotActive(State::Ended { at: jiff::Timestamp::UNIX_EPOCH, reason: "x".to_owned() }).into(),
        F::KeyExpired.into(),
        F::SignInRefused.into(),
        F::TooManySignIns(jiff::SignedDuration::from_secs(9)).into(),
        F::Session(domain::session::Closed::Over).into(),
        F::Session(domain::session::Closed::Locked).into(),
        F::ProofNeeded.into(),
        F::LinkClosed(domain::invitation::Closed::Expired).into(),
        F::Account(domain::account::NotAllowed { from: "ended", event: "invite" }).into(),
        F::Stale.into(),
        F::Newer(7).into(),
        F::KeyReused.into(),
        F::NotAllowed(not_allowed).into(),
        F::Release(domain::release::NotAllowed { from: "revoked", event: "activate" }).into(),
        F::Organization(domain::organization::NotAllowed { from: "ended", event: "pause" }).into(),
        F::Withheld(vec![field()]).into(),
        F::Duplicate(Some("case_00000000000000000000000000000001".parse().unwrap())).into(),
        F::Exists.into(),
        F::Invalid(vec![field()]).into(),
        F::NoCoverage(Box::new(field())).into(),
        F::BadFile(Box::new(field())).into(),
        F::NotAPlugin(vec![field()]).into(),
        F::Busy.into(),
        F::Away("SQLSTATE 57P01".to_owned()).into(),
        F::NoRoom("SQLSTATE 53100".to_owned()).into(),
        F::Unknown.into(),
        F::internal(std::io::Error::other("row of 91234567A is locked")).into(),
    ]
}

#[test]
fn the_table_of_problems() {
    let rows: Vec<String> = all()
        .iter()
        .map(|error| {
            let problem = error.problem("4bf92f35", Language::En);
            format!("{} {}: {}", problem.status, error.code(), problem.title)
        })
        .collect();
    expect![[r#"
        401 not-signed-in: A valid key is needed
        404 not-found: There is nothing here
        405 method-not-allowed: This cannot be done to this address
        404 not-found: There is nothing here
        400 missing-idempotency-key: Say which attempt this is: send an Idempotency-Key
        400 malformed-idempotency-key: The Idempotency-Key cannot be used
        428 precondition-required: Say which version is to be changed: send If-Match
        415 unsupported-media-type: This operation does not read that media type
        415 unsupported-content-encoding: Bodies are read as they are, not compressed
        400 bad-host: Say which host is asked: send one Host
        421 misdirected: This is not that host
        414 address-too-long: The address is too long
        431 headers-too-large: The header fields are too many or too large
        429 too-many-requests: Too many requests; nothing was done, try again later
        503 too-many-connections: Too many connections are open; nothing was done, try again
        413 body-too-large: The body is too large
        408 body-too-slow: The body did not arrive in time
        400 body-broke-off: The body broke off
        400 malformed-json: The body is not JSON
        404 not-found: There is nothing here
        418 bad-request: The request cannot be read
        503 not-ready: The instance is not ready
        422 invalid-request: Some fields cannot be accepted
        404 not-found: There is nothing here
        403 forbidden: The key's role may not do this
        403 not-licensed: Only a key with a clinical license on record may refuse for medical necessity
        403 organization-paused: The key's organization is paused, and its keys do not work
        403 organization-ended: The key's organization has ended, and its keys do not work
        401 key-expired: The key has expired
        401 sign-in-refused: Address and code do not go together
        429 too-many-sign-ins: Somebody tried too often to sign in with this address; try again later
        401 session-ended: The session has ended
        401 session-locked: The session is locked
        403 proof-needed: Show first who you are
        401 link-closed: The link of the invitation opens nothing any more
        409 not-allowed-now: The state it is in does not allow this
        412 stale: It changed since it was read; read it again
        412 stale: It changed since it was read; read it again
        422 idempotency-key-reused: This Idempotency-Key was used with another request
        409 not-allowed-now: The state it is in does not allow this
        409 not-allowed-now: The state it is in does not allow this
        409 not-allowed-now: The state it is in does not allow this
        409 not-allowed-now: The state it is in does not allow this
        409 duplicate: The member already has an open case for this
        409 exists: It names something that is taken already
        422 invalid-request: Some fields cannot be accepted
        422 no-coverage: No plan covers the member on that day
        422 bad-file: The file cannot be read at all
        422 not-a-plugin: The component cannot be a plugin
        503 busy: Too much is waiting; nothing was done, try again
        503 database-away: The record cannot be reached; nothing was done, try again
        503 no-room: The record has no room left; nothing was done, the operator must make room
        503 outcome-unknown: It is not known whether it was done; the same request with the same key will tell
        500 internal: Something failed on our side"#]]
    .assert_eq(&rows.join("\n"));
}

#[test]
fn a_code_has_one_status() {
    let mut statuses = BTreeMap::new();
    for error in all() {
        let (status, code) = (error.status(), error.code());
        if code != Code::BadRequest {
            assert_eq!(*statuses.entry(code).or_insert(status), status, "{code}");
        }
    }
}

#[test]
fn a_problem_says_what_our_own_types_say() {
    let duplicate =
        ApiError::from(Failure::Duplicate(Some("case_00000000000000000000000000000001".parse().unwrap())));
    let invalid = ApiError::from(Failure::Invalid(vec![field()]));
    let internal = ApiError::from(Failure::internal(std::io::Error::other("row of 91234567A is locked")));
    let shown = [duplicate, invalid, internal]
        .map(|error| serde_json::to_string(&error.problem("4bf92f35", Language::En)).unwrap());
    expect![[r#"
        {"type":"/problems/duplicate","title":"The member already has an open case for this","status":409,"case":"case_00000000000000000000000000000001","trace_id":"4bf92f35"}
        {"type":"/problems/invalid-request","title":"Some fields cannot be accepted","status":422,"errors":[{"pointer":"/lines/0/units","code":"out-of-range","detail":"the number is not from 1 to 10000","fix":"send it"}],"trace_id":"4bf92f35"}
        {"type":"/problems/internal","title":"Something failed on our side","status":500,"trace_id":"4bf92f35"}"#]]
    .assert_eq(&shown.join("\n"));
}

#[test]
fn who_is_told_to_come_back_is_told_what_became_of_the_request() {
    for error in all() {
        let (status, code) = (error.status(), error.code());
        let outcome = match (status, code) {
            (StatusCode::SERVICE_UNAVAILABLE, Code::OutcomeUnknown) => Some("unknown"),
            (StatusCode::SERVICE_UNAVAILABLE, _) => Some("not-done"),
            _ => None,
        };
        assert_eq!(error.problem("4bf92f35", Language::En).outcome, outcome, "{code}");
        let response = error.into_response();
        // Who sent too much at once is told when to come back, too.
        let comes_back = outcome.is_some() || status == StatusCode::TOO_MANY_REQUESTS;
        assert_eq!(response.headers().contains_key(header::RETRY_AFTER), comes_back, "{code}");
    }
}

#[test]
fn the_log_gets_the_whole_chain() {
    let internal = ApiError::from(Failure::internal(std::io::Error::other("disk full")));
    assert_eq!(chain(&internal), "something failed on our side: disk full");
}

/// Every problem has the words of its code, in both languages, and no place in them is left unfilled.
#[test]
fn every_problem_has_the_words_of_its_code() {
    for error in all() {
        let code = error.code();
        let row = table::problem(code).unwrap_or_else(|| panic!("{code} is no whole answer in the table"));
        for language in Language::ALL {
            let problem = error.problem("4bf92f35", language);
            assert_eq!((&*problem.kind, problem.title), (&*address(code), row.title.in_language(language)));
            let detail = problem.detail.unwrap_or_default();
            let places = ["{bytes}", "{seconds}", "{line}", "{column}", "{readable}", "{plan}"];
            assert!(!places.iter().any(|place| detail.contains(place)), "{code}: {detail}");
        }
    }
}

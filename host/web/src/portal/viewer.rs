//! Viewers of pages. A page cannot be made without a viewer; who is none gets the sign-in page.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::account::Role as AccountRole;
use domain::session::Closed;
use portal::sign_in::{self, Asked, Step, Then, Why};
use portal::{Role, Who};
use workflow::{Caller, Failure};

use super::cookies::SESSION;
use super::reader::{Reader, cookie};
use crate::App;
use crate::auth::request_id;
use crate::problem::ApiError;

/// Person who looks at a page, and as whom use cases see the person. The person's language is the reader's.
#[derive(Clone)]
pub(crate) struct Viewer {
    /// Name, organization and roles of the person.
    pub(crate) who: Who,
    /// Caller of the use cases.
    pub(crate) caller: Caller,
}

/// Reason for which there is no viewer.
pub(super) enum Absent {
    /// Nobody is signed in here, or not any more.
    Why(Why),
    /// It is not known, or the organization does not let its people in.
    Failed(ApiError),
}

/// The viewer whose session has this secret; `None` where no session has it.
///
/// # Errors
/// `Session` for one that has ended or is locked; `NotActive` for people of an organization that is paused or
/// has ended.
pub(super) async fn of_session(app: &App, secret: &str, request: String) -> Result<Option<Viewer>, ApiError> {
    let Some(mut visitor) = app.crosswalk.visitor(secret, request).await? else { return Ok(None) };
    let caller = app.crosswalk.let_in(&mut visitor)?;
    let who = Who {
        name: visitor.name().map(|name| name.expose().to_owned()).unwrap_or_default(),
        organization: visitor.organization().name.clone(),
        roles: visitor.rights().roles().map(role).collect(),
        administers: visitor.rights().administers(),
        until: Some(app.crosswalk.session(&visitor).ends_at),
    };
    Ok(Some(Viewer { who, caller }))
}

/// The viewer who sent a request with this head, counted as one of the person's requests.
pub(super) async fn of_request(app: &App, parts: &Parts) -> Result<Viewer, Absent> {
    let Some(secret) = cookie(&parts.headers, SESSION) else { return Err(Absent::Why(Why::Asked)) };
    match of_session(app, secret, request_id(parts)).await {
        Ok(Some(viewer)) => match app.gate.signed_in(&viewer.caller, parts.extensions.get()) {
            Ok(()) => Ok(viewer),
            Err(refused) => Err(Absent::Failed(refused)),
        },
        Ok(None) => Err(Absent::Why(Why::Asked)),
        Err(ApiError::Failure(Failure::Session(Closed::Over))) => Err(Absent::Why(Why::TimedOut)),
        Err(ApiError::Failure(Failure::Session(Closed::Locked))) => Err(Absent::Why(Why::Locked)),
        Err(error) => Err(Absent::Failed(error)),
    }
}

/// A role of the record, as pages have it.
pub(super) fn role(role: AccountRole) -> Role {
    match role {
        AccountRole::Coordinator => Role::Coordinator,
        AccountRole::Biller => Role::Biller,
        AccountRole::Clerk => Role::Clerk,
        AccountRole::PlanOperations => Role::PlanOperations,
        AccountRole::Analyst => Role::PlanAnalyst,
        AccountRole::Reviewer => Role::PlanReviewer,
        AccountRole::CountyOperator => Role::CountyOperator,
        AccountRole::CountyAnalyst => Role::CountyAnalyst,
    }
}

impl FromRequestParts<App> for Viewer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        // Of a form the viewer was looked for before it was read.
        if let Some(viewer) = parts.extensions.get::<Self>() {
            return Ok(viewer.clone());
        }
        match of_request(app, parts).await {
            Ok(viewer) => Ok(viewer),
            Err(Absent::Failed(error)) => Err(error.into_response()),
            Err(Absent::Why(why)) => {
                let reader = Reader::at(parts, app);
                let is_lost = parts.method == Method::POST;
                Err(stand_in(&reader, why, Then { address: &reader.address, form: None, is_lost }))
            }
        }
    }
}

/// The page in the place of one that is for who is signed in: a locked session is unlocked by a code alone.
pub(super) fn stand_in(reader: &Reader, why: Why, then: Then<'_>) -> Response {
    let step = match why {
        Why::Locked => Step::Unlock(Asked::default()),
        Why::Asked | Why::TimedOut => Step::Email { email: String::new(), wrong: None },
    };
    step_page(reader, StatusCode::UNAUTHORIZED, why, &step, then)
}

/// The page of a step of signing in.
pub(super) fn step_page(
    reader: &Reader,
    status: StatusCode,
    why: Why,
    step: &Step,
    then: Then<'_>,
) -> Response {
    reader.page(status, sign_in::page(&reader.frame(None), why, step, then))
}

//! Operations that every kind of case has.

use std::fmt::Display;
use std::str::FromStr;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use domain::case::CaseKind;
use domain::catalog::Catalog;
use domain::identifiers::CaseId;
use domain::problem::Code;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;
use workflow::command::{CaseFilter, Decided, Expected, Information, NewCase};
use workflow::{Caller, Failure, FieldProblem};

use super::Named;
use crate::App;
use crate::answer::{changed, current, opened};
use crate::auth::SignedIn;
use crate::idempotency::{BareCommand, Command};
use crate::input::Input;
use crate::input::clocks::{MemberNoticeBody, TranslationBody};
use crate::output::cases::CaseView;
use crate::output::{EventView, Page, json};
use crate::paging::{day, paging};
use crate::preconditions::{IfMatch, IfNoneMatch};
use crate::problem::ApiError;

/// A list of cases. Every narrowing that is said must hold.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CaseParameters {
    /// Only cases in this state.
    state: Option<String>,
    /// Only cases about the member with this id; not for applications, which are about none.
    member: Option<String>,
    /// Only cases for this service; not for applications.
    #[param(example = "recuperative-care")]
    service: Option<String>,
    /// Only cases of this plan.
    #[param(example = "valle-vista")]
    plan: Option<String>,
    /// Only cases that the organization with this id sent or is to serve.
    provider: Option<String>,
    /// Only cases that came on this day, Pacific time, or later.
    #[param(format = Date)]
    received_from: Option<String>,
    /// Only cases that came on this day, Pacific time, or earlier.
    #[param(format = Date)]
    received_to: Option<String>,
    /// Entries on the page: 1 to 200, 50 if not said.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

impl CaseParameters {
    /// Filter of the list, or everything that is wrong with the parameters at once.
    fn filter(&self, kind: CaseKind, states: &[&str]) -> Result<CaseFilter, Failure> {
        let mut problems = Vec::new();
        let state = self.state.as_deref().filter(|state| !states.contains(state)).map(|_| {
            let fix = format!("send one of: {}", states.join(", "));
            FieldProblem::new("?state", Code::UnknownCode, "there is no such state", fix)
        });
        problems.extend(state);
        if let Some(service) = &self.service
            && Catalog::state().service(service).is_none()
        {
            let fix = "send a code of GET /v1/dictionary/services";
            problems.push(FieldProblem::new("?service", Code::UnknownCode, "there is no such service", fix));
        }
        if kind == CaseKind::Application {
            let named = [("?member", self.member.is_some()), ("?service", self.service.is_some())];
            problems.extend(named.into_iter().filter(|(_, named)| *named).map(|(at, _)| {
                let detail = "an application is about no member and no single service";
                FieldProblem::new(at, Code::NotWithThis, detail, "leave it out")
            }));
        }
        let member = read_id(&mut problems, "?member", self.member.as_deref(), "send a member's id");
        let plan =
            read_id(&mut problems, "?plan", self.plan.as_deref(), "send a plan's id, such as valle-vista");
        let provider =
            read_id(&mut problems, "?provider", self.provider.as_deref(), "send the id of an organization");
        let from = read_day(&mut problems, "?received_from", self.received_from.as_deref());
        let to = read_day(&mut problems, "?received_to", self.received_to.as_deref());
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            let detail = "the last day is before the first";
            let problem =
                FieldProblem::new("?received_to", Code::DaysOutOfOrder, detail, "put the days in order");
            problems.push(problem);
        }
        if !problems.is_empty() {
            return Err(Failure::Invalid(problems));
        }
        let (state, service) = (self.state.clone(), self.service.clone());
        Ok(CaseFilter { state, member, service, plan, provider, from, to })
    }
}

fn read_id<T: FromStr<Err: Display>>(
    problems: &mut Vec<FieldProblem>,
    at: &str,
    text: Option<&str>,
    fix: &str,
) -> Option<T> {
    let read = text?.parse::<T>();
    read.map_err(|error: T::Err| {
        problems.push(FieldProblem::new(at, Code::InvalidValue, error.to_string(), fix))
    })
    .ok()
}

fn read_day(problems: &mut Vec<FieldProblem>, at: &str, text: Option<&str>) -> Option<Date> {
    match day(at, text) {
        Ok(day) => day,
        Err(ApiError::Failure(Failure::Invalid(more))) => {
            problems.extend(more);
            None
        }
        Err(_) => None,
    }
}

/// Takes a case in, of whichever kind the body is.
pub(super) async fn submit<B>(
    app: &App,
    caller: Caller,
    operation: &'static str,
    Command { attempt, body }: Command<B>,
) -> Result<Response, ApiError>
where
    B: Input<Command: Into<NewCase>>,
{
    let new: NewCase = app.read(body)?.into();
    let (crosswalk, once) = (app.crosswalk.clone(), attempt.once(operation, opened));
    app.carry_out(async move { crosswalk.submit(&caller, new, once).await }).await
}

/// One page of the cases of a kind.
pub(super) async fn list(
    app: &App,
    caller: &Caller,
    kind: CaseKind,
    states: &[&str],
    parameters: CaseParameters,
) -> Result<Json<Page<CaseView>>, ApiError> {
    let filter = parameters.filter(kind, states)?;
    let paging = paging(parameters.limit.as_deref(), parameters.cursor)?;
    Ok(json(app.crosswalk.cases(caller, kind, filter, paging).await?))
}

/// Answers with one case of the kind, by its id.
pub(super) async fn read(
    app: &App,
    caller: &Caller,
    kind: CaseKind,
    id: CaseId,
    seen: &IfNoneMatch,
) -> Result<Response, ApiError> {
    Ok(current(app.crosswalk.case(caller, kind, id).await?, seen))
}

/// A case's life, oldest event first.
pub(super) async fn timeline(
    app: &App,
    caller: &Caller,
    kind: CaseKind,
    id: CaseId,
) -> Result<Json<Page<EventView>>, ApiError> {
    let items = app.crosswalk.timeline(caller, kind, id).await?;
    Ok(json(items))
}

/// A change to one version of one case.
pub(crate) struct Change {
    /// Caller that sends the change.
    caller: Caller,
    /// Id of the case.
    id: CaseId,
    /// Versions of the case that the change is meant for.
    expected: Expected,
}

impl FromRequestParts<App> for Change {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let SignedIn(caller) = SignedIn::from_request_parts(parts, app).await?;
        let Named(id) = Named::from_request_parts(parts, app).await?;
        let IfMatch(expected) = IfMatch::from_request_parts(parts, app).await?;
        Ok(Self { caller, id, expected })
    }
}

impl Change {
    /// Adds what became known.
    pub(super) async fn supply(
        self,
        app: &App,
        kind: CaseKind,
        Command { attempt, body }: Command<impl Input<Command = Information>>,
    ) -> Result<Response, ApiError> {
        let Self { caller, id, expected } = self;
        let (more, crosswalk) = (app.read(body)?, app.crosswalk.clone());
        let once = attempt.once("supplyInformation", changed);
        app.carry_out(async move { crosswalk.supply(&caller, kind, id, more, expected, once).await }).await
    }

    /// Lets a plan's person decide.
    pub(super) async fn decide(
        self,
        app: &App,
        kind: CaseKind,
        Command { attempt, body }: Command<impl Input<Command: Into<Decided>>>,
    ) -> Result<Response, ApiError> {
        let Self { caller, id, expected } = self;
        let (decided, crosswalk) = (app.read(body)?.into(), app.crosswalk.clone());
        let once = attempt.once("decideCase", changed);
        app.carry_out(async move { crosswalk.decide(&caller, kind, id, &decided, expected, once).await })
            .await
    }

    /// Records that the plan told the member.
    pub(super) async fn tell_member(
        self,
        app: &App,
        kind: CaseKind,
        Command { attempt, body }: Command<MemberNoticeBody>,
    ) -> Result<Response, ApiError> {
        let Self { caller, id, expected } = self;
        let (notice, crosswalk) = (app.read(body)?, app.crosswalk.clone());
        let once = attempt.once("recordMemberNotice", changed);
        app.carry_out(async move {
            crosswalk.record_member_notice(&caller, kind, id, notice, expected, once).await
        })
        .await
    }

    /// Writes a reason in the language in which it is wanted.
    pub(super) async fn translate(
        self,
        app: &App,
        kind: CaseKind,
        Command { attempt, body }: Command<TranslationBody>,
    ) -> Result<Response, ApiError> {
        let Self { caller, id, expected } = self;
        let (new, crosswalk) = (app.read(body)?, app.crosswalk.clone());
        let once = attempt.once("translateReason", changed);
        app.carry_out(async move { crosswalk.translate_reason(&caller, kind, id, new, expected, once).await })
            .await
    }

    /// Withdraws the case for its sender.
    pub(super) async fn withdraw(
        self,
        app: &App,
        kind: CaseKind,
        BareCommand(attempt): BareCommand,
    ) -> Result<Response, ApiError> {
        let Self { caller, id, expected } = self;
        let crosswalk = app.crosswalk.clone();
        let once = attempt.once("withdrawCase", changed);
        app.carry_out(async move { crosswalk.withdraw(&caller, kind, id, expected, once).await }).await
    }
}

//! Contracts of providers with plans: what permission and payment rest on.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::identifiers::{ContractId, OrgId, PlanId};
use domain::problem::Code;
use serde::Deserialize;
use utoipa::IntoParams;
use workflow::Failure;
use workflow::command::StoredAnswer;
use workflow::shown::ShownContract;

use super::Named;
use crate::App;
use crate::answer::{changed, current, tagged};
use crate::auth::SignedIn;
use crate::idempotency::Command;
use crate::input::clocks::TranslationBody;
use crate::input::contracts::{ContractStepBody, NewContractBody};
use crate::output::contracts::ContractView;
use crate::output::{EventView, Page, json};
use crate::paging::{Parameters, paging};
use crate::preconditions::{IfMatch, IfNoneMatch};
use crate::problem::ApiError;

const STATES: [&str; 3] = ["active", "suspended", "ended"];

/// Filters of the list of contracts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ContractParameters {
    /// Only those of this provider, by its organization's id.
    provider: Option<String>,
    /// Only those with this plan.
    #[param(example = "valle-vista")]
    plan: Option<String>,
    /// Only those in this state: `active`, `suspended` or `ended`.
    state: Option<String>,
    /// Entries on the page: 1 to 200, 50 if not said.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

impl ContractParameters {
    fn provider(&self) -> Result<Option<OrgId>, ApiError> {
        let refused = || {
            let fix = "send an id from GET /v1/organizations";
            Failure::field("?provider", Code::InvalidValue, "this is no organization's id", fix)
        };
        self.provider.as_deref().map(|text| text.parse().map_err(|_| refused().into())).transpose()
    }

    fn plan(&self) -> Result<Option<PlanId>, ApiError> {
        let refused = || {
            let fix = "send an id from GET /v1/plans";
            Failure::field("?plan", Code::InvalidValue, "this is no plan's id", fix)
        };
        self.plan.as_deref().map(|text| text.parse().map_err(|_| refused().into())).transpose()
    }

    fn state(&self) -> Result<Option<String>, ApiError> {
        match self.state.as_deref() {
            Some(state) if !STATES.contains(&state) => {
                let fix = format!("send one of: {}", STATES.join(", "));
                Err(Failure::field("?state", Code::UnknownCode, "there is no such state", fix).into())
            }
            state => Ok(state.map(str::to_owned)),
        }
    }
}

/// Contracts, newest first: a provider's own, a plan's own.
#[utoipa::path(
    get, path = "/v1/contracts", operation_id = "listContracts", tag = "contracts",
    params(ContractParameters),
    responses((status = 200, description = "A page of contracts.", body = Page<ContractView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<ContractParameters>,
) -> Result<Json<Page<ContractView>>, ApiError> {
    let (provider, plan, state) = (parameters.provider()?, parameters.plan()?, parameters.state()?);
    let paging = paging(parameters.limit.as_deref(), parameters.cursor)?;
    Ok(json(app.crosswalk.contracts(&caller, provider, plan, state, paging).await?))
}

/// Records a contract that the caller's plan has with a provider. One that a credentialing file led to is
/// made when the plan approves the file.
#[utoipa::path(
    post, path = "/v1/contracts", operation_id = "recordContract", tag = "contracts",
    request_body(content = NewContractBody, example = json!({
        "provider": "org_0198f0c2a3b47c5d8e9f00112233aabb", "services": ["recuperative-care"], "counties": ["SAC"],
        "first_day": "2026-01-01", "last_day": "2026-12-31"
    })),
    responses((
        status = 201, description = "The contract, on record.", body = ContractView,
        headers(("ETag" = String, description = "ETag of its version."), ("Location" = String, description = "Path of the contract."))
    ))
)]
pub(crate) async fn record(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Command { attempt, body }: Command<NewContractBody>,
) -> Result<Response, ApiError> {
    let (new, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("recordContract", recorded);
    app.carry_out(async move { crosswalk.record_contract(&caller, new, once).await }).await
}

fn recorded(contract: &ShownContract) -> StoredAnswer {
    let address = vec![("location".to_owned(), format!("/v1/contracts/{}", contract.contract.id))];
    tagged(StatusCode::CREATED, contract, contract.contract.version, address)
}

/// One contract, by its id.
#[utoipa::path(
    get, path = "/v1/contracts/{id}", operation_id = "getContract", tag = "contracts",
    params(("id" = String, Path, description = "Id of the contract."), ("If-None-Match" = Option<String>, Header, description = "ETags of the versions that the client has.")),
    responses(
        (status = 200, description = "The contract as it is now.", body = ContractView, headers(("ETag" = String, description = "ETag of its version."))),
        (status = 304, description = "Not changed since the version that the client has.")
    )
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<ContractId>,
    seen: IfNoneMatch,
) -> Result<Response, ApiError> {
    Ok(current(app.crosswalk.contract(&caller, id).await?, &seen))
}

/// Events of a contract, oldest first.
#[utoipa::path(
    get, path = "/v1/contracts/{id}/timeline", operation_id = "getContractTimeline", tag = "contracts",
    params(("id" = String, Path, description = "Id of the contract.")),
    responses((status = 200, description = "All events, on one page.", body = Page<EventView>))
)]
pub(crate) async fn timeline(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<ContractId>,
) -> Result<Json<Page<EventView>>, ApiError> {
    let items = app.crosswalk.contract_timeline(&caller, id).await?;
    Ok(json(items))
}

/// Suspends, reinstates, extends, changes or ends a contract. The provider is told. Service, permissions and
/// payments of days on which it held stay.
#[utoipa::path(
    post, path = "/v1/contracts/{id}/steps", operation_id = "stepContract", tag = "contracts",
    params(("id" = String, Path, description = "Id of the contract."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = ContractStepBody, example = json!({
        "step": "suspend", "from": "2026-05-01",
        "reason": { "en": "The liability insurance has lapsed.", "es": "El seguro de responsabilidad venció." }
    })),
    responses((status = 200, description = "The contract after the step.", body = ContractView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn step(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<ContractId>,
    IfMatch(expected): IfMatch,
    Command { attempt, body }: Command<ContractStepBody>,
) -> Result<Response, ApiError> {
    let (step, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("stepContract", changed);
    app.carry_out(async move { crosswalk.change_contract(&caller, id, step, expected, once).await }).await
}

/// Adds the reason of a contract's standing in the language in which it is wanted. The contract stands as it
/// did; the provider is told again.
#[utoipa::path(
    post, path = "/v1/contracts/{id}/translations", operation_id = "translateContractReason", tag = "contracts",
    params(("id" = String, Path, description = "Id of the contract."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = TranslationBody, example = json!({"language": "es", "text": "El seguro de responsabilidad venció."})),
    responses((status = 200, description = "The contract, with the reason in both languages.", body = ContractView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn translate(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<ContractId>,
    IfMatch(expected): IfMatch,
    Command { attempt, body }: Command<TranslationBody>,
) -> Result<Response, ApiError> {
    let (new, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("translateContractReason", changed);
    app.carry_out(async move { crosswalk.translate_contract(&caller, id, new, expected, once).await }).await
}

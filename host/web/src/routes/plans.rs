//! Plans, their profiles, and what is demanded of their releases.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::identifiers::PlanId;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

use super::Named;
use crate::App;
use crate::answer::ok;
use crate::auth::SignedIn;
use crate::idempotency::Command;
use crate::input::plans::PolicyBody;
use crate::output::plans::{BreakerView, CostsView, PlanView, PolicyView};
use crate::output::{Page, json};
use crate::paging::{ListParameters, Parameters, day};
use crate::problem::ApiError;

/// Plans on this host, each with the version of its rules that decides today.
#[utoipa::path(
    get, path = "/v1/plans", operation_id = "listPlans", tag = "plans",
    params(ListParameters),
    responses((status = 200, description = "A page of plans.", body = Page<PlanView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<Page<PlanView>>, ApiError> {
    Ok(json(app.crosswalk.plans(&caller, parameters.paging()?).await?))
}

/// Day for which the profile is shown.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DayParameters {
    /// The day that the rules must hold on; today if not said.
    #[param(format = Date)]
    on: Option<String>,
}

/// A plan's profile as its rules declare it: its services, criteria, rates, clocks, files and people.
///
/// Providers do not read what this host does not carry out, such as layouts of files, desks and wait lists.
#[utoipa::path(
    get, path = "/v1/plans/{id}/profile", operation_id = "getPlanProfile", tag = "plans",
    params(("id" = String, Path, description = "Id of the plan.", example = "valle-vista"), DayParameters),
    responses((status = 200, description = "The profile in force for requests about the day, whole.", body = Object))
)]
pub(crate) async fn profile(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
    Parameters(parameters): Parameters<DayParameters>,
) -> Result<Json<Value>, ApiError> {
    let on = day("?on", parameters.on.as_deref())?;
    Ok(json(app.crosswalk.profile(&caller, &plan, on).await?))
}

/// The policy that a plan's releases must meet, and the fault rate at which one is taken back.
#[utoipa::path(
    get, path = "/v1/plans/{id}/policy", operation_id = "getPolicy", tag = "plans",
    params(("id" = String, Path, description = "Id of the plan.")),
    responses((status = 200, description = "The policy; the default if the operator set none.", body = PolicyView))
)]
pub(crate) async fn policy(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
) -> Result<Json<PolicyView>, ApiError> {
    Ok(json(app.crosswalk.policy(&caller, &plan).await?))
}

/// Sets the policy that a plan's releases must meet from now on. For the operator.
#[utoipa::path(
    put, path = "/v1/plans/{id}/policy", operation_id = "setPolicy", tag = "plans",
    params(("id" = String, Path, description = "Id of the plan.")),
    request_body(content = PolicyBody, example = json!({
        "requires": ["two-people", "signature"],
        "roll_back": { "most_faults_per_hundred": 20, "at_least": 20, "among": 100 }
    })),
    responses((status = 200, description = "The policy, set.", body = PolicyView))
)]
pub(crate) async fn set_policy(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
    Command { attempt, body }: Command<PolicyBody>,
) -> Result<Response, ApiError> {
    let (policy, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("setPolicy", ok);
    app.carry_out(async move { crosswalk.set_policy(&caller, plan, policy, once).await }).await
}

/// The plan's plugins that are asked at this moment, on the node that answers, and those that rest because
/// they keep failing.
#[utoipa::path(
    get, path = "/v1/plans/{id}/breakers", operation_id = "listBreakers", tag = "plans",
    params(("id" = String, Path, description = "Id of the plan.")),
    responses((status = 200, description = "Every operation that was called; one page.", body = Page<BreakerView>))
)]
pub(crate) async fn breakers(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
) -> Result<Json<Page<BreakerView>>, ApiError> {
    Ok(json(app.crosswalk.breakers_of(&caller, &plan).await?))
}

/// First and last day of the costs.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CostParameters {
    /// The first day; the first of the last day's month if not said.
    #[param(format = Date)]
    from: Option<String>,
    /// The last day; today if not said.
    #[param(format = Date)]
    to: Option<String>,
}

/// Costs of a plan's plugins: calls, faults, time and memory, by plugin and operation.
#[utoipa::path(
    get, path = "/v1/plans/{id}/costs", operation_id = "getCosts", tag = "plans",
    params(("id" = String, Path, description = "Id of the plan."), CostParameters),
    responses((status = 200, description = "The costs by plugin and operation.", body = CostsView))
)]
pub(crate) async fn costs(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
    Parameters(parameters): Parameters<CostParameters>,
) -> Result<Json<CostsView>, ApiError> {
    let from = day("?from", parameters.from.as_deref())?;
    let to = day("?to", parameters.to.as_deref())?;
    Ok(json(app.crosswalk.costs(&caller, &plan, from, to).await?))
}

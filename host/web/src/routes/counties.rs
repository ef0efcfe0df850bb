//! Counties that the operator adds. The state's own are known.

use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::answer::created;
use crate::auth::SignedIn;
use crate::idempotency::Command;
use crate::input::organizations::NewCountyBody;
use crate::output::counties::CountyView;
use crate::problem::ApiError;

/// Adds an invented county, for a demonstration or a test; for the operator. California's 58 are there from
/// the start.
#[utoipa::path(
    post, path = "/v1/counties", operation_id = "addCounty", tag = "organizations",
    request_body(content = NewCountyBody, example = json!({
        "code": "QZV", "name": {"en": "Quiet Valley", "es": "Valle Quieto"}, "region": "invented", "invented": true
    })),
    responses((status = 201, description = "Added: requests may name it from now on.", body = CountyView))
)]
pub(crate) async fn add(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Command { attempt, body }: Command<NewCountyBody>,
) -> Result<Response, ApiError> {
    let (new, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("addCounty", created);
    app.carry_out(async move { crosswalk.add_county(&caller, new, once).await }).await
}

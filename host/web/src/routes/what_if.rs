//! The operation that looks for changes which would turn an answer.

use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::answer::ok;
use crate::auth::SignedIn;
use crate::idempotency::Command;
use crate::input::asking::WhatIfBody;
use crate::output::asking::WhatIfAnswerView;
use crate::problem::ApiError;

/// Finds the facts and documents that would turn an answer if they were so: a recorded answer, or that to a
/// case before it is sent. Only the look is recorded.
#[utoipa::path(
    post, path = "/v1/what-if", operation_id = "askWhatIf", tag = "criteria",
    request_body(content = WhatIfBody, example = json!({"plan": "valle-vista", "case": {"county": "SAC", "services": ["recuperative-care"], "lines": [{"procedure": {"code": "T2033", "modifiers": ["U6"]}, "units": 14, "first": "2026-03-02", "last": "2026-03-15"}], "facts": [{"code": "housing.status", "value": "homeless-unsheltered"}, {"code": "clinical.needs-recovery-care", "value": true}]}})),
    responses((status = 200, description = "The smallest sets that would turn the answer.", body = WhatIfAnswerView))
)]
pub(crate) async fn ask(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Command { attempt, body }: Command<WhatIfBody>,
) -> Result<Response, ApiError> {
    let (asked, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("askWhatIf", ok);
    app.carry_out(async move { crosswalk.what_if(&caller, asked, once).await }).await
}

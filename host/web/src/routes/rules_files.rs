//! Rules files: a plan without a programmer has its rules checked and tried, and uploads what they make.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::identifiers::{Digest, PlanId};

use super::Named;
use super::plugins::uploaded;
use crate::App;
use crate::auth::SignedIn;
use crate::idempotency::{Command, Question};
use crate::input::rules_files::{RulesCheckBody, RulesUploadBody};
use crate::output::json;
use crate::output::plugins::PluginView;
use crate::output::rules_files::{RulesCheckView, RulesFileView};
use crate::problem::ApiError;

/// The rules file that a plugin was made of, as its plan wrote it. Nothing else has one.
#[utoipa::path(
    get, path = "/v1/plugins/{digest}/rules-file", operation_id = "getRulesFile", tag = "plugins",
    params(("digest" = String, Path, description = "SHA-256 of the component.")),
    responses((status = 200, description = "The file.", body = RulesFileView))
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(digest): Named<Digest>,
) -> Result<Json<RulesFileView>, ApiError> {
    Ok(json(app.crosswalk.rules_of_version(&caller, &digest).await?))
}

/// Checks a plan's rules file: everything that is wrong with it by line and column, and how its rules answer
/// if that is asked for. Nothing is kept but that somebody looked.
#[utoipa::path(
    post, path = "/v1/plans/{id}/rules-file/checks", operation_id = "checkRulesFile", tag = "plugins",
    params(("id" = String, Path, description = "Id of the plan.", example = "harbor-crest")),
    request_body(content = RulesCheckBody, example = json!({ "rules": "format = 1\n[plan]\nid = \"harbor-crest\"\n" })),
    responses((status = 200, description = "What is to be said of the file, right or wrong.", body = RulesCheckView))
)]
pub(crate) async fn check(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
    Question(body): Question<RulesCheckBody>,
) -> Result<Json<RulesCheckView>, ApiError> {
    let sent = app.read(body)?;
    Ok(json(app.crosswalk.check_rules(&caller, &plan, sent).await?))
}

/// Makes a plugin of a plan's rules file and uploads it. A file in which something is wrong is refused with
/// all of it at once.
#[utoipa::path(
    post, path = "/v1/plans/{id}/rules-file", operation_id = "uploadRulesFile", tag = "plugins",
    params(("id" = String, Path, description = "Id of the plan.", example = "harbor-crest")),
    request_body(content = RulesUploadBody, example = json!({ "rules": "format = 1\n[plan]\nid = \"harbor-crest\"\n" })),
    responses(
        (status = 201, description = "The plugin is compiled and can be activated.", body = PluginView),
        (status = 202, description = "The plugin is still being compiled.", body = PluginView)
    )
)]
pub(crate) async fn upload(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(plan): Named<PlanId>,
    Command { attempt, body }: Command<RulesUploadBody>,
) -> Result<Response, ApiError> {
    let ((text, note), crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("uploadRulesFile", uploaded);
    app.carry_out(async move { crosswalk.upload_rules(&caller, plan, text, note, once).await }).await
}

//! The audit trail: who did or looked at what.

use axum::Json;
use axum::extract::State;
use domain::problem::Code;
use serde::Deserialize;
use utoipa::IntoParams;
use workflow::{AuditQuery, Failure};

use crate::App;
use crate::auth::SignedIn;
use crate::output::audit::AuditView;
use crate::output::{Page, json};
use crate::paging::{Parameters, day, paging};
use crate::problem::ApiError;

/// Filters of the audit trail.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditParameters {
    /// Only entries of this day and later ones, Pacific time.
    #[param(format = Date)]
    from: Option<String>,
    /// To the end of this day, Pacific time.
    #[param(format = Date)]
    to: Option<String>,
    /// Only what this organization did.
    actor: Option<String>,
    /// Only what was done to the thing with this id.
    subject: Option<String>,
    /// Only this action, such as `look` or `change`.
    action: Option<String>,
    /// Entries on the page: 1 to 200, 50 if not said.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The audit trail, newest first: who did or looked at what. The operator sees everything; an organization
/// what its own people did, and a plan also what others did in its cases and to its members. Ids and codes
/// only. Reading it is an entry too.
#[utoipa::path(
    get, path = "/v1/audit", operation_id = "readAudit", tag = "audit",
    params(AuditParameters),
    responses((status = 200, description = "A page of entries.", body = Page<AuditView>))
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<AuditParameters>,
) -> Result<Json<Page<AuditView>>, ApiError> {
    let actor = parameters.actor.map(|id| id.parse()).transpose().map_err(|_| no_id("?actor"))?;
    let query = AuditQuery {
        from: day("?from", parameters.from.as_deref())?,
        to: day("?to", parameters.to.as_deref())?,
        actor,
        subject: word("?subject", parameters.subject)?,
        action: word("?action", parameters.action)?,
    };
    let paging = paging(parameters.limit.as_deref(), parameters.cursor)?;
    Ok(json(app.crosswalk.audit_trail(&caller, query, paging).await?))
}

fn no_id(at: &'static str) -> Failure {
    Failure::field(
        at,
        Code::InvalidValue,
        "this is no id of an organization",
        "send one as GET /v1/audit shows it",
    )
}

/// An id or a code.
fn word(at: &'static str, text: Option<String>) -> Result<Option<String>, Failure> {
    let fits =
        |text: &String| (1..=100).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    match text {
        Some(text) if !fits(&text) => {
            let fix = "send an id or a code as GET /v1/audit shows it";
            Err(Failure::field(at, Code::InvalidValue, "this is neither an id nor a code", fix))
        }
        text => Ok(text),
    }
}

//! Accounts of people, for an organization's administrator; and invitations, for whoever holds a link.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::identifiers::{AccountId, OrgId};
use domain::problem::Code;
use serde::Deserialize;
use utoipa::IntoParams;
use workflow::Failure;
use workflow::command::{Outcome, StoredAnswer};
use workflow::shown::{ShownAccount, ShownAuthenticator, ShownLink, ShownSession, ShownWelcome};

use super::Named;
use crate::App;
use crate::answer::{changed, created, current, replayed, tagged};
use crate::auth::{Invited, SignedIn};
use crate::idempotency::{BareCommand, Command};
use crate::input::accounts::{AcceptanceBody, AccountChangeBody, AccountReasonBody, NewAccountBody};
use crate::output::accounts::{AccountView, InvitationView};
use crate::output::sessions::{AuthenticatorView, WelcomeView};
use crate::output::{Output, Page, json};
use crate::paging::{Parameters, paging};
use crate::preconditions::{IfMatch, IfNoneMatch};
use crate::problem::ApiError;

/// Filters of the list of accounts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AccountParameters {
    /// Only those of this organization, by its id.
    organization: Option<String>,
    /// Entries on the page: 1 to 200, 50 if not said.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

impl AccountParameters {
    fn organization(&self) -> Result<Option<OrgId>, ApiError> {
        let refused = || {
            let fix = "send an id from GET /v1/organizations";
            Failure::field("?organization", Code::InvalidValue, "this is no organization's id", fix)
        };
        self.organization.as_deref().map(|text| text.parse().map_err(|_| refused().into())).transpose()
    }
}

/// Accounts of people: all for the operator, else your organization's. For keys that manage keys.
#[utoipa::path(
    get, path = "/v1/accounts", operation_id = "listAccounts", tag = "accounts",
    params(AccountParameters),
    responses((status = 200, description = "A page of accounts.", body = Page<AccountView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Parameters(parameters): Parameters<AccountParameters>,
) -> Result<Json<Page<AccountView>>, ApiError> {
    let organization = parameters.organization()?;
    let paging = paging(parameters.limit.as_deref(), parameters.cursor)?;
    Ok(json(app.crosswalk.accounts(&caller, organization, paging).await?))
}

/// Invites a person: makes the account, and a link that opens it once and ends by itself. The link's secret
/// is in this answer and nowhere else: a replay of the answer does not hold it. The operator invites people
/// of any organization, a key that manages keys those of its own.
#[utoipa::path(
    post, path = "/v1/accounts", operation_id = "inviteAccount", tag = "accounts",
    request_body(content = NewAccountBody, example = json!({
        "organization": "org_0198f0c2a3b47c5d8e9f00112233aabb", "name": "Ana Reyes", "email": "ana.reyes@opendoor.example",
        "language": "es", "roles": ["coordinator", "biller"], "administers": true
    })),
    responses((status = 201, description = "Invited. `link.secret` is the secret of the link.", body = AccountView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn invite(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Command { attempt, body }: Command<NewAccountBody>,
) -> Result<Response, ApiError> {
    let (new, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("inviteAccount", without_secret);
    told(app.finish(async move { crosswalk.invite_account(&caller, new, once).await }).await?)
}

/// One account, with the end of the link that opens it, if there is one. For keys that manage keys.
#[utoipa::path(
    get, path = "/v1/accounts/{id}", operation_id = "getAccount", tag = "accounts",
    params(("id" = String, Path, description = "Id of the account."), ("If-None-Match" = Option<String>, Header, description = "ETags of the versions that the client has.")),
    responses(
        (status = 200, description = "The account.", body = AccountView, headers(("ETag" = String, description = "ETag of its version."))),
        (status = 304, description = "Not changed since the version that the client has.")
    )
)]
pub(crate) async fn read(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<AccountId>,
    seen: IfNoneMatch,
) -> Result<Response, ApiError> {
    Ok(current(app.crosswalk.account(&caller, id).await?, &seen))
}

/// Changes a person's name, language, roles, license, or care of accounts. The last administrator of your
/// organization stays one, unless the operator says otherwise.
#[utoipa::path(
    patch, path = "/v1/accounts/{id}", operation_id = "changeAccount", tag = "accounts",
    params(("id" = String, Path, description = "Id of the account."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = AccountChangeBody, example = json!({"roles": ["coordinator"], "administers": false})),
    responses((status = 200, description = "The account, changed.", body = AccountView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn change(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<AccountId>,
    IfMatch(expected): IfMatch,
    Command { attempt, body }: Command<AccountChangeBody>,
) -> Result<Response, ApiError> {
    let (change, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("changeAccount", changed);
    app.carry_out(async move { crosswalk.change_account(&caller, id, change, expected, once).await }).await
}

/// Ends an account at once, with the link that would open it. What the person did keeps the name. The last
/// administrator of your organization is ended by the operator only.
#[utoipa::path(
    post, path = "/v1/accounts/{id}/end", operation_id = "endAccount", tag = "accounts",
    params(("id" = String, Path, description = "Id of the account."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    request_body(content = AccountReasonBody, example = json!({"reason": "She works elsewhere from March on."})),
    responses((status = 200, description = "The account, ended.", body = AccountView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn end(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<AccountId>,
    IfMatch(expected): IfMatch,
    Command { attempt, body }: Command<AccountReasonBody>,
) -> Result<Response, ApiError> {
    let (reason, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("endAccount", changed);
    app.carry_out(async move { crosswalk.end_account(&caller, id, reason, expected, once).await }).await
}

/// Makes another link, in place of the one before, for somebody whose link has ended or was lost. An account
/// that is active waits again until the new link is taken up.
#[utoipa::path(
    post, path = "/v1/accounts/{id}/invitations", operation_id = "inviteAgain", tag = "accounts",
    params(("id" = String, Path, description = "Id of the account."), ("If-Match" = String, Header, description = "The ETag of the version that was read.")),
    responses((status = 201, description = "Invited again. `link.secret` is the secret of the new link.", body = AccountView, headers(("ETag" = String, description = "ETag of its version."))))
)]
pub(crate) async fn invite_again(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Named(id): Named<AccountId>,
    IfMatch(expected): IfMatch,
    BareCommand(attempt): BareCommand,
) -> Result<Response, ApiError> {
    let crosswalk = app.crosswalk.clone();
    let once = attempt.once("inviteAgain", without_secret);
    told(app.finish(async move { crosswalk.invite_again(&caller, id, expected, once).await }).await?)
}

/// The invitation that your link is of. The secret of the link goes where a key goes: `Authorization: Bearer
/// cwi_...`, never into an address.
#[utoipa::path(
    get, path = "/v1/invitations/current", operation_id = "getInvitation", tag = "accounts",
    responses((status = 200, description = "The invitation.", body = InvitationView))
)]
pub(crate) async fn invitation(
    State(app): State<App>,
    Invited(guest): Invited,
) -> Result<Json<InvitationView>, ApiError> {
    Ok(json(app.crosswalk.invitation(&guest)?))
}

/// Offers an authenticator, in place of one that was offered before: an app that shows six digits. Take the
/// invitation up with a code of it. Its secret is in this answer and nowhere else: a replay does not hold it.
#[utoipa::path(
    post, path = "/v1/invitations/current/authenticator", operation_id = "offerAuthenticator", tag = "accounts",
    responses((status = 201, description = "Offered. `secret` and `uri` are for the authenticator.", body = AuthenticatorView))
)]
pub(crate) async fn offer_authenticator(
    State(app): State<App>,
    Invited(guest): Invited,
    BareCommand(attempt): BareCommand,
) -> Result<Response, ApiError> {
    let crosswalk = app.crosswalk.clone();
    let once = attempt.once("offerAuthenticator", offered_without_secret);
    match app.finish(async move { crosswalk.offer_authenticator(&guest, once).await }).await? {
        Outcome::Fresh(offered, _) => Ok((StatusCode::CREATED, json(offered)).into_response()),
        Outcome::Replayed(answer) => Ok(replayed(answer)),
    }
}

/// Takes the invitation up that your link is of, with a code of the authenticator: the account is active, you
/// are signed in, and the link opens nothing any more. The secret of the session and the recovery codes are
/// in this answer and nowhere else: a replay does not hold them.
#[utoipa::path(
    post, path = "/v1/invitations/current/acceptance", operation_id = "acceptInvitation", tag = "accounts",
    request_body(content = AcceptanceBody, example = json!({"name": "Ana Reyes Luna", "code": "492039"})),
    responses((status = 201, description = "The account, active, and a session.", body = WelcomeView))
)]
pub(crate) async fn accept(
    State(app): State<App>,
    Invited(guest): Invited,
    Command { attempt, body }: Command<AcceptanceBody>,
) -> Result<Response, ApiError> {
    let (said, crosswalk) = (app.read(body)?, app.crosswalk.clone());
    let once = attempt.once("acceptInvitation", welcomed_without_secrets);
    match app.finish(async move { crosswalk.accept_invitation(&guest, said, once).await }).await? {
        Outcome::Fresh(welcome, _) => Ok((StatusCode::CREATED, json(welcome)).into_response()),
        Outcome::Replayed(answer) => Ok(replayed(answer)),
    }
}

fn offered_without_secret(_: &ShownAuthenticator) -> StoredAnswer {
    created(&ShownAuthenticator { secret: None, uri: None })
}

fn welcomed_without_secrets(welcome: &ShownWelcome) -> StoredAnswer {
    let session = ShownSession { secret: None, ..welcome.session.clone() };
    created(&ShownWelcome { session, recovery_codes: Vec::new(), ..welcome.clone() })
}

/// The answer to whoever made a link; a replay of it does not hold the secret.
fn told(outcome: Outcome<ShownAccount>) -> Result<Response, ApiError> {
    Ok(match outcome {
        Outcome::Fresh(account, answer) => {
            let mut response = (StatusCode::CREATED, Json(account.view())).into_response();
            let tag = answer.headers.iter().find(|(name, _)| name == "etag");
            if let Some(tag) = tag.and_then(|(_, tag)| tag.parse().ok()) {
                response.headers_mut().insert(axum::http::header::ETAG, tag);
            }
            response
        }
        Outcome::Replayed(answer) => replayed(answer),
    })
}

/// The answer that is kept. The record holds a secret's hash only, and so must its answers.
fn without_secret(shown: &ShownAccount) -> StoredAnswer {
    let link = shown.link.as_ref().map(|link| ShownLink { secret: None, ..link.clone() });
    let shown = ShownAccount { link, ..shown.clone() };
    tagged(StatusCode::CREATED, &shown, shown.account.version, Vec::new())
}

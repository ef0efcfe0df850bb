//! Telephone and home of a person, put right in a page. The form becomes the body that the API takes, so that
//! it is read and refused by the same rules.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use domain::identifiers::MemberId;
use portal::Fields;
use portal::people::correct::{self, CITY, Correction, HOME, NO_HOME, STREET, TELEPHONE, Wrong, ZIP};
use portal::people::person;
use workflow::command::{Expected, StoredAnswer};
use workflow::shown::ShownMember;
use workflow::{Failure, FieldProblem, Role};

use super::fields::{Sent, spoken};
use super::pages::PURPOSE;
use super::reader::Reader;
use super::viewer::Viewer;
use super::{attempts, see_other};
use crate::App;
use crate::input::members::{ContactBody, Reached};
use crate::problem::ApiError;
use crate::routes::Named;

/// Every address of this family.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/portal/people/{id}/contact", get(begin).post(change))
}

async fn begin(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<MemberId>,
) -> Result<Response, ApiError> {
    viewer.caller.must_be(&[Role::Provider])?;
    let member = app.crosswalk.member(&viewer.caller, id, PURPOSE).await?;
    let form = Form { version: member.version, once: attempts::fresh(), ..Form::default() };
    Ok(shown(&viewer, &reader, StatusCode::OK, &member, &form))
}

/// A form as it is shown.
#[derive(Default)]
struct Form {
    version: i64,
    typed: Fields,
    wrong: Vec<Wrong>,
    is_changed: bool,
    once: String,
}

fn shown(
    viewer: &Viewer,
    reader: &Reader,
    status: StatusCode,
    member: &ShownMember,
    form: &Form,
) -> Response {
    let id = member.id.to_string();
    let correction = Correction {
        id: &id,
        version: form.version,
        typed: &form.typed,
        wrong: &form.wrong,
        is_changed: form.is_changed,
        once: &form.once,
    };
    let frame = reader.frame(Some(&viewer.who));
    reader.page(status, correct::page(&frame, &correction, &member.contact))
}

/// Keeps what was typed, or shows the form again.
async fn change(
    State(app): State<App>,
    viewer: Viewer,
    mut reader: Reader,
    Named(id): Named<MemberId>,
    request: Request,
) -> Result<Response, ApiError> {
    viewer.caller.must_be(&[Role::Provider])?;
    let sent = Sent::read(request).await?;
    let language = sent.language(&mut reader);
    if language.is_some() {
        let page = again(&app, &viewer, &reader, id, StatusCode::OK, sent, Vec::new()).await?;
        return Ok(spoken(page, language));
    }
    if says_nothing(&sent) {
        let wrong = vec![Wrong::Nothing];
        return again(&app, &viewer, &reader, id, StatusCode::UNPROCESSABLE_ENTITY, sent, wrong).await;
    }
    match changed(&app, &viewer, id, &sent).await {
        Ok(()) => Ok(see_other(&person::address(&id.to_string()))),
        Err(ApiError::Failure(Failure::Newer(_) | Failure::KeyReused)) => {
            again(&app, &viewer, &reader, id, StatusCode::CONFLICT, sent, Vec::new()).await
        }
        Err(ApiError::Failure(Failure::Invalid(problems))) => {
            let Some(wrong) = wrongs(&problems) else { return Err(Failure::Invalid(problems).into()) };
            again(&app, &viewer, &reader, id, StatusCode::UNPROCESSABLE_ENTITY, sent, wrong).await
        }
        Err(error) => Err(error),
    }
}

fn says_nothing(sent: &Fields) -> bool {
    sent.text(HOME) != NO_HOME
        && [TELEPHONE, STREET, CITY, ZIP].iter().all(|field| sent.text(field).is_empty())
}

/// The form as it was typed, for the version that it was made of. After a conflict it is another attempt, for
/// the version that is there now and that the page shows.
async fn again(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    id: MemberId,
    status: StatusCode,
    sent: Sent,
    wrong: Vec<Wrong>,
) -> Result<Response, ApiError> {
    let member = app.crosswalk.member(&viewer.caller, id, PURPOSE).await?;
    let is_changed = status == StatusCode::CONFLICT;
    let (version, once) = match sent.version().filter(|_| !is_changed) {
        Some(version) => (version, attempts::kept(&sent)),
        None => (member.version, attempts::fresh()),
    };
    let form = Form { version, typed: sent.into_fields(), wrong, is_changed, once };
    Ok(shown(viewer, reader, status, &member, &form))
}

async fn changed(app: &App, viewer: &Viewer, id: MemberId, sent: &Sent) -> Result<(), ApiError> {
    let reached = Reached {
        telephone: sent.text(TELEPHONE),
        street: sent.text(STREET),
        city: sent.text(CITY),
        zip: sent.text(ZIP),
        has_no_home: sent.text(HOME) == NO_HOME,
    };
    let contact = app.read(ContactBody::of(&reached))?;
    let expected = Expected::one_of(sent.version());
    let once = sent.once("correctMember", leads_to_person)?;
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    let done = async move { crosswalk.correct_member(&caller, id, contact, expected, once).await };
    app.finish(done).await.map(|_| ())
}

fn leads_to_person(member: &ShownMember) -> StoredAnswer {
    attempts::leads_to(&person::address(&member.id.to_string()))
}

/// The fields that problems are about; `None` for a problem that is about none of them.
fn wrongs(problems: &[FieldProblem]) -> Option<Vec<Wrong>> {
    let of = |problem: &FieldProblem| match problem.pointer.as_str() {
        "/phone" => Some(Wrong::Telephone),
        "/address/line" => Some(Wrong::Street),
        "/address/city" => Some(Wrong::City),
        "/address/zip" => Some(Wrong::Zip),
        "/no_fixed_address" => Some(Wrong::Both),
        _ => None,
    };
    problems.iter().map(of).collect()
}

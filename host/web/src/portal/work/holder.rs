//! The page on which a case is taken, passed on, put back and noted.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::case::CaseKind;
use domain::identifiers::CaseId;
use portal::Fields;
use portal::work::decide::CaseSince;
use portal::work::holder::{self, Handled, HolderScreen, NOTE, STEP, TO, TURN};
use portal::work::{self, People, Refused};
use workflow::command::Expected;
use workflow::shown::CaseInHands;
use workflow::{Failure, FieldProblem};

use super::{must_be_of_plan, named_case, rights};
use crate::App;
use crate::answer::{changed, created};
use crate::idempotency::Attempt;
use crate::input::work::{WorkNoteBody, WorkStepBody};
use crate::portal::fields::{Posted, spoken, unreadable};
use crate::portal::reader::Reader;
use crate::portal::viewer::Viewer;
use crate::portal::{attempts, see_other};
use crate::problem::ApiError;
use crate::routes::Within;

/// The page of one case for one viewer.
struct Hands<'a> {
    app: &'a App,
    viewer: &'a Viewer,
    reader: &'a Reader,
    case: (CaseKind, CaseId),
}

/// Shows the colleague who has a case, with the form.
pub(super) async fn show(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Within(kind, id): Within<String, CaseId>,
) -> Result<Response, ApiError> {
    must_be_of_plan(&viewer.caller)?;
    let case = named_case(&kind, id)?;
    let hands = Hands { app: &app, viewer: &viewer, reader: &reader, case };
    hands.page(StatusCode::OK, &Fields::default(), &[], CaseSince::Unchanged).await
}

/// A step of the form, or the page in the other language.
pub(super) async fn step(
    State(app): State<App>,
    Within(kind, id): Within<String, CaseId>,
    Posted { viewer, reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    must_be_of_plan(&viewer.caller)?;
    let case = named_case(&kind, id)?;
    let hands = Hands { app: &app, viewer: &viewer, reader: &reader, case };
    if language.is_some() {
        return Ok(spoken(hands.page(StatusCode::OK, &sent, &[], CaseSince::Unchanged).await?, language));
    }
    let attempt = sent.attempt()?;
    // An address of another kind than the case's leads nowhere.
    app.crosswalk.case(&viewer.caller, case.0, case.1).await?;
    match hands.carry_out(&sent, attempt).await {
        Ok(()) => Ok(see_other(&work::address(case.0, &case.1.to_string()))),
        Err(ApiError::Failure(failure)) => hands.answer(&sent, failure).await,
        Err(error) => Err(error),
    }
}

impl Hands<'_> {
    async fn carry_out(&self, typed: &Fields, attempt: Attempt) -> Result<(), ApiError> {
        let (crosswalk, caller, id) = (self.app.crosswalk.clone(), self.viewer.caller.clone(), self.case.1);
        let note = typed.get(NOTE).unwrap_or_default();
        // Whoever presses a key instead of a button leaves the note.
        let word = typed.get(STEP).filter(|word| *word != "note");
        let Some(word) = word else {
            let note = self.app.read(WorkNoteBody::of(note))?;
            let once = attempt.once("noteWork", created);
            self.app.finish(async move { crosswalk.note_work(&caller, id, note, once).await }).await?;
            return Ok(());
        };
        let turn = typed.get(TURN).and_then(|text| text.parse::<i64>().ok());
        let turn = turn.ok_or_else(unreadable)?;
        let to = typed.get(TO).filter(|_| word == "pass");
        let new = self.app.read(WorkStepBody::of(word, to, note))?;
        let once = attempt.once("stepWork", changed);
        let expected = Expected::one_of([turn]);
        self.app.finish(async move { crosswalk.step_work(&caller, id, new, expected, once).await }).await?;
        Ok(())
    }

    /// The form again, with what stands against the step.
    async fn answer(&self, typed: &Fields, failure: Failure) -> Result<Response, ApiError> {
        match failure {
            Failure::Invalid(problems) => {
                let refused: Vec<Refused> = problems.iter().filter_map(refused).collect();
                if refused.is_empty() {
                    return Err(unreadable());
                }
                self.page(StatusCode::UNPROCESSABLE_ENTITY, typed, &refused, CaseSince::Unchanged).await
            }
            // The case itself is there: it was read before. So it waits no more.
            Failure::Stale
            | Failure::Newer(_)
            | Failure::Work(_)
            | Failure::KeyReused
            | Failure::NotFound => self.page(StatusCode::CONFLICT, typed, &[], CaseSince::Changed).await,
            failure => Err(failure.into()),
        }
    }

    async fn page(
        &self,
        status: StatusCode,
        typed: &Fields,
        refused: &[Refused],
        since: CaseSince,
    ) -> Result<Response, ApiError> {
        let Self { app, viewer, reader, case: (kind, id) } = self;
        let caller = &viewer.caller;
        let CaseInHands { case, work, colleagues } = app.crosswalk.case_in_hands(caller, *kind, *id).await?;
        let people = People { viewer: caller.actor(), names: &work.names };
        // Whoever comes late sends another form than before.
        let once = if since == CaseSince::Unchanged { attempts::kept(typed) } else { attempts::fresh() };
        let screen = HolderScreen {
            case: &case,
            desk: Handled { item: work.item.as_ref(), steps: &work.steps, people },
            colleagues: &colleagues,
            rights: rights(caller),
            typed,
            refused,
            since,
            once: &once,
        };
        Ok(reader.page(status, holder::page(&reader.frame(Some(&viewer.who)), &screen)))
    }
}

/// A field of the form that was refused; the page has its own words for each.
fn refused(problem: &FieldProblem) -> Option<Refused> {
    let field = [NOTE, TO].into_iter().find(|field| problem.pointer.strip_prefix('/') == Some(field))?;
    Some(Refused { field: field.to_owned(), text: None })
}

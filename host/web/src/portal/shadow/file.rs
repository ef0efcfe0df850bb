//! The rules file: its text comes and goes with the form, and nothing of it is kept before it is uploaded.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use domain::identifiers::Digest;
use domain::problem::Code;
use portal::shadow::file::{self, ADDRESS, BadExamples, FileOutcome, Typed};
use serde::Deserialize;
use workflow::command::StoredAnswer;
use workflow::shown::{CheckedRules, RulesOfVersion, ShownPlugin};
use workflow::{Failure, FieldProblem, MOST_RULES_BYTES, MOST_TRIED, SentRules};

use super::is_for_later;
use crate::App;
use crate::portal::attempts::{self, leads_to};
use crate::portal::fields::{Posted, Sent, spoken, unreadable};
use crate::portal::reader::Reader;
use crate::portal::viewer::Viewer;
use crate::problem::ApiError;

/// Most bytes of the form: a rules file and example cases, each byte of which may be sent as three.
pub(super) const LIMIT: usize = 2 << 20;
/// Most characters of a note.
const MOST_NOTE: usize = 500;

pub(super) fn routes() -> Router<App> {
    Router::new().route(ADDRESS, get(read).post(write))
}

/// The version whose file is wanted; without one, the newest that has a file.
#[derive(Deserialize)]
struct Of {
    of: Option<String>,
}

async fn read(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(Of { of }): Query<Of>,
) -> Result<Response, ApiError> {
    let (crosswalk, caller, plan) = (&app.crosswalk, &viewer.caller, viewer.caller.plan()?);
    let found = match of {
        None => crosswalk.newest_rules(caller, plan).await?,
        Some(digest) => {
            let digest: Digest = digest.parse().map_err(|_| Failure::NotFound)?;
            Some(crosswalk.rules_of_version(caller, &digest).await?)
        }
    };
    let typed = |rules| Typed { rules, key: attempts::fresh(), ..Typed::default() };
    match found {
        Some(RulesOfVersion { version, digest, text, .. }) => {
            let version = version.unwrap_or_else(|| digest.to_string());
            Ok(page(&viewer, &reader, &typed(text), FileOutcome::OfVersion(&version)))
        }
        None => {
            let rules = crosswalk.rules_to_begin_with(caller, plan).await?;
            Ok(page(&viewer, &reader, &typed(rules), FileOutcome::Begun))
        }
    }
}

fn page(viewer: &Viewer, reader: &Reader, typed: &Typed, outcome: FileOutcome<'_>) -> Response {
    let status = match outcome {
        FileOutcome::Nothing | FileOutcome::OfVersion(_) | FileOutcome::Begun => StatusCode::OK,
        FileOutcome::Checked(checked) if checked.problems.is_empty() => StatusCode::OK,
        FileOutcome::Busy | FileOutcome::NotSaved => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    reader.page(status, file::page(&reader.frame(Some(&viewer.who)), typed, outcome))
}

/// Outcome of a form that is not uploaded.
enum Ended {
    Checked(Box<CheckedRules>),
    BadExamples(BadExamples),
    Refused(Vec<(String, String)>),
    Busy,
}

impl Ended {
    fn came(&self) -> FileOutcome<'_> {
        match self {
            Self::Checked(checked) => FileOutcome::Checked(checked),
            Self::BadExamples(bad) => FileOutcome::BadExamples(*bad),
            Self::Refused(reasons) => FileOutcome::Refused(reasons),
            Self::Busy => FileOutcome::Busy,
        }
    }
}

async fn write(
    State(app): State<App>,
    Posted { viewer, reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    let typed = Typed {
        // Browsers send lines with the ends that the mail of old had.
        rules: sent.get("rules").ok_or_else(unreadable)?.replace("\r\n", "\n"),
        examples: sent.get("examples").unwrap_or_default().to_owned(),
        note: sent.text("note").to_owned(),
        key: attempts::kept(&sent),
    };
    if language.is_some() {
        return Ok(spoken(page(&viewer, &reader, &typed, FileOutcome::Nothing), language));
    }
    if typed.rules.len() > MOST_RULES_BYTES {
        return Ok(page(&viewer, &reader, &typed, FileOutcome::TooLong(MOST_RULES_BYTES >> 10)));
    }
    let button = sent.text("button");
    let ended = check(&app, &viewer, &typed, button == "try").await?;
    let is_right = matches!(&ended, Ended::Checked(checked) if checked.problems.is_empty());
    if button != "upload" || !is_right {
        return Ok(page(&viewer, &reader, &typed, ended.came()));
    }
    if typed.note.chars().count() > MOST_NOTE {
        return Ok(page(&viewer, &reader, &typed, FileOutcome::LongNote(MOST_NOTE)));
    }
    match upload(&app, &viewer, &typed, &sent).await {
        Err(ApiError::Failure(Failure::NotAPlugin(problems) | Failure::Withheld(problems))) => {
            Ok(page(&viewer, &reader, &typed, FileOutcome::Refused(&said(&problems))))
        }
        Err(ApiError::Failure(Failure::KeyReused)) => {
            let anew = Typed { key: attempts::fresh(), ..typed };
            Ok(page(&viewer, &reader, &anew, FileOutcome::SentBefore))
        }
        Err(ApiError::Failure(failure)) if is_for_later(&failure) => {
            Ok(page(&viewer, &reader, &typed, FileOutcome::NotSaved))
        }
        uploaded => uploaded,
    }
}

async fn check(app: &App, viewer: &Viewer, typed: &Typed, attempt: bool) -> Result<Ended, ApiError> {
    let examples = match typed.examples.trim() {
        "" => Vec::new(),
        text => match serde_json::from_str(text) {
            Ok(examples) => vec![examples],
            Err(error) => return Ok(Ended::BadExamples(BadExamples::NoJson(error.line()))),
        },
    };
    let sent = SentRules { text: typed.rules.clone(), examples, attempt };
    let plan = viewer.caller.plan()?;
    match app.crosswalk.check_rules(&viewer.caller, plan, sent).await {
        Ok(checked) => Ok(Ended::Checked(Box::new(checked))),
        Err(Failure::NotAPlugin(problems)) => Ok(Ended::Refused(said(&problems))),
        Err(Failure::Busy) => Ok(Ended::Busy),
        Err(Failure::Invalid(problems)) => match problems.iter().find_map(bad_examples) {
            Some(bad) => Ok(Ended::BadExamples(bad)),
            None => Err(Failure::Invalid(problems).into()),
        },
        Err(failure) => Err(failure.into()),
    }
}

/// Mistake in the example cases, by the place that the problem names.
fn bad_examples(problem: &FieldProblem) -> Option<BadExamples> {
    let place = problem.pointer.strip_prefix("/examples")?;
    if problem.code == Code::TooMany {
        return Some(BadExamples::TooMany(MOST_TRIED));
    }
    let case = place.rsplit_once("/cases/").and_then(|(_, case)| case.parse::<usize>().ok());
    Some(case.map_or(BadExamples::NoCases, |case| BadExamples::Case(case + 1)))
}

/// Problem and fix of each.
fn said(problems: &[FieldProblem]) -> Vec<(String, String)> {
    problems.iter().map(|problem| (problem.detail.clone(), problem.fix.clone())).collect()
}

async fn upload(app: &App, viewer: &Viewer, typed: &Typed, sent: &Sent) -> Result<Response, ApiError> {
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    let (plan, text) = (caller.plan()?.clone(), typed.rules.clone());
    let note = Some(typed.note.trim().to_owned()).filter(|note| !note.is_empty());
    let once = sent.once("portalUploadRules", to_version)?;
    app.carry_out(async move { crosswalk.upload_rules(&caller, plan, text, note, once).await }).await
}

/// Sends the browser to the page of the version.
fn to_version(plugin: &ShownPlugin) -> StoredAnswer {
    leads_to(&portal::shadow::version(&plugin.release.digest.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_case_is_named_by_its_place_as_people_count() {
        let problem = |pointer: &str, code| FieldProblem::new(pointer, code, "", "");
        let table = [
            ("/examples/0/cases/3", Code::InvalidValue, Some(BadExamples::Case(4))),
            ("/examples/0", Code::InvalidValue, Some(BadExamples::NoCases)),
            ("/examples", Code::TooMany, Some(BadExamples::TooMany(MOST_TRIED))),
            ("/rules", Code::InvalidLength, None),
        ];
        for (pointer, code, expected) in table {
            assert_eq!(bad_examples(&problem(pointer, code)), expected, "{pointer}");
        }
    }
}

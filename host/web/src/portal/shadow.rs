//! Pages of the rules desk: shadow runs and their reports, the rules file, reference tables.

use axum::Router;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use domain::identifiers::{Digest, ShadowRunId};
use domain::problem::Code;
use jiff::civil::Date;
use portal::shadow::changes::{self, Changes, Difference};
use portal::shadow::report::{self, Report};
use portal::shadow::runs::{self, MOST_HOURS, Runs, Typed, Wrong};
use serde::Deserialize;
use workflow::command::{Outcome, StoredAnswer, WhatIf};
use workflow::shown::{Replay, ShownShadowChange, ShownShadowRun, WhatIfAnswer};
use workflow::{Failure, MOST_EVALUATIONS, NewShadowRun, Paging, ShadowRange};

use super::attempts::{self, leads_to, nothing_kept};
use super::fields::{Posted, spoken};
use super::reader::Reader;
use super::see_other;
use super::viewer::Viewer;
use crate::App;
use crate::problem::ApiError;
use crate::routes::Named;

mod file;
mod tables;

/// Runs on a page.
const RUNS: u32 = 20;
/// Changed requests on a page: a page costs the same, however many there are.
const CHANGES: u32 = 25;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/portal/rules/{id}/shadow", get(list).post(begin))
        .route("/portal/rules/{id}/shadow/{run}", get(read))
        .route("/portal/rules/{id}/shadow/{run}/stop", post(stop))
        .route("/portal/rules/{id}/shadow/{run}/changes.csv", get(sheet))
        .route("/portal/rules/{id}/shadow/{run}/cases", get(list_changes))
        .route("/portal/rules/{id}/shadow/{run}/cases/{number}", get(one_change))
        .route("/portal/rules/{id}/shadow/{run}/cases/{number}/replay", post(replay))
        .route("/portal/rules/{id}/shadow/{run}/cases/{number}/what-if", post(what_if))
        .merge(file::routes())
        .merge(tables::routes())
}

/// Place in a list.
#[derive(Deserialize)]
struct After {
    after: Option<String>,
}

/// Most bytes of the form with a file's text that is sent to this address; `None` where there is none.
pub(super) fn text_bytes(address: &str) -> Option<usize> {
    if address == portal::shadow::file::ADDRESS {
        return Some(file::LIMIT);
    }
    let rest = address.strip_prefix(portal::shadow::tables::ADDRESS)?;
    rest.starts_with('/').then_some(tables::LIMIT)
}

/// True for a failure after which the same form may be sent again: what was typed stays on the page.
fn is_for_later(failure: &Failure) -> bool {
    matches!(failure, Failure::Busy | Failure::Away(_) | Failure::NoRoom(_) | Failure::Unknown)
}

/// A version of the viewer's plan, as the pages of its shadow runs name it.
struct Version {
    name: String,
    /// True while it decides or is scheduled to.
    stands: bool,
}

impl Version {
    async fn of(app: &App, viewer: &Viewer, digest: &Digest) -> Result<Self, ApiError> {
        let found = app.crosswalk.plugin(&viewer.caller, digest).await?;
        let named = found.plugin.release.plugin_version;
        let name = named.unwrap_or_else(|| digest.to_string().chars().take(12).collect());
        Ok(Self { name, stands: found.activations.iter().any(|one| one.ended.is_none()) })
    }
}

async fn list(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(digest): Named<Digest>,
    Query(After { after }): Query<After>,
) -> Result<Response, ApiError> {
    let typed = Typed::new(attempts::fresh());
    runs_page(&app, &viewer, &reader, digest, after, &typed, None).await
}

async fn runs_page(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    digest: Digest,
    after: Option<String>,
    typed: &Typed,
    wrong: Option<Wrong>,
) -> Result<Response, ApiError> {
    let plan = viewer.caller.plan()?;
    let Version { name, stands } = Version::of(app, viewer, &digest).await?;
    let paging = Paging { limit: RUNS, cursor: after };
    let found = app.crosswalk.shadow_runs(&viewer.caller, plan, Some(&digest), paging).await?;
    let (id, next) = (digest.to_string(), found.next_cursor.as_deref());
    let page = Runs { digest: &id, version: &name, stands, runs: &found.items, next, typed, wrong };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(reader.page(status, runs::page(&reader.frame(Some(&viewer.who)), &page)))
}

async fn begin(
    State(app): State<App>,
    Named(digest): Named<Digest>,
    Posted { viewer, reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    let text = |name| sent.text(name).to_owned();
    let typed = Typed {
        range: text("range"),
        last: text("last"),
        from: text("from"),
        to: text("to"),
        hours: text("hours"),
        key: attempts::kept(&sent),
    };
    if language.is_some() {
        let page = runs_page(&app, &viewer, &reader, digest, None, &typed, None).await?;
        return Ok(spoken(page, language));
    }
    let range = match read_range(&typed, app.crosswalk.today()) {
        Ok(range) => range,
        Err(wrong) => return runs_page(&app, &viewer, &reader, digest, None, &typed, Some(wrong)).await,
    };
    let plan = viewer.caller.plan()?.clone();
    let once = sent.once("portalStartShadowRun", to_run)?;
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    let new = NewShadowRun { digest, range };
    let begun =
        app.carry_out(async move { crosswalk.start_shadow_run(&caller, plan, new, once).await }).await;
    if matches!(begun, Err(ApiError::Failure(Failure::KeyReused))) {
        let anew = Typed { key: attempts::fresh(), ..typed };
        return runs_page(&app, &viewer, &reader, digest, None, &anew, Some(Wrong::SentBefore)).await;
    }
    match begun.as_ref().err().and_then(field_code) {
        Some(Code::NothingToCompare) => {
            runs_page(&app, &viewer, &reader, digest, None, &typed, Some(Wrong::Nothing)).await
        }
        Some(Code::UnknownPlugin) => {
            runs_page(&app, &viewer, &reader, digest, None, &typed, Some(Wrong::NotReady)).await
        }
        _ => begun,
    }
}

/// Code of the one field that is wrong.
fn field_code(error: &ApiError) -> Option<Code> {
    match error {
        ApiError::Failure(Failure::Invalid(problems)) => problems.first().map(|problem| problem.code),
        _ => None,
    }
}

/// The decisions that are to be compared, as the form says.
fn read_range(typed: &Typed, today: Date) -> Result<ShadowRange, Wrong> {
    let number = |text: &str, most: u32| {
        let digits: String = text.chars().filter(|letter| !matches!(letter, ',' | ' ')).collect();
        digits.parse().ok().filter(|number| (1..=most).contains(number))
    };
    match typed.range.as_str() {
        "days" => {
            let first: Date = typed.from.trim().parse().map_err(|_| Wrong::From)?;
            let last = match typed.to.trim() {
                "" => today,
                text => text.parse().map_err(|_| Wrong::To)?,
            };
            if last < first { Err(Wrong::To) } else { Ok(ShadowRange::Days(first, last)) }
        }
        "live" => {
            let hours = number(&typed.hours, MOST_HOURS).ok_or(Wrong::Hours)?;
            Ok(ShadowRange::Live { minutes: hours * 60, share_percent: 100 })
        }
        _ => number(&typed.last, MOST_EVALUATIONS).map(ShadowRange::Last).ok_or(Wrong::Last),
    }
}

/// Sends the browser to the run.
fn to_run(run: &ShownShadowRun) -> StoredAnswer {
    let runs = portal::shadow::address(&run.run.digest.to_string());
    leads_to(&format!("{runs}/{}", run.run.id))
}

/// A run of a version; one of another version is not there.
struct RunOf {
    digest: Digest,
    run: ShadowRunId,
    number: u64,
}

impl<S: Send + Sync> FromRequestParts<S> for RunOf {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let path = path.map_err(|_| ApiError::NoSuchRoute)?;
        let of = |name: &str| path.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str());
        let read = || {
            let number =
                of("number").map_or(Some(1), |text| text.parse().ok().filter(|number| *number > 0))?;
            Some(Self { digest: of("id")?.parse().ok()?, run: of("run")?.parse().ok()?, number })
        };
        read().ok_or_else(|| Failure::NotFound.into())
    }
}

impl RunOf {
    /// The run, for the people of its plan. To whoever runs the host the desk is closed, whatever the address
    /// names.
    async fn found(&self, app: &App, viewer: &Viewer) -> Result<ShownShadowRun, ApiError> {
        viewer.caller.plan()?;
        let run = app.crosswalk.shadow_run(&viewer.caller, self.run).await?;
        if run.run.digest == self.digest { Ok(run) } else { Err(Failure::NotFound.into()) }
    }

    /// The changed request of that number in the run.
    async fn change(&self, app: &App, viewer: &Viewer) -> Result<ShownShadowChange, ApiError> {
        let paging = Paging { limit: 1, cursor: Some((self.number - 1).to_string()) };
        let page = app.crosswalk.shadow_changes(&viewer.caller, self.run, None, paging).await?;
        let found = page.items.into_iter().find(|change| change.number == self.number);
        found.ok_or_else(|| Failure::NotFound.into())
    }
}

async fn read(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    of: RunOf,
) -> Result<Response, ApiError> {
    let run = of.found(&app, &viewer).await?;
    let Version { name, stands } = Version::of(&app, &viewer, &of.digest).await?;
    let key = attempts::fresh();
    let page = Report { run: &run, version: &name, stands, key: &key };
    Ok(reader.page(StatusCode::OK, report::page(&reader.frame(Some(&viewer.who)), &page)))
}

async fn stop(
    State(app): State<App>,
    of: RunOf,
    Posted { viewer, sent, language, .. }: Posted,
) -> Result<Response, ApiError> {
    let run = of.found(&app, &viewer).await?;
    let address = to_run(&run).headers.remove(0).1;
    if language.is_some() {
        return Ok(spoken(see_other(&address), language));
    }
    let once = sent.once("portalCancelShadowRun", to_run)?;
    let (crosswalk, caller, id) = (app.crosswalk.clone(), viewer.caller.clone(), of.run);
    let stopped = app.carry_out(async move { crosswalk.cancel_shadow_run(&caller, id, once).await }).await;
    match stopped.as_ref().err().and_then(field_code) {
        // It came to its end meanwhile, which the page says.
        Some(Code::Ended) => Ok(see_other(&address)),
        _ => stopped,
    }
}

/// The changed requests as a spreadsheet: the same as the API's.
async fn sheet(State(app): State<App>, viewer: Viewer, of: RunOf) -> Result<Response, ApiError> {
    of.found(&app, &viewer).await?;
    let sheet = app.crosswalk.shadow_sheet(&viewer.caller, of.run).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.csv\"", of.run)),
    ];
    Ok((headers, sheet).into_response())
}

/// Filter and place of a list of changed requests.
#[derive(Deserialize)]
struct Listed {
    cause: Option<String>,
    after: Option<String>,
}

async fn list_changes(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    of: RunOf,
    Query(Listed { cause, after }): Query<Listed>,
) -> Result<Response, ApiError> {
    let run = of.found(&app, &viewer).await?;
    // The names of causes are ours: no other text comes back in the links of the page.
    let cause = cause.filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let paging = Paging { limit: CHANGES, cursor: after };
    let found = app.crosswalk.shadow_changes(&viewer.caller, of.run, cause.as_deref(), paging).await?;
    let page = Changes {
        run: &run,
        stands: Version::of(&app, &viewer, &of.digest).await?.stands,
        cause: cause.as_deref(),
        changes: &found.items,
        next: found.next_cursor.as_deref(),
    };
    Ok(reader.page(StatusCode::OK, changes::page(&reader.frame(Some(&viewer.who)), &page)))
}

async fn one_change(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    of: RunOf,
) -> Result<Response, ApiError> {
    let one = OneChange::of(&app, &viewer, &of).await?;
    Ok(one.page(&viewer, &reader, ChangeFindings::default()))
}

/// Findings about a changed request, each if it was asked for.
#[derive(Default)]
struct ChangeFindings {
    replay: Option<Replay>,
    what_if: Option<WhatIfAnswer>,
}

/// A changed request, with what its page says of the run and the version.
struct OneChange {
    run: ShownShadowRun,
    change: ShownShadowChange,
    stands: bool,
}

impl OneChange {
    async fn of(app: &App, viewer: &Viewer, of: &RunOf) -> Result<Self, ApiError> {
        let run = of.found(app, viewer).await?;
        let change = of.change(app, viewer).await?;
        let stands = Version::of(app, viewer, &of.digest).await?.stands;
        Ok(Self { run, change, stands })
    }

    fn page(&self, viewer: &Viewer, reader: &Reader, told: ChangeFindings) -> Response {
        let keys = [attempts::fresh(), attempts::fresh()];
        let page = Difference {
            run: &self.run,
            stands: self.stands,
            change: &self.change,
            replay: told.replay.as_ref(),
            what_if: told.what_if.as_ref().map(|answer| answer.what_if.as_ref()),
            keys: [&keys[0], &keys[1]],
        };
        reader.page(StatusCode::OK, changes::difference(&reader.frame(Some(&viewer.who)), &page))
    }
}

/// Repeats the recorded decision, and shows the page with what came of it. Nothing is changed by it, so that
/// its answer is the page itself.
async fn replay(
    State(app): State<App>,
    of: RunOf,
    Posted { viewer, mut reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    let one = OneChange::of(&app, &viewer, &of).await?;
    reader.address = without_step(&reader.address).to_owned();
    if language.is_some() {
        return Ok(spoken(see_other(&reader.address), language));
    }
    let once = sent.once("portalReplay", nothing_kept)?;
    let (crosswalk, caller, id) = (app.crosswalk.clone(), viewer.caller.clone(), one.change.evaluation);
    let outcome = app.finish(async move { crosswalk.replay(&caller, id, once).await }).await?;
    match outcome {
        Outcome::Fresh(replay, _) => {
            let told = ChangeFindings { replay: Some(replay), ..ChangeFindings::default() };
            Ok(one.page(&viewer, &reader, told))
        }
        Outcome::Replayed(_) => Ok(see_other(&reader.address)),
    }
}

/// Looks for what would turn the recorded decision, and shows the page with it.
async fn what_if(
    State(app): State<App>,
    of: RunOf,
    Posted { viewer, mut reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    let one = OneChange::of(&app, &viewer, &of).await?;
    reader.address = without_step(&reader.address).to_owned();
    if language.is_some() {
        return Ok(spoken(see_other(&reader.address), language));
    }
    let once = sent.once("portalWhatIf", nothing_kept)?;
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    let asked = WhatIf::Evaluation(one.change.evaluation);
    let outcome = app.finish(async move { crosswalk.what_if(&caller, asked, once).await }).await?;
    match outcome {
        Outcome::Fresh(answer, _) => {
            let told = ChangeFindings { what_if: Some(answer), ..ChangeFindings::default() };
            Ok(one.page(&viewer, &reader, told))
        }
        Outcome::Replayed(_) => Ok(see_other(&reader.address)),
    }
}

/// Address of the page whose form was posted to an address below it.
fn without_step(address: &str) -> &str {
    address.rsplit_once('/').map_or(address, |(page, _)| page)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn typed(range: &str, fields: [&str; 4]) -> Typed {
        let [last, from, to, hours] = fields.map(str::to_owned);
        Typed { range: range.to_owned(), last, from, to, hours, key: "attempt".to_owned() }
    }

    #[test]
    fn the_range_is_read_as_people_write_it() {
        let today = date(2026, 11, 20);
        let read = |range, fields| read_range(&typed(range, fields), today);
        assert_eq!(read("last", ["10,000", "", "", ""]), Ok(ShadowRange::Last(10_000)));
        let days = ShadowRange::Days(date(2026, 7, 1), today);
        assert_eq!(read("days", ["", "2026-07-01", "", ""]), Ok(days));
        let live = ShadowRange::Live { minutes: 120, share_percent: 100 };
        assert_eq!(read("live", ["", "", "", "2"]), Ok(live));
        for (range, fields, wrong) in [
            ("last", ["0", "", "", ""], Wrong::Last),
            ("last", ["1000001", "", "", ""], Wrong::Last),
            ("", ["many", "", "", ""], Wrong::Last),
            ("days", ["", "", "", ""], Wrong::From),
            ("days", ["", "2026-07-01", "2026-06-30", ""], Wrong::To),
            ("days", ["", "2026-07-01", "2026-02-30", ""], Wrong::To),
            ("live", ["", "", "", "169"], Wrong::Hours),
        ] {
            assert_eq!(read(range, fields), Err(wrong), "{range} {fields:?}");
        }
    }

    #[test]
    fn forms_with_the_text_of_a_file_are_larger() {
        assert_eq!(text_bytes("/portal/rules/file"), Some(file::LIMIT));
        assert_eq!(text_bytes("/portal/tables/rates"), Some(tables::LIMIT));
        for address in ["/portal/tables", "/portal/tablespoons/a", "/portal/rules/file/x", "/portal/work"] {
            assert_eq!(text_bytes(address), None, "{address}");
        }
    }

    #[test]
    fn a_step_is_posted_below_its_page() {
        assert_eq!(
            without_step("/portal/rules/a/shadow/b/cases/1/replay"),
            "/portal/rules/a/shadow/b/cases/1"
        );
    }
}

//! Rules desk of a plan over HTTP: for those of its people who publish its rules. For everybody else of other
//! organizations it is not there.

use std::time::Duration;

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use domain::actor::Actor;
use domain::identifiers::{Digest, KeyId, PlanId, SigningKeyId};
use domain::problem::Code;
use domain::release::State as ReleaseState;
use domain::rollout::{About, StandingActivation, chosen};
use domain::text::is_plain_line;
use portal::desk::back::{self, Withdrawal};
use portal::desk::keys::{self, Keys};
use portal::desk::sentence_form::{self, SentenceForm, Typed};
use portal::desk::upload::{self, NOTE, Reason, Upload};
use portal::desk::version_page::{self, KEY, SIGNATURE, VersionPage};
use portal::desk::watch::{self, WatchShown};
use portal::desk::{self, Actors, Desk, KEYS, address};
use portal::{CHOOSE_AGAIN, Fields, ONCE, Words};
use serde::Deserialize;
use workflow::command::{
    NewActivation, NewKey, NewPlugin, NewSignature, NewSigningKey, Outcome, StoredAnswer,
};
use workflow::shown::{
    Activation, PluginDetail, Proposal, Rollback, ShownKey, ShownPlugin, ShownReceipt, SigningKey,
};
use workflow::{Failure, FieldProblem, Paging, Role};

use super::attempts::{self, leads_to};
use super::fields::{FORM, Posted, spoken};
use super::files::{FileSent, with_file};
use super::reader::Reader;
use super::viewer::Viewer;
use crate::App;
use crate::addresses::addressed;
use crate::body::{self, Readable};
use crate::problem::{ApiError, FieldErrorView};
use crate::routes::Named;
use crate::spanish;

/// Forms with a component, which may be as large as the API takes it, and a note.
const COMPONENT_FORM: Readable =
    Readable { limit_bytes: body::WASM.limit_bytes + (64 << 10), within: Duration::from_secs(300), ..FORM };
/// Versions and activations that a page knows: as many as a plan may keep.
const MOST: u32 = 200;
/// Access keys on a page.
const MOST_KEYS: u32 = 200;
/// Characters of a file's name, a note and a reason, and of a key's label.
const FILE_NAME: usize = 200;
const LINE: usize = 500;
const LABEL: usize = 100;

/// Addresses of the desk.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/portal/rules", get(rules))
        .route("/portal/rules/upload", get(upload_form).post(upload))
        .route("/portal/rules/keys", get(key_page).post(make_key))
        .route("/portal/rules/keys/signing", post(add_signing_key))
        .route("/portal/rules/keys/signing/{id}/end", get(retire_page).post(retire))
        .route("/portal/rules/keys/{id}/end", get(end_key_page).post(end_key))
        .route("/portal/rules/{id}", get(version))
        .route("/portal/rules/{id}/live", get(live_form).post(live))
        .route("/portal/rules/{id}/confirm", post(confirm))
        .route("/portal/rules/{id}/check", post(check))
        .route("/portal/rules/{id}/approve", post(approve))
        .route("/portal/rules/{id}/sign", post(sign))
        .route("/portal/rules/{id}/watch", get(watch_page))
        .route("/portal/rules/{id}/roll-back", get(roll_back_page).post(roll_back))
        .route("/portal/rules/{id}/revoke", get(revoke_page).post(revoke))
}

/// The plan whose rules the viewer publishes. For people of other organizations the desk is not there; for
/// others of the plan it is no work of theirs.
fn plan_of(viewer: &Viewer) -> Result<PlanId, ApiError> {
    let plan = viewer.caller.plan.clone().ok_or(Failure::NotFound)?;
    viewer.caller.must_be(&[Role::PlanAdmin])?;
    Ok(plan)
}

fn first(limit: u32) -> Paging {
    Paging { limit, cursor: None }
}

fn to_version(plugin: &ShownPlugin) -> StoredAnswer {
    leads_to(&address(&plugin.release.digest))
}

/// Codes of what keeps something from being done; the failure itself where it is another.
fn withheld(error: ApiError) -> Result<Vec<Code>, ApiError> {
    match error {
        ApiError::Failure(Failure::Withheld(problems) | Failure::Invalid(problems)) => {
            Ok(problems.iter().map(|problem| problem.code).collect())
        }
        error => Err(error),
    }
}

/// A line that a person typed: trimmed, of at most so many characters; `None` where it is empty or no line.
fn line(typed: &str, most: usize) -> Option<String> {
    let typed = typed.trim();
    let fits = !typed.is_empty() && typed.chars().count() <= most && is_plain_line(typed);
    fits.then(|| typed.to_owned())
}

async fn names(app: &App, viewer: &Viewer, actors: Vec<Option<Actor>>) -> Result<Actors, ApiError> {
    let actors: Vec<Actor> = actors.into_iter().flatten().collect();
    Ok(app.crosswalk.names_of(&viewer.caller, actors).await?)
}

/// Place in the list of versions, and the day that is asked about.
#[derive(Deserialize)]
struct Wanted {
    after: Option<String>,
    on: Option<String>,
}

async fn rules(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(Wanted { after, on }): Query<Wanted>,
) -> Result<Response, ApiError> {
    let plan = plan_of(&viewer)?;
    let caller = &viewer.caller;
    let plugins = app.crosswalk.plugins(caller, &plan, Paging { limit: MOST, cursor: after }).await?;
    let activations = app.crosswalk.activations(caller, &plan, first(MOST)).await?;
    let proposals = app.crosswalk.proposals(caller, &plan).await?;
    let breakers = app.crosswalk.breakers_of(caller, &plan).await?;
    let mut acted: Vec<Option<Actor>> = plugins.items.iter().map(|plugin| plugin.release.uploader).collect();
    acted.extend(proposals.items.iter().map(|one| one.by));
    let actors = names(&app, &viewer, acted).await?;
    let on = on.unwrap_or_default();
    let is_no_day = !on.trim().is_empty() && on.trim().parse::<jiff::civil::Date>().is_err();
    let desk = Desk {
        plan: &viewer.who.organization,
        plugins: &plugins.items,
        next: plugins.next_cursor.as_deref(),
        activations: &activations.items,
        proposals: &proposals.items,
        breakers: &breakers.items,
        actors: &actors,
        me: caller.actor(),
        on: &on,
    };
    let status = if is_no_day { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(reader.page(status, desk::page(&reader.frame(Some(&viewer.who)), &desk)))
}

async fn upload_form(viewer: Viewer, reader: Reader) -> Result<Response, ApiError> {
    plan_of(&viewer)?;
    let upload = Upload { once: attempts::fresh(), ..Upload::default() };
    Ok(reader.page(StatusCode::OK, upload::page(&reader.frame(Some(&viewer.who)), &upload)))
}

async fn upload(
    State(app): State<App>,
    viewer: Viewer,
    mut reader: Reader,
    request: Request,
) -> Result<Response, ApiError> {
    let plan = plan_of(&viewer)?;
    let room = app.uploads.enter(*viewer.caller.organization()?).await?;
    let again = |reader: &Reader, status, upload: &Upload| {
        reader.page(status, upload::page(&reader.frame(Some(&viewer.who)), upload))
    };
    let (sent, attached) = match with_file(request.map(|body| room.fair(body)), COMPONENT_FORM).await {
        Ok(sent) => sent,
        Err(ApiError::BodyTooLarge { .. }) => {
            let too_large = Upload { once: attempts::fresh(), file_too_large: true, ..Upload::default() };
            return Ok(again(&reader, StatusCode::PAYLOAD_TOO_LARGE, &too_large));
        }
        Err(error) => return Err(error),
    };
    let typed = sent.text(NOTE);
    let shown = Upload { once: attempts::fresh(), note: typed.to_owned(), ..Upload::default() };
    let language = sent.language(&mut reader);
    if language.is_some() {
        let upload = Upload { choose_again: attached.is_some() || sent.has(CHOOSE_AGAIN), ..shown };
        return Ok(spoken(again(&reader, StatusCode::OK, &upload), language));
    }
    let note = line(typed, LINE);
    let file_missing = attached.is_none();
    let note_wrong = note.is_none() && !typed.is_empty();
    let Some(FileSent { name, bytes, .. }) = attached.filter(|_| !note_wrong) else {
        let upload = Upload { file_missing, note_wrong, ..shown };
        return Ok(again(&reader, StatusCode::UNPROCESSABLE_ENTITY, &upload));
    };
    let asked = format!("{typed}\n{}", Digest::of(&bytes));
    let attempt = attempts::of(sent.text(ONCE), desk::UPLOAD, &asked)?;
    let once = attempt.once("portalUpload", to_version);
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    let new = NewPlugin { bytes, file: line(&name, FILE_NAME), note };
    let command = async move {
        let _room = room;
        crosswalk.upload_plugin(&caller, plan, new, once).await
    };
    match app.carry_out(command).await {
        Err(ApiError::Failure(Failure::NotAPlugin(problems))) => {
            let reasons = problems.iter().map(|problem| reason(problem, reader.words)).collect();
            Ok(again(&reader, StatusCode::UNPROCESSABLE_ENTITY, &Upload { reasons, ..shown }))
        }
        Err(error @ ApiError::Failure(Failure::Withheld(_))) => {
            let withheld = withheld(error)?;
            Ok(again(&reader, StatusCode::UNPROCESSABLE_ENTITY, &Upload { withheld, ..shown }))
        }
        answer => answer,
    }
}

/// A reason in the reader's language. In Spanish the sentence says what is so in all such cases, and the
/// checker's own words stand beside it.
fn reason(problem: &FieldProblem, words: Words) -> Reason {
    let (detail, fix) = (addressed(&problem.detail), addressed(&problem.fix));
    let at = problem.pointer.clone();
    if words.language == domain::case::Language::En {
        return Reason { at, says: detail, fix, detail: None };
    }
    let mut said =
        FieldErrorView { pointer: at.clone(), code: problem.code, detail: detail.clone(), fix, text: None };
    spanish::say_field(&mut said);
    Reason { at, says: said.detail, fix: said.fix, detail: Some(detail) }
}

/// Why a version was refused, or does not load here.
fn reasons(plugin: &ShownPlugin, words: Words) -> Vec<Reason> {
    let refused = match &plugin.release.state {
        ReleaseState::Refused { reasons, .. } => reasons.as_slice(),
        _ => &[],
    };
    let of_record = refused
        .iter()
        .map(|one| FieldProblem::new(&*one.at, one.code, &*one.problem, &*one.fix))
        .map(|problem| reason(&problem, words));
    of_record.chain(plugin.does_not_load.iter().map(|problem| reason(problem, words))).collect()
}

/// A version of the viewer's plan.
async fn detail_of(
    app: &App,
    viewer: &Viewer,
    plan: &PlanId,
    digest: &Digest,
) -> Result<PluginDetail, ApiError> {
    let detail = app.crosswalk.plugin(&viewer.caller, digest).await?;
    if detail.plugin.release.plan == *plan { Ok(detail) } else { Err(Failure::NotFound.into()) }
}

/// Something that may not be there.
fn perhaps<T>(found: Result<T, Failure>) -> Result<Option<T>, ApiError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Failure::NotFound) => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

async fn proposal_of(
    app: &App,
    viewer: &Viewer,
    plan: &PlanId,
    digest: &Digest,
) -> Result<Option<Proposal>, ApiError> {
    let proposals = app.crosswalk.proposals(&viewer.caller, plan).await?;
    Ok(proposals.items.into_iter().find(|one| one.activation.digest == *digest))
}

async fn version(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(digest): Named<Digest>,
) -> Result<Response, ApiError> {
    version_answer(&app, &viewer, &reader, digest, StatusCode::OK, &[], None).await
}

/// A version's page; with what kept something from being done.
async fn version_answer(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    digest: Digest,
    status: StatusCode,
    withheld: &[Code],
    signed: Option<(&str, &str)>,
) -> Result<Response, ApiError> {
    let plan = plan_of(viewer)?;
    let caller = &viewer.caller;
    let crosswalk = &app.crosswalk;
    let detail = detail_of(app, viewer, &plan, &digest).await?;
    let compiling = if detail.plugin.is_compiling() {
        let all = crosswalk.plugins(caller, &plan, first(MOST)).await?.items;
        all.into_iter().filter(|one| one.is_compiling() && one.release.digest != digest).collect()
    } else {
        Vec::new()
    };
    let profile = perhaps(crosswalk.plugin_profile(caller, &plan, &digest).await)?;
    let receipts = perhaps(crosswalk.receipts(caller, &plan, &digest, first(1)).await)?;
    let receipt = receipts.and_then(|page| page.items.into_iter().next());
    let steps = crosswalk.plugin_timeline(caller, &plan, &digest).await?;
    let proposal = proposal_of(app, viewer, &plan, &digest).await?;
    let breakers = crosswalk.breakers_of(caller, &plan).await?;
    let signing = crosswalk.signing_keys(caller, &plan).await?;
    let release = &detail.plugin.release;
    let approved_by = release.state.approval().and_then(|approval| approval.by);
    let mut acted = vec![release.uploader, approved_by, proposal.as_ref().and_then(|one| one.by)];
    acted.extend(steps.iter().map(|step| step.actor));
    let actors = names(app, viewer, acted).await?;
    let reasons = reasons(&detail.plugin, reader.words);
    // The answer to a form is at the form's address; to come back is to come to the version.
    let mut reader = reader.clone();
    reader.address = address(&digest);
    let page = VersionPage {
        detail: &detail,
        compiling: &compiling,
        profile: profile.as_ref(),
        receipt: receipt.as_ref(),
        reasons: &reasons,
        steps: &steps,
        proposal: proposal.as_ref(),
        breakers: &breakers.items,
        actors: &actors,
        me: caller.actor(),
        withheld,
        signing: &signing.items,
        signed,
        signed_wrong: status.is_client_error(),
        once: &attempts::fresh(),
    };
    Ok(reader.page(status, version_page::page(&reader.frame(Some(&viewer.who)), &page)))
}

/// The sentence, as a form holds it; the first time there is none.
fn sentence_in(sent: &Fields) -> Typed {
    let usual = Typed::default();
    let or = |name, usual| sent.get(name).map_or(usual, str::to_owned);
    Typed {
        when: or("when", usual.when),
        day: or("day", usual.day),
        time: or("time", usual.time),
        days: or("days", usual.days),
        rules_from: or("rules-from", usual.rules_from),
        whom: or("whom", usual.whom),
        share: or("share", usual.share),
        counties: or("counties", usual.counties),
    }
}

/// Version and counties that the page of the sentence is made of.
struct Sentence {
    plan: PlanId,
    detail: PluginDetail,
    counties: Vec<String>,
}

impl Sentence {
    async fn of(app: &App, viewer: &Viewer, digest: Digest) -> Result<Self, ApiError> {
        let plan = plan_of(viewer)?;
        let detail = detail_of(app, viewer, &plan, &digest).await?;
        let profile = perhaps(app.crosswalk.plugin_profile(&viewer.caller, &plan, &digest).await)?;
        let counties = profile.map(|profile| profile.counties).unwrap_or_default();
        Ok(Self { plan, detail, counties })
    }

    fn page(
        &self,
        viewer: &Viewer,
        reader: &Reader,
        status: StatusCode,
        typed: &Typed,
        found: Result<Option<&NewActivation>, &[sentence_form::Wrong]>,
        withheld: &[Code],
    ) -> Response {
        let form = SentenceForm {
            detail: &self.detail,
            counties: &self.counties,
            typed,
            wrong: found.err().unwrap_or_default(),
            withheld,
            read: found.ok().flatten(),
            once: &attempts::fresh(),
        };
        reader.page(status, sentence_form::page(&reader.frame(Some(&viewer.who)), &form))
    }
}

async fn live_form(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(digest): Named<Digest>,
) -> Result<Response, ApiError> {
    let sentence = Sentence::of(&app, &viewer, digest).await?;
    Ok(sentence.page(&viewer, &reader, StatusCode::OK, &Typed::default(), Ok(None), &[]))
}

async fn live(
    State(app): State<App>,
    Named(digest): Named<Digest>,
    Posted { viewer, reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    let sentence = Sentence::of(&app, &viewer, digest).await?;
    let (typed, button) = (sentence_in(&sent), sent.text("button"));
    if language.is_some() {
        let response = sentence.page(&viewer, &reader, StatusCode::OK, &typed, Ok(None), &[]);
        return Ok(spoken(response, language));
    }
    if button == "change" {
        return Ok(sentence.page(&viewer, &reader, StatusCode::OK, &typed, Ok(None), &[]));
    }
    let new = match typed.read(digest, &sentence.counties, reader.now) {
        Ok(new) => new,
        Err(wrong) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(sentence.page(&viewer, &reader, status, &typed, Err(&wrong), &[]));
        }
    };
    let (crosswalk, caller, plan) = (app.crosswalk.clone(), viewer.caller.clone(), sentence.plan.clone());
    let done = match button {
        "do" => {
            let once = sent.once("portalActivate", activated)?;
            let new = new.clone();
            app.carry_out(async move { crosswalk.activate(&caller, plan, new, once).await }).await
        }
        "ask" => {
            let once = sent.once("portalPropose", proposed)?;
            let new = new.clone();
            app.carry_out(async move { crosswalk.propose_activation(&caller, plan, new, once).await }).await
        }
        _ => return Ok(sentence.page(&viewer, &reader, StatusCode::OK, &typed, Ok(Some(&new)), &[])),
    };
    match done {
        Ok(response) => Ok(response),
        Err(error) => {
            let codes = withheld(error)?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(sentence.page(&viewer, &reader, status, &typed, Ok(Some(&new)), &codes))
        }
    }
}

fn activated(activation: &Activation) -> StoredAnswer {
    leads_to(&address(&activation.digest))
}

fn proposed(proposal: &Proposal) -> StoredAnswer {
    leads_to(&address(&proposal.activation.digest))
}

/// Activates what was proposed, in the second person's name. What was proposed otherwise meanwhile is not
/// done.
async fn confirm(
    State(app): State<App>,
    Named(digest): Named<Digest>,
    Posted { viewer, reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    let plan = plan_of(&viewer)?;
    if language.is_some() {
        return Ok(spoken(super::see_other(&address(&digest)), language));
    }
    let once = sent.once("portalConfirm", activated)?;
    detail_of(&app, &viewer, &plan, &digest).await?;
    let proposal = proposal_of(&app, &viewer, &plan, &digest).await?;
    let Some(proposal) = proposal.filter(|one| one.id.to_string() == sent.text("proposal")) else {
        // Sent twice, it is done; else another sentence stands there now.
        return match app.crosswalk.done_before(&viewer.caller, &once).await? {
            Some(answer) => Ok(crate::answer::replayed(answer)),
            None => Err(Failure::Stale.into()),
        };
    };
    if proposal.by.is_some() && proposal.by == viewer.caller.actor() {
        let codes = [Code::SecondPersonNeeded];
        return version_answer(
            &app,
            &viewer,
            &reader,
            digest,
            StatusCode::UNPROCESSABLE_ENTITY,
            &codes,
            None,
        )
        .await;
    }
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    let new = proposal.activation;
    match app.carry_out(async move { crosswalk.activate(&caller, plan, new, once).await }).await {
        Ok(response) => Ok(response),
        Err(error) => {
            let codes = withheld(error)?;
            version_answer(&app, &viewer, &reader, digest, StatusCode::UNPROCESSABLE_ENTITY, &codes, None)
                .await
        }
    }
}

/// Approves a version in the viewer's name.
async fn approve(
    State(app): State<App>,
    Named(digest): Named<Digest>,
    Posted { viewer, reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    let plan = plan_of(&viewer)?;
    if language.is_some() {
        return Ok(spoken(super::see_other(&address(&digest)), language));
    }
    let once = sent.once("portalApprove", to_version)?;
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    match app.carry_out(async move { crosswalk.approve_plugin(&caller, plan, digest, once).await }).await {
        Ok(response) => Ok(response),
        Err(error) => {
            let codes = withheld(error)?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            version_answer(&app, &viewer, &reader, digest, status, &codes, None).await
        }
    }
}

/// Registers a signature over a version, made elsewhere.
async fn sign(
    State(app): State<App>,
    Named(digest): Named<Digest>,
    Posted { viewer, reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    let plan = plan_of(&viewer)?;
    let (key, signature) = (sent.text(KEY), sent.text(SIGNATURE));
    let typed = Some((key, signature));
    if language.is_some() {
        let page = version_answer(&app, &viewer, &reader, digest, StatusCode::OK, &[], typed).await?;
        return Ok(spoken(page, language));
    }
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let (Ok(key), Some(signature)) = (key.parse::<SigningKeyId>(), keys::hexadecimal::<64>(signature)) else {
        return version_answer(&app, &viewer, &reader, digest, status, &[], typed).await;
    };
    let once = sent.once("portalSign", to_version)?;
    let new = NewSignature { key, signature };
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    match app.carry_out(async move { crosswalk.sign_plugin(&caller, plan, digest, new, once).await }).await {
        Err(ApiError::Failure(Failure::Invalid(_))) => {
            version_answer(&app, &viewer, &reader, digest, status, &[], typed).await
        }
        answer => answer,
    }
}

/// Has the conformance kit check a version.
async fn check(
    State(app): State<App>,
    Named(digest): Named<Digest>,
    Posted { viewer, sent, language, .. }: Posted,
) -> Result<Response, ApiError> {
    let plan = plan_of(&viewer)?;
    if language.is_some() {
        return Ok(spoken(super::see_other(&address(&digest)), language));
    }
    let once = sent.once("portalCheck", checked)?;
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller);
    app.carry_out(async move { crosswalk.make_receipt(&caller, plan, digest, Vec::new(), once).await }).await
}

fn checked(receipt: &ShownReceipt) -> StoredAnswer {
    leads_to(&format!("{}#receipt", address(&receipt.receipt.digest)))
}

async fn watch_page(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(digest): Named<Digest>,
) -> Result<Response, ApiError> {
    let plan = plan_of(&viewer)?;
    let detail = detail_of(&app, &viewer, &plan, &digest).await?;
    let watch = app.crosswalk.watch_plugin(&viewer.caller, &plan, &digest).await?;
    let breakers = app.crosswalk.breakers_of(&viewer.caller, &plan).await?;
    let shown = WatchShown { detail: &detail, watch: &watch, breakers: &breakers.items };
    Ok(reader.page(StatusCode::OK, watch::page(&reader.frame(Some(&viewer.who)), &shown)))
}

async fn roll_back_page(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(digest): Named<Digest>,
) -> Result<Response, ApiError> {
    roll_back_answer(&app, &viewer, &reader, digest, StatusCode::OK, &[]).await
}

/// First step of a roll-back: which version would answer then.
async fn roll_back_answer(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    digest: Digest,
    status: StatusCode,
    withheld: &[Code],
) -> Result<Response, ApiError> {
    let plan = plan_of(viewer)?;
    let detail = detail_of(app, viewer, &plan, &digest).await?;
    let all = app.crosswalk.activations(&viewer.caller, &plan, first(MOST)).await?.items;
    let standing = all.iter().filter(|one| one.ended.is_none());
    let (own, left): (Vec<&Activation>, Vec<&Activation>) = standing.partition(|one| one.digest == digest);
    let left: Vec<StandingActivation> = left.into_iter().map(Activation::standing).collect();
    let about = About::on(domain::time::pacific_day(reader.now));
    let then = chosen(&left, &about, reader.now).map(|one| one.digest);
    let number = match then {
        Some(then) => detail_of(app, viewer, &plan, &then).await?.plugin.release.plugin_version,
        None => None,
    };
    let withdrawal = Withdrawal::RollBack {
        digest,
        version: detail.plugin.release.plugin_version.as_deref(),
        then: then.map(|then| (then, number.as_deref())),
        answers: own.iter().any(|one| one.from <= reader.now),
    };
    Ok(back_page(viewer, reader, status, &withdrawal, withheld))
}

fn back_page(
    viewer: &Viewer,
    reader: &Reader,
    status: StatusCode,
    withdrawal: &Withdrawal<'_>,
    withheld: &[Code],
) -> Response {
    reader
        .page(status, back::page(&reader.frame(Some(&viewer.who)), withdrawal, withheld, &attempts::fresh()))
}

async fn roll_back(
    State(app): State<App>,
    Named(digest): Named<Digest>,
    Posted { viewer, reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    let plan = plan_of(&viewer)?;
    if language.is_some() {
        let page = roll_back_answer(&app, &viewer, &reader, digest, StatusCode::OK, &[]).await?;
        return Ok(spoken(page, language));
    }
    let once = sent.once("portalRollBack", rolled_back)?;
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    match app.carry_out(async move { crosswalk.roll_back(&caller, plan, Some(digest), once).await }).await {
        Ok(response) => Ok(response),
        Err(error) => {
            let codes = withheld(error)?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            roll_back_answer(&app, &viewer, &reader, digest, status, &codes).await
        }
    }
}

fn rolled_back(back: &Rollback) -> StoredAnswer {
    leads_to(&address(&back.digest))
}

async fn revoke_page(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(digest): Named<Digest>,
) -> Result<Response, ApiError> {
    let plan = plan_of(&viewer)?;
    let detail = detail_of(&app, &viewer, &plan, &digest).await?;
    let version = detail.plugin.release.plugin_version.as_deref();
    let withdrawal = Withdrawal::Revoke { digest, version, reason: "", wrong: false };
    Ok(back_page(&viewer, &reader, StatusCode::OK, &withdrawal, &[]))
}

async fn revoke(
    State(app): State<App>,
    Named(digest): Named<Digest>,
    Posted { viewer, reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    let plan = plan_of(&viewer)?;
    let detail = detail_of(&app, &viewer, &plan, &digest).await?;
    let version = detail.plugin.release.plugin_version.as_deref();
    let withdrawal = |wrong| Withdrawal::Revoke { digest, version, reason: sent.text("reason"), wrong };
    if language.is_some() {
        return Ok(spoken(back_page(&viewer, &reader, StatusCode::OK, &withdrawal(false), &[]), language));
    }
    let Some(reason) = line(sent.text("reason"), LINE) else {
        return Ok(back_page(&viewer, &reader, StatusCode::UNPROCESSABLE_ENTITY, &withdrawal(true), &[]));
    };
    let once = sent.once("portalRevoke", to_version)?;
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    app.carry_out(async move { crosswalk.revoke_plugin(&caller, plan, digest, reason, once).await }).await
}

async fn key_page(State(app): State<App>, viewer: Viewer, reader: Reader) -> Result<Response, ApiError> {
    key_answer(&app, &viewer, &reader, StatusCode::OK, &keys::Typed::default(), &[], None).await
}

async fn key_answer(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    status: StatusCode,
    typed: &keys::Typed,
    wrong: &[keys::Wrong],
    made: Option<(&str, &str)>,
) -> Result<Response, ApiError> {
    let plan = plan_of(viewer)?;
    let caller = &viewer.caller;
    let access = match caller.manages_keys {
        true => Some(app.crosswalk.keys(caller, first(MOST_KEYS)).await?.items),
        false => None,
    };
    let signing = app.crosswalk.signing_keys(caller, &plan).await?;
    let policy = app.crosswalk.policy(caller, &plan).await?;
    let mut reader = reader.clone();
    KEYS.clone_into(&mut reader.address);
    let page = Keys {
        keys: access.as_deref(),
        signing: &signing.items,
        policy: &policy,
        typed,
        wrong,
        made,
        once: &attempts::fresh(),
    };
    Ok(reader.page(status, keys::page(&reader.frame(Some(&viewer.who)), &page)))
}

async fn make_key(
    State(app): State<App>,
    Posted { viewer, reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    plan_of(&viewer)?;
    let [label, role, license, ends] = ["label", "role", "license", "ends"].map(|name| sent.text(name));
    let typed = keys::Typed {
        label: label.to_owned(),
        role: role.to_owned(),
        license: license.to_owned(),
        ends: ends.to_owned(),
        ..keys::Typed::default()
    };
    if language.is_some() {
        let page = key_answer(&app, &viewer, &reader, StatusCode::OK, &typed, &[], None).await?;
        return Ok(spoken(page, language));
    }
    let (named, end) = (line(label, LABEL), keys::end_of(ends, reader.now));
    let (Some(label), Ok(expires_at)) = (&named, &end) else {
        let label = named.is_none().then_some(keys::Wrong::Label);
        let wrong: Vec<keys::Wrong> = label.into_iter().chain(end.err()).collect();
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return key_answer(&app, &viewer, &reader, status, &typed, &wrong, None).await;
    };
    let is_reviewer = role == Role::PlanReviewer.name();
    let new = NewKey {
        organization: None,
        role: if is_reviewer { Role::PlanReviewer } else { Role::PlanAdmin },
        manages_keys: false,
        label: label.clone(),
        license: line(license, LABEL).filter(|_| is_reviewer),
        expires_at: *expires_at,
    };
    let once = sent.once("portalCreateKey", told)?;
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    let made = app.finish(async move { crosswalk.create_key(&caller, new, once).await }).await?;
    let (Outcome::Fresh(_, answer) | Outcome::Replayed(answer)) = made;
    let secret = String::from_utf8(answer.body).map_err(Failure::internal)?;
    let typed = keys::Typed::default();
    // No address holds a secret, so the page that tells it is the answer to the form.
    key_answer(&app, &viewer, &reader, StatusCode::OK, &typed, &[], Some((label, &secret))).await
}

/// The secret, which a form that is sent twice must be told twice.
fn told(key: &ShownKey) -> StoredAnswer {
    let secret = key.secret.clone().unwrap_or_default();
    StoredAnswer { status: StatusCode::OK.as_u16(), headers: Vec::new(), body: secret.into_bytes() }
}

async fn add_signing_key(
    State(app): State<App>,
    Posted { viewer, reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    let plan = plan_of(&viewer)?;
    let (purpose, public) = (sent.text("purpose"), sent.text("public"));
    let typed =
        keys::Typed { purpose: purpose.to_owned(), public: public.to_owned(), ..keys::Typed::default() };
    if language.is_some() {
        let page = key_answer(&app, &viewer, &reader, StatusCode::OK, &typed, &[], None).await?;
        return Ok(spoken(page, language));
    }
    let (label, public_key) = (line(purpose, LABEL), keys::public_half(public));
    let again = async |wrong: Vec<keys::Wrong>| {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        key_answer(&app, &viewer, &reader, status, &typed, &wrong, None).await
    };
    let (Some(label), Some(public_key)) = (&label, public_key) else {
        let purpose = label.is_none().then_some(keys::Wrong::Purpose);
        let public = public_key.is_none().then_some(keys::Wrong::Public);
        return again(purpose.into_iter().chain(public).collect()).await;
    };
    let once = sent.once("portalAddSigningKey", registered)?;
    let new = NewSigningKey { public_key, label: label.clone() };
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    let added = app.carry_out(async move { crosswalk.add_signing_key(&caller, plan, new, once).await }).await;
    match added {
        Err(ApiError::Failure(Failure::Exists)) => again(vec![keys::Wrong::Known]).await,
        Err(ApiError::Failure(Failure::Invalid(_))) => again(vec![keys::Wrong::Public]).await,
        answer => answer,
    }
}

fn registered(_: &SigningKey) -> StoredAnswer {
    leads_to(KEYS)
}

async fn retire_page(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<SigningKeyId>,
) -> Result<Response, ApiError> {
    let plan = plan_of(&viewer)?;
    let known = app.crosswalk.signing_keys(&viewer.caller, &plan).await?.items;
    let key = known.into_iter().find(|key| key.id == id && key.retired_at.is_none());
    let key = key.ok_or(Failure::NotFound)?;
    let withdrawal = Withdrawal::RetireKey { id: &id.to_string(), label: &key.label };
    Ok(back_page(&viewer, &reader, StatusCode::OK, &withdrawal, &[]))
}

async fn retire(
    State(app): State<App>,
    Named(id): Named<SigningKeyId>,
    Posted { viewer, reader, language, .. }: Posted,
) -> Result<Response, ApiError> {
    let plan = plan_of(&viewer)?;
    if language.is_some() {
        let page = retire_page(State(app), viewer, reader, Named(id)).await?;
        return Ok(spoken(page, language));
    }
    let (crosswalk, caller, of) = (app.crosswalk.clone(), viewer.caller.clone(), plan.clone());
    match app.finish(async move { crosswalk.retire_signing_key(&caller, &of, id).await }).await {
        Ok(()) => Ok(super::see_other(KEYS)),
        Err(error @ ApiError::Failure(Failure::NotFound)) => {
            // Sent twice, it is done.
            let known = app.crosswalk.signing_keys(&viewer.caller, &plan).await?.items;
            let is_there = known.iter().any(|key| key.id == id);
            if is_there { Ok(super::see_other(KEYS)) } else { Err(error) }
        }
        Err(error) => Err(error),
    }
}

async fn end_key_page(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<KeyId>,
) -> Result<Response, ApiError> {
    end_key_answer(&app, &viewer, &reader, id, StatusCode::OK, &[]).await
}

async fn end_key_answer(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    id: KeyId,
    status: StatusCode,
    withheld: &[Code],
) -> Result<Response, ApiError> {
    plan_of(viewer)?;
    let shown = app.crosswalk.key(&viewer.caller, id).await?;
    if shown.key.revoked_at.is_some() {
        return Err(Failure::NotFound.into());
    }
    let withdrawal = Withdrawal::EndKey { id: &id.to_string(), label: &shown.key.label };
    Ok(back_page(viewer, reader, status, &withdrawal, withheld))
}

async fn end_key(
    State(app): State<App>,
    Named(id): Named<KeyId>,
    Posted { viewer, reader, language, .. }: Posted,
) -> Result<Response, ApiError> {
    plan_of(&viewer)?;
    if language.is_some() {
        let page = end_key_answer(&app, &viewer, &reader, id, StatusCode::OK, &[]).await?;
        return Ok(spoken(page, language));
    }
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    match app.finish(async move { crosswalk.revoke_key(&caller, id).await }).await {
        Ok(()) => Ok(super::see_other(KEYS)),
        // Sent twice, it is done.
        Err(ApiError::Failure(Failure::NotFound)) => {
            app.crosswalk.key(&viewer.caller, id).await?;
            Ok(super::see_other(KEYS))
        }
        Err(error) => {
            let codes = withheld(error)?;
            end_key_answer(&app, &viewer, &reader, id, StatusCode::UNPROCESSABLE_ENTITY, &codes).await
        }
    }
}

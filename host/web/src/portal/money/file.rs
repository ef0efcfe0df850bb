//! The credentialing file, once for all plans: what each says of it, and the forms that keep it.

use axum::extract::{Query, Request};
use axum::http::StatusCode;
use axum::response::Response;
use domain::case::CaseKind;
use domain::identifiers::CaseId;
use domain::plan::profile::{FactDefinition, FactKind};
use domain::problem::Code;
use portal::money::file::{self, File};
use portal::money::upkeep::{self, FormState, Offered, TypedDocument, TypedFile};
use portal::money::{FILE, Notice, Wrong};
use portal::{CHOOSE_AGAIN, Fields};
use serde::Deserialize;
use serde_json::Value;
use workflow::command::{CaseFilter, Information, StoredAnswer};
use workflow::shown::ShownCase;
use workflow::{Caller, Failure};

use super::attempts::{self, leads_to};
use super::bills::plain;
use super::fields::{Posted, Sent, spoken};
use super::files::{keep_attached, with_file};
use super::forms::{expected, wrongs};
use super::{App, Reader, State, Viewer, must_be_provider, names, page_of};
use crate::body::{self, Readable};
use crate::input::applications::NewApplicationBody;
use crate::input::evidence::{DocumentBody, FactBody, InformationBody};
use crate::problem::ApiError;
use crate::routes::Named;

/// Newest files that are listed.
const FILES: u32 = 10;
/// Plans that can be chosen.
const PLANS: u32 = 200;
/// Bytes of a form beside its file.
const BESIDE: usize = 64 << 10;
/// Bytes past the limit of a file that are read, so that what was typed beside it is not lost.
const BEYOND: usize = 1 << 20;

async fn files(app: &App, caller: &Caller) -> Result<Vec<ShownCase>, ApiError> {
    let paging = page_of(FILES, None);
    Ok(app.crosswalk.cases(caller, CaseKind::Application, CaseFilter::default(), paging).await?.items)
}

async fn file_of(app: &App, caller: &Caller, id: CaseId) -> Result<ShownCase, ApiError> {
    Ok(app.crosswalk.case(caller, CaseKind::Application, id).await?)
}

async fn file_page(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    shown: Option<&ShownCase>,
    all: &[ShownCase],
) -> Result<Response, ApiError> {
    let names = names(app, &viewer.caller).await?;
    let counties = app.crosswalk.counties();
    let file = shown.map(|file| File { file, all, counties: &counties, names: &names });
    let page = file::page(&reader.frame(Some(&viewer.who)), file.as_ref());
    Ok(reader.page(StatusCode::OK, page))
}

/// The newest file of the organization.
pub(super) async fn newest(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
) -> Result<Response, ApiError> {
    must_be_provider(&viewer.caller)?;
    let all = files(&app, &viewer.caller).await?;
    file_page(&app, &viewer, &reader, all.first(), &all).await
}

/// One file, by its id.
pub(super) async fn one(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<CaseId>,
) -> Result<Response, ApiError> {
    must_be_provider(&viewer.caller)?;
    let file = file_of(&app, &viewer.caller, id).await?;
    let all = files(&app, &viewer.caller).await?;
    file_page(&app, &viewer, &reader, Some(&file), &all).await
}

fn to_file(shown: &ShownCase) -> StoredAnswer {
    leads_to(&format!("{FILE}/{}", shown.case.id))
}

/// A form of the file as it is to be shown.
struct Shown<'a> {
    wrong: &'a [Wrong],
    notice: Option<Notice>,
    key: String,
    status: StatusCode,
}

impl Shown<'_> {
    fn first() -> Self {
        Self { wrong: &[], notice: None, key: attempts::fresh(), status: StatusCode::OK }
    }

    fn again(sent: &Fields) -> Self {
        Self { key: attempts::kept(sent), ..Self::first() }
    }

    fn form(&self) -> FormState<'_> {
        FormState { wrong: self.wrong, notice: self.notice, key: &self.key }
    }
}

/// State of a form after a failure: why it is shown again, or what is wrong in it.
///
/// # Errors
/// The failure itself, where the form can do nothing about it.
fn refused(
    error: ApiError,
    sent: &Sent,
    reader: &Reader,
) -> Result<(Option<Notice>, String, StatusCode, Vec<Wrong>), ApiError> {
    let ApiError::Failure(failure) = error else { return Err(error) };
    let key = attempts::kept(sent);
    Ok(match failure {
        Failure::Stale | Failure::Newer(_) | Failure::NotAllowed(_) => {
            (Some(Notice::Changed), key, StatusCode::CONFLICT, Vec::new())
        }
        Failure::KeyReused => {
            (Some(Notice::SentBefore), attempts::fresh(), StatusCode::UNPROCESSABLE_ENTITY, Vec::new())
        }
        failure => (None, key, StatusCode::UNPROCESSABLE_ENTITY, wrongs(failure, reader.words)?),
    })
}

/// Kind of the document that a form begins with.
#[derive(Deserialize)]
pub(super) struct OfKind {
    kind: Option<String>,
}

fn document_page(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    file: &ShownCase,
    typed: TypedDocument,
    shown: &Shown<'_>,
) -> Response {
    let typed = TypedDocument { most_megabytes: app.crosswalk.most_document_bytes() >> 20, ..typed };
    let frame = reader.frame(Some(&viewer.who));
    reader.page(shown.status, upkeep::document(&frame, file, &typed, &shown.form()))
}

/// The form of a document.
pub(super) async fn document(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<CaseId>,
    Query(OfKind { kind }): Query<OfKind>,
) -> Result<Response, ApiError> {
    must_be_provider(&viewer.caller)?;
    let file = file_of(&app, &viewer.caller, id).await?;
    let typed = TypedDocument { kind: kind.unwrap_or_default(), ..TypedDocument::default() };
    Ok(document_page(&app, &viewer, &reader, &file, typed, &Shown::first()))
}

/// Adds a document to the file: its bytes first, if there are any, then its kind and days.
pub(super) async fn add_document(
    State(app): State<App>,
    viewer: Viewer,
    mut reader: Reader,
    Named(id): Named<CaseId>,
    request: Request,
) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    must_be_provider(caller)?;
    let file = file_of(&app, caller, id).await?;
    // A file is in memory while it is read.
    let room = app.uploads.enter(*caller.organization()?).await?;
    let most = usize::try_from(app.crosswalk.most_document_bytes()).unwrap_or(usize::MAX - BESIDE - BEYOND);
    let within = Readable { limit_bytes: most + BESIDE + BEYOND, ..body::MEMBER_FILE };
    let (mut sent, attached) = match with_file(request.map(|body| room.fair(body)), within).await {
        Ok(sent) => sent,
        Err(ApiError::BodyTooLarge { .. }) => {
            let wrong = [bytes_wrong(Code::BodyTooLarge)];
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let shown = Shown { wrong: &wrong, status, ..Shown::first() };
            return Ok(document_page(&app, &viewer, &reader, &file, TypedDocument::default(), &shown));
        }
        Err(error) => return Err(error),
    };
    let mut typed = typed_document(&sent);
    let language = sent.language(&mut reader);
    if language.is_some() {
        let again: Vec<Wrong> =
            sent.all(CHOOSE_AGAIN).take(1).map(|_| bytes_wrong(Code::MissingField)).collect();
        let shown = Shown { wrong: &again, ..Shown::again(&sent) };
        return Ok(spoken(document_page(&app, &viewer, &reader, &file, typed, &shown), language));
    }
    let mut wrong = match app.read(information_of(&typed)) {
        Ok(_) => Vec::new(),
        Err(error) => refused(error, &sent, &reader)?.3,
    };
    let knows_kind = !wrong.iter().any(|wrong| wrong.pointer == "/documents/0/kind");
    if let Some(attached) = attached.filter(|_| knows_kind) {
        let kept = match attached.bytes.len() > most {
            true => Err(ApiError::BodyTooLarge { limit_bytes: most }),
            false => keep_attached(&app, caller, &sent, &typed.kind, attached).await,
        };
        match kept {
            Ok(document) => {
                typed.held = document.to_string();
                // With another file it is another form, which the same key does not send.
                sent.set(upkeep::HELD, &*typed.held);
            }
            Err(error) => wrong.extend(bytes_refused(error)?),
        }
    }
    drop(room);
    if !wrong.is_empty() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let shown = Shown { wrong: &wrong, status, ..Shown::again(&sent) };
        return Ok(document_page(&app, &viewer, &reader, &file, typed, &shown));
    }
    let more = app.read(information_of(&typed))?;
    match supply(&app, caller, id, &sent, more).await {
        Ok(answer) => Ok(answer),
        Err(error) => {
            let (notice, key, status, wrong) = refused(error, &sent, &reader)?;
            let shown = Shown { wrong: &wrong, notice, key, status };
            Ok(document_page(&app, &viewer, &reader, &file, typed, &shown))
        }
    }
}

fn typed_document(sent: &Sent) -> TypedDocument {
    let text = |name: &str| sent.text(name).to_owned();
    TypedDocument {
        kind: text(upkeep::KIND),
        issued: text(upkeep::ISSUED),
        expires: text(upkeep::EXPIRES),
        amount: text(upkeep::AMOUNT),
        held: text(upkeep::HELD),
        most_megabytes: 0,
    }
}

/// Mistakes of the attached bytes, where they are why the document is not kept.
fn bytes_refused(error: ApiError) -> Result<Vec<Wrong>, ApiError> {
    match error {
        ApiError::BodyTooLarge { .. } => Ok(vec![bytes_wrong(Code::BodyTooLarge)]),
        ApiError::Failure(Failure::Invalid(problems)) => {
            Ok(problems.iter().map(|problem| bytes_wrong(problem.code)).collect())
        }
        error => Err(error),
    }
}

fn bytes_wrong(code: Code) -> Wrong {
    Wrong { pointer: "/file".to_owned(), code, text: None, says: String::new() }
}

fn information_of(typed: &TypedDocument) -> InformationBody {
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let document = DocumentBody {
        kind: typed.kind.clone(),
        issued: some(&typed.issued),
        expires: some(&typed.expires),
        amount: some(&plain(&typed.amount)),
        document: some(&typed.held),
    };
    InformationBody { facts: Vec::new(), documents: vec![document] }
}

async fn supply(
    app: &App,
    caller: &Caller,
    id: CaseId,
    sent: &Sent,
    more: Information,
) -> Result<Response, ApiError> {
    let once = sent.once("supplyInformation", to_file)?;
    let (crosswalk, caller, expected) = (app.crosswalk.clone(), caller.clone(), expected(sent));
    app.carry_out(
        async move { crosswalk.supply(&caller, CaseKind::Application, id, more, expected, once).await },
    )
    .await
}

/// Code of the question that is answered.
#[derive(Deserialize)]
pub(super) struct OfFact {
    fact: Option<String>,
}

/// The form that answers one question.
pub(super) async fn answer(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<CaseId>,
    Query(OfFact { fact }): Query<OfFact>,
) -> Result<Response, ApiError> {
    must_be_provider(&viewer.caller)?;
    let file = file_of(&app, &viewer.caller, id).await?;
    let code = fact.unwrap_or_default();
    let question = file.declared.fact(&code).ok_or(Failure::NotFound)?;
    let known = file.case.body.facts().iter().find(|fact| fact.code == code);
    let typed = known.map(|fact| upkeep::typed_answer(&fact.value)).unwrap_or_default();
    Ok(answer_page(&viewer, &reader, &file, question, &typed, &Shown::first()))
}

fn answer_page(
    viewer: &Viewer,
    reader: &Reader,
    file: &ShownCase,
    question: &FactDefinition,
    typed: &str,
    shown: &Shown<'_>,
) -> Response {
    let frame = reader.frame(Some(&viewer.who));
    reader.page(shown.status, upkeep::answer(&frame, file, question, typed, &shown.form()))
}

/// Adds an answer to the file.
pub(super) async fn save_answer(
    State(app): State<App>,
    Named(id): Named<CaseId>,
    Posted { viewer, reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    must_be_provider(caller)?;
    let file = file_of(&app, caller, id).await?;
    let question = file.declared.fact(sent.text(upkeep::FACT)).ok_or(Failure::NotFound)?;
    let typed = sent.text(upkeep::VALUE);
    if language.is_some() {
        let page = answer_page(&viewer, &reader, &file, question, typed, &Shown::again(&sent));
        return Ok(spoken(page, language));
    }
    let fact = FactBody {
        code: question.code.clone(),
        value: value_of(question.kind, typed.trim()),
        as_of: None,
        source: None,
    };
    let done = match app.read(InformationBody { facts: vec![fact], documents: Vec::new() }) {
        Ok(more) => supply(&app, caller, id, &sent, more).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(answer) => Ok(answer),
        Err(error) => {
            let (notice, key, status, wrong) = refused(error, &sent, &reader)?;
            let shown = Shown { wrong: &wrong, notice, key, status };
            Ok(answer_page(&viewer, &reader, &file, question, typed, &shown))
        }
    }
}

/// The typed text as the API takes a fact of this kind; as text where it is none, which is refused.
fn value_of(kind: FactKind, typed: &str) -> Value {
    let text = || Value::String(typed.to_owned());
    match (kind, typed) {
        (FactKind::Flag, "yes") => Value::Bool(true),
        (FactKind::Flag, "no") => Value::Bool(false),
        (FactKind::Count, _) => typed.parse::<i64>().map_or_else(|_| text(), Value::from),
        _ => text(),
    }
}

/// The file that a new one is made of.
#[derive(Deserialize)]
pub(super) struct FromFile {
    of: Option<String>,
}

/// The file that is named; the newest one where none is.
async fn earlier(app: &App, caller: &Caller, of: Option<&str>) -> Result<Option<ShownCase>, ApiError> {
    match of.filter(|of| !of.is_empty()) {
        Some(id) => {
            let id = id.parse().map_err(|_| Failure::NotFound)?;
            Ok(Some(file_of(app, caller, id).await?))
        }
        None => Ok(files(app, caller).await?.into_iter().next()),
    }
}

async fn send_page(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    of: Option<&ShownCase>,
    typed: Option<TypedFile>,
    shown: &Shown<'_>,
) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    let plans = app.crosswalk.plans(caller, page_of(PLANS, None)).await?;
    let own = app.crosswalk.organization(caller, *caller.organization()?).await?.organization;
    let own_counties: Vec<String> = own.counties.iter().map(ToString::to_string).collect();
    let begun = || match of {
        Some(file) => TypedFile::of(file),
        None => {
            TypedFile { legal_name: own.name.clone(), counties: own_counties.clone(), ..TypedFile::default() }
        }
    };
    let typed = typed.unwrap_or_else(begun);
    let counties = app.crosswalk.counties();
    let offered = Offered { of, plans: &plans.items, own_counties: &own_counties, counties: &counties };
    let frame = reader.frame(Some(&viewer.who));
    Ok(reader.page(shown.status, upkeep::send(&frame, &typed, &offered, &shown.form())))
}

/// The form that sends a file to plans.
pub(super) async fn start(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(FromFile { of }): Query<FromFile>,
) -> Result<Response, ApiError> {
    must_be_provider(&viewer.caller)?;
    let of = earlier(&app, &viewer.caller, of.as_deref()).await?;
    send_page(&app, &viewer, &reader, of.as_ref(), None, &Shown::first()).await
}

/// Sends a file to plans, with the documents and the answers of the one that it is made of.
pub(super) async fn send(
    State(app): State<App>,
    Posted { viewer, reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    must_be_provider(caller)?;
    let of = match sent.text(upkeep::OF) {
        "" => None,
        id => earlier(&app, caller, Some(id)).await?,
    };
    let typed = TypedFile {
        legal_name: sent.text(upkeep::LEGAL_NAME).to_owned(),
        services: sent.list(upkeep::SERVICES),
        counties: sent.list(upkeep::COUNTIES),
        plans: sent.list(upkeep::PLANS),
    };
    if language.is_some() {
        let page = send_page(&app, &viewer, &reader, of.as_ref(), Some(typed), &Shown::again(&sent)).await?;
        return Ok(spoken(page, language));
    }
    let body = NewApplicationBody {
        legal_name: typed.legal_name.clone(),
        services: typed.services.clone(),
        counties: typed.counties.clone(),
        plans: typed.plans.clone(),
        answers: Vec::new(),
        documents: Vec::new(),
    };
    let done = match app.read(body) {
        Ok(mut new) => {
            if let Some(file) = &of {
                new.answers.extend_from_slice(file.case.body.facts());
                new.documents.extend_from_slice(file.case.body.documents());
            }
            let once = sent.once("submitApplication", to_file)?;
            let (crosswalk, caller) = (app.crosswalk.clone(), caller.clone());
            app.carry_out(async move { crosswalk.submit(&caller, new.into(), once).await }).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(answer) => Ok(answer),
        Err(error) => {
            let (notice, key, status, wrong) = refused(error, &sent, &reader)?;
            let shown = Shown { wrong: &wrong, notice, key, status };
            send_page(&app, &viewer, &reader, of.as_ref(), Some(typed), &shown).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_of_the_kind_of_its_question() {
        let table = [
            (FactKind::Flag, "yes", Value::Bool(true)),
            (FactKind::Flag, "", Value::from("")),
            (FactKind::Count, "6", Value::from(6)),
            (FactKind::Count, "six", Value::from("six")),
            (FactKind::Measure, "9.1", Value::from("9.1")),
            (FactKind::Day, "2026-01-05", Value::from("2026-01-05")),
            (FactKind::Text, "yes", Value::from("yes")),
        ];
        for (kind, typed, expected) in table {
            assert_eq!(value_of(kind, typed), expected, "{kind:?}: {typed}");
        }
    }
}

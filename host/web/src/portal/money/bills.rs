//! Bills by state, what can be billed, the form of a bill, voids and disputes.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use domain::case::CaseKind;
use domain::claim::State as Bill;
use domain::identifiers::CaseId;
use domain::plan::billing::Frequency;
use portal::Fields;
use portal::money::claims::{Claims, Of, ToBill};
use portal::money::entry::{self, About, Form, LineField, MOST_LINES, Typed, TypedLine};
use portal::money::steps::{self, BillStep};
use portal::money::{self, CLAIMS, Notice, TO_BILL, Wrong, claims};
use serde::Deserialize;
use workflow::command::{CaseFilter, NewClaim, StoredAnswer};
use workflow::shown::{Body, Claim, ShownCase, UnitsLeft};
use workflow::{Caller, Failure};

use super::attempts::{self, leads_to};
use super::fields::{Posted, Sent, spoken};
use super::forms::{expected, wrongs};
use super::{App, Reader, State, Viewer, must_be_provider, names, page_of, person, see_other, units_of};
use crate::input::ProcedureBody;
use crate::input::claims::{ClaimLineBody, NewClaimBody};
use crate::input::clocks::DisputeBody;
use crate::input::members::MemberRefBody;
use crate::problem::ApiError;
use crate::routes::Named;
use crate::routes::claims::STATES;

/// Bills on a page.
const BILLS: u32 = 20;
/// Authorizations on a page of what can be billed.
const GRANTS: u32 = 10;
/// States of an authorization under which service can be billed.
const GRANTED: [&str; 3] = ["approved", "partly-approved", "modified"];

/// A place in a list, and the state by which it is narrowed.
#[derive(Deserialize)]
pub(super) struct Narrowed {
    state: Option<String>,
    after: Option<String>,
}

/// The caller's bills by state, newest first.
pub(super) async fn list(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(Narrowed { state, after }): Query<Narrowed>,
) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    let state = state.filter(|state| !state.is_empty());
    if state.as_deref().is_some_and(|state| !STATES.contains(&state)) {
        return Err(Failure::NotFound.into());
    }
    let filter = CaseFilter { state: state.clone(), ..CaseFilter::default() };
    let is_further = after.is_some();
    let found = app.crosswalk.cases(caller, CaseKind::Claim, filter, page_of(BILLS, after)).await?;
    let mut shown = Vec::with_capacity(found.items.len());
    for case in found.items {
        let member = person(&app, caller, case.case.member).await?;
        shown.push(Of { case, member });
    }
    let names = names(&app, caller).await?;
    let claims = Claims {
        claims: &shown,
        state: state.as_deref(),
        states: &STATES,
        next: found.next_cursor.as_deref(),
        is_further,
        names: &names,
    };
    Ok(reader.page(StatusCode::OK, claims::page(&reader.frame(Some(&viewer.who)), &claims)))
}

/// Authorizations that can be billed, of one's own service.
pub(super) async fn to_bill(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(Narrowed { state, after }): Query<Narrowed>,
) -> Result<Response, ApiError> {
    must_be_provider(&viewer.caller)?;
    let caller = &viewer.caller;
    let mut place = match state.as_deref() {
        Some(state) => GRANTED.iter().position(|known| *known == state).ok_or(Failure::NotFound)?,
        None => 0,
    };
    let (mut cursor, mut found, mut next) = (after, Vec::new(), None);
    // Each state is a list of its own; a page goes on in the next one.
    while let Some(state) = GRANTED.get(place) {
        let room = GRANTS.saturating_sub(u32::try_from(found.len()).unwrap_or(GRANTS));
        if room == 0 {
            next = Some(format!("{TO_BILL}?state={state}"));
            break;
        }
        let filter = CaseFilter { state: Some((*state).to_owned()), ..CaseFilter::default() };
        let paging = page_of(room, cursor.take());
        let page = app.crosswalk.cases(caller, CaseKind::Authorization, filter, paging).await?;
        found.extend(page.items);
        if let Some(after) = page.next_cursor {
            next = Some(format!("{TO_BILL}?state={state}&after={after}"));
            break;
        }
        place += 1;
    }
    let mut shown = Vec::with_capacity(found.len());
    for case in found.into_iter().filter(|case| delivers(caller, case)) {
        let member = person(&app, caller, case.case.member).await?;
        let (units, _) = units_of(&app, caller, case.case.member, case.case.id).await?;
        shown.push(ToBill { of: Of { case, member }, units });
    }
    let names = names(&app, caller).await?;
    let page = claims::to_bill(&reader.frame(Some(&viewer.who)), &shown, next, &names);
    Ok(reader.page(StatusCode::OK, page))
}

/// True if the caller's organization gives the service of the case.
fn delivers(caller: &Caller, shown: &ShownCase) -> bool {
    caller.organization == Some(shown.case.assigned.unwrap_or(shown.case.provider))
}

/// The form of a bill as it is to be shown.
struct Shown<'a> {
    typed: &'a Typed,
    wrong: &'a [Wrong],
    notice: Option<Notice>,
    key: String,
    status: StatusCode,
}

impl<'a> Shown<'a> {
    fn first(typed: &'a Typed) -> Self {
        Self { typed, wrong: &[], notice: None, key: attempts::fresh(), status: StatusCode::OK }
    }

    /// The form again, with nothing sent.
    fn again(typed: &'a Typed, sent: &Fields) -> Self {
        Self { key: attempts::kept(sent), ..Self::first(typed) }
    }
}

async fn entry_page(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    about: About<'_>,
    shown: Shown<'_>,
) -> Result<Response, ApiError> {
    let names = names(app, &viewer.caller).await?;
    let form = Form {
        about,
        typed: shown.typed,
        wrong: shown.wrong,
        notice: shown.notice,
        key: &shown.key,
        names: &names,
    };
    Ok(reader.page(shown.status, entry::page(&reader.frame(Some(&viewer.who)), &form)))
}

/// A bill of the caller's own, for a form about it.
async fn own_claim(app: &App, caller: &Caller, id: CaseId) -> Result<ShownCase, ApiError> {
    must_be_provider(caller)?;
    let claim = app.crosswalk.case(caller, CaseKind::Claim, id).await?;
    // Who only sees another's bill sends no correction of it.
    if caller.organization == Some(claim.case.provider) { Ok(claim) } else { Err(Failure::NotFound.into()) }
}

fn body_of(shown: &ShownCase) -> Result<&Claim, ApiError> {
    match &shown.case.body {
        Body::Claim(body) => Ok(body),
        _ => Err(Failure::NotFound.into()),
    }
}

/// The form that corrects a bill.
pub(super) async fn correct(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<CaseId>,
) -> Result<Response, ApiError> {
    let claim = own_claim(&app, &viewer.caller, id).await?;
    let body = body_of(&claim)?;
    if !body.state.can_be_corrected() {
        return Ok(see_other(&format!("{CLAIMS}/{id}")));
    }
    let typed = Typed::of_claim(body);
    entry_page(&app, &viewer, &reader, About::Correction(&claim), Shown::first(&typed)).await
}

/// Sends a correction: a claim that takes the earlier one's place.
pub(super) async fn send_correction(
    State(app): State<App>,
    Named(id): Named<CaseId>,
    form: Posted,
) -> Result<Response, ApiError> {
    let claim = own_claim(&app, &form.viewer.caller, id).await?;
    let about = About::Correction(&claim);
    let typed = typed(&form.sent);
    if let Some(answer) = not_yet_sent(&app, &form, about, &typed).await? {
        return Ok(answer);
    }
    let Posted { viewer, reader, sent, .. } = form;
    let body = body_of(&claim)?;
    // What was sent before is answered as it was then, though the bill has changed by it.
    if body.state.can_be_corrected() && sent.version() != Some(claim.case.version) {
        let shown = Shown {
            notice: Some(Notice::Changed),
            status: StatusCode::CONFLICT,
            ..Shown::again(&typed, &sent)
        };
        return entry_page(&app, &viewer, &reader, about, shown).await;
    }
    let (filled, typed) = filled(typed);
    let replaces = replaced(&app, &viewer.caller, &claim).await?;
    let member = claim.case.member.map(|id| id.to_string());
    let carried = |new: &mut NewClaim| {
        new.facts.clone_from(&body.facts);
        new.documents.clone_from(&body.documents);
    };
    let new = claim_of(&app, &filled, member, Some(("replacement", replaces)), carried);
    submit(&app, &viewer, &reader, about, &typed, &sent, new).await
}

/// The claim that a correction of this one replaces. A correction that was rejected took no claim's place:
/// what is sent for it replaces the claim that it was to replace, while that stands.
async fn replaced(app: &App, caller: &Caller, claim: &ShownCase) -> Result<CaseId, ApiError> {
    let body = body_of(claim)?;
    let was_to_replace = claim
        .case
        .follows
        .filter(|_| matches!(body.state, Bill::Rejected { .. }) && body.frequency == Frequency::Replacement);
    let Some(earlier) = was_to_replace else { return Ok(claim.case.id) };
    let earlier = app.crosswalk.case(caller, CaseKind::Claim, earlier).await?;
    let stands = body_of(&earlier)?.state.can_be_corrected();
    Ok(if stands { earlier.case.id } else { claim.case.id })
}

/// The form that bills what an authorization has left.
pub(super) async fn bill(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<CaseId>,
) -> Result<Response, ApiError> {
    let (authorization, units, earlier) = grant(&app, &viewer.caller, id).await?;
    let typed = Typed::of_units(&units, earlier.as_ref());
    if typed.lines.is_empty() {
        return Ok(see_other(TO_BILL));
    }
    entry_page(&app, &viewer, &reader, About::Units(&authorization, &units), Shown::first(&typed)).await
}

/// An authorization of the caller's own service, what it has left, and the last bill under it.
async fn grant(
    app: &App,
    caller: &Caller,
    id: CaseId,
) -> Result<(ShownCase, Vec<UnitsLeft>, Option<Claim>), ApiError> {
    must_be_provider(caller)?;
    let authorization = app.crosswalk.case(caller, CaseKind::Authorization, id).await?;
    if !delivers(caller, &authorization) {
        return Err(Failure::NotFound.into());
    }
    let (units, earlier) = units_of(app, caller, authorization.case.member, id).await?;
    Ok((authorization, units, earlier))
}

/// Sends a new bill.
pub(super) async fn send_bill(
    State(app): State<App>,
    Named(id): Named<CaseId>,
    form: Posted,
) -> Result<Response, ApiError> {
    let (authorization, units, _) = grant(&app, &form.viewer.caller, id).await?;
    let about = About::Units(&authorization, &units);
    let typed = typed(&form.sent);
    if let Some(answer) = not_yet_sent(&app, &form, about, &typed).await? {
        return Ok(answer);
    }
    let Posted { viewer, reader, sent, .. } = form;
    let (filled, typed) = filled(typed);
    let member = authorization.case.member.map(|id| id.to_string());
    let new = claim_of(&app, &filled, member, None, |_| {});
    submit(&app, &viewer, &reader, about, &typed, &sent, new).await
}

/// The form again, where nothing is to be sent: in another language, or with one more line.
async fn not_yet_sent(
    app: &App,
    Posted { viewer, reader, sent, language }: &Posted,
    about: About<'_>,
    typed: &Typed,
) -> Result<Option<Response>, ApiError> {
    if language.is_some() {
        let answer = entry_page(app, viewer, reader, about, Shown::again(typed, sent)).await?;
        return Ok(Some(spoken(answer, *language)));
    }
    if sent.text(entry::ANOTHER).is_empty() {
        return Ok(None);
    }
    let mut longer = typed.clone();
    longer.add_line();
    Ok(Some(entry_page(app, viewer, reader, about, Shown::again(&longer, sent)).await?))
}

/// The bill as it was typed, with every line of the form.
fn typed(sent: &Fields) -> Typed {
    let name = |place: usize, field| entry::field_name(place, field).unwrap_or_default();
    let line = |place: usize| TypedLine(LineField::ALL.map(|field| sent.text(name(place, field)).to_owned()));
    let is_there = |place: &usize| LineField::ALL.into_iter().any(|field| sent.has(name(*place, field)));
    let lines = (0..MOST_LINES).filter(is_there).map(line);
    Typed { diagnoses: sent.text(entry::DIAGNOSES).to_owned(), lines: lines.collect() }
}

/// The lines that are sent. A form in which nothing is filled in is shown again as it is.
fn filled(typed: Typed) -> (Typed, Typed) {
    let filled = typed.filled();
    if filled.lines.is_empty() { (filled, typed) } else { (filled.clone(), filled) }
}

/// The bill as a command, read as the API reads one.
fn claim_of(
    app: &App,
    typed: &Typed,
    member: Option<String>,
    corrects: Option<(&str, CaseId)>,
    carry: impl FnOnce(&mut NewClaim),
) -> Result<NewClaim, ApiError> {
    let diagnoses = typed.diagnoses.split([' ', ',', ';', '\t']).filter(|code| !code.is_empty());
    let body = NewClaimBody {
        member: by_id(member),
        frequency: corrects.map(|(frequency, _)| frequency.to_owned()),
        replaces: corrects.map(|(_, id)| id.to_string()),
        diagnoses: diagnoses.map(str::to_owned).collect(),
        lines: Some(typed.lines.iter().map(line_of).collect()),
        facts: Vec::new(),
        documents: Vec::new(),
    };
    let mut new = app.read(body)?;
    carry(&mut new);
    Ok(new)
}

fn by_id(id: Option<String>) -> MemberRefBody {
    MemberRefBody { id, cin: None, birth_date: None, family_name: None, given_name: None }
}

fn line_of(line: &TypedLine) -> ClaimLineBody {
    let get = |field| line.get(field).trim();
    let some = |field| Some(get(field).to_owned()).filter(|text| !text.is_empty());
    let procedure = get(LineField::Procedure).to_ascii_uppercase();
    let mut words = procedure.split([' ', '-', ',']).filter(|word| !word.is_empty()).map(str::to_owned);
    ClaimLineBody {
        procedure: ProcedureBody { code: words.next().unwrap_or_default(), modifiers: words.collect() },
        place: get(LineField::Place).to_owned(),
        first: get(LineField::First).to_owned(),
        last: some(LineField::Last),
        // What is no number is none that is accepted.
        units: get(LineField::Units).parse().unwrap_or(0),
        charge: plain(get(LineField::Charge)),
        minutes: some(LineField::Minutes).map(|text| text.parse().unwrap_or(0)),
    }
}

/// Dollars without what people write around them.
pub(super) fn plain(amount: &str) -> String {
    amount.chars().filter(|letter| !matches!(letter, '$' | ',' | ' ' | '\u{a0}')).collect()
}

async fn submit(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    about: About<'_>,
    typed: &Typed,
    sent: &Sent,
    new: Result<NewClaim, ApiError>,
) -> Result<Response, ApiError> {
    let done = match new {
        Ok(new) => {
            let once = sent.once("submitClaim", to_claim)?;
            let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
            app.carry_out(async move { crosswalk.submit(&caller, new.into(), once).await }).await
        }
        Err(refused) => Err(refused),
    };
    let failure = match done {
        Ok(answer) => return Ok(answer),
        Err(ApiError::Failure(failure)) => failure,
        Err(error) => return Err(error),
    };
    let again = Shown::again(typed, sent);
    match failure {
        Failure::NotAllowed(_) => {
            let shown = Shown { notice: Some(Notice::Changed), status: StatusCode::CONFLICT, ..again };
            entry_page(app, viewer, reader, about, shown).await
        }
        Failure::KeyReused => {
            // Who sends it once more means it.
            let (notice, key) = (Some(Notice::SentBefore), attempts::fresh());
            let shown = Shown { notice, key, status: StatusCode::UNPROCESSABLE_ENTITY, ..again };
            entry_page(app, viewer, reader, about, shown).await
        }
        failure => {
            let wrong = wrongs(failure, reader.words)?;
            let shown = Shown { wrong: &wrong, status: StatusCode::UNPROCESSABLE_ENTITY, ..again };
            entry_page(app, viewer, reader, about, shown).await
        }
    }
}

fn to_claim(shown: &ShownCase) -> StoredAnswer {
    leads_to(&format!("{CLAIMS}/{}", shown.case.id))
}

/// A void leads back to the bill that it took back.
fn to_earlier(shown: &ShownCase) -> StoredAnswer {
    leads_to(&format!("{CLAIMS}/{}", shown.case.follows.unwrap_or(shown.case.id)))
}

/// A step's page as it is to be shown.
struct StepShown<'a> {
    wrong: &'a [Wrong],
    notice: Option<Notice>,
    key: String,
    status: StatusCode,
    /// Reason of a dispute as it was typed; `None` for a void.
    reason: Option<&'a str>,
}

async fn step_page(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    claim: &ShownCase,
    shown: StepShown<'_>,
) -> Result<Response, ApiError> {
    let names = names(app, &viewer.caller).await?;
    let step = BillStep { claim, notice: shown.notice, wrong: shown.wrong, key: &shown.key, names: &names };
    let frame = reader.frame(Some(&viewer.who));
    let page = match shown.reason {
        Some(reason) => steps::dispute(&frame, &step, reason),
        None => steps::void(&frame, &step),
    };
    Ok(reader.page(shown.status, page))
}

fn step_first(reason: Option<&str>) -> StepShown<'_> {
    StepShown { wrong: &[], notice: None, key: attempts::fresh(), status: StatusCode::OK, reason }
}

/// Asks whether a bill is to be taken back.
pub(super) async fn void(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<CaseId>,
) -> Result<Response, ApiError> {
    let claim = own_claim(&app, &viewer.caller, id).await?;
    if !body_of(&claim)?.state.can_be_corrected() {
        return Ok(see_other(&format!("{CLAIMS}/{id}")));
    }
    step_page(&app, &viewer, &reader, &claim, step_first(None)).await
}

/// Takes a bill back.
pub(super) async fn send_void(
    State(app): State<App>,
    Named(id): Named<CaseId>,
    Posted { viewer, reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    let claim = own_claim(&app, &viewer.caller, id).await?;
    let again = || StepShown { key: attempts::kept(&sent), ..step_first(None) };
    if language.is_some() {
        return Ok(spoken(step_page(&app, &viewer, &reader, &claim, again()).await?, language));
    }
    let changed = || StepShown { notice: Some(Notice::Changed), status: StatusCode::CONFLICT, ..again() };
    if body_of(&claim)?.state.can_be_corrected() && sent.version() != Some(claim.case.version) {
        return step_page(&app, &viewer, &reader, &claim, changed()).await;
    }
    let body = NewClaimBody {
        member: by_id(claim.case.member.map(|id| id.to_string())),
        frequency: Some("void".to_owned()),
        replaces: Some(id.to_string()),
        diagnoses: Vec::new(),
        lines: None,
        facts: Vec::new(),
        documents: Vec::new(),
    };
    let new = app.read(body)?;
    let once = sent.once("submitClaim", to_earlier)?;
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    let done = app.carry_out(async move { crosswalk.submit(&caller, new.into(), once).await }).await;
    match done {
        Err(ApiError::Failure(Failure::NotAllowed(_))) => {
            step_page(&app, &viewer, &reader, &claim, changed()).await
        }
        done => done,
    }
}

/// The line of a bill that a dispute is about.
#[derive(Deserialize)]
pub(super) struct AboutLine {
    line: Option<String>,
}

/// The form that disputes what the plan did with a bill.
pub(super) async fn dispute(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<CaseId>,
    Query(AboutLine { line }): Query<AboutLine>,
) -> Result<Response, ApiError> {
    let claim = own_claim(&app, &viewer.caller, id).await?;
    if !money::may_be_disputed(&claim) {
        return Ok(see_other(&format!("{CLAIMS}/{id}")));
    }
    let frame = reader.frame(Some(&viewer.who));
    let line = line.and_then(|line| line.parse().ok());
    let begun = line.and_then(|line| steps::about_line(&frame, &claim, line)).unwrap_or_default();
    step_page(&app, &viewer, &reader, &claim, step_first(Some(&begun))).await
}

/// Sends the dispute to the plan's people.
pub(super) async fn send_dispute(
    State(app): State<App>,
    Named(id): Named<CaseId>,
    Posted { viewer, reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    let claim = own_claim(&app, &viewer.caller, id).await?;
    // A reason is one line of text; a browser breaks it where its writer did.
    let typed = sent.text(steps::REASON);
    let again = || StepShown { key: attempts::kept(&sent), ..step_first(Some(typed)) };
    if language.is_some() {
        return Ok(spoken(step_page(&app, &viewer, &reader, &claim, again()).await?, language));
    }
    let reason = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let done = match app.read(DisputeBody { reason }) {
        Ok(reason) => {
            let once = sent.once("disputeClaim", to_claim)?;
            let (crosswalk, caller, expected) =
                (app.crosswalk.clone(), viewer.caller.clone(), expected(&sent));
            app.carry_out(async move { crosswalk.dispute_claim(&caller, id, reason, expected, once).await })
                .await
        }
        Err(refused) => Err(refused),
    };
    match done {
        Ok(answer) => Ok(answer),
        Err(ApiError::Failure(Failure::Stale | Failure::Newer(_) | Failure::NotAllowed(_))) => {
            let shown = StepShown { notice: Some(Notice::Changed), status: StatusCode::CONFLICT, ..again() };
            step_page(&app, &viewer, &reader, &claim, shown).await
        }
        Err(ApiError::Failure(Failure::KeyReused)) => {
            let (notice, key) = (Some(Notice::SentBefore), attempts::fresh());
            let shown = StepShown { notice, key, status: StatusCode::UNPROCESSABLE_ENTITY, ..again() };
            step_page(&app, &viewer, &reader, &claim, shown).await
        }
        Err(ApiError::Failure(failure)) => {
            let wrong = wrongs(failure, reader.words)?;
            let shown = StepShown { wrong: &wrong, status: StatusCode::UNPROCESSABLE_ENTITY, ..again() };
            step_page(&app, &viewer, &reader, &claim, shown).await
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(code: &str, charge: &str, units: &str) -> ClaimLineBody {
        let typed = TypedLine::default()
            .with(LineField::Procedure, code)
            .with(LineField::Charge, charge)
            .with(LineField::Units, units);
        line_of(&typed)
    }

    #[test]
    fn a_line_is_read_as_people_write_it() {
        let read = line(" t2033-u6  gq ", "$1,204.50", " 14 ");
        assert_eq!(read.procedure.code, "T2033");
        assert_eq!(read.procedure.modifiers, ["U6", "GQ"]);
        assert_eq!((read.charge.as_str(), read.units), ("1204.50", 14));
        assert_eq!((read.last, read.minutes), (None, None));
    }

    #[test]
    fn what_is_no_number_is_left_to_the_reader_to_refuse() {
        for text in ["", "six", "-1", "1.5", "99999999999"] {
            assert_eq!(line("T2033", "1", text).units, 0, "{text:?}");
        }
        assert_eq!(plain("1,204.50 $"), "1204.50");
        assert_eq!(plain("about 5"), "about5");
    }

    #[test]
    fn lines_of_which_nothing_is_billed_are_not_sent() {
        let sent = Fields::of(vec![
            ("line-1-code".to_owned(), "T2033 U6".to_owned()),
            ("line-2-units".to_owned(), "14".to_owned()),
            ("line-51-units".to_owned(), "14".to_owned()),
        ]);
        let all = typed(&sent);
        assert_eq!(all.lines.len(), 2, "a bill has 50 lines at most");
        let (sent, shown) = filled(all);
        assert_eq!((sent.lines.len(), sent.lines[0].get(LineField::Units)), (1, "14"));
        assert_eq!(shown, sent);
        let blank = Typed { lines: vec![TypedLine::default()], ..Typed::default() };
        let (sent, shown) = filled(blank.clone());
        assert_eq!((sent.lines.len(), shown), (0, blank));
    }
}

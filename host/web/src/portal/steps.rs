//! Steps that a provider takes with a case, each on a page of its own, and what is offered to a provider.
//! Which of them a case allows is its use case's to say.

use std::str::FromStr;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use domain::case::CaseKind;
use domain::dictionary::Dictionary;
use domain::identifiers::CaseId;
use domain::plan::types::{Document, Fact};
use domain::text::is_plain_line;
use jiff::Timestamp;
use jiff::civil::Date;
use portal::ask::draft::{Attached, Draft, FACT};
use portal::ask::step::{self, LACKS, OfferShown, StepShown, address};
use portal::ask::wanted::WantedFact;
use portal::ask::{Slip, Slips};
use portal::{ONCE, Words, case};
use workflow::command::{Expected, Information, NewEnding, Outcome, ReferralStep};
use workflow::shown::{Offer, ProviderStep, ShownCase, SteppedReferral, TimelineStep};
use workflow::{Caller, Failure, Paging, Role};

use super::ask::Origin;
use super::fields::{Sent, language, spoken, unreadable};
use super::files::received;
use super::pages::names;
use super::reader::Reader;
use super::viewer::Viewer;
use super::{attempts, see_other};
use crate::App;
use crate::answer::changed;
use crate::input::Input;
use crate::input::evidence::{self, DocumentBody, FactBody};
use crate::problem::ApiError;
use crate::routes::{Named, Within};

/// Offers that are looked through at a time.
const OFFERS: u32 = 200;
/// Most characters of a reason in the provider's own words.
const REASON: usize = 500;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/portal/referrals/{id}/{step}", get(of_referral).post(to_referral))
        .route("/portal/authorizations/{id}/{step}", get(of_authorization).post(to_authorization))
        .route("/portal/claims/{id}/{step}", get(of_claim).post(to_claim))
        .route("/portal/offers/{id}", get(offer).post(answer))
}

/// A step, as an address names it.
#[derive(Clone, Copy)]
struct StepInPath(ProviderStep);

impl FromStr for StepInPath {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        ProviderStep::named(name).map(Self).ok_or(())
    }
}

type Place = Within<CaseId, StepInPath>;

async fn of_referral(
    app: State<App>,
    viewer: Viewer,
    reader: Reader,
    at: Place,
) -> Result<Response, ApiError> {
    fresh(&app.0, &viewer, &reader, CaseKind::Referral, at).await
}

async fn of_authorization(
    app: State<App>,
    viewer: Viewer,
    reader: Reader,
    at: Place,
) -> Result<Response, ApiError> {
    fresh(&app.0, &viewer, &reader, CaseKind::Authorization, at).await
}

async fn of_claim(app: State<App>, viewer: Viewer, reader: Reader, at: Place) -> Result<Response, ApiError> {
    fresh(&app.0, &viewer, &reader, CaseKind::Claim, at).await
}

async fn to_referral(
    app: State<App>,
    viewer: Viewer,
    reader: Reader,
    at: Place,
    request: Request,
) -> Result<Response, ApiError> {
    take(&app.0, &viewer, reader, (CaseKind::Referral, at), request).await
}

async fn to_authorization(
    app: State<App>,
    viewer: Viewer,
    reader: Reader,
    at: Place,
    request: Request,
) -> Result<Response, ApiError> {
    take(&app.0, &viewer, reader, (CaseKind::Authorization, at), request).await
}

async fn to_claim(
    app: State<App>,
    viewer: Viewer,
    reader: Reader,
    at: Place,
    request: Request,
) -> Result<Response, ApiError> {
    take(&app.0, &viewer, reader, (CaseKind::Claim, at), request).await
}

/// The case, if the step may be taken with it now.
async fn allowing(
    app: &App,
    caller: &Caller,
    kind: CaseKind,
    id: CaseId,
    step: ProviderStep,
) -> Result<ShownCase, ApiError> {
    let shown = app.crosswalk.case(caller, kind, id).await?;
    // Who comes by an old link learns that it is over, and who may never do it that it is not theirs.
    caller.must_be(&[Role::Provider])?;
    if shown.provider_steps.contains(&step) { Ok(shown) } else { Err(Failure::Stale.into()) }
}

/// The page of a step before anything is entered.
async fn fresh(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    kind: CaseKind,
    Within(id, StepInPath(step)): Place,
) -> Result<Response, ApiError> {
    let shown = allowing(app, &viewer.caller, kind, id, step).await?;
    let mut draft = Draft::default();
    draft.set(ONCE, attempts::fresh());
    draft.set("seen", reader.now.to_string());
    page(app, viewer, reader, (&shown, step), &draft, (StatusCode::OK, &Slips::new(), None)).await
}

async fn page(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    (shown, step): (&ShownCase, ProviderStep),
    draft: &Draft,
    (status, slips, since): (StatusCode, &Slips, Option<&[TimelineStep]>),
) -> Result<Response, ApiError> {
    let names = names(app, &viewer.caller).await?;
    let view = StepShown {
        step,
        case: shown,
        draft,
        slips,
        since,
        most_bytes: app.crosswalk.most_document_bytes(),
        names: &names,
    };
    Ok(reader.page(status, step::page(&reader.frame(Some(&viewer.who)), &view)))
}

/// Takes a step, if everything that it needs was entered and nobody changed the case meanwhile.
async fn take(
    app: &App,
    viewer: &Viewer,
    mut reader: Reader,
    (kind, Within(id, StepInPath(step))): (CaseKind, Place),
    request: Request,
) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    let at = address(kind, &id.to_string(), step);
    let (draft, mut slips) = if step == ProviderStep::Supply {
        received(app, caller, request, &at).await?
    } else {
        (Draft::of(Sent::read(request).await?.into_fields()), Slips::new())
    };
    let language = language(&draft, &mut reader);
    if language.is_some() {
        let shown = allowing(app, caller, kind, id, step).await?;
        let said = (StatusCode::OK, &slips, None);
        let response = page(app, viewer, &reader, (&shown, step), &draft, said).await?;
        return Ok(spoken(response, language));
    }
    let shown = app.crosswalk.case(caller, kind, id).await?;
    let mut origin = Origin::default();
    let what = match read(app, &shown, step, &draft, reader.words, &mut origin) {
        Ok(what) if slips.is_empty() => what,
        other => {
            slips.extend(other.err().unwrap_or_default());
            let said = (StatusCode::UNPROCESSABLE_ENTITY, &slips, None);
            return page(app, viewer, &reader, (&shown, step), &draft, said).await;
        }
    };
    match carry_out(app, caller, (kind, id, step), what, &draft, &at).await {
        Ok(true) => Ok(see_other(&case::address(kind, &id.to_string()))),
        Ok(false) => Ok(see_other(portal::ROOT)),
        Err(ApiError::Failure(Failure::Stale | Failure::Newer(_) | Failure::NotAllowed(_))) => {
            meanwhile(app, viewer, &reader, (kind, id, step), &draft).await
        }
        Err(error) => {
            let slips = origin.slips(reader.words, &error);
            if slips.is_empty() {
                return Err(error);
            }
            let said = (StatusCode::UNPROCESSABLE_ENTITY, &slips, None);
            page(app, viewer, &reader, (&shown, step), &draft, said).await
        }
    }
}

/// The page again, with what others did since it was shown: nothing was done, and what was entered stays.
async fn meanwhile(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    (kind, id, step): (CaseKind, CaseId, ProviderStep),
    draft: &Draft,
) -> Result<Response, ApiError> {
    let caller = &viewer.caller;
    let shown = allowing(app, caller, kind, id, step).await?;
    let seen = draft.get("seen").and_then(|at| at.parse::<Timestamp>().ok());
    let mut since = app.crosswalk.timeline(caller, kind, id).await?;
    since.retain(|step| seen.is_none_or(|seen| step.at >= seen));
    let mut draft = draft.clone();
    draft.set("seen", reader.now.to_string());
    let said = (StatusCode::CONFLICT, &Slips::new(), Some(since.as_slice()));
    page(app, viewer, reader, (&shown, step), &draft, said).await
}

/// A step with everything that it needs.
enum What {
    Supply(Information),
    Referral(ReferralStep),
    End(NewEnding),
    Withdraw,
}

/// Entries, read; or the mistakes in them.
fn read(
    app: &App,
    shown: &ShownCase,
    step: ProviderStep,
    draft: &Draft,
    words: Words,
    origin: &mut Origin,
) -> Result<What, Slips> {
    let wrong = |name: &str, slip: Slip| Err(Slips::from([(name.to_owned(), slip)]));
    let reason = draft.filled("reason");
    match step {
        ProviderStep::Supply => supplied(app, shown, draft, words, origin),
        ProviderStep::Accept => Ok(What::Referral(ReferralStep::Accept)),
        ProviderStep::StartOutreach => Ok(What::Referral(ReferralStep::StartOutreach)),
        ProviderStep::ChangeProvider => Ok(What::Referral(ReferralStep::ChangeProvider(None))),
        ProviderStep::Withdraw => Ok(What::Withdraw),
        ProviderStep::Decline => match decline_reason(reason) {
            Some(reason) => Ok(What::Referral(ReferralStep::Decline(reason))),
            None => wrong("reason", Slip::Reason),
        },
        ProviderStep::Close => match reason.filter(|code| Dictionary::state().closure_reason(code).is_some())
        {
            Some(reason) => Ok(What::Referral(ReferralStep::Close(reason.to_owned()))),
            None => wrong("reason", Slip::Reason),
        },
        ProviderStep::End => {
            let last = draft.filled("last").and_then(|day| day.parse::<Date>().ok());
            let is_line = |text: &&str| text.chars().count() <= REASON && is_plain_line(text);
            let reason = reason.filter(is_line);
            match (last, reason) {
                (Some(last), Some(reason)) => Ok(What::End(NewEnding { last, reason: reason.to_owned() })),
                (last, reason) => {
                    let mut slips = Slips::new();
                    if last.is_none() {
                        slips.insert("last".to_owned(), Slip::Day);
                    }
                    if reason.is_none() {
                        let kind = domain::plan::profile::FactKind::Text;
                        slips.insert("reason".to_owned(), Slip::Answer(kind));
                    }
                    Err(slips)
                }
            }
        }
    }
}

fn decline_reason(code: Option<&str>) -> Option<String> {
    let known = Dictionary::state().decline_reasons();
    let code = code?;
    known.iter().any(|reason| reason.code == code).then(|| code.to_owned())
}

/// Facts and documents as the form has them, read as the API reads its bodies.
struct SuppliedBody {
    facts: Vec<FactBody>,
    documents: Vec<DocumentBody>,
}

impl Input for SuppliedBody {
    type Command = (Vec<Fact>, Vec<Document>);

    fn read(self, reader: &mut crate::input::Reader) -> Option<Self::Command> {
        let facts = evidence::facts(reader, "/facts", self.facts);
        let documents = evidence::documents(reader, "/documents", self.documents);
        Some((facts?, documents?))
    }
}

/// Facts and documents that were entered, of those that the plan asks for.
fn supplied(
    app: &App,
    shown: &ShownCase,
    draft: &Draft,
    words: Words,
    origin: &mut Origin,
) -> Result<What, Slips> {
    // Of the form, and not of the case: who sends it twice is not told that nothing is asked any more.
    let codes = draft.names().filter_map(|name| name.strip_prefix(FACT));
    let wanted: Vec<WantedFact> = codes.filter_map(|code| step::asked_fact(&shown.declared, code)).collect();
    let lacking: Vec<&str> = draft.all(LACKS).collect();
    let has = |code: &str| !lacking.contains(&code);
    let facts = wanted.iter().filter(|fact| has(&fact.definition.code));
    let facts = origin.answered(facts, draft, "provider");
    let attached: Vec<Attached> = draft.all("document").filter_map(Attached::read).collect();
    let documents = origin.attached(&attached);
    if facts.is_empty() && documents.is_empty() {
        return Err(Slips::from([(LACKS.to_owned(), Slip::Nothing)]));
    }
    let read = app.read(SuppliedBody { facts, documents });
    let (facts, documents) = read.map_err(|error| origin.slips(words, &error))?;
    Ok(What::Supply(Information { facts, documents }))
}

/// Carries the step out once, whatever becomes of the browser. Whether the case is the viewer's to see
/// afterwards.
async fn carry_out(
    app: &App,
    caller: &Caller,
    (kind, id, step): (CaseKind, CaseId, ProviderStep),
    what: What,
    draft: &Draft,
    at: &str,
) -> Result<bool, ApiError> {
    let version = draft.version().ok_or_else(unreadable)?;
    let attempt = attempts::of(draft.text(ONCE), at, &entered(draft))?;
    let expected = Expected::one_of([version]);
    let (crosswalk, caller) = (app.crosswalk.clone(), caller.clone());
    match what {
        What::Supply(more) => {
            let once = attempt.once("supplyInformation", changed::<ShownCase>);
            app.finish(async move { crosswalk.supply(&caller, kind, id, more, expected, once).await })
                .await?;
        }
        What::Withdraw => {
            let once = attempt.once("withdrawCase", changed::<ShownCase>);
            app.finish(async move { crosswalk.withdraw(&caller, kind, id, expected, once).await }).await?;
        }
        What::End(ending) => {
            let once = attempt.once("endAuthorization", changed::<ShownCase>);
            let command =
                async move { crosswalk.end_authorization(&caller, id, ending, expected, once).await };
            app.finish(command).await?;
        }
        What::Referral(taken) => {
            let once = attempt.once("setReferralStatus", changed::<SteppedReferral>);
            let command = async move { crosswalk.step_referral(&caller, id, taken, expected, once).await };
            return Ok(match app.finish(command).await? {
                Outcome::Fresh(SteppedReferral::Left(_), _) => false,
                Outcome::Fresh(SteppedReferral::Seen(_), _) => true,
                // Who gives it back may see it no more.
                Outcome::Replayed(_) => step != ProviderStep::Decline,
            });
        }
    }
    Ok(true)
}

/// The entries without the time at which their page was shown: the same form is the same attempt.
fn entered(draft: &Draft) -> String {
    let mut draft = draft.clone();
    draft.set("seen", "");
    draft.asked()
}

/// The offer of a referral to the viewer's organization.
async fn offered(app: &App, caller: &Caller, id: CaseId) -> Result<Offer, ApiError> {
    let mut cursor = None;
    loop {
        let page = app.crosswalk.offers(caller, Paging { limit: OFFERS, cursor }).await?;
        if let Some(found) = page.items.into_iter().find(|offer| offer.case == id) {
            return Ok(found);
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Err(Failure::NotFound.into());
        }
    }
}

/// Page of an offer.
async fn offer(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Named(id): Named<CaseId>,
) -> Result<Response, ApiError> {
    let offer = offered(&app, &viewer.caller, id).await?;
    let mut draft = Draft::default();
    draft.set(ONCE, attempts::fresh());
    offer_page(&app, &viewer, &reader, &offer, &draft, (StatusCode::OK, &Slips::new())).await
}

async fn offer_page(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    offer: &Offer,
    draft: &Draft,
    (status, slips): (StatusCode, &Slips),
) -> Result<Response, ApiError> {
    let names = names(app, &viewer.caller).await?;
    let shown = OfferShown { offer, draft, slips, names: &names };
    Ok(reader.page(status, step::offer(&reader.frame(Some(&viewer.who)), &shown)))
}

/// Takes an offered referral, or does not.
async fn answer(
    State(app): State<App>,
    viewer: Viewer,
    mut reader: Reader,
    Named(id): Named<CaseId>,
    request: Request,
) -> Result<Response, ApiError> {
    let draft = Draft::of(Sent::read(request).await?.into_fields());
    let caller = &viewer.caller;
    let language = language(&draft, &mut reader);
    if language.is_some() {
        let offer = offered(&app, caller, id).await?;
        let said = (StatusCode::OK, &Slips::new());
        let response = offer_page(&app, &viewer, &reader, &offer, &draft, said).await?;
        return Ok(spoken(response, language));
    }
    let (step, taken) = match draft.get("to") {
        Some("decline") => match decline_reason(draft.filled("reason")) {
            Some(reason) => (ProviderStep::Decline, ReferralStep::Decline(reason)),
            None => {
                let offer = offered(&app, caller, id).await?;
                let slips = Slips::from([("reason".to_owned(), Slip::Reason)]);
                let said = (StatusCode::UNPROCESSABLE_ENTITY, &slips);
                return offer_page(&app, &viewer, &reader, &offer, &draft, said).await;
            }
        },
        _ => (ProviderStep::Accept, ReferralStep::Accept),
    };
    let at = step::offer_address(&id.to_string());
    let what = What::Referral(taken);
    match carry_out(&app, caller, (CaseKind::Referral, id, step), what, &draft, &at).await {
        Ok(true) => Ok(see_other(&case::address(CaseKind::Referral, &id.to_string()))),
        Ok(false) => Ok(see_other(portal::ROOT)),
        Err(error) => {
            let slips = Origin::default().slips(reader.words, &error);
            if slips.is_empty() {
                return Err(error);
            }
            let offer = offered(&app, caller, id).await?;
            let said = (StatusCode::UNPROCESSABLE_ENTITY, &slips);
            offer_page(&app, &viewer, &reader, &offer, &draft, said).await
        }
    }
}

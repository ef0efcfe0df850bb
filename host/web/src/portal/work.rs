//! Work of a plan's people: the list by clock, and the screen on which a case is decided. What a form says
//! becomes the body that the API takes, so that it is read and refused by the same rules.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use domain::actor::Actor;
use domain::case::{CaseKind, Language};
use domain::identifiers::{CaseId, DocumentId, OrgId, PlanId};
use domain::plan::types::Urgency;
use domain::referral::State as Referred;
use portal::work::decide::{self, AGAINST, BACK, CaseSince, DEPARTS, Departure, Rights, Screen};
use portal::work::holder::Handled;
use portal::work::{self, People, PlanDecision, Refused, Worklist};
use portal::{Fields, Names};
use serde::Deserialize;
use workflow::command::{Expected, Holder, WorkFilter};
use workflow::shown::{Body, CaseToDecide, ShownCase, Waiting};
use workflow::{Caller, Failure, Paging, Role};

use super::fields::{Posted, spoken, unreadable};
use super::reader::Reader;
use super::viewer::Viewer;
use super::{attempts, see_other};
use crate::App;
use crate::answer::changed;
use crate::idempotency::Attempt;
use crate::problem::ApiError;
use crate::routes::{Named, Within, documents};

mod holder;
mod sent;

#[cfg(test)]
mod tests;

use sent::{Command, Rows, command, refused_of};

/// Purpose for which a plan's people look at a person whose case they decide; it is kept with the look.
const PURPOSE: &str = "payment";
/// Cases on a page.
const PAGE: u32 = 50;
/// Plans, organizations and contracts that a form chooses from.
const CHOICES: u32 = 200;

/// Every address of this family.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/portal/work", get(list))
        .route("/portal/work/documents/{id}", get(document))
        .route("/portal/work/{kind}/{id}", get(screen).post(decide))
        .route("/portal/work/{kind}/{id}/holder", get(holder::show).post(holder::step))
}

/// Filter of the list and place in it, as codes.
#[derive(Deserialize)]
struct Chosen {
    kind: Option<String>,
    urgency: Option<String>,
    holder: Option<String>,
    after: Option<String>,
}

impl Chosen {
    /// The filter of this viewer; `None` for words that are none.
    fn filter(&self, viewer: Option<Actor>) -> Option<WorkFilter> {
        let said = |word: &Option<String>| word.clone().filter(|word| !word.is_empty());
        let kind = said(&self.kind).map(|word| CaseKind::named(&word).ok_or(()));
        let urgency = said(&self.urgency).map(|word| Urgency::named(&word).ok_or(()));
        let holder = said(&self.holder).map(|word| match word.as_str() {
            work::MINE => viewer.map(Holder::Is).ok_or(()),
            work::NOBODYS => Ok(Holder::Nobody),
            _ => Err(()),
        });
        Some(WorkFilter {
            kind: kind.transpose().ok()?,
            urgency: urgency.transpose().ok()?,
            holder: holder.transpose().ok()?,
        })
    }
}

/// Cases that wait for the plan's people.
async fn list(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Query(chosen): Query<Chosen>,
) -> Result<Response, ApiError> {
    let own = viewer.caller.actor();
    let filter = chosen.filter(own).ok_or(Failure::NotFound)?;
    let paging = Paging { limit: PAGE, cursor: chosen.after };
    let page = app.crosswalk.worklist(&viewer.caller, filter, paging).await?;
    let named = |waiting: &Waiting| match waiting {
        Waiting::Case(shown) => Some((shown.item.state.holder()?, shown.holder.clone()?)),
        Waiting::Contract(_) => None,
    };
    let names: BTreeMap<Actor, String> = page.items.iter().filter_map(named).collect();
    let people = People { viewer: own, names: &names };
    let list = Worklist { items: &page.items, filter, people, next: page.next_cursor.as_deref() };
    Ok(reader.page(StatusCode::OK, work::page(&reader.frame(Some(&viewer.who)), &list)))
}

/// The bytes of a document that came with a case, as a file.
async fn document(
    State(app): State<App>,
    viewer: Viewer,
    Named(id): Named<DocumentId>,
) -> Result<Response, ApiError> {
    must_be_of_plan(&viewer.caller)?;
    documents::sent(&app, &viewer.caller, id).await
}

/// Lets only a plan's people through, whatever the address names.
fn must_be_of_plan(caller: &Caller) -> Result<(), Failure> {
    caller.must_be(&[Role::PlanReviewer, Role::PlanAdmin])
}

/// The case of an address.
fn named_case(kind: &str, id: CaseId) -> Result<(CaseKind, CaseId), Failure> {
    CaseKind::named(kind).map(|kind| (kind, id)).ok_or(Failure::NotFound)
}

/// The screen on which a case is decided.
async fn screen(
    State(app): State<App>,
    viewer: Viewer,
    reader: Reader,
    Within(kind, id): Within<String, CaseId>,
) -> Result<Response, ApiError> {
    must_be_of_plan(&viewer.caller)?;
    let desk = Desk { app: &app, viewer: &viewer, reader: &reader, case: named_case(&kind, id)? };
    desk.show(
        &Fields::default(),
        Answer { status: StatusCode::OK, refused: &[], since: CaseSince::Unchanged },
    )
    .await
}

/// Records a decision, or shows the form again: in another language, with its mistakes, or because somebody
/// was first.
async fn decide(
    State(app): State<App>,
    Within(kind, id): Within<String, CaseId>,
    Posted { viewer, reader, sent, language }: Posted,
) -> Result<Response, ApiError> {
    must_be_of_plan(&viewer.caller)?;
    let desk = Desk { app: &app, viewer: &viewer, reader: &reader, case: named_case(&kind, id)? };
    if language.is_some() {
        return Ok(spoken(desk.again(&sent).await?, language));
    }
    if sent.has(BACK) {
        return desk.show(&sent, Answer::AGAIN).await;
    }
    let version = sent.version().ok_or_else(unreadable)?;
    desk.decide(&sent, sent.attempt()?, version).await
}

/// The screen of one case for one viewer.
struct Desk<'a> {
    app: &'a App,
    viewer: &'a Viewer,
    reader: &'a Reader,
    case: (CaseKind, CaseId),
}

/// Answer in which the form comes back.
struct Answer<'a> {
    status: StatusCode,
    refused: &'a [Refused],
    since: CaseSince,
}

impl Answer<'_> {
    /// As it was, with nothing said about it.
    const AGAIN: Self = Self { status: StatusCode::OK, refused: &[], since: CaseSince::Unchanged };
}

impl Desk<'_> {
    /// Shows again what was sent, as it was sent: the page about a departure, or the form.
    async fn again(&self, typed: &Fields) -> Result<Response, ApiError> {
        if typed.get(DEPARTS).is_some()
            && let Some(decision) = typed.get("decision").and_then(PlanDecision::named)
        {
            let case = self.read().await?;
            return Ok(self.departure(&case, decision, typed, false));
        }
        self.show(typed, Answer::AGAIN).await
    }

    async fn read(&self) -> Result<ShownCase, ApiError> {
        let (kind, id) = self.case;
        Ok(self.app.crosswalk.case(&self.viewer.caller, kind, id).await?)
    }

    fn departure(
        &self,
        case: &ShownCase,
        decision: PlanDecision,
        typed: &Fields,
        is_missing: bool,
    ) -> Response {
        let frame = self.reader.frame(Some(&self.viewer.who));
        let page = decide::departure_page(&frame, &Departure { case, decision, typed, is_missing });
        let status = if is_missing { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        self.reader.page(status, page)
    }

    async fn decide(&self, typed: &Fields, attempt: Attempt, version: i64) -> Result<Response, ApiError> {
        let words = self.reader.words;
        let Some(decision) = typed.get("decision").and_then(PlanDecision::named) else {
            return self.refuse(typed, &[Refused { field: "decision".to_owned(), text: None }]).await;
        };
        let rows = Rows::of(decision, typed);
        let command = match command(self.app, self.case.0, decision, typed, &rows) {
            Ok(command) => command,
            Err(ApiError::Failure(Failure::Invalid(problems))) => {
                return self.refuse(typed, &refused_of(words, &problems, &rows, typed)).await;
            }
            Err(error) => return Err(error),
        };
        let case = self.read().await?;
        // Of another version the command itself says that it is late.
        let departs = case.case.version == version && work::departs_from_advice(&case, decision);
        let is_silent = typed.get(AGAINST).is_none_or(|reason| reason.trim().is_empty());
        if departs && is_silent {
            return Ok(self.departure(&case, decision, typed, typed.get(DEPARTS).is_some()));
        }
        let command = if departs { command } else { command.without_departure() };
        match self.carry_out(command, attempt, version).await {
            Ok(()) => Ok(see_other(&work::address(self.case.0, &self.case.1.to_string()))),
            Err(ApiError::Failure(failure)) => self.answer(typed, failure, &rows).await,
            Err(error) => Err(error),
        }
    }

    async fn carry_out(&self, command: Command, attempt: Attempt, version: i64) -> Result<(), ApiError> {
        let (crosswalk, caller) = (self.app.crosswalk.clone(), self.viewer.caller.clone());
        let (kind, id) = self.case;
        let expected = Expected::one_of([version]);
        match command {
            Command::Decide(decided) => {
                let once = attempt.once("decideCase", changed);
                let command =
                    async move { crosswalk.decide(&caller, kind, id, &decided, expected, once).await };
                self.app.finish(command).await?;
            }
            Command::Extend(new) => {
                let once = attempt.once("extendAuthorization", changed);
                let command =
                    async move { crosswalk.extend_authorization(&caller, id, new, expected, once).await };
                self.app.finish(command).await?;
            }
            Command::Tell(new) => {
                let once = attempt.once("recordMemberNotice", changed);
                let command = async move {
                    crosswalk.record_member_notice(&caller, kind, id, new, expected, once).await
                };
                self.app.finish(command).await?;
            }
            Command::Translate(new) => {
                let once = attempt.once("translateReason", changed);
                let command =
                    async move { crosswalk.translate_reason(&caller, kind, id, new, expected, once).await };
                self.app.finish(command).await?;
            }
        }
        Ok(())
    }

    /// The form again, with what stands against the decision. What is no word about the form becomes the page
    /// of its trouble.
    async fn answer(&self, typed: &Fields, failure: Failure, rows: &Rows) -> Result<Response, ApiError> {
        let words = self.reader.words;
        match failure {
            Failure::Invalid(problems) | Failure::Withheld(problems) => {
                self.refuse(typed, &refused_of(words, &problems, rows, typed)).await
            }
            Failure::NoCoverage(problem) => {
                self.refuse(typed, &refused_of(words, &[*problem], rows, typed)).await
            }
            Failure::Full(full) => {
                let text = match words.language {
                    Language::En => full.in_numbers().en,
                    Language::Es => full.in_numbers().es,
                };
                self.refuse(typed, &[Refused { field: "decision".to_owned(), text: Some(text) }]).await
            }
            Failure::NotLicensed => {
                let text = Some(work::Cause::NoLicense.text(words));
                let refused = [Refused { field: "kind".to_owned(), text }];
                let status = StatusCode::FORBIDDEN;
                self.show(typed, Answer { status, refused: &refused, since: CaseSince::Unchanged }).await
            }
            // A form whose key was used comes from a page that was gone back to.
            Failure::Stale | Failure::Newer(_) | Failure::NotAllowed(_) | Failure::KeyReused => {
                let status = StatusCode::CONFLICT;
                self.show(typed, Answer { status, refused: &[], since: CaseSince::Changed }).await
            }
            failure => Err(failure.into()),
        }
    }

    async fn refuse(&self, typed: &Fields, refused: &[Refused]) -> Result<Response, ApiError> {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        self.show(typed, Answer { status, refused, since: CaseSince::Unchanged }).await
    }

    /// The screen, with the form as it was typed.
    async fn show(&self, typed: &Fields, answer: Answer<'_>) -> Result<Response, ApiError> {
        let Self { app, viewer, reader, case: (kind, id) } = self;
        let caller = &viewer.caller;
        let CaseToDecide { case, steps, member, limits, work } =
            app.crosswalk.case_to_decide(caller, *kind, *id, PURPOSE).await?;
        let plans: Vec<(PlanId, String)> = app
            .crosswalk
            .plans(caller, Paging { limit: CHOICES, cursor: None })
            .await?
            .items
            .into_iter()
            .map(|plan| (plan.id, plan.name))
            .collect();
        let names = Names::of(plans.iter().cloned(), caller.organization);
        let others: Vec<(PlanId, String)> =
            plans.into_iter().filter(|(id, _)| caller.plan.as_ref() != Some(id)).collect();
        let organizations = self.organizations(&case).await?;
        let providers = self.providers(&case).await?;
        let people = People { viewer: caller.actor(), names: &work.names };
        // Whoever comes late sends another form than before.
        let once =
            if answer.since == CaseSince::Unchanged { attempts::kept(typed) } else { attempts::fresh() };
        let screen = Screen {
            case: &case,
            member: member.as_ref(),
            limits: &limits,
            steps: &steps,
            names: &names,
            organizations: &organizations,
            providers: &providers,
            plans: &others,
            desk: Handled { item: work.item.as_ref(), steps: &work.steps, people },
            rights: rights(caller),
            typed,
            refused: answer.refused,
            since: answer.since,
            once: &once,
        };
        Ok(reader.page(answer.status, decide::page(&reader.frame(Some(&viewer.who)), &screen)))
    }

    /// Names of the organizations that sent the case and deliver.
    async fn organizations(&self, case: &ShownCase) -> Result<BTreeMap<OrgId, String>, ApiError> {
        let mut names = BTreeMap::new();
        for id in std::iter::once(case.case.provider).chain(case.case.assigned) {
            match self.app.crosswalk.organization(&self.viewer.caller, id).await {
                Ok(found) => {
                    names.insert(id, found.organization.name);
                }
                Err(Failure::NotFound) => {}
                Err(failure) => return Err(failure.into()),
            }
        }
        Ok(names)
    }

    /// Providers under contract for the service of a referral that waits for one, by name.
    async fn providers(&self, case: &ShownCase) -> Result<Vec<(OrgId, String)>, ApiError> {
        let waits = match &case.case.body {
            Body::Referral(body) => {
                matches!(body.state, Referred::Accepted { .. } | Referred::ChangingProvider { .. })
            }
            _ => false,
        };
        let Some(service) = case.case.service.as_ref().filter(|_| waits) else { return Ok(Vec::new()) };
        let (crosswalk, caller) = (&self.app.crosswalk, &self.viewer.caller);
        let all = || Paging { limit: CHOICES, cursor: None };
        let contracts = crosswalk.contracts(caller, None, caller.plan.clone(), None, all()).await?;
        let is_for = |contract: &&workflow::shown::ShownContract| {
            let terms = &contract.contract.terms.terms;
            contract.holds_today && terms.iter().any(|term| term.services.contains(service))
        };
        let ids: BTreeSet<OrgId> =
            contracts.items.iter().filter(is_for).map(|contract| contract.contract.provider).collect();
        let listed = crosswalk.organizations(caller, all()).await?.items.into_iter();
        let mut names: BTreeMap<OrgId, String> =
            listed.map(|found| (found.organization.id, found.organization.name)).collect();
        let mut providers = Vec::new();
        for id in ids {
            let name = match names.remove(&id) {
                Some(name) => name,
                None => crosswalk.organization(caller, id).await?.organization.name,
            };
            providers.push((id, name));
        }
        providers.sort_by(|(_, one), (_, other)| one.cmp(other));
        Ok(providers)
    }
}

fn rights(caller: &Caller) -> Rights {
    Rights {
        decides: caller.must_be(&[Role::PlanReviewer]).is_ok(),
        translates: must_be_of_plan(caller).is_ok(),
        is_licensed: caller.reviewer.is_some(),
    }
}

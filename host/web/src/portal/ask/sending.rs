//! The check of a request before it is sent, and sending it.

use axum::http::StatusCode;
use axum::response::Response;
use domain::case::CaseKind;
use domain::identifiers::{CaseId, County, PlanId};
use domain::plan::authorization::RequestKind;
use domain::plan::types::{Document, FactValue, Workflow};
use domain::problem::Code;
use jiff::civil::Date;
use portal::ONCE;
use portal::ask::draft::{Draft, Page};
use portal::ask::view::{self, Checked, Notice};
use portal::ask::{self, Slips};
use workflow::command::{MemberRef, NewAuthorization, NewReferral, Outcome, UnsentCase, WhatIf};
use workflow::shown::{PlanAnswer, ShownCase};
use workflow::{Caller, Failure};

use super::reading::{AskedFor, Origin, read_request};
use super::{Loaded, Shown};
use crate::App;
use crate::answer::{ok, opened};
use crate::portal::attempts;
use crate::portal::files::named_in;
use crate::portal::reader::Reader;
use crate::portal::see_other;
use crate::portal::viewer::Viewer;
use crate::problem::ApiError;

/// The highest age that is taken for one.
const MOST_AGE: i16 = 120;

/// The check: everything that was entered, and what the plan's rules say to it now.
pub(super) async fn check(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    loaded: &Loaded,
    draft: Draft,
    notice: Option<Notice>,
) -> Result<Response, ApiError> {
    let status = match &notice {
        None => StatusCode::OK,
        Some(Notice::Unsent) => StatusCode::SERVICE_UNAVAILABLE,
        Some(_) => StatusCode::CONFLICT,
    };
    checked(app, viewer, reader, loaded, draft, (notice, Slips::new(), status)).await
}

async fn checked(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    loaded: &Loaded,
    mut draft: Draft,
    (mut notice, slips, status): (Option<Notice>, Slips, StatusCode),
) -> Result<Response, ApiError> {
    let request = match read_request(app, loaded, &draft, reader.words) {
        Ok(request) => request,
        Err(slips) => {
            let shown = Shown { app, viewer, reader, loaded, draft: &draft };
            return Ok(shown.page(StatusCode::UNPROCESSABLE_ENTITY, Page::Questions, &slips));
        }
    };
    let wanted = loaded.wanted.as_ref().ok_or(Failure::NotFound)?;
    let plan = wanted.plan.as_ref();
    draft.set("rules", loaded.rules_of(plan));
    let sends_referral = loaded.known.open.is_none() && draft.filled("referral").is_none();
    let (mut referral, mut authorization) = (None, None);
    let workflows = [
        (Workflow::Referral, sends_referral, &mut referral),
        (Workflow::Authorization, draft.gives(), &mut authorization),
    ];
    for (workflow, is_asked, answer) in workflows {
        if !is_asked {
            continue;
        }
        match pre_check(app, viewer, loaded, plan, &request, workflow).await {
            Ok(found) => *answer = found,
            // What cannot be asked about can be sent all the same.
            Err(ApiError::Failure(_)) => notice = notice.or(Some(Notice::NotChecked)),
            Err(error) => return Err(error),
        }
    }
    let checked = Checked { referral: referral.as_ref(), authorization: authorization.as_ref(), notice };
    let shown = Shown { app, viewer, reader, loaded, draft: &draft };
    let frame = reader.frame(Some(&viewer.who));
    Ok(reader.page(status, view::check(&frame, &shown.asking(&slips), wanted, &checked)))
}

/// The word of the plan's rules to the request before it is sent, as the API's question about it answers.
async fn pre_check(
    app: &App,
    viewer: &Viewer,
    loaded: &Loaded,
    plan: Option<&PlanId>,
    request: &AskedFor,
    workflow: Workflow,
) -> Result<Option<PlanAnswer>, ApiError> {
    let (Some(plan), Ok(county)) = (plan, loaded.member.county.parse::<County>()) else { return Ok(None) };
    let request = request.clone();
    let case = UnsentCase {
        at: "",
        county,
        services: vec![request.service],
        workflow,
        kind: RequestKind::Initial,
        urgency: request.urgency,
        populations: request.populations,
        provider_kinds: Vec::new(),
        age: age(loaded.member.identity.birth_date, app.crosswalk.today()),
        lines: if workflow == Workflow::Authorization { request.lines } else { Vec::new() },
        // Words could name somebody, and so could the bytes of a document.
        facts: request.facts.into_iter().filter(|fact| !matches!(fact.value, FactValue::Text(_))).collect(),
        documents: request.documents.into_iter().map(|one| Document { content: None, ..one }).collect(),
    };
    let once = attempts::unrepeated().once("askWhatIf", ok);
    let asked = WhatIf::Unsent { case, plan: Some(plan.clone()) };
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    match app.finish(async move { crosswalk.what_if(&caller, asked, once).await }).await {
        Ok(Outcome::Fresh(answer, _)) => Ok(answer.answers.into_iter().next()),
        Ok(Outcome::Replayed(_)) => Ok(None),
        // A plan without rules: its people answer.
        Err(ApiError::Failure(Failure::Invalid(problems)))
            if problems.iter().all(|problem| problem.code == Code::UnknownPlan) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Age in whole years.
fn age(born: Date, on: Date) -> u8 {
    let had_birthday = (on.month(), on.day()) >= (born.month(), born.day());
    let years = on.year() - born.year() - i16::from(!had_birthday);
    u8::try_from(years.clamp(0, MOST_AGE)).unwrap_or_default()
}

/// Sends the referral and the request for authorization that follows it, each once, however often the form
/// comes.
pub(super) async fn send(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    loaded: &Loaded,
    mut draft: Draft,
    request: AskedFor,
) -> Result<Response, ApiError> {
    let plan = loaded.wanted.as_ref().and_then(|wanted| wanted.plan.as_ref());
    let seen = draft.get("rules").map(str::to_owned);
    let key = draft.filled(ONCE).map(str::to_owned);
    let (Some(seen), Some(key)) = (seen, key) else {
        return check(app, viewer, reader, loaded, draft, None).await;
    };
    if seen != loaded.rules_of(plan) && !was_sent(app, &viewer.caller, &key).await? {
        return check(app, viewer, reader, loaded, draft, Some(Notice::RulesChanged)).await;
    }
    let before = draft.filled("referral").and_then(|id| id.parse::<CaseId>().ok());
    let follows = before.or(loaded.known.open.filter(|_| draft.gives()));
    let attempt = |draft: &Draft| attempts::of(&key, ask::ADDRESS, &draft.asked());
    let member = MemberRef::Id(loaded.member.id);
    let (referral, refused) = match follows {
        Some(referral) => (referral, false),
        None => {
            let new = referral_of(&request, member.clone());
            let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
            let once = attempt(&draft)?.once("submitReferral", opened);
            let sent = app.finish(async move { crosswalk.submit(&caller, new.into(), once).await }).await;
            match sent {
                Ok(outcome) => {
                    let referral = opened_case(&outcome)?;
                    (referral, is_refused(app, &viewer.caller, outcome, &key).await?)
                }
                Err(error) => return unsent(app, viewer, reader, loaded, draft, error).await,
            }
        }
    };
    if !draft.gives() || refused {
        return Ok(see_other(&format!("{}?referral={referral}", ask::SENT)));
    }
    let new = authorization_of(request, member, referral);
    let (crosswalk, caller) = (app.crosswalk.clone(), viewer.caller.clone());
    let once = attempt(&draft)?.once("submitAuthorization", opened);
    match app.finish(async move { crosswalk.submit(&caller, new.into(), once).await }).await {
        Ok(outcome) => {
            let authorization = opened_case(&outcome)?;
            let address = format!("{}?referral={referral}&authorization={authorization}", ask::SENT);
            Ok(see_other(&address))
        }
        Err(error) => {
            // What went stays; only the rest is sent again.
            draft.set("referral", referral.to_string());
            unsent(app, viewer, reader, loaded, draft, error).await
        }
    }
}

/// The referral of a request.
fn referral_of(request: &AskedFor, member: MemberRef) -> NewReferral {
    NewReferral {
        member,
        service: request.service.clone(),
        populations: request.populations.clone(),
        urgency: request.urgency,
        preferred: None,
        facts: request.facts.clone(),
        documents: request.documents.clone(),
    }
}

/// The request for authorization that follows its referral.
fn authorization_of(request: AskedFor, member: MemberRef, referral: CaseId) -> NewAuthorization {
    NewAuthorization {
        member,
        service: request.service,
        populations: request.populations,
        kind: RequestKind::Initial,
        urgency: request.urgency,
        provider: None,
        referral: Some(referral),
        lines: request.lines,
        facts: request.facts,
        documents: request.documents,
    }
}

/// Id of the case that was opened.
fn opened_case(outcome: &Outcome<ShownCase>) -> Result<CaseId, ApiError> {
    match outcome {
        Outcome::Fresh(shown, _) => Ok(shown.case.id),
        Outcome::Replayed(answer) => named_in(answer),
    }
}

/// True if the plan said no to the referral at once, so that no authorization is asked for. What followed the
/// first time follows again: under the same key it happens once.
async fn is_refused(
    app: &App,
    caller: &Caller,
    sent: Outcome<ShownCase>,
    key: &str,
) -> Result<bool, ApiError> {
    let state = match sent {
        Outcome::Fresh(shown, _) => shown.state,
        Outcome::Replayed(_) if app.crosswalk.was_done(caller, "submitAuthorization", key).await? => {
            return Ok(false);
        }
        Outcome::Replayed(answer) => {
            app.crosswalk.case(caller, CaseKind::Referral, named_in(&answer)?).await?.state
        }
    };
    Ok(matches!(state, "not-eligible" | "redirected"))
}

/// True if this very form was sent before: then whatever the rules are now, what follows follows again.
async fn was_sent(app: &App, caller: &Caller, key: &str) -> Result<bool, ApiError> {
    for operation in ["submitReferral", "submitAuthorization"] {
        if app.crosswalk.was_done(caller, operation, key).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The check again, with why it was not sent.
async fn unsent(
    app: &App,
    viewer: &Viewer,
    reader: &Reader,
    loaded: &Loaded,
    mut draft: Draft,
    error: ApiError,
) -> Result<Response, ApiError> {
    let went = draft.filled("referral").is_some();
    let notice = match &error {
        ApiError::Failure(Failure::Duplicate(open)) => {
            let address = |id: &CaseId| {
                let kind = if went { "authorizations" } else { "referrals" };
                format!("/portal/{kind}/{id}")
            };
            Some(Notice::Duplicate(open.as_ref().map(address)))
        }
        ApiError::Failure(Failure::KeyReused) => Some(Notice::SentBefore),
        ApiError::Failure(
            Failure::Busy | Failure::Away(_) | Failure::NoRoom(_) | Failure::Unknown | Failure::Stale,
        ) => Some(Notice::Unsent),
        _ => None,
    };
    let is_same_attempt = matches!(notice, Some(Notice::Unsent));
    if let Some(notice) = notice {
        if !is_same_attempt {
            draft.set(ONCE, attempts::fresh());
        }
        return check(app, viewer, reader, loaded, draft, Some(notice)).await;
    }
    let slips = Origin::default().slips(reader.words, &error);
    if slips.is_empty() {
        return Err(error);
    }
    draft.set(ONCE, attempts::fresh());
    let notice = went.then_some(Notice::ReferralOnly);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    checked(app, viewer, reader, loaded, draft, (notice, slips, status)).await
}

#[cfg(test)]
mod tests;

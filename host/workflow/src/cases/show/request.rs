//! What was asked for, given back to those who sent it, deliver it or decide it; and what the plan's people
//! weigh besides: the advice of their rules, and what is around the case.

use domain::dictionary::Dictionary;
use domain::plan::authorization::{Decision, Grant, RequestKind};
use domain::plan::billing::{ClaimLine, Frequency, LineOutcome};
use domain::plan::profile::Mode;
use domain::plan::referral::Disposition;
use domain::plan::types::{Ask, Denial, Document, Fact, FactSource, Period};

use super::{Shown, day, denial_kind, granted_line, is_plan, procedure, questions, redirect, text};
use crate::cases::case::{Advice, Answered, Body, Case, Claim, Supplied};
use crate::cases::facts;
use crate::view::written;
use crate::view::{
    AdviceView, AskedLineView, CaseDocumentView, DenialView, FactView, ProposedGrantView, RequestView,
    SuppliedView,
};

/// The request, as it stands now. A plan sees the facts that all share and its own, nobody else's.
pub(crate) fn request(case: &Case, shown: &Shown<'_>) -> RequestView {
    let mut view = RequestView {
        facts: known(case.body.facts(), shown),
        documents: case.body.documents().iter().map(document).collect(),
        supplied: case.body.supplied().iter().map(|one| supplied(one, shown)).collect(),
        ..RequestView::default()
    };
    match &case.body {
        Body::Referral(body) => {
            view.preferred_provider = body.preferred.map(|preferred| preferred.to_string());
        }
        Body::Authorization(body) => {
            view.kind = Some(kind_name(body.kind).to_owned());
            let lines = body.lines.iter();
            view.lines = lines.map(|line| asked_line(&line.procedure, line.units, &line.days)).collect();
        }
        Body::Claim(body) => {
            view.frequency = Some(frequency_name(body.frequency).to_owned());
            view.diagnoses = body.diagnoses.iter().map(ToString::to_string).collect();
            view.lines = body.lines.iter().map(billed_line).collect();
        }
        Body::Application(body) => {
            view.services.clone_from(&body.services);
            view.counties.clone_from(&body.counties);
        }
    }
    view
}

/// Facts as the caller may see them.
pub(crate) fn known(facts: &[Fact], shown: &Shown<'_>) -> Vec<FactView> {
    let own = match &shown.caller.plan {
        Some(plan) => facts::for_plan(facts.to_vec(), plan),
        None => facts.to_vec(),
    };
    own.iter().map(|one| fact(one, shown)).collect()
}

fn fact(fact: &Fact, shown: &Shown<'_>) -> FactView {
    let declared = || shown.plans.iter().flat_map(|plan| &plan.profile().facts);
    let own = || declared().find(|declared| declared.code == fact.code);
    let definition = Dictionary::state().fact(&fact.code).or_else(own);
    FactView {
        code: fact.code.clone(),
        question: definition.map(|definition| text(&definition.question)),
        value: written(&fact.value),
        source: source_name(fact.source).to_owned(),
        as_of: fact.as_of.to_string(),
    }
}

fn document(document: &Document) -> CaseDocumentView {
    CaseDocumentView {
        kind: document.kind.clone(),
        name: Dictionary::state().document(&document.kind).map(|kind| text(&kind.name)),
        issued: day(document.issued),
        expires: day(document.expires),
        amount: document.amount.map(|amount| amount.to_string()),
        content: document.content.map(|content| content.to_string()),
    }
}

fn supplied(supplied: &Supplied, shown: &Shown<'_>) -> SuppliedView {
    SuppliedView {
        at: supplied.at.to_string(),
        by: supplied.by.map(|organization| organization.to_string()),
        facts: known(&supplied.facts, shown),
        documents: supplied.documents.iter().map(document).collect(),
    }
}

fn asked_line(code: &domain::Procedure, units: u32, days: &Period) -> AskedLineView {
    AskedLineView {
        number: None,
        procedure: procedure(code),
        units,
        first: days.first.to_string(),
        last: day(days.last),
        place: None,
        charge: None,
        minutes: None,
    }
}

fn billed_line(line: &ClaimLine) -> AskedLineView {
    AskedLineView {
        number: Some(line.number),
        place: Some(line.place.clone()),
        charge: Some(line.charge.to_string()),
        minutes: line.minutes,
        ..asked_line(&line.procedure, line.units, &line.days)
    }
}

/// The advice of the plan's rules, whole. For the plan's people only.
pub(crate) fn advice(case: &Case, shown: &Shown<'_>) -> Option<AdviceView> {
    if !is_plan(shown.caller) {
        return None;
    }
    match &case.body {
        Body::Referral(body) => given(&body.answered, shown),
        Body::Authorization(body) => given(&body.answered, shown),
        Body::Claim(body) => claim_advice(body, shown),
        Body::Application(_) => None,
    }
}

fn given(answered: &Answered, shown: &Shown<'_>) -> Option<AdviceView> {
    let advice = answered.advice.as_ref()?;
    let mut view = match advice {
        Advice::Referral(disposition) => of_disposition(disposition, shown),
        Advice::Authorization(decision) => of_decision(decision, shown),
    };
    if !advice.is_adverse() {
        view.provider_sees.push("findings".to_owned());
    }
    Some(view)
}

fn of_disposition(disposition: &Disposition, shown: &Shown<'_>) -> AdviceView {
    let said = |answer: &str| AdviceView { answer: answer.to_owned(), ..AdviceView::default() };
    match disposition {
        Disposition::Accepted => said("accepted"),
        Disposition::Redirected(redirection) => {
            AdviceView { redirect: Some(redirect(redirection)), ..said("redirected") }
        }
        Disposition::NeedsMore(asks) => {
            AdviceView { asks: questions(asks, shown), ..said("needs-information") }
        }
        Disposition::NotEligible(denial) => {
            AdviceView { denial: Some(advised(denial)), ..said("not-eligible") }
        }
    }
}

fn of_decision(decision: &Decision, shown: &Shown<'_>) -> AdviceView {
    let said = |answer: &str| AdviceView { answer: answer.to_owned(), ..AdviceView::default() };
    let grants = |answer, given| AdviceView { grant: Some(proposed(given)), ..said(answer) };
    match decision {
        Decision::Approved(given) => grants("approved", given),
        Decision::PartlyApproved(given) => grants("partly-approved", given),
        Decision::Modified(given) => grants("modified", given),
        Decision::Pended(asks) => AdviceView { asks: questions(asks, shown), ..said("pended") },
        Decision::Denied(denial) => AdviceView { denial: Some(advised(denial)), ..said("denied") },
    }
}

/// Of a claim the lines are the advice: prices, asks and denials. The provider sees what is payable and what
/// to mend.
fn claim_advice(body: &Claim, shown: &Shown<'_>) -> Option<AdviceView> {
    if body.answered.mode != Some(Mode::Advises) || body.results.is_empty() {
        return None;
    }
    let mut asks: Vec<Ask> = Vec::new();
    let mut denial = None;
    for result in &body.results {
        match &result.outcome {
            LineOutcome::Pended(wanted) => {
                let new: Vec<Ask> = wanted.iter().filter(|ask| !asks.contains(ask)).cloned().collect();
                asks.extend(new);
            }
            LineOutcome::Denied(denied) => denial = denial.or(Some(denied)),
            LineOutcome::Payable(_) | LineOutcome::Rejected(_) => {}
        }
    }
    Some(AdviceView {
        answer: "adjudicated".to_owned(),
        asks: questions(&asks, shown),
        denial: denial.map(advised),
        provider_sees: ["lines", "total_payable", "findings"].map(str::to_owned).to_vec(),
        ..AdviceView::default()
    })
}

fn proposed(grant: &Grant) -> ProposedGrantView {
    ProposedGrantView {
        lines: grant.lines.iter().map(granted_line).collect(),
        conditions: grant.conditions.iter().map(text).collect(),
    }
}

/// A no that is nobody's decision yet.
fn advised(denial: &Denial) -> DenialView {
    DenialView {
        kind: denial_kind(denial.kind).to_owned(),
        reason: text(&denial.reason),
        criteria: Vec::new(),
        reviewer: None,
        translation: None,
    }
}

fn kind_name(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::Initial => "initial",
        RequestKind::Renewal => "renewal",
        RequestKind::Extension => "extension",
        RequestKind::Retrospective => "retrospective",
    }
}

fn frequency_name(frequency: Frequency) -> &'static str {
    match frequency {
        Frequency::Original => "original",
        Frequency::Replacement => "replacement",
        Frequency::Void => "void",
    }
}

fn source_name(source: FactSource) -> &'static str {
    match source {
        FactSource::Member => "member",
        FactSource::Referrer => "referrer",
        FactSource::Provider => "provider",
        FactSource::PlanFile => "plan-file",
        FactSource::Claims => "claims",
        FactSource::Document => "document",
        FactSource::Host => "host",
    }
}

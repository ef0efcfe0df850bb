//! Requests, given back to those who sent them, deliver them or decide them; and what the plan's people weigh
//! besides: the advice of their rules, and what is around the case.

use domain::Procedure;
use domain::dictionary::Dictionary;
use domain::plan::authorization::Decision;
use domain::plan::billing::{ClaimLine, LineOutcome};
use domain::plan::profile::Mode;
use domain::plan::referral::Disposition;
use domain::plan::types::{Ask, Document, Fact, Period};
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{Advice, Answered, Around, Body, Claim, RelatedCase, ShownCase, Supplied, Usage};

use super::{AskView, DenialView, ProposedGrantView, RedirectView, day, proposed, questions};
use crate::output::facts::written;
use crate::output::{Output, ProcedureView, Text};

/// A request as it stands: a later answer is in the place of an earlier one.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct RequestView {
    /// Why permission is asked for: `initial`, `renewal`, `extension` or `retrospective`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    /// Kind of a claim: `original`, `replacement` or `void`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) frequency: Option<String>,
    /// The provider that the member or the referrer would like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) preferred_provider: Option<String>,
    /// The lines that were asked for, or billed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) lines: Vec<AskedLineView>,
    /// ICD-10-CM codes of a claim, principal first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) diagnoses: Vec<String>,
    /// Service ids that a credentialing file applies for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) services: Vec<String>,
    /// Counties that a credentialing file applies for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) counties: Vec<String>,
    /// Facts that are known. A plan sees what all plans share and its own questions.
    pub(crate) facts: Vec<FactView>,
    /// Documents that are attached.
    pub(crate) documents: Vec<CaseDocumentView>,
    /// Facts and documents that were supplied later, oldest first.
    pub(crate) supplied: Vec<SuppliedView>,
}

/// One thing that is known about a case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FactView {
    /// Code of the fact, a word of the dictionary or of the plan's profile.
    pub(crate) code: String,
    /// The question that it answers, where the dictionary or the plan's profile has one.
    pub(crate) question: Option<Text>,
    /// Its value, as requests carry it.
    pub(crate) value: serde_json::Value,
    /// Party that says so: `member`, `referrer`, `provider` or `document`; for what the host adds,
    /// `plan-file`, `claims` or `host`.
    pub(crate) source: String,
    /// The day on which it was true.
    #[schema(format = Date)]
    pub(crate) as_of: String,
}

/// One document that was attached to a case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseDocumentView {
    /// Kind of the document, a word of the dictionary or of the plan's profile.
    pub(crate) kind: String,
    /// Name of the kind, for people; null for one that nothing declares.
    pub(crate) name: Option<Text>,
    /// The day on which it was issued or signed.
    pub(crate) issued: Option<String>,
    /// The last day on which it counts.
    pub(crate) expires: Option<String>,
    /// An amount that it states, in dollars.
    pub(crate) amount: Option<String>,
    /// Id of its bytes, where they were sent; null: its sender says that it exists.
    pub(crate) content: Option<String>,
}

/// One line that was asked for, or billed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AskedLineView {
    /// Its number in a claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) number: Option<u16>,
    /// Code and modifiers of the service.
    pub(crate) procedure: ProcedureView,
    /// Number of units that are asked for.
    pub(crate) units: u32,
    /// First day of service.
    #[schema(format = Date)]
    pub(crate) first: String,
    /// Last day; null while it has none.
    #[schema(format = Date)]
    pub(crate) last: Option<String>,
    /// CMS place of service code, in a claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<String>,
    /// Charge in dollars, in a claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) charge: Option<String>,
    /// Minutes, where a claim gives them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) minutes: Option<u32>,
}

/// Facts and documents that were supplied after a case was sent, at one time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SuppliedView {
    /// Instant at which they came (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// Id of the organization that supplied them; null where the host did.
    pub(crate) by: Option<String>,
    /// Facts that it stated.
    pub(crate) facts: Vec<FactView>,
    /// Documents that it attached.
    pub(crate) documents: Vec<CaseDocumentView>,
}

/// Answer of a plan's rules where they only advise. It binds nobody, and nobody but the plan sees it.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct AdviceView {
    /// A referral's disposition, an authorization's decision, or `adjudicated` for a claim.
    pub(crate) answer: String,
    /// Grant that the rules advise, with its conditions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) grant: Option<ProposedGrantView>,
    /// Facts and documents that the rules would ask for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) asks: Vec<AskView>,
    /// Plan, delegate or service that a referral would be sent to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) redirect: Option<RedirectView>,
    /// The denial that would be recommended; of a claim that of its first line with one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) denial: Option<DenialView>,
    /// The fields of this case that the provider sees of the advice: `findings`, unless it gives less than
    /// was asked for; of a claim `lines` and `total_payable`. Everything else of it is the plan's alone.
    pub(crate) provider_sees: Vec<String>,
}

/// Surroundings of a case, for the people of the plan that it is with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AroundView {
    /// Services that the plan authorized and paid for the member in the last 24 months, newest first.
    pub(crate) history: Vec<ServiceHadView>,
    /// True if `history` is all of it; it is cut after a number of entries.
    pub(crate) history_whole: bool,
    /// The member's other cases with the plan, newest first.
    pub(crate) cases: Vec<RelatedCaseView>,
    /// True if `cases` are all of them.
    pub(crate) cases_whole: bool,
    /// Facts that the host knows by itself, from the plan's member file, from claims and from its own record.
    pub(crate) host_facts: Vec<FactView>,
    /// The address of what is left to the member of each limited service.
    pub(crate) limits: String,
}

/// Service that a member had, or may have, under a plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ServiceHadView {
    /// The authorization or the claim.
    pub(crate) case: String,
    /// Id of the service, a word of the dictionary.
    pub(crate) service: String,
    /// Id of the provider that delivers.
    pub(crate) provider: String,
    /// `authorized`, `payable` or `paid`.
    pub(crate) kind: String,
    /// First day of service.
    #[schema(format = Date)]
    pub(crate) first: String,
    /// Last day of service.
    #[schema(format = Date)]
    pub(crate) last: String,
    /// Number of units of service.
    pub(crate) units: i64,
}

/// Another case of the same member with the same plan, in brief.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RelatedCaseView {
    /// Id of the case.
    pub(crate) id: String,
    /// Kind of the case: `referral`, `authorization`, `claim` or `application`.
    pub(crate) kind: String,
    /// Id of the service, a word of the dictionary.
    pub(crate) service: Option<String>,
    /// State of the case, a word of its kind's life cycle.
    pub(crate) state: String,
    /// Id of the provider that delivers, or else of the sender.
    pub(crate) provider: String,
    /// Instant at which the host received it (UTC).
    #[schema(format = DateTime)]
    pub(crate) received_at: String,
}

/// The request, as it stands now.
pub(super) fn request(shown: &ShownCase) -> RequestView {
    let body = &shown.case.body;
    let mut view = RequestView {
        facts: known(body.facts(), shown),
        documents: body.documents().iter().map(document).collect(),
        supplied: body.supplied().iter().map(|one| supplied(one, shown)).collect(),
        ..RequestView::default()
    };
    match body {
        Body::Referral(body) => {
            view.preferred_provider = body.preferred.map(|preferred| preferred.to_string());
        }
        Body::Authorization(body) => {
            view.kind = Some(body.kind.name().to_owned());
            let lines = body.lines.iter();
            view.lines = lines.map(|line| asked_line(&line.procedure, line.units, &line.days)).collect();
        }
        Body::Claim(body) => {
            view.frequency = Some(body.frequency.name().to_owned());
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

fn known(facts: &[Fact], shown: &ShownCase) -> Vec<FactView> {
    facts.iter().map(|one| fact(one, shown)).collect()
}

fn fact(fact: &Fact, shown: &ShownCase) -> FactView {
    FactView {
        code: fact.code.clone(),
        question: shown.declared.fact(&fact.code).map(|definition| definition.question.view()),
        value: written(&fact.value),
        source: fact.source.name().to_owned(),
        as_of: fact.as_of.to_string(),
    }
}

fn document(document: &Document) -> CaseDocumentView {
    CaseDocumentView {
        kind: document.kind.clone(),
        name: Dictionary::state().document(&document.kind).map(|kind| kind.name.view()),
        issued: day(document.issued),
        expires: day(document.expires),
        amount: document.amount.map(|amount| amount.to_string()),
        content: document.content.map(|content| content.to_string()),
    }
}

fn supplied(supplied: &Supplied, shown: &ShownCase) -> SuppliedView {
    SuppliedView {
        at: supplied.at.to_string(),
        by: supplied.by.map(|organization| organization.to_string()),
        facts: known(&supplied.facts, shown),
        documents: supplied.documents.iter().map(document).collect(),
    }
}

fn asked_line(procedure: &Procedure, units: u32, days: &Period) -> AskedLineView {
    AskedLineView {
        number: None,
        procedure: procedure.view(),
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
pub(super) fn advice(shown: &ShownCase) -> Option<AdviceView> {
    if !shown.for_plan {
        return None;
    }
    match &shown.case.body {
        Body::Referral(body) => given(&body.answered, shown),
        Body::Authorization(body) => given(&body.answered, shown),
        Body::Claim(body) => claim_advice(body, shown),
        Body::Application(_) => None,
    }
}

fn given(answered: &Answered, shown: &ShownCase) -> Option<AdviceView> {
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

fn of_disposition(disposition: &Disposition, shown: &ShownCase) -> AdviceView {
    let said = |answer: &str| AdviceView { answer: answer.to_owned(), ..AdviceView::default() };
    match disposition {
        Disposition::Accepted => said("accepted"),
        Disposition::Redirected(redirection) => {
            AdviceView { redirect: Some(redirection.view()), ..said("redirected") }
        }
        Disposition::NeedsMore(asks) => {
            AdviceView { asks: questions(asks, shown), ..said("needs-information") }
        }
        Disposition::NotEligible(denial) => {
            AdviceView { denial: Some(denial.view()), ..said("not-eligible") }
        }
    }
}

fn of_decision(decision: &Decision, shown: &ShownCase) -> AdviceView {
    let said = |answer: &str| AdviceView { answer: answer.to_owned(), ..AdviceView::default() };
    let grants = |answer, given| AdviceView { grant: Some(proposed(given)), ..said(answer) };
    match decision {
        Decision::Approved(given) => grants("approved", given),
        Decision::PartlyApproved(given) => grants("partly-approved", given),
        Decision::Modified(given) => grants("modified", given),
        Decision::Pended(asks) => AdviceView { asks: questions(asks, shown), ..said("pended") },
        Decision::Denied(denial) => AdviceView { denial: Some(denial.view()), ..said("denied") },
    }
}

/// Of a claim the lines are the advice: prices, asks and denials. The provider sees what is payable and what
/// to mend.
fn claim_advice(body: &Claim, shown: &ShownCase) -> Option<AdviceView> {
    if body.answered.mode != Some(Mode::Advises) || body.answered_lines().next().is_none() {
        return None;
    }
    let mut asks: Vec<Ask> = Vec::new();
    let mut denial = None;
    for result in body.answered_lines() {
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
        denial: denial.map(Output::view),
        provider_sees: ["lines", "total_payable", "findings"].map(str::to_owned).to_vec(),
        ..AdviceView::default()
    })
}

/// Surroundings of a case, for the plan's people.
pub(super) fn around(around: &Around, shown: &ShownCase) -> AroundView {
    AroundView {
        history: around.history.iter().map(had).collect(),
        history_whole: around.history_whole,
        cases: around.cases.iter().map(related).collect(),
        cases_whole: around.cases_whole,
        host_facts: known(&around.host_facts, shown),
        limits: format!("/v1/members/{}/limits", around.member),
    }
}

fn had(used: &Usage) -> ServiceHadView {
    ServiceHadView {
        case: used.case.to_string(),
        service: used.service.clone(),
        provider: used.provider_org.to_string(),
        kind: used.state.name().to_owned(),
        first: used.first_day.to_string(),
        last: used.last_day.to_string(),
        units: used.units,
    }
}

fn related(case: &RelatedCase) -> RelatedCaseView {
    RelatedCaseView {
        id: case.id.to_string(),
        kind: case.kind.name().to_owned(),
        service: case.service.clone(),
        state: case.state.clone(),
        provider: case.provider.to_string(),
        received_at: case.received_at.to_string(),
    }
}

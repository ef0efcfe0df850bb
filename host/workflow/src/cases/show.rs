//! Cases as callers see them. A provider never sees a plugin's recommendation or another plan's reading.

use domain::authorization::{Bound, Cut};
use domain::case::{Language, MemberNotice, NoticeRoute, Recommendation, Refusal, WhyPeople};
use domain::claim::LastAction;
use domain::dictionary::Dictionary;
use domain::plan::authorization::GrantedLine;
use domain::plan::billing::{Adjustment, LineOutcome, LineResult};
use domain::plan::credentialing::{RequirementResult, Standing};
use domain::plan::profile::{Criterion, FactDefinition};
use domain::plan::referral::{Destination, Redirection};
use domain::plan::types::{Ask, Denial, DenialKind, Finding, FindingOutcome};
use domain::referral::Placing;
use domain::statute::Clocks;
use domain::time::pacific_day;
use domain::{Cents, application, authorization, claim, referral};
use jiff::Timestamp;
use jiff::civil::Date;
use store::deadlines::Deadline;
use store::remittances::{Cause, Entry, Remittance};

use crate::cases::case::{
    Advice, Answered, Application, Authorization, Body, Case, Claim, DecidedBy, Dispute, Exception, Referral,
};
use crate::cases::clocks;
use crate::command::caller::{Caller, Role};
use crate::plugins::asking::DecisionRef;
use crate::plugins::registry::Live;
use crate::view::{
    AdjustmentView, AskView, BoundView, CasePlanView, CaseView, ClaimLineView, ClosureView, CodedText,
    ContinuesView, CutView, DeadlineView, DecisionBrief, DenialView, DisputeAnswerView, DisputeView,
    ExceptionView, ExtensionView, FindingView, GrantView, GrantedLineView, JoinedView, MemberNoticeView,
    MovedView, PaidLineView, PaymentView, PlacingView, PresumptionView, ProposedGrantView,
    RecommendationView, RedirectView, RemittanceAdviceView, RemittanceView, RequirementView, ReviewView,
    Text, TranslationView, TriedView, mode_name, procedure, text, urgency,
};
use crate::words;

mod limits;
mod request;

pub(crate) use limits::limit;
pub(crate) use request::{known, request};

/// What a case is shown with.
pub(crate) struct Shown<'a> {
    /// To whom.
    pub(crate) caller: &'a Caller,
    /// What the plan declared, for the words of criteria and questions; its latest profile.
    pub(crate) plans: &'a [Live],
    /// The case's clocks.
    pub(crate) deadlines: &'a [Deadline],
    /// Now.
    pub(crate) now: Timestamp,
}

/// The case as this caller may see it.
pub(crate) fn case(case: &Case, shown: &Shown<'_>) -> CaseView {
    let mut view = skeleton(case, shown);
    match &case.body {
        Body::Referral(body) => referral(body, shown, &mut view),
        Body::Authorization(body) => {
            view.assigned_provider = case.assigned.map(|assigned| assigned.to_string());
            authorization(body, shown, &mut view);
        }
        Body::Claim(body) => claim(body, shown, &mut view),
        Body::Application(body) => application(body, shown, &mut view),
    }
    view.advice = request::advice(case, shown);
    view
}

fn skeleton(case: &Case, shown: &Shown<'_>) -> CaseView {
    CaseView {
        id: case.id.to_string(),
        kind: case.body.kind().name().to_owned(),
        state: case.body.state_for(shown.caller.plan.as_ref()).to_owned(),
        plan: case
            .plan
            .as_ref()
            .map(|plan| CasePlanView { id: plan.to_string(), delegate: case.delegate.clone() }),
        service: case.service.clone(),
        member_id: case.member.map(|member| member.to_string()),
        provider: case.provider.to_string(),
        urgency: urgency(case.urgency).to_owned(),
        received_at: case.received_at.to_string(),
        mode: None,
        decided_by: None,
        findings: Vec::new(),
        asks: Vec::new(),
        why_people: None,
        limit: None,
        ended: None,
        exceptions: None,
        recommendation: None,
        notes: None,
        advice: None,
        request: None,
        around: None,
        decision: None,
        what_if: None,
        deadlines: shown.deadlines.iter().filter(|clock| is_theirs(clock, shown)).map(deadline).collect(),
        version: case.version,
        populations: None,
        redirect: None,
        denial: None,
        assigned_provider: None,
        placing: None,
        joined: None,
        closure: None,
        presumption: None,
        grant: None,
        cut: None,
        extension: None,
        member_notices: None,
        disputes: None,
        follows: case.follows.map(|id| id.to_string()),
        moved: case.body.moved().map(|(to, at)| MovedView {
            plan: to.plan.to_string(),
            case: to.case.to_string(),
            at: at.to_string(),
        }),
        continues: None,
        replaced_by: None,
        voided_by: None,
        taken_back: None,
        lines: None,
        total_payable: None,
        remittance: None,
        legal_name: None,
        reviews: None,
    }
}

/// Whether a clock is one that the caller may see: a plan sees its own, of a file that several plans read.
fn is_theirs(clock: &Deadline, shown: &Shown<'_>) -> bool {
    shown.caller.plan.is_none() || clock.plan.is_none() || clock.plan == shown.caller.plan
}

fn answered(answer: &Answered, shown: &Shown<'_>, view: &mut CaseView) {
    view.mode = answer.mode.map(|mode| mode_name(mode).to_owned());
    view.decided_by = answer.decided_by.map(decided_by);
    view.findings = answer.findings.iter().map(|found| finding(found, shown)).collect();
    view.decision = answer.decision.as_ref().map(brief);
    if is_plan(shown.caller) {
        view.notes = notes(answer);
    }
    // What adverse advice rests on is for the plan's people to weigh, as a recommended denial is.
    if !is_plan(shown.caller) && answer.advice.as_ref().is_some_and(Advice::is_adverse) {
        view.findings.clear();
    }
}

fn with_people(with: &domain::case::WithPeople, shown: &Shown<'_>, view: &mut CaseView) {
    view.why_people = Some(why(&with.why));
    if let WhyPeople::BenefitLimit(passed) = &with.why {
        view.limit = Some(limits::passed(passed));
    }
    // What software recommends is for the licensed person, not for the provider. It never becomes the
    // member's.
    if is_plan(shown.caller) {
        view.recommendation = with.recommendation.as_ref().map(recommended);
    } else if with.recommendation.is_some() {
        view.findings.clear();
    }
}

fn is_plan(caller: &Caller) -> bool {
    matches!(caller.role, Role::PlanReviewer | Role::PlanAdmin)
}

fn referral(body: &Referral, shown: &Shown<'_>, view: &mut CaseView) {
    use referral::State as S;
    answered(&body.answered, shown, view);
    view.populations = Some(body.populations.clone());
    view.member_notices = Some(body.member_notices.iter().map(member_notice).collect());
    match &body.state {
        S::Received { .. } => {}
        S::Accepted { placing, .. } | S::ChangingProvider { placing, .. } => {
            view.placing = Some(self::placing(placing, body, shown));
        }
        // Whose referral it joined stays private; the plan sees both.
        S::Joined { .. } if !is_plan(shown.caller) => view.follows = None,
        S::Joined { .. } => {}
        S::NeedsInformation { asks, .. } => view.asks = questions(asks, shown),
        S::WithPeople(with) => with_people(with, shown, view),
        S::ProviderAccepted { provider, .. } | S::InService { provider, .. } => {
            view.assigned_provider = Some(provider.to_string());
        }
        S::Moved { .. } => {}
        S::Redirected { redirection, .. } => view.redirect = Some(redirect(redirection)),
        S::NotEligible { refusal, .. } => view.denial = Some(denial(refusal)),
        S::Closed { at, reason } => {
            view.closure = Some(ClosureView { reason: reason.clone(), at: at.to_string() });
        }
    }
}

fn placing(placing: &Placing, body: &Referral, shown: &Shown<'_>) -> PlacingView {
    let (since, cause) = match placing {
        Placing::Offered { since, .. } | Placing::Assigned { since, .. } => (Some(since), None),
        Placing::People { since, why: cause } => (Some(since), Some(why(cause))),
        Placing::Open | Placing::Sender { .. } => (None, None),
    };
    let hidden = matches!(placing, Placing::Offered { .. }) && !is_plan(shown.caller);
    let tried = body.tried.iter().filter(|_| is_plan(shown.caller)).map(|tried| TriedView {
        provider: tried.organization.to_string(),
        at: tried.at.to_string(),
        reason: tried.reason.clone(),
    });
    PlacingView {
        state: placing.name().to_owned(),
        provider: placing.who().filter(|_| !hidden).map(|who| who.to_string()),
        since: since.map(ToString::to_string),
        why: cause,
        tried: tried.collect(),
    }
}

/// How a referral stands, for whoever made another that joined it.
pub(crate) fn standing(case: &Case) -> Option<JoinedView> {
    let Body::Referral(body) = &case.body else { return None };
    let closure = match &body.state {
        referral::State::Closed { at, reason } => {
            Some(ClosureView { reason: reason.clone(), at: at.to_string() })
        }
        _ => None,
    };
    let taken = match &body.state {
        referral::State::ProviderAccepted { provider, .. } | referral::State::InService { provider, .. } => {
            Some(*provider)
        }
        referral::State::Closed { .. } => case.assigned,
        _ => None,
    };
    Some(JoinedView {
        state: body.state.name().to_owned(),
        assigned_provider: taken.map(|provider| provider.to_string()),
        closure,
    })
}

/// What is left to see for a provider that has just declined an offer.
pub(crate) fn no_longer_yours(view: &CaseView) -> CaseView {
    CaseView {
        provider: String::new(),
        member_id: None,
        findings: Vec::new(),
        asks: Vec::new(),
        why_people: None,
        recommendation: None,
        decision: None,
        decided_by: None,
        mode: None,
        deadlines: Vec::new(),
        populations: None,
        placing: None,
        assigned_provider: None,
        member_notices: None,
        follows: None,
        ..view.clone()
    }
}

/// Where a referral belongs.
pub(crate) fn redirect(redirection: &Redirection) -> RedirectView {
    let (kind, to) = match &redirection.to {
        Destination::Plan(id) => ("plan", id),
        Destination::Delegate(id) => ("delegate", id),
        Destination::Service(id) => ("service", id),
    };
    RedirectView { kind: kind.to_owned(), to: to.clone(), reason: text(&redirection.reason) }
}

fn authorization(body: &Authorization, shown: &Shown<'_>, view: &mut CaseView) {
    use authorization::State as S;
    answered(&body.answered, shown, view);
    view.populations = Some(body.populations.clone());
    view.member_notices = Some(body.member_notices.iter().map(member_notice).collect());
    view.exceptions = exceptions(&body.exceptions);
    view.ended = body.ended.as_ref().map(limits::ended);
    view.extension = body.extension.as_ref().map(|extension| ExtensionView {
        requested_by: match extension.by {
            authorization::ExtendedBy::Member => "member".to_owned(),
            authorization::ExtendedBy::Plan => "plan".to_owned(),
        },
        reason: text(&extension.reason),
        at: extension.at.to_string(),
    });
    view.continues = body.continues.as_ref().map(|continues| ContinuesView {
        plan: continues.plan.to_string(),
        number: continues.number.clone(),
        since: continues.since.to_string(),
    });
    let today = pacific_day(shown.now);
    view.presumption = body.window.as_ref().map(|window| PresumptionView {
        rule: window.rule.clone(),
        first: window.first.to_string(),
        last: window.last.to_string(),
        days: window.days(),
        active: window.covers(today) && !matches!(body.state, S::Withdrawn { .. } | S::Moved { .. }),
    });
    match &body.state {
        S::Received { .. } | S::Withdrawn { .. } | S::Moved { .. } => {}
        S::Pended { asks, .. } => view.asks = questions(asks, shown),
        S::WithPeople(with) => with_people(with, shown, view),
        S::Approved { number, grant, extent, .. } => {
            view.grant = Some(GrantView {
                number: number.clone(),
                lines: grant.lines.iter().map(granted_line).collect(),
                conditions: grant.conditions.iter().map(text).collect(),
            });
            view.cut = extent.cut().map(cut);
        }
        S::Denied { refusal, .. } => view.denial = Some(denial(refusal)),
    }
}

fn granted_line(line: &GrantedLine) -> GrantedLineView {
    GrantedLineView {
        procedure: procedure(&line.procedure),
        units: line.units,
        first: line.days.first.to_string(),
        last: day(line.days.last),
    }
}

fn cut(cut: &Cut) -> CutView {
    match cut {
        Cut::Declared(bounds) => CutView {
            kind: "declared".to_owned(),
            reason: None,
            criteria: Vec::new(),
            reviewer: None,
            translation: None,
            bounds: bounds.iter().map(|bound| bound_view(*bound)).collect(),
        },
        Cut::Refused(refusal) => {
            let DenialView { kind, reason, criteria, reviewer, translation } = denial(refusal);
            CutView { kind, reason: Some(reason), criteria, reviewer, translation, bounds: Vec::new() }
        }
    }
}

fn bound_view(bound: Bound) -> BoundView {
    let (limit, asked) = match bound {
        Bound::Days { declared, asked } | Bound::RenewalDays { declared, asked } => {
            (Some(u64::from(declared)), Some(asked))
        }
        Bound::Units { declared, asked } => (Some(u64::from(declared)), Some(asked)),
        Bound::Coverage { .. } => (None, None),
    };
    BoundView { rule: bound.code().to_owned(), limit, asked, text: text(&bound.text()) }
}

fn claim(body: &Claim, shown: &Shown<'_>, view: &mut CaseView) {
    use claim::State as S;
    answered(&body.answered, shown, view);
    view.exceptions = exceptions(&body.exceptions);
    match &body.state {
        S::Received { .. } | S::Rejected { .. } | S::Advised { .. } | S::Payable { .. } | S::Moved { .. } => {
        }
        S::Pended { asks, .. } => view.asks = questions(asks, shown),
        S::WithPeople(with) => with_people(with, shown, view),
        S::Denied { refusal, .. } | S::Disputed { action: LastAction::Denied { refusal, .. }, .. } => {
            view.denial = Some(denial(refusal));
        }
        S::Paid { at, remittance } | S::Disputed { action: LastAction::Paid { at, remittance }, .. } => {
            view.remittance = Some(paid(*at, remittance));
        }
        S::Replaced { at, by, paid: earlier } => {
            view.replaced_by = Some(by.to_string());
            view.taken_back = earlier.as_ref().map(|earlier| paid(*at, earlier));
        }
        S::Voided { at, by, paid: earlier } => {
            view.voided_by = Some(by.to_string());
            view.taken_back = earlier.as_ref().map(|earlier| paid(*at, earlier));
        }
        S::Void { .. } => {}
    }
    match body.state {
        S::Advised { .. } => view.why_people = Some(why(&WhyPeople::AdviceGiven)),
        S::Disputed { .. } => view.why_people = Some(why(&WhyPeople::Disputed)),
        _ => {}
    }
    view.disputes = Some(body.disputes.iter().map(dispute).collect());
    let lines: Vec<ClaimLineView> = body.lines.iter().map(|line| claim_line(line, body, shown)).collect();
    view.lines = Some(lines);
    let payable = body.results.iter().filter_map(|result| match &result.outcome {
        LineOutcome::Payable(payment) => Some(payment.amount),
        _ => None,
    });
    view.total_payable = Cents::sum(payable).map(|total| total.to_string());
}

fn paid(at: Timestamp, remittance: &claim::Remittance) -> RemittanceView {
    let total = Cents::sum(remittance.lines.iter().map(|line| line.amount));
    RemittanceView {
        number: remittance.number.clone(),
        lines: remittance
            .lines
            .iter()
            .map(|line| PaidLineView {
                number: line.number,
                amount: line.amount.to_string(),
                adjustments: line.adjustments.iter().map(adjustment).collect(),
            })
            .collect(),
        total: total.unwrap_or(Cents::ZERO).to_string(),
        at: at.to_string(),
    }
}

fn adjustment(adjustment: &Adjustment) -> AdjustmentView {
    AdjustmentView {
        group: adjustment.group.clone(),
        reason: adjustment.reason.clone(),
        remark: adjustment.remark.clone(),
        amount: adjustment.amount.to_string(),
    }
}

/// A remittance with what it carries.
pub(crate) fn remittance_advice(row: &Remittance, entries: &[Entry]) -> RemittanceAdviceView {
    let sum = |taken_back: bool| {
        let amounts = entries.iter().filter(|entry| (entry.cause != Cause::Paid) == taken_back);
        Cents::sum(amounts.map(|entry| entry.amount)).unwrap_or(Cents::ZERO).to_string()
    };
    RemittanceAdviceView {
        id: row.id.to_string(),
        plan: row.plan.to_string(),
        number: row.number.clone(),
        provider: row.provider_org.to_string(),
        at: row.at.to_string(),
        paid: sum(false),
        taken_back: sum(true),
        total: row.total.to_string(),
        entries: entries.iter().map(payment).collect(),
    }
}

/// An entry of the ledger.
pub(crate) fn payment(entry: &Entry) -> PaymentView {
    PaymentView {
        id: entry.id.to_string(),
        plan: entry.plan.to_string(),
        provider: entry.provider_org.to_string(),
        claim: entry.case.to_string(),
        line: entry.line,
        cause: entry.cause.name().to_owned(),
        amount: entry.amount.to_string(),
        adjustments: entry.adjustments.iter().map(adjustment).collect(),
        at: entry.at.to_string(),
        remittance: entry.remittance.map(|id| id.to_string()),
    }
}

fn dispute(dispute: &Dispute) -> DisputeView {
    DisputeView {
        at: dispute.at.to_string(),
        reason: dispute.reason.clone(),
        answer: dispute.answer.as_ref().map(|answer| DisputeAnswerView {
            at: answer.at.to_string(),
            outcome: if answer.upheld { "upheld".to_owned() } else { "paid".to_owned() },
            reason: answer.reason.as_ref().map(text),
        }),
    }
}

fn member_notice(notice: &MemberNotice) -> MemberNoticeView {
    MemberNoticeView {
        sent_on: notice.sent_on.to_string(),
        route: match notice.route {
            NoticeRoute::Mail => "mail".to_owned(),
            NoticeRoute::Electronic => "electronic".to_owned(),
            NoticeRoute::InPerson => "in-person".to_owned(),
        },
        language: notice.language.clone(),
    }
}

fn claim_line(line: &domain::plan::billing::ClaimLine, body: &Claim, shown: &Shown<'_>) -> ClaimLineView {
    let mut view = ClaimLineView {
        number: line.number,
        service: line.service.clone(),
        procedure: procedure(&line.procedure),
        first: line.days.first.to_string(),
        last: day(line.days.last),
        units: line.units,
        charge: line.charge.to_string(),
        outcome: match &body.state {
            claim::State::Void { .. } => "void".to_owned(),
            _ => "with-people".to_owned(),
        },
        amount: None,
        rate: None,
        adjustments: Vec::new(),
        field: None,
        reason_code: None,
        remark: None,
        reason: None,
        fix: None,
        host_rule: body
            .host_rules
            .iter()
            .find(|held| held.line == line.number)
            .map(|held| held.rule.to_string()),
    };
    if let Some(result) = body.results.iter().find(|result| result.number == line.number) {
        line_result(result, shown, &mut view);
    }
    view
}

fn line_result(result: &LineResult, shown: &Shown<'_>, view: &mut ClaimLineView) {
    match &result.outcome {
        LineOutcome::Payable(payment) => {
            "payable".clone_into(&mut view.outcome);
            view.amount = Some(payment.amount.to_string());
            view.rate = Some(payment.rate.clone());
            view.adjustments = payment.adjustments.iter().map(adjustment).collect();
        }
        LineOutcome::Rejected(rejection) => {
            "rejected".clone_into(&mut view.outcome);
            view.field = Some(rejection.field.clone());
            view.reason_code = Some(rejection.reason_code.clone());
            view.remark.clone_from(&rejection.remark);
            view.reason = Some(text(&rejection.reason));
            view.fix = Some(text(&rejection.fix));
        }
        LineOutcome::Pended(_) => "pended".clone_into(&mut view.outcome),
        LineOutcome::Denied(denied) if denied.kind == DenialKind::Administrative => {
            "denied".clone_into(&mut view.outcome);
            view.reason = Some(text(&denied.reason));
        }
        // A clinical one is a recommendation: to the provider the line is with people.
        LineOutcome::Denied(denied) if is_plan(shown.caller) => {
            view.reason = Some(text(&denied.reason));
        }
        LineOutcome::Denied(_) => {}
    }
}

fn application(body: &Application, shown: &Shown<'_>, view: &mut CaseView) {
    view.legal_name = Some(body.legal_name.clone());
    let own = |plan: &domain::identifiers::PlanId| match &shown.caller.plan {
        Some(caller) => caller == plan,
        None => true,
    };
    let reviews = body.reviews.iter().filter(|(plan, _)| own(plan)).map(|(plan, review)| {
        let (why_people, effective, reason) = match &review.state {
            application::State::WithPeople { why: cause, .. } => (Some(why(cause)), None, None),
            application::State::Approved { effective, .. } => (None, Some(effective.to_string()), None),
            application::State::Declined { reason, .. } | application::State::Ended { reason, .. } => {
                (None, None, Some(text(reason)))
            }
            _ => (None, None, None),
        };
        ReviewView {
            plan: plan.to_string(),
            state: review.state.name().to_owned(),
            requirements: review.results.iter().map(|result| requirement(result, shown)).collect(),
            why_people,
            effective,
            last_day: match &review.state {
                application::State::Ended { last, .. } => Some(last.to_string()),
                _ => None,
            },
            reason,
            decision: review.answered.decision.as_ref().map(brief),
        }
    });
    view.reviews = Some(reviews.collect());
}

fn requirement(result: &RequirementResult, shown: &Shown<'_>) -> RequirementView {
    let (standing, until) = match &result.standing {
        Standing::Satisfied(until) => ("satisfied", *until),
        Standing::Missing => ("missing", None),
        Standing::Expired(on) => ("expired", Some(*on)),
        Standing::Insufficient => ("insufficient", None),
        Standing::NeedsPerson => ("needs-person", None),
    };
    let declared = shown
        .plans
        .iter()
        .flat_map(|plan| &plan.profile().requirements)
        .find(|declared| declared.id == result.requirement);
    RequirementView {
        id: result.requirement.clone(),
        text: declared.map(|declared| text(&declared.text)),
        standing: standing.to_owned(),
        until: day(until),
        reason: text(&result.reason),
    }
}

fn finding(found: &Finding, shown: &Shown<'_>) -> FindingView {
    finding_view(found, shown.plans.iter().flat_map(|plan| &plan.profile().criteria))
}

/// A finding, with the words of the criteria that were declared.
pub(crate) fn finding_view<'a>(
    found: &Finding,
    mut declared: impl Iterator<Item = &'a Criterion>,
) -> FindingView {
    let declared = declared.find(|criterion| criterion.id == found.criterion);
    let outcome = match found.outcome {
        FindingOutcome::Met => "met",
        FindingOutcome::NotMet => "not-met",
        FindingOutcome::Unknown => "unknown",
    };
    FindingView {
        criterion: found.criterion.clone(),
        text: declared.map(|criterion| text(&criterion.text)),
        outcome: outcome.to_owned(),
        reason: text(&found.reason),
        evidence: found.evidence.clone(),
    }
}

fn questions(asks: &[Ask], shown: &Shown<'_>) -> Vec<AskView> {
    let own = || shown.plans.iter().flat_map(|plan| &plan.profile().facts);
    asks.iter().map(|ask| ask_view(ask, own())).collect()
}

/// The question to put to a person: the dictionary's, or the plan's own.
pub(crate) fn ask_view<'a>(ask: &Ask, mut own: impl Iterator<Item = &'a FactDefinition>) -> AskView {
    let dictionary = Dictionary::state();
    match ask {
        Ask::Fact(code) => {
            let own = || own.find(|fact| &fact.code == code);
            let question = dictionary.fact(code).or_else(own).map(|fact| text(&fact.question));
            let question = question.unwrap_or_else(|| Text { en: code.clone(), es: code.clone() });
            AskView { fact: Some(code.clone()), document: None, question }
        }
        Ask::Document(kind) => {
            let name = dictionary.document(kind).map(|document| text(&document.name));
            let name = name.unwrap_or_else(|| Text { en: kind.clone(), es: kind.clone() });
            let question = Text { en: format!("Attach: {}", name.en), es: format!("Adjunte: {}", name.es) };
            AskView { fact: None, document: Some(kind.clone()), question }
        }
    }
}

/// One clock.
pub(crate) fn deadline(row: &Deadline) -> DeadlineView {
    let rule = Clocks::state().rule(row.rule, pacific_day(row.started_at));
    let (words, source) = match rule {
        Some(rule) => (Some(rule.text.clone()), Some(rule.source.clone())),
        None => clocks::promise_words(row.rule)
            .map_or((None, None), |(words, source)| (Some(words), Some(source.to_owned()))),
    };
    DeadlineView {
        id: row.id.to_string(),
        case: row.case.to_string(),
        rule: row.rule.to_string(),
        started_at: row.started_at.to_string(),
        due_at: row.due_at.to_string(),
        state: row.state.name().to_owned(),
        nature: clocks::nature(row.rule).name().to_owned(),
        text: words.as_ref().map(text),
        source,
    }
}

/// A reason for being with people, with its sentence.
pub(crate) fn why(cause: &WhyPeople) -> CodedText {
    CodedText { code: cause.code().to_owned(), text: text(&cause.text()) }
}

fn denial(refusal: &Refusal) -> DenialView {
    DenialView {
        kind: denial_kind(refusal.kind()).to_owned(),
        reason: written(refusal),
        criteria: refusal.criteria().to_vec(),
        reviewer: refusal.reviewer().map(|reviewer| reviewer.license().to_owned()),
        translation: refusal.wanted().map(|language| TranslationView {
            language: language.tag().to_owned(),
            state: "wanted".to_owned(),
        }),
    }
}

/// A reason, with a word in the language in which it is still to be written.
pub(crate) fn written(refusal: &Refusal) -> Text {
    let mut reason = text(refusal.reason());
    let coming = WhyPeople::TranslationWanted.text();
    let (place, coming) = match refusal.wanted() {
        Some(Language::En) => (&mut reason.en, coming.en),
        Some(Language::Es) => (&mut reason.es, coming.es),
        None => return reason,
    };
    if !place.is_empty() {
        place.push(' ');
    }
    place.push_str(&coming);
    reason
}

/// What software recommends to a licensed person.
fn recommended(recommendation: &Recommendation) -> RecommendationView {
    let (reason, grant) = match recommendation {
        Recommendation::Denial(denied) => (Some(text(&denied.reason)), None),
        Recommendation::Grant(grant) => {
            let lines = grant.lines.iter().map(granted_line).collect();
            let conditions = grant.conditions.iter().map(text).collect();
            (None, Some(ProposedGrantView { lines, conditions }))
        }
    };
    RecommendationView { kind: denial_kind(DenialKind::Clinical).to_owned(), reason, grant }
}

/// What the host noticed of a plugin's answer, for the plan alone.
fn notes(answer: &Answered) -> Option<Vec<CodedText>> {
    answer.mislabelled.then(|| {
        let text = text(&words::labelled_administrative());
        vec![CodedText { code: "labelled-administrative".to_owned(), text }]
    })
}

/// A denial that nobody has made a decision of.
pub(crate) fn recommendation(denied: &Denial) -> DenialView {
    DenialView {
        kind: denial_kind(denied.kind).to_owned(),
        reason: text(&denied.reason),
        criteria: Vec::new(),
        reviewer: None,
        translation: None,
    }
}

fn denial_kind(kind: DenialKind) -> &'static str {
    match kind {
        DenialKind::Administrative => "administrative",
        DenialKind::Clinical => "clinical",
    }
}

fn exceptions(exceptions: &[Exception]) -> Option<Vec<ExceptionView>> {
    (!exceptions.is_empty()).then(|| exceptions.iter().map(limits::exception).collect())
}

fn brief(decision: &DecisionRef) -> DecisionBrief {
    DecisionBrief {
        id: decision.id.to_string(),
        digest: decision.digest.clone(),
        operation: decision.operation.clone(),
        ending: decision.ending.clone(),
        duration_us: decision.duration_us,
        history_complete: decision.history_complete,
    }
}

fn decided_by(who: DecidedBy) -> String {
    match who {
        DecidedBy::Plugin => "plugin".to_owned(),
        DecidedBy::People => "people".to_owned(),
        DecidedBy::Host => "host".to_owned(),
    }
}

fn day(day: Option<Date>) -> Option<String> {
    day.map(|day| day.to_string())
}

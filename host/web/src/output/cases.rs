//! Cases: referrals, authorizations, claims and credentialing files, in one shape.

use domain::authorization::{Bound, Cut};
use domain::case::{MemberNotice, NoticeRoute, Recommendation, Refusal, WhyPeople, WithPeople};
use domain::claim::LastAction;
use domain::identifiers::PlanId;
use domain::plan::authorization::{Grant, GrantedLine};
use domain::plan::credentialing::{RequirementResult, Standing};
use domain::plan::referral::{Destination, Redirection};
use domain::plan::types::{Ask, Bilingual, Denial, DenialKind, Finding, FindingOutcome};
use domain::{application, authorization, claim, referral};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{
    Answered, Application, Authorization, Body, Case, Claim, DecidedBy, DecisionRef, Exception,
    JoinedReferral, LeftCase, Referral, Review, ShownCase, ShownDeadline, ShownPlacing, SteppedReferral,
    Tried, written,
};

use crate::answer::Versioned;
use crate::output::limits::{EarlyEndView, ExceptionView, LimitPassedView};
use crate::output::remittances::RemittanceView;
use crate::output::words::{mode, urgency};
use crate::output::would_change::WhatIfView;
use crate::output::{CodedText, Output, ProcedureView, Text, views};

mod claims;
mod request;

pub(crate) use claims::{ClaimLineView, DisputeView, paid};
pub(crate) use request::{AdviceView, AroundView, RequestView};

/// A case. What does not belong to its kind is absent.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct CaseView {
    /// Its id.
    pub(crate) id: String,
    /// `referral`, `authorization`, `claim` or `application`.
    pub(crate) kind: String,
    /// Where it stands.
    pub(crate) state: String,
    /// The plan it is with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) plan: Option<CasePlanView>,
    /// Service id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) service: Option<String>,
    /// The member's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) member_id: Option<String>,
    /// The organization that sent it; left out for a provider that has just declined an offer.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) provider: String,
    /// `standard` or `expedited`.
    pub(crate) urgency: String,
    /// When the host received it.
    #[schema(format = DateTime)]
    pub(crate) received_at: String,
    /// Who has the last word at this plan: `decides`, `advises` or `people`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mode: Option<String>,
    /// Who decided: `plugin`, `people`, or `host` by a rule that stands above both; null while nobody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) decided_by: Option<String>,
    /// The criteria that the last answer rests on.
    pub(crate) findings: Vec<FindingView>,
    /// What the plan still needs.
    pub(crate) asks: Vec<AskView>,
    /// Why it is with the plan's people.
    pub(crate) why_people: Option<CodedText>,
    /// The benefit limit that a grant or a payment would pass, where that is why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<LimitPassedView>,
    /// That the authorization ended before its last day, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ended: Option<EarlyEndView>,
    /// Benefit limits that the plan's people went beyond, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exceptions: Option<Vec<ExceptionView>>,
    /// The denial, or the grant of less than was asked for, that the plugin recommends; shown to the plan
    /// only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recommendation: Option<RecommendationView>,
    /// What the host noticed of the plugin's answer; shown to the plan only. `labelled-administrative`: a no
    /// was called administrative that rests on something else, so that a licensed person decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<Vec<CodedText>>,
    /// What the plan's rules answered where they only advise, whole; shown to the plan only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) advice: Option<AdviceView>,
    /// What was asked for: lines, facts, documents, and what was supplied later. For who sent it, who
    /// delivers and who decides; there when one case is read, and not in lists and answers to commands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request: Option<RequestView>,
    /// What is around the case, for the plan's people; there when one case is read, and no part of what the
    /// ETag stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) around: Option<AroundView>,
    /// The plugin call behind the last answer.
    pub(crate) decision: Option<DecisionBrief>,
    /// What would change the answer, for one that pends, denies or grants in part; null for every other.
    /// Worked out when one case is read: null in lists and in answers to commands, and no part of what the
    /// ETag stands for. While the plan's people have the case, theirs only.
    pub(crate) what_if: Option<WhatIfView>,
    /// Its clocks.
    pub(crate) deadlines: Vec<DeadlineView>,
    /// The version that an `If-Match` names.
    pub(crate) version: i64,
    /// Populations of focus.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) populations: Option<Vec<String>>,
    /// Where a referral was sent instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) redirect: Option<RedirectView>,
    /// The refusal that stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) denial: Option<DenialView>,
    /// The provider that took a referral; for a request for authorization, the one that delivers, where that
    /// is not its sender. It sees the case as its sender does, is told of each step, may supply what is asked
    /// for, and bills; taking the case back is its sender's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assigned_provider: Option<String>,
    /// Who may take a referral that waits for a provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) placing: Option<PlacingView>,
    /// How the referral stands that this one joined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) joined: Option<JoinedView>,
    /// How a referral's loop was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) closure: Option<ClosureView>,
    /// The presumptive window of an authorization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) presumption: Option<PresumptionView>,
    /// What was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) grant: Option<GrantView>,
    /// Why less was granted than was asked for, or something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cut: Option<CutView>,
    /// Where it went on, once the days that it is about were another plan's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) moved: Option<MovedView>,
    /// What it continues of a plan before, where the host opened it because the member changed plans. Its
    /// days may be served and billed while it waits for the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) continues: Option<ContinuesView>,
    /// More time to decide about an authorization, if it was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) extension: Option<ExtensionView>,
    /// What the plan says it wrote to the member, oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) member_notices: Option<Vec<MemberNoticeView>>,
    /// What the provider disputed of a claim, oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) disputes: Option<Vec<DisputeView>>,
    /// The referral or the replaced claim that this one follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) follows: Option<String>,
    /// The claim that stands in this one's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) replaced_by: Option<String>,
    /// The void that took this claim back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) voided_by: Option<String>,
    /// What had been paid for a claim that was replaced or voided, and is taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) taken_back: Option<RemittanceView>,
    /// Lines of a claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lines: Option<Vec<ClaimLineView>>,
    /// Dollars that will be paid for a claim, as its rules price it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) total_payable: Option<String>,
    /// What the plan paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) remittance: Option<RemittanceView>,
    /// Legal name in a credentialing file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) legal_name: Option<String>,
    /// Each plan's reading of a credentialing file; a plan sees its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reviews: Option<Vec<ReviewView>>,
}

/// The plan a case is with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CasePlanView {
    /// The plan's id.
    pub(crate) id: String,
    /// The delegate that answers, if one does.
    pub(crate) delegate: Option<String>,
}

/// One criterion's result.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FindingView {
    /// The criterion's id.
    pub(crate) criterion: String,
    /// What the criterion asks, if the profile that declared it is at hand.
    pub(crate) text: Option<Text>,
    /// `met`, `not-met` or `unknown`.
    pub(crate) outcome: String,
    /// Why.
    pub(crate) reason: Text,
    /// The facts and documents that were read.
    pub(crate) evidence: Vec<String>,
}

/// Something the plan still needs: a fact or a document.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AskView {
    /// The fact's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fact: Option<String>,
    /// The document's kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) document: Option<String>,
    /// The question to ask a person.
    pub(crate) question: Text,
}

/// The plugin call behind a case's state.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DecisionBrief {
    /// The decision record's id.
    pub(crate) id: String,
    /// SHA-256 of the component that answered.
    pub(crate) digest: String,
    /// `triage`, `presume`, `determine`, `adjudicate` or `review`.
    pub(crate) operation: String,
    /// How the call ended: `answer`, `guest-error`, `trap`, `deadline`, `memory`, and so on.
    pub(crate) ending: String,
    /// Microseconds.
    pub(crate) duration_us: i64,
    /// Whether the rules were handed all that was delivered to the member in two years. Limits are counted
    /// from all of it in any case.
    pub(crate) history_complete: bool,
}

/// A running clock.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DeadlineView {
    /// Its id.
    pub(crate) id: String,
    /// The case.
    pub(crate) case: String,
    /// The rule's id.
    pub(crate) rule: String,
    /// When it started.
    #[schema(format = DateTime)]
    pub(crate) started_at: String,
    /// When it ends.
    #[schema(format = DateTime)]
    pub(crate) due_at: String,
    /// `open`, `met`, `missed`, `cancelled`, or `lapsed` for a right that was not used.
    pub(crate) state: String,
    /// What it means that it runs out: a `duty` is late, a `right` has lapsed, a `warning` is given.
    pub(crate) nature: String,
    /// The rule in plain words.
    pub(crate) text: Option<Text>,
    /// The statute or guide behind it.
    pub(crate) source: Option<String>,
}

/// A plan's word that it told the member of its decision.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MemberNoticeView {
    /// The day on which it was sent.
    #[schema(format = Date)]
    pub(crate) sent_on: String,
    /// `mail`, `electronic` or `in-person`.
    pub(crate) route: String,
    /// BCP 47 tag of its language.
    pub(crate) language: String,
}

/// More time to decide.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ExtensionView {
    /// `member` or `plan`.
    pub(crate) requested_by: String,
    /// Why.
    pub(crate) reason: Text,
    /// Since when.
    #[schema(format = DateTime)]
    pub(crate) at: String,
}

/// Where a case went on, once the days that it is about were another plan's.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MovedView {
    /// The plan of its days.
    pub(crate) plan: String,
    /// The case there. It has the same receipt, facts and documents.
    pub(crate) case: String,
    /// When.
    #[schema(format = DateTime)]
    pub(crate) at: String,
}

/// What a plan before had authorized, and this plan is asked to go on with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ContinuesView {
    /// The plan before.
    pub(crate) plan: String,
    /// Its number for the authorization.
    pub(crate) number: String,
    /// The member's first day with this plan.
    #[schema(format = Date)]
    pub(crate) since: String,
}

/// Where a referral was sent instead.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RedirectView {
    /// `plan`, `delegate` or `service`.
    pub(crate) kind: String,
    /// Its id.
    pub(crate) to: String,
    /// Why.
    pub(crate) reason: Text,
}

/// A refusal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DenialView {
    /// `administrative` or `clinical`.
    pub(crate) kind: String,
    /// Why.
    pub(crate) reason: Text,
    /// Ids of the criteria that it rests on.
    pub(crate) criteria: Vec<String>,
    /// The license of the person who made it, for clinical ones.
    pub(crate) reviewer: Option<String>,
    /// The language in which the reason is still to be written, if one is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) translation: Option<TranslationView>,
}

/// A language in which a reason is still to be written. Until then that language holds the words of the
/// criteria alone, and that the rest is on its way.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TranslationView {
    /// `en` or `es`.
    pub(crate) language: String,
    /// `wanted`.
    pub(crate) state: String,
}

/// What a plugin would grant.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ProposedGrantView {
    /// What.
    pub(crate) lines: Vec<GrantedLineView>,
    /// What the provider would have to keep to.
    pub(crate) conditions: Vec<Text>,
}

/// What a plugin recommends, and only a licensed person may decide.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RecommendationView {
    /// `clinical`: it is a licensed person's.
    pub(crate) kind: String,
    /// Why; null for a grant of less than was asked for, which the findings explain.
    pub(crate) reason: Option<Text>,
    /// What it would grant; null for a denial.
    pub(crate) grant: Option<ProposedGrantView>,
}

/// Why less is granted than was asked for, or something else.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CutView {
    /// `declared`: cut to what the plan itself declares, or to coverage. `administrative` or `clinical`: a no
    /// to the rest.
    pub(crate) kind: String,
    /// Why; null where it is `declared`, which the bounds explain.
    pub(crate) reason: Option<Text>,
    /// Ids of the criteria that it rests on.
    pub(crate) criteria: Vec<String>,
    /// The license of the person who decided, for clinical ones.
    pub(crate) reviewer: Option<String>,
    /// The language in which the reason is still to be written, if one is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) translation: Option<TranslationView>,
    /// What it was cut to, where it is `declared`.
    pub(crate) bounds: Vec<BoundView>,
}

/// A bound that a grant was cut to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BoundView {
    /// `declared-days`, `declared-renewal-days`, `declared-units` or `coverage`.
    pub(crate) rule: String,
    /// The declared number of days or units; null for coverage.
    pub(crate) limit: Option<u64>,
    /// How many were asked for; null for coverage.
    pub(crate) asked: Option<u64>,
    /// The same in a sentence.
    pub(crate) text: Text,
}

/// How a loop was closed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClosureView {
    /// Code of the closure reason.
    pub(crate) reason: String,
    /// When.
    #[schema(format = DateTime)]
    pub(crate) at: String,
}

/// A presumptive window.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PresumptionView {
    /// The plan's rule.
    pub(crate) rule: String,
    /// First day.
    #[schema(format = Date)]
    pub(crate) first: String,
    /// Last day.
    #[schema(format = Date)]
    pub(crate) last: String,
    /// Calendar days, both counted.
    pub(crate) days: i64,
    /// Whether service may be given under it today.
    pub(crate) active: bool,
}

/// Units of one procedure.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct GrantedLineView {
    /// The procedure.
    pub(crate) procedure: ProcedureView,
    /// Units.
    pub(crate) units: u32,
    /// First day.
    #[schema(format = Date)]
    pub(crate) first: String,
    /// Last day.
    #[schema(format = Date)]
    pub(crate) last: Option<String>,
}

/// What was granted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct GrantView {
    /// The authorization number, to be put on claims.
    pub(crate) number: String,
    /// What.
    pub(crate) lines: Vec<GrantedLineView>,
    /// What the provider must keep to.
    pub(crate) conditions: Vec<Text>,
}

/// One credentialing requirement's result.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RequirementView {
    /// Its id.
    pub(crate) id: String,
    /// What is required.
    pub(crate) text: Option<Text>,
    /// `satisfied`, `missing`, `expired`, `insufficient` or `needs-person`.
    pub(crate) standing: String,
    /// Until when it is satisfied, or when it expired.
    #[schema(format = Date)]
    pub(crate) until: Option<String>,
    /// Why.
    pub(crate) reason: Text,
}

/// One plan's reading of a credentialing file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReviewView {
    /// The plan.
    pub(crate) plan: String,
    /// `incomplete`, `with-people`, `approved`, `declined` or `ended`.
    pub(crate) state: String,
    /// Requirement by requirement.
    pub(crate) requirements: Vec<RequirementView>,
    /// Why it is with the plan's people.
    pub(crate) why_people: Option<CodedText>,
    /// From which day the contract holds that the approval made.
    pub(crate) effective: Option<String>,
    /// The last day on which an approval counted that has ended.
    #[schema(format = Date)]
    pub(crate) last_day: Option<String>,
    /// Why the plan said no, or ended its approval.
    pub(crate) reason: Option<Text>,
    /// The plugin call behind it.
    pub(crate) decision: Option<DecisionBrief>,
}

/// Who may take a referral that waits for a provider.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PlacingView {
    /// `sender`: whoever made it; `offered`: a provider that sees the least that it must; `assigned`: a
    /// provider that the plan's people gave it to; `with-people`: the plan's people look for one.
    pub(crate) state: String,
    /// The provider; of an offer shown to the plan only.
    pub(crate) provider: Option<String>,
    /// Since when.
    #[schema(format = DateTime)]
    pub(crate) since: Option<String>,
    /// Why the plan's people look for one.
    pub(crate) why: Option<CodedText>,
    /// The providers that did not take it, oldest first; shown to the plan only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tried: Vec<TriedView>,
}

/// A provider that did not take a referral.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TriedView {
    /// Which.
    pub(crate) provider: String,
    /// When.
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// Code of the reason for which it declined; null where it let the offer lapse.
    pub(crate) reason: Option<String>,
}

/// How the first referral for the same member, service and plan stands, for whoever made another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct JoinedView {
    /// Its state.
    pub(crate) state: String,
    /// The provider that took it.
    pub(crate) assigned_provider: Option<String>,
    /// How its loop was closed.
    pub(crate) closure: Option<ClosureView>,
}

impl Output for ShownCase {
    type View = CaseView;

    fn view(&self) -> CaseView {
        let mut view = skeleton(self);
        match &self.case.body {
            Body::Referral(body) => referral(body, self, &mut view),
            Body::Authorization(body) => authorization(body, self, &mut view),
            Body::Claim(body) => claim(body, self, &mut view),
            Body::Application(body) => application(body, self, &mut view),
        }
        view.advice = request::advice(self);
        if let Some(beside) = &self.beside {
            view.request = Some(request::request(self));
            view.around = beside.around.as_ref().map(|around| request::around(around, self));
            view.what_if = beside.what_if.as_ref().map(Output::view);
        }
        view
    }
}

impl Versioned for ShownCase {
    fn version(&self) -> i64 {
        self.case.version
    }
}

impl Output for SteppedReferral {
    type View = CaseView;

    fn view(&self) -> CaseView {
        match self {
            Self::Seen(case) => case.view(),
            Self::Left(case) => left(case),
        }
    }
}

impl Versioned for SteppedReferral {
    fn version(&self) -> i64 {
        match self {
            Self::Seen(case) => case.version(),
            Self::Left(case) => case.version,
        }
    }
}

fn left(case: &LeftCase) -> CaseView {
    CaseView {
        id: case.id.to_string(),
        kind: case.kind.name().to_owned(),
        state: case.state.to_owned(),
        plan: case
            .plan
            .as_ref()
            .map(|plan| CasePlanView { id: plan.to_string(), delegate: case.delegate.clone() }),
        service: case.service.clone(),
        urgency: urgency(case.urgency).to_owned(),
        received_at: case.received_at.to_string(),
        version: case.version,
        ..CaseView::default()
    }
}

fn skeleton(shown: &ShownCase) -> CaseView {
    let case = &shown.case;
    let Case { plan, delegate, .. } = case;
    CaseView {
        id: case.id.to_string(),
        kind: case.body.kind().name().to_owned(),
        state: shown.state.to_owned(),
        plan: plan.as_ref().map(|plan| CasePlanView { id: plan.to_string(), delegate: delegate.clone() }),
        service: case.service.clone(),
        member_id: case.member.map(|member| member.to_string()),
        provider: case.provider.to_string(),
        urgency: urgency(case.urgency).to_owned(),
        received_at: case.received_at.to_string(),
        deadlines: views(&shown.deadlines),
        version: case.version,
        placing: shown.placing.as_ref().map(placing),
        joined: shown.joined.as_ref().map(joined),
        follows: case.follows.map(|id| id.to_string()),
        moved: case.body.moved().map(|(to, at)| MovedView {
            plan: to.plan.to_string(),
            case: to.case.to_string(),
            at: at.to_string(),
        }),
        ..CaseView::default()
    }
}

fn answered(answer: &Answered, shown: &ShownCase, view: &mut CaseView) {
    view.mode = answer.mode.map(|who| mode(who).to_owned());
    view.decided_by = answer.decided_by.map(decided_by);
    view.findings = answer.findings.iter().map(|found| found_in(shown, found)).collect();
    view.decision = answer.decision.as_ref().map(brief);
    view.notes = shown
        .mislabelled
        .as_ref()
        .map(|text| vec![CodedText { code: "labelled-administrative".to_owned(), text: text.view() }]);
}

fn with_people(with: &WithPeople, view: &mut CaseView) {
    view.why_people = Some(with.why.view());
    if let WhyPeople::BenefitLimit(passed) = &with.why {
        view.limit = Some(passed.view());
    }
    view.recommendation = with.recommendation.as_ref().map(recommended);
}

fn referral(body: &Referral, shown: &ShownCase, view: &mut CaseView) {
    use referral::State as S;
    answered(&body.answered, shown, view);
    view.populations = Some(body.populations.clone());
    view.member_notices = Some(body.member_notices.iter().map(member_notice).collect());
    match &body.state {
        S::Received { .. }
        | S::Accepted { .. }
        | S::ChangingProvider { .. }
        | S::Joined { .. }
        | S::Moved { .. } => {}
        S::NeedsInformation { asks, .. } => view.asks = questions(asks, shown),
        S::WithPeople(with) => with_people(with, view),
        S::ProviderAccepted { provider, .. } | S::InService { provider, .. } => {
            view.assigned_provider = Some(provider.to_string());
        }
        S::Redirected { redirection, .. } => view.redirect = Some(redirection.view()),
        S::NotEligible { refusal, .. } => view.denial = Some(denial(refusal)),
        S::Closed { at, reason } => {
            view.closure = Some(ClosureView { reason: reason.clone(), at: at.to_string() });
        }
    }
}

fn placing(placing: &ShownPlacing) -> PlacingView {
    PlacingView {
        state: placing.state.to_owned(),
        provider: placing.provider.map(|who| who.to_string()),
        since: placing.since.map(|since| since.to_string()),
        why: placing.why.as_ref().map(Output::view),
        tried: placing.tried.iter().map(tried).collect(),
    }
}

fn tried(tried: &Tried) -> TriedView {
    TriedView {
        provider: tried.organization.to_string(),
        at: tried.at.to_string(),
        reason: tried.reason.clone(),
    }
}

fn joined(joined: &JoinedReferral) -> JoinedView {
    JoinedView {
        state: joined.state.to_owned(),
        assigned_provider: joined.assigned.map(|provider| provider.to_string()),
        closure: joined
            .closure
            .as_ref()
            .map(|(reason, at)| ClosureView { reason: reason.clone(), at: at.to_string() }),
    }
}

impl Output for Redirection {
    type View = RedirectView;

    fn view(&self) -> RedirectView {
        let (kind, to) = match &self.to {
            Destination::Plan(id) => ("plan", id),
            Destination::Delegate(id) => ("delegate", id),
            Destination::Service(id) => ("service", id),
        };
        RedirectView { kind: kind.to_owned(), to: to.clone(), reason: self.reason.view() }
    }
}

fn authorization(body: &Authorization, shown: &ShownCase, view: &mut CaseView) {
    use authorization::State as S;
    answered(&body.answered, shown, view);
    view.assigned_provider = shown.case.assigned.map(|assigned| assigned.to_string());
    view.populations = Some(body.populations.clone());
    view.member_notices = Some(body.member_notices.iter().map(member_notice).collect());
    view.exceptions = exceptions(&body.exceptions);
    view.ended = body.ended.as_ref().map(Output::view);
    view.extension = body.extension.as_ref().map(|extension| ExtensionView {
        requested_by: match extension.by {
            authorization::ExtendedBy::Member => "member".to_owned(),
            authorization::ExtendedBy::Plan => "plan".to_owned(),
        },
        reason: extension.reason.view(),
        at: extension.at.to_string(),
    });
    view.continues = body.continues.as_ref().map(|continues| ContinuesView {
        plan: continues.plan.to_string(),
        number: continues.number.clone(),
        since: continues.since.to_string(),
    });
    view.presumption = body.window.as_ref().map(|window| PresumptionView {
        rule: window.rule.clone(),
        first: window.first.to_string(),
        last: window.last.to_string(),
        days: window.days(),
        active: window.covers(shown.today) && !matches!(body.state, S::Withdrawn { .. } | S::Moved { .. }),
    });
    match &body.state {
        S::Received { .. } | S::Withdrawn { .. } | S::Moved { .. } => {}
        S::Pended { asks, .. } => view.asks = questions(asks, shown),
        S::WithPeople(with) => with_people(with, view),
        S::Approved { number, grant, extent, .. } => {
            view.grant = Some(GrantView {
                number: number.clone(),
                lines: views_of_lines(&grant.lines),
                conditions: grant.conditions.iter().map(Output::view).collect(),
            });
            view.cut = extent.cut().map(cut);
        }
        S::Denied { refusal, .. } => view.denial = Some(denial(refusal)),
    }
}

fn views_of_lines(lines: &[GrantedLine]) -> Vec<GrantedLineView> {
    let view = |line: &GrantedLine| GrantedLineView {
        procedure: line.procedure.view(),
        units: line.units,
        first: line.days.first.to_string(),
        last: day(line.days.last),
    };
    lines.iter().map(view).collect()
}

fn proposed(grant: &Grant) -> ProposedGrantView {
    ProposedGrantView {
        lines: views_of_lines(&grant.lines),
        conditions: grant.conditions.iter().map(Output::view).collect(),
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
            bounds: bounds.iter().map(|one| bound(*one)).collect(),
        },
        Cut::Refused(refusal) => {
            let DenialView { kind, reason, criteria, reviewer, translation } = denial(refusal);
            CutView { kind, reason: Some(reason), criteria, reviewer, translation, bounds: Vec::new() }
        }
    }
}

fn bound(bound: Bound) -> BoundView {
    let (limit, asked) = match bound {
        Bound::Days { declared, asked } | Bound::RenewalDays { declared, asked } => {
            (Some(u64::from(declared)), Some(asked))
        }
        Bound::Units { declared, asked } => (Some(u64::from(declared)), Some(asked)),
        Bound::Coverage { .. } => (None, None),
    };
    BoundView { rule: bound.code().to_owned(), limit, asked, text: bound.text().view() }
}

fn claim(body: &Claim, shown: &ShownCase, view: &mut CaseView) {
    use claim::State as S;
    answered(&body.answered, shown, view);
    view.exceptions = exceptions(&body.exceptions);
    match &body.state {
        S::Received { .. }
        | S::Rejected { .. }
        | S::Advised { .. }
        | S::Payable { .. }
        | S::Moved { .. }
        | S::Void { .. } => {}
        S::Pended { asks, .. } => view.asks = questions(asks, shown),
        S::WithPeople(with) => with_people(with, view),
        S::Denied { refusal, .. } | S::Disputed { action: LastAction::Denied { refusal, .. }, .. } => {
            view.denial = Some(denial(refusal));
        }
        S::Paid { .. } | S::Disputed { action: LastAction::Paid { .. }, .. } => {
            view.remittance = claims::paid(body);
        }
        S::Replaced { at, by, paid } => {
            view.replaced_by = Some(by.to_string());
            view.taken_back = paid.as_ref().map(|paid| claims::remittance(*at, paid));
        }
        S::Voided { at, by, paid } => {
            view.voided_by = Some(by.to_string());
            view.taken_back = paid.as_ref().map(|paid| claims::remittance(*at, paid));
        }
    }
    match body.state {
        S::Advised { .. } => view.why_people = Some(WhyPeople::AdviceGiven.view()),
        S::Disputed { .. } => view.why_people = Some(WhyPeople::Disputed.view()),
        _ => {}
    }
    view.disputes = Some(views(&body.disputes));
    view.lines = Some(claims::lines(body));
    view.total_payable = claims::total_payable(body);
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

fn application(body: &Application, shown: &ShownCase, view: &mut CaseView) {
    view.legal_name = Some(body.legal_name.clone());
    view.reviews = Some(body.reviews.iter().map(|(plan, one)| review(plan, one, shown)).collect());
}

fn review(plan: &PlanId, review: &Review, shown: &ShownCase) -> ReviewView {
    use application::State as S;
    let (why_people, effective, reason) = match &review.state {
        S::WithPeople { why, .. } => (Some(why.view()), None, None),
        S::Approved { effective, .. } => (None, Some(effective.to_string()), None),
        S::Declined { reason, .. } | S::Ended { reason, .. } => (None, None, Some(reason.view())),
        _ => (None, None, None),
    };
    ReviewView {
        plan: plan.to_string(),
        state: review.state.name().to_owned(),
        requirements: review.results.iter().map(|result| requirement(result, shown)).collect(),
        why_people,
        effective,
        last_day: match &review.state {
            S::Ended { last, .. } => Some(last.to_string()),
            _ => None,
        },
        reason,
        decision: review.answered.decision.as_ref().map(brief),
    }
}

fn requirement(result: &RequirementResult, shown: &ShownCase) -> RequirementView {
    let (standing, until) = match &result.standing {
        Standing::Satisfied(until) => ("satisfied", *until),
        Standing::Missing => ("missing", None),
        Standing::Expired(on) => ("expired", Some(*on)),
        Standing::Insufficient => ("insufficient", None),
        Standing::NeedsPerson => ("needs-person", None),
    };
    RequirementView {
        id: result.requirement.clone(),
        text: shown.declared.requirement(&result.requirement).map(|declared| declared.text.view()),
        standing: standing.to_owned(),
        until: day(until),
        reason: result.reason.view(),
    }
}

fn found_in(shown: &ShownCase, found: &Finding) -> FindingView {
    let declared = shown.declared.criterion(&found.criterion);
    finding(found, declared.map(|criterion| &criterion.text))
}

/// A finding, with the words of the criterion where they are at hand.
pub(crate) fn finding(found: &Finding, text: Option<&Bilingual>) -> FindingView {
    let outcome = match found.outcome {
        FindingOutcome::Met => "met",
        FindingOutcome::NotMet => "not-met",
        FindingOutcome::Unknown => "unknown",
    };
    FindingView {
        criterion: found.criterion.clone(),
        text: text.map(Output::view),
        outcome: outcome.to_owned(),
        reason: found.reason.view(),
        evidence: found.evidence.clone(),
    }
}

fn questions(asks: &[Ask], shown: &ShownCase) -> Vec<AskView> {
    asks.iter().map(|one| ask(one, &shown.declared.question(one))).collect()
}

/// A fact or a document that a plan asks for, with its question.
pub(crate) fn ask(ask: &Ask, question: &Bilingual) -> AskView {
    let (fact, document) = match ask {
        Ask::Fact(code) => (Some(code.clone()), None),
        Ask::Document(kind) => (None, Some(kind.clone())),
    };
    AskView { fact, document, question: question.view() }
}

impl Output for ShownDeadline {
    type View = DeadlineView;

    fn view(&self) -> DeadlineView {
        let clock = &self.clock;
        DeadlineView {
            id: clock.id.to_string(),
            case: clock.case.to_string(),
            rule: clock.rule.to_string(),
            started_at: clock.started_at.to_string(),
            due_at: clock.due_at.to_string(),
            state: clock.state.name().to_owned(),
            nature: self.nature.name().to_owned(),
            text: self.text.as_ref().map(Output::view),
            source: self.source.clone(),
        }
    }
}

/// A reason for being with people, with its sentence.
impl Output for WhyPeople {
    type View = CodedText;

    fn view(&self) -> CodedText {
        CodedText { code: self.code().to_owned(), text: self.text().view() }
    }
}

fn denial(refusal: &Refusal) -> DenialView {
    DenialView {
        kind: denial_kind(refusal.kind()).to_owned(),
        reason: written(refusal).view(),
        criteria: refusal.criteria().to_vec(),
        reviewer: refusal.reviewer().map(|reviewer| reviewer.license().to_owned()),
        translation: refusal.wanted().map(|language| TranslationView {
            language: language.tag().to_owned(),
            state: "wanted".to_owned(),
        }),
    }
}

/// A denial that nobody has made a decision of.
impl Output for Denial {
    type View = DenialView;

    fn view(&self) -> DenialView {
        DenialView {
            kind: denial_kind(self.kind).to_owned(),
            reason: self.reason.view(),
            criteria: Vec::new(),
            reviewer: None,
            translation: None,
        }
    }
}

fn denial_kind(kind: DenialKind) -> &'static str {
    match kind {
        DenialKind::Administrative => "administrative",
        DenialKind::Clinical => "clinical",
    }
}

/// What software recommends to a licensed person.
fn recommended(recommendation: &Recommendation) -> RecommendationView {
    let (reason, grant) = match recommendation {
        Recommendation::Denial(denied) => (Some(denied.reason.view()), None),
        Recommendation::Grant(grant) => (None, Some(proposed(grant))),
    };
    RecommendationView { kind: denial_kind(DenialKind::Clinical).to_owned(), reason, grant }
}

fn exceptions(exceptions: &[Exception]) -> Option<Vec<ExceptionView>> {
    (!exceptions.is_empty()).then(|| views(exceptions))
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

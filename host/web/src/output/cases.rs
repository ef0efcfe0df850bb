//! Cases: referrals, authorizations, claims and credentialing files, in one shape.

use domain::authorization::{Bound, Cut};
use domain::case::{
    Language, MemberNotice, NoticeRoute, Reason, Recommendation, Refusal, WhyPeople, WithPeople,
};
use domain::claim::LastAction;
use domain::identifiers::PlanId;
use domain::plan::authorization::{Grant, GrantedLine};
use domain::plan::credentialing::{RequirementResult, Standing};
use domain::plan::referral::{Destination, Redirection};
use domain::plan::types::{Ask, Bilingual, Denial, DenialKind, Finding, FindingOutcome};
use domain::time::pacific_day;
use domain::{application, authorization, claim, referral};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{
    Answered, Application, Authorization, Body, Case, Claim, DecidedBy, EvaluationRef, Exception,
    JoinedReferral, LeftCase, Referral, Review, ShownCase, ShownDeadline, ShownPlacing, SteppedReferral,
    Tried, written,
};

use crate::answer::Versioned;
use crate::output::limits::{EarlyEndView, ExceptionView, LimitPassedView};
use crate::output::remittances::RemittanceView;
use crate::output::would_change::WhatIfView;
use crate::output::{CodedText, Output, ProcedureView, Text, views};

mod claims;
mod request;

pub(crate) use claims::{ClaimLineView, DisputeView, paid};
pub(crate) use request::{AdviceView, AroundView, RequestView};

/// A case. What does not belong to its kind is absent.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct CaseView {
    /// Id of the case.
    pub(crate) id: String,
    /// `referral`, `authorization`, `claim` or `application`.
    pub(crate) kind: String,
    /// State of the case, a word of its kind's life cycle.
    pub(crate) state: String,
    /// The plan it is with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) plan: Option<CasePlanView>,
    /// Id of the service, a word of the dictionary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) service: Option<String>,
    /// Id of the member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) member_id: Option<String>,
    /// The organization that sent it; left out for a provider that has just declined an offer.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) provider: String,
    /// Urgency of the decision: `standard` or `expedited`.
    pub(crate) urgency: String,
    /// Instant at which the host received it (UTC).
    #[schema(format = DateTime)]
    pub(crate) received_at: String,
    /// Party that has the last word at this plan: its rules (`decides`), its people after advice of the rules
    /// (`advises`), or its people alone (`people`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mode: Option<String>,
    /// Party that decided: `plugin`, `people`, or `host` by a rule that stands above both; null while nobody
    /// has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) decided_by: Option<String>,
    /// The criteria that the last answer rests on.
    pub(crate) findings: Vec<FindingView>,
    /// Facts and documents that the plan still needs.
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
    /// The denial, the grant of less than was asked for, or the redirection that the plugin recommends; shown
    /// to the plan only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recommendation: Option<RecommendationView>,
    /// Remarks of the host on the plugin's answer; shown to the plan only. `labelled-administrative`: a no
    /// was called administrative, or a line was to be corrected or paid short, by a judgement of the member's
    /// need, so that a licensed person decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<Vec<CodedText>>,
    /// Answer of the plan's rules where they only advise, whole; shown to the plan only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) advice: Option<AdviceView>,
    /// Reason for which the plan's people decided otherwise than its rules advise, in their own words; shown
    /// to the plan only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) against_advice: Option<String>,
    /// Request as it stands: lines, facts, documents, and everything supplied later. For its sender, for the
    /// provider that delivers and for the plan; present when one case is read, absent in lists and in answers
    /// to commands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request: Option<RequestView>,
    /// Surroundings of the case, for the plan's people: the member's history, other cases, and what the host
    /// knows. Present when one case is read; the ETag does not stand for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) around: Option<AroundView>,
    /// The plugin call behind the last answer.
    pub(crate) evaluation: Option<EvaluationBrief>,
    /// Changes that would turn the answer, for one that pends, denies or grants in part; null for every
    /// other. Worked out when one case is read: null in lists and in answers to commands, and the ETag does
    /// not stand for it. While the plan's people have the case, theirs only.
    pub(crate) what_if: Option<WhatIfView>,
    /// Clocks of the case, running and settled.
    pub(crate) deadlines: Vec<DeadlineView>,
    /// The version that an `If-Match` names. Of a credentialing file each plan has that of its own reading.
    pub(crate) version: i64,
    /// Populations of focus that were claimed; ids of the dictionary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) populations: Option<Vec<String>>,
    /// Plan, delegate or service that a referral was sent to instead.
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
    /// Search for the provider that takes a referral.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) placing: Option<PlacingView>,
    /// State of the referral that this one joined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) joined: Option<JoinedView>,
    /// Closing of a referral's loop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) closure: Option<ClosureView>,
    /// The presumptive window of an authorization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) presumption: Option<PresumptionView>,
    /// Service that was authorized: number, lines and conditions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) grant: Option<GrantView>,
    /// Why less was granted than was asked for, or something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cut: Option<CutView>,
    /// Case in which it goes on, once the days that it is about were another plan's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) moved: Option<MovedView>,
    /// Authorization of the plan before that it continues, where the host opened it because the member
    /// changed plans. Its days may be served and billed while it waits for the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) continues: Option<ContinuesView>,
    /// More time to decide about an authorization, if it was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) extension: Option<ExtensionView>,
    /// Notices that the plan says it sent to the member, oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) member_notices: Option<Vec<MemberNoticeView>>,
    /// Provider disputes about a claim, oldest first.
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
    /// Payment for a claim that was replaced or voided, which is taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) taken_back: Option<RemittanceView>,
    /// Lines of a claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lines: Option<Vec<ClaimLineView>>,
    /// Dollars that will be paid for a claim, as its rules price it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) total_payable: Option<String>,
    /// Payment of the plan for a claim.
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
    /// Id of the plan.
    pub(crate) id: String,
    /// The delegate that answers, if one does.
    pub(crate) delegate: Option<String>,
}

/// Result of one criterion.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FindingView {
    /// Id of the criterion.
    pub(crate) criterion: String,
    /// Question of the criterion; null if the profile that declared it is not at hand.
    pub(crate) text: Option<Text>,
    /// `met`, `not-met` or `unknown`.
    pub(crate) outcome: String,
    /// Reason for the result.
    pub(crate) reason: Text,
    /// The facts and documents that were read.
    pub(crate) evidence: Vec<String>,
}

/// Something the plan still needs: a fact or a document.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AskView {
    /// Code of the fact, a word of the dictionary or of the plan's profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fact: Option<String>,
    /// Kind of the document, a word of the dictionary or of the plan's profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) document: Option<String>,
    /// The question to ask a person.
    pub(crate) question: Text,
}

/// The plugin call behind a case's state.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EvaluationBrief {
    /// Id of the evaluation; `GET /v1/evaluations/{id}` shows all of it.
    pub(crate) id: String,
    /// SHA-256 of the component that answered.
    pub(crate) digest: String,
    /// `triage`, `presume`, `determine`, `adjudicate` or `review`.
    pub(crate) operation: String,
    /// Ending of the call: `answer`, `guest-error`, `trap`, `deadline`, `memory`, and so on.
    pub(crate) ending: String,
    /// Duration of the call, in microseconds.
    pub(crate) duration_us: i64,
    /// True if the rules were handed all that was delivered to the member in two years. Limits are counted
    /// from all of it in any case.
    pub(crate) history_complete: bool,
    /// True if the rules were handed all of the member's open cases with the plan.
    pub(crate) open_cases_complete: bool,
}

/// A clock of a case: a day or an hour by which something must be done, or may be.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DeadlineView {
    /// Id of the clock.
    pub(crate) id: String,
    /// Id of the case.
    pub(crate) case: String,
    /// Id of the rule that set it, a word of the dictionary.
    pub(crate) rule: String,
    /// Instant at which it started (UTC).
    #[schema(format = DateTime)]
    pub(crate) started_at: String,
    /// Instant at which it runs out (UTC).
    #[schema(format = DateTime)]
    pub(crate) due_at: String,
    /// `open`, `met`, `missed`, `cancelled`, or `lapsed` for a right that was not used.
    pub(crate) state: String,
    /// Consequence of its running out: a `duty` is late, a `right` has lapsed, a `warning` is given.
    pub(crate) nature: String,
    /// The rule in plain words.
    pub(crate) text: Option<Text>,
    /// The statute or guide behind it.
    pub(crate) source: Option<String>,
}

/// Notice of a decision that the plan says it sent to the member: a Notice of Action where it denies, cuts or
/// delays.
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
    /// Party that asked for more time: `member` or `plan`.
    pub(crate) requested_by: String,
    /// Reason for more time.
    pub(crate) reason: Text,
    /// The language in which the reason is still to be written, if one is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) translation: Option<TranslationView>,
    /// Instant at which it was recorded (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
}

/// Case in which another goes on, once the days that it is about were another plan's.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MovedView {
    /// The plan of its days.
    pub(crate) plan: String,
    /// Id of the case there. It was received at the same instant, with the same facts and documents.
    pub(crate) case: String,
    /// Instant of the move (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
}

/// Authorization of the plan before, which this plan is asked to go on with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ContinuesView {
    /// Id of the plan before.
    pub(crate) plan: String,
    /// Its number for the authorization.
    pub(crate) number: String,
    /// The member's first day with this plan.
    #[schema(format = Date)]
    pub(crate) since: String,
}

/// Plan, delegate or service that a referral was sent to instead.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RedirectView {
    /// `plan`, `delegate` or `service`.
    pub(crate) kind: String,
    /// Id of that plan, delegate or service.
    pub(crate) to: String,
    /// Reason for sending it there.
    pub(crate) reason: Text,
    /// The language in which the reason is still to be written, if one is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) translation: Option<TranslationView>,
}

/// A refusal with its grounds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DenialView {
    /// Kind of the refusal: `administrative`, or `clinical`, which only a licensed person makes.
    pub(crate) kind: String,
    /// Reason for the refusal, as the member may read it.
    pub(crate) reason: Text,
    /// Ids of the criteria that it rests on.
    pub(crate) criteria: Vec<String>,
    /// Ids of those that rest on the word of a person without a license: no rules found them not met. Absent
    /// where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) asserted: Vec<String>,
    /// The license of the person who made it, for clinical ones.
    pub(crate) reviewer: Option<String>,
    /// The language in which the reason is still to be written, if one is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) translation: Option<TranslationView>,
}

/// A language in which a reason is still to be written. Until then that language holds the words of the
/// criteria, if it is a refusal's, and that the rest is on its way.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TranslationView {
    /// Language of the missing text: `en` or `es`.
    pub(crate) language: String,
    /// State of the translation: always `wanted`.
    pub(crate) state: String,
}

/// Authorization that a plugin proposes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ProposedGrantView {
    /// Lines that it would grant.
    pub(crate) lines: Vec<GrantedLineView>,
    /// Conditions that the provider would have to keep to.
    pub(crate) conditions: Vec<Text>,
}

/// Recommendation of a plugin that only a licensed person may make a decision.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RecommendationView {
    /// `clinical`: it is a licensed person's.
    pub(crate) kind: String,
    /// Why; null for a grant of less than was asked for, which the findings explain, and for a redirection,
    /// which says why itself.
    pub(crate) reason: Option<Text>,
    /// Grant that it recommends; null for a denial.
    pub(crate) grant: Option<ProposedGrantView>,
    /// Place to which it recommends to send a referral.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) redirect: Option<RedirectView>,
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
    /// Ids of those that rest on the word of a person without a license: no rules found them not met. Absent
    /// where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) asserted: Vec<String>,
    /// The license of the person who decided, for clinical ones.
    pub(crate) reviewer: Option<String>,
    /// The language in which the reason is still to be written, if one is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) translation: Option<TranslationView>,
    /// Declared bounds that it was cut to; empty unless it is `declared`.
    pub(crate) bounds: Vec<BoundView>,
}

/// A bound that a grant was cut to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BoundView {
    /// `declared-days`, `declared-renewal-days`, `declared-units` or `coverage`.
    pub(crate) rule: String,
    /// The declared number of days or units; null for coverage.
    pub(crate) limit: Option<u64>,
    /// Number of days or units that were asked for; null for coverage.
    pub(crate) asked: Option<u64>,
    /// The same in a sentence.
    pub(crate) text: Text,
}

/// Closing of a referral's loop.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClosureView {
    /// Code of the closure reason.
    pub(crate) reason: String,
    /// Instant of the closing (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
}

/// A presumptive window: days in which service may be delivered before the decision.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PresumptionView {
    /// Id of the plan's presumptive rule.
    pub(crate) rule: String,
    /// First day of the window.
    #[schema(format = Date)]
    pub(crate) first: String,
    /// Last day of the window.
    #[schema(format = Date)]
    pub(crate) last: String,
    /// Calendar days, both counted.
    pub(crate) days: i64,
    /// True if service may be given under it today.
    pub(crate) active: bool,
}

/// Units of one procedure.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct GrantedLineView {
    /// Code and modifiers of the service.
    pub(crate) procedure: ProcedureView,
    /// Number of units that are authorized.
    pub(crate) units: u32,
    /// First day of service.
    #[schema(format = Date)]
    pub(crate) first: String,
    /// Last day of service; null where none is set.
    #[schema(format = Date)]
    pub(crate) last: Option<String>,
}

/// An authorization that was granted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct GrantView {
    /// The authorization number, to be put on claims.
    pub(crate) number: String,
    /// Lines of the grant.
    pub(crate) lines: Vec<GrantedLineView>,
    /// Conditions that the provider must keep to.
    pub(crate) conditions: Vec<Text>,
}

/// One credentialing requirement's result.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RequirementView {
    /// Id of the requirement.
    pub(crate) id: String,
    /// Sentence that says what is required; null if the profile that declared it is not at hand.
    pub(crate) text: Option<Text>,
    /// `satisfied`, `missing`, `expired`, `insufficient` or `needs-person`.
    pub(crate) standing: String,
    /// Until when it is satisfied, or when it expired.
    #[schema(format = Date)]
    pub(crate) until: Option<String>,
    /// Reason for the result.
    pub(crate) reason: Text,
}

/// One plan's reading of a credentialing file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReviewView {
    /// Id of the plan.
    pub(crate) plan: String,
    /// `incomplete`, `with-people`, `approved`, `declined` or `ended`.
    pub(crate) state: String,
    /// Results of the plan's requirements.
    pub(crate) requirements: Vec<RequirementView>,
    /// Why it is with the plan's people.
    pub(crate) why_people: Option<CodedText>,
    /// From which day the contract holds that the approval made.
    pub(crate) effective: Option<String>,
    /// The last day on which an approval counted that has ended.
    #[schema(format = Date)]
    pub(crate) last_day: Option<String>,
    /// Why the plan said no, ended its approval, or reads the file again.
    pub(crate) reason: Option<Text>,
    /// The language in which the reason is still to be written, if one is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) translation: Option<TranslationView>,
    /// The plugin call behind it.
    pub(crate) evaluation: Option<EvaluationBrief>,
}

/// Search for the provider that takes a referral.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PlacingView {
    /// `sender`: whoever made it; `offered`: a provider that sees the least that it must; `assigned`: a
    /// provider that the plan's people gave it to; `with-people`: the plan's people look for one.
    pub(crate) state: String,
    /// The provider; of an offer shown to the plan only.
    pub(crate) provider: Option<String>,
    /// Instant since which it is so (UTC).
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
    /// Id of the provider.
    pub(crate) provider: String,
    /// Instant at which it declined or let the offer lapse (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// Code of the reason for which it declined; null where it let the offer lapse.
    pub(crate) reason: Option<String>,
}

/// State of the first referral for the same member, service and plan, for whoever made another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct JoinedView {
    /// State of that referral.
    pub(crate) state: String,
    /// The provider that took it.
    pub(crate) assigned_provider: Option<String>,
    /// Closing of its loop.
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
        urgency: case.urgency.name().to_owned(),
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
        urgency: case.urgency.name().to_owned(),
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
    view.mode = answer.mode.map(|who| who.name().to_owned());
    view.decided_by = answer.decided_by.map(decided_by);
    view.findings = answer.findings.iter().map(|found| found_in(shown, found)).collect();
    view.evaluation = answer.evaluation.as_ref().map(brief);
    view.against_advice.clone_from(&answer.against_advice);
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
        S::Redirected { wanted, .. } => {
            view.redirect = body.state.told_redirection().map(|redirection| RedirectView {
                translation: wanted.map(translation),
                ..redirection.view()
            });
        }
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
        RedirectView { kind: kind.to_owned(), to: to.clone(), reason: self.reason.view(), translation: None }
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
        reason: extension.reason.told().view(),
        translation: extension.reason.wanted().map(translation),
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
            asserted: Vec::new(),
            reviewer: None,
            translation: None,
            bounds: bounds.iter().map(|one| bound(*one)).collect(),
        },
        Cut::Refused(refusal) => {
            let DenialView { kind, reason, criteria, asserted, reviewer, translation } = denial(refusal);
            let (reason, bounds) = (Some(reason), Vec::new());
            CutView { kind, reason, criteria, asserted, reviewer, translation, bounds }
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
    // Codes are those of the day of the decision; before it, of that on which the claim came.
    let on = pacific_day(body.answered.decided_at.unwrap_or(shown.case.received_at));
    view.lines = Some(claims::lines(body, on));
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
    let (why_people, effective) = match &review.state {
        S::WithPeople { why, .. } => (Some(why.view()), None),
        S::Approved { effective, .. } => (None, Some(effective.to_string())),
        _ => (None, None),
    };
    let reason = review.state.reason().map(|(_, reason, _)| reason);
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
        reason: reason.map(|reason| reason.told().view()),
        translation: reason.and_then(Reason::wanted).map(translation),
        evaluation: review.answered.evaluation.as_ref().map(brief),
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
        kind: refusal.kind().name().to_owned(),
        reason: written(refusal).view(),
        criteria: refusal.criteria().to_vec(),
        asserted: refusal.asserted().to_vec(),
        reviewer: refusal.reviewer().map(|reviewer| reviewer.license().to_owned()),
        translation: refusal.wanted().map(translation),
    }
}

pub(crate) fn translation(language: Language) -> TranslationView {
    TranslationView { language: language.tag().to_owned(), state: "wanted".to_owned() }
}

/// A denial that nobody has made a decision of.
impl Output for Denial {
    type View = DenialView;

    fn view(&self) -> DenialView {
        DenialView {
            kind: self.kind.name().to_owned(),
            reason: self.reason.view(),
            criteria: Vec::new(),
            asserted: Vec::new(),
            reviewer: None,
            translation: None,
        }
    }
}

/// A recommendation of software to a licensed person.
fn recommended(recommendation: &Recommendation) -> RecommendationView {
    let (reason, grant, redirect) = match recommendation {
        Recommendation::Denial(denied) => (Some(denied.reason.view()), None, None),
        Recommendation::Grant(grant) => (None, Some(proposed(grant)), None),
        Recommendation::Redirect(redirection) => (None, None, Some(redirection.view())),
    };
    RecommendationView { kind: DenialKind::Clinical.name().to_owned(), reason, grant, redirect }
}

fn exceptions(exceptions: &[Exception]) -> Option<Vec<ExceptionView>> {
    (!exceptions.is_empty()).then(|| views(exceptions))
}

fn brief(evaluation: &EvaluationRef) -> EvaluationBrief {
    EvaluationBrief {
        id: evaluation.id.to_string(),
        digest: evaluation.digest.clone(),
        operation: evaluation.operation.clone(),
        ending: evaluation.ending.clone(),
        duration_us: evaluation.duration_us,
        history_complete: evaluation.history_complete,
        open_cases_complete: evaluation.open_cases_complete,
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

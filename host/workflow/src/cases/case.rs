//! A case as the workflow holds it: what its row says, and the body of its kind.

use std::collections::{BTreeMap, BTreeSet};

use domain::authorization::{Extension, Window};
use domain::case::{CaseKind, MemberNotice, Moved, Reason, Recommendation, Refusal, WhyPeople, WithPeople};
use domain::dictionary::{DenialReason, DeniedFor, Dictionary};
use domain::identifiers::{CaseId, Icd10, MemberId, OrgId, PlanId};
use domain::limits::{Passed, Stage, Use};
use domain::plan::authorization::{Decision, RequestKind, RequestedLine};
use domain::plan::billing::{ClaimLine, Frequency, LineOutcome, LineResult};
use domain::plan::credentialing::RequirementResult;
use domain::plan::profile::Mode;
use domain::plan::referral::Disposition;
use domain::plan::types::{Denial, DenialKind, Document, Fact, Finding, Period, Urgency};
use domain::problem::Code;
use domain::referral::assignment::Assignment;
use domain::time::pacific_day;
use domain::{Procedure, application, authorization, claim, referral};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::cases::intake::Days;
use crate::plugins::asking::EvaluationRef;

mod wanted;

pub use wanted::WantedReason;

/// A case of any kind.
#[derive(Clone, Debug)]
pub struct Case {
    /// Id of the case.
    pub id: CaseId,
    /// The plan it is with; a credentialing file is with several, named in its body.
    pub plan: Option<PlanId>,
    /// Delegate of the plan that answers, if one does.
    pub delegate: Option<String>,
    /// Member whom it is about.
    pub member: Option<MemberId>,
    /// Service that it is about.
    pub service: Option<String>,
    /// Organization that sent it.
    pub provider: OrgId,
    /// Organization that delivers, where that is not the sender.
    pub assigned: Option<OrgId>,
    /// Urgency of the case.
    pub urgency: Urgency,
    /// Instant at which the host received it (UTC).
    pub received_at: Timestamp,
    /// Version of the case; 0 before it is kept.
    pub version: i64,
    /// The referral or the replaced claim that it follows.
    pub follows: Option<CaseId>,
    /// The part that is particular to its kind.
    pub body: Body,
}

impl Case {
    /// The named days of it at `now`; see [`Days`].
    pub(crate) fn days(&self, now: Timestamp) -> Days {
        let received = pacific_day(self.received_at);
        let service_day = match &self.body {
            Body::Referral(_) | Body::Application(_) => pacific_day(now),
            Body::Authorization(body) => first_day(body.lines.iter().map(|line| &line.days), received),
            Body::Claim(body) => first_day(body.lines.iter().map(|line| &line.days), received),
        };
        Days { covered: service_day, rules: self.rule_day() }
    }

    /// The day whose rules decide it, whenever it is decided: the first day of service for a claim, the day
    /// it came for everything else. A request about days that are past is judged by the rules in force when
    /// it is made, as its clocks are; what of a plan's profile is dated itself, such as elections, is read on
    /// the service day.
    pub(crate) fn rule_day(&self) -> Date {
        let received = pacific_day(self.received_at);
        match &self.body {
            Body::Claim(body) => first_day(body.lines.iter().map(|line| &line.days), received),
            Body::Referral(_) | Body::Authorization(_) | Body::Application(_) => received,
        }
    }
}

/// The first day of service of lines; the day it came where there are none.
pub(crate) fn first_day<'a>(days: impl Iterator<Item = &'a Period>, received: Date) -> Date {
    days.map(|days| days.first).min().unwrap_or(received)
}

/// The part of a case that its kind alone has.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(
    clippy::large_enum_variant,
    reason = "a command holds one or two, and lists of them are read page by page"
)]
pub enum Body {
    /// The body of a referral.
    Referral(Referral),
    /// A request for authorization.
    Authorization(Authorization),
    /// The body of a claim.
    Claim(Claim),
    /// The body of a credentialing file.
    Application(Application),
}

/// Grounds of the last answer, as plan and provider are shown them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Answered {
    /// Criteria that it rests on, and how they were judged.
    pub findings: Vec<Finding>,
    /// The plugin call behind it.
    pub evaluation: Option<EvaluationRef>,
    /// Party that has the last word.
    pub mode: Option<Mode>,
    /// Party that decided it.
    pub decided_by: Option<DecidedBy>,
    /// Instant of the decision (UTC).
    #[serde(default)]
    pub decided_at: Option<Timestamp>,
    /// True if the rules called a no administrative that rests on something else; for the plan to see.
    #[serde(default)]
    pub mislabelled: bool,
    /// Answer of the rules where they only advise, whole; of a claim the results of its lines are the advice.
    #[serde(default)]
    pub advice: Option<Advice>,
    /// Reason for which the plan's people decided otherwise than its rules advise; for the plan to see.
    #[serde(default)]
    pub against_advice: Option<String>,
}

/// An answer that binds nobody: the plan's people weigh it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Advice {
    /// Advice about a referral.
    Referral(Disposition),
    /// About a request for authorization.
    Authorization(Decision),
}

impl Advice {
    /// Denial that is advised.
    fn denial(&self) -> Option<&Denial> {
        match self {
            Self::Referral(Disposition::NotEligible(denial))
            | Self::Authorization(Decision::Denied(denial)) => Some(denial),
            Self::Referral(_) | Self::Authorization(_) => None,
        }
    }

    /// True if it gives less than was asked for. What it rests on is then the plan's people's to weigh, as a
    /// recommended denial is.
    #[must_use]
    pub fn is_adverse(&self) -> bool {
        match self {
            Self::Referral(disposition) => {
                matches!(disposition, Disposition::Redirected(_) | Disposition::NotEligible(_))
            }
            Self::Authorization(decision) => {
                matches!(decision, Decision::PartlyApproved(_) | Decision::Modified(_) | Decision::Denied(_))
            }
        }
    }
}

/// Facts and documents that were supplied after the case was sent, with their sender.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Supplied {
    /// Instant at which it came (UTC).
    pub at: Timestamp,
    /// Organization that supplied it.
    pub by: Option<OrgId>,
    /// Facts that are known.
    pub facts: Vec<Fact>,
    /// Documents that are attached.
    pub documents: Vec<Document>,
}

impl Answered {
    /// Notes whose word the decision is, and since when it stands.
    pub(crate) fn decide(&mut self, by: DecidedBy, at: Timestamp) {
        self.decided_by = Some(by);
        self.decided_at = Some(at);
    }
}

/// The party that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecidedBy {
    /// The plugin of the plan.
    Plugin,
    /// The people of the plan.
    People,
    /// The host, by a rule that stands above every plugin.
    Host,
}

/// An authorization that ended before its last day.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ended {
    /// Instant at which that was recorded (UTC).
    pub at: Timestamp,
    /// The last day of service.
    pub last: Date,
    /// Why, in the provider's own words; `None` where another plan has answered for the later days.
    pub reason: Option<String>,
}

/// A benefit limit that the plan's people went beyond.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Exception {
    /// Instant of the exception (UTC).
    pub at: Timestamp,
    /// Limit that was passed, with the numbers of then.
    pub passed: Passed,
    /// Why, in that person's words.
    pub reason: Reason,
}

/// The body of a referral.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Referral {
    /// Populations of focus that are claimed.
    pub populations: Vec<String>,
    /// Provider that the member or the referrer would like.
    pub preferred: Option<OrgId>,
    /// The providers that the plan's people want it offered to, in their order.
    #[serde(default)]
    pub order: Vec<OrgId>,
    /// The providers that did not take it, oldest first.
    #[serde(default)]
    pub tried: Vec<Tried>,
    /// Each provider's turn, oldest first.
    #[serde(default)]
    pub assignments: Vec<Assignment>,
    /// Facts that are known.
    pub facts: Vec<Fact>,
    /// Documents that are attached.
    pub documents: Vec<Document>,
    /// Facts and documents that came later, oldest first; they are in `facts` and `documents` too.
    #[serde(default)]
    pub supplied: Vec<Supplied>,
    /// State of the referral.
    pub state: referral::State,
    /// Ground of its last answer.
    pub answered: Answered,
    /// Notices that the plan says it sent to the member, oldest first.
    #[serde(default)]
    pub member_notices: Vec<MemberNotice>,
}

/// A provider that did not take a referral: it declined, for a reason of the dictionary, or let the offer
/// lapse.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tried {
    /// Provider that was offered it.
    pub organization: OrgId,
    /// Instant at which it was over (UTC).
    pub at: Timestamp,
    /// Code of the reason; `None` where it let the offer lapse.
    pub reason: Option<String>,
}

/// A request for authorization.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Authorization {
    /// Populations of focus that are claimed.
    pub populations: Vec<String>,
    /// Why permission is asked for.
    pub kind: RequestKind,
    /// Lines that are asked for.
    pub lines: Vec<RequestedLine>,
    /// Facts that are known.
    pub facts: Vec<Fact>,
    /// Documents that are attached.
    pub documents: Vec<Document>,
    /// Facts and documents that came later, oldest first; they are in `facts` and `documents` too.
    #[serde(default)]
    pub supplied: Vec<Supplied>,
    /// Permission to start before the decision.
    pub window: Option<Window>,
    /// Authorization of the plan before that it continues, if the host opened it for a member who changed
    /// plans.
    #[serde(default)]
    pub continues: Option<Continues>,
    /// State of the authorization.
    pub state: authorization::State,
    /// Ground of its last answer.
    pub answered: Answered,
    /// More time to decide, if it was taken.
    #[serde(default)]
    pub extension: Option<Extension>,
    /// Notices that the plan says it sent to the member, oldest first.
    #[serde(default)]
    pub member_notices: Vec<MemberNotice>,
    /// That it ended before its last day, if it did.
    #[serde(default)]
    pub ended: Option<Ended>,
    /// Benefit limits that the plan's people went beyond.
    #[serde(default)]
    pub exceptions: Vec<Exception>,
}

impl Authorization {
    /// Use of the past as it counts beside this request: of what it continues, the days before alone.
    pub(crate) fn beside(&self, own: CaseId, used: &Use) -> Option<Use> {
        match &self.continues {
            Some(before) if before.case == used.case && used.stage == Stage::Authorized => {
                used.continued_by(own, before.since)
            }
            _ => Some(used.clone()),
        }
    }

    /// True if service may begin on a presumption: no window was given yet, and there is service to come.
    pub(crate) fn may_begin(&self) -> bool {
        self.window.is_none() && self.kind != RequestKind::Retrospective
    }
}

/// An authorization of another plan that the new plan must answer for (continuity of care).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Continues {
    /// Case in which it was authorized.
    pub case: CaseId,
    /// Plan that covered the member before.
    pub plan: PlanId,
    /// The number under which it had authorized.
    pub number: String,
    /// The member's first day with the new plan.
    pub since: Date,
}

/// The body of a claim.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claim {
    /// Purpose of the claim: it is new, replaces or voids.
    pub frequency: Frequency,
    /// ICD-10-CM codes, principal first.
    pub diagnoses: Vec<Icd10>,
    /// Lines that are billed.
    pub lines: Vec<ClaimLine>,
    /// Facts that are known.
    pub facts: Vec<Fact>,
    /// Documents that are attached.
    pub documents: Vec<Document>,
    /// Facts and documents that came later, oldest first; they are in `facts` and `documents` too.
    #[serde(default)]
    pub supplied: Vec<Supplied>,
    /// One for each line, as the plugin judged it and the host's own rules let stand.
    pub results: Vec<LineResult>,
    /// The lines that a rule of the host decided, whatever the plugin said.
    #[serde(default)]
    pub host_rules: Vec<HostRule>,
    /// State of the claim.
    pub state: claim::State,
    /// Ground of its last answer.
    pub answered: Answered,
    /// Instant at which the last thing arrived that the plan had lacked (UTC).
    #[serde(default)]
    pub completed_at: Option<Timestamp>,
    /// Provider disputes about it, oldest first.
    #[serde(default)]
    pub disputes: Vec<Dispute>,
    /// Benefit limits that the plan's people went beyond.
    #[serde(default)]
    pub exceptions: Vec<Exception>,
}

impl Claim {
    /// True if the host denied the line of this number because it came too late.
    #[must_use]
    pub fn is_late(&self, number: u16) -> bool {
        self.host_rules.iter().any(|held| held.line == number && held.rule == Code::TimelyFiling)
    }

    /// The adjustment by which the line of this number enters a remittance of that day at nothing; `None`
    /// unless it is denied, or the plan's rules recommend that.
    #[must_use]
    pub fn denial_reason(&self, number: u16, on: Date) -> Option<&'static DenialReason> {
        let result = self.results.iter().find(|result| result.number == number)?;
        let LineOutcome::Denied(denied) = &result.outcome else { return None };
        let of = match denied.kind {
            _ if self.is_late(number) => DeniedFor::TimelyFiling,
            DenialKind::Clinical => DeniedFor::Clinical,
            DenialKind::Administrative => DeniedFor::Administrative,
        };
        Dictionary::state().denial_reason(of, on)
    }

    /// Denial for need that the plan's rules recommend of the line of this number.
    #[must_use]
    pub fn recommended_denial(&self, number: u16) -> Option<&Denial> {
        let result = self.results.iter().find(|result| result.number == number)?;
        match &result.outcome {
            LineOutcome::Denied(denied) if denied.kind == DenialKind::Clinical => Some(denied),
            _ => None,
        }
    }

    /// Results of the plan's rules, as the host let them stand: without the lines that came too late, of
    /// which the host speaks whoever has the claim.
    pub fn answered_lines(&self) -> impl Iterator<Item = &LineResult> {
        self.results.iter().filter(|result| !self.is_late(result.number))
    }
}

/// A rule of the host that decided a line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HostRule {
    /// Number of the line in the claim.
    pub line: u16,
    /// Code of the rule.
    pub rule: Code,
}

/// A provider dispute (PDR) about what a plan did with a claim.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Dispute {
    /// Instant of the dispute (UTC).
    pub at: Timestamp,
    /// The provider's own words.
    pub reason: String,
    /// Answer of the plan's people; `None` while there is none.
    pub answer: Option<DisputeAnswer>,
}

/// Answer of the plan's people.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DisputeAnswer {
    /// Instant of the answer (UTC).
    pub at: Timestamp,
    /// True if the plan stands by what it did.
    pub upheld: bool,
    /// Why the plan stands by what it did.
    pub reason: Option<Reason>,
}

/// The body of a credentialing file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Application {
    /// Legal name of the applicant.
    pub legal_name: String,
    /// Services that it applies for.
    pub services: Vec<String>,
    /// Counties that it applies for.
    pub counties: Vec<String>,
    /// Answers of the applicant.
    pub answers: Vec<Fact>,
    /// Documents that are attached.
    pub documents: Vec<Document>,
    /// Facts and documents that came later, oldest first; they are in `facts` and `documents` too.
    #[serde(default)]
    pub supplied: Vec<Supplied>,
    /// Reading of each plan.
    pub reviews: BTreeMap<PlanId, Review>,
}

/// One plan's reading of a credentialing file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Review {
    /// State of the reading.
    pub state: application::State,
    /// Results, requirement by requirement.
    pub results: Vec<RequirementResult>,
    /// Ground of its last answer.
    pub answered: Answered,
    /// Changes of it, and of the file that all plans read. Those of the whole case would tell a plan when its
    /// rivals act.
    pub version: i64,
}

impl Case {
    /// The version as a plan is shown it: of a credentialing file that of the plan's own reading.
    pub(crate) fn version_for(&self, plan: Option<&PlanId>) -> i64 {
        let own = match (&self.body, plan) {
            (Body::Application(body), Some(plan)) => body.reviews.get(plan),
            _ => None,
        };
        own.map_or(self.version, |review| review.version)
    }

    /// Provider that delivers the service, or bills for it; `None` for a referral that names no provider yet.
    pub(crate) fn delivers(&self) -> Option<OrgId> {
        match &self.body {
            Body::Referral(body) => body.preferred,
            _ => Some(self.assigned.unwrap_or(self.provider)),
        }
    }
}

impl Body {
    /// Case in which it goes on, once its days had become another plan's, and the instant of the move (UTC).
    #[must_use]
    pub fn moved(&self) -> Option<(&Moved, Timestamp)> {
        match self {
            Self::Referral(Referral { state: referral::State::Moved { at, to }, .. })
            | Self::Authorization(Authorization { state: authorization::State::Moved { at, to }, .. })
            | Self::Claim(Claim { state: claim::State::Moved { at, to }, .. }) => Some((to, *at)),
            _ => None,
        }
    }

    /// The procedures of its lines, each once.
    pub(crate) fn procedures(&self) -> Vec<Procedure> {
        let lines: BTreeSet<&Procedure> = match self {
            Self::Authorization(body) => body.lines.iter().map(|line| &line.procedure).collect(),
            Self::Claim(body) => body.lines.iter().map(|line| &line.procedure).collect(),
            Self::Referral(_) | Self::Application(_) => BTreeSet::new(),
        };
        lines.into_iter().cloned().collect()
    }

    /// Documents that were attached.
    #[must_use]
    pub fn documents(&self) -> &[Document] {
        match self {
            Self::Referral(body) => &body.documents,
            Self::Authorization(body) => &body.documents,
            Self::Claim(body) => &body.documents,
            Self::Application(body) => &body.documents,
        }
    }

    /// Facts and documents that were supplied later, oldest first.
    #[must_use]
    pub fn supplied(&self) -> &[Supplied] {
        match self {
            Self::Referral(body) => &body.supplied,
            Self::Authorization(body) => &body.supplied,
            Self::Claim(body) => &body.supplied,
            Self::Application(body) => &body.supplied,
        }
    }

    fn supplied_mut(&mut self) -> &mut Vec<Supplied> {
        match self {
            Self::Referral(body) => &mut body.supplied,
            Self::Authorization(body) => &mut body.supplied,
            Self::Claim(body) => &mut body.supplied,
            Self::Application(body) => &mut body.supplied,
        }
    }

    /// Keeps who supplied what, and when.
    pub(crate) fn note_supplied(&mut self, supplied: Supplied) {
        self.supplied_mut().push(supplied);
    }

    /// Facts that are known.
    #[must_use]
    pub fn facts(&self) -> &[Fact] {
        match self {
            Self::Referral(body) => &body.facts,
            Self::Authorization(body) => &body.facts,
            Self::Claim(body) => &body.facts,
            Self::Application(body) => &body.answers,
        }
    }

    /// Kind of the case.
    #[must_use]
    pub fn kind(&self) -> CaseKind {
        match self {
            Self::Referral(_) => CaseKind::Referral,
            Self::Authorization(_) => CaseKind::Authorization,
            Self::Claim(_) => CaseKind::Claim,
            Self::Application(_) => CaseKind::Application,
        }
    }

    /// The state's word. A credentialing file is open while a plan still reads it.
    pub(crate) fn state(&self) -> &'static str {
        match self {
            Self::Referral(body) => body.state.name(),
            Self::Authorization(body) => body.state.name(),
            Self::Claim(body) => body.state.name(),
            Self::Application(_) if self.is_final() => "settled",
            Self::Application(_) => "open",
        }
    }

    /// The state as a plan is shown it: of a credentialing file, how far the plan's own reading is. `None`
    /// for who sees every plan's.
    pub(crate) fn state_for(&self, plan: Option<&PlanId>) -> &'static str {
        let own = match (self, plan) {
            (Self::Application(body), Some(plan)) => body.reviews.get(plan),
            _ => None,
        };
        match own {
            Some(review) if review.state.is_final() => "settled",
            Some(_) => "open",
            None => self.state(),
        }
    }

    pub(crate) fn is_final(&self) -> bool {
        match self {
            Self::Referral(body) => body.state.is_final(),
            Self::Authorization(body) => body.state.is_final(),
            Self::Claim(body) => body.state.is_final(),
            Self::Application(body) => body.reviews.values().all(|review| review.state.is_final()),
        }
    }

    /// For each plan whose people have the case: why.
    pub(crate) fn with_people(&self, plan: Option<&PlanId>) -> Vec<(PlanId, WhyPeople)> {
        let one = |why: &WhyPeople| plan.map(|plan| (plan.clone(), why.clone())).into_iter().collect();
        let translation = || {
            let is_wanted = !self.wanted_reasons().is_empty();
            if is_wanted { one(&WhyPeople::TranslationWanted) } else { Vec::new() }
        };
        match self {
            Self::Referral(Referral { state: referral::State::WithPeople(with), .. })
            | Self::Authorization(Authorization { state: authorization::State::WithPeople(with), .. })
            | Self::Claim(Claim { state: claim::State::WithPeople(with), .. }) => one(&with.why),
            Self::Referral(body) => match body.state.placing() {
                Some(referral::Placing::People { why, .. }) => one(why),
                _ => translation(),
            },
            Self::Claim(Claim { state: claim::State::Advised { .. }, .. }) => one(&WhyPeople::AdviceGiven),
            Self::Claim(Claim { state: claim::State::Disputed { .. }, .. }) => one(&WhyPeople::Disputed),
            Self::Application(body) => body
                .reviews
                .iter()
                .filter_map(|(plan, review)| match &review.state {
                    application::State::WithPeople { why, .. } => Some((plan.clone(), why.clone())),
                    _ => review.wanted().map(|_| (plan.clone(), WhyPeople::TranslationWanted)),
                })
                .collect(),
            _ => translation(),
        }
    }

    /// Ground of its last answer. A credentialing file has one for each plan.
    pub(crate) fn answered(&self) -> Option<&Answered> {
        match self {
            Self::Referral(body) => Some(&body.answered),
            Self::Authorization(body) => Some(&body.answered),
            Self::Claim(body) => Some(&body.answered),
            Self::Application(_) => None,
        }
    }

    /// Keeps why the plan's people decided otherwise than its rules advise. Of a credentialing file the rules
    /// advise nothing.
    pub(crate) fn note_against_advice(&mut self, reason: &str) {
        let answered = match self {
            Self::Referral(body) => &mut body.answered,
            Self::Authorization(body) => &mut body.answered,
            Self::Claim(body) => &mut body.answered,
            Self::Application(_) => return,
        };
        answered.against_advice = Some(reason.to_owned());
    }

    /// True if the plan's rules recommend, or advise, a no for medical need: a denial of that kind, or less
    /// than was asked for that a licensed person must weigh.
    pub(crate) fn recommends_no_for_need(&self) -> bool {
        let is_recommended = match self {
            Self::Referral(Referral { state: referral::State::WithPeople(with), .. })
            | Self::Authorization(Authorization { state: authorization::State::WithPeople(with), .. }) => {
                is_for_need(with)
            }
            // Of a claim its lines say so.
            Self::Claim(body) => {
                return body.lines.iter().any(|line| body.recommended_denial(line.number).is_some());
            }
            Self::Referral(_) | Self::Authorization(_) | Self::Application(_) => false,
        };
        let advised = || self.answered().and_then(|answered| answered.advice.as_ref()?.denial());
        is_recommended || advised().is_some_and(|denial| denial.kind == DenialKind::Clinical)
    }

    /// True if the plan's rules advise to send the member elsewhere.
    pub(crate) fn is_advised_elsewhere(&self) -> bool {
        let advice = self.answered().and_then(|answered| answered.advice.as_ref());
        matches!(advice, Some(Advice::Referral(Disposition::Redirected(_))))
    }

    /// The refusal that stands, of all or of a part.
    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Referral(body) => body.state.refusal(),
            Self::Authorization(body) => body.state.refusal(),
            Self::Claim(body) => body.state.refusal(),
            Self::Application(_) => None,
        }
    }

    fn refusal_mut(&mut self) -> Option<&mut Refusal> {
        match self {
            Self::Referral(body) => body.state.refusal_mut(),
            Self::Authorization(body) => body.state.refusal_mut(),
            Self::Claim(body) => body.state.refusal_mut(),
            Self::Application(_) => None,
        }
    }
}

/// True if what is recommended is a no for need, or less than was asked for without an administrative
/// criterion that bears it.
fn is_for_need(with: &WithPeople) -> bool {
    match &with.recommendation {
        Some(Recommendation::Denial(denial)) => denial.kind == DenialKind::Clinical,
        // Where administrative criteria bear it, rules send the member elsewhere themselves.
        Some(Recommendation::Redirect(_)) => true,
        // A grant comes to people for other reasons too, as for a limit that it would pass.
        Some(Recommendation::Grant(_)) => with.why == WhyPeople::ClinicalReview,
        None => false,
    }
}

/// Adds what became known; a later fact replaces an earlier one of the same code, a later document one of its
/// kind.
pub(crate) fn merge(facts: &mut Vec<Fact>, documents: &mut Vec<Document>, more: crate::command::Information) {
    for fact in more.facts {
        facts.retain(|known| known.code != fact.code);
        facts.push(fact);
    }
    for document in more.documents {
        documents.retain(|known| known.kind != document.kind);
        documents.push(document);
    }
}

#[cfg(test)]
mod tests {
    use domain::plan::authorization::Grant;
    use domain::plan::referral::{Destination, Redirection};

    use super::*;
    use crate::fixtures::{MONDAY, assert_rows, at, authorization, referral, words};

    fn with_people(recommendation: Option<Recommendation>) -> WithPeople {
        WithPeople { since: at(MONDAY), why: WhyPeople::ClinicalReview, recommendation }
    }

    /// Cases on which the plan's rules say this no without a finding, by the way in which they say it.
    fn refused(kind: DenialKind) -> [(&'static str, Body); 4] {
        let denial = || Denial { kind, reason: words() };
        let recommended = || with_people(Some(Recommendation::Denial(denial())));
        let advised = |advice| Answered { advice: Some(advice), ..Answered::default() };
        let mut advised_referral = referral(referral::State::WithPeople(with_people(None)));
        advised_referral.answered = advised(Advice::Referral(Disposition::NotEligible(denial())));
        let mut advised_request = authorization(authorization::State::WithPeople(with_people(None)));
        advised_request.answered = advised(Advice::Authorization(Decision::Denied(denial())));
        [
            ("a referral, recommended", Body::Referral(referral(referral::State::WithPeople(recommended())))),
            ("a referral, advised", Body::Referral(advised_referral)),
            (
                "a request, recommended",
                Body::Authorization(authorization(authorization::State::WithPeople(recommended()))),
            ),
            ("a request, advised", Body::Authorization(advised_request)),
        ]
    }

    /// Source of the rules: H&S 1367.01(e); 42 CFR 438.400(b), less than asked is adverse. Rules send
    /// elsewhere and cut themselves where administrative criteria bear it; the rest is a licensed person's.
    #[test]
    fn less_without_a_criterion_is_for_need() {
        let request = |why, recommendation| {
            let with = WithPeople { since: at(MONDAY), why, recommendation: Some(recommendation) };
            Body::Authorization(authorization(authorization::State::WithPeople(with)))
        };
        let to = Destination::Service("housing-deposits".to_owned());
        let elsewhere = Recommendation::Redirect(Redirection { to, reason: words() });
        let grant = || Recommendation::Grant(Grant { lines: Vec::new(), conditions: Vec::new() });
        let sent_elsewhere =
            Body::Referral(referral(referral::State::WithPeople(with_people(Some(elsewhere)))));
        let rows = [
            ("sent elsewhere", sent_elsewhere, true),
            ("cut", request(WhyPeople::ClinicalReview, grant()), true),
            ("whole, without a contract", request(WhyPeople::NotContracted, grant()), false),
        ];
        assert_rows(rows.map(|(name, body, is)| (name.to_owned(), body.recommends_no_for_need(), is)));
    }

    /// Source of the rule: H&S 1367.01(e). A no for need is one without a finding too, and an administrative
    /// one is not.
    #[test]
    fn a_no_for_need_is_one_without_a_finding() {
        let rows = [DenialKind::Clinical, DenialKind::Administrative].into_iter().flat_map(|kind| {
            refused(kind).map(|(case, body)| {
                let name = format!("{case}: {}", kind.name());
                (name, body.recommends_no_for_need(), kind == DenialKind::Clinical)
            })
        });
        assert_rows(rows);
    }
}

//! A case as the workflow holds it: what its row says, and the body of its kind.

use std::collections::{BTreeMap, BTreeSet};

use domain::authorization::{Extension, Window};
use domain::case::{CaseKind, MemberNotice, Moved, Refusal, WhyPeople};
use domain::identifiers::{CaseId, Icd10, MemberId, OrgId, PlanId};
use domain::limits::Passed;
use domain::plan::authorization::{Decision, RequestKind, RequestedLine};
use domain::plan::billing::{ClaimLine, Frequency, LineResult};
use domain::plan::credentialing::RequirementResult;
use domain::plan::profile::Mode;
use domain::plan::referral::Disposition;
use domain::plan::types::{Bilingual, Document, Fact, Finding, Period, Urgency};
use domain::problem::Code;
use domain::referral::assignment::Assignment;
use domain::time::pacific_day;
use domain::{Procedure, application, authorization, claim, referral};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::cases::intake::Days;
use crate::plugins::asking::DecisionRef;

/// A case of any kind.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) id: CaseId,
    /// The plan it is with; a credentialing file is with several, named in its body.
    pub(crate) plan: Option<PlanId>,
    pub(crate) delegate: Option<String>,
    pub(crate) member: Option<MemberId>,
    pub(crate) service: Option<String>,
    /// Organization that sent it.
    pub(crate) provider: OrgId,
    /// Provider that delivers, where that is not the sender.
    pub(crate) assigned: Option<OrgId>,
    pub(crate) urgency: Urgency,
    pub(crate) received_at: Timestamp,
    pub(crate) version: i64,
    /// The referral or the replaced claim that it follows.
    pub(crate) follows: Option<CaseId>,
    pub(crate) body: Body,
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
pub(crate) enum Body {
    Referral(Referral),
    Authorization(Authorization),
    Claim(Claim),
    Application(Application),
}

/// Grounds of the last answer, as plan and provider are shown them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Answered {
    pub(crate) findings: Vec<Finding>,
    pub(crate) decision: Option<DecisionRef>,
    pub(crate) mode: Option<Mode>,
    pub(crate) decided_by: Option<DecidedBy>,
    #[serde(default)]
    pub(crate) decided_at: Option<Timestamp>,
    /// True if the rules called a no administrative that rests on something else; shown to the plan.
    #[serde(default)]
    pub(crate) mislabelled: bool,
    /// The rules' whole answer where they only advise. The advice on a claim is the results of its lines.
    #[serde(default)]
    pub(crate) advice: Option<Advice>,
}

/// An answer that binds nobody: the plan's people weigh it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Advice {
    Referral(Disposition),
    Authorization(Decision),
}

impl Advice {
    /// True if it gives less than was asked for. Its grounds are then the plan's people's to weigh, as those
    /// of a recommended denial are.
    pub(crate) fn is_adverse(&self) -> bool {
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
pub(crate) struct Supplied {
    pub(crate) at: Timestamp,
    pub(crate) by: Option<OrgId>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) documents: Vec<Document>,
}

impl Answered {
    /// Notes whose word the decision is, and since when it stands.
    pub(crate) fn decide(&mut self, by: DecidedBy, at: Timestamp) {
        self.decided_by = Some(by);
        self.decided_at = Some(at);
    }
}

/// The decider: the plan's rules, its people, or the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DecidedBy {
    Plugin,
    People,
    /// The host, by a rule that stands above every plugin.
    Host,
}

/// An authorization that ended before its last day.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ended {
    /// Instant at which the provider said so (UTC).
    pub(crate) at: Timestamp,
    /// The last day of service.
    pub(crate) last: Date,
    /// Why, in the provider's own words.
    pub(crate) reason: String,
}

/// A benefit limit that the plan's people went beyond.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Exception {
    /// Instant of the exception (UTC).
    pub(crate) at: Timestamp,
    /// Limit that was passed, with its figures at that instant.
    pub(crate) passed: Passed,
    /// Why, in that person's words.
    pub(crate) reason: Bilingual,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Referral {
    pub(crate) populations: Vec<String>,
    pub(crate) preferred: Option<OrgId>,
    /// The providers that the plan's people want it offered to, in their order.
    #[serde(default)]
    pub(crate) order: Vec<OrgId>,
    /// The providers that did not take it, oldest first.
    #[serde(default)]
    pub(crate) tried: Vec<Tried>,
    /// Each provider's turn, oldest first.
    #[serde(default)]
    pub(crate) assignments: Vec<Assignment>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) documents: Vec<Document>,
    /// Facts and documents supplied later, oldest first; they are among `facts` and `documents` too.
    #[serde(default)]
    pub(crate) supplied: Vec<Supplied>,
    pub(crate) state: referral::State,
    pub(crate) answered: Answered,
    /// Letters that the plan says it sent to the member, oldest first.
    #[serde(default)]
    pub(crate) member_notices: Vec<MemberNotice>,
}

/// A provider that did not take a referral: it declined, for a reason of the dictionary, or let the offer
/// lapse.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Tried {
    pub(crate) organization: OrgId,
    pub(crate) at: Timestamp,
    pub(crate) reason: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Authorization {
    pub(crate) populations: Vec<String>,
    pub(crate) kind: RequestKind,
    pub(crate) lines: Vec<RequestedLine>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) documents: Vec<Document>,
    /// Facts and documents supplied later, oldest first; they are among `facts` and `documents` too.
    #[serde(default)]
    pub(crate) supplied: Vec<Supplied>,
    /// Permission to start before the decision.
    pub(crate) window: Option<Window>,
    /// Authorization of the plan before that it continues, if the host opened it for a member who changed
    /// plans.
    #[serde(default)]
    pub(crate) continues: Option<Continues>,
    pub(crate) state: authorization::State,
    pub(crate) answered: Answered,
    /// More time to decide, if it was taken.
    #[serde(default)]
    pub(crate) extension: Option<Extension>,
    /// Letters that the plan says it sent to the member, oldest first.
    #[serde(default)]
    pub(crate) member_notices: Vec<MemberNotice>,
    /// That it ended before its last day, if it did.
    #[serde(default)]
    pub(crate) ended: Option<Ended>,
    /// Benefit limits that the plan's people went beyond.
    #[serde(default)]
    pub(crate) exceptions: Vec<Exception>,
}

impl Authorization {
    /// True if service may begin on a presumption: no window was given yet, and there is service to come.
    pub(crate) fn may_begin(&self) -> bool {
        self.window.is_none() && self.kind != RequestKind::Retrospective
    }
}

/// An authorization of another plan that the new plan must answer for (continuity of care).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Continues {
    /// Plan that had authorized it.
    pub(crate) plan: PlanId,
    /// The number under which it had authorized.
    pub(crate) number: String,
    /// The member's first day with the new plan.
    pub(crate) since: Date,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claim {
    pub(crate) frequency: Frequency,
    pub(crate) diagnoses: Vec<Icd10>,
    pub(crate) lines: Vec<ClaimLine>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) documents: Vec<Document>,
    /// Facts and documents supplied later, oldest first; they are among `facts` and `documents` too.
    #[serde(default)]
    pub(crate) supplied: Vec<Supplied>,
    /// One for each line, as the plugin judged it and the host's own rules let stand.
    pub(crate) results: Vec<LineResult>,
    /// The lines that a rule of the host decided, whatever the plugin said.
    #[serde(default)]
    pub(crate) host_rules: Vec<HostRule>,
    pub(crate) state: claim::State,
    pub(crate) answered: Answered,
    /// Instant at which the last thing arrived that the plan had lacked (UTC).
    #[serde(default)]
    pub(crate) completed_at: Option<Timestamp>,
    /// Disputes of the provider, oldest first.
    #[serde(default)]
    pub(crate) disputes: Vec<Dispute>,
    /// Benefit limits that the plan's people went beyond.
    #[serde(default)]
    pub(crate) exceptions: Vec<Exception>,
}

/// A rule of the host that decided a line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct HostRule {
    /// Number of the claim's line.
    pub(crate) line: u16,
    /// Code of the rule.
    pub(crate) rule: Code,
}

/// A provider's dispute of what a plan did with a claim.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Dispute {
    pub(crate) at: Timestamp,
    /// The provider's own words.
    pub(crate) reason: String,
    pub(crate) answer: Option<DisputeAnswer>,
}

/// Answer of the plan's people to a provider dispute.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DisputeAnswer {
    pub(crate) at: Timestamp,
    pub(crate) upheld: bool,
    /// Why the plan stands by what it did.
    pub(crate) reason: Option<Bilingual>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Application {
    pub(crate) legal_name: String,
    pub(crate) services: Vec<String>,
    pub(crate) counties: Vec<String>,
    pub(crate) answers: Vec<Fact>,
    pub(crate) documents: Vec<Document>,
    /// Facts and documents supplied later, oldest first; they are among `answers` and `documents` too.
    #[serde(default)]
    pub(crate) supplied: Vec<Supplied>,
    pub(crate) reviews: BTreeMap<PlanId, Review>,
}

/// One plan's reading of a credentialing file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Review {
    pub(crate) state: application::State,
    pub(crate) results: Vec<RequirementResult>,
    pub(crate) answered: Answered,
}

impl Case {
    /// Provider that delivers the service, or bills for it; `None` for a referral that names no provider yet.
    pub(crate) fn delivers(&self) -> Option<OrgId> {
        match &self.body {
            Body::Referral(body) => body.preferred,
            _ => Some(self.assigned.unwrap_or(self.provider)),
        }
    }
}

impl Body {
    /// The case in which it goes on since its days became another plan's, and the instant of the move (UTC).
    pub(crate) fn moved(&self) -> Option<(&Moved, Timestamp)> {
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

    /// Documents of the case, those supplied later included.
    pub(crate) fn documents(&self) -> &[Document] {
        match self {
            Self::Referral(body) => &body.documents,
            Self::Authorization(body) => &body.documents,
            Self::Claim(body) => &body.documents,
            Self::Application(body) => &body.documents,
        }
    }

    /// Facts and documents supplied after it was sent, oldest first.
    pub(crate) fn supplied(&self) -> &[Supplied] {
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

    /// Facts of the case, those supplied later included; of a credentialing file its answers.
    pub(crate) fn facts(&self) -> &[Fact] {
        match self {
            Self::Referral(body) => &body.facts,
            Self::Authorization(body) => &body.facts,
            Self::Claim(body) => &body.facts,
            Self::Application(body) => &body.answers,
        }
    }

    pub(crate) fn kind(&self) -> CaseKind {
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
        let translation = || match self.refusal().and_then(Refusal::wanted) {
            Some(_) => one(&WhyPeople::TranslationWanted),
            None => Vec::new(),
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
                    _ => None,
                })
                .collect(),
            _ => translation(),
        }
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

    /// The same, to write its reason in another language.
    pub(crate) fn refusal_mut(&mut self) -> Option<&mut Refusal> {
        match self {
            Self::Referral(body) => body.state.refusal_mut(),
            Self::Authorization(body) => body.state.refusal_mut(),
            Self::Claim(body) => body.state.refusal_mut(),
            Self::Application(_) => None,
        }
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

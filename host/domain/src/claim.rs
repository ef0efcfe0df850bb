//! A claim: units of delivered service, judged line by line, and what the plan paid.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Cents;
use crate::case::{
    CaseKind, EventKind, Language, LicensedReviewer, Moved, NotAllowed, Reason, Recommendation, Refusal,
    WhyPeople, WithPeople,
};
use crate::floor::{Basis, Ground};
use crate::identifiers::CaseId;
use crate::plan::billing::{Adjudication, Adjustment, ClaimLine, LineOutcome};
use crate::plan::types::{Ask, Denial, DenialKind};

#[cfg(test)]
mod tests;

/// Payment of the plan for one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaidLine {
    /// Number of the line within the claim.
    pub number: u16,
    /// Amount of money, in cents.
    pub amount: Cents,
    /// Why it is not the charge: charge less adjustments is the amount.
    #[serde(default)]
    pub adjustments: Vec<Adjustment>,
    /// Why it is paid, where no authorization on file covers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_authorization: Option<Reason>,
}

/// Payment of the plan for a claim. It outranks any plugin's adjudication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remittance {
    /// Check or transfer number.
    pub number: String,
    /// Payments, line by line.
    pub lines: Vec<PaidLine>,
    /// Licensed person who pays less for medical reasons than charge and rate give; none where nobody judged
    /// the member's need.
    #[serde(default)]
    pub reviewer: Option<LicensedReviewer>,
}

/// A plan's last action on a claim, which its provider may dispute (28 CCR 1300.71.38).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LastAction {
    /// The plan refused the claim.
    Denied {
        /// Instant of the event (UTC).
        at: Timestamp,
        /// By whom and why.
        refusal: Refusal,
    },
    /// It paid, less than was asked for or not as it should.
    Paid {
        /// Instant of the event (UTC).
        at: Timestamp,
        /// Payment that the plan recorded.
        remittance: Remittance,
    },
}

/// State of a claim.
///
/// ```text
///   Received ──find rejected──▶ Rejected ──replace──▶ Replaced
///      ├──ask──▶ Pended ──supply──▶ Received
///      ├──hand over──▶ WithPeople ──┬──find payable──▶ Payable ──pay──▶ Paid
///      ├──advise──▶ Advised ────────┤
///      ├──find payable──▶ Payable   └──refuse──▶ Denied
///      ├──refuse (administrative)──▶ Denied
///      └──carry out──▶ Void, which takes another claim back
///
///   from Denied and Paid: dispute ──▶ Disputed ──pay──▶ Paid, or ──uphold──▶ where it stood
///   from every state at rest but Disputed: replace ──▶ Replaced, void ──▶ Voided
/// ```
///
/// A rejection can be corrected and carries no appeal; a denial does (X12 277CA against 835). A dispute is
/// answered before its claim is corrected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The host has it; the plan has not been asked. Never at rest.
    Received {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
    },
    /// No line can be paid as it stands; each says what to mend.
    Rejected {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
    },
    /// The plan needs more.
    Pended {
        /// Instant from which it is so (UTC).
        since: Timestamp,
        /// Facts and documents that the plan asks for.
        asks: Vec<Ask>,
    },
    /// The plan's people have it.
    WithPeople(WithPeople),
    /// The plan's rules have priced it; the plan's own system has the last word.
    Advised {
        /// Instant from which it is so (UTC).
        since: Timestamp,
    },
    /// At least one line will be paid.
    Payable {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
    },
    /// The plan refused it.
    Denied {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
        /// By whom and why.
        refusal: Refusal,
    },
    /// The plan has paid the claim.
    Paid {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
        /// Payment that the plan recorded.
        remittance: Remittance,
    },
    /// The provider disputes the plan's last action, and the plan has not answered (45 working days).
    Disputed {
        /// Instant from which it is so (UTC).
        since: Timestamp,
        /// Action of the plan that is disputed.
        action: LastAction,
    },
    /// A corrected claim stands in its place.
    Replaced {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
        /// Claim that takes its place.
        by: CaseId,
        /// Payment that had been made, and is taken back.
        #[serde(default)]
        paid: Option<Remittance>,
    },
    /// A void took it back.
    Voided {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
        /// Claim that takes its place.
        by: CaseId,
        /// Payment that had been made, and is taken back.
        #[serde(default)]
        paid: Option<Remittance>,
    },
    /// It is a void itself, and was carried out: nothing is payable by it.
    Void {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
        /// The claim that it took back.
        of: CaseId,
    },
    /// Its days are another plan's, which pays or denies.
    Moved {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
        /// Plan and case in which it goes on.
        to: Moved,
    },
}

/// Event that moves a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// No line can be paid as it stands.
    Reject,
    /// At least one line will be paid.
    FindPayable,
    /// The plan needs more.
    Ask(Vec<Ask>),
    /// It goes to the plan's people.
    HandOver {
        /// Reason for which people have it.
        why: WhyPeople,
        /// The plugin's recommendation, which decides nothing.
        recommendation: Option<Recommendation>,
    },
    /// The plugin has priced it, without the last word.
    Advise,
    /// The plan refuses it.
    Refuse(Refusal),
    /// More became known; the plan is asked again.
    Supply,
    /// The plan paid the claim.
    Pay(Remittance),
    /// The provider disputes the plan's last action.
    Dispute,
    /// The plan's people stand by it.
    Uphold,
    /// A corrected claim takes its place.
    Replace(CaseId),
    /// A void takes it back.
    Void(CaseId),
    /// It is a void, and takes this claim back. The host's own step: no rules are asked.
    CarryOut(CaseId),
    /// Its days became another plan's.
    Move(Moved),
}

impl State {
    /// The state's word in the record and the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Received { .. } => "received",
            Self::Rejected { .. } => "rejected",
            Self::Pended { .. } => "pended",
            Self::WithPeople(_) => "with-people",
            Self::Advised { .. } => "advised",
            Self::Payable { .. } => "payable",
            Self::Denied { .. } => "denied",
            Self::Paid { .. } => "paid",
            Self::Disputed { .. } => "disputed",
            Self::Replaced { .. } => "replaced",
            Self::Voided { .. } => "voided",
            Self::Void { .. } => "void",
            Self::Moved { .. } => "moved",
        }
    }

    /// True if nobody has anything to do. A provider may still dispute the plan's last action.
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Denied { .. }
                | Self::Paid { .. }
                | Self::Replaced { .. }
                | Self::Voided { .. }
                | Self::Void { .. }
                | Self::Moved { .. }
        )
    }

    /// True if its provider may put a corrected claim in its place, or take it back.
    #[must_use]
    pub fn can_be_corrected(&self) -> bool {
        match self {
            Self::Rejected { .. }
            | Self::Pended { .. }
            | Self::WithPeople(_)
            | Self::Advised { .. }
            | Self::Payable { .. }
            | Self::Denied { .. }
            | Self::Paid { .. } => true,
            Self::Received { .. }
            | Self::Disputed { .. }
            | Self::Replaced { .. }
            | Self::Voided { .. }
            | Self::Void { .. }
            | Self::Moved { .. } => false,
        }
    }

    /// Payment that stands for it, if any does.
    fn remittance(self) -> Option<Remittance> {
        match self {
            Self::Paid { remittance, .. } => Some(remittance),
            _ => None,
        }
    }

    /// The payment that stands, or that is disputed, and its instant (UTC).
    #[must_use]
    pub fn payment(&self) -> Option<(Timestamp, &Remittance)> {
        match self {
            Self::Paid { at, remittance }
            | Self::Disputed { action: LastAction::Paid { at, remittance }, .. } => Some((*at, remittance)),
            _ => None,
        }
    }

    /// Adds why lines are paid without an authorization, in the language in which that is wanted: one payment
    /// gives one reason for all of them. Whether it was wanted.
    pub fn translate_payment(&mut self, language: Language, words: &str) -> bool {
        let remittance = match self {
            Self::Paid { remittance, .. }
            | Self::Disputed { action: LastAction::Paid { remittance, .. }, .. } => remittance,
            _ => return false,
        };
        let reasons = remittance.lines.iter_mut().filter_map(|line| line.without_authorization.as_mut());
        reasons.filter_map(|reason| reason.translate(language, words).then_some(())).count() > 0
    }

    /// The refusal that stands, or that is disputed.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Denied { refusal, .. }
            | Self::Disputed { action: LastAction::Denied { refusal, .. }, .. } => Some(refusal),
            _ => None,
        }
    }

    /// The same, to write its reason in another language.
    pub fn refusal_mut(&mut self) -> Option<&mut Refusal> {
        match self {
            Self::Denied { refusal, .. }
            | Self::Disputed { action: LastAction::Denied { refusal, .. }, .. } => Some(refusal),
            _ => None,
        }
    }

    /// Applies `event`, or says why it does not apply.
    pub fn apply(self, event: Event, now: Timestamp) -> Result<Self, NotAllowed> {
        use {Event as E, State as S};
        Ok(match (self, event) {
            (S::Received { .. }, E::Reject) => S::Rejected { at: now },
            (S::Received { .. } | S::WithPeople(_), E::FindPayable) => S::Payable { at: now },
            (S::Received { .. } | S::WithPeople(_) | S::Advised { .. }, E::Ask(asks)) => {
                S::Pended { since: now, asks }
            }
            (S::Received { .. }, E::HandOver { why, recommendation }) => {
                S::WithPeople(WithPeople { since: now, why, recommendation })
            }
            (S::Received { .. }, E::Advise) => S::Advised { since: now },
            (S::WithPeople(_) | S::Advised { .. } | S::Pended { .. }, E::Refuse(refusal)) => {
                S::Denied { at: now, refusal }
            }
            (S::Received { .. }, E::Refuse(refusal)) if refusal.reviewer().is_none() => {
                S::Denied { at: now, refusal }
            }
            (S::Pended { .. }, E::Supply) => S::Received { at: now },
            (
                S::Payable { .. } | S::WithPeople(_) | S::Advised { .. } | S::Disputed { .. },
                E::Pay(remittance),
            ) => S::Paid { at: now, remittance },
            (S::Denied { at, refusal }, E::Dispute) => {
                S::Disputed { since: now, action: LastAction::Denied { at, refusal } }
            }
            (S::Paid { at, remittance }, E::Dispute) => {
                S::Disputed { since: now, action: LastAction::Paid { at, remittance } }
            }
            (S::Disputed { action: LastAction::Denied { at, refusal }, .. }, E::Uphold) => {
                S::Denied { at, refusal }
            }
            (S::Disputed { action: LastAction::Paid { at, remittance }, .. }, E::Uphold) => {
                S::Paid { at, remittance }
            }
            (S::Received { .. }, E::CarryOut(of)) => S::Void { at: now, of },
            (from, E::Replace(by)) if from.can_be_corrected() => {
                S::Replaced { at: now, by, paid: from.remittance() }
            }
            (from, E::Void(by)) if from.can_be_corrected() => {
                S::Voided { at: now, by, paid: from.remittance() }
            }
            (S::Received { .. } | S::Pended { .. } | S::WithPeople(_) | S::Advised { .. }, E::Move(to)) => {
                S::Moved { at: now, to }
            }
            (from, event) => {
                return Err(NotAllowed { kind: CaseKind::Claim, from: from.name(), event: event.name() });
            }
        })
    }
}

impl Event {
    /// The event's word in the timeline and in refusals.
    pub fn name(&self) -> &'static str {
        self.kind().name()
    }

    /// Kind of the event, as the timeline tells it.
    pub fn kind(&self) -> EventKind {
        match self {
            Self::Reject => EventKind::Reject,
            Self::FindPayable => EventKind::FindPayable,
            Self::Ask(_) => EventKind::Ask,
            Self::HandOver { .. } => EventKind::HandOver,
            Self::Advise => EventKind::Advise,
            Self::Refuse(_) => EventKind::Refuse,
            Self::Supply => EventKind::Supply,
            Self::Pay(_) => EventKind::Pay,
            Self::Dispute => EventKind::Dispute,
            Self::Uphold => EventKind::Uphold,
            Self::Replace(_) => EventKind::Replace,
            Self::Void(_) => EventKind::Void,
            Self::CarryOut(_) => EventKind::CarryOut,
            Self::Move(_) => EventKind::Move,
        }
    }

    /// Event that an adjudication makes of a claim as a whole. A denial that rests on anything but
    /// administrative criteria is for a licensed person, whatever it is called.
    #[must_use]
    pub fn of(ground: Ground<'_>, lines: &[ClaimLine], on: Date, adjudication: &Adjudication) -> Self {
        let recommend = |denial: &Denial| Self::HandOver {
            why: WhyPeople::ClinicalReview,
            recommendation: Some(Recommendation::Denial(denial.clone())),
        };
        let denied = denials(ground, lines, on, adjudication);
        if let Some((denial, _)) = denied.iter().find(|(_, basis)| basis.kind() == DenialKind::Clinical) {
            return recommend(denial);
        }
        match Leading::of(adjudication) {
            Leading::Clinical(denial) => recommend(denial),
            Leading::Pended(asks) => Self::Ask(asks),
            Leading::Payable => Self::FindPayable,
            Leading::Rejected => Self::Reject,
            Leading::Denied => match denied.into_iter().next() {
                Some((denial, Basis::Administrative(basis))) => {
                    Self::Refuse(Refusal::administrative(basis, denial.reason.clone()))
                }
                _ => Self::Reject,
            },
        }
    }
}

/// Finding that leads an adjudication, by what its lines are called. The gravest line does: a recommended
/// denial, then what pends, then what can be paid, then what is refused, since that can be disputed; a claim
/// is rejected only when no line is better. What is rejected beside a refused line is corrected all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leading<'a> {
    /// A denial that is for a licensed person.
    Clinical(&'a Denial),
    /// It waits for these.
    Pended(Vec<Ask>),
    /// At least one line will be paid.
    Payable,
    /// No line is better than refused.
    Denied,
    /// No line can be paid as it stands.
    Rejected,
}

impl<'a> Leading<'a> {
    /// Finding that leads the lines.
    #[must_use]
    pub fn of(adjudication: &'a Adjudication) -> Self {
        let outcomes = || adjudication.lines.iter().map(|line| &line.outcome);
        let clinical = outcomes().find_map(|outcome| match outcome {
            LineOutcome::Denied(denial) if denial.kind == DenialKind::Clinical => Some(denial),
            _ => None,
        });
        if let Some(denial) = clinical {
            return Self::Clinical(denial);
        }
        let mut asks: Vec<Ask> = Vec::new();
        for outcome in outcomes() {
            if let LineOutcome::Pended(wanted) = outcome {
                asks.extend(wanted.iter().filter(|ask| !asks.contains(ask)).cloned().collect::<Vec<_>>());
            }
        }
        if !asks.is_empty() {
            Self::Pended(asks)
        } else if outcomes().any(|outcome| matches!(outcome, LineOutcome::Payable(_))) {
            Self::Payable
        } else if outcomes().any(|outcome| matches!(outcome, LineOutcome::Denied(_))) {
            Self::Denied
        } else {
            Self::Rejected
        }
    }
}

/// The denied lines, each with what its denial rests on.
fn denials<'a>(
    ground: Ground<'_>,
    lines: &[ClaimLine],
    on: Date,
    adjudication: &'a Adjudication,
) -> Vec<(&'a Denial, Basis)> {
    let service =
        |number: u16| lines.iter().find(|line| line.number == number).map(|line| line.service.as_str());
    adjudication
        .lines
        .iter()
        .filter_map(|result| match &result.outcome {
            LineOutcome::Denied(denial) => {
                let services: Vec<&str> = service(result.number).into_iter().collect();
                Some((denial, Basis::of_findings(ground, &services, on, &adjudication.findings)))
            }
            _ => None,
        })
        .collect()
}

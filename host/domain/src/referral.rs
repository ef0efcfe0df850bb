//! A referral: a request that a member receive a service, followed until its loop is closed.
//!
//! DHCS Closed-Loop Referral Implementation Guidance (2025-05): every referral ends in a known closure, and whoever
//! made it learns of each step.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::case::{CaseKind, NotAllowed, Recommendation, Refusal, WhyPeople, WithPeople};
use crate::floor::{Basis, Ground};
use crate::identifiers::OrgId;
use crate::plan::referral::{Disposition, Redirection, ReferralRequest, Triage};
use crate::plan::types::{Ask, Context, DenialKind};

#[cfg(test)]
mod tests;

/// Where a referral stands. Each state holds what is known in it, and nothing else.
///
/// ```text
///   Received ──accept──▶ Accepted ──provider accepts──▶ ProviderAccepted ──outreach──▶ InService
///      │  ▲                 ▲  ▲                              │                          │
///      │  └─supply─ NeedsInformation ◀─ask─┐          declines (back to Accepted)      close
///      ├──hand over──▶ WithPeople ─────────┘                                             ▼
///      └──redirect──▶ Redirected      refuse──▶ NotEligible                            Closed
///
///   from ProviderAccepted and InService: change provider ──▶ ChangingProvider ──provider accepts──▶ ProviderAccepted
/// ```
///
/// Only `WithPeople` leads to a clinical refusal: a plugin's answer cannot carry one (see [`Refusal`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The host has it; the plan has not been asked. Never at rest: intake asks at once.
    Received {
        /// When.
        at: Timestamp,
    },
    /// The plan cannot tell yet.
    NeedsInformation {
        /// Since when.
        since: Timestamp,
        /// What it needs.
        asks: Vec<Ask>,
    },
    /// The plan's people have it.
    WithPeople(WithPeople),
    /// The plan takes it; a provider is to be assigned (10 business days).
    Accepted {
        /// When.
        at: Timestamp,
    },
    /// A provider takes it.
    ProviderAccepted {
        /// When.
        at: Timestamp,
        /// Which.
        provider: OrgId,
    },
    /// The provider has begun: outreach or service.
    InService {
        /// Since when.
        since: Timestamp,
        /// Which.
        provider: OrgId,
    },
    /// The member asked for another provider, and none has taken it yet (30 calendar days).
    ChangingProvider {
        /// Since when.
        since: Timestamp,
        /// Whom the member leaves.
        from: OrgId,
    },
    /// It belongs elsewhere.
    Redirected {
        /// When.
        at: Timestamp,
        /// Where, and why.
        redirection: Redirection,
    },
    /// Refused.
    NotEligible {
        /// When.
        at: Timestamp,
        /// By whom and why.
        refusal: Refusal,
    },
    /// The loop is closed.
    Closed {
        /// When.
        at: Timestamp,
        /// The code of a closure reason in the dictionary.
        reason: String,
    },
}

/// What may happen to a referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The plan takes it.
    Accept,
    /// The plan sends it elsewhere.
    Redirect(Redirection),
    /// The plan needs more.
    Ask(Vec<Ask>),
    /// It goes to the plan's people.
    HandOver {
        /// Why.
        why: WhyPeople,
        /// What the plugin recommends.
        recommendation: Option<Recommendation>,
    },
    /// Refused.
    Refuse(Refusal),
    /// More became known; the plan is asked again.
    Supply,
    /// A provider takes it.
    ProviderAccept(OrgId),
    /// The provider gives it back.
    ProviderDecline,
    /// Outreach or service begins.
    StartOutreach,
    /// The member asks for another provider.
    ChangeProvider,
    /// The loop closes, for a reason in the dictionary.
    Close(String),
}

impl State {
    /// The state's word in the record and the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Received { .. } => "received",
            Self::NeedsInformation { .. } => "needs-information",
            Self::WithPeople(_) => "with-people",
            Self::Accepted { .. } => "accepted",
            Self::ProviderAccepted { .. } => "provider-accepted",
            Self::InService { .. } => "in-service",
            Self::ChangingProvider { .. } => "changing-provider",
            Self::Redirected { .. } => "redirected",
            Self::NotEligible { .. } => "not-eligible",
            Self::Closed { .. } => "closed",
        }
    }

    /// Whether nothing more can happen.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Redirected { .. } | Self::NotEligible { .. } | Self::Closed { .. })
    }

    /// Applies `event`, or says why it does not apply.
    pub fn apply(self, event: Event, now: Timestamp) -> Result<Self, NotAllowed> {
        use {Event as E, State as S};
        Ok(match (self, event) {
            (S::Received { .. } | S::WithPeople(_), E::Accept) => S::Accepted { at: now },
            (S::Received { .. } | S::WithPeople(_), E::Redirect(redirection)) => {
                S::Redirected { at: now, redirection }
            }
            (S::Received { .. } | S::WithPeople(_), E::Ask(asks)) => S::NeedsInformation { since: now, asks },
            (S::Received { .. }, E::HandOver { why, recommendation }) => {
                S::WithPeople(WithPeople { since: now, why, recommendation })
            }
            (S::WithPeople(_), E::Refuse(refusal)) => S::NotEligible { at: now, refusal },
            (S::Received { .. }, E::Refuse(refusal)) if refusal.reviewer().is_none() => {
                S::NotEligible { at: now, refusal }
            }
            (S::NeedsInformation { .. }, E::Supply) => S::Received { at: now },
            (S::Accepted { .. } | S::ChangingProvider { .. }, E::ProviderAccept(provider)) => {
                S::ProviderAccepted { at: now, provider }
            }
            (S::ProviderAccepted { .. }, E::ProviderDecline) => S::Accepted { at: now },
            (S::ProviderAccepted { provider, .. }, E::StartOutreach) => S::InService { since: now, provider },
            (S::ProviderAccepted { provider, .. } | S::InService { provider, .. }, E::ChangeProvider) => {
                S::ChangingProvider { since: now, from: provider }
            }
            (
                S::NeedsInformation { .. }
                | S::WithPeople(_)
                | S::Accepted { .. }
                | S::ProviderAccepted { .. }
                | S::InService { .. }
                | S::ChangingProvider { .. },
                E::Close(reason),
            ) => S::Closed { at: now, reason },
            (from, event) => {
                return Err(NotAllowed { kind: CaseKind::Referral, from: from.name(), event: event.name() });
            }
        })
    }
}

impl Event {
    /// What a plugin's triage makes of a referral. A no that does not rest on administrative criteria alone becomes a case
    /// for a licensed person; there is no way to write it down as anything else.
    #[must_use]
    pub fn of(ground: Ground<'_>, request: &ReferralRequest, context: &Context, triage: &Triage) -> Self {
        match &triage.disposition {
            Disposition::Accepted => Self::Accept,
            Disposition::Redirected(redirection) => Self::Redirect(redirection.clone()),
            Disposition::NeedsMore(asks) => Self::Ask(asks.clone()),
            Disposition::NotEligible(denial) => {
                match Basis::of_findings(ground, &[&request.service], context.as_of, &triage.findings) {
                    Basis::Administrative(basis) if denial.kind == DenialKind::Administrative => {
                        Self::Refuse(Refusal::administrative(basis, denial.reason.clone()))
                    }
                    _ => Self::HandOver {
                        why: WhyPeople::ClinicalReview,
                        recommendation: Some(Recommendation::Denial(denial.clone())),
                    },
                }
            }
        }
    }

    /// The event's word in the timeline and in refusals.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Redirect(_) => "redirect",
            Self::Ask(_) => "ask",
            Self::HandOver { .. } => "hand-over",
            Self::Refuse(_) => "refuse",
            Self::Supply => "supply",
            Self::ProviderAccept(_) => "provider-accept",
            Self::ProviderDecline => "provider-decline",
            Self::StartOutreach => "start-outreach",
            Self::ChangeProvider => "change-provider",
            Self::Close(_) => "close",
        }
    }
}

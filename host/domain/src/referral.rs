//! A referral: a request that a member receive a service, followed until its loop is closed.
//!
//! DHCS Closed-Loop Referral Implementation Guidance (2025-05): every referral ends in a known closure, and
//! whoever made it learns of each step.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::case::{
    CaseKind, EventKind, Language, Moved, NotAllowed, Recommendation, Refusal, WhyPeople, WithPeople, fill,
    told,
};
use crate::floor::{Basis, Ground};
use crate::identifiers::OrgId;
use crate::plan::referral::{Disposition, Redirection, ReferralRequest, Triage};
use crate::plan::types::{Ask, Context, DenialKind};
use crate::words;

pub mod assignment;

#[cfg(test)]
mod tests;

words! {
    /// The name of a [`State`], without what is known in it.
    pub enum Stage {
        /// Word of [`State::Received`] alone.
        Received = "received",
        /// Word of [`State::NeedsInformation`] alone.
        NeedsInformation = "needs-information",
        /// Word of [`State::WithPeople`] alone.
        WithPeople = "with-people",
        /// Word of [`State::Accepted`] alone.
        Accepted = "accepted",
        /// Word of [`State::ProviderAccepted`] alone.
        ProviderAccepted = "provider-accepted",
        /// Word of [`State::InService`] alone.
        InService = "in-service",
        /// Word of [`State::ChangingProvider`] alone.
        ChangingProvider = "changing-provider",
        /// Word of [`State::Redirected`] alone.
        Redirected = "redirected",
        /// Word of [`State::NotEligible`] alone.
        NotEligible = "not-eligible",
        /// Word of [`State::Closed`] alone.
        Closed = "closed",
        /// Word of [`State::Joined`] alone.
        Joined = "joined",
        /// Word of [`State::Moved`] alone.
        Moved = "moved",
    }
}

/// State of a referral. Each state holds what is known in it, and nothing else.
///
/// ```text
///   Received ──accept──▶ Accepted ──provider accepts──▶ ProviderAccepted ──outreach──▶ InService
///      │  ▲                 ▲  ▲                              │                          │
///      │  └─supply─ NeedsInformation ◀─ask─┐          declines (back to Accepted)      close
///      ├──hand over──▶ WithPeople ─────────┘                                             ▼
///      └──redirect──▶ Redirected      refuse──▶ NotEligible                            Closed
///
///   from ProviderAccepted and InService: change provider ──▶ ChangingProvider
///   from ChangingProvider: provider accepts ──▶ ProviderAccepted
///   in Accepted and ChangingProvider: who may take it (see [`Placing`])
///   from Received: join ──▶ Joined, where another referral to the same service is under way
///   from Joined: hand over ──▶ WithPeople, when that one is taken back
///   from every state that is not the last: move ──▶ Moved, when the member became another plan's
/// ```
///
/// Only `WithPeople` leads to a clinical refusal: a plugin's answer cannot carry one (see [`Refusal`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The host has it; the plan has not been asked. Never at rest: intake asks at once.
    Received {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
    },
    /// The plan cannot tell yet.
    NeedsInformation {
        /// Instant from which it is so (UTC).
        since: Timestamp,
        /// Facts and documents that the plan asks for.
        asks: Vec<Ask>,
    },
    /// The plan's people have it.
    WithPeople(WithPeople),
    /// The plan takes it; a provider is to be assigned (10 business days).
    Accepted {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
        /// Providers that may take it.
        #[serde(default)]
        placing: Placing,
    },
    /// A provider takes it.
    ProviderAccepted {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
        /// Provider that has it.
        provider: OrgId,
    },
    /// The provider has begun: outreach or service.
    InService {
        /// Instant from which it is so (UTC).
        since: Timestamp,
        /// Provider that has it.
        provider: OrgId,
    },
    /// The member asked for another provider, and none has taken it yet (30 calendar days).
    ChangingProvider {
        /// Instant from which it is so (UTC).
        since: Timestamp,
        /// Whom the member leaves.
        from: OrgId,
        /// Providers that may take it.
        #[serde(default)]
        placing: Placing,
    },
    /// Another referral for the same member, service and plan is under way, and this one goes with it.
    Joined {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
    },
    /// It belongs to another plan or program.
    Redirected {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
        /// Place to which it should go, with the reason.
        redirection: Redirection,
        /// The language in which the reason is still to be written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wanted: Option<Language>,
    },
    /// The plan refused it.
    NotEligible {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
        /// By whom and why.
        refusal: Refusal,
    },
    /// The loop is closed.
    Closed {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
        /// The code of a closure reason in the dictionary.
        reason: String,
    },
    /// The member is another plan's, which goes on with it.
    Moved {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
        /// Plan and case in which it goes on.
        to: Moved,
    },
}

/// Placing of a referral that waits for a provider: those that may take it.
///
/// ```text
///   Open ──keep──▶ Sender          declines ──▶ Open
///     ├──offer──▶ Offered          declines, or its time is over ──▶ Open
///     ├──assign──▶ Assigned        declines ──▶ Open
///     └──look for──▶ People
/// ```
///
/// The plan's people may offer and assign whatever it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Placing {
    /// Nobody yet. Never at rest: whoever leaves it so looks for the next.
    #[default]
    Open,
    /// Whoever made it delivers the service itself.
    Sender {
        /// Provider that keeps it.
        organization: OrgId,
    },
    /// It is offered to a provider, which sees the least that it must know until it takes it.
    Offered {
        /// Provider that it was put to.
        to: OrgId,
        /// Instant from which it is so (UTC).
        since: Timestamp,
    },
    /// The plan's people gave it to a provider, which sees all of it.
    Assigned {
        /// Provider that it was put to.
        to: OrgId,
        /// Instant from which it is so (UTC).
        since: Timestamp,
    },
    /// The plan's people look for a provider.
    People {
        /// Instant from which it is so (UTC).
        since: Timestamp,
        /// Reason for which people have it.
        why: WhyPeople,
    },
}

impl Placing {
    /// The one that may take it.
    pub fn who(&self) -> Option<OrgId> {
        match self {
            Self::Sender { organization } => Some(*organization),
            Self::Offered { to, .. } | Self::Assigned { to, .. } => Some(*to),
            Self::Open | Self::People { .. } => None,
        }
    }

    /// The word in the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Sender { .. } => "sender",
            Self::Offered { .. } => "offered",
            Self::Assigned { .. } => "assigned",
            Self::People { .. } => "with-people",
        }
    }
}

/// Event that moves a referral.
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
        /// Reason for which people have it.
        why: WhyPeople,
        /// The plugin's recommendation, which decides nothing.
        recommendation: Option<Recommendation>,
    },
    /// The plan refuses it.
    Refuse(Refusal),
    /// More became known; the plan is asked again.
    Supply,
    /// A provider takes it.
    ProviderAccept(OrgId),
    /// Whoever made it may take it.
    Keep(OrgId),
    /// It is offered to a provider.
    Offer(OrgId),
    /// The plan's people give it to a provider.
    Assign(OrgId),
    /// The plan's people are to find a provider.
    LookFor(WhyPeople),
    /// The time in which an offer could be taken is over.
    Lapse,
    /// The provider gives it back, or does not take it: the code of a reason in the dictionary.
    ProviderDecline(String),
    /// It goes with another that is under way.
    Join,
    /// Outreach or service begins.
    StartOutreach,
    /// The member asks for another provider.
    ChangeProvider,
    /// The loop closes, for a reason in the dictionary.
    Close(String),
    /// The member became another plan's.
    Move(Moved),
}

impl State {
    /// The state's name, without what is known in it.
    pub fn stage(&self) -> Stage {
        match self {
            Self::Received { .. } => Stage::Received,
            Self::NeedsInformation { .. } => Stage::NeedsInformation,
            Self::WithPeople(_) => Stage::WithPeople,
            Self::Accepted { .. } => Stage::Accepted,
            Self::ProviderAccepted { .. } => Stage::ProviderAccepted,
            Self::InService { .. } => Stage::InService,
            Self::ChangingProvider { .. } => Stage::ChangingProvider,
            Self::Redirected { .. } => Stage::Redirected,
            Self::NotEligible { .. } => Stage::NotEligible,
            Self::Closed { .. } => Stage::Closed,
            Self::Joined { .. } => Stage::Joined,
            Self::Moved { .. } => Stage::Moved,
        }
    }

    /// The state's word in the record and the API.
    pub fn name(&self) -> &'static str {
        self.stage().name()
    }

    /// Placing, where it waits for a provider.
    pub fn placing(&self) -> Option<&Placing> {
        match self {
            Self::Accepted { placing, .. } | Self::ChangingProvider { placing, .. } => Some(placing),
            _ => None,
        }
    }

    /// The open offer: to whom, and since when.
    pub fn offered(&self) -> Option<(OrgId, Timestamp)> {
        match self.placing() {
            Some(Placing::Offered { to, since }) => Some((*to, *since)),
            _ => None,
        }
    }

    fn placed(self, placing: Placing) -> Self {
        match self {
            Self::Accepted { at, .. } => Self::Accepted { at, placing },
            Self::ChangingProvider { since, from, .. } => Self::ChangingProvider { since, from, placing },
            other => other,
        }
    }

    /// True if nothing more can happen.
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Redirected { .. } | Self::NotEligible { .. } | Self::Closed { .. } | Self::Moved { .. }
        )
    }

    /// The refusal that stands, if it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::NotEligible { refusal, .. } => Some(refusal),
            _ => None,
        }
    }

    /// The same, to write its reason in another language.
    pub fn refusal_mut(&mut self) -> Option<&mut Refusal> {
        match self {
            Self::NotEligible { refusal, .. } => Some(refusal),
            _ => None,
        }
    }

    /// The same, with the reason of a redirection written in one language only: the other is wanted.
    #[must_use]
    pub fn wanting(self, language: Option<Language>) -> Self {
        match self {
            Self::Redirected { at, redirection, .. } => {
                Self::Redirected { at, redirection, wanted: language }
            }
            other => other,
        }
    }

    /// Destination, with the reason as it is told: in the language in which it is wanted, that it is
    /// on its way.
    pub fn told_redirection(&self) -> Option<Redirection> {
        match self {
            Self::Redirected { redirection, wanted, .. } => {
                Some(Redirection { reason: told(&redirection.reason, *wanted), ..redirection.clone() })
            }
            _ => None,
        }
    }

    /// Adds the reason of a redirection in the language that is wanted. Whether it was wanted.
    pub fn translate_redirect(&mut self, language: Language, words: &str) -> bool {
        match self {
            Self::Redirected { redirection, wanted, .. } => {
                fill(&mut redirection.reason, wanted, language, words)
            }
            _ => false,
        }
    }

    /// Applies `event`, or says why it does not apply.
    pub fn apply(self, event: Event, now: Timestamp) -> Result<Self, NotAllowed> {
        use {Event as E, State as S};
        Ok(match (self, event) {
            (S::Received { .. } | S::WithPeople(_), E::Accept) => {
                S::Accepted { at: now, placing: Placing::Open }
            }
            (S::Received { .. } | S::WithPeople(_), E::Redirect(redirection)) => {
                S::Redirected { at: now, redirection, wanted: None }
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
            (
                S::Accepted { placing, .. } | S::ChangingProvider { placing, .. },
                E::ProviderAccept(provider),
            ) if placing.who() == Some(provider) => S::ProviderAccepted { at: now, provider },
            (state @ (S::Accepted { .. } | S::ChangingProvider { .. }), E::Keep(organization)) => {
                state.placed(Placing::Sender { organization })
            }
            (state @ (S::Accepted { .. } | S::ChangingProvider { .. }), E::Offer(to)) => {
                state.placed(Placing::Offered { to, since: now })
            }
            (state @ (S::Accepted { .. } | S::ChangingProvider { .. }), E::Assign(to)) => {
                state.placed(Placing::Assigned { to, since: now })
            }
            (state @ (S::Accepted { .. } | S::ChangingProvider { .. }), E::LookFor(why)) => {
                state.placed(Placing::People { since: now, why })
            }
            (state, E::Lapse) if state.offered().is_some() => state.placed(Placing::Open),
            (state @ (S::Accepted { .. } | S::ChangingProvider { .. }), E::ProviderDecline(_))
                if state.placing().is_some_and(|placing| placing.who().is_some()) =>
            {
                state.placed(Placing::Open)
            }
            (S::ProviderAccepted { .. }, E::ProviderDecline(_)) => {
                S::Accepted { at: now, placing: Placing::Open }
            }
            (S::Received { .. }, E::Join) => S::Joined { at: now },
            (S::Joined { .. }, E::HandOver { why, recommendation }) => {
                S::WithPeople(WithPeople { since: now, why, recommendation })
            }
            (S::ProviderAccepted { provider, .. }, E::StartOutreach) => S::InService { since: now, provider },
            (S::ProviderAccepted { provider, .. } | S::InService { provider, .. }, E::ChangeProvider) => {
                S::ChangingProvider { since: now, from: provider, placing: Placing::Open }
            }
            (
                S::NeedsInformation { .. }
                | S::WithPeople(_)
                | S::Accepted { .. }
                | S::ProviderAccepted { .. }
                | S::InService { .. }
                | S::ChangingProvider { .. }
                | S::Joined { .. },
                E::Close(reason),
            ) => S::Closed { at: now, reason },
            (from, E::Move(to)) if !from.is_final() => S::Moved { at: now, to },
            (from, event) => {
                return Err(NotAllowed { kind: CaseKind::Referral, from: from.name(), event: event.name() });
            }
        })
    }
}

impl Event {
    /// Event that a plugin's triage makes of a referral. A no that does not rest on administrative criteria
    /// alone becomes a case for a licensed person; there is no way to write it down as anything else. To send
    /// the member elsewhere is a no to what was asked for.
    #[must_use]
    pub fn of(ground: Ground<'_>, request: &ReferralRequest, context: &Context, triage: &Triage) -> Self {
        let basis = || Basis::of_findings(ground, &[&request.service], context.as_of, &triage.findings);
        match &triage.disposition {
            Disposition::Accepted => Self::Accept,
            Disposition::Redirected(redirection) => match basis() {
                Basis::Administrative(_) => Self::Redirect(redirection.clone()),
                Basis::Clinical(_) => Self::HandOver {
                    why: WhyPeople::ClinicalReview,
                    recommendation: Some(Recommendation::Redirect(redirection.clone())),
                },
            },
            Disposition::NeedsMore(asks) => Self::Ask(asks.clone()),
            Disposition::NotEligible(denial) => match basis() {
                Basis::Administrative(basis) if denial.kind == DenialKind::Administrative => {
                    Self::Refuse(Refusal::administrative(basis, denial.reason.clone()))
                }
                _ => Self::HandOver {
                    why: WhyPeople::ClinicalReview,
                    recommendation: Some(Recommendation::Denial(denial.clone())),
                },
            },
        }
    }

    /// The event's word in the timeline and in refusals.
    pub fn name(&self) -> &'static str {
        self.kind().name()
    }

    /// Kind of the event, as the timeline tells it.
    pub fn kind(&self) -> EventKind {
        match self {
            Self::Accept => EventKind::Accept,
            Self::Redirect(_) => EventKind::Redirect,
            Self::Ask(_) => EventKind::Ask,
            Self::HandOver { .. } => EventKind::HandOver,
            Self::Refuse(_) => EventKind::Refuse,
            Self::Supply => EventKind::Supply,
            Self::ProviderAccept(_) => EventKind::ProviderAccept,
            Self::Keep(_) => EventKind::Keep,
            Self::Offer(_) => EventKind::Offer,
            Self::Assign(_) => EventKind::Assign,
            Self::LookFor(_) => EventKind::LookForProvider,
            Self::Lapse => EventKind::OfferLapsed,
            Self::ProviderDecline(_) => EventKind::ProviderDecline,
            Self::Join => EventKind::Join,
            Self::StartOutreach => EventKind::StartOutreach,
            Self::ChangeProvider => EventKind::ChangeProvider,
            Self::Close(_) => EventKind::Close,
            Self::Move(_) => EventKind::Move,
        }
    }
}

//! A plugin's release: its way from the upload to the decisions it makes, and what its plan demands on that
//! way.
//!
//! Which release answers which request is not said here but by the plan's activations (see
//! [`crate::rollout`]). The state tells people where a release stands; a decision never depends on it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::floor::WarningCode;
use crate::identifiers::SigningKeyId;
use crate::problem::Code;
use crate::words;

mod event;
#[cfg(test)]
mod tests;

pub use event::EventKind;

/// State of a release. Each state holds what is known in it.
///
/// ```text
///   Uploaded ──check──▶ Checked ──start compiling──▶ Compiling ──finish compiling──▶ Compiled
///                          ▲                             └──refuse──▶ Refused           │
///                          └────────────check (sent again)───────────────┘              │
///                                                                                       │
///   Compiled ──conform──▶ Conformed ──shadow──▶ Shadowed         (each may be left out) │
///      └───────────────────────┴──────────────────┴──approve──▶ Approved ◀──────────────┘
///
///   Approved ──schedule──▶ Scheduled ──begin──▶ Active ──supersede──▶ Superseded ──resume──▶ Active
///      └──activate──▶ Active ──roll back──▶ RolledBack ──activate──▶ Active
///
///   from everything that is no refusal: revoke ──▶ Revoked
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The host has its bytes. Never at rest.
    Uploaded {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
    },
    /// The gate found nothing wrong with it; it is to be compiled.
    Checked {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
    },
    /// A node compiles it, or did when it went down.
    Compiling {
        /// Instant from which it is so (UTC).
        since: Timestamp,
        /// Counts the tries, from 1. One that a restart of its node cut short is not counted.
        attempt: u32,
    },
    /// It is no plugin. Its bytes are not kept.
    Refused {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
        /// Reasons of the gate, at least one.
        reasons: Vec<Reason>,
    },
    /// It runs, and its profile holds against the state's rules.
    Compiled(Evidence),
    /// The conformance kit found nothing wrong with it.
    Conformed(Evidence),
    /// It was shown what it would have decided otherwise.
    Shadowed(Evidence),
    /// Somebody answers for it.
    Approved(Cleared),
    /// It will decide from an instant on.
    Scheduled {
        /// Evidence and approval that it rests on.
        cleared: Cleared,
        /// Instant from which it will decide (UTC).
        from: Timestamp,
    },
    /// It decides: all of the plan's requests, or those about some days, or a cohort's.
    Active {
        /// Evidence and approval that it rests on.
        cleared: Cleared,
        /// Instant from which it is so (UTC).
        since: Timestamp,
    },
    /// Later releases answer everything that it answered.
    Superseded {
        /// Evidence and approval that it rests on.
        cleared: Cleared,
        /// Instant from which it is so (UTC).
        at: Timestamp,
    },
    /// It was taken back; what stood before it answers.
    RolledBack {
        /// Evidence and approval that it rested on.
        cleared: Cleared,
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
        /// Reason for which it was taken back.
        why: WhyBack,
    },
    /// It never decides again.
    Revoked {
        /// Instant at which it came into this state (UTC).
        at: Timestamp,
        /// Why, in the plan's words.
        reason: String,
    },
}

/// One reason why an upload is no plugin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Part of the component.
    pub at: String,
    /// Rule that it breaks, as the code of its problem.
    pub code: Code,
    /// Problem, in a sentence.
    pub problem: String,
    /// Step that fixes it, in a sentence.
    pub fix: String,
}

/// Evidence for a release that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Instant at which it was compiled (UTC).
    pub compiled_at: Timestamp,
    /// Milliseconds that compiling took; `None`: the compiled form was at hand.
    pub compile_ms: Option<u64>,
    /// The version of the contract that it is built against, such as `1.0.0`.
    pub contract: String,
    /// Way in which it runs, such as `compiled` or `interpreted, inert WASI`.
    pub tier: String,
    /// Declarations of its profile that the host does not carry out.
    pub warnings: Vec<Warning>,
    /// The signature over its digest.
    pub signature: Option<Signature>,
    /// Last receipt of the conformance kit.
    pub receipt: Option<ReceiptRef>,
    /// Report of the last shadow run.
    pub shadow: Option<ShadowReport>,
}

/// Something that a profile declares and that has no effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Warning {
    /// Kind of the declaration.
    pub code: WarningCode,
    /// A JSON Pointer into the profile.
    pub at: String,
}

/// A verified Ed25519 signature (RFC 8032) over the digest's 32 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// With which of the plan's keys.
    pub key: SigningKeyId,
    /// The 64 bytes, in hexadecimal.
    pub value: String,
    /// Instant of its verification (UTC).
    pub at: Timestamp,
}

/// Reference to a receipt of the conformance kit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptRef {
    /// Id of the receipt.
    pub id: String,
    /// Verdict of the run.
    pub verdict: Verdict,
    /// Instant of the verdict (UTC).
    pub at: Timestamp,
}

words! {
    /// Verdict of a receipt.
    pub enum Verdict {
        /// Nothing was found wrong.
        Conforms = "conforms",
        /// Something did not conform.
        Fails = "fails",
    }
}

/// A run over past cases, without effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShadowReport {
    /// Id of the report.
    pub id: String,
    /// Instant of the report (UTC).
    pub at: Timestamp,
    /// Approvals, acceptances and payable claims that it adds or takes away.
    #[serde(default)]
    pub changed_approvals: u64,
}

/// Somebody answers for a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Key or account of whoever approved it; `None` where the host itself did.
    pub by: Option<Actor>,
    /// Instant of the approval (UTC).
    pub at: Timestamp,
}

/// A release that may decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cleared {
    /// Evidence that it rests on.
    pub evidence: Evidence,
    /// Approval that it rests on.
    pub approval: Approval,
}

/// Why a release was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyBack {
    /// Somebody asked for it.
    Asked,
    /// It failed more often than the plan's policy bears.
    Faults {
        /// Calls that ended in a fault.
        faults: u32,
        /// Calls that were looked at.
        calls: u32,
    },
}

/// Event that moves a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The gate read it and found nothing wrong.
    Check,
    /// A node takes it up.
    StartCompiling,
    /// It compiled, and its profile holds.
    FinishCompiling {
        /// Milliseconds that it took; `None`: the compiled form was at hand.
        compile_ms: Option<u64>,
        /// The version of the contract that it is built against.
        contract: String,
        /// Tier in which it runs.
        tier: String,
        /// Declarations of its profile that the host does not carry out.
        warnings: Vec<Warning>,
    },
    /// It is no plugin.
    Refuse(Vec<Reason>),
    /// A signature was verified.
    Sign(Signature),
    /// The conformance kit spoke.
    Conform(ReceiptRef),
    /// A shadow run was made.
    Shadow(ShadowReport),
    /// Somebody answers for it.
    Approve(Approval),
    /// It shall decide from an instant on.
    Schedule(Timestamp),
    /// It shall decide from now on.
    Activate,
    /// The instant from which it decides has come.
    Begin,
    /// Later releases answer everything that it answered.
    Supersede,
    /// The release that stood over it is gone.
    Resume,
    /// It is taken back.
    RollBack(WhyBack),
    /// It shall never decide again.
    Revoke(String),
}

/// A transition that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot {event} a plugin that is {from}")]
pub struct NotAllowed {
    /// The state it was in.
    pub from: &'static str,
    /// Name of the event that was tried.
    pub event: &'static str,
}

impl State {
    /// The state's word in the record and the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Uploaded { .. } => "uploaded",
            Self::Checked { .. } => "checked",
            Self::Compiling { .. } => "compiling",
            Self::Refused { .. } => "refused",
            Self::Compiled(_) => "compiled",
            Self::Conformed(_) => "conformed",
            Self::Shadowed(_) => "shadowed",
            Self::Approved(_) => "approved",
            Self::Scheduled { .. } => "scheduled",
            Self::Active { .. } => "active",
            Self::Superseded { .. } => "superseded",
            Self::RolledBack { .. } => "rolled-back",
            Self::Revoked { .. } => "revoked",
        }
    }

    /// Evidence for it, if it runs.
    pub fn evidence(&self) -> Option<&Evidence> {
        match self {
            Self::Compiled(evidence) | Self::Conformed(evidence) | Self::Shadowed(evidence) => Some(evidence),
            _ => self.cleared().map(|cleared| &cleared.evidence),
        }
    }

    /// Approval of it, if anybody gave one.
    pub fn approval(&self) -> Option<&Approval> {
        self.cleared().map(|cleared| &cleared.approval)
    }

    fn cleared(&self) -> Option<&Cleared> {
        match self {
            Self::Approved(cleared)
            | Self::Scheduled { cleared, .. }
            | Self::Active { cleared, .. }
            | Self::Superseded { cleared, .. }
            | Self::RolledBack { cleared, .. } => Some(cleared),
            _ => None,
        }
    }

    fn cleared_mut(&mut self) -> Option<&mut Cleared> {
        match self {
            Self::Approved(cleared)
            | Self::Scheduled { cleared, .. }
            | Self::Active { cleared, .. }
            | Self::Superseded { cleared, .. }
            | Self::RolledBack { cleared, .. } => Some(cleared),
            _ => None,
        }
    }

    /// Applies `event`, or says why it does not apply.
    ///
    /// # Errors
    /// `NotAllowed` where the table has no such transition.
    pub fn apply(self, event: Event, now: Timestamp) -> Result<Self, NotAllowed> {
        use {Event as E, State as S};
        Ok(match (self, event) {
            (S::Uploaded { .. } | S::Refused { .. }, E::Check) => S::Checked { at: now },
            (S::Checked { .. }, E::StartCompiling) => S::Compiling { since: now, attempt: 1 },
            (S::Compiling { attempt, .. }, E::StartCompiling) => {
                S::Compiling { since: now, attempt: attempt.saturating_add(1) }
            }
            (S::Compiling { .. }, E::FinishCompiling { compile_ms, contract, tier, warnings }) => {
                S::Compiled(Evidence {
                    compiled_at: now,
                    compile_ms,
                    contract,
                    tier,
                    warnings,
                    signature: None,
                    receipt: None,
                    shadow: None,
                })
            }
            (S::Compiling { .. }, E::Refuse(reasons)) => S::Refused { at: now, reasons },
            (S::Compiled(evidence) | S::Conformed(evidence), E::Conform(receipt)) => {
                conform(evidence, receipt)
            }
            (S::Shadowed(evidence), E::Conform(receipt)) if receipt.verdict == Verdict::Conforms => {
                S::Shadowed(Evidence { receipt: Some(receipt), ..evidence })
            }
            (S::Shadowed(evidence), E::Conform(receipt)) => conform(evidence, receipt),
            // Nobody approved of what the kit now says.
            (S::Approved(cleared), E::Conform(receipt)) if receipt.verdict == Verdict::Fails => {
                conform(cleared.evidence, receipt)
            }
            (S::Compiled(evidence) | S::Conformed(evidence) | S::Shadowed(evidence), E::Shadow(report)) => {
                S::Shadowed(Evidence { shadow: Some(report), ..evidence })
            }
            (
                S::Compiled(evidence) | S::Conformed(evidence) | S::Shadowed(evidence),
                E::Approve(approval),
            ) => S::Approved(Cleared { evidence, approval }),
            (S::Compiled(evidence), E::Sign(signature)) => S::Compiled(evidence.signed(signature)),
            (S::Conformed(evidence), E::Sign(signature)) => S::Conformed(evidence.signed(signature)),
            (S::Shadowed(evidence), E::Sign(signature)) => S::Shadowed(evidence.signed(signature)),
            (
                S::Approved(cleared)
                | S::Scheduled { cleared, .. }
                | S::Superseded { cleared, .. }
                | S::RolledBack { cleared, .. },
                E::Schedule(from),
            ) => S::Scheduled { cleared, from },
            // It goes on deciding what it decides already.
            (active @ S::Active { .. }, E::Schedule(_) | E::Activate) => active,
            (
                S::Approved(cleared)
                | S::Scheduled { cleared, .. }
                | S::Superseded { cleared, .. }
                | S::RolledBack { cleared, .. },
                E::Activate,
            )
            | (S::Scheduled { cleared, .. }, E::Begin)
            | (S::Superseded { cleared, .. }, E::Resume) => S::Active { cleared, since: now },
            (S::Active { cleared, .. }, E::Supersede) => S::Superseded { cleared, at: now },
            (S::Active { cleared, .. } | S::Scheduled { cleared, .. }, E::RollBack(why)) => {
                S::RolledBack { cleared, at: now, why }
            }
            (from, E::Revoke(reason)) if !matches!(from, S::Refused { .. } | S::Revoked { .. }) => {
                S::Revoked { at: now, reason }
            }
            (from, event) => return from.learn(event),
        })
    }

    /// Adds to the evidence of a release that may decide already; its state stays as it is.
    fn learn(mut self, event: Event) -> Result<Self, NotAllowed> {
        let not_allowed = NotAllowed { from: self.name(), event: event.name() };
        let Some(cleared) = self.cleared_mut() else { return Err(not_allowed) };
        match event {
            Event::Sign(signature) => cleared.evidence.signature = Some(signature),
            Event::Conform(receipt) => cleared.evidence.receipt = Some(receipt),
            Event::Shadow(report) => cleared.evidence.shadow = Some(report),
            Event::Approve(approval) => cleared.approval = approval,
            _ => return Err(not_allowed),
        }
        Ok(self)
    }
}

fn conform(evidence: Evidence, receipt: ReceiptRef) -> State {
    let verdict = receipt.verdict;
    let evidence = Evidence { receipt: Some(receipt), ..evidence };
    match verdict {
        Verdict::Conforms => State::Conformed(evidence),
        Verdict::Fails => State::Compiled(evidence),
    }
}

impl Evidence {
    fn signed(self, signature: Signature) -> Self {
        Self { signature: Some(signature), ..self }
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
            Self::Check => EventKind::Check,
            Self::StartCompiling => EventKind::StartCompiling,
            Self::FinishCompiling { .. } => EventKind::FinishCompiling,
            Self::Refuse(_) => EventKind::Refuse,
            Self::Sign(_) => EventKind::Sign,
            Self::Conform(_) => EventKind::Conform,
            Self::Shadow(_) => EventKind::Shadow,
            Self::Approve(_) => EventKind::Approve,
            Self::Schedule(_) => EventKind::Schedule,
            Self::Activate => EventKind::Activate,
            Self::Begin => EventKind::Begin,
            Self::Supersede => EventKind::Supersede,
            Self::Resume => EventKind::Resume,
            Self::RollBack(_) => EventKind::RollBack,
            Self::Revoke(_) => EventKind::Revoke,
        }
    }
}

/// Policy of a plan's releases: what they must have before they decide, and when one is taken back. The
/// operator sets it.
///
/// That the gate found nothing wrong and that it compiled is demanded of every release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Demands beside those on every release.
    pub requires: BTreeSet<Requirement>,
    /// Faults for which a release is taken back without being asked; `None`: never.
    pub roll_back: Option<FaultLimit>,
    /// Changed approvals in the last shadow run above which somebody else than the uploader must approve and
    /// activate; `None`: however many.
    #[serde(default)]
    pub most_changed_approvals: Option<u64>,
}

words! {
    /// Something that a policy can demand.
    pub enum Requirement {
        /// Whoever uploaded it neither approves nor activates it.
        TwoPeople = "two-people",
        /// A signature by one of the plan's keys.
        Signature = "signature",
        /// A receipt of the conformance kit that says that it conforms.
        Receipt = "receipt",
        /// A report of a shadow run.
        Shadow = "shadow",
    }
}

/// Number of calls in which a release may fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultLimit {
    /// Faults among a hundred calls that are borne: 0 to 99.
    pub most_per_hundred: u8,
    /// Calls that must have been made before anything is said of it: 1 to `among`.
    pub at_least: u32,
    /// The last calls that are looked at: 1 to 1,000.
    pub among: u32,
}

impl Default for Policy {
    /// Nothing besides, and a release that fails in more than a fifth of its calls is taken back.
    fn default() -> Self {
        let limit = FaultLimit { most_per_hundred: 20, at_least: 20, among: 100 };
        Self { requires: BTreeSet::new(), roll_back: Some(limit), most_changed_approvals: None }
    }
}

/// Something that a policy demands and a release has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// The uploader's own approval is not enough.
    SecondPerson,
    /// It is not signed, or with a key that no longer counts.
    Signature,
    /// The conformance kit has not said that it conforms.
    Receipt,
    /// No shadow run was made.
    Shadow,
    /// It changes so much that the uploader's own approval is not enough.
    Approver,
}

impl Policy {
    /// Demands that `by` still lacks to approve or activate a release that `uploader` brought; for somebody
    /// else, if it is not said who.
    ///
    /// Two people are two keys, two accounts, or one of each. `trusted` says whether a signing key still
    /// counts.
    pub fn lacking(
        &self,
        evidence: &Evidence,
        uploader: Option<Actor>,
        by: Option<Actor>,
        trusted: impl Fn(SigningKeyId) -> bool,
    ) -> Vec<Lack> {
        let lacks = |requirement: &Requirement| match requirement {
            Requirement::TwoPeople => (by.is_some() && by == uploader).then_some(Lack::SecondPerson),
            Requirement::Signature => {
                let signed = evidence.signature.as_ref().is_some_and(|signature| trusted(signature.key));
                (!signed).then_some(Lack::Signature)
            }
            Requirement::Receipt => {
                let conforms =
                    evidence.receipt.as_ref().is_some_and(|receipt| receipt.verdict == Verdict::Conforms);
                (!conforms).then_some(Lack::Receipt)
            }
            Requirement::Shadow => evidence.shadow.is_none().then_some(Lack::Shadow),
        };
        let changed = evidence.shadow.as_ref().map_or(0, |report| report.changed_approvals);
        let bold = self.most_changed_approvals.is_some_and(|most| changed > most);
        let approver = (bold && by.is_some() && by == uploader).then_some(Lack::Approver);
        self.requires.iter().filter_map(lacks).chain(approver).collect()
    }
}

impl FaultLimit {
    /// True if so many faults in so many calls are too many.
    pub fn is_exceeded(&self, faults: u32, calls: u32) -> bool {
        calls >= self.at_least
            && u64::from(faults) * 100 > u64::from(calls) * u64::from(self.most_per_hundred)
    }
}

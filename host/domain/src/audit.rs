//! Subjects of the audit trail: the kinds of things that somebody changed or looked at, and which of them are
//! told to whoever reads figures only.

use crate::case::CaseKind;
use crate::words;

#[cfg(test)]
mod tests;

words! {
    /// Kind of the thing that an entry of the audit trail is about.
    pub enum SubjectKind {
        /// A person at the county, a provider or a plan who may sign in.
        Account = "account",
        /// Start of a plan's plugin.
        Activation = "activation",
        /// A provider's credentialing application.
        Application = "application",
        /// The audit trail itself.
        Audit = "audit",
        /// A request for an authorization.
        Authorization = "authorization",
        /// State of a plugin that fails.
        Breaker = "breaker",
        /// A case of any kind.
        Case = "case",
        /// A claim of a provider.
        Claim = "claim",
        /// A contract between a plan and a provider.
        Contract = "contract",
        /// Costs of a plugin's calls.
        Cost = "cost",
        /// A county that was added.
        County = "county",
        /// Criteria of plans, and questions to them that name nobody.
        Criteria = "criteria",
        /// Clocks that run in cases.
        Deadline = "deadline",
        /// A document of a case.
        Document = "document",
        /// A recorded call of a plugin, about a case.
        Evaluation = "evaluation",
        /// Figures of the county's plans.
        Figures = "figures",
        /// State of the host.
        Health = "health",
        /// A conflict about who somebody is.
        IdentityConflict = "identity-conflict",
        /// An identity provider by which an organization's people sign in.
        IdentityProvider = "identity-provider",
        /// A key to the API.
        Key = "key",
        /// A member of a plan.
        Member = "member",
        /// Notices to an organization, about cases and members.
        Notice = "notice",
        /// Referrals that are offered to a provider.
        Offer = "offer",
        /// A provider, plan or county.
        Organization = "organization",
        /// A passkey of somebody who works here.
        Passkey = "passkey",
        /// The plans and what their rules declare.
        Plan = "plan",
        /// A version of a plan's plugin.
        Plugin = "plugin",
        /// Conditions for an approval of a plan's plugins.
        Policy = "policy",
        /// Profile of a plugin.
        Profile = "profile",
        /// A proposed start of a plugin.
        Proposal = "proposal",
        /// Receipt of a conformance run.
        Receipt = "receipt",
        /// A referral to a service.
        Referral = "referral",
        /// Kind of record that was forgotten.
        Retention = "retention",
        /// A member file of a plan.
        Roster = "roster",
        /// A plan's rules as text.
        RulesFile = "rules-file",
        /// A session of somebody who works here.
        Session = "session",
        /// A run of a plugin on recorded cases.
        ShadowRun = "shadow-run",
        /// A key that signs plugins.
        SigningKey = "signing-key",
        /// A version of a plan's reference table.
        Table = "table",
    }
}

impl SubjectKind {
    /// True where the id may be told to whoever sees neither members nor single cases. Each kind says it for
    /// itself: of one that is new here nobody is told before somebody has decided that.
    #[must_use]
    pub fn names_no_member(self) -> bool {
        match self {
            Self::Account
            | Self::Activation
            | Self::Audit
            | Self::Breaker
            | Self::Contract
            | Self::Cost
            | Self::County
            | Self::Criteria
            | Self::Figures
            | Self::Health
            | Self::IdentityProvider
            | Self::Key
            | Self::Organization
            | Self::Passkey
            | Self::Plan
            | Self::Plugin
            | Self::Policy
            | Self::Profile
            | Self::Proposal
            | Self::Receipt
            | Self::Retention
            | Self::RulesFile
            | Self::Session
            | Self::ShadowRun
            | Self::SigningKey
            | Self::Table => true,
            Self::Application
            | Self::Authorization
            | Self::Case
            | Self::Claim
            | Self::Deadline
            | Self::Document
            | Self::Evaluation
            | Self::IdentityConflict
            | Self::Member
            | Self::Notice
            | Self::Offer
            | Self::Referral
            | Self::Roster => false,
        }
    }

    /// True for the word of a kind whose ids may be told; false for every word that is none.
    #[must_use]
    pub fn word_names_no_member(word: &str) -> bool {
        word.parse::<Self>().is_ok_and(Self::names_no_member)
    }
}

impl From<CaseKind> for SubjectKind {
    fn from(kind: CaseKind) -> Self {
        match kind {
            CaseKind::Referral => Self::Referral,
            CaseKind::Authorization => Self::Authorization,
            CaseKind::Claim => Self::Claim,
            CaseKind::Application => Self::Application,
        }
    }
}

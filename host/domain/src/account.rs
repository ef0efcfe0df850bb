//! Accounts: a person's way in for one organization, and what the person may do there.
//!
//! Whoever works for two organizations has an account of each. An account begins with an invitation
//! ([`crate::invitation`]), is active from the day on which the person takes it up, and ends by its
//! organization's administrator. [`Rights`] are parsed once: roles that fit the organization, and a license
//! for a reviewer and nobody else.

use std::collections::BTreeSet;
use std::str::FromStr;

use jiff::Timestamp;

use crate::case::LicensedReviewer;
use crate::words;

pub mod span;
#[cfg(test)]
mod tests;

words! {
    /// Part that a person plays in an organization.
    pub enum Role {
        /// Finds members, refers them and asks for services.
        Coordinator = "coordinator",
        /// Bills delivered services and follows payments.
        Biller = "biller",
        /// Keeps the organization's credentialing file.
        Clerk = "clerk",
        /// Works a plan's cases that need a person, without a clinical license.
        PlanOperations = "plan-operations",
        /// Publishes a plan's rules, tables and member files.
        Analyst = "analyst",
        /// Decides for a plan under a clinical license.
        Reviewer = "reviewer",
        /// Runs the host for the county.
        CountyOperator = "county-operator",
        /// Reads the county's figures, without names.
        CountyAnalyst = "county-analyst",
    }
}

words! {
    /// Kind of organization that a role belongs to.
    pub enum Side {
        /// Organizations that deliver services.
        Provider = "provider",
        /// Managed care plans, which decide.
        Plan = "plan",
        /// The county's collaborative, which runs the host.
        County = "county",
    }
}

impl Role {
    /// Kind of organization that has people of this role.
    #[must_use]
    pub fn side(self) -> Side {
        match self {
            Self::Coordinator | Self::Biller | Self::Clerk => Side::Provider,
            Self::PlanOperations | Self::Analyst | Self::Reviewer => Side::Plan,
            Self::CountyOperator | Self::CountyAnalyst => Side::County,
        }
    }

    /// Roles of the people of one kind of organization, in the order in which they are shown.
    pub fn of_side(side: Side) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |role| role.side() == side)
    }
}

/// Rights of a person in an organization.
///
/// Holding them is proof that each role fits the organization, and that a reviewer has a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    roles: BTreeSet<Role>,
    license: Option<LicensedReviewer>,
    administers: bool,
}

/// Reason for which rights cannot be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// Without a role there is nothing that the person is here for.
    #[error("an account has at least one role")]
    Nothing,
    /// The role at this place of the list belongs to another kind of organization.
    #[error("the role is for people of another kind of organization")]
    OtherSide(Role),
    /// Whoever looks after the county's accounts and keys can let operators in, and so is one.
    #[error("whoever looks after the county's accounts and keys runs the host")]
    OperatorMissing,
    /// A reviewer decides under a license.
    #[error("a reviewer has a clinical license")]
    LicenseMissing,
    /// Only a reviewer decides under a license.
    #[error("only a reviewer has a clinical license here")]
    LicenseWithoutReviewer,
}

impl Rights {
    /// The rights of these roles in an organization of one kind, or everything that stands against them.
    ///
    /// # Errors
    /// Every misfit, in the order of the roles; that of the license comes last.
    pub fn of(
        side: Side,
        roles: impl IntoIterator<Item = Role>,
        license: Option<&str>,
        administers: bool,
    ) -> Result<Self, Vec<Misfit>> {
        let roles: BTreeSet<Role> = roles.into_iter().collect();
        let license = LicensedReviewer::on_record(license);
        let foreign = roles.iter().copied().filter(|role| role.side() != side);
        let mut misfits: Vec<Misfit> = foreign.map(Misfit::OtherSide).collect();
        if roles.is_empty() {
            misfits.push(Misfit::Nothing);
        }
        if side == Side::County && administers && !roles.contains(&Role::CountyOperator) {
            misfits.push(Misfit::OperatorMissing);
        }
        match (roles.contains(&Role::Reviewer), &license) {
            (true, None) => misfits.push(Misfit::LicenseMissing),
            (false, Some(_)) => misfits.push(Misfit::LicenseWithoutReviewer),
            _ => {}
        }
        if misfits.is_empty() { Ok(Self { roles, license, administers }) } else { Err(misfits) }
    }

    /// Roles of the person, in the order of [`Role::ALL`].
    pub fn roles(&self) -> impl Iterator<Item = Role> {
        self.roles.iter().copied()
    }

    /// The clinical license of a reviewer, as the organization's administrator recorded it.
    #[must_use]
    pub fn license(&self) -> Option<&LicensedReviewer> {
        self.license.as_ref()
    }

    /// True if the person invites, changes and ends accounts of the organization.
    #[must_use]
    pub fn administers(&self) -> bool {
        self.administers
    }
}

/// State of an account.
///
/// ```text
///   Invited ──accept──▶ Active ──invite──▶ Invited
///      ├──invite──▶ Invited
///      └──end──▶ Ended ◀──end── Active
/// ```
///
/// An active account is invited again where the person has lost every way in: a new link is the only one
/// then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// A link was made, and the person has not taken it up.
    Invited {
        /// Instant of the last invitation (UTC).
        at: Timestamp,
    },
    /// The person can sign in.
    Active {
        /// Instant at which the person took the invitation up (UTC).
        since: Timestamp,
    },
    /// Nobody signs in with it any more. What the person did keeps the name.
    Ended {
        /// Instant at which it ended (UTC).
        at: Timestamp,
        /// Reason in the administrator's words.
        reason: String,
    },
}

/// Event that moves an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An administrator makes a new link.
    Invite,
    /// The person takes the invitation up.
    Accept,
    /// An administrator ends the account.
    End {
        /// Reason that is given, in a sentence.
        reason: String,
    },
}

/// Error: the event does not apply to the state that an account has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an account that is {from} cannot take the step {event}")]
pub struct NotAllowed {
    /// Word of the state that it had.
    pub from: &'static str,
    /// Name of the event that was tried.
    pub event: &'static str,
}

impl State {
    /// Words of the states.
    pub const NAMES: [&'static str; 3] = ["invited", "active", "ended"];

    /// The state's word in the record and the API.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Invited { .. } => "invited",
            Self::Active { .. } => "active",
            Self::Ended { .. } => "ended",
        }
    }

    /// Instant from which it is so (UTC).
    #[must_use]
    pub fn since(&self) -> Timestamp {
        match self {
            Self::Invited { at } | Self::Active { since: at } | Self::Ended { at, .. } => *at,
        }
    }

    /// True if the person can sign in.
    #[must_use]
    pub fn is_active(&self) -> bool {
        matches!(self, Self::Active { .. })
    }

    /// Applies `event`, or says why it does not apply.
    ///
    /// # Errors
    /// When the state does not allow it.
    pub fn apply(self, event: Event, now: Timestamp) -> Result<Self, NotAllowed> {
        use {Event as E, State as S};
        Ok(match (self, event) {
            (S::Invited { .. } | S::Active { .. }, E::Invite) => S::Invited { at: now },
            (S::Invited { .. }, E::Accept) => S::Active { since: now },
            (S::Invited { .. } | S::Active { .. }, E::End { reason }) => S::Ended { at: now, reason },
            (from, event) => return Err(NotAllowed { from: from.name(), event: event.name() }),
        })
    }
}

impl Event {
    /// The event's word in the audit and in refusals.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Accept => "accept",
            Self::End { .. } => "end",
        }
    }
}

/// E-mail address of a person at work, in lower case, so that equal addresses are equal texts.
///
/// It prints nothing of itself: who needs the text says so with [`Email::expose`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

/// Error: a text is no e-mail address. It does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an e-mail address is a name, an @ and a domain, without spaces, of at most 254 characters")]
pub struct EmailError;

impl Email {
    /// The address itself, for the store, the screen and whoever sends mail.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = EmailError;

    /// Reads an address as RFC 5321 (4.1.2, 4.5.3.1) writes one without quotes, and mail services take it.
    fn from_str(text: &str) -> Result<Self, EmailError> {
        const MOST: usize = 254;
        const MOST_OF_NAME: usize = 64;
        let text = text.trim();
        let (name, domain) = text.rsplit_once('@').ok_or(EmailError)?;
        let is_atom = |letter: char| letter.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(letter);
        let fits_name = !name.is_empty() && name.len() <= MOST_OF_NAME && name.chars().all(is_atom);
        let is_label = |label: &str| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-')
        };
        if text.len() > MOST || !fits_name || !domain.contains('.') || !domain.split('.').all(is_label) {
            return Err(EmailError);
        }
        Ok(Self(text.to_lowercase()))
    }
}

impl std::fmt::Debug for Email {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Email(..)")
    }
}

//! Callers, their roles, and the organization for which they act.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::actor::Actor;
use domain::case::LicensedReviewer;
use domain::identifiers::{AccountId, Digest, KeyId, OrgId, PlanId, SessionId};
use jiff::{SignedDuration, Timestamp};
use store::Scope;
pub use store::auth::Role;
use store::organizations::Organization;

use crate::command::failure::Failure;

/// An authenticated caller. Only [`crate::Crosswalk::authenticate`], [`crate::Crosswalk::signed_in`] and the
/// host's own duties make one.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The key that was shown; `None` for the host's own duties.
    pub key: Option<KeyId>,
    /// Account of the person who acts; `None` for keys and the host's own duties.
    pub account: Option<AccountId>,
    /// Session of that person.
    pub session: Option<SessionId>,
    /// True if that person has shown a moment ago who it is. A key shows it each time.
    pub(crate) is_raised: bool,
    /// The organization the key belongs to; `None` for the host's own duties.
    pub organization: Option<OrgId>,
    /// The same, with what it is.
    pub(crate) enrolled: Option<Arc<Organization>>,
    /// Role of the key, or of the keys that do the person's work.
    pub role: Role,
    /// One more role, of a person who has two.
    pub(crate) also: Option<Role>,
    /// True for a person who changes nothing.
    pub(crate) only_reads: bool,
    /// True if the caller looks after the keys and the people of its organization.
    pub manages_keys: bool,
    /// The plan, for plan roles.
    pub plan: Option<PlanId>,
    /// The clinical license on record with the key.
    pub reviewer: Option<LicensedReviewer>,
    /// Part of the record that the caller's organization may see; the store reads nothing outside it.
    pub scope: Scope,
    /// The id under which this request is logged and audited.
    pub request: String,
}

impl Caller {
    /// The host itself, doing what nobody in particular asked for.
    pub(crate) fn host(duty: &'static str) -> Self {
        Self {
            key: None,
            account: None,
            session: None,
            is_raised: false,
            organization: None,
            enrolled: None,
            role: Role::Operator,
            also: None,
            only_reads: false,
            manages_keys: false,
            plan: None,
            reviewer: None,
            scope: Scope::duty(duty),
            request: "duty".to_owned(),
        }
    }

    /// Person or key that acts; `None` for the host's own duties. Whether two people had a part in something
    /// is told by it.
    #[must_use]
    pub fn actor(&self) -> Option<Actor> {
        Actor::of(self.key, self.account)
    }

    /// The caller's organization.
    ///
    /// # Errors
    /// `Forbidden` for the host's own duties, which have none.
    pub fn organization(&self) -> Result<&OrgId, Failure> {
        self.organization.as_ref().ok_or(Failure::Forbidden)
    }

    /// The plan a plan role acts for.
    ///
    /// # Errors
    /// `Forbidden` for everybody else.
    pub fn plan(&self) -> Result<&PlanId, Failure> {
        self.plan.as_ref().ok_or(Failure::Forbidden)
    }

    /// Word of the role in which something is done, for the record: `host` for the host's own duties.
    pub(crate) fn acts_as(&self) -> &'static str {
        let by_somebody = self.key.is_some() || self.account.is_some();
        if by_somebody { self.role.name() } else { "host" }
    }

    /// Lets only these roles through.
    ///
    /// # Errors
    /// `Forbidden` for every other role.
    pub fn must_be(&self, roles: &[Role]) -> Result<(), Failure> {
        let has = roles.contains(&self.role) || self.also.is_some_and(|also| roles.contains(&also));
        if has { Ok(()) } else { Err(Failure::Forbidden) }
    }

    /// Lets everybody through but those who only read. Every command that goes by `Crosswalk::once` asks it.
    ///
    /// # Errors
    /// `Forbidden` for them.
    pub(crate) fn must_change(&self) -> Result<(), Failure> {
        if self.only_reads { Err(Failure::Forbidden) } else { Ok(()) }
    }

    /// Lets everybody through but those who read figures only: neither names of members, nor single cases,
    /// nor counts of so few that somebody could be told apart.
    ///
    /// # Errors
    /// `Forbidden` for them.
    pub fn must_see_names(&self) -> Result<(), Failure> {
        if self.only_reads { Err(Failure::Forbidden) } else { Ok(()) }
    }

    /// Lets only those through who are sure to be who they say: a key, and a person who has just shown it.
    /// For what cannot be undone.
    ///
    /// # Errors
    /// `ProofNeeded` for a person who showed it longer ago.
    pub fn must_be_sure(&self) -> Result<(), Failure> {
        if self.account.is_none() || self.is_raised { Ok(()) } else { Err(Failure::ProofNeeded) }
    }
}

/// Callers that were authenticated a moment ago.
///
/// A busy client sends many requests with one key; the record is asked about it once a second. What another
/// node does to a key or its organization is seen here after that second at most, and at once what this node
/// does.
#[derive(Default)]
pub(crate) struct Recent {
    callers: Mutex<HashMap<Digest, (Timestamp, store::auth::Caller)>>,
}

impl Recent {
    const TRUSTED: SignedDuration = SignedDuration::from_secs(1);
    const MOST: usize = 10_000;

    pub(crate) fn get(&self, secret: &Digest, now: Timestamp) -> Option<store::auth::Caller> {
        let recent = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        let (seen, caller) = recent.get(secret)?;
        (now.duration_since(*seen).abs() < Self::TRUSTED).then(|| caller.clone())
    }

    pub(crate) fn keep(&self, secret: Digest, caller: &store::auth::Caller, now: Timestamp) {
        let mut recent = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() >= Self::MOST {
            recent.clear();
        }
        recent.insert(secret, (now, caller.clone()));
    }

    pub(crate) fn forget(&self) {
        self.callers.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

//! Callers, their roles, and the organization for which they act.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::case::LicensedReviewer;
use domain::identifiers::{Digest, KeyId, OrgId, PlanId};
use jiff::{SignedDuration, Timestamp};
use store::Scope;
use store::organizations::Organization;

use crate::command::failure::Failure;

/// Role of a key, which says which operations its holder may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Refers, delivers and bills.
    Provider,
    /// Decides for a plan what software may not.
    PlanReviewer,
    /// Publishes a plan's rules and member files.
    PlanAdmin,
    /// Runs the instance for the county; sees no member.
    Operator,
}

impl Role {
    /// The word of the record and the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::PlanReviewer => "plan-reviewer",
            Self::PlanAdmin => "plan-admin",
            Self::Operator => "operator",
        }
    }

    /// The role of that word.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Provider, Self::PlanReviewer, Self::PlanAdmin, Self::Operator]
            .into_iter()
            .find(|role| role.name() == name)
    }
}

/// An authenticated caller. Only [`crate::Crosswalk::authenticate`] and the host's own duties make one.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The key that was shown; `None` for the host's own duties.
    pub key: Option<KeyId>,
    /// The organization the key belongs to; `None` for the host's own duties.
    pub organization: Option<OrgId>,
    /// The same, with what it is.
    pub(crate) enrolled: Option<Arc<Organization>>,
    /// Role of the key.
    pub role: Role,
    /// True if the key may make, name and end keys of its organization.
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
            organization: None,
            enrolled: None,
            role: Role::Operator,
            manages_keys: false,
            plan: None,
            reviewer: None,
            scope: Scope::duty(duty),
            request: "duty".to_owned(),
        }
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

    /// Lets only these roles through.
    ///
    /// # Errors
    /// `Forbidden` for every other role.
    pub fn must_be(&self, roles: &[Role]) -> Result<(), Failure> {
        if roles.contains(&self.role) { Ok(()) } else { Err(Failure::Forbidden) }
    }
}

/// Callers that were authenticated a moment ago.
///
/// A busy client sends many requests with one key; the record is asked about it once a second. What another
/// node does to a key or its organization is seen here after that second at most, and at once what this node
/// does.
#[derive(Default)]
pub(crate) struct Recent(Mutex<HashMap<Digest, (Timestamp, store::auth::Caller)>>);

impl Recent {
    const TRUSTED: SignedDuration = SignedDuration::from_secs(1);
    const MOST: usize = 10_000;

    pub(crate) fn get(&self, secret: &Digest, now: Timestamp) -> Option<store::auth::Caller> {
        let recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (seen, caller) = recent.get(secret)?;
        (now.duration_since(*seen).abs() < Self::TRUSTED).then(|| caller.clone())
    }

    pub(crate) fn keep(&self, secret: Digest, caller: &store::auth::Caller, now: Timestamp) {
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() >= Self::MOST {
            recent.clear();
        }
        recent.insert(secret, (now, caller.clone()));
    }

    pub(crate) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

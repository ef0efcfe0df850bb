//! Organizations, what is open at them, and their keys.

use domain::organization::State;
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{Open, ShownKey, ShownOrganization};

use crate::answer::Versioned;
use crate::output::Output;

/// An organization that uses this host.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OrganizationView {
    /// Id of the organization.
    pub(crate) id: String,
    /// `provider`, `plan` or `county`.
    pub(crate) kind: String,
    /// Name of the organization.
    pub(crate) name: String,
    /// National Provider Identifier, for providers.
    pub(crate) npi: Option<String>,
    /// The plan's id, for plans.
    pub(crate) plan_id: Option<String>,
    /// Kinds of provider that it is, words of the dictionary.
    pub(crate) provider_kinds: Vec<String>,
    /// NUCC taxonomy codes of a provider.
    pub(crate) taxonomies: Vec<String>,
    /// Codes of the counties that it serves.
    pub(crate) counties: Vec<String>,
    /// `active`; `paused`: its keys do not work for a time; or `ended`.
    pub(crate) state: String,
    /// Instant since which it is paused, or has ended (UTC).
    #[schema(format = DateTime)]
    pub(crate) state_since: Option<String>,
    /// Reason, in the operator's words.
    pub(crate) state_reason: Option<String>,
    /// Open cases, clocks and keys; for the operator and the organization itself, where one organization is
    /// read or changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) open: Option<OpenView>,
    /// Its version; an `If-Match` names it.
    pub(crate) version: i64,
}

/// Open cases, clocks and keys of an organization.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OpenView {
    /// Cases on which a clock runs. They stay with a plan that is paused, and stay on the record of one that
    /// has ended.
    pub(crate) cases: u64,
    /// Number of clocks that run.
    pub(crate) clocks: u64,
    /// Cases that wait for a plan's people.
    pub(crate) waiting: u64,
    /// Keys that were not revoked.
    pub(crate) keys: u64,
}

/// A key, without its secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct KeyView {
    /// Id of the key.
    pub(crate) id: String,
    /// Id of the organization that holds it.
    pub(crate) organization: String,
    /// Role of the key: `provider`, `plan-reviewer`, `plan-admin` or `operator`.
    pub(crate) role: String,
    /// Purpose of the key, in its maker's words.
    pub(crate) label: String,
    /// The clinical license of its holder.
    pub(crate) license: Option<String>,
    /// True if it makes, names and ends keys of its organization.
    pub(crate) manages_keys: bool,
    /// Instant at which it was made (UTC).
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    /// True once it was revoked.
    pub(crate) revoked: bool,
    /// Instant at which it was revoked (UTC); null while it works.
    #[schema(format = DateTime)]
    pub(crate) revoked_at: Option<String>,
    /// Instant from which it no longer works (UTC); null: it has no end.
    #[schema(format = DateTime)]
    pub(crate) expires_at: Option<String>,
    /// Instant at which it was used last, to the hour (UTC); null: never.
    #[schema(format = DateTime)]
    pub(crate) last_used_at: Option<String>,
    /// The key whose place it takes.
    pub(crate) replaces: Option<String>,
    /// The secret, shown once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<String>,
}

impl Output for ShownOrganization {
    type View = OrganizationView;

    fn view(&self) -> OrganizationView {
        let organization = &self.organization;
        let (since, reason) = match &organization.state {
            State::Active => (None, None),
            State::Paused { since: at, reason } | State::Ended { at, reason } => (Some(at), Some(reason)),
        };
        OrganizationView {
            id: organization.id.to_string(),
            kind: organization.kind.name().to_owned(),
            name: organization.name.clone(),
            npi: organization.npi.as_ref().map(ToString::to_string),
            plan_id: organization.plan.as_ref().map(ToString::to_string),
            provider_kinds: organization.provider_kinds.clone(),
            taxonomies: organization.taxonomies.clone(),
            counties: organization.counties.iter().map(ToString::to_string).collect(),
            state: organization.state.name().to_owned(),
            state_since: since.map(ToString::to_string),
            state_reason: reason.cloned(),
            open: self.open.map(open),
            version: organization.version,
        }
    }
}

impl Versioned for ShownOrganization {
    fn version(&self) -> i64 {
        self.organization.version
    }
}

fn open(open: Open) -> OpenView {
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    OpenView {
        cases: count(open.cases),
        clocks: count(open.clocks),
        waiting: count(open.waiting),
        keys: count(open.keys),
    }
}

impl Output for ShownKey {
    type View = KeyView;

    fn view(&self) -> KeyView {
        let key = &self.key;
        KeyView {
            id: key.id.to_string(),
            organization: key.organization.to_string(),
            role: key.role.name().to_owned(),
            label: key.label.clone(),
            license: key.license.clone(),
            manages_keys: key.manages_keys,
            created_at: key.created_at.to_string(),
            revoked: key.revoked_at.is_some(),
            revoked_at: key.revoked_at.map(|at| at.to_string()),
            expires_at: key.expires_at.map(|at| at.to_string()),
            last_used_at: key.last_used_at.map(|at| at.to_string()),
            replaces: key.replaces.map(|id| id.to_string()),
            key: self.secret.clone(),
        }
    }
}

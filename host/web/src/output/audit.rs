//! Entries of the audit trail.

use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::TrailEntry;

use crate::output::Output;

/// An entry of the audit trail. Ids and codes only.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AuditView {
    /// Id of the entry.
    pub(crate) id: String,
    /// Instant of the act (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// The organization that acted; null for this host's own duties.
    pub(crate) actor: Option<String>,
    /// The role it acted in: `provider`, `plan-reviewer`, `plan-admin`, `operator` or `host`; `invited` of
    /// somebody who took an invitation up.
    pub(crate) role: String,
    /// The key it acted with; for the organization's own people and the operator.
    pub(crate) key: Option<String>,
    /// The account of the person who acted; for the organization's own people and the operator.
    pub(crate) account: Option<String>,
    /// The id under which the request was logged; for the organization's own people and the operator.
    pub(crate) request: Option<String>,
    /// Act that was done, such as `look`, `change` or `add-member`.
    pub(crate) action: String,
    /// The kind of thing it was done to, such as `member`, `case` or `document`.
    pub(crate) subject_kind: String,
    /// Its id, or `list`; null for a person or a case, for whoever reads figures only.
    pub(crate) subject: Option<String>,
    /// The plan in whose name it was done, or whose case or member it was done to.
    pub(crate) plan: Option<String>,
    /// Purpose, where one must be said.
    pub(crate) purpose: Option<String>,
    /// `done`, `denied`, `refused-input` or `failed`.
    pub(crate) outcome: String,
}

impl Output for TrailEntry {
    type View = AuditView;

    fn view(&self) -> AuditView {
        AuditView {
            id: self.id.to_string(),
            at: self.at.to_string(),
            actor: self.actor.map(|id| id.to_string()),
            role: self.role.clone(),
            key: self.key.map(|id| id.to_string()),
            account: self.account.map(|id| id.to_string()),
            request: self.request.clone(),
            action: self.action.clone(),
            subject_kind: self.subject_kind.clone(),
            subject: self.subject.clone(),
            plan: self.plan.as_ref().map(ToString::to_string),
            purpose: self.purpose.clone(),
            outcome: self.outcome.clone(),
        }
    }
}

//! Notices to organizations. A notice goes into the outbox with the unit that it tells of, and leaves for an
//! inbox after the commit.

use domain::identifiers::{CaseId, MemberId, OrgId, PlanId};
use domain::plan::types::Bilingual;
use domain::statute::ClockId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::Statement;
use store::outbox::Job;

use crate::Crosswalk;

/// The kind of an outbox job that holds a notice.
pub(crate) const JOB: &str = "notice";

/// Whom a notice is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Recipient {
    /// Everybody of an organization, by its id.
    #[serde(rename = "organization")]
    Organization(OrgId),
    /// People of a plan, by the plan's id.
    #[serde(rename = "plan")]
    Plan(PlanId),
}

/// A notice as it lies in the outbox. It names nobody: whoever gets it looks up what it is about.
#[derive(Serialize, Deserialize)]
pub(crate) struct Notice {
    /// Whom it is for.
    #[serde(flatten)]
    pub(crate) to: Recipient,
    /// The case that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) case: Option<CaseId>,
    /// The member that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) member: Option<MemberId>,
    /// Kind of event by its word in the API, such as `claim-step`.
    pub(crate) kind: String,
    /// It in a sentence.
    pub(crate) text: Bilingual,
    /// The clocks of the case that its delivery ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) ends_clocks: Vec<ClockId>,
}

impl Notice {
    /// One about nothing in particular.
    pub(crate) fn new(to: Recipient, kind: &str, text: Bilingual) -> Self {
        Self { to, case: None, member: None, kind: kind.to_owned(), text, ends_clocks: Vec::new() }
    }

    /// The same about a case.
    pub(crate) fn about_case(self, case: CaseId) -> Self {
        Self { case: Some(case), ..self }
    }

    /// The same about a member, where one is meant.
    pub(crate) fn about_member(self, member: Option<MemberId>) -> Self {
        Self { member, ..self }
    }
}

impl Crosswalk {
    /// Statement that puts a notice about `subject` into the outbox, due at once.
    pub(crate) fn tell(&self, notice: &Notice, subject: &dyn ToString, now: Timestamp) -> Statement {
        // Ids, words and codes: nothing of it can fail to be written.
        let body = serde_json::to_string(notice).unwrap_or_default();
        store::outbox::insert(&Job {
            id: self.id(|uuid| uuid).to_string(),
            due_at: now,
            kind: JOB.to_owned(),
            subject: subject.to_string(),
            body,
        })
    }
}

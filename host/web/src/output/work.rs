//! Worklist, notices, and offers to providers.

use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{Offer, ShownNotice, WorkItem};

use crate::output::words::urgency;
use crate::output::{CodedText, Output, Text};

/// One case that waits for a plan's people.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WorkItemView {
    /// The case.
    pub(crate) case: String,
    /// Its kind.
    pub(crate) kind: String,
    /// The service.
    pub(crate) service: Option<String>,
    /// Why it waits.
    pub(crate) why: CodedText,
    /// `standard` or `expedited`.
    pub(crate) urgency: String,
    /// The delegate that answers, if one does.
    pub(crate) delegate: Option<String>,
    /// When the host received it.
    #[schema(format = DateTime)]
    pub(crate) received_at: String,
    /// When its nearest clock ends.
    #[schema(format = DateTime)]
    pub(crate) due_at: Option<String>,
}

/// Something an organization is told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct NoticeView {
    /// Its id.
    pub(crate) id: String,
    /// When.
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// The case.
    pub(crate) case: Option<String>,
    /// The member, where it is about a member and no case.
    pub(crate) member: Option<String>,
    /// The plan of the case; null where it is no one plan's, as an application.
    pub(crate) plan: Option<String>,
    /// What it is about.
    pub(crate) kind: String,
    /// The sentence.
    pub(crate) text: Text,
}

/// A referral that is offered to a provider: the least that it must know to take it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OfferView {
    /// The referral, for `POST /v1/referrals/{id}/status` with `accepted` or `declined`.
    pub(crate) referral: String,
    /// Its version, for `If-Match`.
    pub(crate) version: i64,
    /// The plan that has accepted it.
    pub(crate) plan: String,
    /// The service.
    pub(crate) service: String,
    /// Where the member lives.
    pub(crate) county: String,
    /// The member's language.
    pub(crate) language: String,
    /// `standard` or `expedited`.
    pub(crate) urgency: String,
    /// Since when it is offered.
    #[schema(format = DateTime)]
    pub(crate) offered_at: String,
    /// Until when it may be taken.
    #[schema(format = DateTime)]
    pub(crate) due_at: String,
}

impl Output for WorkItem {
    type View = WorkItemView;

    fn view(&self) -> WorkItemView {
        let item = &self.item;
        // A reason that this version of the host cannot read still shows its code.
        let unread = || CodedText {
            code: item.why.clone(),
            text: Text { en: item.why.clone(), es: item.why.clone() },
        };
        WorkItemView {
            case: item.case.to_string(),
            kind: item.kind.name().to_owned(),
            service: item.service.clone(),
            why: self.why.as_ref().map_or_else(unread, Output::view),
            urgency: urgency(item.urgency).to_owned(),
            delegate: item.delegate.clone(),
            received_at: item.received_at.to_string(),
            due_at: item.due_at.map(|due| due.to_string()),
        }
    }
}

impl Output for ShownNotice {
    type View = NoticeView;

    fn view(&self) -> NoticeView {
        let notice = &self.delivered.notice;
        NoticeView {
            id: notice.id.to_string(),
            at: notice.at.to_string(),
            case: notice.case.map(|id| id.to_string()),
            member: notice.member.map(|id| id.to_string()),
            plan: self.delivered.plan.as_ref().map(ToString::to_string),
            kind: notice.kind.clone(),
            text: self.text.view(),
        }
    }
}

impl Output for Offer {
    type View = OfferView;

    fn view(&self) -> OfferView {
        OfferView {
            referral: self.case.to_string(),
            version: self.version,
            plan: self.plan.to_string(),
            service: self.service.clone(),
            county: self.county.to_string(),
            language: self.language.clone(),
            urgency: urgency(self.urgency).to_owned(),
            offered_at: self.offered_at.to_string(),
            due_at: self.due_at.to_string(),
        }
    }
}

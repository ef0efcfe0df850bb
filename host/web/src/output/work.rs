//! Worklist, notices, and offers to providers.

use domain::case::WhyPeople;
use domain::plan::types::Urgency;
use domain::work::State;
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{Colleague, Done, Offer, ShownContract, ShownNotice, Waiting, WorkItem, WorkStep};

use crate::answer::Versioned;
use crate::output::{CodedText, Output, Text};

/// Item that waits for a plan's people: a case, or a contract whose reason is to be written in its other
/// language.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WorkItemView {
    /// Id of the case; absent for a contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) case: Option<String>,
    /// Id of the contract whose reason is to be written in its other language; absent for a case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) contract: Option<String>,
    /// Kind of what waits: `referral`, `authorization`, `claim`, `application` or `contract`.
    pub(crate) kind: String,
    /// Id of the service, a word of the dictionary.
    pub(crate) service: Option<String>,
    /// Reason for being with people.
    pub(crate) why: CodedText,
    /// Urgency of the decision: `standard` or `expedited`.
    pub(crate) urgency: String,
    /// The delegate that answers, if one does.
    pub(crate) delegate: Option<String>,
    /// Instant at which the host received it; of a contract, of its last change (UTC).
    #[schema(format = DateTime)]
    pub(crate) received_at: String,
    /// Instant at which its nearest clock runs out (UTC).
    #[schema(format = DateTime)]
    pub(crate) due_at: Option<String>,
    /// Account or key of whoever of the plan's people has it; null where nobody does.
    pub(crate) holder: Option<String>,
    /// Name of that person, or label of that key; null where nobody has it, and of a person who has said no
    /// name.
    pub(crate) holder_name: Option<String>,
    /// Instant since which it is so (UTC).
    #[schema(format = DateTime)]
    pub(crate) held_since: Option<String>,
    /// Number that each change of hands raises, for `If-Match`; of a contract, its version.
    pub(crate) version: i64,
}

/// An entry in the history of the work on a case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WorkStepView {
    /// Id of the entry.
    pub(crate) id: String,
    /// Instant of the step (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// Step: `take`, `pass`, `put-back` or `note`.
    pub(crate) step: String,
    /// Account or key that took the step.
    pub(crate) by: String,
    /// Account or key to which the case was passed; null for another step.
    pub(crate) to: Option<String>,
    /// Text of the note; null for another step.
    pub(crate) note: Option<String>,
}

/// A person or key that works the cases of the caller's plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ColleagueView {
    /// Id of the account or key.
    pub(crate) id: String,
    /// Name of the person, or label of the key; null of a person who has said no name.
    pub(crate) name: Option<String>,
    /// True for the caller.
    pub(crate) you: bool,
}

/// Something an organization is told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct NoticeView {
    /// Id of the notice.
    pub(crate) id: String,
    /// Instant of the notice (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// Id of the case, where it is about one.
    pub(crate) case: Option<String>,
    /// The member, where it is about a member and no case.
    pub(crate) member: Option<String>,
    /// The plan of the case; null where it is no one plan's, as an application.
    pub(crate) plan: Option<String>,
    /// Kind of notice, a stable word such as `case-moved`.
    pub(crate) kind: String,
    /// Sentence for the people of the organization.
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
    /// Id of the service, a word of the dictionary.
    pub(crate) service: String,
    /// Code of the member's county, three letters.
    pub(crate) county: String,
    /// Preferred language of the member.
    pub(crate) language: String,
    /// Urgency of the decision: `standard` or `expedited`.
    pub(crate) urgency: String,
    /// Instant since which it is offered (UTC).
    #[schema(format = DateTime)]
    pub(crate) offered_at: String,
    /// Instant until which it may be taken (UTC).
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
            case: Some(item.case.to_string()),
            contract: None,
            kind: item.kind.name().to_owned(),
            service: item.service.clone(),
            why: self.why.as_ref().map_or_else(unread, Output::view),
            urgency: item.urgency.name().to_owned(),
            delegate: item.delegate.clone(),
            received_at: item.received_at.to_string(),
            due_at: item.due_at.map(|due| due.to_string()),
            holder: item.state.holder().map(|holder| holder.to_string()),
            holder_name: self.holder.clone(),
            held_since: match item.state {
                State::Free => None,
                State::Held { since, .. } => Some(since.to_string()),
            },
            version: item.version,
        }
    }
}

impl Output for Waiting {
    type View = WorkItemView;

    fn view(&self) -> WorkItemView {
        match self {
            Self::Case(item) => item.view(),
            Self::Contract(shown) => of_contract(shown),
        }
    }
}

fn of_contract(shown: &ShownContract) -> WorkItemView {
    let contract = &shown.contract;
    WorkItemView {
        case: None,
        contract: Some(contract.id.to_string()),
        kind: "contract".to_owned(),
        service: None,
        why: WhyPeople::TranslationWanted.view(),
        urgency: Urgency::Standard.name().to_owned(),
        delegate: contract.delegate.clone(),
        received_at: contract.updated_at.to_string(),
        due_at: contract.translation_due.map(|due| due.to_string()),
        holder: None,
        holder_name: None,
        held_since: None,
        version: contract.version,
    }
}

impl Versioned for WorkItem {
    fn version(&self) -> i64 {
        self.item.version
    }
}

impl Output for WorkStep {
    type View = WorkStepView;

    fn view(&self) -> WorkStepView {
        let (to, note) = match &self.what {
            Done::Took | Done::PutBack => (None, None),
            Done::Passed(to) => (Some(to.to_string()), None),
            Done::Noted(note) => (None, Some(note.expose().to_owned())),
        };
        WorkStepView {
            id: self.id.to_string(),
            at: self.at.to_string(),
            step: self.what.kind().name().to_owned(),
            by: self.by.to_string(),
            to,
            note,
        }
    }
}

impl Output for Colleague {
    type View = ColleagueView;

    fn view(&self) -> ColleagueView {
        ColleagueView { id: self.id.to_string(), name: self.name.clone(), you: self.is_caller }
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
            urgency: self.urgency.name().to_owned(),
            offered_at: self.offered_at.to_string(),
            due_at: self.due_at.to_string(),
        }
    }
}

//! Identities of people, and conflicts about them.

use domain::identity::{Identity, State};
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{CaseOfPerson, Coverage, IdentityEvent, Person, ShownConflict};

use crate::answer::Versioned;
use crate::output::{Output, Text};

/// A person as somebody describes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct StatedIdentityView {
    /// Family name of the person.
    pub(crate) family_name: String,
    /// Given name of the person.
    pub(crate) given_name: String,
    /// Birth date of the person.
    #[schema(format = Date)]
    pub(crate) birth_date: String,
}

/// A conflict about who somebody is, or which plan covers somebody. A plan sees what its own file says and
/// nothing of another's; the operator sees both.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct IdentityConflictView {
    /// Id of the conflict.
    pub(crate) id: String,
    /// `birth-date` or `name`: a plan's file has another for a number than the record; `two-plans`: two
    /// plans' files cover somebody on the same days.
    pub(crate) kind: String,
    /// State of the conflict: `open` or `settled`.
    pub(crate) state: String,
    /// The member, under the id that the caller sees.
    pub(crate) member_id: String,
    /// The plan whose file says otherwise, or came later; for that plan and the operator.
    pub(crate) plan: Option<String>,
    /// The plan that covered the member first; for the operator.
    pub(crate) other_plan: Option<String>,
    /// The id of the person of whom that plan alone tells meanwhile; for the operator.
    pub(crate) provisional_id: Option<String>,
    /// That plan's file; for that plan and the operator.
    pub(crate) roster: Option<String>,
    /// The row of the file, the header being 1; 0 where it follows from a merger.
    pub(crate) row: Option<u64>,
    /// Person that the row describes; for that plan and the operator.
    pub(crate) file_says: Option<StatedIdentityView>,
    /// Person that the record describes; for the operator.
    pub(crate) record_says: Option<StatedIdentityView>,
    /// The member's version, which an `If-Match` names; for the operator.
    pub(crate) member_version: Option<i64>,
    /// Instant since which it is open (UTC).
    #[schema(format = DateTime)]
    pub(crate) opened_at: String,
    /// Instant at which it was settled (UTC); null while it is open.
    #[schema(format = DateTime)]
    pub(crate) settled_at: Option<String>,
    /// Outcome: `record`, `file`, `first-plan` or `later-plan` by the operator; `state` by the state's file;
    /// `gone` by the plans' own later files.
    pub(crate) verdict: Option<String>,
    /// Reason, in the operator's words; for the operator.
    pub(crate) reason: Option<String>,
    /// Meaning of the conflict, in words for people.
    pub(crate) text: Text,
    /// The version that an `If-Match` names.
    pub(crate) version: i64,
}

/// A span of coverage, as the operator sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct IdentityCoverageView {
    /// Id of the plan.
    pub(crate) plan: String,
    /// Line of business: `medi-cal` or `d-snp`.
    pub(crate) line: String,
    /// First day of the coverage.
    #[schema(format = Date)]
    pub(crate) first: String,
    /// Last covered day, if known.
    #[schema(format = Date)]
    pub(crate) last: Option<String>,
    /// True while two plans' files dispute its days.
    pub(crate) disputed: bool,
}

/// A case, as the operator sees it: nothing of what it is about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct IdentityCaseView {
    /// Id of the case.
    pub(crate) id: String,
    /// `referral`, `authorization` or `claim`.
    pub(crate) kind: String,
    /// The plan that decides it.
    pub(crate) plan: Option<String>,
    /// The organization that sent it.
    pub(crate) provider: String,
    /// Instant at which the host received it (UTC).
    #[schema(format = DateTime)]
    pub(crate) received_at: String,
}

/// Something that was done to who somebody is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct IdentityEventView {
    /// `corrected`, `merged` into another, `received` another, `split`, `split-off` another, or `confirmed`
    /// by a file.
    pub(crate) event: String,
    /// Instant of the change (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// Id of the other person, where there is one.
    pub(crate) other: Option<String>,
    /// The organization that did it; null for a file.
    pub(crate) by: Option<String>,
    /// The role in which it was done.
    pub(crate) role: String,
    /// Reason, in the words of who did it.
    pub(crate) reason: Option<String>,
}

/// Identity of a person, as far as the operator must see it to settle a conflict.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct IdentityView {
    /// Id of the member.
    pub(crate) id: String,
    /// Client Index Number (CIN): 9 characters, the last a letter.
    pub(crate) cin: String,
    /// Family name of the person.
    pub(crate) family_name: String,
    /// Given name of the person.
    pub(crate) given_name: String,
    /// Birth date of the person.
    #[schema(format = Date)]
    pub(crate) birth_date: String,
    /// `confirmed`, `provisional` or `merged`.
    pub(crate) standing: String,
    /// The plan, or the provider's organization, that alone tells of somebody provisional.
    pub(crate) told_by: Option<String>,
    /// The person that somebody merged turned out to be.
    pub(crate) merged_into: Option<String>,
    /// Those who were merged into this one.
    pub(crate) merged_from: Vec<String>,
    /// Plans that cover the person, newest first.
    pub(crate) coverage: Vec<IdentityCoverageView>,
    /// The person's cases, newest first; at most 200.
    pub(crate) cases: Vec<IdentityCaseView>,
    /// Changes to the identity, oldest first.
    pub(crate) history: Vec<IdentityEventView>,
    /// The version that an `If-Match` names.
    pub(crate) version: i64,
}

impl Output for ShownConflict {
    type View = IdentityConflictView;

    fn view(&self) -> IdentityConflictView {
        let verdict = match self.state {
            State::Settled(verdict) => Some(verdict.name().to_owned()),
            State::Open => None,
        };
        IdentityConflictView {
            id: self.id.to_string(),
            kind: self.kind.name().to_owned(),
            state: self.state.name().to_owned(),
            member_id: self.member.to_string(),
            plan: self.plan.as_ref().map(ToString::to_string),
            other_plan: self.other_plan.as_ref().map(ToString::to_string),
            provisional_id: self.provisional.map(|id| id.to_string()),
            roster: self.roster.map(|id| id.to_string()),
            row: self.row.map(u64::from),
            file_says: self.file_says.as_ref().map(said),
            record_says: self.record_says.as_ref().map(said),
            member_version: self.member_version,
            opened_at: self.opened_at.to_string(),
            settled_at: self.settled_at.map(|at| at.to_string()),
            verdict,
            reason: self.reason.clone(),
            text: self.text.view(),
            version: self.version,
        }
    }
}

impl Versioned for ShownConflict {
    fn version(&self) -> i64 {
        self.version
    }
}

fn said(identity: &Identity) -> StatedIdentityView {
    StatedIdentityView {
        family_name: identity.family_name.expose().to_owned(),
        given_name: identity.given_name.expose().to_owned(),
        birth_date: identity.birth_date.to_string(),
    }
}

impl Output for Person {
    type View = IdentityView;

    fn view(&self) -> IdentityView {
        let member = &self.member;
        IdentityView {
            id: member.id.to_string(),
            cin: member.cin.expose().to_owned(),
            family_name: member.family_name.expose().to_owned(),
            given_name: member.given_name.expose().to_owned(),
            birth_date: member.birth_date.to_string(),
            standing: member.standing.name().to_owned(),
            told_by: self.told_by().map(str::to_owned),
            merged_into: member.merged_into.map(|id| id.to_string()),
            merged_from: self.merged_from.iter().map(ToString::to_string).collect(),
            coverage: self.coverage.iter().map(span).collect(),
            cases: self.cases.iter().map(case).collect(),
            history: self.history.iter().map(event).collect(),
            version: member.version,
        }
    }
}

impl Versioned for Person {
    fn version(&self) -> i64 {
        self.member.version
    }
}

fn span(span: &Coverage) -> IdentityCoverageView {
    IdentityCoverageView {
        plan: span.plan.to_string(),
        line: span.line.clone(),
        first: span.first_day.to_string(),
        last: span.last_day.map(|day| day.to_string()),
        disputed: span.disputed_since.is_some(),
    }
}

fn case(case: &CaseOfPerson) -> IdentityCaseView {
    IdentityCaseView {
        id: case.id.to_string(),
        kind: case.kind.name().to_owned(),
        plan: case.plan.as_ref().map(ToString::to_string),
        provider: case.provider.to_string(),
        received_at: case.received_at.to_string(),
    }
}

fn event(event: &IdentityEvent) -> IdentityEventView {
    IdentityEventView {
        event: event.name.name().to_owned(),
        at: event.at.to_string(),
        other: event.other.map(|id| id.to_string()),
        by: event.actor_org.map(|id| id.to_string()),
        role: event.actor_role.clone(),
        reason: event.reason.clone(),
    }
}

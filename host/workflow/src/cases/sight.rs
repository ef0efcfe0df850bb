//! Organizations that see a member through a case, and the instant at which they no longer do.
//!
//! The sender of a case and the provider that delivers see the member while the case is open, and for a time
//! after it (`sight.toml`). Nothing is written unless a command changes who they are or when it ends.

use domain::authorization;
use domain::identifiers::{CaseId, MemberId, OrgId};
use domain::sight::{Reason, Sight as Rules};
use domain::time::pacific_day;
use jiff::Timestamp;
use jiff::civil::Date;
use store::Statement;
use store::members::{Grant, GrantReason};

use crate::cases::case::{Body, Case};

/// Organizations that see the member of a case, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sight {
    sender: OrgId,
    delivers: Option<OrgId>,
    /// The last day; `None` while the case is open.
    until: Option<Date>,
}

impl Sight {
    /// Sight through the case as it stands.
    pub(crate) fn of(case: &Case, now: Timestamp) -> Self {
        let ended = ended(case, pacific_day(now));
        Self {
            sender: case.provider,
            delivers: case.assigned,
            until: ended.map(|day| Rules::state().last_day(Reason::Case, day)),
        }
    }

    /// The statements that make it so, if it was otherwise before.
    pub(crate) fn changes(&self, before: &Self, case: &Case, new: bool, now: Timestamp) -> Vec<Statement> {
        let Some(member) = case.member.filter(|_| new || self != before) else { return Vec::new() };
        let parties = [Some(self.sender), self.delivers];
        let grant = |organization: OrgId| self.grant(member, case.id, organization, now);
        let mut statements: Vec<Statement> = parties.into_iter().flatten().map(grant).collect();
        if before.delivers.is_some() && before.delivers != self.delivers {
            let last = Rules::state().last_day(Reason::Contact, pacific_day(now));
            let keeps = [self.sender, self.delivers.unwrap_or(self.sender)];
            statements.push(store::members::end_for_others(case.id, keeps, last));
        }
        statements
    }

    fn grant(&self, member: MemberId, case: CaseId, organization: OrgId, since: Timestamp) -> Statement {
        store::members::grant(&Grant {
            member,
            organization,
            reason: GrantReason::Case,
            case: Some(case),
            since,
            until: self.until,
        })
    }
}

/// Sight through a case that is over today, although it has no end of its own.
pub(crate) fn after(member: MemberId, case: CaseId, organization: OrgId, now: Timestamp) -> Statement {
    let until = Some(Rules::state().last_day(Reason::Case, pacific_day(now)));
    let over = Sight { sender: organization, delivers: None, until };
    over.grant(member, case, organization, now)
}

/// The day on which the case is over: for an approval not before the last day that it grants.
fn ended(case: &Case, today: Date) -> Option<Date> {
    if !case.body.is_final() {
        return None;
    }
    let granted = match &case.body {
        Body::Authorization(body) => match &body.state {
            authorization::State::Approved { grant, .. } => {
                grant.lines.iter().map(|line| line.days.last.unwrap_or(line.days.first)).max()
            }
            _ => None,
        },
        _ => None,
    };
    Some(granted.map_or(today, |last| last.max(today)))
}

//! Reading the audit trail: the operator all of it, an organization what concerns it.

use domain::identifiers::{AuditId, OrgId};
use domain::problem::Code;
use domain::time::pacific_end_of_day;
use jiff::ToSpan;
use jiff::civil::Date;
use store::audit::{Entry, Filter};

use crate::Crosswalk;
use crate::caller::{Caller, Role};
use crate::failure::Failure;
use crate::paging::Paging;
use crate::recording::Look;
use crate::view::{AuditView, Page};

/// Which entries are asked for.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// From this day on, Pacific time.
    pub from: Option<Date>,
    /// To the end of this day.
    pub to: Option<Date>,
    /// Made by this organization.
    pub actor: Option<OrgId>,
    /// About the thing with this id.
    pub subject: Option<String>,
    /// Of this action.
    pub action: Option<String>,
}

impl Crosswalk {
    /// Entries of the audit trail, newest first: all of them for the operator; for an organization what its own people
    /// did, and for a plan also what others did in its cases and to its members. Reading it is an entry too.
    ///
    /// # Errors
    /// `Invalid` for days out of order or a bad cursor.
    pub async fn audit_trail(
        &self,
        caller: &Caller,
        query: AuditQuery,
        paging: Paging,
    ) -> Result<Page<AuditView>, Failure> {
        if let (Some(from), Some(to)) = (query.from, query.to)
            && to < from
        {
            let detail = "the last day is before the first";
            return Err(Failure::field("?to", Code::DaysOutOfOrder, detail, "put the days in order"));
        }
        let before = match paging.after_pair::<i64, AuditId>()? {
            Some((at, id)) => Some((crate::paging::instant(at)?, id)),
            None => None,
        };
        let filter = Filter {
            // The first millisecond of the day, and the first after the last.
            from: query.from.map(|day| pacific_end_of_day(day.saturating_sub(1.day())) + 1.millisecond()),
            until: query.to.map(|day| pacific_end_of_day(day) + 1.millisecond()),
            actor: query.actor,
            subject: query.subject,
            action: query.action,
        };
        let rows = store::audit::list(self.store(), &caller.scope, &filter, before, paging.limit).await?;
        self.look(caller, Look::List("audit")).await?;
        let next_cursor = rows.next.map(|(at, id)| format!("{}~{id}", at.as_millisecond()));
        Ok(Page { items: rows.items.iter().map(|entry| view(caller, entry)).collect(), next_cursor })
    }
}

/// Another organization's key and request are its own affair.
fn view(caller: &Caller, entry: &Entry) -> AuditView {
    let own = caller.role == Role::Operator || entry.actor_org == caller.organization;
    AuditView {
        id: entry.id.to_string(),
        at: entry.at.to_string(),
        actor: entry.actor_org.map(|id| id.to_string()),
        role: entry.role.clone(),
        key: entry.key.filter(|_| own).map(|id| id.to_string()),
        request: own.then(|| entry.request.clone()),
        action: entry.action.clone(),
        subject_kind: entry.subject_kind.clone(),
        subject: entry.subject_id.clone(),
        plan: entry.plan.as_ref().map(ToString::to_string),
        purpose: entry.purpose.clone(),
        outcome: entry.outcome.clone(),
    }
}

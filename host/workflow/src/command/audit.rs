//! The audit trail: what is put on it with every change and before every look leaves, and who reads it: the
//! operator all of it, an organization what concerns it.

use domain::identifiers::{AuditId, CaseId, KeyId, OrgId, PlanId};
use domain::problem::Code;
use domain::time::pacific_end_of_day;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use store::audit::{Entry, Filter};
use store::members::Member;
use store::{Statement, Unit};

use crate::Crosswalk;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::paging::{Page, Paging};

/// Most detail that is kept of who was looked at in one answer.
const MOST_SUBJECTS: usize = 200;

/// A look at the record.
pub(crate) enum Look<'a> {
    /// A look at these members, for a purpose that the caller gave.
    Members(&'a [Member], &'a str),
    /// A look at these cases, by id.
    Cases(&'a [CaseId]),
    /// A look at a list that names no member.
    List(&'static str),
    /// A look at something that is not there, or not the caller's.
    Denied(&'static str),
}

/// Narrows the audit trail; an absent field narrows nothing.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// Entries of this day and later ones, Pacific time.
    pub from: Option<Date>,
    /// Entries up to the end of this day, Pacific time.
    pub to: Option<Date>,
    /// Entries of this organization's looks and changes.
    pub actor: Option<OrgId>,
    /// Entries about the thing with this id.
    pub subject: Option<String>,
    /// Entries of this action only, by its word in the API.
    pub action: Option<String>,
}

/// An entry of the trail, as the caller may see it. Ids and codes only.
#[derive(Clone, Debug)]
pub struct TrailEntry {
    /// Id of the entry.
    pub id: AuditId,
    /// Instant of the act (UTC).
    pub at: Timestamp,
    /// Organization that acted; `None` for the host's own duties.
    pub actor: Option<OrgId>,
    /// Role in which it acted.
    pub role: String,
    /// Key with which it acted; `None` for whom that is no affair of.
    pub key: Option<KeyId>,
    /// Id under which the request was logged; `None` for whom that is no affair of.
    pub request: Option<String>,
    /// Action, such as `look` or `change`.
    pub action: String,
    /// Kind of thing that it was done to.
    pub subject_kind: String,
    /// Its id, or `list`.
    pub subject: String,
    /// Plan that is concerned.
    pub plan: Option<PlanId>,
    /// Purpose of a look at a member.
    pub purpose: Option<String>,
    /// Outcome: `done`, `denied`, `refused-input` or `failed`.
    pub outcome: String,
}

impl Crosswalk {
    /// Entries of the audit trail, newest first: all of them for the operator; for an organization what its
    /// own people did, and for a plan also what others did in its cases and to its members. Reading it is an
    /// entry too.
    ///
    /// # Errors
    /// `Invalid` for days out of order or a bad cursor.
    pub async fn audit_trail(
        &self,
        caller: &Caller,
        query: AuditQuery,
        paging: Paging,
    ) -> Result<Page<TrailEntry>, Failure> {
        if let (Some(from), Some(to)) = (query.from, query.to)
            && to < from
        {
            let detail = "the last day is before the first";
            return Err(Failure::field("?to", Code::DaysOutOfOrder, detail, "put the days in order"));
        }
        let before = match paging.after_pair::<i64, AuditId>()? {
            Some((at, id)) => Some((crate::command::paging::instant(at)?, id)),
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
        Ok(Page { items: rows.items.into_iter().map(|entry| seen_by(caller, entry)).collect(), next_cursor })
    }

    /// An entry for the audit log.
    pub(crate) fn audit_entry(
        &self,
        caller: &Caller,
        action: &str,
        subject_kind: &str,
        subject: &str,
    ) -> Entry {
        Entry {
            id: self.id(AuditId::from_uuid),
            at: self.now(),
            request: caller.request.clone(),
            key: caller.key,
            actor_org: caller.organization,
            role: caller.key.map_or("host", |_| caller.role.name()).to_owned(),
            action: action.to_owned(),
            subject_kind: subject_kind.to_owned(),
            subject_id: subject.to_owned(),
            plan: caller.plan.clone(),
            purpose: None,
            outcome: "done".to_owned(),
        }
    }

    /// The statement that puts such an entry into a unit.
    pub(crate) fn audit(
        &self,
        caller: &Caller,
        action: &str,
        subject_kind: &str,
        subject: &str,
        plan: Option<&PlanId>,
    ) -> Statement {
        let entry = self.audit_entry(caller, action, subject_kind, subject);
        store::audit::insert(&Entry { plan: plan.cloned().or(entry.plan.clone()), ..entry })
    }

    /// Puts a look on the record, before the answer leaves.
    pub(crate) async fn look(&self, caller: &Caller, look: Look<'_>) -> Result<(), Failure> {
        let mut unit = Unit::default();
        match look {
            Look::Members(members, purpose) => unit.extend(self.looks_at_members(caller, members, purpose)),
            Look::Cases(cases) => unit.extend(cases.iter().take(MOST_SUBJECTS).map(|case| {
                let entry = self.audit_entry(caller, "look", "case", &case.to_string());
                store::audit::insert_about_case(&entry)
            })),
            Look::List(kind) => unit.add(self.audit(caller, "look", kind, "list", None)),
            Look::Denied(kind) => {
                let entry = self.audit_entry(caller, "look", kind, "unseen");
                unit.add(store::audit::insert(&Entry { outcome: "denied".to_owned(), ..entry }));
            }
        }
        if unit.statements.is_empty() {
            return Ok(());
        }
        Ok(self.store().commit(unit).await?)
    }

    /// An entry for each member, which concerns the plans that cover the member today.
    fn looks_at_members(&self, caller: &Caller, members: &[Member], purpose: &str) -> Vec<Statement> {
        let today = self.today();
        let entry = |member: &Member| {
            let entry = self.audit_entry(caller, "look", "member", &member.id.to_string());
            let entry = Entry { purpose: Some(purpose.to_owned()), ..entry };
            store::audit::insert_about_member(&entry, today)
        };
        members.iter().take(MOST_SUBJECTS).flat_map(entry).collect()
    }
}

/// Another organization's key and request are its own affair.
fn seen_by(caller: &Caller, entry: Entry) -> TrailEntry {
    let own = caller.role == Role::Operator || entry.actor_org == caller.organization;
    TrailEntry {
        id: entry.id,
        at: entry.at,
        actor: entry.actor_org,
        role: entry.role,
        key: entry.key.filter(|_| own),
        request: own.then_some(entry.request),
        action: entry.action,
        subject_kind: entry.subject_kind,
        subject: entry.subject_id,
        plan: entry.plan,
        purpose: entry.purpose,
        outcome: entry.outcome,
    }
}

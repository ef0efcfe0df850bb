//! The audit trail: what is put on it with every change and before every look leaves, and who reads it: the
//! operator all of it, an organization what concerns it.

use std::collections::BTreeMap;

use domain::actor::Actor;
use domain::audit::SubjectKind;
use domain::identifiers::{AccountId, AuditId, CaseId, KeyId, OrgId, PlanId};
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
    List(SubjectKind),
    /// A look at something that is not there, or not the caller's.
    Denied(SubjectKind),
    /// No look: nothing came of the read.
    Nothing,
}

impl Look<'_> {
    /// A look at names of people and labels of keys, where there are any.
    pub(crate) fn names(names: &BTreeMap<Actor, String>) -> Self {
        if names.is_empty() { Self::Nothing } else { Self::colleagues() }
    }

    /// A look at the people and keys that work for an organization.
    pub(crate) fn colleagues() -> Self {
        Self::List(SubjectKind::Account)
    }
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
    /// Account of the person who acted; `None` for whom that is no affair of.
    pub account: Option<AccountId>,
    /// Id under which the request was logged; `None` for whom that is no affair of.
    pub request: Option<String>,
    /// Action, such as `look` or `change`.
    pub action: String,
    /// Kind of thing that it was done to.
    pub subject_kind: String,
    /// Its id, or `list`; `None` for a person or a case, for whom names are no affair of.
    pub subject: Option<String>,
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
    /// `Invalid` for days out of order or a bad cursor; `Forbidden` for whoever sees no names and asks about
    /// a person or a case.
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
        if query.subject.as_deref().is_some_and(|subject| !is_institution(subject)) {
            caller.must_see_names()?;
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
        self.look(caller, Look::List(SubjectKind::Audit)).await?;
        let next_cursor = rows.next.map(|(at, id)| format!("{}~{id}", at.as_millisecond()));
        Ok(Page { items: rows.items.into_iter().map(|entry| seen_by(caller, entry)).collect(), next_cursor })
    }

    /// An entry for the audit log.
    pub(crate) fn audit_entry(
        &self,
        caller: &Caller,
        action: &str,
        subject_kind: SubjectKind,
        subject: &str,
    ) -> Entry {
        Entry {
            id: self.id(AuditId::from_uuid),
            at: self.now(),
            request: caller.request.clone(),
            key: caller.key,
            account: caller.account,
            actor_org: caller.organization,
            role: caller.acts_as().to_owned(),
            action: action.to_owned(),
            subject_kind: subject_kind.name().to_owned(),
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
        subject_kind: SubjectKind,
        subject: &str,
        plan: Option<&PlanId>,
    ) -> Statement {
        let entry = self.audit_entry(caller, action, subject_kind, subject);
        store::audit::insert(&Entry { plan: plan.cloned().or(entry.plan.clone()), ..entry })
    }

    /// Puts a look on the record, before the answer leaves.
    pub(crate) async fn look(&self, caller: &Caller, look: Look<'_>) -> Result<(), Failure> {
        self.looks(caller, &[look]).await
    }

    /// Puts the looks that one answer is made of on the record, in one commit.
    pub(crate) async fn looks(&self, caller: &Caller, looks: &[Look<'_>]) -> Result<(), Failure> {
        let mut unit = Unit::default();
        for look in looks {
            self.add_look(&mut unit, caller, look);
        }
        if unit.statements.is_empty() {
            return Ok(());
        }
        Ok(self.store().commit(unit).await?)
    }

    fn add_look(&self, unit: &mut Unit, caller: &Caller, look: &Look<'_>) {
        match look {
            Look::Members(members, purpose) => unit.extend(self.looks_at_members(caller, members, purpose)),
            Look::Cases(cases) => unit.extend(cases.iter().take(MOST_SUBJECTS).map(|case| {
                let entry = self.audit_entry(caller, "look", SubjectKind::Case, &case.to_string());
                store::audit::insert_about_case(&entry)
            })),
            Look::List(kind) => unit.add(self.audit(caller, "look", *kind, "list", None)),
            Look::Denied(kind) => {
                let entry = self.audit_entry(caller, "look", *kind, "unseen");
                unit.add(store::audit::insert(&Entry { outcome: "denied".to_owned(), ..entry }));
            }
            Look::Nothing => {}
        }
    }

    /// An entry for each member, which concerns the plans that cover the member today.
    fn looks_at_members(&self, caller: &Caller, members: &[Member], purpose: &str) -> Vec<Statement> {
        let today = self.today();
        let entry = |member: &Member| {
            let entry = self.audit_entry(caller, "look", SubjectKind::Member, &member.id.to_string());
            let entry = Entry { purpose: Some(purpose.to_owned()), ..entry };
            store::audit::insert_about_member(&entry, today)
        };
        members.iter().take(MOST_SUBJECTS).flat_map(entry).collect()
    }
}

/// True for a list, and for the id of an organization, an account or a key: of whoever works here, and no
/// member.
fn is_institution(subject: &str) -> bool {
    ["list", "unseen"].contains(&subject)
        || subject.parse::<OrgId>().is_ok()
        || subject.parse::<AccountId>().is_ok()
        || subject.parse::<KeyId>().is_ok()
}

/// Another organization's key, person and request are its own affair. Whoever reads figures only is not told
/// which person or case it was.
fn seen_by(caller: &Caller, entry: Entry) -> TrailEntry {
    let own = caller.role == Role::Operator || entry.actor_org == caller.organization;
    let names = caller.must_see_names().is_ok() || SubjectKind::word_names_no_member(&entry.subject_kind);
    TrailEntry {
        id: entry.id,
        at: entry.at,
        actor: entry.actor_org,
        role: entry.role,
        key: entry.key.filter(|_| own),
        account: entry.account.filter(|_| own),
        request: own.then_some(entry.request),
        action: entry.action,
        subject_kind: entry.subject_kind,
        subject: Some(entry.subject_id).filter(|subject| names || is_institution(subject)),
        plan: entry.plan,
        purpose: entry.purpose,
        outcome: entry.outcome,
    }
}

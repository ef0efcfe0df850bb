//! The colleague at a plan who has a case that waits for them, their notes for each other, and who the
//! colleagues are.
//!
//! None of it is a step of the case: who sent it does not read who works on it. It is on the audit trail, and
//! in a history of its own that only the plan reads.

use std::collections::BTreeMap;

use domain::account::Role as AccountRole;
use domain::actor::Actor;
use domain::audit::SubjectKind;
use domain::identifiers::{CaseId, PlanId, WorkStepId};
use domain::problem::Code;
use domain::work::{Event, Note};
use store::Unit;
use store::accounts::Account;
use store::auth::Key;
use store::worklist::{Done, WorkStep};

use crate::Crosswalk;
use crate::cases::work::WorkItem;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::paging::{Page, Paging, instant};
use crate::command::{Expected, NewWorkStep, Once, Outcome};

/// Rows that are read at a time of the people and the keys of a plan.
const AT_ONCE: u32 = 200;
/// Steps that are shown beside a case.
const STEPS: u32 = 50;

/// A person or key that works the cases of the caller's plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    /// Account or key.
    pub id: Actor,
    /// Name of the person, or label of the key; `None` of a person who has said none.
    pub name: Option<String>,
    /// True for the caller.
    pub is_caller: bool,
}

/// The work of a plan's people on one case.
#[derive(Clone, Debug)]
pub struct WorkOn {
    /// State in which it waits; `None` where it waits for nobody.
    pub item: Option<WorkItem>,
    /// The newest steps and notes, newest first.
    pub steps: Vec<WorkStep>,
    /// Names of those who took them, and of whoever has the case.
    pub names: BTreeMap<Actor, String>,
}

impl Crosswalk {
    /// The colleague who has a case, the newest steps with it, and the names of those who took them. Whoever
    /// asks has read the case, and puts the look on the record.
    pub(crate) async fn work_on(&self, caller: &Caller, case: CaseId) -> Result<WorkOn, Failure> {
        let steps = store::worklist::steps(self.store(), &caller.scope, case, None, STEPS).await?.items;
        let item = store::worklist::find(self.store(), &caller.scope, case).await?;
        let holder = item.as_ref().and_then(|item| item.state.holder());
        let receiver = |step: &WorkStep| match step.what {
            Done::Passed(to) => Some(to),
            Done::Took | Done::PutBack | Done::Noted(_) => None,
        };
        let of_steps = steps.iter().flat_map(|step| std::iter::once(step.by).chain(receiver(step)));
        let names = self.read_names(caller, holder.into_iter().chain(of_steps)).await?;
        Ok(WorkOn { item: item.map(|item| WorkItem::of(item, &names)), steps, names })
    }

    /// The item that waits for the plan's people about one case, and who has it.
    ///
    /// # Errors
    /// `Forbidden` for everybody but plan roles; `NotFound` for what does not wait for the caller's plan.
    pub async fn work_item(&self, caller: &Caller, case: CaseId) -> Result<WorkItem, Failure> {
        caller.must_be(&[Role::PlanReviewer, Role::PlanAdmin])?;
        let item = self.waiting(caller, case).await?;
        let names = self.read_names(caller, item.state.holder()).await?;
        self.looks(caller, &[Look::Cases(&[case]), Look::names(&names)]).await?;
        Ok(WorkItem::of(item, &names))
    }

    async fn waiting(&self, caller: &Caller, case: CaseId) -> Result<store::worklist::Item, Failure> {
        store::worklist::find(self.store(), &caller.scope, case).await?.ok_or(Failure::NotFound)
    }

    /// Takes a case that waits, passes it to a colleague, or puts it back. Whoever decides needs none of it.
    ///
    /// # Errors
    /// `Forbidden` for everybody but those who decide; `NotFound`; `Newer`; `Work` for a step that does not
    /// fit who has it; `Invalid` for somebody who is no colleague.
    pub async fn step_work(
        &self,
        caller: &Caller,
        case: CaseId,
        new: NewWorkStep,
        expected: Expected,
        once: Once<WorkItem>,
    ) -> Result<Outcome<WorkItem>, Failure> {
        let by = works(caller)?;
        let NewWorkStep { event, note } = &new;
        let event = *event;
        self.once(caller, once, || {
            Box::pin(async move {
                let item = self.waiting(caller, case).await?;
                if !expected.holds(item.version) {
                    return Err(Failure::Newer(item.version));
                }
                if let Event::Pass { to } = event
                    && !self.is_colleague(caller, to).await?
                {
                    return Err(no_colleague());
                }
                let state = item.state.apply(event, by, self.now())?;
                let item = store::worklist::Item { state, ..item };
                let what = match event {
                    Event::Take => Done::Took,
                    Event::Pass { to } => Done::Passed(to),
                    Event::PutBack => Done::PutBack,
                };
                let action = format!("{}-work", event.kind().name());
                let step = self.work_step(case, &item.plan, by, what);
                let mut unit = Unit::of([
                    store::worklist::hand(&item),
                    store::worklist::insert_step(&step),
                    self.audit(caller, &action, SubjectKind::Case, &case.to_string(), Some(&item.plan)),
                ]);
                if let Some(note) = note {
                    let noted = self.work_step(case, &item.plan, by, Done::Noted(note.clone()));
                    unit.add(store::worklist::insert_step(&noted));
                }
                let item = store::worklist::Item { version: item.version + 1, ..item };
                // The step itself is on the trail, with whoever took it: no look beside it.
                let names = self.read_names(caller, item.state.holder()).await?;
                Ok((unit, WorkItem::of(item, &names)))
            })
        })
        .await
    }

    /// Leaves a note for the plan's people on a case that waits for them.
    ///
    /// # Errors
    /// `Forbidden` for everybody but those who decide; `NotFound`.
    pub async fn note_work(
        &self,
        caller: &Caller,
        case: CaseId,
        note: Note,
        once: Once<WorkStep>,
    ) -> Result<Outcome<WorkStep>, Failure> {
        let by = works(caller)?;
        let note = &note;
        self.once(caller, once, || {
            Box::pin(async move {
                let item = self.waiting(caller, case).await?;
                let step = self.work_step(case, &item.plan, by, Done::Noted(note.clone()));
                let unit = Unit::of([
                    store::worklist::waits(case, &item.plan),
                    store::worklist::insert_step(&step),
                    self.audit(caller, "note-work", SubjectKind::Case, &case.to_string(), Some(&item.plan)),
                ]);
                Ok((unit, step))
            })
        })
        .await
    }

    /// Steps of the plan's people with a case, and their notes, newest first. It stays when the case is
    /// decided.
    ///
    /// # Errors
    /// `Forbidden` for everybody but plan roles; `NotFound`; `Invalid` for a bad cursor.
    pub async fn work_history(
        &self,
        caller: &Caller,
        case: CaseId,
        paging: Paging,
    ) -> Result<Page<WorkStep>, Failure> {
        caller.must_be(&[Role::PlanReviewer, Role::PlanAdmin])?;
        let before = match paging.after_pair::<i64, WorkStepId>()? {
            Some((at, id)) => Some((instant(at)?, id)),
            None => None,
        };
        self.readable_case(caller, case).await?;
        let rows = store::worklist::steps(self.store(), &caller.scope, case, before, paging.limit).await?;
        self.look(caller, Look::Cases(&[case])).await?;
        let next_cursor = rows.next.map(|(at, id)| format!("{}~{id}", at.as_millisecond()));
        Ok(Page { items: rows.items, next_cursor })
    }

    /// People and keys that work the cases of the caller's plan, people first.
    ///
    /// # Errors
    /// `Forbidden` for everybody but plan roles.
    pub async fn colleagues(&self, caller: &Caller) -> Result<Vec<Colleague>, Failure> {
        caller.must_be(&[Role::PlanReviewer, Role::PlanAdmin])?;
        let colleagues = self.read_colleagues(caller).await?;
        self.look(caller, Look::colleagues()).await?;
        Ok(colleagues)
    }

    /// The same without a look.
    pub(crate) async fn read_colleagues(&self, caller: &Caller) -> Result<Vec<Colleague>, Failure> {
        let (store, scope, own) = (self.store(), &caller.scope, caller.organization);
        let mut colleagues = Vec::new();
        let mut after = None;
        loop {
            let page = store::accounts::list(store, scope, own, after, AT_ONCE).await?;
            let working = page.items.into_iter().filter(works_cases);
            colleagues.extend(working.map(|account| {
                let name = account.name.map(|name| name.expose().to_owned());
                (Actor::Account(account.id), name)
            }));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let mut after = None;
        loop {
            let page = store::auth::list(store, scope, after, AT_ONCE).await?;
            let working = page.items.into_iter().filter(|key| self.decides(key));
            colleagues.extend(working.map(|key| (Actor::Key(key.id), Some(key.label))));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let own = caller.actor();
        let colleague = |(id, name)| Colleague { id, name, is_caller: own == Some(id) };
        Ok(colleagues.into_iter().map(colleague).collect())
    }

    /// True for a person or key of the caller's organization that works cases.
    async fn is_colleague(&self, caller: &Caller, actor: Actor) -> Result<bool, Failure> {
        let (store, scope) = (self.store(), &caller.scope);
        Ok(match actor {
            Actor::Account(id) => {
                store::accounts::find(store, scope, id).await?.is_some_and(|one| works_cases(&one))
            }
            Actor::Key(id) => {
                store::auth::find(store, scope, id).await?.is_some_and(|key| self.decides(&key))
            }
        })
    }

    /// True for a key that is good today and decides for a plan.
    fn decides(&self, key: &Key) -> bool {
        let is_good = key.revoked_at.is_none() && key.expires_at.is_none_or(|end| end > self.now());
        is_good && key.role == Role::PlanReviewer
    }

    fn work_step(&self, case: CaseId, plan: &PlanId, by: Actor, what: Done) -> WorkStep {
        let id = self.id(WorkStepId::from_uuid);
        WorkStep { id, case, plan: plan.clone(), at: self.now(), by, what }
    }
}

/// The caller as one of those who decide for a plan.
fn works(caller: &Caller) -> Result<Actor, Failure> {
    caller.must_be(&[Role::PlanReviewer])?;
    caller.actor().ok_or(Failure::Forbidden)
}

/// True for a person who can sign in and decides for a plan.
fn works_cases(account: &Account) -> bool {
    let decides = |role| matches!(role, AccountRole::PlanOperations | AccountRole::Reviewer);
    account.state.is_active() && account.rights.roles().any(decides)
}

fn no_colleague() -> Failure {
    let detail = "this is none of those who decide for your plan";
    Failure::field("/to", Code::InvalidValue, detail, "send an id of ⟦listColleagues⟧")
}

//! A release on its way through one command: its moves, and the unit that keeps them.
//!
//! Its way begins with the upload ([`crate::plugins::upload`]), leads through the steps of
//! [`crate::plugins::life_cycle`], and ends in [`crate::plugins::rollout`], which says who decides with it
//! and from when.

use domain::audit::SubjectKind;
use domain::identifiers::{AuditId, Digest, EventId, PlanId};
use domain::release::{Event, EventKind};
use jiff::Timestamp;
use serde_json::Value;
use store::audit::Entry;
use store::releases::Release;
use store::{Statement, Unit};

use crate::Crosswalk;
use crate::command::caller::Caller;
use crate::command::failure::Failure;

/// Tries of a unit whose ground moved, where no command tries again.
pub(super) const TRIES: u32 = 8;

/// A release on its way through one command. Nothing is kept until the unit that it becomes part of is done.
pub(crate) struct Moved {
    pub(crate) release: Release,
    steps: Vec<Step>,
}

/// An entry of the timeline to be: a transition or a note, and the state after it.
struct Step {
    /// Id of the entry, where somebody must know it before it is kept.
    id: Option<EventId>,
    name: EventKind,
    state: &'static str,
    /// Instant of the step (UTC), if it was before the whole is kept: a component is compiled while its
    /// sender waits.
    at: Option<Timestamp>,
    detail: Value,
}

impl Moved {
    pub(crate) fn of(release: Release) -> Self {
        Self { release, steps: Vec::new() }
    }

    /// Says something in the timeline without a transition.
    pub(crate) fn note(&mut self, name: EventKind, detail: Value) {
        self.step(name, None, detail);
    }

    pub(crate) fn apply(&mut self, event: Event, now: Timestamp, detail: Value) -> Result<(), Failure> {
        let name = event.kind();
        self.release.state = self.release.state.clone().apply(event, now)?;
        self.step(name, Some(now), detail);
        Ok(())
    }

    pub(super) fn step(&mut self, name: EventKind, at: Option<Timestamp>, detail: Value) {
        self.steps.push(Step { id: None, name, state: self.release.state.name(), at, detail });
    }

    /// The same as [`Self::note`], under this id.
    pub(crate) fn note_as(&mut self, id: EventId, name: EventKind, detail: Value) {
        let state = self.release.state.name();
        self.steps.push(Step { id: Some(id), name, state, at: None, detail });
    }
}

impl Crosswalk {
    /// A release, if the caller may see it.
    pub(crate) async fn release(
        &self,
        caller: &Caller,
        plan: &PlanId,
        digest: &Digest,
    ) -> Result<Release, Failure> {
        let found = store::releases::find(self.store(), &caller.scope, plan, digest).await?;
        found.ok_or(Failure::NotFound)
    }

    /// The statements that keep what happened to releases in one command, under one entry in the audit trail:
    /// of the first.
    pub(crate) fn kept_moves(
        &self,
        caller: &Caller,
        action: &str,
        moved: &[Moved],
        now: Timestamp,
    ) -> Result<Unit, Failure> {
        let Some(first) = moved.first() else { return Ok(Unit::default()) };
        let subject = first.release.digest.to_string();
        let audit = self.audit_entry(caller, action, SubjectKind::Plugin, &subject);
        let audit = Entry { plan: Some(first.release.plan.clone()), ..audit };
        let mut unit = Unit::of([store::audit::insert(&audit)]);
        for moved in moved {
            unit.add(store::releases::keep(&moved.release, now)?);
            unit.extend(
                moved.steps.iter().map(|step| self.release_event(caller, moved, step, now, audit.id)),
            );
        }
        Ok(unit)
    }

    fn release_event(
        &self,
        caller: &Caller,
        moved: &Moved,
        step: &Step,
        now: Timestamp,
        audit: AuditId,
    ) -> Statement {
        store::releases::add_event(&store::releases::Event {
            id: step.id.unwrap_or_else(|| self.id(EventId::from_uuid)),
            plan: moved.release.plan.clone(),
            digest: moved.release.digest,
            at: step.at.unwrap_or(now),
            name: step.name,
            state: step.state.to_owned(),
            actor_org: caller.organization,
            actor: caller.actor(),
            actor_role: caller.acts_as().to_owned(),
            detail: step.detail.to_string(),
            audit,
        })
    }
}

//! Activations: releases go live now, on a day, or for a cohort first, and are taken back, by people or by
//! the host itself when they fail too often.
//!
//! What answers a request is read from the activations alone (see [`domain::rollout`]), and a decision is
//! kept only while that is still so. Ending an activation therefore is the whole of a roll-back: what stood
//! before it answers the very next request, and a request under way is decided again.

use std::collections::BTreeMap;

use domain::audit::SubjectKind;
use domain::identifiers::{ActivationId, Digest, PlanId};
use domain::problem::Code;
use domain::release::{Approval, Event, EventKind, Policy, State, WhyBack};
use domain::rollout::{About, Cohort, StandingActivation, answering, chosen};
use domain::time::pacific_day;
use jiff::Timestamp;
use serde_json::json;
use store::activations::{Activation, EndedFor};
use store::releases::Release;
use store::{StoreError, Unit};

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::Caller;
use crate::command::failure::{Failure, FieldProblem};
use crate::command::notice::{Notice, Recipient};
use crate::command::paging::{Page, Paging, page};
use crate::command::{NewActivation, Once, Outcome};
use crate::plugins::clearance::withheld;
use crate::plugins::releases::Moved;
use crate::words;

/// A release that was taken back.
#[derive(Clone, Debug)]
pub struct Rollback {
    /// Plan whose release it is.
    pub plan: PlanId,
    /// SHA-256 of the component that was taken back.
    pub digest: Digest,
    /// Component that answers everybody's requests about today instead.
    pub to: Option<Digest>,
    /// Activations that it ended.
    pub activations: Vec<ActivationId>,
    /// Instant of the roll-back (UTC).
    pub at: Timestamp,
}

impl Crosswalk {
    /// Lets a plugin decide: from an instant on, requests about some days, and everybody's or a cohort's.
    ///
    /// # Errors
    /// `ProofNeeded` for a person who has not just shown who it is; `Invalid` for a digest that was not
    /// uploaded for this plan, or an instant that is past; `Withheld` with everything that must come first.
    pub async fn activate(
        &self,
        caller: &Caller,
        plan: PlanId,
        new: NewActivation,
        once: Once<Activation>,
    ) -> Result<Outcome<Activation>, Failure> {
        self.may_run_plan(caller, &plan).await?;
        // What it decides stays decided, also once it is taken back.
        caller.must_be_sure()?;
        let (plan, new) = (&plan, &new);
        let outcome = self.once(caller, once, || {
            Box::pin(async move {
                let now = self.now();
                let found = store::releases::find(self.store(), &caller.scope, plan, &new.digest).await?;
                let release = found.ok_or_else(unknown_plugin)?;
                let from = new.from.unwrap_or(now);
                if from < now {
                    return Err(in_the_past());
                }
                let policy = self.cleared_to_decide(caller, &release).await?;
                // Before anything of it is on the record: the first request must not wait for it.
                self.loaded(plan, &new.digest).await?;
                let activation = self.activation(caller, plan, new, from, now).await?;
                let mut moved = Moved::of(release);
                approve_with(&mut moved, caller, &policy, now)?;
                let event = if from <= now { Event::Activate } else { Event::Schedule(from) };
                moved.apply(event, now, activation_detail(&activation))?;
                let mut standing = self.standing(plan).await?;
                standing.push(activation.standing());
                let mut all = vec![moved];
                all.extend(self.settled(plan, &standing, &all, now).await?);
                let mut unit = self.kept_moves(caller, "activate-plugin", &all, now)?;
                unit.add(store::activations::insert(&activation));
                Ok((unit, activation))
            })
        });
        outcome.await
    }

    /// Fails unless the caller may let a release decide.
    async fn cleared_to_decide(&self, caller: &Caller, release: &Release) -> Result<Policy, Failure> {
        let by = caller.actor().ok_or(Failure::Forbidden)?;
        self.is_cleared(caller, release, Some(by)).await
    }

    async fn activation(
        &self,
        caller: &Caller,
        plan: &PlanId,
        new: &NewActivation,
        from: Timestamp,
        now: Timestamp,
    ) -> Result<Activation, Failure> {
        let version = store::activations::latest_version(self.store(), plan).await? + 1;
        // A plan's first rules answer for every day; later ones for theirs, so that old days stay with old
        // rules.
        let stands_alone = self.standing(plan).await?.is_empty();
        let rules_from = new.rules_from.or((!stands_alone).then(|| pacific_day(from)));
        Ok(Activation {
            id: self.id(ActivationId::from_uuid),
            plan: plan.clone(),
            digest: new.digest,
            from,
            rules_from,
            cohort: new.cohort.clone(),
            version,
            made_at: now,
            made_by: *caller.organization()?,
            ended: None,
            plan_is_active: true,
        })
    }

    async fn standing(&self, plan: &PlanId) -> Result<Vec<StandingActivation>, Failure> {
        let rows = store::activations::standing(self.store(), Some(plan)).await?;
        Ok(rows.iter().map(Activation::standing).collect())
    }

    /// The activations of a plan, newest first.
    ///
    /// # Errors
    /// `Forbidden` for another plan's; `Invalid` for a bad cursor.
    pub async fn activations(
        &self,
        caller: &Caller,
        plan: &PlanId,
        paging: Paging,
    ) -> Result<Page<Activation>, Failure> {
        self.may_run_plan(caller, plan).await?;
        let before = paging.after()?;
        let rows = store::activations::list(self.store(), &caller.scope, plan, before, paging.limit).await?;
        self.look(caller, Look::List(SubjectKind::Activation)).await?;
        Ok(page(rows, std::convert::identity))
    }

    /// Takes back what began last, or the release of that digest: what stood before it answers from now on.
    ///
    /// # Errors
    /// `Withheld` where nothing stood before it; `Release` for one that neither decides nor will.
    pub async fn roll_back(
        &self,
        caller: &Caller,
        plan: PlanId,
        digest: Option<Digest>,
        once: Once<Rollback>,
    ) -> Result<Outcome<Rollback>, Failure> {
        self.may_run_plan(caller, &plan).await?;
        let (plan, digest) = (&plan, &digest);
        self.once(caller, once, || {
            Box::pin(async move {
                let now = self.now();
                let rows = store::activations::standing(self.store(), Some(plan)).await?;
                let (back, left) = taken_back(rows, digest.as_ref(), now);
                self.take_back(caller, plan, &back, &left, WhyBack::Asked, now).await
            })
        })
        .await
    }

    async fn take_back(
        &self,
        caller: &Caller,
        plan: &PlanId,
        back: &[Activation],
        left: &[Activation],
        why: WhyBack,
        now: Timestamp,
    ) -> Result<(Unit, Rollback), Failure> {
        let Some(digest) = back.first().map(|activation| activation.digest) else {
            return Err(withheld([nothing_to_take_back()]));
        };
        let begun = |list: &[Activation]| list.iter().any(|activation| activation.from <= now);
        if begun(back) && !begun(left) {
            return Err(withheld([nothing_before()]));
        }
        let mut moved = Moved::of(self.release(caller, plan, &digest).await?);
        let ids: Vec<ActivationId> = back.iter().map(|activation| activation.id).collect();
        let detail = json!({ "activations": ids, "why": why });
        if left.iter().any(|activation| activation.digest == digest) {
            // It stands elsewhere still: it goes on with what it decided before.
            moved.note(EventKind::RollBack, detail);
        } else {
            moved.apply(Event::RollBack(why), now, detail)?;
        }
        let left: Vec<StandingActivation> = left.iter().map(Activation::standing).collect();
        let mut all = vec![moved];
        all.extend(self.settled(plan, &left, &all, now).await?);
        let mut unit = self.kept_moves(caller, "roll-back-plugin", &all, now)?;
        unit.extend(ids.iter().map(|id| store::activations::end(*id, now, EndedFor::RolledBack)));
        let to = chosen(&left, &About::on(pacific_day(now)), now);
        let to = to.map(|standing| standing.digest);
        Ok((unit, Rollback { plan: plan.clone(), digest, to, activations: ids, at: now }))
    }

    /// States of a plan's other releases when these activations stand: what began is active, what nothing is
    /// left to is superseded, and what has something to answer again is active again.
    pub(crate) async fn settled(
        &self,
        plan: &PlanId,
        standing: &[StandingActivation],
        moved: &[Moved],
        now: Timestamp,
    ) -> Result<Vec<Moved>, Failure> {
        let releases = store::releases::moved_by_time(self.store(), Some(plan)).await?;
        let others = releases
            .into_iter()
            .filter(|release| !moved.iter().any(|moved| moved.release.digest == release.digest));
        settle(others, standing, now)
    }

    /// Lets time do what it does to releases: what is scheduled begins, and what it leaves nothing to is
    /// superseded.
    ///
    /// # Errors
    /// When the record cannot be read or written.
    pub(crate) async fn turn_releases(&self) -> Result<usize, Failure> {
        let now = self.now();
        let mut plans: BTreeMap<PlanId, (Vec<Release>, Vec<StandingActivation>)> = BTreeMap::new();
        for release in store::releases::moved_by_time(self.store(), None).await? {
            plans.entry(release.plan.clone()).or_default().0.push(release);
        }
        let standing = store::activations::standing(self.store(), None).await?;
        self.registry().needs(standing.iter().map(|one| one.digest).collect());
        for activation in standing {
            plans.entry(activation.plan.clone()).or_default().1.push(activation.standing());
        }
        let host = Caller::host("releases");
        let mut turned = 0;
        for (releases, standing) in plans.into_values() {
            let moved = settle(releases.into_iter(), &standing, now)?;
            if moved.is_empty() {
                continue;
            }
            match self.store().commit(self.kept_moves(&host, "turn-plugin", &moved, now)?).await {
                Ok(()) => turned += moved.len(),
                // Somebody moved one of them, or another node was first: the next round sees what is left to
                // do.
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(turned)
    }

    /// Takes back what fails more often than its plan's policy bears, where an earlier version stands behind
    /// it. Where none does, it stays: each case that it fails on goes to people, and the others are still
    /// answered.
    ///
    /// # Errors
    /// When the record cannot be read or written.
    pub(crate) async fn watch_faults(&self) -> Result<usize, Failure> {
        let mut plans: BTreeMap<PlanId, Vec<Activation>> = BTreeMap::new();
        for activation in store::activations::standing(self.store(), None).await? {
            plans.entry(activation.plan.clone()).or_default().push(activation);
        }
        let mut taken = 0;
        for (plan, rows) in plans {
            let standing: Vec<StandingActivation> = rows.iter().map(Activation::standing).collect();
            for digest in answering(&standing, self.now()) {
                taken += usize::from(self.watch(&plan, &rows, digest).await?);
            }
        }
        Ok(taken)
    }

    async fn watch(&self, plan: &PlanId, rows: &[Activation], digest: Digest) -> Result<bool, Failure> {
        let now = self.now();
        let (back, left): (Vec<Activation>, Vec<Activation>) =
            rows.iter().cloned().partition(|activation| activation.digest == digest);
        let begun = || back.iter().filter(|activation| activation.from <= now);
        let (Some(first), Some(since)) =
            (begun().map(|one| one.version).min(), begun().map(|one| one.from).max())
        else {
            return Ok(false);
        };
        if !left.iter().any(|earlier| earlier.from <= now && earlier.version < first) {
            return Ok(false);
        }
        let Some(limit) = store::policies::find(self.store(), plan).await?.roll_back else {
            return Ok(false);
        };
        let ends = store::evaluations::faults(self.store(), plan, &digest, since, limit.among).await?;
        if !limit.is_exceeded(ends.faults, ends.calls) {
            return Ok(false);
        }
        let host = Caller::host("faults");
        let why = WhyBack::Faults { faults: ends.faults, calls: ends.calls };
        let (mut unit, taken) = self.take_back(&host, plan, &back, &left, why, now).await?;
        unit.add(self.tell_plan(plan, &taken, now));
        match self.store().commit(unit).await {
            Ok(()) => {
                tracing::warn!(%plan, %digest, faults = ends.faults, calls = ends.calls, "plugin rolled back");
                Ok(true)
            }
            Err(StoreError::Conflict) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn tell_plan(&self, plan: &PlanId, back: &Rollback, now: Timestamp) -> store::Statement {
        let text = words::rolled_back(&back.digest.to_string());
        self.tell(&Notice::new(Recipient::Plan(plan.clone()), "plugin-rolled-back", text), plan, now)
    }

    /// Policy that a plan's releases must meet.
    ///
    /// # Errors
    /// `NotFound` for another plan's.
    pub async fn policy(&self, caller: &Caller, plan: &PlanId) -> Result<Policy, Failure> {
        self.may_run_plan(caller, plan).await?;
        let policy = store::policies::find(self.store(), plan).await?;
        self.look(caller, Look::List(SubjectKind::Policy)).await?;
        Ok(policy)
    }

    /// Sets what is demanded of a plan's releases from now on. What decides goes on deciding.
    ///
    /// # Errors
    /// `Forbidden` for everybody but the operator: a plan does not loosen what it is held to.
    pub async fn set_policy(
        &self,
        caller: &Caller,
        plan: PlanId,
        policy: Policy,
        once: Once<Policy>,
    ) -> Result<Outcome<Policy>, Failure> {
        caller.must_be(&[crate::command::caller::Role::Operator])?;
        self.may_run_plan(caller, &plan).await?;
        let (plan, policy) = (&plan, &policy);
        self.once(caller, once, || {
            Box::pin(async move {
                let by = *caller.organization()?;
                let unit = Unit::of([
                    store::policies::put(plan, policy, self.now(), by)?,
                    self.audit(caller, "set-policy", SubjectKind::Policy, plan.as_str(), Some(plan)),
                ]);
                Ok((unit, policy.clone()))
            })
        })
        .await
    }
}

/// Activations that a roll-back ends, and those that it leaves: it ends the ones that put the last comer in
/// force, back to where another was in force; or everything of the plugin that is named.
fn taken_back(
    rows: Vec<Activation>,
    digest: Option<&Digest>,
    now: Timestamp,
) -> (Vec<Activation>, Vec<Activation>) {
    if let Some(digest) = digest {
        return rows.into_iter().partition(|activation| activation.digest == *digest);
    }
    let mut begun: Vec<&Activation> = rows.iter().filter(|activation| activation.from <= now).collect();
    begun.sort_by_key(|activation| std::cmp::Reverse((activation.from, activation.version)));
    let last = begun.first().map(|activation| activation.digest);
    let run: Vec<ActivationId> = begun
        .into_iter()
        .take_while(|activation| Some(activation.digest) == last)
        .map(|activation| activation.id)
        .collect();
    rows.into_iter().partition(|activation| run.contains(&activation.id))
}

fn settle(
    releases: impl Iterator<Item = Release>,
    standing: &[StandingActivation],
    now: Timestamp,
) -> Result<Vec<Moved>, Failure> {
    let answering = answering(standing, now);
    let begun = |digest: &Digest| standing.iter().any(|one| one.digest == *digest && one.from <= now);
    let mut all = Vec::new();
    for release in releases {
        let digest = release.digest;
        let mut moved = Moved::of(release);
        let mut changed = false;
        loop {
            let event = match &moved.release.state {
                State::Scheduled { .. } if begun(&digest) => Event::Begin,
                State::Active { .. } if !answering.contains(&digest) => Event::Supersede,
                State::Superseded { .. } if answering.contains(&digest) => Event::Resume,
                _ => break,
            };
            moved.apply(event, now, json!({}))?;
            changed = true;
        }
        if changed {
            all.push(moved);
        }
    }
    Ok(all)
}

/// Whoever activates answers for it, unless somebody who may already does.
fn approve_with(moved: &mut Moved, caller: &Caller, policy: &Policy, now: Timestamp) -> Result<(), Failure> {
    let two = policy.requires.contains(&domain::release::Requirement::TwoPeople);
    let stands = moved
        .release
        .state
        .approval()
        .is_some_and(|approval| !two || (approval.by.is_some() && approval.by != moved.release.uploader));
    if stands {
        return Ok(());
    }
    moved.apply(Event::Approve(Approval { by: caller.actor(), at: now }), now, json!({}))
}

fn activation_detail(activation: &Activation) -> serde_json::Value {
    let canary = match &activation.cohort {
        Cohort::Everyone => serde_json::Value::Null,
        Cohort::Share(percent) => json!({ "share_percent": percent }),
        Cohort::Counties(counties) => json!({ "counties": counties }),
    };
    json!({
        "activation": activation.id,
        "from": activation.from.to_string(),
        "rules_from": activation.rules_from.map(|day| day.to_string()),
        "canary": canary,
    })
}

pub(super) fn unknown_plugin() -> Failure {
    Failure::field(
        "/digest",
        Code::UnknownPlugin,
        "no such plugin was uploaded for this plan",
        "upload it with ⟦uploadPlugin⟧",
    )
}

pub(super) fn in_the_past() -> Failure {
    Failure::field(
        "/from",
        Code::InThePast,
        "a decision that was made stays as it was made",
        "give an instant that is still to come, or leave it out for now",
    )
}

fn nothing_to_take_back() -> FieldProblem {
    FieldProblem::new(
        "/digest",
        Code::NotInForce,
        "nothing of it decides or will decide",
        "⟦listActivations⟧ shows what does",
    )
}

fn nothing_before() -> FieldProblem {
    FieldProblem::new(
        "",
        Code::NothingBefore,
        "no other version stands behind it",
        "activate another version; or revoke this one, and the plan's people decide",
    )
}

#[cfg(test)]
mod tests;

//! Uploaded components as they are shown: each plan's list, one with its evidence, and its timeline.

use domain::actor::Actor;
use domain::audit::SubjectKind;
use domain::identifiers::{Digest, PlanId};
use domain::problem::Code;
use domain::release::{Policy, State};
use jiff::Timestamp;
use sandbox::{Limits, Tier};
use store::activations::Activation;
use store::releases::Release;
use store::signing::SigningKey;

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::{Failure, FieldProblem};
use crate::command::paging::{Page, Paging, paired};
use crate::command::timeline::{TimelineStep, detail};
use crate::plugins::clearance::{lack, unfinished};

/// Most steps of a timeline in one answer.
const MOST_STEPS: u32 = 1_000;

/// A component that was uploaded for a plan, and where it stands on this host.
#[derive(Clone, Debug)]
pub struct ShownPlugin {
    /// Row of its release.
    pub release: Release,
    /// Milliseconds that compiling takes in all, judged by the last one of this process.
    pub expected_ms: Option<u64>,
    /// Why a component that may decide does not load on this host.
    pub does_not_load: Vec<FieldProblem>,
    /// Instant at which it is looked at (UTC).
    pub seen_at: Timestamp,
    /// True if the very same bytes had been uploaded before.
    pub already_known: bool,
}

impl ShownPlugin {
    /// True while it is still to be compiled.
    #[must_use]
    pub fn is_compiling(&self) -> bool {
        matches!(self.release.state, State::Uploaded { .. } | State::Checked { .. } | State::Compiling { .. })
    }
}

/// A component with everything that is known of where it comes from and what it may do.
#[derive(Clone, Debug)]
pub struct PluginDetail {
    /// The plugin with its standing.
    pub plugin: ShownPlugin,
    /// Demands of the plan's policy that it lacks; whoever uploaded it may lack a second person besides.
    pub lacking: Vec<Code>,
    /// True if the caller may not let it decide though another may: the plan's policy wants a second person.
    pub needs_another: bool,
    /// Policy of the plan's releases.
    pub policy: Policy,
    /// Limits of one call on this host.
    pub limits: Limits,
    /// Its last activations, newest first.
    pub activations: Vec<Activation>,
}

impl Crosswalk {
    /// State of everything that was uploaded for a plan, newest first.
    ///
    /// # Errors
    /// `Forbidden` for another plan's; `Invalid` for a bad cursor.
    pub async fn plugins(
        &self,
        caller: &Caller,
        plan: &PlanId,
        paging: Paging,
    ) -> Result<Page<ShownPlugin>, Failure> {
        self.may_run_plan(caller, plan).await?;
        let before = paging.after_pair()?;
        let rows = store::releases::list(self.store(), &caller.scope, plan, before, paging.limit).await?;
        self.look(caller, Look::List(SubjectKind::Plugin)).await?;
        Ok(paired(rows, |row| self.shown_plugin(row, true)))
    }

    /// One component with everything that is known of where it comes from.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for providers.
    pub async fn plugin(&self, caller: &Caller, digest: &Digest) -> Result<PluginDetail, Failure> {
        caller.must_be(&[Role::PlanReviewer, Role::PlanAdmin, Role::Operator])?;
        let store = self.store();
        let found = store::releases::with_digest(store, &caller.scope, digest).await?;
        let release = found.ok_or(Failure::NotFound)?;
        let activations = store::activations::of_plugin(store, &caller.scope, &release.plan, digest).await?;
        let policy = store::policies::find(store, &release.plan).await?;
        let keys = store::signing::list(store, &caller.scope, &release.plan).await?;
        self.look(caller, Look::List(SubjectKind::Plugin)).await?;
        let tier = release.state.evidence().map(|evidence| evidence.tier.as_str());
        let limits = self.sandbox().limits().of(tier.map_or(Tier::Compiled, Tier::on_record));
        let lacks = |by| lacking(&release, &policy, &keys, by);
        let (lacking, for_caller) = (lacks(None), lacks(caller.actor()));
        let needs_another = for_caller.iter().any(|code| !lacking.contains(code));
        Ok(PluginDetail {
            lacking,
            needs_another,
            limits,
            activations,
            policy,
            plugin: self.shown_plugin(release, true),
        })
    }

    /// A release's life so far.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for another plan's.
    pub async fn plugin_timeline(
        &self,
        caller: &Caller,
        plan: &PlanId,
        digest: &Digest,
    ) -> Result<Vec<TimelineStep>, Failure> {
        self.may_run_plan(caller, plan).await?;
        self.release(caller, plan, digest).await?;
        let steps =
            store::releases::timeline(self.store(), &caller.scope, plan, digest, None, MOST_STEPS).await?;
        self.look(caller, Look::List(SubjectKind::Plugin)).await?;
        steps.items.into_iter().map(|(_, event)| timeline_step(caller, event)).collect()
    }

    pub(super) fn shown_plugin(&self, release: Release, already_known: bool) -> ShownPlugin {
        ShownPlugin {
            expected_ms: self.compilers().expected_ms(release.size_bytes),
            does_not_load: self.registry().problems(&release.digest),
            seen_at: self.now(),
            already_known,
            release,
        }
    }
}

/// Demands of the policy that a release lacks, for `by` to let it decide, or for anybody.
fn lacking(release: &Release, policy: &Policy, keys: &[SigningKey], by: Option<Actor>) -> Vec<Code> {
    let trusted = |id| keys.iter().any(|key| key.id == id && key.retired_at.is_none());
    let evidence = release.state.evidence();
    let lacks = evidence.map(|evidence| policy.lacking(evidence, release.uploader, by, trusted));
    let lacks = lacks.into_iter().flatten().map(lack);
    unfinished(&release.state).into_iter().chain(lacks).map(|problem| problem.code).collect()
}

/// Another organization's key and person are its own affair.
fn timeline_step(caller: &Caller, event: store::releases::Event) -> Result<TimelineStep, Failure> {
    let own = caller.role == Role::Operator || event.actor_org == caller.organization;
    Ok(TimelineStep {
        at: event.at,
        detail: detail(&event.detail)?,
        name: event.name.name(),
        state: event.state,
        organization: event.actor_org,
        actor: event.actor.filter(|_| own),
        role: event.actor_role,
    })
}

//! Uploaded components as they are shown: each plan's list, one with its evidence, and its timeline.

use domain::identifiers::{Digest, PlanId};
use sandbox::Tier;
use store::releases::Release;

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::paging::{Paging, paired};
use crate::plugins::show;
use crate::view::{EventView, Page, PluginDetailView, PluginView};

/// Most steps of a timeline in one answer.
const MOST_STEPS: u32 = 1_000;

impl Crosswalk {
    /// Where everything that was uploaded for a plan stands, newest first.
    ///
    /// # Errors
    /// `Forbidden` for another plan's; `Invalid` for a bad cursor.
    pub async fn plugins(
        &self,
        caller: &Caller,
        plan: &PlanId,
        paging: Paging,
    ) -> Result<Page<PluginView>, Failure> {
        self.may_run_plan(caller, plan).await?;
        let before = paging.after_pair()?;
        let rows = store::releases::list(self.store(), &caller.scope, plan, before, paging.limit).await?;
        self.look(caller, Look::List("plugin")).await?;
        Ok(paired(rows, |row| self.plugin_view(row, true)))
    }

    /// One component with everything that is known of where it comes from.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for providers.
    pub async fn plugin(&self, caller: &Caller, digest: &Digest) -> Result<PluginDetailView, Failure> {
        caller.must_be(&[Role::PlanReviewer, Role::PlanAdmin, Role::Operator])?;
        let store = self.store();
        let found = store::releases::with_digest(store, &caller.scope, digest).await?;
        let release = found.ok_or(Failure::NotFound)?;
        let activations = store::activations::of_plugin(store, &caller.scope, &release.plan, digest).await?;
        let policy = store::policies::find(store, &release.plan).await?;
        let keys = store::signing::list(store, &caller.scope, &release.plan).await?;
        self.look(caller, Look::List("plugin")).await?;
        let view = self.plugin_view(&release, true);
        let tier = view.tier.as_deref().map_or(Tier::Compiled, Tier::named);
        let limits = self.sandbox().limits().of(tier);
        Ok(show::plugin_detail(view, &release, &activations, &policy, &keys, &limits))
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
    ) -> Result<Vec<EventView>, Failure> {
        self.may_run_plan(caller, plan).await?;
        self.release(caller, plan, digest).await?;
        let steps =
            store::releases::timeline(self.store(), &caller.scope, plan, digest, None, MOST_STEPS).await?;
        self.look(caller, Look::List("plugin")).await?;
        steps.items.iter().map(|(_, event)| show::release_event(event)).collect()
    }

    pub(crate) fn plugin_view(&self, release: &Release, already_known: bool) -> PluginView {
        let expected_ms = self.compilers().expected_ms(release.size_bytes);
        let mut view = show::plugin(release, self.now(), expected_ms, already_known);
        view.reasons.extend(self.registry().problems(&release.digest).iter().map(show::problem_reason));
        view
    }
}

//! Each plan's live plugin.
//!
//! Which version answers a request is read from the record at every request, by what the request is about: whatever this
//! process remembers, the record decides. What is remembered is the loaded component, by its digest.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::case::WhyPeople;
use domain::identifiers::{Digest, PlanId};
use domain::plan::profile::{Mode, PlanProfile};
use domain::plan::types::Workflow;
use domain::rollout::About;
use jiff::Timestamp;
use jiff::civil::Date;
use sandbox::{Interface, Plugin};

use crate::Crosswalk;
use crate::failure::Failure;

/// A plan's plugin, ready to be asked.
#[derive(Clone)]
pub(crate) struct Live {
    pub(crate) plan: PlanId,
    pub(crate) plugin: Plugin,
    /// What made it the one that answers.
    pub(crate) answering: Answering,
    /// Whether the plan's own standing lets it be asked. What its profile declares holds all the same.
    pub(crate) plan_is_active: bool,
}

/// Which of a plan's activations answers requests about what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answering {
    pub(crate) version: i64,
    pub(crate) about: About,
}

impl Live {
    pub(crate) fn profile(&self) -> &PlanProfile {
        self.plugin.profile()
    }

    /// Why people work what the plan's rules might have.
    pub(crate) fn why_people(&self) -> WhyPeople {
        if self.plan_is_active { WhyPeople::NotAutomated } else { WhyPeople::PlanPaused }
    }

    /// Who has the last word. A workflow that is not exported is worked by people, whatever the profile says, and so is
    /// every one of a plan that is paused.
    pub(crate) fn mode(&self, workflow: Workflow) -> Mode {
        if !self.plan_is_active {
            return Mode::People;
        }
        let interface = match workflow {
            Workflow::Referral => Interface::Referral,
            Workflow::Authorization => Interface::Authorization,
            Workflow::Billing => Interface::Billing,
            Workflow::Credentialing => Interface::Credentialing,
            Workflow::Exchange => Interface::Exchange,
        };
        if !self.plugin.exports().contains(&interface) {
            return Mode::People;
        }
        let modes = &self.profile().modes;
        modes.iter().find(|mode| mode.workflow == workflow).map_or(Mode::People, |mode| mode.mode)
    }
}

/// Loaded components.
#[derive(Default)]
pub(crate) struct Loaded(Mutex<HashMap<Digest, Plugin>>);

impl Loaded {
    fn get(&self, digest: &Digest) -> Option<Plugin> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(digest).cloned()
    }

    pub(crate) fn keep(&self, plugin: &Plugin) {
        let mut loaded = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.insert(*plugin.digest(), plugin.clone());
    }
}

impl Crosswalk {
    /// The plugin that answers requests to `plan` about such a thing at `at`; `None` while the plan has none.
    pub(crate) async fn live(
        &self,
        plan: &PlanId,
        at: Timestamp,
        about: About,
    ) -> Result<Option<Live>, Failure> {
        let Some(activation) = store::activations::in_force(self.store(), plan, at, &about).await? else {
            return Ok(None);
        };
        let plugin = self.loaded(plan, &activation.digest).await?;
        Ok(Some(Live {
            plan: plan.clone(),
            plugin,
            answering: Answering { version: activation.version, about },
            plan_is_active: activation.plan_is_active,
        }))
    }

    /// The component of that digest, from memory, or from the record through the compiled-artifact cache.
    pub(crate) async fn loaded(&self, plan: &PlanId, digest: &Digest) -> Result<Plugin, Failure> {
        if let Some(plugin) = self.registry().get(digest) {
            return Ok(plugin);
        }
        let bytes =
            store::plugins::bytes(self.store(), &store::Scope::duty("load-plugin"), plan, digest).await?;
        let bytes = bytes.ok_or(Failure::NotFound)?;
        let plugin = self.compile(bytes).await?;
        self.registry().keep(&plugin);
        Ok(plugin)
    }

    /// Runs the gate and compiles, where blocking is allowed.
    pub(crate) async fn compile(&self, bytes: impl AsRef<[u8]> + Send + 'static) -> Result<Plugin, Failure> {
        let sandbox = self.sandbox().clone();
        let loading = tokio::task::spawn_blocking(move || sandbox.load(bytes.as_ref())).await;
        Ok(loading.map_err(Failure::internal)??)
    }

    /// The rules of all plans that everybody's requests about `day` are answered by, but for cohorts.
    pub(crate) async fn live_all(&self, at: Timestamp, day: Date) -> Result<Vec<Live>, Failure> {
        let mut live = Vec::new();
        for activation in store::activations::all_in_force(self.store(), at, day).await? {
            let plugin = self.loaded(&activation.plan, &activation.digest).await?;
            let answering = Answering { version: activation.version, about: About::on(day) };
            let plan_is_active = activation.plan_is_active;
            live.push(Live { plan: activation.plan, plugin, answering, plan_is_active });
        }
        Ok(live)
    }
}

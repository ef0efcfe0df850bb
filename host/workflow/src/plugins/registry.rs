//! Each plan's live plugin.
//!
//! Which version answers a request is read from the record at every request, by what the request is about:
//! whatever this process remembers, the record decides. What is remembered is the loaded component, by its
//! digest.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use domain::case::WhyPeople;
use domain::identifiers::{Digest, Hashed, PlanId};
use domain::plan::profile::{Mode, PlanProfile};
use domain::plan::question::Interface;
use domain::plan::types::Workflow;
use domain::problem::Code;
use domain::rollout::About;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use sandbox::{NotAPlugin, Plugin, Sandbox};
use store::Scope;

use crate::Crosswalk;
use crate::command::failure::{Failure, FieldProblem};

/// Loaded components that nothing in force or scheduled needs. One more, and the one that was used longest
/// ago goes: it is loaded again when somebody asks for it.
const MOST_IDLE: usize = 8;
/// Time for which a component that does not load is left alone before it is tried again.
const TRIED_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(1);
/// Ending in the record where a component could not be loaded, and so was not asked.
const DOES_NOT_LOAD: &str = "does-not-load";

/// A plan's plugin, ready to be asked.
#[derive(Clone)]
pub(crate) struct Live {
    pub(crate) plan: PlanId,
    pub(crate) rules: Rules,
    /// Activations that made it the one that answers.
    pub(crate) answering: Answering,
    /// True while the plan is active. A paused plan is not asked; what its profile declares holds all the
    /// same.
    pub(crate) plan_is_active: bool,
}

/// The component that answers.
#[derive(Clone)]
pub(crate) enum Rules {
    /// It can be asked.
    Loaded(Plugin),
    /// It cannot, here and now: the plan's people work what it would have answered.
    Broken(Arc<Broken>),
}

/// A component that does not load, and what the record knows of it.
pub(crate) struct Broken {
    digest: Digest,
    profile: PlanProfile,
    problems: Vec<FieldProblem>,
    since: Timestamp,
}

/// The plan's activations at one version, and what the request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answering {
    pub(crate) version: i64,
    pub(crate) about: About,
}

impl Live {
    pub(crate) fn profile(&self) -> &PlanProfile {
        match &self.rules {
            Rules::Loaded(plugin) => plugin.profile(),
            Rules::Broken(broken) => &broken.profile,
        }
    }

    pub(crate) fn digest(&self) -> &Digest {
        match &self.rules {
            Rules::Loaded(plugin) => plugin.digest(),
            Rules::Broken(broken) => &broken.digest,
        }
    }

    /// The component, if it can be asked.
    pub(crate) fn plugin(&self) -> Option<&Plugin> {
        match &self.rules {
            Rules::Loaded(plugin) => Some(plugin),
            Rules::Broken(_) => None,
        }
    }

    /// Why people work what the plan's rules might have.
    pub(crate) fn why_people(&self) -> WhyPeople {
        match &self.rules {
            _ if !self.plan_is_active => WhyPeople::PlanPaused,
            Rules::Broken(_) => broken(),
            Rules::Loaded(_) => WhyPeople::NotAutomated,
        }
    }

    /// Mode of a workflow: who has the last word. A workflow that is not exported is worked by people,
    /// whatever the profile says, and so is every one of a plan that is paused or whose component does not
    /// load.
    pub(crate) fn mode(&self, workflow: Workflow) -> Mode {
        let Some(plugin) = self.plugin().filter(|_| self.plan_is_active) else {
            return Mode::People;
        };
        let interface = match workflow {
            Workflow::Referral => Interface::Referral,
            Workflow::Authorization => Interface::Authorization,
            Workflow::Billing => Interface::Billing,
            Workflow::Credentialing => Interface::Credentialing,
            Workflow::Exchange => Interface::Exchange,
        };
        if !plugin.exports().contains(&interface) {
            return Mode::People;
        }
        let modes = &self.profile().modes;
        modes.iter().find(|mode| mode.workflow == workflow).map_or(Mode::People, |mode| mode.mode)
    }
}

/// Why people work what a component that does not load would have answered.
pub(crate) fn broken() -> WhyPeople {
    WhyPeople::PluginFault(DOES_NOT_LOAD.to_owned())
}

/// Loaded components, and those that do not load.
#[derive(Default)]
pub(crate) struct Loaded(Mutex<LoadedPlugins>);

#[derive(Default)]
struct LoadedPlugins {
    plugins: HashMap<Digest, Kept>,
    broken: HashMap<Digest, Arc<Broken>>,
    /// Digests in force or scheduled, which stay loaded.
    needed: HashSet<Digest>,
    /// Number of uses so far, by which the longest unused is found.
    uses: u64,
}

struct Kept {
    plugin: Plugin,
    used: u64,
}

impl Loaded {
    fn lock(&self) -> std::sync::MutexGuard<'_, LoadedPlugins> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, digest: &Digest) -> Option<Plugin> {
        let mut loaded = self.lock();
        loaded.uses += 1;
        let uses = loaded.uses;
        let kept = loaded.plugins.get_mut(digest)?;
        kept.used = uses;
        Some(kept.plugin.clone())
    }

    pub(crate) fn keep(&self, plugin: &Plugin) {
        let mut loaded = self.lock();
        loaded.uses += 1;
        let kept = Kept { plugin: plugin.clone(), used: loaded.uses };
        loaded.broken.remove(plugin.digest());
        loaded.plugins.insert(*plugin.digest(), kept);
        loaded.unload();
    }

    /// A component that was found not to load a moment ago.
    fn broken(&self, digest: &Digest, now: Timestamp) -> Option<Arc<Broken>> {
        let found = self.lock().broken.get(digest).cloned();
        found.filter(|broken| now.duration_since(broken.since).abs() < TRIED_AGAIN_AFTER)
    }

    fn keep_broken(&self, broken: &Arc<Broken>) {
        self.lock().broken.insert(broken.digest, Arc::clone(broken));
    }

    /// Problems that keep a component from loading here; empty for one that loads or that nobody needs.
    pub(crate) fn problems(&self, digest: &Digest) -> Vec<FieldProblem> {
        self.lock().broken.get(digest).map(|broken| broken.problems.clone()).unwrap_or_default()
    }

    /// Unloads what these do not need, but for the few that were used last. Returns how many are loaded.
    pub(crate) fn needs(&self, needed: HashSet<Digest>) -> usize {
        let mut loaded = self.lock();
        loaded.broken.retain(|digest, _| needed.contains(digest));
        loaded.needed = needed;
        loaded.unload();
        loaded.plugins.len()
    }

    /// Number of components in memory.
    pub(crate) fn count(&self) -> usize {
        self.lock().plugins.len()
    }
}

impl LoadedPlugins {
    fn unload(&mut self) {
        let mut idle: Vec<(u64, Digest)> = self
            .plugins
            .iter()
            .filter(|(digest, _)| !self.needed.contains(*digest))
            .map(|(digest, kept)| (kept.used, *digest))
            .collect();
        idle.sort_unstable_by_key(|(used, _)| std::cmp::Reverse(*used));
        for (_, digest) in idle.iter().skip(MOST_IDLE) {
            self.plugins.remove(digest);
        }
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
        let rules = self.rules(plan, &activation.digest).await?;
        Ok(Some(Live {
            plan: plan.clone(),
            rules,
            answering: Answering { version: activation.version, about },
            plan_is_active: activation.plan_is_active,
        }))
    }

    /// The component of that digest, ready to be asked or not: that it is damaged, or refused by what the
    /// gate asks today, is its plan's trouble alone.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub(crate) async fn rules(&self, plan: &PlanId, digest: &Digest) -> Result<Rules, Failure> {
        if let Some(broken) = self.registry().broken(digest, self.now()) {
            return Ok(Rules::Broken(broken));
        }
        let problems = match self.loaded(plan, digest).await {
            Ok(plugin) => return Ok(Rules::Loaded(plugin)),
            Err(Failure::NotAPlugin(problems)) => problems,
            Err(Failure::Busy) => vec![FieldProblem::new(
                "host",
                Code::NoCompiler,
                "it could not be compiled now, through no fault of its own",
                "nothing: it is tried again within a minute",
            )],
            Err(other) => return Err(other),
        };
        let row = store::plugins::find(self.store(), &Scope::duty("load-plugin"), plan, digest).await?;
        let profile =
            serde_json::from_str(&row.ok_or(Failure::NotFound)?.profile).map_err(Failure::internal)?;
        for FieldProblem { pointer, code, detail, fix, .. } in &problems {
            tracing::error!(%plan, %digest, at = pointer, %code, "a plugin does not load: {detail}; fix: {fix}");
        }
        metrics::counter!("crosswalk_plugins_not_loaded", "plan" => plan.to_string()).increment(1);
        let broken = Arc::new(Broken { digest: *digest, profile, problems, since: self.now() });
        self.registry().keep_broken(&broken);
        Ok(Rules::Broken(broken))
    }

    /// The component of that digest, from memory, or from the record through the compiled-artifact cache.
    pub(crate) async fn loaded(&self, plan: &PlanId, digest: &Digest) -> Result<Plugin, Failure> {
        if let Some(plugin) = self.registry().get(digest) {
            return Ok(plugin);
        }
        let bytes = store::plugins::bytes(self.store(), &Scope::duty("load-plugin"), plan, digest).await?;
        let bytes = bytes.ok_or(Failure::NotFound)?;
        let component = Hashed::of(bytes);
        // Else another component would decide under this one's name.
        if component.digest() != *digest {
            return Err(Failure::NotAPlugin(vec![FieldProblem::new(
                "component",
                Code::Damaged,
                "its bytes in the record are not those that were uploaded",
                "upload it again with any change, such as another version, and activate that; or restore a backup",
            )]));
        }
        let load = move |sandbox: &Sandbox| sandbox.load_inspected(sandbox.inspect(component)?);
        let plugin = self.load(load).await??;
        self.registry().keep(&plugin);
        Ok(plugin)
    }

    /// Has the sandbox load a component, where blocking is allowed; with what the sandbox says if it is none.
    pub(crate) async fn load(
        &self,
        load: impl FnOnce(&Sandbox) -> Result<Plugin, NotAPlugin> + Send + 'static,
    ) -> Result<Result<Plugin, NotAPlugin>, Failure> {
        let sandbox = self.sandbox().clone();
        let loading = tokio::task::spawn_blocking(move || load(&sandbox)).await;
        loading.map_err(Failure::internal)
    }

    /// The rules of all plans that everybody's requests about `day` are answered by, but for cohorts.
    pub(crate) async fn live_all(&self, at: Timestamp, day: Date) -> Result<Vec<Live>, Failure> {
        let mut live = Vec::new();
        for activation in store::activations::all_in_force(self.store(), at, day).await? {
            let rules = self.rules(&activation.plan, &activation.digest).await?;
            let answering = Answering { version: activation.version, about: About::on(day) };
            let plan_is_active = activation.plan_is_active;
            live.push(Live { plan: activation.plan, rules, answering, plan_is_active });
        }
        Ok(live)
    }

    /// Removes machine code that no engine here takes, and the oldest of what nothing in force or scheduled
    /// needs.
    ///
    /// # Errors
    /// When the record or the directory cannot be read.
    pub(crate) async fn sweep_compiled(&self) -> Result<(), Failure> {
        let standing = store::activations::standing(self.store(), None).await?;
        let needed: HashSet<Digest> = standing.into_iter().map(|one| one.digest).collect();
        let (sandbox, most) = (self.sandbox().clone(), self.settings().compiled_bytes);
        let sweeping = tokio::task::spawn_blocking(move || sandbox.sweep(&needed, most)).await;
        let swept = sweeping.map_err(Failure::internal)?.map_err(Failure::internal)?;
        tracing::debug!(removed = swept.removed, bytes = swept.bytes, "compiled components were swept");
        Ok(())
    }

    /// Unloads what nothing in force or scheduled needs. Returns how many stay loaded.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub(crate) async fn unload_idle(&self) -> Result<usize, Failure> {
        let standing = store::activations::standing(self.store(), None).await?;
        Ok(self.registry().needs(standing.into_iter().map(|one| one.digest).collect()))
    }
}

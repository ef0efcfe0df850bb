//! A plugin's way from its upload to the point where it may decide: checked, compiled in the background,
//! signed, conformed, shadowed, approved; and its end.
//!
//! A component that compiles at once is a plugin in the answer to its upload. One that takes longer is
//! acknowledged first and compiled behind the answer: its bytes are in the record by then, so a node that
//! goes down loses nothing, and the next one takes it up. Who decides with it, and from when, is in
//! [`crate::plugins::rollout`].

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::floor::{self, Ground};
use domain::identifiers::{AuditId, Digest, EventId, KeyId, PlanId};
use domain::plan::profile::PlanProfile;
use domain::problem::Code;
use domain::release::{
    Approval, Event, Evidence, Lack, Policy, Reason, Receipt, ShadowReport, State, Warning,
};
use domain::rollout::Standing;
use domain::time::pacific_day;
use jiff::Timestamp;
use sandbox::{Origin, Plugin, Tier};
use serde_json::{Value, json};
use store::activations::{Activation, EndedFor};
use store::audit::Entry;
use store::compile_leases::{self, Lease};
use store::releases::Release;
use store::{Statement, StoreError, Unit};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::{Failure, FieldProblem};
use crate::command::paging::{Paging, paired};
use crate::command::{NewPlugin, NewSignature, Once, Outcome};
use crate::plugins::show;
use crate::plugins::signing::verified;
use crate::view::{EventView, Page, PluginDetailView, PluginView};

/// Components of one plan that may wait to be compiled.
const MOST_UNCOMPILED: i64 = 8;
/// Tries that its box ended before a component counts as one that cannot be compiled.
const MOST_ATTEMPTS: u32 = 3;
/// Interval at which the lease on a compilation is renewed. A lease holds for a few times that.
const RENEWED_EVERY: Duration = Duration::from_secs(2);
/// Tries of a unit whose ground moved, where no command tries again.
const TRIES: u32 = 8;
/// Releases looked at in one round.
const BATCH: u32 = 20;
/// Most steps of a timeline in one answer.
const MOST_STEPS: u32 = 1_000;

/// Components that are compiled at one moment. Each takes half of the cores at most, at the lowest priority;
/// two keep a small one from waiting for a large one.
const TURNS: usize = 2;

/// Components that this process compiles, and the turns in which it does.
pub(crate) struct Compilers {
    turns: Semaphore,
    here: Mutex<HashSet<(PlanId, Digest)>>,
    /// Microseconds for a KiB, as the last one took; 0 before the first.
    pace: AtomicU64,
}

impl Default for Compilers {
    fn default() -> Self {
        Self { turns: Semaphore::new(TURNS), here: Mutex::default(), pace: AtomicU64::new(0) }
    }
}

impl Compilers {
    /// Marks a component as being compiled here; `None` if it is already.
    fn begin(self: &Arc<Self>, plan: &PlanId, digest: Digest) -> Option<Here> {
        let what = (plan.clone(), digest);
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        here.insert(what.clone()).then(|| Here { compilers: Arc::clone(self), what })
    }

    /// Components that are being compiled here, and those that wait for a turn.
    pub(crate) fn queue(&self) -> (usize, usize) {
        let here = self.here.lock().unwrap_or_else(PoisonError::into_inner).len();
        let running = TURNS.saturating_sub(self.turns.available_permits()).min(here);
        (running, here - running)
    }

    fn learn(&self, size: usize, took: Duration) {
        let kib = (size as u64 / 1024).max(1);
        self.pace.store((took.as_micros() as u64 / kib).max(1), Ordering::Relaxed);
    }

    /// Milliseconds that a component of that size takes, judged by the last one.
    fn expected_ms(&self, size: u64) -> Option<u64> {
        let pace = self.pace.load(Ordering::Relaxed);
        (pace > 0).then(|| pace.saturating_mul((size / 1024).max(1)) / 1000)
    }
}

/// That a component is being compiled here, for as long as this lives.
struct Here {
    compilers: Arc<Compilers>,
    what: (PlanId, Digest),
}

impl Drop for Here {
    fn drop(&mut self) {
        self.compilers.here.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.what);
    }
}

/// Why a component did not become a plugin.
enum Uncompiled {
    /// Its box was ended from outside, or by the clock: again and again, that is the component's doing.
    BrokenOff,
    /// Another failure, such as a record that cannot be reached.
    Failed(Failure),
}

impl From<Failure> for Uncompiled {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Uncompiled> for Failure {
    fn from(why: Uncompiled) -> Self {
        match why {
            Uncompiled::BrokenOff => Self::Busy,
            Uncompiled::Failed(failure) => failure,
        }
    }
}

/// A component that is being compiled in a task of its own.
type Compiling = JoinHandle<Result<Plugin, Uncompiled>>;

/// A release on its way through one command. Nothing is kept until the unit that it becomes part of is done.
pub(crate) struct Moved {
    pub(crate) release: Release,
    steps: Vec<Step>,
}

/// An entry of the timeline to be: a transition or a note, and the state after it.
struct Step {
    name: &'static str,
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
    pub(crate) fn note(&mut self, name: &'static str, detail: Value) {
        self.step(name, None, detail);
    }

    pub(crate) fn apply(&mut self, event: Event, now: Timestamp, detail: Value) -> Result<(), Failure> {
        let name = event.name();
        self.release.state = self.release.state.clone().apply(event, now)?;
        self.step(name, Some(now), detail);
        Ok(())
    }

    fn step(&mut self, name: &'static str, at: Option<Timestamp>, detail: Value) {
        self.steps.push(Step { name, state: self.release.state.name(), at, detail });
    }
}

impl Crosswalk {
    /// Passes a component through the gate and has it compiled. It decides nothing before it is activated.
    ///
    /// # Errors
    /// `NotAPlugin` with every reason at once; `Withheld` for one that was revoked, and for a plan that has
    /// too many here; `Forbidden` for another plan's.
    pub async fn upload_plugin(
        &self,
        caller: &Caller,
        plan: PlanId,
        new: NewPlugin,
        once: Once<PluginView>,
    ) -> Result<Outcome<PluginView>, Failure> {
        self.may_run_plan(caller, &plan).await?;
        let digest = Digest::of(&new.bytes);
        let known = store::releases::find(self.store(), &caller.scope, &plan, &digest).await?;
        if known.is_some_and(|known| !matches!(known.state, State::Refused { .. })) {
            return self.sent_again(caller, &plan, digest, once).await;
        }
        // Before anything is compiled; counted again when it is kept.
        self.has_room_for(&plan, new.bytes.len()).await?;
        let (new, arrived) = (Arc::new(new), self.now());
        self.pass_gate(&new).await?;
        let mut compiling = self.start_compiling(&plan, digest, &new);
        match tokio::time::timeout(self.settings().compile_wait, &mut compiling).await {
            Ok(compiled) => {
                let plugin = compiled.map_err(Failure::internal)??;
                self.check_profile(&plan, &plugin)?;
                let outcome =
                    self.keep_new(caller, &plan, digest, (&new, arrived), Some(&plugin), once).await?;
                self.registry().keep(&plugin);
                Ok(outcome)
            }
            Err(_elapsed) => {
                let outcome = self.keep_new(caller, &plan, digest, (&new, arrived), None, once).await?;
                let held = compile_leases::held_by(self.store(), &plan, &digest, &self.0.node).await?;
                if let Some(lease) = held {
                    tokio::spawn(self.clone().finish_compiling(lease, compiling));
                }
                Ok(outcome)
            }
        }
    }

    async fn pass_gate(&self, new: &Arc<NewPlugin>) -> Result<(), Failure> {
        let (new, sandbox) = (Arc::clone(new), self.sandbox().clone());
        let read = move || sandbox::inspect(&new.bytes, sandbox.limits()).map(drop);
        Ok(tokio::task::spawn_blocking(read).await.map_err(Failure::internal)??)
    }

    /// Compiles in a task of its own, whoever waits for it. The result also waits for nobody.
    fn start_compiling(&self, plan: &PlanId, digest: Digest, new: &Arc<NewPlugin>) -> Compiling {
        let (crosswalk, new, compilers) = (self.clone(), Arc::clone(new), Arc::clone(self.compilers()));
        let here = compilers.begin(plan, digest);
        tokio::spawn(async move {
            let _here = here;
            let _turn = compilers.turns.acquire().await.map_err(Failure::internal)?;
            let size = new.bytes.len();
            let plugin = match crosswalk.load(Shared(new)).await? {
                Ok(plugin) => plugin,
                Err(refused) if refused.was_broken_off() => return Err(Uncompiled::BrokenOff),
                Err(refused) => return Err(Uncompiled::Failed(refused.into())),
            };
            if plugin.loading().origin == Origin::Compiled {
                compilers.learn(size, plugin.loading().duration);
            }
            Ok(plugin)
        })
    }

    /// Keeps a component that came for the first time, or again after it was refused: with its plugin if it
    /// is compiled already, else with its bytes alone. It came at `arrived`.
    async fn keep_new(
        &self,
        caller: &Caller,
        plan: &PlanId,
        digest: Digest,
        (new, arrived): (&NewPlugin, Timestamp),
        plugin: Option<&Plugin>,
        once: Once<PluginView>,
    ) -> Result<Outcome<PluginView>, Failure> {
        self.once(caller, once, || {
            Box::pin(async move {
                let (now, store) = (self.now(), self.store());
                let known = store::releases::find(store, &caller.scope, plan, &digest).await?;
                let mut moved = match known {
                    Some(known) if !matches!(known.state, State::Refused { .. }) => {
                        let view = self.plugin_view(&known, true);
                        let audit = self.audit(caller, "upload-plugin", "plugin", &view.digest, Some(plan));
                        return Ok((Unit::of([audit]), view));
                    }
                    Some(Release { state, version, .. }) => {
                        let again = self.uploaded(caller, plan, digest, new, arrived)?;
                        Moved::of(Release { state, version, ..again })
                    }
                    None => Moved::of(self.uploaded(caller, plan, digest, new, arrived)?),
                };
                let room = self.has_room_for(plan, new.bytes.len()).await?;
                if plugin.is_none() && store::releases::uncompiled_of(store, plan).await? >= MOST_UNCOMPILED {
                    return Err(Failure::Busy);
                }
                moved.step("upload", Some(arrived), json!({ "file": new.file, "note": new.note }));
                moved.apply(Event::Check, arrived, json!({}))?;
                moved.apply(Event::StartCompiling, arrived, json!({}))?;
                let bytes = match plugin {
                    Some(plugin) => {
                        let row = plugin_row(&mut moved.release, plugin)?;
                        moved.apply(finished(plugin), now, json!({}))?;
                        store::plugins::insert(&row, &new.bytes)
                    }
                    None => store::releases::keep_bytes(plan, &digest, &new.bytes),
                };
                let mut unit = self.kept_moves(caller, "upload-plugin", std::slice::from_ref(&moved), now)?;
                unit.add(room);
                unit.add(bytes);
                if plugin.is_none() {
                    unit.add(compile_leases::take(plan, &digest, &self.0.node));
                }
                Ok((unit, self.plugin_view(&moved.release, false)))
            })
        })
        .await
    }

    fn uploaded(
        &self,
        caller: &Caller,
        plan: &PlanId,
        digest: Digest,
        new: &NewPlugin,
        now: Timestamp,
    ) -> Result<Release, Failure> {
        Ok(Release {
            plan: plan.clone(),
            digest,
            state: State::Uploaded { at: now },
            size_bytes: new.bytes.len() as u64,
            file: new.file.clone(),
            note: new.note.clone(),
            uploaded_at: now,
            uploaded_by: *caller.organization()?,
            uploaded_key: caller.key,
            updated_at: now,
            version: 0,
            plugin_version: None,
            exports: Vec::new(),
        })
    }

    /// The very same bytes: nothing changes, and where they stand is the answer.
    async fn sent_again(
        &self,
        caller: &Caller,
        plan: &PlanId,
        digest: Digest,
        once: Once<PluginView>,
    ) -> Result<Outcome<PluginView>, Failure> {
        self.once(caller, once, || {
            Box::pin(async move {
                let release = self.release(caller, plan, &digest).await?;
                if let State::Revoked { .. } = release.state {
                    return Err(withheld([revoked("")]));
                }
                let subject = digest.to_string();
                let audit = self.audit(caller, "upload-plugin", "plugin", &subject, Some(plan));
                Ok((Unit::of([audit]), self.plugin_view(&release, true)))
            })
        })
        .await
    }

    /// Fails unless the profile makes sense to this host, and is this plan's.
    fn check_profile(&self, plan: &PlanId, plugin: &Plugin) -> Result<(), Failure> {
        let mut reasons: Vec<FieldProblem> = Vec::new();
        if plugin.profile().plan_id != plan.as_str() {
            reasons.push(FieldProblem::new(
                "profile/plan_id",
                Code::ProfileInvalid,
                "the profile is another plan's",
                format!("upload it for its own plan, or let its profile say {plan}"),
            ));
        }
        let today = pacific_day(self.now());
        for problem in floor::check_profile(Ground::of(plugin.profile()), today) {
            let at = format!("profile{}", problem.at);
            reasons.push(FieldProblem::new(at, Code::ProfileInvalid, problem.problem, problem.fix));
        }
        for problem in floor::unknown_counties(plugin.profile(), &self.counties()) {
            let at = format!("profile{}", problem.at);
            reasons.push(FieldProblem::new(at, Code::UnknownCode, problem.problem, problem.fix));
        }
        if reasons.is_empty() { Ok(()) } else { Err(Failure::NotAPlugin(reasons)) }
    }

    /// Waits for a component that is being compiled, and puts what came of it on the record.
    async fn finish_compiling(self, lease: Lease, compiling: Compiling) {
        let (plan, digest) = (&lease.plan, &lease.digest);
        let compiled = match self.hold(&lease, compiling).await {
            Ok(compiled) => compiled.and_then(|plugin| {
                self.check_profile(plan, &plugin).map(|()| plugin).map_err(Uncompiled::from)
            }),
            Err(error) => Err(Failure::internal(error).into()),
        };
        let settled = match compiled {
            Ok(plugin) => self.settle_compiling(&lease, &Ok(plugin)).await,
            Err(Uncompiled::Failed(Failure::NotAPlugin(problems))) => {
                self.settle_compiling(&lease, &Err(problems.iter().map(reason).collect())).await
            }
            Err(Uncompiled::BrokenOff) => self.count_broken_off(&lease).await,
            // It stays as it is, and is taken up again once its lease is over.
            Err(Uncompiled::Failed(failure)) => {
                return tracing::error!(%plan, %digest, error = %failure, "not compiled");
            }
        };
        if let Err(failure) = settled {
            tracing::error!(%plan, %digest, error = %failure, "what came of compiling it is not on the record");
        }
    }

    /// Waits, and says meanwhile that this process is still at it.
    async fn hold(
        &self,
        lease: &Lease,
        mut compiling: Compiling,
    ) -> Result<Result<Plugin, Uncompiled>, tokio::task::JoinError> {
        loop {
            if let Ok(ended) = tokio::time::timeout(RENEWED_EVERY, &mut compiling).await {
                return ended;
            }
            if let Err(error) = self.store().commit(Unit::of([compile_leases::renew(lease)])).await {
                // Whoever has it now settles it; the record refuses what this process would say.
                tracing::warn!(plan = %lease.plan, digest = %lease.digest, %error, "a lease was not renewed");
            }
        }
    }

    /// Puts a try that its box ended on the record, for another one; after the last, the component is
    /// refused.
    async fn count_broken_off(&self, lease: &Lease) -> Result<(), Failure> {
        let host = Caller::host("compile");
        let release = self.release(&host, &lease.plan, &lease.digest).await?;
        let State::Compiling { attempt, .. } = release.state else { return Ok(()) };
        if attempt >= MOST_ATTEMPTS {
            return self.settle_compiling(lease, &Err(vec![gave_up()])).await;
        }
        let (mut moved, now) = (Moved::of(release), self.now());
        moved.apply(Event::StartCompiling, now, json!({ "again": true }))?;
        let mut unit = self.kept_moves(&host, "compile-plugin", &[moved], now)?;
        unit.add(compile_leases::settle(lease));
        Ok(self.store().commit(unit).await?)
    }

    async fn settle_compiling(
        &self,
        lease: &Lease,
        outcome: &Result<Plugin, Vec<Reason>>,
    ) -> Result<(), Failure> {
        let (plan, digest, host) = (&lease.plan, lease.digest, Caller::host("compile"));
        for _ in 0..TRIES {
            let now = self.now();
            let release = self.release(&host, plan, &digest).await?;
            let held = compile_leases::held_by(self.store(), plan, &digest, &lease.node).await?;
            if !matches!(release.state, State::Compiling { .. }) || held.as_ref() != Some(lease) {
                return Ok(());
            }
            let mut moved = Moved::of(release);
            let kept = match outcome {
                Ok(plugin) => {
                    let row = plugin_row(&mut moved.release, plugin)?;
                    moved.apply(finished(plugin), now, json!({}))?;
                    Some(store::plugins::insert_uploaded(&row))
                }
                Err(reasons) => {
                    let codes: Vec<&str> = reasons.iter().map(|reason| &*reason.code).collect();
                    moved.apply(Event::Refuse(reasons.clone()), now, json!({ "codes": codes }))?;
                    None
                }
            };
            let mut unit = self.kept_moves(&host, "compile-plugin", &[moved], now)?;
            unit.add(compile_leases::settle(lease));
            unit.extend(kept);
            unit.add(store::releases::drop_bytes(plan, &digest));
            match self.store().commit(unit).await {
                Ok(()) => {
                    if let Ok(plugin) = outcome {
                        self.registry().keep(plugin);
                    }
                    return Ok(());
                }
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Failure::Busy)
    }

    /// Takes up what no process compiles: what one left behind that ended.
    ///
    /// # Errors
    /// When the record cannot be read or written.
    pub async fn resume_compiling(&self) -> Result<usize, Failure> {
        let mut resumed = 0;
        for release in store::releases::uncompiled(self.store(), BATCH).await? {
            resumed += usize::from(self.take_up(release).await?);
        }
        Ok(resumed)
    }

    async fn take_up(&self, release: Release) -> Result<bool, Failure> {
        let (plan, digest, now) = (release.plan.clone(), release.digest, self.now());
        // Dropped before the task takes the mark for itself; between the two there is no waiting.
        if self.compilers().begin(&plan, digest).is_none() {
            return Ok(false);
        }
        let Some(bytes) = store::releases::bytes(self.store(), &plan, &digest).await? else {
            return Ok(false);
        };
        let begun = matches!(release.state, State::Compiling { .. });
        let mut moved = Moved::of(release);
        match begun {
            // That a node ended is no try.
            true => moved.note("take-up", json!({})),
            false => moved.apply(Event::StartCompiling, now, json!({}))?,
        }
        let mut unit = self.kept_moves(&Caller::host("compile"), "compile-plugin", &[moved], now)?;
        unit.add(compile_leases::take(&plan, &digest, &self.0.node));
        match self.store().commit(unit).await {
            Ok(()) => {}
            // Another node was first.
            Err(StoreError::Conflict) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        let held = compile_leases::held_by(self.store(), &plan, &digest, &self.0.node).await?;
        let Some(lease) = held else { return Ok(false) };
        let new = Arc::new(NewPlugin { bytes, file: None, note: None });
        let compiling = self.start_compiling(&plan, digest, &new);
        tokio::spawn(self.clone().finish_compiling(lease, compiling));
        Ok(true)
    }

    /// Ends what is being compiled here, and lets other processes take it over at once.
    ///
    /// # Errors
    /// When the record cannot be written; then they take it over some seconds later.
    pub async fn stop_compiling(&self) -> Result<(), Failure> {
        self.sandbox().stop_compiling();
        Ok(self.store().commit(Unit::of([compile_leases::give_back(&self.0.node)])).await?)
    }

    /// Gives a release to each plugin that came before releases were kept, as far along as its activations
    /// say.
    ///
    /// # Errors
    /// When the record cannot be read or written.
    pub async fn adopt_plugins(&self) -> Result<usize, Failure> {
        let host = Caller::host("adopt");
        let unreleased = store::releases::unreleased(self.store()).await?;
        for (plan, digest) in &unreleased {
            let now = self.now();
            let row = store::plugins::find(self.store(), &host.scope, plan, digest).await?;
            let row = row.ok_or(Failure::NotFound)?;
            let profile: PlanProfile = serde_json::from_str(&row.profile).map_err(Failure::internal)?;
            let evidence = Evidence {
                compiled_at: row.uploaded_at,
                compile_ms: None,
                contract: "1.0.0".to_owned(),
                tier: None,
                warnings: warnings(&profile),
                signature: None,
                receipt: None,
                shadow: None,
            };
            let mut moved = Moved::of(Release {
                plan: plan.clone(),
                digest: *digest,
                state: State::Compiled(evidence),
                size_bytes: row.size_bytes,
                file: None,
                note: None,
                uploaded_at: row.uploaded_at,
                uploaded_by: row.uploaded_by,
                uploaded_key: None,
                updated_at: now,
                version: 0,
                plugin_version: None,
                exports: Vec::new(),
            });
            moved.note("adopt", json!({}));
            let standing = store::activations::standing(self.store(), Some(plan)).await?;
            if let Some(first) = standing.iter().find(|one| one.digest == *digest) {
                moved.apply(Event::Approve(Approval { by: None, at: first.made_at }), now, json!({}))?;
                let event = if first.from <= now { Event::Activate } else { Event::Schedule(first.from) };
                moved.apply(event, now, json!({ "activation": first.id }))?;
            }
            match self.store().commit(self.kept_moves(&host, "adopt-plugin", &[moved], now)?).await {
                // Another node was first.
                Ok(()) | Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(unreleased.len())
    }

    /// Takes a detached signature over the component's digest, by one of the plan's keys.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for a key that is not the plan's or a signature that is not that key's;
    /// `Release` while it does not run.
    pub async fn sign_plugin(
        &self,
        caller: &Caller,
        plan: PlanId,
        digest: Digest,
        sent: NewSignature,
        once: Once<PluginView>,
    ) -> Result<Outcome<PluginView>, Failure> {
        self.may_run_plan(caller, &plan).await?;
        let (plan, digest, sent) = (&plan, &digest, &sent);
        self.move_one(caller, plan, digest, "sign-plugin", once, |mut moved, now| {
            Box::pin(async move {
                let keys = store::signing::list(self.store(), &caller.scope, plan).await?;
                let signature = verified(&keys, digest, sent, now)?;
                let detail = json!({ "key": signature.key });
                moved.apply(Event::Sign(signature), now, detail)?;
                Ok(moved)
            })
        })
        .await
    }

    /// Puts what the conformance kit said on the record. Comes from the kit, not from a caller.
    ///
    /// # Errors
    /// `NotFound`; `Release` while it does not run.
    pub async fn conformed(&self, plan: &PlanId, digest: &Digest, receipt: Receipt) -> Result<(), Failure> {
        let detail = json!({ "receipt": receipt.id, "verdict": receipt.verdict });
        self.move_by_host(plan, digest, "conform-plugin", Event::Conform(receipt), detail).await
    }

    /// Puts the report of a shadow run on the record. Comes from the run, not from a caller.
    ///
    /// # Errors
    /// `NotFound`; `Release` while it does not run.
    pub async fn shadowed(
        &self,
        plan: &PlanId,
        digest: &Digest,
        report: ShadowReport,
    ) -> Result<(), Failure> {
        let detail = json!({ "report": report.id });
        self.move_by_host(plan, digest, "shadow-plugin", Event::Shadow(report), detail).await
    }

    async fn move_by_host(
        &self,
        plan: &PlanId,
        digest: &Digest,
        action: &str,
        event: Event,
        detail: Value,
    ) -> Result<(), Failure> {
        let host = Caller::host("release");
        for _ in 0..TRIES {
            let now = self.now();
            let mut moved = Moved::of(self.release(&host, plan, digest).await?);
            moved.apply(event.clone(), now, detail.clone())?;
            match self.store().commit(self.kept_moves(&host, action, &[moved], now)?).await {
                Ok(()) => return Ok(()),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Failure::Busy)
    }

    /// Somebody answers for a release. By the plan's policy it may have to be another than who uploaded it.
    ///
    /// # Errors
    /// `NotFound`; `Withheld` with everything that the policy demands and it has not; `Release` while it does
    /// not run.
    pub async fn approve_plugin(
        &self,
        caller: &Caller,
        plan: PlanId,
        digest: Digest,
        once: Once<PluginView>,
    ) -> Result<Outcome<PluginView>, Failure> {
        self.may_run_plan(caller, &plan).await?;
        let (plan, digest) = (&plan, &digest);
        self.move_one(caller, plan, digest, "approve-plugin", once, |mut moved, now| {
            Box::pin(async move {
                let by = caller.key.ok_or(Failure::Forbidden)?;
                self.is_cleared(caller, &moved.release, by).await?;
                moved.apply(Event::Approve(Approval { by: Some(by), at: now }), now, json!({}))?;
                Ok(moved)
            })
        })
        .await
    }

    /// Ends a component for good: it never decides again, and what stood before it answers.
    ///
    /// # Errors
    /// `NotFound`; `Release` for one that was refused or revoked already.
    pub async fn revoke_plugin(
        &self,
        caller: &Caller,
        plan: PlanId,
        digest: Digest,
        reason: String,
        once: Once<PluginView>,
    ) -> Result<Outcome<PluginView>, Failure> {
        self.may_run_plan(caller, &plan).await?;
        let (plan, digest, reason) = (&plan, &digest, &reason);
        self.once(caller, once, || {
            Box::pin(async move {
                let now = self.now();
                let mut moved = Moved::of(self.release(caller, plan, digest).await?);
                let standing = store::activations::standing(self.store(), Some(plan)).await?;
                let (ended, left): (Vec<Activation>, Vec<Activation>) =
                    standing.into_iter().partition(|one| one.digest == *digest);
                let ids: Vec<_> = ended.iter().map(|one| one.id).collect();
                moved.apply(Event::Revoke(reason.clone()), now, json!({ "activations": ids }))?;
                let view = self.plugin_view(&moved.release, true);
                let left: Vec<Standing> = left.iter().map(Activation::standing).collect();
                let mut all = vec![moved];
                all.extend(self.settled(plan, &left, &all, now).await?);
                let mut unit = self.kept_moves(caller, "revoke-plugin", &all, now)?;
                unit.add(store::releases::drop_bytes(plan, digest));
                unit.add(compile_leases::remove(plan, digest));
                unit.add(store::plugins::remove_unused(plan, digest));
                unit.extend(ids.iter().map(|id| store::activations::end(*id, now, EndedFor::Revoked)));
                Ok((unit, view))
            })
        })
        .await
    }

    /// One command that moves one release.
    async fn move_one<'w>(
        &'w self,
        caller: &'w Caller,
        plan: &'w PlanId,
        digest: &'w Digest,
        action: &'static str,
        once: Once<PluginView>,
        step: impl Fn(Moved, Timestamp) -> Moving<'w> + Send + Sync + 'w,
    ) -> Result<Outcome<PluginView>, Failure> {
        let step = &step;
        self.once(caller, once, || {
            Box::pin(async move {
                let now = self.now();
                let moved = step(Moved::of(self.release(caller, plan, digest).await?), now).await?;
                let view = self.plugin_view(&moved.release, true);
                Ok((self.kept_moves(caller, action, &[moved], now)?, view))
            })
        })
        .await
    }

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

    /// Fails unless `by` may approve or activate a release, by the plan's policy.
    pub(crate) async fn is_cleared(
        &self,
        caller: &Caller,
        release: &Release,
        by: KeyId,
    ) -> Result<Policy, Failure> {
        if let Some(problem) = unfinished(&release.state) {
            return Err(withheld([problem]));
        }
        let policy = store::policies::find(self.store(), &release.plan).await?;
        let keys = store::signing::list(self.store(), &caller.scope, &release.plan).await?;
        let trusted = |id| keys.iter().any(|key| key.id == id && key.retired_at.is_none());
        let lacking = release
            .state
            .evidence()
            .map(|evidence| policy.lacking(evidence, release.uploaded_key, Some(by), trusted))
            .unwrap_or_default();
        if lacking.is_empty() { Ok(policy) } else { Err(withheld(lacking.into_iter().map(lack))) }
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
        let audit = self.audit_entry(caller, action, "plugin", &subject);
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
            id: self.id(EventId::from_uuid),
            plan: moved.release.plan.clone(),
            digest: moved.release.digest,
            at: step.at.unwrap_or(now),
            name: step.name.to_owned(),
            state: step.state.to_owned(),
            actor_org: caller.organization,
            actor_key: caller.key,
            actor_role: caller.key.map_or("host", |_| caller.role.name()).to_owned(),
            detail: step.detail.to_string(),
            audit,
        })
    }

    /// Plugins that were uploaded for a plan, with their states, newest first.
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

/// A release being moved, with what is looked up for it.
type Moving<'w> = std::pin::Pin<Box<dyn Future<Output = Result<Moved, Failure>> + Send + 'w>>;

/// An upload's bytes, held by whoever still needs them.
struct Shared(Arc<NewPlugin>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0.bytes
    }
}

/// The row of a plugin that runs; the release learns what it says of itself.
fn plugin_row(release: &mut Release, plugin: &Plugin) -> Result<store::plugins::Plugin, Failure> {
    release.plugin_version = Some(plugin.profile().version.clone());
    release.exports = plugin.exports().iter().map(|export| export.name().to_owned()).collect();
    Ok(store::plugins::Plugin {
        digest: release.digest,
        plan: release.plan.clone(),
        version: plugin.profile().version.clone(),
        size_bytes: release.size_bytes,
        profile: serde_json::to_string(plugin.profile()).map_err(Failure::internal)?,
        exports: release.exports.clone(),
        uploaded_at: release.uploaded_at,
        uploaded_by: release.uploaded_by,
    })
}

fn finished(plugin: &Plugin) -> Event {
    let loading = plugin.loading();
    let took = u64::try_from(loading.duration.as_millis()).unwrap_or(u64::MAX);
    Event::FinishCompiling {
        compile_ms: (loading.origin == Origin::Compiled).then_some(took),
        contract: plugin.contract_version(),
        tier: plugin.inspection().tier_name(),
        warnings: warnings(plugin.profile()),
    }
}

/// Warnings for parts of a profile that the host does not carry out.
fn warnings(profile: &PlanProfile) -> Vec<Warning> {
    let warnings = floor::profile_warnings(Ground::of(profile)).into_iter();
    warnings.map(|warning| Warning { code: warning.code.to_owned(), at: warning.at }).collect()
}

fn reason(problem: &FieldProblem) -> Reason {
    Reason {
        at: problem.pointer.clone(),
        code: problem.code.to_string(),
        problem: problem.detail.clone(),
        fix: problem.fix.clone(),
    }
}

fn gave_up() -> Reason {
    Reason {
        at: "component".to_owned(),
        code: Code::DoesNotCompile.to_string(),
        problem: format!(
            "compiling it was begun {MOST_ATTEMPTS} times, and each time the machine ended it or it took too long"
        ),
        fix: "make it smaller, or split what it does; `crosswalk plugin check` compiles it on your desk"
            .to_owned(),
    }
}

/// Why a release cannot be approved or activated at all yet, or any more.
pub(crate) fn unfinished(state: &State) -> Option<FieldProblem> {
    match state {
        State::Uploaded { .. } | State::Checked { .. } | State::Compiling { .. } => Some(FieldProblem::new(
            "/digest",
            Code::StillCompiling,
            "it is still being compiled",
            "read GET /v1/plugins/{digest} until its state is compiled, then send this again",
        )),
        State::Refused { .. } => Some(FieldProblem::new(
            "/digest",
            Code::Refused,
            "it cannot be a plugin",
            "GET /v1/plugins/{digest} says why; mend it and upload what comes of that",
        )),
        State::Revoked { .. } => Some(revoked("/digest")),
        _ => None,
    }
}

fn revoked(pointer: &str) -> FieldProblem {
    FieldProblem::new(
        pointer,
        Code::Revoked,
        "it was revoked and never decides again",
        "upload another version",
    )
}

/// Demand of the policy that the release does not meet, in words for the plan.
pub(crate) fn lack(lack: Lack) -> FieldProblem {
    let (code, detail, fix) = match lack {
        Lack::SecondPerson => (
            Code::SecondPersonNeeded,
            "the plan's policy wants two people, and this key uploaded it",
            "let the holder of another key approve and activate it",
        ),
        Lack::Signature => (
            Code::SignatureMissing,
            "the plan's policy wants it signed with a key of the plan that counts",
            "sign its digest and send it with POST /v1/plans/{id}/plugins/{digest}/signatures",
        ),
        Lack::Receipt => (
            Code::ReceiptMissing,
            "the plan's policy wants a receipt of the conformance kit that says that it conforms",
            "have it checked for conformance and mend what the report names",
        ),
        Lack::Shadow => (
            Code::ShadowReportMissing,
            "the plan's policy wants to see what it would have decided otherwise",
            "have it asked past cases first: POST /v1/plans/{id}/shadow-runs",
        ),
        Lack::Approver => (
            Code::ApproverNeeded,
            "its shadow run changes more approvals than the plan's policy leaves to its uploader",
            "let the holder of another key read the report, approve and activate it",
        ),
    };
    FieldProblem::new("/digest", code, detail, fix)
}

pub(crate) fn withheld(problems: impl IntoIterator<Item = FieldProblem>) -> Failure {
    Failure::Withheld(problems.into_iter().collect())
}

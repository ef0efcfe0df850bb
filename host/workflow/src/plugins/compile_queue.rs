//! Background compilation of uploaded components.
//!
//! An upload is answered before it is compiled. Its bytes are in the record by then, so a node that goes down
//! loses nothing: a lease names the process that compiles it, and once the lease has run out another process
//! takes it up.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::identifiers::{Digest, PlanId};
use domain::problem::Code;
use domain::release::{Event, EventKind, Reason, State};
use sandbox::{NotAPlugin, Origin, Plugin, Sandbox};
use serde_json::json;
use store::compile_leases::{self, Lease};
use store::releases::Release;
use store::{StoreError, Unit};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use crate::Crosswalk;
use crate::command::caller::Caller;
use crate::command::failure::{Failure, FieldProblem};
use crate::plugins::releases::{Moved, TRIES};
use crate::plugins::upload::{finished, plugin_row};

/// Attempts that were broken off after which a component counts as one that cannot be compiled.
const MOST_ATTEMPTS: u32 = 3;
/// Interval at which a lease is renewed. A lease holds for a few times that.
const RENEWED_EVERY: Duration = Duration::from_secs(2);
/// Releases looked at in one round.
const BATCH: u32 = 20;

/// Components that are compiled at one moment. Each takes half of the cores at most, at the lowest priority;
/// two keep a small one from waiting for a large one.
const TURNS: usize = 2;

/// Components that this process compiles.
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
    pub(super) fn expected_ms(&self, size: u64) -> Option<u64> {
        let pace = self.pace.load(Ordering::Relaxed);
        (pace > 0).then(|| pace.saturating_mul((size / 1024).max(1)) / 1000)
    }
}

/// Mark of a component that this process compiles; dropped, it is taken away.
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
pub(super) enum Uncompiled {
    /// The compiler's process was killed or ran out of time. Once is chance; again and again it is the
    /// component's doing.
    BrokenOff,
    /// Every other ending of an attempt.
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
pub(super) type Compiling = JoinHandle<Result<Plugin, Uncompiled>>;

impl Crosswalk {
    /// Compiles in a task of its own, which goes on although nobody waits for it any more.
    pub(super) fn start_compiling(
        &self,
        plan: &PlanId,
        digest: Digest,
        load: impl FnOnce(&Sandbox) -> Result<Plugin, NotAPlugin> + Send + 'static,
    ) -> Compiling {
        let (crosswalk, compilers) = (self.clone(), Arc::clone(self.compilers()));
        let here = compilers.begin(plan, digest);
        tokio::spawn(async move {
            let _here = here;
            let _turn = compilers.turns.acquire().await.map_err(Failure::internal)?;
            let plugin = match crosswalk.load(load).await? {
                Ok(plugin) => plugin,
                Err(refused) if refused.was_broken_off() => return Err(Uncompiled::BrokenOff),
                Err(refused) => return Err(Uncompiled::Failed(refused.into())),
            };
            if plugin.loading().origin == Origin::Compiled {
                compilers.learn(plugin.inspection().bytes, plugin.loading().duration);
            }
            Ok(plugin)
        })
    }

    /// Waits for a component that is being compiled, and puts what came of it on the record.
    pub(super) async fn finish_compiling(self, lease: Lease, compiling: Compiling) {
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

    /// Waits for the compiler, and renews the lease meanwhile.
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

    /// Records an attempt that was broken off, so that the next begins; after the last the component is
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
                    let codes: Vec<&str> = reasons.iter().map(|reason| reason.code.name()).collect();
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
            // A node that went down counts as no attempt.
            true => moved.note(EventKind::TakeUp, json!({})),
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
        let compiling = self.start_compiling(&plan, digest, move |sandbox| sandbox.load(&bytes));
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
}

fn reason(problem: &FieldProblem) -> Reason {
    Reason {
        at: problem.pointer.clone(),
        code: problem.code,
        problem: problem.detail.clone(),
        fix: problem.fix.clone(),
    }
}

fn gave_up() -> Reason {
    Reason {
        at: "component".to_owned(),
        code: Code::DoesNotCompile,
        problem: format!(
            "compiling it was begun {MOST_ATTEMPTS} times, and each time the machine ended it or it took too long"
        ),
        fix: "make it smaller, or split what it does; `crosswalk plugin check` compiles it on your desk"
            .to_owned(),
    }
}

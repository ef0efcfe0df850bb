//! Loading a plugin, and asking it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use domain::identifiers::{Digest, Hashed, PlanId};
use domain::plan::authorization::AuthorizationRequest;
use domain::plan::profile::PlanProfile;
use domain::plan::question::{Answer, Interface, Operation, Question};
use domain::plan::types::Context;
use tokio::sync::{Semaphore, SemaphorePermit};
use tracing::Instrument;
use wasmtime::Store;
use wasmtime::component::{Component, Instance};

use crate::artifact::{self, Artifacts, Swept};
use crate::call::{Call, Ending};
use crate::compiler::{Compiler, NotCompiled};
use crate::contract::{Contract, Failure, v1_0};
use crate::engine::TickingEngine;
use crate::gate::{self, Inspection, NotAPlugin, Refusal, RefusalCode};
use crate::lane::{Allowance, Conduct, SlowLane};
use crate::limits::{Limits, Tier};
use crate::meter::Meter;

/// Sandbox in which plugins run. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Sandbox(Arc<Rooms>);

/// One room for each tier. Nothing of one is ever used in the other: an engine takes components, instances
/// and stores of its own only.
struct Rooms {
    limits: Limits,
    compiled: Arc<Room>,
    interpreted: Arc<Room>,
}

struct Room {
    tier: Tier,
    engine: TickingEngine,
    limits: Limits,
    compiler: Compiler,
    artifacts: Option<Artifacts>,
    /// Places for calls of all plugins; fewer than the pool has.
    places: Semaphore,
    /// For calls of plugins that would hold others up.
    slow_lane: SlowLane,
    /// Each plan's places, for as long as one of its plugins is loaded.
    shares: Mutex<BTreeMap<String, Weak<Semaphore>>>,
    /// Held while a plugin is described, so that loading never takes more than one of the pool's spare
    /// places.
    describing: Mutex<()>,
}

/// A component that has passed the gate, with its bytes: what is compiled is what was read. Only
/// [`Sandbox::inspect`] makes one.
pub struct Inspected<B> {
    component: Hashed<B>,
    inspection: Inspection,
}

/// Why there is no sandbox.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The machine lacks something that the engine needs, such as address space for even one call.
    #[error("plugin engine does not start")]
    Engine(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The directory for compiled components cannot be made.
    #[error("directory for compiled components cannot be made")]
    Artifacts(#[source] std::io::Error),
}

impl Sandbox {
    /// Starts an engine for each tier, and their tickers. Compiled components are kept in `cache_dir`, which
    /// nobody else may write; without one, every start compiles.
    ///
    /// # Errors
    /// When the engine does not start or the directory cannot be made.
    pub fn start(limits: Limits, cache_dir: Option<&Path>) -> Result<Self, SandboxError> {
        Self::start_with(limits, cache_dir, &Compiler::Here)
    }

    /// The same, with components compiled elsewhere: a service takes them from strangers.
    ///
    /// # Errors
    /// When the engine does not start or the directory cannot be made.
    pub fn start_with(
        limits: Limits,
        cache_dir: Option<&Path>,
        compiler: &Compiler,
    ) -> Result<Self, SandboxError> {
        let room = |tier| Room::open(tier, limits.of(tier), cache_dir, compiler.clone()).map(Arc::new);
        let (compiled, interpreted) = (room(Tier::Compiled)?, room(Tier::Interpreted)?);
        Ok(Self(Arc::new(Rooms { limits, compiled, interpreted })))
    }

    /// The same with pools that keep no page of an instance for the next, to measure what that saves. For
    /// benches only.
    ///
    /// # Errors
    /// When the engine does not start.
    pub fn start_forgetful(limits: Limits) -> Result<Self, SandboxError> {
        let room = |tier: Tier| {
            let engine = TickingEngine::start_forgetful(tier, &limits.of(tier));
            let engine = engine.map_err(|error| SandboxError::Engine(error.into()))?;
            Room::around(engine, tier, limits.of(tier), None, Compiler::Here).map(Arc::new)
        };
        let (compiled, interpreted) = (room(Tier::Compiled)?, room(Tier::Interpreted)?);
        Ok(Self(Arc::new(Rooms { limits, compiled, interpreted })))
    }

    /// Limits of uploads and calls in the compiled tier; the interpreted one has more of everything.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Calls of compiled plugins that can run at one moment: what the limits say, or fewer where address
    /// space is short.
    #[must_use]
    pub fn concurrent_calls(&self) -> u32 {
        self.0.compiled.engine.concurrent_calls()
    }

    /// Ends what is being compiled, and compiles nothing more: whoever waits learns that the host is the
    /// reason.
    pub fn stop_compiling(&self) {
        for room in [&self.0.compiled, &self.0.interpreted] {
            room.compiler.stop();
        }
    }

    /// Removes machine code that no engine of this service takes, and the oldest beyond `most` bytes of what
    /// is not needed.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn sweep(&self, needed: &HashSet<Digest>, most: u64) -> std::io::Result<Swept> {
        let rooms = [&self.0.compiled, &self.0.interpreted];
        let artifacts: Vec<&Artifacts> = rooms.iter().filter_map(|room| room.artifacts.as_ref()).collect();
        artifact::sweep(&artifacts, needed, most)
    }

    /// Load of each tier now.
    #[must_use]
    pub fn load_now(&self) -> [Load; 2] {
        [self.0.compiled.load(), self.0.interpreted.load()]
    }

    /// Passes an upload through the gate, under the limits of this sandbox: nothing of it is compiled or run.
    ///
    /// # Errors
    /// With every reason why it is no plugin.
    pub fn inspect<B: AsRef<[u8]>>(&self, component: Hashed<B>) -> Result<Inspected<B>, NotAPlugin> {
        let inspection = gate::inspect_known(component.bytes(), || component.digest(), &self.0.limits)?;
        Ok(Inspected { component, inspection })
    }

    /// Inspects an upload, compiles it, checks it against the contract and asks it twice who it is. Takes
    /// seconds for a large component, all of them busy: call it where blocking is allowed.
    ///
    /// # Errors
    /// With every reason why it is no plugin.
    pub fn load(&self, wasm: &[u8]) -> Result<Plugin, NotAPlugin> {
        self.load_inspected(self.inspect(Hashed::of(wasm))?)
    }

    /// The same for one that was inspected already.
    ///
    /// # Errors
    /// With every reason why it is no plugin.
    pub fn load_inspected<B: AsRef<[u8]>>(&self, inspected: Inspected<B>) -> Result<Plugin, NotAPlugin> {
        let Inspected { component: wasm, inspection } = inspected;
        let room = match inspection.tier {
            Tier::Compiled => &self.0.compiled,
            Tier::Interpreted => &self.0.interpreted,
        };
        let started = Instant::now();
        let (component, origin) = room.compile(wasm.bytes(), &inspection.digest).map_err(Refusal::from)?;
        let duration = started.elapsed();
        let linked = v1_0::Linked::new(&component, &inspection.interfaces, &inspection.inert_wasi);
        let linked = linked.map_err(wrong_shape)?;
        let profile = room.meet(&linked)?;
        let tier = inspection.tier.name();
        tracing::debug!(digest = %inspection.digest, tier, ?origin, ?duration, "plugin loaded");
        Ok(Plugin(Arc::new(Loaded {
            digest: inspection.digest,
            loading: Loading { origin, duration },
            share: room.share_of(&profile.plan_id),
            conduct: Conduct::default(),
            contract: Box::new(linked),
            inspection,
            profile,
            room: Arc::clone(room),
        })))
    }
}

impl Room {
    fn open(
        tier: Tier,
        limits: Limits,
        cache_dir: Option<&Path>,
        compiler: Compiler,
    ) -> Result<Self, SandboxError> {
        let engine =
            TickingEngine::start(tier, &limits).map_err(|error| SandboxError::Engine(error.into()))?;
        Self::around(engine, tier, limits, cache_dir, compiler)
    }

    fn around(
        engine: TickingEngine,
        tier: Tier,
        limits: Limits,
        cache_dir: Option<&Path>,
        compiler: Compiler,
    ) -> Result<Self, SandboxError> {
        let artifacts = cache_dir
            .map(|directory| Artifacts::open(engine.engine(), directory))
            .transpose()
            .map_err(SandboxError::Artifacts)?;
        let places = Semaphore::new(engine.concurrent_calls() as usize);
        let shares = Mutex::default();
        let slow_lane = SlowLane::open().map_err(|error| SandboxError::Engine(error.into()))?;
        Ok(Self {
            tier,
            engine,
            limits,
            compiler,
            artifacts,
            places,
            slow_lane,
            shares,
            describing: Mutex::new(()),
        })
    }

    /// The places of one plan: all its versions, whoever asks them, share these.
    fn share_of(&self, plan: &str) -> Arc<Semaphore> {
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        shares.retain(|_, share| share.strong_count() > 0);
        if let Some(share) = shares.get(plan).and_then(Weak::upgrade) {
            return share;
        }
        let share = Arc::new(Semaphore::new(self.limits.calls_per_plan as usize));
        shares.insert(plan.to_owned(), Arc::downgrade(&share));
        share
    }

    fn load(&self) -> Load {
        let places = self.engine.concurrent_calls();
        let free = u32::try_from(self.places.available_permits()).unwrap_or(places);
        Load { tier: self.tier, places, taken: places.saturating_sub(free), slow: self.slow_lane.calls() }
    }

    fn compile(&self, wasm: &[u8], digest: &Digest) -> Result<(Component, Origin), NotCompiled> {
        let engine = self.engine.engine();
        let compile = || self.compiler.compile(engine, self.tier, wasm);
        let (component, origin) = match &self.artifacts {
            Some(artifacts) => artifacts.component(engine, digest, compile)?,
            None => (artifact::fresh(engine, &compile()?)?, Origin::Compiled),
        };
        component.initialize_copy_on_write_image().map_err(|error| NotCompiled::invalid(&error))?;
        Ok((component, origin))
    }

    /// Rehearses an instantiation and asks twice who the plan is.
    fn meet(&self, contract: &dyn Contract) -> Result<PlanProfile, NotAPlugin> {
        let _alone = self.describing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut store = self.store();
        if let Err(failure) = run_here(contract.rehearse(&mut store)) {
            return Err(match failure {
                Failure::Call(error)
                    if error.is::<wasmtime::Trap>() || store.data().memory_refused.is_some() =>
                {
                    undescribed(&Ending::<()>::of(Err(Failure::Call(error)), store.data())).into()
                }
                Failure::Call(error) => wrong_shape(error).into(),
                failure => undescribed(&Ending::<()>::of(Err(failure), store.data())).into(),
            });
        }
        drop(store);
        let describe = || match self.describe(contract) {
            Ending::Answer(profile) => Ok(profile),
            ending => Err(undescribed(&ending)),
        };
        let profile = describe()?;
        if profile != describe()? {
            return Err(Refusal::new(
                RefusalCode::ProfileDiffers,
                "profile.describe",
                "it was asked twice and gave two different profiles",
                "make `describe` return the same profile every time",
            )
            .into());
        }
        // It names the plan in every log line and metric, so it is not left to the floor checks.
        if profile.plan_id.parse::<PlanId>().is_ok_and(|plan| plan.as_str() == profile.plan_id) {
            return Ok(profile);
        }
        Err(Refusal::new(
            RefusalCode::DescribeFails,
            "profile.describe",
            "its plan-id is not the id of a plan",
            "use 1 to 40 lower-case letters, digits and inner hyphens, as the county gave them",
        )
        .into())
    }

    fn describe(&self, contract: &dyn Contract) -> Ending<PlanProfile> {
        let mut store = self.store();
        let outcome = run_here(contract.describe(&mut store)).map(Ok);
        Ending::of(outcome, store.data())
    }

    fn store(&self) -> Store<Meter> {
        self.store_for(Allowance::whole(self.limits.deadline))
    }

    fn store_for(&self, allowance: Allowance) -> Store<Meter> {
        Meter::store(self.engine.engine(), self.tier, &self.limits, allowance.ticks)
    }
}

/// Load of a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Tier that is meant.
    pub tier: Tier,
    /// Calls that can run at one moment.
    pub places: u32,
    /// Number of places that are taken.
    pub taken: u32,
    /// Those of them that run in the slow lane.
    pub slow: u32,
}

/// A compiled plugin and who it says it is. Cheap to clone; holds no member's data. Its calls need a Tokio
/// runtime with time.
#[derive(Clone)]
pub struct Plugin(Arc<Loaded>);

struct Loaded {
    digest: Digest,
    inspection: Inspection,
    profile: PlanProfile,
    loading: Loading,
    contract: Box<dyn Contract>,
    /// The places of its plan, whichever version is asked.
    share: Arc<Semaphore>,
    conduct: Conduct,
    room: Arc<Room>,
}

/// Way in which a plugin became ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loading {
    /// Origin of its machine code.
    pub origin: Origin,
    /// Time to compile or to load it, without the gate and the description.
    pub duration: Duration,
}

/// Origin of machine code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It was compiled just then.
    Compiled,
    /// It had been compiled before.
    Cached,
}

impl Loaded {
    /// Asks in a fresh store: how the call ended, and what it spent.
    async fn ask(&self, question: &Question, allowance: Allowance) -> (Ending<Answer>, Spent) {
        let mut store = self.room.store_for(allowance);
        let call = self.contract.ask(&mut store, None, question);
        let ending = match tokio::time::timeout(allowance.time, call).await {
            Ok(outcome) => Ending::of(outcome, store.data()),
            Err(_elapsed) => Ending::Deadline,
        };
        (ending, Spent::of(store.data()))
    }

    /// Chooses the lane of the next calls by how this one went. One that was out of time without having run
    /// was kept waiting in the slow lane by a busy host, which tells nothing about it.
    fn judge(&self, ending: &Ending<Answer>, spent: Spent) {
        match ending {
            _ if spent.ticks > Allowance::at_once(self.room.limits.deadline).ticks => self.conduct.penalize(),
            Ending::Deadline => {}
            _ if ending.fault().is_some() => self.conduct.penalize(),
            _ => self.conduct.forgive(),
        }
    }
}

/// Time and memory that a call spent.
#[derive(Clone, Copy, Default)]
struct Spent {
    memory_bytes: usize,
    ticks: u64,
}

impl Spent {
    fn of(meter: &Meter) -> Self {
        Self { memory_bytes: meter.memory_peak, ticks: meter.ticks }
    }

    /// Both tries of one call.
    fn after(self, before: Self) -> Self {
        Self { memory_bytes: self.memory_bytes.max(before.memory_bytes), ticks: self.ticks + before.ticks }
    }
}

/// A question that is being answered.
pub type Asking<'q> = Pin<Box<dyn Future<Output = Call<Answer>> + Send + 'q>>;

impl Plugin {
    /// The digest of the component as it was uploaded.
    #[must_use]
    pub fn digest(&self) -> &Digest {
        &self.0.digest
    }

    /// The version of the contract that it is built against, such as `1.0.0`.
    #[must_use]
    pub fn contract_version(&self) -> String {
        let name = self.contract();
        name.rsplit_once('@').map_or_else(|| name.clone(), |(_, version)| version.to_owned())
    }

    /// Interfaces that it exports. The plan's people work the others.
    #[must_use]
    pub fn exports(&self) -> &BTreeSet<Interface> {
        &self.0.inspection.interfaces
    }

    /// Profile of the plan, checked in form only: its sense is for the floor checks.
    #[must_use]
    pub fn profile(&self) -> &PlanProfile {
        &self.0.profile
    }

    /// Findings of the gate on it.
    #[must_use]
    pub fn inspection(&self) -> &Inspection {
        &self.0.inspection
    }

    /// The contract that it was built against, such as `crosswalk:plan@1.0.0`.
    #[must_use]
    pub fn contract(&self) -> String {
        self.0.contract.name()
    }

    /// Way in which it became ready.
    #[must_use]
    pub fn loading(&self) -> Loading {
        self.0.loading
    }

    /// Asks it once more who it is. Busy until it has answered: call it where blocking is allowed.
    #[must_use]
    pub fn describe_here(&self) -> Ending<PlanProfile> {
        let room = &self.0.room;
        let _alone = room.describing.lock().unwrap_or_else(PoisonError::into_inner);
        room.describe(&*self.0.contract)
    }

    /// Asks again who it is, in a fresh instance, to measure the least that a call can cost.
    pub async fn describe(&self) -> Call<PlanProfile> {
        let started = Instant::now();
        let mut store = self.0.room.store();
        let described = self.0.contract.describe(&mut store).await;
        let ending = Ending::of(described.map(Ok), store.data());
        let (peak_memory_bytes, cpu_ticks) = (store.data().memory_peak, store.data().ticks);
        Call { ending, duration: started.elapsed(), peak_memory_bytes, cpu_ticks }
    }

    /// Asks a question. Boxed, so that nobody above has to be proven to be able to move between threads with
    /// the engine's own types inside.
    #[must_use]
    pub fn ask<'q>(&'q self, question: &'q Question) -> Asking<'q> {
        Box::pin(async move {
            let span = tracing::info_span!(
                "plugin.call",
                plan.id = %self.0.profile.plan_id,
                component.digest = %self.0.digest,
                operation = question.operation().name(),
                outcome = tracing::field::Empty,
                duration_us = tracing::field::Empty,
                memory_bytes = tracing::field::Empty,
            );
            let asked = async { self.noted(question.operation(), self.ask_in_turn(question).await) };
            asked.instrument(span).await
        })
    }

    /// Asks again what was asked before, for somebody who compares. Ends as [`Self::ask`] would; a span and
    /// the figures of calls are for what members wait for.
    #[must_use]
    pub fn replay<'q>(&'q self, question: &'q Question) -> Asking<'q> {
        Box::pin(self.ask_in_turn(question))
    }

    /// Waits for a place, asks here, and in the slow lane if that is where the call belongs.
    async fn ask_in_turn(&self, question: &Question) -> Call<Answer> {
        let started = Instant::now();
        let (ending, spent) = match self.places().await {
            Some(_places) => self.ask_in_its_lane(question).await,
            None => (Ending::Saturated, Spent::default()),
        };
        let Spent { memory_bytes: peak_memory_bytes, ticks: cpu_ticks } = spent;
        if cpu_ticks > 0 {
            let plan = self.0.profile.plan_id.clone();
            metrics::counter!("crosswalk_plugin_cpu_ticks", "plan" => plan).increment(cpu_ticks);
        }
        Call { ending, duration: started.elapsed(), peak_memory_bytes, cpu_ticks }
    }

    async fn ask_in_its_lane(&self, question: &Question) -> (Ending<Answer>, Spent) {
        let deadline = self.0.room.limits.deadline;
        let mut before = Spent::default();
        if !self.0.conduct.is_slow() {
            let at_once = Allowance::at_once(deadline);
            let (ending, spent) = self.0.ask(question, at_once).await;
            if spent.ticks <= at_once.ticks {
                self.0.judge(&ending, spent);
                return (ending, spent);
            }
            self.0.conduct.penalize();
            before = spent;
        }
        let (loaded, question) = (Arc::clone(&self.0), question.clone());
        let call = async move { loaded.ask(&question, Allowance::in_the_slow_lane(deadline)).await };
        let broke_off = || (Ending::Trap("broke-off"), Spent::default());
        let (ending, spent) = self.0.room.slow_lane.run(call).await.unwrap_or_else(broke_off);
        self.0.judge(&ending, spent);
        (ending, spent.after(before))
    }

    /// An instance that is used again and again, to measure what a fresh one for every call costs. For
    /// benches only: one member's data stays in its memory while the next is asked about, and it takes one of
    /// the pool's spare places.
    ///
    /// # Errors
    /// When it cannot be instantiated.
    pub async fn warm(&self) -> Result<Warm, Ending<()>> {
        let mut store = self.0.room.store();
        match self.0.contract.instantiate(&mut store).await {
            Ok(instance) => Ok(Warm { plugin: self.clone(), store, instance }),
            Err(failure) => Err(Ending::of(Err(failure), store.data())),
        }
    }

    /// A place among its plan's calls and one among all, if both come free before the deadline.
    async fn places(&self) -> Option<(SemaphorePermit<'_>, SemaphorePermit<'_>)> {
        let both = async {
            // Its plan's first: a call that waits for its own plan's slowness must not hold a place of
            // everybody's.
            let own = self.0.share.acquire().await.ok()?;
            Some((own, self.0.room.places.acquire().await.ok()?))
        };
        tokio::time::timeout(self.0.room.limits.deadline, both).await.ok().flatten()
    }

    /// Writes down in span and figures how a call ended.
    fn noted(&self, operation: Operation, call: Call<Answer>) -> Call<Answer> {
        let plan = self.0.profile.plan_id.clone();
        let (asked, ended) = (operation.name(), call.ending.code());
        let span = tracing::Span::current();
        span.record("outcome", ended);
        span.record("duration_us", u64::try_from(call.duration.as_micros()).unwrap_or(u64::MAX));
        span.record("memory_bytes", call.peak_memory_bytes);
        metrics::counter!("crosswalk_plugin_calls", "plan" => plan.clone(), "operation" => asked, "ending" => ended)
            .increment(1);
        metrics::histogram!("crosswalk_plugin_call_seconds", "plan" => plan, "operation" => asked)
            .record(call.duration);
        if call.ending.fault().is_some() {
            tracing::warn!(ending = ?call.ending, duration = ?call.duration, "plugin gave no answer");
        }
        call
    }
}

/// Instance that [`Plugin::warm`] has made ready, with its store.
pub struct Warm {
    plugin: Plugin,
    store: Store<Meter>,
    instance: Instance,
}

impl Warm {
    /// Asks a question in the instance that is there. After a fault it is of no more use.
    pub async fn ask(&mut self, question: &Question) -> Ending<Answer> {
        self.store.data_mut().restart();
        let contract = &self.plugin.0.contract;
        let outcome = contract.ask(&mut self.store, Some(self.instance), question).await;
        Ending::of(outcome, self.store.data())
    }
}

/// Point of a call to which [`Plugin::part`] goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The request is laid out for lowering; nothing of the engine is touched.
    Arena,
    /// The store is made, with its meter, and dropped.
    Store,
    /// The component is instantiated in it as well.
    Instance,
    /// The function is looked up too, and its types are compared.
    Function,
    /// It is called, and its answer read: everything but the wait for a place, the span and the figures.
    Call,
}

impl Plugin {
    /// Does a call up to one of its parts, in a fresh store, to measure what each costs. For benches only:
    /// what has no place among the calls takes one of the pool's spare places.
    ///
    /// # Errors
    /// How it ended, if without an answer.
    pub async fn part(&self, part: Part, question: &Question) -> Result<(), Ending<()>> {
        let contract = &*self.0.contract;
        if part == Part::Arena {
            contract.lay_out(question);
            return Ok(());
        }
        let mut store = self.0.room.store_for(Allowance::at_once(self.0.room.limits.deadline));
        let done = match part {
            Part::Arena | Part::Store => Ok(()),
            Part::Instance => contract.instantiate(&mut store).await.map(drop),
            Part::Function => match contract.instantiate(&mut store).await {
                Ok(instance) => contract.find(&mut store, instance, question.operation()),
                Err(failure) => Err(failure),
            },
            Part::Call => match contract.ask(&mut store, None, question).await {
                Ok(answer) => return answer.map(drop).map_err(Ending::GuestError),
                Err(failure) => Err(failure),
            },
        };
        done.map_err(|failure| Ending::of(Err(failure), store.data()))
    }
}

impl Warm {
    /// Asks about a presumption on the stack of whoever asks, where no guest can be made to pause, to measure
    /// what a stack of its own costs. For benches only.
    pub fn presume_here(&mut self, request: &AuthorizationRequest, context: &Context) -> Ending<Answer> {
        self.store.data_mut().restart();
        Meter::never_pause(&mut self.store);
        let contract = &self.plugin.0.contract;
        let outcome = contract.presume_here(&mut self.store, self.instance, request, context);
        Ending::of(outcome, self.store.data())
    }
}

/// Runs a guest on this thread to its end. It waits for nothing but its own ticks, so polling it on is
/// enough.
fn run_here<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = std::task::Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

fn wrong_shape(error: wasmtime::Error) -> Refusal {
    Refusal::new(
        RefusalCode::WrongType,
        "component",
        format!("it does not fit the contract: {}", gate::quoted(&error.root_cause().to_string())),
        "build it against the contract's files as published, unchanged",
    )
}

fn undescribed<T>(ending: &Ending<T>) -> Refusal {
    let fix = match ending {
        Ending::BadOutput { .. } => {
            "keep the profile as small as an answer must be, with days that exist: rows of data go into tables"
        }
        _ => {
            "make `describe` return the profile without failing; `crosswalk plugin describe` runs it on your machine"
        }
    };
    let problem = format!("`describe` gave no profile: {ending:?}");
    Refusal::new(RefusalCode::DescribeFails, "profile.describe", problem, fix)
}

//! Workflow: every command of the API, from its caller's rights to the transaction in which it ends.
//!
//! Four modules, each of which knows only those before it:
//!
//! - [`command`]: parts of every command: the caller and its rights, retries with the same key, the audit
//!   trail, notices, and failures.
//! - `plugins` and `directory`: the plans' rules (versions, uploads, releases, activations, roll-backs, and
//!   the one way to ask); organizations, keys, people's accounts and members (their identity, their coverage
//!   by files, the plan that answers for them).
//! - `cases`: a referral, an authorization, a claim, a credentialing file from its arrival to its end.
//!   `intake` finds the member and the plan; `referrals`, `authorizations`, `claims`, `applications` and
//!   `people` take the answer of the plan's rules or people; `recording` makes one unit of work that holds
//!   the case, its events, the evaluations, the clocks, the audit entry, the notices and the answer
//!   itself. No plugin runs while a unit is open, and nothing is acknowledged before it is durable.
//! - `questions`: hypothetical cases, asked of one plan or of all, about nobody.
//!
//! Beside them `duties` does the work that no request starts: clocks that run out, notices that go out;
//! `figures` counts a county's plans, without names and without small numbers.

mod cases;
mod directory;
mod duties;
mod figures;
#[cfg(test)]
mod fixtures;
mod gauges;
mod plugins;
mod questions;
mod words;

#[cfg(test)]
mod tests;

pub mod command;
pub mod shown;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use domain::passkey::RelyingParty;
use domain::time::{Clock, Ids, pacific_day};
use jiff::Timestamp;
use jiff::civil::Date;
use sandbox::Sandbox;
use store::Store;
use store::vault::Vault;
use uuid::Uuid;

pub use cases::documents::{Content, NewDocument, Received, Receiving};
pub use cases::fhir::{FhirTask, TaskOwner};
pub use command::audit::AuditQuery;
pub use command::caller::{Caller, Role};
pub use command::failure::{Failure, FieldProblem};
pub use command::paging::{Page, Paging};
pub use command::sent_back::SentBack;
pub use directory::accounts::Guest;
pub use directory::members::{AddedMember, Met};
pub use directory::outward::{Answered, Asking, NoAnswer, Outward, SignOn};
pub use directory::rosters::NextSlice;
pub use directory::sessions::Visitor;
pub use directory::sign_on::{Arrival, Departure, Turned};
pub use duties::Duties;
pub use plugins::quotas::Quota;
pub use plugins::rules_file::{MOST_RULES_BYTES, MOST_TRIED, SentRules};
pub use plugins::shadow::{MOST_EVALUATIONS, NewShadowRun, ShadowRange};

use command::caller;
use directory::{counties, outward};
use plugins::{breakers, compile_queue, receipts, registry};
use questions::what_if;

/// The service, without a way in. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Crosswalk(Arc<Rooms>);

/// Settings of the workflow, as `serve` is given them.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Time for which the answer to an upload waits for the component to be compiled before it says that it
    /// is compiling.
    pub compile_wait: Duration,
    /// Rule by which an operation of a plugin that keeps failing rests.
    pub breaker: domain::breaker::Policy,
    /// Store of the documents' bytes. Without it no document is taken.
    pub documents: Option<Arc<dyn Vault>>,
    /// Most bytes of one document.
    pub document_bytes: u64,
    /// Limits on the uploads and versions of one plan.
    pub quota: Quota,
    /// Most bytes of machine code that are kept of components which nothing needs now.
    pub compiled_bytes: u64,
    /// Site for which passkeys are made. Without it none is offered.
    pub relying_party: Option<RelyingParty>,
    /// Ways to identity providers. Without them nobody signs in by one.
    pub sign_on: Option<SignOn>,
    /// Guest into which rules files are put. Without it none can be tried or uploaded.
    pub rules_guest: Option<&'static [u8]>,
}

/// Most bytes of one document, if nothing else is set.
const DOCUMENT_BYTES: u64 = 20 << 20;
/// Most bytes of machine code that are kept, if nothing else is set.
const COMPILED_BYTES: u64 = 2 << 30;

impl Default for Settings {
    fn default() -> Self {
        Self {
            compile_wait: Duration::from_secs(5),
            breaker: domain::breaker::Policy::USUAL,
            documents: None,
            document_bytes: DOCUMENT_BYTES,
            quota: Quota::USUAL,
            compiled_bytes: COMPILED_BYTES,
            relying_party: None,
            sign_on: None,
            rules_guest: None,
        }
    }
}

struct Rooms {
    store: Store,
    sandbox: Sandbox,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    settings: Settings,
    loaded: registry::Loaded,
    compilers: Arc<compile_queue::Compilers>,
    recent: caller::Recent,
    counties: counties::AtHand,
    searches: what_if::Searches,
    conforming: receipts::RunQueue,
    trying: receipts::RunQueue,
    breakers: breakers::Breakers,
    documents: outward::Documents,
    /// This process, among others over the same record.
    node: String,
}

impl Crosswalk {
    /// Wires the rooms together. `ids` makes row ids (time-ordered, for keys that sort) and secrets (random).
    pub fn new(store: Store, sandbox: Sandbox, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        Self::with(store, sandbox, clock, ids, Settings::default())
    }

    /// The same, not with the defaults.
    pub fn with(
        store: Store,
        sandbox: Sandbox,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        settings: Settings,
    ) -> Self {
        let breakers = breakers::Breakers::under(settings.breaker);
        let node = ids.next().to_string();
        Self(Arc::new(Rooms {
            store,
            sandbox,
            clock,
            ids,
            settings,
            loaded: registry::Loaded::default(),
            compilers: Arc::default(),
            recent: caller::Recent::default(),
            counties: counties::AtHand::default(),
            searches: what_if::Searches::default(),
            conforming: receipts::RunQueue::default(),
            trying: receipts::RunQueue::default(),
            breakers,
            documents: outward::Documents::default(),
            node,
        }))
    }

    /// Now, in whole milliseconds.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Today, in Pacific time.
    pub fn today(&self) -> Date {
        pacific_day(self.now())
    }

    /// Checks that the record takes writes.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ready(&self) -> Result<(), Failure> {
        Ok(self.0.store.ready(&self.0.node, self.now()).await?)
    }

    /// Learns which counties there are, and loads the plugins that answer anything or will, so that the first
    /// request does not wait for them. Returns how many. One that does not load is its plan's trouble: it is
    /// logged by plan and digest, and the plan's people work what it would have answered.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn warm_up(&self) -> Result<usize, Failure> {
        self.learn_counties().await?;
        let standing = store::activations::standing(self.store(), None).await?;
        let plugins: BTreeSet<_> = standing.into_iter().map(|one| (one.plan, one.digest)).collect();
        let mut loaded = 0;
        for (plan, digest) in &plugins {
            loaded += usize::from(matches!(self.rules(plan, digest).await?, registry::Rules::Loaded(_)));
        }
        self.unload_idle().await?;
        Ok(loaded)
    }

    fn store(&self) -> &Store {
        &self.0.store
    }

    fn sandbox(&self) -> &Sandbox {
        &self.0.sandbox
    }

    fn settings(&self) -> &Settings {
        &self.0.settings
    }

    fn compilers(&self) -> &Arc<compile_queue::Compilers> {
        &self.0.compilers
    }

    fn registry(&self) -> &registry::Loaded {
        &self.0.loaded
    }

    fn recent(&self) -> &caller::Recent {
        &self.0.recent
    }

    fn counties_at_hand(&self) -> &counties::AtHand {
        &self.0.counties
    }

    fn searches(&self) -> &what_if::Searches {
        &self.0.searches
    }

    fn conforming(&self) -> &receipts::RunQueue {
        &self.0.conforming
    }

    fn trying(&self) -> &receipts::RunQueue {
        &self.0.trying
    }

    fn of_providers(&self) -> &outward::Documents {
        &self.0.documents
    }

    fn breakers(&self) -> &breakers::Breakers {
        &self.0.breakers
    }

    fn id<I>(&self, of: impl FnOnce(Uuid) -> I) -> I {
        of(self.0.ids.next())
    }

    fn secret_bits(&self) -> Uuid {
        self.0.ids.random()
    }
}

//! What happens, in which order, in which transaction.
//!
//! A command runs like this: who asks and may they ([`Caller`]), has this key been answered before (`once`), who is
//! the member and which plan answers (`intake`, `routing`), what do the plan's rules say (`asking`), what does that
//! make of the case (`referrals`, `authorizations`, `claims`, `applications`, `people`; `extensions`,
//! `member_notices` and `disputes` for what the law gives besides), and then one unit of work
//! that holds the case, its events, the decision records, the clocks, the audit entry, the notices and the answer
//! itself (`recording`). No plugin runs while a unit is open, and nothing is acknowledged before it is durable.
//!
//! What nobody asks for — clocks that run out, notices that go out — is done by `duties`.

mod across;
mod applications;
mod around;
mod asking;
mod audit;
mod authorizations;
mod beginning;
mod books;
mod breakers;
mod caller;
mod case;
mod claims;
mod clocks;
mod contracts;
mod corrections;
mod costs;
mod counties;
mod decisions;
mod dictionary;
mod disputes;
mod documents;
mod duties;
mod elections;
mod endings;
mod episodes;
mod extensions;
mod facts;
mod fhir;
mod filing;
#[cfg(test)]
mod fixtures;
mod gauges;
mod held;
mod identity;
mod intake;
mod keys;
mod knowing;
mod limits;
mod looking;
mod member_notices;
mod members;
mod moves;
mod once;
mod organizations;
mod paging;
mod people;
mod placing;
mod plans;
mod presuming;
mod quotas;
mod receipts;
mod recording;
mod referrals;
mod registry;
mod releases;
mod remittances;
mod rollout;
mod rosters;
mod routing;
mod rule_changes;
mod sent_back;
mod shadow;
mod show;
mod sieve;
mod sifting;
mod sight;
mod signing;
mod step;
mod tables;
mod threads;
mod translations;
mod what_if;
mod words;
mod work;

pub mod command;
pub mod failure;
pub mod view;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use domain::time::{Clock, Ids, pacific_day};
use jiff::Timestamp;
use jiff::civil::Date;
use sandbox::Sandbox;
use store::Store;
use store::vault::Vault;
use uuid::Uuid;

pub use audit::AuditQuery;
pub use caller::{Caller, Role};
pub use documents::{Content, NewDocument, Received, Receiving};
pub use duties::Duties;
pub use failure::{Failure, FieldProblem};
pub use fhir::FhirTask;
pub use members::{AddedMember, Met};
pub use paging::Paging;
pub use quotas::Quota;
pub use sent_back::SentBack;
pub use shadow::{MOST_DECISIONS, NewShadowRun, ShadowRange};

/// The service, without a way in. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Crosswalk(Arc<Rooms>);

/// What can be set about the workflow.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long the answer to an upload waits for the component to be compiled before it says that it is compiling.
    pub compile_wait: Duration,
    /// When a plugin that keeps failing rests.
    pub breaker: domain::breaker::Policy,
    /// Where the bytes of documents lie. Without it no document is taken.
    pub documents: Option<Arc<dyn Vault>>,
    /// Most bytes of one document.
    pub document_bytes: u64,
    /// What one plan may bring and keep.
    pub quota: Quota,
    /// Most bytes of machine code that are kept of components which nothing needs now.
    pub compiled_bytes: u64,
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
    compilers: Arc<releases::Compilers>,
    recent: caller::Recent,
    counties: counties::AtHand,
    searches: what_if::Searches,
    conforming: receipts::Turn,
    breakers: breakers::Breakers,
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
            conforming: receipts::Turn::default(),
            breakers,
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

    /// Whether the record takes writes.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ready(&self) -> Result<(), Failure> {
        Ok(self.0.store.ready(&self.0.node, self.now()).await?)
    }

    /// Learns which counties there are, and loads the plugins that answer anything or will, so that the first request does
    /// not wait for them. Returns how many. One that does not load is its plan's trouble: it is logged by plan and digest,
    /// and the plan's people work what it would have answered.
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

    fn compilers(&self) -> &Arc<releases::Compilers> {
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

    fn conforming(&self) -> &receipts::Turn {
        &self.0.conforming
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

//! Breakers: the operations of plugins that rest on this node after too many faults.
//!
//! Kept in memory and by each node for itself: a node that has just started asks, and finds out within a few
//! calls.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::audit::SubjectKind;
use domain::breaker::{Breaker, Event, Policy};
use domain::identifiers::{Digest, PlanId};
use domain::plan::question::Operation;
use jiff::Timestamp;

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::Caller;
use crate::command::failure::Failure;
use crate::command::paging::Page;
use crate::plugins::registry::Rules;

/// Made-up cases that an operation must answer before members' cases are put to it again.
const TRIAL_CASES: usize = 10;

/// The breakers of everything that was called.
pub(crate) struct Breakers {
    policy: Policy,
    all: Mutex<HashMap<Switch, Breaker>>,
    /// Requests that an operation sent back to their senders since this node started.
    refused: Mutex<HashMap<Switch, u64>>,
}

/// Key of a breaker: an operation of a plan's plugin.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Switch {
    pub(crate) plan: PlanId,
    pub(crate) digest: Digest,
    pub(crate) operation: Operation,
}

/// The breaker of one operation of one plugin, on this node.
#[derive(Clone, Debug)]
pub struct BreakerReading {
    /// SHA-256 of the plugin's component.
    pub digest: Digest,
    /// Operation that is asked or rests.
    pub operation: Operation,
    /// State of the breaker.
    pub breaker: Breaker,
    /// Requests that it sent back to their senders since this node started.
    pub refused_inputs: u64,
}

impl Breakers {
    pub(crate) fn under(policy: Policy) -> Self {
        Self { policy, all: Mutex::default(), refused: Mutex::default() }
    }

    /// True if the operation is asked about members' cases now.
    pub(crate) fn asks(&self, switch: &Switch) -> bool {
        self.held().get(switch).is_none_or(Breaker::asks)
    }

    /// Takes note of what happened.
    pub(crate) fn note(&self, switch: &Switch, event: Event, now: Timestamp) {
        let mut all = self.held();
        let before = all.get(switch).cloned().unwrap_or_default();
        let asked = before.asks();
        let after = before.after(event, &self.policy, now);
        if asked != after.asks() {
            let (plan, operation, state) = (&switch.plan, switch.operation.name(), after.name());
            tracing::warn!(%plan, operation, digest = %switch.digest, state, "a breaker moved");
        }
        let open = if after.asks() { 0.0 } else { 1.0 };
        let labels = [("plan", switch.plan.to_string()), ("operation", switch.operation.name().to_owned())];
        metrics::gauge!("crosswalk_breaker_open", &labels).set(open);
        all.insert(switch.clone(), after);
    }

    /// Takes note of a request that went back to its sender. It opens no breaker: whoever sends nonsense must
    /// not turn a plan's rules off.
    pub(crate) fn note_refused(&self, switch: &Switch) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        *refused.entry(switch.clone()).or_default() += 1;
    }

    fn refused(&self, switch: &Switch) -> u64 {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.get(switch).copied().unwrap_or_default()
    }

    /// Those that have rested long enough, now on trial.
    fn rested(&self, now: Timestamp) -> Vec<Switch> {
        let mut rested = Vec::new();
        for (switch, breaker) in self.held().iter_mut() {
            let waited = breaker.clone().after(Event::Waited, &self.policy, now);
            if waited != *breaker {
                *breaker = waited;
                rested.push(switch.clone());
            }
        }
        rested
    }

    fn of_plan(&self, plan: &PlanId) -> Vec<(Switch, Breaker)> {
        let all = self.held();
        let own = all.iter().filter(|(switch, _)| switch.plan == *plan);
        let mut own: Vec<(Switch, Breaker)> =
            own.map(|(switch, breaker)| (switch.clone(), breaker.clone())).collect();
        own.sort_by(|(one, _), (other, _)| {
            (one.operation.name(), one.digest).cmp(&(other.operation.name(), other.digest))
        });
        own
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<Switch, Breaker>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Crosswalk {
    /// Tries what has rested, with cases that the conformance kit makes up from the plan's own profile.
    /// Returns how many are asked again.
    pub(crate) async fn try_rested(&self) -> Result<usize, Failure> {
        let mut closed = 0;
        for switch in self.breakers().rested(self.now()) {
            let passed = self.passes_trial(&switch).await?;
            let event = if passed { Event::PassedTrial } else { Event::FailedTrial };
            self.breakers().note(&switch, event, self.now());
            closed += usize::from(passed);
        }
        Ok(closed)
    }

    async fn passes_trial(&self, switch: &Switch) -> Result<bool, Failure> {
        let Rules::Loaded(plugin) = self.rules(&switch.plan, &switch.digest).await? else {
            return Ok(false);
        };
        Ok(conformance::answers(&plugin, switch.operation, self.today(), TRIAL_CASES).await)
    }

    /// States of the breakers of a plan's plugins on this node; an operation that was never called is not
    /// there.
    ///
    /// # Errors
    /// `Forbidden` for another plan's.
    pub async fn breakers_of(&self, caller: &Caller, plan: &PlanId) -> Result<Page<BreakerReading>, Failure> {
        self.may_run_plan(caller, plan).await?;
        self.look(caller, Look::List(SubjectKind::Breaker)).await?;
        let standing = self.breakers().of_plan(plan);
        let reading = |(switch, breaker): (Switch, Breaker)| BreakerReading {
            refused_inputs: self.breakers().refused(&switch),
            digest: switch.digest,
            operation: switch.operation,
            breaker,
        };
        let items = standing.into_iter().map(reading).collect();
        Ok(Page { items, next_cursor: None })
    }
}

//! Plans: who has the last word, what is demanded of their releases, what rests, and what they cost.

use std::collections::BTreeMap;

use domain::breaker::Breaker;
use domain::floor::withhold_without_effect;
use domain::release::{FaultLimit, Policy};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use workflow::shown::{ActivePlugin, BreakerReading, Cost, Costs, ShownPlan, ShownProfile, WithoutEffect};

use crate::output::{Output, views};

/// The plugin a plan decides with now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ActiveView {
    /// SHA-256 of the component.
    pub(crate) digest: String,
    /// The plugin's own version.
    pub(crate) version: String,
    /// Instant since which it decides (UTC).
    #[schema(format = DateTime)]
    pub(crate) from: String,
}

/// A plan, with the plugin that answers for it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PlanView {
    /// Id of the plan.
    pub(crate) id: String,
    /// Name of the plan.
    pub(crate) name: String,
    /// `active`; `paused`: its cases wait for its people; or `ended`: no new case comes to it.
    pub(crate) state: String,
    /// Lines of business of the plan.
    pub(crate) lines: Vec<String>,
    /// Codes of the counties that it serves.
    pub(crate) counties: Vec<String>,
    /// The plugin in force; null while the plan has none, and everything goes to its people.
    pub(crate) active: Option<ActiveView>,
    /// Party that has the last word, by workflow: the plan's rules (`decides`), its people after advice of
    /// the rules (`advises`), or its people alone (`people`).
    pub(crate) modes: BTreeMap<String, String>,
}

/// Policy that a plan's releases must meet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PolicyView {
    /// Evidence that a release must have before it is approved or activated, besides that it compiled:
    /// `two-people`, `signature`, `receipt`, `shadow`.
    pub(crate) requires: Vec<String>,
    /// Limit of faults at which the host rolls a release back by itself; null: it never does.
    pub(crate) roll_back: Option<FaultLimitView>,
    /// Changed approvals in its last shadow run above which somebody else than the uploader must approve and
    /// activate; null: however many.
    pub(crate) most_changed_approvals: Option<u64>,
}

/// Limit of faults of a release.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FaultLimitView {
    /// Faults among a hundred calls that are borne.
    pub(crate) most_faults_per_hundred: u8,
    /// Calls that must have been made before anything is said of it.
    pub(crate) at_least: u32,
    /// The last calls that are looked at.
    pub(crate) among: u32,
}

/// Breaker of one operation of one plugin, on the node that answers: whether it is asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BreakerView {
    /// SHA-256 of the component.
    pub(crate) digest: String,
    /// `triage`, `presume`, `determine`, `adjudicate` or `review`.
    pub(crate) operation: String,
    /// `closed`: it is asked. `open`: it rests after too many faults. `trial`: it is being tried with made-up
    /// cases.
    pub(crate) state: String,
    /// Instant since which it is not asked (UTC).
    #[schema(format = DateTime)]
    pub(crate) since: Option<String>,
    /// Instant until which it rests (UTC).
    #[schema(format = DateTime)]
    pub(crate) until: Option<String>,
    /// Requests that it sent back to their senders since this node started.
    pub(crate) refused_inputs: u64,
}

/// Cost of a plan's plugins.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CostsView {
    /// Id of the plan.
    pub(crate) plan: String,
    /// The first day, Pacific time.
    #[schema(format = Date)]
    pub(crate) from: String,
    /// Last day, Pacific time.
    #[schema(format = Date)]
    pub(crate) to: String,
    /// One line for each operation of each plugin, the costliest first.
    pub(crate) items: Vec<CostView>,
}

/// Cost of one operation of one plugin.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CostView {
    /// SHA-256 of the component.
    pub(crate) digest: String,
    /// Operation of the contract that was asked, such as `determine`.
    pub(crate) operation: String,
    /// Number of calls that were made.
    pub(crate) calls: u64,
    /// Number of calls that gave no answer.
    pub(crate) faults: u64,
    /// Number of requests that it sent back to their senders. No case came of those; they are not among
    /// `calls`.
    pub(crate) refused_inputs: u64,
    /// Time of all calls, in milliseconds.
    pub(crate) total_ms: u64,
    /// Time of the longest, in microseconds.
    pub(crate) longest_us: u64,
    /// The most memory that a call took.
    pub(crate) most_memory_bytes: u64,
    /// Milliseconds that it ran, counted by ticks of 10 ms: exact over many calls, not for one.
    pub(crate) cpu_ms: u64,
}

impl Output for ShownPlan {
    type View = PlanView;

    fn view(&self) -> PlanView {
        PlanView {
            id: self.id.to_string(),
            name: self.name.clone(),
            state: self.state.name().to_owned(),
            lines: self.lines.clone(),
            counties: self.counties.clone(),
            active: self.active.as_ref().map(active),
            modes: self.modes.iter().map(|(of, who)| (of.name().to_owned(), who.name().to_owned())).collect(),
        }
    }
}

fn active(active: &ActivePlugin) -> ActiveView {
    ActiveView {
        digest: active.digest.to_string(),
        version: active.version.clone(),
        from: active.from.to_string(),
    }
}

/// The profile as its plugin declares it: its words are those of the contract, which no view repeats.
impl Output for ShownProfile {
    type View = Value;

    fn view(&self) -> Value {
        let mut profile =
            serde_json::to_value(&self.profile).expect("a profile has text keys and no failing parts");
        if self.without_effect == WithoutEffect::Withheld {
            withhold_without_effect(&mut profile);
        }
        profile
    }
}

impl Output for Policy {
    type View = PolicyView;

    fn view(&self) -> PolicyView {
        PolicyView {
            requires: self.requires.iter().map(|requirement| requirement.name().to_owned()).collect(),
            roll_back: self.roll_back.as_ref().map(fault_limit),
            most_changed_approvals: self.most_changed_approvals,
        }
    }
}

pub(super) fn fault_limit(limit: &FaultLimit) -> FaultLimitView {
    FaultLimitView {
        most_faults_per_hundred: limit.most_per_hundred,
        at_least: limit.at_least,
        among: limit.among,
    }
}

impl Output for BreakerReading {
    type View = BreakerView;

    fn view(&self) -> BreakerView {
        let (since, until) = match &self.breaker {
            Breaker::Closed { .. } => (None, None),
            Breaker::Open { since, until, .. } => (Some(since), Some(until)),
            Breaker::Trial { since, .. } => (Some(since), None),
        };
        BreakerView {
            digest: self.digest.to_string(),
            operation: self.operation.name().to_owned(),
            state: self.breaker.name().to_owned(),
            since: since.map(ToString::to_string),
            until: until.map(ToString::to_string),
            refused_inputs: self.refused_inputs,
        }
    }
}

impl Output for Costs {
    type View = CostsView;

    fn view(&self) -> CostsView {
        CostsView {
            plan: self.plan.to_string(),
            from: self.from.to_string(),
            to: self.to.to_string(),
            items: views(&self.items),
        }
    }
}

impl Output for Cost {
    type View = CostView;

    fn view(&self) -> CostView {
        CostView {
            digest: self.digest.to_string(),
            operation: self.operation.clone(),
            calls: self.calls,
            faults: self.faults,
            refused_inputs: self.refused_inputs,
            total_ms: self.total_ms,
            longest_us: self.longest_us,
            most_memory_bytes: self.most_memory_bytes,
            cpu_ms: self.cpu_ms,
        }
    }
}

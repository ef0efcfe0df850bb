//! Plans: who has the last word, what is demanded of their releases, what rests, and what they cost.

use std::collections::BTreeMap;

use domain::breaker::Breaker;
use domain::release::{FaultLimit, Policy};
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{ActivePlugin, BreakerReading, Cost, Costs, ShownPlan};

use crate::output::words::{mode, workflow};
use crate::output::{Output, views};

/// The plugin a plan decides with now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ActiveView {
    /// SHA-256 of the component.
    pub(crate) digest: String,
    /// The plugin's own version.
    pub(crate) version: String,
    /// Since when.
    #[schema(format = DateTime)]
    pub(crate) from: String,
}

/// A plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PlanView {
    /// Its id.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// `active`; `paused`: its cases wait for its people; or `ended`: no new case comes to it.
    pub(crate) state: String,
    /// Lines of business.
    pub(crate) lines: Vec<String>,
    /// Counties.
    pub(crate) counties: Vec<String>,
    /// The plugin in force; null while the plan has none, and everything goes to its people.
    pub(crate) active: Option<ActiveView>,
    /// Who has the last word, workflow by workflow: `decides`, `advises` or `people`.
    pub(crate) modes: BTreeMap<String, String>,
}

/// What is demanded of a plan's releases.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PolicyView {
    /// What a release must have before it is approved or activated, besides that it compiled: `two-people`,
    /// `signature`, `receipt`, `shadow`.
    pub(crate) requires: Vec<String>,
    /// When the host takes a release back without being asked; null: never.
    pub(crate) roll_back: Option<FaultLimitView>,
    /// Changed approvals in its last shadow run above which somebody else than the uploader must approve and
    /// activate; null: however many.
    pub(crate) most_changed_approvals: Option<u64>,
}

/// How often a release may fail.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FaultLimitView {
    /// Faults among a hundred calls that are borne.
    pub(crate) most_faults_per_hundred: u8,
    /// Calls that must have been made before anything is said of it.
    pub(crate) at_least: u32,
    /// The last calls that are looked at.
    pub(crate) among: u32,
}

/// Whether one operation of one plugin is asked, on the node that answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BreakerView {
    /// The plugin's digest.
    pub(crate) digest: String,
    /// `triage`, `presume`, `determine`, `adjudicate` or `review`.
    pub(crate) operation: String,
    /// `closed`: it is asked. `open`: it rests after too many faults. `trial`: it is being tried with made-up
    /// cases.
    pub(crate) state: String,
    /// Since when it is not asked.
    #[schema(format = DateTime)]
    pub(crate) since: Option<String>,
    /// Until when it rests.
    #[schema(format = DateTime)]
    pub(crate) until: Option<String>,
    /// Requests that it sent back to their senders since this node started.
    pub(crate) refused_inputs: u64,
}

/// What a plan's plugins cost.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CostsView {
    /// The plan.
    pub(crate) plan: String,
    /// The first day, Pacific time.
    #[schema(format = Date)]
    pub(crate) from: String,
    /// The last.
    #[schema(format = Date)]
    pub(crate) to: String,
    /// One line for each operation of each plugin, the costliest first.
    pub(crate) items: Vec<CostView>,
}

/// What one operation of one plugin cost.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CostView {
    /// The plugin's digest.
    pub(crate) digest: String,
    /// What it was asked.
    pub(crate) operation: String,
    /// How often.
    pub(crate) calls: u64,
    /// How often it gave no answer.
    pub(crate) faults: u64,
    /// How often it sent a request back to its sender. No case came of those; they are not among `calls`.
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
            modes: self
                .modes
                .iter()
                .map(|(of, who)| (workflow(*of).to_owned(), mode(*who).to_owned()))
                .collect(),
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

fn fault_limit(limit: &FaultLimit) -> FaultLimitView {
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

//! The crate's tables for FHIR, read once from `data/`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::task::{Party, TaskStatus};

/// `data/sdoh-categories.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Categories {
    pub(super) source: String,
    pub(super) effective: String,
    pub(super) category_system: String,
    pub(super) hcpcs_systems: Vec<String>,
    #[serde(rename = "category")]
    pub(super) categories: Vec<Category>,
    #[serde(rename = "activity")]
    pub(super) activities: Vec<Activity>,
}

/// What an SDOH category asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Category {
    pub(super) code: String,
    /// Service ids; none where `why` says that we have no such service.
    pub(super) services: Vec<String>,
    pub(super) why: Option<String>,
}

/// What an activity of another code system asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Activity {
    pub(super) system: String,
    pub(super) code: String,
    pub(super) services: Vec<String>,
    pub(super) why: Option<String>,
}

/// `data/condition-facts.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionFacts {
    pub(super) source: String,
    pub(super) effective: String,
    pub(super) system: String,
    #[serde(rename = "code")]
    pub(super) codes: Vec<ConditionCode>,
}

/// What a reason for a referral tells about the member.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionCode {
    pub(super) code: String,
    /// The code of a fact and its value; both absent where the reason says too little.
    pub(super) fact: Option<String>,
    pub(super) value: Option<String>,
    pub(super) why: Option<String>,
}

/// `data/task-status.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskStatuses {
    pub(super) source: String,
    pub(super) effective: String,
    pub(super) from_partner: BTreeMap<String, TaskStatus>,
    pub(super) state: BTreeMap<String, TaskStatus>,
    pub(super) closed: BTreeMap<String, TaskStatus>,
    #[serde(rename = "edge")]
    pub(super) edges: Vec<Edge>,
}

/// Changes of a Task's status that one party may make.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Edge {
    /// Absent for a new Task.
    pub(super) from: Option<Vec<TaskStatus>>,
    pub(super) to: Vec<TaskStatus>,
    pub(super) who: Party,
}

pub(super) static CATEGORIES: LazyLock<Categories> =
    LazyLock::new(|| read(include_str!("../../data/sdoh-categories.toml")));
pub(super) static CONDITION_FACTS: LazyLock<ConditionFacts> =
    LazyLock::new(|| read(include_str!("../../data/condition-facts.toml")));
pub(super) static TASK_STATUSES: LazyLock<TaskStatuses> =
    LazyLock::new(|| read(include_str!("../../data/task-status.toml")));

fn read<T: for<'de> Deserialize<'de>>(text: &str) -> T {
    toml::from_str(text).expect("the tables are compiled in and a test reads them")
}

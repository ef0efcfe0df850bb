//! Plugin calls as they were recorded, and as they were made again.

use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{RecordedCall, Replay};

use crate::output::tables::TableSeenView;
use crate::output::{Output, views};

/// A plugin call, as it was recorded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DecisionView {
    /// Its id.
    pub(crate) id: String,
    /// The case.
    pub(crate) case: String,
    /// The plan.
    pub(crate) plan: String,
    /// SHA-256 of the component that answered.
    pub(crate) digest: String,
    /// The operation.
    pub(crate) operation: String,
    /// How the call ended.
    pub(crate) ending: String,
    /// Microseconds.
    pub(crate) duration_us: i64,
    /// Most bytes of memory that the call held.
    pub(crate) memory_bytes: i64,
    /// When.
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// Whether the rules were handed all that was delivered to the member in two years, or the newest of it.
    pub(crate) history_complete: bool,
    /// Which versions of the plan's reference tables it saw rows of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tables: Vec<TableSeenView>,
    /// What the plugin was handed; the plan's own people see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(crate) input: Option<serde_json::Value>,
    /// What it answered; the plan's own people see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(crate) output: Option<serde_json::Value>,
}

/// A decision, asked again of the same component.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReplayView {
    /// Whether the bytes are the same.
    pub(crate) same: bool,
    /// SHA-256 of the component.
    pub(crate) digest: String,
    /// SHA-256 of the input.
    pub(crate) input_sha256: String,
    /// SHA-256 of the recorded output.
    pub(crate) output_sha256: String,
    /// SHA-256 of the output now.
    pub(crate) replayed_sha256: String,
}

impl Output for RecordedCall {
    type View = DecisionView;

    fn view(&self) -> DecisionView {
        DecisionView {
            id: self.id.to_string(),
            case: self.case.to_string(),
            plan: self.plan.to_string(),
            digest: self.digest.to_string(),
            operation: self.operation.clone(),
            ending: self.ending.clone(),
            duration_us: i64::try_from(self.duration_us).unwrap_or(i64::MAX),
            memory_bytes: i64::try_from(self.memory_bytes).unwrap_or(i64::MAX),
            at: self.at.to_string(),
            history_complete: self.history_complete,
            tables: views(&self.tables),
            input: self.input.clone(),
            output: self.output.clone(),
        }
    }
}

impl Output for Replay {
    type View = ReplayView;

    fn view(&self) -> ReplayView {
        ReplayView {
            same: self.same,
            digest: self.digest.to_string(),
            input_sha256: self.input.to_string(),
            output_sha256: self.output.to_string(),
            replayed_sha256: self.replayed.to_string(),
        }
    }
}

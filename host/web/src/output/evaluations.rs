//! Plugin calls as they were recorded, and as they were made again.

use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{RecordedCall, Replay};

use crate::output::tables::TableSeenView;
use crate::output::{Output, views};

/// A plugin call, as it was recorded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EvaluationView {
    /// Id of the evaluation.
    pub(crate) id: String,
    /// Id of the case.
    pub(crate) case: String,
    /// Id of the plan whose rules were asked.
    pub(crate) plan: String,
    /// SHA-256 of the component that answered.
    pub(crate) digest: String,
    /// Operation of the contract that was asked, such as `determine`.
    pub(crate) operation: String,
    /// Ending of the call: `answer`, or the fault in a word.
    pub(crate) ending: String,
    /// Duration of the call, in microseconds.
    pub(crate) duration_us: i64,
    /// Most bytes of memory that the call held.
    pub(crate) memory_bytes: i64,
    /// Instant of the call (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// True if the rules were handed all that was delivered to the member in two years, false if the newest
    /// of it.
    pub(crate) history_complete: bool,
    /// True if the rules were handed all of the member's open cases with the plan, false if the newest 50.
    pub(crate) open_cases_complete: bool,
    /// Versions of the plan's reference tables that it saw rows of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tables: Vec<TableSeenView>,
    /// Question that the plugin was handed, as JSON; for the plan's own people only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(crate) input: Option<serde_json::Value>,
    /// Answer of the plugin, as JSON; for the plan's own people only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(crate) output: Option<serde_json::Value>,
}

/// A decision, asked again of the same component.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReplayView {
    /// True if the recorded answer and the answer now are the same bytes.
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
    type View = EvaluationView;

    fn view(&self) -> EvaluationView {
        EvaluationView {
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
            open_cases_complete: self.open_cases_complete,
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

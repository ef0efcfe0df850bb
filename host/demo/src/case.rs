//! A case as the API shows it.

use serde_json::Value;

use super::client::Trouble;

/// A referral, authorization, claim or application. What the API left out reads as empty.
#[derive(Clone, Debug)]
pub(super) struct Case(pub(super) Value);

impl Case {
    pub(super) fn id(&self) -> &str {
        self.word("id")
    }

    pub(super) fn state(&self) -> &str {
        self.word("state")
    }

    pub(super) fn plan(&self) -> &str {
        self.at("/plan/id")
    }

    pub(super) fn version(&self) -> i64 {
        self.0["version"].as_i64().unwrap_or_default()
    }

    /// Path of the case in the API, such as `/v1/claims/case_..`.
    pub(super) fn path(&self) -> String {
        format!("/v1/{}s/{}", self.word("kind"), self.id())
    }

    /// A text field of the case itself.
    pub(super) fn word(&self, field: &str) -> &str {
        self.0[field].as_str().unwrap_or_default()
    }

    /// The text at a JSON Pointer.
    pub(super) fn at(&self, pointer: &str) -> &str {
        self.0.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// A list of the case.
    pub(super) fn list(&self, field: &str) -> &[Value] {
        self.0[field].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// The facts and documents that the plan asks for, by their codes.
    pub(super) fn asks(&self) -> Vec<&str> {
        self.list("asks").iter().filter_map(|ask| ask["fact"].as_str().or(ask["document"].as_str())).collect()
    }

    /// The ids of criteria that came out so.
    pub(super) fn criteria(&self, outcome: &str) -> Vec<&str> {
        self.list("findings")
            .iter()
            .filter(|finding| finding["outcome"] == outcome)
            .filter_map(|finding| finding["criterion"].as_str())
            .collect()
    }

    /// The clocks that run.
    pub(super) fn open_clocks(&self) -> Vec<&Value> {
        self.list("deadlines").iter().filter(|deadline| deadline["state"] == "open").collect()
    }

    /// One plan's reading of a credentialing file.
    pub(super) fn review(&self, plan: &str) -> Result<&Value, Trouble> {
        self.list("reviews")
            .iter()
            .find(|review| review["plan"] == plan)
            .ok_or_else(|| Trouble(format!("expected a review by {plan}, got none")))
    }

    /// The id of the plugin call behind the last answer.
    pub(super) fn evaluation(&self) -> Result<&str, Trouble> {
        self.0.pointer("/evaluation/id").and_then(Value::as_str).ok_or_else(|| {
            Trouble(format!("expected a recorded evaluation, got none; the case is {}", self.state()))
        })
    }
}

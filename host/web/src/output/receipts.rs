//! Receipts of conformance runs.

use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::ShownReceipt;

use crate::output::Output;

/// Receipt of one conformance run of a plugin.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReceiptView {
    /// Id of the receipt.
    pub(crate) id: String,
    /// Id of the plan.
    pub(crate) plan: String,
    /// SHA-256 of the component.
    pub(crate) digest: String,
    /// The version of the conformance kit that asked.
    pub(crate) kit: u32,
    /// The contract that the plugin was built against.
    pub(crate) contract: String,
    /// True if every check holds.
    pub(crate) conforms: bool,
    /// Instant of the run (UTC).
    #[schema(format = DateTime)]
    pub(crate) made_at: String,
    /// The whole receipt: what was asked, what each check came to, and the smallest case that fails each.
    #[schema(value_type = Object)]
    pub(crate) receipt: serde_json::Value,
}

impl Output for ShownReceipt {
    type View = ReceiptView;

    fn view(&self) -> ReceiptView {
        let receipt = &self.receipt;
        ReceiptView {
            id: receipt.id.to_string(),
            plan: receipt.plan.to_string(),
            digest: receipt.digest.to_string(),
            kit: receipt.kit,
            contract: receipt.contract.clone(),
            conforms: receipt.conforms,
            made_at: receipt.made_at.to_string(),
            receipt: self.whole.clone(),
        }
    }
}

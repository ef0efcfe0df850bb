//! Remittances: what plans paid, and what they take back.

use domain::Cents;
use domain::plan::billing::Adjustment;
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{Cause, Entry, ShownRemittance};

use crate::output::{Output, views};

/// One transfer or check of a plan to a provider.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RemittanceAdviceView {
    /// Its id.
    pub(crate) id: String,
    /// Who paid.
    pub(crate) plan: String,
    /// The plan's number for it.
    pub(crate) number: String,
    /// Who was paid.
    pub(crate) provider: String,
    /// When it was recorded.
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// Dollars that its lines pay.
    pub(crate) paid: String,
    /// Dollars that it takes back, as a negative amount.
    pub(crate) taken_back: String,
    /// Dollars in all: `paid` and `taken_back` added up.
    pub(crate) total: String,
    /// What it pays and takes back, by claim and line.
    pub(crate) entries: Vec<PaymentView>,
}

/// What was paid for a line of a claim, or is taken back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PaymentView {
    /// Its id.
    pub(crate) id: String,
    /// The plan.
    pub(crate) plan: String,
    /// The provider.
    pub(crate) provider: String,
    /// The claim.
    pub(crate) claim: String,
    /// The line's number.
    pub(crate) line: u16,
    /// `paid`; or why it is taken back: `replaced`, `voided`, or `paid-anew` after a dispute.
    pub(crate) cause: String,
    /// Dollars; negative where it is taken back.
    pub(crate) amount: String,
    /// Why it is not the charge; with the other sign where it is taken back.
    pub(crate) adjustments: Vec<AdjustmentView>,
    /// When it was entered.
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// Id of the remittance that carries it; absent while it is still to be taken back.
    pub(crate) remittance: Option<String>,
}

/// What the plan paid.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RemittanceView {
    /// Check or transfer number.
    pub(crate) number: String,
    /// Line by line.
    pub(crate) lines: Vec<PaidLineView>,
    /// Dollars in all.
    pub(crate) total: String,
    /// When.
    #[schema(format = DateTime)]
    pub(crate) at: String,
}

/// What the plan paid for a line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PaidLineView {
    /// Its number.
    pub(crate) number: u16,
    /// Dollars.
    pub(crate) amount: String,
    /// Why it is not the charge: charge less adjustments is the amount.
    pub(crate) adjustments: Vec<AdjustmentView>,
}

/// Why less is paid than was charged.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AdjustmentView {
    /// `CO`, `PR`, `OA` or `PI`.
    pub(crate) group: String,
    /// Claim adjustment reason code.
    pub(crate) reason: String,
    /// Remark code.
    pub(crate) remark: Option<String>,
    /// Dollars.
    pub(crate) amount: String,
}

impl Output for ShownRemittance {
    type View = RemittanceAdviceView;

    fn view(&self) -> RemittanceAdviceView {
        let remittance = &self.remittance;
        let sum = |taken_back: bool| {
            let amounts = self.entries.iter().filter(|entry| (entry.cause != Cause::Paid) == taken_back);
            Cents::sum(amounts.map(|entry| entry.amount)).unwrap_or(Cents::ZERO).to_string()
        };
        RemittanceAdviceView {
            id: remittance.id.to_string(),
            plan: remittance.plan.to_string(),
            number: remittance.number.clone(),
            provider: remittance.provider_org.to_string(),
            at: remittance.at.to_string(),
            paid: sum(false),
            taken_back: sum(true),
            total: remittance.total.to_string(),
            entries: views(&self.entries),
        }
    }
}

/// An entry of the ledger.
impl Output for Entry {
    type View = PaymentView;

    fn view(&self) -> PaymentView {
        PaymentView {
            id: self.id.to_string(),
            plan: self.plan.to_string(),
            provider: self.provider_org.to_string(),
            claim: self.case.to_string(),
            line: self.line,
            cause: self.cause.name().to_owned(),
            amount: self.amount.to_string(),
            adjustments: views(&self.adjustments),
            at: self.at.to_string(),
            remittance: self.remittance.map(|id| id.to_string()),
        }
    }
}

impl Output for Adjustment {
    type View = AdjustmentView;

    fn view(&self) -> AdjustmentView {
        AdjustmentView {
            group: self.group.clone(),
            reason: self.reason.clone(),
            remark: self.remark.clone(),
            amount: self.amount.to_string(),
        }
    }
}

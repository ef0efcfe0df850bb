//! Remittances: what plans paid, and what they take back.

use domain::case::Reason;
use domain::claim::PaidLine;
use domain::plan::billing::Adjustment;
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{Entry, ShownRemittance};

use crate::output::cases::{TranslationView, translation};
use crate::output::{Output, Text, views};

/// One transfer or check of a plan to a provider.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RemittanceAdviceView {
    /// Id of the remittance.
    pub(crate) id: String,
    /// Id of the plan that paid.
    pub(crate) plan: String,
    /// The plan's number for it.
    pub(crate) number: String,
    /// Id of the provider that was paid.
    pub(crate) provider: String,
    /// Instant at which it was recorded (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// Dollars that its lines pay.
    pub(crate) paid: String,
    /// Dollars that it takes back, as a negative amount.
    pub(crate) taken_back: String,
    /// Dollars in all: `paid` and `taken_back` added up.
    pub(crate) total: String,
    /// Payments and take-backs, by claim and line.
    pub(crate) entries: Vec<PaymentView>,
}

/// Payment for a line of a claim, or its take-back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PaymentView {
    /// Id of the payment.
    pub(crate) id: String,
    /// Id of the plan.
    pub(crate) plan: String,
    /// Id of the provider.
    pub(crate) provider: String,
    /// Id of the claim.
    pub(crate) claim: String,
    /// Number of the line in the claim.
    pub(crate) line: u16,
    /// `paid`; or why it is taken back: `replaced`, `voided`, or `paid-anew` after a dispute.
    pub(crate) cause: String,
    /// Dollars; negative where it is taken back.
    pub(crate) amount: String,
    /// Why it is not the charge; with the other sign where it is taken back, and there with the last part of
    /// an amount that several remittances carry.
    pub(crate) adjustments: Vec<AdjustmentView>,
    /// Instant at which it was entered (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// Id of the remittance that carries it; absent while it is still to be taken back.
    pub(crate) remittance: Option<String>,
}

/// Payment of a plan for a claim.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RemittanceView {
    /// Check or transfer number.
    pub(crate) number: String,
    /// Amounts by line of the claim.
    pub(crate) lines: Vec<PaidLineView>,
    /// Sum of the lines, in dollars.
    pub(crate) total: String,
    /// License of the person who paid less for medical reasons; absent where nobody judged the member's need.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reviewer: Option<String>,
    /// Instant of the payment (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
}

/// Payment of a plan for a line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PaidLineView {
    /// Number of the line in the claim.
    pub(crate) number: u16,
    /// Amount in dollars, such as `3500.00`.
    pub(crate) amount: String,
    /// Why it is not the charge: charge less adjustments is the amount.
    pub(crate) adjustments: Vec<AdjustmentView>,
    /// Why it is paid, where no authorization on file covers it; absent for every other line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) without_authorization: Option<PaidWithoutView>,
}

/// Why a line is paid that no authorization on file covers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PaidWithoutView {
    /// Reason, in the words of the plan's people.
    pub(crate) reason: Text,
    /// The language in which the reason is still to be written, if one is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) translation: Option<TranslationView>,
}

/// Why less is paid than was charged.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AdjustmentView {
    /// `CO`, `PR`, `OA` or `PI`.
    pub(crate) group: String,
    /// Claim adjustment reason code.
    pub(crate) reason: String,
    /// Remittance advice remark code, where there is one.
    pub(crate) remark: Option<String>,
    /// Amount of the adjustment, in dollars; charge less adjustments is what is paid.
    pub(crate) amount: String,
}

impl Output for ShownRemittance {
    type View = RemittanceAdviceView;

    fn view(&self) -> RemittanceAdviceView {
        let remittance = &self.remittance;
        RemittanceAdviceView {
            id: remittance.id.to_string(),
            plan: remittance.plan.to_string(),
            number: remittance.number.clone(),
            provider: remittance.provider_org.to_string(),
            at: remittance.at.to_string(),
            paid: self.paid().to_string(),
            taken_back: self.taken_back().to_string(),
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

/// A line of a claim, as the plan paid it.
impl Output for PaidLine {
    type View = PaidLineView;

    fn view(&self) -> PaidLineView {
        let without = |reason: &Reason| PaidWithoutView {
            reason: reason.told().view(),
            translation: reason.wanted().map(translation),
        };
        PaidLineView {
            number: self.number,
            amount: self.amount.to_string(),
            adjustments: views(&self.adjustments),
            without_authorization: self.without_authorization.as_ref().map(without),
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

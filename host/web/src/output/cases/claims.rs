//! Parts that only claims have: lines as they were priced, payments, and disputes.

use domain::Cents;
use domain::claim::{LastAction, Remittance, State};
use domain::plan::billing::{ClaimLine, LineOutcome, LineResult};
use domain::plan::types::DenialKind;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{Claim, Dispute};

use super::day;
use crate::output::remittances::{AdjustmentView, PaidLineView, RemittanceView};
use crate::output::{Output, ProcedureView, Text, views};

/// One line of a claim.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClaimLineView {
    /// Its number.
    pub(crate) number: u16,
    /// The service that the catalog gives for the procedure on the day.
    pub(crate) service: String,
    /// The procedure.
    pub(crate) procedure: ProcedureView,
    /// First day.
    #[schema(format = Date)]
    pub(crate) first: String,
    /// Last day.
    #[schema(format = Date)]
    pub(crate) last: Option<String>,
    /// Units.
    pub(crate) units: u32,
    /// Dollars.
    pub(crate) charge: String,
    /// `payable`, `rejected`, `pended`, `denied` or `with-people`; `void` for a line of a void.
    pub(crate) outcome: String,
    /// Dollars that will be paid.
    pub(crate) amount: Option<String>,
    /// The plan's rate.
    pub(crate) rate: Option<String>,
    /// Why less is paid than was charged.
    pub(crate) adjustments: Vec<AdjustmentView>,
    /// The field to mend, as a JSON Pointer into the line.
    pub(crate) field: Option<String>,
    /// Claim adjustment reason code.
    pub(crate) reason_code: Option<String>,
    /// Remittance advice remark code, where the plan or the host names one.
    pub(crate) remark: Option<String>,
    /// What is wrong.
    pub(crate) reason: Option<Text>,
    /// What to do about it.
    pub(crate) fix: Option<Text>,
    /// The host's own rule that decided the line, above the plan's rules: `paid-once`, `authorized-service`,
    /// `authorized-units` or `benefit-limit`. Absent where the plan decided.
    pub(crate) host_rule: Option<String>,
}

/// A provider's dispute of what the plan did with a claim.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DisputeView {
    /// When it was sent.
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// In the provider's own words.
    pub(crate) reason: String,
    /// What the plan's people said to it; null while they have not.
    pub(crate) answer: Option<DisputeAnswerView>,
}

/// What a plan's people said to a dispute.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DisputeAnswerView {
    /// When.
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// `upheld`, when the plan stands by what it did, or `paid`.
    pub(crate) outcome: String,
    /// Why the plan stands by it.
    pub(crate) reason: Option<Text>,
}

/// The lines as they were billed, and what became of each.
pub(super) fn lines(body: &Claim) -> Vec<ClaimLineView> {
    body.lines.iter().map(|one| line(one, body)).collect()
}

fn line(line: &ClaimLine, body: &Claim) -> ClaimLineView {
    let mut view = ClaimLineView {
        number: line.number,
        service: line.service.clone(),
        procedure: line.procedure.view(),
        first: line.days.first.to_string(),
        last: day(line.days.last),
        units: line.units,
        charge: line.charge.to_string(),
        outcome: match &body.state {
            State::Void { .. } => "void".to_owned(),
            _ => "with-people".to_owned(),
        },
        amount: None,
        rate: None,
        adjustments: Vec::new(),
        field: None,
        reason_code: None,
        remark: None,
        reason: None,
        fix: None,
        host_rule: body
            .host_rules
            .iter()
            .find(|held| held.line == line.number)
            .map(|held| held.rule.to_string()),
    };
    if let Some(result) = body.results.iter().find(|result| result.number == line.number) {
        line_result(result, &mut view);
    }
    view
}

fn line_result(result: &LineResult, view: &mut ClaimLineView) {
    match &result.outcome {
        LineOutcome::Payable(payment) => {
            "payable".clone_into(&mut view.outcome);
            view.amount = Some(payment.amount.to_string());
            view.rate = Some(payment.rate.clone());
            view.adjustments = views(&payment.adjustments);
        }
        LineOutcome::Rejected(rejection) => {
            "rejected".clone_into(&mut view.outcome);
            view.field = Some(rejection.field.clone());
            view.reason_code = Some(rejection.reason_code.clone());
            view.remark.clone_from(&rejection.remark);
            view.reason = Some(rejection.reason.view());
            view.fix = Some(rejection.fix.view());
        }
        LineOutcome::Pended(_) => "pended".clone_into(&mut view.outcome),
        LineOutcome::Denied(denied) => {
            // A clinical one is a recommendation: the line is with people.
            if denied.kind == DenialKind::Administrative {
                "denied".clone_into(&mut view.outcome);
            }
            view.reason = Some(denied.reason.view());
        }
    }
}

/// Dollars that will be paid, as the rules price it.
pub(super) fn total_payable(body: &Claim) -> Option<String> {
    let payable = body.results.iter().filter_map(|result| match &result.outcome {
        LineOutcome::Payable(payment) => Some(payment.amount),
        _ => None,
    });
    Cents::sum(payable).map(|total| total.to_string())
}

/// The payment of the plan, while that stands.
pub(crate) fn paid(body: &Claim) -> Option<RemittanceView> {
    match &body.state {
        State::Paid { at, remittance: paid }
        | State::Disputed { action: LastAction::Paid { at, remittance: paid }, .. } => {
            Some(remittance(*at, paid))
        }
        _ => None,
    }
}

/// A payment of the plan, of some time.
pub(super) fn remittance(at: Timestamp, remittance: &Remittance) -> RemittanceView {
    let total = Cents::sum(remittance.lines.iter().map(|line| line.amount));
    RemittanceView {
        number: remittance.number.clone(),
        lines: remittance
            .lines
            .iter()
            .map(|line| PaidLineView {
                number: line.number,
                amount: line.amount.to_string(),
                adjustments: views(&line.adjustments),
            })
            .collect(),
        total: total.unwrap_or(Cents::ZERO).to_string(),
        at: at.to_string(),
    }
}

impl Output for Dispute {
    type View = DisputeView;

    fn view(&self) -> DisputeView {
        DisputeView {
            at: self.at.to_string(),
            reason: self.reason.clone(),
            answer: self.answer.as_ref().map(|answer| DisputeAnswerView {
                at: answer.at.to_string(),
                outcome: if answer.upheld { "upheld".to_owned() } else { "paid".to_owned() },
                reason: answer.reason.as_ref().map(Output::view),
            }),
        }
    }
}

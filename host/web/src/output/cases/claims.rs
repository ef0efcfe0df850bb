//! Parts that only claims have: lines as they were priced, payments, and disputes.

use domain::Cents;
use domain::case::Reason;
use domain::claim::{Remittance, State};
use domain::plan::billing::{ClaimLine, LineOutcome, LineResult};
use domain::plan::types::{Bilingual, DenialKind};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{Claim, Dispute};

use super::{TranslationView, day, translation};
use crate::addresses::addressed;
use crate::output::remittances::{AdjustmentView, RemittanceView};
use crate::output::{Output, ProcedureView, Text, views};

/// One line of a claim.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClaimLineView {
    /// Number of the line in the claim.
    pub(crate) number: u16,
    /// The service that the catalog gives for the procedure on the day.
    pub(crate) service: String,
    /// Code and modifiers of the service.
    pub(crate) procedure: ProcedureView,
    /// First day of service.
    #[schema(format = Date)]
    pub(crate) first: String,
    /// Last day of service; null where none was sent.
    #[schema(format = Date)]
    pub(crate) last: Option<String>,
    /// Number of units that are billed.
    pub(crate) units: u32,
    /// Billed amount in dollars, such as `3500.00`.
    pub(crate) charge: String,
    /// `payable`, `rejected`, `pended`, `denied` or `with-people`; `void` for a line of a void.
    pub(crate) outcome: String,
    /// Dollars that will be paid.
    pub(crate) amount: Option<String>,
    /// Id of the rate in the plan's profile that prices the line.
    pub(crate) rate: Option<String>,
    /// Why less is paid than was charged.
    pub(crate) adjustments: Vec<AdjustmentView>,
    /// Field to fix, as a JSON Pointer into the line.
    pub(crate) field: Option<String>,
    /// Claim adjustment reason code of a line that is rejected or denied.
    pub(crate) reason_code: Option<String>,
    /// Remittance advice remark code, where the plan or the host names one.
    pub(crate) remark: Option<String>,
    /// Problem with the line, in a sentence.
    pub(crate) reason: Option<Text>,
    /// Step that puts the line right.
    pub(crate) fix: Option<Text>,
    /// The host's own rule that decided the line, above the plan's rules: `paid-once`, `authorized-service`,
    /// `authorized-units`, `timely-filing` or `benefit-limit`. Absent where the plan decided.
    pub(crate) host_rule: Option<String>,
}

/// A provider dispute (PDR) about what the plan did with a claim.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DisputeView {
    /// Instant at which it was sent (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// Reason, in the provider's own words.
    pub(crate) reason: String,
    /// Answer of the plan's people; null while there is none.
    pub(crate) answer: Option<DisputeAnswerView>,
}

/// Answer of a plan's people to a provider dispute.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DisputeAnswerView {
    /// Instant of the answer (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// `upheld`, when the plan stands by what it did, or `paid`.
    pub(crate) outcome: String,
    /// Why the plan stands by it.
    pub(crate) reason: Option<Text>,
    /// The language in which the reason is still to be written, if one is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) translation: Option<TranslationView>,
}

/// The lines as they were billed, and what became of each, with the reason codes of a day.
pub(super) fn lines(body: &Claim, on: Date) -> Vec<ClaimLineView> {
    body.lines.iter().map(|one| line(one, body, on)).collect()
}

fn line(line: &ClaimLine, body: &Claim, on: Date) -> ClaimLineView {
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
    if let Some(denied) = body.denial_reason(line.number, on) {
        view.reason_code = Some(denied.reason.clone());
        view.remark.clone_from(&denied.remark);
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
            view.fix = Some(fix(&rejection.fix));
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

/// Remedy of a rejected line. Where a rule of the host rejected it, the text may name an operation.
fn fix(fix: &Bilingual) -> Text {
    Text { en: addressed(&fix.en), es: addressed(&fix.es) }
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
    body.state.payment().map(|(at, paid)| remittance(at, paid))
}

/// A payment of the plan, of some time.
pub(super) fn remittance(at: Timestamp, remittance: &Remittance) -> RemittanceView {
    let total = Cents::sum(remittance.lines.iter().map(|line| line.amount));
    RemittanceView {
        number: remittance.number.clone(),
        lines: views(&remittance.lines),
        total: total.unwrap_or(Cents::ZERO).to_string(),
        reviewer: remittance.reviewer.as_ref().map(|reviewer| reviewer.license().to_owned()),
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
                reason: answer.reason.as_ref().map(|reason| reason.told().view()),
                translation: answer.reason.as_ref().and_then(Reason::wanted).map(translation),
            }),
        }
    }
}

//! Shadow runs: what a candidate would have changed.

use std::collections::BTreeMap;

use domain::Cents;
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{
    CauseCount, ShadowCause, ShadowOutcome, ShadowReport, ShownShadowChange, ShownShadowRun,
};

use crate::output::{Output, Text};

/// A shadow run: a candidate is asked what its plan was really asked, without effect.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ShadowRunView {
    /// Id of the run.
    pub(crate) id: String,
    /// Id of the plan.
    pub(crate) plan: String,
    /// SHA-256 of the candidate.
    pub(crate) digest: String,
    /// `running`, `done` or `cancelled`.
    pub(crate) state: String,
    /// Instant at which it was asked for (UTC).
    #[schema(format = DateTime)]
    pub(crate) asked_at: String,
    /// Evaluations that it is to compare; null for a run that goes along with what is decided.
    pub(crate) wanted: Option<u64>,
    /// Evaluations after this are not compared.
    #[schema(format = DateTime)]
    pub(crate) until: String,
    /// Share of the evaluations that are compared, 1 to 100 per cent.
    pub(crate) share_percent: u8,
    /// Evaluations that it has compared.
    pub(crate) compared: u64,
    /// Differences that it has found so far.
    pub(crate) report: ShadowReportView,
    /// Words of the criteria that the report names, by id. Empty in lists, and right after the start.
    pub(crate) criteria: BTreeMap<String, Text>,
}

/// Differences that a shadow run found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ShadowReportView {
    /// Evaluations that would have been the same.
    pub(crate) same: u64,
    /// Evaluations that would have been others.
    pub(crate) changed: u64,
    /// Of these, how many are listed side by side.
    pub(crate) listed: u64,
    /// Faults and refused answers of the candidate where the plan's plugin had none.
    pub(crate) faults: u64,
    /// Approvals, acceptances and payable claims that it adds.
    pub(crate) approvals_gained: u64,
    /// The same that it takes away.
    pub(crate) approvals_lost: u64,
    /// Cases for a licensed person that it adds, less those that it takes away.
    pub(crate) clinical_reviews: i64,
    /// Dollars that it adds, less those that it takes away: claims as they would be paid, approvals at the
    /// candidate's rates.
    pub(crate) dollars: String,
    /// By service, how many changed in which direction: `more`, `less`, or the same for other `reasons`.
    pub(crate) services: BTreeMap<String, BTreeMap<String, u64>>,
    /// Number of changes from one outcome to another, by both, such as `pended > approved`.
    pub(crate) moves: BTreeMap<String, u64>,
    /// Number of changes whose outcome is in the same word as before, by that word.
    pub(crate) stays: BTreeMap<String, u64>,
    /// Number of changed results, by criterion.
    pub(crate) criteria: BTreeMap<String, u64>,
    /// Causes of the changes: what is worse for members first, then the most frequent.
    pub(crate) causes: Vec<ShadowCauseView>,
    /// Evaluations that were not compared, because this program no longer reads what was recorded.
    pub(crate) unreadable: u64,
}

/// Cause of changed evaluations, and their number.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ShadowCauseView {
    /// Name of the cause; the list of changes takes it as `cause`. The same cause has the same name in every
    /// run.
    pub(crate) id: String,
    /// `more`, `less` or `reasons`.
    pub(crate) direction: String,
    /// `criteria`: they are judged otherwise. `no-answer`: the candidate gives none. `answers`: it gives one
    /// where there was none. `outcome`: another outcome, criteria judged alike. `amount`: another payment.
    /// `extent`: other units, days or questions. `other`: all causes past the first 500.
    pub(crate) kind: String,
    /// The criteria that are judged otherwise.
    pub(crate) criteria: Vec<String>,
    /// Number of changed evaluations.
    pub(crate) count: u64,
}

/// One evaluation that a candidate would have made otherwise.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ShadowChangeView {
    /// Its number in the run.
    pub(crate) number: u64,
    /// The evaluation that was made.
    pub(crate) evaluation: String,
    /// Id of the case.
    pub(crate) case: String,
    /// Operation of the contract that was asked, such as `determine`.
    pub(crate) operation: String,
    /// Id of the service, a word of the dictionary.
    pub(crate) service: String,
    /// `more`, `less` or `reasons`.
    pub(crate) direction: String,
    /// Name of what the answers differ by, in the run's report.
    pub(crate) cause: String,
    /// Outcome that was recorded.
    pub(crate) before: ShadowOutcomeView,
    /// Outcome with the candidate.
    pub(crate) after: ShadowOutcomeView,
    /// Criteria that were judged otherwise.
    pub(crate) criteria: Vec<String>,
}

/// Outcome of an answer, as it is compared.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ShadowOutcomeView {
    /// In a word, such as `approved` or `clinical-review`.
    pub(crate) outcome: String,
    /// Dollars, as far as they can be told.
    pub(crate) dollars: String,
    /// Criteria and whether they hold: `met`, `not-met` or `unknown`.
    pub(crate) findings: BTreeMap<String, String>,
}

impl Output for ShownShadowRun {
    type View = ShadowRunView;

    fn view(&self) -> ShadowRunView {
        let run = &self.run;
        ShadowRunView {
            id: run.id.to_string(),
            plan: run.plan.to_string(),
            digest: run.digest.to_string(),
            state: run.state.name().to_owned(),
            asked_at: run.asked_at.to_string(),
            wanted: (run.until <= run.asked_at).then_some(run.wanted),
            until: run.until.to_string(),
            share_percent: run.share_percent,
            compared: run.compared,
            report: report(&self.report, self.listed),
            criteria: self.criteria.iter().map(|(id, text)| (id.clone(), text.view())).collect(),
        }
    }
}

fn report(report: &ShadowReport, listed: u64) -> ShadowReportView {
    let services = report.services.iter().map(|(service, directions)| {
        let directions = directions.iter().map(|(way, count)| (way.name().to_owned(), *count)).collect();
        (service.clone(), directions)
    });
    ShadowReportView {
        same: report.same,
        changed: report.changed,
        listed,
        faults: report.faults,
        approvals_gained: report.approvals_gained,
        approvals_lost: report.approvals_lost,
        clinical_reviews: report.clinical_reviews,
        dollars: Cents(report.cents).to_string(),
        services: services.collect(),
        moves: report.moves.clone(),
        stays: report.stays.clone(),
        criteria: report.criteria.clone(),
        causes: report.causes_in_order().into_iter().map(cause).collect(),
        unreadable: report.unreadable,
    }
}

fn cause((id, counted): (&String, &CauseCount)) -> ShadowCauseView {
    let ShadowCause { direction, kind, criteria } = &counted.cause;
    ShadowCauseView {
        id: id.clone(),
        direction: direction.name().to_owned(),
        kind: kind.name().to_owned(),
        criteria: criteria.clone(),
        count: counted.count,
    }
}

impl Output for ShownShadowChange {
    type View = ShadowChangeView;

    fn view(&self) -> ShadowChangeView {
        let change = &self.change;
        ShadowChangeView {
            number: self.number,
            evaluation: self.evaluation.to_string(),
            case: self.case.to_string(),
            operation: change.operation.clone(),
            service: change.service.clone(),
            direction: change.direction.name().to_owned(),
            cause: self.cause.clone(),
            before: outcome(&change.before),
            after: outcome(&change.after),
            criteria: change.criteria.clone(),
        }
    }
}

pub(super) fn outcome(outcome: &ShadowOutcome) -> ShadowOutcomeView {
    ShadowOutcomeView {
        outcome: outcome.word.clone(),
        dollars: Cents(outcome.cents).to_string(),
        findings: outcome.findings.clone(),
    }
}

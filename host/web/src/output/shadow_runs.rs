//! Shadow runs: what a candidate would have changed.

use std::collections::BTreeMap;

use domain::Cents;
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{ShadowOutcome, ShadowReport, ShownShadowChange, ShownShadowRun};

use crate::output::Output;

/// What a candidate would have answered to what its plan was really asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ShadowRunView {
    /// Its id.
    pub(crate) id: String,
    /// The plan.
    pub(crate) plan: String,
    /// The candidate's digest.
    pub(crate) digest: String,
    /// `running`, `done` or `cancelled`.
    pub(crate) state: String,
    /// When it was asked for.
    #[schema(format = DateTime)]
    pub(crate) asked_at: String,
    /// Decisions that it is to compare; null for a run that goes along with what is decided.
    pub(crate) wanted: Option<u64>,
    /// Decisions after this are not compared.
    #[schema(format = DateTime)]
    pub(crate) until: String,
    /// How many of a hundred decisions are compared.
    pub(crate) share_percent: u8,
    /// Decisions that it has compared.
    pub(crate) compared: u64,
    /// What it has found so far.
    pub(crate) report: ShadowReportView,
}

/// What a shadow run found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ShadowReportView {
    /// Decisions that would have been the same.
    pub(crate) same: u64,
    /// Decisions that would have been others.
    pub(crate) changed: u64,
    /// Of these, how many are listed side by side.
    pub(crate) listed: u64,
    /// Faults and unbelievable answers of the candidate where the plan's plugin had none.
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
    /// How often what became what, such as `pended > approved`.
    pub(crate) moves: BTreeMap<String, u64>,
    /// How often each criterion was judged otherwise.
    pub(crate) criteria: BTreeMap<String, u64>,
}

/// One decision that a candidate would have made otherwise.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ShadowChangeView {
    /// Its number in the run.
    pub(crate) number: u64,
    /// The decision that was made.
    pub(crate) decision: String,
    /// In which case.
    pub(crate) case: String,
    /// What was asked.
    pub(crate) operation: String,
    /// For which service.
    pub(crate) service: String,
    /// `more`, `less` or `reasons`.
    pub(crate) direction: String,
    /// What was answered.
    pub(crate) before: ShadowOutcomeView,
    /// What the candidate would have answered.
    pub(crate) after: ShadowOutcomeView,
    /// Criteria that were judged otherwise.
    pub(crate) criteria: Vec<String>,
}

/// What an answer comes to.
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
        criteria: report.criteria.clone(),
    }
}

impl Output for ShownShadowChange {
    type View = ShadowChangeView;

    fn view(&self) -> ShadowChangeView {
        let change = &self.change;
        ShadowChangeView {
            number: self.number,
            decision: self.decision.to_string(),
            case: self.case.to_string(),
            operation: change.operation.clone(),
            service: change.service.clone(),
            direction: change.direction.name().to_owned(),
            before: outcome(&change.before),
            after: outcome(&change.after),
            criteria: change.criteria.clone(),
        }
    }
}

fn outcome(outcome: &ShadowOutcome) -> ShadowOutcomeView {
    ShadowOutcomeView {
        outcome: outcome.word.clone(),
        dollars: Cents(outcome.cents).to_string(),
        findings: outcome.findings.clone(),
    }
}

//! Criteria of plans, side by side, and how they changed.

use domain::identifiers::County;
use domain::plan::profile::{
    ClockUnit, Criterion, CriterionKind, CriterionOrigin, Election, PaymentModel, PresumptiveRule, Rate,
    TurnAround, WorkflowMode,
};
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{Change, Grid, GridCell, GridRow, PlanChanges, RuleChanges, RulesInForce};

use crate::output::{Output, ProcedureView, Text, views};

/// Criteria of each plan of a county, service by service, side by side.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct GridView {
    /// Code of the county, three letters.
    pub(crate) county: String,
    /// Day on which the rules are in force.
    #[schema(format = Date)]
    pub(crate) on: String,
    /// The plans, in the order of the cells.
    pub(crate) plans: Vec<String>,
    /// Rows of the grid, one for each service.
    pub(crate) services: Vec<GridRowView>,
}

/// One service's row of the grid.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct GridRowView {
    /// Id of the service, a word of the dictionary.
    pub(crate) service: String,
    /// Official name of the service.
    pub(crate) name: String,
    /// One cell for each plan of the county.
    pub(crate) cells: Vec<CellView>,
}

/// One plan's column for one service.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CellView {
    /// Id of the plan.
    pub(crate) plan: String,
    /// True if the plan offers it in this county on this day.
    pub(crate) offered: bool,
    /// Members it may admit in its window, if capped.
    pub(crate) capacity: Option<u32>,
    /// Party that has the last word: the plan's rules (`decides`), its people after advice of the rules
    /// (`advises`), or its people alone (`people`).
    pub(crate) mode: String,
    /// Presumptive rights that the plan declares for it.
    pub(crate) presumptive: Vec<PresumptiveView>,
    /// Criteria that the plan applies to it.
    pub(crate) criteria: Vec<CriterionView>,
}

/// One criterion in the grid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct CriterionView {
    /// Stable id of the criterion.
    pub(crate) id: String,
    /// `inclusion`, `exclusion`, `documentation` or `administrative`.
    pub(crate) kind: String,
    /// Origin of the criterion: the `state`, or the plan's own `overlay`.
    pub(crate) origin: String,
    /// The test, in plain words.
    pub(crate) text: Text,
    /// Codes of the facts it reads.
    pub(crate) facts: Vec<String>,
    /// Kinds of the documents it reads.
    pub(crate) documents: Vec<String>,
    /// The document that the rule comes from.
    pub(crate) source: String,
}

/// A presumptive right in the grid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct PresumptiveView {
    /// Id of the presumptive rule.
    pub(crate) id: String,
    /// Population of focus it is for; null for any.
    pub(crate) population: Option<String>,
    /// Length of the window, in calendar days.
    pub(crate) days: u16,
    /// Provider kinds that may use it; empty for every contracted provider.
    pub(crate) provider_kinds: Vec<String>,
    /// Codes of the facts that the provider must attest.
    pub(crate) attest: Vec<String>,
}

/// Changes of the rules of a county's plans between two days.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DiffView {
    /// The end of this day,
    #[schema(format = Date)]
    pub(crate) from: String,
    /// against the end of this one, both Pacific.
    #[schema(format = Date)]
    pub(crate) to: String,
    /// County code, or `*` for every county.
    pub(crate) county: String,
    /// Plans at which anything changed.
    pub(crate) plans: Vec<PlanChangesView>,
}

/// Changes at one plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PlanChangesView {
    /// Id of the plan.
    pub(crate) plan: String,
    /// `added` or `removed` for a plan that came or went, whose rules are then not listed; `changed`.
    pub(crate) change: String,
    /// Component that answered at the end of the first day.
    pub(crate) before: Option<RulesView>,
    /// Component that answers at the end of the last day.
    pub(crate) after: Option<RulesView>,
    /// Changes of who has the last word.
    pub(crate) modes: Vec<ChangeView<ModeView>>,
    /// Changes of the services that it offers.
    pub(crate) elections: Vec<ChangeView<ElectionView>>,
    /// Changes of the criteria that its decisions rest on.
    pub(crate) criteria: Vec<ChangeView<CriterionView>>,
    /// Changes of presumptive rights: service that may start before the decision.
    pub(crate) presumptive: Vec<ChangeView<PresumptiveView>>,
    /// Changes of what it pays.
    pub(crate) rates: Vec<ChangeView<RateView>>,
    /// Turn-around times that it promises.
    pub(crate) turn_arounds: Vec<ChangeView<TurnAroundView>>,
}

/// Something that was declared before, after, or both and otherwise.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ChangeView<T> {
    /// `added`, `removed` or `changed`.
    pub(crate) change: String,
    /// Service id, or `*`; null for what is for no service.
    pub(crate) service: Option<String>,
    /// Declaration of the first day; null where it was `added`.
    pub(crate) before: Option<T>,
    /// As it is then.
    pub(crate) after: Option<T>,
}

/// Component that a plan's requests were answered with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct RulesView {
    /// SHA-256 of the component.
    pub(crate) digest: String,
    /// Version of the plugin, as its profile says.
    pub(crate) version: String,
}

/// Party that has the last word in a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ModeView {
    /// Workflow of the contract: `referral`, `authorization`, `billing` or `credentialing`.
    pub(crate) workflow: String,
    /// `decides`, `advises` or `people`.
    pub(crate) mode: String,
}

/// A service that a plan offers in a county.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ElectionView {
    /// Id of the service, a word of the dictionary.
    pub(crate) service: String,
    /// Code of the county, three letters.
    pub(crate) county: String,
    /// First day of the offer.
    #[schema(format = Date)]
    pub(crate) first: String,
    /// Last day, if it has one.
    #[schema(format = Date)]
    pub(crate) last: Option<String>,
    /// Members it may admit in its window, if capped.
    pub(crate) capacity: Option<u32>,
    /// Length of the rolling window, in months.
    pub(crate) window_months: Option<u8>,
}

/// Price that a plan pays for a procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct RateView {
    /// Id of the rate in the profile.
    pub(crate) id: String,
    /// Code and modifiers of the service.
    pub(crate) procedure: ProcedureView,
    /// Model of payment: the unit that the amount is for.
    #[schema(example = "per-diem")]
    pub(crate) model: String,
    /// Amount in dollars, such as `3500.00`.
    pub(crate) amount: String,
    /// Tier, where the plan has tiers; null for providers, since the host reads none.
    pub(crate) tier: Option<String>,
}

/// A turn-around time that a plan promises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct TurnAroundView {
    /// Workflow of the contract: `referral`, `authorization`, `billing` or `credentialing`.
    pub(crate) workflow: String,
    /// Urgency of the decision: `standard` or `expedited`.
    pub(crate) urgency: String,
    /// Length of the promise, in `unit`s.
    pub(crate) amount: u16,
    /// `business-days`, `calendar-days` or `hours`.
    pub(crate) unit: String,
}

/// A county's code, or `*` for every county.
fn in_county(county: Option<&County>) -> String {
    county.map_or_else(|| "*".to_owned(), ToString::to_string)
}

impl Output for Grid {
    type View = GridView;

    fn view(&self) -> GridView {
        GridView {
            county: in_county(self.county.as_ref()),
            on: self.on.to_string(),
            plans: self.plans.iter().map(ToString::to_string).collect(),
            services: views(&self.services),
        }
    }
}

impl Output for GridRow {
    type View = GridRowView;

    fn view(&self) -> GridRowView {
        GridRowView {
            service: self.service.id.clone(),
            name: self.service.name.en.clone(),
            cells: views(&self.cells),
        }
    }
}

impl Output for GridCell {
    type View = CellView;

    fn view(&self) -> CellView {
        CellView {
            plan: self.plan.to_string(),
            offered: self.offered,
            capacity: self.capacity,
            mode: self.mode.name().to_owned(),
            presumptive: views(&self.presumptive),
            criteria: views(&self.criteria),
        }
    }
}

impl Output for PresumptiveRule {
    type View = PresumptiveView;

    fn view(&self) -> PresumptiveView {
        PresumptiveView {
            id: self.id.clone(),
            population: self.population.clone(),
            days: self.days,
            provider_kinds: self.provider_kinds.clone(),
            attest: self.attest.clone(),
        }
    }
}

impl Output for Criterion {
    type View = CriterionView;

    fn view(&self) -> CriterionView {
        let kind = match self.kind {
            CriterionKind::Inclusion => "inclusion",
            CriterionKind::Exclusion => "exclusion",
            CriterionKind::Documentation => "documentation",
            CriterionKind::Administrative => "administrative",
        };
        let origin = match self.origin {
            CriterionOrigin::State => "state",
            CriterionOrigin::Overlay => "overlay",
        };
        CriterionView {
            id: self.id.clone(),
            kind: kind.to_owned(),
            origin: origin.to_owned(),
            text: self.text.view(),
            facts: self.facts.clone(),
            documents: self.documents.clone(),
            source: self.source.clone(),
        }
    }
}

impl Output for RuleChanges {
    type View = DiffView;

    fn view(&self) -> DiffView {
        DiffView {
            from: self.from.to_string(),
            to: self.to.to_string(),
            county: in_county(self.county.as_ref()),
            plans: views(&self.plans),
        }
    }
}

impl Output for PlanChanges {
    type View = PlanChangesView;

    fn view(&self) -> PlanChangesView {
        PlanChangesView {
            plan: self.plan.to_string(),
            change: self.change.name().to_owned(),
            before: self.before.as_ref().map(rules),
            after: self.after.as_ref().map(rules),
            modes: views(&self.modes),
            elections: views(&self.elections),
            criteria: views(&self.criteria),
            presumptive: views(&self.presumptive),
            rates: views(&self.rates),
            turn_arounds: views(&self.turn_arounds),
        }
    }
}

fn rules(rules: &RulesInForce) -> RulesView {
    RulesView { digest: rules.digest.to_string(), version: rules.version.clone() }
}

impl<T: Output> Output for Change<T> {
    type View = ChangeView<T::View>;

    fn view(&self) -> Self::View {
        ChangeView {
            change: self.change.name().to_owned(),
            service: self.service.clone(),
            before: self.before.as_ref().map(Output::view),
            after: self.after.as_ref().map(Output::view),
        }
    }
}

impl Output for WorkflowMode {
    type View = ModeView;

    fn view(&self) -> ModeView {
        ModeView { workflow: self.workflow.name().to_owned(), mode: self.mode.name().to_owned() }
    }
}

impl Output for Election {
    type View = ElectionView;

    fn view(&self) -> ElectionView {
        ElectionView {
            service: self.service.clone(),
            county: self.county.clone(),
            first: self.days.first.to_string(),
            last: self.days.last.map(|day| day.to_string()),
            capacity: self.capacity.as_ref().map(|cap| cap.members),
            window_months: self.capacity.as_ref().map(|cap| cap.window_months),
        }
    }
}

impl Output for Rate {
    type View = RateView;

    fn view(&self) -> RateView {
        let model = match self.model {
            PaymentModel::FeeForService => "fee-for-service",
            PaymentModel::Monthly => "monthly",
            PaymentModel::CaseRate => "case-rate",
            PaymentModel::Outreach => "outreach",
            PaymentModel::PerDiem => "per-diem",
            PaymentModel::ProjectCost => "project-cost",
            PaymentModel::EncounterOnly => "encounter-only",
        };
        RateView {
            id: self.id.clone(),
            procedure: self.procedure.view(),
            model: model.to_owned(),
            amount: self.amount.to_string(),
            tier: self.tier.clone(),
        }
    }
}

impl Output for TurnAround {
    type View = TurnAroundView;

    fn view(&self) -> TurnAroundView {
        let unit = match self.unit {
            ClockUnit::BusinessDays => "business-days",
            ClockUnit::CalendarDays => "calendar-days",
            ClockUnit::Hours => "hours",
        };
        TurnAroundView {
            workflow: self.workflow.name().to_owned(),
            urgency: self.urgency.name().to_owned(),
            amount: self.amount,
            unit: unit.to_owned(),
        }
    }
}

//! Changes of the county's rules between two days: the component of each plan that was in force at the end of
//! each, and the differences of what they declare.

use std::collections::BTreeMap;

use domain::identifiers::{County, PlanId};
use domain::plan::profile::{ClockUnit, PaymentModel, PlanProfile};
use domain::plan::types::{Period, Workflow};
use domain::problem::Code;
use domain::time::pacific_end_of_day;
use jiff::civil::Date;

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::Caller;
use crate::command::failure::Failure;
use crate::plugins::plans::{WORKFLOWS, criterion_view, presumptive_view};
use crate::plugins::registry::Live;
use crate::view::{
    ChangeView, CriterionView, DiffView, ElectionView, ModeView, PlanChangesView, PresumptiveView, RateView,
    RulesView, TurnAroundView,
};
use crate::view::{mode_name, procedure, urgency};

/// County and service that a comparison is narrowed to; `None` for all.
#[derive(Clone, Copy)]
struct Part<'a> {
    county: Option<&'a str>,
    service: Option<&'a str>,
}

impl Part<'_> {
    fn holds(&self, service: &str) -> bool {
        service == "*" || self.service.is_none_or(|wanted| wanted == service)
    }
}

impl Crosswalk {
    /// Changes in the rules of a county's plans from the end of one day to the end of another.
    ///
    /// # Errors
    /// `Invalid` for days out of order.
    pub async fn rule_changes(
        &self,
        caller: &Caller,
        from: Date,
        to: Date,
        county: Option<County>,
        service: Option<String>,
    ) -> Result<DiffView, Failure> {
        if to < from {
            return Err(Failure::field(
                "?to",
                Code::DaysOutOfOrder,
                "the last day is before the first",
                "put the days in order",
            ));
        }
        let county = county.map(|county| county.to_string());
        let part = Part { county: county.as_deref(), service: service.as_deref() };
        let before = self.rules_on(from, part).await?;
        let mut after = self.rules_on(to, part).await?;
        let mut plans = Vec::new();
        for (plan, old) in &before {
            plans.push(changed_plan(plan, Some((old, from)), after.remove(plan).as_ref(), to, part));
        }
        plans.extend(after.iter().map(|(plan, new)| changed_plan(plan, None, Some(new), to, part)));
        plans.retain(PlanChangesView::is_some);
        plans.sort_by(|one, other| one.plan.cmp(&other.plan));
        self.look(caller, Look::List("criteria")).await?;
        Ok(DiffView {
            from: from.to_string(),
            to: to.to_string(),
            county: county.unwrap_or_else(|| "*".to_owned()),
            plans,
        })
    }

    /// The rules of the county's plans that are in force when a day ends.
    async fn rules_on(&self, day: Date, part: Part<'_>) -> Result<BTreeMap<PlanId, Live>, Failure> {
        let mut live = self.live_all(pacific_end_of_day(day), day).await?;
        live.retain(|live| {
            part.county.is_none_or(|county| live.profile().counties.iter().any(|one| one == county))
        });
        Ok(live.into_iter().map(|live| (live.plan.clone(), live)).collect())
    }
}

fn changed_plan(
    plan: &PlanId,
    before: Option<(&Live, Date)>,
    after: Option<&Live>,
    to: Date,
    part: Part<'_>,
) -> PlanChangesView {
    let mut view = PlanChangesView {
        plan: plan.to_string(),
        change: match (before, after) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        }
        .to_owned(),
        before: before.map(|(live, _)| rules_view(live)),
        after: after.map(rules_view),
        modes: Vec::new(),
        elections: Vec::new(),
        criteria: Vec::new(),
        presumptive: Vec::new(),
        rates: Vec::new(),
        turn_arounds: Vec::new(),
    };
    // Of a plan that came or went everything did: its name says it.
    if let (Some((old, from)), Some(new)) = (before, after) {
        view.modes = changes(modes(old), modes(new));
        let (old, new) = (old.profile(), new.profile());
        view.elections = changes(elections(old, from, part), elections(new, to, part));
        view.criteria = changes(criteria(old, from, part), criteria(new, to, part));
        view.presumptive = changes(presumptive(old, from, part), presumptive(new, to, part));
        view.rates = changes(rates(old, from, part), rates(new, to, part));
        view.turn_arounds = changes(turn_arounds(old), turn_arounds(new));
    }
    view
}

impl PlanChangesView {
    /// True if anything changed: the declarations, or the component behind them.
    fn is_some(&self) -> bool {
        let lists = [
            self.modes.is_empty(),
            self.elections.is_empty(),
            self.criteria.is_empty(),
            self.presumptive.is_empty(),
            self.rates.is_empty(),
            self.turn_arounds.is_empty(),
        ];
        self.before != self.after || lists.contains(&false)
    }
}

fn rules_view(live: &Live) -> RulesView {
    RulesView { digest: live.digest().to_string(), version: live.profile().version.clone() }
}

/// A declared thing by what names it, with the service that it is for.
type Declared<T> = BTreeMap<String, (Option<String>, T)>;

/// Entries that are in one and not in the other, or in both and not the same, in the order of the names.
fn changes<T: PartialEq>(before: Declared<T>, mut after: Declared<T>) -> Vec<ChangeView<T>> {
    let mut changes = BTreeMap::new();
    for (name, (service, old)) in before {
        let (change, new) = match after.remove(&name) {
            Some((_, new)) if new == old => continue,
            Some((_, new)) => ("changed", Some(new)),
            None => ("removed", None),
        };
        changes
            .insert(name, ChangeView { change: change.to_owned(), service, before: Some(old), after: new });
    }
    for (name, (service, new)) in after {
        let view = ChangeView { change: "added".to_owned(), service, before: None, after: Some(new) };
        changes.insert(name, view);
    }
    changes.into_values().collect()
}

fn modes(live: &Live) -> Declared<ModeView> {
    let mode = |(workflow, name): (Workflow, &str)| {
        let view = ModeView { workflow: name.to_owned(), mode: mode_name(live.mode(workflow)).to_owned() };
        (name.to_owned(), (None, view))
    };
    WORKFLOWS.into_iter().map(mode).collect()
}

fn elections(profile: &PlanProfile, on: Date, part: Part<'_>) -> Declared<ElectionView> {
    let in_part = |county: &str| part.county.is_none_or(|wanted| wanted == county);
    profile
        .elections
        .iter()
        .filter(|one| one.days.holds(on) && part.holds(&one.service) && in_part(&one.county))
        .map(|one| {
            let view = ElectionView {
                service: one.service.clone(),
                county: one.county.clone(),
                first: one.days.first.to_string(),
                last: last(&one.days),
                capacity: one.capacity.as_ref().map(|cap| cap.members),
                window_months: one.capacity.as_ref().map(|cap| cap.window_months),
            };
            (format!("{} {}", one.service, one.county), (Some(one.service.clone()), view))
        })
        .collect()
}

fn criteria(profile: &PlanProfile, on: Date, part: Part<'_>) -> Declared<CriterionView> {
    let applying = profile.criteria.iter().filter(|one| one.days.holds(on) && part.holds(&one.service));
    applying.map(|one| (one.id.clone(), (Some(one.service.clone()), criterion_view(one)))).collect()
}

fn presumptive(profile: &PlanProfile, on: Date, part: Part<'_>) -> Declared<PresumptiveView> {
    let applying =
        profile.presumptive.iter().filter(|one| one.effective.holds(on) && part.holds(&one.service));
    applying.map(|one| (one.id.clone(), (Some(one.service.clone()), presumptive_view(one)))).collect()
}

fn rates(profile: &PlanProfile, on: Date, part: Part<'_>) -> Declared<RateView> {
    let applying = profile.rates.iter().filter(|one| one.effective.holds(on) && part.holds(&one.service));
    applying
        .map(|one| {
            let view = RateView {
                id: one.id.clone(),
                procedure: procedure(&one.procedure),
                model: payment_model(one.model).to_owned(),
                amount: one.amount.to_string(),
                tier: one.tier.clone(),
            };
            (one.id.clone(), (Some(one.service.clone()), view))
        })
        .collect()
}

fn turn_arounds(profile: &PlanProfile) -> Declared<TurnAroundView> {
    profile
        .turn_arounds
        .iter()
        .filter_map(|one| {
            let (_, workflow) = WORKFLOWS.into_iter().find(|(workflow, _)| *workflow == one.workflow)?;
            let view = TurnAroundView {
                workflow: workflow.to_owned(),
                urgency: urgency(one.urgency).to_owned(),
                amount: one.amount,
                unit: clock_unit(one.unit).to_owned(),
            };
            Some((format!("{workflow} {}", view.urgency), (None, view)))
        })
        .collect()
}

fn last(days: &Period) -> Option<String> {
    days.last.map(|day| day.to_string())
}

fn payment_model(model: PaymentModel) -> &'static str {
    match model {
        PaymentModel::FeeForService => "fee-for-service",
        PaymentModel::Monthly => "monthly",
        PaymentModel::CaseRate => "case-rate",
        PaymentModel::Outreach => "outreach",
        PaymentModel::PerDiem => "per-diem",
        PaymentModel::ProjectCost => "project-cost",
        PaymentModel::EncounterOnly => "encounter-only",
    }
}

fn clock_unit(unit: ClockUnit) -> &'static str {
    match unit {
        ClockUnit::BusinessDays => "business-days",
        ClockUnit::CalendarDays => "calendar-days",
        ClockUnit::Hours => "hours",
    }
}

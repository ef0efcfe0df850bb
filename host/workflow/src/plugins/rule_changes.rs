//! Changes of the county's rules between two days: the component of each plan that was in force at the end of
//! each, and the differences of what they declare.

use std::collections::BTreeMap;

use domain::audit::SubjectKind;
use domain::identifiers::{County, Digest, PlanId};
use domain::plan::profile::{
    Criterion, Election, PlanProfile, PresumptiveRule, Rate, TurnAround, WorkflowMode,
};
use domain::plan::types::Workflow;
use domain::problem::Code;
use domain::time::pacific_end_of_day;
use domain::words;
use jiff::civil::Date;

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::Caller;
use crate::command::failure::Failure;
use crate::plugins::plans::WithoutEffect;
use crate::plugins::registry::Live;

/// Changes in the rules of a county's plans between two days.
#[derive(Clone, Debug)]
pub struct RuleChanges {
    /// The end of this day is compared, Pacific time,
    pub from: Date,
    /// with the end of this one.
    pub to: Date,
    /// The county; `None` for every county.
    pub county: Option<County>,
    /// Plans at which anything changed.
    pub plans: Vec<PlanChanges>,
}

/// Changes at one plan.
#[derive(Clone, Debug)]
pub struct PlanChanges {
    /// Plan whose rules they are.
    pub plan: PlanId,
    /// `Added` or `Removed` for a plan that came or went, whose rules are then not listed.
    pub change: ChangeKind,
    /// Rules in force at the end of the first day.
    pub before: Option<RulesInForce>,
    /// Rules in force at the end of the last.
    pub after: Option<RulesInForce>,
    /// Changes of who has the last word.
    pub modes: Vec<Change<WorkflowMode>>,
    /// Changes of its offers.
    pub elections: Vec<Change<Election>>,
    /// Changes of its criteria.
    pub criteria: Vec<Change<Criterion>>,
    /// Changes of its presumptive rights.
    pub presumptive: Vec<Change<PresumptiveRule>>,
    /// Changes of its rates.
    pub rates: Vec<Change<Rate>>,
    /// Turn-around times that it promises.
    pub turn_arounds: Vec<Change<TurnAround>>,
}

/// The component that a plan decided with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesInForce {
    /// SHA-256 of the component.
    pub digest: Digest,
    /// Version that it gives itself.
    pub version: String,
}

/// Something that was declared before, after, or both and otherwise.
#[derive(Clone, Debug)]
pub struct Change<T> {
    /// Kind of the change.
    pub change: ChangeKind,
    /// Service that it is for, or `*`; `None` for what is for no service.
    pub service: Option<String>,
    /// The thing as it was.
    pub before: Option<T>,
    /// As it is then.
    pub after: Option<T>,
}

words! {
    /// Kind of a change.
    pub enum ChangeKind {
        /// It came into force.
        Added = "added",
        /// It went out of force.
        Removed = "removed",
        /// It is another one.
        Changed = "changed",
    }
}

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
    ) -> Result<RuleChanges, Failure> {
        if to < from {
            return Err(Failure::field(
                "?to",
                Code::DaysOutOfOrder,
                "the last day is before the first",
                "put the days in order",
            ));
        }
        let part = Part { county: county.as_ref().map(County::as_str), service: service.as_deref() };
        let told = WithoutEffect::told(caller);
        let before = self.rules_on(from, part).await?;
        let mut after = self.rules_on(to, part).await?;
        let mut plans = Vec::new();
        for (plan, old) in &before {
            plans.push(changed_plan(plan, Some((old, from)), after.remove(plan).as_ref(), to, (part, told)));
        }
        plans.extend(after.iter().map(|(plan, new)| changed_plan(plan, None, Some(new), to, (part, told))));
        plans.retain(PlanChanges::is_some);
        plans.sort_by(|one, other| one.plan.cmp(&other.plan));
        self.look(caller, Look::List(SubjectKind::Criteria)).await?;
        Ok(RuleChanges { from, to, county, plans })
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
    (part, told): (Part<'_>, WithoutEffect),
) -> PlanChanges {
    let mut changed = PlanChanges {
        plan: plan.clone(),
        change: match (before, after) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        },
        before: before.map(|(live, _)| rules(live)),
        after: after.map(rules),
        modes: Vec::new(),
        elections: Vec::new(),
        criteria: Vec::new(),
        presumptive: Vec::new(),
        rates: Vec::new(),
        turn_arounds: Vec::new(),
    };
    // Of a plan that came or went everything did: its name says it.
    if let (Some((old, from)), Some(new)) = (before, after) {
        changed.modes = changes(modes(old), modes(new), PartialEq::eq);
        let (old, new) = (old.profile(), new.profile());
        changed.elections = changes(elections(old, from, part), elections(new, to, part), same_elections);
        changed.criteria = changes(criteria(old, from, part), criteria(new, to, part), same_criteria);
        changed.presumptive =
            changes(presumptive(old, from, part), presumptive(new, to, part), same_presumptive);
        changed.rates = changes(rates(old, from, part, told), rates(new, to, part, told), same_rates);
        changed.turn_arounds = changes(turn_arounds(old), turn_arounds(new), PartialEq::eq);
    }
    changed
}

impl PlanChanges {
    /// True if anything changed: what is declared, or the component behind it.
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

fn rules(live: &Live) -> RulesInForce {
    RulesInForce { digest: *live.digest(), version: live.profile().version.clone() }
}

/// A declared thing by what names it, with the service that it is for.
type Declared<T> = BTreeMap<String, (Option<String>, T)>;

/// Changes between two declarations: what is in one only, or in both and not the same, in the order of the
/// names.
fn changes<T>(before: Declared<T>, mut after: Declared<T>, is_same: fn(&T, &T) -> bool) -> Vec<Change<T>> {
    let mut changes = BTreeMap::new();
    for (name, (service, old)) in before {
        let (change, new) = match after.remove(&name) {
            Some((_, new)) if is_same(&new, &old) => continue,
            Some((_, new)) => (ChangeKind::Changed, Some(new)),
            None => (ChangeKind::Removed, None),
        };
        changes.insert(name, Change { change, service, before: Some(old), after: new });
    }
    for (name, (service, new)) in after {
        changes.insert(name, Change { change: ChangeKind::Added, service, before: None, after: Some(new) });
    }
    changes.into_values().collect()
}

fn modes(live: &Live) -> Declared<WorkflowMode> {
    let mode = |workflow: Workflow| {
        (workflow.name().to_owned(), (None, WorkflowMode { workflow, mode: live.mode(workflow) }))
    };
    Workflow::OF_CASES.into_iter().map(mode).collect()
}

fn elections(profile: &PlanProfile, on: Date, part: Part<'_>) -> Declared<Election> {
    let in_part = |county: &str| part.county.is_none_or(|wanted| wanted == county);
    profile
        .elections
        .iter()
        .filter(|one| one.days.holds(on) && part.holds(&one.service) && in_part(&one.county))
        .map(|one| (format!("{} {}", one.service, one.county), (Some(one.service.clone()), one.clone())))
        .collect()
}

/// A wait list, which nobody keeps here, is no change.
fn same_elections(one: &Election, other: &Election) -> bool {
    let cap = |of: &Election| of.capacity.as_ref().map(|cap| (cap.members, cap.window_months));
    (&one.days, cap(one)) == (&other.days, cap(other))
}

fn criteria(profile: &PlanProfile, on: Date, part: Part<'_>) -> Declared<Criterion> {
    let applying = profile.criteria.iter().filter(|one| one.days.holds(on) && part.holds(&one.service));
    applying.map(|one| (one.id.clone(), (Some(one.service.clone()), one.clone()))).collect()
}

/// The days on which it applies are no change, and neither is what it is for.
fn same_criteria(one: &Criterion, other: &Criterion) -> bool {
    (one.kind, one.origin, &one.text, &one.facts, &one.documents, &one.source)
        == (other.kind, other.origin, &other.text, &other.facts, &other.documents, &other.source)
}

fn presumptive(profile: &PlanProfile, on: Date, part: Part<'_>) -> Declared<PresumptiveRule> {
    let applying =
        profile.presumptive.iter().filter(|one| one.effective.holds(on) && part.holds(&one.service));
    applying.map(|one| (one.id.clone(), (Some(one.service.clone()), one.clone()))).collect()
}

fn same_presumptive(one: &PresumptiveRule, other: &PresumptiveRule) -> bool {
    (one.days, &one.population, &one.provider_kinds, &one.attest)
        == (other.days, &other.population, &other.provider_kinds, &other.attest)
}

/// Rates by their ids. Who is not told of tiers finds no change in one.
fn rates(profile: &PlanProfile, on: Date, part: Part<'_>, told: WithoutEffect) -> Declared<Rate> {
    let applying = profile.rates.iter().filter(|one| one.effective.holds(on) && part.holds(&one.service));
    let shown =
        |one: &Rate| Rate { tier: one.tier.clone().filter(|_| told == WithoutEffect::Shown), ..one.clone() };
    applying.map(|one| (one.id.clone(), (Some(one.service.clone()), shown(one)))).collect()
}

fn same_rates(one: &Rate, other: &Rate) -> bool {
    (&one.procedure, one.model, one.amount, &one.tier)
        == (&other.procedure, other.model, other.amount, &other.tier)
}

fn turn_arounds(profile: &PlanProfile) -> Declared<TurnAround> {
    let declared = profile.turn_arounds.iter().filter(|one| Workflow::OF_CASES.contains(&one.workflow));
    declared.map(|one| (format!("{} {}", one.workflow, one.urgency), (None, one.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use domain::Cents;
    use domain::plan::profile::PaymentModel;
    use domain::plan::types::Period;
    use jiff::civil::date;

    use super::*;

    /// No plan of the tests can declare a tier through a rules file, so that this is seen here.
    #[test]
    fn a_tier_is_the_plans_own() {
        let profile = |tier: &str| PlanProfile {
            rates: vec![Rate {
                id: "stay".to_owned(),
                service: "recuperative-care".to_owned(),
                procedure: "T2033 U6".parse().unwrap(),
                model: PaymentModel::PerDiem,
                amount: Cents(25_000),
                tier: Some(tier.to_owned()),
                effective: Period { first: date(2026, 1, 1), last: None },
            }],
            ..PlanProfile::undeclared()
        };
        let part = Part { county: None, service: None };
        let found = |told: WithoutEffect| {
            let on = date(2026, 3, 2);
            let (low, high) = (profile("low"), profile("high"));
            changes(rates(&low, on, part, told), rates(&high, on, part, told), same_rates)
        };
        assert_eq!(found(WithoutEffect::Shown)[0].after.as_ref().unwrap().tier.as_deref(), Some("high"));
        assert!(found(WithoutEffect::Withheld).is_empty());
        let shown = rates(&profile("low"), date(2026, 3, 2), part, WithoutEffect::Withheld);
        assert!(shown["stay"].1.tier.is_none());
    }
}

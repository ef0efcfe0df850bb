//! Plans, their profiles, and the grid that lays them side by side.

use std::collections::BTreeMap;

use domain::catalog::Catalog;
use domain::identifiers::{County, PlanId};
use domain::plan::profile::{Criterion, CriterionKind, CriterionOrigin, PresumptiveRule};
use domain::plan::types::Workflow;
use domain::rollout::About;
use domain::time::pacific_day;
use jiff::civil::Date;
use store::Scope;
use store::organizations::{Organization, OrganizationKind};

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::paging::Paging;
use crate::plugins::registry::Live;
use crate::view::{
    ActiveView, CellView, CriterionView, GridRowView, GridView, Page, PlanView, PresumptiveView,
};
use crate::view::{mode_name, text};

/// The workflows that have a mode.
pub(crate) const WORKFLOWS: [(Workflow, &str); 4] = [
    (Workflow::Referral, "referral"),
    (Workflow::Authorization, "authorization"),
    (Workflow::Billing, "billing"),
    (Workflow::Credentialing, "credentialing"),
];

impl Crosswalk {
    /// The plans of this host, with the plugin each decides with.
    ///
    /// # Errors
    /// `Invalid` for a bad cursor.
    pub async fn plans(&self, caller: &Caller, paging: Paging) -> Result<Page<PlanView>, Failure> {
        let after = paging.after()?;
        let duty = Scope::duty("plans");
        let rows = store::organizations::list(self.store(), &duty, after, u32::MAX - 1).await?;
        let mut items = Vec::new();
        let mut next_cursor = None;
        let plans = rows.items.iter().filter(|row| row.kind == OrganizationKind::Plan);
        for (place, row) in plans.enumerate() {
            if place == paging.limit as usize {
                next_cursor = items.last().map(|(id, _): &(String, PlanView)| id.clone());
                break;
            }
            items.push((row.id.to_string(), self.plan_view(row).await?));
        }
        self.look(caller, Look::List("plan")).await?;
        Ok(Page { items: items.into_iter().map(|(_, view)| view).collect(), next_cursor })
    }

    async fn plan_view(&self, row: &Organization) -> Result<PlanView, Failure> {
        let id = row.plan.clone().ok_or(Failure::NotFound)?;
        let now = self.now();
        let about = About::on(pacific_day(now));
        let live = self.live(&id, now, about.clone()).await?;
        let active = match store::activations::in_force(self.store(), &id, now, &about).await? {
            Some(activation) => live.as_ref().map(|live| ActiveView {
                digest: activation.digest.to_string(),
                version: live.profile().version.clone(),
                from: activation.from.to_string(),
            }),
            None => None,
        };
        let mode = |workflow| live.as_ref().map_or("people", |live| mode_name(live.mode(workflow)));
        let profile = live.as_ref().map(Live::profile);
        Ok(PlanView {
            id: id.to_string(),
            name: row.name.clone(),
            state: row.state.name().to_owned(),
            lines: profile.map(|profile| profile.lines.clone()).unwrap_or_default(),
            counties: profile.map(|profile| profile.counties.clone()).unwrap_or_default(),
            active,
            modes: WORKFLOWS
                .into_iter()
                .map(|(workflow, name)| (name.to_owned(), mode(workflow).to_owned()))
                .collect::<BTreeMap<_, _>>(),
        })
    }

    /// The whole profile of the plugin that answers everybody's requests about a day; today if not said.
    ///
    /// # Errors
    /// `NotFound` for an unknown plan or one without a plugin for that day.
    pub async fn profile(
        &self,
        caller: &Caller,
        plan: &PlanId,
        on: Option<Date>,
    ) -> Result<serde_json::Value, Failure> {
        let about = About::on(on.unwrap_or_else(|| self.today()));
        let live = self.live(plan, self.now(), about).await?.ok_or(Failure::NotFound)?;
        self.look(caller, Look::List("profile")).await?;
        let mut profile = serde_json::to_value(live.profile()).map_err(Failure::internal)?;
        if caller.role == Role::Provider {
            without_wait_lists(&mut profile);
        }
        Ok(profile)
    }

    /// Criteria of each plan of a county, service by service, from the profiles that answer for the day.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn criteria(
        &self,
        caller: &Caller,
        county: Option<County>,
        service: Option<String>,
        on: Option<Date>,
    ) -> Result<GridView, Failure> {
        let now = self.now();
        let on = on.unwrap_or_else(|| pacific_day(now));
        let mut live = self.live_all(now, on).await?;
        let county = county.map(|county| county.to_string());
        live.retain(|live| county.as_ref().is_none_or(|county| live.profile().counties.contains(county)));
        live.sort_by(|one, other| one.plan.cmp(&other.plan));
        let services = Catalog::state()
            .services()
            .iter()
            .filter(|entry| service.as_ref().is_none_or(|wanted| wanted == &entry.id))
            .map(|entry| GridRowView {
                service: entry.id.clone(),
                name: entry.name.en.clone(),
                cells: live.iter().map(|live| cell(live, &entry.id, county.as_deref(), on)).collect(),
            })
            .collect();
        self.look(caller, Look::List("criteria")).await?;
        Ok(GridView {
            county: county.unwrap_or_else(|| "*".to_owned()),
            on: on.to_string(),
            plans: live.iter().map(|live| live.plan.to_string()).collect(),
            services,
        })
    }
}

/// A provider is not told of wait lists, which nobody keeps here.
fn without_wait_lists(profile: &mut serde_json::Value) {
    let elections = profile["elections"].as_array_mut().into_iter().flatten();
    for capacity in elections.filter_map(|election| election["capacity"].as_object_mut()) {
        capacity.remove("wait_list");
    }
}

fn cell(live: &Live, service: &str, county: Option<&str>, on: Date) -> CellView {
    let profile = live.profile();
    let election = profile.elections.iter().find(|election| {
        election.service == service
            && county.is_none_or(|county| election.county == county)
            && election.days.holds(on)
    });
    let applies = |criterion: &&Criterion| {
        election.is_some()
            && (criterion.service == "*" || criterion.service == service)
            && criterion.days.holds(on)
    };
    CellView {
        plan: live.plan.to_string(),
        offered: election.is_some(),
        capacity: election.and_then(|election| election.capacity.as_ref()).map(|cap| cap.members),
        mode: mode_name(live.mode(Workflow::Authorization)).to_owned(),
        presumptive: profile
            .presumptive
            .iter()
            .filter(|rule| election.is_some() && rule.service == service && rule.effective.holds(on))
            .map(presumptive_view)
            .collect(),
        criteria: profile.criteria.iter().filter(applies).map(criterion_view).collect(),
    }
}

/// A presumptive right, as it is declared.
pub(crate) fn presumptive_view(rule: &PresumptiveRule) -> PresumptiveView {
    PresumptiveView {
        id: rule.id.clone(),
        population: rule.population.clone(),
        days: rule.days,
        provider_kinds: rule.provider_kinds.clone(),
        attest: rule.attest.clone(),
    }
}

/// A criterion, as it is declared.
pub(crate) fn criterion_view(criterion: &Criterion) -> CriterionView {
    let kind = match criterion.kind {
        CriterionKind::Inclusion => "inclusion",
        CriterionKind::Exclusion => "exclusion",
        CriterionKind::Documentation => "documentation",
        CriterionKind::Administrative => "administrative",
    };
    let origin = match criterion.origin {
        CriterionOrigin::State => "state",
        CriterionOrigin::Overlay => "overlay",
    };
    CriterionView {
        id: criterion.id.clone(),
        kind: kind.to_owned(),
        origin: origin.to_owned(),
        text: text(&criterion.text),
        facts: criterion.facts.clone(),
        documents: criterion.documents.clone(),
        source: criterion.source.clone(),
    }
}

//! Plans, their profiles, and the grid that lays them side by side.

use domain::audit::SubjectKind;
use domain::catalog::{Catalog, Service};
use domain::identifiers::{County, Digest, PlanId};
use domain::organization::State;
use domain::plan::profile::{Criterion, Mode, PlanProfile, PresumptiveRule};
use domain::plan::types::Workflow;
use domain::rollout::About;
use domain::time::pacific_day;
use jiff::Timestamp;
use jiff::civil::Date;
use store::Scope;
use store::organizations::{Organization, OrganizationKind};

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::paging::{Page, Paging};
use crate::plugins::registry::Live;

/// A plan, with the plugin that it decides with now.
#[derive(Clone, Debug)]
pub struct ShownPlan {
    /// Id of the plan.
    pub id: PlanId,
    /// Name of the plan.
    pub name: String,
    /// State of its organization.
    pub state: State,
    /// Its lines of business.
    pub lines: Vec<String>,
    /// Codes of its counties.
    pub counties: Vec<String>,
    /// The plugin in force; `None` while everything goes to its people.
    pub active: Option<ActivePlugin>,
    /// Party that has the last word, workflow by workflow.
    pub modes: Vec<(Workflow, Mode)>,
}

/// The plugin that a plan decides with now.
#[derive(Clone, Debug)]
pub struct ActivePlugin {
    /// SHA-256 of the component.
    pub digest: Digest,
    /// The plugin's own version.
    pub version: String,
    /// Instant from which it decides (UTC).
    pub from: Timestamp,
}

/// A plan's profile as its rules declare it.
#[derive(Clone, Debug)]
pub struct ShownProfile {
    /// Profile as the plugin declares it.
    pub profile: PlanProfile,
    /// Declarations that the host does not carry out, told or withheld.
    pub without_effect: WithoutEffect,
}

/// Declarations that the host does not carry out, such as wait lists and layouts of files, as the reader of a
/// profile is told of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithoutEffect {
    /// As the plan declares them.
    Shown,
    /// Not at all: a provider would rely on what nobody does here.
    Withheld,
}

impl WithoutEffect {
    /// Part of them that the caller is told.
    pub(crate) fn told(caller: &Caller) -> Self {
        if caller.role == Role::Provider { Self::Withheld } else { Self::Shown }
    }
}

/// Criteria of each plan of a county, service by service, side by side.
#[derive(Clone, Debug)]
pub struct Grid {
    /// The county; `None` for every county.
    pub county: Option<County>,
    /// Day on which it holds.
    pub on: Date,
    /// The plans, in the order of the cells.
    pub plans: Vec<PlanId>,
    /// One row for each service.
    pub services: Vec<GridRow>,
}

/// One service's row of the grid.
#[derive(Clone, Debug)]
pub struct GridRow {
    /// Service of the row.
    pub service: &'static Service,
    /// One cell for each plan.
    pub cells: Vec<GridCell>,
}

/// One plan's column for one service.
#[derive(Clone, Debug)]
pub struct GridCell {
    /// Plan of the cell.
    pub plan: PlanId,
    /// True if the plan offers the service there and then.
    pub offered: bool,
    /// Members whom it may admit in its window, if that is capped.
    pub capacity: Option<u32>,
    /// Party that decides about authorizations.
    pub mode: Mode,
    /// Presumptive rights of providers.
    pub presumptive: Vec<PresumptiveRule>,
    /// Criteria that apply there.
    pub criteria: Vec<Criterion>,
}

impl Crosswalk {
    /// The plans of this host, with the plugin each decides with.
    ///
    /// # Errors
    /// `Invalid` for a bad cursor.
    pub async fn plans(&self, caller: &Caller, paging: Paging) -> Result<Page<ShownPlan>, Failure> {
        let after = paging.after()?;
        let duty = Scope::duty("plans");
        let rows = store::organizations::list(self.store(), &duty, after, u32::MAX - 1).await?;
        let mut items = Vec::new();
        let (mut last, mut next_cursor) = (None, None);
        let plans = rows.items.iter().filter(|row| row.kind == OrganizationKind::Plan);
        for (place, row) in plans.enumerate() {
            if place == paging.limit as usize {
                next_cursor = last;
                break;
            }
            items.push(self.shown_plan(row).await?);
            last = Some(row.id.to_string());
        }
        self.look(caller, Look::List(SubjectKind::Plan)).await?;
        Ok(Page { items, next_cursor })
    }

    async fn shown_plan(&self, row: &Organization) -> Result<ShownPlan, Failure> {
        let id = row.plan.clone().ok_or(Failure::NotFound)?;
        let now = self.now();
        let about = About::on(pacific_day(now));
        let live = self.live(&id, now, about.clone()).await?;
        let active = match store::activations::in_force(self.store(), &id, now, &about).await? {
            Some(activation) => live.as_ref().map(|live| ActivePlugin {
                digest: activation.digest,
                version: live.profile().version.clone(),
                from: activation.from,
            }),
            None => None,
        };
        let mode = |workflow| live.as_ref().map_or(Mode::People, |live| live.mode(workflow));
        let profile = live.as_ref().map(Live::profile);
        Ok(ShownPlan {
            id,
            name: row.name.clone(),
            state: row.state.clone(),
            lines: profile.map(|profile| profile.lines.clone()).unwrap_or_default(),
            counties: profile.map(|profile| profile.counties.clone()).unwrap_or_default(),
            active,
            modes: Workflow::OF_CASES.into_iter().map(|workflow| (workflow, mode(workflow))).collect(),
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
    ) -> Result<ShownProfile, Failure> {
        let about = About::on(on.unwrap_or_else(|| self.today()));
        let live = self.live(plan, self.now(), about).await?.ok_or(Failure::NotFound)?;
        self.look(caller, Look::List(SubjectKind::Profile)).await?;
        Ok(ShownProfile { profile: live.profile().clone(), without_effect: WithoutEffect::told(caller) })
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
    ) -> Result<Grid, Failure> {
        let now = self.now();
        let on = on.unwrap_or_else(|| pacific_day(now));
        let mut live = self.live_all(now, on).await?;
        let code = county.as_ref().map(County::as_str);
        live.retain(|live| code.is_none_or(|code| live.profile().counties.iter().any(|one| one == code)));
        live.sort_by(|one, other| one.plan.cmp(&other.plan));
        let services = Catalog::state()
            .services()
            .iter()
            .filter(|entry| service.as_ref().is_none_or(|wanted| wanted == &entry.id))
            .map(|entry| GridRow {
                service: entry,
                cells: live.iter().map(|live| cell(live, &entry.id, code, on)).collect(),
            })
            .collect();
        self.look(caller, Look::List(SubjectKind::Criteria)).await?;
        Ok(Grid { on, plans: live.iter().map(|live| live.plan.clone()).collect(), services, county })
    }
}

fn cell(live: &Live, service: &str, county: Option<&str>, on: Date) -> GridCell {
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
    GridCell {
        plan: live.plan.clone(),
        offered: election.is_some(),
        capacity: election.and_then(|election| election.capacity.as_ref()).map(|cap| cap.members),
        mode: live.mode(Workflow::Authorization),
        presumptive: profile
            .presumptive
            .iter()
            .filter(|rule| election.is_some() && rule.service == service && rule.effective.holds(on))
            .cloned()
            .collect(),
        criteria: profile.criteria.iter().filter(applies).cloned().collect(),
    }
}

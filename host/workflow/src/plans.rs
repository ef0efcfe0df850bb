//! Plans and their plugins: upload through the gate, activation, profiles, and the grid that lays them side by side.

use std::collections::BTreeMap;

use domain::catalog::Catalog;
use domain::floor;
use domain::identifiers::{ActivationId, County, Digest, PlanId};
use domain::plan::profile::{Criterion, CriterionKind, CriterionOrigin, PresumptiveRule};
use domain::plan::types::Workflow;
use domain::time::pacific_day;
use jiff::Timestamp;
use jiff::civil::Date;
use sandbox::{Origin, Plugin};
use store::activations::Activation;
use store::organizations::{Organization, OrganizationKind};
use store::{Scope, Unit};

use crate::Crosswalk;
use crate::asking::ground;
use crate::caller::Caller;
use crate::command::{Once, Outcome};
use crate::failure::{Failure, FieldProblem};
use crate::paging::{Paging, page, paired};
use crate::recording::Look;
use crate::registry::Live;
use crate::show::{mode_name, text};
use crate::view::{
    ActivationView, ActiveView, CellView, CriterionView, GridRowView, GridView, Page, PlanView, PluginView,
    PresumptiveView,
};

/// The workflows that have a mode.
const WORKFLOWS: [(Workflow, &str); 4] = [
    (Workflow::Referral, "referral"),
    (Workflow::Authorization, "authorization"),
    (Workflow::Billing, "billing"),
    (Workflow::Credentialing, "credentialing"),
];

impl Crosswalk {
    /// Passes a component through the gate and keeps it. It decides nothing before it is activated.
    ///
    /// # Errors
    /// `NotAPlugin` with every reason at once; `Forbidden` for another plan's.
    pub async fn upload_plugin(
        &self,
        caller: &Caller,
        plan: PlanId,
        bytes: Vec<u8>,
        once: Once<PluginView>,
    ) -> Result<Outcome<PluginView>, Failure> {
        self.may_run_plan(caller, &plan).await?;
        let plugin = self.compile(bytes.clone()).await?;
        self.check_profile(&plan, &plugin)?;
        let (plan, bytes, plugin) = (&plan, &bytes, &plugin);
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let store = crosswalk.store();
                let digest = plugin.digest();
                let known = store::plugins::find(store, &caller.scope, plan, digest).await?;
                let row = store::plugins::Plugin {
                    digest: *digest,
                    plan: plan.clone(),
                    version: plugin.profile().version.clone(),
                    size_bytes: bytes.len() as u64,
                    profile: serde_json::to_string(plugin.profile()).map_err(Failure::internal)?,
                    exports: plugin.exports().iter().map(|export| export.name().to_owned()).collect(),
                    uploaded_at: crosswalk.now(),
                    uploaded_by: *caller.organization()?,
                };
                let loading = plugin.loading();
                let compile_ms = (loading.origin == Origin::Compiled)
                    .then(|| u64::try_from(loading.duration.as_millis()).unwrap_or(u64::MAX));
                let mut unit = Unit::default();
                if known.is_none() {
                    unit.add(store::plugins::insert(&row, bytes));
                }
                let subject = digest.to_string();
                unit.add(crosswalk.audit(caller, "upload-plugin", "plugin", &subject, Some(plan)));
                let mut view = plugin_view(known.as_ref().unwrap_or(&row), compile_ms, known.is_some());
                view.tier = Some(plugin.inspection().tier_name());
                Ok((unit, view))
            })
        })
        .await
    }

    /// What the profile says must make sense to this host, and be this plan's.
    fn check_profile(&self, plan: &PlanId, plugin: &Plugin) -> Result<(), Failure> {
        let mut reasons: Vec<FieldProblem> = Vec::new();
        if plugin.profile().plan_id != plan.as_str() {
            reasons.push(FieldProblem::new(
                "profile/plan_id",
                "profile-invalid",
                "the profile is another plan's",
                format!("upload it for its own plan, or let its profile say {plan}"),
            ));
        }
        let today = pacific_day(self.now());
        for problem in floor::check_profile(ground(plugin.profile()), today) {
            let at = format!("profile{}", problem.at);
            reasons.push(FieldProblem::new(at, "profile-invalid", problem.problem, problem.fix));
        }
        if reasons.is_empty() { Ok(()) } else { Err(Failure::NotAPlugin(reasons)) }
    }

    /// Lets a plugin decide from an instant on; from now if not said.
    ///
    /// # Errors
    /// `Invalid` for a digest that was not uploaded for this plan, or an instant that is past; `Stale` when two
    /// activations meet.
    pub async fn activate(
        &self,
        caller: &Caller,
        plan: PlanId,
        digest: Digest,
        from: Option<Timestamp>,
        once: Once<ActivationView>,
    ) -> Result<Outcome<ActivationView>, Failure> {
        self.may_run_plan(caller, &plan).await?;
        let (plan, digest) = (&plan, &digest);
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let now = crosswalk.now();
                let store = crosswalk.store();
                if store::plugins::find(store, &caller.scope, plan, digest).await?.is_none() {
                    return Err(Failure::field(
                        "/digest",
                        "unknown-plugin",
                        "no such plugin was uploaded for this plan",
                        "upload it with POST /v1/plans/{id}/plugins",
                    ));
                }
                let from = from.unwrap_or(now);
                if from < now {
                    return Err(Failure::field(
                        "/from",
                        "in-the-past",
                        "a decision that was made stays as it was made",
                        "give an instant that is still to come, or leave it out for now",
                    ));
                }
                let version = store::activations::latest_version(store, plan).await? + 1;
                let activation = Activation {
                    id: crosswalk.id(ActivationId::from_uuid),
                    plan: plan.clone(),
                    digest: *digest,
                    from,
                    version,
                    made_at: now,
                    made_by: *caller.organization()?,
                };
                let subject = activation.id.to_string();
                let unit = Unit::of([
                    store::activations::insert(&activation),
                    crosswalk.audit(caller, "activate-plugin", "activation", &subject, Some(plan)),
                ]);
                Ok((unit, activation_view(&activation)))
            })
        })
        .await
    }

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
        let live = self.live(&id, now).await?;
        let active = match store::activations::in_force(self.store(), &id, now).await? {
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
            lines: profile.map(|profile| profile.lines.clone()).unwrap_or_default(),
            counties: profile.map(|profile| profile.counties.clone()).unwrap_or_default(),
            active,
            modes: WORKFLOWS
                .into_iter()
                .map(|(workflow, name)| (name.to_owned(), mode(workflow).to_owned()))
                .collect::<BTreeMap<_, _>>(),
        })
    }

    /// The whole profile of a plan's plugin in force.
    ///
    /// # Errors
    /// `NotFound` for an unknown plan or one without a plugin.
    pub async fn profile(&self, caller: &Caller, plan: &PlanId) -> Result<serde_json::Value, Failure> {
        let live = self.live(plan, self.now()).await?.ok_or(Failure::NotFound)?;
        self.look(caller, Look::List("profile")).await?;
        serde_json::to_value(live.profile()).map_err(Failure::internal)
    }

    /// The plugins uploaded for a plan, newest first.
    ///
    /// # Errors
    /// `Forbidden` for another plan's; `Invalid` for a bad cursor.
    pub async fn plugins(
        &self,
        caller: &Caller,
        plan: &PlanId,
        paging: Paging,
    ) -> Result<Page<PluginView>, Failure> {
        self.may_run_plan(caller, plan).await?;
        let before = paging.after_pair()?;
        let rows = store::plugins::list(self.store(), &caller.scope, plan, before, paging.limit).await?;
        self.look(caller, Look::List("plugin")).await?;
        Ok(paired(rows, |row| plugin_view(row, None, true)))
    }

    /// The activations of a plan, newest first.
    ///
    /// # Errors
    /// `Forbidden` for another plan's; `Invalid` for a bad cursor.
    pub async fn activations(
        &self,
        caller: &Caller,
        plan: &PlanId,
        paging: Paging,
    ) -> Result<Page<ActivationView>, Failure> {
        self.may_run_plan(caller, plan).await?;
        let before = paging.after()?;
        let rows = store::activations::list(self.store(), &caller.scope, plan, before, paging.limit).await?;
        self.look(caller, Look::List("activation")).await?;
        Ok(page(rows, activation_view))
    }

    /// What each plan of a county asks for, service by service, from the profiles in force.
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
        let mut live = self.live_all(now).await?;
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

fn presumptive_view(rule: &PresumptiveRule) -> PresumptiveView {
    PresumptiveView {
        id: rule.id.clone(),
        population: rule.population.clone(),
        days: rule.days,
        provider_kinds: rule.provider_kinds.clone(),
        attest: rule.attest.clone(),
    }
}

fn criterion_view(criterion: &Criterion) -> CriterionView {
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

fn plugin_view(row: &store::plugins::Plugin, compile_ms: Option<u64>, already_known: bool) -> PluginView {
    PluginView {
        digest: row.digest.to_string(),
        plan: row.plan.to_string(),
        version: row.version.clone(),
        size_bytes: row.size_bytes,
        exports: row.exports.clone(),
        tier: None,
        uploaded_at: row.uploaded_at.to_string(),
        compile_ms,
        already_known,
    }
}

fn activation_view(row: &Activation) -> ActivationView {
    ActivationView {
        id: row.id.to_string(),
        plan: row.plan.to_string(),
        digest: row.digest.to_string(),
        from: row.from.to_string(),
        version: row.version,
    }
}

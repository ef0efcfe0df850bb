//! Facts that the host knows of a case by itself, and hands to rules beside the stated ones.

use domain::identifiers::{MemberId, OrgId};
use domain::known::{Had, Known, KnownRule, Record, beside};
use domain::member_value::{StatedValue, ValueSource};
use domain::plan::profile::PlanProfile;
use domain::plan::types::{Fact, Period};

use jiff::civil::{Date, date};
use store::Scope;

use crate::Crosswalk;
use crate::cases::case::Case;
use crate::cases::facts;
use crate::cases::intake::Placed;
use crate::command::failure::Failure;

/// Before the first day of any service: what was given once counts for life.
pub(super) const SINCE: Date = date(2000, 1, 1);

impl Crosswalk {
    /// The facts that a plan's rules are handed: what was stated, and what the host knows of what the profile
    /// reads.
    pub(crate) async fn facts_for_rules(&self, placed: &Placed, case: &Case) -> Result<Vec<Fact>, Failure> {
        let stated = facts::for_plan(case.body.facts().to_vec(), &placed.plan);
        let Some(profile) = placed.profile() else { return Ok(stated) };
        let service = case.service.as_deref().unwrap_or_default();
        let known = self.known(case, placed.on(), |rule| reads(profile, service, &rule.fact)).await?;
        Ok(beside(stated, known))
    }

    /// Everything that the host knows of the case's member by itself, for the plan's people.
    pub(crate) async fn host_facts_of(&self, case: &Case) -> Result<Vec<Fact>, Failure> {
        self.known(case, case.days(self.now()).covered, |_| true).await
    }

    /// Facts as of `on`, the day of which coverage is asked too: what somebody else gives is of the days that
    /// the case is about, whenever it is sent.
    async fn known(
        &self,
        case: &Case,
        on: Date,
        wanted: impl Fn(&KnownRule) -> bool,
    ) -> Result<Vec<Fact>, Failure> {
        let Some(member) = case.member else { return Ok(Vec::new()) };
        let delivers = case.delivers();
        let rules: Vec<&KnownRule> = Known::state().rules().iter().filter(|rule| wanted(rule)).collect();
        if rules.is_empty() {
            return Ok(Vec::new());
        }
        let wants = Wants::of(&rules);
        let record = Record {
            had: if wants.had { self.had(member, delivers).await? } else { Vec::new() },
            said: if wants.said { self.said_by_plan(member, case).await? } else { Vec::new() },
        };
        Ok(rules.into_iter().filter_map(|rule| rule.fact(&record, on)).collect())
    }

    /// Services that the member had, or may have, under every plan.
    async fn had(&self, member: MemberId, delivers: Option<OrgId>) -> Result<Vec<Had>, Failure> {
        let duty = Scope::duty("known-facts");
        let used = store::usage::for_member(self.store(), &duty, member, None, SINCE).await?;
        let had = used.into_iter().map(|entry| Had {
            service: entry.service,
            days: Period { first: entry.first_day, last: Some(entry.last_day) },
            delivered: entry.state.is_delivered(),
            by_another: delivers.is_some_and(|delivers| delivers != entry.provider_org),
        });
        Ok(had.collect())
    }

    /// Values of the member in the file of the case's plan; another plan's file is not this plan's to read.
    async fn said_by_plan(&self, member: MemberId, case: &Case) -> Result<Vec<StatedValue>, Failure> {
        let Some(plan) = &case.plan else { return Ok(Vec::new()) };
        let duty = Scope::duty("known-facts");
        let mut said = store::member_values::values_of(self.store(), &duty, member).await?;
        said.retain(|said| said.source == ValueSource::PlanFile(plan.clone()));
        Ok(said)
    }
}

/// Parts of the record that some rules need read.
#[derive(Clone, Copy, Default)]
pub(super) struct Wants {
    /// True if they read the services that the member had.
    pub(super) had: bool,
    /// True if they read the values of the plan's file.
    pub(super) said: bool,
}

impl Wants {
    fn of(rules: &[&KnownRule]) -> Self {
        let said = rules.iter().filter(|rule| rule.reads_plan_file()).count();
        Self { had: said < rules.len(), said: said > 0 }
    }

    /// For the rules whose facts the profile reads about a service.
    pub(super) fn of_profile(profile: &PlanProfile, service: &str) -> Self {
        let rules = Known::state().rules().iter().filter(|rule| reads(profile, service, &rule.fact));
        Self::of(&rules.collect::<Vec<_>>())
    }
}

/// True if a declared criterion or presumption of the service reads the fact.
fn reads(profile: &PlanProfile, service: &str, fact: &str) -> bool {
    let is_of = |of: &str| of == "*" || of == service;
    profile.criteria.iter().any(|one| is_of(&one.service) && one.facts.iter().any(|code| code == fact))
        || profile
            .presumptive
            .iter()
            .any(|rule| is_of(&rule.service) && rule.attest.iter().any(|code| code == fact))
}

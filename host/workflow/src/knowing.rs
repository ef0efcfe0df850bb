//! What the host knows of a case by itself, and hands to rules beside what was stated.

use domain::known::{Had, Known, KnownRule, beside};
use domain::plan::profile::PlanProfile;
use domain::plan::types::{Fact, Period};

use jiff::civil::{Date, date};
use store::Scope;

use crate::Crosswalk;
use crate::case::Case;
use crate::facts;
use crate::failure::Failure;
use crate::intake::Placed;

/// Before the first day of any service: what was given once counts for life.
const SINCE: Date = date(2000, 1, 1);

impl Crosswalk {
    /// The facts that a plan's rules are handed: what was stated, and what the host knows of what the profile reads.
    pub(crate) async fn facts_for_rules(&self, placed: &Placed, case: &Case) -> Result<Vec<Fact>, Failure> {
        let stated = facts::for_plan(case.body.facts().to_vec(), &placed.plan);
        let Some(profile) = placed.profile() else { return Ok(stated) };
        let service = case.service.as_deref().unwrap_or_default();
        let known = self.known(case, |rule| reads(profile, service, &rule.fact)).await?;
        Ok(beside(stated, known))
    }

    /// Everything that the host knows of the case's member by itself, for the plan's people.
    pub(crate) async fn host_facts_of(&self, case: &Case) -> Result<Vec<Fact>, Failure> {
        self.known(case, |_| true).await
    }

    async fn known(&self, case: &Case, wanted: impl Fn(&KnownRule) -> bool) -> Result<Vec<Fact>, Failure> {
        let Some(member) = case.member else { return Ok(Vec::new()) };
        let (on, delivers) = (case.rule_day(), case.delivers());
        let rules: Vec<&KnownRule> = Known::state().rules().iter().filter(|rule| wanted(rule)).collect();
        if rules.is_empty() {
            return Ok(Vec::new());
        }
        let duty = Scope::duty("known-facts");
        let used = store::usage::for_member(self.store(), &duty, member, None, SINCE).await?;
        let had: Vec<Had> = used
            .into_iter()
            .map(|entry| Had {
                service: entry.service,
                days: Period { first: entry.first_day, last: Some(entry.last_day) },
                delivered: entry.state.is_delivered(),
                by_another: delivers.is_some_and(|delivers| delivers != entry.provider_org),
            })
            .collect();
        Ok(rules.into_iter().filter_map(|rule| rule.fact(&had, on)).collect())
    }
}

/// Whether a declared criterion or presumption of the service reads the fact.
fn reads(profile: &PlanProfile, service: &str, fact: &str) -> bool {
    let is_of = |of: &str| of == "*" || of == service;
    profile.criteria.iter().any(|one| is_of(&one.service) && one.facts.iter().any(|code| code == fact))
        || profile
            .presumptive
            .iter()
            .any(|rule| is_of(&rule.service) && rule.attest.iter().any(|code| code == fact))
}

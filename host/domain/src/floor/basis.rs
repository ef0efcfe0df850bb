//! Basis of a refusal, and so whose it is: software, or anybody at the plan, may refuse for administrative
//! reasons; everything else is for a licensed person (H&S 1367.01(e)).
//!
//! The kind of a no is never what somebody calls it. It follows from the criteria that are not met.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Ground;
use crate::plan::profile::{Criterion, CriterionKind};
use crate::plan::types::{DenialKind, Finding, FindingOutcome};

/// Administrative criteria that are not met: what a refusal without a license rests on. Only this module
/// makes one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Administrative {
    criteria: Vec<String>,
    /// Those that no rules found not met: somebody without a license says so.
    asserted: Vec<String>,
}

/// A criterion that is named for a refusal, though the plan's rules found it met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundMet {
    /// Its place among the criteria.
    pub place: usize,
}

impl Administrative {
    /// The criteria, by id.
    #[must_use]
    pub fn criteria(&self) -> &[String] {
        &self.criteria
    }

    /// The criteria that somebody without a license asserts, by id.
    #[must_use]
    pub fn asserted(&self) -> &[String] {
        &self.asserted
    }

    /// The same as the word of somebody without a license, beside what the plan's rules found last: it does
    /// not stand against a criterion that is met, and where nobody found anything it is that person's word
    /// alone.
    ///
    /// # Errors
    /// Each criterion that is found met.
    pub fn without_license(self, found: &[Finding]) -> Result<Self, Vec<FoundMet>> {
        let is = |id: &String, outcome: FindingOutcome| {
            found.iter().any(|one| one.criterion == *id && one.outcome == outcome)
        };
        let not_met = |id: &&String| is(id, FindingOutcome::NotMet);
        let unfounded = self.criteria.iter().enumerate().filter(|(_, id)| !not_met(id));
        let met: Vec<FoundMet> = unfounded
            .filter(|(_, id)| is(id, FindingOutcome::Met))
            .map(|(place, _)| FoundMet { place })
            .collect();
        if !met.is_empty() {
            return Err(met);
        }
        let asserted = self.criteria.iter().filter(|id| !not_met(id)).cloned().collect();
        Ok(Self { asserted, ..self })
    }

    /// A rule of the host's own, which no plan declares and every plan is held to.
    pub(super) fn of_host_rule(rule: &str) -> Self {
        Self { criteria: vec![rule.to_owned()], asserted: Vec::new() }
    }

    /// A basis for tests of what is built on one.
    #[cfg(test)]
    pub(crate) fn for_tests(criterion: &str) -> Self {
        Self { criteria: vec![criterion.to_owned()], asserted: Vec::new() }
    }
}

/// Basis of a refusal: administrative criteria alone, or more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Administrative criteria, and nothing else.
    Administrative(Administrative),
    /// Anything else, or nothing at all.
    Clinical(Vec<String>),
}

/// A named criterion that the plan does not declare for the service on the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchCriterion {
    /// Its place in the list.
    pub place: usize,
}

impl Basis {
    /// The basis of an answer that rests on `found`: administrative only if every finding that is not met,
    /// and that speaks about one of `services` on the day, is of a criterion that the profile declares
    /// administrative.
    #[must_use]
    pub fn of_findings(ground: Ground<'_>, services: &[&str], on: Date, found: &[Finding]) -> Self {
        let not_met = found
            .iter()
            .filter(|finding| finding.outcome == FindingOutcome::NotMet)
            .filter_map(|finding| ground.criterion(&finding.criterion, services, on));
        Self::of(not_met)
    }

    /// The basis that a person names by the ids of criteria.
    ///
    /// # Errors
    /// The first id that is no criterion of the plan for one of `services` on the day.
    pub fn named(
        ground: Ground<'_>,
        services: &[&str],
        on: Date,
        ids: &[String],
    ) -> Result<Self, NoSuchCriterion> {
        let mut criteria = Vec::with_capacity(ids.len());
        for (place, id) in ids.iter().enumerate() {
            criteria.push(ground.criterion(id, services, on).ok_or(NoSuchCriterion { place })?);
        }
        Ok(Self::of(criteria.into_iter()))
    }

    fn of<'a>(not_met: impl Iterator<Item = &'a Criterion>) -> Self {
        let (mut criteria, mut administrative) = (Vec::new(), true);
        for criterion in not_met {
            administrative &= criterion.kind == CriterionKind::Administrative;
            if !criteria.contains(&criterion.id) {
                criteria.push(criterion.id.clone());
            }
        }
        if administrative && !criteria.is_empty() {
            Self::Administrative(Administrative { criteria, asserted: Vec::new() })
        } else {
            Self::Clinical(criteria)
        }
    }

    /// The kind of no that it makes.
    #[must_use]
    pub fn kind(&self) -> DenialKind {
        match self {
            Self::Administrative(_) => DenialKind::Administrative,
            Self::Clinical(_) => DenialKind::Clinical,
        }
    }

    /// The criteria, by id.
    #[must_use]
    pub fn criteria(&self) -> &[String] {
        match self {
            Self::Administrative(basis) => &basis.criteria,
            Self::Clinical(criteria) => criteria,
        }
    }
}

impl<'a> Ground<'a> {
    /// The criterion of that id, if it speaks about one of `services` on the day.
    pub(super) fn criterion(&self, id: &str, services: &[&str], on: Date) -> Option<&'a Criterion> {
        self.profile.criteria.iter().find(|criterion| criterion.id == id && speaks(criterion, services, on))
    }
}

/// True if a criterion is about one of the services on the day.
pub(super) fn speaks(criterion: &Criterion, services: &[&str], on: Date) -> bool {
    (criterion.service == "*" || services.contains(&criterion.service.as_str())) && criterion.days.holds(on)
}

//! The services that exist, from `data/catalog.toml`: how each is billed on which days, what limits it, what
//! must be shown for it and what rules it out; and the populations that care management is for.

use std::fmt;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};

use crate::Procedure;
use crate::plan::types::Bilingual;
use crate::provenance::{Confidence, Effective};
use crate::words;

/// All services and populations of focus.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    #[serde(rename = "service")]
    services: Vec<Service>,
    #[serde(rename = "population")]
    populations: Vec<Population>,
}

/// One service that a plan may offer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Id that never changes.
    pub id: String,
    /// Kind of the service.
    pub kind: ServiceKind,
    /// Name in English and Spanish.
    pub name: Bilingual,
    /// Earlier name, where it differs.
    pub former_name: Option<String>,
    /// The lines of business that are asked for it, first one first.
    pub lines: Vec<String>,
    /// The shortest window that the state gives for service before the decision; none where it gives none.
    pub presumptive_floor_days: Option<u16>,
    /// The authority that it rests on.
    pub authority: Authority,
    /// Reach of an authorization of it.
    #[serde(default)]
    pub authorized_by: AuthorizedBy,
    /// Procedures that bill it: every set of modifiers is an entry of its own. Empty where no public code set
    /// exists.
    #[serde(default, rename = "procedure")]
    pub procedures: Vec<BilledAs>,
    /// Benefit limits of the service.
    #[serde(default, rename = "limit")]
    pub limits: Vec<Limit>,
    /// Documents that it asks for.
    #[serde(default, rename = "document")]
    pub documents: Vec<DocumentRule>,
    /// Circumstances that rule it out.
    #[serde(default, rename = "exclusion")]
    pub exclusions: Vec<Exclusion>,
}

words! {
    /// Kind of a service.
    pub enum ServiceKind {
        /// Enhanced Care Management, a Medi-Cal benefit.
        Ecm = "ecm",
        /// California Integrated Care Management, owed by a D-SNP in its place.
        Cicm = "cicm",
        /// A Community Support, which a plan may offer.
        CommunitySupport = "community-support",
        /// Reported as an encounter beside another service; nobody is referred to it.
        EncounterOnly = "encounter-only",
    }
}

/// Reach of an authorization of a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthorizedBy {
    /// The procedure that it names.
    #[default]
    Procedure,
    /// Every procedure of the service: how it is delivered is not authorized.
    Service,
}

/// The law or waiver that a service rests on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Name of the source.
    pub source: String,
    /// The last day for which it is granted so far; services do not end by themselves on it.
    pub granted_until: Option<Date>,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

/// One procedure that means the service on some days.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BilledAs {
    /// The code and its whole set of modifiers.
    #[serde(rename = "bill", deserialize_with = "procedure_from_text")]
    pub procedure: Procedure,
    /// Description of the service that the code bills, in English and Spanish.
    pub text: Bilingual,
    /// Unit of the procedure.
    pub unit: BillingUnit,
    /// The days of service for which it counts.
    pub effective: Effective,
    /// The document that it comes from.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

words! {
    /// Unit of a procedure (HCPCS Level II descriptors, or the state's guidance where it departs from them).
    pub enum BillingUnit {
        /// Fifteen minutes are one unit.
        QuarterHour = "quarter-hour",
        /// One day is one unit.
        Day = "day",
        /// One month is one unit.
        Month = "month",
        /// One meal is one unit.
        Meal = "meal",
        /// One visit is one unit.
        Visit = "visit",
        /// One session is one unit.
        Session = "session",
        /// One contact; how minutes become units is the plan's to say.
        Encounter = "encounter",
        /// One attempt to reach the member, whether it succeeds or not.
        Attempt = "attempt",
        /// One whole service, project or payment.
        Service = "service",
        /// One stay of less than a day.
        Stay = "stay",
    }
}

/// A limit on how much of a service a member may have.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Id that never changes.
    pub id: String,
    /// Most that the limit allows.
    pub amount: u32,
    /// Measure of the amount.
    pub measure: LimitMeasure,
    /// In which span of time.
    pub window: LimitWindow,
    /// Services that share the limit name the same group; their amounts count together.
    pub group: Option<String>,
    /// Services whose use counts.
    pub counts: LimitScope,
    /// Rule for a plan that would go beyond it.
    pub excess: LimitExcess,
    /// Uses that the limit is for.
    #[serde(default)]
    pub concerns: LimitConcern,
    /// True if its days are for one house at a time: the same day counts for one provider and one service
    /// only.
    #[serde(default)]
    pub one_at_a_time: bool,
    /// The days that its months are, where they are counted by the day.
    pub in_days: Option<Reading>,
    /// The hours that a unit of one day is, where hours are counted.
    pub hours_a_day: Option<Reading>,
    /// Days on which it is in force.
    pub effective: Effective,
    /// The limit in plain words.
    pub text: Bilingual,
    /// The document that it comes from.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

/// A number that the limit's own text leaves open, with who says so.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Number that this source gives.
    pub amount: u32,
    /// The document that it comes from, or what it is derived from.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

/// Uses that a limit is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitConcern {
    /// All of the service.
    #[default]
    Service,
    /// An authorization that is asked for the first time.
    FirstAuthorization,
    /// Presumptive windows of the service.
    Presumption,
}

words! {
    /// Measure of a limit.
    pub enum LimitMeasure {
        /// Hours of service.
        Hours = "hours",
        /// Calendar days of service.
        Days = "days",
        /// Weeks of service, by calendar days.
        Weeks = "weeks",
        /// Months: calendar months of one authorization; elsewhere as many days as the limit's `in_days`
        /// says.
        Months = "months",
        /// Money, in cents.
        Cents = "cents",
        /// Meals in one day.
        MealsADay = "meals-a-day",
        /// Number of approvals.
        Approvals = "approvals",
    }
}

words! {
    /// The span of time in which a limit counts.
    pub enum LimitWindow {
        /// A calendar year, January to December.
        CalendarYear = "calendar-year",
        /// The member's whole life.
        Lifetime = "lifetime",
        /// The twelve months before the day.
        RollingTwelveMonths = "rolling-twelve-months",
        /// One authorization, from its first to its last day.
        Authorization = "authorization",
        /// One stay of the member.
        Stay = "stay",
    }
}

words! {
    /// Whose services a limit counts.
    pub enum LimitScope {
        /// Under any plan that the member has had.
        AnyPlan = "any-plan",
        /// Under the same plan.
        SamePlan = "same-plan",
    }
}

words! {
    /// Rule for a plan that would go beyond a limit.
    pub enum LimitExcess {
        /// A plan may never go beyond it.
        Never = "never",
        /// A plan may go beyond it if the member's circumstances or needs call for it.
        WithReason = "with-reason",
    }
}

/// A document that a service asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentRule {
    /// Its kind in the dictionary.
    pub kind: String,
    /// Days on which it is asked for.
    pub effective: Effective,
    /// The document that the rule comes from.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

/// Something that rules a service out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// Stable id within the service.
    pub id: String,
    /// Codes of the facts that tell; empty where coverage or history tells.
    #[serde(default)]
    pub facts: Vec<String>,
    /// The rule in plain words.
    pub text: Bilingual,
    /// The document that it comes from.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

/// A group of people whom care management is for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// Id that never changes.
    pub id: String,
    /// Its number on plans' lists, such as `1`; none where it has none.
    pub number: Option<u8>,
    /// Name in English and Spanish.
    pub name: Bilingual,
    /// The services that know it.
    pub services: Vec<String>,
    /// The test for people of 21 and older; none where it is for children only.
    pub adult: Option<Bilingual>,
    /// The test for people under 21; none where it is for adults only.
    pub child: Option<Bilingual>,
    /// The document that it comes from.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

/// Why a procedure is no service. A claim with it is refused at the door: nobody guesses what was meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClassifyError {
    /// The code means no service on that day, whatever its modifiers.
    #[error("procedure code bills no service on that day")]
    UnknownCode,
    /// The code means services on that day, but with other modifiers.
    #[error("procedure bills no service with these modifiers on that day; known: {}", List(known))]
    UnknownModifiers {
        /// The procedures with this code that do bill a service on that day.
        known: Vec<Procedure>,
    },
}

impl Catalog {
    /// The state's catalog, as it is built in.
    #[must_use]
    pub fn state() -> &'static Self {
        &STATE
    }

    /// The service with this id.
    #[must_use]
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.id == id)
    }

    /// Every service that there is.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The population of focus with this id.
    #[must_use]
    pub fn population(&self, id: &str) -> Option<&Population> {
        self.populations.iter().find(|population| population.id == id)
    }

    /// Every population of focus.
    #[must_use]
    pub fn populations(&self) -> &[Population] {
        &self.populations
    }

    /// The service that a line billed as `procedure` on the service day `on` is for. The code and the whole
    /// set of modifiers must match; one modifier means many things and one code many services (DHCS HCPCS
    /// Coding Guidance for ECM and Community Supports).
    ///
    /// # Errors
    /// When the procedure means nothing on that day; the error names those that would.
    pub fn classify(&self, procedure: &Procedure, on: Date) -> Result<&Service, ClassifyError> {
        let mut known = Vec::new();
        for service in &self.services {
            for billed in service.procedures_on(on).filter(|billed| billed.procedure.code == procedure.code) {
                if billed.procedure == *procedure {
                    return Ok(service);
                }
                known.push(billed.procedure.clone());
            }
        }
        if known.is_empty() {
            return Err(ClassifyError::UnknownCode);
        }
        known.sort();
        Err(ClassifyError::UnknownModifiers { known })
    }

    /// Procedures that bill the service with this id on the service day `on`; none for an unknown service.
    pub fn procedures(&self, service: &str, on: Date) -> impl Iterator<Item = &BilledAs> {
        self.service(service).into_iter().flat_map(move |service| service.procedures_on(on))
    }

    /// The services that share the limits of `group`.
    pub fn in_limit_group<'a>(&'a self, group: &'a str) -> impl Iterator<Item = &'a Service> {
        self.services
            .iter()
            .filter(move |service| service.limits.iter().any(|limit| limit.group.as_deref() == Some(group)))
    }
}

impl Service {
    /// Procedures that bill it on the service day `on`.
    pub fn procedures_on(&self, on: Date) -> impl Iterator<Item = &BilledAs> {
        self.procedures.iter().filter(move |billed| billed.effective.covers(on))
    }

    /// Limits that are in force on `on`.
    pub fn limits_on(&self, on: Date) -> impl Iterator<Item = &Limit> {
        self.limits.iter().filter(move |limit| limit.effective.covers(on))
    }

    /// The documents that it asks for on `on`.
    pub fn documents_on(&self, on: Date) -> impl Iterator<Item = &DocumentRule> {
        self.documents.iter().filter(move |document| document.effective.covers(on))
    }
}

/// Prints procedures with commas between them.
struct List<'a>(&'a [Procedure]);

impl fmt::Display for List<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(index, procedure)| {
            formatter.write_str(if index == 0 { "" } else { ", " })?;
            fmt::Display::fmt(procedure, formatter)
        })
    }
}

fn procedure_from_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Procedure, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

static STATE: LazyLock<Catalog> = LazyLock::new(|| {
    toml::from_str(include_str!("../data/catalog.toml")).expect("the tests read the embedded catalog")
});

#[cfg(test)]
mod tests;

//! The state's own rules, which every plan uses in full. They are written once, in the SDK's `state_rules!`,
//! from which the file that is read here is written by machine (`plugins/plans/silver-oak/tests/languages`).

use std::sync::LazyLock;

use domain::plan::profile::{CriterionKind, CriterionOrigin};
use domain::plan::types::{Bilingual, DenialKind, Period};
use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::rules::declare;

const FILE: &str = include_str!("../../../plugins/sdk/python/crosswalk_plan/state_rules.json");

static RULES: LazyLock<Vec<Rule>> =
    LazyLock::new(|| serde_json::from_str(FILE).expect("the state's rules are rules"));

/// At which step a rule is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Stage {
    Referral,
    Authorization,
    Both,
    /// Never by itself: adjudication, or a redirection, makes its finding.
    Apart,
}

/// A criterion and its test: the SDK's `Rule`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) service: String,
    pub(crate) population: Option<String>,
    pub(crate) kind: CriterionKind,
    pub(crate) origin: CriterionOrigin,
    pub(crate) stage: Stage,
    pub(crate) refusal: DenialKind,
    pub(crate) text: Bilingual,
    pub(crate) source: String,
    pub(crate) days: Period,
    pub(crate) test: Condition,
}

/// The state's rules with a plan's prefix, and the days in which it counts the six months of room and board.
pub(crate) fn rules<'a>(prefix: &'a str, room_and_board_days: i64) -> impl Iterator<Item = Rule> + use<'a> {
    RULES.iter().map(move |rule| {
        let mut rule = Rule { id: format!("{prefix}{}", rule.id), ..rule.clone() };
        if let Condition::DaysLeft { limit, .. } = &mut rule.test {
            *limit = room_and_board_days;
        }
        rule
    })
}

/// One of the state's own criteria, as every plan takes it in.
#[derive(Clone, Debug, Serialize)]
pub struct StateCriterion {
    /// Part of its id behind a plan's prefix.
    pub id: String,
    /// The service that it is about, or `*`.
    pub service: String,
    /// The population of focus that it belongs to.
    pub population: Option<String>,
    /// Purpose of the criterion.
    pub kind: CriterionKind,
    /// Criterion in words, in English and Spanish.
    pub text: Bilingual,
    /// Codes of the facts that it reads.
    pub facts: Vec<String>,
    /// Kinds of the documents that it reads.
    pub documents: Vec<String>,
    /// The document that it comes from.
    pub source: String,
    /// The days on which it applies.
    pub days: Period,
}

/// The state's own criteria, in the order in which profiles have them.
pub fn state_criteria() -> impl Iterator<Item = StateCriterion> {
    RULES.iter().map(|rule| {
        let criterion = declare(rule);
        StateCriterion {
            id: criterion.id,
            service: criterion.service,
            population: rule.population.clone(),
            kind: criterion.kind,
            text: criterion.text,
            facts: criterion.facts,
            documents: criterion.documents,
            source: criterion.source,
            days: criterion.days,
        }
    })
}

//! Facts that only one plan asks for: `plan.<plan-id>.<name>`. Their kinds are in the plan's profile, and no
//! other plan is handed them.

use domain::dictionary::{Dictionary, parse_fact_value};
use domain::identifiers::PlanId;
use domain::near::near;
use domain::plan::profile::FactDefinition;
use domain::plan::types::{Document, Fact, FactValue};
use domain::problem::Code;
use serde_json::Value;

use crate::command::failure::{Failure, FieldProblem};
use crate::plugins::registry::Live;

/// The facts with the plan's own read as its profile declares them.
///
/// # Errors
/// `Invalid` for each fact of this plan that its profile does not declare or whose value does not fit.
pub(crate) fn conform(pointer: &str, facts: &[Fact], live: &Live) -> Result<Vec<Fact>, Failure> {
    conformed(pointer, facts, &live.plan, &live.profile().facts)
}

fn conformed(
    pointer: &str,
    facts: &[Fact],
    plan: &PlanId,
    own: &[FactDefinition],
) -> Result<Vec<Fact>, Failure> {
    let prefix = prefix(plan);
    let mut conformed = Vec::with_capacity(facts.len());
    let mut problems = Vec::new();
    for (place, fact) in facts.iter().enumerate() {
        if !fact.code.starts_with(&prefix) {
            conformed.push(fact.clone());
            continue;
        }
        let declared = own.iter().find(|declared| declared.code == fact.code);
        match declared.map(|declared| read(&fact.value, declared)) {
            Some(Ok(value)) => conformed.push(Fact { value, ..fact.clone() }),
            Some(Err((problem, fix))) => {
                let at = format!("{pointer}/{place}/value");
                problems.push(FieldProblem::new(at, Code::InvalidValue, problem, fix));
            }
            None => problems.push(FieldProblem::new(
                format!("{pointer}/{place}/code"),
                Code::UnknownFact,
                "the plan's profile declares no such fact",
                declared_ones(&fact.code, own),
            )),
        }
    }
    if problems.is_empty() { Ok(conformed) } else { Err(Failure::Invalid(problems)) }
}

/// Fix of an unknown fact that may be a plan's own: the address of its profile, and near codes.
fn declared_ones(code: &str, own: &[FactDefinition]) -> String {
    const MOST: usize = 200;
    let declared = own.iter().map(|fact| fact.code.as_str()).take(MOST);
    let near = near(code, declared);
    let named = if near.is_empty() { String::new() } else { format!("; near: {}", near.join(", ")) };
    format!("use a code from ⟦getPlanProfile⟧{named}")
}

/// Facts that a plan may see: those of the dictionary and its own.
pub(crate) fn for_plan(facts: Vec<Fact>, plan: &PlanId) -> Vec<Fact> {
    let prefix = prefix(plan);
    facts
        .into_iter()
        .filter(|fact| Dictionary::state().fact(&fact.code).is_some() || fact.code.starts_with(&prefix))
        .collect()
}

/// The documents as a plan's rules see them: what is said of each, without its bytes.
pub(crate) fn without_content(documents: Vec<Document>) -> Vec<Document> {
    documents.into_iter().map(|document| Document { content: None, ..document }).collect()
}

fn prefix(plan: &PlanId) -> String {
    format!("plan.{plan}.")
}

/// A value as it was sent, read by the declaration; or what is wrong, and the question it should answer.
fn read(value: &FactValue, declared: &FactDefinition) -> Result<FactValue, (String, String)> {
    let sent = match value {
        FactValue::Flag(flag) => Value::Bool(*flag),
        FactValue::Count(count) => Value::from(*count),
        FactValue::Text(text) => Value::from(text.as_str()),
        // Read by the declaration before: a case that is asked about again.
        FactValue::Measure(_) | FactValue::Day(_) | FactValue::Coded(_) => return Ok(value.clone()),
    };
    parse_fact_value(declared, &sent).map_err(|error| (error.to_string(), declared.question.en.clone()))
}

#[cfg(test)]
mod tests;

//! Reference tables: what a plan's key columns may hold, and the one way in which a row's key and a case's
//! own values are written, so that the two meet.
//!
//! A profile names the key columns of a table: codes of facts, or `procedure`, `county`, `provider.npi`
//! (`wit/profile.wit`, `table`). The same text on both sides is the key: `G9008 U1` whatever the order of
//! modifiers, `true` for a fact that was sent as yes.

use serde_json::Value;

use crate::dictionary::{Dictionary, FactValueError, parse_fact_value};
use crate::identifiers::{Npi, NpiError};
use crate::plan::profile::{FactDefinition, FactKind, PlanProfile, Table};
use crate::plan::types::{Fact, FactValue};
use crate::problem::Code;
use crate::procedure::{Procedure, ProcedureError};

#[cfg(test)]
mod tests;

/// Most tables of one plan.
pub const MOST_TABLES: usize = 50;
/// Most columns of one table.
pub const MOST_COLUMNS: usize = 32;
/// Most characters in one cell.
pub const MOST_CELL: usize = 200;
/// Most bytes of one row's key: an index of either database holds it.
pub const MOST_KEY_BYTES: usize = 600;
/// Most rows of one version that share a key. With at most fifty lines in a request it bounds what a case is
/// handed.
pub const MOST_ROWS_PER_KEY: usize = 20;

/// Kind of a key column.
#[derive(Clone, Copy, Debug)]
pub enum KeyKind<'a> {
    /// A HCPCS code with its modifiers, such as `G9008 U1`.
    Procedure,
    /// Code of the member's county.
    County,
    /// The provider that delivers, or bills.
    ProviderNpi,
    /// Value of a fact.
    Fact(&'a FactDefinition),
}

/// Why a cell cannot stand in a key column. The cell is never quoted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing there: a row without its key is never found.
    #[error("the key is empty")]
    Empty,
    /// The value is no procedure.
    #[error(transparent)]
    Procedure(#[from] ProcedureError),
    /// Not one of the plan's counties.
    #[error("the plan serves no such county")]
    County,
    /// The value is no provider identifier.
    #[error(transparent)]
    Npi(#[from] NpiError),
    /// No value of the fact.
    #[error(transparent)]
    Fact(#[from] FactValueError),
}

impl KeyError {
    /// Stable id of the broken rule.
    pub fn rule(&self) -> Code {
        match self {
            Self::Empty => Code::KeyEmpty,
            Self::Procedure(_) => Code::KeyProcedure,
            Self::County => Code::KeyCounty,
            Self::Npi(_) => Code::KeyNpi,
            Self::Fact(_) => Code::KeyFact,
        }
    }

    /// Step that fixes it, in a sentence.
    pub fn fix(&self) -> &'static str {
        match self {
            Self::Empty => "fill the cell, or leave the row out",
            Self::Procedure(_) => "write a HCPCS code and its modifiers, such as G9008 U1",
            Self::County => "write the code of a county in the plan's profile, such as SRV",
            Self::Npi(_) => "write the ten digits of the provider's NPI",
            Self::Fact(_) => "write the fact's value as a request would send it",
        }
    }
}

impl<'a> KeyKind<'a> {
    /// Kind of the key column of that name for a plan with this profile; `None` if nothing can be looked up
    /// by it.
    pub fn named(name: &str, profile: &'a PlanProfile) -> Option<Self> {
        match name {
            "procedure" => Some(Self::Procedure),
            "county" => Some(Self::County),
            "provider.npi" => Some(Self::ProviderNpi),
            code => Dictionary::state()
                .fact(code)
                .or_else(|| profile.facts.iter().find(|fact| fact.code == code))
                .map(Self::Fact),
        }
    }

    /// Reads a cell of an uploaded row, and writes it as a case's own value is written.
    ///
    /// # Errors
    /// When no case could ever match it.
    pub fn read(&self, cell: &str, counties: &[String]) -> Result<String, KeyError> {
        let cell = cell.trim();
        if cell.is_empty() {
            return Err(KeyError::Empty);
        }
        match self {
            Self::Procedure => Ok(cell.parse::<Procedure>()?.to_string()),
            Self::County => counties.iter().find(|county| *county == cell).cloned().ok_or(KeyError::County),
            Self::ProviderNpi => Ok(cell.parse::<Npi>()?.to_string()),
            Self::Fact(definition) => Ok(written(&parse_fact_value(definition, &sent(definition, cell))?)),
        }
    }
}

/// A cell as the same value would stand in a request.
fn sent(definition: &FactDefinition, cell: &str) -> Value {
    match definition.kind {
        FactKind::Flag => match &*cell.to_ascii_lowercase() {
            "true" | "yes" | "y" => Value::Bool(true),
            "false" | "no" | "n" => Value::Bool(false),
            _ => Value::from(cell),
        },
        FactKind::Count => cell.parse::<i64>().map_or_else(|_| Value::from(cell), Value::from),
        FactKind::Measure | FactKind::Day | FactKind::Coded | FactKind::Text => Value::from(cell),
    }
}

/// A fact's value as keys hold it.
fn written(value: &FactValue) -> String {
    match value {
        FactValue::Flag(flag) => flag.to_string(),
        FactValue::Count(count) => count.to_string(),
        FactValue::Measure(thousandths) => {
            let text = format!("{}.{:03}", thousandths / 1000, thousandths.rem_euclid(1000));
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        FactValue::Day(day) => day.to_string(),
        FactValue::Coded(text) | FactValue::Text(text) => text.clone(),
    }
}

/// The key of a row, or of a case, from its values in the declared order.
pub fn key<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    Value::from_iter(values).to_string()
}

/// Values that a case is looked up by.
#[derive(Clone, Copy, Debug)]
pub struct CaseValues<'a> {
    /// The procedures of its lines.
    pub procedures: &'a [Procedure],
    /// Code of the member's county.
    pub county: &'a str,
    /// The provider that delivers, or bills, if it has a number.
    pub provider_npi: Option<&'a str>,
    /// Facts about the member, as they were stated or are known.
    pub facts: &'a [Fact],
}

impl CaseValues<'_> {
    /// The keys under which rows of `table` match the case, each once; none where the case lacks a value.
    pub fn keys(&self, table: &Table) -> Vec<String> {
        let mut keys: Vec<Vec<String>> = vec![Vec::new()];
        for name in &table.keys {
            let values = self.values(name);
            keys = keys
                .iter()
                .flat_map(|begun| {
                    values.iter().map(|value| [begun.as_slice(), std::slice::from_ref(value)].concat())
                })
                .collect();
        }
        let mut keys: Vec<String> =
            keys.iter().map(|values| key(values.iter().map(String::as_str))).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    fn values(&self, name: &str) -> Vec<String> {
        match name {
            "procedure" => self.procedures.iter().map(Procedure::to_string).collect(),
            "county" => vec![self.county.to_owned()],
            "provider.npi" => self.provider_npi.map(str::to_owned).into_iter().collect(),
            // Of two facts with one code the newer counts, and of two as new the later.
            code => {
                let known = self.facts.iter().filter(|fact| fact.code == code);
                known.max_by_key(|fact| fact.as_of).map(|fact| written(&fact.value)).into_iter().collect()
            }
        }
    }
}

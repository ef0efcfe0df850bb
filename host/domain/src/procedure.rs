//! A procedure as billed: one HCPCS code and its modifiers as a set.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::identifiers::{Hcpcs, HcpcsError, Modifier, ModifierError};

/// A HCPCS code and its modifiers, whose order carries no meaning (DHCS HCPCS Coding Guidance for ECM and
/// Community Supports). JSON: `{"code": "H0043", "modifiers": ["U6"]}`; text: `H0043 U6`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Procedure {
    /// Code, as it is written in requests.
    pub code: Hcpcs,
    /// The modifiers, at most [`MOST_MODIFIERS`].
    pub modifiers: BTreeSet<Modifier>,
}

/// A claim line has four modifier slots (ASC X12 005010X222A1, SV101-3..6).
pub const MOST_MODIFIERS: usize = 4;

/// Why a text is not a procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProcedureError {
    /// The code is none.
    #[error(transparent)]
    Code(#[from] HcpcsError),
    /// A modifier is none.
    #[error(transparent)]
    Modifier(#[from] ModifierError),
    /// A modifier stands there twice.
    #[error("procedure repeats a modifier")]
    RepeatedModifier,
    /// A claim line has no room for so many.
    #[error("procedure has more than four modifiers")]
    TooManyModifiers,
}

impl Procedure {
    /// Puts a code and its modifiers together.
    ///
    /// # Errors
    /// When a modifier is repeated or there are more than four.
    pub fn new(code: Hcpcs, modifiers: impl IntoIterator<Item = Modifier>) -> Result<Self, ProcedureError> {
        let mut set = BTreeSet::new();
        for modifier in modifiers {
            if !set.insert(modifier) {
                return Err(ProcedureError::RepeatedModifier);
            }
            if set.len() > MOST_MODIFIERS {
                return Err(ProcedureError::TooManyModifiers);
            }
        }
        Ok(Self { code, modifiers: set })
    }
}

impl fmt::Display for Procedure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.code)?;
        self.modifiers.iter().try_for_each(|modifier| write!(formatter, " {modifier}"))
    }
}

impl FromStr for Procedure {
    type Err = ProcedureError;

    fn from_str(text: &str) -> Result<Self, ProcedureError> {
        let mut words = text.split_whitespace();
        let code = words.next().unwrap_or_default().parse()?;
        let modifiers = words.map(str::parse).collect::<Result<Vec<Modifier>, _>>()?;
        Self::new(code, modifiers)
    }
}

/// A procedure whose modifiers have not been counted yet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    code: Hcpcs,
    #[serde(default)]
    modifiers: Vec<Modifier>,
}

impl TryFrom<Unchecked> for Procedure {
    type Error = ProcedureError;

    fn try_from(unchecked: Unchecked) -> Result<Self, ProcedureError> {
        Self::new(unchecked.code, unchecked.modifiers)
    }
}

#[cfg(test)]
mod tests;

//! Files and messages that a profile's layouts cannot describe. Most plans need none of this.
//!
//! The host's own copy of `wit/exchange.wit`, the same for every contract version.

use serde::{Deserialize, Serialize};

use super::types::Bilingual;

/// One value of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// The host's name for it, such as `member.cin`.
    pub name: String,
    /// The value, as the host writes it: dates as YYYY-MM-DD, money in dollars with a dot.
    pub value: String,
}

/// Rows for the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outgoing {
    /// The id of the layout in the profile.
    pub layout: String,
    /// Rows of named values.
    pub rows: Vec<Vec<Cell>>,
}

/// A file ready to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rendered {
    /// File name.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A file from the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Received {
    /// The id of the layout in the profile.
    pub layout: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowIssue {
    /// Row number, from 1, the header counted.
    pub row: u32,
    /// Column header.
    pub column: String,
    /// What is wrong and how to mend it.
    pub problem: Bilingual,
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parsed {
    /// Rows of named values.
    pub rows: Vec<Vec<Cell>>,
    /// Rows that were refused; the rest stand.
    pub refused: Vec<RowIssue>,
}

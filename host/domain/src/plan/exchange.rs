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
    /// Name of the file.
    pub name: String,
    /// Media type of the file.
    pub media_type: String,
    /// Bytes of the file.
    pub bytes: Vec<u8>,
}

/// A file from the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Received {
    /// The id of the layout in the profile.
    pub layout: String,
    /// Bytes of the file.
    pub bytes: Vec<u8>,
}

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowIssue {
    /// Row number, from 1, the header counted.
    pub row: u32,
    /// Header of the column.
    pub column: String,
    /// Problem and the step that fixes it, in English and Spanish.
    pub problem: Bilingual,
}

/// Content that was read from a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parsed {
    /// Rows of named values.
    pub rows: Vec<Vec<Cell>>,
    /// Rows that were refused; the rest stand.
    pub refused: Vec<RowIssue>,
}

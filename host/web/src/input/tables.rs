//! Rows of a reference table.

use std::fmt;

use domain::plan::types::Period;
use domain::problem::Code;
use jiff::civil::Date;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use workflow::command::SentTable;

use super::{Input, Reader};

/// A reference table's rows, with the days on which they are in force.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewTable)]
pub(crate) struct TableBody {
    /// First day on which the rows are in force. It may be past: decisions that were made stay.
    #[schema(format = Date)]
    effective_from: String,
    /// Last day; without it they are in force until a later upload takes their place.
    #[schema(format = Date)]
    effective_to: Option<String>,
    /// The rows: objects with the declared columns as names, and text, numbers, true or false.
    #[schema(value_type = Vec<Object>, max_items = 100_000)]
    rows: Vec<RowBody>,
}

/// One row: its fields in their order, one that is there twice too.
pub(crate) struct RowBody(Vec<(String, String)>);

/// A cell as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum CellBody {
    Text(String),
    Flag(bool),
    Number(serde_json::Number),
}

impl<'de> Deserialize<'de> for RowBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = RowBody;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RowBody, A::Error> {
                let mut fields = Vec::new();
                while let Some((name, cell)) = map.next_entry::<String, CellBody>()? {
                    let cell = match cell {
                        CellBody::Text(text) => text,
                        CellBody::Flag(flag) => flag.to_string(),
                        CellBody::Number(number) => number.to_string(),
                    };
                    fields.push((name, cell));
                }
                Ok(RowBody(fields))
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

impl Input for TableBody {
    type Command = (Period, SentTable);

    fn read(self, reader: &mut Reader) -> Option<Self::Command> {
        let days =
            reader.effective("/effective_from", &self.effective_from, "/effective_to", self.effective_to);
        Some((days?, SentTable::Json(self.rows.into_iter().map(|RowBody(fields)| fields).collect())))
    }
}

/// The days of a table that comes as a file, from the query.
pub(crate) struct TableDays {
    /// First day on which the rows are in force, YYYY-MM-DD.
    pub(crate) effective_from: Option<String>,
    /// Last day on which the rows are in force, YYYY-MM-DD; if absent, until a later upload takes their
    /// place.
    pub(crate) effective_to: Option<String>,
}

impl Input for TableDays {
    type Command = Period;

    fn read(self, reader: &mut Reader) -> Option<Period> {
        let first = reader.present("?effective_from", self.effective_from, "a table")?;
        reader.effective("?effective_from", &first, "?effective_to", self.effective_to)
    }
}

impl Reader {
    /// Reads the days on which something is in force; the last may be open.
    fn effective(&mut self, at: &str, first: &str, at_last: &str, last: Option<String>) -> Option<Period> {
        let first = self.day(at, first);
        let last: Option<Option<Date>> = self.optional(last, |reader, text| reader.day(at_last, &text));
        let (first, last) = (first?, last?);
        if last.is_some_and(|last| last < first) {
            return self.refuse(
                at_last,
                Code::DaysOutOfOrder,
                "the last day is before the first",
                "put the days in order",
            );
        }
        Some(Period { first, last })
    }
}

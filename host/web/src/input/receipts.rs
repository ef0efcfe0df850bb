//! Body of a conformance run: the plan's own example cases.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{Input, Reader};

/// The most files of example cases.
const MOST_FILES: usize = 20;

/// A conformance run of a plugin.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewReceipt)]
pub(crate) struct ReceiptBody {
    /// The plan's files of example cases, as `crosswalk plugin test` reads them.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    examples: Vec<Value>,
}

impl Input for ReceiptBody {
    type Command = Vec<Value>;

    fn read(self, reader: &mut Reader) -> Option<Vec<Value>> {
        reader.each("/examples", self.examples, MOST_FILES, |_, _, file| Some(file))
    }
}

//! Words of the wire for what is the same wherever it is shown.

use domain::Procedure;
use domain::plan::profile::Mode;
use domain::plan::types::{Bilingual, FactValue, Urgency};
use serde_json::Value;

use super::{ProcedureView, Text};

/// The word for a mode.
pub(crate) fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Decides => "decides",
        Mode::Advises => "advises",
        Mode::People => "people",
    }
}

/// The word for an urgency.
pub(crate) fn urgency(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Standard => "standard",
        Urgency::Expedited => "expedited",
    }
}

/// A sentence in both languages.
pub(crate) fn text(words: &Bilingual) -> Text {
    Text { en: words.en.clone(), es: words.es.clone() }
}

/// A procedure.
pub(crate) fn procedure(procedure: &Procedure) -> ProcedureView {
    ProcedureView {
        code: procedure.code.to_string(),
        modifiers: procedure.modifiers.iter().map(ToString::to_string).collect(),
    }
}

/// A value as requests carry it.
pub(crate) fn written(value: &FactValue) -> Value {
    match value {
        FactValue::Flag(flag) => Value::Bool(*flag),
        FactValue::Count(count) => Value::from(*count),
        FactValue::Measure(thousandths) => {
            let (whole, rest) = (thousandths / 1_000, (thousandths % 1_000).abs());
            let decimal = format!("{whole}.{rest:03}");
            Value::from(decimal.trim_end_matches('0').trim_end_matches('.'))
        }
        FactValue::Day(day) => Value::from(day.to_string()),
        FactValue::Coded(words) | FactValue::Text(words) => Value::from(words.as_str()),
    }
}

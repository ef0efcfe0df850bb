//! Words of the wire for what is the same wherever it is shown.

use domain::plan::profile::Mode;
use domain::plan::types::{FactValue, Urgency, Workflow};
use serde::Serialize;
use serde_json::Value;

/// The word for who has the last word.
pub(crate) fn mode(mode: Mode) -> &'static str {
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

/// The word for a workflow.
pub(crate) fn workflow(workflow: Workflow) -> &'static str {
    match workflow {
        Workflow::Referral => "referral",
        Workflow::Authorization => "authorization",
        Workflow::Billing => "billing",
        Workflow::Credentialing => "credentialing",
        Workflow::Exchange => "exchange",
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

/// The word that the data files have for a value of an enum.
pub(crate) fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

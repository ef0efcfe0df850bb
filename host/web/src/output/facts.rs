//! Values of facts, as requests and answers carry them.

use domain::plan::types::FactValue;
use serde_json::Value;

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

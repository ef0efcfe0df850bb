//! Answers of a running service, kept as examples: small, and the same in every run.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::client::{Answer, Request};
use super::county::text;

/// Entries that are kept of a list, and lines of a text below its first.
const ENTRIES: usize = 2;

/// Hexadecimal digits in a row that are an id, a digest, a secret or a signature, and not a word or an
/// amount.
const ID_DIGITS: usize = 16;

/// Of what the host counts for Prometheus, this is shown: nothing is being compiled.
const METRIC: &str = "crosswalk_compiling";

/// Values that are measured, and the value that is shown for each.
const MEASURED: [(&str, u64); 7] = [
    ("compile_ms", 1_240),
    ("cpu_ms", 0),
    ("duration_us", 640),
    ("elapsed_ms", 3),
    (LATER, 1_240),
    ("longest_us", 1_150),
    ("total_ms", 4),
];

/// Of what is measured, what the service knows only once it has compiled something: whether it has depends on
/// which test came first.
const LATER: &str = "expected_ms";

/// Examples by operation and status.
pub(crate) type Kept = BTreeMap<String, BTreeMap<String, Value>>;

/// Keeps of each operation and status the first answer that it is shown.
pub(crate) struct Examples {
    operations: Vec<Operation>,
    kept: Kept,
}

/// One operation of the API, as it is described.
#[derive(Clone)]
pub(crate) struct Operation {
    pub(crate) id: String,
    /// Method in upper case, such as `POST`.
    pub(crate) method: String,
    /// Path with its parameters in braces.
    pub(crate) path: String,
    /// Group of operations that it belongs to.
    pub(crate) tag: String,
    /// The sentence that says what it is for.
    pub(crate) summary: String,
}

impl Examples {
    /// None yet, of the operations that are described.
    pub(crate) fn of(description: &Value) -> Self {
        let mut operations = Vec::new();
        for (path, item) in description["paths"].as_object().expect("paths") {
            for (method, operation) in item.as_object().expect("methods") {
                operations.push(Operation {
                    id: text(operation, "/operationId").to_owned(),
                    method: method.to_uppercase(),
                    path: path.clone(),
                    tag: text(operation, "/tags/0").to_owned(),
                    summary: text(operation, "/summary").to_owned(),
                });
            }
        }
        Self { operations, kept: Kept::new() }
    }

    /// Every operation that is described.
    pub(crate) fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The operation that a request asks for.
    #[track_caller]
    pub(crate) fn operation_of(&self, request: &Request) -> &Operation {
        let (method, path) = request.line();
        let is_of = |operation: &&Operation| operation.method == method && leads_to(&operation.path, path);
        // Of two that fit, such as /v1/things/{id} and /v1/things/search, the one that names more.
        let operation =
            self.operations.iter().filter(is_of).min_by_key(|found| found.path.matches('{').count());
        operation.unwrap_or_else(|| panic!("{method} {path} is not described"))
    }

    /// Keeps the answer, if it has a body and is the first of its kind.
    #[track_caller]
    pub(crate) fn keep(&mut self, request: &Request, answer: &Answer) {
        if answer.bytes.is_empty() {
            return;
        }
        let id = self.operation_of(request).id.clone();
        let answers = self.kept.entry(id).or_default();
        answers.entry(answer.status.to_string()).or_insert_with(|| example_of(answer));
    }

    /// Those that were kept.
    pub(crate) fn into_kept(self) -> Kept {
        self.kept
    }
}

/// True if a described path, such as `/v1/plans/{id}`, is the one of this address.
fn leads_to(described: &str, address: &str) -> bool {
    let path = address.split('?').next().unwrap_or_default();
    let (described, given): (Vec<_>, Vec<_>) = (described.split('/').collect(), path.split('/').collect());
    let fits = |(described, given): (&&str, &&str)| described.starts_with('{') || described == given;
    described.len() == given.len() && described.iter().zip(&given).all(fits)
}

/// The answer as it is shown: small, and with invented ids and times.
pub(super) fn example_of(answer: &Answer) -> Value {
    let mut example = match &answer.json {
        Value::Null => excerpt(answer).into(),
        json => json.clone(),
    };
    Invented::default().put_into("", &mut example);
    example
}

/// The first lines of a text; of the metrics, which come in no order, those about one of them.
fn excerpt(answer: &Answer) -> String {
    let whole = String::from_utf8_lossy(&answer.bytes);
    if !whole.starts_with("# ") {
        return whole.lines().take(1 + ENTRIES).collect::<Vec<_>>().join("\n");
    }
    let mut lines: Vec<&str> = whole.lines().filter(|line| line.contains(METRIC)).collect();
    // What it is, its type, then its samples.
    lines.sort_unstable();
    lines.join("\n")
}

/// Stand-in for a value that is another in every run.
#[derive(Default)]
struct Invented {
    /// Runs of digits, each with its number.
    ids: BTreeMap<String, usize>,
}

impl Invented {
    fn put_into(&mut self, name: &str, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some(shown) = invented_secret(name, text) {
                    *text = shown.to_owned();
                    return;
                }
                *text = match text.split_once('-') {
                    // A plan's number for what it grants, which the host makes of the case's id.
                    Some((plan, made)) if name == "number" && made.len() == 12 => {
                        format!("{plan}-000000000001")
                    }
                    _ => self.id_for(&hour_of(text)),
                };
            }
            Value::Null if name == LATER => *value = json!(1_240),
            Value::Number(number) => {
                if let Some((_, shown)) = MEASURED.iter().find(|(measured, _)| *measured == name) {
                    *value = json!(shown);
                } else if name.ends_with("_bytes")
                    && let Some(bytes) = number.as_u64()
                {
                    *value = json!(rounded(bytes));
                }
            }
            Value::Array(entries) => {
                entries.truncate(ENTRIES);
                entries.iter_mut().for_each(|entry| self.put_into(name, entry));
            }
            Value::Object(fields) => {
                fields.iter_mut().for_each(|(name, field)| self.put_into(name, field));
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// The text with a number of as many digits in place of each id. Equal ids get equal numbers.
    fn id_for(&mut self, text: &str) -> String {
        let is_digit = |letter: char| letter.is_ascii_hexdigit();
        text.split_inclusive(|letter| !is_digit(letter))
            .map(|part| {
                let digits = part.trim_end_matches(|letter| !is_digit(letter));
                if digits.len() < ID_DIGITS {
                    return part.to_owned();
                }
                let next = self.ids.len() + 1;
                let number = *self.ids.entry(digits.to_owned()).or_insert(next);
                format!("{number:0width$x}{}", &part[digits.len()..], width = digits.len())
            })
            .collect()
    }
}

/// Value that is shown for what a person's authenticator or paper holds, which has no digits of an id.
fn invented_secret(name: &str, text: &str) -> Option<&'static str> {
    match name {
        "recovery_codes" => Some("mjqx-kylc-nb2h-e43u"),
        "secret" if !text.starts_with("cw") => Some("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
        "uri" => Some(
            "otpauth://totp/Blue%20Heron%20Meals:ana.reyes%40blueheron.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Blue%20Heron%20Meals&algorithm=SHA1&digits=6&period=30",
        ),
        _ => None,
    }
}

/// The hour of an instant that is now, or some hours or days from now: a walk begins on the hour, and takes
/// minutes. What is at the end of a day stays as it is.
fn hour_of(text: &str) -> String {
    let is_instant = text.len() >= 20 && text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok();
    match text.get(14..16).and_then(|minutes| minutes.parse::<u8>().ok()) {
        Some(0..30) if is_instant => format!("{}:00:00Z", &text[..13]),
        _ => text.to_owned(),
    }
}

/// A size as people say it: that of a component and of its memory differs a little from compiler to compiler.
fn rounded(bytes: u64) -> u64 {
    const PART: u64 = 1 << 20;
    if bytes < PART / 16 { bytes } else { bytes.div_ceil(PART) * PART }
}

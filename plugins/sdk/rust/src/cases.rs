//! Example cases that a plan's rules must answer as the plan expects.
//!
//! A file is `{"base": {"request", "context"}, "cases": [..]}`. Each case is `{"name", "operation",
//! "request", "context", "expect"}`; its request and context are laid over the base (objects are merged,
//! everything else is replaced). `operation` is `triage`, `presume`, `determine`, `adjudicate` or `review`; a
//! review's context is `{"today"}`. `expect` says what must be found in the answer, and nothing about the
//! rest:
//! - `kind`: the disposition or decision, `presumed` or `none`, `adjudicated`, `reviewed`, or a plan error's
//!   name;
//! - `denial`: `clinical` or `administrative`;
//! - `findings`: outcomes by criterion;
//! - `asks`: all of what is asked for, in any order, such as `{"fact": "housing.status"}`;
//! - `days`: of the presumption, or of the first granted line;
//! - `to`: where a referral is redirected;
//! - `lines`: results by `number`, with `kind` and, if given, `amount`, `reason_code` and `field`;
//! - `requirements`: standings by requirement.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::authorization::{AuthorizationRequest, Determination, Presumption};
use crate::billing::{Adjudication, Claim};
use crate::credentialing::{Application, ReviewResult};
use crate::referral::{ReferralRequest, TriageResult};
use crate::types::{Context, Date, PlanError};

/// A function of the contract, from a request and what is known around it to an answer.
pub type Function<Request, Around, Answer> = fn(Request, Around) -> Result<Answer, PlanError>;

/// Functions that answer for a plan's plugin; `None` for an interface that it does not export.
#[derive(Clone, Copy, Default)]
pub struct Answers {
    /// Function behind `referral.triage`.
    pub triage: Option<Function<ReferralRequest, Context, TriageResult>>,
    /// Function behind `authorization.presume`.
    pub presume: Option<Function<AuthorizationRequest, Context, Option<Presumption>>>,
    /// Function behind `authorization.determine`.
    pub determine: Option<Function<AuthorizationRequest, Context, Determination>>,
    /// Function behind `billing.adjudicate`.
    pub adjudicate: Option<Function<Claim, Context, Adjudication>>,
    /// Function behind `credentialing.review`.
    pub review: Option<Function<Application, Date, ReviewResult>>,
}

/// Makes a test of each case of the named files, asked of a type that implements the named interfaces:
///
/// ```ignore
/// crosswalk_plan::cases!(
///     silver_oak::SilverOak: referral, authorization in "cases/referral.json", "cases/authorization.json"
/// );
/// ```
#[macro_export]
macro_rules! cases {
    ($plugin:ty: $($interface:ident),+ in $($file:literal),+ $(,)?) => {
        fn answers() -> $crate::cases::Answers {
            let mut answers = $crate::cases::Answers::default();
            $($crate::answers_of!(answers, $plugin, $interface);)+
            answers
        }
        $($crate::cases::each_case!($file);)+
    };
}

/// Functions of one interface, as fields of [`Answers`].
#[doc(hidden)]
#[macro_export]
macro_rules! answers_of {
    ($answers:ident, $plugin:ty, referral) => {
        $answers.triage = Some(<$plugin as $crate::referral::Guest>::triage);
    };
    ($answers:ident, $plugin:ty, authorization) => {
        $answers.presume = Some(<$plugin as $crate::authorization::Guest>::presume);
        $answers.determine = Some(<$plugin as $crate::authorization::Guest>::determine);
    };
    ($answers:ident, $plugin:ty, billing) => {
        $answers.adjudicate = Some(<$plugin as $crate::billing::Guest>::adjudicate);
    };
    ($answers:ident, $plugin:ty, credentialing) => {
        $answers.review = Some(<$plugin as $crate::credentialing::Guest>::review);
    };
}

#[doc(hidden)]
pub use crosswalk_plan_cases::each_case;

/// Runs one case of a file.
///
/// # Panics
/// With what was expected and what was found, if it does not hold: it is made for tests.
#[track_caller]
pub fn hold(file: &str, name: &str, answers: &Answers) {
    let outcome = parse(file).and_then(|file| {
        let of_name = |case: &&Value| case["name"].as_str() == Some(name);
        let case = cases_of(&file)?.iter().find(of_name).ok_or("the file has no such case")?;
        run_one(&file["base"], case, answers)
    });
    assert_eq!(outcome, Ok(Vec::new()), "{name}");
}

/// Runs the cases of a file; gives their number, and a line for each that does not hold.
///
/// # Errors
/// When the file is not made as the module says.
pub fn run(file: &str, answers: &Answers) -> Result<(usize, Vec<String>), String> {
    let file = parse(file)?;
    let cases = cases_of(&file)?;
    let mut wrong = Vec::new();
    for case in cases {
        wrong.extend(run_one(&file["base"], case, answers)?);
    }
    Ok((cases.len(), wrong))
}

fn parse(file: &str) -> Result<Value, String> {
    serde_json::from_str(file).map_err(|error| error.to_string())
}

fn cases_of(file: &Value) -> Result<&Vec<Value>, String> {
    file["cases"].as_array().ok_or_else(|| "no cases".to_owned())
}

/// Differences between one case's expectation and its answer; empty if it holds.
fn run_one(base: &Value, case: &Value, answers: &Answers) -> Result<Vec<String>, String> {
    let name = case["name"].as_str().ok_or("a case without a name")?;
    let laid = |part: &str| {
        let mut whole = base[part].clone();
        lay(&mut whole, &case[part]);
        whole
    };
    let operation = case["operation"].as_str().ok_or_else(|| format!("{name}: no operation"))?;
    let answer = ask(operation, laid("request"), laid("context"), answers)
        .map_err(|error| format!("{name}: {error}"))?;
    let found = summary(&answer);
    let expect = case["expect"].as_object().ok_or_else(|| format!("{name}: expects nothing"))?;
    let wrong = expect.iter().filter(|(key, expected)| !holds(key, expected, &found[key.as_str()]));
    Ok(wrong
        .map(|(key, expected)| format!("{name}: {key}: expected {expected}, found {}", found[key.as_str()]))
        .collect())
}

/// Lays `over` on `under`.
fn lay(under: &mut Value, over: &Value) {
    match (under, over) {
        (_, Value::Null) => {}
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                match under.get_mut(key) {
                    Some(known) if known.is_object() && value.is_object() => lay(known, value),
                    _ => {
                        under.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (under, over) => *under = over.clone(),
    }
}

fn ask(operation: &str, request: Value, context: Value, answers: &Answers) -> Result<Value, String> {
    let missing = || format!("the plan has no {operation}");
    match operation {
        "triage" => Ok(shown(answers.triage.ok_or_else(missing)?(read(request)?, read(context)?))),
        "presume" => Ok(shown(
            answers.presume.ok_or_else(missing)?(read(request)?, read(context)?)
                .map(|found| json!({ "presumption": found })),
        )),
        "determine" => Ok(shown(answers.determine.ok_or_else(missing)?(read(request)?, read(context)?))),
        "adjudicate" => Ok(shown(answers.adjudicate.ok_or_else(missing)?(read(request)?, read(context)?))),
        "review" => {
            Ok(shown(answers.review.ok_or_else(missing)?(read(request)?, read(context["today"].clone())?)))
        }
        _ => Err(format!("unknown operation {operation}")),
    }
}

/// Reads a value, and refuses names that the type does not know.
fn read<T: DeserializeOwned + Serialize>(value: Value) -> Result<T, String> {
    let read: T = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
    let back = serde_json::to_value(&read).map_err(|error| error.to_string())?;
    unknown(&value, &back, "").map_or(Ok(read), |path| Err(format!("unknown field {path}")))
}

fn unknown(given: &Value, known: &Value, path: &str) -> Option<String> {
    match (given, known) {
        (Value::Object(given), Value::Object(known)) => {
            given.iter().find_map(|(key, value)| match known.get(key) {
                Some(known) => unknown(value, known, &format!("{path}/{key}")),
                None => Some(format!("{path}/{key}")),
            })
        }
        (Value::Array(given), Value::Array(known)) => {
            given.iter().zip(known).find_map(|(given, known)| unknown(given, known, path))
        }
        _ => None,
    }
}

fn shown(answer: Result<impl Serialize, PlanError>) -> Value {
    match answer {
        Ok(answer) => json!({ "ok": answer }),
        Err(error) => json!({ "error": error }),
    }
}

/// The answer under the names that `expect` uses.
fn summary(answer: &Value) -> Value {
    let mut found = Map::new();
    let ok = &answer["ok"];
    let by = |list: &Value, key: &str, value: &str| -> Value {
        let pairs = list
            .as_array()
            .into_iter()
            .flatten()
            .map(|entry| (entry[key].as_str().unwrap_or_default().to_owned(), tag(&entry[value])));
        pairs.map(|(key, value)| (key, Value::from(value))).collect::<Map<_, _>>().into()
    };
    let (kind, body) = if !answer["error"].is_null() {
        (tag(&answer["error"]), Value::Null)
    } else if let Some(presumption) = ok.get("presumption") {
        let kind = if presumption.is_null() { "none" } else { "presumed" };
        found.insert("findings".to_owned(), by(&presumption["findings"], "criterion", "outcome"));
        found.insert("days".to_owned(), presumption["days"].clone());
        (kind.to_owned(), Value::Null)
    } else if let Some(requirements) = ok.get("requirements") {
        found.insert("requirements".to_owned(), by(requirements, "requirement", "standing"));
        ("reviewed".to_owned(), Value::Null)
    } else if let Some(lines) = ok.get("lines") {
        found.insert("lines".to_owned(), lines.as_array().into_iter().flatten().map(line).collect());
        ("adjudicated".to_owned(), Value::Null)
    } else {
        let decision = ok.get("decision").or_else(|| ok.get("disposition")).cloned().unwrap_or_default();
        (tag(&decision), inner(&decision))
    };
    if let Some(findings) = ok.get("findings") {
        found.insert("findings".to_owned(), by(findings, "criterion", "outcome"));
    }
    if let Some(first) = body["lines"].get(0) {
        let day = |name: &str| serde_json::from_value::<Date>(first["days"][name].clone()).ok();
        let days = day("first").zip(day("last")).map(|(first, last)| last.days_after(first) + 1);
        found.insert("days".to_owned(), days.into());
    }
    found.insert("asks".to_owned(), if body.is_array() { body.clone() } else { Value::Null });
    found.insert("denial".to_owned(), body["kind"].clone());
    found.insert("to".to_owned(), body["to"].clone());
    found.insert("kind".to_owned(), kind.into());
    found.into()
}

fn line(result: &Value) -> Value {
    let body = inner(&result["outcome"]);
    let reason = body
        .get("reason_code")
        .or_else(|| body["adjustments"].get(0)?.get("reason"))
        .cloned()
        .unwrap_or_default();
    json!({ "number": result["number"], "kind": tag(&result["outcome"]), "amount": body["amount"], "reason_code": reason, "field": body["field"] })
}

/// A variant's case: the text itself, or the one key.
fn tag(value: &Value) -> String {
    let key = || value.as_object().and_then(|object| object.keys().next()).map(String::as_str);
    value.as_str().or_else(key).unwrap_or_default().to_owned()
}

/// Payload of a variant in JSON: the value beside its name.
fn inner(value: &Value) -> Value {
    value.as_object().and_then(|object| object.values().next()).cloned().unwrap_or_default()
}

/// True if the expectation is found: objects hold what is expected of them, `asks` are the same in any order.
fn holds(key: &str, expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => expected
            .iter()
            .all(|(name, value)| found.get(name).is_some_and(|found| holds(name, value, found))),
        (Value::Array(expected), Value::Array(found)) if key == "asks" => {
            expected.len() == found.len() && expected.iter().all(|ask| found.contains(ask))
        }
        (Value::Array(expected), Value::Array(found)) => {
            expected.len() == found.len()
                && expected.iter().zip(found).all(|(expected, found)| holds("", expected, found))
        }
        _ => expected == found,
    }
}

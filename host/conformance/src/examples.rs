//! A plan's own example cases: questions, each with what the plan expects of its plugin's answer.
//!
//! A file is `{"base": {"request", "context"}, "cases": [..]}`. Each case is `{"name", "operation",
//! "request", "context", "expect"}`; its request and context are merged into those of the base: objects field
//! by field, everything else is replaced. A review's context is `{"today"}`.
//!
//! `expect` says what must be found in the answer, and nothing about the rest:
//!
//! - `kind`: the disposition or decision; `presumed` or `none`; `adjudicated`; `reviewed`; a plan error's
//!   name; or `fault`
//! - `denial`: its kind; `to`: the destination of a redirection
//! - `findings` by criterion; `requirements` by id; `lines` by place
//! - `asks`: all of them, in any order
//! - `days`: of the presumption, or of the first granted line

use domain::near::question as did_you_mean;
use domain::plan::profile::PlanProfile;
use domain::plan::question::{Answer, Operation, Question};
use domain::plan::types::PlanError;
use jiff::civil::Date;
use sandbox::{Ending, Recorded};
use serde_json::{Map, Value, json};

use crate::judge::why_refused;
use crate::receipt::{BrokenExample, ExamplesHeld};
use crate::respondent::Respondent;
use crate::words::cut;

/// Fields that `expect` may have.
const EXPECTED: [&str; 8] = ["kind", "denial", "findings", "asks", "days", "to", "lines", "requirements"];
/// Endings that any question can have, whatever was asked.
const ENDINGS: [&str; 4] = ["invalid", "unsupported", "internal", "fault"];

/// Example cases, read from any number of files.
#[derive(Clone, Default)]
pub struct Examples {
    pub(crate) cases: Vec<Example>,
}

/// One example case of a plan.
#[derive(Clone)]
pub(crate) struct Example {
    pub(crate) name: String,
    pub(crate) question: Question,
    expect: Map<String, Value>,
}

/// Reason why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum BadFile {
    /// The file is no JSON.
    #[error("the file is not JSON: line {0}")]
    Json(usize),
    /// Not made as the module says.
    #[error("the file has no list `cases`")]
    NoCases,
    /// A case that is not made as the module says.
    #[error("case {}, {name}: {problem}", .place + 1)]
    Case {
        /// Place of the example, counted from 0.
        place: usize,
        /// Its name, if it has one.
        name: String,
        /// Field that is missing or unknown.
        problem: String,
    },
}

impl Examples {
    /// Adds the cases of a file.
    ///
    /// # Errors
    /// When the file is not made as the module says.
    pub fn read(&mut self, file: &str) -> Result<(), BadFile> {
        let file: Value = serde_json::from_str(file).map_err(|error| BadFile::Json(error.line()))?;
        self.add(&file)
    }

    /// Adds the cases of a file that was read as JSON.
    ///
    /// # Errors
    /// When the file is not made as the module says.
    pub fn add(&mut self, file: &Value) -> Result<(), BadFile> {
        let cases = file["cases"].as_array().ok_or(BadFile::NoCases)?;
        for (place, case) in cases.iter().enumerate() {
            let example = Example::read(&file["base"], case).map_err(|problem| {
                let name = case["name"].as_str().unwrap_or("without a name").to_owned();
                BadFile::Case { place, name, problem }
            })?;
            self.cases.push(example);
        }
        Ok(())
    }

    /// The cases with their names, in their order.
    pub fn cases(&self) -> impl Iterator<Item = (&str, &Question)> {
        self.cases.iter().map(|case| (case.name.as_str(), &case.question))
    }

    /// The case with this name, alone.
    #[must_use]
    pub fn only(&self, name: &str) -> Option<Self> {
        let case = self.cases.iter().find(|case| case.name == name)?;
        Some(Self { cases: vec![case.clone()] })
    }

    /// Results of the cases, if asking them ended so (in the order of the cases). For answers that were given
    /// outside a sandbox; each is checked by the floor too, under this profile.
    #[must_use]
    pub fn held(&self, profile: &PlanProfile, endings: &[Ending<Answer>]) -> ExamplesHeld {
        let mut held = ExamplesHeld { held: 0, broken: Vec::new() };
        for (case, ending) in self.cases.iter().zip(endings) {
            let refused = match ending {
                Ending::Answer(answer) => why_refused(profile, &case.question, answer),
                _ => None,
            };
            match refused.or_else(|| case.differs(ending)) {
                None => held.held += 1,
                Some(problem) => held.broken.push(BrokenExample { case: case.name.clone(), problem }),
            }
        }
        held
    }
}

/// The questions of a file's cases, in their order.
///
/// # Errors
/// When the file is not made as the module says.
pub fn questions(file: &str) -> Result<Vec<Question>, BadFile> {
    let mut examples = Examples::default();
    examples.read(file)?;
    Ok(examples.cases.into_iter().map(|case| case.question).collect())
}

impl Example {
    fn read(base: &Value, case: &Value) -> Result<Self, String> {
        let name = case["name"].as_str().ok_or("it has no `name`")?.to_owned();
        let expect =
            case["expect"].as_object().ok_or("it has no `expect`, the answer that the plan wants")?.clone();
        let question = question(base, case)?;
        check_expectation(&expect, question.operation())?;
        Ok(Self { name, question, expect })
    }

    /// Asks the case; `Some` says what was expected and what was found instead.
    pub(crate) async fn problem(&self, respondent: &impl Respondent) -> Option<String> {
        self.differs(&respondent.ask(&self.question).await.ending)
    }

    /// The same of a call that has ended.
    fn differs(&self, ending: &Ending<Answer>) -> Option<String> {
        // A fault has nothing to show but that it is one.
        let recorded = match ending {
            Ending::Answer(_) | Ending::GuestError(_) => {
                serde_json::to_value(Recorded::from(ending)).unwrap_or_default()
            }
            _ => Value::Null,
        };
        let found = summary(&recorded);
        let differs = |(key, expected): &(&String, &Value)| !holds(key, expected, &found[key.as_str()]);
        let wrong: Vec<String> = self
            .expect
            .iter()
            .filter(differs)
            .map(|(key, expected)| format!("{key}: expected {expected}, found {}", found[key.as_str()]))
            .collect();
        let said = match ending {
            Ending::GuestError(PlanError::Internal(why) | PlanError::Unsupported(why)) => {
                format!(" ({})", cut(why))
            }
            Ending::Answer(_) | Ending::GuestError(_) => String::new(),
            Ending::Deadline => format!(
                " ({} did not answer before its deadline; fix: look there for a loop that does not end)",
                self.question.operation().name()
            ),
            Ending::BadOutput { at } => format!(" ({}{at})", self.question.operation().name()),
            fault => format!(" ({} ended by {})", self.question.operation().name(), fault.code()),
        };
        (!wrong.is_empty()).then(|| wrong.join("; ") + &said)
    }

    /// The case as it would stand in a file without a base.
    pub(crate) fn whole(&self) -> Value {
        whole(&self.name, &self.question, &self.expect)
    }
}

/// A case as it would stand in a file without a base.
pub(crate) fn whole(name: &str, question: &Question, expect: &Map<String, Value>) -> Value {
    let asked = serde_json::to_value(question).map(|asked| inner(&asked)).unwrap_or_default();
    let request = ["request", "claim", "application"].iter().find_map(|name| asked.get(*name));
    let context = match asked.get("today") {
        Some(today) => json!({ "today": today }),
        None => asked["context"].clone(),
    };
    json!({
        "name": name,
        "operation": question.operation().name(),
        "request": request,
        "context": context,
        "expect": expect,
    })
}

/// The question of a case, once its parts are merged into those of the base.
fn question(base: &Value, case: &Value) -> Result<Question, String> {
    let merged = |part: &str| {
        let mut whole = base[part].clone();
        merge(&mut whole, &case[part]);
        whole
    };
    let operation = case["operation"].as_str().ok_or("it has no `operation`, such as `triage`")?;
    let (request, context) = (merged("request"), merged("context"));
    let asked = match operation {
        "adjudicate" => json!({ "claim": request, "context": context }),
        "review" => json!({ "application": request, "today": context["today"] }),
        _ => json!({ "request": request, "context": context }),
    };
    serde_json::from_value(json!({ operation: asked })).map_err(|error| error.to_string())
}

/// Checks that an answer to the operation can be as it is expected to be; else says what could be expected.
fn check_expectation(expect: &Map<String, Value>, operation: Operation) -> Result<(), String> {
    if let Some(key) = expect.keys().find(|key| !EXPECTED.contains(&key.as_str())) {
        let fix = did_you_mean(key, EXPECTED).unwrap_or_else(|| format!("known: {}", EXPECTED.join(", ")));
        return Err(format!("`expect` has no `{key}`; {fix}"));
    }
    let kinds: &[&str] = match operation {
        Operation::Triage => &["accepted", "redirected", "needs-more", "not-eligible"],
        Operation::Presume => &["presumed", "none"],
        Operation::Determine => &["approved", "partly-approved", "modified", "pended", "denied"],
        Operation::Adjudicate => &["adjudicated"],
        Operation::Review => &["reviewed"],
        Operation::Render | Operation::Parse => &[],
    };
    let Some(kind) = expect.get("kind") else { return Ok(()) };
    let possible = [kinds, &ENDINGS].concat();
    if kind.as_str().is_some_and(|kind| possible.contains(&kind)) {
        return Ok(());
    }
    Err(format!(
        "`{}` is never answered with kind {kind}; it is one of: {}",
        operation.name(),
        possible.join(", ")
    ))
}

/// Merges `over` into `under`: objects field by field; everything else takes the place of what was there.
fn merge(under: &mut Value, over: &Value) {
    match (under, over) {
        (_, Value::Null) => {}
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                match under.get_mut(key) {
                    Some(known) if known.is_object() && value.is_object() => merge(known, value),
                    _ => {
                        under.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (under, over) => *under = over.clone(),
    }
}

/// The answer under the names that `expect` uses.
fn summary(recorded: &Value) -> Value {
    let Some(answer) = recorded.get("answer") else {
        let kind = recorded.get("guest-error").map_or("fault".to_owned(), tag);
        return json!({ "kind": kind });
    };
    let (operation, body) = (tag(answer), inner(answer));
    let mut found = Map::new();
    let kind = match operation.as_str() {
        "presume" if body.is_null() => "none".to_owned(),
        "presume" => {
            found.insert("days".to_owned(), body["days"].clone());
            "presumed".to_owned()
        }
        "review" => {
            let standings = values_by(&body["requirements"], "requirement", "standing");
            found.insert("requirements".to_owned(), standings);
            "reviewed".to_owned()
        }
        "adjudicate" => {
            let lines = body["lines"].as_array().into_iter().flatten().map(line).collect();
            found.insert("lines".to_owned(), Value::Array(lines));
            "adjudicated".to_owned()
        }
        _ => {
            let decision = body.get("decision").or_else(|| body.get("disposition"));
            let decision = decision.cloned().unwrap_or_default();
            found.extend(decided(&inner(&decision)));
            tag(&decision)
        }
    };
    found.insert("findings".to_owned(), values_by(&body["findings"], "criterion", "outcome"));
    found.insert("kind".to_owned(), kind.into());
    found.into()
}

/// Summary of what a decision or disposition carries: a grant, a list of asks, a denial or a destination.
fn decided(payload: &Value) -> Map<String, Value> {
    let mut found = Map::new();
    if let Some(days) = granted_days(payload) {
        found.insert("days".to_owned(), days.into());
    }
    let asks = if payload.is_array() { payload.clone() } else { Value::Null };
    found.insert("asks".to_owned(), asks);
    found.insert("denial".to_owned(), payload["kind"].clone());
    found.insert("to".to_owned(), payload["to"].clone());
    found
}

/// Days of the first granted line, both ends counted.
fn granted_days(grant: &Value) -> Option<i64> {
    let days = &grant["lines"].get(0)?["days"];
    let day = |name: &str| days[name].as_str()?.parse::<Date>().ok();
    Some(i64::from((day("last")? - day("first")?).get_days()) + 1)
}

/// One value of each entry of a list, by the entry's key.
fn values_by(list: &Value, key: &str, value: &str) -> Value {
    let entries = list.as_array().into_iter().flatten();
    entries
        .map(|entry| (entry[key].as_str().unwrap_or_default().to_owned(), tag(&entry[value]).into()))
        .collect::<Map<String, Value>>()
        .into()
}

/// Summary of a claim's line.
fn line(result: &Value) -> Value {
    let body = inner(&result["outcome"]);
    let adjusted = || body["adjustments"].get(0)?.get("reason");
    let reason = body.get("reason_code").or_else(adjusted).cloned().unwrap_or_default();
    json!({
        "number": result["number"],
        "kind": tag(&result["outcome"]),
        "amount": body["amount"],
        "reason_code": reason,
        "field": body["field"],
    })
}

/// Name of a variant in JSON: the text itself, or the one key of the object.
fn tag(value: &Value) -> String {
    let key = || value.as_object().and_then(|object| object.keys().next()).map(String::as_str);
    value.as_str().or_else(key).unwrap_or_default().to_owned()
}

/// Payload of a variant in JSON; null for one without.
fn inner(value: &Value) -> Value {
    value.as_object().and_then(|object| object.values().next()).cloned().unwrap_or_default()
}

/// True if the expected value is found.
fn holds(key: &str, expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => expected
            .iter()
            .all(|(name, value)| found.get(name).is_some_and(|found| holds(name, value, found))),
        (Value::Array(expected), Value::Array(found)) => {
            let alike = expected.len() == found.len();
            if key == "asks" {
                return alike && expected.iter().all(|ask| found.contains(ask));
            }
            alike && expected.iter().zip(found).all(|(expected, found)| holds("", expected, found))
        }
        _ => expected == found,
    }
}

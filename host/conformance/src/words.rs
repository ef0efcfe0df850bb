//! Problems of an answer, by the names of things and not by their places: for its author, who asked it with
//! requests that the kit or the plan made up.

use domain::floor::{Broken, MOST_FINDINGS, Rule};
use domain::plan::question::Answer;
use domain::text::quoted;
use serde_json::Value;

/// The most characters of a plugin's own words that a receipt repeats.
const MOST_WORDS: usize = 2_000;

/// A plugin's own words, of bounded length.
pub(crate) fn cut(words: &str) -> String {
    let mut text: String = words.chars().take(MOST_WORDS).collect();
    if words.chars().nth(MOST_WORDS).is_some() {
        text.push('…');
    }
    text
}

/// A broken rule of the floor in words, with what the answer says there.
pub(crate) fn broken_rule(broken: &Broken, answer: &Answer) -> String {
    let answer = serde_json::to_value(answer).unwrap_or_default();
    // Behind the name of the operation stands what places are counted from.
    let body = answer.as_object().and_then(|object| object.values().next()).unwrap_or(&Value::Null);
    let found = body.pointer(&broken.at).unwrap_or(&Value::Null);
    match sentence(broken, found) {
        Some(sentence) => format!("{sentence} ({} at {})", broken.rule, broken.at),
        None => broken.to_string(),
    }
}

fn sentence(broken: &Broken, found: &Value) -> Option<String> {
    let named = named(found).map(quoted);
    Some(match broken.rule {
        Rule::DeclaredCriterion => format!(
            "the answer names criterion {}, which the profile does not declare. Fix: add it to the profile's rules, or take \
             it out of findings",
            named?
        ),
        Rule::CriterionApplies => format!(
            "the answer names criterion {}, which is not about this service on this day. Fix: take it out of findings, or \
             widen its service or days",
            named?
        ),
        Rule::DeclaredRequirement => {
            format!(
                "the answer names requirement {}, which the profile does not declare. Fix: declare it",
                named?
            )
        }
        Rule::AsksForKnownThings => format!(
            "the answer asks for {}, which neither the dictionary nor the profile knows. Fix: use a code that `crosswalk \
             plugin facts` or `crosswalk plugin documents` lists, or declare it",
            named?
        ),
        Rule::FewEnoughFindings => too_many(found, "findings")?,
        Rule::FewEnoughNotes => too_many(found, "notes")?,
        Rule::FewEnoughPiecesOfEvidence => too_many(found, "pieces of evidence for one finding")?,
        Rule::KnownEvidence => {
            let codes: Vec<String> =
                found.as_array()?.iter().filter_map(Value::as_str).take(10).map(quoted).collect();
            format!(
                "of the evidence {}, something is neither a fact nor a kind of document. Fix: name only what was read",
                codes.join(", ")
            )
        }
        _ => return None,
    })
}

/// The one word that stands there, perhaps as what is asked for.
fn named(found: &Value) -> Option<&str> {
    let asked = || found.as_object().and_then(|ask| ask.values().next()).and_then(Value::as_str);
    found.as_str().or_else(asked)
}

fn too_many(found: &Value, what: &str) -> Option<String> {
    let many = found.as_array()?.len();
    Some(format!("the answer has {many} {what}; {MOST_FINDINGS} are allowed"))
}

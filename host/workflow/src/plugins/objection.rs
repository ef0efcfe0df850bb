//! Objections of a plugin to a request that it calls invalid (`plan-error.invalid`): the fields that it
//! names.

use domain::case::WhyPeople;
use domain::floor::Rule;
use domain::plan::question::Question;
use domain::plan::types::{Bilingual, Issue};
use serde_json::Value;

/// Most fields that are handed on.
const MOST_ISSUES: usize = 50;
/// Most characters of a plugin's words about one field.
const MOST_WORDS: usize = 500;
/// Most bytes of a pointer.
const MOST_POINTER: usize = 200;

/// Why there is no answer.
pub(crate) enum NoAnswer {
    /// The plan's people decide.
    People(WhyPeople),
    /// The plugin says that the request contradicts itself.
    Sender(Vec<Named>),
}

impl From<WhyPeople> for NoAnswer {
    fn from(why: WhyPeople) -> Self {
        Self::People(why)
    }
}

/// A field that a plugin named, in the terms of the contract.
pub(crate) struct Named {
    /// The pointer's parts; none for the whole request.
    pub(crate) at: Vec<String>,
    /// Code of the fact or kind of the document that the pointer leads into.
    pub(crate) what: Option<String>,
    pub(crate) words: Bilingual,
}

/// The fields that a plugin named, those that the request has, with words of a bounded length. `None` if it
/// named none.
pub(crate) fn named(question: &Question, issues: &[Issue]) -> Option<Vec<Named>> {
    let request = request(question)?;
    let named: Vec<Named> = issues
        .iter()
        .take(MOST_ISSUES)
        .map(|issue| {
            let (at, what) = located(&request, &issue.at).unwrap_or_default();
            Named { at, what, words: bounded(&issue.problem) }
        })
        .collect();
    named.iter().any(|issue| !issue.at.is_empty()).then_some(named)
}

/// The request alone, as the contract has it.
fn request(question: &Question) -> Option<Value> {
    match question {
        Question::Triage { request, .. } => serde_json::to_value(request).ok(),
        Question::Presume { request, .. } | Question::Determine { request, .. } => {
            serde_json::to_value(request).ok()
        }
        Question::Adjudicate { claim, .. } => serde_json::to_value(claim).ok(),
        Question::Review { application, .. } => serde_json::to_value(application).ok(),
        Question::Render { .. } | Question::Parse { .. } => None,
    }
}

/// The parts of a pointer that leads somewhere in the request, with the code or kind of what it leads into.
/// The contract writes names with hyphens.
fn located(request: &Value, pointer: &str) -> Option<(Vec<String>, Option<String>)> {
    if !pointer.starts_with('/') || pointer.len() > MOST_POINTER {
        return None;
    }
    let pointer = pointer.replace('-', "_");
    request.pointer(&pointer)?;
    let parts: Vec<String> = pointer.split('/').skip(1).map(str::to_owned).collect();
    let item = parts.get(1).and_then(|place| request.get(&parts[0])?.get(place.parse::<usize>().ok()?));
    let what = item.and_then(|item| item.get("code").or_else(|| item.get("kind"))?.as_str());
    Some((parts, what.map(str::to_owned)))
}

/// A plugin's words, no longer than people read and without what a screen would obey.
fn bounded(words: &Bilingual) -> Bilingual {
    let cut = |text: &str| text.chars().filter(|letter| !letter.is_control()).take(MOST_WORDS).collect();
    Bilingual { en: cut(&words.en), es: cut(&words.es) }
}

/// A plugin that calls a request invalid and names nothing in it that its sender could correct.
pub(crate) fn names_no_field() -> WhyPeople {
    WhyPeople::AnswerRefused(Rule::InvalidNamesAField)
}

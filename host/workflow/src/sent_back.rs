//! Requests that a plan's rules send back to their sender (`plan-error.invalid`), with the fields that are wrong.
//!
//! A request goes back only if the plugin names a field that the sender sent: otherwise the sender could mend nothing,
//! and the case goes to people. No case comes of it. What stays is an audit entry, a row with the plugin, the fields and
//! what the call cost, and a number that the plan's administrators see.

use domain::case::WhyPeople;
use domain::identifiers::{Digest, PlanId};
use domain::plan::types::{Bilingual, Document, Fact, Issue};
use domain::problem::Code;
use sandbox::Question;
use serde_json::Value;
use store::Unit;
use store::refused_inputs::RefusedInput;

use crate::Crosswalk;
use crate::asking::DecisionRecord;
use crate::caller::Caller;
use crate::failure::{Failure, FieldProblem};
use crate::step::Work;

/// Most fields that are handed on.
const MOST_ISSUES: usize = 50;
/// Most characters of a plugin's words about one field.
const MOST_WORDS: usize = 500;
/// Most bytes of a pointer.
const MOST_POINTER: usize = 200;

/// Why there is no answer to believe.
pub(crate) enum Unheard {
    /// The plan's people decide.
    People(WhyPeople),
    /// The plugin says that the request contradicts itself.
    Sender(Vec<Named>),
}

impl From<WhyPeople> for Unheard {
    fn from(why: WhyPeople) -> Self {
        Self::People(why)
    }
}

/// A field that a plugin named, in the terms of the contract.
pub(crate) struct Named {
    /// The pointer's parts; none for the whole request.
    at: Vec<String>,
    /// Code of the fact or kind of the document that the pointer leads into.
    what: Option<String>,
    words: Bilingual,
}

/// What the sender's own body holds.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// Whether it is a whole new case, or only more information.
    whole: bool,
    facts: Vec<String>,
    documents: Vec<String>,
}

impl Sent {
    /// A new case.
    pub(crate) fn case(facts: &[Fact], documents: &[Document]) -> Self {
        Self { whole: true, ..Self::information(facts, documents) }
    }

    /// More information.
    pub(crate) fn information(facts: &[Fact], documents: &[Document]) -> Self {
        Self {
            whole: false,
            facts: facts.iter().map(|fact| fact.code.clone()).collect(),
            documents: documents.iter().map(|document| document.kind.clone()).collect(),
        }
    }

    /// Each named field as the sender knows it; `None` if not one of them is the sender's.
    pub(crate) fn problems(&self, named: &[Named]) -> Option<Vec<FieldProblem>> {
        let mut one_is_the_senders = false;
        let mut problems = Vec::with_capacity(named.len());
        for issue in named {
            let pointer = self.pointer(issue);
            one_is_the_senders |= pointer.is_some();
            let fix =
                "correct it and send the request again; the plan's people answer questions about their rules";
            let mut problem = FieldProblem::new(
                pointer.unwrap_or_default(),
                Code::RefusedByPlan,
                issue.words.en.clone(),
                fix,
            );
            problem.text = (!issue.words.es.is_empty()).then(|| Box::new(issue.words.clone()));
            problems.push(problem);
        }
        one_is_the_senders.then_some(problems)
    }

    /// Where the field stands in the sender's body.
    fn pointer(&self, named: &Named) -> Option<String> {
        let parts: Vec<&str> = named.at.iter().map(String::as_str).collect();
        let (first, rest) = parts.split_first()?;
        match *first {
            "facts" | "answers" => self.item(first, &self.facts, named, rest),
            "documents" => self.item(first, &self.documents, named, rest),
            _ if !self.whole => None,
            "lines" => Some(line_pointer(rest)),
            "member" => Some("/member".to_owned()),
            "preferred" => Some("/preferred_provider".to_owned()),
            "service" | "populations" | "urgency" | "kind" | "frequency" | "diagnoses" | "legal_name"
            | "services" | "counties" => Some(format!("/{}", parts.join("/"))),
            _ => None,
        }
    }

    /// A fact or a document: the rules are handed them in an order of the host's.
    fn item(&self, list: &str, sent: &[String], named: &Named, rest: &[&str]) -> Option<String> {
        let Some(what) = &named.what else { return self.whole.then(|| format!("/{list}")) };
        let place = sent.iter().position(|one| one == what)?;
        let deeper = rest.get(1).map(|field| format!("/{field}")).unwrap_or_default();
        Some(format!("/{list}/{place}{deeper}"))
    }
}

/// A line's field: the API has the days of a line beside its units, and no service.
fn line_pointer(rest: &[&str]) -> String {
    let inside = match rest.get(1..).unwrap_or_default() {
        [] | ["number"] => String::new(),
        ["days"] => "/first".to_owned(),
        ["days", end] => format!("/{end}"),
        ["service"] => "/procedure".to_owned(),
        deeper => format!("/{}", deeper.join("/")),
    };
    let place = rest.first().map(|place| format!("/{place}")).unwrap_or_default();
    format!("/lines{place}{inside}")
}

/// The fields that a plugin named, those that the request has, with words of a bounded length. `None` if it named none.
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

/// The parts of a pointer that leads somewhere in the request, with the code or kind of what it leads into. The contract
/// writes names with hyphens.
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

/// A request that went back, for the record.
#[derive(Debug)]
pub struct SentBack {
    /// The fields, as the sender knows them.
    pub problems: Vec<FieldProblem>,
    plan: PlanId,
    digest: Digest,
    operation: &'static str,
    duration_us: i64,
    memory_bytes: i64,
    cpu_ticks: u64,
}

impl SentBack {
    fn of(record: &DecisionRecord, problems: Vec<FieldProblem>) -> Self {
        Self {
            problems,
            plan: record.plan.clone(),
            digest: record.digest,
            operation: record.operation,
            duration_us: record.duration_us,
            memory_bytes: record.memory_bytes,
            cpu_ticks: record.cpu_ticks,
        }
    }

    /// The plan whose rules sent it back.
    pub fn plan(&self) -> &PlanId {
        &self.plan
    }
}

impl Work {
    /// Why people decide, unless the request goes back to its sender. The call must be the last of the work's decisions.
    ///
    /// # Errors
    /// `SentBack`.
    pub(crate) fn why_people(&self, unheard: Unheard) -> Result<WhyPeople, Failure> {
        let named = match unheard {
            Unheard::People(why) => return Ok(why),
            Unheard::Sender(named) => named,
        };
        let problems = self.sent.as_ref().and_then(|sent| sent.problems(&named));
        match (problems, self.decisions.last()) {
            (Some(problems), Some(record)) => {
                Err(Failure::SentBack(Box::new(SentBack::of(record, problems))))
            }
            _ => Ok(names_no_field()),
        }
    }
}

/// A plugin that calls a request invalid and names nothing in it that its sender could correct.
pub(crate) fn names_no_field() -> WhyPeople {
    WhyPeople::Unbelievable("invalid-names-a-field".to_owned())
}

impl Crosswalk {
    /// Keeps that a request went back, and what it cost. Nothing else of the command is kept.
    pub(crate) async fn record_sent_back(&self, caller: &Caller, failure: &Failure) -> Result<(), Failure> {
        let Failure::SentBack(back) = failure else { return Ok(()) };
        let fields: Vec<String> = back.problems.iter().map(|problem| problem.pointer.clone()).collect();
        let labels = [("plan", back.plan.to_string()), ("operation", back.operation.to_owned())];
        metrics::counter!("crosswalk_refused_inputs", &labels).increment(1);
        let entry = self.audit_entry(caller, "send-back", "plugin", &back.digest.to_string());
        let entry = store::audit::Entry {
            plan: Some(back.plan.clone()),
            outcome: "refused-input".to_owned(),
            ..entry
        };
        let row = RefusedInput {
            id: self.id(|uuid| uuid).to_string(),
            plan: back.plan.clone(),
            digest: back.digest,
            operation: back.operation.to_owned(),
            provider_org: *caller.organization()?,
            fields,
            duration_us: back.duration_us,
            memory_bytes: back.memory_bytes,
            cpu_ticks: i64::try_from(back.cpu_ticks).unwrap_or(i64::MAX),
            at: self.now(),
        };
        let unit = Unit::of([store::audit::insert(&entry), store::refused_inputs::insert(&row)]);
        Ok(self.store().commit(unit).await?)
    }
}

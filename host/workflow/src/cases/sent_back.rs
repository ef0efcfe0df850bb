//! Requests that a plan's rules send back to their sender (`plan-error.invalid`), with the fields that are
//! wrong.
//!
//! A request goes back only if the plugin names a field that the sender sent: otherwise the sender could mend
//! nothing, and the case goes to people. No case comes of it. What stays is an audit entry, a row with the
//! plugin, the fields and what the call cost, and a number that the plan's administrators see.

use domain::case::WhyPeople;
use domain::plan::types::{Document, Fact};
use domain::problem::Code;

use crate::cases::step::Work;
use crate::command::failure::{Failure, FieldProblem};
use crate::command::sent_back::SentBack;
use crate::plugins::asking::{self, EvaluationRecord, Ruling};
use crate::plugins::objection::{Named, NoAnswer, names_no_field};

/// Facts and documents of the sender's own body, by which a plan's objection finds its field there.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// True for a whole new case, false for more information on one.
    whole: bool,
    facts: Vec<String>,
    documents: Vec<String>,
}

impl Sent {
    /// Body of a request that makes a case.
    pub(crate) fn case(facts: &[Fact], documents: &[Document]) -> Self {
        Self { whole: true, ..Self::information(facts, documents) }
    }

    /// Body of a request that adds to a case.
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

    /// JSON Pointer to the field in the sender's body; `None` if it is not there.
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

impl Work {
    /// Why people decide where no ruling came that the case could take, unless the request goes back to its
    /// sender. The call must be the last of the work's evaluations.
    ///
    /// # Errors
    /// `SentBack`.
    pub(crate) fn why_people(&self, none: Result<Ruling, NoAnswer>) -> Result<WhyPeople, Failure> {
        let named = match none {
            Ok(_) => return Ok(asking::another_answer()),
            Err(NoAnswer::People(why)) => return Ok(why),
            Err(NoAnswer::Sender(named)) => named,
        };
        let problems = self.sent.as_ref().and_then(|sent| sent.problems(&named));
        match (problems, self.evaluations.last()) {
            (Some(problems), Some(record)) => Err(Failure::SentBack(Box::new(record.sent_back(problems)))),
            _ => Ok(names_no_field()),
        }
    }
}

impl EvaluationRecord {
    fn sent_back(&self, problems: Vec<FieldProblem>) -> SentBack {
        SentBack {
            problems,
            plan: self.plan.clone(),
            digest: self.digest,
            operation: self.operation,
            duration_us: self.duration_us,
            memory_bytes: self.memory_bytes,
            cpu_ticks: self.cpu_ticks,
        }
    }
}

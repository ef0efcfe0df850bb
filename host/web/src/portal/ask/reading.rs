//! A form's fields, read as the API reads its bodies, and their mistakes at the field that it came
//! from.

use domain::plan::authorization::RequestedLine;
use domain::plan::profile::FactKind;
use domain::plan::types::{Document, Fact, FactSource, FactValue, Urgency};
use domain::problem::Code;
use domain::time::pacific_day;
use jiff::civil::Date;
use portal::Words;
use portal::ask::draft::{Attached, Draft, FACT, ISSUED, UNKNOWN};
use portal::ask::view;
use portal::ask::wanted::{Wanted, WantedFact};
use portal::ask::{Slip, Slips};
use serde_json::Value;

use super::Loaded;
use crate::App;
use crate::input::authorizations::{RequestedLineBody, requested_lines};
use crate::input::evidence::{self, DocumentBody, FactBody};
use crate::input::referrals::urgency;
use crate::input::{Input, ProcedureBody};
use crate::problem::ApiError;

/// A request as the form has it, read as the API reads its bodies.
struct RequestBody {
    service: String,
    populations: Vec<String>,
    urgency: Option<String>,
    facts: Vec<FactBody>,
    documents: Vec<DocumentBody>,
    lines: Vec<RequestedLineBody>,
}

/// The same as values of the API.
#[derive(Clone)]
pub(super) struct AskedFor {
    pub(super) service: String,
    pub(super) populations: Vec<String>,
    pub(super) urgency: Urgency,
    pub(super) facts: Vec<Fact>,
    pub(super) documents: Vec<Document>,
    pub(super) lines: Vec<RequestedLine>,
}

impl Input for RequestBody {
    type Command = AskedFor;

    fn read(self, reader: &mut crate::input::Reader) -> Option<AskedFor> {
        let service = reader.referable_service("/service", &self.service);
        let populations = reader.populations("/populations", self.populations);
        let urgency = urgency(reader, "/urgency", self.urgency.as_deref());
        let facts = evidence::facts(reader, "/facts", self.facts);
        let documents = evidence::documents(reader, "/documents", self.documents);
        let lines = if self.lines.is_empty() {
            Some(Vec::new())
        } else {
            requested_lines(reader, "/lines", self.lines, Some(&self.service))
        };
        Some(AskedFor {
            service: service?,
            populations: populations?,
            urgency: urgency?,
            facts: facts?,
            documents: documents?,
            lines: lines?,
        })
    }
}

/// Names of the fields from which facts and documents of a body came, in their order there.
#[derive(Default)]
pub(in crate::portal) struct Origin {
    facts: Vec<(String, FactKind)>,
    documents: Vec<String>,
}

impl Origin {
    /// Mistakes, at the fields that it came from.
    pub(in crate::portal) fn slips(&self, words: Words, error: &ApiError) -> Slips {
        let problem = error.problem("", words.language);
        let mut slips = Slips::new();
        for field in problem.errors {
            let (name, slip) =
                self.slip(&field.pointer, field.code, &format!("{}: {}", field.detail, field.fix));
            slips.entry(name).or_insert(slip);
        }
        slips
    }

    fn slip(&self, pointer: &str, code: Code, text: &str) -> (String, Slip) {
        let mut steps = pointer.split('/').skip(1);
        let (list, place, field) = (steps.next(), steps.next(), steps.next());
        let place = place.and_then(|place| place.parse::<usize>().ok());
        let other = || Slip::Other(text.to_owned());
        match (list, place, field) {
            (Some("facts"), Some(place), _) => match self.facts.get(place) {
                Some((name, kind)) if code == Code::InvalidValue => (name.clone(), Slip::Answer(*kind)),
                Some((name, _)) if code == Code::FutureDay || code == Code::InvalidDay => {
                    (name.clone(), Slip::Day)
                }
                Some((name, _)) => (name.clone(), other()),
                None => (pointer.to_owned(), other()),
            },
            (Some("lines"), _, Some("first")) => ("first".to_owned(), Slip::Day),
            (Some("lines"), _, Some("last")) if code == Code::DaysOutOfOrder => {
                ("last".to_owned(), Slip::Order)
            }
            (Some("lines"), _, Some("last")) => ("last".to_owned(), Slip::Day),
            (Some("lines"), _, Some("units")) => ("units".to_owned(), Slip::Units),
            (Some("documents"), Some(place), Some("issued")) => {
                let kind = self.documents.get(place).cloned().unwrap_or_default();
                (format!("{ISSUED}{kind}"), Slip::Day)
            }
            (Some("documents"), ..) => ("document".to_owned(), other()),
            _ => (pointer.to_owned(), other()),
        }
    }

    /// Facts of answers, each with the name of its field.
    pub(in crate::portal) fn answered<'a>(
        &mut self,
        facts: impl Iterator<Item = &'a WantedFact>,
        draft: &Draft,
        source: &str,
    ) -> Vec<FactBody> {
        let mut bodies = Vec::new();
        for fact in facts {
            let definition = &fact.definition;
            let Some(answer) = draft.answer(&definition.code).filter(|answer| *answer != UNKNOWN) else {
                continue;
            };
            self.facts.push((format!("{FACT}{}", definition.code), definition.kind));
            bodies.push(FactBody {
                code: definition.code.clone(),
                value: value_of(definition.kind, answer),
                as_of: None,
                source: Some(source.to_owned()),
            });
        }
        bodies
    }

    /// Documents as a body names them.
    pub(in crate::portal) fn attached(&mut self, attached: &[Attached]) -> Vec<DocumentBody> {
        self.documents = attached.iter().map(|one| one.kind.clone()).collect();
        let body = |one: &Attached| DocumentBody {
            kind: one.kind.clone(),
            issued: one.issued.clone(),
            expires: None,
            amount: None,
            document: Some(one.id.clone()),
        };
        attached.iter().map(body).collect()
    }
}

/// An answer in the form in which a body states a fact of this kind.
fn value_of(kind: FactKind, answer: &str) -> Value {
    match (kind, answer) {
        (FactKind::Flag, "yes") => Value::Bool(true),
        (FactKind::Flag, "no") => Value::Bool(false),
        (FactKind::Count, text) => {
            let digits: String = text.chars().filter(|letter| !matches!(letter, ',' | '$' | ' ')).collect();
            digits.parse::<i64>().map_or_else(|_| Value::from(text), Value::from)
        }
        (_, text) => Value::from(text),
    }
}

/// The request that the draft asks for, with what earlier cases tell where nobody answered anew.
pub(super) fn read_request(
    app: &App,
    loaded: &Loaded,
    draft: &Draft,
    words: Words,
) -> Result<AskedFor, Slips> {
    let Some(wanted) = &loaded.wanted else {
        return Err(Slips::from([("service".to_owned(), Slip::Service)]));
    };
    let today = pacific_day(app.crosswalk.now());
    let mut origin = Origin::default();
    let source = if draft.gives() { "provider" } else { "referrer" };
    let mut facts = origin.answered(wanted.facts.iter(), draft, source);
    for fact in &wanted.facts {
        let code = &fact.definition.code;
        if draft.answer(code).is_none()
            && let Some(known) = loaded.known.facts.get(code)
        {
            origin.facts.push((format!("{FACT}{code}"), fact.definition.kind));
            facts.push(restated(fact.definition.kind, known));
        }
    }
    let documents = origin.attached(&wanted.attached(draft, &loaded.known));
    let populations = if draft.get("answered").is_some() {
        draft.all("population").map(str::to_owned).collect()
    } else {
        loaded.known.populations.clone()
    };
    let body = RequestBody {
        service: wanted.service.id.clone(),
        populations: if wanted.by_population { populations } else { Vec::new() },
        urgency: draft.filled("urgency").map(str::to_owned),
        facts,
        documents,
        lines: if draft.gives() { vec![line_of(wanted, draft, today)] } else { Vec::new() },
    };
    app.read(body).map_err(|error| origin.slips(words, &error))
}

/// A fact of an earlier case, as it was stated: its day and its source stay.
fn restated(kind: FactKind, fact: &Fact) -> FactBody {
    let source = match fact.source {
        FactSource::Member => "member",
        FactSource::Referrer => "referrer",
        FactSource::Document => "document",
        _ => "provider",
    };
    let value = match &fact.value {
        FactValue::Flag(flag) => Value::Bool(*flag),
        value => value_of(kind, &view::raw(value)),
    };
    FactBody {
        code: fact.code.clone(),
        value,
        as_of: Some(fact.as_of.to_string()),
        source: Some(source.to_owned()),
    }
}

fn line_of(wanted: &Wanted, draft: &Draft, today: Date) -> RequestedLineBody {
    let line = wanted.line(draft, today);
    let procedure = wanted.procedure(draft).map(|billed| billed.procedure.to_string()).unwrap_or_default();
    let mut words = procedure.split_whitespace().map(str::to_owned);
    RequestedLineBody {
        procedure: ProcedureBody { code: words.next().unwrap_or_default(), modifiers: words.collect() },
        // What is no number is none that can be asked for.
        units: line.units.parse().unwrap_or(0),
        first: line.first,
        last: line.last,
    }
}

#[cfg(test)]
mod tests;

//! Facts and documents that may be supplied to a question, with the values to try.

use domain::dictionary::Dictionary;
use domain::plan::profile::{Criterion, FactDefinition, FactKind, PlanProfile};
use domain::plan::question::Question;
use domain::plan::types::{Ask, Document, Fact, FactSource, FactValue, Finding, FindingOutcome};
use jiff::ToSpan;
use jiff::civil::Date;

/// Most facts and documents that one search tries.
const MOST_THINGS: usize = 24;
/// Most codes of one fact that are tried.
const MOST_CODES: usize = 12;

/// Counts at which thresholds are looked for. A threshold between two of these is found by halving.
const COUNTS: &[i64] = &[0, 1, 3, 10, 30, 100, 1_000];
/// The same for measures, in thousandths.
const MEASURES: &[i64] = &[0, 1_000, 3_000, 10_000, 30_000, 100_000, 1_000_000];
/// The same for days, counted from today. Nothing that is still to come is supposed to have happened.
const DAYS: &[i64] = &[-3_650, -730, -365, -182, -30, 0];

/// A fact or a document that may be supplied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Thing {
    /// A fact of the dictionary, or of the plan's own.
    Fact(FactDefinition),
    /// A kind of document.
    Document(String),
}

/// One value of a thing, small enough to compare and to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Pick {
    /// The document is there.
    Attached,
    /// A flag's yes or no.
    Flag(bool),
    /// The code at this place of the fact's list.
    Code(usize),
    /// A count, thousandths of a measure, or days from today.
    Number(i64),
}

/// A value of a fact, or a document, supplied.
pub(crate) enum Supplied {
    Fact(Fact),
    Document(Document),
}

/// Things that the question's answer leaves open, in the order in which it says so: those that it asks for,
/// then those that the criteria read that are not met. An answer that leaves nothing open is a grant of less
/// than was asked for: then all that the service's criteria read and nobody has said yet.
pub(crate) fn things(
    question: &Question,
    asks: &[Ask],
    findings: &[Finding],
    profile: &PlanProfile,
) -> Vec<Thing> {
    let mut wanted: Vec<Ask> = asks.to_vec();
    let unmet = findings.iter().filter(|finding| finding.outcome != FindingOutcome::Met);
    for finding in unmet {
        let declared = profile.criteria.iter().filter(|criterion| criterion.id == finding.criterion);
        declared.for_each(|criterion| read_by(criterion, &mut wanted));
    }
    if wanted.is_empty() {
        let (services, on) = services(question);
        let speaks = |criterion: &&Criterion| {
            criterion.days.holds(on) && (criterion.service == "*" || services.contains(&&*criterion.service))
        };
        profile.criteria.iter().filter(speaks).for_each(|criterion| read_by(criterion, &mut wanted));
        wanted.retain(|ask| !is_known(question, ask));
    }
    let mut things: Vec<Thing> = Vec::new();
    for thing in wanted.iter().filter_map(|ask| thing(question, ask, profile)) {
        if things.len() < MOST_THINGS && !things.contains(&thing) {
            things.push(thing);
        }
    }
    things
}

fn read_by(criterion: &Criterion, wanted: &mut Vec<Ask>) {
    wanted.extend(criterion.facts.iter().cloned().map(Ask::Fact));
    wanted.extend(criterion.documents.iter().cloned().map(Ask::Document));
}

/// The thing behind an ask, if a provider could supply it and there is a way to try it: words cannot be
/// guessed, and what the plan's file, its claims or the host say, nobody else can say.
fn thing(question: &Question, ask: &Ask, profile: &PlanProfile) -> Option<Thing> {
    match ask {
        Ask::Document(kind) => Some(Thing::Document(kind.clone())),
        Ask::Fact(code) => {
            let own = || profile.facts.iter().find(|fact| &fact.code == code);
            let definition = Dictionary::state().fact(code).or_else(own)?;
            let (facts, _) = evidence(question)?;
            let others = [FactSource::PlanFile, FactSource::Claims, FactSource::Host];
            let fixed = facts.iter().any(|fact| &fact.code == code && others.contains(&fact.source));
            (definition.kind != FactKind::Text && !fixed).then(|| Thing::Fact(definition.clone()))
        }
    }
}

fn is_known(question: &Question, ask: &Ask) -> bool {
    let Some((facts, documents)) = evidence(question) else { return true };
    match ask {
        Ask::Fact(code) => facts.iter().any(|fact| &fact.code == code),
        Ask::Document(kind) => documents.iter().any(|document| &document.kind == kind),
    }
}

/// True if the question says the very same already.
pub(crate) fn says(question: &Question, supplied: &Supplied) -> bool {
    let Some((facts, _)) = evidence(question) else { return false };
    match supplied {
        Supplied::Fact(fact) => {
            facts.iter().any(|known| known.code == fact.code && known.value == fact.value)
        }
        // Another copy may be newer than the one that is there.
        Supplied::Document(_) => false,
    }
}

/// The services that a question is about, and the day of their rules.
fn services(question: &Question) -> (Vec<&str>, Date) {
    match question {
        Question::Triage { request, context } => (vec![&*request.service], context.as_of),
        Question::Presume { request, context } | Question::Determine { request, context } => {
            (vec![&*request.service], context.as_of)
        }
        Question::Adjudicate { claim, context } => {
            (claim.lines.iter().map(|line| &*line.service).collect(), context.as_of)
        }
        Question::Review { today, .. } => (Vec::new(), *today),
        Question::Render { .. } | Question::Parse { .. } => (Vec::new(), Date::MIN),
    }
}

/// Today, as the question says it.
pub(crate) fn today(question: &Question) -> Option<Date> {
    match question {
        Question::Triage { context, .. }
        | Question::Presume { context, .. }
        | Question::Determine { context, .. }
        | Question::Adjudicate { context, .. } => Some(context.today),
        Question::Review { .. } | Question::Render { .. } | Question::Parse { .. } => None,
    }
}

/// Facts and documents of the question.
fn evidence(question: &Question) -> Option<(&[Fact], &[Document])> {
    match question {
        Question::Triage { request, .. } => Some((&request.facts, &request.documents)),
        Question::Determine { request, .. } => Some((&request.facts, &request.documents)),
        Question::Adjudicate { claim, .. } => Some((&claim.facts, &claim.documents)),
        _ => None,
    }
}

/// The same question with this supplied, as `POST …/information` would do it: a later fact replaces an
/// earlier one of its code, a later document one of its kind. Nothing else of a question is ever changed.
pub(crate) fn with(mut question: Question, supplied: Vec<Supplied>) -> Question {
    let (facts, documents) = match &mut question {
        Question::Triage { request, .. } => (&mut request.facts, &mut request.documents),
        Question::Determine { request, .. } => (&mut request.facts, &mut request.documents),
        Question::Adjudicate { claim, .. } => (&mut claim.facts, &mut claim.documents),
        _ => return question,
    };
    for one in supplied {
        match one {
            Supplied::Fact(fact) => {
                facts.retain(|known| known.code != fact.code);
                facts.push(fact);
            }
            Supplied::Document(document) => {
                documents.retain(|known| known.kind != document.kind);
                documents.push(document);
            }
        }
    }
    question
}

impl Thing {
    /// The values to try first, in the order of a scale where there is one.
    pub(crate) fn picks(&self) -> Vec<Pick> {
        let Self::Fact(definition) = self else { return vec![Pick::Attached] };
        match definition.kind {
            FactKind::Flag => vec![Pick::Flag(true), Pick::Flag(false)],
            FactKind::Coded => (0..definition.codes.len().min(MOST_CODES)).map(Pick::Code).collect(),
            FactKind::Count => COUNTS.iter().copied().map(Pick::Number).collect(),
            FactKind::Measure => MEASURES.iter().copied().map(Pick::Number).collect(),
            FactKind::Day => DAYS.iter().copied().map(Pick::Number).collect(),
            FactKind::Text => Vec::new(),
        }
    }

    /// Fact or document that a pick stands for, as a provider would state it on `today`.
    pub(crate) fn supplied(&self, pick: Pick, today: Date) -> Option<Supplied> {
        match self {
            Self::Document(kind) => Some(Supplied::Document(Document {
                kind: kind.clone(),
                issued: Some(today),
                expires: None,
                amount: None,
                content: None,
            })),
            Self::Fact(definition) => Some(Supplied::Fact(Fact {
                code: definition.code.clone(),
                value: self.value(pick, today)?,
                source: FactSource::Provider,
                as_of: today,
            })),
        }
    }

    /// The value that a pick stands for; none for a document.
    pub(crate) fn value(&self, pick: Pick, today: Date) -> Option<FactValue> {
        let Self::Fact(definition) = self else { return None };
        Some(match (definition.kind, pick) {
            (FactKind::Flag, Pick::Flag(flag)) => FactValue::Flag(flag),
            (FactKind::Coded, Pick::Code(place)) => FactValue::Coded(definition.codes.get(place)?.clone()),
            (FactKind::Count, Pick::Number(count)) => FactValue::Count(count),
            (FactKind::Measure, Pick::Number(thousandths)) => FactValue::Measure(thousandths),
            (FactKind::Day, Pick::Number(days)) => FactValue::Day(today.saturating_add(days.days())),
            _ => return None,
        })
    }

    /// As plans ask for it.
    pub(crate) fn ask(&self) -> Ask {
        match self {
            Self::Fact(definition) => Ask::Fact(definition.code.clone()),
            Self::Document(kind) => Ask::Document(kind.clone()),
        }
    }
}

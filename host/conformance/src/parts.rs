//! Parts that all questions about a case have, to be changed in place.

use domain::plan::question::Question;
use domain::plan::types::{Context, Document, Fact, Member, Provider, Urgency};

/// The parts of a question; absent where its operation has none.
pub(crate) struct Parts<'q> {
    pub(crate) facts: &'q mut Vec<Fact>,
    pub(crate) documents: &'q mut Vec<Document>,
    pub(crate) provider: Option<&'q mut Provider>,
    pub(crate) populations: Option<&'q mut Vec<String>>,
    pub(crate) urgency: Option<&'q mut Urgency>,
    pub(crate) around: Option<(&'q mut Member, &'q mut Context)>,
}

/// Takes a question apart; `None` for files, which are not about a case.
pub(crate) fn parts(question: &mut Question) -> Option<Parts<'_>> {
    Some(match question {
        Question::Triage { request, context } => Parts {
            facts: &mut request.facts,
            documents: &mut request.documents,
            provider: request.preferred.as_mut(),
            populations: Some(&mut request.populations),
            urgency: Some(&mut request.urgency),
            around: Some((&mut request.member, context)),
        },
        Question::Presume { request, context } | Question::Determine { request, context } => Parts {
            facts: &mut request.facts,
            documents: &mut request.documents,
            provider: Some(&mut request.provider),
            populations: Some(&mut request.populations),
            urgency: Some(&mut request.urgency),
            around: Some((&mut request.member, context)),
        },
        Question::Adjudicate { claim, context } => Parts {
            facts: &mut claim.facts,
            documents: &mut claim.documents,
            provider: Some(&mut claim.provider),
            populations: None,
            urgency: None,
            around: Some((&mut claim.member, context)),
        },
        Question::Review { application, .. } => Parts {
            facts: &mut application.answers,
            documents: &mut application.documents,
            provider: Some(&mut application.provider),
            populations: None,
            urgency: None,
            around: None,
        },
        Question::Render { .. } | Question::Parse { .. } => return None,
    })
}

/// The facts of a question.
pub(crate) fn facts(question: &Question) -> &[Fact] {
    match question {
        Question::Triage { request, .. } => &request.facts,
        Question::Presume { request, .. } | Question::Determine { request, .. } => &request.facts,
        Question::Adjudicate { claim, .. } => &claim.facts,
        Question::Review { application, .. } => &application.answers,
        Question::Render { .. } | Question::Parse { .. } => &[],
    }
}

/// Says a fact, in the place of what was said before under its code: a case holds each code once.
pub(crate) fn say(facts: &mut Vec<Fact>, fact: Fact) {
    match facts.iter_mut().find(|known| known.code == fact.code) {
        Some(known) => *known = fact,
        None => facts.push(fact),
    }
}

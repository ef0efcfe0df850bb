//! One person, held against the rules of every plan of the county by what the person's earlier cases say. No
//! plan is told who it is.

use askama::Template;
use domain::dictionary::Dictionary;
use domain::plan::types::{Ask, Fact, FactSource, FindingOutcome};
use i18n_embed_fl::fl;
use workflow::shown::{AskedAcross, AskedFinding, PersonToAsk, PlanAnswer};

use super::{COUNTY, GRID, Place, SERVICE};
use crate::case::value_text;
use crate::names::{self, Names};
use crate::parts::{Action, Entry, Row, Sheet, Summary};
use crate::people::person::address;
use crate::shell::{Frame, Shell};
use crate::today::name;
use crate::words::Words;

/// A person, and what each plan answered.
pub struct Checked<'a> {
    /// The person, and the case that the plans were asked.
    pub person: &'a PersonToAsk,
    /// Answers of the plans to it.
    pub asked: &'a AskedAcross,
    /// Names of plans, by their ids.
    pub names: &'a Names,
}

/// One plan's answer in words.
pub(crate) struct Answer {
    pub(crate) plan: String,
    pub(crate) answer: String,
    pub(crate) needs: String,
}

/// Parts of the page.
pub(crate) struct Parts {
    pub(crate) service: String,
    /// Name of the person, and the address of the page.
    pub(crate) person: (String, String),
    pub(crate) back: String,
    pub(crate) day: String,
    pub(crate) answers: Vec<Answer>,
    /// Criteria, each with a cell for every plan.
    pub(crate) criteria: Vec<(String, Vec<String>)>,
    pub(crate) known: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "criteria/person.html")]
struct CheckedPage {
    shell: Shell,
    heading: String,
    person: (String, String),
    says: String,
    answers: Option<Sheet>,
    nobody: Option<String>,
    criteria: Option<Sheet>,
    known: Option<Summary>,
    unknown: Option<String>,
    back: Action,
}

/// Page of a person who was checked, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, checked: &Checked<'_>) -> String {
    let words = frame.words;
    let service = checked.person.case.services.first().map(String::as_str).unwrap_or_default();
    let answers: Vec<&PlanAnswer> = checked.asked.services.iter().flat_map(|one| &one.answers).collect();
    let member = &checked.person.member;
    let parts = Parts {
        service: names::service(words, service),
        person: (name(member), address(&member.id.to_string())),
        back: format!("{GRID}?{SERVICE}={service}&{COUNTY}={}", checked.asked.county),
        day: words.weekday(checked.asked.on),
        answers: answers.iter().map(|one| answer(words, one, checked.names)).collect(),
        criteria: criteria(words, &answers),
        known: checked.person.case.facts.iter().map(|fact| known(words, fact)).collect(),
    };
    view(frame, parts)
}

pub(crate) fn view(frame: &Frame<'_>, parts: Parts) -> String {
    let words = frame.words;
    let l = words.l;
    // The title stays in a browser's history: it names the service, and never the person.
    let heading = fl!(l, "criteria-checked", service = parts.service);
    let heads = [fl!(l, "plan"), fl!(l, "money-answer"), fl!(l, "criteria-needs")];
    let plans: Vec<String> = parts.answers.iter().map(|one| one.plan.clone()).collect();
    let answer = |one: Answer| Row {
        name: one.plan,
        address: None,
        cells: vec![(heads[1].clone(), one.answer), (heads[2].clone(), one.needs)],
    };
    let rows: Vec<Row> = parts.answers.into_iter().map(answer).collect();
    let criterion = |(text, cells): (String, Vec<String>)| Row {
        name: text,
        address: None,
        cells: plans.iter().cloned().zip(cells).collect(),
    };
    let criteria: Vec<Row> = parts.criteria.into_iter().map(criterion).collect();
    let page = CheckedPage {
        shell: Shell::of(frame, &heading, Some(Place::Criteria)),
        heading,
        person: parts.person,
        says: fl!(l, "criteria-checked-says", day = parts.day),
        nobody: rows.is_empty().then(|| fl!(l, "criteria-checked-nobody")),
        answers: (!rows.is_empty()).then(|| Sheet {
            caption: fl!(l, "criteria-answers"),
            heads: heads.to_vec(),
            rows,
        }),
        criteria: (!criteria.is_empty()).then(|| Sheet {
            caption: fl!(l, "criteria-judged"),
            heads: std::iter::once(fl!(l, "asked")).chain(plans.iter().cloned()).collect(),
            rows: criteria,
        }),
        unknown: parts.known.is_empty().then(|| fl!(l, "criteria-known-nothing")),
        known: (!parts.known.is_empty()).then_some(Summary { rows: parts.known }),
        back: Action::other(fl!(l, "criteria-back"), parts.back),
    };
    page.to_string()
}

fn answer(words: Words, answer: &PlanAnswer, names: &Names) -> Answer {
    let l = words.l;
    let needs: Vec<String> = answer.asks.iter().map(|asked| words.pick(&asked.question)).collect();
    let said = match answer.answer {
        "clinical-review" => fl!(l, "criteria-clinical-review"),
        "could-not-answer" => fl!(l, "criteria-could-not-answer"),
        "invalid-request" => fl!(l, "criteria-contradicts"),
        word => words.of_family("status", word),
    };
    let start = answer.presumption.as_ref().map(|_| fl!(l, "criteria-may-start"));
    Answer {
        plan: names.plan(&answer.plan),
        answer: std::iter::once(said).chain(start).collect::<Vec<_>>().join(". "),
        needs: if needs.is_empty() { fl!(l, "criteria-needs-nothing") } else { needs.join(" ") },
    }
}

/// Each criterion that a plan named, once by its words, with every plan's finding.
fn criteria(words: Words, answers: &[&PlanAnswer]) -> Vec<(String, Vec<String>)> {
    let text = |told: &AskedFinding| {
        told.text.as_ref().map_or_else(|| told.finding.criterion.clone(), |text| words.pick(text))
    };
    let mut texts: Vec<String> = Vec::new();
    for told in answers.iter().flat_map(|answer| &answer.findings) {
        let text = text(told);
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    let cell = |answer: &PlanAnswer, wanted: &str| {
        let found = answer.findings.iter().find(|told| text(told) == wanted);
        found.map_or_else(|| fl!(words.l, "not-asked"), |told| outcome(words, told.finding.outcome))
    };
    let row = |wanted: String| {
        let cells = answers.iter().map(|answer| cell(answer, &wanted)).collect();
        (wanted, cells)
    };
    texts.into_iter().map(row).collect()
}

fn outcome(words: Words, outcome: FindingOutcome) -> String {
    let l = words.l;
    match outcome {
        FindingOutcome::Met => fl!(l, "met"),
        FindingOutcome::NotMet => fl!(l, "not-met"),
        FindingOutcome::Unknown => fl!(l, "not-known"),
    }
}

/// A fact that was known already, with its source and day.
pub(crate) fn known(words: Words, fact: &Fact) -> Entry {
    let definition = Dictionary::state().known_fact(&fact.code).map(|known| &known.definition);
    let name = definition.map_or_else(|| fact.code.clone(), |known| words.pick(&known.question));
    let l = words.l;
    let source = match fact.source {
        FactSource::Member => fl!(l, "criteria-from-person"),
        FactSource::Referrer => fl!(l, "criteria-from-referrer"),
        FactSource::Provider => fl!(l, "from-provider"),
        FactSource::PlanFile | FactSource::Claims => fl!(l, "from-plan-file"),
        FactSource::Document => fl!(l, "ask-source-document"),
        FactSource::Host => fl!(l, "criteria-from-host"),
    };
    let value = value_text(words, &fact.value, &Ask::Fact(fact.code.clone()));
    Entry { name, value, note: Some(format!("{source}, {}", words.day(fact.as_of))) }
}

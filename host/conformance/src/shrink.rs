//! Shrinking: a request that fails a check is made as small as it can be while it still fails the same check,
//! as property tests do. The plan's author then reads the one fact that matters, not thirty.

use std::time::{Duration, Instant};

use domain::Cents;
use domain::plan::authorization::RequestKind;
use domain::plan::question::Question;
use domain::plan::types::{Context, Document, FactValue, Period, Urgency};

use crate::check::Check;
use crate::judge::judge;
use crate::parts::{Parts, parts};
use crate::respondent::Respondent;

/// Most requests that are tried for one check.
const MOST_TRIES: usize = 600;
/// Longest time for one check; a plugin that runs into its deadline takes long to shrink.
const MOST_TIME: Duration = Duration::from_secs(4);

/// The smallest request found that still fails the check, and what is wrong with it. Never larger than
/// `failing`.
pub(crate) async fn smallest(
    respondent: &impl Respondent,
    check: Check,
    failing: Question,
    wrong: String,
) -> (Question, String) {
    let (started, mut tries) = (Instant::now(), 0);
    let (mut smallest, mut wrong) = (failing, wrong);
    'smaller: loop {
        let size = size(&smallest);
        for candidate in candidates(&smallest).into_iter().filter(|candidate| self::size(candidate) < size) {
            if tries == MOST_TRIES || started.elapsed() > MOST_TIME {
                return (smallest, wrong);
            }
            tries += 1;
            let verdict = judge(respondent, &candidate).await;
            let still = verdict.checks.into_iter().find(|(of, wrong)| *of == check && wrong.is_some());
            if let Some((_, Some(still))) = still {
                (smallest, wrong) = (candidate, still);
                continue 'smaller;
            }
        }
        return (smallest, wrong);
    }
}

/// Size of a request, by which one is smaller than another: the bytes of its canonical JSON.
pub(crate) fn size(question: &Question) -> usize {
    question.canonical_bytes().len()
}

/// The request with something taken away or made plainer, the largest steps first. Each stays valid: an
/// authorization or claim keeps a line, a credentialing file a service.
fn candidates(question: &Question) -> Vec<Question> {
    let mut simpler = Simpler { question, candidates: Vec::new() };
    simpler.without_lists();
    simpler.fewer_lines();
    simpler.fewer_facts_and_documents();
    simpler.plainer_context();
    simpler.plainer_facts();
    simpler.plainer_documents();
    simpler.plainer_lines();
    simpler.candidates
}

/// Simpler requests than `question`, collected one by one.
struct Simpler<'a> {
    question: &'a Question,
    candidates: Vec<Question>,
}

impl Simpler<'_> {
    /// Adds the request with a change to the parts that every operation's request has.
    fn add(&mut self, change: impl FnOnce(&mut Parts<'_>)) {
        self.add_question(|question| {
            if let Some(mut parts) = parts(question) {
                change(&mut parts);
            }
        });
    }

    /// Adds the request with a change that depends on its operation.
    fn add_question(&mut self, change: impl FnOnce(&mut Question)) {
        let mut candidate = self.question.clone();
        change(&mut candidate);
        self.candidates.push(candidate);
    }

    /// Adds the request with a change to the context that the host would hand over with it.
    fn add_context(&mut self, change: impl FnOnce(&mut Context)) {
        self.add(|parts| {
            if let Some((_, context)) = &mut parts.around {
                change(context);
            }
        });
    }

    /// Empties whole lists at once.
    fn without_lists(&mut self) {
        self.add(|parts| parts.facts.clear());
        self.add(|parts| parts.documents.clear());
        self.add_context(|context| {
            context.history.clear();
            context.open_cases.clear();
            context.tables.clear();
            context.capacity.clear();
        });
        self.add_context(|context| context.history.clear());
        self.add_context(|context| context.history.truncate(1));
        self.add_context(|context| context.open_cases.clear());
        self.add_context(|context| context.tables.clear());
        self.add_context(|context| context.capacity.clear());
        self.add(|parts| {
            if let Some(populations) = &mut parts.populations {
                populations.clear();
            }
        });
        self.add(|parts| {
            if let Some(provider) = &mut parts.provider {
                provider.kinds.clear();
                provider.taxonomies.clear();
                provider.counties.clear();
            }
        });
        self.add_question(|question| match question {
            Question::Triage { request, .. } => request.preferred = None,
            Question::Adjudicate { claim, .. } => claim.authorizations.clear(),
            _ => {}
        });
        self.add_question(|question| {
            if let Question::Adjudicate { claim, .. } = question {
                claim.diagnoses.clear();
            }
        });
    }

    /// Drops lines, or services of a credentialing file: all but the first, then one at a time.
    fn fewer_lines(&mut self) {
        let count = match self.question {
            Question::Presume { request, .. } | Question::Determine { request, .. } => request.lines.len(),
            Question::Adjudicate { claim, .. } => claim.lines.len(),
            Question::Review { application, .. } => application.services.len(),
            _ => 0,
        };
        if count < 2 {
            return;
        }
        self.add_question(|question| match question {
            Question::Presume { request, .. } | Question::Determine { request, .. } => {
                request.lines.truncate(1)
            }
            Question::Adjudicate { claim, .. } => claim.lines.truncate(1),
            Question::Review { application, .. } => application.services.truncate(1),
            _ => {}
        });
        for place in 0..count {
            self.add_question(|question| match question {
                Question::Presume { request, .. } | Question::Determine { request, .. } => {
                    request.lines.remove(place);
                }
                Question::Adjudicate { claim, .. } => {
                    claim.lines.remove(place);
                }
                Question::Review { application, .. } => {
                    application.services.remove(place);
                }
                _ => {}
            });
        }
    }

    /// Drops facts and documents one at a time; half of the facts at once while there are many.
    fn fewer_facts_and_documents(&mut self) {
        let mut whole = self.question.clone();
        let Some(parts) = parts(&mut whole) else { return };
        let (facts, documents) = (parts.facts.len(), parts.documents.len());
        if facts > 3 {
            self.add(|parts| parts.facts.truncate(facts / 2));
            self.add(|parts| drop(parts.facts.drain(..facts / 2)));
        }
        for place in 0..facts {
            self.add(|parts| drop(parts.facts.remove(place)));
        }
        for place in 0..documents {
            self.add(|parts| drop(parts.documents.remove(place)));
        }
    }

    /// Leaves out who the member is, and what is particular about coverage and urgency.
    fn plainer_context(&mut self) {
        self.add(|parts| {
            if let Some((member, _)) = &mut parts.around {
                member.identity = None;
            }
        });
        self.add_context(|context| context.coverage.days.last = None);
        self.add_context(|context| context.coverage.group = None);
        self.add_context(|context| context.coverage.delegate = None);
        self.add(|parts| {
            if let Some(urgency) = &mut parts.urgency {
                **urgency = Urgency::Standard;
            }
        });
    }

    /// Puts small numbers in the place of large ones, and one word in the place of a text.
    fn plainer_facts(&mut self) {
        let mut whole = self.question.clone();
        let Some(parts) = parts(&mut whole) else { return };
        for (place, fact) in parts.facts.clone().iter().enumerate() {
            for value in plainer_values(&fact.value) {
                self.add(|parts| parts.facts[place].value = value);
            }
        }
    }

    /// Leaves out what a document need not have: its days and its amount, all at once and one at a time.
    fn plainer_documents(&mut self) {
        let mut whole = self.question.clone();
        let Some(parts) = parts(&mut whole) else { return };
        for (place, document) in parts.documents.clone().iter().enumerate() {
            let plain = Document { issued: None, expires: None, amount: None, ..document.clone() };
            let edges = [
                Document { issued: None, ..document.clone() },
                Document { expires: None, ..document.clone() },
                Document { amount: None, ..document.clone() },
            ];
            for document in [plain].into_iter().chain(edges) {
                self.add(|parts| parts.documents[place] = document);
            }
        }
    }

    /// Makes it a first request, and its lines of one unit, one day or one dollar.
    fn plainer_lines(&mut self) {
        self.add_question(|question| match question {
            Question::Presume { request, .. } | Question::Determine { request, .. } => {
                request.kind = RequestKind::Initial;
            }
            Question::Adjudicate { claim, .. } => claim.lines.iter_mut().for_each(|line| line.minutes = None),
            _ => {}
        });
        self.add_question(|question| match question {
            Question::Presume { request, .. } | Question::Determine { request, .. } => {
                request.lines.iter_mut().for_each(|line| line.units = 1);
            }
            Question::Adjudicate { claim, .. } => claim.lines.iter_mut().for_each(|line| line.units = 1),
            _ => {}
        });
        self.add_question(|question| match question {
            Question::Presume { request, .. } | Question::Determine { request, .. } => {
                request
                    .lines
                    .iter_mut()
                    .for_each(|line| line.days = Period { last: Some(line.days.first), ..line.days });
            }
            Question::Adjudicate { claim, .. } => {
                claim.lines.iter_mut().for_each(|line| line.charge = Cents(100));
            }
            _ => {}
        });
    }
}

/// Values of the same kind that say less. A code or a day is as plain as any other.
fn plainer_values(value: &FactValue) -> Vec<FactValue> {
    match value {
        FactValue::Flag(_) | FactValue::Coded(_) | FactValue::Day(_) => Vec::new(),
        FactValue::Count(_) => vec![FactValue::Count(0), FactValue::Count(10)],
        FactValue::Measure(_) => vec![FactValue::Measure(0), FactValue::Measure(1_000)],
        FactValue::Text(_) => vec![FactValue::Text("words".to_owned())],
    }
}

//! Giving an answer that waits what it waits for.

use domain::plan::authorization::Decision;
use domain::plan::billing::LineOutcome;
use domain::plan::profile::FactKind;
use domain::plan::question::{Answer, Question};
use domain::plan::referral::Disposition;
use domain::plan::types::{Ask, Document};
use sandbox::Ending;

use crate::parts::{parts, say};
use crate::respondent::Respondent;
use crate::scene::current;
use crate::values::{Days, definition, said, values};

/// Choices of values that are tried.
const CHOICES: usize = 9;
/// Times that an answer may ask for more after it got what it asked for.
const ROUNDS: usize = 6;

/// Facts and documents that an answer waits for; `None` if it does not wait.
pub(crate) fn asks(answer: &Answer) -> Option<Vec<Ask>> {
    match answer {
        Answer::Triage(triage) => match &triage.disposition {
            Disposition::NeedsMore(asks) => Some(asks.clone()),
            _ => None,
        },
        Answer::Determine(determination) => match &determination.decision {
            Decision::Pended(asks) => Some(asks.clone()),
            _ => None,
        },
        Answer::Adjudicate(adjudication) => {
            let pended = adjudication.lines.iter().filter_map(|line| match &line.outcome {
                LineOutcome::Pended(asks) => Some(asks.clone()),
                _ => None,
            });
            let pended: Vec<Vec<Ask>> = pended.collect();
            (!pended.is_empty()).then(|| pended.concat())
        }
        Answer::Presume(_) | Answer::Review(_) | Answer::Render(_) | Answer::Parse(_) => None,
    }
}

/// Supplies just what is asked for, round after round, until the answer does not wait; says what it still
/// waited for if no choice of values gets there. A plan's own error counts as an end: people decide then.
pub(crate) async fn decides(
    respondent: &impl Respondent,
    question: &Question,
    wanted: &[Ask],
) -> Result<(), String> {
    let mut still = String::new();
    for choice in 0..CHOICES {
        let mut supplied = question.clone();
        let mut wanted = wanted.to_vec();
        for _ in 0..ROUNDS {
            for ask in &wanted {
                supply(respondent, &mut supplied, ask, choice);
            }
            wanted = match respondent.ask(&supplied).await.ending {
                Ending::Answer(answer) => match asks(&answer) {
                    // Given it again, it would say it again.
                    Some(same) if same == wanted => break,
                    Some(more) => more,
                    None => return Ok(()),
                },
                Ending::GuestError(_) => return Ok(()),
                // It broke, which another check says.
                _ => break,
            };
        }
        if still.is_empty() {
            let names = wanted.iter().map(|ask| match ask {
                Ask::Fact(code) => code.as_str(),
                Ask::Document(kind) => kind.as_str(),
            });
            still = names.collect::<Vec<_>>().join(", ") + &hint(respondent, &wanted);
        }
    }
    Err(format!("it was given all that it asked for and still waits for {still}"))
}

/// Hint about a measure that is waited for for ever: a test of another kind reads it.
fn hint(respondent: &impl Respondent, wanted: &[Ask]) -> String {
    let of_measure = wanted.iter().find_map(|ask| match ask {
        Ask::Fact(code) => {
            definition(respondent.profile(), code).filter(|fact| fact.kind == FactKind::Measure)
        }
        Ask::Document(_) => None,
    });
    of_measure.map_or_else(String::new, |fact| {
        format!(
            "; {0} is a measure, and a test that reads counts never hears of it. Fix: measures(\"{0}\", \"9.0\"), with the \
             number as text in the dictionary's unit",
            fact.code
        )
    })
}

fn supply(respondent: &impl Respondent, question: &mut Question, ask: &Ask, choice: usize) {
    let days = Days::of(question);
    let Some(parts) = parts(question) else { return };
    match ask {
        Ask::Fact(code) => {
            let Some(definition) = definition(respondent.profile(), code) else { return };
            let values = values(definition, &days);
            let place = choice % values.len().max(1);
            if let Some(value) = values.into_iter().nth(place) {
                say(parts.facts, said(code, value, &days));
            }
        }
        Ask::Document(kind) => {
            let whole = current(kind, days.as_of.min(days.today));
            let bare = Document { expires: None, amount: None, ..whole.clone() };
            parts.documents.push(if choice.is_multiple_of(2) { whole } else { bare });
        }
    }
}

//! Asking a plan's plugin, and checking its answer.
//!
//! Whatever goes wrong in there is the plan's trouble, never the member's: the case goes to people with the
//! clock running, and the record keeps how the call ended. A request that contradicts itself is the sender's
//! to correct, if the plugin names a field of it; see [`crate::plugins::objection`].

use domain::breaker::Event;
use domain::case::WhyPeople;
use domain::floor::{self, Ground};
use domain::identifiers::{Digest, EvaluationId, PlanId};
use domain::plan::authorization::{Determination, Presumption};
use domain::plan::billing::Adjudication;
use domain::plan::credentialing::Review;
use domain::plan::question::{Answer, Question};
use domain::plan::referral::Triage;
use domain::plan::types::PlanError;
use domain::{authorization, claim, referral};
use jiff::Timestamp;
use sandbox::{Ending, Fault};
use serde::{Deserialize, Serialize};

use crate::Crosswalk;
use crate::plugins::breakers::Switch;
use crate::plugins::objection::{self, NoAnswer};
use crate::plugins::registry::{self, Answering, Live};

/// Ending in the record for a call that was not made.
pub(crate) const NOT_ASKED: &str = "not-asked";

/// One call, as it goes into the record.
pub(crate) struct EvaluationRecord {
    pub(crate) id: EvaluationId,
    pub(crate) plan: PlanId,
    /// Activations that made this plugin the one to ask; the record holds only while they still do.
    pub(crate) answering: Answering,
    pub(crate) digest: Digest,
    pub(crate) operation: &'static str,
    pub(crate) ending: String,
    pub(crate) input: Vec<u8>,
    pub(crate) output: Vec<u8>,
    pub(crate) duration_us: i64,
    pub(crate) memory_bytes: i64,
    pub(crate) cpu_ticks: u64,
    pub(crate) at: Timestamp,
    /// True if it was handed all of the member's history that it could be.
    pub(crate) history_complete: bool,
    /// True if it was handed all of the member's open cases with the plan.
    pub(crate) open_cases_complete: bool,
}

/// The evaluation record behind an answer, in brief.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EvaluationRef {
    /// Id of the evaluation.
    pub id: EvaluationId,
    /// SHA-256 of the component that answered.
    pub digest: String,
    /// Operation that was asked.
    pub operation: String,
    /// Ending of the call: an answer's word, or a fault's.
    pub ending: String,
    /// Duration of the call, in microseconds.
    pub duration_us: i64,
    /// True if it was handed all of the member's history that it could be.
    pub history_complete: bool,
    /// True if it was handed all of the member's open cases with the plan.
    pub open_cases_complete: bool,
}

impl EvaluationRecord {
    pub(crate) fn brief(&self) -> EvaluationRef {
        EvaluationRef {
            id: self.id,
            digest: self.digest.to_string(),
            operation: self.operation.to_owned(),
            ending: self.ending.clone(),
            duration_us: self.duration_us,
            history_complete: self.history_complete,
            open_cases_complete: self.open_cases_complete,
        }
    }
}

/// Reply to a question, with what the record keeps of the call.
pub(crate) struct Reply {
    /// An answer that passed every check of the floor, or the reason why there is none.
    pub(crate) answer: Result<Checked, NoAnswer>,
    pub(crate) record: EvaluationRecord,
}

/// An answer that passed every check of the floor. Each denial in it has the kind that follows from its
/// findings.
pub(crate) struct Checked {
    pub(crate) answer: Answer,
    /// True if the plugin called a no administrative that rests on something else.
    pub(crate) mislabelled: bool,
}

/// Event of the case that a checked answer comes to.
pub(crate) enum Ruling {
    Referral(Ruled<Triage, referral::Event>),
    /// The window that opens, if one does.
    Presumption(Option<Presumption>),
    Authorization(Ruled<Determination, authorization::Event>),
    Claim(Ruled<Adjudication, claim::Event>),
    /// Each plan reads an application for itself: the event is the reading's.
    Application(Review),
}

/// A checked answer, and the event that it becomes where the plugin decides.
pub(crate) struct Ruled<A, E> {
    pub(crate) answer: A,
    /// Event of the case. What only a licensed person may say is a recommendation by now.
    pub(crate) event: E,
    /// True if the plugin called a no administrative that rests on something else; see [`Checked`].
    pub(crate) mislabelled: bool,
}

impl Crosswalk {
    /// Asks a plan's plugin, and checks its answer.
    pub(crate) async fn ask(&self, live: &Live, question: &Question) -> Reply {
        let (answer, record) = self.call(live, question).await;
        let answer = answer.and_then(|mut answer| {
            let ground = Ground::of(live.profile());
            floor::check(ground, question, &answer).map_err(refused)?;
            let mislabelled = floor::label(ground, question, &mut answer);
            Ok(Checked { answer, mislabelled })
        });
        Reply { answer, record }
    }

    /// Ruling that the answer comes to under the plan's mode.
    pub(crate) fn ruling(
        &self,
        live: &Live,
        question: &Question,
        answer: Result<Checked, NoAnswer>,
    ) -> Result<Ruling, NoAnswer> {
        let Checked { answer, mislabelled } = answer?;
        let ground = Ground::of(live.profile());
        Ok(match (question, answer) {
            (Question::Triage { request, context }, Answer::Triage(answer)) => {
                let event = referral::Event::of(ground, request, context, &answer);
                Ruling::Referral(Ruled { answer, event, mislabelled })
            }
            (Question::Determine { request, context }, Answer::Determine(answer)) => {
                let number = self.authorization_number(&live.plan);
                let event = authorization::Event::of(ground, request, context, &answer, number);
                Ruling::Authorization(Ruled { answer, event: event.map_err(refused)?, mislabelled })
            }
            (Question::Adjudicate { claim, context }, Answer::Adjudicate(answer)) => {
                let event = claim::Event::of(ground, &claim.lines, context.as_of, &answer);
                Ruling::Claim(Ruled { answer, event, mislabelled })
            }
            (Question::Presume { .. }, Answer::Presume(window)) => Ruling::Presumption(window),
            (Question::Review { .. }, Answer::Review(review)) => Ruling::Application(review),
            _ => return Err(another_answer().into()),
        })
    }

    async fn call(&self, live: &Live, question: &Question) -> (Result<Answer, NoAnswer>, EvaluationRecord) {
        let switch =
            Switch { plan: live.plan.clone(), digest: *live.digest(), operation: question.operation() };
        let Some(plugin) = live.plugin() else {
            return (Err(registry::broken().into()), self.not_asked(live, question));
        };
        if !self.breakers().asks(&switch) {
            return (Err(WhyPeople::PluginResting.into()), self.not_asked(live, question));
        }
        // A rival's command may need the connection more than rules that compute.
        self.store().let_go();
        let call = plugin.ask(question).await;
        match call.ending.fault() {
            // That the pool is full is not the plugin's doing.
            Some(Fault::Saturated) => {}
            Some(_) => self.breakers().note(&switch, Event::Faulted, self.now()),
            None => self.breakers().note(&switch, Event::Answered, self.now()),
        }
        let record = EvaluationRecord {
            id: self.id(EvaluationId::from_uuid),
            plan: live.plan.clone(),
            answering: live.answering.clone(),
            digest: *live.digest(),
            operation: question.operation().name(),
            ending: call.ending.code().to_owned(),
            input: question.canonical_bytes(),
            output: sandbox::Recorded::from(&call.ending).canonical_bytes(),
            duration_us: i64::try_from(call.duration.as_micros()).unwrap_or(i64::MAX),
            memory_bytes: i64::try_from(call.peak_memory_bytes).unwrap_or(i64::MAX),
            cpu_ticks: call.cpu_ticks,
            at: self.now(),
            history_complete: true,
            open_cases_complete: true,
        };
        let answer = match call.ending {
            Ending::Answer(answer) => Ok(answer),
            Ending::GuestError(PlanError::Invalid(issues)) => {
                Err(match objection::named(question, &issues) {
                    Some(named) => {
                        self.breakers().note_refused(&switch);
                        NoAnswer::Sender(named)
                    }
                    None => objection::names_no_field().into(),
                })
            }
            Ending::GuestError(_) => Err(WhyPeople::PluginDeclined.into()),
            fault => Err(WhyPeople::PluginFault(fault.code().to_owned()).into()),
        };
        (answer, record)
    }

    /// The record of a question that was not put, because the plugin rests: nothing came out.
    fn not_asked(&self, live: &Live, question: &Question) -> EvaluationRecord {
        EvaluationRecord {
            id: self.id(EvaluationId::from_uuid),
            plan: live.plan.clone(),
            answering: live.answering.clone(),
            digest: *live.digest(),
            operation: question.operation().name(),
            ending: NOT_ASKED.to_owned(),
            input: question.canonical_bytes(),
            output: Vec::new(),
            duration_us: 0,
            memory_bytes: 0,
            cpu_ticks: 0,
            at: self.now(),
            history_complete: true,
            open_cases_complete: true,
        }
    }
}

fn refused(broken: floor::Broken) -> WhyPeople {
    tracing::warn!(rule = broken.rule.name(), at = %broken.at, "a plugin's answer was refused");
    WhyPeople::AnswerRefused(broken.rule)
}

/// The answer is to another question than the case put: a defect of ours, and still not the member's trouble.
pub(crate) fn another_answer() -> WhyPeople {
    WhyPeople::AnswerRefused(floor::Rule::AnswersTheQuestion)
}

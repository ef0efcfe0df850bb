//! Asking a plan's plugin, and believing the answer or not.
//!
//! Whatever goes wrong in there is the plan's trouble, never the member's: the case goes to people with the clock
//! running, and the record keeps how the call ended. A request that contradicts itself is the sender's to correct, if the
//! plugin names a field of it; see [`crate::sent_back`].

use domain::breaker::Event;
use domain::case::WhyPeople;
use domain::floor::{self, Ground};
use domain::identifiers::{DecisionId, Digest, PlanId};
use domain::plan::authorization::{AuthorizationRequest, Determination, Presumption};
use domain::plan::billing::{Adjudication, Claim};
use domain::plan::credentialing::{Application, Review};
use domain::plan::question::{Answer, Question};
use domain::plan::referral::{ReferralRequest, Triage};
use domain::plan::types::{Context, PlanError};
use domain::{authorization, claim, referral};
use jiff::Timestamp;
use sandbox::{Ending, Fault};

use crate::Crosswalk;
use crate::breakers::Switch;
use crate::case::DecisionRef;
use crate::registry::{self, Answering, Live};
use crate::sent_back::{self, Unheard};

/// How a call ended that was not made.
pub(crate) const NOT_ASKED: &str = "not-asked";

/// One call, as it goes into the record.
pub(crate) struct DecisionRecord {
    pub(crate) id: DecisionId,
    pub(crate) plan: PlanId,
    /// What made this plugin the one to ask; the record holds only while it still does.
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
    /// Whether it was handed all of the member's history that it could be.
    pub(crate) history_complete: bool,
}

impl DecisionRecord {
    pub(crate) fn brief(&self) -> DecisionRef {
        DecisionRef {
            id: self.id,
            digest: self.digest.to_string(),
            operation: self.operation.to_owned(),
            ending: self.ending.clone(),
            duration_us: self.duration_us,
            history_complete: self.history_complete,
        }
    }
}

/// What came of a call: an answer to believe, or the reason why there is none.
pub(crate) struct Heard<A> {
    pub(crate) answer: Result<A, Unheard>,
    pub(crate) record: DecisionRecord,
}

/// A believed answer, and what it makes of the case.
pub(crate) struct Ruled<A, E> {
    pub(crate) answer: A,
    /// The event that it becomes, where the plugin decides. What only a licensed person may say is a recommendation by
    /// then.
    pub(crate) event: E,
    /// Whether the plugin called a no administrative that rests on something else.
    pub(crate) mislabelled: bool,
}

impl Crosswalk {
    pub(crate) async fn hear_triage(
        &self,
        live: &Live,
        request: ReferralRequest,
        context: Context,
    ) -> Heard<Ruled<Triage, referral::Event>> {
        let question = Question::Triage { request, context };
        let (answer, record) = self.hear(live, &question).await;
        let answer = answer.and_then(|answer| match (answer, &question) {
            (Answer::Triage(mut triage), Question::Triage { request, context }) => {
                let ground = Ground::of(live.profile());
                believed(floor::believe_triage(ground, request, context, &triage))?;
                let mislabelled = floor::label_triage(ground, request, context, &mut triage);
                let event = referral::Event::of(ground, request, context, &triage);
                Ok(Ruled { answer: triage, event, mislabelled })
            }
            _ => Err(mismatched().into()),
        });
        Heard { answer, record }
    }

    pub(crate) async fn hear_presumption(
        &self,
        live: &Live,
        request: AuthorizationRequest,
        context: Context,
    ) -> Heard<Option<Presumption>> {
        let question = Question::Presume { request, context };
        let (answer, record) = self.hear(live, &question).await;
        let answer = answer.and_then(|answer| match (answer, &question) {
            (Answer::Presume(None), _) => Ok(None),
            (Answer::Presume(Some(given)), Question::Presume { request, context }) => {
                let ground = Ground::of(live.profile());
                believed(floor::believe_presumption(ground, request, context, &given))?;
                Ok(Some(given))
            }
            _ => Err(mismatched().into()),
        });
        Heard { answer, record }
    }

    pub(crate) async fn hear_determination(
        &self,
        live: &Live,
        request: AuthorizationRequest,
        context: Context,
    ) -> Heard<Ruled<Determination, authorization::Event>> {
        let question = Question::Determine { request, context };
        let (answer, record) = self.hear(live, &question).await;
        let answer = answer.and_then(|answer| match (answer, &question) {
            (Answer::Determine(mut given), Question::Determine { request, context }) => {
                let ground = Ground::of(live.profile());
                believed(floor::believe_determination(ground, request, context, &given))?;
                let mislabelled = floor::label_determination(ground, request, context, &mut given);
                let number = self.authorization_number(&live.plan);
                let event = authorization::Event::of(ground, request, context, &given, number);
                Ok(Ruled { answer: given, event: believed(event)?, mislabelled })
            }
            _ => Err(mismatched().into()),
        });
        Heard { answer, record }
    }

    pub(crate) async fn hear_adjudication(
        &self,
        live: &Live,
        claim: Claim,
        context: Context,
    ) -> Heard<Ruled<Adjudication, claim::Event>> {
        let question = Question::Adjudicate { claim, context };
        let (answer, record) = self.hear(live, &question).await;
        let answer = answer.and_then(|answer| match (answer, &question) {
            (Answer::Adjudicate(mut given), Question::Adjudicate { claim, context }) => {
                let ground = Ground::of(live.profile());
                believed(floor::believe_adjudication(ground, claim, context, &given))?;
                let mislabelled = floor::label_adjudication(ground, claim, context, &mut given);
                let event = claim::Event::of(ground, &claim.lines, context.as_of, &given);
                Ok(Ruled { answer: given, event, mislabelled })
            }
            _ => Err(mismatched().into()),
        });
        Heard { answer, record }
    }

    pub(crate) async fn hear_review(
        &self,
        live: &Live,
        application: Application,
        today: jiff::civil::Date,
    ) -> Heard<Review> {
        let question = Question::Review { application, today };
        let (answer, record) = self.hear(live, &question).await;
        let answer = answer.and_then(|answer| match (answer, &question) {
            (Answer::Review(given), Question::Review { application, .. }) => {
                let ground = Ground::of(live.profile());
                believed(floor::believe_review(ground, application, &given))?;
                Ok(given)
            }
            _ => Err(mismatched().into()),
        });
        Heard { answer, record }
    }

    async fn hear(&self, live: &Live, question: &Question) -> (Result<Answer, Unheard>, DecisionRecord) {
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
        let record = DecisionRecord {
            id: self.id(DecisionId::from_uuid),
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
        };
        let answer = match call.ending {
            Ending::Answer(answer) => Ok(answer),
            Ending::GuestError(PlanError::Invalid(issues)) => {
                Err(match sent_back::named(question, &issues) {
                    Some(named) => {
                        self.breakers().note_refused(&switch);
                        Unheard::Sender(named)
                    }
                    None => sent_back::names_no_field().into(),
                })
            }
            Ending::GuestError(_) => Err(WhyPeople::PluginDeclined.into()),
            fault => Err(WhyPeople::PluginFault(fault.code().to_owned()).into()),
        };
        (answer, record)
    }

    /// The record of a question that was not put, because the plugin rests: nothing came out.
    fn not_asked(&self, live: &Live, question: &Question) -> DecisionRecord {
        DecisionRecord {
            id: self.id(DecisionId::from_uuid),
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
        }
    }
}

fn believed<T>(result: Result<T, floor::Unbelievable>) -> Result<T, WhyPeople> {
    result.map_err(|broken| {
        tracing::warn!(rule = broken.rule, at = %broken.at, "a plugin's answer was refused");
        WhyPeople::Unbelievable(broken.rule.to_owned())
    })
}

/// The sandbox answered another question than was put: a defect of ours, and still not the member's trouble.
fn mismatched() -> WhyPeople {
    WhyPeople::Unbelievable("answers-the-question".to_owned())
}

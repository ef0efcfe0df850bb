//! Changes that would turn an answer: the smallest sets of facts and documents, found by asking the very
//! component that gave it.
//!
//! Nobody is coached to lie by this. It tries only what the plan's own declared criteria read and the answer
//! leaves open, which the criteria grid shows to everybody anyway; it says "if it is true" and names the
//! document that proves it; and it changes nothing but facts and documents that a provider could supply. Who
//! somebody is, where they live, what the plan's file or its claims say, stays as it is.
//!
//! A grant is weighed as a real one is: what would pass a benefit limit or rests on no contract is told with
//! that, as of today.
//!
//! It is worked out when a case is looked at, never when one is sent: an accepted referral costs nothing more
//! for it. What was found is remembered by evaluation, whose question and component never change.

mod search;
mod suppose;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::case::WhyPeople;
use domain::dictionary::Dictionary;
use domain::identifiers::EvaluationId;
use domain::plan::authorization::{Decision, GrantedLine};
use domain::plan::profile::PlanProfile;
use domain::plan::question::{Answer, Question};
use domain::plan::referral::Disposition;
use domain::plan::types::{Ask, Bilingual};
use domain::{authorization, claim, referral};
use sandbox::{Plugin, Recorded};
use tokio::sync::Semaphore;

use crate::Crosswalk;
use crate::cases::case::{Answered, Body, Case, DecidedBy};
use crate::cases::show::question;
use crate::cases::would_change::{AskedFor, ChangingSet, ToSupply, WouldChange};
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;

use search::{FoundSet, SearchOutcome, Supply};

pub(crate) use search::{GradedAnswer, findings};

/// Searches at one moment. Each keeps a thread busy for a while; the next waits.
const AT_ONCE: usize = 2;
/// A search may take this part of the time that one call of the plugin's tier may.
const PART_OF_DEADLINE: u32 = 5;

/// Places in which searches are made, and the searches that are remembered.
pub(crate) struct Searches {
    places: Semaphore,
    found: Mutex<HashMap<EvaluationId, Arc<Searched>>>,
}

/// A recorded answer, and what would change it. Holds a case's facts: it has no `Debug`.
struct Searched {
    answer: Answer,
    plugin: Plugin,
    found: SearchOutcome,
}

impl Default for Searches {
    fn default() -> Self {
        Self { places: Semaphore::new(AT_ONCE), found: Mutex::default() }
    }
}

impl Searches {
    const MOST: usize = 1_000;

    fn get(&self, id: &EvaluationId) -> Option<Arc<Searched>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    fn keep(&self, id: EvaluationId, searched: &Arc<Searched>) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if found.len() >= Self::MOST {
            found.clear();
        }
        found.insert(id, Arc::clone(searched));
    }
}

impl Crosswalk {
    /// Changes that would turn the answer that the case rests on, as far as this caller may know them; `None`
    /// where nothing is to be changed, or nothing is theirs to know.
    pub(crate) async fn what_would_change(
        &self,
        caller: &Caller,
        case: &Case,
    ) -> Result<Option<WouldChange>, Failure> {
        let Some(evaluation) = case.body.answered().and_then(|answered| answered.evaluation.as_ref()) else {
            return Ok(None);
        };
        if let Some(searched) = self.searches().get(&evaluation.id) {
            return match may_be_told(caller, &case.body, &searched.answer) {
                true => self.told_of(case, &searched).await.map(Some),
                false => Ok(None),
            };
        }
        let Some(row) = store::evaluations::find(self.store(), &caller.scope, evaluation.id).await? else {
            return Ok(None);
        };
        let Some(answer) = recorded_answer(&row)? else { return Ok(None) };
        if !may_be_told(caller, &case.body, &answer) {
            return Ok(None);
        }
        let question: Question = serde_json::from_slice(&row.input).map_err(Failure::internal)?;
        let plugin = self.loaded(&row.plan, &row.digest).await?;
        let found = self.search(&plugin, &question, &answer).await?;
        let searched = Arc::new(Searched { answer, plugin, found });
        self.searches().keep(evaluation.id, &searched);
        self.told_of(case, &searched).await.map(Some)
    }

    /// Sets that were found for a case on record, each set with what would stand in its way today.
    async fn told_of(&self, case: &Case, searched: &Searched) -> Result<WouldChange, Failure> {
        let mut told = searched.told();
        let mut weighed: Vec<(&[GrantedLine], Option<WhyPeople>)> = Vec::new();
        for (set, found) in told.sets.iter_mut().zip(&searched.found.sets) {
            let lines = found.becomes.grants.as_slice();
            set.but = match weighed.iter().find(|(known, _)| *known == lines) {
                Some((_, why)) => why.clone(),
                None => {
                    let why = self.would_be_in_the_way(case, lines).await?;
                    weighed.push((lines, why.clone()));
                    why
                }
            };
        }
        Ok(told)
    }

    /// The same for a question that nobody recorded.
    pub(crate) async fn what_would_change_asked(
        &self,
        plugin: &Plugin,
        question: &Question,
        answer: &Answer,
    ) -> Result<Option<WouldChange>, Failure> {
        if !GradedAnswer::of(answer).is_some_and(|standing| standing.can_be_better()) {
            return Ok(None);
        }
        let found = self.search(plugin, question, answer).await?;
        Ok(Some(told(&found, answer, plugin)))
    }

    async fn search(
        &self,
        plugin: &Plugin,
        question: &Question,
        answer: &Answer,
    ) -> Result<SearchOutcome, Failure> {
        let _place = self.searches().places.acquire().await.map_err(Failure::internal)?;
        let limits = self.sandbox().limits().of(plugin.inspection().tier);
        let patience: Duration = limits.deadline / PART_OF_DEADLINE;
        Ok(search::search(plugin, question, answer, patience).await)
    }
}

/// True if this is the evaluation that the case rests on.
pub(crate) fn is_last(case: &Case, id: EvaluationId) -> bool {
    let last = case.body.answered().and_then(|answered| answered.evaluation.as_ref());
    last.is_some_and(|evaluation| evaluation.id == id)
}

/// The answer of a recorded call, if it gave one.
fn recorded_answer(row: &store::evaluations::Evaluation) -> Result<Option<Answer>, Failure> {
    match serde_json::from_slice(&row.output).map_err(Failure::internal)? {
        Recorded::Answer(answer) => Ok(Some(answer)),
        Recorded::GuestError(_) | Recorded::Fault(_) => Ok(None),
    }
}

/// True if the caller may be told the changes that would turn this answer of the rules.
///
/// Everybody who sees the case may, where the rules' answer is the one that stands. While the plan's people
/// have the case, and where they have decided otherwise, the answer is advice or a recommendation to them,
/// and theirs alone.
fn may_be_told(caller: &Caller, body: &Body, answer: &Answer) -> bool {
    let of_plan = matches!(caller.role, Role::PlanReviewer | Role::PlanAdmin);
    let open = GradedAnswer::of(answer).is_some_and(|standing| standing.can_be_better());
    open && (stands(body, answer) || (of_plan && is_advice(body)))
}

/// True if the case stands as the rules said.
fn stands(body: &Body, answer: &Answer) -> bool {
    use authorization::State as Asked;
    let by_rules = |answered: &Answered| answered.decided_by == Some(DecidedBy::Plugin);
    match (body, answer) {
        (Body::Referral(body), Answer::Triage(triage)) => match (&body.state, &triage.disposition) {
            (referral::State::NeedsInformation { asks, .. }, Disposition::NeedsMore(said)) => asks == said,
            (referral::State::NotEligible { .. }, Disposition::NotEligible(_)) => by_rules(&body.answered),
            _ => false,
        },
        (Body::Authorization(body), Answer::Determine(given)) => match (&body.state, &given.decision) {
            (Asked::Pended { asks, .. }, Decision::Pended(said)) => asks == said,
            (Asked::Denied { .. }, Decision::Denied(_)) => by_rules(&body.answered),
            (Asked::Approved { extent, .. }, Decision::PartlyApproved(_) | Decision::Modified(_)) => {
                extent.cut().is_some() && by_rules(&body.answered)
            }
            _ => false,
        },
        (Body::Claim(body), Answer::Adjudicate(given)) => match (&body.state, claim::Leading::of(given)) {
            (claim::State::Pended { asks, .. }, claim::Leading::Pended(said)) => *asks == said,
            (claim::State::Denied { .. }, claim::Leading::Denied) => by_rules(&body.answered),
            _ => false,
        },
        _ => false,
    }
}

/// True if the rules' answer is for the plan's people to weigh.
fn is_advice(body: &Body) -> bool {
    match body {
        Body::Referral(body) => matches!(body.state, referral::State::WithPeople(_)),
        Body::Authorization(body) => matches!(body.state, authorization::State::WithPeople(_)),
        Body::Claim(body) => {
            matches!(body.state, claim::State::WithPeople(_) | claim::State::Advised { .. })
        }
        Body::Application(_) => false,
    }
}

impl Searched {
    fn told(&self) -> WouldChange {
        told(&self.found, &self.answer, &self.plugin)
    }
}

fn told(found: &SearchOutcome, answer: &Answer, plugin: &Plugin) -> WouldChange {
    let profile = plugin.profile();
    WouldChange {
        text: if_it_is_true(),
        answer: GradedAnswer::of(answer).map(|standing| standing.word).unwrap_or_default(),
        digest: *plugin.digest(),
        sets: found.sets.iter().map(|set| changing(set, profile)).collect(),
        exhausted: found.exhausted,
        calls: found.calls,
    }
}

fn if_it_is_true() -> Bilingual {
    Bilingual {
        en: "If all of a set is true, the plan's rules would answer otherwise. Ask; supply only what is true and can be shown."
            .to_owned(),
        es: "Si todo lo de un conjunto es verdad, las reglas del plan responderían de otra manera. Pregunte; envíe solo lo que es verdad y se puede comprobar."
            .to_owned(),
    }
}

fn changing(set: &FoundSet, profile: &PlanProfile) -> ChangingSet {
    ChangingSet {
        supply: set.supplies.iter().map(|supply| to_supply(supply, profile)).collect(),
        becomes: set.becomes.word,
        asks: asked_for(&set.becomes.asks, profile),
        but: None,
    }
}

fn to_supply(supply: &Supply, profile: &PlanProfile) -> ToSupply {
    let (ask, dictionary) = (supply.thing.ask(), Dictionary::state());
    // The proof that a plan names for a fact of its own has no effect, and is told to nobody.
    let proof = match &supply.thing {
        suppose::Thing::Fact(definition) => {
            dictionary.fact(&definition.code).and_then(|known| known.proof.as_ref())
        }
        suppose::Thing::Document(kind) => Some(kind),
    };
    ToSupply {
        asked: AskedFor { question: question(&ask, profile.facts.iter()), ask },
        values: supply.values.clone(),
        at_least: supply.at_least.clone(),
        at_most: supply.at_most.clone(),
        proof: proof.filter(|kind| dictionary.document(kind).is_some()).cloned(),
    }
}

/// Facts and documents that a plan asks for, with the questions to put to a person.
pub(crate) fn asked_for(asks: &[Ask], profile: &PlanProfile) -> Vec<AskedFor> {
    let asked = |ask: &Ask| AskedFor { ask: ask.clone(), question: question(ask, profile.facts.iter()) };
    asks.iter().map(asked).collect()
}

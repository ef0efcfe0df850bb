//! Cases as callers may see them. What is not a caller's is taken out of the case here and nowhere else: a
//! provider never sees a plugin's recommendation, nor one plan another's reading.

use domain::case::{CaseKind, Refusal, WhyPeople, WithPeople};
use domain::dictionary::Dictionary;
use domain::identifiers::{CaseId, OrgId, PlanId};
use domain::plan::billing::{LineOutcome, LineResult};
use domain::plan::profile::{Criterion, Delegate, FactDefinition, PlanProfile, Requirement};
use domain::plan::types::{Ask, Bilingual, DenialKind, Fact, Urgency};
use domain::referral::Placing;
use domain::statute::{ClockNature, Clocks};
use domain::time::pacific_day;
use domain::{authorization, claim, referral};
use jiff::Timestamp;
use jiff::civil::Date;
use store::deadlines::Deadline;

use crate::cases::around::Around;
use crate::cases::case::{
    Advice, Answered, Application, Authorization, Body, Case, Claim, Referral, Supplied, Tried,
};
use crate::cases::provider_steps::{ProviderStep, provider_steps};
use crate::cases::would_change::WouldChange;
use crate::cases::{clocks, facts};
use crate::command::caller::{Caller, Role};
use crate::plugins::registry::Live;
use crate::words;

/// A case as one caller may see it. Has no `Debug`: it is about a person.
#[derive(Clone)]
pub struct ShownCase {
    /// The case, without what is not the caller's to see. Who may take a referral is taken out of its state
    /// too, and stands in `placing`.
    pub case: Case,
    /// Word of its state, as the caller is shown it.
    pub state: &'static str,
    /// True if the caller is of a plan's people, who weigh what rules advise and recommend.
    pub for_plan: bool,
    /// Party that may take a referral that waits for a provider.
    pub placing: Option<ShownPlacing>,
    /// Steps that the caller may take with it now, as a provider.
    pub provider_steps: Vec<ProviderStep>,
    /// That the rules called a no administrative that rests on something else; for the plan.
    pub mislabelled: Option<Bilingual>,
    /// Clocks of the case.
    pub deadlines: Vec<ShownDeadline>,
    /// Declarations of its plans, for the words of criteria and questions.
    pub declared: Declared,
    /// Day on which it is looked at, Pacific time.
    pub today: Date,
    /// State of the referral that this one joined.
    pub joined: Option<JoinedReferral>,
    /// Parts that are shown where one case is read, besides the request.
    pub beside: Option<Beside>,
}

/// Parts that are shown beside a case that is read by itself.
#[derive(Clone)]
pub struct Beside {
    /// Surroundings of the case; for the plan's people.
    pub around: Option<Around>,
    /// Changes that would turn the answer.
    pub what_if: Option<WouldChange>,
}

/// Outcome of a provider's step with a referral.
#[derive(Clone)]
pub enum SteppedReferral {
    /// The referral, which is the provider's to see.
    Seen(Box<ShownCase>),
    /// Rest of the case for a provider that has just declined an offer.
    Left(Box<LeftCase>),
}

/// Rest of a case for a provider whose it is no longer: nothing about the member.
#[derive(Clone)]
pub struct LeftCase {
    /// Id of the case.
    pub id: CaseId,
    /// Word of its state.
    pub state: &'static str,
    /// Kind of the case.
    pub kind: CaseKind,
    /// Plan that it is with.
    pub plan: Option<PlanId>,
    /// Delegate that answers, if one does.
    pub delegate: Option<String>,
    /// Service that it is about.
    pub service: Option<String>,
    /// Urgency of the case.
    pub urgency: Urgency,
    /// Instant at which the host received it (UTC).
    pub received_at: Timestamp,
    /// Version of the case.
    pub version: i64,
}

/// Party that may take a referral that waits for a provider.
#[derive(Clone, Debug)]
pub struct ShownPlacing {
    /// Word for who it is with.
    pub state: &'static str,
    /// The provider; of an offer for the plan only.
    pub provider: Option<OrgId>,
    /// Instant from which it is so (UTC).
    pub since: Option<Timestamp>,
    /// Why the plan's people look for one.
    pub why: Option<WhyPeople>,
    /// Providers that did not take it, oldest first; for the plan only.
    pub tried: Vec<Tried>,
}

/// State of a referral, for whoever made another that joined it.
#[derive(Clone, Debug)]
pub struct JoinedReferral {
    /// Word of its state.
    pub state: &'static str,
    /// Provider that took it.
    pub assigned: Option<OrgId>,
    /// Closure of its loop: the reason's code, and the instant (UTC).
    pub closure: Option<(String, Timestamp)>,
}

/// A clock, with what its rule says.
#[derive(Clone, Debug)]
pub struct ShownDeadline {
    /// Row of the clock.
    pub clock: Deadline,
    /// Meaning of its end: a duty, a right or a warning.
    pub nature: ClockNature,
    /// The rule in plain words.
    pub text: Option<Bilingual>,
    /// The statute or guide behind it.
    pub source: Option<String>,
}

/// Declarations of plans in their profiles. Cheap to clone.
#[derive(Clone)]
pub struct Declared(Vec<Live>);

/// Surroundings that decide how a case is shown.
pub(crate) struct Seen<'a> {
    /// Caller whom it is shown to.
    pub(crate) caller: &'a Caller,
    /// Declarations of its plans, by their latest profiles.
    pub(crate) plans: Vec<Live>,
    /// Clocks of the case.
    pub(crate) deadlines: Vec<Deadline>,
    /// Instant of the look (UTC).
    pub(crate) now: Timestamp,
}

impl ShownCase {
    /// The case as this caller may see it.
    pub(crate) fn of(mut case: Case, seen: Seen<'_>) -> Self {
        let Seen { caller, plans, deadlines, now } = seen;
        let for_plan = is_plan(caller);
        let state = case.body.state_for(caller.plan.as_ref());
        if matches!(&case.body, Body::Referral(body) if is_joined(body)) && !for_plan {
            // Whose referral it joined stays private; the plan sees both.
            case.follows = None;
        }
        let provider_steps = provider_steps(&case, caller, now);
        let mislabelled = case.body.answered().is_some_and(|answered| answered.mislabelled) && for_plan;
        let placing = take_placing(&mut case.body, for_plan);
        if !for_plan {
            without_what_plans_weigh(&mut case.body);
        }
        case.version = case.version_for(caller.plan.as_ref());
        if let Some(plan) = &caller.plan {
            of_plan_alone(&mut case.body, plan);
        }
        let theirs =
            |clock: &Deadline| caller.plan.is_none() || clock.plan.is_none() || clock.plan == caller.plan;
        Self {
            case,
            state,
            for_plan,
            placing,
            provider_steps,
            mislabelled: mislabelled.then(words::labelled_administrative),
            deadlines: deadlines.into_iter().filter(theirs).map(ShownDeadline::of).collect(),
            declared: Declared(plans),
            today: pacific_day(now),
            joined: None,
            beside: None,
        }
    }
}

impl LeftCase {
    pub(crate) fn of(shown: ShownCase) -> Self {
        let ShownCase { case, state, .. } = shown;
        Self {
            state,
            id: case.id,
            kind: case.body.kind(),
            plan: case.plan,
            delegate: case.delegate,
            service: case.service,
            urgency: case.urgency,
            received_at: case.received_at,
            version: case.version,
        }
    }
}

impl ShownDeadline {
    pub(crate) fn of(clock: Deadline) -> Self {
        let rule = Clocks::state().rule(clock.rule, pacific_day(clock.started_at));
        let (text, source) = match rule {
            Some(rule) => (Some(rule.text.clone()), Some(rule.source.clone())),
            None => clocks::promise_words(clock.rule)
                .map_or((None, None), |(words, source)| (Some(words), Some(source.to_owned()))),
        };
        Self { nature: clocks::nature(clock.rule), text, source, clock }
    }
}

impl Declared {
    /// The criterion of this id.
    #[must_use]
    pub fn criterion(&self, id: &str) -> Option<&Criterion> {
        self.profiles().flat_map(|profile| &profile.criteria).find(|criterion| criterion.id == id)
    }

    /// Criteria of a service on a day, the plan's own and the state's.
    pub fn criteria<'a>(&'a self, service: &'a str, on: Date) -> impl Iterator<Item = &'a Criterion> {
        let holds = move |criterion: &&Criterion| {
            (criterion.service == service || criterion.service == "*") && criterion.days.holds(on)
        };
        self.profiles().flat_map(|profile| &profile.criteria).filter(holds)
    }

    /// Delegates that the plan declares.
    pub fn delegates(&self) -> impl Iterator<Item = &Delegate> {
        self.profiles().flat_map(|profile| &profile.delegates)
    }

    /// The fact of this code: the dictionary's, or a plan's own.
    #[must_use]
    pub fn fact(&self, code: &str) -> Option<&FactDefinition> {
        let own = || self.profiles().flat_map(|profile| &profile.facts).find(|fact| fact.code == code);
        Dictionary::state().fact(code).or_else(own)
    }

    /// The requirement of this id.
    #[must_use]
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.profiles().flat_map(|profile| &profile.requirements).find(|requirement| requirement.id == id)
    }

    /// The question to put to a person for what a plan asks.
    #[must_use]
    pub fn question(&self, ask: &Ask) -> Bilingual {
        question(ask, self.profiles().flat_map(|profile| &profile.facts))
    }

    fn profiles(&self) -> impl Iterator<Item = &PlanProfile> {
        self.0.iter().map(Live::profile)
    }
}

/// The question to put to a person: the dictionary's, or the plan's own.
pub(crate) fn question<'a>(ask: &Ask, mut own: impl Iterator<Item = &'a FactDefinition>) -> Bilingual {
    let itself = |code: &String| Bilingual { en: code.clone(), es: code.clone() };
    let dictionary = Dictionary::state();
    match ask {
        Ask::Fact(code) => {
            let own = || own.find(|fact| &fact.code == code);
            dictionary.fact(code).or_else(own).map_or_else(|| itself(code), |fact| fact.question.clone())
        }
        Ask::Document(kind) => {
            let name = dictionary.document(kind).map_or_else(|| itself(kind), |known| known.name.clone());
            Bilingual { en: format!("Attach: {}", name.en), es: format!("Adjunte: {}", name.es) }
        }
    }
}

fn is_plan(caller: &Caller) -> bool {
    matches!(caller.role, Role::PlanReviewer | Role::PlanAdmin)
}

fn is_joined(body: &Referral) -> bool {
    matches!(body.state, referral::State::Joined { .. })
}

/// Takes out who may take a referral, and gives what the caller may know of it.
fn take_placing(body: &mut Body, for_plan: bool) -> Option<ShownPlacing> {
    let Body::Referral(body) = body else { return None };
    let tried = std::mem::take(&mut body.tried);
    body.order.clear();
    body.assignments.clear();
    let placing = match &mut body.state {
        referral::State::Accepted { placing, .. } | referral::State::ChangingProvider { placing, .. } => {
            std::mem::take(placing)
        }
        _ => return None,
    };
    let hidden = matches!(placing, Placing::Offered { .. }) && !for_plan;
    let (state, provider) = (placing.name(), placing.who().filter(|_| !hidden));
    let (since, why) = match placing {
        Placing::Offered { since, .. } | Placing::Assigned { since, .. } => (Some(since), None),
        Placing::People { since, why } => (Some(since), Some(why)),
        Placing::Open | Placing::Sender { .. } => (None, None),
    };
    let tried = if for_plan { tried } else { Vec::new() };
    Some(ShownPlacing { state, provider, since, why, tried })
}

/// Takes out what software advises and recommends: that is for the plan's people, and never becomes the
/// member's.
fn without_what_plans_weigh(body: &mut Body) {
    match body {
        Body::Referral(body) => {
            let with = match &mut body.state {
                referral::State::WithPeople(with) => Some(with),
                _ => None,
            };
            without_advice(&mut body.answered, with);
        }
        Body::Authorization(body) => {
            let with = match &mut body.state {
                authorization::State::WithPeople(with) => Some(with),
                _ => None,
            };
            without_advice(&mut body.answered, with);
        }
        Body::Claim(body) => {
            let with = match &mut body.state {
                claim::State::WithPeople(with) => Some(with),
                _ => None,
            };
            without_advice(&mut body.answered, with);
            // A clinical denial is a recommendation: to the provider the line is with people.
            body.results.retain(|result| !is_clinical_denial(result));
        }
        Body::Application(_) => {}
    }
}

fn without_advice(answered: &mut Answered, with: Option<&mut WithPeople>) {
    answered.mislabelled = false;
    answered.against_advice = None;
    let advice = answered.advice.take();
    let recommendation = with.and_then(|with| with.recommendation.take());
    // What an adverse one rests on goes with it.
    if advice.as_ref().is_some_and(Advice::is_adverse) || recommendation.is_some() {
        answered.findings.clear();
    }
}

fn is_clinical_denial(result: &LineResult) -> bool {
    matches!(&result.outcome, LineOutcome::Denied(denied) if denied.kind == DenialKind::Clinical)
}

/// Leaves of facts what all plans share and the plan's own, and of a credentialing file its own reading.
fn of_plan_alone(body: &mut Body, plan: &PlanId) {
    let (facts, supplied) = match body {
        Body::Referral(Referral { facts, supplied, .. })
        | Body::Authorization(Authorization { facts, supplied, .. })
        | Body::Claim(Claim { facts, supplied, .. }) => (facts, supplied),
        Body::Application(Application { answers, supplied, reviews, .. }) => {
            reviews.retain(|of, _| of == plan);
            (answers, supplied)
        }
    };
    of_plan(facts, plan);
    supplied.iter_mut().for_each(|Supplied { facts, .. }| of_plan(facts, plan));
}

fn of_plan(known: &mut Vec<Fact>, plan: &PlanId) {
    *known = facts::for_plan(std::mem::take(known), plan);
}

/// State of a referral, for whoever made another that joined it.
pub(crate) fn standing(case: &Case) -> Option<JoinedReferral> {
    let Body::Referral(body) = &case.body else { return None };
    let closure = match &body.state {
        referral::State::Closed { at, reason } => Some((reason.clone(), *at)),
        _ => None,
    };
    let assigned = match &body.state {
        referral::State::ProviderAccepted { provider, .. } | referral::State::InService { provider, .. } => {
            Some(*provider)
        }
        referral::State::Closed { .. } => case.assigned,
        _ => None,
    };
    Some(JoinedReferral { state: body.state.name(), assigned, closure })
}

/// A refusal's reason, with a word in the language in which it is still to be written.
#[must_use]
pub fn written(refusal: &Refusal) -> Bilingual {
    refusal.told()
}

#[cfg(test)]
mod tests;

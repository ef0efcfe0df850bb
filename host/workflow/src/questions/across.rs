//! A case that nobody has sent: asked of one plan before it is sent, or of every plan of a county side by
//! side.
//!
//! What plans see here is nobody. The request carries coded facts, marked populations, the kinds of the
//! provider and a birth date made of an age in whole years; no member stands behind it, so that there is no
//! number, no name and no history to hand over. What the contract wants filled in besides is the same for
//! everybody. Of the answers the plugins' notes are dropped: with no imports and no notes, nothing gets out
//! of what a rival's plugin saw.

use std::collections::BTreeMap;

use domain::audit::SubjectKind;
use domain::case::WhyPeople;
use domain::catalog::Service;
use domain::dictionary::Dictionary;
use domain::floor::Ground;
use domain::identifiers::{County, Digest, EvaluationId, PlanId};
use domain::plan::authorization::{AuthorizationRequest, Decision, Presumption, RequestedLine};
use domain::plan::profile::{Mode, PlanProfile, Rate};
use domain::plan::question::{Answer, Question};
use domain::plan::referral::{Disposition, Redirection, ReferralRequest};
use domain::plan::types::{
    Bilingual, Context, Coverage, Denial, Fact, FactValue, Finding, Member, Period, Provider, Workflow,
};
use domain::problem::Code;
use jiff::ToSpan;
use jiff::civil::Date;
use store::Unit;
use store::contracts::Wanted;

use crate::Crosswalk;
use crate::cases::facts;
use crate::cases::referrals::known_service;
use crate::cases::sent_back::Sent;
use crate::cases::would_change::{AskedFor, WouldChange};
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::{Once, Outcome, UnsentCase, WhatIf};
use crate::plugins::asking::Checked;
use crate::plugins::objection::{Named, NoAnswer, names_no_field};
use crate::plugins::registry::Live;
use crate::questions::what_if::{GradedAnswer, asked_for, findings, is_last};

/// The id of every case that nobody has sent.
const UNSENT: &str = "unsent";
/// The language that is taken for everybody's.
const LANGUAGE: &str = "en";

/// One case, asked of every plan of a county.
#[derive(Clone, Debug)]
pub struct AskedAcross {
    /// County of the plans.
    pub county: County,
    /// Day that the rules are about.
    pub on: Date,
    /// Answers, service by service.
    pub services: Vec<AskedService>,
}

/// One service, as each plan answers about it.
#[derive(Clone, Debug)]
pub struct AskedService {
    /// Service that was asked about.
    pub service: &'static Service,
    /// One answer for each plan of the county, by plan.
    pub answers: Vec<PlanAnswer>,
}

/// One plan's answer to a case that nobody has sent.
#[derive(Clone, Debug)]
pub struct PlanAnswer {
    /// Plan that answers.
    pub plan: PlanId,
    /// Id of the service.
    pub service: String,
    /// Party that has the last word at this plan.
    pub mode: Mode,
    /// SHA-256 of the component that was asked; `None` where people answer.
    pub digest: Option<Digest>,
    /// Word of the answer.
    pub answer: &'static str,
    /// Criteria that it rests on.
    pub findings: Vec<AskedFinding>,
    /// Facts and documents that the plan would still need.
    pub asks: Vec<AskedFor>,
    /// The presumptive window that it would open.
    pub presumption: Option<Presumption>,
    /// Place to which a referral would be sent instead.
    pub redirect: Option<Redirection>,
    /// The denial that nobody has made a decision of.
    pub denial: Option<Denial>,
    /// Why the plan's people would have it.
    pub why_people: Option<WhyPeople>,
    /// Fields that the plan's rules cannot accept.
    pub problems: Vec<NamedField>,
    /// Changes that would turn the answer, where that was asked.
    pub what_if: Option<WouldChange>,
}

/// One criterion's result, with what the criterion asks.
#[derive(Clone, Debug)]
pub struct AskedFinding {
    /// Result of the criterion.
    pub finding: Finding,
    /// Words of the criterion, if the profile declares it.
    pub text: Option<Bilingual>,
}

/// A field that a plan's rules cannot accept.
#[derive(Clone, Debug)]
pub struct NamedField {
    /// JSON Pointer into the case.
    pub pointer: String,
    /// Problem of the field, in the plan's words.
    pub text: Bilingual,
}

/// Changes that would turn an answer, recorded or not.
#[derive(Clone, Debug)]
pub struct WhatIfAnswer {
    /// The recorded evaluation that was asked about.
    pub evaluation: Option<EvaluationId>,
    /// Changes that would turn it; `None` where nothing is to be changed, or the answer is for the plan's
    /// people to weigh.
    pub what_if: Option<WouldChange>,
    /// For a case that nobody has sent: each plan's answer, with what would change it.
    pub answers: Vec<PlanAnswer>,
}

/// A question as one plan is asked it, and what it said.
struct Replied {
    question: Question,
    answer: Result<Answer, NoAnswer>,
    presumption: Option<Presumption>,
}

impl Crosswalk {
    /// Asks every plan of a county the same case: to choose a service before the plan is known, or to compare
    /// policies. Plans themselves may not: what their rivals' rules say to whom is not theirs to probe.
    ///
    /// # Errors
    /// `Forbidden` for plan roles; `Invalid` for facts that a plan's profile does not declare, or in words.
    pub async fn ask_across(
        &self,
        caller: &Caller,
        case: UnsentCase,
        once: Once<AskedAcross>,
    ) -> Result<Outcome<AskedAcross>, Failure> {
        caller.must_be(&[Role::Provider, Role::Operator])?;
        let case = &case;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let plans = crosswalk.plans_in(case).await?;
                // Whoever broke once is not waited for again.
                let mut broken: BTreeMap<PlanId, WhyPeople> = BTreeMap::new();
                let mut services = Vec::with_capacity(case.services.len());
                for id in &case.services {
                    let mut answers = Vec::with_capacity(plans.len());
                    for live in &plans {
                        let fault = broken.get(&live.plan);
                        let (told, replied) = crosswalk.ask_unsent(caller, live, case, id, fault).await?;
                        if let Some(Replied {
                            answer: Err(NoAnswer::People(why @ WhyPeople::PluginFault(_))),
                            ..
                        }) = replied
                        {
                            broken.insert(live.plan.clone(), why);
                        }
                        answers.push(told);
                    }
                    services.push(AskedService { service: known_service(id)?, answers });
                }
                let on = crosswalk.rule_day(case);
                let audit = crosswalk.audit(caller, "look", SubjectKind::Criteria, "asked", None);
                Ok((Unit::of([audit]), AskedAcross { county: case.county.clone(), on, services }))
            })
        })
        .await
    }

    /// Changes that would turn an answer: a recorded one, or that to a case before it is sent. Nothing is
    /// recorded but the look.
    ///
    /// # Errors
    /// `Invalid` for an evaluation that is not there or not the caller's; otherwise as for
    /// [`Self::ask_across`]. `Forbidden` for a plan that asks another's rules.
    pub async fn what_if(
        &self,
        caller: &Caller,
        asked: WhatIf,
        once: Once<WhatIfAnswer>,
    ) -> Result<Outcome<WhatIfAnswer>, Failure> {
        let asked = &asked;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                match asked {
                    WhatIf::Evaluation(id) => crosswalk.what_if_decided(caller, *id).await,
                    WhatIf::Unsent { case, plan } => {
                        crosswalk.what_if_sent(caller, case, plan.as_ref()).await
                    }
                }
            })
        })
        .await
    }

    async fn what_if_decided(
        &self,
        caller: &Caller,
        id: EvaluationId,
    ) -> Result<(Unit, WhatIfAnswer), Failure> {
        let found = store::evaluations::find(self.store(), &caller.scope, id).await?;
        let row = found.ok_or_else(|| {
            Failure::field(
                "/evaluation",
                Code::UnknownEvaluation,
                "no such evaluation, or not about a case of yours",
                "use the evaluation's id from a case",
            )
        })?;
        let case = self.readable_case(caller, row.case).await?;
        let what_if = if is_last(&case, id) { self.what_would_change(caller, &case).await? } else { None };
        let subject = row.case.to_string();
        let audit = self.audit(caller, "look", SubjectKind::Case, &subject, Some(&row.plan));
        Ok((Unit::of([audit]), WhatIfAnswer { evaluation: Some(id), what_if, answers: Vec::new() }))
    }

    async fn what_if_sent(
        &self,
        caller: &Caller,
        case: &UnsentCase,
        plan: Option<&PlanId>,
    ) -> Result<(Unit, WhatIfAnswer), Failure> {
        let plan = match (&caller.plan, plan) {
            (Some(own), Some(other)) if own != other => return Err(Failure::Forbidden),
            (Some(own), _) => Some(own),
            (None, plan) => plan,
        };
        let mut plans = self.plans_in(case).await?;
        plans.retain(|live| plan.is_none_or(|plan| plan == &live.plan));
        if let (true, Some(_)) = (plans.is_empty(), plan) {
            return Err(Failure::field(
                "/plan",
                Code::UnknownPlan,
                "no such plan in the county has rules in force",
                "use a plan of ⟦listPlans⟧, or leave it out for all of the county's",
            ));
        }
        let mut answers = Vec::with_capacity(plans.len());
        for live in &plans {
            for service in &case.services {
                let (mut told, replied) = self.ask_unsent(caller, live, case, service, None).await?;
                if let (Some(Replied { question, answer: Ok(answer), .. }), Some(plugin)) =
                    (replied, live.plugin())
                    && may_see(
                        caller,
                        GradedAnswer::by_criteria(Ground::of(live.profile()), &question, &answer).as_ref(),
                    )
                {
                    told.what_if = self.what_would_change_asked(plugin, &question, &answer).await?;
                }
                answers.push(told);
            }
        }
        let audit = self.audit(caller, "look", SubjectKind::Criteria, "what-if", plan);
        Ok((Unit::of([audit]), WhatIfAnswer { evaluation: None, what_if: None, answers }))
    }

    /// The plans of the case's county with rules in force, by id.
    async fn plans_in(&self, case: &UnsentCase) -> Result<Vec<Live>, Failure> {
        let mut plans = self.live_all(self.now(), self.today()).await?;
        plans.retain(|live| live.profile().counties.iter().any(|county| county == case.county.as_str()));
        plans.sort_by(|one, other| one.plan.cmp(&other.plan));
        Ok(plans)
    }

    /// The day that the rules are about, as for a case that is sent today.
    fn rule_day(&self, case: &UnsentCase) -> Date {
        let first = case.lines.iter().map(|line| line.days.first).min();
        first.unwrap_or(self.today()).max(self.today())
    }

    /// Asks one plan about one service, unless its people answer or its component broke before.
    async fn ask_unsent(
        &self,
        caller: &Caller,
        live: &Live,
        case: &UnsentCase,
        service: &str,
        broken: Option<&WhyPeople>,
    ) -> Result<(PlanAnswer, Option<Replied>), Failure> {
        let mode = live.mode(case.workflow);
        let mut told = PlanAnswer {
            plan: live.plan.clone(),
            service: service.to_owned(),
            mode,
            digest: None,
            answer: "with-people",
            findings: Vec::new(),
            asks: Vec::new(),
            presumption: None,
            redirect: None,
            denial: None,
            why_people: None,
            problems: Vec::new(),
            what_if: None,
        };
        // Read even where nobody is asked: a fact that the profile does not know is a mistake all the same.
        let facts = coded_facts(case, live)?;
        if mode == Mode::People {
            told.why_people = Some(live.why_people());
            return Ok((told, None));
        }
        told.digest = Some(*live.digest());
        if let Some(why) = broken {
            could_not_answer(why, &mut told);
            return Ok((told, None));
        }
        let replied = self.ask_rules(caller, live, case, service, facts).await?;
        match &replied.answer {
            Err(NoAnswer::People(why)) => could_not_answer(why, &mut told),
            Err(NoAnswer::Sender(named)) => cannot_be_accepted(case, named, &mut told),
            Ok(answer) => {
                let ground = Ground::of(live.profile());
                let standing = GradedAnswer::by_criteria(ground, &replied.question, answer);
                let may_see = may_see(caller, standing.as_ref());
                answered(answer, standing, may_see, live.profile(), &mut told);
                told.presumption.clone_from(&replied.presumption);
            }
        }
        Ok((told, Some(replied)))
    }

    async fn ask_rules(
        &self,
        caller: &Caller,
        live: &Live,
        case: &UnsentCase,
        service: &str,
        facts: Vec<Fact>,
    ) -> Result<Replied, Failure> {
        let on = self.rule_day(case);
        let provider = self.nameless_provider(caller, live, case, service).await?;
        let context = self.nobodys_context(live, case, service, on).await?;
        let member = nobody(case, on);
        if case.workflow == Workflow::Referral {
            let request = referral_request(case, service, member, provider, facts);
            let question = Question::Triage { request, context };
            let answer = self.ask(live, &question).await.answer.map(|checked| checked.answer);
            return Ok(Replied { question, answer, presumption: None });
        }
        let mut request = authorization_request(case, service, member, provider, facts);
        if request.lines.is_empty() {
            request.lines = usual_line(live.profile(), service, on);
        }
        let presume = Question::Presume { request: request.clone(), context: context.clone() };
        let question = Question::Determine { request, context };
        let answer = self.ask(live, &question).await.answer.map(|checked| checked.answer);
        // A plugin that broke just now is not asked a second thing.
        let presumption = match &answer {
            Ok(_) => match self.ask(live, &presume).await.answer {
                Ok(Checked { answer: Answer::Presume(window), .. }) => window,
                _ => None,
            },
            Err(_) => None,
        };
        Ok(Replied { question, answer, presumption })
    }

    /// The caller as a provider without a name or a number: its kinds, unless other kinds are asked about,
    /// and whether it has a contract with the plan for the service, there and then. The county asks as a
    /// provider with a contract would.
    async fn nameless_provider(
        &self,
        caller: &Caller,
        live: &Live,
        case: &UnsentCase,
        service: &str,
    ) -> Result<Provider, Failure> {
        let enrolled = caller.enrolled.as_ref().filter(|_| caller.role == Role::Provider);
        let kinds = match (&case.provider_kinds, enrolled) {
            (kinds, Some(own)) if kinds.is_empty() => own.provider_kinds.clone(),
            (kinds, _) => kinds.clone(),
        };
        let contracted = match enrolled {
            Some(own) => {
                let (plan, county) = (&live.plan, &case.county);
                let wanted = Wanted { provider: own.id, plan, delegate: None, service, county };
                let first = case.lines.iter().map(|line| line.days.first).min();
                self.is_contracted(wanted, first.unwrap_or_else(|| self.today())).await?
            }
            None => true,
        };
        Ok(Provider {
            npi: String::new(),
            kinds,
            taxonomies: Vec::new(),
            counties: vec![case.county.to_string()],
            contracted,
        })
    }

    /// Context of a case of nobody: covered by this plan for a year and on, in the line of business that is
    /// asked first for the service, with no history. The places of a capped service are the plan's own count.
    async fn nobodys_context(
        &self,
        live: &Live,
        case: &UnsentCase,
        service: &str,
        on: Date,
    ) -> Result<Context, Failure> {
        let lines = &live.profile().lines;
        let line = known_service(service)?.lines.iter().find(|line| lines.contains(line));
        let line = line.or(lines.first()).cloned().unwrap_or_default();
        let dual_status = Dictionary::state().usual_dual_status(&line, on).to_owned();
        Ok(Context {
            as_of: on,
            today: self.today(),
            received: self.now(),
            coverage: Coverage {
                line,
                days: Period { first: on.saturating_sub(1.years()), last: None },
                dual_status,
                other_d_snp: false,
                group: None,
                delegate: None,
            },
            history: Vec::new(),
            capacity: self.capacity_of(live, service, &case.county, on).await?,
            open_cases: Vec::new(),
            tables: Vec::new(),
        })
    }
}

/// The member whom a case of nobody is about: somebody of that age, in the county.
fn nobody(case: &UnsentCase, on: Date) -> Member {
    Member {
        identity: None,
        birth_date: on.saturating_sub(i32::from(case.age).years()),
        county: case.county.to_string(),
        language: LANGUAGE.to_owned(),
    }
}

/// The referral that an unsent case would be.
fn referral_request(
    case: &UnsentCase,
    service: &str,
    member: Member,
    referrer: Provider,
    facts: Vec<Fact>,
) -> ReferralRequest {
    ReferralRequest {
        id: UNSENT.to_owned(),
        service: service.to_owned(),
        populations: case.populations.clone(),
        urgency: case.urgency,
        member,
        referrer,
        preferred: None,
        facts,
        documents: case.documents.clone(),
    }
}

/// The request for authorization that it would be, of the lines that it names.
fn authorization_request(
    case: &UnsentCase,
    service: &str,
    member: Member,
    provider: Provider,
    facts: Vec<Fact>,
) -> AuthorizationRequest {
    AuthorizationRequest {
        id: UNSENT.to_owned(),
        service: service.to_owned(),
        populations: case.populations.clone(),
        kind: case.kind,
        urgency: case.urgency,
        member,
        provider,
        lines: case.lines.clone(),
        facts,
        documents: case.documents.clone(),
    }
}

/// Lines of a request that names none: a unit of the first procedure that the plan pays for the service, for
/// as long as it usually authorizes.
fn usual_line(profile: &PlanProfile, service: &str, on: Date) -> Vec<RequestedLine> {
    let rate = profile.rates.iter().find(|rate| rate.service == service && rate.effective.holds(on));
    let usual = profile.defaults.iter().find(|usual| usual.service == service);
    let last = usual.map(|usual| on.saturating_add((i64::from(usual.days) - 1).days()));
    let line = |rate: &Rate| RequestedLine {
        procedure: rate.procedure.clone(),
        units: 1,
        days: Period { first: on, last: Some(last.unwrap_or(on)) },
    };
    rate.map(line).into_iter().collect()
}

/// The facts that this plan may see, all of them coded: words could name somebody.
fn coded_facts(case: &UnsentCase, live: &Live) -> Result<Vec<Fact>, Failure> {
    let at = format!("{}/facts", case.at);
    let facts = facts::for_plan(facts::conform(&at, &case.facts, live)?, &live.plan);
    let in_words = facts.iter().find(|fact| matches!(fact.value, FactValue::Text(_)));
    let Some(words) = in_words else { return Ok(facts) };
    let place = case.facts.iter().position(|fact| fact.code == words.code).unwrap_or_default();
    Err(Failure::field(
        format!("{at}/{place}/value"),
        Code::FreeText,
        "words could name somebody, and no plan may know whom this is about",
        "leave the fact out here; send it with the case",
    ))
}

/// The plan's rules say that the case contradicts itself, and where.
fn cannot_be_accepted(case: &UnsentCase, named: &[Named], told: &mut PlanAnswer) {
    match Sent::case(&case.facts, &case.documents).problems(named) {
        Some(problems) => {
            told.answer = "invalid-request";
            told.problems = problems
                .into_iter()
                .map(|problem| NamedField {
                    pointer: format!("{}{}", case.at, problem.pointer),
                    text: problem.text.map_or_else(
                        || Bilingual { en: problem.detail.clone(), es: String::new() },
                        |text| *text,
                    ),
                })
                .collect();
        }
        None => could_not_answer(&names_no_field(), told),
    }
}

fn could_not_answer(why: &WhyPeople, told: &mut PlanAnswer) {
    told.answer = "could-not-answer";
    told.why_people = Some(why.clone());
}

/// True if the caller may see a recommendation of software: a plan its own, and the county, since nobody
/// stands behind it.
fn may_see(caller: &Caller, standing: Option<&GradedAnswer>) -> bool {
    caller.role != Role::Provider || !standing.is_some_and(|standing| standing.clinical)
}

/// Tells the answer. A clinical denial is never told as one: a licensed person would look at the case, and a
/// provider learns no more than that.
fn answered(
    answer: &Answer,
    standing: Option<GradedAnswer>,
    may_see: bool,
    profile: &PlanProfile,
    told: &mut PlanAnswer,
) {
    let Some(standing) = standing else { return };
    told.answer = if standing.clinical { "clinical-review" } else { standing.word };
    if !may_see {
        return;
    }
    let criterion = |id: &str| profile.criteria.iter().find(|criterion| criterion.id == id);
    told.findings = findings(answer)
        .iter()
        .map(|finding| AskedFinding {
            text: criterion(&finding.criterion).map(|criterion| criterion.text.clone()),
            finding: finding.clone(),
        })
        .collect();
    told.asks = asked_for(&standing.asks, profile);
    match answer {
        Answer::Triage(triage) => match &triage.disposition {
            Disposition::Redirected(redirection) => told.redirect = Some(redirection.clone()),
            Disposition::NotEligible(denial) => told.denial = Some(denial.clone()),
            Disposition::Accepted | Disposition::NeedsMore(_) => {}
        },
        Answer::Determine(given) => {
            if let Decision::Denied(denial) = &given.decision {
                told.denial = Some(denial.clone());
            }
        }
        _ => {}
    }
}

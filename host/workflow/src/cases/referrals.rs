//! A referral's way: intake, the plan's triage, more information, the provider's steps, the closed loop.

use domain::case::{CaseKind, EventKind, WhyPeople};
use domain::catalog::Catalog;
use domain::identifiers::{CaseId, OrgId};
use domain::plan::profile::Mode;
use domain::plan::question::Question;
use domain::plan::referral::{ReferralRequest, Triage};
use domain::plan::types::{OpenCase, Workflow};
use domain::problem::Code;
use domain::referral::{Event, State};
use domain::time::pacific_day;
use serde_json::Value;
use store::Unit;
use store::contracts::Wanted;

use crate::Crosswalk;
use crate::cases::arriving::Arrival;
use crate::cases::case::{Advice, Answered, Body, Case, DecidedBy, Referral, Tried};
use crate::cases::clocks::notice_to;
use crate::cases::facts;
use crate::cases::intake::{Days, Placed};
use crate::cases::placing::end_offer;
use crate::cases::provider_steps::may_step;
use crate::cases::sent_back::Sent;
use crate::cases::show;
use crate::cases::show::{JoinedReferral, LeftCase, ShownCase, SteppedReferral};
use crate::cases::step::{Actor, CaseNotice, Work};
use crate::command::caller::{Caller, Role};
use crate::command::failure::{Failure, FieldProblem};
use crate::command::notice::Recipient;
use crate::command::{Expected, NewReferral, Once, Outcome, ReferralStep};
use crate::plugins::asking::{Ruled, Ruling};
use crate::words;

impl Crosswalk {
    /// The unit of a new referral, with what its sender sees of the one that it joined.
    pub(super) async fn submitted_referral(
        &self,
        caller: &Caller,
        new: &NewReferral,
    ) -> Result<(Unit, ShownCase), Failure> {
        let work = self.taken_in(caller, new, None).await?;
        let first = work.case.follows;
        let (unit, mut shown) = self.finish(caller, work, &Unit::default()).await?;
        shown.joined = self.standing_of(first).await?;
        Ok((unit, shown))
    }

    /// A new referral with what came of it, not yet recorded. `read_as` says what is to be known of how it
    /// was read, where it was not sent in the API's own form.
    pub(crate) async fn taken_in(
        &self,
        caller: &Caller,
        new: &NewReferral,
        read_as: Option<Value>,
    ) -> Result<Work, Failure> {
        let now = self.now();
        let today = Days::on(pacific_day(now));
        let placed = self.place(caller, &new.member, &new.service, Workflow::Referral, today).await?;
        if let Some(preferred) = new.preferred {
            self.must_be_provider("/preferred_provider", preferred).await?;
        }
        let body = Body::Referral(Referral {
            populations: new.populations.clone(),
            preferred: new.preferred,
            order: Vec::new(),
            tried: Vec::new(),
            assignments: Vec::new(),
            facts: placed.conform("/facts", &new.facts)?,
            documents: new.documents.clone(),
            supplied: Vec::new(),
            state: State::Received { at: now },
            answered: Answered::default(),
            member_notices: Vec::new(),
        });
        let arrival = Arrival {
            placed: Some(&placed),
            service: Some(new.service.clone()),
            urgency: new.urgency,
            ..Arrival::of(self.id(CaseId::from_uuid), now, body, Sent::case(&new.facts, &new.documents))
        };
        let mut work = self.arrived(caller, arrival).await?;
        if let Some(read_as) = read_as {
            work.note(EventKind::ReadAs, read_as);
        }
        if placed.asked().is_some() || !self.joins(&mut work).await? {
            // Where a plan is asked, triage sees the member's open cases and with them any twin.
            self.triage(&mut work, &placed).await?;
        }
        Ok(work)
    }

    /// Asks the plan about a referral that is received, and applies its answer.
    pub(crate) async fn triage(&self, work: &mut Work, placed: &Placed) -> Result<(), Failure> {
        work.plans = Some(placed.plans());
        work.acts(Actor::Host);
        let Some(live) = placed.asked() else {
            work.referral()?.answered.mode = Some(Mode::People);
            return work.step_referral(hand_over(placed.why_people()));
        };
        let mode = live.mode(Workflow::Referral);
        self.foresee_triage(work, placed).await?;
        let request = self.referral_request(work, placed).await?;
        let context = self.context(work, placed).await?;
        let twin = |open: &OpenCase| open.workflow == Workflow::Referral && open.service == request.service;
        // The plan need not be asked what the host knows.
        if context.open_cases.iter().any(twin) && self.joins(work).await? {
            return Ok(());
        }
        let question = Question::Triage { request, context };
        let reply = self.ask(live, &question).await;
        let evaluation = Some(work.keep(reply.record));
        let body = work.referral()?;
        body.answered =
            Answered { findings: Vec::new(), evaluation, mode: Some(mode), ..Answered::default() };
        match self.ruling(live, &question, reply.answer) {
            Ok(Ruling::Referral(triage)) => {
                apply_triage(work, triage, mode)?;
                if matches!(work.referral()?.state, State::Accepted { .. }) {
                    self.find_provider(work).await?;
                }
                Ok(())
            }
            none => {
                let why = work.why_people(none)?;
                work.step_referral(hand_over(why))
            }
        }
    }

    async fn referral_request(&self, work: &mut Work, placed: &Placed) -> Result<ReferralRequest, Failure> {
        let (id, urgency, sender) = (work.case.id, work.case.urgency, work.case.provider);
        let service = work.case.service.clone().unwrap_or_default();
        let referrer = self.contracted_today(work, placed, sender).await?;
        let body = work.referral()?.clone();
        let preferred = match body.preferred {
            Some(organization) => {
                let contracted = self.contracted_today(work, placed, organization).await?;
                let (known, pointer) = (work.enrolled.as_deref(), "/preferred_provider");
                Some(self.provider(known, pointer, &organization, contracted).await?)
            }
            None => None,
        };
        Ok(ReferralRequest {
            id: id.to_string(),
            service,
            populations: body.populations,
            urgency,
            member: placed.asked_member(),
            referrer: self.provider(work.enrolled.as_deref(), "/provider", &sender, referrer).await?,
            preferred,
            facts: self.facts_for_rules(placed, &work.case).await?,
            documents: facts::without_content(body.documents),
        })
    }

    /// True if a provider has a contract for the service of a referral on the day that its rules are about.
    async fn contracted_today(&self, work: &Work, placed: &Placed, provider: OrgId) -> Result<bool, Failure> {
        let wanted = Wanted {
            provider,
            plan: &placed.plan,
            delegate: placed.delegate.as_deref(),
            service: work.case.service.as_deref().unwrap_or_default(),
            county: &placed.member.county,
        };
        self.is_contracted(wanted, pacific_day(work.case.received_at)).await
    }

    /// Step of a provider with a referral on its way to closure.
    ///
    /// # Errors
    /// `NotFound`, `Stale`, `NotAllowed`.
    pub async fn step_referral(
        &self,
        caller: &Caller,
        id: CaseId,
        step: ReferralStep,
        expected: Expected,
        once: Once<SteppedReferral>,
    ) -> Result<Outcome<SteppedReferral>, Failure> {
        caller.must_be(&[Role::Provider])?;
        let step = &step;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let case = crosswalk.referral_to_step(caller, id, step, expected).await?;
                let mut work = Work::new(caller, case, crosswalk.now());
                let organization = *caller.organization()?;
                crosswalk.take_step(&mut work, organization, step).await?;
                tell_referrer(&mut work);
                let sees = [Some(work.case.provider), work.case.assigned].contains(&Some(organization));
                let (unit, shown) = crosswalk.finish(caller, work, &Unit::default()).await?;
                Ok((
                    unit,
                    match sees {
                        true => SteppedReferral::Seen(Box::new(shown)),
                        false => SteppedReferral::Left(Box::new(LeftCase::of(shown))),
                    },
                ))
            })
        })
        .await
    }

    /// The referral, for those who see it; for taking and declining it also for the provider that it is
    /// offered to.
    async fn referral_to_step(
        &self,
        caller: &Caller,
        id: CaseId,
        step: &ReferralStep,
        expected: Expected,
    ) -> Result<Case, Failure> {
        let answers = matches!(step, ReferralStep::Accept | ReferralStep::Decline(_));
        match self.case_to_change(caller, CaseKind::Referral, id, expected).await {
            Err(Failure::NotFound) if answers => {
                let case = self.offered_case(caller, id).await?;
                if expected.holds(case.version) { Ok(case) } else { Err(Failure::Newer(case.version)) }
            }
            found => found,
        }
    }

    async fn take_step(
        &self,
        work: &mut Work,
        organization: OrgId,
        step: &ReferralStep,
    ) -> Result<(), Failure> {
        if !may_step(&work.case, organization, step) {
            return Err(Failure::Forbidden);
        }
        match step {
            ReferralStep::Accept => {
                work.step_referral(Event::ProviderAccept(organization))?;
                if !self.may_be_offered(work, organization).await? {
                    return Err(Failure::Withheld(vec![without_contract("")]));
                }
                if organization != work.case.provider {
                    work.case.assigned = Some(organization);
                    work.note_sight(organization, "delivers");
                }
                Ok(())
            }
            ReferralStep::Decline(reason) => {
                work.step_referral(Event::ProviderDecline(reason.clone()))?;
                let at = work.now();
                let tried = Tried { organization, at, reason: Some(reason.clone()) };
                work.referral()?.tried.push(tried);
                self.find_provider(work).await
            }
            ReferralStep::StartOutreach => work.step_referral(Event::StartOutreach),
            ReferralStep::ChangeProvider(preferred) => {
                work.step_referral(Event::ChangeProvider)?;
                if let Some(preferred) = preferred {
                    self.must_be_provider("/preferred_provider", *preferred).await?;
                    if !self.may_be_offered(work, *preferred).await? {
                        return Err(no_contract("/preferred_provider"));
                    }
                    let body = work.referral()?;
                    body.preferred = Some(*preferred);
                    body.tried.retain(|tried| tried.organization != *preferred);
                }
                self.find_provider(work).await
            }
            ReferralStep::Close(reason) => {
                end_offer(work);
                work.step_referral(Event::Close(reason.clone()))
            }
        }
    }

    /// Lets a referral join another that is under way for the same member, service and plan. False if there
    /// is none.
    ///
    /// Whoever made the second sees how the first stands and is told of each step, and no more: whose it is
    /// stays private. Who has an open one itself is told which.
    async fn joins(&self, work: &mut Work) -> Result<bool, Failure> {
        let (case, sender) = (work.case.clone(), work.case.provider);
        let (Some(member), Some(plan), Some(service)) = (case.member, &case.plan, &case.service) else {
            return Ok(false);
        };
        let duty = store::Scope::duty("duplicates");
        let open = store::cases::open_duplicates(self.store(), &duty, member, service, plan).await?;
        if let Some(own) = open.iter().find(|case| case.provider_org == sender) {
            return Err(Failure::Duplicate(Some(own.id)));
        }
        let Some(first) = open.first() else { return Ok(false) };
        work.step_referral(Event::Join)?;
        work.case.follows = Some(first.id);
        let (to, text) = (Recipient::Organization(sender), words::referral_joined());
        work.notices.push(CaseNotice { to, kind: "referral-joined", text, ends_clocks: notice_to::REFERRER });
        Ok(true)
    }

    /// State of the referral that another joined: state, closure and provider, and nothing of what was said
    /// in it.
    pub(crate) async fn standing_of(&self, first: Option<CaseId>) -> Result<Option<JoinedReferral>, Failure> {
        let Some(first) = first else { return Ok(None) };
        let row = store::cases::find(self.store(), &store::Scope::duty("duplicates"), first).await?;
        let case = self.read(row.ok_or(Failure::NotFound)?)?;
        Ok(show::standing(&case))
    }

    /// The referral that goes on in the place of one that its sender took back: the oldest that had joined
    /// it. The plan's people decide about it, and the others that had joined go with it.
    pub(crate) async fn succeed(&self, first: CaseId) -> Result<Unit, Failure> {
        let joined = store::cases::joined(self.store(), first).await?;
        let Some((next, _)) = joined.first() else { return Ok(Unit::default()) };
        let caller = Caller::host("duplicates");
        let mut work = Work::new(&caller, self.readable_case(&caller, *next).await?, self.now());
        work.case.follows = None;
        work.step_referral(hand_over(WhyPeople::FirstTakenBack))?;
        tell_referrer(&mut work);
        let others = Unit::of([store::cases::rejoin(first, *next)]);
        Ok(self.finish(&caller, work, &others).await?.0)
    }
}

/// Applies the plan's answer to the referral.
fn apply_triage(work: &mut Work, ruled: Ruled<Triage, Event>, mode: Mode) -> Result<(), Failure> {
    let Ruled { answer: triage, event, mislabelled } = ruled;
    let body = work.referral()?;
    body.answered.findings = triage.findings;
    body.answered.mislabelled = mislabelled;
    if mode != Mode::Decides {
        body.answered.advice = Some(Advice::Referral(triage.disposition));
        return work.step_referral(hand_over(WhyPeople::AdviceGiven));
    }
    let settled = !matches!(event, Event::HandOver { .. } | Event::Ask(_));
    work.by_rules(|work| work.step_referral(event))?;
    if settled {
        let now = work.now();
        work.referral()?.answered.decide(DecidedBy::Plugin, now);
    }
    tell_referrer(work);
    Ok(())
}

fn without_contract(pointer: &str) -> FieldProblem {
    FieldProblem::new(
        pointer,
        Code::NotContracted,
        "the provider has no contract with the plan for this service in the member's county today",
        "the plan records it with ⟦recordContract⟧; or another provider takes the referral",
    )
}

pub(crate) fn no_contract(pointer: &str) -> Failure {
    Failure::Invalid(vec![without_contract(pointer)])
}

fn hand_over(why: WhyPeople) -> Event {
    Event::HandOver { why, recommendation: None }
}

/// Whoever made the referral learns of each step (DHCS Closed-Loop Referral Implementation Guidance).
pub(crate) fn tell_referrer(work: &mut Work) {
    let state = work.case.body.state();
    let text = words::referral_is(state);
    let to = Recipient::Organization(work.case.provider);
    work.notices.push(CaseNotice { to, kind: "referral-step", text, ends_clocks: notice_to::REFERRER });
}

/// The service must be one of the catalog.
pub(crate) fn known_service(service: &str) -> Result<&'static domain::catalog::Service, Failure> {
    Catalog::state().service(service).ok_or_else(|| {
        Failure::field(
            "/service",
            Code::UnknownCode,
            "the catalog has no such service",
            "use a service id from ⟦getCriteria⟧",
        )
    })
}

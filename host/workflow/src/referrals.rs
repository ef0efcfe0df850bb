//! A referral's way: intake, the plan's triage, more information, the provider's steps, the closed loop.

use domain::case::{CaseKind, WhyPeople};
use domain::catalog::Catalog;
use domain::identifiers::{CaseId, OrgId};
use domain::plan::profile::Mode;
use domain::plan::referral::{ReferralRequest, Triage};
use domain::plan::types::{OpenCase, Workflow};
use domain::referral::{Event, State};
use domain::time::pacific_day;
use serde_json::json;
use store::Unit;
use store::contracts::Wanted;

use crate::Crosswalk;
use crate::asking::Ruled;
use crate::caller::{Caller, Role};
use crate::case::{Advice, Answered, Body, Case, DecidedBy, Referral};
use crate::clocks::told;
use crate::command::{NewReferral, Once, Outcome, ReferralStep};
use crate::facts;
use crate::failure::{Failure, FieldProblem};
use crate::intake::{Days, Placed};
use crate::sent_back::Sent;
use crate::step::{Recipient, Told, Work};
use crate::view::CaseView;
use crate::words;

impl Crosswalk {
    /// Takes a referral in, finds the member's plan, asks its rules, and records what came of it.
    ///
    /// # Errors
    /// `NotFound` for a member who is not there, `NoCoverage`, `Duplicate` for a second open referral to the same
    /// service, `Invalid` for an unknown service.
    pub async fn submit_referral(
        &self,
        caller: &Caller,
        new: NewReferral,
        once: Once<CaseView>,
    ) -> Result<Outcome<CaseView>, Failure> {
        caller.must_be(&[Role::Provider])?;
        let new = &new;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let now = crosswalk.now();
                let today = Days::on(pacific_day(now));
                let placed =
                    crosswalk.place(caller, &new.member, &new.service, Workflow::Referral, today).await?;
                if placed.asked().is_none() {
                    // Before a plan is asked, triage sees the member's open cases and with them any twin.
                    crosswalk.no_open_referral(caller.organization, &placed, &new.service).await?;
                }
                let case = Case {
                    id: crosswalk.id(CaseId::from_uuid),
                    plan: Some(placed.plan.clone()),
                    delegate: placed.delegate.clone(),
                    member: Some(placed.member.id),
                    service: Some(new.service.clone()),
                    provider: *caller.organization()?,
                    assigned: None,
                    urgency: new.urgency,
                    received_at: now,
                    version: 0,
                    follows: None,
                    body: Body::Referral(Referral {
                        populations: new.populations.clone(),
                        preferred: new.preferred,
                        facts: placed.conform("/facts", &new.facts)?,
                        documents: new.documents.clone(),
                        supplied: Vec::new(),
                        state: State::Received { at: now },
                        answered: Answered::default(),
                        member_notices: Vec::new(),
                    }),
                };
                let mut work = Work::new(caller, case, now);
                work.sent = Some(Sent::case(&new.facts, &new.documents));
                work.attached = crosswalk.attachable(caller, work.case.member, &new.documents).await?;
                work.note("received", json!({}));
                crosswalk.triage(&mut work, &placed).await?;
                crosswalk.finish(caller, work, &Unit::default()).await
            })
        })
        .await
    }

    /// Asks the plan about a referral that is received, and applies its answer.
    pub(crate) async fn triage(&self, work: &mut Work, placed: &Placed) -> Result<(), Failure> {
        work.plans = Some(placed.plans());
        let Some(live) = placed.asked() else {
            work.referral()?.answered.mode = Some(Mode::People);
            return work.step_referral(hand_over(placed.why_people()));
        };
        let mode = live.mode(Workflow::Referral);
        let request = self.referral_request(work, placed).await?;
        let context = self.context(placed, &work.case).await?;
        let twin = |open: &OpenCase| open.workflow == Workflow::Referral && open.service == request.service;
        if context.open_cases.iter().any(twin) {
            // It came in between; the plan need not be asked what the host knows.
            let by = work.enrolled.as_ref().map(|organization| organization.id);
            self.no_open_referral(by, placed, &request.service).await?;
        }
        let heard = self.hear_triage(live, request, context).await;
        let body = work.referral()?;
        body.answered = Answered {
            findings: Vec::new(),
            decision: Some(heard.record.brief()),
            mode: Some(mode),
            ..Answered::default()
        };
        work.decisions.push(heard.record);
        match heard.answer {
            Err(unheard) => {
                let why = work.why_people(unheard)?;
                work.step_referral(hand_over(why))
            }
            Ok(triage) => {
                apply_triage(work, triage, mode)?;
                self.offer_to_preferred(work).await
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

    /// Whether a provider has a contract for the service of a referral on the day that its rules are about.
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

    /// What a provider does with a referral on its way to closure.
    ///
    /// # Errors
    /// `NotFound`, `Stale`, `NotAllowed`.
    pub async fn step_referral(
        &self,
        caller: &Caller,
        id: CaseId,
        step: ReferralStep,
        expected: i64,
        once: Once<CaseView>,
    ) -> Result<Outcome<CaseView>, Failure> {
        caller.must_be(&[Role::Provider])?;
        let step = &step;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let case = crosswalk.case_to_change(caller, CaseKind::Referral, id, expected).await?;
                let mut work = Work::new(caller, case, crosswalk.now());
                let organization = *caller.organization()?;
                // The loop is between the one who refers and the one who delivers, who may be the same. Either may
                // hear that the member wants another provider.
                let delivers = organization == work.case.assigned.unwrap_or(work.case.provider);
                let hears =
                    matches!(step, ReferralStep::ChangeProvider(_)) && organization == work.case.provider;
                if !delivers && !hears {
                    return Err(Failure::Forbidden);
                }
                match &step {
                    ReferralStep::Accept => {
                        if !crosswalk.may_be_offered(&mut work, organization).await? {
                            return Err(Failure::Withheld(vec![without_contract("")]));
                        }
                        work.step_referral(Event::ProviderAccept(organization))?;
                        work.case.assigned = Some(organization);
                    }
                    ReferralStep::Decline => {
                        work.step_referral(Event::ProviderDecline)?;
                        work.case.assigned = None;
                    }
                    ReferralStep::StartOutreach => work.step_referral(Event::StartOutreach)?,
                    ReferralStep::ChangeProvider(preferred) => {
                        work.step_referral(Event::ChangeProvider)?;
                        work.case.assigned = None;
                        if let Some(preferred) = preferred {
                            let pointer = "/preferred_provider";
                            crosswalk.provider(None, pointer, preferred, false).await?;
                            if !crosswalk.may_be_offered(&mut work, *preferred).await? {
                                return Err(no_contract(pointer));
                            }
                            offer(&mut work, *preferred);
                        }
                    }
                    ReferralStep::Close(reason) => work.step_referral(Event::Close(reason.clone()))?,
                }
                tell_referrer(&mut work);
                crosswalk.finish(caller, work, &Unit::default()).await
            })
        })
        .await
    }

    /// One open referral for a member, a service and a plan is enough. Whose it is stays private.
    async fn no_open_referral(
        &self,
        by: Option<OrgId>,
        placed: &Placed,
        service: &str,
    ) -> Result<(), Failure> {
        let duty = store::Scope::duty("duplicates");
        let open =
            store::cases::open_duplicates(self.store(), &duty, placed.member.id, service, &placed.plan)
                .await?;
        let Some(first) = open.first() else { return Ok(()) };
        let own = open.iter().find(|case| Some(case.provider_org) == by);
        tracing::debug!(case.id = %first.id, "a second open referral was refused");
        Err(Failure::Duplicate(own.map(|case| case.id)))
    }
}

/// What the plan's answer makes of the referral.
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
    work.step_referral(event)?;
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
        "not-contracted",
        "the provider has no contract with the plan for this service in the member's county today",
        "the plan records it with POST /v1/contracts; or another provider takes the referral",
    )
}

fn no_contract(pointer: &str) -> Failure {
    Failure::Invalid(vec![without_contract(pointer)])
}

fn hand_over(why: WhyPeople) -> Event {
    Event::HandOver { why, recommendation: None }
}

/// Offers the referral to a provider, who sees the case and the member from now on and is told, unless that is the one
/// who made it and sees it anyway.
pub(crate) fn offer(work: &mut Work, preferred: OrgId) {
    if preferred != work.case.provider {
        work.case.assigned = Some(preferred);
        work.notices.push(Told {
            to: Recipient::Organization(preferred),
            kind: "referral-for-you",
            text: words::referral_for_you(),
            keeps: &[],
        });
    }
}

/// Whoever made the referral learns of each step (DHCS Closed-Loop Referral Implementation Guidance).
pub(crate) fn tell_referrer(work: &mut Work) {
    let state = work.case.body.state();
    let text = words::referral_is(state);
    let to = Recipient::Organization(work.case.provider);
    work.notices.push(Told { to, kind: "referral-step", text, keeps: told::REFERRER });
}

/// The service must be one of the catalog.
pub(crate) fn known_service(service: &str) -> Result<&'static domain::catalog::Service, Failure> {
    Catalog::state().service(service).ok_or_else(|| {
        Failure::field(
            "/service",
            "unknown-service",
            "the catalog has no such service",
            "use a service id from GET /v1/criteria",
        )
    })
}

//! Steps of people with a case: they supply facts and documents, withdraw it, and decide what software may
//! not.

use domain::authorization::{Event as AuthorizationEvent, State as AuthorizationState};
use domain::case::{CaseKind, NotAllowed};
use domain::floor;
use domain::identifiers::{CaseId, PlanId};
use domain::plan::referral::Redirection;
use domain::plan::types::{Ask, Workflow};
use domain::problem::Code;
use domain::{application, claim, referral};
use store::Unit;

use crate::Crosswalk;
use crate::cases::authorizations::settle;
use crate::cases::case::{Body, Case, DecidedBy, Supplied, merge};
use crate::cases::claims::tell_biller;
use crate::cases::disputes;
use crate::cases::held::{Held, problem};
use crate::cases::intake::Placed;
use crate::cases::moves::is_anothers;
use crate::cases::placing::end_offer;
use crate::cases::provider_steps::{ProviderStep, is_organizations};
use crate::cases::referrals::tell_referrer;
use crate::cases::sent_back::Sent;
use crate::cases::show::ShownCase;
use crate::cases::step::{self, CaseNotice, Work};
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::notice::Recipient;
use crate::command::{Decided, Expected, Information, Once, Outcome, PeopleDecision};
use crate::words;

impl Crosswalk {
    /// Adds what the plan asked for, and asks the plan again.
    ///
    /// # Errors
    /// `NotFound`, `Stale`, `NotAllowed` unless the plan waits for information.
    pub async fn supply(
        &self,
        caller: &Caller,
        kind: CaseKind,
        id: CaseId,
        more: Information,
        expected: Expected,
        once: Once<ShownCase>,
    ) -> Result<Outcome<ShownCase>, Failure> {
        caller.must_be(&[Role::Provider])?;
        let more = &more;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let case = crosswalk.case_to_change(caller, kind, id, expected).await?;
                let placed = crosswalk.replace_placed(&case).await?;
                let mut work = Work::new(caller, case, crosswalk.now());
                work.sent = Some(Sent::information(&more.facts, &more.documents));
                work.attached = crosswalk.attachable(caller, work.case.member, &more.documents).await?;
                let mut more = more.clone();
                if let Some(placed) = &placed {
                    more.facts = placed.conform("/facts", &more.facts)?;
                }
                keep_supplied(caller, &mut work, &more)?;
                add_information(&mut work, more)?;
                if let Some(placed) = placed.as_ref().filter(|placed| is_anothers(&work.case, placed)) {
                    return crosswalk.hand_over_to(caller, work, placed).await;
                }
                crosswalk.ask_again(caller, &mut work, placed.as_ref()).await?;
                crosswalk.finish(caller, work, &Unit::default()).await
            })
        })
        .await
    }

    pub(crate) async fn ask_again(
        &self,
        caller: &Caller,
        work: &mut Work,
        placed: Option<&Placed>,
    ) -> Result<(), Failure> {
        match (work.case.body.kind(), placed) {
            (CaseKind::Referral, Some(placed)) => self.triage(work, placed).await,
            (CaseKind::Authorization, Some(placed)) => {
                self.presume_and_determine(work, placed).await?;
                self.free_before(work).await
            }
            (CaseKind::Claim, Some(placed)) => self.adjudicate(work, placed).await,
            (CaseKind::Application, _) => self.review_all(caller, work).await,
            (_, None) => Err(step::mistaken_kind()),
        }
    }

    /// The case placed again on its service day, with the plan that answers for that day now; see
    /// [`is_anothers`].
    pub(crate) async fn replace_placed(&self, case: &Case) -> Result<Option<Placed>, Failure> {
        let (Some(member), Some(service)) = (case.member, &case.service) else { return Ok(None) };
        let duty = store::Scope::duty("intake");
        let member = store::members::find(self.store(), &duty, member).await?;
        let member = member.ok_or(Failure::NotFound)?;
        let workflow = match &case.body {
            Body::Referral(_) => Workflow::Referral,
            Body::Authorization(_) => Workflow::Authorization,
            Body::Claim(_) => Workflow::Billing,
            Body::Application(_) => return Ok(None),
        };
        let days = case.days(self.now());
        self.place_member(member, case.provider, service, workflow, days).await.map(Some)
    }

    /// The provider takes a referral or a request back.
    ///
    /// # Errors
    /// `NotFound`, `Stale`, `NotAllowed`; `Forbidden` for who delivers what another asked for.
    pub async fn withdraw(
        &self,
        caller: &Caller,
        kind: CaseKind,
        id: CaseId,
        expected: Expected,
        once: Once<ShownCase>,
    ) -> Result<Outcome<ShownCase>, Failure> {
        caller.must_be(&[Role::Provider])?;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let case = crosswalk.case_to_change(caller, kind, id, expected).await?;
                let mut work = Work::new(caller, case, crosswalk.now());
                let mut also = Unit::default();
                if !is_organizations(&work.case, *caller.organization()?, ProviderStep::Withdraw) {
                    return Err(Failure::Forbidden);
                }
                match kind {
                    CaseKind::Referral => {
                        end_offer(&mut work);
                        work.step_referral(referral::Event::Close(WITHDRAWN.to_owned()))?;
                        also = crosswalk.succeed(id).await?;
                    }
                    CaseKind::Authorization => {
                        work.step_authorization(AuthorizationEvent::Withdraw)?;
                        tell_deliverer(&mut work);
                        crosswalk.free_before(&mut work).await?;
                    }
                    CaseKind::Claim | CaseKind::Application => return Err(step::mistaken_kind()),
                }
                crosswalk.finish(caller, work, &also).await
            })
        })
        .await
    }

    /// A plan's reviewer decides; a case whose days are another plan's by now is handed over instead. A
    /// refusal for medical necessity needs the reviewer's own license.
    ///
    /// # Errors
    /// `NotFound`, `Stale`, `NotAllowed`; `NotLicensed` for a clinical refusal by a key without a license on
    /// record; `Invalid` for a decision that does not belong to the case's kind.
    pub async fn decide(
        &self,
        caller: &Caller,
        kind: CaseKind,
        id: CaseId,
        decided: &Decided,
        expected: Expected,
        once: Once<ShownCase>,
    ) -> Result<Outcome<ShownCase>, Failure> {
        caller.must_be(&[Role::PlanReviewer])?;
        caller.must_be_sure()?;
        let plan = caller.plan()?.clone();
        let (decision, plan) = (&decided.decision, &plan);
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let case = crosswalk.case_to_change(caller, kind, id, expected).await?;
                if let Some(moved) = crosswalk.moved_meanwhile(caller, &case).await? {
                    return Ok(moved);
                }
                let mut work = Work::new(caller, case, crosswalk.now());
                let mut also = Unit::default();
                crosswalk.must_be_offered(&mut work, decision).await?;
                crosswalk.must_be_contracted(&mut work, decision).await?;
                let held = crosswalk.held(&work.case, work.now()).await?;
                match kind {
                    CaseKind::Referral => {
                        crosswalk.decide_referral(caller, &held, &mut work, decision.clone()).await?;
                    }
                    CaseKind::Authorization => {
                        let number = crosswalk.authorization_number(plan);
                        decide_authorization(caller, &held, &mut work, decision.clone(), (number, plan))?;
                        let exception = match decision {
                            PeopleDecision::Approve(granting) => granting.exception.as_ref(),
                            _ => None,
                        };
                        crosswalk.admit_by_people(&mut work, plan, exception).await?;
                        crosswalk.free_before(&mut work).await?;
                    }
                    CaseKind::Claim => match decision {
                        PeopleDecision::Pay { remittance, payment } => {
                            also = crosswalk.pay_one(caller, &mut work, remittance, payment).await?;
                        }
                        decision => decide_claim(caller, &held, &mut work, decision.clone())?,
                    },
                    CaseKind::Application => {
                        crosswalk.decide_application(caller, &mut work, decision, plan).await?;
                    }
                }
                if let Some(reason) = &decided.against_advice {
                    work.case.body.note_against_advice(reason);
                }
                crosswalk.finish(caller, work, &also).await
            })
        })
        .await
    }
}

impl Crosswalk {
    async fn decide_referral(
        &self,
        caller: &Caller,
        held: &Held,
        work: &mut Work,
        decision: PeopleDecision,
    ) -> Result<(), Failure> {
        let mut wanted = None;
        let event = match decision {
            PeopleDecision::Accept => {
                held.must_cover()?;
                referral::Event::Accept
            }
            PeopleDecision::Redirect(to, reason) => {
                let service = work.case.service.as_deref().unwrap_or_default();
                floor::destination(held.ground(), service, &to, "/to").map_err(|broken| problem(&broken))?;
                held.license_to_redirect(caller, &work.case)?;
                wanted = reason.wanted();
                referral::Event::Redirect(Redirection { to, reason: reason.text().clone() })
            }
            PeopleDecision::Refuse(no) => referral::Event::Refuse(held.refusal(caller, &work.case, no)?),
            PeopleDecision::Pend(asks) => referral::Event::Ask(needed(held, asks)?),
            PeopleDecision::Assign(to) => return self.assign_provider(work, to).await,
            PeopleDecision::Offer(order) => return self.offer_to(work, &order).await,
            _ => return Err(other_kind()),
        };
        let accepted = event == referral::Event::Accept;
        let settled = !matches!(event, referral::Event::Ask(_));
        work.step_referral(event)?;
        if settled {
            let now = work.now();
            let body = work.referral()?;
            body.state = body.state.clone().wanting(wanted);
            body.answered.decide(DecidedBy::People, now);
        }
        if accepted {
            self.find_provider(work).await?;
        }
        tell_referrer(work);
        Ok(())
    }
}

/// Most additions that are kept of one case.
const MOST_SUPPLIED: usize = 100;

/// Tells the provider that was to deliver that the request was taken back; its sender knows.
fn tell_deliverer(work: &mut Work) {
    if let Some(assigned) = work.case.assigned {
        let (to, text) = (Recipient::Organization(assigned), words::request_for_you("withdrawn"));
        work.notices.push(CaseNotice { to, kind: "authorization-withdrawn", text, ends_clocks: &[] });
    }
}

/// The closure reason of a referral that its sender took back.
pub(crate) const WITHDRAWN: &str = "member-no-longer-needs";

/// Keeps what was supplied beside what it replaces: who decides sees both.
fn keep_supplied(caller: &Caller, work: &mut Work, more: &Information) -> Result<(), Failure> {
    if work.case.body.supplied().len() >= MOST_SUPPLIED {
        return Err(Failure::field(
            "",
            Code::TooMany,
            "the case holds as many additions as are kept",
            "send a new request with everything that is known",
        ));
    }
    let supplied = Supplied {
        at: work.now(),
        by: caller.organization,
        facts: more.facts.clone(),
        documents: more.documents.clone(),
    };
    work.case.body.note_supplied(supplied);
    Ok(())
}

fn add_information(work: &mut Work, more: Information) -> Result<(), Failure> {
    match work.case.body.kind() {
        CaseKind::Referral => {
            work.step_referral(referral::Event::Supply)?;
            let body = work.referral()?;
            merge(&mut body.facts, &mut body.documents, more);
        }
        CaseKind::Authorization => {
            work.step_authorization(AuthorizationEvent::Supply)?;
            let body = work.authorization()?;
            merge(&mut body.facts, &mut body.documents, more);
        }
        CaseKind::Claim => {
            work.step_claim(claim::Event::Supply)?;
            let now = work.now();
            let body = work.claim()?;
            body.completed_at = Some(now);
            merge(&mut body.facts, &mut body.documents, more);
        }
        CaseKind::Application => {
            let waiting: Vec<PlanId> = work
                .application()?
                .reviews
                .iter()
                .filter(|(_, review)| !review.state.is_final())
                .map(|(plan, _)| plan.clone())
                .collect();
            for plan in &waiting {
                work.step_review(plan, application::Event::Supply)?;
            }
            let body = work.application()?;
            merge(&mut body.answers, &mut body.documents, more);
        }
    }
    Ok(())
}

pub(crate) fn other_kind() -> Failure {
    Failure::field(
        "/decision",
        Code::WrongDecision,
        "this decision does not belong to this kind of case",
        "see the decisions of this route in /docs",
    )
}

fn needed(held: &Held, asks: Vec<Ask>) -> Result<Vec<Ask>, Failure> {
    floor::needs(held.ground(), &asks, "/asks").map_err(|broken| problem(&broken))?;
    Ok(asks)
}

fn decide_authorization(
    caller: &Caller,
    held: &Held,
    work: &mut Work,
    decision: PeopleDecision,
    (number, plan): (String, &PlanId),
) -> Result<(), Failure> {
    // A person decides what is with people; what pends waits for the provider, but may be refused or granted
    // too.
    let state = &work.authorization()?.state;
    if let AuthorizationState::Received { .. } = state {
        return Err(Failure::defect("a request was kept before anybody was asked"));
    }
    // What is over is said first: no lines mend that.
    if state.is_final() {
        let (kind, from) = (CaseKind::Authorization, state.name());
        return Err(NotAllowed { kind, from, event: "decide" }.into());
    }
    let event = match decision {
        PeopleDecision::Approve(granting) => {
            let (grant, extent) = held.grant(caller, &work.case, granting)?;
            AuthorizationEvent::Approve { number, grant, extent }
        }
        PeopleDecision::Refuse(no) => AuthorizationEvent::Refuse(held.refusal(caller, &work.case, no)?),
        PeopleDecision::Pend(asks) => AuthorizationEvent::Ask(needed(held, asks)?),
        _ => return Err(other_kind()),
    };
    settle(work, event, DecidedBy::People, plan)
}

fn decide_claim(
    caller: &Caller,
    held: &Held,
    work: &mut Work,
    decision: PeopleDecision,
) -> Result<(), Failure> {
    let event = match decision {
        PeopleDecision::Uphold(reason) => return disputes::uphold(work, reason),
        PeopleDecision::Refuse(no) => claim::Event::Refuse(held.refusal(caller, &work.case, no)?),
        PeopleDecision::Pend(asks) => claim::Event::Ask(needed(held, asks)?),
        _ => return Err(other_kind()),
    };
    let settled = !matches!(event, claim::Event::Ask(_));
    work.step_claim(event)?;
    if settled {
        let now = work.now();
        work.claim()?.answered.decide(DecidedBy::People, now);
    }
    tell_biller(work);
    Ok(())
}

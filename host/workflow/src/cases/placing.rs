//! A provider for an accepted referral: the member's choice first, then whom the plan's people named, whoever
//! made it, and the providers of the service and county under contract, those with the least to do first.
//! Whoever is offered it sees the least that it must until it takes it; whoever does not take it makes room
//! for the next.

use domain::audit::SubjectKind;
use domain::case::{EventKind, WhyPeople};
use domain::identifiers::{CaseId, OrgId};
use domain::referral::{Event, Placing, State};
use domain::time::pacific_day;
use serde_json::json;
use store::offers::Wanted;
use store::{Scope, Unit};

use crate::Crosswalk;
use crate::cases::case::{Case, Tried};
use crate::cases::referrals::{no_contract, tell_referrer};
use crate::cases::step::{Actor, CaseNotice, Work, mistaken_kind};
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::notice::Recipient;
use crate::command::paging::{Page, Paging};
use crate::words;

impl Crosswalk {
    /// Finds who may take a referral that nobody has: offers it to the next provider, keeps it for whoever
    /// made it, or leaves it to the plan's people.
    pub(crate) async fn find_provider(&self, work: &mut Work) -> Result<(), Failure> {
        // Who is next, nobody decides: it follows from the order and the contracts.
        let before = work.acts(Actor::Host);
        let found = self.place_with_the_next(work).await;
        work.acts(before);
        found
    }

    async fn place_with_the_next(&self, work: &mut Work) -> Result<(), Failure> {
        let sender = work.case.provider;
        work.case.assigned = None;
        match self.next_provider(work).await? {
            Next::Offer(to) if to == sender => work.step_referral(Event::Keep(sender)),
            Next::Offer(to) => offer(work, to),
            Next::People(why) => {
                work.step_referral(Event::LookFor(why))?;
                let plan = work.plan()?;
                let (to, text) = (Recipient::Plan(plan), words::referral_waits_for_provider());
                work.notices.push(CaseNotice {
                    to,
                    kind: "referral-without-provider",
                    text,
                    ends_clocks: &[],
                });
                Ok(())
            }
        }
    }

    async fn next_provider(&self, work: &mut Work) -> Result<Next, Failure> {
        let (case, now) = (work.case.clone(), work.now());
        let body = work.referral()?;
        let left = match &body.state {
            State::ChangingProvider { from, .. } => Some(*from),
            _ => None,
        };
        let free = |organization: &OrgId| {
            left != Some(*organization) && !body.tried.iter().any(|tried| tried.organization == *organization)
        };
        let named: Vec<OrgId> =
            body.preferred.into_iter().chain(body.order.iter().copied()).filter(free).collect();
        let nobody_asked = body.tried.is_empty();
        let asked: Vec<OrgId> = body.tried.iter().map(|tried| tried.organization).chain(left).collect();
        for organization in named {
            if self.may_be_offered(work, organization).await? {
                return Ok(Next::Offer(organization));
            }
            pass_over(work, organization);
        }
        if !asked.contains(&case.provider) && self.may_be_offered(work, case.provider).await? {
            return Ok(Next::Offer(case.provider));
        }
        let county = self.county_of(work).await?;
        let wanted = Wanted {
            plan: case.plan.as_ref().ok_or_else(mistaken_kind)?,
            delegate: case.delegate.as_deref(),
            service: case.service.as_deref().unwrap_or_default(),
            county: &county,
            on: pacific_day(now),
        };
        let candidates = store::offers::candidates(self.store(), wanted).await?;
        let why = if nobody_asked { WhyPeople::NoProvider } else { WhyPeople::NobodyTook };
        let next = candidates.into_iter().find(|candidate| !asked.contains(candidate));
        Ok(next.map_or(Next::People(why), Next::Offer))
    }

    /// The plan's people give the referral to a provider, which sees it and says whether it takes it.
    pub(crate) async fn assign_provider(&self, work: &mut Work, to: OrgId) -> Result<(), Failure> {
        self.must_be_provider("/provider", to).await?;
        end_offer(work);
        work.step_referral(Event::Assign(to))?;
        if !self.may_be_offered(work, to).await? {
            return Err(no_contract("/provider"));
        }
        if to != work.case.provider {
            work.case.assigned = Some(to);
            work.note_sight(to, "assigned");
        }
        let (to, text) = (Recipient::Organization(to), words::referral_for_you());
        work.notices.push(CaseNotice { to, kind: "referral-for-you", text, ends_clocks: &[] });
        Ok(())
    }

    /// The plan's people have it offered: in their order, or in the host's if they name nobody.
    pub(crate) async fn offer_to(&self, work: &mut Work, order: &[OrgId]) -> Result<(), Failure> {
        for provider in order {
            self.must_be_provider("/providers", *provider).await?;
        }
        // Only what waits for a provider can be offered.
        if work.referral()?.state.placing().is_none() {
            return Err(work.not_allowed(EventKind::Offer.name()));
        }
        for (place, provider) in order.iter().enumerate() {
            if !self.may_be_offered(work, *provider).await? {
                return Err(no_contract(&format!("/providers/{place}")));
            }
        }
        end_offer(work);
        let body = work.referral()?;
        body.tried.retain(|tried| !order.contains(&tried.organization));
        body.order = order.to_vec();
        self.find_provider(work).await
    }

    /// Ends an offer that nobody took in time, and offers the referral to the next. `None` if there is none.
    pub(crate) async fn lapsed_offer(&self, case: Case) -> Result<Option<Unit>, Failure> {
        let caller = Caller::host("offers");
        let mut work = Work::new(&caller, case, self.now());
        let Some((to, _)) = work.referral()?.state.offered() else { return Ok(None) };
        work.step_referral(Event::Lapse)?;
        let at = work.now();
        work.referral()?.tried.push(Tried { organization: to, at, reason: None });
        let (to, text) = (Recipient::Organization(to), words::offer_ended());
        work.notices.push(CaseNotice { to, kind: "offer-lapsed", text, ends_clocks: &[] });
        self.find_provider(&mut work).await?;
        tell_referrer(&mut work);
        let (unit, _) = self.finish(&caller, work, &Unit::default()).await?;
        Ok(Some(unit))
    }

    /// The referral that is offered to the caller's organization; nobody else may act on it so.
    pub(crate) async fn offered_case(&self, caller: &Caller, id: CaseId) -> Result<Case, Failure> {
        let to = store::offers::to(self.store(), id).await?;
        if to.is_none() || to != caller.organization {
            return Err(Failure::NotFound);
        }
        let row = store::cases::find(self.store(), &Scope::duty("offers"), id).await?;
        self.read(row.ok_or(Failure::NotFound)?)
    }

    /// Referrals that are offered to the caller, oldest first.
    ///
    /// # Errors
    /// `Forbidden` for everybody but providers; `Invalid` for a bad cursor.
    pub async fn offers(
        &self,
        caller: &Caller,
        paging: Paging,
    ) -> Result<Page<store::offers::Offer>, Failure> {
        caller.must_be(&[Role::Provider])?;
        let after = match paging.after_pair::<i64, CaseId>()? {
            Some((at, id)) => Some((crate::command::paging::instant(at)?, id)),
            None => None,
        };
        let rows = store::offers::list(self.store(), &caller.scope, after, paging.limit).await?;
        let next_cursor = rows.next.map(|(at, id)| format!("{}~{id}", at.as_millisecond()));
        self.look(caller, Look::List(SubjectKind::Offer)).await?;
        Ok(Page { items: rows.items, next_cursor })
    }
}

/// Next step of placing: an offer to a provider, or the plan's people.
enum Next {
    Offer(OrgId),
    People(WhyPeople),
}

/// Offers the referral: the provider is told that there is one, and no more.
fn offer(work: &mut Work, to: OrgId) -> Result<(), Failure> {
    work.step_referral(Event::Offer(to))?;
    let (to, text) = (Recipient::Organization(to), words::referral_for_you());
    work.notices.push(CaseNotice { to, kind: "referral-for-you", text, ends_clocks: &[] });
    Ok(())
}

/// Passes over a provider that was asked for and has no contract, and tells whoever made the referral.
fn pass_over(work: &mut Work, organization: OrgId) {
    work.note(EventKind::NotContracted, json!({ "provider": organization.to_string() }));
    work.notices.push(CaseNotice {
        to: Recipient::Organization(work.case.provider),
        kind: "referral-step",
        text: words::preferred_without_contract(),
        ends_clocks: &[],
    });
}

/// Whoever had an open offer learns that it is over.
pub(crate) fn end_offer(work: &mut Work) {
    let offered = work.referral().ok().and_then(|body| body.state.offered());
    if let Some((to, _)) = offered {
        let (to, text) = (Recipient::Organization(to), words::offer_ended());
        work.notices.push(CaseNotice { to, kind: "offer-ended", text, ends_clocks: &[] });
    }
}

/// True for the organization that may take the referral, or has taken it.
pub(crate) fn may_answer(state: &State, organization: OrgId) -> bool {
    match state {
        State::ProviderAccepted { provider, .. } | State::InService { provider, .. } => {
            *provider == organization
        }
        state => state.placing().and_then(Placing::who) == Some(organization),
    }
}

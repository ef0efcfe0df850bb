//! Cases go with a member to another plan, openly.
//!
//! A case never changes plans under its name. When the days that it is about have become another plan's, it
//! ends where it is and goes on there as a case of its own: with the same receipt, so that its clocks have
//! been running, and the same facts, documents, sender and provider, asked of that plan's rules. What a plan
//! had authorized beyond the member's last day with it is asked of the new plan as a case that continues it;
//! until the new plan has answered, its days may be served and billed, because the new plan must honor them
//! (DHCS ECM Policy Guide, continuity of care). Its answer then stands in the place of what was authorized
//! before, which ends: nights that it refused are another house's to give.

use domain::authorization::{self, Window};
use domain::case::{CaseKind, EventKind, Moved};
use domain::continuity::ContinuityRule;
use domain::identifiers::CaseId;
use domain::plan::authorization::{Grant, RequestKind, RequestedLine};
use domain::plan::types::{Period, Urgency, Workflow};
use domain::time::pacific_day;
use domain::{claim, referral};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use store::members::Member;
use store::{Scope, StoreError, Unit};

use crate::Crosswalk;
use crate::cases::authorizations::{admit_deliverer, kind_of};
use crate::cases::case::{Answered, Authorization, Body, Case, Claim, Continues, Referral, first_day};
use crate::cases::endings::{end, granted_days};
use crate::cases::intake::{Days, Placed};
use crate::cases::referrals::known_service;
use crate::cases::show::ShownCase;
use crate::cases::step::{Actor, CaseNotice, Work, mistaken_kind};
use crate::command::caller::Caller;
use crate::command::failure::Failure;
use crate::command::notice::Recipient;
use crate::directory::routing;
use crate::words;

/// Members that are looked at in one round.
const BATCH: u32 = 20;
/// Cases of one member that are read at a time.
const PAGE: u32 = 100;

impl Crosswalk {
    /// Hands the case over if the days that it is about are another plan's by now; nothing if it stays.
    pub(crate) async fn moved_meanwhile(
        &self,
        caller: &Caller,
        case: &Case,
    ) -> Result<Option<(Unit, ShownCase)>, Failure> {
        let Some(placed) = self.elsewhere(case).await? else { return Ok(None) };
        let work = Work::new(caller, case.clone(), self.now());
        self.hand_over_to(caller, work, &placed).await.map(Some)
    }

    /// Plan to which the case belongs, if the days that it is about are another plan's by now and its state
    /// lets it move.
    pub(crate) async fn elsewhere(&self, case: &Case) -> Result<Option<Placed>, Failure> {
        if !may_move(&case.body) {
            return Ok(None);
        }
        Ok(self.placed_now(case).await?.filter(|placed| is_anothers(case, placed)))
    }

    /// The case with the plan that answers for its days now, if one does.
    async fn placed_now(&self, case: &Case) -> Result<Option<Placed>, Failure> {
        match self.replace_placed(case).await {
            // Whom nobody covers has nowhere to go.
            Err(Failure::NoCoverage(_)) => Ok(None),
            placed => placed,
        }
    }

    /// Ends the case here and opens it at the plan of `placed`, in one unit. A referral joins one that is
    /// open there.
    pub(crate) async fn hand_over_to(
        &self,
        caller: &Caller,
        mut work: Work,
        placed: &Placed,
    ) -> Result<(Unit, ShownCase), Failure> {
        if came_back(&work.case, placed) {
            work.step_authorization(authorization::Event::Withdraw)?;
            return self.finish(caller, work, &Unit::default()).await;
        }
        let joined = self.open_there(&work.case, placed).await?;
        let to =
            Moved { plan: placed.plan.clone(), case: joined.unwrap_or_else(|| self.id(CaseId::from_uuid)) };
        let there = joined.is_none().then(|| opened_there(&work.case, &to, placed));
        let mut also = Unit::default();
        if work.case.body.kind() == CaseKind::Claim {
            also.add(store::usage::remove_for_case(work.case.id));
        }
        let from = work.case.plan.clone();
        let now = work.now();
        work.acts(Actor::Host);
        step_away(&mut work, to.clone())?;
        tell_of_the_move(&mut work);
        let (closed, view) = self.finish(caller, work, &also).await?;
        let mut unit = Unit::default();
        if let Some(case) = there {
            let from_case = case.follows.map(|id| id.to_string());
            let kind = case.body.kind();
            let mut work = Work::new(caller, case, now);
            work.acts(Actor::Host);
            work.note(
                EventKind::Received,
                json!({ "from_plan": from.map(|plan| plan.to_string()), "from_case": from_case }),
            );
            tell_plan(&mut work, "case-moved-here", words::moved_here(kind));
            self.ask_again(caller, &mut work, Some(placed)).await?;
            if kind == CaseKind::Authorization {
                admit_deliverer(&mut work);
            }
            unit = self.finish(caller, work, &Unit::default()).await?.0;
        }
        // What is opened rests on the member's history as it was read, and what is closed changes it.
        unit.extend(closed.statements);
        Ok((unit, view))
    }

    /// The member's open referral to the service there, if there is one.
    async fn open_there(&self, case: &Case, placed: &Placed) -> Result<Option<CaseId>, Failure> {
        let (Body::Referral(_), Some(service)) = (&case.body, &case.service) else { return Ok(None) };
        let duty = Scope::duty("moves");
        let open =
            store::cases::open_duplicates(self.store(), &duty, placed.member.id, service, &placed.plan)
                .await?;
        Ok(open.first().map(|case| case.id))
    }

    /// Looks at members whose coverage a file changed: their open cases go with them, and what was authorized
    /// is asked of the new plan. A member whose cases changed meanwhile is looked at again in the next round.
    pub(crate) async fn follow_moves(&self) -> Result<usize, Failure> {
        let due = store::member_moves::due(self.store(), self.today(), BATCH).await?;
        let mut followed = 0;
        for moved in due {
            let duty = Scope::duty("moves");
            let whole = match store::members::find(self.store(), &duty, moved.member).await? {
                Some(member) => self.follow(&member).await?,
                None => true,
            };
            if !whole {
                continue;
            }
            match self.store().commit(Unit::of([store::member_moves::done(&moved)])).await {
                Ok(()) => followed += 1,
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(followed)
    }

    /// Takes each of the member's cases where it belongs. Whether all were.
    async fn follow(&self, member: &Member) -> Result<bool, Failure> {
        let duty = Scope::duty("moves");
        let (mut before, mut whole) = (None, true);
        loop {
            let page = store::cases::history_for(self.store(), &duty, member.id, before, PAGE).await?;
            for row in page.items {
                let case = self.read(row)?;
                let id = case.id;
                match self.follow_case(member, &case).await {
                    Ok(()) => {}
                    Err(Failure::Stale | Failure::Newer(_) | Failure::Busy) => whole = false,
                    Err(failure) => {
                        // It is placed again when somebody works on it; the others must not wait for it.
                        tracing::error!(case.id = %id, error = %failure, "a case could not go with its member");
                    }
                }
            }
            match page.next {
                Some(next) => before = Some(next),
                None => return Ok(whole),
            }
        }
    }

    async fn follow_case(&self, member: &Member, case: &Case) -> Result<(), Failure> {
        let caller = Caller::host("moves");
        let unit = match &case.body {
            body if may_move(body) => self.moved_meanwhile(&caller, case).await?.map(|(unit, _)| unit),
            Body::Authorization(body) => match &body.state {
                authorization::State::Approved { number, grant, .. } => {
                    self.continue_there(&caller, member, case, number, grant).await?
                }
                _ => None,
            },
            _ => None,
        };
        let Some(unit) = unit else { return Ok(()) };
        match self.store().commit(unit).await {
            Ok(()) => Ok(()),
            Err(StoreError::Conflict | StoreError::Duplicate) => Err(Failure::Busy),
            Err(error) => Err(error.into()),
        }
    }

    /// Asks the new plan to go on with what was granted, if another plan answers on some of its days and was
    /// not asked before.
    async fn continue_there(
        &self,
        caller: &Caller,
        member: &Member,
        case: &Case,
        number: &str,
        grant: &Grant,
    ) -> Result<Option<Unit>, Failure> {
        let (Some(plan), Some(service)) = (&case.plan, &case.service) else { return Ok(None) };
        let Some((since, rule, lines)) = self.going_on(member, case, grant).await? else { return Ok(None) };
        let now = self.now();
        let days = Days { covered: since, rules: pacific_day(now) };
        let placed =
            self.place_member(member.clone(), case.provider, service, Workflow::Authorization, days).await?;
        let continues = Continues { case: case.id, plan: plan.clone(), number: number.to_owned(), since };
        let next = self.continuation(case, continues, rule, lines, &placed, now)?;
        let mut work = with_documents(Work::new(caller, next, now));
        work.note(
            EventKind::Received,
            json!({ "from_plan": plan.as_str(), "from_case": case.id.to_string() }),
        );
        let text = words::goes_on(&rule.text);
        tell_plan(&mut work, "continuity-asked", text.clone());
        self.presume_and_determine(&mut work, &placed).await?;
        admit_deliverer(&mut work);
        let mut old = Work::new(caller, case.clone(), now);
        let freed = free_from(&mut old, &work)?;
        old.note(
            EventKind::Continue,
            json!({ "to_plan": placed.plan.as_str(), "to_case": work.case.id.to_string() }),
        );
        tell_providers(&mut old, "authorization-continues", &text);
        // What is opened rests on the member's history as it was read, and what is closed changes it.
        let (mut unit, _) = self.finish(caller, work, &Unit::default()).await?;
        unit.extend(self.finish(caller, old, &freed).await?.0.statements);
        Ok(Some(unit))
    }

    /// The first day on which another plan answers for what was granted, and by which rule which lines go on
    /// there; `None` where none does, or was asked before.
    async fn going_on(
        &self,
        member: &Member,
        case: &Case,
        grant: &Grant,
    ) -> Result<Option<(Date, &'static ContinuityRule, Vec<RequestedLine>)>, Failure> {
        let (Some(plan), Some(service)) = (&case.plan, &case.service) else { return Ok(None) };
        let duty = Scope::duty("moves");
        let coverages = store::coverages::for_member(self.store(), &duty, member.id).await?;
        let Some((first, last)) = grant.first_and_last() else { return Ok(None) };
        let days = Period { first, last: Some(last) };
        let Some(since) = routing::other_plan_from(known_service(service)?, &coverages, plan, &days) else {
            return Ok(None);
        };
        let Some(rule) = ContinuityRule::on(since) else { return Ok(None) };
        let lines = rule.lines(grant, since);
        if lines.is_empty() || self.continued_before(case.id, since).await? {
            return Ok(None);
        }
        Ok(Some((since, rule, lines)))
    }

    /// Ends what the plan before had granted, once the request to go on with it is settled here: nobody would
    /// pay its days, and they would stand in the way of others. It is kept with the answer. If the member is
    /// back, the days are that plan's as before, and what it granted holds.
    pub(crate) async fn free_before(&self, work: &mut Work) -> Result<(), Failure> {
        let Some(continues) = settled(&work.case.body) else { return Ok(()) };
        if self.placed_now(&work.case).await?.is_some_and(|placed| placed.plan == continues.plan) {
            return Ok(());
        }
        let duty = Scope::duty("moves");
        let (plan, number) = (&continues.plan, &continues.number);
        let Some(row) = store::cases::find_by_number(self.store(), &duty, plan, number).await? else {
            return Ok(());
        };
        let host = Caller::host("moves");
        let mut old = Work::new(&host, self.read(row)?, work.now());
        let freed = free_from(&mut old, work)?;
        if !old.steps.is_empty() {
            let (unit, _) = self.finish(&host, old, &freed).await?;
            work.also.extend(unit.statements);
        }
        Ok(())
    }

    async fn continued_before(&self, case: CaseId, since: Date) -> Result<bool, Failure> {
        for row in store::cases::children(self.store(), &Scope::duty("moves"), case).await? {
            if let Body::Authorization(body) = self.read(row)?.body
                && body.continues.is_some_and(|continues| continues.since == since)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The request that the new plan must answer, with the window in which its days are honored until then.
    fn continuation(
        &self,
        case: &Case,
        continues: Continues,
        rule: &ContinuityRule,
        lines: Vec<RequestedLine>,
        placed: &Placed,
        now: Timestamp,
    ) -> Result<Case, Failure> {
        let Body::Authorization(before) = &case.body else { return Err(mistaken_kind()) };
        let first = first_day(lines.iter().map(|line| &line.days), continues.since);
        let last = lines.iter().filter_map(|line| line.days.last).max().unwrap_or(first);
        let last = placed.coverage.last_day.map_or(last, |covered| covered.min(last)).max(first);
        let facts = placed.conform("/facts", &before.facts).unwrap_or_else(|_| before.facts.clone());
        Ok(Case {
            id: self.id(CaseId::from_uuid),
            plan: Some(placed.plan.clone()),
            delegate: placed.delegate.clone(),
            urgency: Urgency::Standard,
            received_at: now,
            version: 0,
            follows: Some(case.id),
            body: Body::Authorization(Authorization {
                kind: kind_of(RequestKind::Renewal, &lines, pacific_day(now))?,
                lines,
                facts,
                window: Some(Window { rule: rule.id.clone(), first, last }),
                continues: Some(continues),
                state: authorization::State::Received { at: now },
                answered: Answered::default(),
                extension: None,
                member_notices: Vec::new(),
                ..before.clone()
            }),
            ..case.clone()
        })
    }
}

/// The authorization of the plan before, where the request to go on with it was granted, refused or taken
/// back.
fn settled(body: &Body) -> Option<&Continues> {
    use authorization::State as S;
    match body {
        Body::Authorization(body) => {
            let settled = matches!(body.state, S::Approved { .. } | S::Denied { .. } | S::Withdrawn { .. });
            body.continues.as_ref().filter(|_| settled)
        }
        _ => None,
    }
}

/// Ends an authorization where another plan's answer begins, if there is one and it reaches so far. Returns
/// what makes room.
fn free_from(old: &mut Work, next: &Work) -> Result<Unit, Failure> {
    let Some(continues) = settled(&next.case.body) else { return Ok(Unit::default()) };
    let reaches = granted_days(old.authorization()?).is_some_and(|(_, last)| last >= continues.since);
    let Ok(last) = continues.since.yesterday() else { return Ok(Unit::default()) };
    if !reaches {
        return Ok(Unit::default());
    }
    old.acts(Actor::Host);
    end(old, last, None, words::authorization_answered_elsewhere(last))
}

/// The case's documents come with it: who sees the case may read them.
fn with_documents(mut work: Work) -> Work {
    work.attached = work.case.body.documents().iter().filter_map(|document| document.content).collect();
    work
}

/// True if the state lets a case move to another plan: nothing is decided yet, or a referral's loop is open.
fn may_move(body: &Body) -> bool {
    match body {
        Body::Referral(body) => !body.state.is_final(),
        Body::Authorization(body) => !body.state.is_final(),
        Body::Claim(body) => matches!(
            body.state,
            claim::State::Received { .. }
                | claim::State::Pended { .. }
                | claim::State::WithPeople(_)
                | claim::State::Advised { .. }
        ),
        Body::Application(_) => false,
    }
}

/// True if another plan than the case's answers for its days.
pub(crate) fn is_anothers(case: &Case, placed: &Placed) -> bool {
    case.plan.as_ref().is_some_and(|plan| *plan != placed.plan)
}

/// True if a request to continue an authorization is back with the plan that gave it, where there is nothing
/// to ask.
fn came_back(case: &Case, placed: &Placed) -> bool {
    match &case.body {
        Body::Authorization(body) => {
            let at_rest = !matches!(body.state, authorization::State::Received { .. });
            at_rest && body.continues.as_ref().is_some_and(|continues| continues.plan == placed.plan)
        }
        _ => false,
    }
}

/// The case as the plan of its days receives it.
fn opened_there(case: &Case, to: &Moved, placed: &Placed) -> Case {
    let at = case.received_at;
    let mut next = Case {
        id: to.case,
        plan: Some(to.plan.clone()),
        delegate: placed.delegate.clone(),
        version: 0,
        follows: Some(case.id),
        ..case.clone()
    };
    let answered = Answered::default();
    match &mut next.body {
        Body::Referral(body) => {
            let preferred = body.preferred.or(works_on(&body.state));
            *body = Referral {
                preferred,
                assignments: Vec::new(),
                state: referral::State::Received { at },
                answered,
                member_notices: Vec::new(),
                ..body.clone()
            };
        }
        Body::Authorization(body) => {
            *body = Authorization {
                state: authorization::State::Received { at },
                answered,
                extension: None,
                member_notices: Vec::new(),
                ..body.clone()
            };
        }
        Body::Claim(body) => {
            *body =
                Claim { results: Vec::new(), state: claim::State::Received { at }, answered, ..body.clone() };
        }
        Body::Application(_) => {}
    }
    let facts = match &mut next.body {
        Body::Referral(body) => &mut body.facts,
        Body::Authorization(body) => &mut body.facts,
        Body::Claim(body) => &mut body.facts,
        Body::Application(body) => &mut body.answers,
    };
    if let Ok(read) = placed.conform("/facts", facts) {
        *facts = read;
    }
    next
}

/// The provider who works on a referral.
fn works_on(state: &referral::State) -> Option<domain::identifiers::OrgId> {
    match state {
        referral::State::ProviderAccepted { provider, .. } | referral::State::InService { provider, .. } => {
            Some(*provider)
        }
        _ => None,
    }
}

fn step_away(work: &mut Work, to: Moved) -> Result<(), Failure> {
    match work.case.body.kind() {
        CaseKind::Referral => work.step_referral(referral::Event::Move(to)),
        CaseKind::Authorization => work.step_authorization(authorization::Event::Move(to)),
        CaseKind::Claim => work.step_claim(claim::Event::Move(to)),
        CaseKind::Application => Err(mistaken_kind()),
    }
}

/// Everybody on the case that ends here is told: the plan's people, who sent it and who delivers.
fn tell_of_the_move(work: &mut Work) {
    let text = words::moved_away(work.case.body.kind());
    tell_plan(work, "case-moved", text.clone());
    tell_providers(work, "case-moved", &text);
}

fn tell_plan(work: &mut Work, kind: &'static str, text: domain::plan::types::Bilingual) {
    if let Some(plan) = work.case.plan.clone() {
        work.notices.push(CaseNotice { to: Recipient::Plan(plan), kind, text, ends_clocks: &[] });
    }
}

fn tell_providers(work: &mut Work, kind: &'static str, text: &domain::plan::types::Bilingual) {
    let (provider, assigned) = (work.case.provider, work.case.assigned);
    for organization in std::iter::once(provider).chain(assigned.filter(|assigned| *assigned != provider)) {
        let to = Recipient::Organization(organization);
        work.notices.push(CaseNotice { to, kind, text: text.clone(), ends_clocks: &[] });
    }
}

//! Worklists, inboxes and single cases, as callers look at them.

use domain::case::{CaseKind, EventKind, WhyPeople};
use domain::identifiers::CaseId;
use domain::plan::types::Bilingual;
use domain::problem::Code;
use domain::referral::State;
use domain::time::pacific_end_of_day;
use jiff::SignedDuration;
use store::deadlines::DeadlineState;

use crate::Crosswalk;
use crate::cases::case::{Body, Case};
use crate::cases::show::{Beside, JoinedReferral, Seen, ShownCase, ShownDeadline};
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::paging::{Page, Paging, paired};
use crate::command::timeline::{TimelineStep, detail};
use crate::command::{CaseFilter, NoticeFilter};

/// Most steps of a timeline in one answer.
const MOST_STEPS: u32 = 1_000;
/// The step of a provider that does not take what it was offered.
/// The state of a credentialing file while a plan still reads it.
const OPEN: &str = "open";

/// One case that waits for a plan's people.
#[derive(Clone, Debug)]
pub struct WorkItem {
    /// Its row of the worklist.
    pub item: store::worklist::Item,
    /// Why it waits; `None` for a reason that this version of the host cannot read.
    pub why: Option<WhyPeople>,
}

/// Something an organization is told. Has no `Debug`: it may be about a member.
#[derive(Clone)]
pub struct ShownNotice {
    /// The notice, and the plan of its case.
    pub delivered: store::notices::Delivered,
    /// Sentence of the notice.
    pub text: Bilingual,
}

impl Crosswalk {
    /// One case.
    ///
    /// # Errors
    /// `NotFound` for one that is not there, not of that kind, or not the caller's.
    pub async fn case(&self, caller: &Caller, kind: CaseKind, id: CaseId) -> Result<ShownCase, Failure> {
        let case = match self.readable_case(caller, id).await {
            Ok(case) if case.body.kind() == kind => case,
            Ok(_) | Err(Failure::NotFound) => {
                self.look(caller, Look::Denied("case")).await?;
                return Err(Failure::NotFound);
            }
            Err(failure) => return Err(failure),
        };
        let mut shown = self.shown(caller, &case).await?;
        shown.beside = Some(Beside {
            around: self.around(caller, &case).await?,
            what_if: self.what_would_change(caller, &case).await?,
        });
        self.look(caller, Look::Cases(&[id])).await?;
        Ok(shown)
    }

    /// The case as the caller may see it.
    pub(crate) async fn shown(&self, caller: &Caller, case: &Case) -> Result<ShownCase, Failure> {
        let now = self.now();
        let plans = self.plans_of(case, now).await?;
        let deadlines = store::deadlines::for_case(self.store(), &caller.scope, case.id).await?;
        let joined = self.joined(case).await?;
        let shown = ShownCase::of(case.clone(), Seen { caller, plans, deadlines, now });
        Ok(ShownCase { joined, ..shown })
    }

    async fn joined(&self, case: &Case) -> Result<Option<JoinedReferral>, Failure> {
        match &case.body {
            Body::Referral(body) if matches!(body.state, State::Joined { .. }) => {
                self.standing_of(case.follows).await
            }
            _ => Ok(None),
        }
    }

    /// The caller's cases of one kind that fit the filter, newest first.
    ///
    /// # Errors
    /// `Invalid` for a bad cursor.
    pub async fn cases(
        &self,
        caller: &Caller,
        kind: CaseKind,
        filter: CaseFilter,
        paging: Paging,
    ) -> Result<Page<ShownCase>, Failure> {
        let before = match paging.after_pair::<i64, CaseId>()? {
            Some((at, id)) => Some((crate::command::paging::instant(at)?, id)),
            None => None,
        };
        let mut filter = stored(filter);
        if let Some(member) = filter.member {
            // Whoever was merged has its cases where it went.
            let found = store::members::find(self.store(), &caller.scope, member).await?;
            filter.member = Some(found.map_or(member, |found| found.id));
        }
        let rows =
            store::cases::list(self.store(), &caller.scope, kind, &filter, before, paging.limit).await?;
        let next_cursor = rows.next.map(|(at, id)| format!("{}~{id}", at.as_millisecond()));
        let mut items = Vec::with_capacity(rows.items.len());
        let mut ids = Vec::with_capacity(rows.items.len());
        for row in rows.items {
            ids.push(row.id);
            items.push(self.shown(caller, &self.read(row)?).await?);
        }
        self.look(caller, Look::Cases(&ids)).await?;
        Ok(Page { items, next_cursor })
    }

    /// A case's life so far.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn timeline(
        &self,
        caller: &Caller,
        kind: CaseKind,
        id: CaseId,
    ) -> Result<Vec<TimelineStep>, Failure> {
        let case = self.readable_case(caller, id).await?;
        if case.body.kind() != kind {
            return Err(Failure::NotFound);
        }
        let steps = store::events::timeline(self.store(), &caller.scope, id, None, MOST_STEPS).await?;
        self.look(caller, Look::Cases(&[id])).await?;
        steps.items.into_iter().map(|step| seen_by(caller, &case, step.event)).collect()
    }

    /// Cases that wait for people of the caller's plan, nearest clock first.
    ///
    /// # Errors
    /// `Forbidden` for everybody but plan roles; `Invalid` for a bad cursor.
    pub async fn worklist(
        &self,
        caller: &Caller,
        kind: Option<CaseKind>,
        paging: Paging,
    ) -> Result<Page<WorkItem>, Failure> {
        caller.must_be(&[Role::PlanReviewer, Role::PlanAdmin])?;
        let after = match paging.after_pair::<i64, CaseId>()? {
            Some((i64::MAX, id)) => Some((None, id)),
            Some((at, id)) => Some((Some(crate::command::paging::instant(at)?), id)),
            None => None,
        };
        let rows = store::worklist::list(self.store(), &caller.scope, kind, after, paging.limit).await?;
        let next_cursor = rows
            .next
            .map(|(due, id)| format!("{}~{id}", due.map_or(i64::MAX, jiff::Timestamp::as_millisecond)));
        let ids: Vec<CaseId> = rows.items.iter().map(|item| item.case).collect();
        self.look(caller, Look::Cases(&ids)).await?;
        Ok(Page { items: rows.items.into_iter().map(WorkItem::of).collect(), next_cursor })
    }

    /// The caller's clocks in one state, earliest first; the open ones if not said.
    ///
    /// # Errors
    /// `Invalid` for an unknown state or a bad cursor.
    pub async fn deadlines(
        &self,
        caller: &Caller,
        state: Option<String>,
        paging: Paging,
    ) -> Result<Page<ShownDeadline>, Failure> {
        let state = match state.as_deref() {
            None => DeadlineState::Open,
            Some(word) => DeadlineState::named(word).ok_or_else(|| {
                Failure::field(
                    "?state",
                    Code::UnknownCode,
                    "no such state of a deadline",
                    "use open, met, missed, cancelled or lapsed",
                )
            })?,
        };
        let after = match paging.after_pair()? {
            Some((at, id)) => Some((crate::command::paging::instant(at)?, id)),
            None => None,
        };
        let rows = store::deadlines::list(self.store(), &caller.scope, state, after, paging.limit).await?;
        self.look(caller, Look::List("deadline")).await?;
        let rows =
            store::Page { next: rows.next.map(|(at, id)| (at.as_millisecond(), id)), items: rows.items };
        Ok(paired(rows, ShownDeadline::of))
    }

    /// Notices to the caller's organization, in the order that the filter asks for.
    ///
    /// # Errors
    /// `Invalid` for a bad cursor.
    pub async fn notices(
        &self,
        caller: &Caller,
        filter: NoticeFilter,
        paging: Paging,
    ) -> Result<Page<ShownNotice>, Failure> {
        let place = match paging.after_pair()? {
            Some((at, id)) => Some((crate::command::paging::instant(at)?, id)),
            None => None,
        };
        let rows = store::notices::list(self.store(), &caller.scope, &filter, place, paging.limit).await?;
        let next_cursor = rows.next.map(|(at, id)| format!("{}~{id}", at.as_millisecond()));
        self.look(caller, Look::List("notice")).await?;
        let items = rows.items.into_iter().map(ShownNotice::read).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    }
}

/// Days as instants: a day begins a millisecond after the one before it ended.
fn stored(filter: CaseFilter) -> store::cases::CaseFilter {
    let after = |day| pacific_end_of_day(day).checked_add(SignedDuration::from_millis(1)).ok();
    let CaseFilter { state, member, service, plan, provider, from, to } = filter;
    store::cases::CaseFilter {
        state,
        member,
        service,
        plan,
        provider,
        from: from.and_then(|day| day.yesterday().ok()).and_then(after),
        until: to.and_then(after),
    }
}

/// A step as the caller may see it. Which provider declined an offer, and why, is between that provider and
/// the plan; how far a file is that several plans read, a plan learns by its own part.
fn seen_by(caller: &Caller, case: &Case, event: store::events::Event) -> Result<TimelineStep, Failure> {
    let organization = match event.actor {
        store::events::Actor::Organization(id) => Some(id),
        store::events::Actor::Host | store::events::Actor::Plan(_) => None,
    };
    let of_another = caller.plan.is_none() && organization != caller.organization;
    let hidden = of_another && event.name == EventKind::ProviderDecline;
    let shared = caller.plan.is_some() && event.plan.is_none() && matches!(case.body, Body::Application(_));
    Ok(TimelineStep {
        at: event.at,
        state: if shared { OPEN.to_owned() } else { event.state },
        organization: organization.filter(|_| !hidden),
        role: event.actor_role,
        detail: detail(if hidden { "{}" } else { &event.detail })?,
        name: event.name.to_string(),
    })
}

impl WorkItem {
    fn of(item: store::worklist::Item) -> Self {
        Self { why: serde_json::from_str(&item.why).ok(), item }
    }
}

impl ShownNotice {
    fn read(delivered: store::notices::Delivered) -> Result<Self, Failure> {
        let text = serde_json::from_str(&delivered.notice.body).map_err(Failure::internal)?;
        Ok(Self { delivered, text })
    }
}

//! Worklists, inboxes and single cases, as callers look at them.

use domain::case::{CaseKind, EventKind, WhyPeople};
use domain::identifiers::CaseId;
use domain::problem::Code;
use domain::referral::State;
use domain::time::pacific_end_of_day;
use jiff::SignedDuration;
use store::deadlines::DeadlineState;

use crate::Crosswalk;
use crate::cases::case::{Body, Case};
use crate::cases::show::{self, Shown};
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::paging::{Paging, paired};
use crate::command::{CaseFilter, NoticeFilter};
use crate::view::{
    ActorView, CaseView, CodedText, DeadlineView, EventView, JoinedView, NoticeView, Page, Text, WorkItemView,
};

/// Most steps of a timeline in one answer.
const MOST_STEPS: u32 = 1_000;
/// The step of a provider that does not take what it was offered.
/// The state of a credentialing file while a plan still reads it.
const OPEN: &str = "open";

impl Crosswalk {
    /// One case.
    ///
    /// # Errors
    /// `NotFound` for one that is not there, not of that kind, or not the caller's.
    pub async fn case(&self, caller: &Caller, kind: CaseKind, id: CaseId) -> Result<CaseView, Failure> {
        let case = match self.readable_case(caller, id).await {
            Ok(case) if case.body.kind() == kind => case,
            Ok(_) | Err(Failure::NotFound) => {
                self.look(caller, Look::Denied("case")).await?;
                return Err(Failure::NotFound);
            }
            Err(failure) => return Err(failure),
        };
        let mut view = self.read_back(caller, &case).await?;
        view.what_if = self.what_would_change(caller, &case).await?;
        self.look(caller, Look::Cases(&[id])).await?;
        Ok(view)
    }

    /// The case with what was asked for, and for the plan's people with what is around it.
    async fn read_back(&self, caller: &Caller, case: &Case) -> Result<CaseView, Failure> {
        let now = self.now();
        let plans = self.plans_of(case, now).await?;
        let deadlines = store::deadlines::for_case(self.store(), &caller.scope, case.id).await?;
        let shown = Shown { caller, plans: &plans, deadlines: &deadlines, now };
        let mut view = show::case(case, &shown);
        view.request = Some(show::request(case, &shown));
        view.around = self.around(caller, case, &shown).await?;
        view.joined = self.joined(case).await?;
        Ok(view)
    }

    pub(crate) async fn shown(&self, caller: &Caller, case: &Case) -> Result<CaseView, Failure> {
        let now = self.now();
        let plans = self.plans_of(case, now).await?;
        let deadlines = store::deadlines::for_case(self.store(), &caller.scope, case.id).await?;
        let mut view = show::case(case, &Shown { caller, plans: &plans, deadlines: &deadlines, now });
        view.joined = self.joined(case).await?;
        Ok(view)
    }

    async fn joined(&self, case: &Case) -> Result<Option<JoinedView>, Failure> {
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
    ) -> Result<Page<CaseView>, Failure> {
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
    ) -> Result<Vec<EventView>, Failure> {
        let case = self.readable_case(caller, id).await?;
        if case.body.kind() != kind {
            return Err(Failure::NotFound);
        }
        let steps = store::events::timeline(self.store(), &caller.scope, id, None, MOST_STEPS).await?;
        self.look(caller, Look::Cases(&[id])).await?;
        steps.items.into_iter().map(|step| event_view(caller, &case, &step.event)).collect()
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
    ) -> Result<Page<WorkItemView>, Failure> {
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
        Ok(Page { items: rows.items.iter().map(item_view).collect(), next_cursor })
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
    ) -> Result<Page<DeadlineView>, Failure> {
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
        Ok(paired(rows, show::deadline))
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
    ) -> Result<Page<NoticeView>, Failure> {
        let place = match paging.after_pair()? {
            Some((at, id)) => Some((crate::command::paging::instant(at)?, id)),
            None => None,
        };
        let rows = store::notices::list(self.store(), &caller.scope, &filter, place, paging.limit).await?;
        let next_cursor = rows.next.map(|(at, id)| format!("{}~{id}", at.as_millisecond()));
        self.look(caller, Look::List("notice")).await?;
        let items = rows.items.iter().map(notice_view).collect::<Result<_, _>>()?;
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
fn event_view(caller: &Caller, case: &Case, event: &store::events::Event) -> Result<EventView, Failure> {
    let organization = match &event.actor {
        store::events::Actor::Organization(id) => Some(*id),
        store::events::Actor::Host | store::events::Actor::Plan(_) => None,
    };
    let of_another = caller.plan.is_none() && organization != caller.organization;
    let hidden = of_another && event.name == EventKind::ProviderDecline;
    let shared = caller.plan.is_some() && event.plan.is_none() && matches!(case.body, Body::Application(_));
    let detail = if hidden { "{}" } else { event.detail.as_str() };
    Ok(EventView {
        at: event.at.to_string(),
        event: event.name.to_string(),
        state: if shared { OPEN.to_owned() } else { event.state.clone() },
        actor: ActorView {
            organization: organization.filter(|_| !hidden).map(|id| id.to_string()),
            role: event.actor_role.clone(),
        },
        detail: serde_json::from_str(detail).map_err(Failure::internal)?,
    })
}

fn item_view(item: &store::worklist::Item) -> WorkItemView {
    let why = serde_json::from_str::<WhyPeople>(&item.why);
    WorkItemView {
        case: item.case.to_string(),
        kind: item.kind.name().to_owned(),
        service: item.service.clone(),
        why: why.map_or_else(|_| unread_reason(&item.why), |why| show::why(&why)),
        urgency: crate::view::urgency(item.urgency).to_owned(),
        delegate: item.delegate.clone(),
        received_at: item.received_at.to_string(),
        due_at: item.due_at.map(|due| due.to_string()),
    }
}

/// A reason that this version of the host cannot read still shows its code.
fn unread_reason(code: &str) -> CodedText {
    CodedText { code: code.to_owned(), text: Text { en: code.to_owned(), es: code.to_owned() } }
}

fn notice_view(delivered: &store::notices::Delivered) -> Result<NoticeView, Failure> {
    let notice = &delivered.notice;
    Ok(NoticeView {
        plan: delivered.plan.as_ref().map(ToString::to_string),
        id: notice.id.to_string(),
        at: notice.at.to_string(),
        case: notice.case.map(|id| id.to_string()),
        member: notice.member.map(|id| id.to_string()),
        kind: notice.kind.clone(),
        text: serde_json::from_str(&notice.body).map_err(Failure::internal)?,
    })
}

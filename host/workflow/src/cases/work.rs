//! Worklists, inboxes and single cases, as callers look at them.

use std::collections::BTreeMap;
use std::str::FromStr;

use domain::actor::Actor;
use domain::audit::SubjectKind;
use domain::case::{CaseKind, EventKind, WhyPeople};
use domain::identifiers::{CaseId, ContractId};
use domain::plan::types::{Bilingual, Urgency};
use domain::problem::Code;
use domain::referral::State;
use domain::time::pacific_end_of_day;
use jiff::{SignedDuration, Timestamp};
use store::contracts::Contract;
use store::deadlines::DeadlineState;
use store::worklist::{Item, ItemKey};

use crate::Crosswalk;
use crate::cases::case::{Body, Case};
use crate::cases::contracts::{ShownContract, shown};
use crate::cases::show::{Beside, JoinedReferral, Seen, ShownCase, ShownDeadline};
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::paging::{Page, Paging, paired};
use crate::command::timeline::{TimelineStep, detail};
use crate::command::{CaseFilter, Holder, NoticeFilter, WorkFilter};

/// Most steps of a timeline in one answer.
const MOST_STEPS: u32 = 1_000;
/// The state of a credentialing file while a plan still reads it.
const OPEN: &str = "open";

/// One case that waits for a plan's people.
#[derive(Clone, Debug)]
pub struct WorkItem {
    /// Its row of the worklist.
    pub item: store::worklist::Item,
    /// Why it waits; `None` for a reason that this version of the host cannot read.
    pub why: Option<WhyPeople>,
    /// Name of whoever has it, or label of the key; `None` where nobody has it or no name is known.
    pub holder: Option<String>,
}

/// Work that waits for a plan's people.
#[derive(Clone, Debug)]
pub enum Waiting {
    /// A case that they decide, or of which they write a reason.
    Case(WorkItem),
    /// A contract of which they write the reason in its other language. Nobody has it in hand.
    Contract(ShownContract),
}

/// Row of what waits, before it is shown.
enum Row {
    Case(Item),
    Contract(Contract),
}

/// Id of what waits, in a cursor.
struct WaitingId(String);

impl FromStr for WaitingId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let known = text.parse::<CaseId>().is_ok() || text.parse::<ContractId>().is_ok();
        known.then(|| Self(text.to_owned())).ok_or(())
    }
}

impl Row {
    fn key(&self) -> ItemKey {
        match self {
            Self::Case(item) => (item.due_at, item.case.to_string()),
            Self::Contract(contract) => (contract.translation_due, contract.id.to_string()),
        }
    }
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
        let case = self.case_of_kind(caller, kind, id).await?;
        let shown = self.shown_beside(caller, &case).await?;
        self.look(caller, Look::Cases(&[id])).await?;
        Ok(shown)
    }

    /// The caller's case of that kind; a look that found none is on the record.
    pub(crate) async fn case_of_kind(
        &self,
        caller: &Caller,
        kind: CaseKind,
        id: CaseId,
    ) -> Result<Case, Failure> {
        match self.readable_case(caller, id).await {
            Ok(case) if case.body.kind() == kind => Ok(case),
            Ok(_) | Err(Failure::NotFound) => {
                self.look(caller, Look::Denied(SubjectKind::Case)).await?;
                Err(Failure::NotFound)
            }
            Err(failure) => Err(failure),
        }
    }

    /// The case as the caller may see it, with what is shown beside a single one.
    pub(crate) async fn shown_beside(&self, caller: &Caller, case: &Case) -> Result<ShownCase, Failure> {
        let beside = Beside {
            around: self.around(caller, case).await?,
            what_if: self.what_would_change(caller, case).await?,
        };
        Ok(ShownCase { beside: Some(beside), ..self.shown(caller, case).await? })
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
        let steps = self.steps_of(caller, &case).await?;
        self.look(caller, Look::Cases(&[id])).await?;
        Ok(steps)
    }

    /// Steps of a case as the caller may see them, oldest first.
    pub(crate) async fn steps_of(&self, caller: &Caller, case: &Case) -> Result<Vec<TimelineStep>, Failure> {
        let steps = store::events::timeline(self.store(), &caller.scope, case.id, None, MOST_STEPS).await?;
        steps.items.into_iter().map(|step| seen_by(caller, case, step.event)).collect()
    }

    /// Cases that wait for people of the caller's plan and fit the filter, and contracts of which they write
    /// a reason, nearest clock first.
    ///
    /// # Errors
    /// `Forbidden` for everybody but plan roles; `Invalid` for a bad cursor.
    pub async fn worklist(
        &self,
        caller: &Caller,
        filter: WorkFilter,
        paging: Paging,
    ) -> Result<Page<Waiting>, Failure> {
        caller.must_be(&[Role::PlanReviewer, Role::PlanAdmin])?;
        let after = match paging.after_pair::<i64, WaitingId>()? {
            Some((i64::MAX, id)) => Some((None, id.0)),
            Some((at, id)) => Some((Some(crate::command::paging::instant(at)?), id.0)),
            None => None,
        };
        let (store, scope, limit) = (self.store(), &caller.scope, paging.limit);
        let cases = store::worklist::list(store, scope, filter, after.clone(), limit).await?;
        let contracts = if may_be_contracts(filter) {
            let after = after.map(|(due, id)| (due.unwrap_or(Timestamp::MAX), id));
            store::contracts::untranslated(store, scope, after, limit).await?
        } else {
            store::Page { items: Vec::new(), next: None }
        };
        let (rows, next) = nearest(cases, contracts, limit);
        let next_cursor =
            next.map(|(due, id)| format!("{}~{id}", due.map_or(i64::MAX, Timestamp::as_millisecond)));
        Ok(Page { items: self.waiting_of(caller, rows).await?, next_cursor })
    }

    /// Rows as they are shown, with a look at each.
    async fn waiting_of(&self, caller: &Caller, rows: Vec<Row>) -> Result<Vec<Waiting>, Failure> {
        let cases = || {
            rows.iter().filter_map(|row| match row {
                Row::Case(item) => Some(item),
                Row::Contract(_) => None,
            })
        };
        let ids: Vec<CaseId> = cases().map(|item| item.case).collect();
        let names = self.read_names(caller, cases().filter_map(|item| item.state.holder())).await?;
        let contracts = match ids.len() == rows.len() {
            true => Look::Nothing,
            false => Look::List(SubjectKind::Contract),
        };
        self.looks(caller, &[Look::Cases(&ids), Look::names(&names), contracts]).await?;
        let today = self.today();
        let waiting = |row| match row {
            Row::Case(item) => Waiting::Case(WorkItem::of(item, &names)),
            Row::Contract(contract) => Waiting::Contract(shown(contract, today)),
        };
        Ok(rows.into_iter().map(waiting).collect())
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
        self.look(caller, Look::List(SubjectKind::Deadline)).await?;
        let rows =
            store::Page { next: rows.next.map(|(at, id)| (at.as_millisecond(), id)), items: rows.items };
        Ok(paired(rows, ShownDeadline::of))
    }

    /// Notices to the caller's organization, in the order that the filter asks for. They are about persons
    /// and cases.
    ///
    /// # Errors
    /// `Invalid` for a bad cursor; `Forbidden` for whoever sees no names.
    pub async fn notices(
        &self,
        caller: &Caller,
        filter: NoticeFilter,
        paging: Paging,
    ) -> Result<Page<ShownNotice>, Failure> {
        caller.must_see_names()?;
        let place = match paging.after_pair()? {
            Some((at, id)) => Some((crate::command::paging::instant(at)?, id)),
            None => None,
        };
        let rows = store::notices::list(self.store(), &caller.scope, &filter, place, paging.limit).await?;
        let next_cursor = rows.next.map(|(at, id)| format!("{}~{id}", at.as_millisecond()));
        self.look(caller, Look::List(SubjectKind::Notice)).await?;
        let items = rows.items.into_iter().map(ShownNotice::read).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    }
}

/// True if contracts fit the filter: they are of no case's kind, not urgent, and in nobody's hands.
fn may_be_contracts(filter: WorkFilter) -> bool {
    let WorkFilter { kind, urgency, holder } = filter;
    kind.is_none() && urgency != Some(Urgency::Expedited) && !matches!(holder, Some(Holder::Is(_)))
}

/// The nearest of both lists, each of which is in the order of its clocks, as many as a page holds, and the
/// key after which the next page begins. Of the same instant cases come first, as their ids do.
fn nearest(
    cases: store::Page<Item, ItemKey>,
    contracts: store::Page<Contract, ItemKey>,
    limit: u32,
) -> (Vec<Row>, Option<ItemKey>) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut rows: Vec<Row> = cases.items.into_iter().map(Row::Case).collect();
    rows.extend(contracts.items.into_iter().map(Row::Contract));
    rows.sort_by_key(|row| row.key().0.unwrap_or(Timestamp::MAX));
    let more = rows.len() > limit || cases.next.is_some() || contracts.next.is_some();
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(Row::key);
    (rows, next)
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
        actor: None,
        role: event.actor_role,
        detail: detail(if hidden { "{}" } else { &event.detail })?,
        name: event.name.name(),
    })
}

impl WorkItem {
    pub(crate) fn of(item: store::worklist::Item, names: &BTreeMap<Actor, String>) -> Self {
        let holder = item.state.holder().and_then(|holder| names.get(&holder).cloned());
        Self { why: serde_json::from_str(&item.why).ok(), holder, item }
    }
}

impl ShownNotice {
    fn read(delivered: store::notices::Delivered) -> Result<Self, Failure> {
        let text = serde_json::from_str(&delivered.notice.body).map_err(Failure::internal)?;
        Ok(Self { delivered, text })
    }
}

#[cfg(test)]
mod tests {
    use domain::contract;
    use domain::identifiers::OrgId;
    use domain::plan::types::Period;
    use domain::work;
    use jiff::civil::date;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("small")
    }

    fn case(due: Option<i64>) -> Item {
        Item {
            case: CaseId::from_uuid(uuid::Uuid::nil()),
            plan: "valle-vista".parse().expect("a plan's id"),
            kind: CaseKind::Claim,
            service: None,
            why: String::new(),
            urgency: Urgency::Standard,
            delegate: None,
            received_at: at(0),
            due_at: due.map(at),
            state: work::State::Free,
            version: 1,
        }
    }

    fn contract(due: i64) -> Contract {
        let days = Period { first: date(2026, 3, 2), last: None };
        let (services, counties) = (["ecm".to_owned()].into(), ["SAC".parse().expect("a county")].into());
        Contract {
            id: ContractId::from_uuid(uuid::Uuid::nil()),
            plan: "valle-vista".parse().expect("a plan's id"),
            provider: OrgId::from_uuid(uuid::Uuid::nil()),
            delegate: None,
            terms: contract::Contract::new(contract::Term { services, counties, days, application: None }),
            made_at: at(0),
            updated_at: at(0),
            translation_due: Some(at(due)),
            version: 1,
        }
    }

    /// Cases are due at 1, 3 and never, contracts at 2 and 3; a page of each list is cut at `limit`.
    #[test]
    fn a_page_is_of_what_is_due_first_whatever_it_is() {
        let page = |limit: usize| {
            let cases = [Some(1), Some(3), None].map(case);
            let contracts = [2, 3].map(contract);
            let next = |more: bool| more.then(|| (None, String::new()));
            let cases = store::Page {
                next: next(cases.len() > limit),
                items: cases.into_iter().take(limit).collect(),
            };
            let contracts = store::Page {
                next: next(contracts.len() > limit),
                items: contracts.into_iter().take(limit).collect(),
            };
            let (rows, next) = nearest(cases, contracts, u32::try_from(limit).expect("small"));
            let word = |row: &Row| match row {
                Row::Case(item) => format!("case {:?}", item.due_at.map(Timestamp::as_second)),
                Row::Contract(one) => format!("contract {:?}", one.translation_due.map(Timestamp::as_second)),
            };
            let rows: Vec<String> = rows.iter().map(word).collect();
            (rows.join(", "), next.map(|(due, _)| due.map(Timestamp::as_second)))
        };
        let all = "case Some(1), contract Some(2), case Some(3), contract Some(3), case None";
        assert_eq!(page(1), ("case Some(1)".to_owned(), Some(Some(1))));
        assert_eq!(page(3), ("case Some(1), contract Some(2), case Some(3)".to_owned(), Some(Some(3))));
        assert_eq!(page(5), (all.to_owned(), None));
    }
}

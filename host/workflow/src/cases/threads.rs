//! A member's cases as threads: the referral, the authorizations that follow it, the claims that were sent
//! under them, and what was paid; with the units that each line of an authorization has left.
//!
//! What a caller does not see is not shown. It counts all the same: units that another provider billed under
//! an authorization are used up, whoever looks.

use std::collections::{BTreeMap, BTreeSet};

use domain::audit::SubjectKind;
use domain::authorization::State as Permission;
use domain::claim::State as Bill;
use domain::identifiers::{CaseId, MemberId};
use domain::ledger;
use domain::plan::authorization::GrantedLine;
use domain::plan::billing::{AuthorizedLine, ClaimLine};
use jiff::Timestamp;
use store::Scope;

use crate::Crosswalk;
use crate::cases::books::Account;
use crate::cases::case::{Authorization, Body, Case};
use crate::cases::show::ShownCase;
use crate::command::audit::Look;
use crate::command::caller::Caller;
use crate::command::failure::Failure;
use crate::command::paging::Paging;
use crate::plugins::registry::Live;

/// Most of a member's cases that threads are made of.
const MOST_CASES: u32 = 1_000;

/// A page of threads, the last begun first.
#[derive(Clone)]
pub struct Threads {
    /// Threads of the page.
    pub items: Vec<ShownThread>,
    /// Cursor of the next page; `None` at the end.
    pub next_cursor: Option<String>,
    /// True if these are made of all of the member's cases.
    pub whole: bool,
}

/// One thread, as far as the caller may see it.
#[derive(Clone)]
pub struct ShownThread {
    /// Its cases, the first one first.
    pub cases: Vec<ShownCase>,
    /// Units of each granted line.
    pub units: Vec<UnitsLeft>,
}

/// Units of one granted line. What others billed under it counts, though the caller does not see their
/// claims.
#[derive(Clone, Debug)]
pub struct UnitsLeft {
    /// Id of the authorization.
    pub authorization: CaseId,
    /// Number of the authorization.
    pub number: String,
    /// Line that was granted.
    pub line: GrantedLine,
    /// Units payable or paid.
    pub used: u32,
    /// Units that are left.
    pub left: u32,
}

/// One thread: the cases in it, the first one first.
struct Thread {
    cases: Vec<CaseId>,
}

impl Crosswalk {
    /// The threads of a member's cases, the last begun first.
    ///
    /// # Errors
    /// `NotFound` for a member that the caller does not see; `Invalid` for a bad cursor.
    pub async fn threads(
        &self,
        caller: &Caller,
        id: MemberId,
        purpose: &str,
        paging: Paging,
    ) -> Result<Threads, Failure> {
        let before = paging.after_pair::<i64, CaseId>()?;
        let Some(member) = store::members::find(self.store(), &caller.scope, id).await? else {
            self.look(caller, Look::Denied(SubjectKind::Member)).await?;
            return Err(Failure::NotFound);
        };
        let (all, whole) = self.cases_of(member.id, &Scope::duty("threads")).await?;
        let (seen, _) = self.cases_of(member.id, &caller.scope).await?;
        let visible: BTreeSet<CaseId> = seen.keys().copied().collect();
        let mut threads = threads(&all, &visible);
        threads.sort_by_key(|thread| std::cmp::Reverse(begun(&all, thread)));
        if let Some((at, id)) = before {
            let before = (crate::command::paging::instant(at)?, id);
            threads.retain(|thread| begun(&all, thread) < before);
        }
        let more = threads.len() > paging.limit as usize;
        threads.truncate(paging.limit as usize);
        let next_cursor = threads.last().filter(|_| more).map(|last| {
            let (at, id) = begun(&all, last);
            format!("{}~{id}", at.as_millisecond())
        });
        let mut items = Vec::with_capacity(threads.len());
        for thread in &threads {
            items.push(self.shown_thread(caller, thread, &all).await?);
        }
        let ids: Vec<CaseId> = threads.iter().flat_map(|thread| thread.cases.iter().copied()).collect();
        self.look(caller, Look::Members(std::slice::from_ref(&member), purpose)).await?;
        self.look(caller, Look::Cases(&ids)).await?;
        Ok(Threads { items, next_cursor, whole })
    }

    /// A member's cases that the scope sees, by id, and whether these are all.
    async fn cases_of(
        &self,
        member: MemberId,
        scope: &Scope,
    ) -> Result<(BTreeMap<CaseId, Case>, bool), Failure> {
        let rows = store::cases::history_for(self.store(), scope, member, None, MOST_CASES).await?;
        let whole = rows.next.is_none();
        let cases = rows.items.into_iter().map(|row| self.read(row).map(|case| (case.id, case)));
        Ok((cases.collect::<Result<_, _>>()?, whole))
    }

    async fn shown_thread(
        &self,
        caller: &Caller,
        thread: &Thread,
        all: &BTreeMap<CaseId, Case>,
    ) -> Result<ShownThread, Failure> {
        let mut shown = ShownThread { cases: Vec::with_capacity(thread.cases.len()), units: Vec::new() };
        for case in thread.cases.iter().filter_map(|id| all.get(id)) {
            if let Body::Authorization(body) = &case.body {
                shown.units.extend(self.units(case, body).await?);
            }
            shown.cases.push(self.shown(caller, case).await?);
        }
        Ok(shown)
    }

    /// Units that each granted line has had and has left, by the books that claims are held against.
    async fn units(&self, case: &Case, body: &Authorization) -> Result<Vec<UnitsLeft>, Failure> {
        let Permission::Approved { number, grant, .. } = &body.state else { return Ok(Vec::new()) };
        let (Some(member), Some(plan), Some(provider), Some(service)) =
            (case.member, &case.plan, case.delivers(), &case.service)
        else {
            return Ok(Vec::new());
        };
        let rules = self.plans_of(case, self.now()).await?;
        let profile = rules.first().map(Live::profile);
        let account = Account { member, plan, provider, lines: &[], profile, without: &[] };
        let drawn = self.drawn(account, service).await?;
        // The books keep the order of the grant's lines.
        let own = drawn.iter().filter(|line| !line.presumptive && line.number == *number);
        let left = |(line, drawn): (&GrantedLine, &AuthorizedLine)| UnitsLeft {
            authorization: case.id,
            number: number.clone(),
            line: line.clone(),
            used: drawn.used,
            left: line.units.saturating_sub(drawn.used),
        };
        Ok(grant.lines.iter().zip(own).map(left).collect())
    }
}

/// The threads in which something is visible, each with what is visible of it.
fn threads(all: &BTreeMap<CaseId, Case>, visible: &BTreeSet<CaseId>) -> Vec<Thread> {
    let mut roots: BTreeMap<CaseId, Vec<CaseId>> = BTreeMap::new();
    for case in all.values().filter(|case| visible.contains(&case.id)) {
        roots.entry(root(case, all)).or_default().push(case.id);
    }
    let in_order = |mut cases: Vec<CaseId>| {
        cases.sort_by_key(|id| all.get(id).map(|case| (case.received_at, case.id)));
        Thread { cases }
    };
    roots.into_values().map(in_order).collect()
}

/// The case that a thread began with: what is followed is followed back, a claim through the authorization
/// that covers it.
fn root(case: &Case, all: &BTreeMap<CaseId, Case>) -> CaseId {
    let (mut at, mut steps) = (case, 0);
    while let Some(earlier) = before(at, all).filter(|_| steps < all.len()) {
        at = earlier;
        steps += 1;
    }
    at.id
}

fn before<'a>(case: &Case, all: &'a BTreeMap<CaseId, Case>) -> Option<&'a Case> {
    permission(case, all).or_else(|| case.follows.and_then(|id| all.get(&id)))
}

/// The authorization that a claim was sent under, or that the claim was which stands in its place: what was
/// rejected for its code was meant for what covers the mended one.
fn permission<'a>(case: &Case, all: &'a BTreeMap<CaseId, Case>) -> Option<&'a Case> {
    let mut at = case;
    for _ in 0..=all.len() {
        let Body::Claim(claim) = &at.body else { return None };
        let covers = |other: &&Case| claim.lines.iter().any(|line| permits(other, at, line));
        if let Some(found) = all.values().find(covers) {
            return Some(found);
        }
        let Bill::Replaced { by, .. } = &claim.state else { return None };
        at = all.get(by)?;
    }
    None
}

/// True if a line of the claim is billed under this authorization: same plan, same provider, a granted line
/// for its procedure that holds its days, or a presumptive window that does.
fn permits(other: &Case, claim: &Case, line: &ClaimLine) -> bool {
    let Body::Authorization(body) = &other.body else { return false };
    if other.plan != claim.plan || other.delivers() != Some(claim.provider) {
        return false;
    }
    let granted = granted(body).iter().any(|granted| covers(granted, line));
    let window = body.window.as_ref().is_some_and(|window| {
        other.service.as_deref() == Some(line.service.as_str())
            && window.first <= line.days.first
            && line.days.first <= window.last
    });
    granted || window
}

fn granted(body: &Authorization) -> &[GrantedLine] {
    match &body.state {
        Permission::Approved { grant, .. } => &grant.lines,
        _ => &[],
    }
}

fn covers(granted: &GrantedLine, line: &ClaimLine) -> bool {
    granted.days.holds(line.days.first)
        && ledger::authorizes(&granted.procedure, granted.days.first, &line.procedure)
}

/// Instant and case with which a thread began, as far as the caller sees it.
fn begun(all: &BTreeMap<CaseId, Case>, thread: &Thread) -> (Timestamp, CaseId) {
    let first = thread.cases.first().and_then(|id| all.get(id));
    first.map_or((Timestamp::MIN, CaseId::from_uuid(uuid::Uuid::nil())), |case| (case.received_at, case.id))
}

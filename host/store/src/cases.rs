//! Referrals, authorizations, claims and applications: what they have in common in columns, the rest as JSON.

use domain::case::CaseKind;
use domain::identifiers::{CaseId, MemberId, OrgId, PlanId};
use domain::plan::types::Urgency;
use jiff::Timestamp;

use crate::page::one_more;
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{instant, int, maybe_instant, maybe_text, text};
use crate::{Miss, Page, Read, Scope, Seat, Statement, Store, StoreError, Value};

macro_rules! columns {
    () => {
        "select c.id, c.kind, c.provider_org, c.assigned_org, c.plan, c.delegate, c.member, c.service, c.state,
            c.urgency, c.body, c.parent, c.number, c.due_at, c.received_at, c.updated_at, c.version "
    };
}

/// A provider sees what it sent and what was assigned to it; a plan what it decides, and what it takes part
/// in. (For `exists` a planner may read all of a plan's parts, to look up each case among them.)
macro_rules! sees_case {
    () => {
        "(c.provider_org = $1 or c.assigned_org = $1 or c.plan = $2
            or (select 1 from case_plans v where v.case_id = c.id and v.plan = $2) is not null or $3 = 1)"
    };
}
pub(crate) use sees_case;

/// A plan sees of a case that several plans read what is everybody's and its own part, never another plan's.
macro_rules! sees_part {
    ($plan:literal) => {
        concat!("($2 is null or ", $plan, " is null or ", $plan, " = $2)")
    };
}
pub(crate) use sees_part;

const FIND: &str = concat!(columns!(), "from cases c where c.id = $4 and ", sees_case!());

/// One row of an index, if there is any.
const ANY: &str = "select count(*) from (select id from cases order by id limit 1) one";

/// SQL conditions that narrow a list. `$3` is the state, `$7` the instant from which on, `$8` the member,
/// `$9` the service, `$10` the plan, `$11` the provider. Which state and which plans a case has depends on
/// who asks.
macro_rules! narrowed {
    ($state:literal, $plan:literal) => {
        concat!(
            " and c.received_at >= $7 and ($3 is null or ",
            $state,
            " = $3) and ($8 is null or c.member = $8) and ($9 is null or c.service = $9) and ($10 is null or ",
            $plan,
            ") and ($11 is null or c.provider_org = $11 or c.assigned_org = $11)"
        )
    };
}

/// For who sees every plan's part.
macro_rules! narrowed_for_provider {
    () => {
        narrowed!(
            "c.state",
            "c.plan = $10 or (select 1 from case_plans n where n.case_id = c.id and n.plan = $10) is not null"
        )
    };
}

/// For a plan: a case that several plans read is as far as the plan's own part is, and no other plan's.
macro_rules! narrowed_for_plan {
    ($state:literal) => {
        narrowed!($state, "$10 = $1")
    };
}

/// Two halves, each with its own index, for the two ways in which a case can be a provider's (or a plan's).
/// `$by_one` and `$by_two` are the narrowing that the index is chosen for: one of `$one` and `$two` again,
/// without its way out. `$at` and `$id` are the second half's key, as its index has it.
macro_rules! list {
    ($from_one:literal $by_one:literal $one:expr, $from_two:literal $by_two:literal $two:expr, $at:literal $id:literal) => {
        concat!(
            "select * from (",
            columns!(),
            $from_one,
            $by_one,
            $one,
            " and (c.received_at, c.id) < ($4, $5)
                order by c.received_at desc, c.id desc limit $6) one
            union all
            select * from (",
            columns!(),
            $from_two,
            $by_two,
            $two,
            " and (",
            $at,
            ", ",
            $id,
            ") < ($4, $5)
                order by ",
            $at,
            " desc, ",
            $id,
            " desc limit $6) two
            order by received_at desc, id desc limit $6"
        )
    };
}

macro_rules! list_for_provider {
    ($by:literal) => {
        list!(
            "from cases c where c.provider_org = $1 and c.kind = $2" $by narrowed_for_provider!(),
            "from cases c where c.assigned_org = $1 and c.provider_org <> $1 and c.kind = $2" $by
                narrowed_for_provider!(),
            "c.received_at" "c.id"
        )
    };
}

/// Of a case that several plans read, the state is that of the plan's own part, as [`PUT_PLAN`] keeps it.
macro_rules! list_for_plan {
    ($by:literal) => {
        list_for_plan!($by, $by)
    };
    ($by_one:literal, $by_two:literal) => {
        list!(
            "from cases c where c.plan = $1 and c.kind = $2" $by_one narrowed_for_plan!("c.state"),
            "from case_plans p join cases c on c.id = p.case_id
                where p.plan = $1 and p.kind = $2 and coalesce(c.plan, '') <> $1" $by_two
                narrowed_for_plan!("p.state"),
            "p.received_at" "p.case_id"
        )
    };
}

const LIST_FOR_PROVIDER: &str = list_for_provider!("");
const LIST_FOR_PROVIDER_IN_STATE: &str = list_for_provider!(" and c.state = $3");
const LIST_FOR_PROVIDER_OF_MEMBER: &str = list_for_provider!(" and c.member = $8");
const LIST_FOR_PROVIDER_OF_SERVICE: &str = list_for_provider!(" and c.service = $9");
const LIST_FOR_PROVIDER_OF_PLAN: &str = list_for_provider!(" and c.plan = $10");
const LIST_FOR_PLAN: &str = list_for_plan!("");
const LIST_FOR_PLAN_IN_STATE: &str = list_for_plan!(" and c.state = $3", " and p.state = $3");
const LIST_FOR_PLAN_OF_MEMBER: &str = list_for_plan!(" and c.member = $8");
const LIST_FOR_PLAN_OF_SERVICE: &str = list_for_plan!(" and c.service = $9");
/// Not for applications, which are no plan's alone.
const LIST_FOR_PLAN_OF_PROVIDER: &str = list!(
    "from cases c where c.plan = $1 and c.kind = $2 and c.provider_org = $11" ""
        narrowed_for_plan!("c.state"),
    "from cases c where c.assigned_org = $11 and c.provider_org <> $11 and c.plan = $1 and c.kind = $2" ""
        narrowed_for_plan!("c.state"),
    "c.received_at" "c.id"
);

/// The cases of a member, by way of the member's own index whatever else is asked of them: a person has few.
/// (The limit keeps planners from going another way. PostgreSQL makes a statement's plan when its tables are
/// small, and stays with it for a while when they have grown.)
macro_rules! of_member {
    ($member:literal) => {
        concat!("(select * from cases where member = ", $member, " limit 9223372036854775807)")
    };
}

/// Referrals that still may lead to a service.
const OPEN_DUPLICATES: &str = concat!(
    columns!(),
    "from ",
    of_member!("$4"),
    " c where c.kind = 'referral' and c.service = $5 and c.plan = $6
        and c.state not in ('redirected', 'not-eligible', 'closed', 'joined', 'moved') and ",
    sees_case!(),
    " order by c.received_at desc, c.id desc limit 20"
);

const AUTHORIZATIONS: &str = concat!(
    columns!(),
    "from ",
    of_member!("$4"),
    " c where c.kind = 'authorization' and c.service = $5
        and coalesce(c.assigned_org, c.provider_org) = $6 and c.plan = $7 and ",
    sees_case!(),
    " order by c.received_at desc, c.id desc limit 100"
);

/// The same, whoever asked.
const AUTHORIZATIONS_OF: &str = concat!(
    columns!(),
    "from ",
    of_member!("$4"),
    " c where c.kind = 'authorization' and c.service = $5 and c.plan = $6 and ",
    sees_case!(),
    " order by c.received_at desc, c.id desc limit 500"
);

/// Number of authorizations and of their changes, without one of them: a word that changes when any of it
/// does.
macro_rules! authorizations_stamp {
    () => {
        concat!(
            "(select count(*) || ':' || coalesce(sum(c.version), 0) from ",
            of_member!("$1"),
            " c where c.kind = 'authorization' and c.service = $2 and c.plan = $3 and c.id <> $4)"
        )
    };
}

const AUTHORIZATIONS_STAMP: &str = concat!("select ", authorizations_stamp!(), " as stamp");
const AUTHORIZATIONS_UNCHANGED: &str = concat!("select $5 where $5 = ", authorizations_stamp!());

const HISTORY: &str = concat!(
    columns!(),
    "from cases c where c.member = $4 and (c.received_at, c.id) < ($5, $6) and ",
    sees_case!(),
    " order by c.received_at desc, c.id desc limit $7"
);

/// Claims last: there may be many of them, and a plan looks for what is asked for twice.
const OPEN: &str = concat!(
    "select c.id, c.kind, c.service, c.state, c.received_at, o.npi
    from ",
    of_member!("$1"),
    " c left join organizations o on o.id = coalesce(c.assigned_org, c.provider_org)
    where c.plan = $2 and c.id <> $3 and c.state not in ('redirected', 'not-eligible', 'closed',
        'joined', 'approved', 'partly-approved', 'modified', 'rejected', 'denied', 'withdrawn', 'paid', 'replaced',
        'voided', 'void', 'moved')
    order by case when c.kind = 'claim' then 1 else 0 end, c.received_at desc, c.id desc limit $4"
);

const JOINED: &str = "
    select id, provider_org from cases where parent = $1 and kind = 'referral' and state = 'joined'
    order by received_at, id limit 200";

const REJOIN: &str = "
    update cases set parent = $2 where parent = $1 and kind = 'referral' and state = 'joined' and id <> $2";

const FIND_BY_NUMBER: &str =
    concat!(columns!(), "from cases c where c.plan = $4 and c.number = $5 and ", sees_case!());

const CHILDREN: &str = concat!(
    columns!(),
    "from cases c where c.parent = $4 and ",
    sees_case!(),
    " order by c.received_at, c.id limit 200"
);

const INSERT: &str = "
    insert into cases (id, version, kind, provider_org, assigned_org, plan, delegate, member, service, state, urgency,
        body, parent, number, due_at, received_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";

/// Saves only over the version that was read: of two writers, one loses.
const UPDATE: &str = "
    update cases set kind = $3, provider_org = $4, assigned_org = $5, plan = $6, delegate = $7, member = $8,
        service = $9, state = $10, urgency = $11, body = $12, parent = $13, number = $14, due_at = $15,
        received_at = $16, updated_at = $17, version = version + 1
    where id = $1 and version = $2";

const UNCHANGED: &str = "select 1 as there_is from cases where id = $1 and version = $2";

const PUT_PLAN: &str = "
    insert into case_plans (case_id, plan, kind, state, received_at) values ($1, $2, $3, $4, $5)
    on conflict (case_id, plan) do update set state = excluded.state";

const PLANS: &str = concat!(
    "select p.plan, p.state from case_plans p join cases c on c.id = p.case_id where p.case_id = $4 and ",
    sees_case!(),
    " and ",
    sees_part!("p.plan"),
    " order by p.plan"
);

/// A case. Has no `Debug`: its body is about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Case {
    /// Id of the case.
    pub id: CaseId,
    /// Kind of the case.
    pub kind: CaseKind,
    /// Provider that sent it.
    pub provider_org: OrgId,
    /// Provider that is to give the service, where that is somebody else.
    pub assigned_org: Option<OrgId>,
    /// Plan that decides; `None` for an application, which several plans review.
    pub plan: Option<PlanId>,
    /// Delegate that decides in the plan's place.
    pub delegate: Option<String>,
    /// About whom; `None` for an application.
    pub member: Option<MemberId>,
    /// Service that it is about, as in the catalog.
    pub service: Option<String>,
    /// Word of the state that it is in.
    pub state: String,
    /// Urgency of the decision.
    pub urgency: Urgency,
    /// The whole state, as JSON.
    pub body: String,
    /// The case that this one follows from.
    pub parent: Option<CaseId>,
    /// The plan's number for it; an authorization's.
    pub number: Option<String>,
    /// Instant at which its nearest clock runs out (UTC).
    pub due_at: Option<Timestamp>,
    /// Instant at which the host received it (UTC).
    pub received_at: Timestamp,
    /// Instant of its last change (UTC).
    pub updated_at: Timestamp,
    /// Grows with every change.
    pub version: i64,
}

/// One plan's part in a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanPart {
    /// Plan that reviews this part.
    pub plan: PlanId,
    /// The case's state as this plan is shown it.
    pub state: String,
}

/// Key of a page's last case: its receipt and its id.
pub type CaseKey = (Timestamp, CaseId);

/// True of a record without cases: for whoever is about to fill it.
pub async fn none(store: &Store) -> Result<bool, StoreError> {
    let found = store.one::<(i64,)>(ANY, Vec::new()).await?;
    Ok(found.is_none_or(|(count,)| count == 0))
}

/// Case of this id, if the scope sees it.
pub async fn find(store: &Store, scope: &Scope, id: CaseId) -> Result<Option<Case>, StoreError> {
    let row = store.one::<Row>(FIND, values(scope.people(), [text(id)])).await?;
    row.map(Case::try_from).transpose()
}

/// The case that a plan gave a number, such as an authorization's.
pub async fn find_by_number(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    number: &str,
) -> Result<Option<Case>, StoreError> {
    let row = store.one::<Row>(FIND_BY_NUMBER, values(scope.people(), [text(plan), text(number)])).await?;
    row.map(Case::try_from).transpose()
}

/// Filter over cases; an absent field filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Word of the state.
    pub state: Option<String>,
    /// Member that the case is about.
    pub member: Option<MemberId>,
    /// Service that the case is about.
    pub service: Option<String>,
    /// That this plan decides or takes part in.
    pub plan: Option<PlanId>,
    /// That this provider sent or is to serve.
    pub provider: Option<OrgId>,
    /// That came at this instant or later.
    pub from: Option<Timestamp>,
    /// That came before this instant.
    pub until: Option<Timestamp>,
}

/// Cases of a kind that came before `before`, newest first. The operator and duties have no list of cases.
pub async fn list(
    store: &Store,
    scope: &Scope,
    kind: CaseKind,
    filter: &CaseFilter,
    before: Option<CaseKey>,
    limit: u32,
) -> Result<Page<Case, CaseKey>, StoreError> {
    let (sql, whose) = match scope.seat() {
        Seat::Provider(org) => (for_provider(kind, filter), text(org)),
        Seat::Plan { plan, .. } => (for_plan(kind, filter), text(plan)),
        Seat::Operator(_) | Seat::Duty(_) => return Ok(Page { items: Vec::new(), next: None }),
    };
    let [at, id] = match (before, filter.until) {
        (Some((at, _)), Some(until)) if until <= at => [instant(until), text("")],
        (None, Some(until)) => [instant(until), text("")],
        (before, _) => before_key(before),
    };
    let values = vec![
        whose,
        text(kind.name()),
        maybe_text(filter.state.as_deref()),
        at,
        id,
        one_more(limit),
        filter.from.map_or_else(|| int(i64::MIN), instant),
        maybe_text(filter.member),
        maybe_text(filter.service.as_deref()),
        maybe_text(filter.plan.as_ref()),
        maybe_text(filter.provider),
    ];
    let rows = store.all::<Row>(sql, values).await?;
    Ok(Page::cut(read_all(rows)?, limit, Case::key))
}

/// The narrowing that leaves the least is the one that an index is for.
fn for_provider(kind: CaseKind, filter: &CaseFilter) -> &'static str {
    match filter {
        CaseFilter { member: Some(_), .. } => LIST_FOR_PROVIDER_OF_MEMBER,
        CaseFilter { service: Some(_), .. } => LIST_FOR_PROVIDER_OF_SERVICE,
        CaseFilter { plan: Some(_), .. } if kind != CaseKind::Application => LIST_FOR_PROVIDER_OF_PLAN,
        CaseFilter { state: Some(_), .. } => LIST_FOR_PROVIDER_IN_STATE,
        _ => LIST_FOR_PROVIDER,
    }
}

fn for_plan(kind: CaseKind, filter: &CaseFilter) -> &'static str {
    match filter {
        CaseFilter { member: Some(_), .. } => LIST_FOR_PLAN_OF_MEMBER,
        CaseFilter { provider: Some(_), .. } if kind != CaseKind::Application => LIST_FOR_PLAN_OF_PROVIDER,
        CaseFilter { service: Some(_), .. } => LIST_FOR_PLAN_OF_SERVICE,
        CaseFilter { state: Some(_), .. } => LIST_FOR_PLAN_IN_STATE,
        _ => LIST_FOR_PLAN,
    }
}

/// Referrals of a member to a plan for a service that have not ended, newest first.
pub async fn open_duplicates(
    store: &Store,
    scope: &Scope,
    member: MemberId,
    service: &str,
    plan: &PlanId,
) -> Result<Vec<Case>, StoreError> {
    let own = [text(member), text(service), text(plan)];
    read_all(store.all::<Row>(OPEN_DUPLICATES, values(scope.people(), own)).await?)
}

/// Authorizations by a plan under which a provider delivers a service to a member, in any state, newest
/// first. Who asked for another's service delivers nothing under it.
pub async fn authorizations_for(
    store: &Store,
    scope: &Scope,
    member: MemberId,
    provider: OrgId,
    plan: &PlanId,
    service: &str,
) -> Result<Vec<Case>, StoreError> {
    let own = [text(member), text(service), text(provider), text(plan)];
    read_all(store.all::<Row>(AUTHORIZATIONS, values(scope.people(), own)).await?)
}

/// Authorizations that anybody asked a plan for, for a member and a service, in any state, newest first.
pub async fn authorizations_of(
    store: &Store,
    scope: &Scope,
    member: MemberId,
    plan: &PlanId,
    service: &str,
) -> Result<Vec<Case>, StoreError> {
    read_all(store.read::<Row>(reading_authorizations_of(scope, member, plan, service)).await?)
}

/// The read of [`authorizations_of`].
pub fn reading_authorizations_of(scope: &Scope, member: MemberId, plan: &PlanId, service: &str) -> Read {
    let own = [text(member), text(service), text(plan)];
    Read::new(AUTHORIZATIONS_OF, values(scope.people(), own))
}

/// Those requests but `without` as they are now, for [`authorizations_unchanged`]. It tells nothing about a
/// member.
pub async fn authorizations_stamp(
    store: &Store,
    member: MemberId,
    plan: &PlanId,
    service: &str,
    without: CaseId,
) -> Result<String, StoreError> {
    let read = reading_authorizations_stamp(member, plan, service, without);
    let row = store.read::<StampRow>(read).await?.into_iter().next();
    Ok(row.map(|row| row.stamp).unwrap_or_default())
}

/// The read of [`authorizations_stamp`].
pub fn reading_authorizations_stamp(member: MemberId, plan: &PlanId, service: &str, without: CaseId) -> Read {
    Read::new(AUTHORIZATIONS_STAMP, vec![text(member), text(service), text(plan), text(without)])
}

/// Lets a unit pass only while those requests are as they were at `stamp`; else [`StoreError::Conflict`].
pub fn authorizations_unchanged(
    member: MemberId,
    plan: &PlanId,
    service: &str,
    without: CaseId,
    stamp: &str,
) -> [Statement; 2] {
    let values = vec![text(member), text(service), text(plan), text(without), text(stamp)];
    [crate::usage::alone(member), Statement::one(Miss::Conflict, AUTHORIZATIONS_UNCHANGED, values)]
}

/// The referrals that joined one, with who sent them, oldest first. It asks for no scope: whoever joined is
/// told of each step, whoever takes it.
pub async fn joined(store: &Store, first: CaseId) -> Result<Vec<(CaseId, OrgId)>, StoreError> {
    let rows = store.all::<(String, String)>(JOINED, vec![text(first)]).await?;
    rows.into_iter()
        .map(|(id, provider)| {
            let columns = Columns { table: "cases", id: &id };
            Ok((columns.parse("id", &id)?, columns.parse("provider_org", &provider)?))
        })
        .collect()
}

/// Lets what joined `first` follow `next` instead, which goes on in its place.
pub fn rejoin(first: CaseId, next: CaseId) -> Statement {
    Statement::any(REJOIN, vec![text(first), text(next)])
}

/// A case that has not ended, in brief.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCase {
    /// Id of the case.
    pub id: CaseId,
    /// Kind of the case.
    pub kind: CaseKind,
    /// Service that it is about.
    pub service: String,
    /// Word of the state that it is in.
    pub state: String,
    /// Instant at which the host received it (UTC).
    pub received_at: Timestamp,
    /// The NPI of who delivers, where that is known: of a referral, once a provider has taken it.
    pub npi: Option<String>,
}

/// A member's cases with a plan that have not ended, besides `but`: claims last, newest first. For the plan
/// itself and for its rules: it asks for no scope.
pub async fn open_for(
    store: &Store,
    member: MemberId,
    plan: &PlanId,
    but: CaseId,
    limit: u32,
) -> Result<Page<OpenCase, CaseId>, StoreError> {
    let rows = store.read::<OpenRow>(reading_open_for(member, plan, but, limit)).await?;
    Ok(Page::cut(read_all(rows)?, limit, |case: &OpenCase| case.id))
}

/// The read of [`open_for`].
pub fn reading_open_for(member: MemberId, plan: &PlanId, but: CaseId, limit: u32) -> Read {
    Read::new(OPEN, vec![text(member), text(plan), text(but), one_more(limit)])
}

/// A member's cases that came before `before`, newest first.
pub async fn history_for(
    store: &Store,
    scope: &Scope,
    member: MemberId,
    before: Option<CaseKey>,
    limit: u32,
) -> Result<Page<Case, CaseKey>, StoreError> {
    let [at, id] = before_key(before);
    let own = [text(member), at, id, one_more(limit)];
    let rows = store.all::<Row>(HISTORY, values(scope.people(), own)).await?;
    Ok(Page::cut(read_all(rows)?, limit, Case::key))
}

/// The cases that follow from one, oldest first.
pub async fn children(store: &Store, scope: &Scope, parent: CaseId) -> Result<Vec<Case>, StoreError> {
    read_all(store.all::<Row>(CHILDREN, values(scope.people(), [text(parent)])).await?)
}

/// The plans that take part in a case besides the one that decides, by name; a plan sees its own part.
pub async fn plans(store: &Store, scope: &Scope, case: CaseId) -> Result<Vec<PlanPart>, StoreError> {
    let rows = store.all::<(String, String)>(PLANS, values(scope.people(), [text(case)])).await?;
    let id = case.to_string();
    let columns = Columns { table: "case_plans", id: &id };
    rows.into_iter()
        .map(|(plan, state)| Ok(PlanPart { plan: columns.parse("plan", &plan)?, state }))
        .collect()
}

/// Adds a case; [`StoreError::Duplicate`] if its id or its plan's number is taken.
pub fn insert(case: &Case) -> Statement {
    Statement::one(Miss::Duplicate, INSERT, row_values(case))
}

/// Saves a case over the version in `case`, which grows by one; [`StoreError::Conflict`] if it is not the
/// last.
pub fn update(case: &Case) -> Statement {
    Statement::one(Miss::Conflict, UPDATE, row_values(case))
}

/// Lets a unit pass only while the case is as it was at `version`; else [`StoreError::Conflict`].
pub fn unchanged(case: CaseId, version: i64) -> Statement {
    Statement::one(Miss::Conflict, UNCHANGED, vec![text(case), int(version)])
}

/// Lets a plan take part in a case, or says in which state it is there.
pub fn put_plan(case: &Case, part: &PlanPart) -> Statement {
    Statement::any(
        PUT_PLAN,
        vec![
            text(case.id),
            text(&part.plan),
            text(case.kind.name()),
            text(&part.state),
            instant(case.received_at),
        ],
    )
}

impl Case {
    /// Its place in a list.
    #[must_use]
    pub fn key(&self) -> CaseKey {
        (self.received_at, self.id)
    }
}

fn before_key(before: Option<CaseKey>) -> [Value; 2] {
    before.map_or([int(i64::MAX), text("")], |(at, id)| [instant(at), text(id)])
}

fn row_values(case: &Case) -> Vec<Value> {
    vec![
        text(case.id),
        int(case.version),
        text(case.kind.name()),
        text(case.provider_org),
        maybe_text(case.assigned_org),
        maybe_text(case.plan.as_ref()),
        maybe_text(case.delegate.as_deref()),
        maybe_text(case.member),
        maybe_text(case.service.as_deref()),
        text(&case.state),
        text(case.urgency.name()),
        text(&case.body),
        maybe_text(case.parent),
        maybe_text(case.number.as_deref()),
        maybe_instant(case.due_at),
        instant(case.received_at),
        instant(case.updated_at),
    ]
}

row! {
    struct StampRow {
        stamp: String,
    }
}

row! {
    struct OpenRow {
        id: String,
        kind: String,
        service: Option<String>,
        state: String,
        received_at: i64,
        npi: Option<String>,
    }
}

impl TryFrom<OpenRow> for OpenCase {
    type Error = StoreError;

    fn try_from(row: OpenRow) -> Result<Self, StoreError> {
        let columns = Columns { table: "cases", id: &row.id };
        let kind = columns.word("kind", &row.kind, CaseKind::named)?;
        let taken = ["provider-accepted", "in-service"].contains(&row.state.as_str());
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            kind,
            received_at: columns.instant("received_at", row.received_at)?,
            service: row.service.unwrap_or_default(),
            npi: row.npi.filter(|_| kind != CaseKind::Referral || taken),
            state: row.state,
        })
    }
}

row! {
    struct Row {
        id: String,
        kind: String,
        provider_org: String,
        assigned_org: Option<String>,
        plan: Option<String>,
        delegate: Option<String>,
        member: Option<String>,
        service: Option<String>,
        state: String,
        urgency: String,
        body: String,
        parent: Option<String>,
        number: Option<String>,
        due_at: Option<i64>,
        received_at: i64,
        updated_at: i64,
        version: i64,
    }
}

impl TryFrom<Row> for Case {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "cases", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            kind: columns.word("kind", &row.kind, CaseKind::named)?,
            provider_org: columns.parse("provider_org", &row.provider_org)?,
            assigned_org: columns.parse_some("assigned_org", row.assigned_org.as_deref())?,
            plan: columns.parse_some("plan", row.plan.as_deref())?,
            member: columns.parse_some("member", row.member.as_deref())?,
            urgency: columns.word("urgency", &row.urgency, Urgency::named)?,
            parent: columns.parse_some("parent", row.parent.as_deref())?,
            due_at: columns.instant_some("due_at", row.due_at)?,
            received_at: columns.instant("received_at", row.received_at)?,
            updated_at: columns.instant("updated_at", row.updated_at)?,
            delegate: row.delegate,
            service: row.service,
            state: row.state,
            body: row.body,
            number: row.number,
            version: row.version,
        })
    }
}

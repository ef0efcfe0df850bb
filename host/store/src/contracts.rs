//! Contracts of providers with plans, the days on which they hold, and what happened to them.

use domain::contract::{self, EventKind};
use domain::identifiers::{AuditId, ContractId, County, EventId, OrgId, PlanId};
use domain::plan::types::Period;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::page::one_more;
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{instant, int, maybe_instant, maybe_text, text};
use crate::{Dialects, Miss, Page, Read, Scope, Seat, Statement, Store, StoreError};

/// Days that one statement carries.
const CHUNK: usize = 1000;

macro_rules! columns {
    () => {
        "select c.id, c.plan, c.provider_org, c.delegate, c.state, c.body, c.made_at, c.updated_at, c.version,
            c.translation_due
        from contracts c "
    };
}

/// A provider sees its own, a plan its own, whoever runs the host all: no contract is about a member.
macro_rules! seen {
    () => {
        "(c.provider_org = $1 or c.plan = $2 or $3 = 1)"
    };
}

const FIND: &str = concat!(columns!(), "where c.id = $4 and ", seen!());
const LIST: &str = concat!(
    columns!(),
    "where ",
    seen!(),
    " and ($4 is null or c.provider_org = $4) and ($5 is null or c.plan = $5) and ($6 is null or c.state = $6)
        and (c.made_at, c.id) < ($7, $8)
    order by c.made_at desc, c.id desc limit $9"
);
const LIVE: &str = concat!(
    columns!(),
    "where c.provider_org = $1 and c.plan = $2 and coalesce(c.delegate, '') = coalesce($3, '') and c.state <> 'ended'"
);
const RESTING: &str = concat!(
    columns!(),
    "where c.provider_org = $1 and c.plan = $2 and c.state <> 'ended' order by c.made_at, c.id"
);

const ENDED: &str = concat!(
    columns!(),
    "where c.provider_org = $1 and c.plan = $2 and c.state = 'ended' order by c.made_at desc, c.id desc limit 200"
);

/// A plan's people write what their own plan said.
const UNTRANSLATED: &str = concat!(
    columns!(),
    "where c.plan = $1 and c.translation_due is not null and (c.translation_due, c.id) > ($2, $3)
    order by c.translation_due, c.id limit $4"
);

/// The days that touch a span. A contract with a delegate is for the members of that delegate.
const HELD: &str = "
    select d.contract, c.version, d.first_day, d.last_day
    from contract_days d join contracts c on c.id = d.contract
    where d.provider_org = $1 and d.plan = $2 and d.service = $3 and d.county = $4
        and (d.delegate is null or d.delegate = $5)
        and ($7 is null or d.first_day <= $7) and (d.last_day is null or d.last_day >= $6)
    order by d.first_day, d.contract limit 200";

const INSERT: &str = "
    insert into contracts (id, plan, provider_org, delegate, state, body, made_at, updated_at, translation_due, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)";

const UPDATE: &str = "
    update contracts set plan = $2, provider_org = $3, delegate = $4, state = $5, body = $6, made_at = $7,
        updated_at = $8, translation_due = $9, version = version + 1
    where id = $1 and version = $10";

const FORGET_DAYS: &str = "delete from contract_days where contract = $1";

const ADD_DAYS: Dialects = Dialects {
    sqlite: "
        insert into contract_days (contract, provider_org, plan, delegate, service, county, first_day, last_day)
        select $2, $3, $4, $5, d.value ->> 'service', d.value ->> 'county', d.value ->> 'first', d.value ->> 'last'
        from json_each($1) d",
    postgres: "
        insert into contract_days (contract, provider_org, plan, delegate, service, county, first_day, last_day)
        select $2, $3, $4, $5, d.service, d.county, d.first, d.last
        from json_to_recordset($1::json) as d (service text, county text, first text, last text)",
};

const UNCHANGED: &str = "select id from contracts where id = $1 and version = $2";

const TIMELINE: &str = concat!(
    "select e.id, e.contract, e.seq, e.at, e.name, e.state, e.actor_org, e.actor_role, e.detail, e.audit_id
    from contract_events e join contracts c on c.id = e.contract
    where e.contract = $4 and e.seq > $5 and ",
    seen!(),
    " order by e.seq limit $6"
);

const ADD_EVENT: &str = "
    insert into contract_events (id, contract, seq, at, name, state, actor_org, actor_role, detail, audit_id)
    select $1, $2, (select coalesce(max(seq), 0) + 1 from contract_events where contract = $2),
        $3, $4, $5, $6, $7, $8, $9";

/// A contract of a provider with a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// Id of the contract.
    pub id: ContractId,
    /// Plan that is a party.
    pub plan: PlanId,
    /// Provider that is a party.
    pub provider: OrgId,
    /// The plan's delegate, where the contract is with it: it is for the members of its groups.
    pub delegate: Option<String>,
    /// Services, counties and days, and the state.
    pub terms: contract::Contract,
    /// Since when it is on record.
    pub made_at: Timestamp,
    /// Instant of its last change (UTC).
    pub updated_at: Timestamp,
    /// Instant until which the reason of its standing is to be written in its other language (UTC); `None`
    /// where it is whole.
    pub translation_due: Option<Timestamp>,
    /// Grows with every change; 0 before it is kept.
    pub version: i64,
}

/// Days of a contract that holds for what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldDays {
    /// Contract that holds.
    pub contract: ContractId,
    /// Its version when it was read, for [`unchanged`].
    pub version: i64,
    /// Days on which it holds.
    pub days: Period,
}

/// For whom and what a contract is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Provider that would serve.
    pub provider: OrgId,
    /// Plan that would pay.
    pub plan: &'a PlanId,
    /// The delegate that answers for the member, if one does.
    pub delegate: Option<&'a str>,
    /// Service that is wanted.
    pub service: &'a str,
    /// County in which the member lives.
    pub county: &'a County,
}

/// Filter over the caller's contracts; an absent field filters nothing.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Provider that is a party.
    pub provider: Option<OrgId>,
    /// Plan that is a party.
    pub plan: Option<PlanId>,
    /// Word of the state.
    pub state: Option<String>,
}

/// Something that happened to a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Id of the event.
    pub id: EventId,
    /// Contract that it happened to.
    pub contract: ContractId,
    /// Instant of the event (UTC).
    pub at: Timestamp,
    /// Kind of the event, such as `suspend`.
    pub name: EventKind,
    /// The state it led to.
    pub state: String,
    /// Organization that did it; `None` for the host.
    pub actor_org: Option<OrgId>,
    /// Role in which it acted.
    pub actor_role: String,
    /// Days and codes that belong to it, as JSON.
    pub detail: String,
    /// The entry of the audit log.
    pub audit: AuditId,
}

/// Key of a page's last contract: its record's instant and its id.
pub type ContractKey = (Timestamp, ContractId);

/// Contract of this id, if the scope sees it.
pub async fn find(store: &Store, scope: &Scope, id: ContractId) -> Result<Option<Contract>, StoreError> {
    let row = store.one::<Row>(FIND, values(scope.institutions(), [text(id)])).await?;
    row.map(Contract::try_from).transpose()
}

/// The caller's contracts that came before `before`, newest first.
pub async fn list(
    store: &Store,
    scope: &Scope,
    filter: &Filter,
    before: Option<ContractKey>,
    limit: u32,
) -> Result<Page<Contract, ContractKey>, StoreError> {
    let (at, id) = before.map_or((int(i64::MAX), text("")), |(at, id)| (instant(at), text(id)));
    let own = [
        maybe_text(filter.provider),
        maybe_text(filter.plan.as_ref()),
        maybe_text(filter.state.as_deref()),
        at,
        id,
        one_more(limit),
    ];
    let rows = store.all::<Row>(LIST, values(scope.institutions(), own)).await?;
    Ok(Page::cut(read_all(rows)?, limit, |contract: &Contract| (contract.made_at, contract.id)))
}

/// Contracts of the scope's plan whose reason is wanted in its other language, after `after`, the one that is
/// due first before the others. Nobody else has anything to write.
pub async fn untranslated(
    store: &Store,
    scope: &Scope,
    after: Option<(Timestamp, String)>,
    limit: u32,
) -> Result<Page<Contract, (Option<Timestamp>, String)>, StoreError> {
    let Seat::Plan { plan, .. } = scope.seat() else {
        return Ok(Page { items: Vec::new(), next: None });
    };
    let (due, id) = after.map_or((int(i64::MIN), text("")), |(due, id)| (instant(due), text(id)));
    let rows = store.all::<Row>(UNTRANSLATED, vec![text(plan), due, id, one_more(limit)]).await?;
    let key = |contract: &Contract| (contract.translation_due, contract.id.to_string());
    Ok(Page::cut(read_all(rows)?, limit, key))
}

/// The contract of a provider with a plan, or with a delegate of it, that has not ended. A duty's.
pub async fn live(
    store: &Store,
    provider: OrgId,
    plan: &PlanId,
    delegate: Option<&str>,
) -> Result<Option<Contract>, StoreError> {
    let values = vec![text(provider), text(plan), maybe_text(delegate)];
    store.one::<Row>(LIVE, values).await?.map(Contract::try_from).transpose()
}

/// Every contract of a provider with a plan or its delegates that has not ended. A duty's.
pub async fn all_live(store: &Store, provider: OrgId, plan: &PlanId) -> Result<Vec<Contract>, StoreError> {
    read_all(store.all::<Row>(RESTING, vec![text(provider), text(plan)]).await?)
}

/// The newest contracts of a provider with a plan or its delegates that have ended. A duty's.
pub async fn ended(store: &Store, provider: OrgId, plan: &PlanId) -> Result<Vec<Contract>, StoreError> {
    read_all(store.all::<Row>(ENDED, vec![text(provider), text(plan)]).await?)
}

/// The days that touch `span` on which a contract holds for what is wanted. It tells nothing about a member.
pub async fn held(store: &Store, wanted: Wanted<'_>, span: &Period) -> Result<Vec<HeldDays>, StoreError> {
    read_all(store.read::<HeldRow>(reading_held(wanted, span)).await?)
}

/// The read of [`held`].
pub fn reading_held(wanted: Wanted<'_>, span: &Period) -> Read {
    let values = vec![
        text(wanted.provider),
        text(wanted.plan),
        text(wanted.service),
        text(wanted.county),
        maybe_text(wanted.delegate),
        text(span.first),
        maybe_text(span.last),
    ];
    Read::new(HELD, values)
}

/// Lets a unit pass only while the contract is as it was at `version`; else [`StoreError::Conflict`].
pub fn unchanged(contract: ContractId, version: i64) -> Statement {
    Statement::one(Miss::Conflict, UNCHANGED, vec![text(contract), int(version)])
}

/// Keeps a contract with the days on which it holds: a new one if its version is 0, else in the place of the
/// version that was read. [`StoreError::Conflict`] if another was kept meanwhile, [`StoreError::Duplicate`]
/// if the provider has one already that has not ended.
///
/// # Errors
/// When the terms cannot be written as JSON.
pub fn keep(contract: &Contract) -> Result<Vec<Statement>, StoreError> {
    let body = serde_json::to_string(&contract.terms)
        .map_err(|_| StoreError::Database("a contract's terms do not become JSON".to_owned()))?;
    let mut values = vec![
        text(contract.id),
        text(&contract.plan),
        text(contract.provider),
        maybe_text(contract.delegate.as_deref()),
        text(contract.terms.state.name()),
        text(body),
        instant(contract.made_at),
        instant(contract.updated_at),
        maybe_instant(contract.translation_due),
    ];
    let kept = if contract.version == 0 {
        Statement::one(Miss::Duplicate, INSERT, values)
    } else {
        values.push(int(contract.version));
        Statement::one(Miss::Conflict, UPDATE, values)
    };
    let mut statements = vec![kept, Statement::any(FORGET_DAYS, vec![text(contract.id)])];
    let held = contract.terms.held();
    statements.extend(held.chunks(CHUNK).map(|held| {
        let days: Vec<_> = held.iter().map(days_json).collect();
        let values = vec![
            text(serde_json::Value::from(days)),
            text(contract.id),
            text(contract.provider),
            text(&contract.plan),
            maybe_text(contract.delegate.as_deref()),
        ];
        Statement::any(ADD_DAYS, values)
    }));
    Ok(statements)
}

fn days_json(held: &contract::Held) -> serde_json::Value {
    json!({
        "service": held.service,
        "county": held.county.as_str(),
        "first": held.first.to_string(),
        "last": held.last.map(|last| last.to_string()),
    })
}

/// Events of a contract after event `after`, oldest first.
pub async fn timeline(
    store: &Store,
    scope: &Scope,
    id: ContractId,
    after: Option<i64>,
    limit: u32,
) -> Result<Page<(i64, Event), i64>, StoreError> {
    let own = [text(id), int(after.unwrap_or(0)), one_more(limit)];
    let rows = store.all::<EventRow>(TIMELINE, values(scope.institutions(), own)).await?;
    Ok(Page::cut(read_all(rows)?, limit, |(seq, _): &(i64, Event)| *seq))
}

/// Adds an event after the contract's last. [`StoreError::Conflict`] if another came at the same time.
pub fn add_event(event: &Event) -> Statement {
    Statement::one(
        Miss::Conflict,
        ADD_EVENT,
        vec![
            text(event.id),
            text(event.contract),
            instant(event.at),
            text(event.name),
            text(&event.state),
            maybe_text(event.actor_org),
            text(&event.actor_role),
            text(&event.detail),
            text(event.audit),
        ],
    )
}

row! {
    struct Row {
        id: String,
        plan: String,
        provider_org: String,
        delegate: Option<String>,
        state: String,
        body: String,
        made_at: i64,
        updated_at: i64,
        version: i64,
        translation_due: Option<i64>,
    }
}

impl TryFrom<Row> for Contract {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "contracts", id: &row.id };
        let terms: contract::Contract = columns.json("body", &row.body)?;
        if terms.state.name() != row.state {
            return Err(columns.corrupt("state is not the body's"));
        }
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            plan: columns.parse("plan", &row.plan)?,
            provider: columns.parse("provider_org", &row.provider_org)?,
            made_at: columns.instant("made_at", row.made_at)?,
            updated_at: columns.instant("updated_at", row.updated_at)?,
            translation_due: columns.instant_some("translation_due", row.translation_due)?,
            delegate: row.delegate,
            terms,
            version: row.version,
        })
    }
}

row! {
    struct HeldRow {
        contract: String,
        version: i64,
        first_day: String,
        last_day: Option<String>,
    }
}

impl TryFrom<HeldRow> for HeldDays {
    type Error = StoreError;

    fn try_from(row: HeldRow) -> Result<Self, StoreError> {
        let columns = Columns { table: "contract_days", id: &row.contract };
        let first: Date = columns.parse("first_day", &row.first_day)?;
        Ok(Self {
            contract: columns.parse("contract", &row.contract)?,
            version: row.version,
            days: Period { first, last: columns.parse_some("last_day", row.last_day.as_deref())? },
        })
    }
}

row! {
    struct EventRow {
        id: String,
        contract: String,
        seq: i64,
        at: i64,
        name: String,
        state: String,
        actor_org: Option<String>,
        actor_role: String,
        detail: String,
        audit_id: String,
    }
}

impl TryFrom<EventRow> for (i64, Event) {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Self, StoreError> {
        let columns = Columns { table: "contract_events", id: &row.id };
        let event = Event {
            id: columns.parse("id", &row.id)?,
            contract: columns.parse("contract", &row.contract)?,
            at: columns.instant("at", row.at)?,
            actor_org: columns.parse_some("actor_org", row.actor_org.as_deref())?,
            audit: columns.parse("audit_id", &row.audit_id)?,
            name: columns.parse("name", &row.name)?,
            state: row.state,
            actor_role: row.actor_role,
            detail: row.detail,
        };
        Ok((row.seq, event))
    }
}

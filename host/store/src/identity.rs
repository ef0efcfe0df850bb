//! Identity of persons: what people must settle about it, what was done, and that two persons are one or one
//! is two.
//!
//! A person goes into another with everything that hangs on it, and its id leads there from then on. A table
//! that refers to members is named in [`merge`] and in [`split`].

use domain::identifiers::{AuditId, CaseId, ConflictId, EventId, MemberId, OrgId, PlanId, RosterId};
use domain::identity::{Identity, Kind, State, Verdict};
use domain::words;
use jiff::Timestamp;

use crate::member_values::said_again;
use crate::page::one_more;
use crate::rosters::{collide, keep_aside};
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{instant, int, list, maybe_text, text};
use crate::{Dialects, Miss, Page, Scope, Statement, Store, StoreError};

macro_rules! columns {
    () => {
        columns!(from "identity_conflicts i")
    };
    (from $from:literal) => {
        concat!(
            "select i.id, i.kind, i.member, i.plan, i.other, i.apart, i.roster, i.row_number, i.told, i.state, i.opened_at,
                i.verdict, i.settled_at, i.settled_by, i.reason, i.tell, i.version from ",
            $from,
            " "
        )
    };
}

/// One of a list's values, each of which an index is asked for.
macro_rules! among {
    (sqlite $list:literal) => {
        concat!(" in (select value from json_each(", $list, "))")
    };
    (postgres $list:literal) => {
        concat!(" = any(array(select json_array_elements_text(", $list, "::json)))")
    };
}

/// A plan sees what its own file says otherwise than the record, if the person was its own before or turned
/// out to be: else it would learn that a number it guessed is somebody's. And it sees what another plan's
/// file says of a person whom it covers. The operator sees everything, a provider nothing.
macro_rules! sees_conflict {
    () => {
        "($3 = 1 or (i.plan = $2 and (i.apart is null
                or (select 1 from members a where a.id = i.apart and a.merged_into = i.member) is not null))
            or (i.plan <> $2 and (select 1 from coverages v where v.member = i.member and v.plan = $2
                and v.disputed_since is null limit 1) is not null))"
    };
}

const FIND: &str = concat!(columns!(), "where i.id = $4 and ", sees_conflict!());

const LIST: &str = concat!(
    columns!(),
    "where (i.opened_at, i.id) < ($4, $5) and ($7 is null or i.state = $7) and ",
    sees_conflict!(),
    " order by i.opened_at desc, i.id desc limit $6"
);

/// For duties: everything about these people, the latest first.
macro_rules! about {
    ($from:literal) => {
        concat!(columns!(from $from), "order by i.opened_at desc, i.id desc")
    };
}

const ABOUT: Dialects = Dialects {
    sqlite: about!("json_each($1) wanted cross join identity_conflicts i on i.member = wanted.value"),
    postgres: about!(
        "json_array_elements_text($1::json) wanted cross join lateral (select c.* from identity_conflicts c
            where c.member = wanted.value offset 0) i"
    ),
};

const TO_TELL: &str = concat!(columns!(), "where i.tell is not null order by i.id limit $1");

const TOLD: &str =
    "update identity_conflicts set tell = null where id = $1 and version = $2 and tell is not null";

/// Opens a conflict, but for one that is open already: a later file that says the same.
const OPEN: &str = "
    insert into identity_conflicts (id, kind, member, plan, other, apart, roster, row_number, told, state, opened_at, tell,
        version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, 'opened', 1)
    on conflict do nothing";

const SETTLE: &str = "
    update identity_conflicts set state = 'settled', verdict = $3, settled_at = $4, settled_by = $5, reason = $6,
        tell = 'settled', version = version + 1
    where id = $1 and version = $2 and state = 'open'";

/// Spans that no other plan's span has a day in common with any more stand.
macro_rules! stand_again {
    ($among:expr) => {
        concat!(
            "update coverages set disputed_since = null where disputed_since is not null and member",
            $among,
            " and (select 1 from coverages k where ",
            collide!("coverages", "k"),
            " limit 1) is null"
        )
    };
}

const STAND_AGAIN: Dialects =
    Dialects { sqlite: stand_again!(among!(sqlite "$1")), postgres: stand_again!(among!(postgres "$1")) };

/// Settles conflicts about two plans of these people, without a person's verdict.
macro_rules! settles {
    ($verdict:literal, $among:expr, $($which:tt)+) => {
        concat!(
            "update identity_conflicts set state = 'settled', verdict = '",
            $verdict,
            "', settled_at = $2, tell = 'settled', version = version + 1
            where kind = 'two-plans' and state = 'open' and member",
            $among,
            $($which)+
        )
    };
}

/// Two plans whose days are apart again have settled it themselves.
macro_rules! are_apart {
    () => {
        concat!(
            " and (select 1 from coverages v join coverages k on ",
            collide!("v", "k"),
            " where v.member = identity_conflicts.member and v.plan = identity_conflicts.plan
                and k.plan = identity_conflicts.other limit 1) is null"
        )
    };
}

const ARE_GONE: Dialects = Dialects {
    sqlite: settles!("gone", among!(sqlite "$1"), are_apart!()),
    postgres: settles!("gone", among!(postgres "$1"), are_apart!()),
};

const BY_STATE: Dialects = Dialects {
    sqlite: settles!("state", among!(sqlite "$1"), ""),
    postgres: settles!("state", among!(postgres "$1"), ""),
};

/// Of two plans' days that collide, `$3`'s stand and `$2`'s yield.
const YIELDS: &str = "
    update coverages set disputed_since = coalesce(disputed_since, $4) where member = $1 and plan = $2
        and exists (select 1 from coverages k where k.member = coverages.member and k.plan = $3
            and k.line = coverages.line and (k.last_day is null or k.last_day >= coverages.first_day)
            and (coverages.last_day is null or coverages.last_day >= k.first_day))";
const STANDS: &str = "
    update coverages set disputed_since = null where member = $1 and plan = $2
        and exists (select 1 from coverages k where k.member = coverages.member and k.plan = $3
            and k.line = coverages.line and (k.last_day is null or k.last_day >= coverages.first_day)
            and (coverages.last_day is null or coverages.last_day >= k.first_day))";

const ADD_EVENT: &str = "
    insert into identity_events (id, member, at, name, other, actor_org, actor_role, reason, detail, audit_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const EVENTS: &str = "
    select id, member, at, name, other, actor_org, actor_role, reason, detail, audit_id from identity_events
    where member = $1 order by at, id limit 200";

words! {
    /// Notices that a conflict still owes.
    pub enum Tell {
        /// That it is open.
        Opened = "opened",
        /// Its settlement is to be told.
        Settled = "settled",
    }
}

words! {
    /// Name of an event in a person's identity.
    pub enum EventName {
        /// Names or birth date were corrected.
        Corrected = "corrected",
        /// It went into another person.
        Merged = "merged",
        /// Another person went into it.
        Received = "received",
        /// A part of it became another person.
        Split = "split",
        /// It was a part of another person.
        SplitOff = "split-off",
        /// A file confirmed whom a provider had told of.
        Confirmed = "confirmed",
    }
}

/// A conflict that people settle. Has no `Debug`: it is about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Id of the conflict.
    pub id: ConflictId,
    /// Kind of the conflict.
    pub kind: Kind,
    /// The person in the record.
    pub member: MemberId,
    /// The plan whose file says otherwise than the record, or came later.
    pub plan: PlanId,
    /// The plan that covered the person first, for [`Kind::TwoPlans`].
    pub other: Option<PlanId>,
    /// The person as that plan's file alone tells of, if the plan did not cover the person before.
    pub apart: Option<MemberId>,
    /// Member file that raised it.
    pub roster: RosterId,
    /// The row of the file.
    pub row: u32,
    /// Identity that the row tells of; none for [`Kind::TwoPlans`].
    pub told: Option<Identity>,
    /// State of the conflict.
    pub state: State,
    /// Since when it is open.
    pub opened_at: Timestamp,
    /// Instant of its settlement (UTC).
    pub settled_at: Option<Timestamp>,
    /// By whom; `None` for files.
    pub settled_by: Option<OrgId>,
    /// Why, in the words of who settled it.
    pub reason: Option<String>,
    /// Notice that it still owes.
    pub tell: Option<Tell>,
    /// Grows with every change.
    pub version: i64,
}

/// Something that was done to who a person is. Has no `Debug`: its detail is a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Event {
    /// Id of the event.
    pub id: EventId,
    /// Member that it happened to.
    pub member: MemberId,
    /// Instant of the event (UTC).
    pub at: Timestamp,
    /// Name of the event.
    pub name: EventName,
    /// The other person, where there is one.
    pub other: Option<MemberId>,
    /// By whom; `None`: by a file, or by the host.
    pub actor_org: Option<OrgId>,
    /// Role in which somebody acted.
    pub actor_role: String,
    /// Why, in the words of who did it.
    pub reason: Option<String>,
    /// Values before and after, or the rows that moved, as JSON.
    pub detail: String,
    /// The entry of the trail.
    pub audit: AuditId,
}

/// Settlement of a conflict: verdict, author and reason.
#[derive(Clone, Copy)]
pub struct Settlement<'a> {
    /// Verdict that settles it.
    pub verdict: Verdict,
    /// Instant of the settlement (UTC).
    pub at: Timestamp,
    /// Organization that settled it.
    pub by: Option<OrgId>,
    /// Reason that was given.
    pub reason: Option<&'a str>,
}

/// Key of a page's last conflict: its instant and its id.
pub type ConflictKey = (Timestamp, ConflictId);

/// Conflict of this id, if the scope sees it.
pub async fn find(store: &Store, scope: &Scope, id: ConflictId) -> Result<Option<Conflict>, StoreError> {
    let row = store.one::<Row>(FIND, values(scope.institutions(), [text(id)])).await?;
    row.map(Conflict::try_from).transpose()
}

/// Conflicts that the scope sees, in one state or in any, newest first.
pub async fn conflicts(
    store: &Store,
    scope: &Scope,
    state: Option<&str>,
    before: Option<ConflictKey>,
    limit: u32,
) -> Result<Page<Conflict, ConflictKey>, StoreError> {
    let (at, id) = before.map_or((int(i64::MAX), text("")), |(at, id)| (instant(at), text(id)));
    let own = [at, id, one_more(limit), maybe_text(state)];
    let rows = store.all::<Row>(LIST, values(scope.institutions(), own)).await?;
    Ok(Page::cut(read_all(rows)?, limit, |one: &Conflict| (one.opened_at, one.id)))
}

/// All conflicts about these people, the latest first: for duties.
pub async fn about(store: &Store, members: &[MemberId]) -> Result<Vec<Conflict>, StoreError> {
    read_all(store.all::<Row>(ABOUT, vec![list(members)]).await?)
}

/// Conflicts of which somebody has still to be told: for the duty that tells them.
pub async fn to_tell(store: &Store, limit: u32) -> Result<Vec<Conflict>, StoreError> {
    read_all(store.all::<Row>(TO_TELL, vec![int(i64::from(limit))]).await?)
}

/// Everybody was told; [`StoreError::Conflict`] if another node did it, or there is something else to tell.
pub fn told(conflict: &Conflict) -> Statement {
    Statement::one(Miss::Conflict, TOLD, vec![text(conflict.id), int(conflict.version)])
}

/// Opens a conflict, unless it is open.
pub fn open(conflict: &Conflict) -> Statement {
    let told = conflict.told.as_ref().map(|told| serde_json::json!(told));
    let values = vec![
        text(conflict.id),
        text(conflict.kind.name()),
        text(conflict.member),
        text(&conflict.plan),
        maybe_text(conflict.other.as_ref()),
        maybe_text(conflict.apart),
        text(conflict.roster),
        int(i64::from(conflict.row)),
        maybe_text(told),
        instant(conflict.opened_at),
    ];
    Statement::any(OPEN, values)
}

/// Settles an open conflict; [`StoreError::Conflict`] if it changed since it was read.
pub fn settle(conflict: &Conflict, settlement: Settlement<'_>) -> Statement {
    let values = vec![
        text(conflict.id),
        int(conflict.version),
        text(settlement.verdict.name()),
        instant(settlement.at),
        maybe_text(settlement.by),
        maybe_text(settlement.reason),
    ];
    Statement::one(Miss::Conflict, SETTLE, values)
}

/// Of a member's days that two plans cover in one line, `stands`' are its own from now on and `yields`' are
/// not.
pub fn decide_days(member: MemberId, stands: &PlanId, yields: &PlanId, at: Timestamp) -> [Statement; 2] {
    [
        Statement::any(STANDS, vec![text(member), text(stands), text(yields)]),
        Statement::any(YIELDS, vec![text(member), text(yields), text(stands), instant(at)]),
    ]
}

/// Statements that close disputes where the plans' days do not collide any more.
pub(crate) fn no_longer_disputed(members: &[MemberId], at: Timestamp) -> [Statement; 2] {
    [
        Statement::any(STAND_AGAIN, vec![list(members)]),
        Statement::any(ARE_GONE, vec![list(members), instant(at)]),
    ]
}

/// Settles by the state's file what plans' files say of the same days.
pub(crate) fn settled_by_state(members: &[MemberId], at: Timestamp) -> Statement {
    Statement::any(BY_STATE, vec![list(members), instant(at)])
}

/// Statement that adds an event.
pub fn add_event(event: &Event) -> Statement {
    let values = vec![
        text(event.id),
        text(event.member),
        instant(event.at),
        text(event.name.name()),
        maybe_text(event.other),
        maybe_text(event.actor_org),
        text(&event.actor_role),
        maybe_text(event.reason.as_ref()),
        text(&event.detail),
        text(event.audit),
    ];
    Statement::one(Miss::Duplicate, ADD_EVENT, values)
}

/// Events in a member's identity, oldest first: for the operator.
pub async fn events(store: &Store, member: MemberId) -> Result<Vec<Event>, StoreError> {
    read_all(store.all::<EventRow>(EVENTS, vec![text(member)]).await?)
}

/// The versions fence, and of two units about one person the second waits at these rows for the first.
const GOES: &str = "
    update members set standing = 'merged', merged_into = $2, version = version + 1
    where id = $1 and version = $3 and standing <> 'merged'";
const STAYS: &str = "update members set version = version + 1 where id = $1 and standing = 'confirmed'";
const LEADS_ON: &str = "update members set merged_into = $2 where merged_into = $1";

/// A provider's verified contact goes along where there is none, or an older one, or a file's.
macro_rules! bring_contact {
    ($set:literal, $source:literal, $as_of:literal) => {
        concat!(
            "update members set ",
            $set,
            " from members f where members.id = $2 and f.id = $1 and f.",
            $source,
            " is not null and (members.",
            $source,
            " is null or (f.",
            $source,
            " = 'provider' and (members.",
            $source,
            " <> 'provider' or coalesce(f.",
            $as_of,
            ", '') > coalesce(members.",
            $as_of,
            ", ''))))"
        )
    };
}

const BRING_PHONE: &str = bring_contact!(
    "phone = f.phone, phone_source = f.phone_source, phone_at = f.phone_at, phone_as_of = f.phone_as_of",
    "phone_source",
    "phone_as_of"
);
const BRING_ADDRESS: &str = bring_contact!(
    "address = f.address, no_fixed_address = f.no_fixed_address, address_source = f.address_source,
        address_at = f.address_at, address_as_of = f.address_as_of",
    "address_source",
    "address_as_of"
);

const BRING_SIGHT: &str = "
    insert into grants (member, organization, reason, subject, since, until)
    select $2, organization, reason, subject, since, until from grants where member = $1
    on conflict (member, organization, reason, subject) do update set
        until = case when grants.until is null or excluded.until is null then null
            when excluded.until > grants.until then excluded.until else grants.until end";
const DROP_SIGHT: &str = "delete from grants where member = $1";

/// SQL condition: a coverage that comes along collides with one that was there, and is the newcomer's.
macro_rules! disputed_by_merger {
    ($exclusive:literal) => {
        concat!(
            "update coverages set disputed_since = $3 where member = $1 and disputed_since is null and line in (",
            $exclusive,
            ") and exists (select 1 from coverages k where k.member = $2 and k.line = coverages.line
                and k.plan <> coverages.plan and k.disputed_since is null
                and (k.last_day is null or k.last_day >= coverages.first_day)
                and (coverages.last_day is null or coverages.last_day >= k.first_day))"
        )
    };
}

const DISPUTED_BY_MERGER: Dialects = Dialects {
    sqlite: disputed_by_merger!("select value from json_each($4)"),
    postgres: disputed_by_merger!("select value from json_array_elements_text($4::json) e"),
};
const OPENED_BY_MERGER: &str = "
    insert into identity_conflicts (id, kind, member, plan, other, roster, row_number, state, opened_at, tell, version)
    select $4, 'two-plans', $2, v.plan, k.plan, v.roster, 0, 'open', $3, 'opened', 1
    from coverages v join coverages k on k.member = $2 and k.line = v.line and k.plan <> v.plan
        and k.disputed_since is null and (k.last_day is null or k.last_day >= v.first_day)
        and (v.last_day is null or v.last_day >= k.first_day)
    where v.member = $1 and v.disputed_since = $3 order by v.id, k.id limit 1
    on conflict do nothing";
const DROP_TWIN_SPANS: &str = "
    delete from coverages where member = $1 and exists (select 1 from coverages k where k.member = $2
        and k.plan = coverages.plan and k.line = coverages.line and k.first_day = coverages.first_day)";
const BRING_SPANS: &str = "update coverages set member = $2 where member = $1";

const BRING_CASES: &str =
    "update cases set member = $2, version = version + 1, updated_at = $3 where member = $1";
const BRING_USE: &str = "update usage set member = $2 where member = $1";
const BRING_WINDOWS: &str = "update windows set member = $2 where member = $1";
const BRING_DOCUMENTS: &str = "update documents set member = $2 where member = $1";
const BRING_NOTICES: &str = "update notices set member = $2 where member = $1";
const BRING_DAYS: &str = "
    insert into service_days (member, provider_org, procedure, day, case_id, line)
    select $2, provider_org, procedure, day, case_id, line from service_days where member = $1
    on conflict do nothing";
const DROP_DAYS: &str = "delete from service_days where member = $1";
const BRING_MOVES: &str = "
    insert into member_moves (member, due_on, noted_at)
    select $2, due_on, noted_at from member_moves where member = $1
    on conflict (member, due_on) do nothing";
const DROP_MOVES: &str = "delete from member_moves where member = $1";
const BRING_SAID: &str = concat!(
    "insert into member_values (member, name, source_kind, source, value, first_said, last_said, received_at, roster)
    select $2, name, source_kind, source, value, first_said, last_said, received_at, roster from member_values
    where member = $1",
    said_again!()
);
const DROP_SAID: &str = "delete from member_values where member = $1";
const BRING_ASIDE: &str = concat!(
    "insert into member_columns (member, plan, told_on, roster, body)
    select $2, plan, told_on, roster, body from member_columns where member = $1",
    keep_aside!()
);
const DROP_ASIDE: &str = "delete from member_columns where member = $1";

/// Closes each conflict of the one that is open about the other too: both are one conflict.
const DROP_TWIN_CONFLICTS: &str = "
    update identity_conflicts set state = 'settled', verdict = 'gone', settled_at = $3, tell = null, version = version + 1
    where member = $1 and state = 'open' and exists (select 1 from identity_conflicts k where k.member = $2
        and k.state = 'open' and k.plan = identity_conflicts.plan and k.kind = identity_conflicts.kind
        and coalesce(k.other, '') = coalesce(identity_conflicts.other, ''))";
const BRING_CONFLICTS: &str =
    "update identity_conflicts set member = $2, version = version + 1 where member = $1";

/// One person goes into another.
#[derive(Clone, Copy)]
pub struct Merger<'a> {
    /// Member who goes.
    pub from: MemberId,
    /// Version of that member that was read.
    pub version: i64,
    /// Whom it turned out to be: somebody confirmed.
    pub into: MemberId,
    /// Instant of the merger (UTC).
    pub at: Timestamp,
    /// Lines of business in which a person has one plan.
    pub exclusive: &'a [&'a str],
    /// For a conflict of two plans, if there is one now.
    pub conflict: ConflictId,
}

/// A person goes into another, with everything that hangs on it, and its id leads there.
/// [`StoreError::Conflict`] if either changed meanwhile, [`StoreError::Duplicate`] if both have an open
/// referral to one service with one plan.
pub fn merge(merger: Merger<'_>) -> Vec<Statement> {
    let both = || vec![text(merger.from), text(merger.into)];
    let dated = || vec![text(merger.from), text(merger.into), instant(merger.at)];
    let from = || vec![text(merger.from)];
    let goes = vec![text(merger.from), text(merger.into), int(merger.version)];
    let disputed = [dated(), vec![list(merger.exclusive)]].concat();
    let opened = [dated(), vec![text(merger.conflict)]].concat();
    vec![
        Statement::one(Miss::Conflict, GOES, goes),
        Statement::one(Miss::Conflict, STAYS, vec![text(merger.into)]),
        Statement::any(LEADS_ON, both()),
        Statement::any(BRING_PHONE, both()),
        Statement::any(BRING_ADDRESS, both()),
        Statement::any(BRING_SIGHT, both()),
        Statement::any(DROP_SIGHT, from()),
        Statement::any(DROP_TWIN_CONFLICTS, dated()),
        Statement::any(BRING_CONFLICTS, both()),
        Statement::any(DROP_TWIN_SPANS, both()),
        Statement::any(DISPUTED_BY_MERGER, disputed),
        Statement::any(OPENED_BY_MERGER, opened),
        Statement::any(BRING_SPANS, both()),
        Statement::any(BRING_CASES, dated()),
        Statement::any(BRING_USE, both()),
        Statement::any(BRING_WINDOWS, both()),
        Statement::any(BRING_DOCUMENTS, both()),
        Statement::any(BRING_NOTICES, both()),
        Statement::any(BRING_DAYS, both()),
        Statement::any(DROP_DAYS, from()),
        Statement::any(BRING_MOVES, both()),
        Statement::any(DROP_MOVES, from()),
        Statement::any(BRING_SAID, both()),
        Statement::any(DROP_SAID, from()),
        Statement::any(BRING_ASIDE, both()),
        Statement::any(DROP_ASIDE, from()),
    ]
}

const PARTS: &str = "update members set version = version + 1
    where id = $1 and version = $2 and standing = 'confirmed'";
const COMES_BACK: &str = "
    update members set standing = 'confirmed', merged_into = null, family_name = $3, given_name = $4, birth_date = $5,
        county = $6, language = $7, version = version + 1
    where id = $1 and merged_into = $2 and told_cin is null";

/// Statement that takes rows of the cases or plans of `$3` from `$1` to `$2`.
macro_rules! take {
    ($table:literal, $which:literal, $among:expr, $set:literal) => {
        concat!("update ", $table, " set member = $2", $set, " where member = $1 and ", $which, $among)
    };
}
macro_rules! takes {
    ($table:literal, $which:literal, $set:literal) => {
        Dialects {
            sqlite: take!($table, $which, among!(sqlite "$3"), $set),
            postgres: take!($table, $which, among!(postgres "$3"), $set),
        }
    };
}

const TAKE_SPANS: Dialects = takes!("coverages", "plan", "");
const TAKE_ASIDE: Dialects = takes!("member_columns", "plan", "");
const TAKE_SAID: Dialects = takes!("member_values", "source_kind = 'plan-file' and source", "");
const TAKE_CASES: Dialects = takes!("cases", "id", ", version = version + 1, updated_at = $4");
const TAKE_USE: Dialects = takes!("usage", "case_id", "");
const TAKE_WINDOWS: Dialects = takes!("windows", "case_id", "");
const TAKE_DAYS: Dialects = takes!("service_days", "case_id", "");
const TAKE_SIGHT: Dialects = takes!("grants", "reason = 'case' and subject", "");

macro_rules! take_documents {
    ($among:expr) => {
        concat!(
            "update documents set member = $2 where member = $1 and (select 1 from document_uses u
                where u.document = documents.id and u.case_id",
            $among,
            " limit 1) is not null"
        )
    };
}
const TAKE_DOCUMENTS: Dialects = Dialects {
    sqlite: take_documents!(among!(sqlite "$3")),
    postgres: take_documents!(among!(postgres "$3")),
};

/// A part of a person becomes a person of its own.
#[derive(Clone, Copy)]
pub struct Split<'a> {
    /// Whose part it is.
    pub from: MemberId,
    /// Version of the member that was read.
    pub version: i64,
    /// The other person: new, or back from a merger.
    pub to: MemberId,
    /// The cases that are the other's.
    pub cases: &'a [CaseId],
    /// The plans whose files tell of the other.
    pub plans: &'a [PlanId],
    /// Instant of the split (UTC).
    pub at: Timestamp,
}

/// Somebody who was merged into another is a person of its own again, under its own number and as said;
/// [`StoreError::Conflict`] if it was not.
pub fn come_back(member: &crate::members::Member, from: MemberId) -> Statement {
    let values = vec![
        text(member.id),
        text(from),
        text(member.family_name.expose()),
        text(member.given_name.expose()),
        text(member.birth_date),
        text(&member.county),
        text(&member.language),
    ];
    Statement::one(Miss::Conflict, COMES_BACK, values)
}

/// Statements that move the cases and the plans that are named, once the other person is there.
/// [`StoreError::Conflict`] if the person changed meanwhile.
pub fn split(split: Split<'_>) -> Vec<Statement> {
    let among = |listed: crate::Value| vec![text(split.from), text(split.to), listed];
    let (cases, plans) = (list(split.cases), list(split.plans));
    let dated = [among(cases.clone()), vec![instant(split.at)]].concat();
    let both = [split.from, split.to];
    let mut statements = vec![
        Statement::one(Miss::Conflict, PARTS, vec![text(split.from), int(split.version)]),
        Statement::any(TAKE_SPANS, among(plans.clone())),
        Statement::any(TAKE_ASIDE, among(plans.clone())),
        Statement::any(TAKE_SAID, among(plans)),
        Statement::any(TAKE_CASES, dated),
        Statement::any(TAKE_USE, among(cases.clone())),
        Statement::any(TAKE_WINDOWS, among(cases.clone())),
        Statement::any(TAKE_DAYS, among(cases.clone())),
        Statement::any(TAKE_SIGHT, among(cases.clone())),
        Statement::any(TAKE_DOCUMENTS, among(cases)),
    ];
    statements.extend(no_longer_disputed(&both, split.at));
    statements
}

row! {
    struct Row {
        id: String,
        kind: String,
        member: String,
        plan: String,
        other: Option<String>,
        apart: Option<String>,
        roster: String,
        row_number: i64,
        told: Option<String>,
        state: String,
        opened_at: i64,
        verdict: Option<String>,
        settled_at: Option<i64>,
        settled_by: Option<String>,
        reason: Option<String>,
        tell: Option<String>,
        version: i64,
    }
}

impl TryFrom<Row> for Conflict {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "identity_conflicts", id: &row.id };
        let verdict = row.verdict.as_deref();
        let verdict = verdict.map(|word| columns.word("verdict", word, Verdict::named)).transpose()?;
        let state = match (row.state.as_str(), verdict) {
            ("open", None) => State::Open,
            ("settled", Some(verdict)) => State::Settled(verdict),
            _ => return Err(columns.corrupt("state and verdict do not fit")),
        };
        let tell = row.tell.as_deref();
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            kind: columns.word("kind", &row.kind, Kind::named)?,
            member: columns.parse("member", &row.member)?,
            plan: columns.parse("plan", &row.plan)?,
            other: columns.parse_some("other", row.other.as_deref())?,
            apart: columns.parse_some("apart", row.apart.as_deref())?,
            roster: columns.parse("roster", &row.roster)?,
            row: columns.number("row_number", row.row_number)?,
            told: row.told.as_deref().map(|told| columns.json("told", told)).transpose()?,
            state,
            opened_at: columns.instant("opened_at", row.opened_at)?,
            settled_at: columns.instant_some("settled_at", row.settled_at)?,
            settled_by: columns.parse_some("settled_by", row.settled_by.as_deref())?,
            tell: tell.map(|word| columns.word("tell", word, Tell::named)).transpose()?,
            version: row.version,
            reason: row.reason,
        })
    }
}

row! {
    struct EventRow {
        id: String,
        member: String,
        at: i64,
        name: String,
        other: Option<String>,
        actor_org: Option<String>,
        actor_role: String,
        reason: Option<String>,
        detail: String,
        audit_id: String,
    }
}

impl TryFrom<EventRow> for Event {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Self, StoreError> {
        let columns = Columns { table: "identity_events", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            member: columns.parse("member", &row.member)?,
            at: columns.instant("at", row.at)?,
            name: columns.word("name", &row.name, EventName::named)?,
            other: columns.parse_some("other", row.other.as_deref())?,
            actor_org: columns.parse_some("actor_org", row.actor_org.as_deref())?,
            audit: columns.parse("audit_id", &row.audit_id)?,
            actor_role: row.actor_role,
            reason: row.reason,
            detail: row.detail,
        })
    }
}

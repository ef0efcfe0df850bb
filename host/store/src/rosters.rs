//! A plan's member file. One of few rows is loaded as one unit; one of many is kept as slices, and a duty loads one slice
//! after the other, so that nobody waits behind it for long. Once its first slice is in, it is loaded to its end.
//!
//! Rows travel as JSON and become rows inside the database. A member who is known keeps what a provider has verified; a
//! row that says nothing new changes nothing.

use std::collections::BTreeMap;

use domain::identifiers::{Cin, County, CoverageId, Digest, MemberId, PersonName, PlanId, RosterId};
use domain::time::pacific_day;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::members::{Address, sees_member};
use crate::row::{Columns, read_all, words};
use crate::scope::values;
use crate::unit::{Value, instant, int, text};
use crate::{Dialects, Miss, Scope, Statement, Store, StoreError};
use crate::{member_moves, member_values};

/// How many rows one statement carries.
const CHUNK: usize = 1000;

words! {
    /// How far a file has come.
    State {
        /// Its rows are being read.
        Receiving = "receiving",
        /// Its rows are compared with the record. It can be cancelled.
        Checking = "checking",
        /// Its rows are being loaded, to the end.
        Loading = "loading",
        /// All of it is loaded.
        Loaded = "loaded",
        /// Nothing of it was loaded.
        Cancelled = "cancelled",
    }
}

const INSERT: &str = "
    insert into rosters (id, plan, sha256, received_at, report, state, members_new, members_known, coverages_new,
        coverages_changed)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

macro_rules! columns {
    () => {
        "select r.id, r.plan, r.sha256, r.received_at, r.report, r.state, r.slices, r.done, r.members_new,
            r.members_known, r.coverages_new, r.coverages_changed from rosters r where "
    };
}

/// A file that is still being received is nobody's yet.
const FIND: &str = concat!(columns!(), "r.id = $4 and (r.plan = $2 or $3 = 1) and r.state <> 'receiving'");

const FIND_BY_SHA256: &str = concat!(
    columns!(),
    "r.plan = $4 and r.sha256 = $5 and (r.plan = $2 or $3 = 1) and r.state not in ('receiving', 'cancelled')
    order by r.received_at desc, r.id desc limit 1"
);

/// The files of a plan are loaded in the order in which they came, those of several plans by turns.
const NEXT: &str = concat!(
    columns!(),
    "r.state in ('checking', 'loading') and (r.held_by is null or r.held_by = $1 or r.held_until <= $2)
        and not exists (select 1 from rosters e where e.plan = r.plan and e.state in ('checking', 'loading')
            and (e.received_at < r.received_at or (e.received_at = r.received_at and e.id < r.id)))
    order by coalesce(r.held_until, 0), r.id limit 1"
);

const UNDER_WAY: &str = "select count(*) from rosters where plan = $1 and state in ('checking', 'loading')";

/// No file of the plan waits: a later file must not get ahead of an earlier one.
const IS_IDLE: &str = "
    select 1 as idle where not exists (
        select 1 from rosters where plan = $1 and state in ('checking', 'loading'))";

const STAGED: &str = "
    update rosters set state = 'checking', slices = $2, report = $3, received_at = $4
    where id = $1 and state = 'receiving'";

/// `held_by` and `done` fence: of two nodes that did the same slice the second changes nothing.
const STEP: &str = "
    update rosters set state = $5, done = $6, held_by = $7, held_until = $8, members_new = members_new + $9,
        members_known = members_known + $10, coverages_new = coverages_new + $11,
        coverages_changed = coverages_changed + $12
    where id = $1 and state = $2 and done = $3 and (held_by is null or held_by = $7 or held_until <= $4)";

const CANCEL: &str = "update rosters set state = 'cancelled' where id = $1 and state = 'checking'";

const GIVE_UP: &str = "update rosters set state = 'cancelled' where state = 'receiving' and received_at < $1";

const INSERT_SLICE: &str = "insert into roster_slices (roster, number, body) values ($1, $2, $3)";

const SLICE: &str = "select body from roster_slices where roster = $1 and number = $2";

const DROP_SLICE: &str = "delete from roster_slices where roster = $1 and number = $2";

const OVER: &str = "
    select s.roster, s.number from rosters r join roster_slices s on s.roster = r.id
    where r.state = 'cancelled' order by s.roster, s.number limit $1";

const KNOWN: Dialects = Dialects {
    sqlite: "
        select m.id, m.cin, m.birth_date, v.line, v.first_day, v.last_day, v.group_code, v.dual_status,
            v.told_on
        from json_each($4) wanted join members m on m.cin = wanted.value
        left join coverages v on v.member = m.id and v.plan = $5
        where $5 = $2 or $3 = 1 order by m.cin, v.line, v.first_day",
    postgres: "
        select m.id, m.cin, m.birth_date, v.line, v.first_day, v.last_day, v.group_code, v.dual_status,
            v.told_on
        from json_array_elements_text($4::json) wanted join members m on m.cin = wanted.value
        left join coverages v on v.member = m.id and v.plan = $5
        where $5 = $2 or $3 = 1 order by m.cin, v.line, v.first_day",
};

/// What happens to a member who is known already: the newer day stands, not the later file, and what a provider
/// verified stands whatever a file says. The birth date stays: a file that disagrees about it is refused before it comes
/// here. Every row raises the version, because it moves the day of which something is said.
macro_rules! merge_members {
    () => {
        " on conflict (cin) do update set
            family_name = case when excluded.told_on >= coalesce(members.told_on, '')
                then excluded.family_name else members.family_name end,
            given_name = case when excluded.told_on >= coalesce(members.told_on, '')
                then excluded.given_name else members.given_name end,
            county = case when excluded.told_on >= coalesce(members.told_on, '')
                then excluded.county else members.county end,
            language = case when excluded.told_on >= coalesce(members.told_on, '')
                then excluded.language else members.language end,
            told_on = case when excluded.told_on >= coalesce(members.told_on, '')
                then excluded.told_on else members.told_on end,
            phone = case when members.phone_source = 'provider' or excluded.phone is null
                    or excluded.phone_as_of < coalesce(members.phone_as_of, '') then members.phone
                else excluded.phone end,
            phone_at = case when members.phone_source = 'provider' or excluded.phone is null
                    or excluded.phone_as_of < coalesce(members.phone_as_of, '')
                    or members.phone = excluded.phone then members.phone_at
                else excluded.phone_at end,
            phone_as_of = case when members.phone_source = 'provider' or excluded.phone is null
                    or excluded.phone_as_of < coalesce(members.phone_as_of, '') then members.phone_as_of
                else excluded.phone_as_of end,
            phone_source = case when members.phone_source = 'provider' then members.phone_source
                else coalesce(excluded.phone_source, members.phone_source) end,
            no_fixed_address = case when members.address_source = 'provider' or excluded.address is null
                    or excluded.address_as_of < coalesce(members.address_as_of, '') then members.no_fixed_address
                else 0 end,
            address = case when members.address_source = 'provider' or excluded.address is null
                    or excluded.address_as_of < coalesce(members.address_as_of, '') then members.address
                else excluded.address end,
            address_at = case when members.address_source = 'provider' or excluded.address is null
                    or excluded.address_as_of < coalesce(members.address_as_of, '')
                    or members.address = excluded.address then members.address_at
                else excluded.address_at end,
            address_as_of = case when members.address_source = 'provider' or excluded.address is null
                    or excluded.address_as_of < coalesce(members.address_as_of, '') then members.address_as_of
                else excluded.address_as_of end,
            address_source = case when members.address_source = 'provider' then members.address_source
                else coalesce(excluded.address_source, members.address_source) end,
            version = members.version + 1"
    };
}

/// A file without the member's language says nothing of it: a known one stays, and a new member's is English.
const UPSERT_MEMBERS: Dialects = Dialects {
    // `where true`: without it SQLite reads `on conflict` as a join's.
    sqlite: concat!(
        "insert into members (id, cin, family_name, given_name, birth_date, county, language, told_on, phone,
            phone_source, phone_at, phone_as_of, address, no_fixed_address, address_source, address_at, address_as_of,
            created_at, version)
        select r.value ->> 'member', r.value ->> 'cin', r.value ->> 'family_name', r.value ->> 'given_name',
            r.value ->> 'birth_date', r.value ->> 'county',
            coalesce(r.value ->> 'language', (select k.language from members k where k.cin = r.value ->> 'cin'), 'en'),
            r.value ->> 'told_on', r.value ->> 'phone',
            case when r.value ->> 'phone' is not null then 'roster' end,
            case when r.value ->> 'phone' is not null then $2 end,
            case when r.value ->> 'phone' is not null then r.value ->> 'told_on' end,
            r.value ->> 'address', 0,
            case when r.value ->> 'address' is not null then 'roster' end,
            case when r.value ->> 'address' is not null then $2 end,
            case when r.value ->> 'address' is not null then r.value ->> 'address_as_of' end,
            $2, 1
        from json_each($1) r where true",
        merge_members!()
    ),
    postgres: concat!(
        "insert into members (id, cin, family_name, given_name, birth_date, county, language, told_on, phone,
            phone_source, phone_at, phone_as_of, address, no_fixed_address, address_source, address_at, address_as_of,
            created_at, version)
        select r.member, r.cin, r.family_name, r.given_name, r.birth_date, r.county,
            coalesce(r.language, (select k.language from members k where k.cin = r.cin), 'en'), r.told_on, r.phone,
            case when r.phone is not null then 'roster' end, case when r.phone is not null then $2 end,
            case when r.phone is not null then r.told_on end,
            r.address, 0,
            case when r.address is not null then 'roster' end, case when r.address is not null then $2 end,
            case when r.address is not null then r.address_as_of end,
            $2, 1
        from json_to_recordset($1::json) as r (member text, cin text, family_name text, given_name text,
            birth_date text, county text, language text, told_on text, phone text, address text,
            address_as_of text)",
        merge_members!()
    ),
};

/// Whether a row says something else of a coverage than is known.
macro_rules! differs {
    () => {
        "(coverages.plan_member_id <> excluded.plan_member_id and excluded.plan_member_id <> ''
            or coverages.county <> excluded.county
            or coalesce(coverages.group_code, '') <> coalesce(excluded.group_code, '')
            or coalesce(coverages.dual_status, '') <> coalesce(excluded.dual_status, '')
            or coalesce(coverages.last_day, '') <> coalesce(excluded.last_day, ''))"
    };
}

/// The newer day stands. `roster` names the file that changed something last.
macro_rules! merge_coverages {
    () => {
        concat!(
            " on conflict (member, plan, line, first_day) do update set
                roster = case when ",
            differs!(),
            " then excluded.roster else coverages.roster end,
                plan_member_id = case when excluded.plan_member_id = '' then coverages.plan_member_id
                    else excluded.plan_member_id end,
                group_code = excluded.group_code, dual_status = excluded.dual_status, county = excluded.county,
                last_day = excluded.last_day, told_on = excluded.told_on
            where excluded.told_on >= coalesce(coverages.told_on, '')
                and (excluded.told_on > coalesce(coverages.told_on, '') or ",
            differs!(),
            ")"
        )
    };
}

/// Where a file says nothing of the group or of the dual status, what is known of the member stays, of this span or else of the
/// latest (SQLite orders no inner rows by what the outer one says). A row does not count where a later day told of other days.
const UPSERT_COVERAGES: Dialects = Dialects {
    sqlite: concat!(
        "insert into coverages (id, member, plan, plan_member_id, line, group_code, dual_status, county, first_day,
            last_day, told_on, roster)
        select r.value ->> 'coverage', m.id, $2, r.value ->> 'plan_member_id', r.value ->> 'line',
            case when r.value ->> 'group_told' then r.value ->> 'group_code' else (
                select k.group_code from coverages k where k.member = m.id and k.plan = $2 and k.line = r.value ->> 'line'
                    and (k.first_day = r.value ->> 'first_day' or not exists (select 1 from coverages e
                        where e.member = m.id and e.plan = $2 and e.line = k.line and e.first_day = r.value ->> 'first_day'))
                order by k.first_day desc limit 1) end,
            coalesce(r.value ->> 'dual_status', (select k.dual_status from coverages k where k.member = m.id
                and k.plan = $2 and k.line = r.value ->> 'line' and k.dual_status is not null
                and (k.first_day = r.value ->> 'first_day' or not exists (select 1 from coverages e
                    where e.member = m.id and e.plan = $2 and e.line = k.line and e.first_day = r.value ->> 'first_day'
                        and e.dual_status is not null))
                order by k.first_day desc limit 1)),
            r.value ->> 'county', r.value ->> 'first_day',
            r.value ->> 'last_day', r.value ->> 'told_on', $3
        from json_each($1) r join members m on m.cin = r.value ->> 'cin'
        where not exists (select 1 from coverages k where k.member = m.id and k.plan = $2
            and k.line = r.value ->> 'line' and k.first_day <> r.value ->> 'first_day'
            and (k.last_day is null or k.last_day >= r.value ->> 'first_day')
            and (r.value ->> 'last_day' is null or r.value ->> 'last_day' >= k.first_day)
            and k.told_on > r.value ->> 'told_on')",
        merge_coverages!()
    ),
    postgres: concat!(
        "insert into coverages (id, member, plan, plan_member_id, line, group_code, dual_status, county, first_day,
            last_day, told_on, roster)
        select r.coverage, m.id, $2, r.plan_member_id, r.line,
            case when r.group_told then r.group_code else (
                select k.group_code from coverages k where k.member = m.id and k.plan = $2 and k.line = r.line
                    and (k.first_day = r.first_day or not exists (select 1 from coverages e
                        where e.member = m.id and e.plan = $2 and e.line = k.line and e.first_day = r.first_day))
                order by k.first_day desc limit 1) end,
            coalesce(r.dual_status, (select k.dual_status from coverages k where k.member = m.id
                and k.plan = $2 and k.line = r.line and k.dual_status is not null
                and (k.first_day = r.first_day or not exists (select 1 from coverages e
                    where e.member = m.id and e.plan = $2 and e.line = k.line and e.first_day = r.first_day
                        and e.dual_status is not null))
                order by k.first_day desc limit 1)),
            r.county, r.first_day, r.last_day, r.told_on, $3
        from json_to_recordset($1::json) as r (coverage text, cin text, plan_member_id text, line text,
            group_told boolean, group_code text, dual_status text, county text, first_day text, last_day text,
            told_on text)
        join members m on m.cin = r.cin
        where not exists (select 1 from coverages k where k.member = m.id and k.plan = $2 and k.line = r.line
            and k.first_day <> r.first_day and (k.last_day is null or k.last_day >= r.first_day)
            and (r.last_day is null or r.last_day >= k.first_day) and k.told_on > r.told_on)",
        merge_coverages!()
    ),
};

/// The days of a row and of a span that the record has.
macro_rules! overlap {
    ($first:literal, $last:literal) => {
        concat!(
            "k.first_day <> ",
            $first,
            " and (k.last_day is null or k.last_day >= ",
            $first,
            ") and (",
            $last,
            " is null or ",
            $last,
            " >= k.first_day)"
        )
    };
}

/// A span whose first day was corrected goes on under its id: of those that a row overlaps the latest takes the row's
/// first day, unless the record has a span that begins on it. Not if it was told of a later day.
macro_rules! move_spans {
    ($rows:literal, $cin:literal, $line:literal, $first:literal, $last:literal, $told:literal) => {
        concat!(
            "update coverages set first_day = moved.first_day, roster = $3 from (
                select id, min(first_day) as first_day from (
                    select (select k.id from coverages k where k.member = m.id and k.plan = $2 and k.line = ",
            $line,
            " and ",
            overlap!($first, $last),
            " and coalesce(k.told_on, '') <= ",
            $told,
            " order by k.first_day desc limit 1) as id, ",
            $first,
            " as first_day from ",
            $rows,
            " join members m on m.cin = ",
            $cin,
            " where not exists (select 1 from coverages k where k.member = m.id and k.plan = $2 and k.line = ",
            $line,
            " and k.first_day = ",
            $first,
            ")) corrected where id is not null group by id) moved
            where coverages.id = moved.id"
        )
    };
}

/// What a row overlaps besides is over: the row replaces it. Not what was told of a later day.
macro_rules! drop_spans {
    ($join:literal, $rows:literal, $cin:literal, $line:literal, $first:literal, $last:literal, $told:literal) => {
        concat!(
            "delete from coverages where id in (select k.id from ",
            $rows,
            $join,
            "members m on m.cin = ",
            $cin,
            $join,
            "coverages k on k.member = m.id and k.plan = $2 and k.line = ",
            $line,
            " where ",
            overlap!($first, $last),
            " and coalesce(k.told_on, '') <= ",
            $told,
            ")"
        )
    };
}

const MOVE_SPANS: Dialects = Dialects {
    sqlite: move_spans!(
        "json_each($1) r",
        "r.value ->> 'cin'",
        "r.value ->> 'line'",
        "r.value ->> 'first_day'",
        "r.value ->> 'last_day'",
        "r.value ->> 'told_on'"
    ),
    postgres: move_spans!(
        "json_to_recordset($1::json) as r (cin text, line text, first_day text, last_day text, told_on text)",
        "r.cin",
        "r.line",
        "r.first_day",
        "r.last_day",
        "r.told_on"
    ),
};

const DROP_SPANS: Dialects = Dialects {
    // `cross join`: without it SQLite begins with all of the plan's coverage.
    sqlite: drop_spans!(
        " cross join ",
        "json_each($1) r",
        "r.value ->> 'cin'",
        "r.value ->> 'line'",
        "r.value ->> 'first_day'",
        "r.value ->> 'last_day'",
        "r.value ->> 'told_on'"
    ),
    postgres: drop_spans!(
        " join ",
        "json_to_recordset($1::json) as r (cin text, line text, first_day text, last_day text, told_on text)",
        "r.cin",
        "r.line",
        "r.first_day",
        "r.last_day",
        "r.told_on"
    ),
};

/// What stands in columns that are not ours is kept as the latest file says it.
macro_rules! keep_aside {
    () => {
        " on conflict (member, plan) do update set body = excluded.body, told_on = excluded.told_on,
            roster = excluded.roster
        where excluded.told_on >= member_columns.told_on"
    };
}

const KEEP_ASIDE: Dialects = Dialects {
    sqlite: concat!(
        "insert into member_columns (member, plan, told_on, roster, body)
        select m.id, $2, r.value ->> 'told_on', $3, r.value ->> 'aside'
        from json_each($1) r join members m on m.cin = r.value ->> 'cin' where true",
        keep_aside!()
    ),
    postgres: concat!(
        "insert into member_columns (member, plan, told_on, roster, body)
        select m.id, $2, r.told_on, $3, r.aside
        from json_to_recordset($1::json) as r (cin text, told_on text, aside text)
        join members m on m.cin = r.cin",
        keep_aside!()
    ),
};

/// A plan sees what its own file says, and nobody else does.
const ASIDE: &str = concat!(
    "select c.plan, c.told_on, c.roster, c.body from member_columns c join members m on m.id = c.member
    where c.member = $4 and (c.plan = $2 or $3 = 1) and ",
    sees_member!("$5"),
    " order by c.plan"
);

/// What a file changes, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Members seen for the first time.
    pub members_new: u32,
    /// Members known already.
    pub members_known: u32,
    /// Spans of coverage added.
    pub coverages_new: u32,
    /// Spans of coverage changed.
    pub coverages_changed: u32,
}

/// One member file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    /// The id.
    pub id: RosterId,
    /// Whose.
    pub plan: PlanId,
    /// Of the file as it came. The same file again is the same roster.
    pub sha256: Digest,
    /// When.
    pub received_at: Timestamp,
    /// What was accepted and refused, as JSON.
    pub report: String,
    /// How far it has come.
    pub state: State,
    /// How many slices its rows are in; none where they were loaded at once.
    pub slices: u32,
    /// How many of the slices its state is done with.
    pub done: u32,
    /// What it changes, as far as it was compared with the record.
    pub counts: Counts,
}

/// Who does the next slice of a file, and until when it is held for that.
#[derive(Clone, Copy, Debug)]
pub struct Hold<'a> {
    /// The node.
    pub node: &'a str,
    /// Now.
    pub now: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// One row of a member file. Has no `Debug`: it is a person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterRow {
    /// Its number in the file.
    pub row: u32,
    /// Whether an earlier row of the file is about the same member.
    pub again: bool,
    /// The id the member gets if new.
    pub member: MemberId,
    /// The id the coverage gets if new.
    pub coverage: CoverageId,
    /// The client index number.
    #[serde(with = "domain::identifiers::exposed_cin")]
    pub cin: Cin,
    /// Family name.
    #[serde(with = "domain::identifiers::exposed_name")]
    pub family_name: PersonName,
    /// Given name.
    #[serde(with = "domain::identifiers::exposed_name")]
    pub given_name: PersonName,
    /// Day of birth.
    pub birth_date: Date,
    /// County of residence.
    pub county: County,
    /// Preferred language, if the file has one.
    pub language: Option<String>,
    /// The day of which the row tells.
    pub told_on: Date,
    /// Telephone number, if the file has one.
    pub phone: Option<String>,
    /// Address, if the file has one.
    pub address: Option<Address>,
    /// The day on which the address was true.
    pub address_as_of: Date,
    /// What the row says of the member, by name.
    pub values: BTreeMap<String, String>,
    /// The plan's own number for the member.
    pub plan_member_id: String,
    /// The line of business.
    pub line: String,
    /// Whether the file says which group the member is in.
    pub group_told: bool,
    /// The plan's group; none where there is none, or nothing is said.
    pub group_code: Option<String>,
    /// How the member has both Medicare and Medi-Cal.
    pub dual_status: Option<String>,
    /// First day of coverage.
    pub first_day: Date,
    /// Last day of coverage.
    pub last_day: Option<Date>,
    /// What stands in columns that are not ours, by their headers.
    pub aside: BTreeMap<String, String>,
}

/// What a plan's file says of a member in columns that are not ours. Has no `Debug`: it is about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Aside {
    /// Whose file.
    pub plan: PlanId,
    /// The day of which it tells.
    pub told_on: Date,
    /// The file.
    pub roster: RosterId,
    /// The cells by their headers.
    pub cells: BTreeMap<String, String>,
}

/// A member of whom the record knows already. Has no `Debug`: it is a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Known {
    /// The member.
    pub member: MemberId,
    /// The client index number.
    pub cin: Cin,
    /// Day of birth.
    pub birth_date: Date,
    /// Coverage by the plan that was asked about.
    pub coverages: Vec<KnownCoverage>,
}

/// Coverage of which the record knows already.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownCoverage {
    /// The line of business.
    pub line: String,
    /// First day.
    pub first_day: Date,
    /// Last day.
    pub last_day: Option<Date>,
    /// The plan's group.
    pub group_code: Option<String>,
    /// How the member has both Medicare and Medi-Cal.
    pub dual_status: Option<String>,
    /// The day of which it was told.
    pub told_on: Option<Date>,
}

/// Loads a file at once: the roster, and what its rows say. [`StoreError::Conflict`] while another file of the plan is
/// under way, which must be loaded first.
pub fn import(roster: &Roster, rows: &[RosterRow]) -> Vec<Statement> {
    let mut statements =
        vec![insert(roster), Statement::one(Miss::Conflict, IS_IDLE, vec![text(&roster.plan)])];
    statements.extend(apply(roster, rows));
    statements
}

/// A file of which nothing is loaded yet.
pub fn insert(roster: &Roster) -> Statement {
    let values = vec![
        text(roster.id),
        text(&roster.plan),
        text(roster.sha256),
        instant(roster.received_at),
        text(&roster.report),
        text(roster.state.name()),
    ];
    Statement::one(Miss::Duplicate, INSERT, values.into_iter().chain(counted(&roster.counts)).collect())
}

fn counted(counts: &Counts) -> [Value; 4] {
    [counts.members_new, counts.members_known, counts.coverages_new, counts.coverages_changed]
        .map(|count| int(i64::from(count)))
}

/// Some rows of a file that is being received.
pub fn insert_slice(id: RosterId, number: u32, rows: &[RosterRow]) -> Statement {
    let values = vec![text(id), int(i64::from(number)), text(json!(rows))];
    Statement::one(Miss::Duplicate, INSERT_SLICE, values)
}

/// All slices of the file are there, and what was read is known: from now on it is the plan's.
pub fn staged(roster: &Roster) -> Statement {
    let values = vec![
        text(roster.id),
        int(i64::from(roster.slices)),
        text(&roster.report),
        instant(roster.received_at),
    ];
    Statement::one(Miss::Conflict, STAGED, values)
}

/// The file comes from where `roster` says to `state`, with so many slices done, and holds on to it;
/// [`StoreError::Conflict`] if another node has it, or it was cancelled.
pub fn step(roster: &Roster, hold: &Hold<'_>, state: State, done: u32, found: &Counts) -> Statement {
    let values = vec![
        text(roster.id),
        text(roster.state.name()),
        int(i64::from(roster.done)),
        instant(hold.now),
        text(state.name()),
        int(i64::from(done)),
        text(hold.node),
        instant(hold.until),
    ];
    Statement::one(Miss::Conflict, STEP, values.into_iter().chain(counted(found)).collect())
}

/// Nothing of the file is loaded, ever; [`StoreError::Conflict`] if its loading has begun.
pub fn cancel(id: RosterId) -> Statement {
    Statement::one(Miss::Conflict, CANCEL, vec![text(id)])
}

/// Files that nobody went on sending since before `before` are given up.
pub fn give_up(before: Timestamp) -> Statement {
    Statement::any(GIVE_UP, vec![instant(before)])
}

/// A slice is not needed any more.
pub fn drop_slice(id: RosterId, number: u32) -> Statement {
    Statement::any(DROP_SLICE, vec![text(id), int(i64::from(number))])
}

/// What the rows of a file say, put into the record: the members, what is said of them, their coverage, and who of them
/// is to be looked at again. Of two rows with the same key the newer day counts, and of one day the later row.
pub fn apply(roster: &Roster, rows: &[RosterRow]) -> Vec<Statement> {
    let mut members: BTreeMap<&Cin, &RosterRow> = BTreeMap::new();
    let mut coverages = BTreeMap::new();
    for row in rows {
        let newest = members.entry(&row.cin).or_insert(row);
        if row.told_on >= newest.told_on {
            *newest = row;
        }
        coverages.insert((&row.cin, &row.line, row.first_day), row);
    }
    let members: Vec<_> = members.into_values().collect();
    let coverages: Vec<_> = coverages.into_values().collect();
    let mut statements = Vec::new();
    for chunk in members.chunks(CHUNK) {
        let people: Vec<_> = chunk.iter().map(|row| member_json(row)).collect();
        let said: Vec<_> = chunk.iter().map(|row| values_json(row)).collect();
        statements
            .push(Statement::any(UPSERT_MEMBERS, vec![text(json!(people)), instant(roster.received_at)]));
        statements.extend(member_values::from_file(&said, roster));
        statements.extend(aside(chunk, roster));
    }
    statements.extend(coverages.chunks(CHUNK).flat_map(|chunk| spans(chunk, roster)));
    let today = pacific_day(roster.received_at);
    statements.extend(members.chunks(CHUNK).map(|chunk| {
        let cins: Vec<&str> = chunk.iter().map(|row| row.cin.expose()).collect();
        member_moves::note(roster.id, &cins, today, roster.received_at)
    }));
    statements
}

/// What the rows say of who is covered when.
fn spans(rows: &[&RosterRow], roster: &Roster) -> [Statement; 3] {
    let rows: Vec<_> = rows.iter().map(|row| coverage_json(row)).collect();
    let (rows, plan, roster) = (text(json!(rows)), text(&roster.plan), text(roster.id));
    [
        Statement::any(MOVE_SPANS, vec![rows.clone(), plan.clone(), roster.clone()]),
        Statement::any(UPSERT_COVERAGES, vec![rows.clone(), plan.clone(), roster]),
        Statement::any(DROP_SPANS, vec![rows, plan]),
    ]
}

/// What the rows say in columns that are not ours, if they have any.
fn aside(rows: &[&RosterRow], roster: &Roster) -> Option<Statement> {
    let filled = rows.iter().filter(|row| !row.aside.is_empty());
    let rows: Vec<_> = filled
        .map(|row| {
            json!({
                "cin": row.cin.expose(),
                "told_on": row.told_on.to_string(),
                "aside": json!(row.aside).to_string(),
            })
        })
        .collect();
    let values = vec![text(json!(rows)), text(&roster.plan), text(roster.id)];
    (!rows.is_empty()).then(|| Statement::any(KEEP_ASIDE, values))
}

fn values_json(row: &RosterRow) -> serde_json::Value {
    json!({
        "cin": row.cin.expose(),
        "told_on": row.told_on.to_string(),
        "address_as_of": row.address_as_of.to_string(),
        "values": row.values,
    })
}

fn member_json(row: &RosterRow) -> serde_json::Value {
    json!({
        "member": row.member,
        "cin": row.cin.expose(),
        "family_name": row.family_name.expose(),
        "given_name": row.given_name.expose(),
        "birth_date": row.birth_date.to_string(),
        "county": row.county,
        "language": row.language,
        "told_on": row.told_on.to_string(),
        "phone": row.phone,
        "address": row.address.as_ref().map(Address::json),
        "address_as_of": row.address_as_of.to_string(),
    })
}

fn coverage_json(row: &RosterRow) -> serde_json::Value {
    json!({
        "coverage": row.coverage,
        "cin": row.cin.expose(),
        "plan_member_id": row.plan_member_id,
        "line": row.line,
        "group_told": row.group_told,
        "group_code": row.group_code,
        "dual_status": row.dual_status,
        "county": row.county,
        "first_day": row.first_day.to_string(),
        "last_day": row.last_day.map(|day| day.to_string()),
        "told_on": row.told_on.to_string(),
    })
}

/// What a plan's own file says of a member in columns that are not ours. Nobody else sees it.
pub async fn aside_of(store: &Store, scope: &Scope, member: MemberId) -> Result<Vec<Aside>, StoreError> {
    read_all(store.all::<AsideRow>(ASIDE, values(scope.people(), [text(member), scope.day()])).await?)
}

/// One roster.
pub async fn find(store: &Store, scope: &Scope, id: RosterId) -> Result<Option<Roster>, StoreError> {
    let row = store.one::<Row>(FIND, values(scope.institutions(), [text(id)])).await?;
    row.map(Roster::try_from).transpose()
}

/// The roster that a plan's file with this SHA-256 became.
pub async fn find_by_sha256(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    sha256: &Digest,
) -> Result<Option<Roster>, StoreError> {
    let row =
        store.one::<Row>(FIND_BY_SHA256, values(scope.institutions(), [text(plan), text(sha256)])).await?;
    row.map(Roster::try_from).transpose()
}

/// Whether a file of the plan waits or is being loaded.
pub async fn is_busy(store: &Store, plan: &PlanId) -> Result<bool, StoreError> {
    let under_way = store.one::<(i64,)>(UNDER_WAY, vec![text(plan)]).await?;
    Ok(under_way.is_some_and(|(count,)| count > 0))
}

/// The file whose turn it is and that no other node holds: for the duty that loads them.
pub async fn next(store: &Store, node: &str, now: Timestamp) -> Result<Option<Roster>, StoreError> {
    store.one::<Row>(NEXT, vec![text(node), instant(now)]).await?.map(Roster::try_from).transpose()
}

/// The rows of a slice: for the duty that loads them. None if another node has done with it.
pub async fn slice(store: &Store, id: RosterId, number: u32) -> Result<Option<Vec<RosterRow>>, StoreError> {
    let body = store.one::<(String,)>(SLICE, vec![text(id), int(i64::from(number))]).await?;
    let id = id.to_string();
    let columns = Columns { table: "roster_slices", id: &id };
    body.map(|(body,)| columns.json("body", &body)).transpose()
}

/// Slices of files that were cancelled: for the duty that drops them.
pub async fn left_over(store: &Store, limit: u32) -> Result<Vec<(RosterId, u32)>, StoreError> {
    let rows = store.all::<(String, i64)>(OVER, vec![int(i64::from(limit))]).await?;
    rows.into_iter()
        .map(|(roster, number)| {
            let columns = Columns { table: "roster_slices", id: &roster };
            Ok((columns.parse("roster", &roster)?, columns.number("number", number)?))
        })
        .collect()
}

/// Which of `cins` the record knows, by client index number, with their coverage by `plan`: for the report on a file
/// that names them. Only for that plan, and for a duty.
pub async fn known(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    cins: &[Cin],
) -> Result<Vec<Known>, StoreError> {
    let mut known: Vec<Known> = Vec::new();
    for chunk in cins.chunks(CHUNK) {
        let chunk: Vec<&str> = chunk.iter().map(Cin::expose).collect();
        let own = [text(json!(chunk)), text(plan)];
        for row in store.all::<KnownRow>(KNOWN, values(scope.people(), own)).await? {
            let columns = Columns { table: "members", id: &row.id };
            let member = columns.parse("id", &row.id)?;
            if known.last().is_none_or(|last| last.member != member) {
                known.push(Known {
                    member,
                    cin: columns.parse("cin", &row.cin)?,
                    birth_date: columns.parse("birth_date", &row.birth_date)?,
                    coverages: Vec::new(),
                });
            }
            if let (Some(line), Some(first_day), Some(last)) = (row.line, row.first_day, known.last_mut()) {
                last.coverages.push(KnownCoverage {
                    line,
                    first_day: columns.parse("first_day", &first_day)?,
                    last_day: columns.parse_some("last_day", row.last_day.as_deref())?,
                    group_code: row.group_code,
                    dual_status: row.dual_status,
                    told_on: columns.parse_some("told_on", row.told_on.as_deref())?,
                });
            }
        }
    }
    Ok(known)
}

#[derive(sqlx::FromRow)]
struct AsideRow {
    plan: String,
    told_on: String,
    roster: String,
    body: String,
}

impl TryFrom<AsideRow> for Aside {
    type Error = StoreError;

    fn try_from(row: AsideRow) -> Result<Self, StoreError> {
        let columns = Columns { table: "member_columns", id: &row.roster };
        Ok(Self {
            plan: columns.parse("plan", &row.plan)?,
            told_on: columns.parse("told_on", &row.told_on)?,
            roster: columns.parse("roster", &row.roster)?,
            cells: columns.json("body", &row.body)?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct KnownRow {
    id: String,
    cin: String,
    birth_date: String,
    line: Option<String>,
    first_day: Option<String>,
    last_day: Option<String>,
    group_code: Option<String>,
    dual_status: Option<String>,
    told_on: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    plan: String,
    sha256: String,
    received_at: i64,
    report: String,
    state: String,
    slices: i64,
    done: i64,
    members_new: i64,
    members_known: i64,
    coverages_new: i64,
    coverages_changed: i64,
}

impl TryFrom<Row> for Roster {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "rosters", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            plan: columns.parse("plan", &row.plan)?,
            sha256: columns.parse("sha256", &row.sha256)?,
            received_at: columns.instant("received_at", row.received_at)?,
            report: row.report,
            state: columns.word("state", &row.state, State::named)?,
            slices: columns.number("slices", row.slices)?,
            done: columns.number("done", row.done)?,
            counts: Counts {
                members_new: columns.number("members_new", row.members_new)?,
                members_known: columns.number("members_known", row.members_known)?,
                coverages_new: columns.number("coverages_new", row.coverages_new)?,
                coverages_changed: columns.number("coverages_changed", row.coverages_changed)?,
            },
        })
    }
}

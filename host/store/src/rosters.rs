//! A plan's member file. One of few rows is loaded as one unit; one of many is kept as slices, and a duty
//! loads one slice after the other, so that nobody waits behind it for long. Once its first slice is in, it
//! is loaded to its end.
//!
//! Who is new to the record comes in by plain inserts, column by column (`newcomers`). All other rows
//! travel as JSON and become rows inside the database: a member who is known keeps what a provider has
//! verified, and a row that says nothing new changes nothing. Which person a row is about is settled before
//! ([`Place`]); that it still is so is asked in the unit that loads it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use domain::identifiers::{Cin, County, CoverageId, Digest, MemberId, PersonName, PlanId, RosterId};
use domain::identity::{Identity, Rules};
use domain::time::pacific_day;
use domain::words;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::members::{Address, IdentityStatus, sees_member};
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{Value, column, instant, int, list, maybe_text, packed, text};
use crate::{Dialects, Miss, Scope, Statement, Store, StoreError};
use crate::{identity, member_moves, member_values};

mod newcomers;

/// Rows that one statement carries.
const CHUNK: usize = 1000;

words! {
    /// Progress of a member file.
    pub enum State {
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
    insert into rosters (id, plan, sha256, received_at, report, state, of_the_state, members_new, members_known,
        coverages_new, coverages_changed)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

macro_rules! columns {
    () => {
        "select r.id, r.plan, r.sha256, r.received_at, r.report, r.state, r.slices, r.done, r.members_new,
            r.members_known, r.coverages_new, r.coverages_changed, r.of_the_state from rosters r where "
    };
}

/// A file that is still being received is nobody's yet.
const FIND: &str = concat!(columns!(), "r.id = $4 and (r.plan = $2 or $3 = 1) and r.state <> 'receiving'");

const FIND_BY_SHA256: &str = concat!(
    columns!(),
    "r.plan = $4 and r.sha256 = $5 and r.of_the_state = $6 and (r.plan = $2 or $3 = 1)
        and r.state not in ('receiving', 'cancelled')
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
        coverages_changed = coverages_changed + $12, report = coalesce($13, report)
    where id = $1 and state = $2 and done = $3 and (held_by is null or held_by = $7 or held_until <= $4)";

const CANCEL: &str = "update rosters set state = 'cancelled' where id = $1 and state = 'checking'";

const GIVE_UP: &str = "update rosters set state = 'cancelled' where state = 'receiving' and received_at < $1";

const INSERT_SLICE: &str = "insert into roster_slices (roster, number, cins, body) values ($1, $2, $3, $4)";

const SLICES: &str = "
    select body from roster_slices where roster = $1 and number >= $2 and number < $3 order by number";

/// Slices all of whose people are new to the record, with the number of their rows: nobody has one of their
/// numbers, nobody tells of anybody under it, and no earlier row of the file is about one of them.
macro_rules! new_slices {
    ($rows:literal, $with_number:literal, $told_of:literal) => {
        concat!(
            "select s.number, ",
            $rows,
            " from roster_slices s where s.roster = $1 and s.number >= $2 and s.number < $3 and s.cins is not null
                and not exists (select 1 from ",
            $with_number,
            ") and not exists (select 1 from ",
            $told_of,
            ") order by s.number"
        )
    };
}

const NEW_SLICES: Dialects = Dialects {
    sqlite: new_slices!(
        "json_array_length(s.cins)",
        "json_each(s.cins) one cross join members m on m.cin = one.value",
        "json_each(s.cins) one cross join members m on m.told_cin = one.value and m.standing = 'provisional'"
    ),
    postgres: new_slices!(
        "json_array_length(s.cins::json)::bigint",
        "json_array_elements_text(s.cins::json) one
            cross join lateral (select 1 from members m where m.cin = one.value offset 0) m",
        "json_array_elements_text(s.cins::json) one cross join lateral (select 1 from members m
            where m.told_cin = one.value and m.standing = 'provisional' offset 0) m"
    ),
};

/// Finds whom an organization alone tells of under a number of the rows.
const TOLD_OF: Dialects = Dialects {
    sqlite: "select 1 from members m where m.told_cin = $1 and m.standing = 'provisional'",
    postgres: "select 1 from unnest($1::text[]) as one (cin) cross join lateral (select 1 from members m
        where m.told_cin = one.cin and m.standing = 'provisional' offset 0) m",
};

const DROP_SLICES: &str = "delete from roster_slices where roster = $1 and number >= $2 and number < $3";

const OVER: &str = "
    select s.roster, s.number from rosters r join roster_slices s on s.roster = r.id
    where r.state = 'cancelled' order by s.roster, s.number limit $1";

/// Whoever has the number, or whom that one became; with the plan's own coverage, and for a duty with every
/// plan's. Number by number: else a planner that saw the tables when they were small reads all of them.
macro_rules! known {
    ($from:expr) => {
        concat!(
            "select m.id, a.cin, m.cin as own_cin, m.family_name, m.given_name, m.birth_date, m.version,
                v.plan, v.line, v.first_day, v.last_day, v.group_code, v.dual_status, v.told_on, v.disputed_since
            from ",
            $from,
            " where $5 = $2 or $3 = 1 order by a.cin, v.line, v.first_day, v.plan"
        )
    };
}

const KNOWN: Dialects = Dialects {
    sqlite: known!(
        "json_each($4) wanted cross join members a on a.cin = wanted.value
            cross join members m on m.id = coalesce(a.merged_into, a.id)
            left join coverages v on v.member = m.id and (v.plan = $5 or $3 = 1)"
    ),
    postgres: known!(
        "json_array_elements_text($4::json) wanted
            cross join lateral (select b.* from members b where b.cin = wanted.value offset 0) a
            cross join lateral (select n.* from members n where n.id = coalesce(a.merged_into, a.id) offset 0) m
            left join lateral (select w.* from coverages w where w.member = m.id and (w.plan = $5 or $3 = 1)
                offset 0) v on true"
    ),
};

/// A plan's spans of some people: for the duty that loads its files.
macro_rules! spans_of {
    ($people:literal) => {
        concat!(
            "select v.member, v.plan, v.line, v.first_day, v.last_day, v.group_code, v.dual_status, v.told_on,
                v.disputed_since
            from ",
            $people,
            " wanted join coverages v on v.member = wanted.value and v.plan = $2
            order by v.member, v.line, v.first_day"
        )
    };
}

const SPANS_OF: Dialects = Dialects {
    sqlite: spans_of!("json_each($1)"),
    postgres: spans_of!("json_array_elements_text($1::json)"),
};

/// Update of a member who is known already: the newer day stands, not the later file, and what a provider
/// verified stands whatever a file says. The birth date stays, and who has another is not touched: such a row
/// is set apart before it comes here, and [`AGREES`] undoes the unit if the record changed since. Every row
/// raises the version, because it moves the day of which something is said.
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
            version = members.version + 1
        where members.birth_date = excluded.birth_date"
    };
}

/// A file without the member's language says nothing of it: a known one stays, and a new member's is English.
const UPSERT_MEMBERS: Dialects = Dialects {
    // `where true`: without it SQLite reads `on conflict` as a join's.
    sqlite: concat!(
        "insert into members (id, cin, standing, told_cin, told_by, family_name, given_name, birth_date, county, language,
            told_on, phone, phone_source, phone_at, phone_as_of, address, no_fixed_address, address_source, address_at,
            address_as_of, created_at, version)
        select r.value ->> 'member', r.value ->> 'cin', r.value ->> 'standing', r.value ->> 'told_cin',
            r.value ->> 'told_by', r.value ->> 'family_name', r.value ->> 'given_name',
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
        "insert into members (id, cin, standing, told_cin, told_by, family_name, given_name, birth_date, county, language,
            told_on, phone, phone_source, phone_at, phone_as_of, address, no_fixed_address, address_source, address_at,
            address_as_of, created_at, version)
        select r.member, r.cin, r.standing, r.told_cin, r.told_by, r.family_name, r.given_name, r.birth_date, r.county,
            coalesce(r.language, (select k.language from members k where k.cin = r.cin), 'en'), r.told_on, r.phone,
            case when r.phone is not null then 'roster' end, case when r.phone is not null then $2 end,
            case when r.phone is not null then r.told_on end,
            r.address, 0,
            case when r.address is not null then 'roster' end, case when r.address is not null then $2 end,
            case when r.address is not null then r.address_as_of end,
            $2, 1
        from json_to_recordset($1::json) as r (member text, cin text, standing text, told_cin text, told_by text,
            family_name text, given_name text, birth_date text, county text, language text, told_on text, phone text,
            address text, address_as_of text)",
        merge_members!()
    ),
};

/// Each row is about the person of whom it was read when its place was found: nobody brought the number in
/// with another birth date meanwhile, the person did not become another, and of whom no other plan told
/// nobody told since.
macro_rules! agrees {
    ($rows:literal, $cin:literal, $birth_date:literal, $version:literal) => {
        concat!(
            "select 1 as agree where not exists (select 1 from ",
            $rows,
            " join members m on m.cin = ",
            $cin,
            " where m.birth_date <> ",
            $birth_date,
            " or m.version <> ",
            $version,
            " or m.standing = 'merged')"
        )
    };
}

const AGREES: Dialects = Dialects {
    sqlite: agrees!(
        "json_each($1) r",
        "r.value ->> 'cin'",
        "r.value ->> 'birth_date'",
        "r.value ->> 'version'"
    ),
    postgres: agrees!(
        "json_to_recordset($1::json) as r (cin text, birth_date text, version bigint)",
        "r.cin",
        "r.birth_date",
        "r.version"
    ),
};

/// Sets names and birth dates of members to those of the state's own file.
macro_rules! state_says {
    ($rows:literal, $cin:literal, $family:literal, $given:literal, $birth_date:literal) => {
        concat!(
            "update members set family_name = said.family_name, given_name = said.given_name,
                birth_date = said.birth_date, version = version + 1
            from (select ",
            $cin,
            " as cin, ",
            $family,
            " as family_name, ",
            $given,
            " as given_name, ",
            $birth_date,
            " as birth_date from ",
            $rows,
            ") said
            where members.cin = said.cin and members.standing = 'confirmed' and (members.family_name <> said.family_name
                or members.given_name <> said.given_name or members.birth_date <> said.birth_date)"
        )
    };
}

const STATE_SAYS: Dialects = Dialects {
    sqlite: state_says!(
        "json_each($1) r",
        "r.value ->> 'cin'",
        "r.value ->> 'family_name'",
        "r.value ->> 'given_name'",
        "r.value ->> 'birth_date'"
    ),
    postgres: state_says!(
        "json_to_recordset($1::json) as r (cin text, family_name text, given_name text, birth_date text)",
        "r.cin",
        "r.family_name",
        "r.given_name",
        "r.birth_date"
    ),
};

/// SQL condition: a row says something else of a coverage than is known.
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

/// Inserts and updates coverage. Where a file says nothing of the group or of the dual status, what is known
/// of the member stays, of this span or else of the latest (SQLite orders no inner rows by what the outer one
/// says). A row does not count where a later day told of other days.
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

/// A span whose first day was corrected goes on under its id: of those that a row overlaps the latest takes
/// the row's first day, unless the record has a span that begins on it. Not if it was told of a later day.
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

/// The rows and the plan's spans in their lines, row by row: else a planner without statistics begins with
/// all that the plan covers.
macro_rules! spans_told {
    ($database:ident) => {
        spans_told!($database, "v")
    };
    (sqlite, $span:literal) => {
        concat!(
            "json_each($1) r cross join members m on m.cin = r.value ->> 'cin' cross join coverages ",
            $span,
            " on ",
            $span,
            ".member = m.id and ",
            $span,
            ".plan = $2 and ",
            $span,
            ".line = r.value ->> 'line'"
        )
    };
    (postgres, $span:literal) => {
        concat!(
            "(select m.id, t.line, t.first_day, t.last_day, t.told_on, t.coverage, t.number
                from json_to_recordset($1::json) as t (cin text, line text, first_day text, last_day text, told_on text,
                    coverage text, number bigint)
                join members m on m.cin = t.cin offset 0) r
            cross join lateral (select w.* from coverages w where w.member = r.id and w.plan = $2 and w.line = r.line
                offset 0) ",
            $span
        )
    };
}

/// Ends what a row overlaps besides: the row replaces it. Not what was told of a later day.
macro_rules! drop_spans {
    ($database:ident, $first:literal, $last:literal, $told:literal) => {
        concat!(
            "delete from coverages where id in (select k.id from ",
            spans_told!($database, "k"),
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
    sqlite: drop_spans!(sqlite, "r.value ->> 'first_day'", "r.value ->> 'last_day'", "r.value ->> 'told_on'"),
    postgres: drop_spans!(postgres, "r.first_day", "r.last_day", "r.told_on"),
};

/// Two spans of one person with two plans in one line have a day in common.
macro_rules! collide {
    ($one:literal, $other:literal) => {
        concat!(
            $other,
            ".member = ",
            $one,
            ".member and ",
            $other,
            ".line = ",
            $one,
            ".line and ",
            $other,
            ".plan <> ",
            $one,
            ".plan and (",
            $other,
            ".last_day is null or ",
            $other,
            ".last_day >= ",
            $one,
            ".first_day) and (",
            $one,
            ".last_day is null or ",
            $one,
            ".last_day >= ",
            $other,
            ".first_day)"
        )
    };
}
pub(crate) use collide;

/// Every span of the same person beside it.
macro_rules! beside {
    (sqlite) => {
        " cross join coverages k on k.member = v.member"
    };
    (postgres) => {
        " cross join lateral (select w.* from coverages w where w.member = v.member offset 0) k"
    };
}

/// Marks as disputed what the file changed and what was another plan's before, in a line in which a person
/// has one plan: the newcomer yields.
macro_rules! dispute {
    ($database:ident, $exclusive:literal) => {
        concat!(
            "update coverages set disputed_since = $4 where id in (select v.id from ",
            spans_told!($database),
            beside!($database),
            " where ",
            collide!("v", "k"),
            " and coalesce(v.roster, '') = $3 and v.disputed_since is null and k.disputed_since is null and v.line in (",
            $exclusive,
            "))"
        )
    };
}

const DISPUTE: Dialects = Dialects {
    sqlite: dispute!(sqlite, "select value from json_each($5)"),
    postgres: dispute!(postgres, "select value from json_array_elements_text($5::json) e"),
};

/// The conflict about what was disputed a moment ago, for people. Its id is made of the id that the row has
/// at hand.
macro_rules! open_disputes {
    ($database:ident, $first:literal, $coverage:literal, $number:literal) => {
        concat!(
            "insert into identity_conflicts (id, kind, member, plan, other, roster, row_number, state, opened_at, tell,
                version)
            select 'idc_' || substr(",
            $coverage,
            ", 5), 'two-plans', v.member, v.plan, min(k.plan), $3, ",
            $number,
            ", 'open', $4, 'opened', 1 from ",
            spans_told!($database),
            beside!($database),
            " where v.first_day = ",
            $first,
            " and ",
            collide!("v", "k"),
            " and coalesce(v.roster, '') = $3 and v.disputed_since = $4 and k.disputed_since is null
            group by v.id, v.member, v.plan, ",
            $coverage,
            ", ",
            $number,
            " on conflict do nothing"
        )
    };
}

const OPEN_DISPUTES: Dialects = Dialects {
    sqlite: open_disputes!(
        sqlite,
        "r.value ->> 'first_day'",
        "r.value ->> 'coverage'",
        "r.value ->> 'number'"
    ),
    postgres: open_disputes!(postgres, "r.first_day", "r.coverage", "r.number"),
};

/// Clears disputes of coverage that the state's file tells of.
macro_rules! state_stands {
    ($database:ident, $first:literal) => {
        concat!(
            "update coverages set disputed_since = null where id in (select v.id from ",
            spans_told!($database),
            " where v.first_day = ",
            $first,
            ")"
        )
    };
}

const STATE_STANDS: Dialects = Dialects {
    sqlite: state_stands!(sqlite, "r.value ->> 'first_day'"),
    postgres: state_stands!(postgres, "r.first_day"),
};

/// Marks as disputed what another plan covers on those days.
macro_rules! others_yield {
    ($database:ident, $first:literal, $exclusive:literal) => {
        concat!(
            "update coverages set disputed_since = coalesce(disputed_since, $3) where id in (select k.id from ",
            spans_told!($database),
            beside!($database),
            " where v.first_day = ",
            $first,
            " and ",
            collide!("v", "k"),
            " and v.line in (",
            $exclusive,
            "))"
        )
    };
}

const OTHERS_YIELD: Dialects = Dialects {
    sqlite: others_yield!(sqlite, "r.value ->> 'first_day'", "select value from json_each($4)"),
    postgres: others_yield!(
        postgres,
        "r.first_day",
        "select value from json_array_elements_text($4::json) e"
    ),
};

/// Keeps the values of columns that are not ours as the latest file has them.
macro_rules! keep_aside {
    () => {
        " on conflict (member, plan) do update set body = excluded.body, told_on = excluded.told_on,
            roster = excluded.roster
        where excluded.told_on >= member_columns.told_on"
    };
}

pub(crate) use keep_aside;

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

/// Changes by a file, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Members seen for the first time.
    pub members_new: u32,
    /// Number of members known already.
    pub members_known: u32,
    /// Spans of coverage added.
    pub coverages_new: u32,
    /// Spans of coverage changed.
    pub coverages_changed: u32,
}

/// One member file of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    /// Id of the member file.
    pub id: RosterId,
    /// Plan that sent it.
    pub plan: PlanId,
    /// Of the file as it came. The same file again is the same roster.
    pub sha256: Digest,
    /// Instant of the upload (UTC).
    pub received_at: Timestamp,
    /// Rows that were accepted and refused, as JSON.
    pub report: String,
    /// Progress of the file.
    pub state: State,
    /// Number of slices that its rows are in; none where they were loaded at once.
    pub slices: u32,
    /// Number of slices that its state is done with.
    pub done: u32,
    /// Changes by the file, as far as it was compared with the record.
    pub counts: Counts,
    /// True for the state's own file, sent by the operator: it settles who people are and who covers them.
    pub of_the_state: bool,
}

/// Claim of a node to the next slice of a file, with its end.
#[derive(Clone, Copy, Debug)]
pub struct Hold<'a> {
    /// Node that holds the slice.
    pub node: &'a str,
    /// Instant of the claim (UTC).
    pub now: Timestamp,
    /// End of the claim (UTC).
    pub until: Timestamp,
}

/// One row of a member file. Has no `Debug`: it is a person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterRow {
    /// Its number in the file.
    pub row: u32,
    /// True if an earlier row of the file is about the same member.
    pub again: bool,
    /// The id the member gets if new.
    pub member: MemberId,
    /// The id the coverage gets if new.
    pub coverage: CoverageId,
    /// The client index number.
    #[serde(with = "domain::identifiers::exposed_cin")]
    pub cin: Cin,
    /// Family name of the member.
    #[serde(with = "domain::identifiers::exposed_name")]
    pub family_name: PersonName,
    /// Given name of the member.
    #[serde(with = "domain::identifiers::exposed_name")]
    pub given_name: PersonName,
    /// Day of birth of the member.
    pub birth_date: Date,
    /// County in which the member lives.
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
    /// Values of the row, by name.
    pub values: BTreeMap<String, String>,
    /// The plan's own number for the member.
    pub plan_member_id: String,
    /// The line of business.
    pub line: String,
    /// True if the file says which group the member is in.
    pub group_told: bool,
    /// The plan's group; none where there is none, or nothing is said.
    pub group_code: Option<String>,
    /// Dual status code: how Medicare and Medi-Cal go together for the member.
    pub dual_status: Option<String>,
    /// First day of coverage.
    pub first_day: Date,
    /// Last day of coverage.
    pub last_day: Option<Date>,
    /// Values of columns that are not ours, by their headers.
    pub aside: BTreeMap<String, String>,
}

/// The person that a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Whoever has the row's number in the record, or gets it now.
    Record {
        /// True if name, home and language of the row become everybody's.
        shares: bool,
    },
    /// The person with this id, of whom the plan alone tells.
    Apart(MemberId),
}

/// A row with the person that it is about. Has no `Debug`: it is a person.
#[derive(Clone, PartialEq, Eq)]
pub struct PlacedRow {
    /// The row as it was read.
    pub row: RosterRow,
    /// Person that the row is about.
    pub place: Place,
    /// The version that the person has once the row is in, if no other plan covers the person: then no days
    /// can collide.
    pub alone: Option<i64>,
}

impl PlacedRow {
    /// Value of `members.cin` for the person.
    fn key(&self) -> Cow<'_, str> {
        match self.place {
            Place::Record { .. } => self.row.cin.expose().into(),
            Place::Apart(member) => member.to_string().into(),
        }
    }

    /// True if the person was in nobody's file before.
    fn is_new(&self) -> bool {
        self.alone == Some(1)
    }

    fn is_shared(&self) -> bool {
        !matches!(self.place, Place::Record { shares: false })
    }
}

/// Rows of a file as they are loaded, and what else is done in the unit that loads them.
#[derive(Clone, Default)]
pub struct Sifted {
    /// The rows that change something.
    pub rows: Vec<PlacedRow>,
    /// People whose coverage by other plans is known: their disputes may be over.
    pub contested: Vec<MemberId>,
    /// Consequences for other rows: conflicts, and persons that turn out to be one.
    pub also: Vec<Statement>,
}

impl Sifted {
    /// Rows whose people are all new to the record, each the only one about its person. That nobody tells of
    /// them meanwhile is asked in the unit too: who does is to become one with them.
    pub fn newcomers(rows: Vec<RosterRow>) -> Self {
        let cins: Vec<&Cin> = rows.iter().map(|row| &row.cin).collect();
        let also = vec![told_of(&cins, 0)];
        let place = Place::Record { shares: true };
        let rows = rows.into_iter().map(|row| PlacedRow { row, place, alone: Some(1) });
        Self { rows: rows.collect(), also, ..Self::default() }
    }
}

/// Asks that single organizations tell of so many people under these numbers, and of nobody more since;
/// [`StoreError::Conflict`] otherwise.
pub fn told_of(cins: &[&Cin], people: u64) -> Statement {
    Statement::all(people, Miss::Conflict, TOLD_OF, vec![column(cins, |cin| Some(cin.expose()))])
}

/// Slices of a file as they are kept. Has no `Debug`: they are people.
pub struct Slices {
    roster: RosterId,
    bodies: Vec<Vec<u8>>,
}

impl Slices {
    /// Their rows, in the file's order. It unpacks them, which takes long for many.
    pub fn rows(&self) -> Result<Vec<RosterRow>, StoreError> {
        let id = self.roster.to_string();
        let columns = Columns { table: "roster_slices", id: &id };
        let mut rows = Vec::new();
        for body in &self.bodies {
            rows.extend(columns.packed_json::<Vec<RosterRow>>("body", body)?);
        }
        Ok(rows)
    }
}

impl RosterRow {
    /// Names and birth date of the row: the identity besides the number.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity {
            family_name: self.family_name.clone(),
            given_name: self.given_name.clone(),
            birth_date: self.birth_date,
        }
    }
}

/// Values of a plan's file in columns that are not ours. Has no `Debug`: it is about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Aside {
    /// Plan that sent the file.
    pub plan: PlanId,
    /// The day of which it tells.
    pub told_on: Date,
    /// Member file that had it.
    pub roster: RosterId,
    /// The cells by their headers.
    pub cells: BTreeMap<String, String>,
}

/// A member of whom the record knows already. Has no `Debug`: it is a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Known {
    /// Member who is known.
    pub member: MemberId,
    /// The number that was asked about.
    pub cin: Cin,
    /// The member's own number: another, if who had the one that was asked about was merged into the member.
    pub own_cin: Cin,
    /// Identity of the member.
    pub identity: Identity,
    /// Version of the member.
    pub version: i64,
    /// Coverage by the plan that was asked about.
    pub coverages: Vec<KnownCoverage>,
    /// Coverage by other plans; for a duty.
    pub elsewhere: Vec<KnownCoverage>,
}

/// Coverage of which the record knows already.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownCoverage {
    /// Plan that covers the member.
    pub plan: PlanId,
    /// True if it is disputed.
    pub is_disputed: bool,
    /// The line of business.
    pub line: String,
    /// First day of coverage.
    pub first_day: Date,
    /// Last day of coverage.
    pub last_day: Option<Date>,
    /// Group code of the plan.
    pub group_code: Option<String>,
    /// Dual status code: how Medicare and Medi-Cal go together for the member.
    pub dual_status: Option<String>,
    /// The day of which it was told.
    pub told_on: Option<Date>,
}

/// Loads a file at once: the roster, and what its rows say. [`StoreError::Conflict`] while another file of
/// the plan is under way, which must be loaded first.
pub fn import(roster: &Roster, sifted: Sifted) -> Vec<Statement> {
    let mut statements =
        vec![insert(roster), Statement::one(Miss::Conflict, IS_IDLE, vec![text(&roster.plan)])];
    statements.extend(apply(roster, sifted));
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
        int(i64::from(roster.of_the_state)),
    ];
    Statement::one(Miss::Duplicate, INSERT, values.into_iter().chain(counted(&roster.counts)).collect())
}

fn counted(counts: &Counts) -> [Value; 4] {
    [counts.members_new, counts.members_known, counts.coverages_new, counts.coverages_changed]
        .map(|count| int(i64::from(count)))
}

/// Some rows of a file that is being received. It packs them, which takes long for many.
pub fn insert_slice(id: RosterId, number: u32, rows: &[RosterRow]) -> Statement {
    let are_first = rows.iter().all(|row| !row.again);
    let cins = are_first.then(|| json!(rows.iter().map(|row| row.cin.expose()).collect::<Vec<_>>()));
    let values = vec![text(id), int(i64::from(number)), maybe_text(cins), packed(rows)];
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

/// The file comes from where `roster` says to `state`, with so many slices done, and holds on to it; `report`
/// is the one that it has from now on, if it has another. [`StoreError::Conflict`] if another node has it, or
/// it was cancelled.
pub fn step(
    roster: &Roster,
    hold: &Hold<'_>,
    state: State,
    done: u32,
    found: &Counts,
    report: Option<&str>,
) -> Statement {
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
    let more = counted(found).into_iter().chain([maybe_text(report)]);
    Statement::one(Miss::Conflict, STEP, values.into_iter().chain(more).collect())
}

/// Nothing of the file is loaded, ever; [`StoreError::Conflict`] if its loading has begun.
pub fn cancel(id: RosterId) -> Statement {
    Statement::one(Miss::Conflict, CANCEL, vec![text(id)])
}

/// Files that nobody went on sending since before `before` are given up.
pub fn give_up(before: Timestamp) -> Statement {
    Statement::any(GIVE_UP, vec![instant(before)])
}

/// Slices are not needed any more.
pub fn drop_slices(id: RosterId, numbers: Range<u32>) -> Statement {
    Statement::any(DROP_SLICES, of_slices(id, &numbers))
}

/// Statements that put the rows of a file into the record: the members, what is said of them, their coverage,
/// and who of them is to be looked at again. Of two rows with the same key the newer day counts, and of one
/// day the later row. [`StoreError::Conflict`] if a row is not about the person any more of whom it was read.
pub fn apply(roster: &Roster, sifted: Sifted) -> Vec<Statement> {
    let Sifted { rows, contested, also } = sifted;
    let (new, rows) = newcomers::apart(&rows);
    let mut statements: Vec<_> =
        new.chunks(CHUNK).flat_map(|chunk| newcomers::insert(chunk, roster)).collect();
    let mut members: BTreeMap<Cow<'_, str>, &PlacedRow> = BTreeMap::new();
    let mut coverages = BTreeMap::new();
    for placed in rows {
        let newest = members.entry(placed.key()).or_insert(placed);
        if placed.row.told_on >= newest.row.told_on {
            *newest = placed;
        }
        coverages.insert((placed.key(), &placed.row.line, placed.row.first_day), placed);
    }
    let members: Vec<_> = members.into_values().collect();
    let coverages: Vec<_> = coverages.into_values().collect();
    for chunk in members.chunks(CHUNK) {
        statements.extend(people(chunk, roster));
        statements.extend(member_values::from_file(&values_json(chunk), &keys(chunk), roster));
        statements.extend(aside(chunk, roster));
    }
    statements.extend(coverages.chunks(CHUNK).flat_map(|chunk| spans(chunk, roster)));
    statements.extend(disputes(&coverages, &contested, roster));
    let today = pacific_day(roster.received_at);
    // Nobody who is new has cases.
    let looked_at = members.chunks(CHUNK);
    statements.extend(
        looked_at.map(|chunk| member_moves::note(roster.id, &keys(chunk), today, roster.received_at)),
    );
    if roster.of_the_state && !contested.is_empty() {
        statements.push(member_moves::note_people(&contested, today, roster.received_at));
    }
    statements.extend(also);
    statements
}

/// The people themselves, each of whom must be who the row says.
fn people(chunk: &[&PlacedRow], roster: &Roster) -> Vec<Statement> {
    let mut statements = Vec::new();
    if roster.of_the_state {
        let said: Vec<_> = chunk.iter().map(|placed| member_json(placed, &roster.plan)).collect();
        statements.push(Statement::any(STATE_SAYS, vec![text(json!(said))]));
    }
    let shared = chunk.iter().filter(|placed| placed.is_shared());
    let shared: Vec<_> = shared.map(|placed| member_json(placed, &roster.plan)).collect();
    if !shared.is_empty() {
        let values = vec![text(json!(shared)), instant(roster.received_at)];
        statements.push(Statement::any(UPSERT_MEMBERS, values));
    }
    // After it: who is being brought in at this moment is waited for there.
    let born = |placed: &&PlacedRow| {
        json!({
            "cin": placed.key(), "birth_date": placed.row.birth_date.to_string(), "version": placed.alone,
        })
    };
    let born: Vec<_> = chunk.iter().map(born).collect();
    statements.push(Statement::one(Miss::Conflict, AGREES, vec![text(json!(born))]));
    statements
}

/// Statements for the coverage that the rows tell of.
fn spans(rows: &[&PlacedRow], roster: &Roster) -> Vec<Statement> {
    let rows: Vec<_> = rows.iter().map(|placed| coverage_json(placed)).collect();
    let (rows, plan, roster) = (text(json!(rows)), text(&roster.plan), text(roster.id));
    vec![
        Statement::any(MOVE_SPANS, vec![rows.clone(), plan.clone(), roster.clone()]),
        Statement::any(UPSERT_COVERAGES, vec![rows.clone(), plan.clone(), roster]),
        Statement::any(DROP_SPANS, vec![rows, plan]),
    ]
}

/// Days that are two plans' in a line in which a person has one: what came first stands until people settle
/// it; what the state says stands at once.
fn disputes(coverages: &[&PlacedRow], contested: &[MemberId], roster: &Roster) -> Vec<Statement> {
    let at = instant(roster.received_at);
    let today = pacific_day(roster.received_at);
    let exclusive: Vec<&str> = Rules::state().exclusive_on(today).collect();
    let mut statements = Vec::new();
    if !contested.is_empty() {
        statements.extend(identity::no_longer_disputed(contested, roster.received_at));
    }
    let may_collide: Vec<_> = coverages.iter().filter(|placed| placed.alone.is_none()).collect();
    for chunk in may_collide.chunks(CHUNK) {
        let rows: Vec<_> = chunk.iter().map(|placed| coverage_json(placed)).collect();
        let (rows, plan) = (text(json!(rows)), text(&roster.plan));
        if roster.of_the_state {
            statements.push(Statement::any(STATE_STANDS, vec![rows.clone(), plan.clone()]));
            let values = vec![rows, plan, at.clone(), list(&exclusive)];
            statements.push(Statement::any(OTHERS_YIELD, values));
        } else {
            let changed = vec![rows, plan, text(roster.id), at.clone()];
            let disputed = [changed.clone(), vec![list(&exclusive)]].concat();
            statements.push(Statement::any(DISPUTE, disputed));
            statements.push(Statement::any(OPEN_DISPUTES, changed));
        }
    }
    if roster.of_the_state && !contested.is_empty() {
        statements.push(identity::settled_by_state(contested, roster.received_at));
    }
    statements
}

/// Statement for the values of columns that are not ours, if the rows have any.
fn aside(rows: &[&PlacedRow], roster: &Roster) -> Option<Statement> {
    let filled = rows.iter().filter(|placed| !placed.row.aside.is_empty());
    let rows: Vec<_> = filled
        .map(|placed| {
            json!({
                "cin": placed.key(),
                "told_on": placed.row.told_on.to_string(),
                "aside": json!(placed.row.aside).to_string(),
            })
        })
        .collect();
    let values = vec![text(json!(rows)), text(&roster.plan), text(roster.id)];
    (!rows.is_empty()).then(|| Statement::any(KEEP_ASIDE, values))
}

fn keys(rows: &[&PlacedRow]) -> Vec<String> {
    rows.iter().map(|placed| placed.key().into_owned()).collect()
}

fn values_json(rows: &[&PlacedRow]) -> Vec<serde_json::Value> {
    let json = |placed: &&PlacedRow| {
        let row = &placed.row;
        json!({
            "cin": placed.key(),
            "told_on": row.told_on.to_string(),
            "address_as_of": row.address_as_of.to_string(),
            "values": row.values,
        })
    };
    rows.iter().map(json).collect()
}

fn member_json(placed: &PlacedRow, plan: &PlanId) -> serde_json::Value {
    let row = &placed.row;
    let (member, standing, told_cin, told_by) = match placed.place {
        Place::Record { .. } => (row.member, IdentityStatus::Confirmed, None, None),
        Place::Apart(member) => (member, IdentityStatus::Provisional, Some(row.cin.expose()), Some(plan)),
    };
    json!({
        "member": member,
        "cin": placed.key(),
        "standing": standing.name(),
        "told_cin": told_cin,
        "told_by": told_by,
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

fn coverage_json(placed: &PlacedRow) -> serde_json::Value {
    let row = &placed.row;
    json!({
        "coverage": row.coverage,
        "number": row.row,
        "cin": placed.key(),
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

/// Values of a plan's own file in columns that are not ours. Nobody else sees them.
pub async fn aside_of(store: &Store, scope: &Scope, member: MemberId) -> Result<Vec<Aside>, StoreError> {
    read_all(store.all::<AsideRow>(ASIDE, values(scope.people(), [text(member), scope.day()])).await?)
}

/// Member file of this id, if the scope sees it.
pub async fn find(store: &Store, scope: &Scope, id: RosterId) -> Result<Option<Roster>, StoreError> {
    let row = store.one::<Row>(FIND, values(scope.institutions(), [text(id)])).await?;
    row.map(Roster::try_from).transpose()
}

/// The roster that a plan's file with this SHA-256 became, as the plan's or as the state's.
pub async fn find_by_sha256(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    sha256: &Digest,
    of_the_state: bool,
) -> Result<Option<Roster>, StoreError> {
    let own = [text(plan), text(sha256), int(i64::from(of_the_state))];
    let row = store.one::<Row>(FIND_BY_SHA256, values(scope.institutions(), own)).await?;
    row.map(Roster::try_from).transpose()
}

/// True if a file of the plan waits or is being loaded.
pub async fn is_busy(store: &Store, plan: &PlanId) -> Result<bool, StoreError> {
    let under_way = store.one::<(i64,)>(UNDER_WAY, vec![text(plan)]).await?;
    Ok(under_way.is_some_and(|(count,)| count > 0))
}

/// The file whose turn it is and that no other node holds: for the duty that loads them.
pub async fn next(store: &Store, node: &str, now: Timestamp) -> Result<Option<Roster>, StoreError> {
    store.one::<Row>(NEXT, vec![text(node), instant(now)]).await?.map(Roster::try_from).transpose()
}

/// Those of some slices all of whose people are new to the record, each with the number of its rows: for the
/// duty that loads them.
pub async fn new_slices(
    store: &Store,
    id: RosterId,
    numbers: Range<u32>,
) -> Result<BTreeMap<u32, u32>, StoreError> {
    let found = store.all::<(i64, i64)>(NEW_SLICES, of_slices(id, &numbers)).await?;
    let id = id.to_string();
    let columns = Columns { table: "roster_slices", id: &id };
    let read = |(number, rows)| Ok((columns.number("number", number)?, columns.number("cins", rows)?));
    found.into_iter().map(read).collect()
}

/// Some slices as they are kept: for the duty that loads them. None of those with which another node has
/// done.
pub async fn slices(store: &Store, id: RosterId, numbers: Range<u32>) -> Result<Slices, StoreError> {
    let found = store.all::<(Vec<u8>,)>(SLICES, of_slices(id, &numbers)).await?;
    Ok(Slices { roster: id, bodies: found.into_iter().map(|(body,)| body).collect() })
}

fn of_slices(id: RosterId, numbers: &Range<u32>) -> Vec<Value> {
    vec![text(id), int(i64::from(numbers.start)), int(i64::from(numbers.end))]
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

/// Whom of `cins` the record has confirmed, by client index number, with their coverage by `plan`: for a file
/// that names them. Only for that plan, and for a duty, which is told of their coverage by other plans too.
pub async fn known(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    cins: &[Cin],
) -> Result<Vec<Known>, StoreError> {
    let mut known: Vec<Known> = Vec::new();
    for chunk in cins.chunks(CHUNK) {
        let chunk: BTreeSet<&str> = chunk.iter().map(Cin::expose).collect();
        let own = [text(json!(chunk)), text(plan)];
        for row in store.all::<KnownRow>(KNOWN, values(scope.people(), own)).await? {
            let columns = Columns { table: "members", id: &row.id };
            let cin: Cin = columns.parse("cin", &row.cin)?;
            if known.last().is_none_or(|last| last.cin != cin) {
                known.push(Known {
                    member: columns.parse("id", &row.id)?,
                    cin,
                    own_cin: columns.parse("cin", &row.own_cin)?,
                    identity: Identity {
                        family_name: columns.parse("family_name", &row.family_name)?,
                        given_name: columns.parse("given_name", &row.given_name)?,
                        birth_date: columns.parse("birth_date", &row.birth_date)?,
                    },
                    version: row.version,
                    coverages: Vec::new(),
                    elsewhere: Vec::new(),
                });
            }
            let (Some(covered_by), Some(line), Some(first_day), Some(last)) =
                (row.plan, row.line, row.first_day, known.last_mut())
            else {
                continue;
            };
            let covered_by: PlanId = columns.parse("plan", &covered_by)?;
            let list = if covered_by == *plan { &mut last.coverages } else { &mut last.elsewhere };
            list.push(KnownCoverage {
                plan: covered_by,
                is_disputed: row.disputed_since.is_some(),
                line,
                first_day: columns.parse("first_day", &first_day)?,
                last_day: columns.parse_some("last_day", row.last_day.as_deref())?,
                group_code: row.group_code,
                dual_status: row.dual_status,
                told_on: columns.parse_some("told_on", row.told_on.as_deref())?,
            });
        }
    }
    Ok(known)
}

/// A plan's own spans of some people: for the duty that loads its files.
pub async fn spans_of(
    store: &Store,
    plan: &PlanId,
    members: &[MemberId],
) -> Result<BTreeMap<MemberId, Vec<KnownCoverage>>, StoreError> {
    let mut spans: BTreeMap<MemberId, Vec<KnownCoverage>> = BTreeMap::new();
    for row in store.all::<SpanRow>(SPANS_OF, vec![list(members), text(plan)]).await? {
        let columns = Columns { table: "coverages", id: &row.member };
        spans.entry(columns.parse("member", &row.member)?).or_default().push(KnownCoverage {
            plan: columns.parse("plan", &row.plan)?,
            is_disputed: row.disputed_since.is_some(),
            first_day: columns.parse("first_day", &row.first_day)?,
            last_day: columns.parse_some("last_day", row.last_day.as_deref())?,
            told_on: columns.parse_some("told_on", row.told_on.as_deref())?,
            line: row.line,
            group_code: row.group_code,
            dual_status: row.dual_status,
        });
    }
    Ok(spans)
}

row! {
    struct SpanRow {
        member: String,
        plan: String,
        line: String,
        first_day: String,
        last_day: Option<String>,
        group_code: Option<String>,
        dual_status: Option<String>,
        told_on: Option<String>,
        disputed_since: Option<i64>,
    }
}

row! {
    struct AsideRow {
        plan: String,
        told_on: String,
        roster: String,
        body: String,
    }
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

row! {
    struct KnownRow {
        id: String,
        cin: String,
        own_cin: String,
        family_name: String,
        given_name: String,
        birth_date: String,
        version: i64,
        plan: Option<String>,
        line: Option<String>,
        first_day: Option<String>,
        last_day: Option<String>,
        group_code: Option<String>,
        dual_status: Option<String>,
        told_on: Option<String>,
        disputed_since: Option<i64>,
    }
}

row! {
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
        of_the_state: i64,
    }
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
            of_the_state: row.of_the_state == 1,
        })
    }
}

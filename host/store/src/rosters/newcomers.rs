//! Rows about people who are new to the record: the bulk of a plan's first file.
//!
//! Nothing of them can be known, so nothing is compared: their members, values and coverage are plain
//! inserts, one statement a table with a column of the file in each parameter: SQLite does it for each row,
//! PostgreSQL reads arrays. That nobody brought a number in meanwhile is asked by the insert itself.

use std::borrow::Cow;
use std::collections::HashMap;

use domain::identifiers::MemberId;
use domain::member_value::ValueName;

use super::{Place, PlacedRow, Roster};
use crate::members::{Address, IdentityStatus};
use crate::unit::{column, instant, text};
use crate::{Dialects, Miss, Statement};

macro_rules! members {
    ($rows:literal) => {
        concat!(
            "insert into members (id, cin, standing, told_cin, told_by, family_name, given_name, birth_date, county,
                language, told_on, phone, phone_source, phone_at, phone_as_of, address, no_fixed_address,
                address_source, address_at, address_as_of, created_at, version) ",
            $rows,
            " on conflict do nothing"
        )
    };
}

/// A telephone number and an address are the file's.
const MEMBERS: Dialects = Dialects {
    sqlite: members!(
        "values ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, case when $13 is not null then 'roster' end,
            case when $13 is not null then $1 end, $14, $15, 0, case when $15 is not null then 'roster' end,
            case when $15 is not null then $1 end, $16, $1, 1)"
    ),
    postgres: members!(
        "select r.member, r.cin, r.standing, r.told_cin, r.told_by, r.family_name, r.given_name, r.birth_date, r.county,
            r.language, r.told_on, r.phone, case when r.phone is not null then 'roster' end,
            case when r.phone is not null then $1 end, r.phone_as_of, r.address, 0,
            case when r.address is not null then 'roster' end, case when r.address is not null then $1 end,
            r.address_as_of, $1, 1
        from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
            $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[])
            as r (member, cin, standing, told_cin, told_by, family_name, given_name, birth_date, county, language,
                told_on, phone, phone_as_of, address, address_as_of)"
    ),
};

macro_rules! values {
    ($rows:literal) => {
        concat!(
            "insert into member_values (source, received_at, roster, source_kind, member, name, value, first_said,
                last_said) select $1, $2, $3, 'plan-file', ",
            $rows,
            " where v.value is not null"
        )
    };
}

/// The values of a person at once: `$7` to `$16` are their names, `$17` to `$26` what is said, each null
/// where nothing is. The address, which is first, is of a day of its own.
const VALUES: Dialects = Dialects {
    sqlite: values!(
        "$4, v.name, v.value, v.said_on, v.said_on
        from (select column1 as name, column2 as value, column3 as said_on from (values
            ($7, $17, $6), ($8, $18, $5), ($9, $19, $5), ($10, $20, $5), ($11, $21, $5), ($12, $22, $5),
            ($13, $23, $5), ($14, $24, $5), ($15, $25, $5), ($16, $26, $5))) v"
    ),
    postgres: values!(
        "r.member, v.name, v.value, v.said_on, v.said_on
        from unnest($4::text[], $5::text[], $6::text[], $17::text[], $18::text[], $19::text[], $20::text[],
            $21::text[], $22::text[], $23::text[], $24::text[], $25::text[], $26::text[])
            as r (member, told_on, address_as_of, a, b, c, d, e, f, g, h, i, j)
        cross join lateral (values
            ($7, r.a, r.address_as_of), ($8, r.b, r.told_on), ($9, r.c, r.told_on), ($10, r.d, r.told_on),
            ($11, r.e, r.told_on), ($12, r.f, r.told_on), ($13, r.g, r.told_on), ($14, r.h, r.told_on),
            ($15, r.i, r.told_on), ($16, r.j, r.told_on)) as v (name, value, said_on)"
    ),
};

/// The names of values in the order in which [`VALUES`] has them.
const NAMES: [ValueName; 10] = match ValueName::ALL.first_chunk() {
    Some(names) if ValueName::ALL.len() == 10 => *names,
    _ => panic!("the statement has a place for each name"),
};

macro_rules! coverages {
    ($rows:literal) => {
        concat!(
            "insert into coverages (plan, roster, id, member, plan_member_id, line, group_code, dual_status, county,
                first_day, last_day, told_on) ",
            $rows
        )
    };
}

const COVERAGES: Dialects = Dialects {
    sqlite: coverages!("values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"),
    postgres: coverages!(
        "select $1, $2, r.* from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::text[], $10::text[], $11::text[], $12::text[]) as r"
    ),
};

macro_rules! aside {
    ($rows:literal) => {
        concat!("insert into member_columns (plan, roster, member, told_on, body) ", $rows)
    };
}

const ASIDE: Dialects = Dialects {
    sqlite: aside!("values ($1, $2, $3, $4, $5)"),
    postgres: aside!("select $1, $2, r.* from unnest($3::text[], $4::text[], $5::text[]) as r"),
};

/// A row with the id of the person whom it brings in.
pub(super) struct Newcomer<'r> {
    placed: &'r PlacedRow,
    member: MemberId,
}

/// The rows that are the only one about somebody new, and all others.
pub(super) fn apart(rows: &[PlacedRow]) -> (Vec<Newcomer<'_>>, Vec<&PlacedRow>) {
    let mut about: HashMap<Cow<'_, str>, u32> = HashMap::with_capacity(rows.len());
    for placed in rows {
        *about.entry(placed.key()).or_default() += 1;
    }
    let (mut new, mut others) = (Vec::new(), Vec::new());
    for placed in rows {
        let is_new = placed.is_new() && about.get(&placed.key()) == Some(&1);
        match (is_new, placed.place) {
            (true, Place::Record { .. }) => new.push(Newcomer { placed, member: placed.row.member }),
            (true, Place::Apart(member)) => new.push(Newcomer { placed, member }),
            (false, _) => others.push(placed),
        }
    }
    (new, others)
}

/// Statements that bring people in, with what the file says of them. [`crate::StoreError::Conflict`] if
/// somebody brought one of them in meanwhile.
pub(super) fn insert(new: &[Newcomer<'_>], roster: &Roster) -> Vec<Statement> {
    let mut statements = vec![members(new, roster), values(new, roster), coverages(new, roster)];
    let aside: Vec<_> = new.iter().filter(|one| !one.placed.row.aside.is_empty()).collect();
    if !aside.is_empty() {
        let cells = vec![
            text(&roster.plan),
            text(roster.id),
            column(&aside, |one| Some(one.member)),
            column(&aside, |one| Some(one.placed.row.told_on)),
            column(&aside, |one| Some(serde_json::json!(one.placed.row.aside))),
        ];
        statements.push(Statement::any(ASIDE, cells));
    }
    statements
}

fn members(new: &[Newcomer<'_>], roster: &Roster) -> Statement {
    let is_apart = |one: &Newcomer<'_>| matches!(one.placed.place, Place::Apart(_));
    let standing = |one: &Newcomer<'_>| match is_apart(one) {
        true => IdentityStatus::Provisional,
        false => IdentityStatus::Confirmed,
    };
    let values = vec![
        instant(roster.received_at),
        column(new, |one| Some(one.member)),
        column(new, |one| Some(one.placed.key())),
        column(new, |one| Some(standing(one).name())),
        column(new, |one| is_apart(one).then(|| one.placed.row.cin.expose())),
        column(new, |one| is_apart(one).then_some(&roster.plan)),
        column(new, |one| Some(one.placed.row.family_name.expose())),
        column(new, |one| Some(one.placed.row.given_name.expose())),
        column(new, |one| Some(one.placed.row.birth_date)),
        column(new, |one| Some(&one.placed.row.county)),
        // Nothing is known of it, and it must be something.
        column(new, |one| Some(one.placed.row.language.as_deref().unwrap_or("en"))),
        column(new, |one| Some(one.placed.row.told_on)),
        column(new, |one| one.placed.row.phone.as_ref()),
        column(new, |one| one.placed.row.phone.as_ref().map(|_| one.placed.row.told_on)),
        column(new, |one| one.placed.row.address.as_ref().map(Address::json)),
        column(new, |one| one.placed.row.address.as_ref().map(|_| one.placed.row.address_as_of)),
    ];
    let all = u64::try_from(new.len()).unwrap_or(u64::MAX);
    Statement::all(all, Miss::Conflict, MEMBERS, values)
}

fn values(new: &[Newcomer<'_>], roster: &Roster) -> Statement {
    let mut values = vec![
        text(&roster.plan),
        instant(roster.received_at),
        text(roster.id),
        column(new, |one| Some(one.member)),
        column(new, |one| Some(one.placed.row.told_on)),
        column(new, |one| Some(one.placed.row.address_as_of)),
    ];
    values.extend(NAMES.map(|name| text(name.name())));
    values.extend(NAMES.map(|name| column(new, |one| one.placed.row.values.get(name.name()))));
    Statement::any(VALUES, values)
}

fn coverages(new: &[Newcomer<'_>], roster: &Roster) -> Statement {
    let values = vec![
        text(&roster.plan),
        text(roster.id),
        column(new, |one| Some(one.placed.row.coverage)),
        column(new, |one| Some(one.member)),
        column(new, |one| Some(&one.placed.row.plan_member_id)),
        column(new, |one| Some(&one.placed.row.line)),
        column(new, |one| one.placed.row.group_code.as_ref().filter(|_| one.placed.row.group_told)),
        column(new, |one| one.placed.row.dual_status.as_ref()),
        column(new, |one| Some(&one.placed.row.county)),
        column(new, |one| Some(one.placed.row.first_day)),
        column(new, |one| one.placed.row.last_day),
        column(new, |one| Some(one.placed.row.told_on)),
    ];
    Statement::any(COVERAGES, values)
}

//! Members whose coverage a file changed while they had cases: who is to be looked at again, and on which
//! day.

use domain::identifiers::{MemberId, RosterId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::row::Columns;
use crate::unit::{instant, int, list, text};
use crate::{Dialects, Miss, Statement, Store, StoreError};

/// The cases that may go with the member: open referrals and requests, what was approved, and claims that
/// wait.
macro_rules! has_cases {
    () => {
        "exists (select 1 from cases c where c.member = k.member and (
            c.kind in ('referral', 'authorization')
                and c.state not in ('redirected', 'not-eligible', 'closed', 'denied', 'withdrawn', 'moved')
            or c.kind = 'claim' and c.state in ('received', 'pended', 'with-people', 'advised')))"
    };
}

/// Now, for days to come are asked for today; again when coverage begins, and after it has ended.
macro_rules! note {
    ($join:literal, $wanted:literal, $after:literal, $at:literal) => {
        concat!(
            "with k as (select v.id, v.member, v.first_day, v.last_day from ",
            $wanted,
            " wanted",
            $join,
            "members m on m.cin = wanted.value",
            $join,
            "coverages v on v.member = m.id where coalesce(v.roster, '') = $1)
            insert into member_moves (member, due_on, noted_at)
            select distinct k.member, d.due_on, ",
            $at,
            " from k join (select id, ",
            $after,
            has_cases!(),
            " on conflict (member, due_on) do nothing"
        )
    };
}

const NOTE: Dialects = Dialects {
    // `cross join` and `coalesce`: without them SQLite looks through all that the file covers, for each row.
    sqlite: note!(
        " cross join ",
        "json_each($4)",
        "$2 as due_on from k
                union select id, first_day from k where first_day > $2
                union select id, date(last_day, '+1 day') from k where last_day >= $2) d on d.id = k.id where ",
        "$3"
    ),
    postgres: note!(
        " join ",
        "json_array_elements_text($4::json)",
        "$2::text as due_on from k
                union select id, first_day from k where first_day > $2
                union select id, to_char(last_day::date + 1, 'YYYY-MM-DD') from k where last_day >= $2) d
                on d.id = k.id where ",
        "$3::bigint"
    ),
};

/// Those of `$1` who have cases are looked at on `$2`.
macro_rules! note_people {
    ($people:literal, $today:literal, $at:literal) => {
        concat!(
            "insert into member_moves (member, due_on, noted_at)
            select k.member, ",
            $today,
            ", ",
            $at,
            " from (select value as member from ",
            $people,
            " p) k where ",
            has_cases!(),
            " on conflict (member, due_on) do nothing"
        )
    };
}

const NOTE_PEOPLE: Dialects = Dialects {
    sqlite: note_people!("json_each($1)", "$2", "$3"),
    postgres: note_people!("json_array_elements_text($1::json)", "$2::text", "$3::bigint"),
};

const DUE: &str = "
    select member, due_on from member_moves where due_on <= $1 order by due_on, member limit $2";

const DONE: &str = "delete from member_moves where member = $1 and due_on = $2";

/// A member to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Member who moved.
    pub member: MemberId,
    /// Since which day it is due.
    pub due_on: Date,
}

/// Notes whose coverage a file changed, of those of `cins` who have cases.
pub(crate) fn note(roster: RosterId, cins: &[String], today: Date, at: Timestamp) -> Statement {
    Statement::any(NOTE, vec![text(roster), text(today), instant(at), text(serde_json::json!(cins))])
}

/// Notes people whose coverage was settled, of those who have cases.
pub fn note_people(members: &[MemberId], today: Date, at: Timestamp) -> Statement {
    Statement::any(NOTE_PEOPLE, vec![list(members), text(today), instant(at)])
}

/// Members who are due on `today`, the longest due first: for the duty that looks at them.
pub async fn due(store: &Store, today: Date, limit: u32) -> Result<Vec<Move>, StoreError> {
    let rows = store.all::<(String, String)>(DUE, vec![text(today), int(i64::from(limit))]).await?;
    rows.into_iter()
        .map(|(member, due_on)| {
            let columns = Columns { table: "member_moves", id: &member };
            Ok(Move { member: columns.parse("member", &member)?, due_on: columns.parse("due_on", &due_on)? })
        })
        .collect()
}

/// The member was looked at; [`StoreError::Conflict`] if another node did it.
pub fn done(moved: &Move) -> Statement {
    Statement::one(Miss::Conflict, DONE, vec![text(moved.member), text(moved.due_on)])
}

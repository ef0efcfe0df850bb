//! Counts of looks for members in vain, and of refused tries to sign in, kept in the record: every node
//! counts the same.
//!
//! A miss is counted when it is told. A hit is kept only while tries are left at that moment, so that of many
//! looks at once no more come through than one after the other.

use domain::identifiers::MemberId;
use jiff::Timestamp;

use crate::members::sees_member;
use crate::row::{Columns, row};
use crate::scope::values;
use crate::unit::{instant, int, maybe_text, text};
use crate::{Dialects, Miss, Read, Scope, Statement, Store, StoreError, Value};

/// Counts one more, unless there are as many as may be; a count that is over begins anew.
const COUNT: &str = "
    insert into tries (subject, misses, since_at) values ($1, 1, $2)
    on conflict (subject) do update set
        misses = case when tries.since_at <= $3 then 1 else tries.misses + 1 end,
        since_at = case when tries.since_at <= $3 then excluded.since_at else tries.since_at end
    where tries.since_at <= $3 or tries.misses < $4";

const LEFT: &str = "
    select 1 as there_are where not exists (
        select 1 from tries where subject = $1 and since_at > $2 and misses >= $3)";

const USED_UP: &str = "select since_at from tries where subject = $1 and since_at > $2 and misses >= $3";

/// Of two looks for one number the second waits here for the first. SQLite has one writer: nobody to wait
/// for.
const ALONE: Dialects = Dialects {
    sqlite: "select 1 where $1 is not null",
    postgres: "select pg_advisory_xact_lock(hashtextextended($1, 0))",
};

/// Since when the tries of each count are used up, if they are, and whether the scope sees the member.
const STANDING: &str = concat!(
    "select
        (select count(*) from members m where m.id = $4 and ",
    sees_member!("$5"),
    ") as sees,
        (select t.since_at from tries t where t.subject = $6 and t.since_at > $7 and t.misses >= $8) as first_used,
        (select t.since_at from tries t where t.subject = $9 and t.since_at > $10 and t.misses >= $11) as second_used,
        (select t.since_at from tries t where t.subject = $12 and t.since_at > $13 and t.misses >= $14) as third_used,
        (select t.since_at from tries t where t.subject = $15 and t.since_at > $16 and t.misses >= $17) as fourth_used,
        (select t.since_at from tries t where t.subject = $18 and t.since_at > $19 and t.misses >= $20) as fifth_used"
);

/// Counts that one look asks about.
pub const ASKED: usize = 5;

/// One count, and how far it may go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Subject of the count, such as a key's misses.
    pub subject: String,
    /// Most misses that are allowed.
    pub misses: u32,
    /// Instant (UTC): counts that began then or before are over.
    pub over: Timestamp,
}

/// Sight of a member, and the counts that are used up, of somebody who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TryCounts {
    /// True if the scope sees the member already: then a look tells nothing.
    pub sees: bool,
    /// Since when the tries of each count are used up, in the order of the limits; `None` where some are
    /// left.
    pub used_up_since: [Option<Timestamp>; ASKED],
}

/// TryCounts of the scope: with a member, if there is one, and with its counts.
pub async fn counts(
    store: &Store,
    scope: &Scope,
    member: Option<MemberId>,
    limits: &[Limit; ASKED],
) -> Result<TryCounts, StoreError> {
    let row = store.read::<CountsRow>(reading_counts(scope, member, limits)).await?.into_iter().next();
    let columns = Columns { table: "tries", id: "standing" };
    let row = row.ok_or_else(|| columns.corrupt("it is not there"))?;
    Ok(TryCounts {
        sees: row.sees > 0,
        used_up_since: [
            columns.instant_some("since_at", row.first_used)?,
            columns.instant_some("since_at", row.second_used)?,
            columns.instant_some("since_at", row.third_used)?,
            columns.instant_some("since_at", row.fourth_used)?,
            columns.instant_some("since_at", row.fifth_used)?,
        ],
    })
}

/// The read of [`counts`].
pub fn reading_counts(scope: &Scope, member: Option<MemberId>, limits: &[Limit; ASKED]) -> Read {
    let of = |limit: &Limit| [text(&limit.subject), instant(limit.over), int(i64::from(limit.misses))];
    let seen = values(scope.people(), [maybe_text(member), scope.day()]);
    let all: Vec<Value> = seen.into_iter().chain(limits.iter().flat_map(of)).collect();
    Read::new(STANDING, all)
}

row! {
    struct CountsRow {
        sees: i64,
        first_used: Option<i64>,
        second_used: Option<i64>,
        third_used: Option<i64>,
        fourth_used: Option<i64>,
        fifth_used: Option<i64>,
    }
}

/// Since when the tries of a count are used up (UTC); `None` where some are left.
pub async fn used_up_since(store: &Store, limit: &Limit) -> Result<Option<Timestamp>, StoreError> {
    let values = vec![text(&limit.subject), instant(limit.over), int(i64::from(limit.misses))];
    let row = store.one::<(i64,)>(USED_UP, values).await?;
    let columns = Columns { table: "tries", id: "sign-in" };
    row.map(|(since,)| columns.instant("since_at", since)).transpose()
}

/// Looks with these counts wait for one another.
pub fn alone(limit: &Limit) -> Statement {
    Statement::any(ALONE, vec![text(&limit.subject)])
}

/// One look more was in vain; [`StoreError::Conflict`] if no tries are left.
pub fn count(limit: &Limit, at: Timestamp) -> Statement {
    let values = vec![text(&limit.subject), instant(at), instant(limit.over), int(i64::from(limit.misses))];
    Statement::one(Miss::Conflict, COUNT, values)
}

/// There are tries left; [`StoreError::Conflict`] if not.
pub fn left(limit: &Limit) -> Statement {
    let values = vec![text(&limit.subject), instant(limit.over), int(i64::from(limit.misses))];
    Statement::one(Miss::Conflict, LEFT, values)
}

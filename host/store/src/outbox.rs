//! Outbox: work that is still to be done outside of the unit that asked for it, at least once, each by the id
//! of its row.
//!
//! A worker claims a batch under a token that nobody else has, works outside any unit, and settles over the
//! token. One who was merely slow finds the token gone, and settles nothing. Only duties come here.
//!
//! A node's clock may have been ahead and be right again. So a job that nobody tried is due at once, whatever
//! its instant says, and an instant or a lease that lies further ahead than any of ours is taken for the
//! mistake that it is.

use jiff::{SignedDuration, Timestamp};

use crate::row::{Columns, read_all, row};
use crate::unit::{instant, int, text};
use crate::{Dialects, Miss, Statement, Store, StoreError, Unit};

/// The oldest due jobs, skipping every subject that has an earlier unfinished one: order is kept per subject.
macro_rules! claim {
    ($among:literal, $end:literal) => {
        concat!(
            "update outbox set state = 'leased', token = $1, lease_until = $2, attempts = attempts + 1
            where id ",
            $among,
            "
                select o.id from outbox o
                where o.state = 'ready' and (o.due_at <= $3 or o.attempts = 0 or o.due_at > $5) and not exists (
                    select 1 from outbox earlier where earlier.subject = o.subject
                        and earlier.state in ('ready', 'leased') and earlier.id < o.id)
                order by o.due_at, o.id limit $4",
            $end,
            " and state = 'ready'"
        )
    };
}

const CLAIM: Dialects = Dialects {
    sqlite: claim!("in (", ")"),
    postgres: claim!("= any(array(", " for update of o skip locked))"),
};

const CLAIMED: &str = "
    select id, due_at, kind, subject, body, attempts from outbox
    where token = $1 and state = 'leased' order by due_at, id";

const INSERT: &str = "
    insert into outbox (id, due_at, kind, subject, body, state, attempts) values ($1, $2, $3, $4, $5, 'ready', 0)";

const DONE: &str = "
    update outbox set state = 'done', lease_until = null where id = $1 and token = $2 and state = 'leased'";

const RETRY: &str = "
    update outbox set state = 'ready', due_at = $3, token = null, lease_until = null
    where id = $1 and token = $2 and state = 'leased'";

const DEAD: &str = "
    update outbox set state = 'dead', lease_until = null where id = $1 and token = $2 and state = 'leased'";

const FREE_EXPIRED: &str = "
    update outbox set state = 'ready', token = null, lease_until = null
    where state = 'leased' and (lease_until < $1 or lease_until > $2)";

const DEAD_JOBS: &str = "select count(*) from outbox where state = 'dead'";

const OLDEST_DUE: &str = "select min(due_at) from outbox where state = 'ready'";

/// The longest that a job waits for its next try.
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(10);
/// The longest that a job is held.
pub const LONGEST_LEASE: SignedDuration = SignedDuration::from_secs(30);

/// Something to do. Has no `Debug`: its body may be about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Job {
    /// The id, growing with time; receivers know it, to do nothing twice.
    pub id: String,
    /// Instant from which it is due (UTC): of the request, then of the next try. Jobs go in this order.
    pub due_at: Timestamp,
    /// Kind of the job.
    pub kind: String,
    /// Thing that it is about; jobs with the same subject are done in the order of their ids.
    pub subject: String,
    /// Arguments of the job, as JSON.
    pub body: String,
}

/// A job that a worker holds.
#[derive(Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The job itself.
    pub job: Job,
    /// Number of this try, from 1.
    pub attempts: u32,
}

/// Takes up to `limit` due jobs under `token`, which must be new, until `lease_until`, at most
/// [`LONGEST_LEASE`] from `now`.
pub async fn claim(
    store: &Store,
    token: &str,
    now: Timestamp,
    lease_until: Timestamp,
    limit: u32,
) -> Result<Vec<Claimed>, StoreError> {
    let mistaken = instant(now + LONGEST_WAIT);
    let values = vec![text(token), instant(lease_until), instant(now), int(i64::from(limit)), mistaken];
    store.commit(Unit::of([Statement::any(CLAIM, values)])).await?;
    read_all(store.all::<Row>(CLAIMED, vec![text(token)]).await?)
}

/// Number of jobs that were tried as often as they are, and wait for a person.
pub async fn dead_jobs(store: &Store) -> Result<i64, StoreError> {
    Ok(store.one::<(i64,)>(DEAD_JOBS, Vec::new()).await?.map_or(0, |(count,)| count))
}

/// Since when the oldest job waits that nobody has taken.
pub async fn oldest_due(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    let due = store.one::<(Option<i64>,)>(OLDEST_DUE, Vec::new()).await?.and_then(|(due,)| due);
    Columns { table: "outbox", id: "oldest" }.instant_some("due_at", due)
}

/// Statement that adds a job.
pub fn insert(job: &Job) -> Statement {
    Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![text(&job.id), instant(job.due_at), text(&job.kind), text(&job.subject), text(&job.body)],
    )
}

/// The job is done; [`StoreError::Conflict`] if it is no longer held under `token`.
pub fn done(id: &str, token: &str) -> Statement {
    Statement::one(Miss::Conflict, DONE, vec![text(id), text(token)])
}

/// The job is to be tried again from `due_at`, at most [`LONGEST_WAIT`] from now; [`StoreError::Conflict`] if
/// it is no longer held under `token`.
pub fn retry(id: &str, token: &str, due_at: Timestamp) -> Statement {
    Statement::one(Miss::Conflict, RETRY, vec![text(id), text(token), instant(due_at)])
}

/// The job is given up and waits for a person; [`StoreError::Conflict`] if it is no longer held under
/// `token`.
pub fn dead(id: &str, token: &str) -> Statement {
    Statement::one(Miss::Conflict, DEAD, vec![text(id), text(token)])
}

/// Frees jobs whose lease has run out, for another worker: theirs is gone, or too slow.
pub fn free_expired(now: Timestamp) -> Statement {
    Statement::any(FREE_EXPIRED, vec![instant(now), instant(now + LONGEST_LEASE)])
}

row! {
    struct Row {
        id: String,
        due_at: i64,
        kind: String,
        subject: String,
        body: String,
        attempts: i64,
    }
}

impl TryFrom<Row> for Claimed {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "outbox", id: &row.id };
        Ok(Self {
            attempts: columns.number("attempts", row.attempts)?,
            job: Job {
                due_at: columns.instant("due_at", row.due_at)?,
                id: row.id,
                kind: row.kind,
                subject: row.subject,
                body: row.body,
            },
        })
    }
}

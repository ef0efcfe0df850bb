//! Forgetting what is older than its rule keeps it. Only duties come here.
//!
//! Each statement takes some rows, oldest first, so that nobody waits for it: whoever calls goes on until nothing is old.

use domain::retention::Record;
use jiff::Timestamp;

use crate::unit::{instant, int};
use crate::{Dialects, Statement, Store, StoreError};

/// Rows that go at a time.
const AT_ONCE: i64 = 2_000;

const OLD_ANSWERS: &str = "select count(*) from (select 1 from idempotency where at < $1 limit $2) old";
const FORGET_ANSWERS: Dialects = Dialects {
    sqlite: "delete from idempotency where rowid in (
        select rowid from idempotency where at < $1 order by at limit $2)",
    postgres: "delete from idempotency where ctid = any(array(
        select ctid from idempotency where at < $1 order by at limit $2))",
};

const OLD_JOBS: &str =
    "select count(*) from (select 1 from outbox where state = 'done' and due_at < $1 limit $2) old";
const FORGET_JOBS: &str = "
    delete from outbox where id in (
        select id from outbox where state = 'done' and due_at < $1 order by due_at, id limit $2)";

const OLD_NOTICES: &str = "select count(*) from (select 1 from notices where at < $1 limit $2) old";
const FORGET_NOTICES: &str = "
    delete from notices where id in (select id from notices where at < $1 order by at, id limit $2)";

/// Entries that are old and that no event refers to: who changed what is kept for as long as what was changed.
macro_rules! old_entries {
    () => {
        "select a.id from audit a where a.at < $1
            and not exists (select 1 from events e where e.audit_id = a.id)
            and not exists (select 1 from release_events e where e.audit_id = a.id)
            and not exists (select 1 from contract_events e where e.audit_id = a.id)
        order by a.at, a.id limit $2"
    };
}

const OLD_ENTRIES: &str = concat!("select count(*) from (", old_entries!(), ") old");
const FORGET_CONCERNS: &str = concat!("delete from audit_plans where audit_id in (", old_entries!(), ")");
const FORGET_ENTRIES: &str = concat!("delete from audit where id in (", old_entries!(), ")");

/// How many records from before `at` would go next; as many as go at a time, if there are more.
pub async fn old(store: &Store, record: Record, at: Timestamp) -> Result<u64, StoreError> {
    let sql = match record {
        Record::Answer => OLD_ANSWERS,
        Record::Job => OLD_JOBS,
        Record::Notice => OLD_NOTICES,
        Record::Audit => OLD_ENTRIES,
    };
    let count = store.one::<(i64,)>(sql, vec![instant(at), int(AT_ONCE)]).await?.map_or(0, |(count,)| count);
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Forgets some records from before `at`, oldest first.
pub fn forget(record: Record, at: Timestamp) -> Vec<Statement> {
    let statements: &[Dialects] = match record {
        Record::Answer => &[FORGET_ANSWERS],
        Record::Job => &[Dialects { sqlite: FORGET_JOBS, postgres: FORGET_JOBS }],
        Record::Notice => &[Dialects { sqlite: FORGET_NOTICES, postgres: FORGET_NOTICES }],
        Record::Audit => &[
            Dialects { sqlite: FORGET_CONCERNS, postgres: FORGET_CONCERNS },
            Dialects { sqlite: FORGET_ENTRIES, postgres: FORGET_ENTRIES },
        ],
    };
    statements.iter().map(|sql| Statement::any(*sql, vec![instant(at), int(AT_ONCE)])).collect()
}

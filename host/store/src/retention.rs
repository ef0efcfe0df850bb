//! Forgetting what is older than its rule keeps it. Only duties come here.
//!
//! Each statement takes some rows, oldest first, so that nobody waits for it: whoever calls goes on until
//! nothing is old.

use domain::retention::Record;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::unit::{instant, int, text};
use crate::{Dialects, Statement, Store, StoreError, Value};

/// Rows that go at a time.
const AT_ONCE: i64 = 2_000;

const OLD_ANSWERS: &str = "select count(*) from (select 1 from idempotency where at < $1 limit $2) old";
const FORGET_ANSWERS: Dialects = Dialects {
    sqlite: "delete from idempotency where rowid in (
        select rowid from idempotency where at < $1 order by at limit $2)",
    postgres: "delete from idempotency where ctid = any(array(
        select ctid from idempotency where at < $1 order by at limit $2))",
};

/// Statements that delete the rows whose key is one of these. PostgreSQL first finds them, and then looks
/// each up.
macro_rules! forget {
    ($table:literal, $key:literal, $rows:expr) => {
        Dialects {
            sqlite: concat!("delete from ", $table, " where ", $key, " in (", $rows, ")"),
            postgres: concat!("delete from ", $table, " where ", $key, " = any(array(", $rows, "))"),
        }
    };
}

const OLD_JOBS: &str =
    "select count(*) from (select 1 from outbox where state = 'done' and due_at < $1 limit $2) old";
const FORGET_JOBS: Dialects = forget!(
    "outbox",
    "id",
    "select id from outbox where state = 'done' and due_at < $1 order by due_at, id limit $2"
);

const OLD_NOTICES: &str = "select count(*) from (select 1 from notices where at < $1 limit $2) old";
const FORGET_NOTICES: Dialects =
    forget!("notices", "id", "select id from notices where at < $1 order by at, id limit $2");

/// Entries that are old and that no event refers to: who changed what is kept for as long as what was
/// changed.
macro_rules! old_entries {
    () => {
        "select a.id from audit a where a.at < $1
            and (select 1 from events e where e.audit_id = a.id limit 1) is null
            and (select 1 from release_events e where e.audit_id = a.id limit 1) is null
            and (select 1 from contract_events e where e.audit_id = a.id limit 1) is null
            and (select 1 from identity_events e where e.audit_id = a.id limit 1) is null
        order by a.at, a.id limit $2"
    };
}

const OLD_ENTRIES: &str = concat!("select count(*) from (", old_entries!(), ") old");
const FORGET_CONCERNS: Dialects = forget!("audit_plans", "audit_id", old_entries!());
const FORGET_ENTRIES: Dialects = forget!("audit", "id", old_entries!());

/// Steps and notes that are old, but for those of a case that still waits for the plan's people.
macro_rules! old_steps {
    () => {
        "select s.id from work_steps s where s.at < $1
            and (select 1 from worklist w where w.case_id = s.case_id and w.plan = s.plan) is null
        order by s.at, s.id limit $2"
    };
}

const OLD_STEPS: &str = concat!("select count(*) from (", old_steps!(), ") old");
const FORGET_STEPS: Dialects = forget!("work_steps", "id", old_steps!());

const OLD_TRIES: &str = "select count(*) from (select 1 from tries where since_at < $1 limit $2) old";
const FORGET_TRIES: Dialects = forget!(
    "tries",
    "subject",
    "select subject from tries where since_at < $1 order by since_at, subject limit $2"
);

/// Whom a provider alone told of, before `$1`: nobody sees the person by now, on the Pacific day `$3`, and
/// nothing hangs on it.
macro_rules! forgotten_people {
    () => {
        "select m.id from members m where m.standing = 'provisional' and m.created_at < $1
            and not exists (select 1 from grants g where g.member = m.id and (g.until is null or g.until >= $3))
            and not exists (select 1 from coverages v where v.member = m.id)
            and not exists (select 1 from cases c where c.member = m.id)
            and not exists (select 1 from documents d where d.member = m.id)
            and not exists (select 1 from notices n where n.member = m.id)
            and not exists (select 1 from identity_conflicts i where i.member = m.id or i.apart = m.id)
            and not exists (select 1 from identity_events e where e.member = m.id or e.other = m.id)
        order by m.created_at, m.id limit $2"
    };
}

const OLD_PEOPLE: &str = concat!("select count(*) from (", forgotten_people!(), ") old");
const FORGET_SIGHT: Dialects = forget!("grants", "member", forgotten_people!());
const FORGET_SAID: Dialects = forget!("member_values", "member", forgotten_people!());
const FORGET_PEOPLE: Dialects = forget!("members", "id", forgotten_people!());

/// Number of records from before `at` that would go next, on the Pacific day `today`; at most a batch.
pub async fn old(store: &Store, record: Record, at: Timestamp, today: Date) -> Result<u64, StoreError> {
    let sql = match record {
        Record::Answer => OLD_ANSWERS,
        Record::Job => OLD_JOBS,
        Record::Notice => OLD_NOTICES,
        Record::Audit => OLD_ENTRIES,
        Record::WorkStep => OLD_STEPS,
        Record::Try => OLD_TRIES,
        Record::ProvisionalPerson => OLD_PEOPLE,
    };
    let count = store.one::<(i64,)>(sql, bounds(record, at, today)).await?.map_or(0, |(count,)| count);
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Forgets some records from before `at`, oldest first, on the Pacific day `today`.
pub fn forget(record: Record, at: Timestamp, today: Date) -> Vec<Statement> {
    let statements: &[Dialects] = match record {
        Record::Answer => &[FORGET_ANSWERS],
        Record::Job => &[FORGET_JOBS],
        Record::Notice => &[FORGET_NOTICES],
        Record::Audit => &[FORGET_CONCERNS, FORGET_ENTRIES],
        Record::WorkStep => &[FORGET_STEPS],
        Record::Try => &[FORGET_TRIES],
        // What is deleted last says which they are: it must be there until then.
        Record::ProvisionalPerson => &[FORGET_SAID, FORGET_SIGHT, FORGET_PEOPLE],
    };
    statements.iter().map(|sql| Statement::any(*sql, bounds(record, at, today))).collect()
}

/// The values of a record's statements.
fn bounds(record: Record, at: Timestamp, today: Date) -> Vec<Value> {
    let mut values = vec![instant(at), int(AT_ONCE)];
    if record == Record::ProvisionalPerson {
        values.push(text(today));
    }
    values
}

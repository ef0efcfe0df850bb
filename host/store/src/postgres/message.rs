//! Statements of a unit that travel together: each message is a round trip, and a unit has some twenty
//! statements.
//!
//! What stands side by side in a unit and cannot see the other becomes one statement. Two kinds do: *checks*,
//! queries that only count what they find, and *rows*, inserts of values that read nothing. In one statement
//! all of it sees the record as it was when the statement began, so whatever waits comes last in its message:
//! what follows is to see what was so when the wait was over. Those who wait do so in the order of the unit,
//! so that two of a kind cannot wait for each other. A case's events close a message of rows: they count the
//! case's earlier events, and no row is one. Everything else travels alone, and the order of messages is the
//! order of the unit.

use std::fmt::Write;

use super::{Statement, StoreError};
use crate::{Expect, events};

/// Most statements of one message.
const MOST: usize = 32;

/// Kind of a statement: it says which others it may be sent with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It counts what it finds.
    Check,
    /// The same, and it waits for others to be done.
    Lock,
    /// A row of values.
    Row,
    /// A row of values, unless there is one with its key: for that it waits.
    Once,
    /// Events of a case: rows of values that read the case's earlier ones.
    Events,
    /// It reads what earlier ones wrote, or must come before what follows.
    Alone,
}

/// Statements that are sent as one, in their order.
pub(super) struct Message<'u> {
    statements: &'u [Statement],
}

/// The messages of a unit, in their order.
pub(super) fn messages(mut rest: &[Statement]) -> Vec<Message<'_>> {
    let mut messages = Vec::new();
    while let Some(first) = rest.first() {
        let kind = kind(first.sql.postgres);
        let together = together(kind, rest);
        let (statements, others) = rest.split_at(together);
        messages.push(Message { statements });
        rest = others;
    }
    messages
}

/// Number of statements, from the first on (which is of this kind), that make one message.
fn together(first: Kind, statements: &[Statement]) -> usize {
    if matches!(first, Kind::Alone | Kind::Events) {
        return 1;
    }
    let (mut count, mut last) = (1, first);
    for statement in statements.iter().take(MOST).skip(1) {
        let next = kind(statement.sql.postgres);
        match (last, next) {
            (Kind::Check, Kind::Check) | (Kind::Check | Kind::Lock | Kind::Once, Kind::Lock) => {}
            (Kind::Row, Kind::Row) if statements[..count].iter().all(|one| go_together(one, statement)) => {}
            (Kind::Row, Kind::Events) if statements[..count].iter().all(|one| !is_read_by_events(one)) => {}
            _ => break,
        }
        (count, last) = (count + 1, next);
    }
    count
}

fn is_read_by_events(statement: &Statement) -> bool {
    ["events", "organizations"].contains(&table(statement.sql.postgres))
}

/// Rows of one table go together if neither may find the other there, and a taken key means the same for
/// both.
fn go_together(one: &Statement, other: &Statement) -> bool {
    let (sql, others) = (one.sql.postgres, other.sql.postgres);
    table(sql) != table(others)
        || (one.expect == other.expect && !sql.contains("on conflict") && !others.contains("on conflict"))
}

fn kind(sql: &str) -> Kind {
    let sql = sql.trim_start();
    if sql.starts_with("select") {
        let waits = ["for share", "for update", "pg_advisory"].iter().any(|words| sql.contains(words));
        return if waits { Kind::Lock } else { Kind::Check };
    }
    if sql.starts_with(events::ROWS) {
        return Kind::Events;
    }
    // A row that may be refused by its own condition is a fence: whatever follows is only to be tried behind
    // it.
    let reads = ["select", "returning", " where "].iter().any(|words| sql.contains(words));
    let is_row = sql.starts_with("insert into") && sql.contains("values (") && !reads;
    match sql.contains("do nothing") {
        true if is_row => Kind::Once,
        false if is_row => Kind::Row,
        _ => Kind::Alone,
    }
}

/// The table that a statement puts rows into.
pub(crate) fn table(sql: &str) -> &str {
    let named = sql.split_once("insert into").map_or("", |(_, named)| named.trim_start());
    named.split([' ', '(', '\n']).next().unwrap_or_default()
}

/// Statements that only ask what must hold, so that they are few messages: whoever waits comes first and
/// waits once, then come those that count what they find, then all others.
pub(crate) fn in_order(statements: impl IntoIterator<Item = Statement>) -> Vec<Statement> {
    let (mut locks, mut checks, mut others): (Vec<Statement>, Vec<_>, Vec<_>) = Default::default();
    for statement in statements {
        match kind(statement.sql.postgres) {
            Kind::Lock if locks.contains(&statement) => {}
            Kind::Lock => locks.push(statement),
            Kind::Check => checks.push(statement),
            Kind::Row | Kind::Once | Kind::Events | Kind::Alone => others.push(statement),
        }
    }
    locks.into_iter().chain(checks).chain(others).collect()
}

impl<'u> Message<'u> {
    /// Its statements.
    pub(super) fn statements(&self) -> &'u [Statement] {
        self.statements
    }

    /// Its text, if it is of several: a query of one row, with how many rows each of them touched, in their
    /// order. The values are those of all of them, one after the other.
    pub(super) fn text(&self) -> Option<String> {
        if self.statements.len() == 1 {
            return None;
        }
        let mut text = String::new();
        let mut counts = String::new();
        let mut before = 0;
        for (place, statement) in self.statements.iter().enumerate() {
            let own = renumbered(statement.sql.postgres, before);
            before += statement.values.len();
            let comma = if place == 0 { "" } else { ", " };
            match kind(statement.sql.postgres) {
                Kind::Row | Kind::Once | Kind::Events => {
                    let with = if place == 0 { "with " } else { ", " };
                    let _ = write!(text, "{with}s{place} as ({own} returning 1)");
                    let _ = write!(counts, "{comma}(select count(*) from s{place})");
                }
                Kind::Check | Kind::Lock | Kind::Alone => {
                    let _ = write!(counts, "{comma}(select count(*) from ({own}) s{place})");
                }
            }
        }
        let _ = write!(text, " select {counts}");
        Some(text)
    }

    /// Error for a taken unique key of this table.
    pub(super) fn taken(&self, of: Option<&str>) -> StoreError {
        taken(self.statements, of)
    }
}

/// Error for a unique key of this table that one of these statements met.
pub(super) fn taken(statements: &[Statement], of: Option<&str>) -> StoreError {
    let named = |statement: &&Statement| of == Some(table(statement.sql.postgres));
    let statement = statements.iter().find(named).or_else(|| statements.first());
    statement.map_or(Expect::Any, |statement| statement.expect).taken()
}

/// The same text with its parameters numbered from `before` on. What stands in quotes stays.
pub(crate) fn renumbered(sql: &str, before: usize) -> String {
    if before == 0 {
        return sql.to_owned();
    }
    with_parameters(sql, |number| Some(format!("${}", number + before)))
}

/// The same text with something else for each parameter that `of` knows. What stands in quotes stays.
pub(super) fn with_parameters(sql: &str, of: impl Fn(usize) -> Option<String>) -> String {
    let mut text = String::with_capacity(sql.len() + 32);
    let mut rest = sql;
    let mut quoted = false;
    while let Some(at) = rest.find(['$', '\'']) {
        text.push_str(&rest[..at]);
        let mark = rest.as_bytes()[at];
        rest = &rest[at + 1..];
        if mark == b'\'' {
            quoted = !quoted;
            text.push('\'');
            continue;
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, others) = rest.split_at(digits);
        match number.parse().ok().filter(|_| !quoted).and_then(&of) {
            Some(other) => text.push_str(&other),
            None => {
                let _ = write!(text, "${number}");
            }
        }
        rest = others;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::{in_order, messages, renumbered};
    use crate::unit::{int, text};
    use crate::{Expect, Miss, Statement};

    const CASE: &str = "insert into cases (id) values ($1)";
    const AUDIT: &str = "\n    insert into audit (id, at) values ($1, $2)";
    const GRANT: &str = "insert into grants (id) values ($1) on conflict (id) do update set id = excluded.id";
    const FENCE: &str = "insert into fences (subject, revision) values ($1, $2)
        on conflict (subject) do update set revision = excluded.revision where fences.revision = $3";
    const ONCE: &str = "insert into idempotency (key) values ($1) on conflict (key) do nothing";
    const EVENT: &str = "insert into events (id, seq) select $1, (select max(seq) from events)";
    const VERSION: &str = "select 1 from contracts where id = $1";
    const MEMBER: &str = "select id from members where id = $1 for share";
    const CLOSE: &str = "with e (id, case_id) as (values ($1, $2)) insert into events select * from e";
    const FREE: &str = "select pg_advisory_xact_lock($1)";
    const UPDATE: &str = "update cases set state = 'a' where id = $1";

    fn one(sql: &'static str) -> Statement {
        let values = (0..sql.matches('$').count()).map(|_| text("a")).collect();
        Statement { sql: sql.into(), values, expect: Expect::Any }
    }

    #[test]
    fn what_cannot_see_the_other_travels_together() {
        // Each row: a unit, and how many statements each of its messages has.
        for (unit, sizes) in [
            (vec![], vec![]),
            (vec![ONCE, CASE], vec![1, 1]),
            (vec![CASE, ONCE], vec![1, 1]),
            (vec![CASE, AUDIT, GRANT], vec![3]),
            (vec![FENCE, CASE, AUDIT], vec![1, 2]),
            (vec![GRANT, AUDIT, GRANT], vec![2, 1]),
            (vec![CASE, CASE], vec![2]),
            (vec![VERSION, VERSION, MEMBER, VERSION], vec![3, 1]),
            (vec![MEMBER, VERSION], vec![1, 1]),
            (vec![ONCE, MEMBER, FREE, VERSION], vec![3, 1]),
            (vec![ONCE, VERSION], vec![1, 1]),
            (vec![CASE, AUDIT, CLOSE, AUDIT], vec![3, 1]),
            (vec![CLOSE, CLOSE], vec![1, 1]),
            (vec![CASE, EVENT, EVENT, AUDIT], vec![1, 1, 1, 1]),
            (vec![CASE, UPDATE, VERSION], vec![1, 1, 1]),
        ] {
            let statements: Vec<Statement> = unit.iter().map(|sql| one(sql)).collect();
            let found: Vec<usize> =
                messages(&statements).iter().map(|message| message.statements().len()).collect();
            assert_eq!(found, sizes, "{unit:?}");
        }
    }

    #[test]
    fn rows_of_one_table_with_other_meanings_travel_apart() {
        let taken = Statement { expect: Expect::One(Miss::Duplicate), ..one(CASE) };
        let statements = [one(CASE), taken, one(AUDIT)];
        let found: Vec<usize> = messages(&statements).iter().map(|m| m.statements().len()).collect();
        assert_eq!(found, [1, 2]);
        assert_eq!(messages(&statements)[1].taken(Some("cases")), crate::StoreError::Duplicate);
    }

    #[test]
    fn texts_become_one() {
        let checks = [one(VERSION), one(MEMBER)];
        assert_eq!(
            messages(&checks)[0].text().as_deref(),
            Some(
                " select (select count(*) from (select 1 from contracts where id = $1) s0), \
                 (select count(*) from (select id from members where id = $2 for share) s1)"
            )
        );
        let rows = [Statement { values: vec![int(1)], ..one(CASE) }, one(AUDIT)];
        assert_eq!(
            messages(&rows)[0].text().as_deref(),
            Some(
                "with s0 as (insert into cases (id) values ($1) returning 1), \
                 s1 as (\n    insert into audit (id, at) values ($2, $3) returning 1) \
                 select (select count(*) from s0), (select count(*) from s1)"
            )
        );
    }

    #[test]
    fn whoever_waits_comes_first_and_once() {
        let asked = [VERSION, MEMBER, FENCE, FREE, MEMBER, VERSION].map(one);
        let found: Vec<&str> = in_order(asked).iter().map(|statement| statement.sql.postgres).collect();
        assert_eq!(found, [MEMBER, FREE, VERSION, VERSION, FENCE]);
    }

    #[test]
    fn parameters_are_numbered_on() {
        for (sql, expected) in [
            ("a = $1 and b = $12", "a = $4 and b = $15"),
            ("like '%$1' || $1", "like '%$1' || $4"),
            ("cost in '$' and $2", "cost in '$' and $5"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(renumbered(sql, 3), expected);
        }
    }
}

//! A unit as one message: a routine of the session does its statements.
//!
//! A unit has some twenty statements, and each is a round trip. Units of one command are of few shapes: the
//! same statements, with other values. A shape that has come before becomes a routine in PL/pgSQL, whose
//! body is those statements in their order, each with its expectation behind it. Each statement begins when
//! the one before it has ended, and sees what was so then, just as if it had been sent alone; a wait is over
//! before what follows looks. An expectation that is missed ends the routine, and with it the unit, and says
//! which statement it was.
//!
//! A routine is temporary (`pg_temp`): a connection makes it when it first meets the shape, and takes it
//! along when it ends. A role that may not make one does without.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::postgres::{PgConnection, PgDatabaseError};
use sqlx::{AssertSqlSafe, Error};

use super::message::table;
use crate::unit::{Expect, Statement, Unit, Value};

/// A shape becomes a routine when it has come so often: to make one costs some round trips.
const OFTEN: u32 = 3;
/// Most shapes that are told apart; units of others are sent statement by statement.
const SHAPES: usize = 128;
/// Most statements of a routine.
const MOST: usize = 64;
/// SQLSTATE with which a routine says that an expectation was missed. The class is nobody's.
const MISSED: &str = "CW001";
/// SQLSTATE of a routine that this connection has not made, and of one that has made none at all.
const NOT_MADE: [&str; 2] = ["42883", "3F000"];
/// SQLSTATEs of a role or a server that makes no routines: no right to it, no PL/pgSQL, no place for it.
const NEVER: [&str; 3] = ["42501", "42704", "0A000"];
/// Types that a routine takes, as the server writes them too.
const ARRAYS: &str = "bigint[],text[],bytea[]";
/// Mark around a body, which no statement holds.
const MARK: &str = "$unit$";

/// The routines of all shapes that have come.
#[derive(Default)]
pub(super) struct Routines {
    known: Mutex<Known>,
    /// The role may make none.
    is_off: AtomicBool,
}

#[derive(Default)]
struct Known {
    shapes: HashMap<Vec<Part>, Shape>,
    /// Number of routines, which is part of the next one's name.
    routines: usize,
}

#[derive(Default)]
struct Shape {
    seen: u32,
    routine: Option<Arc<Routine>>,
}

/// A statement without its values.
#[derive(PartialEq, Eq, Hash)]
struct Part {
    /// Address and length of the text, which is there once and for all.
    text: (usize, usize),
    expect: Expect,
    kinds: Vec<Kind>,
}

/// Type of a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Int,
    Text,
    Bytes,
}

/// A unit's statements as one text.
pub(super) struct Routine {
    /// Text that makes it.
    definition: String,
    /// Text that calls it with three arrays: numbers, texts and bytes, each in the order of the unit.
    call: String,
    /// Line of the body on which each statement begins.
    lines: Vec<usize>,
}

/// Ending of a call that did not do the unit.
pub(super) enum Missed {
    /// The connection has not made the routine yet.
    NotMade,
    /// The statement at this place touched so many rows, which is not what is expected.
    Rows(usize, u64),
    /// The statement at this place met a unique key that is taken.
    Taken(usize),
    /// Any other failure.
    Database(Error),
}

/// Failure to make a routine.
pub(super) enum NotMade {
    /// Another try would not change it.
    Never(Error),
    /// It is the moment's, as for any statement.
    Now(Error),
}

impl Routines {
    /// The routine for a unit, if it has one: its shape has come before, and it is of statements with single
    /// values.
    pub(super) fn of(&self, unit: &Unit) -> Option<Arc<Routine>> {
        let statements = &unit.statements;
        if self.is_off.load(Ordering::Relaxed) || !(2..=MOST).contains(&statements.len()) {
            return None;
        }
        let parts: Vec<Part> = statements.iter().map(Part::of).collect::<Option<_>>()?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let Known { shapes, routines } = &mut *known;
        if shapes.len() >= SHAPES && !shapes.contains_key(&parts) {
            return None;
        }
        let shape = shapes.entry(parts).or_default();
        shape.seen = shape.seen.saturating_add(1);
        if shape.routine.is_none() && shape.seen > OFTEN {
            shape.routine = Some(Arc::new(Routine::of(*routines, statements)));
            *routines += 1;
        }
        shape.routine.clone()
    }

    /// No routine is made or called any more.
    pub(super) fn turn_off(&self, error: &Error) {
        if !self.is_off.swap(true, Ordering::Relaxed) {
            let code = error.as_database_error().and_then(|cause| cause.code());
            let code = code.as_deref().unwrap_or("none");
            tracing::warn!(
                code,
                fix = "grant temporary on database to the service's role",
                "no routine can be made: each unit takes some round trips more"
            );
        }
    }
}

impl Part {
    /// The statement without its values; `None` for one that no routine can do.
    fn of(statement: &Statement) -> Option<Self> {
        let text = statement.sql.postgres;
        let word = text.split_whitespace().next().unwrap_or_default();
        let is_known = ["select", "insert", "update", "delete"].contains(&word)
            || word == "with" && !table(text).is_empty();
        if !is_known || text.contains("returning") || text.contains("--") || text.contains(MARK) {
            return None;
        }
        let kinds = statement.values.iter().map(|value| match value {
            Value::Int(_) => Some(Kind::Int),
            Value::Text(_) => Some(Kind::Text),
            Value::Bytes(_) => Some(Kind::Bytes),
            Value::Column(_) => None,
        });
        Some(Self {
            text: (text.as_ptr().addr(), text.len()),
            expect: statement.expect,
            kinds: kinds.collect::<Option<_>>()?,
        })
    }
}

impl Routine {
    fn of(number: usize, statements: &[Statement]) -> Self {
        // The first line is the block's.
        let mut body = "declare touched_rows bigint; begin\n".to_owned();
        let (mut lines, mut before) = (Vec::with_capacity(statements.len()), [0; 3]);
        for (place, statement) in statements.iter().enumerate() {
            lines.push(place + 2);
            let text = with_elements(statement, &mut before).replace('\n', " ");
            let text = text.trim();
            let _ = match text.strip_prefix("select") {
                Some(_) => write!(body, "perform 1 from ({text}) s;"),
                None => write!(body, "{text};"),
            };
            if let Expect::One(_) | Expect::All(..) = statement.expect {
                let rows = if let Expect::All(rows, _) = statement.expect { rows } else { 1 };
                let _ = write!(
                    body,
                    " get diagnostics touched_rows = row_count; if touched_rows <> {rows} then raise sqlstate \
                     '{MISSED}' using message = '{place} ' || touched_rows; end if;"
                );
            }
            body.push('\n');
        }
        body.push_str("end");
        let name = format!("pg_temp.unit_{number}");
        let definition =
            format!("create function {name}({ARRAYS}) returns void language plpgsql as {MARK}{body}{MARK}");
        Self { definition, call: format!("select {name}($1, $2, $3)"), lines }
    }

    /// Calls it in the connection's transaction.
    pub(super) async fn call(&self, connection: &mut PgConnection, unit: &Unit) -> Result<(), Missed> {
        let (mut numbers, mut texts, mut all_bytes) = (Vec::new(), Vec::new(), Vec::new());
        for value in unit.statements.iter().flat_map(|statement| &statement.values) {
            match value {
                Value::Int(number) => numbers.push(*number),
                Value::Text(text) => texts.push(text.as_deref()),
                Value::Bytes(bytes) => all_bytes.push(bytes.as_deref()),
                // No shape of a routine has one.
                Value::Column(_) => {}
            }
        }
        let query = sqlx::query(AssertSqlSafe(&*self.call)).bind(numbers).bind(texts).bind(all_bytes);
        query.execute(connection).await.map(|_| ()).map_err(|error| self.missed(error))
    }

    /// Makes it for the connection, whose transaction has failed and is begun anew.
    pub(super) async fn make(&self, connection: &mut PgConnection) -> Result<(), NotMade> {
        let text = format!("rollback; begin; {}; commit; begin", self.definition);
        let made = sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await;
        made.map(|_| ()).map_err(|error| {
            let code = error.as_database_error().and_then(|cause| cause.code());
            let never = code.is_some_and(|code| NEVER.contains(&&*code));
            if never { NotMade::Never(error) } else { NotMade::Now(error) }
        })
    }

    fn missed(&self, error: Error) -> Missed {
        let Error::Database(cause) = &error else { return Missed::Database(error) };
        let found = match cause.code().as_deref() {
            Some(code) if NOT_MADE.contains(&code) => Some(Missed::NotMade),
            Some(MISSED) => {
                let said = cause.message().split_once(' ');
                said.and_then(|(place, rows)| Some(Missed::Rows(place.parse().ok()?, rows.parse().ok()?)))
            }
            Some("23505") => {
                let context = cause.try_downcast_ref::<PgDatabaseError>().and_then(PgDatabaseError::r#where);
                context.and_then(|context| self.place(context)).map(Missed::Taken)
            }
            _ => None,
        };
        found.unwrap_or(Missed::Database(error))
    }

    /// Place of the statement that an error's context names by its line.
    fn place(&self, context: &str) -> Option<usize> {
        let line = line(context)?;
        self.lines.iter().position(|begins| *begins == line)
    }
}

/// Line of the routine that an error's context names, in whichever language the server speaks: the number
/// behind what the routine takes.
fn line(context: &str) -> Option<usize> {
    let (_, behind) = context.rsplit_once(ARRAYS)?;
    let number = behind.split(|letter: char| !letter.is_ascii_digit()).find(|digits| !digits.is_empty())?;
    number.parse().ok()
}

/// The text of a statement with an element of an array for each parameter. What stands in quotes stays.
fn with_elements(statement: &Statement, before: &mut [usize; 3]) -> String {
    let elements: Vec<String> = statement
        .values
        .iter()
        .map(|value| {
            let array = match value {
                Value::Int(_) => 0,
                Value::Text(_) | Value::Column(_) => 1,
                Value::Bytes(_) => 2,
            };
            before[array] += 1;
            format!("(${})[{}]", array + 1, before[array])
        })
        .collect();
    super::message::with_parameters(statement.sql.postgres, |number| {
        number.checked_sub(1).and_then(|place| elements.get(place)).cloned()
    })
}

#[cfg(test)]
mod tests {
    use super::{Routine, line};
    use crate::unit::{int, text};
    use crate::{Expect, Miss, Statement};

    #[test]
    fn a_line_is_read_in_every_language() {
        for (context, expected) in [
            ("PL/pgSQL function pg_temp_3.unit_12(bigint[],text[],bytea[]) line 7 at SQL statement", Some(7)),
            (
                "SQL statement \"insert into a values (($2)[4])\"\n\
                 PL/pgSQL function pg_temp_3.unit_12(bigint[],text[],bytea[]) line 21 at SQL statement",
                Some(21),
            ),
            ("PL/pgSQL-Funktion unit_12(bigint[],text[],bytea[]) Zeile 7 bei SQL-Anweisung", Some(7)),
            ("función PL/pgSQL unit_12(bigint[],text[],bytea[]) en la línea 7 en sentencia SQL", Some(7)),
            ("COPY cases, line 3", None),
            ("", None),
        ] {
            assert_eq!(line(context), expected, "{context}");
        }
    }

    #[test]
    fn statements_become_a_body() {
        let found = Statement {
            sql: "select 1 from members where id = $1 and at > $2".into(),
            values: vec![text("m"), int(3)],
            expect: Expect::One(Miss::NotThere),
        };
        let kept = Statement {
            sql: "\n    insert into cases (id, at) values ($2, $1)\n    on conflict do nothing".into(),
            values: vec![int(4), text("c")],
            expect: Expect::Any,
        };
        let routine = Routine::of(5, &[found, kept]);
        assert_eq!(
            routine.definition,
            "create function pg_temp.unit_5(bigint[],text[],bytea[]) returns void language plpgsql as $unit$\
             declare touched_rows bigint; begin\n\
             perform 1 from (select 1 from members where id = ($2)[1] and at > ($1)[1]) s; \
             get diagnostics touched_rows = row_count; if touched_rows <> 1 then raise sqlstate 'CW001' \
             using message = '0 ' || touched_rows; end if;\n\
             insert into cases (id, at) values (($2)[2], ($1)[2])     on conflict do nothing;\n\
             end$unit$"
        );
        assert_eq!((routine.call.as_str(), routine.lines), ("select pg_temp.unit_5($1, $2, $3)", vec![2, 3]));
    }
}

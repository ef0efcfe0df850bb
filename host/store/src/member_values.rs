//! Values of members: a dictionary of what plans' files and providers tell, with source and day.
//!
//! A value is kept once for each source that gave it, with the first and the last day of which it was said;
//! of one source's values for one name the latest [`MOST_KEPT`] stay.

use domain::identifiers::MemberId;
use domain::member_value::{StatedValue, ValueName, ValueSource};
use serde_json::json;

use crate::members::sees_member;
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{instant, list, text};
use crate::{Dialects, Read, Scope, Statement, Store, StoreError};

/// Most values that are kept of one source for one name; the latest stay.
pub const MOST_KEPT: u8 = 5;

/// A plan sees its own file and what a provider verified, never another plan's file.
macro_rules! of_members {
    ($from:literal) => {
        concat!(
            "select v.member, v.name, v.source_kind, v.source, v.value, v.first_said, v.last_said, v.received_at, v.roster
            from ",
            $from,
            " where ($2 is null or v.source_kind = 'provider' or v.source = $2) and ",
            sees_member!("$5"),
            " order by v.member, v.name, v.last_said desc, v.received_at desc, v.source, v.value"
        )
    };
}

const OF_MEMBERS: Dialects = Dialects {
    sqlite: of_members!(
        "json_each($4) wanted cross join members m on m.id = wanted.value
            cross join member_values v on v.member = m.id"
    ),
    postgres: of_members!(
        "json_array_elements_text($4::json) wanted
            cross join lateral (select n.* from members n where n.id = wanted.value offset 0) m
            cross join lateral (select w.* from member_values w where w.member = m.id offset 0) v"
    ),
};

/// Update of a value that the source gave before.
macro_rules! said_again {
    () => {
        " on conflict (member, name, source_kind, source, value) do update set
            first_said = case when excluded.first_said < member_values.first_said
                then excluded.first_said else member_values.first_said end,
            received_at = case when excluded.last_said >= member_values.last_said
                then excluded.received_at else member_values.received_at end,
            roster = case when excluded.last_said >= member_values.last_said
                then excluded.roster else member_values.roster end,
            last_said = case when excluded.last_said >= member_values.last_said
                then excluded.last_said else member_values.last_said end"
    };
}

pub(crate) use said_again;

const FROM_FILE: Dialects = Dialects {
    sqlite: concat!(
        "insert into member_values (member, name, source_kind, source, value, first_said, last_said, received_at,
            roster)
        select m.id, v.key, 'plan-file', $2, v.value,
            case when v.key = 'address' then r.value ->> 'address_as_of' else r.value ->> 'told_on' end,
            case when v.key = 'address' then r.value ->> 'address_as_of' else r.value ->> 'told_on' end, $3, $4
        from json_each($1) r join members m on m.cin = r.value ->> 'cin'
        join json_each(r.value, '$.values') v where true",
        said_again!()
    ),
    postgres: concat!(
        "insert into member_values (member, name, source_kind, source, value, first_said, last_said, received_at,
            roster)
        select m.id, v.key, 'plan-file', $2, v.value,
            case when v.key = 'address' then r.address_as_of else r.told_on end,
            case when v.key = 'address' then r.address_as_of else r.told_on end, $3, $4
        from json_to_recordset($1::json) as r (cin text, told_on text, address_as_of text, values json)
        join members m on m.cin = r.cin
        cross join json_each_text(r.values) v",
        said_again!()
    ),
};

/// Forgets what lies behind the latest values of a source.
macro_rules! forget {
    ($row:literal, $which:literal, $values:literal) => {
        concat!(
            "delete from member_values where ",
            $row,
            "(select ",
            $which,
            " from (
                select v.*, row_number() over (
                    partition by v.member, v.name order by v.last_said desc, v.received_at desc) as place
                from ",
            $values,
            ") ranked where place > $4))"
        )
    };
}

/// Member by member, and by the place of the row: else a planner without statistics looks again and again
/// through all that the source said.
const FORGET: Dialects = Dialects {
    sqlite: forget!(
        "((member, name, source_kind, source, value) in ",
        "member, name, source_kind, source, value",
        "json_each($1) wanted cross join members m on m.cin = wanted.value
            cross join member_values v on v.member = m.id and v.source_kind = $2 and v.source = $3"
    ),
    postgres: forget!(
        "ctid = any (array",
        "row",
        "(select m.id from json_array_elements_text($1::json) wanted join members m on m.cin = wanted.value offset 0) m
            cross join lateral (select w.ctid as row, w.* from member_values w where w.member = m.id
                and w.source_kind = $2 and w.source = $3 offset 0) v"
    ),
};

const SAY: &str = concat!(
    "insert into member_values (member, name, source_kind, source, value, first_said, last_said, received_at, roster)
    values ($1, $2, $3, $4, $5, $6, $6, $7, null)",
    said_again!()
);

/// Values told of members, as far as the scope sees them: by member and name, the latest first.
pub async fn of_members(
    store: &Store,
    scope: &Scope,
    members: &[MemberId],
) -> Result<Vec<(MemberId, StatedValue)>, StoreError> {
    read_all(store.read::<Row>(reading_of_members(scope, members)).await?)
}

/// The read of [`of_members`].
pub fn reading_of_members(scope: &Scope, members: &[MemberId]) -> Read {
    Read::new(OF_MEMBERS, values(scope.people(), [list(members), scope.day()]))
}

/// Values told of one member, as far as the scope sees them: by name, the latest first.
pub async fn values_of(
    store: &Store,
    scope: &Scope,
    member: MemberId,
) -> Result<Vec<StatedValue>, StoreError> {
    let said = of_members(store, scope, &[member]).await?;
    Ok(said.into_iter().map(|(_, said)| said).collect())
}

/// Statements for a plan's file: `rows` is JSON of objects with `cin`, `told_on`, `address_as_of` and
/// `values` by name; of those in `known` something may have been told before.
pub(crate) fn from_file(
    rows: &[serde_json::Value],
    known: &[String],
    roster: &crate::rosters::Roster,
) -> Vec<Statement> {
    let said = vec![text(json!(rows)), text(&roster.plan), instant(roster.received_at), text(roster.id)];
    let mut statements = vec![Statement::any(FROM_FILE, said)];
    if !known.is_empty() {
        let most = crate::unit::int(i64::from(MOST_KEPT));
        let forget = vec![text(json!(known)), text("plan-file"), text(&roster.plan), most];
        statements.push(Statement::any(FORGET, forget));
    }
    statements
}

/// Statement for a value that somebody gives otherwise than in a file.
pub fn say(member: MemberId, said: &StatedValue) -> Statement {
    let values = vec![
        text(member),
        text(said.name.name()),
        text(said.source.kind()),
        text(said.source.id()),
        text(&said.value),
        text(said.last),
        instant(said.received_at),
    ];
    Statement::any(SAY, values)
}

row! {
    struct Row {
        member: String,
        name: String,
        source_kind: String,
        source: String,
        value: String,
        first_said: String,
        last_said: String,
        received_at: i64,
        roster: Option<String>,
    }
}

impl TryFrom<Row> for (MemberId, StatedValue) {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "member_values", id: &row.member };
        let source = match row.source_kind.as_str() {
            "plan-file" => ValueSource::PlanFile(columns.parse("source", &row.source)?),
            "provider" => ValueSource::Provider(columns.parse("source", &row.source)?),
            _ => return Err(columns.corrupt("source_kind does not read")),
        };
        let said = StatedValue {
            name: columns.word("name", &row.name, ValueName::named)?,
            source,
            first: columns.parse("first_said", &row.first_said)?,
            last: columns.parse("last_said", &row.last_said)?,
            received_at: columns.instant("received_at", row.received_at)?,
            roster: columns.parse_some("roster", row.roster.as_deref())?,
            value: row.value,
        };
        Ok((columns.parse("member", &row.member)?, said))
    }
}

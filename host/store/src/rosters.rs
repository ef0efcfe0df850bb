//! A plan's member file, loaded as one unit.
//!
//! Rows travel as JSON, a thousand to a statement, and become rows inside the database. A member who is known keeps
//! what a provider has verified; a row that says nothing new changes nothing.

use std::collections::BTreeMap;

use domain::identifiers::{Cin, County, CoverageId, Digest, MemberId, PersonName, PlanId, RosterId};
use domain::member_value::ValueName;
use domain::time::pacific_day;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::members::Address;
use crate::row::Columns;
use crate::scope::values;
use crate::unit::{instant, text};
use crate::{Dialects, Miss, Scope, Statement, Store, StoreError};
use crate::{member_moves, member_values};

/// How many rows one statement carries.
const CHUNK: usize = 1000;

const INSERT: &str =
    "insert into rosters (id, plan, sha256, received_at, report) values ($1, $2, $3, $4, $5)";

const FIND: &str = "
    select id, plan, sha256, received_at, report from rosters where id = $4 and (plan = $2 or $3 = 1)";

const FIND_BY_SHA256: &str = "
    select id, plan, sha256, received_at, report from rosters
    where plan = $4 and sha256 = $5 and (plan = $2 or $3 = 1) order by received_at desc, id desc limit 1";

const KNOWN: Dialects = Dialects {
    sqlite: "
        select m.id, m.cin, m.birth_date, v.line, v.first_day, v.last_day, v.group_code, v.dual_status
        from json_each($4) wanted join members m on m.cin = wanted.value
        left join coverages v on v.member = m.id and v.plan = $5
        where $5 = $2 or $3 = 1 order by m.cin, v.line, v.first_day",
    postgres: "
        select m.id, m.cin, m.birth_date, v.line, v.first_day, v.last_day, v.group_code, v.dual_status
        from json_array_elements_text($4::json) wanted join members m on m.cin = wanted.value
        left join coverages v on v.member = m.id and v.plan = $5
        where $5 = $2 or $3 = 1 order by m.cin, v.line, v.first_day",
};

/// What happens to a member who is known already: the newer day stands, not the later file, and what a provider
/// verified stands whatever a file says. The birth date stays: a file that disagrees about it is refused before it comes
/// here. Every row raises the version, because it moves the day of which something is said.
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
            version = members.version + 1"
    };
}

/// A file without the member's language says nothing of it: a known one stays, and a new member's is English.
const UPSERT_MEMBERS: Dialects = Dialects {
    // `where true`: without it SQLite reads `on conflict` as a join's.
    sqlite: concat!(
        "insert into members (id, cin, family_name, given_name, birth_date, county, language, told_on, phone,
            phone_source, phone_at, phone_as_of, address, no_fixed_address, address_source, address_at, address_as_of,
            created_at, version)
        select r.value ->> 'member', r.value ->> 'cin', r.value ->> 'family_name', r.value ->> 'given_name',
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
        "insert into members (id, cin, family_name, given_name, birth_date, county, language, told_on, phone,
            phone_source, phone_at, phone_as_of, address, no_fixed_address, address_source, address_at, address_as_of,
            created_at, version)
        select r.member, r.cin, r.family_name, r.given_name, r.birth_date, r.county,
            coalesce(r.language, (select k.language from members k where k.cin = r.cin), 'en'), r.told_on, r.phone,
            case when r.phone is not null then 'roster' end, case when r.phone is not null then $2 end,
            case when r.phone is not null then r.told_on end,
            r.address, 0,
            case when r.address is not null then 'roster' end, case when r.address is not null then $2 end,
            case when r.address is not null then r.address_as_of end,
            $2, 1
        from json_to_recordset($1::json) as r (member text, cin text, family_name text, given_name text,
            birth_date text, county text, language text, told_on text, phone text, address text,
            address_as_of text)",
        merge_members!()
    ),
};

/// Whether a row says something else of a coverage than is known.
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

const UPSERT_COVERAGES: Dialects = Dialects {
    sqlite: concat!(
        "insert into coverages (id, member, plan, plan_member_id, line, group_code, dual_status, county, first_day,
            last_day, told_on, roster)
        select r.value ->> 'coverage', m.id, $2, r.value ->> 'plan_member_id', r.value ->> 'line',
            r.value ->> 'group_code', r.value ->> 'dual_status', r.value ->> 'county', r.value ->> 'first_day',
            r.value ->> 'last_day', r.value ->> 'told_on', $3
        from json_each($1) r join members m on m.cin = r.value ->> 'cin' where true",
        merge_coverages!()
    ),
    postgres: concat!(
        "insert into coverages (id, member, plan, plan_member_id, line, group_code, dual_status, county, first_day,
            last_day, told_on, roster)
        select r.coverage, m.id, $2, r.plan_member_id, r.line, r.group_code, r.dual_status, r.county, r.first_day,
            r.last_day, r.told_on, $3
        from json_to_recordset($1::json) as r (coverage text, cin text, plan_member_id text, line text,
            group_code text, dual_status text, county text, first_day text, last_day text, told_on text)
        join members m on m.cin = r.cin",
        merge_coverages!()
    ),
};

/// One loaded member file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    /// The id.
    pub id: RosterId,
    /// Whose.
    pub plan: PlanId,
    /// Of the file as it came. The same file again is the same roster.
    pub sha256: Digest,
    /// When.
    pub received_at: Timestamp,
    /// What was accepted and refused, as JSON.
    pub report: String,
}

/// One row of a member file. Has no `Debug`: it is a person.
#[derive(Clone, PartialEq, Eq)]
pub struct RosterRow {
    /// The id the member gets if new.
    pub member: MemberId,
    /// The id the coverage gets if new.
    pub coverage: CoverageId,
    /// The client index number.
    pub cin: Cin,
    /// Family name.
    pub family_name: PersonName,
    /// Given name.
    pub given_name: PersonName,
    /// Day of birth.
    pub birth_date: Date,
    /// County of residence.
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
    /// What the row says of the member, by name.
    pub values: Vec<(ValueName, String)>,
    /// The plan's own number for the member.
    pub plan_member_id: String,
    /// The line of business.
    pub line: String,
    /// The plan's group.
    pub group_code: Option<String>,
    /// How the member has both Medicare and Medi-Cal.
    pub dual_status: Option<String>,
    /// First day of coverage.
    pub first_day: Date,
    /// Last day of coverage.
    pub last_day: Option<Date>,
}

/// A member of whom the record knows already. Has no `Debug`: it is a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Known {
    /// The member.
    pub member: MemberId,
    /// The client index number.
    pub cin: Cin,
    /// Day of birth.
    pub birth_date: Date,
    /// Coverage by the plan that was asked about.
    pub coverages: Vec<KnownCoverage>,
}

/// Coverage of which the record knows already.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownCoverage {
    /// The line of business.
    pub line: String,
    /// First day.
    pub first_day: Date,
    /// Last day.
    pub last_day: Option<Date>,
    /// The plan's group.
    pub group_code: Option<String>,
    /// How the member has both Medicare and Medi-Cal.
    pub dual_status: Option<String>,
}

/// Loads a file: the roster, its members, what it says of them, their coverage, and who of them is to be looked at
/// again. Of two rows with the same key the newer day counts, and of one day the later row.
pub fn import(roster: &Roster, rows: &[RosterRow]) -> Vec<Statement> {
    let mut members: BTreeMap<&Cin, &RosterRow> = BTreeMap::new();
    let mut coverages = BTreeMap::new();
    for row in rows {
        let newest = members.entry(&row.cin).or_insert(row);
        if row.told_on >= newest.told_on {
            *newest = row;
        }
        coverages.insert((&row.cin, &row.line, row.first_day), row);
    }
    let members: Vec<_> = members.into_values().collect();
    let coverages: Vec<_> = coverages.into_values().collect();
    let mut statements = vec![Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![
            text(roster.id),
            text(&roster.plan),
            text(roster.sha256),
            instant(roster.received_at),
            text(&roster.report),
        ],
    )];
    for chunk in members.chunks(CHUNK) {
        let people: Vec<_> = chunk.iter().map(|row| member_json(row)).collect();
        let said: Vec<_> = chunk.iter().map(|row| values_json(row)).collect();
        statements
            .push(Statement::any(UPSERT_MEMBERS, vec![text(json!(people)), instant(roster.received_at)]));
        statements.extend(member_values::from_file(&said, roster));
    }
    statements.extend(coverages.chunks(CHUNK).map(|chunk| {
        let spans: Vec<_> = chunk.iter().map(|row| coverage_json(row)).collect();
        Statement::any(UPSERT_COVERAGES, vec![text(json!(spans)), text(&roster.plan), text(roster.id)])
    }));
    statements.push(member_moves::note(roster.id, pacific_day(roster.received_at), roster.received_at));
    statements
}

fn values_json(row: &RosterRow) -> serde_json::Value {
    let values: serde_json::Map<String, serde_json::Value> =
        row.values.iter().map(|(name, value)| (name.name().to_owned(), value.as_str().into())).collect();
    json!({
        "cin": row.cin.expose(),
        "told_on": row.told_on.to_string(),
        "address_as_of": row.address_as_of.to_string(),
        "values": values,
    })
}

fn member_json(row: &RosterRow) -> serde_json::Value {
    json!({
        "member": row.member,
        "cin": row.cin.expose(),
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

fn coverage_json(row: &RosterRow) -> serde_json::Value {
    json!({
        "coverage": row.coverage,
        "cin": row.cin.expose(),
        "plan_member_id": row.plan_member_id,
        "line": row.line,
        "group_code": row.group_code,
        "dual_status": row.dual_status,
        "county": row.county,
        "first_day": row.first_day.to_string(),
        "last_day": row.last_day.map(|day| day.to_string()),
        "told_on": row.told_on.to_string(),
    })
}

/// One roster.
pub async fn find(store: &Store, scope: &Scope, id: RosterId) -> Result<Option<Roster>, StoreError> {
    let row = store.one::<Row>(FIND, values(scope.institutions(), [text(id)])).await?;
    row.map(Roster::try_from).transpose()
}

/// The roster that a plan's file with this SHA-256 became.
pub async fn find_by_sha256(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    sha256: &Digest,
) -> Result<Option<Roster>, StoreError> {
    let row =
        store.one::<Row>(FIND_BY_SHA256, values(scope.institutions(), [text(plan), text(sha256)])).await?;
    row.map(Roster::try_from).transpose()
}

/// Which of `cins` the record knows, by client index number, with their coverage by `plan`: for the report on a file
/// that names them. Only for that plan, and for a duty.
pub async fn known(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    cins: &[Cin],
) -> Result<Vec<Known>, StoreError> {
    let mut known: Vec<Known> = Vec::new();
    for chunk in cins.chunks(CHUNK) {
        let chunk: Vec<&str> = chunk.iter().map(Cin::expose).collect();
        let own = [text(json!(chunk)), text(plan)];
        for row in store.all::<KnownRow>(KNOWN, values(scope.people(), own)).await? {
            let columns = Columns { table: "members", id: &row.id };
            let member = columns.parse("id", &row.id)?;
            if known.last().is_none_or(|last| last.member != member) {
                known.push(Known {
                    member,
                    cin: columns.parse("cin", &row.cin)?,
                    birth_date: columns.parse("birth_date", &row.birth_date)?,
                    coverages: Vec::new(),
                });
            }
            if let (Some(line), Some(first_day), Some(last)) = (row.line, row.first_day, known.last_mut()) {
                last.coverages.push(KnownCoverage {
                    line,
                    first_day: columns.parse("first_day", &first_day)?,
                    last_day: columns.parse_some("last_day", row.last_day.as_deref())?,
                    group_code: row.group_code,
                    dual_status: row.dual_status,
                });
            }
        }
    }
    Ok(known)
}

#[derive(sqlx::FromRow)]
struct KnownRow {
    id: String,
    cin: String,
    birth_date: String,
    line: Option<String>,
    first_day: Option<String>,
    last_day: Option<String>,
    group_code: Option<String>,
    dual_status: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    plan: String,
    sha256: String,
    received_at: i64,
    report: String,
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
        })
    }
}

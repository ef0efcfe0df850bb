//! A plan's member file, loaded as one unit.
//!
//! Rows travel as JSON, a thousand to a statement, and become rows inside the database. A member who is known keeps
//! what a provider has verified; a row that says nothing new changes nothing.

use std::collections::BTreeMap;

use domain::identifiers::{Cin, County, CoverageId, Digest, MemberId, PersonName, PlanId, RosterId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::members::Address;
use crate::row::Columns;
use crate::scope::values;
use crate::unit::{instant, text};
use crate::{Dialects, Miss, Scope, Statement, Store, StoreError};

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

/// What happens to a member who is known already. The birth date stays: a file that disagrees about it is refused
/// before it comes here.
macro_rules! merge_members {
    () => {
        " on conflict (cin) do update set
            family_name = excluded.family_name, given_name = excluded.given_name, county = excluded.county,
            language = excluded.language,
            phone = case when members.phone_source = 'provider' then members.phone
                else coalesce(excluded.phone, members.phone) end,
            phone_at = case when members.phone_source = 'provider' or excluded.phone is null then members.phone_at
                when members.phone = excluded.phone then members.phone_at else excluded.phone_at end,
            phone_source = case when members.phone_source = 'provider' then members.phone_source
                else coalesce(excluded.phone_source, members.phone_source) end,
            no_fixed_address = case when members.address_source = 'provider' or excluded.address is null
                then members.no_fixed_address else 0 end,
            address = case when members.address_source = 'provider' then members.address
                else coalesce(excluded.address, members.address) end,
            address_at = case when members.address_source = 'provider' or excluded.address is null
                then members.address_at
                when members.address = excluded.address then members.address_at else excluded.address_at end,
            address_source = case when members.address_source = 'provider' then members.address_source
                else coalesce(excluded.address_source, members.address_source) end,
            version = members.version + 1
        where members.family_name <> excluded.family_name or members.given_name <> excluded.given_name
            or members.county <> excluded.county or members.language <> excluded.language
            or (excluded.phone is not null and coalesce(members.phone_source, '') <> 'provider'
                and coalesce(members.phone, '') <> excluded.phone)
            or (excluded.address is not null and coalesce(members.address_source, '') <> 'provider'
                and coalesce(members.address, '') <> excluded.address)"
    };
}

const UPSERT_MEMBERS: Dialects = Dialects {
    // `where true`: without it SQLite reads `on conflict` as a join's.
    sqlite: concat!(
        "insert into members (id, cin, family_name, given_name, birth_date, county, language, phone, phone_source,
            phone_at, address, no_fixed_address, address_source, address_at, created_at, version)
        select r.value ->> 'member', r.value ->> 'cin', r.value ->> 'family_name', r.value ->> 'given_name',
            r.value ->> 'birth_date', r.value ->> 'county', r.value ->> 'language', r.value ->> 'phone',
            case when r.value ->> 'phone' is not null then 'roster' end,
            case when r.value ->> 'phone' is not null then $2 end,
            r.value ->> 'address', 0,
            case when r.value ->> 'address' is not null then 'roster' end,
            case when r.value ->> 'address' is not null then $2 end,
            $2, 1
        from json_each($1) r where true",
        merge_members!()
    ),
    postgres: concat!(
        "insert into members (id, cin, family_name, given_name, birth_date, county, language, phone, phone_source,
            phone_at, address, no_fixed_address, address_source, address_at, created_at, version)
        select r.member, r.cin, r.family_name, r.given_name, r.birth_date, r.county, r.language, r.phone,
            case when r.phone is not null then 'roster' end, case when r.phone is not null then $2 end,
            r.address, 0,
            case when r.address is not null then 'roster' end, case when r.address is not null then $2 end,
            $2, 1
        from json_to_recordset($1::json) as r (member text, cin text, family_name text, given_name text,
            birth_date text, county text, language text, phone text, address text)",
        merge_members!()
    ),
};

macro_rules! merge_coverages {
    () => {
        " on conflict (member, plan, line, first_day) do update set
            plan_member_id = excluded.plan_member_id, group_code = excluded.group_code,
            dual_status = excluded.dual_status, county = excluded.county, last_day = excluded.last_day,
            roster = excluded.roster
        where coverages.plan_member_id <> excluded.plan_member_id or coverages.county <> excluded.county
            or coalesce(coverages.group_code, '') <> coalesce(excluded.group_code, '')
            or coalesce(coverages.dual_status, '') <> coalesce(excluded.dual_status, '')
            or coalesce(coverages.last_day, '') <> coalesce(excluded.last_day, '')"
    };
}

const UPSERT_COVERAGES: Dialects = Dialects {
    sqlite: concat!(
        "insert into coverages (id, member, plan, plan_member_id, line, group_code, dual_status, county, first_day,
            last_day, roster)
        select r.value ->> 'coverage', m.id, $2, r.value ->> 'plan_member_id', r.value ->> 'line',
            r.value ->> 'group_code', r.value ->> 'dual_status', r.value ->> 'county', r.value ->> 'first_day',
            r.value ->> 'last_day', $3
        from json_each($1) r join members m on m.cin = r.value ->> 'cin' where true",
        merge_coverages!()
    ),
    postgres: concat!(
        "insert into coverages (id, member, plan, plan_member_id, line, group_code, dual_status, county, first_day,
            last_day, roster)
        select r.coverage, m.id, $2, r.plan_member_id, r.line, r.group_code, r.dual_status, r.county, r.first_day,
            r.last_day, $3
        from json_to_recordset($1::json) as r (coverage text, cin text, plan_member_id text, line text,
            group_code text, dual_status text, county text, first_day text, last_day text)
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
    /// Preferred language.
    pub language: String,
    /// Telephone number, if the file has one.
    pub phone: Option<String>,
    /// Address, if the file has one.
    pub address: Option<Address>,
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

/// Loads a file: the roster, its members, their coverage. Of two rows with the same key the later counts.
pub fn import(roster: &Roster, rows: &[RosterRow]) -> Vec<Statement> {
    let mut members = BTreeMap::new();
    let mut coverages = BTreeMap::new();
    for row in rows {
        members.insert(&row.cin, row);
        coverages.insert((&row.cin, &row.line, row.first_day), row);
    }
    let members: Vec<_> = members.into_values().map(member_json).collect();
    let coverages: Vec<_> = coverages.into_values().map(coverage_json).collect();
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
    statements.extend(
        members.chunks(CHUNK).map(|chunk| {
            Statement::any(UPSERT_MEMBERS, vec![text(json!(chunk)), instant(roster.received_at)])
        }),
    );
    statements.extend(coverages.chunks(CHUNK).map(|chunk| {
        Statement::any(UPSERT_COVERAGES, vec![text(json!(chunk)), text(&roster.plan), text(roster.id)])
    }));
    statements
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
        "phone": row.phone,
        "address": row.address.as_ref().map(Address::json),
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

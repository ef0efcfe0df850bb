//! Members, and which organizations see them.

use domain::identifiers::{CaseId, Cin, County, MemberId, OrgId, PersonName};
use domain::identity::Identity;
use domain::time::pacific_day;
use domain::words;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::page::one_more;
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{instant, int, maybe_instant, maybe_text, text};
use crate::{Dialects, Miss, Page, Read, Scope, Seat, Statement, Store, StoreError, Value};

macro_rules! columns {
    () => {
        "select m.id, coalesce(m.told_cin, m.cin) as cin, m.family_name, m.given_name, m.birth_date, m.county, m.language,
            m.phone, m.phone_source, m.phone_at, m.phone_as_of, m.address, m.no_fixed_address, m.address_source,
            m.address_at, m.address_as_of, m.created_at, m.version, m.standing, m.told_by, m.merged_into "
    };
}

/// A provider sees the members granted to it until the grant ends, a plan those it covers or covered. The
/// parameter is the place of [`Scope::day`].
macro_rules! sees_member {
    ($day:literal) => {
        concat!(
            "((select 1 from grants g where g.member = m.id and g.organization = $1
                and (g.until is null or g.until >= ",
            $day,
            ") limit 1) is not null
            or (select 1 from coverages v where v.member = m.id and v.plan = $2 limit 1) is not null or $3 = 1)"
        )
    };
}
pub(crate) use sees_member;

/// Whose id is that of a person who was merged is the person it went into.
const FIND: &str = concat!(
    columns!(),
    "from members m where m.id = coalesce((select a.merged_into from members a where a.id = $4), $4) and ",
    sees_member!("$5")
);

/// One row of an index, if there is any.
const ANY: &str = "select count(*) from (select id from members order by id limit 1) one";

/// The confirmed person first; else the one of whom the scope's own organization alone tells.
const FIND_BY_CIN: &str = concat!(
    columns!(),
    "from members m where m.id in (
            select coalesce(a.merged_into, a.id) from members a where a.cin = $4
            union select p.id from members p where p.told_cin = $4 and p.standing = 'provisional' and $3 = 0) and ",
    sees_member!("$5"),
    " order by case m.standing when 'confirmed' then 0 else 1 end limit 1"
);

/// The row itself, merged or not: for duties.
const ROW: &str = concat!(columns!(), "from members m where m.id = $1");

/// Those of whom one organization alone tells, number by number.
macro_rules! provisional {
    ($from:literal) => {
        concat!(columns!(), "from ", $from, " order by m.created_at, m.id")
    };
}

const PROVISIONAL: Dialects = Dialects {
    sqlite: provisional!(
        "json_each($1) wanted cross join members m on m.told_cin = wanted.value and m.standing = 'provisional'"
    ),
    postgres: provisional!(
        "json_array_elements_text($1::json) wanted cross join lateral (select p.* from members p
            where p.told_cin = wanted.value and p.standing = 'provisional' offset 0) m"
    ),
};

/// Those who went into a person.
const WENT_INTO: &str =
    concat!(columns!(), "from members m where m.merged_into = $1 order by m.id limit 100");

/// A case may begin about a person only as long as it has not become another's. The lock has a merger wait,
/// or be seen.
const NOT_MERGED: Dialects = Dialects {
    sqlite: "select id from members where id = $1 and standing <> 'merged'",
    postgres: "select id from members where id = $1 and standing <> 'merged' for share",
};

/// A page of members, by their ids. (Of a join PostgreSQL, which does not know the limit when it makes its
/// plan, would read every member.)
macro_rules! page_of {
    ($ids:literal) => {
        Dialects {
            sqlite: concat!(columns!(), "from members m where m.id in (", $ids, ") order by m.id"),
            postgres: concat!(columns!(), "from members m where m.id = any(array(", $ids, ")) order by m.id"),
        }
    };
}

const LIST_FOR_PROVIDER: Dialects = page_of!(
    "select distinct member from grants
        where organization = $1 and member > $2 and (until is null or until >= $4) order by member limit $3"
);

const LIST_FOR_PLAN: Dialects = page_of!(
    "select distinct member from coverages where plan = $1 and member > $2 order by member limit $3"
);

const LIST_ALL: &str = concat!(
    columns!(),
    "from members m where m.id > $2 and $1 = '' and m.standing <> 'merged' order by m.id limit $3"
);

const INSERT: &str = "
    insert into members (cin, family_name, given_name, birth_date, county, language, phone, phone_source, phone_at,
        phone_as_of, address, no_fixed_address, address_source, address_at, address_as_of, created_at, id, version,
        standing, told_cin, told_by)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";

/// A number is left to whoever is confirmed under it: the person's own id stands in its place.
const LEAVE_NUMBER: &str = "update members set cin = id where id = $1 and standing = 'provisional'";

/// Saves only over the version that was read.
const UPDATE: &str = "
    update members set cin = $1, family_name = $2, given_name = $3, birth_date = $4, county = $5, language = $6,
        phone = $7, phone_source = $8, phone_at = $9, phone_as_of = $10, address = $11, no_fixed_address = $12,
        address_source = $13, address_at = $14, address_as_of = $15, created_at = $16, version = version + 1
    where id = $17 and version = $18 and standing = $19 and coalesce(told_cin, '') = coalesce($20, '')
        and coalesce(told_by, '') = coalesce($21, '')";

const GRANT: &str = "
    insert into grants (member, organization, reason, subject, since, until) values ($1, $2, $3, $4, $5, $6)
    on conflict (member, organization, reason, subject) do update set until = excluded.until";

const END_FOR_OTHERS: &str = "
    update grants set until = $4
    where reason = 'case' and subject = $1 and organization <> $2 and organization <> $3
        and (until is null or until > $4)";

const GRANTS: &str = "
    select g.member, g.organization, g.reason, g.subject, g.since, g.until from grants g
    where g.member = $4 and (g.organization = $1 or $3 = 1) order by g.since, g.reason, g.subject limit 200";

words! {
    /// Source of a contact.
    pub enum ContactSource {
        /// A plan: its member file, or its people.
        Roster = "roster",
        /// A provider who met the member. A file does not overwrite this.
        Provider = "provider",
    }
}

words! {
    /// Certainty of a person's identity.
    pub enum IdentityStatus {
        /// A plan's file or the state says so.
        Confirmed = "confirmed",
        /// One organization alone says so, and nobody else is shown the person.
        Provisional = "provisional",
        /// It turned out to be another person of the record.
        Merged = "merged",
    }
}

words! {
    /// Why an organization sees a member.
    pub enum GrantReason {
        /// It met the member: it named number and birth date.
        Contact = "contact",
        /// It sent a case about the member, or delivers one.
        Case = "case",
    }
}

/// Sight of a member, with its reason and its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Whom it is about.
    pub member: MemberId,
    /// Organization that sees the member.
    pub organization: OrgId,
    /// Reason for the sight.
    pub reason: GrantReason,
    /// The case, for [`GrantReason::Case`].
    pub case: Option<CaseId>,
    /// Instant from which it holds (UTC).
    pub since: Timestamp,
    /// The last day; `None` while the case is open.
    pub until: Option<Date>,
}

/// A member. Has no `Debug`: it is a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Member {
    /// Id of the member.
    pub id: MemberId,
    /// The client index number.
    pub cin: Cin,
    /// Family name of the member.
    pub family_name: PersonName,
    /// Given name of the member.
    pub given_name: PersonName,
    /// Day of birth of the member.
    pub birth_date: Date,
    /// County in which the member lives.
    pub county: County,
    /// Preferred language, as an ISO 639 code.
    pub language: String,
    /// Telephone number, as E.164, with its source.
    pub phone: Option<Recorded<String>>,
    /// Residence, or the lack of one, with its source.
    pub residence: Option<Recorded<Residence>>,
    /// Since when the member is known here.
    pub created_at: Timestamp,
    /// Grows with every change.
    pub version: i64,
    /// Certainty of the person's identity.
    pub standing: IdentityStatus,
    /// The only source, for [`IdentityStatus::Provisional`]: a provider's organization, or a plan.
    pub told_by: Option<String>,
    /// The person that it turned out to be, for [`IdentityStatus::Merged`].
    pub merged_into: Option<MemberId>,
}

/// Something about a member that has a source and an age.
#[derive(Clone, PartialEq, Eq)]
pub struct Recorded<T> {
    /// Value that was given.
    pub value: T,
    /// Source that gave it.
    pub source: ContactSource,
    /// Instant at which it was recorded (UTC).
    pub recorded_at: Timestamp,
    /// The day of which it was said last.
    pub as_of: Date,
}

/// Residence of a member.
#[derive(Clone, PartialEq, Eq)]
pub enum Residence {
    /// A street address.
    Address(Address),
    /// No fixed address at all.
    NoFixedAddress,
}

/// Street address of a member.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// House number and street.
    pub line: String,
    /// City, as people write it.
    pub city: String,
    /// ZIP code, five digits or nine.
    pub zip: String,
}

/// True of a record without members: for whoever is about to fill it.
pub async fn none(store: &Store) -> Result<bool, StoreError> {
    let found = store.one::<(i64,)>(ANY, Vec::new()).await?;
    Ok(found.is_none_or(|(count,)| count == 0))
}

/// One member. Under the id of a person who was merged: the one it went into.
pub async fn find(store: &Store, scope: &Scope, id: MemberId) -> Result<Option<Member>, StoreError> {
    let row = store.read::<Row>(reading_find(scope, id)).await?.into_iter().next();
    row.map(Member::try_from).transpose()
}

/// The read of [`find`].
pub fn reading_find(scope: &Scope, id: MemberId) -> Read {
    Read::new(FIND, values(scope.people(), [text(id), scope.day()]))
}

/// The member with a client index number. For a duty the one who is confirmed; for an organization else the
/// one of whom it alone tells.
pub async fn find_by_cin(store: &Store, scope: &Scope, cin: &Cin) -> Result<Option<Member>, StoreError> {
    let row =
        store.one::<Row>(FIND_BY_CIN, values(scope.people(), [text(cin.expose()), scope.day()])).await?;
    row.map(Member::try_from).transpose()
}

/// The person as the record has it, merged or not: for duties.
pub async fn row(store: &Store, id: MemberId) -> Result<Option<Member>, StoreError> {
    store.one::<Row>(ROW, vec![text(id)]).await?.map(Member::try_from).transpose()
}

/// Those with these numbers of whom one organization alone tells, oldest first: for duties.
pub async fn provisional(store: &Store, cins: &[Cin]) -> Result<Vec<Member>, StoreError> {
    let cins: Vec<&str> = cins.iter().map(Cin::expose).collect();
    read_all(store.all::<Row>(PROVISIONAL, vec![text(serde_json::json!(cins))]).await?)
}

/// Those who went into a person: for duties.
pub async fn went_into(store: &Store, member: MemberId) -> Result<Vec<Member>, StoreError> {
    read_all(store.all::<Row>(WENT_INTO, vec![text(member)]).await?)
}

/// Members after `after`, by id.
pub async fn list(
    store: &Store,
    scope: &Scope,
    after: Option<MemberId>,
    limit: u32,
) -> Result<Page<Member, MemberId>, StoreError> {
    let (sql, whose) = match scope.seat() {
        Seat::Provider(org) => (LIST_FOR_PROVIDER, text(org)),
        Seat::Plan { plan, .. } => (LIST_FOR_PLAN, text(plan)),
        Seat::Duty(_) => (LIST_ALL.into(), text("")),
        Seat::Operator(_) => return Ok(Page { items: Vec::new(), next: None }),
    };
    let after = text(after.map(|id| id.to_string()).unwrap_or_default());
    let mut values = vec![whose, after, one_more(limit)];
    if matches!(scope.seat(), Seat::Provider(_)) {
        values.push(scope.day());
    }
    let rows = store.all::<Row>(sql, values).await?;
    Ok(Page::cut(read_all(rows)?, limit, |member: &Member| member.id))
}

/// The person is still one of its own; [`StoreError::Conflict`] if it was merged, or is not there.
pub fn not_merged(member: MemberId) -> Statement {
    Statement::one(Miss::Conflict, NOT_MERGED, vec![text(member)])
}

/// Adds a member; [`StoreError::Duplicate`] if the client index number is known.
pub fn insert(member: &Member) -> Statement {
    Statement::one(Miss::Duplicate, INSERT, row_values(member))
}

/// Keeps a person of whom one organization alone tells, while nobody is confirmed under the number;
/// [`StoreError::Conflict`] if somebody is. The row takes the number and leaves it again, so that of two who
/// bring the person in at one moment the second waits for the first and learns of it.
pub fn insert_provisional(member: &Member) -> [Statement; 2] {
    let others = row_values(member).into_iter().skip(1);
    let values = std::iter::once(text(member.cin.expose())).chain(others);
    [
        Statement::one(Miss::Conflict, INSERT, values.collect()),
        Statement::one(Miss::Conflict, LEAVE_NUMBER, vec![text(member.id)]),
    ]
}

/// Saves a member over the version in `member`, which grows by one; [`StoreError::Conflict`] if it is not the
/// last.
pub fn update(member: &Member) -> Statement {
    Statement::one(Miss::Conflict, UPDATE, row_values(member))
}

/// Lets an organization see a member. A grant that is there already for the same reason gets the new end.
pub fn grant(grant: &Grant) -> Statement {
    let values = vec![
        text(grant.member),
        text(grant.organization),
        text(grant.reason.name()),
        text(grant.case.map(|case| case.to_string()).unwrap_or_default()),
        instant(grant.since),
        maybe_text(grant.until),
    ];
    Statement::any(GRANT, values)
}

/// Ends, with `last`, the sight that a case gave to organizations other than these two.
pub fn end_for_others(case: CaseId, keeps: [OrgId; 2], last: Date) -> Statement {
    let [one, two] = keeps;
    Statement::any(END_FOR_OTHERS, vec![text(case), text(one), text(two), text(last)])
}

/// Why the caller's organization sees a member, oldest first; duties see everybody's reasons.
pub async fn grants(store: &Store, scope: &Scope, member: MemberId) -> Result<Vec<Grant>, StoreError> {
    read_all(store.all::<GrantRow>(GRANTS, values(scope.people(), [text(member)])).await?)
}

fn row_values(member: &Member) -> Vec<Value> {
    let phone = member.phone.as_ref();
    let residence = member.residence.as_ref();
    // A number is one confirmed person's.
    let is_provisional = member.standing == IdentityStatus::Provisional;
    let cin = if is_provisional { text(member.id) } else { text(member.cin.expose()) };
    vec![
        cin,
        text(member.family_name.expose()),
        text(member.given_name.expose()),
        text(member.birth_date),
        text(&member.county),
        text(&member.language),
        maybe_text(phone.map(|phone| &phone.value)),
        maybe_text(phone.map(|phone| phone.source.name())),
        maybe_instant(phone.map(|phone| phone.recorded_at)),
        maybe_text(phone.map(|phone| phone.as_of)),
        maybe_text(residence.and_then(|residence| residence.value.address()).map(Address::json)),
        int(residence.map_or(0, |residence| i64::from(residence.value == Residence::NoFixedAddress))),
        maybe_text(residence.map(|residence| residence.source.name())),
        maybe_instant(residence.map(|residence| residence.recorded_at)),
        maybe_text(residence.map(|residence| residence.as_of)),
        instant(member.created_at),
        text(member.id),
        int(member.version),
        text(member.standing.name()),
        maybe_text(is_provisional.then(|| member.cin.expose())),
        maybe_text(member.told_by.as_ref().filter(|_| is_provisional)),
    ]
}

impl Residence {
    /// The address, if there is one.
    pub fn address(&self) -> Option<&Address> {
        match self {
            Self::Address(address) => Some(address),
            Self::NoFixedAddress => None,
        }
    }
}

impl Address {
    /// The address on one line.
    #[must_use]
    pub fn on_one_line(&self) -> String {
        format!("{}, {} {}", self.line, self.city, self.zip).trim_end_matches([',', ' ']).to_owned()
    }

    pub(crate) fn json(&self) -> String {
        serde_json::json!({ "line": self.line, "city": self.city, "zip": self.zip }).to_string()
    }
}

row! {
    struct GrantRow {
        member: String,
        organization: String,
        reason: String,
        subject: String,
        since: i64,
        until: Option<String>,
    }
}

impl TryFrom<GrantRow> for Grant {
    type Error = StoreError;

    fn try_from(row: GrantRow) -> Result<Self, StoreError> {
        let columns = Columns { table: "grants", id: &row.member };
        Ok(Self {
            member: columns.parse("member", &row.member)?,
            organization: columns.parse("organization", &row.organization)?,
            reason: columns.word("reason", &row.reason, GrantReason::named)?,
            case: columns
                .parse_some("subject", Some(row.subject.as_str()).filter(|text| !text.is_empty()))?,
            since: columns.instant("since", row.since)?,
            until: columns.parse_some("until", row.until.as_deref())?,
        })
    }
}

row! {
    struct Row {
        id: String,
        cin: String,
        family_name: String,
        given_name: String,
        birth_date: String,
        county: String,
        language: String,
        phone: Option<String>,
        phone_source: Option<String>,
        phone_at: Option<i64>,
        phone_as_of: Option<String>,
        address: Option<String>,
        no_fixed_address: i64,
        address_source: Option<String>,
        address_at: Option<i64>,
        address_as_of: Option<String>,
        created_at: i64,
        version: i64,
        standing: String,
        told_by: Option<String>,
        merged_into: Option<String>,
    }
}

impl TryFrom<Row> for Member {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "members", id: &row.id };
        let phone = match (row.phone, &row.phone_source, row.phone_at) {
            (Some(value), Some(source), Some(at)) => {
                Some(recorded(&columns, value, source, at, row.phone_as_of.as_deref())?)
            }
            (None, None, None) => None,
            _ => return Err(columns.corrupt("the columns of the phone do not fit")),
        };
        let residence = match (&row.address, row.no_fixed_address, &row.address_source, row.address_at) {
            (Some(address), 0, Some(source), Some(at)) => {
                let home = Residence::Address(columns.json("address", address)?);
                Some(recorded(&columns, home, source, at, row.address_as_of.as_deref())?)
            }
            (None, 1, Some(source), Some(at)) => {
                let as_of = row.address_as_of.as_deref();
                Some(recorded(&columns, Residence::NoFixedAddress, source, at, as_of)?)
            }
            (None, 0, None, None) => None,
            _ => return Err(columns.corrupt("the columns of the address do not fit")),
        };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            cin: columns.parse("cin", &row.cin)?,
            family_name: columns.parse("family_name", &row.family_name)?,
            given_name: columns.parse("given_name", &row.given_name)?,
            birth_date: columns.parse("birth_date", &row.birth_date)?,
            county: columns.parse("county", &row.county)?,
            language: row.language,
            phone,
            residence,
            created_at: columns.instant("created_at", row.created_at)?,
            version: row.version,
            standing: columns.word("standing", &row.standing, IdentityStatus::named)?,
            told_by: row.told_by,
            merged_into: columns.parse_some("merged_into", row.merged_into.as_deref())?,
        })
    }
}

impl Member {
    /// Names and birth date: the identity besides the number.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity {
            family_name: self.family_name.clone(),
            given_name: self.given_name.clone(),
            birth_date: self.birth_date,
        }
    }
}

fn recorded<T>(
    columns: &Columns<'_>,
    value: T,
    source: &str,
    at: i64,
    as_of: Option<&str>,
) -> Result<Recorded<T>, StoreError> {
    let recorded_at = columns.instant("recorded_at", at)?;
    Ok(Recorded {
        value,
        source: columns.word("source", source, ContactSource::named)?,
        recorded_at,
        as_of: columns.parse_some("as_of", as_of)?.unwrap_or_else(|| pacific_day(recorded_at)),
    })
}

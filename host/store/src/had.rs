//! The services that a member had or may have, under any plan: what the host knows facts from.

use domain::identifiers::{MemberId, OrgId};
use jiff::civil::Date;

use crate::row::{Columns, read_all};
use crate::unit::text;
use crate::{Store, StoreError};

/// The newest first: what is cut lies furthest back. It is for the host itself, which tells plans no more than it must.
const HAD: &str = "
    select provider_org, first_day, last_day, kind from usage where member = $1 and service = $2
    order by first_day desc, id desc limit 2000";

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Had {
    /// Who gives it.
    pub provider: OrgId,
    /// First day.
    pub first: Date,
    /// Last day.
    pub last: Date,
    /// Whether it was given, and not only authorized.
    pub delivered: bool,
}

/// What a member had or may have of a service, under any plan, newest first; at most 2,000 entries.
pub async fn of_service(store: &Store, member: MemberId, service: &str) -> Result<Vec<Had>, StoreError> {
    read_all(store.all::<Row>(HAD, vec![text(member), text(service)]).await?)
}

#[derive(sqlx::FromRow)]
struct Row {
    provider_org: String,
    first_day: String,
    last_day: String,
    kind: String,
}

impl TryFrom<Row> for Had {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "usage", id: &row.first_day };
        Ok(Self {
            provider: columns.parse("provider_org", &row.provider_org)?,
            first: columns.parse("first_day", &row.first_day)?,
            last: columns.parse("last_day", &row.last_day)?,
            delivered: row.kind != "authorized",
        })
    }
}

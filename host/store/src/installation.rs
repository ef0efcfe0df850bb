//! The one county whose record this is.

use domain::identifiers::OrgId;
use jiff::Timestamp;

use crate::row::Columns;
use crate::unit::{instant, text};
use crate::{Miss, Statement, Store, StoreError};

const FIND: &str = "select county, begun_at from installation where id = 1";

/// The row's number is its constraint: there is one.
const BEGIN: &str = "insert into installation (id, county, begun_at) values (1, $1, $2)";

/// A record that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// The county's own organization.
    pub county: OrgId,
    /// Instant of its first start (UTC).
    pub begun_at: Timestamp,
}

/// The installation; `None` for a record that nobody has begun yet. It is no secret.
pub async fn find(store: &Store) -> Result<Option<Installation>, StoreError> {
    let row = store.one::<(String, i64)>(FIND, Vec::new()).await?;
    row.map(|(county, begun_at)| {
        let columns = Columns { table: "installation", id: "1" };
        Ok(Installation {
            county: columns.parse("county", &county)?,
            begun_at: columns.instant("begun_at", begun_at)?,
        })
    })
    .transpose()
}

/// Begins the record; [`StoreError::Duplicate`] if somebody else did.
pub fn begin(county: OrgId, at: Timestamp) -> Statement {
    Statement::one(Miss::Duplicate, BEGIN, vec![text(county), instant(at)])
}

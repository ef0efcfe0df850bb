//! Counties that an operator added. The state's own are not in the record.

use domain::counties::KnownCounty;
use domain::identifiers::OrgId;
use domain::plan::types::Bilingual;
use jiff::Timestamp;

use crate::row::{Columns, read_all, row};
use crate::unit::{instant, int, text};
use crate::{Miss, Statement, Store, StoreError};

/// The most that are read, and so the most that may be added.
pub const MOST: u32 = 200;

const ALL: &str = "select code, name_en, name_es, region from counties order by code limit $1";

/// One more, while there are fewer than the most.
const INSERT: &str = "
    insert into counties (code, name_en, name_es, region, added_at, added_by)
    select $1, $2, $3, $4, $5, $6 where (select count(*) from counties) < $7";

/// Every county that was added, by code. They are no secret.
pub async fn all(store: &Store) -> Result<Vec<KnownCounty>, StoreError> {
    read_all(store.all::<Row>(ALL, vec![int(i64::from(MOST))]).await?)
}

/// Adds a county; [`StoreError::Duplicate`] if its code was added before, or [`MOST`] were.
pub fn insert(county: &KnownCounty, at: Timestamp, by: OrgId) -> Statement {
    Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![
            text(&county.code),
            text(&county.name.en),
            text(&county.name.es),
            text(&county.region),
            instant(at),
            text(by),
            int(i64::from(MOST)),
        ],
    )
}

row! {
    struct Row {
        code: String,
        name_en: String,
        name_es: String,
        region: String,
    }
}

impl TryFrom<Row> for KnownCounty {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "counties", id: &row.code };
        Ok(Self {
            code: columns.parse("code", &row.code)?,
            name: Bilingual { en: row.name_en, es: row.name_es },
            region: row.region,
            state: None,
        })
    }
}

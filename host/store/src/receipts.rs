//! Receipts of conformance runs. A receipt is never changed: another run makes another one.

use domain::identifiers::{Digest, OrgId, PlanId, ReceiptId};
use jiff::Timestamp;

use crate::page::one_more;
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{instant, int, text};
use crate::{Miss, Page, Scope, Statement, Store, StoreError};

const LIST: &str = "
    select id, plan, digest, kit, contract, conforms, made_at, made_by, body from receipts
    where plan = $4 and digest = $5 and (plan = $2 or $3 = 1) and (made_at, id) < ($6, $7)
    order by made_at desc, id desc limit $8";

const INSERT: &str = "
    insert into receipts (id, plan, digest, kit, contract, conforms, made_at, made_by, body)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// Receipt of one conformance run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptRecord {
    /// Id of the receipt.
    pub id: ReceiptId,
    /// Plan whose plugin was run.
    pub plan: PlanId,
    /// SHA-256 of the plugin's component.
    pub digest: Digest,
    /// The version of the kit that asked.
    pub kit: u32,
    /// The contract that the plugin was built against.
    pub contract: String,
    /// True if every check holds.
    pub conforms: bool,
    /// Instant of the run (UTC).
    pub made_at: Timestamp,
    /// Organization that asked for it.
    pub made_by: OrgId,
    /// The whole of it, as JSON.
    pub body: String,
}

/// A plugin's receipts that were made before `before`, newest first.
pub async fn list(
    store: &Store,
    scope: &Scope,
    plan: &PlanId,
    digest: &Digest,
    before: Option<(Timestamp, ReceiptId)>,
    limit: u32,
) -> Result<Page<ReceiptRecord, (Timestamp, ReceiptId)>, StoreError> {
    let (at, id) = before.map_or((int(i64::MAX), text("")), |(at, id)| (instant(at), text(id)));
    let own = [text(plan), text(digest), at, id, one_more(limit)];
    let rows = store.all::<Row>(LIST, values(scope.institutions(), own)).await?;
    Ok(Page::cut(read_all(rows)?, limit, |receipt: &ReceiptRecord| (receipt.made_at, receipt.id)))
}

/// Statement that adds a receipt.
pub fn insert(receipt: &ReceiptRecord) -> Statement {
    Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![
            text(receipt.id),
            text(&receipt.plan),
            text(receipt.digest),
            int(i64::from(receipt.kit)),
            text(&receipt.contract),
            int(i64::from(receipt.conforms)),
            instant(receipt.made_at),
            text(receipt.made_by),
            text(&receipt.body),
        ],
    )
}

row! {
    struct Row {
        id: String,
        plan: String,
        digest: String,
        kit: i64,
        contract: String,
        conforms: i64,
        made_at: i64,
        made_by: String,
        body: String,
    }
}

impl TryFrom<Row> for ReceiptRecord {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "receipts", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            plan: columns.parse("plan", &row.plan)?,
            digest: columns.parse("digest", &row.digest)?,
            kit: columns.number("kit", row.kit)?,
            conforms: row.conforms == 1,
            made_at: columns.instant("made_at", row.made_at)?,
            made_by: columns.parse("made_by", &row.made_by)?,
            contract: row.contract,
            body: row.body,
        })
    }
}

//! An organization's inbox.

use domain::identifiers::{CaseId, NoticeId, OrgId};
use jiff::Timestamp;

use crate::page::one_more;
use crate::row::{Columns, read_all};
use crate::unit::{instant, int, maybe_text, text};
use crate::{Miss, Page, Scope, Statement, Store, StoreError};

const LIST: &str = "
    select id, organization, at, case_id, kind, body from notices
    where organization = $1 and (at, id) < ($2, $3) order by at desc, id desc limit $4";

const INSERT: &str = "
    insert into notices (id, organization, at, case_id, kind, body) values ($1, $2, $3, $4, $5, $6)";

/// One notice. Has no `Debug`: its body may be about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Notice {
    /// The id.
    pub id: NoticeId,
    /// To whom.
    pub organization: OrgId,
    /// When.
    pub at: Timestamp,
    /// About which case.
    pub case: Option<CaseId>,
    /// What kind.
    pub kind: String,
    /// What it says, as JSON.
    pub body: String,
}

/// Where an inbox goes on: when the last notice came, and which it was.
pub type NoticeKey = (Timestamp, NoticeId);

/// The caller's own notices before `before`, newest first.
pub async fn list(
    store: &Store,
    scope: &Scope,
    before: Option<NoticeKey>,
    limit: u32,
) -> Result<Page<Notice, NoticeKey>, StoreError> {
    let (at, id) = before.map_or((int(i64::MAX), text("")), |(at, id)| (instant(at), text(id)));
    let rows =
        store.all::<Row>(LIST, vec![maybe_text(scope.organization()), at, id, one_more(limit)]).await?;
    Ok(Page::cut(read_all(rows)?, limit, |notice: &Notice| (notice.at, notice.id)))
}

/// Adds a notice.
pub fn insert(notice: &Notice) -> Statement {
    Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![
            text(notice.id),
            text(notice.organization),
            instant(notice.at),
            maybe_text(notice.case),
            text(&notice.kind),
            text(&notice.body),
        ],
    )
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    organization: String,
    at: i64,
    case_id: Option<String>,
    kind: String,
    body: String,
}

impl TryFrom<Row> for Notice {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "notices", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            organization: columns.parse("organization", &row.organization)?,
            at: columns.instant("at", row.at)?,
            case: columns.parse_some("case_id", row.case_id.as_deref())?,
            kind: row.kind,
            body: row.body,
        })
    }
}

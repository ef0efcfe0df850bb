//! Documents: what they are, who sent them, and with which cases. Their bytes lie in a
//! [`crate::vault::Vault`].

use domain::identifiers::{CaseId, Digest, DocumentId, KeyId, MemberId, OrgId};
use jiff::Timestamp;

use crate::cases::sees_case;
use crate::page::one_more;
use crate::row::{Columns, read_all, row};
use crate::scope::values;
use crate::unit::{instant, int, maybe_text, text};
use crate::{Miss, Page, Scope, Statement, Store, StoreError};

macro_rules! columns {
    () => {
        "select d.id, d.sha256, d.size_bytes, d.media_type, d.kind, d.title, d.member, d.organization, d.key_id,
            d.uploaded_at from documents d "
    };
}

/// Whoever sent it sees it, and whoever sees a case that it was sent with.
const FIND: &str = concat!(
    columns!(),
    "where d.id = $4 and (d.organization = $5 or (
        select 1 from document_uses u where u.document = d.id and (
            select 1 from cases c where c.id = u.case_id and ",
    sees_case!(),
    ") is not null limit 1) is not null or $3 = 1)"
);

const LIST: &str = concat!(
    columns!(),
    "where d.organization = $1 and (d.uploaded_at, d.id) < ($2, $3) order by d.uploaded_at desc, d.id desc limit $4"
);

/// Sent with no case since.
const UNUSED: &str = concat!(
    columns!(),
    "where d.uploaded_at < $1 and (select 1 from document_uses u where u.document = d.id limit 1) is null
    order by d.uploaded_at, d.id limit $2"
);

const INSERT: &str = "
    insert into documents (id, sha256, size_bytes, media_type, kind, title, member, organization, key_id, uploaded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const USE: &str = "
    insert into document_uses (document, case_id, at) values ($1, $2, $3) on conflict (document, case_id) do nothing";

/// Waits for a sweep of the document, and finds nothing after it.
const STILL_THERE: crate::Dialects = crate::Dialects {
    sqlite: "select id from documents where id = $1",
    postgres: "select id from documents where id = $1 for key share",
};

const REMOVE_UNUSED: &str = "
    delete from documents where id = $1 and not exists (select 1 from document_uses u where u.document = $1)";

const HOLDERS: &str = "select count(*) from documents where sha256 = $1";

/// A document. Has no `Debug`: its title may name somebody.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    /// Id of the document.
    pub id: DocumentId,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// Size of the content in bytes.
    pub size_bytes: u64,
    /// Media type of its bytes, such as `application/pdf`.
    pub media_type: String,
    /// Kind of document in the dictionary.
    pub kind: String,
    /// Title that its sender gave it.
    pub title: Option<String>,
    /// The member that it is about, where its sender said so.
    pub member: Option<MemberId>,
    /// Organization that sent it.
    pub organization: OrgId,
    /// Access key that it was sent with.
    pub key: Option<KeyId>,
    /// Instant at which it came (UTC).
    pub uploaded_at: Timestamp,
}

/// Key of a page's last document: its upload and its id.
pub type DocumentKey = (Timestamp, DocumentId);

/// Document of this id, if the scope sees it.
pub async fn find(store: &Store, scope: &Scope, id: DocumentId) -> Result<Option<Document>, StoreError> {
    let own = [text(id), maybe_text(scope.organization())];
    let row = store.one::<Row>(FIND, values(scope.people(), own)).await?;
    row.map(Document::try_from).transpose()
}

/// Documents that the scope's organization sent before `before`, newest first.
pub async fn list(
    store: &Store,
    scope: &Scope,
    before: Option<DocumentKey>,
    limit: u32,
) -> Result<Page<Document, DocumentKey>, StoreError> {
    let (at, id) = before.map_or((int(i64::MAX), text("")), |(at, id)| (instant(at), text(id)));
    let rows =
        store.all::<Row>(LIST, vec![maybe_text(scope.organization()), at, id, one_more(limit)]).await?;
    Ok(Page::cut(read_all(rows)?, limit, |document: &Document| (document.uploaded_at, document.id)))
}

/// Documents that came before an instant and were sent with no case, oldest first. For a duty.
pub async fn unused(store: &Store, before: Timestamp, limit: u32) -> Result<Vec<Document>, StoreError> {
    read_all(store.all::<Row>(UNUSED, vec![instant(before), int(i64::from(limit))]).await?)
}

/// Number of documents with these bytes.
pub async fn holders(store: &Store, sha256: &Digest) -> Result<i64, StoreError> {
    let row = store.one::<(i64,)>(HOLDERS, vec![text(sha256)]).await?;
    Ok(row.map_or(0, |(count,)| count))
}

/// Statement that adds a document.
pub fn insert(document: &Document) -> Statement {
    Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![
            text(document.id),
            text(document.sha256),
            int(i64::try_from(document.size_bytes).unwrap_or(i64::MAX)),
            text(&document.media_type),
            text(&document.kind),
            maybe_text(document.title.as_deref()),
            maybe_text(document.member),
            text(document.organization),
            maybe_text(document.key),
            instant(document.uploaded_at),
        ],
    )
}

/// Says that a document was sent with a case; [`StoreError::Conflict`] if it was swept meanwhile.
pub fn used(document: DocumentId, case: CaseId, at: Timestamp) -> [Statement; 2] {
    [
        Statement::one(Miss::Conflict, STILL_THERE, vec![text(document)]),
        Statement::any(USE, vec![text(document), text(case), instant(at)]),
    ]
}

/// Removes a document that no case was sent with; [`StoreError::Conflict`] if one was meanwhile.
pub fn remove_unused(id: DocumentId) -> Statement {
    Statement::one(Miss::Conflict, REMOVE_UNUSED, vec![text(id)])
}

row! {
    struct Row {
        id: String,
        sha256: String,
        size_bytes: i64,
        media_type: String,
        kind: String,
        title: Option<String>,
        member: Option<String>,
        organization: String,
        key_id: Option<String>,
        uploaded_at: i64,
    }
}

impl TryFrom<Row> for Document {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "documents", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            sha256: columns.parse("sha256", &row.sha256)?,
            size_bytes: columns.number("size_bytes", row.size_bytes)?,
            member: columns.parse_some("member", row.member.as_deref())?,
            organization: columns.parse("organization", &row.organization)?,
            key: columns.parse_some("key_id", row.key_id.as_deref())?,
            uploaded_at: columns.instant("uploaded_at", row.uploaded_at)?,
            media_type: row.media_type,
            kind: row.kind,
            title: row.title,
        })
    }
}

//! Notices to organizations, one inbox for each.

use domain::identifiers::{CaseId, MemberId, NoticeId, OrgId, PlanId};
use jiff::Timestamp;

use crate::page::one_more;
use crate::row::{Columns, read_all, row};
use crate::unit::{instant, int, maybe_text, text};
use crate::{Miss, Page, Scope, Seat, Statement, Store, StoreError};

/// The caller's inbox, from the instant `$5` on.
macro_rules! list {
    ($place:literal, $order:literal, $narrowed:expr) => {
        concat!(
            "select n.id, n.organization, n.at, n.case_id, n.member, n.kind, n.body, c.plan
            from notices n left join cases c on c.id = n.case_id
            where n.organization = $1 and ",
            $place,
            " and n.at >= $5",
            $narrowed,
            " order by ",
            $order,
            " limit $4"
        )
    };
}

/// Narrows the inbox: `$6` is the case, `$7` the kind, `$8` the plan of the case, `$9` the caller's own plan.
/// Which other plans read a case no plan is told: what it asks about another finds nothing.
macro_rules! narrowed {
    () => {
        " and ($6 is null or n.case_id = $6) and ($7 is null or n.kind = $7)
            and ($8 is null or (($9 is null or $8 = $9) and (c.plan = $8
                or (select 1 from case_plans p where p.case_id = n.case_id and p.plan = $8) is not null)))"
    };
}

/// The whole inbox has statements of its own: of those that may narrow it PostgreSQL expects next to nothing,
/// and would read an inbox to its end for each page.
const NEWEST_FIRST: &str = list!("(n.at, n.id) < ($2, $3)", "n.at desc, n.id desc", "");
const OLDEST_FIRST: &str = list!("(n.at, n.id) > ($2, $3)", "n.at, n.id", "");
const NARROWED_NEWEST_FIRST: &str = list!("(n.at, n.id) < ($2, $3)", "n.at desc, n.id desc", narrowed!());
const NARROWED_OLDEST_FIRST: &str = list!("(n.at, n.id) > ($2, $3)", "n.at, n.id", narrowed!());

const INSERT: &str = "
    insert into notices (id, organization, at, case_id, kind, body, member) values ($1, $2, $3, $4, $5, $6, $7)";

/// One notice. Has no `Debug`: its body may be about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Notice {
    /// Id of the notice.
    pub id: NoticeId,
    /// Organization that is told.
    pub organization: OrgId,
    /// Instant of the notice (UTC).
    pub at: Timestamp,
    /// Case that it is about.
    pub case: Option<CaseId>,
    /// About which member, where it is about no case.
    pub member: Option<MemberId>,
    /// Kind of the notice, such as `member-merged`.
    pub kind: String,
    /// Content of the notice, as JSON.
    pub body: String,
}

/// A notice in an inbox.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The notice itself.
    pub notice: Notice,
    /// The plan of its case, where that is one plan's.
    pub plan: Option<PlanId>,
}

/// Filter and order of an inbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only notices of this instant and later ones.
    pub since: Option<Timestamp>,
    /// Only notices about this case.
    pub case: Option<CaseId>,
    /// Only notices about cases of this plan.
    pub plan: Option<PlanId>,
    /// Only notices of this kind.
    pub kind: Option<String>,
    /// The oldest first, instead of the newest.
    pub oldest_first: bool,
}

/// Key of a page's last notice: its instant and its id.
pub type NoticeKey = (Timestamp, NoticeId);

/// The caller's own notices that fit the filter, from where a page before ended.
pub async fn list(
    store: &Store,
    scope: &Scope,
    filter: &Filter,
    place: Option<NoticeKey>,
    limit: u32,
) -> Result<Page<Delivered, NoticeKey>, StoreError> {
    let is_narrowed = filter.case.is_some() || filter.kind.is_some() || filter.plan.is_some();
    let sql = match (filter.oldest_first, is_narrowed) {
        (false, false) => NEWEST_FIRST,
        (true, false) => OLDEST_FIRST,
        (false, true) => NARROWED_NEWEST_FIRST,
        (true, true) => NARROWED_OLDEST_FIRST,
    };
    let edge = if filter.oldest_first { i64::MIN } else { i64::MAX };
    let (at, id) = place.map_or((int(edge), text("")), |(at, id)| (instant(at), text(id)));
    let since = filter.since.map_or(int(i64::MIN), instant);
    let mut values = vec![maybe_text(scope.organization()), at, id, one_more(limit), since];
    if is_narrowed {
        let own = match scope.seat() {
            Seat::Plan { plan, .. } => Some(plan),
            Seat::Provider(_) | Seat::Operator(_) | Seat::Duty(_) => None,
        };
        values.extend([
            maybe_text(filter.case),
            maybe_text(filter.kind.as_deref()),
            maybe_text(filter.plan.as_ref()),
            maybe_text(own),
        ]);
    }
    let rows = store.all::<Row>(sql, values).await?;
    Ok(Page::cut(read_all(rows)?, limit, |one: &Delivered| (one.notice.at, one.notice.id)))
}

/// Statement that adds a notice.
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
            maybe_text(notice.member),
        ],
    )
}

row! {
    struct Row {
        id: String,
        organization: String,
        at: i64,
        case_id: Option<String>,
        member: Option<String>,
        kind: String,
        body: String,
        plan: Option<String>,
    }
}

impl TryFrom<Row> for Delivered {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "notices", id: &row.id };
        let notice = Notice {
            id: columns.parse("id", &row.id)?,
            organization: columns.parse("organization", &row.organization)?,
            at: columns.instant("at", row.at)?,
            case: columns.parse_some("case_id", row.case_id.as_deref())?,
            member: columns.parse_some("member", row.member.as_deref())?,
            kind: row.kind,
            body: row.body,
        };
        Ok(Self { notice, plan: columns.parse_some("plan", row.plan.as_deref())? })
    }
}

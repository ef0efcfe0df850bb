//! What a plugin was asked and what it answered, byte for byte, so that it can be asked again.

use domain::identifiers::{CaseId, DecisionId, Digest, PlanId};
use jiff::Timestamp;

use crate::cases::sees_case;
use crate::row::{Columns, read_all};
use crate::scope::values;
use crate::unit::{bytes, instant, int, text};
use crate::{Miss, Scope, Statement, Store, StoreError};

macro_rules! columns {
    () => {
        "select d.id, d.case_id, d.plan, d.digest, d.operation, d.ending, d.input, d.output, d.duration_us,
            d.memory_bytes, d.at
        from decisions d join cases c on c.id = d.case_id where "
    };
}

const FIND: &str = concat!(columns!(), "d.id = $4 and ", sees_case!());
const FOR_CASE: &str =
    concat!(columns!(), "d.case_id = $4 and ", sees_case!(), " order by d.at desc, d.id desc limit 100");

const INSERT: &str = "
    insert into decisions (id, case_id, plan, digest, operation, ending, input, output, duration_us, memory_bytes, at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

/// One answer of a plugin. Has no `Debug`: its input is about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Decision {
    /// The id.
    pub id: DecisionId,
    /// The case it was asked about.
    pub case: CaseId,
    /// Whose plugin.
    pub plan: PlanId,
    /// Which plugin.
    pub digest: Digest,
    /// What it was asked, such as `referral.triage`.
    pub operation: String,
    /// How the call ended: an answer's word, or a fault's.
    pub ending: String,
    /// What went in.
    pub input: Vec<u8>,
    /// What came out.
    pub output: Vec<u8>,
    /// How long it took, in microseconds.
    pub duration_us: u64,
    /// How much memory it took at most.
    pub memory_bytes: u64,
    /// When.
    pub at: Timestamp,
}

/// One decision.
pub async fn find(store: &Store, scope: &Scope, id: DecisionId) -> Result<Option<Decision>, StoreError> {
    let row = store.one::<Row>(FIND, values(scope.people(), [text(id)])).await?;
    row.map(Decision::try_from).transpose()
}

/// The decisions in a case, newest first.
pub async fn for_case(store: &Store, scope: &Scope, case: CaseId) -> Result<Vec<Decision>, StoreError> {
    read_all(store.all::<Row>(FOR_CASE, values(scope.people(), [text(case)])).await?)
}

/// Adds a decision.
pub fn insert(decision: &Decision) -> Statement {
    let number = |number: u64| int(i64::try_from(number).unwrap_or(i64::MAX));
    Statement::one(
        Miss::Duplicate,
        INSERT,
        vec![
            text(decision.id),
            text(decision.case),
            text(&decision.plan),
            text(decision.digest),
            text(&decision.operation),
            text(&decision.ending),
            bytes(&decision.input),
            bytes(&decision.output),
            number(decision.duration_us),
            number(decision.memory_bytes),
            instant(decision.at),
        ],
    )
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: String,
    case_id: String,
    plan: String,
    digest: String,
    operation: String,
    ending: String,
    input: Vec<u8>,
    output: Vec<u8>,
    duration_us: i64,
    memory_bytes: i64,
    at: i64,
}

impl TryFrom<Row> for Decision {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let columns = Columns { table: "decisions", id: &row.id };
        Ok(Self {
            id: columns.parse("id", &row.id)?,
            case: columns.parse("case_id", &row.case_id)?,
            plan: columns.parse("plan", &row.plan)?,
            digest: columns.parse("digest", &row.digest)?,
            duration_us: columns.number("duration_us", row.duration_us)?,
            memory_bytes: columns.number("memory_bytes", row.memory_bytes)?,
            at: columns.instant("at", row.at)?,
            operation: row.operation,
            ending: row.ending,
            input: row.input,
            output: row.output,
        })
    }
}

//! A member's cases as threads.

use serde::Serialize;
use utoipa::ToSchema;

use super::{CaseView, ProcedureView, RemittanceView};

/// A page of threads, the last begun first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ThreadsView {
    /// The threads.
    pub items: Vec<ThreadView>,
    /// Pass as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
    /// Whether these are made of all of the member's cases; false where there are more than 1,000.
    pub whole: bool,
}

/// One thread: what was referred, what was authorized, what was billed and what was paid. Only what you may
/// see is in it.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct ThreadView {
    /// The service of its first case.
    pub service: Option<String>,
    /// The plan of its first case.
    pub plan: Option<String>,
    /// Referrals, the first one first.
    pub referrals: Vec<CaseView>,
    /// Authorizations, the first one first.
    pub authorizations: Vec<CaseView>,
    /// Claims, the first one first.
    pub claims: Vec<CaseView>,
    /// What was paid.
    pub payments: Vec<RemittanceView>,
    /// Units of each granted line. What others billed under it counts, though you do not see their claims.
    pub units: Vec<UnitsView>,
}

/// Units of one granted line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitsView {
    /// The authorization's id.
    pub authorization: String,
    /// Its number.
    pub number: String,
    /// The procedure.
    pub procedure: ProcedureView,
    /// The first day.
    #[schema(format = Date)]
    pub first: String,
    /// The last day.
    #[schema(format = Date)]
    pub last: Option<String>,
    /// Granted.
    pub authorized: u32,
    /// Payable or paid.
    pub used: u32,
    /// Left.
    pub left: u32,
}

//! Policies: demands on each plan's releases.

use domain::identifiers::{OrgId, PlanId};
use domain::release::Policy;
use jiff::Timestamp;

use crate::row::Columns;
use crate::unit::{instant, text};
use crate::{Miss, Statement, Store, StoreError};

const FIND: &str = "select body from plan_policies where plan = $1";

const PUT: &str = "
    insert into plan_policies (plan, body, updated_at, updated_by) values ($1, $2, $3, $4)
    on conflict (plan) do update set body = excluded.body, updated_at = excluded.updated_at,
        updated_by = excluded.updated_by";

/// A plan's policy; the default where the operator set none. No secret of a patient's, and every release
/// depends on it.
pub async fn find(store: &Store, plan: &PlanId) -> Result<Policy, StoreError> {
    let Some((body,)) = store.one::<(String,)>(FIND, vec![text(plan)]).await? else {
        return Ok(Policy::default());
    };
    Columns { table: "plan_policies", id: plan.as_str() }.json("body", &body)
}

/// Sets a plan's policy.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn put(plan: &PlanId, policy: &Policy, at: Timestamp, by: OrgId) -> Result<Statement, StoreError> {
    let body = serde_json::to_string(policy)
        .map_err(|_| StoreError::Database("a policy does not become JSON".to_owned()))?;
    Ok(Statement::one(Miss::Conflict, PUT, vec![text(plan), text(body), instant(at), text(by)]))
}

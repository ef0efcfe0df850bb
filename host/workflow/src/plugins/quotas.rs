//! Limits on the uploads and versions of one plan, so that many of one do not take another's room.

use domain::identifiers::PlanId;
use domain::problem::Code;
use jiff::SignedDuration;
use store::Statement;

use crate::Crosswalk;
use crate::command::failure::{Failure, FieldProblem};

/// Span over which a plan's uploads are counted.
const AN_HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Limits of one plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Most uploads within an hour, refused ones too.
    pub uploads_per_hour: u32,
    /// Most versions that are neither refused nor revoked.
    pub versions: u32,
    /// Most bytes of all components that are kept.
    pub bytes: u64,
}

impl Quota {
    /// Limits that hold unless the operator sets others.
    pub const USUAL: Self = Self { uploads_per_hour: 60, versions: 200, bytes: 4 << 30 };
}

impl Crosswalk {
    /// Lets a plan upload `size` bytes more. What it gives belongs into the unit that keeps them: of two
    /// uploads that counted the same, one counts again.
    ///
    /// # Errors
    /// `Withheld` with everything that is used up, and what to do about it.
    pub(crate) async fn has_room_for(&self, plan: &PlanId, size: usize) -> Result<Statement, Failure> {
        let (quota, now) = (self.settings().quota, self.now());
        let held = store::plugins::held(self.store(), plan, now - AN_HOUR).await?;
        let mut problems = Vec::new();
        let mut full =
            |code, detail: String, fix: &str| problems.push(FieldProblem::new("", code, detail, fix));
        if held.recent_uploads >= i64::from(quota.uploads_per_hour) {
            full(
                Code::TooManyUploads,
                format!(
                    "the plan uploaded {} components within an hour, which is the most",
                    held.recent_uploads
                ),
                "send it again within the hour; `crosswalk plugin check` and `test` try a component without uploading it",
            );
        }
        if held.versions >= i64::from(quota.versions) {
            full(
                Code::TooManyVersions,
                format!("the plan keeps {} versions, which is the most", held.versions),
                "revoke versions that never decide again with ⟦revokePlugin⟧",
            );
        }
        let bytes = u64::try_from(held.bytes).unwrap_or(0).saturating_add(size as u64);
        if bytes > quota.bytes {
            full(
                Code::TooManyBytes,
                format!(
                    "with it the plan would keep {} MiB of components, of {} at most",
                    bytes >> 20,
                    quota.bytes >> 20
                ),
                "revoke versions that never decided, which removes their bytes; what decided once is kept, so that its \
                 decisions can be repeated",
            );
        }
        if problems.is_empty() { Ok(held.admit(plan)) } else { Err(Failure::Withheld(problems)) }
    }
}

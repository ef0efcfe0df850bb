//! Cases in the hands of a plan's people: the screen on which one is decided, and the page on which it is
//! passed on. Each reads the case once and puts one look on the record.

use domain::case::CaseKind;
use domain::identifiers::CaseId;
use store::members::Member;

use crate::Crosswalk;
use crate::cases::case::Case;
use crate::cases::colleagues::{Colleague, WorkOn};
use crate::cases::limits::ShownLimit;
use crate::cases::show::ShownCase;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::timeline::TimelineStep;
use crate::directory::members::ShownMember;

/// Everything that is known of a case where it is decided. Has no `Debug`: it is about a member.
pub struct CaseToDecide {
    /// The case, as the caller may see it.
    pub case: ShownCase,
    /// Steps that happened, oldest first.
    pub steps: Vec<TimelineStep>,
    /// The person whom it is about; `None` of an application, and of whom the caller sees no more.
    pub member: Option<ShownMember>,
    /// Limits of the case's service, where the plan answers for the person today.
    pub limits: Vec<ShownLimit>,
    /// The colleague who has it, and what the plan's people did with it.
    pub work: WorkOn,
}

/// A case where it is passed from one colleague to another.
pub struct CaseInHands {
    /// The case, as the caller may see it.
    pub case: ShownCase,
    /// The colleague who has it, and what the plan's people did with it.
    pub work: WorkOn,
    /// Those to whom it can be passed, and the caller.
    pub colleagues: Vec<Colleague>,
}

impl Crosswalk {
    /// A case with everything that a decision on it is made from, for a purpose that the look keeps.
    ///
    /// # Errors
    /// `Forbidden` for everybody but plan roles; `NotFound` for one that is not there, not of that kind, or
    /// not the caller's.
    pub async fn case_to_decide(
        &self,
        caller: &Caller,
        kind: CaseKind,
        id: CaseId,
        purpose: &str,
    ) -> Result<CaseToDecide, Failure> {
        caller.must_be(&[Role::PlanReviewer, Role::PlanAdmin])?;
        let row = self.case_of_kind(caller, kind, id).await?;
        let case = self.shown_beside(caller, &row).await?;
        let steps = self.steps_of(caller, &row).await?;
        let work = self.work_on(caller, id).await?;
        let found = match row.member {
            Some(member) => store::members::find(self.store(), &caller.scope, member).await?,
            None => None,
        };
        let mut looks = vec![Look::Cases(std::slice::from_ref(&row.id)), Look::names(&work.names)];
        let (mut member, mut limits) = (None, Vec::new());
        if let Some(found) = &found {
            member = Some(self.member_shown(caller, &caller.scope, found, purpose).await?);
            limits = self.limits_beside(caller, &row, found, purpose).await?;
            looks.push(Look::Members(std::slice::from_ref(found), purpose));
        }
        self.looks(caller, &looks).await?;
        Ok(CaseToDecide { case, steps, member, limits, work })
    }

    /// Limits of the case's service; none where the plan does not answer for the person today.
    async fn limits_beside(
        &self,
        caller: &Caller,
        case: &Case,
        member: &Member,
        purpose: &str,
    ) -> Result<Vec<ShownLimit>, Failure> {
        let Some(service) = case.service.as_deref() else { return Ok(Vec::new()) };
        match self.limits_of(caller, member, Some(service), self.today(), purpose).await {
            Err(Failure::Invalid(_)) => Ok(Vec::new()),
            read => read,
        }
    }

    /// A case with whoever of the plan's people has it, and those to whom it can be passed.
    ///
    /// # Errors
    /// `Forbidden` for everybody but plan roles; `NotFound` for one that is not there, not of that kind, or
    /// not the caller's.
    pub async fn case_in_hands(
        &self,
        caller: &Caller,
        kind: CaseKind,
        id: CaseId,
    ) -> Result<CaseInHands, Failure> {
        caller.must_be(&[Role::PlanReviewer, Role::PlanAdmin])?;
        let row = self.case_of_kind(caller, kind, id).await?;
        let case = self.shown_beside(caller, &row).await?;
        let work = self.work_on(caller, id).await?;
        let colleagues = self.read_colleagues(caller).await?;
        self.looks(caller, &[Look::Cases(&[id]), Look::colleagues()]).await?;
        Ok(CaseInHands { case, work, colleagues })
    }
}

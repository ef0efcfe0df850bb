//! More time to decide about an authorization (42 CFR 438.210(d)(1)(ii) and (d)(2)(ii)).

use domain::authorization::{Event, Extension};
use domain::case::{CaseKind, NotAllowed};
use domain::identifiers::CaseId;
use domain::plan::authorization::RequestKind;
use domain::problem::Code;
use jiff::Timestamp;
use store::deadlines::DeadlineState;
use store::{Scope, Unit};

use crate::Crosswalk;
use crate::cases::case::Authorization;
use crate::cases::clocks;
use crate::cases::show::ShownCase;
use crate::cases::step::Work;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::{Expected, NewExtension, Once, Outcome};
use crate::words;

impl Crosswalk {
    /// Lets the decision wait up to 14 calendar days more, once. The clock counts on from where it stood, and
    /// the provider is told why.
    ///
    /// # Errors
    /// `NotFound`, `Stale`, `NotAllowed` for a request that is decided, was extended before or is
    /// retrospective; `Invalid` once the decision is late.
    pub async fn extend_authorization(
        &self,
        caller: &Caller,
        id: CaseId,
        wanted: NewExtension,
        expected: Expected,
        once: Once<ShownCase>,
    ) -> Result<Outcome<ShownCase>, Failure> {
        caller.must_be(&[Role::PlanReviewer])?;
        let wanted = &wanted;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let case = crosswalk.case_to_change(caller, CaseKind::Authorization, id, expected).await?;
                let due_before = crosswalk.decision_due(id).await?;
                let mut work = Work::new(caller, case, crosswalk.now());
                may_wait(work.authorization()?)?;
                work.step_authorization(Event::Extend)?;
                let Some(due_before) = due_before.filter(|due| *due >= work.now()) else {
                    return Err(too_late());
                };
                let at = work.now();
                let reason = wanted.reason.clone();
                let extension = Extension { at, due_before, by: wanted.by, reason };
                work.authorization()?.extension = Some(extension.clone());
                tell_of_extension(&mut work, &extension);
                crosswalk.finish(caller, work, &Unit::default()).await
            })
        })
        .await
    }

    /// Instant at which the decision is due (UTC): the earliest of its running clocks.
    async fn decision_due(&self, id: CaseId) -> Result<Option<Timestamp>, Failure> {
        let clocks = store::deadlines::for_case(self.store(), &Scope::duty("clocks"), id).await?;
        let running = clocks.iter().filter(|clock| {
            clock.state == DeadlineState::Open && clocks::is_authorization_decision(clock.rule)
        });
        Ok(running.map(|clock| clock.due_at).min())
    }
}

/// Everybody on the request is told why, as far as it is written; and again when the rest is.
pub(crate) fn tell_of_extension(work: &mut Work, extension: &Extension) {
    let text = words::decision_waits(&extension.reason.told());
    work.tell_parties("authorization-extended", text, words::request_for_you_waits(), &[]);
}

/// A service that was already given is decided in its own 30 days, and nobody gets 14 days twice.
fn may_wait(body: &Authorization) -> Result<(), Failure> {
    if body.extension.is_none() && body.kind != RequestKind::Retrospective {
        return Ok(());
    }
    Err(NotAllowed {
        kind: CaseKind::Authorization,
        from: if body.extension.is_some() { "extended already" } else { "retrospective" },
        event: Event::Extend.name(),
    }
    .into())
}

fn too_late() -> Failure {
    Failure::field(
        "",
        Code::ClockRanOut,
        "the time to decide is over, and only running time can be extended",
        "decide now",
    )
}

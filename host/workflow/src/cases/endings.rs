//! An authorization that ends before its last day: the member left the house, or needs the service no more.
//!
//! Only who asked for it or delivers it may end it. A plan that would end what it granted takes an adverse
//! action, which is another thing and not this one. What is not used is free again: it counts towards no
//! limit, and another house may be asked. So is what was granted for days that another plan has answered for
//! since, which nobody would pay ([`crate::cases::moves`]).

use domain::authorization::{Event, State};
use domain::case::CaseKind;
use domain::identifiers::CaseId;
use domain::plan::types::Bilingual;
use domain::problem::Code;
use jiff::civil::Date;
use store::Unit;

use crate::Crosswalk;
use crate::cases::authorizations::record_use;
use crate::cases::case::{Authorization, Ended};
use crate::cases::show::ShownCase;
use crate::cases::step::{CaseNotice, Work};
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::notice::Recipient;
use crate::command::{Expected, NewEnding, Once, Outcome};
use crate::words;

impl Crosswalk {
    /// Ends an authorization with a day. What was granted for later days is free.
    ///
    /// # Errors
    /// `NotFound`, `Stale`, `NotAllowed` unless it is granted; `Invalid` for a day that is not among the
    /// granted ones, or the day before them, with which it ends before it began.
    pub async fn end_authorization(
        &self,
        caller: &Caller,
        id: CaseId,
        ending: NewEnding,
        expected: Expected,
        once: Once<ShownCase>,
    ) -> Result<Outcome<ShownCase>, Failure> {
        caller.must_be(&[Role::Provider])?;
        let ending = &ending;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let case = crosswalk.case_to_change(caller, CaseKind::Authorization, id, expected).await?;
                let mut work = Work::new(caller, case, crosswalk.now());
                if let Some((first, last)) = granted_days(work.authorization()?)
                    && (ending.last >= last || ending.last < first.yesterday().unwrap_or(first))
                {
                    return Err(outside(first, last));
                }
                let reason = Some(ending.reason.clone());
                let freed = end(&mut work, ending.last, reason, words::authorization_ended(ending.last))?;
                crosswalk.finish(caller, work, &freed).await
            })
        })
        .await
    }
}

/// Ends what is granted with a day, for a reason in the provider's words if it is the provider's: the window
/// ends too, what is left of the grant counts in place of all of it, and plan and parties are told. Returns
/// what makes room for that.
pub(crate) fn end(
    work: &mut Work,
    last: Date,
    reason: Option<String>,
    text: Bilingual,
) -> Result<Unit, Failure> {
    work.step_authorization(Event::End { last })?;
    let now = work.now();
    let plan = work.plan()?;
    let body = work.authorization()?;
    body.window = body.window.take().map(|window| window.ended_on(last));
    body.ended = Some(Ended { at: now, last, reason });
    let State::Approved { grant, .. } = &body.state else {
        return Err(Failure::defect("what ended was no grant"));
    };
    let grant = grant.clone();
    record_use(work, &grant, &plan);
    let parties = [Some(work.case.provider), work.case.assigned].into_iter().flatten();
    let told = parties.map(Recipient::Organization).chain([Recipient::Plan(plan)]);
    for to in told.collect::<Vec<_>>() {
        work.notices.push(CaseNotice {
            to,
            kind: "authorization-ended",
            text: text.clone(),
            ends_clocks: &[],
        });
    }
    Ok(Unit::of([store::usage::remove_for_case(work.case.id)]))
}

/// The first and the last day that are granted; `None` of what grants nothing.
pub(crate) fn granted_days(body: &Authorization) -> Option<(Date, Date)> {
    match &body.state {
        State::Approved { grant, .. } => grant.first_and_last(),
        _ => None,
    }
}

fn outside(first: Date, last: Date) -> Failure {
    Failure::field(
        "/last",
        Code::OutsideTheGrant,
        format!("it is granted from {first} to {last}"),
        "send the last day of service, before the granted one; the day before the first if there was none",
    )
}

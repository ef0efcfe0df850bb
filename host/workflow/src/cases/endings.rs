//! An authorization that ends before its last day: the member left the house, or needs the service no more.
//!
//! Only who asked for it or delivers it may end it. A plan that would end what it granted takes an adverse
//! action, which is another thing and not this one. What is not used is free again: it counts towards no
//! limit, and another house may be asked.

use domain::authorization::{Event, State};
use domain::case::CaseKind;
use domain::identifiers::CaseId;
use domain::problem::Code;
use jiff::civil::Date;
use store::Unit;

use crate::Crosswalk;
use crate::cases::authorizations::record_use;
use crate::cases::case::{Authorization, Ended};
use crate::cases::show::ShownCase;
use crate::cases::step::{Told, Work};
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
                work.step_authorization(Event::End { last: ending.last })?;
                end(&mut work, ending)?;
                crosswalk.finish(caller, work, &Unit::of([store::usage::remove_for_case(id)])).await
            })
        })
        .await
    }
}

/// Everything that follows: the window ends too, what is left of the grant counts in place of all of it, and
/// plan and parties are told.
fn end(work: &mut Work, ending: &NewEnding) -> Result<(), Failure> {
    let now = work.now();
    let plan = work.case.plan.clone().ok_or(Failure::NotFound)?;
    let body = work.authorization()?;
    body.window = body.window.take().map(|window| window.ended_on(ending.last));
    body.ended = Some(Ended { at: now, last: ending.last, reason: ending.reason.clone() });
    let State::Approved { grant, .. } = &body.state else { return Err(Failure::NotFound) };
    let grant = grant.clone();
    record_use(work, &grant, &plan);
    let text = words::authorization_ended(ending.last);
    let parties = [Some(work.case.provider), work.case.assigned].into_iter().flatten();
    let told = parties.map(Recipient::Organization).chain([Recipient::Plan(plan)]);
    for to in told.collect::<Vec<_>>() {
        work.notices.push(Told { to, kind: "authorization-ended", text: text.clone(), ends_clocks: &[] });
    }
    Ok(())
}

/// The first and the last day that are granted.
fn granted_days(body: &Authorization) -> Option<(Date, Date)> {
    let State::Approved { grant, .. } = &body.state else { return None };
    let first = grant.lines.iter().map(|line| line.days.first).min()?;
    let last = grant.lines.iter().map(|line| line.days.last.unwrap_or(line.days.first)).max()?;
    Some((first, last))
}

fn outside(first: Date, last: Date) -> Failure {
    Failure::field(
        "/last",
        Code::OutsideTheGrant,
        format!("it is granted from {first} to {last}"),
        "send the last day of service, before the granted one; the day before the first if there was none",
    )
}

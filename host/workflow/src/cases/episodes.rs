//! One presumptive window for an episode: a member's need for a service, with one plan, whichever provider
//! meets it.
//!
//! An episode lasts as long as its window and the permission that followed it. Another window may open when
//! the gap that the floor's data says has passed since.

use domain::authorization::State;
use domain::case::EventKind;
use domain::floor::next_window;
use domain::plan::types::Period;
use jiff::civil::Date;
use store::Scope;

use crate::Crosswalk;
use crate::cases::case::{Authorization, Body};
use crate::cases::intake::Placed;
use crate::cases::step::Work;
use crate::command::failure::Failure;

impl Crosswalk {
    /// True if a window may open on `starts`. The command then counts only while no other request of the
    /// member's for the service has come or changed.
    pub(crate) async fn may_open_window(
        &self,
        work: &mut Work,
        placed: &Placed,
        starts: Date,
    ) -> Result<bool, Failure> {
        let service = work.case.service.clone().unwrap_or_default();
        let (member, plan) = (placed.member.id, &placed.plan);
        let stamp =
            store::cases::authorizations_stamp(self.store(), member, plan, &service, work.case.id).await?;
        let rows =
            store::cases::authorizations_of(self.store(), &Scope::duty("episodes"), member, plan, &service)
                .await?;
        for row in rows {
            let earlier = self.read(row)?;
            let Body::Authorization(body) = &earlier.body else { continue };
            let ended = Some(earlier.id).filter(|id| *id != work.case.id).and_then(|_| episode_end(body));
            if ended.is_some_and(|ended| starts < next_window(ended)) {
                work.note(EventKind::WindowHad, serde_json::json!({ "case": earlier.id.to_string() }));
                return Ok(false);
            }
        }
        let unchanged = store::cases::authorizations_unchanged(member, plan, &service, work.case.id, &stamp);
        work.fences.extend(unchanged);
        Ok(true)
    }
}

/// The last day of the episode that a request's window began; `None` if no window opened for it.
fn episode_end(body: &Authorization) -> Option<Date> {
    let window = body.window.as_ref()?;
    let granted = match &body.state {
        State::Approved { grant, .. } => grant.lines.iter().filter_map(|line| last(&line.days)).max(),
        _ => None,
    };
    Some(granted.map_or(window.last, |granted| granted.max(window.last)))
}

fn last(days: &Period) -> Option<Date> {
    Some(days.last.unwrap_or(days.first))
}

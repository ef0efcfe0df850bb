//! Assignments of a referral: each time that one provider may take it, from the day it is asked until that is
//! over.
//!
//! A referral may go from one provider to the next, and its own state goes back and forth with them. An
//! assignment never goes back: what comes after it is another one. This is what partners are told who follow
//! a referral step by step, as in FHIR, where a Task that was accepted is never requested again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Event;
use crate::identifiers::OrgId;
use crate::words;

#[cfg(test)]
mod tests;

/// Most assignments that are kept of one referral. The oldest that are over make room, and those that stay
/// keep their numbers.
const MOST: usize = 200;

/// Turn of one provider with a referral.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Counts the referral's assignments, from 1.
    pub number: u32,
    /// Provider whose turn it is.
    pub provider: OrgId,
    /// Way in which the provider came to be asked.
    pub way: Way,
    /// Instant at which the provider was asked.
    pub requested_at: Timestamp,
    /// Instant at which it took the referral.
    pub accepted_at: Option<Timestamp>,
    /// Instant at which outreach or service began.
    pub begun_at: Option<Timestamp>,
    /// Ending of the turn; `None` while it goes on.
    pub ended: Option<Ended>,
}

/// Way in which a provider came to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// It made the referral and delivers the service itself.
    Kept,
    /// It was offered the referral.
    Offered,
    /// The plan's people gave it the referral.
    Assigned,
}

/// The end of an assignment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Instant of the end.
    pub at: Timestamp,
    /// Cause of the ending.
    pub why: End,
}

/// Cause of an assignment's ending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// The provider did not take the referral: the code of a decline reason in the dictionary.
    Declined(String),
    /// The provider gave back what it had taken, for the same reasons.
    GivenBack(String),
    /// The offer was not taken in time.
    Lapsed,
    /// Another provider was asked instead.
    Recalled,
    /// The member asked for another provider.
    ProviderChanged,
    /// The referral was closed: the code of a closure reason in the dictionary.
    Closed(String),
    /// The referral goes on at another plan.
    Moved,
}

words! {
    /// Stage of an assignment, without what is known in it.
    pub enum Stage {
        /// The provider was asked.
        Requested = "requested",
        /// It has taken the referral.
        Accepted = "accepted",
        /// Outreach or service has begun.
        Begun = "begun",
        /// Word of [`End::Declined`] alone.
        Declined = "declined",
        /// Word of [`End::GivenBack`] alone.
        GivenBack = "given-back",
        /// Word of [`End::Lapsed`] alone.
        Lapsed = "lapsed",
        /// Word of [`End::Recalled`] alone.
        Recalled = "recalled",
        /// Word of [`End::ProviderChanged`] alone.
        ProviderChanged = "provider-changed",
        /// Word of [`End::Closed`] alone.
        Closed = "closed",
        /// Word of [`End::Moved`] alone.
        Moved = "moved",
    }
}

impl Assignment {
    /// Stage in which it is.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match self.ended.as_ref().map(|ended| &ended.why) {
            Some(End::Declined(_)) => Stage::Declined,
            Some(End::GivenBack(_)) => Stage::GivenBack,
            Some(End::Lapsed) => Stage::Lapsed,
            Some(End::Recalled) => Stage::Recalled,
            Some(End::ProviderChanged) => Stage::ProviderChanged,
            Some(End::Closed(_)) => Stage::Closed,
            Some(End::Moved) => Stage::Moved,
            None => self.reached(),
        }
    }

    /// Stage that it reached, even if it has ended since.
    #[must_use]
    pub fn reached(&self) -> Stage {
        match (self.accepted_at, self.begun_at) {
            (_, Some(_)) => Stage::Begun,
            (Some(_), None) => Stage::Accepted,
            (None, None) => Stage::Requested,
        }
    }

    /// Its version: 1 when the provider was asked, and one more with each change.
    #[must_use]
    pub fn version(&self) -> i64 {
        let changes = [self.accepted_at.is_some(), self.begun_at.is_some(), self.ended.is_some()];
        1 + changes.into_iter().map(i64::from).sum::<i64>()
    }

    /// Instant of its last change.
    #[must_use]
    pub fn changed_at(&self) -> Timestamp {
        let ended = self.ended.as_ref().map(|ended| ended.at);
        ended.or(self.begun_at).or(self.accepted_at).unwrap_or(self.requested_at)
    }
}

/// Applies to the assignments an event that was applied to their referral. The last alone may be open.
pub fn follow(assignments: &mut Vec<Assignment>, event: &Event, now: Timestamp) {
    match event {
        Event::Keep(provider) => ask(assignments, *provider, Way::Kept, now),
        Event::Offer(provider) => ask(assignments, *provider, Way::Offered, now),
        Event::Assign(provider) => ask(assignments, *provider, Way::Assigned, now),
        Event::LookFor(_) => end(assignments, |_| End::Recalled, now),
        Event::Lapse => end(assignments, |_| End::Lapsed, now),
        Event::ProviderDecline(reason) => end(
            assignments,
            |open| match open.accepted_at {
                None => End::Declined(reason.clone()),
                Some(_) => End::GivenBack(reason.clone()),
            },
            now,
        ),
        Event::ChangeProvider => end(assignments, |_| End::ProviderChanged, now),
        Event::Close(reason) => end(assignments, |_| End::Closed(reason.clone()), now),
        Event::Move(_) => end(assignments, |_| End::Moved, now),
        Event::ProviderAccept(_) => {
            if let Some(open) = open(assignments) {
                open.accepted_at = Some(now);
            }
        }
        Event::StartOutreach => {
            if let Some(open) = open(assignments) {
                open.begun_at = Some(now);
            }
        }
        Event::Accept
        | Event::Redirect(_)
        | Event::Ask(_)
        | Event::HandOver { .. }
        | Event::Refuse(_)
        | Event::Supply
        | Event::Join => {}
    }
}

fn open(assignments: &mut [Assignment]) -> Option<&mut Assignment> {
    assignments.last_mut().filter(|last| last.ended.is_none())
}

fn end(assignments: &mut [Assignment], why: impl FnOnce(&Assignment) -> End, now: Timestamp) {
    if let Some(open) = open(assignments) {
        let why = why(open);
        open.ended = Some(Ended { at: now, why });
    }
}

fn ask(assignments: &mut Vec<Assignment>, provider: OrgId, way: Way, now: Timestamp) {
    end(assignments, |_| End::Recalled, now);
    let number = assignments.last().map_or(1, |last| last.number.saturating_add(1));
    if assignments.len() >= MOST {
        // What was taken once stays as long as it can: whoever follows the referral was told of it.
        let place = assignments.iter().position(|one| one.accepted_at.is_none()).unwrap_or(0);
        assignments.remove(place);
    }
    assignments.push(Assignment {
        number,
        provider,
        way,
        requested_at: now,
        accepted_at: None,
        begun_at: None,
        ended: None,
    });
}

//! Arrival of a case that a provider sends. A kind says how it is placed, what its body holds and which rules
//! are asked; everything else is the same for all of them and stands here.

use domain::case::EventKind;
use domain::identifiers::{CaseId, OrgId};
use domain::plan::types::Urgency;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::Crosswalk;
use crate::cases::case::{Body, Case};
use crate::cases::intake::Placed;
use crate::cases::sent_back::Sent;
use crate::cases::show::ShownCase;
use crate::cases::step::Work;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::{NewCase, Once, Outcome};

/// A case that arrives: what its kind and its sender say of it, before anybody is asked.
pub(crate) struct Arrival<'a> {
    pub(crate) id: CaseId,
    /// Instant at which it arrived (UTC).
    pub(crate) at: Timestamp,
    pub(crate) body: Body,
    /// Fields of the sender's own body, by which a plan's objection finds them.
    pub(crate) sent: Sent,
    /// Member, plan and rules; `None` for a credentialing file, which is about nobody and goes to several
    /// plans.
    pub(crate) placed: Option<&'a Placed>,
    pub(crate) service: Option<String>,
    /// Provider that is to deliver, where that is not the sender.
    pub(crate) assigned: Option<OrgId>,
    pub(crate) urgency: Urgency,
    /// Case that it follows or corrects.
    pub(crate) follows: Option<CaseId>,
    /// Codes for the first entry of its timeline.
    pub(crate) detail: Value,
}

impl Arrival<'_> {
    /// Arrival of a case of which no more is said than its body.
    pub(crate) fn of(id: CaseId, at: Timestamp, body: Body, sent: Sent) -> Self {
        Self {
            id,
            at,
            body,
            sent,
            placed: None,
            service: None,
            assigned: None,
            urgency: Urgency::Standard,
            follows: None,
            detail: json!({}),
        }
    }
}

impl Crosswalk {
    /// Takes a case in, asks the plan's rules, and records what came of it.
    ///
    /// # Errors
    /// `NotFound` for a member, or a referral that a request claims to follow, that is not there or not the
    /// caller's; `NoCoverage`; `Duplicate` for a second open referral to the same service; `NotAllowed` for a
    /// correction of a claim that cannot be corrected now; `Invalid` for an unknown service or plan.
    pub async fn submit(
        &self,
        caller: &Caller,
        new: NewCase,
        once: Once<ShownCase>,
    ) -> Result<Outcome<ShownCase>, Failure> {
        caller.must_be(&[Role::Provider])?;
        let new = &new;
        self.once(caller, once, || {
            Box::pin(async move {
                match new {
                    NewCase::Referral(new) => self.submitted_referral(caller, new).await,
                    NewCase::Authorization(new) => self.submitted_authorization(caller, new).await,
                    NewCase::Claim(new) => self.submitted_claim(caller, new).await,
                    NewCase::Application(new) => self.submitted_application(caller, new).await,
                }
            })
        })
        .await
    }

    /// Work on a case that has arrived. Nobody was asked about it yet, and nothing of it is kept.
    pub(crate) async fn arrived(&self, caller: &Caller, arrival: Arrival<'_>) -> Result<Work, Failure> {
        let Arrival { id, at, body, sent, placed, service, assigned, urgency, follows, detail } = arrival;
        let case = Case {
            id,
            plan: placed.map(|placed| placed.plan.clone()),
            delegate: placed.and_then(|placed| placed.delegate.clone()),
            member: placed.map(|placed| placed.member.id),
            service,
            provider: *caller.organization()?,
            assigned,
            urgency,
            received_at: at,
            version: 0,
            follows,
            body,
        };
        let attached = self.attachable(caller, case.member, case.body.documents()).await?;
        let mut work = Work::new(caller, case, at);
        work.fences.extend(placed.iter().flat_map(|placed| placed.found_by.iter().cloned()));
        work.sent = Some(sent);
        work.attached = attached;
        work.note(EventKind::Received, detail);
        Ok(work)
    }
}

//! Proposals: somebody words an activation and asks another person to confirm it, since the plan's policy
//! leaves the word to somebody else than the uploader.
//!
//! A proposal decides nothing. It is a step in the release's timeline; whoever confirms it activates the
//! plugin in their own name ([`Crosswalk::activate`]), and it is over with that.

use std::collections::BTreeSet;

use domain::actor::Actor;
use domain::audit::SubjectKind;
use domain::identifiers::{County, EventId, OrgId, PlanId};
use domain::release::EventKind;
use domain::rollout::Cohort;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::releases::Event;

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::paging::Page;
use crate::command::{NewActivation, Once, Outcome};
use crate::plugins::releases::Moved;
use crate::plugins::rollout::{in_the_past, unknown_plugin};

/// An activation that waits for another person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Id of the proposal: of its step in the timeline.
    pub id: EventId,
    /// Plan whose plugin it is.
    pub plan: PlanId,
    /// Organization of whoever proposed it.
    pub organization: Option<OrgId>,
    /// Person or key that proposed it; `None` for whom that is no affair of.
    pub by: Option<Actor>,
    /// Instant of the proposal (UTC).
    pub at: Timestamp,
    /// Activation that is proposed.
    pub activation: NewActivation,
}

/// Words of the activation, as the timeline keeps them: those of an activation.
#[derive(Serialize, Deserialize)]
struct Kept {
    from: Option<Timestamp>,
    rules_from: Option<Date>,
    canary: Option<Canary>,
}

/// Cohort of a proposal: one of the two.
#[derive(Serialize, Deserialize)]
struct Canary {
    #[serde(skip_serializing_if = "Option::is_none")]
    share_percent: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counties: Option<BTreeSet<County>>,
}

impl Crosswalk {
    /// Asks another person to activate a plugin. It takes the place of an earlier proposal for the plugin.
    ///
    /// # Errors
    /// As [`Self::activate`], but that the caller may be the uploader: `Withheld` with everything that nobody
    /// may do without.
    pub async fn propose_activation(
        &self,
        caller: &Caller,
        plan: PlanId,
        new: NewActivation,
        once: Once<Proposal>,
    ) -> Result<Outcome<Proposal>, Failure> {
        self.may_run_plan(caller, &plan).await?;
        let (plan, new) = (&plan, &new);
        self.once(caller, once, || {
            Box::pin(async move {
                let now = self.now();
                let found = store::releases::find(self.store(), &caller.scope, plan, &new.digest).await?;
                let release = found.ok_or_else(unknown_plugin)?;
                if new.from.is_some_and(|from| from < now) {
                    return Err(in_the_past());
                }
                self.is_cleared(caller, &release, None).await?;
                let proposal = Proposal {
                    id: self.id(EventId::from_uuid),
                    plan: plan.clone(),
                    organization: caller.organization,
                    by: caller.actor(),
                    at: now,
                    activation: new.clone(),
                };
                let mut moved = Moved::of(release);
                moved.note_as(proposal.id, EventKind::Propose, kept(new)?);
                let unit = self.kept_moves(caller, "propose-activation", &[moved], now)?;
                Ok((unit, proposal))
            })
        })
        .await
    }

    /// Proposals of a plan that wait for another person, newest first: the last one of each plugin, as long
    /// as the plugin was not activated, rolled back or revoked since.
    ///
    /// # Errors `Forbidden` for another plan's.
    pub async fn proposals(&self, caller: &Caller, plan: &PlanId) -> Result<Page<Proposal>, Failure> {
        self.may_run_plan(caller, plan).await?;
        let events = store::releases::proposals(self.store(), &caller.scope, plan).await?;
        self.look(caller, Look::List(SubjectKind::Proposal)).await?;
        let items = events.into_iter().map(|event| read(caller, event)).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor: None })
    }
}

fn kept(new: &NewActivation) -> Result<Value, Failure> {
    let canary = match &new.cohort {
        Cohort::Everyone => None,
        Cohort::Share(percent) => Some(Canary { share_percent: Some(*percent), counties: None }),
        Cohort::Counties(counties) => Some(Canary { share_percent: None, counties: Some(counties.clone()) }),
    };
    let kept = Kept { from: new.from, rules_from: new.rules_from, canary };
    serde_json::to_value(kept).map_err(Failure::internal)
}

/// Another organization's key and person are its own affair.
fn read(caller: &Caller, event: Event) -> Result<Proposal, Failure> {
    let kept: Kept = serde_json::from_str(&event.detail).map_err(Failure::internal)?;
    let cohort = match kept.canary {
        None => Cohort::Everyone,
        Some(Canary { share_percent: Some(percent), .. }) => Cohort::Share(percent),
        Some(Canary { counties, .. }) => Cohort::Counties(counties.unwrap_or_default()),
    };
    let own = caller.role == Role::Operator || event.actor_org == caller.organization;
    Ok(Proposal {
        id: event.id,
        plan: event.plan,
        organization: event.actor_org,
        by: event.actor.filter(|_| own),
        at: event.at,
        activation: NewActivation {
            digest: event.digest,
            from: kept.from,
            rules_from: kept.rules_from,
            cohort,
        },
    })
}

#[cfg(test)]
mod tests {
    use domain::identifiers::{AuditId, Digest, KeyId};
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::fixtures::{MONDAY, at};

    fn proposed(cohort: Cohort) -> NewActivation {
        NewActivation {
            digest: Digest::of(b"new"),
            from: Some(at(MONDAY)),
            rules_from: Some(date(2027, 1, 1)),
            cohort,
        }
    }

    fn event(detail: String, actor_org: Option<OrgId>) -> Event {
        let plan: PlanId = "valle-vista".parse().unwrap();
        Event {
            id: EventId::from_uuid(Uuid::from_u128(1)),
            plan,
            digest: Digest::of(b"new"),
            at: at(MONDAY),
            name: EventKind::Propose,
            state: "compiled".to_owned(),
            actor_org,
            actor: Some(Actor::Key(KeyId::from_uuid(Uuid::from_u128(3)))),
            actor_role: "plan-admin".to_owned(),
            detail,
            audit: AuditId::from_uuid(Uuid::from_u128(4)),
        }
    }

    #[test]
    fn a_proposal_is_read_as_it_was_made() {
        let own = OrgId::from_uuid(Uuid::from_u128(2));
        let caller = Caller { organization: Some(own), role: Role::PlanAdmin, ..Caller::host("test") };
        let counties = Cohort::Counties(["SRV".parse().unwrap()].into());
        for cohort in [Cohort::Everyone, Cohort::Share(10), counties] {
            let new = proposed(cohort);
            let detail = kept(&new).unwrap().to_string();
            let found = read(&caller, event(detail.clone(), Some(own))).unwrap();
            assert_eq!((&found.activation, found.by.is_some()), (&new, true));
            let of_another = read(&caller, event(detail, None)).unwrap();
            assert_eq!((&of_another.activation, of_another.by), (&new, None));
        }
        let whenever = NewActivation { from: None, rules_from: None, ..proposed(Cohort::Everyone) };
        let detail = kept(&whenever).unwrap().to_string();
        assert_eq!(detail, r#"{"canary":null,"from":null,"rules_from":null}"#);
        assert_eq!(read(&caller, event(detail, Some(own))).unwrap().activation, whenever);
    }
}

//! What nobody asks for: clocks that run out are marked and told, notices leave the outbox, old answers are forgotten;
//! releases begin when their instant comes, what fails too often is taken back, what nobody compiles is taken up.
//!
//! A node that was down for a day does all of it late and right: a clock's breach is dated by when it was due, and a
//! job is settled only under the token it was claimed with, so that a slow worker cannot settle what was given away.

use std::time::Duration;

use domain::identifiers::{AuditId, CaseId, EventId, NoticeId, OrgId, PlanId};
use domain::plan::types::Bilingual;
use domain::statute::{ClockNature, Clocks};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::json;
use store::audit::Entry;
use store::deadlines::Deadline;
use store::notices::Notice;
use store::outbox::{Claimed, Job};
use store::{Scope, StoreError, Unit};

use crate::Crosswalk;
use crate::clocks;
use crate::failure::Failure;
use crate::placing::OFFER;
use crate::words;

/// Jobs and clocks taken at a time.
const BATCH: u32 = 50;
/// How long a claimed job is held.
const LEASE: SignedDuration = SignedDuration::from_secs(30);
/// Tries before a job waits for a person.
const MOST_ATTEMPTS: u32 = 8;
/// How long answers are kept for retries; 24 hours are promised.
const ANSWERS_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The host's own duties.
pub struct Duties {
    crosswalk: Crosswalk,
    token: String,
}

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Clocks that had run out.
    pub breaches: usize,
    /// Notices that went out.
    pub notices: usize,
    /// Plugins' operations that had failed and are asked again.
    pub closed: usize,
    /// Releases that time or their faults moved.
    pub releases: usize,
    /// Members who changed plans and whose cases went with them.
    pub moves: usize,
}

#[derive(Deserialize)]
struct NoticeJob {
    organization: Option<OrgId>,
    plan: Option<PlanId>,
    case: Option<CaseId>,
    kind: String,
    text: serde_json::Value,
    /// The clocks that the delivery ends.
    #[serde(default)]
    keeps: Vec<String>,
}

/// An offer that was not taken in time is over, and the referral is offered on. Nothing where it is over already.
async fn lapsed_offer(crosswalk: &Crosswalk, case: store::cases::Case) -> Result<Option<Unit>, Failure> {
    crosswalk.lapsed_offer(crosswalk.read(case)?).await
}

impl Duties {
    /// How often a round is due.
    pub const EVERY: Duration = Duration::from_secs(1);

    /// The duties of this process.
    pub fn new(crosswalk: Crosswalk) -> Self {
        let token = crosswalk.secret_bits().to_string();
        Self { crosswalk, token }
    }

    /// Does what is due now.
    ///
    /// # Errors
    /// When the record cannot be read or written; whatever was done stays done.
    pub async fn round(&self) -> Result<Round, Failure> {
        let breaches = self.mark_breaches().await?;
        let mut releases = self.crosswalk.turn_releases().await?;
        releases += self.crosswalk.watch_faults().await?;
        releases += self.crosswalk.resume_compiling().await?;
        let moves = self.crosswalk.follow_moves().await?;
        let notices = self.send_notices().await?;
        let closed = self.crosswalk.try_rested().await?;
        Ok(Round { breaches, notices, closed, releases, moves })
    }

    /// Compares candidates with what was decided, as long as there is anything to compare. Apart from the other duties,
    /// which do not wait for it.
    ///
    /// # Errors
    /// When the record cannot be read or written; whatever was compared stays compared.
    pub async fn compare(&self) -> Result<usize, Failure> {
        self.crosswalk.compare_in_the_background().await
    }

    /// Forgets answers that no retry will ask for, jobs that were done, documents that no case came with, and machine code
    /// that nothing needs.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn forget(&self) -> Result<(), Failure> {
        let before = self.crosswalk.now() - ANSWERS_KEPT;
        let unit =
            Unit::of([store::idempotency::purge_before(before), store::outbox::purge_done_before(before)]);
        self.crosswalk.store().commit(unit).await?;
        self.crosswalk.sweep_documents().await?;
        self.crosswalk.sweep_compiled().await?;
        Ok(())
    }

    async fn mark_breaches(&self) -> Result<usize, Failure> {
        let now = self.crosswalk.now();
        let due = store::deadlines::due(self.crosswalk.store(), now, BATCH).await?;
        let mut marked = 0;
        for deadline in due {
            let case =
                store::cases::find(self.crosswalk.store(), &Scope::duty("deadlines"), deadline.case).await?;
            let Some(case) = case else { continue };
            let unit = match deadline.rule == OFFER {
                true => lapsed_offer(&self.crosswalk, case.clone()).await?,
                false => None,
            };
            let unit = unit.unwrap_or_else(|| self.breach(&deadline, &case.state, now));
            match self.crosswalk.store().commit(unit).await {
                Ok(()) => marked += 1,
                // The case moved on, or another node was first.
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(marked)
    }

    /// Marks one clock and tells everybody on the case, in one unit: a duty is late, a right has lapsed, a warning is
    /// given.
    fn breach(&self, deadline: &Deadline, state: &str, now: Timestamp) -> Unit {
        let crosswalk = &self.crosswalk;
        let nature = clocks::nature(&deadline.rule);
        let happened = match nature {
            ClockNature::Duty => "deadline-missed",
            ClockNature::Right => "right-lapsed",
            ClockNature::Warning => "deadline-near",
        };
        let audit = Entry {
            id: crosswalk.id(AuditId::from_uuid),
            at: now,
            request: "duty".to_owned(),
            key: None,
            actor_org: None,
            role: "host".to_owned(),
            action: happened.to_owned(),
            subject_kind: "case".to_owned(),
            subject_id: deadline.case.to_string(),
            plan: deadline.plan.clone(),
            purpose: None,
            outcome: "done".to_owned(),
        };
        let rule = Clocks::state().rules().iter().find(|rule| rule.id == deadline.rule);
        let unnamed = || Bilingual { en: deadline.rule.clone(), es: deadline.rule.clone() };
        let promised = || clocks::promise_words(&deadline.rule).map(|(words, _)| words);
        let text = rule.map(|rule| rule.text.clone()).or_else(promised).unwrap_or_else(unnamed);
        let mut unit = Unit::of([
            store::deadlines::settle(deadline.id, clocks::ran_out(&deadline.rule), now),
            store::audit::insert(&audit),
            store::events::insert(&store::events::Event {
                id: crosswalk.id(EventId::from_uuid),
                case: deadline.case,
                at: now,
                name: happened.to_owned(),
                state: state.to_owned(),
                actor_org: None,
                actor_role: "host".to_owned(),
                detail: json!({ "rule": deadline.rule, "due": deadline.due_at.to_string() }).to_string(),
                audit: audit.id,
                plan: deadline.plan.clone(),
            }),
        ]);
        let tell = |organization: Option<OrgId>, plan: Option<&PlanId>| {
            let body = json!({
                "organization": organization.map(|id| id.to_string()),
                "plan": plan.map(PlanId::as_str),
                "case": deadline.case.to_string(),
                "kind": happened,
                "text": words::clock_ran_out(nature, &text),
            });
            store::outbox::insert(&Job {
                id: crosswalk.id(|uuid| uuid).to_string(),
                due_at: now,
                kind: "notice".to_owned(),
                subject: deadline.case.to_string(),
                body: body.to_string(),
            })
        };
        unit.add(tell(Some(deadline.provider_org), None));
        if let Some(assigned) = deadline.assigned_org.filter(|assigned| *assigned != deadline.provider_org) {
            unit.add(tell(Some(assigned), None));
        }
        if let Some(plan) = &deadline.plan {
            unit.add(tell(None, Some(plan)));
        }
        unit
    }

    async fn send_notices(&self) -> Result<usize, Failure> {
        let store = self.crosswalk.store();
        let now = self.crosswalk.now();
        store.commit(Unit::of([store::outbox::take_back(now)])).await?;
        let token = format!("{}-{}", self.token, self.crosswalk.secret_bits());
        let claimed = store::outbox::claim(store, &token, now, now + LEASE, BATCH).await?;
        let mut sent = 0;
        for job in claimed {
            let unit = match self.deliver(&job, now).await? {
                Some(mut unit) => {
                    unit.add(store::outbox::done(&job.job.id, &token));
                    sent += 1;
                    unit
                }
                None if job.attempts >= MOST_ATTEMPTS => Unit::of([store::outbox::dead(&job.job.id, &token)]),
                None => {
                    let later = now + SignedDuration::from_mins(i64::from(job.attempts));
                    Unit::of([store::outbox::again(&job.job.id, &token, later)])
                }
            };
            match store.commit(unit).await {
                Ok(()) | Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(sent)
    }

    /// Puts a notice into the inbox of whom it is for. `None`: nobody is there to take it.
    async fn deliver(&self, claimed: &Claimed, now: Timestamp) -> Result<Option<Unit>, Failure> {
        let Ok(job) = serde_json::from_str::<NoticeJob>(&claimed.job.body) else {
            return Ok(None);
        };
        let organization = match (&job.organization, &job.plan) {
            (Some(organization), _) => Some(*organization),
            (None, Some(plan)) => {
                store::organizations::find_plan(self.crosswalk.store(), plan).await?.map(|row| row.id)
            }
            (None, None) => None,
        };
        let Some(organization) = organization else { return Ok(None) };
        let mut unit = Unit::of([store::notices::insert(&Notice {
            id: self.crosswalk.id(NoticeId::from_uuid),
            organization,
            at: now,
            case: job.case,
            kind: job.kind,
            body: job.text.to_string(),
        })]);
        if let Some(case) = job.case {
            unit.extend(job.keeps.iter().map(|rule| store::deadlines::keep(case, rule, now)));
        }
        Ok(Some(unit))
    }
}

//! Background duties: clocks that run out are marked and told, notices leave the outbox, old records are
//! forgotten; releases begin when their instant comes, a plugin that fails too often is taken back, a
//! component that nobody compiles is taken up.
//!
//! A node that was down for a day does all of it late and right: a clock's breach is dated by when it was
//! due, and a job is settled only under the token it was claimed with, so that a slow worker cannot settle
//! what was given away.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use domain::audit::SubjectKind;
use domain::case::EventKind;
use domain::identifiers::{EventId, NoticeId, OrgId, PlanId};
use domain::plan::types::Bilingual;
use domain::retention::{Record, Retention};
use domain::statute::{ClockId, ClockNature, Clocks};
use domain::time::pacific_end_of_day;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::json;
use store::audit::Entry;
use store::deadlines::Deadline;
use store::outbox::Claimed;
use store::{Scope, StoreError, Unit};

use crate::Crosswalk;
use crate::cases::clocks;
use crate::command::caller::Caller;
use crate::command::failure::Failure;
use crate::command::notice::{Notice, Recipient};
use crate::directory::rosters::{Loading, NextSlice};
use crate::words;

/// Jobs and clocks taken at a time.
const BATCH: u32 = 200;
/// Times that a round takes as many as it can. The other duties wait for no longer than this.
const BATCHES: usize = 20;
/// The operator's gauges are set once in so many rounds.
const ROUNDS_BETWEEN_LOOKS: u32 = 15;
/// Tries before a job waits for a person.
const MOST_ATTEMPTS: u32 = 8;
/// Times that one round forgets as much as goes at a time.
const FORGETTINGS: usize = 50;

/// The host's own duties.
pub struct Duties {
    crosswalk: Crosswalk,
    token: String,
    rounds: AtomicU32,
    loading: Loading,
}

/// Counts of the work that one round did.
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

/// The organizations of plans that a batch of notices goes to.
type Inboxes = BTreeMap<PlanId, Option<OrgId>>;

/// A duty that was not done in time is counted, for its plan; a right that lapsed or a warning is nobody's
/// failure.
fn count_missed(deadline: &Deadline) {
    if clocks::nature(deadline.rule) == ClockNature::Duty {
        let plan = deadline.plan.as_ref().map(ToString::to_string).unwrap_or_default();
        metrics::counter!("crosswalk_clocks_missed_total", "plan" => plan, "rule" => deadline.rule.name())
            .increment(1);
    }
}

/// The rule of a clock in words: the state's, or the plan's promise.
fn rule_in_words(rule: ClockId) -> Bilingual {
    let state = Clocks::state().rules().iter().find(|known| known.id == rule).map(|known| known.text.clone());
    let promised = || clocks::promise_words(rule).map(|(words, _)| words);
    state.or_else(promised).unwrap_or_else(|| Bilingual { en: rule.to_string(), es: rule.to_string() })
}

/// Everybody on the case of a clock: whoever sent it, whoever delivers, and the plan.
fn everybody_on(deadline: &Deadline) -> impl Iterator<Item = Recipient> {
    let assigned = deadline.assigned_org.filter(|assigned| *assigned != deadline.provider_org);
    let organizations = [Some(deadline.provider_org), assigned].into_iter().flatten();
    organizations.map(Recipient::Organization).chain(deadline.plan.clone().map(Recipient::Plan))
}

/// An offer that was not taken in time is over, and the referral is offered on. Nothing where it is over
/// already.
async fn lapsed_offer(crosswalk: &Crosswalk, case: store::cases::Case) -> Result<Option<Unit>, Failure> {
    crosswalk.lapsed_offer(crosswalk.read(case)?).await
}

impl Duties {
    /// Interval between two rounds of duties.
    pub const EVERY: Duration = Duration::from_secs(1);

    /// The duties of this process.
    pub fn new(crosswalk: Crosswalk) -> Self {
        let token = crosswalk.secret_bits().to_string();
        Self { crosswalk, token, rounds: AtomicU32::new(0), loading: Loading::default() }
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
        self.crosswalk.tell_of_conflicts().await?;
        let notices = self.send_notices().await?;
        let closed = self.crosswalk.try_rested().await?;
        if self.rounds.fetch_add(1, Ordering::Relaxed).is_multiple_of(ROUNDS_BETWEEN_LOOKS) {
            self.crosswalk.gauge_duties(self.crosswalk.now()).await?;
        }
        Ok(Round { breaches, notices, closed, releases, moves })
    }

    /// Compares candidates with what was decided, as long as there is anything to compare. Apart from the
    /// other duties, which do not wait for it.
    ///
    /// # Errors
    /// When the record cannot be read or written; whatever was compared stays compared.
    pub async fn compare(&self) -> Result<usize, Failure> {
        self.crosswalk.compare_in_the_background().await
    }

    /// Checks or loads the next slices of a member file, if one is under way. Apart from the other duties,
    /// which do not wait for it.
    ///
    /// # Errors
    /// When the record cannot be read or written; whatever was loaded stays loaded, and the next call goes on
    /// there.
    pub async fn load(&self) -> Result<NextSlice, Failure> {
        self.crosswalk.load_next_slices(&self.token, &self.loading).await
    }

    /// Forgets what is older than its rule keeps it, documents that no case came with, and machine code that
    /// nothing needs. What went by a rule is in the audit trail.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn forget(&self) -> Result<(), Failure> {
        for &record in Record::ALL {
            self.forget_old(record).await?;
        }
        self.crosswalk.give_up_rosters().await?;
        self.crosswalk.sweep_documents().await?;
        self.crosswalk.sweep_compiled().await?;
        Ok(())
    }

    async fn forget_old(&self, record: Record) -> Result<(), Failure> {
        let (crosswalk, host) = (&self.crosswalk, Caller::host("retention"));
        let Some(first_kept) = Retention::state().first_kept(record, crosswalk.today()) else {
            return Ok(());
        };
        // The first millisecond of the day.
        let before = pacific_end_of_day(first_kept.saturating_sub(1.day())) + 1.millisecond();
        for _ in 0..FORGETTINGS {
            let today = crosswalk.today();
            let old = store::retention::old(crosswalk.store(), record, before, today).await?;
            if old == 0 {
                break;
            }
            let mut unit = Unit::of(store::retention::forget(record, before, today));
            unit.add(crosswalk.audit(&host, "forget", SubjectKind::Retention, record.name(), None));
            crosswalk.store().commit(unit).await?;
            tracing::info!(record = record.name(), old, "records older than their rule keeps them are gone");
        }
        Ok(())
    }

    async fn mark_breaches(&self) -> Result<usize, Failure> {
        let mut marked = 0;
        for _ in 0..BATCHES {
            let some = self.mark_some_breaches().await?;
            marked += some;
            if some < BATCH as usize {
                break;
            }
        }
        Ok(marked)
    }

    async fn mark_some_breaches(&self) -> Result<usize, Failure> {
        let now = self.crosswalk.now();
        let due = store::deadlines::due(self.crosswalk.store(), now, BATCH).await?;
        let mut marked = 0;
        for deadline in due {
            let case =
                store::cases::find(self.crosswalk.store(), &Scope::duty("deadlines"), deadline.case).await?;
            let Some(case) = case else { continue };
            let unit = match deadline.rule == ClockId::ReferralOffer {
                true => lapsed_offer(&self.crosswalk, case.clone()).await?,
                false => None,
            };
            let unit = unit.unwrap_or_else(|| self.breach(&deadline, &case.state, now));
            match self.crosswalk.store().commit(unit).await {
                Ok(()) => {
                    marked += 1;
                    count_missed(&deadline);
                }
                // The case moved on, or another node was first.
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(marked)
    }

    /// Marks one clock and tells everybody on the case, in one unit: a duty is late, a right has lapsed, a
    /// warning is given.
    fn breach(&self, deadline: &Deadline, state: &str, now: Timestamp) -> Unit {
        let crosswalk = &self.crosswalk;
        let nature = clocks::nature(deadline.rule);
        let happened = match nature {
            ClockNature::Duty => EventKind::DeadlineMissed,
            ClockNature::Right => EventKind::RightLapsed,
            ClockNature::Warning => EventKind::DeadlineNear,
        };
        let subject = deadline.case.to_string();
        let audit =
            crosswalk.audit_entry(&Caller::host("clocks"), happened.name(), SubjectKind::Case, &subject);
        let audit = Entry { at: now, plan: deadline.plan.clone(), ..audit };
        let text = rule_in_words(deadline.rule);
        let mut unit = Unit::of([
            store::deadlines::settle(deadline.id, clocks::ran_out(deadline.rule), now),
            store::audit::insert(&audit),
            store::events::insert(&store::events::Event {
                id: crosswalk.id(EventId::from_uuid),
                case: deadline.case,
                at: now,
                name: happened,
                state: state.to_owned(),
                actor: store::events::Actor::Host,
                actor_role: "host".to_owned(),
                detail: json!({ "rule": deadline.rule, "due": deadline.due_at.to_string() }).to_string(),
                audit: audit.id,
                plan: deadline.plan.clone(),
            }),
        ]);
        unit.extend(everybody_on(deadline).map(|to| {
            let text = words::clock_ran_out(nature, &text);
            crosswalk.tell(
                &Notice::new(to, happened.name(), text).about_case(deadline.case),
                &deadline.case,
                now,
            )
        }));
        unit
    }

    async fn send_notices(&self) -> Result<usize, Failure> {
        let store = self.crosswalk.store();
        store.commit(Unit::of([store::outbox::free_expired(self.crosswalk.now())])).await?;
        let mut sent = 0;
        for _ in 0..BATCHES {
            let now = self.crosswalk.now();
            let token = format!("{}-{}", self.token, self.crosswalk.secret_bits());
            let lease = now + store::outbox::LONGEST_LEASE;
            let claimed = store::outbox::claim(store, &token, now, lease, BATCH).await?;
            if claimed.is_empty() {
                break;
            }
            sent += self.settle(&claimed, &token, now).await?;
        }
        Ok(sent)
    }

    /// Delivers what was claimed in one unit; where one of them was given away meanwhile, each in its own.
    async fn settle(&self, claimed: &[Claimed], token: &str, now: Timestamp) -> Result<usize, Failure> {
        let mut inboxes = BTreeMap::new();
        let mut units = Vec::with_capacity(claimed.len());
        for job in claimed {
            units.push(self.settlement(job, token, now, &mut inboxes).await?);
        }
        let store = self.crosswalk.store();
        let all = Unit::of(units.iter().flat_map(|(unit, _)| unit.statements.iter().cloned()));
        match store.commit(all).await {
            Ok(()) => return Ok(units.iter().filter(|(_, delivers)| *delivers).count()),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
        let mut sent = 0;
        for (unit, delivers) in units {
            match store.commit(unit).await {
                Ok(()) => sent += usize::from(delivers),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(sent)
    }

    /// Unit that ends a job's try, and true if that delivers it.
    async fn settlement(
        &self,
        claimed: &Claimed,
        token: &str,
        now: Timestamp,
        inboxes: &mut Inboxes,
    ) -> Result<(Unit, bool), Failure> {
        let id = &claimed.job.id;
        Ok(match self.deliver(claimed, now, inboxes).await? {
            Some(mut unit) => {
                unit.add(store::outbox::done(id, token));
                (unit, true)
            }
            None if claimed.attempts >= MOST_ATTEMPTS => (Unit::of([store::outbox::dead(id, token)]), false),
            None => {
                let wait = SignedDuration::from_mins(i64::from(claimed.attempts));
                let later = now + wait.min(store::outbox::LONGEST_WAIT);
                (Unit::of([store::outbox::retry(id, token, later)]), false)
            }
        })
    }

    /// Puts a notice into the inbox of whom it is for. `None`: nobody is there to take it.
    async fn deliver(
        &self,
        claimed: &Claimed,
        now: Timestamp,
        inboxes: &mut Inboxes,
    ) -> Result<Option<Unit>, Failure> {
        let Ok(notice) = serde_json::from_str::<Notice>(&claimed.job.body) else {
            return Ok(None);
        };
        let organization = match &notice.to {
            Recipient::Organization(organization) => Some(*organization),
            Recipient::Plan(plan) => match inboxes.get(plan) {
                Some(known) => *known,
                None => {
                    let found = store::organizations::find_plan(self.crosswalk.store(), plan).await?;
                    *inboxes.entry(plan.clone()).or_insert(found.map(|row| row.id))
                }
            },
        };
        let Some(organization) = organization else { return Ok(None) };
        let Notice { case, member, kind, text, ends_clocks, .. } = notice;
        let body = serde_json::to_string(&text).map_err(Failure::internal)?;
        let id = self.crosswalk.id(NoticeId::from_uuid);
        let mut unit = Unit::of([store::notices::insert(&store::notices::Notice {
            id,
            organization,
            at: now,
            case,
            member,
            kind,
            body,
        })]);
        if let Some(case) = case {
            unit.extend(ends_clocks.iter().map(|rule| store::deadlines::keep(case, *rule, now)));
        }
        Ok(Some(unit))
    }
}

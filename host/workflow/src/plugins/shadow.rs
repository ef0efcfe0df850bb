//! Shadow runs: a candidate answers what its plan was really asked, without effect, and the plan sees what it
//! would change before it lets it decide.
//!
//! A run is a row with a cursor. Whichever node holds it compares a batch, keeps what it found and the new
//! cursor in one unit, and goes on; a node that is gone is taken over from where it was. Comparing yields to
//! everything else.

pub(crate) mod compare;
pub(crate) mod report;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use domain::Cents;
use domain::audit::SubjectKind;
use domain::floor::{self, Ground};
use domain::identifiers::{CaseId, Digest, EvaluationId, PlanId, ShadowRunId};
use domain::plan::profile::PlanProfile;
use domain::plan::question::Question;
use domain::plan::types::Bilingual;
use domain::problem::Code;
use domain::release::ShadowReport;
use domain::rollout::About;
use domain::time::pacific_end_of_day;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use sandbox::{Fault, Plugin, Recorded};
use store::evaluations::Evaluation;
use store::shadow_runs::{RunState, ShadowChange, ShadowRun};
use store::{Scope, StoreError, Unit};
use tokio::task::JoinSet;

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::paging::{Page, Paging};
use crate::command::{Once, Outcome};
use crate::plugins::receipts::reached;
use crate::plugins::registry::Live;
use compare::Change;
use report::Report;

/// Most evaluations of one run.
pub const MOST_EVALUATIONS: u32 = 1_000_000;
/// Evaluations that are compared between two commits.
const BATCH: u32 = 512;
/// Tasks that compare at once, so that a run never takes all workers.
const TASKS: usize = 4;
/// Time that a task compares before it lets others run: to make way after each evaluation would cost as much
/// as to read it, and may wake another thread.
const SLICE: Duration = Duration::from_millis(1);
/// Changes that are kept side by side; more are counted only.
const MOST_CHANGES: u64 = 10_000;
/// The columns of the spreadsheet.
const SHEET: [&str; 11] = [
    "number",
    "case",
    "evaluation",
    "operation",
    "service",
    "direction",
    "before",
    "after",
    "dollars before",
    "dollars after",
    "criteria",
];
/// After so long without a sign of life another node goes on with a run.
const LEASE: SignedDuration = SignedDuration::from_secs(15);
/// Delay of a live run behind the evaluations: longer than any unit of work takes that decides a case.
const BEHIND: SignedDuration = SignedDuration::from_secs(15);

/// Range of the evaluations that a run compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShadowRange {
    /// The last so many.
    Last(u32),
    /// Those of these days, both included, Pacific time.
    Days(Date, Date),
    /// Those that will be made for so long, and of a hundred of them so many.
    Live {
        /// Length of the run, in minutes from now.
        minutes: u32,
        /// Share of the evaluations that are compared, 1 to 100 per cent.
        share_percent: u8,
    },
}

/// A shadow run to be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewShadowRun {
    /// SHA-256 of the candidate, which is on record for the plan.
    pub digest: Digest,
    /// Evaluations that the candidate is asked again.
    pub range: ShadowRange,
}

/// A shadow run, with what it has found so far.
#[derive(Clone, Debug)]
pub struct ShownShadowRun {
    /// Row of the run.
    pub run: ShadowRun,
    /// Findings of the run so far.
    pub report: Report,
    /// Of the changed evaluations, how many are listed side by side.
    pub listed: u64,
    /// Words of the criteria that the report names, where one run is shown; in a list of runs there are none.
    pub criteria: BTreeMap<String, Bilingual>,
}

/// One evaluation that a candidate would have made otherwise.
#[derive(Clone, Debug)]
pub struct ShownShadowChange {
    /// Its number in the run.
    pub number: u64,
    /// The evaluation that was made.
    pub evaluation: EvaluationId,
    /// Case that was decided.
    pub case: CaseId,
    /// Name of what the answers differ by, in the run's report.
    pub cause: String,
    /// Both answers side by side.
    pub change: Change,
}

impl Crosswalk {
    /// Starts a run. It goes on in the background.
    ///
    /// # Errors
    /// `Forbidden` for another plan's; `Invalid` for a candidate that was not uploaded for the plan, or a
    /// range that holds no evaluation.
    pub async fn start_shadow_run(
        &self,
        caller: &Caller,
        plan: PlanId,
        new: NewShadowRun,
        once: Once<ShownShadowRun>,
    ) -> Result<Outcome<ShownShadowRun>, Failure> {
        self.may_run_plan(caller, &plan).await?;
        let (plan, new) = (&plan, &new);
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let store = crosswalk.store();
                if store::plugins::find(store, &caller.scope, plan, &new.digest).await?.is_none() {
                    return Err(Failure::field(
                        "/digest",
                        Code::UnknownPlugin,
                        "no such plugin was uploaded for this plan",
                        "upload it with ⟦uploadPlugin⟧",
                    ));
                }
                let run = crosswalk.planned(caller, plan, new).await?;
                let subject = run.id.to_string();
                let unit = Unit::of([
                    store::shadow_runs::insert(&run),
                    crosswalk.audit(caller, "start-shadow-run", SubjectKind::ShadowRun, &subject, Some(plan)),
                ]);
                Ok((unit, shown(run)?))
            })
        })
        .await
    }

    async fn planned(
        &self,
        caller: &Caller,
        plan: &PlanId,
        new: &NewShadowRun,
    ) -> Result<ShadowRun, Failure> {
        let now = self.now();
        if let ShadowRange::Live { minutes, share_percent } = new.range {
            let until = now + SignedDuration::from_mins(i64::from(minutes));
            return self.new_run(
                caller,
                plan,
                new.digest,
                Span { begins: now, until, wanted: 0, share_percent },
            );
        }
        let (most, from, until) = match new.range {
            ShadowRange::Last(count) => (count.min(MOST_EVALUATIONS), Timestamp::UNIX_EPOCH, now),
            ShadowRange::Days(first, last) => (
                MOST_EVALUATIONS,
                pacific_end_of_day(first.saturating_sub(1.day())),
                pacific_end_of_day(last).min(now),
            ),
            ShadowRange::Live { .. } => (0, now, now),
        };
        let span = (from, until);
        let (begins, wanted) =
            store::shadow_runs::beginning(self.store(), &caller.scope, plan, most, span).await?;
        if wanted == 0 {
            return Err(Failure::field(
                "",
                Code::NothingToCompare,
                "the plan's plugins made no evaluation in this range",
                "name other days, or wait until there are evaluations",
            ));
        }
        self.new_run(caller, plan, new.digest, Span { begins, until, wanted, share_percent: 100 })
    }

    fn new_run(
        &self,
        caller: &Caller,
        plan: &PlanId,
        digest: Digest,
        span: Span,
    ) -> Result<ShadowRun, Failure> {
        let now = self.now();
        Ok(ShadowRun {
            id: self.id(ShadowRunId::from_uuid),
            plan: plan.clone(),
            digest,
            state: RunState::Running,
            wanted: span.wanted,
            next: (span.begins, String::new()),
            until: span.until,
            share_percent: span.share_percent,
            compared: 0,
            report: serde_json::to_string(&Report::default()).map_err(Failure::internal)?,
            asked_at: now,
            asked_by: *caller.organization()?,
            // Nobody has it yet: the next round of duties takes it.
            touched_at: Timestamp::UNIX_EPOCH,
            version: 1,
        })
    }

    /// Goes on with the runs that no node works on. Returns how many came to their end.
    pub(crate) async fn compare_in_the_background(&self) -> Result<usize, Failure> {
        let mut ended = 0;
        for run in store::shadow_runs::left(self.store(), self.now() - LEASE, self.now(), 10).await? {
            ended += usize::from(self.go_on(run).await?);
        }
        Ok(ended)
    }

    /// Compares to the end of the run, unless somebody cancels it or another node has it. Says whether it
    /// came there.
    async fn go_on(&self, mut run: ShadowRun) -> Result<bool, Failure> {
        let candidate = self.loaded(&run.plan, &run.digest).await?;
        let mut report: Report = serde_json::from_str(&run.report).map_err(Failure::internal)?;
        loop {
            let duty = Scope::duty("shadow-run");
            let until = self.comparable(&run);
            let mut asked =
                store::shadow_runs::asked(self.store(), &duty, &run.plan, &run.next, until, BATCH).await?;
            let mut unit = Unit::default();
            let waits = asked.is_empty() && until < run.until;
            match asked.last() {
                None if waits => {}
                None => run.state = RunState::Done,
                Some(last) => run.next = (last.at, last.id.to_string()),
            }
            asked.retain(|evaluation| is_chosen(evaluation, run.share_percent));
            for (evaluation, found) in compared(&candidate, asked).await? {
                let change = count(&mut run, &mut report, evaluation, found)?;
                unit.extend(change.as_ref().map(store::shadow_runs::insert_change));
            }
            run.report = serde_json::to_string(&report).map_err(Failure::internal)?;
            run.touched_at = self.now();
            unit.statements.insert(0, store::shadow_runs::update(&run));
            match self.store().commit(unit).await {
                Ok(()) => run.version += 1,
                // It was cancelled, or another node has it.
                Err(StoreError::Conflict) => return Ok(false),
                Err(error) => return Err(error.into()),
            }
            if waits {
                // Another round takes it up again.
                return Ok(false);
            }
            let labels = [("plan", run.plan.to_string())];
            metrics::gauge!("crosswalk_shadow_compared", &labels).set(run.compared as f64);
            if run.state == RunState::Done {
                self.report_ended(&run, &report).await?;
                return Ok(true);
            }
        }
    }

    /// Puts the report of a run that ended beside the candidate, whose approval may rest on it.
    async fn report_ended(&self, run: &ShadowRun, report: &Report) -> Result<(), Failure> {
        let report = ShadowReport {
            id: run.id.to_string(),
            at: self.now(),
            changed_approvals: report.approvals_gained + report.approvals_lost,
        };
        reached(self.shadowed(&run.plan, &run.digest, report).await)
    }

    /// Until when evaluations are surely all on record: a run that goes along stays a little behind.
    fn comparable(&self, run: &ShadowRun) -> Timestamp {
        let live = run.until > run.asked_at;
        if live { run.until.min(self.now() - BEHIND) } else { run.until }
    }

    /// Stops a run. What it found so far stays.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for one that has ended.
    pub async fn cancel_shadow_run(
        &self,
        caller: &Caller,
        id: ShadowRunId,
        once: Once<ShownShadowRun>,
    ) -> Result<Outcome<ShownShadowRun>, Failure> {
        caller.must_be(&[Role::PlanAdmin, Role::Operator])?;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let mut run = crosswalk.found_run(caller, id).await?;
                if run.state != RunState::Running {
                    return Err(Failure::field(
                        "",
                        Code::Ended,
                        "the run has ended already",
                        "read its report, or start another",
                    ));
                }
                run.state = RunState::Cancelled;
                let subject = run.id.to_string();
                let audit = crosswalk.audit(
                    caller,
                    "cancel-shadow-run",
                    SubjectKind::ShadowRun,
                    &subject,
                    Some(&run.plan),
                );
                let unit = Unit::of([store::shadow_runs::update(&run), audit]);
                Ok((unit, shown(run)?))
            })
        })
        .await
    }

    /// One run, with what it has found so far.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for providers and for whoever sees no single cases: a run counts few of them.
    pub async fn shadow_run(&self, caller: &Caller, id: ShadowRunId) -> Result<ShownShadowRun, Failure> {
        caller.must_see_names()?;
        let run = self.found_run(caller, id).await?;
        self.look(caller, Look::List(SubjectKind::ShadowRun)).await?;
        let mut shown = shown(run)?;
        shown.criteria = self.words_of(&shown).await?;
        Ok(shown)
    }

    /// Words of the criteria that a report names: the candidate's, and of those that it has no more, those of
    /// the rules in force.
    async fn words_of(&self, shown: &ShownShadowRun) -> Result<BTreeMap<String, Bilingual>, Failure> {
        let (run, named) = (&shown.run, &shown.report.criteria);
        if named.is_empty() {
            return Ok(BTreeMap::new());
        }
        let duty = Scope::duty("shadow-run");
        let row = store::plugins::find(self.store(), &duty, &run.plan, &run.digest).await?;
        let candidate: Option<PlanProfile> =
            row.map(|row| serde_json::from_str(&row.profile)).transpose().map_err(Failure::internal)?;
        let live = self.live(&run.plan, self.now(), About::on(self.today())).await?;
        let declared = live.iter().map(Live::profile).chain(&candidate);
        let of_profile = |profile: &PlanProfile| {
            let criteria = profile.criteria.iter().filter(|criterion| named.contains_key(&criterion.id));
            criteria.map(|criterion| (criterion.id.clone(), criterion.text.clone())).collect::<Vec<_>>()
        };
        Ok(declared.flat_map(of_profile).collect())
    }

    /// A plan's runs, newest first: all, or those of one candidate.
    ///
    /// # Errors
    /// `Forbidden` for another plan's, and for whoever sees no single cases; `Invalid` for a bad cursor.
    pub async fn shadow_runs(
        &self,
        caller: &Caller,
        plan: &PlanId,
        candidate: Option<&Digest>,
        paging: Paging,
    ) -> Result<Page<ShownShadowRun>, Failure> {
        caller.must_see_names()?;
        self.may_run_plan(caller, plan).await?;
        let (store, before) = (self.store(), paging.after()?);
        let rows =
            store::shadow_runs::list(store, &caller.scope, plan, candidate, before, paging.limit).await?;
        self.look(caller, Look::List(SubjectKind::ShadowRun)).await?;
        let items = rows.items.into_iter().map(shown).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor: rows.next.map(|id| id.to_string()) })
    }

    /// Evaluations that the candidate would have changed, side by side: all, or those of one cause. For the
    /// plan's own people: it names cases.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for everybody else; `Invalid` for a bad cursor.
    pub async fn shadow_changes(
        &self,
        caller: &Caller,
        id: ShadowRunId,
        cause: Option<&str>,
        paging: Paging,
    ) -> Result<Page<ShownShadowChange>, Failure> {
        caller.must_be(&[Role::PlanAdmin, Role::PlanReviewer])?;
        self.found_run(caller, id).await?;
        let after = paging.after()?.unwrap_or(0);
        let rows =
            store::shadow_runs::changes(self.store(), &caller.scope, id, cause, after, paging.limit).await?;
        let cases: Vec<_> = rows.items.iter().map(|change| change.case).collect();
        self.look(caller, Look::Cases(&cases)).await?;
        let items = rows.items.into_iter().map(shown_change).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor: rows.next.map(|number| number.to_string()) })
    }

    /// The same as a spreadsheet.
    ///
    /// # Errors
    /// As [`Self::shadow_changes`].
    pub async fn shadow_sheet(&self, caller: &Caller, id: ShadowRunId) -> Result<Vec<u8>, Failure> {
        let mut lines = vec![SHEET.map(str::to_owned).to_vec()];
        let mut paging = Paging { limit: 200, cursor: None };
        loop {
            let Page { items, next_cursor } = self.shadow_changes(caller, id, None, paging.clone()).await?;
            lines.extend(items.into_iter().map(
                |ShownShadowChange { number, evaluation, case, change, .. }| {
                    vec![
                        number.to_string(),
                        case.to_string(),
                        evaluation.to_string(),
                        change.operation,
                        change.service,
                        change.direction.name().to_owned(),
                        change.before.word,
                        change.after.word,
                        Cents(change.before.cents).to_string(),
                        Cents(change.after.cents).to_string(),
                        change.criteria.join(" "),
                    ]
                },
            ));
            paging.cursor = next_cursor;
            if paging.cursor.is_none() {
                return Ok(formats::sheet::csv(&lines));
            }
        }
    }

    async fn found_run(&self, caller: &Caller, id: ShadowRunId) -> Result<ShadowRun, Failure> {
        caller.must_be(&[Role::PlanAdmin, Role::PlanReviewer, Role::Operator])?;
        store::shadow_runs::find(self.store(), &caller.scope, id).await?.ok_or(Failure::NotFound)
    }
}

/// Instants between which a run's evaluations were made.
struct Span {
    begins: Timestamp,
    until: Timestamp,
    wanted: u64,
    share_percent: u8,
}

/// True if an evaluation is in the share that is compared: always the same ones, whoever compares.
fn is_chosen(evaluation: &Evaluation, share_percent: u8) -> bool {
    // The low bits of a time-ordered id are the random ones.
    evaluation.id.uuid().as_u128() % 100 < u128::from(share_percent)
}

/// Asks the candidate again what was asked, and says for each evaluation what differs. In the order of the
/// evaluations.
async fn compared(
    candidate: &Plugin,
    asked: Vec<Evaluation>,
) -> Result<Vec<(Evaluation, Compared)>, Failure> {
    let share = asked.len().div_ceil(TASKS).max(1);
    let mut asked = asked.into_iter();
    let mut tasks = JoinSet::new();
    for place in 0..TASKS {
        let part: Vec<Evaluation> = asked.by_ref().take(share).collect();
        let candidate = candidate.clone();
        tasks.spawn(async move {
            let mut found = Vec::with_capacity(part.len());
            let mut began = Instant::now();
            for evaluation in part {
                let change = compare_one(&candidate, &evaluation).await;
                found.push((evaluation, change));
                if began.elapsed() >= SLICE {
                    // Members' requests come first.
                    tokio::task::yield_now().await;
                    began = Instant::now();
                }
            }
            (place, found)
        });
    }
    let mut parts = Vec::with_capacity(TASKS);
    while let Some(part) = tasks.join_next().await {
        parts.push(part.map_err(Failure::internal)?);
    }
    parts.sort_by_key(|(place, _)| *place);
    Ok(parts.into_iter().flat_map(|(_, found)| found).collect())
}

/// Counts one comparison in the report of a run. Returns the change that is to be kept of it, if any.
fn count(
    run: &mut ShadowRun,
    report: &mut Report,
    evaluation: Evaluation,
    found: Compared,
) -> Result<Option<ShadowChange>, Failure> {
    let change = match found {
        Compared::Unreadable => {
            report.unreadable += 1;
            return Ok(None);
        }
        Compared::Same => {
            run.compared += 1;
            report.add_same();
            return Ok(None);
        }
        Compared::Changed(change) => change,
    };
    run.compared += 1;
    let cause = report.add(&change);
    if report.changed > MOST_CHANGES {
        return Ok(None);
    }
    Ok(Some(ShadowChange {
        run: run.id,
        number: report.changed,
        evaluation: evaluation.id,
        case: evaluation.case,
        cause,
        body: serde_json::to_string(&change).map_err(Failure::internal)?,
    }))
}

/// Outcome of the comparison of one evaluation.
enum Compared {
    /// The candidate would have answered so that nobody sees a difference.
    Same,
    /// The candidate would have answered otherwise.
    Changed(Box<Change>),
    /// The question or the answer is of a form that this program reads no more.
    Unreadable,
}

/// Change that the candidate's answer would have made. A question that was never asked has no answer to
/// compare with.
async fn compare_one(candidate: &Plugin, evaluation: &Evaluation) -> Compared {
    let Some(question) = Question::from_canonical_bytes(&evaluation.input) else {
        return Compared::Unreadable;
    };
    let profile = candidate.profile();
    let after = Recorded::from(candidate.replay(&question).await.ending);
    if after.is(&evaluation.output) {
        return Compared::Same;
    }
    let after = past_the_floor(profile, &question, after);
    let Ok(before) = serde_json::from_slice::<Recorded>(&evaluation.output) else {
        return Compared::Unreadable;
    };
    compare::change(&question, &before, &after, &profile.rates)
        .map_or(Compared::Same, |change| Compared::Changed(Box::new(change)))
}

/// A candidate's answer as it would stand on the record; members would be spared one that the floor refuses.
pub(crate) fn past_the_floor(profile: &PlanProfile, question: &Question, given: Recorded) -> Recorded {
    let Recorded::Answer(mut answer) = given else { return given };
    let ground = Ground::of(profile);
    match floor::check(ground, question, &answer) {
        Ok(()) => {
            floor::label(ground, question, &mut answer);
            Recorded::Answer(answer)
        }
        Err(_) => Recorded::Fault(Fault::BadOutput),
    }
}

fn shown(run: ShadowRun) -> Result<ShownShadowRun, Failure> {
    let report: Report = serde_json::from_str(&run.report).map_err(Failure::internal)?;
    let listed = report.changed.min(MOST_CHANGES);
    Ok(ShownShadowRun { listed, run, report, criteria: BTreeMap::new() })
}

fn shown_change(row: ShadowChange) -> Result<ShownShadowChange, Failure> {
    let change = serde_json::from_str(&row.body).map_err(Failure::internal)?;
    Ok(ShownShadowChange {
        number: row.number,
        evaluation: row.evaluation,
        case: row.case,
        cause: row.cause,
        change,
    })
}

//! One command, one unit of work: the case, its events, the evaluation records, the clocks, the worklist, the
//! history, the audit entry and the notices commit together or not at all.

use domain::calendar::BusinessCalendar;
use domain::case::{CaseKind, EventKind};
use domain::identifiers::{AuditId, CaseId, DeadlineId, EventId, PlanId};
use domain::referral;
use domain::rollout::{self, About};
use domain::statute::ClockId;
use domain::work;
use jiff::Timestamp;
use store::audit::Entry;
use store::cases::PlanPart;
use store::deadlines::{Deadline, DeadlineState};
use store::events::Event;
use store::worklist::Item;
use store::{Scope, Statement, Unit};

use crate::Crosswalk;
use crate::cases::case::{Body, Case};
use crate::cases::clocks::{self, Paced, Running};
use crate::cases::limits;
use crate::cases::people::WITHDRAWN;
use crate::cases::show::{Seen, ShownCase};
use crate::cases::sight::{self, Sight};
use crate::cases::step::{Actor, CaseNotice, Step, Used, Work};
use crate::command::Expected;
use crate::command::caller::Caller;
use crate::command::failure::Failure;
use crate::command::notice::{Notice, Recipient};
use crate::plugins::asking::EvaluationRecord;
use crate::plugins::registry::{Answering, Live};
use crate::words;

/// The role of what this host does by itself.
const HOST: &str = "host";
/// The role of what a plan's rules do by their answer.
const RULES: &str = "plan-rules";

impl Crosswalk {
    /// Everything that `work` changed as one unit, with `also`, and the case as the caller will see it.
    pub(crate) async fn finish(
        &self,
        caller: &Caller,
        work: Work,
        also: &Unit,
    ) -> Result<(Unit, ShownCase), Failure> {
        let now = work.now();
        let Work {
            mut case,
            steps,
            evaluations,
            usage,
            notices,
            saw,
            attached,
            history,
            plans,
            kept,
            also: own,
            weighed,
            fences: admits,
            ..
        } = work;
        let plans = match plans {
            Some(plans) => plans,
            None => self.plans_of(&case, now).await?,
        };
        let new = case.version == 0;
        let before = if new {
            Vec::new()
        } else {
            store::deadlines::for_case(self.store(), &Scope::duty("clocks"), case.id).await?
        };
        let paced: Vec<Paced> = plans.iter().map(Paced::of).collect();
        let (changed, deadlines) = self.turn_clocks(&case, &before, &kept, &paced, now);
        let due_at = open(&deadlines).map(|deadline| deadline.due_at).min();

        let audit = self.audit_entry(caller, "change", case.body.kind().into(), &case.id.to_string());
        let audit = Entry { plan: case.plan.clone(), ..audit };
        count_readings(&mut case.body, &steps);
        let row = row(&case, due_at, now)?;
        let window = limits::keep_window(&case, new);
        let counts = !usage.is_empty() || (weighed && window.is_some());
        let counted = history.filter(|_| counts);
        let mut unit = Unit::guarded(guards(&case, counted.as_deref(), admits, &evaluations, now));
        unit.add(if new { store::cases::insert(&row) } else { store::cases::update(&row) });
        unit.add(store::audit::insert(&audit));
        unit.extend(window);
        case.version += 1;
        unit.extend(plan_parts(&case, &row));
        unit.extend(also.statements.iter().cloned());
        unit.extend(own.statements);
        unit.extend(attached.iter().flat_map(|document| store::documents::used(*document, case.id, now)));
        unit.extend(Sight::of(&case, now).changes(&saw, &case, new, now));
        for evaluation in &evaluations {
            unit.add(evaluation_row(case.id, evaluation)?);
        }
        unit.extend(changed);
        unit.extend(self.work_items(&case, new, &deadlines));
        unit.extend(offer(&case, new, &deadlines));
        unit.extend(self.tell_joined(&case, new, &notices, now).await?);
        unit.extend(self.end_sight_of_joined(&case, now).await?);
        unit.extend(usage.iter().flat_map(|used| self.used(&case, used)));
        unit.extend(
            notices.iter().chain(&tell_plans(&case, &steps)).map(|told| self.job(case.id, told, now)),
        );
        let events: Vec<Event> =
            steps.iter().map(|step| self.event(caller, case.id, step, now, audit.id)).collect();
        unit.extend(store::events::insert_all(&events));

        Ok((unit, ShownCase::of(case, Seen { caller, plans, deadlines, now })))
    }

    /// The plans whose words a case is shown with, and whose calendar its clocks follow.
    pub(crate) async fn plans_of(&self, case: &Case, now: Timestamp) -> Result<Vec<Live>, Failure> {
        let plans: Vec<&PlanId> = match &case.body {
            Body::Application(body) => body.reviews.keys().collect(),
            _ => case.plan.iter().collect(),
        };
        let mut live = Vec::with_capacity(plans.len());
        for plan in plans {
            // The county is left out: it would cost a look at the member for words that seldom differ.
            let bucket = Some(rollout::bucket(plan, case.provider));
            let about = About { day: case.rule_day(), bucket, county: None };
            live.extend(self.live(plan, now, about).await?);
        }
        Ok(live)
    }

    /// Starts the clocks that should run and ends the others. What ends because the case moved on is met if
    /// it was in time, and missed if not, whenever that is noticed.
    fn turn_clocks(
        &self,
        case: &Case,
        before: &[Deadline],
        kept: &[(ClockId, Timestamp)],
        paced: &[Paced],
        now: Timestamp,
    ) -> (Vec<Statement>, Vec<Deadline>) {
        let wanted = clocks::running(case, paced);
        let mut statements = Vec::new();
        let mut deadlines = Vec::new();
        if before.iter().any(|deadline| deadline.assigned_org != case.assigned) {
            statements.push(store::deadlines::assign(case.id, case.assigned));
        }
        for deadline in before {
            let mut deadline = Deadline { assigned_org: case.assigned, ..deadline.clone() };
            let runs_on = wanted.iter().any(|clock| is_row_of(&deadline, clock));
            if deadline.state == DeadlineState::Open && !runs_on {
                let kept = kept.iter().find(|(rule, _)| *rule == deadline.rule).map(|(_, at)| *at);
                deadline.state = clocks::ended(case, deadline.rule, deadline.due_at, kept, now);
                deadline.settled_at = Some(now);
                statements.push(store::deadlines::settle(deadline.id, deadline.state, now));
            }
            deadlines.push(deadline);
        }
        for clock in wanted {
            if !before.iter().any(|deadline| is_row_of(deadline, &clock)) {
                let deadline = self.started(case, clock);
                statements.push(store::deadlines::insert(&deadline));
                deadlines.push(deadline);
            }
        }
        (statements, deadlines)
    }

    /// The row of a clock that starts.
    fn started(&self, case: &Case, clock: Running) -> Deadline {
        Deadline {
            id: self.id(DeadlineId::from_uuid),
            case: case.id,
            plan: clock.plan.or_else(|| case.plan.clone()),
            provider_org: case.provider,
            assigned_org: case.assigned,
            rule: clock.rule,
            started_at: clock.started,
            due_at: clock.due,
            state: DeadlineState::Open,
            settled_at: None,
        }
    }

    /// Whoever made a referral that joined this one learns of each step too, as of its own.
    async fn tell_joined(
        &self,
        case: &Case,
        new: bool,
        notices: &[CaseNotice],
        now: Timestamp,
    ) -> Result<Vec<Statement>, Failure> {
        let step = notices.iter().find(|told| told.kind == "referral-step").filter(|_| !new);
        let Some(step) = step else { return Ok(Vec::new()) };
        let joined = store::cases::joined(self.store(), case.id).await?;
        let told = joined.into_iter().map(|(id, organization)| {
            let to = Recipient::Organization(organization);
            self.job(id, &CaseNotice { to, kind: step.kind, text: step.text.clone(), ends_clocks: &[] }, now)
        });
        Ok(told.collect())
    }

    /// Whoever made a referral that joined this one sees the member as long as this one goes on, and for a
    /// time after it. A referral that its sender took back goes on as one of those that joined it.
    async fn end_sight_of_joined(&self, case: &Case, now: Timestamp) -> Result<Vec<Statement>, Failure> {
        let Body::Referral(body) = &case.body else { return Ok(Vec::new()) };
        let taken_back = matches!(&body.state, referral::State::Closed { reason, .. } if reason == WITHDRAWN);
        let Some(member) = case.member.filter(|_| body.state.is_final() && !taken_back) else {
            return Ok(Vec::new());
        };
        let joined = store::cases::joined(self.store(), case.id).await?;
        Ok(joined.into_iter().map(|(id, sender)| sight::after(member, id, sender, now)).collect())
    }

    fn event(&self, caller: &Caller, case: CaseId, step: &Step, at: Timestamp, audit: AuditId) -> Event {
        let by_host = store::events::Actor::Host;
        let (actor, role) = match &step.by {
            Actor::Caller => (
                caller.organization.map_or(by_host, store::events::Actor::Organization),
                caller.key.map_or(HOST, |_| caller.role.name()),
            ),
            Actor::Rules(plan) => (store::events::Actor::Plan(plan.clone()), RULES),
            Actor::Host => (by_host, HOST),
        };
        Event {
            id: self.id(EventId::from_uuid),
            case,
            at,
            name: step.name,
            state: step.state.to_owned(),
            actor,
            actor_role: role.to_owned(),
            detail: step.detail.to_string(),
            audit,
            plan: step.plan.clone(),
        }
    }

    /// Puts the case into the worklist of each plan whose people have it, with that plan's nearest clock, and
    /// out of the others'.
    fn work_items(&self, case: &Case, new: bool, deadlines: &[Deadline]) -> Vec<Statement> {
        let waiting = case.body.with_people(case.plan.as_ref());
        let mut statements = Vec::new();
        if !new {
            let plans = case.plan.iter().chain(match &case.body {
                Body::Application(body) => body.reviews.keys().collect::<Vec<_>>(),
                _ => Vec::new(),
            });
            let done = plans.filter(|plan| !waiting.iter().any(|(waits, _)| waits == *plan));
            statements.extend(done.map(|plan| store::worklist::remove(case.id, plan)));
        }
        statements.extend(waiting.into_iter().map(|(plan, why)| {
            let own = open(deadlines).filter(|deadline| deadline.plan.as_ref() == Some(&plan));
            let due_at = own.map(|deadline| deadline.due_at).min();
            store::worklist::put(&Item {
                case: case.id,
                plan,
                kind: case.body.kind(),
                service: case.service.clone(),
                why: serde_json::to_string(&why).unwrap_or_default(),
                urgency: case.urgency,
                delegate: case.delegate.clone(),
                received_at: case.received_at,
                due_at,
                // As it comes to the list. What stands there keeps its own.
                state: work::State::Free,
                version: 1,
            })
        }));
        statements
    }

    /// Units into the history; of what was delivered, the days too, each of which is there once.
    fn used(&self, case: &Case, used: &Used) -> Vec<Statement> {
        let Some(member) = case.member else { return Vec::new() };
        let mut statements = vec![store::usage::insert(&store::usage::Usage {
            id: self.id(|uuid| uuid).to_string(),
            member,
            plan: used.plan.clone(),
            service: used.service.clone(),
            procedure: used.procedure.clone(),
            provider_org: used.provider,
            case: case.id,
            line: used.line,
            first_day: used.first,
            last_day: used.last,
            units: used.units.into(),
            minutes: used.minutes.map(i64::from),
            amount: used.amount,
            state: used.state,
        })];
        if used.state.is_delivered() {
            statements.push(store::service_days::take(&store::service_days::Days {
                member,
                provider: used.provider,
                procedure: &used.procedure,
                first: used.first,
                last: used.last,
                case: case.id,
                line: used.line,
            }));
        }
        statements
    }

    /// A notice leaves through the outbox, after the commit.
    fn job(&self, case: CaseId, told: &CaseNotice, now: Timestamp) -> Statement {
        let notice = Notice {
            ends_clocks: told.ends_clocks.to_vec(),
            ..Notice::new(told.to.clone(), told.kind, told.text.clone()).about_case(case)
        };
        self.tell(&notice, &case, now)
    }

    /// The case, if the caller may see it and has read its latest version.
    pub(crate) async fn case_to_change(
        &self,
        caller: &Caller,
        kind: CaseKind,
        id: CaseId,
        expected: Expected,
    ) -> Result<Case, Failure> {
        let case = self.readable_case(caller, id).await?;
        if case.body.kind() != kind {
            return Err(Failure::NotFound);
        }
        let version = case.version_for(caller.plan.as_ref());
        if expected.holds(version) { Ok(case) } else { Err(Failure::Newer(version)) }
    }

    /// The case, if the caller may see it.
    pub(crate) async fn readable_case(&self, caller: &Caller, id: CaseId) -> Result<Case, Failure> {
        let row = store::cases::find(self.store(), &caller.scope, id).await?;
        self.read(row.ok_or(Failure::NotFound)?)
    }

    /// Case of a row; a body that does not read is corrupt, never a default.
    pub(crate) fn read(&self, row: store::cases::Case) -> Result<Case, Failure> {
        let body: Body = serde_json::from_str(&row.body).map_err(|_| {
            Failure::internal(store::StoreError::Corrupt {
                table: "cases",
                id: row.id.to_string(),
                problem: "body does not read".to_owned(),
            })
        })?;
        Ok(Case {
            id: row.id,
            plan: row.plan,
            delegate: row.delegate,
            member: row.member,
            service: row.service,
            provider: row.provider_org,
            assigned: row.assigned_org,
            urgency: row.urgency,
            received_at: row.received_at,
            version: row.version,
            follows: row.parent,
            body,
        })
    }
}

/// The calendar of the plan: the state's, with the plan's own closures.
pub(crate) fn calendar(plan: Option<&Live>) -> BusinessCalendar {
    let state = BusinessCalendar::state();
    match plan {
        Some(plan) => state.with_closures(&plan.profile().calendar),
        None => state,
    }
}

fn open(deadlines: &[Deadline]) -> impl Iterator<Item = &Deadline> {
    deadlines.iter().filter(|deadline| deadline.state == DeadlineState::Open)
}

fn row(case: &Case, due_at: Option<Timestamp>, now: Timestamp) -> Result<store::cases::Case, Failure> {
    let number = match &case.body {
        Body::Authorization(body) => match &body.state {
            domain::authorization::State::Approved { number, .. } => Some(number.clone()),
            _ => None,
        },
        _ => None,
    };
    Ok(store::cases::Case {
        id: case.id,
        kind: case.body.kind(),
        provider_org: case.provider,
        assigned_org: case.assigned,
        plan: case.plan.clone(),
        delegate: case.delegate.clone(),
        member: case.member,
        service: case.service.clone(),
        state: case.body.state().to_owned(),
        urgency: case.urgency,
        body: serde_json::to_string(&case.body).map_err(Failure::internal)?,
        parent: case.follows,
        number,
        due_at,
        received_at: case.received_at,
        updated_at: now,
        version: if case.version == 0 { 1 } else { case.version },
    })
}

/// Each plan's reading of a credentialing file that one of the steps is of gets its next version. What the
/// provider adds every plan reads, and so with what is nobody's step: nobody writes over what was not seen.
fn count_readings(body: &mut Body, steps: &[Step]) {
    let Body::Application(file) = body else { return };
    for (plan, review) in &mut file.reviews {
        let is_of_it =
            |step: &Step| step.name == EventKind::Supply || step.plan.as_ref().is_none_or(|of| of == plan);
        review.version += i64::from(steps.is_empty() || steps.iter().any(is_of_it));
    }
}

/// The open offer of a referral, if it has one: to whom, and until when its clock runs.
fn offer(case: &Case, new: bool, deadlines: &[Deadline]) -> Option<Statement> {
    let Body::Referral(body) = &case.body else { return None };
    let due = open(deadlines)
        .find(|deadline| deadline.rule == ClockId::ReferralOffer)
        .map(|deadline| deadline.due_at);
    match (body.state.offered(), due) {
        (Some((to, since)), Some(due)) => Some(store::offers::put(case.id, to, since, due)),
        _ => (!new).then(|| store::offers::remove(case.id)),
    }
}

/// A plan's people are told when a case comes to them.
fn tell_plans(case: &Case, steps: &[Step]) -> Vec<CaseNotice> {
    if !steps
        .iter()
        .any(|step| [EventKind::HandOver, EventKind::Advise, EventKind::Dispute].contains(&step.name))
    {
        return Vec::new();
    }
    let waiting = case.body.with_people(case.plan.as_ref());
    waiting
        .into_iter()
        .map(|(plan, _)| CaseNotice {
            to: Recipient::Plan(plan),
            kind: "case-waits",
            text: words::case_waits(case.body.kind()),
            ends_clocks: &[],
        })
        .collect()
}

/// True if the row is the clock's. A clock that names no plan is the case's own.
fn is_row_of(deadline: &Deadline, clock: &Running) -> bool {
    clock.rule == deadline.rule
        && clock.started == deadline.started_at
        && (clock.plan.is_none() || clock.plan == deadline.plan)
}

/// Statements that let the unit of a case pass only while everything holds that it rests on. `counted` is the
/// stamp of the member's history, where something was counted in it: it is compared first, before the unit
/// itself changes the history. What must hold stands together, so that it is sent as one.
fn guards(
    case: &Case,
    counted: Option<&str>,
    admits: Vec<Statement>,
    evaluations: &[EvaluationRecord],
    now: Timestamp,
) -> Vec<Statement> {
    let mut guards = Vec::new();
    if let (Some(member), Some(stamp)) = (case.member, counted) {
        guards.extend(store::usage::unchanged(member, stamp));
    }
    guards.extend(admits);
    guards.extend(fences(evaluations, now));
    if let (Some(member), 0) = (case.member, case.version) {
        guards.push(store::members::not_merged(member));
    }
    guards
}

/// An evaluation is kept only while the rules that made it answer such a request, whatever this process
/// believed when it asked.
fn fences(evaluations: &[EvaluationRecord], now: Timestamp) -> Vec<Statement> {
    let mut fenced: Vec<(&PlanId, &Answering)> = Vec::new();
    for evaluation in evaluations {
        if !fenced.contains(&(&evaluation.plan, &evaluation.answering)) {
            fenced.push((&evaluation.plan, &evaluation.answering));
        }
    }
    fenced
        .into_iter()
        .map(|(plan, answering)| {
            store::activations::still_in_force(plan, answering.version, now, &answering.about)
        })
        .collect()
}

/// Each plan of a credentialing file takes part in it, with the state that it is shown.
fn plan_parts(case: &Case, row: &store::cases::Case) -> Vec<Statement> {
    let Body::Application(body) = &case.body else { return Vec::new() };
    body.reviews
        .keys()
        .map(|plan| {
            let state = case.body.state_for(Some(plan)).to_owned();
            store::cases::put_plan(row, &PlanPart { plan: plan.clone(), state })
        })
        .collect()
}

fn evaluation_row(case: CaseId, record: &EvaluationRecord) -> Result<Statement, Failure> {
    Ok(store::evaluations::insert(&store::evaluations::Evaluation {
        id: record.id,
        case,
        plan: record.plan.clone(),
        digest: record.digest,
        operation: record.operation.to_owned(),
        ending: record.ending.clone(),
        input: record.input.clone(),
        output: record.output.clone(),
        duration_us: record.duration_us.unsigned_abs(),
        memory_bytes: record.memory_bytes.unsigned_abs(),
        cpu_ticks: record.cpu_ticks,
        at: record.at,
        history_complete: record.history_complete,
        open_cases_complete: record.open_cases_complete,
    }))
}

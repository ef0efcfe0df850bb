//! Rows of a unit of cases, by table.
//!
//! Statements of one table stand side by side: so they travel together, and the database reads each text
//! once.

use std::collections::BTreeMap;

use domain::Cents;
use domain::case::{CaseKind, EventKind};
use domain::identifiers::{
    AuditId, DeadlineId, Digest, EvaluationId, EventId, NoticeId, OrgId, PaymentId, PlanId, RemittanceId,
};
use domain::plan::types::Bilingual;
use domain::time::pacific_day;
use domain::work;
use jiff::{Timestamp, ToSpan};
use store::audit::Entry as AuditEntry;
use store::cases::{Case, PlanPart};
use store::deadlines::{Deadline, DeadlineState};
use store::evaluations::Evaluation;
use store::events::{Actor, Event};
use store::members::{Grant, GrantReason};
use store::notices::Notice;
use store::remittances::{Cause, Entry, Remittance};
use store::service_days::Days;
use store::usage::{Usage, UsageState};
use store::worklist::Item;
use store::{Statement, Unit};

use super::story::{Ending, Line, SERVICE, Story};
use crate::PlanMix;
use crate::county::County;

/// Days for which a provider sees a member after a case has ended.
const SIGHT_DAYS: i64 = 90;
const SEED_OF_RULES: &[u8] = b"generated rules of ";

/// Statements of a unit, by table.
pub(super) struct Rows<'w> {
    plans: &'w PlanMix,
    county: &'w County,
    audit: Vec<Statement>,
    cases: Vec<Statement>,
    parts: Vec<Statement>,
    evaluations: Vec<Statement>,
    deadlines: Vec<Statement>,
    usage: Vec<Statement>,
    notices: Vec<Statement>,
    payments: Vec<Statement>,
    events: Vec<Statement>,
    days: Vec<Statement>,
    sight: Vec<Statement>,
    worklist: Vec<Statement>,
    /// One transfer of each plan to each provider that it paid.
    remittances: BTreeMap<(usize, OrgId), Remittance>,
}

impl<'w> Rows<'w> {
    pub(super) fn of(plans: &'w PlanMix, county: &'w County) -> Self {
        Self {
            plans,
            county,
            audit: Vec::new(),
            cases: Vec::new(),
            parts: Vec::new(),
            evaluations: Vec::new(),
            deadlines: Vec::new(),
            usage: Vec::new(),
            notices: Vec::new(),
            payments: Vec::new(),
            events: Vec::new(),
            days: Vec::new(),
            sight: Vec::new(),
            worklist: Vec::new(),
            remittances: BTreeMap::new(),
        }
    }

    /// The unit of all rows. Each table comes after those that it refers to.
    pub(super) fn unit(self) -> Unit {
        let remittances: Vec<Statement> = self.remittances.values().map(store::remittances::insert).collect();
        let tables = [
            self.audit,
            self.cases,
            self.parts,
            self.evaluations,
            self.deadlines,
            self.usage,
            self.notices,
            remittances,
            self.payments,
            self.events,
            self.days,
            self.sight,
            self.worklist,
        ];
        Unit::of(tables.into_iter().flatten())
    }

    pub(super) fn part(&mut self, case: &Case, part: &PlanPart) {
        self.parts.push(store::cases::put_plan(case, part));
    }

    /// A credentialing file, which came and was settled.
    pub(super) fn application(&mut self, case: &Case, audit: AuditId, event: EventId, name: EventKind) {
        self.audit.push(store::audit::insert(&trail(case, audit, "application.create")));
        self.cases.push(store::cases::insert(case));
        let received = Happened { id: event, at: case.received_at, name, state: &case.state };
        self.events.extend(store::events::insert_all(&[received.event(
            case,
            Actor::Organization(case.provider_org),
            audit,
        )]));
    }

    pub(super) fn add(&mut self, story: &Story) {
        let mut dice = story.dice.clone();
        let given = &story.given;
        let plan = self.plans.plan(given.plan).clone();
        let case = case(story, &plan);
        let audit = AuditId::from_uuid(dice.id(given.received_at));
        self.audit.push(store::audit::insert(&trail(&case, audit, action(story.kind))));
        self.cases.push(store::cases::insert(&case));

        let arrived = [(given.received_at, EventKind::Received, "received")];
        let events: Vec<Event> = arrived
            .iter()
            .chain(&story.events)
            .enumerate()
            .map(|(place, (at, name, state))| {
                let by =
                    if place == 0 { Actor::Organization(given.provider) } else { Actor::Plan(plan.clone()) };
                Happened { id: EventId::from_uuid(dice.id(*at)), at: *at, name: *name, state }
                    .event(&case, by, audit)
            })
            .collect();
        self.events.extend(store::events::insert_all(&events));

        let ids = Ids {
            evaluation: EvaluationId::from_uuid(dice.id(given.received_at)),
            deadline: DeadlineId::from_uuid(dice.id(given.received_at)),
            notice: NoticeId::from_uuid(dice.id(given.received_at)),
            remittance: RemittanceId::from_uuid(dice.id(given.received_at)),
            payments: story.lines.iter().map(|_| PaymentId::from_uuid(dice.id(given.received_at))).collect(),
        };
        self.evaluations.push(store::evaluations::insert(&evaluation(story, ids.evaluation, &plan)));
        self.deadlines.push(store::deadlines::insert(&deadline(story, ids.deadline, &plan)));
        self.notices.push(store::notices::insert(&notice(story, ids.notice)));
        self.sight.push(store::members::grant(&sight(story)));
        if let Some(why) = &story.waits {
            let why = serde_json::to_string(why).unwrap_or_default();
            self.worklist.push(store::worklist::put(&item(story, &case, &plan, why)));
        }
        self.units(story, &plan, &ids);
    }

    /// Units of its lines, the days on which they were given, and what was paid for them.
    fn units(&mut self, story: &Story, plan: &PlanId, ids: &Ids) {
        let state = match (story.kind, story.ends) {
            (CaseKind::Authorization, _) => UsageState::Authorized,
            (_, Ending::Paid) => UsageState::Paid,
            _ => UsageState::Payable,
        };
        for (line, payment) in story.lines.iter().zip(&ids.payments) {
            self.usage.push(store::usage::insert(&usage(story, line, plan, state)));
            if state == UsageState::Authorized {
                continue;
            }
            self.days.push(store::service_days::take(&Days {
                member: story.given.member,
                provider: story.given.provider,
                procedure: &line.procedure,
                first: line.first,
                last: line.last,
                case: story.id,
                line: line.number,
            }));
            if story.ends == Ending::Paid {
                let carried = self.remit(story, plan, ids.remittance, line.amount);
                self.payments.push(store::remittances::enter(&paid(story, line, plan, (*payment, carried))));
            }
        }
    }

    /// The remittance by which a plan pays a provider in this unit, with one more amount in it.
    fn remit(&mut self, story: &Story, plan: &PlanId, fresh: RemittanceId, amount: Cents) -> RemittanceId {
        let made_by = self.county.plans.get(story.given.plan).copied().unwrap_or(story.given.provider);
        let remittance =
            self.remittances.entry((story.given.plan, story.given.provider)).or_insert_with(|| Remittance {
                id: fresh,
                plan: plan.clone(),
                number: story.given.remittance.clone(),
                provider_org: story.given.provider,
                total: Cents::ZERO,
                at: last_event(story),
                made_by,
            });
        remittance.total = remittance.total.checked_add(amount).unwrap_or(remittance.total);
        remittance.id
    }
}

/// Ids of the rows of one case.
struct Ids {
    evaluation: EvaluationId,
    deadline: DeadlineId,
    notice: NoticeId,
    /// Of the unit's remittance, if this claim is the first that it pays.
    remittance: RemittanceId,
    /// One for each line.
    payments: Vec<PaymentId>,
}

/// A step of a case's timeline.
struct Happened<'s> {
    id: EventId,
    at: Timestamp,
    name: EventKind,
    /// Word of the state after it.
    state: &'s str,
}

impl Happened<'_> {
    fn event(self, case: &Case, actor: Actor, audit: AuditId) -> Event {
        let actor_role = match &actor {
            Actor::Organization(_) => "provider",
            Actor::Plan(_) => "plan-rules",
            Actor::Host => "host",
        };
        Event {
            id: self.id,
            case: case.id,
            at: self.at,
            name: self.name,
            state: self.state.to_owned(),
            actor_role: actor_role.to_owned(),
            actor,
            detail: "{}".to_owned(),
            audit,
            plan: None,
        }
    }
}

fn case(story: &Story, plan: &PlanId) -> Case {
    let given = &story.given;
    Case {
        id: story.id,
        kind: story.kind,
        provider_org: given.provider,
        assigned_org: story.assigned,
        plan: Some(plan.clone()),
        delegate: None,
        member: Some(given.member),
        service: Some(SERVICE.to_owned()),
        state: story.state.to_owned(),
        urgency: story.urgency,
        body: story.body.to_string(),
        parent: None,
        number: story.number.clone(),
        due_at: story.waits.as_ref().map(|_| story.due_at),
        received_at: given.received_at,
        updated_at: last_event(story),
        version: 1,
    }
}

fn trail(case: &Case, id: AuditId, action: &str) -> AuditEntry {
    AuditEntry {
        id,
        at: case.received_at,
        request: "generated".to_owned(),
        key: None,
        account: None,
        actor_org: Some(case.provider_org),
        role: "provider".to_owned(),
        action: action.to_owned(),
        subject_kind: "case".to_owned(),
        subject_id: case.id.to_string(),
        plan: case.plan.clone(),
        purpose: None,
        outcome: "done".to_owned(),
    }
}

fn action(kind: CaseKind) -> &'static str {
    match kind {
        CaseKind::Referral => "referral.create",
        CaseKind::Authorization => "authorization.create",
        CaseKind::Claim => "claim.create",
        CaseKind::Application => "application.create",
    }
}

/// A call of the plan's rules, as small as one can be. Its question and answer are empty objects.
fn evaluation(story: &Story, id: EvaluationId, plan: &PlanId) -> Evaluation {
    let operation = match story.kind {
        CaseKind::Referral => "referral.triage",
        CaseKind::Authorization => "authorization.determine",
        CaseKind::Claim => "billing.adjudicate",
        CaseKind::Application => "credentialing.review",
    };
    Evaluation {
        id,
        case: story.id,
        plan: plan.clone(),
        digest: Digest::of_parts(&[SEED_OF_RULES, plan.as_str().as_bytes()]),
        operation: operation.to_owned(),
        ending: if story.given.defect { "trap" } else { "answer" }.to_owned(),
        input: b"{}".to_vec(),
        output: b"{}".to_vec(),
        duration_us: 80,
        memory_bytes: 1 << 20,
        cpu_ticks: 0,
        at: story.given.received_at,
        history_complete: true,
        open_cases_complete: true,
    }
}

fn deadline(story: &Story, id: DeadlineId, plan: &PlanId) -> Deadline {
    let given = &story.given;
    let answered = last_event(story).min(story.due_at);
    let is_over = story.due_at <= given.now;
    let (state, settled_at) = if given.defect && is_over {
        (DeadlineState::Missed, Some(story.due_at))
    } else if story.waits.is_some() {
        (DeadlineState::Open, None)
    } else {
        (DeadlineState::Met, Some(answered))
    };
    Deadline {
        id,
        case: story.id,
        plan: Some(plan.clone()),
        provider_org: given.provider,
        assigned_org: story.assigned,
        rule: story.clock,
        started_at: given.received_at,
        due_at: story.due_at,
        state,
        settled_at,
    }
}

fn notice(story: &Story, id: NoticeId) -> Notice {
    let kind = match story.kind {
        CaseKind::Referral => "referral-step",
        CaseKind::Authorization => "authorization-step",
        CaseKind::Claim => "claim-step",
        CaseKind::Application => "application-step",
    };
    let text = Bilingual { en: "A case moved on.".to_owned(), es: "Un caso avanzó.".to_owned() };
    Notice {
        id,
        organization: story.given.provider,
        at: last_event(story),
        case: Some(story.id),
        member: None,
        kind: kind.to_owned(),
        body: serde_json::to_string(&text).unwrap_or_default(),
    }
}

/// Units of a line, as the limits of the benefit count them.
fn usage(story: &Story, line: &Line, plan: &PlanId, state: UsageState) -> Usage {
    Usage {
        id: format!("{}/{}", story.id, line.number),
        member: story.given.member,
        plan: plan.clone(),
        service: SERVICE.to_owned(),
        procedure: line.procedure.clone(),
        provider_org: story.given.provider,
        case: story.id,
        line: line.number,
        first_day: line.first,
        last_day: line.last,
        units: line.units.into(),
        minutes: None,
        amount: line.amount,
        state,
    }
}

/// The ledger's entry of a line that was paid, and the remittance that carries it.
fn paid(story: &Story, line: &Line, plan: &PlanId, (id, carried): (PaymentId, RemittanceId)) -> Entry {
    Entry {
        id,
        plan: plan.clone(),
        provider_org: story.given.provider,
        case: story.id,
        line: line.number,
        cause: Cause::Paid,
        amount: line.amount,
        adjustments: Vec::new(),
        at: last_event(story),
        remittance: Some(carried),
    }
}

/// The provider sees the member while the case is open, and some time after it.
fn sight(story: &Story) -> Grant {
    Grant {
        member: story.given.member,
        organization: story.given.provider,
        reason: GrantReason::Case,
        case: Some(story.id),
        since: story.given.received_at,
        until: (!story.ends.is_open())
            .then(|| pacific_day(last_event(story)).saturating_add(SIGHT_DAYS.days())),
    }
}

fn item(story: &Story, case: &Case, plan: &PlanId, why: String) -> Item {
    Item {
        case: case.id,
        plan: plan.clone(),
        kind: case.kind,
        service: case.service.clone(),
        why,
        urgency: case.urgency,
        delegate: None,
        received_at: case.received_at,
        due_at: Some(story.due_at),
        state: work::State::Free,
        version: 1,
    }
}

/// Instant of the last event. Of a paid claim it is the payment.
fn last_event(story: &Story) -> Timestamp {
    story.events.last().map_or(story.given.received_at, |(at, ..)| *at)
}

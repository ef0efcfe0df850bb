//! Counts of a county's plans.

use domain::case::{CaseKind, EventKind};
use domain::identifiers::DeadlineId;
use domain::statute::ClockId;
use domain::time::{Clock, Ids};
use jiff::{SignedDuration, Timestamp};
use store::cases::Case;
use store::deadlines::{Deadline, DeadlineState};
use store::events::Event;
use store::figures::{Span, Tally};
use store::*;

use crate::world::{World, on_each_database, valle_vista};

on_each_database!(things_and_people_are_counted, who_is_not_of_the_plan_counts_nothing,);

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A quarter of which the clock of the world is in the middle.
fn span(world: &World) -> Span {
    let now = world.clock.now();
    Span { begins: now - DAY * 30, ends: now + DAY * 30, since: now - DAY * 210 }
}

fn tally(word: &str, whole: (u64, u64), part: (u64, u64), rest_people: u64) -> Tally {
    Tally {
        plan: valle_vista(),
        word: word.to_owned(),
        whole: whole.0,
        whole_people: whole.1,
        part: part.0,
        part_people: part.1,
        rest_people,
    }
}

/// A case in a state, that came then, with one step of its life.
async fn case(world: &World, kind: CaseKind, state: &str, came: Timestamp, step: Option<Step>) -> Case {
    let case = Case { state: state.to_owned(), received_at: came, ..world.case(kind) };
    let entry = world.entry(&case);
    let mut unit = Unit::of([cases::insert(&case), audit::insert(&entry)]);
    if let Some((name, at, detail)) = step {
        let event = Event { name, at, detail: detail.to_owned(), ..world.event(&case, entry.id) };
        unit.add(events::insert(&event));
    }
    world.store.commit(unit).await.unwrap();
    case
}

type Step = (EventKind, Timestamp, &'static str);

async fn clock(world: &World, case: &Case, rule: ClockId, due_at: Timestamp, state: DeadlineState) {
    let id = DeadlineId::from_uuid(world.ids.next());
    let deadline = Deadline { id, rule, due_at, state, settled_at: Some(due_at), ..world.deadline(case) };
    world.store.commit(Unit::of([deadlines::insert(&deadline)])).await.unwrap();
}

const RULE: ClockId = ClockId::AuthorizationDecisionBusinessDays;

async fn some_of_everything(world: &World) {
    let now = world.clock.now();
    let old = now - DAY * 40;
    let approved = case(
        world,
        CaseKind::Authorization,
        "approved",
        now - DAY * 2,
        Some((EventKind::Approve, now, "{}")),
    )
    .await;
    let denied = case(
        world,
        CaseKind::Authorization,
        "denied",
        old,
        Some((EventKind::Refuse, now, r#"{"kind":"clinical","criteria":["tb"]}"#)),
    )
    .await;
    // Decided before the quarter began.
    case(world, CaseKind::Authorization, "denied", old, Some((EventKind::Refuse, old, "{}"))).await;
    clock(world, &approved, RULE, now, DeadlineState::Met).await;
    clock(world, &denied, RULE, now, DeadlineState::Missed).await;
    clock(world, &denied, RULE, now, DeadlineState::Cancelled).await;
    clock(world, &denied, RULE, now + DAY * 30, DeadlineState::Missed).await;
    clock(world, &denied, ClockId::ReferralOffer, now, DeadlineState::Missed).await;
    case(world, CaseKind::Referral, "closed", now, Some((EventKind::Close, now, "{}"))).await;
    case(world, CaseKind::Referral, "accepted", now, Some((EventKind::Accept, now, "{}"))).await;
    case(world, CaseKind::Referral, "moved", now, None).await;
    case(world, CaseKind::Referral, "closed", now, Some((EventKind::Close, now + DAY * 31, "{}"))).await;
}

async fn things_and_people_are_counted(world: World) {
    some_of_everything(&world).await;
    let span = span(&world);
    for scope in [&world.operator, &world.plan] {
        let clocks = figures::clocks(&world.store, scope, span, &[RULE.name(), "referral-triage"]).await;
        assert_eq!(clocks.unwrap(), [tally("authorization", (2, 1), (1, 1), 1)]);
        let within = i64::try_from((DAY * 7).as_millis()).unwrap();
        let decisions = figures::decisions(&world.store, scope, span, within).await.unwrap();
        assert_eq!(decisions, [tally("", (2, 1), (1, 1), 1)]);
        let days = figures::decision_days(&world.store, scope, span).await.unwrap();
        let days: Vec<_> = days.into_iter().map(|row| (row.days, row.decided)).collect();
        assert_eq!(days, [(2, 1), (40, 1)]);
        let referrals = figures::referrals(&world.store, scope, span).await.unwrap();
        assert_eq!(referrals, [tally("", (3, 1), (1, 1), 1)]);
        let refusals = figures::refusals(&world.store, scope, span).await.unwrap();
        assert_eq!(refusals, [tally("", (1, 1), (1, 1), 0)]);
        let causes = figures::refusals_by_cause(&world.store, scope, span).await.unwrap();
        assert_eq!(causes, [tally(r#"{"kind":"clinical","criteria":["tb"]}"#, (1, 1), (1, 1), 0)]);
    }
}

async fn who_is_not_of_the_plan_counts_nothing(world: World) {
    some_of_everything(&world).await;
    let span = span(&world);
    for scope in [&world.other_plan, &world.clinic, &world.stranger] {
        assert_eq!(figures::clocks(&world.store, scope, span, &[RULE.name()]).await.unwrap(), []);
        assert_eq!(figures::decisions(&world.store, scope, span, 1).await.unwrap(), []);
        assert_eq!(figures::decision_days(&world.store, scope, span).await.unwrap(), []);
        assert_eq!(figures::referrals(&world.store, scope, span).await.unwrap(), []);
        assert_eq!(figures::refusals_by_cause(&world.store, scope, span).await.unwrap(), []);
    }
}

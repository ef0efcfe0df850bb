//! Reads that are foretold: they say what they would say by themselves, and nothing of before a write.

use domain::case::CaseKind;
use domain::identifiers::*;
use domain::limits::Needs;
use domain::plan::types::Period;
use domain::time::Ids;
use jiff::civil::date;
use store::contracts::Wanted;
use store::limits::Places;
use store::usage::UsageState;
use store::*;

use crate::world::{World, on_each_database, valle_vista};

on_each_database!(what_was_foretold_is_what_is_read, a_write_ends_what_was_foretold, nothing_is_kept_outside);

const SINCE: jiff::civil::Date = date(2026, 1, 1);

/// Everything that can be foretold, as it is read now, in words.
async fn all(world: &World, case: &cases::Case) -> Vec<String> {
    let (store, member, plan, duty) = (&world.store, world.member, &valle_vista(), Scope::duty("test"));
    let county = "SRV".parse().unwrap();
    let provider = world.clinic.organization().unwrap();
    let wanted = Wanted { provider, plan, delegate: None, service: "ecm", county: &county };
    let span = Period { first: date(2026, 3, 1), last: None };
    let found = members::find(store, &world.clinic, member).await.unwrap().unwrap();
    let cover = coverages::for_member(store, &duty, member).await.unwrap();
    let newest = usage::newest_delivered(store, &duty, member, SINCE, None, 10).await.unwrap();
    let used = usage::for_member(store, &duty, member, None, SINCE).await.unwrap();
    let open = cases::open_for(store, member, plan, case.id, 10).await.unwrap();
    let held = contracts::held(store, wanted, &span).await.unwrap();
    let said = member_values::of_members(store, &duty, &[member]).await.unwrap();
    let counted = limits::counted(store, &duty, member, &needs()).await.unwrap();
    let of = cases::authorizations_of(store, &duty, member, plan, "ecm").await.unwrap();
    vec![
        format!("{} {:?} {}", found.cin.expose(), found.residence.is_some(), found.version),
        cover.iter().map(|one| format!("{} {:?}", one.plan, one.last_day)).collect(),
        newest.iter().map(|one| format!("{} {:?}", one.id, one.minutes)).collect(),
        used.iter().map(|one| format!("{} {} {}", one.id, one.units, one.amount.0)).collect(),
        open.items.iter().map(|one| format!("{:?} {:?}", one.kind, one.npi)).collect(),
        held.iter().map(|one| format!("{} {:?}", one.contract, one.days.last)).collect(),
        said.iter().map(|(_, said)| format!("{} {}", said.name.name(), said.value)).collect(),
        counted.iter().map(|one| format!("{} {:?}", one.service, one.amount)).collect(),
        of.iter().map(|one| format!("{} {:?}", one.id, one.number)).collect(),
        usage::stamp(store, member).await.unwrap(),
        cases::authorizations_stamp(store, member, plan, "ecm", case.id).await.unwrap(),
        usage::members_served(store, plan, "ecm", &county, SINCE).await.unwrap().to_string(),
        format!("{:?}", limits::taken(store, places(world, plan, &county, case.id)).await.unwrap()),
    ]
}

fn needs() -> Needs {
    Needs { services: vec!["ecm".to_owned()], since: None }
}

fn places<'a>(world: &World, plan: &'a PlanId, county: &'a County, case: CaseId) -> Places<'a> {
    let until = date(2026, 3, 1);
    Places { plan, service: "ecm", county, since: SINCE, member: world.member, case, until }
}

/// The same reads, foretold.
fn reads(world: &World, case: &cases::Case) -> Vec<Read> {
    let (member, plan, duty) = (world.member, &valle_vista(), Scope::duty("test"));
    let county = "SRV".parse().unwrap();
    let provider = world.clinic.organization().unwrap();
    let wanted = Wanted { provider, plan, delegate: None, service: "ecm", county: &county };
    let span = Period { first: date(2026, 3, 1), last: None };
    let none = (String::new(), String::new());
    vec![
        members::reading_find(&world.clinic, member),
        coverages::reading_for_member(&duty, member),
        usage::reading_newest_delivered(&duty, member, SINCE, None, 10),
        usage::reading_for_member(&duty, member, None, SINCE, None),
        cases::reading_open_for(member, plan, case.id, 10),
        contracts::reading_held(wanted, &span),
        member_values::reading_of_members(&duty, &[member]),
        limits::reading_counted(&duty, member, &needs(), &none),
        cases::reading_authorizations_of(&duty, member, plan, "ecm"),
        usage::reading_stamp(member),
        cases::reading_authorizations_stamp(member, plan, "ecm", case.id),
        usage::reading_members_served(plan, "ecm", &county, SINCE),
        limits::reading_taken(places(world, plan, &county, case.id)),
    ]
}

async fn filled(world: &World) -> cases::Case {
    let case = cases::Case { number: Some("VV-1".to_owned()), ..world.case(CaseKind::Authorization) };
    let claim = world.case(CaseKind::Claim);
    let unit = Unit::of([
        cases::insert(&case),
        cases::insert(&claim),
        usage::insert(&world.usage(&case, 1, UsageState::Authorized)),
        usage::insert(&world.usage(&claim, 1, UsageState::Payable)),
    ]);
    world.store.commit(unit).await.unwrap();
    case
}

async fn what_was_foretold_is_what_is_read(world: World) {
    let case = filled(&world).await;
    let plain = all(&world, &case).await;
    let foretold = world.store.on_one_connection(async {
        world.store.look_ahead(reads(&world, &case)).await.unwrap();
        // Twice: an answer is there for each who asks.
        (all(&world, &case).await, all(&world, &case).await)
    });
    assert_eq!(foretold.await, (plain.clone(), plain));
}

async fn a_write_ends_what_was_foretold(world: World) {
    let case = filled(&world).await;
    let store = &world.store;
    let stamps = store.on_one_connection(async {
        store.look_ahead(vec![usage::reading_stamp(world.member)]).await.unwrap();
        let before = usage::stamp(store, world.member).await.unwrap();
        store
            .commit(Unit::of([usage::insert(&usage::Usage {
                id: world.ids.next().to_string(),
                ..world.usage(&case, 2, UsageState::Payable)
            })]))
            .await
            .unwrap();
        (before, usage::stamp(store, world.member).await.unwrap())
    });
    let (before, after) = stamps.await;
    assert_ne!(before, after);
}

async fn nothing_is_kept_outside(world: World) {
    let case = filled(&world).await;
    world.store.look_ahead(reads(&world, &case)).await.unwrap();
    let before = usage::stamp(&world.store, world.member).await.unwrap();
    let unit = Unit::of([usage::remove(case.id, 1)]);
    world.store.commit(unit).await.unwrap();
    assert_ne!(usage::stamp(&world.store, world.member).await.unwrap(), before);
}

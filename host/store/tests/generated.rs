//! Records that are filled from a seed: both databases get the same rows, and every case reads.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};

use domain::case::CaseKind;
use domain::identifiers::{Cin, Digest};
use generate::{Failure, Made, PlanMix, Wanted};
use store::cases::{Case, CaseFilter};
use store::*;

use crate::world::{Empty as World, TODAY, on_each_database};

on_each_database!(a_seed_makes_the_same_rows_on_both_databases, a_record_with_cases_is_refused);

/// Fills a record that is empty.
pub(crate) async fn fill(store: &Store, cases: u64, seed: u64) -> Result<Made, Failure> {
    let wanted =
        Wanted { cases, seed, today: TODAY, plans: PlanMix::default(), churn_percent: 20, defect_percent: 5 };
    let count = AtomicU64::new(0);
    let secret = || format!("cw_{}", count.fetch_add(1, Ordering::Relaxed));
    generate::fill(store, &wanted, &secret, &mut |_| ()).await
}

async fn a_seed_makes_the_same_rows_on_both_databases(world: World) {
    let made = fill(&world.store, 700, 7).await.unwrap();
    let found = all_cases(&world.store, &made).await;
    let of = |kind| found.values().filter(|case: &&Case| case.kind == kind).count();
    let sent = [CaseKind::Referral, CaseKind::Authorization, CaseKind::Claim].map(of);
    assert_eq!(sent.iter().sum::<usize>(), 700, "{sent:?}");
    assert!(sent[0] > 150 && sent[1] > 90 && sent[2] > 280, "of a hundred 30, 20 and 50: {sent:?}");
    assert!(of(CaseKind::Application) > 0);
    let states: BTreeSet<&str> = found.values().map(|case| &*case.state).collect();
    for state in ["with-people", "closed", "approved", "paid", "denied", "in-service", "payable"] {
        assert!(states.contains(state), "nothing is {state}: {states:?}");
    }

    let other = World::on_sqlite().await;
    let made_there = fill(&other.store, 700, 7).await.unwrap();
    assert!(found == all_cases(&other.store, &made_there).await, "a seed made other cases on another record");
    let members: Vec<&str> = made.some.iter().map(|member| &*member.cin).collect();
    let members_there: Vec<&str> = made_there.some.iter().map(|member| &*member.cin).collect();
    assert!(members == members_there, "a seed made other members on another record");

    let third = World::on_sqlite().await;
    let made_otherwise = fill(&third.store, 700, 8).await.unwrap();
    assert!(found != all_cases(&third.store, &made_otherwise).await, "another seed made the same");

    let everybody = Scope::duty("test");
    for member in made.some.iter().take(20) {
        let cin: Cin = Cin::parse(&member.cin).unwrap();
        let found = members::find_by_cin(&world.store, &everybody, &cin).await.unwrap().unwrap();
        let covered = coverages::on_day(&world.store, &everybody, found.id, TODAY).await.unwrap();
        let plans: Vec<_> = covered.iter().map(|coverage| &coverage.plan).collect();
        assert_eq!(plans, [&member.plan]);
    }
}

/// Every case that a plan or provider of the county lists, by its id.
async fn all_cases(store: &Store, made: &Made) -> BTreeMap<String, Case> {
    let mut found = BTreeMap::new();
    for key in &made.keys {
        let secret = Digest::of(key.secret.as_bytes());
        let caller = auth::authenticate(store, &secret, TODAY).await.unwrap().unwrap();
        for &kind in CaseKind::ALL {
            let mut before = None;
            loop {
                let filter = CaseFilter::default();
                let page = cases::list(store, &caller.scope, kind, &filter, before, 200).await.unwrap();
                for case in page.items {
                    let body: serde_json::Value = serde_json::from_str(&case.body).unwrap();
                    assert!(body[kind.name()].is_object(), "a {} has another body", kind.name());
                    found.insert(case.id.to_string(), case);
                }
                let Some(next) = page.next else { break };
                before = Some(next);
            }
        }
    }
    found
}

async fn a_record_with_cases_is_refused(world: World) {
    fill(&world.store, 10, 1).await.unwrap();
    let refused = fill(&world.store, 10, 2).await.err().map(|failure| failure.to_string());
    let told = refused.unwrap_or_default();
    assert!(told.contains("has cases or members already") && told.contains("empty data directory"), "{told}");
}

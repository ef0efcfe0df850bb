//! Reference tables of plans.

use domain::identifiers::*;
use domain::time::Clock;
use store::tables::{TableRow, TableVersion, Wanted};
use store::*;

use crate::world::{World, on_each_database, valle_vista};

on_each_database!(
    of_tables_the_latest_upload_that_holds_the_day_is_in_force,
    a_table_of_thousands_loads,
    another_orgs_tables_are_not_there,
);

/// An upload of Valle Vista's rates.
fn rates(world: &World, version: i64, first: &str, last: Option<&str>, row_count: i64) -> TableVersion {
    TableVersion {
        plan: valle_vista(),
        name: "rates".to_owned(),
        version,
        shape: "procedure, amount".to_owned(),
        first_day: first.parse().unwrap(),
        last_day: last.map(|day| day.parse().unwrap()),
        row_count,
        sha256: Digest::of(b"rows"),
        uploaded_at: world.clock.now(),
        uploaded_by: world.plan.organization().unwrap(),
    }
}

fn rate(number: i64, key: &str, amount: &str) -> TableRow {
    TableRow { number, key: key.to_owned(), cells: vec![key.to_owned(), amount.to_owned()] }
}

fn wanted(shape: &str, key: &str) -> Wanted {
    Wanted { name: "rates".to_owned(), shape: shape.to_owned(), key: key.to_owned() }
}

async fn of_tables_the_latest_upload_that_holds_the_day_is_in_force(world: World) {
    let (plan, store) = (valle_vista(), &world.store);
    let widened = TableVersion {
        shape: "procedure, tier, amount".to_owned(),
        ..rates(&world, 4, "2026-02-01", None, 1)
    };
    let uploads = [
        (
            rates(&world, 1, "2026-01-01", None, 2),
            vec![rate(1, "G9008 U8", "41.30"), rate(2, "G9012 U2", "76.30")],
        ),
        (rates(&world, 2, "2026-07-01", None, 1), vec![rate(1, "G9008 U8", "45.00")]),
        (
            rates(&world, 3, "2026-03-01", Some("2026-03-31"), 2),
            vec![rate(1, "G9008 U8", "50.00"), rate(2, "G9008 U8", "51.00")],
        ),
        (widened, vec![rate(1, "G9008 U8", "99.00")]),
    ];
    for (version, rows) in &uploads {
        store.commit(Unit::of(tables::insert(version, rows))).await.unwrap();
        let again = store.commit(Unit::of(tables::insert(version, rows))).await;
        assert_eq!(again, Err(StoreError::Conflict), "a version never changes");
    }
    let declared = "procedure, amount";
    for (day, shape, key, expected) in [
        ("2025-12-31", declared, "G9008 U8", vec![]),
        ("2026-01-01", declared, "G9008 U8", vec![(1, "41.30")]),
        ("2026-02-28", declared, "G9012 U2", vec![(1, "76.30")]),
        ("2026-03-01", declared, "G9008 U8", vec![(3, "50.00"), (3, "51.00")]),
        ("2026-03-31", declared, "G9012 U2", vec![]),
        ("2026-04-01", declared, "G9008 U8", vec![(1, "41.30")]),
        ("2026-07-01", declared, "G9008 U8", vec![(2, "45.00")]),
        ("2026-07-01", declared, "G9012 U2", vec![]),
        ("2026-07-01", declared, "G9999", vec![]),
        ("2026-07-01", "procedure, tier, amount", "G9008 U8", vec![(4, "99.00")]),
        ("2026-07-01", "another shape", "G9008 U8", vec![]),
    ] {
        let wanted = [wanted(shape, key)];
        let found = tables::look_up(store, &Scope::duty("context"), &plan, day.parse().unwrap(), &wanted)
            .await
            .unwrap();
        let found: Vec<(i64, &str)> =
            found.iter().map(|found| (found.version, found.cells[1].as_str())).collect();
        assert_eq!(found, expected, "{day} {shape} {key}");
    }
    let days = ["2025-12-31", "2026-03-31", "2026-04-01", "2026-07-01"].map(|day| day.parse().unwrap());
    let shapes = [("rates".to_owned(), declared.to_owned()), ("tiers".to_owned(), declared.to_owned())];
    let in_force = tables::in_force(store, &Scope::duty("context"), &plan, &shapes, &days).await.unwrap();
    assert_eq!(
        in_force.into_iter().map(|(_, day, version)| (day, version)).collect::<Vec<_>>(),
        [(days[1], 3), (days[2], 1), (days[3], 2)]
    );
}

async fn a_table_of_thousands_loads(world: World) {
    let rows: Vec<TableRow> = (1..=2500).map(|number| rate(number, &format!("K{number}"), "1.00")).collect();
    let version = rates(&world, 1, "2026-01-01", None, 2500);
    world.store.commit(Unit::of(tables::insert(&version, &rows))).await.unwrap();
    let page = tables::rows(&world.store, &world.plan, &version, Some(1200), 200).await.unwrap();
    assert!(page.items.len() == 200 && page.items[0] == (1201, rows[1200].cells.clone()));
    assert_eq!(page.next, Some(1400));
    let last = tables::rows(&world.store, &world.plan, &version, Some(2400), 200).await.unwrap();
    assert_eq!((last.items.len(), last.next), (100, None));
    let keys = [wanted("procedure, amount", "K7"), wanted("procedure, amount", "K2500")];
    let day = "2026-03-02".parse().unwrap();
    let found =
        tables::look_up(&world.store, &Scope::duty("context"), &valle_vista(), day, &keys).await.unwrap();
    assert_eq!(found.len(), 2);
}

async fn another_orgs_tables_are_not_there(world: World) {
    let store = &world.store;
    let version = rates(&world, 1, "2026-01-01", None, 1);
    store.commit(Unit::of(tables::insert(&version, &[rate(1, "K", "1.00")]))).await.unwrap();
    let (plan, day) = (valle_vista(), "2026-03-02".parse().unwrap());
    let (keys, shapes) =
        ([wanted("procedure, amount", "K")], [("rates".to_owned(), "procedure, amount".to_owned())]);
    for (scope, sees) in [
        (&world.clinic, false),
        (&world.plan, true),
        (&world.other_plan, false),
        (&world.operator, true),
        (&Scope::duty("context"), true),
    ] {
        let seen = [
            tables::find(store, scope, &plan, "rates", 1).await.unwrap() == Some(version.clone()),
            tables::list(store, scope, &plan, "rates", None, 9).await.unwrap().items.len() == 1,
            tables::rows(store, scope, &version, None, 9).await.unwrap().items.len() == 1,
            tables::look_up(store, scope, &plan, day, &keys).await.unwrap().len() == 1,
            tables::in_force(store, scope, &plan, &shapes, &[day]).await.unwrap().len() == 1,
        ];
        assert_eq!(seen, [sees; 5], "{scope:?}");
    }
}

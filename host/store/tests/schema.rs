//! The schema of both databases, and what is said of rows and schemas that are otherwise.

use std::path::Path;

use domain::time::Clock;
use expect_test::expect_file;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};
use store::*;

use crate::world::{Held, World, on_each_database, reopened};

on_each_database!(
    a_newer_schema_is_served_until_it_asks_for_a_newer_program,
    a_corrupt_row_is_named,
    the_schemas_agree,
);

/// Of two adjacent releases the newer adds to the schema, and this one goes on; until a later one takes away.
async fn a_newer_schema_is_served_until_it_asks_for_a_newer_program(world: World) {
    let add = "alter table organizations add column nickname text".to_owned();
    let ours = migrated_by_later_releases(&world, &[&add]).await;
    let store = reopened(&world).await;
    store.ready("node-1", world.clock.now()).await.unwrap();
    let member = members::find(&store, &world.clinic, world.member).await.unwrap();
    assert!(member.is_some(), "what was there before is there");

    let needed = ours + 2;
    let take_away = format!(
        "alter table organizations drop column nickname; update schema_needs set needs = {needed} where only_row = 1"
    );
    migrated_by_later_releases(&world, &[&add, &take_away]).await;
    let outgrown = store.ready("node-1", world.clock.now()).await;
    assert_eq!(outgrown, Err(StoreError::Outgrown { needs: needed, known: ours }));
    store.close().await;
    let refused = Store::open(world.config.clone()).await.err();
    assert!(
        matches!(refused, Some(OpenError::Newer { needs, known, .. }) if (needs, known) == (needed, ours)),
        "{refused:?}"
    );
}

/// Migrates the record as later releases do: with this one's migrations and one of each of them. Gives the
/// number of this one's newest.
async fn migrated_by_later_releases(world: &World, steps: &[&str]) -> i64 {
    let database = if world.config.database_url.is_some() { "postgres" } else { "sqlite" };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(database);
    let ours = Migrator::new(folder).await.unwrap();
    let newest = ours.iter().map(|migration| migration.version).max().unwrap();
    let later = (newest + 1..).zip(steps).map(|(version, sql)| {
        let sql = AssertSqlSafe((*sql).to_owned()).into_sql_str();
        Migration::new(version, "of a later release".into(), MigrationType::Simple, sql, false)
    });
    let all = Migrator::with_migrations(ours.iter().cloned().chain(later).collect());
    match world.behind_its_back("select 1").await {
        Held::Sqlite(mut connection) => all.run(&mut connection).await.unwrap(),
        Held::Postgres(mut connection) => all.run(&mut connection).await.unwrap(),
    }
    newest
}

async fn a_corrupt_row_is_named(world: World) {
    world.behind_its_back("update members set birth_date = 'spring of 1961'").await;
    let error = members::find(&world.store, &world.clinic, world.member).await.err().unwrap();
    let expected = format!("members {} is corrupt: birth_date does not read", world.member);
    assert_eq!(error.to_string(), expected);
}

async fn the_schemas_agree(world: World) {
    let mut held = world.behind_its_back("select 1").await;
    let mut schema = held
        .texts(
            "select t.name || '.' || c.name || ' ' || lower(c.type) || iif(c.\"notnull\", '', '?')
            from sqlite_master t join pragma_table_info(t.name) c
            where t.type = 'table' and t.name not like '\\_sqlx%' escape '\\' and t.name not like 'sqlite%'",
            "select table_name || '.' || column_name || ' ' || case data_type when 'bigint' then 'integer'
                when 'bytea' then 'blob' else data_type end || case is_nullable when 'YES' then '?' else '' end
            from information_schema.columns where table_schema = 'public' and table_name not like '\\_sqlx%'",
        )
        .await;
    schema.extend(
        held.texts(
            "select 'index ' || name || ' on ' || tbl_name from sqlite_master
            where type = 'index' and name not like 'sqlite%'",
            "select 'index ' || i.indexname || ' on ' || i.tablename from pg_indexes i
            where i.schemaname = 'public' and i.tablename not like '\\_sqlx%'
                and not exists (select 1 from pg_constraint c where c.conname = i.indexname)",
        )
        .await,
    );
    schema.sort();
    let schema = schema.join("\n") + "\n";
    expect_file!["schema.txt"].assert_eq(&schema);
}

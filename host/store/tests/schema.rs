//! The schema of both databases, and what is said of rows and schemas that are otherwise.

use domain::time::Clock;
use expect_test::expect_file;
use store::*;

use crate::world::{World, on_each_database, reopened};

on_each_database!(
    a_newer_schema_is_served_until_it_asks_for_a_newer_program,
    a_corrupt_row_is_named,
    the_schemas_agree,
);

async fn a_newer_schema_is_served_until_it_asks_for_a_newer_program(world: World) {
    let add = "alter table organizations add column nickname text";
    world.behind_its_back(add).await;
    let row = if world.config.database_url.is_some() {
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
        values (9001, 'newer', true, '\\x00', 0)"
    } else {
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
        values (9001, 'newer', 1, x'00', 0)"
    };
    world.behind_its_back(row).await;
    let store = reopened(&world).await;
    store.ready("node-1", world.clock.now()).await.unwrap();
    world.behind_its_back("update schema_needs set needs = 9002").await;
    let outgrown = store.ready("node-1", world.clock.now()).await;
    assert!(
        matches!(outgrown, Err(StoreError::Outgrown { needs: 9002, known }) if known >= 22),
        "{outgrown:?}"
    );
    store.close().await;
    let refused = Store::open(world.config.clone()).await.err();
    assert!(matches!(refused, Some(OpenError::Newer { needs: 9002, .. })), "{refused:?}");
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

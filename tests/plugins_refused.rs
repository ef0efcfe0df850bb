//! Components that cannot be plugins: each is refused with every reason, and the plan goes on with what it
//! had.

use std::fmt::Write;

use expect_test::{Expect, expect};

use crate::harness::{Answer, County, Database, Request, component, on_both_databases, problem, raw, text};

on_both_databases! {
    the_plan_goes_on_with_what_it_had
}

/// First bytes of a core module, and of a component.
const MODULE: &[u8] = b"\0asm\x01\0\0\0";
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

#[track_caller]
fn refused(bytes: Vec<u8>, expected: &Expect) {
    let answer = upload(County::shared(Database::Sqlite), bytes);
    expected.assert_eq(&problem(&answer));
}

fn upload(county: &County, bytes: Vec<u8>) -> Answer {
    let request = Request::bytes("/v1/plans/valle-vista/plugins", "application/wasm", bytes);
    county.client().send(&request.by(&county.plan("valle-vista").admin))
}

#[test]
fn what_is_no_component() {
    refused(
        Vec::new(),
        &expect![[r#"
        422 application/problem+json
        not-a-plugin: The component cannot be a plugin
        upload empty: it is empty
          upload the component that the build task wrote, a file that ends in .wasm
    "#]],
    );
    refused(
        b"not a component".to_vec(),
        &expect![[r#"
        422 application/problem+json
        not-a-plugin: The component cannot be a plugin
        upload not-web-assembly: it is not WebAssembly
          upload the component that the build task wrote, a file that ends in .wasm
    "#]],
    );
    refused(
        b"(component)".to_vec(),
        &expect![[r#"
        422 application/problem+json
        not-a-plugin: The component cannot be a plugin
        upload text: it is WebAssembly text
          assemble it first, such as with `wasm-tools parse`
    "#]],
    );
    refused(
        vec![0; 1000],
        &expect![[r#"
        422 application/problem+json
        not-a-plugin: The component cannot be a plugin
        upload not-web-assembly: it is not WebAssembly
          upload the component that the build task wrote, a file that ends in .wasm
    "#]],
    );
    refused(
        MODULE.to_vec(),
        &expect![[r#"
        422 application/problem+json
        not-a-plugin: The component cannot be a plugin
        upload core-module: it is a core WebAssembly module, not a component
          make a component of it with the plugin build task, or with `wasm-tools component new`
    "#]],
    );
    refused(
        b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec(),
        &expect![[r#"
        422 application/problem+json
        not-a-plugin: The component cannot be a plugin
        upload compiled: it is compiled machine code (.cwasm), which no host may take from outside
          upload the .wasm file that it was compiled from
    "#]],
    );
    refused(
        COMPONENT[..6].to_vec(),
        &expect![[r#"
        422 application/problem+json
        not-a-plugin: The component cannot be a plugin
        upload not-web-assembly: it is not WebAssembly
          upload the component that the build task wrote, a file that ends in .wasm
    "#]],
    );
    refused(
        [COMPONENT, &[0xff; 64]].concat(),
        &expect![[r#"
        422 application/problem+json
        not-a-plugin: The component cannot be a plugin
        byte 8 invalid: it is damaged, or uses an extension that is not allowed here: malformed section id
          build it again with the toolchain that the plugin guide names, and upload the file whole
    "#]],
    );
    // One that was cut off on its way. Where, depends on the build.
    let whole = component("valle-vista");
    let cut_off = upload(County::shared(Database::Sqlite), whole[..whole.len() / 2].to_vec());
    assert_eq!((cut_off.status, text(&cut_off.json, "/errors/0/code")), (422, "invalid"));
}

#[test]
fn what_is_a_component_but_no_plugin() {
    refused(
        COMPONENT.to_vec(),
        &expect![[r#"
        422 application/problem+json
        not-a-plugin: The component cannot be a plugin
        profile lacks-profile: it does not export crosswalk:plan/profile@1.0.0
          export `profile` with its function `describe`: every plugin says who its plan is
    "#]],
    );
    refused(
        component("imports-clock"),
        &expect![[r#"
        422 application/problem+json
        not-a-plugin: The component cannot be a plugin
        crosswalk:clock/wall-clock import: it imports crosswalk:clock/wall-clock (now); a plugin imports nothing
          take what the rules need from the arguments
    "#]],
    );
    refused(
        component("lacks-profile"),
        &expect![[r#"
        422 application/problem+json
        not-a-plugin: The component cannot be a plugin
        profile lacks-profile: it does not export crosswalk:plan/profile@1.0.0
          export `profile` with its function `describe`: every plugin says who its plan is
    "#]],
    );
    refused(
        component("wrong-type"),
        &expect![[r#"
        422 application/problem+json
        not-a-plugin: The component cannot be a plugin
        profile.describe wrong-type: `result` is string; the contract says a record
          build it against the contract's files as published, unchanged
    "#]],
    );
}

#[test]
fn another_plans_plugin() {
    refused(
        component("harbor-crest"),
        &expect![[r#"
        422 application/problem+json
        not-a-plugin: The component cannot be a plugin
        profile/plan_id profile-invalid: the profile is another plan's
          upload it for its own plan, or let its profile say valle-vista
    "#]],
    );
}

#[test]
fn what_is_too_large() {
    let mut padded = component("valle-vista");
    padded.resize((40 << 20) + 1, 0);
    refused(
        padded,
        &expect![[r#"
        413 application/problem+json
        body-too-large: The body is too large
        (at most 41943040 bytes are read)
    "#]],
    );
    let county = County::shared(Database::Sqlite);
    let bytes = 100 << 20;
    let mut head = String::new();
    for line in [
        "POST /v1/plans/valle-vista/plugins HTTP/1.1",
        "Host: crosswalk",
        &format!("Authorization: Bearer {}", county.plan("valle-vista").admin),
        "Idempotency-Key: huge",
        "Content-Type: application/wasm",
        &format!("Content-Length: {bytes}"),
        "Connection: close",
        "",
    ] {
        let _ = write!(head, "{line}\r\n");
    }
    let answer = raw(&county.server.address, &head, &vec![0; bytes]);
    assert!(answer.starts_with("HTTP/1.1 413 "), "{}", answer.lines().next().unwrap_or_default());
    assert!(answer.contains("/problems/body-too-large"));
}

fn the_plan_goes_on_with_what_it_had(database: Database) {
    let county = County::shared(database);
    let (client, plan) = (county.client(), county.plan("valle-vista"));
    let plugins = || client.read(&plan.admin, "/v1/plans/valle-vista/plugins");
    let before = plugins();
    for bytes in
        [Vec::new(), MODULE.to_vec(), COMPONENT.to_vec(), component("imports-clock"), component("silver-oak")]
    {
        let answer = upload(county, bytes);
        assert_eq!((answer.status, answer.code()), (422, "not-a-plugin"));
        for reason in answer.json["errors"].as_array().expect("there are reasons") {
            assert!(!text(reason, "/detail").is_empty() && !text(reason, "/fix").is_empty());
        }
    }
    assert_eq!(plugins(), before);
    let plans = client.read(&plan.admin, "/v1/plans");
    let active = plans["items"].as_array().expect("a list").iter().find(|one| one["id"] == "valle-vista");
    assert_eq!(active.expect("the plan is there")["active"]["digest"], plan.digest);

    // The same bytes again are the same plugin.
    let again = upload(county, component("valle-vista")).with(201);
    assert_eq!((text(&again, "/digest"), again["already_known"].as_bool()), (&*plan.digest, Some(true)));
}

//! Real components: the sample plans conform, and a plugin that does one thing wrong fails just the check for
//! it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use conformance::{Check, Examples, Receipt};
use expect_test::expect;
use jiff::civil::{Date, date};
use sandbox::{Limits, Plugin, Sandbox};

const TODAY: Date = date(2026, 3, 2);

fn component(name: &str) -> Vec<u8> {
    let folder = std::env::var_os("CROSSWALK_PLUGINS_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/plugins"), PathBuf::from);
    let path = folder.join(name).with_extension("wasm");
    match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => panic!("{}: {error}; run `cargo xtask plugins` first", path.display()),
    }
}

/// The hostile plugin with a behavior written into its bytes: it then misbehaves whatever it is asked.
fn hostile(mode: &str) -> Vec<u8> {
    const MARK: &[u8] = b"hostile-plan-mode:";
    let mut bytes = component("hostile");
    let mark = bytes.windows(MARK.len()).position(|window| window == MARK).expect("the mark is there");
    let place = mark + MARK.len();
    bytes[place..place + mode.len()].copy_from_slice(mode.as_bytes());
    bytes
}

fn load(wasm: &[u8], limits: Limits) -> Plugin {
    let sandbox = Sandbox::start(limits, None).expect("a sandbox");
    sandbox.load(wasm).unwrap_or_else(|refused| panic!("{refused}"))
}

/// The examples of a sample plan, which stand beside its source.
fn examples(plan: &str) -> Examples {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/plans").join(plan).join("cases");
    let mut examples = Examples::default();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let text = std::fs::read_to_string(entry.path()).expect("a file of cases");
        examples.read(&text).unwrap_or_else(|bad| panic!("{}: {bad}", entry.path().display()));
    }
    examples
}

async fn check(plugin: &Plugin, examples: &Examples, today: Date) -> Receipt {
    conformance::check(plugin, examples, today, &mut |_| {}).await
}

async fn assert_conforms(plan: &str, today: Date) -> Receipt {
    let plugin = load(&component(plan), Limits::for_testing());
    let receipt = check(&plugin, &examples(plan), today).await;
    assert!(receipt.conforms, "{receipt}");
    assert_eq!(receipt.digest, *plugin.digest());
    receipt
}

/// Cases that a check was about.
fn cases(receipt: &Receipt, check: Check) -> usize {
    receipt.checks.iter().find(|checked| checked.id == check).map_or(0, |checked| checked.cases)
}

#[tokio::test]
async fn a_plan_that_answers_everything_conforms() {
    for plan in ["valle-vista", "harbor-crest"] {
        let receipt = assert_conforms(plan, TODAY).await;
        let operations: Vec<&str> = receipt.asked.iter().map(|asked| asked.operation).collect();
        assert_eq!(operations, ["triage", "presume", "determine", "adjudicate", "review"]);
        assert!(receipt.asked.iter().all(|asked| asked.run == asked.made && asked.run >= 100), "{receipt}");
        for asked in [Check::DenialsExplained, Check::SupplyingDecides, Check::PresumptiveWindows] {
            assert!(cases(&receipt, asked) > 100, "{asked:?} was hardly tried: {receipt}");
        }
        assert!(cases(&receipt, Check::ExamplesHold) > 10);
    }
}

#[tokio::test]
async fn a_plan_that_answers_some_conforms() {
    let receipt = assert_conforms("silver-oak", TODAY).await;
    assert!(receipt.asked.iter().all(|asked| asked.operation != "adjudicate"));
    let receipt = assert_conforms("costa-alta", TODAY).await;
    assert_eq!(receipt.asked, [], "it has no rules to ask");
}

#[tokio::test]
async fn plans_conform_on_other_days_too() {
    for today in [date(2025, 12, 31), date(2026, 12, 31), date(2028, 2, 29)] {
        for plan in ["valle-vista", "harbor-crest", "silver-oak"] {
            assert_conforms(plan, today).await;
        }
    }
}

/// Everything but time is the same again.
#[tokio::test]
async fn two_runs_come_to_the_same() {
    let plugin = load(&component("silver-oak"), Limits::for_testing());
    let timeless = |receipt: Receipt| {
        let mut receipt = serde_json::to_value(receipt).expect("JSON");
        for check in receipt["checks"].as_array_mut().into_iter().flatten() {
            check["longest_us"].take();
        }
        receipt
    };
    let first = timeless(check(&plugin, &examples("silver-oak"), TODAY).await);
    assert_eq!(first, timeless(check(&plugin, &examples("silver-oak"), TODAY).await));
}

#[tokio::test]
async fn a_plugin_fails_just_the_check_for_what_it_does_wrong() {
    let mut said = String::new();
    for mode in [
        "none",
        "trap",
        "trap-on-last-day",
        "recurse",
        "big-answer",
        "bad-procedure",
        "memory",
        "guest-error",
        "undeclared",
        "denial-without-findings",
        "denies-for-need",
        "cut-1",
        "pend-for-nothing",
        "pend-for-ever",
        "short-window",
        "presume-anyway",
        "no-units",
    ] {
        // Room for a busy machine: what runs out of memory or stack must not run out of time before.
        let limits = Limits { deadline: Duration::from_secs(5), ..Limits::for_testing() };
        let receipt = check(&load(&hostile(mode), limits), &Examples::default(), TODAY).await;
        let failed: Vec<&str> = receipt.failed().map(|checked| checked.id.id()).collect();
        said += &format!("{mode}: {}\n", failed.join(", "));
        assert_eq!(receipt.conforms, failed.is_empty());
        for checked in receipt.failed() {
            assert_eq!(checked.passed + checked.failed, checked.cases);
            let case = checked.failing.as_ref().and_then(|failing| failing.case.clone());
            assert_can_be_pasted(mode, &case.expect("a request is to blame"));
        }
    }
    expect![[r#"
        none: 
        trap: never-breaks-off
        trap-on-last-day: never-breaks-off
        recurse: never-breaks-off
        big-answer: never-breaks-off
        bad-procedure: never-breaks-off
        memory: within-budgets
        guest-error: never-broken
        undeclared: declared-only
        denial-without-findings: denials-explained
        denies-for-need: declared-only, denial-kinds
        cut-1: cuts-explained
        pend-for-nothing: pends-explained
        pend-for-ever: supplying-decides
        short-window: presumptive-windows
        presume-anyway: presumptive-windows
        no-units: within-floor
    "#]]
    .assert_eq(&said);
}

/// The case stands in a file of cases as it is, over any base.
fn assert_can_be_pasted(mode: &str, case: &serde_json::Value) {
    let file = serde_json::json!({
        "base": { "request": { "facts": [] }, "context": { "coverage": { "group": "G1" } } }, "cases": [case],
    });
    let mut examples = Examples::default();
    examples.read(&file.to_string()).unwrap_or_else(|bad| panic!("{mode}: {bad}"));
}

#[tokio::test]
async fn a_plugin_that_never_comes_back_is_given_up() {
    let limits = Limits { deadline: Duration::from_millis(30), ..Limits::for_testing() };
    let receipt = check(&load(&hostile("loop"), limits), &Examples::default(), TODAY).await;
    let failed: Vec<Check> = receipt.failed().map(|checked| checked.id).collect();
    assert_eq!(failed, [Check::WithinBudgets]);
    assert!(receipt.asked.iter().all(|asked| asked.run == 10 && asked.run < asked.made), "{receipt}");
}

#[tokio::test]
async fn the_smallest_case_holds_what_matters_and_little_else() {
    let receipt =
        check(&load(&hostile("trap-on-last-day"), Limits::for_testing()), &Examples::default(), TODAY).await;
    let failing = receipt.failed().next().and_then(|checked| checked.failing.clone()).expect("it fails");
    let case = failing.case.expect("a request is to blame");
    assert_eq!(case["context"]["coverage"]["days"]["last"], case["context"]["as_of"]);
    assert_eq!(case["request"]["facts"], serde_json::json!([]));
    assert_eq!(case["request"]["documents"], serde_json::json!([]));
    let text = receipt.to_string();
    assert!(text.contains("It does not conform: 1 of 16 checks fail."), "{text}");
    assert!(
        text.contains("\"operation\": \"triage\"") && text.contains("it gave no answer: trap (unreachable)"),
        "{text}"
    );
}

#[tokio::test]
async fn an_example_that_does_not_hold_is_told() {
    let mut examples = examples("silver-oak");
    let file = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/plans/silver-oak/cases/referral.json"),
    );
    let mut file: serde_json::Value = serde_json::from_str(&file.expect("a file of cases")).expect("JSON");
    file["cases"][0]["name"] = "one that nobody promised".into();
    file["cases"][0]["expect"] = serde_json::json!({ "kind": "unsupported" });
    examples.add(&file).expect("it reads");
    let receipt = check(&load(&component("silver-oak"), Limits::for_testing()), &examples, TODAY).await;
    let failed: Vec<Check> = receipt.failed().map(|checked| checked.id).collect();
    assert_eq!(failed, [Check::ExamplesHold]);
    let [broken] = &receipt.examples.broken[..] else { panic!("{receipt}") };
    assert_eq!(broken.case, "one that nobody promised");
    assert!(broken.problem.starts_with("kind: expected \"unsupported\", found "), "{}", broken.problem);
}

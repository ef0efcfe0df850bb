//! Real components: plugins that misbehave on request, and the sample plans.

mod asked;

use std::collections::BTreeSet;
use std::time::Duration;

use asked::{component, question};
use domain::plan::question::{Answer, Interface, Question};
use domain::plan::types::PlanError;
use sandbox::{Ending, Limits, Origin, Part, Plugin, Recorded, RefusalCode, Sandbox};

/// A deadline that a good answer meets on a machine that does other things too.
const PATIENT: Duration = Duration::from_secs(1);

fn sandbox(limits: Limits) -> Sandbox {
    Sandbox::start(limits, None).expect("a sandbox")
}

/// The plugin of `plugins/hostile/misdeeds`, which does what the id of the request names: `loop`, `trap`,
/// `ok`.
fn hostile(limits: Limits) -> Plugin {
    sandbox(limits).load(&component("hostile")).expect("a plugin")
}

#[tokio::test]
async fn every_misbehaviour_ends_as_what_it_is() {
    let limits = Limits { deadline: Duration::from_millis(2_000), ..Limits::for_testing() };
    let plugin = hostile(limits.clone());
    let cases = [
        ("ok", "answer"),
        ("loop", "deadline"),
        ("memory", "memory"),
        ("recurse", "stack-overflow"),
        ("big-answer", "bad-output"),
        ("trap", "trap"),
        ("bad-date", "bad-output"),
        ("guest-error", "guest-error"),
        // In form these are answers; that they make no sense is for the floor checks to find.
        ("undeclared", "answer"),
        ("denial-without-findings", "answer"),
        // After all of that it still answers.
        ("ok", "answer"),
    ];
    for (id, expected) in cases {
        let call = plugin.ask(&question(id)).await;
        // A function with arrays of its own runs out of the guest's stack, in its memory, before the
        // machine's.
        let ran_out_of_its_own_stack =
            expected == "stack-overflow" && call.ending == Ending::Trap("out-of-bounds-memory");
        assert!(call.ending.code() == expected || ran_out_of_its_own_stack, "{id}: {:?}", call.ending);
        assert!(call.peak_memory_bytes <= limits.memory_bytes, "{id}");
        // At the lowest priority it has eight times the deadline by the clock.
        assert!(call.duration < limits.deadline * 9, "{id} took {:?}", call.duration);
    }
}

#[tokio::test]
async fn nothing_of_a_call_is_left_for_the_next() {
    let plugin = hostile(Limits::for_testing());
    for id in ["second-thoughts", "creeps"] {
        let first = plugin.ask(&question(id)).await;
        assert_eq!(first.ending.code(), "answer", "{id}");
        for _ in 0..600 {
            let again = plugin.ask(&question(id)).await;
            assert!(again.ending == first.ending, "{id}: {:?}", again.ending);
            assert_eq!(again.peak_memory_bytes, first.peak_memory_bytes, "{id}");
        }
    }
    // What it would do if its instance lived on: think otherwise, and take a page of memory a call until none
    // is left.
    let mut warm = plugin.warm().await.expect("an instance");
    let thoughts =
        [warm.ask(&question("second-thoughts")).await, warm.ask(&question("second-thoughts")).await];
    assert!(thoughts[0] != thoughts[1]);
    let mut endings = Vec::new();
    while endings.last() != Some(&"memory") && endings.len() < 600 {
        endings.push(warm.ask(&question("creeps")).await.code());
    }
    assert_eq!(endings.last(), Some(&"memory"), "after {} calls", endings.len());
}

#[tokio::test]
async fn a_replay_ends_as_the_call_did() {
    let plugin = hostile(Limits::for_testing());
    for id in ["ok", "guest-error", "trap", "memory", "loop"] {
        let (call, replay) = (plugin.ask(&question(id)).await, plugin.replay(&question(id)).await);
        assert!(call.ending == replay.ending, "{id}: {:?}, {:?}", call.ending, replay.ending);
    }
}

#[tokio::test]
async fn a_call_is_made_up_to_a_part_of_it() {
    let plugin = hostile(Limits::for_testing());
    for part in [Part::Arena, Part::Store, Part::Instance, Part::Function] {
        assert!(plugin.part(part, &question("trap")).await.is_ok(), "{part:?} runs the guest");
    }
    assert!(plugin.part(Part::Call, &question("ok")).await.is_ok());
    let trapped = plugin.part(Part::Call, &question("trap")).await;
    assert_eq!(trapped.expect_err("the guest traps").code(), "trap");
}

#[tokio::test]
async fn a_guest_answers_the_same_on_the_callers_stack() {
    let plugin = hostile(Limits::for_testing());
    let Question::Determine { request, context } = question("presume-anyway") else { panic!() };
    let mut warm = plugin.warm().await.expect("an instance");
    let here = warm.presume_here(&request, &context);
    let there = plugin.ask(&Question::Presume { request, context }).await.ending;
    assert!(here == there && here.code() == "answer", "{here:?}, {there:?}");
}

#[tokio::test]
async fn an_answer_is_as_large_as_the_limit_and_no_larger() {
    let limits = Limits { output_bytes: 1 << 20, ..Limits::for_testing() };
    let (limit, plugin) = (limits.output_bytes, hostile(limits));
    let ending = async |bytes: usize| plugin.ask(&question(&format!("note-{bytes}"))).await.ending.code();
    let (mut taken, mut refused) = (0, limit + 1);
    while refused - taken > 1 {
        let middle = taken.midpoint(refused);
        match ending(middle).await {
            "answer" => taken = middle,
            _ => refused = middle,
        }
    }
    // The rest of the answer has a few hundred bytes.
    assert!((limit - 4_096..=limit).contains(&taken), "{taken} of {limit}");
    assert_eq!((ending(taken).await, ending(taken + 1).await), ("answer", "bad-output"));
}

#[tokio::test]
async fn a_forbidden_value_is_named_by_its_place_and_not_quoted() {
    let call = hostile(Limits::for_testing()).ask(&question("bad-date")).await;
    let Ending::BadOutput { at } = call.ending else { panic!("{:?}", call.ending) };
    assert!(at.starts_with('/') && at.ends_with(": not a calendar day"), "{at}");
}

#[tokio::test]
async fn a_refused_megabyte_says_how_much_was_wanted() {
    let plugin = hostile(Limits { memory_bytes: 4 << 20, ..Limits::for_testing() });
    let call = plugin.ask(&question("memory")).await;
    let Ending::Memory { wanted } = call.ending else { panic!("{:?}", call.ending) };
    assert!(wanted > 4 << 20);
    assert!((1 << 20..=4 << 20).contains(&call.peak_memory_bytes), "{}", call.peak_memory_bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neighbours_of_an_endless_loop_are_answered() {
    let limits = Limits {
        deadline: Duration::from_secs(3),
        concurrent_calls: 16,
        calls_per_plan: 16,
        ..Limits::default()
    };
    let plugin = hostile(limits);
    let loops: Vec<_> = (0..6).map(|_| spawn(&plugin, "loop")).collect();
    for _ in 0..20 {
        assert_eq!(spawn(&plugin, "ok").await.expect("it does not panic"), "answer");
    }
    for endless in loops {
        assert_eq!(endless.await.expect("it does not panic"), "deadline");
    }
}

/// A call on its way, which ends in the code of its ending.
fn spawn(plugin: &Plugin, id: &'static str) -> tokio::task::JoinHandle<&'static str> {
    let plugin = plugin.clone();
    tokio::spawn(async move { plugin.ask(&question(id)).await.ending.code() })
}

#[tokio::test]
async fn who_finds_no_place_is_told_so() {
    let limits = Limits { deadline: PATIENT, calls_per_plan: 2, ..Limits::for_testing() };
    let plugin = hostile(limits);
    let calls: Vec<_> = (0..8).map(|_| spawn(&plugin, "loop")).collect();
    let mut endings = Vec::new();
    for call in calls {
        endings.push(call.await.expect("it does not panic"));
    }
    // Two run at once. As they end, those that waited just as long may or may not still get a place.
    endings.sort_unstable();
    endings.dedup();
    assert_eq!(endings, ["deadline", "saturated"]);
    assert_eq!(plugin.ask(&question("ok")).await.ending.code(), "answer");
}

/// On a runtime with one thread: a call that ran there would let nobody else run before its first tick.
#[tokio::test]
async fn who_held_others_up_is_asked_in_the_slow_lane_until_it_is_good() {
    let sandbox = sandbox(Limits { deadline: PATIENT, ..Limits::for_testing() });
    let plugin = sandbox.load(&component("hostile")).expect("a plugin");
    for misdeed in ["loop", "trap", "memory"] {
        assert_ne!(plugin.ask(&question(misdeed)).await.ending.code(), "answer");
        let endless = spawn(&plugin, "loop");
        tokio::task::yield_now().await;
        let load = sandbox.load_now()[0];
        assert_eq!((load.taken, load.slow), (1, 1), "{misdeed}");
        assert_eq!(endless.await.expect("it does not panic"), "deadline");
        // It answers there as it does anywhere, and after some good answers is trusted again.
        for _ in 0..8 {
            assert_eq!(slow_calls_of_a_good_answer(&sandbox, &plugin).await, 1);
        }
        assert_eq!(slow_calls_of_a_good_answer(&sandbox, &plugin).await, 0);
    }
}

/// It has done nothing wrong before: it begins where it is asked, is not done in two ticks, and begins anew
/// in the slow lane.
#[tokio::test]
async fn a_call_that_takes_long_goes_on_in_the_slow_lane() {
    // At the lowest priority, on a machine that runs other tests, a tenth of a second may take ten.
    let sandbox = sandbox(Limits { deadline: Duration::from_secs(15), ..Limits::for_testing() });
    let plugin = sandbox.load(&component("hostile")).expect("a plugin");
    let long = spawn(&plugin, "ponders");
    let mut yields = 0;
    while sandbox.load_now()[0].slow == 0 && !long.is_finished() {
        yields += 1;
        tokio::task::yield_now().await;
    }
    assert_eq!(sandbox.load_now()[0].slow, 1);
    // Others had this thread between its ticks there; it has no more of them than that.
    assert!((1..=20).contains(&yields), "{yields}");
    assert_eq!(long.await.expect("it does not panic"), "answer");
    let again = plugin.ask(&question("ponders")).await;
    assert!(again.cpu_ticks > 1, "{}", again.cpu_ticks);
}

/// Number of calls that the slow lane had while a good answer was waited for.
async fn slow_calls_of_a_good_answer(sandbox: &Sandbox, plugin: &Plugin) -> u32 {
    let good = spawn(plugin, "ok");
    tokio::task::yield_now().await;
    let slow = sandbox.load_now()[0].slow;
    assert_eq!(good.await.expect("it does not panic"), "answer");
    slow
}

/// Nobody waits for the answer any more: the call ends too.
#[tokio::test]
async fn a_call_in_the_slow_lane_ends_with_its_caller() {
    let sandbox = sandbox(Limits { deadline: Duration::from_secs(60), ..Limits::for_testing() });
    let plugin = sandbox.load(&component("hostile")).expect("a plugin");
    assert_eq!(plugin.ask(&question("trap")).await.ending.code(), "trap");
    let endless = spawn(&plugin, "loop");
    tokio::task::yield_now().await;
    assert_eq!(sandbox.load_now()[0].slow, 1);
    endless.abort();
    assert!(endless.await.is_err());
    assert_eq!((sandbox.load_now()[0].taken, sandbox.load_now()[0].slow), (0, 0));
}

#[tokio::test]
async fn versions_of_a_plan_share_its_places() {
    let limits = Limits { deadline: PATIENT, calls_per_plan: 2, ..Limits::for_testing() };
    let sandbox = sandbox(limits);
    let mut other = component("hostile");
    // A custom section: the same rules in another component.
    other.extend([0, 6, 4]);
    other.extend(b"mark1");
    let versions = [component("hostile"), other].map(|bytes| sandbox.load(&bytes).expect("a plugin"));
    assert_ne!(versions[0].digest(), versions[1].digest());
    let loops = [spawn(&versions[0], "loop"), spawn(&versions[0], "loop")];
    tokio::task::yield_now().await;
    assert_eq!(sandbox.load_now()[0].taken, 2);
    // The plan's places are taken, whichever version is asked; those of others are not.
    let neighbour = sandbox.load(&component("valle-vista")).expect("a plugin");
    let question = question("ok");
    let (waited, answered) = tokio::join!(versions[1].ask(&question), neighbour.ask(&question));
    assert!(answered.duration < waited.duration, "{:?} {:?}", answered.duration, waited.duration);
    for endless in loops {
        assert_eq!(endless.await.expect("it does not panic"), "deadline");
    }
    assert_eq!(sandbox.load_now()[0].taken, 0);
}

#[tokio::test]
async fn the_same_question_is_answered_in_the_same_bytes() {
    // None of them runs on for ever, but on a machine that runs other tests each may take a while.
    let limits = Limits { deadline: Duration::from_secs(10), ..Limits::for_testing() };
    let (plugin, again) = (hostile(limits.clone()), hostile(limits));
    for id in ["ok", "guest-error", "trap", "memory", "bad-date"] {
        let question = question(id);
        let recorded = |call: sandbox::Call<Answer>| Recorded::from(&call.ending).canonical_bytes();
        let first = recorded(plugin.ask(&question).await);
        assert_eq!(first, recorded(again.ask(&question).await), "{id}");
        let text = String::from_utf8(first).expect("JSON");
        let parsed: Recorded = serde_json::from_str(&text).expect("what was written can be read");
        assert_eq!(String::from_utf8(parsed.canonical_bytes()).expect("JSON"), text);
        let start = match id {
            "ok" => r#"{"answer":{"determine":{"decision":"#,
            "guest-error" => r#"{"guest-error":"#,
            "trap" => r#"{"fault":"trap"}"#,
            "memory" => r#"{"fault":"memory"}"#,
            _ => r#"{"fault":"bad-output"}"#,
        };
        assert!(text.starts_with(start), "{id}");
        let asked: Question =
            serde_json::from_slice(&question.canonical_bytes()).expect("what was written can be read");
        assert!(asked == question);
    }
}

#[tokio::test]
async fn what_is_not_exported_is_not_handled() {
    let plugin = sandbox(Limits::for_testing()).load(&component("costa-alta")).expect("a plugin");
    assert_eq!(plugin.exports(), &BTreeSet::from([Interface::Profile]));
    let call = plugin.ask(&question("ok")).await;
    assert!(matches!(call.ending, Ending::GuestError(PlanError::Unsupported(_))), "{:?}", call.ending);
}

#[tokio::test]
async fn a_warm_instance_answers_as_a_fresh_one_does() {
    let plugin = hostile(Limits::for_testing());
    let Ending::Answer(fresh) = plugin.ask(&question("ok")).await.ending else { panic!("no answer") };
    let mut warm = plugin.warm().await.expect("an instance");
    for _ in 0..3 {
        assert!(warm.ask(&question("ok")).await == Ending::Answer(fresh.clone()));
    }
}

#[test]
fn the_sample_plans_are_plugins() {
    use Interface::*;
    let cases: [(&str, &[Interface]); 3] = [
        ("valle-vista", &[Profile, Referral, Authorization, Billing, Credentialing]),
        ("harbor-crest", &[Profile, Referral, Authorization, Billing, Credentialing]),
        ("silver-oak", &[Profile, Referral, Authorization, Credentialing]),
    ];
    let sandbox = sandbox(Limits::for_testing());
    for (name, expected) in cases {
        let plugin = sandbox.load(&component(name)).expect("a plugin");
        assert_eq!(plugin.profile().plan_id, name);
        assert!(
            expected.iter().all(|interface| plugin.exports().contains(interface)),
            "{name} {:?}",
            plugin.exports()
        );
    }
}

#[test]
fn a_plugin_is_compiled_once() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let wasm = component("hostile");
    for expected in [Origin::Compiled, Origin::Cached, Origin::Cached] {
        let sandbox = Sandbox::start(Limits::for_testing(), Some(directory.path())).expect("a sandbox");
        assert_eq!(sandbox.load(&wasm).expect("a plugin").loading().origin, expected);
    }
}

#[test]
fn what_is_no_plugin_is_refused_by_place() {
    let sandbox = sandbox(Limits::for_testing());
    let cases = [
        ("imports-clock", RefusalCode::Import),
        ("lacks-profile", RefusalCode::LacksProfile),
        ("wrong-type", RefusalCode::WrongType),
    ];
    for (name, code) in cases {
        let Err(refused) = sandbox.load(&component(name)) else { panic!("{name} was taken") };
        assert!(refused.reasons.iter().all(|reason| reason.code == code), "{name}: {refused}");
    }
}

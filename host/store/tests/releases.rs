//! Releases of plugins: which answers, how each moves, how they fail, and what is demanded of them.

use domain::account::{Rights, Role, Side, State};
use domain::actor::Actor;
use domain::case::Language;
use domain::identifiers::*;
use domain::release::{EventKind, Policy, Requirement};
use domain::rollout::{About, Cohort, StandingActivation, chosen};
use domain::time::{Clock, Ids};
use jiff::SignedDuration;
use store::accounts::Account;
use store::activations::{Activation, EndedFor};
use store::evaluations::Evaluation;
use store::signing::SigningKey;
use store::*;

use crate::world::{World, on_each_database, valle_vista};

on_each_database!(
    the_rules_of_the_day_answer,
    of_two_moves_of_a_release_one_is_kept,
    of_two_uploads_that_counted_the_same_one_counts_again,
    who_was_overtaken_settles_nothing,
    faults_are_counted_among_the_last_calls,
    a_policy_is_the_default_until_it_is_set,
    a_retired_signing_key_stays_on_record,
    who_did_it_is_kept_and_what_waits_for_another_is_found,
);

/// A plan has room for so many: whoever counted before another was let in must count again.
async fn of_two_uploads_that_counted_the_same_one_counts_again(world: World) {
    let (plan, since) = (valle_vista(), world.clock.now() - SignedDuration::from_hours(1));
    let held = async || plugins::held(&world.store, &plan, since).await.unwrap();
    let [one, other] = [held().await, held().await];
    let let_in = |held: plugins::Held, name: &'static str| {
        let plugin = plugins::insert(&world.plugin(name.as_bytes()), name.as_bytes());
        world.store.commit(Unit::of([held.admit(&plan), plugin]))
    };
    assert_eq!(let_in(one, "one").await, Ok(()));
    assert_eq!(let_in(other, "other").await, Err(StoreError::Conflict));
    let again = held().await;
    assert_eq!((again.versions, again.bytes), (0, 3), "only the first is there");
    assert_eq!(let_in(again, "other").await, Ok(()));
}

/// A process that slept through its lease compiles on, and what it says then is not kept: also where it has
/// the upload again, by a lease of another number.
async fn who_was_overtaken_settles_nothing(world: World) {
    let release = world.release(b"compiled by two");
    let (plan, digest) = (&release.plan, &release.digest);
    let commit = |statement: Statement| world.store.commit(Unit::of([statement]));
    commit(releases::keep(&release, world.clock.now()).unwrap()).await.unwrap();
    let take = |node: &'static str| commit(compile_leases::take(plan, digest, node));
    let held_by = async |node| compile_leases::held_by(&world.store, plan, digest, node).await.unwrap();

    take("first").await.unwrap();
    let slept = held_by("first").await.unwrap();
    commit(compile_leases::renew(&slept)).await.unwrap();
    assert_eq!(take("second").await, Err(StoreError::Conflict), "the first is at it");
    // As if it had slept for longer than its lease.
    commit(compile_leases::give_back("first")).await.unwrap();
    take("second").await.unwrap();
    let second = held_by("second").await.unwrap();
    assert!(second.token > slept.token && held_by("first").await.is_none());
    for late in [compile_leases::renew(&slept), compile_leases::settle(&slept)] {
        assert_eq!(commit(late).await, Err(StoreError::Conflict), "it was overtaken");
    }
    commit(compile_leases::give_back("second")).await.unwrap();
    take("first").await.unwrap();
    let again = held_by("first").await.unwrap();
    assert_eq!(again.token, second.token + 1);
    for late in [compile_leases::settle(&slept), compile_leases::settle(&second)] {
        assert_eq!(commit(late).await, Err(StoreError::Conflict), "each holder has a number of its own");
    }
    commit(compile_leases::settle(&again)).await.unwrap();
    assert_eq!(commit(compile_leases::settle(&again)).await, Err(StoreError::Conflict), "it is settled once");
}

/// Every way in which one activation can stand over another; what the store picks is what the domain picks.
async fn the_rules_of_the_day_answer(world: World) {
    let plan = valle_vista();
    let names = ["one", "two", "three", "four", "five"];
    let now = world.clock.now();
    let later = now + SignedDuration::from_hours(1);
    let mut unit = Unit::default();
    for name in names {
        unit.add(plugins::insert(&world.plugin(name.as_bytes()), name.as_bytes()));
    }
    world.store.commit(unit).await.unwrap();
    let activation = |name: &str, from, rules_from: Option<&str>, cohort, version| Activation {
        id: ActivationId::from_uuid(world.ids.next()),
        plan: plan.clone(),
        digest: Digest::of(name.as_bytes()),
        from,
        rules_from: rules_from.map(|day| day.parse().unwrap()),
        cohort,
        version,
        made_at: now,
        made_by: world.plan.organization().unwrap(),
        ended: None,
        plan_is_active: true,
    };
    let counties = Cohort::Counties(["SRV", "LDM"].map(|county| county.parse().unwrap()).into());
    let made = [
        activation("one", now, None, Cohort::Everyone, 1),
        activation("two", later, None, Cohort::Everyone, 2),
        activation("three", now, Some("2027-01-01"), Cohort::Everyone, 3),
        activation("four", now, Some("2026-03-02"), Cohort::Share(10), 4),
        activation("five", now, Some("2026-03-02"), counties, 5),
    ];
    let insert = |place: usize| Unit::of([activations::insert(&made[place])]);
    assert_eq!(world.store.commit(insert(1)).await, Err(StoreError::Conflict), "it is not the plan's first");
    for place in 0..made.len() {
        world.store.commit(insert(place)).await.unwrap();
    }
    assert_eq!(world.store.commit(insert(1)).await, Err(StoreError::Conflict), "there is a second already");
    assert_eq!(activations::latest_version(&world.store, &plan).await.unwrap(), 5);
    assert_eq!(activations::standing(&world.store, Some(&plan)).await.unwrap(), made);

    let before = now - SignedDuration::from_millis(1);
    let about = |day: &str, bucket, county: Option<&str>| About {
        day: day.parse().unwrap(),
        bucket,
        county: county.map(|county| county.parse().unwrap()),
    };
    let table = [
        (before, about("2026-03-02", None, None), None),
        (now, about("2025-06-01", None, None), Some(1)),
        (now, about("2026-03-02", None, None), Some(1)),
        (now, about("2026-03-02", Some(9), None), Some(4)),
        (now, about("2026-03-02", Some(10), None), Some(1)),
        (now, about("2026-03-02", Some(9), Some("SRV")), Some(5)),
        (now, about("2026-03-02", Some(10), Some("LDM")), Some(5)),
        (now, about("2026-03-02", Some(10), Some("ALA")), Some(1)),
        (now, about("2026-03-01", Some(9), Some("SRV")), Some(1)),
        (now, about("2026-12-31", None, None), Some(1)),
        (now, about("2027-01-01", None, None), Some(3)),
        (now, about("2027-01-01", Some(9), Some("SRV")), Some(3)),
        (later, about("2026-12-31", None, None), Some(2)),
        (later, about("2025-06-01", None, None), Some(2)),
    ];
    let check = async |standing: &[StandingActivation], at, about: &About, expected: Option<i64>| {
        let found = activations::in_force(&world.store, &plan, at, about).await.unwrap();
        assert_eq!(found.map(|found| found.version), expected, "{about:?}");
        assert_eq!(chosen(standing, about, at).map(|chosen| chosen.version), expected, "{about:?}");
        for version in 1..=5 {
            let unit = Unit::of([activations::still_in_force(&plan, version, at, about)]);
            let passes = world.store.commit(unit).await;
            assert_eq!(passes.is_ok(), Some(version) == expected, "{version} {about:?} {passes:?}");
        }
    };
    let standing: Vec<StandingActivation> = made.iter().map(Activation::standing).collect();
    for (at, about, expected) in &table {
        check(&standing, *at, about, *expected).await;
        if about.bucket.is_none() && about.county.is_none() {
            let all = activations::all_in_force(&world.store, *at, about.day).await.unwrap();
            assert_eq!(all.first().map(|found| found.version), *expected, "{about:?}");
        }
    }

    // What ended answers nothing more, and what stood before it does again.
    let end = || Unit::of([activations::end(made[2].id, later, EndedFor::RolledBack)]);
    world.store.commit(end()).await.unwrap();
    assert_eq!(world.store.commit(end()).await, Err(StoreError::Conflict));
    let standing = [&standing[..2], &standing[3..]].concat();
    check(&standing, now, &about("2027-01-01", None, None), Some(1)).await;
    check(&standing, now, &about("2027-01-01", Some(9), Some("SRV")), Some(5)).await;
}

async fn of_two_moves_of_a_release_one_is_kept(world: World) {
    let now = world.clock.now();
    let mut release = world.release(b"plugin");
    world.store.commit(Unit::of([releases::keep(&release, now).unwrap()])).await.unwrap();
    let twice = world.store.commit(Unit::of([releases::keep(&release, now).unwrap()])).await;
    assert_eq!(twice, Err(StoreError::Conflict));
    release.version = 1;
    let keep_bytes = releases::keep_bytes(&release.plan, &release.digest, b"plugin");
    let event = world.release_event(&release);
    let unit = [releases::keep(&release, now).unwrap(), keep_bytes].into_iter().chain(event);
    world.store.commit(Unit::of(unit)).await.unwrap();
    assert_eq!(
        world.store.commit(Unit::of([releases::keep(&release, now).unwrap()])).await,
        Err(StoreError::Conflict)
    );
    release.version = 2;
    let find = || releases::find(&world.store, &world.plan, &release.plan, &release.digest);
    assert_eq!(find().await.unwrap(), Some(release.clone()));
    let waiting = releases::uncompiled(&world.store, 9).await.unwrap();
    assert_eq!(waiting, std::slice::from_ref(&release));
    assert_eq!(releases::uncompiled_of(&world.store, &release.plan).await.unwrap(), 1);
    let timeline =
        releases::timeline(&world.store, &world.plan, &release.plan, &release.digest, None, 9).await.unwrap();
    assert_eq!(
        timeline.items.iter().map(|(seq, event)| (*seq, event.name.name())).collect::<Vec<_>>(),
        [(1, "check")]
    );

    // Its bytes become its plugin's.
    let plugin = world.plugin(b"plugin");
    let unit =
        Unit::of([plugins::insert_uploaded(&plugin), releases::drop_bytes(&release.plan, &release.digest)]);
    world.store.commit(unit).await.unwrap();
    assert_eq!(releases::bytes(&world.store, &release.plan, &release.digest).await.unwrap(), None);
    let bytes = plugins::bytes(&world.store, &world.plan, &release.plan, &release.digest).await.unwrap();
    assert_eq!(bytes.as_deref(), Some(&b"plugin"[..]));
    let found = find().await.unwrap().unwrap();
    assert_eq!((found.plugin_version.as_deref(), found.exports.len()), (Some("1.0.0"), 1));
    let again = Unit::of([plugins::insert_uploaded(&plugin)]);
    assert_eq!(world.store.commit(again).await, Err(StoreError::Conflict));
}

async fn faults_are_counted_among_the_last_calls(world: World) {
    let (case, _) = world.full_case().await;
    let plugin = Digest::of(b"faulty");
    let start = world.clock.now();
    for ending in ["trap", "answer", "guest-error", "saturated", "deadline", "trap"] {
        world.clock.advance(SignedDuration::from_secs(1));
        let evaluation = Evaluation {
            id: EvaluationId::from_uuid(world.ids.next()),
            case: case.id,
            plan: valle_vista(),
            digest: plugin,
            operation: "referral.triage".to_owned(),
            ending: ending.to_owned(),
            input: Vec::new(),
            output: Vec::new(),
            duration_us: 1,
            memory_bytes: 1,
            cpu_ticks: 1,
            history_complete: true,
            open_cases_complete: true,
            at: world.clock.now(),
        };
        world.store.commit(Unit::of([evaluations::insert(&evaluation)])).await.unwrap();
    }
    for (since, among, expected) in
        [(0, 100, (5, 3)), (2, 100, (4, 2)), (0, 2, (2, 2)), (0, 3, (3, 2)), (9, 9, (0, 0))]
    {
        let since = start + SignedDuration::from_secs(since);
        let ends = evaluations::faults(&world.store, &valle_vista(), &plugin, since, among).await.unwrap();
        assert_eq!((ends.calls, ends.faults), expected, "{since} {among}");
    }
    let none =
        evaluations::faults(&world.store, &valle_vista(), &Digest::of(b"other"), start, 100).await.unwrap();
    assert_eq!((none.calls, none.faults), (0, 0));
}

/// A release that a person brought, and the proposals for it, of which the last counts until something came
/// of it.
async fn who_did_it_is_kept_and_what_waits_for_another_is_found(world: World) {
    let ana = Account {
        id: AccountId::from_uuid(world.ids.next()),
        organization: world.plan.organization().unwrap(),
        name: Some("Ana Reyes".parse().unwrap()),
        email: Some("ana@valle-vista.example".parse().unwrap()),
        language: Language::En,
        rights: Rights::of(Side::Plan, [Role::Analyst], None, false).unwrap(),
        state: State::Active { since: world.clock.now() },
        created_at: world.clock.now(),
        version: 1,
    };
    let actor = Some(Actor::Account(ana.id));
    let release = releases::Release { uploader: actor, ..world.release(b"by a person") };
    let unit = Unit::of([accounts::insert(&ana), releases::keep(&release, world.clock.now()).unwrap()]);
    world.store.commit(unit).await.unwrap();
    let found = releases::find(&world.store, &world.plan, &release.plan, &release.digest).await.unwrap();
    assert_eq!(found.unwrap().uploader, actor);

    let step = async |name: EventKind| {
        let (entry, event) = world.step_of(&release);
        let event = releases::Event { name, actor, ..event };
        world.store.commit(Unit::of([audit::insert(&entry), releases::add_event(&event)])).await.unwrap();
        event.id
    };
    let waiting = async || {
        let found = releases::proposals(&world.store, &world.plan, &release.plan).await.unwrap();
        found.into_iter().map(|event| (event.id, event.actor)).collect::<Vec<_>>()
    };
    step(EventKind::Approve).await;
    assert_eq!(waiting().await, []);
    step(EventKind::Propose).await;
    let last = step(EventKind::Propose).await;
    assert_eq!(waiting().await, [(last, actor)]);
    step(EventKind::Conform).await;
    assert_eq!(waiting().await, [(last, actor)]);
    step(EventKind::Schedule).await;
    assert_eq!(waiting().await, []);
    let foreign = releases::proposals(&world.store, &world.other_plan, &release.plan).await.unwrap();
    assert!(foreign.is_empty());
}

async fn a_policy_is_the_default_until_it_is_set(world: World) {
    let by = world.operator.organization().unwrap();
    let find = async || policies::find(&world.store, &valle_vista()).await.unwrap();
    assert_eq!(find().await, Policy::default());
    for requires in [[Requirement::TwoPeople].into(), Default::default()] {
        let policy = Policy { requires, roll_back: None, most_changed_approvals: Some(25) };
        let put = policies::put(&valle_vista(), &policy, world.clock.now(), by).unwrap();
        world.store.commit(Unit::of([put])).await.unwrap();
        assert_eq!(find().await, policy);
    }
}

async fn a_retired_signing_key_stays_on_record(world: World) {
    let now = world.clock.now();
    let mut key = SigningKey {
        id: SigningKeyId::from_uuid(world.ids.next()),
        plan: valle_vista(),
        public_key: "11".repeat(32),
        label: "release process".to_owned(),
        created_at: now,
        created_by: world.plan.organization().unwrap(),
        retired_at: None,
    };
    world.store.commit(Unit::of([signing::insert(&key)])).await.unwrap();
    assert_eq!(world.store.commit(Unit::of([signing::insert(&key)])).await, Err(StoreError::Duplicate));
    let other = "harbor-crest".parse().unwrap();
    for (plan, expected) in [
        (&other, Err(StoreError::NotThere)),
        (&valle_vista(), Ok(())),
        (&valle_vista(), Err(StoreError::NotThere)),
    ] {
        assert_eq!(world.store.commit(Unit::of([signing::retire(plan, key.id, now)])).await, expected);
    }
    key.retired_at = Some(now);
    assert_eq!(signing::list(&world.store, &world.plan, &valle_vista()).await.unwrap(), [key]);
}

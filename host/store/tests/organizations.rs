//! Organizations, their keys, and what belongs to a plan.

use domain::identifiers::*;
use domain::rollout::Cohort;
use domain::time::{Clock, Ids};
use store::activations::Activation;
use store::plugins::Plugin;
use store::receipts::ReceiptRecord;
use store::rosters::Sifted;
use store::signing::SigningKey;
use store::*;

use crate::world::{TODAY, World, on_each_database, valle_vista};

on_each_database!(another_orgs_institutions_are_not_there, a_revoked_key_is_nobody,);

async fn another_orgs_institutions_are_not_there(world: World) {
    let store = &world.store;
    let plugin = Plugin {
        digest: Digest::of(b"plugin"),
        plan: valle_vista(),
        version: "1.0.0".to_owned(),
        size_bytes: 6,
        profile: "{}".to_owned(),
        exports: vec!["referral".to_owned()],
        uploaded_at: world.clock.now(),
        uploaded_by: world.plan.organization().unwrap(),
    };
    let activation = Activation {
        id: ActivationId::from_uuid(world.ids.next()),
        plan: valle_vista(),
        digest: plugin.digest,
        from: world.clock.now(),
        version: 1,
        made_at: world.clock.now(),
        made_by: plugin.uploaded_by,
        rules_from: None,
        cohort: Cohort::Everyone,
        ended: None,
        plan_is_active: true,
    };
    let release = world.release(b"plugin");
    let now = world.clock.now();
    let key = SigningKey {
        id: SigningKeyId::from_uuid(world.ids.next()),
        plan: valle_vista(),
        public_key: "00".repeat(32),
        label: "release process".to_owned(),
        created_at: now,
        created_by: plugin.uploaded_by,
        retired_at: None,
    };
    let receipt = |number: u32| ReceiptRecord {
        id: ReceiptId::from_uuid(world.ids.next()),
        plan: valle_vista(),
        digest: plugin.digest,
        kit: number,
        contract: "crosswalk:plan@1.0.0".to_owned(),
        conforms: number > 1,
        // All at the same instant, so that the id has to tell them apart.
        made_at: world.clock.now(),
        made_by: plugin.uploaded_by,
        body: "{}".to_owned(),
    };
    let made = [1, 2, 3].map(receipt);
    let roster = world.roster();
    let mut unit = Unit::of([plugins::insert(&plugin, b"plugin"), activations::insert(&activation)]);
    unit.extend(made.iter().map(receipts::insert));
    unit.add(releases::keep(&release, now).unwrap());
    unit.add(signing::insert(&key));
    unit.extend(rosters::import(&roster, Sifted::default()));
    store.commit(unit).await.unwrap();
    assert_eq!(
        store.commit(Unit::of([plugins::insert(&plugin, b"plugin")])).await,
        Err(StoreError::Duplicate)
    );
    let clinic = world.clinic.organization().unwrap();
    for (scope, sees, keys, organizations) in [
        (&world.clinic, false, 1, 5),
        (&world.stranger, false, 1, 5),
        (&world.plan, true, 1, 5),
        (&world.other_plan, false, 1, 5),
        (&world.operator, true, 5, 5),
    ] {
        let seen = [
            plugins::find(store, scope, &valle_vista(), &plugin.digest).await.unwrap()
                == Some(plugin.clone()),
            plugins::bytes(store, scope, &valle_vista(), &plugin.digest).await.unwrap()
                == Some(b"plugin".to_vec()),
            plugins::list(store, scope, &valle_vista(), None, 9).await.unwrap().items.len() == 1,
            activations::list(store, scope, &valle_vista(), None, 9).await.unwrap().items.len() == 1,
            receipts::list(store, scope, &valle_vista(), &plugin.digest, None, 9).await.unwrap().items.len()
                == 3,
            activations::of_plugin(store, scope, &valle_vista(), &plugin.digest).await.unwrap()
                == [activation.clone()],
            releases::find(store, scope, &valle_vista(), &plugin.digest).await.unwrap().is_some(),
            releases::with_digest(store, scope, &plugin.digest).await.unwrap().is_some(),
            releases::list(store, scope, &valle_vista(), None, 9).await.unwrap().items.len() == 1,
            signing::list(store, scope, &valle_vista()).await.unwrap() == [key.clone()],
            rosters::find(store, scope, roster.id).await.unwrap() == Some(roster.clone()),
            rosters::find_by_sha256(store, scope, &valle_vista(), &roster.sha256, false)
                .await
                .unwrap()
                .is_some(),
        ];
        assert_eq!(seen, [sees; 12], "{scope:?}");
        assert_eq!(auth::list(store, scope, None, 9).await.unwrap().items.len(), keys, "{scope:?}");
        assert_eq!(
            organizations::list(store, scope, None, 9).await.unwrap().items.len(),
            organizations,
            "{scope:?}"
        );
        assert!(organizations::find(store, scope, clinic).await.unwrap().is_some(), "{scope:?}");
    }
    let page = receipts::list(store, &world.plan, &valle_vista(), &plugin.digest, None, 2).await.unwrap();
    assert_eq!(page.items, [made[2].clone(), made[1].clone()], "newest first");
    let page =
        receipts::list(store, &world.plan, &valle_vista(), &plugin.digest, page.next, 2).await.unwrap();
    assert_eq!((page.items, page.next), (vec![made[0].clone()], None));
    let other = Digest::of(b"another plugin");
    assert_eq!(receipts::list(store, &world.plan, &valle_vista(), &other, None, 9).await.unwrap().items, []);
}

async fn a_revoked_key_is_nobody(world: World) {
    let secret = Digest::of(b"Mesa Verde Meals");
    let caller = auth::authenticate(&world.store, &secret, TODAY).await.unwrap().unwrap();
    let revoke = || Unit::of([auth::revoke(caller.key.id, world.clock.now())]);
    world.store.commit(revoke()).await.unwrap();
    assert!(auth::authenticate(&world.store, &secret, TODAY).await.unwrap().is_none());
    assert_eq!(world.store.commit(revoke()).await, Err(StoreError::NotThere));
    assert!(auth::authenticate(&world.store, &Digest::of(b"guess"), TODAY).await.unwrap().is_none());
}

//! Passkeys, and the challenges that they answer.

use domain::credential::TotpSecret;
use domain::identifiers::*;
use domain::passkey::{PublicKey, Purpose};
use domain::time::{Clock, Ids};
use jiff::SignedDuration;
use store::accounts::Account;
use store::passkeys::{Asked, Passkey};
use store::*;

use crate::sessions::{keep, refused, somebody};
use crate::world::{World, on_each_database};

on_each_database!(
    a_passkey_is_found_by_its_handle,
    a_counter_moves_once,
    the_last_way_in_stays,
    a_challenge_is_answered_once,
    challenges_that_ended_are_forgotten,
);

/// A passkey of an account, with a key that the store does not use.
fn passkey(world: &World, account: &Account, handle: &[u8]) -> Passkey {
    let cose = [&[0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32][..], &[7; 32]].concat();
    Passkey {
        id: CredentialId::from_uuid(world.ids.next()),
        account: account.id,
        name: "Office phone".to_owned(),
        handle: handle.to_vec(),
        key: PublicKey::of_cose(&cose).unwrap(),
        counter: 0,
        made_at: world.clock.now(),
        used_at: None,
    }
}

async fn a_passkey_is_found_by_its_handle(world: World) {
    let store = &world.store;
    let ana = somebody(&world, "ana@vallevista.example").await;
    let (one, other) = (passkey(&world, &ana, b"one"), passkey(&world, &ana, b"other"));
    keep(&world, [passkeys::insert(&one), passkeys::insert(&other)]).await;
    assert_eq!(passkeys::by_handle(store, b"one").await.unwrap().as_ref(), Some(&one));
    assert_eq!(passkeys::by_handle(store, b"none").await.unwrap(), None);
    assert_eq!(passkeys::of_account(store, ana.id).await.unwrap(), [one.clone(), other]);
    let ben = somebody(&world, "ben@vallevista.example").await;
    assert_eq!(passkeys::of_account(store, ben.id).await.unwrap(), []);
    let again = store.commit(Unit::of([passkeys::insert(&passkey(&world, &ben, b"one"))])).await;
    assert_eq!(again, Err(StoreError::Duplicate), "one handle is one person's");

    keep(&world, [passkeys::end_all(ana.id, world.clock.now())]).await;
    assert_eq!(passkeys::of_account(store, ana.id).await.unwrap(), []);
    assert_eq!(passkeys::by_handle(store, b"one").await.unwrap(), None);
    assert!(passkeys::handle_is_taken(store, b"one").await.unwrap(), "it is nobody else's later");
    refused(&world, passkeys::used(&one, 1, world.clock.now())).await;
}

async fn a_counter_moves_once(world: World) {
    let (store, now) = (&world.store, world.clock.now());
    let ana = somebody(&world, "ana@vallevista.example").await;
    let made = passkey(&world, &ana, b"one");
    keep(&world, [passkeys::insert(&made)]).await;
    keep(&world, [passkeys::used(&made, 5, now)]).await;
    let used = passkeys::by_handle(store, b"one").await.unwrap().unwrap();
    assert_eq!(used, Passkey { counter: 5, used_at: Some(now), ..made.clone() });
    refused(&world, passkeys::used(&made, 6, now)).await;
    keep(&world, [passkeys::used(&used, u32::MAX, now)]).await;
    let used = passkeys::by_handle(store, b"one").await.unwrap().unwrap();
    assert_eq!(used.counter, u32::MAX);
}

async fn the_last_way_in_stays(world: World) {
    let (store, now) = (&world.store, world.clock.now());
    let ana = somebody(&world, "ana@vallevista.example").await;
    let (one, other) = (passkey(&world, &ana, b"one"), passkey(&world, &ana, b"other"));
    keep(&world, [passkeys::insert(&one)]).await;
    let end = async |passkey: &Passkey, account| {
        store.commit(Unit::of(passkeys::end(passkey.id, account, now))).await
    };
    assert!(!passkeys::has_another_way(store, ana.id, one.id).await.unwrap());
    assert_eq!(end(&one, ana.id).await, Err(StoreError::Conflict));
    keep(&world, [passkeys::insert(&other)]).await;
    assert!(passkeys::has_another_way(store, ana.id, one.id).await.unwrap());
    let ben = somebody(&world, "ben@vallevista.example").await;
    assert_eq!(end(&one, ben.id).await, Err(StoreError::Conflict), "it is not theirs");
    assert_eq!(end(&one, ana.id).await, Ok(()));
    assert_eq!(end(&one, ana.id).await, Err(StoreError::Conflict), "it has ended");
    assert_eq!(end(&other, ana.id).await, Err(StoreError::Conflict), "it is the last");
    // With an authenticator it is not.
    let id = CredentialId::from_uuid(world.ids.next());
    keep(&world, credentials::offer(id, ana.id, &TotpSecret::of(&[b"random"]), now)).await;
    assert_eq!(end(&other, ana.id).await, Err(StoreError::Conflict), "nobody has shown a code of it");
    keep(&world, [credentials::confirm(id, 7)]).await;
    assert_eq!(end(&other, ana.id).await, Ok(()));
    assert_eq!(passkeys::of_account(store, ana.id).await.unwrap(), []);
}

async fn a_challenge_is_answered_once(world: World) {
    let (store, now) = (&world.store, world.clock.now());
    let ana = somebody(&world, "ana@vallevista.example").await;
    let ends_at = now + SignedDuration::from_mins(5);
    let nobodys = Asked { purpose: Purpose::SignIn, account: None, ends_at };
    let anas = Asked { purpose: Purpose::Prove, account: Some(ana.id), ends_at };
    let [first, second] = [b"first", b"other"].map(|bytes| Digest::of(bytes));
    keep(&world, passkeys::ask(&first, &nobodys, now)).await;
    keep(&world, passkeys::ask(&second, &anas, now)).await;
    assert_eq!(passkeys::asked(store, &first).await.unwrap(), Some(nobodys));
    assert_eq!(passkeys::asked(store, &second).await.unwrap(), Some(anas));
    keep(&world, [passkeys::take(&first)]).await;
    assert_eq!(passkeys::asked(store, &first).await.unwrap(), None);
    refused(&world, passkeys::take(&first)).await;
    assert!(passkeys::asked(store, &second).await.unwrap().is_some());
}

async fn challenges_that_ended_are_forgotten(world: World) {
    let (store, now) = (&world.store, world.clock.now());
    let asked = |minutes| Asked {
        purpose: Purpose::SignIn,
        account: None,
        ends_at: now + SignedDuration::from_mins(minutes),
    };
    let [over, open, later] = [b"1", b"2", b"3"].map(|bytes| Digest::of(bytes));
    keep(&world, passkeys::ask(&over, &asked(1), now)).await;
    keep(&world, passkeys::ask(&open, &asked(2), now)).await;
    keep(&world, passkeys::ask(&later, &asked(6), now + SignedDuration::from_mins(1))).await;
    assert_eq!(passkeys::asked(store, &over).await.unwrap(), None);
    assert!(passkeys::asked(store, &open).await.unwrap().is_some());
    assert!(passkeys::asked(store, &later).await.unwrap().is_some());
}

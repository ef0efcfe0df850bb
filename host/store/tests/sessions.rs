//! Credentials of people, the sessions that come of them, and refused tries.

use domain::account::{Rights, Role, Side, State as AccountState};
use domain::case::Language;
use domain::credential::{RecoveryCode, TotpSecret};
use domain::identifiers::*;
use domain::session::{Event, Session as Life, State, Terms, Why};
use domain::time::{Clock, Ids};
use jiff::SignedDuration;
use store::accounts::Account;
use store::sessions::Session;
use store::tries::Limit;
use store::*;

use crate::world::{TODAY, World, on_each_database};

on_each_database!(
    a_code_is_taken_once,
    a_session_is_its_secrets,
    of_two_who_move_a_session_one_loses,
    whoever_is_active_with_an_address_is_found,
    refused_tries_are_used_up,
);

const TERMS: Terms = Terms {
    idle: SignedDuration::from_mins(15),
    whole: SignedDuration::from_hours(12),
    raised: SignedDuration::from_mins(5),
};

pub(crate) async fn keep(world: &World, statements: impl IntoIterator<Item = Statement>) {
    world.store.commit(Unit::of(statements)).await.unwrap();
}

pub(crate) async fn refused(world: &World, statement: Statement) {
    assert_eq!(world.store.commit(Unit::of([statement])).await, Err(StoreError::Conflict));
}

/// An active account of the plan, which is kept.
pub(crate) async fn somebody(world: &World, email: &str) -> Account {
    let account = Account {
        id: AccountId::from_uuid(world.ids.next()),
        organization: world.plan.organization().unwrap(),
        name: Some("Ana Reyes".parse().unwrap()),
        email: Some(email.parse().unwrap()),
        language: Language::En,
        rights: Rights::of(Side::Plan, [Role::Analyst], None, false).unwrap(),
        state: AccountState::Active { since: world.clock.now() },
        created_at: world.clock.now(),
        version: 1,
    };
    keep(world, [accounts::insert(&account)]).await;
    account
}

fn session(world: &World, account: &Account) -> Session {
    let id = SessionId::from_uuid(world.ids.next());
    Session { id, account: account.id, life: Life::begin(world.clock.now()) }
}

async fn a_code_is_taken_once(world: World) {
    let (store, now) = (&world.store, world.clock.now());
    let ana = somebody(&world, "ana@vallevista.example").await;
    let id = || CredentialId::from_uuid(world.ids.next());
    let [first, second] = [b"one", b"two"].map(|random| TotpSecret::of(&[random]));
    keep(&world, credentials::offer(id(), ana.id, &first, now)).await;
    keep(&world, credentials::offer(id(), ana.id, &second, now)).await;
    assert!(credentials::authenticator(store, ana.id).await.unwrap().is_none(), "nobody has shown a code");
    let offered = credentials::offered(store, ana.id).await.unwrap().unwrap();
    assert_eq!(offered.secret, second, "the last one");
    keep(&world, [credentials::confirm(offered.id, 7)]).await;
    refused(&world, credentials::confirm(offered.id, 8)).await;
    let held = credentials::authenticator(store, ana.id).await.unwrap().unwrap();
    assert_eq!((held.secret, held.used_step), (second, Some(7)));
    refused(&world, credentials::use_step(held.id, 7)).await;
    keep(&world, [credentials::use_step(held.id, 8)]).await;

    let code = RecoveryCode::of(&[b"random"]);
    keep(&world, [credentials::add_recovery(id(), ana.id, &code.hash(), now)]).await;
    let ben = somebody(&world, "ben@vallevista.example").await;
    assert!(credentials::recovery(store, ben.id, &code.hash()).await.unwrap().is_none(), "another's");
    let found = credentials::recovery(store, ana.id, &code.hash()).await.unwrap().unwrap();
    keep(&world, [credentials::use_recovery(found, now)]).await;
    refused(&world, credentials::use_recovery(found, now)).await;
    assert!(credentials::recovery(store, ana.id, &code.hash()).await.unwrap().is_none());
    keep(&world, [credentials::end_all(ana.id, now)]).await;
    assert!(credentials::authenticator(store, ana.id).await.unwrap().is_none());
}

async fn a_session_is_its_secrets(world: World) {
    let store = &world.store;
    let ana = somebody(&world, "ana@vallevista.example").await;
    let (first, second) = (Digest::of(b"cws_first"), Digest::of(b"cws_second"));
    let session = session(&world, &ana);
    keep(&world, [sessions::insert(&session, &first)]).await;
    let found = sessions::authenticate(store, &first, TODAY).await.unwrap().unwrap();
    assert_eq!((&found.session, &found.account), (&session, &ana));
    assert_eq!(found.scope.seat(), world.plan.seat(), "the rows of the plan's own keys");
    keep(&world, [sessions::rotate(session.id, &second, &first)]).await;
    refused(&world, sessions::rotate(session.id, &Digest::of(b"cws_third"), &first)).await;
    assert!(sessions::authenticate(store, &first, TODAY).await.unwrap().is_none());
    assert!(sessions::authenticate(store, &second, TODAY).await.unwrap().is_some());
}

async fn of_two_who_move_a_session_one_loses(world: World) {
    let (store, now) = (&world.store, world.clock.now());
    let ana = somebody(&world, "ana@vallevista.example").await;
    let [one, other] = [session(&world, &ana), session(&world, &ana)];
    for (session, secret) in [(&one, b"one"), (&other, b"two")] {
        keep(&world, [sessions::insert(session, &Digest::of(secret))]).await;
    }
    let locked = Session { life: one.life.apply(Event::Lock, &TERMS, now).unwrap(), ..one.clone() };
    keep(&world, [sessions::keep(&locked, &State::Open)]).await;
    refused(&world, sessions::keep(&locked, &State::Open)).await;
    let later = now + SignedDuration::from_secs(90);
    keep(&world, [sessions::seen(one.id, later), sessions::seen(other.id, later)]).await;
    let seen = Session { life: Life { seen_at: later, ..other.life }, ..other.clone() };
    let listed = sessions::of_account(store, ana.id).await.unwrap();
    assert_eq!(listed, [seen, locked], "newest first; what is locked is not used");
    keep(&world, [sessions::end_all(ana.id, now, Why::Account)]).await;
    assert_eq!(sessions::of_account(store, ana.id).await.unwrap(), []);
    let ended = sessions::authenticate(store, &Digest::of(b"two"), TODAY).await.unwrap().unwrap();
    assert_eq!(ended.session.life.state, State::Ended { at: now, why: Why::Account });
}

async fn whoever_is_active_with_an_address_is_found(world: World) {
    let ana = somebody(&world, "ana@vallevista.example").await;
    let address = ana.email.clone().unwrap();
    let found = accounts::active_with(&world.store, &address).await.unwrap();
    assert_eq!(found, std::slice::from_ref(&ana));
    let state = AccountState::Invited { at: world.clock.now() };
    keep(&world, [accounts::update(&Account { state, ..ana })]).await;
    assert_eq!(accounts::active_with(&world.store, &address).await.unwrap(), []);
}

async fn refused_tries_are_used_up(world: World) {
    let now = world.clock.now();
    let over = now - SignedDuration::from_mins(15);
    let limit = Limit { subject: "sign-in/15/somebody".to_owned(), misses: 2, over };
    let used_up = async || tries::used_up_since(&world.store, &limit).await.unwrap();
    keep(&world, [tries::count(&limit, now)]).await;
    assert_eq!(used_up().await, None);
    keep(&world, [tries::count(&limit, now + SignedDuration::from_secs(1))]).await;
    assert_eq!(used_up().await, Some(now));
    refused(&world, tries::count(&limit, now)).await;
    let later = Limit { over: now, ..limit.clone() };
    assert_eq!(tries::used_up_since(&world.store, &later).await.unwrap(), None, "the count is over");
}

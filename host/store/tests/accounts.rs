//! Accounts of people, and the links that open them.

use domain::account::{Rights, Role, Side, State};
use domain::case::Language;
use domain::identifiers::*;
use domain::invitation::{Event, Invitation as Life, State as Link};
use domain::time::{Clock, Ids};
use jiff::SignedDuration;
use store::accounts::Account;
use store::invitations::Invitation;
use store::*;

use crate::world::{TODAY, World, on_each_database};

on_each_database!(
    another_orgs_people_are_not_there,
    an_account_is_read_as_it_was_written,
    one_address_has_one_live_account,
    of_two_who_change_an_account_one_loses,
    a_link_opens_its_account_once,
    somebody_is_left_who_administers,
    rights_that_do_not_fit_are_corrupt,
);

/// An account of the organization of a scope that was just invited.
fn account(world: &World, scope: &Scope, email: &str) -> Account {
    let side = match scope.seat() {
        Seat::Plan { .. } => Side::Plan,
        _ => Side::Provider,
    };
    let role = Role::of_side(side).next().unwrap();
    Account {
        id: AccountId::from_uuid(world.ids.next()),
        organization: scope.organization().unwrap(),
        name: Some("Ana Reyes".parse().unwrap()),
        email: Some(email.parse().unwrap()),
        language: Language::Es,
        rights: Rights::of(side, [role], None, true).unwrap(),
        state: State::Invited { at: world.clock.now() },
        created_at: world.clock.now(),
        version: 1,
    }
}

fn active(world: &World, account: &Account) -> Account {
    Account { state: State::Active { since: world.clock.now() }, ..account.clone() }
}

fn invitation(world: &World, account: &Account) -> Invitation {
    Invitation {
        id: InvitationId::from_uuid(world.ids.next()),
        account: account.id,
        life: Life::open(world.clock.now(), SignedDuration::from_hours(72)),
    }
}

async fn keep(world: &World, statements: impl IntoIterator<Item = Statement>) {
    world.store.commit(Unit::of(statements)).await.unwrap();
}

async fn another_orgs_people_are_not_there(world: World) {
    let store = &world.store;
    let [ana, ben, cam] = [
        (&world.clinic, "ana@opendoor.example"),
        (&world.clinic, "ben@opendoor.example"),
        (&world.plan, "cam@vallevista.example"),
    ]
    .map(|(scope, email)| account(&world, scope, email));
    keep(&world, [&ana, &ben, &cam].map(accounts::insert)).await;
    for (scope, sees_clinic, seen) in [
        (&world.clinic, true, vec![ana.id, ben.id]),
        (&world.stranger, false, Vec::new()),
        (&world.plan, false, vec![cam.id]),
        (&world.other_plan, false, Vec::new()),
        (&world.operator, true, vec![ana.id, ben.id, cam.id]),
    ] {
        let found = accounts::find(store, scope, ana.id).await.unwrap();
        assert_eq!(found.is_some(), sees_clinic, "{scope:?}");
        let live = accounts::live(store, scope, ana.organization, ana.email.as_ref().unwrap()).await;
        assert_eq!(live.unwrap().is_some(), sees_clinic, "{scope:?}");
        let listed = accounts::list(store, scope, None, None, 9).await.unwrap().items;
        assert_eq!(listed.iter().map(|account| account.id).collect::<Vec<_>>(), seen, "{scope:?}");
        let of_clinic = accounts::list(store, scope, Some(ana.organization), None, 9).await.unwrap().items;
        assert_eq!(of_clinic.len(), if sees_clinic { 2 } else { 0 }, "{scope:?}");
    }
    let first = accounts::list(store, &world.operator, None, None, 2).await.unwrap();
    assert_eq!(first.next, Some(ben.id));
    let rest = accounts::list(store, &world.operator, None, first.next, 2).await.unwrap();
    assert_eq!((rest.items, rest.next), (vec![cam], None));
}

async fn an_account_is_read_as_it_was_written(world: World) {
    let invited = account(&world, &world.clinic, "ana@opendoor.example");
    let unnamed = Account {
        id: AccountId::from_uuid(world.ids.next()),
        name: None,
        email: None,
        language: Language::En,
        ..invited.clone()
    };
    let reviewer = Account {
        rights: Rights::of(Side::Plan, [Role::Reviewer, Role::Analyst], Some("RN 555012"), false).unwrap(),
        ..active(&world, &account(&world, &world.plan, "rita@vallevista.example"))
    };
    let ended = Account {
        state: State::Ended { at: world.clock.now(), reason: "She works elsewhere.".to_owned() },
        ..account(&world, &world.clinic, "eva@opendoor.example")
    };
    for written in [invited, unnamed, reviewer, ended] {
        keep(&world, [accounts::insert(&written)]).await;
        let read = accounts::find(&world.store, &world.operator, written.id).await.unwrap();
        assert_eq!(read, Some(written));
    }
}

async fn one_address_has_one_live_account(world: World) {
    let first = account(&world, &world.clinic, "ana@opendoor.example");
    keep(&world, [accounts::insert(&first)]).await;
    let second = account(&world, &world.clinic, "Ana@OpenDoor.example");
    let refused = world.store.commit(Unit::of([accounts::insert(&second)])).await;
    assert_eq!(refused, Err(StoreError::Duplicate));
    // The same person may work for another organization, and come back after an end.
    keep(&world, [accounts::insert(&account(&world, &world.stranger, "ana@opendoor.example"))]).await;
    let state = State::Ended { at: world.clock.now(), reason: "She left.".to_owned() };
    keep(&world, [accounts::update(&Account { state, ..first.clone() })]).await;
    keep(&world, [accounts::insert(&second)]).await;
    let address = second.email.clone().unwrap();
    let live = accounts::live(&world.store, &world.clinic, second.organization, &address).await.unwrap();
    assert_eq!(live.map(|account| account.id), Some(second.id));
}

async fn of_two_who_change_an_account_one_loses(world: World) {
    let read = account(&world, &world.clinic, "ana@opendoor.example");
    keep(&world, [accounts::insert(&read)]).await;
    keep(&world, [accounts::update(&active(&world, &read))]).await;
    let late = Account { language: Language::En, ..read.clone() };
    assert_eq!(world.store.commit(Unit::of([accounts::update(&late)])).await, Err(StoreError::Conflict));
    let kept = accounts::find(&world.store, &world.clinic, read.id).await.unwrap().unwrap();
    assert_eq!((kept.version, kept.language, kept.state.name()), (2, Language::Es, "active"));
    // Nobody is active without a name: the database itself says so.
    let unnamed = Account { name: None, ..kept };
    assert!(world.store.commit(Unit::of([accounts::update(&unnamed)])).await.is_err());
}

async fn a_link_opens_its_account_once(world: World) {
    let store = &world.store;
    let ana = account(&world, &world.plan, "ana@vallevista.example");
    let link = invitation(&world, &ana);
    let secret = Digest::of(b"cwi_first");
    keep(&world, [accounts::insert(&ana), invitations::insert(&link, &secret)]).await;
    let guest = invitations::authenticate(store, &secret, TODAY).await.unwrap().unwrap();
    assert_eq!((&guest.invitation, &guest.account), (&link, &ana));
    assert_eq!(guest.organization.id, ana.organization);
    assert!(members::find(store, &guest.scope, world.member).await.unwrap().is_none());
    assert!(invitations::authenticate(store, &Digest::of(b"guess"), TODAY).await.unwrap().is_none());

    // A second link waits until the first is settled, which happens once.
    let newer = invitation(&world, &ana);
    let insert = || invitations::insert(&newer, &Digest::of(b"cwi_second"));
    assert_eq!(store.commit(Unit::of([insert()])).await, Err(StoreError::Duplicate));
    let life = link.life.apply(Event::Replace, world.clock.now()).unwrap();
    let settled = Invitation { life, ..link.clone() };
    keep(&world, [invitations::settle(&settled), insert()]).await;
    assert_eq!(store.commit(Unit::of([invitations::settle(&settled)])).await, Err(StoreError::Conflict));
    assert_eq!(invitations::open_of(store, ana.id).await.unwrap(), Some(newer));
    let guest = invitations::authenticate(store, &secret, TODAY).await.unwrap().unwrap();
    assert_eq!(guest.invitation.life.state, Link::Replaced { at: world.clock.now() });
}

async fn somebody_is_left_who_administers(world: World) {
    let store = &world.store;
    let [ana, ben] =
        ["ana@opendoor.example", "ben@opendoor.example"].map(|email| account(&world, &world.clinic, email));
    keep(&world, [accounts::insert(&ana), accounts::insert(&ben)]).await;
    let beside = async |account: &Account| {
        let read = accounts::has_administrator_beside(store, account).await.unwrap();
        let guarded = store.commit(Unit::of(accounts::administrator_beside(account))).await;
        assert_eq!(guarded, if read { Ok(()) } else { Err(StoreError::Conflict) });
        read
    };
    assert!(!beside(&ana).await, "the other has not taken the invitation up");
    keep(&world, [accounts::update(&active(&world, &ben))]).await;
    assert!(beside(&ana).await);
    assert!(!beside(&ben).await);
    // The clinic's key manages none; the plan's does.
    let cam = account(&world, &world.plan, "cam@vallevista.example");
    keep(&world, [accounts::insert(&cam)]).await;
    assert!(beside(&cam).await);
}

async fn rights_that_do_not_fit_are_corrupt(world: World) {
    let ana = account(&world, &world.clinic, "ana@opendoor.example");
    keep(&world, [accounts::insert(&ana)]).await;
    world.behind_its_back("update accounts set roles = '[\"reviewer\"]'").await;
    let error = accounts::find(&world.store, &world.clinic, ana.id).await.err().unwrap();
    let expected =
        format!("accounts {} is corrupt: roles, license and organization do not go together", ana.id);
    assert_eq!(error.to_string(), expected);
}

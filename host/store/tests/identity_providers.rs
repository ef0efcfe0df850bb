//! Identity providers of organizations, the accounts that their people open, and ways out and back.

use domain::credential::TotpSecret;
use domain::identifiers::*;
use domain::openid::Purpose;
use domain::session::{Session as Life, Why};
use domain::time::{Clock, Ids};
use jiff::SignedDuration;
use store::accounts::Account;
use store::identity_links::{Attempt, Link};
use store::identity_providers::{IdentityProvider, InUse};
use store::sessions::Session;
use store::*;

use crate::sessions::{keep, refused, somebody};
use crate::world::{World, on_each_database};

on_each_database!(
    a_provider_is_its_organizations_and_the_operators,
    a_provider_is_called_up_by_its_name_and_its_domains,
    of_two_who_set_a_provider_one_loses,
    a_person_of_a_provider_opens_one_account,
    whoever_has_a_provider_can_lose_a_passkey,
    an_attempt_is_answered_once,
    nobody_is_let_in_by_what_was_so_before,
);

/// A provider of an organization, which nobody has kept yet.
fn provider(world: &World, organization: OrgId, name: &str) -> IdentityProvider {
    IdentityProvider {
        id: IdentityProviderId::from_uuid(world.ids.next()),
        organization,
        short_name: name.parse().unwrap(),
        issuer: format!("https://login.{name}.example").parse().unwrap(),
        client_id: "crosswalk".parse().unwrap(),
        client_secret: Some("a secret of the client".parse().unwrap()),
        email_domains: vec![format!("{name}.example").parse().unwrap()],
        begun_at: world.clock.now(),
        ended_at: None,
        version: 1,
    }
}

/// A provider of the plan, which is kept.
async fn kept(world: &World, name: &str) -> IdentityProvider {
    let made = provider(world, world.plan.organization().unwrap(), name);
    keep(world, identity_providers::insert(&made)).await;
    made
}

fn link(world: &World, provider: &IdentityProvider, subject: &str, account: &Account) -> Link {
    Link {
        id: IdentityLinkId::from_uuid(world.ids.next()),
        provider: provider.id,
        subject: subject.to_owned(),
        account: account.id,
        made_at: world.clock.now(),
        used_at: None,
    }
}

async fn a_provider_is_its_organizations_and_the_operators(world: World) {
    let store = &world.store;
    let first = kept(&world, "vallevista").await;
    let second = provider(&world, world.other_plan.organization().unwrap(), "harborcrest");
    keep(&world, identity_providers::insert(&second)).await;
    let standing = |provider: &IdentityProvider| InUse { provider: provider.clone(), people: 0 };
    for (scope, seen) in [
        (&world.plan, vec![&first]),
        (&world.other_plan, vec![&second]),
        (&world.clinic, vec![]),
        (&world.stranger, vec![]),
        (&world.operator, vec![&first, &second]),
    ] {
        let page = identity_providers::list(store, scope, None, 10).await.unwrap();
        assert_eq!(page.items, seen.iter().map(|one| standing(one)).collect::<Vec<_>>());
        for one in [&first, &second] {
            let found = identity_providers::find(store, scope, one.id).await.unwrap();
            assert_eq!(found, seen.contains(&one).then(|| standing(one)));
        }
    }
    // A list goes on where it ended, and those that ended stay in it.
    keep(&world, identity_providers::end(first.id, world.clock.now())).await;
    let page = identity_providers::list(store, &world.operator, None, 1).await.unwrap();
    let ended = &page.items[0].provider;
    assert_eq!((ended.ended_at, &ended.client_secret), (Some(world.clock.now()), &None));
    assert_eq!(page.next, Some(first.id));
    let page = identity_providers::list(store, &world.operator, page.next, 1).await.unwrap();
    assert_eq!((page.items, page.next), (vec![standing(&second)], None));
}

async fn a_provider_is_called_up_by_its_name_and_its_domains(world: World) {
    let (store, now) = (&world.store, world.clock.now());
    let made = kept(&world, "vallevista").await;
    let called = async |name: &str, domain: &str| {
        let by_name = identity_providers::by_name(store, &name.parse().unwrap()).await.unwrap();
        let by_domain = identity_providers::by_domain(store, &domain.parse().unwrap()).await.unwrap();
        (by_name.map(|one| one.id), by_domain.map(|one| one.id))
    };
    assert_eq!(called("vallevista", "vallevista.example").await, (Some(made.id), Some(made.id)));
    assert_eq!(called("valle", "sub.vallevista.example").await, (None, None));
    assert_eq!(identity_providers::live(store, made.id).await.unwrap().as_ref(), Some(&made));
    let of_plan = identity_providers::of_organization(store, made.organization).await.unwrap();
    assert_eq!(of_plan.as_ref(), Some(&made));

    let moved = IdentityProvider {
        short_name: "valle".parse().unwrap(),
        client_secret: Some("another secret".parse().unwrap()),
        email_domains: vec!["valle.example".parse().unwrap(), "vista.example".parse().unwrap()],
        ..made.clone()
    };
    keep(&world, identity_providers::update(&moved)).await;
    assert_eq!(called("vallevista", "vallevista.example").await, (None, None));
    assert_eq!(called("valle", "vista.example").await, (Some(made.id), Some(made.id)));
    let read = identity_providers::live(store, made.id).await.unwrap();
    assert_eq!(read, Some(IdentityProvider { version: 2, ..moved }));

    keep(&world, identity_providers::end(made.id, now)).await;
    assert_eq!(called("valle", "vista.example").await, (None, None), "it has ended");
    assert_eq!(identity_providers::live(store, made.id).await.unwrap(), None);
    let again = store.commit(Unit::of(identity_providers::end(made.id, now))).await;
    assert_eq!(again, Err(StoreError::NotThere));
    // Its name and its domains are free, and its organization can have another one.
    kept(&world, "vallevista").await;
}

async fn of_two_who_set_a_provider_one_loses(world: World) {
    let store = &world.store;
    let made = kept(&world, "vallevista").await;
    let of_plan = |name| provider(&world, made.organization, name);
    let of_others = |name| provider(&world, world.other_plan.organization().unwrap(), name);
    let inserted = async |provider: &IdentityProvider| {
        store.commit(Unit::of(identity_providers::insert(provider))).await
    };
    assert_eq!(inserted(&of_plan("another")).await, Err(StoreError::Duplicate), "it has one");
    assert_eq!(inserted(&of_others("vallevista")).await, Err(StoreError::Duplicate), "the name is taken");
    let domain = IdentityProvider { email_domains: made.email_domains.clone(), ..of_others("harborcrest") };
    assert_eq!(inserted(&domain).await, Err(StoreError::Duplicate), "the domain is taken");
    assert_eq!(inserted(&of_others("harborcrest")).await, Ok(()));

    let updated = async |provider: &IdentityProvider| {
        store.commit(Unit::of(identity_providers::update(provider))).await
    };
    assert_eq!(updated(&made).await, Ok(()));
    assert_eq!(updated(&made).await, Err(StoreError::Conflict), "it has another version");
    let newer = IdentityProvider { version: 2, ..made };
    let named = IdentityProvider { short_name: "harborcrest".parse().unwrap(), ..newer.clone() };
    assert_eq!(updated(&named).await, Err(StoreError::Conflict));
    let domains = vec!["harborcrest.example".parse().unwrap()];
    let taken = IdentityProvider { email_domains: domains, ..newer };
    assert_eq!(updated(&taken).await, Err(StoreError::Duplicate));
}

async fn a_person_of_a_provider_opens_one_account(world: World) {
    let (store, now) = (&world.store, world.clock.now());
    let made = kept(&world, "vallevista").await;
    let ana = somebody(&world, "ana@vallevista.example").await;
    let ben = somebody(&world, "ben@vallevista.example").await;
    let anas = link(&world, &made, "subject of ana", &ana);
    keep(&world, [identity_links::insert(&anas)]).await;
    let found = async |subject: &str| identity_links::of_person(store, made.id, subject).await.unwrap();
    assert_eq!(found("subject of ana").await.as_ref(), Some(&anas));
    assert_eq!(found("Subject of Ana").await, None, "it is compared letter by letter");
    assert_eq!(identity_links::of_account(store, ana.id).await.unwrap().as_ref(), Some(&anas));
    assert_eq!(identity_links::of_account(store, ben.id).await.unwrap(), None);
    for other in [link(&world, &made, "subject of ana", &ben), link(&world, &made, "another", &ana)] {
        let refused = store.commit(Unit::of([identity_links::insert(&other)])).await;
        assert_eq!(refused, Err(StoreError::Duplicate));
    }
    keep(&world, [identity_links::used(anas.id, now)]).await;
    assert_eq!(found("subject of ana").await.unwrap().used_at, Some(now));
    let seen = identity_providers::find(store, &world.plan, made.id).await.unwrap().unwrap();
    assert_eq!(seen.people, 1);

    // With the provider go its links, and the sessions of those who have one.
    let session = |account: &Account| Session {
        id: SessionId::from_uuid(world.ids.next()),
        account: account.id,
        life: Life::begin(now),
    };
    let (hers, his) = (session(&ana), session(&ben));
    let secrets = [&hers, &his].map(|session| Digest::of(session.id.to_string().as_bytes()));
    keep(&world, [sessions::insert(&hers, &secrets[0]), sessions::insert(&his, &secrets[1])]).await;
    let ended = [
        sessions::end_of_provider(made.id, now, Why::Account),
        identity_links::end_of_provider(made.id, now),
    ];
    keep(&world, ended).await;
    assert_eq!(sessions::of_account(store, ana.id).await.unwrap(), []);
    assert_eq!(sessions::of_account(store, ben.id).await.unwrap(), [his]);
    assert_eq!(found("subject of ana").await, None);
    refused(&world, identity_links::used(anas.id, now)).await;
    // The person can open an account again, and loses it with the account.
    let again = link(&world, &made, "subject of ana", &ben);
    keep(&world, [identity_links::insert(&again)]).await;
    keep(&world, [identity_links::end_of_account(ben.id, now)]).await;
    assert_eq!(found("subject of ana").await, None);
}

async fn whoever_has_a_provider_can_lose_a_passkey(world: World) {
    let (store, now) = (&world.store, world.clock.now());
    let made = kept(&world, "vallevista").await;
    let ana = somebody(&world, "ana@vallevista.example").await;
    let passkey = CredentialId::from_uuid(world.ids.next());
    let has_another = async || passkeys::has_another_way(store, ana.id, passkey).await.unwrap();
    assert!(!has_another().await);
    keep(&world, [identity_links::insert(&link(&world, &made, "ana", &ana))]).await;
    assert!(has_another().await);
    assert!(!identity_links::has_another_way(store, ana.id).await.unwrap());
    let id = CredentialId::from_uuid(world.ids.next());
    keep(&world, credentials::offer(id, ana.id, &TotpSecret::of(&[b"random"]), now)).await;
    assert!(!identity_links::has_another_way(store, ana.id).await.unwrap(), "nobody has shown a code of it");
    keep(&world, [credentials::confirm(id, 7)]).await;
    assert!(identity_links::has_another_way(store, ana.id).await.unwrap());

    let accounts_of = async |domain: &str| {
        let stranger = world.stranger.organization().unwrap();
        accounts::others_have(store, stranger, &domain.parse().unwrap()).await.unwrap()
    };
    assert!(accounts_of("vallevista.example").await);
    assert!(!accounts_of("vista.example").await && !accounts_of("another.example").await);
    let own = world.plan.organization().unwrap();
    assert!(!accounts::others_have(store, own, &"vallevista.example".parse().unwrap()).await.unwrap());
    let email = ana.email.clone().unwrap();
    assert!(!accounts::has_ended_with(store, own, &email).await.unwrap(), "it goes on");
}

async fn an_attempt_is_answered_once(world: World) {
    let (store, now) = (&world.store, world.clock.now());
    let made = kept(&world, "vallevista").await;
    let ana = somebody(&world, "ana@vallevista.example").await;
    let attempt = |purpose, account, minutes| Attempt {
        provider: made.id,
        purpose,
        account,
        leads_to: "/portal".to_owned(),
        asked_at: now,
        ends_at: now + SignedDuration::from_mins(minutes),
    };
    let [over, first, second, third] =
        [b"over ", b"first", b"other", b"third"].map(|bytes| Digest::of(bytes));
    let (nobodys, anas) = (attempt(Purpose::SignInAnew, None, 10), attempt(Purpose::Prove, Some(ana.id), 10));
    keep(&world, identity_links::ask(&third, &attempt(Purpose::TakeUp, Some(ana.id), 10))).await;
    keep(&world, identity_links::ask(&over, &attempt(Purpose::SignIn, None, 0))).await;
    keep(&world, identity_links::ask(&first, &nobodys)).await;
    keep(&world, identity_links::ask(&second, &anas)).await;
    assert_eq!(identity_links::asked(store, &over).await.unwrap(), None, "it was forgotten");
    assert_eq!(identity_links::asked(store, &first).await.unwrap(), Some(nobodys));
    assert_eq!(identity_links::asked(store, &second).await.unwrap(), Some(anas));
    keep(&world, [identity_links::take(&first)]).await;
    assert_eq!(identity_links::asked(store, &first).await.unwrap(), None);
    refused(&world, identity_links::take(&first)).await;
    assert!(identity_links::asked(store, &second).await.unwrap().is_some());
}

async fn nobody_is_let_in_by_what_was_so_before(world: World) {
    let made = kept(&world, "vallevista").await;
    let ana = somebody(&world, "ana@vallevista.example").await;
    keep(&world, [identity_providers::goes_on(made.id), accounts::unchanged(&ana)]).await;
    keep(&world, [accounts::update(&ana)]).await;
    refused(&world, accounts::unchanged(&ana)).await;
    keep(&world, [accounts::unchanged(&Account { version: 2, ..ana })]).await;
    keep(&world, identity_providers::update(&made)).await;
    keep(&world, [identity_providers::goes_on(made.id)]).await;
    keep(&world, identity_providers::end(made.id, world.clock.now())).await;
    refused(&world, identity_providers::goes_on(made.id)).await;
}

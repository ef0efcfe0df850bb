use uuid::Uuid;

use super::*;

fn key(number: u128) -> KeyId {
    KeyId::from_uuid(Uuid::from_u128(number))
}

fn account(number: u128) -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(number))
}

#[test]
fn an_actor_is_written_as_its_id_and_read_back() {
    for actor in [Actor::Key(key(7)), Actor::Account(account(7))] {
        let text = serde_json::to_string(&actor).unwrap();
        assert_eq!(text, format!("\"{actor}\""));
        assert_eq!(serde_json::from_str::<Actor>(&text).unwrap(), actor);
    }
    // As approvals were kept before people signed in.
    assert_eq!(format!("{}", key(7)).parse(), Ok(Actor::Key(key(7))));
    for nobody in ["", "key_7", "mem_00000000000000000000000000000007", "host"] {
        assert!(nobody.parse::<Actor>().is_err(), "{nobody}");
    }
}

#[test]
fn a_key_and_an_account_of_one_number_are_two_actors() {
    assert_ne!(Actor::Key(key(7)), Actor::Account(account(7)));
    assert_eq!(Actor::of(Some(key(7)), None), Some(Actor::Key(key(7))));
    assert_eq!(Actor::of(None, Some(account(7))), Some(Actor::Account(account(7))));
    assert_eq!(Actor::of(None, None), None);
    assert_eq!((Actor::Key(key(7)).key(), Actor::Key(key(7)).account()), (Some(key(7)), None));
    assert_eq!(
        (Actor::Account(account(7)).key(), Actor::Account(account(7)).account()),
        (None, Some(account(7)))
    );
}

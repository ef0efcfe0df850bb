use expect_test::expect;

use super::{Interface, World, compare, v1_0};

fn world() -> World {
    World::decode(v1_0::WORLD)
}

/// The contract with one name replaced by another of the same length, wherever it occurs.
fn with(from: &str, to: &str) -> World {
    assert_eq!(from.len(), to.len());
    let mut encoded = v1_0::WORLD.to_vec();
    let places: Vec<_> =
        (0..encoded.len()).filter(|place| encoded[*place..].starts_with(from.as_bytes())).collect();
    assert!(!places.is_empty(), "the contract has no {from}");
    for place in places {
        encoded[place..place + to.len()].copy_from_slice(to.as_bytes());
    }
    World::decode(&encoded)
}

fn differences(interface: Interface, found: &World) -> String {
    let expected = world();
    let name = format!("{}{}{}", v1_0::PACKAGE, interface.name(), v1_0::VERSION);
    let instance = |world: &World| world.instance(&name).expect("the interface is there");
    let refusals =
        compare(interface, (&expected.types, instance(&expected)), (&found.types, instance(found)));
    refusals.iter().map(|refusal| format!("{}: {}\n", refusal.at, refusal.problem)).collect()
}

#[test]
fn the_contract_does_not_differ_from_itself() {
    for &interface in Interface::ALL {
        assert_eq!(differences(interface, &world()), "");
    }
}

#[test]
fn every_difference_is_named_by_interface_function_and_place() {
    expect![[r#"
        authorization.presume: the fields of `request.lines[].procedure` lack modifiers
        authorization.presume: the fields of `request.lines[].procedure` have modifierz, which the contract does not
        authorization.determine: the fields of `request.lines[].procedure` lack modifiers
        authorization.determine: the fields of `request.lines[].procedure` have modifierz, which the contract does not
        authorization.determine: the fields of `result.ok.decision.approved.lines[].procedure` lack modifiers
        authorization.determine: the fields of `result.ok.decision.approved.lines[].procedure` have modifierz, which the contract does not
        authorization.determine: the fields of `result.ok.decision.partly-approved.lines[].procedure` lack modifiers
        authorization.determine: the fields of `result.ok.decision.partly-approved.lines[].procedure` have modifierz, which the contract does not
        authorization.determine: the fields of `result.ok.decision.modified.lines[].procedure` lack modifiers
        authorization.determine: the fields of `result.ok.decision.modified.lines[].procedure` have modifierz, which the contract does not
    "#]]
    .assert_eq(&differences(Interface::Authorization, &with("modifiers", "modifierz")));
    expect![[r#"
        credentialing.review: the cases of `result.ok.requirements[].standing` lack needs-person
        credentialing.review: the cases of `result.ok.requirements[].standing` have needs-people, which the contract does not
    "#]]
    .assert_eq(&differences(Interface::Credentialing, &with("needs-person", "needs-people")));
    expect![[r#"
        billing.adjudicate: it exports billing without `adjudicate`
        billing.adjudikate: it exports the function `adjudikate`, which the contract's billing does not have
    "#]]
    .assert_eq(&differences(Interface::Billing, &with("adjudicate", "adjudikate")));
}

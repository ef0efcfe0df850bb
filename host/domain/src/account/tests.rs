use expect_test::expect;
use jiff::Timestamp;

use super::*;
use super::{Event as E, State as S};
use crate::case::table::table;

fn why() -> String {
    "She has left.".to_owned()
}

#[test]
fn every_state_meets_every_event() {
    let at = Timestamp::UNIX_EPOCH;
    let states = [S::Invited { at }, S::Active { since: at }, S::Ended { at, reason: why() }];
    let events = [E::Invite, E::Accept, E::End { reason: why() }];
    expect![[r#"
                invite  accept  end
        invited invited active  ended
        active  invited -       ended
        ended   -       -       -"#]]
    .assert_eq(&table(&states, &events, S::name, E::name, |state, event| state.apply(event, at)));
    assert_eq!(states.each_ref().map(S::name), S::NAMES);
}

#[test]
fn a_step_begins_the_state_at_its_instant() {
    let (at, now) = (Timestamp::UNIX_EPOCH, Timestamp::from_second(60).unwrap());
    for (state, event) in [
        (S::Active { since: at }, E::Invite),
        (S::Invited { at }, E::Accept),
        (S::Invited { at }, E::End { reason: why() }),
    ] {
        let next = state.apply(event, now).unwrap();
        assert_eq!(next.since(), now, "{}", next.name());
        assert_eq!(next.is_active(), next.name() == "active");
    }
}

#[test]
fn rights_fit_the_organization() {
    use Role as R;
    let reviewer = Some("RN 555012");
    let rows = [
        (Side::Provider, vec![R::Biller, R::Coordinator], None, false, "coordinator biller"),
        (Side::Provider, vec![R::Clerk, R::Clerk], None, true, "clerk administers"),
        (Side::Plan, vec![R::Reviewer], reviewer, false, "reviewer RN 555012"),
        (Side::County, vec![R::CountyOperator], None, true, "county-operator administers"),
        (Side::County, vec![R::CountyAnalyst], None, true, "[OperatorMissing]"),
        (Side::County, Vec::new(), None, false, "[Nothing]"),
        (Side::Provider, Vec::new(), None, false, "[Nothing]"),
        (Side::Provider, vec![R::Reviewer], None, false, "[OtherSide(Reviewer), LicenseMissing]"),
        (Side::Plan, vec![R::Reviewer], Some(" "), false, "[LicenseMissing]"),
        (Side::Plan, vec![R::Analyst], reviewer, false, "[LicenseWithoutReviewer]"),
        (
            Side::County,
            vec![R::Analyst, R::Biller],
            None,
            true,
            "[OtherSide(Biller), OtherSide(Analyst), OperatorMissing]",
        ),
    ];
    for (side, roles, license, administers, expected) in rows {
        let found = match Rights::of(side, roles, license, administers) {
            Ok(rights) => {
                let roles = rights.roles().map(|role| role.name().to_owned());
                let license = rights.license().map(|license| license.license().to_owned());
                let administers = rights.administers().then(|| "administers".to_owned());
                roles.chain(license).chain(administers).collect::<Vec<_>>().join(" ")
            }
            Err(misfits) => format!("{misfits:?}"),
        };
        assert_eq!(found, expected, "{side}");
    }
}

#[test]
fn each_role_is_of_one_kind_of_organization() {
    let count: usize = Side::ALL.iter().map(|side| Role::of_side(*side).count()).sum();
    assert_eq!(count, Role::ALL.len());
    assert_eq!(
        Role::of_side(Side::Plan).map(Role::name).collect::<Vec<_>>(),
        ["plan-operations", "analyst", "reviewer"]
    );
}

#[test]
fn an_address_is_read_once_and_prints_nothing() {
    for (text, read) in [
        (" Ana.Reyes+desk@OpenDoor.example ", Some("ana.reyes+desk@opendoor.example")),
        ("núñez@clínica.example", Some("núñez@clínica.example")),
        ("o'hara@a-b.example", Some("o'hara@a-b.example")),
        ("ana", None),
        ("ana@", None),
        ("@opendoor.example", None),
        ("ana@opendoor", None),
        ("ana@open..example", None),
        ("ana@-open.example", None),
        ("ana reyes@opendoor.example", None),
        ("ana@opendoor.example\nbcc: all@opendoor.example", None),
        ("a@b@opendoor.example", None),
    ] {
        assert_eq!(text.parse::<Email>().ok().as_ref().map(Email::expose), read, "{text:?}");
    }
    assert!(format!("{}@opendoor.example", "a".repeat(65)).parse::<Email>().is_err());
    assert!(format!("ana@{}.example", "a".repeat(250)).parse::<Email>().is_err());
    let email: Email = "ana@opendoor.example".parse().unwrap();
    assert_eq!(format!("{email:?}"), "Email(..)");
}

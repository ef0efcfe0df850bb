use std::collections::BTreeSet;

use expect_test::expect;
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Approval, Cleared, Event as E, Evidence, FaultLimit, Lack, Policy, ReceiptRef, Requirement, ShadowReport,
    Signature, State as S, Verdict, WhyBack,
};
use crate::actor::Actor;
use crate::case::table::table;
use crate::identifiers::{AccountId, KeyId, SigningKeyId};

const AT: Timestamp = Timestamp::UNIX_EPOCH;

fn key(number: u128) -> Actor {
    Actor::Key(KeyId::from_uuid(Uuid::from_u128(number)))
}

fn person(number: u128) -> Actor {
    Actor::Account(AccountId::from_uuid(Uuid::from_u128(number)))
}

fn evidence() -> Evidence {
    Evidence {
        compiled_at: AT,
        compile_ms: Some(12),
        contract: "1.0.0".to_owned(),
        tier: "compiled".to_owned(),
        warnings: Vec::new(),
        signature: None,
        receipt: None,
        shadow: None,
    }
}

fn signature() -> Signature {
    Signature { key: SigningKeyId::from_uuid(Uuid::from_u128(1)), value: String::new(), at: AT }
}

fn receipt(verdict: Verdict) -> ReceiptRef {
    ReceiptRef { id: "rcp".to_owned(), verdict, at: AT }
}

fn shadow() -> ShadowReport {
    ShadowReport { id: "shd".to_owned(), at: AT, changed_approvals: 0 }
}

fn cleared() -> Cleared {
    Cleared { evidence: evidence(), approval: Approval { by: Some(key(2)), at: AT } }
}

fn states() -> Vec<S> {
    vec![
        S::Uploaded { at: AT },
        S::Checked { at: AT },
        S::Compiling { since: AT, attempt: 1 },
        S::Refused { at: AT, reasons: Vec::new() },
        S::Compiled(evidence()),
        S::Conformed(evidence()),
        S::Shadowed(evidence()),
        S::Approved(cleared()),
        S::Scheduled { cleared: cleared(), from: AT },
        S::Active { cleared: cleared(), since: AT },
        S::Superseded { cleared: cleared(), at: AT },
        S::RolledBack { cleared: cleared(), at: AT, why: WhyBack::Asked },
        S::Revoked { at: AT, reason: String::new() },
    ]
}

#[test]
fn every_state_meets_every_event() {
    let before = [
        E::Check,
        E::StartCompiling,
        E::FinishCompiling {
            compile_ms: None,
            contract: "1.0.0".to_owned(),
            tier: "compiled".to_owned(),
            warnings: Vec::new(),
        },
        E::Refuse(Vec::new()),
        E::Conform(receipt(Verdict::Conforms)),
        E::Shadow(shadow()),
        E::Approve(Approval { by: Some(key(3)), at: AT }),
        E::Sign(signature()),
    ];
    expect![[r#"
                         check            start-compiling  finish-compiling refuse           conform          shadow           approve          sign
        uploaded         checked          -                -                -                -                -                -                -
        checked          -                compiling        -                -                -                -                -                -
        compiling        -                compiling        compiled         refused          -                -                -                -
        refused          checked          -                -                -                -                -                -                -
        compiled         -                -                -                -                conformed        shadowed         approved         compiled
        conformed        -                -                -                -                conformed        shadowed         approved         conformed
        shadowed         -                -                -                -                shadowed         shadowed         approved         shadowed
        approved         -                -                -                -                approved         approved         approved         approved
        scheduled        -                -                -                -                scheduled        scheduled        scheduled        scheduled
        active           -                -                -                -                active           active           active           active
        superseded       -                -                -                -                superseded       superseded       superseded       superseded
        rolled-back      -                -                -                -                rolled-back      rolled-back      rolled-back      rolled-back
        revoked          -                -                -                -                -                -                -                -
    "#]]
    .assert_eq(&(table(&states(), &before, S::name, E::name, |state, event| state.apply(event, AT)) + "\n"));
    let after = [
        E::Schedule(AT),
        E::Activate,
        E::Begin,
        E::Supersede,
        E::Resume,
        E::RollBack(WhyBack::Asked),
        E::Revoke(String::new()),
    ];
    expect![[r#"
                    schedule    activate    begin       supersede   resume      roll-back   revoke
        uploaded    -           -           -           -           -           -           revoked
        checked     -           -           -           -           -           -           revoked
        compiling   -           -           -           -           -           -           revoked
        refused     -           -           -           -           -           -           -
        compiled    -           -           -           -           -           -           revoked
        conformed   -           -           -           -           -           -           revoked
        shadowed    -           -           -           -           -           -           revoked
        approved    scheduled   active      -           -           -           -           revoked
        scheduled   scheduled   active      active      -           -           rolled-back revoked
        active      active      active      -           superseded  -           rolled-back revoked
        superseded  scheduled   active      -           -           active      -           revoked
        rolled-back scheduled   active      -           -           -           -           revoked
        revoked     -           -           -           -           -           -           -
    "#]]
    .assert_eq(&(table(&states(), &after, S::name, E::name, |state, event| state.apply(event, AT)) + "\n"));
}

#[test]
fn a_failing_receipt_takes_what_nobody_decides_by_back() {
    let failing = || E::Conform(receipt(Verdict::Fails));
    let after: Vec<String> = states()
        .into_iter()
        .filter_map(|state| {
            let before = state.name();
            Some(format!("{before}: {}", state.apply(failing(), AT).ok()?.name()))
        })
        .collect();
    expect![[r#"
        compiled: compiled
        conformed: compiled
        shadowed: compiled
        approved: compiled
        scheduled: scheduled
        active: active
        superseded: superseded
        rolled-back: rolled-back"#]]
    .assert_eq(&after.join("\n"));
}

#[test]
fn tries_to_compile_are_counted() {
    let mut state = S::Checked { at: AT };
    for _ in 0..3 {
        state = state.apply(E::StartCompiling, AT).unwrap();
    }
    assert_eq!(state, S::Compiling { since: AT, attempt: 3 });
}

#[test]
fn what_a_policy_demands() {
    use Requirement as R;
    let bare = evidence();
    let full = Evidence {
        signature: Some(signature()),
        receipt: Some(receipt(Verdict::Conforms)),
        shadow: Some(shadow()),
        ..evidence()
    };
    let failing = Evidence { receipt: Some(receipt(Verdict::Fails)), ..evidence() };
    let (uploader, other) = (key(1), key(2));
    let all: &[R] = &[R::TwoPeople, R::Signature, R::Receipt, R::Shadow];
    let mut lines = String::new();
    for (what, requires, evidence, by, trusted) in [
        ("nothing, bare, by the uploader", &[][..], &bare, uploader, true),
        ("two people, bare, by the uploader", &[R::TwoPeople], &bare, uploader, true),
        ("two people, bare, by another", &[R::TwoPeople], &bare, other, true),
        ("a signature, bare", &[R::Signature], &bare, other, true),
        ("a signature, signed", &[R::Signature], &full, other, true),
        ("a signature, signed with a retired key", &[R::Signature], &full, other, false),
        ("a receipt, failing", &[R::Receipt], &failing, other, true),
        ("a receipt, conforming", &[R::Receipt], &full, other, true),
        ("everything, bare, by the uploader", all, &bare, uploader, true),
        ("everything, full, by another", all, &full, other, true),
    ] {
        let policy = Policy {
            requires: BTreeSet::from_iter(requires.iter().copied()),
            roll_back: None,
            most_changed_approvals: None,
        };
        lines += &format!("{what}: {:?}\n", policy.lacking(evidence, Some(uploader), Some(by), |_| trusted));
    }
    expect![[r#"
        nothing, bare, by the uploader: []
        two people, bare, by the uploader: [SecondPerson]
        two people, bare, by another: []
        a signature, bare: [Signature]
        a signature, signed: []
        a signature, signed with a retired key: [Signature]
        a receipt, failing: [Receipt]
        a receipt, conforming: []
        everything, bare, by the uploader: [SecondPerson, Signature, Receipt, Shadow]
        everything, full, by another: []
    "#]]
    .assert_eq(&lines);
}

#[test]
fn two_people_are_two_keys_two_accounts_or_one_of_each() {
    let policy = Policy { requires: [Requirement::TwoPeople].into(), ..Policy::default() };
    let bold = Policy { most_changed_approvals: Some(0), ..Policy::default() };
    let shadowed = Evidence { shadow: Some(ShadowReport { changed_approvals: 1, ..shadow() }), ..evidence() };
    // Two ids with one number: only the kind tells them apart.
    let (one_key, other_key, one, other) = (key(1), key(2), person(1), person(2));
    for (uploader, by, is_enough) in [
        (one_key, one_key, false),
        (one_key, other_key, true),
        (one_key, one, true),
        (one, one_key, true),
        (one, one, false),
        (one, other, true),
    ] {
        let lacking = |policy: &Policy| policy.lacking(&shadowed, Some(uploader), Some(by), |_| true);
        let expected = |lack| if is_enough { Vec::new() } else { vec![lack] };
        assert_eq!(lacking(&policy), expected(Lack::SecondPerson), "{uploader}, {by}");
        assert_eq!(lacking(&bold), expected(Lack::Approver), "{uploader}, {by}");
    }
}

#[test]
fn many_changed_approvals_want_another_person() {
    let (uploader, other) = (key(1), key(2));
    let lacking = |most, changed, by| {
        let report =
            ShadowReport { id: "shr".to_owned(), at: Timestamp::UNIX_EPOCH, changed_approvals: changed };
        let evidence = Evidence {
            compiled_at: Timestamp::UNIX_EPOCH,
            compile_ms: None,
            contract: "1.0.0".to_owned(),
            tier: "compiled".to_owned(),
            warnings: Vec::new(),
            signature: None,
            receipt: None,
            shadow: Some(report),
        };
        let policy = Policy { most_changed_approvals: most, ..Policy::default() };
        policy.lacking(&evidence, Some(uploader), by, |_| true)
    };
    let table = [
        (None, 1_000, Some(uploader), vec![]),
        (Some(10), 10, Some(uploader), vec![]),
        (Some(10), 11, Some(uploader), vec![Lack::Approver]),
        (Some(10), 11, Some(other), vec![]),
        (Some(10), 11, None, vec![]),
        (Some(0), 1, Some(uploader), vec![Lack::Approver]),
    ];
    for (most, changed, by, lacks) in table {
        assert_eq!(lacking(most, changed, by), lacks, "{most:?}, {changed}, {by:?}");
    }
}

#[test]
fn how_many_faults_are_too_many() {
    let limit = FaultLimit { most_per_hundred: 20, at_least: 20, among: 100 };
    for (faults, calls, exceeded) in
        [(0, 0, false), (19, 19, false), (4, 20, false), (5, 20, true), (20, 100, false), (21, 100, true)]
    {
        assert_eq!(limit.is_exceeded(faults, calls), exceeded, "{faults} of {calls}");
    }
    let none = FaultLimit { most_per_hundred: 0, at_least: 1, among: 1 };
    assert!(none.is_exceeded(1, 1) && !none.is_exceeded(0, 1));
}

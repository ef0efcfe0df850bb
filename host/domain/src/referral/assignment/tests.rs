use expect_test::expect;
use uuid::Uuid;

use super::*;
use crate::case::{Moved, WhyPeople};
use crate::identifiers::CaseId;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn provider(number: u128) -> OrgId {
    OrgId::from_uuid(Uuid::from_u128(number))
}

/// Each assignment after these events, one a second: how it was asked, where it stands, its version, its last
/// change.
fn told(events: &[Event]) -> String {
    let mut assignments = Vec::new();
    let mut seen = Vec::new();
    for (second, event) in (1..).zip(events) {
        follow(&mut assignments, event, at(second));
        let line: Vec<String> = assignments
            .iter()
            .map(|one: &Assignment| {
                let changed = one.changed_at().as_second();
                format!("{} {:?} {} v{} at {changed}", one.number, one.way, one.stage().name(), one.version())
            })
            .collect();
        seen.push(format!("{}: {}", event.name(), line.join(", ")));
    }
    seen.join("\n")
}

#[test]
fn each_provider_has_a_turn_of_its_own() {
    let moved = Moved { plan: "harbor-crest".parse().unwrap(), case: CaseId::from_uuid(Uuid::from_u128(9)) };
    let reason = || "no-capacity".to_owned();
    expect![[r#"
        accept: 
        offer: 1 Offered requested v1 at 2
        offer-lapsed: 1 Offered lapsed v2 at 3
        offer: 1 Offered lapsed v2 at 3, 2 Offered requested v1 at 4
        provider-decline: 1 Offered lapsed v2 at 3, 2 Offered declined v2 at 5
        assign: 1 Offered lapsed v2 at 3, 2 Offered declined v2 at 5, 3 Assigned requested v1 at 6
        provider-accept: 1 Offered lapsed v2 at 3, 2 Offered declined v2 at 5, 3 Assigned accepted v2 at 7
        provider-decline: 1 Offered lapsed v2 at 3, 2 Offered declined v2 at 5, 3 Assigned given-back v3 at 8
        look-for-provider: 1 Offered lapsed v2 at 3, 2 Offered declined v2 at 5, 3 Assigned given-back v3 at 8"#]]
    .assert_eq(&told(&[
        Event::Accept,
        Event::Offer(provider(1)),
        Event::Lapse,
        Event::Offer(provider(2)),
        Event::ProviderDecline(reason()),
        Event::Assign(provider(3)),
        Event::ProviderAccept(provider(3)),
        Event::ProviderDecline(reason()),
        Event::LookFor(WhyPeople::NobodyTook),
    ]));
    expect![[r#"
        keep: 1 Kept requested v1 at 1
        provider-accept: 1 Kept accepted v2 at 2
        start-outreach: 1 Kept begun v3 at 3
        change-provider: 1 Kept provider-changed v4 at 4
        offer: 1 Kept provider-changed v4 at 4, 2 Offered requested v1 at 5
        assign: 1 Kept provider-changed v4 at 4, 2 Offered recalled v2 at 6, 3 Assigned requested v1 at 6
        move: 1 Kept provider-changed v4 at 4, 2 Offered recalled v2 at 6, 3 Assigned moved v2 at 7"#]]
    .assert_eq(&told(&[
        Event::Keep(provider(1)),
        Event::ProviderAccept(provider(1)),
        Event::StartOutreach,
        Event::ChangeProvider,
        Event::Offer(provider(2)),
        Event::Assign(provider(3)),
        Event::Move(moved),
    ]));
    expect![[r#"
        offer: 1 Offered requested v1 at 1
        close: 1 Offered closed v2 at 2"#]]
    .assert_eq(&told(&[Event::Offer(provider(1)), Event::Close("duplicate".to_owned())]));
}

#[test]
fn there_are_never_more_than_are_kept_and_numbers_stay() {
    let mut assignments = Vec::new();
    follow(&mut assignments, &Event::Offer(provider(1)), at(1));
    follow(&mut assignments, &Event::ProviderAccept(provider(1)), at(2));
    for second in 3..500 {
        follow(&mut assignments, &Event::Assign(provider(2)), at(second));
    }
    assert_eq!(assignments.len(), MOST);
    assert_eq!(assignments.first().unwrap().number, 1, "what was taken is kept");
    assert_eq!(assignments.last().unwrap().number, 498);
    assert!(assignments.windows(2).all(|two| two[0].number < two[1].number));
    assert!(assignments[..MOST - 1].iter().all(|one| one.ended.is_some()), "one at most is open");
}

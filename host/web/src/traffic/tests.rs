use super::*;

fn peer(text: &str) -> Peer {
    text.parse::<IpAddr>().unwrap().into()
}

#[test]
fn one_household_is_one_peer() {
    for (one, other, same) in [
        ("192.0.2.1", "192.0.2.1", true),
        ("192.0.2.1", "192.0.2.2", false),
        ("::ffff:192.0.2.1", "192.0.2.1", true),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
    ] {
        assert_eq!(peer(one) == peer(other), same, "{one} {other}");
    }
}

#[test]
fn places_are_shared_and_some_are_kept_for_probes() {
    let traffic = Traffic { connections: 3, connections_per_peer: 2, ..Traffic::default() };
    let places = Arc::new(Places::new(&traffic));
    let usage = |place: &Option<Place>| place.as_ref().map(|place| place.usage);
    let (greedy, other, third) = (peer("192.0.2.1"), peer("192.0.2.2"), peer("192.0.2.3"));

    let mut held: Vec<_> = (0..2 + PROBES_PER_PEER).map(|_| places.take(greedy)).collect();
    assert!(held[..2].iter().all(|place| usage(place) == Some(Use::Usual)));
    assert!(held[2..].iter().all(|place| usage(place) == Some(Use::Probes)));
    assert!(places.take(greedy).is_none(), "one address does not get all of them");
    held.push(places.take(other));
    assert_eq!(usage(held.last().unwrap()), Some(Use::Usual));
    assert_eq!(usage(&places.take(third)), Some(Use::Probes), "a probe gets in where everything is taken");

    held.clear();
    assert_eq!(usage(&places.take(third)), Some(Use::Usual));
    assert!(locked(&places.taken).usual.by_peer.is_empty(), "nothing is kept of who has gone");
    assert!(locked(&places.taken).probes.by_peer.is_empty());
}

#[test]
fn requests_over_time_are_counted_for_each() {
    let rate = Rate::of(number(2));
    let lefts: Vec<_> = (0..4).map(|_| rate.count(&"one").left).collect();
    assert_eq!(lefts, [3, 2, 1, 0]);
    let refused = rate.count(&"one");
    assert_eq!(
        (refused.burst, refused.window_seconds, refused.left, refused.refused_for),
        (4, 2, 0, Some(1))
    );
    assert_eq!(rate.count(&"other").left, 3);
}

#[test]
fn requests_at_once_are_counted_for_each() {
    let at_once = Arc::new(AtOnce::new(1));
    let (one, other) = ("key_0198f0c2a3b47c5d8e9f00112233aabb", "key_0198f0c2a3b47c5d8e9f00112233aabc");
    let (one, other) = (Known::Key(one.parse().unwrap()), Known::Key(other.parse().unwrap()));
    let person = Known::Person("acc_0198f0c2a3b47c5d8e9f00112233aabb".parse().unwrap());
    let first = at_once.begin(one).unwrap();
    assert!(at_once.begin(one).is_none());
    assert!(at_once.begin(other).is_some());
    assert!(at_once.begin(person).is_some());
    drop(first);
    assert!(locked(&at_once.running).is_empty());
    assert!(at_once.begin(one).is_some());
}

#[tokio::test]
async fn who_has_room_does_not_keep_others_out() {
    let rooms = Rooms::new((3, 2), Line::of(Duration::from_millis(50), 1 << 20, Duration::from_secs(1)));
    let organization =
        |last: char| -> OrgId { format!("org_0198f0c2a3b47c5d8e9f00112233aab{last}").parse().unwrap() };
    let (greedy, other) = (organization('a'), organization('b'));
    let held = [rooms.enter(greedy).await.ok(), rooms.enter(greedy).await.ok()];
    assert!(held.iter().all(Option::is_some));
    assert!(
        matches!(rooms.enter(greedy).await, Err(Failure::Busy)),
        "it waits, and then is told to come back"
    );
    let others = rooms.enter(other).await;
    assert!(others.is_ok());
    drop(held);
    assert!(rooms.enter(greedy).await.is_ok());
}

use proptest::prelude::*;

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

/// `.` an answer, `x` a fault; then the state.
#[test]
fn it_opens_at_the_fifth_fault_in_twenty_calls() {
    let table = [
        ("", "closed"),
        ("xxxx", "closed"),
        ("xxxxx", "open"),
        ("x.x.x.x.x", "open"),
        ("xxxx...............x", "open"),
        ("xxxx................x", "closed"),
        ("....................", "closed"),
    ];
    for (calls, state) in table {
        let mut breaker = Breaker::default();
        for call in calls.chars() {
            let event = if call == 'x' { Event::Faulted } else { Event::Answered };
            breaker = breaker.after(event, &Policy::USUAL, at(0));
        }
        assert_eq!(breaker.name(), state, "{calls}");
    }
}

#[test]
fn each_trial_that_fails_doubles_the_rest() {
    let mut breaker = Breaker::default();
    for _ in 0..5 {
        breaker = breaker.after(Event::Faulted, &Policy::USUAL, at(0));
    }
    let mut now = 0;
    for rest in [30, 60, 120, 240, 480, 600, 600] {
        let early = breaker.clone().after(Event::Waited, &Policy::USUAL, at(now + rest - 1));
        assert_eq!(early, breaker, "it rests {rest} s");
        now += rest;
        breaker = breaker.after(Event::Waited, &Policy::USUAL, at(now));
        assert_eq!(breaker.name(), "trial");
        breaker = breaker.after(Event::FailedTrial, &Policy::USUAL, at(now));
        assert!(matches!(breaker, Breaker::Open { since, .. } if since == at(0)));
    }
    now += 600;
    let trial = breaker.after(Event::Waited, &Policy::USUAL, at(now));
    assert_eq!(trial.after(Event::PassedTrial, &Policy::USUAL, at(now)), Breaker::default());
}

fn any_event() -> impl Strategy<Value = Event> {
    prop::sample::select(vec![
        Event::Answered,
        Event::Faulted,
        Event::Waited,
        Event::PassedTrial,
        Event::FailedTrial,
    ])
}

proptest! {
    /// Whatever happens in whichever order, what is not asked is asked again only after a trial that it
    /// passed.
    #[test]
    fn only_a_passed_trial_closes_it(events in prop::collection::vec((any_event(), 0_i64..100), 0..200)) {
        let (mut breaker, mut now) = (Breaker::default(), 0);
        for (event, seconds) in events {
            now += seconds;
            let asked = breaker.asks();
            breaker = breaker.after(event, &Policy::USUAL, at(now));
            prop_assert!(asked || !breaker.asks() || event == Event::PassedTrial);
        }
    }
}

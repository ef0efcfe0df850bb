use std::collections::BTreeSet;

use domain::actor::Actor;
use domain::identifiers::{AccountId, OrgId};
use domain::release::{Cleared, Evidence, Requirement};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use uuid::Uuid;

use super::*;
use crate::fixtures::{MONDAY, assert_rows, at};

/// Hours before or after the moment at which each table asks.
fn hours(hours: i64) -> Timestamp {
    at(MONDAY) + SignedDuration::from_hours(hours)
}

fn digest(name: &str) -> Digest {
    Digest::of(name.as_bytes())
}

fn cleared() -> Cleared {
    let evidence = Evidence {
        compiled_at: hours(-99),
        compile_ms: None,
        contract: "1.0.0".to_owned(),
        tier: "compiled".to_owned(),
        warnings: Vec::new(),
        signature: None,
        receipt: None,
        shadow: None,
    };
    Cleared { evidence, approval: Approval { by: None, at: hours(-99) } }
}

fn scheduled(from: i64) -> State {
    State::Scheduled { cleared: cleared(), from: hours(from) }
}

fn active() -> State {
    State::Active { cleared: cleared(), since: hours(-48) }
}

fn superseded() -> State {
    State::Superseded { cleared: cleared(), at: hours(-24) }
}

fn rolled_back() -> State {
    State::RolledBack { cleared: cleared(), at: hours(-24), why: WhyBack::Asked }
}

fn release(name: &str, state: State) -> Release {
    Release {
        plan: "valle-vista".parse().unwrap(),
        digest: digest(name),
        state,
        size_bytes: 1,
        file: None,
        note: None,
        uploaded_at: hours(-99),
        uploaded_by: OrgId::from_uuid(Uuid::from_u128(2)),
        uploader: None,
        updated_at: hours(-99),
        version: 1,
        plugin_version: None,
        exports: Vec::new(),
    }
}

/// An activation: whose, from how many hours on, its number, and the days that it is for.
fn stands(name: &str, from: i64, version: i64, rules_from: Option<Date>) -> StandingActivation {
    StandingActivation {
        digest: digest(name),
        from: hours(from),
        rules_from,
        cohort: Cohort::Everyone,
        version,
    }
}

fn for_a_tenth(standing: StandingActivation) -> StandingActivation {
    StandingActivation { cohort: Cohort::Share(10), ..standing }
}

/// Releases that moved, each with its state after the move.
type Moves = Vec<(Digest, &'static str)>;

/// Releases with where they are, what stands, and where those that moved are then.
struct Settled {
    name: &'static str,
    releases: Vec<(&'static str, State)>,
    standing: Vec<StandingActivation>,
    moved: Vec<(&'static str, &'static str)>,
}

impl Settled {
    fn found(&self) -> Moves {
        let releases = self.releases.iter().map(|(name, state)| release(name, state.clone()));
        let moved = settle(releases, &self.standing, at(MONDAY)).unwrap();
        moved.iter().map(|moved| (moved.release.digest, moved.release.state.name())).collect()
    }

    fn row(self) -> (String, Moves, Moves) {
        let expected = self.moved.iter().map(|(name, state)| (digest(name), *state)).collect();
        (self.name.to_owned(), self.found(), expected)
    }
}

#[test]
fn what_is_scheduled_begins_and_what_it_leaves_nothing_to_is_superseded() {
    let next_year = Some(date(2027, 1, 1));
    let old = || ("old", active());
    let stood = || stands("old", -48, 1, None);
    let rows = [
        Settled {
            name: "its instant is still to come",
            releases: vec![old(), ("new", scheduled(1))],
            standing: vec![stood(), stands("new", 1, 2, None)],
            moved: vec![],
        },
        Settled {
            name: "its instant has come, for everybody and every day",
            releases: vec![old(), ("new", scheduled(0))],
            standing: vec![stood(), stands("new", 0, 2, None)],
            moved: vec![("old", "superseded"), ("new", "active")],
        },
        Settled {
            name: "its instant has come, for a tenth of the providers",
            releases: vec![old(), ("new", scheduled(0))],
            standing: vec![stood(), for_a_tenth(stands("new", 0, 2, None))],
            moved: vec![("new", "active")],
        },
        Settled {
            name: "its instant has come, for next year's requests",
            releases: vec![old(), ("new", scheduled(0))],
            standing: vec![stood(), stands("new", 0, 2, next_year)],
            moved: vec![("new", "active")],
        },
        Settled {
            name: "its instant came and so did another's, while nobody looked",
            releases: vec![old(), ("new", scheduled(-2)), ("newest", scheduled(-1))],
            standing: vec![stood(), stands("new", -2, 2, None), stands("newest", -1, 3, None)],
            moved: vec![("old", "superseded"), ("new", "superseded"), ("newest", "active")],
        },
    ];
    assert_rows(rows.map(Settled::row));
}

#[test]
fn what_has_something_to_answer_again_is_active_again() {
    let rows = [
        Settled {
            name: "what stood over it was taken back",
            releases: vec![("old", superseded()), ("new", rolled_back())],
            standing: vec![stands("old", -48, 1, None)],
            moved: vec![("old", "active")],
        },
        Settled {
            name: "what stands over it is still to come",
            releases: vec![("old", superseded())],
            standing: vec![stands("old", -48, 1, None), stands("new", 1, 2, None)],
            moved: vec![("old", "active")],
        },
        Settled {
            name: "what stands over it answers for a tenth of the providers only",
            releases: vec![("old", superseded())],
            standing: vec![stands("old", -48, 1, None), for_a_tenth(stands("new", -1, 2, None))],
            moved: vec![("old", "active")],
        },
        Settled {
            name: "everything still stands over it",
            releases: vec![("old", superseded())],
            standing: vec![stands("old", -48, 1, None), stands("new", -1, 2, None)],
            moved: vec![],
        },
        Settled {
            name: "nothing stands at all",
            releases: vec![("old", active())],
            standing: vec![],
            moved: vec![("old", "superseded")],
        },
        Settled {
            name: "it is approved, and time alone does not let it decide",
            releases: vec![("new", State::Approved(cleared()))],
            standing: vec![stands("old", -48, 1, None)],
            moved: vec![],
        },
    ];
    assert_rows(rows.map(Settled::row));
}

fn person(number: u128) -> Actor {
    Actor::Account(AccountId::from_uuid(Uuid::from_u128(number)))
}

/// Whoever activates answers for the release, unless one who may has approved it already.
#[test]
fn an_activation_rests_on_the_approval_of_another_where_two_people_are_wanted() {
    let two = Policy { requires: [Requirement::TwoPeople].into(), ..Policy::default() };
    let (uploader, second, third) = (person(1), person(2), person(3));
    let rows = [
        ("nobody approved", None, &two, second, second),
        ("another approved", Some(second), &two, third, second),
        ("only the uploader approved", Some(uploader), &two, second, second),
        (
            "the uploader approved, and one person is enough",
            Some(uploader),
            &Policy::default(),
            second,
            uploader,
        ),
    ];
    assert_rows(rows.map(|(name, approved, policy, by, expected)| {
        let evidence = cleared().evidence;
        let state = match approved {
            Some(by) => {
                State::Approved(Cleared { evidence, approval: Approval { by: Some(by), at: hours(-1) } })
            }
            None => State::Compiled(evidence),
        };
        let mut moved = Moved::of(Release { uploader: Some(uploader), ..release("new", state) });
        let Actor::Account(account) = by else { unreachable!("these are people") };
        let caller = Caller { account: Some(account), ..Caller::host("test") };
        approve_with(&mut moved, &caller, policy, at(MONDAY)).unwrap();
        let approval = moved.release.state.approval().and_then(|approval| approval.by);
        (name.to_owned(), approval, Some(expected))
    }));
}

fn activation(name: &str, from: i64, version: i64) -> Activation {
    Activation {
        id: ActivationId::from_uuid(Uuid::from_u128(version.unsigned_abs().into())),
        plan: "valle-vista".parse().unwrap(),
        digest: digest(name),
        from: hours(from),
        rules_from: None,
        cohort: Cohort::Everyone,
        version,
        made_at: hours(-99),
        made_by: OrgId::from_uuid(Uuid::from_u128(2)),
        ended: None,
        plan_is_active: true,
    }
}

/// A plan's activations, the release that is named, and the numbers of the activations that end.
type Back = (&'static str, Vec<Activation>, Option<&'static str>, &'static [i64]);

#[test]
fn a_roll_back_ends_what_put_the_last_comer_in_force() {
    let one_then_two = || vec![activation("one", -48, 1), activation("two", -24, 2)];
    let widened = || [one_then_two(), vec![activation("two", -12, 3)]].concat();
    let rows: [Back; 8] = [
        ("the last of two", one_then_two(), None, &[2]),
        ("the last, which was widened since", widened(), None, &[2, 3]),
        (
            "what is still to come is left alone",
            [widened(), vec![activation("three", 1, 4)]].concat(),
            None,
            &[2, 3],
        ),
        (
            "back to where another was in force, and no further",
            [widened(), vec![activation("one", -6, 4), activation("two", -3, 5)]].concat(),
            None,
            &[5],
        ),
        (
            "the last comer is in force since last, whatever its number",
            vec![activation("one", -24, 1), activation("two", -48, 2)],
            None,
            &[1],
        ),
        ("the one that is named", widened(), Some("one"), &[1]),
        ("all of the one that is named", widened(), Some("two"), &[2, 3]),
        ("one that does not stand", widened(), Some("three"), &[]),
    ];
    assert_rows(rows.into_iter().map(|(name, activations, named, expected)| {
        let all: BTreeSet<i64> = activations.iter().map(|one| one.version).collect();
        let named = named.map(digest);
        let (back, left) = taken_back(activations, named.as_ref(), at(MONDAY));
        let [back, left] =
            [back, left].map(|list| list.iter().map(|one| one.version).collect::<BTreeSet<i64>>());
        let expected: BTreeSet<i64> = expected.iter().copied().collect();
        let rest = all.difference(&expected).copied().collect();
        (name.to_owned(), [back, left], [expected, rest])
    }));
}

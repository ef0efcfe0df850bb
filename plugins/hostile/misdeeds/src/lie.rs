//! Lies about its plan, which a host must not believe.

use crosswalk_plan::profile::{CalendarDay, Delegate, PlanProfile, Responsibility};
use crosswalk_plan::types::Workflow;
use crosswalk_plan::{bi, day};

use super::SINCE_2026;

/// The profile with a lie in it, if `mode` names one.
pub(crate) fn told(mut profile: PlanProfile, mode: &str) -> PlanProfile {
    let copies = |count: usize, profile: &mut PlanProfile| {
        let criterion = profile.criteria[0].clone();
        profile.criteria = (0..count)
            .map(|number| {
                let mut copy = criterion.clone();
                copy.id = format!("hostile.made-up-{number}");
                copy
            })
            .collect();
    };
    match mode {
        // More than an answer may have.
        "profile-ten-megabytes" => {
            copies(1_000, &mut profile);
            profile.criteria.iter_mut().for_each(|one| one.text = bi("a".repeat(5_000), "a".repeat(5_000)));
        }
        "profile-many-criteria" => copies(5_001, &mut profile),
        "profile-doubled-ids" => profile.criteria.extend(profile.criteria.clone()),
        // More than anybody would read problems about.
        "profile-unknown-facts" => {
            copies(1_000, &mut profile);
            profile.criteria.iter_mut().for_each(|one| one.facts = vec!["made.up".to_owned(); 50]);
        }
        // Four weeks without a working day: the clocks of its own would stand still.
        "profile-closed-too-long" => {
            let first = day(2027, 2, 1);
            let closed = |number| CalendarDay {
                day: first.plus_days(number),
                works: false,
                name: "Closed".to_owned(),
            };
            profile.calendar = (0..28).map(closed).collect();
        }
        // Each says of the other's members that they are its own.
        "profile-two-delegates" => {
            profile.delegates = ["first", "second"].map(|id| delegate(id, "G1")).into();
        }
        "profile-same-delegate" => {
            profile.delegates = ["G1", "G2"].map(|group| delegate("same", group)).into();
        }
        _ => {}
    }
    profile
}

fn delegate(id: &str, group: &str) -> Delegate {
    let everything = Responsibility {
        service: "*".to_owned(),
        workflows: vec![Workflow::Referral],
        effective: SINCE_2026,
    };
    Delegate {
        id: id.to_owned(),
        name: format!("The {id} delegate"),
        groups: vec![group.to_owned()],
        responsibilities: vec![everything],
    }
}

//! Warnings about plugins that a host takes, and that their authors perhaps did not mean.

use conformance::Slips;
use domain::counties::Counties;
use domain::floor::{
    Ground, ProfileProblem, check_profile, profile_doubts, profile_warnings, unknown_counties,
};
use domain::identifiers::County;
use domain::plan::profile::{Mode, PlanProfile};
use domain::plan::question::Interface;
use domain::problem::Code;
use domain::time::{Clock, pacific_day};
use sandbox::NotAPlugin;
use serde::Serialize;

use crate::out::say;
use crate::parts::SystemClock;

/// Something about a plugin: why a host would not take it, or what it may not mean.
#[derive(Serialize)]
pub(super) struct Reason {
    pub(super) code: String,
    pub(super) at: String,
    pub(super) problem: String,
    pub(super) fix: String,
}

/// Why the gate refuses a component.
pub(super) fn gate_reasons(refused: NotAPlugin) -> Vec<Reason> {
    let reasons = refused.reasons.into_iter().map(|reason| Reason {
        code: reason.code.name().to_owned(),
        at: reason.at,
        problem: reason.problem,
        fix: reason.fix,
    });
    reasons.collect()
}

/// Reasons for which a profile cannot go live today.
pub(super) fn profile_reasons(profile: &PlanProfile) -> Vec<Reason> {
    let problems = check_profile(Ground::of(profile), pacific_day(SystemClock.now()));
    let reasons = problems.into_iter().map(|problem| Reason {
        code: Code::ProfileInvalid.to_string(),
        at: format!("profile{}", problem.at),
        problem: problem.problem,
        fix: problem.fix,
    });
    reasons.collect()
}

/// Declarations of a profile that the host does not carry out.
pub(super) fn without_effect(profile: &PlanProfile) -> Vec<Reason> {
    let warnings = profile_warnings(Ground::of(profile)).into_iter().map(|warning| Reason {
        code: warning.code.to_string(),
        at: format!("profile{}", warning.at),
        problem: warning.code.text().to_owned(),
        fix: "leave it out, or leave it for the day on which the host carries it out".to_owned(),
    });
    warnings.collect()
}

/// Declarations of a profile that are right and perhaps not meant.
pub(super) fn doubts(profile: &PlanProfile) -> Vec<Reason> {
    let doubts = profile_doubts(Ground::of(profile)).into_iter().map(|doubt| Reason {
        code: doubt.code.to_owned(),
        at: format!("profile{}", doubt.at),
        problem: doubt.problem,
        fix: doubt.fix,
    });
    doubts.collect()
}

/// Workflows that are declared and not exported, or exported and not declared: people decide both.
pub(super) fn mode_warnings(profile: &PlanProfile, exports: &[impl AsRef<str>]) -> Vec<Reason> {
    let is_exported = |interface: Interface| exports.iter().any(|name| name.as_ref() == interface.name());
    let mut warnings = Vec::new();
    for (place, mode) in profile.modes.iter().enumerate() {
        let interface = Interface::of(mode.workflow);
        if mode.mode != Mode::People && !is_exported(interface) {
            let name = interface.name();
            let by = if mode.mode == Mode::Decides { "decided" } else { "advised on" };
            warnings.push(Reason {
                code: "mode-without-export".to_owned(),
                at: format!("profile/modes/{place}"),
                problem: format!(
                    "`{name}` is declared as {by} by rules but not exported: people will decide it"
                ),
                fix: format!("export `{name}`, or declare its mode as people"),
            });
        }
    }
    for &interface in Interface::ALL.iter().filter(|interface| **interface != Interface::Profile) {
        let is_declared = profile
            .modes
            .iter()
            .any(|mode| Interface::of(mode.workflow) == interface && mode.mode != Mode::People);
        if is_exported(interface) && !is_declared {
            let name = interface.name();
            warnings.push(Reason {
                code: "export-without-mode".to_owned(),
                at: name.to_owned(),
                problem: format!(
                    "`{name}` is exported, and no mode lets it decide or advise: it is never asked"
                ),
                fix: format!("give `{name}` a mode under modes, or take the export away"),
            });
        }
    }
    warnings
}

/// Criteria that a plugin leaves open where it accepts all the same.
pub(super) fn undecided_warnings(profile: &PlanProfile, undecided: &[String]) -> Vec<Reason> {
    let warnings = undecided.iter().map(|id| {
        let place = profile.criteria.iter().position(|criterion| &criterion.id == id);
        Reason {
            code: "undecided-criterion".to_owned(),
            at: place
                .map_or_else(|| "profile/criteria".to_owned(), |place| format!("profile/criteria/{place}")),
            problem: format!(
                "no code decides `{id}`: it is found unknown where the answer accepts all the same"
            ),
            fix: "give it a test, or let the plan's own code make its finding".to_owned(),
        }
    });
    warnings.collect()
}

/// A no that the plugin calls something else than it is: the host does not believe it.
pub(super) fn denial_warnings(slips: &Slips) -> Vec<Reason> {
    let warnings = slips.mislabelled.iter().map(|(operation, problem)| Reason {
        code: "denial-kind".to_owned(),
        at: (*operation).to_owned(),
        problem: problem.clone(),
        fix: "until then a host takes this no for clinical and hands it to a licensed person; `crosswalk plugin test` \
              shows the smallest case"
            .to_owned(),
    });
    warnings.collect()
}

/// Counties that no host knows by itself: one whose operator added them takes the plugin, another does not.
pub(super) fn county_warnings(profile: &PlanProfile, added: &[County]) -> Vec<Reason> {
    let problems = unknown_counties(profile, Counties::state());
    let named = |problem: &ProfileProblem| {
        let place = problem.at.rsplit('/').next().and_then(|place| place.parse::<usize>().ok());
        place.and_then(|place| profile.counties.get(place))
    };
    let unknown = problems.into_iter().filter(|problem| {
        named(problem).is_none_or(|code| added.iter().all(|county| county.as_str() != code))
    });
    let warnings = unknown.map(|problem| Reason {
        code: Code::UnknownCode.to_string(),
        at: format!("profile{}", problem.at),
        problem: "the state has no such county, and a host knows it only if its operator added it".to_owned(),
        fix: "name it with --county if the host has it, or see the state's codes with `crosswalk plugin counties`"
            .to_owned(),
    });
    warnings.collect()
}

/// Says warnings on lines of their own.
pub(super) fn warn(warnings: &[Reason]) {
    for Reason { code, at, problem, fix } in warnings {
        say!("  but       {code} at {at}: {problem}; {fix}");
    }
}

/// The same beside a result that is standard output's.
pub(super) fn tell(warnings: &[Reason]) {
    for Reason { at, problem, fix, .. } in warnings {
        eprintln!("warning: {at}: {problem}\n  fix: {fix}");
    }
}

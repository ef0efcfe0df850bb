//! Doubts: things that are allowed and were perhaps not meant. They make a plugin, and its author is told.

use domain::floor::{self, Ground, ProfileDoubt};
use domain::plan::profile::{CriterionKind, CriterionOrigin};
use domain::plan::types::Period;

use crate::condition::Condition;
use crate::fields::Reading;
use crate::rules::Rules;
use crate::state::{Rule, Stage};

/// Says every doubt about a file that was read.
pub(crate) fn say(rules: &Rules, reading: &Reading<'_>) {
    ids(rules, reading);
    alternatives(rules, reading);
    undecided(rules, reading);
    // A text in one language was told where it was read.
    let told = |doubt: &ProfileDoubt| doubt.code == floor::ONE_LANGUAGE;
    for doubt in floor::profile_doubts(Ground::of(&rules.profile)).into_iter().filter(|doubt| !told(doubt)) {
        reading.warn(&reading.place(&doubt.at), doubt.problem, doubt.fix);
    }
}

/// The criteria that stand in the file, with their places in the profile.
fn own(rules: &Rules) -> impl Iterator<Item = (usize, &Rule)> {
    rules.rules.iter().enumerate().skip(rules.of_state)
}

/// Ids are names for good: they stand in records, and are typed by people.
fn ids(rules: &Rules, reading: &Reading<'_>) {
    let profile = &rules.profile;
    let own = own(rules).map(|(place, rule)| (place, rule.id.as_str()));
    let lists: [(&str, Vec<(usize, &str)>); 4] = [
        ("criteria", own.collect()),
        ("presumptive", profile.presumptive.iter().map(|entry| entry.id.as_str()).enumerate().collect()),
        ("rates", profile.rates.iter().map(|entry| entry.id.as_str()).enumerate().collect()),
        ("requirements", profile.requirements.iter().map(|entry| entry.id.as_str()).enumerate().collect()),
    ];
    let is_plain = |id: &str| {
        id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte))
    };
    for (list, ids) in lists {
        for (place, id) in ids.into_iter().filter(|(_, id)| !is_plain(id)) {
            let fix = "use lower-case letters, digits, points and hyphens, such as `mc.meals.need`";
            let at = reading.place(&format!("/{list}/{place}"));
            reading.warn(&at, format!("the id `{id}` holds more than a name needs"), fix);
        }
    }
}

/// All criteria of a service must hold: conditions that were meant as alternatives are one criterion.
fn alternatives(rules: &Rules, reading: &Reading<'_>) {
    let own: Vec<(usize, &Rule)> = own(rules).filter(|(_, rule)| may_be_an_alternative(rule)).collect();
    for (index, (place, rule)) in own.iter().enumerate() {
        let before = own[..index].iter().map(|(_, other)| *other).find(|other| {
            (&other.service, &other.population) == (&rule.service, &rule.population)
                && overlap(&other.days, &rule.days)
        });
        let Some(other) = before else { continue };
        let warning = format!(
            "a member must meet both `{}` and `{}`: all criteria of a service must hold",
            other.id, rule.id
        );
        let fix = "if either is enough, write one criterion whose conditions are joined by `or`";
        reading.warn(&reading.place(&format!("/criteria/{place}")), warning, fix);
    }
}

/// A condition of the plan's own that is a reason to serve a member.
fn may_be_an_alternative(rule: &Rule) -> bool {
    rule.origin == CriterionOrigin::Overlay
        && rule.kind == CriterionKind::Inclusion
        && rule.stage != Stage::Apart
        && is_a_reason(&rule.test)
}

/// True if a test asks for something that speaks for the member: not for the absence of something, not for an
/// age.
fn is_a_reason(test: &Condition) -> bool {
    match test {
        Condition::Yes(_)
        | Condition::OneOf(..)
        | Condition::AtLeast(..)
        | Condition::Measures(..)
        | Condition::WithinMonths(..) => true,
        Condition::Any(tests) | Condition::All(tests) => tests.iter().any(is_a_reason),
        _ => false,
    }
}

fn overlap(one: &Period, other: &Period) -> bool {
    let begins_in_time = |one: &Period, other: &Period| one.last.is_none_or(|last| other.first <= last);
    begins_in_time(one, other) && begins_in_time(other, one)
}

/// A criterion that is decided apart is decided where a referral is redirected, and else by nobody.
fn undecided(rules: &Rules, reading: &Reading<'_>) {
    let is_decided = |id: &str| rules.redirects.iter().any(|redirect| redirect.criterion == id);
    for (place, rule) in own(rules) {
        if rule.stage == Stage::Apart && !is_decided(&rule.id) {
            let warning =
                format!("nothing decides `{}`: no [[delegate]] and no [[redirect]] names it", rule.id);
            let fix = "name it there as `criterion`, give it a condition, or take it away";
            reading.warn(&reading.place(&format!("/criteria/{place}")), warning, fix);
        }
    }
}

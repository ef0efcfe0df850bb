//! The plan's rules for next year: a care plan comes with each request for ECM. And a draft of them, with a
//! slip in it.

use crosswalk_plan::profile::CriterionKind;
use crosswalk_plan::{Plan, Rule, Test, day, since, state_rules, text};

use crate::ROOM_AND_BOARD_DAYS;

/// The plan as data, with the new rules.
pub const PLAN: Plan = Plan {
    version: "2.0.0",
    rules: &[state_rules!("vv", room_and_board_days: ROOM_AND_BOARD_DAYS), &[care_plan_for("ecm")]],
    ..crate::PLAN
};

/// The draft: its author meant ECM and wrote every service.
pub const DRAFT: Plan = Plan {
    version: "2.0.0-draft",
    rules: &[state_rules!("vv", room_and_board_days: ROOM_AND_BOARD_DAYS), &[care_plan_for("*")]],
    ..crate::PLAN
};

const fn care_plan_for(service: &'static str) -> Rule {
    Rule::overlay(
        "vv.care-plan",
        service,
        CriterionKind::Documentation,
        text("A care plan is attached.", "Se adjunta un plan de cuidado."),
        "Valle Vista provider manual, next year's edition, ECM",
        Test::Document("care-plan"),
    )
    .within(since(day(2024, 1, 1)))
}

//! The rules of {{title}}.

use crosswalk_plan::profile::{ClaimForm, ClockUnit, CriterionKind::Inclusion, FactKind, Mode};
use crosswalk_plan::types::{Period, Urgency, Workflow};
use crosswalk_plan::{
    Asked, Desk, Elected, Length, Plan, Promise, Rule, Test, day, since, state_rules, text,
};

crosswalk_plan::plugin!({{type}} answers with PLAN: profile, referral);

/// The plan as data.
pub const PLAN: Plan = Plan {
    id: "{{name}}",
    name: "{{title}}",
    version: "1.0.0",
    lines: &["medi-cal"],
    counties: COUNTIES,
    languages: &["en", "es"],
    modes: &[(Workflow::Referral, Mode::Decides)],
    elections: &[Elected::of("medically-tailored-meals", COUNTIES, SINCE_2026)],
    // The state's definitions in full, and what the plan adds.
    rules: &[state_rules!("{{name}}", room_and_board_days: 182), RULES],
    facts: &[Asked {
        code: CAN_KEEP_FOOD_COLD,
        kind: FactKind::Flag,
        codes: &[],
        question: text(
            "Can the member keep food cold at home?",
            "¿Puede el miembro mantener los alimentos fríos en casa?",
        ),
        proof: None,
        source: MANUAL,
    }],
    presumptive: &[],
    defaults: &[Length::of("medically-tailored-meals", 84, 84, Some(168))],
    promises: &[Promise {
        workflow: Workflow::Authorization,
        urgency: Urgency::Standard,
        amount: 5,
        unit: ClockUnit::BusinessDays,
    }],
    rates: &[],
    claims: (ClaimForm::Invoice, "{{payer}}", 180),
    claim_criteria: None,
    requirements: &[],
    files: &[],
    delegates: &[],
    desks: &[Desk {
        purpose: "authorizations",
        name: "Care desk",
        phone: "+15550100500",
        email: "care@{{name}}.example",
    }],
    calendar: &[],
    tables: &[],
};

/// Codes of `GET /v1/dictionary/counties`. SRV is invented, and a host has it if its operator added it.
const COUNTIES: &[&str] = &["SRV"];
const SINCE_2026: Period = since(day(2026, 1, 1));
const MANUAL: &str = "{{title}} provider manual, 2026-01";
const CAN_KEEP_FOOD_COLD: &str = "plan.{{name}}.can-keep-food-cold";

const RULES: &[Rule] = &[Rule::overlay(
    "{{name}}.keeps-food-cold",
    "medically-tailored-meals",
    Inclusion,
    text(
        "The member can keep delivered food cold.",
        "El miembro puede mantener fríos los alimentos que recibe.",
    ),
    MANUAL,
    Test::Yes(CAN_KEEP_FOOD_COLD),
)];

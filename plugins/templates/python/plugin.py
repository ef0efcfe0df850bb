"""The rules of {{title}}."""

from crosswalk_plan import Elected, Plan, length, overlay, since, state_rules, text, yes
from wit_world import exports
from wit_world.exports.profile import (
    ClaimForm,
    ClaimRoute,
    ClockUnit,
    Contact,
    CriterionKind,
    FactDefinition,
    FactKind,
    Mode,
    PlanProfile,
    TurnAround,
    WorkflowMode,
)
from wit_world.exports.referral import ReferralRequest, TriageResult
from wit_world.imports.types import Context, Urgency, Workflow

# Codes of GET /v1/dictionary/counties. SRV is invented, and a host has it if its operator added it.
COUNTIES = ["SRV"]
MANUAL = "{{title}} provider manual, 2026-01"
CAN_KEEP_FOOD_COLD = "plan.{{name}}.can-keep-food-cold"

RULES = [
    overlay(
        "{{name}}.keeps-food-cold",
        "medically-tailored-meals",
        CriterionKind.INCLUSION,
        text(
            "The member can keep delivered food cold.",
            "El miembro puede mantener fríos los alimentos que recibe.",
        ),
        MANUAL,
        yes(CAN_KEEP_FOOD_COLD),
    )
]

PLAN = Plan(
    plan_id="{{name}}",
    name="{{title}}",
    version="1.0.0",
    lines=["medi-cal"],
    counties=COUNTIES,
    languages=["en", "es"],
    modes=[WorkflowMode(Workflow.REFERRAL, Mode.DECIDES)],
    elections=[Elected("medically-tailored-meals", COUNTIES, since("2026-01-01"))],
    # The state's definitions in full, and what the plan adds.
    rules=[state_rules("{{name}}", room_and_board_days=182), RULES],
    facts=[
        FactDefinition(
            code=CAN_KEEP_FOOD_COLD,
            kind=FactKind.FLAG,
            codes=[],
            question=text(
                "Can the member keep food cold at home?",
                "¿Puede el miembro mantener los alimentos fríos en casa?",
            ),
            proof=None,
            source=MANUAL,
        )
    ],
    defaults=[length("medically-tailored-meals", 84, 84, 168)],
    turn_arounds=[TurnAround(Workflow.AUTHORIZATION, Urgency.STANDARD, 5, ClockUnit.BUSINESS_DAYS)],
    claims=ClaimRoute(ClaimForm.INVOICE, "{{payer}}", 180),
    contacts=[Contact("authorizations", "Care desk", "+15550100500", "care@{{name}}.example")],
)


class Profile(exports.Profile):
    """Who the plan is."""

    def describe(self) -> PlanProfile:
        return PLAN.describe()


class Referral(exports.Referral):
    """Is a referral for this plan to take?"""

    def triage(self, request: ReferralRequest, context: Context) -> TriageResult:
        return PLAN.triage(request, context)

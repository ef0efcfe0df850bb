"""What a plan's plugin is written with, in Python.

A plugin is a `Plan` (its rules, rates and requirements as data) and one class for each interface of the contract that the
plan automates; `wit/world.wit` names exactly those:

    class Profile(exports.Profile):
        def describe(self):
            return PLAN.describe()

Where a plan's rule is more than data can say, its own function runs before or after `PLAN`'s. A `result`'s error is raised:
`raise unsupported("...")`. The contract's types are in `wit_world`, which `crosswalk plugin build` writes.
"""

from componentize_py_types import Err
from wit_world.imports.types import Issue, PlanError_Invalid, PlanError_Unsupported

from .days import between, day, since
from .plan import Needed, Plan, length, price
from .rules import (
    BY_PLAN,
    IN_THIS_DSNP,
    Case,
    Elected,
    Facts,
    Rule,
    aged,
    all_of,
    any_of,
    at_least,
    at_most,
    document,
    measures,
    no,
    not_said,
    not_said_above,
    not_said_of,
    one_of,
    outcome,
    overlay,
    state_rule,
    state_rules,
    text,
    within_months,
    yes,
    younger,
)


def unsupported(what: str) -> Err:
    """The plugin does not handle this; which part, for the plan's own log. To be raised."""
    return Err(PlanError_Unsupported(what))


def invalid(issues: list[Issue]) -> Err:
    """The request contradicts itself. To be raised."""
    return Err(PlanError_Invalid(issues))

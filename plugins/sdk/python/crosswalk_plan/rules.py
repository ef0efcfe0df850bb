"""Rules as data: what must hold, in words a person reads and in a test a machine runs.

A test is a tuple of its name and what it is given. What is not known gives `unknown`, unless the test says otherwise.
"""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Optional

from wit_world.exports.profile import Criterion, CriterionKind, CriterionOrigin, FactDefinition, FactKind
from wit_world.imports.types import (
    Ask,
    Ask_Document,
    Ask_Fact,
    Bilingual,
    Context,
    Date,
    DenialKind,
    Fact,
    FactValue,
    FactValue_Coded,
    FactValue_Count,
    FactValue_Day,
    FactValue_Flag,
    FactValue_Measure,
    Finding,
    FindingOutcome,
    Period,
    Workflow,
)

from .days import age_on, day, in_period, minus_months, order, plus_days, shared_days, since

Test = tuple[str, Any]

MET, NOT_MET, UNKNOWN = FindingOutcome.MET, FindingOutcome.NOT_MET, FindingOutcome.UNKNOWN


def text(en: str, es: str) -> Bilingual:
    """A sentence in the two languages."""
    if not isinstance(en, str) or not en.strip():
        raise TypeError("text(en, es): the English is missing")
    if not isinstance(es, str) or not es.strip():
        raise TypeError(f"text(en, es): the Spanish is missing beside {en!r}")
    return Bilingual(en, es)


def yes(code: str) -> Test:
    """The flag is yes."""
    return ("yes", code)


def no(code: str) -> Test:
    """The flag is no."""
    return ("no", code)


def not_said(code: str) -> Test:
    """Nothing says that the flag is yes."""
    return ("not-said", code)


def one_of(code: str, codes: list[str]) -> Test:
    """The code is one of these."""
    return ("one-of", (code, codes))


def not_said_of(code: str, codes: list[str]) -> Test:
    """Nothing says that the code is one of these."""
    return ("not-said-of", (code, codes))


def at_least(code: str, least: int) -> Test:
    """The count is at least this."""
    return ("at-least", (code, least))


def at_most(code: str, most: int) -> Test:
    """The count is at most this."""
    return ("at-most", (code, most))


def not_said_above(code: str, most: int) -> Test:
    """Nothing says that the count is more than this."""
    return ("not-said-above", (code, most))


def measures(code: str, least: str) -> Test:
    """The measure is at least this, as text in the unit that the dictionary gives it.

    `measures("clinical.hba1c", "9.0")` is 9.0 percent. A number is refused, since 9 could be percent or thousandths.
    """
    if not isinstance(least, str) or not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,3})?", least):
        raise TypeError(
            f'measures("{code}", …): write the measure as text in the dictionary\'s unit, with at most three decimals, '
            'such as "9.0"'
        )
    whole, _, decimals = least.partition(".")
    return ("measures", (code, int(whole + decimals.ljust(3, "0"))))


#: The dictionary's facts that are measured. A test of the host's holds them against the dictionary.
MEASURES = ["clinical.hba1c"]
_COUNTS = {"at-least": "at_least", "at-most": "at_most", "not-said-above": "not_said_above"}


def check_kinds(rule: "Rule", facts: list[FactDefinition]) -> None:
    """Refuses a test that counts what is measured, or measures what is not.

    It would never hear of its fact, and wait for it for ever. `facts` are the plan's own; of another fact of the
    dictionary nothing is known here but whether it is measured.
    """
    _check_kinds(rule.id, rule.test, {fact.code: fact.kind for fact in facts})


def _check_kinds(rule: str, test: Test, own: dict[str, FactKind]) -> None:
    name, given = test
    if name in ("any", "all"):
        for inner in given:
            _check_kinds(rule, inner, own)
        return
    if name != "measures" and name not in _COUNTS:
        return
    code = given[0]
    is_measured = own[code] == FactKind.MEASURE if code in own else code in MEASURES
    if name in _COUNTS and is_measured:
        raise TypeError(
            f'{rule}: {code} is a measure, and {_COUNTS[name]} counts: write measures("{code}", "9.0"), as text in its unit'
        )
    if name == "measures" and code in own and not is_measured:
        raise TypeError(f"{rule}: {code} is of another kind, and measures tests a measure")


def within_months(code: str, months: int) -> Test:
    """The day is no more than so many months before the case's day."""
    return ("within-months", (code, months))


def document(kind: str) -> Test:
    """A document of this kind is there and has not ended."""
    return ("document", kind)


def aged(years: int) -> Test:
    """The member has completed at least so many years."""
    return ("aged", years)


def younger(years: int) -> Test:
    """The member has completed fewer years than this."""
    return ("younger", years)


def any_of(*tests: Test) -> Test:
    """One of these passes."""
    return ("any", list(tests))


def all_of(*tests: Test) -> Test:
    """All of these pass."""
    return ("all", list(tests))


#: The member is a full dual in this plan's D-SNP.
IN_THIS_DSNP: Test = ("in-this-dsnp", None)

#: The plan's own code tests it.
BY_PLAN: Test = ("by-plan", None)


@dataclass(frozen=True)
class Rule:
    """One declared criterion and its test."""

    id: str
    service: str
    kind: CriterionKind
    origin: CriterionOrigin
    text: Bilingual
    source: str
    test: Test
    stage: str
    refusal: DenialKind
    population: Optional[str]
    days: Period

    def applies(self, case: "Case") -> bool:
        """Whether the rule speaks about this case on its day."""
        return (
            self.stage in ("both", case.stage)
            and self.service in ("*", case.service)
            and in_period(self.days, case.context.as_of)
        )

    def evidence(self) -> tuple[list[str], list[str]]:
        """Codes of the facts and kinds of the documents that the rule reads, each once."""
        read = list(dict.fromkeys(_reads(self.test)))
        facts = [code for of, code in read if of == "fact"]
        return facts, [kind for of, kind in read if of == "document"]

    def criterion(self) -> Criterion:
        """The rule as the profile declares it."""
        facts, documents = self.evidence()
        return Criterion(
            self.id, self.service, self.kind, self.origin, self.text, facts, documents, self.source, self.days
        )

    def finding(self, outcome: FindingOutcome) -> Finding:
        """The rule's finding with its outcome in a sentence."""
        en, es = _SAID[outcome]
        facts, documents = self.evidence()
        reason = text(f"{en}: {self.text.en}", f"{es}: {self.text.es}")
        return Finding(self.id, outcome, facts + documents, reason)


_SAID = {
    MET: ("Holds", "Se cumple"),
    NOT_MET: ("Does not hold", "No se cumple"),
    UNKNOWN: ("Not known yet", "Aún no se sabe"),
}


def state_rule(
    id: str,
    service: str,
    kind: CriterionKind,
    text: Bilingual,
    source: str,
    test: Test,
    *,
    population: Optional[str] = None,
    stage: Optional[str] = None,
    refusal: Optional[DenialKind] = None,
    days: Period = since("2022-01-01"),
) -> Rule:
    """A rule of the state's own text. `stage` is `referral`, `authorization`, `both` or `apart`.

    A no that software may give rests on criteria of the kind `administrative` alone.
    """
    # No document may stand in the way of a referral (DHCS ECM Referral Standards, 2024-08).
    usual_stage = "authorization" if kind == CriterionKind.DOCUMENTATION else "both"
    administrative = kind == CriterionKind.ADMINISTRATIVE
    if not isinstance(kind, CriterionKind):
        raise TypeError(f"{id}: its kind must be a CriterionKind, got {kind!r}")
    if refusal == DenialKind.ADMINISTRATIVE and not administrative:
        raise ValueError(f"{id}: only a criterion of the kind administrative gives an administrative no")
    usual_refusal = DenialKind.ADMINISTRATIVE if administrative else DenialKind.CLINICAL
    return Rule(
        id, service, kind, CriterionOrigin.STATE, text, source, test, stage or usual_stage, refusal or usual_refusal,
        population, days,
    )


def overlay(*arguments: Any, **options: Any) -> Rule:
    """A rule that the plan adds to the state's text."""
    return replace(state_rule(*arguments, **options), origin=CriterionOrigin.OVERLAY)


def _named(enum: Any, name: str) -> Any:
    return enum[name.upper().replace("-", "_")]


def _test(value: Any) -> Test:
    if isinstance(value, str):
        return (value, None)
    ((name, given),) = value.items()
    if name in ("any", "all"):
        return (name, [_test(inner) for inner in given])
    return (name, tuple(given) if isinstance(given, list) else given)


# Read while the component is built: a plugin has no files.
_STATE_RULES = json.loads(Path(__file__).with_name("state_rules.json").read_text(encoding="utf-8"))


def state_rules(prefix: str, *, room_and_board_days: int) -> list[Rule]:
    """The state's own definitions of its services, which every plan must use in full.

    Their ids begin with the plan's prefix; `room_and_board_days` are the days in which the plan counts the six months of
    the combined limit on room and board.
    """

    def rule(data: dict[str, Any]) -> Rule:
        name, given = _test(data["test"])
        if name == "days-left":
            given = {**given, "limit": room_and_board_days}
        last = data["days"]["last"]
        return Rule(
            id=prefix + data["id"],
            service=data["service"],
            kind=_named(CriterionKind, data["kind"]),
            origin=CriterionOrigin.STATE,
            text=Bilingual(**data["text"]),
            source=data["source"],
            test=(name, given),
            stage=data["stage"],
            refusal=_named(DenialKind, data["refusal"]),
            population=data["population"],
            days=Period(day(data["days"]["first"]), last and day(last)),
        )

    return [rule(data) for data in _STATE_RULES]


class Facts:
    """What is known about a case, by code. Of two facts with one code the newer counts, and of two as new the later."""

    def __init__(self, facts: list[Fact]):
        self._newest: dict[str, Fact] = {}
        for fact in facts:
            known = self._newest.get(fact.code)
            if known is None or order(fact.as_of) >= order(known.as_of):
                self._newest[fact.code] = fact

    def value(self, code: str) -> Optional[FactValue]:
        """The value of a fact, if it is known."""
        fact = self._newest.get(code)
        return fact and fact.value

    def of(self, kind: type, code: str) -> Any:
        """The value of a fact of this kind, such as `FactValue_Flag`."""
        value = self.value(code)
        return value.value if isinstance(value, kind) else None


class Case:
    """A referral or a request for authorization as rules see it."""

    def __init__(self, workflow: Workflow, request: Any, context: Context, elections: list["Elected"]):
        self.workflow = workflow
        self.stage = workflow.name.lower()
        self.service: str = request.service
        self.populations: list[str] = request.populations
        self.member = request.member
        self.lines = getattr(request, "lines", [])
        self.facts = Facts(request.facts)
        self.documents = request.documents
        self.context = context
        self.elections = elections

    def age(self) -> int:
        """Completed years of the member's age on the day that the case is about."""
        return age_on(self.context.as_of, self.member.birth_date)

    def days_used(self, services: list[str], months: int) -> int:
        """Days of the named services, under any plan, in the rolling months that end on the case's day."""
        as_of = self.context.as_of
        window = Period(plus_days(minus_months(as_of, months), 1), as_of)
        used = (usage for usage in self.context.history if usage.service in services)
        return sum(shared_days(usage.days, window) for usage in used)


@dataclass(frozen=True)
class Elected:
    """A service offered in some counties; `capacity` is the contract's, if there is a cap."""

    service: str
    counties: list[str]
    days: Period
    capacity: Any = None


def _truth(holds: bool) -> FindingOutcome:
    return MET if holds else NOT_MET


def _known(value: Any, holds: Any) -> FindingOutcome:
    return UNKNOWN if value is None else _truth(holds(value))


def _flag(case: Case, code: str) -> Optional[bool]:
    return case.facts.of(FactValue_Flag, code)


def _count(case: Case, code: str) -> Optional[int]:
    return case.facts.of(FactValue_Count, code)


def _coded(case: Case, code: str) -> Optional[str]:
    return case.facts.of(FactValue_Coded, code)


def _above(count: Optional[int], most: int) -> bool:
    return count is not None and count > most


def _recent(case: Case, months: int) -> Any:
    return lambda date: order(date) >= order(minus_months(case.context.as_of, months))


_FACT_TESTS = {
    "yes": lambda case, code: _known(_flag(case, code), lambda flag: flag),
    "no": lambda case, code: _known(_flag(case, code), lambda flag: not flag),
    "not-said": lambda case, code: _truth(_flag(case, code) is not True),
    "one-of": lambda case, given: _known(_coded(case, given[0]), lambda value: value in given[1]),
    "not-said-of": lambda case, given: _truth(_coded(case, given[0]) not in given[1]),
    "at-least": lambda case, given: _known(_count(case, given[0]), lambda count: count >= given[1]),
    "at-most": lambda case, given: _known(_count(case, given[0]), lambda count: count <= given[1]),
    "not-said-above": lambda case, given: _truth(not _above(_count(case, given[0]), given[1])),
    "measures": lambda case, given: _known(
        case.facts.of(FactValue_Measure, given[0]), lambda measure: measure >= given[1]
    ),
    "within-months": lambda case, given: _known(
        case.facts.of(FactValue_Day, given[0]), _recent(case, given[1])
    ),
}


def _document(case: Case, kind: str) -> FindingOutcome:
    def counts(expires: Optional[Date]) -> bool:
        return expires is None or order(case.context.as_of) <= order(expires)

    there = any(document.kind == kind and counts(document.expires) for document in case.documents)
    return MET if there else UNKNOWN


def _covered(case: Case, _: None) -> FindingOutcome:
    covered = case.context.coverage.days

    def shares(days: Period) -> bool:
        begins = days.last is None or order(covered.first) <= order(days.last)
        return begins and (covered.last is None or order(days.first) <= order(covered.last))

    asked = not case.lines or any(shares(line.days) for line in case.lines)
    return _truth(asked and in_period(covered, case.context.as_of))


def _elected(case: Case, _: None) -> FindingOutcome:
    return _truth(
        any(
            elected.service == case.service
            and case.member.county in elected.counties
            and in_period(elected.days, case.context.as_of)
            for elected in case.elections
        )
    )


def _not_duplicate(case: Case, _: None) -> FindingOutcome:
    open_cases = case.context.open_cases
    return _truth(
        not any(other.service == case.service and other.workflow == case.workflow for other in open_cases)
    )


def _room(case: Case, _: None) -> FindingOutcome:
    full = (
        count.service == case.service and count.county == case.member.county and count.admitted >= count.cap
        for count in case.context.capacity
    )
    return _truth(not any(full))


def _in_this_dsnp(case: Case, _: None) -> FindingOutcome:
    coverage = case.context.coverage
    return _truth(coverage.line == "d-snp" and coverage.dual_status in ("02", "04", "08"))


def _decisive(case: Case, tests: list[Test], decision: FindingOutcome, otherwise: FindingOutcome) -> FindingOutcome:
    """`decision` if any outcome is; else unknown if any is; else `otherwise`."""
    outcomes = [outcome(test, case) for test in tests]
    if decision in outcomes:
        return decision
    return UNKNOWN if UNKNOWN in outcomes else otherwise


_CASE_TESTS = {
    "document": _document,
    "aged": lambda case, years: _truth(case.age() >= years),
    "younger": lambda case, years: _truth(case.age() < years),
    "any": lambda case, tests: _decisive(case, tests, MET, NOT_MET),
    "all": lambda case, tests: _decisive(case, tests, NOT_MET, MET),
    "covered": _covered,
    "elected": _elected,
    "not-duplicate": _not_duplicate,
    "room": _room,
    "days-left": lambda case, cap: _truth(case.days_used(cap["services"], cap["months"]) < cap["limit"]),
    "not-in-dsnp": lambda case, _: _truth(
        case.context.coverage.line != "d-snp" and not case.context.coverage.other_d_snp
    ),
    "in-this-dsnp": _in_this_dsnp,
    "by-plan": lambda case, _: UNKNOWN,
}


def outcome(test: Test, case: Case) -> FindingOutcome:
    """How a test comes out."""
    name, given = test
    return (_FACT_TESTS.get(name) or _CASE_TESTS[name])(case, given)


def _code(given: Any) -> str:
    return given if isinstance(given, str) else given[0]


def asks_of(test: Test, case: Case) -> list[Ask]:
    """What would have to be known for an unknown test to come out."""
    if outcome(test, case) != UNKNOWN:
        return []
    name, given = test
    if name in ("any", "all"):
        return [ask for inner in given for ask in asks_of(inner, case)]
    if name == "document":
        return [Ask_Document(given)]
    return [Ask_Fact(_code(given))] if name in _FACT_TESTS else []


def _reads(test: Test) -> list[tuple[str, str]]:
    name, given = test
    if name in ("any", "all"):
        return [read for inner in given for read in _reads(inner)]
    if name == "document":
        return [("document", given)]
    return [("fact", _code(given))] if name in _FACT_TESTS else []

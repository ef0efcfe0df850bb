"""A plan as data, the profile made of it, and the answers that follow from its rules."""

from dataclasses import dataclass, field, replace
from typing import Any, Optional, Union

from wit_world.exports.profile import (
    AuthorizationDefault,
    CalendarDay,
    ClaimRoute,
    Contact,
    CriterionKind,
    Delegate,
    Election,
    FactDefinition,
    Layout,
    PaymentModel,
    PlanProfile,
    PresumptiveRule,
    Rate,
    Requirement,
    Table,
    TurnAround,
    WorkflowMode,
)
from wit_world.imports.types import (
    Ask,
    Bilingual,
    Context,
    Date,
    Denial,
    DenialKind,
    FactValue_Count,
    FactValue_Flag,
    Finding,
    Period,
    Procedure,
    Workflow,
)

from .days import earliest, in_period, number, order, plus_days
from .rules import MET, NOT_MET, UNKNOWN, Case, Elected, Facts, Rule, asks_of, check_kinds, outcome, text

# A plugin's world has the interfaces that it exports, and no others.
try:
    from wit_world.exports import referral
except ImportError:
    referral = None
try:
    from wit_world.exports import authorization
except ImportError:
    authorization = None
try:
    from wit_world.exports import credentialing
except ImportError:
    credentialing = None


def length(service: str, days: int, renewal_days: int, units: Optional[int] = None) -> AuthorizationDefault:
    """What an approval looks like: days of a first authorization and of a renewal, and the most units."""
    return AuthorizationDefault(service, days, renewal_days, units)


def price(id: str, service: str, procedure: str, model: PaymentModel, amount: int, effective: Period) -> Rate:
    """What the plan pays for a procedure such as `T2033 U6`, in cents."""
    code, *modifiers = procedure.split(" ")
    return Rate(id, service, Procedure(code, modifiers), model, amount, None, effective)


@dataclass(frozen=True)
class Needed:
    """One thing that a provider must show: a document of a kind, or an answer to a question."""

    id: str
    text: Bilingual
    source: str
    document: Optional[str] = None
    fact: Optional[str] = None
    #: `yes`, `no`, `given`, or a least number.
    answer: Union[str, int] = "given"
    services: list[str] = field(default_factory=list)
    #: Cents.
    minimum: Optional[int] = None
    valid_days: Optional[int] = None

    def declare(self) -> Requirement:
        """The requirement as the profile declares it."""
        return Requirement(
            self.id, self.services, self.document, self.fact, self.minimum, self.valid_days, self.text, self.source
        )


@dataclass
class Judgement:
    """What comes of some rules: findings, what the unknown ones need, and why the answer is no, if it is."""

    findings: list[Finding] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    denial: Optional[Denial] = None

    def look(self, rules: list[Rule], case: Case) -> "Judgement":
        """Looks at each rule."""
        for rule in rules:
            found = rule.finding(outcome(rule.test, case))
            if found.outcome == UNKNOWN:
                self.ask(asks_of(rule.test, case))
            if found.outcome == NOT_MET:
                self.refuse(Denial(rule.refusal, found.reason))
            self.findings.append(found)
        return self

    def ask(self, asks: list[Ask]) -> None:
        """Asks for what is not asked for yet."""
        for ask in asks:
            if ask not in self.asks:
                self.asks.append(ask)

    def refuse(self, denial: Optional[Denial]) -> None:
        """The first administrative reason counts, else the first clinical one."""
        administrative = denial is not None and denial.kind == DenialKind.ADMINISTRATIVE
        if self.denial is None or (self.denial.kind == DenialKind.CLINICAL and administrative):
            self.denial = denial


@dataclass
class Plan:
    """Everything a plan declares, and what follows from it. The fields are those of the contract's `plan-profile`."""

    plan_id: str
    name: str
    version: str
    lines: list[str]
    counties: list[str]
    languages: list[str]
    modes: list[WorkflowMode]
    elections: list[Elected]
    #: In groups. Those of services that the plan does not offer are left out.
    rules: list[list[Rule]]
    defaults: list[AuthorizationDefault]
    turn_arounds: list[TurnAround]
    claims: ClaimRoute
    contacts: list[Contact]
    facts: list[FactDefinition] = field(default_factory=list)
    presumptive: list[PresumptiveRule] = field(default_factory=list)
    rates: list[Rate] = field(default_factory=list)
    requirements: list[Needed] = field(default_factory=list)
    layouts: list[Layout] = field(default_factory=list)
    delegates: list[Delegate] = field(default_factory=list)
    calendar: list[CalendarDay] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)

    def __post_init__(self) -> None:
        offered = {"*", *(elected.service for elected in self.elections)}
        self._rules = [rule for group in self.rules for rule in group if rule.service in offered]
        for rule in self._rules:
            check_kinds(rule, self.facts)

    def rule(self, id: str) -> Rule:
        """The rule with this id."""
        return next(rule for rule in self._rules if rule.id == id)

    def describe(self) -> PlanProfile:
        """The profile."""
        return PlanProfile(
            plan_id=self.plan_id,
            name=self.name,
            version=self.version,
            lines=self.lines,
            counties=self.counties,
            languages=self.languages,
            modes=self.modes,
            elections=[
                Election(elected.service, county, elected.days, elected.capacity)
                for elected in self.elections
                for county in elected.counties
            ],
            criteria=[rule.criterion() for rule in self._rules],
            facts=self.facts,
            presumptive=self.presumptive,
            defaults=self.defaults,
            turn_arounds=self.turn_arounds,
            rates=self.rates,
            claims=self.claims,
            requirements=[needed.declare() for needed in self.requirements],
            layouts=self.layouts,
            delegates=self.delegates,
            contacts=self.contacts,
            calendar=self.calendar,
            tables=self.tables,
        )

    def triage(self, request: Any, context: Context) -> Any:
        """Answers a referral from the plan's rules: refused, asked about, or accepted."""
        judgement = self.judge(Case(Workflow.REFERRAL, request, context, self.elections))
        if judgement.denial:
            disposition = referral.Disposition_NotEligible(judgement.denial)
        elif judgement.asks:
            disposition = referral.Disposition_NeedsMore(judgement.asks)
        else:
            disposition = referral.Disposition_Accepted()
        return referral.TriageResult(disposition, judgement.findings, [])

    def determine(self, request: Any, context: Context) -> Any:
        """Decides a request from the plan's rules."""
        case = Case(Workflow.AUTHORIZATION, request, context, self.elections)
        judgement = self.judge(case)
        if judgement.denial:
            decision = authorization.Decision_Denied(judgement.denial)
        elif judgement.asks:
            decision = authorization.Decision_Pended(judgement.asks)
        else:
            decision = self._grant(request, case, judgement.findings)
        return authorization.Determination(decision, judgement.findings, [])

    def presume(self, request: Any, context: Context) -> Any:
        """Whether one of the plan's presumptive rules lets service start on the case's day.

        The provider must be contracted and of a kind that the rule names, must have attested what the rule wants, and no
        criterion may be known to fail.
        """
        if request.kind != authorization.RequestKind.INITIAL or not request.provider.contracted:
            return None
        case = Case(Workflow.AUTHORIZATION, request, context, self.elections)
        rule = next((rule for rule in self.presumptive if _presumes(rule, request, case)), None)
        if rule is None:
            return None
        judgement = self.judge(case)
        if judgement.denial:
            return None
        met = [finding for finding in judgement.findings if finding.outcome == MET]
        return authorization.Presumption(rule.id, context.as_of, rule.days, met)

    def review(self, application: Any, today: Date) -> Any:
        """Judges each requirement that applies to the services applied for."""
        results = []
        for needed in self.requirements:
            if needed.services and not set(needed.services) & set(application.services):
                continue
            standing = _standing(needed, application, today)
            en, es = _STANDINGS[type(standing).__name__]
            reason = text(f"{en}: {needed.text.en}", f"{es}: {needed.text.es}")
            results.append(credentialing.RequirementResult(needed.id, standing, reason))
        return credentialing.ReviewResult(results, [])

    def judge(self, case: Case) -> Judgement:
        """Looks at each rule that speaks about the case.

        Rules of a population of focus count as one: the case needs all of one marked population (of any, if none was
        marked), and the findings of the first such population stand for the rest.
        """
        applying = [rule for rule in self._rules if rule.applies(case)]
        judgement = Judgement().look([rule for rule in applying if rule.population is None], case)
        marked = [
            rule.population
            for rule in applying
            if rule.population and (not case.populations or rule.population in case.populations)
        ]
        judged = [
            Judgement().look([rule for rule in applying if rule.population == population], case)
            for population in dict.fromkeys(marked)
        ]
        held = next((alone for alone in judged if alone.denial is None and not alone.asks), None)
        if held:
            judgement.findings += held.findings
            return self._kept_to_its_kind(judgement)
        # Those that still might hold; if there are none, all, as a no.
        might_hold = any(alone.denial is None for alone in judged)
        for alone in judged:
            if might_hold and alone.denial:
                continue
            judgement.findings += alone.findings
            if might_hold:
                judgement.ask(alone.asks)
            else:
                judgement.refuse(alone.denial)
        return self._kept_to_its_kind(judgement)

    def _kept_to_its_kind(self, judgement: Judgement) -> Judgement:
        """What is not this plan's to give is not judged for need: an administrative no rests on administrative criteria
        alone."""
        if judgement.denial is None or judgement.denial.kind != DenialKind.ADMINISTRATIVE:
            return judgement
        administrative = {rule.id for rule in self._rules if rule.kind == CriterionKind.ADMINISTRATIVE}
        judgement.findings = [
            finding
            for finding in judgement.findings
            if finding.outcome != NOT_MET or finding.criterion in administrative
        ]
        return judgement

    def _grant(self, request: Any, case: Case, findings: list[Finding]) -> Any:
        """Grants what was asked, cut to coverage, to the plan's usual length and units, and to the days that a shared cap
        has left. A procedure that the plan does not price for the service becomes one that it does. What is cut for a cap
        is found not met: less than was asked for is a no to the rest."""
        covered = case.context.coverage.days
        usual = next((usual for usual in self.defaults if usual.service == request.service), None)
        kinds = authorization.RequestKind
        again = request.kind in (kinds.RENEWAL, kinds.EXTENSION)
        usual_days = None if usual is None else usual.renewal_days if again else usual.days
        cap = self._tightest_cap(case)
        cut = changed = capped = False
        lines = []
        for line in request.lines or self._usual_line(request, case):
            first = max(line.days.first, covered.first, key=order)
            ends = [plus_days(first, max(days, 1) - 1) for days in (usual_days,) if days is not None]
            # A grant has an end: half a year where nothing else says one.
            last = earliest(line.days.last, *ends, covered.last) or plus_days(first, 179)
            cap_ends = None if cap is None else plus_days(first, max(cap[1], 1) - 1)
            if cap_ends is not None and order(cap_ends) < order(last):
                capped, last = True, cap_ends
            procedure = self._priced(request, line, first)
            granted = sum(before.units for before in lines if _same(before.procedure, procedure))
            left = None if usual is None or usual.units is None else max(usual.units - granted, 0)
            if order(last) < order(first) or left == 0:
                cut = True
                continue
            most = [line.units, left, self._days_as_units(request, line, first, last)]
            units = max(min(limit for limit in most if limit is not None), 1)
            changed = changed or not _same(procedure, line.procedure)
            shorter = line.days.last is not None and last != line.days.last
            cut = cut or units < line.units or first != line.days.first or shorter
            lines.append(authorization.GrantedLine(procedure, units, Period(first, last)))
        if capped:
            _not_met(*cap, findings)
        conditions = [
            text(
                "Keep the case notes and the documents that prove each criterion.",
                "Conserve las notas del caso y los documentos que prueban cada criterio.",
            )
        ]
        if changed:
            conditions.append(
                text(
                    "Bill the procedure that is authorized here; it is the one this plan prices for the service.",
                    "Facture el procedimiento autorizado aquí; es el que este plan paga por el servicio.",
                )
            )
        grant = authorization.Grant(lines, conditions)
        if changed:
            return authorization.Decision_Modified(grant)
        return authorization.Decision_PartlyApproved(grant) if cut else authorization.Decision_Approved(grant)

    def _usual_line(self, request: Any, case: Case) -> list[Any]:
        """What a request without lines is taken to ask for: the first procedure that the plan prices for the service, for
        the plan's usual length."""
        first = case.context.as_of
        rate = self._first_rate(request.service, first)
        if rate is None:
            return []
        return [authorization.RequestedLine(rate.procedure, 0xFFFFFFFF, Period(first, None))]

    def _tightest_cap(self, case: Case) -> Optional[tuple[Rule, int]]:
        """The tightest shared cap on the service, with the days that it has left."""
        caps = [rule for rule in self._rules if rule.test[0] == "days-left" and rule.applies(case)]
        left = [
            (rule, rule.test[1]["limit"] - case.days_used(rule.test[1]["services"], rule.test[1]["months"]))
            for rule in caps
        ]
        return min(left, key=lambda cap: cap[1], default=None)

    def _first_rate(self, service: str, date: Date) -> Optional[Rate]:
        rates = (rate for rate in self.rates if rate.service == service and in_period(rate.effective, date))
        return next(rates, None)

    def _rate_of(self, service: str, procedure: Procedure, date: Date) -> Optional[Rate]:
        rates = (rate for rate in self.rates if rate.service == service and in_period(rate.effective, date))
        return next((rate for rate in rates if _same(rate.procedure, procedure)), None)

    def _days_as_units(self, request: Any, line: Any, first: Date, last: Date) -> Optional[int]:
        """For what is paid by the day: no more units than days."""
        rate = self._rate_of(request.service, line.procedure, first)
        if rate is None or rate.model != PaymentModel.PER_DIEM:
            return None
        return number(last) - number(first) + 1

    def _priced(self, request: Any, line: Any, date: Date) -> Procedure:
        """The procedure asked for, if the plan prices it or prices nothing for the service; else the first it prices."""
        if self._rate_of(request.service, line.procedure, date):
            return line.procedure
        first = self._first_rate(request.service, date)
        return first.procedure if first else line.procedure


def _same(one: Procedure, other: Procedure) -> bool:
    alike = len(one.modifiers) == len(other.modifiers)
    return one.code == other.code and alike and all(modifier in other.modifiers for modifier in one.modifiers)


def _not_met(rule: Rule, left: int, findings: list[Finding]) -> None:
    """Makes a cap's finding one that is not met: more was asked for than is left."""
    reason = text(
        f"More days were asked for than the {left} that are left: {rule.text.en}",
        f"Se pidieron más días que los {left} que quedan: {rule.text.es}",
    )
    found = replace(rule.finding(NOT_MET), reason=reason)
    for place, known in enumerate(findings):
        if known.criterion == rule.id:
            findings[place] = found
            return
    findings.append(found)


def _presumes(rule: PresumptiveRule, request: Any, case: Case) -> bool:
    def attested(code: str) -> bool:
        value = case.facts.value(code)
        return value.value if isinstance(value, FactValue_Flag) else value is not None

    return (
        rule.service == request.service
        and in_period(rule.effective, case.context.as_of)
        and (not rule.provider_kinds or any(kind in rule.provider_kinds for kind in request.provider.kinds))
        and (rule.population is None or rule.population in request.populations)
        and all(attested(code) for code in rule.attest)
    )


_STANDINGS = {
    "Standing_Satisfied": ("Satisfied", "Cumplido"),
    "Standing_Missing": ("Missing; please send", "Falta; envíe por favor"),
    "Standing_Expired": ("Expired; please send a current one", "Vencido; envíe uno vigente"),
    "Standing_Insufficient": ("Not enough", "No es suficiente"),
    "Standing_NeedsPerson": ("A person at the plan will look at this", "Una persona del plan lo revisará"),
}


def _standing(needed: Needed, application: Any, today: Date) -> Any:
    if needed.document is not None:
        best = credentialing.Standing_Missing()
        for document in application.documents:
            if document.kind == needed.document:
                # Of two alike the later counts.
                best = max(_standing_of_document(needed, document, today), best, key=_rank)
        return best
    if needed.fact is not None:
        return _standing_of_answer(needed, Facts(application.answers))
    return credentialing.Standing_NeedsPerson()


def _standing_of_document(needed: Needed, document: Any, today: Date) -> Any:
    expires = document.expires
    if expires is None and document.issued is not None and needed.valid_days is not None:
        expires = plus_days(document.issued, needed.valid_days - 1)
    if expires is not None and order(expires) < order(today):
        return credentialing.Standing_Expired(expires)
    undated = expires is None and needed.valid_days is not None
    too_low = needed.minimum is not None and (document.amount is None or document.amount < needed.minimum)
    if undated or too_low:
        return credentialing.Standing_Insufficient()
    return credentialing.Standing_Satisfied(expires)


def _rank(standing: Any) -> tuple[int, tuple[int, int, int]]:
    """Better standings rank higher; of two good ones, the one that lasts longer."""
    last = getattr(standing, "value", None)
    if isinstance(standing, credentialing.Standing_Satisfied) and last is None:
        return (6, (0, 0, 0))
    ranks = {"Satisfied": 5, "NeedsPerson": 4, "Insufficient": 3, "Expired": 2, "Missing": 1}
    return (ranks[type(standing).__name__.removeprefix("Standing_")], order(last) if last else (0, 0, 0))


def _standing_of_answer(needed: Needed, answers: Facts) -> Any:
    value = answers.value(needed.fact)
    if value is None:
        return credentialing.Standing_Missing()
    flag = value.value if isinstance(value, FactValue_Flag) else None
    enough = isinstance(needed.answer, int) and isinstance(value, FactValue_Count) and value.value >= needed.answer
    answered = {"given": True, "yes": flag is True, "no": flag is False}.get(needed.answer, False)
    if enough or answered:
        return credentialing.Standing_Satisfied(None)
    if needed.answer == "no" and flag is True:
        return credentialing.Standing_NeedsPerson()
    return credentialing.Standing_Insufficient()

// A plan as data, the profile made of it, and the answers that follow from its rules.

import { compareDays, dayNumber, earlier, inPeriod, later, plusDays } from "./days.js";
import { alike, camel } from "./guard.js";
import { Case, Facts, addAsks, applies, checkKinds, criterion, finding, outcome, ruleAsks, text } from "./rules.js";
import SHAPES from "./shapes.js";

/** A service offered in some counties; `capacity` is the contract's, if there is a cap. */
export const elected = (service, counties, days, capacity) => ({ service, counties, days, capacity });

/** What an approval looks like: days of a first authorization and of a renewal, and the most units. */
export const length = (service, days, renewalDays, units) => ({ service, days, renewalDays, units });

/** What the plan pays for a procedure such as `T2033 U6`, in cents. */
export function price(id, service, procedure, model, amount, effective) {
  const [code, ...modifiers] = procedure.split(" ");
  return { id, service, procedure: { code, modifiers }, model, amount, effective };
}

/** A document that a provider must show; `options` may hold `services`, `minimum` (cents) and `validDays`. */
export const neededDocument = (id, kind, text, source, options = {}) => ({
  id,
  services: [],
  document: kind,
  text,
  source,
  ...options,
});

/** A question that a provider must answer: `yes`, `no`, `given`, or a least number. */
export const neededAnswer = (id, fact, answer, text, source, options = {}) => ({
  id,
  services: [],
  fact,
  answer,
  text,
  source,
  ...options,
});

const same = (one, other) =>
  one.code === other.code &&
  one.modifiers.length === other.modifiers.length &&
  one.modifiers.every((modifier) => other.modifiers.includes(modifier));

const optionalInteger = (value) => (value === undefined ? undefined : BigInt(value));

/** What a plan may leave away, since most have none. */
const NOTHING = {
  facts: [],
  presumptive: [],
  delegates: [],
  calendar: [],
  tables: [],
  layouts: [],
  requirements: [],
  rates: [],
};

/** The fields of a plan: the contract's, with rules for criteria. */
const FIELDS = SHAPES.types["plan-profile"].record.map(([name]) => (name === "criteria" ? "rules" : camel(name)));

/** Says which field of a plan is missing or misspelt, where the plan is written. */
function checkFields(declared) {
  const given = Object.keys(declared);
  for (const name of given.filter((name) => !FIELDS.includes(name))) {
    const meant = alike(name, FIELDS);
    const fix = meant ? `did you mean ${meant}?` : `it has ${FIELDS.join(", ")}`;
    throw new TypeError(`new Plan: there is no field ${name}; ${fix}`);
  }
  const missing = FIELDS.filter((name) => declared[name] === undefined && !(name in NOTHING));
  if (missing.length > 0) throw new TypeError(`new Plan: ${missing.join(", ")} missing`);
}

/** Everything a plan declares, and what follows from it. The fields are those of the contract's `plan-profile`. */
export class Plan {
  constructor(declared) {
    checkFields(declared);
    Object.assign(this, NOTHING, declared);
    const offered = new Set(["*", ...this.elections.map(({ service }) => service)]);
    /** Rules of services that the plan does not offer are left out. */
    this.rules = declared.rules.flat().filter((rule) => offered.has(rule.service));
    for (const rule of this.rules) checkKinds(rule, this.facts);
  }

  /** The rule with this id. */
  rule(id) {
    const found = this.rules.find((rule) => rule.id === id);
    if (!found) throw new TypeError(`PLAN.rule: there is no rule ${id}`);
    return found;
  }

  /** The profile. */
  describe() {
    const { rules, elections, rates, requirements, ...same } = this;
    return {
      ...same,
      elections: elections.flatMap(({ service, counties, days, capacity }) =>
        counties.map((county) => ({ service, county, days, capacity })),
      ),
      criteria: rules.map(criterion),
      rates: rates.map((rate) => ({ ...rate, amount: BigInt(rate.amount), tier: undefined })),
      requirements: requirements.map(({ answer, ...needed }) => ({
        ...needed,
        minimum: optionalInteger(needed.minimum),
      })),
    };
  }

  /** Answers a referral from the plan's rules: refused, asked about, or accepted. */
  triage(request, context) {
    const { denial, asks, findings } = this.judge(new Case("referral", request, context, this.elections));
    let disposition = { tag: "accepted" };
    if (denial) disposition = { tag: "not-eligible", val: denial };
    else if (asks.length > 0) disposition = { tag: "needs-more", val: asks };
    return { disposition, findings, notes: [] };
  }

  /** Decides a request from the plan's rules. */
  determine(request, context) {
    const kase = new Case("authorization", request, context, this.elections);
    const { denial, asks, findings } = this.judge(kase);
    let decision;
    if (denial) decision = { tag: "denied", val: denial };
    else if (asks.length > 0) decision = { tag: "pended", val: asks };
    else decision = this.grant(request, kase, findings);
    return { decision, findings, notes: [] };
  }

  /**
   * Whether one of the plan's presumptive rules lets service start on the case's day. The provider must be contracted and
   * of a kind that the rule names, must have attested what the rule wants, and no criterion may be known to fail.
   */
  presume(request, context) {
    if (request.kind !== "initial" || !request.provider.contracted) return undefined;
    const kase = new Case("authorization", request, context, this.elections);
    const rule = this.presumptive.find((rule) => presumes(rule, request, kase));
    if (!rule) return undefined;
    const { denial, findings } = this.judge(kase);
    if (denial) return undefined;
    const met = findings.filter(({ outcome }) => outcome === "met");
    return { rule: rule.id, starts: context.asOf, days: rule.days, findings: met };
  }

  /** Judges each requirement that applies to the services applied for. */
  review(application, today) {
    const requirements = this.requirements
      .filter(
        ({ services }) =>
          services.length === 0 || application.services.some((service) => services.includes(service)),
      )
      .map((needed) => {
        const standing = standingOf(needed, application, today);
        const [en, es] = STANDINGS[standing.tag];
        const reason = text(`${en}: ${needed.text.en}`, `${es}: ${needed.text.es}`);
        return { requirement: needed.id, standing, reason };
      });
    return { requirements, notes: [] };
  }

  /**
   * Looks at each rule that speaks about the case. Rules of a population of focus count as one: the case needs all of one
   * marked population (of any, if none was marked), and the findings of the first such population stand for the rest.
   */
  judge(kase) {
    const applying = this.rules.filter((rule) => applies(rule, kase));
    const judgement = look(applying.filter((rule) => !rule.population), kase);
    const marked = (population) =>
      population && (kase.populations.length === 0 || kase.populations.includes(population));
    const populations = [...new Set(applying.map((rule) => rule.population).filter(marked))];
    const judged = populations.map((population) =>
      look(applying.filter((rule) => rule.population === population), kase),
    );
    const held = judged.find(({ denial, asks }) => !denial && asks.length === 0);
    if (held) {
      judgement.findings.push(...held.findings);
      return this.keptToItsKind(judgement);
    }
    // Those that still might hold; if there are none, all, as a no.
    const open = judged.some(({ denial }) => !denial);
    for (const alone of judged.filter(({ denial }) => !open || !denial)) {
      judgement.findings.push(...alone.findings);
      if (open) addAsks(judgement.asks, alone.asks);
      else judgement.denial = stronger(judgement.denial, alone.denial);
    }
    return this.keptToItsKind(judgement);
  }

  /** What is not this plan's to give is not judged for need: an administrative no rests on administrative criteria alone. */
  keptToItsKind(judgement) {
    if (judgement.denial?.kind !== "administrative") return judgement;
    const administrative = (id) => this.rules.find((rule) => rule.id === id)?.kind === "administrative";
    judgement.findings = judgement.findings.filter(
      ({ criterion, outcome }) => outcome !== "not-met" || administrative(criterion),
    );
    return judgement;
  }

  /**
   * Grants what was asked, cut to coverage, to the plan's usual length and units, and to the days that a shared cap has
   * left. A procedure that the plan does not price for the service becomes one that it does. What is cut for a cap is found
   * not met: less than was asked for is a no to the rest.
   */
  grant(request, kase, findings) {
    const { days: covered } = kase.context.coverage;
    const usual = this.defaults.find(({ service }) => service === request.service);
    const again = request.kind === "renewal" || request.kind === "extension";
    const mostDays = again ? usual?.renewalDays : usual?.days;
    const cap = this.tightestCap(kase);
    let cut = false;
    let changed = false;
    let capped = false;
    const lines = [];
    for (const line of request.lines.length > 0 ? request.lines : this.usualLine(request, kase)) {
      const first = later(line.days.first, covered.first);
      const end = (days) => plusDays(first, Math.max(days, 1) - 1);
      const usualEnd = mostDays === undefined ? undefined : end(mostDays);
      const ends = [line.days.last, usualEnd, covered.last].filter(Boolean);
      // A grant has an end: half a year where nothing else says one.
      let last = ends.length > 0 ? ends.reduce(earlier) : end(180);
      if (cap && compareDays(end(cap.left), last) < 0) {
        capped = true;
        last = end(cap.left);
      }
      const procedure = this.priced(request, line, first);
      const before = lines.filter((granted) => same(granted.procedure, procedure));
      const granted = before.reduce((sum, { units }) => sum + units, 0);
      const left = usual?.units === undefined ? undefined : Math.max(usual.units - granted, 0);
      if (compareDays(last, first) < 0 || left === 0) {
        cut = true;
        continue;
      }
      const most = [line.units, left, this.daysAsUnits(request, line, first, last)];
      const units = Math.max(Math.min(...most.filter((limit) => limit !== undefined)), 1);
      changed ||= !same(procedure, line.procedure);
      cut ||=
        units < line.units ||
        compareDays(first, line.days.first) !== 0 ||
        (line.days.last !== undefined && compareDays(last, line.days.last) !== 0);
      lines.push({ procedure, units, days: { first, last } });
    }
    if (capped) notMet(cap, findings);
    const conditions = [
      text(
        "Keep the case notes and the documents that prove each criterion.",
        "Conserve las notas del caso y los documentos que prueban cada criterio.",
      ),
    ];
    if (changed) {
      conditions.push(
        text(
          "Bill the procedure that is authorized here; it is the one this plan prices for the service.",
          "Facture el procedimiento autorizado aquí; es el que este plan paga por el servicio.",
        ),
      );
    }
    const unchanged = cut ? "partly-approved" : "approved";
    return { tag: changed ? "modified" : unchanged, val: { lines, conditions } };
  }

  /**
   * What a request without lines is taken to ask for: the first procedure that the plan prices for the service, for the
   * plan's usual length.
   */
  usualLine(request, kase) {
    const first = kase.context.asOf;
    const rate = this.firstRate(request.service, first);
    return rate ? [{ procedure: rate.procedure, units: 0xffffffff, days: { first, last: undefined } }] : [];
  }

  /** The tightest shared cap on the service, with the days that it has left. */
  tightestCap(kase) {
    const caps = this.rules
      .filter((rule) => applies(rule, kase) && rule.test["days-left"])
      .map((rule) => {
        const { limit, services, months } = rule.test["days-left"];
        return { rule, left: limit - kase.daysUsed(services, months) };
      });
    return caps.length > 0 ? caps.reduce((one, other) => (other.left < one.left ? other : one)) : undefined;
  }

  firstRate(service, date) {
    return this.rates.find((rate) => rate.service === service && inPeriod(rate.effective, date));
  }

  rateOf(service, procedure, date) {
    return this.rates.find(
      (rate) =>
        rate.service === service && same(rate.procedure, procedure) && inPeriod(rate.effective, date),
    );
  }

  /** For what is paid by the day: no more units than days. */
  daysAsUnits(request, line, first, last) {
    const rate = this.rateOf(request.service, line.procedure, first);
    return rate?.model === "per-diem" ? dayNumber(last) - dayNumber(first) + 1 : undefined;
  }

  /** The procedure asked for, if the plan prices it or prices nothing for the service; else the first it prices. */
  priced(request, line, date) {
    if (this.rateOf(request.service, line.procedure, date)) return line.procedure;
    return this.firstRate(request.service, date)?.procedure ?? line.procedure;
  }
}

/** What comes of some rules: findings, what the unknown ones need, and why the answer is no, if it is. */
function look(rules, kase) {
  const judgement = { findings: [], asks: [], denial: undefined };
  for (const rule of rules) {
    const found = finding(rule, outcome(rule.test, kase));
    if (found.outcome === "unknown") addAsks(judgement.asks, ruleAsks(rule, kase));
    if (found.outcome === "not-met") {
      const denial = { kind: rule.refusal, reason: found.reason };
      judgement.denial = stronger(judgement.denial, denial);
    }
    judgement.findings.push(found);
  }
  return judgement;
}

/** Makes a cap's finding one that is not met: more was asked for than is left. */
function notMet({ rule, left }, findings) {
  const found = finding(rule, "not-met");
  found.reason = text(
    `More days were asked for than the ${left} that are left: ${rule.text.en}`,
    `Se pidieron más días que los ${left} que quedan: ${rule.text.es}`,
  );
  const place = findings.findIndex(({ criterion }) => criterion === rule.id);
  if (place < 0) findings.push(found);
  else findings[place] = found;
}

/** The first administrative reason, else the first clinical one. */
function stronger(old, fresh) {
  if (!old) return fresh;
  return old.kind === "clinical" && fresh?.kind === "administrative" ? fresh : old;
}

function presumes(rule, request, kase) {
  const attested = (code) => {
    const value = kase.facts.value(code);
    return value?.tag === "flag" ? value.val : value !== undefined;
  };
  return (
    rule.service === request.service &&
    inPeriod(rule.effective, kase.context.asOf) &&
    (rule.providerKinds.length === 0 ||
      request.provider.kinds.some((kind) => rule.providerKinds.includes(kind))) &&
    (!rule.population || request.populations.includes(rule.population)) &&
    rule.attest.every(attested)
  );
}

const STANDINGS = {
  satisfied: ["Satisfied", "Cumplido"],
  missing: ["Missing; please send", "Falta; envíe por favor"],
  expired: ["Expired; please send a current one", "Vencido; envíe uno vigente"],
  insufficient: ["Not enough", "No es suficiente"],
  "needs-person": ["A person at the plan will look at this", "Una persona del plan lo revisará"],
};

function standingOf(needed, application, today) {
  if (needed.document) {
    const standings = application.documents
      .filter(({ kind }) => kind === needed.document)
      .map((document) => standingOfDocument(needed, document, today));
    return standings.reduce((best, next) => (ranksBelow(best, next) ? next : best), { tag: "missing" });
  }
  return needed.fact ? standingOfAnswer(needed, new Facts(application.answers)) : { tag: "needs-person" };
}

function standingOfDocument(needed, document, today) {
  const counted = document.issued && needed.validDays && plusDays(document.issued, needed.validDays - 1);
  const expires = document.expires ?? counted;
  if (expires && compareDays(expires, today) < 0) return { tag: "expired", val: expires };
  const undated = !expires && needed.validDays !== undefined;
  const tooLow =
    needed.minimum !== undefined && !(document.amount !== undefined && document.amount >= needed.minimum);
  return undated || tooLow ? { tag: "insufficient" } : { tag: "satisfied", val: expires };
}

/** Better standings rank higher; of two good ones, the one that lasts longer. Of two alike the later counts. */
function ranksBelow(one, other) {
  const rank = ({ tag, val }) =>
    tag === "satisfied" && !val
      ? 6
      : { satisfied: 5, "needs-person": 4, insufficient: 3, expired: 2, missing: 1 }[tag];
  if (rank(one) !== rank(other)) return rank(one) < rank(other);
  return !one.val || !other.val || compareDays(one.val, other.val) <= 0;
}

function standingOfAnswer({ fact, answer }, answers) {
  const value = answers.value(fact);
  if (!value) return { tag: "missing" };
  const flag = value.tag === "flag" ? value.val : undefined;
  const satisfied =
    answer === "given" ||
    (answer === "yes" && flag === true) ||
    (answer === "no" && flag === false) ||
    (typeof answer === "number" && value.tag === "count" && value.val >= answer);
  if (satisfied) return { tag: "satisfied", val: undefined };
  return { tag: answer === "no" && flag === true ? "needs-person" : "insufficient" };
}

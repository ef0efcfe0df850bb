// Rules as data: what must hold, in words a person reads and in a test a machine runs.

import { check } from "./guard.js";
import { ageOn, between, compareDays, day, inPeriod, minusMonths, plusDays, sharedDays, since } from "./days.js";
import STATE_RULES from "./state-rules.js";

/** A sentence in the two languages. */
export function text(en, es) {
  if (typeof en !== "string" || en.trim() === "") throw new TypeError("text(en, es): the English is missing");
  if (typeof es !== "string" || es.trim() === "") {
    throw new TypeError(`text(en, es): the Spanish is missing beside ${JSON.stringify(en)}`);
  }
  return { en, es };
}

// Tests on a case. What is not known gives `unknown`, unless the test says otherwise.

/** The flag is yes. */
export const yes = (code) => ({ yes: textual("yes", code) });
/** The flag is no. */
export const no = (code) => ({ no: textual("no", code) });
/** Nothing says that the flag is yes. */
export const notSaid = (code) => ({ "not-said": textual("notSaid", code) });
/** The code is one of these. */
export const oneOf = (code, codes) => ({ "one-of": [textual("oneOf", code), listed("oneOf", codes)] });
/** Nothing says that the code is one of these. */
export const notSaidOf = (code, codes) => ({
  "not-said-of": [textual("notSaidOf", code), listed("notSaidOf", codes)],
});
/** The count is at least this. */
export const atLeast = (code, least) => ({ "at-least": [textual("atLeast", code), whole("atLeast", least)] });
/** The count is at most this. */
export const atMost = (code, most) => ({ "at-most": [textual("atMost", code), whole("atMost", most)] });
/** Nothing says that the count is more than this. */
export const notSaidAbove = (code, most) => ({
  "not-said-above": [textual("notSaidAbove", code), whole("notSaidAbove", most)],
});

/** What a test is given, checked where it is written: a slip here would otherwise show in an answer, or never. */
function textual(test, code) {
  if (typeof code !== "string" || code === "") throw new TypeError(`${test}(…): its first argument is a fact's code`);
  return code;
}

function listed(test, codes) {
  if (!Array.isArray(codes) || codes.length === 0) {
    throw new TypeError(`${test}(code, codes): write the codes as a list, such as ["pregnant", "postpartum"]`);
  }
  return codes;
}

function whole(test, number) {
  if (!Number.isSafeInteger(number)) {
    throw new TypeError(`${test}(code, number): a count is a whole number, such as 5; a measure is tested by measures`);
  }
  return number;
}
/**
 * The measure is at least this, as text in the unit that the dictionary gives it: `measures("clinical.hba1c", "9.0")` is
 * 9.0 percent. A number is refused, since 9 could be percent or thousandths.
 */
export const measures = (code, least) => ({ measures: [code, thousandths(code, least)] });

function thousandths(code, least) {
  if (typeof least !== "string" || !/^-?\d{1,12}(\.\d{1,3})?$/.test(least)) {
    throw new TypeError(
      `measures("${code}", …): write the measure as text in the dictionary's unit, with at most three decimals, such as "9.0"`,
    );
  }
  const [whole, decimals = ""] = least.split(".");
  return Number(whole + decimals.padEnd(3, "0"));
}

/** The dictionary's facts that are measured. A test of the host's holds them against the dictionary. */
const MEASURES = ["clinical.hba1c"];
const COUNTS = { "at-least": "atLeast", "at-most": "atMost", "not-said-above": "notSaidAbove" };

/**
 * Refuses a test that counts what is measured, or measures what is not: it would never hear of its fact, and wait for it
 * for ever. `facts` are the plan's own; of another fact of the dictionary nothing is known here but whether it is measured.
 */
export function checkKinds(rule, facts) {
  const check = (test) => {
    const [name, given] = parts(test);
    if (name === "any" || name === "all") return given.forEach(check);
    if (name !== "measures" && !(name in COUNTS)) return;
    const [code] = given;
    const own = facts.find((fact) => fact.code === code)?.kind;
    const kind = own ?? (MEASURES.includes(code) ? "measure" : undefined);
    if (name in COUNTS && kind === "measure") {
      throw new TypeError(
        `${rule.id}: ${code} is a measure, and ${COUNTS[name]} counts: write measures("${code}", "9.0"), as text in its unit`,
      );
    }
    if (name === "measures" && own !== undefined && own !== "measure") {
      throw new TypeError(`${rule.id}: ${code} is of kind ${own}, and measures tests a measure`);
    }
  };
  check(rule.test);
}

/** The day is no more than so many months before the case's day. */
export const withinMonths = (code, months) => ({
  "within-months": [textual("withinMonths", code), whole("withinMonths", months)],
});
/** A document of this kind is there and has not ended. */
export const document = (kind) => ({ document: kind });
/** The member has completed at least so many years. */
export const aged = (years) => ({ aged: years });
/** The member has completed fewer years than this. */
export const younger = (years) => ({ younger: years });
/** One of these passes. */
export const any = (...tests) => ({ any: tests });
/** All of these pass. */
export const all = (...tests) => ({ all: tests });
/** The member is a full dual in this plan's D-SNP. */
export const inThisDsnp = "in-this-dsnp";
/** The plan's own code tests it. */
export const byPlan = "by-plan";

/**
 * A rule of the state's own text. `kind` is `inclusion`, `exclusion`, `documentation` or `administrative`; `options` may
 * hold `population`, `stage` (`referral`, `authorization`, `both`, `apart`), `refusal` (`administrative`, `clinical`)
 * and `days`. A no that software may give rests on criteria of the kind `administrative` alone.
 */
export function stateRule(id, service, kind, text, source, test, options = {}) {
  check("criterion-kind", kind, `${id}: its kind`);
  check("bilingual", text, `${id}: its text`);
  if (test === undefined) throw new TypeError(`${id}: it has no test`);
  if (options.refusal === "administrative" && kind !== "administrative") {
    throw new Error(`${id}: only a criterion of the kind administrative gives an administrative no`);
  }
  return {
    id,
    service,
    population: undefined,
    kind,
    origin: "state",
    // No document may stand in the way of a referral (DHCS ECM Referral Standards, 2024-08).
    stage: kind === "documentation" ? "authorization" : "both",
    refusal: kind === "administrative" ? "administrative" : "clinical",
    text,
    source,
    days: since("2022-01-01"),
    test,
    ...options,
  };
}

/** A rule that the plan adds to the state's text. */
export const overlay = (id, service, kind, text, source, test, options = {}) =>
  stateRule(id, service, kind, text, source, test, { ...options, origin: "overlay" });

/**
 * The state's own definitions of its services, which every plan must use in full. Their ids begin with the plan's prefix;
 * `roomAndBoardDays` are the days in which the plan counts the six months of the combined limit on room and board.
 */
export function stateRules(prefix, { roomAndBoardDays }) {
  return STATE_RULES.map((rule) => ({
    ...rule,
    id: prefix + rule.id,
    days: rule.days.last ? between(rule.days.first, rule.days.last) : since(rule.days.first),
    test: rule.test["days-left"]
      ? { "days-left": { ...rule.test["days-left"], limit: roomAndBoardDays } }
      : rule.test,
  }));
}

/** What is known about a case, by code. Of two facts with one code the newer counts, and of two as new the later. */
export class Facts {
  constructor(facts) {
    this.facts = facts;
  }

  /** The value of a fact, if it is known. */
  value(code) {
    let newest;
    for (const fact of this.facts) {
      if (fact.code === code && (!newest || compareDays(fact.asOf, newest.asOf) >= 0)) newest = fact;
    }
    return newest?.value;
  }

  /** The value of a fact of this kind: `flag`, `count`, `measure`, `day`, `coded` or `text`. */
  of(kind, code) {
    const value = this.value(code);
    return value?.tag === kind ? value.val : undefined;
  }
}

/** A referral or a request for authorization as rules see it. */
export class Case {
  constructor(workflow, request, context, elections) {
    this.workflow = workflow;
    this.service = request.service;
    this.populations = request.populations;
    this.member = request.member;
    this.lines = request.lines ?? [];
    this.facts = new Facts(request.facts);
    this.documents = request.documents;
    this.context = context;
    this.elections = elections;
  }

  /** Completed years of the member's age on the day that the case is about. */
  age() {
    return ageOn(this.context.asOf, this.member.birthDate);
  }

  /** Days of the named services, under any plan, in the rolling months that end on the case's day. */
  daysUsed(services, months) {
    const { asOf, history } = this.context;
    const window = { first: plusDays(minusMonths(asOf, months), 1), last: asOf };
    return history
      .filter((usage) => services.includes(usage.service))
      .reduce((days, usage) => days + sharedDays(usage.days, window), 0);
  }
}

const truth = (holds) => (holds ? "met" : "not-met");
const known = (value, holds) => (value === undefined ? "unknown" : truth(holds(value)));

/** The test's name and what it is given. */
function parts(test) {
  return typeof test === "string" ? [test, undefined] : Object.entries(test)[0];
}

const FACT_TESTS = {
  yes: (facts, code) => known(facts.of("flag", code), (flag) => flag),
  no: (facts, code) => known(facts.of("flag", code), (flag) => !flag),
  "not-said": (facts, code) => truth(facts.of("flag", code) !== true),
  "one-of": (facts, [code, codes]) => known(facts.of("coded", code), (value) => codes.includes(value)),
  "not-said-of": (facts, [code, codes]) => truth(!codes.includes(facts.of("coded", code))),
  "at-least": (facts, [code, least]) => known(facts.of("count", code), (count) => count >= least),
  "at-most": (facts, [code, most]) => known(facts.of("count", code), (count) => count <= most),
  "not-said-above": (facts, [code, most]) => truth(!(facts.of("count", code) > most)),
  measures: (facts, [code, least]) => known(facts.of("measure", code), (measure) => measure >= least),
  "within-months": (facts, [code, months], { asOf }) =>
    known(facts.of("day", code), (date) => compareDays(date, minusMonths(asOf, months)) >= 0),
};

const CASE_TESTS = {
  document(kase, kind) {
    const counts = ({ expires }) => !expires || compareDays(kase.context.asOf, expires) <= 0;
    return kase.documents.some((document) => document.kind === kind && counts(document)) ? "met" : "unknown";
  },
  aged: (kase, years) => truth(kase.age() >= years),
  younger: (kase, years) => truth(kase.age() < years),
  any: (kase, tests) => decisive(tests, kase, "met", "not-met"),
  all: (kase, tests) => decisive(tests, kase, "not-met", "met"),
  covered(kase) {
    const covered = kase.context.coverage.days;
    const shares = ({ days }) =>
      (!days.last || compareDays(covered.first, days.last) <= 0) &&
      (!covered.last || compareDays(days.first, covered.last) <= 0);
    const asked = kase.lines.length === 0 || kase.lines.some(shares);
    return truth(asked && inPeriod(covered, kase.context.asOf));
  },
  elected: (kase) =>
    truth(
      kase.elections.some(
        ({ service, counties, days }) =>
          service === kase.service &&
          counties.includes(kase.member.county) &&
          inPeriod(days, kase.context.asOf),
      ),
    ),
  "not-duplicate": (kase) =>
    truth(
      !kase.context.openCases.some(
        (open) => open.service === kase.service && open.workflow === kase.workflow,
      ),
    ),
  room: (kase) =>
    truth(
      !kase.context.capacity.some(
        (count) =>
          count.service === kase.service &&
          count.county === kase.member.county &&
          count.admitted >= count.cap,
      ),
    ),
  "days-left": (kase, { services, months, limit }) => truth(kase.daysUsed(services, months) < limit),
  "not-in-dsnp": ({ context }) => truth(context.coverage.line !== "d-snp" && !context.coverage.otherDSnp),
  "in-this-dsnp": ({ context }) =>
    truth(
      context.coverage.line === "d-snp" && ["02", "04", "08"].includes(context.coverage.dualStatus),
    ),
  "by-plan": () => "unknown",
};

/** How a test comes out: `met`, `not-met` or `unknown`. */
export function outcome(test, kase) {
  const [name, given] = parts(test);
  return FACT_TESTS[name]
    ? FACT_TESTS[name](kase.facts, given, kase.context)
    : CASE_TESTS[name](kase, given);
}

/** `decision` if any outcome is; else unknown if any is; else `otherwise`. */
function decisive(tests, kase, decision, otherwise) {
  const outcomes = tests.map((test) => outcome(test, kase));
  if (outcomes.includes(decision)) return decision;
  return outcomes.includes("unknown") ? "unknown" : otherwise;
}

/** What would have to be known for an unknown test to come out. */
function asksOf(test, kase) {
  if (outcome(test, kase) !== "unknown") return [];
  const [name, given] = parts(test);
  if (name === "any" || name === "all") return given.flatMap((inner) => asksOf(inner, kase));
  if (name === "document") return [{ tag: "document", val: given }];
  return FACT_TESTS[name] ? [{ tag: "fact", val: codeOf(given) }] : [];
}

/** Adds what is asked and is not yet. */
export function addAsks(asks, more) {
  for (const ask of more) {
    if (!asks.some(({ tag, val }) => tag === ask.tag && val === ask.val)) asks.push(ask);
  }
}

/** What a rule needs to come out. */
export const ruleAsks = (rule, kase) => asksOf(rule.test, kase);

const codeOf = (given) => (Array.isArray(given) ? given[0] : given);

/** Codes of the facts and kinds of the documents that a test reads. */
function reads(test) {
  const [name, given] = parts(test);
  if (name === "any" || name === "all") return given.flatMap(reads);
  if (name === "document") return [["document", given]];
  return FACT_TESTS[name] ? [["fact", codeOf(given)]] : [];
}

function evidence(rule, kind) {
  return [...new Set(reads(rule.test).filter(([of]) => of === kind).map(([, code]) => code))];
}

/** Whether the rule speaks about this case on its day. */
export const applies = (rule, kase) =>
  (rule.stage === "both" || rule.stage === kase.workflow) &&
  (rule.service === "*" || rule.service === kase.service) &&
  inPeriod(rule.days, kase.context.asOf);

/** The rule as the profile declares it. */
export const criterion = (rule) => ({
  id: rule.id,
  service: rule.service,
  kind: rule.kind,
  origin: rule.origin,
  text: rule.text,
  facts: evidence(rule, "fact"),
  documents: evidence(rule, "document"),
  source: rule.source,
  days: rule.days,
});

const SAID = {
  met: ["Holds", "Se cumple"],
  "not-met": ["Does not hold", "No se cumple"],
  unknown: ["Not known yet", "Aún no se sabe"],
};

/** The rule's finding with its outcome in a sentence. */
export function finding(rule, outcome) {
  const [en, es] = SAID[outcome];
  return {
    criterion: rule.id,
    outcome,
    evidence: [...evidence(rule, "fact"), ...evidence(rule, "document")],
    reason: text(`${en}: ${rule.text.en}`, `${es}: ${rule.text.es}`),
  };
}

// The rules of {{title}}.

import { Plan, elected, length, overlay, since, stateRules, text, yes } from "./crosswalk/index.js";

// Codes of GET /v1/dictionary/counties. SRV is invented, and a host has it if its operator added it.
const COUNTIES = ["SRV"];
const MANUAL = "{{title}} provider manual, 2026-01";
const CAN_KEEP_FOOD_COLD = "plan.{{name}}.can-keep-food-cold";

const RULES = [
  overlay(
    "{{name}}.keeps-food-cold",
    "medically-tailored-meals",
    "inclusion",
    text(
      "The member can keep delivered food cold.",
      "El miembro puede mantener fríos los alimentos que recibe.",
    ),
    MANUAL,
    yes(CAN_KEEP_FOOD_COLD),
  ),
];

const PLAN = new Plan({
  planId: "{{name}}",
  name: "{{title}}",
  version: "1.0.0",
  lines: ["medi-cal"],
  counties: COUNTIES,
  languages: ["en", "es"],
  modes: [{ workflow: "referral", mode: "decides" }],
  elections: [elected("medically-tailored-meals", COUNTIES, since("2026-01-01"))],
  // The state's definitions in full, and what the plan adds.
  rules: [stateRules("{{name}}", { roomAndBoardDays: 182 }), RULES],
  facts: [
    {
      code: CAN_KEEP_FOOD_COLD,
      kind: "flag",
      codes: [],
      question: text(
        "Can the member keep food cold at home?",
        "¿Puede el miembro mantener los alimentos fríos en casa?",
      ),
      source: MANUAL,
    },
  ],
  defaults: [length("medically-tailored-meals", 84, 84, 168)],
  turnArounds: [{ workflow: "authorization", urgency: "standard", amount: 5, unit: "business-days" }],
  claims: { form: "invoice", payerId: "{{payer}}", filingDays: 180 },
  contacts: [
    {
      purpose: "authorizations",
      name: "Care desk",
      phone: "+15550100500",
      email: "care@{{name}}.example",
    },
  ],
});

/** @type {import("./crosswalk/contract").Profile} */
export const profile = { describe: () => PLAN.describe() };

/** @type {import("./crosswalk/contract").Referral} */
export const referral = { triage: (request, context) => PLAN.triage(request, context) };

// What a plan's plugin is written with, in JavaScript.
//
// A plugin is a `Plan` (its rules, rates and requirements as data) and one exported object for each interface of the
// contract that the plan automates; `wit/world.wit` names exactly those:
//
//     export const profile = { describe: () => PLAN.describe() };
//     export const referral = { triage: (request, context) => PLAN.triage(request, context) };
//
// Where a plan's rule is more than data can say, its own function runs before or after `PLAN`'s. A `result`'s error is
// thrown: `throw unsupported("...")`. The contract's types are in `contract.d.ts`.

export * from "./days.js";
export * from "./rules.js";
export * from "./plan.js";

/** The plugin does not handle this; which part, for the plan's own log. To be thrown. */
export const unsupported = (what) => ({ payload: { tag: "unsupported", val: what } });

/** The request contradicts itself: `{ at, problem }` for each issue. To be thrown. */
export const invalid = (issues) => ({ payload: { tag: "invalid", val: issues } });

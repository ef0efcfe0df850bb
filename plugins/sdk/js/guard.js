// Stands between a plugin and its host. Each answer is checked field by field before it is handed over, and whatever a plugin
// throws is handed over as the contract's internal error, with its message and the place where it was thrown: a sandbox would
// say `trap (unreachable)` and nothing else.

import SHAPES from "./shapes.js";

/** Most entries of what the host bounds in an answer. */
const MOST = 200;
const BOUNDED = new Set(["findings", "notes", "evidence", "needs-more", "pended"]);
/** Most letters of an internal error. */
const MOST_WORDS = 2_000;
/** Most places that an internal error names. */
const MOST_PLACES = 6;

/** A name of the contract as JavaScript writes it. */
export const camel = (name) => name.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());

/** What a wrong value looks like. */
function shown(value) {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" ? "an object" : String(value);
}

function fail(at, wanted, value) {
  throw new TypeError(`${at} must be ${wanted}, got ${shown(value)}`);
}

/** Spellings that were perhaps meant for a name: they differ in case and hyphens only. */
const fold = (name) => String(name).toLowerCase().replace(/[-_]/g, "");
export const alike = (name, names) => [...names].find((other) => fold(other) === fold(name));

const INTEGERS = { u8: 2 ** 8, u16: 2 ** 16, u32: 2 ** 32 };

const PRIMITIVES = {
  bool: (value, at) => typeof value === "boolean" || fail(at, "true or false", value),
  string: (value, at) => typeof value === "string" || fail(at, "text", value),
  s64: (value, at) =>
    (typeof value === "bigint" && BigInt.asIntN(64, value) === value) ||
    fail(at, "a whole number written as a BigInt, such as 1050n", value),
  ...Object.fromEntries(
    Object.entries(INTEGERS).map(([name, end]) => [
      name,
      (value, at) =>
        (Number.isInteger(value) && value >= 0 && value < end) ||
        fail(at, `a whole number from 0 to ${end - 1}`, value),
    ]),
  ),
};

/** What an entry of a list is called by: its own name, if it has one. */
function label(entry, place) {
  const name = entry?.id ?? entry?.code ?? entry?.criterion ?? entry?.requirement ?? entry?.name;
  return typeof name === "string" ? JSON.stringify(name) : place;
}

function checkList(inner, value, at) {
  if (inner === "u8" && value instanceof Uint8Array) return;
  if (!Array.isArray(value)) fail(at, "a list", value);
  const what = at.slice(at.lastIndexOf(".") + 1);
  if (BOUNDED.has(what) && value.length > MOST) {
    throw new TypeError(`${at}: the answer has ${value.length} ${what}; ${MOST} are allowed`);
  }
  value.forEach((entry, place) => check(inner, entry, `${at}[${label(entry, place)}]`));
}

function checkRecord(fields, value, at) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail(at, "an object", value);
  const names = new Set(fields.map(([name]) => camel(name)));
  for (const name of Object.keys(value)) {
    if (names.has(name) || value[name] === undefined) continue;
    const meant = alike(name, names);
    const fix = meant ? `did you mean ${meant}?` : `it has ${[...names].join(", ")}`;
    throw new TypeError(`${at} has no field ${name}; ${fix}`);
  }
  for (const [name, type] of fields) check(type, value[camel(name)], `${at}.${camel(name)}`);
}

function checkVariant(cases, value, at) {
  const tags = cases.map(([tag]) => tag);
  if (typeof value !== "object" || value === null) fail(at, `an object with a tag: ${tags.join(", ")}`, value);
  const found = cases.find(([tag]) => tag === value.tag);
  if (!found) fail(`${at}.tag`, `one of ${tags.join(", ")}`, value.tag);
  if (found[1] !== null) check(found[1], value.val, `${at}.${value.tag}`);
}

/** Checks that a value is of a type of the contract; throws what is wrong, by the names of its fields. */
export function check(type, value, at) {
  if (typeof type === "object") {
    if ("option" in type) {
      if (value !== undefined && value !== null) check(type.option, value, at);
    } else if ("list" in type) {
      checkList(type.list, value, at);
    } else {
      const { length } = type.tuple;
      if (!Array.isArray(value) || value.length !== length) fail(at, `a list of ${length}`, value);
      type.tuple.forEach((inner, place) => check(inner, value[place], `${at}[${place}]`));
    }
    return;
  }
  if (PRIMITIVES[type]) {
    PRIMITIVES[type](value, at);
    return;
  }
  const shape = SHAPES.types[type];
  if (shape.alias) check(shape.alias, value, at);
  else if (shape.record) checkRecord(shape.record, value, at);
  else if (shape.variant) checkVariant(shape.variant, value, at);
  else if (!shape.enum.includes(value)) fail(at, `one of ${shape.enum.join(", ")}`, value);
}

// A component has no clock and no chance: the ones that JavaScript knows stand still, and whoever reads them in a rule decides
// by accident. While a question is answered they throw; what a library reads when it is loaded is left alone.
let asking = false;

function refused(what, fix) {
  if (asking) throw new Error(`a plugin has no ${what}: ${fix}`);
}

const NO_CLOCK = ["clock", "use context.today or context.asOf"];
const { random } = Math;
Math.random = () => {
  refused("random numbers", "the same request must get the same answer");
  return random();
};
const RealDate = Date;
const now = () => {
  refused(...NO_CLOCK);
  return RealDate.now();
};
globalThis.Date = new Proxy(RealDate, {
  apply(target, self, given) {
    refused(...NO_CLOCK);
    return Reflect.apply(target, self, given);
  },
  construct(target, given, as) {
    if (given.length === 0) refused(...NO_CLOCK);
    return Reflect.construct(target, given, as);
  },
  get: (target, name, self) => (name === "now" ? now : Reflect.get(target, name, self)),
});

/**
 * The plugin's own places in an error's stack, innermost first: `plugin.js:14:5`. `base` is the folder that files are
 * counted from; `maps` says where a generated file comes from, as `build.mjs` writes it.
 */
function places(thrown, { base = "", maps = {} }) {
  const found = [];
  for (const [, file, line, column] of String(thrown?.stack ?? "").matchAll(/([^\s()@]+\.[cm]?[jt]sx?):(\d+):(\d+)/g)) {
    const path = file.replace(/^file:\/\//, "").replace(base, "").replace(/^\.?\//, "");
    const own = !/^(crosswalk|build)\/|node_modules\/|^node:|^\.\./.test(path);
    if (own) found.push(mapped(maps[path], path, Number(line), Number(column)));
  }
  return found.slice(0, MOST_PLACES);
}

/** Where a place of a generated file comes from: the last entry of its line that is not behind it. */
function mapped(map, path, line, column) {
  const entries = map?.[line - 1] ?? [];
  const entry = entries.filter(([from]) => from < column).pop();
  return entry ? `${entry[1]}:${entry[2]}:${entry[3]}` : `${path}:${line}:${column}`;
}

/** What was thrown, and where: `plugin.js:14:5: TypeError: ...`. */
export function told(thrown, origin) {
  const words = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : `it threw ${shown(thrown)}`;
  const [first, ...others] = places(thrown, origin);
  const from = others.map((place) => `\n  called from ${place}`).join("");
  return `${first ?? "plugin.js"}: ${words}${from}`.slice(0, MOST_WORDS);
}

/** What was thrown as the contract has it: the plan's own error, or one that says that the plugin is broken. */
function planError(thrown, origin) {
  if (thrown?.payload !== undefined) {
    try {
      check("plan-error", thrown.payload, "payload");
      return thrown;
    } catch (misfit) {
      return { payload: { tag: "internal", val: told(misfit, origin) } };
    }
  }
  return { payload: { tag: "internal", val: told(thrown, origin) } };
}

/** One function of an interface, guarded. */
function answering(own, name, { gives }, origin) {
  return (...asked) => {
    asking = true;
    try {
      const answer = own[name](...asked);
      if (typeof answer?.then === "function") throw new TypeError(`${name}() is a promise, and a plugin answers at once`);
      check(gives, answer, `${name}()`);
      return answer;
    } catch (thrown) {
      throw planError(thrown, origin);
    } finally {
      asking = false;
    }
  };
}

/**
 * An interface of the contract as the plugin exports it, guarded. A profile is made and checked when the component is built,
 * so that a plugin that cannot describe itself is never made.
 */
export function guarded(name, own, origin = {}) {
  const functions = Object.entries(SHAPES.functions[name]);
  const missing = functions.filter(([of]) => typeof own?.[camel(of)] !== "function").map(([of]) => camel(of));
  if (missing.length > 0) {
    throw new TypeError(`the export ${camel(name)} has no function ${missing.join(" and no ")}`);
  }
  if (name === "profile") {
    const profile = own.describe();
    check("plan-profile", profile, "describe()");
    return { describe: () => profile };
  }
  return Object.fromEntries(functions.map(([of, shape]) => [camel(of), answering(own, camel(of), shape, origin)]));
}

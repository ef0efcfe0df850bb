// The contract's values as JSON, as a host's records and a plan's example cases have them: names in snake case, a variant as
// its case's name or as an object of one entry, days as YYYY-MM-DD, instants as RFC 3339. For running a plugin in Node.js.

import { day } from "./days.js";
import { camel } from "./guard.js";
import SHAPES from "./shapes.js";

const snake = (name) => name.replaceAll("-", "_");
const two = (number, digits = 2) => String(number).padStart(digits, "0");

/** The few types whose JSON is a text of their own. */
const TEXTS = {
  date: { read: day, write: ({ year, month, day: of }) => `${two(year, 4)}-${two(month)}-${two(of)}` },
  instant: { read: (text) => BigInt(Date.parse(text)), write: (ms) => new Date(Number(ms)).toISOString() },
};

/** A value of the contract from its JSON. */
export function read(type, json) {
  if (typeof type === "object") {
    if ("option" in type) return json === undefined || json === null ? undefined : read(type.option, json);
    if ("tuple" in type) return type.tuple.map((inner, place) => read(inner, json[place]));
    return type.list === "u8" ? Uint8Array.from(json) : json.map((entry) => read(type.list, entry));
  }
  if (TEXTS[type]) return TEXTS[type].read(json);
  if (type === "s64") return BigInt(json);
  const shape = SHAPES.types[type];
  if (shape?.alias) return read(shape.alias, json);
  if (shape?.record) {
    return Object.fromEntries(shape.record.map(([name, of]) => [camel(name), read(of, json[snake(name)])]));
  }
  if (!shape?.variant) return json;
  const [tag, inner] = typeof json === "string" ? [json] : Object.entries(json)[0];
  const of = shape.variant.find(([name]) => name === tag)[1];
  return of === null ? { tag } : { tag, val: read(of, inner) };
}

/** The JSON of a value of the contract. */
export function write(type, value) {
  if (typeof type === "object") {
    if ("option" in type) return value === undefined || value === null ? null : write(type.option, value);
    if ("tuple" in type) return type.tuple.map((inner, place) => write(inner, value[place]));
    return [...value].map((entry) => write(type.list, entry));
  }
  if (TEXTS[type]) return TEXTS[type].write(value);
  if (type === "s64") return Number(value);
  const shape = SHAPES.types[type];
  if (shape?.alias) return write(shape.alias, value);
  if (shape?.record) {
    return Object.fromEntries(shape.record.map(([name, of]) => [snake(name), write(of, value[camel(name)])]));
  }
  if (!shape?.variant) return value;
  const of = shape.variant.find(([name]) => name === value.tag)[1];
  return of === null ? value.tag : { [value.tag]: write(of, value.val) };
}

// Words of the portal, by their keys, from the files that the pages are made of.

import { readFileSync } from "node:fs";

const FILE = (language) => new URL(`../../host/portal/words/${language}/portal.ftl`, import.meta.url);

// Gives a message, with `values` in the place of its variables. One of several texts, such as for one thing and
// for many, is none of these: a journey then looks for what it is made of.
export function wordsOf(language) {
  const text = readFileSync(FILE(language), "utf8");
  const known = new Map([...text.matchAll(/^([a-z][a-z0-9-]*) = ([^\n]+)$/gm)].map(([, key, value]) => [key, value.trim()]));
  return (key, values = {}) => {
    const message = known.get(key)?.replace(/\{ \$([a-z]+) \}/g, (variable, name) => values[name] ?? variable);
    if (!message || /[{}]/.test(message)) throw new Error(`no message of one text is called ${key} in ${language}`);
    return message;
  };
}

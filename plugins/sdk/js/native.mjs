// Runs the plugin in this Node.js instead of in a sandbox: `node crosswalk/native.mjs`, in the plugin's folder. The first line
// that it prints says who the plugin is, or why it cannot say so; then each question, a line of JSON, gets an answer. For
// `crosswalk plugin build`, `crosswalk plugin test --native` and `crosswalk plugin try`.

import { Console } from "node:console";
import { readFile, readdir } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { argv, cwd, exit, stderr, stdin, stdout } from "node:process";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

import { camel, guarded, told } from "./guard.js";
import { read, write } from "./json.js";
import SHAPES from "./shapes.js";

// What is printed is the answers and nothing else.
globalThis.console = new Console(stderr);

const ORIGIN = { base: cwd() + sep };
const say = (line) => stdout.write(`${JSON.stringify(line)}\n`);

/** Comments and texts, in which nothing is called. */
const WORDS = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;

/** What a component does not have, and what to use. */
const LACKING = [
  [/\bnew\s+Date\s*\(\s*\)|(?<!new\s)\bDate\s*\(\s*\)|\b(Date|performance)\.now\b/g, "a plugin has no clock: use context.today or context.asOf"],
  [/\bconsole\.\w+/g, "nobody reads a plugin's console: put it into the answer's notes"],
  [/\bMath\.random\b|\bcrypto\.\w+/g, "a plugin has no random numbers: the same request must get the same answer"],
  [/\b(setTimeout|setInterval|fetch|XMLHttpRequest)\b/g, "a plugin reaches nothing and waits for nothing: what it needs is in the request and its context"],
];

/** What of a plugin's folder is not its own. */
const OTHERS = new Set(["crosswalk", "build", "node_modules"]);

/** The plugin's own files. */
async function* sources(folder = ".") {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = folder === "." ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && !OTHERS.has(entry.name) && !entry.name.startsWith(".")) yield* sources(path);
    else if (/\.[cm]?js$/.test(entry.name)) yield path;
  }
}

/** Where the plugin's own files use what a component does not have. */
async function warnings() {
  const found = [];
  for await (const file of sources()) {
    const text = (await readFile(file, "utf8")).replace(WORDS, (words) => words.replace(/[^\n]/g, " "));
    for (const [pattern, says] of LACKING) {
      for (const { index } of text.matchAll(pattern)) {
        const before = text.slice(0, index).split("\n");
        found.push(`${file}:${before.length}:${before.at(-1).length + 1}: ${says}`);
      }
    }
  }
  return found.sort();
}

/** The interfaces that the plugin exports, guarded. */
function exported(plugin) {
  const names = Object.keys(SHAPES.functions).filter((name) => plugin[camel(name)] !== undefined);
  return Object.fromEntries(names.map((name) => [name, guarded(name, plugin[camel(name)], ORIGIN)]));
}

/** Asks one question, and answers as a record keeps it. */
function answer(interfaces, question) {
  const [operation, given] = Object.entries(question)[0];
  const [name, functions] = Object.entries(SHAPES.functions).find(([, functions]) => operation in functions);
  const { takes, gives } = functions[operation];
  if (!interfaces[name]) return { "guest-error": { unsupported: `it does not export ${name}` } };
  const asked = takes.map(([of, type]) => read(type, given[of]));
  try {
    return { answer: { [operation]: write(gives, interfaces[name][camel(operation)](...asked)) } };
  } catch (thrown) {
    return { "guest-error": write("plan-error", thrown.payload) };
  }
}

let interfaces;
try {
  interfaces = exported(await import(pathToFileURL(resolve(argv[2] ?? "plugin.js")).href));
  const profile = interfaces.profile && write("plan-profile", interfaces.profile.describe());
  say({ exports: Object.keys(interfaces), profile: profile ?? null, warnings: await warnings() });
} catch (thrown) {
  say({ failed: told(thrown, ORIGIN) });
  exit(1);
}
for await (const line of createInterface({ input: stdin })) say(answer(interfaces, JSON.parse(line)));

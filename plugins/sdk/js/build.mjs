// Makes a component of `plugin.js`: `node crosswalk/build.mjs OUTPUT`, in the plugin's folder. `crosswalk plugin build` runs
// it. With these features switched off the engine imports nothing: no clock, no random numbers, no network, no output.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { dirname, join, normalize, resolve } from "node:path";
import { argv, exit } from "node:process";

import { componentize } from "@bytecodealliance/componentize-js";

import { camel } from "./guard.js";

const GUEST = "build/guest.js";

/** The interfaces that `wit/world.wit` exports. */
async function interfaces() {
  const world = await readFile("wit/world.wit", "utf8");
  return [...world.matchAll(/^\s*export\s+crosswalk:plan\/([a-z-]+)@/gm)].map(([, name]) => name);
}

/**
 * Where each line of a generated file comes from: for each line a list of `[column, source, line, column]`. Nothing, if no
 * source map stands beside it.
 */
async function mapOf(file) {
  const text = await readFile(file, "utf8");
  const named = text.match(/^\/\/[#@] sourceMappingURL=(?!data:)(\S+)\s*$/m)?.[1];
  const payload = named && (await readFile(join(dirname(file), named), "utf8").catch(() => undefined));
  if (!payload) return undefined;
  const map = new SourceMap(JSON.parse(payload));
  return text.split("\n").map((line, row) => {
    const entries = [];
    for (let column = 0; column < line.length; column += 1) {
      const entry = map.findEntry(row, column);
      if (entry.generatedLine === row && entry.generatedColumn === column && entry.originalSource) {
        const source = normalize(join(dirname(file), entry.originalSource));
        entries.push([column, source, entry.originalLine + 1, entry.originalColumn + 1]);
      }
    }
    return entries;
  });
}

/** What the host sees: the plugin's own interfaces, guarded. */
async function guest() {
  const map = await mapOf("plugin.js");
  const origin = JSON.stringify(map ? { maps: { "plugin.js": map } } : {});
  const exported = (await interfaces()).map(
    (name) => `export const ${camel(name)} = guarded("${name}", plugin.${camel(name)}, ORIGIN);\n`,
  );
  return `// Written by crosswalk/build.mjs; not to be edited.
import { guarded } from "../crosswalk/guard.js";
import * as plugin from "../plugin.js";
const ORIGIN = ${origin};
${exported.join("")}`;
}

try {
  await mkdir("build", { recursive: true });
  await writeFile(GUEST, await guest());
  const { component, imports } = await componentize({
    sourcePath: resolve(GUEST),
    witPath: resolve("wit"),
    worldName: "guest",
    disableFeatures: ["random", "stdio", "clocks", "http", "fetch-event"],
  });
  if (imports.length > 0) throw new Error(`the component would import ${imports.join(", ")}`);
  await writeFile(argv[2], component);
} catch (error) {
  // The stack is the tool's own.
  console.error(error?.message ?? String(error));
  exit(1);
}

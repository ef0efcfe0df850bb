// Makes a component of `plugin.js`: `node crosswalk/build.mjs OUTPUT`, in the plugin's folder. `crosswalk plugin build` runs
// it. With these features switched off the engine imports nothing: no clock, no random numbers, no network, no output.

import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { argv } from "node:process";

import { componentize } from "@bytecodealliance/componentize-js";

const { component, imports } = await componentize({
  sourcePath: resolve("plugin.js"),
  witPath: resolve("wit"),
  worldName: "guest",
  disableFeatures: ["random", "stdio", "clocks", "http", "fetch-event"],
});
if (imports.length > 0) throw new Error(`the component would import ${imports.join(", ")}`);
await writeFile(argv[2], component);

// Does one task in a browser. The job comes as JSON on standard input; findings go out as JSON lines, and the
// last line says how much was done, so that a run that breaks off is no run that found nothing.

import { text } from "node:stream/consumers";

import { launch } from "./browser.mjs";

const TASKS = {
  broken: () => import("./broken.mjs"),
  gallery: () => import("./gallery.mjs"),
  journey: () => import("./journey.mjs"),
  pictures: () => import("./pictures.mjs"),
  slow: () => import("./slow.mjs"),
  snapshots: () => import("./snapshots.mjs"),
};

const job = JSON.parse(await text(process.stdin));
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const task = (await TASKS[job.task]())[job.task];
const browser = await launch(job);
// A page that never answers must not keep the tests for ever.
const watch = setTimeout(() => {
  console.error(`${job.task} takes longer than ${job.seconds} s`);
  process.exit(1);
}, job.seconds * 1000);
try {
  await task(browser, job, say);
} finally {
  clearTimeout(watch);
  await browser.close();
}

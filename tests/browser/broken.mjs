// The checks checked: one page of the gallery, broken in one way at a time.

import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";

import { looker } from "./look.mjs";

const PAGE = "/portal/parts/parts";
const BROKEN = new URL("broken.json", import.meta.url);

// What stands in the table as `LONG`: a text that no packing makes short.
const LONG = randomBytes(60 * 1024).toString("base64");

// The text with `from` replaced; a change that changes nothing would prove nothing.
function changed(text, [from, to], name) {
  if (!text.includes(from)) throw new Error(`${name}: the page has no ${from}`);
  return text.replace(from, () => to.replace("LONG", LONG));
}

export async function broken(browser, job, say) {
  const pages = JSON.parse(await readFile(BROKEN, "utf8"));
  const work = [{ name: "whole" }, ...pages];
  const workers = Array.from({ length: job.workers }, async () => {
    while (work.length) {
      const one = work.shift();
      (await lookAt(browser, job, one)).forEach(say);
    }
  });
  await Promise.all(workers);
  say({ done: pages.length });
}

async function lookAt(browser, job, { name, replace, css, script, free, found: wanted }) {
  const { context, look } = await looker(browser, job, "en", PAGE);
  // What is fetched for a route is answered by the server itself, headers and all.
  const instead = (address, change) =>
    context.route(address, async (route) => {
      const answer = await route.fetch();
      const headers = answer.headers();
      if (free) delete headers["content-security-policy"];
      await route.fulfill({ response: answer, headers, body: change(await answer.text()) });
    });
  if (replace || free) await instead(`**${PAGE}`, (html) => (replace ? changed(html, replace, name) : html));
  if (css) await instead("**/portal/assets/*.css", (text) => `${text}\n${css}`);
  if (script) await instead("**/portal/assets/*.js", (text) => `${text}\n${script}`);
  // What another site would be asked for is not asked for. (A page with a route keeps nothing in its cache, so
  // the whole one has none.)
  if (name !== "whole") await context.route(/^https:\/\/outside\.example\//, (route) => route.abort());
  const found = await look(name, PAGE, wanted?.check);
  await context.close();
  return found;
}

// One journey, in one language and one way. A journey is a file of `journeys` with a function `go`.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { Hand } from "./hands.mjs";

export async function journey(browser, job, say) {
  const { go } = await import(`./journeys/${job.journey}.mjs`);
  const hand = await Hand.of(browser, job, say);
  try {
    await go(hand);
  } catch (error) {
    const what = `${error.message}\n${await left(hand.page, job)}`;
    say({ check: "journey", page: hand.page.url(), what, language: job.language, way: job.way });
  }
  await hand.close();
  say({ done: hand.screens, cost: hand.cost });
}

// Leaves a picture and the HTML of the page at which a journey broke off, and says where.
async function left(page, job) {
  const file = join(job.failures, `${job.journey}-${job.way}-${job.language}`);
  try {
    await mkdir(job.failures, { recursive: true });
    await writeFile(`${file}.html`, await page.content());
    await page.screenshot({ path: `${file}.png`, fullPage: true });
    return `the page is in ${file}.html and .png`;
  } catch (error) {
    return `the page cannot be kept: ${error.message}`;
  }
}

// Every page of the gallery, in both languages.

import { LANGUAGES } from "./browser.mjs";
import { looker } from "./look.mjs";

const GALLERY = "/portal/parts";

// Addresses of all samples: the gallery's first page leads to each.
async function samples(browser, job) {
  const page = await browser.newPage();
  await page.goto(`${job.origin}${GALLERY}`);
  const links = await page.locator(`a[href^="${GALLERY}/"]`).evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  await page.close();
  return [GALLERY, ...new Set(links)];
}

export async function gallery(browser, job, say) {
  const addresses = await samples(browser, job);
  const work = Object.keys(LANGUAGES).flatMap((language) => addresses.map((address) => ({ language, address })));
  // Some pages at a time: each waits for the server and for the browser in turn.
  const workers = Array.from({ length: job.workers }, async () => {
    const lookers = {};
    while (work.length) {
      const { language, address } = work.shift();
      if (!lookers[language]) {
        lookers[language] = await looker(browser, job, language, GALLERY);
        lookers[language].ofFirst.forEach(say);
      }
      const name = address.slice(GALLERY.length + 1) || "index";
      (await lookers[language].look(name, address)).forEach(say);
    }
  });
  await Promise.all(workers);
  say({ done: addresses.length });
}

// What a screen reader is given: the accessibility tree of pages of the gallery.

import { LANGUAGES, open } from "./browser.mjs";

export async function snapshots(browser, job, say) {
  for (const language of Object.keys(LANGUAGES)) {
    const context = await open(browser, job, language);
    const page = await context.newPage();
    for (const name of job.pages) {
      await page.goto(`${job.origin}/portal/parts/${name}`);
      say({ page: name, language, tree: await page.locator("body").ariaSnapshot() });
    }
    await context.close();
  }
  say({ done: job.pages.length });
}

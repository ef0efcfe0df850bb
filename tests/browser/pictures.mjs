// Pictures of pages of the gallery for the documentation: invented people only, and the same each time.

import { join } from "node:path";

import { LANGUAGES, open } from "./browser.mjs";

export async function pictures(browser, job, say) {
  for (const language of Object.keys(LANGUAGES)) {
    for (const { page: name, width, height } of job.pictures) {
      const context = await open(browser, job, language, { viewport: { width, height } });
      const page = await context.newPage();
      await page.goto(`${job.origin}/portal/parts/${name}`);
      const path = join(job.folder, `${name}.${language}.png`);
      await page.screenshot({ path, animations: "disabled", caret: "hide" });
      say({ picture: path });
      await context.close();
    }
  }
  say({ done: job.pictures.length });
}

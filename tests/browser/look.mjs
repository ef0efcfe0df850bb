// One page in one language, looked at in every width and theme.
//
// A page is loaded once; the window and the theme change around it. What a check finds depends on the width,
// the theme, both or neither, and each is made where it may find something that it did not find before:
//   - at 320 px in light: all of axe, targets, sizes, a head of one line, more room between letters, and the walk by Tab where the
//     page has a kind of control that no page before it had;
//   - at 1280 px in light: all of axe again, since tables are tables only there; a head of one line; text of twice the size;
//   - at every width: nothing sticks out, and targets are large enough;
//   - in dark at 390 px and in forced colours at 1280 px: what axe says of colours.
// In Spanish axe looks at 320 px only: the other language has other lengths, and neither other colours nor
// another structure.

import { THEMES, listen, open, scale } from "./browser.mjs";
import { axeChecker, head, htmlChecker, largeText, names, sideways, smallText, spacing, targets, touch, walk } from "./checks.mjs";
import { wordsOf } from "./words.mjs";

const WIDTHS = { 320: 640, 390: 844, 1280: 800 };

// Most bytes of a first visit with all that it loads, and of each page after it.
const FIRST_VISIT = 50 * 1024;
const NEXT_PAGE = 10 * 1024;

export const tooHeavy = (bytes, isFirst) => {
  const most = isFirst ? FIRST_VISIT : NEXT_PAGE;
  return bytes > most ? [{ check: "weight", what: `${Math.round(bytes)} bytes, of at most ${most}` }] : [];
};

export async function looker(browser, job, language, first) {
  const context = await open(browser, job, language);
  const page = await context.newPage();
  const heard = listen(page, job.origin);
  const scales = await scale(context, page);
  // Style and script are kept from the first page on.
  await page.goto(`${job.origin}${first}`, { waitUntil: "load" });
  const ofFirst = tooHeavy(scales.take(), true).map((finding) => ({ page: first, language, ...finding }));
  const [html, axe] = [htmlChecker(job.tools), axeChecker(job.tools)];

  // True where a page has a control of another kind, or in another place, than those that were walked to. A walk
  // takes longer than all other checks of a page together.
  const walked = new Set();
  const hasNew = async (page) => {
    const kinds = await page.evaluate(() => {
      const controls = document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]");
      return [...controls].map(({ tagName, type, className, parentElement }) =>
        [tagName, type, className, parentElement.tagName, parentElement.className].join(" "),
      );
    });
    const fresh = kinds.filter((kind) => !walked.has(kind));
    fresh.forEach((kind) => walked.add(kind));
    return fresh.length > 0;
  };

  // Makes all checks, or one kind `only`.
  const look = async (name, address, only) => {
    const found = [];
    const isAsked = (kind) => !only || only === kind;
    const at = async (width, theme, checks) => {
      await page.setViewportSize({ width, height: WIDTHS[width] });
      await page.emulateMedia(THEMES[theme]);
      for (const [kind, check] of Object.entries(checks)) {
        if (!isAsked(kind)) continue;
        const findings = await check(page);
        found.push(...findings.map((finding) => ({ width, theme, ...finding })));
      }
    };
    heard.take();
    scales.take();
    await page.setViewportSize({ width: 320, height: WIDTHS[320] });
    await page.emulateMedia(THEMES.light);
    const answer = await page.goto(`${job.origin}${address}`, { waitUntil: "load" });
    if (answer.status() !== 200) found.push({ check: "status", what: `answered ${answer.status()}` });
    found.push(...tooHeavy(scales.take(), false));
    if (isAsked("html")) found.push(...(await html(await answer.text())));
    const again = (check) => (language === "en" ? { axe: check } : {});
    const named = (page) => names(page, language, wordsOf(language)("person"));
    await at(320, "light", {
      names: named,
      "small-text": smallText,
      sideways,
      target: targets,
      touch,
      head,
      axe: axe.all,
      focus: async (page) => ((await hasNew(page)) ? walk(page) : []),
      spacing,
    });
    await at(390, "dark", { sideways, target: targets, ...again(axe.colours) });
    await at(1280, "forced", again(axe.colours));
    await at(1280, "light", { sideways, target: targets, head, ...again(axe.all), "large-text": largeText });
    found.push(...heard.take());
    return found.map((finding) => ({ page: name, language, ...finding }));
  };
  return { context, look, ofFirst };
}

// Checks of an open page. Each gives findings: `{ check, what }`.

import { readFileSync } from "node:fs";

import { tool } from "./browser.mjs";
import rules from "./html_rules.mjs";

// WCAG 2.2, levels A and AA.
const STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
// What depends on colours alone.
const COLOURS = ["color-contrast"];

const finding = (check, what) => ({ check, what });

export function htmlChecker(tools) {
  const { HtmlValidate, StaticConfigLoader } = tool(tools)("html-validate");
  const validator = new HtmlValidate(new StaticConfigLoader(rules));
  return async (html) => {
    const report = await validator.validateString(html);
    const messages = report.results.flatMap((result) => result.messages);
    return messages.map(({ ruleId, message, line }) => finding("html", `${ruleId}, line ${line}: ${message}`));
  };
}

// The package for Playwright brings axe into the page again for each question, which takes longer than the
// answers; here it comes once for each page.
export function axeChecker(tools) {
  const source = readFileSync(tool(tools).resolve("axe-core/axe.min.js"), "utf8");
  const run = async (page, runOnly) => {
    if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(source);
    const violations = await page.evaluate(async (runOnly) => {
      const answer = await window.axe.run(document, { runOnly, resultTypes: ["violations"] });
      return answer.violations.flatMap(({ id, help, nodes }) =>
        nodes.map(({ target }) => `${id}: ${help}: ${target.join(" ")}`),
      );
    }, runOnly);
    return violations.map((what) => finding("axe", what));
  };
  return {
    all: (page) => run(page, { type: "tag", values: STANDARD }),
    colours: (page) => run(page, { type: "rule", values: COLOURS }),
  };
}

// Names an element so that whoever wrote the page finds it.
const NAMING = `(element) => {
  const id = element.id ? "#" + element.id : "";
  const kind = typeof element.className === "string" && element.className ? "." + element.className.split(" ").join(".") : "";
  const text = (element.getAttribute("aria-label") ?? element.textContent ?? "").trim().replace(/\\s+/g, " ").slice(0, 40);
  return element.tagName.toLowerCase() + id + kind + (text ? " “" + text + "”" : "");
}`;

const inPage = (page, check, probe) =>
  page.evaluate(`(() => {
    const name = ${NAMING};
    const isShown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    return (${probe})(name, isShown);
  })()`).then((found) => found.map((what) => finding(check, what)));

// A page that is wider than the window makes its reader scroll sideways. Only a labelled region that takes
// the focus may hold something wider.
export const sideways = (page, check = "sideways") =>
  inPage(page, check, (name, isShown) => {
    const root = document.documentElement;
    const found = [];
    if (root.scrollWidth > root.clientWidth) {
      const wide = [...document.body.querySelectorAll("*")].filter(
        (element) => isShown(element) && element.getBoundingClientRect().right > root.clientWidth + 1,
      );
      const deepest = wide.filter((element) => !wide.some((other) => other !== element && element.contains(other)));
      found.push(`${root.scrollWidth - root.clientWidth} px: ${deepest.slice(0, 3).map(name).join("; ")}`);
    }
    for (const element of document.body.querySelectorAll("*")) {
      const scrolls = ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
      if (!scrolls || element.scrollWidth <= element.clientWidth) continue;
      const isRegion = element.getAttribute("role") === "region" && element.hasAttribute("aria-label");
      if (!isRegion || element.tabIndex < 0) found.push(`no region for the keyboard: ${name(element)}`);
    }
    return found;
  });

// Success criterion 2.5.8: 24 px, or as much room around; not for links within a sentence.
export const targets = (page) =>
  inPage(page, "target", (name, isShown) => {
    const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")].filter(
      (element) => element.type !== "hidden" && isShown(element),
    );
    const box = (element) => {
      const label = ["checkbox", "radio"].includes(element.type) ? element.labels?.[0] : undefined;
      return (label ?? element).getBoundingClientRect();
    };
    const isInSentence = (element) => {
      if (element.tagName !== "A") return false;
      const block = element.closest("p, li, dd, td");
      if (!block) return false;
      const ofControls = [...block.querySelectorAll("a, button")].map((control) => control.textContent);
      return block.textContent.replace(/\s/g, "").length > ofControls.join("").replace(/\s/g, "").length;
    };
    // The skip link lies outside of the window until it has the focus.
    const isInWindow = (rect) => rect.right > 0 && rect.width > 0;
    const boxes = all.map((element) => ({ element, rect: box(element) })).filter(({ rect }) => isInWindow(rect));
    const middle = (rect) => [rect.x + rect.width / 2, rect.y + rect.height / 2];
    const isSmall = (rect) => rect.width < 24 || rect.height < 24;
    const reaches = (from, { rect }) => {
      const [x, y] = middle(from);
      if (isSmall(rect)) {
        const [otherX, otherY] = middle(rect);
        return Math.hypot(x - otherX, y - otherY) < 24;
      }
      const nearestX = Math.max(rect.left, Math.min(x, rect.right));
      const nearestY = Math.max(rect.top, Math.min(y, rect.bottom));
      return Math.hypot(x - nearestX, y - nearestY) < 12;
    };
    return boxes
      .filter(({ element, rect }) => isSmall(rect) && !isInSentence(element))
      .filter(({ element, rect }) =>
        boxes.some((other) => other.element !== element && !other.element.contains(element) && reaches(rect, other)),
      )
      .map(({ element, rect }) => `${Math.round(rect.width)} x ${Math.round(rect.height)} px: ${name(element)}`);
  });

// On a phone whatever is pressed is as high as a thumb is wide; links within texts and tables are not
// controls.
export const touch = (page) =>
  inPage(page, "touch", (name, isShown) =>
    [...document.querySelectorAll("button, input, select, textarea, summary, nav.places a, a.action, a.brand")]
      .filter((element) => element.type !== "hidden" && isShown(element))
      .map((element) => {
        const isMark = ["checkbox", "radio"].includes(element.type);
        return { element, height: ((isMark && element.labels?.[0]) || element).getBoundingClientRect().height };
      })
      .filter(({ height }) => height < 43.5)
      .map(({ element, height }) => `${Math.round(height)} px high: ${name(element)}`),
  );

// The head is one line, however many places a person has: the screen is for the page.
export const head = (page) =>
  inPage(page, "head", (name) => {
    const header = document.querySelector("header");
    const height = header.getBoundingClientRect().height;
    return height > 64 ? [`${Math.round(height)} px high: ${name(header)}`] : [];
  });

export const smallText = (page) =>
  inPage(page, "small-text", (name, isShown) => {
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const element = texts.currentNode.parentElement;
      if (!texts.currentNode.data.trim() || !isShown(element)) continue;
      const size = parseFloat(getComputedStyle(element).fontSize);
      if (size < 12) found.push(`${size} px: ${name(element)}`);
    }
    return found;
  });

// The one heading, the title of the same words, and the language that was asked for. A browser keeps titles, so
// that of a person's page says `person` in the place of the name.
export const names = (page, language, person) =>
  page.evaluate(
    ([language, person]) => {
      const headings = [...document.querySelectorAll("h1")].map((heading) => heading.textContent.trim());
      const title = document.title;
      const isOfHeading = headings.some((heading) => title.includes(heading));
      const found = [];
      if (headings.length !== 1) found.push(`${headings.length} h1`);
      if (!isOfHeading && !title.startsWith(`${person} `)) found.push(`title “${title}” is not of “${headings[0]}”`);
      const spoken = document.documentElement.lang;
      if (spoken !== language) found.push(`the page says that it is in “${spoken}”`);
      return found;
    },
    [language, person],
  ).then((found) => found.map((what) => finding("names", what)));

// Success criterion 1.4.12: text with more room is still whole. Styles are added as an object of the page,
// which its policy allows; as an element it would not.
export async function spacing(page) {
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
      p { margin-block-end: 2em !important }`);
    document.adoptedStyleSheets = [sheet];
  });
  const wide = await sideways(page, "spacing");
  const cut = await inPage(page, "spacing", (name, isShown) =>
    [...document.body.querySelectorAll("*")]
      .filter((element) => {
        const style = getComputedStyle(element);
        const cuts = [style.overflowX, style.overflowY].some((value) => value === "hidden" || value === "clip");
        // What is there for the ear only is a pixel high; what was typed into a line moves along in it.
        if (!cuts || !isShown(element) || element.clientHeight <= 1 || element.matches("input")) return false;
        return element.scrollHeight > element.clientHeight + 1 || element.scrollWidth > element.clientWidth + 1;
      })
      .map((element) => `cut off: ${name(element)}`),
  );
  await page.evaluate(() => {
    document.adoptedStyleSheets = [];
  });
  return [...wide, ...cut];
}

// Success criterion 1.4.4: text of twice the size.
export async function largeText(page) {
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(":root { font-size: 200% !important }");
    document.adoptedStyleSheets = [sheet];
  });
  const found = await sideways(page, "large-text");
  await page.evaluate(() => {
    document.adoptedStyleSheets = [];
  });
  return found;
}

// Walks through the page by Tab: each stop is seen, has an outline, and lies uncovered in the window; and
// every control is a stop.
export async function walk(page) {
  const expected = await page.evaluate(() => {
    // From the top, wherever the focus was: an element that has it, and can then no longer have it, is where
    // Tab goes on from.
    const root = document.documentElement;
    root.tabIndex = -1;
    root.focus();
    root.removeAttribute("tabindex");
    root.blur();
    window.scrollTo(0, 0);
    window.walked = new Set();
    window.lastStop = undefined;
    const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
    const shown = stops.filter(
      (element) => element.type !== "hidden" && element.checkVisibility({ visibilityProperty: true }) && !element.disabled,
    );
    // Of the marks of one question Tab stops at one.
    const groups = new Set();
    const counted = shown.filter((element) => {
      if (element.type !== "radio") return true;
      const isNew = !groups.has(element.name);
      groups.add(element.name);
      return isNew;
    });
    return counted.length;
  });
  const found = [];
  let stops = 0;
  // A field for days takes the focus several times, and one press more must leave the page.
  for (let step = 0; step <= 6 * (expected + 1); step += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(`(() => {
      const name = ${NAMING};
      const element = document.activeElement;
      if (!element || element === document.body || element === document.documentElement) return null;
      if (element === window.lastStop) return { isSame: true };
      // Where nothing follows, Tab begins again.
      if (window.walked.has(element)) return null;
      window.walked.add(element);
      window.lastStop = element;
      const rect = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      const faults = [];
      const isOutlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
      if (!isOutlined) faults.push("no outline");
      const isInside = rect.width > 0 && rect.bottom > 0 && rect.top < innerHeight && rect.right > 0 && rect.left < innerWidth;
      if (!isInside) faults.push("outside of the window");
      else {
        const x = Math.min(Math.max(rect.left + rect.width / 2, 1), innerWidth - 1);
        const y = Math.min(Math.max(rect.top + rect.height / 2, 1), innerHeight - 1);
        const top = document.elementFromPoint(x, y);
        const label = element.labels?.[0];
        const isUncovered = top && (element.contains(top) || top.contains(element) || label?.contains(top));
        if (!isUncovered) faults.push("covered by " + (top ? name(top) : "nothing"));
      }
      return { name: name(element), faults };
    })()`);
    if (!stop) break;
    if (stop.isSame) continue;
    stops += 1;
    found.push(...stop.faults.map((fault) => finding("focus", `${fault}: ${stop.name}`)));
  }
  // The next check finds the page without a focus, which shows the skip link.
  await page.evaluate(() => document.activeElement?.blur());
  if (stops !== expected) found.push(finding("focus", `${stops} stops, but ${expected} controls`));
  return found;
}

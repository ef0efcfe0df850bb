// The browser: Debian's Chromium, driven by playwright-core, with everything a page says kept.

import { createRequire } from "node:module";
import { join } from "node:path";

// The tools lie beside the build results and not beside these files, so they are asked for by their place.
export const tool = (tools) => createRequire(join(tools, "package.json"));

export const LANGUAGES = { en: "en-US", es: "es-MX" };
export const THEMES = {
  light: { colorScheme: "light", forcedColors: "none" },
  dark: { colorScheme: "dark", forcedColors: "none" },
  forced: { colorScheme: "light", forcedColors: "active" },
};

export async function launch(job) {
  const { chromium } = tool(job.tools)("playwright-core");
  return chromium.launch({
    executablePath: job.chromium,
    headless: true,
    args: [
      // Root in a container has no sandbox to give; pages are our own.
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

// A context whose pages speak a language, and the requests that leave the server, stopped and kept.
export async function open(browser, job, language, options = {}) {
  const context = await browser.newContext({
    locale: LANGUAGES[language],
    timezoneId: "America/Los_Angeles",
    viewport: { width: 320, height: 640 },
    reducedMotion: "reduce",
    ...THEMES.light,
    ...options,
  });
  context.setDefaultTimeout(20_000);
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy: ${event.effectiveDirective} forbids ${event.blockedURI} ${event.sample}`.trim());
    });
  });
  return context;
}

// Keeps what a page says and asks for, until `take` is called for it.
export function listen(page, origin) {
  let heard = [];
  page.on("console", (message) => {
    if (!["error", "warning"].includes(message.type())) return;
    const text = message.text();
    heard.push(text.startsWith("policy: ") ? { check: "policy", what: text } : { check: "console", what: text });
  });
  page.on("pageerror", (error) => heard.push({ check: "console", what: String(error) }));
  page.on("request", (request) => {
    const url = request.url();
    const isOwn = url.startsWith(`${origin}/`) || url.startsWith("data:") || url.startsWith("blob:");
    if (!isOwn) heard.push({ check: "outside", what: url });
  });
  return {
    take() {
      const taken = heard;
      heard = [];
      return taken;
    },
  };
}

// Counts what crosses the wire for a page, as it is packed, headers and all.
export async function scale(context, page) {
  const network = await context.newCDPSession(page);
  await network.send("Network.enable");
  let bytes = 0;
  network.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  return {
    take() {
      const taken = bytes;
      bytes = 0;
      return taken;
    },
  };
}

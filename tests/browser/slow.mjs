// Times of pages where the network is slow, as the browser's own clock tells them: a first visit of Today with
// nothing kept, and the page after it. The way to the server is emulated, and no hand is shaken: over a real
// one a first visit takes the ways of TCP and TLS more.

import { Hand } from "./hands.mjs";
import { signIn } from "./journeys/sign_in.mjs";

// 2G: 250 kbit/s, and an answer is 300 ms away.
const NETWORK = { offline: false, latency: 300, downloadThroughput: 250_000 / 8, uploadThroughput: 250_000 / 8 };
const ROUNDS = 5;

export async function slow(browser, job, say) {
  const hand = await Hand.of(browser, { ...job, way: "script" }, () => {});
  await signIn(hand);
  await hand.isAt(hand.words("today"));
  for (let round = 0; round < ROUNDS; round += 1) say(await visited(hand, job));
  await hand.close();
  say({ done: ROUNDS });
}

// Milliseconds of one visit, in a tab of its own.
async function visited(hand, job) {
  const page = await hand.context.newPage();
  const network = await hand.context.newCDPSession(page);
  await network.send("Network.enable");
  await network.send("Network.emulateNetworkConditions", NETWORK);
  // What is loaded is kept, but nothing that was kept is taken.
  await network.send("Network.setCacheDisabled", { cacheDisabled: true });
  await page.goto(`${job.origin}/portal`, { waitUntil: "load" });
  const first = await times(page);
  await network.send("Network.setCacheDisabled", { cacheDisabled: false });
  const people = page.getByRole("link", { name: hand.words("people"), exact: true }).first();
  // A narrow page has its places in a menu.
  if (!(await people.isVisible())) await page.locator("[popovertarget]").first().click();
  await Promise.all([page.waitForEvent("load"), people.click()]);
  const next = await times(page);
  if ((await page.locator("h1").innerText()).trim() !== hand.words("people")) throw new Error(`at ${page.url()}`);
  await page.close();
  return { paint: first.paint, loaded: first.loaded, next: next.loaded };
}

// Milliseconds from the beginning of a navigation to the first paint and to the end of loading. The browser notes
// both a moment after the page has them.
async function times(page) {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = await page.evaluate(() => ({
      paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
      loaded: performance.getEntriesByType("navigation")[0].loadEventEnd,
    }));
    if (found.paint && found.loaded) return found;
    await page.waitForTimeout(20);
  }
  throw new Error(`nothing was painted at ${page.url()}`);
}

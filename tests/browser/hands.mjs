// Ways of using a page: with script, without, and by the keyboard alone. A journey is written once for all
// three; it names what it presses by the words on the page.

import { listen, open, scale } from "./browser.mjs";
import { axeChecker, htmlChecker, names, sideways, smallText, targets, touch } from "./checks.mjs";
import { tooHeavy } from "./look.mjs";
import { wordsOf } from "./words.mjs";

export const WAYS = {
  script: { javaScriptEnabled: true },
  plain: { javaScriptEnabled: false },
  keyboard: { javaScriptEnabled: true },
};

// Most presses of Tab that bring one from the top of a page to what one looks for.
const FARTHEST = 150;

export class Hand {
  static async of(browser, job, say) {
    const context = await open(browser, job, job.language, WAYS[job.way]);
    const page = await context.newPage();
    const hand = new Hand();
    Object.assign(hand, { browser, context, page, job, say, facts: job.facts, way: job.way, language: job.language });
    hand.words = wordsOf(job.language);
    hand.other = wordsOf(job.language === "en" ? "es" : "en");
    hand.heard = listen(page, job.origin);
    hand.scales = await scale(context, page);
    hand.html = htmlChecker(job.tools);
    hand.axe = axeChecker(job.tools);
    hand.isFirst = true;
    hand.screens = 0;
    hand.begins();
    return hand;
  }

  // Counts from here on what the journey costs its person; the page that is open is the first screen.
  begins() {
    this.cost = { screens: 1, taps: 0, characters: 0 };
  }

  // Fails if the journey has cost its person more of anything than this since it began.
  costsAtMost(most) {
    const over = Object.keys(most).filter((what) => !(this.cost[what] <= most[what]));
    if (over.length) throw new Error(`more ${over} than ${JSON.stringify(most)}: ${JSON.stringify(this.cost)}`);
  }

  // Goes to an address, as one does from a bookmark.
  async open(path) {
    await this.#turn(() => this.page.goto(`${this.job.origin}${path}`));
  }

  // Types into the field with this label.
  async fill(label, text) {
    const field = this.page.getByLabel(label, { exact: true });
    this.#pays(1, text);
    if (this.way !== "keyboard") return field.fill(text);
    await this.#tabTo(field);
    if ((await field.getAttribute("type")) === "date") return this.#typeDay(field, text);
    await this.page.keyboard.press("ControlOrMeta+A");
    await this.page.keyboard.type(text);
  }

  // Types a day (2026-03-15) into the parts of its field, in the order in which the browser has them.
  async #typeDay(field, day) {
    const [year, month, date] = day.split("-");
    for (const digits of [month + date + year, date + month + year]) {
      for (let part = 0; part < 3; part += 1) await this.page.keyboard.press("ArrowLeft");
      await this.page.keyboard.type(digits);
      if ((await field.inputValue()) === day) return;
    }
    throw new Error(`“${day}” was typed, and “${await field.inputValue()}” is there`);
  }

  // Chooses an entry of the list with this label.
  async choose(label, entry) {
    const list = this.page.getByLabel(label, { exact: true });
    // One opens the list, and one takes the entry.
    this.#pays(2);
    if (this.way === "keyboard") {
      await this.#tabTo(list);
      // A closed list takes the entry that begins with what is typed.
      await this.page.keyboard.type(entry);
      const chosen = await list.evaluate((select) => select.selectedOptions[0]?.textContent.trim());
      if (chosen !== entry) throw new Error(`“${chosen}” is chosen, and not “${entry}”`);
    } else {
      await list.selectOption({ label: entry });
    }
  }

  // Marks a box or a choice with this label.
  async mark(label) {
    const box = this.page.getByLabel(label, { exact: true });
    this.#pays(1);
    if (this.way === "keyboard") {
      await this.#tabTo(box);
      await this.page.keyboard.press("Space");
    } else {
      await box.check();
    }
  }

  // Answers a question with one of its choices.
  async pick(question, choice) {
    const group = this.page.locator("fieldset").filter({ has: this.page.getByText(question, { exact: true }) });
    const choices = group.getByRole("radio");
    const wanted = group.getByLabel(choice, { exact: true });
    this.#pays(1);
    if (this.way !== "keyboard") return wanted.check();
    // Tab comes to the group, and the arrows go from one choice to the next.
    await this.#tabTo(group);
    await this.page.keyboard.press("Space");
    for (let left = await choices.count(); left > 0 && !(await wanted.isChecked()); left -= 1) {
      await this.page.keyboard.press("ArrowDown");
    }
    if (!(await wanted.isChecked())) throw new Error(`the arrows do not reach “${choice}” of “${question}”`);
  }

  // A question is not on the page as one to be answered.
  async isNotAsked(question) {
    const asked = this.page.locator("form#entry legend, form#entry label").filter({ hasText: question });
    if ((await asked.count()) > 0) throw new Error(`“${question}” is asked again`);
  }

  // Presses a button, and waits for the page that follows. One that is folded away is unfolded first.
  async press(name) {
    const button = this.page.getByRole("button", { name, exact: true });
    if (!(await button.isVisible())) await this.#unfold("button", name);
    await this.#go(button);
  }

  // Follows a link, and waits for its page. One that is folded away is unfolded first.
  async follow(name) {
    const link = this.page.getByRole("link", { name, exact: true }).first();
    if (!(await link.isVisible())) await this.#unfold("link", name);
    await this.#go(link);
  }

  // Opens the menu of a narrow page, and a list that is folded within it or within the page.
  async #unfold(role, name) {
    const folded = this.page.getByRole(role, { name, exact: true, includeHidden: true });
    const menu = this.page.locator("[popover]", { has: folded });
    if ((await menu.count()) > 0 && !(await menu.isVisible())) await this.#open(this.page.locator("[popovertarget]"));
    const summary = this.page.locator("details:not([open])", { has: folded }).locator("summary").first();
    if ((await summary.count()) > 0) await this.#open(summary);
  }

  async #open(control) {
    this.#pays(1);
    if (this.way === "keyboard") {
      await this.#tabTo(control);
      await this.page.keyboard.press("Enter");
    } else {
      await control.click();
    }
  }

  // Puts a device within reach that keeps passkeys, and finds its person each time it asks.
  async withDevice() {
    const authenticators = await this.context.newCDPSession(this.page);
    await authenticators.send("WebAuthn.enable");
    const options = {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    };
    await authenticators.send("WebAuthn.addVirtualAuthenticator", { options });
  }

  // Presses a button that leads to no other page.
  async tap(name) {
    const button = this.page.getByRole("button", { name, exact: true });
    await button.waitFor();
    this.#pays(1);
    if (this.way !== "keyboard") return button.click();
    await this.#tabTo(button);
    await this.page.keyboard.press("Enter");
  }

  // Waits until the page says something.
  async isTold(text) {
    await this.page.getByText(text, { exact: true }).waitFor();
  }

  // The heading of the page, which must be this one.
  async isAt(heading) {
    const found = (await this.page.locator("h1").innerText()).trim();
    if (found !== heading) throw new Error(`“${heading}” was to come, and “${found}” came: ${this.page.url()}`);
  }

  async sees(text) {
    const all = (await this.page.locator("body").innerText()).replace(/\s+/g, " ");
    if (!all.includes(text)) throw new Error(`“${text}” is not on the page: ${all.slice(0, 1500)}`);
  }

  // A mistake is said in the title, above the form and at its field, and what was typed is still there.
  async isToldOf(label, typed) {
    const field = this.page.getByLabel(label, { exact: true });
    if ((await field.inputValue()) !== typed) throw new Error(`“${typed}” was typed into “${label}” and is gone`);
    if ((await field.getAttribute("aria-invalid")) !== "true") throw new Error(`“${label}” is not marked`);
    const said = await field.evaluate((element) =>
      (element.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent.trim()),
    );
    const listed = await this.page.locator("#errors li").allInnerTexts();
    if (!listed.some((text) => said.includes(text.trim()))) throw new Error(`“${listed}” is not said at “${label}”: ${said}`);
    if (this.way === "plain") return;
    const focused = await this.page.evaluate(() => document.activeElement?.id);
    if (focused !== "errors") throw new Error(`the list of mistakes has no focus, but “${focused}” has`);
  }

  // Looks at the page in the other language, and comes back.
  async inOtherLanguage(look) {
    const [language, other] = this.language === "en" ? ["en", "es"] : ["es", "en"];
    this.spoken = other;
    await this.press(this.words("other-language"));
    await look();
    this.spoken = language;
    await this.press(this.other("other-language"));
  }

  // The code that the person's authenticator shows now: one for each half minute was made just before this
  // process began.
  code() {
    const codes = this.fact("codes");
    const at = Math.floor(performance.now() / 30_000);
    if (at >= codes.length) throw new Error("the journey took longer than its codes are for");
    return codes[at];
  }

  // A fact that Rust prepared for this journey.
  fact(name) {
    if (!(name in this.facts)) throw new Error(`the journey was given no ${name}`);
    return this.facts[name];
  }

  async close() {
    await this.context.close();
  }

  async #go(locator) {
    await locator.waitFor();
    this.#pays(1);
    if (this.way === "keyboard") {
      await this.#tabTo(locator);
      await this.#turn(() => this.page.keyboard.press("Enter"));
    } else {
      await this.#turn(() => locator.click());
    }
  }

  // What the person spends, by hand: by keyboard the same steps take other keys.
  #pays(taps, typed = "") {
    this.cost.taps += taps;
    this.cost.characters += [...typed].length;
  }

  // Moves the focus to something, or into it.
  async #tabTo(locator) {
    for (let step = 0; step < FARTHEST; step += 1) {
      if (await locator.evaluate((element) => element.contains(document.activeElement))) return;
      await this.page.keyboard.press("Tab");
    }
    throw new Error(`Tab does not reach ${locator}`);
  }

  // Does what leads to another page, and looks at the page once it is there.
  async #turn(act) {
    this.heard.take();
    this.scales.take();
    const [answer] = await Promise.all([
      this.page.waitForResponse((response) => this.#isPage(response)),
      this.page.waitForEvent("load"),
      act(),
    ]);
    this.screens += 1;
    this.cost.screens += 1;
    const found = [...this.#heard(answer), ...tooHeavy(this.scales.take(), this.isFirst)];
    this.isFirst = false;
    if (this.way !== "keyboard") found.push(...(await this.#look(answer)));
    const page = new URL(this.page.url()).pathname;
    found.forEach((finding) => this.say({ page, language: this.language, way: this.way, ...finding }));
  }

  #isPage(response) {
    const isRedirect = response.status() >= 300 && response.status() < 400;
    return response.request().isNavigationRequest() && !isRedirect;
  }

  // That a form with a mistake, or a page before a session, is answered by 4xx is said on the console, too.
  #heard(answer) {
    const isOfPage = ({ check, what }) =>
      check === "console" && answer.status() >= 400 && what.includes(`status of ${answer.status()}`);
    return this.heard.take().filter((finding) => !isOfPage(finding));
  }

  // Where script is turned off axe waits for ever, since it runs in the page; what is measured at once does
  // not.
  async #look(answer) {
    const named = (page) => names(page, this.spoken ?? this.language, this.words("person"));
    const checks = [named, smallText, sideways, targets, touch];
    if (this.way === "script") checks.push(this.axe.all);
    const found = [];
    for (const check of checks) found.push(...(await check(this.page)));
    found.push(...(await this.html(await answer.text())));
    return found;
  }
}

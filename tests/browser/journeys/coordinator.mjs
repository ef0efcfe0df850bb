// A coordinator signs in, finds a person, reads a case and the criteria, and locks the page.

import { signIn } from "./sign_in.mjs";

export async function go(hand) {
  const say = hand.words;
  await signIn(hand);
  await hand.isAt(say("today"));
  await hand.tap(say("menu"));
  await hand.sees(hand.fact("organization"));

  // A number that is none: what was typed stays.
  await hand.follow(say("people"));
  await hand.isAt(say("people"));
  await hand.fill(say("number"), "12");
  await hand.press(say("find-person"));
  await hand.isToldOf(say("number"), "12");

  // The language changes, and what was typed stays then too.
  await hand.inOtherLanguage(async () => {
    const typed = await hand.page.getByLabel(hand.other("number"), { exact: true }).inputValue();
    if (typed !== "12") throw new Error(`“12” was typed, and “${typed}” is there in the other language`);
  });

  // The person's number stands in no address.
  await hand.fill(say("number"), hand.fact("cin"));
  await hand.press(say("find-person"));
  await hand.isAt(hand.fact("name"));
  if (hand.page.url().includes(hand.fact("cin"))) throw new Error(`the number stands in ${hand.page.url()}`);
  const title = await hand.page.title();
  if (title.includes(hand.fact("family"))) throw new Error(`the title names the person: ${title}`);

  // From the person to the case, and back.
  await hand.follow(say("referral"));
  await hand.sees(hand.fact("case"));
  await hand.sees(say("history"));
  await hand.follow(hand.fact("name"));
  await hand.isAt(hand.fact("name"));

  // What each plan asks for a service.
  await hand.follow(say("place-criteria"));
  await hand.isAt(say("criteria"));
  await hand.choose(say("service"), hand.fact("service"));
  await hand.press(say("show"));
  await hand.isAt(say("criteria"));
  await hand.sees(hand.fact("plan"));

  await hand.press(say("lock"));
  await hand.sees(say("locked"));
  await hand.open("/portal/people");
  await hand.sees(say("locked"));
}

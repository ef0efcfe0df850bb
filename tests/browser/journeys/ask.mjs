// Somebody of whom an earlier case tells is referred, and the authorization asked for too: what it costs on a
// phone, from Today to the confirmation.

import { signIn } from "./sign_in.mjs";

const MOST = { screens: 9, taps: 20, characters: 60 };

export async function go(hand) {
  const say = hand.words;
  await signIn(hand);
  await hand.isAt(say("today"));
  hand.begins();

  await hand.follow(say("ask-place"));
  await hand.isAt(say("ask-who"));
  await hand.fill(say("number"), hand.fact("cin"));
  await hand.press(say("find-person"));

  await hand.isAt(say("ask"));
  await hand.pick(say("ask-service"), hand.fact("service"));
  await hand.pick(say("ask-giver"), say("ask-giver-we"));
  await hand.press(say("continue"));
  await hand.isAt(say("ask"));
  await hand.press(say("continue"));

  // What the earlier case tells is not asked again.
  await hand.isAt(say("ask-questions"));
  for (const question of hand.fact("known")) await hand.isNotAsked(question);
  await hand.fill(say("ask-last"), hand.fact("last"));
  for (const [question, answer] of hand.fact("answers")) await hand.pick(question, say(answer));
  await hand.press(say("continue"));

  // It is sent along, and shown before.
  await hand.isAt(say("ask-check"));
  for (const question of hand.fact("known")) await hand.sees(question);
  await hand.sees(say("ask-would-approve"));
  await hand.press(say("ask-send", { plan: hand.fact("plan") }));
  await hand.isAt(say("ask-sent"));
  await hand.sees(say("ask-received"));
  hand.costsAtMost(MOST);
  for (const word of [hand.fact("cin"), hand.fact("family")]) {
    if (hand.page.url().includes(word)) throw new Error(`“${word}” stands in ${hand.page.url()}`);
  }
}

// Signing in: the first steps of every journey, and a journey of its own.

export async function signIn(hand) {
  const say = hand.words;
  await hand.open("/portal");
  await hand.isAt(say("sign-in"));
  await hand.fill(say("email"), hand.fact("email"));
  await hand.press(say("continue"));
  await hand.fill(say("code-label"), hand.code());
  await hand.press(say("continue"));
}

// An address that is none, then a code that does not fit, and then both as they should be.
export async function go(hand) {
  const say = hand.words;
  await hand.open("/portal/people");
  await hand.isAt(say("sign-in"));
  await hand.fill(say("email"), "ana at home");
  await hand.press(say("continue"));
  await hand.isToldOf(say("email"), "ana at home");
  await hand.fill(say("email"), hand.fact("email"));
  await hand.press(say("continue"));
  await hand.fill(say("code-label"), "000000");
  await hand.press(say("continue"));
  await hand.sees(say("code-wrong"));
  await hand.fill(say("code-label"), hand.code());
  await hand.press(say("continue"));
  // It is the page that was asked for first.
  await hand.isAt(say("people"));
}

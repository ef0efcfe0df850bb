// An invitation is taken up with a passkey, which then unlocks the page and signs in without an address.

export async function go(hand) {
  const say = hand.words;
  await hand.withDevice();
  await hand.open(`/portal/invitation?link=${hand.fact("link")}`);
  await hand.sees(say("passkey-needs"));
  await hand.press(say("passkey-join"));
  await hand.isAt(say("passkey-yours"));
  await hand.press(say("passkey-make"));
  await hand.isAt(say("invitation-codes"));
  await hand.sees(say("passkey-codes-why"));
  await hand.follow(say("invitation-codes-kept"));
  await hand.isAt(say("today"));

  // A locked page opens to it.
  await hand.press(say("lock"));
  await hand.isAt(say("sign-in-locked"));
  await hand.press(say("passkey-prove"));
  await hand.isAt(say("today"));

  // A device makes one passkey for one account, and says so.
  await hand.open("/portal/account");
  await hand.sees(say("passkey-unnamed"));
  await hand.press(say("passkey-add"));
  await hand.isAt(say("passkey-add"));
  await hand.tap(say("passkey-make"));
  await hand.isTold(say("passkey-make-failed"));

  // Whoever signed out comes back without an address.
  await hand.open("/portal/account");
  await hand.press(say("account-sign-out"));
  await hand.isAt(say("sign-out-done"));
  await hand.follow(say("sign-in-again"));
  await hand.isAt(say("sign-in"));
  await hand.press(say("passkey-sign-in"));
  await hand.isAt(say("today"));
}

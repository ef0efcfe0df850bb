// Makes pages smoother. Every page works without it.
"use strict";

// After a mistake the reader hears the summary first.
const errors = document.getElementById("errors");
if (errors) errors.focus();

// A form is sent once: the button says so, and after ten seconds a line says that nothing is lost.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog") return;
  // What opens beside the page leaves it as it is.
  if ((event.submitter?.formTarget || form.target) === "_blank") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const button = event.submitter;
  if (!button || button.classList.contains("quiet")) return;
  button.setAttribute("aria-disabled", "true");
  button.textContent = document.body.dataset.sending;
  setTimeout(() => {
    const line = document.createElement("p");
    line.className = "message plain";
    line.setAttribute("role", "status");
    line.textContent = document.body.dataset.slow;
    button.after(line);
  }, 10000);
});

// Two minutes before a session ends without use, a dialog asks whether somebody is there. Other pages may have
// used the session meanwhile, so the service is asked first; asking is no use of it.
const session = document.getElementById("session");
const ending = document.getElementById("ending");
if (session && ending && ending.showModal) {
  const warning = 120;
  const left = async (method) => {
    const answer = await fetch("/portal/session", { method });
    return answer.ok ? Number(await answer.text()) : 0;
  };
  const look = async () => {
    const seconds = await left("GET").catch(() => 0);
    if (seconds > warning) wait(seconds);
    else if (!ending.open) ending.showModal();
  };
  const wait = (seconds) => setTimeout(look, Math.max(0, seconds - warning) * 1000 + 500);
  ending.addEventListener("close", async () => {
    const seconds = await left("POST").catch(() => 0);
    if (seconds > warning) wait(seconds);
  });
  wait(Number(session.dataset.left));
}

// A page about something that is under way looks again, as its link does, while nobody is at one of its controls.
const again = document.querySelector("[data-again]");
if (again) {
  setInterval(() => {
    if (document.activeElement === document.body && !document.hidden) location.reload();
  }, Number(again.dataset.again) * 1000);
}

// A page that comes back from the browser's memory may be sent again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) delete form.dataset.sent;
});

// Printing takes script, so the button is there only with it.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Passkeys. What uses one is hidden until the browser can, at the site for which it keeps them. The device's answer
// goes along in a field of the form, as bytes in base 64 with dots between, and the form is sent.
const asLetters = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer ?? [])))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const asBytes = (letters) =>
  Uint8Array.from(atob(letters.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const inDots = (...parts) => parts.map(asLetters).join(".");
const ofPasskeys = (ids) => ids.map((id) => ({ type: "public-key", id: asBytes(id) }));
const isKeptFor = (party) => location.hostname === party || location.hostname.endsWith(`.${party}`);
const canUsePasskeys = "AuthenticatorAttestationResponse" in window &&
  "getAuthenticatorData" in AuthenticatorAttestationResponse.prototype &&
  "requestSubmit" in HTMLFormElement.prototype;

const signed = async (address) => {
  const answer = await fetch(address, { method: "POST" });
  if (!answer.ok) throw new Error("no question");
  const asked = await answer.json();
  const publicKey = {
    challenge: asBytes(asked.challenge),
    rpId: asked.party,
    allowCredentials: ofPasskeys(asked.allowed),
    userVerification: "required",
    timeout: asked.within_ms,
  };
  const { rawId, response } = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature, userHandle } = response;
  return inDots(rawId, clientDataJSON, authenticatorData, signature, userHandle);
};

const made = async (options) => {
  const asked = JSON.parse(options);
  const publicKey = {
    ...asked,
    challenge: asBytes(asked.challenge),
    user: { ...asked.user, id: asBytes(asked.user.id) },
    excludeCredentials: ofPasskeys(asked.excludeCredentials),
  };
  const { response } = await navigator.credentials.create({ publicKey });
  return inDots(response.clientDataJSON, response.getAuthenticatorData());
};

if (canUsePasskeys) {
  const later = new Set();
  for (const part of document.querySelectorAll("[data-passkey]")) {
    if (!isKeptFor(part.dataset.party)) continue;
    const { passkey: name, sign, make, failed } = part.dataset;
    const button = part.querySelector("button");
    const says = part.querySelector("[role=alert]");
    part.hidden = false;
    later.add(button.form);
    button.addEventListener("click", async () => {
      if (button.form.dataset.sent || button.hasAttribute("aria-disabled")) return;
      button.setAttribute("aria-disabled", "true");
      says.textContent = "";
      try {
        const value = await (sign ? signed(sign) : made(make));
        button.form.querySelector(`input[name="${name}"]`)?.remove();
        button.form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
        button.form.requestSubmit();
      } catch {
        says.textContent = failed;
      }
      button.removeAttribute("aria-disabled");
    });
  }
  for (const part of document.querySelectorAll("[data-with-passkeys]")) {
    if (!isKeptFor(part.dataset.withPasskeys)) continue;
    part.hidden = false;
    later.add(part.closest("form"));
  }
  // What was the first choice without one is the second.
  for (const button of document.querySelectorAll("[data-instead]")) {
    if (later.has(button.form)) button.classList.replace("main", "other");
  }
}

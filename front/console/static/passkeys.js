// Passkeys: a form with data-passkey asks the browser for one, and sends what it says.
"use strict";

// octets and text turn base64url into octets and back.
function octets(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (c) => c.charCodeAt(0));
}
function text(buffer) {
  let plain = "";
  for (const octet of new Uint8Array(buffer)) plain += String.fromCharCode(octet);
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

// asked returns the options of the console as the browser wants them.
function asked(options) {
  options.challenge = octets(options.challenge);
  if (options.user) options.user.id = octets(options.user.id);
  for (const list of [options.allowCredentials, options.excludeCredentials]) {
    for (const key of list || []) key.id = octets(key.id);
  }
  return options;
}

// answer returns what the browser says as the console wants it.
function answer(key) {
  const said = { id: key.id, rawId: text(key.rawId), type: key.type, clientExtensionResults: {}, response: {} };
  if (key.authenticatorAttachment) said.authenticatorAttachment = key.authenticatorAttachment;
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (key.response[part]) said.response[part] = text(key.response[part]);
  }
  if (key.response.getTransports) said.response.transports = key.response.getTransports();
  return JSON.stringify(said);
}

for (const form of window.PublicKeyCredential ? document.querySelectorAll("form[data-passkey]") : []) {
  form.hidden = false;
  const failed = form.querySelector("[data-failed]");
  // Before the page's other listeners, which would take the form for sent.
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    failed.hidden = true;
    try {
      const options = { publicKey: asked(JSON.parse(form.dataset.options)) };
      const key = form.dataset.passkey === "create" ? await navigator.credentials.create(options) : await navigator.credentials.get(options);
      form.elements.answer.value = answer(key);
      form.requestSubmit();
    } catch (e) {
      failed.hidden = false;
    }
  }, true);
}

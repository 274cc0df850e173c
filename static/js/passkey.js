/**
 * Passkeys (WebAuthn): between the forms of the server and the browser's own dialogue.
 *
 * A form says in `data-passkey` what it wants: "create" makes a passkey and "get" shows
 * one, by the options that stand in the page; "fetch" asks the server for options first,
 * since nobody is known yet. What the browser answers goes into the field `credential`.
 * Without this script or a browser that knows passkeys the forms stay hidden.
 */

const OPTIONS = "passkey-options";

function toBytes(text) {
  const plain = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(plain), (letter) => letter.charCodeAt(0));
}

function toText(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function withBytes(descriptors = []) {
  return descriptors.map((each) => ({ ...each, id: toBytes(each.id) }));
}

/** Return what `navigator.credentials.create` takes. */
function forCreating(options) {
  return {
    ...options,
    challenge: toBytes(options.challenge),
    user: { ...options.user, id: toBytes(options.user.id) },
    excludeCredentials: withBytes(options.excludeCredentials),
    // So that it serves without name and password, too, where the device can do that.
    authenticatorSelection: {
      ...options.authenticatorSelection,
      residentKey: "preferred",
      requireResidentKey: false,
    },
  };
}

/** Return what `navigator.credentials.get` takes. */
function forGetting(options) {
  return {
    ...options,
    challenge: toBytes(options.challenge),
    allowCredentials: withBytes(options.allowCredentials),
  };
}

/** Return a credential as the server reads it: each buffer as base64url. */
function toJson(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

async function fetchOptions(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The site answered ${answer.status}.`);
  return (await answer.json()).request_options.publicKey;
}

function optionsOfPage(kind) {
  const known = JSON.parse(document.getElementById(OPTIONS).textContent);
  return (kind === "create" ? known.creation_options : known.request_options).publicKey;
}

async function ask(form) {
  const kind = form.dataset.passkey;
  if (kind === "create") return navigator.credentials.create({ publicKey: forCreating(optionsOfPage(kind)) });
  const options = kind === "fetch" ? await fetchOptions(form.action) : optionsOfPage(kind);
  return navigator.credentials.get({ publicKey: forGetting(options) });
}

function bind(form) {
  const said = form.querySelector("[data-passkey-state]");
  let isAsking = false;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isAsking) return;
    isAsking = true;
    said.textContent = said.dataset.waiting;
    try {
      form.elements.credential.value = JSON.stringify(toJson(await ask(form)));
      form.submit();
    } catch {
      // Cancelled, timed out, or no passkey for this site: the browser tells no more.
      said.textContent = said.dataset.failed;
      isAsking = false;
    }
  });
}

if (window.PublicKeyCredential) {
  document.querySelectorAll("[data-passkey]").forEach(bind);
  document.querySelectorAll("[data-passkey-missing]").forEach((part) => {
    part.hidden = true;
  });
}

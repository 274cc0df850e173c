/**
 * Proof of work after ALTCHA's protocol (version 2): finds the number from which the site
 * derived a key, of which it tells the first half.
 *
 * Pages and the service worker share it, and a worker cannot import modules: so this file
 * exports nothing, but offers `proof` to whoever has loaded it. The browser derives the keys
 * outside of the page's own thread: nothing is held up meanwhile.
 */

globalThis.proof = (() => {
  const TIMEOUT = 15_000;
  const MOST_STEPS = 100_000;
  // Challenges that end sooner are not begun with.
  const SPARE_SECONDS = 120;

  const bytesOf = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
  const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

  /** Whether the browser can: only over https, or on the device itself. */
  const isPossible = Boolean(globalThis.crypto?.subtle);

  async function derive({ nonce, salt, cost, keyLength }, counter) {
    const password = new Uint8Array(nonce.length + 4);
    password.set(nonce);
    new DataView(password.buffer).setUint32(nonce.length, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: cost };
    return new Uint8Array(await crypto.subtle.deriveBits(how, key, keyLength * 8));
  }

  /** Return what a form sends as proof. */
  async function solve(challenge) {
    const { parameters } = challenge;
    const begun = performance.now();
    const wanted = bytesOf(parameters.keyPrefix);
    const given = { ...parameters, nonce: bytesOf(parameters.nonce), salt: bytesOf(parameters.salt) };
    for (let counter = 0; counter < MOST_STEPS; counter += 1) {
      const key = await derive(given, counter);
      if (!wanted.every((byte, place) => key[place] === byte)) continue;
      const time = Math.round(performance.now() - begun);
      return btoa(JSON.stringify({ challenge, solution: { counter, derivedKey: hexOf(key), time } }));
    }
    throw new Error("The proof of work has no solution.");
  }

  /** Fetch a challenge and solve it; resolves to {text, expires} with milliseconds since 1970. */
  async function make(address) {
    const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT) });
    if (!answer.ok) throw new TypeError(`${address} answered ${answer.status}`);
    const challenge = await answer.json();
    const expires = (challenge.parameters.expiresAt - SPARE_SECONDS) * 1000;
    return { text: await solve(challenge), expires };
  }

  return { isPossible, make, solve };
})();

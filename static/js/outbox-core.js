/**
 * The outbox: contributions that wait on this device for a network, and the own links of
 * those that were sent from here.
 *
 * Pages and the service worker share it, and a worker cannot import modules: so this file
 * exports nothing, but offers `outbox` to whoever has loaded it.
 *
 * One entry: {key, path, fields, title, at, state, …}. `state` is "waiting" (tried `tries`
 * times, not before `due` again), "refused" (with the page that came back in `answer`: a
 * worker cannot read it) or "sent" (with `link`, `reference`, `seen` and without `fields`).
 * Times are milliseconds since 1970.
 */

globalThis.outbox = (() => {
  const NAME = "outbox";
  const STORE = "contributions";
  const TOKEN_TIMEOUT = 15_000;
  // Three photos on a slow line take their time.
  const POST_TIMEOUT = 180_000;
  const FIRST_PAUSE = 15_000;
  const LONGEST_PAUSE = 3_600_000;
  const OWN_LINK = /\/pins\/([^/]+)\/edit\/[^/]+$/;
  const SEAL = "pins.sealed-address";
  const STAND = /\/insek\/stand\/[^/]+\/$/;
  const PASSING = new Set([408, 425, 429]);

  function open() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  /** Whether anything was ever kept: nobody gets a database for reading alone. */
  async function exists() {
    if (!indexedDB.databases) return true;
    return (await indexedDB.databases()).some(({ name }) => name === NAME);
  }

  /** Do work on the store and resolve to the result of the request it returns. */
  async function within(mode, work) {
    const database = await open();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(STORE, mode, { durability: "strict" });
        const request = work(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  }

  /** Change the store and tell all tabs. */
  async function change(work) {
    const result = await within("readwrite", work);
    const channel = new BroadcastChannel(NAME);
    channel.postMessage("changed");
    channel.close();
    return result;
  }

  /** Return all entries, the oldest first. */
  async function list() {
    if (!(await exists())) return [];
    const entries = await within("readonly", (store) => store.getAll());
    return entries.sort((one, other) => one.at - other.at);
  }

  async function get(key) {
    return (await exists()) ? within("readonly", (store) => store.get(key)) : undefined;
  }

  const remove = (key) => change((store) => store.delete(key));

  /**
   * Seal an address for the site (pins/sealed_address.py): nobody can open it on this device.
   * The derived key seals one address alone, so its counter begins at naught.
   */
  async function seal(address, siteKey) {
    const { subtle } = crypto;
    const curve = { name: "ECDH", namedCurve: "P-256" };
    const site = await subtle.importKey("raw", bytesOf(siteKey), curve, false, []);
    const own = await subtle.generateKey(curve, false, ["deriveBits"]);
    const point = new Uint8Array(await subtle.exportKey("raw", own.publicKey));
    const shared = await subtle.deriveBits({ name: "ECDH", public: site }, own.privateKey, 256);
    const base = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
    const derivation = { name: "HKDF", hash: "SHA-256", salt: point, info: new TextEncoder().encode(SEAL) };
    const key = await subtle.deriveKey(derivation, base, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
    const cipher = { name: "AES-GCM", iv: new Uint8Array(12) };
    const sealed = new Uint8Array(await subtle.encrypt(cipher, key, new TextEncoder().encode(address)));
    return btoa(String.fromCharCode(...point, ...sealed));
  }

  const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

  /** Take the address out of what is kept; what nobody can open on this device stays. */
  async function sealAddress(data) {
    const address = data.get("email");
    const siteKey = data.get("sealing_key");
    if (address && siteKey) {
      data.set("sealed_email", await seal(address, siteKey));
      data.delete("email");
    }
    data.delete("sealing_key");
  }

  /** Keep what a form holds, files included. Resolves when it is safe on the disk. */
  async function keep(path, data) {
    await sealAddress(data);
    const fields = [...data].filter(
      ([name, value]) => name !== "csrfmiddlewaretoken" && !(value instanceof File && !value.size),
    );
    const key = data.get("idempotency_key");
    const title = data.get("title");
    const entry = { key, path, fields, title, at: Date.now(), state: "waiting", tries: 0, due: 0 };
    await change((store) => store.put(entry));
    return key;
  }

  /** Take note of how a sending went, unless the entry was replaced or removed meanwhile. */
  function settle(entry, outcome) {
    return change((store) => {
      const request = store.get(entry.key);
      request.onsuccess = () => {
        const now = request.result;
        // The link of what was sent is kept in any case: nobody could find it again.
        const isGone = !now && outcome.state !== "sent";
        if (!isGone && (!now || now.at === entry.at)) store.put({ ...entry, ...outcome });
      };
      return request;
    });
  }

  function postponed({ tries }, { status }) {
    const pause = Math.min(FIRST_PAUSE * 2 ** tries, LONGEST_PAUSE);
    // Without a network every chance is taken; a server in trouble is left alone for a while.
    return { state: "waiting", tries: tries + 1, due: status ? Date.now() + pause : 0, status };
  }

  async function outcomeOf(entry, response) {
    const { pathname, searchParams } = new URL(response.url);
    const reference = STAND.test(pathname) ? searchParams.get("saved") : pathname.match(OWN_LINK)?.[1];
    // Whatever became of that page: it is where the site leads who has sent a form.
    if (response.redirected && reference) {
      return { state: "sent", link: pathname, reference, sent: Date.now(), seen: false, fields: [] };
    }
    const { status } = response;
    if (status >= 500 || PASSING.has(status)) return postponed(entry, { status });
    return { state: "refused", answer: await response.text() };
  }

  /** Fetch a token for a form of this path: it says that this browser sends it. */
  function fetchToken(path) {
    return fetch(`${path.replace(/\/$/, "")}/token.json`, {
      cache: "no-store",
      signal: AbortSignal.timeout(TOKEN_TIMEOUT),
    });
  }

  /** Make a proof of work; without one the site takes the form, too, if not so often. */
  async function proofOf(challenge) {
    if (!challenge || !globalThis.proof?.isPossible) return "";
    return globalThis.proof.solve(challenge);
  }

  /** Return all that is posted; nobody is there to be asked whether it is like another. */
  async function fieldsOf({ fields }, answer) {
    const { token, challenge } = await answer.json();
    // The proof of the form may have expired long ago.
    const own = fields.filter(([name]) => !["similar_seen", "proof"].includes(name));
    const fresh = [["similar_seen", "1"], ["csrfmiddlewaretoken", token], ["proof", await proofOf(challenge)]];
    return [...own, ...fresh];
  }

  async function post(entry) {
    const answer = await fetchToken(entry.path);
    if (!answer.ok) return postponed(entry, answer);
    const body = new FormData();
    for (const [name, value] of await fieldsOf(entry, answer)) body.append(name, value);
    const signal = AbortSignal.timeout(POST_TIMEOUT);
    return outcomeOf(entry, await fetch(entry.path, { method: "POST", body, signal }));
  }

  /** Send one entry; an answer that never comes counts as none: the key allows sending again. */
  async function send(entry) {
    try {
      return await post(entry);
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
      return postponed(entry, {});
    }
  }

  async function sendWaiting(now) {
    for (const entry of await list()) {
      const isDue = now || entry.due <= Date.now();
      if (entry.state === "waiting" && isDue) await settle(entry, await send(entry));
    }
  }

  /** Send what waits, in one tab at a time; with `now`, also what should rest for a while. */
  async function sendAll({ now = false } = {}) {
    if (!(await exists())) return;
    const work = () => sendWaiting(now);
    await (navigator.locks ? navigator.locks.request(NAME, work) : work());
  }

  /** Return the fields of an entry for a form that the browser sends; throw without a network. */
  async function fieldsToPost(entry) {
    const answer = await fetchToken(entry.path);
    if (!answer.ok) throw new TypeError(`${answer.url} answered ${answer.status}`);
    return fieldsOf(entry, answer);
  }

  /** Note that an entry has been seen, unless it was removed meanwhile. */
  function noteSeen(store, key) {
    const request = store.get(key);
    request.onsuccess = () => request.result && store.put({ ...request.result, seen: true });
    return request;
  }

  /** Note that the author has seen the links of what was sent. */
  async function markSeen() {
    const fresh = (await list()).filter(({ state, seen }) => state === "sent" && !seen);
    for (const { key } of fresh) await within("readwrite", (store) => noteSeen(store, key));
  }

  /** Have the browser wake the worker once there is a network, where it can do that. */
  async function askForSync(registration) {
    try {
      await registration.sync?.register(NAME);
    } catch {
      // Not allowed on this device: the next page that is opened sends.
    }
  }

  /** Call back whenever an entry has changed, in this tab or another. */
  function watch(callback) {
    let channel;
    const listen = () => {
      channel = new BroadcastChannel(NAME);
      channel.addEventListener("message", callback);
    };
    listen();
    // A page that listens may not be kept for going back to.
    addEventListener("pagehide", () => channel.close());
    addEventListener("pageshow", ({ persisted }) => {
      if (!persisted) return;
      listen();
      callback();
    });
  }

  return { NAME, list, get, keep, remove, sendAll, fieldsToPost, markSeen, askForSync, watch };
})();

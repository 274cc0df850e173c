/**
 * The service worker: the form for a new contribution opens without a network, and what is
 * sent then is kept.
 *
 * `/sw.js` (mapapp/views/offline.py) sets BUILD and loads this file. Kept are the site's own
 * files, the bare form and the offline page as a stranger without cookies sees them, the
 * borders of the districts, the colours of the themes and the base tiles last seen. All else
 * goes to the network as if there were no worker; pages of the staff, own links and downloads
 * are not even looked at.
 */

const { version, assets, pages, data, tiles, untouched } = BUILD;
const SITE = `site-${version}`;
const TILES = "tiles";
const MOST_TILES = 300;
const TRIM_EVERY = 20;
const PATIENCE_MS = 6000;
const COPY_LIFETIME_MS = 3_600_000;
const IMMUTABLE = /[.-][0-9a-f]{12}\.|\/vendor\/[^/]+-\d+\.\d+\.\d+\//;
const isAsset = new Set(assets);
let tilesKept = 0;

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(removeOldCaches().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const answer = answerOf(event);
  if (answer) event.respondWith(answer);
});

self.addEventListener("sync", (event) => {
  if (event.tag === outbox.NAME) event.waitUntil(sendInTheBackground());
});

async function fill() {
  const cache = await caches.open(SITE);
  const copies = [...data, ...pages.flatMap(({ form, offline }) => [form, offline])];
  await cache.addAll([
    ...assets.map((url) => new Request(url, { cache: IMMUTABLE.test(url) ? "default" : "reload" })),
    ...copies.map(asStranger),
  ]);
}

async function removeOldCaches() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => ![SITE, TILES].includes(name)).map((name) => caches.delete(name)));
}

/** A request without cookies: no token, no name of somebody signed in gets into a copy. */
function asStranger(path) {
  return new Request(path, { credentials: "omit", cache: "no-cache" });
}

/** Throw where something was waiting and waits still: then the browser wakes us again. */
async function sendInTheBackground() {
  await outbox.sendAll({ now: true });
  const entries = await outbox.list();
  if (entries.some(({ state }) => state === "waiting")) throw new Error("not sent yet");
}

/** The form and the offline page in the language of a path; German has no prefix. */
function languageOf(path) {
  return pages.find(({ prefix }) => path.startsWith(prefix));
}

function isPrivate(path) {
  return (
    untouched.some((start) => path.startsWith(start)) ||
    /\/(edit|updates)\/|\.[a-z]+$/.test(path)
  );
}

/** Return a promise of the answer, or null where the worker stays out. */
function answerOf(event) {
  const { method, mode, url } = event.request;
  const { origin, pathname: path } = new URL(url);
  if (origin !== location.origin) return null;
  const isPage = mode === "navigate" && !isPrivate(path);
  const isForm = isPage && path === languageOf(path).form;
  if (method === "POST") return isForm ? sendOrKeep(event, path) : null;
  if (method !== "GET") return null;
  if (isAsset.has(path)) return IMMUTABLE.test(path) ? keptFirst(event, path) : networkFirst(event, path, SITE);
  if (data.includes(path)) return networkFirst(event, path, SITE);
  if (path.startsWith(tiles)) return tile(event, path);
  if (isForm) return formOrCopy(event, path);
  return isPage ? pageOrSorry(event, path) : null;
}

async function kept(name, path) {
  const cache = await caches.open(name);
  return cache.match(path, { ignoreVary: true });
}

async function keep(name, path, response) {
  const cache = await caches.open(name);
  await cache.put(path, response);
}

async function keptFirst({ request }, path) {
  return (await kept(SITE, path)) ?? fetch(request);
}

async function networkFirst(event, path, name) {
  try {
    const response = await fetch(event.request);
    if (response.ok) event.waitUntil(keep(name, path, response.clone()));
    return response;
  } catch (error) {
    const copy = await kept(name, path);
    if (copy) return copy;
    throw error;
  }
}

async function tile(event, path) {
  const response = await networkFirst(event, path, TILES);
  tilesKept += 1;
  if (tilesKept % TRIM_EVERY === 1) event.waitUntil(trimTiles());
  return response;
}

async function trimTiles() {
  const cache = await caches.open(TILES);
  const oldestFirst = await cache.keys();
  const surplus = oldestFirst.slice(0, Math.max(0, oldestFirst.length - MOST_TILES));
  await Promise.all(surplus.map((request) => cache.delete(request)));
}

/** The form from the network; where that fails or takes very long, the kept copy. */
async function formOrCopy(event, path) {
  const network = fetch(event.request);
  try {
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    const response = await Promise.race([network, late]);
    if (response) {
      event.waitUntil(refresh(path));
      return response;
    }
  } catch {
    // No network: the copy is for just that.
  }
  return (await copyOf(path)) ?? network;
}

async function refresh(path) {
  const copy = await kept(SITE, path);
  const age = Date.now() - Date.parse(copy?.headers.get("Date") ?? 0);
  if (age < COPY_LIFETIME_MS) return;
  const response = await fetch(asStranger(path));
  if (response.ok) await keep(SITE, path, response);
}

/** The kept form, marked as a copy, with a key of its own each time it is opened. */
async function copyOf(path) {
  const copy = await kept(SITE, path);
  if (!copy) return null;
  const page = (await copy.text())
    .replace("<html ", "<html data-offline-copy ")
    .replace(/(name="idempotency_key" value=")[^"]*/, `$1${crypto.randomUUID()}`);
  return new Response(page, { headers: headersOf(copy) });
}

/** The headers of a kept page, among them its Content Security Policy. */
function headersOf(copy) {
  const headers = new Headers(copy.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  return headers;
}

async function pageOrSorry({ request }, path) {
  try {
    return await fetch(request);
  } catch (error) {
    const sorry = await kept(SITE, languageOf(path).offline);
    if (!sorry) throw error;
    return new Response(sorry.body, { status: 503, headers: headersOf(sorry) });
  }
}

/** Send a form as ever; where no answer comes, keep it and say so on a new form's page. */
async function sendOrKeep({ request }, path) {
  const copy = request.clone();
  try {
    return await fetch(request);
  } catch (error) {
    // Stopped by the author: they want to change something.
    if (request.signal.aborted) throw error;
    await outbox.keep(path, await copy.formData());
    await outbox.askForSync(self.registration);
    return Response.redirect(`${path}?kept=1#outbox`, 303);
  }
}

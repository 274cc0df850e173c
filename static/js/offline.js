/**
 * On every page but those of the staff: register the service worker, send what waits in the
 * outbox, and say how many contributions wait.
 */

import "./proof-core.js";
import "./outbox-core.js";

const { outbox } = globalThis;
const RETRY_MS = 30_000;

function whenIdle(callback) {
  if (globalThis.requestIdleCallback) requestIdleCallback(callback, { timeout: 5000 });
  else setTimeout(callback, 1000);
}

/** Register after the page is there: what the worker loads must not slow down what is read. */
function bindWorker({ content: url }) {
  if (!("serviceWorker" in navigator) || !isSecureContext) return;
  // Who saves data gets the copies only with the form.
  if (navigator.connection?.saveData && !document.querySelector("[data-outbox]")) return;
  const register = () =>
    navigator.serviceWorker.register(url).catch((error) => console.warn(error.message));
  if (document.readyState === "complete") whenIdle(register);
  else addEventListener("load", () => whenIdle(register));
}

/** Take out of the outbox what was mended in the form and has arrived. */
async function forgetMended() {
  const key = sessionStorage.getItem("outbox-mended");
  const hasArrived = /\/edit\//.test(location.pathname) && new URLSearchParams(location.search).has("new");
  if (!key || !hasArrived) return;
  sessionStorage.removeItem("outbox-mended");
  await outbox.remove(key);
}

function wordsFor({ dataset }, { refused, waiting, fresh }) {
  if (refused) return dataset.refused;
  if (waiting === 1) return dataset.waitingOne;
  if (waiting) return dataset.waitingMany.replace("{n}", waiting);
  return fresh ? dataset.sent : "";
}

async function showNotice(notice) {
  const entries = await outbox.list();
  if (entries.length) watchOnce(notice);
  const count = (test) => entries.filter(test).length;
  const words = wordsFor(notice, {
    refused: count(({ state }) => state === "refused"),
    waiting: count(({ state }) => state === "waiting"),
    fresh: count(({ state, seen }) => state === "sent" && !seen),
  });
  notice.querySelector("[data-part='words']").textContent = words;
  notice.hidden = !words;
}

/** Only where something is kept, which hardly any reader ever has. */
function watchOnce(notice) {
  if (notice.dataset.watches) return;
  notice.dataset.watches = "true";
  outbox.watch(() => showNotice(notice));
}

async function sendWhenVisible(options) {
  if (document.visibilityState === "visible" && navigator.onLine) await outbox.sendAll(options);
}

const worker = document.querySelector("meta[name='service-worker']");
if (worker) bindWorker(worker);

if (globalThis.indexedDB) {
  const notice = document.querySelector("[data-outbox-notice]");
  // The form's page shows the outbox itself.
  if (notice && !document.querySelector("[data-outbox]")) {
    showNotice(notice);
  }
  addEventListener("online", () => outbox.sendAll({ now: true }));
  document.addEventListener("visibilitychange", () => sendWhenVisible());
  setInterval(sendWhenVisible, RETRY_MS);
  forgetMended().then(() => sendWhenVisible());
}

/**
 * The form without a network: what is sent is kept on the device, what is kept is listed
 * above the form, and what the site refused can be opened in the form again.
 *
 * With a network the browser sends the form itself, as it does without scripts; should the
 * network fail in that moment, the service worker keeps the form (service-worker.js).
 */

import "./proof-core.js";
import "./outbox-core.js";

const { outbox } = globalThis;
const PROBE_TIMEOUT = 4000;

class OutboxList {
  constructor(root) {
    this.root = root;
    this.list = root.querySelector("[data-part='list']");
    this.said = root.querySelector("[data-part='said']");
    const lang = document.documentElement.lang;
    this.dates = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" });
  }

  async start() {
    this.part("send").addEventListener("click", () => this.sendNow());
    this.part("clear").addEventListener("click", () => this.clear());
    outbox.watch(() => this.show());
    await this.show();
    if (location.hash === `#${this.root.id}` && !this.root.hidden) {
      if (!this.part("send").hidden) this.say("kept");
      this.root.focus();
      // The same address again would not load the form anew.
      history.replaceState(history.state, "", location.pathname);
    }
  }

  part(name) {
    return this.root.querySelector(`[data-part='${name}']`);
  }

  /** Say one of the sentences that stand at the region, by their name. */
  say(name) {
    this.said.textContent = name ? this.root.dataset[name] : "";
  }

  async show() {
    // What was opened in the form is there, and not here as well.
    const opened = document.querySelector("form.steps")?.elements.idempotency_key.value;
    const isOpened = ({ key, state }) => key === opened && state === "refused";
    const entries = (await outbox.list()).filter((entry) => !isOpened(entry));
    const has = (wanted) => entries.some(({ state }) => state === wanted);
    this.list.replaceChildren(...entries.map((entry) => this.row(entry)));
    this.part("send").hidden = !has("waiting");
    this.part("clear").hidden = !has("sent");
    this.root.hidden = entries.length === 0;
    if (!has("waiting")) this.say("");
    await outbox.markSeen();
  }

  row(entry) {
    const template = this.root.querySelector(`template[data-state='${entry.state}']`);
    const row = template.content.firstElementChild.cloneNode(true);
    const fill = (name, words) => {
      for (const place of row.querySelectorAll(`[data-part='${name}']`)) place.textContent = words;
    };
    fill("title", entry.title || this.root.dataset.untitled);
    fill("date", this.dates.format(entry.sent ?? entry.at));
    fill("reference", entry.reference ?? "");
    for (const link of row.querySelectorAll("[data-part='link']")) link.href = entry.link;
    const errors = row.querySelector("[data-part='errors']");
    errors?.replaceChildren(...errorsOf(entry));
    row.querySelector("[data-part='open']")?.addEventListener("click", () => this.open(entry));
    row.querySelector("[data-part='remove']").addEventListener("click", () => this.remove(entry));
    return row;
  }

  /** Send it as a form: the site shows it again, with what is wrong at its place. */
  async open(entry) {
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action: entry.path, enctype: "multipart/form-data", hidden: true });
    try {
      const fields = await outbox.fieldsToPost(entry);
      form.append(...fields.map(([name, value]) => inputFor(name, value)));
    } catch (error) {
      console.warn(error.message);
      this.say("still");
      return;
    }
    // Until it has arrived it stays in the list (offline.js).
    sessionStorage.setItem("outbox-mended", entry.key);
    document.body.append(form);
    form.submit();
  }

  async remove({ key }) {
    await outbox.remove(key);
    await this.show();
    // The button is gone; the keyboard goes on where the list was.
    const next = this.root.hidden ? document.getElementById("content") : this.root;
    next.focus();
  }

  async clear() {
    const entries = await outbox.list();
    for (const { key, state } of entries) if (state === "sent") await outbox.remove(key);
    await this.show();
    if (this.root.hidden) document.getElementById("content").focus();
  }

  async sendNow() {
    this.say("sending");
    await outbox.sendAll({ now: true });
    await this.show();
    if (!this.part("send").hidden) this.say("still");
  }
}

class OfflineForm {
  constructor(form, list) {
    this.form = form;
    this.list = list;
    this.texts = list.root.dataset;
    this.isCopy = document.documentElement.hasAttribute("data-offline-copy");
    this.isPassing = false;
  }

  start() {
    this.form.addEventListener("submit", (event) => this.onSubmit(event));
    const hint = document.querySelector("[data-outbox-hint]");
    const update = () => (hint.hidden = navigator.onLine);
    addEventListener("online", update);
    addEventListener("offline", update);
    hint.hidden = navigator.onLine && !this.isCopy;
    if (this.isCopy) this.choose(new URLSearchParams(location.search));
  }

  get hasWorker() {
    return Boolean(navigator.serviceWorker?.controller);
  }

  onSubmit(event) {
    // Another script stopped it, or a press before this one is still at work.
    if (event.defaultPrevented) return;
    // The copy was made for a stranger: its token is nobody's.
    const mustKeep = this.isCopy || !navigator.onLine;
    // The worker catches what fails on the way; without it, ask before the browser sends.
    if (this.isPassing || (!mustKeep && this.hasWorker)) return;
    event.preventDefault();
    this.keepOrPass(event.submitter, mustKeep);
  }

  async keepOrPass(submitter, mustKeep) {
    if (!mustKeep && (await this.hasNetwork())) {
      this.pass(submitter);
      return;
    }
    try {
      await this.keep();
    } finally {
      // It may be sent again: see bindOnce in site.js.
      delete this.form.dataset.sent;
    }
  }

  async hasNetwork() {
    try {
      await fetch(this.texts.probe, { cache: "no-store", signal: AbortSignal.timeout(PROBE_TIMEOUT) });
      return true;
    } catch {
      return false;
    }
  }

  /** Let the browser send the form. */
  pass(submitter) {
    delete this.form.dataset.sent;
    this.isPassing = true;
    this.form.requestSubmit(submitter);
    this.isPassing = false;
    this.form.dataset.sent = "true";
  }

  /** Return what the site would refuse, as [field, words]: nobody is there to mend it later. */
  problems() {
    const { kind, theme, title, text, lon, district, address, place_note: note } = this.form.elements;
    const { noKind, noTheme, noPlace, noNote, tooShort, titleLeast, textLeast } = this.texts;
    const isShort = ({ value }, least) => [...value.trim()].length < Number(least);
    const hasPoint = Boolean(lon.value || address?.value.trim());
    return [
      [kind[0], !kind.value && noKind],
      [theme[0], !theme.value && noTheme],
      [district, !hasPoint && !district.value && noPlace],
      [note, !hasPoint && district.value && !note.value.trim() && noNote],
      [title, isShort(title, titleLeast) && tooShort.replace("{n}", titleLeast)],
      [text, isShort(text, textLeast) && tooShort.replace("{n}", textLeast)],
    ].filter(([, words]) => words);
  }

  /** Say what is missing, each with a way to its field; return whether nothing is. */
  isComplete() {
    const problems = this.problems();
    const summary = document.querySelector("[data-outbox-problems]");
    const list = summary.querySelector("[data-part='problems']");
    list.replaceChildren(...problems.map(([field, words]) => this.problem(field, words)));
    summary.hidden = problems.length === 0;
    if (problems.length) summary.focus();
    return problems.length === 0;
  }

  problem(field, words) {
    const link = document.createElement("a");
    const label = field.type === "radio" ? "" : `${field.labels[0].firstChild.textContent.trim()}: `;
    link.textContent = label + words;
    link.href = `#${field.id}`;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      // What is folded away cannot be gone to.
      field.closest("details")?.setAttribute("open", "");
      field.focus();
    });
    const item = document.createElement("li");
    item.append(link);
    return item;
  }

  async keep() {
    if (!this.isComplete()) return;
    let key;
    try {
      key = await outbox.keep(location.pathname, new FormData(this.form));
    } catch (error) {
      console.warn(error.message);
      this.list.root.hidden = false;
      this.list.say("failed");
      this.list.root.focus();
      return;
    }
    await this.afterKeeping(key);
  }

  /** Send at once where that is possible, and lead on as the site would have done. */
  async afterKeeping(key) {
    this.list.root.hidden = false;
    this.list.say("sending");
    this.list.root.focus();
    if (this.hasWorker) await outbox.askForSync(await navigator.serviceWorker.ready);
    if (navigator.onLine) await outbox.sendAll({ now: true });
    const entry = await outbox.get(key);
    if (entry?.state === "sent") location.assign(`${entry.link}?new=1`);
    else if (this.hasWorker) location.assign(`${location.pathname}?kept=1#${this.list.root.id}`);
    else await this.startAnew();
  }

  /** Empty the form in its place: without a network and a worker no other can be had. */
  async startAnew() {
    this.form.reset();
    const key = crypto.randomUUID();
    this.form.elements.idempotency_key.value = key;
    history.replaceState({ ...history.state, formKey: key }, "");
    for (const field of this.form.elements) field.dispatchEvent(new Event("input", { bubbles: true }));
    await this.list.show();
    this.list.say("kept");
    this.list.root.focus();
  }

  /** Choose what the link to the form asked for; the copy was made without it. */
  choose(query) {
    for (const [name, value] of query) {
      if (!["kind", "theme", "district", "event"].includes(name)) continue;
      this.form.elements[name].value = value;
    }
    this.form.elements.district.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** Return the messages of the form that came back, as items of a list. */
function errorsOf({ answer }) {
  const page = new DOMParser().parseFromString(answer, "text/html");
  return [...page.querySelectorAll(".error-summary__list li")].map(({ textContent }) =>
    Object.assign(document.createElement("li"), { textContent: textContent.trim() }),
  );
}

function inputFor(name, value) {
  const input = document.createElement("input");
  const isFile = value instanceof File;
  Object.assign(input, { name, type: isFile ? "file" : "hidden" });
  if (isFile) {
    const carrier = new DataTransfer();
    carrier.items.add(value);
    input.files = carrier.files;
  } else {
    input.value = value;
  }
  return input;
}

const root = document.querySelector("[data-outbox]");
const form = document.querySelector("form.steps");
if (root && isSecureContext && globalThis.indexedDB) {
  const list = new OutboxList(root);
  // Without a form: nobody can add anything today, and what is kept stays at hand.
  if (form) new OfflineForm(form, list).start();
  list.start();
}

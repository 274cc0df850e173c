/**
 * The form of a stand: what is written is kept on the tablet first and sent from there, so
 * that the next person need not wait for a network, and nothing is lost without one.
 *
 * After each contribution the form is empty, with kind and theme kept and the first field
 * in focus. What has not arrived yet is listed beside it; so is what the site refused.
 */

import "./outbox-core.js";

const { outbox } = globalThis;
const RETRY_MS = 20_000;
const DRAFT = "stand-draft";
// Not the address: it would stand there in the clear.
const DRAFTED = ["kind", "theme", "text", "title", "place_note"];
const SHORT = 60;

class Stand {
  constructor(form) {
    this.form = form;
    this.texts = form.dataset;
    this.path = new URL(form.action).pathname;
    this.unsent = document.querySelector("[data-part='unsent']");
    this.said = document.querySelector("[data-part='said']");
  }

  async start() {
    this.form.addEventListener("submit", (event) => this.onSubmit(event));
    this.form.addEventListener("input", () => this.keepDraft());
    this.form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.form.requestSubmit();
    });
    this.unsent.querySelector("[data-part='send']").addEventListener("click", () => this.send());
    outbox.watch(() => this.show());
    addEventListener("online", () => this.send());
    setInterval(() => this.send({ now: false }), RETRY_MS);
    this.restoreDraft();
    // Before anything is waited for: who types at once types into it.
    if (!document.querySelector(".error-summary:not([hidden])")) this.form.elements.text.focus();
    await this.send();
  }

  get hasPlace() {
    const { lon, address, district } = this.form.elements;
    return Boolean(lon.value || address?.value.trim() || district.value);
  }

  get isElsewhere() {
    const { where } = this.form.elements;
    return !where || where.value === "elsewhere";
  }

  /** Return what the site would refuse, as [field, words]. */
  problems() {
    const { kind, theme, text, title, email, consent } = this.form.elements;
    const texts = this.texts;
    const length = ({ value }) => [...value.trim()].length;
    const tooShort = (least) => texts.tooShort.replace("{n}", least);
    const isShort = length(title) > 0 && length(title) < Number(texts.titleLeast);
    return [
      !kind.value && [kind[0], texts.noKind],
      !theme.value && [theme[0] ?? theme, texts.noTheme],
      length(text) < Number(texts.textLeast) && [text, tooShort(texts.textLeast)],
      isShort && [title, tooShort(texts.titleLeast)],
      ...(this.isElsewhere ? this.problemsOfPlace() : []),
      !email.checkValidity() && [email, texts.noEmail],
      email.value && !consent.checked && [consent, texts.noConsent],
    ].filter(Boolean);
  }

  problemsOfPlace() {
    const { lon, address, district, place_note: note } = this.form.elements;
    if (!this.hasPlace) return [[address ?? district, this.texts.noPlace]];
    const byDistrict = !lon.value && !address?.value.trim();
    return byDistrict && !note.value.trim() ? [[note, this.texts.noNote]] : [];
  }

  onSubmit(event) {
    // A press before this one is still at work.
    if (event.defaultPrevented) return;
    event.preventDefault();
    const problems = this.problems();
    this.list(problems);
    if (problems.length) delete this.form.dataset.sent;
    else this.keep();
  }

  list(problems) {
    const check = document.querySelector("[data-part='check']");
    const items = problems.map(([field, words]) => {
      const item = document.createElement("li");
      const link = Object.assign(document.createElement("a"), { href: `#${field.id}`, textContent: words });
      link.addEventListener("click", (event) => {
        event.preventDefault();
        for (let part = field.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
        field.focus();
      });
      item.append(link);
      return item;
    });
    check.querySelector("[data-part='problems']").replaceChildren(...items);
    check.hidden = !items.length;
    if (items.length) check.focus();
  }

  async keep() {
    const data = new FormData(this.form);
    if (!data.get("title")) data.set("title", this.titleOf(data.get("text")));
    if (!this.isElsewhere) for (const name of ["lon", "lat", "address", "district", "place_note"]) data.delete(name);
    try {
      await outbox.keep(this.path, data);
    } catch (error) {
      console.warn(error.message);
      this.say(this.texts.failed);
      return;
    } finally {
      // It may be sent again: see bindOnce in site.js.
      delete this.form.dataset.sent;
    }
    sessionStorage.removeItem(DRAFT);
    if ("mended" in this.texts) {
      // The page has its errors written into it.
      await outbox.sendAll({ now: true });
      location.assign(this.path);
      return;
    }
    this.next();
    this.say(this.texts.kept);
    await this.send();
  }

  /** As the site makes it (insek/titles.py), for the list of what waits. */
  titleOf(text) {
    const words = text.trim().split(/\s+/).join(" ");
    return words.length <= SHORT ? words : "";
  }

  /** Make room for the next contribution. */
  next() {
    const { kind, theme, where, idempotency_key: key } = this.form.elements;
    const kept = { kind: kind.value, theme: theme.value };
    this.form.reset();
    for (const field of this.form.elements) {
      if (field.matches("textarea, select, [type='text'], [type='email']")) field.value = "";
    }
    kind.value = kept.kind;
    theme.value = kept.theme;
    if (where) where.value = "event";
    key.value = crypto.randomUUID();
    history.replaceState({ ...history.state, formKey: key.value }, "");
    this.form.elements.text.dispatchEvent(new Event("input", { bubbles: true }));
    this.form.elements.text.focus();
    scrollTo({ top: 0 });
  }

  async send(options = { now: true }) {
    if (navigator.onLine) await outbox.sendAll(options);
    await this.show();
  }

  async show() {
    // What was opened in the form is there, and not here as well; it is kept until it is sent.
    const opened = this.form.elements.idempotency_key.value;
    const entries = await outbox.list();
    const own = entries.filter(({ path, key }) => path === this.path && key !== opened);
    const of = (wanted) => own.filter(({ state }) => state === wanted);
    const [waiting, refused, sent] = [of("waiting"), of("refused"), of("sent")];
    if (refused.length) this.say(this.texts.refused);
    else if (waiting.length && waiting.some(({ tries }) => tries)) this.say(this.texts.still);
    else if (waiting.length && !navigator.onLine) this.say(this.texts.still);
    else if (sent.length) this.say(this.texts.saved.replace("{reference}", sent.at(-1).reference), "good");
    const rows = [...refused, ...waiting].map((entry) => this.row(entry));
    this.unsent.querySelector("[data-part='waiting']").replaceChildren(...rows);
    this.unsent.hidden = !rows.length;
    for (const { key } of sent) await outbox.remove(key);
    if (sent.length) await this.refresh();
  }

  row(entry) {
    const template = this.unsent.querySelector(`template[data-state='${entry.state}']`);
    const row = template.content.firstElementChild.cloneNode(true);
    const text = entry.fields.find(([name]) => name === "text")?.[1] ?? "";
    row.querySelector("[data-part='title']").textContent = entry.title || text.slice(0, SHORT);
    row.querySelector("[data-part='errors']")?.replaceChildren(...errorsOf(entry));
    row.querySelector("[data-part='open']")?.addEventListener("click", () => this.open(entry));
    row.querySelector("[data-part='discard']")?.addEventListener("click", async () => {
      await outbox.remove(entry.key);
      this.said.textContent = "";
      await this.show();
      this.form.elements.text.focus();
    });
    return row;
  }

  /** Send it as a form: the site shows it again, with what is wrong at its place. */
  async open(entry) {
    const form = Object.assign(document.createElement("form"), { method: "post", action: entry.path, hidden: true });
    try {
      for (const [name, value] of await outbox.fieldsToPost(entry)) {
        const field = document.createElement("textarea");
        Object.assign(field, { name, value });
        form.append(field);
      }
    } catch (error) {
      console.warn(error.message);
      this.say(this.texts.still);
      return;
    }
    document.body.append(form);
    form.submit();
  }

  /** Show anew what the stand has collected; without a network it stays as it was. */
  async refresh() {
    // An older answer that comes later would leave out the newest.
    this.refreshing?.abort();
    this.refreshing = new AbortController();
    try {
      const response = await fetch(this.path, { cache: "no-store", signal: this.refreshing.signal });
      if (!response.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.querySelector("[data-part='collected']");
      if (fresh) document.querySelector("[data-part='collected']").replaceWith(document.importNode(fresh, true));
    } catch (error) {
      if (error.name !== "AbortError") console.warn(error.message);
    }
  }

  say(words, mood = "") {
    this.said.textContent = words;
    this.said.classList.toggle("stand__said--good", mood === "good");
  }

  keepDraft() {
    const data = new FormData(this.form);
    const draft = DRAFTED.map((name) => [name, data.get(name) ?? ""]);
    sessionStorage.setItem(DRAFT, JSON.stringify(draft));
  }

  /** After a reload, or an undo, what was being typed is still there. */
  restoreDraft() {
    const draft = sessionStorage.getItem(DRAFT);
    if (!draft || "mended" in this.texts) return;
    for (const [name, value] of JSON.parse(draft)) {
      if (value && !this.form.elements[name].value) this.form.elements[name].value = value;
    }
  }
}

/** Return the messages of the page that came back, as items of a list. */
function errorsOf({ answer }) {
  const page = new DOMParser().parseFromString(answer, "text/html");
  const found = page.querySelectorAll(".error-summary:not([hidden]) li, .lead");
  return [...found].map(({ textContent }) =>
    Object.assign(document.createElement("li"), { textContent: textContent.trim() }),
  );
}

// Keys are made here, which browsers allow on safe connections alone; without it the form
// is sent as any other.
const form = document.querySelector("[data-stand]");
if (form && isSecureContext && globalThis.indexedDB) new Stand(form).start();

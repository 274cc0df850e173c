/** The form of one item in the sitting: it saves by itself, and keeps what it cannot save. */

import { csrfToken } from "./csrf.js";
import { draftsOf, dropDraft, keepDraft, removeDraft } from "./live-drafts.js";
import { LiveResult, partOf } from "./live-result.js";

const TYPING_PAUSE = 900;
const PATIENCE = 15_000;
const PAUSES = [3_000, 8_000, 20_000, 60_000];
const words = document.querySelector("[data-live-words]")?.dataset ?? {};
/** Whether a mouse button or a finger is down: nothing may move away from under it. */
let isPressed = false;
addEventListener("pointerdown", () => (isPressed = true), true);
for (const type of ["pointerup", "pointercancel"]) addEventListener(type, () => (isPressed = false), true);

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function button(text, onClick) {
  const made = element("button", "kern-btn kern-btn--secondary");
  made.type = "button";
  made.append(element("span", "kern-label", text));
  made.addEventListener("click", onClick);
  return made;
}

export class LiveForm {
  /** `onState` is told "saved", "unsaved" or "problem", and whether the item is done. */
  constructor(form, item, onState) {
    Object.assign(this, { form, item, onState });
    this.result = new LiveResult(JSON.parse(form.dataset.saved));
    this.status = form.closest("[data-live-item]").querySelector("[data-live-status]");
    this.isKept = true;
    this.failures = 0;
    this.takeOver();
    form.addEventListener("input", ({ target }) => this.typed(target));
    form.addEventListener("focusout", () => this.showVotes());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.retry();
    });
    form.querySelectorAll("[data-step]").forEach((step) => this.bindStep(step));
    this.schedule(0);
  }

  /** Go on with what was kept, and with what the page came back with unsaved. */
  takeOver() {
    const shown = this.read();
    const drafts = draftsOf(this.item);
    if (!drafts.length) this.result.type(shown);
    drafts.forEach((draft) => this.result.resume(draft));
    if (drafts.length) this.write();
    this.keep();
    drafts.forEach(({ key }) => removeDraft(key));
    if (!this.result.isSaved) this.keep();
    this.showConflicts();
  }

  read() {
    const data = new FormData(this.form);
    const names = Object.keys(this.result.known.values);
    const asked = names.filter((name) => this.form.elements[name]);
    return Object.fromEntries(asked.map((name) => [name, data.get(name) ?? ""]));
  }

  /** Show what counts as typed; what is on the screen already stays untouched. */
  write() {
    const shown = this.read();
    for (const [name, value] of Object.entries(this.result.typed)) {
      const field = this.form.elements[name];
      if (!field || shown[name].replaceAll("\r\n", "\n").trim() === value) continue;
      if (field instanceof RadioNodeList) for (const choice of field) choice.checked = choice.value === value;
      else if (field.type === "radio") field.checked = field.value === value;
      else field.value = value;
    }
  }

  bindStep(step) {
    const field = document.getElementById(step.dataset.for);
    step.hidden = false;
    step.addEventListener("click", () => {
      const value = Number.parseInt(field.value || "0", 10) + Number(step.dataset.step);
      field.value = String(Math.max(0, Number.isNaN(value) ? 0 : value));
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    });
  }

  typed({ name, type }) {
    const part = partOf(name);
    if (!part) return;
    this.result.type(this.read());
    this.tell(part, "");
    this.keep();
    this.schedule(type === "radio" ? 0 : TYPING_PAUSE);
    if (this.result.isSaved) this.say("saved", words.unchanged);
    else this.say("unsaved", words.typing);
  }

  keep() {
    const { isSaved } = this.result;
    if (isSaved) dropDraft(this.item);
    this.isKept = isSaved || keepDraft(this.item, this.result.toDraft());
  }

  /** Whether something is on its way, or about to be; what failed is not, until it is tried again. */
  get isBusy() {
    return this.isSending || this.isNext;
  }

  get mayBeLost() {
    return !this.result.isSaved && !this.isKept;
  }

  schedule(pause) {
    clearTimeout(this.timer);
    this.isNext = pause === 0;
    this.timer = setTimeout(() => this.send(), pause);
  }

  /** Try again at once, also what was refused: a hearing may have been waived meanwhile. */
  retry() {
    this.result.refused = {};
    this.failures = 0;
    this.showVotes();
    this.schedule(0);
  }

  async send() {
    this.isNext = false;
    if (this.isSending) return;
    if (!this.result.sendable.length) {
      this.showRest();
      return;
    }
    this.isSending = true;
    this.say("unsaved", words.saving);
    const asked = this.result.toSend();
    this.keep();
    let next = null;
    try {
      const answer = await this.post(asked);
      next = await this.answered(answer, asked.values);
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
      next = this.failed(words.offline);
    } finally {
      this.isSending = false;
    }
    this.keep();
    if (next !== null) this.schedule(next);
  }

  post({ version, values }) {
    const body = new URLSearchParams({ ...values, version });
    // Once the sitting is over, some fields are gone: the server says so where one has changed.
    const isIdle = (name) => !this.form.elements[name] && values[name] === this.result.known.values[name];
    Object.keys(values).filter(isIdle).forEach((name) => body.delete(name));
    return fetch(this.form.action, {
      method: "POST",
      body,
      headers: { Accept: "application/json", "X-CSRFToken": csrfToken(this.form) },
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
  }

  /** Take in an answer; return after how many milliseconds to go on, or null. */
  async answered(answer, sent) {
    const { status } = answer;
    if (status === 401 || answer.type === "opaqueredirect") return this.signedOut();
    if (status >= 500 || [408, 425, 429].includes(status)) return this.failed(words.busy);
    // A page in place of an answer has nothing to say here.
    const content = await answer.json().catch(() => ({ detail: words.busy }));
    this.failures = 0;
    if (answer.ok) return this.saved(content, sent);
    if (status === 409 && content.values) return this.merged(content);
    if (status === 422 && content.errors) return this.refused(content, sent);
    this.say("problem", `${words.refused} ${content.detail ?? ""}`);
    return null;
  }

  saved(content, sent) {
    this.result.saved(content, sent);
    this.isDone = content.is_done;
    this.savedAt = content.saved_at;
    this.write();
    // What waits for somebody to look at it goes on saying so.
    const settled = this.result.parts.filter((part) => !this.result.isHeld(part));
    for (const part of settled) this.tell(part, content.missing[part] ?? "");
    this.showConflicts();
    return this.goOn();
  }

  merged(content) {
    const taken = this.result.merge(content);
    this.isDone = content.is_done;
    this.savedAt = content.saved_at;
    this.write();
    for (const part of taken) this.tell(part, words.merged);
    this.showConflicts();
    return this.goOn();
  }

  refused({ errors, detail }, sent) {
    const messages = this.result.refuse(errors, sent);
    for (const [part, message] of Object.entries(messages)) {
      this.tell(part, message, true);
      if (this.fixedOf(part)) this.result.conflicts.add(part);
    }
    this.showConflicts();
    if (Object.keys(messages).length) return this.goOn();
    this.say("problem", `${words.refused} ${detail}`);
    return null;
  }

  /** Show what somebody else has saved, where nothing waits here. */
  async refresh() {
    if (this.isSending || !this.result.isSaved) return;
    const headers = { Accept: "application/json" };
    const answer = await fetch(this.form.action, { headers, cache: "no-store", redirect: "manual" }).catch(() => null);
    if (!answer?.ok) return;
    const content = await answer.json();
    const isNews = content.version > this.result.known.version;
    if (isNews && !this.isSending && this.result.isSaved) this.merged(content);
  }

  goOn() {
    if (this.result.sendable.length) return 0;
    this.showRest();
    return null;
  }

  /** Say how it stands when there is nothing to send at the moment. */
  showRest() {
    const at = this.savedAt;
    if (this.result.isSaved) this.say("saved", at ? words.savedAt.replace("{time}", at) : "");
    else this.sayLook();
  }

  /** Say that something waits at a field, and lead there. */
  sayLook() {
    this.say("problem", words.check);
    const [part] = this.result.parts.filter((part) => this.result.isHeld(part));
    const target = this.form.querySelector(`[data-live-part="${part}"]`);
    if (!target || this.status.querySelector("button")) return;
    const show = element("button", "live-status__show", words.show);
    show.type = "button";
    show.addEventListener("click", () => {
      target.scrollIntoView({ block: "center" });
      const choice = target.querySelector(".live-conflict button");
      (choice ?? target.querySelector("input, textarea")).focus({ preventScroll: true });
    });
    this.status.append(show);
  }

  failed(text) {
    const pause = PAUSES[Math.min(this.failures, PAUSES.length - 1)];
    this.failures += 1;
    this.say("problem", text, true);
    return pause;
  }

  signedOut() {
    this.said = "";
    this.say("problem", words.signedOut, true);
    const link = element("a", "", words.signIn);
    const here = `${location.pathname}?item=${this.item}`;
    link.href = `${words.login}?next=${encodeURIComponent(here)}`;
    this.status.append(" ", link);
    return null;
  }

  say(state, text, withKept = false) {
    const kept = this.isKept ? words.kept : words.notKept;
    const said = withKept ? `${text} ${kept}` : text;
    if (this.said !== said) this.status.textContent = this.said = said;
    this.status.dataset.state = state;
    this.onState(state, this.isDone);
  }

  /** What stands in place of a field that can no longer be changed. */
  fixedOf(part) {
    return this.form.querySelector(`[data-live-part="${part}"] [data-live-fixed]`);
  }

  messageOf(part) {
    return this.form.querySelector(`[data-live-part="${part}"] > [data-live-message]`);
  }

  tell(part, text, isError = false) {
    const message = this.messageOf(part);
    if (!message || this.result.conflicts.has(part)) return;
    message.textContent = text;
    message.hidden = !text;
    message.classList.toggle("live-message--error", isError);
    this.describe(part, message, isError && Boolean(text));
  }

  /** Tie a message to its fields for those who do not see it. */
  describe(part, message, isInvalid) {
    message.id = `live-message-${this.item}-${part}`;
    const root = message.parentElement;
    const target = root.querySelector("fieldset") ?? root.querySelector("input, textarea");
    if (!target) return;
    const ids = (target.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== message.id);
    if (!message.hidden) ids.push(message.id);
    target.setAttribute("aria-describedby", ids.join(" "));
    root.querySelectorAll("input, textarea").forEach((field) => {
      if (isInvalid) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    });
  }

  /** Votes that are not complete are said so when somebody has left them. */
  showVotes() {
    if (isPressed) {
      addEventListener("pointerup", () => this.showVotes(), { once: true });
      return;
    }
    setTimeout(() => {
      const part = this.form.querySelector("[data-live-part='votes']");
      const problem = this.result.votesProblem;
      if (problem && !part.contains(document.activeElement)) this.tell("votes", words[problem], true);
    });
  }

  showConflicts() {
    for (const part of this.result.parts) {
      const isOpen = this.result.conflicts.has(part);
      const message = this.messageOf(part);
      const box = message?.nextElementSibling;
      if (!isOpen) box?.remove();
      if (message && isOpen) this.showConflict(part, message);
    }
  }

  showConflict(part, message) {
    message.parentElement.hidden = false;
    message.hidden = !this.fixedOf(part);
    message.nextElementSibling?.remove();
    const box = element("div", "live-conflict");
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", words.theirs);
    const theirs = element("p", "live-conflict__theirs", this.labelOf(part));
    const choose = (isMine) => () => {
      this.result.choose(part, isMine);
      this.write();
      this.showConflicts();
      this.keep();
      this.schedule(0);
      message.parentElement.querySelector("input, textarea")?.focus();
    };
    const choices = element("p", "live-conflict__choices");
    choices.append(button(words.keepMine, choose(true)), button(words.takeTheirs, choose(false)));
    box.append(element("p", "live-conflict__said", words.theirs), theirs, choices);
    message.after(box);
  }

  /** Return what somebody else saved, as it stands on the page. */
  labelOf(part) {
    const theirs = this.result.theirs(part);
    const fixed = this.fixedOf(part);
    if (fixed) return fixed.textContent.trim() || words.empty;
    if (part === "votes") return theirs.map((vote) => vote || "–").join(" : ");
    const [value] = theirs;
    if (part !== "outcome") return value || words.empty;
    const choice = this.form.querySelector(`[name="outcome"][value="${value}"]`);
    return choice?.labels[0].textContent ?? words.empty;
  }
}

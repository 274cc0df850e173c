/**
 * Makes the proof of work of a form while it is being filled in, so that sending need not
 * wait. Should it not be ready, sending waits for it a little; without one the site still
 * takes the form.
 */

import "./proof-core.js";

const { proof } = globalThis;
// Longer nobody should wait: rather without a proof.
const PATIENCE_MS = 5000;

/** The proof of one form, made once and again when it has expired. */
export class FormProof {
  constructor(field) {
    this.field = field;
    this.expires = 0;
  }

  get isReady() {
    return this.field.value !== "" && this.expires > Date.now();
  }

  /** Have the field hold a proof; without a network or a way to make one it stays empty. */
  async fill() {
    if (this.isReady) return;
    this.field.value = "";
    this.work ??= proof.make(this.field.dataset.proof).finally(() => (this.work = null));
    try {
      const { text, expires } = await this.work;
      this.field.value = text;
      this.expires = expires;
    } catch (error) {
      console.warn(error.message);
    }
  }

  /** As `fill`, but not for longer than somebody likes to wait. */
  async fillSoon() {
    await Promise.race([this.fill(), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  }
}

function bindForm(field) {
  const { form } = field;
  const made = new FormProof(field);
  // Whether sending has waited once: a second time would help nobody.
  let hasWaited = false;
  const begin = () => made.fill();
  // Not by opening the page: most people only look.
  form.addEventListener("focusin", begin, { once: true });
  form.addEventListener("input", begin, { once: true });
  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented || hasWaited || made.isReady || !navigator.onLine) return;
    event.preventDefault();
    hasWaited = true;
    form.setAttribute("aria-busy", "true");
    await made.fillSoon();
    form.removeAttribute("aria-busy");
    // It may be sent again: see bindOnce in site.js.
    delete form.dataset.sent;
    form.requestSubmit(event.submitter);
  });
  // Coming back through the browser's history, the proof is one that was sent.
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    field.value = "";
    hasWaited = false;
  });
}

if (proof.isPossible) document.querySelectorAll("[data-proof]").forEach(bindForm);

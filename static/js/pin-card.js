/** The small card of a pin that was clicked on the map; filled by text, never by markup. */

import { fetchJson } from "./map.js";

export class PinCard {
  /** `element` is the prepared, hidden card. */
  constructor(element) {
    this.element = element;
    /** The reference of the pin that was asked for last, until the card is closed. */
    this.wanted = null;
    /** Runs when the card is closed. */
    this.onClose = () => {};
    /** Runs when the next contribution of the same place is asked for. */
    this.onNext = () => {};
    this.part("next").addEventListener("click", () => this.onNext());
    this.part("close").addEventListener("click", () => this.close());
    element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  part(name) {
    return this.element.querySelector(`[data-part='${name}']`);
  }

  /** Fetch one pin by its reference and show it: the one at `index` of `all` in its place. */
  async show(reference, index = 0, all = 1) {
    this.wanted = reference;
    const url = this.element.dataset.url.replace("REFERENCE", encodeURIComponent(reference));
    const { properties: pin } = await fetchJson(url);
    // Meanwhile another one has been chosen, or the card closed.
    if (this.wanted !== reference) return;
    this.part("kind").textContent = `${this.label("theme", pin.theme)} · ${this.label("kind", pin.kind)}`;
    this.part("title").textContent = pin.title;
    this.part("title").href = this.element.dataset.page.replace("REFERENCE", encodeURIComponent(reference));
    this.part("meta").textContent = `${this.label("status", pin.status)} · ${pin.district}`;
    this.part("answer").textContent = pin.public_answer
      ? `${this.element.dataset.answer}: ${shorten(pin.public_answer)}`
      : "";
    this.part("stack").hidden = all < 2;
    const { position } = this.element.dataset;
    this.part("position").textContent = position.replace("{number}", index + 1).replace("{all}", all);
    this.element.hidden = false;
  }

  close() {
    this.wanted = null;
    this.element.hidden = true;
    this.onClose();
  }

  /** The words for codes stand in the card's own list, in the language of the page. */
  label(group, code) {
    return this.element.querySelector(`[data-${group}='${CSS.escape(code)}']`)?.textContent ?? code;
  }
}

function shorten(text, limit = 140) {
  return text.length > limit ? `${text.slice(0, text.lastIndexOf(" ", limit))} …` : text;
}

/**
 * One chosen contribution, the same in list and map: its entry is marked, its marker set
 * off, its card open. Pointer and focus on an entry set its marker off for a moment.
 */

import { raisePin } from "./pins-layer.js";

const hasCalmMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Return the contribution {at, theme, kind, reference} of an entry of the list. */
export function pinOf({ dataset: { lon, lat, theme, kind, reference } }) {
  return { at: [Number(lon), Number(lat)], theme, kind, reference };
}

export class Selection {
  /** `list` is the page's list or null; `card` the card over the map. */
  constructor(map, list, card) {
    this.map = map;
    this.list = list;
    this.card = card;
    this.chosen = null;
    this.stack = [];
    card.onNext = () => this.chooseFrom(this.stack);
    card.onClose = () => this.clear();
    if (list) this.bindList();
  }

  entryOf(reference) {
    return this.list?.querySelector(`[data-reference='${CSS.escape(reference)}']`) ?? null;
  }

  bindList() {
    const entryAt = (event) => event.target.closest?.("[data-reference]");
    const raise = (event) => {
      const entry = entryAt(event);
      if (entry) raisePin(this.map, pinOf(entry));
    };
    const lower = (event) => {
      if (!entryAt(event)?.contains(event.relatedTarget)) raisePin(this.map, this.chosen);
    };
    this.list.addEventListener("pointerover", raise);
    this.list.addEventListener("pointerout", lower);
    this.list.addEventListener("focusin", raise);
    this.list.addEventListener("focusout", lower);
  }

  /**
   * Choose one of the contributions {at, theme, kind, reference} of one place: the one
   * after the one that is chosen already, so that each has its turn.
   */
  chooseFrom(pins) {
    // In an order of their own: the map's changes with every look.
    this.stack = pins.toSorted((a, b) => a.reference.localeCompare(b.reference));
    const before = this.stack.findIndex(({ reference }) => reference === this.chosen?.reference);
    return this.choose(this.stack[(before + 1) % this.stack.length]);
  }

  /** Choose a contribution of the stack and show its card. */
  async choose(pin) {
    this.mark(pin);
    const entry = this.entryOf(pin.reference);
    entry?.scrollIntoView({ block: "nearest", behavior: hasCalmMotion() ? "auto" : "smooth" });
    await this.card.show(pin.reference, this.stack.indexOf(pin), this.stack.length);
    if (this.chosen === pin) this.keepInSight(pin.at);
  }

  /** Choose the contribution of an entry, and bring the map there. */
  async chooseEntry(entry, zoom) {
    const pin = pinOf(entry);
    this.mark(pin);
    this.map.easeTo({ center: pin.at, zoom: Math.max(this.map.getZoom(), zoom) });
    await this.card.show(pin.reference);
  }

  mark(pin) {
    this.chosen = pin;
    raisePin(this.map, pin);
    this.list?.querySelector("[aria-current]")?.removeAttribute("aria-current");
    if (pin) this.entryOf(pin.reference)?.setAttribute("aria-current", "true");
  }

  clear() {
    this.mark(null);
  }

  /** Move the map where the card has come to lie over its own contribution. */
  keepInSight(at) {
    const { left, top } = this.map.getContainer().getBoundingClientRect();
    const { x, y } = this.map.project(at);
    const box = this.card.element.getBoundingClientRect();
    const isCovered = left + x < box.right + 30 && top + y > box.top - 30;
    if (isCovered) this.map.easeTo({ center: at, offset: [0, -box.height / 2] });
  }
}

/**
 * While somebody writes: published contributions near the place or with a title alike, in
 * a quiet region that appears only where there are some, and on the map of the form.
 * "That is mine too" becomes a support.
 */

import { fetchJson, whenReady } from "./map.js";

const PAUSE = 700;
const SHORTEST_TITLE = 5;
const LONGEST_TITLE = 120;

class SimilarPins {
  constructor(root) {
    this.root = root;
    this.form = root.closest("form");
    this.list = root.querySelector("ul");
    this.row = root.querySelector("template").content.firstElementChild;
    this.texts = root.dataset;
    this.markers = [];
    this.shown = "";
  }

  start() {
    const { title, lon, lat } = this.form.elements;
    this.form.addEventListener("placechange", () => this.soon());
    title.addEventListener("input", () => this.soon());
    if (lon.value && lat.value) this.soon();
  }

  /** Look after a pause in which nothing changes. */
  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE);
  }

  /** What is asked for now: a place, and a title once it is more than a word begun. */
  get query() {
    const { title, lon, lat } = this.form.elements;
    const words = title.value.trim();
    const isTitle = words.length >= SHORTEST_TITLE && words.length <= LONGEST_TITLE;
    const query = { lon: lon.value, lat: lat.value, title: isTitle ? words : "" };
    return lon.value && lat.value ? new URLSearchParams(query) : null;
  }

  async look() {
    this.pending?.abort();
    const { query } = this;
    if (!query) {
      this.show([]);
      return;
    }
    this.pending = new AbortController();
    const { signal } = this.pending;
    try {
      const { pins } = await fetchJson(`${this.texts.similar}?${query}`, { signal });
      this.show(pins);
    } catch (error) {
      // A help only: the server looks again when the form is sent.
      if (error.name !== "AbortError") console.warn(error.message);
    }
  }

  show(pins) {
    const shown = pins.map(({ reference }) => reference).join();
    if (shown === this.shown) return;
    this.shown = shown;
    this.root.hidden = pins.length === 0;
    this.list.replaceChildren(...pins.map((pin) => this.entry(pin)));
    if (pins.length) this.form.elements.similar_seen.value = "1";
    this.say(pins.length);
    this.mark(pins);
  }

  /** Say aloud that there are some; to the eye the region says so itself. */
  say(number) {
    const said = this.form.querySelector("[data-similar-said]");
    const words = number === 1 ? said.dataset.one : said.dataset.many;
    said.textContent = number ? words.replace("{n}", number) : "";
  }

  entry(pin) {
    const entry = this.row.cloneNode(true);
    const part = (name) => entry.querySelector(`[data-part='${name}']`);
    const link = part("link");
    Object.assign(link, { href: pin.url, textContent: pin.title, lang: pin.language });
    Object.assign(part("text"), { textContent: pin.text, lang: pin.language });
    part("marker").replaceWith(this.marker(pin));
    const facts = [pin.status_label];
    if (pin.metres !== null) facts.push(this.texts.metres.replace("{n}", pin.metres));
    if (pin.support_count) facts.push(this.texts.supports.replace("{n}", pin.support_count));
    part("facts").textContent = facts.join(" · ");
    const button = part("support");
    // Each button has a name of its own for those who hear it without the rest.
    button.setAttribute("aria-describedby", (link.id = `similar-${pin.reference}`));
    button.addEventListener("click", () => this.support(pin, button, part("answer")));
    return entry;
  }

  marker({ kind, theme }) {
    const signs = this.root.querySelector(`[data-sign='${kind}']`).content;
    const marker = signs.firstElementChild.cloneNode(true);
    marker.classList.add(`theme-${theme}`);
    return marker;
  }

  async support(pin, button, answer) {
    button.disabled = true;
    const body = new URLSearchParams({
      action: "support",
      csrfmiddlewaretoken: this.form.elements.csrfmiddlewaretoken.value,
    });
    try {
      await fetchJson(`${pin.url}/support`, {
        method: "POST",
        headers: { Accept: "application/json" },
        body,
      });
      answer.textContent = this.texts.supported;
      button.remove();
    } catch (error) {
      console.warn(error.message);
      button.disabled = false;
      answer.textContent = this.texts.failed;
    }
  }

  /** Show them on the map of the form too, once it is drawn. */
  async mark(pins) {
    const drawn = await whenReady(this.form.querySelector("[data-map='place']"));
    for (const marker of this.markers) marker.remove();
    if (!drawn) return;
    const { map, library } = drawn;
    this.markers = pins.map((pin) => {
      // MapLibre moves the element itself; the sign in it may be turned.
      const element = document.createElement("div");
      element.className = "similar__marker";
      element.append(this.marker(pin));
      return new library.Marker({ element }).setLngLat([pin.lon, pin.lat]).addTo(map);
    });
  }
}

const root = document.querySelector("[data-similar]");
if (root) new SimilarPins(root).start();

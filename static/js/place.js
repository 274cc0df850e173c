/**
 * Choosing a place in four ways: the map under a fixed cross (touch, mouse, arrow keys, +
 * and −), an address, the device's location, or a district and words. The last one used
 * counts: it empties the others. In words stands what was chosen and who reads it.
 *
 * The first view of the map is no choice: only moving it or pressing a button makes one.
 * The form gets the event "placechange" with {lon, lat}, or null where there is no point.
 */

import { Combobox } from "./combobox.js";
import { createMap, explain, fetchJson, nearViewport, palette } from "./map.js";
import { repaint } from "./map-style.js";

const ZOOM_OF_A_PLACE = 16;
const ZOOM_OF_A_DISTRICT = 13;

/** Put values in the place of the names in braces. */
function fill(words, values) {
  return Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words);
}

class PlaceChooser {
  constructor(root) {
    this.root = root;
    this.form = root.closest("form");
    this.element = root.querySelector("[data-map='place']");
    this.state = root.querySelector("[data-part='state']");
    this.texts = this.state.dataset;
    this.details = this.form.querySelector("[data-district-instead]");
    this.pending = null;
    // The question for the device's location that waits for its answer.
    this.locating = null;
  }

  get fields() {
    const { lon, lat, address, district } = this.form.elements;
    return { lon, lat, address, district };
  }

  /** The point that is chosen now, or null. */
  get point() {
    const { lon, lat } = this.fields;
    return lon.value && lat.value ? { lon: Number(lon.value), lat: Number(lat.value) } : null;
  }

  /** Bind the ways, and draw the map when it comes near; without it the others remain. */
  async start() {
    this.root.hidden = false;
    this.foldDistricts();
    this.bindAddress();
    this.bindLocate(this.form.querySelector("[data-part='locate']"));
    this.fields.district.addEventListener("change", () => this.chooseDistrict());
    this.form.addEventListener("reset", () => this.say(this.texts.nothing));
    // Filled in by another script: these fields are out of sight.
    this.fields.lat.addEventListener("change", () => this.point && this.show(this.point));
    if (this.point) this.describe();
    await nearViewport(this.element);
    const before = this.point;
    const view = before ? { center: before, zoom: ZOOM_OF_A_PLACE, bounds: undefined } : {};
    const created = await createMap(this.element, {
      ...view,
      // A wheel turned over the map scrolls the page; a finger moves the map.
      cooperativeGestures: matchMedia("(pointer: fine)").matches,
    });
    if (created) this.bindMap(created.map);
    else this.giveWay();
  }

  /** With a map, the select of districts steps back unless it is in use. */
  foldDistricts() {
    const inUse = this.details.querySelector("[aria-invalid]");
    this.details.open = Boolean(this.fields.district.value || inUse);
  }

  giveWay() {
    this.root.classList.add("place--without-map");
    this.details.open = true;
  }

  bindMap(map) {
    this.map = map;
    // Chosen by another way while the map was loading.
    if (this.point) map.jumpTo({ center: this.point, zoom: ZOOM_OF_A_PLACE });
    map.on("moveend", (event) => {
      if (event.originalEvent || event.byButton) this.chooseMiddle();
    });
    this.root.querySelector("[data-part='use']").addEventListener("click", () => this.chooseMiddle());
    this.root.dataset.state = "ready";
  }

  bindAddress() {
    const part = this.form.querySelector("[data-address]");
    if (!part) return;
    const said = part.querySelector("[data-part='found']");
    const texts = { one: "foundOne", many: "foundMany", none: "foundNone", offline: "offline" };
    this.combobox = new Combobox(this.fields.address, part.querySelector("[role='listbox']"), {
      search: async (words, signal) => {
        const url = `${part.dataset.address}?q=${encodeURIComponent(words)}`;
        const { places } = await fetchJson(url, { signal });
        const named = (place) => (place.kind === "district" ? part.dataset.district : place.detail);
        return places.map((place) => ({ ...place, detail: named(place) }));
      },
      onChoose: (place) => this.chooseAddress(place),
      onType: (words) => this.onType(words),
      say: (name, number) => {
        said.textContent = name ? fill(part.dataset[texts[name]], { n: number }) : "";
      },
    });
  }

  /** While an address is typed, nothing is chosen: no older place is sent by mistake. */
  onType(words) {
    this.dropOffers();
    this.pending?.abort();
    this.setPoint(null);
    this.fields.district.value = "";
    this.say(words ? this.texts.typing : this.texts.nothing);
  }

  /** What the server offered for an address belongs to that one. */
  dropOffers() {
    this.form.querySelector("[data-part='offers']")?.remove();
  }

  chooseAddress({ kind, label, lon, lat }) {
    const isDistrict = kind === "district";
    this.map?.jumpTo({ center: [lon, lat], zoom: isDistrict ? ZOOM_OF_A_DISTRICT : ZOOM_OF_A_PLACE });
    if (!isDistrict) {
      this.take({ lon, lat }, { way: "address" });
      return;
    }
    // A district is no place yet: the map shows it, or words say where.
    this.combobox.words = "";
    this.say(fill(this.texts.within, { district: label }));
    if (!this.map) this.giveWay();
  }

  bindLocate(button) {
    if (!navigator.geolocation) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      this.pending?.abort();
      this.say(this.texts.locating);
      const question = (this.locating = {});
      // It may take seconds: who has chosen in another way meanwhile is not asking any more.
      const answer = (act) => (found) => this.locating === question && act(found);
      navigator.geolocation.getCurrentPosition(
        answer(({ coords }) => this.show({ lon: coords.longitude, lat: coords.latitude })),
        answer(() => this.say(this.texts.notLocated, "error")),
        { enableHighAccuracy: true, timeout: 10000 },
      );
    });
  }

  /** Take a point and bring the map to it. */
  show(point) {
    this.map?.jumpTo({ center: point, zoom: ZOOM_OF_A_PLACE });
    this.take(point);
  }

  /** Take the place below the cross. */
  chooseMiddle() {
    const { lng, lat } = this.map.getCenter().wrap();
    this.take({ lon: lng, lat });
  }

  /** Take a point, empty the other ways, and say in words where that is. */
  take(point, { way = "point" } = {}) {
    if (way !== "address" && this.combobox) this.combobox.words = "";
    this.dropOffers();
    this.fields.district.value = "";
    this.setPoint(point);
    this.describe();
  }

  setPoint(point) {
    this.locating = null;
    const { lon, lat } = this.fields;
    lon.value = point ? point.lon.toFixed(6) : "";
    lat.value = point ? point.lat.toFixed(6) : "";
    this.form.dispatchEvent(new CustomEvent("placechange", { detail: point }));
  }

  async describe() {
    this.pending?.abort();
    this.pending = new AbortController();
    const { lon, lat } = this.fields;
    const url = `${this.element.dataset.at}?lon=${lon.value}&lat=${lat.value}`;
    try {
      const response = await fetch(url, { signal: this.pending.signal });
      if (response.status === 404) this.refuse();
      else if (response.ok) this.accept(await response.json());
      else this.say(this.texts.unknown);
    } catch (error) {
      // The point is kept: the server names the district when the form is sent.
      if (error.name !== "AbortError") this.say(this.texts.unknown);
    }
  }

  accept({ district, body, address }) {
    const words = address ? this.texts.near : this.texts.chosen;
    this.say(fill(words, { address, district: district.name, body: body.name }), "chosen");
    if (this.map) repaint(this.map, palette(), district.slug);
  }

  refuse() {
    this.setPoint(null);
    this.say(this.texts.outside, "error");
  }

  chooseDistrict() {
    const { district } = this.fields;
    if (!district.value) return;
    this.pending?.abort();
    if (this.combobox) this.combobox.words = "";
    this.dropOffers();
    this.setPoint(null);
    if (this.map) repaint(this.map, palette(), district.value);
    const name = district.selectedOptions[0].textContent;
    this.say(fill(this.texts.instead, { district: name }), "chosen");
  }

  say(words, mood = "") {
    this.state.querySelector("[data-part='words']").textContent = words;
    this.state.dataset.mood = mood;
  }
}

const root = document.querySelector("[data-place]");
if (root) {
  const chooser = new PlaceChooser(root);
  chooser.start().catch((error) => {
    explain(chooser.element);
    chooser.giveWay();
    throw error;
  });
}

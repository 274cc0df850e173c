/**
 * Choosing a place: a fixed cross in the middle, the map moves below it by touch, mouse,
 * arrow keys, + and −. Below it stands in words which district that is and who reads it.
 *
 * The first view is no choice: only moving the map or pressing a button makes one. The
 * select of districts stays reachable, and choosing there takes the map's point back.
 */

import { createMap, explain, nearViewport, palette } from "./map.js";
import { repaint } from "./map-style.js";

const ZOOM_OF_A_PLACE = 16;

class PlaceChooser {
  constructor(root) {
    this.root = root;
    this.form = root.closest("form");
    this.element = root.querySelector("[data-map='place']");
    this.state = root.querySelector("[data-part='state']");
    this.texts = this.state.dataset;
    this.pending = null;
  }

  get fields() {
    const { lon, lat, district } = this.form.elements;
    return { lon, lat, district };
  }

  /** Draw the map and bind it; leave the select of districts alone where that fails. */
  async start() {
    this.root.hidden = false;
    this.foldDistricts();
    await nearViewport(this.element);
    const { lon, lat } = this.fields;
    const before = lon.value && lat.value ? [Number(lon.value), Number(lat.value)] : null;
    const view = before ? { center: before, zoom: ZOOM_OF_A_PLACE, bounds: undefined } : {};
    const created = await createMap(this.element, {
      ...view,
      // A wheel turned over the map scrolls the page; a finger moves the map.
      cooperativeGestures: matchMedia("(pointer: fine)").matches,
    });
    if (!created) {
      this.giveWay();
      return;
    }
    this.map = created.map;
    this.bind();
    if (before) this.choose();
    this.root.dataset.state = "ready";
  }

  /** With a map, the select of districts steps back unless it is in use. */
  foldDistricts() {
    const details = this.form.querySelector("[data-district-instead]");
    details.open = Boolean(this.fields.district.value || details.querySelector("[aria-invalid]"));
  }

  /** Without a map, the select of districts is the way. */
  giveWay() {
    this.root.classList.add("place--without-map");
    const details = this.form.querySelector("[data-district-instead]");
    details.open = true;
  }

  bind() {
    this.map.on("moveend", (event) => {
      if (event.originalEvent || event.byButton) this.choose();
    });
    this.root.querySelector("[data-part='use']").addEventListener("click", () => this.choose());
    this.bindLocate(this.root.querySelector("[data-part='locate']"));
    this.fields.district.addEventListener("change", () => this.chooseDistrict());
  }

  bindLocate(button) {
    if (!navigator.geolocation) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      this.say(this.texts.locating);
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => this.goTo([coords.longitude, coords.latitude]),
        () => this.say(this.texts.notLocated, "error"),
        { enableHighAccuracy: true, timeout: 10000 },
      );
    });
  }

  goTo(center) {
    this.map.jumpTo({ center, zoom: ZOOM_OF_A_PLACE }, { byButton: true });
  }

  /** Take the place below the cross, and say in words where that is. */
  async choose() {
    this.pending?.abort();
    this.pending = new AbortController();
    const { lng, lat } = this.map.getCenter().wrap();
    const [lonText, latText] = [lng.toFixed(6), lat.toFixed(6)];
    Object.assign(this.fields.lon, { value: lonText });
    Object.assign(this.fields.lat, { value: latText });
    this.fields.district.value = "";
    const url = `${this.element.dataset.at}?lon=${lonText}&lat=${latText}`;
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

  accept({ district, body }) {
    const words = this.texts.chosen.replace("{district}", district.name).replace("{body}", body.name);
    this.say(words, "chosen");
    repaint(this.map, palette(), district.slug);
  }

  refuse() {
    this.clearPoint();
    this.say(this.texts.outside, "error");
  }

  chooseDistrict() {
    const { district } = this.fields;
    if (!district.value) return;
    this.pending?.abort();
    this.clearPoint();
    repaint(this.map, palette(), district.value);
    const name = district.selectedOptions[0].textContent;
    this.say(this.texts.instead.replace("{district}", name), "chosen");
  }

  clearPoint() {
    this.fields.lon.value = "";
    this.fields.lat.value = "";
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

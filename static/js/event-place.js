/**
 * Where an event takes place: suggestions while an address is typed, and a map whose middle
 * can be taken. Both fill in the coordinates, which can also be typed or emptied.
 */

import { Combobox } from "./combobox.js";
import { createMap, explain, fetchJson, nearViewport } from "./map.js";

const ZOOM_OF_A_PLACE = 16;
const root = document.querySelector("[data-event-place]");

class EventPlace {
  constructor(element) {
    this.root = element;
    this.fields = element.closest("form").elements;
    this.said = element.querySelector("[data-part='state']");
    this.element = element.querySelector("[data-map='place']");
  }

  get point() {
    const { lon, lat } = this.fields;
    return lon.value && lat.value ? { lon: Number(lon.value), lat: Number(lat.value) } : null;
  }

  async start() {
    this.root.querySelector("[data-part='with-map']").hidden = false;
    this.bindAddress();
    for (const name of ["lon", "lat"]) this.fields[name].addEventListener("change", () => this.show());
    await nearViewport(this.element);
    const view = this.point ? { center: this.point, zoom: ZOOM_OF_A_PLACE, bounds: undefined } : {};
    const created = await createMap(this.element, { ...view, cooperativeGestures: true });
    if (!created) return;
    this.map = created.map;
    this.root.querySelector("[data-part='with-map']").dataset.state = "ready";
    this.show();
    this.root.querySelector("[data-part='use']").addEventListener("click", () => {
      const { lng, lat } = this.map.getCenter().wrap();
      this.take({ lon: lng, lat });
    });
  }

  bindAddress() {
    const part = this.root.querySelector("[data-address]");
    if (!part) return;
    const said = part.querySelector("[data-part='found']");
    const texts = { one: "foundOne", many: "foundMany", none: "foundNone", offline: "offline" };
    new Combobox(this.fields.address, part.querySelector("[role='listbox']"), {
      search: async (words, signal) => {
        const { places } = await fetchJson(`${part.dataset.address}?q=${encodeURIComponent(words)}`, { signal });
        return places.filter(({ kind }) => kind !== "district");
      },
      onChoose: (place) => {
        part.querySelector("[data-part='offers']")?.remove();
        this.take(place);
        this.show();
      },
      onType: () => this.set("", ""),
      say: (name, number) => {
        said.textContent = name ? part.dataset[texts[name]].replace("{n}", number) : "";
      },
    });
  }

  take({ lon, lat }) {
    this.set(lon.toFixed(6), lat.toFixed(6));
    this.said.textContent = this.said.dataset.taken;
  }

  set(lon, lat) {
    this.fields.lon.value = lon;
    this.fields.lat.value = lat;
    this.said.textContent = "";
  }

  show() {
    const { point } = this;
    if (point && this.map) this.map.jumpTo({ center: point, zoom: ZOOM_OF_A_PLACE });
  }
}

if (root) {
  const chooser = new EventPlace(root);
  chooser.start().catch((error) => {
    explain(chooser.element);
    throw error;
  });
}

/** The legend over the map: themes to switch on and off, and the heat map. */

import { readState, writeState } from "./map-state.js";
import { showHeat, showPins } from "./pins-layer.js";

export class Legend {
  /** `tiles` is the address of the tiles of the list's filters. */
  constructor(element, tiles) {
    this.element = element;
    this.url = new URL(tiles, location.href);
    // The order is the list's alone; without it, more visitors share a tile.
    for (const name of ["sort", "near"]) this.url.searchParams.delete(name);
    this.filtered = this.url.searchParams.getAll("theme");
    this.boxes = [...element.querySelectorAll("[data-legend-theme]")];
    this.heat = element.querySelector("[data-heat]");
    for (const box of this.boxes) {
      // The list leaves these themes out, and so does the map.
      box.disabled = this.filtered.length > 0 && !this.filtered.includes(box.value);
      box.checked = !box.disabled;
    }
    this.heat.checked = readState().heat;
  }

  /** Return the address of the tiles of the themes that are switched on; null for none. */
  tiles() {
    const wanted = this.boxes.filter((box) => box.checked).map((box) => box.value);
    if (!wanted.length) return null;
    const query = new URLSearchParams(this.url.search);
    if (wanted.length < this.boxes.length) {
      query.delete("theme");
      for (const slug of wanted) query.append("theme", slug);
    }
    const path = decodeURI(this.url.origin + this.url.pathname);
    return query.size ? `${path}?${query}` : path;
  }

  /** Let the switches work on a map whose contributions are there. */
  bind(map) {
    this.element.addEventListener("change", ({ target }) => {
      if (target === this.heat) this.switchHeat(map);
      else showPins(map, this.tiles());
    });
    this.switchHeat(map);
  }

  switchHeat(map) {
    showHeat(map, this.heat.checked);
    this.element.dataset.heat = this.heat.checked ? "on" : "off";
    if (readState().heat !== this.heat.checked) writeState({ heat: this.heat.checked });
  }
}

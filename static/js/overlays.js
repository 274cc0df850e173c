/**
 * Overlays: maps that staff have published, to switch on below the contributions. Where
 * a feature is pressed, a popup says what it is, in text and never in markup.
 */

import { OVERLAYS_BELOW } from "./map-style.js";
import { PRESSABLE, REACH } from "./pins-layer.js";

const PREFIX = "overlay|";
/** Pixels of the edges of a map server's pictures, as their addresses ask for them. */
const PICTURE = 512;
/** More features than these in one place are not told apart any more. */
const TOLD = 4;

const idOf = (slug) => PREFIX + slug;
const isShape = (name) => ["match", ["geometry-type"], [name, `Multi${name}`], true, false];

const escaped = (text) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

function sourceOf({ kind, tiles, maxzoom, wms, attribution, licence }) {
  // MapLibre takes the attribution for markup.
  const common = { attribution: escaped(`${attribution}, ${licence.name}`) };
  if (kind === "wms") return { type: "raster", tiles: [wms], tileSize: PICTURE, ...common };
  return { type: "vector", tiles: [location.origin + tiles], maxzoom, ...common };
}

/** Return the layers of an overlay; a light rim sets its colour off from a dark ground. */
function layersOf({ slug, kind, style }) {
  const source = idOf(slug);
  if (kind === "wms") return [{ id: source, type: "raster", source, paint: { "raster-opacity": 0.75 } }];
  const common = { source, "source-layer": "overlay" };
  const isPoint = isShape("Point");
  const layout = { "line-join": "round", "line-cap": "round" };
  const rim = { "line-color": "#fff", "line-width": style.line_width + 2.5, "line-opacity": 0.8 };
  return [
    {
      id: `${source}|fill`,
      type: "fill",
      ...common,
      filter: isShape("Polygon"),
      paint: { "fill-color": style.colour, "fill-opacity": style.fill_opacity },
    },
    { id: `${source}|rim`, type: "line", ...common, filter: ["!", isPoint], layout, paint: rim },
    {
      id: `${source}|line`,
      type: "line",
      ...common,
      filter: ["!", isPoint],
      layout,
      paint: { "line-color": style.colour, "line-width": style.line_width },
    },
    {
      id: `${source}|point`,
      type: "circle",
      ...common,
      filter: isPoint,
      paint: {
        "circle-color": style.colour,
        "circle-radius": style.point_radius,
        "circle-stroke-color": "#fff",
        "circle-stroke-width": 2,
      },
    },
  ];
}

/** Return the id of the layer that an overlay lies below; pictures lie below the others. */
function layerAbove(map, kind) {
  const isAbove = ({ id }) => id === OVERLAYS_BELOW || (kind === "wms" && id.startsWith(PREFIX));
  return map.getStyle().layers.find(isAbove)?.id;
}

function show(map, overlay) {
  const id = idOf(overlay.slug);
  if (map.getSource(id)) return;
  map.addSource(id, sourceOf(overlay));
  const before = layerAbove(map, overlay.kind);
  for (const layer of layersOf(overlay)) map.addLayer(layer, before);
}

function hide(map, overlay) {
  const id = idOf(overlay.slug);
  if (!map.getSource(id)) return;
  for (const layer of layersOf(overlay)) map.removeLayer(layer.id);
  map.removeSource(id);
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Return what one feature is: its name, its texts, and of which overlay it is. */
function describe({ properties }, overlay) {
  const { label, ...texts } = properties;
  const part = element("div", "overlay-info");
  part.append(element("p", "overlay-info__name", label || overlay.title));
  const entries = Object.entries(texts);
  if (entries.length) {
    const list = element("dl", "overlay-info__texts");
    for (const [name, text] of entries) list.append(element("dt", "", name), element("dd", "", text));
    part.append(list);
  }
  if (label) part.append(element("p", "overlay-info__of", overlay.title));
  return part;
}

class Overlays {
  constructor(map, root, { library, onChange }) {
    this.map = map;
    this.root = root;
    this.library = library;
    this.onChange = onChange;
    this.boxes = [...root.querySelectorAll("[data-overlay]")];
    this.overlays = new Map(this.boxes.map((box) => [box, JSON.parse(box.dataset.overlay)]));
  }

  start(chosen) {
    for (const box of this.boxes) {
      box.checked = chosen.includes(box.value);
      this.apply(box);
    }
    this.count();
    this.root.hidden = false;
    this.root.addEventListener("change", ({ target }) => {
      if (!this.overlays.has(target)) return;
      this.apply(target);
      this.count();
      this.onChange(this.on().map((box) => box.value));
    });
    this.map.on("click", (event) => this.tell(event));
    this.map.on("error", (event) => this.fail(event));
  }

  on() {
    return this.boxes.filter((box) => box.checked);
  }

  /** Say how many are on, for whoever has the list closed. */
  count() {
    const place = this.root.querySelector("[data-count]");
    const { length } = this.on();
    place.textContent = length ? place.dataset.on.replace("{n}", length) : "";
  }

  apply(box) {
    const overlay = this.overlays.get(box);
    if (box.checked) show(this.map, overlay);
    else hide(this.map, overlay);
    this.failureOf(box).textContent = "";
    this.popup?.remove();
  }

  failureOf(box) {
    return box.closest(".overlays__one").querySelector("[data-failure]");
  }

  /** Say at its switch that an overlay does not come. */
  fail({ sourceId }) {
    const box = this.boxes.find(({ value }) => idOf(value) === sourceId);
    if (box) this.failureOf(box).textContent = this.root.dataset.failed;
  }

  /** Say what lies under a press, unless it is a contribution. */
  tell(event) {
    const { map } = this;
    const { x, y } = event.point;
    const reach = [[x - REACH, y - REACH], [x + REACH, y + REACH]];
    const within = (ids) => map.queryRenderedFeatures(reach, { layers: ids.filter((id) => map.getLayer(id)) });
    if (within(PRESSABLE).length) return;
    const ids = map.getStyle().layers.map(({ id }) => id).filter((id) => id.startsWith(PREFIX));
    const parts = new Map();
    for (const feature of within(ids)) {
      const overlay = [...this.overlays.values()].find(({ slug }) => idOf(slug) === feature.source);
      parts.set(`${feature.source}|${feature.id}`, () => describe(feature, overlay));
    }
    if (!parts.size) return;
    // Others then leave the press alone.
    event.preventDefault();
    this.open(event.lngLat, [...parts.values()].slice(0, TOLD).map((make) => make()));
  }

  open(place, parts) {
    const content = element("div", "overlay-infos");
    content.append(...parts);
    this.popup?.remove();
    this.popup = new this.library.Popup({ maxWidth: "18rem" })
      .setLngLat(place)
      .setDOMContent(content)
      .addTo(this.map);
    this.popup
      .getElement()
      .querySelector(".maplibregl-popup-close-button")
      ?.setAttribute("aria-label", this.root.dataset.close);
  }
}

/**
 * Let the switches of `root` (templates/partials/overlays.html) work on a map. `chosen` are
 * the slugs to switch on at once; `onChange` is told those that are on after each change.
 */
export function bindOverlays(map, root, { library, chosen = [], onChange = () => {} }) {
  new Overlays(map, root, { library, onChange }).start(chosen);
}

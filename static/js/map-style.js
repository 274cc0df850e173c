/**
 * The whole look of a map: a ground, which may be the city's own basemap, another
 * operator's style or nothing at all, and the districts over it.
 */

import { basemapLabels, basemapLayers, STRONG, TEXT } from "./basemap-style.js";
import { districtLayers, districtNames, districtSources } from "./district-style.js";
import { PALETTES } from "./palettes.js";

/** Labels of this site's layers; other modules name the font by these. */
export { PALETTES, STRONG as FONT, TEXT };

/** Reference layers (overlays) go below this layer: over the ground, under names and pins. */
export const OVERLAYS_BELOW = "borders";

const looks = new WeakMap();

/** Return sizes of text that grow with the reader's own size: `size(zoom, px, zoom, px)`. */
function textSizes() {
  const scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  return (...stops) => [
    "interpolate",
    ["linear"],
    ["zoom"],
    ...stops.map((value, index) => (index % 2 ? value * scale : value)),
  ];
}

/**
 * Return the look of a map.
 *
 * `base` is the TileJSON of the basemap, or null; `foreign` a style document that takes
 * the basemap's place; `fonts` the WOFF2 files {regular, medium} of this site;
 * `chosen` the slug of a district to set off from the others.
 */
export function lookOf({ districts, base = null, foreign = null, fonts, chosen }) {
  return {
    districts,
    base: foreign ? null : base,
    foreign,
    fonts,
    chosen,
    hasGround: Boolean(base || foreign),
    size: textSizes(),
    known: districts.features.map(({ properties }) => properties.name),
  };
}

/** Keep only the layers whose data the basemap has. */
function within(base, layers) {
  const names = new Set(base.vector_layers.map(({ id }) => id));
  return layers.filter((layer) => layer.type === "background" || names.has(layer["source-layer"]));
}

function groundOf(palette, { base }) {
  if (!base) return [];
  return within(base, basemapLayers(palette));
}

/** Return the layers of this site, in order; colours are all that a palette changes. */
function layersOf(palette, look) {
  const { base } = look;
  return [
    ...groundOf(palette, look),
    ...districtLayers(palette, look),
    ...(base ? within(base, basemapLabels(palette, look)) : []),
    ...districtNames(palette, look),
  ];
}

/** Return the complete style of a look, for `new Map({style})`. */
export function styleOf(look, palette) {
  const { base, foreign, fonts } = look;
  const sources = districtSources(look.districts);
  if (base) {
    const { tiles, minzoom, maxzoom, bounds } = base;
    sources.base = { type: "vector", tiles, minzoom, maxzoom, ...(bounds ? { bounds } : {}) };
  }
  return {
    version: 8,
    ...foreign,
    "font-faces": { ...foreign?.["font-faces"], [TEXT]: fonts.regular, [STRONG]: fonts.medium },
    sources: { ...foreign?.sources, ...sources },
    layers: [...(foreign?.layers ?? []), ...layersOf(palette, look)],
  };
}

/** Remember the look of a map, so that it can be repainted. */
export function bindLook(map, look) {
  looks.set(map, look);
}

/** Repaint the layers of this site in other colours, or with another district set off. */
export function repaint(map, palette, chosen) {
  const look = looks.get(map);
  look.chosen = chosen;
  for (const layer of layersOf(palette, look)) {
    for (const [property, value] of Object.entries(layer.paint)) {
      map.setPaintProperty(layer.id, property, value);
    }
  }
}

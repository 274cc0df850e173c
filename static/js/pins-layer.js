/**
 * The contributions on a map, read from vector tiles: single ones as markers, many in one
 * place as a circle with their number, all of them as a heat map, and one that is set off.
 *
 * A feature of a tile is either a contribution (`reference, kind, theme, status, support`)
 * or a number `n` of them.
 */

import { FONT } from "./map-style.js";

const EMPTY = { type: "FeatureCollection", features: [] };
const markerImage = ["concat", "pin|", ["get", "theme"], "|", ["get", "kind"]];
const isCluster = ["has", "n"];
const number = ["coalesce", ["get", "n"], 1];

/** The layers of contributions that can be pressed. */
export const PRESSABLE = ["pins", "clusters"];

/** A finger is not exact: this many pixels around a press count. */
export const REACH = 10;

/** From this zoom single markers shine through the heat. */
const HEAT_FADES = 14;

/** What is shown on each map: whether there are tiles, and whether as heat. */
const shown = new WeakMap();

/** Return how a number is written in a circle: 999, 1.2k. */
function numberText() {
  const { lang } = document.documentElement;
  const thousands = ["number-format", ["/", ["get", "n"], 1000], { locale: lang, "max-fraction-digits": 1 }];
  return ["case", ["<", ["get", "n"], 1000], ["to-string", ["get", "n"]], ["concat", thousands, "k"]];
}

const clusterPaint = (palette) => ({
  "circle-color": palette.cluster,
  "circle-radius": ["interpolate", ["linear"], ["ln", ["get", "n"]], 0.7, 14, 7, 27],
  "circle-stroke-color": palette.clusterRim,
  "circle-stroke-width": 2,
  "circle-opacity": 0.94,
});

const numberPaint = (palette) => ({ "text-color": palette.clusterText });

const heatPaint = (palette) => ({
  // The root: ten voices in one place do not make the other places cold.
  "heatmap-weight": ["^", number, 0.5],
  "heatmap-intensity": ["interpolate", ["linear"], ["zoom"], 9, 0.2, 13, 0.4, 17, 1],
  // Wider than the cells that are counted together.
  "heatmap-radius": ["interpolate", ["linear"], ["zoom"], 9, 56, 13, 64, 17, 80],
  "heatmap-opacity": ["interpolate", ["linear"], ["zoom"], HEAT_FADES, 0.8, HEAT_FADES + 2, 0.5],
  "heatmap-color": [
    "interpolate",
    ["linear"],
    ["heatmap-density"],
    0,
    `${palette.heat[0]}00`,
    0.12,
    palette.heat[0],
    0.35,
    palette.heat[1],
    0.65,
    palette.heat[2],
    1,
    palette.heat[3],
  ],
});

const ringPaint = (palette) => ({
  "circle-radius": 24,
  "circle-color": palette.accent,
  "circle-opacity": 0.2,
  "circle-stroke-width": 3,
  "circle-stroke-color": palette.accent,
});

/**
 * Add the layers of contributions to a map; the marker images must be there already.
 * `tiles` is the address of their tiles with {z}, {x} and {y}; without it, the map shows
 * none but the one that is set off.
 */
export function addPinLayers(map, palette, tiles = null) {
  if (tiles) addTiledLayers(map, palette, tiles);
  addRaisedLayers(map, palette);
  shown.set(map, { hasTiles: Boolean(tiles), isHeat: false });
  map.getContainer().addEventListener("palettechange", ({ detail }) => repaintPins(map, detail));
}

const pinLayer = {
  id: "pins",
  type: "symbol",
  source: "pins",
  layout: {
    "icon-image": markerImage,
    "icon-allow-overlap": true,
    "icon-size": ["interpolate", ["linear"], ["zoom"], 10, 0.75, 15, 0.95],
    // What many support lies on top.
    "symbol-sort-key": ["coalesce", ["get", "support"], 0],
  },
};

/** Add contributions {at, theme, kind, reference} that are not in tiles of their own. */
export function addListedPins(map, pins) {
  const features = pins.map(({ at, ...properties }) => ({
    type: "Feature",
    geometry: { type: "Point", coordinates: at },
    properties,
  }));
  map.addSource("pins", { type: "geojson", data: { type: "FeatureCollection", features } });
  map.addLayer(pinLayer, "raised-ring");
}

function addTiledLayers(map, palette, tiles) {
  map.addSource("pins", { type: "vector", tiles: [tiles], minzoom: 0, maxzoom: 18 });
  const common = { source: "pins", "source-layer": "pins" };
  map.addLayer(
    { id: "heat", type: "heatmap", ...common, layout: { visibility: "none" }, paint: heatPaint(palette) },
    "names",
  );
  map.addLayer({ id: "clusters", type: "circle", ...common, filter: isCluster, paint: clusterPaint(palette) });
  map.addLayer({
    id: "numbers",
    type: "symbol",
    ...common,
    filter: isCluster,
    layout: {
      "text-field": numberText(),
      "text-font": [FONT],
      "text-size": ["interpolate", ["linear"], ["ln", ["get", "n"]], 0.7, 13, 7, 16],
      "text-allow-overlap": true,
      // Names keep out of the circle's way.
      "text-padding": 14,
    },
    paint: numberPaint(palette),
  });
  map.addLayer({ ...pinLayer, ...common, filter: ["!", isCluster] });
}

function addRaisedLayers(map, palette) {
  map.addSource("raised", { type: "geojson", data: EMPTY });
  map.addLayer({ id: "raised-ring", type: "circle", source: "raised", paint: ringPaint(palette) });
  map.addLayer({
    id: "raised-pin",
    type: "symbol",
    source: "raised",
    layout: {
      "icon-image": markerImage,
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      "icon-size": 1.1,
    },
  });
}

function repaintPins(map, palette) {
  const paints = {
    heat: heatPaint(palette),
    clusters: clusterPaint(palette),
    numbers: numberPaint(palette),
    "raised-ring": ringPaint(palette),
  };
  for (const [id, paint] of Object.entries(paints)) {
    if (!map.getLayer(id)) continue;
    for (const [property, value] of Object.entries(paint)) map.setPaintProperty(id, property, value);
  }
}

function refresh(map) {
  const { hasTiles, isHeat } = shown.get(map);
  const show = (id, isShown) => map.setLayoutProperty(id, "visibility", isShown ? "visible" : "none");
  show("heat", hasTiles && isHeat);
  show("clusters", hasTiles && !isHeat);
  show("numbers", hasTiles && !isHeat);
  show("pins", hasTiles);
  map.setLayerZoomRange("pins", isHeat ? HEAT_FADES : 0, 24);
}

/** Read the contributions from other tiles, or hide them all (null). */
export function showPins(map, tiles) {
  shown.get(map).hasTiles = Boolean(tiles);
  if (tiles) map.getSource("pins").setTiles([tiles]);
  refresh(map);
}

/** Show a heat map instead of the circles; single markers come through close by. */
export function showHeat(map, isOn) {
  shown.get(map).isHeat = isOn;
  refresh(map);
}

/** Set one contribution off from the others, or none. */
export function raisePin(map, pin) {
  raisePins(map, pin ? [pin] : []);
}

/** Set some contributions off from the others. */
export function raisePins(map, pins) {
  const feature = (pin) => ({
    type: "Feature",
    geometry: { type: "Point", coordinates: pin.at },
    properties: pin,
  });
  map.getSource("raised").setData({ type: "FeatureCollection", features: pins.map(feature) });
}

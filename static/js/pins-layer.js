/** The pins on a map: clusters, single markers, and one that is set off. */

import { FONT } from "./map-style.js";

const SHARES = 8;
const EMPTY = { type: "FeatureCollection", features: [] };
const markerImage = ["concat", "pin|", ["get", "theme"], "|", ["get", "kind"]];

const countOf = (slug) => ["+", ["case", ["==", ["get", "theme"], slug], 1, 0]];

/** The name of a cluster's image holds the rounded share of each theme. */
function clusterImageName(themes) {
  const share = (slug) => [
    "to-string",
    ["round", ["/", ["*", SHARES, ["get", `n_${slug}`]], ["get", "point_count"]]],
  ];
  return ["concat", "cluster", ...themes.flatMap(({ slug }) => ["|", share(slug)])];
}

/** Add the sources and layers; the marker images must be there already. */
export function addPinLayers(map, themes, palette) {
  map.addSource("pins", {
    type: "geojson",
    data: EMPTY,
    cluster: true,
    clusterRadius: 44,
    clusterMaxZoom: 15,
    clusterProperties: Object.fromEntries(themes.map(({ slug }) => [`n_${slug}`, countOf(slug)])),
  });
  map.addSource("raised", { type: "geojson", data: EMPTY });
  map.addLayer({
    id: "clusters",
    type: "symbol",
    source: "pins",
    filter: ["has", "point_count"],
    layout: {
      "icon-image": clusterImageName(themes),
      "icon-size": ["step", ["get", "point_count"], 0.85, 10, 1, 50, 1.2, 500, 1.4],
      "icon-allow-overlap": true,
      "text-field": ["get", "point_count_abbreviated"],
      "text-font": [FONT],
      "text-size": 13,
      "text-allow-overlap": true,
    },
    paint: { "text-color": "#10203a" },
  });
  map.addLayer({
    id: "pins",
    type: "symbol",
    source: "pins",
    filter: ["!", ["has", "point_count"]],
    layout: { "icon-image": markerImage, "icon-allow-overlap": true, "icon-size": 0.85 },
  });
  addRaisedLayers(map, palette);
}

function addRaisedLayers(map, palette) {
  map.addLayer({
    id: "raised-ring",
    type: "circle",
    source: "raised",
    paint: {
      "circle-radius": 24,
      "circle-color": palette.accent,
      "circle-opacity": 0.2,
      "circle-stroke-width": 3,
      "circle-stroke-color": palette.accent,
    },
  });
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

/** Show the pins of the wanted themes and no others. */
export function showPins(map, collection, wanted) {
  const features = collection.features.filter((pin) => wanted.has(pin.properties.theme));
  map.getSource("pins").setData({ type: "FeatureCollection", features });
}

/** Set one pin off from the others, or none. */
export function raisePin(map, pin) {
  map.getSource("raised").setData(
    pin ? { type: "Feature", geometry: { type: "Point", coordinates: pin.at }, properties: pin } : EMPTY,
  );
}

/** A map of places with numbers and nothing more: where the rows of a table are about. */

import { createMap, fetchJson, nearViewport } from "./map.js";
import { FONT } from "./map-style.js";

const SOURCE = "places";
const CLOSEST = 15;

function boundsOf(features) {
  const places = features.map(({ geometry }) => geometry.coordinates);
  const side = (axis, pick) => places.reduce((found, place) => pick(found, place[axis]), places[0][axis]);
  return [
    [side(0, Math.min), side(1, Math.min)],
    [side(0, Math.max), side(1, Math.max)],
  ];
}

function addPlaces(map, data, words) {
  map.addSource(SOURCE, { type: "geojson", data });
  map.addLayer({
    id: "places",
    type: "circle",
    source: SOURCE,
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 10, 4, 16, 9],
      "circle-color": "#002970",
      "circle-stroke-color": "#fff",
      "circle-stroke-width": 2,
    },
  });
  const [before, after] = words.split("{n}");
  map.addLayer({
    id: "places-number",
    type: "symbol",
    source: SOURCE,
    minzoom: 13,
    layout: {
      "text-field": ["concat", before, ["get", "row"], after ?? ""],
      "text-font": [FONT],
      "text-size": 14,
      "text-offset": [0, 1.2],
      "text-anchor": "top",
    },
    paint: { "text-color": "#000", "text-halo-color": "#fff", "text-halo-width": 2 },
  });
}

async function start(element) {
  await nearViewport(element, "0px");
  const data = await fetchJson(element.dataset.places);
  const { features } = data;
  const view = features.length
    ? { bounds: boundsOf(features), fitBoundsOptions: { padding: 48, maxZoom: CLOSEST } }
    : {};
  const created = await createMap(element, { cooperativeGestures: true, ...view });
  if (!created) return;
  addPlaces(created.map, data, element.dataset.row);
  element.dataset.state = "pins";
}

document.querySelectorAll("[data-map='places']").forEach(start);

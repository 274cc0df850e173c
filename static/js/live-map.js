/** The map of an item in the sitting: all its contributions at once, numbered. */

import { createMap, nearViewport, palette } from "./map.js";
import { FONT } from "./map-style.js";
import { addMarkerImages } from "./markers.js";
import { addPinLayers, raisePins } from "./pins-layer.js";

const CLOSEST = 15;

function themesOf(marks) {
  const colours = new Map(marks.map(({ theme, colour }) => [theme, colour]));
  return [...colours].map(([slug, colour]) => ({ slug, colour }));
}

function boundsOf(marks) {
  const sides = (axis) => marks.map(({ at }) => at[axis]).sort((one, other) => one - other);
  const [lons, lats] = [sides(0), sides(1)];
  return [
    [lons[0], lats[0]],
    [lons.at(-1), lats.at(-1)],
  ];
}

/** The number of each, as beside its text. */
function addNumbers(map) {
  map.addLayer({
    id: "raised-number",
    type: "symbol",
    source: "raised",
    layout: {
      "text-field": ["get", "number"],
      "text-font": [FONT],
      "text-size": 18,
      "text-offset": [0, 1.5],
      "text-allow-overlap": true,
      "text-ignore-placement": true,
    },
    paint: { "text-color": "#000", "text-halo-color": "#fff", "text-halo-width": 2.5 },
  });
}

async function draw(element) {
  const marks = JSON.parse(element.dataset.marks);
  const { basemap, basemapStyle, sprite } = element.dataset;
  const maxZoom = basemap || basemapStyle ? CLOSEST : 12.5;
  const created = await createMap(element, {
    cooperativeGestures: true,
    bounds: boundsOf(marks),
    fitBoundsOptions: { padding: 56, maxZoom },
  });
  if (!created) return;
  const { map } = created;
  await addMarkerImages(map, themesOf(marks), sprite);
  addPinLayers(map, palette());
  raisePins(map, marks);
  addNumbers(map);
  element.dataset.state = "pins";
}

/** A map that could not be fetched is drawn when the connection is back. */
async function start(element) {
  await nearViewport(element, "0px");
  try {
    await draw(element);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    addEventListener("online", () => start(element), { once: true });
  }
}

document.querySelectorAll("[data-map='marks']").forEach(start);

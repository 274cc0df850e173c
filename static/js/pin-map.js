/** The small map of one pin, or of the districts alone. */

import { createMap, nearViewport, palette } from "./map.js";
import { addMarkerImages } from "./markers.js";
import { addPinLayers, raisePin } from "./pins-layer.js";

async function drawPin(map, element) {
  const { lon, lat, kind, theme, colour, sprite } = element.dataset;
  const themes = [{ slug: theme, colour }];
  await addMarkerImages(map, themes, sprite);
  addPinLayers(map, palette());
  raisePin(map, { at: [Number(lon), Number(lat)], theme, kind });
}

/** Close enough to see the streets, where the place is known and there are streets to see. */
function zoomOf({ dataset }) {
  const hasStreets = dataset.basemap || dataset.basemapStyle;
  return hasStreets && dataset.wholeDistrict === undefined ? 15 : 12.5;
}

async function start(element) {
  // An aside of its page: not loaded for those who never scroll to it.
  await nearViewport(element, "0px");
  const { lon, lat, chosen } = element.dataset;
  const view = lon ? { center: [Number(lon), Number(lat)], zoom: zoomOf(element), bounds: undefined } : {};
  const created = await createMap(element, { chosen, cooperativeGestures: true, ...view });
  if (created && lon) await drawPin(created.map, element);
  if (created) element.dataset.state = "pins";
}

for (const element of document.querySelectorAll("[data-map='pin'], [data-map='districts']")) {
  start(element);
}

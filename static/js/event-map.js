/** The small map of an event: a mark where it takes place. */

import { createMap, nearViewport } from "./map.js";

const CLOSE = 15;
const FAR = 12.5;

async function start(element) {
  // An aside of its page: not loaded for those who never scroll to it.
  await nearViewport(element, "0px");
  const { lon, lat, basemap, basemapStyle } = element.dataset;
  const center = [Number(lon), Number(lat)];
  const zoom = basemap || basemapStyle ? CLOSE : FAR;
  const created = await createMap(element, { center, zoom, bounds: undefined, cooperativeGestures: true });
  if (!created) return;
  const { map } = created;
  map.addSource("event", { type: "geojson", data: { type: "Point", coordinates: center } });
  map.addLayer({
    id: "event",
    type: "circle",
    source: "event",
    paint: {
      "circle-radius": 10,
      "circle-color": "#002970",
      "circle-stroke-color": "#fff",
      "circle-stroke-width": 4,
    },
  });
  element.dataset.state = "pins";
}

for (const element of document.querySelectorAll("[data-map='event']")) start(element);

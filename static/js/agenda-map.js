/** The map of a sitting: where the contributions of its agenda lie, each leading to its item. */

import { createMap, nearViewport, palette } from "./map.js";
import { addMarkerImages } from "./markers.js";
import { addListedPins, addPinLayers } from "./pins-layer.js";

/** Return the contributions that the agenda lists. */
function readAgenda() {
  return [...document.querySelectorAll(".agenda [data-reference]")].map((row) => {
    const { lon, lat, kind, theme, colour } = row.dataset;
    return { at: [Number(lon), Number(lat)], kind, theme, colour, item: row.closest(".agenda__item").id };
  });
}

function boundsAround(pins) {
  const lons = pins.map(({ at }) => at[0]);
  const lats = pins.map(({ at }) => at[1]);
  return [
    [Math.min(...lons), Math.min(...lats)],
    [Math.max(...lons), Math.max(...lats)],
  ];
}

async function start(element) {
  await nearViewport(element, "0px");
  const pins = readAgenda();
  const created = await createMap(element, {
    cooperativeGestures: true,
    bounds: boundsAround(pins),
    // The sources take up the lower edge.
    fitBoundsOptions: { padding: { top: 40, right: 56, bottom: 88, left: 40 }, maxZoom: 15 },
  });
  if (!created) return;
  const { map } = created;
  const themes = [...new Map(pins.map(({ theme, colour }) => [theme, { slug: theme, colour }])).values()];
  await addMarkerImages(map, themes, element.dataset.sprite);
  addPinLayers(map, palette());
  addListedPins(map, pins);
  map.on("click", "pins", ({ features: [pin] }) => {
    location.hash = pin.properties.item;
  });
  map.on("mouseenter", "pins", () => (map.getCanvas().style.cursor = "pointer"));
  map.on("mouseleave", "pins", () => (map.getCanvas().style.cursor = ""));
  element.dataset.state = "pins";
}

for (const element of document.querySelectorAll("[data-map='agenda']")) start(element);

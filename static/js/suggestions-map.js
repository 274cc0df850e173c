/** The map of suggestions: the areas of hot spots, and the contributions that the page lists. */

import { createMap, nearViewport, palette } from "./map.js";
import { addMarkerImages } from "./markers.js";
import { addListedPins, addPinLayers } from "./pins-layer.js";

function readAreas() {
  const kept = document.getElementById("areas");
  return (kept ? JSON.parse(kept.textContent) : []).map(({ id, name, geometry }) => ({
    type: "Feature",
    geometry,
    properties: { name, row: `suggestion-${id}` },
  }));
}

function readPins() {
  return [...document.querySelectorAll("[data-member]")].map((row) => {
    const { reference, kind, theme, colour, lon, lat } = row.dataset;
    return { at: [Number(lon), Number(lat)], reference, kind, theme, colour, row: row.id };
  });
}

function boundsAround(areas, pins) {
  const all = [...pins.map(({ at }) => at), ...areas.flatMap(({ geometry }) => geometry.coordinates[0])];
  const lons = all.map(([lon]) => lon);
  const lats = all.map(([, lat]) => lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

/** The middle of an area: seen from afar, it is smaller than a dot. */
function middleOf({ geometry, properties }) {
  const lons = geometry.coordinates[0].map(([lon]) => lon);
  const lats = geometry.coordinates[0].map(([, lat]) => lat);
  const half = (values) => (Math.min(...values) + Math.max(...values)) / 2;
  return { type: "Feature", geometry: { type: "Point", coordinates: [half(lons), half(lats)] }, properties };
}

function addAreas(map, areas, colours) {
  map.addSource("suggested", { type: "geojson", data: { type: "FeatureCollection", features: areas } });
  map.addLayer({ id: "suggested", type: "fill", source: "suggested", paint: { "fill-color": colours.accent, "fill-opacity": 0.25 } });
  map.addLayer({ id: "suggested-edge", type: "line", source: "suggested", paint: { "line-color": colours.accent, "line-width": 2.5 } });
  map.addSource("suggested-middle", { type: "geojson", data: { type: "FeatureCollection", features: areas.map(middleOf) } });
  map.addLayer({
    id: "suggested-middle",
    type: "circle",
    source: "suggested-middle",
    maxzoom: 14,
    paint: { "circle-color": colours.accent, "circle-radius": 9, "circle-stroke-color": "#fff", "circle-stroke-width": 2 },
  });
}

/** A press leads to the entry of the list, where there is one. */
function leadToRow(map, layer) {
  map.on("click", layer, ({ features: [found] }) => {
    const { row } = found.properties;
    if (document.getElementById(row)) location.hash = row;
  });
  map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
  map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
}

function repaintAreas(map, colours) {
  map.setPaintProperty("suggested", "fill-color", colours.accent);
  map.setPaintProperty("suggested-edge", "line-color", colours.accent);
  map.setPaintProperty("suggested-middle", "circle-color", colours.accent);
}

async function start(element) {
  await nearViewport(element, "0px");
  const areas = readAreas();
  const pins = readPins();
  const view = areas.length || pins.length ? { bounds: boundsAround(areas, pins) } : {};
  const created = await createMap(element, {
    cooperativeGestures: true,
    ...view,
    // The sources take up the lower edge.
    fitBoundsOptions: { padding: { top: 40, right: 56, bottom: 72, left: 40 }, maxZoom: 16 },
  });
  if (!created) return;
  const { map } = created;
  addAreas(map, areas, palette());
  const themes = [...new Map(pins.map(({ theme, colour }) => [theme, { slug: theme, colour }])).values()];
  await addMarkerImages(map, themes, element.dataset.sprite);
  addPinLayers(map, palette());
  addListedPins(map, pins);
  leadToRow(map, "suggested");
  leadToRow(map, "suggested-middle");
  leadToRow(map, "pins");
  map.getContainer().addEventListener("palettechange", ({ detail }) => repaintAreas(map, detail));
  element.dataset.state = "pins";
}

for (const element of document.querySelectorAll("[data-map='suggestions']")) start(element);

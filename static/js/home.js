/**
 * The map beside the list: pins in clusters, themes to switch on and off, and the pin of
 * the entry under pointer or focus set off. The list stays the equal way to everything.
 */

import { createMap, fetchJson, nearViewport, palette } from "./map.js";
import { addMarkerImages } from "./markers.js";
import { PinCard } from "./pin-card.js";
import { addPinLayers, raisePin, showPins } from "./pins-layer.js";

const element = document.querySelector("[data-map='pins']");
const themes = JSON.parse(document.getElementById("themes").textContent);
const list = document.querySelector("[data-pin-list]");
const legend = document.querySelector("[data-legend]");

/** On a phone the list comes first; a button brings the map in its place and back. */
function bindViewSwitch() {
  const button = document.querySelector("[data-view-switch]");
  if (!button) return;
  const home = button.closest("[data-view]");
  button.hidden = false;
  button.addEventListener("click", () => {
    const showsMap = home.dataset.view !== "map";
    home.dataset.view = showsMap ? "map" : "list";
    button.querySelector("[data-label]").textContent = showsMap
      ? button.dataset.showList
      : button.dataset.showMap;
    window.scrollTo({ top: 0 });
  });
}

function wantedThemes() {
  const boxes = legend.querySelectorAll("input[type=checkbox]");
  return new Set([...boxes].filter((box) => box.checked).map((box) => box.value));
}

/** Set off the pin of the list entry that pointer or focus is on. */
function bindList(map) {
  const entryOf = (event) => event.target.closest?.("[data-reference]");
  const raise = (event) => {
    const entry = entryOf(event);
    if (!entry) return;
    const { lon, lat, theme, kind } = entry.dataset;
    raisePin(map, { at: [Number(lon), Number(lat)], theme, kind });
  };
  const lower = (event) => {
    if (!entryOf(event)?.contains(event.relatedTarget)) raisePin(map, null);
  };
  list.addEventListener("pointerover", raise);
  list.addEventListener("pointerout", lower);
  list.addEventListener("focusin", raise);
  list.addEventListener("focusout", lower);
}

/** Move the map where the card has come to lie over its own pin. */
function keepInSight(map, at, covering) {
  const { left, top } = map.getContainer().getBoundingClientRect();
  const { x, y } = map.project(at);
  const box = covering.getBoundingClientRect();
  const isCovered = left + x < box.right + 30 && top + y > box.top - 30;
  if (isCovered) map.easeTo({ center: at, offset: [0, -box.height / 2] });
}

function bindMap(map, card) {
  map.on("click", "clusters", async ({ features: [cluster] }) => {
    const source = map.getSource("pins");
    const zoom = await source.getClusterExpansionZoom(cluster.properties.cluster_id);
    map.easeTo({ center: cluster.geometry.coordinates, zoom: zoom + 0.3 });
  });
  map.on("click", "pins", async ({ features: [pin] }) => {
    const { reference, theme, kind } = pin.properties;
    raisePin(map, { at: pin.geometry.coordinates, theme, kind });
    await card.show(reference);
    keepInSight(map, pin.geometry.coordinates, card.element);
  });
  for (const layer of ["clusters", "pins"]) {
    map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
  }
}

async function start() {
  bindViewSwitch();
  await nearViewport(element);
  // Shown before the map is drawn, which would otherwise change its size afterwards.
  legend.hidden = false;
  const created = await createMap(element, { chosen: element.dataset.chosen });
  if (!created) {
    legend.hidden = true;
    return;
  }
  const { map, library } = created;
  map.addControl(new library.GeolocateControl());
  // MapLibre names the button only once it knows whether it may be used.
  element.querySelector(".maplibregl-ctrl-geolocate")?.setAttribute("aria-label", element.dataset.locate);
  const [pins] = await Promise.all([
    element.dataset.pins ? fetchJson(element.dataset.pins) : { features: [] },
    addMarkerImages(map, themes, element.dataset.sprite),
  ]);
  addPinLayers(map, themes, palette());
  showPins(map, pins, wantedThemes());
  legend.addEventListener("change", () => showPins(map, pins, wantedThemes()));
  if (list) bindList(map);
  bindMap(map, new PinCard(document.querySelector("[data-pin-card]"), () => raisePin(map, null)));
  element.dataset.state = "pins";
}

if (element) start();

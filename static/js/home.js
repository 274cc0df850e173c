/**
 * The page of list and map. The list stays the equal way to everything: without a script,
 * or where no map can be drawn, nothing is missing.
 */

import { Legend } from "./legend.js";
import { createMap, nearViewport, palette } from "./map.js";
import { followView, keepState, readState } from "./map-state.js";
import { addMarkerImages } from "./markers.js";
import { bindNearMe, bindNearMiddle } from "./near.js";
import { PinCard } from "./pin-card.js";
import { addPinLayers } from "./pins-layer.js";
import { bindPresses } from "./press.js";
import { Selection } from "./selection.js";

const element = document.querySelector("[data-map='pins']");
const list = document.querySelector("[data-pin-list]");
const viewSwitch = document.querySelector("[data-view-switch]");

/** Close enough to see the streets around a contribution. */
const ZOOM_OF_A_PIN = 16;

/** On a phone the list comes first; the map takes its place, and gives it back. */
function showView(name) {
  viewSwitch.closest("[data-view]").dataset.view = name;
  const { showList, showMap } = viewSwitch.dataset;
  viewSwitch.querySelector("[data-label]").textContent = name === "map" ? showList : showMap;
}

function bindViewSwitch() {
  viewSwitch.hidden = false;
  viewSwitch.addEventListener("click", () => {
    const { view } = viewSwitch.closest("[data-view]").dataset;
    showView(view === "map" ? "list" : "map");
    window.scrollTo({ top: 0 });
  });
}

/** The buttons of the entries that show one on the map; a phone changes to the map first. */
function bindEntryButtons(selection) {
  if (!list) return;
  for (const button of list.querySelectorAll("[data-show]")) button.hidden = false;
  list.addEventListener("click", async ({ target }) => {
    const entry = target.closest?.("[data-show]")?.closest("[data-reference]");
    if (!entry) return;
    if (viewSwitch.checkVisibility()) {
      showView("map");
      window.scrollTo({ top: 0 });
    }
    const chosen = await selection;
    await chosen?.chooseEntry(entry, ZOOM_OF_A_PIN);
  });
}

async function drawMap() {
  const { chosen } = element.dataset;
  const { view } = readState();
  const created = await createMap(element, { chosen, ...(view ? { ...view, bounds: undefined } : {}) });
  if (!created) return null;
  const { map, library } = created;
  map.addControl(new library.GeolocateControl());
  // MapLibre names the button only once it knows whether it may be used.
  element.querySelector(".maplibregl-ctrl-geolocate")?.setAttribute("aria-label", element.dataset.locate);
  followView(map);
  const themes = JSON.parse(document.getElementById("themes").textContent);
  await addMarkerImages(map, themes, element.dataset.sprite);
  return created;
}

/** Draw the map with its contributions; resolve to the selection, or to null without a map. */
async function start() {
  await nearViewport(element);
  const legendElement = document.querySelector("[data-legend]");
  const { pins, chosen } = element.dataset;
  const legend = pins ? new Legend(legendElement, pins) : null;
  // Shown before the map is drawn, which would otherwise change its size afterwards.
  legendElement.hidden = !legend;
  const created = await drawMap();
  if (!created) {
    legendElement.hidden = true;
    return null;
  }
  const { map, districts } = created;
  addPinLayers(map, palette(), legend?.tiles());
  legend?.bind(map);
  const selection = new Selection(map, list, new PinCard(document.querySelector("[data-pin-card]")));
  bindPresses(map, districts, selection, { chosen, page: element.dataset.districtPage });
  bindNearMiddle(map);
  element.dataset.state = "pins";
  return selection;
}

keepState();
bindNearMe();
if (element) {
  bindViewSwitch();
  bindEntryButtons(start());
}

/**
 * The page of list and map. The list stays the equal way to everything: without a script,
 * or where no map can be drawn, nothing is missing.
 */

import { bindFollowMap } from "./follow-map.js";
import { keepState, readState, writeState } from "./map-state.js";
import { bindNearMe } from "./near.js";
import { nearViewport } from "./viewport.js";

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
  writeState({ showsMap: name === "map" });
  window.scrollTo({ top: 0 });
}

function bindViewSwitch() {
  viewSwitch.hidden = false;
  viewSwitch.addEventListener("click", () => {
    const { view } = viewSwitch.closest("[data-view]").dataset;
    showView(view === "map" ? "list" : "map");
  });
  if (readState().showsMap) showView("map");
}

/** The buttons of the entries that show one on the map; a phone changes to the map first. */
function bindEntryButtons(selection) {
  if (!list) return;
  for (const button of list.querySelectorAll("[data-show]")) button.hidden = false;
  list.addEventListener("click", async ({ target }) => {
    const entry = target.closest?.("[data-show]")?.closest("[data-reference]");
    if (!entry) return;
    if (viewSwitch.checkVisibility()) showView("map");
    const chosen = await selection;
    await chosen?.chooseEntry(entry, ZOOM_OF_A_PIN);
  });
}

/** Fetch what draws the map when it comes into view; on a phone it may never do. */
async function start() {
  await nearViewport(element);
  const { drawListMap } = await import("./list-map.js");
  return drawListMap(element, list);
}

keepState();
bindNearMe();
bindFollowMap();
if (element) {
  bindViewSwitch();
  bindEntryButtons(start());
}

/** The map beside the list: what is drawn on it, and how the two go together. */

import { Legend } from "./legend.js";
import { createMap, palette } from "./map.js";
import { followView, readState, writeState } from "./map-state.js";
import { addMarkerImages } from "./markers.js";
import { bindNearMiddle } from "./near.js";
import { bindOverlays } from "./overlays.js";
import { PinCard } from "./pin-card.js";
import { addListedPins, addPinLayers } from "./pins-layer.js";
import { bindPresses } from "./press.js";
import { pinOf, Selection } from "./selection.js";

async function drawMap(element) {
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

/** Let reference maps be switched on below the contributions. */
function addOverlays({ map, library }) {
  const root = document.querySelector("[data-overlays]");
  const onChange = (overlays) => writeState({ overlays });
  if (root) bindOverlays(map, root, { library, chosen: readState().overlays, onChange });
}

/**
 * Draw the map with its contributions beside `list`, which may be null. Resolve to the
 * selection that both share, or to null where there is no map.
 */
export async function drawListMap(element, list) {
  const legendElement = document.querySelector("[data-legend]");
  const { pins, chosen, districtPage, oneDistrict, listed } = element.dataset;
  const legend = pins ? new Legend(legendElement, pins) : null;
  // Shown before the map is drawn, which would otherwise change its size afterwards.
  legendElement.hidden = !legend;
  const created = await drawMap(element);
  if (!created) {
    legendElement.hidden = true;
    return null;
  }
  const { map, districts } = created;
  addPinLayers(map, palette(), legend?.tiles());
  if (listed !== undefined) addListedPins(map, list ? [...list.querySelectorAll("[data-reference]")].map(pinOf) : []);
  legend?.bind(map);
  addOverlays(created);
  const selection = new Selection(map, list, new PinCard(document.querySelector("[data-pin-card]")));
  bindPresses(map, oneDistrict === undefined ? districts : null, selection, { chosen, page: districtPage });
  bindNearMiddle(map);
  map.once("idle", () => (element.dataset.state = "pins"));
  return selection;
}

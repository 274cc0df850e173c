/** The map of one district inside another site's page; the list beside it has the same. */

import { createMap, palette } from "./map.js";
import { addMarkerImages } from "./markers.js";
import { PinCard } from "./pin-card.js";
import { addPinLayers } from "./pins-layer.js";
import { bindPresses } from "./press.js";
import { Selection } from "./selection.js";

const element = document.querySelector("[data-map='embed']");

async function start() {
  const { chosen, pins, sprite } = element.dataset;
  // The page around it shall scroll on: zooming takes two fingers or a key.
  const created = await createMap(element, { chosen, cooperativeGestures: true });
  if (!created) return;
  const { map } = created;
  await addMarkerImages(map, JSON.parse(document.getElementById("themes").textContent), sprite);
  addPinLayers(map, palette(), location.origin + pins);
  const selection = new Selection(map, null, new PinCard(document.querySelector("[data-pin-card]")));
  bindPresses(map, null, selection, { chosen });
  element.dataset.state = "pins";
}

start();

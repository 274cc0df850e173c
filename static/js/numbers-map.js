/**
 * The map whose districts are coloured by a number. The colours are those of the legend,
 * and each number stands at its district's name, so that no shade has to be told apart.
 */

import { createMap, nearViewport } from "./map.js";

const element = document.querySelector("[data-map='choropleth']");
const legend = document.querySelector("[data-scales]");
const scales = JSON.parse(document.getElementById("scales").textContent);

/** Where there is a ground, its streets shine through. */
const OPACITY_OVER_GROUND = 0.9;

function chosenScale() {
  return legend.querySelector("input[name='scale']:checked").value;
}

/** Return the colour of a class of a scale, as the legend has it. */
function shadeOf(scale, level) {
  const shade = legend.querySelector(`[data-scale="${scale}"] [data-level="${level ?? "unknown"}"]`);
  return getComputedStyle(shade).backgroundColor;
}

function showLegend(scale) {
  for (const list of legend.querySelectorAll("[data-scale]")) {
    list.hidden = list.dataset.scale !== scale;
  }
}

/** Colour the areas and write the numbers at the names. */
function paint(map, scale) {
  const places = Object.entries(scales[scale]);
  // A hidden list has colours all the same.
  const colours = places.flatMap(([slug, [level]]) => [slug, shadeOf(scale, level)]);
  const texts = places.flatMap(([slug, [, text]]) => [slug, `\n${text}`]);
  const hasGround = Boolean(element.dataset.basemap || element.dataset.basemapStyle);
  map.setPaintProperty("areas", "fill-color", ["match", ["get", "slug"], ...colours, "transparent"]);
  map.setPaintProperty("areas", "fill-opacity", hasGround ? OPACITY_OVER_GROUND : 1);
  map.setLayoutProperty("names", "text-field", [
    "concat",
    ["get", "label"],
    ["match", ["get", "slug"], ...texts, ""],
  ]);
}

async function start() {
  await nearViewport(element);
  legend.hidden = false;
  const created = await createMap(element, { cooperativeGestures: true });
  if (!created) {
    legend.hidden = true;
    return;
  }
  const { map } = created;
  const show = () => {
    showLegend(chosenScale());
    paint(map, chosenScale());
  };
  legend.addEventListener("change", show);
  element.addEventListener("palettechange", show);
  show();
  map.once("idle", () => (element.dataset.state = "shades"));
}

start();

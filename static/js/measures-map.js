/** The places of measures: of all in the list, each leading to its page, or of one. */

import { createMap, fetchJson, nearViewport } from "./map.js";
import { addShapes, boundsAround, repaintShapes } from "./shapes.js";

// The sources take up the lower edge.
const FRAME = { padding: { top: 40, right: 56, bottom: 88, left: 40 }, maxZoom: 15 };

async function draw(element, features) {
  const created = await createMap(element, {
    cooperativeGestures: true,
    ...(features.length ? { bounds: boundsAround(features.map(({ geometry }) => geometry)), fitBoundsOptions: FRAME } : {}),
  });
  if (!created) return null;
  const { map } = created;
  const layers = addShapes(map, "measures", { type: "FeatureCollection", features });
  element.addEventListener("palettechange", () => repaintShapes(map, "measures"));
  element.dataset.state = "shapes";
  return { ...created, layers };
}

/** Name the measures that lie below a press, with the way to their pages. */
function nameAll(place, found, language) {
  const links = found.map(({ number, title, title_en: english, url }) => {
    const link = document.createElement("a");
    link.href = language === "en" ? `/en${new URL(url).pathname}` : new URL(url).pathname;
    link.textContent = `${number} ${(language === "en" && english) || title}`;
    return link;
  });
  place.replaceChildren(...links.flatMap((link, i) => (i ? [document.createElement("br"), link] : [link])));
}

async function drawList(element) {
  await nearViewport(element, "0px");
  const { features } = await fetchJson(element.dataset.measures);
  const drawn = await draw(element, features.filter(({ geometry }) => geometry));
  if (!drawn) return;
  const { map, layers } = drawn;
  const chosen = document.querySelector("[data-chosen]");
  const under = (point) => map.queryRenderedFeatures([[point.x - 6, point.y - 6], [point.x + 6, point.y + 6]], { layers });
  map.on("click", ({ point }) => {
    const found = new Map(under(point).map(({ properties }) => [properties.url, properties]));
    nameAll(chosen, [...found.values()], document.documentElement.lang.slice(0, 2));
  });
  map.on("mousemove", ({ point }) => {
    map.getCanvas().style.cursor = under(point).length ? "pointer" : "";
  });
}

async function drawOne(element) {
  await nearViewport(element, "0px");
  await draw(element, [JSON.parse(document.getElementById(element.dataset.geometry).textContent)]);
}

for (const element of document.querySelectorAll("[data-map='measures']")) drawList(element);
for (const element of document.querySelectorAll("[data-map='measure']")) drawOne(element);

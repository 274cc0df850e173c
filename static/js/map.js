/**
 * What all maps of the site share: MapLibre loaded when it is needed, the ground and the
 * districts, the reader's colours and language, and a sentence where no map can be drawn.
 *
 * A map element carries its addresses and texts as data attributes
 * (templates/partials/map_attributes.html). `createMap` draws into it; other modules of
 * the page wait for that with `whenReady(element)`. When the colours change, the element
 * gets the event "palettechange" with the new palette as its detail.
 */

import { fetchForeignStyle } from "./foreign-style.js";
import { boundsOf } from "./geometry.js";
import { bindLook, lookOf, PALETTES, repaint, styleOf } from "./map-style.js";

export { nearViewport } from "./viewport.js";

const darkMode = matchMedia("(prefers-color-scheme: dark)");
const waiting = new WeakMap();
let isForeign = false;

/** Return the colours of today's maps. Another server's style is taken to be a light one. */
export function palette() {
  return darkMode.matches && !isForeign ? PALETTES.dark : PALETTES.light;
}

function promiseOf(element) {
  if (!waiting.has(element)) waiting.set(element, Promise.withResolvers());
  return waiting.get(element);
}

/** Resolve to {map, library, districts} once the element's map is drawn, or to null. */
export function whenReady(element) {
  return promiseOf(element).promise;
}

/** Fetch JSON of this site; throw where the answer is an error. */
export async function fetchJson(url, options) {
  const response = await fetch(url, options);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}

function loadStylesheet(url) {
  return new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement("link"), {
      rel: "stylesheet",
      href: url,
      onload: resolve,
      onerror: () => reject(new Error(`${url} cannot be had`)),
    });
    document.head.append(link);
  });
}

function canDrawMaps() {
  return Boolean(document.createElement("canvas").getContext("webgl2"));
}

/** MapLibre's own words in the language of the page. */
function localeOf({ dataset }) {
  return {
    "Map.Title": dataset.title,
    "NavigationControl.ZoomIn": dataset.zoomIn,
    "NavigationControl.ZoomOut": dataset.zoomOut,
    "GeolocateControl.FindMyLocation": dataset.locate,
    "GeolocateControl.LocationNotAvailable": dataset.locateFailed,
    "AttributionControl.ToggleAttribution": dataset.credits,
    "CooperativeGesturesHandler.WindowsHelpText": dataset.gestureMouse,
    "CooperativeGesturesHandler.MacHelpText": dataset.gestureMac,
    "CooperativeGesturesHandler.MobileHelpText": dataset.gestureTouch,
  };
}

/** Resolve when style and sources can be worked with. */
function loaded(map) {
  return new Promise((resolve) => {
    map.once("load", resolve);
  });
}

/** Tell whether MapLibre takes a map's style: it says so, or complains, before all else. */
function accepted(map) {
  return new Promise((resolve) => {
    map.once("style.load", () => resolve(true));
    map.once("error", () => resolve(false));
  });
}

/** Say in the map's place why there is none. */
export function explain(element) {
  element.replaceChildren();
  const sentence = document.createElement("p");
  sentence.className = "map__message";
  sentence.textContent = element.dataset.unavailable;
  element.append(sentence);
  element.classList.add("map--unavailable");
}

/** Fetch the basemap's TileJSON; null where there is none or it cannot be had. */
async function fetchBase({ basemap }) {
  if (!basemap) return null;
  try {
    return await fetchJson(basemap);
  } catch (error) {
    console.warn(error.message);
    return null;
  }
}

/** Fetch what a map is made of, all at once. */
async function fetchParts({ dataset }) {
  const [library, districts, base, foreign] = await Promise.all([
    import(dataset.library),
    fetchJson(dataset.districts),
    fetchBase(dataset),
    dataset.basemapStyle ? fetchForeignStyle(dataset.basemapStyle) : null,
    loadStylesheet(dataset.stylesheet),
  ]);
  return { library, districts, base, foreign };
}

/**
 * Draw the map of ground and districts into an element and return {map, library,
 * districts}, or null where the browser cannot draw it (the element then says so).
 *
 * `options` go to MapLibre; `chosen` is the slug of a district to set off and zoom to.
 */
export async function createMap(element, { chosen, ...options } = {}) {
  if (!canDrawMaps()) {
    explain(element);
    promiseOf(element).resolve(null);
    return null;
  }
  try {
    const { library, districts, base, foreign } = await fetchParts(element);
    const { font, fontMedium } = element.dataset;
    const fonts = { regular: font, medium: fontMedium };
    const draw = (ground) => {
      isForeign = Boolean(ground.foreign);
      element.replaceChildren();
      return drawMap(library, element, lookOf({ districts, fonts, chosen, ...ground }), options);
    };
    let map = draw({ base, foreign });
    if (foreign && !(await accepted(map))) {
      map.remove();
      map = draw({ base });
    }
    await loaded(map);
    element.dataset.state = "ready";
    const created = { map, library, districts };
    promiseOf(element).resolve(created);
    return created;
  } catch (error) {
    explain(element);
    promiseOf(element).resolve(null);
    throw error;
  }
}

/** Return what the map shows first, and how far it may be moved. */
function framing({ districts, chosen }) {
  const city = boundsOf(districts.features);
  const framed = districts.features.filter(({ properties }) => properties.slug === chosen);
  const [[west, south], [east, north]] = city;
  const [padX, padY] = [(east - west) * 0.75, (north - south) * 0.75];
  return {
    bounds: framed.length ? boundsOf(framed) : city,
    fitBoundsOptions: { padding: 24 },
    maxBounds: [[west - padX, south - padY], [east + padX, north + padY]],
  };
}

function drawMap(library, element, look, options) {
  library.setWorkerCount(1);
  const map = new library.Map({
    container: element,
    style: styleOf(look, palette()),
    ...framing(look),
    maxZoom: 18,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    attributionControl: false,
    locale: localeOf(element),
    fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 300,
    // MapLibre's worker has no address of its own to complete ours by.
    transformRequest: (url) => ({ url: absolute(url) }),
    ...options,
  });
  bindLook(map, look);
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  // A tile that cannot be had leaves a gap, not an error of the page.
  map.on("error", ({ error }) => console.warn(error.message));
  addControls(library, map, element, look);
  darkMode.addEventListener("change", () => recolour(map, element, look));
  return map;
}

/** Complete an address of this site; the braces of templates stay as they are. */
function absolute(url) {
  return /^[a-z][a-z0-9+.-]*:/i.test(url) ? url : location.origin + url;
}

function addControls(library, map, { dataset }, { base, foreign }) {
  // In the page's language; a foreign style says by itself whose it is.
  const ground = base && !foreign ? dataset.basemapAttribution || base.attribution : "";
  const customAttribution = [ground, dataset.attribution].filter(Boolean);
  map.addControl(new library.AttributionControl({ customAttribution }));
  map.addControl(new library.NavigationControl({ showCompass: false }));
  // On a small map the sources take up the lower edge.
  const isSmall = map.getContainer().clientWidth < 600;
  map.addControl(new library.ScaleControl({ maxWidth: 90 }), isSmall ? "top-left" : "bottom-left");
}

function recolour(map, element, look) {
  repaint(map, palette(), look.chosen);
  element.dispatchEvent(new CustomEvent("palettechange", { detail: palette() }));
}

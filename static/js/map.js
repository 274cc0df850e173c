/**
 * What all maps of the site share: MapLibre loaded when it is needed, the districts, the
 * reader's colours and language, and a sentence where no map can be drawn.
 *
 * A map element carries its addresses and texts as data attributes
 * (templates/partials/map_attributes.html).
 */

import { boundsOf } from "./geometry.js";
import { mapStyle, PALETTES, repaint } from "./map-style.js";

const darkMode = matchMedia("(prefers-color-scheme: dark)");
const palette = () => (darkMode.matches ? PALETTES.dark : PALETTES.light);

/** Resolve when the element comes within `margin` of the viewport for the first time. */
export function nearViewport(element, margin = "200px") {
  return new Promise((resolve) => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        resolve();
      },
      { rootMargin: margin },
    );
    observer.observe(element);
  });
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
      onerror: reject,
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

/** Say in the map's place why there is none. */
export function explain(element) {
  element.replaceChildren();
  const sentence = document.createElement("p");
  sentence.className = "map__message";
  sentence.textContent = element.dataset.unavailable;
  element.append(sentence);
  element.classList.add("map--unavailable");
}

/**
 * Draw the districts' map into an element and return {map, library, districts}, or null
 * where the browser cannot draw it (the element then says so).
 *
 * `options` go to MapLibre; `chosen` is the slug of a district to set off and zoom to.
 */
export async function createMap(element, { chosen, ...options } = {}) {
  if (!canDrawMaps()) {
    explain(element);
    return null;
  }
  try {
    const [library, districts] = await Promise.all([
      import(element.dataset.library),
      fetchJson(element.dataset.districts),
      loadStylesheet(element.dataset.stylesheet),
    ]);
    element.replaceChildren();
    const map = drawMap(library, element, districts, { chosen, ...options });
    await loaded(map);
    element.dataset.state = "ready";
    return { map, library, districts };
  } catch (error) {
    explain(element);
    throw error;
  }
}

function drawMap(library, element, districts, { chosen, ...options }) {
  const city = boundsOf(districts.features);
  const framed = districts.features.filter((f) => f.properties.slug === chosen);
  const [[west, south], [east, north]] = city;
  const [padX, padY] = [(east - west) * 0.75, (north - south) * 0.75];
  library.setWorkerCount(1);
  const map = new library.Map({
    container: element,
    style: mapStyle(districts, {
      palette: palette(),
      fontUrl: new URL(element.dataset.font, location.href).href,
      chosen,
    }),
    bounds: framed.length ? boundsOf(framed) : city,
    fitBoundsOptions: { padding: 24 },
    maxBounds: [[west - padX, south - padY], [east + padX, north + padY]],
    maxZoom: 18,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    attributionControl: false,
    locale: localeOf(element),
    ...options,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(
    new library.AttributionControl({ customAttribution: element.dataset.attribution }),
  );
  map.addControl(new library.NavigationControl({ showCompass: false }));
  map.addControl(new library.ScaleControl({ maxWidth: 90 }), "bottom-left");
  darkMode.addEventListener("change", () => repaint(map, palette(), chosen));
  return map;
}

export { palette };

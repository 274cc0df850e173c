/**
 * What a press on the map means: a marker is chosen, a circle opened, and a district,
 * where it is all in view, becomes the filter of list and map.
 */

import { boundsOf } from "./geometry.js";
import { hashFor } from "./map-state.js";
import { PRESSABLE, REACH } from "./pins-layer.js";

const NAMES = "names";
/** Above this zoom a district fills the view, and a press beside a marker means nothing. */
const DISTRICT_ZOOM = 14;
/** A second press within this time is a double click: it zooms. */
const PATIENCE = 280;

/** Markers closer together than this many pixels hide each other. */
const STACKED = 4;

const pinOf = ({ properties, geometry }) => ({ ...properties, at: geometry.coordinates });

/**
 * Return the markers or the circle at a point of the map, the nearest within reach.
 * Several markers come together where they lie in one place.
 */
function pinsAt(map, { x, y }) {
  const layers = PRESSABLE.filter((id) => map.getLayer(id));
  const box = [[x - REACH, y - REACH], [x + REACH, y + REACH]];
  const pixel = ({ geometry }) => map.project(geometry.coordinates);
  const away = (feature, from) => Math.hypot(pixel(feature).x - from.x, pixel(feature).y - from.y);
  const found = map
    .queryRenderedFeatures(box, { layers })
    .toSorted((a, b) => away(a, { x, y }) - away(b, { x, y }));
  if (!found.length || found[0].properties.n) return found.slice(0, 1);
  const here = found.filter((one) => !one.properties.n && away(one, pixel(found[0])) < STACKED);
  // A marker at the edge of a tile can be in two of them.
  return [...new Map(here.map((one) => [one.properties.reference, one])).values()];
}

function districtAt(map, point) {
  const layers = map.getZoom() < DISTRICT_ZOOM ? [NAMES, "areas"] : [NAMES];
  return map.queryRenderedFeatures(point, { layers })[0]?.properties.slug;
}

/**
 * Return where a district is shown: this page with another filter, or that district's own
 * page where `page` is its address with SLUG. The state of the map goes along.
 */
function districtUrl(map, districts, slug, page) {
  const url = new URL(location.href);
  for (const name of ["after", "before"]) url.searchParams.delete(name);
  if (page) url.pathname = page.replace("SLUG", slug);
  else url.searchParams.set("district", slug);
  const district = districts.features.find(({ properties }) => properties.slug === slug);
  const { zoom } = map.cameraForBounds(boundsOf([district]), { padding: 24 });
  // From afar, the map goes to the district; from close by, it stays where it is.
  url.hash = hashFor(map.getZoom() < zoom);
  return url;
}

/** Open a circle: come nearer by two zooms. */
function open(map, cluster) {
  map.easeTo({ center: cluster.geometry.coordinates, zoom: map.getZoom() + 2 });
}

/** Set off the district under a mouse that a press would choose. */
function bindPointing(map, choosable) {
  let pointed = null;
  const point = (slug) => {
    if (slug === pointed) return;
    const mark = (id, isPointed) => {
      if (id) map.setFeatureState({ source: "districts", id }, { pointed: isPointed });
    };
    mark(pointed, false);
    mark(slug, true);
    pointed = slug;
  };
  map.on("mousemove", ({ point: at }) => {
    const [pin] = pinsAt(map, at);
    const slug = pin ? null : choosable(at);
    point(slug);
    map.getCanvas().style.cursor = pin || slug ? "pointer" : "";
  });
  map.on("mouseout", () => point(null));
}

/**
 * Bind the presses. `chosen` is the slug of the district that is the filter already;
 * `page` the address of a district's own page where that takes the filter's place. Where
 * `districts` is null, the map is of one district for good.
 */
export function bindPresses(map, districts, selection, { chosen, page }) {
  let timer = null;
  const choosable = (point) => {
    const slug = districts ? districtAt(map, point) : null;
    return slug && slug !== chosen ? slug : null;
  };
  const press = ({ point, defaultPrevented }) => {
    const pins = pinsAt(map, point);
    if (pins[0]?.properties.n) return open(map, pins[0]);
    if (pins.length) return selection.chooseFrom(pins.map(pinOf));
    if (selection.chosen) return selection.card.close();
    // An overlay has answered already.
    if (defaultPrevented) return null;
    const slug = choosable(point);
    if (!slug) return null;
    const go = () => location.assign(districtUrl(map, districts, slug, page));
    timer = setTimeout(go, PATIENCE);
    return null;
  };
  map.on("click", (event) => {
    clearTimeout(timer);
    press(event);
  });
  map.on("dblclick", () => clearTimeout(timer));
  bindPointing(map, choosable);
}

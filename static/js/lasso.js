/**
 * The planners' map: a line drawn around contributions, or a district that is pressed,
 * becomes a filter of the list. Search, filters and boxes beside it do the same without.
 */

import { createMap, palette } from "./map.js";
import { addMarkerImages } from "./markers.js";
import { addPinLayers, PRESSABLE } from "./pins-layer.js";

/** Corners closer than this to the line between others are left out, in pixels. */
const TOLERANCE = 2;
/** As many corners as fit into the address of a page. */
const MOST_CORNERS = 100;
/** A line that goes round less is a slip of the hand, in square pixels. */
const SMALLEST = 100;
/** About one metre. */
const DIGITS = 5;

const EMPTY = { type: "FeatureCollection", features: [] };

/** Return how far a point lies from the line between two others. */
function distance([x, y], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

/** Leave out the corners that say little (Douglas and Peucker, 1973). */
export function simplify(points, tolerance = TOLERANCE) {
  if (points.length < 3) return points;
  const [first, last] = [points[0], points.at(-1)];
  let [farthest, at] = [0, 0];
  for (let i = 1; i < points.length - 1; i += 1) {
    const far = distance(points[i], first, last);
    if (far > farthest) [farthest, at] = [far, i];
  }
  if (farthest <= tolerance) return [first, last];
  return [...simplify(points.slice(0, at + 1), tolerance).slice(0, -1), ...simplify(points.slice(at), tolerance)];
}

/** Return at most so many corners, coarser and coarser. */
export function fewCorners(points, most = MOST_CORNERS) {
  let tolerance = TOLERANCE;
  let few = simplify(points, tolerance);
  while (few.length > most) {
    tolerance *= 1.5;
    few = simplify(points, tolerance);
  }
  return few;
}

/** Return the area that a closed line goes round. */
export function areaOf(points) {
  const sum = points.reduce((total, [x, y], i) => {
    const [nextX, nextY] = points[(i + 1) % points.length];
    return total + x * nextY - nextX * y;
  }, 0);
  return Math.abs(sum) / 2;
}

function polygon(corners) {
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [[...corners, corners[0]]] } };
}

/** Return the corners that the form holds: longitude and latitude. */
function readCorners(field) {
  return field.value ? field.value.split(";").map((corner) => corner.split(",").map(Number)) : [];
}

function addAreaLayers(map) {
  const { accent } = palette();
  map.addSource("area", { type: "geojson", data: EMPTY });
  map.addLayer({ id: "area", type: "fill", source: "area", paint: { "fill-color": accent, "fill-opacity": 0.15 } });
  map.addLayer({ id: "area-line", type: "line", source: "area", paint: { "line-color": accent, "line-width": 3 } });
}

class Lasso {
  constructor(map, element, form) {
    this.map = map;
    this.element = element;
    this.form = form;
    // The button that removes the area has the same name.
    this.field = form.querySelector("input[name='area']");
    this.tools = document.querySelector("[data-lasso-tools]");
    this.button = this.tools.querySelector("[data-lasso]");
    this.state = this.tools.querySelector("[data-lasso-state]");
    this.points = null;
    this.bind();
    this.show(readCorners(this.field));
    this.tools.hidden = false;
  }

  get isOn() {
    return this.button.getAttribute("aria-pressed") === "true";
  }

  bind() {
    const canvas = this.map.getCanvas();
    this.button.addEventListener("click", () => this.turn(!this.isOn));
    document.addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && this.isOn) this.turn(false);
    });
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.draw(event));
    canvas.addEventListener("pointerup", (event) => this.end(event));
    canvas.addEventListener("pointercancel", () => this.forget());
  }

  turn(isOn) {
    this.button.setAttribute("aria-pressed", isOn);
    this.element.classList.toggle("map--lasso", isOn);
    const gestures = [this.map.dragPan, this.map.touchZoomRotate, this.map.doubleClickZoom, this.map.boxZoom];
    for (const gesture of gestures) gesture[isOn ? "disable" : "enable"]();
    this.say(isOn ? "ready" : "idle");
    if (!isOn) this.forget();
  }

  say(what) {
    this.state.textContent = this.state.dataset[what];
  }

  begin(event) {
    if (!this.isOn || !event.isPrimary || event.button !== 0) return;
    event.preventDefault();
    event.target.setPointerCapture(event.pointerId);
    this.points = [this.pointOf(event)];
  }

  draw(event) {
    if (!this.points || !event.isPrimary) return;
    this.points.push(this.pointOf(event));
    this.show(this.cornersOf(this.points));
  }

  end(event) {
    if (!this.points || !event.isPrimary) return;
    const points = fewCorners(this.points);
    if (points.length < 3 || areaOf(points) < SMALLEST) {
      this.forget();
      this.say("small");
      return;
    }
    const corners = this.cornersOf(points);
    this.points = null;
    this.show(corners);
    this.field.value = corners.map((corner) => corner.join(",")).join(";");
    this.say("search");
    this.form.requestSubmit();
  }

  /** Give up the line that is being drawn. */
  forget() {
    this.points = null;
    this.show(readCorners(this.field));
  }

  pointOf({ clientX, clientY }) {
    const { left, top } = this.map.getCanvas().getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  cornersOf(points) {
    return points.map((point) => {
      const { lng, lat } = this.map.unproject(point);
      return [Number(lng.toFixed(DIGITS)), Number(lat.toFixed(DIGITS))];
    });
  }

  show(corners) {
    this.map.getSource("area").setData(corners.length > 2 ? polygon(corners) : EMPTY);
  }
}

/** Let a press on a district filter by it, as its field in the form does. */
function bindDistricts(map, lasso, districts) {
  const known = new Set(districts.features.map(({ properties }) => properties.slug));
  map.on("click", ({ point }) => {
    if (lasso.isOn || map.queryRenderedFeatures(point, { layers: PRESSABLE }).length) return;
    const found = map.queryRenderedFeatures(point).find(({ properties }) => known.has(properties.slug));
    if (!found) return;
    lasso.form.elements.district.value = found.properties.slug;
    lasso.say("search");
    lasso.form.requestSubmit();
  });
}

async function start(element) {
  const { chosen, pins, sprite } = element.dataset;
  const created = await createMap(element, { chosen });
  if (!created) return;
  const { map, districts } = created;
  const themes = JSON.parse(document.getElementById("themes").textContent);
  await addMarkerImages(map, themes, sprite);
  addPinLayers(map, palette(), pins || null);
  addAreaLayers(map);
  const lasso = new Lasso(map, element, document.getElementById("trace-filters"));
  bindDistricts(map, lasso, districts);
  map.once("idle", () => (element.dataset.state = "pins"));
}

for (const element of document.querySelectorAll("[data-map='trace']")) start(element);

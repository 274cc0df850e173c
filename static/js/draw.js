/**
 * Drawing the place of a measure: points, a line or an area, corner by corner. The shape
 * stands as GeoJSON in the form's text field, which remains the way without a map. With the
 * keyboard the map is moved by the arrow keys, and a button sets a point in its middle.
 */

import { createMap, explain, nearViewport } from "./map.js";
import { addShapes, boundsAround, pointsOf, repaintShapes } from "./shapes.js";

const DIGITS = 6;
const FRAME = { padding: { top: 40, right: 56, bottom: 88, left: 40 }, maxZoom: 16 };
const NEAR = 12;

function rounded({ lng, lat }) {
  return [Number(lng.toFixed(DIGITS)), Number(lat.toFixed(DIGITS))];
}

function isEditable(geometry) {
  return geometry && ["Point", "MultiPoint", "LineString"].includes(geometry.type) ||
    (geometry?.type === "Polygon" && geometry.coordinates.length === 1);
}

class Drawing {
  constructor(root) {
    this.root = root;
    this.field = root.querySelector("[name='geometry']");
    this.district = root.querySelector("[name='whole_district']");
    this.state = root.querySelector("[data-draw-state]");
    this.tool = null;
    this.corners = [];
    this.past = [];
  }

  /** What the text field holds, or null where it is no GeoJSON geometry. */
  read() {
    try {
      const geometry = JSON.parse(this.field.value);
      return geometry && Array.isArray(geometry.coordinates) && pointsOf(geometry).length ? geometry : null;
    } catch {
      return null;
    }
  }

  /** Take up what is there, as far as its corners can be moved one by one. */
  takeUp() {
    const geometry = this.read();
    this.corners = [];
    this.tool = null;
    if (isEditable(geometry)) {
      this.tool = geometry.type === "MultiPoint" ? "Point" : geometry.type;
      this.corners = pointsOf(geometry);
      if (this.tool === "Polygon") this.corners.pop();
    }
    this.past = [];
    this.show();
  }

  /** The shape of the corners; null as long as they are too few. */
  get shape() {
    const points = this.corners;
    if (this.tool === "Point" && points.length === 1) return { type: "Point", coordinates: points[0] };
    if (this.tool === "Point" && points.length) return { type: "MultiPoint", coordinates: points };
    if (this.tool === "LineString" && points.length > 1) return { type: "LineString", coordinates: points };
    if (this.tool === "Polygon" && points.length > 2) return { type: "Polygon", coordinates: [[...points, points[0]]] };
    return null;
  }

  remember() {
    this.past.push({ tool: this.tool, corners: [...this.corners], text: this.field.value });
  }

  write() {
    const { shape } = this;
    this.field.value = shape ? JSON.stringify(shape) : "";
    this.district.value = "";
    this.show();
  }

  choose(tool) {
    if (tool === this.tool) return;
    this.remember();
    this.tool = tool;
    this.corners = [];
    this.show();
  }

  add(point) {
    if (!this.tool) this.tool = "Point";
    this.remember();
    this.corners = [...this.corners, point];
    this.write();
  }

  undo() {
    const before = this.past.pop();
    if (!before) return;
    Object.assign(this, { tool: before.tool, corners: before.corners });
    this.field.value = before.text;
    this.show();
  }

  clear() {
    this.remember();
    this.corners = [];
    this.write();
  }

  /** Show the corners and the shape, and say in words what there is. */
  show() {
    for (const button of this.root.querySelectorAll("[data-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === this.tool));
    }
    const { dataset } = this.state;
    const hint = { Point: dataset.point, LineString: dataset.lineString, Polygon: dataset.polygon }[this.tool] ?? dataset.none;
    this.state.textContent = this.corners.length ? `${dataset.count.replace("{n}", this.corners.length)}. ${hint}` : hint;
    this.root.querySelector("[data-undo]").disabled = !this.past.length;
    if (!this.map) return;
    const whole = this.shape ?? (this.tool ? null : this.read());
    const line = !this.shape && this.corners.length > 1 ? { type: "LineString", coordinates: this.corners } : null;
    const shapes = [whole ?? line].filter(Boolean);
    this.map.getSource("drawn").setData(collection(shapes));
    this.map.getSource("corners").setData(collection(this.corners.map((coordinates) => ({ type: "Point", coordinates }))));
  }

  async start() {
    const frame = this.root.querySelector("[data-draw-map]");
    const element = this.root.querySelector("[data-map='draw']");
    frame.hidden = false;
    this.bindButtons();
    this.takeUp();
    await nearViewport(element);
    const there = this.read();
    const view = there ? { bounds: boundsAround([there]), fitBoundsOptions: FRAME } : {};
    const created = await createMap(element, { ...view, cooperativeGestures: true, doubleClickZoom: false });
    if (!created) {
      explain(element);
      frame.querySelector(".draw__tools").hidden = true;
      this.state.hidden = true;
      return;
    }
    this.bindMap(created.map, element);
  }

  bindButtons() {
    for (const button of this.root.querySelectorAll("[data-tool]")) {
      button.addEventListener("click", () => this.choose(button.dataset.tool));
    }
    this.root.querySelector("[data-undo]").addEventListener("click", () => this.undo());
    this.root.querySelector("[data-clear]").addEventListener("click", () => this.clear());
    this.root.querySelector("[data-middle]").addEventListener("click", () => {
      if (this.map) this.add(rounded(this.map.getCenter()));
    });
    this.field.addEventListener("change", () => this.takeUp());
  }

  bindMap(map, element) {
    this.map = map;
    addShapes(map, "drawn", collection([]));
    addShapes(map, "corners", collection([]));
    element.addEventListener("palettechange", () => {
      repaintShapes(map, "drawn");
      repaintShapes(map, "corners");
    });
    map.on("click", ({ lngLat, point }) => {
      if (this.near(point) < 0) this.add(rounded(lngLat));
    });
    map.on("mousedown", (event) => this.drag(event, "mousemove", "mouseup"));
    map.on("touchstart", (event) => {
      if (event.points.length === 1) this.drag(event, "touchmove", "touchend");
    });
    map.on("mousemove", ({ point }) => {
      map.getCanvas().style.cursor = this.near(point) < 0 ? "crosshair" : "move";
    });
    element.dataset.state = "drawing";
    this.show();
  }

  /** Return the number of the corner at a place of the screen, or -1. */
  near(point) {
    return this.corners.findIndex((corner) => {
      const at = this.map.project(corner);
      return Math.hypot(at.x - point.x, at.y - point.y) <= NEAR;
    });
  }

  drag(event, move, end) {
    const index = this.near(event.point);
    if (index < 0) return;
    event.preventDefault();
    this.remember();
    const follow = ({ lngLat }) => {
      this.corners = this.corners.with(index, rounded(lngLat));
      this.write();
    };
    this.map.on(move, follow);
    this.map.once(end, () => this.map.off(move, follow));
  }
}

function collection(geometries) {
  return {
    type: "FeatureCollection",
    features: geometries.map((geometry) => ({ type: "Feature", properties: {}, geometry })),
  };
}

for (const root of document.querySelectorAll("[data-draw]")) new Drawing(root).start();

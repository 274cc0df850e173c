"use strict";
// The pins and words of this file. Texts of residents only ever become text nodes.
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const pins = read("pins");
const words = read("words");
const markers = new Map();
const labels = new Map();
L.Control.Zoom.mergeOptions({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut });
L.Control.Attribution.mergeOptions({ prefix: "Leaflet" });
L.Control.Scale.mergeOptions({ imperial: false });

const element = (name, text, className) => {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
};

// The outline of a kind around a point: idea a circle, problem a diamond, keep a square.
const CORNERS = {
  problem: [[0, -1.35], [1.35, 0], [0, 1.35], [-1.35, 0]],
  keep: [[-1, -1], [1, -1], [1, 1], [-1, 1]],
};

const PinMarker = L.CircleMarker.extend({
  _updatePath() {
    const corners = CORNERS[this.options.kind];
    const renderer = this._renderer;
    if (!corners) {
      renderer._updateCircle(this);
    } else if (renderer._drawing && !this._empty()) {
      const context = renderer._ctx;
      context.beginPath();
      for (const [x, y] of corners) {
        context.lineTo(this._point.x + x * this._radius, this._point.y + y * this._radius);
      }
      context.closePath();
      renderer._fillStroke(context, this);
    }
  },
});

const describe = (pin) => {
  const box = document.createElement("div");
  const link = element("a", words.open);
  link.href = pin.url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  const published = new Date(pin.published_at);
  const day = published.toLocaleDateString(words.dates, { dateStyle: "medium" });
  const facts = [
    words.kinds[pin.kind], words.themes[pin.theme], words.statuses[pin.status], pin.district, day,
  ];
  box.append(
    element("h2", pin.title),
    element("p", facts.join(" · "), "facts"),
    element("p", pin.body),
  );
  if (pin.public_answer) {
    const answer = element("p", "");
    answer.append(element("strong", words.answer), "\n", pin.public_answer);
    box.append(answer);
  }
  box.append(link);
  return box;
};

// One layer for each theme, for the switches of the map.
function pinLayer(theme, colour) {
  const layer = L.layerGroup();
  for (const { geometry, properties: pin } of pins) {
    if (pin.theme !== theme) continue;
    const [lon, lat] = geometry.coordinates;
    const marker = new PinMarker([lat, lon], {
      kind: pin.kind, radius: 7, color: "#fff", weight: 1.5, fillColor: colour, fillOpacity: 0.9,
    });
    marker.bindPopup(() => describe(pin), { minWidth: 240, maxWidth: 360, maxHeight: 240 });
    markers.set(pin.reference, { marker, layer });
    layer.addLayer(marker);
  }
  return layer;
}

function nameDistrict(feature, layer) {
  const label = element("span", feature.properties.name);
  labels.set(layer, label);
  layer.bindTooltip(label, { permanent: true, direction: "center", className: "district" });
}

// A name is shown from the zoom on at which it fits into its district.
function fitNames(map) {
  for (const [layer, label] of labels) {
    const bounds = layer.getBounds();
    const east = map.latLngToLayerPoint(bounds.getNorthEast()).x;
    const west = map.latLngToLayerPoint(bounds.getSouthWest()).x;
    label.hidden = false;
    label.hidden = label.offsetWidth > east - west;
  }
}

// The list is equal to the map, for keyboard and screen reader; made when it is opened.
function fillList(map, list) {
  for (const { properties: pin } of pins) {
    const button = element("button", `${pin.title} (${words.kinds[pin.kind]}, ${pin.district})`);
    button.type = "button";
    button.addEventListener("click", () => {
      const { marker, layer } = markers.get(pin.reference);
      layer.addTo(map);
      map.setView(marker.getLatLng(), Math.max(map.getZoom(), 15), { animate: false });
      marker.openPopup();
    });
    const item = document.createElement("li");
    item.append(button);
    list.append(item);
  }
}

function start(map) {
  // Leaflet has no option for this one of its words.
  document.querySelector(".leaflet-control-layers-toggle").title = words.layers;
  const legend = L.control({ position: "bottomleft" });
  legend.onAdd = () => document.querySelector(".legend");
  legend.addTo(map);
  map.on("zoomend layeradd", () => fitNames(map));
  fitNames(map);
  map.on("popupopen", ({ popup }) => {
    const close = popup.getElement().querySelector(".leaflet-popup-close-button");
    close.setAttribute("aria-label", words.close);
  });
  const entries = document.querySelector(".entries");
  const list = entries.querySelector("ol");
  entries.addEventListener("toggle", () => {
    if (!list.children.length) fillList(map, list);
    map.invalidateSize();
  });
}

/** The look of the maps: districts with borders and names, in a light and a dark palette. */

import { labelPoint, outlineOf } from "./geometry.js";

export const FONT = "Fira Sans Medium";

export const PALETTES = {
  light: {
    outside: "#e4e9ef",
    core: "#ffffff",
    outer: "#f4f7f2",
    border: "#6f7f99",
    outline: "#002970",
    name: "#20304d",
    halo: "#ffffff",
    chosen: "#cfe4f7",
    accent: "#004b88",
  },
  dark: {
    outside: "#0a0e15",
    core: "#1f2735",
    outer: "#1a222c",
    border: "#74829c",
    outline: "#9cc7ee",
    name: "#dfe8f5",
    halo: "#141a24",
    chosen: "#1d4468",
    accent: "#8fc4f2",
  },
};

const feature = (geometry, properties = {}) => ({ type: "Feature", geometry, properties });

/** Return the GeoJSON sources that are made of the districts' collection. */
function districtSources(districts) {
  const names = districts.features.map((district) =>
    feature({ type: "Point", coordinates: labelPoint(district) }, district.properties),
  );
  return {
    districts: { type: "geojson", data: districts },
    outline: { type: "geojson", data: feature(outlineOf(districts.features)) },
    names: { type: "geojson", data: { type: "FeatureCollection", features: names } },
  };
}

/** Return the layers of the districts; the colours are the only thing a palette changes. */
export function districtLayers(palette, chosen) {
  const isChosen = ["==", ["get", "slug"], chosen ?? ""];
  return [
    { id: "outside", type: "background", paint: { "background-color": palette.outside } },
    {
      id: "areas",
      type: "fill",
      source: "districts",
      paint: {
        "fill-color": [
          "case",
          isChosen,
          palette.chosen,
          ["match", ["get", "kind"], "kernstadt", palette.core, palette.outer],
        ],
        "fill-antialias": false,
      },
    },
    {
      id: "borders",
      type: "line",
      source: "districts",
      paint: { "line-color": palette.border, "line-width": 1 },
    },
    {
      id: "outline",
      type: "line",
      source: "outline",
      layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": palette.outline, "line-width": 2 },
    },
    {
      id: "names",
      type: "symbol",
      source: "names",
      layout: {
        "text-field": ["get", "label"],
        "text-font": [FONT],
        "text-size": ["interpolate", ["linear"], ["zoom"], 10, 12, 14, 17],
        "text-max-width": 7,
        "text-padding": 4,
        "text-variable-anchor": ["center", "top", "bottom"],
        "text-radial-offset": 1.9,
        "text-justify": "auto",
        // The council districts first: their names are what most people look for.
        "symbol-sort-key": ["match", ["get", "kind"], "kernstadt", 1, 0],
      },
      paint: {
        "text-color": palette.name,
        "text-halo-color": palette.halo,
        "text-halo-width": 1.5,
      },
    },
  ];
}

/**
 * Return a complete style. `fontUrl` is a WOFF2 file of this site: no glyph server.
 * `chosen` is the slug of a district to set off from the others.
 */
export function mapStyle(districts, { palette, fontUrl, chosen }) {
  for (const { properties } of districts.features) {
    // A zero-width space lets long names such as “Erzhütten/Wiesenthalerhof” break.
    properties.label = properties.name.replaceAll("/", "/\u200b");
  }
  return {
    version: 8,
    "font-faces": { [FONT]: fontUrl },
    sources: districtSources(districts),
    layers: districtLayers(palette, chosen),
  };
}

/** Repaint the districts of a map that is already there. */
export function repaint(map, palette, chosen) {
  for (const layer of districtLayers(palette, chosen)) {
    for (const [property, value] of Object.entries(layer.paint)) {
      map.setPaintProperty(layer.id, property, value);
    }
  }
}

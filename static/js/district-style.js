/**
 * The look of the districts: the veil outside the city, areas, borders and names. With no
 * ground below, the areas are coloured themselves and the map looks finished all the same.
 */

import { labelPoint, maskOf, outlineOf } from "./geometry.js";
import { STRONG } from "./basemap-style.js";

const feature = (geometry, properties = {}) => ({ type: "Feature", geometry, properties });

/** The zoom from which a district is larger than the view, and its name in the way. */
const NAMES_FADE = 14.5;

/** Return the GeoJSON sources that are made of the districts' collection. */
export function districtSources(districts) {
  const outline = outlineOf(districts.features);
  const names = districts.features.map((district) => {
    // A zero-width space lets long names such as “Erzhütten/Wiesenthalerhof” break.
    const label = district.properties.name.replaceAll("/", "/\u200b");
    const at = { type: "Point", coordinates: labelPoint(district) };
    return feature(at, { ...district.properties, label });
  });
  return {
    districts: { type: "geojson", data: districts, promoteId: "slug" },
    outline: { type: "geojson", data: feature(outline) },
    mask: { type: "geojson", data: feature(maskOf(outline)) },
    names: { type: "geojson", data: { type: "FeatureCollection", features: names } },
  };
}

/** Return the colours of the areas: all of the map without a ground, else a thin veil. */
function areaColours(palette, { chosen, hasGround }) {
  const isChosen = ["==", ["get", "slug"], chosen ?? ""];
  if (!hasGround) {
    const plain = ["match", ["get", "kind"], "kernstadt", palette.core, palette.outer];
    return { "fill-color": ["case", isChosen, palette.chosen, plain], "fill-opacity": 1 };
  }
  const veil = chosen ? 0.6 : 0;
  return { "fill-color": palette.outside, "fill-opacity": ["case", isChosen, 0, veil] };
}

/** Return what has an extent: it lies over the ground and under all names. */
export function districtLayers(palette, look) {
  const isChosen = ["==", ["get", "slug"], look.chosen ?? ""];
  const isPointedAt = ["boolean", ["feature-state", "pointed"], false];
  return [
    {
      id: "areas",
      type: "fill",
      source: "districts",
      paint: { "fill-antialias": false, ...areaColours(palette, look) },
    },
    {
      id: "outside",
      type: "fill",
      source: "mask",
      paint: { "fill-color": palette.outside, "fill-opacity": look.hasGround ? 0.78 : 1 },
    },
    {
      id: "pointed",
      type: "fill",
      source: "districts",
      paint: { "fill-color": palette.accent, "fill-opacity": ["case", isPointedAt, 0.1, 0] },
    },
    {
      id: "borders",
      type: "line",
      source: "districts",
      layout: { "line-join": "round" },
      paint: {
        "line-color": palette.border,
        "line-width": ["interpolate", ["linear"], ["zoom"], 10, 0.8, 16, 1.8],
        "line-opacity": look.hasGround ? 0.8 : 1,
      },
    },
    {
      id: "outline",
      type: "line",
      source: "outline",
      layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": palette.outline, "line-width": 2 },
    },
    {
      id: "chosen",
      type: "line",
      source: "districts",
      layout: { "line-join": "round" },
      paint: {
        "line-color": palette.accent,
        "line-width": 3,
        "line-opacity": ["case", isChosen, 1, 0],
      },
    },
  ];
}

/** Return the districts' names. */
export function districtNames(palette, { size, hasGround }) {
  const fades = ["interpolate", ["linear"], ["zoom"], NAMES_FADE, 1, NAMES_FADE + 1, 0];
  return [
    {
      id: "names",
      type: "symbol",
      source: "names",
      layout: {
        "text-field": ["get", "label"],
        "text-font": [STRONG],
        "text-size": size(10, 12, 14, 17),
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
        "text-halo-width": 1.6,
        "text-opacity": hasGround ? fades : 1,
      },
    },
  ];
}

/** Points, lines and areas on a map: of measures, and while one is drawn. */

import { palette } from "./map.js";

/** Return all points of a GeoJSON geometry. */
export function pointsOf(geometry) {
  const flatten = (part) => (typeof part[0] === "number" ? [part] : part.flatMap(flatten));
  return flatten(geometry.coordinates);
}

/** Return [[west, south], [east, north]] around geometries. */
export function boundsAround(geometries) {
  const points = geometries.flatMap(pointsOf);
  const lons = points.map(([lon]) => lon).sort((one, other) => one - other);
  const lats = points.map(([, lat]) => lat).sort((one, other) => one - other);
  return [
    [lons[0], lats[0]],
    [lons.at(-1), lats.at(-1)],
  ];
}

/** Add a source and the layers of its areas, lines and points; return their ids. */
export function addShapes(map, id, data) {
  const { accent, halo } = palette();
  const source = { type: "geojson", data };
  map.addSource(id, source);
  const layers = [
    { id: `${id}-area`, type: "fill", paint: { "fill-color": accent, "fill-opacity": 0.25 }, filter: ["==", ["geometry-type"], "Polygon"] },
    { id: `${id}-rim`, type: "line", paint: { "line-color": halo, "line-width": 7 }, filter: ["!=", ["geometry-type"], "Point"] },
    { id: `${id}-line`, type: "line", paint: { "line-color": accent, "line-width": 4 }, filter: ["!=", ["geometry-type"], "Point"] },
    {
      id: `${id}-point`,
      type: "circle",
      paint: { "circle-color": accent, "circle-radius": 9, "circle-stroke-color": halo, "circle-stroke-width": 3 },
      filter: ["==", ["geometry-type"], "Point"],
    },
  ];
  for (const layer of layers) map.addLayer({ ...layer, source: id });
  return layers.map((layer) => layer.id);
}

/** Paint them for the present look of the map. */
export function repaintShapes(map, id) {
  const { accent, halo } = palette();
  map.setPaintProperty(`${id}-area`, "fill-color", accent);
  map.setPaintProperty(`${id}-rim`, "line-color", halo);
  map.setPaintProperty(`${id}-line`, "line-color", accent);
  map.setPaintProperty(`${id}-point`, "circle-color", accent);
  map.setPaintProperty(`${id}-point`, "circle-stroke-color", halo);
}

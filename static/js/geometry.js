/**
 * The little geometry the maps need: bounds, the outline of a coverage, label points.
 * Coordinates are [longitude, latitude] in degrees (EPSG:4326); at the size of a city,
 * scaling longitudes by the cosine of the latitude is exact enough for labels.
 */

/** Return the rings of a Polygon or MultiPolygon, outer and inner alike. */
function ringsOf(geometry) {
  return geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates.flat();
}

/** Return [[west, south], [east, north]] of features with areas. */
export function boundsOf(features) {
  const bounds = [[Infinity, Infinity], [-Infinity, -Infinity]];
  for (const [lon, lat] of features.flatMap((f) => ringsOf(f.geometry)).flat()) {
    bounds[0] = [Math.min(bounds[0][0], lon), Math.min(bounds[0][1], lat)];
    bounds[1] = [Math.max(bounds[1][0], lon), Math.max(bounds[1][1], lat)];
  }
  return bounds;
}

/**
 * Return the outer border of districts that share their edges, as a MultiLineString.
 * An edge that only one district has is a piece of the city's border.
 */
export function outlineOf(features) {
  const edges = new Map();
  for (const ring of features.flatMap((f) => ringsOf(f.geometry))) {
    for (let i = 1; i < ring.length; i += 1) {
      const key = [ring[i - 1].join(), ring[i].join()].sort().join(" ");
      edges.set(key, edges.has(key) ? null : [ring[i - 1], ring[i]]);
    }
  }
  return { type: "MultiLineString", coordinates: [...edges.values()].filter(Boolean) };
}

/** Join lines of two points each to closed rings. */
function joined(edges) {
  const beside = new Map();
  for (const edge of edges) {
    for (const end of edge) {
      const key = end.join();
      if (!beside.has(key)) beside.set(key, []);
      beside.get(key).push(edge);
    }
  }
  const used = new Set();
  const next = (point) => beside.get(point.join()).find((edge) => !used.has(edge));
  const rings = [];
  for (const first of edges) {
    if (used.has(first)) continue;
    const ring = [first[0]];
    for (let edge = first; edge; edge = next(ring.at(-1))) {
      used.add(edge);
      const [a, b] = edge;
      ring.push(a.join() === ring.at(-1).join() ? b : a);
    }
    rings.push(ring);
  }
  return rings;
}

/** Return all the world but the area within an outline, as a MultiPolygon. */
export function maskOf(outline) {
  const world = [[-180, -85], [180, -85], [180, 85], [-180, 85], [-180, -85]];
  const rings = joined(outline.coordinates);
  const isEnclave = (ring) => rings.some((other) => other !== ring && depth(ring[0], [other]) > 0);
  const enclaves = rings.filter(isEnclave);
  const borders = rings.filter((ring) => !isEnclave(ring));
  return { type: "MultiPolygon", coordinates: [[world, ...borders], ...enclaves.map((ring) => [ring])] };
}

/** Return the distance of a point to the nearest edge, negative outside the rings. */
function depth([x, y], rings) {
  let inside = false;
  let nearest = Infinity;
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i += 1) {
      const [[ax, ay], [bx, by]] = [ring[i - 1], ring[i]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
      const length = (bx - ax) ** 2 + (by - ay) ** 2;
      const along = length ? ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length : 0;
      const t = Math.max(0, Math.min(1, along));
      nearest = Math.min(nearest, (ax + t * (bx - ax) - x) ** 2 + (ay + t * (by - ay) - y) ** 2);
    }
  }
  return (inside ? 1 : -1) * Math.sqrt(nearest);
}

/** Return the point of a grid that lies deepest inside an area: where its name fits best. */
export function labelPoint(feature, steps = 14) {
  const [[west, south], [east, north]] = boundsOf([feature]);
  const squeeze = Math.cos(((south + north) * Math.PI) / 360);
  const rings = ringsOf(feature.geometry).map((ring) => ring.map(([x, y]) => [x * squeeze, y]));
  let best = { depth: -Infinity, point: [west, south] };
  for (let i = 1; i < steps; i += 1) {
    for (let j = 1; j < steps; j += 1) {
      const point = [west + ((east - west) * i) / steps, south + ((north - south) * j) / steps];
      const found = depth([point[0] * squeeze, point[1]], rings);
      if (found > best.depth) best = { depth: found, point };
    }
  }
  return best.point;
}

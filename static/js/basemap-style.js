/**
 * The look of the city's own basemap: layers of the Shortbread schema, from the ground up
 * to the street names. https://shortbread-tiles.org/schema/1.0/
 */

export const TEXT = "Fira Sans Regular";
export const STRONG = "Fira Sans Medium";

const SOURCE = "base";
const kind = ["get", "kind"];
const is = (property) => ["to-boolean", ["get", property]];
const isOneOf = (...kinds) => ["in", kind, ["literal", kinds]];
const all = (...conditions) => ["all", ...conditions];
const not = (condition) => ["!", condition];

const MOTORWAYS = ["motorway", "trunk"];
const MAIN = ["primary", "secondary", "tertiary"];
const STREETS = ["unclassified", "residential", "living_street", "road", "busway", "pedestrian"];
const LANES = ["service"];
const PATHS = ["footway", "path", "cycleway", "steps", "track", "bridleway"];
const DRIVEN = [...MOTORWAYS, ...MAIN, ...STREETS, ...LANES];
const RAILS = ["rail", "light_rail", "tram", "subway", "narrow_gauge", "funicular", "monorail"];
const CLASSES = [...MAIN, ...MOTORWAYS].reverse();

/** Widths in pixels at zooms 9, 12, 14, 16 and 18, from the widest class to the narrowest. */
const WIDTHS = {
  motorway: [0.8, 2.2, 4.5, 10, 26],
  trunk: [0.7, 2, 4.2, 9.5, 25],
  primary: [0.5, 1.6, 3.8, 9, 24],
  secondary: [0.4, 1.2, 3.2, 8.5, 22],
  tertiary: [0.2, 0.9, 2.7, 8, 20],
  service: [0, 0, 0.8, 3, 10],
  other: [0, 0.4, 1.8, 6.5, 17],
};
const ZOOMS = [9, 12, 14, 16, 18];

/** Return the width of streets; `more` is what the edges take on both sides together. */
function streetWidth(more = 0) {
  const widthAt = (index) => {
    const named = Object.keys(WIDTHS).filter((name) => name !== "other");
    const pairs = named.flatMap((name) => [name, WIDTHS[name][index]]);
    const width = ["match", kind, ...pairs, WIDTHS.other[index]];
    const narrowed = ["*", width, ["case", is("link"), 0.65, 1]];
    // What is not drawn yet has no edges either.
    return more ? ["case", [">", width, 0], ["+", narrowed, more], 0] : narrowed;
  };
  return ["interpolate", ["exponential", 1.5], ["zoom"], ...ZOOMS.flatMap((z, i) => [z, widthAt(i)])];
}

const byClass = (motorway, main, street) => [
  "case",
  isOneOf(...MOTORWAYS),
  motorway,
  isOneOf(...MAIN),
  main,
  street,
];

const layer = (id, type, sourceLayer, rest) => ({
  id: `base-${id}`,
  type,
  source: SOURCE,
  "source-layer": sourceLayer,
  ...rest,
});

function groundLayers(palette) {
  const colour = [
    "match",
    kind,
    ["forest", "wood"],
    palette.wood,
    ["park", "garden", "village_green", "cemetery", "grave_yard", "playground", "dog_park"],
    palette.park,
    ["grass", "grassland", "meadow", "scrub", "heath", "recreation_ground", "allotments", "orchard"],
    palette.grass,
    ["vineyard", "plant_nursery", "wetland", "swamp", "bog", "marsh", "greenfield", "flowerbed"],
    palette.grass,
    ["golf_course", "miniature_golf", "pitch", "sports_centre", "sports_center", "stadium"],
    palette.sport,
    ["farmland", "farmyard", "farm", "greenhouse_horticulture"],
    palette.field,
    ["sand", "beach", "bare_rock", "scree", "shingle", "rock", "quarry"],
    palette.sand,
    ["industrial", "commercial", "retail", "railway", "garages", "landfill", "brownfield", "military"],
    palette.works,
    ["residential", "construction"],
    palette.settled,
    palette.land,
  ];
  const site = [
    "match",
    kind,
    ["university", "college", "school", "kindergarten", "hospital"],
    palette.care,
    ["sports_center", "sports_centre", "pitch"],
    palette.sport,
    palette.works,
  ];
  return [
    { id: "base-land", type: "background", paint: { "background-color": palette.land } },
    layer("use", "fill", "land", { paint: { "fill-color": colour, "fill-antialias": false } }),
    layer("sites", "fill", "sites", { paint: { "fill-color": site } }),
    layer("ocean", "fill", "ocean", { paint: { "fill-color": palette.water } }),
    layer("water", "fill", "water_polygons", { paint: { "fill-color": palette.water } }),
    layer("rivers", "line", "water_lines", {
      filter: not(is("tunnel")),
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": palette.water,
        "line-width": [
          "interpolate",
          ["exponential", 1.4],
          ["zoom"],
          10,
          ["match", kind, ["river", "canal"], 1.2, 0.4],
          18,
          ["match", kind, ["river", "canal"], 12, 5],
        ],
      },
    }),
    layer("squares", "fill", "street_polygons", {
      minzoom: 13,
      filter: not(is("tunnel")),
      paint: { "fill-color": ["match", kind, "pedestrian", palette.walk, palette.street] },
    }),
  ];
}

/** Streets of one level: in a tunnel, on the ground or on a bridge. */
function streetLayers(palette, level, condition) {
  const opacity = level === "tunnel" ? 0.45 : 1;
  const layout = {
    "line-cap": level === "ground" ? "round" : "butt",
    "line-join": "round",
    // The wider class lies on top.
    "line-sort-key": ["match", kind, ...CLASSES.flatMap((name, i) => [name, CLASSES.length - i]), 0],
  };
  const driven = all(isOneOf(...DRIVEN), not(is("rail")), condition);
  return [
    layer(`${level}-edges`, "line", "streets", {
      filter: driven,
      layout,
      paint: {
        "line-color": byClass(palette.motorwayEdge, palette.mainEdge, palette.streetEdge),
        "line-width": streetWidth(1.6),
        "line-opacity": opacity,
      },
    }),
    layer(`${level}-paths`, "line", "streets", {
      minzoom: 14,
      filter: all(isOneOf(...PATHS), condition),
      layout: { "line-join": "round" },
      paint: {
        "line-color": palette.path,
        "line-width": ["interpolate", ["linear"], ["zoom"], 14, 0.6, 18, 2.4],
        "line-dasharray": [3, 1.5],
        "line-opacity": opacity,
      },
    }),
    layer(`${level}-streets`, "line", "streets", {
      filter: driven,
      layout,
      paint: {
        "line-color": byClass(palette.motorway, palette.main, palette.street),
        "line-width": streetWidth(),
        "line-opacity": opacity,
      },
    }),
    layer(`${level}-rails`, "line", "streets", {
      filter: all(isOneOf(...RAILS), condition),
      paint: {
        "line-color": palette.rail,
        "line-width": [
          "interpolate",
          ["linear"],
          ["zoom"],
          9,
          0.5,
          14,
          ["case", is("service"), 0.5, 1.2],
          18,
          ["case", is("service"), 1.2, 2.6],
        ],
        "line-opacity": opacity,
      },
    }),
    layer(`${level}-sleepers`, "line", "streets", {
      minzoom: 14,
      filter: all(isOneOf(...RAILS), condition),
      paint: {
        "line-color": palette.rail,
        "line-width": ["interpolate", ["linear"], ["zoom"], 14, 2.6, 18, 8],
        "line-dasharray": [0.25, 2],
        "line-opacity": opacity,
      },
    }),
  ];
}

function buildingLayer(palette) {
  return layer("buildings", "fill", "buildings", {
    minzoom: 13,
    paint: {
      "fill-color": palette.building,
      "fill-outline-color": palette.buildingEdge,
      "fill-opacity": ["interpolate", ["linear"], ["zoom"], 13, 0, 14.5, 1],
    },
  });
}

/** Return all that has an extent, without words. */
export function basemapLayers(palette) {
  const isBridge = is("bridge");
  const isTunnel = is("tunnel");
  return [
    ...groundLayers(palette),
    ...streetLayers(palette, "tunnel", isTunnel),
    buildingLayer(palette),
    ...streetLayers(palette, "ground", all(not(isTunnel), not(isBridge))),
    layer("bridges", "fill", "bridges", {
      minzoom: 13,
      paint: { "fill-color": palette.walk, "fill-outline-color": palette.streetEdge },
    }),
    ...streetLayers(palette, "bridge", all(isBridge, not(isTunnel))),
  ];
}

const words = (palette, colour, width = 1.4) => ({
  "text-color": colour,
  "text-halo-color": palette.halo,
  "text-halo-width": width,
});

/** Towns and villages from afar, the smaller places from close by; the city is the map. */
const isPlaceShown = [
  "step",
  ["zoom"],
  isOneOf("town", "village"),
  12,
  isOneOf("town", "village", "suburb", "hamlet"),
  13,
  ["!=", kind, "city"],
];

/**
 * Return the names. `size` scales to the reader's own size of text; `known` are names
 * that the map already shows by itself: those of the districts.
 */
export function basemapLabels(palette, { size, known = [] }) {
  const name = ["get", "name"];
  const street = {
    "symbol-placement": "line",
    "text-field": name,
    "text-font": [TEXT],
    "text-max-angle": 35,
    "text-padding": 3,
  };
  return [
    layer("housenumbers", "symbol", "addresses", {
      minzoom: 16,
      layout: {
        "text-field": ["get", "housenumber"],
        "text-font": [TEXT],
        "text-size": size(16, 10.5, 18, 13),
        "text-padding": 4,
      },
      paint: words(palette, palette.muted, 1),
    }),
    layer("street-names", "symbol", "street_labels", {
      minzoom: 14.5,
      filter: not(isOneOf(...MOTORWAYS, ...MAIN)),
      layout: { ...street, "text-size": size(14, 11, 18, 15) },
      paint: words(palette, palette.label),
    }),
    layer("main-street-names", "symbol", "street_labels", {
      minzoom: 13,
      filter: isOneOf(...MAIN),
      layout: { ...street, "text-size": size(13, 11, 18, 16) },
      paint: words(palette, palette.label),
    }),
    // What people say where something is by: schools, churches, parks, sights.
    layer("landmarks", "symbol", "pois", {
      minzoom: 14.5,
      filter: ["has", "name"],
      layout: {
        "text-field": name,
        "text-font": [TEXT],
        "text-size": size(14, 10, 18, 13),
        "text-max-width": 7,
        "text-padding": 12,
      },
      paint: words(palette, palette.muted),
    }),
    layer("stops", "symbol", "public_transport", {
      minzoom: 15.5,
      filter: not(isOneOf("station", "halt")),
      layout: {
        "text-field": ["concat", "•\n", ["coalesce", name, ""]],
        "text-font": [TEXT],
        "text-size": size(15, 10.5, 18, 12.5),
        "text-line-height": 1,
        "text-anchor": "top",
        "text-max-width": 7,
        "text-padding": 8,
      },
      paint: words(palette, palette.stop),
    }),
    layer("water-names", "symbol", "water_polygons_labels", {
      minzoom: 13,
      layout: {
        "text-field": name,
        "text-font": [TEXT],
        "text-size": size(13, 11, 18, 14),
        "text-max-width": 6,
      },
      paint: words(palette, palette.waterName),
    }),
    layer("stations", "symbol", "public_transport", {
      minzoom: 12.5,
      filter: isOneOf("station", "halt"),
      layout: {
        "text-field": name,
        "text-font": [STRONG],
        "text-size": size(12, 11, 18, 15),
        "text-max-width": 8,
      },
      paint: words(palette, palette.stop),
    }),
    layer("places", "symbol", "place_labels", {
      filter: all(isPlaceShown, not(["in", name, ["literal", known]])),
      layout: {
        "text-field": name,
        "text-font": [TEXT],
        "text-size": size(10, 11, 16, 15),
        "text-max-width": 7,
        "text-padding": 6,
      },
      paint: words(palette, palette.muted),
    }),
  ];
}

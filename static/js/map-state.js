/**
 * The state of the map in the address, so that a link or the way back shows it again:
 * `#map=zoom/latitude/longitude&heat=1&overlays=one,two&show=map`. What cannot be read is
 * ignored. `show` is for narrow windows, which show either the list or the map.
 * Filters, order and page stand in the query and belong to the list as well.
 */

const NAMES = ["map", "heat", "overlays", "show"];

function within(value, limit) {
  return Number.isFinite(value) && Math.abs(value) <= limit;
}

function readView(text) {
  const parts = /^(\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/.exec(text ?? "");
  if (!parts) return null;
  const [zoom, lat, lon] = parts.slice(1).map(Number);
  return within(zoom, 24) && within(lat, 85) && within(lon, 180) ? { zoom, center: [lon, lat] } : null;
}

/** Return {view: {zoom, center} or null, heat: boolean, overlays: [slug, …], showsMap: boolean}. */
export function readState(hash = location.hash) {
  const parts = new URLSearchParams(hash.slice(1));
  const overlays = (parts.get("overlays") ?? "").split(",").filter((slug) => /^[\w-]+$/.test(slug));
  const [heat, showsMap] = [parts.get("heat") === "1", parts.get("show") === "map"];
  return { view: readView(parts.get("map")), heat, overlays, showsMap };
}

/** Write a part of the state into the address without a new entry of the history. */
export function writeState({ view, heat, overlays, showsMap }) {
  const before = new URLSearchParams(location.hash.slice(1));
  const values = Object.fromEntries(NAMES.map((name) => [name, before.get(name) ?? ""]));
  if (view !== undefined) values.map = view ? viewText(view) : "";
  if (heat !== undefined) values.heat = heat ? "1" : "";
  if (overlays !== undefined) values.overlays = overlays.join(",");
  if (showsMap !== undefined) values.show = showsMap ? "map" : "";
  const parts = NAMES.filter((name) => values[name]).map((name) => `${name}=${values[name]}`);
  const hash = parts.length ? `#${parts.join("&")}` : "";
  history.replaceState(history.state, "", location.pathname + location.search + hash);
}

function viewText({ zoom, center: [lon, lat] }) {
  return [zoom.toFixed(2), lat.toFixed(5), lon.toFixed(5)].join("/");
}

/** Return the state to go on with elsewhere; `isMoved` leaves the view behind. */
export function hashFor(isMoved) {
  if (!isMoved) return location.hash;
  const rest = location.hash.slice(1).split("&").filter((part) => part && !part.startsWith("map="));
  return rest.length ? `#${rest.join("&")}` : "";
}

/**
 * Take the state along where a link or a form of the page leads to the same page with
 * another query. Where another district is chosen there, the map shows that one instead.
 */
export function keepState() {
  const districtOf = (query) => new URLSearchParams(query).get("district") ?? "";
  const here = districtOf(location.search);
  document.addEventListener("click", ({ target }) => {
    const link = target.closest?.("main a[href], a[hreflang]");
    if (!link || link.origin !== location.origin) return;
    // A link to a part of the page stays what it is.
    if (link.hash && !NAMES.some((name) => link.hash.includes(`${name}=`))) return;
    const staysHere = link.pathname === location.pathname || link.hreflang;
    if (staysHere) link.hash = hashFor(districtOf(link.search) !== here);
  });
  document.addEventListener("submit", ({ target }) => {
    if (target.method !== "get") return;
    const chosen = new FormData(target).get("district") ?? here;
    target.action = location.pathname + hashFor(chosen !== here);
  });
}

/**
 * Write the view of a map into the address whenever the map has come to rest. A map that
 * merely got another size shows what it showed before.
 */
export function followView(map) {
  let isResized = false;
  map.on("movestart", () => (isResized = false));
  map.on("resize", () => (isResized = true));
  map.on("moveend", () => {
    if (isResized) return;
    const { lng, lat } = map.getCenter().wrap();
    writeState({ view: { zoom: map.getZoom(), center: [lng, lat] } });
  });
}

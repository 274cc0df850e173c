/** The link to be told about the surroundings of a place: it takes the middle of the map along. */

import { readState } from "./map-state.js";

/** From here on the middle of the map is a place that somebody looks at. */
const ZOOM_OF_A_PLACE = 13;
/** About ten metres: no more is sent. */
const DECIMALS = 4;

/** Let the link name the place that the map shows, once it was moved there. */
export function bindFollowMap() {
  const link = document.querySelector("[data-follow-map]");
  link?.addEventListener("click", () => {
    const { view } = readState();
    if (!view || view.zoom < ZOOM_OF_A_PLACE) return;
    const near = view.center.map((degrees) => degrees.toFixed(DECIMALS)).join();
    link.search = `?near=${near}`;
  });
}

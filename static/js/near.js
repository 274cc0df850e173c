/** The order “nearest first”: it needs a place, which the reader gives by a button. */

/** About ten metres: enough for a list, and no more is sent. */
const DECIMALS = 4;

/** Send the form with a place to count from. */
function sendFrom(form, [lon, lat]) {
  const { near, sort } = form.elements;
  near.disabled = false;
  near.value = [lon, lat].map((degrees) => degrees.toFixed(DECIMALS)).join();
  if (!sort.querySelector("[value=nearest]")) sort.append(new Option("", "nearest"));
  sort.value = "nearest";
  form.requestSubmit();
}

/** Let the filters order by the way from the reader's own place, where the browser tells it. */
export function bindNearMe() {
  const part = document.querySelector("[data-near]");
  if (!part || !navigator.geolocation) return;
  const state = part.querySelector("[data-near-state]");
  const button = part.querySelector("[data-near-me]");
  part.hidden = false;
  button.addEventListener("click", () => {
    state.textContent = state.dataset.locating;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => sendFrom(button.form, [coords.longitude, coords.latitude]),
      () => (state.textContent = state.dataset.notLocated),
      { timeout: 10000 },
    );
  });
}

/** Let the filters order by the way from the middle of a map. */
export function bindNearMiddle(map) {
  const part = document.querySelector("[data-near]");
  if (!part) return;
  const button = part.querySelector("[data-near-middle]");
  part.hidden = button.hidden = false;
  if (!navigator.geolocation) part.querySelector("[data-near-me]").hidden = true;
  button.addEventListener("click", () => sendFrom(button.form, map.getCenter().wrap().toArray()));
}

/**
 * The address around which somebody wants to be told: suggestions while it is typed.
 * Without this script the server looks the address up when the form is sent.
 */

import { Combobox } from "./combobox.js";

const part = document.querySelector("[data-follow-address]");

function bind() {
  const { lon, lat, address } = part.closest("form").elements;
  const said = part.querySelector("[data-part='found']");
  const texts = { one: "foundOne", many: "foundMany", none: "foundNone", offline: "offline" };
  const set = (place) => {
    part.querySelector("[data-part='offers']")?.remove();
    lon.value = place ? place.lon.toFixed(6) : "";
    lat.value = place ? place.lat.toFixed(6) : "";
  };
  new Combobox(address, part.querySelector("[role='listbox']"), {
    search: async (words, signal) => {
      const response = await fetch(`${part.dataset.followAddress}?q=${encodeURIComponent(words)}`, { signal });
      if (!response.ok) throw new Error(`The site answered ${response.status}.`);
      const { places } = await response.json();
      // A whole district has a form of its own.
      return places.filter((place) => place.kind !== "district");
    },
    onChoose: set,
    onType: () => set(null),
    say: (name, number) => {
      said.textContent = name ? part.dataset[texts[name]].replace("{n}", number) : "";
    },
  });
}

if (part) bind();

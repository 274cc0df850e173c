/**
 * One press is enough after signing in again in another tab. Without this script the page
 * comes once more, with the token of the new session.
 */

import { csrfToken } from "./csrf.js";

for (const form of document.querySelectorAll("[data-send-again]")) {
  form.addEventListener("submit", () => {
    form.querySelector("[name=csrfmiddlewaretoken]").value = csrfToken(form);
  });
}

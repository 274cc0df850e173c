/**
 * Support in place: the link to the page of support becomes a button.
 *
 * It sends the very form of that page, so that everything holds that holds for people
 * without scripts; only then does the site set its cookies.
 */

/** Fetch the form of the page, send it with another action, and return the new state. */
async function send(address, action) {
  const page = await fetch(address);
  const text = page.ok ? await page.text() : "";
  const form = new DOMParser().parseFromString(text, "text/html").querySelector("[data-support-form]");
  if (!form) throw new Error("There is no form to send.");
  const body = new URLSearchParams(new FormData(form));
  body.set("action", action);
  const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The site answered ${answer.status}.`);
  return answer.json();
}

/** Make a button of the link in `part`, which names the addresses in its attributes. */
async function bindSupport(part) {
  const link = part.querySelector("a");
  if (!link) return;
  const count = part.querySelector("[data-support-count]");
  const said = part.parentElement.querySelector("[data-support-said]");
  const { support: address, supportState, supported, withdrawn } = part.dataset;
  const answer = await fetch(supportState).catch(() => null);
  if (!answer?.ok) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = link.className;
  button.append(...link.childNodes);
  const show = (state) => {
    button.setAttribute("aria-pressed", String(state.supported));
    button.classList.toggle("kern-btn--primary", state.supported);
    button.classList.toggle("kern-btn--secondary", !state.supported);
    count.textContent = state.label;
  };
  show(await answer.json());
  button.addEventListener("click", async () => {
    if (button.ariaDisabled === "true") return;
    button.ariaDisabled = "true";
    const action = button.ariaPressed === "true" ? "withdraw" : "support";
    try {
      const state = await send(address, action);
      show(state);
      said.textContent = state.supported ? supported : withdrawn;
    } catch {
      // The page of support says what is wrong, and works without this script.
      location.assign(address);
    } finally {
      button.ariaDisabled = null;
    }
  });
  const hadFocus = document.activeElement === link;
  link.replaceWith(button);
  if (hadFocus) button.focus();
}

document.querySelectorAll("[data-support]").forEach(bindSupport);

/** The moderators' pages: templates in place, the claim of an open entry, single keys. */

import "./answer.js";

/* --- The claim: renewed while the page is open, given back when it is left -------------------- */

const RENEW_EVERY = 3 * 60 * 1000;

function bindClaim(form) {
  const state = document.querySelector("[data-claim-state]");
  const stamps = document.querySelectorAll("[data-stamp]");
  let leaving = false;

  const say = (text) => {
    state.textContent = text;
    state.hidden = false;
  };

  const send = (act) => {
    const body = new FormData(form);
    body.set("act", act);
    return fetch(form.action, { method: "POST", body, keepalive: true });
  };

  async function renew() {
    if (document.hidden) return;
    const answer = await send("renew").catch(() => null);
    if (answer?.status === 404) return say(form.dataset.gone);
    // Offline, or signed out: the decision itself tells.
    if (!answer?.ok || answer.redirected) return;
    const { is_mine: isMine, stamp, reader } = await answer.json();
    if (!isMine) return say(form.dataset.other.replace("{name}", reader));
    state.hidden = true;
    for (const field of stamps) field.value = stamp;
  }

  document.addEventListener("submit", () => {
    leaving = true;
  });
  window.addEventListener("pagehide", () => {
    // What is sent decides about the claim itself.
    if (!leaving) send("release").catch(() => {});
  });
  window.addEventListener("pageshow", (event) => {
    leaving = false;
    if (event.persisted) renew();
  });
  document.addEventListener("visibilitychange", renew);
  setInterval(renew, RENEW_EVERY);
}

/* --- Single keys: can be switched off, and never while somebody writes ------------------------ */

const SWITCH = "moderation-shortcuts";

function readSwitch() {
  try {
    return localStorage.getItem(SWITCH) !== "off";
  } catch {
    return true;
  }
}

function keepSwitch(isOn) {
  try {
    localStorage.setItem(SWITCH, isOn ? "on" : "off");
  } catch {
    // Without storage it holds for this page.
  }
}

function isWriting(element) {
  return Boolean(element?.closest("input:not([type='checkbox'], [type='radio']), textarea, select"));
}

/** Where a key leads: into what it opens, onto a button, or on to another page. */
function follow(target, key) {
  const part = target.closest("details");
  if (part && target.matches("summary")) {
    part.open = true;
    part.querySelector("textarea").focus();
    return;
  }
  if (key === "p") {
    target.focus();
    return;
  }
  target.click();
}

function moveInList(step) {
  const links = [...document.querySelectorAll("[data-entries] .entry__title a")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1);
  links[next].focus();
}

function bindShortcuts(box) {
  const list = box.querySelector("#shortcuts-list");
  const button = box.querySelector("button");
  const tick = box.querySelector("[data-shortcuts-on]");
  let isOn = readSwitch();
  tick.checked = isOn;
  box.hidden = false;

  button.addEventListener("click", () => {
    list.hidden = !list.hidden;
    button.setAttribute("aria-expanded", String(!list.hidden));
    if (!list.hidden) {
      button.focus();
      list.scrollIntoView({ block: "nearest" });
    }
  });
  tick.addEventListener("change", () => {
    isOn = tick.checked;
    keepSwitch(isOn);
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "Escape" && isWriting(event.target)) {
      event.target.blur();
      return;
    }
    if (!isOn || event.repeat || isWriting(event.target)) return;
    const key = event.key.toLowerCase();
    if ((key === "j" || key === "k") && document.querySelector("[data-entries]")) {
      event.preventDefault();
      moveInList(key === "j" ? 1 : -1);
      return;
    }
    const target = document.querySelector(`[data-shortcut="${CSS.escape(key)}"]`);
    if (!target) return;
    event.preventDefault();
    follow(target, key);
  });
}

const claim = document.querySelector("[data-claim]");
if (claim) bindClaim(claim);
const shortcuts = document.querySelector("[data-shortcuts]");
if (shortcuts) bindShortcuts(shortcuts);

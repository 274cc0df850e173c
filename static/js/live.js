/**
 * The sitting, item after item: all of them are in the page, so that a lost connection
 * stops nobody from going on. Results are saved by `live-form.js`.
 */

import { dropOldDrafts } from "./live-drafts.js";
import { LiveForm } from "./live-form.js";

const REFRESH = 20_000;
const sections = [...document.querySelectorAll("[data-live-item]")];
const overview = document.querySelector("[data-live-overview]");
const forms = [];
/** How long a way out waits for what is being saved, in milliseconds: as long as a form does. */
const PATIENCE = 15_000;
/** The way out that waits for that. */
let leavingTo = null;
/** The way out that somebody was held back from, once. */
let warned = null;

const unsaved = () => forms.filter(({ result }) => !result.isSaved);
const idOf = (section) => section.dataset.liveItem;
const shown = () => sections.find((section) => !section.hidden);

function setOpen(section, isOpen) {
  section.querySelector("[data-live-gate]").hidden = isOpen;
  const body = section.querySelector("[data-live-body]");
  body.hidden = !isOpen;
  const heading = section.querySelector("h2");
  heading.dataset.shut ??= isOpen ? "" : heading.textContent;
  heading.textContent = isOpen ? body.dataset.title : heading.dataset.shut || heading.textContent;
}

/** Show one item; a non-public one is shut again whenever it is left. */
function show(id, { isOpen = false, moves = true } = {}) {
  const next = sections.find((section) => idOf(section) === id);
  if (!next) return;
  for (const section of sections) {
    section.hidden = section !== next;
    if ("notPublic" in section.dataset) setOpen(section, section === next && isOpen);
  }
  for (const link of overview.querySelectorAll("[data-live-link]")) {
    if (link.dataset.liveLink === id) link.setAttribute("aria-current", "step");
    else link.removeAttribute("aria-current");
  }
  if (!moves) return;
  overview.open = false;
  history.pushState(null, "", `?item=${id}`);
  scrollTo(0, 0);
  next.querySelector("h2").focus({ preventScroll: true });
  refresh();
}

function showFromAddress() {
  const id = new URLSearchParams(location.search).get("item") ?? idOf(sections[0]);
  show(id, { moves: false });
}

function step(direction) {
  const next = sections[sections.indexOf(shown()) + direction];
  if (next) show(idOf(next));
}

/** Arrows lead on, where they have nothing else to do. */
function onKey(event) {
  const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  const isTaken = event.target.closest?.("input, textarea, select, .map, [contenteditable]");
  const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!direction || !isPlain || isTaken) return;
  event.preventDefault();
  step(direction);
}

function onClick(event) {
  const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
  const link = event.target.closest("[data-live-link]");
  const opener = event.target.closest("[data-live-open]");
  const way = event.target.closest("a[href]:not([target]):not([download])");
  const isRemedy = way?.closest("[data-live-status]");
  const leaves = way && !link && !isRemedy && unsaved().length > 0 && way !== warned;
  if (!isPlain || !(link || opener || leaves)) return;
  event.preventDefault();
  if (link) show(link.dataset.liveLink);
  else if (opener) show(idOf(shown()), { isOpen: true, moves: false });
  else leave(way);
}

/** Save first what was typed last: whoever closes the sitting means that, too. */
async function leave(way) {
  const isWaiting = Boolean(leavingTo);
  leavingTo = way;
  // Whoever presses once more, or something else, need not begin to wait anew.
  if (isWaiting) return;
  unsaved().forEach((form) => form.retry());
  const end = Date.now() + PATIENCE;
  while (forms.some(({ isBusy }) => isBusy) && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const goal = leavingTo;
  leavingTo = null;
  const [first] = unsaved();
  if (!first) {
    location.assign(goal.href);
    return;
  }
  warned = goal;
  // It says itself what is wrong with it; whoever wants to can leave all the same.
  show(first.item);
}

/** Say in the overview how an item stands. */
function markState(section, state, isDone) {
  if (isDone !== undefined) section.dataset.isDone = String(isDone);
  const done = section.dataset.isDone === "true";
  const mark = overview.querySelector(`[data-live-link="${idOf(section)}"] [data-live-done]`);
  const { done: doneText, open, unsaved } = mark.dataset;
  mark.textContent = state === "problem" ? unsaved : done ? doneText : open;
  mark.classList.toggle("live-items__state--done", done && state !== "problem");
  mark.classList.toggle("live-items__state--problem", state === "problem");
  const count = overview.querySelector("[data-live-count]");
  const number = sections.filter(({ dataset }) => dataset.isDone === "true").length;
  count.textContent = count.dataset.text.replace("{done}", number).replace("{all}", sections.length);
}

function bindForm(section) {
  const form = section.querySelector("[data-live-form]");
  if (!form) return;
  forms.push(new LiveForm(form, idOf(section), (state, isDone) => markState(section, state, isDone)));
}

/** What somebody else saves appears when an item is shown, and while it is. */
function refresh() {
  const form = forms.find(({ item }) => item === idOf(shown()));
  if (document.visibilityState === "visible") form?.refresh();
}

if (sections.length) {
  dropOldDrafts();
  sections.forEach(bindForm);
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
  document.addEventListener("input", () => (warned = null));
  addEventListener("popstate", showFromAddress);
  setInterval(refresh, REFRESH);
  const retryAll = () => unsaved().forEach((form) => form.retry());
  addEventListener("online", retryAll);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && retryAll());
  addEventListener("beforeunload", (event) => {
    if (forms.some(({ mayBeLost }) => mayBeLost)) event.preventDefault();
  });
}

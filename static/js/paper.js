/**
 * Shows how far a paper is, and the page anew when nobody need wait any longer.
 */

const PAUSE = 2000;
const box = document.querySelector("[data-paper]");

/** Ask how far it is; null where somebody who has been signed out is asked to sign in. */
async function look() {
  const headers = { Accept: "application/json" };
  const response = await fetch(box.dataset.paper, { headers });
  if (response.redirected) return null;
  // It is gone, or not theirs any more: the page says so itself.
  if (response.status === 403 || response.status === 404) return { is_open: false };
  if (!response.ok) {
    throw new Error(`The paper cannot be asked for: ${response.status}`);
  }
  return response.json();
}

function show({ done, total, state, is_late: isLate }) {
  const progress = box.querySelector("progress");
  progress.max = total;
  progress.value = done;
  box.querySelector("[data-paper-done]").textContent = done;
  for (const words of box.querySelectorAll("[data-paper-while]")) {
    words.hidden = words.dataset.paperWhile !== state;
  }
  for (const words of box.querySelectorAll("[data-paper-late]")) words.hidden = !isLate;
}

function sayOffline(isOffline) {
  box.querySelector("[data-paper-offline]").hidden = !isOffline;
}

async function follow() {
  try {
    const told = await look();
    sayOffline(false);
    if (!told) {
      box.querySelector("[data-paper-signed-out]").hidden = false;
      return;
    }
    if (!told.is_open) {
      window.location.reload();
      return;
    }
    show(told);
  } catch {
    // Without a network for a moment: the next look may succeed.
    sayOffline(true);
  }
  window.setTimeout(follow, PAUSE);
}

window.setTimeout(follow, PAUSE);

/**
 * Shows how far a paper is, and the page anew when nobody need wait any longer.
 */

const PAUSE = 2000;
const box = document.querySelector("[data-paper]");

async function look() {
  const response = await fetch(box.dataset.paper, { headers: { Accept: "application/json" } });
  if (!response.ok) {
    throw new Error(`The paper cannot be asked for: ${response.status}`);
  }
  return response.json();
}

function show({ done, total }) {
  const progress = box.querySelector("progress");
  progress.max = total;
  progress.value = done;
  box.querySelector("[data-paper-done]").textContent = done;
}

async function follow() {
  try {
    const told = await look();
    if (!told.is_open) {
      window.location.reload();
      return;
    }
    show(told);
  } catch {
    // Without a network for a moment: the next look may succeed, and there is the link.
  }
  window.setTimeout(follow, PAUSE);
}

window.setTimeout(follow, PAUSE);

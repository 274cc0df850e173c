/** What is marked in the words above is added to the lines of what to take out. */

const box = document.querySelector("[data-take-out]");
const words = document.querySelector("[data-take-out-of]");

function bind() {
  const field = document.querySelector("textarea[name='phrases']");
  const said = box.querySelector("[data-said]");
  const button = box.querySelector("button");
  let marked = "";
  // The press of the button takes the selection away in some browsers.
  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    if (selection.isCollapsed || !words.contains(selection.anchorNode)) return;
    marked = selection.toString();
  });
  button.addEventListener("click", () => {
    const lines = marked
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
    marked = "";
    if (!lines.length) {
      said.textContent = said.dataset.nothing;
      return;
    }
    const typed = field.value.trimEnd();
    field.value = [typed, ...lines].filter(Boolean).join("\n");
    said.textContent = said.dataset.added.replace("{words}", lines.join(" "));
  });
  box.hidden = false;
}

if (box) bind();

/** The selection of several contributions in the inbox. Without a script each box works alone. */

const form = document.querySelector("[data-bulk]");

function bindSelection() {
  const boxes = [...form.querySelectorAll("input[name='pin']")];
  const all = form.querySelector("[data-select-all]");
  const heading = form.querySelector("[data-selected]");
  if (!all) return;
  const allBox = all.querySelector("input");
  const tell = () => {
    const count = boxes.filter((box) => box.checked).length;
    allBox.checked = count === boxes.length;
    allBox.indeterminate = count > 0 && count < boxes.length;
    form.dataset.count = count;
    const { none, one, many } = heading.dataset;
    heading.textContent = [none, one][count] ?? many.replace("{n}", count);
  };
  allBox.addEventListener("change", () => {
    for (const box of boxes) box.checked = allBox.checked;
    tell();
  });
  form.addEventListener("change", tell);
  // A page that comes back from the browser's memory brings its ticks along.
  window.addEventListener("pageshow", tell);
  all.hidden = false;
  heading.setAttribute("role", "status");
  tell();
}

if (form) bindSelection();

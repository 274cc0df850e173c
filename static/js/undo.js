/** The button that takes the last step back counts its minute down, and goes with it. */

function countDown(form) {
  const end = performance.now() + Number(form.dataset.undo) * 1000;
  const left = form.querySelector("[data-undo-left]");
  const show = () => {
    const seconds = Math.ceil((end - performance.now()) / 1000);
    if (seconds > 0) {
      left.textContent = left.dataset.left.replace("{n}", seconds);
      return;
    }
    clearInterval(timer);
    // The focus must not fall out of the page with the button.
    if (form.contains(document.activeElement)) document.getElementById("content").focus();
    form.remove();
  };
  const timer = setInterval(show, 1000);
  show();
}

document.querySelectorAll("[data-undo]").forEach(countDown);

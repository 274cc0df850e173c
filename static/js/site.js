/** Small conveniences of every page; each page works without them. */

/**
 * The link past the head of the page leaves no trace in the address: the answer to a form
 * sent from there would come with it, and move the focus away from what is wrong.
 */
function bindSkipLink(link) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.querySelector(link.hash).focus();
  });
}

/** What a page says is ticked; some browsers tick again what was before it was loaded anew. */
function asSent(box) {
  box.checked = box.defaultChecked;
}

/** The menu of the phone closes with Escape and with a tap beside it. */
function bindMenu(menu) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
}

/** Where a row of tabs is wider than the screen, the current one is seen. */
function showInRow(tab) {
  const row = tab.closest("ul");
  const [{ left, width }, whole] = [tab.getBoundingClientRect(), row.getBoundingClientRect()];
  row.scrollLeft += left - whole.left - (whole.width - width) / 2;
}

/** A button that copies a text and says so. */
function bindCopyButton(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  const label = button.querySelector("[data-label]");
  const before = label.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    label.textContent = button.dataset.copied;
    button.classList.add("is-copied");
    setTimeout(() => {
      label.textContent = before;
      button.classList.remove("is-copied");
    }, 4000);
  });
}

/** A button that hands an address on to the device's other apps. */
function bindShareButton(button) {
  if (!navigator.share) return;
  button.hidden = false;
  const { share: url, shareTitle: title } = button.dataset;
  button.addEventListener("click", async () => {
    try {
      await navigator.share({ title, url });
    } catch (error) {
      // Whoever closes the choice of apps has decided.
      if (error.name !== "AbortError") throw error;
    }
  });
}

/** Count the characters of a field, aloud only when the end is near. */
function bindCounter(counter) {
  const field = document.getElementById(counter.dataset.counts);
  const limit = Number(counter.dataset.limit);
  const update = () => {
    // Count as the server does: by characters, not by UTF-16 units.
    const left = limit - [...field.value].length;
    const words = left < 0 ? counter.dataset.over : counter.dataset.left;
    counter.textContent = words.replace("{n}", Math.abs(left).toLocaleString(document.documentElement.lang));
    counter.classList.toggle("counter--over", left < 0);
    counter.setAttribute("aria-live", left < limit * 0.1 ? "polite" : "off");
  };
  field.addEventListener("input", update);
  counter.hidden = false;
  update();
}

/** A form that was sent is not sent again by a second press. */
function bindOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "true";
  });
  // Coming back through the browser's history, the page may be sent again.
  window.addEventListener("pageshow", () => delete form.dataset.sent);
}

/**
 * Coming back to a form through the browser's history, it is still the same form,
 * although the server has made the page anew: the key kept in the history says so.
 */
function keepKey(field) {
  const { formKey } = history.state ?? {};
  if (formKey) field.value = formKey;
  else history.replaceState({ ...history.state, formKey: field.value }, "");
}

document.querySelectorAll(".site-menu, .site-team").forEach(bindMenu);
document.querySelectorAll(".tabs [aria-current]").forEach(showInRow);
document.querySelectorAll(".skip-link[href='#content']").forEach(bindSkipLink);
document.querySelectorAll("[data-as-sent]").forEach(asSent);
document.querySelectorAll("[data-copy]").forEach(bindCopyButton);
document.querySelectorAll("[data-share]").forEach(bindShareButton);
document.querySelectorAll("[data-counts]").forEach(bindCounter);
document.querySelectorAll("form[method=post]").forEach(bindOnce);
document.querySelectorAll("[name=idempotency_key]").forEach(keepKey);
document.querySelector("[data-focus-on-load]")?.focus();

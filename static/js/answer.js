/** A template is put into the answer in place; without this script the page comes anew. */

/** As the server does: below what was typed, of which nothing is lost. */
function addTo(typed, text) {
  return typed.trim() ? `${typed.trimEnd()}\n\n${text}` : text;
}

function bindTemplates(part) {
  const answer = part.closest("form").elements[part.dataset.templates || "public_note"];
  const choice = part.querySelector("select");
  part.querySelector("button").addEventListener("click", (event) => {
    event.preventDefault();
    const { text } = choice.selectedOptions[0].dataset;
    if (!text) return choice.focus();
    answer.value = addTo(answer.value, text);
    // The counter of characters listens to this.
    answer.dispatchEvent(new Event("input", { bubbles: true }));
    answer.focus();
  });
}

document.querySelectorAll("[data-templates]").forEach(bindTemplates);

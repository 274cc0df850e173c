/** Begins the date fields of the CMS, which Wagtail would begin with inline scripts. */

const BEGIN = { date: "initDateChooser", time: "initTimeChooser", datetime: "initDateTimeChooser" };

function beginDateFields(root) {
  for (const marker of root.querySelectorAll("[data-chooser]:not([data-begun])")) {
    const begin = window[BEGIN[marker.dataset.chooser]];
    if (!begin || !document.getElementById(marker.dataset.field)) continue;
    marker.dataset.begun = "";
    begin(marker.dataset.field, JSON.parse(marker.dataset.config));
  }
}

document.addEventListener("DOMContentLoaded", () => {
  beginDateFields(document);
  // Dialogs add fields later.
  new MutationObserver(() => beginDateFields(document)).observe(document.body, {
    childList: true,
    subtree: true,
  });
});

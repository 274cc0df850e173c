/** Begins the fields of the CMS that Wagtail would begin with inline scripts. */

const DATES = { date: "initDateChooser", time: "initTimeChooser", datetime: "initDateTimeChooser" };

function begin({ begins, field, config }) {
  const options = JSON.parse(config);
  if (DATES[begins]) window[DATES[begins]](field, options);
  else new window[begins](field, options);
}

function beginFields() {
  for (const marker of document.querySelectorAll("[data-begins]:not([data-begun])")) {
    const { begins, field } = marker.dataset;
    // Its script may come later, and a field within a template is none yet.
    if (!window[DATES[begins] ?? begins] || !document.getElementById(field)) continue;
    marker.dataset.begun = "";
    begin(marker.dataset);
  }
}

document.addEventListener("DOMContentLoaded", () => {
  beginFields();
  // Dialogs add fields later.
  new MutationObserver(beginFields).observe(document.body, { childList: true, subtree: true });
});

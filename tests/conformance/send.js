// Sends a form of the page, the first that something can be filled into, past every check of
// the browser and every script; empty, or filled with what anybody might write.
(isFilled) => {
  const written = "input:not([type=hidden], [type=submit], [type=search]), textarea, select";
  const isSeen = (one) => one.checkVisibility({ visibilityProperty: true });
  const fields = (form) => [...form.elements].filter((one) => one.matches(written));
  for (const one of document.querySelectorAll("main details")) one.open = true;
  const forms = [...document.querySelectorAll("main form[method=post]")];
  const form = forms.find((one) => fields(one).some(isSeen)) ?? forms.find(isSeen);
  if (!form) throw new Error(`no form to send at ${location.pathname}`);
  const text = "Am Ortseingang fehlt ein sicherer Weg für die Kinder.";
  const values = { email: "kim@example.org", number: "1", date: "2026-11-01", textarea: text };

  for (const one of fields(form)) {
    if (one.type === "radio" || one.type === "checkbox") {
      one.checked = isFilled;
    } else if (one.type === "select-one") {
      one.selectedIndex = isFilled ? one.options.length - 1 : -1;
    } else if (one.type !== "file" && (isSeen(one) || !isFilled)) {
      one.value = isFilled ? (values[one.type] ?? "Ein Weg zur Schule") : "";
    }
  }
  // The last: the first may be a choice for which nothing has to be written.
  const button = [...form.elements].findLast((one) => one.type === "submit");
  if (button?.name) {
    const pressed = document.createElement("input");
    [pressed.type, pressed.name, pressed.value] = ["hidden", button.name, button.value];
    form.append(pressed);
  }
  HTMLFormElement.prototype.submit.call(form);
}

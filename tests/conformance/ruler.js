// Tells what does not fit: run in a page, returns one line for each thing.
() => {
  const found = [];
  const wide = window.innerWidth;
  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  const name = (element) => {
    const words = element.textContent.trim().replace(/\s+/g, " ").slice(0, 50);
    const of = element.getAttribute("class") ?? "";
    return `<${element.localName} class="${of}"> ${words}`;
  };
  const elements = [...document.body.querySelectorAll("*")].filter(shown);
  const isHiddenText = (element) => element.closest(".kern-sr-only, .skip-link, .map, svg, canvas");
  const scrolls = (element) => {
    for (let one = element.parentElement; one && one !== document.body; one = one.parentElement) {
      if (getComputedStyle(one).overflowX !== "visible") return true;
    }
    return false;
  };

  if (document.scrollingElement.scrollWidth > wide) {
    found.push(`the page is ${document.scrollingElement.scrollWidth} px wide`);
    for (const element of elements) {
      const box = element.getBoundingClientRect();
      if (box.right > wide + 1 && box.width && !scrolls(element) && !isHiddenText(element)) {
        found.push(`sticks out to ${Math.round(box.right)}: ${name(element)}`);
      }
    }
  }

  for (const element of elements) {
    if (isHiddenText(element) || !element.textContent.trim()) continue;
    const style = getComputedStyle(element);
    if (element.clientWidth < 2 || style.display === "inline") continue;
    const cut = (way) => ["hidden", "clip"].includes(way);
    const across = cut(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
    const down = cut(style.overflowY) && element.scrollHeight > element.clientHeight + 1;
    if (across || down) found.push(`cuts off what is in it: ${name(element)}`);
  }

  // Whether something lies over what is pressed, once it is scrolled to as focus does.
  const pressed = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  for (const element of document.querySelectorAll(pressed)) {
    if (!shown(element) || isHiddenText(element) || element.closest("[data-map], .maplibregl-map")) continue;
    element.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
    const box = [...element.getClientRects()].find((one) => one.width && one.height);
    if (!box) continue;
    const x = box.left + box.width / 2;
    const y = box.top + box.height / 2;
    if (x < 0 || x > wide || y < 0 || y > window.innerHeight) {
      found.push(`cannot be scrolled to: ${name(element)} ${element.id}`);
      continue;
    }
    const top = document.elementFromPoint(x, y);
    const label = element.labels?.[0];
    const own = top && (element.contains(top) || top.contains(element) || label?.contains(top));
    if (!own) found.push(`lies under ${top ? name(top) : "nothing"}: ${name(element)} ${element.id}`);
  }
  window.scrollTo(0, 0);
  return [...new Set(found)];
}

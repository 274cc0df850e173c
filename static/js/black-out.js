/**
 * Blacking out areas of a photo: drawn with mouse or finger, or typed as numbers. The
 * numbers are what is sent; what is drawn only fills them in, and the other way round.
 */

const SMALLEST = 0.5;
const NAMES = ["x", "y", "width", "height"];

const percent = (part, whole) => Math.min(100, Math.max(0, (part / whole) * 100));
const rounded = (number) => Math.round(number * 10) / 10;
const typed = (field) => Number.parseFloat(field.value.replace(",", "."));

class BlackOut {
  constructor(root) {
    this.canvas = root.querySelector("[data-canvas]");
    this.form = root.querySelector("form");
    this.rows = root.querySelector("[data-rows]");
    this.template = root.querySelector("template[data-row]");
    this.total = root.querySelector("[name$=TOTAL_FORMS]");
    this.limit = Number(root.querySelector("[name$=MAX_NUM_FORMS]").value);
    this.said = root.querySelector("[data-said]");
    this.how = root.querySelector("[data-how]");
    this.more = root.querySelector("[data-more]");
    this.covers = new Map();
  }

  start() {
    this.how.hidden = this.more.hidden = false;
    this.canvas.classList.add("black-out--ready");
    this.rows.querySelectorAll("[data-box]").forEach((row) => this.bindRow(row));
    this.more.addEventListener("click", () => this.addRow()?.querySelector("input").focus());
    this.canvas.addEventListener("pointerdown", (event) => this.draw(event));
  }

  fields(row) {
    return NAMES.map((name) => row.querySelector(`[name$='-${name}']`));
  }

  bindRow(row) {
    const cover = document.createElement("div");
    cover.className = "black-out__cover";
    this.canvas.append(cover);
    this.covers.set(row, cover);
    const clear = row.querySelector("[data-clear]");
    clear.hidden = false;
    clear.addEventListener("click", () => {
      this.fields(row).forEach((field) => (field.value = ""));
      this.paint(row);
      this.fields(row)[0].focus();
    });
    row.addEventListener("input", () => this.paint(row));
    this.paint(row);
  }

  /** Return a new empty row of numbers, or nothing where there are enough. */
  addRow() {
    const number = Number(this.total.value);
    if (number >= this.limit) {
      this.said.textContent = this.said.dataset.full;
      return null;
    }
    const row = this.template.content.firstElementChild.cloneNode(true);
    for (const element of row.querySelectorAll("*")) {
      for (const { name, value } of [...element.attributes]) {
        element.setAttribute(name, value.replaceAll("__prefix__", number));
      }
    }
    this.replaceWords(row, "__number__", number + 1);
    this.rows.append(row);
    this.total.value = number + 1;
    this.bindRow(row);
    return row;
  }

  replaceWords(row, before, after) {
    const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      walker.currentNode.data = walker.currentNode.data.replace(before, after);
    }
  }

  emptyRow() {
    const rows = [...this.rows.querySelectorAll("[data-box]")];
    return rows.find((row) => this.fields(row).every((field) => !field.value)) ?? this.addRow();
  }

  paint(row) {
    const [x, y, width, height] = this.fields(row).map(typed);
    const { style } = this.covers.get(row);
    style.display = [x, y, width, height].every(Number.isFinite) ? "block" : "none";
    Object.assign(style, {
      left: `${x}%`,
      top: `${y}%`,
      width: `${width}%`,
      height: `${height}%`,
    });
  }

  draw(event) {
    if (event.button !== 0) return;
    const row = this.emptyRow();
    if (!row) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    const start = this.place(event);
    const stretch = (move) => this.fill(row, start, this.place(move));
    const end = (last) => {
      this.canvas.removeEventListener("pointermove", stretch);
      this.canvas.removeEventListener("pointerup", end);
      this.canvas.removeEventListener("pointercancel", end);
      this.finish(row, last.type === "pointercancel");
    };
    this.canvas.addEventListener("pointermove", stretch);
    this.canvas.addEventListener("pointerup", end);
    this.canvas.addEventListener("pointercancel", end);
  }

  place({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [percent(clientX - left, width), percent(clientY - top, height)];
  }

  fill(row, [x1, y1], [x2, y2]) {
    const x = rounded(Math.min(x1, x2));
    const y = rounded(Math.min(y1, y2));
    const values = [x, y, rounded(Math.max(x1, x2) - x), rounded(Math.max(y1, y2) - y)];
    this.fields(row).forEach((field, index) => (field.value = values[index]));
    this.paint(row);
  }

  /** Keep what was drawn; a mere tap draws nothing. */
  finish(row, isCancelled) {
    const [, , width, height] = this.fields(row).map(typed);
    if (isCancelled || !(width >= SMALLEST && height >= SMALLEST)) {
      this.fields(row).forEach((field) => (field.value = ""));
      this.paint(row);
      return;
    }
    const number = [...this.rows.children].indexOf(row) + 1;
    this.said.textContent = this.said.dataset.drawn.replace("{n}", number);
  }
}

const root = document.querySelector("[data-black-out]");
if (root) new BlackOut(root).start();

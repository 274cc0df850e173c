/**
 * The order of an agenda: dragged by a handle, or moved with keys, and saved at once.
 *
 * Without this script the buttons up and down of each item do the same, one place at a time.
 */

const EDGE = 60;

/** Write the numbers anew, and let nobody press a button that leads nowhere. */
function renumber(items) {
  items.forEach((item, index) => {
    item.querySelector("[data-number]").textContent = index + 1;
    item.querySelector('[data-move="-1"]').disabled = index === 0;
    item.querySelector('[data-move="1"]').disabled = index === items.length - 1;
  });
}

class Agenda {
  constructor(list) {
    this.list = list;
    this.words = list.dataset;
    this.said = document.querySelector("[data-said]");
    this.problem = document.querySelector("[data-problem]");
    this.token = document.querySelector("[data-token] [name=csrfmiddlewaretoken]").value;
    this.saved = this.items;
    this.saving = Promise.resolve();
  }

  get items() {
    return [...this.list.children];
  }

  say(words, item) {
    const items = this.items;
    this.said.textContent = words
      .replace("{title}", item.dataset.title)
      .replace("{place}", items.indexOf(item) + 1)
      .replace("{all}", items.length);
  }

  /** Put an item before another one, or at the end; what has the focus keeps it. */
  place(item, before) {
    const focused = document.activeElement;
    this.isPlacing = true;
    this.list.insertBefore(item, before);
    renumber(this.items);
    if (item.contains(focused)) focused.focus({ preventScroll: true });
    this.isPlacing = false;
  }

  /** Move an item by places; false where it is at the end already. */
  move(item, by) {
    const items = this.items;
    const goal = items.indexOf(item) + by;
    if (goal < 0 || goal >= items.length) return false;
    this.place(item, by < 0 ? items[goal] : items[goal].nextSibling);
    item.scrollIntoView({ block: "nearest" });
    return true;
  }

  /** Put all items into an order. */
  restore(items) {
    const focused = document.activeElement;
    this.isPlacing = true;
    this.list.append(...items);
    renumber(items);
    if (this.list.contains(focused)) focused.focus({ preventScroll: true });
    this.isPlacing = false;
  }

  /** Save the order as it is, after whatever is being saved. */
  save(item) {
    this.saving = this.saving.then(() => this.send(item));
  }

  async send(item) {
    const wanted = this.items;
    if (wanted.every((one, index) => one === this.saved[index])) return;
    const ids = (items) => items.map((one) => Number(one.dataset.item));
    try {
      const answer = await fetch(this.words.order, {
        method: "POST",
        body: JSON.stringify({ items: ids(wanted), read: ids(this.saved) }),
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
        keepalive: true,
      });
      if (answer.status === 409) {
        location.assign("?changed=1");
        return;
      }
      if (!answer.ok || answer.redirected) throw new Error(`The site answered ${answer.status}.`);
      this.saved = wanted;
      this.problem.hidden = true;
      this.say(this.words.dropped, item);
    } catch {
      this.restore(this.saved);
      this.problem.querySelector("[data-words]").textContent = this.words.lost;
      this.problem.hidden = false;
    }
  }
}

/** Buttons up and down without a new page. */
function bindButtons(agenda, item) {
  item.querySelector(".agenda__moves").addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (!agenda.move(item, Number(button.dataset.move))) return;
    const other = item.querySelector(`[data-move="${-Number(button.dataset.move)}"]`);
    (button.disabled ? other : button).focus();
    agenda.save(item);
  });
}

/** Space lifts an item, arrows move it, space drops it, escape puts it back. */
function bindKeys(agenda, item, grip) {
  let before = null;
  const finish = (words, order) => {
    if (order) agenda.restore(order);
    before = null;
    item.classList.remove("agenda__item--lifted");
    grip.setAttribute("aria-pressed", "false");
    if (words) agenda.say(words, item);
  };
  const drop = () => {
    finish(agenda.words.moved);
    agenda.save(item);
  };
  const lift = () => {
    before = agenda.items;
    item.classList.add("agenda__item--lifted");
    grip.setAttribute("aria-pressed", "true");
    agenda.say(agenda.words.lifted, item);
  };
  grip.setAttribute("aria-pressed", "false");
  // A press of space or enter, and what a screen reader sends instead.
  grip.addEventListener("click", (event) => {
    if (event.detail !== 0) return;
    if (before) drop();
    else lift();
  });
  grip.addEventListener("keydown", (event) => {
    if (!before) return;
    const by = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key];
    if (by) {
      event.preventDefault();
      agenda.move(item, by);
      agenda.say(agenda.words.moved, item);
    } else if (event.key === "Escape") {
      event.preventDefault();
      finish(agenda.words.putBack, before);
      // Where an earlier move got lost meanwhile, the order put back is not yet saved.
      agenda.save(item);
    }
  });
  grip.addEventListener("blur", () => {
    if (before && !agenda.isPlacing) drop();
  });
}

/** Mouse, pen and finger take an item by its handle. */
function bindPointer(agenda, item, grip) {
  grip.addEventListener("pointerdown", (down) => {
    if (down.button !== 0 || !down.isPrimary) return;
    const before = agenda.items;
    grip.setPointerCapture(down.pointerId);
    item.classList.add("agenda__item--lifted");

    const onMove = (event) => {
      const y = event.clientY;
      if (y < EDGE) window.scrollBy(0, y - EDGE);
      if (y > window.innerHeight - EDGE) window.scrollBy(0, y - window.innerHeight + EDGE);
      const others = agenda.items.filter((other) => other !== item);
      const next = others.find((other) => {
        const { top, height } = other.getBoundingClientRect();
        return y < top + height / 2;
      });
      if ((next ?? null) === item.nextElementSibling) return;
      agenda.place(item, next ?? null);
      // A node that was moved lets the pointer go.
      if (!grip.hasPointerCapture(event.pointerId)) grip.setPointerCapture(event.pointerId);
    };
    const end = (order) => {
      document.removeEventListener("pointermove", onMove);
      document.removeEventListener("pointerup", onUp);
      document.removeEventListener("pointercancel", onCancel);
      document.removeEventListener("keydown", onKey);
      item.classList.remove("agenda__item--lifted");
      if (order) agenda.restore(order);
      agenda.save(item);
    };
    const onUp = () => end();
    const onCancel = () => end(before);
    const onKey = (event) => {
      if (event.key === "Escape") end(before);
    };
    document.addEventListener("pointermove", onMove);
    document.addEventListener("pointerup", onUp);
    document.addEventListener("pointercancel", onCancel);
    document.addEventListener("keydown", onKey);
  });
}

const list = document.querySelector("[data-agenda]");
if (list) {
  const agenda = new Agenda(list);
  document.querySelector("[data-how]").hidden = false;
  for (const item of agenda.items) {
    const grip = item.querySelector("[data-grip]");
    grip.hidden = false;
    bindButtons(agenda, item);
    bindKeys(agenda, item, grip);
    bindPointer(agenda, item, grip);
  }
}

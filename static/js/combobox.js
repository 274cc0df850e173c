/**
 * An editable combobox with a list of suggestions, after the pattern of the ARIA Authoring
 * Practices: the focus stays in the field, `aria-activedescendant` names the suggestion.
 *
 * Without this script the field is a plain text field.
 */

const PAUSE = 180;
const SHORTEST = 2;

export class Combobox {
  /**
   * `search(words, signal)` returns a promise of suggestions {label, detail}; `onChoose`
   * gets the chosen one, `onType` hears that the words are others now, `say(name, number)`
   * tells the reader "one", "many", "none", "offline" or nothing.
   */
  constructor(field, list, { search, onChoose, onType, say }) {
    Object.assign(this, { field, list, search, onChoose, onType, say });
    this.found = [];
    this.active = -1;
    // The words that `found` answers; others may have been typed since.
    this.answered = "";
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-expanded", "false");
    field.addEventListener("input", () => this.onInput());
    field.addEventListener("keydown", (event) => this.onKey(event));
    field.addEventListener("blur", () => this.close());
    // The focus stays in the field, so that a press on a suggestion does not close the list.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => this.onClick(event));
  }

  get isOpen() {
    return !this.list.hidden;
  }

  /** Whether what was found answers what is typed now. */
  get isFresh() {
    return this.answered === this.field.value.trim();
  }

  /** Show other words in the field without looking for them. */
  set words(words) {
    this.stop();
    this.field.value = words;
    this.take(words.trim(), []);
    this.close();
    this.say("");
  }

  take(words, found) {
    this.answered = words;
    this.found = found;
  }

  onInput() {
    // Filled in by the page or the browser, not typed.
    if (document.activeElement !== this.field) return;
    this.onType(this.field.value.trim());
    this.activate(-1);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE);
  }

  stop() {
    clearTimeout(this.timer);
    this.pending?.abort();
  }

  /** Look for what is typed now; what was asked before no longer matters. */
  async look() {
    this.stop();
    const words = this.field.value.trim();
    if (words.length < SHORTEST) {
      this.take(words, []);
      this.close();
      this.say("");
      return;
    }
    this.pending = new AbortController();
    try {
      this.take(words, await this.search(words, this.pending.signal));
      this.show(this.found);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.take(words, []);
      this.close();
      this.say("offline");
    }
  }

  show(found) {
    this.list.replaceChildren(...found.map((place, index) => this.option(place, index)));
    if (found.length && document.activeElement === this.field) this.open();
    else this.close();
    this.say(["none", "one"][found.length] ?? "many", found.length);
  }

  option({ label, detail }, index) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${index}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const name = document.createElement("span");
    name.textContent = label;
    const more = document.createElement("span");
    more.className = "combobox__detail";
    more.textContent = detail;
    option.append(name, " ", more);
    return option;
  }

  open() {
    this.list.hidden = false;
    this.field.setAttribute("aria-expanded", "true");
    this.activate(-1);
  }

  close() {
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.activate(-1);
  }

  /** Set off the suggestion with this number; -1 for none. */
  activate(index) {
    this.active = index;
    [...this.list.children].forEach((option, number) => {
      option.setAttribute("aria-selected", String(number === index));
    });
    const option = this.list.children[index];
    if (option) {
      this.field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else this.field.removeAttribute("aria-activedescendant");
  }

  onKey(event) {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const keys = {
      ArrowDown: () => this.step(1),
      ArrowUp: () => this.step(-1),
      Enter: () => this.enter(),
      Escape: () => this.escape(),
    };
    if (keys[event.key]) {
      // Enter chooses here and does not send the form.
      event.preventDefault();
      keys[event.key]();
    } else if (["Home", "End", "ArrowLeft", "ArrowRight"].includes(event.key)) {
      // Those move in the field, as in any other.
      this.activate(-1);
    }
  }

  async step(by) {
    if (!this.isOpen) {
      if (this.found.length && this.isFresh) this.open();
      else await this.look();
      if (!this.isOpen) return;
    }
    const number = this.found.length;
    const from = this.active < 0 && by < 0 ? number : this.active;
    this.activate((from + by + number) % number);
  }

  /** Choose what is set off, or what fits best; look first where nobody has yet. */
  async enter() {
    const isSetOff = this.active >= 0;
    if (!isSetOff && !(this.isOpen && this.isFresh)) await this.look();
    if (this.isOpen && (isSetOff || this.isFresh)) this.choose(this.found[Math.max(this.active, 0)]);
  }

  escape() {
    if (this.isOpen) {
      // An answer that is on its way must not open it again.
      this.stop();
      this.close();
      return;
    }
    this.words = "";
    this.onType("");
  }

  onClick(event) {
    const option = event.target.closest("[role='option']");
    if (option) this.choose(this.found[[...this.list.children].indexOf(option)]);
  }

  choose(place) {
    this.words = place.label;
    this.onChoose(place);
  }
}

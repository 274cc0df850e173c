/**
 * Choosing photos: each is scaled before it is sent, shown with a field for what it shows,
 * and can be taken back. The form's own file field holds what is sent, so that everything
 * that sends or keeps the form needs to know nothing of this.
 */

const LARGEST_SIDE = 1600;
const QUALITY = 0.82;
const LARGEST_FILE = 12 * 1024 * 1024;
const TYPES = ["image/jpeg", "image/png", "image/webp"];

/** Scale a photo, upright and without its metadata; the file itself where that fails. */
async function prepare(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LARGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    canvas.width = canvas.height = 0;
    if (!blob) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file;
  } finally {
    bitmap?.close();
  }
}

class PhotoChooser {
  constructor(root) {
    this.root = root;
    this.input = root.querySelector("input[type=file]");
    this.list = root.querySelector("[data-new]");
    this.template = root.querySelector("template[data-card]");
    this.said = root.querySelector("[data-said]");
    this.add = root.querySelector("[data-add]");
    this.entries = [];
  }

  start() {
    this.root.querySelector("[data-words-without-script]").remove();
    this.input.classList.add("kern-sr-only");
    this.input.tabIndex = -1;
    this.add.hidden = false;
    this.add.setAttribute("aria-describedby", this.input.getAttribute("aria-describedby"));
    this.add.addEventListener("click", () => this.input.click());
    // Links to an error lead to the field, which is out of sight now.
    this.input.addEventListener("focus", () => this.add.focus());
    this.input.addEventListener("change", () => this.take([...this.input.files]));
    this.bindDrop(this.root.querySelector("[data-drop]"));
    this.root.querySelector("[data-kept]")?.addEventListener("change", () => this.update());
    // Browsers that fill the form again when somebody comes back bring its files, too.
    if (this.input.files.length) this.take([...this.input.files]);
    this.update();
  }

  bindDrop(area) {
    if (!matchMedia("(pointer: fine)").matches) return;
    area.querySelector("[data-drop-words]").hidden = false;
    const over = (event, isOver) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      area.classList.toggle("photos__choose--over", isOver);
    };
    area.addEventListener("dragover", (event) => over(event, true));
    area.addEventListener("dragleave", (event) => over(event, false));
    area.addEventListener("drop", (event) => {
      over(event, false);
      this.take([...event.dataTransfer.files]);
    });
  }

  /** How many of the photos that the site keeps already are to stay. */
  get kept() {
    return this.root.querySelectorAll("[name=remove-photo]:not(:checked)").length;
  }

  get room() {
    return Number(this.root.dataset.limit) - this.kept - this.entries.length;
  }

  /** Add chosen files to those there are; the originals count until they are scaled. */
  async take(files) {
    const added = [];
    let problem = "";
    for (const file of files) {
      if (this.room <= 0) problem = this.text("full");
      else if (!TYPES.includes(file.type)) problem = this.text("unreadable", file.name);
      else added.push(this.show(file));
    }
    this.update();
    if (problem) this.say(problem);
    else if (added.length) this.say(this.text("working"));
    await Promise.all(added.map((entry) => this.scale(entry)));
    const last = added.filter((entry) => this.entries.includes(entry)).at(-1);
    if (!problem && last) this.say(this.text("added", last.name));
  }

  async scale(entry) {
    const file = await prepare(entry.file);
    if (!this.entries.includes(entry)) return;
    if (file.size > LARGEST_FILE) {
      this.drop(entry);
      this.say(this.text("large", entry.name));
      return;
    }
    entry.file = file;
    entry.url = URL.createObjectURL(file);
    entry.picture.src = entry.url;
    entry.picture.addEventListener("error", () => entry.picture.removeAttribute("src"), { once: true });
    this.update();
  }

  /** Make the card of a file: its picture, the field for its words, a button to take it back. */
  show(file) {
    const card = this.template.content.firstElementChild.cloneNode(true);
    const part = (name) => card.querySelector(`[data-part='${name}']`);
    const entry = { file, name: file.name, card, picture: part("picture"), url: "" };
    const field = card.querySelector("input");
    field.id = `photo-alt-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
    card.querySelector("label").htmlFor = field.id;
    for (const name of ["label", "remove-label"]) {
      part(name).textContent = part(name).textContent.replace("{name}", file.name);
    }
    part("remove").addEventListener("click", () => {
      this.drop(entry);
      this.say(this.text("removed"));
      this.add.focus();
    });
    this.list.append(card);
    this.entries.push(entry);
    return entry;
  }

  drop(entry) {
    this.entries = this.entries.filter((other) => other !== entry);
    entry.card.remove();
    if (entry.url) URL.revokeObjectURL(entry.url);
    this.update();
  }

  /** Let the field hold just the files of the cards, in their order. */
  update() {
    const transfer = new DataTransfer();
    for (const { file } of this.entries) transfer.items.add(file);
    this.input.files = transfer.files;
    this.list.hidden = this.entries.length === 0;
    this.add.disabled = this.room <= 0;
  }

  text(name, file = "") {
    return this.root.dataset[name].replace("{name}", file);
  }

  say(words) {
    this.said.textContent = words;
  }
}

document.querySelectorAll("[data-photos]").forEach((root) => new PhotoChooser(root).start());

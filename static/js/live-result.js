/**
 * One item's result while it is typed in: what is saved, what is on the screen, and what
 * stands between the two. No page here: `live-form.js` shows it.
 *
 * Parts are saved or refused on their own: outcome, reason, result, resolution, and the
 * three votes together. `known` is the server's state, `since` what each part was when its
 * typing began; a part whose two differ has been saved by somebody else meanwhile.
 */

const VOTES = ["votes_for", "votes_against", "votes_abstained"];
const PARTS = {
  outcome: ["outcome"],
  reason: ["reason"],
  result: ["result"],
  votes: VOTES,
  resolution_text: ["resolution_text"],
};

const pick = (values, names) => names.map((name) => values[name] ?? "");
const same = (one, other, part) => `${pick(one, PARTS[part])}` === `${pick(other, PARTS[part])}`;
const copy = (target, source, part) => PARTS[part].forEach((name) => (target[name] = source[name] ?? ""));

/** Return the part that a field of the form belongs to. */
export const partOf = (name) => Object.keys(PARTS).find((part) => PARTS[part].includes(name));

/** The server ends lines and trims blanks in its own way: no difference that counts. */
function tidy(values) {
  const clean = ([name, value]) => [name, value.replaceAll("\r\n", "\n").trim()];
  return Object.fromEntries(Object.entries(values).map(clean));
}

export class LiveResult {
  constructor({ version, values }) {
    this.known = { version, values: tidy(values) };
    this.since = { ...this.known.values };
    this.typed = { ...this.known.values };
    // What was sent and not answered: whatever of it has been saved, it is ours.
    this.sent = [];
    this.refused = {};
    this.conflicts = new Set();
  }

  get parts() {
    return Object.keys(PARTS).filter((part) => PARTS[part].some((name) => name in this.known.values));
  }

  get changed() {
    return this.parts.filter((part) => !same(this.typed, this.since, part));
  }

  get isSaved() {
    return !this.changed.length && !this.conflicts.size;
  }

  /** What keeps the votes from being sent: a number is missing, or is none. */
  get votesProblem() {
    const votes = pick(this.typed, VOTES);
    if (votes.some((vote) => vote && !/^\d{1,4}$/.test(vote))) return "numbers";
    return votes.some((vote) => vote) && votes.some((vote) => !vote) ? "allThree" : "";
  }

  isHeld(part) {
    const again = this.refused[part];
    return (
      this.conflicts.has(part) ||
      (part === "votes" && Boolean(this.votesProblem)) ||
      (again !== undefined && again === `${pick(this.typed, PARTS[part])}`)
    );
  }

  get sendable() {
    return this.changed.filter((part) => !this.isHeld(part));
  }

  type(values) {
    this.typed = { ...this.typed, ...tidy(values) };
    for (const part of this.parts) if (!this.isHeld(part)) delete this.refused[part];
  }

  /** Return what is sent: what is typed, and what is saved of parts that have to wait. */
  toSend() {
    const values = { ...this.known.values };
    for (const part of this.sendable) copy(values, this.typed, part);
    this.sent = [...this.sent, values].slice(-5);
    return { version: this.known.version, values };
  }

  /** Take note that `sent` has been saved, and how the server wrote it. */
  saved({ version, values }, sent) {
    const answered = tidy(values);
    for (const part of this.parts.filter((part) => !this.conflicts.has(part))) {
      copy(this.since, answered, part);
      // Unless more has been typed meanwhile.
      if (same(this.typed, sent, part)) copy(this.typed, answered, part);
    }
    this.known = { version, values: answered };
    this.sent = [];
  }

  /**
   * Take note of what somebody else has saved. Return the parts that changed on the screen;
   * where both have changed the same, `conflicts` has it, and somebody chooses.
   */
  merge({ version, values }) {
    const theirs = tidy(values);
    const taken = [];
    for (const part of this.parts) {
      this.conflicts.delete(part);
      const isOurs = this.sent.some((sent) => same(theirs, sent, part));
      if (same(theirs, this.since, part)) continue;
      if (isOurs || same(theirs, this.typed, part)) copy(this.since, theirs, part);
      else if (same(this.typed, this.since, part)) {
        copy(this.since, theirs, part);
        copy(this.typed, theirs, part);
        taken.push(part);
      } else this.conflicts.add(part);
    }
    this.known = { version, values: theirs };
    this.sent = [];
    return taken;
  }

  theirs(part) {
    return pick(this.known.values, PARTS[part]);
  }

  choose(part, isMine) {
    this.conflicts.delete(part);
    copy(this.since, this.known.values, part);
    if (!isMine) copy(this.typed, this.known.values, part);
  }

  /** Take note of what the server refused; return the messages by part. */
  refuse(errors, sent) {
    const messages = {};
    for (const [name, texts] of Object.entries(errors)) {
      const part = partOf(name);
      if (!part) continue;
      messages[part] = [messages[part], ...texts].filter(Boolean).join(" ");
      this.refused[part] = `${pick(sent, PARTS[part])}`;
    }
    this.sent = [];
    return messages;
  }

  toDraft() {
    const { since, typed: values, sent } = this;
    return { version: this.known.version, since, values, sent };
  }

  /** Go on where a draft ended, also one from before somebody else saved. */
  resume({ since, values, sent }) {
    const now = this.known;
    for (const part of this.parts) {
      if (same(values, since, part)) continue;
      copy(this.typed, values, part);
      copy(this.since, since, part);
    }
    this.sent = sent ?? [];
    this.merge(now);
  }
}

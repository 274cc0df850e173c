/**
 * What was typed in the sitting and is not saved yet, kept in this browser: a lost
 * connection, a session that has ended and a tab that crashed lose nothing.
 *
 * One entry per item, version and tab: {item, version, since, values, sent, at}. `since` is
 * what was saved when the typing began, `sent` what was on its way. Times are
 * milliseconds since 1970.
 */

const PREFIX = "live-result/";
const MONTH = 30 * 24 * 3_600_000;
// Two tabs of one browser keep apart what they hold.
const TAB = crypto.getRandomValues(new Uint32Array(2)).join("-");

function entries() {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => ({ key, entry: parse(localStorage.getItem(key)) }));
  } catch {
    return [];
  }
}

function parse(text) {
  try {
    const entry = JSON.parse(text);
    return entry?.values && entry.since ? entry : null;
  } catch {
    return null;
  }
}

const keyOf = (item, version) => `${PREFIX}${item}/${version}/${TAB}`;
const isOf = (item) => (key) => key.startsWith(`${PREFIX}${item}/`);

/** Keep what is typed; false where this browser keeps nothing. */
export function keepDraft(item, draft) {
  const key = keyOf(item, draft.version);
  try {
    localStorage.setItem(key, JSON.stringify({ ...draft, item, at: Date.now() }));
    entries()
      .filter((other) => other.key !== key && isOf(item)(other.key) && other.key.endsWith(`/${TAB}`))
      .forEach((other) => localStorage.removeItem(other.key));
    return true;
  } catch {
    return false;
  }
}

/** Forget what this tab kept of an item: it is saved. */
export function dropDraft(item) {
  entries()
    .filter(({ key }) => isOf(item)(key) && key.endsWith(`/${TAB}`))
    .forEach(({ key }) => localStorage.removeItem(key));
}

/** Return what any tab has kept of an item, the oldest first, and who holds each. */
export function draftsOf(item) {
  return entries()
    .filter(({ key, entry }) => entry && isOf(item)(key))
    .map(({ key, entry }) => ({ key, ...entry }))
    .sort((one, other) => one.at - other.at);
}

/** Forget a draft that has been taken over. */
export function removeDraft(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

/** Forget what nobody has come back to for a month. */
export function dropOldDrafts() {
  entries()
    .filter(({ entry }) => !entry || entry.at < Date.now() - MONTH)
    .forEach(({ key }) => removeDraft(key));
}

// A search field with the list of what it found: arrows choose, Enter takes, Escape leaves. Source: the ARIA Authoring
// Practices' combobox with a list.

import { clone, part, slot } from "./dom.js";
import { t } from "./words.js";

/** @import { Hit } from "./graphs.js" */
/** @typedef {(words: string, signal: AbortSignal) => Promise<{ hits: Hit[], total: number }>} Ask */

const TYPED_MS = 150;

/**
 * @param {HTMLElement} root @param {{ ask: Ask, trail: (hit: Hit) => string, choose: (hit: Hit) => void, leave: () => void }} acts
 * `trail` says in words where a hit stands
 */
export function createSearch(root, { ask, trail, choose, leave }) {
  const field = /** @type {HTMLInputElement} */ (part(root, "find"));
  const list = part(root, "hits");
  const note = part(root, "found");
  /** @type {Hit[]} */
  let hits = [];
  let at = -1;
  let waiting = 0;
  let asked = new AbortController();

  /** @param {number} place */
  const point = (place) => {
    at = place;
    [...list.children].forEach((item, number) => item.setAttribute("aria-selected", String(number === at)));
    const item = list.children[at];
    if (item) field.setAttribute("aria-activedescendant", item.id);
    else field.removeAttribute("aria-activedescendant");
    item?.scrollIntoView({ block: "nearest" });
  };

  /** @param {string} words */
  const say = (words) => {
    note.textContent = words;
    note.hidden = words === "";
  };

  const close = () => {
    clearTimeout(waiting);
    asked.abort();
    hits = [];
    list.replaceChildren();
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    point(-1);
    say("");
  };

  /** @param {Hit[]} found @param {number} total @param {string} words */
  const fill = (found, total, words) => {
    hits = found;
    list.replaceChildren(...found.map((hit, place) => itemOf(root, hit, place, trail(hit))));
    list.hidden = found.length === 0;
    field.setAttribute("aria-expanded", String(found.length > 0));
    point(found.length > 0 ? 0 : -1);
    if (found.length === 0) say(nothing(words));
    else say(total > found.length ? t("{count} more: type more of the name.", { count: total - found.length }) : "");
  };

  const look = async () => {
    asked.abort();
    const { signal } = (asked = new AbortController());
    const words = field.value.trim();
    if (words === "") return close();
    try {
      const { hits: found, total } = await ask(words, signal);
      if (!signal.aborted) fill(found, total, words);
    } catch (error) {
      if (signal.aborted) return;
      fill([], 0, words);
      say(error instanceof Error ? error.message : String(error));
    }
  };

  /** @param {Hit | undefined} hit */
  const take = (hit) => {
    if (!hit) return void look();
    close();
    choose(hit);
  };

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void look(), TYPED_MS);
  });
  field.addEventListener("keydown", (event) => {
    const { key } = event;
    const step = key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0;
    if (step && hits.length > 0) point((at + step + hits.length) % hits.length);
    else if (step) void look();
    else if (key === "Enter") take(hits[at]);
    else if (key !== "Escape") return;
    else if (!list.hidden || !note.hidden) close();
    else leave();
    event.preventDefault();
    event.stopPropagation();
  });
  field.addEventListener("blur", close);
  // A press on the list must not take the focus away before the click comes.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target }) => {
    const item = /** @type {Element} */ (target).closest("li");
    if (item) take(hits[[...list.children].indexOf(item)]);
  });
  return {
    focus: () => field.select(),
    clear() {
      field.value = "";
      close();
    },
  };
}

/** @param {HTMLElement} root @param {Hit} hit @param {number} place @param {string} where */
function itemOf(root, hit, place, where) {
  const item = clone(root, "hit");
  const kinds = { node: t("node"), group: t("group"), variable: t("variable"), line: t("line") };
  item.id = `hit-${place}`;
  slot(item, "label").textContent = hit.label;
  slot(item, "kind").textContent = kinds[hit.kind] ?? hit.kind;
  slot(item, "detail").textContent = [hit.detail, where].filter(Boolean).join(" · ");
  return item;
}

/** @param {string} words */
function nothing(words) {
  return t(
    "Nothing here is called “{words}”. Search for a node (softmax), a variable (W_q), a module (encoder.layer.3), a function or a line (line 14).",
    { words },
  );
}

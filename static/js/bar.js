// What every page has in its bar: the status line, light and dark, and what a browser keeps for the next visit.

/** @template {HTMLElement} [T=HTMLElement] @param {string} id @returns {T} */
export const byId = (id) => /** @type {any} */ (document.getElementById(id));

const FADE_MS = 4_000;
let fading = 0;

/** Says how things stand. @param {string} words @param {"" | "good" | "bad" | "busy"} [state] */
export function say(words, state = "") {
  clearTimeout(fading);
  byId("status").textContent = words;
  byId("status").dataset.state = state;
}

/** Says what is soon of no interest any more. @param {string} words */
export function sayBriefly(words) {
  say(words);
  fading = setTimeout(() => say(""), FADE_MS);
}

/** Says why something failed. @param {unknown} error */
export const sayWhy = (error) => say(error instanceof Error ? error.message : String(error), "bad");

/** Keeps a choice for the next visit. @param {string} name @param {string} value */
export function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Storage may be forbidden or full; the choice then lasts as long as the page.
  }
}

/** What was kept at an earlier visit, or null. @param {string} name */
export function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

byId("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  keep("theme", root.dataset.theme);
});

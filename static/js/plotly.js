// Plotly from the installed wheel, fetched when a chart is first needed.

import { t } from "./words.js";

/**
 * The little of Plotly that the page uses.
 * @typedef {{
 *   react: (sheet: HTMLElement, traces: object[], layout: object, config: object) => Promise<unknown>,
 *   relayout: (sheet: HTMLElement, change: object) => Promise<unknown>,
 *   Fx: { hover: (sheet: HTMLElement, where: object, plot: string) => void },
 * }} Plotly
 */

/** @type {Promise<Plotly> | null} */
let coming = null;

/** Plotly; what failed to load is asked for again. @returns {Promise<Plotly>} */
export function plotly() {
  coming ??= fetchScript().catch((error) => {
    coming = null;
    throw error;
  });
  return coming;
}

/** @returns {Promise<Plotly>} */
async function fetchScript() {
  const script = document.createElement("script");
  script.src = /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="plotly"]')).content;
  const allowed = allowStyles();
  try {
    await new Promise((resolve, reject) => {
      script.addEventListener("load", resolve);
      script.addEventListener("error", () =>
        reject(new Error(t("The chart's library can't be loaded. Is the server still running? Load the page again."))),
      );
      document.head.append(script);
    });
  } finally {
    allowed();
  }
  return /** @type {any} */ (window).Plotly;
}

/** Gives the styles Plotly makes at its start the page's nonce, without which the policy refuses them. */
function allowStyles() {
  const nonce = document.querySelector('meta[name="csp-nonce"]')?.getAttribute("content") ?? "";
  const make = document.createElement;
  document.createElement = (/** @type {string} */ name, /** @type {ElementCreationOptions} */ options) => {
    const made = make.call(document, name, options);
    if (made instanceof HTMLStyleElement) made.nonce = nonce;
    return made;
  };
  return () => Reflect.deleteProperty(document, "createElement");
}

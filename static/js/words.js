// What the page says, in its reader's language: English stands in the code, others come with the page.

/** @type {Record<string, string>} */
const words = JSON.parse(document.querySelector("meta[name=words]")?.getAttribute("content") || "{}");

/**
 * The sentence in the page's language, with `{name}` replaced by what is given for it.
 * @param {string} sentence @param {Record<string, unknown>} [values]
 */
export function t(sentence, values = {}) {
  return (words[sentence] ?? sentence).replace(/\{(\w+)\}/g, (whole, name) =>
    name in values ? String(values[name]) : whole,
  );
}

/** The page's language, a BCP 47 tag. */
export const language = () => document.documentElement.lang || "en";

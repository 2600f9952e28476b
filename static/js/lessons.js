// The list of lessons: which of them are done.

import "./language.js";
import { kept } from "./bar.js";

const done = new Set(JSON.parse(kept("lessons") ?? "[]"));
for (const card of document.querySelectorAll("[data-lesson]")) {
  const mark = card.querySelector("[data-part=done]");
  if (mark instanceof HTMLElement) mark.hidden = !done.has(card.getAttribute("data-lesson"));
}

// Where in the graph one is: the open groups around a box, each leading back to itself.

import { clone, part } from "./dom.js";

/** @import { Camera } from "./camera.js" */
/** @import { Drawing } from "./drawing.js" */

/**
 * Keeps the crumbs of what is focused, pointed at, or was opened last.
 * @param {HTMLElement} root @param {HTMLElement} sheet @param {{ camera: Camera, drawing: Drawing }} view
 */
export function createCrumbs(root, sheet, { camera, drawing }) {
  const list = part(root, "crumbs");
  /** @type {Element | null} what they are of while nothing is pointed at */
  let kept = null;
  let now = "";

  /** @param {Element | null} box */
  const fill = (box) => {
    const frames = drawing.framesAround(box?.isConnected ? box : null);
    const key = frames.map((frame) => frame.dataset.group).join(" ");
    if (key === now && list.childElementCount > 0) return;
    now = key;
    const start = clone(root, "crumb");
    start.firstElementChild?.addEventListener("click", () => camera.fit());
    list.replaceChildren(start, ...frames.map(crumbOf));
    list.lastElementChild?.firstElementChild?.setAttribute("aria-current", "true");
  };
  /** @param {SVGGElement} frame */
  const crumbOf = (frame) => {
    const made = clone(root, "crumb");
    const button = /** @type {HTMLElement} */ (made.firstElementChild);
    const label = frame.dataset.label ?? "";
    button.textContent = label.split(" · ")[0];
    button.title = label;
    button.addEventListener("click", () => {
      const again = drawing.group(frame.dataset.group ?? "");
      if (again) camera.frame(again);
    });
    return made;
  };
  const boxAt = (/** @type {Event} */ { target }) => /** @type {Element} */ (target).closest(".node, .frame");

  sheet.addEventListener("focusin", (event) => {
    kept = boxAt(event);
    fill(kept);
  });
  sheet.addEventListener("pointerover", (event) => fill(boxAt(event) ?? kept));
  sheet.addEventListener("pointerleave", () => fill(kept));
  return {
    /** Of a new drawing; `box` is what has the focus there, or was opened last. @param {Element | null} box */
    show(box) {
      kept = box;
      now = "";
      list.replaceChildren();
      fill(box);
    },
  };
}

// What part of a graph is drawn: all of it, what lies between a node and the loss, what a node reaches, what has a leaf.

import { part } from "./dom.js";
import { closeMenu } from "./menu.js";
import { t } from "./words.js";

/** What is chosen in the drawing. @typedef {{ id: number, name: string } | null} Chosen */

/**
 * The menu of what to look at, and the chip that says what is looked at and leaves it.
 * @param {HTMLElement} root @param {(focus: string) => void} look
 */
export function createFocus(root, look) {
  const chip = part(root, "focus-chip");
  /** @type {Chosen} */
  let chosen = null;

  const menu = /** @type {HTMLDetailsElement} */ (part(root, "focus-menu"));
  closeMenu(menu);
  /** @param {string} name @param {() => string} focus @param {() => string} words */
  const offer = (name, focus, words) =>
    part(root, name).addEventListener("click", () => {
      menu.open = false;
      show(words());
      look(focus());
    });
  /** @param {string} words */
  const show = (words) => {
    chip.hidden = words === "";
    part(root, "focus-words").textContent = words;
  };
  offer(
    "focus-path",
    () => `path:${chosen?.id}`,
    () => t("{node}: path to the loss", { node: chosen?.name }),
  );
  offer(
    "focus-reach",
    () => `reach:${chosen?.id}`,
    () => t("What {node} reaches", { node: chosen?.name }),
  );
  offer(
    "focus-grad",
    () => "grad",
    () => t("Only what leads to a leaf"),
  );
  part(root, "focus-leave").addEventListener("click", () => {
    show("");
    look("");
  });

  return {
    clear: () => show(""),
    /** @param {Chosen} node */
    choose(node) {
      chosen = node;
      for (const name of ["focus-path", "focus-reach"])
        /** @type {HTMLButtonElement} */ (part(root, name)).disabled = node === null;
      part(root, "focus-hint").hidden = node !== null;
    },
  };
}

/** The node a box stands for, of a group the one nearest to the loss. @param {SVGElement | null} box @returns {Chosen} */
export function chosenOf(box) {
  if (!box?.matches(".node:not(.saved)")) return null;
  const { node, nodes = "", label } = box.dataset;
  const id = node || nodes.split(" ")[0];
  const name = label ?? box.querySelector(".title")?.textContent ?? "";
  return id ? { id: Number(id), name: name.split(" · ")[0] } : null;
}

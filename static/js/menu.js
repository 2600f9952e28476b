// A fold-out menu that closes by itself: on a click elsewhere, when the focus leaves it, and by Escape.

/** @param {HTMLDetailsElement} menu */
export function closeMenu(menu) {
  document.addEventListener("click", ({ target }) => {
    if (!menu.querySelector("summary")?.contains(/** @type {Node} */ (target))) menu.open = false;
  });
  menu.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !menu.contains(relatedTarget)) menu.open = false;
  });
  menu.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
}

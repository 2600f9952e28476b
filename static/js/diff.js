// Two sources side by side with what differs marked: CodeMirror's merge view, or two plain columns without the bundle.

import { part } from "./dom.js";
import { looks } from "./editor.js";
import { t } from "./words.js";

/** @typedef {typeof import("../bundle.mjs")} Vendor */
/** @typedef {{ label: string, source: string }} Side */

/**
 * Shows the two in `root`, in place of what was there.
 * @param {HTMLElement} root @param {Side} left @param {Side} right @param {Vendor | null} vendor
 */
export function showDiff(root, left, right, vendor) {
  const body = part(root, "body");
  part(root, "left").textContent = left.label;
  part(root, "right").textContent = right.label;
  part(root, "same").hidden = left.source !== right.source;
  body.replaceChildren();
  if (vendor) merge(body, left, right, vendor);
  else body.append(...[left, right].map(column));
  root.hidden = false;
}

/** @param {HTMLElement} body @param {Side} left @param {Side} right @param {Vendor} cm */
function merge(body, left, right, cm) {
  const nonce = document.querySelector('meta[name="csp-nonce"]')?.getAttribute("content") ?? "";
  const side = (/** @type {Side} */ { label, source }) => ({
    doc: source,
    extensions: [
      cm.lineNumbers(),
      cm.python(),
      looks(cm),
      cm.EditorView.lineWrapping,
      cm.EditorState.readOnly.of(true),
      cm.EditorView.editable.of(false),
      cm.EditorView.cspNonce.of(nonce),
      cm.EditorView.contentAttributes.of({ "aria-label": t("Source of {label}", { label }), tabindex: "0" }),
    ],
  });
  new cm.MergeView({
    a: side(left),
    b: side(right),
    parent: body,
    collapseUnchanged: { margin: 3, minSize: 6 },
    gutter: true,
  });
}

/** @param {Side} side */
function column({ label, source }) {
  const text = document.createElement("pre");
  text.tabIndex = 0;
  text.setAttribute("aria-label", t("Source of {label}", { label }));
  text.textContent = source;
  return text;
}

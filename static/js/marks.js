// What a run marks in the editor: the line that raised, and the lines of its mistakes, each with its words.

import { isSame } from "./cards.js";
import { t } from "./words.js";

/** @import { Editor, Mark } from "./editor.js" */
/** @import { ExceptionRaised, Handlers, Mistake } from "./events.js" */

/**
 * What the editor does with a run's events: an exception and the mistake behind it are one mark.
 * @param {Editor} editor @returns {Handlers}
 */
export function handlers(editor) {
  /** @type {ExceptionRaised | null} */
  let raised = null;
  /** @type {Mistake[]} */
  let mistakes = [];
  const show = () => {
    const own = mistakes.filter((mistake) => !raised || !isSame(raised, mistake)).map(markOf);
    const { kind, message, line = null, column = null } = raised ?? {};
    editor.mark(raised ? [{ line, column, message: `${kind}: ${message}`, severity: "error" }, ...own] : own);
  };
  return {
    started() {
      [raised, mistakes] = [null, []];
      show();
    },
    exception(event) {
      raised = event;
      show();
    },
    mistake(event) {
      mistakes.push(event);
      show();
    },
  };
}

/** @param {Mistake} mistake @returns {Mark} */
function markOf({ severity, line, column, explanation }) {
  const words = { error: t("Error"), warning: t("Warning"), note: t("Note") };
  return {
    line,
    column,
    message: `${words[severity]}: ${explanation}`,
    severity: severity === "note" ? "info" : severity,
  };
}

// The source text: CodeMirror from the bundle, or the plain text area that the page came with.

import { emit } from "./dom.js";

/** @typedef {typeof import("../bundle.mjs")} Vendor */
/** @typedef {"error" | "warning" | "info"} Severity */
/** @typedef {{ line: number | null, column: number | null, message: string, severity: Severity }} Mark */
/**
 * @typedef {{
 *   source: () => string, replace: (text: string) => void, show: (line: number) => void,
 *   light: (line: number | null) => void, mark: (marks: Mark[]) => void,
 *   change: (from: number, to: number, text: string) => void,
 * }} Editor `change` puts text between two places, to be undone in one step
 */

/**
 * The editor in place of `area`; `changed` is called at each change by hand or by `replace`.
 * @param {HTMLTextAreaElement} area @param {Vendor | null} vendor @param {() => void} changed @param {() => void} run
 * @returns {Editor}
 */
export function createEditor(area, vendor, changed, run) {
  return vendor ? codeMirror(area, vendor, changed, run) : textArea(area, changed, run);
}

/** @param {HTMLTextAreaElement} area @param {() => void} changed @param {() => void} run @returns {Editor} */
function textArea(area, changed, run) {
  const goTo = (/** @type {number} */ line) => {
    const start =
      area.value
        .split("\n")
        .slice(0, line - 1)
        .join("\n").length + (line > 1 ? 1 : 0);
    area.focus();
    area.setSelectionRange(start, start + (area.value.slice(start).split("\n")[0]?.length ?? 0));
  };
  area.addEventListener("input", changed);
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
  });
  return {
    source: () => area.value,
    replace(text) {
      area.value = text;
      changed();
    },
    show: goTo,
    change(from, to, text) {
      area.setRangeText(text, from, to);
      changed();
    },
    light() {},
    mark: (marks) => area.setAttribute("aria-invalid", String(marks.some(({ severity }) => severity === "error"))),
  };
}

/**
 * @param {HTMLTextAreaElement} area @param {Vendor} cm @param {() => void} changed @param {() => void} run
 * @returns {Editor}
 */
function codeMirror(area, cm, changed, run) {
  const { EditorView } = cm;
  const lit = litLine(cm);
  const watch = EditorView.updateListener.of((update) => {
    if (update.docChanged) changed();
    const byHand = update.transactions.some(
      (transaction) => transaction.isUserEvent("select") || transaction.isUserEvent("input"),
    );
    if (byHand)
      emit("light", { source: "editor", line: update.state.doc.lineAt(update.state.selection.main.head).number });
  });
  const view = new EditorView({
    doc: area.value,
    extensions: [
      cm.keymap.of([{ key: "Mod-Enter", run: () => (run(), true) }]),
      watch,
      lit.field,
      setup(cm),
      looks(cm),
      typingOver(cm),
      EditorView.cspNonce.of(document.querySelector('meta[name="csp-nonce"]')?.getAttribute("content") ?? ""),
      EditorView.contentAttributes.of({ "aria-label": area.getAttribute("aria-label") ?? "", tabindex: "0" }),
    ],
  });
  area.hidden = true;
  area.after(view.dom);
  view.contentDOM.addEventListener("blur", () => emit("light", { source: "editor" }));
  return {
    source: () => view.state.doc.toString(),
    replace: (text) => view.dispatch({ changes: smallest(view.state.doc.toString(), text), userEvent: "replace" }),
    show(number) {
      const line = view.state.doc.line(Math.min(Math.max(number, 1), view.state.doc.lines));
      view.dispatch({
        selection: { anchor: line.from },
        effects: EditorView.scrollIntoView(line.from, { y: "center" }),
      });
      view.focus();
    },
    change: (from, to, insert) => view.dispatch({ changes: { from, to, insert }, userEvent: "knob" }),
    light: (line) => view.dispatch({ effects: lit.effect.of(line) }),
    mark: (marks) =>
      view.dispatch(
        cm.setDiagnostics(
          view.state,
          marks.flatMap((mark) => diagnostic(view.state.doc, mark)),
        ),
      ),
  };
}

/** The one change between two texts, so that what stays the same keeps its place and its marks. @param {string} old @param {string} text */
function smallest(old, text) {
  const shorter = Math.min(old.length, text.length);
  let from = 0;
  while (from < shorter && old[from] === text[from]) from += 1;
  let end = 0;
  while (end < shorter - from && old[old.length - 1 - end] === text[text.length - 1 - end]) end += 1;
  return { from, to: old.length - end, insert: text.slice(from, text.length - end) };
}

/**
 * Typing over a selection, done by the editor: Chromium's own way gives the new text a style attribute, which the
 * page's policy blocks and complains of.
 * @param {Vendor} cm
 */
function typingOver({ EditorView }) {
  return EditorView.domEventHandlers({
    beforeinput(event, view) {
      const { main } = view.state.selection;
      const text = event.data;
      if (event.inputType !== "insertText" || text === null || main.empty || view.composing) return false;
      const insert = () =>
        view.state.update(view.state.replaceSelection(text), { userEvent: "input.type", scrollIntoView: true });
      const taken = view.state
        .facet(EditorView.inputHandler)
        .some((take) => take(view, main.from, main.to, text, insert));
      if (!taken) view.dispatch(insert());
      event.preventDefault();
      return true;
    },
  });
}

/** Everything the editor can do beyond text. @param {Vendor} cm */
function setup(cm) {
  return [
    cm.lineNumbers(),
    cm.highlightActiveLine(),
    cm.highlightActiveLineGutter(),
    cm.highlightSpecialChars(),
    cm.history(),
    cm.drawSelection(),
    cm.indentOnInput(),
    cm.indentUnit.of("    "),
    cm.bracketMatching(),
    cm.closeBrackets(),
    cm.autocompletion({ activateOnTyping: false }),
    cm.search({ top: true }),
    cm.highlightSelectionMatches(),
    cm.lintGutter(),
    cm.python(),
    cm.EditorState.tabSize.of(4),
    cm.keymap.of([
      ...cm.closeBracketsKeymap,
      ...cm.defaultKeymap,
      ...cm.searchKeymap,
      ...cm.historyKeymap,
      ...cm.completionKeymap,
      ...cm.lintKeymap,
      cm.indentWithTab,
    ]),
  ];
}

/** Highlighting by the page's own variables, so that it follows the theme. @param {Vendor} cm */
export function looks({ HighlightStyle, syntaxHighlighting, tags }) {
  const colour = (/** @type {string} */ name) => `var(--code-${name})`;
  return syntaxHighlighting(
    HighlightStyle.define([
      {
        tag: [
          tags.keyword,
          tags.operatorKeyword,
          tags.controlKeyword,
          tags.definitionKeyword,
          tags.moduleKeyword,
          tags.self,
        ],
        color: colour("keyword"),
      },
      { tag: [tags.string, tags.special(tags.string)], color: colour("string") },
      { tag: [tags.number, tags.bool, tags.null], color: colour("number") },
      { tag: [tags.comment], color: colour("comment"), fontStyle: "italic" },
      { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: colour("call") },
      { tag: [tags.definition(tags.className), tags.className, tags.meta], color: colour("class") },
    ]),
  );
}

/** The line another panel points at. @param {Vendor} cm */
function litLine({ Decoration, EditorView, StateEffect, StateField }) {
  const effect = /** @type {import("@codemirror/state").StateEffectType<number | null>} */ (StateEffect.define());
  const style = Decoration.line({ class: "cm-lit" });
  const field = /** @type {import("@codemirror/state").StateField<import("@codemirror/view").DecorationSet>} */ (
    StateField.define({
      create: () => Decoration.none,
      update(lines, transaction) {
        const asked = transaction.effects.find((each) => each.is(effect));
        if (!asked) return lines.map(transaction.changes);
        const { doc } = transaction.state;
        const known = asked.value !== null && asked.value >= 1 && asked.value <= doc.lines;
        return known ? Decoration.set([style.range(doc.line(asked.value).from)]) : Decoration.none;
      },
      provide: (own) => EditorView.decorations.from(own),
    })
  );
  return { effect, field };
}

/**
 * The squiggle of a mark: from its column to the end of the line, or under the whole line.
 * @param {import("@codemirror/state").Text} doc @param {Mark} mark @returns {import("@codemirror/lint").Diagnostic[]}
 */
function diagnostic(doc, { line: number, column, message, severity }) {
  if (number === null || number < 1 || number > doc.lines) return [];
  const line = doc.line(number);
  const indent = line.text.length - line.text.trimStart().length;
  const from = Math.min(line.from + Math.max(column ?? 0, indent), Math.max(line.to - 1, line.from));
  return [{ from, to: line.to, severity, message }];
}

// The cards of what went wrong or may surprise: an exception and the mistake behind it are one card, worst first.

import { clone, emit, leadToLine, slot } from "./dom.js";
import { t } from "./words.js";

/** @import { ExceptionRaised, Mistake } from "./events.js" */
/** @typedef {{ source: () => string, diff: (root: HTMLElement, left: Side, right: Side) => void }} Tools */
/** @typedef {import("./diff.js").Side} Side */
/** @typedef {Mistake["severity"]} Severity */
/** @typedef {{ element: HTMLElement, severity: Severity, raised: ExceptionRaised | null, mistake: Mistake | null }} Card */

const SEVERITIES = /** @type {const} */ (["error", "warning", "note"]);

/**
 * The cards in `place`, made from the templates of `root`; `tally` says how many there are of each severity.
 * @param {HTMLElement} root @param {HTMLElement} place @param {HTMLElement} tally @param {Tools} tools
 */
export function createCards(root, place, tally, tools) {
  /** @type {Card[]} */
  let cards = [];
  let source = "";

  /** @param {ExceptionRaised | null} raised @param {Mistake | null} mistake @param {Card} [old] the card it takes the place of */
  const put = (raised, mistake, old) => {
    const severity = raised ? "error" : (mistake?.severity ?? "note");
    const element = fill(clone(root, "card"), severity, raised, mistake, source, tools);
    cards = cards.filter((card) => card !== old);
    old?.element.remove();
    const next = cards.find((card) => SEVERITIES.indexOf(card.severity) > SEVERITIES.indexOf(severity));
    place.insertBefore(element, next?.element ?? null);
    cards.splice(next ? cards.indexOf(next) : cards.length, 0, { element, severity, raised, mistake });
    tally.textContent = SEVERITIES.map((each) => count(each, cards))
      .filter(Boolean)
      .join(", ");
  };

  return {
    clear() {
      cards = [];
      source = tools.source();
      place.replaceChildren();
      tally.textContent = "";
    },
    /** @param {ExceptionRaised} raised */
    raise(raised) {
      const known = cards.find(({ mistake }) => mistake && isSame(raised, mistake));
      put(raised, known?.mistake ?? null, known);
    },
    /** @param {Mistake} mistake */
    mistake(mistake) {
      const known = cards.find((card) => card.raised && !card.mistake && isSame(card.raised, mistake));
      put(known?.raised ?? null, mistake, known);
    },
  };
}

/** Whether an exception is what this mistake led to. @param {ExceptionRaised} raised @param {Mistake} mistake */
export const isSame = (raised, mistake) =>
  raised.mistake === mistake.id && (raised.line === mistake.line || mistake.line === null || raised.line === null);

/** @param {Severity} severity @param {Card[]} cards */
function count(severity, cards) {
  const count = cards.filter((card) => card.severity === severity).length;
  if (count === 0) return "";
  if (severity === "error") return count === 1 ? t("1 error") : t("{count} errors", { count });
  if (severity === "warning") return count === 1 ? t("1 warning") : t("{count} warnings", { count });
  return count === 1 ? t("1 note") : t("{count} notes", { count });
}

/**
 * @param {HTMLElement} card @param {Severity} severity @param {ExceptionRaised | null} raised
 * @param {Mistake | null} mistake @param {string} source @param {Tools} tools
 */
function fill(card, severity, raised, mistake, source, tools) {
  const words = { error: t("Error"), warning: t("Warning"), note: t("Note") };
  card.classList.add(severity);
  slot(card, "severity").textContent = words[severity];
  slot(card, "kind").textContent = raised?.kind ?? "";
  slot(card, "variable").textContent = mistake?.variable ?? "";
  leadToLine(slot(card, "line"), raised?.line ?? mistake?.line ?? null);
  slot(card, "message", raised?.message ?? mistake?.message ?? "");
  slot(card, "explanation", raised?.explanation ?? mistake?.explanation ?? "");
  slot(card, "fix", raised?.fix ?? mistake?.fix ?? "");
  slot(card, "traceback", raised?.traceback ?? "");
  offer(card, mistake?.fixed_source ?? null, source, tools);
  return card;
}

/** The corrected source: shown beside the program that ran, and put in its place. @param {HTMLElement} card @param {string | null} fixed @param {string} source @param {Tools} tools */
function offer(card, fixed, source, tools) {
  const place = slot(card, "diff");
  slot(card, "tools").hidden = fixed === null;
  if (fixed === null) return;
  slot(card, "show").addEventListener("click", ({ currentTarget }) => {
    const button = /** @type {HTMLElement} */ (currentTarget);
    const isOpen = button.ariaExpanded === "true";
    button.ariaExpanded = String(!isOpen);
    button.textContent = isOpen ? t("Show the fix") : t("Hide the fix");
    place.hidden = isOpen;
    if (!isOpen) tools.diff(place, { label: t("Your code"), source }, { label: t("With the fix"), source: fixed });
  });
  slot(card, "apply").addEventListener("click", () => emit("source", fixed));
}

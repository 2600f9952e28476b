// The lesson panel: programs to try, and predictions that the real run checks.

import { part } from "../dom.js";
import { agrees, createReading, written } from "../prediction.js";
import { t } from "../words.js";

/** @import { Handlers } from "../events.js" */
/** @typedef {{ run: (source: string) => void, kept: (name: string) => string | null, keep: (name: string, value: string) => void }} Desk */

/**
 * `run` puts a program into the editor and runs it; `keep` and `kept` remember which lessons are done.
 * @param {HTMLElement} root @param {Desk} desk @returns {Handlers}
 */
export function mount(root, { run, kept, keep }) {
  const slug = root.dataset.lesson ?? "";
  const questions = /** @type {HTMLFormElement[]} */ ([...root.querySelectorAll("[data-part=question]")]);
  let reading = createReading();
  /** @type {HTMLFormElement | null} the question that the run under way is to answer */
  let asked = null;
  /** @type {string} */
  let program = "";

  for (const figure of root.querySelectorAll("[data-part=program]"))
    part(figure, "try").addEventListener("click", () => {
      asked = null;
      run(figure.querySelector("code")?.textContent ?? "");
    });

  for (const question of questions)
    question.addEventListener("submit", (event) => {
      event.preventDefault();
      if (prediction(question) === "")
        return say(question, t("Predict something first; the run tells whether it holds."), "");
      asked = question;
      program = question.dataset.program ?? "";
      say(question, t("Running…"), "");
      run(program);
    });

  const showDone = () => {
    const done = new Set(JSON.parse(kept("lessons") ?? "[]"));
    if (questions.length > 0 && questions.every((each) => each.dataset.state)) done.add(slug);
    keep("lessons", JSON.stringify([...done]));
    part(root, "done").hidden = !done.has(slug);
  };
  showDone();

  const judge = () => {
    if (!asked) return;
    const read = asked.dataset.read ?? "";
    const answer = reading.answer(read);
    if (answer === undefined)
      return say(
        asked,
        t("The run told nothing of {read}. Run it again; if that does not help, the question is at fault.", { read }),
        "",
      );
    const mine = prediction(asked);
    const right = agrees(mine, answer);
    const values = { mine, real: written(answer) };
    const words = right
      ? t("Right: the run says {real}.", values)
      : t("You predicted {mine}; the run says {real}.", values);
    say(asked, words, right ? "right" : "wrong");
    part(asked, "because").hidden = !part(asked, "because").textContent;
    asked = null;
    showDone();
  };

  const take = (/** @type {import("../events.js").Event} */ event) => reading.take(event);
  return {
    started: () => void (reading = createReading()),
    tensor: take,
    exception: take,
    stdout: take,
    graph: take,
    finished: judge,
  };
}

/** What was picked or typed. @param {HTMLFormElement} question */
const prediction = (question) => String(new FormData(question).get("prediction") ?? "").trim();

/** @param {HTMLFormElement} question @param {string} words @param {"" | "right" | "wrong"} state */
function say(question, words, state) {
  const answer = part(question, "answer");
  answer.textContent = words;
  answer.dataset.state = state;
  if (state) question.dataset.state = state;
}

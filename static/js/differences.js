// What differs between programs, in their own words: changed knobs, else the first line the others don't have.

import { t } from "./words.js";

/** @import { Knob } from "./knobs.js" */
/** @typedef {{ id: string, title: string | null, source: string }} Program */
/** @typedef {(source: string) => Knob[]} FindKnobs */

const MOST_CHARACTERS = 60;
const MOST_REPEATED = 28;
const MOST_TITLE = 200;
const NUMBERS = /^\w[\w, ]*(:\s*\w+\s*)?=[-+\d.,e_\s()]+(#.*)?$/i;

/**
 * A label for each program: `learning_rate = 1e-4`, a line of its own, or its title.
 * @param {Program[]} programs @param {FindKnobs} find @returns {Record<string, string>}
 */
export function labelsOf(programs, find) {
  const knobs = programs.map(({ source }) => new Map(find(source).map(({ name, text }) => [name, text])));
  const lines = programs.map(({ source }) => linesOf(source));
  const titles = new Set(programs.map(({ title }) => title));
  const strangers = titles.size === programs.length && areStrangers(programs, find);
  const labels = programs.map((program, place) => {
    if (strangers && program.title) return program.title;
    const changed = [...knobs[place]].filter(([name, text]) => knobs.some((other) => other.get(name) !== text));
    if (changed.length > 0 && changed.length <= 4) return changed.map(([name, text]) => `${name} = ${text}`).join(", ");
    if (program.title && titles.size === programs.length) return program.title;
    const own = [...lines[place]].find((line) => lines.some((other) => !other.has(line)));
    return own && programs.length > 1 ? shorten(own) : (program.title ?? headline(program.source));
  });
  return Object.fromEntries(programs.map(({ id }, place) => [id, unique(labels, place)]));
}

/** Whether programs have names of their own and differ in more than their knobs. @param {Program[]} programs @param {FindKnobs} find */
function areStrangers(programs, find) {
  const names = new Set(programs.map(({ title }) => title && nameOf(title).name));
  const bare = programs.map(({ source }) => {
    const places = [...new Map(find(source).map(({ from, to }) => [from, to]))].sort(([one], [other]) => other - one);
    return places.reduce((text, [from, to]) => text.slice(0, from) + text.slice(to), source);
  });
  return names.size > 1 && new Set(bare).size > 1;
}

/** A title's program, and the knobs it tells after it. @param {string} title */
function nameOf(title) {
  const [, name, knobs = ""] = title.match(/^(.*?)(?: · (\w+ = [^,]+(?:, \w+ = [^,]+)*))?$/s) ?? ["", title];
  return { name, knobs: knobs.split(", ").filter(Boolean) };
}

/**
 * What a run is called: the program it came from and the knobs that were changed in it, else its first words.
 * @param {Program | null} base @param {string} source @param {FindKnobs} find
 * @param {string} [always] a knob that is told though it was not changed
 */
export function titleFrom(base, source, find, always) {
  const known = base?.title && areRelated(base.source, source) ? base : null;
  const { name, knobs } = nameOf(known?.title ?? headline(source));
  const told = new Map(knobs.map((words) => [words.split(" = ")[0], words]));
  const before = new Map(find(known?.source ?? source).map(({ name, text }) => [name, text]));
  for (const { name, text } of find(source))
    if (name === always || before.get(name) !== text) told.set(name, `${name} = ${text}`);
  return [name, [...told.values()].join(", ")].filter(Boolean).join(" · ").slice(0, MOST_TITLE);
}

/** A label that occurs twice gets its place. @param {string[]} labels @param {number} place */
function unique(labels, place) {
  const same = labels.slice(0, place).filter((label) => label === labels[place]).length;
  return same === 0 ? labels[place] : `${shorten(labels[place], MOST_REPEATED)} (${same + 1})`;
}

/** Whether two sources are one program in two versions: half of their lines are the same. @param {string} one @param {string} other */
export function areRelated(one, other) {
  const [lines, others] = [linesOf(one), linesOf(other)];
  const shared = [...lines].filter((line) => others.has(line)).length;
  return shared * 2 >= Math.max(lines.size, others.size);
}

/** What a person would call a program: its first comment or docstring, else its first line that does more than set a number. @param {string} source */
export function headline(source) {
  const lines = source.split("\n").map((line) => line.trim());
  const spoken = lines.find(Boolean)?.match(/^(?:#+|"{3}|'{3})\s*(.*?)\s*(?:"{3}|'{3})?$/)?.[1];
  const acts = lines.filter(
    (line) => line && !/^(import|from|#|"""|'''|torch\.manual_seed|np\.random\.seed)/.test(line),
  );
  return shorten(spoken || acts.find((line) => !NUMBERS.test(line)) || acts[0] || t("Empty program"));
}

/** @param {string} source */
const linesOf = (source) => new Set(source.split("\n").flatMap((line) => (line.trim() ? [line.trim()] : [])));

/** @param {string} text @param {number} [most] */
const shorten = (text, most = MOST_CHARACTERS) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

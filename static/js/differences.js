// What differs between programs, in their own words: changed knobs, else the first line the others don't have.

/** @import { Knob } from "./knobs.js" */
/** @typedef {{ id: string, title: string | null, source: string }} Program */
/** @typedef {(source: string) => Knob[]} FindKnobs */

const MOST_CHARACTERS = 60;

/**
 * A label for each program: `learning_rate = 1e-4`, a line of its own, or its title.
 * @param {Program[]} programs @param {FindKnobs} find @returns {Record<string, string>}
 */
export function labelsOf(programs, find) {
  const knobs = programs.map(({ source }) => new Map(find(source).map(({ name, text }) => [name, text])));
  const lines = programs.map(({ source }) => linesOf(source));
  const titles = new Set(programs.map(({ title }) => title));
  const labels = programs.map((program, place) => {
    const changed = [...knobs[place]].filter(([name, text]) => knobs.some((other) => other.get(name) !== text));
    if (changed.length > 0 && changed.length <= 4) return changed.map(([name, text]) => `${name} = ${text}`).join(", ");
    if (program.title && titles.size === programs.length) return program.title;
    const own = [...lines[place]].find((line) => lines.some((other) => !other.has(line)));
    return own && programs.length > 1 ? shorten(own) : (program.title ?? headline(program.source));
  });
  return Object.fromEntries(programs.map(({ id }, place) => [id, unique(labels, place)]));
}

/** A label that occurs twice gets its place. @param {string[]} labels @param {number} place */
function unique(labels, place) {
  const same = labels.slice(0, place).filter((label) => label === labels[place]).length;
  return same === 0 ? labels[place] : `${labels[place]} (${same + 1})`;
}

/** Whether two sources are one program in two versions: half of their lines are the same. @param {string} one @param {string} other */
export function areRelated(one, other) {
  const [lines, others] = [linesOf(one), linesOf(other)];
  const shared = [...lines].filter((line) => others.has(line)).length;
  return shared * 2 >= Math.max(lines.size, others.size);
}

/** What a person would call a program: its first comment or docstring, else its first line that does something. @param {string} source */
export function headline(source) {
  const lines = source.split("\n").map((line) => line.trim());
  const spoken = lines.find(Boolean)?.match(/^(?:#+|"{3}|'{3})\s*(.*?)\s*(?:"{3}|'{3})?$/)?.[1];
  const acts = lines.find((line) => line && !/^(import|from|#|"""|'''|torch\.manual_seed|np\.random\.seed)/.test(line));
  return shorten(spoken || acts || "Empty program");
}

/** @param {string} source */
const linesOf = (source) => new Set(source.split("\n").flatMap((line) => (line.trim() ? [line.trim()] : [])));

/** @param {string} text */
const shorten = (text) => (text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text);

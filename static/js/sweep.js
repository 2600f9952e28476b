// One knob, several values: `1e-6, 3e-6`, `1e-6..1e-4 x5` or `10:100:30`, and a run for each.

import { isInteger, readNumber } from "./knobs.js";
import { t } from "./words.js";

/** @typedef {{ values: string[], problem: string }} Sweep the values as literals, or what is wrong */

const MOST_RUNS = 20;
const RANGE = /^(\S+?)\s*\.\.\s*(\S+)(?:\s+[x×*]?\s*|\s*[x×*]\s*)(\d+)$/i;
const DECADE = 10;
const HOW = t("Write values such as 1e-6, 3e-6, a range such as 1e-6..1e-4 x5, or start:stop:step.");

/**
 * What a person asked for; `literal` is what stands in the code now.
 * @param {string} text @param {string} literal @returns {Sweep}
 */
export function readSweep(text, literal) {
  const asked = text.trim();
  const range = asked.match(RANGE);
  const ladder = asked.split(":");
  const values =
    asked === ""
      ? { values: [], problem: HOW }
      : range
        ? spread(range[1], range[2], Number(range[3]), literal)
        : ladder.length === 3
          ? climb(ladder)
          : list(asked);
  if (values.problem) return values;
  const unique = [...new Set(values.values)];
  if (unique.length > MOST_RUNS)
    return {
      values: [],
      problem: t("That makes {count} runs; at most {most} start at once. Take fewer values.", {
        count: unique.length,
        most: MOST_RUNS,
      }),
    };
  if (unique.length < 2)
    return { values: [], problem: `${t("That is one value; a sweep compares at least two.")} ${HOW}` };
  return { values: unique, problem: "" };
}

/** @param {string} text @returns {Sweep} */
function list(text) {
  const values = text.split(/[\s,;]+/).filter(Boolean);
  const wrong = values.find((value) => readNumber(value) === null);
  return wrong === undefined ? { values, problem: "" } : { values: [], problem: noNumber(wrong) };
}

/** So many values between two, each the same factor from the next where they span a power of ten. @param {string} first @param {string} last @param {number} count @param {string} literal @returns {Sweep} */
function spread(first, last, count, literal) {
  const [from, to] = [readNumber(first), readNumber(last)];
  if (from === null || to === null) return { values: [], problem: noNumber(from === null ? first : last) };
  if (count < 2 || count > MOST_RUNS)
    return {
      values: [],
      problem: t("A range is cut into 2 to {most} values, not {count}: write x5 after it.", { most: MOST_RUNS, count }),
    };
  const log = from * to > 0 && Math.max(to / from, from / to) >= DECADE;
  const whole = isInteger(literal) && Number.isInteger(from) && Number.isInteger(to);
  const values = Array.from({ length: count }, (_, place) => {
    const share = place / (count - 1);
    const value = log ? from * (to / from) ** share : from + (to - from) * share;
    return write(whole ? Math.round(value) : Number(value.toPrecision(3)));
  });
  return { values: [first, ...values.slice(1, -1), last], problem: "" };
}

/** Steps from one end to the other, the end included. @param {string[]} texts @returns {Sweep} */
function climb(texts) {
  const [from, to, by] = texts.map(readNumber);
  if (from === null || to === null || by === null) {
    const wrong = texts.find((text) => readNumber(text) === null);
    return { values: [], problem: noNumber(wrong?.trim()) };
  }
  const steps = (to - from) / by;
  if (!(steps >= 0) || !Number.isFinite(steps))
    return {
      values: [],
      problem: t("A step of {by} never leads from {from} to {to}. Turn its sign or the ends round.", { by, from, to }),
    };
  const count = Math.floor(steps + 1e-9) + 1;
  const places = Array.from({ length: Math.min(count, MOST_RUNS + 1) }, (_, place) => place);
  if (count > MOST_RUNS)
    return {
      values: [],
      problem: t("That makes {count} runs; at most {most} start at once. Take a longer step.", {
        count,
        most: MOST_RUNS,
      }),
    };
  return { values: places.map((place) => write(Number((from + place * by).toPrecision(12)))), problem: "" };
}

/** @param {string | null | undefined} text */
const noNumber = (text) => `${t("“{text}” is no number.", { text })} ${HOW}`;

/** A number as a Python literal, short. @param {number} value */
function write(value) {
  const size = Math.abs(value);
  if (size === 0 || Number.isInteger(value) ? size < 1e15 : size >= 1e-3) return String(value);
  return value.toExponential().replace("e+", "e");
}

/**
 * Starts a run for each program, one after the other; where the server is full it waits as long as it says, and goes on.
 * @param {{ title: string, source: string }[]} programs
 * @param {(program: { title: string, source: string }) => Promise<unknown>} start
 * @param {(words: string) => void} tell
 */
export async function startAll(programs, start, tell) {
  const stay = (/** @type {BeforeUnloadEvent} */ event) => event.preventDefault();
  addEventListener("beforeunload", stay);
  try {
    for (const [place, program] of programs.entries()) {
      tell(t("Starting {place} of {total}…", { place: place + 1, total: programs.length }));
      while (
        !(await startOne(program, start, (s) =>
          tell(
            t("{place} of {total} started; the server has no room yet, the next is tried in {s} s.", {
              place,
              total: programs.length,
              s,
            }),
          ),
        ))
      );
    }
  } finally {
    removeEventListener("beforeunload", stay);
  }
}

/** @param {{ title: string, source: string }} program @param {(program: { title: string, source: string }) => Promise<unknown>} start @param {(seconds: number) => void} wait */
async function startOne(program, start, wait) {
  try {
    await start(program);
    return true;
  } catch (error) {
    const { status, retryAfter_s } = /** @type {{ status?: number, retryAfter_s?: number }} */ (error);
    if (status !== 429) throw error;
    const seconds = Math.max(1, retryAfter_s ?? 1);
    wait(seconds);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return false;
  }
}

// A program's knobs: its top-level numbers before the first loop, found in the editor's own syntax tree.

/** @typedef {typeof import("../bundle.mjs")} Vendor */
/** @typedef {import("@lezer/common").SyntaxNode} SyntaxNode */
/** @typedef {{ name: string, text: string, from: number, to: number }} Knob a name, and the number that stands between two places */

const LOOPS = new Set(["ForStatement", "WhileStatement"]);

/**
 * The knobs in the order they stand; of a name set twice the last before the loop.
 * @param {string} source @param {Vendor | null} vendor @returns {Knob[]}
 */
export function findKnobs(source, vendor) {
  if (!vendor) return [];
  /** @type {Map<string, Knob>} */
  const knobs = new Map();
  const tree = vendor.pythonLanguage.parser.parse(source);
  for (let node = tree.topNode.firstChild; node && !LOOPS.has(node.name); node = node.nextSibling) {
    if (node.name !== "AssignStatement") continue;
    for (const knob of knobsOf(node, source)) knobs.set(knob.name, knob);
  }
  return [...knobs.values()].filter((knob) => !isCounter(knob, source));
}

/** Whether a number is where counting or adding up begins: zero, and added to further on. @param {Knob} knob @param {string} source */
function isCounter({ name, text }, source) {
  return (
    readNumber(text) === 0 && source.split("\n").some((line) => line.trim().replace(" ", "").startsWith(`${name}+=`))
  );
}

/** `a = 1`, `a: float = 1`, `a, b = 1, 2` and `a = b = 1`: the names, each with its own number. @param {SyntaxNode} statement @param {string} source @returns {Knob[]} */
function knobsOf(statement, source) {
  /** @type {SyntaxNode[][][]} */
  const sides = [[[]]];
  for (let node = statement.firstChild; node; node = node.nextSibling) {
    if (node.name === "AssignOp") sides.push([[]]);
    else if (node.name === ",") sides.at(-1)?.push([]);
    else if (node.name !== "TypeDef") sides.at(-1)?.at(-1)?.push(node);
  }
  const values = unpack(sides.at(-1) ?? []);
  return sides.slice(0, -1).flatMap((side) => {
    const names = unpack(side);
    if (names.length !== values.length) return [];
    return names.flatMap(([name, ...more], place) => {
      const [value, ...rest] = values[place];
      if (name?.name !== "VariableName" || more.length + rest.length > 0 || !isNumber(value, source)) return [];
      const text = source.slice(value.from, value.to);
      return [{ name: source.slice(name.from, name.to), text, from: value.from, to: value.to }];
    });
  });
}

/** A parenthesised tuple is its elements. @param {SyntaxNode[][]} items @returns {SyntaxNode[][]} */
function unpack(items) {
  const kept = items.filter((item) => item.length > 0);
  const [only] = kept[0] ?? [];
  if (kept.length !== 1 || only?.name !== "TupleExpression") return kept;
  const inside = [];
  for (let node = only.firstChild; node; node = node.nextSibling)
    if (!["(", ")", ","].includes(node.name)) inside.push([node]);
  return inside;
}

/** @param {SyntaxNode | undefined} node @param {string} source */
function isNumber(node, source) {
  if (node?.name === "Number") return true;
  return node?.name === "UnaryExpression" && readNumber(source.slice(node.from, node.to)) !== null;
}

/**
 * The number a Python literal stands for, or null: `1e-6`, `-0.5`, `1_000`, `0x10`; neither complex nor an expression.
 * @param {string} text
 */
export function readNumber(text) {
  const literal = text.trim();
  const decimal = /^[-+]?(\d+(_\d+)*)?(\.(\d+(_\d+)*)?)?([eE][-+]?\d+(_\d+)*)?$/;
  const other = /^[-+]?0([xX][\da-fA-F]+(_[\da-fA-F]+)*|[oO][0-7]+|[bB][01]+)$/;
  const plain = literal.replaceAll("_", "");
  if (other.test(literal)) return plain.startsWith("-") ? -Number(plain.slice(1)) : Number(plain.replace("+", ""));
  if (!decimal.test(literal) || !/\d/.test(literal) || /^[-+]?\.?[eE]/.test(literal)) return null;
  if (/^[-+]?0\d/.test(plain) && !/[.eE]/.test(plain) && Number(plain) !== 0) return null;
  return Number(plain);
}

/** Whether a literal is an integer in Python. @param {string} text */
export const isInteger = (text) => /^[-+]?\d[\d_]*$/.test(text.trim());

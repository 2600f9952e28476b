// One series' points in typed arrays: appended as they come, smoothed, and thinned to what a screen can show.

/** @import { Float } from "./events.js" */
/**
 * @typedef {{ from: number, to: number, value: number }} Stretch points in a row that are no finite numbers, by place
 * @typedef {{ x: number[], y: (number | null)[] }} Points what is drawn; null breaks the line
 * @typedef {{ from: number, to: number, buckets: number, log: boolean }} View which x are visible, and how wide they stand
 */

const FIRST_ROOM = 1024;
const MOST_STRETCHES = 200;

/** A curve's points. `whole` is false where the server sent a thinned view of it. */
export class Series {
  step = new Float64Array(FIRST_ROOM);
  value = new Float64Array(FIRST_ROOM);
  length = 0;
  whole = true;
  /** Whether steps only ever grow; where they begin again the curve is drawn over the number of the point. */
  ordered = true;
  /** @type {number | null} how many points there will be, where that is known */
  total = null;
  /** @type {Stretch[]} */
  stretches = [];
  lowest = -1;
  highest = -1;
  lowestPositive = Infinity;
  #smooth = { weight: 0, values: new Float64Array(0), length: 0, mean: 0, seen: 0 };

  /** @param {number[]} steps @param {Float[]} values */
  append(steps, values) {
    this.#makeRoom(this.length + steps.length);
    for (let place = 0; place < steps.length; place++) this.#push(steps[place] ?? 0, Number(values[place]));
  }

  /** Where a point stands. @param {number} place */
  x(place) {
    return this.ordered ? this.step[place] : place;
  }

  /** The place of the first point at `x` or right of it. @param {number} x */
  find(x) {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.x(middle) < x) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * The values' moving average, each older one counting `weight` times the next; what is not finite is left out.
   * Source: TensorBoard's smoothing, with its correction for the first points.
   * @param {number} weight
   */
  smoothed(weight) {
    const kept = this.#smooth;
    if (kept.weight !== weight) Object.assign(kept, { weight, length: 0, mean: 0, seen: 0 });
    if (kept.values.length < this.length) {
      const room = new Float64Array(this.value.length);
      room.set(kept.values.subarray(0, kept.length));
      kept.values = room;
    }
    for (; kept.length < this.length; kept.length++) {
      const value = this.value[kept.length];
      if (Number.isFinite(value)) {
        kept.mean = weight * kept.mean + (1 - weight) * value;
        kept.seen += 1;
      }
      kept.values[kept.length] = Number.isFinite(value) ? kept.mean / (1 - weight ** kept.seen) : NaN;
    }
    return kept.values;
  }

  /**
   * At most about three points for each bucket of the view: its lowest, its highest, and a break where one is not finite.
   * @param {View} view @param {Float64Array} [values] @returns {Points}
   */
  thin(view, values = this.value) {
    const first = Math.max(this.find(view.from) - 1, 0);
    const last = Math.min(this.find(view.to) + 1, this.length);
    const every = last - first <= 2 * view.buckets;
    return every ? this.#all(values, first, last, view.log) : this.#extremes(values, first, last, view);
  }

  /** @param {Float64Array} values @param {number} first @param {number} last @param {boolean} log @returns {Points} */
  #all(values, first, last, log) {
    /** @type {Points} */
    const points = { x: [], y: [] };
    for (let place = first; place < last; place++) {
      if (log && this.x(place) <= 0) continue;
      points.x.push(this.x(place));
      points.y.push(Number.isFinite(values[place]) ? values[place] : null);
    }
    return points;
  }

  /** @param {Float64Array} values @param {number} first @param {number} last @param {View} view @returns {Points} */
  #extremes(values, first, last, view) {
    /** @type {Points} */
    const points = { x: [], y: [] };
    const scale = view.log ? (/** @type {number} */ x) => Math.log(Math.max(x, Number.MIN_VALUE)) : Number;
    const start = scale(Math.max(this.x(first), view.log ? 1 : -Infinity));
    const width = (scale(this.x(last - 1)) - start) / view.buckets || 1;
    let [low, high, broken, bucket] = [-1, -1, -1, -1];
    const close = () => {
      for (const place of [...new Set([low, high, broken])].filter((each) => each >= 0).sort((a, b) => a - b)) {
        points.x.push(this.x(place));
        points.y.push(place === broken ? null : values[place]);
      }
      low = high = broken = -1;
    };
    for (let place = first; place < last; place++) {
      const x = this.x(place);
      if (view.log && x <= 0) continue;
      const own = Math.floor((scale(x) - start) / width);
      if (own !== bucket) close();
      bucket = own;
      const value = values[place];
      if (!Number.isFinite(value)) broken = place;
      else if (low < 0) low = high = place;
      else if (value < values[low]) low = place;
      else if (value > values[high]) high = place;
    }
    close();
    return points;
  }

  /** @param {number} step @param {number} value */
  #push(step, value) {
    const place = this.length++;
    if (place > 0 && step < this.step[place - 1]) this.ordered = false;
    this.step[place] = step;
    this.value[place] = value;
    if (!Number.isFinite(value)) this.#break(place, value);
    else {
      if (this.lowest < 0 || value < this.value[this.lowest]) this.lowest = place;
      if (this.highest < 0 || value > this.value[this.highest]) this.highest = place;
      if (value > 0 && value < this.lowestPositive) this.lowestPositive = value;
    }
  }

  /** @param {number} place @param {number} value */
  #break(place, value) {
    const last = this.stretches.at(-1);
    if (last?.to === place - 1) last.to = place;
    else if (this.stretches.length < MOST_STRETCHES) this.stretches.push({ from: place, to: place, value });
  }

  /** @param {number} length */
  #makeRoom(length) {
    if (length <= this.step.length) return;
    const room = Math.max(length, this.step.length * 2);
    for (const column of /** @type {const} */ (["step", "value"])) {
      const wider = new Float64Array(room);
      wider.set(this[column]);
      this[column] = wider;
    }
  }
}

/** How many powers of ten a series' positive values span; 0 where one is not positive. @param {Series} series */
export function decades(series) {
  const [low, high] = [series.value[series.lowest], series.value[series.highest]];
  return series.lowest >= 0 && low > 0 ? Math.log10(high / low) : 0;
}

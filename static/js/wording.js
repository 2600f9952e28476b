// What the chart says in words: how far, how low, what broke and what to do about it.

import { formatCount, formatScalar } from "./dom.js";
import { decades } from "./series.js";
import { t } from "./words.js";

/** @import { Curve, Run } from "./curves.js" */
/** @import { Scale } from "./chart.js" */
/** @import { Series } from "./series.js" */

const HINT_DECADES = 2;
const MOST_DESCRIBED = 3;

/** The newest and the lowest point of each curve. @param {Curve[]} curves */
export function describe(curves) {
  return curves
    .filter(({ line }) => line.series.length > 0)
    .slice(0, MOST_DESCRIBED)
    .map(({ line }) => describeOne(line.label, line.series))
    .join("; ");
}

/** @param {string} label @param {Series} series */
function describeOne(label, series) {
  const last = series.length - 1;
  const words = t("{label} {value} at step {step}", {
    label,
    value: formatScalar(series.value[last]),
    step: formatCount(series.step[last]),
  });
  if (series.lowest < 0 || series.lowest === last) return words;
  return `${words}, ${t("lowest {value} at {step}", { value: formatScalar(series.value[series.lowest]), step: formatCount(series.step[series.lowest]) })}`;
}

/** How many points there are, how fast they come, and how long it may still take. @param {Run} run @param {Curve} curve */
export function progress(run, curve) {
  const { series } = curve.line;
  const count = Math.max(curve.count, series.length);
  const { total } = series;
  if (!run.going || count < 2) {
    const points = pointsWord(count);
    const { lowest } = series;
    if (lowest < 0 || count < 2) return points;
    return `${points} · ${t("lowest {value} at step {step}", { value: formatScalar(series.value[lowest]), step: formatCount(series.step[lowest]) })}`;
  }
  const rate = ((count - 1) * 1000) / (curve.last_ms - curve.first_ms);
  const words = [
    total ? t("{count} of {total}", { count: formatCount(count), total: formatCount(total) }) : formatCount(count),
  ];
  if (Number.isFinite(rate)) words.push(t("{rate} steps/s", { rate: rate < 10 ? rate.toFixed(1) : formatCount(rate) }));
  if (Number.isFinite(rate) && total && total > count)
    words.push(t("{time} left", { time: formatSeconds((total - count) / rate) }));
  return words.join(" · ");
}

/** So many points, in words. @param {number} count */
export const pointsWord = (count) => (count === 1 ? t("1 point") : t("{count} points", { count: formatCount(count) }));

/** A time as it is read; short ones with so many digits. @param {number} seconds @param {number} [digits] */
export function formatSeconds(seconds, digits = 0) {
  if (digits > 0 && seconds < 60)
    return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(digits)} s`;
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.ceil((seconds % 3600) / 60)} min`;
}

/** What to do about the first value that is no finite number, or what a logarithmic axis can't show. @param {Curve[]} curves @param {Scale} scale */
export function warning(curves, scale) {
  const broken = curves.find(({ line }) => line.series.stretches.length > 0);
  if (broken) return explainBreak(broken.line.label, broken.line.series);
  const unseen = curves.find(({ line }) => scale.logY && line.series.value[line.series.lowest] <= 0);
  return unseen
    ? t("Values of {label} at or below zero have no place on a log scale: they are left out.", {
        label: unseen.line.label,
      })
    : "";
}

/** @param {string} label @param {Series} series */
function explainBreak(label, series) {
  const { from, value } = series.stretches[0];
  const values = { label, value: formatScalar(value), step: formatCount(series.step[from]) };
  if (!Number.isNaN(value))
    return (
      t("{label} is {value} at step {step}: it grew past the largest number a float holds.", values) +
      ` ${t("Usually the steps are too long: lower the learning rate, to a tenth at first.")}`
    );
  const advice =
    from > 0
      ? t(
          "Lower the learning rate first. If it stays, look in the step before, {before}, for log, sqrt or a division by zero;",
          { before: formatCount(series.step[from - 1]) },
        )
      : t(
          "Nothing was learnt before it, so it is not the learning rate: look in the data for a NaN, and in the code for log, sqrt or a division by zero;",
        );
  const anomaly = t("torch.autograd.set_detect_anomaly(True) names the operation whose gradient became NaN.");
  return `${t("{label} is NaN at step {step}.", values)} ${advice} ${anomaly}`;
}

/** A word for a log axis where it would show more. @param {Curve[]} curves @param {Scale} scale */
export function suggestion(curves, scale) {
  const [curve] = curves;
  const span = curve ? decades(curve.line.series) : 0;
  return !scale.logY && span >= HINT_DECADES
    ? t("Spans {span} powers of ten: log scale", { span: Math.round(span) })
    : "";
}

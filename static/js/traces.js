// What Plotly is given: a line's visible points as traces, marks where a value is not finite, and the axes' looks.

import { t } from "./words.js";

/** @import { Line, Scale } from "./chart.js" */
/** @import { Series, View } from "./series.js" */

const FEW_POINTS = 40;
const FAR_APART = 10;
const NEAR = 3;
const MOST_MARKS = 40;

/**
 * The traces of all lines; a smoothed line keeps its raw one behind it, faint.
 * @param {Line[]} lines @param {Scale} scale @param {View} view
 */
export function tracesOf(lines, scale, view) {
  const right = onTheRight(lines, scale);
  const smooth = scale.smoothing > 0;
  return lines.flatMap((line) => {
    const series = visible(line, view);
    const style = { color: getComputedStyle(line.swatch).color, dash: line.dash ?? "solid" };
    const common = { name: escape(line.label), yaxis: right.has(line) ? "y2" : "y", type: "scatter" };
    const points = series.thin(view);
    const few = points.x.length <= FEW_POINTS;
    const raw = {
      ...common,
      ...points,
      mode: few ? "lines+markers" : "lines",
      marker: { size: 5 },
      opacity: smooth ? 0.28 : line.faint ? 0.6 : 1,
      line: { ...style, width: line.faint || smooth ? 1.25 : 1.75 },
      hovertemplate: "%{y:.5~g}",
    };
    if (!smooth) return [raw, ...marksOf(line, series, style.color)];
    const even = {
      ...common,
      ...series.thin(view, series.smoothed(scale.smoothing)),
      mode: "lines",
      opacity: line.faint ? 0.6 : 1,
      line: { ...style, width: 2 },
      hoverinfo: "skip",
    };
    return [raw, even, ...marksOf(line, series, style.color)];
  });
}

/** The finer points where the view lies inside those that were fetched. @param {Line} line @param {View} view */
function visible({ detail, series }, { from, to }) {
  return detail && from >= detail.from && to <= detail.to ? detail.series : series;
}

/** A cross at the foot of the chart where values are not finite. @param {Line} line @param {Series} series @param {string} color */
function marksOf(line, series, color) {
  const marked = series.stretches.slice(0, MOST_MARKS);
  if (marked.length === 0) return [];
  const word = (/** @type {number} */ value) => (Number.isNaN(value) ? "NaN" : value > 0 ? "inf" : "-inf");
  return [
    {
      type: "scatter",
      name: escape(line.label),
      x: marked.map(({ from }) => series.x(from)),
      y: marked.map(() => 0.03),
      yaxis: "y3",
      mode: "markers",
      marker: { symbol: "x", size: 9, color, line: { width: 1, color } },
      text: marked.map(({ from, to, value }) =>
        to > from
          ? t("{value} until step {step}", { value: word(value), step: series.x(to).toLocaleString("en") })
          : word(value),
      ),
      hovertemplate: "%{text}",
    },
  ];
}

/**
 * The lines whose values lie far from the first one's, so that they need an axis of their own.
 * @param {Line[]} lines @param {Scale} scale
 */
function onTheRight([main, ...others], { logY }) {
  const far = others.filter((line) => {
    // Nearer than where it left, lest an axis come and go while points arrive.
    const apart = line.right ? NEAR : FAR_APART;
    line.right = main.key !== line.key && !line.faint && isFar(main.series, line.series, logY, apart);
    return line.right;
  });
  return new Set(far);
}

/** @param {Series} main @param {Series} other @param {boolean} log @param {number} apart */
function isFar(main, other, log, apart) {
  if (main.lowest < 0 || other.lowest < 0) return false;
  const [low, high] = [main.value[main.lowest], main.value[main.highest]];
  const [otherLow, otherHigh] = [other.value[other.lowest], other.value[other.highest]];
  if (log) return otherHigh * apart < low || otherLow > high * apart;
  const sizes = [Math.max(Math.abs(low), Math.abs(high)), Math.max(Math.abs(otherLow), Math.abs(otherHigh))];
  return Math.max(...sizes) > apart * Math.min(...sizes);
}

/**
 * The axes in the page's colours. A zoom is kept as long as `revision` stays.
 * @param {HTMLElement} sheet @param {Line[]} lines @param {Scale} scale @param {number} revision
 */
export function layoutOf(sheet, lines, { logX, logY }, revision) {
  const style = getComputedStyle(sheet);
  const { color, fontFamily } = style;
  const [rule, quiet, raised, surface] = ["--chart-rule", "--chart-quiet", "--chart-raised", "--chart-surface"].map(
    (name) => style.getPropertyValue(name),
  );
  const [right, ...alsoRight] = lines.filter((line) => line.right);
  const rightColor = right && alsoRight.length === 0 ? getComputedStyle(right.swatch).color : quiet;
  const broken = lines.flatMap(({ series }) => series.stretches.slice(0, 1).map(({ from }) => series.x(from)));
  const axis = {
    gridcolor: rule,
    linecolor: rule,
    zerolinecolor: rule,
    tickfont: { color: quiet, size: 11 },
    automargin: true,
    uirevision: revision,
  };
  const values = { ...axis, type: logY ? "log" : "linear", exponentformat: "e", minexponent: 3 };
  return {
    autosize: true,
    uirevision: revision,
    showlegend: false,
    dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    hovermode: "x unified",
    font: { family: fontFamily, color, size: 12 },
    paper_bgcolor: surface,
    plot_bgcolor: surface,
    margin: { l: 48, r: right ? 48 : 16, t: 10, b: 30 },
    hoverlabel: { bgcolor: raised, bordercolor: rule, font: { family: fontFamily, color, size: 12 } },
    xaxis: {
      ...axis,
      type: logX ? "log" : "linear",
      exponentformat: "none",
      separatethousands: true,
      spikecolor: quiet,
      spikethickness: 1,
      unifiedhovertitle: { text: `${t("step")} %{x:,}` },
    },
    yaxis: { ...values, ...flat(lines.filter((line) => !line.right)), uirevision: `${revision} ${logY}` },
    yaxis2: {
      ...values,
      ...flat(lines.filter((line) => line.right)),
      tickfont: { ...axis.tickfont, color: rightColor },
      overlaying: "y",
      side: "right",
      tickmode: "auto",
      showgrid: false,
      zeroline: false,
      visible: right !== undefined,
    },
    yaxis3: { overlaying: "y", visible: false, range: [0, 1], fixedrange: true },
    shapes: broken.map((x) => ({
      type: "line",
      x0: x,
      x1: x,
      yref: "paper",
      y0: 0,
      y1: 1,
      line: { color: quiet, width: 1, dash: "dot" },
    })),
  };
}

/** Room above and below a value that never changes, for Plotly's own would be a whole unit. @param {Line[]} lines */
function flat(lines) {
  const ends = lines.flatMap(({ series }) =>
    series.lowest < 0 ? [] : [series.value[series.lowest], series.value[series.highest]],
  );
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  return ends.length > 0 && low === high && low !== 0 ? { rangemode: "tozero" } : {};
}

/** A name as Plotly shows it: as it is, never as markup. @param {string} text */
function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Draws the schedule: sqrt(eta_t) and eta_t over the paper's time t. */
import type { Schedule } from "./schedule.ts";
import { type Attributes, element, svgDocument, textElement } from "./svg.ts";

const WIDTH = 760;
const HEIGHT = 460;
const PLOT = { left: 76, right: 610, top: 64, bottom: 388 } as const;
const FONT = "Helvetica, Arial, 'DejaVu Sans', sans-serif";
const INK = "#1f2430";
const GRID = "#d9dde5";

interface Curve {
  readonly name: string;
  readonly colour: string;
  readonly dash: string;
  readonly values: readonly number[];
}

const label = (attributes: Attributes, content: string): string =>
  textElement({ "font-family": FONT, "font-size": 14, fill: INK, ...attributes }, content);

/** 1, 2 or 5 times a power of ten, at least 1, so that 0..end has at most `most` steps. */
export const tickStep = (end: number, most: number): number => {
  for (let power = 1; ; power *= 10) {
    for (const digit of [1, 2, 5]) {
      if (end / (digit * power) <= most) return digit * power;
    }
  }
};

const ticks = (end: number, step: number): readonly number[] =>
  Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, i) => i * step);

/** An SVG document, 760 x 460, on white: it can be read by itself, in a browser and on paper. */
export const schedulePlot = (schedule: Schedule): string => {
  const x = (t: number): number => PLOT.left + ((PLOT.right - PLOT.left) * t) / schedule.T;
  const y = (value: number): number => PLOT.bottom - (PLOT.bottom - PLOT.top) * value;
  const sqrt_eta = schedule.eta.map(Math.sqrt);
  const curves: readonly Curve[] = [
    { name: "√η(t), size of the noise", colour: "#1b66c9", dash: "none", values: sqrt_eta },
    { name: "η(t), shift of the mean", colour: "#c2410c", dash: "7 4", values: schedule.eta },
  ];
  const horizontal = ticks(1, 0.2).flatMap((value) => [
    element("line", { x1: PLOT.left, x2: PLOT.right, y1: y(value), y2: y(value), stroke: GRID }),
    label({ x: PLOT.left - 10, y: y(value) + 5, "text-anchor": "end" }, value.toFixed(1)),
  ]);
  const vertical = ticks(schedule.T, tickStep(schedule.T, 20)).flatMap((t) => [
    element("line", { x1: x(t), x2: x(t), y1: PLOT.bottom, y2: PLOT.bottom + 6, stroke: INK }),
    label({ x: x(t), y: PLOT.bottom + 22, "text-anchor": "middle" }, String(t)),
  ]);
  const drawn = curves.flatMap(({ colour, dash, values }) => {
    const points = values.map((value, t) => ({ x: x(t), y: y(value) }));
    const line = element("polyline", {
      points: points.map((point) => `${point.x.toFixed(2)},${point.y.toFixed(2)}`).join(" "),
      fill: "none",
      stroke: colour,
      "stroke-width": 2.5,
      "stroke-dasharray": dash,
      "stroke-linejoin": "round",
    });
    // Beyond about forty points the marks would overlap and hide the line.
    const marks = schedule.T <= 40 ? points : [];
    return [line, ...marks.map((mark) => element("circle", { cx: mark.x, cy: mark.y, r: 4, fill: colour }))];
  });
  const legend = curves.flatMap(({ name, colour, dash }, row) => {
    const [title = "", meaning = ""] = name.split(", ");
    const at = PLOT.top + 26 + 56 * row;
    const sample = { x1: PLOT.right + 16, x2: PLOT.right + 44, y1: at - 5, y2: at - 5 };
    return [
      element("line", { ...sample, stroke: colour, "stroke-width": 2.5, "stroke-dasharray": dash }),
      label({ x: PLOT.right + 52, y: at, "font-weight": "bold" }, title),
      label({ x: PLOT.right + 16, y: at + 19, "font-size": 12 }, meaning),
    ];
  });
  const { steps, power, kappa, minNoiseLevel, etasEnd } = schedule.config;
  const respaced = schedule.T === steps ? "" : ` respaced to ${schedule.T}`;
  const caption = `T = ${steps}${respaced}, p = ${power}, κ = ${kappa}, least noise ${Number(minNoiseLevel.toPrecision(4))}, end ${etasEnd}`;
  const middle = (PLOT.top + PLOT.bottom) / 2;
  return svgDocument(WIDTH, HEIGHT, [
    element("rect", { width: WIDTH, height: HEIGHT, fill: "#ffffff" }),
    label({ x: PLOT.left, y: 28, "font-size": 18, "font-weight": "bold" }, "Schedule of the residual shift"),
    label({ x: PLOT.left, y: 49, "font-size": 13 }, caption),
    ...horizontal,
    ...vertical,
    element("line", { x1: PLOT.left, x2: PLOT.left, y1: PLOT.top, y2: PLOT.bottom, stroke: INK }),
    element("line", { x1: PLOT.left, x2: PLOT.right, y1: PLOT.bottom, y2: PLOT.bottom, stroke: INK }),
    ...drawn,
    ...legend,
    label(
      { x: (PLOT.left + PLOT.right) / 2, y: PLOT.bottom + 50, "text-anchor": "middle" },
      "time t (0: the high-resolution picture)",
    ),
    label(
      { x: 24, y: middle, "text-anchor": "middle", transform: `rotate(-90 24 ${middle})` },
      "η(t) and √η(t)",
    ),
  ]);
};

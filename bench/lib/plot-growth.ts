/** Plots how a quantity grows: its points and the fitted line. */
import { element } from "@tadsr/core/svg";
import type { Growth } from "./measured.ts";
import { type Panel, segment, words } from "./panel.ts";
import { linearScale } from "./scale.ts";

const HEIGHT = 250;
const LEFT = 70;
const TOP = 30;
const BOTTOM = HEIGHT - 48;

const named = (value: number): string => String(Number(value.toPrecision(6)));

export const growthPanel = (growth: Growth, width: number): Panel => {
  const { xName, xUnit, yName, yUnit, points, fittedFrom, line } = growth;
  const right = width - 30;
  const greatestX = Math.max(...points.map(({ x }) => x));
  const fitted = (x: number): number => Math.max(0, line.intercept + line.slope * x);
  // If the line is fitted to all points, it is drawn from 0 on, where it shows the constant cost.
  const from = points.every((point) => point.x >= fittedFrom) ? 0 : fittedFrom;
  const x = linearScale(greatestX, LEFT, right);
  const y = linearScale(Math.max(fitted(greatestX), ...points.map((point) => point.y)), BOTTOM, TOP);
  const grid = [
    ...y.ticks.map(
      (tick) =>
        segment(LEFT, y.at(tick), right, y.at(tick), "grid") +
        words(LEFT - 8, y.at(tick) + 4, named(tick), { class: "faint", "text-anchor": "end" }),
    ),
    ...x.ticks.map((tick) =>
      words(x.at(tick), BOTTOM + 18, named(tick), { class: "faint", "text-anchor": "middle" }),
    ),
  ];
  const title = `${yName}, ${yUnit}, by ${xName}, ${xUnit}; R² of the line ${line.explained.toFixed(4)}`;
  return {
    height: HEIGHT,
    content: [
      words(LEFT - 46, 16, title, { class: "faint" }),
      ...grid,
      segment(x.at(from), y.at(fitted(from)), x.at(greatestX), y.at(fitted(greatestX)), "line"),
      ...points.map((point) =>
        element("circle", { cx: x.at(point.x), cy: y.at(point.y), r: 4, class: "point" }),
      ),
    ].join(""),
  };
};

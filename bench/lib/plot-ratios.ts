/** Plots comparisons: for each the middle half of its ratios, their median, and its goal. */
import { element } from "@tadsr/core/svg";
import type { Comparison } from "./comparison.ts";
import { type Panel, segment, words } from "./panel.ts";
import { logScale } from "./scale.ts";

const LINE = 44;
const TOP = 26;
const EDGE = 24;
/** Space at the right for the median and the verdict. */
const VERDICT = 190;

const shown = (value: number): string => String(Number(value.toPrecision(3)));

export const ratioPanel = (comparisons: readonly Comparison[], width: number): Panel => {
  const values = comparisons.flatMap(({ ratio, goal }) => [
    ratio.lowerQuartile,
    ratio.upperQuartile,
    ...(goal === null ? [] : [goal.value]),
  ]);
  const right = width - VERDICT;
  const { at, ticks } = logScale(Math.min(1, ...values), Math.max(1, ...values), EDGE, right);
  const bottom = TOP + comparisons.length * LINE;
  const grid = ticks.map(
    (tick) =>
      segment(at(tick), TOP, at(tick), bottom, tick === 1 ? "even" : "grid") +
      words(at(tick), bottom + 18, shown(tick), { class: "faint", "text-anchor": "middle" }),
  );
  const lines = comparisons.map(({ name, ratio, goal, verdict }, i) => {
    const y = TOP + i * LINE + 32;
    const kind = verdict === "met" ? "met" : verdict.startsWith("not met") ? "missed" : "faint";
    return [
      words(EDGE, y - 12, name, { class: "faint" }),
      segment(at(ratio.lowerQuartile), y, at(ratio.upperQuartile), y, "range"),
      goal === null ? "" : segment(at(goal.value), y - 8, at(goal.value), y + 8, "goal"),
      element("circle", { cx: at(ratio.median), cy: y, r: 5, class: "point" }),
      words(right + 18, y + 4, shown(ratio.median)),
      words(right + 74, y + 4, verdict, { class: kind }),
    ].join("");
  });
  const legend = words(
    EDGE,
    14,
    "our time over theirs (left of 1 we are faster): median, middle half, goal as a green bar",
    { class: "faint" },
  );
  return { height: bottom + 36, content: legend + grid.join("") + lines.join("") };
};

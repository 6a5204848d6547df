import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { makeSchedule, schedulePlot, scheduleRows, superResolutionSchedule } from "../src/index.ts";
import { tickStep } from "../src/schedule-plot.ts";
import { element, escapeXml, textElement } from "../src/svg.ts";

describe("the plot of a schedule", () => {
  it("puts every point at its height: eta = 0 on the axis, sqrt(eta_T) = 0.99 just under the top", () => {
    const schedule = makeSchedule(superResolutionSchedule);
    if (E.isLeft(schedule)) throw new Error(schedule.left.message);
    const svg = schedulePlot(schedule.right);
    const curves = [...svg.matchAll(/points="([^"]*)"/g)].map((match) =>
      (match[1] ?? "").split(" ").map((point) => point.split(",").map(Number)),
    );
    expect(curves.map((points) => points.length)).toEqual([16, 16]);
    for (const points of curves) expect(points[0]).toEqual([76, 388]);
    expect(curves[0]?.[15]).toEqual([610, 67.24]);
    expect(curves[1]?.[15]?.[1]).toBeCloseTo(388 - 0.9801 * 324, 2);
  });

  it("has at most as many ticks as asked, at round numbers", () => {
    expect([1, 4, 15, 20, 21, 100, 1000].map((end) => tickStep(end, 20))).toEqual([1, 1, 1, 1, 2, 5, 50]);
  });
});

describe("the rows of a schedule", () => {
  it("have coefficients that add up: Eq 2's mean and Eq 3 keep a constant latent unchanged", () => {
    const schedule = makeSchedule(superResolutionSchedule);
    if (E.isLeft(schedule)) throw new Error(schedule.left.message);
    const rows = scheduleRows(schedule.right);
    expect(rows).toHaveLength(15);
    for (const row of rows) {
      expect(row.posteriorMeanOfZt + row.posteriorMeanOfZ0).toBeCloseTo(1, 14);
      expect(row.m + row.j + row.k).toBeCloseTo(1, 14);
    }
  });
});

describe("SVG", () => {
  it("has escaped text and rounded numbers", () => {
    expect(escapeXml('<a & "b">')).toBe("&lt;a &amp; &quot;b&quot;&gt;");
    expect(element("g", { x: 1 / 3, y: '"' }, ["t"])).toBe('<g x="0.333" y="&quot;">t</g>');
    expect(textElement({ x: 1 }, "a < b")).toBe('<text x="1">a &lt; b</text>');
  });
});

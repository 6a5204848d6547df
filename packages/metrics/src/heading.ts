/** A report's heading: what was measured, in one line. */
import { BORDERED_METRICS } from "./picture-metrics.ts";
import type { Report } from "./report.ts";

const borderWords = ({ border, metrics }: Report): readonly string[] => {
  const names = metrics.map(({ name }) => name).filter((name) => BORDERED_METRICS.includes(name));
  return border === 0 ? [] : [`${names.join(" and ")} without a border of ${border}`];
};

/** `Set14: 14 pictures, degraded by realesrgan, seeds 0, 1`. */
export const reportHeading = (report: Report): string => {
  const { originals, count, degradation, seeds, crop } = report;
  return [
    `${originals}: ${count} ${count === 1 ? "picture" : "pictures"}`,
    ...(crop === null ? [] : [`the middle ${crop} x ${crop}`]),
    ...(degradation === null ? [] : [`degraded by ${degradation}`]),
    ...(seeds.length > 0 ? [`${seeds.length === 1 ? "seed" : "seeds"} ${seeds.join(", ")}`] : []),
    ...borderWords(report),
  ].join(", ");
};

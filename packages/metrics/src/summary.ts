/** Summarises a method's pictures in a few numbers, and encodes numbers for a report. */
import type { MetricDescription } from "./metric.ts";
import type { PictureResult, Summary, Value } from "./report.ts";

/** A number as JSON can hold it. NaN is no measure: a caller that passes it has a defect, so this throws. */
export const encodeValue = (value: number): Value => {
  if (Number.isNaN(value)) throw new Error("a measure is NaN");
  if (value === Number.POSITIVE_INFINITY) return "Infinity";
  return value === Number.NEGATIVE_INFINITY ? "-Infinity" : value;
};

/** The number that `encodeValue` was given. */
export const decodeValue = (value: Value): number => Number(value);

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Standard deviation with n - 1; null for fewer than two values, or if one is infinite. */
const deviationOf = (values: readonly number[]): number | null => {
  if (values.length < 2 || !values.every(Number.isFinite)) return null;
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
};

/** The measure `name` of each picture that has it, by seed. Pictures without a seed form one group. */
const bySeed = (pictures: readonly PictureResult[], name: string): readonly (readonly number[])[] => {
  const groups = new Map<number | null, number[]>();
  for (const { seed, values } of pictures) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) continue;
    const group = groups.get(seed) ?? [];
    groups.set(seed, group);
    group.push(decodeValue(value));
  }
  return [...groups.values()];
};

/**
 * The mean of each metric over the pictures of a seed, then over seeds, and the standard deviation between seeds. An
 * infinite value makes the mean infinite. A metric that no picture has is left out.
 */
export const summarise = (
  pictures: readonly PictureResult[],
  metrics: readonly Pick<MetricDescription, "name">[],
): Readonly<Record<string, Summary>> =>
  Object.fromEntries(
    metrics.flatMap(({ name }): readonly [string, Summary][] => {
      const means = bySeed(pictures, name).map(meanOf);
      if (means.length === 0) return [];
      return [[name, { mean: encodeValue(meanOf(means)), deviation: deviationOf(means) }]];
    }),
  );

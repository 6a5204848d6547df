/** A measure of any kind: a record with a name, a direction and a function. */
import type { Picture } from "@tadsr/model";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { MetricError } from "./errors.ts";

/** What tables and reports need to know about a measure. */
export interface MetricDescription {
  /** The name for `--metric`: lower case, words joined by hyphens. */
  readonly name: string;
  /** The heading of its column in a table. */
  readonly title: string;
  /** Such as "dB"; empty if the measure has none. */
  readonly unit: string;
  readonly better: "higher" | "lower";
  /** Decimals in a table. */
  readonly digits: number;
  /** Whether it compares a picture with its original, or measures the picture alone. */
  readonly against: "original" | "nothing";
  /** One sentence: the definition, and which numbers it can be compared with. */
  readonly about: string;
}

export interface Metric extends MetricDescription {
  /**
   * The measure of a picture. The original has the picture's size; it is not used if `against` is "nothing". Infinity
   * is a valid value, such as PSNR of equal pictures; NaN is not.
   */
  readonly measure: (picture: Picture, original: Picture) => TaskEither<MetricError, number>;
}

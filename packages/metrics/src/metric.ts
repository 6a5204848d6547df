/** What a measure is, whatever it measures: a record with a name, a direction and a function. */
import type { Picture } from "@tadsr/model";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { MetricError } from "./errors.ts";

/** What a table and a report say of a measure. */
export interface MetricDescription {
  /** As `--metric` names it: lower case, words joined by hyphens. */
  readonly name: string;
  /** As a table heads its column. */
  readonly title: string;
  /** "dB"; empty where the measure has none. */
  readonly unit: string;
  readonly better: "higher" | "lower";
  /** Decimals in a table. */
  readonly digits: number;
  /** Whether it compares a picture with its original, or looks at the picture alone. */
  readonly against: "original" | "nothing";
  /** One sentence: the definition, and what its numbers may be compared with. */
  readonly about: string;
}

export interface Metric extends MetricDescription {
  /**
   * The measure of a picture; the original has its size, and is not looked at where `against` is "nothing".
   * Infinity is a value, as PSNR of equal pictures is; NaN is none.
   */
  readonly measure: (picture: Picture, original: Picture) => TaskEither<MetricError, number>;
}

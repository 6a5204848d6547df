/** The result of an evaluation, as it is written to a JSON file. Tables and the page are made from it alone. */
import type { MetricDescription } from "./metric.ts";

export const REPORT_FORMAT = "tadsr evaluation 1";

/** The name of the originals' own row. No method has this name. */
export const ORIGINALS = "originals";

/** JSON has no infinity, but PSNR of equal pictures is infinite. */
export type Value = number | "Infinity" | "-Infinity";

export interface PictureResult {
  /** The original's file name without its extension. */
  readonly name: string;
  /** Seed of the degradation and the noise; null if the pictures come from a folder without seeds in its name. */
  readonly seed: number | null;
  /** Size of the measured part. */
  readonly width: number;
  readonly height: number;
  /** Seconds that the method took, from small picture to large picture; null for a folder's pictures. */
  readonly seconds: number | null;
  /** Values by the metric's name. */
  readonly values: Readonly<Record<string, Value>>;
}

/** The mean over pictures, and its spread over seeds. */
export interface Summary {
  readonly mean: Value;
  /** Standard deviation (n - 1) of the seeds' means; null if there are fewer than two, or one is infinite. */
  readonly deviation: number | null;
}

export interface MethodReport {
  /** The name that the user gave, or the model's own. */
  readonly name: string;
  readonly kind: "originals" | "bicubic" | "folder" | "model";
  /** Details: a folder, or the model with its steps and the runtime. */
  readonly detail: string;
  /** The number of weights of the networks; null if there are none, or it is not known. */
  readonly parameters: number | null;
  /** Mean of `seconds`; null if there are none. */
  readonly seconds: number | null;
  readonly pictures: readonly PictureResult[];
  /** By the metric's name. A metric that this method lacks (an original against itself) is left out. */
  readonly summary: Readonly<Record<string, Summary>>;
}

/** A picture, or another file in the folder, that was not measured. */
export interface LeftOut {
  /** "originals", or the method's name. */
  readonly of: string;
  readonly name: string;
  readonly reason: string;
}

export interface Report {
  readonly format: typeof REPORT_FORMAT;
  /** The program that wrote it, such as "tadsr 0.1.0". */
  readonly by: string;
  /** The name of the originals' folder without its path, so that no machine's paths are shown. */
  readonly originals: string;
  /** The number of measured pictures. */
  readonly count: number;
  /** Side of the square that was first cut from the middle of each original; null: the whole original. */
  readonly crop: number | null;
  /** Pixels that the comparing measures leave out at each edge. */
  readonly border: number;
  /** A preset or a file; null if only folders were compared. */
  readonly degradation: string | null;
  /** How many times larger. */
  readonly scale: number | null;
  readonly seeds: readonly number[];
  readonly metrics: readonly MetricDescription[];
  /** The originals' own row first, if a metric measures a picture alone; then the methods in the given order. */
  readonly methods: readonly MethodReport[];
  readonly leftOut: readonly LeftOut[];
  /** What was cut, and other remarks, one sentence each. */
  readonly notes: readonly string[];
}

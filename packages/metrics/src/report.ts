/** What an evaluation found, as it is written to a JSON file; tables and the page are made from it alone. */
import type { MetricDescription } from "./metric.ts";

export const REPORT_FORMAT = "tadsr evaluation 1";

/** What the originals' own row is called; no method has this name. */
export const ORIGINALS = "originals";

/** JSON has no infinity, which PSNR of equal pictures is. */
export type Value = number | "Infinity" | "-Infinity";

export interface PictureResult {
  /** The original's file name without its extension. */
  readonly name: string;
  /** Of the degradation and the noise; null where the pictures came from a folder that names no seed. */
  readonly seed: number | null;
  /** Size that was measured. */
  readonly width: number;
  readonly height: number;
  /** Seconds that the method took for it, from small picture to large one; null for a folder's. */
  readonly seconds: number | null;
  /** By metric's name. */
  readonly values: Readonly<Record<string, Value>>;
}

/** The mean over pictures, and how it differs between seeds. */
export interface Summary {
  readonly mean: Value;
  /** Standard deviation (n - 1) of the seeds' means; null where there are fewer than two, or one is infinite. */
  readonly deviation: number | null;
}

export interface MethodReport {
  /** As the user named it, or the model's own name. */
  readonly name: string;
  readonly kind: "originals" | "bicubic" | "folder" | "model";
  /** What exactly: a folder, or the model with its steps, and the runtime. */
  readonly detail: string;
  /** Numbers in the weights of the networks; null where there are none, or none is known. */
  readonly parameters: number | null;
  /** Mean of `seconds`; null where there are none. */
  readonly seconds: number | null;
  readonly pictures: readonly PictureResult[];
  /** By metric's name; a metric that this method does not have (an original against itself) is left out. */
  readonly summary: Readonly<Record<string, Summary>>;
}

/** A picture, or a file beside the pictures, that was not measured. */
export interface LeftOut {
  /** Originals, or the method's name. */
  readonly of: string;
  readonly name: string;
  readonly reason: string;
}

export interface Report {
  readonly format: typeof REPORT_FORMAT;
  /** What wrote it, as "tadsr 0.1.0". */
  readonly by: string;
  /** The originals' folder, by its last name alone, so that no machine's path is told. */
  readonly originals: string;
  /** How many pictures were measured. */
  readonly count: number;
  /** Side of the square that was cut from the middle of each original first; null: the whole. */
  readonly crop: number | null;
  /** Pixels left out at each edge by the measures that compare. */
  readonly border: number;
  /** Preset or file; null where only folders were compared. */
  readonly degradation: string | null;
  /** How many times larger. */
  readonly scale: number | null;
  readonly seeds: readonly number[];
  readonly metrics: readonly MetricDescription[];
  /** The originals' own row first, where a metric looks at a picture alone; then the methods as they were named. */
  readonly methods: readonly MethodReport[];
  readonly leftOut: readonly LeftOut[];
  /** What was cut, and other things to know, a sentence each. */
  readonly notes: readonly string[];
}

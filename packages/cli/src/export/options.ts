/** The options of `export`. */

import type { ExportDtype, PartName, WeightPlace } from "@tadsr/export";
import type { Size } from "@tadsr/model";
import type { PaperOptions } from "../upscale/options.ts";

// Repeated here, so that the command line is parsed without loading the packages that define them.
export const PART_CHOICES = [
  "step",
  "network",
  "encoder",
  "decoder",
  "chain",
] as const satisfies readonly PartName[];
export const DTYPE_CHOICES = ["float32", "float16"] as const satisfies readonly ExportDtype[];
export const OPSET_CHOICES = ["18", "19", "20", "21", "22", "23"] as const;
export const DEFAULT_OPSET_CHOICE = "20";
export const WEIGHT_CHOICES = ["auto", "inside", "beside"] as const satisfies readonly WeightPlace[];

/** Options that say which model a file of weights is, as for `upscale`. */
export type FileOptions = Pick<
  PaperOptions,
  "autoencoder" | "config" | "group" | "imageSize" | "window" | "headChannels"
>;

export interface ExportCommandOptions extends FileOptions {
  readonly out: string;
  /** The default depends on the model: the part that makes a picture in one step, or else the network. */
  readonly part?: PartName;
  readonly dtype: ExportDtype;
  readonly opset: (typeof OPSET_CHOICES)[number];
  readonly size?: Size;
  readonly dynamic?: boolean;
  readonly openTime?: boolean;
  readonly winograd?: boolean;
  readonly weights: WeightPlace;
  readonly force?: boolean;
}

/** The options of `export`. */
import type { PaperOptions } from "../upscale/options.ts";

export const PART_CHOICES = ["step", "network", "encoder", "decoder", "chain"] as const;
export type PartName = (typeof PART_CHOICES)[number];

export const DTYPE_CHOICES = ["float32", "float16"] as const;
export type ExportDtype = (typeof DTYPE_CHOICES)[number];

// Repeated here, so that the command line is parsed without loading the package that defines them.
export const OPSET_CHOICES = ["18", "19", "20", "21", "22", "23"] as const;
export const DEFAULT_OPSET_CHOICE = "20";

/** Size of the low-resolution picture, in pixels. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** Options that say which model a file of weights is, as for `upscale`. */
export type FileOptions = Pick<
  PaperOptions,
  "autoencoder" | "config" | "group" | "imageSize" | "window" | "headChannels"
>;

export interface ExportOptions extends FileOptions {
  readonly out: string;
  /** The default depends on the model: the part that makes a picture in one step, or else the network. */
  readonly part?: PartName;
  readonly dtype: ExportDtype;
  readonly opset: (typeof OPSET_CHOICES)[number];
  readonly size?: Size;
  readonly dynamic?: boolean;
  readonly openTime?: boolean;
  readonly winograd?: boolean;
  readonly weights: "inside" | "beside" | "auto";
  readonly force?: boolean;
}

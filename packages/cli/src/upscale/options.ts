/** What `upscale` and `demo` are asked for. */

export const RUNTIME_CHOICES = ["auto", "tensorflow", "wasm", "cpu", "reference"] as const;
export type RuntimeChoice = (typeof RUNTIME_CHOICES)[number];

/** Pixels of the input picture that one pass of the network keeps, a side. */
export const DEFAULT_TILE = 256;

/** How the network is run; shared by `upscale` and `demo`. */
export interface NetworkOptions {
  /** A name of a model shipped with the command, or a folder; the shipped default where left out. */
  readonly model?: string;
  readonly seed: number;
  readonly runtime: RuntimeChoice;
  readonly tile: number;
  /** Steps of the sampler; what the model was made for where left out. */
  readonly steps?: number;
}

export interface UpscaleOptions extends NetworkOptions {
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

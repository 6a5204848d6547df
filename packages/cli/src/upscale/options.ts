/** What `upscale` and `demo` are asked for. */
import type { ColourCorrection, PublishedName, SamplerName } from "@tadsr/model";
import type { SharedFile } from "../options.ts";
import type { RuntimeChoice } from "../runtimes.ts";

/** The shipped model that is meant where none is named. */
export const DEFAULT_MODEL = "small-x4";

// Said again here, so that the command line is parsed without loading the packages that define them.
export const RUNTIME_CHOICES = [
  "auto",
  "onnx",
  "onnx-webgpu",
  "onnx-cuda",
  "webgpu",
  "tensorflow",
  "wasm",
  "cpu",
  "reference",
] as const satisfies readonly RuntimeChoice[];

export const CONFIG_CHOICES = [
  "realsr-s15",
  "sinsr-s1",
  "tad-sr-s1",
  "faceir-s4",
] as const satisfies readonly PublishedName[];
export const SAMPLER_CHOICES = ["deterministic", "ancestral"] as const satisfies readonly SamplerName[];
export const COLOUR_CHOICES = ["none", "wavelet", "adain"] as const satisfies readonly ColourCorrection[];

/** What only models of the paper's kind can be told. */
export interface PaperOptions {
  /** The weights of the autoencoder, where the model is a file. */
  readonly autoencoder?: string;
  /** The published model whose schedule, steps and sampler are meant, where the model is a file. */
  readonly config?: PublishedName;
  readonly sampler?: SamplerName;
  readonly colourCorrection?: ColourCorrection;
  /** Which group of a file's tensors; what names and shapes do not tell of a network. */
  readonly group?: string;
  readonly imageSize?: number;
  readonly window?: number;
  readonly headChannels?: number;
}

/** How the network is run; shared by `upscale` and `demo`. */
export interface NetworkOptions extends PaperOptions {
  /** A second file of a picture network's weights, and its share of the sum. */
  readonly mix?: SharedFile;
  /** A name of a model shipped with the command, a folder, or a file; the shipped default where left out. */
  readonly model?: string;
  readonly seed: number;
  readonly runtime: RuntimeChoice;
  /** Threads that compute; as many as the runtime takes where left out. */
  readonly threads?: number;
  /** The number of the graphics card among those that the runtime lists. */
  readonly device?: number;
  /** What fits into memory where left out. */
  readonly tile?: number;
  /** Steps of the sampler; what the model was made for where left out. */
  readonly steps?: number;
}

export interface UpscaleOptions extends NetworkOptions {
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

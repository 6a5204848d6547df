/** What `train` is asked for. */
import type { FamilyName } from "@tadsr/train";

/** Networks that are trained from nothing. */
export const NETWORK_NAMES = ["small", "tiny", "unet"] as const satisfies readonly FamilyName[];

/** Runtimes that are quick enough to train on: all but the reference. */
export const TRAINING_RUNTIMES = ["auto", "tensorflow", "wasm", "cpu"] as const;

/** Of the target's term where a target model is given and nothing else is said. */
export const TARGET_WEIGHT = 1;

/** What `--picture-cache` counts in, in bytes. */
export const MEBIBYTE = 2 ** 20;

/** What was typed; what was not stands in the training's own defaults. */
export interface TrainCommandOptions {
  readonly data: string;
  readonly out: string;
  readonly runtime: (typeof TRAINING_RUNTIMES)[number];
  readonly steps?: number;
  readonly batch?: number;
  readonly crop?: number;
  readonly shrink?: number;
  /** A preset's name or a JSON file. */
  readonly degradation?: string;
  readonly seed?: number;
  readonly rate?: number;
  readonly warmUp?: number;
  readonly decay?: "constant" | "cosine";
  readonly averageDecay?: number;
  readonly weightDecay?: number;
  readonly clip?: number;
  readonly hold?: readonly string[];
  readonly checkpointEvery?: number;
  readonly checkpointMinutes?: number;
  /** In MiB. */
  readonly pictureCache?: number;
  readonly validation?: string;
  readonly validationEvery?: number;
  readonly validationPictures?: number;
  readonly validationCrop?: number;
  readonly validationSamples?: number;
  readonly resume?: boolean;
  readonly perceptual?: number;
  readonly perceptualWeights?: string;
  readonly network?: (typeof NETWORK_NAMES)[number];
  readonly targetModel?: string;
  readonly targetMix?: SharedFile;
  readonly asTheyAre?: number;
}

/** A file and its share of a sum. */
export interface SharedFile {
  readonly file: string;
  readonly share: number;
}

export interface TrainStudentCommandOptions extends TrainCommandOptions {
  readonly teacher?: string;
  readonly target?: number;
  readonly start?: string;
  readonly distillation?: number;
  readonly score?: number;
  readonly fidelity?: number;
  readonly grid?: number;
  readonly adversarial?: number;
  readonly discriminator?: "time-aware" | "plain";
  readonly discriminatorRate?: number;
  readonly reading?: "paper" | "code";
}

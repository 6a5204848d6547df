/** The options of `train`. */
import type { FamilyName } from "@tadsr/train";

/** Networks that can be trained from nothing. */
export const NETWORK_NAMES = ["small", "tiny", "unet"] as const satisfies readonly FamilyName[];

/** Runtimes that are fast enough for training: all except the reference. */
export const TRAINING_RUNTIMES = ["auto", "tensorflow", "wasm", "cpu"] as const;

/** Default weight of the target's term, if a target model is given. */
export const TARGET_WEIGHT = 1;

/** The unit of `--picture-cache`, in bytes. */
export const MEBIBYTE = 2 ** 20;

/** The options that were typed. The training's own defaults fill in the others. */
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

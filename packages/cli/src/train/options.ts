/** The options of `train`. */
import type { FamilyName, StudentChoices, TeacherChoices } from "@tadsr/train";
import type { SharedFile } from "../options.ts";

/** Networks that can be trained from nothing. */
export const NETWORK_NAMES = ["small", "tiny", "unet"] as const satisfies readonly FamilyName[];

/** Runtimes that have gradients and are fast enough for training. */
export const TRAINING_RUNTIMES = ["auto", "tensorflow", "webgpu", "wasm", "cpu"] as const;

/** The unit of `--picture-cache`, in bytes. */
export const MEBIBYTE = 2 ** 20;

/** Choices that are typed as they are. The training's own defaults fill in what was not typed. */
type Plain = Omit<
  TeacherChoices,
  "output" | "workingFolder" | "rate" | "validation" | "target" | "cacheBytes"
>;

export interface TrainCommandOptions extends Plain {
  readonly out: string;
  readonly runtime: (typeof TRAINING_RUNTIMES)[number];
  readonly device?: number;
  readonly rate?: number;
  readonly warmUp?: number;
  readonly decay?: "constant" | "cosine";
  /** In MiB. */
  readonly pictureCache?: number;
  readonly validation?: string;
  readonly validationEvery?: number;
  readonly validationPictures?: number;
  readonly validationCrop?: number;
  readonly validationSamples?: number;
  readonly targetModel?: string;
  readonly targetMix?: SharedFile;
}

export interface TrainStudentCommandOptions
  extends TrainCommandOptions,
    Pick<StudentChoices, "teacher" | "start" | "reading" | "discriminator" | "discriminatorRate">,
    Partial<NonNullable<StudentChoices["weights"]>> {}

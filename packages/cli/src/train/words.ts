/** A training's errors in the command's words, and options that need another one. */
import type { TrainError, UselessOption } from "@tadsr/train";
import { type Failure, firstLine, inputFailure, modelFailure, usageFailure } from "../failure.ts";
import type { TrainCommandOptions } from "./options.ts";

const ADVERSARIAL = "is for --adversarial; give --adversarial a weight above 0, or leave both out";

const USELESS: Readonly<Record<UselessOption, string>> = {
  network: "--network is for a training from nothing; --teacher or --start already set the network",
  perceptualWeights:
    "--perceptual-weights is for --perceptual; give --perceptual a weight above 0, or leave both out",
  discriminator: `--discriminator ${ADVERSARIAL}`,
  discriminatorRate: `--discriminator-rate ${ADVERSARIAL}`,
  reading: "--reading is for Eq 8 and 9; give --score or --adversarial a weight above 0, or leave it out",
  degradation: "--degradation is for photographs that are degraded, and for --validation; leave it out",
};

export const trainFailure = (error: TrainError): Failure => {
  if (error._tag === "UselessChoice") return usageFailure(USELESS[error.option]);
  const line = firstLine(error.message);
  if (error._tag === "Options") return usageFailure(line);
  return error._tag === "Model" ? modelFailure(line) : inputFailure(line);
};

/** Options that are parts of another one, which was not typed; null if there is none. */
export const orphan = (typed: TrainCommandOptions): Failure | null => {
  if (typed.targetMix !== undefined && typed.targetModel === undefined)
    return usageFailure("--target-mix is mixed into --target-model; add that too");
  if (typed.validation !== undefined) return null;
  const parts = {
    "--validation-every": typed.validationEvery,
    "--validation-pictures": typed.validationPictures,
    "--validation-crop": typed.validationCrop,
    "--validation-samples": typed.validationSamples,
  };
  const part = Object.entries(parts).find(([, value]) => value !== undefined);
  return part === undefined ? null : usageFailure(`${part[0]} is for --validation <folder>; add that too`);
};

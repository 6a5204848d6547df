/** An evaluation's errors in the command's words. */
import type { EvaluateError, OptionName } from "@tadsr/evaluate";
import { type Failure, inputFailure, modelFailure, outputFailure, usageFailure } from "../failure.ts";
import { describeFailure } from "../upscale/find-model.ts";
import type { MethodSpec } from "./spec.ts";

/** An option as it is typed. */
const flagOf = (option: OptionName): string =>
  `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** What was typed after a method's name. */
const withoutName = (word: string): string => word.slice(word.indexOf("=") + 1);

/** `specs` are the methods as they were typed. */
export const evaluateFailure =
  (specs: readonly MethodSpec[]) =>
  (error: EvaluateError | Failure): Failure => {
    const { message } = error;
    const wordAt = (place: number): string => specs[place]?.word ?? "";
    switch (error._tag) {
      case "NameTaken": {
        const word = wordAt(error.place);
        const hint = error.by === "method" ? `, such as other=${withoutName(word)}` : "";
        return usageFailure(`${word}: ${error.reason}${hint}`);
      }
      case "StepsOfNoModel": {
        const { word = "", steps } = specs[error.place] ?? {};
        return usageFailure(`${word}: @${steps} is for a model's steps; leave it out`);
      }
      case "UnknownMethod":
        return inputFailure(`${wordAt(error.place)}: ${error.reason}`);
      case "OneStep": {
        const { model, steps } = error;
        return usageFailure(`${model}@${steps}: ${model} always takes one step; leave @${steps} out`);
      }
      case "UselessOption":
        return usageFailure(`${flagOf(error.option)} has no meaning ${error.why}`);
      case "UnknownMetric":
        return usageFailure(`--metric ${message}`);
      case "NoMetric":
        return usageFailure("--metric names no metric; give one, such as psnr");
      case "FeaturesMissing":
        return usageFailure(`--metric ${message} with --features`);
      case "SharedFolder":
        return usageFailure(`--keep: ${message}`);
      case "FolderExists":
        return outputFailure(
          `${error.folder}: it exists already; choose another folder with --keep, or give --force`,
        );
      case "WouldOverwrite":
        return outputFailure(`${message} with --keep`);
      case "InvalidModel":
        return describeFailure(error.model)(error.cause);
      case "InvalidFeatures":
        return modelFailure(message);
      case "NotMixable":
      case "OtherFactor":
        return usageFailure(message);
      case "UnusableFolder":
      case "InvalidDegradation":
      case "EvaluationFailed":
        return inputFailure(message);
      default:
        return error;
    }
  };

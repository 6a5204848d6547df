/** Why an evaluation cannot be done. Every message is one line. */
import type { DescribeError } from "@tadsr/files";
import type { MetricsChoice, ModelsOptions } from "./choices.ts";

/** An option of an evaluation that may have no effect. */
export type OptionName =
  | "degradation"
  | "seeds"
  | "keep"
  | keyof ModelsOptions
  | Exclude<keyof MetricsChoice, "names">;

export type EvaluateError =
  /** The method with this number, from 0, has the name of one before it, or of the originals' row. */
  | {
      readonly _tag: "NameTaken";
      readonly place: number;
      readonly by: "originals" | "method";
      readonly reason: string;
      readonly message: string;
    }
  /** Steps are given to something that is no model. */
  | { readonly _tag: "StepsOfNoModel"; readonly place: number; readonly message: string }
  /** No model, file or folder has the name of the method with this number, from 0. */
  | {
      readonly _tag: "UnknownMethod";
      readonly place: number;
      readonly reason: string;
      readonly message: string;
    }
  /** A folder of pictures cannot be listed or has none. */
  | { readonly _tag: "UnusableFolder"; readonly message: string }
  | { readonly _tag: "InvalidDegradation"; readonly message: string }
  /** A model cannot be described; `cause` says why. */
  | {
      readonly _tag: "InvalidModel";
      readonly model: string;
      readonly cause: DescribeError;
      readonly message: string;
    }
  /** Steps are given to a network that always takes one. */
  | { readonly _tag: "OneStep"; readonly model: string; readonly steps: number; readonly message: string }
  /** A second file of weights is given to a model into which none can be mixed. */
  | { readonly _tag: "NotMixable"; readonly message: string }
  /** A model's factor is not the degradation's. */
  | { readonly _tag: "OtherFactor"; readonly message: string }
  /** Nothing would use an option. */
  | {
      readonly _tag: "UselessOption";
      readonly option: OptionName;
      readonly why: string;
      readonly message: string;
    }
  | { readonly _tag: "UnknownMetric"; readonly message: string }
  | { readonly _tag: "NoMetric"; readonly message: string }
  /** The perceptual distance is asked for without the weights of its network. */
  | { readonly _tag: "FeaturesMissing"; readonly message: string }
  /** The weights of the perceptual distance's network cannot be used. */
  | { readonly _tag: "InvalidFeatures"; readonly message: string }
  /** The folder for the pictures exists already. */
  | { readonly _tag: "FolderExists"; readonly folder: string; readonly message: string }
  /** Two methods' pictures would get into one folder. */
  | { readonly _tag: "SharedFolder"; readonly message: string }
  /** Pictures would be written into a folder that is measured. */
  | {
      readonly _tag: "WouldOverwrite";
      readonly folder: string;
      readonly measured: string;
      readonly message: string;
    }
  /** No picture can be measured, or pictures cannot be kept. */
  | { readonly _tag: "EvaluationFailed"; readonly message: string };

export const uselessOption = (option: OptionName, why: string): EvaluateError => ({
  _tag: "UselessOption",
  option,
  why,
  message: `${option} has no meaning ${why}`,
});

type Plain = "UnusableFolder" | "InvalidDegradation" | "InvalidFeatures" | "EvaluationFailed";

/** An error of another package as one of these. */
export const because =
  (tag: Plain) =>
  ({ message }: { readonly message: string }): EvaluateError => ({ _tag: tag, message });

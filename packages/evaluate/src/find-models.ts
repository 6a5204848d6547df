/** Finds the models of an evaluation, and which of the options for all models go to which. */
import { resolve } from "node:path";
import {
  type DescribeError,
  describeModel,
  type ModelChoices,
  type NamedModel,
  shippedModels,
} from "@tadsr/files";
import { onOneLine } from "@tadsr/model/file-reason";
import type { UpscalerOptions } from "@tadsr/upscale";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import type { ModelSource, ModelsOptions } from "./choices.ts";
import { type EvaluateError, uselessOption } from "./errors.ts";

/** Options that say what a file of weights does not tell. */
const OF_FILES = ["autoencoder", "config", "group", "imageSize", "window", "headChannels"] as const;

/** Options of the upscaling, by the model's kind. */
const OF_KIND = {
  picture: [],
  small: ["steps"],
  paper: ["steps", "sampler", "colourCorrection"],
} as const;

export interface FoundModel {
  readonly source: ModelSource;
  readonly model: NamedModel;
  readonly options: UpscalerOptions;
  /** The options for all models that this one uses. */
  readonly used: ReadonlySet<keyof ModelsOptions>;
}

const picked = <K extends keyof ModelsOptions>(
  options: ModelsOptions,
  keys: readonly K[],
): Pick<ModelsOptions, K> =>
  Object.fromEntries(
    keys.filter((key) => options[key] !== undefined).map((key) => [key, options[key]]),
  ) as Pick<ModelsOptions, K>;

/** What the model is described with. Paths become absolute. */
const choicesFor = ({ mix }: ModelSource, ofFile: ModelChoices, workingFolder: string): ModelChoices => ({
  ...ofFile,
  ...(ofFile.autoencoder === undefined ? {} : { autoencoder: resolve(workingFolder, ofFile.autoencoder) }),
  ...(mix === undefined ? {} : { mix: { ...mix, file: resolve(workingFolder, mix.file) } }),
});

const invalidModel = (model: string, cause: DescribeError): EvaluateError => ({
  ...{ _tag: "InvalidModel", model, cause },
  message: onOneLine(cause),
});

/** Why a model cannot be as it was asked for; null if it can. */
const objection = ({ model, mix, steps }: ModelSource, { kind, from }: NamedModel): EvaluateError | null => {
  if (kind === "picture" && steps !== undefined)
    return { _tag: "OneStep", model, steps, message: `${model} always takes one step; leave the steps out` };
  return mix !== undefined && (kind !== "picture" || from !== "file")
    ? {
        _tag: "NotMixable",
        message: `${model}: it is no file of Real-ESRGAN's networks; only into those another file is mixed`,
      }
    : null;
};

/**
 * For a file of the paper's network the name is not enough, so the options about files are added if they are needed.
 */
const find =
  (
    source: ModelSource,
    options: ModelsOptions,
    shipped: readonly string[],
    workingFolder: string,
  ): TE.TaskEither<EvaluateError, FoundModel> =>
  async () => {
    const place = shipped.includes(source.model) ? source.model : resolve(workingFolder, source.model);
    const bare = await describeModel(place, choicesFor(source, {}, workingFolder))();
    const more = E.isRight(bare) ? {} : picked(options, OF_FILES);
    const isEnough = Object.keys(more).length === 0;
    const model = isEnough ? bare : await describeModel(place, choicesFor(source, more, workingFolder))();
    if (E.isLeft(model)) return E.left(invalidModel(source.model, model.left));
    const wrong = objection(source, model.right);
    if (wrong !== null) return E.left(wrong);
    const own = source.steps === undefined ? {} : { steps: source.steps };
    const ofKind = { ...picked(options, OF_KIND[model.right.kind]), ...own };
    const used = new Set(Object.keys({ ...more, ...ofKind }) as (keyof ModelsOptions)[]);
    return E.right({
      source,
      model: model.right,
      options: { ...ofKind, ...picked(options, ["tile"]) },
      used,
    });
  };

/** All models, in their order. An option that no model can use is refused. */
export const findModels =
  (
    sources: readonly ModelSource[],
    options: ModelsOptions,
    workingFolder: string,
  ): TE.TaskEither<EvaluateError, readonly FoundModel[]> =>
  async () => {
    if (sources.length === 0 && options.tile !== undefined)
      return E.left(uselessOption("tile", "without a model; name one, or leave it out"));
    const shipped = await shippedModels();
    const found: FoundModel[] = [];
    for (const source of sources) {
      const model = await find(source, options, shipped, workingFolder)();
      if (E.isLeft(model)) return model;
      found.push(model.right);
    }
    const idle = [...OF_KIND.paper, ...OF_FILES].find(
      (key) => options[key] !== undefined && !found.some(({ used }) => used.has(key)),
    );
    return idle === undefined
      ? E.right(found)
      : E.left(uselessOption(idle, "here: none of the models uses it"));
  };

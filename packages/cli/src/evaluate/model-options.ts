/** Which of the options that concern a model go to which: each to the models that have a use for it. */
import type { NamedModel } from "@tadsr/files";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, usageFailure } from "../failure.ts";
import type { Shell } from "../shell.ts";
import { findAnyModel } from "../upscale/find-model.ts";
import type { NetworkOptions } from "../upscale/options.ts";
import type { EvaluateOptions } from "./options.ts";
import type { MethodSpec } from "./spec.ts";

type Key = Exclude<keyof NetworkOptions, "model" | "mix" | "seed" | "runtime" | "threads" | "tile">;

const OF_SAMPLING = { steps: "--steps" } as const;
const OF_PAPER = { ...OF_SAMPLING, sampler: "--sampler", colourCorrection: "--colour-correction" } as const;
const OF_FILES = {
  autoencoder: "--autoencoder",
  config: "--config",
  group: "--group",
  imageSize: "--image-size",
  window: "--window",
  headChannels: "--head-channels",
} as const;

const FLAGS: Readonly<Partial<Record<Key, string>>> = { ...OF_PAPER, ...OF_FILES };

export interface FoundModel {
  readonly model: NamedModel;
  readonly options: NetworkOptions;
}

const given = (
  options: EvaluateOptions,
  flags: Readonly<Partial<Record<Key, string>>>,
): Partial<NetworkOptions> =>
  Object.fromEntries(
    (Object.keys(flags) as Key[])
      .filter((key) => options[key] !== undefined)
      .map((key) => [key, options[key]]),
  );

/**
 * The named model. For a file of the paper's network the name is not enough, so the options about files are added
 * if they are needed.
 */
const find =
  (
    shell: Shell,
    { what, mix, steps }: MethodSpec,
    options: EvaluateOptions,
  ): TE.TaskEither<Failure, FoundModel> =>
  async () => {
    const { runtime, threads, tile } = options;
    const plain: NetworkOptions = {
      model: what,
      seed: 0,
      runtime,
      ...(mix === null ? {} : { mix }),
      ...(threads === undefined ? {} : { threads }),
      ...(tile === undefined ? {} : { tile }),
    };
    const own = steps === null ? {} : { steps };
    const bare = await findAnyModel(shell, plain)();
    if (E.isRight(bare)) {
      const { kind } = bare.right;
      if (kind === "picture" && steps !== null)
        return E.left(usageFailure(`${what}@${steps}: ${what} always takes one step; leave @${steps} out`));
      const more = kind === "picture" ? {} : given(options, kind === "small" ? OF_SAMPLING : OF_PAPER);
      return E.right({ model: bare.right, options: { ...plain, ...more, ...own } });
    }
    const more = given(options, OF_FILES);
    if (Object.keys(more).length === 0) return bare;
    const full = { ...plain, ...more, ...given(options, OF_PAPER), ...own };
    return E.map((model: NamedModel) => ({ model, options: full }))(await findAnyModel(shell, full)());
  };

/** All models, in their order. An option that no model can use is refused. */
export const findModels =
  (
    shell: Shell,
    specs: readonly MethodSpec[],
    options: EvaluateOptions,
  ): TE.TaskEither<Failure, readonly FoundModel[]> =>
  async () => {
    const found: FoundModel[] = [];
    for (const spec of specs) {
      const model = await find(shell, spec, options)();
      if (E.isLeft(model)) return model;
      found.push(model.right);
    }
    const idle = (Object.keys(FLAGS) as Key[]).find(
      (key) => options[key] !== undefined && !found.some((one) => one.options[key] !== undefined),
    );
    return idle === undefined
      ? E.right(found)
      : E.left(usageFailure(`${FLAGS[idle]} has no meaning here: none of the models uses it`));
  };

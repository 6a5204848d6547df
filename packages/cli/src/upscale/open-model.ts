/** A model on a runtime, ready to enlarge pictures. */
import { loadModel } from "@tadsr/files";
import { type Model, openSmallUpscaler, type Picture, parameterCount } from "@tadsr/model";
import { usableMemory } from "@tadsr/runtime-node";
import { fittingSmallTile, smallWork } from "@tadsr/upscale";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, usageFailure } from "../failure.ts";
import { modelLine } from "../locate-model.ts";
import { openRuntime } from "../open-runtime.ts";
import type { Shell } from "../shell.ts";
import { type AnyModel, findAnyModel } from "./any-model.ts";
import { openPaperModel } from "./open-paper-model.ts";
import { openPictureModel } from "./open-picture-model.ts";
import { type OpenModel, upscaleFailure } from "./opened-model.ts";
import type { NetworkOptions } from "./options.ts";
import { runtimeOptions } from "./runtime-options.ts";
import { silent, type Trace } from "./trace.ts";

/** The steps that will be taken; refused where the model's schedule has fewer. */
const stepsOf = (model: Model, steps: number | undefined): E.Either<Failure, number> => {
  const { description, schedule } = model;
  const taken = steps ?? description.steps;
  return taken <= schedule.T
    ? E.right(taken)
    : E.left(
        usageFailure(
          `--steps ${taken} is too many: model ${description.name} has a schedule of ${schedule.T}; ` +
            `give 1 to ${schedule.T}`,
        ),
      );
};

/** Reads the model, then opens the runtime, so that a wrong model is told before a heavy runtime is loaded. */
const openSmallModel =
  (shell: Shell, folder: string, options: NetworkOptions, trace: Trace): TE.TaskEither<Failure, OpenModel> =>
  async () => {
    const loaded = await TE.mapLeft(modelLine)(loadModel(folder))();
    if (E.isLeft(loaded)) return loaded;
    trace("model-read");
    const model = loaded.right;
    const steps = stepsOf(model, options.steps);
    if (E.isLeft(steps)) return steps;
    const opened = await openRuntime(options.runtime, runtimeOptions(shell, options))();
    if (E.isLeft(opened)) return opened;
    trace("runtime-open");
    const engine = opened.right;
    const room = { engine, bytes: usableMemory() };
    const tile = options.tile ?? fittingSmallTile(model, steps.right, room);
    const upscaler = openSmallUpscaler(engine, model);
    if (E.isLeft(upscaler)) {
      await engine.close();
      return E.left(upscaleFailure(upscaler.left));
    }
    const settings = { seed: options.seed, steps: steps.right, tile };
    return E.right({
      name: model.description.name,
      parameters: parameterCount(model.network.parameters),
      runtime: engine.name,
      settings,
      factor: upscaler.right.factor,
      enlarge: ({ width, height, rgb }, onTile, seed = settings.seed) => {
        const picture: Picture = { width, height, channels: 3, data: rgb };
        const enlarged = upscaler.right.upscale(picture, { ...settings, seed, onProgress: onTile });
        return TE.bimap(upscaleFailure, ({ data }: Picture) => data)(enlarged);
      },
      work: (picture) => smallWork(model, picture, tile, steps.right),
      close: async () => {
        upscaler.right.close();
        await engine.close();
      },
    });
  };

/** Puts a model that was found on the runtime that is asked for. */
export const openFoundModel = (
  shell: Shell,
  found: AnyModel,
  options: NetworkOptions,
  trace: Trace = silent,
): TE.TaskEither<Failure, OpenModel> => {
  switch (found.kind) {
    case "small":
      return openSmallModel(shell, found.folder, options, trace);
    case "paper":
      return openPaperModel(shell, found.model, options, trace);
    case "picture":
      return openPictureModel(shell, found.model, options, trace);
  }
};

export const openModel = (shell: Shell, options: NetworkOptions): TE.TaskEither<Failure, OpenModel> =>
  TE.chain((found: AnyModel) => openFoundModel(shell, found, options))(findAnyModel(shell, options));

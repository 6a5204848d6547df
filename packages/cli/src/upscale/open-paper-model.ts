/** A model of the paper's kind on a runtime, ready to enlarge pictures. */
import {
  AUTHORS_TILE,
  checkPaperOptions,
  openPaperUpscaler,
  type PaperModel,
  type Picture,
  parameterCount,
} from "@tadsr/model";
import { usableMemory } from "@tadsr/runtime-node";
import { fittingPaperTile, paperWork } from "@tadsr/upscale";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, usageFailure } from "../failure.ts";
import { modelLine } from "../locate-model.ts";
import { openRuntime } from "../open-runtime.ts";
import { noteLine, type Shell } from "../shell.ts";
import { type OpenModel, upscaleFailure } from "./opened-model.ts";
import type { NetworkOptions } from "./options.ts";
import { runtimeOptions } from "./runtime-options.ts";
import type { Trace } from "./trace.ts";

const definedOf = <A extends object>(options: A): { [K in keyof A]: Exclude<A[K], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof A]: Exclude<A[K], undefined>;
  };

/** Options are checked before the runtime is opened, and that before the weights are read. */
export const openPaperModel =
  (
    shell: Shell,
    model: PaperModel,
    options: NetworkOptions,
    trace: Trace,
  ): TE.TaskEither<Failure, OpenModel> =>
  async () => {
    const { name, network } = model.description;
    const asked = definedOf({
      seed: options.seed,
      tile: options.tile,
      steps: options.steps,
      sampler: options.sampler,
      colourCorrection: options.colourCorrection,
    });
    const checked = checkPaperOptions(model, asked);
    if (E.isLeft(checked)) return E.left(usageFailure(`--${checked.left.message}`));
    const runtime = await openRuntime(options.runtime, runtimeOptions(shell, options))();
    if (E.isLeft(runtime)) return runtime;
    trace("runtime-open");
    const engine = runtime.right;
    const room = { engine, bytes: usableMemory() };
    const tile = options.tile ?? fittingPaperTile(model, room);
    const { seed, steps, sampler, colourCorrection } = checked.right;
    const opened = await openPaperUpscaler(engine, model)();
    if (E.isLeft(opened)) {
      await engine.close();
      return E.left(modelLine(opened.left));
    }
    trace("model-read");
    if (model.assumed.length > 0)
      noteLine(shell, `${model.files.network.file.name}: assumed: ${model.assumed.join(", ")}`);
    const upscaler = opened.right;
    const settings = { seed, steps, tile, sampler, colourCorrection };
    const nominal = model.stride > 1 ? (network.condition?.size ?? 0) : 0;
    return E.right({
      name,
      parameters: parameterCount([...model.network.parameters, ...model.autoencoder.parameters]),
      runtime: engine.name,
      settings,
      factor: upscaler.factor,
      enlarge: ({ width, height, rgb }, onTile, otherSeed = seed) => {
        if (options.tile === undefined && tile < AUTHORS_TILE && Math.max(width, height) > tile)
          noteLine(
            shell,
            `tiles of ${tile}: ${AUTHORS_TILE} would not fit into memory; --tile says otherwise`,
          );
        if (nominal > 0 && (width !== nominal || height !== nominal))
          noteLine(shell, `${width} x ${height}: ${name} was made for pictures of ${nominal} x ${nominal}`);
        const picture: Picture = { width, height, channels: 3, data: rgb };
        const enlarged = upscaler.upscale(picture, { ...settings, seed: otherSeed, onProgress: onTile });
        return TE.bimap(upscaleFailure, ({ data }: Picture) => data)(enlarged);
      },
      work: (picture, total) => paperWork(model, picture, tile, steps, total),
      close: async () => {
        upscaler.close();
        await engine.close();
      },
    });
  };

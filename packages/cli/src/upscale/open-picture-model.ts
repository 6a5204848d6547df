/** A network that makes a picture of a picture on a runtime, ready to enlarge pictures. */
import { parse } from "node:path";
import {
  type MixedFile,
  openPictureUpscaler,
  type Picture,
  type PictureModel,
  parameterCount,
} from "@tadsr/model";
import { usableMemory } from "@tadsr/runtime-node";
import { fittingPictureTile, pictureWork } from "@tadsr/upscale";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { Failure } from "../failure.ts";
import { modelLine } from "../locate-model.ts";
import { openRuntime } from "../open-runtime.ts";
import type { Shell } from "../shell.ts";
import { type OpenModel, upscaleFailure } from "./opened-model.ts";
import type { NetworkOptions } from "./options.ts";
import { runtimeOptions } from "./runtime-options.ts";
import type { Trace } from "./trace.ts";

const mixedName = (name: string, { file, share }: MixedFile): string =>
  `${1 - share} ${name} + ${share} ${parse(file.file.name).name}`;

export const openPictureModel =
  (
    shell: Shell,
    model: PictureModel,
    options: NetworkOptions,
    trace: Trace,
  ): TE.TaskEither<Failure, OpenModel> =>
  async () => {
    const runtime = await openRuntime(options.runtime, runtimeOptions(shell, options))();
    if (E.isLeft(runtime)) return runtime;
    trace("runtime-open");
    const engine = runtime.right;
    const room = { engine, bytes: usableMemory() };
    const tile = options.tile ?? fittingPictureTile(model.network, room);
    const opened = await openPictureUpscaler(engine, model)();
    if (E.isLeft(opened)) {
      await engine.close();
      return E.left(modelLine(opened.left));
    }
    trace("model-read");
    const upscaler = opened.right;
    return E.right({
      name: model.mix === null ? model.name : mixedName(model.name, model.mix),
      parameters: parameterCount(model.network.parameters),
      runtime: engine.name,
      settings: { tile },
      factor: upscaler.factor,
      enlarge: ({ width, height, rgb }, onTile) => {
        const picture: Picture = { width, height, channels: 3, data: rgb };
        const enlarged = upscaler.upscale(picture, { tile, onProgress: onTile });
        return TE.bimap(upscaleFailure, ({ data }: Picture) => data)(enlarged);
      },
      work: (picture) => pictureWork(model.network, picture, tile),
      close: async () => {
        upscaler.close();
        await engine.close();
      },
    });
  };

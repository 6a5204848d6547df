/**
 * A model of ours on one of our runtimes, from a picture in memory to a picture in memory.
 *
 * Settings: `model` (a shipped model's name), or `family` (a family's name: a one-step model of its shape with random
 * weights) with `noise` ("heard" or "unheard": whether the weights for z_t are non-zero); `runtime`, `side` (of the
 * picture, in pixels).
 */
import { findModel, loadModel } from "@tadsr/files";
import { type Model, openSmallUpscaler } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import { type BenchError, failed, missing } from "../lib/bench-error.ts";
import type { Contender, Settings } from "../lib/contender.ts";
import { photograph } from "../lib/photograph.ts";
import { runtimes } from "../lib/runtimes.ts";
import { shapeModel } from "../lib/shape-model.ts";

const modelOf =
  ({ model: name = "", family, noise = "unheard" }: Settings): TE.TaskEither<BenchError, Model> =>
  async () => {
    if (family !== undefined) return shapeModel(family, { hearsNoise: noise === "heard" });
    const folder = await findModel(name)();
    if (E.isLeft(folder)) return E.left(failed(folder.left.message));
    return E.mapLeft(({ message }: { readonly message: string }) => failed(message))(
      await loadModel(folder.right)(),
    );
  };

export const contender: Contender = (settings) => async () => {
  const { runtime: wanted = "", side = "256" } = settings;
  const runtime = Object.values(runtimes).find((candidate) => candidate.name === wanted);
  if (runtime === undefined)
    return E.left(failed(`there is no runtime ${wanted}; there are ${Object.keys(runtimes).join(", ")}`));
  const model = await modelOf(settings)();
  if (E.isLeft(model)) return model;
  const engine = await runtime.open();
  if (E.isLeft(engine)) return E.left(missing(engine.left.missing, engine.left.remedy));
  const upscaler = openSmallUpscaler(engine.right, model.right);
  if (E.isLeft(upscaler)) return E.left(failed(upscaler.left.message));
  const picture = photograph(Number(side), Number(side));
  return E.right({
    run: async () => {
      const result = await upscaler.right.upscale(picture, { seed: 0 })();
      if (E.isLeft(result)) throw new Error(result.left.message);
      return result.right;
    },
  });
};

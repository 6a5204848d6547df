/**
 * A model of ours on one of our runtimes, from a picture in memory to a picture in memory.
 *
 * Settings: `model` (a shipped model's name), `runtime`, `side` (of the picture, in pixels).
 */
import { findModel, loadModel, openUpscaler } from "@tadsr/model";
import { runtimes } from "@tadsr/runtime-node";
import * as E from "fp-ts/lib/Either.js";
import { failed, missing } from "../lib/bench-error.ts";
import type { Contender } from "../lib/contender.ts";
import { photograph } from "../lib/photograph.ts";

export const contender: Contender = (settings) => async () => {
  const { model: name = "", runtime: wanted = "", side = "256" } = settings;
  const runtime = Object.values(runtimes).find((candidate) => candidate.name === wanted);
  if (runtime === undefined)
    return E.left(failed(`there is no runtime ${wanted}; there are ${Object.keys(runtimes).join(", ")}`));
  const folder = await findModel(name)();
  if (E.isLeft(folder)) return E.left(failed(folder.left.message));
  const model = await loadModel(folder.right)();
  if (E.isLeft(model)) return E.left(failed(model.left.message));
  const engine = await runtime.open();
  if (E.isLeft(engine)) return E.left(missing(engine.left.missing, engine.left.remedy));
  const upscaler = openUpscaler(engine.right, model.right);
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

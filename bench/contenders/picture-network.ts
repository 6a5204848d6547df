/**
 * A network of Real-ESRGAN with meaningless weights, on one of our runtimes, from RGB bytes to RGB bytes, in one piece
 * and not in tiles.
 *
 * Settings: `network` (a name of `publishedPictureNetworks`), `runtime`, `side` (of the picture, in pixels).
 */
import type { Engine, NdArray } from "@tadsr/core";
import {
  type PublishedPictureName,
  pictureNetwork,
  publishedPictureNetworks,
  randomWeight,
  uploadWeights,
} from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { failed, missing } from "../lib/bench-error.ts";
import type { Contender } from "../lib/contender.ts";
import { photograph } from "../lib/photograph.ts";
import { runtimes } from "../lib/runtimes.ts";

const isPublished = (name: string): name is PublishedPictureName => name in publishedPictureNetworks;

const bytesOf = ({ data }: NdArray): Uint8ClampedArray => {
  const bytes = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (!Number.isFinite(value)) throw new Error(`value ${i} of the result is ${value}`);
    bytes[i] = value * 255;
  }
  return bytes;
};

export const contender: Contender = (settings) => async () => {
  const { network: name = "", runtime: wanted = "", side = "256" } = settings;
  if (!isPublished(name)) {
    const known = Object.keys(publishedPictureNetworks).join(", ");
    return E.left(failed(`there is no network ${name}; there are ${known}`));
  }
  const runtime = Object.values(runtimes).find((candidate) => candidate.name === wanted);
  if (runtime === undefined)
    return E.left(failed(`there is no runtime ${wanted}; there are ${Object.keys(runtimes).join(", ")}`));
  const opened = await runtime.open();
  if (E.isLeft(opened)) return E.left(missing(opened.left.missing, opened.left.remedy));
  const engine: Engine<unknown> = opened.right;
  const network = pictureNetwork(publishedPictureNetworks[name]);
  const weights = uploadWeights(
    engine,
    network.parameters,
    Object.fromEntries(
      network.parameters.map((spec, place) => [spec.name, randomWeight(spec, { seed: 1, place })]),
    ),
  );
  const { width, height, channels, data } = photograph(Number(side), Number(side));
  return E.right({
    run: async () => {
      const pixels = {
        shape: [1, height, width, channels],
        data: Float32Array.from(data, (byte) => byte / 255),
      };
      const result = engine.scope(() => network.run(engine.algebra)(weights, engine.upload("image", pixels)));
      const upscaled = await engine.download("image", result).finally(() => engine.release([result]));
      return bytesOf(upscaled);
    },
  });
};

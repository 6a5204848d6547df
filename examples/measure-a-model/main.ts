/**
 * Measures from code: a model and bicubic interpolation, on a photograph that is degraded as in Real-ESRGAN, with three
 * seeds.
 *
 *     npx tsx examples/measure-a-model/main.ts photo.jpg
 */

import { findModel, loadModel } from "@tadsr/files";
import { bicubicMethod, enlargingMethod, evaluate, markdownTable, pictureMetrics } from "@tadsr/metrics";
import { upscale } from "@tadsr/model";
import { runtimes } from "@tadsr/runtime-node";
import { decodePicture, degradationPresets, degraderOf } from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";

/** The library returns errors as values. A program that wants to throw them does it in one place. */
const resultOf = async <L extends object, A>(task: TE.TaskEither<L, A>): Promise<A> => {
  const result = await task();
  if (E.isLeft(result)) throw new Error(Object.values(result.left).join("; "));
  return result.right;
};

/** Measures a shipped model, or a model in a folder, on one photograph. */
export const main = async (photograph: string, name = "small-x4") => {
  const model = await resultOf(TE.chainW(loadModel)(findModel(name)));
  const engine = await resultOf(runtimes.wasm.open);
  const read = TE.tryCatch(() => decodePicture(photograph), E.toError);
  try {
    return await resultOf(
      evaluate({
        title: "one photograph",
        originals: [{ name: "photograph", read }],
        degrading: degraderOf("realesrgan", degradationPresets.realesrgan),
        seeds: [0, 1, 2],
        methods: [
          bicubicMethod("bicubic", 4),
          enlargingMethod(name, (small, seed) => upscale(engine, model)(small, { seed })),
        ],
        metrics: pictureMetrics({ border: 0 }).filter((metric) => ["psnr", "ssim"].includes(metric.name)),
      }),
    );
  } finally {
    await engine.close();
  }
};

if (import.meta.filename === process.argv[1]) {
  const [photograph] = process.argv.slice(2);
  if (photograph === undefined) throw new Error("give a photograph");
  console.log(await resultOf(TE.fromEither(markdownTable(await main(photograph)))));
}

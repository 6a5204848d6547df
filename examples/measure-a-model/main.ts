/**
 * Measures from code: a model and bicubic interpolation, on photographs that are degraded as in Real-ESRGAN, with three
 * seeds.
 *
 *     npx tsx examples/measure-a-model/main.ts photographs/
 */

import { evaluateFolder, openersOn } from "@tadsr/evaluate";
import { markdownTable, type Report } from "@tadsr/metrics";
import { openRuntime } from "@tadsr/runtime-node";
import * as E from "fp-ts/lib/Either.js";

/** The library returns errors as values. A program that wants to throw them does it in one place. */
const orThrow = <A>(result: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

/** Measures a shipped model, or a model in a folder, on a folder of photographs. */
export const main = async (photographs: string, model = "small-x4"): Promise<Report> => {
  const evaluated = await evaluateFolder({
    originals: photographs,
    methods: [
      { kind: "bicubic", name: "bicubic" },
      { kind: "model", name: model, model },
    ],
    degradation: "realesrgan",
    seeds: [0, 1, 2],
    metrics: { names: ["psnr", "ssim"] },
    open: openersOn(openRuntime("wasm")),
  })();
  return orThrow(evaluated).report;
};

if (import.meta.filename === process.argv[1]) {
  const [photographs] = process.argv.slice(2);
  if (photographs === undefined) throw new Error("give a folder of photographs");
  console.log(orThrow(markdownTable(await main(photographs))));
}

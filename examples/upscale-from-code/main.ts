/**
 * Upscales from code: a model, a runtime and a picture, with progress and an AbortSignal to stop it.
 *
 *     npx tsx examples/upscale-from-code/main.ts photo.jpg photo-4x.png
 */
import { findModel, loadModel } from "@tadsr/files";
import { upscale } from "@tadsr/model";
import { runtimes } from "@tadsr/runtime-node";
import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import sharp from "sharp";

/** The library returns errors as values. A program that wants to throw them does it in one place. */
const resultOf = async <A>(task: TaskEither<{ readonly message: string }, A>): Promise<A> => {
  const result = await task();
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

export interface Options {
  /** The name of a shipped model, or a model folder. */
  readonly model?: string;
  readonly runtime?: keyof typeof runtimes;
  readonly seed?: number;
  readonly tile?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Reads `input`, writes it upscaled to `output`, and returns the size of the result. */
export const main = async (input: string, output: string, options: Options = {}) => {
  const { model: name = "small-x4", runtime = "wasm", seed = 0, ...others } = options;
  const model = await resultOf(loadModel(await resultOf(findModel(name))));
  const { data, info } = await sharp(input)
    .autoOrient()
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const picture = { width: info.width, height: info.height, channels: 3 as const, data };

  const opened = await runtimes[runtime].open();
  if (E.isLeft(opened)) throw new Error(opened.left.message);
  const engine = opened.right;
  try {
    const { width, height, data } = await resultOf(upscale(engine, model)(picture, { seed, ...others }));
    await sharp(data, { raw: { width, height, channels: 3 } }).toFile(output);
    return { width, height };
  } finally {
    await engine.close();
  }
};

if (import.meta.filename === process.argv[1]) {
  const [input, output] = process.argv.slice(2);
  if (input === undefined || output === undefined)
    throw new Error("give a picture and a path for the result");
  // Stops after ten minutes.
  const signal = AbortSignal.timeout(600_000);
  const onProgress = (done: number, total: number) => process.stderr.write(`\r${done} of ${total} tiles`);
  const { width, height } = await main(input, output, { signal, onProgress });
  process.stderr.write(`\r${output}: ${width} x ${height}\n`);
}

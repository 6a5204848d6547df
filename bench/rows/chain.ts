/** One picture through a one-step model of the paper's size, from file to file, ours against the authors' graphs. */
import { spawnSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { makeSchedule, noiseLevel, normal } from "@tadsr/core";
import { describePaperFiles } from "@tadsr/files";
import { bicubicResize, openPaperUpscaler, publishedModels } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import sharp from "sharp";
import { timed } from "../lib/alternate.ts";
import { type GraphName, prepareGraphs } from "../lib/authors-graphs.ts";
import { failed, failedBy } from "../lib/bench-error.ts";
import { measurePair } from "../lib/comparison.ts";
import { atMost } from "../lib/goal.ts";
import { type Measured, notRun } from "../lib/measured.ts";
import { anyInput, anyInputs, float, openSession } from "../lib/onnx-session.ts";
import { root } from "../lib/places.ts";
import type { Row } from "../lib/row.ts";
import { runtimes } from "../lib/runtimes.ts";
import { inWorkFolder, writePhotograph } from "../lib/work-folder.ts";

const SIDE = 64;
const LARGE = 4 * SIDE;
const ROUNDS = 7;

const right = <L, A>(result: E.Either<L, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly channels: 3;
  readonly data: Uint8Array;
}

const readPicture = async (path: string): Promise<Decoded> => {
  const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: 3, data };
};

const writePicture = (path: string, data: Uint8Array): Promise<unknown> =>
  sharp(data, { raw: { width: LARGE, height: LARGE, channels: 3 } })
    .png()
    .toFile(path);

/** [h, w, 3] to [1, 3, h, w] in [-1, 1]. */
const planes = (pixels: ArrayLike<number>, side: number, unit: (value: number) => number): Float32Array => {
  const result = new Float32Array(3 * side * side);
  for (let i = 0; i < side * side; i++)
    for (let c = 0; c < 3; c++) result[c * side * side + i] = unit(pixels[3 * i + c] as number);
  return result;
};

const toUnit = (byte: number): number => byte / 127.5 - 1;

/** The authors' graphs one after another, with the steps between them on the host. */
const authorsChain = async (paths: Readonly<Record<GraphName, string>>) => {
  const encoder = await openSession(paths.vq_f4_encoder);
  const unet = await openSession(paths.unet);
  const decoder = await openSession(paths.vq_f4_decoder);
  const schedule = right(makeSchedule(publishedModels["tad-sr-s1"].schedule));
  const level = noiseLevel(schedule)(schedule.T);
  const [imageName] = anyInput(encoder, 0);
  const [latentName] = anyInput(decoder, 0);
  const first = (results: Readonly<Record<string, { readonly data: unknown }>>): Float32Array =>
    Object.values(results)[0]?.data as Float32Array;
  return {
    run: async (input: string, output: string): Promise<void> => {
      const picture = await readPicture(input);
      const large = bicubicResize(picture, LARGE, LARGE);
      const image = float(planes(large.data, LARGE, toUnit), [1, 3, LARGE, LARGE]);
      const z_y = first(await encoder.run({ [imageName]: image }));
      const noise = normal({ seed: 0, stream: 0 }, 0, z_y.length);
      const x = z_y.map((value, i) => (value + level * (noise[i] as number)) / Math.sqrt(level ** 2 + 1));
      const feeds = {
        ...anyInputs(unet),
        x: float(x, [1, 3, SIDE, SIDE]),
        lq: float(planes(picture.data, SIDE, toUnit), [1, 3, SIDE, SIDE]),
      };
      const z_0 = first(await unet.run(feeds));
      const decoded = first(await decoder.run({ [latentName]: float(z_0, [1, 3, SIDE, SIDE]) }));
      const bytes = new Uint8ClampedArray(decoded.length);
      for (let i = 0; i < LARGE * LARGE; i++)
        for (let c = 0; c < 3; c++)
          bytes[3 * i + c] = ((decoded[c * LARGE * LARGE + i] as number) + 1) * 127.5;
      await writePicture(output, new Uint8Array(bytes.buffer));
    },
    close: async () => {
      for (const session of [encoder, unet, decoder]) await session.release();
    },
  };
};

/** Random weights of the published size, and the model on the engine with these weights. */
const ourChain = async (folder: string, runtime: keyof typeof runtimes) => {
  const main = join(root, "packages", "cli", "src", "main.ts");
  const words = ["--import", "tsx", main, "random-weights", "tad-sr-s1", "--out", folder];
  const made = spawnSync(process.execPath, words, { cwd: root, encoding: "utf8" });
  if (made.status !== 0) throw new Error(made.stderr);
  const { files } = publishedModels["tad-sr-s1"];
  const model = right(
    await describePaperFiles(
      {
        network: { file: join(folder, files.network) },
        autoencoder: { file: join(folder, files.autoencoder) },
      },
      { config: "tad-sr-s1" },
    )(),
  );
  const engine = right(await runtimes[runtime].open());
  const upscaler = right(await openPaperUpscaler(engine, model)());
  return {
    run: async (input: string, output: string): Promise<void> => {
      const picture = await readPicture(input);
      const result = right(await upscaler.upscale(picture, { seed: 0 })());
      await writePicture(output, result.data);
    },
    close: async () => {
      upscaler.close();
      await engine.close();
    },
  };
};

export const chain: Row = {
  name: "chain",
  title: "A one-step model of the paper's size from file to file, 64 to 256",
  measures:
    "Read, encode, one step, decode, write, with everything open and warm, in one process. Ours is compared with the " +
    "authors' three graphs in the same ONNX Runtime with the same threads. Weights are noise on both sides.",
  run: (request) =>
    TE.tryCatch(
      () =>
        inWorkFolder(async (folder): Promise<readonly Measured[]> => {
          const paths = await prepareGraphs(folder)();
          if (E.isLeft(paths)) return [notRun("chain", paths.left)];
          const runtime = Object.keys(runtimes).find((name) => name === request.runtime);
          if (runtime === undefined)
            return [notRun("chain", failed(`there is no runtime ${request.runtime}`))];
          request.progress("random weights of the published size");
          const weights = join(folder, "weights");
          await mkdir(weights);
          const ours = await ourChain(weights, runtime as keyof typeof runtimes);
          const theirs = await authorsChain(paths.right);
          try {
            const picture = await writePhotograph(folder, SIDE);
            request.progress("chain");
            const name = "chain, 64 to 256";
            const measured = await measurePair(
              {
                name,
                ours: timed(`this project on ${runtime}`, () => ours.run(picture, join(folder, "a.png"))),
                theirs: timed("the authors' graphs", () => theirs.run(picture, join(folder, "b.png"))),
                goal: atMost(0.62),
              },
              { rounds: request.rounds ?? ROUNDS, warmups: 2 },
            )();
            return [E.isLeft(measured) ? notRun(name, measured.left) : measured.right];
          } finally {
            await ours.close();
            await theirs.close();
          }
        }),
      failedBy,
    ),
};

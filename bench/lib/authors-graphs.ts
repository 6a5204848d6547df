/**
 * The authors' networks as PyTorch exports them (ONNX), opened in the same ONNX Runtime. A folder has the three graphs.
 * Their weights are a file of noise, which is written here if it is missing.
 */
import { copyFile, open } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "@tadsr/files";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import { type BenchError, missing } from "./bench-error.ts";
import { root } from "./places.ts";

export const GRAPHS = ["unet", "vq_f4_encoder", "vq_f4_decoder"] as const;
export type GraphName = (typeof GRAPHS)[number];

const WEIGHTS = "weights.bin";
const WEIGHTS_BYTES = 490_000_000;
const BLOCK = 2 ** 20;

/** `TADSR_BENCH_GRAPHS`, or else the developers' folder beside the repository. */
const folderOfGraphs = (): string => process.env.TADSR_BENCH_GRAPHS ?? join(root, "..", "shared", "bench");

/** float32 numbers between -0.03 and 0.03. */
const noise = (): Uint8Array => {
  const numbers = new Float32Array(BLOCK / Float32Array.BYTES_PER_ELEMENT);
  let state = 1;
  for (let i = 0; i < numbers.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    numbers[i] = (state / 2 ** 32 - 0.5) * 0.06;
  }
  return new Uint8Array(numbers.buffer);
};

const writeWeights = async (path: string): Promise<void> => {
  const block = noise();
  const file = await open(path, "w");
  try {
    for (let written = 0; written < WEIGHTS_BYTES; written += BLOCK) await file.write(block);
  } finally {
    await file.close();
  }
};

/** Copies the graphs into a writable folder and adds the weights. Returns the path of each. */
export const prepareGraphs =
  (folder: string): TE.TaskEither<BenchError, Readonly<Record<GraphName, string>>> =>
  async () => {
    const source = folderOfGraphs();
    for (const name of GRAPHS)
      if (!(await exists(join(source, `${name}.onnx`))))
        return E.left(
          missing(
            `${name}.onnx, the authors' network as PyTorch exports it`,
            "set TADSR_BENCH_GRAPHS to the folder of unet.onnx, vq_f4_encoder.onnx and vq_f4_decoder.onnx",
          ),
        );
    for (const name of GRAPHS) await copyFile(join(source, `${name}.onnx`), join(folder, `${name}.onnx`));
    const weights = join(source, WEIGHTS);
    if (await exists(weights)) await copyFile(weights, join(folder, WEIGHTS));
    else await writeWeights(join(folder, WEIGHTS));
    const paths = GRAPHS.map((name) => [name, join(folder, `${name}.onnx`)]);
    return E.right(Object.fromEntries(paths) as Record<GraphName, string>);
  };

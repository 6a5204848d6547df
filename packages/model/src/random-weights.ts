/** Random weights for any network, so that its size can be tried without the authors' files. */

import { elements, type NdArray, normal } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import type { ByteSink } from "./bytes/byte-sink.ts";
import type { FileUnwritable, ValueOutOfRange } from "./errors.ts";
import { vqAutoencoder } from "./networks/autoencoder/autoencoder.ts";
import type { PublishedModel } from "./networks/published.ts";
import { swinUNet } from "./networks/swin-unet.ts";
import type { FloatType } from "./number-formats.ts";
import type { ParameterSpec } from "./parameters.ts";
import type { StreamedTensor } from "./weight-writer/streamed-tensor.ts";
import type { WeightFormat } from "./weight-writer/weight-format.ts";
import { writeWeights } from "./weight-writer/write-weights.ts";

const SMALL = 0.02;

/**
 * One parameter. It depends only on the seed and its place in the network's list. No parameter is zero, although
 * training begins with zeros: matrices and kernels have variance 1 / (inputs of one output), scales are near 1, biases
 * and tables have standard deviation 0.02.
 */
export const randomWeight = (
  { kind, shape, initial }: ParameterSpec,
  { seed, place }: { readonly seed: number; readonly place: number },
): NdArray => {
  const count = elements(shape);
  const isSmall = kind === "vector" || kind === "scalar" || initial === "small";
  const deviation = isSmall ? SMALL : 1 / Math.sqrt(Math.max(1, count / (shape[0] ?? 1)));
  const mean = initial === "ones" ? 1 : 0;
  const data = new Float32Array(count);
  // In pieces, because the draws are float64.
  const PIECE = 2 ** 16;
  for (let start = 0; start < count; start += PIECE) {
    const drawn = normal({ seed, stream: place }, start, Math.min(PIECE, count - start));
    for (let i = 0; i < drawn.length; i++) data[start + i] = mean + deviation * (drawn[i] as number);
  }
  return { shape, data };
};

/** A file of a published model, to be written with random numbers. */
export interface RandomFile {
  /** The authors' name. */
  readonly name: string;
  readonly parameters: readonly ParameterSpec[];
  readonly seed: number;
}

/**
 * Both files of a published model, with the authors' names. Their seeds differ, so that layers with the same shape have
 * different numbers in the two files.
 */
export const randomFiles = (
  { network, autoencoder, files }: Pick<PublishedModel, "network" | "autoencoder" | "files">,
  seed: number,
): readonly RandomFile[] => [
  { name: files.network, parameters: swinUNet(network).parameters, seed: 2 * seed },
  { name: files.autoencoder, parameters: vqAutoencoder(autoencoder).parameters, seed: 2 * seed + 1 },
];

/** Writes random weights for the parameters, one in memory at a time. */
export const writeRandomWeights = (
  sink: ByteSink,
  parameters: readonly ParameterSpec[],
  {
    seed,
    dtype,
    format,
  }: { readonly seed: number; readonly dtype: FloatType; readonly format: WeightFormat },
): TE.TaskEither<FileUnwritable | ValueOutOfRange, void> =>
  writeWeights(
    sink,
    parameters.map(
      (spec, place): StreamedTensor<never> => ({
        name: spec.name,
        shape: spec.shape,
        dtype,
        read: () => Promise.resolve(E.right(randomWeight(spec, { seed, place }))),
      }),
    ),
    { format, metadata: { format: "pt", random_seed: String(seed) } },
  );

/** `tadsr random-weights`: writes both files of a published model with random numbers. */
import { mkdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { writeRandomWeights } from "@tadsr/files";
import {
  type FloatType,
  type ParameterSpec,
  type PublishedModel,
  type PublishedName,
  parameterCount,
  publishedModels,
  swinUNet,
  vqAutoencoder,
} from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, outputFailure } from "../failure.ts";
import type { CommandTask } from "../perform.ts";
import { cannotWrite, objectionTo, writeSafely } from "../safe-file.ts";
import { displayPath, printLine, resolveIn, type Shell } from "../shell.ts";

export interface RandomWeightsOptions {
  readonly model: PublishedName;
  readonly out: string;
  readonly seed: number;
  readonly dtype: FloatType;
  readonly force?: boolean;
}

interface Part {
  readonly output: string;
  readonly parameters: readonly ParameterSpec[];
  readonly seed: number;
}

type Networks = Pick<PublishedModel, "network" | "autoencoder" | "files">;

/** The seeds differ, so that layers with the same shape have different numbers in the two files. */
const partsOf = (
  { network, autoencoder, files }: Networks,
  folder: string,
  seed: number,
): readonly Part[] => [
  { output: join(folder, files.network), parameters: swinUNet(network).parameters, seed: 2 * seed },
  {
    output: join(folder, files.autoencoder),
    parameters: vqAutoencoder(autoencoder).parameters,
    seed: 2 * seed + 1,
  },
];

const writePart = (
  shell: Shell,
  { output, parameters, seed }: Part,
  { dtype, force }: RandomWeightsOptions,
): TE.TaskEither<Failure, void> =>
  writeSafely(
    shell,
    output,
    force === true,
  )((draft) =>
    TE.mapLeft(({ message }: { readonly message: string }) =>
      outputFailure(message.replaceAll(draft, displayPath(shell, output))),
    )(
      writeRandomWeights(draft, parameters, {
        seed,
        dtype,
        format: extname(output) === ".safetensors" ? "safetensors" : "pytorch-zip",
      }),
    ),
  );

/** `networks` are the published model's, except in tests, which use smaller ones. */
export const runRandomWeights =
  (
    shell: Shell,
    options: RandomWeightsOptions,
    networks: Networks = publishedModels[options.model],
  ): CommandTask =>
  async () => {
    const folder = resolveIn(shell, options.out);
    const parts = partsOf(networks, folder, options.seed);
    for (const { output } of parts) {
      const objection = await objectionTo(shell, output, options.force === true);
      if (objection !== null) return E.left(objection);
    }
    const made = await TE.tryCatch(() => mkdir(folder, { recursive: true }), cannotWrite(shell, folder))();
    if (E.isLeft(made)) return made;
    for (const part of parts) {
      const written = await writePart(shell, part, options)();
      if (E.isLeft(written)) return written;
      const count = parameterCount(part.parameters);
      printLine(shell, `${displayPath(shell, part.output)}: ${count} random numbers, seed ${options.seed}`);
    }
    return E.right(0);
  };

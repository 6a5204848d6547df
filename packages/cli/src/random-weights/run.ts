/** `tadsr random-weights`: writes both files of a published model with random numbers. */
import { mkdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { writeRandomWeights } from "@tadsr/files";
import {
  type FloatType,
  type PublishedName,
  parameterCount,
  publishedModels,
  type RandomFile,
  randomFiles,
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

type Networks = Parameters<typeof randomFiles>[0];

const writeFile = (
  shell: Shell,
  output: string,
  { parameters, seed }: RandomFile,
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
    const files = randomFiles(networks, options.seed).map((file) => ({
      file,
      output: join(folder, file.name),
    }));
    for (const { output } of files) {
      const objection = await objectionTo(shell, output, options.force === true);
      if (objection !== null) return E.left(objection);
    }
    const made = await TE.tryCatch(() => mkdir(folder, { recursive: true }), cannotWrite(shell, folder))();
    if (E.isLeft(made)) return made;
    for (const { file, output } of files) {
      const written = await writeFile(shell, output, file, options)();
      if (E.isLeft(written)) return written;
      const count = parameterCount(file.parameters);
      printLine(shell, `${displayPath(shell, output)}: ${count} random numbers, seed ${options.seed}`);
    }
    return E.right(0);
  };

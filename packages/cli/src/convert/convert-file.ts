/** Converts one file of weights to another format. */
import { extname } from "node:path";
import { convertWeights, type WeightFile } from "@tadsr/files";
import type { Converted, FloatType, WeightFormat } from "@tadsr/model";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { Failure } from "../failure.ts";
import { modelLine } from "../locate-model.ts";
import { writeSafely } from "../safe-file.ts";
import { displayPath, type Shell } from "../shell.ts";

export interface CopyOptions {
  readonly dtype?: FloatType;
  readonly force?: boolean;
}

/** By the end of the output's name. */
const FORMATS: Readonly<Record<string, WeightFormat>> = {
  ".safetensors": "safetensors",
  ".pth": "pytorch-zip",
  ".pt": "pytorch-zip",
};

/** The format that an output's name tells; null if it tells none. */
export const weightFormatOf = (path: string): WeightFormat | null =>
  FORMATS[extname(path).toLowerCase()] ?? null;

/** Writes one file of weights. Errors use the output's name, not its draft's. */
export const convertFile = (
  shell: Shell,
  source: WeightFile,
  output: string,
  { dtype, force }: CopyOptions,
): TE.TaskEither<Failure, Converted> =>
  writeSafely(
    shell,
    output,
    force === true,
  )((draft) =>
    TE.mapLeft((error: { readonly message: string }) =>
      modelLine({ message: error.message.replaceAll(draft, displayPath(shell, output)) }),
    )(
      convertWeights(source, draft, {
        format: weightFormatOf(output) ?? "safetensors",
        ...(dtype === undefined ? {} : { dtype }),
      }),
    ),
  );

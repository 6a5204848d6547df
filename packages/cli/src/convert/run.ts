/** `tadsr convert`: one file of weights to another format, or two files to a model folder. */
import { sep } from "node:path";
import { convertFile, isFolder, type MadeFolder, makeModelFolder, type WeightFile } from "@tadsr/files";
import { type Converted, type FloatType, type PaperModelOptions, weightFormatOf } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, modelLine, usageFailure } from "../failure.ts";
import type { CommandTask } from "../perform.ts";
import { plural } from "../plural.ts";
import { isRefused, outputRefused, replacing } from "../safe-file.ts";
import { displayPath, noteLine, printLine, resolveIn, type Shell } from "../shell.ts";

export interface ConvertCommandOptions
  extends Pick<PaperModelOptions, "config" | "imageSize" | "window" | "headChannels"> {
  readonly dtype?: FloatType;
  readonly autoencoder?: string;
  readonly group?: string;
  readonly force?: boolean;
}

/** 1234567 as 1.2 MB. */
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const convertedLine = (input: string, output: string, { tensors, from, to, rounded }: Converted): string =>
  `${input} -> ${output}: ${plural(tensors, "tensor")}, ${megabytes(from)} -> ${megabytes(to)}` +
  `${rounded === 0 ? ", every number as it was" : `, ${rounded} of them rounded`}`;

/** The option for the group, if one was given. */
const sourceOf = (file: string, group: string | undefined): WeightFile => ({
  file,
  ...(group === undefined ? {} : { path: group }),
});

/** Options that only a model folder needs. */
const OF_FOLDERS = [
  ["--config", "config"],
  ["--image-size", "imageSize"],
  ["--window", "window"],
  ["--head-channels", "headChannels"],
] as const;

const refuseOutput = (named: string, asFolder: boolean, options: ConvertCommandOptions): Failure | null => {
  if (asFolder && options.autoencoder === undefined)
    return usageFailure(
      `output ${named} is a folder, and a model folder needs the autoencoder too: give it with --autoencoder, ` +
        "or name a .safetensors file",
    );
  if (asFolder) return null;
  if (options.autoencoder !== undefined)
    return usageFailure(
      `with --autoencoder the output is a folder, but ${named} is a file's name; name a folder`,
    );
  const [stray] = OF_FOLDERS.find(([, key]) => options[key] !== undefined) ?? [];
  if (stray !== undefined)
    return usageFailure(`${stray} is only for a model folder; add --autoencoder, or leave ${stray} out`);
  return weightFormatOf(named) === null
    ? usageFailure(`output ${named}: name it .safetensors or .pth, or give a folder and --autoencoder`)
    : null;
};

/** A path in an error is shown as the user would write it, and a model's faults are on one line. */
const failureOf =
  (shell: Shell, target: string) =>
  (error: { readonly _tag: string; readonly message: string }): Failure =>
    isRefused(error)
      ? outputRefused(shell)(error)
      : modelLine({ message: error.message.replaceAll(target, displayPath(shell, target)) });

const folderLine = (shell: Shell, folder: string, { description, factor }: MadeFolder): string =>
  `${displayPath(shell, folder)}: ${description.name}, ${factor}x, ${plural(description.steps, "step")}; ` +
  `use it with --model ${displayPath(shell, folder)}`;

const runMakeFolder = (
  shell: Shell,
  network: WeightFile,
  folder: string,
  autoencoder: string,
  options: Omit<ConvertCommandOptions, "autoencoder" | "group">,
): CommandTask => {
  const { dtype, force, ...choices } = options;
  return pipe(
    makeModelFolder({ network, autoencoder: { file: resolveIn(shell, autoencoder) } }, folder, {
      ...replacing(shell, force),
      ...(dtype === undefined ? {} : { dtype }),
      choices,
    }),
    TE.bimap(failureOf(shell, folder), (made) => {
      if (made.assumed.length > 0)
        noteLine(
          shell,
          `assumed: ${made.assumed.join(", ")}; --config, --image-size, --window and --head-channels set them`,
        );
      printLine(shell, folderLine(shell, folder, made));
      return 0 as const;
    }),
  );
};

export const runConvert =
  (shell: Shell, named: string, output: string, options: ConvertCommandOptions): CommandTask =>
  async () => {
    const [input, target] = [resolveIn(shell, named), resolveIn(shell, output)];
    const isNamedFile = weightFormatOf(output) !== null;
    const asFolder =
      output.endsWith("/") ||
      output.endsWith(sep) ||
      (await isFolder(target)) ||
      (options.autoencoder !== undefined && !isNamedFile);
    const refused = refuseOutput(output, asFolder, options);
    if (refused !== null) return E.left(refused);
    const { autoencoder, group, ...others } = options;
    if (autoencoder !== undefined)
      return runMakeFolder(shell, sourceOf(input, group), target, autoencoder, others)();
    const { dtype, force } = others;
    return pipe(
      convertFile(sourceOf(input, group), target, {
        ...replacing(shell, force),
        ...(dtype === undefined ? {} : { dtype }),
      }),
      TE.bimap(failureOf(shell, target), (converted) => {
        printLine(shell, convertedLine(named, output, converted));
        return 0 as const;
      }),
    )();
  };

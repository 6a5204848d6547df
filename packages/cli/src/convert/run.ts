/** `tadsr convert`: one file of weights to another format, or two files to a model folder. */
import { stat } from "node:fs/promises";
import { sep } from "node:path";
import type { WeightFile } from "@tadsr/files";
import type { Converted } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { type Failure, usageFailure } from "../failure.ts";
import type { CommandTask } from "../perform.ts";
import { plural } from "../plural.ts";
import { printLine, resolveIn, type Shell } from "../shell.ts";
import { type CopyOptions, convertFile, weightFormatOf } from "./convert-file.ts";
import { type FolderOptions, writeModelFolder } from "./model-folder.ts";

export interface ConvertCommandOptions extends FolderOptions, CopyOptions {
  readonly autoencoder?: string;
  readonly group?: string;
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

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
    if (options.autoencoder !== undefined) {
      const { autoencoder, group, dtype, force, ...rest } = options;
      const files = { network: sourceOf(input, group), autoencoder: { file: resolveIn(shell, autoencoder) } };
      const copy = { ...(dtype === undefined ? {} : { dtype }), ...(force === undefined ? {} : { force }) };
      return E.map((line: string) => {
        printLine(shell, line);
        return 0 as const;
      })(await writeModelFolder(shell, files, target, rest, copy)());
    }
    const converted = await convertFile(shell, sourceOf(input, options.group), target, options)();
    if (E.isLeft(converted)) return converted;
    printLine(shell, convertedLine(named, output, converted.right));
    return E.right(0);
  };

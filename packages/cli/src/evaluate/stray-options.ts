/** Options of `evaluate` that are wrong together, found before anything is read. */
import { folderAround, isSamePlace, type MethodSource } from "@tadsr/evaluate";
import { type Failure, outputFailure, usageFailure } from "../failure.ts";
import { type Shell, STREAM } from "../shell.ts";
import type { EvaluateOptions } from "./options.ts";

/** Why an option has no effect; null if all have. */
export const strayOption = (
  { runtime, threads, device, features, featuresLinear, show, html, keep }: EvaluateOptions,
  methods: readonly MethodSource[],
): Failure | null => {
  if (!methods.some(({ kind }) => kind === "model") && features === undefined) {
    if (threads !== undefined)
      return usageFailure("--threads has no meaning without a model or --features; leave it out");
    if (device !== undefined)
      return usageFailure("--device has no meaning without a model or --features; leave it out");
    if (runtime !== "auto")
      return usageFailure("--runtime has no meaning without a model or --features; leave it out");
  }
  if (featuresLinear !== undefined && features === undefined)
    return usageFailure(
      "--features-linear has no meaning without --features; add --features with the network's weights",
    );
  if (keep?.trim() === "") return usageFailure("--keep: the folder's name is empty; give one");
  return show !== undefined && html === undefined
    ? usageFailure("--show has no meaning without --html; add it")
    : null;
};

const hasPictureName = (file: string): boolean => /\.(jpe?g|png|webp|tiff?|avif|gif)$/i.test(file);

/** Why the report or the page cannot be written to its place; null if both can. `inputs` are the folders read. */
export const objectionToFiles = async (
  { folder }: Shell,
  { out, html }: EvaluateOptions,
  inputs: readonly string[],
): Promise<Failure | null> => {
  for (const [option, file] of [
    ["-o", out],
    ["--html", html],
  ] as const) {
    if (file === undefined) continue;
    if (file.trim() === "") return usageFailure(`${option}: the file's name is empty; give one`);
    if (file === STREAM)
      return usageFailure(`${option} cannot be standard output (-); --json prints the report`);
    const input = hasPictureName(file) ? await folderAround([file], inputs, folder) : null;
    if (input !== null)
      return outputFailure(
        `${option} ${file}: it would be one of the pictures of ${input}, which are measured; name another place`,
      );
  }
  return out !== undefined && html !== undefined && (await isSamePlace(out, html, folder))
    ? usageFailure("-o and --html name the same file; name two")
    : null;
};

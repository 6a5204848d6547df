/** From what the user named (files, folders, patterns) to the pictures that are meant. */
import { readdir, stat } from "node:fs/promises";
import { join, parse, sep } from "node:path";
import { PICTURE_FORMATS } from "@tadsr/files";
import { type Failure, fileReason, inputFailure } from "../failure.ts";
import { resolveIn, type Shell, STREAM } from "../shell.ts";
import { hasPictureExtension } from "./format.ts";

/** What outputs are called unless the user says otherwise: `photo-4x.png`. */
export const suffixOf = (factor: number): string => `-${factor}x`;

export const OUTPUT_SUFFIX = suffixOf(4);

/** A picture, or what was named in its place, that will not be upscaled, and why. */
export interface Refused {
  readonly named: string;
  readonly failure: Failure;
}

export interface Inputs {
  /** Absolute paths, or `-`; each once, in the order they were named. */
  readonly paths: readonly string[];
  readonly refused: readonly Refused[];
  /** Pictures of a folder or a pattern left out because they are outputs of an earlier run. */
  readonly skipped: readonly string[];
  /** Whether each picture was named by itself. */
  readonly isSingle: boolean;
}

/** `photo-4x.png` beside `photo.jpg` is what an earlier run wrote; named by itself it is upscaled all the same. */
const isEarlierOutput = (path: string, stems: ReadonlySet<string>, suffix: string): boolean => {
  const { dir, name } = parse(path);
  return name.endsWith(suffix) && stems.has(join(dir, name.slice(0, -suffix.length)));
};

const withoutEarlierOutputs = (
  paths: readonly string[],
  suffix: string,
): Pick<Inputs, "paths" | "skipped"> => {
  const stems = new Set(paths.map((path) => join(parse(path).dir, parse(path).name)));
  return {
    paths: paths.filter((path) => !isEarlierOutput(path, stems, suffix)),
    skipped: paths.filter((path) => isEarlierOutput(path, stems, suffix)),
  };
};

const none: Inputs = { paths: [], refused: [], skipped: [], isSingle: false };

const picturesOfFolder = async (path: string, named: string, suffix: string): Promise<Inputs> => {
  const entries = await readdir(path, { withFileTypes: true });
  const found = entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith(".") && hasPictureExtension(entry.name))
    .map((entry) => join(path, entry.name))
    .sort();
  if (found.length > 0) return { ...none, ...withoutEarlierOutputs(found, suffix) };
  const message = `${named}: no ${PICTURE_FORMATS} picture in this folder (subfolders are not searched)`;
  return { ...none, refused: [{ named, failure: inputFailure(`${message}; name a folder that has some`) }] };
};

const picturesOfPattern = async (shell: Shell, pattern: string, suffix: string): Promise<Inputs> => {
  const { glob } = await import("tinyglobby");
  // Patterns are written with forward slashes; where the backslash separates folders it is not an escape.
  const matches = await glob(sep === "\\" ? pattern.replaceAll("\\", "/") : pattern, {
    cwd: shell.folder,
    absolute: true,
    onlyFiles: true,
    expandDirectories: false,
  });
  const found = matches.filter(hasPictureExtension).sort();
  if (found.length > 0) return { ...none, ...withoutEarlierOutputs(found, suffix) };
  const failure = inputFailure(`${pattern}: no ${PICTURE_FORMATS} picture matches this pattern; check it`);
  return { ...none, refused: [{ named: pattern, failure }] };
};

const one = async (shell: Shell, named: string, suffix: string): Promise<Inputs> => {
  if (named === STREAM) return { ...none, paths: [STREAM], isSingle: true };
  const path = resolveIn(shell, named);
  try {
    // A file whose name happens to look like a pattern is the file.
    const found = await stat(path);
    return found.isDirectory()
      ? await picturesOfFolder(path, named, suffix)
      : { ...none, paths: [path], isSingle: true };
  } catch (thrown) {
    if (/[*?[\]{}!()]/.test(named)) return picturesOfPattern(shell, named, suffix);
    const failure = inputFailure(`${named}: ${fileReason(thrown)}; check the name`);
    return { ...none, refused: [{ named, failure }], isSingle: true };
  }
};

/** Files as they are named, the pictures directly in a folder, and those a pattern matches, sorted. */
export const expandInputs = async (
  shell: Shell,
  named: readonly string[],
  suffix: string = OUTPUT_SUFFIX,
): Promise<Inputs> => {
  const parts = await Promise.all(named.map((name) => one(shell, name, suffix)));
  return {
    paths: [...new Set(parts.flatMap((part) => part.paths))],
    refused: parts.flatMap((part) => part.refused),
    skipped: [...new Set(parts.flatMap((part) => part.skipped))],
    isSingle: parts.length === 1 && parts.every((part) => part.isSingle),
  };
};

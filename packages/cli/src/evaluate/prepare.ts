/** Decisions and refusals of an evaluation before it reads a picture or a weight. */
import type { Degrading } from "@tadsr/metrics";
import { degraderOf, readDegradation } from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, inputFailure, outputFailure, usageFailure } from "../failure.ts";
import { displayPath, resolveIn, type Shell, STREAM } from "../shell.ts";
import { SEED_PLACE } from "./folder-method.ts";
import { type Keep, keepIn } from "./keep.ts";
import { type Named, namedMethods } from "./methods.ts";
import type { EvaluateOptions } from "./options.ts";
import { listOriginals, type Originals } from "./originals.ts";
import { isSamePlace, lieWithin } from "./protected.ts";

export interface Prepared {
  readonly originals: Originals;
  readonly degrading: Degrading | null;
  readonly seeds: readonly number[];
  readonly named: readonly Named[];
  readonly keep: Keep | null;
}

const DEFAULT_DEGRADATION = "realesrgan";

const openDegrading = (shell: Shell, name: string): TE.TaskEither<Failure, Degrading> =>
  pipe(
    readDegradation(name, (file) => resolveIn(shell, file)),
    TE.bimap(
      ({ message }): Failure => inputFailure(message),
      (degradation) => degraderOf(name, degradation),
    ),
  );

/** Refuses options that have no effect: if there is no model or bicubic, if there is no model, or without a page. */
const strayOption = (options: EvaluateOptions, named: readonly Named[]): string | null => {
  const { degradation, keep, seeds, runtime, threads, tile, features, show, html } = options;
  const isSeeded = named.some(({ what }) => what.includes(SEED_PLACE));
  const alone = "has no meaning if only folders of pictures are compared; add a model";
  if (named.every(({ kind }) => kind === "folder")) {
    if (degradation !== undefined) return `--degradation ${alone}`;
    if (keep !== undefined) return `--keep ${alone}`;
    if (seeds !== undefined && !isSeeded)
      return `--seeds ${alone}, or put ${SEED_PLACE} into a folder's name`;
  }
  if (!named.some(({ kind }) => kind === "model")) {
    if (tile !== undefined) return "--tile has no meaning without a model; name one, or leave it out";
    if (features === undefined && threads !== undefined)
      return "--threads has no meaning without a model or --features; leave it out";
    if (features === undefined && runtime !== "auto")
      return "--runtime has no meaning without a model or --features; leave it out";
  }
  return show !== undefined && html === undefined ? "--show has no meaning without --html; add it" : null;
};

/** The folders that the evaluation reads. */
const inputsOf = (
  shell: Shell,
  named: readonly Named[],
  seeds: readonly number[],
  { originals }: EvaluateOptions,
): readonly string[] => [
  resolveIn(shell, originals),
  ...named
    .filter(({ kind }) => kind === "folder")
    .flatMap(({ what }) =>
      what.includes(SEED_PLACE) ? seeds.map((seed) => what.replaceAll(SEED_PLACE, String(seed))) : [what],
    )
    .map((folder) => resolveIn(shell, folder)),
];

const hasPictureName = (file: string): boolean => /\.(jpe?g|png|webp|tiff?|avif|gif)$/i.test(file);

/** Why the report or the page cannot be written to its place; null if both can. */
const objectionToFiles = async (
  shell: Shell,
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
    const input = hasPictureName(file) ? await lieWithin([resolveIn(shell, file)], inputs) : null;
    if (input !== null)
      return outputFailure(
        `${option} ${file}: it would be one of the pictures of ${displayPath(shell, input)}, which are measured; name another place`,
      );
  }
  return out !== undefined &&
    html !== undefined &&
    (await isSamePlace(resolveIn(shell, out), resolveIn(shell, html)))
    ? usageFailure("-o and --html name the same file; name two")
    : null;
};

const keepOf = async (
  shell: Shell,
  { keep, force }: EvaluateOptions,
  named: readonly Named[],
  seeds: readonly number[],
  inputs: readonly string[],
): Promise<E.Either<Failure, Keep | null>> => {
  if (keep === undefined) return E.right(null);
  const methods = named.filter(({ kind }) => kind !== "folder").map(({ title }) => title);
  return keepIn(shell, keep, methods, { seeds, force: force === true, inputs })();
};

export const prepare =
  (shell: Shell, words: readonly string[], options: EvaluateOptions): TE.TaskEither<Failure, Prepared> =>
  async () => {
    if (words.length === 0)
      return E.left(
        usageFailure("nothing to measure: give name=folder, or --model with a model's name, before --metric"),
      );
    const named = await namedMethods(shell, words)();
    if (E.isLeft(named)) return named;
    const stray = strayOption(options, named.right);
    if (stray !== null) return E.left(usageFailure(stray));
    const ofFolders = named.right.every(({ kind }) => kind === "folder");
    const isSeeded = named.right.some(({ what }) => what.includes(SEED_PLACE));
    const seeds = ofFolders && !isSeeded ? [] : (options.seeds ?? [0]);
    const inputs = inputsOf(shell, named.right, seeds, options);
    const wrong = await objectionToFiles(shell, options, inputs);
    if (wrong !== null) return E.left(wrong);
    const degrading = ofFolders
      ? E.right(null)
      : await openDegrading(shell, options.degradation ?? DEFAULT_DEGRADATION)();
    if (E.isLeft(degrading)) return degrading;
    const originals = await listOriginals(shell, options.originals)();
    if (E.isLeft(originals)) return originals;
    const keep = await keepOf(shell, options, named.right, seeds, inputs);
    return E.map((kept: Keep | null) => ({
      originals: originals.right,
      degrading: degrading.right,
      seeds,
      named: named.right,
      keep: kept,
    }))(keep);
  };

/** `tadsr degrade`: makes low-resolution pictures of a folder of originals, as the training makes them. */
import { realpath, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type DataError,
  type Degradation,
  readDegradation,
  type SkippedPicture,
  type ValidationReport,
  writeValidationPairs,
} from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type ExitCode, type Failure, inputFailure, outputFailure, usageFailure } from "../failure.ts";
import type { CommandTask } from "../perform.ts";
import { plural } from "../plural.ts";
import { cannotWrite, writeSafely } from "../safe-file.ts";
import { displayPath, noteLine, printLine, resolveIn, type Shell } from "../shell.ts";
import { contactSheet } from "./sheet.ts";

export interface DegradeOptions {
  readonly out?: string;
  readonly sheet?: string;
  /** A preset's name or a JSON file. */
  readonly degradation: string;
  readonly variants: number;
  readonly seed: number;
  readonly force?: boolean;
}

/** Columns of a sheet: by default with one variant, and at most. */
const [DRAWS, MOST_DRAWS] = [5, 12];

const failureOf = ({ _tag, message }: DataError): Failure =>
  _tag === "UnwritablePicture" ? outputFailure(message) : inputFailure(message);

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** The target of a path after following links; the path itself if nothing is there. */
const real = (path: string): Promise<string> => realpath(path).catch(() => path);

/** Why results may not be written to a place, even with --force: an original is there. Null if it may be used. */
const objectionToPlace = async (
  shell: Shell,
  originals: string,
  { out, sheet }: DegradeOptions,
): Promise<Failure | null> => {
  const folder = await real(originals);
  for (const kind of ["lr", "hr"]) {
    const place = out === undefined ? null : join(resolveIn(shell, out), kind);
    if (place !== null && (await real(place)) === folder)
      return outputFailure(
        `${displayPath(shell, place)}: the results would replace the originals themselves; choose another folder with --out`,
      );
  }
  if (sheet === undefined) return null;
  const place = resolveIn(shell, sheet);
  if (!/\.png$/i.test(place))
    return usageFailure(`--sheet ${sheet}: a sheet is a PNG; give it a name that ends in .png`);
  return (await isThere(place)) && dirname(await real(place)) === folder
    ? outputFailure(
        `${displayPath(shell, place)}: the sheet would replace one of the originals; name another with --sheet`,
      )
    : null;
};

const tellSkipped = (shell: Shell, skipped: readonly SkippedPicture[]): ExitCode => {
  for (const { name, reason } of skipped) noteLine(shell, `${name} skipped: ${reason}`);
  return skipped.length === 0 ? 0 : 1;
};

const tellPairs = (shell: Shell, out: string, { pairs, skipped }: ValidationReport): ExitCode => {
  const code = tellSkipped(shell, skipped);
  const where = displayPath(shell, out);
  printLine(shell, `${where}/lr and ${where}/hr: ${plural(pairs.length, "pair")}, ${skipped.length} skipped`);
  return code;
};

const writePairs =
  (
    shell: Shell,
    originals: string,
    target: string,
    degradation: Degradation,
    options: DegradeOptions,
  ): CommandTask =>
  async () => {
    if (options.force !== true && (await isThere(target))) {
      const name = displayPath(shell, target);
      return E.left(outputFailure(`${name}: it exists already; choose another folder, or give --force`));
    }
    const { seed, variants } = options;
    const written = await writeValidationPairs(originals, target, { degradation, seed, variants })();
    return E.isLeft(written)
      ? E.left(failureOf(written.left))
      : E.right(tellPairs(shell, target, written.right));
  };

const writeSheet = (
  shell: Shell,
  originals: string,
  target: string,
  degradation: Degradation,
  { degradation: name, seed, variants, force }: DegradeOptions,
): TaskEither<Failure, ExitCode> =>
  writeSafely(
    shell,
    target,
    force === true,
  )((draft) => async () => {
    const draws = variants === 1 ? DRAWS : Math.min(variants, MOST_DRAWS);
    const made = await contactSheet(originals, `${name}, seed ${seed}`, { degradation, seed, draws })();
    if (E.isLeft(made)) return E.left(failureOf(made.left));
    const { png, rows, skipped } = made.right;
    return TE.tryCatch(
      async () => {
        await writeFile(draft, png);
        const code = tellSkipped(shell, skipped);
        printLine(shell, `${displayPath(shell, target)}: ${plural(rows, "original")}`);
        return code;
      },
      cannotWrite(shell, target),
    )();
  });

/** Writes `<out>/lr` and `<out>/hr`, the sheet, or both. The exit code is 1 if an original was skipped. */
export const runDegrade =
  (shell: Shell, folder: string, options: DegradeOptions): CommandTask =>
  async () => {
    const { out, sheet } = options;
    if (out === undefined && sheet === undefined)
      return E.left(usageFailure("give --out for pairs, --sheet for a contact sheet, or both"));
    const degradation = await readDegradation(options.degradation, (name) => resolveIn(shell, name))();
    if (E.isLeft(degradation)) return E.left(inputFailure(degradation.left.message));
    const originals = resolveIn(shell, folder);
    const objection = await objectionToPlace(shell, originals, options);
    if (objection !== null) return E.left(objection);
    const tasks = [
      ...(out === undefined
        ? []
        : [writePairs(shell, originals, resolveIn(shell, out), degradation.right, options)]),
      ...(sheet === undefined
        ? []
        : [writeSheet(shell, originals, resolveIn(shell, sheet), degradation.right, options)]),
    ];
    let worst: ExitCode = 0;
    for (const task of tasks) {
      const done = await task();
      if (E.isLeft(done)) return done;
      if (done.right > worst) worst = done.right;
    }
    return E.right(worst);
  };

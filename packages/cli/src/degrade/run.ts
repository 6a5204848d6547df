/** `tadsr degrade`: makes low-resolution pictures of a folder of originals, as the training makes them. */
import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { encoder, exists } from "@tadsr/files";
import {
  contactSheet,
  type DataError,
  type Degradation,
  readDegradation,
  type SkippedPicture,
  writeValidationPairs,
} from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type ExitCode, type Failure, inputFailure, outputFailure, usageFailure } from "../failure.ts";
import type { CommandTask } from "../perform.ts";
import { plural } from "../plural.ts";
import { cannotWrite, writeSafely } from "../safe-file.ts";
import { displayPath, noteLine, printLine, resolveIn, type Shell } from "../shell.ts";

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

const failureOf =
  (shell: Shell) =>
  (error: DataError): Failure => {
    if (error._tag === "WouldReplaceOriginals")
      return outputFailure(
        `${displayPath(shell, error.folder)}: the results would replace the originals themselves; choose another folder with --out`,
      );
    return error._tag === "UnwritablePicture" ? outputFailure(error.message) : inputFailure(error.message);
  };

/** Why the sheet may not be written to a place, even with --force; null if it may. */
const objectionToSheet = async (
  shell: Shell,
  originals: string,
  { sheet }: DegradeOptions,
): Promise<Failure | null> => {
  if (sheet === undefined) return null;
  const place = resolveIn(shell, sheet);
  if (!/\.png$/i.test(place))
    return usageFailure(`--sheet ${sheet}: a sheet is a PNG; give it a name that ends in .png`);
  const real = (path: string): Promise<string> => realpath(path).catch(() => path);
  return (await exists(place)) && dirname(await real(place)) === (await real(originals))
    ? outputFailure(
        `${displayPath(shell, place)}: the sheet would replace one of the originals; name another with --sheet`,
      )
    : null;
};

const tellSkipped = (shell: Shell, skipped: readonly SkippedPicture[]): ExitCode => {
  for (const { name, reason } of skipped) noteLine(shell, `${name} skipped: ${reason}`);
  return skipped.length === 0 ? 0 : 1;
};

const writePairs =
  (
    shell: Shell,
    originals: string,
    target: string,
    degradation: Degradation,
    { seed, variants, force }: DegradeOptions,
  ): CommandTask =>
  async () => {
    const where = displayPath(shell, target);
    if (force !== true && (await exists(target)))
      return E.left(outputFailure(`${where}: it exists already; choose another folder, or give --force`));
    return pipe(
      writeValidationPairs(originals, target, { degradation, seed, variants }),
      TE.bimap(failureOf(shell), ({ pairs, skipped }) => {
        const code = tellSkipped(shell, skipped);
        const made = `${plural(pairs.length, "pair")}, ${skipped.length} skipped`;
        printLine(shell, `${where}/lr and ${where}/hr: ${made}`);
        return code;
      }),
    )();
  };

const writeSheet = (
  shell: Shell,
  originals: string,
  target: string,
  degradation: Degradation,
  { degradation: name, seed, variants, force }: DegradeOptions,
): CommandTask =>
  writeSafely(
    shell,
    target,
    force === true,
  )((draft) => {
    const draws = variants === 1 ? DRAWS : Math.min(variants, MOST_DRAWS);
    return pipe(
      contactSheet(originals, `${name}, seed ${seed}`, { degradation, seed, draws }),
      TE.mapLeft(failureOf(shell)),
      TE.chainFirst(({ picture }) =>
        TE.tryCatch(async () => (await encoder(picture, "png")).toFile(draft), cannotWrite(shell, target)),
      ),
      TE.map(({ rows, skipped }) => {
        const code = tellSkipped(shell, skipped);
        printLine(shell, `${displayPath(shell, target)}: ${plural(rows, "original")}`);
        return code;
      }),
    );
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
    const objection = await objectionToSheet(shell, originals, options);
    if (objection !== null) return E.left(objection);
    const written = (path: string | undefined, write: typeof writePairs): readonly CommandTask[] =>
      path === undefined ? [] : [write(shell, originals, resolveIn(shell, path), degradation.right, options)];
    return pipe(
      TE.sequenceSeqArray([...written(out, writePairs), ...written(sheet, writeSheet)]),
      TE.map((codes): ExitCode => (codes.includes(1) ? 1 : 0)),
    )();
  };

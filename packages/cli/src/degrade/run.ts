/** `tadsr degrade`: low-resolution pictures of a folder of originals, as the training makes them. */
import { stat } from "node:fs/promises";
import { type DataError, readDegradation, type ValidationReport, writeValidationPairs } from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import { type ExitCode, type Failure, inputFailure, outputFailure } from "../failure.ts";
import type { CommandTask } from "../perform.ts";
import { plural } from "../plural.ts";
import { displayPath, noteLine, printLine, resolveIn, type Shell } from "../shell.ts";

export interface DegradeOptions {
  readonly out: string;
  readonly degradation: string;
  readonly variants: number;
  readonly seed: number;
  readonly force?: boolean;
}

const failureOf = ({ kind, message }: DataError): Failure =>
  kind === "UnwritablePicture" ? outputFailure(message) : inputFailure(message);

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const tell = (shell: Shell, out: string, { pairs, skipped }: ValidationReport): ExitCode => {
  for (const { name, reason } of skipped) noteLine(shell, `${name} skipped: ${reason}`);
  const where = displayPath(shell, out);
  printLine(shell, `${where}/lr and ${where}/hr: ${plural(pairs.length, "pair")}, ${skipped.length} skipped`);
  return skipped.length === 0 ? 0 : 1;
};

/** Writes `<out>/lr` and `<out>/hr`; 1 where an original was skipped. */
export const runDegrade =
  (shell: Shell, originals: string, options: DegradeOptions): CommandTask =>
  async () => {
    const { seed, variants } = options;
    const degradation = await readDegradation(options.degradation, (name) => resolveIn(shell, name))();
    if (E.isLeft(degradation)) return E.left(inputFailure(degradation.left.message));
    const target = resolveIn(shell, options.out);
    if (options.force !== true && (await isThere(target))) {
      const name = displayPath(shell, target);
      return E.left(outputFailure(`${name}: it exists already; choose another folder, or give --force`));
    }
    const written = await writeValidationPairs(resolveIn(shell, originals), target, {
      degradation: degradation.right,
      seed,
      variants,
    })();
    return E.isLeft(written) ? E.left(failureOf(written.left)) : E.right(tell(shell, target, written.right));
  };

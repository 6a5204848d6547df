/** `tadsr evaluate`: from the command line to a table, a report and a page. */
import { writeFile } from "node:fs/promises";
import { evaluate, type Report, reportPage } from "@tadsr/metrics";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type ExitCode, type Failure, inputFailure } from "../failure.ts";
import type { CommandTask } from "../perform.ts";
import { cannotWrite, writeSafely } from "../safe-file.ts";
import { resolveIn, type Shell } from "../shell.ts";
import { VERSION } from "../version.ts";
import { openMethods } from "./methods.ts";
import { openMetrics } from "./metrics.ts";
import type { EvaluateOptions } from "./options.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { progressLineOn } from "./progress-line.ts";
import { type ShownPictures, shownPictures } from "./shown-pictures.ts";
import { printReport, tellLeftOut } from "./tell.ts";

/** The number of originals that the page shows. */
const USUALLY_SHOWN = 8;

/** A word with "=" after `--metric`'s names is a method, but commander counts it to the option. */
const isMethod = (word: string): boolean => word.includes("=");

const wordsOf = (
  named: readonly string[],
  { model = [], metric = [] }: EvaluateOptions,
): readonly string[] => [...named, ...model, ...metric.filter(isMethod)];

interface Measured {
  readonly report: Report;
  readonly shown: ShownPictures;
}

const measure =
  (
    shell: Shell,
    { originals, degrading, seeds, named, keep }: Prepared,
    options: EvaluateOptions,
  ): TE.TaskEither<Failure, Measured> =>
  async () => {
    const metrics = await openMetrics(shell, options)();
    if (E.isLeft(metrics)) return metrics;
    const progress = progressLineOn(shell);
    try {
      const scale = degrading?.scale ?? null;
      const opened = await openMethods(shell, named, options, originals, seeds, scale)();
      if (E.isLeft(opened)) return opened;
      const { methods, missing, spare } = opened.right;
      const pictures = originals.pictures.filter(({ name }) => !missing.has(name));
      const count = options.html === undefined ? 0 : (options.show ?? USUALLY_SHOWN);
      const names = pictures.map(({ name }) => name);
      const shown = shownPictures(names, count, metrics.right.metrics);
      const report = evaluate({
        by: `tadsr ${VERSION}`,
        title: originals.title,
        originals: pictures,
        methods,
        metrics: metrics.right.metrics,
        seeds,
        degrading,
        crop: options.crop ?? null,
        border: options.border,
        leftOut: [
          ...originals.leftOut,
          ...[...missing].map(([name, reason]) => ({ of: originals.title, name, reason })),
          ...spare,
        ],
        onProgress: progress.tell,
        onTrial: (trial, made) =>
          pipe(
            keep === null ? TE.right(undefined) : keep(trial, made),
            TE.chain(() => shown.add(trial, made)),
          ),
      });
      try {
        return await pipe(
          report,
          TE.bimap(
            ({ message }) => inputFailure(message),
            (found) => ({ report: found, shown }),
          ),
        )();
      } finally {
        await opened.right.close();
      }
    } finally {
      progress.clear();
      await metrics.right.close();
    }
  };

/** Runs `work` with a function that writes a text to `path` at the end. Without a path nothing is written. */
const withFile = (
  shell: Shell,
  path: string | undefined,
  force: boolean,
  work: (write: (text: () => string) => TE.TaskEither<Failure, void>) => CommandTask,
): CommandTask =>
  path === undefined
    ? work(() => TE.right(undefined))
    : writeSafely(
        shell,
        resolveIn(shell, path),
        force,
      )((draft) =>
        work((text) =>
          TE.tryCatch(() => writeFile(draft, text()), cannotWrite(shell, resolveIn(shell, path))),
        ),
      );

/** 0 if all pictures were measured, 1 if one was left out. */
export const runEvaluate =
  (shell: Shell, named: readonly string[], options: EvaluateOptions): CommandTask =>
  async () => {
    const metric = options.metric?.filter((word) => !isMethod(word));
    const asked: EvaluateOptions = metric === undefined ? options : { ...options, metric };
    const prepared = await prepare(shell, wordsOf(named, options), asked)();
    if (E.isLeft(prepared)) return prepared;
    const force = options.force === true;
    return withFile(shell, options.out, force, (writeReport) =>
      withFile(shell, options.html, force, (writePage) =>
        pipe(
          measure(shell, prepared.right, asked),
          TE.chainFirst(({ report }) => writeReport(() => `${JSON.stringify(report)}\n`)),
          TE.chainFirst(({ report, shown }) => writePage(() => reportPage(report, shown.pictures()))),
          TE.chainFirstEitherK(({ report }) => {
            tellLeftOut(shell, report.leftOut);
            return printReport(shell, report, options.json === true);
          }),
          TE.map(
            ({ report }): ExitCode => (report.leftOut.some(({ of }) => of === report.originals) ? 1 : 0),
          ),
        ),
      ),
    )();
  };

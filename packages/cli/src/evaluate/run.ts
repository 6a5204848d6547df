/** `tadsr evaluate`, from the command line's words to a table, a report and a page. */
import { writeFile } from "node:fs/promises";
import { type Degrading, evaluate, type LeftOut, type Report, reportPage, reportRows } from "@tadsr/metrics";
import { degraderOf, readDegradation } from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type ExitCode, type Failure, inputFailure, usageFailure } from "../failure.ts";
import type { CommandTask } from "../perform.ts";
import { plural } from "../plural.ts";
import { cannotWrite, writeSafely } from "../safe-file.ts";
import { noteLine, printLine, resolveIn, type Shell } from "../shell.ts";
import { textTable } from "../table.ts";
import { VERSION } from "../version.ts";
import { type Keep, keepIn } from "./keep.ts";
import { namedMethods, openMethods } from "./methods.ts";
import { openMetrics } from "./metrics.ts";
import type { EvaluateOptions } from "./options.ts";
import { listOriginals, type Originals } from "./originals.ts";
import { progressLineOn } from "./progress-line.ts";
import { type ShownPictures, shownPictures } from "./shown-pictures.ts";

/** What is said of small pictures has no place where none are made. */
const objectionTo = (
  { degradation, keep }: EvaluateOptions,
  isSeeded: boolean,
  seeds: unknown,
): string | null => {
  const why = "has no meaning where only folders of pictures are compared";
  if (degradation !== undefined) return `--degradation ${why}; name a model, too`;
  if (keep !== undefined) return `--keep ${why}; name a model, too`;
  return seeds !== undefined && !isSeeded
    ? `--seeds ${why} and none has {seed} in its name; name a model, too`
    : null;
};

const DEFAULT_DEGRADATION = "realesrgan";

const openDegrading = (shell: Shell, name: string): TE.TaskEither<Failure, Degrading> =>
  pipe(
    readDegradation(name, (file) => resolveIn(shell, file)),
    TE.bimap(
      ({ message }): Failure => inputFailure(message),
      (degradation) => degraderOf(name, degradation),
    ),
  );

/** Everything that is decided before a picture is read. */
interface Prepared {
  readonly degrading: Degrading | null;
  readonly seeds: readonly number[];
  readonly words: readonly string[];
}

/** A word with "=" behind `--metric`'s names is a method: commander gives it to the option. */
const isMethod = (word: string): boolean => word.includes("=");

const wordsOf = (
  named: readonly string[],
  { model = [], metric = [] }: EvaluateOptions,
): readonly string[] => [...named, ...model, ...metric.filter(isMethod)];

const MOST_TOLD = 5;

const tellLeftOut = (shell: Shell, leftOut: readonly LeftOut[]): void => {
  for (const { of, name, reason } of leftOut.slice(0, MOST_TOLD))
    noteLine(shell, `${of}: ${name} left out: ${reason}`);
  const more = leftOut.length - MOST_TOLD;
  if (more > 0) noteLine(shell, `and ${more} more left out; --json and -o tell all`);
};

/** What was measured, in a line over the table. */
const headingOf = ({ originals, count, degradation, seeds, crop, border }: Report): string => {
  const seeded = seeds.length > 0 ? [`${seeds.length === 1 ? "seed" : "seeds"} ${seeds.join(", ")}`] : [];
  return [
    `${originals}: ${plural(count, "picture")}`,
    ...(crop === null ? [] : [`the middle ${crop} x ${crop}`]),
    ...(degradation === null ? [] : [`degraded by ${degradation}`]),
    ...seeded,
    ...(border === 0 ? [] : [`without a border of ${border}`]),
  ].join(", ");
};

const printReport = (shell: Shell, report: Report, isJson: boolean): E.Either<Failure, void> => {
  if (isJson) {
    printLine(shell, JSON.stringify(report));
    return E.right(undefined);
  }
  return pipe(
    reportRows(report),
    E.bimap(
      ({ message }): Failure => usageFailure(message),
      ({ header, rows }) => {
        printLine(shell, headingOf(report));
        const alignments = header.map((_, column) => (column === 0 ? "left" : "right"));
        for (const line of textTable([header, ...rows], alignments)) printLine(shell, line);
        for (const note of report.notes) printLine(shell, note);
      },
    ),
  );
};

interface Work extends Prepared {
  readonly originals: Originals;
  readonly keep: Keep | null;
}

const measure =
  (
    shell: Shell,
    { originals, degrading, seeds, words, keep }: Work,
    options: EvaluateOptions,
    shown: (names: readonly string[], open: Parameters<typeof shownPictures>[2]) => ShownPictures,
  ): TE.TaskEither<Failure, Report> =>
  async () => {
    const named = await namedMethods(shell, words)();
    if (E.isLeft(named)) return named;
    const metrics = await openMetrics(shell, options)();
    if (E.isLeft(metrics)) return metrics;
    const progress = progressLineOn(shell);
    try {
      const scale = degrading?.scale ?? null;
      const opened = await openMethods(shell, named.right, options, originals, seeds, scale)();
      if (E.isLeft(opened)) return opened;
      const { methods, missing, spare } = opened.right;
      const pictures = originals.pictures.filter(({ name }) => !missing.has(name));
      const page = shown(
        pictures.map(({ name }) => name),
        metrics.right.metrics,
      );
      const leftOut = [
        ...originals.leftOut,
        ...[...missing].map(([name, reason]) => ({ of: originals.title, name, reason })),
        ...spare,
      ];
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
        leftOut,
        onProgress: progress.tell,
        onTrial: (trial, made) =>
          pipe(
            keep === null ? TE.right(undefined) : keep(trial, made),
            TE.chain(() => page.add(trial, made)),
          ),
      });
      try {
        return await TE.mapLeft(({ message }: { readonly message: string }) => inputFailure(message))(
          report,
        )();
      } finally {
        await opened.right.close();
      }
    } finally {
      progress.clear();
      await metrics.right.close();
    }
  };

/** Runs `work` with a function that writes a text to `path` at the end; without a path nothing is written. */
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

const prepare =
  (shell: Shell, named: readonly string[], options: EvaluateOptions): TE.TaskEither<Failure, Prepared> =>
  async () => {
    const words = wordsOf(named, options);
    if (words.length === 0)
      return E.left(usageFailure("nothing to measure: give name=folder, or --model with a model's name"));
    const methods = await namedMethods(shell, words)();
    if (E.isLeft(methods)) return methods;
    const ofFolders = methods.right.every(({ kind }) => kind === "folder");
    const isSeeded = methods.right.some(({ what }) => what.includes("{seed}"));
    const wrong = ofFolders ? objectionTo(options, isSeeded, options.seeds) : null;
    if (wrong !== null) return E.left(usageFailure(wrong));
    if (ofFolders) return E.right({ degrading: null, seeds: isSeeded ? (options.seeds ?? [0]) : [], words });
    const degrading = await openDegrading(shell, options.degradation ?? DEFAULT_DEGRADATION)();
    return E.map((opened: Degrading) => ({ degrading: opened, seeds: options.seeds ?? [0], words }))(
      degrading,
    );
  };

const sameFile = (shell: Shell, { out, html }: EvaluateOptions): boolean =>
  out !== undefined && html !== undefined && resolveIn(shell, out) === resolveIn(shell, html);

/** 0 where all pictures were measured, 1 where one was left out. */
export const runEvaluate =
  (shell: Shell, named: readonly string[], options: EvaluateOptions): CommandTask =>
  async () => {
    const metric = options.metric?.filter((word) => !isMethod(word));
    const asked: EvaluateOptions = metric === undefined ? options : { ...options, metric };
    if (sameFile(shell, options)) return E.left(usageFailure("-o and --html name the same file; name two"));
    if (metric?.length === 0) return E.left(usageFailure("--metric names no metric; give one, as psnr"));
    const prepared = await prepare(shell, named, options)();
    if (E.isLeft(prepared)) return prepared;
    const originals = await listOriginals(shell, options.originals)();
    if (E.isLeft(originals)) return originals;
    const { seeds } = prepared.right;
    const force = options.force === true;
    const keep =
      options.keep === undefined ? E.right(null) : await keepIn(shell, options.keep, seeds, force)();
    if (E.isLeft(keep)) return keep;
    const count = options.html === undefined ? 0 : options.show;
    return withFile(shell, options.out, force, (writeReport) =>
      withFile(shell, options.html, force, (writePage) => async () => {
        let page: ShownPictures | null = null;
        const work = { ...prepared.right, originals: originals.right, keep: keep.right };
        const report = await measure(shell, work, asked, (names, metrics) => {
          page = shownPictures(names, count, metrics);
          return page;
        })();
        if (E.isLeft(report)) return report;
        tellLeftOut(shell, report.right.leftOut);
        const shown = (page as ShownPictures | null)?.pictures() ?? [];
        return pipe(
          writeReport(() => `${JSON.stringify(report.right)}\n`),
          TE.chain(() => writePage(() => reportPage(report.right, shown))),
          TE.chainEitherK(() => printReport(shell, report.right, options.json === true)),
          TE.map(
            (): ExitCode => (report.right.leftOut.some(({ of }) => of === report.right.originals) ? 1 : 0),
          ),
        )();
      }),
    )();
  };
